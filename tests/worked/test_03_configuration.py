"""Spec 03, section 1: options, compile, clear, reset, seeds, looking up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom import config

pytestmark = pytest.mark.usefixtures("fresh")
compiled = pytest.mark.needs_compiler

UNIT = sl.Neuron(parameters="gain = 1.0 ; bias = 0.0 : population", equations="r = gain * sum(exc) + bias")


# -- 1.1


def test_a_bad_value_of_any_key_stores_nothing() -> None:
    """The peer stores a bad storage format before it complains, and cannot go back to the default."""
    wrong = {
        "dt": 0.0, "seed": -1, "method": "heun", "precision": "half", "num_threads": 0, "visible_cores": 3,
        "paradigm": "mpi", "structural_plasticity": 1, "sparse_matrix_format": "nonsense",
        "sparse_matrix_storage_order": "both", "only_int_idx_type": None, "verbose": "yes", "suppress_warnings": 2,
        "show_time": 0, "profiling": [], "profile_out": 3, "debug": "no", "disable_shared_library_time_offset": 1,
        "legacy_rng": "on",
    }  # fmt: skip
    assert set(wrong) == set(config.CHECKS)
    before = config.options.copy()
    for key, value in wrong.items():
        with pytest.raises(sl.ConfigurationError, match=rf"setup\({key}="):
            sl.setup(**{"dt": 0.25, "num_threads": 1, key: value} | {key: value})
        assert config.options == before, key
    sl.setup(sparse_matrix_format="csr")
    sl.setup(sparse_matrix_format="default")
    assert config.options.sparse_matrix_format == "default"


def test_setup_gives_nothing_and_clear_keeps_it() -> None:
    assert sl.setup(dt=0.5) is None
    sl.clear()
    assert sl.dt() == 0.5


@compiled
@pytest.mark.parametrize("method", ["explicit", "implicit", "exponential", "midpoint", "rk4"])
def test_the_default_method_is_that_of_setup(method: str) -> None:
    sl.setup(method=method, dt=0.5)
    pop = sl.Population(1, sl.Neuron(equations="dr/dt = -r : init = 1.0"), name="p")
    sl.compile(silent=True)
    sl.step()
    h = 0.5
    expected = {
        "explicit": 1 - h,
        "implicit": 1 / (1 + h),
        "exponential": np.exp(-h),
        "midpoint": 1 - h + h * h / 2,
        "rk4": 1 - h + h**2 / 2 - h**3 / 6 + h**4 / 24,
    }
    assert pop.r[0] == pytest.approx(expected[method], rel=1e-12)


@compiled
def test_ranks_are_plain_numbers_whatever_the_width() -> None:
    sl.setup(only_int_idx_type=False)
    try:
        a, b = sl.Population(300, UNIT, name="a"), sl.Population(2, UNIT, name="b")
        link = sl.Projection(a, b, "exc").connect_all_to_all(weights=1.0)
        sl.compile(silent=True)
    finally:
        sl.setup(only_int_idx_type=True)
    assert link.pre_ranks[0][-1] == 299
    assert {type(n) for row in link.pre_ranks for n in row} == {int} and {
        type(n) for n in link.post_ranks
    } == {int}
    assert type(link.size) is int and type(link.dendrite(0).size) is int


# -- 1.2


def test_performance_flags_change_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    before = dict(config.options.performance)
    config.optimization_flags(disable_parallel_rng=False, nonsense=True)
    assert config.options.performance == {**before, "disable_parallel_rng": False}
    assert 'there is no flag "nonsense"' in capsys.readouterr().out
    with pytest.raises(sl.ConfigurationError, match="is a performance flag, not an option of setup"):
        sl.setup(dt=0.25, use_seed_seq=False)
    assert sl.dt() == 1.0
    config.optimization_flags(**before)


# -- 1.3: what is refused before any code is made


RESERVED = (
    *(
        "t",
        "dt",
        "t_pre",
        "t_post",
        "t_last",
        "last_spike",
        "rk_post",
        "rk_pre",
        "i",
        "j",
        "active",
        "refractory",
    ),
    "size",
)


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_names(name: str) -> None:
    with pytest.raises(sl.SynloomError, match=name):
        sl.Population(1, sl.Neuron(parameters=f"{name} = 1.0", equations="r = 0.0"), name="p")


def test_projections_are_connected() -> None:
    pop = sl.Population(1, UNIT, name="p")
    sl.Projection(pop, pop, "exc", name="loose")
    with pytest.raises(sl.ConfigurationError, match="Projection 'loose' was never connected"):
        sl.compile()


@pytest.mark.parametrize(
    ("synapse", "named"),
    [
        ({"psp": "w * pre.nothing"}, "nothing"),
        ({"psp": "w * post.nothing"}, "nothing"),
        ({"equations": "w += pre.sum(inh)"}, "inh"),
        ({"parameters": "a = 1.0", "equations": "b = a : projection"}, "a"),
        ({"equations": "b = post.r : projection"}, "post.r"),
        ({"equations": "b = pre.r : projection"}, "pre.r"),
        ({"equations": "b = w : postsynaptic"}, "w"),
        ({"equations": "b = pre.r : postsynaptic"}, "pre.r"),
    ],
)
def test_synapses_that_reach_too_far(synapse: dict[str, str], named: str) -> None:
    pop = sl.Population(1, UNIT, name="p")
    with pytest.raises(sl.SynloomError) as caught:
        sl.Projection(pop, pop, "exc", sl.Synapse(**synapse)).connect_all_to_all(weights=sl.Uniform(0, 1))
        sl.sources()
    assert named in str(caught.value)
    assert "^" in str(caught.value)  # with a mark below their own line


@compiled
def test_after_a_failed_build_the_next_one_is_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNLOOM_CACHE", str(tmp_path / "cache"))
    pop = sl.Population(2, UNIT, name="p")
    with pytest.raises(sl.CompilationError) as caught:
        sl.compile(compiler_flags="-std=c++20 -fno-such-option")
    assert "no-such-option" in getattr(caught.value, "output", "")  # all that the compiler said
    assert not sl.magic_network().compiled
    with pytest.raises(sl.NotCompiledError):
        sl.step()
    pop.bias = 3.0
    sl.compile(silent=True)
    sl.step()
    assert pop.r.tolist() == [3.0, 3.0]


CONCURRENT = """
import sys
import synloom as sl
pop = sl.Population(3, sl.Neuron(equations="r = {n} * (t + 1.0)"), name="p")
sl.compile("shared", silent=True)
sl.simulate(2.0)
print(pop.r.tolist())
"""


@compiled
def test_processes_may_compile_into_one_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNLOOM_CACHE", str(tmp_path / "cache"))
    scripts = [CONCURRENT.format(n=n) for n in (7, 7, 8)]
    running = [
        subprocess.Popen([sys.executable, "-c", text], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for text in scripts
    ]
    assert [one.communicate(timeout=300)[0] for one in running] == [
        "[14.0, 14.0, 14.0]\n",
        "[14.0, 14.0, 14.0]\n",
        "[16.0, 16.0, 16.0]\n",
    ]


# -- 1.6


@compiled
def test_what_is_left_of_a_cleared_network_refuses_to_be_used() -> None:
    pop = sl.Population(2, UNIT, name="p", stop_condition="r > 1.0")
    link = sl.Projection(pop, pop, "exc", name="l").connect_one_to_one(weights=1.0)
    monitor, net = sl.Monitor(pop, "r"), sl.magic_network()
    sl.every(1.0)(lambda n: pytest.fail("a callback of a cleared network"))
    sl.compile(silent=True)
    sl.clear()
    uses: list[Any] = [
        lambda: pop.r,
        lambda: pop.set({"r": 1.0}),
        lambda: pop.sum("exc"),
        lambda: pop.save("x.npz"),
        lambda: link.w,
        lambda: link.connectivity_matrix(),
        lambda: link.dendrite(0),
        lambda: monitor.get("r"),
        lambda: net.simulate(1.0),
        lambda: net.compile(),
        lambda: net.save("x.npz"),
    ]
    for number, use in enumerate(uses):
        with pytest.raises(sl.NotCompiledError):
            use()
            pytest.fail(f"use {number} was let through")
    sl.Population(2, UNIT, name="p")
    sl.compile(silent=True)
    sl.simulate(3.0)
    assert sl.populations()[0].id == 0


# -- 1.7


@compiled
def test_reset_empties_what_is_under_way() -> None:
    pre = sl.Population(1, sl.Neuron(equations="r = t + 100.0 : init = 5.0"), name="pre")
    post = sl.Population(1, sl.Neuron(equations="r = sum(exc)"), name="post")
    sl.Projection(pre, post, "exc").connect_one_to_one(weights=1.0, delays=3.0)
    monitor = sl.Monitor(post, "r")
    sl.compile(silent=True)
    sl.simulate(6.0)
    first = monitor.get("r")[:, 0].tolist()
    sl.reset()
    sl.simulate(6.0)
    assert monitor.get("r")[:, 0].tolist() == first == [5.0, 5.0, 5.0, 100.0, 101.0, 102.0]


@compiled
def test_reset_leaves_switches_and_windows_alone() -> None:
    cell = sl.Neuron(equations="v = v + 0.4", spike="v > 1.0", reset="v = 0.0", refractory=1.0)
    pop = sl.Population(2, cell, name="p")
    learn = sl.Synapse(equations="w += 1.0")
    link = sl.Projection(pop, pop, "exc", learn, name="l").connect_all_to_all(weights=sl.Uniform(0, 1))
    sl.compile(silent=True)
    pop.compute_firing_rate(10.0)
    pop.refractory = 3.0
    pop.disable()
    link.transmission = link.plasticity = link.update = False
    sl.simulate(4.0)
    sl.reset(projections=True)
    assert (pop.enabled, link.transmission, link.plasticity, link.update) == (False, False, False, False)
    assert np.all(np.asarray(pop.refractory) == 3.0) and pop._window_ms == 10.0


@compiled
def test_monitors_that_came_late_count_from_step_0_after_a_reset() -> None:
    """The peer keeps their old phase."""
    pop = sl.Population(1, sl.Neuron(equations="r = t"), name="p")
    sl.compile(silent=True)
    sl.simulate(3.0)
    late = sl.Monitor(pop, "r", period=5.0)
    sl.simulate(10.0)
    sl.reset()
    sl.simulate(11.0)
    assert late.get("r")[:, 0].tolist() == [0.0, 5.0, 10.0]


@compiled
def test_random_numbers_go_on_or_start_again() -> None:
    sl.setup(seed=3)
    pop = sl.Population(3, sl.Neuron(equations="r = Uniform(0.0, 1.0)"), name="p")
    sl.compile(silent=True)
    sl.step()
    first = pop.r.tolist()
    sl.reset()
    sl.step()
    assert pop.r.tolist() != first
    sl.reset(reseed_rng=True)
    sl.step()
    assert pop.r.tolist() == first


# -- 1.8


def draws(seed: int | None) -> list[float]:
    sl.clear()
    sl.setup(seed=seed)
    return [sl.Uniform(0.0, 1.0).get_value() for _ in range(3)] + [float(np.random.rand())]


def test_each_object_draws_for_itself_and_alike_from_run_to_run() -> None:
    first = draws(5)
    assert len(set(first)) == 4
    assert draws(5) == first and draws(6) != first
    assert sl.Uniform(0.0, 1.0, seed=5).get_value() == np.random.default_rng(5).uniform(0.0, 1.0)


def test_without_a_seed_no_two_runs_are_alike() -> None:
    """The peer takes the time in seconds."""
    text = "import synloom as sl; print(sl.Uniform(0.0, 1.0).get_value())"
    running = [subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE) for _ in range(3)]
    assert len({one.communicate()[0] for one in running}) == 3


@compiled
def test_set_seed_reaches_all_three_sources(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pop = sl.Population(2, sl.Neuron(equations="r = Uniform(0.0, 1.0)"), name="p")
    sl.compile(silent=True)
    seen = []
    for _ in range(2):
        sl.set_seed(11)
        sl.step()
        seen.append((pop.r.tolist(), float(np.random.rand()), sl.Normal(0.0, 1.0).get_value()))
    assert seen[0] == seen[1]
    assert config.options.seed == 11
    with pytest.raises(sl.ConfigurationError):
        sl.set_seed(-1)
    assert config.options.seed == 11 and sl.magic_network().seed == 11


def test_set_seed_before_compile_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    sl.Population(2, UNIT, name="p")
    sl.set_seed(11)
    assert "WARNING: set_seed(): the network is not compiled; the seed is used from compile() on." in (
        capsys.readouterr().out
    )
    assert sl.magic_network().seed == 11


@compiled
@pytest.mark.parametrize("kind", ["probability", "number_pre", "number_post"])
def test_random_connectors_follow_the_seed(kind: str) -> None:
    found = []
    for seed in (4, 4, 5):
        sl.clear()
        sl.setup(seed=seed)
        pop = sl.Population(20, UNIT, name="p")
        link = sl.Projection(pop, pop, "exc")
        getattr(link, f"connect_fixed_{kind}")(
            0.5 if kind == "probability" else 7, weights=sl.Uniform(0.0, 1.0)
        )
        sl.compile(silent=True)
        found.append((link.pre_ranks, link.w))
    assert found[0] == found[1]
    assert found[0][0] != found[2][0] and found[0][1] != found[2][1]

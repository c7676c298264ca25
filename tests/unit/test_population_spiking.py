"""Spiking populations from Python: refractory periods, rates, clearing, views (spec 03, 3.8 to 3.11; spec 02, 6)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from tests.worked.near import connected, near, step_by_step
from tests.worked.spiking import fired, only_at, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

EACH = {"spike": "v > 1.0"}


def always(geometry: Any, name: str | None = None, **options: Any) -> Any:
    """Make neurons that fire whenever they may."""
    return sl.Population(geometry, sl.Neuron(equations="v = 5.0", **{**EACH, **options}), name=name)


def counting(name: str = "pop", size: int = 1, **options: Any) -> Any:
    """Make neurons that fire in steps 2, 5, 8 ..."""
    return target(name, "v += 1.0", size, spike="v >= 3.0", reset="v = 0.0", **options)


# -- attributes -----------------------------------------------------------------------------------------------


def test_the_rate_is_a_variable() -> None:
    pop = counting()
    assert pop.variables == ["v", "r"]
    assert pop.r.tolist() == [0.0]
    assert pop.neuron(0).r == 0.0


def test_spikes_are_known_once_compiled() -> None:
    pop = counting(size=3)
    with pytest.raises(NotCompiledError, match='Population "pop": no neuron fires before compile'):
        _ = pop.spike
    with pytest.raises(NotCompiledError):
        _ = pop[1:].spike
    pop.v = [1.0, 0.0, 1.0]
    sl.compile()
    found = step_by_step(3, lambda: (pop.spike.tolist(), pop[1:].spike))
    assert [spikes for spikes, _ in found] == [[], [0, 2], [1]]
    assert [spikes for _, spikes in found] == [[], [2], [1]]
    assert pop.spike.dtype == np.int64


def test_a_conductance_is_the_sum_of_a_target() -> None:
    post = sl.Population((1, 2), sl.Neuron(equations="dg_exc/dt = -0.5*g_exc", spike="g_exc > 100"))
    connected(source([0]), post, [[1], [2]])
    sl.compile()
    sl.simulate(2.0)
    assert post.sum("exc").shape == (1, 2)
    near(post.sum("exc"), [[0.5, 1.0]])
    near(post[0, 1:].sum("exc"), [1.0])


# -- refractory period ----------------------------------------------------------------------------------------


def test_refractory_before_compile_is_what_the_neuron_says() -> None:
    assert always(3, refractory=2.5).refractory == 2.5
    assert always(3).refractory == 0.0
    pop = always(3)
    pop.refractory = [1, 2, 3]
    assert pop.refractory.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("given", "periods"),
    [
        (2, [2, 2, 2, 2]),
        ([1, 2, 3, 0], [1, 2, 3, 0]),
        (np.array([[1.0, 2.0], [3.0, 0.0]]), [1, 2, 3, 0]),
        ([[1, 2], [3, 0]], [1, 2, 3, 0]),
        (sl.Uniform(3.0, 3.0), [3, 3, 3, 3]),
    ],
    ids=["number", "list", "array", "geometry", "distribution"],
)
def test_refractory_takes_what_attributes_take(when: str, given: Any, periods: list[int]) -> None:
    pop = always((2, 2))
    shown = sl.Monitor(pop, "spike")
    if when == "before":
        pop.refractory = given
    sl.compile()
    if when == "after":
        pop.refractory = given
    assert pop.refractory.shape == (2, 2)
    near(pop.refractory.reshape(-1), periods)
    sl.simulate(9.0)
    assert fired(shown) == {n: list(range(0, 9, period + 1)) for n, period in enumerate(periods)}


def test_refractory_counts_the_nearest_number_of_steps() -> None:
    pop = always(3)
    pop.refractory = [4.6, 0.3, 1.5]
    shown = sl.Monitor(pop, "spike")
    assert pop.refractory.tolist() == [4.6, 0.3, 1.5]
    sl.compile()
    assert pop.refractory.tolist() == [5.0, 0.0, 2.0]
    sl.simulate(7.0)
    assert fired(shown) == {0: [0, 6], 1: list(range(7)), 2: [0, 3, 6]}


def test_refractory_keeps_the_digits_of_multiples() -> None:
    sl.setup(dt=0.1)
    pop = always(2, refractory=0.3)
    sl.compile()
    assert pop.refractory.tolist() == [0.3, 0.3]


@pytest.mark.parametrize("wrong", [[1.0, 2.0], "long", -1.0, np.inf, np.nan, [[1.0]] * 4])
def test_refractory_refuses_the_rest(wrong: Any) -> None:
    pop = always(3, name="pop")
    with pytest.raises(ConfigurationError, match='Population "pop": refractory'):
        pop.refractory = wrong
    assert pop.refractory == 0.0


def test_a_linked_refractory_period_only_warns(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    neuron = sl.Neuron(parameters="rest = 2.0", equations="v = 5.0", spike="v > 1.0", refractory="rest")
    pop = sl.Population(2, neuron, name="pop")
    pop.refractory = 5.0
    assert capsys.readouterr().out == (
        'WARNING: Population "pop": the refractory period is its attribute "rest"; set that one.\n'
    )
    assert pop.refractory.tolist() == [2.0, 2.0]
    pop.rest = [1.0, 3.0]
    assert pop.refractory.tolist() == [1.0, 3.0]
    shown = sl.Monitor(pop, "spike")
    sl.compile()
    sl.simulate(5.0)
    assert fired(shown) == {0: [0, 2, 4], 1: [0, 4]}


# -- firing rates ---------------------------------------------------------------------------------------------


def test_the_window_of_a_rate_may_change() -> None:
    pop = counting()
    pop.compute_firing_rate(6.0)
    sl.compile()
    sl.simulate(9.0)  # fired in 2, 5, 8
    near(pop.r, [2 / 6 * 1000])
    pop.compute_firing_rate(2.0)
    near(pop.r, [2 / 6 * 1000])  # until the next step
    near(step_by_step(3, lambda: float(pop.r[0])), [500, 0, 500])
    pop.compute_firing_rate(30.0)  # spikes before were remembered for six steps only
    sl.simulate(30.0)
    near(pop.r, [10 / 30 * 1000])


def test_a_window_that_is_no_multiple_of_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pop = always(1, name="pop")
    pop.compute_firing_rate(2.6)
    sl.compile()
    assert 'Population "pop": window 2.6 ms is no multiple of dt, 3.0 ms is used.' in capsys.readouterr().out
    sl.simulate(5.0)
    near(pop.r, [1000.0])


@pytest.mark.parametrize("window", [0.0, -1.0, np.inf, "long"])
def test_windows_are_positive(window: Any) -> None:
    with pytest.raises(ConfigurationError, match="the window of a firing rate must be positive"):
        counting().compute_firing_rate(window)


def test_a_disabled_population_keeps_its_rate() -> None:
    pop = counting()
    pop.compute_firing_rate(6.0)
    relay = target("relay", "x = 1.0")
    ff = connected(pop, relay, [[1]], synapse=sl.Synapse(equations="seen = pre.r"))
    sl.compile()
    sl.simulate(3.0)
    near(pop.r, [1000 / 6])
    pop.disable()
    sl.simulate(10.0)
    near(pop.r, [1000 / 6])
    near(ff.seen, [[1000 / 6]])
    pop.enable()
    near(step_by_step(3, lambda: float(pop.r[0])), [0, 0, 1000 / 6])  # old spikes are forgotten


# -- clear, reset, disable ------------------------------------------------------------------------------------


@pytest.mark.parametrize("delays", [1.0, 4.0, [[3.0], [4.0]]], ids=["none", "uniform", "per synapse"])
def test_clear_forgets_spikes_but_no_values(delays: Any) -> None:
    pop = target("pop", "v += 1.0 ; last = t_last", spike="v >= 3.0", reset="v = 0.5", refractory=9.0)
    pop.compute_firing_rate(10.0)
    post = target("post", size=2)
    connected(pop, post, [[1], [1]], delays=delays)
    shown, heard = sl.Monitor(pop, ["spike", "last"]), sl.Monitor(post, "g_exc")
    sl.compile()
    sl.simulate(3.0)
    near(pop.r, [100])
    pop.clear()
    assert pop.spike.tolist() == []
    near(pop.v, [0.5])
    near(pop.r, [100])
    sl.step()
    near(pop.r, [0])
    near(pop.v, [1.5])  # not frozen any more
    sl.simulate(6.0)
    assert fired(shown) == {0: [2, 5]}
    near(shown.get("last"), [-10000] * 6 + [-10000] * 4)  # frozen since step 5
    g = np.asarray(heard.get("g_exc"))
    assert not g[:6].any() and g.sum() == 2.0


def test_clear_before_compile_does_nothing() -> None:
    pop = counting()
    pop.clear()
    pop.reset()
    sl.compile()
    sl.simulate(3.0)
    assert pop.spike.tolist() == [0]


def test_reset_of_one_population() -> None:
    pop, other = counting(size=2), counting("other")
    pop.v = [1.0, 0.0]
    sl.compile()
    sl.simulate(3.0)
    assert pop.spike.tolist() == [1]
    pop.reset(["r"])
    near(pop.v, [1.0, 0.0])
    assert pop.spike.tolist() == []
    pop.reset()
    near(pop.v, [1.0, 0.0])
    near(other.v, [0.0])
    assert other.spike.tolist() == [0]


def test_disabled_from_the_start() -> None:
    pop, post = counting(), target("post", "v += g_exc")
    connected(pop, post, [[1]])
    pop.disable()
    assert not pop.enabled
    sl.compile()
    sl.simulate(4.0)
    near(pop.v, [0.0])
    pop.enable()
    sl.simulate(4.0)
    near(post.v, [1.0])


def test_a_disabled_population_hears_nothing() -> None:
    post = target("post", "tau*dg_exc/dt = -g_exc ; v += g_exc", parameters="tau = 10.0")
    connected(source([1, 4]), post, [[1]])
    heard = sl.Monitor(post, "g_exc")
    sl.compile()
    sl.simulate(1.0)
    post.disable()
    sl.simulate(2.0)
    post.enable()
    sl.simulate(4.0)
    only_at(heard.get("g_exc")[:6], {5: 1})


# -- views ----------------------------------------------------------------------------------------------------


def test_views_of_spiking_populations_connect_and_record() -> None:
    pre, post = source([1], [1], [2]), target("post", size=3)
    ff = sl.Projection(pre[[2, 0]], post[1:], "exc").connect_all_to_all(2.0)
    heard, spikes = sl.Monitor(post[[2, 0]], "g_exc"), sl.Monitor(pre[[2, 0]], "spike")
    sl.compile()
    sl.simulate(4.0)
    near(heard.get("g_exc"), [[0, 0], [0, 0], [2, 0], [2, 0]])
    assert fired(spikes) == {0: [1], 2: [2]}
    assert ff.nb_efferent_synapses() == {0: 2, 2: 2}

"""Spiking projections from Python: targets, storage orders, delays while running (spec 03, 4.1, 4.6 to 4.10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError
from tests.worked.near import connected, near
from tests.worked.spiking import only_at, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

WEIGHTS = [[1, None, 3], [None] * 3, [4, 5, None]]


# -- targets --------------------------------------------------------------------------------------------------


def test_one_projection_for_several_targets() -> None:
    pre, post = source([1]), target("post", "x = g_a ; y = g_b ; z = g_c")
    both = sl.Projection(pre, post, ["a", "b"]).connect_all_to_all(2.0)
    one = sl.Projection(pre, post, ["c"], disable_omp=False).connect_all_to_all(1.0)
    assert (both.target, one.target) == (["a", "b"], "c")
    assert post.targets == ["a", "b", "c"]
    assert sl.projections(target="b") == [both]
    shown = sl.Monitor(post, ["g_a", "g_b", "g_c"])
    sl.compile()
    assert both.dendrite(0).target == ["a", "b"]
    sl.simulate(4.0)
    for name, weight in (("g_a", 2), ("g_b", 2), ("g_c", 1)):
        only_at(shown.get(name), {2: weight})


def test_a_target_that_the_neuron_never_mentions(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pre, post = source([1]), target("post", "x = g_a")
    sl.Projection(pre, post, ["a", "b"]).connect_all_to_all(1.0)
    sl.compile()
    assert capsys.readouterr().out == ("WARNING: population 'post' never uses its inputs on target b.\n")
    sl.simulate(4.0)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (lambda: sl.SpikeSourceArray([[2.0]]), ""),
        (
            lambda: sl.PoissonPopulation(1, rates=10.0),
            "WARNING: population 'pop1' never uses its inputs on target exc.\n",
        ),
        (
            lambda: sl.TimedPoissonPopulation(1, rates=[10.0], schedule=[0.0]),
            "WARNING: population 'pop1' never uses its inputs on target exc.\n",
        ),
    ],
    ids=["given", "poisson", "timed"],
)
def test_sources_of_given_spikes_may_ignore_what_leads_to_them(
    made: Any, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sl.setup(suppress_warnings=False)
    pre, post = source([1]), made()
    sl.Projection(pre, post, "exc").connect_all_to_all(1.0)
    capsys.readouterr()
    sl.compile()
    assert capsys.readouterr().out == told


SILENT = (
    "WARNING: Projection 'proj0': pre_spike of its synapse does not mention g_target; each spike transmits "
    "g_target += w all the same. To be silent, write g_target += 0.0.\n"
)


@pytest.mark.parametrize(
    ("synapse", "told"),
    [
        ({"pre_spike": "u += 1.0"}, SILENT),
        ({"pre_spike": "u += 1.0 ; g_target += 0.0"}, ""),
        ({"pre_spike": "u += 1.0", "psp": "w*post.x"}, ""),
        ({}, ""),
    ],
    ids=["no g_target", "silent", "psp", "default"],
)
def test_a_spike_that_transmits_unasked_is_told_once(
    synapse: dict[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sl.setup(suppress_warnings=False)
    pre, post = source([1]), target("post")
    sl.Projection(pre, post, "exc", sl.Synapse(**synapse)).connect_all_to_all(1.0)
    sl.compile()
    sl.simulate(2.0)
    assert capsys.readouterr().out == told


# -- storage --------------------------------------------------------------------------------------------------

ORDERS = {
    "by post": {"storage_format": "csr", "storage_order": "post_to_pre"},
    "by pre": {"storage_format": "csr", "storage_order": "pre_to_post"},
    "lil": {"storage_format": "lil", "storage_order": "pre_to_post"},
    "automatic": {},
}


@pytest.fixture
def stored() -> Iterator[dict[str, Any]]:
    """The same synapses in all orders, run: rules whose results depend on each synapse."""
    pre = source([1, 5], [2, 5], [1, 2])
    rule = sl.Synapse(parameters="k = 1.0", pre_spike="g_target += k*w ; n += 1.0 ; k += w")
    made = {}
    for name, store in ORDERS.items():
        post = target(f"post {name}", "x += g_exc", 3)
        made[name] = sl.Projection(pre, post, "exc", rule, name=name)
        made[name].connect_from_matrix(WEIGHTS, **store)
    sl.compile()
    sl.simulate(8.0)
    yield made


def test_the_order_of_storage_changes_no_result(stored: dict[str, Any]) -> None:
    for ff in stored.values():
        near(ff.post.x, [18, 0, 59])  # each synapse w, then (1 + w)*w
        assert ff.w == [[1.0, 3.0], [4.0, 5.0]]
        assert ff.n == [[2.0, 2.0], [2.0, 2.0]]
        assert ff.k == [[3.0, 7.0], [9.0, 11.0]]
        assert (ff.post_ranks, ff.pre_ranks) == ([0, 2], [[0, 2], [0, 1]])
        assert (ff.size, ff.nb_synapses, ff.nb_synapses_per_dendrite) == (2, 4, [2, 2])
        assert ff.dendrite(2).k == [9.0, 11.0]
        assert ff.synapse(2, 0).k == 7.0
        assert ff.connectivity_matrix().tolist() == [[1, 0, 3], [0, 0, 0], [4, 5, 0]]
        assert ff.nb_efferent_synapses() == {0: 2, 1: 1, 2: 1}


def test_arrays_are_in_the_order_of_the_memory(stored: dict[str, Any]) -> None:
    assert stored["by post"].array("w").tolist() == [1, 3, 4, 5]
    assert stored["by pre"].array("w").tolist() == [1, 4, 5, 3]


def test_values_are_written_in_the_order_of_dendrites(stored: dict[str, Any]) -> None:
    for ff in stored.values():
        ff.w = [[10.0, 20.0], [30.0, 40.0]]
        ff.dendrite(0).w = [11.0, 21.0]
        ff.synapse(1, 2).w = 41.0
        assert ff.w == [[11.0, 21.0], [30.0, 41.0]]
        assert ff.get_matrix("w").tolist() == [[11, 0, 21], [0, 0, 0], [30, 41, 0]]
        ff.set_matrix("k", np.arange(9.0).reshape(3, 3))
        assert ff.k == [[0.0, 2.0], [6.0, 7.0]]
        ff.n = [5.0, 6.0]
        assert ff.n == [[5.0, 5.0], [6.0, 6.0]]


@pytest.mark.parametrize("order", ["post_to_pre", "pre_to_post"])
def test_recordings_of_synapses_are_in_the_order_of_dendrites(order: str) -> None:
    pre, post = source([0], [1], [2]), target("post", size=3)
    rule = sl.Synapse(pre_spike="g_target += w ; n += w")
    ff = sl.Projection(pre, post, "exc", rule).connect_from_matrix(WEIGHTS, storage_order=order)
    shown = sl.Monitor(ff, ["n"], period=1.0)
    sl.compile()
    alone = sl.Monitor(ff.dendrite(2), "n")
    sl.simulate(4.0)
    near(shown.get("n"), [[[0, 0], [0, 0]], [[1, 0], [4, 0]], [[1, 0], [4, 5]], [[1, 3], [4, 5]]])
    near(alone.get("n"), [[0, 0], [4, 0], [4, 5], [4, 5]])


def test_rows_of_pre_neurons_are_for_spikes() -> None:
    pre, post = (sl.Population(2, sl.Neuron(equations="r = sum(exc)")) for _ in range(2))
    with pytest.raises(ConfigurationError, match="storage_order='pre_to_post' needs spiking neurons"):
        sl.Projection(pre, post, "exc").connect_all_to_all(1.0, storage_order="pre_to_post")
    ff = sl.Projection(pre, post, "exc").connect_all_to_all(1.0)
    with pytest.raises(ConfigurationError, match=r"nb_efferent_synapses\(\) is for spiking projections"):
        ff.nb_efferent_synapses()


# -- delays ---------------------------------------------------------------------------------------------------


def heard(monitor: Any) -> dict[int, float]:
    g = np.asarray(monitor.get("g_exc"))[:, 0]
    return {int(n): float(g[n]) for n in np.flatnonzero(g)}


@pytest.mark.parametrize("order", ["post_to_pre", "pre_to_post"])
def test_a_longer_uniform_delay_loses_no_spike_under_way(order: str) -> None:
    pre, post = source([0, 1, 2, 6], [2]), target("post")
    ff = sl.Projection(pre, post, "exc").connect_from_matrix([[1, 10]], delays=3.0, storage_order=order)
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    assert (ff.delay, ff.uniform_delay, pre.max_delay) == (3.0, 3, 3)
    sl.simulate(3.0)
    ff.delay = 6.0  # in each step, spikes emitted so many steps ago arrive
    assert (ff.delay, ff.max_delay, pre.max_delay) == (6.0, 6, 6)
    sl.simulate(12.0)
    assert heard(shown) == {6: 1, 7: 1, 8: 11, 12: 1}


def test_a_shorter_uniform_delay() -> None:
    pre, post = source([0, 1, 2, 6]), target("post")
    ff = connected(pre, post, [[1]], delays=5.0)
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    sl.simulate(3.0)
    ff.delay = 2.0  # the spike of step 0 would have been due in step 2
    sl.simulate(9.0)
    assert heard(shown) == {3: 1, 4: 1, 8: 1}


@pytest.mark.parametrize("order", ["post_to_pre", "pre_to_post"])
def test_delays_of_single_synapses_change_while_spikes_are_under_way(order: str) -> None:
    sl.setup(dt=0.5)
    pre, post = source([0, 1, 2, 6], [1], [1]), target("post")
    ff = sl.Projection(pre, post, "exc")
    ff.connect_from_matrix([[1, 10, 100]], delays=[[1.5, 2.0, 0.5]], storage_order=order)
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    assert ff.delay == [[1.5, 2.0, 0.5]]
    assert ff.uniform_delay == -1
    sl.simulate(1.5)  # the third neuron's spike arrived in step 2
    ff.delay = [[3.0, 1.0, 0.5]]
    sl.simulate(6.0)
    assert heard(shown) == {2: 100, 3: 10, 6: 1, 7: 1, 8: 1, 12: 1}
    assert pre.max_delay == 6
    ff.delay = 0.2
    assert ff.delay == [[0.5, 0.5, 0.5]]
    ff.dendrite(0).delay = [1.0, 1.5, 2.0]
    assert ff.delay == [[1.0, 1.5, 2.0]]


def test_traces_see_spikes_when_they_arrive() -> None:
    pre, post = source([1, 4], [2]), source([9], name="post", equations="x = g_exc")
    rule = sl.Synapse(pre_spike="g_target += w ; n = t ; since = t - t_pre", post_spike="m = t")
    ff = connected(pre, post, [[1, 1]], synapse=rule, delays=[[2.0, 4.0]])
    sl.compile()
    sl.simulate(5.0)
    near(ff.n, [[3, 0]])
    ff.delay = [[5.0, 4.0]]
    sl.simulate(6.0)
    near(ff.n, [[9, 6]])
    near(ff.m, [[9, 9]])


def test_delays_that_were_not_compiled_yet() -> None:
    pre, post = source([1]), target("post")
    ff, uniform = connected(pre, post, [[1]]), connected(pre, post, [[1]], delays=3.0)
    sl.compile()
    assert ff.delay == 1.0
    ff.delay = 2.0
    uniform.delay = [[2.0]]
    assert (ff.delay, uniform.delay) == (2.0, 2.0), "all of them are equal"


def test_delays_before_compile() -> None:
    pre, post = source([1]), target("post")
    ff = connected(pre, post, [[1]])
    ff.delay = 3.0
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    sl.simulate(6.0)
    assert heard(shown) == {4: 1}


def test_reset_empties_long_queues() -> None:
    pre, post = source([0, 1]), target("post")
    ff = connected(pre, post, [[1]], delays=4.0)
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    sl.simulate(2.0)
    ff.delay = 7.0
    sl.reset()
    sl.simulate(1.0)
    sl.reset()
    sl.simulate(10.0)
    assert heard(shown) == {7: 1, 8: 1}

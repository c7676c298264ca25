"""Spec 03, section 3, line by line: what a population is, in a network that really runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError, ModelError, NotCompiledError
from tests.worked.near import connected, counting, near, relay
from tests.worked.spiking import fired, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

NEURON = sl.Neuron(
    parameters="tau = 10.0 : population ; gain = 2 : population, int ; a = 0.5 ; n = 3 : int ; on = True",
    equations="v = v + a ; r = v",
    functions="f(x, y) = x*y + 1 ; half(x) = x/2",
)
WHEN = pytest.mark.parametrize("when", ["before", "after"])


def grid(geometry: Any = (2, 3), name: str = "pop", neuron: Any = NEURON) -> Any:
    return sl.Population(geometry, neuron, name=name)


def at(when: str) -> None:
    if when == "after":
        sl.compile()


def refused(action: Callable[[], object], message: str, kind: type[Exception] = ConfigurationError) -> None:
    """Expect this error, and that an interpreter is left to say so."""
    with pytest.raises(kind, match=message):
        action()


# -- 3.1 Population -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "geometry"),
    [
        (3, (3,)),
        (2.9, (2,)),
        ((2, 3), (2, 3)),
        ([2, 3], (2, 3)),
        (np.int32(4), (4,)),
        ((2.0, np.int8(3)), (2, 3)),
        ((2, 1, 2, 3), (2, 1, 2, 3)),
    ],
)
def test_3_1_geometry(given: Any, geometry: tuple[int, ...]) -> None:
    pop = grid(given)
    assert pop.geometry == pop.shape == geometry and pop.dimension == len(geometry)
    assert (pop.width, pop.height, pop.depth) == ((*geometry, 1, 1))[:3]
    assert pop.size == len(pop) == np.prod(geometry)
    assert pop.ranks.dtype == np.int32 and pop.ranks.tolist() == list(range(pop.size))
    sl.compile()
    assert pop.v.shape == geometry


@pytest.mark.parametrize("given", [0, (2, 0), -1, [], "4", None])
def test_3_1_sizes_are_at_least_one(given: Any) -> None:
    refused(lambda: grid(given), "^The geometry must be a number or a tuple of numbers, each at least 1")


def test_3_1_the_neuron_is_an_instance_or_a_class_and_is_copied() -> None:
    class Steady(sl.Neuron):
        def __init__(self) -> None:
            super().__init__(parameters="c = 2.0", equations="r = c")

    neuron = Steady()
    one, other = sl.Population(1, Steady), sl.Population(1, neuron)
    neuron.description = None
    assert other.neuron_type is not neuron
    sl.compile()
    sl.simulate(1.0)
    assert (one.r[0], other.r[0]) == (2.0, 2.0)
    refused(lambda: sl.Population(1, "r = 1"), "is a Neuron, or a class of neurons")  # type: ignore[arg-type]


def test_3_1_names_ids_and_when() -> None:
    assert (grid(name="one").id, sl.Population(1, NEURON).name, grid(name="two").id) == (0, "pop1", 2)
    refused(lambda: grid(name="one"), "A population named 'one' exists already")
    sl.compile()
    refused(lambda: grid(name="late"), "The network is compiled: no population can be added any more")


def test_3_1_public_attributes() -> None:
    pop = sl.Population((2, 3), NEURON, name="pop", stop_condition="r > 3.0 : any")
    other = relay("other", 2)
    for pre, where in ((pop, "exc"), (pop, "exc"), (other, "inh")):
        connected(pre, other, np.ones((2, pre.size)), where, delays=4.0 if pre is pop else 2.0)
    assert pop.parameters == ["tau", "gain", "a", "n", "on"] and pop.variables == ["v", "r"]
    assert pop.attributes == pop.parameters + pop.variables and pop.functions == ["f", "half"]
    assert (pop.targets, other.targets) == ([], ["exc", "exc", "inh"])
    assert pop.stop_condition == "r > 3.0 : any" and other.stop_condition is None
    assert pop.init["a"].tolist() == [[0.5] * 3] * 2 and pop.init["tau"] == 10.0
    assert pop.neuron_type.name == NEURON.name and pop.enabled and not pop.initialized
    sl.compile()
    assert pop.initialized and (pop.max_delay, other.max_delay) == (4, 2)
    assert pop[1:3].max_delay == 4


def test_3_1_spiking_models_gain_a_rate_and_several_targets_count_each() -> None:
    pre, post = source([1]), target("post", "v = g_a + g_b")
    sl.Projection(pre, post, ["a", "b"]).connect_all_to_all(1.0)
    assert pre.variables == ["now", "r"] and post.targets == ["a", "b"]
    assert {"v", "r", "g_a", "g_b"} == set(post.variables)


# -- 3.2 Ranks and coordinates --------------------------------------------------------------------------------


def test_3_2_ranks_and_coordinates_in_any_dimension() -> None:
    for geometry in ((4,), (2, 3), (2, 3, 4), (2, 1, 3, 2), (1, 2, 2, 2, 2)):
        pop = sl.Population(geometry, NEURON)
        for rank in range(pop.size):
            coordinates = pop.coordinates_from_rank(rank)
            assert coordinates == tuple(int(c) for c in np.unravel_index(rank, geometry))
            assert pop.rank_from_coordinates(coordinates) == rank
            assert pop.rank_from_coordinates(list(coordinates)) == rank
            assert (
                all(type(c) is int for c in coordinates)
                and type(pop.rank_from_coordinates(coordinates)) is int
            )
    assert grid((2, 3), "a").rank_from_coordinates((1, 2)) == 2 + 3 * 1
    assert grid((2, 3, 4), "b").rank_from_coordinates((1, 2, 3)) == 3 + 4 * 2 + 3 * 4 * 1
    assert grid(5, "c").rank_from_coordinates(3) == 3


@pytest.mark.parametrize("wrong", [(2, 0), (0, 4), (-1, 0), (0,), (0, 0, 0), 3])
def test_3_2_every_coordinate_is_checked(wrong: Any) -> None:
    refused(
        lambda: grid().rank_from_coordinates(wrong), r"^The coordinates .* are not in the geometry \(2, 3\)"
    )


@pytest.mark.parametrize("wrong", [6, -1])
def test_3_2_every_rank_is_checked(wrong: int) -> None:
    refused(
        lambda: grid().coordinates_from_rank(wrong),
        f"^The rank {wrong} does not exist; ranks are from 0 to 5",
    )


def test_3_2_normalized_coordinates() -> None:
    assert sl.Population(4, NEURON).normalized_coordinates_from_rank(1, norm=2.0) == (2.0 * 1 / 3,)
    pop = sl.Population((3, 1, 5, 2), NEURON)
    assert pop.normalized_coordinates_from_rank(pop.rank_from_coordinates((1, 0, 3, 1)), norm=4.0) == (
        4.0 * 1 / 2,
        0.0,
        4.0 * 3 / 4,
        4.0,
    )
    assert all(type(c) is float for c in pop.normalized_coordinates_from_rank(0))


# -- 3.3 Reading and writing ----------------------------------------------------------------------------------


@WHEN
def test_3_3_reading(when: str) -> None:
    pop = grid()
    at(when)
    for name, dtype, value in (("a", np.float64, 0.5), ("n", np.int64, 3), ("on", np.bool_, True)):
        found = pop.get(name)
        assert found.dtype == dtype and found.tolist() == [[value] * 3] * 2
    assert (pop.tau, pop.gain) == (10.0, 2) and (type(pop.tau), type(pop.gain)) == (float, int)
    pop.a[0, 0] = 9.0
    assert pop.a[0, 0] == 0.5, "a copy"


def test_3_3_arrays_are_double_also_in_single_precision() -> None:
    sl.setup(precision="float")
    pop = grid(2)
    pop.a = 0.1
    sl.compile()
    assert pop.a.dtype == np.float64 and pop.a[0] == np.float64(np.float32(0.1))


@WHEN
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (4, [4.0] * 6),
        ([1, 2, 3, 4, 5, 6], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        ((1, 2, 3, 4, 5, 6), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        (np.arange(6.0).reshape(3, 2), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        ([[0, 1, 2], [3, 4, 5]], [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]),
        (sl.Uniform(2.0, 2.0), [2.0] * 6),
    ],
)
def test_3_3_writing(when: str, given: Any, expected: list[float]) -> None:
    pop = grid()
    at(when)
    pop.a = given
    assert pop.a.shape == (2, 3) and pop.a.ravel().tolist() == expected
    pop.set({"v": given, "tau": 3})
    assert pop.get("v").ravel().tolist() == expected and pop.tau == 3.0
    pop.n = [[3.7, -3.7, 0], [1, 2, 3]]
    assert pop.n.ravel().tolist() == [3, -3, 0, 1, 2, 3], "truncated"
    at("after")
    sl.simulate(1.0)
    assert pop.v.ravel().tolist() == [2.0 * value for value in expected]


@WHEN
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("a", [1, 2, 3], "the value has the wrong size"),
        ("a", np.ones((3, 3)), "the value has the wrong size"),
        ("a", "1", "cannot be set to '1'"),
        ("a", None, "cannot be set to None"),
        ("tau", [1.0], "takes a single number"),
    ],
)
def test_3_3_the_same_is_refused_before_and_after(when: str, name: str, value: Any, message: str) -> None:
    pop = grid()
    at(when)
    before = pop.get(name)
    refused(lambda: setattr(pop, name, value), message)
    refused(lambda: pop.set({"v": 4.0, name: value}), message)
    assert np.array_equal(pop.get(name), before) and not pop.v.any(), "all or nothing"


@WHEN
def test_3_3_unknown_names(when: str) -> None:
    pop = grid()
    at(when)
    refused(lambda: pop.set({"unknown": 1}), 'Population "pop" has no attribute "unknown"')
    refused(lambda: pop.get("unknown"), 'Population "pop" has no attribute "unknown"')
    pop.mine = "data of the user"
    assert pop.mine == "data of the user" and "mine" not in pop.attributes


def test_3_3_init_is_what_held_at_compile() -> None:
    pop = grid()
    pop.a, pop.tau = 2.0, 4.0
    sl.compile()
    pop.a, pop.tau = 3.0, 5.0
    assert pop.init["a"].tolist() == [[2.0] * 3] * 2 and pop.init["tau"] == 4.0
    pop.reset()
    assert pop.a[0, 0] == 2.0 and pop.tau == 4.0


# -- 3.4 Functions --------------------------------------------------------------------------------------------


def test_3_4_functions_broadcast() -> None:
    pop = grid()
    sl.compile()
    found = pop.f([1, 2, 3], np.array([4.0, 5.0, 6.0]))
    assert found.dtype == np.float64 and found.tolist() == [5.0, 11.0, 19.0]
    assert pop.f(2, 3) == 7.0 and pop.f(np.ones((4, 1)), [1, 2, 3]).shape == (4, 3)
    assert pop.f(2, [1, 2]).tolist() == [3.0, 5.0] and pop.half(3) == 1.5
    for given in (([1, 2, 3], [1, 2]), ([1, 2], [1, 2, 3])):
        refused(lambda g=given: pop.f(*g), "the arguments have different lengths")
    refused(lambda: pop.f(1), r"f\(x, y\) takes 2 arguments, 1 given")


# -- 3.5 sum() ------------------------------------------------------------------------------------------------


def test_3_5_sums_have_the_geometry(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    post = sl.Population((2, 2), sl.Neuron(equations="r = sum(exc)"), name="post")
    one, two = counting("one"), counting("two")
    connected(one, post, [[1, 0]] * 4)
    connected(two, post, [[0, 1]] * 4)
    assert post.sum("exc").shape == (2, 2) and "it is not compiled" in capsys.readouterr().out
    sl.compile()
    sl.simulate(2.0)
    assert post.sum("exc").tolist() == [[1.0 + 11.0] * 2] * 2, "of both projections"
    assert post.sum("inh").tolist() == [[0.0] * 2] * 2
    assert 'no projection has the target "inh"' in capsys.readouterr().out
    kept = post.sum("exc")
    post.disable()
    sl.simulate(2.0)
    assert np.array_equal(post.sum("exc"), kept), "of a disabled population it stays"


def test_3_5_sums_of_spiking_neurons_are_their_conductances() -> None:
    post = sl.Population(
        (1, 2), sl.Neuron(equations="dg_exc/dt = -0.5*g_exc", spike="g_exc > 100"), name="post"
    )
    connected(source([0]), post, [[1], [2]])
    sl.compile()
    sl.simulate(3.0)
    assert post.sum("exc").shape == (1, 2) and np.array_equal(post.sum("exc"), post.g_exc)


# -- 3.6 Single neurons ---------------------------------------------------------------------------------------


@WHEN
def test_3_6_single_neurons(when: str) -> None:
    pop = grid()
    at(when)
    pop.a = np.arange(6.0)
    for neuron in (pop.neuron(4), pop.neuron(np.int64(4)), pop.neuron(1, 1), pop.neuron((1, 1)), pop[1, 1]):
        assert (neuron.population, neuron.rank, neuron.a, neuron.tau) == (pop, 4, 4.0, 10.0)
        assert [type(value) for value in (neuron.a, neuron.n, neuron.on)] == [float, int, bool]
    pop.neuron(4).a = 9.0
    pop.neuron(4).tau = 5.0
    assert pop.a[1, 1] == 9.0 and pop.a.sum() == 15.0 - 4.0 + 9.0 and pop.tau == 5.0
    for rank in (6, -1, 1.5):
        refused(lambda r=rank: pop.neuron(r), "rank")
    assert [n.rank for n in pop.neurons] == [n.rank for n in pop] == list(range(6))
    shown = str(pop.neuron(4))
    assert "rank 4, coordinates (1, 1)" in shown and "a = 9.0" in shown and "tau = 5.0" in shown


def test_3_6_unions() -> None:
    pop = grid()
    assert (pop.neuron(3) + pop.neuron(1)).ranks.tolist() == [1, 3]
    assert (pop.neuron(3) + pop[[4, 3, 1]]).ranks.tolist() == [1, 3, 4]


# -- 3.7 Indexing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "ranks", "geometry"),
    [
        (3, [3], (1,)),
        (-1, [5], (1,)),
        (slice(1, 5, 2), [1, 3], (2,)),
        (slice(-3, -1), [3, 4], (2,)),
        (slice(None, None, -1), [5, 4, 3, 2, 1, 0], (6,)),
        (slice(4, 99), [4, 5], (2,)),
        ([4, 0, -3], [4, 0, 3], (3,)),
        (np.array([2, 1]), [2, 1], (2,)),
        ((1, slice(None)), [3, 4, 5], (1, 3)),
        ((slice(0, 2), slice(1, 3)), [1, 2, 4, 5], (2, 2)),
        ((slice(-1, None), slice(None, None, -1)), [5, 4, 3], (1, 3)),
        (np.array([[True, False, False], [False, True, True]]), [0, 4, 5], (3,)),
        (np.array([True, False, False, False, True, True]), [0, 4, 5], (3,)),
    ],
)
def test_3_7_indexing(index: Any, ranks: list[int], geometry: tuple[int, ...]) -> None:
    view = grid()[index]
    assert view.ranks.tolist() == ranks and view.geometry == geometry


def test_3_7_any_dimension() -> None:
    pop = grid((2, 2, 3, 2, 2))
    assert pop[1, :, -1, 0, ::-1].ranks.tolist() == (
        np.arange(48).reshape(2, 2, 3, 2, 2)[1, :, -1, 0, ::-1].ravel().tolist()
    )
    assert pop[1, 0, 2, 1, 0].rank == pop.rank_from_coordinates((1, 0, 2, 1, 0))


@pytest.mark.parametrize(
    "index", [6, -7, [0, 6], 1.5, "1", (0, 3), (2, slice(None)), (0, 0, 0), [True, False]]
)
def test_3_7_what_does_not_exist(index: Any) -> None:
    refused(lambda: grid()[index], "does not fit|must be made of integers")


# -- 3.8 Views ------------------------------------------------------------------------------------------------


@WHEN
def test_3_8_views(when: str) -> None:
    pop = grid()
    view, flat = pop[:, 1:], sl.PopulationView(pop, [4, 0])
    at(when)
    assert (view.population, view.size, len(view), view.geometry, flat.geometry) == (pop, 4, 4, (2, 2), None)
    assert (view.offsets, view.id, view.name) == ([1, 6], pop.id, pop.name)
    assert (view.attributes, view.parameters, view.variables) == (
        pop.attributes,
        pop.parameters,
        pop.variables,
    )
    assert (view.targets, view.max_delay, view.neuron_type) == (pop.targets, pop.max_delay, pop.neuron_type)
    pop.a = np.arange(6.0)
    assert flat.a.tolist() == flat.get("a").tolist() == [4.0, 0.0]
    flat.a = [7.0, 8.0]
    assert pop.a.ravel().tolist() == [8.0, 1.0, 2.0, 3.0, 7.0, 5.0]
    view.a = [[1.0, 2.0], [3.0, 4.0]]
    assert pop.a.tolist() == [[8.0, 1.0, 2.0], [3.0, 3.0, 4.0]]
    view.set({"a": sl.Uniform(6.0, 6.0), "n": 1.9})
    assert pop.a.tolist() == [[8.0, 6.0, 6.0], [3.0, 6.0, 6.0]] and pop.n.tolist() == [[3, 1, 1]] * 2
    assert view.tau == 10.0
    refused(lambda: setattr(view, "tau", 3.0), '"tau" has one value for all of population "pop"')
    refused(lambda: view.set({"b": 1.0}), 'has no attribute "b"')
    refused(lambda: view.get("b"), 'has no attribute "b"')
    refused(lambda: setattr(view, "a", np.ones((4, 1))), "wrong size")
    assert (view.rank_from_coordinates((1, 1)), view.rank_from_coordinates((1, 1), local=True)) == (4, 5)
    assert (view.coordinates_from_rank(5), view.coordinates_from_rank(5, local=True)) == ((1, 2), (1, 1))
    refused(lambda: view.rank_from_coordinates((0, 0)), "The neuron of rank 0 is not in this view")
    assert [neuron.rank for neuron in view] == [1, 2, 4, 5] and repr(
        view
    ) == "<view on 4 of 6 neurons of 'pop'>"
    assert view[0, 1].rank == 2 and flat[1].ranks.tolist() == [0] and flat[:1].ranks.tolist() == [4]
    assert (view + flat).ranks.tolist() == [0, 1, 2, 4, 5] and (view + flat).geometry is None
    assert (flat + pop.neuron(2)).ranks.tolist() == [0, 2, 4]


def test_3_8_views_of_different_populations() -> None:
    one, other = grid(name="one"), grid(name="other")
    refused(lambda: one[:2] + other[:2], 'different populations: "one" and "other"')


def test_3_8_sums_spikes_and_ends_of_projections() -> None:
    pre, post = source([1, 2], [2], [1], [1]), target("post", "v = g_exc", 4)
    proj = sl.Projection(pre[1:], post[[3, 1]], "exc").connect_all_to_all(2.0)
    shown = sl.Monitor(post[1:], "v")
    sl.compile()
    sl.simulate(2.0)
    assert pre[[3, 1, 0]].spike == [0, 3], "ascending ranks of the population"
    assert pre[1:2].spike == []
    sl.simulate(1.0)
    assert (proj.post_ranks, proj.pre_ranks) == ([1, 3], [[1, 2, 3]] * 2)
    assert post[[3, 0]].sum("exc").shape == (2,)
    assert shown.get("v").tolist() == [[0.0] * 3, [0.0] * 3, [4.0, 0.0, 4.0]]


# -- 3.9 Spiking extras ---------------------------------------------------------------------------------------


def test_3_9_spikes() -> None:
    pop = source([0], [1], [0])
    refused(lambda: pop.spike, "no neuron fires before compile", NotCompiledError)
    sl.compile()
    assert pop.spike.dtype == np.int64 and pop.spike.tolist() == []
    sl.simulate(1.0)
    assert pop.spike.tolist() == [0, 2]


@WHEN
@pytest.mark.parametrize(
    ("given", "steps"),
    [
        (4.6, [5, 5, 5]),
        ([1, 2.4, 3], [1, 2, 3]),
        (np.array([0.0, 1.0, 2.0]), [0, 1, 2]),
        (sl.Uniform(2, 2), [2] * 3),
    ],
)
def test_3_9_refractory_rounds_and_takes_every_form(when: str, given: Any, steps: list[int]) -> None:
    pop = target("pop", "v = 5.0", 3, spike="v > 1.0", refractory=7.0)
    assert pop.refractory == 7.0
    shown = sl.Monitor(pop, "spike")
    at(when)
    pop.refractory = given
    at("after")
    assert pop.refractory.tolist() == [float(n) for n in steps]
    sl.simulate(12.0)
    assert fired(shown) == {k: list(range(0, 12, n + 1)) for k, n in enumerate(steps)}


def test_3_9_a_named_refractory_period_and_rate_coded_neurons(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pop, rate = sl.Population(2, sl.IF_curr_exp, name="linked"), grid()
    pop.tau_refrac = [2.0, 3.0]
    assert pop.refractory.tolist() == [2.0, 3.0]
    pop.refractory = 5.0
    assert 'the refractory period is its attribute "tau_refrac"' in capsys.readouterr().out
    assert pop.refractory.tolist() == [2.0, 3.0]
    assert rate.refractory is None and "rate-coded" in capsys.readouterr().out


@pytest.mark.parametrize("name", [n for n in dir(sl) if n.startswith(("IF_", "EIF_", "HH_", "Izhikevich"))])
def test_3_9_predefined_neurons_link_it(name: str) -> None:
    refractory = getattr(sl, name)().refractory
    assert refractory == (None if name == "HH_cond_exp" else "tau_refrac")


@WHEN
def test_3_9_firing_rates(when: str) -> None:
    pop = target("pop", "v += 1.0", 1, spike="v >= 2.0", reset="v = 0.0")  # fires in steps 1, 3, 5 ...
    at(when)
    if when == "after":
        sl.simulate(2.0)
        assert pop.r.tolist() == [0.0], "stays 0 until it is asked for"
    pop.compute_firing_rate(5.0)
    at("after")
    sl.simulate(8.0 if when == "before" else 6.0)
    # After step 7: spikes in steps s > 7 - 5, that is 3, 5, 7.
    near(pop.r, [1000.0 / 5.0 * 3])
    pop.compute_firing_rate(4.0)
    sl.simulate(1.0)  # step 8: 5 and 7 are later than 8 - 4
    near(pop.r, [1000.0 / 4.0 * 2])


def test_3_9_firing_rates_of_rate_coded_populations() -> None:
    refused(lambda: grid().compute_firing_rate(10.0), "is rate-coded")


def test_3_9_clear() -> None:
    pop, post = (
        target("pop", "v += 1.0", 1, spike="v >= 2.0", reset="v = 0.0", refractory=3.0),
        target("post", "v = g_exc"),
    )
    pop.clear()  # before compile: nothing happens
    pop.compute_firing_rate(10.0)
    connected(pop, post, [[1.0]], delays=3.0)
    shown = sl.Monitor(post, "v")
    sl.compile()
    sl.simulate(2.0)
    assert pop.spike.tolist() == [0] and pop.r[0] == 100.0
    before = (pop.v.tolist(), pop.r.tolist())
    pop.clear()
    assert (pop.v.tolist(), pop.r.tolist()) == before and pop.spike.tolist() == []
    sl.simulate(1.0)
    assert pop.r[0] == 0.0, "its history is gone"
    sl.simulate(3.0)
    assert shown.get("v").ravel().tolist() == [0.0] * 6, "the spike of step 1 does not arrive in step 4"


# -- 3.10 enable and disable ----------------------------------------------------------------------------------


@WHEN
def test_3_10_disable(when: str) -> None:
    pre, post = (
        counting("pre", (0.0,)),
        sl.Population(1, sl.Neuron(equations="n += 1.0 ; r = sum(exc)"), name="post"),
    )
    last = relay("last")
    proj = connected(pre, post, [[1.0]], synapse=sl.Synapse(equations="w += 1.0"))
    connected(post, last, [[1.0]])
    at(when)
    if when == "after":
        sl.simulate(2.0)
    post.disable()
    assert not post.enabled
    at("after")
    before = (post.n[0], post.r[0], proj.w)
    sl.simulate(3.0)
    assert (post.n[0], post.r[0], proj.w) == before, "nothing of it and nothing that leads to it"
    assert last.r[0] == post.r[0], "its rate is still transmitted"
    post.enable()
    sl.simulate(1.0)
    assert post.n[0] == before[0] + 1 and proj.w[0][0] == before[2][0][0] + 1


def test_3_10_a_disabled_population_has_an_empty_spike_list_and_frozen_recordings() -> None:
    pop = target("pop", "v = 5.0 + 0.0*g_exc", 2, spike="v > 1.0")
    shown, values = sl.Monitor(pop, "spike"), sl.Monitor(pop, ["v"])
    sl.compile()
    sl.simulate(2.0)
    assert pop.spike.tolist() == [0, 1]
    pop.disable()
    sl.simulate(3.0)
    assert pop.spike.tolist() == []
    pop.enable()
    sl.simulate(1.0)
    assert fired(shown) == {0: [0, 1, 5], 1: [0, 1, 5]}
    assert values.get("v").tolist() == [[5.0, 5.0]] * 6


def test_3_10_sums_of_a_disabled_population_are_recorded_frozen() -> None:
    pre, post = counting("pre", (0.0,)), relay("post")
    connected(pre, post, [[1.0]])
    shown = sl.Monitor(post, ["sum(exc)", "r"])
    sl.compile()
    sl.simulate(3.0)
    post.disable()
    sl.simulate(2.0)
    data = shown.get()
    near(data["sum(exc)"], [0, 1, 2, 2, 2])
    near(data["r"], [0, 1, 2, 2, 2])


# -- 3.11 reset, size -----------------------------------------------------------------------------------------


def test_3_11_reset(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pop = grid()
    pop.v = 3.0
    assert pop.size_in_bytes() == 0
    sl.compile()
    sl.simulate(4.0)
    pop.a = 9.0
    pop.reset(["v", "foo"])
    assert capsys.readouterr().out == 'WARNING: reset(): Population "pop" has no attribute "foo".\n'
    assert pop.v.tolist() == [[3.0] * 3] * 2 and pop.a[0, 0] == 9.0
    pop.reset()
    assert pop.a[0, 0] == 0.5 and pop.size_in_bytes() >= sum(b.nbytes for b in pop.state.values()) > 0


@pytest.mark.parametrize("attributes", [None, ["v"]])
def test_3_11_both_forms_of_reset_empty_what_is_under_way(attributes: Any) -> None:
    pop, post = source([0], equations="v += 1.0"), target("post", "v = g_exc")
    connected(pop, post, [[1.0]], delays=3.0)
    shown = sl.Monitor(post, "v")
    sl.compile()
    pop.disable()
    pop.enable()
    sl.simulate(1.0)
    assert pop.spike.tolist() == [0]
    pop.reset(attributes)
    assert pop.spike.tolist() == [] and pop.enabled and pop.v[0] == 0.0
    sl.simulate(5.0)
    near(shown.get("v"), [0] * 6)


def test_3_3_names_that_are_taken_are_told_with_a_caret() -> None:
    with pytest.raises(ModelError) as caught:
        grid(neuron=sl.Neuron(parameters="size = 1.0", equations="r = 1"))
    assert caught.value.message == '"size" is reserved.' and caught.value.origin is not None
    assert caught.value.origin.text.startswith("size")

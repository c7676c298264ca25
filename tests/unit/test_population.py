"""Populations: spec 03, sections 3.1 to 3.11."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from synloom import config
from synloom.codegen.errors import ConfigurationError, ModelError, NotCompiledError
from synloom.constant import Constant
from synloom.function import add_function
from synloom.individual import IndividualNeuron
from synloom.neuron import Neuron
from synloom.population import Population
from synloom.random import Normal, Uniform
from tests.unit.fake_network import FakeNetwork, fake_default


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeNetwork]:
    with fake_default() as fake:
        yield fake


NEURON = Neuron(
    parameters="tau = 10.0 : population ; a = 0.5 ; n = 2.7 : int ; on = True",
    equations="""
        tau * dv/dt = -v : init = 0.25
        mean_v = mean(v) : population
        count += 1 : int
        r = a * pos(v)
    """,
    functions="f(x, y) = x*y + a0(x) ; g(x) = f(x, 2)".replace("a0(x)", "1"),
    name="Leaky",
)


@pytest.fixture(params=["before", "after"])
def pop(request: pytest.FixtureRequest, network: FakeNetwork) -> Population:
    """A population of geometry (2, 3), before and after compiling."""
    population = Population((2, 3), NEURON)
    if request.param == "after":
        network.compile()
    return population


# Construction


def test_public_attributes(network: FakeNetwork) -> None:
    pop = Population((2, 3), NEURON, stop_condition="r > 1")
    assert (pop.name, pop.id, pop.size, len(pop), pop.network) == ("pop0", 0, 6, 6, network)
    assert pop.geometry == pop.shape == (2, 3)
    assert (pop.dimension, pop.width, pop.height, pop.depth) == (2, 2, 3, 1)
    assert pop.ranks.tolist() == [0, 1, 2, 3, 4, 5] and pop.ranks.dtype == np.int32
    assert pop.parameters == ["tau", "a", "n", "on"]
    assert pop.variables == ["v", "mean_v", "count", "r"]
    assert pop.attributes == pop.parameters + pop.variables
    assert pop.functions == ["f", "g"]
    assert (pop.targets, pop.stop_condition, pop.max_delay) == ([], "r > 1", 1)
    assert pop.neuron_type.name == "Leaky" and pop.neuron_type is not NEURON
    assert (pop.enabled, pop.initialized) == (True, False)
    network.compile()
    assert pop.initialized
    assert repr(pop) == "<Population 'pop0' (2, 3)>"
    assert {"tau", "v", "f", "geometry"} <= set(dir(pop))


@pytest.mark.parametrize(
    ("given", "geometry"),
    [
        (4, (4,)),
        (4.9, (4,)),
        ([2, 3], (2, 3)),
        (np.int64(5), (5,)),
        (np.array([2, 2]), (2, 2)),
        ((3, 2.5), (3, 2)),
    ],
)
def test_geometries(given: Any, geometry: tuple[int, ...]) -> None:
    pop = Population(given, NEURON)
    assert pop.geometry == geometry
    assert all(type(extent) is int for extent in pop.geometry)


@pytest.mark.parametrize("given", [0, -1, (2, 0), (), "3", None, True, float("nan"), (2, "3"), 2**31])
def test_wrong_geometries(given: Any, network: FakeNetwork) -> None:
    with pytest.raises(ConfigurationError, match="^The geometry"):
        Population(given, NEURON)
    assert network.populations == []


def test_names_and_ids(network: FakeNetwork) -> None:
    first, second = Population(1, NEURON, name="one"), Population(1, NEURON)
    assert [(p.name, p.id) for p in (first, second)] == [("one", 0), ("pop1", 1)]
    with pytest.raises(ConfigurationError, match="'one' exists already"):
        Population(1, NEURON, name="one")
    assert network.populations == [first, second]


def test_neuron_may_be_a_class() -> None:
    class Steady(Neuron):
        def __init__(self) -> None:
            super().__init__("c = 2.0", "r = c")

    assert Population(2, Steady).c.tolist() == [2.0, 2.0]


@pytest.mark.parametrize("neuron", ["r = 1", None, Population, 3])
def test_neuron_must_be_a_neuron(neuron: Any) -> None:
    with pytest.raises(ConfigurationError, match="is a Neuron, or a class of neurons"):
        Population(2, neuron)


def test_wrong_texts() -> None:
    with pytest.raises(ConfigurationError, match="stop_condition must be a text"):
        Population(2, NEURON, stop_condition=3)  # type: ignore[arg-type]


def test_networks(network: FakeNetwork) -> None:
    other = FakeNetwork(3)
    assert Population(2, NEURON, network=other).network is other  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="no network with id 9"):
        Population(2, NEURON, net_id=9)
    network.compile()
    with pytest.raises(ConfigurationError, match="compiled"):
        Population(2, NEURON)


def test_model_errors_name_the_population(network: FakeNetwork) -> None:
    with pytest.raises(ModelError) as caught:
        Population(2, Neuron(equations="r = vv", name="Bad"), name="input")
    shown = str(caught.value)
    assert "Neuron 'Bad' of population 'input', argument 'equations'" in shown
    assert "test_population.py:" in shown
    assert network.populations == []


@pytest.mark.parametrize(
    "name", ["geometry", "ranks", "init", "targets", "network", "width", "reset", "state"]
)
def test_names_of_the_population_are_reserved(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        Population(2, Neuron(f"{name} = 1.0", "r = 1"))
    assert caught.value.message == f'"{name}" is reserved.'
    assert caught.value.origin is not None and caught.value.origin.text.startswith(name)


def test_a_mistake_is_shown_once() -> None:
    """With the name of the population; the first attempt, without it, is not part of the traceback."""
    with pytest.raises(ModelError) as caught:
        Population(2, Neuron("", "r = q"), name="pop")
    assert "of population 'pop'" in str(caught.value)
    assert caught.value.__context__ is None


# Initial values


def test_declared_values(pop: Population) -> None:
    assert pop.tau == 10.0 and type(pop.tau) is float
    assert pop.a.tolist() == [[0.5] * 3] * 2
    assert pop.n.tolist() == [[2] * 3] * 2 and pop.n.dtype == np.int64
    assert pop.on.tolist() == [[True] * 3] * 2 and pop.on.dtype == np.bool_
    assert pop.v.tolist() == [[0.25] * 3] * 2
    assert pop.mean_v == 0.0 and pop.count.tolist() == [[0] * 3] * 2


def test_initial_values_may_depend_on_constants_and_parameters() -> None:
    k = Constant("K", 3.0)
    k.set(4.0)
    pop = Population(2, Neuron("a = K ; b = 2*K + 1 : population ; c = 1/2", "r = 1 : init = b - a"))
    assert (pop.a.tolist(), pop.b, pop.c.tolist(), pop.r.tolist()) == (
        [4.0, 4.0],
        9.0,
        [0.5, 0.5],
        [5.0, 5.0],
    )


def test_random_initial_values_are_one_per_neuron(network: FakeNetwork) -> None:
    neuron = Neuron("a = Uniform(0, 1) ; b = Normal(0, 1) : population", "r = a : init = Uniform(1, 2)")
    pop = Population(5, neuron)
    streams = np.random.default_rng(1).spawn(3)
    np.testing.assert_array_equal(pop.a, streams[0].uniform(0, 1, 5))
    assert pop.b == streams[1].normal(0, 1, 1)[0]
    np.testing.assert_array_equal(pop.r, streams[2].uniform(1, 2, 5))


@pytest.mark.parametrize(
    ("parameters", "equations", "message", "span"),
    [
        ("a = Uniform(2, 1)", "r = a", "Uniform(): min must not be greater than max", "Uniform(2, 1)"),
        ("a = 1/0 : int", "r = a", '"a" is an int and cannot hold NaN, infinity', "a"),
    ],
)
def test_wrong_initial_values(parameters: str, equations: str, message: str, span: str) -> None:
    with pytest.raises(ModelError) as caught:
        Population(2, Neuron(parameters, equations, name="Bad"), name="input")
    error = caught.value
    assert error.message.startswith(message)
    assert error.origin is not None and error.origin.text == span
    assert error.origin.source.owner == "Neuron 'Bad' of population 'input'"
    assert not isinstance(error.__context__, ModelError)  # told once


def test_stored_buffers(network: FakeNetwork) -> None:
    pop = Population((2, 3), NEURON)
    shapes = {name: (array.shape, array.dtype.name) for name, array in pop.state.items()}
    assert shapes == {
        "tau": ((1,), "float64"),
        "a": ((6,), "float64"),
        "n": ((6,), "int64"),
        "on": ((6,), "bool"),
        "v": ((6,), "float64"),
        "mean_v": ((1,), "float64"),
        "count": ((6,), "int64"),
        "r": ((6,), "float64"),
    }
    assert all(array.ctypes.data % 64 == 0 and array.flags.c_contiguous for array in pop.state.values())
    assert (pop.flags["enabled"].shape, pop.flags["enabled"].dtype) == ((1,), np.bool_)


def test_single_precision_reads_as_double() -> None:
    config.setup(precision="float")
    pop = Population(2, Neuron("a = 0.1", "r = a"))
    assert pop.state["a"].dtype == np.float32
    assert pop.a.dtype == np.float64 and pop.a[0] == np.float64(np.float32(0.1))


def test_precision_set_late_holds_from_compile_on(network: FakeNetwork) -> None:
    pop = Population(2, Neuron("a = 0.1", "r = a"))
    config.setup(precision="float", suppress_warnings=True)
    network.compile()
    assert pop.state["a"].dtype == np.float32 and pop.state["a"].ctypes.data % 64 == 0
    assert pop.a[0] == np.float64(np.float32(0.1))


# Reading and writing


def test_reading_gives_a_copy(pop: Population) -> None:
    pop.v[0, 0] = 5.0
    assert pop.v[0, 0] == 0.25
    assert pop.get("v").shape == (2, 3)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, [[3.0] * 3] * 2),
        (True, [[1.0] * 3] * 2),
        (np.float32(0.5), [[0.5] * 3] * 2),
        (np.array(2.0), [[2.0] * 3] * 2),
        ([1, 2, 3, 4, 5, 6], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        ((1, 2, 3, 4, 5, 6), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        ([[1, 2, 3], [4, 5, 6]], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        (np.arange(1, 7).reshape(3, 2), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    ],
)
def test_writing_local_attributes(pop: Population, value: Any, expected: list[list[float]]) -> None:
    array = pop.array("v")
    pop.v = value
    assert pop.v.tolist() == expected
    assert array.tolist() == expected
    pop.set({"a": value, "tau": 2})
    assert pop.a.tolist() == expected and pop.tau == 2.0


def test_writing_constants_and_distributions(pop: Population) -> None:
    k = Constant("K", 3.0)
    k.set(4.0)
    pop.v = k
    assert pop.v.tolist() == [[4.0] * 3] * 2
    pop.v = Uniform(0, 1, seed=3)
    np.testing.assert_array_equal(pop.v.ravel(), np.random.default_rng(3).uniform(0, 1, 6))
    pop.tau = Uniform(0, 1, seed=3)
    assert pop.tau == np.random.default_rng(3).uniform(0, 1)


def test_unseeded_distributions_draw_from_the_population_s_own_network() -> None:
    other = FakeNetwork(3, seed=9)
    pop = Population(4, NEURON, network=other)  # type: ignore[arg-type]
    pop.v = Normal(0.0, 1.0)
    np.testing.assert_array_equal(pop.v, np.random.default_rng(9).spawn(1)[0].normal(0.0, 1.0, 4))


def test_types_are_kept(pop: Population) -> None:
    pop.n = [3.7, -3.7, 1, 0, 2.0, True]
    assert pop.n.ravel().tolist() == [3, -3, 1, 0, 2, 1]
    pop.n = 2**60 + 1
    assert pop.n[0, 0] == 2**60 + 1
    pop.on = [0, 1, 0.5, False, True, -2]
    assert pop.on.ravel().tolist() == [False, True, True, False, True, True]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("v", [1, 2, 3], "wrong size"),
        ("v", [], "wrong size"),
        ("v", np.ones((2, 4)), "wrong size"),
        ("v", [1.0], "wrong size"),
        ("v", "1", "cannot be set to '1'"),
        ("v", None, "cannot be set to None"),
        ("v", [1, 2, 3, 4, 5, None], "cannot be set"),
        ("v", [[1], [2, 3]], "cannot be set"),
        ("v", 1j, "cannot be set"),
        ("tau", [1.0], "takes a single number"),
        ("tau", "1", "cannot be set"),
        ("n", float("nan"), "is an int"),
        ("n", 1e30, "is an int"),
    ],
)
def test_wrong_values(pop: Population, name: str, value: Any, message: str) -> None:
    before = pop.get(name)
    with pytest.raises(ConfigurationError, match=message) as caught:
        setattr(pop, name, value)
    assert f'"{name}" of population "pop0"' in caught.value.message
    with pytest.raises(ConfigurationError, match=message):
        pop.set({"a": 1.0, name: value})
    np.testing.assert_array_equal(pop.get(name), before)
    assert pop.a[0, 0] == 0.5


def test_unknown_names(pop: Population) -> None:
    for use in (lambda: pop.get("tua"), lambda: pop.set({"a": 1.0, "tua": 1.0}), lambda: pop.array("tua")):
        with pytest.raises(ConfigurationError) as caught:
            use()
        assert caught.value.message == 'Population "pop0" has no attribute "tua".'
        assert caught.value.hint.startswith('Did you mean "tau"')
    assert pop.a[0, 0] == 0.5
    assert not hasattr(pop, "tua")
    with pytest.raises(ConfigurationError, match='no attribute "xyz"') as caught:
        pop.get("xyz")
    assert "tau, a, n, on, v" in caught.value.hint
    with pytest.raises(ConfigurationError, match="takes a dictionary"):
        pop.set("tau")  # type: ignore[arg-type]


def test_users_attach_their_own_data(pop: Population) -> None:
    pop.label = "mine"
    assert pop.label == "mine"
    assert "label" not in pop.attributes


def test_array_is_the_live_memory(pop: Population) -> None:
    array = pop.array("v")
    assert array.shape == (2, 3) and np.shares_memory(array, pop.state["v"])
    array[1, 2] = 7.0
    assert pop.v[1, 2] == 7.0
    assert pop.array("tau").shape == (1,)
    pop.array("tau")[0] = 3.0
    assert pop.tau == 3.0


def test_cleared_networks(pop: Population, network: FakeNetwork) -> None:
    view, neuron = pop[1:3], pop.neuron(0)
    network.cleared = True
    for use in (
        lambda: pop.v,
        lambda: setattr(pop, "v", 1.0),
        lambda: pop.array("v"),
        lambda: view.v,
        lambda: neuron.v,
    ):
        with pytest.raises(NotCompiledError, match="cleared"):
            use()


# State as a whole


def test_reset_restores_what_compile_found(network: FakeNetwork) -> None:
    pop = Population((2, 3), NEURON)
    pop.v, pop.tau = 1.0, 5.0
    assert pop.init["v"].tolist() == [[1.0] * 3] * 2 and pop.init["tau"] == 5.0
    pop.reset()
    assert pop.tau == 5.0
    network.compile()
    array = pop.array("v")
    pop.v, pop.tau, pop.a = np.arange(6), 6.0, 2.0
    assert pop.init["v"].tolist() == [[1.0] * 3] * 2 and pop.init["tau"] == 5.0
    assert list(pop.init) == pop.attributes
    pop.reset(["v"])
    assert array.tolist() == [[1.0] * 3] * 2
    assert (pop.tau, pop.a[0, 0]) == (6.0, 2.0)
    pop.reset()
    assert (pop.tau, pop.a[0, 0]) == (5.0, 0.5)


def test_reset_warns_of_unknown_names(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    pop = Population(2, NEURON)
    network.compile()
    pop.tau = 3.0
    pop.reset(["foo", "tau"])
    assert capsys.readouterr().out == 'WARNING: reset(): Population "pop0" has no attribute "foo".\n'
    assert pop.tau == 10.0


def test_enable_and_disable(pop: Population) -> None:
    flag = pop.flags["enabled"]
    pop.disable()
    assert not pop.enabled and not flag[0]
    pop.reset()
    assert not pop.enabled
    pop.enable()
    assert pop.enabled and flag[0]


def test_size_in_bytes(network: FakeNetwork) -> None:
    pop = Population((2, 3), NEURON)
    assert pop.size_in_bytes() == 0
    network.compile()
    pop.sums["exc"] = np.zeros(6)
    doubles, integers, bools = 3 * 6 + 2, 2 * 6, 6
    assert pop.size_in_bytes() == pop._size_in_bytes() == 8 * (doubles + integers) + bools + 48 + 1


def test_sum(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    pop = Population((2, 3), NEURON)
    np.testing.assert_array_equal(pop.sum("exc"), np.zeros((2, 3)))
    assert capsys.readouterr().out == 'WARNING: Population "pop0": sum(exc) is zero, it is not compiled.\n'
    network.compile()
    pop.sums["exc"] = np.arange(6, dtype=np.float32)
    total = pop.sum("exc")
    assert total.tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] and total.dtype == np.float64
    total[0, 0] = 9.0
    assert pop.sums["exc"][0] == 0.0
    assert pop.sum("inh").shape == (2, 3)
    assert 'no projection has the target "inh"' in capsys.readouterr().out


def test_max_delay(network: FakeNetwork) -> None:
    class Leaving:
        def __init__(self, pre: Population, delay: int) -> None:
            self.pre_population, self.max_delay = pre, delay

    one, other = Population(2, NEURON), Population(2, NEURON)
    network.projections += [Leaving(one, 3), Leaving(other, 9), Leaving(one, 5)]
    assert (one.max_delay, other.max_delay, one[:1].max_delay) == (5, 9, 5)


def test_spiking_extras(pop: Population, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigurationError, match="rate-coded: it emits no spikes"):
        _ = pop.spike
    with pytest.raises(ConfigurationError, match="compute_firing_rate"):
        pop.compute_firing_rate(100.0)
    assert pop.refractory is None  # type: ignore[func-returns-value]
    pop.refractory = 5.0
    assert capsys.readouterr().out.count("WARNING: ") == 2
    pop.clear()
    assert pop.v[0, 0] == 0.25


# Functions of the neuron


def test_functions_of_the_neuron(pop: Population) -> None:
    np.testing.assert_array_equal(pop.f([1, 2], [3, 4]), [4.0, 9.0])
    assert pop.g(3) == 7.0
    assert pop.f(np.ones((2, 2)), 2).shape == (2, 2)
    with pytest.raises(ConfigurationError, match="different lengths"):
        pop.f([1, 2], [1, 2, 3])


def test_a_local_function_hides_a_global_one_and_sees_constants() -> None:
    Constant("K", 3.0)
    add_function("f(x, y) = 0.0")
    pop = Population(1, Neuron("a = 1", "r = f(a, a)", functions="f(x, y) = x*y + K"))
    assert pop.f([1, 2], [3, 4]).tolist() == [6.0, 11.0]


# Coordinates


@pytest.mark.parametrize("geometry", [(5,), (2, 3), (2, 3, 4), (2, 1, 3, 2)])
def test_ranks_and_coordinates(geometry: tuple[int, ...]) -> None:
    pop = Population(geometry, NEURON)
    for rank, coordinates in enumerate(np.ndindex(geometry)):
        assert pop.rank_from_coordinates(coordinates) == rank
        assert pop.coordinates_from_rank(rank) == coordinates
    assert all(type(c) is int for c in pop.coordinates_from_rank(np.int64(1)))
    assert type(pop.rank_from_coordinates(list(coordinates))) is int


def test_ranks_of_one_dimension_and_normalized_coordinates() -> None:
    assert Population(4, NEURON).rank_from_coordinates(3) == 3
    pop = Population((3, 1, 5), NEURON)
    assert pop.normalized_coordinates_from_rank(6) == (0.5, 0.0, 0.25)
    assert pop.normalized_coordinates_from_rank(14, norm=2.0) == (2.0, 0.0, 2.0)
    assert Population(4, NEURON).normalized_coordinates_from_rank(1, 10) == (10 / 3,)


@pytest.mark.parametrize(
    "coordinates", [(2, 0), (0, 3), (-1, 0), (0,), (0, 0, 0), 1, (0.5, 0), ("a", 0), None]
)
def test_wrong_coordinates(coordinates: Any) -> None:
    pop = Population((2, 3), NEURON)
    with pytest.raises(ConfigurationError, match="^The coordinates"):
        pop.rank_from_coordinates(coordinates)


@pytest.mark.parametrize("rank", [6, -1, 1.5, "1", True])
def test_wrong_ranks(rank: Any) -> None:
    pop = Population((2, 3), NEURON)
    with pytest.raises(ConfigurationError):
        pop.coordinates_from_rank(rank)
    with pytest.raises(ConfigurationError):
        pop.neuron(rank)


# Single neurons


def test_single_neurons(pop: Population) -> None:
    pop.v = np.arange(6)
    for neuron in (pop.neuron(4), pop.neuron(np.int32(4)), pop.neuron(1, 1), pop.neuron((1, 1)), pop[1, 1]):
        assert isinstance(neuron, IndividualNeuron)
        assert (neuron.population, neuron.rank, neuron.v, neuron.tau) == (pop, 4, 4.0, 10.0)
        assert (type(neuron.v), type(neuron.n), type(neuron.on)) == (float, int, bool)
    neuron = pop.neuron(1, 1)
    neuron.v, neuron.n, neuron.tau = 9, 3.9, 4.0
    assert pop.v.tolist() == [[0.0, 1.0, 2.0], [3.0, 9.0, 5.0]]
    assert (pop.n[1, 1], pop.n[0, 0], pop.tau) == (3, 2, 4.0)
    neuron.v = Uniform(0, 1, seed=3)
    assert neuron.v == np.random.default_rng(3).uniform(0, 1)


def test_iteration_is_by_rank(pop: Population) -> None:
    assert [n.rank for n in pop] == [n.rank for n in pop.neurons] == list(range(6))


def test_printing_a_neuron() -> None:
    neuron = Population((2, 3), Neuron("a = 0.5", "r = a")).neuron(4)
    assert str(neuron) == (
        "Neuron of population pop0: rank 4, coordinates (1, 1)\n"
        "Parameters:\n    a = 0.5\nVariables:\n    r = 0.0"
    )


def test_wrong_use_of_a_neuron(pop: Population) -> None:
    neuron = pop.neuron(1)
    with pytest.raises(ConfigurationError, match='no attribute "tua"'):
        neuron.tua = 3.0
    with pytest.raises(ConfigurationError, match='no attribute "tua"'):
        _ = neuron.tua
    with pytest.raises(ConfigurationError, match="takes a single number"):
        neuron.v = [1.0]
    with pytest.raises(ConfigurationError, match="cannot be set"):
        neuron.v = "x"
    twin = copy.copy(neuron)
    assert (twin.population, twin.rank) == (pop, 1)

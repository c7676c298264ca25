"""Views and indexing: spec 03, sections 3.6 to 3.8."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from synloom.codegen.errors import ConfigurationError
from synloom.individual import IndividualNeuron
from synloom.neuron import Neuron
from synloom.population import Population
from synloom.random import Uniform
from synloom.view import PopulationView
from tests.unit.fake_network import FakeNetwork, fake_default


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeNetwork]:
    with fake_default() as fake:
        yield fake


NEURON = Neuron("tau = 10.0 : population ; a = 0.5 ; n = 2 : int", "r = a")


@pytest.fixture
def pop() -> Population:
    return Population((2, 3), NEURON)


MASK = np.array([[True, False, False], [False, True, True]])


@pytest.mark.parametrize(
    ("index", "ranks", "geometry"),
    [
        (3, [3], (1,)),
        (-1, [5], (1,)),
        (np.int64(2), [2], (1,)),
        (slice(1, 5, 2), [1, 3], (2,)),
        (slice(-2, None), [4, 5], (2,)),
        (slice(None, None, -1), [5, 4, 3, 2, 1, 0], (6,)),
        (slice(4, 100), [4, 5], (2,)),
        ([4, 0, -3], [4, 0, 3], (3,)),
        (np.array([2, 1]), [2, 1], (2,)),
        (MASK, [0, 4, 5], (3,)),
        (MASK.tolist(), [0, 4, 5], (3,)),
        (MASK.ravel(), [0, 4, 5], (3,)),
        ((1, slice(None)), [3, 4, 5], (1, 3)),
        ((slice(None), 1), [1, 4], (2, 1)),
        ((slice(0, 2), slice(1, 3)), [1, 2, 4, 5], (2, 2)),
        ((slice(None), slice(None, None, -2)), [2, 0, 5, 3], (2, 2)),
        ((slice(-1, None), slice(-2, None)), [4, 5], (1, 2)),
        ((slice(None), [2, 0]), [2, 0, 5, 3], (2, 2)),
        ((slice(None), np.array([True, False, True])), [0, 2, 3, 5], (2, 2)),
        ((..., 1), [1, 4], (2, 1)),
        ((1,), [3, 4, 5], (1, 3)),
    ],
)
def test_indexing(pop: Population, index: Any, ranks: list[int], geometry: tuple[int, ...]) -> None:
    view = pop[index]
    assert isinstance(view, PopulationView)
    assert (view.ranks.tolist(), view.geometry, view.size) == (ranks, geometry, len(ranks))
    assert view.ranks.dtype == np.int32


def test_tuples_of_ints_give_neurons(pop: Population) -> None:
    for index, rank in {(1, 2): 5, (-1, -1): 5, (np.int32(0), 1): 1}.items():
        neuron = pop[index]
        assert isinstance(neuron, IndividualNeuron) and neuron.rank == rank


def test_indexing_five_dimensions() -> None:
    pop = Population((2, 2, 2, 2, 3), NEURON)
    view = pop[0, :, 1, -1, ::2]
    expected = np.arange(48).reshape(2, 2, 2, 2, 3)[0, :, 1, -1, ::2]
    assert view.geometry == (1, 2, 1, 1, 2)
    assert view.ranks.tolist() == expected.ravel().tolist()


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (6, "does not fit"),
        (-7, "does not fit"),
        ([0, 6], "does not fit"),
        (1.5, "must be made of integers"),
        ("1", "must be made of integers"),
        (None, "must be made of integers"),
        (True, "must be made of integers"),
        ([0.5], "integers or booleans"),
        ([[0, 1], [2, 3]], "one dimension"),
        ([[0], [1, 2]], "one dimension"),
        (np.array([True, False]), "does not fit"),
        (slice(0, 2.5), "does not fit"),
        (slice(0, 2, 0), "does not fit"),
        (slice(3, 3), "selects no neuron"),
        ([], "selects no neuron"),
        (np.zeros((2, 3), bool), "selects no neuron"),
        ([1, 1], "given twice"),
        ((0, 3), "does not fit"),
        ((2, slice(None)), "does not fit"),
        ((0, 0, 0), "does not fit the geometry"),
        ((..., ...), "does not fit the geometry"),
    ],
)
def test_wrong_indices(pop: Population, index: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        pop[index]


def test_construction(pop: Population) -> None:
    view = PopulationView(pop, [4, 1, 2, 5], geometry=(2, 2))
    assert (view.size, len(view), view.geometry, view.offsets) == (4, 4, (2, 2), [1, 6])
    assert (view.id, view.name, view.neuron_type) == (pop.id, "pop0", pop.neuron_type)
    assert (view.targets, view.attributes) == (pop.targets, ["tau", "a", "n", "r"])
    assert (view.parameters, view.variables) == (["tau", "a", "n"], ["r"])
    assert PopulationView(pop, np.array([0])).geometry is None
    assert repr(view) == "<view on 4 of 6 neurons of 'pop0'>"


@pytest.mark.parametrize(
    ("ranks", "geometry", "message"),
    [
        ([], None, "selects no neuron"),
        ([6], None, "rank 6 does not exist"),
        ([-1], None, "rank -1 does not exist"),
        ([0, 1, 0], None, "rank 0 is given twice"),
        ([0.5], None, "list or array of at least one integer"),
        (3, None, "list or array of at least one integer"),
        ([0, 1, 2], (2, 2), "does not hold 3 neurons"),
    ],
)
def test_wrong_construction(pop: Population, ranks: Any, geometry: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        PopulationView(pop, ranks, geometry)


@pytest.mark.parametrize("make", [lambda pop: pop[1:3], lambda pop: pop.neuron(1), lambda _pop: 3])
def test_views_are_made_of_populations(pop: Population, make: Any) -> None:
    with pytest.raises(ConfigurationError, match="A view is made of a population"):
        PopulationView(make(pop), [0])


def test_reading_and_writing(pop: Population) -> None:
    pop.a = np.arange(6)
    view = pop[[4, 0, 1, 5]]
    assert view.a.tolist() == view.get("a").tolist() == [4.0, 0.0, 1.0, 5.0]
    view.a = 7
    assert pop.a.tolist() == [[7.0, 7.0, 2.0], [3.0, 7.0, 7.0]]
    view.a = [1, 2, 3, 4]
    assert pop.a.tolist() == [[2.0, 3.0, 2.0], [3.0, 1.0, 4.0]]
    view.set({"n": [3.9, 1, 1, 1], "a": 0.0})
    assert pop.n.tolist() == [[1, 1, 2], [2, 3, 1]]
    view.a = Uniform(0, 1, seed=3)
    np.testing.assert_array_equal(view.a, np.random.default_rng(3).uniform(0, 1, 4))
    assert view.tau == 10.0


def test_arrays_of_the_view_s_geometry(pop: Population) -> None:
    view = pop[:, 1:]
    view.a = [[1, 2], [3, 4]]
    assert pop.a.tolist() == [[0.5, 1.0, 2.0], [0.5, 3.0, 4.0]]
    for wrong in (np.ones((4, 1)), np.ones((1, 4)), [1, 2, 3]):
        with pytest.raises(ConfigurationError, match="wrong size"):
            view.a = wrong
    with pytest.raises(ConfigurationError, match="wrong size"):
        PopulationView(pop, [0, 1, 2, 3]).a = [[1, 2], [3, 4]]


def test_wrong_names_and_global_attributes(pop: Population) -> None:
    view = pop[1:3]
    with pytest.raises(ConfigurationError, match="has one value for all of population"):
        view.tau = 3.0
    with pytest.raises(ConfigurationError, match='no attribute "b"'):
        view.set({"a": 1.0, "b": 1.0})
    with pytest.raises(ConfigurationError, match='no attribute "b"'):
        view.get("b")
    with pytest.raises(ConfigurationError, match="takes a dictionary"):
        view.set("a")  # type: ignore[arg-type]
    assert not hasattr(view, "b")
    assert pop.tau == 10.0 and pop.a.tolist() == [[0.5] * 3] * 2
    view.label = "mine"
    assert view.label == "mine"


def test_sum_and_spikes(pop: Population, network: FakeNetwork) -> None:
    network.compile()
    pop.sums["exc"] = np.arange(6.0)
    assert pop[[4, 1]].sum("exc").tolist() == [4.0, 1.0]
    with pytest.raises(ConfigurationError, match="emits no spikes"):
        _ = pop[1:3].spike


def test_coordinates(pop: Population) -> None:
    view = pop[:, 1:]
    assert view.rank_from_coordinates((1, 1)) == 4
    assert view.rank_from_coordinates((1, 0), local=True) == 4
    assert view.coordinates_from_rank(4) == (1, 1)
    assert view.coordinates_from_rank(4, local=True) == (1, 0)
    flat = PopulationView(pop, [5, 2])
    assert (flat.rank_from_coordinates(1, local=True), flat.coordinates_from_rank(2, local=True)) == (2, (1,))
    with pytest.raises(ConfigurationError, match="rank 0 is not in this view"):
        view.rank_from_coordinates((0, 0))
    with pytest.raises(ConfigurationError, match="rank 0 is not in this view"):
        view.coordinates_from_rank(0)
    with pytest.raises(ConfigurationError, match="not in the geometry"):
        view.rank_from_coordinates((0, 2), local=True)


def test_unions(pop: Population) -> None:
    union = pop[[4, 1]] + pop[0:2]
    assert (union.ranks.tolist(), union.geometry) == ([0, 1, 4], None)
    assert (pop.neuron(3) + pop[[4, 1]]).ranks.tolist() == [1, 3, 4]
    assert (pop[[4, 1]] + pop.neuron(3)).ranks.tolist() == [1, 3, 4]
    assert (pop.neuron(3) + pop.neuron(1)).ranks.tolist() == [1, 3]
    assert (pop.neuron(3) + pop.neuron(3)).ranks.tolist() == [3]
    other = Population(3, NEURON)
    with pytest.raises(ConfigurationError, match='different populations: "pop0" and "pop1"'):
        pop[0:2] + other[0:2]
    with pytest.raises(ConfigurationError, match="Only views and neurons"):
        pop[0:2] + 3  # type: ignore[operator]


def test_iteration_and_indexing_of_views(pop: Population) -> None:
    view = pop[[4, 0, 2]]
    assert [neuron.rank for neuron in view] == [4, 0, 2]
    assert all(isinstance(neuron, IndividualNeuron) for neuron in view)
    assert view[0].ranks.tolist() == [4] and view[-1].ranks.tolist() == [2]
    assert view[1:].ranks.tolist() == [0, 2]
    assert view[[True, False, True]].ranks.tolist() == [4, 2]
    grid = pop[:, 1:]
    assert grid[1, 0].rank == 4
    assert grid[:, 0].ranks.tolist() == [1, 4]
    with pytest.raises(ConfigurationError, match="does not fit"):
        view[3]


def test_copies(pop: Population) -> None:
    view = pop[1:3]
    twin = copy.copy(view)
    assert twin.population is pop and twin.ranks.tolist() == [1, 2]

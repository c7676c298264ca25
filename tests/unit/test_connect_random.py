"""Connectors that draw: the distribution of what they draw, its bounds, and its memory."""

from __future__ import annotations

import tracemalloc
from itertools import combinations
from math import comb

import numpy as np
import pytest
from unit.built import RELAY, built, ends, projection

import synloom as sl
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import StoreKind
from synloom.connect import random
from synloom.store import Pattern


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def matrix(pattern: Pattern) -> np.ndarray:
    """A pattern as a boolean matrix over ranks, post neurons as rows."""
    found = np.zeros((int(pattern.rows.max(initial=0)) + 1, int(pattern.columns.max()) + 1), bool)
    column = (
        pattern.column
        if pattern.column is not None
        else np.tile(np.arange(len(pattern.columns)), len(pattern.lines))
    )
    found[np.repeat(pattern.rows, np.diff(pattern.row_ptr)), pattern.columns[column]] = True
    assert found.sum() == pattern.nnz, "no synapse twice"
    return found.T if pattern.by_source else found


@pytest.mark.parametrize("p", [0.001, 0.1, 0.5, 0.97])
def test_number_of_synapses_is_binomial(p: float) -> None:
    pattern = random.fixed_probability(ends(700, 900), p, False).build(rng())
    n = 700 * 900
    assert abs(pattern.nnz - n * p) < 5 * np.sqrt(n * p * (1 - p))
    found = matrix(pattern)
    for axis, count in ((0, 900), (1, 700)):
        sums = found.sum(axis=axis)
        assert abs(sums.var() / (count * p * (1 - p)) - 1) < 0.3, (
            "rows and columns vary as independent draws do"
        )


def test_every_set_of_synapses_is_possible() -> None:
    rule, draws, generator = random.fixed_probability(ends(2, 2), 0.5, False), 4000, rng()
    counts = np.zeros(16)
    for _ in range(draws):
        pattern = rule.build(generator)
        places = np.repeat(pattern.rows, np.diff(pattern.row_ptr)) * 2 + pattern.column
        counts[int((1 << places).sum())] += 1
    assert ((counts - draws / 16) ** 2 / (draws / 16)).sum() < 37.7, "chi square, 15 degrees, 0.1 %"


@pytest.mark.parametrize(("p", "synapses"), [(0.0, 0), (0, 0), (1.0, 12), (1, 12), (5e-324, 0)])
def test_extreme_probabilities(p: float, synapses: int) -> None:
    assert random.fixed_probability(ends(4, 3), p, False).build(rng()).nnz == synapses


def test_probability_one_is_dense() -> None:
    assert built(projection().connect_fixed_probability(1.0, sl.Uniform(0, 1))).store.kind is StoreKind.DENSE


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan"), "0.5", None, [0.1]])
def test_what_is_no_probability(p: object) -> None:
    with pytest.raises(ConfigurationError, match=r"probability must be a number in \[0, 1\]"):
        projection().connect_fixed_probability(p, 1.0)


def test_no_neuron_is_connected_with_itself() -> None:
    rule = random.fixed_probability(ends([5, 1, 9, 2], [1, 2, 3, 9], True), 0.9, False)
    found = matrix(rule.build(rng()))
    assert found.any() and not found.diagonal().any()
    allowed = random.fixed_probability(ends(30, 30, True), 0.9, True)
    assert matrix(allowed.build(rng())).diagonal().any()


def test_memory_of_a_sparse_pattern() -> None:
    proj = projection(8000, 8000).connect_fixed_probability(0.1, 1.0)
    tracemalloc.start()
    built(proj)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * proj.store.nbytes


@pytest.mark.parametrize("number", [0, 1, 3, 5, 6])
def test_each_post_neuron_has_this_many_sources(number: int) -> None:
    pattern = random.fixed_number_pre(ends(6, 40), number, False).build(rng())
    assert np.diff(pattern.row_ptr).tolist() == [number] * (40 if number else 0)
    assert (matrix(pattern).sum(axis=1) == number).all()


@pytest.mark.parametrize("number", [0, 1, 3, 5, 6])
def test_each_pre_neuron_has_this_many_targets(number: int) -> None:
    pattern = random.fixed_number_post(ends(40, 6), number, False).build(rng())
    assert pattern.nnz == 40 * number and (matrix(pattern).sum(axis=0) == number).all()
    assert pattern.column is not None
    for first, last in zip(pattern.row_ptr, pattern.row_ptr[1:], strict=False):
        assert (np.diff(pattern.column[first:last]) > 0).all()


@pytest.mark.parametrize("number", [2, 3])
def test_every_choice_is_equally_likely(number: int) -> None:
    rows = 6000
    chosen = random.choose(rng(), 5, number, np.full(rows, -1))
    assert (np.diff(chosen, axis=1) > 0).all()
    counts = np.array([(chosen == c).all(axis=1).sum() for c in combinations(range(5), number)])
    expected = rows / comb(5, number)
    assert counts.sum() == rows
    assert ((counts - expected) ** 2 / expected).sum() < 27.9, "chi square, 9 degrees, 0.1 %"


@pytest.mark.parametrize("number", [1, 2, 4])
def test_choices_without_the_neuron_itself(number: int) -> None:
    barred = np.arange(2000) % 5
    chosen = random.choose(rng(), 5, number, barred)
    assert not (chosen == barred[:, None]).any()
    assert chosen.min() == 0 and chosen.max() == 4
    for value in range(5):
        share = (chosen[barred != value] == value).any(axis=1).mean()
        assert share == pytest.approx(number / 4, abs=0.06)


def test_recurrent_numbers_count_the_others() -> None:
    pop = sl.Population(4, RELAY, network=sl.Network(seed=1))
    for connect in ("connect_fixed_number_pre", "connect_fixed_number_post"):
        proj = built(getattr(sl.Projection(pop, pop, "exc"), connect)(3, 1.0))
        assert proj.pre_ranks == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]
        with pytest.raises(ConfigurationError, match="number = 4, but a neuron has only 3") as error:
            getattr(sl.Projection(pop, pop, "exc"), connect)(4, 1.0)
        assert "allow_self_connections=True" in error.value.hint
        proj = getattr(sl.Projection(pop, pop, "exc"), connect)(4, 1.0, allow_self_connections=True)
        assert built(proj).nb_synapses == 16


def test_views_that_share_no_neuron_offer_all() -> None:
    pop = sl.Population(6, RELAY, network=sl.Network(seed=1))
    proj = built(sl.Projection(pop[:3], pop[3:], "exc").connect_fixed_number_pre(3, 1.0))
    assert proj.pre_ranks == [[0, 1, 2]] * 3 and proj.post_ranks == [3, 4, 5]


@pytest.mark.parametrize("number", [-1, 1.5, float("nan"), float("inf"), "2", None, 1j])
def test_what_is_no_number(number: object) -> None:
    with pytest.raises(ConfigurationError, match="number must be an integer of at least 0"):
        projection().connect_fixed_number_pre(number, 1.0)
    with pytest.raises(ConfigurationError, match="number must be an integer of at least 0"):
        projection().connect_fixed_number_post(number, 1.0)


def test_more_than_there_are() -> None:
    with pytest.raises(ConfigurationError, match="number = 4, but a neuron has only 3 pre neurons"):
        projection(3, 2).connect_fixed_number_pre(4, 1.0)
    with pytest.raises(ConfigurationError, match="number = 3, but a neuron has only 2 post neurons"):
        projection(3, 2).connect_fixed_number_post(3)


def test_integral_floats_are_numbers() -> None:
    assert built(projection().connect_fixed_number_pre(np.float64(2.0), 1.0)).nb_synapses == 4


def test_the_seed_decides() -> None:
    def ranks(seed: int) -> object:
        proj = projection(30, 20, seed=seed).connect_fixed_probability(0.3, sl.Uniform(0, 1))
        return built(proj).pre_ranks, proj.w

    assert ranks(1) == ranks(1)
    assert ranks(1) != ranks(2)


def test_two_projections_draw_from_streams_of_their_own() -> None:
    network = sl.Network(seed=4)
    a, b = (sl.Population(20, RELAY, network=network) for _ in range(2))
    one, two = (built(sl.Projection(a, b, "exc").all_to_all(sl.Uniform(0, 1))) for _ in range(2))
    assert abs(np.corrcoef(one.state["w"], two.state["w"])[0, 1]) < 0.2

"""``setup(legacy_rng=True)``: random connectors draw from ``numpy.random``, as a plain loop would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from unit.built import RELAY, built, projection

import synloom as sl

Synapses = list[tuple[int, int]]  # (post, pre)


@pytest.fixture(autouse=True)
def legacy() -> Iterator[None]:
    sl.setup(legacy_rng=True)
    yield
    sl.setup(legacy_rng=False)


def recurrent(size: int = 12) -> Any:
    population = sl.Population(size, RELAY, network=sl.Network(seed=1))
    return sl.Projection(population, population, "exc", name="ff")


def pairs(proj: Any) -> Synapses:
    np.random.seed(42)
    built(proj)
    return [(post, pre) for post, row in zip(proj.post_ranks, proj.pre_ranks, strict=True) for pre in row]


def test_fixed_probability() -> None:
    np.random.seed(42)
    expected = [
        (post, int(pre))
        for post in range(12)
        for pre in np.flatnonzero(np.random.random(12) < 0.3)
        if pre != post
    ]
    assert pairs(recurrent().connect_fixed_probability(0.3, 1.0)) == expected


@pytest.mark.parametrize("selves", [True, False])
def test_fixed_number_pre(selves: bool) -> None:
    np.random.seed(42)
    expected = []
    for post in range(12):
        chosen = np.random.choice(np.arange(12), size=3, replace=False)
        while not selves and post in chosen:
            chosen = np.random.choice(np.arange(12), size=3, replace=False)
        expected += [(post, int(pre)) for pre in sorted(chosen)]
    assert pairs(recurrent().connect_fixed_number_pre(3, 1.0, allow_self_connections=selves)) == expected


def test_fixed_number_post() -> None:
    np.random.seed(42)
    expected = [
        (int(post), pre) for pre in range(8) for post in np.random.choice(np.arange(5), size=2, replace=False)
    ]
    assert pairs(projection(8, 5).connect_fixed_number_post(2, 1.0)) == sorted(expected)


def test_where_all_are_taken_nothing_is_drawn() -> None:
    proj = projection(4, 3).connect_fixed_number_post(3, 1.0)
    np.random.seed(5)
    built(proj)
    after = np.random.random()
    np.random.seed(5)
    assert after == np.random.random() and proj.nb_synapses == 12


def test_rules_without_chance_and_views() -> None:
    assert built(projection().connect_all_to_all(1.0)).nb_synapses == 6
    network = sl.Network(seed=1)
    a, b = sl.Population(9, RELAY, network=network), sl.Population(9, RELAY, network=network)
    proj = sl.Projection(a[[7, 2, 5]], b[[8, 1]], "exc").connect_fixed_number_pre(2, 1.0)
    built(proj)
    assert proj.post_ranks == [1, 8] and all(set(row) <= {2, 5, 7} for row in proj.pre_ranks)
    assert proj.nb_synapses_per_dendrite == [2, 2]

"""What is offered for spiking projections and their transposes, in all pairs, held against the oracle.

Every step, every attribute, and who fired: one spike too early or too late is a difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations, groupby, product
from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.oracle.compare import agree, run_both
from tests.oracle.oracle import Oracle
from tests.oracle.pairs import all_pairs, pairs
from tests.oracle.parts import Synapses
from tests.oracle.spiking_rows import DT, FACTORS, describe, offered

pytestmark = pytest.mark.needs_compiler

STEPS = 24
ROWS_PER_NETWORK = 6
ROWS = sorted(all_pairs(FACTORS, offered), key=lambda row: row["precision"])
GROUPS = [
    chunk[i : i + ROWS_PER_NETWORK]
    for _, rows in groupby(ROWS, key=lambda row: row["precision"])
    for chunk in [list(rows)]
    for i in range(0, len(chunk), ROWS_PER_NETWORK)
]
PLACES = [(g, i) for g, group in enumerate(GROUPS) for i in range(len(group))]


@dataclass
class Outcome:
    """What running one network showed: names of each of its rows, differences by name, and what happened."""

    names: list[list[str]]
    wrong: dict[str, list[str]]
    oracle: Oracle
    first: dict[str, dict[str, Any]] = field(default_factory=dict)  # values before the first step


@cache
def outcome(group: int) -> Outcome:
    """Run one network beside its oracle."""
    sl.clear()
    sl.setup(dt=DT, precision=GROUPS[group][0]["precision"], seed=1234, suppress_warnings=True)
    names = [describe(row, f"row{group}x{i}", 100 * group + i) for i, row in enumerate(GROUPS[group])]
    first: dict[str, dict[str, Any]] = {}

    def remember(n: int, oracle: Oracle) -> None:
        if n == 0:
            for name, proj in oracle.forward.items():
                first[name] = {attribute: proj[attribute] for attribute in proj.values}

    oracle, wrong = run_both(STEPS, remember)
    sl.clear()
    return Outcome(names, wrong, oracle, first)


@pytest.fixture(autouse=True)
def defaults_afterwards() -> Iterator[None]:
    sl.clear()
    yield
    sl.clear()
    sl.setup(dt=1.0, precision="double", seed=None)


@pytest.mark.parametrize(("group", "index"), PLACES, ids=["/".join(GROUPS[g][i].values()) for g, i in PLACES])
def test_offered(group: int, index: int) -> None:
    found = outcome(group)
    agree(found.wrong, found.names[index])


@pytest.mark.parametrize(("group", "index"), PLACES, ids=["/".join(GROUPS[g][i].values()) for g, i in PLACES])
def test_something_happened(group: int, index: int) -> None:
    """A row in which nobody fires or learns would agree with anything."""
    found, row = outcome(group), GROUPS[group][index]
    pre, post, ff = (found.names[index])[:3]
    oracle, learned = found.oracle, found.oracle.forward[ff]
    for pop in (oracle.pop[pre], oracle.pop[post]):
        if pop.spikes is None:
            continue
        counts = np.bincount([rank for e in pop.spikes.past for rank in e.fired], minlength=pop.size)
        assert counts.min() >= 1
        assert len(set(counts.tolist())) > 1 or row["refractory"] == "array"
        assert any(e.axonal for e in pop.spikes.past) == (row["axon"] != "none")
    if row["weights"] == "plastic":
        assert not np.allclose(learned["w"], found.first[ff]["w"])
    else:
        assert np.array_equal(learned["w"], found.first[ff]["w"])
    if row["ends"] != "spikes to rates":
        assert np.any(oracle.pop[post]["seen"] != 0)
    for name in set(learned.values) - {"w"}:
        silent = name in ("b", "d") and row["ends"] == "spikes to rates"  # such a neuron never fires
        assert silent or not np.array_equal(learned[name], found.first[ff][name]), name


def test_spikes_met_where_that_counts() -> None:
    """``unless_post`` is seen in spikes that met, and in spikes that did not."""
    met = []
    for group, index in PLACES:
        row, found = GROUPS[group][index], outcome(group)
        if row["synapse"] == "unless" and row["ends"] == "spikes":
            learned = found.oracle.forward[found.names[index][2]]
            assert isinstance(learned, Synapses)
            assert np.any(learned["u"] > 0)
            met.append(bool(np.any(learned["u"] < learned["k"])))
    assert met
    assert all(met)


def test_the_rows_cover_all_pairs_and_stay_few() -> None:
    met = set().union(*(pairs(row) for row in ROWS))
    for f, g in combinations(FACTORS, 2):
        for a, b in product(FACTORS[f], FACTORS[g]):
            if offered({f: a, g: b}):
                assert frozenset({(f, a), (g, b)}) in met, (f, a, g, b)
    assert len(ROWS) <= 60

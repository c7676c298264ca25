"""Random connectors that draw from ``numpy.random`` as scripts of the 4.8 style expect: ``legacy_rng=True``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import numpy as np

from synloom.connect.ends import Connector, Ends
from synloom.connect.random import FixedNumberPost, FixedNumberPre, FixedProbability
from synloom.store import Pattern, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Legacy:
    """A rule that draws from the stream that all of NumPy shares: neuron by neuron, each pair or choice."""

    rule: FixedProbability | FixedNumberPre | FixedNumberPost

    def build(self, rng: np.random.Generator, by_source: bool = False) -> Pattern:
        rule = self.rule
        match rule:
            case FixedProbability():
                return _by_rows(rule.ends, [self._pairs(rank, rule) for rank in rule.ends.post])
            case FixedNumberPre():
                rows = _choices(rule.ends, rule.number, rule.self_connections)
                return _by_rows(rule.ends, rows)
            case FixedNumberPost():
                ends = rule.ends.exchanged()
                rows = _choices(ends, rule.number, rule.self_connections, all_of_them=True)
                return _by_rows(ends, rows, by_source=True)
        assert_never(rule)

    @staticmethod
    def _pairs(rank: np.int32, rule: FixedProbability) -> NDArray[np.int32]:
        drawn = rule.ends.pre[np.random.random(len(rule.ends.pre)) < rule.probability]
        barred = rule.ends.recurrent and not rule.self_connections
        return drawn[drawn != rank] if barred else drawn


def legacy(connector: Connector) -> Connector:
    """The same rule with legacy draws; rules without chance as they are."""
    if isinstance(connector, FixedProbability | FixedNumberPre | FixedNumberPost):
        return Legacy(connector)
    return connector


def _choices(
    ends: Ends, number: int, self_connections: bool, all_of_them: bool = False
) -> list[NDArray[np.int32]]:
    """``number`` of ``ends.pre`` for each of ``ends.post``; ``all_of_them``: none is drawn where all are taken."""
    if number == 0 or (all_of_them and number == len(ends.pre)):
        return [ends.pre[:number]] * len(ends.post)
    rows = []
    for rank in ends.post:
        chosen = np.random.choice(ends.pre, size=number, replace=False)
        while ends.recurrent and not self_connections and rank in chosen:
            chosen = np.random.choice(ends.pre, size=number, replace=False)
        rows.append(chosen)
    return rows


def _by_rows(ends: Ends, rows: list[NDArray[np.int32]], by_source: bool = False) -> Pattern:
    """Ranks that were drawn for each of ``ends.post``, in its order."""
    ascending = [rows[n] for n in np.argsort(ends.post)]
    columns = [np.searchsorted(ends.columns, np.sort(row)).astype(np.int32) for row in ascending]
    lengths = np.array([len(row) for row in columns], np.int64)
    return Pattern.of(ends.rows, ends.columns, lengths, joined(columns), by_source)

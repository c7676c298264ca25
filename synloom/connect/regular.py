"""Connectors without chance: all-to-all, one-to-one, and patterns that are known already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synloom.connect.ends import Connector, Ends
from synloom.messages import warning
from synloom.runtime.buffers import aligned_empty
from synloom.store import Pattern

BLOCK = 1 << 20  # synapses worked on at a time: bounds what is needed beside the result


@dataclass(frozen=True, slots=True)
class AllToAll:
    """Every pre to every post neuron; ``self_connections``: also each neuron to itself."""

    ends: Ends
    self_connections: bool

    def build(self, rng: np.random.Generator, by_source: bool = False) -> Pattern:
        ends = self.ends.seen(by_source)
        rows, columns = ends.rows, ends.columns
        own = ends.own_column()
        if self.self_connections or not (own >= 0).any():
            return Pattern.full(rows, columns, by_source)
        lengths = len(columns) - (own >= 0)
        column = aligned_empty((int(lengths.sum()),), np.int32)
        everyone = np.arange(len(columns), dtype=np.int32)
        step, start = max(1, BLOCK // len(columns)), 0
        for first in range(0, len(rows), step):
            kept = everyone[None, :] != own[first : first + step, None]
            chosen = np.broadcast_to(everyone, kept.shape)[kept]
            column[start : start + len(chosen)] = chosen
            start += len(chosen)
        return Pattern.of(rows, columns, lengths, column, by_source)


@dataclass(frozen=True, slots=True)
class OneToOne:
    """The k-th pre neuron of the view to the k-th post neuron, as far as both go."""

    ends: Ends

    def build(self, rng: np.random.Generator, by_source: bool = False) -> Pattern:
        ends = self.ends.seen(by_source)
        pairs = min(len(ends.pre), len(ends.post))
        order = np.argsort(ends.post[:pairs])
        column = np.searchsorted(ends.columns, ends.pre[:pairs][order]).astype(np.int32)
        lengths = np.isin(ends.rows, ends.post[:pairs]).astype(np.int64)
        return Pattern.of(ends.rows, ends.columns, lengths, column, by_source)


@dataclass(frozen=True, slots=True)
class Given:
    """A pattern that was made when the connector was called."""

    pattern: Pattern

    def build(self, rng: np.random.Generator, by_source: bool = False) -> Pattern:
        return self.pattern


def all_to_all(ends: Ends, self_connections: bool) -> Connector:
    """Every pre to every post neuron."""
    return AllToAll(ends, self_connections)


def one_to_one(ends: Ends) -> Connector:
    """The k-th pre neuron to the k-th post neuron; warns where the sizes differ."""
    if len(ends.pre) != len(ends.post):
        warning(
            f"Projection '{ends.projection}': one-to-one between {len(ends.pre)} pre and {len(ends.post)} "
            f"post neurons connects the first {min(len(ends.pre), len(ends.post))} of each."
        )
    return OneToOne(ends)

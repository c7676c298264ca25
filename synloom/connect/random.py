"""Connectors that draw: fixed probability, fixed number of sources, fixed number of targets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.connect.ends import Connector, Ends
from synloom.connect.regular import AllToAll
from synloom.runtime.buffers import aligned_empty
from synloom.store import SMALL, Pattern, Places

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 1 << 16  # synapses or candidates drawn at a time: they stay in the cache


@dataclass(frozen=True, slots=True)
class FixedProbability:
    """Each pair of neurons is connected with the same probability, independently of all others."""

    ends: Ends
    probability: float
    self_connections: bool

    def build(self, rng: np.random.Generator, by_source: bool = False) -> Pattern:
        """Draw distances between synapses along all candidates: the work grows with synapses only."""
        ends = self.ends.seen(by_source)
        rows, columns = ends.rows, ends.columns
        width = len(columns)
        own = ends.own_column()
        itself = np.flatnonzero(own >= 0) if not self.self_connections else np.empty(0, np.int64)
        barred = itself * width + own[itself]
        lengths, column = np.zeros(len(rows), np.int64), _Column(len(rows) * width, self.probability, width)
        for places in self._places(rng, len(rows) * width):
            kept = _without(places, barred)
            if not len(kept):
                continue
            first, last = int(kept[0]) // width, int(kept[-1]) // width
            starts = np.arange(first, last + 2) * width
            counts = np.diff(np.searchsorted(kept, starts))
            lengths[first : last + 1] += counts
            np.subtract(kept, np.repeat(starts[:-1], counts), out=column.more(len(kept)), casting="unsafe")
        return Pattern.of(rows, columns, lengths, column.filled, by_source)

    def _places(self, rng: np.random.Generator, candidates: int) -> Iterator[NDArray[np.int64]]:
        """Blocks of candidates that are drawn, ascending; each is valid until the next is asked for."""
        rate = -math.log1p(-self.probability)
        last = -1 if rate > 0.0 else candidates
        exponentials, whole = np.empty(BLOCK), np.empty(BLOCK, np.int64)
        while last < candidates - 1:
            hits = min(BLOCK, int((candidates - last) * self.probability * 1.01) + 100)
            gaps, places = exponentials[:hits], whole[:hits]
            rng.standard_exponential(out=gaps)
            # The distance is geometric: the next integer above an exponential number.
            with np.errstate(over="ignore"):
                gaps /= rate
            np.minimum(gaps, candidates, out=gaps)
            np.copyto(places, gaps, casting="unsafe")
            places += 1
            places[0] += last
            np.cumsum(places, out=places)
            last = int(places[-1])
            yield places if last < candidates else places[: np.searchsorted(places, candidates)]


class _Column:
    """Room for the synapses that ``candidates`` of this probability make, filled piece by piece."""

    def __init__(self, candidates: int, probability: float, width: int) -> None:
        mean = candidates * probability
        self._dtype = np.dtype(np.uint16 if width <= SMALL else np.int32)
        # Six standard deviations are exceeded once in a thousand million times; then it grows.
        self._room = aligned_empty((int(mean + 6.0 * math.sqrt(mean)) + 16,), self._dtype)
        self._length = 0

    def more(self, size: int) -> Places:
        """Where the next ``size`` values go."""
        first, self._length = self._length, self._length + size
        if self._length > len(self._room):
            room = aligned_empty((self._length + self._length // 8,), self._dtype)
            room[:first] = self._room[:first]
            self._room = room
        return self._room[first : self._length]

    @property
    def filled(self) -> Places:
        return self._room[: self._length]


def _without(places: NDArray[np.int64], barred: NDArray[np.int64]) -> NDArray[np.int64]:
    """``places`` that are not in ``barred``; both ascending."""
    if not len(places) or not len(barred):
        return places
    near = barred[np.searchsorted(barred, places[0]) : np.searchsorted(barred, places[-1], side="right")]
    at = np.searchsorted(places, near)
    return np.delete(places, at[places[at] == near])


@dataclass(frozen=True, slots=True)
class FixedNumberPre:
    """Each post neuron has the same number of sources."""

    ends: Ends
    number: int
    self_connections: bool

    def build(self, rng: np.random.Generator, by_source: bool = False) -> Pattern:
        return _numbers(rng, self.ends, self.number, self.self_connections)


@dataclass(frozen=True, slots=True)
class FixedNumberPost:
    """Each pre neuron has the same number of targets."""

    ends: Ends
    number: int
    self_connections: bool

    def build(self, rng: np.random.Generator, by_source: bool = False) -> Pattern:
        return _numbers(rng, self.ends.exchanged(), self.number, self.self_connections, by_source=True)


def _numbers(
    rng: np.random.Generator, ends: Ends, number: int, self_connections: bool, by_source: bool = False
) -> Pattern:
    """``number`` columns for each row."""
    rows, columns = ends.rows, ends.columns
    own = np.full(len(rows), -1) if self_connections else ends.own_column()
    column = choose(rng, len(columns), number, own)
    return Pattern.of(rows, columns, np.full(len(rows), number, np.int64), column.ravel(), by_source)


def choose(
    rng: np.random.Generator, candidates: int, number: int, excluded: NDArray[np.int64]
) -> NDArray[np.int32]:
    """For each entry of ``excluded``, ``number`` different candidates, ascending, without the excluded one.

    -1 excludes none. Shape of the result: (len(excluded), number).
    """
    chosen = aligned_empty((len(excluded), number), np.int32)
    barred = excluded >= 0
    step = max(1, BLOCK // max(1, candidates if 2 * number > candidates else number))
    for group, left in ((np.flatnonzero(~barred), candidates), (np.flatnonzero(barred), candidates - 1)):
        for first in range(0, len(group), step):
            block = group[first : first + step]
            chosen[block] = _distinct(rng, len(block), left, number)
    if number:
        chosen += barred[:, None] & (chosen >= excluded[:, None])
    return chosen


def _distinct(rng: np.random.Generator, rows: int, candidates: int, number: int) -> NDArray[np.int32]:
    """``number`` different integers below ``candidates`` per row, ascending, all sets equally likely."""
    if number == 0:
        return np.empty((rows, 0), np.int32)
    if 2 * number > candidates:
        left = np.ones((rows, candidates), bool)
        np.put_along_axis(left, _distinct(rng, rows, candidates, candidates - number), False, axis=1)
        return np.nonzero(left)[1].reshape(rows, number).astype(np.int32)
    drawn = np.sort(rng.integers(0, candidates, (rows, number), dtype=np.int32), axis=1)
    open_rows = np.arange(rows)
    while True:
        # Draw again what a row holds twice: the same as refusing a number that the row has already.
        part = drawn[open_rows]
        twice = np.zeros(part.shape, bool)
        twice[:, 1:] = part[:, 1:] == part[:, :-1]
        again = twice.any(axis=1)
        if not again.any():
            return drawn
        open_rows, part, twice = open_rows[again], part[again], twice[again]
        part[twice] = rng.integers(0, candidates, int(twice.sum()), dtype=np.int32)
        drawn[open_rows] = np.sort(part, axis=1)


def fixed_probability(ends: Ends, probability: Any, self_connections: bool) -> Connector:
    """Each pair with this probability; errors outside [0, 1]."""
    if not isinstance(probability, Real) or not 0.0 <= float(probability) <= 1.0:
        raise ends.error(f"probability must be a number in [0, 1], not {probability!r}.")
    if probability == 1:
        return AllToAll(ends, self_connections)
    return FixedProbability(ends, float(probability), self_connections)


def fixed_number_pre(ends: Ends, number: Any, self_connections: bool) -> Connector:
    """``number`` sources for each post neuron; errors if there are not so many."""
    own = -1 if self_connections else int(ends.own_column().max())
    return FixedNumberPre(ends, _count(ends, number, len(ends.pre) - (own >= 0), "pre"), self_connections)


def fixed_number_post(ends: Ends, number: Any, self_connections: bool) -> Connector:
    """``number`` targets for each pre neuron; errors if there are not so many."""
    own = -1 if self_connections else int(ends.own_column().max())
    return FixedNumberPost(ends, _count(ends, number, len(ends.post) - (own >= 0), "post"), self_connections)


def _count(ends: Ends, number: Any, candidates: int, side: str) -> int:
    if not isinstance(number, Real) or not float(number).is_integer() or float(number) < 0.0:
        raise ends.error(f"number must be an integer of at least 0, not {number!r}.")
    count = int(float(number))
    if count > candidates:
        raise ends.error(
            f"number = {count}, but a neuron has only {candidates} {side} neurons to choose from.",
            hint="neurons are chosen without repetition, and without the neuron itself unless "
            "allow_self_connections=True",
        )
    return count

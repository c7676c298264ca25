"""Patterns from synapses that are given one by one: checked, sorted, and put into rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.codegen.errors import ConfigurationError
from synloom.connect.regular import Given
from synloom.store import Pattern, aligned, pointers, stable_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.connect.ends import Ends

    Ranks = NDArray[np.integer[Any]]
    Made = tuple[Given, NDArray[np.float64], NDArray[np.float64] | float]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Successive dendrites: post rank and number of synapses of each, pre rank and values of all these synapses."""

    post: NDArray[np.integer[Any]]
    lengths: NDArray[np.int64]
    pre: NDArray[np.integer[Any]]
    w: NDArray[np.float64]
    delay: NDArray[np.float64]  # ms

    def post_of_synapses(self) -> NDArray[np.integer[Any]]:
        """The post rank of each synapse."""
        return np.repeat(self.post, self.lengths)

    def split(self, values: np.ndarray) -> list[list[Any]]:
        """Values of all synapses as one list for each dendrite."""
        flat, ends = values.tolist(), pointers(self.lengths).tolist()
        return [flat[a:b] for a, b in pairwise(ends)]


def from_rows(ends: Ends, rows: Rows) -> Made:
    """The pattern of these dendrites (ranks in the whole populations), weights and delays (ms) in store order."""
    row, column = _placed(ends, rows.post, rows.pre)
    if not _ordered(rows):
        rows = merged(rows, f"Projection '{ends.projection}': ")
        row, column = _placed(ends, rows.post, rows.pre)
    lengths = np.zeros(len(ends.rows), np.int64)
    lengths[row] = rows.lengths
    pattern = Pattern.of(ends.rows, ends.columns, lengths, aligned(column, np.int32))
    return Given(pattern), rows.w, _shared(rows.delay)


def from_triplets(
    ends: Ends, post: Ranks, pre: Ranks, weights: NDArray[np.float64], delays: NDArray[np.float64]
) -> Made:
    """The same of single synapses; no ``delays``: none has any."""
    if not delays.size:
        delays = np.broadcast_to(np.zeros(1), len(pre))
    return from_rows(ends, Rows(post, np.ones(len(post), np.int64), pre, weights, delays))


def merged(rows: Rows, where: str) -> Rows:
    """Sorted by post and pre rank, one row for each post neuron; an error if a synapse appears twice."""
    post, pre = rows.post_of_synapses(), rows.pre
    order = _sorted(post, pre, where)
    if order is None:
        w, delay = rows.w, rows.delay
    else:
        post, pre, w, delay = post[order], pre[order], rows.w[order], rows.delay[order]
    first = np.flatnonzero(np.concatenate(([True], post[1:] != post[:-1]))[: len(post)])
    return Rows(post[first], np.diff(first, append=len(post)), pre, w, delay)


def _ordered(rows: Rows) -> bool:
    """Whether post ranks ascend, and the pre ranks within each row."""
    if not (rows.post[1:] > rows.post[:-1]).all():
        return False
    rises = rows.pre[1:] > rows.pre[:-1]
    rises[pointers(rows.lengths)[1:-1] - 1] = True
    return bool(rises.all())


def _shared(delays: NDArray[np.float64]) -> NDArray[np.float64] | float:
    """One delay if all are equal."""
    if delays.size == 0:
        return 0.0
    equal = delays.strides[0] == 0 or bool((delays == delays[0]).all())
    return float(delays[0]) if equal else delays


def _sorted(post: Ranks, pre: Ranks, where: str) -> NDArray[np.int64] | None:
    """The order by post, then by pre rank, None if it is that already; an error if a synapse appears twice."""
    if len(post) == 0:
        return None
    height, width = int(post.max()) + 1, int(pre.max()) + 1
    if height * width < 2**62:
        keys = post.astype(np.int64) * width
        keys += pre
        if (keys[1:] > keys[:-1]).all():
            return None
        order = stable_order(keys, height * width)
    else:
        order = np.lexsort((pre, post))
    post, pre = post[order], pre[order]
    twice = np.flatnonzero((post[1:] == post[:-1]) & (pre[1:] == pre[:-1]))
    if twice.size:
        first = twice[0]
        raise ConfigurationError(
            f"{where}the synapse from pre neuron {pre[first]} to post neuron {post[first]} appears twice."
        )
    return order


def _placed(ends: Ends, post: Ranks, pre: Ranks) -> tuple[Ranks, Ranks]:
    return _places(ends, "post", post, ends.rows), _places(ends, "pre", pre, ends.columns)


def _places(ends: Ends, side: str, ranks: Ranks, known: NDArray[np.int32]) -> Ranks:
    """The place of each rank among the neurons of one end."""
    if not ranks.size:
        return ranks
    first, beyond = (int(known[0]), int(known[-1]) + 1) if len(known) else (0, 0)
    inside = first <= int(ranks.min()) and int(ranks.max()) < beyond
    if inside and beyond - first == len(known):  # they follow one another
        return ranks if first == 0 else ranks - ranks.dtype.type(first)
    places = np.full(beyond, -1)
    places[known] = np.arange(len(known))
    if inside:
        found = places[ranks]
        if found.min() >= 0:
            return found
        wrong = ranks[found < 0]
    else:
        wrong = ranks[(ranks < first) | (ranks >= beyond)]
    raise ends.error(f"{side} rank {int(wrong[0])} is not a neuron of the {side} side.")

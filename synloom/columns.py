"""Which synapse each value of a recorded sample belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.ir.types import Locality
from synloom.epochs import joined, of_dendrite
from synloom.store import Reading

Ranks = NDArray[np.int32]
Part = tuple["Columns", NDArray[Any]]  # samples (samples, values) of these synapses

NONE = -1  # the pre rank of a value that a whole dendrite shares


@dataclass(frozen=True, eq=False)
class Columns:
    """Ranks of the post and pre neurons, one of each for each value; pre is ``NONE`` for values of dendrites.

    ``rows`` are the post neurons that have a dendrite, ascending; it may have no synapses any more.
    """

    post: Ranks
    pre: Ranks
    rows: Ranks

    def __len__(self) -> int:
        return len(self.post)

    @classmethod
    def of_dendrite(cls, post: int, pre: Ranks) -> Columns:
        """All synapses of one dendrite."""
        return cls(np.full(len(pre), post, np.int32), pre.astype(np.int32), np.array([post], np.int32))


def columns_of(reading: Reading, locality: Locality) -> tuple[Columns, NDArray[np.int64] | None]:
    """The synapses of a sample in store order; and which value each takes if that belongs to a forward dendrite."""
    store = reading.store
    rows, columns = store.row_of_synapses, store.column_of_synapses
    if locality is Locality.SEMIGLOBAL and not reading.transposed:
        return Columns(store.rows, np.full(len(store.rows), NONE, np.int32), store.rows), None
    post, pre = (columns(), rows()) if reading.transposed else (rows(), columns())
    found = Columns(post, pre, reading.rows)
    if locality is Locality.SEMIGLOBAL:
        return found, np.repeat(np.arange(len(store.rows)), np.diff(store.row_ptr))
    return found, None


def arranged(parts: Sequence[Part]) -> NDArray[Any]:
    """Samples (samples, dendrites, synapses), or (samples, dendrites) where a dendrite has one value.

    As ``Monitor.get`` gives them: dendrites by rank, synapses by the rank of their pre neuron, lists where ragged.
    """
    used = [part for part in parts if len(part[1])] or list(parts[-1:])
    return joined([_by_dendrite(columns, values) for columns, values in used])


def arranged_dendrite(parts: Sequence[Part]) -> NDArray[Any]:
    """Samples (samples, synapses) of one dendrite; lists where its synapses came and went."""
    used = [part for part in parts if len(part[1])] or list(parts[-1:])
    return of_dendrite([values for _, values in used])


def _by_dendrite(columns: Columns, values: NDArray[Any]) -> tuple[Ranks, NDArray[Any]]:
    order = np.lexsort((columns.pre, columns.post))
    rows, post, values = columns.rows, columns.post[order], values[:, order]
    if len(columns) and columns.pre[0] == NONE:
        return rows, values
    first = np.searchsorted(post, rows)
    lengths = np.searchsorted(post, rows, "right") - first
    if len(rows) == 0 or (lengths == lengths[0]).all():
        return rows, values.reshape(len(values), len(rows), int(lengths[0]) if len(rows) else 0)
    ragged = np.empty((len(values), len(rows)), object)
    for sample, row in zip(ragged, values.tolist(), strict=True):
        sample[:] = [row[a : a + n] for a, n in zip(first.tolist(), lengths.tolist(), strict=True)]
    return rows, ragged


def table(parts: Sequence[Part]) -> tuple[Columns, NDArray[Any]]:
    """All synapses that there ever were, by post and pre rank, and samples of them; NaN where one was not there."""
    pairs = np.concatenate([_keys(columns) for columns, _ in parts])
    keys = np.unique(pairs)
    post, pre = (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
    every = Columns(post, pre, np.unique(post))
    if all(len(columns) == len(keys) for columns, _ in parts):
        ordered = [values[:, np.argsort(_keys(columns))] for columns, values in parts]
        return every, np.concatenate(ordered)
    found = np.full((sum(len(values) for _, values in parts), len(keys)), np.nan)
    first = 0
    for columns, values in parts:
        found[first : first + len(values), np.searchsorted(keys, _keys(columns))] = values
        first += len(values)
    return every, found


def _keys(columns: Columns) -> NDArray[np.int64]:
    """One number for each synapse, ordered by post, then by pre rank."""
    return (columns.post.astype(np.int64) << 32) | columns.pre.view(np.uint32).astype(np.int64)

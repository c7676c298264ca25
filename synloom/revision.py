"""A store after synapses came or went: stores never change, they are made anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from synloom.runtime.buffers import aligned_empty
from synloom.store import aligned, pointers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.store import Store


@dataclass(frozen=True, eq=False)
class Revision:
    """A new store, and where everything in it was in the old one.

    Attributes
    ----------
    store : Store
    synapses, rows : (nnz,), (R,) int64
        Place of each synapse, and of each row, in the old store; -1 for new ones.
    """

    store: Store
    synapses: NDArray[np.int64]
    rows: NDArray[np.int64]

    @cached_property
    def new_synapses(self) -> NDArray[np.int64]:
        """Places of the new synapses."""
        return np.flatnonzero(self.synapses < 0)

    @cached_property
    def new_rows(self) -> NDArray[np.int64]:
        """Places of the new rows."""
        return np.flatnonzero(self.rows < 0)

    def row_of_new_synapses(self) -> NDArray[np.int64]:
        """Row of each new synapse."""
        return np.searchsorted(self.store.row_ptr, self.new_synapses, side="right") - 1


def carried(old: np.ndarray, origin: NDArray[np.int64], fresh: object) -> np.ndarray:
    """Values of an old buffer at the places they have now, ``fresh`` ones where nothing was."""
    buffer = aligned_empty((len(origin),), old.dtype)
    kept = origin >= 0
    buffer[kept] = old[origin[kept]]
    buffer[~kept] = fresh
    return buffer


def grown(store: Store, posts: NDArray[np.int32], columns: NDArray[np.int32]) -> Revision:
    """The store with more synapses, given by post ranks and places in ``columns``: sorted, none of them there yet."""
    assert store.column is not None and not store.by_source
    width = np.int64(len(store.columns))
    keys = store.row_of_synapses().astype(np.int64) * width + store.column
    places = np.searchsorted(keys, posts.astype(np.int64) * width + columns)
    rows = np.union1d(store.rows, posts).astype(np.int32)
    old = np.searchsorted(rows, store.rows)
    origin = np.full(len(rows), -1, np.int64)
    origin[old] = np.arange(len(old))
    lengths = np.bincount(np.searchsorted(rows, posts), minlength=len(rows))
    lengths[old] += np.diff(store.row_ptr)
    changed = replace(
        store,
        rows=aligned(rows, np.int32),
        row_ptr=aligned(pointers(lengths), np.int64),
        column=aligned(np.insert(store.column, places, columns), store.column.dtype.type),
    )
    return Revision(changed, np.insert(np.arange(store.nnz), places, -1), origin)


def pruned(store: Store, gone: NDArray[np.bool_]) -> Revision:
    """The store without the synapses that are ``gone``. Rows stay, with or without synapses."""
    assert store.column is not None and not store.by_source
    kept = np.flatnonzero(~gone)
    row_ptr = pointers(~gone)[store.row_ptr]
    column = aligned(store.column[kept], store.column.dtype.type)
    changed = replace(store, row_ptr=aligned(row_ptr, np.int64), column=column)
    return Revision(changed, kept, np.arange(len(store.rows)))

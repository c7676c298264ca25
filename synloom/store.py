"""Where the synapses of a projection are: dense or compressed rows, and how to read them from either end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from synloom.codegen.ir.types import StoreKind
from synloom.messages import info
from synloom.runtime.buffers import aligned_empty
from synloom.storage import FORMATS, SYNONYMS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Index = slice | np.ndarray
BLOCK: Final = 1 << 16  # synapses worked on at a time: bounds what is needed beside the result

Places = np.ndarray[tuple[int, ...], np.dtype[np.integer[Any]]]  # of columns: uint16 if all of them fit
SMALL: Final = 1 << 16  # columns whose places fit into 16 bits


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """The synapses of one projection, sorted by post rank, then by pre rank; R rows, C columns, nnz synapses.

    With ``by_source`` it is the other way round: rows are pre neurons, columns a run of successive post neurons.

    Attributes
    ----------
    kind : StoreKind
        DENSE holds every (row, column) pair, HOLLOW every one of different neurons of one population, CSR any set of
        pairs, CSR16 any set with at most 65,536 columns.
    rows : (R,) int32
        Ranks in the whole post population, ascending: the neurons with at least one synapse.
    columns : (C,) int32
        Ranks in the whole pre population, ascending: all neurons of the pre view.
    row_ptr : (R+1,) int64
        The synapses of row i are ``[row_ptr[i], row_ptr[i+1])``.
    column : (nnz,) int32 or uint16, or None
        Place of each synapse's source in ``columns``, ascending within a row. None for DENSE.
    """

    kind: StoreKind
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    row_ptr: NDArray[np.int64]
    column: Places | None
    by_source: bool = False

    @property
    def nnz(self) -> int:
        return int(self.row_ptr[-1])

    @property
    def nbytes(self) -> int:
        own = 0 if self.column is None else self.column.nbytes
        return self.rows.nbytes + self.columns.nbytes + self.row_ptr.nbytes + own

    def pre_ranks_of(self, row: int) -> NDArray[np.int32]:
        """Ranks of the sources of one row."""
        if self.column is None:
            return self.columns
        return self.columns[self.column[self.row_ptr[row] : self.row_ptr[row + 1]]]

    def row_of_synapses(self) -> NDArray[np.int32]:
        """Rank of the row's neuron of each synapse."""
        return np.repeat(self.rows, np.diff(self.row_ptr))

    def column_of_synapses(self) -> NDArray[np.int32]:
        """Rank of the column's neuron of each synapse."""
        if self.column is None:
            return np.tile(self.columns, len(self.rows))
        return self.columns[self.column]

    def post_of_synapses(self) -> NDArray[np.int32]:
        """Post rank of each synapse."""
        return self.column_of_synapses() if self.by_source else self.row_of_synapses()

    def pre_of_synapses(self) -> NDArray[np.int32]:
        """Pre rank of each synapse."""
        return self.row_of_synapses() if self.by_source else self.column_of_synapses()

    def cells(self, row_step: int, column_step: int) -> Iterator[tuple[slice, NDArray[np.int64]]]:
        """Blocks of synapses, and the sums of both ranks times these steps: places in a flat matrix."""
        first, step = 0, np.int64(row_step)
        while first < len(self.rows):
            last = max(
                first + 1, int(np.searchsorted(self.row_ptr, self.row_ptr[first] + BLOCK, "right")) - 1
            )
            ends = self.row_ptr[first : last + 1]
            synapses = slice(int(ends[0]), int(ends[-1]))
            places = np.repeat(self.rows[first:last] * step, np.diff(ends))
            if self.column is None:
                places += np.tile(self.columns * np.int64(column_step), last - first)
            else:
                places += self.columns[self.column[synapses]] * np.int64(column_step)
            yield synapses, places
            first = last

    def column_counts(self) -> NDArray[np.int64]:
        """Number of synapses that leave each column."""
        if self.column is None:
            return np.full(len(self.columns), len(self.rows), np.int64)
        return np.bincount(self.column, minlength=len(self.columns)).astype(np.int64)

    def transposed_order(self) -> NDArray[np.int64]:
        """Places of the synapses, sorted by column, then by row. Worked out anew with each call."""
        if self.column is None:
            return np.arange(self.nnz).reshape(len(self.rows), len(self.columns)).T.ravel()
        return stable_order(self.column, len(self.columns))

    def forward(self) -> Reading:
        """The synapses as the projection sees them: dendrites of post neurons."""
        return self.reading(by_source=False)

    def backward(self) -> Reading:
        """The same synapses with pre and post exchanged: dendrites of the sources."""
        return self.reading(by_source=True)

    def reading(self, by_source: bool) -> Reading:
        """The synapses by their sources, or by their targets."""
        return Reading(self, transposed=by_source != self.by_source)


@dataclass(frozen=True, eq=False)
class Reading:
    """A store read by dendrites, forward or backward, for the moment: it is made anew for each question.

    What it takes to read backward is worked out when first asked for. An *index* is what picks a dendrite's
    synapses out of an array in store order: a slice where one can, else an array.
    """

    store: Store
    transposed: bool

    @cached_property
    def _used(self) -> NDArray[np.int64]:
        """Columns with at least one synapse."""
        return np.flatnonzero(self._counts)

    @cached_property
    def _counts(self) -> NDArray[np.int64]:
        return self.store.column_counts()

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """Ranks that have a dendrite, ascending."""
        return self.store.columns[self._used] if self.transposed else self.store.rows

    @cached_property
    def row_ptr(self) -> NDArray[np.int64]:
        """Where each dendrite begins in the order of this reading."""
        return pointers(self._counts[self._used]) if self.transposed else self.store.row_ptr

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """Places in the store, in the order of this reading."""
        return self.store.transposed_order() if self.transposed else np.arange(self.store.nnz)

    def lengths(self) -> NDArray[np.int64]:
        """Number of synapses of each dendrite."""
        return np.diff(self.row_ptr)

    def find(self, rank: int) -> int | None:
        """Row of this rank, or None if it has no dendrite."""
        row = int(np.searchsorted(self.rows, rank))
        return row if row < len(self.rows) and self.rows[row] == rank else None

    def index(self, row: int) -> Index:
        """Places of one dendrite's synapses in the store."""
        if not self.transposed:
            return slice(int(self.row_ptr[row]), int(self.row_ptr[row + 1]))
        if self.store.column is None:
            return slice(row, None, len(self.store.columns))
        return self._of_column(row, self.store.column)

    def sources(self, row: int) -> NDArray[np.int32]:
        """Ranks at the other end of one dendrite's synapses, ascending."""
        if not self.transposed:
            return self.store.pre_ranks_of(row)
        if self.store.column is None:
            return self.store.rows
        places = self._of_column(row, self.store.column)
        return self.store.rows[np.searchsorted(self.store.row_ptr, places, side="right") - 1]

    def _of_column(self, row: int, column: Places) -> NDArray[np.int64]:
        """Places of one column's synapses in compressed rows."""
        if "order" not in self.__dict__:  # for one dendrite the order of all is too much
            return np.flatnonzero(column == self._used[row])
        return self.order[self.row_ptr[row] : self.row_ptr[row + 1]]

    def dendrites(self) -> Iterator[tuple[int, NDArray[np.int32]]]:
        """Row and sources of every dendrite."""
        if self.transposed and self.store.column is not None:
            _ = self.order  # once for all of them
        return ((row, self.sources(row)) for row in range(len(self.rows)))

    def gather(self, values: np.ndarray) -> np.ndarray:
        """Values in store order, brought into the order of this reading (a view where forward)."""
        if not self.transposed:
            return values
        if self.store.column is None:
            return values.reshape(len(self.store.rows), len(self.store.columns)).T.ravel()
        return values[self.order]

    def place(self, values: np.ndarray) -> np.ndarray:
        """Values in the order of this reading, brought into store order (a view where forward)."""
        if not self.transposed or values.ndim == 0:
            return values
        if self.store.column is None:
            return values.reshape(len(self.store.columns), len(self.store.rows)).T.ravel()
        placed = np.empty_like(values)
        placed[self.order] = values
        return placed

    def split(self, values: np.ndarray) -> list[list[float]]:
        """Values in store order as one list for each dendrite."""
        flat = self.gather(values).tolist()
        ends = self.row_ptr.tolist()
        return [flat[a:b] for a, b in zip(ends, ends[1:], strict=False)]


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Sorted synapses without a format. Connectors make it.

    Attributes
    ----------
    rows : (R,) int32
        Ranks that have a synapse, ascending: of post neurons, or of pre neurons with ``by_source``.
    columns : (C,) int32
        All ranks of the other side, ascending.
    row_ptr, column
        As in :class:`Store`; ``column`` is None if each row has all columns.
    lines : (L,) int32
        All ranks of the side of the rows, with or without synapses.
    by_source : bool
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    row_ptr: NDArray[np.int64]
    column: Places | None
    lines: NDArray[np.int32]
    by_source: bool = False

    @property
    def nnz(self) -> int:
        return int(self.row_ptr[-1])

    @property
    def targets(self) -> int:
        """Number of post neurons, with or without synapses."""
        return len(self.columns if self.by_source else self.lines)

    @property
    def complete(self) -> bool:
        """Whether every post neuron has a synapse from every pre neuron."""
        return self.nnz == len(self.lines) * len(self.columns)

    @property
    def hollow(self) -> bool:
        """Whether all pairs of some neurons have a synapse, but none with itself."""
        size = len(self.columns)
        if self.column is None or size < 2 or not np.array_equal(self.rows, self.columns):
            return False
        if (np.diff(self.row_ptr) != size - 1).any():
            return False
        square, own = self.column.reshape(size, size - 1), np.arange(size)
        # A row ascends and lacks one column: its own, if the one before and the one behind are where they belong.
        before, behind = square[own[1:], own[:-1]] == own[:-1], square[own[:-1], own[:-1]] == own[1:]
        return bool(before.all() and behind.all())

    @classmethod
    def full(cls, rows: NDArray[np.int32], columns: NDArray[np.int32], by_source: bool = False) -> Pattern:
        """Every column to every row."""
        row_ptr = np.arange(len(rows) + 1, dtype=np.int64) * len(columns)
        return cls(rows, columns, row_ptr, None, rows, by_source)

    @classmethod
    def of(
        cls,
        rows: NDArray[np.int32],
        columns: NDArray[np.int32],
        lengths: NDArray[np.int64],
        column: Places,
        by_source: bool = False,
    ) -> Pattern:
        """From the lengths of all rows; rows without synapses are left out."""
        used = lengths > 0
        return cls(rows[used], columns, pointers(lengths[used]), column, rows, by_source)

    def turned(self) -> Pattern:
        """The same synapses, sorted by the other side."""
        if self.column is None:
            return Pattern.full(self.columns, self.lines, not self.by_source)
        counts = np.bincount(self.column, minlength=len(self.columns)).astype(np.int64)
        places = np.searchsorted(self.lines, self.rows)
        column = _turned(np.diff(self.row_ptr), self.column, places, (len(self.lines), counts))
        return Pattern.of(self.columns, self.lines, counts, column, not self.by_source)


def _turned(
    lengths: NDArray[np.int64],
    column: Places,
    places: NDArray[np.int64],
    turned: tuple[int, NDArray[np.int64]],
) -> NDArray[np.int32]:
    """For each column, ascending, the places of the rows that have it; ``turned``: their number, and the counts."""
    # One sort of (column, place) packed into one word, of 32 bits where they fit: faster than any permutation.
    size, counts = turned
    small = size * len(counts) < 2**32
    keys: NDArray[Any] = column.astype(np.uint32 if small else np.uint64)
    keys *= keys.dtype.type(size)
    keys += np.repeat(places.astype(keys.dtype), lengths)
    keys.sort()
    keys -= np.repeat(np.arange(len(counts), dtype=keys.dtype) * keys.dtype.type(size), counts)
    return keys.view(np.int32) if small else keys.astype(np.int32)


def stable_order(keys: NDArray[np.integer[Any]], limit: int) -> NDArray[np.int64]:
    """What sorts ``keys``, integers in [0, limit), leaving equal ones in order."""
    # One sort of (key, place) packed into 64 bits is faster than a stable argsort.
    bits = len(keys).bit_length()
    if bits + limit.bit_length() > 63:
        return np.argsort(keys, kind="stable")
    packed = keys.astype(np.int64)
    packed <<= bits
    for first in range(0, len(keys), BLOCK):
        block = packed[first : first + BLOCK]
        block |= np.arange(first, first + len(block))
    packed.sort()
    packed &= (1 << bits) - 1
    return packed


def pointers(lengths: ArrayLike) -> NDArray[np.int64]:
    """``[0, l0, l0+l1, ...]``."""
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))


def joined(chunks: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Pieces of ``column`` put together, in the buffer that a store keeps."""
    column = aligned_empty((sum(map(len, chunks)),), np.dtype(np.int32))
    if chunks:
        np.concatenate(chunks, out=column)
    return column


def pack(
    pattern: Pattern,
    name: str,
    projection: str,
    by_source: bool = False,
    targets: int = 0,
    swept: bool = False,
) -> Store:
    """Store a pattern in the format called ``name``, or in csr where that format can not hold it.

    ``by_source``: with the ``targets`` neurons of the whole post population as columns. ``swept``: synapses are only
    ever visited all together, row by row; then small places of columns are stored as such.
    """
    if name in SYNONYMS:
        info(f"Projection '{projection}': {name} is stored as csr: results do not depend on the format.")
    wanted = None if name == StoreKind.HOLLOW else FORMATS.get(name, StoreKind.CSR)
    hollow = swept and wanted is not StoreKind.CSR and not pattern.complete and pattern.hollow
    if wanted is StoreKind.DENSE and not (pattern.complete or hollow):
        info(f"Projection '{projection}': not every pair of neurons has a synapse, stored as csr, not dense.")
    dense = pattern.complete and wanted is not StoreKind.CSR
    if by_source and dense and not _is_run(pattern.columns if pattern.by_source else pattern.lines):
        dense = False
    if name == "auto":
        order = ", pre_to_post" if by_source else ""
        info(f"Projection '{projection}': stored as {'dense' if dense or hollow else 'csr'}{order}.")
    if pattern.by_source != by_source:
        pattern = pattern.turned()
    rows, columns, row_ptr = pattern.rows, pattern.columns, pattern.row_ptr
    small = swept and len(columns) <= SMALL
    sparse = StoreKind.HOLLOW if hollow else StoreKind.CSR16 if small else StoreKind.CSR
    column = None if dense else _columns(pattern, np.uint16 if small else np.int32)
    if by_source and column is not None:
        column, columns = _ranks(columns, column), np.arange(targets, dtype=np.int32)
    return Store(
        StoreKind.DENSE if dense else sparse,
        aligned(rows, np.int32),
        aligned(columns, np.int32),
        aligned(row_ptr, np.int64),
        column,
        by_source,
    )


def format_for(kind: StoreKind, pattern: Pattern) -> str:
    """The format in which a network that was compiled for a kind of store takes another pattern."""
    fits = {StoreKind.DENSE: pattern.complete, StoreKind.HOLLOW: pattern.hollow}
    return kind.value if fits.get(kind, True) else StoreKind.CSR.value


def _is_run(ranks: NDArray[np.int32]) -> bool:
    """Whether these ascending ranks follow one another."""
    return len(ranks) > 0 and int(ranks[-1]) - int(ranks[0]) == len(ranks) - 1


def _ranks(columns: NDArray[np.int32], column: Places) -> Places:
    """Places in ``columns`` as ranks."""
    if len(columns) == 0 or (_is_run(columns) and columns[0] == 0):
        return column
    return aligned(columns[column], np.int32)


def _columns(pattern: Pattern, dtype: type[np.generic]) -> Places:
    if pattern.column is not None:
        return aligned(pattern.column, dtype)
    column = aligned_empty((pattern.nnz,), np.dtype(dtype))
    column.reshape(len(pattern.rows), len(pattern.columns))[...] = np.arange(len(pattern.columns))
    return column


def aligned(values: np.ndarray, dtype: type[np.generic]) -> np.ndarray:
    """The values in an aligned buffer: themselves if they lie in one."""
    if values.dtype == dtype and values.flags.c_contiguous and values.ctypes.data % 64 == 0:
        return values
    buffer = aligned_empty(values.shape, np.dtype(dtype))
    buffer[...] = values
    return buffer

"""How spikes find their synapses: lines of a store by rank, its reverse index, synapses sorted by delay.

All of it is made from the store when a network first asks for it, and anew when the store or its delays change.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.errors import ConfigurationError
from synloom.spikes import SpikeState
from synloom.store import Places, Store, aligned, pointers

LARGEST: Final = 2**31 - 1  # places in a store are 32-bit numbers


class Lines:
    """The buffers of one store, by the names that generated code has for them.

    Parameters
    ----------
    store : Store
    pre_size, post_size : int
        Of the whole populations.
    delays : (1,) or (nnz,) int32
        Delays in steps, in store order.
    """

    def __init__(self, store: Store, pre_size: int, post_size: int, delays: NDArray[np.int32]) -> None:
        self.store, self.delays = store, delays
        self.row_size, self.column_size = (pre_size, post_size) if store.by_source else (post_size, pre_size)
        if store.nnz > LARGEST:
            raise ConfigurationError(f"A projection of spiking neurons holds at most {LARGEST} synapses.")

    def buffer(self, field: str) -> NDArray[Any] | int:
        """A structure buffer by name."""
        made: dict[str, Callable[[], NDArray[Any] | int]] = {
            "row_of": lambda: _places(self.store.rows, self.row_size),
            "column_of": lambda: _places(self.store.columns, self.column_size),
            "first_column": lambda: int(self.store.columns[0]) if len(self.store.columns) else 0,
            "reverse_ptr": lambda: self.reverse[0],
            "reverse_synapse": lambda: self.reverse[1],
            "reverse_row": lambda: self.reverse[2],
        }
        if field in made:
            return made[field]()
        along, _, name = field.partition("_segment_")
        return self.segments(along)[name]

    @cached_property
    def reverse(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
        """Where the synapses of each column begin; their places; their rows."""
        store = self.store
        order = store.transposed_order()
        rows = np.repeat(np.arange(len(store.rows), dtype=np.int32), np.diff(store.row_ptr))[order]
        ptr = pointers(store.column_counts())
        return aligned(ptr, np.int64), aligned(order.astype(np.int32), np.int32), aligned(rows, np.int32)

    def segments(self, along: str) -> dict[str, NDArray[Any]]:
        """The synapses of each row or column, sorted by delay."""
        return self._rows_by_delay if along == "row" else self._columns_by_delay

    @cached_property
    def _rows_by_delay(self) -> dict[str, NDArray[Any]]:
        store = self.store
        line = np.repeat(np.arange(len(store.rows), dtype=np.int64), np.diff(store.row_ptr))
        column = store.column
        if column is None:
            column = np.tile(np.arange(len(store.columns), dtype=np.int32), len(store.rows))
        return _sorted_by_delay(line, column, np.arange(store.nnz), self.delays, len(store.rows))

    @cached_property
    def _columns_by_delay(self) -> dict[str, NDArray[Any]]:
        ptr, synapse, row = self.reverse
        line = np.repeat(np.arange(len(ptr) - 1, dtype=np.int64), np.diff(ptr))
        return _sorted_by_delay(line, row, synapse, self.delays, len(ptr) - 1)

    def set_cursors(self, cursor: NDArray[np.int64], spikes: SpikeState, name: str, along: str) -> None:
        """Let each spike under way wait for the first segment that is not due before the next step."""
        made = self.segments(along)
        place = self.buffer(f"{along}_of")
        assert isinstance(place, np.ndarray)
        lines = np.repeat(np.arange(len(made["line"]) - 1), np.diff(made["line"]))
        keys = lines << 32 | made["delay"]
        for age in range(1, spikes.length):
            ranks = spikes.list(name, age)
            line = np.maximum(place[ranks], 0).astype(np.int64)
            cursor[spikes.row(age), : len(ranks)] = np.searchsorted(keys, line << 32 | (age + 1))


def _places(ranks: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    """The line of each neuron of a population, -1 if it has none."""
    places = np.full(size, -1, np.int32)
    places[ranks] = np.arange(len(ranks))
    return aligned(places, np.int32)


def _sorted_by_delay(
    line: NDArray[np.int64],
    other: Places,
    synapse: NDArray[Any],
    delays: NDArray[np.int32],
    lines: int,
) -> dict[str, NDArray[Any]]:
    """Segments of synapses with the same line and delay, in the order line, delay, other end."""
    delay = np.broadcast_to(delays, len(line)) if len(delays) == 1 else delays[synapse]
    order = np.lexsort((other, delay, line))
    keys = (line << 32 | delay)[order]
    first = (
        np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        if len(keys)
        else np.empty(0, np.int64)
    )
    counts = np.bincount(line[order][first], minlength=lines)
    return {
        "line": aligned(pointers(counts), np.int64),
        "delay": aligned(delay[order][first].astype(np.int32), np.int32),
        "first": aligned(np.append(first, len(keys)).astype(np.int64), np.int64),
        "synapse": aligned(synapse[order].astype(np.int32), np.int32),
        "other": aligned(other[order].astype(np.int32), np.int32),
    }

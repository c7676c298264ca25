"""Recorded spikes of one population or view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from synloom.runtime.buffers import aligned_empty
from synloom.spans import Spans
from synloom.spikes import SpikeState

LEAST: Final = 1 << 12  # spikes that a block holds at least


class SpikeSink(Protocol):
    """Where full blocks of spikes go: a file."""

    block_rows: int  # spikes that are held back, if a step brings fewer

    def write(
        self, ranks: NDArray[np.int32], steps: NDArray[np.int64], covered: Sequence[tuple[int, int]], /
    ) -> None:
        """Take spikes; ``covered`` is the time in which they were recorded."""

    def restart(self) -> None:
        """What comes from now on is a recording of its own."""


Block = tuple[
    NDArray[np.int32], NDArray[np.int64]
]  # ranks, and steps each with the number of spikes up to its end


def marks_of(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """The steps of spikes in order of time as a block has them."""
    last = np.flatnonzero(np.diff(steps, append=steps[-1:] + 1)) if len(steps) else np.empty(0, np.int64)
    return np.stack([steps[last], last + 1], axis=1).astype(np.int64)


def steps_of(marks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The step of each spike of a block."""
    return np.repeat(marks[:, 0], np.diff(marks[:, 1], prepend=0))


@dataclass
class SpikeTrack:
    """Ranks and steps of the spikes of the list ``kind`` of ``spikes``, recorded into blocks that grow.

    ``ranks`` are the neurons of a view, None for all. ``recorded`` says of each neuron whether it belongs.
    """

    name: str
    spikes: SpikeState
    kind: str
    ranks: NDArray[np.int32] | None
    blocks: list[Block] = field(default_factory=list)
    filled: int = 0  # spikes in the last block
    marked: int = 0  # steps in the last block
    started: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    active: bool = False
    row: int | None = None  # of the table of recorders
    bound: int = 0  # address of that table
    spans: Spans = field(default_factory=Spans)
    sink: SpikeSink | None = None  # a file that takes the spikes, block by block

    def __post_init__(self) -> None:
        self.recorded: NDArray[np.bool_] | None = None
        if self.ranks is not None:
            self.recorded = np.zeros(self.spikes.size, np.bool_)
            self.recorded[self.ranks] = True

    def words(self, more: bool) -> tuple[int, ...]:
        """The row of the table of recorders, with room for at least one step; for many if ``more``."""
        room = len(self.blocks[-1][0]) - self.filled if self.blocks else 0
        if room < self.spikes.size or (more and room < 2 * self.spikes.size):
            self._make_room()
        ranks, marks = self.blocks[-1]
        buffers = self.spikes.buffers
        return (
            buffers[f"{self.kind}_ranks"].ctypes.data,
            buffers[f"{self.kind}_counts"].ctypes.data,
            buffers["spike_head"].ctypes.data,
            self.spikes.size,
            0 if self.recorded is None else self.recorded.ctypes.data,
            ranks.ctypes.data,
            marks.ctypes.data,
            len(ranks),
            self.filled,
            self.marked,
        )

    def _make_room(self) -> None:
        if self.sink is not None and self.blocks:
            self.flush()
            return
        self._trim()
        wanted = min(2 * self.count, 1 << 24) if self.sink is None else self.sink.block_rows
        size = max(LEAST, 2 * self.spikes.size, wanted)
        self.blocks.append((aligned_empty(size, np.int32), aligned_empty((size, 2), np.int64)))
        self.filled = self.marked = 0

    def flush(self) -> None:
        """Hand all spikes to the file; the table of recorders must be made anew then."""
        if self.sink is None:
            return
        covered = self.spans.covered()
        ranks, steps = self.now
        if len(steps) and not covered:  # loaded from a file that does not say
            covered = [(int(steps[0]), int(steps[-1]) + 1)]
        if covered:
            self.sink.write(ranks, steps, covered)
        self.spans.clear()
        self.filled, self.marked, self.row = 0, 0, None

    @property
    def count(self) -> int:
        """Number of spikes."""
        return sum(len(ranks) for ranks, _ in self.blocks[:-1]) + self.filled

    @property
    def nbytes(self) -> int:
        """Memory of the blocks."""
        return sum(ranks.nbytes + marks.nbytes for ranks, marks in self.blocks)

    def _trim(self) -> None:
        if self.blocks:
            ranks, marks = self.blocks[-1]
            self.blocks[-1] = ranks[: self.filled], marks[: self.marked]

    @property
    def now(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Ranks and steps of all spikes so far, in order of time."""
        closed = self.blocks[:-1]
        last = [(ranks[: self.filled], marks[: self.marked]) for ranks, marks in self.blocks[-1:]]
        ranks = np.concatenate([np.empty(0, np.int32), *(r for r, _ in [*closed, *last])])
        steps = np.concatenate([np.empty(0, np.int64), *(steps_of(m) for _, m in [*closed, *last])])
        return ranks, steps

    def take(self, keep: bool) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The same; they are removed unless ``keep``."""
        ranks, steps = self.now
        self.put(ranks if keep else ranks[:0], steps if keep else steps[:0])
        return ranks, steps

    def put(self, ranks: NDArray[np.int32], steps: NDArray[np.int64]) -> None:
        """Hold these spikes, in order of time, and no others."""
        marks = marks_of(steps)
        self.blocks = [(ranks, marks)] if len(ranks) else []
        self.filled, self.marked = len(ranks), len(marks)
        self.row = None  # what the table of recorders says of the blocks holds no more

    def drop(self) -> None:
        """Forget all spikes; a file keeps its own."""
        self.flush()
        if self.sink is not None:
            self.sink.restart()
        self.spans.clear()
        self.blocks, self.filled, self.marked, self.row = [], 0, 0, None

    def data(self, keep: bool) -> dict[int, Any]:
        """Steps at which each recorded neuron fired, by rank."""
        ranks, steps = self.take(keep)
        if not keep:
            self.spans.clear()
        return by_neuron(ranks, steps, self.neurons)

    @property
    def neurons(self) -> NDArray[np.int32]:
        """Ranks of all recorded neurons, ascending."""
        return np.arange(self.spikes.size, dtype=np.int32) if self.ranks is None else np.unique(self.ranks)


def by_neuron(
    ranks: NDArray[np.int32], steps: NDArray[np.int64], neurons: NDArray[np.int32]
) -> dict[int, Any]:
    """Steps of the spikes of each of these neurons, by rank."""
    order = np.argsort(ranks, kind="stable")
    sorted_ranks, sorted_steps = ranks[order], steps[order]
    first = np.searchsorted(sorted_ranks, neurons, "left").tolist()
    stop = np.searchsorted(sorted_ranks, neurons, "right").tolist()
    return {n: sorted_steps[a:b].tolist() for n, a, b in zip(neurons.tolist(), first, stop, strict=True)}

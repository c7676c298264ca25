"""Recorded spikes of one population or view."""

from __future__ import annotations

import builtins
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synloom.runtime.buffers import aligned_empty
from synloom.spikes import SpikeState

LEAST: Final = 1 << 12  # spikes that a block holds at least


@dataclass
class SpikeTrack:
    """Ranks and steps of the spikes of a list of ``spikes``, recorded into blocks that grow.

    ``ranks`` are the neurons of a view, None for all. ``recorded`` says of each neuron whether it belongs.
    """

    name: str
    spikes: SpikeState
    list: str
    ranks: NDArray[np.int32] | None
    blocks: builtins.list[tuple[NDArray[np.int32], NDArray[np.int64]]] = field(default_factory=builtins.list)
    filled: int = 0  # spikes in the last block
    started: builtins.list[int] = field(default_factory=builtins.list)
    stopped: builtins.list[int | None] = field(default_factory=builtins.list)
    active: bool = False
    row: int | None = None  # of the table of recorders
    bound: int = 0  # address of that table

    def __post_init__(self) -> None:
        self.recorded: NDArray[np.bool_] | None = None
        if self.ranks is not None:
            self.recorded = np.zeros(self.spikes.size, np.bool_)
            self.recorded[self.ranks] = True

    def words(self, more: bool) -> tuple[int, ...]:
        """The row of the table of recorders, with room for at least one step; for many if ``more``."""
        room = len(self.blocks[-1][0]) - self.filled if self.blocks else 0
        if room < self.spikes.size or (more and room < 2 * self.spikes.size):
            self._trim()
            size = max(LEAST, 2 * self.spikes.size, min(2 * self.count, 1 << 24))
            self.blocks.append((aligned_empty(size, np.int32), aligned_empty(size, np.int64)))
            self.filled = 0
        ranks, steps = self.blocks[-1]
        buffers = self.spikes.buffers
        return (
            buffers[f"{self.list}_ranks"].ctypes.data,
            buffers[f"{self.list}_counts"].ctypes.data,
            buffers["spike_head"].ctypes.data,
            self.spikes.size,
            0 if self.recorded is None else self.recorded.ctypes.data,
            ranks.ctypes.data,
            steps.ctypes.data,
            len(ranks),
            self.filled,
        )

    @property
    def count(self) -> int:
        """Number of spikes."""
        return sum(len(ranks) for ranks, _ in self.blocks[:-1]) + self.filled

    @property
    def nbytes(self) -> int:
        """Memory of the blocks."""
        return sum(ranks.nbytes + steps.nbytes for ranks, steps in self.blocks)

    def _trim(self) -> None:
        if self.blocks:
            ranks, steps = self.blocks[-1]
            self.blocks[-1] = ranks[: self.filled], steps[: self.filled]

    def take(self, keep: bool) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Ranks and steps of all spikes so far, in order of time."""
        self._trim()
        ranks = np.concatenate([np.empty(0, np.int32), *(r for r, _ in self.blocks)])
        steps = np.concatenate([np.empty(0, np.int64), *(s for _, s in self.blocks)])
        self.blocks = [(ranks, steps)] if keep and len(ranks) else []
        self.filled = len(ranks) if self.blocks else 0
        self.row = None  # what the recorder counted was of the block before
        return ranks, steps

    def drop(self) -> None:
        """Forget all spikes."""
        self.blocks, self.filled, self.row = [], 0, None

    def data(self, keep: bool) -> dict[int, Any]:
        """Steps at which each recorded neuron fired, by rank."""
        ranks, steps = self.take(keep)
        order = np.argsort(ranks, kind="stable")
        ends = np.searchsorted(ranks[order], np.arange(self.spikes.size + 1))
        sorted_steps = steps[order]
        wanted = range(self.spikes.size) if self.ranks is None else sorted(self.ranks.tolist())
        return {rank: sorted_steps[ends[rank] : ends[rank + 1]].tolist() for rank in wanted}

"""Recorded samples of one variable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom.epochs import Epoch
from synloom.runtime.buffers import aligned_empty
from synloom.store import Reading

INPUTS, STATES = 0, 1  # phases of a step in which samples are taken (spec 02, section 2: P3 and P11)

GROWTH_BYTES = 1 << 26


@dataclass
class Track:
    """The samples of one variable: a live source, and blocks of rows copied from it while the network runs.

    ``finish`` turns the flat rows (samples, count) into what the user asked for.
    """

    name: str
    source: NDArray[Any]
    ranks: NDArray[np.int32] | None
    phase: int
    whole: bool
    blocks: list[NDArray[Any]] = field(default_factory=list)
    filled: int = 0  # rows used of the last block
    started: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    active: bool = False
    reading: Reading | None = None  # of a projection: the synapses that are recorded now
    earlier: list[Epoch] = field(default_factory=list)  # samples of those that were there before

    @property
    def count(self) -> int:
        return int(self.source.size if self.ranks is None else self.ranks.size)

    def reserve(self, rows: int) -> None:
        """Make room for ``rows`` more samples in one block."""
        room = self.blocks[-1].shape[0] - self.filled if self.blocks else 0
        if room >= rows:
            return
        self._trim()
        # Many short runs: blocks grow with what is there, so that their number stays small.
        recorded = sum(len(b) for b in self.blocks)
        affordable = GROWTH_BYTES // max(1, self.count * self.source.dtype.itemsize)
        self.blocks.append(
            aligned_empty((max(rows, min(recorded, affordable)), self.count), self.source.dtype)
        )
        self.filled = 0

    def _trim(self) -> None:
        if self.blocks:
            self.blocks[-1] = self.blocks[-1][: self.filled]

    def take(self, keep: bool) -> NDArray[Any]:
        """All samples so far, (samples, count)."""
        self._trim()
        if not self.blocks:
            data = np.empty((0, self.count), self.source.dtype)
        elif len(self.blocks) == 1:
            data = self.blocks[0]
        else:
            data = np.concatenate(self.blocks)
        self.blocks = [data] if keep and len(data) else []
        self.filled = len(data) if self.blocks else 0
        return data.copy() if keep else data

    def drop(self) -> None:
        self.blocks, self.filled, self.earlier = [], 0, []

    def renew(self, fresh: Track) -> None:
        """Record what another track would; if that is as many values of the same dendrites, as one with the rest."""
        if fresh.count != self.count or fresh.reading is not None:
            samples = self.take(keep=False)
            if len(samples):
                self.earlier.append(Epoch(self.reading, samples.copy()))
        self.source, self.ranks, self.reading = fresh.source, fresh.ranks, fresh.reading

    def epochs(self, samples: NDArray[Any]) -> list[Epoch]:
        """All samples, ``samples`` being the last ones."""
        return [*self.earlier, Epoch(self.reading, samples)]

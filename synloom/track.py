"""Recorded samples of one variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from synloom.epochs import Epoch
from synloom.runtime.buffers import aligned_empty
from synloom.spans import Spans
from synloom.store import Reading

INPUTS, STATES = 0, 1  # phases of a step in which samples are taken (spec 02, section 2: P3 and P11)

GROWTH_BYTES = 1 << 26


class Sink(Protocol):
    """Where full blocks of samples go: a file."""

    block_rows: int  # samples that are held back at most

    def write(
        self, samples: NDArray[Any], steps: NDArray[np.int64], covered: Sequence[tuple[int, int]], /
    ) -> None:
        """Take samples of these steps; ``covered`` is the time in which they were taken."""

    def restart(self) -> None:
        """What comes from now on is a recording of its own."""

    def change(self, track: Track, /) -> None:
        """The synapses are others from now on."""


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
    sources: NDArray[np.int32] | None = None  # of a dendrite: ranks of the pre neurons of its synapses
    spans: Spans = field(default_factory=Spans)
    sink: Sink | None = None  # a file that takes the samples, block by block

    @property
    def count(self) -> int:
        return int(self.source.size if self.ranks is None else self.ranks.size)

    def reserve(self, rows: int) -> None:
        """Make room for ``rows`` more samples in one block."""
        if self.sink is not None:
            self._reserve_block(min(rows, self.sink.block_rows), self.sink.block_rows)
            return
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

    def _reserve_block(self, rows: int, size: int) -> None:
        """One block is used again and again."""
        if not self.blocks:
            self.blocks, self.filled = [aligned_empty((size, self.count), self.source.dtype)], 0
        if size - self.filled < rows:
            self.flush()

    def flush(self) -> None:
        """Hand all samples to the file."""
        if self.sink is None:
            return
        covered = self.spans.covered()
        if covered:
            samples = self.blocks[-1][: self.filled] if self.blocks else self._none()
            self.sink.write(samples, self.spans.steps(), covered)
        self.spans.clear()
        self.filled = 0

    def _none(self) -> NDArray[Any]:
        return np.empty((0, self.count), self.source.dtype)

    def _trim(self) -> None:
        if self.blocks:
            self.blocks[-1] = self.blocks[-1][: self.filled]

    def take(self, keep: bool) -> NDArray[Any]:
        """All samples so far, (samples, count)."""
        self._trim()
        if not self.blocks:
            data = self._none()
        elif len(self.blocks) == 1:
            data = self.blocks[0]
        else:
            data = np.concatenate(self.blocks)
        self.blocks = [data] if keep and len(data) else []
        self.filled = len(data) if self.blocks else 0
        return data.copy() if keep else data

    def drop(self) -> None:
        """Forget all samples; a file keeps its own."""
        self.flush()
        if self.sink is not None:
            self.sink.restart()
        self.blocks, self.filled, self.earlier = [], 0, []
        self.spans.clear()

    def renew(self, fresh: Track) -> None:
        """Record what another track would; if that is as many values of the same dendrites, as one with the rest."""
        changed = fresh.count != self.count or fresh.reading is not None
        if changed and self.sink is not None:
            self.flush()
            self.blocks = []
            self.sink.change(fresh)
        elif changed:
            samples = self.take(keep=False)
            if len(samples):
                self.earlier.append(Epoch(self.reading, samples.copy(), self.sources))
        self.source, self.ranks = fresh.source, fresh.ranks
        self.reading, self.sources = fresh.reading, fresh.sources

    def recorded(self, keep: bool) -> list[Epoch]:
        """All samples, of which the last are of the synapses that there are now."""
        epochs = [*self.earlier, Epoch(self.reading, self.take(keep), self.sources)]
        if not keep:
            self.earlier = []
            self.spans.clear()
        return epochs

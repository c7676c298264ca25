"""In which steps a variable was recorded, and in which of them samples were taken."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int, int, int]  # first step, step after the last, period, remainder of the steps of samples


@dataclass
class Spans:
    """Runs of steps in which recording was on.

    They are noted where steps are run, so pauses, other periods and a clock that was set are seen as they were.
    """

    rows: list[Span] = field(default_factory=list)

    def ran(self, first: int, stop: int, period: int = 1, remainder: int = 0) -> None:
        """The steps from ``first`` to before ``stop`` were run; a sample is due if step mod period is the remainder."""
        if stop <= first:
            return
        if self.rows and self.rows[-1][1:] == (first, period, remainder):
            self.rows[-1] = (self.rows[-1][0], stop, period, remainder)
        else:
            self.rows.append((first, stop, period, remainder))

    def steps(self) -> NDArray[np.int64]:
        """The steps of all samples."""
        return np.concatenate([np.empty(0, np.int64), *(np.arange(*b, dtype=np.int64) for b in self._due())])

    @property
    def count(self) -> int:
        """Number of samples."""
        return sum(len(range(*due)) for due in self._due())

    def _due(self) -> list[tuple[int, int, int]]:
        return [(a + (remainder - a) % period, b, period) for a, b, period, remainder in self.rows]

    def covered(self) -> list[tuple[int, int]]:
        """First step and step after the last, of all runs without a gap."""
        found: list[tuple[int, int]] = []
        for first, stop, *_ in self.rows:
            if found and found[-1][1] == first:
                found[-1] = (found[-1][0], stop)
            else:
                found.append((first, stop))
        return found

    def clear(self) -> None:
        """Forget all of it."""
        self.rows = []

"""The variables of a recording in a file: what there is of each, and how it grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synloom.archive import SavedFileError
from synloom.columns import Columns
from synloom.recorded import Axes
from synloom.recording_store import Store, told
from synloom.spike_track import SpikeTrack
from synloom.track import Track

if TYPE_CHECKING:
    from synloom.stream import Stream

INTERVAL: Final = 5  # numbers of an interval: first step, step after the last, first item, items, run


class Described(NamedTuple):
    """A track and what its values are."""

    track: Track | SpikeTrack
    axes: Axes
    attributes: dict[str, Any]
    columns: Callable[[Track], tuple[Columns, NDArray[np.int64] | None]]  # of synapses


class Sink:
    """One variable in the file: how much of it there is, and when it was recorded.

    The table of intervals is written last: what it does not count was never recorded.
    """

    def __init__(self, stream: Stream, name: str, axes: Axes, block_rows: int) -> None:
        self.stream, self.name, self.axes = stream, name, axes
        self.intervals: list[list[int]] = []
        self.items = self.run = 0
        self.taken = 0  # intervals at the front of the table that get() gave already
        self.epochs: list[
            list[int]
        ] = []  # of the same synapses: first item, number of values, and of dendrites
        self.pick: NDArray[np.int64] | None = None
        self.columns: Callable[[Track], tuple[Columns, NDArray[np.int64] | None]] | None = None
        self.block_rows = block_rows

    @property
    def arrays(self) -> list[str]:
        """Arrays with one row for each item."""
        if self.axes is Axes.SPIKES:
            return [f"data/{self.name}/ranks", f"data/{self.name}/steps"]
        return [f"data/{self.name}", f"steps/{self.name}"]

    def restart(self) -> None:
        """What comes from now on is a recording of its own; what there is stays in the file."""
        if self.intervals and self.intervals[-1][4] == self.run:
            self.run += 1
        self.taken = len(self.intervals)

    def write(
        self, items: NDArray[Any], steps: NDArray[np.int64], covered: Sequence[tuple[int, int]]
    ) -> None:
        """Append samples or spikes of these steps."""
        if self.pick is not None:
            items = items[:, self.pick]
        if len(items) != len(steps):
            raise SavedFileError(f"'{self.stream.path}': the steps of {len(items)} samples are not known.")
        if items.ndim == 2 and self.axes is Axes.WHOLE:
            items = items[:, 0]
        store = self.stream.store
        with told(self.stream.path, "written"):
            if len(items):
                for array, rows in zip(self.arrays, (items, steps), strict=True):
                    store.write(array, self.items, rows)
                store.flush()
            self._cover(steps, covered)
            store.flush()
        self.items += len(items)

    def _cover(self, steps: NDArray[np.int64], covered: Sequence[tuple[int, int]]) -> None:
        """Count the items of each interval; the first may go on with the last one of the table."""
        rows = [list(row) for row in self.intervals[max(self.taken, len(self.intervals) - 1) :]]
        done, kept = 0, len(self.intervals) - len(rows)
        for number, (first, stop) in enumerate(covered, 1):
            rest = steps[done:]
            inside = (rest >= first) & (rest < stop)
            every = number == len(covered) or bool(inside.all())
            count = len(rest) if every else int(np.argmin(inside))
            if rows and rows[-1][1] == first and rows[-1][4] == self.run:
                rows[-1][1], rows[-1][3] = stop, rows[-1][3] + count
            else:
                rows.append([first, stop, self.items + done, count, self.run])
            done += count
        table = np.array(rows, np.int64).reshape(-1, INTERVAL)
        self.stream.store.write(f"intervals/{self.name}", kept, table)
        self.intervals[kept:] = rows  # only now: what could not be written is tried again

    def change(self, track: Track) -> None:
        """Samples are of these synapses from now on."""
        if self.columns is None:
            return
        columns, self.pick = self.columns(track)
        store, folder = self.stream.store, f"synapses/{self.name}"
        if self.epochs and self.epochs[-1][0] == self.items:  # nothing was recorded of those before
            self.epochs.pop()
        first, row = self._ends(), len(self.epochs)
        with told(self.stream.path, "written"):
            store.write(f"{folder}/post", first[0], columns.post)
            store.write(f"{folder}/pre", first[0], columns.pre)
            store.write(f"{folder}/dendrites", first[1], columns.rows)
            self.epochs.append([self.items, len(columns), len(columns.rows)])
            store.write(f"{folder}/epochs", row, np.array(self.epochs[row:], np.int64))
            store.flush()

    def _ends(self) -> tuple[int, int]:
        """How many values, and dendrites, are described."""
        return sum(n for _, n, _ in self.epochs), sum(n for _, _, n in self.epochs)

    # -- where it stands ------------------------------------------------------------------------------------

    def mark(self) -> dict[str, Any]:
        """How much there is, for a checkpoint."""
        last = list(self.intervals[-1]) if self.intervals else []
        return {
            "items": self.items,
            "taken": self.taken,
            "run": self.run,
            "intervals": len(self.intervals),
            "last": last,
            "epochs": len(self.epochs),
        }

    def reaches(self, mark: dict[str, Any]) -> bool:
        """Whether there is as much as that."""
        there = {"items": self.items, "intervals": len(self.intervals), "epochs": len(self.epochs)}
        return all(mark[key] <= count for key, count in there.items()) and mark["taken"] <= mark["intervals"]

    def go_back(self, mark: dict[str, Any]) -> None:
        """Forget what was recorded since; the file is changing."""
        store, folder = self.stream.store, f"synapses/{self.name}"
        self.items, self.taken, self.run = mark["items"], mark["taken"], mark["run"]
        self.intervals = self.intervals[: mark["intervals"]]
        if self.intervals:
            self.intervals[-1] = list(mark["last"])
            rows = np.array(self.intervals[-1:], np.int64)
            store.write(f"intervals/{self.name}", len(self.intervals) - 1, rows)
        self.epochs = self.epochs[: mark["epochs"]]
        store.cut(f"intervals/{self.name}", len(self.intervals))
        for array in self.arrays:
            store.cut(array, self.items)
        if self.columns is not None:
            store.cut(f"{folder}/epochs", len(self.epochs))
            values, dendrites = self._ends()
            for part, count in (("post", values), ("pre", values), ("dendrites", dendrites)):
                store.cut(f"{folder}/{part}", count)

    def load(self) -> None:
        """Go on where the file ends; the file is changing."""
        store = self.stream.store
        self.intervals = committed(store, self.name).tolist()
        last = self.intervals[-1] if self.intervals else [0, 0, 0, 0, -1]
        if self.columns is not None:
            epochs = store.read(f"synapses/{self.name}/epochs")
            self.epochs = epochs[epochs[:, 0] <= last[2] + last[3]].tolist()
        self.go_back(
            {
                "items": last[2] + last[3],
                "taken": len(self.intervals),
                "run": last[4] + 1,
                "intervals": len(self.intervals),
                "last": last,
                "epochs": len(self.epochs),
            }
        )


def committed(store: Store, name: str) -> NDArray[np.int64]:
    """The table of intervals, without rows that were not written."""
    rows = store.read(f"intervals/{name}")
    return rows[rows[:, 3] >= 0]

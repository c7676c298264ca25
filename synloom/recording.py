"""Recordings in files, after the run or while it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synloom.archive import SavedFileError
from synloom.codegen.errors import ConfigurationError
from synloom.columns import Columns
from synloom.recorded import About, Axes, Interval, Recorded, Samples, Spikes, doubles
from synloom.recording_store import Store, kind_of, told
from synloom.sink import committed
from synloom.stream import FORMAT, VERSION, open_streams

if TYPE_CHECKING:
    import xarray

Table = NDArray[np.int64]  # of intervals: see Sink


def read_recording(path: str | PathLike[str]) -> Recording:
    """What a monitor with ``store=path`` recorded: complete, still growing, or cut short by the end of its process.

    Raises
    ------
    SavedFileError
        No such file, one that is no recording, or one of a later version.
    """
    return Recording(path)


class Recording:
    """A file that a monitor recorded to. It is opened for each question, and so shows what there is now.

    Attributes
    ----------
    path : Path
    monitor, object, kind : str
        Names of the monitor and of what it recorded; ``"population"``, ``"populationview"``, ``"projection"`` ...
    dt : float
        Step size in ms.
    geometry : tuple of int or None
    ranks : numpy.ndarray or None
        Of the recorded neurons.
    variables : list of str
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path).absolute()
        self._kind = kind_of(self.path)
        if not self.path.exists():
            raise SavedFileError(f"There is no recording '{self.path}'.")
        with self._opened() as store:
            self._attributes = store.attributes()
            if self._attributes.get("format") != FORMAT:
                raise SavedFileError(f"'{self.path}' is no recording.")
            if int(self._attributes["version"]) > VERSION:
                raise SavedFileError(
                    f"'{self.path}' was written by a later version of synloom.",
                    hint="pip install --upgrade synloom",
                )
            self._about = about_of(store)
        self.monitor, self.object, self.kind = self._about.monitor, self._about.object, self._about.kind
        self.dt, self.geometry, self.ranks = self._about.dt, self._about.geometry, self._about.ranks

    @contextmanager
    def _opened(self) -> Iterator[Store]:
        stream = open_streams.get(self.path)
        if stream is not None and stream.is_open:  # HDF5 opens a file once in a process
            stream.flush()
            yield stream.store
            return
        with told(self.path, "read"):
            store = self._kind(self.path, writing=False)
        try:
            with told(self.path, "read"):
                yield store
        finally:
            store.close()

    @property
    def variables(self) -> list[str]:
        """Names of what was recorded, in the order of the monitor."""
        with self._opened() as store:
            return names_in(store)

    @property
    def runs(self) -> int:
        """Recordings one after the other in this file: ``reset()``, or a process that appends, begins another."""
        with self._opened() as store:
            tables = [committed(store, name) for name in names_in(store)]
        return max((int(table[-1, 4]) + 1 for table in tables if len(table)), default=0)

    def get(
        self,
        variables: str | Sequence[str] | None = None,
        reshape: bool = False,
        force_dict: bool = False,
        run: int | None = None,
    ) -> Any:
        """Recorded data in the shapes of ``Monitor.get``.

        Parameters
        ----------
        variables : str or list of str, optional
            By default all.
        reshape : bool
            Give the neuron axis the geometry of the population.
        force_dict : bool
            A dict also for one variable.
        run : int, optional
            One of ``runs`` instead of all of them; negative numbers count from the last.
        """
        items = self._items(variables, run)
        data = {item.name: item.shaped(self.geometry if reshape else None) for item in items}
        if len(data) == 1 and variables is not None and not force_dict:
            return data[items[0].name]
        return data

    def __getitem__(self, variable: str) -> Any:
        return self.get(variable)

    def steps(self, variable: str, run: int | None = None) -> NDArray[np.int64]:
        """The step of each sample; of each spike for spikes, in order of time."""
        (item,) = self._items(variable, run)
        steps: NDArray[np.int64] = item.steps
        return steps

    def times(
        self, variables: str | Sequence[str] | None = None, unit: str = "step", run: int | None = None
    ) -> dict[str, dict[str, list[Any]]]:
        """When recording started and stopped, per variable, as ``Monitor.times`` gives it."""
        if unit not in ("step", "ms"):
            raise ConfigurationError(f"The unit of times is 'step' or 'ms', not {unit!r}.")
        scale = 1 if unit == "step" else self.dt
        with self._opened() as store:
            found = {name: merged(self._rows(store, name, run)) for name in self._names_of(store, variables)}
        return {
            name: {"start": [scale * a for a, _ in each], "stop": [scale * b for _, b in each]}
            for name, each in found.items()
        }

    def to_xarray(
        self,
        variables: str | Sequence[str] | None = None,
        units: dict[str, str] | None = None,
        run: int | None = None,
    ) -> xarray.Dataset:
        """As ``Monitor.to_xarray``."""
        from synloom.recorded_xarray import dataset

        return dataset(self._about, self._items(variables, self._one(run)), units or {})

    def to_neo(
        self,
        variables: str | Sequence[str] | None = None,
        units: dict[str, str] | None = None,
        run: int | None = None,
    ) -> Any:
        """As ``Monitor.to_neo``."""
        from synloom.recorded_neo import segment

        return segment(self._about, self._items(variables, self._one(run)), units or {})

    def _one(self, run: int | None) -> int | None:
        """Times of several runs do not fit on one axis."""
        if run is None and self.runs > 1:
            raise ConfigurationError(
                f"'{self.path.name}' holds {self.runs} runs.", hint="say which one: run=0 is the first"
            )
        return run

    def _items(self, variables: str | Sequence[str] | None, run: int | None) -> list[Recorded]:
        with self._opened() as store:
            return [
                read_items(store, name, self._about, self._rows(store, name, run))
                for name in self._names_of(store, variables)
            ]

    def _names_of(self, store: Store, variables: str | Sequence[str] | None) -> list[str]:
        known = names_in(store)
        wanted = known if variables is None else [variables] if isinstance(variables, str) else variables
        for name in wanted:
            if name not in known:
                raise ConfigurationError(
                    f"'{name}' is not in '{self.path.name}'.",
                    hint=f"recorded: {', '.join(known) or 'nothing'}",
                )
        return list(wanted)

    def _rows(self, store: Store, name: str, run: int | None) -> Table:
        table = committed(store, name)
        if run is None:
            return table
        runs = int(table[-1, 4]) + 1 if len(table) else 0
        if not -runs <= run < runs:
            raise ConfigurationError(f"'{self.path.name}' holds {runs} runs of '{name}', there is no {run}.")
        rows: Table = table[table[:, 4] == run % runs]
        return rows

    def __repr__(self) -> str:
        return f"<Recording of {self.kind} '{self.object}': {', '.join(self.variables) or 'nothing'}>"


def names_in(store: Store) -> list[str]:
    """Recorded variables, in the order in which they were added."""
    return sorted(store.names("data"), key=lambda name: int(store.attributes(f"data/{name}")["number"]))


def about_of(store: Store) -> About:
    """What a file says it is about."""
    found = store.attributes()
    ranks = store.read("ranks")
    geometry = tuple(int(n) for n in found["geometry"])
    return About(
        monitor=str(found["monitor"]),
        object=str(found["object"]),
        kind=str(found["kind"]),
        dt=float(found["dt"]),
        geometry=geometry or None,
        ranks=ranks if len(ranks) else None,
    )


def merged(rows: Table) -> list[Interval]:
    """Intervals without those that go on where another ends."""
    found: list[tuple[int, int, int]] = []
    for first, stop, _, _, run in rows.tolist():
        if found and found[-1][1:] == (first, run):
            found[-1] = (found[-1][0], stop, run)
        else:
            found.append((first, stop, run))
    return [(first, stop) for first, stop, _ in found]


def read_items(store: Store, name: str, about: About, rows: Table) -> Recorded:
    """What was recorded in these successive intervals."""
    first = int(rows[0, 2]) if len(rows) else 0
    stop = int(rows[-1, 2] + rows[-1, 3]) if len(rows) else 0
    axes = Axes(str(store.attributes(f"data/{name}")["axes"]))
    if axes is Axes.SPIKES:
        ranks, steps = (store.read(f"data/{name}/{part}", first, stop) for part in ("ranks", "steps"))
        assert about.ranks is not None
        return Spikes(name, ranks, steps, np.unique(about.ranks), merged(rows))
    parts: list[tuple[Columns | None, NDArray[Any]]]
    if axes in (Axes.SYNAPSES, Axes.DENDRITE):
        parts = list(_synapses(store, name, first, stop))
    else:
        values = doubles(store.read(f"data/{name}", first, stop))
        parts = [(None, values[:, np.newaxis] if axes is Axes.WHOLE else values)]
    return Samples(name, axes, parts, store.read(f"steps/{name}", first, stop), merged(rows))


def _synapses(
    store: Store, name: str, first: int, stop: int
) -> Iterator[tuple[Columns | None, NDArray[Any]]]:
    """Samples of the same synapses, one after the other; at the least none of the last ones."""
    epochs = store.read(f"synapses/{name}/epochs")
    begins = np.append(epochs[1:, 0], np.iinfo(np.int64).max)
    ends = np.cumsum(epochs[:, 1:], axis=0)
    used = np.flatnonzero((begins > first) & (epochs[:, 0] < stop))
    for row in used if len(used) else [len(epochs) - 1]:
        (count, dendrites), (end, last) = epochs[row, 1:].tolist(), ends[row].tolist()
        post, pre = (store.read(f"synapses/{name}/{side}", end - count, end) for side in ("post", "pre"))
        rows = store.read(f"synapses/{name}/dendrites", last - dendrites, last)
        a, b = max(first, int(epochs[row, 0])), min(stop, int(begins[row]))
        yield Columns(post, pre, rows), doubles(store.read(f"data/{name}", a, max(a, b))[:, :count])

"""What a monitor has recorded, in the shapes that somebody asks for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

from synloom import messages, monitor_file
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.dendrite import Dendrite
from synloom.epochs import Epoch, shaped
from synloom.projection import Projection
from synloom.recordable import Recordable, about, samples
from synloom.recorded import Recorded, Spikes, doubles
from synloom.recording import read_items
from synloom.sink import committed
from synloom.spike_statistics import SpikeStatistics
from synloom.spike_track import SpikeTrack
from synloom.stream import Stream
from synloom.track import Track
from synloom.transpose import Transpose

if TYPE_CHECKING:
    import xarray

Times = dict[str, dict[str, list[Any]]]


class MonitorData(SpikeStatistics):
    """The data of a monitor, in memory or in a file."""

    object: Recordable
    name: str
    _names: list[str]
    _tracks: dict[str, Track]
    _taken: dict[str, tuple[list[int], list[int]]]
    _reshape_default: bool
    _stream: Stream | None

    @property
    @abstractmethod
    def _all_tracks(self) -> dict[str, Track | SpikeTrack]:
        """What is recorded, by name."""

    def get(
        self,
        variables: str | Sequence[str] | None = None,
        keep: bool = False,
        reshape: bool | None = None,
        force_dict: bool = False,
    ) -> Any:
        """Recorded data, which is removed from the monitor unless ``keep``.

        A file keeps all of it: what was removed is not given again.

        Returns
        -------
        ndarray or dict
            One variable: an array with time as first axis: (samples, neurons), or (samples,) for values of the
            whole population; for projections (samples, dendrites, synapses), an object array of lists where
            dendrites differ in size. Spikes: a dict with the steps at which each recorded neuron fired, by rank.
            Several variables: a dict of those. With ``reshape`` the neuron axis takes the geometry of the population.

        Raises
        ------
        NotCompiledError
            Before ``compile()``.
        ConfigurationError
            The variable is not recorded.
        """
        names = self._checked_names(variables)
        shaped = self._reshape_default if reshape is None else reshape
        data = {name: self._data(self._all_tracks[name], keep, shaped) for name in names}
        self.network._recorders_changed()
        if len(names) == 1 and variables is not None and not force_dict:
            return data[names[0]]
        return data

    def _checked_names(self, variables: str | Sequence[str] | None) -> list[str]:
        if not self.network.compiled:
            raise NotCompiledError("Nothing is recorded before compile().")
        names = self._names_of(variables)
        for name in names:
            if name not in self._all_tracks:
                raise ConfigurationError(
                    f"'{name}' is not recorded by {self.name}.",
                    hint=f"recorded: {', '.join(self._names) or 'nothing'}",
                )
        return names

    def __getitem__(self, variable: str) -> Any:
        return self.get(variable)

    def _names_of(self, variables: str | Sequence[str] | None) -> list[str]:
        if variables is None:
            return list(self._names)
        return [variables] if isinstance(variables, str) else list(variables)

    def _data(self, track: Track | SpikeTrack, keep: bool, reshape: bool) -> Any:
        self._taken[track.name] = self._intervals_of(track)
        if self._stream is not None:
            geometry = getattr(self.object, "geometry", None) if reshape else None
            found: Any = self._streamed(self._stream, track, keep).shaped(geometry)
        elif isinstance(track, SpikeTrack):
            found = track.data(keep)
        else:
            found = self._shaped(track, track.recorded(keep), reshape)
        self._begin_again(track, keep)
        return found

    def _begin_again(self, track: Track | SpikeTrack, keep: bool) -> None:
        if not keep:
            track.started = [self.network.current_step] if track.active else []
            track.stopped = []

    def _streamed(self, stream: Stream, track: Track | SpikeTrack, keep: bool) -> Recorded:
        """What is in the file and was not removed before."""
        track.flush()
        sink = stream.sinks[track.name]
        found = read_items(
            stream.store, track.name, about(self), committed(stream.store, track.name)[sink.taken :]
        )
        if not keep:
            sink.taken = len(sink.intervals)
        return found

    def _items(self, variables: str | Sequence[str] | None, keep: bool) -> list[Recorded]:
        """Recorded data with all that is known of it, removed unless ``keep``."""
        items = []
        for name in self._checked_names(variables):
            track = self._all_tracks[name]
            self._taken[name] = self._intervals_of(track)
            if self._stream is not None:
                items.append(self._streamed(self._stream, track, keep))
            elif isinstance(track, Track):
                items.append(samples(self.object, track, keep))
            else:
                covered = track.spans.covered()
                items.append(Spikes(name, *track.take(keep), track.neurons, covered))
                if not keep:
                    track.spans.clear()
            self._begin_again(track, keep)
        self.network._recorders_changed()
        return items

    def to_xarray(
        self,
        variables: str | Sequence[str] | None = None,
        keep: bool = False,
        units: dict[str, str] | None = None,
    ) -> xarray.Dataset:
        """Recorded data as a ``xarray.Dataset``, removed from the monitor unless ``keep``.

        Samples lie along ``time`` (ms) and ``rank``, or ``axis_0``, ``axis_1`` ... of a population with several axes;
        along ``synapse`` with coordinates ``post`` and ``pre``, or ``dendrite``, and NaN while one was not there.
        Variables sampled at other times have a time axis of their own, ``time_<name>``. Spikes are a ragged array:
        ``spike_time`` (ms) neuron by neuron, ``spike_count`` per neuron.

        Parameters
        ----------
        variables : str or list of str, optional
            By default all.
        keep : bool
            As for ``get``.
        units : dict of str, optional
            Units of variables, by name; those of times are known.
        """
        from synloom.recorded_xarray import dataset, package

        package()  # before anything is removed
        return dataset(about(self), self._items(variables, keep), units or {})

    def to_neo(
        self,
        variables: str | Sequence[str] | None = None,
        keep: bool = False,
        units: dict[str, str] | None = None,
    ) -> Any:
        """Recorded data as a ``neo.Segment``, removed from the monitor unless ``keep``.

        A ``SpikeTrain`` for each neuron and recorded interval, which gives ``t_start`` and ``t_stop``; an
        ``AnalogSignal`` for each variable, another after a pause or a change of the period.

        Parameters
        ----------
        variables : str or list of str, optional
            By default all.
        keep : bool
            As for ``get``.
        units : dict of str, optional
            Units of variables, by name; dimensionless by default.
        """
        from synloom.recorded_neo import package, segment

        package()  # before anything is removed
        return segment(about(self), self._items(variables, keep), units or {})

    def _intervals_of(self, track: Track | SpikeTrack) -> tuple[list[int], list[int]]:
        now = [self.network.current_step] if track.active else []
        return list(track.started), [*track.stopped, *now]

    def _recorded(self, variable: str) -> tuple[list[int], list[int]]:
        if variable in self._taken:
            return self._taken[variable]
        track = self._all_tracks.get(variable)
        return ([], []) if track is None else self._intervals_of(track)

    def _shaped(self, track: Track, epochs: Sequence[Epoch], reshape: bool) -> Any:
        """All samples as the user asked for them, reals in double precision."""
        epochs = [replace(e, samples=doubles(e.samples)) for e in epochs]
        flat = epochs[-1].samples
        if track.whole:
            return flat[:, 0]
        if isinstance(self.object, Projection | Transpose | Dendrite):
            return shaped(self.object, track.name, epochs)
        geometry = getattr(self.object, "geometry", None)
        if reshape and geometry is not None:
            return flat.reshape((len(flat), *geometry))
        return flat

    def times(self, variables: str | Sequence[str] | None = None, unit: str = "step") -> Times:
        """When recording the data of the last ``get`` started and stopped, per variable.

        Parameters
        ----------
        variables : str or list of str, optional
            By default all.
        unit : {'step', 'ms'}

        Returns
        -------
        dict
            ``{'v': {'start': [0, 1100], 'stop': [100, 1200]}}``: one entry for each interval between pauses. Before the
            first ``get``, ``stop`` is ``[None]``.
        """
        if unit not in ("step", "ms"):
            raise ConfigurationError(f"The unit of times is 'step' or 'ms', not {unit!r}.")
        scale = 1 if unit == "step" else self.network.dt
        result: Times = {}
        for name in self._names_of(variables):
            if name in self._taken:
                start, stop = self._taken[name]
                result[name] = {"start": [scale * n for n in start], "stop": [scale * n for n in stop]}
            elif name in self._all_tracks:
                started = self._all_tracks[name].started
                result[name] = {"start": [scale * n for n in started], "stop": [None]}
            else:
                messages.warning(f"'{name}' is not recorded by {self.name}.")
        return result

    def save(
        self,
        filename: str | PathLike[str],
        variables: str | Sequence[str] | None = None,
        keep: bool = False,
        reshape: bool = False,
        force_dict: bool = False,
    ) -> None:
        """Write what ``get`` would return: one variable to ``.npy``, several to ``.npz`` or ``.hdf5``.

        Raises
        ------
        ConfigurationError
            Another extension, or several variables for ``.npy``. Nothing is removed from the monitor then.
        """
        names = self._names_of(variables)
        monitor_file.check(filename, names)
        data = self.get(names, keep, reshape, force_dict=True)
        monitor_file.write(filename, data, force_dict)

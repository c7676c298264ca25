"""Recording: what a run leaves behind."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synloom import messages, monitor_file, registry
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.dendrite import Dendrite
from synloom.epochs import Epoch, shaped
from synloom.projection import Projection
from synloom.recordable import (
    SPIKE_LISTS,
    Recordable,
    about,
    check_object,
    check_variable,
    described,
    owner_of,
    samples,
    spike_track,
    variable_track,
)
from synloom.recorded import Recorded, Spikes, doubles
from synloom.recording import read_items
from synloom.spike_statistics import SpikeStatistics
from synloom.spike_track import SpikeTrack
from synloom.stream import IfExists, Stream, committed
from synloom.track import Track
from synloom.transpose import Transpose

if TYPE_CHECKING:
    import xarray

    from synloom.network import Network

Times = dict[str, dict[str, list[Any]]]


class Monitor(SpikeStatistics):
    """Records variables of a population, a view, a projection, a transpose or a dendrite.

    Parameters
    ----------
    obj : Population, PopulationView, Projection, Transpose or Dendrite
        What to record.
    variables : str or list of str
        Attributes; ``sum(target)`` of populations; ``spike`` and ``axon_spike`` of spiking ones.
    period : float, optional
        Sampling interval in ms, by default ``dt``. Spikes are recorded in each step.
    period_offset : float, optional
        Position of the samples inside the period in ms, by default 0.
    start : bool
        Begin recording at once, or when the network is compiled.
    store : path, optional
        A file to record to while the network runs, so that memory holds one block only: ``.h5`` and ``.hdf5`` are
        written with h5py, a folder ``.zarr`` with zarr. See ``read_recording``.
    if_exists : {'error', 'overwrite', 'append'}
        What to do if that file exists.

    Raises
    ------
    ConfigurationError
        For an object or a variable that cannot be recorded, an offset that is not shorter than the period, or a file
        that cannot be written.

    Notes
    -----
    Spec 03, section 5. A sample is the value at the end of a step, except ``sum(target)`` and conductances
    ``g_target``, which are taken before the neurons are updated. A spike is the number of the step it happens in.
    """

    def __init__(
        self,
        obj: Recordable,
        variables: str | Sequence[str] = (),
        period: float | None = None,
        period_offset: float | None = None,
        start: bool = True,
        net_id: int = 0,
        *,
        name: str | None = None,
        network: Network | None = None,
        store: str | PathLike[str] | None = None,
        if_exists: IfExists = "error",
    ) -> None:
        check_object(obj)
        self.object = obj
        owner = owner_of(obj)
        self.network = network or getattr(owner, "network", None) or registry.network(net_id)
        self._names = [variables] if isinstance(variables, str) else list(dict.fromkeys(variables))
        for variable in self._names:
            check_variable(obj, variable, self.network)
        self._wants_start = start
        self._period, self._offset = period, period_offset
        self._check_period()
        self.name = name or f"Monitor_{owner.name}"
        self._tracks: dict[str, Track] = {}
        self._spike_tracks: dict[str, SpikeTrack] = {}
        self._origin = 0
        self._taken: dict[str, tuple[list[int], list[int]]] = {}
        self._reshape_default = False
        if isinstance(obj, Projection | Transpose) and self._names and period is None:
            messages.warning(f"{self.name} records a whole projection in every step: give it a period.")
        self._stream: Stream | None = None
        if store is not None:
            self._stream = Stream(store, if_exists)
            weakref.finalize(self, self._stream.close)
        self.id = self.network._add_monitor(self)
        if self.network.compiled:
            self._begin()

    @property
    def variables(self) -> list[str]:
        """Names of what is recorded (a copy)."""
        return list(self._names)

    @property
    def net_id(self) -> int:
        """Number of the network."""
        return self.network.id

    @property
    def store(self) -> Path | None:
        """The file that is recorded to, if there is one."""
        return None if self._stream is None else self._stream.path

    # -- when samples are taken -------------------------------------------------------------------------

    @property
    def period(self) -> float:
        """Sampling interval in ms."""
        return self.network.dt if self._period is None else self._period

    @period.setter
    def period(self, value: float) -> None:
        self._set_period(value, self._offset)

    @property
    def period_offset(self) -> float:
        """Position of the samples inside the period in ms."""
        return 0.0 if self._offset is None else self._offset

    @period_offset.setter
    def period_offset(self, value: float) -> None:
        self._set_period(self._period, value)

    def _set_period(self, period: float | None, offset: float | None) -> None:
        before = self._period, self._offset
        self._period, self._offset = period, offset
        try:
            self._check_period()
        except ConfigurationError:
            self._period, self._offset = before
            raise
        if self.network.compiled:
            self._warn_of_rounding()
        self.network._recorders_changed()

    def _check_period(self) -> None:
        if self._period is not None and not self._period > 0:
            raise ConfigurationError(f"The period of a monitor must be positive, not {self._period}.")
        if self._offset is not None and not 0 <= self._offset < self.period:
            raise ConfigurationError(
                f"The offset of a monitor must lie in [0, {self.period}), not be {self._offset}.",
                hint="period_offset is a position inside the period, in ms",
            )

    def _warn_of_rounding(self) -> None:
        dt, used = self.network.dt, self._steps()
        for what, ms, steps in zip(("period", "offset"), (self._period, self._offset), used, strict=True):
            if ms is not None and abs(ms / dt - steps) > 1e-6:
                messages.warning(
                    f"{self.name}: {what} {ms} ms is no multiple of dt, {steps * dt} ms is used."
                )

    def _steps(self) -> tuple[int, int]:
        network = self.network
        period = max(1, network.to_steps(self.period))
        return period, min(period - 1, network.to_steps(self.period_offset))

    # -- life cycle -------------------------------------------------------------------------------------

    def start(self, variables: str | Sequence[str] | None = None, period: float | None = None) -> None:
        """Start recording all variables, or the named ones (added if new).

        A new ``period`` is counted from the present step.
        """
        wanted = (
            self._names if variables is None else [variables] if isinstance(variables, str) else variables
        )
        for variable in wanted:
            check_variable(self.object, variable, self.network)
        if period is not None:
            self.period = period
            self._origin = self.network.current_step
        self._names += [v for v in dict.fromkeys(wanted) if v not in self._names]
        self._wants_start = True
        if self.network.compiled:
            self._make_tracks()
            self._activate(list(wanted))

    def _begin(self) -> None:
        """Called once the network is compiled: sampling is relative to this step."""
        self._origin = self.network.current_step
        self._warn_of_rounding()
        self._make_tracks()
        self._activate(self._names if self._wants_start else [])

    def _make_tracks(self) -> None:
        before = self._all_tracks
        for name in self._names:
            if name in SPIKE_LISTS and name not in self._spike_tracks:
                self._spike_tracks[name] = spike_track(self.object, name)
            elif name not in SPIKE_LISTS and name not in self._tracks:
                self._tracks[name] = variable_track(self.object, name, self.network)
        self._attach([self._all_tracks[name] for name in self._names if name not in before])

    def _attach(self, tracks: Sequence[Track | SpikeTrack]) -> None:
        """Let these record to the file, if there is one."""
        if self._stream is not None:
            noted = {"period": self.period, "offset": self.period_offset}
            self._stream.attach(about(self), [described(self.object, track, noted) for track in tracks])

    @property
    def _all_tracks(self) -> dict[str, Track | SpikeTrack]:
        return {**self._tracks, **self._spike_tracks}

    def _activate(self, names: Sequence[str]) -> None:
        for name in names:
            track = self._all_tracks[name]
            if not track.active:
                track.active = True
                track.started.append(self.network.current_step)
        self.network._recorders_changed()

    def pause(self) -> None:
        """Stop sampling; keep the data. Before ``compile()``: do not begin with it."""
        self._wants_start = False
        for track in self._all_tracks.values():
            if track.active:
                track.active = False
                track.stopped.append(self.network.current_step)
        self.network._recorders_changed()

    def resume(self) -> None:
        """Go on sampling into the same arrays."""
        self._wants_start = True
        self._activate(list(self._all_tracks))

    def stop(self) -> None:
        """Stop for good and free the data; the monitor forgets its variables. A file is complete then."""
        self._wants_start = False
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        self._names, self._tracks, self._spike_tracks, self._taken = [], {}, {}, {}
        self.network._recorders_changed()

    def reset(self) -> None:
        """Discard the data; timing starts again. A file keeps what it has, as a run of its own."""
        self._origin = self.network.current_step
        self._taken = {}
        for track in self._all_tracks.values():
            track.drop()
            track.started = [self.network.current_step] if track.active else []
            track.stopped = []
        self.network._recorders_changed()

    def __getstate__(self) -> dict[str, Any]:
        from synloom.copying import bare_monitor

        return bare_monitor(self)

    def flush(self) -> None:
        """Write to the file what was recorded and is still in memory."""
        if self._stream is not None:
            self._stream.flush()
            self.network._recorders_changed()

    def _close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def size_in_bytes(self) -> int:
        """Memory of the recorded data; of what goes to a file, that of one block."""
        spikes = sum(t.nbytes for t in self._spike_tracks.values())
        tracks = self._tracks.values()
        earlier = sum(e.samples.nbytes for t in tracks for e in t.earlier)
        return sum(b.nbytes for t in tracks for b in t.blocks) + earlier + spikes

    # -- data -------------------------------------------------------------------------------------------

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

    def _rebind(self) -> None:
        """The arrays of the object may have been made anew: read from those from now on."""
        for name, track in self._tracks.items():
            fresh = variable_track(self.object, name, self.network)
            if fresh.source is not track.source:
                track.renew(fresh)

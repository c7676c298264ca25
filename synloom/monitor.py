"""Recording: what a run leaves behind."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synloom import messages, registry
from synloom.codegen.errors import ConfigurationError
from synloom.monitor_data import MonitorData
from synloom.projection import Projection
from synloom.recordable import (
    SPIKE_LISTS,
    Recordable,
    about,
    check_object,
    check_variable,
    described,
    owner_of,
    spike_track,
    variable_track,
)
from synloom.report import html_of
from synloom.spike_track import SpikeTrack
from synloom.stream import IfExists, Stream
from synloom.track import Track
from synloom.transpose import Transpose

if TYPE_CHECKING:
    from synloom.network import Network


class Monitor(MonitorData):
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
            self._stream = Stream(store, if_exists, about(self))
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

    _repr_html_ = html_of

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

    # -- what the network tells ----------------------------------------------------------------------------

    def _rebind(self) -> None:
        """The arrays of the object may have been made anew: read from those from now on."""
        for name, track in self._tracks.items():
            fresh = variable_track(self.object, name, self.network)
            if fresh.source is not track.source:
                track.renew(fresh)

"""Recording: what a run leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synloom import messages, registry
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.types import Locality
from synloom.dendrite import Dendrite
from synloom.population import Population
from synloom.projection import Projection
from synloom.runtime.buffers import aligned_empty
from synloom.spike_track import SpikeTrack
from synloom.transpose import Transpose
from synloom.view import PopulationView

if TYPE_CHECKING:
    from synloom.network import Network

INPUTS, STATES = 0, 1  # phases of a step in which samples are taken (spec 02, section 2: P3 and P11)

SPIKE_LISTS = {"spike": "spike", "axon_spike": "axon"}  # recorded by name: the list of a population

GROWTH_BYTES = 1 << 26

Recordable = Population | PopulationView | Projection | Transpose | Dendrite


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
    stopped: list[int | None] = field(default_factory=list)
    active: bool = False

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
        self.blocks, self.filled = [], 0


class Monitor:
    """Records variables of a population, a view, a projection, a transpose or a dendrite.

    Parameters
    ----------
    obj : Population, PopulationView, Projection, Transpose or Dendrite
        What to record.
    variables : str or list of str
        Attributes, and ``sum(target)`` of populations.
    period : float, optional
        Sampling interval in ms, by default ``dt``.
    period_offset : float, optional
        Position of the samples inside the period in ms, by default 0.
    start : bool
        Begin recording at once, or when the network is compiled.

    Raises
    ------
    ConfigurationError
        For an object or a variable that cannot be recorded, or an offset that is not shorter than the period.

    Notes
    -----
    Spec 03, section 5. A sample is the value at the end of a step, except ``sum(target)``, which is taken before
    the neurons are updated.
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
    ) -> None:
        if not isinstance(obj, Population | PopulationView | Projection | Transpose | Dendrite):
            raise ConfigurationError(
                f"A {type(obj).__name__} cannot be recorded.",
                hint="record a Population, PopulationView, Projection, Transpose or Dendrite",
            )
        self.object = obj
        self.network = network or _network_of(obj) or registry.network(net_id)
        self._names = [variables] if isinstance(variables, str) else list(variables)
        for variable in self._names:
            self._check(variable)
        self._wants_start = start
        self._period, self._offset = period, period_offset
        self._check_period()
        self.name = name or f"Monitor_{_name_of(obj)}"
        self._tracks: dict[str, Track] = {}
        self._spike_tracks: dict[str, SpikeTrack] = {}
        self._origin = 0
        self._taken: dict[str, tuple[list[int], list[int | None]]] = {}
        self._reshape_default = False
        self.id = self.network._add_monitor(self)
        if self.network.compiled:
            self._begin()

    @property
    def variables(self) -> list[str]:
        """Names of what is recorded (a copy)."""
        return list(self._names)

    @property
    def period(self) -> float:
        """Sampling interval in ms."""
        return self.network.dt if self._period is None else self._period

    @period.setter
    def period(self, value: float) -> None:
        before, self._period = self._period, value
        try:
            self._check_period()
        except ConfigurationError:
            self._period = before
            raise
        self.network._recorders_changed()

    @property
    def period_offset(self) -> float:
        """Position of the samples inside the period in ms."""
        return 0.0 if self._offset is None else self._offset

    def _check_period(self) -> None:
        if self._period is not None and not self._period > 0:
            raise ConfigurationError(f"The period of a monitor must be positive, not {self._period}.")
        if self._offset is not None and not 0 <= self._offset < self.period:
            raise ConfigurationError(
                f"The offset of a monitor must lie in [0, {self.period}), not be {self._offset}.",
                hint="period_offset is a position inside the period, in ms",
            )

    def _check(self, variable: str) -> None:
        """Whether the object has something of this name to record."""
        owner = _owner(self.object)
        if variable in SPIKE_LISTS:
            self._check_spikes(variable)
            return
        if isinstance(owner, Population) and variable.startswith("sum("):
            target = variable[4:].rstrip(")").strip()
            if target in owner.targets or self.network._uses_sum(owner, target):
                return
            raise ConfigurationError(
                f"No projection with target '{target}' reaches population '{owner.name}'.",
                hint=f"its targets are {', '.join(dict.fromkeys(owner.targets)) or 'none'}",
            )
        if variable not in owner.attributes:
            raise ConfigurationError(
                f"'{variable}' is no attribute of {_name_of(self.object)}.",
                hint=f"it has {', '.join(owner.attributes)}",
            )

    def _check_spikes(self, variable: str) -> None:
        owner = _owner(self.object)
        spikes = owner._spikes if isinstance(owner, Population) else None
        if spikes is None:
            raise ConfigurationError(
                f"'{variable}' is recorded of spiking populations, {_name_of(self.object)} is none.",
                hint="record r of a rate-coded population",
            )
        if SPIKE_LISTS[variable] not in spikes.lists:
            raise ConfigurationError(
                f"The neurons of '{_name_of(self.object)}' emit no axonal spikes.",
                hint="give them axon_spike=",
            )

    @property
    def _all_tracks(self) -> dict[str, Track | SpikeTrack]:
        return {**self._tracks, **self._spike_tracks}

    # -- life cycle -------------------------------------------------------------------------------------

    def start(self, variables: str | Sequence[str] | None = None, period: float | None = None) -> None:
        """Start recording all variables, or the named ones (added if new), with a new period if given."""
        wanted = (
            self._names if variables is None else [variables] if isinstance(variables, str) else variables
        )
        for variable in wanted:
            self._check(variable)
        self._names += [v for v in wanted if v not in self._names]
        if period is not None:
            self.period = period
        self._wants_start = True
        if self.network.compiled:
            self._begin(list(wanted))

    def _begin(self, names: list[str] | None = None) -> None:
        """Called once the network is compiled: sampling is relative to this step."""
        self._origin = self.network.current_step
        for name in self._names:
            if name in SPIKE_LISTS and name not in self._spike_tracks:
                self._spike_tracks[name] = self._spike_track(name)
            elif name not in SPIKE_LISTS and name not in self._tracks:
                self._tracks[name] = self._track(name)
        if self._wants_start:
            for name in self._names if names is None else names:
                track = self._all_tracks[name]
                if not track.active:
                    track.active = True
                    track.started.append(self.network.current_step)
        self.network._recorders_changed()

    def pause(self) -> None:
        """Stop sampling; keep the data."""
        self._wants_start = False
        for track in self._all_tracks.values():
            if track.active:
                track.active = False
                track.stopped.append(self.network.current_step)
        self.network._recorders_changed()

    def resume(self) -> None:
        """Go on sampling into the same arrays."""
        self._wants_start = True
        for track in self._all_tracks.values():
            if not track.active:
                track.active = True
                track.started.append(self.network.current_step)
        self.network._recorders_changed()

    def stop(self) -> None:
        """Stop for good and free the data."""
        self._wants_start = False
        self._names, self._tracks, self._spike_tracks = [], {}, {}
        self.network._recorders_changed()

    def reset(self) -> None:
        """Discard the data; timing starts again."""
        self._origin = self.network.current_step
        for track in self._all_tracks.values():
            track.drop()
            track.started = [self.network.current_step] if track.active else []
            track.stopped = []
        self.network._recorders_changed()

    def __getstate__(self) -> dict[str, Any]:
        from synloom.copying import bare_monitor

        return bare_monitor(self)

    def size_in_bytes(self) -> int:
        """Memory of the recorded data."""
        spikes = sum(t.nbytes for t in self._spike_tracks.values())
        return sum(b.nbytes for t in self._tracks.values() for b in t.blocks) + spikes

    # -- data -------------------------------------------------------------------------------------------

    def get(
        self,
        variables: str | Sequence[str] | None = None,
        keep: bool = False,
        reshape: bool | None = None,
        force_dict: bool = False,
    ) -> Any:
        """Recorded data, which is removed from the monitor unless ``keep``.

        Returns
        -------
        ndarray or dict
            One variable: an array with time as first axis: (samples, neurons), or (samples,) for values of the
            whole population; for projections (samples, dendrites, synapses), an object array of lists where
            dendrites differ in size. Several variables: a dict of those. With ``reshape`` the neuron axis takes the
            geometry of the population.

        Raises
        ------
        NotCompiledError
            Before ``compile()``.
        """
        if not self.network.compiled:
            raise NotCompiledError("Nothing is recorded before compile().")
        names = (
            self._names
            if variables is None
            else [variables]
            if isinstance(variables, str)
            else list(variables)
        )
        for name in names:
            if name not in self._all_tracks:
                raise ConfigurationError(
                    f"'{name}' is not recorded by {self.name}.",
                    hint=f"recorded: {', '.join(self._names) or 'nothing'}",
                )
        shaped = self._reshape_default if reshape is None else reshape
        data = {name: self._data(self._all_tracks[name], keep, shaped) for name in names}
        self.network._recorders_changed()
        if len(names) == 1 and variables is not None and not force_dict:
            return data[names[0]]
        return data

    def __getitem__(self, variable: str) -> Any:
        return self.get(variable)

    def _data(self, track: Track | SpikeTrack, keep: bool, reshape: bool) -> Any:
        now = self.network.current_step
        stops = [*track.stopped, now] if track.active else list(track.stopped)
        self._taken[track.name] = (list(track.started), list(stops))
        found = track.data(keep) if isinstance(track, SpikeTrack) else track.take(keep)
        if not keep:
            track.started = [now] if track.active else []
            track.stopped = []
        return found if isinstance(track, SpikeTrack) else self._shaped(track, found, reshape)

    def _shaped(self, track: Track, flat: NDArray[Any], reshape: bool) -> Any:
        if flat.dtype == np.float32:
            flat = flat.astype(np.float64)
        if track.whole:
            return flat[:, 0]
        if isinstance(self.object, Projection | Transpose):
            return self.object._rows_of_samples(track.name, flat)
        geometry = getattr(self.object, "geometry", None)
        if reshape and geometry is not None and not isinstance(self.object, Dendrite):
            return flat.reshape((len(flat), *geometry))
        return flat

    def times(self, variables: str | Sequence[str] | None = None) -> dict[str, dict[str, list[int | None]]]:
        """Steps at which the data of the last ``get`` started and stopped, per variable."""
        names = (
            self._names
            if variables is None
            else [variables]
            if isinstance(variables, str)
            else list(variables)
        )
        result: dict[str, dict[str, list[int | None]]] = {}
        for name in names:
            if name in self._taken:
                start, stop = self._taken[name]
                result[name] = {"start": list(start), "stop": list(stop)}
            elif name in self._all_tracks:
                result[name] = {"start": list(self._all_tracks[name].started), "stop": [None]}
            else:
                messages.warning(f"'{name}' is not recorded by {self.name}.")
        return result

    # -- towards the run --------------------------------------------------------------------------------

    def _spike_track(self, name: str) -> SpikeTrack:
        owner = _owner(self.object)
        assert isinstance(owner, Population) and owner._spikes is not None
        return SpikeTrack(name, owner._spikes, SPIKE_LISTS[name], _ranks(self.object))

    def _track(self, name: str) -> Track:
        obj = self.object
        owner = _owner(obj)
        if isinstance(owner, Population):
            if name.startswith("sum("):
                target = name[4:].rstrip(")").strip()
                ranks = _ranks(obj)
                return Track(name, self.network._sum_buffer(owner, target), ranks, INPUTS, whole=False)
            source = owner.state[name]
            phase = INPUTS if owner._spikes is not None and name.startswith("g_") else STATES
            whole = _locality(owner, name) is Locality.GLOBAL
            return Track(name, source, None if whole else _ranks(obj), phase, whole)
        root = owner.forward if isinstance(owner, Transpose) else owner
        source = root.state[name]
        if isinstance(obj, Dendrite):
            positions = obj._positions(name)
            return Track(
                name, source, positions, STATES, whole=positions.size == 1 and not obj._is_local(name)
            )
        return Track(name, source, None, STATES, whole=_locality(root, name) is Locality.GLOBAL)

    def _rebind(self) -> None:
        """The arrays of the object were made anew: read from those from now on."""
        for name, track in self._tracks.items():
            fresh = self._track(name)
            if fresh.count != track.count:
                track.drop()  # another number of synapses: the rows recorded so far have another width
            track.source, track.ranks = fresh.source, fresh.ranks

    def _steps(self) -> tuple[int, int]:
        network = self.network
        return max(1, network.to_steps(self.period)), network.to_steps(self.period_offset)


def _owner(obj: Recordable) -> Population | Projection | Transpose:
    if isinstance(obj, PopulationView):
        return obj.population
    if isinstance(obj, Dendrite):
        return obj.proj
    return obj


def _network_of(obj: Recordable) -> Network | None:
    return getattr(_owner(obj), "network", None)


def _name_of(obj: Recordable) -> str:
    return str(_owner(obj).name)


def _ranks(obj: Recordable) -> NDArray[np.int32] | None:
    return obj.ranks.astype(np.int32) if isinstance(obj, PopulationView) else None


def _locality(owner: Population | Projection, name: str) -> Locality:
    attribute = owner.model.attribute(name)
    assert attribute is not None
    return attribute.locality

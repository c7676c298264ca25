"""What can be recorded of which object, and where it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import Locality
from synloom.columns import Columns, columns_of
from synloom.dendrite import Dendrite
from synloom.epochs import Epoch
from synloom.population import Population
from synloom.projection import Projection
from synloom.recorded import About, Axes, Samples, doubles
from synloom.sink import Described
from synloom.spike_track import SpikeTrack
from synloom.track import INPUTS, STATES, Track
from synloom.transpose import Transpose
from synloom.view import PopulationView

if TYPE_CHECKING:
    from synloom.monitor_data import MonitorData
    from synloom.network import Network

Recordable = Population | PopulationView | Projection | Transpose | Dendrite

SPIKE_LISTS: Final = {"spike": "spike", "axon_spike": "axon"}  # recorded by name: the list of a population


def owner_of(obj: Recordable) -> Population | Projection | Transpose:
    """The population or projection that an object is, or is part of."""
    if isinstance(obj, PopulationView):
        return obj.population
    if isinstance(obj, Dendrite):
        return obj.proj
    return obj


def check_object(obj: object) -> None:
    """Refuse what has nothing to record."""
    if not isinstance(obj, Recordable):
        raise ConfigurationError(
            f"A {type(obj).__name__} cannot be recorded.",
            hint="record a Population, PopulationView, Projection, Transpose or Dendrite",
        )


def check_variable(obj: Recordable, variable: str, network: Network) -> None:
    """Refuse a variable that the object does not have."""
    owner = owner_of(obj)
    if variable in SPIKE_LISTS:
        _check_spikes(owner, variable)
        return
    if isinstance(owner, Population) and variable.startswith("sum("):
        target = _target(variable)
        if target in owner.targets or network._uses_sum(owner, target):
            return
        raise ConfigurationError(
            f"No projection with target '{target}' reaches population '{owner.name}'.",
            hint=f"its targets are {', '.join(dict.fromkeys(owner.targets)) or 'none'}",
        )
    if variable not in owner.attributes:
        raise ConfigurationError(
            f"'{variable}' is no attribute of {owner.name}.",
            hint=f"it has {', '.join(owner.attributes)}",
        )


def _check_spikes(owner: Population | Projection | Transpose, variable: str) -> None:
    spikes = owner._spikes if isinstance(owner, Population) else None
    if spikes is None:
        raise ConfigurationError(
            f"'{variable}' is recorded of spiking populations, {owner.name} is none.",
            hint="record r of a rate-coded population",
        )
    if SPIKE_LISTS[variable] not in spikes.lists:
        raise ConfigurationError(
            f"The neurons of '{owner.name}' emit no axonal spikes.",
            hint="give them axon_spike=",
        )


def spike_track(obj: Recordable, name: str) -> SpikeTrack:
    """Where ``spike`` or ``axon_spike`` of an object is recorded into."""
    owner = owner_of(obj)
    assert isinstance(owner, Population) and owner._spikes is not None
    return SpikeTrack(name, owner._spikes, SPIKE_LISTS[name], _ranks(obj))


def variable_track(obj: Recordable, name: str, network: Network) -> Track:
    """Where a variable of an object is read, and recorded into."""
    owner = owner_of(obj)
    if isinstance(owner, Population):
        return _population_track(owner, obj, name, network)
    root = owner.forward if isinstance(owner, Transpose) else owner
    source = root.state[name]
    if isinstance(obj, Dendrite):
        positions, local = obj._positions(name), obj._is_local(name)
        whole = positions.size == 1 and not local
        sources = obj._look().ranks if local and positions.size else np.empty(0, np.int32)
        return Track(name, source, positions, STATES, whole, sources=None if whole else sources)
    whole = _locality(root, name) is Locality.GLOBAL
    return Track(name, source, None, STATES, whole, reading=None if whole else owner._reading())


def _population_track(owner: Population, obj: Recordable, name: str, network: Network) -> Track:
    if name.startswith("sum("):
        # What spiking neurons receive are their conductances.
        conductance = f"g_{_target(name)}"
        if conductance not in owner.attributes:
            return Track(name, network._sum_buffer(owner, _target(name)), _ranks(obj), INPUTS, whole=False)
        return Track(name, owner.state[conductance], _ranks(obj), INPUTS, whole=False)
    phase = INPUTS if owner._spikes is not None and name.startswith("g_") else STATES
    whole = _locality(owner, name) is Locality.GLOBAL
    return Track(name, owner.state[name], None if whole else _ranks(obj), phase, whole)


def _target(variable: str) -> str:
    return variable.removeprefix("sum(").rstrip(")").strip()


def _ranks(obj: Recordable) -> NDArray[np.int32] | None:
    return obj.ranks.astype(np.int32) if isinstance(obj, PopulationView) else None


def _locality(owner: Population | Projection, name: str) -> Locality:
    attribute = owner.model.attribute(name)
    assert attribute is not None
    return attribute.locality


# -- what recorded values belong to ---------------------------------------------------------------------------


def about(monitor: MonitorData) -> About:
    """What a monitor records."""
    obj = monitor.object
    ranks = np.empty(0, np.int32)
    if isinstance(obj, Population | PopulationView):
        ranks = np.arange(obj.size, dtype=np.int32) if isinstance(obj, Population) else obj.ranks
    elif isinstance(obj, Dendrite):
        ranks = np.array([obj.post_rank], np.int32)
    return About(
        monitor=monitor.name,
        object=owner_of(obj).name,
        kind=_kind(obj),
        dt=monitor.network.dt,
        geometry=getattr(obj, "geometry", None),
        ranks=ranks.astype(np.int32) if len(ranks) else None,
    )


def _kind(obj: Recordable) -> str:
    """Classes that are derived count as what they are derived from."""
    kinds = (Population, PopulationView, Projection, Transpose, Dendrite)
    return next(kind.__name__.lower() for kind in kinds if isinstance(obj, kind))


def axes_of(obj: Recordable, track: Track | SpikeTrack) -> Axes:
    """What the values of a track belong to."""
    if isinstance(track, SpikeTrack):
        return Axes.SPIKES
    if track.whole:
        return Axes.WHOLE
    if isinstance(obj, Dendrite):
        return Axes.DENDRITE
    return Axes.SYNAPSES if isinstance(obj, Projection | Transpose) else Axes.NEURONS


def described(obj: Recordable, track: Track | SpikeTrack, attributes: dict[str, Any]) -> Described:
    """A track for a file."""

    def columns(now: Track) -> tuple[Columns, Any]:
        return _columns(obj, now.name, Epoch(now.reading, np.empty(0), now.sources))

    return Described(track, axes_of(obj, track), attributes, columns)


def _columns(obj: Recordable, name: str, epoch: Epoch) -> tuple[Columns, Any]:
    """The synapses of samples, and which value each of them takes if not its own."""
    if isinstance(obj, Dendrite):
        assert epoch.sources is not None
        return Columns.of_dendrite(obj.post_rank, epoch.sources), None
    assert isinstance(obj, Projection | Transpose) and epoch.reading is not None
    return columns_of(epoch.reading, obj._locality(name))


def samples(obj: Recordable, track: Track, keep: bool) -> Samples:
    """All samples of a track in memory, removed from it unless ``keep``."""
    steps, covered, axes = track.spans.steps(), track.spans.covered(), axes_of(obj, track)
    parts: list[tuple[Columns | None, Any]] = []
    for epoch in track.recorded(keep):
        values = doubles(epoch.samples)
        if axes in (Axes.SYNAPSES, Axes.DENDRITE):
            columns, pick = _columns(obj, track.name, epoch)
            parts.append((columns, values if pick is None else values[:, pick]))
        else:
            parts.append((None, values))
    if len(steps) != sum(len(values) for _, values in parts):
        raise ConfigurationError(
            f"The times of the samples of '{track.name}' are not known.",
            hint="they were loaded from a file that does not hold them: take them with get()",
        )
    return Samples(track.name, axes, parts, steps, covered)

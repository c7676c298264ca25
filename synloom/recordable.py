"""What can be recorded of which object, and where it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import Locality
from synloom.dendrite import Dendrite
from synloom.population import Population
from synloom.projection import Projection
from synloom.spike_track import SpikeTrack
from synloom.track import INPUTS, STATES, Track
from synloom.transpose import Transpose
from synloom.view import PopulationView

if TYPE_CHECKING:
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
        positions = obj._positions(name)
        return Track(name, source, positions, STATES, whole=positions.size == 1 and not obj._is_local(name))
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

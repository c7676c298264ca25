"""Descriptions of objects without what runs: for copies in other networks, and for other processes."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.connect.values import delay_array
from synloom.constant import local_constant, own_constants
from synloom.dendrite import Dendrite
from synloom.individual import IndividualNeuron
from synloom.monitor import Monitor
from synloom.population import Population
from synloom.projection import Projection
from synloom.runtime.buffers import aligned_copy
from synloom.spikes import SpikeState
from synloom.transpose import Transpose
from synloom.view import PopulationView

if TYPE_CHECKING:
    from synloom.network import Network

# What copies share: it never changes.
SHARED: Final = (
    "neuron_type",
    "synapse_type",
    "model",
    "_attributes",
    "_functions",
    "_callable",
    "psp",
    "psp_functions",
)


def bare_population(population: Population) -> dict[str, Any]:
    """Its description and initial values; nothing of a running network."""
    values = population.state if population._init is None else population._init
    return {
        **population.__dict__,
        "state": {name: array.copy() for name, array in values.items()},
        "flags": {name: flag.copy() for name, flag in population.flags.items()},
        "targets": list(population.targets),
        "sums": {},
        "_init": None,
        "_spikes": None,
    }


def dress_population(population: Population) -> None:
    """Make the buffers that ``bare_population`` left out."""
    population.state = {name: aligned_copy(array) for name, array in population.state.items()}
    if population.model.spiking:
        population._spikes = SpikeState(population.size, population.model.axon_spike is not None)


def bare_projection(projection: Projection) -> dict[str, Any]:
    """Its description and its connector, which ``compile()`` calls again."""
    state = copy.copy(projection._values)
    state.buffers, state._initial, state.single_weight = {}, {}, False
    state._given = dict(state._given)
    delays = projection._own_delays
    if delays.steps.size != 1:  # made anew with the synapses
        delays = delay_array(0.0, 0, projection.network)
    bare = {
        **projection.__dict__,
        "flags": {name: flag.copy() for name, flag in projection.flags.items()},
        "store": None,
        "_values": state,
        "_own_delays": delays,
        "_built_for": (),
    }
    bare.pop("event_step", None)
    return bare


def bare_monitor(monitor: Monitor) -> dict[str, Any]:
    """Its settings without data."""
    names = list(monitor._names)
    _refuse_file(monitor)
    return {
        **monitor.__dict__,
        "_names": names,
        "_tracks": {},
        "_spike_tracks": {},
        "_taken": {},
        "_origin": 0,
    }


# -- copies in another network --------------------------------------------------------------------------------


def add(network: Network, objects: Iterable[Any]) -> None:
    """Copies of objects of another network: populations first, then what needs them.

    Raises
    ------
    ConfigurationError
        Something that cannot be copied, that belongs to the network already, or was added before.
    """
    given = list(objects)
    for obj in given:
        if not isinstance(obj, Population | Projection | Transpose | Monitor):
            raise ConfigurationError(
                f"A {type(obj).__name__} can not be added to a network.",
                hint="add populations, projections and monitors",
            )
        if obj.network is network:
            raise ConfigurationError(f"{_label(obj)} belongs to this network already.")
        if network._copy_of(obj) is not None:
            raise ConfigurationError(f"{_label(obj)} was added to this network before.")
    order = (Population, Projection, Transpose, Monitor)
    for kind in order:
        for obj in given:
            if isinstance(obj, kind) and network._copy_of(obj) is None:
                _add_one(network, obj)


def _label(obj: Any) -> str:
    return f"{type(obj).__name__} '{obj.name}'"


def _add_one(network: Network, obj: Any) -> None:
    for name, constant in own_constants(obj.network).items():
        if name not in own_constants(network):
            local_constant(network, name, constant.value_in(obj.network))
    match obj:
        case Population():
            copied: Any = _duplicate(network, obj)
            copied.targets = []
            copied.id = network._add_population(copied)
        case Projection() | Transpose():
            _add_missing(network, obj)
            copied = _duplicate(network, obj)
            copied.id = network._add_projection(copied)
            copied.post_population.targets += (
                copied.targets if isinstance(copied, Projection) else [copied.target]
            )
        case _:
            copied = _monitor(network, obj)
    network._copies[id(obj)] = (obj, copied)


def _add_missing(network: Network, obj: Projection | Transpose) -> None:
    needed: list[Any] = [obj.pre_population, obj.post_population]
    needed += [obj.forward] if isinstance(obj, Transpose) else []
    for other in needed:
        if network._copy_of(other) is None:
            messages.info(f"{_label(other)} is added, too: {_label(obj)} needs it.")
            _add_one(network, other)


def _duplicate(network: Network, obj: Any) -> Any:
    memo: dict[int, Any] = {id(obj.network): network}
    memo |= {number: copied for number, (_, copied) in network._copies.items()}
    share(memo, [obj])
    return copy.deepcopy(obj, memo)


def share(memo: dict[int, Any], objects: Iterable[Any]) -> None:
    """Keep ``deepcopy`` from copying what never changes."""
    for obj in objects:
        parts = [obj.__dict__.get(name) for name in SHARED]
        connection = obj.__dict__.get("_connection")
        parts += [] if connection is None else [connection.connector]
        memo.update({id(part): part for part in parts if part is not None})


def _refuse_file(monitor: Monitor) -> None:
    if monitor.store is not None:
        raise ConfigurationError(
            f"{_label(monitor)} records to '{monitor.store.name}', which a copy must not write as well.",
            hint="make the monitor of the copy, with a file of its own",
        )


def _monitor(network: Network, monitor: Monitor) -> Monitor:
    """A monitor of the copy; the one of the original records no longer."""
    _refuse_file(monitor)
    if isinstance(monitor.object, Dendrite):
        raise ConfigurationError(
            f"{_label(monitor)} records a dendrite, and synapses are made anew in each network.",
            hint="make a monitor of the dendrite of the compiled copy",
        )
    owner = monitor.object.population if isinstance(monitor.object, PopulationView) else monitor.object
    if network._copy_of(owner) is None:
        messages.info(f"{_label(owner)} is added, too: {_label(monitor)} records it.")
        _add_one(network, owner)
    start = monitor.__dict__.setdefault("_copies_start", monitor._wants_start)
    copied = Monitor(
        network.get(monitor.object),
        list(monitor._names),
        monitor._period,
        monitor._offset,
        start,
        name=monitor.name,
        network=network,
    )
    copied._reshape_default = monitor._reshape_default
    monitor.pause()
    return copied


def counterpart(network: Network, obj: Any) -> Any:
    """What stands for an object of another network in this one; a list for a list.

    Raises
    ------
    ConfigurationError
        It was not added.
    """
    match obj:
        case list() | tuple():
            return [counterpart(network, o) for o in obj]
        case PopulationView():
            whole = counterpart(network, obj.population)
            return obj if whole is obj.population else PopulationView(whole, obj.ranks, obj.geometry)
        case IndividualNeuron():
            return counterpart(network, obj.population).neuron(obj.rank)
        case Dendrite():
            return counterpart(network, obj.proj).dendrite(obj.post_rank)
        case str():
            found: Sequence[Any] = [*network.populations, *network.projections, *network.monitors]
            named = next((o for o in found if o.name == obj), None)
            if named is None:
                raise ConfigurationError(f"Nothing in this network is named '{obj}'.")
            return named
        case Population() | Projection() | Transpose() | Monitor():
            if obj.network in (network, network._left_out):
                return obj
            copied = network._copy_of(obj)
            if copied is None:
                raise ConfigurationError(
                    f"{_label(obj)} was not added to this network.",
                    hint="net.add([...]), or Network(everything=True)",
                )
            return copied
        case _:
            raise ConfigurationError(f"A {type(obj).__name__} has no copy in a network.")


def by_name(network: Network, obj: Any) -> Any:
    """The object of the same kind and name: in another process there are no originals."""
    objects: list[Any] = [*network.populations, *network.projections, *network.monitors]
    for kind in (Population, Projection, Transpose, Monitor):
        if isinstance(obj, kind):
            return next((o for o in objects if isinstance(o, kind) and o.name == obj.name), None)
    return None

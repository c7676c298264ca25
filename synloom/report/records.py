"""What a report says of a network, before anybody decides how it is set: frozen, in the order of creation."""

from __future__ import annotations

from synloom.codegen.record import record
from synloom.report.formula import Formula, Line


@record
class ParameterItem:
    """A parameter that a model declares."""

    name: str
    symbol: Formula
    default: Line
    locality: str
    type: str


@record
class EquationItem:
    """A variable and its equation; ``formula`` is None where only events change it."""

    name: str
    symbol: Formula
    formula: Formula | None
    locality: str
    type: str = "float"
    init: Line = ()
    bounds: tuple[tuple[str, Formula], ...] = ()
    method: str = ""
    note: str = ""


@record
class SpikeItem:
    """When a neuron fires, and what then happens to it."""

    condition: Formula
    reset: tuple[Formula, ...] = ()


@record
class NeuronItem:
    """A neuron model."""

    name: str
    kind: str  # "rate-coded" or "spiking"
    description: str
    parameters: tuple[ParameterItem, ...]
    equations: tuple[EquationItem, ...]
    functions: tuple[Formula, ...] = ()
    spike: SpikeItem | None = None
    axon_spike: SpikeItem | None = None
    refractory: Line = ()


@record
class RuleItem:
    """Where synapses come or go: a condition and its settings."""

    condition: Formula
    settings: tuple[tuple[str, Formula], ...] = ()


@record
class SynapseItem:
    """A synapse model. ``transmission`` is what is transmitted in every step, None if only spikes transmit."""

    name: str
    kind: str
    description: str
    parameters: tuple[ParameterItem, ...]
    equations: tuple[EquationItem, ...]
    functions: tuple[Formula, ...] = ()
    transmission: Formula | None = None
    operation: str = "sum"
    pre_event: tuple[Formula, ...] = ()
    axon_event: tuple[Formula, ...] = ()
    post_event: tuple[Formula, ...] = ()
    creating: RuleItem | None = None
    pruning: RuleItem | None = None
    plastic: bool = False


@record
class ValueItem:
    """A parameter and the value or the range that it has now."""

    name: str
    symbol: Formula
    value: Line


@record
class PopulationItem:
    """A population; ``size`` is a number, or the geometry."""

    name: str
    size: str
    neuron: str
    values: tuple[ValueItem, ...] = ()


@record
class ProjectionItem:
    """A projection, or a transpose: one that ``shares`` the weights of the projection of that name."""

    name: str
    source: str
    destination: str
    target: str
    synapse: str
    connector: str
    pattern: Line
    shares: str = ""
    values: tuple[ValueItem, ...] = ()


@record
class MonitorItem:
    """What is recorded of an object, every ``period`` ms."""

    object: str
    variables: tuple[str, ...]
    period: str


@record
class InputItem:
    """What drives a population from outside."""

    population: str
    kind: str
    facts: tuple[Line, ...]


@record
class NetworkReport:
    """Everything a report can say."""

    title: str
    author: str
    date: str
    version: str
    backend: str
    dt: str
    precision: str
    compiled: bool
    populations: tuple[PopulationItem, ...]
    projections: tuple[ProjectionItem, ...]
    monitors: tuple[MonitorItem, ...]
    functions: tuple[Formula, ...]
    neurons: tuple[NeuronItem, ...]
    synapses: tuple[SynapseItem, ...]
    constants: tuple[ValueItem, ...]
    inputs: tuple[InputItem, ...]

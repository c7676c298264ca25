"""The parts of a network as the oracle holds them: every neuron and every synapse one entry of a list."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import Attribute, Event, NeuronModel, ProjectionIR, SynapseModel
from synloom.codegen.ir.types import DelayKind, Locality, Operation
from tests.oracle.expressions import Functions, Number
from tests.oracle.spikes import NEVER, Spikes

Array = np.ndarray[Any, Any]
Values = dict[str, list[Number]]


@dataclass
class Attributes:
    """Values by name, read and written as NumPy arrays."""

    values: Values

    def __getitem__(self, name: str) -> Array:
        return np.array(self.values[name])

    def __setitem__(self, name: str, value: object) -> None:
        self.values[name][:] = np.broadcast_to(np.asarray(value), len(self.values[name])).tolist()


@dataclass
class Neurons(Attributes):
    """One population. ``past`` holds the values at the end of every step so far, the initial ones first.

    ``unread`` are conductances by target that projections reach and the neuron never mentions, ``received``
    all conductances as P2 of the last step left them: that is how they are recorded.
    """

    model: NeuronModel
    size: int
    enabled: bool = True
    spikes: Spikes | None = None
    sums: dict[str, list[float]] = field(default_factory=dict)
    past: list[Values] = field(default_factory=list)
    reduced: Values = field(default_factory=dict)  # what global operations are taken of
    unread: dict[str, list[float]] = field(default_factory=dict)
    received: dict[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.model.spiking and self.spikes is None:
            self.spikes = Spikes(self.size)
        self.push()
        self.reduce()

    def push(self) -> None:
        """P6: the values of this step join the history."""
        self.past.append({name: list(values) for name, values in self.values.items()})

    def reduce(self) -> None:
        """P7: global operations are of these values until this is called again."""
        self.reduced = {name: list(values) for name, values in self.values.items()}

    def value(self, name: str, rank: int, delay: int | None = None) -> Number:
        """Of neuron ``rank``: now, or as it was pushed ``delay`` steps ago; the initial value before that."""
        values = self.values if delay is None else self.past[max(0, len(self.past) - delay)]
        return values[name][self.index(name, rank)]

    def index(self, name: str, rank: int) -> int:
        return rank if declared(self.model, name).locality is Locality.LOCAL else 0

    def over_all(self, operation: str, name: str) -> float:
        """Compute a global operation (spec 01, 10.5)."""
        values = [float(v) for v in self.reduced[name]]
        match operation:
            case "min":
                return min(values)
            case "max":
                return max(values)
            case "mean":
                return sum(values) / len(values)
            case "norm1":
                return sum(abs(v) for v in values)
            case "norm2":
                return math.sqrt(sum(v * v for v in values))
            case _:
                raise AssertionError(operation)

    def input(self, target: str, rank: int) -> float:
        """``sum(target)``; ``sum()`` is that of all targets that reach the population."""
        if target == "":
            return sum(values[rank] for values in self.sums.values())
        return self.sums[target][rank] if target in self.sums else 0.0

    def reached(self, target: str) -> list[Any]:
        """List what a projection with this target adds to: conductances of spiking neurons, sums of others."""
        if self.spikes is None:
            return self.sums.setdefault(target, [0.0] * self.size)
        if f"g_{target}" in self.values:
            return self.values[f"g_{target}"]
        return self.unread.setdefault(target, [0.0] * self.size)

    def keep_input(self) -> None:
        """P3: note the conductances before the neurons use them up."""
        own = {name[2:]: values for name, values in self.values.items() if name.startswith("g_")}
        self.received = {target: np.array(values) for target, values in (own | self.unread).items()}

    def last_spike(self, rank: int) -> int:
        """Step in which neuron ``rank`` last fired; rate-coded ones never do."""
        return NEVER if self.spikes is None else self.spikes.last[rank]


@dataclass(frozen=True)
class Link:
    """One synapse: ranks in the full populations, and where its semiglobal values stand."""

    pre: int
    post: int
    row: int


@dataclass
class Synapses(Attributes):
    """One forward projection. ``delays``: steps of each synapse; None where the last step is read."""

    name: str
    model: SynapseModel
    targets: tuple[str, ...]
    pre: Neurons
    post: Neurons
    links: list[Link]
    single_weight: bool = False
    delays: list[int] | None = None
    transmission: bool = True
    update: bool = True
    plasticity: bool = True
    period: int = 1
    offset: int = 0
    axon_transmission: bool = True
    last_event: list[int] = field(default_factory=list)  # step up to which event-driven variables are known
    ends: tuple[list[int], list[int]] = ([], [])  # ranks of the neurons that may have synapses
    usual_delay: int = 1  # of new synapses: what all share, else one step
    started: dict[str, tuple[int, int]] = field(
        default_factory=dict
    )  # creating, pruning: first step and period
    rows: list[int] = field(default_factory=list)  # post ranks of the dendrites, with or without synapses

    def __post_init__(self) -> None:
        self.last_event = [NEVER] * len(self.links)
        self.rows = sorted({link.post for link in self.links})

    def names(self, locality: Locality) -> list[str]:
        """Names of the attributes of one locality."""
        return [a.name for a in self.model.attributes if a.locality is locality]

    def index(self, name: str, synapse: int) -> int:
        """Where the value of attribute ``name`` of one synapse stands."""
        if name == "w" and self.single_weight:
            return 0
        match declared(self.model, name).locality:
            case Locality.GLOBAL:
                return 0
            case Locality.SEMIGLOBAL:
                return self.links[synapse].row
            case Locality.LOCAL:
                return synapse


@dataclass
class Reading:
    """A projection or transpose as P2 sees it: which way each synapse is read, and what is added where.

    ``pre_spike`` and ``axon_spike`` are what spikes of either kind do here; None where they do nothing.
    """

    name: str
    synapses: Synapses
    targets: tuple[str, ...]
    psp: Expr | None
    operation: Operation
    functions: Functions
    pre: Neurons
    post: Neurons
    ends: list[tuple[int, int]]  # pre and post rank of each synapse
    delays: list[int] | None
    pre_spike: Event | None = None
    axon_spike: Event | None = None
    transmission: bool = True

    def delay(self, synapse: int) -> int:
        return 1 if self.delays is None else self.delays[synapse]


def declared(model: NeuronModel | SynapseModel, name: str) -> Attribute:
    attribute = model.attribute(name)
    assert attribute is not None, f"{model.name} has no attribute {name}"
    return attribute


def neurons_of(model: NeuronModel, population: Any) -> Neurons:
    """Copy what a compiled population holds."""
    spikes = None
    if model.spiking:
        kept = population._spikes.buffers
        periods: list[int] = kept["refractory_steps"].tolist()
        spikes = Spikes(population.size, periods, int(kept["rate_window"][0]))
    enabled = bool(population.flags["enabled"][0])
    return Neurons(_copied(population.state), model, population.size, enabled, spikes)


def synapses_of(ir: ProjectionIR, projection: Any, populations: Mapping[str, Neurons]) -> Synapses:
    """Copy what a compiled projection holds."""
    flags, links = projection.flags, _links(projection.store, ir.by_source)
    return Synapses(
        _copied(projection.state),
        ir.name,
        ir.synapse,
        ir.targets,
        populations[ir.pre],
        populations[ir.post],
        links,
        ir.single_weight,
        delays_of(projection, len(links)),
        bool(flags["transmission"][0]),
        bool(flags["update"][0]),
        bool(flags["plasticity"][0]),
        int(flags["period"][0]),
        int(flags["offset"][0]),
        bool(flags["axon_transmission"][0]) if "axon_transmission" in flags else True,
        ends=([int(r) for r in projection.pre.ranks], [int(r) for r in projection.post.ranks]),
        usual_delay=1 if ir.delay is DelayKind.PER_SYNAPSE else int(projection.delay_steps[0]),
    )


def delays_of(owner: Any, count: int) -> list[int] | None:
    """Delay in steps of each synapse of a projection or transpose."""
    match DelayKind(owner.delay_kind):
        case DelayKind.NONE:
            return None
        case DelayKind.UNIFORM:
            return [int(owner.delay_steps[0])] * count
        case DelayKind.PER_SYNAPSE:
            steps: list[int] = np.asarray(owner.delay_steps).tolist()
            return steps


def _copied(state: Mapping[str, Array]) -> Values:
    return {name: np.asarray(array).ravel().tolist() for name, array in state.items()}


def _links(store: Any, by_source: bool) -> list[Link]:
    """List the synapses in the order of their store, whose rows are post neurons or, ``by_source``, pre ones."""
    columns, dense = np.asarray(store.columns).tolist(), store.column is None
    links = []
    for row, rank in enumerate(np.asarray(store.rows).tolist()):
        begin, end = int(store.row_ptr[row]), int(store.row_ptr[row + 1])
        for synapse in range(begin, end):
            column = synapse - begin if dense else int(store.column[synapse])
            other = columns[column]
            links.append(Link(rank, other, column) if by_source else Link(other, rank, row))
    return links

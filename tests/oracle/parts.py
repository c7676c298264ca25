"""The parts of a network as the oracle holds them: every neuron and every synapse one entry of a list."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import Attribute, NeuronModel, ProjectionIR, SynapseModel
from synloom.codegen.ir.types import DelayKind, Locality, Operation
from tests.oracle.expressions import Functions, Number

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
    """One population. ``past`` holds the values at the end of every step so far, the initial ones first."""

    model: NeuronModel
    size: int
    enabled: bool = True
    sums: dict[str, list[float]] = field(default_factory=dict)
    past: list[Values] = field(default_factory=list)
    reduced: Values = field(default_factory=dict)  # what global operations are taken of

    def __post_init__(self) -> None:
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
        return values[name][rank if declared(self.model, name).locality is Locality.LOCAL else 0]

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


@dataclass(frozen=True)
class Link:
    """One synapse: ranks in the full populations, and the row its semiglobal values stand in."""

    pre: int
    post: int
    row: int


@dataclass
class Synapses(Attributes):
    """One forward projection. ``delays``: steps of each synapse; None where the last step is read."""

    name: str
    model: SynapseModel
    target: str
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
    """A projection or transpose as P2 sees it: which way each synapse is read, and what is added where."""

    name: str
    synapses: Synapses
    target: str
    psp: Expr
    operation: Operation
    functions: Functions
    pre: Neurons
    post: Neurons
    ends: list[tuple[int, int]]  # pre and post rank of each synapse
    delays: list[int] | None
    transmission: bool = True


def declared(model: NeuronModel | SynapseModel, name: str) -> Attribute:
    attribute = model.attribute(name)
    assert attribute is not None, f"{model.name} has no attribute {name}"
    return attribute


def neurons_of(model: NeuronModel, population: Any) -> Neurons:
    """Copy what a compiled population holds."""
    return Neurons(_copied(population.state), model, population.size, bool(population.flags["enabled"][0]))


def synapses_of(ir: ProjectionIR, projection: Any, populations: Mapping[str, Neurons]) -> Synapses:
    """Copy what a compiled projection holds."""
    flags, links = projection.flags, _links(projection.store)
    return Synapses(
        _copied(projection.state),
        ir.name,
        ir.synapse,
        ir.target,
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


def _links(store: Any) -> list[Link]:
    columns, dense = np.asarray(store.columns).tolist(), store.column is None
    links = []
    for row, post in enumerate(np.asarray(store.rows).tolist()):
        begin, end = int(store.row_ptr[row]), int(store.row_ptr[row + 1])
        for synapse in range(begin, end):
            column = synapse - begin if dense else int(store.column[synapse])
            links.append(Link(columns[column], post, row))
    return links

"""The slots of the binding table and the kernels of a network, collected while its steps are planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from synloom.codegen.artifact import Slot, SlotKind
from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import NetworkIR, PopulationIR, ProjectionIR
from synloom.codegen.ir.plan import (
    Argument,
    BufferRef,
    EventKernel,
    Field,
    FieldKind,
    Kernel,
    NeuronKernel,
    PushDelay,
    Reduce,
    SweepKernel,
    SynapseKernel,
)
from synloom.codegen.ir.types import DType, Locality, Precision, Side
from synloom.codegen.lang.builtins import REDUCTIONS
from synloom.codegen.passes import gather
from synloom.codegen.passes.draws import RANDOM, STREAMS

# What spiking populations have besides their attributes.
SPIKE_STATE = {
    "refractory_left": DType.INT32,
    "refractory_steps": DType.INT32,
    "last_spike": DType.INT,
    "spike_head": DType.INT,
    "spike_flags": DType.BOOL,
    "spike_ranks": DType.INT32,
    "spike_counts": DType.INT32,
    "axon_flags": DType.BOOL,
    "axon_ranks": DType.INT32,
    "axon_counts": DType.INT32,
}
# Where the synapses are: made from the store.
STRUCTURE = frozenset(
    [
        "rows",
        "columns",
        "row_ranks",
        "column_ranks",
        "first_column",
        "row_of",
        "column_of",
        "row_ptr",
        "column",
    ]
    + ["column_counts", "reverse_ptr", "reverse_synapse", "reverse_row"]
)
OWN_OBJECTS = ("clock", "constants", "recorders", RANDOM[0], STREAMS)


@dataclass
class Builder:
    """Collects the slots of the binding table, each once, in the order in which they are asked for."""

    network: NetworkIR
    names: dict[str, str]  # of populations
    links: dict[str, str]  # of projections and transposes
    slots: dict[BufferRef, Slot] = field(default_factory=dict)
    kernels: dict[str, Kernel] = field(default_factory=dict)
    lines: dict[BufferRef, PushDelay] = field(default_factory=dict)
    reductions: dict[BufferRef, Reduce] = field(default_factory=dict)

    def slot(self, object: str, name: str, dtype: DType, role: str, size: bool = False) -> BufferRef:
        kind = SlotKind.SIZE if size else SlotKind.ARRAY
        key = (object, name)
        if key not in self.slots:
            self.slots[key] = Slot(object, name, kind, numpy_name(dtype, self.network.precision), role)
        return key

    def kernel(self, kernel: Kernel) -> Kernel:
        return self.kernels.setdefault(kernel.name, kernel)

    def of_population(self, population: PopulationIR, what: str, dtype: DType = DType.REAL) -> BufferRef:
        """Buffer ``what`` of a population: an attribute, a weighted sum, a global operation or a delay line."""
        owner = self.names[population.name]
        attribute = population.neuron.attribute(what)
        if what in ("size", "line_length", "spike_rows"):
            return self.slot(owner, what, DType.INT, "structure", size=True)
        if attribute is not None:
            return self.slot(owner, what, attribute.dtype, "state")
        if what in SPIKE_STATE and population.neuron.spiking:
            return self.slot(owner, what, SPIKE_STATE[what], "state")
        if what.endswith("_line"):
            return self._line(population, what)
        if what.endswith("_line_head"):
            return self.slot(owner, what, DType.INT, "state")
        op, _, source = what.partition("_")
        if op in REDUCTIONS and population.neuron.attribute(source) is not None:
            key = self.slot(owner, what, DType.REAL, "input")
            buffer = self.of_population(population, source)
            self.slot(owner, "size", DType.INT, "structure", size=True)
            self.reductions[key] = Reduce(owner, op, buffer[1], what)
            return key
        return self.slot(owner, what, dtype, "input")

    def spikes(self, population: PopulationIR, kind: str = "spike") -> tuple[BufferRef, ...]:
        """The ring of a population's spike lists, or with ``kind`` axon that of its axonal spikes."""
        names = (f"{kind}_ranks", f"{kind}_counts", "spike_head", "size", "spike_rows")
        return tuple(self.of_population(population, name) for name in names)

    def _line(self, population: PopulationIR, what: str) -> BufferRef:
        owner = self.names[population.name]
        source = what.removesuffix("_line")
        attribute = population.neuron.attribute(source)
        assert attribute is not None
        key = self.slot(owner, what, DType.REAL, "state")
        self.of_population(population, source)
        for needed in ("size", "line_length", f"{what}_head"):
            self.of_population(population, needed)
        single = attribute.locality is Locality.GLOBAL
        self.lines[key] = PushDelay(owner, source, what, single)
        return key

    def constant(self, name: str) -> BufferRef:
        return self.slot("constants", name, DType.REAL, "input")


def numpy_name(dtype: DType, precision: Precision) -> str:
    """NumPy's name of a buffer's type."""
    if dtype is DType.REAL:
        return "float64" if precision is Precision.DOUBLE else "float32"
    return {DType.INT: "int64", DType.BOOL: "bool", DType.INT32: "int32", DType.UINT16: "uint16"}[dtype]


def all_exprs(kernel: Kernel) -> list[Expr]:
    """Every node of the expressions and functions of a kernel."""
    match kernel:
        case SweepKernel():
            exprs = [r.psp for r in kernel.readers]
        case SynapseKernel():
            blocks = (kernel.global_block, kernel.row_block, kernel.local_block)
            exprs = [e for b in blocks for e in gather.expressions(b)]
        case EventKernel():
            exprs = list(gather.expressions(kernel.block))
        case NeuronKernel():
            steps = (kernel.global_block, kernel.local_block, *(f.reset for f in kernel.firings))
            exprs = [e for b in steps for e in gather.expressions(b)]
            exprs += [f.condition for f in kernel.firings]
            exprs += [] if kernel.refractory is None else [kernel.refractory]
        case _:
            assert_never(kernel)
    return list(gather.nodes(exprs, kernel.functions))


def sides_of(build: Builder, root: ProjectionIR) -> dict[Side, PopulationIR]:
    """The two populations of a store, as its kernels see them."""
    populations = {p.name: p for p in build.network.populations}
    pre, post = populations[root.pre], populations[root.post]
    return {Side.ROW: pre, Side.COLUMN: post} if root.by_source else {Side.ROW: post, Side.COLUMN: pre}


def arguments(
    build: Builder,
    root: ProjectionIR,
    kernel: SweepKernel | SynapseKernel | EventKernel,
    sides: dict[Side, PopulationIR],
    bound: dict[str, tuple[BufferRef, ...]],
) -> tuple[Argument, ...]:
    """Bind the fields of a kernel over the store of ``root``; those in ``bound`` are bound already."""
    constants = set(gather.constants(all_exprs(kernel)))
    members = {m.name for m in kernel.members}

    def bind(f: Field) -> tuple[BufferRef, ...]:
        owner = build.links[root.name]
        if f.name in bound:
            return bound[f.name]
        if f.name in constants:
            return (build.constant(f.name),)
        if f.name in STRUCTURE:
            return (build.slot(owner, f.name, f.dtype, "structure", size=f.kind is FieldKind.SIZE),)
        if f.name in members:
            return (build.slot(owner, f.name, f.dtype, "state"),)
        if f.name == "scratch":
            return (build.slot(owner, f.name, f.dtype, "scratch"),)
        if f.name == "plasticity":
            return (build.slot(owner, f.name, f.dtype, "flag"),)
        side, _, what = f.name.partition("_")
        return (build.of_population(sides[Side(side)], what, f.dtype),)

    return tuple(Argument(f.name, bind(f)) for f in kernel.fields)

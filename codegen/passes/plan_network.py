"""From Model IR to the Plan of one step: which kernels, bound to which buffers, in which order."""

from __future__ import annotations

from dataclasses import dataclass, field

from synloom.codegen.artifact import Manifest, Slot, SlotKind
from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import NetworkIR, PopulationIR, ProjectionIR, TransposeIR
from synloom.codegen.ir.plan import (
    Argument,
    BufferRef,
    ClearSum,
    Field,
    FieldKind,
    Kernel,
    Launch,
    NeuronKernel,
    Plan,
    PushDelay,
    Reduce,
    SweepKernel,
    SynapseKernel,
)
from synloom.codegen.ir.types import DelayKind, DType, Locality, Precision
from synloom.codegen.names import unique_names
from synloom.codegen.passes import draws, gather
from synloom.codegen.passes.expand_sums import expand_sums, targets_of
from synloom.codegen.passes.plan_neurons import plan_neuron
from synloom.codegen.passes.plan_synapses import Reading, plan_sweep, plan_update
from synloom.codegen.passes.share_sweeps import share_sweeps

OWN_OBJECTS = ("clock", "constants", "recorders", draws.RANDOM[0], draws.STREAMS)
STRUCTURE = {"rows", "columns", "row_ranks", "column_ranks", "row_ptr", "column", "column_counts"}


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
        if what == "size" or what == "line_length":
            return self.slot(owner, what, DType.INT, "structure", size=True)
        if attribute is not None:
            return self.slot(owner, what, attribute.dtype, "state")
        if what.endswith("_line"):
            return self._line(population, what)
        if what.endswith("_line_head"):
            return self.slot(owner, what, DType.INT, "state")
        op, _, source = what.partition("_")
        if op != "sum" and population.neuron.attribute(source) is not None:
            key = self.slot(owner, what, DType.REAL, "input")
            buffer = self.of_population(population, source)
            self.slot(owner, "size", DType.INT, "structure", size=True)
            self.reductions[key] = Reduce(owner, op, buffer[1], what)
            return key
        return self.slot(owner, what, dtype, "input")

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
    return {DType.INT: "int64", DType.BOOL: "bool", DType.INT32: "int32"}[dtype]


def plan_network(network: NetworkIR) -> Plan:
    """All phases of a step (spec 02, section 2) over named buffers."""
    network = expand_sums(network)
    names = unique_names((p.name for p in network.populations), reserved=OWN_OBJECTS)
    links = unique_names((p.name for p in network.projections), reserved=(*OWN_OBJECTS, *names.values()))
    build = Builder(network, names, links)
    build.slot("clock", "step", DType.INT, "clock")
    build.slot("clock", "dt", DType.REAL, "clock")
    # Times are double in either precision.
    build.slots["clock", "dt"] = Slot("clock", "dt", SlotKind.ARRAY, "float64", "clock")
    build.slot("recorders", "length", DType.INT, "structure", size=True)
    build.slot("recorders", "table", DType.INT, "structure")
    neurons = tuple(_launch_neuron(build, p) for p in network.populations)
    sweeps = tuple(_launch_sweep(build, root, readings) for root, readings in share_sweeps(network))
    updates = tuple(_launch_update(build, p) for p in network.projections if isinstance(p, ProjectionIR))
    clears = tuple(
        ClearSum(object, name)
        for object, name in build.slots
        if name.startswith("sum_") and build.slots[object, name].role == "input"
    )
    return Plan(
        precision=network.precision,
        kernels=tuple(build.kernels.values()),
        clears=clears,
        sweeps=sweeps,
        neurons=neurons,
        delays=tuple(build.lines.values()),
        reductions=tuple(build.reductions.values()),
        synapses=tuple(u for u in updates if u is not None),
        scratch=_scratch(build, sweeps + tuple(u for u in updates if u is not None)),
        objects=tuple(
            [(p.name, names[p.name]) for p in network.populations]
            + [(p.name, links[p.name]) for p in network.projections]
        ),
        manifest=Manifest(_grouped(build.slots)),
    )


def _scratch(build: Builder, launches: tuple[Launch, ...]) -> tuple[tuple[str, int], ...]:
    """Reals per column that the kernels of each store stage beside it."""
    widths: dict[str, int] = {}
    for launch in launches:
        kernel = build.kernels[launch.kernel]
        assert not isinstance(kernel, NeuronKernel)
        for argument in launch.arguments:
            if argument.field == "scratch":
                object = argument.buffers[0][0]
                widths[object] = max(widths.get(object, 0), kernel.width)
    return tuple(widths.items())


def _grouped(slots: dict[BufferRef, Slot]) -> tuple[Slot, ...]:
    """Slots object by object, in the order the objects first appear."""
    objects = dict.fromkeys(slot.object for slot in slots.values())
    return tuple(s for o in objects for s in slots.values() if s.object == o)


def _launch_neuron(build: Builder, population: PopulationIR) -> Launch:
    kernel = build.kernel(plan_neuron(population.neuron))
    owner = build.names[population.name]
    build.of_population(population, "size")
    enabled = build.slot(owner, "enabled", DType.BOOL, "flag")
    constants = set(gather.constants(_all_exprs(kernel)))
    bound = draws.draw_buffers(build, kernel, {draws.OBJECT: owner})
    for f in kernel.fields:
        if f.name not in bound:
            of = build.constant(f.name) if f.name in constants else build.of_population(population, f.name)
            bound[f.name] = (of,)
    arguments = tuple(Argument(f.name, bound[f.name]) for f in kernel.fields)
    return Launch(kernel.name, population.name, arguments, guards=(enabled,))


def _all_exprs(kernel: Kernel) -> list[Expr]:
    match kernel:
        case SweepKernel():
            exprs = [r.psp for r in kernel.readers]
        case SynapseKernel():
            exprs = [
                e
                for b in (kernel.global_block, kernel.row_block, kernel.local_block)
                for e in gather.expressions(b)
            ]
        case _:
            exprs = [e for b in (kernel.global_block, kernel.local_block) for e in gather.expressions(b)]
    return list(gather.nodes(exprs, kernel.functions))


@dataclass(frozen=True)
class Sides:
    """The two populations of a store, as its kernels see them."""

    row: PopulationIR
    column: PopulationIR


def _launch_sweep(build: Builder, root: ProjectionIR, readings: list[Reading]) -> Launch:
    kernel = build.kernel(plan_sweep(root, readings))
    assert isinstance(kernel, SweepKernel)
    sides = _sides(build, root)
    bound: dict[str, tuple[BufferRef, ...]] = {}
    for reader, reading in zip(kernel.readers, readings, strict=True):
        owner = build.links[reading.object.name]
        receiver = sides.column if reading.backward else sides.row
        receiver_name = build.names[receiver.name]
        transmission = build.slot(owner, "transmission", DType.BOOL, "flag")
        enabled = build.slot(receiver_name, "enabled", DType.BOOL, "flag")
        bound[reader.on_field] = (transmission, enabled)
        bound[reader.sum_field] = (build.of_population(receiver, f"sum_{targets_of(reading.object)[0]}"),)
        build.slot(receiver_name, "size", DType.INT, "structure", size=True)
        forward_delay = isinstance(reading.object, TransposeIR) and reading.object.delay_of_forward
        delayed = root if forward_delay else reading.object
        delay = reader.sum_field.removesuffix("sum") + "delay"
        if any(f.name == delay for f in kernel.fields):
            bound[delay] = (_delay(build, delayed),)
        bound |= draws.draw_buffers(build, kernel, {reader.sum_field.removesuffix("sum") + "draws": owner})
    arguments = _arguments(build, root, kernel, sides, bound)
    title = " and ".join(r.object.name for r in readings)
    return Launch(kernel.name, title, arguments)


def _delay(build: Builder, projection: ProjectionIR | TransposeIR) -> BufferRef:
    return build.slot(build.links[projection.name], "delay", DType.INT32, "state")


def _launch_update(build: Builder, projection: ProjectionIR) -> Launch | None:
    planned = plan_update(projection)
    if planned is None:
        return None
    kernel = build.kernel(planned)
    assert isinstance(kernel, SynapseKernel)
    owner = build.links[projection.name]
    sides = _sides(build, projection)
    bound: dict[str, tuple[BufferRef, ...]] = {}
    if projection.delay is not DelayKind.NONE and any(f.name == "forward_delay" for f in kernel.fields):
        bound["forward_delay"] = (_delay(build, projection),)
    bound |= draws.draw_buffers(build, kernel, {draws.OBJECT: owner})
    guards = (
        build.slot(owner, "transmission", DType.BOOL, "flag"),
        build.slot(owner, "update", DType.BOOL, "flag"),
        build.slot(build.names[sides.row.name], "enabled", DType.BOOL, "flag"),
    )
    build.slot(owner, "period", DType.INT, "flag")
    build.slot(owner, "offset", DType.INT, "flag")
    arguments = _arguments(build, projection, kernel, sides, bound)
    return Launch(kernel.name, projection.name, arguments, guards, schedule=owner)


def _sides(build: Builder, root: ProjectionIR) -> Sides:
    populations = {p.name: p for p in build.network.populations}
    return Sides(row=populations[root.post], column=populations[root.pre])


def _arguments(
    build: Builder,
    root: ProjectionIR,
    kernel: SweepKernel | SynapseKernel,
    sides: Sides,
    bound: dict[str, tuple[BufferRef, ...]],
) -> tuple[Argument, ...]:
    constants = set(gather.constants(_all_exprs(kernel)))
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
        return (build.of_population(sides.row if side == "row" else sides.column, what, f.dtype),)

    return tuple(Argument(f.name, bind(f)) for f in kernel.fields)

"""From Model IR to the Plan of one step: which kernels, bound to which buffers, in which order."""

from __future__ import annotations

from collections.abc import Iterator

from synloom.codegen.artifact import Manifest, Slot, SlotKind
from synloom.codegen.ir.model import NetworkIR, PopulationIR, ProjectionIR, TransposeIR
from synloom.codegen.ir.plan import (
    Argument,
    BufferRef,
    ClearSum,
    FieldKind,
    Launch,
    NeuronKernel,
    Plan,
    SweepKernel,
    SynapseKernel,
)
from synloom.codegen.ir.types import DelayKind, DType, InputKind, Side
from synloom.codegen.names import unique_names
from synloom.codegen.passes import draws, gather
from synloom.codegen.passes.builder import OWN_OBJECTS, Builder, all_exprs, arguments, sides_of
from synloom.codegen.passes.expand_sums import expand_sums, targets_of
from synloom.codegen.passes.launch_events import deliveries, post_events, rings
from synloom.codegen.passes.plan_events import conductance
from synloom.codegen.passes.plan_inputs import ignored_inputs, plan_decodings, plan_inputs
from synloom.codegen.passes.plan_neurons import plan_neuron
from synloom.codegen.passes.plan_synapses import Reading, plan_sweep, plan_update, reading_of
from synloom.codegen.passes.share_sweeps import share_sweeps


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
    build.slot("recorders", "spike_length", DType.INT, "structure", size=True)
    build.slot("recorders", "spikes", DType.INT, "structure")
    pauses = _pauses(build)
    inputs = plan_inputs(build)
    neurons = tuple(n for n in (_launch_neuron(build, p) for p in network.populations) if n is not None)
    sweeps = tuple(_transmissions(build))
    decodings = tuple(plan_decodings(build))
    roots = [p for p in network.projections if isinstance(p, ProjectionIR)]
    updates = tuple(u for u in (_launch_update(build, p) for p in roots) if u is not None)
    events = tuple(e for p in roots for e in post_events(build, p))
    clears = tuple(
        ClearSum(object, name)
        for object, name in build.slots
        if name.startswith("sum_") and build.slots[object, name].role == "input"
    ) + ignored_inputs(build)
    return Plan(
        precision=network.precision,
        kernels=tuple(build.kernels.values()),
        clears=clears,
        sweeps=sweeps,
        neurons=neurons,
        delays=tuple(build.lines.values()),
        reductions=tuple(build.reductions.values()),
        synapses=updates,
        rings=rings(build),
        events=events,
        decodings=decodings,
        inputs=inputs,
        scratch=_scratch(build, sweeps + updates),
        objects=tuple(
            [(p.name, names[p.name]) for p in network.populations]
            + [(p.name, links[p.name]) for p in network.projections]
        ),
        manifest=Manifest(_grouped(build.slots)),
        pauses=pauses,
    )


def _pauses(build: Builder) -> bool:
    """Whether a step may stop in phase 10. Then it counts the steps of random numbers, which decide there as well."""
    roots = [p for p in build.network.projections if isinstance(p, ProjectionIR)]
    if not any(p.synapse.restructures for p in roots):
        return False
    build.slot("clock", "pause", DType.INT, "clock")
    build.slot("clock", "phase", DType.INT, "clock")
    build.slot(*draws.RANDOM, DType.INT, "state")
    return True


def _transmissions(build: Builder) -> Iterator[Launch]:
    """Phase 2, in order of creation: of each projection first its spikes, then its sums."""
    shared = share_sweeps(build.network)
    for link in build.network.projections:
        yield from deliveries(build, link)
        yield from (_launch_sweep(build, root, readings) for root, readings in shared if root is link)
        if isinstance(link, ProjectionIR) and link.synapse.psp is not None:
            for number in range(1, len(link.targets)):
                yield _launch_sweep(build, link, [reading_of(link)], number)


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


def _launch_neuron(build: Builder, population: PopulationIR) -> Launch | None:
    """The update of a population's neurons; None if they do nothing of themselves."""
    owner = build.names[population.name]
    build.of_population(population, "size")
    enabled = build.slot(owner, "enabled", DType.BOOL, "flag")
    planned = plan_neuron(population.neuron)
    given = population.input is not None and population.input.kind is InputKind.SPIKES
    if given or not (planned.global_block or planned.local_block or planned.firings):
        return None
    kernel = build.kernel(planned)
    constants = set(gather.constants(all_exprs(kernel)))
    bound = draws.draw_buffers(build, kernel, {draws.OBJECT: owner})
    for f in kernel.fields:
        if f.kind is FieldKind.SPIKES:
            bound[f.name] = build.spikes(population, f.name.removesuffix("_list"))
        elif f.name not in bound:
            of = build.constant(f.name) if f.name in constants else build.of_population(population, f.name)
            bound[f.name] = (of,)
    bindings = tuple(Argument(f.name, bound[f.name]) for f in kernel.fields)
    return Launch(kernel.name, population.name, bindings, guards=(enabled,), objects=(population.name,))


def _launch_sweep(build: Builder, root: ProjectionIR, readings: list[Reading], number: int = 0) -> Launch:
    """A sweep; forward sums go to target ``number`` of the projection."""
    kernel = build.kernel(plan_sweep(root, readings))
    assert isinstance(kernel, SweepKernel)
    sides = sides_of(build, root)
    bound: dict[str, tuple[BufferRef, ...]] = {}
    for reader, reading in zip(kernel.readers, readings, strict=True):
        owner = build.links[reading.object.name]
        receiver = sides[Side.COLUMN if reading.backward else Side.ROW]
        receiver_name = build.names[receiver.name]
        transmission = build.slot(owner, "transmission", DType.BOOL, "flag")
        enabled = build.slot(receiver_name, "enabled", DType.BOOL, "flag")
        bound[reader.on_field] = (transmission, enabled)
        goal = targets_of(reading.object)
        target = conductance(goal[0 if reading.backward else number], receiver.neuron)
        bound[reader.sum_field] = (build.of_population(receiver, target),)
        build.slot(receiver_name, "size", DType.INT, "structure", size=True)
        forward_delay = isinstance(reading.object, TransposeIR) and reading.object.delay_of_forward
        delayed = root if forward_delay else reading.object
        delay = reader.sum_field.removesuffix("sum") + "delay"
        if any(f.name == delay for f in kernel.fields):
            bound[delay] = (_delay(build, delayed),)
        bound |= draws.draw_buffers(build, kernel, {reader.sum_field.removesuffix("sum") + "draws": owner})
    names = tuple(r.object.name for r in readings)
    title = " and ".join(names) + (f": {root.targets[number]}" if len(root.targets) > 1 else "")
    return Launch(kernel.name, title, arguments(build, root, kernel, sides, bound), objects=names)


def _delay(build: Builder, projection: ProjectionIR | TransposeIR) -> BufferRef:
    return build.slot(build.links[projection.name], "delay", DType.INT32, "state")


def _launch_update(build: Builder, projection: ProjectionIR) -> Launch | None:
    planned = plan_update(projection)
    if planned is None:
        return None
    kernel = build.kernel(planned)
    assert isinstance(kernel, SynapseKernel)
    owner = build.links[projection.name]
    sides = sides_of(build, projection)
    bound: dict[str, tuple[BufferRef, ...]] = {}
    if projection.delay is not DelayKind.NONE and any(f.name == "forward_delay" for f in kernel.fields):
        bound["forward_delay"] = (_delay(build, projection),)
    bound |= draws.draw_buffers(build, kernel, {draws.OBJECT: owner})
    guards = (
        build.slot(owner, "transmission", DType.BOOL, "flag"),
        build.slot(owner, "update", DType.BOOL, "flag"),
        build.slot(build.names[sides[Side.ROW].name], "enabled", DType.BOOL, "flag"),
    )
    build.slot(owner, "period", DType.INT, "flag")
    build.slot(owner, "offset", DType.INT, "flag")
    bindings = arguments(build, projection, kernel, sides, bound)
    return Launch(kernel.name, projection.name, bindings, guards, schedule=owner, objects=(projection.name,))

"""The deliveries of spikes bound to objects: phases 2 and 9 of a step (spec 02, section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from synloom.codegen.ir.input_fields import ARRIVED
from synloom.codegen.ir.model import Event, PopulationIR, ProjectionIR, TransposeIR
from synloom.codegen.ir.plan import BufferRef, EventKernel, FieldKind, Launch, Ring
from synloom.codegen.ir.types import DelayKind, DType, Side
from synloom.codegen.passes.builder import Builder, arguments, sides_of
from synloom.codegen.passes.draws import OBJECT, draw_buffers
from synloom.codegen.passes.plan_events import (
    EVENT_STEP,
    SEGMENTS,
    STRUCTURE,
    Delivery,
    conductance,
    plan_event,
    pre_side,
    transmission,
)
from synloom.codegen.passes.plan_synapses import other_side

WHAT = {"spike": "spikes", "axon": "axonal spikes"}


def rings(build: Builder) -> tuple[Ring, ...]:
    """The spike lists of all spiking populations."""
    found = []
    for population in build.network.populations:
        if population.neuron.spiking:
            build.spikes(population)
            build.of_population(population, "r")
            owner = build.names[population.name]
            build.slot(owner, "rate_window", DType.INT, "flag")
            build.slot(owner, "rate_counts", DType.INT32, "state")
            found.append(Ring(owner, population.neuron.axon_spike is not None))
    return tuple(found)


def deliveries(build: Builder, link: ProjectionIR | TransposeIR) -> Iterator[Launch]:
    """Phase 2: the spikes that reach the synapses of a projection, or of a transpose, in this step."""
    if isinstance(link, TransposeIR):
        if link.psp is None:
            root = next(p for p in build.network.projections if p.name == link.forward)
            assert isinstance(root, ProjectionIR)
            along = other_side(pre_side(root)) if link.backward else pre_side(root)
            yield _launch(build, root, link, transmission(root.synapse), along, (link.target,))
        return
    model = link.synapse
    if not model.spiking:
        return
    along = pre_side(link)
    if model.pre_spike.transmit or model.pre_spike.statements:
        yield _launch(build, link, link, model.pre_spike, along, link.targets)
    axonal = sides_of(build, link)[along].neuron.axon_spike is not None
    given = model.pre_axon_spike.transmit or model.pre_axon_spike.statements
    same = model.pre_axon_spike == model.pre_spike
    if axonal and given and (same or model.pre_axon_spike.transmit):
        event = model.pre_spike if same else Event(model.pre_axon_spike.transmit[:1])
        yield _launch(build, link, link, event, along, link.targets, axonal=True)


def post_events(build: Builder, link: ProjectionIR) -> Iterator[Launch]:
    """Phase 9: the post-synaptic spikes of this step."""
    if not link.synapse.post_spike.statements:
        return
    along = other_side(pre_side(link))
    event = link.synapse.post_spike
    summary = f"What a post-synaptic spike does to the synapses of its neuron: {_texts(event)}."
    delivery = Delivery(link, event, along, (), DelayKind.NONE, 0, summary)
    yield _bind(build, delivery, link, sides_of(build, link)[along], "spike", {})


def _launch(
    build: Builder,
    root: ProjectionIR,
    link: ProjectionIR | TransposeIR,
    event: Event,
    along: Side,
    targets: tuple[str, ...],
    axonal: bool = False,
) -> Launch:
    sides = sides_of(build, root)
    receiver = sides[other_side(along)]
    targets = targets if event.transmit else ()
    # Kernels do not know targets by name: projections that differ in nothing else share one.
    fields = tuple("g_target" if n == 0 else f"g_target_{n + 1}" for n in range(len(targets)))
    whom = "its transpose" if link is not root else "a projection"
    summary = f"What a spike does to the synapses of {whom}: {_texts(event)}."
    delivery = Delivery(root, event, along, fields, link.delay, 1, summary)
    bound: dict[str, tuple[BufferRef, ...]] = {
        field: (_receiving(build, link, receiver, target),)
        for field, target in zip(fields, targets, strict=True)
    }
    return _bind(build, delivery, link, sides[along], "axon" if axonal else "spike", bound)


def _texts(event: Event) -> str:
    return "; ".join(dict.fromkeys(s.text for s in event)) or "nothing"


def _receiving(
    build: Builder, link: ProjectionIR | TransposeIR, receiver: PopulationIR, target: str
) -> BufferRef:
    """Where a spike's weight is added."""
    if isinstance(link, ProjectionIR) and link.decodes:
        return build.slot(build.links[link.name], ARRIVED, DType.REAL, "state")
    return build.of_population(receiver, conductance(target, receiver.neuron))


def _bind(
    build: Builder,
    delivery: Delivery,
    link: ProjectionIR | TransposeIR,
    source: PopulationIR,
    spikes: str,
    bound: dict[str, tuple[BufferRef, ...]],
) -> Launch:
    kernel = build.kernel(plan_event(delivery))
    assert isinstance(kernel, EventKernel)
    root, sides = delivery.root, sides_of(build, delivery.root)
    post = sides[other_side(pre_side(root))]
    receiver = sides[other_side(delivery.along)] if delivery.targets else post
    owner, forward = build.links[link.name], build.links[root.name]
    flags = [
        build.slot(owner, "transmission", DType.BOOL, "flag"),
        build.slot(build.names[receiver.name], "enabled", DType.BOOL, "flag"),
    ]
    if spikes == "axon":
        flags.append(build.slot(owner, "axon_transmission", DType.BOOL, "flag"))
    bound |= draw_buffers(build, kernel, {OBJECT: owner})
    for field in kernel.fields:
        match field.name:
            case name if name in SEGMENTS:
                key = build.slot(forward, f"{delivery.along}_{name}", STRUCTURE[name].dtype, "structure")
                bound[name] = (key,)
            case "cursor":
                prefix = "axon_" if spikes == "axon" else ""
                bound["cursor"] = (build.slot(owner, f"{prefix}cursor", DType.INT, "state"),)
            case "on":
                bound["on"] = tuple(flags)
            case "spike_ring":
                bound["spike_ring"] = build.spikes(source, spikes)
            case "delay":
                timed = root if isinstance(link, TransposeIR) and link.delay_of_forward else link
                bound["delay"] = (build.slot(build.links[timed.name], "delay", DType.INT32, "state"),)
            case "post_last_spike":
                bound["post_last_spike"] = (build.of_population(post, "last_spike"),)
            case EVENT_STEP.name:
                bound[EVENT_STEP.name] = (build.slot(forward, EVENT_STEP.name, DType.INT32, "state"),)
    flagged = any(f.kind is FieldKind.FLAG for f in kernel.fields)
    kind = WHAT[spikes] if delivery.age else "post-synaptic spikes"
    return Launch(
        kernel.name,
        f"{link.name}: {kind} of {source.name!r}",
        arguments(build, root, kernel, sides, bound),
        guards=() if flagged else tuple(flags),
        objects=(link.name,),
    )

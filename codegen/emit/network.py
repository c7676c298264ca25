"""From the Plan's launches to the context of ``network.cpp``."""

from __future__ import annotations

from synloom.codegen.artifact import Slot, SlotKind
from synloom.codegen.emit.contexts import LaunchText, NetworkUnit, ObjectText
from synloom.codegen.emit.inputs import decode_text, input_text
from synloom.codegen.emit.kernels import field_name
from synloom.codegen.emit.layout import comment, fold
from synloom.codegen.ir.plan import Argument, BufferRef, FieldKind, Kernel, Launch, Plan, Reduce
from synloom.codegen.ir.types import Precision
from synloom.codegen.names import cpp_name
from synloom.codegen.passes.draws import RANDOM

CPP_TYPES = {
    "float64": "double",
    "float32": "float",
    "int64": "std::int64_t",
    "int32": "std::int32_t",
    "uint16": "std::uint16_t",
    "bool": "bool",
}


RECORDERS = {"table": "Recorder", "spikes": "SpikeRecorder"}


def network_unit(plan: Plan) -> NetworkUnit:
    kernels = {k.name: k for k in plan.kernels}
    slots = plan.manifest.slots
    objects = {s.object: None for s in slots}
    headers = ["entry.hpp", "record.hpp", "step.hpp"]
    headers += ["delays.hpp"] if plan.delays else []
    headers += ["inputs.hpp"] if plan.inputs or plan.decodings else []
    headers += ["reduce.hpp"] if plan.reductions else []
    headers += ["spikes.hpp"] if plan.rings else []
    reductions = tuple(_reduce(r) for r in plan.reductions)
    return NetworkUnit(
        real=plan.precision.value,
        headers=tuple(sorted(headers)),
        includes=tuple(sorted(f"{name}.hpp" for name in kernels)),
        objects=tuple(
            ObjectText(o, tuple(_member(s, plan.precision) for s in slots if s.object == o)) for o in objects
        ),
        words=len(slots),
        launches=bool(plan.kernels),
        learns=bool(plan.synapses),
        clears=tuple(
            f"if (*net.{c.population}.enabled) clear(net.{c.population}.size, {_buffer((c.population, c.field))});"
            for c in plan.clears
        ),
        sweeps=tuple(_launch(launch, kernels) for launch in plan.sweeps),
        neurons=tuple(_launch(launch, kernels) for launch in plan.neurons),
        delays=tuple(
            f"if (*net.{d.population}.enabled) push(net.{d.population}.{d.line}, "
            f"{'1' if d.single else f'net.{d.population}.size'}, net.{d.population}.line_length, "
            f"*net.{d.population}.{d.line}_head, net.{d.population}.{buffer_name(d.source)});"
            for d in plan.delays
        ),
        reductions=tuple(
            f"if (*net.{r.population}.enabled) {text}"
            for r, text in zip(plan.reductions, reductions, strict=True)
        ),
        refreshes=reductions,
        synapses=tuple(_launch(launch, kernels) for launch in plan.synapses),
        rings=tuple(f"begin_spikes(net.{r.population});" for r in plan.rings),
        rates=tuple(f"update_rates(net.{r.population}, *net.clock.dt);" for r in plan.rings),
        events=tuple(_launch(launch, kernels) for launch in plan.events),
        decodings=tuple(decode_text(d) for d in plan.decodings),
        inputs=tuple(input_text(i) for i in plan.inputs),
        draws=any(s.key == RANDOM for s in slots),
        pauses=plan.pauses,
    )


def buffer_name(field: str) -> str:
    """A buffer's name as a member of ``struct Network``."""
    return cpp_name(field)


def _member(slot: Slot, precision: Precision) -> str:
    del precision
    if slot.object == "recorders" and slot.field in RECORDERS:
        return f"{RECORDERS[slot.field]}* {slot.field}"
    if slot.kind is SlotKind.SIZE:
        return f"Index {buffer_name(slot.field)}"
    return f"{CPP_TYPES[slot.dtype]}* {buffer_name(slot.field)}"


def _buffer(ref: BufferRef) -> str:
    return f"net.{ref[0]}.{buffer_name(ref[1])}"


def _launch(launch: Launch, kernels: dict[str, Kernel]) -> LaunchText:
    kernel = kernels[launch.kernel]
    fields = {f.name: f for f in kernel.fields}

    def value(argument: Argument) -> str:
        match fields[argument.field].kind:
            case FieldKind.FLAG:
                return " && ".join(f"*{_buffer(b)}" for b in argument.buffers)
            case FieldKind.SPIKES:
                return _spikes(argument, fields[argument.field].mutable)
            case _:
                return _buffer(argument.buffers[0])

    conditions = [f"*{_buffer(g)}" for g in launch.guards]
    clock = "clock"
    if launch.schedule:
        period = f"net.{launch.schedule}.period"
        conditions.append(f"due(now, {period}, net.{launch.schedule}.offset)")
        clock = f"clock.every(*{period})"
    return LaunchText(
        title=comment(launch.title),
        condition=fold(" && ".join(conditions)),
        kernel=launch.kernel,
        arguments=tuple(f".{field_name(kernel, a.field)} = {value(a)}" for a in launch.arguments),
        clock=clock,
    )


def _spikes(argument: Argument, new: bool) -> str:
    """The spike lists of a population, or the list of this step."""
    population, ranks = argument.buffers[0]
    kind = "axonal_spikes" if ranks.startswith("axon") else "spikes"
    return f"{'new_' if new else ''}{kind}_of(net.{population})"


def _reduce(reduction: Reduce) -> str:
    object = f"net.{reduction.population}"
    source = buffer_name(reduction.source)
    return f"*{object}.{buffer_name(reduction.into)} = {reduction.op}_of({object}.size, {object}.{source});"

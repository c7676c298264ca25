"""From the Plan's launches to the context of ``network.cpp``."""

from __future__ import annotations

from collections.abc import Sequence

from synloom.codegen.artifact import Slot, SlotKind
from synloom.codegen.emit.contexts import LaunchText, NetworkUnit, ObjectText
from synloom.codegen.emit.inputs import decode_text, input_text
from synloom.codegen.emit.kernels import field_name
from synloom.codegen.emit.layout import comment, fold
from synloom.codegen.ir.plan import (
    Argument,
    BufferRef,
    FieldKind,
    Kernel,
    Launch,
    Phase,
    Plan,
    PushDelay,
    Reduce,
)
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
    laps = Laps(plan)
    slots = plan.manifest.slots
    objects = {s.object: None for s in slots}
    headers = ["entry.hpp", "record.hpp", "step.hpp"]
    headers += ["delays.hpp"] if plan.delays else []
    headers += ["inputs.hpp"] if plan.inputs or plan.decodings else []
    headers += ["profile.hpp"] if plan.laps else []
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
        clears=laps.enabled(
            Phase.CLEARS,
            [
                (c.population, f"clear(net.{c.population}.size, {_buffer((c.population, c.field))});")
                for c in plan.clears
            ],
        ),
        sweeps=laps.launches(Phase.SWEEPS, plan.sweeps, kernels),
        neurons=laps.launches(Phase.NEURONS, plan.neurons, kernels),
        delays=laps.enabled(Phase.DELAYS, [(d.population, _push(d)) for d in plan.delays]),
        reductions=laps.enabled(
            Phase.REDUCTIONS, [(r.population, t) for r, t in zip(plan.reductions, reductions, strict=True)]
        ),
        refreshes=reductions,
        synapses=laps.launches(Phase.SYNAPSES, plan.synapses, kernels),
        rings=laps.behind(Phase.RINGS, [f"begin_spikes(net.{r.population});" for r in plan.rings]),
        rates=laps.behind(
            Phase.RATES, [f"update_rates(net.{r.population}, *net.clock.dt);" for r in plan.rings]
        ),
        events=laps.launches(Phase.EVENTS, plan.events, kernels),
        decodings=laps.behind(Phase.DECODINGS, [decode_text(d) for d in plan.decodings]),
        inputs=laps.behind(Phase.INPUTS, [input_text(i) for i in plan.inputs]),
        draws=any(s.key == RANDOM for s in slots),
        pauses=plan.pauses,
        laps=laps.begin(whole=not plan.pauses),
        laps_of_whole=laps.begin(whole=True),
        lap_of_inputs=laps.end(Phase.RECORD_INPUTS, 0),
        lap_of_states=laps.end(Phase.RECORD_STATES, 0),
    )


class Laps:
    """Statements that time a step; none where nothing is timed."""

    def __init__(self, plan: Plan) -> None:
        self.profile, self.count = plan.profile, len(plan.laps)
        self.numbers = {(lap.phase, lap.number): n for n, lap in enumerate(plan.laps)}

    def begin(self, whole: bool) -> str:
        if not self.numbers:
            return ""
        object = f"net.{self.profile}"
        return f"Laps laps{{{object}.nanoseconds, {object}.calls, {self.count}, {str(whole).lower()}}};"

    def end(self, phase: Phase, number: int) -> str:
        return f"laps.end({self.numbers[phase, number]});" if self.numbers else ""

    def behind(self, phase: Phase, statements: Sequence[str]) -> tuple[str, ...]:
        """Statements, each with the end of its lap."""
        ends = (self.end(phase, n) for n in range(len(statements)))
        return tuple(f"{s}\n    {end}" if end else s for s, end in zip(statements, ends, strict=True))

    def enabled(self, phase: Phase, statements: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """Statements that are run, and timed, while the population is enabled that stands before each."""
        found = []
        for n, (population, statement) in enumerate(statements):
            condition, end = f"if (*net.{population}.enabled)", self.end(phase, n)
            lines = f"{{\n        {statement}\n        {end}\n    }}" if end else statement
            found.append(f"{condition} {lines}")
        return tuple(found)

    def launches(
        self, phase: Phase, launches: Sequence[Launch], kernels: dict[str, Kernel]
    ) -> tuple[LaunchText, ...]:
        return tuple(_launch(launch, kernels, self.end(phase, n)) for n, launch in enumerate(launches))


def _push(delay: PushDelay) -> str:
    object = f"net.{delay.population}"
    size = "1" if delay.single else f"{object}.size"
    return (
        f"push({object}.{delay.line}, {size}, {object}.line_length, "
        f"*{object}.{delay.line}_head, {object}.{buffer_name(delay.source)});"
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


def _launch(launch: Launch, kernels: dict[str, Kernel], lap: str) -> LaunchText:
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
        lap=lap,
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

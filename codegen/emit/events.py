"""From a kernel of events to the context of its template."""

from __future__ import annotations

from dataclasses import dataclass

from synloom.codegen.emit import draws
from synloom.codegen.emit.contexts import EventUnit
from synloom.codegen.emit.loads import (
    element_loads,
    element_stores,
    loaded,
    temps,
    those,
    value_preparations,
    whole_loads,
)
from synloom.codegen.emit.parts import function_texts, math_header, uses_clock
from synloom.codegen.emit.printer import Lookup, Printer
from synloom.codegen.ir.expr import Call, Expr, Var, walk
from synloom.codegen.ir.plan import EventKernel, Member, Value
from synloom.codegen.ir.stmt import Let
from synloom.codegen.ir.types import DelayKind, DType, Locality, Precision, Scope, Side, StoreKind
from synloom.codegen.names import cpp_name
from synloom.codegen.passes import gather
from synloom.codegen.passes.draws import STATE, draws_in
from synloom.codegen.passes.plan_events import APART, ELAPSED, EVENT_STEP
from synloom.codegen.passes.plan_synapses import other_side

LINES = {
    (StoreKind.DENSE, Side.ROW): "DenseRows{self.rows, self.columns}",
    (StoreKind.DENSE, Side.COLUMN): "DenseColumns{self.rows, self.columns}",
    (StoreKind.CSR, Side.ROW): "CsrRows{self.row_ptr, self.column}",
    (StoreKind.CSR, Side.COLUMN): "CsrColumns{self.reverse_ptr, self.reverse_synapse, self.reverse_row}",
}
SEGMENTS = (
    "Segments{self.segment_line, self.segment_delay, self.segment_first, "
    "self.segment_synapse, self.segment_other}"
)
INDEX = {Side.ROW: "i", Side.COLUMN: "j"}


@dataclass(frozen=True)
class Ends:
    """How the neurons at both ends of a synapse are spelled."""

    kernel: EventKernel

    def rank(self, side: Side) -> str:
        if side is Side.ROW:
            return "self.row_ranks[i]"
        return "self.first_column + j" if self.kernel.contiguous else "self.column_ranks[j]"

    @property
    def pre(self) -> Side:
        """Rows of a store by source are pre-synaptic, their columns contiguous."""
        return Side.ROW if self.kernel.contiguous else Side.COLUMN

    @property
    def post(self) -> Side:
        return other_side(self.pre)

    @property
    def other(self) -> Side:
        return other_side(self.kernel.along)


def event_unit(kernel: EventKernel, precision: Precision) -> EventUnit:
    ends = Ends(kernel)
    exprs = list(gather.expressions(kernel.block))
    calls = any(isinstance(n, Call) for e in exprs for n in walk(e))
    shared = _shared(kernel)
    printer = Printer(precision, _lookup(kernel, ends, shared), kernel.functions)
    local = tuple(m for m in kernel.members if m.locality is Locality.LOCAL and not m.single)
    own = tuple(m for m in local if m.name != EVENT_STEP.name)
    read = loaded(kernel.block)
    used = temps(exprs)
    unshared = tuple(m for m in kernel.members if m.name not in shared)
    whole = whole_loads(unshared, kernel.wholes, printer) + _preparations(kernel, printer)
    line = _values(kernel, kernel.along, used, ends, printer)
    load = element_loads(those(own, read), "s", Locality.LOCAL, printer)
    of_rows = element_loads(unshared, "i", Locality.SEMIGLOBAL, printer)
    if kernel.along is Side.ROW:
        line += of_rows
    else:
        load += of_rows
    load += _values(kernel, ends.other, used, ends, printer) + _delayed(kernel, used, ends, printer)
    load += _timing(kernel, ends, printer)
    if draws_in(exprs):
        load.append(draws.synapse_local(ends.rank(ends.post), ends.rank(ends.pre)))
    each = draws.one_by_one(printer, draws.ELEMENT)
    body = each.block(kernel.block, declared=read | set(shared))
    save = element_stores(own, "s", Locality.LOCAL)
    if len(own) < len(local):
        save.append(f"self.{EVENT_STEP.name}[s] = now;")
    texts = "\n".join((*load, *body, *save))
    return EventUnit(
        name=kernel.name,
        real=printer.real,
        clock=_clock(kernel, exprs),
        includes=tuple(sorted({"events.hpp", *math_header(exprs, kernel.functions), *_delay_header(kernel)})),
        functions=function_texts(kernel.functions, precision),
        whole=tuple(whole),
        walk=_walk(kernel, _way(kernel, calls, bool(shared))),
        values=_fetched(kernel, local),
        line_argument=_named(INDEX[kernel.along], "\n".join((*line, texts))),
        line=tuple(line),
        synapse_arguments=f"Index{_named('s', texts)}, Index{_named(INDEX[ends.other], texts)}",
        load=tuple(load),
        body=body,
        save=tuple(save),
    )


def _named(index: str, text: str) -> str:
    """An argument has a name where it is used."""
    used = any(f"{a}{index}{b}" in text for a, b in (("[", "]"), ("+ ", "]")))
    return f" {index}" if used else ""


def _fetched(kernel: EventKernel, local: tuple[Member, ...]) -> tuple[str, ...]:
    """Arrays that a walk may bring into the cache early."""
    if kernel.delay is DelayKind.PER_SYNAPSE:
        return ()
    return tuple(f"self.{cpp_name(m.name)}" for m in local)


def _shared(kernel: EventKernel) -> frozenset[str]:
    """Attributes that several synapses of a line change: they stay in memory."""
    changed = gather.assigned(kernel.block)
    return frozenset(
        m.name for m in kernel.members if m.name in changed and (m.locality is not Locality.LOCAL or m.single)
    )


def _lookup(kernel: EventKernel, ends: Ends, shared: frozenset[str]) -> Lookup:
    members = {m.name: m for m in kernel.members}

    def lookup(var: Var) -> str | None:
        if var.scope is Scope.TARGET:
            return f"self.{cpp_name(var.name)}[{ends.rank(ends.other)}]"
        if var == ELAPSED:
            return ELAPSED.name
        if var.scope is Scope.SELF and var.name in shared:
            name = cpp_name(var.name)
            return (
                f"self.{name}[i]" if members[var.name].locality is Locality.SEMIGLOBAL else f"(*self.{name})"
            )
        return None

    return lookup


def _preparations(kernel: EventKernel, printer: Printer) -> list[str]:
    """Once per step: which spikes, which values, whether the weights may change."""
    lines = value_preparations(kernel.values, printer.real)
    if any(f.name == STATE for f in kernel.fields):
        lines.append(draws.local(printer.real))
    if any("learn" in s.guards for s in kernel.block if not isinstance(s, Let)):
        lines.append("const bool learn = *self.plasticity;")
    if any(m.name == EVENT_STEP.name for m in kernel.members):
        behind = f" - {kernel.age}" if kernel.age else ""
        lines.append(f"const auto now = static_cast<std::int32_t>(clock.step{behind});")
    return lines


def _values(kernel: EventKernel, side: Side, used: set[str], ends: Ends, printer: Printer) -> list[str]:
    """Locals for the values of the neuron at one end."""
    lines = []
    for v in kernel.values:
        if v.side is not side or v.name not in used or v.delay is DelayKind.PER_SYNAPSE:
            continue
        source = f"{v.name}_now" if v.delay is DelayKind.UNIFORM else f"self.{v.field}"
        lines.append(
            f"const {printer.real} {v.name} = {_as_real(f'{source}[{ends.rank(side)}]', v, printer)};"
        )
    return lines


def _as_real(text: str, value: Value, printer: Printer) -> str:
    return text if value.dtype is DType.REAL else f"{printer.real}({text})"


def _delayed(kernel: EventKernel, used: set[str], ends: Ends, printer: Printer) -> list[str]:
    """Locals for the values that each synapse reads with a delay of its own."""
    return [
        f"const {printer.real} {v.name} = {v.name}_line(self.{v.delay_field}[s] - 1, {_rank(v, ends)});"
        for v in kernel.values
        if v.delay is DelayKind.PER_SYNAPSE and v.name in used
    ]


def _rank(value: Value, ends: Ends) -> str:
    return "0" if value.side is Side.WHOLE else ends.rank(value.side)


def _timing(kernel: EventKernel, ends: Ends, printer: Printer) -> list[str]:
    """When the synapse had its last event, and whether its neurons fired together."""
    lines = []
    if any(m.name == EVENT_STEP.name for m in kernel.members):
        since = f"steps_between(now, self.{EVENT_STEP.name}[s])"
        lines.append(f"const {printer.real} elapsed = {printer.real}({since}) * clock.dt;")
    if _guarded(kernel, APART):
        delays = {f.name: f for f in kernel.fields}
        delay = "1"
        if "delay" in delays:
            delay = "self.delay[s]" if kernel.delay is DelayKind.PER_SYNAPSE else "*self.delay"
        emitted = f"clock.step - {delay}"
        lines.append(f"const bool {APART} = self.post_last_spike[{ends.rank(ends.other)}] != {emitted};")
    return lines


def _guarded(kernel: EventKernel, guard: str) -> bool:
    return any(guard in s.guards for s in kernel.block if not isinstance(s, Let))


def _clock(kernel: EventKernel, exprs: list[Expr]) -> str:
    timed = _guarded(kernel, APART) or any(m.name == EVENT_STEP.name for m in kernel.members)
    return " clock" if timed else uses_clock(exprs)


def _delay_header(kernel: EventKernel) -> tuple[str, ...]:
    return ("delays.hpp",) if any(v.delay is not DelayKind.NONE for v in kernel.values) else ()


def _way(kernel: EventKernel, calls: bool, shared: bool) -> str:
    """Sparse synapses of which little is asked are visited one by one; so are those that change what they share."""
    dense = kernel.store is StoreKind.DENSE and kernel.delay is not DelayKind.PER_SYNAPSE
    return "Together" if (dense or calls) and not shared else "OneByOne"


def _walk(kernel: EventKernel, way: str) -> str:
    line_of = f"self.{kernel.along}_of"
    if kernel.delay is DelayKind.PER_SYNAPSE:
        lines = (
            f"along_delays<{way}>(",
            f"self.spike_ring, {line_of},",
            f"{SEGMENTS},",
            "self.cursor, self.on,",
        )
        return "\n        ".join(lines)
    age = "*self.delay - 1" if kernel.delay is DelayKind.UNIFORM else "0"
    return (
        f"{LINES[kernel.store, kernel.along]}.along<{way}>(\n        self.spike_ring.list({age}), {line_of},"
    )

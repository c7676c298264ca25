"""What must hold of the Plan IR. A failure is a bug of the compiler, never of the user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from synloom.codegen.ir import input_fields
from synloom.codegen.ir.expr import Call, Expr, Reduction, Var, WeightedSum, walk
from synloom.codegen.ir.plan import (
    BufferRef,
    Decode,
    EmitSpikes,
    EventKernel,
    FieldKind,
    Kernel,
    Launch,
    NeuronKernel,
    Plan,
    ShowBlock,
    SweepKernel,
    SynapseKernel,
)
from synloom.codegen.ir.stmt import Clamp, Let, Stmt
from synloom.codegen.ir.types import DelayKind, DType, Scope
from synloom.codegen.ir.verify import fail, verify_call, verify_expr
from synloom.codegen.record import record

# Bool locals of kernels, and the field each is worked out from.
GUARDS = {"learn": "plasticity", "apart": "post_last_spike"}
# What a kernel of per-synapse delays follows its spikes with.
SEGMENTED = (
    "segment_line",
    "segment_delay",
    "segment_first",
    "segment_synapse",
    "segment_other",
    "cursor",
    "on",
)
# What a kernel of neurons that fire is given.
FIRING = ("refractory_left", "last_spike", "spike_flags", "spike_list")
AXONAL = ("axon_flags", "axon_list")


@record
class Scopes:
    """What the statements of a kernel may read and assign."""

    kernel: Kernel
    fields: frozenset[str]
    members: frozenset[str]
    everywhere: frozenset[str]  # temporaries known to every block
    targets: frozenset[str] = frozenset()

    def read(self, expr: Expr, temps: Iterable[str]) -> None:
        verify_expr(expr)
        functions = {f.name: f for f in self.kernel.functions}
        for node in walk(expr):
            match node:
                case WeightedSum() | Reduction():
                    fail("an input that is bound to no buffer", node)
                case Var(scope=Scope.SELF, name=name) if name not in self.members:
                    fail(f"{name} is no member of the kernel", node)
                case Var(scope=Scope.TEMP, name=name) if name not in temps:
                    fail(f"{name} is read before it is set", node)
                case Var(scope=Scope.TARGET, name=name) if name not in self.targets:
                    fail(f"{name or 'g_target'} is no target of the kernel", node)
                case Var(scope=Scope.CONSTANT, name=name) if name not in self.kernel.wholes:
                    fail(f"the constant {name} is no field of the kernel", node)
                case Var(scope=Scope.PRE | Scope.POST | Scope.TIME as scope, name=name):
                    fail(f"{scope} {name} is bound to no buffer", node)
                case Call():
                    verify_call(node, functions)
                case _:
                    pass

    def block(self, block: tuple[Stmt, ...], temps: set[str]) -> set[str]:
        """Check statements in order; returns the temporaries that they make."""
        made: set[str] = set()
        for stmt in block:
            self.read(stmt.limit if isinstance(stmt, Clamp) else stmt.value, temps | made)
            if isinstance(stmt, Let):
                if stmt.name in temps | made:
                    fail(f"{stmt.name} is made twice", stmt.value)
                if stmt.value.dtype is not stmt.dtype:
                    fail(f"{stmt.name} is made of a value of type {stmt.value.dtype}", stmt.value)
                made.add(stmt.name)
                continue
            self._assigned(stmt.target)
            for guard in stmt.guards:
                if GUARDS.get(guard) not in self.fields:
                    fail(f"the guard {guard} is not known here", stmt.target)
        return made

    def _assigned(self, target: Var) -> None:
        changed = {m.name for m in self.kernel.members if m.assigned}
        if target.scope is Scope.TARGET:
            if target.name not in self.targets:
                fail(f"{target.name or 'g_target'} is no target of the kernel", target)
        elif target.scope is not Scope.SELF or target.name not in changed:
            fail(f"{target.name} is nothing that the kernel may change", target)


def _scopes(kernel: Kernel) -> Scopes:
    values = () if isinstance(kernel, NeuronKernel) else tuple(v.name for v in kernel.values)
    made: tuple[str, ...] = ()
    if isinstance(kernel, NeuronKernel):
        made = (*kernel.inputs, *kernel.wholes, *(("refractory",) if kernel.spike is not None else ()))
    elif isinstance(kernel, EventKernel):
        timed = any(m.name == "event_step" for m in kernel.members)
        made = ("elapsed",) if timed else ()
    return Scopes(
        kernel,
        fields=frozenset(f.name for f in kernel.fields),
        members=frozenset(m.name for m in kernel.members),
        everywhere=frozenset((*values, *made)),
        targets=frozenset(kernel.targets) if isinstance(kernel, EventKernel) else frozenset(),
    )


def _kernel(kernel: Kernel) -> None:
    """A kernel reads what it is given, changes what it may, and its fields hold all of it."""
    if len({f.name for f in kernel.fields}) != len(kernel.fields):
        fail(f"{kernel.name} has two fields of one name")
    given = {f.name: f for f in kernel.fields}
    needed = [m.name for m in kernel.members if m.name != "last_spike" or "last_spike" not in given]
    _fields(kernel, [*needed, *kernel.wholes])
    for member in kernel.members:
        if member.assigned and not given[member.name].mutable:
            fail(f"{member.name} of {kernel.name} is assigned and not mutable")
    scopes = _scopes(kernel)
    match kernel:
        case NeuronKernel():
            _neurons(kernel, scopes)
        case SweepKernel():
            for reader in kernel.readers:
                scopes.read(reader.psp, scopes.everywhere)
                _fields(kernel, [reader.sum_field, reader.on_field])
        case SynapseKernel():
            whole = scopes.block(kernel.global_block, set(scopes.everywhere))
            for block in (kernel.row_block, kernel.local_block):
                scopes.block(block, whole | scopes.everywhere)
        case EventKernel():
            scopes.block(kernel.block, set(scopes.everywhere))
            _events(kernel, scopes)
        case _:
            assert_never(kernel)
    if not isinstance(kernel, NeuronKernel):
        for value in kernel.values:
            _fields(kernel, [value.field])
            if value.delay is not DelayKind.NONE:
                _fields(kernel, [value.delay_field, f"{value.field}_head"])


def _neurons(kernel: NeuronKernel, scopes: Scopes) -> None:
    _fields(kernel, kernel.inputs)
    whole = scopes.block(kernel.global_block, set(scopes.everywhere))
    scopes.block(kernel.local_block, whole | scopes.everywhere)
    if kernel.spike is None:
        if kernel.axon is not None or kernel.refractory is not None:
            fail(f"{kernel.name} has no spikes and what belongs to them")
        return
    _fields(kernel, FIRING if kernel.axon is None else (*FIRING, *AXONAL))
    _fields(kernel, () if kernel.refractory is not None else ("refractory_steps",))
    outside = {*kernel.inputs, *kernel.wholes}
    for firing in kernel.firings:
        scopes.read(firing.condition, outside)
        if firing.condition.dtype is not DType.BOOL:
            fail(f"a spike condition of type {firing.condition.dtype}", firing.condition)
        scopes.block(firing.reset, set(outside))
    if kernel.refractory is not None:
        scopes.read(kernel.refractory, outside)


def _events(kernel: EventKernel, scopes: Scopes) -> None:
    _fields(kernel, ["spike_ring", f"{kernel.along}_of", *kernel.targets])
    apart = any("apart" in s.guards for s in kernel.block if not isinstance(s, Let))
    match kernel.delay:
        case DelayKind.PER_SYNAPSE:
            _fields(kernel, SEGMENTED)
        case DelayKind.UNIFORM:
            _fields(kernel, ["delay"])
        case DelayKind.NONE:
            pass
        case _:
            assert_never(kernel.delay)
    if apart and kernel.delay is not DelayKind.NONE:
        _fields(kernel, ["delay"])
    if kernel.age not in (0, 1):
        fail(f"{kernel.name} lags {kernel.age} steps behind")


def _fields(kernel: Kernel, names: Iterable[str]) -> None:
    known = {f.name for f in kernel.fields}
    for name in names:
        if name not in known:
            fail(f"{kernel.name} lacks the field {name}")


def _launch(launch: Launch, kernel: Kernel | None, slots: set[BufferRef]) -> None:
    if kernel is None:
        fail(f"{launch.title} launches no kernel")
    if [a.field for a in launch.arguments] != [f.name for f in kernel.fields]:
        fail(f"{launch.title} binds the wrong fields")
    for argument, field in zip(launch.arguments, kernel.fields, strict=True):
        if not argument.buffers or not set(argument.buffers) <= slots:
            fail(f"{launch.title}.{argument.field} is bound to nothing")
        count = len(argument.buffers)
        if field.kind is FieldKind.SPIKES:
            if count != 5 or len({object for object, _ in argument.buffers}) != 1:
                fail(f"{launch.title}.{argument.field} is not the ring of a population")
        elif field.kind is not FieldKind.FLAG and count != 1:
            fail(f"{launch.title}.{argument.field} is bound to {count} buffers")
    if not set(launch.guards) <= slots:
        fail(f"{launch.title} is guarded by nothing")


def _input(source: ShowBlock | EmitSpikes, slots: set[BufferRef]) -> None:
    needed = ["enabled", input_fields.CLOCK, input_fields.SCHEDULE, input_fields.COUNT]
    match source:
        case ShowBlock():
            needed += [input_fields.PERIOD, input_fields.WIDTH, *source.into]
            needed += [input_fields.VALUES + name for name in source.into]
            if not source.into or not set(source.single) <= set(source.into):
                fail(f"the blocks of {source.population} go nowhere")
        case EmitSpikes():
            needed += [input_fields.RANKS, "spike_ranks", "spike_counts", "spike_head", "last_spike"]
        case _:
            assert_never(source)
    for name in needed:
        if (source.population, name) not in slots:
            fail(f"the input of {source.population} lacks {name}")


def _decoding(decode: Decode, slots: set[BufferRef]) -> None:
    needed = {(decode.projection, name) for name in input_fields.DECODING} | {
        (decode.population, decode.field)
    }
    for object, name in sorted(needed - slots):
        fail(f"the decoding of {decode.projection} lacks {object}.{name}")
    if not decode.guards or not set(decode.guards) <= slots:
        fail(f"the decoding of {decode.projection} is guarded by nothing")


def verify_plan(plan: Plan) -> None:
    """Kernels read what they are given, and every launch binds every field to a slot that exists."""
    slots = {s.key for s in plan.manifest.slots}
    kernels = {k.name: k for k in plan.kernels}
    if len(kernels) != len(plan.kernels):
        fail("two kernels of one name")
    for kernel in plan.kernels:
        _kernel(kernel)
    for source in plan.inputs:
        _input(source, slots)
    for decode in plan.decodings:
        _decoding(decode, slots)
    for launch in (*plan.sweeps, *plan.neurons, *plan.synapses, *plan.events):
        _launch(launch, kernels.get(launch.kernel), slots)
    for ring in plan.rings:
        needed = [
            "spike_ranks",
            "spike_counts",
            "spike_head",
            "spike_rows",
            "rate_window",
            "rate_counts",
            "r",
        ]
        needed += ["axon_ranks", "axon_counts"] if ring.axonal else []
        if not {(ring.population, name) for name in needed} <= slots:
            fail(f"the spike lists of {ring.population} are bound to nothing")

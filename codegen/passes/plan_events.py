"""Kernels of events: what the spikes of one population do to the synapses they reach (spec 02, section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from synloom.codegen.ir.expr import Binary, Const, Expr, Unary, Var, WeightedSum, transform, walk
from synloom.codegen.ir.model import (
    Assignment,
    Event,
    NeuronModel,
    ProjectionIR,
    SynapseModel,
    model_expressions,
)
from synloom.codegen.ir.plan import EventKernel, Field, FieldKind, Member, Value
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.types import DelayKind, DType, Locality, Scope, Side, StoreKind
from synloom.codegen.lower.function import reachable
from synloom.codegen.passes import gather
from synloom.codegen.passes.discretize import discretize
from synloom.codegen.passes.draws import draw_fields, draws_in
from synloom.codegen.passes.plan_synapses import Values, learned, other_side, single_members, value_fields
from synloom.codegen.record import record

ELAPSED = Var(Scope.TEMP, "elapsed", Locality.LOCAL, DType.REAL)
APART = "apart"  # guard: the two neurons did not fire in the same step
EVENT_STEP = Member("event_step", Locality.LOCAL, DType.INT32, assigned=True)

LINES = {
    (StoreKind.DENSE, Side.ROW): ("rows", "columns"),
    (StoreKind.DENSE, Side.COLUMN): ("rows", "columns"),
    (StoreKind.CSR, Side.ROW): ("row_ptr", "column"),
    (StoreKind.CSR, Side.COLUMN): ("reverse_ptr", "reverse_synapse", "reverse_row"),
}
SEGMENTS = ("segment_line", "segment_delay", "segment_first", "segment_synapse", "segment_other")
STRUCTURE = {
    name: Field(name, dtype, kind)
    for dtype, kind, names in (
        (DType.INT, FieldKind.SIZE, ("rows", "columns", "first_column")),
        (DType.INT, FieldKind.ARRAY, ("row_ptr", "reverse_ptr", "segment_line", "segment_first")),
        (DType.INT32, FieldKind.ARRAY, ("column", "reverse_synapse", "reverse_row", "row_ranks", "column_ranks")),
        (DType.INT32, FieldKind.ARRAY, ("row_of", "column_of", "segment_delay", "segment_synapse", "segment_other")),
    )
    for name in names
}  # fmt: skip


@record
class Delivery:
    """One kind of event at the synapses of ``root``: spikes of the neurons on the side ``along``.

    ``targets`` are fields of the neurons on the other side. ``delay`` is that of the spikes; ``age`` is the number of
    steps that the synapse's variables lag behind (1 before the neurons of a step are updated, then 0).
    """

    root: ProjectionIR
    event: Event
    along: Side
    targets: tuple[str, ...]
    delay: DelayKind
    age: int
    summary: str


def pre_side(root: ProjectionIR) -> Side:
    """Where the pre-synaptic neurons stand in the store."""
    return Side.ROW if root.by_source else Side.COLUMN


def conductance(target: str, neuron: NeuronModel) -> str:
    """The field of a neuron that a target adds to."""
    sums = not neuron.spiking or any(
        isinstance(n, WeightedSum) and n.target == target for e in model_expressions(neuron) for n in walk(e)
    )
    return f"sum_{target}" if sums else f"g_{target}"


def transmission(synapse: SynapseModel) -> Event:
    """What a spike of a transpose does: ``g_target += w``."""
    conductance = Var(Scope.TARGET, "", Locality.LOCAL, DType.REAL)
    w = synapse.attribute("w")
    assert w is not None
    weight = Var(Scope.SELF, "w", w.locality, w.dtype)
    return Event((Assignment(conductance, Binary("+", conductance, weight), text="g_target += w"),))


def plan_event(delivery: Delivery) -> EventKernel:
    """``g_target += w`` of a projection with the target exc  ->  a kernel that adds ``w`` to ``g_exc``."""
    root, model = delivery.root, delivery.root.synapse
    values: dict[str, Value] = {}
    block = _block(delivery)
    block = gather.map_block(block, Values(pre_side(root), root.delay, "delay", values))
    exprs = list(gather.expressions(block))
    functions = reachable(exprs, {f.name: f for f in model.functions})
    used = list(gather.nodes(exprs, functions))
    changed = {name for name in gather.assigned(block) if model.attribute(name) is not None}
    members = gather.members(model.attributes, used, changed, single_members(root))
    if any(n == ELAPSED for n in used):
        members = (*members, EVENT_STEP)
    constants = gather.constants(used)
    fields = {
        f.name: f
        for f in (
            *_line_fields(delivery, block, values.values()),
            *(Field(name, DType.REAL, mutable=True) for name in delivery.targets),
            *((Field("plasticity", DType.BOOL),) if "w" in changed else ()),
            *draw_fields(exprs),
            *value_fields(values.values()),
        )
    }
    kernel = EventKernel(
        name="",
        summary=delivery.summary,
        store=root.store,
        along=delivery.along,
        contiguous=root.by_source,
        delay=delivery.delay,
        fields=(
            *fields.values(),
            *(Field(m.name, m.dtype, mutable=m.assigned) for m in members),
            *(Field(c, DType.REAL) for c in constants),
        ),
        members=members,
        values=tuple(values.values()),
        wholes=constants,
        targets=delivery.targets,
        block=block,
        age=delivery.age,
        functions=functions,
    )
    gather.refuse_clashes(kernel.fields, model.attributes)
    return gather.signed(kernel, f"events_{root.store}_{gather.slug(model.name, 'synapses')}")


def _block(delivery: Delivery) -> tuple[Stmt, ...]:
    """Event-driven variables, then what is transmitted, then all else (spec 02, 6.1)."""
    model = delivery.root.synapse
    taken = (*gather.constants(gather.nodes((), model.functions)), ELAPSED.name)
    block: list[Stmt] = []
    if delivery.event.statements or _reads(delivery.event, {o.target.name for o in model.event_driven}):
        solved = discretize(model.event_driven, Locality.LOCAL, ELAPSED, taken)
        block += gather.map_block(solved, _divided_once)
    for statement in delivery.event.transmit:
        for target in delivery.targets:
            block += _statement(statement, target)
    for statement in delivery.event.statements:
        block += _statement(statement)
    return learned(tuple(block))


def _divided_once(expr: Expr) -> Expr:
    """``-elapsed / tau``  ->  ``-elapsed * (1.0 / tau)`` for a ``tau`` of all synapses: divided before the loop."""
    match expr:
        case Binary(op="/", lhs=Unary(op="-", arg=arg) as lhs, rhs=Var(scope=Scope.SELF) as tau) if (
            arg == ELAPSED and tau.locality is Locality.GLOBAL
        ):
            return Binary("*", lhs, Binary("/", Const(1.0), tau))
        case _:
            return expr


def _reads(event: Event, names: set[str]) -> bool:
    exprs = [e for s in event for e in (s.value, *(b.value for b in s.bounds))]
    return any(
        isinstance(n, Var) and n.scope is Scope.SELF and n.name in names for e in exprs for n in walk(e)
    )


def _statement(statement: Assignment, target: str = "") -> Iterator[Stmt]:
    """A statement and its bounds; ``target`` is the conductance meant by ``g_target``."""

    def named(expr: Expr) -> Expr:
        return replace(expr, name=target) if isinstance(expr, Var) and expr.scope is Scope.TARGET else expr

    to = named(statement.target)
    assert isinstance(to, Var)
    guards = (APART,) if statement.unless_post else ()
    yield Set(to, transform(statement.value, named), statement.text, guards)
    for bound in statement.bounds:
        yield Clamp(to, bound.kind, transform(bound.value, named), guards)


def _line_fields(delivery: Delivery, block: tuple[Stmt, ...], values: Iterable[Value]) -> list[Field]:
    """What it takes to follow the spikes along their lines, and to know the neurons at both ends."""
    root, along = delivery.root, delivery.along
    per_synapse = delivery.delay is DelayKind.PER_SYNAPSE
    apart = any(APART in s.guards for s in block if not isinstance(s, Let))
    sides = {v.side for v in values} | ({other_side(along)} if delivery.targets or apart else set())
    if draws_in(gather.expressions(block)):
        sides = {Side.ROW, Side.COLUMN}
    ranks = {Side.ROW: "row_ranks", Side.COLUMN: "first_column" if root.by_source else "column_ranks"}
    names = [*(SEGMENTS if per_synapse else LINES[root.store, along]), f"{along}_of"]
    names += [ranks[side] for side in (Side.ROW, Side.COLUMN) if side in sides]
    fields = [STRUCTURE[name] for name in names]
    if per_synapse:
        fields += [Field("on", DType.BOOL, FieldKind.FLAG), Field("cursor", DType.INT, mutable=True)]
    fields.append(Field("spike_ring", DType.INT32, FieldKind.SPIKES))
    if delivery.delay is DelayKind.UNIFORM or (apart and root.delay is not DelayKind.NONE):
        fields.append(Field("delay", DType.INT32))
    if apart:
        fields.append(Field("post_last_spike", DType.INT))
    return fields

"""Kernels over a weight store: sweeps that transmit (D4) and updates that learn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from synloom.codegen.ir.expr import Cast, Expr, Reduction, Var, WeightedSum, transform
from synloom.codegen.ir.model import Function, ProjectionIR, TransposeIR
from synloom.codegen.ir.plan import Field, FieldKind, Reader, SweepKernel, SynapseKernel, Value, staged
from synloom.codegen.ir.stmt import Let, Stmt
from synloom.codegen.ir.types import DelayKind, DType, Locality, Operation, Scope, Side, StoreKind
from synloom.codegen.lower.function import reachable
from synloom.codegen.passes import gather
from synloom.codegen.passes.discretize import discretize
from synloom.codegen.passes.draws import draw_fields, draws_in, object_field, settle_arguments, state_field
from synloom.codegen.passes.plan_neurons import LAST_SPIKE, in_ms
from synloom.codegen.record import record

H = Var(Scope.CLOCK, "h")

STORE_FIELDS = {
    StoreKind.DENSE: (),
    StoreKind.HOLLOW: (),
    StoreKind.CSR: (Field("row_ptr", DType.INT), Field("column", DType.INT32)),
    StoreKind.CSR16: (Field("row_ptr", DType.INT), Field("column", DType.UINT16)),
}


@record
class Reading:
    """A projection or transpose as a reader of a store, before its expressions are tied to fields."""

    object: ProjectionIR | TransposeIR
    psp: Expr
    psp_text: str
    operation: Operation
    backward: bool
    functions: tuple[Function, ...]


def reading_of(projection: ProjectionIR | TransposeIR) -> Reading:
    """How an object reads its store in phase 2; it must have a psp."""
    model = projection.synapse if isinstance(projection, ProjectionIR) else projection
    assert model.psp is not None
    if isinstance(projection, TransposeIR):
        return Reading(
            projection,
            model.psp,
            projection.psp_text,
            projection.operation,
            projection.backward,
            projection.functions,
        )
    return Reading(projection, model.psp, model.psp_text, model.operation, False, model.functions)


@dataclass
class Values:
    """Replaces ``pre.x`` and ``post.x`` by values of rows and columns, and remembers which are needed."""

    pre: Side
    delay: DelayKind
    delay_field: str
    found: dict[str, Value]

    def __call__(self, expr: Expr) -> Expr:
        match expr:
            case Var(scope=Scope.PRE | Scope.POST as scope, name=name, locality=locality, dtype=dtype):
                field, whole = name, locality is Locality.GLOBAL
            case Var(scope=Scope.TIME, name="t_pre" | "t_post" as name):
                scope = Scope.PRE if name == "t_pre" else Scope.POST
                field, whole, dtype = LAST_SPIKE.name, False, LAST_SPIKE.dtype
            case WeightedSum(scope=Scope.PRE | Scope.POST as scope):
                field, whole, dtype = gather.sum_field(expr), False, DType.REAL
            case Reduction(scope=Scope.PRE | Scope.POST as scope):
                field, whole, dtype = gather.reduction_field(expr), True, DType.REAL
            case _:
                return expr
        side = self.pre if scope is Scope.PRE else other_side(self.pre)
        timed = isinstance(expr, Var) and expr.scope is Scope.TIME
        delayed = (
            scope is Scope.PRE and isinstance(expr, Var) and not timed and self.delay is not DelayKind.NONE
        )
        delay = self.delay if delayed else DelayKind.NONE
        value = Value(
            name=f"{side}_{field}",
            field=f"{side}_{field}" + ("_line" if delayed else ""),
            side=Side.WHOLE if whole else side,
            dtype=DType.REAL if delayed else dtype,
            delay=delay,
            delay_field=self.delay_field if delayed else "",
        )
        taken = self.found.get(value.name)
        if taken is not None and taken != value:
            # The same attribute read with another delay.
            value = replace(value, name=f"{value.name}_{self.delay_field if delayed else 'undelayed'}")
        self.found[value.name] = value
        # Values arrive as reals, whatever their buffer holds: a column stages them so.
        loaded = Var(Scope.TEMP, value.name, Locality.LOCAL, DType.REAL, expr.origin)
        if timed:
            return in_ms(loaded)
        return Cast(loaded, DType.BOOL, expr.origin) if dtype is DType.BOOL else loaded


def other_side(side: Side) -> Side:
    return Side.ROW if side is Side.COLUMN else Side.COLUMN


def value_fields(values: Iterable[Value]) -> tuple[Field, ...]:
    """Buffers the values come from, each once."""
    fields: dict[str, Field] = {}
    for value in values:
        fields[value.field] = Field(value.field, value.dtype)
        if value.delay is not DelayKind.NONE:
            side = value.field.split("_", 1)[0]
            fields[f"{side}_size"] = Field(f"{side}_size", DType.INT, FieldKind.SIZE)
            fields[f"{side}_line_length"] = Field(f"{side}_line_length", DType.INT, FieldKind.SIZE)
            fields[f"{value.field}_head"] = Field(f"{value.field}_head", DType.INT)
            fields[value.delay_field] = Field(value.delay_field, DType.INT32)
    return tuple(fields.values())


def store_fields(store: StoreKind) -> tuple[Field, ...]:
    """What it takes to walk a store."""
    return (
        Field("rows", DType.INT, FieldKind.SIZE),
        Field("columns", DType.INT, FieldKind.SIZE),
        *STORE_FIELDS[store],
    )


def rank_fields(rows: bool, columns: bool, values: Iterable[Value]) -> tuple[Field, ...]:
    """Which neurons rows and columns belong to, where it is asked for, or where values of them are read."""
    sides = {v.side for v in values}
    return (
        *((Field("row_ranks", DType.INT32),) if rows or Side.ROW in sides else ()),
        *((Field("column_ranks", DType.INT32),) if columns or Side.COLUMN in sides else ()),
    )


def _rows(some: bool) -> tuple[Field, ...]:
    """How many rows there are, of an update that visits no synapse."""
    return (Field("rows", DType.INT, FieldKind.SIZE),) if some else ()


def single_members(projection: ProjectionIR) -> frozenset[str]:
    return frozenset({"w"}) if projection.single_weight else frozenset()


def plan_sweep(root: ProjectionIR, readings: list[Reading]) -> SweepKernel:
    """One pass over the synapses of ``root`` for all its readings: at most one forward, any number backward."""
    values: dict[str, Value] = {}
    readers: list[Reader] = []
    fields: list[Field] = []
    for reading in readings:
        number = sum(r.backward == reading.backward for r in readers) + 1
        prefix = ("back" if reading.backward else "forward") + ("" if number == 1 else str(number))
        change = Values(
            Side.ROW if reading.backward else Side.COLUMN, reading.object.delay, f"{prefix}_delay", values
        )
        readers.append(
            Reader(
                backward=reading.backward,
                psp=transform(reading.psp, change),
                psp_text=reading.psp_text,
                operation=reading.operation,
                sum_field=f"{prefix}_sum",
                on_field=f"on_{prefix}",
                total=f"{prefix}_total" if reading.backward else "",
            )
        )
        fields += (
            Field(f"on_{prefix}", DType.BOOL, FieldKind.FLAG),
            Field(f"{prefix}_sum", DType.REAL, mutable=True),
            *((object_field(f"{prefix}_draws"),) if draws_in([reading.psp]) else ()),
        )
    functions = _merged(readings)
    used = list(gather.nodes([r.psp for r in readers], functions))
    members = gather.members(root.synapse.attributes, used, set(), single_members(root))
    constants = gather.constants(used)
    drawn = draws_in(r.psp for r in readers)
    forward, backward = any(not r.backward for r in readers), any(r.backward for r in readers)
    counts = any(r.backward and r.operation is not Operation.SUM for r in readers)
    scratch = bool(staged(tuple(values.values()))) or backward
    kernel = SweepKernel(
        name="",
        summary="One pass over the synapses of a projection, read by",
        store=root.store,
        fields=(
            *store_fields(root.store),
            *rank_fields(forward or bool(drawn), backward or bool(drawn), values.values()),
            *((Field("column_counts", DType.INT32),) if counts else ()),
            *((Field("scratch", DType.REAL, mutable=True),) if scratch else ()),
            *((state_field(),) if drawn else ()),
            *fields,
            *(Field(m.name, m.dtype) for m in members),
            *value_fields(values.values()),
            *(Field(c, DType.REAL) for c in constants),
        ),
        members=members,
        values=tuple(values.values()),
        wholes=constants,
        readers=tuple(readers),
        functions=functions,
    )
    gather.refuse_clashes(kernel.fields, root.synapse.attributes)
    return gather.signed(kernel, "sweep_" + root.store)


def _merged(readings: list[Reading]) -> tuple[Function, ...]:
    merged: dict[str, Function] = {}
    for reading in readings:
        for function in reachable([reading.psp], {f.name: f for f in reading.functions}):
            merged[function.name] = function
    return tuple(merged.values())


def learned(block: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """The weight changes only while the projection is plastic."""
    return tuple(
        s if isinstance(s, Let) or s.target.name != "w" else replace(s, guards=(*s.guards, "learn"))
        for s in block
    )


def plan_update(projection: ProjectionIR) -> SynapseKernel | None:
    """The kernel of phase 8, or None where the synapse has no equations."""
    model = projection.synapse
    equations = tuple(e for e in model.equations if e not in model.event_driven)
    if not equations:
        return None
    values: dict[str, Value] = {}
    change = Values(Side.COLUMN, projection.delay, "forward_delay", values)
    taken = gather.constants(gather.nodes((), model.functions))
    blocks = tuple(
        learned(discretize(equations, locality, H, taken))
        for locality in (Locality.GLOBAL, Locality.SEMIGLOBAL, Locality.LOCAL)
    )
    blocks = settle_arguments(blocks, model.equations, taken)
    changed = {name for block in blocks for name in gather.assigned(block)}
    global_block, row_block, local_block = (gather.map_block(b, change) for b in blocks)
    exprs = [e for b in (global_block, row_block, local_block) for e in gather.expressions(b)]
    functions = reachable(exprs, {f.name: f for f in model.functions})
    used = list(gather.nodes(exprs, functions))
    members = gather.members(model.attributes, used, changed, single_members(projection))
    constants = gather.constants(used)
    drawn = [bool(draws_in(gather.expressions(b))) for b in (row_block, local_block)]
    kernel = SynapseKernel(
        name="",
        summary=f"Update of the synapses of one projection: {model.name or 'rate-coded'}.",
        store=projection.store,
        fields=(
            *(store_fields(projection.store) if local_block else _rows(bool(row_block))),
            *rank_fields(any(drawn), drawn[1], values.values()),
            *((Field("scratch", DType.REAL, mutable=True),) if staged(tuple(values.values())) else ()),
            *((Field("plasticity", DType.BOOL),) if "w" in changed else ()),
            *draw_fields(exprs),
            *(Field(m.name, m.dtype, mutable=m.assigned) for m in members),
            *value_fields(values.values()),
            *(Field(c, DType.REAL) for c in constants),
        ),
        members=members,
        values=tuple(values.values()),
        wholes=constants,
        global_block=global_block,
        row_block=row_block,
        local_block=local_block,
        functions=functions,
    )
    gather.refuse_clashes(kernel.fields, model.attributes)
    return gather.signed(kernel, "update_" + gather.slug(model.name, "synapses"))

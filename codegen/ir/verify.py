"""What must hold of each level of IR. A failure is a bug of the compiler, never of the user."""

from __future__ import annotations

from collections.abc import Iterable

from synloom.codegen.errors import CodegenError
from synloom.codegen.ir.expr import (
    Binary,
    Cast,
    Expr,
    Gradient,
    Name,
    Reduction,
    Select,
    Unary,
    Var,
    WeightedSum,
    walk,
)
from synloom.codegen.ir.model import Attribute, Equation, NetworkIR, Ode, ProjectionIR, TransposeIR
from synloom.codegen.ir.plan import EventKernel, Kernel, NeuronKernel, Plan, SweepKernel
from synloom.codegen.ir.stmt import Clamp, Let, Stmt
from synloom.codegen.ir.types import DType, Scope

LOGICAL = ("and", "or")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def _fail(rule: str, expr: Expr | None = None) -> None:
    raise CodegenError(f"Broken IR: {rule}.", expr.origin if expr is not None else None)


def verify_expr(expr: Expr) -> None:
    """Names are resolved and the types of operands fit their operators."""
    for node in walk(expr):
        match node:
            case Name() | Gradient():
                _fail(f"{type(node).__name__} was not resolved", node)
            case Binary(op=op, lhs=lhs, rhs=rhs, dtype=dtype):
                operands = DType.BOOL if op in LOGICAL else DType.REAL
                result = DType.BOOL if op in LOGICAL + COMPARISONS else DType.REAL
                if (lhs.dtype, rhs.dtype, dtype) != (operands, operands, result):
                    _fail(f"{op} over {lhs.dtype} and {rhs.dtype} gives {dtype}", node)
            case Unary(op=op, arg=arg, dtype=dtype):
                wanted = DType.BOOL if op == "not" else DType.REAL
                if (arg.dtype, dtype) != (wanted, wanted):
                    _fail(f"{op} of {arg.dtype} gives {dtype}", node)
            case Select(condition=condition, then=then, other=other, dtype=dtype):
                if condition.dtype is not DType.BOOL or then.dtype is not dtype or other.dtype is not dtype:
                    _fail("a choice between different types", node)
            case Cast(arg=arg, dtype=dtype):
                if DType.INT32 in (arg.dtype, dtype):
                    _fail("a cast of an index", node)
            case _:
                pass


def _equations(equations: Iterable[Equation], attributes: tuple[Attribute, ...]) -> None:
    known = {a.name for a in attributes}
    for equation in equations:
        parts = [equation.coefficient, equation.rhs] if isinstance(equation, Ode) else [equation.value]
        for expr in (*parts, *(b.value for b in equation.bounds)):
            verify_expr(expr)
            for node in walk(expr):
                if isinstance(node, Var) and node.scope is Scope.SELF and node.name not in known:
                    _fail(f"unknown attribute {node.name}", node)
        if equation.target.name not in known:
            _fail(f"assignment to unknown {equation.target.name}", equation.target)


def verify_network(network: NetworkIR) -> None:
    """Objects refer to objects that exist, and every expression is well-formed."""
    populations = {p.name for p in network.populations}
    projections = {p.name: p for p in network.projections}
    if len(populations) != len(network.populations) or len(projections) != len(network.projections):
        _fail("two objects of one name")
    for population in network.populations:
        _equations(population.neuron.equations, population.neuron.attributes)
    for projection in network.projections:
        if isinstance(projection, TransposeIR):
            if projection.psp is not None:
                verify_expr(projection.psp)
            if not isinstance(projections.get(projection.forward), ProjectionIR):
                _fail(f"{projection.name} is the transpose of nothing")
            continue
        if projection.synapse.psp is not None:
            verify_expr(projection.synapse.psp)
        _equations(projection.synapse.equations, projection.synapse.attributes)
        if not {projection.pre, projection.post} <= populations:
            _fail(f"{projection.name} connects unknown populations")


def _blocks(kernel: Kernel) -> list[tuple[Stmt, ...]]:
    if isinstance(kernel, NeuronKernel):
        return [kernel.global_block, kernel.local_block, *(f.reset for f in kernel.firings)]
    if isinstance(kernel, SweepKernel):
        return []
    if isinstance(kernel, EventKernel):
        return [kernel.block]
    return [kernel.global_block, kernel.row_block, kernel.local_block]


def _kernel(kernel: Kernel) -> None:
    values = () if isinstance(kernel, NeuronKernel) else tuple(v.name for v in kernel.values)
    inputs = (*kernel.inputs, *kernel.wholes) if isinstance(kernel, NeuronKernel) else ()
    members = {m.name for m in kernel.members}
    made = {"refractory"} if isinstance(kernel, NeuronKernel) else {"elapsed"}
    if isinstance(kernel, NeuronKernel):
        for firing in kernel.firings:
            _reads(firing.condition, members, {*inputs})
    everywhere = {*values, *inputs, *made}
    for number, block in enumerate(_blocks(kernel)):
        temps = set(everywhere)
        for stmt in block:
            expr = stmt.limit if isinstance(stmt, Clamp) else stmt.value
            _reads(expr, members, temps)
            if isinstance(stmt, Let):
                temps.add(stmt.name)
                if number == 0:  # what is computed once for all can be read by each
                    everywhere.add(stmt.name)
    if isinstance(kernel, SweepKernel):
        for reader in kernel.readers:
            _reads(reader.psp, members, set(values))


def _reads(expr: Expr, members: set[str], temps: set[str]) -> None:
    verify_expr(expr)
    for node in walk(expr):
        match node:
            case WeightedSum() | Reduction():
                _fail("an input that is bound to no buffer", node)
            case Var(scope=Scope.SELF, name=name) if name not in members:
                _fail(f"{name} is no member of the kernel", node)
            case Var(scope=Scope.TEMP, name=name) if name not in temps:
                _fail(f"{name} is read before it is set", node)
            case _:
                pass


def verify_plan(plan: Plan) -> None:
    """Kernels read what they are given, and every launch binds every field to a slot that exists."""
    slots = {s.key for s in plan.manifest.slots}
    kernels = {k.name: k for k in plan.kernels}
    for kernel in plan.kernels:
        _kernel(kernel)
    for launch in (*plan.sweeps, *plan.neurons, *plan.synapses, *plan.events):
        kernel = kernels[launch.kernel]
        if [a.field for a in launch.arguments] != [f.name for f in kernel.fields]:
            _fail(f"{launch.title} binds the wrong fields")
        for argument in launch.arguments:
            if not argument.buffers or not set(argument.buffers) <= slots:
                _fail(f"{launch.title}.{argument.field} is bound to nothing")
        if not set(launch.guards) <= slots:
            _fail(f"{launch.title} is guarded by nothing")

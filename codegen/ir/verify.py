"""What must hold of each level of IR. A failure is a bug of the compiler, never of the user.

This file checks the Model IR, ``verify_plan.py`` the Plan IR.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import NoReturn

from synloom.codegen.errors import CodegenError
from synloom.codegen.ir.expr import (
    Binary,
    Call,
    Cast,
    Const,
    Draw,
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
from synloom.codegen.ir.model import (
    Assignment,
    Attribute,
    Creating,
    Equation,
    Event,
    Function,
    NetworkIR,
    NeuronModel,
    Ode,
    PopulationIR,
    ProjectionIR,
    Pruning,
    Spike,
    SynapseModel,
    TransposeIR,
    equation_expressions,
)
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.record import record

LOGICAL = ("and", "or")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**")
REDUCTIONS = ("min", "max", "mean", "norm1", "norm2")
RESERVED = ("t", "dt", "t_last", "t_pre", "t_post", "g_target")
OWNERS = (Scope.SELF, Scope.PRE, Scope.POST)
VALUES = {DType.REAL: float, DType.INT: int, DType.BOOL: bool}


def fail(rule: str, expr: Expr | None = None) -> NoReturn:
    raise CodegenError(f"Broken IR: {rule}.", expr.origin if expr is not None else None)


def verify_expr(expr: Expr) -> None:
    """Names are resolved and the types of operands fit their operators."""
    for node in walk(expr):
        match node:
            case Name() | Gradient():
                fail(f"{type(node).__name__} was not resolved", node)
            case Const(value=value, dtype=dtype):
                if type(value) is not VALUES.get(dtype):
                    fail(f"{value!r} is no literal of type {dtype}", node)
            case Binary(op=op) if op not in (*LOGICAL, *COMPARISONS, *ARITHMETIC):
                fail(f"there is no operator {op!r}", node)
            case Binary(op=op, lhs=lhs, rhs=rhs, dtype=dtype):
                operands = DType.BOOL if op in LOGICAL else DType.REAL
                result = DType.BOOL if op in LOGICAL + COMPARISONS else DType.REAL
                if (lhs.dtype, rhs.dtype, dtype) != (operands, operands, result):
                    fail(f"{op} over {lhs.dtype} and {rhs.dtype} gives {dtype}", node)
            case Unary(op=op) if op not in ("-", "not"):
                fail(f"there is no operator {op!r} of one operand", node)
            case Unary(op=op, arg=arg, dtype=dtype):
                wanted = DType.BOOL if op == "not" else DType.REAL
                if (arg.dtype, dtype) != (wanted, wanted):
                    fail(f"{op} of {arg.dtype} gives {dtype}", node)
            case Select(condition=condition, then=then, other=other, dtype=dtype):
                if condition.dtype is not DType.BOOL or then.dtype is not dtype or other.dtype is not dtype:
                    fail("a choice between different types", node)
            case Cast(arg=arg, dtype=dtype):
                if DType.INT32 in (arg.dtype, dtype):
                    fail("a cast of an index", node)
            case Draw() | WeightedSum() | Reduction() if node.dtype is not DType.REAL:
                fail(f"{type(node).__name__} of type {node.dtype}", node)
            case Draw(distribution=name) | Call(function=name) if not name.isidentifier():
                fail(f"there is no function {name!r}", node)
            case Reduction(op=op, scope=scope) if op not in REDUCTIONS or scope not in OWNERS:
                fail(f"there is no {op} of {scope}", node)
            case WeightedSum(scope=scope) if scope not in OWNERS:
                fail(f"there is no sum of {scope}", node)
            case _:
                pass


@record
class Surroundings:
    """What the expressions of a model may read: its own attributes, and those of the neurons at both ends."""

    own: Mapping[str, Attribute]
    pre: Mapping[str, Attribute] | None = None
    post: Mapping[str, Attribute] | None = None
    functions: Mapping[str, Function] = field(default_factory=dict)
    target: bool = False  # g_target

    def read(self, expr: Expr) -> None:
        """Every name stands for something, with the type and the locality that it has."""
        verify_expr(expr)
        for node in walk(expr):
            if isinstance(node, Var):
                self._name(node)
            elif isinstance(node, Reduction):
                _declared(
                    Var(node.scope, node.name, Locality.LOCAL, self._dtype(node)), self._side(node.scope)
                )
            elif isinstance(node, Call):
                verify_call(node, self.functions)

    def _dtype(self, node: Reduction) -> DType:
        attribute = self._side(node.scope).get(node.name)
        return attribute.dtype if attribute is not None else DType.REAL

    def _side(self, scope: Scope) -> Mapping[str, Attribute]:
        side = {Scope.SELF: self.own, Scope.PRE: self.pre, Scope.POST: self.post}[scope]
        return side if side is not None else {}

    def _name(self, var: Var) -> None:
        match var.scope:
            case Scope.SELF | Scope.PRE | Scope.POST:
                _declared(var, self._side(var.scope))
            case Scope.TARGET:
                _plain(var, Locality.LOCAL, self.target and not var.name)
            case Scope.TIME:
                known = ("t_last",) if self.pre is None else ("t_pre", "t_post")
                _plain(var, Locality.LOCAL, var.name in known)
            case Scope.CLOCK:
                _plain(var, Locality.GLOBAL, var.name in ("t", "dt"))
            case Scope.CONSTANT:
                _plain(var, Locality.GLOBAL, var.name not in (*self.own, *RESERVED))
            case _:
                fail(f"{var.name} of a scope that models do not have", var)


def verify_call(call: Call, functions: Mapping[str, Function]) -> None:
    """Users' functions are called with what they take."""
    function = functions.get(call.function)
    if function is not None:
        given = tuple(a.dtype for a in call.args)
        if (given, call.dtype) != (tuple(dtype for _, dtype in function.arguments), function.dtype):
            fail(f"{call.function} is called with other types than its own", call)


def _declared(var: Var, attributes: Mapping[str, Attribute]) -> None:
    attribute = attributes.get(var.name)
    if attribute is None:
        fail(f"unknown attribute {var.name}", var)
    if (var.dtype, var.locality) != (attribute.dtype, attribute.locality):
        fail(f"{var.name} is read as what it is not", var)


def _plain(var: Var, locality: Locality, known: bool, dtype: DType = DType.REAL) -> None:
    if not known or (var.dtype, var.locality) != (dtype, locality):
        fail(f"there is no {var.name or 'g_target'} here", var)


def _functions(functions: tuple[Function, ...]) -> Mapping[str, Function]:
    """Functions by name; each sees its arguments, constants and the functions before it."""
    known: dict[str, Function] = {}
    for function in functions:
        arguments = dict(function.arguments)
        verify_expr(function.body)
        for node in walk(function.body):
            match node:
                case Var(scope=Scope.ARGUMENT, name=name):
                    _plain(node, Locality.GLOBAL, name in arguments, arguments.get(name, DType.REAL))
                case Var(name=name):
                    _plain(node, Locality.GLOBAL, node.scope is Scope.CONSTANT and name not in arguments)
                case Call():
                    verify_call(node, known)
                case _:
                    pass
        if function.body.dtype is not function.dtype:
            fail(f"the function {function.name} gives {function.body.dtype}", function.body)
        known[function.name] = function
    return known


def _equations(equations: Iterable[Equation], where: Surroundings) -> None:
    for equation in equations:
        for expr in equation_expressions(equation):
            where.read(expr)
        target = equation.target
        if target.scope is Scope.TARGET:
            _plain(target, Locality.LOCAL, where.target and not target.name)
        elif target.scope is not Scope.SELF or target.name not in where.own:
            fail(f"assignment to unknown {target.name}", target)
        else:
            _declared(target, where.own)
        if isinstance(equation, Assignment) and equation.value.dtype is not target.dtype:
            fail(f"{target.name} is assigned a value of type {equation.value.dtype}", target)
        if isinstance(equation, Ode) and target.dtype is DType.BOOL:
            fail(f"an ODE of {target.name}, which is {target.dtype}", target)


def _by_name(attributes: tuple[Attribute, ...]) -> Mapping[str, Attribute]:
    names = {a.name: a for a in attributes}
    if len(names) != len(attributes):
        fail("two attributes of one name")
    return names


def _neuron(model: NeuronModel) -> None:
    where = Surroundings(_by_name(model.attributes), functions=_functions(model.functions))
    _equations(model.equations, where)
    for spike in (model.spike, model.axon_spike):
        if spike is not None:
            _spike(spike, where)
    if model.axon_spike is not None and model.spike is None:
        fail("axonal spikes of neurons that do not fire")
    if model.refractory is not None:
        where.read(model.refractory)


def _spike(spike: Spike, where: Surroundings) -> None:
    where.read(spike.condition)
    if spike.condition.dtype is not DType.BOOL:
        fail(f"a spike condition of type {spike.condition.dtype}", spike.condition)
    _equations(spike.reset, where)


def _synapse(model: SynapseModel, pre: NeuronModel, post: NeuronModel) -> None:
    sides = (_by_name(pre.attributes), _by_name(post.attributes))
    functions = _functions(model.functions)
    where = Surroundings(_by_name(model.attributes), *sides, functions)
    with_target = Surroundings(where.own, *sides, functions, target=True)
    _equations(model.equations, where)
    if model.psp is not None:
        where.read(model.psp)
    elif not model.spiking:
        fail("a rate-coded synapse without psp")
    for event in (model.pre_spike, model.post_spike, model.pre_axon_spike):
        _event(event, where, with_target)
    if model.post_spike.transmit:
        fail("a post-synaptic spike that transmits", model.post_spike.transmit[0].target)
    if not model.spiking and any(True for e in (model.pre_spike, model.post_spike) for _ in e):
        fail("events in a rate-coded synapse")
    for rule in (model.creating, model.pruning):
        if rule is not None:
            _rule(rule, where)


def _rule(rule: Creating | Pruning, where: Surroundings) -> None:
    """Where synapses come to be, or which go."""
    where.read(rule.condition)
    if rule.condition.dtype is not DType.BOOL:
        fail(f"a condition of type {rule.condition.dtype}", rule.condition)
    values = (rule.proba,) if isinstance(rule, Pruning) else (rule.proba, rule.w, rule.d)
    for value in values:
        if value is not None:
            where.read(value)


def _event(event: Event, where: Surroundings, with_target: Surroundings) -> None:
    for statement in event.transmit:
        if statement.target.scope is not Scope.TARGET or statement.unless_post:
            fail("what an event transmits goes to g_target, always", statement.target)
    _equations(event.transmit, with_target)
    _equations(event.statements, where)


def _projection(projection: ProjectionIR, populations: Mapping[str, PopulationIR]) -> None:
    if not {projection.pre, projection.post} <= set(populations):
        fail(f"{projection.name} connects unknown populations")
    if not projection.targets or len(set(projection.targets)) != len(projection.targets):
        fail(f"{projection.name} has no targets, or one of them twice")
    _synapse(projection.synapse, populations[projection.pre].neuron, populations[projection.post].neuron)


def _transpose(link: TransposeIR, root: object, populations: Mapping[str, PopulationIR]) -> None:
    if not isinstance(root, ProjectionIR):
        fail(f"{link.name} is the transpose of nothing")
    if link.psp is None:
        if not root.synapse.spiking:
            fail(f"{link.name} has no psp, and nothing is delivered to it")
        return
    pre, post = populations[root.pre].neuron, populations[root.post].neuron
    ends = (post, pre) if link.backward else (pre, post)
    Surroundings(
        own=_by_name(root.synapse.attributes),
        pre=_by_name(ends[0].attributes),
        post=_by_name(ends[1].attributes),
        functions=_functions(link.functions),
    ).read(link.psp)


def verify_network(network: NetworkIR) -> None:
    """Objects refer to objects that exist, and every expression is well-formed and reads what there is."""
    populations = {p.name: p for p in network.populations}
    projections = {p.name: p for p in network.projections}
    if len(populations) != len(network.populations) or len(projections) != len(network.projections):
        fail("two objects of one name")
    for population in network.populations:
        _neuron(population.neuron)
    for projection in network.projections:
        if isinstance(projection, ProjectionIR):
            _projection(projection, populations)
    for projection in network.projections:
        if isinstance(projection, TransposeIR):
            _transpose(projection, projections.get(projection.forward), populations)

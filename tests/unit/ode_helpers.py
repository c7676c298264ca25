"""Equations built from short texts, and an interpreter for the statements they become.

Texts are Python expressions: ``a if c else b`` for a conditional, ``**`` for a power, ``Uniform(0.0, 1.0)``
for a draw. Every node knows its place in the text, as after parsing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from synloom.codegen.errors import Origin, SourceText
from synloom.codegen.evaluate import evaluate
from synloom.codegen.ir.expr import (
    ONE,
    Binary,
    Call,
    Cast,
    Const,
    Draw,
    Expr,
    Select,
    Unary,
    Var,
    WeightedSum,
)
from synloom.codegen.ir.model import Assignment, Bound, Equation, Function, Ode
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.types import DType, Locality, Method, Scope
from synloom.codegen.passes.discretize import discretize

OPERATORS: Mapping[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.And: "and", ast.Or: "or",
}  # fmt: skip
DISTRIBUTIONS = ("Uniform", "Normal")
CLOCK = ("t", "dt", "h")
H = Var(Scope.CLOCK, "dt")


class Reader:
    """Turns a text into a resolved expression; ``types`` are those of names that are not real."""

    def __init__(self, text: str, types: Mapping[str, DType], arguments: Iterable[str] = ()) -> None:
        self.source, self.types, self.arguments = SourceText(text), types, tuple(arguments)
        self.sites = 0

    def read(self) -> Expr:
        return self.real(ast.parse(self.source.content, mode="eval").body)

    def real(self, node: ast.expr) -> Expr:
        expr = self.any(node)
        return expr if expr.dtype is DType.REAL else Cast(expr, DType.REAL, self.origin(node))

    def condition(self, node: ast.expr) -> Expr:
        expr = self.any(node)
        return expr if expr.dtype is DType.BOOL else Cast(expr, DType.BOOL, self.origin(node))

    def origin(self, node: ast.expr) -> Origin:
        assert node.end_col_offset is not None
        return Origin(self.source, node.col_offset, node.end_col_offset)

    def any(self, node: ast.expr) -> Expr:
        place = self.origin(node)
        match node:
            case ast.Constant(value=bool(value)):
                return Const(value, DType.BOOL, place)
            case ast.Constant(value=value):
                assert isinstance(value, int | float)
                return Const(float(value), DType.REAL, place)
            case ast.Name(id=name):
                scope = Scope.CLOCK if name in CLOCK else Scope.SELF
                scope = Scope.ARGUMENT if name in self.arguments else scope
                return Var(scope, name, Locality.LOCAL, self.types.get(name, DType.REAL), place)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Unary("not", self.condition(operand), DType.BOOL, place)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Unary("-", self.real(operand), DType.REAL, place)
            case ast.BinOp(left=left, op=op, right=right):
                return Binary(OPERATORS[type(op)], self.real(left), self.real(right), DType.REAL, place)
            case ast.BoolOp(op=op, values=values):
                parts = [self.condition(v) for v in values]
                return self.chain(OPERATORS[type(op)], parts, place)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                operands = [self.real(n) for n in (left, *comparators)]
                pairs = zip(ops, operands, operands[1:], strict=False)
                parts = [Binary(OPERATORS[type(o)], a, b, DType.BOOL, place) for o, a, b in pairs]
                return self.chain("and", parts, place)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return Select(self.condition(test), self.real(body), self.real(orelse), DType.REAL, place)
            case ast.Call(func=ast.Name(id="sum"), args=[ast.Name(id=target)]):
                return WeightedSum(Scope.SELF, target, place)
            case ast.Call(func=ast.Name(id=name), args=args):
                given = tuple(self.real(a) for a in args)
                if name in DISTRIBUTIONS:
                    self.sites += 1
                    return Draw(name, given, self.sites, place)
                return Call(name, given, DType.REAL, place)
        raise AssertionError(f"not part of the test language: {ast.dump(node)}")

    def chain(self, op: str, parts: Sequence[Expr], place: Origin) -> Expr:
        result = parts[0]
        for part in parts[1:]:
            result = Binary(op, result, part, DType.BOOL, place)
        return result


def expr(text: str, types: Mapping[str, DType] | None = None) -> Expr:
    return Reader(text, types or {}).read()


def var(name: str, locality: Locality = Locality.LOCAL, dtype: DType = DType.REAL) -> Var:
    return Var(Scope.SELF, name, locality, dtype)


def bounds(given: Mapping[str, str]) -> tuple[Bound, ...]:
    return tuple(Bound(kind, expr(text)) for kind, text in given.items())


def ode(
    name: str,
    rhs: str,
    method: Method = Method.EXPLICIT,
    coefficient: str = "",
    locality: Locality = Locality.LOCAL,
    types: Mapping[str, DType] | None = None,
    **limits: str,
) -> Ode:
    """``coefficient * d<name>/dt = rhs``; the equation's own origin is the whole right side."""
    types = types or {}
    value = expr(rhs, types)
    text = f"{coefficient + '*' if coefficient else ''}d{name}/dt = {rhs}"
    target = var(name, locality, types.get(name, DType.REAL))
    factor = expr(coefficient, types) if coefficient else ONE
    return Ode(target, factor, value, method, bounds(limits), text, value.origin)


def assign(
    name: str,
    value: str,
    locality: Locality = Locality.LOCAL,
    types: Mapping[str, DType] | None = None,
    **limits: str,
) -> Assignment:
    types = types or {}
    target = var(name, locality, types.get(name, DType.REAL))
    return Assignment(target, expr(value, types), bounds(limits), f"{name} = {value}")


def function(name: str, arguments: Mapping[str, DType], body: str, dtype: DType = DType.REAL) -> Function:
    read = Reader(body, arguments, arguments).read()
    return Function(name, tuple(arguments.items()), read, dtype)


class Interpreter:
    """One element: its values by name, a clock, and statements carried out on it."""

    def __init__(self, state: Mapping[str, Any], draw: Callable[[], float] | None = None) -> None:
        self.state: dict[str, Any] = dict(state)
        self.temps: dict[str, Any] = {}
        self.draw = draw

    def lookup(self, leaf: Expr) -> Any:
        match leaf:
            case Var(scope=Scope.TEMP, name=name):
                return self.temps[name]
            case Var(name=name):
                return self.state[name]
            case WeightedSum(target=target):
                return self.state[f"sum({target})"]
            case Draw() if self.draw is not None:
                return self.draw()
        raise AssertionError(f"no value for {leaf}")

    def run(self, block: Iterable[Stmt]) -> None:
        self.temps = {}
        for stmt in block:
            match stmt:
                case Let(name=name, value=value):
                    assert name not in self.temps, f"{name} is computed twice"
                    assert name not in self.state, f"{name} hides an attribute"
                    self.temps[name] = evaluate(value, self.lookup)
                case Set(target=target, value=value):
                    self.state[target.name] = evaluate(Cast(value, target.dtype), self.lookup)
                case Clamp(target=target, kind=kind, limit=limit):
                    x, bound = self.state[target.name], evaluate(limit, self.lookup)
                    if (x < bound) if kind == "min" else (x > bound):
                        self.state[target.name] = bound


def simulate(
    equations: Sequence[Equation], state: Mapping[str, Any], dt: float, steps: int, names: str
) -> list[list[float]]:
    """The values of ``names`` (split at blanks) after each step; global equations run before local ones."""
    blocks = [discretize(tuple(equations), locality, H) for locality in Locality]
    element = Interpreter({"t": 0.0, "dt": dt} | dict(state))
    table = []
    for n in range(steps):
        element.state["t"] = n * dt
        for block in blocks:
            element.run(block)
        table.append([float(element.state[name]) for name in names.split()])
    return table

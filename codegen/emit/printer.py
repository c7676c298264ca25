"""Expressions and statements as C++. The only place that writes literals, operators and types."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import assert_never

from synloom.codegen.emit.layout import fold
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
)
from synloom.codegen.ir.model import Function
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.types import DType, Precision, Scope
from synloom.codegen.names import cpp_name
from synloom.codegen.passes import gather

OPERATORS = {
    "or": ("||", 1),
    "and": ("&&", 2),
    "==": ("==", 3),
    "!=": ("!=", 3),
    "<": ("<", 4),
    "<=": ("<=", 4),
    ">": (">", 4),
    ">=": (">=", 4),
    "+": ("+", 5),
    "-": ("-", 5),
    "*": ("*", 6),
    "/": ("/", 6),
}
UNARY = 7
SIGNED = 5  # up to here a negative literal needs no parentheses
# Operators that C++ spells as functions.
AS_FUNCTIONS = {"//": "floor_div", "%": "remainder", "**": "pow"}

Lookup = Callable[[Var], str | None]
DrawText = Callable[[Draw, list[str]], str]


@dataclass(frozen=True)
class Printer:
    """Prints for one precision. ``lookup`` may give the text of a name; otherwise it is a local of that name."""

    precision: Precision
    lookup: Lookup = lambda _: None
    functions: tuple[Function, ...] = ()
    draw: DrawText | None = None  # emit/draws.py has some

    @property
    def real(self) -> str:
        return self.precision.value

    def type(self, dtype: DType) -> str:
        """The C++ type of a value."""
        match dtype:
            case DType.REAL:
                return self.real
            case DType.INT:
                return "std::int64_t"
            case DType.BOOL:
                return "bool"
            case DType.INT32:
                return "std::int32_t"
            case DType.UINT16:
                return "std::uint16_t"
            case _:
                assert_never(dtype)

    def literal(self, value: float | int | bool, dtype: DType) -> str:
        if dtype is DType.BOOL:
            return "true" if value else "false"
        if dtype is DType.INT:
            return str(int(value))
        text = repr(float(value))
        if text in ("inf", "-inf", "nan"):
            raise CodegenError(f"{text} has no literal in C++.")
        return text + ("f" if self.precision is Precision.FLOAT else "")

    def expr(self, expr: Expr, outer: int = 0) -> str:
        """``expr`` with the parentheses that ``outer``, the precedence around it, asks for."""
        match expr:
            case Const(value=value, dtype=dtype):
                text = self.literal(value, dtype)
                return f"({text})" if text.startswith("-") and outer > SIGNED else text
            case Var():
                return self._var(expr)
            case Unary(op=op, arg=arg):
                text = ("-" if op == "-" else "!") + self.expr(arg, UNARY + 1)
                return f"({text})" if outer > UNARY else text
            case Binary(op="**", lhs=Var() as base, rhs=Const(value=2.0)):
                text = f"{self.expr(base)} * {self.expr(base)}"
                return f"({text})" if outer > OPERATORS["*"][1] else text
            case Binary(op=op) if op in AS_FUNCTIONS:
                return self._function(expr)
            case Binary(op=op, lhs=lhs, rhs=rhs):
                spelled, mine = OPERATORS[op]
                text = f"{self.expr(lhs, mine)} {spelled} {self.expr(rhs, mine + 1)}"
                # Compilers warn of && inside ||, and people misread it.
                return f"({text})" if mine < outer or (op == "and" and outer == 1) else text
            case Call(function=function, args=args):
                return self._call(function, [self.expr(a) for a in args])
            case Select(condition=condition, then=then, other=other):
                text = f"{self.expr(condition, 1)} ? {self.expr(then, 1)} : {self.expr(other)}"
                return f"({text})" if outer > 0 else text
            case Cast(arg=arg, dtype=dtype):
                return self._cast(arg, dtype, outer)
            case Draw(args=args) if self.draw is not None:
                return self.draw(expr, [self.expr(a) for a in args])
            case Name() | Gradient() | WeightedSum() | Reduction() | Draw():
                raise CodegenError(f"{type(expr).__name__} reached the printer.", expr.origin)
            case _:
                assert_never(expr)

    def _var(self, var: Var) -> str:
        found = self.lookup(var)
        if found is not None:
            return found
        if var.scope is Scope.CLOCK:
            return f"clock.{var.name}"
        return cpp_name(var.name)

    def _function(self, expr: Binary) -> str:
        base = self.expr(expr.lhs)
        if expr.op == "**" and isinstance(expr.rhs, Const):
            exponent = float(expr.rhs.value)
            if exponent.is_integer() and abs(exponent) <= 4:
                return f"power({base}, {int(exponent)})"
            if exponent == 0.5:
                return f"sqrt({base})"
        return f"{AS_FUNCTIONS[expr.op]}({base}, {self.expr(expr.rhs)})"

    def _call(self, function: str, args: list[str]) -> str:
        mine = next((f for f in self.functions if f.name == function), None)
        if mine is not None:
            extra = gather.function_constants(mine, self.functions)
            return f"user::{cpp_name(function)}({', '.join([*args, *map(cpp_name, extra)])})"
        if function in ("min", "max"):
            nested = args[0]
            for arg in args[1:]:
                nested = f"{function}({nested}, {arg})"
            return nested
        return f"{function}({', '.join(args)})"

    def _cast(self, arg: Expr, dtype: DType, outer: int) -> str:
        if arg.dtype is dtype:
            return self.expr(arg, outer)
        if dtype is DType.BOOL:
            zero = self.literal(0, arg.dtype)
            text = f"{self.expr(arg, 4)} != {zero}"
            return f"({text})" if outer >= 3 else text
        return f"{self.type(dtype)}({self.expr(arg)})"

    def block(self, block: Iterable[Stmt], declared: Collection[str] = ()) -> tuple[str, ...]:
        """Statements as lines, each equation announced by a comment.

        Variables that were not ``declared`` are where they are first set.
        """
        lines: list[str] = []
        said = ""
        known = set(declared)
        for stmt in block:
            comment = "" if isinstance(stmt, Clamp) else stmt.comment
            if comment and comment != said:
                lines.append(f"// {comment}")
                said = comment
            text = self.stmt(stmt)
            if isinstance(stmt, Set) and stmt.guards:
                text = f"if ({' && '.join(stmt.guards)}) {text}"
            elif isinstance(stmt, Set) and stmt.target.name not in known and self.lookup(stmt.target) is None:
                known.add(stmt.target.name)
                text = f"{self.type(stmt.target.dtype)} {text}"
            lines.append(fold(text))
        return tuple(lines)

    def stmt(self, stmt: Stmt) -> str:
        match stmt:
            case Let(name=name, value=value, dtype=dtype):
                return f"const {self.type(dtype)} {cpp_name(name)} = {self.expr(value)};"
            case Set(target=target, value=Binary(op="+" | "-" | "*" | "/" as op, lhs=lhs, rhs=rhs)) if (
                lhs == target
            ):
                return f"{self.expr(target)} {op}= {self.expr(rhs)};"
            case Set(target=target, value=value):
                return f"{self.expr(target)} = {self.expr(value)};"
            case Clamp(target=target, kind=kind, limit=limit, guards=guards):
                sign = "<" if kind == "min" else ">"
                beyond = f"{self.expr(target)} {sign} {self.expr(limit, 5)}"
                return f"if ({' && '.join([*guards, beyond])}) {self.expr(target)} = {self.expr(limit)};"
            case _:
                assert_never(stmt)

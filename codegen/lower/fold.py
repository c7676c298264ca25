"""Literal arithmetic, done once: ``1/2`` -> ``0.5``. Nothing that depends on a name or a function."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final

from synloom.codegen.ir.expr import Binary, Const, Expr, Select, Unary, transform
from synloom.codegen.ir.types import DType

_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": lambda a, b: math.floor(a / b),
    "%": math.fmod,
    "**": math.pow,
}


def fold(expr: Expr) -> Expr:
    """``expr`` with arithmetic over literals carried out; what has no finite result stays as it is."""
    return transform(expr, _fold)


def _fold(expr: Expr) -> Expr:
    match expr:
        case Binary(op=op, lhs=Const(value=a), rhs=Const(value=b)) if op in _ARITHMETIC:
            try:
                value = float(_ARITHMETIC[op](a, b))
            except (ArithmeticError, ValueError):
                return expr
            return Const(value, DType.REAL, expr.origin) if math.isfinite(value) else expr
        case Unary(op="-", arg=Const(value=value)):
            return Const(-value, DType.REAL, expr.origin)
        case Select(condition=Const(value=condition), then=then, other=other):
            return then if condition else other
        case _:
            return expr

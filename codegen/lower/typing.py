"""Changes of type, made where a value meets an operator or a target of another type."""

from __future__ import annotations

import math

from synloom.codegen.ir.expr import Cast, Const, Expr
from synloom.codegen.ir.types import DType


def as_real(expr: Expr) -> Expr:
    """``expr`` as an operand of arithmetic."""
    return convert(expr, DType.REAL)


def as_bool(expr: Expr) -> Expr:
    """``expr`` as a condition."""
    return convert(expr, DType.BOOL)


def convert(expr: Expr, dtype: DType) -> Expr:
    """``expr`` as ``dtype``; literals are converted at once."""
    if expr.dtype is dtype:
        return expr
    if isinstance(expr, Const) and not (dtype is DType.INT and not math.isfinite(expr.value)):
        value = {DType.REAL: float, DType.INT: int, DType.BOOL: bool}[dtype](expr.value)
        return Const(value, dtype, expr.origin)
    return Cast(expr, dtype, expr.origin)

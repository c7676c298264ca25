"""Expressions evaluated in NumPy.

This serves what happens in Python and not in a kernel: user functions called from Python, initial values, and
folding of constants. ``codegen`` does no I/O, but it may use NumPy here. The kernels compute the same in C++;
where the two could differ (``NaN``, ties, signs) the rules of spec 01, section 8 are spelled out below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, assert_never

import numpy as np

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
from synloom.codegen.ir.types import DType, Scope

Lookup = Callable[[Expr], Any]
NO_FUNCTIONS: Mapping[str, Function] = {}


def evaluate(expr: Expr, lookup: Lookup, functions: Mapping[str, Function] = NO_FUNCTIONS) -> Any:
    """Compute the value of a resolved expression.

    Parameters
    ----------
    expr : Expr
        Names resolved and casts inserted.
    lookup : callable
        Gives the value of every leaf that is not a literal: Var, WeightedSum, Reduction, Draw. Scalars and
        arrays of any shapes that broadcast; a value of another type than its leaf is converted. Arguments of
        user functions are bound here and never asked for.
    functions : mapping, default empty
        The user functions that may be called, by name.

    Returns
    -------
    numpy.ndarray or float or int or bool
        Of the broadcast shape of what ``lookup`` gave; a Python number where that is a scalar. Both branches
        of a conditional are evaluated, so the shape never depends on values. Division by zero and the like
        follow IEEE 754 without a warning.

    Raises
    ------
    CodegenError
        A name that was not resolved, or an unknown function.
    """
    with np.errstate(all="ignore"):
        return _evaluate(expr, lookup, functions)


def _evaluate(expr: Expr, lookup: Lookup, functions: Mapping[str, Function]) -> Any:
    match expr:
        case Const(value=value):
            return value
        case Var() | WeightedSum() | Reduction() | Draw():
            return convert(lookup(expr), expr.dtype)
        case Unary(op=op, arg=arg):
            value = _evaluate(arg, lookup, functions)
            return _plain(np.logical_not(value) if op == "not" else np.negative(value))
        case Binary(op=op, lhs=lhs, rhs=rhs):
            return _plain(OPERATORS[op](_evaluate(lhs, lookup, functions), _evaluate(rhs, lookup, functions)))
        case Call(function=name, args=args):
            values = [_evaluate(a, lookup, functions) for a in args]
            if name in BUILTINS:
                return convert(BUILTINS[name](*values), expr.dtype)
            if name not in functions:
                raise CodegenError(f'Unknown function "{name}".', expr.origin)
            return _call(functions[name], values, lookup, functions)
        case Select(condition=condition, then=then, other=other):
            chosen = np.where(*(_evaluate(e, lookup, functions) for e in (condition, then, other)))
            return _plain(chosen)
        case Cast(arg=arg, dtype=dtype):
            return convert(_evaluate(arg, lookup, functions), dtype)
        case Name() | Gradient():
            raise CodegenError(f'"{expr.name}" was not resolved.', expr.origin)
        case _:
            assert_never(expr)


def _call(function: Function, values: list[Any], lookup: Lookup, functions: Mapping[str, Function]) -> Any:
    bound = {
        name: convert(value, dtype) for (name, dtype), value in zip(function.arguments, values, strict=True)
    }

    def inside(leaf: Expr) -> Any:
        if isinstance(leaf, Var) and leaf.scope is Scope.ARGUMENT:
            return bound[leaf.name]
        return lookup(leaf)

    return convert(_evaluate(function.body, inside, functions), function.dtype)


def convert(value: Any, dtype: DType) -> Any:
    """``value`` as ``dtype``: to INT truncates toward zero, to BOOL is ``!= 0``; reals keep precision."""
    given = np.asarray(value)
    match dtype:
        case DType.REAL:
            return _plain(given if given.dtype.kind == "f" else given.astype(np.float64))
        case DType.INT | DType.INT32 | DType.UINT16:
            return _plain(given.astype(np.int64))
        case DType.BOOL:
            return _plain(given != 0)
        case _:
            assert_never(dtype)


def _plain(value: Any) -> Any:
    # A Python number lets the precision of the arrays it meets decide, as a literal does in C++.
    return value.item() if np.ndim(value) == 0 else value


def _pos(x: Any) -> Any:
    return np.where(x > 0.0, x, 0.0)


def _neg(x: Any) -> Any:
    return np.where(x < 0.0, x, 0.0)


def _clip(x: Any, low: Any, high: Any) -> Any:
    return np.where(x < low, low, np.where(x > high, high, x))


def _power(x: Any, y: Any) -> Any:
    # NumPy refuses negative powers of integers; here there are only reals.
    return np.power(convert(x, DType.REAL), convert(y, DType.REAL))


def _modulo(a: Any, b: Any) -> Any:
    return np.fmod(convert(a, DType.INT), convert(b, DType.INT))


def _round(x: Any) -> Any:
    whole = np.trunc(x)
    return whole + np.copysign(np.abs(x - whole) >= 0.5, x)


def _sign(x: Any) -> Any:
    return np.where(x > 0.0, 1.0, np.where(x < 0.0, -1.0, 0.0))


def _heaviside(x: Any) -> Any:
    return np.where(x > 0.0, 1.0, np.where(x < 0.0, 0.0, 0.5))


def _min(*args: Any) -> Any:
    return reduce(lambda a, b: np.where(b < a, b, a), args)


def _max(*args: Any) -> Any:
    return reduce(lambda a, b: np.where(a < b, b, a), args)


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "//": lambda a, b: np.floor(np.divide(a, b)),
    "%": np.fmod,
    "**": _power,
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "and": np.logical_and,
    "or": np.logical_or,
}

BUILTINS: Mapping[str, Callable[..., Any]] = {
    "pos": _pos,
    "neg": _neg,
    "clip": _clip,
    "modulo": _modulo,
    "power": _power,  # the same value: k factors, 1 for k = 0, the reciprocal for k < 0, else pow
    "exp": np.exp,
    "ln": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": _round,
    "sign": _sign,
    "Heaviside": _heaviside,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "atan2": np.arctan2,
    "min": _min,
    "max": _max,
    "isnan": np.isnan,
    "isfinite": np.isfinite,
}

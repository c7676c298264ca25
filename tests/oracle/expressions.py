"""The value of one expression for one element: Python numbers, with the meaning IEEE gives them in C."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import assert_never

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

Number = float | int | bool
Leaf = Var | WeightedSum | Reduction | Draw
Lookup = Callable[[Leaf], Number]
Functions = Mapping[str, Function]


def evaluate(expr: Expr, lookup: Lookup, functions: Functions) -> Number:
    """Evaluate ``expr``; ``lookup`` knows the leaves."""
    match expr:
        case Const(value=value):
            return value
        case Var() | WeightedSum() | Reduction() | Draw():
            return lookup(expr)
        case Unary(op="-", arg=arg):
            return -float(evaluate(arg, lookup, functions))
        case Unary(op="not", arg=arg):
            return not evaluate(arg, lookup, functions)
        case Binary(op="and", lhs=lhs, rhs=rhs):
            return bool(evaluate(lhs, lookup, functions)) and bool(evaluate(rhs, lookup, functions))
        case Binary(op="or", lhs=lhs, rhs=rhs):
            return bool(evaluate(lhs, lookup, functions)) or bool(evaluate(rhs, lookup, functions))
        case Binary(op=op, lhs=lhs, rhs=rhs):
            a = float(evaluate(lhs, lookup, functions))
            b = float(evaluate(rhs, lookup, functions))
            return COMPARISONS[op](a, b) if op in COMPARISONS else ARITHMETIC[op](a, b)
        case Select(condition=condition, then=then, other=other):
            chosen = then if evaluate(condition, lookup, functions) else other
            return convert(evaluate(chosen, lookup, functions), expr.dtype)
        case Cast(arg=arg, dtype=dtype):
            return convert(evaluate(arg, lookup, functions), dtype)
        case Call(function=name, args=args):
            values = [evaluate(arg, lookup, functions) for arg in args]
            if name in functions:
                return call(functions[name], values, lookup, functions)
            return BUILT_IN[name](*(float(v) for v in values))
        case Name() | Gradient():
            raise AssertionError(f"{expr} should not have left lowering")
        case Unary():
            raise AssertionError(f"unknown operator in {expr}")
        case _:
            assert_never(expr)


def call(function: Function, values: list[Number], lookup: Lookup, functions: Functions) -> Number:
    """Call a user's function: it sees its arguments, constants and other functions."""
    arguments = {
        name: convert(value, dtype) for (name, dtype), value in zip(function.arguments, values, strict=True)
    }

    def inside(leaf: Leaf) -> Number:
        if isinstance(leaf, Var) and leaf.scope is Scope.ARGUMENT:
            return arguments[leaf.name]
        return lookup(leaf)

    return convert(evaluate(function.body, inside, functions), function.dtype)


def convert(value: Number, dtype: DType) -> Number:
    """To INT truncates toward zero, to BOOL is ``!= 0``, BOOL to REAL is 0 or 1 (spec 01, 5.3)."""
    match dtype:
        case DType.REAL:
            return float(value)
        case DType.INT | DType.INT32:
            return math.trunc(value)
        case DType.BOOL:
            return value != 0
        case _:
            assert_never(dtype)


def divide(a: float, b: float) -> float:
    """Real division; by zero it is infinite, and 0/0 is not a number."""
    if b != 0.0:
        return a / b
    if a == 0.0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    """Raise ``a`` to the power of ``b``, as C does where Python gives up."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return -math.inf if a < 0.0 and b % 2.0 == 1.0 else math.inf
    except ValueError:
        return math.inf if a == 0.0 else math.nan


def remainder(a: float, b: float) -> float:
    """``fmod``: the remainder with the sign of ``a``."""
    return math.nan if b == 0.0 or math.isinf(a) else math.fmod(a, b)


def modulo(a: float, b: float) -> float:
    """Remainder of the whole parts, with the sign of ``a``."""
    return math.fmod(math.trunc(a), math.trunc(b))


def whole(function: Callable[[float], float]) -> Callable[[float], float]:
    """Keep infinity and NaN, which Python has no integer for."""
    return lambda x: float(function(x)) if math.isfinite(x) else x


def round_half_away(x: float) -> float:
    below = math.floor(abs(x))
    return math.copysign(below + (abs(x) - below >= 0.5), x)


def clip(x: float, low: float, high: float) -> float:
    if x < low:
        return low
    return high if x > high else x


def sign(x: float) -> float:
    return float((x > 0.0) - (x < 0.0))


def heaviside(x: float) -> float:
    return 0.5 if x == 0.0 else float(x > 0.0)


def quiet(function: Callable[..., float], overflow: float = math.inf) -> Callable[..., float]:
    """Make ``function`` give NaN outside its domain and infinity where it overflows."""

    def answered(*args: float) -> float:
        try:
            return function(*args)
        except ValueError:
            return math.nan
        except OverflowError:
            return overflow

    return answered


def logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    return lambda x: -math.inf if x == 0.0 else quiet(function)(x)


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}

ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divide,
    "//": lambda a, b: whole(math.floor)(divide(a, b)),
    "%": remainder,
    "**": power,
}

BUILT_IN: dict[str, Callable[..., float]] = {
    "pos": lambda x: x if x > 0.0 else 0.0,
    "positive": lambda x: x if x > 0.0 else 0.0,
    "neg": lambda x: x if x < 0.0 else 0.0,
    "negative": lambda x: x if x < 0.0 else 0.0,
    "clip": clip,
    "modulo": modulo,
    "power": power,
    "pow": power,
    "exp": quiet(math.exp),
    "ln": logarithm(math.log),
    "log": logarithm(math.log),
    "log10": logarithm(math.log10),
    "log2": logarithm(math.log2),
    "sqrt": quiet(math.sqrt),
    "abs": abs,
    "fabs": abs,
    "floor": whole(math.floor),
    "ceil": whole(math.ceil),
    "round": whole(round_half_away),
    "sign": sign,
    "Heaviside": heaviside,
    "sin": quiet(math.sin),
    "cos": quiet(math.cos),
    "tan": quiet(math.tan),
    "asin": quiet(math.asin),
    "acos": quiet(math.acos),
    "atan": math.atan,
    "atan2": math.atan2,
    "sinh": quiet(math.sinh),
    "cosh": quiet(math.cosh),
    "tanh": math.tanh,
    "asinh": math.asinh,
    "acosh": quiet(math.acosh),
    "atanh": quiet(math.atanh),
    "min": min,
    "max": max,
    "isnan": lambda x: float(math.isnan(x)),
    "isfinite": lambda x: float(math.isfinite(x)),
}

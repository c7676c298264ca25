"""The numerical methods, straight from the formulas of spec 01 section 12, on numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

import numpy as np

from synloom.codegen.ir.expr import Binary, Cast, Const, Expr, Unary, Var
from synloom.codegen.ir.model import Equation, Ode
from synloom.codegen.ir.types import DType, Method, Scope
from tests.oracle.expressions import ARITHMETIC, Functions, Leaf, Lookup, Number, evaluate

Vector = list[float]


def runs(equations: Sequence[Equation]) -> list[list[Equation]]:
    """Maximal runs of differential equations and of assignments, in declaration order (12.1)."""
    return [list(run) for _, run in groupby(equations, key=lambda e: isinstance(e, Ode))]


def advance(run: Sequence[Ode], lookup: Lookup, h: float, functions: Functions) -> Vector:
    """Compute the new values of one run, all from the values before it."""
    new: dict[str, float] = {}
    for method in dict.fromkeys(ode.method for ode in run):
        group = [ode for ode in run if ode.method is method]
        coupled = method in (Method.IMPLICIT, Method.MIDPOINT, Method.RK4)
        for system in [group] if coupled else [[ode] for ode in group]:
            values = METHODS[method](system, lookup, h, functions)
            new.update(zip((ode.target.name for ode in system), values, strict=True))
    return [new[ode.target.name] for ode in run]


def explicit(system: Sequence[Ode], lookup: Lookup, h: float, functions: Functions) -> Vector:
    x, f = _state(system, lookup), _slopes(system, lookup, functions)
    return _moved(x, h, f(x))


def midpoint(system: Sequence[Ode], lookup: Lookup, h: float, functions: Functions) -> Vector:
    x, f = _state(system, lookup), _slopes(system, lookup, functions)
    return _moved(x, h, f(_moved(x, h / 2, f(x))))


def rk4(system: Sequence[Ode], lookup: Lookup, h: float, functions: Functions) -> Vector:
    x, f = _state(system, lookup), _slopes(system, lookup, functions)
    k1 = f(x)
    k2 = f(_moved(x, h / 2, k1))
    k3 = f(_moved(x, h / 2, k2))
    k4 = f(_moved(x, h, k3))
    return [x_i + h / 6 * (a + 2 * b + 2 * c + d) for x_i, a, b, c, d in zip(x, k1, k2, k3, k4, strict=True)]


def implicit(system: Sequence[Ode], lookup: Lookup, h: float, functions: Functions) -> Vector:
    """Solve ``(y - x)/h = f(y)`` for a linear ``f(y) = A y + b`` whose coefficients are found by probing."""
    x, f = _state(system, lookup), _slopes(system, lookup, functions)
    n = len(system)
    b = np.array(f([0.0] * n))
    a = np.array([np.array(f([float(i == j) for i in range(n)])) - b for j in range(n)]).T
    y: Vector = np.linalg.solve(np.eye(n) - h * a, np.array(x) + h * b).tolist()
    return y


def semiimplicit(system: Sequence[Ode], lookup: Lookup, h: float, functions: Functions) -> Vector:
    (x,), (tau, steady) = _state(system, lookup), _canonical(system[0], lookup, functions)
    s = h / tau
    return [x + s / (1 + s) * (steady - x)]


def exponential(system: Sequence[Ode], lookup: Lookup, h: float, functions: Functions) -> Vector:
    (x,), (tau, steady) = _state(system, lookup), _canonical(system[0], lookup, functions)
    return [x + (1 - math.exp(-h / tau)) * (steady - x)]


def event_driven(system: Sequence[Ode], lookup: Lookup, h: float, functions: Functions) -> Vector:
    """From one event to the next, ``h`` later (12.6)."""
    (x,), (tau, steady) = _state(system, lookup), _canonical(system[0], lookup, functions)
    return [steady + (x - steady) * math.exp(-h / tau)]


METHODS: Mapping[Method, Callable[[Sequence[Ode], Lookup, float, Functions], Vector]] = {
    Method.EXPLICIT: explicit,
    Method.IMPLICIT: implicit,
    Method.SEMIIMPLICIT: semiimplicit,
    Method.EXPONENTIAL: exponential,
    Method.MIDPOINT: midpoint,
    Method.RK4: rk4,
    Method.EVENT_DRIVEN: event_driven,
}


def _state(system: Sequence[Ode], lookup: Lookup) -> Vector:
    return [float(lookup(ode.target)) for ode in system]


def _moved(x: Vector, h: float, k: Vector) -> Vector:
    return [x_i + h * k_i for x_i, k_i in zip(x, k, strict=True)]


def _slopes(system: Sequence[Ode], lookup: Lookup, functions: Functions) -> Callable[[Vector], Vector]:
    """``f`` of the system: gradients at given values of its variables, all else as ``lookup`` says."""

    def f(values: Vector) -> Vector:
        here = instead(lookup, {ode.target.name: v for ode, v in zip(system, values, strict=True)})
        return [
            ARITHMETIC["/"](
                float(evaluate(ode.rhs, here, functions)),
                float(evaluate(ode.coefficient, here, functions)),
            )
            for ode in system
        ]

    return f


def instead(lookup: Lookup, values: Mapping[str, float]) -> Lookup:
    """``lookup`` with other values for some of the element's own attributes."""

    def other(leaf: Leaf) -> Number:
        if isinstance(leaf, Var) and leaf.scope is Scope.SELF and leaf.name in values:
            return values[leaf.name]
        return lookup(leaf)

    return other


def _canonical(ode: Ode, lookup: Lookup, functions: Functions) -> tuple[float, float]:
    """``tau`` and ``S`` of ``tau*x' + x = S`` (12.2): ``A*x' + B*x + C = 0`` gives ``A/B`` and ``-C/B``.

    The right side is probed at several values of the *bare* ``x``; an ``x`` inside a function stays old.
    """
    name = ode.target.name
    at_0, at_1, at_2 = (_with_bare(ode.rhs, name, p, lookup, functions) for p in (0.0, 1.0, 2.0))
    a, b, c = float(evaluate(ode.coefficient, lookup, functions)), at_0 - at_1, -at_0
    scale = max(abs(at_0), abs(at_1), abs(at_2))
    assert abs((at_2 - at_1) - (at_1 - at_0)) <= 1e-9 * scale, f"{ode.text} is not linear in {name}"
    assert b != 0.0, f"{ode.text} has no term linear in {name}"
    return a / b, -c / b


def _with_bare(expr: Expr, name: str, probe: float, lookup: Lookup, functions: Functions) -> float:
    """``expr`` with ``probe`` for every ``name`` that is reached through sums, products and powers only."""
    match expr:
        case Var(scope=Scope.SELF, name=bare) if bare == name:
            return probe
        case Unary(op="-", arg=arg):
            return -_with_bare(arg, name, probe, lookup, functions)
        case Cast(arg=arg, dtype=DType.REAL) if arg.dtype is DType.REAL:
            return _with_bare(arg, name, probe, lookup, functions)
        case Binary(op="+" | "-" | "*" as op, lhs=lhs, rhs=rhs):
            return ARITHMETIC[op](
                _with_bare(lhs, name, probe, lookup, functions),
                _with_bare(rhs, name, probe, lookup, functions),
            )
        case Binary(op="/", lhs=lhs, rhs=rhs):
            return ARITHMETIC["/"](
                _with_bare(lhs, name, probe, lookup, functions), float(evaluate(rhs, lookup, functions))
            )
        case Binary(op="**", lhs=lhs, rhs=Const(value=exponent)) if float(exponent).is_integer():
            return ARITHMETIC["**"](_with_bare(lhs, name, probe, lookup, functions), float(exponent))
        case _:
            return float(evaluate(expr, lookup, functions))

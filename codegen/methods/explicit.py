"""Explicit (forward) Euler."""

from __future__ import annotations

from synloom.codegen.ir.expr import Expr, div
from synloom.codegen.ir.model import Ode
from synloom.codegen.methods.step import Names, Step, normal, plus, real


def step(odes: tuple[Ode, ...], h: Expr, names: Names) -> Step:
    """``x + h * f(x)`` for ``dx/dt = f(x)`` (spec 01, 12.2).

    ``tau*dr/dt = a - r``  ->  ``r + h / tau * (a - r)``
    """
    return Step((), tuple(_advance(ode, h) for ode in odes))


def _advance(ode: Ode, h: Expr) -> Expr:
    coefficient, rhs = normal(ode)
    return plus(real(ode.target), div(h, coefficient), rhs)

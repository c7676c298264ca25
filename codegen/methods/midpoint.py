"""Midpoint method, a Runge-Kutta method of second order."""

from __future__ import annotations

from synloom.codegen.ir.expr import ONE, Const, Expr
from synloom.codegen.ir.model import Ode
from synloom.codegen.methods.step import Names, Scratch, Step, increments, plus, real, shifted

HALF = Const(0.5)


def step(odes: tuple[Ode, ...], h: Expr, names: Names) -> Step:
    """``x + h * f(x + h/2 * f(x))``, all ODEs stage by stage (spec 01, 12.2 and 12.3).

    The temporaries ``k_x`` are increments ``h * f(x)``, ``x_mid`` the values half a step on.
    """
    scratch = Scratch(names)
    amounts = increments(odes, h)
    k = [scratch.let(f"k_{ode.target.name}", amount) for ode, amount in zip(odes, amounts, strict=True)]
    half_way = shifted(odes, amounts, HALF, k, "mid", scratch)
    targets = (real(ode.target) for ode in odes)
    return scratch.step(odes, (plus(x, ONE, d) for x, d in zip(targets, half_way, strict=True)))

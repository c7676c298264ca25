"""Implicit (backward) Euler for linear equations, coupled ones solved as one system."""

from __future__ import annotations

from synloom.codegen.errors import Mistakes, ModelError
from synloom.codegen.ir.expr import ONE, ZERO, Expr, div
from synloom.codegen.ir.model import Ode
from synloom.codegen.methods.algebra import Linear, linear, solve
from synloom.codegen.methods.step import Names, Scratch, Step, minus, normal, plus, real


def step(odes: tuple[Ode, ...], h: Expr, names: Names) -> Step:
    """Solve ``(y - x) / h = f(y)`` for ``y``, for all unknowns at once (spec 01, 12.2 and 12.3).

    With ``A * dx/dt = f(x) = P*x + Q`` the increment ``d = y - x`` solves ``(A - h*P) d = h * f(x)``: A is
    diagonal, P couples, and the right side is the explicit step.

    Raises
    ------
    ModelError
        An unknown appears other than linearly, at the origin of the term (spec 01, 12.4).
    """
    unknowns = tuple(ode.target for ode in odes)
    mistakes = Mistakes()
    systems: list[tuple[Expr, Expr, Linear]] = []
    for ode in odes:
        coefficient, rhs = normal(ode)
        try:
            systems.append((coefficient, rhs, linear(ode, coefficient, rhs, unknowns)))
        except ModelError as error:
            mistakes.note(error)
    mistakes.check()

    if len(odes) == 1:
        coefficient, rhs, form = systems[0]
        factor = div(h, minus(coefficient, h, form.slopes[0]))
        return Step((), (plus(real(odes[0].target), factor, rhs),))

    scratch = Scratch(names)
    matrix = [
        [minus(coefficient if i == j else ZERO, h, slope) for j, slope in enumerate(form.slopes)]
        for i, (coefficient, _, form) in enumerate(systems)
    ]
    right = [plus(ZERO, h, rhs) for _, rhs, _ in systems]
    found = solve(matrix, right, [u.name for u in unknowns], scratch)
    return scratch.step(odes, (plus(real(u), ONE, d) for u, d in zip(unknowns, found, strict=True)))

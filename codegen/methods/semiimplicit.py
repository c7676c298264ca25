"""Semi-implicit Euler: the variable itself is taken at the end of the step, all else at its start."""

from __future__ import annotations

from synloom.codegen.errors import Mistakes, ModelError
from synloom.codegen.ir.expr import Expr, div
from synloom.codegen.ir.model import Ode
from synloom.codegen.methods.algebra import canonical
from synloom.codegen.methods.step import Names, Step, normal, plus, real


def step(odes: tuple[Ode, ...], h: Expr, names: Names) -> Step:
    """``x + s / (1 + s) * (S - x)`` with ``s = h / tau`` (spec 01, 12.2).

    With ``A * dx/dt = f = -B*x - C``, ``tau = A / B`` and ``S = -C / B`` this is ``x + h / (A + h*B) * f``,
    which divides once and stays finite where B vanishes.

    Raises
    ------
    ModelError
        A higher power of the variable, or no term linear in it, at the origin of the term.
    """
    mistakes, values = Mistakes(), []
    for ode in odes:
        try:
            values.append(_advance(ode, h))
        except ModelError as error:
            mistakes.note(error)
    mistakes.check()
    return Step((), tuple(values))


def _advance(ode: Ode, h: Expr) -> Expr:
    coefficient, rhs = normal(ode)
    form = canonical(ode, coefficient, rhs)
    return plus(real(ode.target), div(h, plus(form.a, h, form.b)), rhs)

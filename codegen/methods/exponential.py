"""Exponential Euler: exact for a linear equation whose coefficients stand still during the step."""

from __future__ import annotations

from synloom.codegen.errors import Mistakes, ModelError
from synloom.codegen.ir.expr import ONE, ZERO, Call, Expr, add, div, mul, neg, sub
from synloom.codegen.ir.model import Ode
from synloom.codegen.methods.algebra import canonical
from synloom.codegen.methods.step import Names, Scratch, Step, normal, real, signed


def step(odes: tuple[Ode, ...], h: Expr, names: Names) -> Step:
    """``x + (1 - exp(-h / tau)) * (S - x)`` with the canonical ``tau * dx/dt + x = S`` (spec 01, 12.2).

    The factor is a temporary of its own, computed once where tau is the same for all elements.

    Raises
    ------
    ModelError
        A higher power of the variable, or no term linear in it, at the origin of the term.
    """
    scratch, mistakes, values = Scratch(names), Mistakes(), []
    for ode in odes:
        try:
            values.append(_relax(ode, h, scratch))
        except ModelError as error:
            mistakes.note(error)
    mistakes.check()
    return scratch.step(odes, values)


def _relax(ode: Ode, h: Expr, scratch: Scratch) -> Expr:
    form = canonical(ode, *normal(ode))
    decay = scratch.let(f"decay_{ode.target.name}", _decay(h, form.a, form.b))
    x = real(ode.target)
    source = div(form.source, form.b)
    return sub(x, mul(decay, x)) if source == ZERO else add(x, mul(decay, sub(source, x)))


def _decay(h: Expr, a: Expr, b: Expr) -> Expr:
    size, negative = signed(b)
    return sub(ONE, Call("exp", (div(mul(h if negative else neg(h), size), a),)))

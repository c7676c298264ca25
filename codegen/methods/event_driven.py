"""Event-driven: the closed form of a linear equation since the synapse's last event."""

from __future__ import annotations

from synloom.codegen.ir.expr import ZERO, Call, Expr, add, div, mul, neg, sub
from synloom.codegen.ir.model import Ode
from synloom.codegen.methods.algebra import canonical
from synloom.codegen.methods.step import Names, Step, normal, real, signed


def step(odes: tuple[Ode, ...], h: Expr, names: Names) -> Step:
    """``S + (x - S) * exp(-h / tau)`` with the canonical ``tau * dx/dt + x = S`` (spec 01, 12.6).

    ``h`` is the time since the last event. ``tau*dx/dt = -x``  ->  ``x * exp(-h / tau)``

    Raises
    ------
    ModelError
        A higher power of the variable, or no term linear in it, at the origin of the term.
    """
    return Step((), tuple(_relax(ode, h) for ode in odes))


def _relax(ode: Ode, h: Expr) -> Expr:
    form = canonical(ode, *normal(ode))
    size, negative = signed(form.b)
    decay = Call("exp", (div(mul(h if negative else neg(h), size), form.a),))
    x, source = real(ode.target), div(form.source, form.b)
    return mul(x, decay) if source == ZERO else add(source, mul(sub(x, source), decay))

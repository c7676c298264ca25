"""The classical Runge-Kutta method of fourth order."""

from __future__ import annotations

from synloom.codegen.ir.expr import ONE, Const, Expr, add, div, mul
from synloom.codegen.ir.model import Ode
from synloom.codegen.methods.step import Names, Scratch, Step, increments, plus, real, shifted

TWO, SIX, HALF = Const(2.0), Const(6.0), Const(0.5)
# Where the next stage stands: part of the increment, and the name of the value there.
STAGES = ((HALF, "mid1"), (HALF, "mid2"), (ONE, "end"))


def step(odes: tuple[Ode, ...], h: Expr, names: Names) -> Step:
    """``x + (k1 + 2*k2 + 2*k3 + k4) / 6``, all ODEs stage by stage (spec 01, 12.2 and 12.3).

    The temporaries ``k1_x`` to ``k4_x`` are increments ``h * f``, the others the values they are taken at.
    """
    scratch = Scratch(names)
    amounts = increments(odes, h)
    stages = [_named(1, odes, amounts, scratch)]
    for number, (part, label) in enumerate(STAGES, start=2):
        moved = shifted(odes, amounts, part, stages[-1], label, scratch)
        stages.append(_named(number, odes, moved, scratch))
    values = []
    for ode, k1, k2, k3, k4 in zip(odes, *stages, strict=True):
        weighted = add(add(add(k1, mul(TWO, k2)), mul(TWO, k3)), k4)
        values.append(plus(real(ode.target), ONE, div(weighted, SIX)))
    return scratch.step(odes, values)


def _named(number: int, odes: tuple[Ode, ...], amounts: list[Expr], scratch: Scratch) -> list[Expr]:
    pairs = zip(odes, amounts, strict=True)
    return [scratch.let(f"k{number}_{ode.target.name}", amount) for ode, amount in pairs]

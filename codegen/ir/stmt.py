"""Statements: straight-line code over one element (a neuron, a row or a synapse)."""

from __future__ import annotations

from synloom.codegen.ir.expr import Expr, Var
from synloom.codegen.ir.types import DType
from synloom.codegen.record import record


@record
class Let:
    """A new local value. ``name`` is unique within the block; it is read as ``Var(TEMP, name)``."""

    name: str
    value: Expr
    dtype: DType = DType.REAL
    comment: str = ""


@record
class Set:
    """``target = value`` if all ``guards``, bool temporaries, hold. ``comment`` is the equation it came from."""

    target: Var
    value: Expr
    comment: str = ""
    guards: tuple[str, ...] = ()


@record
class Clamp:
    """``if (target < limit) target = limit`` for ``min``; the same with ``>`` for ``max``. NaN stays NaN.

    Only if all ``guards`` hold.
    """

    target: Var
    kind: str  # "min" | "max"
    limit: Expr
    guards: tuple[str, ...] = ()


Stmt = Let | Set | Clamp

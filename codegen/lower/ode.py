"""ODEs in normal form (spec 01, 5.2): ``coefficient * dx/dt = rhs``."""

from __future__ import annotations

from synloom.codegen.errors import ModelError
from synloom.codegen.ir.expr import (
    ONE,
    ZERO,
    Binary,
    Const,
    Expr,
    Gradient,
    Unary,
    add,
    div,
    mul,
    neg,
    sub,
    walk,
)
from synloom.codegen.record import record


@record
class _Linear:
    """``slope * dx/dt + rest``."""

    slope: Expr
    rest: Expr


def normal_form(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Coefficient and right-hand side of ``left = right``, where ``left`` holds the only gradient.

    ``tau*dv/dt + v = a``  ->  ``tau``, ``a - v``;  ``-dv/dt = (v - a)/tau``  ->  ``1``, ``-((v - a)/tau)``

    Raises
    ------
    ModelError
        The equation is not linear in the gradient, or the gradient is multiplied by zero.
    """
    linear = _split(left)
    coefficient, rhs = linear.slope, sub(right, linear.rest)
    if _is_negative(coefficient):
        coefficient, rhs = neg(coefficient), neg(rhs)
    if coefficient == ZERO:
        raise ModelError("The gradient is multiplied by zero.", left.origin)
    return coefficient, rhs


def _is_negative(coefficient: Expr) -> bool:
    match coefficient:
        case Const(value=value):
            return value < 0
        case Unary(op="-"):
            return True
        case _:
            return False


def _split(expr: Expr) -> _Linear:
    if not _has_gradient(expr):
        return _Linear(ZERO, expr)
    match expr:
        case Gradient():
            return _Linear(ONE, ZERO)
        case Unary(op="-", arg=arg):
            inner = _split(arg)
            return _Linear(neg(inner.slope), neg(inner.rest))
        case Binary(op="+" | "-" as op, lhs=lhs, rhs=rhs):
            a, b = _split(lhs), _split(rhs)
            combine = add if op == "+" else sub
            return _Linear(combine(a.slope, b.slope), combine(a.rest, b.rest))
        case Binary(op="*", lhs=lhs, rhs=rhs) if _has_gradient(lhs):
            inner = _split(lhs)
            return _Linear(mul(inner.slope, rhs), mul(inner.rest, rhs))
        case Binary(op="*", lhs=lhs, rhs=rhs):
            inner = _split(rhs)
            return _Linear(mul(lhs, inner.slope), mul(lhs, inner.rest))
        case Binary(op="/", lhs=lhs, rhs=rhs) if not _has_gradient(rhs):
            inner = _split(lhs)
            return _Linear(div(inner.slope, rhs), div(inner.rest, rhs))
        case _:
            name = next(n.name for n in walk(expr) if isinstance(n, Gradient))
            raise ModelError(
                f"The equation must be linear in d{name}/dt.", expr.origin, f"solve it for d{name}/dt by hand"
            )


def _has_gradient(expr: Expr) -> bool:
    return any(isinstance(node, Gradient) for node in walk(expr))

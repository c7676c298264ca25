"""A small algebra on expressions: polynomials in a few unknowns, and linear systems.

``expand`` views an expression as a polynomial in given unknowns. Only ``+ - * /`` and whole powers of a bare
unknown are seen; an unknown inside a function, a conditional or a divisor is part of a coefficient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from synloom.codegen.errors import ModelError, Origin
from synloom.codegen.ir.expr import (
    ONE,
    ZERO,
    Binary,
    Cast,
    Const,
    Expr,
    Unary,
    Var,
    add,
    div,
    mul,
    neg,
    sub,
    walk,
)
from synloom.codegen.ir.model import Ode
from synloom.codegen.ir.text import show
from synloom.codegen.ir.types import DType
from synloom.codegen.methods.step import Scratch, is_same, mentions
from synloom.codegen.record import record

# Products are multiplied out up to this power; beyond it x^n stands for all of (a + x)^n, an error anyway.
LARGEST_EXPANSION = 8


@record
class Term:
    """``number * factor * unknowns^powers``. ``origin`` is where a degree above one arose."""

    number: float
    factor: Expr
    powers: tuple[int, ...]
    origin: Origin | None = None

    @property
    def degree(self) -> int:
        return sum(self.powers)


Polynomial = tuple[Term, ...]


@record
class Linear:
    """``slopes[0] * x0 + slopes[1] * x1 + ... + rest``."""

    slopes: tuple[Expr, ...]
    rest: Expr


def expand(expr: Expr, unknowns: tuple[Var, ...]) -> Polynomial:
    """``expr`` as a sum of terms, equal ones joined and those that cancel dropped."""
    one = (0,) * len(unknowns)
    if not mentions(expr, unknowns):
        return _constant(expr, one)
    match expr:
        case Var():
            return (Term(1.0, ONE, tuple(int(is_same(expr, u)) for u in unknowns), expr.origin),)
        case Cast(arg=Var() as arg, dtype=DType.REAL):  # an int unknown
            return expand(arg, unknowns)
        case Unary(op="-", arg=arg):
            return _scale(expand(arg, unknowns), -1.0)
        case Binary(op="+" | "-" as op, lhs=lhs, rhs=rhs):
            right = expand(rhs, unknowns)
            return _join((*expand(lhs, unknowns), *(right if op == "+" else _scale(right, -1.0))))
        case Binary(op="*", lhs=lhs, rhs=rhs):
            return _product(expand(lhs, unknowns), expand(rhs, unknowns), expr.origin)
        case Binary(op="/", lhs=lhs, rhs=rhs):
            divisor = number(rhs)
            if divisor:
                return _scale(expand(lhs, unknowns), 1.0 / divisor)
            inverse = Term(1.0, Binary("/", ONE, rhs, origin=expr.origin), one)
            return _product(expand(lhs, unknowns), (inverse,), expr.origin)
        case Binary(op="**", lhs=lhs, rhs=rhs) if (exponent := number(rhs)) is not None:
            base = expand(lhs, unknowns)
            if exponent >= 0 and exponent.is_integer() and any(t.degree for t in base):
                return _power(base, int(exponent), one, expr.origin)
    return (Term(1.0, expr, one),)


def total(terms: Sequence[Term]) -> Expr:
    """Add up the coefficients of ``terms``, led by a positive one if there is any."""
    lead = next((i for i, t in enumerate(terms) if t.number > 0), None)
    if lead is None:
        return neg(total(_scale(tuple(terms), -1.0))) if terms else ZERO
    result: Expr = ZERO
    for term in (terms[lead], *terms[:lead], *terms[lead + 1 :]):
        size, factor = Const(abs(term.number)), term.factor
        match factor:
            case Binary(op="/", lhs=lhs, rhs=rhs) if lhs == ONE:
                piece = div(size, rhs)
            case _:
                piece = mul(size, factor)
        result = add(result, piece) if term.number > 0 else sub(result, piece)
    return result


def number(expr: Expr) -> float | None:
    """Read the value of a literal, with its sign."""
    match expr:
        case Const(value=value, dtype=DType.REAL | DType.INT):
            return float(value)
        case Cast(arg=Const() as arg, dtype=DType.REAL):
            return float(arg.value)
        case Unary(op="-", arg=arg):
            value_ = number(arg)
            return None if value_ is None else -value_
        case _:
            return None


def linear(ode: Ode, coefficient: Expr, rhs: Expr, unknowns: tuple[Var, ...]) -> Linear:
    """``rhs`` of ``coefficient * dx/dt = rhs``, sorted by unknown.

    Raises
    ------
    ModelError
        A product or power of unknowns, or one that is hidden in a function, a divisor or the coefficient.
    """
    terms = expand(rhs, unknowns)
    for term in terms:
        if term.degree > 1:
            raise _not_linear(ode, unknowns, monomial(term, unknowns), term.origin)
    for expr in (ode.coefficient, *(t.factor for t in terms), coefficient):
        if mentions(expr, unknowns):
            place = hidden(expr, unknowns) or expr
            raise _not_linear(ode, unknowns, _written(place), place.origin)
    slopes = tuple(total([t for t in terms if t.powers[i]]) for i in range(len(unknowns)))
    return Linear(slopes, total([t for t in terms if not t.degree]))


def _not_linear(ode: Ode, unknowns: tuple[Var, ...], found: str, origin: Origin | None) -> ModelError:
    names = " and ".join(f'"{u.name}"' for u in unknowns)
    return ModelError(
        f'"{ode.method}" needs equations that are linear in {names}; found {found}.',
        origin or ode.origin,
        "use midpoint or rk4, or semiimplicit where a linear term remains.",
    )


def hidden(expr: Expr, unknowns: tuple[Var, ...]) -> Expr | None:
    """Find the innermost function, conditional, divisor or power that an unknown is hidden in."""
    for node in walk(expr):
        match node:
            case Unary(op="-") | Binary(op="+" | "-" | "*") | Var():
                continue
            case Cast(arg=Var()):
                continue
            case Binary(op="/", rhs=rhs) if not mentions(rhs, unknowns):
                continue
        if mentions(node, unknowns):
            return node
    return None


@record
class Canonical:
    """``tau * dx/dt + x = S`` with ``tau = A / B`` and ``S = -C / B`` (spec 01, 12.2).

    ``a`` is A, ``b`` is B, ``source`` is -C.
    """

    a: Expr
    b: Expr
    source: Expr


def canonical(ode: Ode, coefficient: Expr, rhs: Expr) -> Canonical:
    """Bring ``coefficient * dx/dt = rhs`` into the canonical form.

    Raises
    ------
    ModelError
        A higher power of the bare variable, or no term linear in it.
    """
    unknowns = (ode.target,)
    terms = expand(rhs, unknowns)
    complaint = f'"{ode.method}" needs a linear term in "{ode.target.name}"; found'
    higher = next((t for t in terms if t.degree > 1), None)
    if higher is not None:
        raise ModelError(
            f"{complaint} {monomial(higher, unknowns)}.",
            higher.origin or ode.origin,
            "use explicit, midpoint or rk4 for this equation.",
        )
    decay = _scale(tuple(t for t in terms if t.degree), -1.0)
    if not decay:
        raise ModelError(
            f"{complaint} none.",
            ode.origin,
            f'add a term that makes "{ode.target.name}" decay, or use explicit, midpoint or rk4.',
        )
    return Canonical(coefficient, total(decay), total([t for t in terms if not t.degree]))


def monomial(term: Term, unknowns: tuple[Var, ...]) -> str:
    """``r^2`` or ``u*v``."""
    powers = zip(unknowns, term.powers, strict=True)
    return "*".join(u.name if p == 1 else f"{u.name}^{p}" for u, p in powers if p)


def _written(expr: Expr) -> str:
    """``expr`` as the user wrote it, or as they would."""
    return expr.origin.text if expr.origin is not None else show(expr)


def solve(
    matrix: list[list[Expr]], right: list[Expr], labels: Sequence[str], scratch: Scratch
) -> tuple[Expr, ...]:
    """Solve ``matrix @ unknowns = right``; entries that are ZERO cost nothing.

    Shapes: matrix (k, k), right and labels (k,). Two coupled unknowns follow Cramer's rule, more are
    eliminated; all intermediate values go to ``scratch``, named with ``labels``.
    """
    rows = [
        [_let(entry, f"m_{labels[i]}_{labels[j]}", scratch) for j, entry in enumerate(row)]
        for i, row in enumerate(matrix)
    ]
    sides = [_let(side, f"b_{label}", scratch) for side, label in zip(right, labels, strict=True)]
    if len(sides) == 2 and ZERO not in (rows[0][1], rows[1][0]):
        return _cramer(rows, sides, labels, scratch)
    return _eliminate(rows, sides, labels, scratch)


def _cramer(m: list[list[Expr]], b: list[Expr], labels: Sequence[str], scratch: Scratch) -> tuple[Expr, ...]:
    minor = mul(m[0][1], m[1][0])
    det = scratch.let(f"det_{labels[0]}_{labels[1]}", sub(mul(m[0][0], m[1][1]), minor))
    first = sub(mul(b[0], m[1][1]), mul(m[0][1], b[1]))
    second = sub(mul(m[0][0], b[1]), mul(m[1][0], b[0]))
    return div(first, det), div(second, det)


def _eliminate(
    m: list[list[Expr]], b: list[Expr], labels: Sequence[str], scratch: Scratch
) -> tuple[Expr, ...]:
    # No pivoting: for steps that resolve the dynamics, I - h*J is near the identity and its diagonal leads.
    # Choosing rows at run time would mean branches in every neuron.
    count = len(b)
    for column in range(count):
        for row in range(column + 1, count):
            if m[row][column] == ZERO:
                continue
            pair = f"{labels[row]}_{labels[column]}"
            factor = scratch.let(f"f_{pair}", div(m[row][column], m[column][column]))
            for j in range(column + 1, count):
                if m[column][j] != ZERO:
                    changed = sub(m[row][j], mul(factor, m[column][j]))
                    m[row][j] = scratch.let(f"m_{labels[row]}_{labels[j]}", changed)
            if b[column] != ZERO:
                b[row] = scratch.let(f"b_{labels[row]}", sub(b[row], mul(factor, b[column])))
    found: list[Expr] = [ZERO] * count
    for row in reversed(range(count)):
        side = b[row]
        for j in range(row + 1, count):
            side = sub(side, mul(m[row][j], found[j]))
        found[row] = _let(div(side, m[row][row]), f"d_{labels[row]}", scratch)
    return tuple(found)


def _let(value: Expr, name: str, scratch: Scratch) -> Expr:
    return value if isinstance(value, Const | Var) else scratch.let(name, value)


def _constant(expr: Expr, powers: tuple[int, ...]) -> Polynomial:
    value = number(expr)
    if value is not None:
        return (Term(value, ONE, powers),) if value else ()
    match expr:
        case Unary(op="-", arg=arg):
            return _scale(_constant(arg, powers), -1.0)
        case Binary(op="*", lhs=lhs, rhs=rhs) if (size := number(lhs)) is not None:
            return _scale(_constant(rhs, powers), size)
        case _:
            return (Term(1.0, expr, powers),)


def _scale(terms: Polynomial, size: float) -> Polynomial:
    return tuple(replace(t, number=t.number * size) for t in terms) if size else ()


def _join(terms: Polynomial) -> Polynomial:
    joined: list[Term] = []
    for term in terms:
        for i, other in enumerate(joined):
            if other.powers == term.powers and other.factor == term.factor:
                joined[i] = replace(other, number=other.number + term.number)
                break
        else:
            joined.append(term)
    return tuple(t for t in joined if t.number)


def _product(left: Polynomial, right: Polynomial, origin: Origin | None) -> Polynomial:
    terms = []
    for a in left:
        for b in right:
            powers = tuple(p + q for p, q in zip(a.powers, b.powers, strict=True))
            arose = origin if a.degree and b.degree else (a if a.degree else b).origin
            terms.append(Term(a.number * b.number, _times(a.factor, b.factor), powers, arose))
    return _join(tuple(terms))


def _times(lhs: Expr, rhs: Expr) -> Expr:
    match lhs, rhs:
        case Binary(op="/", lhs=one, rhs=divisor), factor if one == ONE:
            return div(factor, divisor) if factor != ONE else lhs
        case factor, Binary(op="/", lhs=one, rhs=divisor) if one == ONE:
            return div(factor, divisor) if factor != ONE else rhs
        case _:
            return mul(lhs, rhs)


def _power(base: Polynomial, exponent: int, one: tuple[int, ...], origin: Origin | None) -> Polynomial:
    if exponent > LARGEST_EXPANSION:
        highest = max(base, key=lambda t: t.degree)
        return (Term(1.0, ONE, tuple(p * exponent for p in highest.powers), origin),)
    result: Polynomial = (Term(1.0, ONE, one),)
    for _ in range(exponent):
        result = _product(result, base, origin)
    return result

"""Expressions: one closed union of frozen nodes. Origins never take part in equality."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from typing import assert_never

from synloom.codegen.errors import Origin
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.record import record


def _origin() -> Origin | None:
    return field(default=None, compare=False, repr=False)


@record
class Const:
    """A literal. ``value`` is a float for REAL, an int for INT, a bool for BOOL."""

    value: float | int | bool
    dtype: DType = DType.REAL
    origin: Origin | None = _origin()


@record
class Name:
    """A name as parsed, not yet resolved. ``owner`` is ``""``, ``"pre"`` or ``"post"``."""

    owner: str
    name: str
    origin: Origin | None = _origin()
    dtype: DType = DType.REAL


@record
class Gradient:
    """``d<name>/dt`` on the left side of an equation; gone after lowering."""

    name: str
    origin: Origin | None = _origin()
    dtype: DType = DType.REAL


@record
class Var:
    """A resolved name: which value, of whom, and how many of it there are."""

    scope: Scope
    name: str
    locality: Locality = Locality.GLOBAL
    dtype: DType = DType.REAL
    origin: Origin | None = _origin()


@record
class WeightedSum:
    """``sum(target)`` of a neuron (SELF), or ``pre.sum(target)`` / ``post.sum(target)`` in a synapse.

    An empty target is ``sum()``: all targets that reach the population, expanded when the network is lowered.
    """

    scope: Scope
    target: str
    origin: Origin | None = _origin()
    dtype: DType = DType.REAL


@record
class Reduction:
    """``min``, ``max``, ``mean``, ``norm1`` or ``norm2`` of a local attribute over its whole population."""

    op: str
    scope: Scope
    name: str
    origin: Origin | None = _origin()
    dtype: DType = DType.REAL


@record
class Draw:
    """A random number: one per element and step. ``site`` numbers the textual call within its model."""

    distribution: str
    args: tuple[Expr, ...]
    site: int = 0
    origin: Origin | None = _origin()
    dtype: DType = DType.REAL


@record
class Unary:
    """``op`` is ``-`` (REAL) or ``not`` (BOOL)."""

    op: str
    arg: Expr
    dtype: DType = DType.REAL
    origin: Origin | None = _origin()


@record
class Binary:
    """``lhs op rhs``.

    Arithmetic (``+ - * / // % **``) has REAL operands and result, comparisons (``== != < <= > >=``)
    REAL operands and a BOOL result, ``and``/``or`` BOOL throughout: resolving inserted the casts.
    """

    op: str
    lhs: Expr
    rhs: Expr
    dtype: DType = DType.REAL
    origin: Origin | None = _origin()


@record
class Call:
    """A built-in function by its canonical name, or a user's function."""

    function: str
    args: tuple[Expr, ...]
    dtype: DType = DType.REAL
    origin: Origin | None = _origin()


@record
class Select:
    """``then if condition else other``; from ``if c: a else: b`` and from ``ite(c, a, b)``."""

    condition: Expr
    then: Expr
    other: Expr
    dtype: DType = DType.REAL
    origin: Origin | None = _origin()


@record
class Cast:
    """Change of type: to BOOL is ``!= 0``, to INT truncates toward zero, BOOL to REAL is 0 or 1."""

    arg: Expr
    dtype: DType
    origin: Origin | None = _origin()


Expr = Const | Name | Gradient | Var | WeightedSum | Reduction | Draw | Unary | Binary | Call | Select | Cast


def children(expr: Expr) -> tuple[Expr, ...]:
    """Operands, left to right."""
    match expr:
        case Const() | Name() | Gradient() | Var() | WeightedSum() | Reduction():
            return ()
        case Draw(args=args) | Call(args=args):
            return args
        case Unary(arg=arg) | Cast(arg=arg):
            return (arg,)
        case Binary(lhs=lhs, rhs=rhs):
            return (lhs, rhs)
        case Select(condition=condition, then=then, other=other):
            return (condition, then, other)
        case _:
            assert_never(expr)


def rebuild(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """The same node over other operands."""
    match expr:
        case Const() | Name() | Gradient() | Var() | WeightedSum() | Reduction():
            return expr
        case Draw() | Call():
            return replace(expr, args=parts)
        case Unary() | Cast():
            return replace(expr, arg=parts[0])
        case Binary():
            return replace(expr, lhs=parts[0], rhs=parts[1])
        case Select():
            return replace(expr, condition=parts[0], then=parts[1], other=parts[2])
        case _:
            assert_never(expr)


def transform(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Rebuild bottom-up: ``change`` sees every node after its operands were changed."""
    parts = children(expr)
    if not parts:
        return change(expr)
    changed = tuple(transform(p, change) for p in parts)
    return change(expr if changed == parts else rebuild(expr, changed))


def walk(expr: Expr) -> Iterator[Expr]:
    """Every node, operands before operators."""
    for part in children(expr):
        yield from walk(part)
    yield expr


ZERO = Const(0.0)
ONE = Const(1.0)


def add(lhs: Expr, rhs: Expr) -> Expr:
    """``lhs + rhs`` with zeros dropped and ``+ (-x)`` written as a subtraction."""
    if lhs == ZERO:
        return rhs
    if rhs == ZERO:
        return lhs
    if isinstance(rhs, Unary) and rhs.op == "-":
        return sub(lhs, rhs.arg)
    return Binary("+", lhs, rhs)


def sub(lhs: Expr, rhs: Expr) -> Expr:
    """``lhs - rhs`` with zeros dropped."""
    if rhs == ZERO:
        return lhs
    if lhs == ZERO:
        return neg(rhs)
    if isinstance(rhs, Unary) and rhs.op == "-":
        return add(lhs, rhs.arg)
    return Binary("-", lhs, rhs)


def mul(lhs: Expr, rhs: Expr) -> Expr:
    """``lhs * rhs`` with factors of one and zero folded (the operands are finite reals)."""
    if ZERO in (lhs, rhs):
        return ZERO
    if lhs == ONE:
        return rhs
    if rhs == ONE:
        return lhs
    return Binary("*", lhs, rhs)


def div(lhs: Expr, rhs: Expr) -> Expr:
    """``lhs / rhs`` with a divisor of one dropped."""
    if rhs == ONE:
        return lhs
    if lhs == ZERO:
        return ZERO
    return Binary("/", lhs, rhs)


def neg(arg: Expr) -> Expr:
    """``-arg`` without doubled signs."""
    match arg:
        case Unary(op="-", arg=inner):
            return inner
        case Const(value=value, dtype=DType.REAL):
            return Const(-value)
        case Binary(op="-", lhs=lhs, rhs=rhs):
            return sub(rhs, lhs)
        case _:
            return Unary("-", arg)

"""What a numerical method gives, and what all methods share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from synloom.codegen.ir.expr import (
    ZERO,
    Binary,
    Call,
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
    transform,
    walk,
)
from synloom.codegen.ir.model import Equation, Ode
from synloom.codegen.ir.stmt import Let
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.record import record


@record
class Step:
    """The update of some ODEs: temporaries, then one new value for each ODE in the order given.

    All is written in terms of the values before the step; nothing is assigned yet. A value may use an operand
    of the ODE several times: who calls a method puts random numbers into temporaries first.
    """

    lets: tuple[Let, ...]
    values: tuple[Expr, ...]


@dataclass(slots=True)
class Names:
    """Names for temporaries: readable, and different from every name in use."""

    taken: set[str] = field(default_factory=set)

    @classmethod
    def beside(cls, equations: Iterable[Equation], more: Iterable[str] = ()) -> Names:
        """Avoids what ``equations`` mention, functions included, and ``more``."""
        taken = set(more)
        for equation in equations:
            taken.add(equation.target.name)
            rest = (equation.coefficient, equation.rhs) if isinstance(equation, Ode) else (equation.value,)
            for expr in (*rest, *(bound.value for bound in equation.bounds)):
                taken.update(n for n in map(_name, walk(expr)) if n)
        return cls(taken)

    def fresh(self, name: str) -> str:
        """``name``, or ``name_2``, ``name_3`` ... where it is taken."""
        chosen, number = name, 2
        while chosen in self.taken:
            chosen, number = f"{name}_{number}", number + 1
        self.taken.add(chosen)
        return chosen


Stepper = Callable[[tuple[Ode, ...], Expr, Names], Step]


def _name(expr: Expr) -> str:
    match expr:
        case Var(name=name) | Call(function=name):
            return name
        case _:
            return ""


@dataclass(slots=True)
class Scratch:
    """Temporaries of one step, collected in the order they are computed."""

    names: Names
    lets: list[Let] = field(default_factory=list)

    def let(self, name: str, value: Expr) -> Var:
        """Give ``value`` a name; returns how to read it."""
        chosen = self.names.fresh(name)
        self.lets.append(Let(chosen, value, value.dtype))
        return temporary(chosen, value.dtype)

    def step(self, odes: tuple[Ode, ...], values: Iterable[Expr]) -> Step:
        """Finish the step; its first temporary announces the equations."""
        if self.lets:
            self.lets[0] = replace(self.lets[0], comment=" ; ".join(o.text for o in odes if o.text))
        return Step(tuple(self.lets), tuple(values))


def temporary(name: str, dtype: DType = DType.REAL) -> Var:
    """How a :class:`Let` is read."""
    return Var(Scope.TEMP, name, Locality.LOCAL, dtype)


def real(target: Var) -> Expr:
    """Read ``target`` as an operand of arithmetic."""
    return target if target.dtype is DType.REAL else Cast(target, DType.REAL)


def is_same(expr: Expr, target: Var) -> bool:
    """Whether ``expr`` reads ``target``."""
    return isinstance(expr, Var) and expr.scope is target.scope and expr.name == target.name


def mentions(expr: Expr, targets: Iterable[Var]) -> bool:
    """Whether ``expr`` reads any of ``targets``."""
    wanted = {(t.scope, t.name) for t in targets}
    return any(isinstance(node, Var) and (node.scope, node.name) in wanted for node in walk(expr))


def substitute(expr: Expr, values: dict[Var, Expr]) -> Expr:
    """``expr`` with real values in the place of variables."""
    found = {(target.scope, target.name): value for target, value in values.items()}

    def change(node: Expr) -> Expr:
        if isinstance(node, Var):
            return found.get((node.scope, node.name), node)
        if isinstance(node, Cast) and node.arg.dtype is node.dtype:
            return node.arg  # an int variable replaced by a real value needs its cast no more
        return node

    return transform(expr, change)


def plus(lhs: Expr, factor: Expr, amount: Expr) -> Expr:
    """``lhs + factor * amount``; the sign of ``amount`` is drawn to the front."""
    size, negative = signed(amount)
    return sub(lhs, mul(factor, size)) if negative else add(lhs, mul(factor, size))


def minus(lhs: Expr, factor: Expr, amount: Expr) -> Expr:
    """``lhs - factor * amount``; the sign of ``amount`` is drawn to the front."""
    size, negative = signed(amount)
    return add(lhs, mul(factor, size)) if negative else sub(lhs, mul(factor, size))


def signed(expr: Expr) -> tuple[Expr, bool]:
    """``expr`` without its leading minus, and whether it had one."""
    match expr:
        case Unary(op="-", arg=arg):
            return arg, True
        case Const(value=value, dtype=DType.REAL) if value < 0:
            return Const(-value), True
        case _:
            return expr, False


def normal(ode: Ode) -> tuple[Expr, Expr]:
    """Give ``(A, f)`` of ``A * dx/dt = f``, with a divisor of the whole right side drawn into ``A``.

    ``dv/dt = (a - v) / tau``  ->  ``(tau, a - v)``. So ``h / A``, equal for all elements where tau is, can
    be computed once.
    """
    coefficient, rhs = ode.coefficient, ode.rhs
    while True:
        match rhs:
            case Binary(op="/", lhs=dividend, rhs=divisor):
                coefficient, rhs = mul(coefficient, divisor), dividend
            case Unary(op="-", arg=Binary(op="/", lhs=dividend, rhs=divisor)):
                coefficient, rhs = mul(coefficient, divisor), neg(dividend)
            case _:
                break
    size, negative = signed(coefficient)
    return (size, neg(rhs)) if negative else (coefficient, rhs)


def increments(odes: tuple[Ode, ...], h: Expr) -> list[Expr]:
    """``h * f`` of each ODE at the values before the step."""
    found = []
    for ode in odes:
        coefficient, rhs = normal(ode)
        found.append(plus(ZERO, div(h, coefficient), rhs))
    return found


def shifted(
    odes: tuple[Ode, ...], amounts: list[Expr], part: Expr, k: Sequence[Expr], label: str, scratch: Scratch
) -> list[Expr]:
    """``amounts`` at ``x + part * k`` for all ODEs together; the values there become ``x_label``."""
    moved: dict[Var, Expr] = {}
    for ode, amount in zip(odes, k, strict=True):
        if any(mentions(a, (ode.target,)) for a in amounts):
            value = plus(real(ode.target), part, amount)
            moved[ode.target] = scratch.let(f"{ode.target.name}_{label}", value)
    return [substitute(a, moved) for a in amounts]

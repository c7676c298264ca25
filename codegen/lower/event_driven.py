"""Event-driven ODEs: what makes the closed form between two events exact (spec 01, 12.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from synloom.codegen.errors import ModelError
from synloom.codegen.ir.expr import Draw, Expr, Var, walk
from synloom.codegen.ir.model import Assignment, Attribute, Equation, Ode, equation_expressions
from synloom.codegen.ir.types import Kind, Locality, Method, Scope
from synloom.codegen.lower.resolve import Resolver
from synloom.codegen.methods.algebra import canonical
from synloom.codegen.methods.step import normal


def check_event_driven(
    equations: tuple[Equation, ...],
    statements: Iterable[Assignment],
    attributes: Iterable[Attribute],
    *,
    has_psp: bool,
    resolver: Resolver,
) -> None:
    """Note what is wrong with the event-driven ODEs, and with clock-driven equations that use their variables."""
    odes = [e for e in equations if isinstance(e, Ode) and e.method is Method.EVENT_DRIVEN]
    if not odes:
        return
    moving = {a.name for a in attributes if a.kind is Kind.VARIABLE}
    moving |= {s.target.name for s in statements if s.target.scope is Scope.SELF}
    for ode in odes:
        _check_ode(ode, moving, resolver)
        if has_psp:
            message = f'"{ode.target.name}" is event-driven, which cannot be combined with psp.'
            hint = "psp is computed in every step: make the equation clock-driven, as with exponential"
            resolver.wrong(message, ode.target.origin, hint)
    driven = {ode.target.name for ode in odes}
    for equation in equations:
        if not (isinstance(equation, Ode) and equation.method is Method.EVENT_DRIVEN):
            _check_clock_driven(equation, driven, resolver)


def _check_ode(ode: Ode, moving: Collection[str], resolver: Resolver) -> None:
    name = ode.target.name
    if ode.target.locality is not Locality.LOCAL:
        hint = "events reach single synapses: drop the flag postsynaptic or projection"
        resolver.wrong(f'"event-driven" needs a local variable; "{name}" is not.', ode.target.origin, hint)
    try:
        form = canonical(ode, *normal(ode))
    except ModelError as error:
        resolver.mistakes.note(error)
        return
    for node in _nodes((form.a, form.b, form.source)):
        if isinstance(node, Var) and node.scope is Scope.SELF and node.name in moving:
            whom = "itself in a function or a divisor" if node.name == name else f'"{node.name}"'
            message = f'The event-driven "{name}" cannot depend on {whom}: it changes between events.'
            if node.name != name:
                message = f'The event-driven "{name}" cannot depend on the synaptic variable "{node.name}".'
            hint = "only parameters, pre. and post. stand in its equation; or make it clock-driven"
            resolver.wrong(message, node.origin or ode.origin, hint)
        elif isinstance(node, Draw):
            message = f'Random distributions are not allowed in the event-driven equation of "{name}".'
            resolver.wrong(message, node.origin, "make it clock-driven, as with exponential")


def _check_clock_driven(equation: Equation, driven: Collection[str], resolver: Resolver) -> None:
    for node in _nodes(equation_expressions(equation)):
        if isinstance(node, Var) and node.scope is Scope.SELF and node.name in driven:
            message = f'"{equation.target.name}" is updated in every step and cannot depend on "{node.name}"'
            hint = f'use "{node.name}" in events only, or make it clock-driven, as with exponential'
            resolver.wrong(f"{message}, which is event-driven.", node.origin, hint)


def _nodes(exprs: Iterable[Expr]) -> Iterator[Expr]:
    for expr in exprs:
        yield from walk(expr)

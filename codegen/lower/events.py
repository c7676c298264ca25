"""Texts that events execute: ``reset`` of neurons, ``pre_spike`` and its like of synapses (spec 01, section 13).

They hold assignments and increments, carried out in order for one neuron or one synapse. So a target may have
any locality, and there is no order of dependence to check.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from synloom.codegen.description import NeuronDescription, SynapseDescription
from synloom.codegen.errors import Mistakes, Origin, SourceText
from synloom.codegen.ir.expr import Expr, Gradient, Var, walk
from synloom.codegen.ir.model import Assignment
from synloom.codegen.ir.types import Locality, Scope
from synloom.codegen.lang.expression import read_gradient
from synloom.codegen.lang.flags import FlagRules, Flags, read_flags
from synloom.codegen.lang.statements import Statement, parse_statement
from synloom.codegen.lang.tokens import Kind, cut, tokenize
from synloom.codegen.lower.equations import assigned, lower_bounds
from synloom.codegen.lower.resolve import Place, Resolver
from synloom.codegen.record import record

G_TARGET = "g_target"
TARGET = Var(Scope.TARGET, "", Locality.LOCAL)


@record
class EventStatement:
    """``name operator right : flags``; ``origin`` is that of the name."""

    name: str
    origin: Origin
    statement: Statement
    flags: Flags

    @property
    def transmits(self) -> bool:
        return self.name == G_TARGET


def is_written(source: SourceText) -> bool:
    """Whether there is more than blanks and comments in a text."""
    return any(t.kind is not Kind.BREAK for t in tokenize(source.content))


def first_line(source: SourceText) -> Origin | None:
    """The first line with something on it."""
    text = source.content
    if not text.strip():
        return None
    start = len(text) - len(text.lstrip())
    stop = text.find("\n", start)
    return Origin(source, start, len(text[: stop if stop >= 0 else len(text)].rstrip()))


def all_texts(description: NeuronDescription | SynapseDescription) -> tuple[SourceText, ...]:
    """The text arguments of a model, in the order of their fields."""
    values = (getattr(description, name) for name in description.__dataclass_fields__)
    return tuple(value for value in values if isinstance(value, SourceText))


def read_statements(
    source: SourceText, rules: FlagRules, mistakes: Mistakes, conductance: FlagRules | None = None
) -> tuple[EventStatement, ...]:
    """Parse a text. Statements on ``g_target`` have the flags ``conductance`` where it is given."""
    found = []
    for piece in cut(source):
        statement = parse_statement(piece, mistakes)
        if statement is None:
            continue
        origin = _target(statement, mistakes)
        on_target = conductance is not None and origin is not None and origin.text == G_TARGET
        flags = read_flags(statement.flags, conductance if conductance and on_target else rules, mistakes)
        gradient = next((n for n in _nodes(statement.right) if isinstance(n, Gradient)), None)
        if gradient is not None:
            mistakes.add(_no_ode(source), gradient.origin)
        elif origin is not None:
            found.append(EventStatement(statement.left[0].text, origin, statement, flags))
    return tuple(found)


def _nodes(expr: Expr | None) -> Iterable[Expr]:
    return walk(expr) if expr is not None else ()


def _target(statement: Statement, mistakes: Mistakes) -> Origin | None:
    """Where the name on the left stands; None and a mistake if it is not a name alone."""
    source, left = statement.source, statement.left
    for i, token in enumerate(left):
        gradient = read_gradient(left, i) if token.kind is Kind.NAME else None
        if gradient is not None:
            origin = Origin(source, token.start, left[i + gradient[1] - 1].end)
            mistakes.add(_no_ode(source), origin, "give the model this equation in equations")
            return None
    origin = Origin(source, left[0].start, left[-1].end)
    if len(left) != 1 or left[0].kind is not Kind.NAME:
        mistakes.add("The left side must be a single variable.", origin)
        return None
    return origin


def _no_ode(source: SourceText) -> str:
    return f"ODEs are not allowed in {source.argument}."


def lower_statements(
    statements: Sequence[EventStatement], argument: str, resolver: Resolver
) -> tuple[Assignment, ...]:
    """One assignment for each statement whose target the resolver knows."""
    found = []
    for s in statements:
        target = TARGET if s.transmits else resolver.own.get(s.name)
        place = Place(argument, target=s.transmits)
        right = resolver.resolve(s.statement.right, place) if s.statement.right is not None else None
        bounds = lower_bounds(s.name, s.flags, resolver, target=s.transmits)
        if target is None or right is None:
            continue
        left = Var(target.scope, target.name, target.locality, target.dtype, s.origin)
        operator = s.statement.operator.text if s.statement.operator else "="
        value = assigned(left, operator, right)
        text, origin = s.statement.text, s.statement.origin
        found.append(Assignment(left, value, bounds, text, origin, s.flags.unless_post))
    return tuple(found)

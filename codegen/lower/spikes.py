"""What a spiking neuron has beside its equations: conditions, resets, conductances (spec 01, 1, 10.3, 13)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import Mistakes, Origin, SourceText
from synloom.codegen.ir.expr import ZERO, Const, Expr, Var
from synloom.codegen.ir.model import Assignment, Attribute, Spike
from synloom.codegen.ir.types import DType, Kind, Locality, Scope
from synloom.codegen.lang.flags import reset_rules
from synloom.codegen.lang.names import is_reserved, suggestion
from synloom.codegen.lang.statements import parse_condition
from synloom.codegen.lang.tokens import Kind as TokenKind
from synloom.codegen.lang.tokens import tokenize
from synloom.codegen.lower.declare import Declarations
from synloom.codegen.lower.events import (
    EventStatement,
    first_line,
    is_written,
    lower_statements,
    read_statements,
)
from synloom.codegen.lower.parts import Surroundings
from synloom.codegen.lower.resolve import Place, Resolver
from synloom.codegen.lower.typing import as_bool

RATE: Final = Attribute("r", Kind.VARIABLE, Locality.LOCAL, DType.REAL)
RESERVED_RATE: Final = '"r" is reserved in spiking neurons for the mean firing rate'


def check_spiking_names(declared: Declarations, mistakes: Mistakes) -> None:
    """A spiking neuron does not define ``r``."""
    for d in declared:
        if d.name == "r":
            mistakes.add(f"{RESERVED_RATE}; choose another name.", d.origin)


# -- attributes nobody declared ------------------------------------------------------------------------------


def implicit_attributes(
    description: NeuronDescription, declared: Declarations, around: Surroundings
) -> tuple[Attribute, ...]:
    """``r``, then each conductance that a text mentions and nothing declares, by name."""
    texts = (
        description.equations,
        description.spike,
        description.reset,
        description.axon_spike,
        description.axon_reset,
    )
    known = {d.name for d in declared}
    found = {name for text in texts for name in _conductances(text)} - known - {*around.constants}
    made = (Attribute(name, Kind.VARIABLE, Locality.LOCAL, DType.REAL) for name in sorted(found))
    return (*(() if "r" in known else (RATE,)), *made)


def _conductances(text: SourceText) -> Iterable[str]:
    """The names ``g_<target>`` in a text, those of functions left out."""
    tokens = [t for t in tokenize(text.content) if t.kind is not TokenKind.BREAK]
    for i, token in enumerate(tokens):
        called = i + 1 < len(tokens) and tokens[i + 1].text == "("
        owned = i > 0 and tokens[i - 1].text == "."
        named = token.kind is TokenKind.NAME and token.text.startswith("g_") and len(token.text) > 2
        if named and not called and not owned and not is_reserved(token.text):
            yield token.text


def erased(implicit: Iterable[Attribute]) -> tuple[Assignment, ...]:
    """The equations ``g_X = 0.0`` of the implicit conductances."""
    return tuple(
        Assignment(Var(Scope.SELF, a.name, a.locality, a.dtype), ZERO, text=f"{a.name} = 0.0")
        for a in implicit
        if a.name != RATE.name
    )


# -- conditions and resets -----------------------------------------------------------------------------------


def lower_spike(condition: SourceText, reset: SourceText, resolver: Resolver) -> Spike | None:
    """``spike`` and ``reset``, or ``axon_spike`` and ``axon_reset``; None if the condition is empty."""
    statements = _reset(reset, resolver)
    if not is_written(condition):
        if is_written(reset):
            message = "axon_reset is never executed: there is no axon_spike."
            resolver.wrong(message, first_line(reset), "give axon_spike a condition")
        return None
    message = f"{condition.argument or 'spike'} must be one boolean expression."
    parsed = parse_condition(condition, resolver.mistakes, message)
    if parsed is None:
        return Spike(Const(True, DType.BOOL), "", statements)
    expr: Expr = as_bool(resolver.resolve(parsed.expr, Place(condition.argument or "spike", draws=False)))
    return Spike(expr, parsed.text, statements)


def _reset(source: SourceText, resolver: Resolver) -> tuple[Assignment, ...]:
    argument = source.argument or "reset"
    read = read_statements(source, reset_rules(argument), resolver.mistakes)
    for statement in read:
        _check_target(statement, argument, resolver)
    return lower_statements(read, argument, resolver)


def _check_target(statement: EventStatement, argument: str, resolver: Resolver) -> None:
    name, origin = statement.name, statement.origin
    if name == RATE.name:
        resolver.wrong(f"{RESERVED_RATE}; {argument} cannot change it.", origin)
    elif name not in resolver.own:
        if is_reserved(name):
            resolver.wrong(f'"{name}" is reserved.', origin, f"{argument} changes attributes of the neuron")
        else:
            message = f'{argument} assigns "{name}", which is not an attribute.'
            hint = suggestion(name, resolver.own) or f'declare it in parameters: "{name} = 0.0"'
            resolver.wrong(message, origin, hint)


# -- refractory period ---------------------------------------------------------------------------------------


def lower_refractory(source: SourceText, resolver: Resolver) -> Var | None:
    """The attribute that holds the refractory period; None if none is named."""
    tokens = [t for t in tokenize(source.content) if t.kind is not TokenKind.BREAK]
    if not tokens:
        return None
    origin = Origin(source, tokens[0].start, tokens[-1].end)
    if len(tokens) > 1 or tokens[0].kind is not TokenKind.NAME:
        message = "refractory must be a number of ms or the name of an attribute."
        resolver.wrong(message, origin, "give an expression a name in equations")
        return None
    name = tokens[0].text
    own = resolver.own.get(name)
    if own is None:
        message = f'refractory refers to unknown "{name}".'
        resolver.wrong(message, origin, suggestion(name, resolver.own))
        return None
    return Var(own.scope, own.name, own.locality, own.dtype, origin)

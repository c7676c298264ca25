"""The attributes a model declares: one for each parameter, one for each variable an equation defines."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from synloom.codegen.errors import Mistakes, ModelError, Origin, SourceText
from synloom.codegen.ir.expr import Expr, Gradient, walk
from synloom.codegen.ir.types import DType, Kind, Locality
from synloom.codegen.lang import flags as language
from synloom.codegen.lang.builtins import POPULATION_MEMBERS, PROJECTION_MEMBERS
from synloom.codegen.lang.expression import read_gradient
from synloom.codegen.lang.flags import FlagRules, Flags, read_flags
from synloom.codegen.lang.names import is_reserved
from synloom.codegen.lang.parser import parse_tokens
from synloom.codegen.lang.statements import Statement, parse_statement
from synloom.codegen.lang.tokens import Cut, Token, Tokens, cut
from synloom.codegen.lang.tokens import Kind as TokenKind
from synloom.codegen.record import record

LEFT_SIDE: Final = "The left side must be a single variable, or contain one gradient d<name>/dt."
PARAMETER_VALUE: Final = 'Expected "name = value".'


@record
class Dialect:
    """What differs between the texts of neurons and of synapses."""

    variable: FlagRules
    parameter: FlagRules
    bare_parameter: FlagRules
    members: Collection[str]


NEURON: Final = Dialect(
    language.NEURON_VARIABLE, language.NEURON_PARAMETER, language.BARE_NEURON_PARAMETER, POPULATION_MEMBERS
)
SYNAPSE: Final = Dialect(
    language.SYNAPSE_VARIABLE, language.SYNAPSE_PARAMETER, language.BARE_SYNAPSE_PARAMETER, PROJECTION_MEMBERS
)
SPIKING_SYNAPSE: Final = replace(SYNAPSE, variable=language.SPIKING_SYNAPSE_VARIABLE)


@record
class Declared:
    """One parameter or variable as declared. ``left`` is the left side of an ODE, None otherwise."""

    name: str
    origin: Origin
    kind: Kind
    statement: Statement
    flags: Flags
    dtype: DType
    left: Expr | None = None

    @property
    def locality(self) -> Locality:
        return self.flags.locality


class Declarations:
    """All that a model declares, in order. Not ``complete``: a statement was too broken to tell its name.

    ``implicit`` are the variables that only events of a synapse define.
    """

    def __init__(self) -> None:
        self.parameters: list[Declared] = []
        self.variables: list[Declared] = []
        self.implicit: list[Declared] = []
        self.complete = True

    def __iter__(self) -> Iterator[Declared]:
        yield from self.parameters
        yield from self.variables
        yield from self.implicit


def declare(
    parameters: SourceText, equations: SourceText, dialect: Dialect, mistakes: Mistakes
) -> Declarations:
    """Parse both texts. Names declared twice or reserved are mistakes; the first declaration stands."""
    declared = Declarations()
    for piece in cut(parameters, bare_names=True):
        statement = parse_statement(_without_strings(piece, mistakes), mistakes, value_optional=True)
        parameter = _parameter(statement, dialect, mistakes) if statement else None
        _keep(parameter, declared.parameters, declared)
    for piece in cut(equations):
        statement = parse_statement(piece, mistakes)
        variable = _variable(statement, dialect, mistakes) if statement else None
        _keep(variable, declared.variables, declared)
    _check_names(declared, dialect, mistakes)
    return declared


def _keep(found: Declared | None, among: list[Declared], declared: Declarations) -> None:
    if found is None:
        declared.complete = False
    else:
        among.append(found)


# -- parameters ----------------------------------------------------------------------------------------------


def _without_strings(piece: Cut, mistakes: Mistakes) -> Cut:
    """A quoted key is no value by itself: who has ``extra_values`` puts the value in its place beforehand."""
    tokens = list(piece.tokens)
    for i, token in enumerate(tokens):
        if token.kind is TokenKind.STRING:
            message = f'The value of "{tokens[0].text}" must be a constant expression.'
            origin = Origin(piece.source, token.start, token.end)
            mistakes.add(message, origin, "a quoted key needs an entry in extra_values")
            tokens[i] = Token(TokenKind.NUMBER, "0", token.start, token.end)
    return Cut(piece.source, tokens)


def _parameter(statement: Statement, dialect: Dialect, mistakes: Mistakes) -> Declared | None:
    origin = _span(statement.source, statement.left)
    if len(statement.left) != 1 or statement.left[0].kind is not TokenKind.NAME:
        mistakes.add(PARAMETER_VALUE, origin)
        return None
    operator = statement.operator
    if operator is not None and operator.text != "=":
        mistakes.add(PARAMETER_VALUE, Origin(statement.source, operator.start, operator.end))
    rules = dialect.parameter if operator is not None else dialect.bare_parameter
    flags = read_flags(statement.flags, rules, mistakes)
    return Declared(
        statement.left[0].text, origin, Kind.PARAMETER, statement, flags, _dtype(statement, flags)
    )


def _dtype(statement: Statement, flags: Flags) -> DType:
    """The flag decides, then the value: ``True`` and ``False``, in any spelling, make a boolean."""
    value = statement.right or (flags.init.value if flags.init else None)
    if flags.dtype is not None or value is None or value.origin is None:
        return flags.dtype or DType.REAL
    return DType.BOOL if value.origin.text in ("True", "False", "true", "false") else DType.REAL


# -- variables -----------------------------------------------------------------------------------------------


def _variable(statement: Statement, dialect: Dialect, mistakes: Mistakes) -> Declared | None:
    left, source = statement.left, statement.source
    single = len(left) == 1 and left[0].kind is TokenKind.NAME
    try:
        side, gradient = (None, None) if single else _ode_side(statement)
    except ModelError as error:
        mistakes.note(error)
        read_flags(statement.flags, dialect.variable, mistakes, ode=True)
        return None
    if gradient is None:
        name, origin = left[0].text, _span(source, left)
    else:
        assert gradient.origin is not None
        name, origin = gradient.name, gradient.origin
    flags = read_flags(statement.flags, dialect.variable, mistakes, ode=gradient is not None)
    return Declared(name, origin, Kind.VARIABLE, statement, flags, flags.dtype or DType.REAL, side)


def _ode_side(statement: Statement) -> tuple[Expr, Gradient]:
    """The left side of an ODE and the gradient in it."""
    source, left = statement.source, statement.left
    _check_order(source, left)
    side = parse_tokens(source, left)
    gradients = _gradients(side)
    if len(gradients) > 1:
        found = " and ".join(f"d{g.name}/dt" for g in gradients)
        raise ModelError(f"Only one gradient may appear; found {found}.", gradients[1].origin)
    if not gradients:
        misplaced = _gradients(statement.right) if statement.right else []
        if misplaced:
            raise ModelError("The gradient must be on the left side.", misplaced[0].origin)
        raise ModelError(LEFT_SIDE, _span(source, left))
    operator = statement.operator
    if operator is not None and operator.text != "=":
        origin = Origin(source, operator.start, operator.end)
        raise ModelError(f'An ODE is written with "=", not "{operator.text}".', origin)
    return side, gradients[0]


def _gradients(expr: Expr) -> list[Gradient]:
    return [node for node in walk(expr) if isinstance(node, Gradient)]


def _check_order(source: SourceText, left: Tokens) -> None:
    """Where no first-order gradient is found, look for what was meant to be one."""
    if any(t.kind is TokenKind.NAME and read_gradient(left, i) for i, t in enumerate(left)):
        return
    words = [t.text for t in left]
    if words[0] == "d" and len(words) > 1 and words[1] in ("^", "**"):
        raise _not_first_order(_span(source, left))
    for i in range(1, len(left) - 1):
        above, below = words[i - 1], words[i + 1]
        if words[i] == "/" and above[0] in "dD" and below[0] == "d":
            raise _not_first_order(_span(source, left[i - 1 : i + 2]))


def _not_first_order(origin: Origin) -> ModelError:
    return ModelError(f"Not a first-order gradient: {origin.text}", origin, "write d<name>/dt")


# -- names ---------------------------------------------------------------------------------------------------


def _check_names(declared: Declarations, dialect: Dialect, mistakes: Mistakes) -> None:
    parameters = {p.name for p in declared.parameters}
    for group in (declared.parameters, declared.variables):
        for name in dict.fromkeys(d.name for d in group):
            same = [d for d in group if d.name == name]
            if len(same) > 1:
                lines = ", ".join(str(d.origin.line) for d in same)
                mistakes.add(f'"{name}" is declared more than once (lines {lines}).', same[1].origin)
            if is_reserved(name, dialect.members):
                mistakes.add(f'"{name}" is reserved.', same[0].origin, "choose another name")
            elif group is declared.variables and name in parameters:
                message = f'"{name}" is a parameter; remove it from parameters to give it an equation.'
                mistakes.add(message, same[0].origin)


def _span(source: SourceText, tokens: Tokens) -> Origin:
    return Origin(source, tokens[0].start, tokens[-1].end)

"""One statement: ``left operator right : flags`` (spec 01, section 3)."""

from __future__ import annotations

from typing import Final

from synloom.codegen.errors import Mistakes, ModelError, Origin, SourceText
from synloom.codegen.ir.expr import Expr, Gradient, walk
from synloom.codegen.lang.expression import ONE_ASSIGNMENT, WRITE_IF
from synloom.codegen.lang.parser import parse_right_side, parse_tokens
from synloom.codegen.lang.tokens import (
    ASSIGNMENTS,
    Cut,
    Kind,
    Token,
    Tokens,
    check_balance,
    one_line,
    tokenize,
)
from synloom.codegen.record import record

EXPECTED: Final = 'Expected "name = expression".'
CONDITIONAL: Final = "a conditional is a right side: name = if <condition>: <a> else: <b>"


@record
class Flag:
    """``word`` or ``word=value``. ``equals`` is set where the value was forgotten, too."""

    word: str
    origin: Origin
    value: Expr | None = None
    equals: bool = False


@record
class Statement:
    """A statement cut into its parts. ``right`` is None where there is none or it could not be parsed."""

    source: SourceText
    left: Tokens
    operator: Token | None
    right: Expr | None
    flags: tuple[Flag, ...]
    text: str
    origin: Origin


def parse_statement(cut: Cut, mistakes: Mistakes, *, value_optional: bool = False) -> Statement | None:
    """Parse a statement; mistakes are noted. None if not even its left side could be told.

    With ``value_optional``, as in parameters, ``name`` and ``name : flags`` are statements as well.
    """
    source, tokens = cut.source, [t for t in cut.tokens if t.kind is not Kind.BREAK]
    at = _assignment(tokens)
    if at is None:
        colon = next((i for i, t in enumerate(tokens) if t.text == ":"), len(tokens))
        if not value_optional or not colon:
            hint = CONDITIONAL if tokens[0].text == "if" else ""
            _note(mistakes, source, tokens[0], tokens[max(colon - 1, 0)], EXPECTED, hint)
            return None
        flags = _flags_or_none(source, tokens[colon:], mistakes)
        return _statement(source, tokens, 0, colon, None, flags)
    try:
        check_balance(source, tokens[:at])
    except ModelError as error:
        mistakes.note(error)
        return None
    operator = tokens[at]
    empty = at + 1 == len(tokens) or tokens[at + 1].text == ":"
    if at == 0 or empty:
        _note(mistakes, source, operator, operator, EXPECTED)
        return None if at == 0 else _statement(source, tokens, at, at + 1, None, ())
    if operator.text not in ASSIGNMENTS:
        message = f'"{operator.text}" is not an assignment; use =, +=, -=, *= or /=.'
        _note(mistakes, source, operator, operator, message)
        return _statement(source, tokens, at, at + 1, None, ())
    try:
        check_balance(source, tokens[at + 1 :])
        right, end = parse_right_side(source, tokens[at + 1 :], 0)
        end += at + 1
        if end < len(tokens) and tokens[end].text != ":":
            raise ModelError(WRITE_IF, Origin(source, tokens[end].start, tokens[end].end))
    except ModelError as error:
        mistakes.note(error)
        return _statement(source, tokens, at, at + 1, None, ())
    flags = _flags_or_none(source, tokens[end:], mistakes)
    return _statement(source, tokens, at, end, right, flags)


def _assignment(tokens: Tokens) -> int | None:
    """Index of the operator: the first assignment outside the flags."""
    for index, token in enumerate(tokens):
        if token.kind is Kind.ASSIGN:
            return index
        if token.text == ":":
            return None
    return None


def _statement(
    source: SourceText, tokens: Tokens, at: int, end: int, right: Expr | None, flags: tuple[Flag, ...]
) -> Statement:
    """``tokens[:end]`` is the body, its operator at ``at`` (0: none)."""
    body = tokens[:end]
    origin = Origin(source, body[0].start, body[-1].end)
    left = tokens[:at] if at else body
    return Statement(source, left, tokens[at] if at else None, right, flags, one_line(source, body), origin)


def _note(
    mistakes: Mistakes, source: SourceText, first: Token, last: Token, message: str, hint: str = ""
) -> None:
    mistakes.add(message, Origin(source, first.start, last.end), hint)


def _flags_or_none(source: SourceText, tokens: Tokens, mistakes: Mistakes) -> tuple[Flag, ...]:
    try:
        return parse_flags(source, tokens)
    except ModelError as error:
        mistakes.note(error)
        return ()


def parse_flags(source: SourceText, tokens: Tokens) -> tuple[Flag, ...]:
    """The flags after a colon, which is the first token; no tokens are no flags."""
    if not tokens:
        return ()
    check_balance(source, tokens)
    flags, begin, depth = [], 1, 0
    for index in range(1, len(tokens) + 1):
        text = tokens[index].text if index < len(tokens) else ","
        if text == ":" and depth == 0:
            origin = Origin(source, tokens[index].start, tokens[index].end)
            raise ModelError("Flags are given once, at the end, separated by commas.", origin)
        if text == "," and depth == 0:
            flags.append(_flag(source, tokens[begin:index], tokens[begin - 1]))
            begin = index + 1
        depth += (text == "(") - (text == ")")
    return tuple(flags)


def _flag(source: SourceText, tokens: Tokens, before: Token) -> Flag:
    if not tokens:
        origin = Origin(source, before.start, before.end)
        raise ModelError("A flag is missing.", origin, "flags are words or word=value, separated by commas")
    at = next((i for i, t in enumerate(tokens) if t.kind is Kind.ASSIGN), len(tokens))
    if at in (0, len(tokens)) or tokens[at].text != "=":
        return Flag(_word(tokens), Origin(source, tokens[0].start, tokens[-1].end))
    origin = Origin(source, tokens[0].start, tokens[at - 1].end)
    value = tokens[at + 1 :]
    again = next((t for t in value if t.kind is Kind.ASSIGN), None)
    if again is not None:
        raise ModelError(
            ONE_ASSIGNMENT, Origin(source, again.start, again.end), "flags are separated by commas"
        )
    if not value:
        return Flag(_word(tokens[:at]), origin, equals=True)
    return Flag(_word(tokens[:at]), origin, parse_tokens(source, value), equals=True)


def _word(tokens: Tokens) -> str:
    """``event-driven`` is three tokens."""
    return "".join(t.text for t in tokens)


def parse_only_expression(source: SourceText, mistakes: Mistakes, message: str) -> tuple[Expr, str] | None:
    """The whole text as one expression or conditional, and as one line; None if mistakes were noted."""
    tokens = [t for t in tokenize(source.content) if t.kind is not Kind.BREAK]
    wrong = _assignment(tokens)
    if wrong is not None:
        _note(mistakes, source, tokens[wrong], tokens[wrong], message)
        return None
    try:
        check_balance(source, tokens)
        expr, end = parse_right_side(source, tokens, 0)
        if end < len(tokens):
            at = Origin(source, tokens[end].start, tokens[end].end)
            raise ModelError(message if tokens[end].text == ":" else WRITE_IF, at)
        return expr, one_line(source, tokens)
    except ModelError as error:
        mistakes.note(error)
        return None


@record
class Condition:
    """A condition as parsed, as one line, and the flags after it."""

    expr: Expr
    text: str
    flags: tuple[Flag, ...]


def parse_condition(
    source: SourceText, mistakes: Mistakes, message: str, *, flagged: bool = False
) -> Condition | None:
    """The whole text as one boolean expression, ``flagged`` if flags may follow; None if mistakes were noted.

    ``message`` is the rule that several expressions, an assignment, a conditional or a gradient break.
    """
    written = tokenize(source.content)
    tokens = [t for t in written if t.kind is not Kind.BREAK]
    between = (t for t in written if tokens and tokens[0].start < t.start < tokens[-1].start)
    separator = next((t for t in between if t.text == ";"), None)
    colon = next((i for i, t in enumerate(tokens) if t.text == ":"), len(tokens))
    wrong, hint = _not_a_condition(tokens[:colon], separator, flagged)
    if wrong is None and colon < len(tokens) and not flagged:
        wrong, hint = tokens[colon], "flags have no meaning here"
    if wrong is not None:
        mistakes.add(message, Origin(source, wrong.start, wrong.end), hint)
        return None
    try:
        if not colon:
            where = Origin(source, tokens[0].start, tokens[0].end) if tokens else None
            raise ModelError(message, where, "a condition is missing")
        check_balance(source, tokens[:colon])
        expr = parse_tokens(source, tokens[:colon])
    except ModelError as error:
        mistakes.note(error)
        return None
    gradient = next((node for node in walk(expr) if isinstance(node, Gradient)), None)
    if gradient is not None:
        mistakes.add(message, gradient.origin, "write the right side of its equation instead")
        return None
    flags = _flags_or_none(source, tokens[colon:], mistakes)
    return Condition(expr, one_line(source, tokens[:colon]), flags)


def _not_a_condition(tokens: Tokens, separator: Token | None, flagged: bool) -> tuple[Token | None, str]:
    """The token that shows that these are not one expression, and the cure."""
    join = 'join conditions with "and" or "or"' + ("; flags follow a colon" if flagged else "")
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "," and depth == 0:
            return token, join
        if token.kind is Kind.ASSIGN:
            return token, 'a comparison is written "=="' if token.text == "=" else ""
    if tokens and tokens[0].text == "if":
        return tokens[0], "use ite(c, a, b)"
    return separator, join if separator else ""

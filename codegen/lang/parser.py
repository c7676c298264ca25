"""Right sides: an expression, or conditionals nested in each other (spec 01, section 7.1)."""

from __future__ import annotations

from synloom.codegen.errors import ModelError, Origin, SourceText
from synloom.codegen.ir.expr import Expr, Select
from synloom.codegen.lang.expression import (
    CANNOT_PARSE,
    MAX_DEPTH,
    WRITE_IF,
    ExpressionParser,
    too_deep,
)
from synloom.codegen.lang.tokens import Kind, Tokens, check_balance, tokenize
from synloom.codegen.record import record


def parse_expression(source: SourceText, start: int, end: int) -> Expr:
    """Parse the span ``[start, end)`` of a text: an expression or a conditional, nothing else.

    Returns
    -------
    Expr
        Names are ``Name``, gradients ``Gradient``, random numbers ``Draw``, all other calls ``Call``. Each
        node has the origin of its own tokens.

    Raises
    ------
    ModelError
        At the first token that does not fit.
    """
    tokens = [t for t in tokenize(source.content, start, end) if t.kind is not Kind.BREAK]
    if not tokens:
        raise ModelError(CANNOT_PARSE, Origin(source, start, end), "an expression is missing")
    check_balance(source, tokens)
    return parse_tokens(source, tokens)


def parse_tokens(source: SourceText, tokens: Tokens) -> Expr:
    """As :func:`parse_expression`, for balanced tokens without breaks, at least one."""
    expr, rest = parse_right_side(source, tokens, 0)
    if rest < len(tokens):
        token = tokens[rest]
        message = CANNOT_PARSE if token.text == ":" else WRITE_IF
        raise ModelError(message, Origin(source, token.start, token.end))
    return expr


def parse_right_side(source: SourceText, tokens: Tokens, begin: int) -> tuple[Expr, int]:
    """Parse a right side from ``tokens[begin]`` on; it ends at the colon of the flags, or past the last."""
    return _RightSide(source, tokens).parse(begin, 0)


@record
class _RightSide:
    """``if c: a else: b``, nested in either branch; the conditions and the leaves of it are expressions."""

    source: SourceText
    tokens: Tokens

    def parse(self, begin: int, depth: int) -> tuple[Expr, int]:
        if depth > MAX_DEPTH:
            raise too_deep(self.source, self.tokens[begin])
        if not self._at(begin, "if"):
            end = self._extent(begin)
            return self._expression(begin, end, depth), end
        colon = self._extent(begin + 1)
        self._expect(begin, colon, ":")
        condition = self._expression(begin + 1, colon, depth)
        then, after = self.parse(colon + 1, depth + 1)
        self._expect(begin, after, "else")
        self._expect(begin, after + 1, ":")
        other, end = self.parse(after + 2, depth + 1)
        origin = Origin(self.source, self.tokens[begin].start, self.tokens[end - 1].end)
        return Select(condition, then, other, origin=origin), end

    def _at(self, index: int, word: str) -> bool:
        return index < len(self.tokens) and self.tokens[index].text == word

    def _expect(self, opening: int, index: int, word: str) -> None:
        if not self._at(index, word):
            at = self.tokens[min(index, len(self.tokens) - 1)] if word == ":" else self.tokens[opening]
            raise ModelError(WRITE_IF, Origin(self.source, at.start, at.end))

    def _extent(self, begin: int) -> int:
        """Where the expression from ``begin`` ends: at a colon or ``else`` outside parentheses."""
        depth = 0
        for index in range(begin, len(self.tokens)):
            match self.tokens[index].text:
                case "(":
                    depth += 1
                case ")":
                    depth -= 1
                case ":" | "else" if depth == 0:
                    return index
        return len(self.tokens)

    def _expression(self, begin: int, end: int, depth: int) -> Expr:
        if begin >= end:
            at = self.tokens[max(min(begin, len(self.tokens)) - 1, 0)]
            message = WRITE_IF if depth or at.text in ("if", ":", "else") else CANNOT_PARSE
            raise ModelError(message, Origin(self.source, at.start, at.end), "an expression is missing")
        return ExpressionParser(self.source, self.tokens[begin:end]).parse(depth)

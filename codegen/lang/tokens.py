"""Texts cut into tokens and statements, each with its span of the user's text (spec 01, section 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final, NamedTuple
from unicodedata import normalize

from synloom.codegen.errors import ModelError, Origin, SourceText
from synloom.codegen.record import record


class Kind(Enum):
    NUMBER = "number"
    NAME = "name"
    OPERATOR = "operator"
    ASSIGN = "assign"
    STRING = "string"
    BREAK = "break"  # a line break or ``;``
    BAD = "bad"


class Token(NamedTuple):
    kind: Kind
    text: str
    start: int
    end: int


Tokens = list[Token]

ASSIGNMENTS: Final[frozenset[str]] = frozenset({"=", "+=", "-=", "*=", "/="})

_TOKEN: Final = re.compile(
    r"""
      (?P<skip>   [^\S\n]+ | \#[^\n]* )
    | (?P<name>   [^\W\d][\w\u0300-\u036f]* )
    | (?P<number> (?: [0-9]+ \.? [0-9]* | \.[0-9]+ ) (?: [eE][+-]?[0-9]+ )? )
    | (?P<break>  [\n;] )
    | (?P<bad2>   && | \|\| | <> | => | =< )
    | (?P<assign> (?: \*\*|//|[-+*/^%&|] )? = (?!=) )
    | (?P<operator> \*\* | // | == | != | <= | >= | [-+*/%^&|<>(),:.] )
    | (?P<string> '[^'\n]*' | "[^"\n]*" )
    | (?P<bad>    . )
    """,
    re.VERBOSE,
)
_KINDS: Final = {kind.value: kind for kind in Kind} | {"bad2": Kind.BAD}


def tokenize(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """The tokens of ``text[start:end]`` without comments and blanks. Names are normalized as Python does."""
    tokens: Tokens = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        group = match.lastgroup
        if group == "skip" or group is None:
            continue
        kind, word = _KINDS[group], match.group()
        if kind is Kind.NAME and not word.isascii():
            normalized = normalize("NFKC", word)
            kind, word = (Kind.NAME, normalized) if normalized.isidentifier() else (Kind.BAD, word)
        tokens.append(Token(kind, word, match.start(), match.end()))
    return tokens


@record
class Cut:
    """The tokens of one statement, from its first line to its last, breaks included only in between."""

    source: SourceText
    tokens: Tokens


def cut(source: SourceText, *, bare_names: bool = False) -> list[Cut]:
    """Cut a text into statements.

    A statement begins on a line that has an assignment operator outside its flags; any other line goes on
    with the statement before it. With ``bare_names``, as in parameters, a line that is a name alone or a name
    and flags begins one too. In a text put together from pieces, no statement runs from one into the next.
    """
    statements: list[Tokens] = []
    opened = [piece.start for piece in source.pieces if not piece.label]
    for line in _lines(tokenize(source.content)):
        current = statements[-1] if statements else None
        if (
            current is None
            or _begins(line, current, bare_names)
            or any(current[-1].end <= start <= line[0].start for start in opened)
        ):
            statements.append(line)
        else:
            current.extend(line)
    return [Cut(source, _without_last_break(tokens)) for tokens in statements]


def _lines(tokens: Tokens) -> Iterator[Tokens]:
    """Lines that are not empty, each with the break that ends it."""
    line: Tokens = []
    for token in tokens:
        if token.kind is not Kind.BREAK:
            line.append(token)
        elif line:
            line.append(token)
            yield line
            line = []
    if line:
        yield line


def _without_last_break(tokens: Tokens) -> Tokens:
    return tokens[:-1] if tokens[-1].kind is Kind.BREAK else tokens


def _begins(line: Tokens, before: Tokens, bare_names: bool) -> bool:
    if _ends_open(before):
        return False
    for token in line:
        if token.kind is Kind.ASSIGN:
            return True
        if token.text == ":":
            break
    return (
        bare_names
        and _is_bare(line)
        and not _ends_open(before, "+", "-", "*", "/", "//", "**", "^", "%", "(", "=")
    )


def _ends_open(tokens: Tokens, *more: str) -> bool:
    """Whether a flag list, or with ``more`` an expression, is broken off at the end of the line."""
    last = _without_last_break(tokens)[-1].text
    return last in (",", ":") or last in more


def _is_bare(line: Tokens) -> bool:
    if line[0].kind is not Kind.NAME or line[0].text in ("if", "else"):
        return False
    return len(line) == 1 or line[1].text == ":" or line[1].kind is Kind.BREAK


def check_balance(source: SourceText, tokens: Tokens) -> None:
    """Every parenthesis has its partner."""
    opened: Tokens = []
    for token in tokens:
        if token.text == "(":
            opened.append(token)
        elif token.text == ")":
            if not opened:
                raise ModelError("Unbalanced parentheses.", Origin(source, token.start, token.end))
            opened.pop()
    if opened:
        raise ModelError("Unbalanced parentheses.", Origin(source, opened[-1].start, opened[-1].end))


def one_line(source: SourceText, tokens: Tokens) -> str:
    """The tokens as written, comments dropped, each gap folded to one blank."""
    words: list[str] = []
    end = tokens[0].start if tokens else 0
    for token in tokens:
        if token.kind is Kind.BREAK:
            continue
        words.append(" " if token.start > end else "")
        words.append(source.content[token.start : token.end])
        end = token.end
    return "".join(words)

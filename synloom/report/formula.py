"""Mathematics as it is set on a page: what LaTeX and MathML are both printed from.

An expression of the language says what is computed; a formula says how that looks. Everything the two notations
have in common is decided before: which letters a name becomes, what needs parentheses, what is a fraction.
"""

from __future__ import annotations

from typing import assert_never

from synloom.codegen.record import record


@record
class Number:
    """Digits, with a decimal point where there is one."""

    text: str


@record
class Letter:
    """One ASCII letter, in italics."""

    text: str


@record
class Word:
    """A name of several letters, upright."""

    text: str


@record
class Glyph:
    """A Greek letter, an operator, a function with a notation of its own: a key of ``symbols.GLYPHS``."""

    name: str


@record
class Row:
    """Parts side by side."""

    parts: tuple[Formula, ...]


@record
class Fenced:
    """Something between two delimiters, ``(`` and ``)`` by default, that grow with it."""

    body: Formula
    opening: str = "("
    closing: str = ")"


@record
class Timed:
    """A value that changes: ``x(t)``, or ``x(t - d)`` where it arrives with the delay of a synapse."""

    base: Formula
    delayed: bool = False


@record
class Fraction:
    """One thing over another."""

    above: Formula
    below: Formula


@record
class Script:
    """A base with an index, an exponent, or both."""

    base: Formula
    sub: Formula | None = None
    sup: Formula | None = None


@record
class Root:
    """A square root."""

    body: Formula


@record
class Cases:
    """Values and the conditions under which they hold; the last has none: it is the value otherwise."""

    rows: tuple[tuple[Formula, Formula | None], ...]


Formula = (
    Number | Letter | Word | Glyph | Row | Fenced | Timed | Fraction | Script | Root | Cases
)  # a closed union: printers match all of it

Line = tuple[str | Formula, ...]  # text of the user, or of ours, with mathematics in it


def row(*parts: Formula) -> Formula:
    """Parts side by side; one alone is itself."""
    return parts[0] if len(parts) == 1 else Row(parts)


def listed(parts: tuple[Formula, ...]) -> Formula:
    """``a, b, c``."""
    separated: list[Formula] = []
    for part in parts:
        separated += [Glyph(","), part] if separated else [part]
    return row(*separated) if separated else Row(())


def is_tall(formula: Formula) -> bool:
    """Whether parentheses around it must grow."""
    match formula:
        case Fraction() | Root() | Cases() | Glyph(name="sum"):
            return True
        case Row(parts=parts):
            return any(is_tall(p) for p in parts)
        case Fenced(body=body):
            return is_tall(body)
        case Script(base=base):
            return is_tall(base)
        case Number() | Letter() | Word() | Glyph() | Timed():
            return False
        case _:
            assert_never(formula)

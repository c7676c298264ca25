"""Formulas and text in LaTeX."""

from __future__ import annotations

from typing import Final, assert_never

from synloom.report.formula import (
    Cases,
    Fenced,
    Formula,
    Fraction,
    Glyph,
    Letter,
    Line,
    Number,
    Root,
    Row,
    Script,
    Timed,
    Word,
    is_tall,
)
from synloom.report.symbols import FENCES, GLYPHS, LETTER_NAMES

_ESCAPED: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        "`": r"\textasciigrave{}",
        "'": r"\textquotesingle{}",
        **{letter: rf"\ensuremath{{{GLYPHS[name].latex}}}" for letter, name in LETTER_NAMES.items()},
    }
)


def escape(text: str) -> str:
    """A text of the user in LaTeX, on one line, looking as it was written."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain.translate(_ESCAPED).replace("--", "-{}-").replace("--", "-{}-")


def latex(formula: Formula) -> str:
    """A formula for math mode."""
    match formula:
        case Number(text=text) | Letter(text=text):
            return text
        case Word(text=text):
            return rf"\text{{{escape(text)}}}"
        case Glyph(name=name):
            return GLYPHS[name].latex
        case Row(parts=(Glyph(name="-"), operand)):
            return f"-{latex(operand)}"
        case Row(parts=parts):
            return " ".join(latex(p) for p in parts).replace(" ,", ",")
        case Fenced(body=body, opening="(" | "[" as opening, closing=closing) if not is_tall(body):
            return f"{opening}{latex(body)}{closing}"
        case Fenced(body=body, opening=opening, closing=closing):
            return rf"\left{FENCES[opening][0]} {latex(body)} \right{FENCES[closing][0]}"
        case Timed(base=base, delayed=delayed):
            return latex(base) + ("(t - d)" if delayed else "(t)")
        case Fraction(above=above, below=below):
            return rf"\frac{{{latex(above)}}}{{{latex(below)}}}"
        case Script():
            return _script(formula)
        case Root(body=body):
            return rf"\sqrt{{{latex(body)}}}"
        case Cases(rows=rows):
            lines = r" \\ ".join(f"{latex(value)} & {_condition(condition)}" for value, condition in rows)
            return rf"\begin{{cases}} {lines} \end{{cases}}"
        case _:
            assert_never(formula)


def _script(script: Script) -> str:
    shown = latex(script.base)
    if not isinstance(script.base, Letter | Word | Glyph | Number | Fenced):
        shown = f"{{{shown}}}"
    below = "" if script.sub is None else f"_{{{latex(script.sub)}}}"
    above = "" if script.sup is None else f"^{{{latex(script.sup)}}}"
    return shown + below + above


def _condition(condition: Formula | None) -> str:
    return r"\text{otherwise}" if condition is None else rf"\text{{if }} {latex(condition)}"


def line(parts: Line) -> str:
    """Text with mathematics in it."""
    return "".join(escape(p) if isinstance(p, str) else f"${latex(p)}$" for p in parts)

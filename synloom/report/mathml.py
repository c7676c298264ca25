"""Formulas in MathML, which browsers draw without scripts, fonts or a network."""

from __future__ import annotations

from html import escape as escape_html
from typing import assert_never

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
from synloom.report.symbols import FENCES, GLYPHS


def escape(text: str) -> str:
    """A text of the user in HTML, on one line."""
    return escape_html("".join(c if c.isprintable() else " " for c in text))


def math(formula: Formula, display: bool = False) -> str:
    """A formula as an element of its own, in the line or below it."""
    return f'<math display="{"block" if display else "inline"}">{mathml(formula)}</math>'


def mathml(formula: Formula) -> str:
    """A formula inside ``<math>``: one element."""
    match formula:
        case Number(text=text):
            return f"<mn>{escape(text)}</mn>"
        case Letter(text=text):
            return f"<mi>{escape(text)}</mi>"
        case Word(text=text):
            return f"<mtext>{escape(text)}</mtext>"
        case Glyph(name="dt"):
            return "<mrow><mi>d</mi><mi>t</mi></mrow>"
        case Glyph(name=name):
            notation = GLYPHS[name]
            return f"<{notation.element}>{escape(notation.text)}</{notation.element}>"
        case Row(parts=parts):
            return f"<mrow>{''.join(mathml(p) for p in parts)}</mrow>"
        case Fenced(body=body, opening=opening, closing=closing):
            grows = is_tall(body)
            return f"<mrow>{_fence(opening, 'prefix', grows)}{mathml(body)}{_fence(closing, 'postfix', grows)}</mrow>"
        case Timed(base=base, delayed=delayed):
            time = "<mi>t</mi><mo>−</mo><mi>d</mi>" if delayed else "<mi>t</mi>"
            return f"<mrow>{mathml(base)}{_fence('(', 'prefix', False)}{time}{_fence(')', 'postfix', False)}</mrow>"
        case Fraction(above=above, below=below):
            return f"<mfrac>{mathml(above)}{mathml(below)}</mfrac>"
        case Script():
            return _script(formula)
        case Root(body=body):
            return f"<msqrt>{mathml(body)}</msqrt>"
        case Cases(rows=rows):
            lines = "".join(
                f"<mtr><mtd>{mathml(value)}</mtd><mtd>{_condition(condition)}</mtd></mtr>"
                for value, condition in rows
            )
            return f'<mrow><mo stretchy="true" form="prefix">{{</mo><mtable>{lines}</mtable></mrow>'
        case _:
            assert_never(formula)


def _fence(name: str, form: str, grows: bool) -> str:
    return f'<mo stretchy="{str(grows).lower()}" form="{form}">{FENCES[name][1]}</mo>'


def _script(script: Script) -> str:
    base = mathml(script.base)
    if script.sub is None or script.sup is None:
        below = "munder" if script.base == Glyph("sum") else "msub"
        element, index = (below, script.sub) if script.sub is not None else ("msup", script.sup)
        return base if index is None else f"<{element}>{base}{mathml(index)}</{element}>"
    return f"<msubsup>{base}{mathml(script.sub)}{mathml(script.sup)}</msubsup>"


def _condition(condition: Formula | None) -> str:
    if condition is None:
        return "<mtext>otherwise</mtext>"
    return f"<mrow><mtext>if&#160;</mtext>{mathml(condition)}</mrow>"


def line(parts: Line) -> str:
    """Text with mathematics in it."""
    return "".join(escape(p) if isinstance(p, str) else math(p) for p in parts)

"""Blocks in Markdown, with formulas in LaTeX between dollar signs, as pandoc, Quarto and GitHub read it."""

from __future__ import annotations

import json
import re
from typing import Final, assert_never

from synloom.report.blocks import Block, Bullets, Display, Heading, Paragraph, Table
from synloom.report.formula import Formula, Line
from synloom.report.latex import latex
from synloom.report.records import NetworkReport
from synloom.report.render import MarkdownDocument, render
from synloom.report.sections import sections

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|$~^&@])")
_AT_BEGIN: Final = re.compile(r"^(\s*)([-+=:]|\d+(?=[.)]))")


def escape(text: str) -> str:
    """A text of the user in Markdown, on one line, looking as it was written."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return _SPECIAL.sub(r"\\\1", plain).replace("--", r"-\-")


def line(parts: Line) -> str:
    """Text with mathematics in it."""
    return "".join(escape(p) if isinstance(p, str) else f"${latex(p)}$" for p in parts)


def _beginning(text: str) -> str:
    """The same where a block begins: not a list, a definition or an underline."""
    found = _AT_BEGIN.match(text)
    if found is None:
        return text
    word = found[2]
    return f"\\{text.lstrip()}" if not word.isdigit() else f"{word}\\{text.lstrip()[len(word) :]}"


def _display(formula: Formula) -> str:
    return f"$$\n{latex(formula)}\n$$"


def block(given: Block) -> str:
    """One block, without the empty line behind it."""
    match given:
        case Heading(level=level, text=text):
            return f"{'#' * level} {escape(text)}"
        case Paragraph(line=parts):
            return _beginning(line(parts))
        case Bullets(lines=lines):
            return "\n".join(f"* {_beginning(line(parts))}" for parts in lines)
        case Display(formula=formula, said=()):
            return _display(formula)
        case Display(formula=formula, said=said):
            return (
                f"* {line(said)}\n\n{_display(formula)}"
                if said[0] == "Variable "
                else (f"{_beginning(line(said))}\n\n{_display(formula)}")
            )
        case Table(header=header, rows=rows):
            ruled = "|".join([" --- "] * len(header))
            shown = [" | ".join(map(escape, header)), *(" | ".join(map(line, cells)) for cells in rows)]
            return "\n".join([f"| {shown[0]} |", f"|{ruled}|", *(f"| {text} |" for text in shown[1:])])
        case _:
            assert_never(given)


def render_markdown(report: NetworkReport) -> str:
    """The whole document, with a YAML header."""
    # A text in JSON is one in YAML.
    title, author, date = (
        json.dumps(text, ensure_ascii=False) for text in (report.title, report.author, report.date)
    )
    return render(MarkdownDocument(title, author, date, tuple(map(block, sections(report)))))

"""Blocks in LaTeX."""

from __future__ import annotations

import re
from typing import Final, assert_never

from synloom.report.blocks import EMPTY, Block, Bullets, Display, Heading, Paragraph, Table
from synloom.report.formula import Line
from synloom.report.latex import escape, latex, line
from synloom.report.nordlie import tables
from synloom.report.records import NetworkReport
from synloom.report.render import LatexDocument, render

_HEADINGS: Final = ("section", "subsection", "subsubsection")
LETTERS: Final = 88  # that fit into a line of the page
_PIECES: Final = re.compile(r"[A-Z]?[^A-Z_]{1,12}_?|[A-Z]+_?|.")  # of words: where they may be broken


def block(given: Block) -> str:
    """One block."""
    match given:
        case Heading(level=level, text=text):
            return rf"\{_HEADINGS[level - 1]}*{{{escape(text)}}}"
        case Paragraph(line=parts):
            return line(parts)
        case Bullets(lines=lines):
            items = "\n".join(rf"\item {{}}{line(parts)}" for parts in lines)
            return f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"
        case Display(formula=formula, said=said):
            return f"{line(said)}\n\\[ {latex(formula)} \\]".lstrip()
        case Table():
            return _table(given)
        case _:
            assert_never(given)


def _table(table: Table) -> str:
    columns = "".join(f"L{{{share:g}}}" for share in table.widths)
    # No \multicolumn: with it, the first run of LaTeX does not know yet how wide the columns are.
    empty = " &" * (len(table.widths) - 1)
    title = rf"\makebox[0pt][l]{{\textbf{{{escape(table.title)}}}}}{empty} \\"
    header = " & ".join(rf"\textbf{{{escape(name)}}}" for name in table.header)
    head = [r"\toprule", title, r"\midrule", *([rf"{header} \\", r"\midrule"] if header else []), r"\endhead"]
    rows = [" & ".join(map(_cell, cells, table.widths)) + r" \\" for cells in table.rows]
    lines = [rf"\begin{{longtable}}{{{columns}}}", *head, *rows, r"\bottomrule", r"\end{longtable}"]
    return "\n".join(lines)


def _cell(parts: Line, share: float) -> str:
    """A formula alone is set large. What the end of the row before could take for its argument is protected."""
    if parts == (EMPTY,):
        return r"$\emptyset$"
    if len(parts) == 1 and not isinstance(parts[0], str):
        return rf"$\displaystyle {latex(parts[0])}$"
    room = int(share * LETTERS)
    text = "".join(_breakable(p, room) if isinstance(p, str) else f"${latex(p)}$" for p in parts)
    return f"{{}}{text}" if text.startswith(("[", "*")) else text


def _breakable(text: str, room: int) -> str:
    """A text whose words go over several lines where one has not enough ``room``."""
    return " ".join(
        escape(word) if len(word) <= room else r"\allowbreak{}".join(map(escape, _PIECES.findall(word)))
        for word in text.split(" ")
    )


def render_latex(report: NetworkReport, standalone: bool) -> str:
    """The whole document, or only its tables."""
    return render(LatexDocument(standalone, report.version, tuple(map(block, tables(report)))))

"""Blocks in HTML, with formulas in MathML: a page that shows everything without a network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from synloom.report.blocks import Block, Bullets, Display, Heading, Paragraph, Table
from synloom.report.mathml import escape, line, math
from synloom.report.records import NetworkReport
from synloom.report.render import HtmlPage, render
from synloom.report.sections import sections


def block(given: Block) -> str:
    """One block."""
    match given:
        case Heading(level=level, text=text):
            return f"<h{level + 1}>{escape(text)}</h{level + 1}>"
        case Paragraph(line=parts):
            return f"<p>{line(parts)}</p>"
        case Bullets(lines=lines):
            return f"<ul>{''.join(f'<li>{line(parts)}</li>' for parts in lines)}</ul>"
        case Display(formula=formula, said=said):
            return f"{f'<p>{line(said)}</p>' if said else ''}{math(formula, display=True)}"
        case Table(header=header, rows=rows):
            return table(map(escape, header), (map(line, cells) for cells in rows))
        case _:
            assert_never(given)


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells that are HTML already."""
    head = "".join(f"<th>{cell}</th>" for cell in header)
    lines = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in rows]
    return "\n".join(
        ["<table>", f"<thead><tr>{head}</tr></thead>", "<tbody>", *lines, "</tbody>", "</table>"]
    )


def render_html(report: NetworkReport) -> str:
    """The whole page."""
    title, author, date = map(escape, (report.title, report.author, report.date))
    return render(HtmlPage(title, author, date, tuple(map(block, sections(report)))))

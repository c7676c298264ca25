"""The files: blocks printed in one format, put into the template of a document."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from synloom.codegen.record import record

if TYPE_CHECKING:
    from jinja2 import Environment


@record
class LatexDocument:
    """A LaTeX document, or, not ``standalone``, what belongs into one."""

    TEMPLATE: ClassVar[str] = "document.tex.j2"
    standalone: bool
    version: str
    tables: tuple[str, ...]


@record
class MarkdownDocument:
    """A Markdown document; the header is YAML."""

    TEMPLATE: ClassVar[str] = "document.md.j2"
    title: str
    author: str
    date: str
    blocks: tuple[str, ...]


@record
class HtmlPage:
    """A page that needs nothing beside it."""

    TEMPLATE: ClassVar[str] = "page.html.j2"
    title: str
    author: str
    date: str
    blocks: tuple[str, ...]


Document = LatexDocument | MarkdownDocument | HtmlPage
DOCUMENTS = (LatexDocument, MarkdownDocument, HtmlPage)


@cache
def environment() -> Environment:
    """Templates fail on a name they do not know; what they are given is escaped already."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("synloom.report", ""),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def render(document: Document) -> str:
    """The template of a document, filled with its fields."""
    values: dict[str, Any] = {f.name: getattr(document, f.name) for f in fields(document)}
    return environment().get_template(document.TEMPLATE).render(values)

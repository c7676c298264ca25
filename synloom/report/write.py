"""Reports into files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Final

from synloom import messages, registry
from synloom.archive import publish
from synloom.codegen.errors import ConfigurationError
from synloom.network import Network
from synloom.report.as_json import render_json
from synloom.report.collect import collect
from synloom.report.html import render_html
from synloom.report.markdown import render_markdown
from synloom.report.records import NetworkReport
from synloom.report.tex import render_latex

# From suffix to printer, which is told whether the document stands alone.
FORMATS: Final[Mapping[str, Callable[[NetworkReport, bool], str]]] = {
    ".tex": render_latex,
    ".md": lambda report, _: render_markdown(report),
    ".qmd": lambda report, _: render_markdown(report),
    ".html": lambda report, _: render_html(report),
    ".json": lambda report, _: render_json(report),
}


def by_file(
    filename: str | PathLike[str] = "./report.tex",
    standalone: bool = True,
    gather_subprojections: bool = False,
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
    net_id: int = 0,
    *,
    network: Network | None = None,
) -> None:
    """``report(filename, ...)``."""
    told = registry.network(net_id) if network is None else network
    by_network(told, filename, standalone, gather_subprojections, title, author, date)


def by_network(
    network: Network,
    filename: str | PathLike[str] = "./report.tex",
    standalone: bool = True,
    gather_subprojections: bool = False,
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
) -> None:
    """``report(network, filename, ...)``."""
    if not isinstance(network, Network):
        raise ConfigurationError(f"report() is given a file name or a Network, not {network!r}.")
    path = Path(fspath(filename))
    printer = FORMATS.get(path.suffix.lower())
    if printer is None:
        *others, last = FORMATS
        raise ConfigurationError(
            f"report(): '{path}' has no suffix that says what to write: {', '.join(others)} or {last}.",
            hint="report('report.md') is Markdown, report('report.tex') LaTeX",
        )
    told = collect(
        network, gather_subprojections=gather_subprojections, title=title, author=author, date=date
    )
    text = printer(told, standalone)
    publish(path, lambda stream: stream.write(text.encode("utf-8")))
    messages.info(f"Report of the network written to {path}.")

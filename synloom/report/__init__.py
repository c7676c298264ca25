"""Networks told to people: reports in several formats, summaries for interactive sessions (spec 03, section 9).

Nothing but this file is imported before somebody asks for a report.
"""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any, cast, overload

if TYPE_CHECKING:
    from synloom.network import Network

Name = str | PathLike[str]

__all__ = ["report"]


@overload
def report(
    filename: Name = "./report.tex",
    standalone: bool = True,
    gather_subprojections: bool = False,
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
    net_id: int = 0,
    *,
    network: Network | None = None,
) -> None: ...


@overload
def report(
    network: Network,
    filename: Name = "./report.tex",
    standalone: bool = True,
    gather_subprojections: bool = False,
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
) -> None: ...


def report(*arguments: Any, **named: Any) -> None:
    """Write a description of a network: ``report("report.tex")`` or ``report(network, "report.tex")``.

    Works before and after ``compile()``. Folders that are missing are made.

    Parameters
    ----------
    filename : path, default './report.tex'
        The suffix decides: ``.tex`` is LaTeX, in the tables of Nordlie, Gewaltig & Plesser (2009); ``.md`` and
        ``.qmd`` are Markdown; ``.html`` is one page with MathML; ``.json`` is for other programs.
    standalone : bool, default True
        LaTeX: a whole document, not only its tables.
    gather_subprojections : bool, default False
        Of several projections between the same populations with the same target, list the first only.
    title, author, date : str, optional
        Of documents other than LaTeX.
    net_id : int, default 0
        The network, by number ...
    network : Network, optional
        ... or itself; it may also come first.

    Raises
    ------
    ConfigurationError
        Another suffix, or a file that cannot be written.
    """
    from synloom.report.write import by_file, by_network

    first = named.get("network") if not arguments else arguments[0]
    (by_file if isinstance(first, str | PathLike) or first is None else by_network)(*arguments, **named)


# ``synloom.report`` is this function for who wrote ``import synloom``; the package behind it stays importable.
vars(report)["report"] = report


class Told:
    """The part of a network that tells about it."""

    def report(
        self,
        filename: Name = "./report.tex",
        standalone: bool = True,
        gather_subprojections: bool = False,
        title: str | None = None,
        author: str | None = None,
        date: str | None = None,
    ) -> None:
        """Write a description of the network to a file; see :func:`synloom.report`."""
        options = (standalone, gather_subprojections, title, author, date)
        report(cast("Network", self), filename, *options)

    def __str__(self) -> str:
        from synloom.report.summary import network_text

        return network_text(cast("Network", self))

    def _repr_html_(self) -> str:
        return html_of(self)


def html_of(told: object) -> str:
    """A network, or one of its objects, as a small table, which notebooks show."""
    from synloom.report.summary import html

    return html(told)

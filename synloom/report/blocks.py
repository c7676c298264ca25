"""A report as a sequence of blocks: what every document format can show."""

from __future__ import annotations

from synloom.codegen.record import record
from synloom.report.formula import Formula, Line


@record
class Heading:
    """A title; level 1 is that of a section."""

    level: int
    text: str


@record
class Paragraph:
    """Running text."""

    line: Line


@record
class Bullets:
    """A list, one line each."""

    lines: tuple[Line, ...]


@record
class Display:
    """A formula on a line of its own, and what is said of it."""

    formula: Formula
    said: Line = ()


@record
class Table:
    """Rows of equally many cells. ``widths`` are shares of the page, for formats that cannot find them themselves."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[float, ...]


Block = Heading | Paragraph | Bullets | Display | Table

EMPTY = "∅"
EVENTS = (
    ("pre_event", "Pre-synaptic event"),
    ("axon_event", "Axonal event"),
    ("post_event", "Post-synaptic event"),
)

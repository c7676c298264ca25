"""The records themselves, for other programs. Formulas are LaTeX; inside texts they stand between dollar signs."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from typing import Any, Final

from synloom.report.formula import Formula, Line
from synloom.report.latex import latex
from synloom.report.records import NetworkReport

VERSION: Final = 1  # of the layout of these files


def render_json(report: NetworkReport) -> str:
    """The whole description as one object."""
    tree = {"format": "synloom report", "version_of_format": VERSION, **_tree(report)}
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def _tree(record: Any) -> dict[str, Any]:
    return {f.name: _value(getattr(record, f.name), str(f.type)) for f in fields(record)}


def _value(value: Any, declared: str = "") -> Any:
    """A field of a record; texts with formulas in them are told by their type."""
    if declared == "Line":
        return _text(value)
    if declared == "tuple[Line, ...]":
        return [_text(line) for line in value]
    if isinstance(value, Formula):
        return latex(value)
    if isinstance(value, tuple):
        return [_value(v) for v in value]
    return _tree(value) if is_dataclass(value) else value


def _text(line: Line) -> str:
    if len(line) == 1 and isinstance(line[0], Formula):
        return latex(line[0])
    return "".join(part if isinstance(part, str) else f"${latex(part)}$" for part in line)

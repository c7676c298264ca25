"""A template places text; it decides nothing. Its syntax tree may hold only the nodes named here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FILTERS = {"join", "indent"}
PLACES = (nodes.Name, nodes.Getattr)  # a field of the context, or a field of one of its parts
SHAPE = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Extends, nodes.Block, nodes.Keyword)
WALKED = (*SHAPE, *PLACES, nodes.For, nodes.If, nodes.Filter)


def violations(source: str) -> list[str]:
    """What a template's text does that a template must not do, with line numbers."""
    tree = Environment().parse(source)
    return [f"line {node.lineno}: {why}" for node in _all(tree) if (why := _judge(node))]


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    if isinstance(node, WALKED):
        for child in node.iter_child_nodes():
            yield from _all(child)


def _judge(node: nodes.Node) -> str:
    match node:
        case nodes.For(iter=iterated, test=test, recursive=recursive):
            plain = isinstance(iterated, PLACES) and test is None and not recursive
            return "" if plain else "a loop runs over one field, without a condition"
        case nodes.If(test=test):
            return "" if isinstance(test, PLACES) else "a condition is one field"
        case nodes.Filter(name=name):
            return "" if name in FILTERS else f"filter {name}"
        case nodes.Include(template=nodes.Const()):
            return ""
        case nodes.Const(value=value):
            return "" if isinstance(value, str | int | bool) else f"constant {value!r}"
        case _ if isinstance(node, SHAPE + PLACES):
            return ""
        case _:
            return type(node).__name__.lower()


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.j2")), ids=lambda p: p.name)
def test_template_decides_nothing(path: Path) -> None:
    assert violations(path.read_text(encoding="utf-8")) == []


def test_there_are_templates_to_look_at() -> None:
    assert {p.parent.name for p in TEMPLATES.rglob("*.j2")} == {"cpp", "cython"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{% if a == 1 %}x{% endif %}", ["line 1: a condition is one field", "line 1: compare"]),
        ("{% if not a %}x{% endif %}", ["line 1: a condition is one field", "line 1: not"]),
        ("\n{% set a = b %}", ["line 2: assign"]),
        ("{{ f(a) }}", ["line 1: call"]),
        ("{{ a + b }}", ["line 1: add"]),
        ("{{ a | replace('x', 'y') }}", ["line 1: filter replace"]),
        ("{% for a in b if a %}x{% endfor %}", ["line 1: a loop runs over one field, without a condition"]),
        ("{% macro m() %}{% endmacro %}", ["line 1: macro"]),
        ("{% if a %}{{ b.c | join(', ') | indent(4, first=true) }}{% else %}{{ d }}{% endif %}", []),
        ("{% for a in b.c %}{{ a }}{% endfor %}{% include 'x.j2' %}", []),
    ],
)
def test_the_judge_itself(source: str, found: list[str]) -> None:
    assert violations(source) == found

"""A template and its context agree: the names one uses are the fields of the other."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from jinja2 import meta

from synloom.codegen.emit.contexts import CONTEXTS
from synloom.codegen.emit.render import environment


def names_used(template: str) -> set[str]:
    """Free names of a template and of the templates it includes."""
    loader = environment().loader
    assert loader is not None
    source, *_ = loader.get_source(environment(), template)
    used = meta.find_undeclared_variables(environment().parse(source))
    for included in re.findall(r'{% include "([^"]+)" %}', source):
        # A part that is included in a loop is given the loop's variable.
        used |= names_used(included) - {"launch"}
    return used


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda c: c.__name__)
def test_template_uses_exactly_its_context(context: type) -> None:
    assert names_used(context.TEMPLATE) == {f.name for f in fields(context)}  # type: ignore[attr-defined]

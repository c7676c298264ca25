"""Long lines are broken where they hold together least; comments stay comments."""

from __future__ import annotations

import re

import pytest

from synloom.codegen.emit.layout import comment, fold


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("x = a + b;", 20, ["x = a + b;"]),
        ("x = aaaa * bbbb + cccc * dddd;", 20, ["x = aaaa * bbbb", "    + cccc * dddd;"]),
        ("x = c ? aaaa + bbbb : cccc + dddd;", 24, ["x = c ? aaaa + bbbb", "    : cccc + dddd;"]),
        ("if (aaaa && bbbb || cccc < dddd) x = 1;", 30, ["if (aaaa && bbbb", "    || cccc < dddd) x = 1;"]),
        ("f(aaaa, bbbb, g(cccc, dddd), eeee);", 20, ["f(aaaa, bbbb,", "    g(cccc, dddd),", "    eeee);"]),
        (
            "x = aaaa + bbbb + cccc + dddd + eeee;",
            16,
            ["x = aaaa + bbbb", "    + cccc", "    + dddd", "    + eeee;"],
        ),
        ("x = -1.0 + static_cast<double>(count);", 12, ["x = -1.0", "    + static_cast<double>(count);"]),
        ("unbreakable_name_that_is_long;", 10, ["unbreakable_name_that_is_long;"]),
        ("p->q = std::int64_t(a) - b;", 24, ["p->q = std::int64_t(a)", "    - b;"]),
    ],
)
def test_where_a_line_is_broken(text: str, width: int, lines: list[str]) -> None:
    folded = fold(text, width)
    assert folded.split("\n") == lines
    assert re.sub(r"\s+", " ", folded) == text


def test_a_comment_is_one_line_that_ends() -> None:
    assert comment("a name\nof two lines") == "a name of two lines"
    assert comment("ends with \\") == "ends with \\."
    assert comment("ends with \\ \n") == "ends with \\."

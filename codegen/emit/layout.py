"""Where long lines of C++ are broken, and what may stand in a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDTH = 100  # of a statement; blocks are indented by 20 at most
# A line is broken before one of these operators, loosest first, or behind a comma.
LOOSEST_FIRST = (("?", ":"), ("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/"))
BINDING = {op: strength for strength, ops in enumerate(LOOSEST_FIRST, start=1) for op in ops}
PLACE = re.compile(r"(?<=,) | (?=(\|\||&&|[=!<>]=|[-+*/?:<>]) )")


def fold(text: str, width: int = WIDTH) -> str:
    """``text`` on as many lines as it takes, broken where it holds together least; all but the first are indented."""
    places = [place for place in _places(text) if place[-1] <= width]
    if len(text) <= width or not places:
        return text
    depth, binding, _ = min(places)
    at = max(place[-1] for place in places if place[:2] == (depth, binding))
    behind = fold(text[at + 1 :], width - 4).split("\n")
    return "\n".join([text[:at], *(f"    {line.removeprefix('    ')}" for line in behind)])


def _places(text: str) -> Iterator[tuple[int, int, int]]:
    """Where ``text`` may be broken: brackets around the place, how tightly its operator binds, its index."""
    depths = [0]
    for c in text:
        depths.append(depths[-1] + (c in "([{") - (c in ")]}"))
    for match in PLACE.finditer(text):
        yield depths[match.start()], BINDING.get(match[1], 0), match.start()


def comment(text: str) -> str:
    """A text of the user's as a comment of one line: a backslash at its end would swallow the next."""
    line = " ".join(text.split())
    return f"{line}." if line.endswith("\\") else line


def indented(*texts: str) -> Iterator[str]:
    """The lines of ``texts`` as they stand inside of brackets."""
    return (f"    {line}" for text in texts for line in text.split("\n"))

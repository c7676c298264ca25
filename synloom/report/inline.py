"""Mathematics inside texts: connectors and distributions describe themselves with LaTeX between ``$`` signs."""

from __future__ import annotations

from typing import Final

from synloom.report.formula import Formula, Glyph, Line
from synloom.report.symbols import DISTRIBUTIONS

# What appears between dollar signs in texts of ours.
_KNOWN: Final[dict[str, Formula]] = {
    r"\rightarrow": Glyph("to"),
    r"\mathcal{U}": DISTRIBUTIONS["Uniform"],
    r"\mathcal{N}": DISTRIBUTIONS["Normal"],
    r"\ln\mathcal{N}": DISTRIBUTIONS["LogNormal"],
    r"\exp": DISTRIBUTIONS["Exponential"],
    r"\Gamma": DISTRIBUTIONS["Gamma"],
    r"\mathcal{B}": DISTRIBUTIONS["Binomial"],
}


def parsed(text: str) -> Line:
    """A text whose every second piece between ``$`` signs is mathematics; other dollar signs stay what they are."""
    parts: list[str | Formula] = []
    rest = text
    while rest:
        before, opening, behind = rest.partition("$")
        inside, closing, after = behind.partition("$")
        if opening and closing and inside in _KNOWN:
            parts += [before, _KNOWN[inside]] if before else [_KNOWN[inside]]
            rest = after
            continue
        parts.append(before + opening)
        rest = behind
    return tuple(parts)

"""All-pairs designs: every two choices of different factors meet in at least one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

Row = dict[str, str]
Pair = frozenset[tuple[str, str]]


def always(_row: Row) -> bool:
    return True


def all_pairs(factors: Mapping[str, Sequence[str]], offered: Callable[[Row], bool] = always) -> list[Row]:
    """Rows that cover every pair of choices that some offered row can hold.

    Greedy and deterministic: each row starts from the first pair not yet covered, and every other factor
    takes, in order, the choice that covers most of what is left. ``offered`` says whether a row, possibly
    still incomplete, is one to use; it must hold for every part of a row it holds for.
    """
    missing = [p for p in _pairs_of_all(factors) if offered(dict(p))]
    rows: list[Row] = []
    while missing:
        row = _row_with(missing[0], missing, factors, offered)
        if row is None:
            missing.pop(0)  # no offered row holds this pair
            continue
        rows.append(row)
        covered = pairs(row)
        missing = [p for p in missing if frozenset(p) not in covered]
    return rows


def pairs(row: Row) -> set[Pair]:
    """List the pairs of choices that meet in ``row``."""
    return {frozenset(p) for p in combinations(row.items(), 2)}


def _pairs_of_all(factors: Mapping[str, Sequence[str]]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    return [((f, a), (g, b)) for f, g in combinations(factors, 2) for a in factors[f] for b in factors[g]]


def _row_with(
    start: tuple[tuple[str, str], ...],
    missing: Sequence[tuple[tuple[str, str], tuple[str, str]]],
    factors: Mapping[str, Sequence[str]],
    offered: Callable[[Row], bool],
) -> Row | None:
    """Find a complete offered row that holds ``start``, going back where a choice leads nowhere."""
    wanted = {frozenset(p) for p in missing}

    def complete(row: Row) -> Row | None:
        open_factors = [f for f in factors if f not in row]
        if not open_factors:
            return row
        factor = open_factors[0]
        choices = [c for c in factors[factor] if offered({**row, factor: c})]
        choices.sort(key=lambda c: -sum(frozenset({(factor, c), p}) in wanted for p in row.items()))
        for choice in choices:
            found = complete({**row, factor: choice})
            if found is not None:
                return found
        return None

    found = complete(dict(start))
    return None if found is None else {factor: found[factor] for factor in factors}

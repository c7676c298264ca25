"""All-pairs designs: every two choices of different factors meet in at least one row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

Row = dict[str, str]
Pair = frozenset[tuple[str, str]]


def always(_row: Row) -> bool:
    return True


def all_pairs(factors: Mapping[str, Sequence[str]], offered: Callable[[Row], bool] = always) -> list[Row]:
    """Rows that cover every pair of choices that some offered row can hold.

    Greedy and deterministic: a row starts from a pair not yet covered; every other factor takes, in order,
    the choice that covers most of what is left, of equal ones the rarest so far. Of the rows that could start
    anywhere the one that covers most is taken. ``offered`` says whether a row, possibly still incomplete, is
    one to use; it must hold for every part of a row it holds for.
    """
    missing = [p for p in _pairs_of_all(factors) if offered(dict(p))]
    rows: list[Row] = []
    while missing:
        wanted = {frozenset(p) for p in missing}
        used = Counter(item for row in rows for item in row.items())
        found = [
            _row_with(start, wanted, used, factors, offered) for start in missing[:: 1 + len(missing) // 20]
        ]
        possible = [row for row in found if row is not None]
        if not possible:
            missing.pop(0)  # no offered row holds this pair
            continue
        rows.append(max(possible, key=lambda row: len(pairs(row) & wanted)))
        covered = pairs(rows[-1])
        missing = [p for p in missing if frozenset(p) not in covered]
    return rows


def pairs(row: Row) -> set[Pair]:
    """List the pairs of choices that meet in ``row``."""
    return {frozenset(p) for p in combinations(row.items(), 2)}


def _pairs_of_all(factors: Mapping[str, Sequence[str]]) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    return [((f, a), (g, b)) for f, g in combinations(factors, 2) for a in factors[f] for b in factors[g]]


def _row_with(
    start: tuple[tuple[str, str], ...],
    wanted: set[Pair],
    used: Mapping[tuple[str, str], int],
    factors: Mapping[str, Sequence[str]],
    offered: Callable[[Row], bool],
) -> Row | None:
    """Find a complete offered row that holds ``start``, going back where a choice leads nowhere."""

    def complete(row: Row) -> Row | None:
        open_factors = [f for f in factors if f not in row]
        if not open_factors:
            return row
        factor = open_factors[0]

        def merit(choice: str) -> tuple[int, int]:
            item = (factor, choice)
            return -sum(frozenset({item, other}) in wanted for other in row.items()), used[item]

        for choice in sorted(factors[factor], key=merit):
            if offered({**row, factor: choice}):
                found = complete({**row, factor: choice})
                if found is not None:
                    return found
        return None

    found = complete(dict(start))
    return None if found is None else {factor: found[factor] for factor in factors}

"""The all-pairs design covers what it promises, with few rows, the same every time."""

from __future__ import annotations

from itertools import combinations, product

from tests.oracle.pairs import Row, all_pairs, pairs

FACTORS = {"a": ["1", "2", "3"], "b": ["x", "y"], "c": ["p", "q", "r", "s"], "d": ["u", "v"]}


def test_every_pair_of_choices_meets_in_a_row() -> None:
    met = set().union(*(pairs(row) for row in all_pairs(FACTORS)))
    for f, g in combinations(FACTORS, 2):
        for a, b in product(FACTORS[f], FACTORS[g]):
            assert frozenset({(f, a), (g, b)}) in met


def test_the_design_is_small_and_always_the_same() -> None:
    rows = all_pairs(FACTORS)
    assert 12 <= len(rows) <= 16  # 3 x 4 pairs of the two largest factors need 12; the product has 48
    assert rows == all_pairs(FACTORS)
    assert all(list(row) == list(FACTORS) for row in rows)


def test_rows_that_are_not_offered_do_not_appear_but_their_pairs_do_elsewhere() -> None:
    def offered(row: Row) -> bool:
        return not (row.get("a") == "1" and row.get("b") == "x")

    rows = all_pairs(FACTORS, offered)
    assert all(offered(row) for row in rows)
    met = set().union(*(pairs(row) for row in rows))
    assert frozenset({("a", "1"), ("b", "y")}) in met
    assert frozenset({("a", "2"), ("b", "x")}) in met
    assert frozenset({("a", "1"), ("b", "x")}) not in met

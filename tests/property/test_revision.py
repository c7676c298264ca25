"""Synapses made and removed in any order: what a store promises holds, and what is kept keeps its values."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synloom.revision import carried, grown, pruned
from synloom.store import Pattern, Store, pack

ROWS, COLUMNS = 5, 6
PAIRS = st.sets(st.tuples(st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1)), max_size=12)
CHANGES = st.lists(st.tuples(st.booleans(), PAIRS), max_size=8)


def store_of(pairs: set[tuple[int, int]]) -> Store:
    """A store of views: post ranks are three times the row, pre ranks twice the column."""
    kept = np.zeros((ROWS, COLUMNS), np.bool_)
    for pair in pairs:
        kept[pair] = True
    rows, columns = np.arange(ROWS, dtype=np.int32) * 3, np.arange(COLUMNS, dtype=np.int32) * 2
    pattern = Pattern.of(rows, columns, kept.sum(axis=1), np.nonzero(kept)[1].astype(np.int32))
    return pack(pattern, "csr", "ff")


def holds_what_it_promises(store: Store) -> None:
    assert store.column is not None and store.column.dtype == np.int32
    assert store.rows.dtype == np.int32 and store.row_ptr.dtype == np.int64
    assert (np.diff(store.rows) > 0).all() and len(store.row_ptr) == len(store.rows) + 1
    assert store.row_ptr[0] == 0 and (np.diff(store.row_ptr) >= 0).all()
    assert store.row_ptr[-1] == len(store.column)
    for row in range(len(store.rows)):
        assert (np.diff(store.column[store.row_ptr[row] : store.row_ptr[row + 1]]) > 0).all()
    for array in (store.rows, store.row_ptr, store.column):
        assert array.ctypes.data % 64 == 0 and array.flags.c_contiguous


@given(PAIRS, CHANGES)
def test_any_sequence_of_changes(
    first: set[tuple[int, int]], changes: list[tuple[bool, set[tuple[int, int]]]]
) -> None:
    store = store_of(first)
    expected = {pair: float(n) for n, pair in enumerate(sorted(first))}
    rows = sorted({post for post, _ in first})
    of_rows = {post: float(post) for post in rows}
    values, dendrites = np.arange(float(store.nnz)), np.array([of_rows[p] for p in rows])
    for number, (create, pairs) in enumerate(changes):
        if create:
            new = sorted(pairs - expected.keys())
            posts = np.array([3 * post for post, _ in new], np.int32)
            change = grown(store, posts, np.array([c for _, c in new], np.int32))
            expected |= dict.fromkeys(new, 100.0 + number)
            for post, _ in new:
                of_rows.setdefault(post, -1.0)
        else:
            there = sorted(expected)
            change = pruned(store, np.array([pair in pairs for pair in there], np.bool_))
            expected = {pair: value for pair, value in expected.items() if pair not in pairs}
        before, store = store, change.store
        holds_what_it_promises(before)
        holds_what_it_promises(store)
        values = carried(values, change.synapses, 100.0 + number)
        dendrites = carried(dendrites, change.rows, -1.0)
        shown = zip(store.post_of_synapses() // 3, store.pre_of_synapses() // 2, values, strict=True)
        assert {(int(post), int(pre)): value for post, pre, value in shown} == expected
        assert dict(zip((store.rows // 3).tolist(), dendrites.tolist(), strict=True)) == of_rows
        assert (change.synapses[change.new_synapses] == -1).all()
        owners = store.rows[change.row_of_new_synapses()] if change.new_synapses.size else []
        assert list(owners) == store.post_of_synapses()[change.new_synapses].tolist()


@given(PAIRS)
def test_emptied_rows_are_read_from_either_end(pairs: set[tuple[int, int]]) -> None:
    store = store_of(pairs)
    gone = store.post_of_synapses() % 2 == 0
    left = pruned(store, gone).store
    kept = sorted(pair for pair in pairs if pair[0] % 2)
    assert left.forward().rows.tolist() == store.rows.tolist()
    assert left.forward().lengths().sum() == left.nnz == len(kept)
    back = left.backward()
    assert back.rows.tolist() == sorted({2 * pre for _, pre in kept})
    for row, sources in back.dendrites():
        rank = int(back.rows[row])
        assert sources.tolist() == [3 * post for post, pre in kept if 2 * pre == rank]
    for row in range(len(left.rows)):
        forward = left.forward()
        assert forward.sources(row).tolist() == [2 * c for p, c in kept if 3 * p == left.rows[row]]

"""Where synapses are: formats, reading from both ends, orders."""

from __future__ import annotations

import numpy as np
import pytest

from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import StoreKind
from synloom.storage import FORMATS, SYNONYMS, check_format
from synloom.store import Pattern, Store, pack, stable_order

# The table of spec 06, section 5.3: rows 0, 1; columns 0, 1, 2; synapses (0,0) (0,1) (1,1) (1,2).
W = np.array([1.0, 2.0, -4.0, 0.5])


def pattern(rows: list[int], columns: list[int], lengths: list[int], column: list[int]) -> Pattern:
    return Pattern.of(
        np.array(rows, np.int32),
        np.array(columns, np.int32),
        np.array(lengths, np.int64),
        np.array(column, np.int32),
    )


def table() -> Store:
    return pack(pattern([0, 1], [0, 1, 2], [2, 2], [0, 1, 1, 2]), "default", "ff")


def full() -> Store:
    return pack(Pattern.full(np.array([2, 5], np.int32), np.array([1, 3, 4], np.int32)), "default", "ff")


def test_table_of_spec_06_forward() -> None:
    reading = table().forward()
    assert reading.rows.tolist() == [0, 1]
    assert [reading.sources(i).tolist() for i in range(2)] == [[0, 1], [1, 2]]
    assert reading.split(W) == [[1.0, 2.0], [-4.0, 0.5]]


def test_table_of_spec_06_backward() -> None:
    reading = table().backward()
    assert reading.rows.tolist() == [0, 1, 2]
    assert [reading.sources(i).tolist() for i in range(3)] == [[0], [0, 1], [1]]
    assert reading.split(W) == [[1.0], [2.0, -4.0], [0.5]]
    assert reading.lengths().tolist() == [1, 2, 1]


def test_an_index_picks_the_synapses_of_a_dendrite() -> None:
    forward, backward = table().forward(), table().backward()
    assert W[forward.index(1)].tolist() == [-4.0, 0.5]
    assert W[backward.index(1)].tolist() == [2.0, -4.0]
    assert forward.find(1) == 1 and forward.find(2) is None


def test_dense_is_read_without_index_arrays() -> None:
    store, values = full(), np.arange(6.0)
    assert store.kind is StoreKind.DENSE and store.column is None and store.nnz == 6
    assert store.row_ptr.tolist() == [0, 3, 6]
    backward = store.backward()
    assert backward.index(1) == slice(1, None, 3)
    assert backward.rows.tolist() == [1, 3, 4] and backward.sources(0).tolist() == [2, 5]
    assert backward.split(values) == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
    assert store.transposed_order().tolist() == [0, 3, 1, 4, 2, 5]
    assert store.pre_of_synapses().tolist() == [1, 3, 4, 1, 3, 4]
    assert store.post_of_synapses().tolist() == [2, 2, 2, 5, 5, 5]


def test_rows_without_synapses_are_left_out() -> None:
    store = pack(pattern([1, 3, 8], [0, 1], [1, 0, 1], [1, 0]), "csr", "ff")
    assert store.rows.tolist() == [1, 8] and store.row_ptr.tolist() == [0, 1, 2]
    assert store.column_counts().tolist() == [1, 1]


def test_no_synapses_at_all() -> None:
    store = pack(pattern([0, 1], [0, 1], [0, 0], []), "dense", "ff")
    assert store.kind is StoreKind.CSR and store.nnz == 0
    assert store.forward().split(np.empty(0)) == [] == store.backward().split(np.empty(0))
    assert store.transposed_order().tolist() == []


@pytest.mark.parametrize("name", ["default", "auto", "dense"])
def test_complete_patterns_become_dense(name: str) -> None:
    complete = pattern([0, 1], [0, 1], [2, 2], [0, 1, 0, 1])
    assert pack(complete, name, "ff").kind is StoreKind.DENSE


@pytest.mark.parametrize("name", ["csr", "lil", *sorted(SYNONYMS)])
def test_other_formats_become_csr(name: str) -> None:
    store = pack(Pattern.full(np.arange(2, dtype=np.int32), np.arange(3, dtype=np.int32)), name, "ff")
    assert store.kind is StoreKind.CSR and store.column is not None
    assert store.column.tolist() == [0, 1, 2, 0, 1, 2]


def test_a_missing_row_is_not_dense() -> None:
    assert pack(pattern([0, 1], [0, 1], [2, 0], [0, 1]), "dense", "ff").kind is StoreKind.CSR


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ell", "ell is stored as csr: results do not depend on the format"),
        ("dense", "stored as csr, not dense"),
    ],
)
def test_substitutes_are_told_once(
    name: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "quiet", False)
    pack(pattern([0, 1], [0, 1], [1, 1], [0, 1]), name, "ff")
    out = capsys.readouterr().out
    assert out.count("\n") == 1 and out.startswith("INFO: Projection 'ff'") and said in out


def test_types_and_alignment_are_what_the_kernels_need() -> None:
    store = table()
    assert store.column is not None
    buffers = {"rows": np.int32, "columns": np.int32, "row_ptr": np.int64, "column": np.int32}
    for name, dtype in buffers.items():
        buffer = getattr(store, name)
        assert buffer.dtype == dtype and buffer.flags.c_contiguous and buffer.ctypes.data % 64 == 0, name


@pytest.mark.parametrize(("columns", "kind"), [(65536, StoreKind.CSR16), (65537, StoreKind.CSR)])
def test_places_take_16_bits_where_they_fit(columns: int, kind: StoreKind) -> None:
    wide = Pattern.of(
        np.array([2, 5], np.int32),
        np.arange(columns, dtype=np.int32),
        np.array([2, 1]),
        np.array([0, columns - 1, columns - 1], np.int32),
    )
    store = pack(wide, "csr", "ff", swept=True)
    assert store.kind is kind and store.column is not None
    assert store.column.dtype == {StoreKind.CSR16: np.uint16, StoreKind.CSR: np.int32}[kind]
    assert store.column.ctypes.data % 64 == 0
    assert store.pre_of_synapses().tolist() == [0, columns - 1, columns - 1]
    assert store.column_counts()[[0, -1]].tolist() == [1, 2]
    assert store.transposed_order().tolist() == [0, 1, 2]
    assert pack(wide, "csr", "ff").kind is StoreKind.CSR


@pytest.mark.parametrize(
    ("column", "hollow"),
    [
        ([1, 2, 0, 2, 0, 1], True),
        ([0, 2, 0, 2, 0, 1], False),
        ([1, 2, 0, 1, 0, 1], False),
        ([1, 2, 0, 2, 1, 2], False),
    ],
)
def test_a_square_without_its_diagonal(column: list[int], hollow: bool) -> None:
    found = pattern([0, 1, 2], [0, 1, 2], [2, 2, 2], column)
    assert found.hollow is hollow
    assert pack(found, "dense", "ff", swept=True).kind is (StoreKind.HOLLOW if hollow else StoreKind.CSR16)
    assert pack(found, "csr", "ff", swept=True).kind is StoreKind.CSR16
    assert pack(found, "dense", "ff").kind is StoreKind.CSR


def test_what_is_no_square_is_not_hollow() -> None:
    assert not pattern([0, 1, 3], [0, 1, 2], [2, 2, 2], [1, 2, 0, 2, 0, 1]).hollow
    assert not pattern([0, 1, 2], [0, 1, 2], [3, 1, 2], [0, 1, 2, 0, 0, 1]).hollow
    assert not pattern([0], [0], [0], []).hollow


@pytest.mark.parametrize("name", [*FORMATS, *sorted(SYNONYMS)])
def test_known_formats_pass(name: str) -> None:
    check_format(name, "post_to_pre", "ff")


def test_unknown_format() -> None:
    with pytest.raises(ConfigurationError, match=r"Projection 'ff': unknown storage_format 'crs'") as error:
        check_format("crs", "auto", "ff")
    assert "csr" in error.value.hint


def test_storage_orders() -> None:
    with pytest.raises(ConfigurationError, match="needs spiking neurons") as error:
        check_format("csr", "pre_to_post", "ff")
    assert error.value.hint == "use storage_order='post_to_pre'"
    with pytest.raises(ConfigurationError, match="unknown storage_order 'rows'"):
        check_format("csr", "rows", "ff")


def test_stable_order_of_more_keys_than_fit_into_64_bits() -> None:
    keys = np.array([2, 0, 2, 1], np.int32)
    assert stable_order(keys, 3).tolist() == stable_order(keys, 2**62).tolist() == [1, 3, 0, 2]

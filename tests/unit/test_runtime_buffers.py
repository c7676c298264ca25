"""Aligned arrays, and the table of addresses that an extension is bound to."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from synloom.codegen.artifact import Manifest, Slot, SlotKind
from synloom.codegen.errors import CodegenError
from synloom.runtime.buffers import BindingTable, aligned_copy, aligned_empty, aligned_zeros

V, N, ROWS = ("pop", "v"), ("pop", "size"), ("ff", "rows")
MANIFEST = Manifest(
    (
        Slot(*V, SlotKind.ARRAY, "float64", "state"),
        Slot(*N, SlotKind.SIZE, "int64", "structure"),
        Slot(*ROWS, SlotKind.ARRAY, "int32", "structure"),
    )
)


def values(**changed):
    given = {V: np.zeros(3), N: 3, ROWS: np.arange(4, dtype=np.int32)}
    names = {"v": V, "size": N, "rows": ROWS}
    return given | {names[name]: value for name, value in changed.items()}


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "int32", "bool", "uint8"])
@pytest.mark.parametrize("shape", [1, 7, (3, 5), (0,), (4, 0), ()])
@pytest.mark.parametrize("alignment", [64, 4096])
def test_arrays_are_aligned_contiguous_and_writable(dtype, shape, alignment):
    for array in (aligned_zeros(shape, dtype, alignment), aligned_empty(shape, dtype, alignment)):
        assert array.shape == (shape if isinstance(shape, tuple) else (shape,))
        assert array.dtype == np.dtype(dtype)
        assert array.__array_interface__["data"][0] % alignment == 0
        assert array.flags.c_contiguous and array.flags.writeable and array.flags.aligned
    assert not aligned_zeros(shape, dtype, alignment).any()


def test_arrays_do_not_overlap_their_neighbours():
    arrays = [aligned_zeros(n, np.uint8) for n in range(1, 200)]
    for n, array in enumerate(arrays):
        array[...] = n
    assert all((array == n).all() for n, array in enumerate(arrays))


def test_a_copy_keeps_values_and_takes_a_dtype():
    strided = np.arange(24, dtype=np.int64).reshape(4, 6)[::2, ::3]
    copy = aligned_copy(strided)
    assert copy.dtype == np.int64 and copy.flags.c_contiguous and not np.shares_memory(copy, strided)
    np.testing.assert_array_equal(copy, [[0, 3], [12, 15]])
    floats = aligned_copy([1, 2], np.float32)
    assert floats.dtype == np.float32 and floats.tolist() == [1.0, 2.0]


def test_the_table_holds_addresses_and_sizes_in_the_order_of_the_manifest():
    given = values(size=-5)
    table = BindingTable(MANIFEST, given)
    words = np.ctypeslib.as_array((np.ctypeslib.ctypes.c_int64 * 3).from_address(table.address))
    assert words.tolist() == [given[V].ctypes.data, -5, given[ROWS].ctypes.data]
    assert table.address % 64 == 0
    assert len(table) == 3
    assert table[V] is given[V] and table[N] == -5


def test_more_values_than_slots_are_fine():
    assert len(BindingTable(MANIFEST, values() | {("pop", "other"): 1})) == 3


def test_rebinding_changes_one_word_in_place():
    given = values()
    table = BindingTable(MANIFEST, given)
    address, grown = table.address, np.ones(10)
    table.rebind(V, grown)
    table.rebind(N, np.int64(10))
    words = np.ctypeslib.as_array((np.ctypeslib.ctypes.c_int64 * 3).from_address(address))
    assert table.address == address
    assert words.tolist() == [grown.ctypes.data, 10, given[ROWS].ctypes.data]


def test_bound_arrays_stay_alive_until_they_are_replaced():
    array = np.zeros(3)
    seen = weakref.ref(array)
    table = BindingTable(MANIFEST, values(v=array))
    del array
    gc.collect()
    assert seen() is not None
    table.rebind(V, np.ones(3))
    gc.collect()
    assert seen() is None


READ_ONLY = np.zeros(3)
READ_ONLY.flags.writeable = False
CROOKED = np.zeros(25, np.uint8)[1:].view(np.float64)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"v": np.zeros(3, np.float32)}, "pop.v is an array of float64, but one of float32 was bound to it."),
        ({"v": np.zeros(3, ">f8")}, "pop.v is an array of float64, but one of >f8 was bound to it."),
        ({"v": np.zeros(6)[::2]}, "The array bound to pop.v is not contiguous."),
        ({"v": np.zeros((2, 3)).T}, "The array bound to pop.v is not contiguous."),
        ({"v": CROOKED}, "The array bound to pop.v is not aligned to its elements."),
        ({"v": READ_ONLY}, "The array bound to pop.v is read-only, but the network writes to it."),
        ({"v": [0.0]}, "pop.v is an array, but [0.0] was bound to it."),
        ({"size": 3.5}, "pop.size is a size, but 3.5 was bound to it."),
        ({"size": np.zeros(1, np.int64)}, "pop.size is a size, but an array was bound to it."),
        ({"size": 2**63}, f"pop.size = {2**63} does not fit into 64 bits."),
    ],
)
def test_a_wrong_value_is_refused(changed, message):
    with pytest.raises(CodegenError) as told:
        BindingTable(MANIFEST, values(**changed))
    assert str(told.value) == message


def test_structure_may_be_read_only():
    rows = np.arange(4, dtype=np.int32)
    rows.flags.writeable = False
    assert BindingTable(MANIFEST, values(rows=rows))[ROWS] is rows


def test_all_missing_values_are_named_at_once():
    with pytest.raises(CodegenError, match=r"^Nothing is bound to pop\.size, ff\.rows\.$"):
        BindingTable(MANIFEST, {V: np.zeros(3)})


def test_a_slot_that_is_not_there_cannot_be_rebound():
    table = BindingTable(MANIFEST, values())
    with pytest.raises(CodegenError, match=r"^The binding table has no slot pop\.w\.$"):
        table.rebind(("pop", "w"), np.zeros(3))


def test_a_refused_rebind_leaves_the_old_binding():
    given = values()
    table = BindingTable(MANIFEST, given)
    with pytest.raises(CodegenError):
        table.rebind(V, np.zeros(3, np.float32))
    assert table[V] is given[V]


def test_the_number_of_words_is_compared_with_the_extension():
    table = BindingTable(MANIFEST, values())
    table.check_words(3)
    with pytest.raises(CodegenError, match=r"expects 4 words in the table, the manifest has 3\.$"):
        table.check_words(4)

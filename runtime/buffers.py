"""Memory that generated code borrows: aligned arrays, and the table of their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from synloom.codegen.artifact import Manifest, Slot, SlotKind
from synloom.codegen.errors import CodegenError

Array = NDArray[Any]
Key = tuple[str, str]

ALIGNMENT = 64  # one cache line, one AVX-512 register

_READ = frozenset({"structure", "flag"})  # roles that no kernel writes; their arrays may be read-only


def aligned_zeros(shape: int | tuple[int, ...], dtype: DTypeLike, alignment: int = ALIGNMENT) -> Array:
    """A C-contiguous array of zeros whose first element lies at a multiple of ``alignment`` bytes."""
    shape, kind = _shape(shape), np.dtype(dtype)
    return _carve(np.zeros(_room(shape, kind, alignment), np.uint8), shape, kind, alignment)


def aligned_empty(shape: int | tuple[int, ...], dtype: DTypeLike, alignment: int = ALIGNMENT) -> Array:
    """Like :func:`aligned_zeros`, with whatever the memory held before."""
    shape, kind = _shape(shape), np.dtype(dtype)
    return _carve(np.empty(_room(shape, kind, alignment), np.uint8), shape, kind, alignment)


def aligned_copy(array: ArrayLike, dtype: DTypeLike | None = None, alignment: int = ALIGNMENT) -> Array:
    """An aligned, C-contiguous copy of ``array``; ``dtype`` converts its values, None keeps their type."""
    given = np.asarray(array, dtype)
    copy = aligned_empty(given.shape, given.dtype, alignment)
    copy[...] = given
    return copy


def _shape(shape: int | tuple[int, ...]) -> tuple[int, ...]:
    return tuple(index(n) for n in shape) if isinstance(shape, tuple) else (index(shape),)


def _room(shape: tuple[int, ...], dtype: np.dtype[Any], alignment: int) -> int:
    return prod(shape) * dtype.itemsize + alignment


def _carve(raw: NDArray[np.uint8], shape: tuple[int, ...], dtype: np.dtype[Any], alignment: int) -> Array:
    return np.ndarray(shape, dtype, buffer=raw, offset=-_address(raw) % alignment)


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


class BindingTable:
    """The words that an extension is bound to: addresses of arrays, and sizes, in the order of a Manifest.

    Keeps every bound array alive as long as it lives itself.

    Parameters
    ----------
    manifest : Manifest
        The slots, word by word.
    values : mapping of (object, field) to ndarray or int
        An array for each slot of kind ``array``, an int for each of kind ``size``. More are ignored.

    Raises
    ------
    CodegenError
        A slot without a value, or an array of another dtype, not contiguous, not aligned to its elements, or
        read-only where the network writes.
    """

    def __init__(self, manifest: Manifest, values: Mapping[Key, Array | int]) -> None:
        self.manifest = manifest
        self._place = {slot.key: (n, slot) for n, slot in enumerate(manifest.slots)}
        missing = [".".join(key) for key in self._place if key not in values]
        if missing:
            raise CodegenError(f"Nothing is bound to {', '.join(missing)}.")
        self._bound: dict[Key, Array] = {}
        self._words = aligned_zeros(len(manifest.slots), np.uint64)
        for key in self._place:
            self.rebind(key, values[key])

    @property
    def address(self) -> int:
        """Address of the table itself; it stays the same when a slot is rebound."""
        return _address(self._words)

    def __len__(self) -> int:
        """Number of words."""
        return len(self._words)

    def __getitem__(self, key: Key) -> Array | int:
        place, slot = self._locate(key)
        return int(self._words.view(np.int64)[place]) if slot.kind is SlotKind.SIZE else self._bound[key]

    def rebind(self, key: Key, value: Array | int) -> None:
        """Put another array, or another size, into a slot."""
        place, slot = self._locate(key)
        if slot.kind is SlotKind.SIZE:
            self._words.view(np.int64)[place] = _size(slot, value)
        else:
            array = _checked(slot, value)
            self._words[place] = _address(array)
            self._bound[key] = array

    def check_words(self, words: int) -> None:
        """Compare with what the extension expects (its ``words()``)."""
        if words != len(self):
            raise CodegenError(
                f"The extension expects {words} words in the table, the manifest has {len(self)}."
            )

    def _locate(self, key: Key) -> tuple[int, Slot]:
        found = self._place.get(key)
        if found is None:
            raise CodegenError(f"The binding table has no slot {'.'.join(key)}.")
        return found


def _size(slot: Slot, value: Array | int) -> int:
    name = ".".join(slot.key)
    if isinstance(value, np.ndarray):
        raise CodegenError(f"{name} is a size, but an array was bound to it.")
    try:
        number = index(value)
    except TypeError:
        raise CodegenError(f"{name} is a size, but {value!r} was bound to it.") from None
    if not -(2**63) <= number < 2**63:
        raise CodegenError(f"{name} = {number} does not fit into 64 bits.")
    return number


def _checked(slot: Slot, array: Array | int) -> Array:
    name = ".".join(slot.key)
    if not isinstance(array, np.ndarray):
        raise CodegenError(f"{name} is an array, but {array!r} was bound to it.")
    if array.dtype != np.dtype(slot.dtype):
        raise CodegenError(f"{name} is an array of {slot.dtype}, but one of {array.dtype} was bound to it.")
    if not array.flags.c_contiguous:
        raise CodegenError(f"The array bound to {name} is not contiguous.")
    if not array.flags.aligned:
        raise CodegenError(f"The array bound to {name} is not aligned to its elements.")
    if slot.role not in _READ and not array.flags.writeable:
        raise CodegenError(f"The array bound to {name} is read-only, but the network writes to it.")
    return array

"""What the compiler hands to the runtime: generated files, and the table of buffers they are bound to.

This is all that ``runtime`` may know of ``codegen``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from synloom.codegen.record import record


class SlotKind(StrEnum):
    ARRAY = "array"  # the word is the address of a contiguous NumPy array
    SIZE = "size"  # the word is a 64-bit integer itself


@record
class Slot:
    """One 64-bit word of the binding table: ``object.field``, e.g. ``ff.w``.

    ``dtype`` is a NumPy dtype name (``float64``, ``float32``, ``int64``, ``int32``, ``uint16``, ``bool``).
    ``role`` says what the buffer is for: ``state``, ``input``, ``structure``, ``scratch``, ``clock``, ``flag``.
    """

    object: str
    field: str
    kind: SlotKind
    dtype: str
    role: str

    @property
    def key(self) -> tuple[str, str]:
        return self.object, self.field


@record
class Manifest:
    """The binding table, word by word: the memory layout of the generated ``struct Network``."""

    slots: tuple[Slot, ...]


@record
class SourceFile:
    """One generated file; ``path`` is relative, with forward slashes."""

    path: str
    text: str


@record
class SourceSet:
    """All generated files of a network.

    ``files`` holds headers (``.hpp``), translation units (``.cpp``) and the Cython module (``.pyx``).
    A unit's object file depends on its own text and on the generated headers it includes by name
    (``#include "name.hpp"``); headers under ``synloom/`` belong to the runtime.
    """

    files: tuple[SourceFile, ...]
    manifest: Manifest

    def texts(self) -> Mapping[str, str]:
        return {file.path: file.text for file in self.files}

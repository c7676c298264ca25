"""What a file says, taken out piece by piece and checked: nothing of it is believed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from synloom.archive import Array, Leaf, SavedFileError
from synloom.codegen.ir.types import Locality

Tree = dict[str, Any]


class Ragged(NamedTuple):
    """Rows of different lengths, one after the other."""

    flat: Array
    lengths: Array


class Part:
    """One level of a file's contents.

    Parameters
    ----------
    tree : dict
        Numbers, texts, lists, leaves, and more of these.
    path : Path
        The file, for messages.
    where : str
        What this level is about, for messages.
    """

    def __init__(self, tree: Any, path: Path, where: str = "") -> None:
        self.path, self.where = path, where
        if not isinstance(tree, Mapping):
            raise self.error("a table is missing")
        self.tree = tree

    def error(self, reason: str, hint: str = "") -> SavedFileError:
        """The error for contents that cannot be used."""
        place = f"{self.where}: " if self.where else ""
        return SavedFileError(f"'{self.path}' can not be loaded: {place}{reason}.", hint=hint)

    def __contains__(self, key: str) -> bool:
        return key in self.tree

    def names(self) -> list[str]:
        """What there is."""
        return [str(key) for key in self.tree]

    def part(self, key: str, where: str = "") -> Part:
        """A level below."""
        return Part(self._get(key), self.path, where or f"{self.where} {key}".strip())

    def parts(self, key: str, kind: str = "") -> Iterator[tuple[str, Part]]:
        """All levels below one, with their names; none if it is missing."""
        if key in self:
            inner = self.part(key)
            for name in inner.names():
                yield name, inner.part(name, f"{kind or key} '{name}'")

    def _get(self, key: str) -> Any:
        if key not in self.tree:
            raise self.error(f"{key} is missing")
        return self.tree[key]

    def integer(self, key: str, low: int = -(2**63), high: int = 2**63 - 1) -> int:
        """An int in ``[low, high]``."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.error(f"{key} is {value!r:.60}")
        return value

    def real(self, key: str) -> float:
        """A number that is not NaN."""
        value = self._get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
            raise self.error(f"{key} is {value!r:.60}")
        return float(value)

    def flag(self, key: str) -> bool:
        """True or False."""
        value = self._get(key)
        if not isinstance(value, bool):
            raise self.error(f"{key} is {value!r:.60}")
        return value

    def text(self, key: str) -> str:
        """A text."""
        value = self._get(key)
        if not isinstance(value, str):
            raise self.error(f"{key} is {value!r:.60}")
        return value

    def texts(self, key: str) -> list[str]:
        """A list of texts."""
        value = self._get(key)
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.error(f"{key} is no list of names")
        return list(value)

    def integers(self, key: str) -> list[int]:
        """A list of ints."""
        value = self._get(key)
        if not isinstance(value, list) or any(isinstance(v, bool) or not isinstance(v, int) for v in value):
            raise self.error(f"{key} is no list of numbers")
        return list(value)

    def array(self, key: str, dtype: DTypeLike, shape: tuple[int | None, ...]) -> Array:
        """An array of this shape, None being any length; its values as ``dtype``, which must be able to hold them.

        The data are read only if type and shape are right.
        """
        leaf, wanted = self._get(key), np.dtype(dtype)
        if isinstance(leaf, bool | int | float) and shape == (1,):
            leaf = Leaf.of(np.array([leaf]))
        if not isinstance(leaf, Leaf):
            raise self.error(f"{key} is no array")
        fits = len(leaf.shape) == len(shape) and all(
            n is None or n == m for n, m in zip(shape, leaf.shape, strict=True)
        )
        if not fits:
            shown = "(" + ", ".join("any" if n is None else str(n) for n in shape) + ")"
            raise self.error(f"{key} has the shape {leaf.shape}, not {shown}")
        kinds = {"b": "biu", "i": "iu", "u": "iu", "f": "fiu"}[wanted.kind]
        if leaf.dtype.kind not in kinds:
            raise self.error(f"{key} is of type {leaf.dtype}, not {wanted}")
        return self._cast(key, self._read(key, leaf), wanted)

    def _read(self, key: str, leaf: Leaf) -> Array:
        try:
            return leaf.read()
        except Exception as error:  # damaged archives make their readers raise errors of many kinds
            raise self.error(f"{key} can not be read ({error})") from None

    def _cast(self, key: str, given: Array, wanted: np.dtype[Any]) -> Array:
        if given.dtype == wanted:
            return given
        if wanted.kind == "b" and given.size and (int(given.min()) < 0 or int(given.max()) > 1):
            raise self.error(f"{key} holds numbers other than 0 and 1, which MATLAB writes for truth values")
        if wanted.kind in "iu" and given.size:
            limits = np.iinfo(wanted)
            if int(given.min()) < limits.min or int(given.max()) > limits.max:
                raise self.error(f"{key} holds numbers that {wanted} can not")
        with np.errstate(over="ignore"):
            return given.astype(wanted)

    def value(
        self, key: str, dtype: DTypeLike, locality: Locality, count: int, shape: tuple[int, ...]
    ) -> Array:
        """The values of an attribute, flat: ``shape`` is that of local ones."""
        if locality is Locality.LOCAL:
            return self.array(key, dtype, shape).reshape(-1)
        return self.array(key, dtype, (count,))

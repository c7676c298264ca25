"""Ranks, coordinates, and which neurons an index selects. Ranks count in C order (last axis fastest)."""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from synloom.codegen.errors import ConfigurationError

Ranks = npt.NDArray[np.int32]
Geometry = tuple[int, ...]


def parse_geometry(given: object) -> Geometry:
    """A geometry from a number, tuple, list or array; floats are truncated."""
    extents = given if isinstance(given, tuple | list | np.ndarray) else (given,)
    numeric = all(
        isinstance(n, numbers.Real) and not isinstance(n, bool) and math.isfinite(n) for n in extents
    )
    geometry = tuple(int(n) for n in extents) if numeric else ()
    if not geometry or min(geometry) < 1:
        raise ConfigurationError(
            f"The geometry must be a number or a tuple of numbers, each at least 1; it is {given!r}."
        )
    if math.prod(geometry) >= 2**31:
        raise ConfigurationError(f"The geometry {geometry} has more neurons than can be counted (2**31 - 1).")
    return geometry


def rank_of(coordinates: object, geometry: Geometry) -> int:
    """The rank at these coordinates. A plain number stands for coordinates in one dimension."""
    given = list(coordinates) if isinstance(coordinates, tuple | list | np.ndarray) else [coordinates]
    indices = [whole(c, f"The coordinates {coordinates!r}") for c in given]
    if len(indices) != len(geometry) or any(
        not 0 <= c < extent for c, extent in zip(indices, geometry, strict=True)
    ):
        raise ConfigurationError(
            f"The coordinates {coordinates!r} are not in the geometry {geometry}.",
            hint=f"Give {len(geometry)} of them, from 0 to {tuple(extent - 1 for extent in geometry)}.",
        )
    return int(np.ravel_multi_index(indices, geometry))


def coordinates_of(rank: object, geometry: Geometry) -> tuple[int, ...]:
    """The coordinates of a rank."""
    number = whole(rank, "A rank")
    check_rank(number, math.prod(geometry))
    return tuple(int(c) for c in np.unravel_index(number, geometry))


def normalized(coordinates: Sequence[int], geometry: Geometry, norm: float) -> tuple[float, ...]:
    """Each coordinate from 0 to ``norm``; 0 along axes of one neuron."""
    return tuple(
        norm * c / (extent - 1) if extent > 1 else 0.0
        for c, extent in zip(coordinates, geometry, strict=True)
    )


def whole(value: object, what: str) -> int:
    """An integer of Python or NumPy."""
    if not isinstance(value, bool | np.bool_):
        try:
            return operator.index(value)  # type: ignore[arg-type]
        except TypeError:
            pass
    raise ConfigurationError(f"{what} must be made of integers, not {value!r}.")


def check_rank(rank: int, size: int) -> None:
    """Raise unless 0 <= rank < size."""
    if not 0 <= rank < size:
        raise ConfigurationError(f"The rank {rank} does not exist; ranks are from 0 to {size - 1}.")


def select(index: Any, geometry: Geometry) -> int | tuple[Ranks, Geometry]:
    """What ``population[index]`` selects, by the rules of NumPy for bounds, negative numbers and masks.

    Returns
    -------
    int
        The rank, for a tuple of as many ints as there are dimensions.
    (ranks, geometry)
        For all else. One-dimensional indices select among the ranks; tuples select along each axis, where a
        single number keeps its axis with extent 1.
    """
    if isinstance(index, tuple):
        return _select_axes(index, geometry)
    if _is_mask(index, geometry):
        index = np.reshape(index, -1)
    ranks = _along(index, math.prod(geometry))
    return ranks, (len(ranks),)


def _select_axes(index: tuple[Any, ...], geometry: Geometry) -> int | tuple[Ranks, Geometry]:
    full = [slice(None)] * (len(geometry) - len(index) + 1)
    dots = [k for k, part in enumerate(index) if part is Ellipsis]
    if len(dots) > 1 or len(index) - len(dots) > len(geometry):
        raise ConfigurationError(f"The index {index!r} does not fit the geometry {geometry}.")
    index = (*index[: dots[0]], *full, *index[dots[0] + 1 :]) if dots else (*index, *full[1:])
    axes = [_along(part, extent) for part, extent in zip(index, geometry, strict=True)]
    if all(not isinstance(part, slice) and not _is_array(part) for part in index):
        return int(np.ravel_multi_index([int(axis[0]) for axis in axes], geometry))
    ranks = np.ravel_multi_index(np.ix_(*axes), geometry).astype(np.int32).reshape(-1)
    return ranks, tuple(len(axis) for axis in axes)


def _is_mask(index: object, geometry: Geometry) -> bool:
    try:
        mask = np.asarray(index) if _is_array(index) else np.empty(0)
    except ValueError:  # rows of different lengths
        return False
    return mask.dtype.kind == "b" and mask.shape == geometry


def _is_array(index: object) -> bool:
    return isinstance(index, list) or (isinstance(index, np.ndarray) and index.ndim > 0)


def _along(index: Any, extent: int) -> Ranks:
    if not isinstance(index, slice):
        index = _index_array(index)
    try:
        selected: Ranks = np.arange(extent, dtype=np.int32)[index]
    except (IndexError, TypeError, ValueError) as error:
        raise ConfigurationError(f"The index {index!r} does not fit {extent} neurons: {error}.") from None
    return selected


def _index_array(index: Any) -> npt.NDArray[Any]:
    if not _is_array(index):
        return np.array([whole(index, "An index")])
    try:
        array = np.asarray(index)
    except ValueError:  # rows of different lengths
        array = np.empty((0, 0))
    if array.ndim != 1:
        raise ConfigurationError(
            f"An index array must have one dimension, not be {index!r}.",
            hint="A mask may also have the shape of the geometry.",
        )
    if array.size and array.dtype.kind not in "iub":
        raise ConfigurationError(f"An index must be made of integers or booleans, not {index!r}.")
    return array if array.size else np.empty(0, np.intp)


class Grid:
    """What has a geometry: ranks and coordinates of its neurons."""

    geometry: Geometry
    size: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The geometry."""
        return self.geometry

    @property
    def dimension(self) -> int:
        """Number of axes."""
        return len(self.geometry)

    @property
    def width(self) -> int:
        """Extent of the first axis: the rows of a two-dimensional geometry."""
        return self.geometry[0]

    @property
    def height(self) -> int:
        """Extent of the second axis; 1 without."""
        return (*self.geometry, 1)[1]

    @property
    def depth(self) -> int:
        """Extent of the third axis; 1 without."""
        return (*self.geometry, 1, 1)[2]

    @property
    def ranks(self) -> Ranks:
        """All ranks."""
        return np.arange(self.size, dtype=np.int32)

    def rank_from_coordinates(self, coord: Any) -> int:
        """The rank at coordinates, in C order. A number will do for one dimension."""
        return rank_of(coord, self.geometry)

    def coordinates_from_rank(self, rank: int) -> tuple[int, ...]:
        """The coordinates of a rank."""
        return coordinates_of(rank, self.geometry)

    def normalized_coordinates_from_rank(self, rank: int, norm: float = 1.0) -> tuple[float, ...]:
        """The coordinates of a rank, each from 0 to ``norm``; 0 along axes of extent 1."""
        return normalized(self.coordinates_from_rank(rank), self.geometry, norm)

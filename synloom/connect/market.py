"""Connectivity from Matrix Market files: coordinates or a full array of weights, as text."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from synloom.connect.ends import Ends
from synloom.connect.matrix import from_matrix
from synloom.connect.regular import Given
from synloom.connect.triplets import from_triplets
from synloom.messages import info

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Triplets = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]

FIELDS: Final = ("real", "double", "integer", "pattern")
SYMMETRIES: Final = ("general", "symmetric", "skew-symmetric")


def from_matrix_market(ends: Ends, filename: str | PathLike[str]) -> tuple[Given, NDArray[np.float64], Any]:
    """The pattern, weights and delay of a file whose rows are post and whose columns are pre neurons."""
    try:
        path = Path(filename)
    except TypeError:
        raise ends.error(f"a file name was expected, not {filename!r}.") from None
    if path.suffix != ".mtx":
        raise ends.error(f"'{path}' is not called .mtx, as Matrix Market files are.")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ends.error(f"'{path}' can not be read: {error}.") from None
    try:
        form, field, symmetry, numbers = _parsed(text)
        if form == "array":
            return from_matrix(ends, _full(ends, numbers, symmetry), 0.0, False)
        return _connected(ends, *_coordinates(ends, numbers, field, symmetry))
    except ValueError as error:
        raise ends.error(
            f"'{path}' is not a Matrix Market file that can be read: {error}.",
            hint="its first line is such as '%%MatrixMarket matrix coordinate real general'",
        ) from None


def _parsed(text: str) -> tuple[str, str, str, NDArray[np.float64]]:
    """Format, field and symmetry of the header, and all numbers after it."""
    header, _, body = text.partition("\n")
    words = header.lower().split()
    if len(words) != 5 or words[:2] != ["%%matrixmarket", "matrix"]:
        raise ValueError("its first line is no header of a matrix")
    form, field, symmetry = words[2:]
    known = ("coordinate", "array"), FIELDS[: 4 if form == "coordinate" else 3], SYMMETRIES
    for word, choices in zip((form, field, symmetry), known, strict=True):
        if word not in choices:
            raise ValueError(f"'{word}' is none of {', '.join(choices)}")
    if "%" in body:
        body = "\n".join(line for line in body.splitlines() if not line.lstrip().startswith("%"))
    return form, field, symmetry, np.array(body.split(), np.float64)


def _sizes(ends: Ends, numbers: NDArray[np.float64], symmetry: str) -> tuple[int, int]:
    given, expected = tuple(numbers[:2].tolist()), (len(ends.post), len(ends.pre))
    if given != expected:
        shown = f"({', '.join(f'{n:g}' for n in given)})"
        raise ends.error(f"the matrix must have the shape {expected} (post, pre), not {shown}.")
    if symmetry != "general" and expected[0] != expected[1]:
        raise ValueError(f"a {symmetry} matrix is square")
    return expected


def _full(ends: Ends, numbers: NDArray[np.float64], symmetry: str) -> NDArray[np.float64]:
    """A full matrix, which is written column by column; of symmetric ones the lower triangle."""
    rows, columns = _sizes(ends, numbers, symmetry)
    values = numbers[2:]
    row, column = (places.T.ravel() for places in np.indices((rows, columns)))
    if symmetry != "general":
        kept = row >= column if symmetry == "symmetric" else row > column
        row, column = row[kept], column[kept]
    if len(values) != len(row):
        raise ValueError(f"it has {len(values)} entries, not {len(row)}")
    matrix = np.zeros((rows, columns))
    matrix[row, column] = values
    if symmetry != "general":
        matrix[column, row] = values if symmetry == "symmetric" else -values
    return matrix


def _coordinates(ends: Ends, numbers: NDArray[np.float64], field: str, symmetry: str) -> Triplets:
    """Row, column and value of each entry."""
    rows, columns = _sizes(ends, numbers, symmetry)
    width, count = (2 if field == "pattern" else 3), numbers[2:3]
    entries = numbers[3:]
    if len(count) == 0 or len(entries) != count[0] * width:
        promised = f"{int(count[0])} entries" if len(count) else "no number of entries"
        raise ValueError(f"it promises {promised} and has {len(entries) / width:g}")
    table = entries.reshape(-1, width)
    given = table[:, :2]
    # Written so that NaN is outside.
    inside = (given >= 1) & (given <= (rows, columns)) & (given == np.floor(given))
    if not inside.all():
        raise ValueError("it has entries outside the matrix")
    places = given.astype(np.int64)
    row, column = places[:, 0] - 1, places[:, 1] - 1
    values = np.ones(len(table)) if field == "pattern" else table[:, 2].copy()
    if symmetry == "general":
        return row, column, values
    if symmetry == "skew-symmetric" and (row == column).any():
        raise ValueError("a skew-symmetric matrix has no diagonal")
    other = row != column
    mirrored = values[other] if symmetry == "symmetric" else -values[other]
    return (
        np.concatenate([row, column[other]]),
        np.concatenate([column, row[other]]),
        np.concatenate([values, mirrored]),
    )


def _connected(
    ends: Ends, row: NDArray[np.int64], column: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[Given, NDArray[np.float64], Any]:
    kept = ~np.isnan(values)
    if not kept.all():
        info(f"Projection '{ends.projection}': {int((~kept).sum())} entries are NaN and make no synapse.")
    post, pre = ends.post[row[kept]].astype(np.int64), ends.pre[column[kept]].astype(np.int64)
    return from_triplets(ends, post, pre, values[kept], np.empty(0))

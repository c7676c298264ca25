"""Connectors from a matrix of weights, dense or sparse. Its mistakes are told at the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.connect.ends import Ends
from synloom.connect.regular import Given
from synloom.connect.values import is_table
from synloom.messages import info
from synloom.runtime.buffers import aligned_empty
from synloom.store import Pattern, stable_order

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_sparse(value: Any) -> bool:
    """Whether this is one of SciPy's sparse matrices or arrays (told without importing SciPy)."""
    return hasattr(value, "tocoo") and hasattr(value, "nnz")


def from_matrix(
    ends: Ends, weights: Any, delays: Any, pre_post: bool
) -> tuple[Given, NDArray[np.float64], Any]:
    """Rows are post and columns pre neurons in the order of the views; NaN and None are no synapse.

    Returns the pattern, its weights and delays (ms) in store order; other delays as they were given.
    """
    if is_sparse(weights):
        raise ends.error("connect_from_matrix() needs a dense matrix.", hint="use connect_from_sparse()")
    matrix = _dense(ends, weights, "weights", pre_post)
    kept = ~np.isnan(matrix)
    lengths = kept.sum(axis=1)
    missing = matrix.size - int(lengths.sum())
    if missing:
        info(f"Projection '{ends.projection}': {missing} entries are None or NaN and make no synapse.")
    if is_table(delays):
        delays = _dense(ends, delays, "delays", pre_post)[kept]
    if not missing:
        return Given(Pattern.full(ends.rows, ends.columns)), matrix.ravel(), delays
    column = np.nonzero(kept)[1].astype(np.int32)
    return Given(Pattern.of(ends.rows, ends.columns, lengths, column)), matrix[kept], delays


def _dense(ends: Ends, values: Any, what: str, pre_post: bool) -> NDArray[np.float64]:
    """A checked copy, rows and columns sorted by rank."""
    try:
        matrix = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ends.error(f"{what} are not a matrix of numbers.", hint="give rows of equal length") from None
    expected = (len(ends.post), len(ends.pre))
    given = matrix.shape
    if pre_post and matrix.ndim == 2:
        matrix = matrix.T
    if matrix.shape != expected:
        wanted = expected[::-1] if pre_post else expected
        order = "(pre, post)" if pre_post else "(post, pre)"
        turned = given[::-1] == wanted and len(given) == 2
        raise ends.error(
            f"{what} must have the shape {wanted} {order}, not {given}.",
            hint=f"pre_post={not pre_post} reads the transposed matrix" if turned else "",
        )
    return np.ascontiguousarray(matrix[np.ix_(np.argsort(ends.post), np.argsort(ends.pre))])


def from_sparse(ends: Ends, weights: Any, delays: Any) -> tuple[Given, NDArray[np.float64], Any]:
    """Rows are pre and columns post neurons; each stored entry is a synapse, zeros too, but not NaN.

    Returns the pattern, its weights and delays (ms) in store order; other delays as they were given.
    """
    keys, values = _sparse(ends, weights, "weights")
    per_synapse = is_sparse(delays)
    if per_synapse:
        delay_keys, delays = _sparse(ends, delays, "delays")
        if not np.array_equal(keys, delay_keys):
            raise ends.error(
                f"delays must be stored where weights are: {len(values)} weights, {len(delays)} delays.",
                hint="give the delays a stored entry wherever the weights have one, and nowhere else",
            )
    elif is_table(delays):
        raise ends.error("delays must be a number, a distribution or a sparse matrix like the weights.")
    missing = np.isnan(values)
    if missing.any():
        info(f"Projection '{ends.projection}': {int(missing.sum())} entries are NaN and make no synapse.")
        keys, values = keys[~missing], values[~missing]
        delays = delays[~missing] if per_synapse else delays
    starts = np.arange(len(ends.rows) + 1) * len(ends.columns)
    lengths = np.diff(np.searchsorted(keys, starts))
    column = aligned_empty(keys.shape, np.int32)
    np.subtract(keys, np.repeat(starts[:-1], lengths), out=column, casting="unsafe")
    return Given(Pattern.of(ends.rows, ends.columns, lengths, column)), values, delays


def _sparse(ends: Ends, matrix: Any, what: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Place in the full matrix, read by post neurons, and value of each stored entry, sorted.

    Values at equal places are added up.
    """
    if not is_sparse(matrix):
        hint = "use connect_from_matrix() for a dense matrix (there rows are post neurons)"
        raise ends.error(f"{what} must be a sparse matrix of SciPy, not {type(matrix).__name__}.", hint=hint)
    expected = (len(ends.pre), len(ends.post))
    if tuple(matrix.shape) != expected:
        turned = tuple(matrix.shape) == expected[::-1]
        raise ends.error(
            f"{what} must have the shape {expected} (pre, post), not {tuple(matrix.shape)}.",
            hint=f"transpose them: {what}.T" if turned else "",
        )
    entries = matrix.tocoo()
    values = np.asarray(entries.data)
    if values.dtype.kind not in "buif":
        raise ends.error(f"{what} must hold real numbers, not {values.dtype}.")
    keys = np.argsort(np.argsort(ends.post))[entries.col] * len(ends.pre)
    keys += np.argsort(np.argsort(ends.pre))[entries.row]
    if (np.diff(keys) <= 0).any():
        order = stable_order(keys, expected[0] * expected[1])
        keys, values = keys[order], values[order]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        if len(first) < len(keys):
            keys, values = keys[first], np.add.reduceat(values, first)
    return keys, values.astype(np.float64)

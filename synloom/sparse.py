"""Sparse matrices of SciPy for ``connect_from_sparse()``. SciPy is imported when they are asked for."""

from __future__ import annotations

import math
from numbers import Real
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import registry
from synloom.codegen.errors import ConfigurationError
from synloom.connect.ends import Ends
from synloom.connect.random import fixed_probability
from synloom.connect.values import is_number
from synloom.geometry import whole
from synloom.random import RandomDistribution

if TYPE_CHECKING:
    from scipy.sparse import lil_matrix


def sparse_random_matrix(
    pre: Any,
    post: Any,
    p: float | None = None,
    weight: Any = None,
    *,
    proba: float | None = None,
    weights: Any = None,
) -> lil_matrix:
    """A random matrix of shape (pre, post): each entry is there with the same probability.

    Parameters
    ----------
    pre, post : int, or population or view
        Sizes, or whose sizes.
    p : float
        Probability of an entry; ``proba`` is another name for it.
    weight : float or RandomDistribution
        Value of the entries; ``weights`` is another name for it.

    Raises
    ------
    ConfigurationError
        Arguments that have no meaning, or there is no SciPy. A weight of another type is a ValueError as well.
    """
    scipy = _scipy("sparse_random_matrix")
    probability, value = _one("p", p, "proba", proba), _one("weight", weight, "weights", weights)
    if not is_number(probability) or not 0.0 <= float(probability) <= 1.0:
        raise ConfigurationError(
            f"sparse_random_matrix(): p must be a number in [0, 1], not {probability!r}."
        )
    _check_value("sparse_random_matrix", "weight", value)
    shape = _size(pre, "pre"), _size(post, "post")
    rows, columns = (np.arange(size, dtype=np.int32) for size in shape)
    rule = fixed_probability(Ends(columns, rows, False, "sparse_random_matrix"), probability, True)
    pattern = rule.build(registry.default_network().spawn_rng())
    row = np.repeat(pattern.rows, np.diff(pattern.row_ptr))
    column = np.tile(columns, len(pattern.rows)) if pattern.column is None else pattern.column
    return scipy.coo_matrix((_drawn(value, len(row)), (row, column)), shape=shape).tolil()


def sparse_delays_from_weights(weight_matrix: Any, delay: Any) -> lil_matrix:
    """Delays (ms) for each entry of a sparse matrix of weights but explicit zeros, which get none.

    Parameters
    ----------
    weight_matrix : sparse matrix of SciPy
    delay : float or RandomDistribution

    Raises
    ------
    ConfigurationError
        Arguments of other types, or there is no SciPy.
    """
    scipy = _scipy("sparse_delays_from_weights")
    if not scipy.issparse(weight_matrix):
        raise ConfigurationError(
            f"sparse_delays_from_weights() needs a sparse matrix of SciPy, not {type(weight_matrix).__name__}."
        )
    _check_value("sparse_delays_from_weights", "delay", delay)
    entries = weight_matrix.tocsr().tocoo()
    kept = entries.data != 0
    place = entries.row[kept], entries.col[kept]
    return scipy.coo_matrix((_drawn(delay, int(kept.sum())), place), shape=entries.shape).tolil()


class _ValueTypeError(ConfigurationError, ValueError):
    """A value of a type that can not be put into a matrix."""


def _scipy(function: str) -> ModuleType:
    try:
        import scipy.sparse
    except ImportError:
        raise ConfigurationError(f"{function}() needs SciPy.", hint="pip install scipy") from None
    found: ModuleType = scipy.sparse
    return found


def _one(name: str, value: Any, other: str, same: Any) -> Any:
    """The argument that was given by one of two names."""
    if (value is None) == (same is None):
        raise ConfigurationError(f"sparse_random_matrix(): give {name}, or {other}, which is the same.")
    return same if value is None else value


def _check_value(function: str, name: str, value: Any) -> None:
    if isinstance(value, RandomDistribution) or (is_number(value) and not math.isnan(float(value))):
        return
    raise _ValueTypeError(f"{function}(): {name} must be a number or a random distribution, not {value!r}.")


def _drawn(value: Real | RandomDistribution, size: int) -> np.ndarray:
    return value.get_values(size) if isinstance(value, RandomDistribution) else np.full(size, float(value))


def _size(end: Any, side: str) -> int:
    size = whole(getattr(end, "size", end), f"sparse_random_matrix(): {side}")
    if size < 0:
        raise ConfigurationError(f"sparse_random_matrix(): {side} must be at least 0, not {size}.")
    return size

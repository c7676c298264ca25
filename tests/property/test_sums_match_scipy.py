"""Weighted sums are the products with a sparse matrix and its transpose, whatever the connectivity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

import synloom as sl
from synloom.extensions.convolution import Transpose

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

# Weights and rates of either sign and very different size, so that sums cancel; none vanishes.
NUMBERS = st.one_of(
    st.just(0.0),
    st.floats(1e-6, 1e6, allow_nan=False),
    st.floats(-1e6, -1e-6, allow_nan=False),
)


@st.composite
def connectivity(draw: st.DrawFn, complete: bool) -> tuple[sparse.csr_array, list[float], list[float]]:
    """A matrix (post, pre) with its stored zeros, and rates of either side. Rows and columns may be empty."""
    posts, pres = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    pairs = [(i, j) for i in range(posts) for j in range(pres)]
    if not complete:
        pairs = [pair for pair in pairs if draw(st.booleans())]
    weights = draw(st.lists(NUMBERS, min_size=len(pairs), max_size=len(pairs)))
    rows, columns = [i for i, _ in pairs], [j for _, j in pairs]
    matrix = sparse.coo_array((weights, (rows, columns)), shape=(posts, pres)).tocsr()
    rates = (draw(st.lists(NUMBERS, min_size=n, max_size=n)) for n in (pres, posts))
    return matrix, *rates


def sums(storage: str, matrix: sparse.csr_array, r: list[float], s: list[float]) -> tuple[Any, Any, bool]:
    """Forward and transposed sums of a network made for this matrix, and whether it had to be compiled."""
    sl.clear()
    neuron = sl.Neuron(parameters="r = 0.0", equations="x = sum(exc) + sum(fb)")
    pre, post = sl.Population(len(r), neuron, name="pre"), sl.Population(len(s), neuron, name="post")
    pre.r, post.r = r, s
    ff = sl.Projection(pre, post, "exc", name="ff")
    ff.connect_from_sparse(matrix.T.tocsr(), storage_format=storage)
    Transpose(ff, "fb", name="fb")
    cached = sl.compile().cached
    sl.step()
    return post.sum("exc"), pre.sum("fb"), cached


def close(found: Any, matrix: Any, rates: list[float]) -> None:
    """Within 1e-12 of the sum of the sizes of its terms."""
    expected, size = matrix @ np.array(rates), abs(matrix) @ np.abs(rates)
    assert (abs(found - expected) <= 1e-12 * size).all(), (found, expected)


@pytest.mark.parametrize("storage", ["dense", "csr"])
def test_sums_match_scipy(storage: str) -> None:
    small = sparse.csr_array(np.ones((2, 3)))
    sums(storage, small, [1.0] * 3, [1.0] * 2)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(connectivity(complete=storage == "dense"))
    def examples(drawn: tuple[sparse.csr_array, list[float], list[float]]) -> None:
        matrix, r, s = drawn
        forward, back, cached = sums(storage, matrix, r, s)
        assert cached, "sizes and connectivity are data: one kernel serves all examples"
        close(forward, matrix, r)
        close(back, matrix.T, s)

    examples()


@pytest.mark.parametrize("storage", ["dense", "csr"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 257), (257, 1), (64, 64), (33, 130), (131, 67)])
def test_sums_of_sizes_around_vector_lengths(storage: str, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape)
    full = rng.normal(size=shape)
    kept = np.ones(shape, bool) if storage == "dense" else rng.uniform(size=shape) < 0.3
    matrix = sparse.csr_array(np.where(kept, full, 0.0))
    r, s = rng.normal(size=shape[1]), rng.normal(size=shape[0])
    forward, back, _ = sums(storage, matrix, list(r), list(s))
    close(forward, matrix, list(r))
    close(back, matrix.T, list(s))

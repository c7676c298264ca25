"""Sparse matrices for ``connect_from_sparse()``."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from unit.built import built, projection
from unit.fake_network import fake_default

import synloom as sl
from synloom.codegen.errors import ConfigurationError


def test_shape_density_and_a_constant_weight() -> None:
    with fake_default():
        matrix = sl.sparse_random_matrix(400, 300, 0.1, 2.5)
    assert sp.issparse(matrix) and matrix.format == "lil" and matrix.shape == (400, 300)
    assert abs(matrix.nnz - 12000) < 5 * np.sqrt(12000 * 0.9)
    assert set(matrix.tocsr().data) == {2.5}
    per_row = np.diff(matrix.tocsr().indptr)
    assert abs(per_row.var() / (300 * 0.1 * 0.9) - 1) < 0.3, "binomial, not the same in each row"
    assert all(row == sorted(set(row)) for row in matrix.rows)


def test_random_weights_and_the_names_of_5_0() -> None:
    with fake_default():
        matrix = sl.sparse_random_matrix(30, 20, proba=1.0, weights=sl.Uniform(0.5, 1.0, seed=4))
    assert np.array_equal(matrix.toarray(), np.random.default_rng(4).uniform(0.5, 1.0, 600).reshape(30, 20))


def test_sizes_of_populations_and_views() -> None:
    proj = projection(6, (2, 2))
    assert sl.sparse_random_matrix(proj.pre, proj.post[:, 0], 0.5, 1.0).shape == (6, 2)


def test_the_seed_decides() -> None:
    found = []
    for seed in (3, 3, 4):
        with fake_default() as network:
            network.rng = np.random.default_rng(seed)
            found.append(sl.sparse_random_matrix(40, 40, 0.2, 1.0).toarray())
    assert np.array_equal(found[0], found[1]) and not np.array_equal(found[0], found[2])


def test_delays_lie_where_weights_are() -> None:
    weights = sp.csr_matrix(([1.0, 0.0, -2.0], ([0, 1, 2], [1, 1, 0])), shape=(3, 2))
    delays = sl.sparse_delays_from_weights(weights, 2.0)
    assert delays.format == "lil" and delays.toarray().tolist() == [[0, 2.0], [0, 0], [2.0, 0]]
    assert delays.nnz == 2, "an explicit zero has none"
    drawn = sl.sparse_delays_from_weights(weights, sl.Uniform(1.0, 5.0, seed=1)).tocoo()
    assert drawn.data.tolist() == np.random.default_rng(1).uniform(1.0, 5.0, 2).tolist()


def test_what_they_make_connects() -> None:
    with fake_default():
        weights = sl.sparse_random_matrix(9, 8, 0.4, sl.Uniform(0.1, 1.0))
        delays = sl.sparse_delays_from_weights(weights, sl.DiscreteUniform(1, 4))
    proj = built(projection(9, 8).connect_from_sparse(weights, delays))
    assert np.array_equal(proj.connectivity_matrix(), weights.toarray().T)
    assert proj.delay == [[d for d in row if d] for row in delays.toarray().T.tolist() if any(row)]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: sl.sparse_random_matrix(3, 3, 1.5, 1.0), r"p must be a number in \[0, 1\], not 1.5"),
        (lambda: sl.sparse_random_matrix(3, 3, "0.5", 1.0), r"p must be a number in \[0, 1\], not '0.5'"),
        (lambda: sl.sparse_random_matrix(3, 3, 0.5), "give weight, or weights, which is the same"),
        (lambda: sl.sparse_random_matrix(3, 3, 0.5, 1.0, proba=0.5), "give p, or proba"),
        (lambda: sl.sparse_random_matrix(3.5, 3, 0.5, 1.0), "pre must be made of integers, not 3.5"),
        (lambda: sl.sparse_random_matrix(3, -3, 0.5, 1.0), "post must be at least 0, not -3"),
        (lambda: sl.sparse_delays_from_weights([[1.0]], 1.0), "needs a sparse matrix of SciPy, not list"),
    ],
)
def test_mistakes(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        make()


def test_other_types_of_values_are_value_errors() -> None:
    with pytest.raises(ValueError, match=r"weight must be a number or a random distribution, not \[1.0\]"):
        sl.sparse_random_matrix(3, 3, 0.5, [1.0])
    with pytest.raises(ValueError, match="delay must be a number or a random distribution, not 'long'"):
        sl.sparse_delays_from_weights(sp.csr_matrix((2, 2)), "long")


def test_without_scipy(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("scipy"):
            raise ImportError(name)
        return found(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigurationError, match=r"sparse_random_matrix\(\) needs SciPy") as caught:
        sl.sparse_random_matrix(3, 3, 0.5, 1.0)
    assert caught.value.hint == "pip install scipy"

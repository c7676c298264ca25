"""Matrix Market files: what SciPy writes is read, and what is no such file is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from unit.built import RELAY, built, projection

import synloom as sl
from synloom.codegen.errors import ConfigurationError

HEADER = "%%MatrixMarket matrix coordinate real general\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "w.mtx"
    path.write_text(text)
    return path


@given(arrays(np.float64, (4, 5), elements=st.one_of(st.just(0.0), st.floats(-1e9, 1e9))))
def test_what_scipy_writes(tmp_path_factory: pytest.TempPathFactory, matrix: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("market") / "w.mtx"
    scipy.io.mmwrite(path, sp.coo_matrix(matrix), precision=17)
    sparse = built(projection(5, 4).connect_from_matrix_market(path))
    assert np.array_equal(sparse.connectivity_matrix(), matrix)
    assert sparse.nb_synapses == np.count_nonzero(matrix)
    scipy.io.mmwrite(path, matrix, precision=17)
    full = built(projection(5, 4).connect_from_matrix_market(str(path)))
    assert np.array_equal(full.connectivity_matrix(), matrix) and full.nb_synapses == 20


@pytest.mark.parametrize("symmetry", ["symmetric", "skew-symmetric"])
@pytest.mark.parametrize("dense", [True, False])
def test_symmetric_matrices(symmetry: str, dense: bool, tmp_path: Path) -> None:
    lower = np.tril(np.random.default_rng(1).integers(1, 9, (5, 5)), -1).astype(float)
    matrix = lower + lower.T if symmetry == "symmetric" else lower - lower.T
    path = tmp_path / "w.mtx"
    scipy.io.mmwrite(path, matrix if dense else sp.coo_matrix(matrix), symmetry=symmetry)
    assert symmetry in path.read_text().splitlines()[0]
    assert np.array_equal(built(projection(5, 5).from_matrix_market(path)).connectivity_matrix(), matrix)


def test_patterns_comments_and_explicit_zeros(tmp_path: Path) -> None:
    text = "%%MatrixMarket matrix coordinate pattern general\n% two\n\n2 3 2\n1 1\n% between\n2 3\n"
    assert built(projection().connect_from_matrix_market(written(tmp_path, text))).w == [[1.0], [1.0]]
    text = HEADER + "2 3 2\n1 1 0.0\n2 3 1e-3\n"
    assert built(projection().connect_from_matrix_market(written(tmp_path, text))).w == [[0.0], [0.001]]


def test_nan_is_no_synapse(tmp_path: Path) -> None:
    proj = projection().connect_from_matrix_market(written(tmp_path, HEADER + "2 3 2\n1 1 nan\n2 3 4\n"))
    assert built(proj).pre_ranks == [[2]]


def test_views_and_the_name(tmp_path: Path) -> None:
    network = sl.Network(seed=1)
    a, b = sl.Population(9, RELAY, network=network), sl.Population(9, RELAY, network=network)
    path = written(tmp_path, HEADER + "2 3 2\n1 2 4.0\n2 3 5.0\n")
    proj = sl.Projection(a[[7, 2, 5]], b[[8, 1]], "exc").connect_from_matrix_market(path)
    assert proj.connector_name == "MatrixMarket" and str(path) in proj.connector_description
    built(proj)
    assert (proj.synapse(2, 8).w, proj.synapse(5, 1).w, proj.nb_synapses) == (4.0, 5.0, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its first line is no header of a matrix"),
        ("1 2 3\n", "its first line is no header of a matrix"),
        (HEADER.replace("real", "complex"), "'complex' is none of real, double, integer, pattern"),
        (HEADER.replace("general", "hermitian"), "'hermitian' is none of general, symmetric"),
        (HEADER.replace("coordinate real", "array pattern"), "'pattern' is none of real, double, integer"),
        (HEADER + "2 3 1\n1 1 x\n", "could not convert string to float"),
        (HEADER + "2 3\n", "it promises no number of entries and has 0"),
        (HEADER + "2 3 2\n1 1 1.0\n", "it promises 2 entries and has 1"),
        (HEADER + "2 3 1\n3 1 1.0\n", "it has entries outside the matrix"),
        (HEADER + "2 3 1\n0 1 1.0\n", "it has entries outside the matrix"),
        (HEADER + "2 3 1\n1.5 1 1.0\n", "it has entries outside the matrix"),
        (HEADER + "2 3 1\nnan 1 1.0\n", "it has entries outside the matrix"),
        (HEADER.replace("coordinate", "array") + "2 3\n1\n2\n", "it has 2 entries, not 6"),
        (HEADER.replace("general", "symmetric") + "2 3 1\n1 1 1.0\n", "a symmetric matrix is square"),
    ],
)
def test_damaged_files(text: str, said: str, tmp_path: Path) -> None:
    proj = projection()
    with pytest.raises(ConfigurationError, match=f"Projection 'ff': .*w.mtx' is not .* read: {said}"):
        proj.connect_from_matrix_market(written(tmp_path, text))
    assert proj.connector_name is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "3 2 1\n1 1 1.0\n", r"must have the shape \(2, 3\) \(post, pre\), not \(3, 2\)"),
        (HEADER + "2 3 2\n1 1 1.0\n1 1 2.0\n", "pre neuron 0 to post neuron 0 appears twice"),
    ],
)
def test_files_that_do_not_fit(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"Projection 'ff': .*{said}"):
        projection().connect_from_matrix_market(written(tmp_path, text))


def test_files_that_are_none(tmp_path: Path) -> None:
    def refused(name: Any, said: str) -> None:
        with pytest.raises(ConfigurationError, match=f"Projection 'ff': .*{said}"):
            projection().connect_from_matrix_market(name)

    refused(tmp_path / "w.mat", "w.mat' is not called .mtx")
    refused(tmp_path / "none.mtx", "none.mtx' can not be read")
    refused(3, "a file name was expected, not 3")
    (tmp_path / "b.mtx").write_bytes(b"\xff\xfe\x00")
    refused(tmp_path / "b.mtx", "b.mtx' can not be read")

"""Connectors from dense and sparse matrices: orientation, missing synapses, delays, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from unit.built import RELAY, built, projection

import synloom as sl
from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import DelayKind, StoreKind

SPIKING = sl.Neuron(equations="dv/dt = g_exc - v", spike="v > 1.0", reset="v = 0.0")
W = [[1, 2, 3], [0, -4, 0.5]]
SPARSE = [[1, None, 3], [None, None, 0.5]]


def pre_post() -> np.ndarray:
    """SPARSE with the first index pre, and a stored zero from 2 to 0 instead of 3."""
    row, column, data = [2, 0, 2], [1, 0, 0], [0.5, 1.0, 0.0]
    return sp.coo_array((data, (row, column)), shape=(3, 2))


def test_rows_are_post_neurons() -> None:
    proj = built(projection().connect_from_matrix(W))
    assert proj.w == [[1.0, 2.0, 3.0], [0.0, -4.0, 0.5]]
    assert proj.store.kind is StoreKind.DENSE and not proj.single_weight


@pytest.mark.parametrize(
    "missing", [SPARSE, np.array(SPARSE, float), np.array(SPARSE, object)], ids=["None", "NaN", "object"]
)
def test_none_and_nan_are_no_synapses(
    missing: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "quiet", False)
    proj = built(projection().connect_from_matrix(missing))
    assert "INFO: Projection 'ff': 3 entries are None or NaN and make no synapse." in capsys.readouterr().out
    assert (proj.pre_ranks, proj.w, proj.nb_synapses) == ([[0, 2], [2]], [[1.0, 3.0], [0.5]], 3)
    assert proj.store.kind is StoreKind.CSR16


def test_pre_post_reads_the_transposed_matrix() -> None:
    proj = built(projection().connect_from_matrix(np.array(W).T, pre_post=True))
    assert proj.connectivity_matrix().tolist() == W


def test_rows_and_columns_follow_unordered_views() -> None:
    network = sl.Network()
    a, b = (sl.Population(5, RELAY, network=network) for _ in range(2))
    proj = built(sl.Projection(a[[4, 0, 3]], b[[2, 1]], "exc").connect_from_matrix(W, delays=np.add(W, 5)))
    expected = np.zeros((5, 5))
    expected[np.ix_([2, 1], [4, 0, 3])] = W
    assert proj.connectivity_matrix().tolist() == expected.tolist()
    assert proj.post_ranks == [1, 2] and proj.pre_ranks == [[0, 3, 4]] * 2
    assert proj.delay == [[1.0, 6.0, 5.0], [7.0, 8.0, 6.0]]


@pytest.mark.parametrize(
    ("delays", "kind", "read"),
    [
        (2.0, DelayKind.UNIFORM, 2.0),
        ([[1, None, 3], [None, None, 2]], DelayKind.PER_SYNAPSE, [[1.0, 3.0], [2.0]]),
        (np.full((2, 3), 4.0), DelayKind.UNIFORM, 4.0),
        (np.full((2, 3), 0.2), DelayKind.NONE, 1.0),
    ],
)
def test_delays(delays: object, kind: DelayKind, read: object) -> None:
    proj = built(projection().connect_from_matrix(SPARSE, delays=delays))
    assert proj.delay_kind is kind and proj.delay == read


def test_a_distribution_of_delays() -> None:
    proj = built(projection().connect_from_matrix(SPARSE, delays=sl.DiscreteUniform(2, 2)))
    assert proj.delay_kind is DelayKind.PER_SYNAPSE and proj.delay == [[2.0, 2.0], [2.0]]


@pytest.mark.parametrize(
    ("arguments", "said", "hint"),
    [
        (
            {"weights": np.ones((3, 2))},
            r"weights must have the shape \(2, 3\) \(post, pre\), not \(3, 2\)",
            "pre_post=True",
        ),
        (
            {"weights": np.ones((2, 3)), "pre_post": True},
            r"weights must have the shape \(3, 2\) \(pre, post\), not \(2, 3\)",
            "pre_post=False",
        ),
        ({"weights": np.ones((4, 4))}, r"shape \(2, 3\) \(post, pre\), not \(4, 4\)", ""),
        ({"weights": np.ones(6)}, r"not \(6,\)", ""),
        ({"weights": 1.0}, r"not \(\)", ""),
        ({"weights": [[1, 2, 3], [4, 5]]}, "weights are not a matrix of numbers", "equal length"),
        ({"weights": [["a"] * 3] * 2}, "weights are not a matrix of numbers", ""),
        ({"weights": sp.csr_array(np.ones((3, 2)))}, "needs a dense matrix", "connect_from_sparse"),
        ({"weights": W, "delays": np.ones((3, 2))}, r"delays must have the shape \(2, 3\)", ""),
        ({"weights": W, "delays": np.full((2, 3), -1.0)}, "delays must not be negative", "0.0 is a delay"),
        ({"weights": W, "delays": [[1, 1, 1], [1, None, 1]]}, "delays must be finite", ""),
        ({"weights": W, "delays": "slow"}, "delays must be a number of ms", ""),
    ],
)
def test_mistakes_are_told_at_the_call(arguments: dict[str, object], said: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as error:
        projection().connect_from_matrix(**arguments)
    assert hint in error.value.hint


def test_the_given_matrix_is_copied() -> None:
    given = np.array(W, float)
    proj = projection().connect_from_matrix(given)
    given[...] = 9.0
    assert built(proj).connectivity_matrix().tolist() == W


@pytest.mark.parametrize("kind", ["coo", "csr", "csc", "lil", "dok"])
@pytest.mark.parametrize("family", ["array", "matrix"])
def test_every_kind_of_sparse_matrix(kind: str, family: str) -> None:
    made = getattr(sp, f"{kind}_{family}")((3, 2))
    if kind in ("lil", "dok"):
        made[2, 1], made[0, 0] = 0.5, 1.0
    else:
        made = getattr(sp, f"{kind}_{family}")(sp.coo_array(([0.5, 1.0], ([2, 0], [1, 0])), shape=(3, 2)))
    proj = built(projection().connect_from_sparse(made))
    assert (proj.pre_ranks, proj.w) == ([[0], [2]], [[1.0], [0.5]])


def test_stored_zeros_are_synapses_and_equal_places_add_up() -> None:
    row, column, data = [2, 0, 2, 2], [1, 0, 0, 1], [0.5, 1.0, 0.0, 0.25]
    given = sp.coo_array((data, (row, column)), shape=(3, 2))
    proj = built(projection().connect_from_sparse(given))
    assert (proj.pre_ranks, proj.w) == ([[0, 2], [2]], [[1.0, 0.0], [0.75]])
    assert given.nnz == 4, "the user's matrix is left alone"


def test_nan_is_no_synapse_in_sparse_matrices() -> None:
    given = sp.coo_array(([np.nan, 1.0], ([0, 1], [0, 0])), shape=(3, 2))
    proj = built(
        projection().connect_from_sparse(given, delays=sp.coo_array(([3.0, 2.0], ([0, 1], [0, 0])), (3, 2)))
    )
    assert (proj.post_ranks, proj.pre_ranks, proj.delay) == ([0], [[1]], 2.0)


def test_sparse_rows_follow_unordered_views() -> None:
    network = sl.Network()
    a, b = (sl.Population(5, RELAY, network=network) for _ in range(2))
    proj = built(sl.Projection(a[[4, 0, 3]], b[[2, 1]], "exc").connect_from_sparse(sp.csc_array(pre_post())))
    assert proj.post_ranks == [1, 2]
    assert proj.pre_ranks == [[3], [3, 4]] and proj.w == [[0.5], [0.0, 1.0]]


def test_sparse_delays() -> None:
    delays = pre_post()
    delays.data[:] = [2.0, 3.0, 4.0]
    proj = built(projection().connect_from_sparse(pre_post(), delays=delays))
    assert proj.w == [[1.0, 0.0], [0.5]] and proj.delay == [[3.0, 4.0], [2.0]]


@pytest.mark.parametrize(
    ("weights", "delays", "said", "hint"),
    [
        (
            np.ones((3, 2)),
            0.0,
            "must be a sparse matrix of SciPy, not ndarray",
            "connect_from_matrix",
        ),
        (
            sp.csr_array((2, 3)),
            0.0,
            r"weights must have the shape \(3, 2\) \(pre, post\), not \(2, 3\)",
            "weights.T",
        ),
        (sp.csr_array((4, 4)), 0.0, r"not \(4, 4\)", ""),
        (sp.csr_array(np.ones((3, 2)) * 1j), 0.0, "must hold real numbers, not complex128", ""),
        (pre_post(), sp.csr_array((3, 2)), "stored where weights are: 3 weights, 0 delays", "nowhere else"),
        (pre_post(), np.ones((3, 2)), "a number, a distribution or a sparse matrix", ""),
        (pre_post(), sp.csr_array((2, 3)), "delays must have the shape", "delays.T"),
        (pre_post(), -1.0, "must not be negative", ""),
    ],
)
def test_mistakes_of_sparse_matrices(weights: object, delays: object, said: str, hint: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as error:
        projection().connect_from_sparse(weights, delays)
    assert hint in error.value.hint


def test_an_empty_sparse_matrix_makes_no_synapses() -> None:
    proj = built(projection().connect_from_sparse(sp.csr_array((3, 2))))
    assert (proj.nb_synapses, proj.w, proj.post_ranks, proj.delay) == (0, [], [], 1.0)


def test_sparse_delays_lose_the_entries_of_nan() -> None:
    weights = sp.csr_array(([1.0, np.nan, 2.0], ([0, 1, 2], [0, 0, 1])), shape=(3, 2))
    delays = sp.csr_array(([3.0, 4.0, 5.0], ([0, 1, 2], [0, 0, 1])), shape=(3, 2))
    assert built(projection().connect_from_sparse(weights, delays)).delay == [[3.0], [5.0]]
    assert built(projection().connect_from_sparse(weights, np.array(2.0))).delay == 2.0


@given(arrays(np.float64, (5, 4), elements=st.sampled_from([0.0, 1.5, -2.0])), st.booleans())
def test_unsorted_entries_with_repetitions(matrix: np.ndarray, spiking: bool) -> None:
    row, column = (np.concatenate([part, part]) for part in np.nonzero(matrix))
    halves = np.concatenate([matrix[np.nonzero(matrix)] / 2] * 2)
    order = np.random.default_rng(1).permutation(len(row))
    given = sp.coo_array((halves[order], (row[order], column[order])), shape=(5, 4))
    neuron = SPIKING if spiking else RELAY
    network = sl.Network(seed=1)
    a, b = (sl.Population(n, neuron, network=network) for n in (5, 4))
    proj = built(sl.Projection(a, b, "exc").connect_from_sparse(given))
    assert np.array_equal(proj.connectivity_matrix(), matrix.T)
    assert proj.nb_synapses == np.count_nonzero(matrix)

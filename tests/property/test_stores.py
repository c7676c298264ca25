"""Random connectivity: whatever a store holds is read back, from either end, as SciPy would."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from unit.built import RELAY, built

import synloom as sl
from synloom.codegen.ir.types import StoreKind
from synloom.extensions.convolution import Transpose
from synloom.storage import FORMATS, SYNONYMS
from synloom.store import Pattern, pack

FORMAT = st.sampled_from(sorted([*FORMATS, *SYNONYMS]))


@st.composite
def matrices(draw: st.DrawFn) -> np.ndarray:
    """A (post, pre) matrix, NaN where there is no synapse: none, some, or all of them."""
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    weights = draw(hnp.arrays(np.float64, shape, elements=st.floats(-8, 8, width=16)))
    share = draw(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]))
    kept = np.random.default_rng(draw(st.integers(0, 99))).random(shape) < share
    return np.where(kept, weights, np.nan)


@st.composite
def projections(draw: st.DrawFn) -> tuple[sl.Projection, np.ndarray]:
    """A projection between views in any order, and its weights as a matrix of whole populations."""
    matrix = draw(matrices())
    network = sl.Network()
    sides = []
    for size in matrix.shape:
        whole = size + draw(st.integers(0, 3))
        ranks = draw(st.permutations(range(whole)))[:size]
        sides.append(sl.Population(whole, RELAY, network=network)[ranks])
    post, pre = sides
    proj = sl.Projection(pre, post, "exc", name="ff")
    proj.connect_from_matrix(matrix, delays=np.nan_to_num(matrix) + 9, storage_format=draw(FORMAT))
    expected = np.full((post.population.size, pre.population.size), np.nan)
    expected[np.ix_(post.ranks, pre.ranks)] = matrix
    return built(proj), expected


@given(matrices(), FORMAT)
def test_packing_keeps_every_synapse(matrix: np.ndarray, name: str) -> None:
    kept = ~np.isnan(matrix)
    rows, columns = (np.arange(n, dtype=np.int32) * 2 for n in matrix.shape)
    pattern = Pattern.of(rows, columns, kept.sum(axis=1), np.nonzero(kept)[1].astype(np.int32))
    store = pack(pattern, name, "ff")
    assert store.post_of_synapses().tolist() == (2 * np.nonzero(kept)[0]).tolist()
    assert store.pre_of_synapses().tolist() == (2 * np.nonzero(kept)[1]).tolist()
    assert store.nnz == kept.sum() and store.rows.tolist() == rows[kept.any(axis=1)].tolist()
    assert (store.kind is StoreKind.DENSE) == (kept.all() and name in ("default", "auto", "dense"))
    assert store.column_counts().tolist() == kept.sum(axis=0).tolist()


@given(matrices(), FORMAT)
def test_the_transposed_order_is_that_of_scipy(matrix: np.ndarray, name: str) -> None:
    kept = ~np.isnan(matrix)
    rows, columns = (np.arange(n, dtype=np.int32) for n in matrix.shape)
    pattern = Pattern.of(rows, columns, kept.sum(axis=1), np.nonzero(kept)[1].astype(np.int32))
    store = pack(pattern, name, "ff")
    order = store.transposed_order()
    forward = sp.csr_array((np.arange(1, store.nnz + 1), np.nonzero(kept)), shape=matrix.shape)
    backward = forward.T.tocsr()
    backward.sort_indices()
    assert (order + 1).tolist() == backward.data.tolist()
    assert store.post_of_synapses()[order].tolist() == backward.indices.tolist()
    reading = store.backward()
    assert reading.row_ptr.tolist() == np.unique(backward.indptr).tolist()
    assert reading.gather(np.arange(store.nnz)).tolist() == order.tolist()
    for row in range(len(reading.rows)):
        places = np.arange(store.nnz)[reading.index(row)]
        assert places.tolist() == order[reading.row_ptr[row] : reading.row_ptr[row + 1]].tolist()
        assert reading.sources(row).tolist() == store.post_of_synapses()[places].tolist()


@settings(deadline=None)
@given(projections())
def test_a_projection_and_its_transpose_show_one_matrix(given: tuple[sl.Projection, np.ndarray]) -> None:
    ff, expected = given
    fb = Transpose(ff, "fb").connect(delays="forward")
    assert np.array_equal(ff.connectivity_matrix(np.nan), expected, equal_nan=True)
    assert np.array_equal(fb.connectivity_matrix(np.nan), expected.T, equal_nan=True)
    for proj, matrix in ((ff, expected), (fb, expected.T)):
        kept = ~np.isnan(matrix)
        assert proj.post_ranks == np.flatnonzero(kept.any(axis=1)).tolist()
        assert proj.pre_ranks == [np.flatnonzero(row).tolist() for row in kept if row.any()]
        assert proj.w == [row[~np.isnan(row)].tolist() for row in matrix if not np.isnan(row).all()]
        assert [d.w for d in proj] == proj.w
        assert [[s.w for s in d] for d in proj.dendrites] == proj.w
        if proj.delay_kind == "per-synapse":
            assert [d.delay for d in proj] == proj.delay
            steps = np.maximum(np.floor(matrix + 9.5 + 1e-9), 1)
            assert proj.delay == [row[~np.isnan(row)].tolist() for row in steps if not np.isnan(row).all()]


@settings(deadline=None)
@given(projections())
def test_what_was_written_is_read(given: tuple[sl.Projection, np.ndarray]) -> None:
    ff, expected = given
    rows = [[float(k + 10 * j) for j in range(n)] for k, n in enumerate(ff.nb_synapses_per_dendrite)]
    ff.w = rows
    assert ff.w == rows
    values = np.arange(expected.size, dtype=float).reshape(expected.shape)
    ff.set_matrix("w", values)
    kept = ~np.isnan(expected)
    assert np.array_equal(ff.connectivity_matrix(-1.0), np.where(kept, values, -1.0))
    for k, d in enumerate(ff):
        d.w = k
    assert ff.w == [[float(k)] * n for k, n in enumerate(ff.nb_synapses_per_dendrite)]


@settings(deadline=None, max_examples=40)
@given(projections())
def test_files_hold_all_of_it(given: tuple[sl.Projection, np.ndarray]) -> None:
    ff, _ = given
    fb = Transpose(ff, "fb").connect(delays="forward")
    with TemporaryDirectory() as folder:
        for k, proj in enumerate((ff, fb)):
            path = Path(folder) / f"{k}.npz"
            proj.save_connectivity(path)
            again = built(sl.Projection(proj.pre, proj.post, "exc").connect_from_file(path))
            assert (again.post_ranks, again.pre_ranks, again.w) == (proj.post_ranks, proj.pre_ranks, proj.w)
            assert again.delay == proj.delay or again.nb_synapses == 0

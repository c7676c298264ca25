"""Sparse projections on both sides of 65,536 sources: places of 16 and of 32 bits give what NumPy gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse

import synloom as sl
from synloom.codegen.ir.types import StoreKind

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

NEURON = sl.Neuron(parameters="base = 0.0", equations="r = base + sum(exc) + sum(fb)")
POSTS = 7


@pytest.mark.parametrize(("sources", "kind"), [(65536, StoreKind.CSR16), (65537, StoreKind.CSR)])
@pytest.mark.parametrize("psp", ["w * pre.r", "w * pre.r * pre.r"], ids=["known product", "lambda"])
def test_a_pair_beside_numpy(sources: int, kind: StoreKind, psp: str) -> None:
    rng = np.random.default_rng(4)
    matrix = sparse.random(sources, POSTS, density=0.01, random_state=5, format="csr")
    matrix = matrix.tolil()
    matrix[sources - 1, :3] = (1.0, 2.0, 3.0)
    matrix = matrix.tocsr()
    net = sl.Network()
    pre, post = net.create(sources, NEURON), net.create(POSTS, NEURON)
    forward = net.connect(pre, post, "exc", sl.Synapse(psp=psp))
    forward.connect_from_sparse(matrix)
    back = net.connect(sl.Transpose(forward, "fb", psp=psp))
    net.compile(silent=True)
    assert forward.store.kind is kind
    pre.base, post.base = rng.random(sources), rng.random(POSTS)

    def seen(r: Any) -> Any:
        return r * r if "r * pre.r" in psp else r

    x, y = np.zeros(sources), np.zeros(POSTS)
    for _ in range(3):
        net.step()
        x, y = pre.base + matrix @ seen(y), post.base + matrix.T @ seen(x)
        np.testing.assert_allclose(pre.r, x, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(post.r, y, rtol=1e-12)
    assert np.shares_memory(back.array("w"), forward.array("w"))
    assert forward.dendrite(0).pre_ranks[-1] == sources - 1


@pytest.mark.usefixtures("structural")
def test_learning_and_growing_with_small_places() -> None:
    net = sl.Network()
    pre, post = net.create(4000, NEURON), net.create(2, NEURON)
    forward = net.connect(pre, post, "exc", sl.Synapse(equations="w += 0.5 * pre.r"))
    forward.connect_from_sparse(sparse.csr_matrix(([1.0, 1.0], ([7, 3999], [0, 1])), shape=(4000, 2)))
    net.compile(silent=True)
    assert forward.store.kind is StoreKind.CSR16
    pre.base = np.arange(4000.0)
    forward.dendrite(0).create_synapse(3998, w=2.0)
    forward.dendrite(1).prune_synapse(3999)
    net.step()
    assert forward.pre_ranks == [[7, 3998], []]
    assert forward.store.column.dtype == np.uint16
    assert forward.w == [[1.0 + 0.5 * 7.0, 2.0 + 0.5 * 3998.0], []]

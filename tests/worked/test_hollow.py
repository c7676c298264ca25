"""A population connected to all of itself but not to itself neuron by neuron: the store without a diagonal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.ir.types import StoreKind

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

NEURON = sl.Neuron(parameters="base = 0.0", equations="r = base + 0.1 * sum(exc) + 0.1 * sum(fb)")
LEARN = sl.Synapse(parameters="eta = 0.01 : projection", equations="w += eta * (pre.r - w) * post.r")


def network(storage: str | None, synapse: Any = None, operation: str = "sum", size: int = 7) -> Any:
    """A recurrent projection 'exc' of a compiled network, and its transpose."""
    net = sl.Network(seed=3)
    pop = net.create(size, NEURON, name="pop")
    pop.base = np.linspace(-1.0, 1.0, size)
    forward = net.connect(pop, pop, "exc", synapse, name="ff")
    weights = np.random.default_rng(1).normal(size=(size, size)).astype(object)
    np.fill_diagonal(weights, None)
    forward.connect_from_matrix(weights, storage_format=storage)
    back = net.connect(sl.Transpose(forward, "fb", operation=operation, name="fb"))
    net.compile(silent=True)
    return net, forward, back


@pytest.mark.parametrize("size", [2, 3, 4, 6, 9, 40])
@pytest.mark.parametrize("synapse", [None, LEARN], ids=["fixed", "learning"])
@pytest.mark.parametrize("operation", ["sum", "max", "mean"])
def test_as_in_compressed_rows(size: int, synapse: Any, operation: str) -> None:
    (one, hollow, back), (other, csr, _) = (
        network(storage, synapse, operation, size) for storage in ("dense", "csr")
    )
    assert (hollow.store.kind, csr.store.kind) == (StoreKind.HOLLOW, StoreKind.CSR16)
    for net in (one, other):
        net.simulate(5.0)
    np.testing.assert_allclose(one.get_population("pop").r, other.get_population("pop").r, rtol=1e-12)
    np.testing.assert_allclose(hollow.array("w"), csr.array("w"), rtol=1e-12)
    assert hollow.pre_ranks == csr.pre_ranks and hollow.nb_synapses == size * (size - 1)
    assert np.shares_memory(back.array("w"), hollow.array("w"))
    np.testing.assert_array_equal(back.connectivity_matrix(), hollow.connectivity_matrix().T)


@pytest.mark.parametrize("storage", [None, "dense", "auto"])
def test_all_to_all_without_oneself_is_stored_so(
    storage: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    sl.setup(suppress_warnings=False)
    pop = sl.Population(5, NEURON)
    whole = sl.Projection(pop, pop, "exc").connect_all_to_all(sl.Uniform(0.0, 1.0), storage_format=storage)
    part = sl.Projection(pop[1:4], pop[1:4], "exc").connect_all_to_all(1.0, storage_format=storage)
    crossed = sl.Projection(pop[1:4], pop[2:5], "exc").connect_all_to_all(1.0)
    sl.compile(silent=True)
    kinds = [p.store.kind for p in (whole, part, crossed)]
    assert kinds == [StoreKind.HOLLOW, StoreKind.HOLLOW, StoreKind.CSR16]
    assert "stored as csr" not in capsys.readouterr().out
    assert part.pre_ranks == [[2, 3], [1, 3], [1, 2]]
    sl.step()
    sl.step()
    assert pop.sum("exc").shape == (5,)


def test_spiking_synapses_are_visited_one_by_one() -> None:
    pop = sl.Population(4, sl.Neuron(equations="v = g_exc", spike="v > 1.0", reset="v = 0.0"))
    found = sl.Projection(pop, pop, "exc").connect_all_to_all(0.5)
    sl.compile(silent=True)
    assert found.store.kind is StoreKind.CSR


def test_delays_of_each_synapse() -> None:
    traces = []
    for storage in ("dense", "csr"):
        net = sl.Network(seed=2)
        pop = net.create(6, sl.Neuron(equations="r = t + sum(exc)"))
        found = net.connect(pop, pop, "exc")
        delays = np.arange(36).reshape(6, 6) % 5 + 1.0
        weights = np.full((6, 6), 0.01, object)
        np.fill_diagonal(weights, None)
        found.connect_from_matrix(weights, delays=delays, storage_format=storage)
        net.compile(silent=True)
        assert found.store.kind is (StoreKind.HOLLOW if storage == "dense" else StoreKind.CSR16)
        net.simulate(12.0)
        traces.append(pop.r)
    np.testing.assert_allclose(traces[0], traces[1], rtol=1e-12)


def test_another_pattern_is_compiled_anew() -> None:
    # Two neurons that are drawn to be connected both ways, and, once the draw is repeated, are not.
    net = sl.Network(seed=1)
    pop = net.create(2, NEURON)
    pop.base = [1.0, 2.0]
    drawn = net.connect(pop, pop, "exc").connect_fixed_probability(0.9, sl.Uniform(0.0, 1.0))
    net.compile(silent=True)
    assert drawn.store.kind is StoreKind.HOLLOW
    seen = set()
    for _ in range(100):
        net.reset(synapses=True, reseed_rng=False)
        seen.add(drawn.store.kind)
        net.step()
        net.step()
        weights = drawn.connectivity_matrix()
        np.testing.assert_allclose(pop.r, [1.0, 2.0] + 0.1 * weights @ [1.0, 2.0], rtol=1e-12)
    assert seen == {StoreKind.HOLLOW, StoreKind.CSR16}
    assert net.build.ir.projections[0].store is StoreKind.CSR16


def test_saved_and_loaded(tmp_path: Path) -> None:
    net, forward, _ = network("dense", LEARN)
    net.simulate(3.0)
    net.checkpoint(tmp_path / "state.npz")
    net.simulate(3.0)
    weights = forward.array("w").copy()
    again, other, _ = network("dense", LEARN)
    again.restore(tmp_path / "state.npz")
    assert other.store.kind is StoreKind.HOLLOW
    again.simulate(3.0)
    np.testing.assert_array_equal(other.array("w"), weights)

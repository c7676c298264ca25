"""Worked cases of spec 06 section 5.6: a transpose reads the weights of its forward projection. T1 to T22."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.worked.near import connected, step_by_step

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

W = [[1, 2, 3], [0, -4, 0.5]]
SPARSE = [[1, None, 3], [None, None, 0.5]]
CONSTANT = sl.Neuron(parameters="base = 0.0", equations="r = base")
COUNT = sl.Neuron(equations="c += 1.0 ; r = c")

OJA = "dw/dt = eta*(pre.r*post.r - post.r^2*w) : min=0.0"
HEBB = "dw/dt = eta*pre.r*post.r : min=0.0"

VARIANTS = list(product(["dense", "csr", "lil"], ["double", "float"]))


class Pair:
    """``a(3) -> b(2)`` with constant rates, the forward projection ``ff`` and its transposes."""

    def __init__(self, name: str, storage: str, weights: object = W, **options: Any) -> None:
        self.a = constant(f"a of {name}", [1, 10, 100])
        self.b = constant(f"b of {name}", [1, 10])
        connector = {"storage_format": storage}
        self.ff = connected(self.a, self.b, weights, name=name, **connector, **options)

    def back(self, target: str = "fb", **options: Any) -> Any:
        delays = options.pop("delays", 0.0)
        return Transpose(self.ff, target, **options).connect(delays=delays)

    def forward_sums(self, target: str = "exc") -> list[float]:
        return self.b.sum(target).tolist()

    def back_sums(self, target: str = "fb") -> list[float]:
        return self.a.sum(target).tolist()


def constant(name: str, base: list[float]) -> Any:
    population = sl.Population(len(base), CONSTANT, name=name)
    population.base = base
    return population


@pytest.fixture(scope="module", params=VARIANTS, ids=lambda v: f"{v[0]}-{v[1]}")
def cases(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """All cases with constant rates in one network, run in one storage format and precision.

    What is kept are numbers: sums after step 0 (``first``), after step 1, then what changes brought.
    """
    storage, precision = request.param
    sl.clear()
    sl.setup(dt=1.0, precision=precision, suppress_warnings=True)
    yield run_cases(storage)
    sl.clear()
    sl.setup(precision="double")


def run_cases(storage: str) -> dict[str, Any]:
    pairs, transposes = describe(storage)
    sl.compile()
    sl.step()
    found: dict[str, Any] = {"first": pairs["T1"].back_sums() + pairs["T1"].forward_sums()}
    sl.step()
    for name, pair in pairs.items():
        found[name] = pair.back_sums()
    found["forward"] = {name: pair.forward_sums() for name, pair in pairs.items()}
    found["T19"] = pairs["T19"].forward_sums("exc2")
    found["root"] = transposes["T19"].forward is pairs["T19"].ff
    found["shared"] = {
        name: bool(np.shares_memory(fb.array("w"), fb.forward.array("w"))) for name, fb in transposes.items()
    }
    for name in ("T4", "T5"):
        fb = transposes[name]
        found[f"{name} shape"] = (fb.post_ranks, fb.pre_ranks, fb.nb_synapses)
    pairs["T6"].ff.w = 2.0
    pairs["T9"].ff.w = [[2, 2, 2], [0, 1, 1]]
    transposes["T10"].transmission = False
    pairs["T10 forward"].ff.transmission = False
    sl.step()
    for name in ("T6", "T9", "T10", "T10 forward"):
        found[f"{name} changed"] = pairs[name].back_sums()
        found["forward"][f"{name} changed"] = pairs[name].forward_sums()
    return found


def describe(storage: str) -> tuple[dict[str, Pair], dict[str, Any]]:
    """The network of the cases: pairs of populations and a transpose of each."""
    own_psp = sl.Synapse(psp="w*pre.r*pre.r", operation="max")
    pairs = {
        name: Pair(name, storage)
        for name in (
            "T1",
            "T2",
            "T9",
            "T10",
            "T10 forward",
            "T11 max",
            "T11 min",
            "T11 mean",
            "T13",
            "T14",
            "T19",
        )
    }
    pairs["T3"] = Pair("T3", storage, synapse=own_psp)
    pairs["T4"] = Pair("T4", storage, SPARSE)
    pairs["T12"] = Pair("T12", storage, SPARSE)
    pairs["T5"] = Pair.__new__(Pair)
    pairs["T5"].a = constant("a of T5", [1, 10, 100, 1000])
    pairs["T5"].b = constant("b of T5", [1, 10, 100])
    pairs["T5"].ff = connected(
        pairs["T5"].a[1:3], pairs["T5"].b[1:], [[1, 2], [3, 4]], name="T5", storage_format=storage
    )
    pairs["T6"] = Pair.__new__(Pair)
    pairs["T6"].a = constant("a of T6", [1, 10, 100])
    pairs["T6"].b = constant("b of T6", [1, 10])
    pairs["T6"].ff = sl.Projection(pairs["T6"].a, pairs["T6"].b, "exc", name="T6")
    pairs["T6"].ff.connect_all_to_all(0.5, storage_format=storage)

    special: dict[str, dict[str, Any]] = {
        "T11 max": {"operation": "max"},
        "T11 min": {"operation": "min"},
        "T11 mean": {"operation": "mean"},
        "T12": {"operation": "mean"},
        "T13": {"psp": "w*pre.r^2"},
        "T14": {"psp": "w*(pre.r - post.r)"},
    }
    transposes = {name: pair.back(**special.get(name, {})) for name, pair in pairs.items()}
    pairs["T2"].back()
    transposes["T19"] = Transpose(transposes["T19"], "exc2")
    return pairs, transposes


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("first", [0] * 5),
        ("T1", [1, -38, 8]),
        ("T2", [2, -76, 16]),
        ("T3", [1, -38, 8]),
        ("T4", [1, 0, 8]),
        ("T5", [0, 310, 420, 0]),
        ("T6", [5.5, 5.5, 5.5]),
        ("T6 changed", [22, 22, 22]),
        ("T9", [1, -38, 8]),
        ("T9 changed", [2, 12, 12]),
        ("T10 changed", [0, 0, 0]),
        ("T10 forward changed", [1, -38, 8]),
        ("T11 max", [1, 2, 5]),
        ("T11 min", [0, -40, 3]),
        ("T11 mean", [0.5, -19, 4]),
        ("T12", [1, 0, 4]),
        ("T13", [1, -398, 53]),
        ("T14", [0, -18, -342]),
        ("T19", [321, 10]),
    ],
)
def test_sums_of_the_transpose(cases: dict[str, Any], case: str, expected: list[float]) -> None:
    assert cases[case] == expected


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("T1", [321, 10]),
        ("T3", [30000, 5000]),
        ("T4", [301, 50]),
        ("T5", [0, 210, 430]),
        ("T6", [55.5, 55.5]),
        ("T6 changed", [222, 222]),
        ("T9 changed", [222, 110]),
        ("T10 changed", [321, 10]),
        ("T10 forward changed", [0, 0]),
    ],
)
def test_sums_of_the_forward_projection(cases: dict[str, Any], case: str, expected: list[float]) -> None:
    assert cases["forward"][case] == expected


def test_one_weight_array(cases: dict[str, Any]) -> None:
    assert all(cases["shared"].values()), cases["shared"]


def test_structure_seen_from_behind(cases: dict[str, Any]) -> None:
    assert cases["root"]
    assert cases["T4 shape"] == ([0, 2], [[0], [0, 1]], 3)
    assert cases["T5 shape"] == ([1, 2], [[1, 2], [1, 2]], 4)


@pytest.mark.parametrize("storage", ["dense", "csr"])
def test_t7_t8_learning_shows_in_the_next_step(storage: str) -> None:
    oja = Pair("oja", storage, synapse=sl.Synapse(parameters="eta = 0.01 : projection", equations=OJA))
    hebb = Pair("hebb", storage, synapse=sl.Synapse(parameters="eta = 0.001 : projection", equations=HEBB))
    oja.back()
    hebb.back()
    sl.compile()
    steps = step_by_step(4, lambda: (oja.back_sums(), hebb.back_sums()))
    expected = [[0, 0, 0], [2, 12.08, 103.97], [2, 12.1592, 104.9303]]
    np.testing.assert_allclose([s[0] for s in steps[:3]], expected, rtol=1e-12)
    expected = [[0, 0, 0], [1.101, 2.01, 18.1], [1.202, 3.02, 28.2], [1.303, 4.03, 38.3]]
    np.testing.assert_allclose([s[1] for s in steps], expected, rtol=1e-12)


def delayed(storage: str, name: str, forward: object, own: object) -> Any:
    """T15 to T17: ``b.r(n) = n + 1``, all weights 1."""
    a, b = sl.Population(3, COUNT, name=f"a of {name}"), sl.Population(2, COUNT, name=f"b of {name}")
    ff = connected(a, b, np.ones((2, 3)), name=name, delays=forward, storage_format=storage)
    Transpose(ff, "fb").connect(delays=own)
    return a


@pytest.mark.parametrize("storage", ["dense", "csr"])
def test_t15_to_t17_delays(storage: str) -> None:
    per_synapse = [[1, 1, 1], [2, 2, 2]]
    populations = {
        "T15": delayed(storage, "T15", 3.0, 0.0),
        "T16": delayed(storage, "T16", 3.0, 3.0),
        "T17": delayed(storage, "T17", per_synapse, "forward"),
        "uniform": delayed(storage, "uniform", 2.0, "forward"),
        "none": delayed(storage, "none", 0.0, "forward"),
        "own": delayed(storage, "own", per_synapse, 2.0),
    }
    sl.compile()
    steps = step_by_step(8, lambda: {name: a.sum("fb").tolist() for name, a in populations.items()})
    expected = {
        "T15": [0] + [2 * n for n in range(1, 8)],
        "T16": [0, 0, 0] + [2 * (n - 2) for n in range(3, 8)],
        "T17": [0, 1] + [2 * n - 1 for n in range(2, 8)],
        "uniform": [0, 0] + [2 * (n - 1) for n in range(2, 8)],
        "none": [0] + [2 * n for n in range(1, 8)],
        "own": [0, 0] + [2 * (n - 1) for n in range(2, 8)],
    }
    for name, values in expected.items():
        assert [step[name] for step in steps] == [[v] * 3 for v in values], name


@pytest.mark.parametrize("storage", ["dense", "csr"])
def test_t21_projection_of_a_population_to_itself(storage: str) -> None:
    a = constant("a", [1, 10, 100])
    ff = connected(a, a, [[0, 1, 2], [3, 0, 4], [5, 6, 0]], storage_format=storage)
    Transpose(ff, "fb")
    sl.compile()
    sl.simulate(2.0)
    assert a.sum("exc").tolist() == [210, 403, 65]
    assert a.sum("fb").tolist() == [530, 601, 42]


def test_t22_random_connectivity() -> None:
    rng = np.random.default_rng(22)
    a, b = sl.Population(500, CONSTANT, name="a"), sl.Population(300, CONSTANT, name="b")
    a.base, b.base = rng.uniform(-1, 1, 500), rng.uniform(-1, 1, 300)
    ff = sl.Projection(a, b, "exc")
    ff.connect_fixed_probability(0.1, sl.Uniform(0.0, 1.0))
    Transpose(ff, "fb")
    sl.compile()
    sl.simulate(2.0)
    weights = ff.connectivity_matrix()
    assert 12000 < np.count_nonzero(weights) < 18000
    assert abs(b.sum("exc") - weights @ a.r).max() < 1e-11
    assert abs(a.sum("fb") - weights.T @ b.r).max() < 1e-11


def test_dense_weights_are_shared_with_python_and_never_copied() -> None:
    pair = Pair("ff", "dense")
    fb = pair.back()
    sl.compile()
    weights = pair.ff.array("w")
    assert np.shares_memory(weights, fb.array("w"))
    sl.simulate(2.0)
    weights[...] = 1.0
    sl.step()
    assert pair.forward_sums() == [111, 111]
    assert pair.back_sums() == [11, 11, 11]
    assert np.shares_memory(pair.ff.array("w"), weights)


def test_no_synapses_at_all() -> None:
    """Spec 06, 5.2: nothing happens, no crash."""
    pair = Pair("ff", "csr", [[None] * 3, [None] * 3])
    fb = pair.back(operation="max")
    sl.compile()
    sl.simulate(2.0)
    assert pair.back_sums() == [0, 0, 0]
    assert pair.forward_sums() == [0, 0]
    assert (fb.nb_synapses, fb.post_ranks) == (0, [])

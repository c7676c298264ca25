"""Worked cases of spec 06 section 5.6 between spiking populations: T23 to T25."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.errors import SynloomError
from synloom.extensions.convolution import Transpose
from tests.worked.near import connected, near
from tests.worked.spiking import fired, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

W = [[1, 2, 3], [0, -4, 0.5]]
SPARSE = [[1, None, 3], [None, None, 0.5]]
STORES = list(product(["dense", "csr", "lil"], ["post_to_pre", "pre_to_post"]))


@pytest.fixture(params=["double", "float"])
def precision(request: pytest.FixtureRequest) -> Iterator[str]:
    sl.setup(precision=request.param)
    yield request.param
    sl.clear()
    sl.setup(precision="double")


def pair(name: str) -> tuple[Any, Any]:
    """``a`` fires in 1, 2, 3, one neuron after the other; ``b`` in 2 and 4."""
    a = source([1], [2], [3], name=f"a {name}", equations="x = g_fb ; y = g_exc")
    b = source([2], [4], name=f"b {name}", equations="x = g_exc ; y = g_exc2")
    return a, b


def joined(name: str, weights: object, store: tuple[str, str], synapse: Any = None, **delays: Any) -> Any:
    a, b = pair(name)
    ff = sl.Projection(a, b, "exc", synapse, name=f"ff {name}")
    ff.connect_from_matrix(weights, storage_format=store[0], storage_order=store[1], **delays)
    return a, b, ff


def rows(steps: int, size: int, **at: list[float]) -> list[list[float]]:
    """Zeros but for given steps, ``n3=[...]``."""
    return [at.get(f"n{n}", [0.0] * size) for n in range(steps)]


def test_t23_and_t25_in_every_store(precision: str) -> None:
    shown = {}
    for store in STORES:
        name = "-".join(store)
        for own, delays in (("one step", 0.0), ("own", 2.0)):
            a, b, ff = joined(f"{name} {own}", W, store)
            fb = Transpose(ff, "fb").connect(delays=delays)
            Transpose(fb, "exc2")
            assert fb.forward is ff
            shown[name, own] = sl.Monitor(a, ["g_fb", "spike"]), sl.Monitor(b, ["g_exc", "g_exc2", "spike"])
        a, b, ff = joined(f"{name} sparse", SPARSE, store) if store[0] != "dense" else (None, None, None)
        if ff is not None:
            Transpose(ff, "fb")
            shown[name, "sparse"] = sl.Monitor(a, "g_fb"), sl.Monitor(b, "g_exc")
    sl.compile()
    sl.simulate(8.0)
    for (_, own), (back, forward) in shown.items():
        if own == "sparse":
            near(back.get("g_fb"), rows(8, 3, n3=[1, 0, 3], n5=[0, 0, 0.5]))
            near(forward.get("g_exc"), rows(8, 2, n2=[1, 0], n4=[3, 0.5]))
            continue
        late = {"n3": [1, 2, 3], "n5": [0, -4, 0.5]}
        if own == "own":
            late = {"n4": late["n3"], "n6": late["n5"]}
        near(back.get("g_fb"), rows(8, 3, **late))
        ahead = rows(8, 2, n2=[1, 0], n3=[2, -4], n4=[3, 0.5])
        near(forward.get("g_exc"), ahead)
        near(forward.get("g_exc2"), ahead)
        assert fired(back) == {0: [1], 1: [2], 2: [3]}
        assert fired(forward) == {0: [2], 1: [4]}


@pytest.mark.parametrize("store", STORES, ids="-".join)
def test_t24_transpose_of_a_learning_projection(store: tuple[str, str]) -> None:
    """The rule is STDP with its usual constants; the transpose sees what it has learned so far."""
    rule = sl.Synapse(
        parameters="tau = 20.0 : projection ; A = 0.01 : projection",
        equations="tau*dx/dt = -x : event-driven ; tau*dy/dt = -y : event-driven",
        pre_spike="g_target += w ; x += A ; w = clip(w - y, 0.0, 1.0)",
        post_spike="y += A ; w = clip(w + x, 0.0, 1.0)",
    )
    a, _, ff = joined("T24", [[0.5] * 3] * 2, store, rule)
    fb = Transpose(ff, "fb")
    shown = sl.Monitor(a, "g_fb")
    sl.compile()
    assert np.shares_memory(fb.array("w"), ff.array("w"))
    sl.simulate(6.0)
    expected = rows(6, 3, n3=[0.5095122942, 0.49, 0.5], n5=[0.5086070798, 0.5090483742, 0.5095122942])
    near(shown.get("g_fb"), expected)


@pytest.mark.parametrize("store", STORES, ids="-".join)
def test_transpose_with_the_delays_of_the_forward_projection(store: tuple[str, str]) -> None:
    a, b, ff = joined("delays", W, store, delays=[[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]])
    Transpose(ff, "fb").connect(delays="forward")
    shown = sl.Monitor(a, "g_fb"), sl.Monitor(b, "g_exc")
    sl.compile()
    sl.simulate(8.0)
    near(shown[0].get("g_fb"), rows(8, 3, n3=[1, 0, 0], n4=[0, 2, 0], n5=[0, -4, 3], n6=[0, 0, 0.5]))
    near(shown[1].get("g_exc"), rows(8, 2, n2=[1, 0], n3=[0, -4], n4=[2, 0], n5=[0, 0.5], n6=[3, 0]))


def test_continuous_transmission_of_a_transpose() -> None:
    """Spec 06, 5.1: a psp that is given is added in every step."""
    a, _, ff = joined("psp", W, ("csr", "post_to_pre"))
    Transpose(ff, "fb", psp="w*(1.0 + 0.0*pre.x)")
    shown = sl.Monitor(a, "g_fb")
    sl.compile()
    sl.simulate(4.0)
    near(shown.get("g_fb"), [[1, -2, 3.5]] * 4)


def test_transpose_between_neurons_of_two_kinds_is_refused() -> None:
    rate = sl.Population(2, sl.Neuron(equations="r = sum(exc)"), name="rate")
    ff = connected(target("spiking", size=3), rate, W)
    with pytest.raises(SynloomError, match="DecodingProjection"):
        Transpose(ff, "fb").connect()
        sl.compile()

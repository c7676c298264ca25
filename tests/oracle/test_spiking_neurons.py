"""The oracle's spiking neurons against the worked numbers of the specification. Needs no compiler."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.oracle.spiking_by_hand import SpikingSketch
from tests.oracle.test_oracle import near, trace
from tests.worked.numbers import W49

TRAINS = ([2, 5, 6], [3])


def sourced(*trains: list[int]) -> SpikingSketch:
    sketch = SpikingSketch()
    sketch.source(*trains)
    return sketch


def spikes(oracle: Any, name: str, steps: int, rank: int = 0, kind: str = "fired") -> list[int]:
    """List the steps in which one neuron fires."""
    found = []
    for n in range(steps):
        oracle.step()
        if rank in getattr(oracle.pop[name].spikes, kind):
            found.append(n)
    return found


# W25, W26


@pytest.mark.parametrize(
    ("equations", "delays", "weights", "g", "x"),
    [
        ("x = g_exc", None, [1, 1], [0, 0, 0, 1, 1, 0, 1, 1, 0], [0, 0, 0, 1, 1, 0, 1, 1, 0]),
        ("g_exc = 0.0 ; x = g_exc", None, [1, 1], [0, 0, 0, 1, 1, 0, 1, 1, 0], [0] * 9),
        ("x = g_exc", 3, [1, 1], [0, 0, 0, 0, 0, 1, 1, 0, 1], [0, 0, 0, 0, 0, 1, 1, 0, 1]),
        ("x = g_exc", [2, 4], [1, 10], [0, 0, 0, 0, 1, 0, 0, 11, 1], [0, 0, 0, 0, 1, 0, 0, 11, 1]),
    ],
    ids=["default", "erased", "uniform delay", "delays"],
)
def test_w25_conductances(equations: str, delays: Any, weights: Any, g: Any, x: Any) -> None:
    sketch = sourced(*TRAINS)
    post = sketch.spiking("post", equations=equations)
    sketch.synapses("source", "post", weights=[weights], delays=delays)
    steps = trace(sketch.oracle(), 9, lambda: (post.received["exc"], post["x"], post["g_exc"]))
    near([s[0] for s in steps], g)
    near([s[1] for s in steps], x)
    assert not any(s[2] for s in steps)


def test_w25_spikes_and_several_targets() -> None:
    sketch = sourced(*TRAINS)
    post = sketch.spiking("post", 1, "", "v += g_exc", "v >= 2.0", "v = 0.0")
    both = sketch.spiking("both", 1, "", "x = g_a - 0.5*g_b")
    sketch.synapses("source", "post", weights=[[1, 1]])
    sketch.synapses("source", "both", ("a", "b"), [[1, 1]])
    oracle = sketch.oracle()
    steps = trace(oracle, 9, lambda: (post["v"], list(post.spikes.fired), both["x"]))
    near([s[0] for s in steps], [0, 0, 0, 1, 0, 0, 1, 0, 0])
    assert [n for n, s in enumerate(steps) if s[1]] == [4, 7]
    near([s[2] for s in steps], [0, 0, 0, 0.5, 0.5, 0, 0.5, 0.5, 0])


@pytest.mark.parametrize(
    ("equations", "v"),
    [
        ("dv/dt = g_exc ; tau*dg_exc/dt = -g_exc", [1, 2.9, 4.61, 7.149, 10.4341, 13.39069]),
        ("tau*dg_exc/dt = -g_exc ; v += g_exc", [0.9, 2.61, 4.149, 6.4341, 9.39069, 12.051621]),
    ],
)
def test_w26_decaying_conductance(equations: str, v: list[float]) -> None:
    sketch = sourced(*TRAINS)
    post = sketch.spiking("post", 1, "tau = 10.0", equations)
    sketch.synapses("source", "post", weights=[[1, 1]])
    steps = trace(sketch.oracle(), 9, lambda: (post.received["exc"], post["v"]))
    near([s[0] for s in steps[3:]], [1, 1.9, 1.71, 2.539, 3.2851, 2.95659])
    near([s[1] for s in steps[3:]], v)


# W28 to W31


def test_w28_refractory_period() -> None:
    sketch = SpikingSketch()
    text = "v += 1.0 ; u += 1.0 ; q = t ; l = t_last ; g_exc += 1.0 ; z = g_exc"
    pop = sketch.spiking("pop", 1, "", text, "v >= 3.0", "v = 0.0 ; u += 10.0", refractory=2.0)
    names = ("v", "u", "q", "l", "z")
    oracle = sketch.oracle()
    steps = trace(oracle, 9, lambda: [*(pop[n][0] for n in names), pop.received["exc"][0]])
    rows = np.array(steps).T
    near(rows[0], [1, 2, 0, 0, 0, 1, 2, 0, 0])
    near(rows[1], [1, 2, 13, 13, 13, 14, 15, 26, 26])
    near(rows[2], [0, 1, 2, 2, 2, 5, 6, 7, 7])
    near(rows[3], [-10000] * 5 + [2] * 4)
    near(rows[4], [1, 2, 3, 3, 3, 6, 7, 8, 8])
    near(rows[5], range(9))


@pytest.mark.parametrize(
    ("refractory", "reset", "expected"),
    [
        (0.0, "v = 0.0 ; u += 10.0", [[2, 5, 8, 11]]),
        ([0.0, 1.0, 2.0], "v = 0.0", [[2, 5, 8, 11], [2, 6, 10], [2, 7]]),
        ([1.0, 2.0, 3.0], "", [[2, 4, 6, 8, 10], [2, 5, 8, 11], [2, 6, 10]]),
    ],
)
def test_w28_refractory_periods(refractory: Any, reset: str, expected: list[list[int]]) -> None:
    sketch = SpikingSketch()
    size = len(expected)
    sketch.spiking("pop", size, "", "v += 1.0 ; u += 1.0", "v >= 3.0", reset, refractory=refractory)
    oracle = sketch.oracle()
    found = trace(oracle, 12, lambda: list(oracle.pop["pop"].spikes.fired))
    assert [[n for n, ranks in enumerate(found) if rank in ranks] for rank in range(size)] == expected


def test_w28_bounds_and_globals_while_frozen() -> None:
    sketch = SpikingSketch()
    text = "g += 1.0 : population ; v += 1.0 ; u = v : max=2.0"
    pop = sketch.spiking("pop", 1, "", text, "v >= 2.0", "v = 0.0 ; u = 10.0", refractory=2.0)
    steps = trace(sketch.oracle(), 5, lambda: [pop[name][0] for name in "gvu"])
    near(steps, [[1, 1, 1], [2, 0, 10], [3, 0, 2], [4, 0, 2], [5, 1, 1]])


def test_w29_refractory_from_an_attribute() -> None:
    sketch = SpikingSketch()
    sketch.spiking("a", 1, "tr = 1.0", "v += 1.0", "v >= 3.0", "v = 0.0 ; tr += 1.0", refractory="tr")
    text = "v += 1.0 ; tr = 4.0"
    b = sketch.spiking("b", 1, "", text, "v >= 3.0", "v = 0.0 ; tr = 1.0", refractory="tr")
    oracle = sketch.oracle()
    steps = trace(oracle, 14, lambda: ([len(p.spikes.fired) for p in oracle.pop.values()], b["tr"][0]))
    assert [[n for n, s in enumerate(steps) if s[0][i]] for i in (0, 1)] == [[2, 7, 13], [2, 6, 10]]
    near([s[1] for s in steps[:8]], [4, 4, 1, 1, 4, 4, 1, 1])


def test_w30_time_of_the_last_spike() -> None:
    sketch = SpikingSketch()
    pop = sketch.spiking("pop", 1, "", "v += 1.0 ; f = f", "v >= 3.0", "f = t - t_last ; v = 0.0")
    near(trace(sketch.oracle(), 8, lambda: pop["f"]), [0, 0, 10002, 10002, 10002, 3, 3, 3])


def test_w31_firing_rate() -> None:
    sketch = SpikingSketch()
    pop = sketch.spiking("pop", 1, "", "v += 1.0 ; rr = r", "v >= 3.0", "v = 0.0", rate_window=6.0)
    steps = trace(sketch.oracle(), 12, lambda: (pop["r"][0], pop["rr"][0]))
    rates = [0.0] * 2 + [1000 / 6] * 3 + [2000 / 6] * 7
    near([s[0] for s in steps], rates)
    near([s[1] for s in steps], [0.0, *rates[:-1]])


# W40, W46, W47, W49


def test_w40_axonal_spikes_of_frozen_neurons() -> None:
    sketch = SpikingSketch()
    text = {"axon_spike": "z >= 3.0", "axon_reset": "z = 0.0", "refractory": 2.0}
    a = sketch.spiking("a", 1, "", "v += 1.0 ; z += 1.0", "v >= 4.0", "v = 0.0", **text)
    steps = trace(sketch.oracle(), 13, lambda: (list(a.spikes.fired), list(a.spikes.axonal), a["z"][0]))
    assert [n for n, s in enumerate(steps) if s[0]] == [3, 9]
    assert [n for n, s in enumerate(steps) if s[1]] == [2, 7, 12]
    near([s[2] for s in steps], [1, 2, 0, 1, 1, 1, 2, 0, 1, 2, 2, 2, 0])

    sketch = SpikingSketch()
    text = {"axon_spike": "t > 0.5", "axon_reset": "c += 1.0", "refractory": 2.0}
    b = sketch.spiking("b", 1, "", "v += 1.0 ; c = c", "v >= 3.0", "v = 0.0", **text)
    steps = trace(sketch.oracle(), 12, lambda: (list(b.spikes.fired), list(b.spikes.axonal)))
    assert [n for n, s in enumerate(steps) if s[0]] == [2, 7]
    assert [n for n, s in enumerate(steps) if s[1]] == list(range(1, 12))
    near(b["c"], 11)


def test_w46_disabled_population() -> None:
    sketch = SpikingSketch()
    pop = sketch.spiking("pop", 1, "", "v += 1.0", "v >= 3.0", "v = 0.0")
    direct, late = (
        sketch.spiking("direct", equations="x = g_exc"),
        sketch.spiking("late", equations="x = g_exc"),
    )
    sketch.synapses("pop", "direct")
    sketch.synapses("pop", "late", delays=3)
    oracle = sketch.oracle()

    def run() -> tuple[Any, ...]:
        pop.enabled = not 3 <= oracle.n < 8
        oracle.step()
        return list(pop.spikes.fired), pop["v"][0], direct["x"][0], late["x"][0]

    steps = [run() for _ in range(12)]
    assert [n for n, s in enumerate(steps) if s[0]] == [2, 10]
    near([s[1] for s in steps], [1, 2, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1])
    assert [n for n, s in enumerate(steps) if s[2]] == [3, 11]
    assert [n for n, s in enumerate(steps) if s[3]] == [5]


@pytest.mark.parametrize(
    ("refractory", "expected"),
    [(0.3, [2, 8, 14]), (0.1, [2, 6, 10, 14, 18]), (0.7, [2, 12])],
)
def test_w47_conversions(refractory: float, expected: list[int]) -> None:
    sketch = SpikingSketch(dt=0.1)
    pop = sketch.spiking("pop", 1, "", "v += 1.0", "v >= 3.0", "v = 0.0", refractory=refractory)
    every = sketch.spiking("every", 1, "", "v = 1.0", "v > 0", rate_window=0.3)
    oracle = sketch.oracle()
    steps = trace(oracle, 20, lambda: (list(pop.spikes.fired), every["r"][0]))
    assert [n for n, s in enumerate(steps) if s[0]] == expected
    near([s[1] for s in steps], [10000 / 3, 20000 / 3] + [10000] * 18)


@pytest.mark.parametrize("method", W49)
def test_w49_frozen_is_unchanged(method: str) -> None:
    sketch = SpikingSketch()
    text = f"tau*dv/dt + v = 10 : {method}, init=-65"
    pop = sketch.spiking("pop", 1, "tau = 2.0", text, "v >= 0", "v = -65", refractory=3.0)
    found = np.squeeze(trace(sketch.oracle(), 8, lambda: pop["v"]))
    np.testing.assert_allclose(found, W49[method], atol=5.1e-5)  # printed to four decimals

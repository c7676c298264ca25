"""Worked numbers of spec 05, sections 8 and 9: projections between rate-coded and spiking neurons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.worked.near import near, relay
from tests.worked.spiking import target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

DECAY = "tau*dg_exc/dt = -g_exc ; x = g_exc"


def clock(size: int = 1) -> Any:
    """Make neurons with ``r = t``."""
    return sl.Population(size, sl.Neuron(equations="r = t"))


def test_rates_are_added_to_a_conductance() -> None:
    sl.setup(dt=0.1)
    pre = clock()
    decaying, plain, late = target("a", DECAY, parameters="tau = 5.0"), target("b"), target("c")
    for post in (decaying, plain):
        assert isinstance(sl.CurrentInjection(pre, post, "exc").connect_current(), sl.CurrentInjection)
    sl.CurrentInjection(pre, late, "exc").current(scale=2.0, delays=0.3)
    shown = [sl.Monitor(p, "g_exc") for p in (decaying, plain, late)]
    x = sl.Monitor(plain, "x")
    sl.compile()
    sl.simulate(0.6)
    near(shown[0].get("g_exc")[:5], [0, 0, 0.1, 0.298, 0.59204])
    near(shown[1].get("g_exc")[:4], [0, 0, 0.1, 0.2])
    near(shown[2].get("g_exc"), [0, 0, 0, 0, 0.2, 0.4])
    near(x.get("x")[:4], [0, 0, 0.1, 0.2])


def test_injections_and_synapses_add_up() -> None:
    pre, other, post = sl.TimedArray([[1.0, 2.0], [3.0, 4.0]]), sl.InputArray(2), target("post", size=2)
    other.r = [10.0, 20.0]
    one = sl.CurrentInjection(pre, post, "exc").connect_current()
    sl.CurrentInjection(other, post, "exc").connect_current()
    sl.Projection(sl.SpikeSourceArray([0]), post, "exc").connect_all_to_all(100.0)
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    sl.simulate(3.0)
    near(shown.get("g_exc"), [[10, 20], [111, 122], [13, 24]])
    one.transmission = False
    sl.simulate(1.0)
    near(shown.get("g_exc"), [[10, 20]])
    post.disable()
    sl.simulate(1.0)
    near(shown.get("g_exc"), [[0, 0]])  # erased by the last update; nothing is added


def test_injection_between_views() -> None:
    pre, post = sl.InputArray(4), target("post", size=6)
    pre.r = [1.0, 2.0, 3.0, 4.0]
    sl.CurrentInjection(pre[1:4], post[3:], "exc").connect_current()
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    sl.simulate(2.0)
    near(shown.get("g_exc")[1], [0, 0, 0, 2, 3, 4])


def test_hybrid_projections_of_a_network() -> None:
    net = sl.Network(dt=1.0, seed=1)
    pre, post = (
        net.create(sl.InputArray(2)),
        net.create(2, sl.Neuron(equations="x = g_exc", spike="t < -1.0")),
    )
    given, reader = net.create(sl.SpikeSourceArray([0.0])), net.create(1, sl.Neuron(equations="r = sum(exc)"))
    drive = net.connect(sl.CurrentInjection(pre, post, "exc"))
    decoded = net.connect(sl.DecodingProjection(given, reader, "exc"))
    assert isinstance(drive, sl.CurrentInjection) and isinstance(decoded, sl.DecodingProjection)
    drive.connect_current()
    decoded.connect_all_to_all(1.0)
    pre.r = [1.0, 2.0]
    assert sl.projections() == []
    net.compile()
    net.simulate(2.0)
    near(post.x, [1, 2])
    near(reader.r, 1000.0)
    assert given.size_in_bytes() > 0


# -- section 9 -------------------------------------------------------------------------------------------------

TRAINS = [[1.0, 1.1, 1.5], [1.0], [3.0], []]


def test_decoded_rates() -> None:
    sl.setup(dt=0.1)
    pre = sl.SpikeSourceArray(TRAINS)
    smooth, sharp, late, each = (relay(name) for name in ("smooth", "sharp", "late", "each"))
    sl.DecodingProjection(pre, smooth, "exc", window=1.0).connect_all_to_all(1.0)
    sl.DecodingProjection(pre, sharp, "exc").connect_all_to_all(0.5)
    sl.DecodingProjection(pre, late, "exc", 1.0).connect_all_to_all(1.0, delays=0.5)
    sl.DecodingProjection(pre, each, "exc").connect_from_matrix([[1, 1, 1, 1]], delays=[[0.1, 0.3, 0.2, 0.1]])
    shown = {p.name: sl.Monitor(p, "r") for p in (smooth, sharp, late, each)}
    sl.compile()
    sl.simulate(5.0)
    steps = np.arange(50)
    wanted = np.select(
        [steps < 11, steps == 11, steps < 16, steps < 21, steps == 21, steps < 26, steps < 31, steps < 41],
        [0, 500, 750, 1000, 500, 250, 0, 250],
        0,
    )
    near(shown["smooth"].get("r"), wanted)
    found = shown["sharp"].get("r")[:, 0]
    assert {int(n): found[n] for n in np.flatnonzero(found)} == {11: 2500, 12: 1250, 16: 1250, 31: 1250}
    near(shown["late"].get("r"), np.r_[np.zeros(4), wanted[:46]])
    found = shown["each"].get("r")[:, 0]
    assert {int(n): found[n] for n in np.flatnonzero(found)} == {
        11: 2500,
        12: 2500,
        13: 2500,
        16: 2500,
        32: 2500,
    }


def test_a_long_run_equals_the_naive_sum() -> None:
    rng = np.random.default_rng(2)
    window, steps, pre_size, post_size = 7, 400, 30, 9
    fires = rng.random((steps, pre_size)) < 0.05
    weights = np.where(
        rng.random((post_size, pre_size)) < 0.4, rng.random((post_size, pre_size)) * 0.1, np.nan
    )
    weights[4] = np.nan  # one without synapses
    pre = sl.SpikeSourceArray([np.flatnonzero(f).astype(float) for f in fires.T])
    posts = [relay(f"{form}", post_size) for form in ("post_to_pre", "pre_to_post")]
    for post in posts:
        proj = sl.DecodingProjection(pre, post, "exc", window=float(window))
        proj.connect_from_matrix(weights, storage_order=post.name)
    shown = [sl.Monitor(post, "r") for post in posts]
    sl.compile()
    sl.simulate(float(steps))
    arrived = np.zeros((steps, post_size))
    arrived[1:] = fires[:-1] @ np.nan_to_num(weights).T
    numbers = np.maximum(1, np.isfinite(weights).sum(axis=1))
    naive = np.array([arrived[max(0, n - window + 1) : n + 1].sum(axis=0) for n in range(steps)])
    expected = naive * 1000.0 / (window * numbers)
    for monitor in shown:
        found = monitor.get("r")
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)
        assert (found == 0).sum() == (expected == 0).sum()  # silence is exactly zero


def test_reset_clears_the_window() -> None:
    pre, post = sl.SpikeSourceArray([0, 1]), relay("post")
    proj = sl.DecodingProjection(pre, post, "exc", window=10.0).connect_all_to_all(1.0)
    shown = sl.Monitor(post, "r")
    sl.compile()
    sl.simulate(4.0)
    near(shown.get("r"), [0, 100, 200, 200])
    sl.reset()
    sl.simulate(3.0)
    near(shown.get("r"), [0, 100, 200])
    proj.reset()
    sl.simulate(2.0)
    near(shown.get("r"), [0, 0])


def test_switches_of_a_decoding_projection() -> None:
    pre, post = sl.SpikeSourceArray([0, 3]), relay("post", 2)
    proj = sl.DecodingProjection(pre, post[1:], "exc", window=5.0).connect_all_to_all(1.0)
    shown = sl.Monitor(post, "r")
    sl.compile()
    sl.simulate(2.0)
    proj.transmission = False
    sl.simulate(1.0)
    proj.transmission = True
    sl.simulate(5.0)
    found = shown.get("r")
    near(found[:, 0], [0] * 8)
    near(found[:, 1], [0, 200, 0, 200, 400, 400, 200, 200])


def test_windows_are_whole_steps(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(dt=0.1, suppress_warnings=False)
    pre = sl.SpikeSourceArray([0])
    exact, odd = (
        sl.DecodingProjection(pre, relay(str(w)), "exc", window=w, name=f"p{w}").connect_all_to_all(1.0)
        for w in (0.3, 0.27)
    )
    sl.compile(silent=True)
    assert (exact.window, odd.window) == (0.3, 0.3)
    told = "WARNING: DecodingProjection 'p0.27': the window of 0.27 ms is no multiple of dt=0.1 ms; it is 0.3 ms."
    assert [line for line in capsys.readouterr().out.splitlines() if "window" in line] == [told]

"""Worked cases of spec 02 on spiking neurons: conductances, refractory periods, firing rates. W25, W26, W28 to W31."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.worked.near import connected, near
from tests.worked.spiking import fired, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

COUNT = {"spike": "v >= 3.0", "reset": "v = 0.0"}


def counting(name: str, equations: str = "v += 1.0", size: int = 1, **options: Any) -> Any:
    """Make neurons that count to three, unless options say otherwise."""
    return target(name, equations, size, **{**COUNT, **options})


def test_w25_a_spike_is_a_conductance_in_the_next_step() -> None:
    src = source([2, 5, 6], [3])
    plain = target("plain")
    erased = target("erased", "g_exc = 0.0 ; x = g_exc")
    firing = target("firing", "v += g_exc", spike="v >= 2.0", reset="v = 0.0")
    late, mixed = target("late"), target("mixed")
    for post in (plain, erased, firing):
        connected(src, post, [[1, 1]])
    connected(src, late, [[1, 1]], delays=3.0)
    connected(src, mixed, [[1, 10]], delays=[[2.0, 4.0]])
    shown = {pop.name: sl.Monitor(pop, ["g_exc"]) for pop in (plain, erased, firing, late, mixed)}
    x = {pop.name: sl.Monitor(pop, ["x"]) for pop in (plain, erased, late, mixed)}
    v, spikes = sl.Monitor(firing, ["v", "spike"]), sl.Monitor(src, "spike")
    sl.compile()
    sl.simulate(9.0)
    at_once, after_3, after_each = (
        [0, 0, 0, 1, 1, 0, 1, 1, 0],
        [0, 0, 0, 0, 0, 1, 1, 0, 1],
        [0, 0, 0, 0, 1, 0, 0, 11, 1],
    )
    for name, g in (("plain", at_once), ("erased", at_once), ("firing", at_once)):
        near(shown[name].get("g_exc"), g)
    near(shown["late"].get("g_exc"), after_3)
    near(shown["mixed"].get("g_exc"), after_each)
    near(x["plain"].get("x"), at_once)
    near(x["erased"].get("x"), [0] * 9)
    near(x["late"].get("x"), after_3)
    near(x["mixed"].get("x"), after_each)
    near(v.get("v"), [0, 0, 0, 1, 0, 0, 1, 0, 0])
    assert fired(v) == {0: [4, 7]}
    assert fired(spikes) == {0: [2, 5, 6], 1: [3]}
    near(plain.g_exc, [0])


def test_w25_one_weight_reaches_several_conductances() -> None:
    src, post = source([2, 5, 6], [3]), target("post", "x = g_a ; y = g_b")
    both = sl.Projection(src, post, ["a", "b"])
    both.connect_from_matrix([[1, 10]])
    shown = sl.Monitor(post, ["g_a", "g_b"])
    sl.compile()
    sl.simulate(9.0)
    for name in ("g_a", "g_b"):
        near(shown.get(name), [0, 0, 0, 1, 10, 0, 1, 1, 0])


def test_w26_decaying_conductance() -> None:
    src = source([2, 5, 6], [3])
    old = target("old", "dv/dt = g_exc ; tau*dg_exc/dt = -g_exc", parameters="tau = 10.0")
    new = target("new", "tau*dg_exc/dt = -g_exc ; v += g_exc", parameters="tau = 10.0")
    for post in (old, new):
        connected(src, post, [[1, 1]])
    shown = [sl.Monitor(post, ["g_exc", "v"]) for post in (old, new)]
    sl.compile()
    sl.simulate(9.0)
    for monitor in shown:
        near(monitor.get("g_exc")[3:], [1, 1.9, 1.71, 2.539, 3.2851, 2.95659])
    near(shown[0].get("v")[3:], [1, 2.9, 4.61, 7.149, 10.4341, 13.39069])
    near(shown[1].get("v")[3:], [0.9, 2.61, 4.149, 6.4341, 9.39069, 12.051621])


def test_w28_refractory_period() -> None:
    text = "v += 1.0 ; u += 1.0 ; q = t ; l = t_last ; g_exc += 1.0 ; z = g_exc"
    pop = counting("pop", text, reset="v = 0.0 ; u += 10.0", refractory=2.0)
    free = counting("free", "v += 1.0 ; u += 1.0", reset="v = 0.0 ; u += 10.0")
    none = counting("none", refractory=0.0)
    text = "g += 1.0 : population ; v += 1.0 ; u = v : max=2.0"
    bound = counting("bound", text, spike="v >= 2.0", reset="v = 0.0 ; u = 10.0", refractory=2.0)
    shown = sl.Monitor(pop, ["spike", "v", "u", "q", "l", "g_exc", "z"])
    shown_free, shown_none = sl.Monitor(free, ["spike", "u"]), sl.Monitor(none, "spike")
    shown_bound = sl.Monitor(bound, ["g", "v", "u"])
    sl.compile()
    sl.simulate(9.0)
    assert fired(shown) == {0: [2, 7]}
    near(shown.get("v"), [1, 2, 0, 0, 0, 1, 2, 0, 0])
    near(shown.get("u"), [1, 2, 13, 13, 13, 14, 15, 26, 26])
    near(shown.get("q"), [0, 1, 2, 2, 2, 5, 6, 7, 7])
    near(shown.get("l"), [-10000] * 5 + [2] * 4)
    near(shown.get("g_exc"), range(9))
    near(shown.get("z"), [1, 2, 3, 3, 3, 6, 7, 8, 8])
    near(shown_bound.get("g")[:5], [1, 2, 3, 4, 5])
    near(shown_bound.get("v")[:5], [1, 0, 0, 0, 1])
    near(shown_bound.get("u")[:5], [1, 10, 2, 2, 1])
    sl.simulate(3.0)
    assert fired(shown_free) == fired(shown_none) == {0: [2, 5, 8, 11]}
    near(shown_free.get("u")[:6], [1, 2, 13, 14, 15, 26])


def test_w28_refractory_periods_of_single_neurons() -> None:
    always = {"spike": "v > 1.0", "reset": ""}
    each = counting("each", "v = 5.0", **always)
    third = counting("third", "v = 5.0", **always, refractory=3.0)
    before, after = (counting(name, "v = 5.0", 3, **always) for name in ("before", "after"))
    before.refractory = [1.0, 2.0, 3.0]
    shown = {pop.name: sl.Monitor(pop, "spike") for pop in (each, third, before, after)}
    sl.compile()
    after.refractory = np.array([1.0, 2.0, 3.0])
    near(before.refractory, [1, 2, 3])
    near(after.refractory, [1, 2, 3])
    near(third.refractory, 3)
    sl.simulate(9.0)
    assert fired(shown["each"]) == {0: list(range(9))}
    assert fired(shown["third"]) == {0: [0, 4, 8]}
    expected = {0: [0, 2, 4, 6, 8], 1: [0, 3, 6], 2: [0, 4, 8]}
    assert fired(shown["before"]) == fired(shown["after"]) == expected
    after.refractory = 0.0
    sl.simulate(6.0)  # what is frozen stays so until its time is over
    assert fired(shown["after"]) == {0: list(range(10, 15)), 1: list(range(9, 15)), 2: list(range(12, 15))}


def test_w29_refractory_period_from_an_attribute() -> None:
    longer = counting(
        "longer", parameters="tr = 1.0", reset="v = 0.0 ; tr += 1.0", refractory="tr"
    )  # read after the reset
    frozen = counting("frozen", "v += 1.0 ; tr = 4.0", reset="v = 0.0 ; tr = 1.0", refractory="tr")
    shown = [sl.Monitor(longer, "spike"), sl.Monitor(frozen, ["spike", "tr"])]
    sl.compile()
    sl.simulate(14.0)
    assert [fired(m) for m in shown] == [{0: [2, 7, 13]}, {0: [2, 6, 10]}]
    near(shown[1].get("tr")[:8], [4, 4, 1, 1, 4, 4, 1, 1])
    near(longer.refractory, 4)


def test_w30_reset_sees_the_time_of_the_spike_before() -> None:
    pop = counting("pop", parameters="f = 0.0", reset="f = t - t_last ; v = 0.0")
    shown, found = sl.Monitor(pop, "spike"), []
    sl.compile()
    for _ in range(9):
        sl.step()
        found.append(pop.f[0])
    assert fired(shown) == {0: [2, 5, 8]}
    near(found, [0, 0, 10002, 10002, 10002, 3, 3, 3, 3])


def test_w31_firing_rate() -> None:
    before, after = counting("before", "v += 1.0 ; rr = r"), counting("after", "v += 1.0 ; rr = r")
    off = counting("off", "v += 1.0 ; rr = r")
    before.compute_firing_rate(6.0)
    shown = [sl.Monitor(pop, ["spike", "r", "rr"]) for pop in (before, after)]
    sl.compile()
    after.compute_firing_rate(6.0)
    sl.simulate(12.0)
    rates = [0.0] * 2 + [166.66666666667] * 3 + [333.33333333333] * 7
    for monitor in shown:
        assert fired(monitor) == {0: [2, 5, 8, 11]}
        near(monitor.get("r"), rates)
        near(monitor.get("rr"), [0.0, *rates[:-1]])
    near(off.r, [0])


def test_w31_synapses_see_the_rate_of_this_step() -> None:
    pop = counting("pop")
    pop.compute_firing_rate(6.0)
    learned = connected(pop, target("post"), [[1]], synapse=sl.Synapse(equations="x = pre.r"))
    shown = sl.Monitor(learned, "x")
    sl.compile()
    sl.simulate(4.0)
    near(shown.get("x"), [0, 0, 166.66666666667, 166.66666666667])


def test_w31_mean_rate_of_a_recording() -> None:
    sl.setup(dt=0.1)
    shown = sl.Monitor(source([2, 5, 11, 18]), "spike")
    sl.compile()
    sl.simulate(2.0)
    near(shown.mean_fr(), 2000)

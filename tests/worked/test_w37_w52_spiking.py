"""Worked cases of spec 02 on control of spiking networks: W37, W40, W43, W46, W47, W49 and W50."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.worked.near import connected, near, step_by_step
from tests.worked.numbers import W49
from tests.worked.spiking import fired, only_at, source, target, values

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

W37 = {
    "default": ([0.51, 0.52, 0.53, 0.64, 0.75, 1.76, 1.77, 1.88, 2.99], 9, 4, 2),
    "plasticity": ([0.5] * 9, 9, 4, 2),
    "disable_learning": ([0.5] * 9, 9, 4, 2),
    "update": ([0.5, 0.5, 0.5, 0.6, 0.7, 1.7, 1.7, 1.8, 2.9], 0, 4, 2),
    "transmission": ([0.5] * 9, 0, 0, 0),
    "period": ([0.54, 0.54, 0.54, 0.64, 0.78, 1.78, 1.78, 1.88, 3.02], 3, 4, 2),
}


def test_w37_learning_flags() -> None:
    rule = sl.Synapse(
        parameters="tau = 10.0",
        equations="tau*dx/dt = -x : event-driven ; k += 1.0 ; dw/dt = 0.01",
        pre_spike="w += 0.1 ; c += 1.0",
        post_spike="w += 1.0 ; m += 1.0",
    )
    pre, post = source([2, 3, 6, 7], name="pre"), source([5, 8], name="post", equations="x = g_exc")
    learners = {name: connected(pre, post, [[0.5]], synapse=rule, name=name) for name in W37}
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    learners["plasticity"].plasticity = False
    learners["disable_learning"].disable_learning()
    learners["update"].update = False
    learners["transmission"].transmission = False
    learners["period"].enable_learning(period=4.0)
    off = learners["disable_learning"]
    assert (off.transmission, off.update, off.plasticity) == (True, True, False)
    steps = step_by_step(9, lambda: [values(p, "w")[0] for p in learners.values()])
    for i, (name, (weights, *counts)) in enumerate(W37.items()):
        near([s[i] for s in steps], weights)
        near(values(learners[name], "kcm"), counts)
    # Each spike brings the weights before its own changes; the silent projection brings nothing.
    before = np.array([[0.5] * len(W37), *steps[:-1]])
    heard = before[:, [name != "transmission" for name in W37]].sum(axis=1)
    only_at(shown.get("g_exc"), {n: heard[n] for n in (3, 4, 7, 8)})
    off.enable_learning()
    assert off.plasticity


def axonal(name: str) -> Any:
    return target(
        name,
        "v += 1.0 ; z += 1.0",
        spike="v >= 4.0",
        reset="v = 0.0",
        axon_spike="z >= 3.0",
        axon_reset="z = 0.0",
        refractory=2.0,
    )


def test_w40_axonal_spikes() -> None:
    pre, post = axonal("pre"), target("post", "x = g_other ; y = g_same ; z = g_none ; u = g_late")
    other = sl.Synapse(pre_spike="g_target += w", pre_axon_spike="g_target += 10.0*w")
    same = sl.Synapse(pre_spike="g_target += w", pre_axon_spike="g_target += w")
    connected(pre, post, [[1]], "other", synapse=other)
    connected(pre, post, [[1]], "same", synapse=same)
    connected(pre, post, [[1]], "none")
    connected(pre, post, [[1]], "late", synapse=other, delays=3.0)
    shown = sl.Monitor(post, ["g_other", "g_same", "g_none", "g_late"])
    spikes = sl.Monitor(pre, ["spike", "axon_spike", "z"])
    sl.compile()
    sl.simulate(14.0)
    assert fired(spikes) == {0: [3, 9]}
    assert fired(spikes, "axon_spike") == {0: [2, 7, 12]}
    near(spikes.get("z")[:13], [1, 2, 0, 1, 1, 1, 2, 0, 1, 2, 2, 2, 0])
    only_at(shown.get("g_other"), {3: 10, 4: 1, 8: 10, 10: 1, 13: 10})
    only_at(shown.get("g_same"), {3: 1, 4: 1, 8: 1, 10: 1, 13: 1})
    only_at(shown.get("g_none"), {4: 1, 10: 1})
    only_at(shown.get("g_late"), {5: 10, 6: 1, 10: 10, 12: 1})


def test_w40_frozen_neurons_emit_axonal_spikes_and_all_keep_their_delay() -> None:
    pre = target(
        "pre",
        "v += 1.0",
        parameters="c = 0.0",
        spike="v >= 3.0",
        reset="v = 0.0",
        axon_spike="t > 0.5",
        axon_reset="c += 1",
        refractory=2.0,
    )
    post = target("post")
    other = sl.Synapse(pre_spike="g_target += w", pre_axon_spike="g_target += 10.0*w")
    connected(pre, post, [[1]], synapse=other, delays=3.0)
    shown, spikes = sl.Monitor(post, "g_exc"), sl.Monitor(pre, ["spike", "axon_spike"])
    sl.compile()
    sl.simulate(12.0)
    assert fired(spikes) == {0: [2, 7]}
    assert fired(spikes, "axon_spike") == {0: list(range(1, 12))}
    near(pre.c, [11])
    near(shown.get("g_exc"), [0, 0, 0, 0, 10, 11, 10, 10, 10, 10, 11, 10])


def test_w40_axonal_transmission_is_a_flag_of_its_own() -> None:
    pre, post = axonal("pre"), target("post")
    other = sl.Synapse(pre_spike="g_target += w", pre_axon_spike="g_target += 10.0*w")
    ff = connected(pre, post, [[1]], synapse=other)
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    assert ff.axon_transmission
    ff.axon_transmission = False
    sl.simulate(6.0)
    ff.axon_transmission = True
    sl.simulate(8.0)
    only_at(shown.get("g_exc"), {4: 1, 8: 10, 10: 1, 13: 10})


def test_w43_reset_forgets_traces() -> None:
    sl.setup(dt=0.1)
    trace = sl.Synapse(
        parameters="tau = 1.0",
        equations="tau*dx/dt = -x : event-driven",
        pre_spike="g_target += w ; x += 1.0",
    )
    learned = connected(source([2]), target("post"), [[1]], synapse=trace)
    sl.compile()
    sl.simulate(0.5)
    near(values(learned, "x"), [1])
    for options in ({}, {"projections": True}):
        sl.reset(**options)
        near(values(learned, "x"), [0])
        sl.simulate(0.5)
        near(values(learned, "x"), [1])


def test_w43_reset_forgets_spikes_under_way_and_rest() -> None:
    pre = target("pre", "v += 1.0", spike="v >= 3.0", reset="v = 0.0", refractory=4.0)
    pre.compute_firing_rate(10.0)
    post, late = target("post"), target("late", "x = g_exc ; l = t_last")
    connected(pre, post, [[1]])
    connected(pre, late, [[1]], delays=3.0)
    shown = sl.Monitor(pre, ["spike", "r"])
    heard = [sl.Monitor(pop, "g_exc") for pop in (post, late)]
    sl.compile()

    def run() -> None:
        sl.simulate(3.0)
        near(pre.spike, [0])
        near(pre.r, [100])

    run()
    for _ in range(2):
        sl.reset()  # with the spike of step 2 under way and the neuron at rest
        assert len(pre.spike) == 0
        near(pre.r, [0])
        run()
        sl.simulate(4.0)
        assert fired(shown) == {0: [2]}
        near(shown.get("r"), [0, 0, 100, 100, 100, 100, 100])
        only_at(heard[0].get("g_exc"), {3: 1})
        only_at(heard[1].get("g_exc"), {5: 1})
    sl.simulate(3.0)
    assert fired(shown) == {0: [9]}


def test_w46_disabled_population() -> None:
    pre = target("pre", "v += 1.0", spike="v >= 3.0", reset="v = 0.0")
    direct, late = target("direct"), target("late")
    connected(pre, direct, [[1]])
    connected(pre, late, [[1]], delays=3.0)
    shown = sl.Monitor(pre, ["spike", "v"])
    heard = [sl.Monitor(pop, "g_exc") for pop in (direct, late)]
    sl.compile()
    sl.simulate(3.0)
    pre.disable()
    sl.simulate(5.0)
    assert len(pre.spike) == 0
    pre.enable()
    sl.simulate(4.0)
    assert fired(shown) == {0: [2, 10]}
    near(shown.get("v"), [1, 2, 0, 0, 0, 0, 0, 0, 1, 2, 0, 1])
    only_at(heard[0].get("g_exc"), {3: 1, 11: 1})
    only_at(heard[1].get("g_exc"), {5: 1})


@pytest.mark.parametrize("delays", [3.0, [[3.0, 4.0]]], ids=["uniform", "per synapse"])
def test_spikes_due_while_nobody_listens_are_dropped(delays: Any) -> None:
    """Section 4.3: in both cases the queue moves on."""
    src, deaf, silent = source([0, 2, 4], [1, 6]), target("deaf"), target("silent")
    connected(src, deaf, [[1, 10]], delays=delays)
    ff = connected(src, silent, [[1, 10]], delays=delays)
    shown = [sl.Monitor(pop, "g_exc") for pop in (deaf, silent)]
    sl.compile()
    sl.simulate(4.0)
    deaf.disable()
    ff.transmission = False
    sl.simulate(2.0)
    deaf.enable()
    ff.transmission = True
    sl.simulate(6.0)
    expected = {3: 1, 7: 1, 9: 10} if delays == 3.0 else {3: 1, 7: 1, 10: 10}
    for monitor in shown:
        only_at(monitor.get("g_exc"), expected)


def test_w47_conversions() -> None:
    sl.setup(dt=0.1)
    expected = {0.3: [2, 8, 14], 0.1: [2, 6, 10, 14, 18], 0.7: [2, 12]}
    shown = {
        period: sl.Monitor(
            target(f"pop{i}", "v += 1.0", spike="v >= 3.0", reset="v = 0.0", refractory=period), "spike"
        )
        for i, period in enumerate(expected)
    }
    always = target("always", "v = 1.0", spike="v > 0.0")
    always.compute_firing_rate(0.3)
    rate = sl.Monitor(always, "r")
    sl.compile()
    sl.simulate(2.0)
    assert {period: fired(monitor)[0] for period, monitor in shown.items()} == expected
    near(rate.get("r"), [3333.3333333333, 6666.6666666667] + [10000.0] * 18)


def test_w49_frozen_neurons_stay_what_they_are() -> None:
    shown = {}
    for method in W49:
        pop = target(
            method,
            f"tau*dv/dt + v = 10 : {method}, init=-65",
            parameters="tau = 2.0",
            spike="v >= 0",
            reset="v = -65",
            refractory=3.0,
        )
        shown[method] = sl.Monitor(pop, "v")
    sl.compile()
    sl.simulate(8.0)
    for method, monitor in shown.items():
        found = np.squeeze(monitor.get("v"))
        np.testing.assert_allclose(found, W49[method], atol=5.1e-5, err_msg=method)  # four decimals


def test_w50_spike_times() -> None:
    sl.setup(dt=0.5)
    src, post = source([2, 8]), target("post")
    connected(src, post, [[1]])
    spikes, shown = sl.Monitor(src, "spike"), sl.Monitor(post, "x")
    sl.compile()
    for _ in range(2):
        sl.simulate(6.0)
        assert fired(spikes) == {0: [2, 8]}
        only_at(shown.get("x"), {3: 1, 9: 1})
        sl.reset()

"""Worked numbers of spec 05, section 6: spikes given by their times. And rows of W25 and W50 with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.worked.near import connected, near
from tests.worked.spiking import fired, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def test_times_become_steps() -> None:
    sl.setup(dt=0.1)
    pop = sl.SpikeSourceArray([[1.0, 0.26, 0.24, 2.0, 2.0, 3.0], [0.0, 0.1, 5.0], []])
    spikes = sl.Monitor(pop, "spike")
    assert pop.spike_times[1] == [0.0, 0.1, 5.0] and pop.geometry == (3,)
    sl.compile()
    sl.simulate(6.0)
    assert fired(spikes) == {0: [2, 3, 10, 20, 30], 1: [0, 1, 50], 2: []}
    assert pop.spike_times == [[0.2, 0.3, 1.0, 2.0, 3.0], [0.0, 0.1, 5.0], []]
    assert pop.attributes == ["r"] and pop.spike.tolist() == []


def test_all_forms() -> None:
    forms: list[Any] = [
        [1, 2.5],
        (1, 2),
        np.array([1.0, 2.0]),
        np.ones((3, 2)),
        [np.ones(2), []],
        [(1,), [2]],
        [],
    ]
    assert [sl.SpikeSourceArray(form).size for form in forms] == [1, 1, 1, 3, 2, 2, 1]


def test_reset_and_clear_rewind() -> None:
    sl.setup(dt=0.1)
    pop = sl.SpikeSourceArray([1, 2, 3])
    spikes = sl.Monitor(pop, "spike")
    sl.compile()
    sl.simulate(6.0)
    pop.reset()
    sl.simulate(4.0)
    assert fired(spikes) == {0: [10, 20, 30, 70, 80, 90]}
    pop.clear()
    sl.simulate(1.5)
    assert fired(spikes) == {0: [110]}
    pop.spike_times = [0.5]
    sl.reset()
    sl.simulate(1.0)
    assert fired(spikes) == {0: [5]}


def test_no_spike_is_lost_after_an_assignment() -> None:
    sl.setup(dt=0.1)
    pop, other = sl.SpikeSourceArray([9.0]), sl.SpikeSourceArray([[1.0], [2.0]])
    other.spike_times = [[4.5], [3.0]]
    spikes, others = sl.Monitor(pop, "spike"), sl.Monitor(other, "spike")
    sl.compile()
    sl.simulate(4.0)
    pop.spike_times = [0.5, 1.0, 5.5, 6.0, 7.0]
    other.spike_times = [[0.1], [0.2, 4.0]]
    sl.simulate(5.0)
    assert fired(spikes) == {0: [55, 60, 70]}
    assert fired(others) == {0: [], 1: [30, 40]}


def test_a_disabled_source_stands_still() -> None:
    pop = sl.SpikeSourceArray([0, 1, 2])
    spikes = sl.Monitor(pop, "spike")
    sl.compile()
    sl.simulate(1.0)
    pop.disable()
    sl.simulate(3.0)
    pop.enable()
    sl.simulate(2.0)
    assert fired(spikes) == {0: [0, 4, 5]}


def test_w25_a_spike_is_a_conductance_in_the_next_step() -> None:
    src = sl.SpikeSourceArray([[2, 5, 6], [3]])
    plain, late, mixed = target("plain"), target("late"), target("mixed")
    connected(src, plain, [[1, 1]])
    connected(src, late, [[1, 1]], delays=3.0)
    connected(src, mixed, [[1, 10]], delays=[[2.0, 4.0]])
    shown = [sl.Monitor(pop, "g_exc") for pop in (plain, late, mixed)]
    sl.compile()
    sl.simulate(9.0)
    expected = ([0, 0, 0, 1, 1, 0, 1, 1, 0], [0, 0, 0, 0, 0, 1, 1, 0, 1], [0, 0, 0, 0, 1, 0, 0, 11, 1])
    for monitor, g in zip(shown, expected, strict=True):
        near(monitor.get("g_exc"), g)


def test_w50_firing_rates() -> None:
    sl.setup(dt=0.5)
    pop = sl.SpikeSourceArray([[1.0, 2.0, 3.0], []])
    pop.compute_firing_rate(4.0)
    shown = sl.Monitor(pop, "r")
    sl.compile()
    sl.simulate(8.0)
    counts = [0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 2, 2, 1, 1, 0, 0]
    found = shown.get("r")
    near(found[:, 0], [250 * c for c in counts])
    near(found[:, 1], [0] * 16)


def test_a_source_may_be_a_target_and_ignores_it() -> None:
    pre, post = sl.SpikeSourceArray([[0, 1, 2, 3]]), sl.SpikeSourceArray([[2]])
    pair = sl.Synapse(
        equations="tau*dx/dt = -x : event-driven",
        parameters="tau = 10.0 : projection",
        pre_spike="g_target += w ; x += 1.0",
        post_spike="w += x",
    )
    proj = connected(pre, post, [[1.0]], synapse=pair)
    spikes = sl.Monitor(post, "spike")
    sl.compile()
    sl.simulate(6.0)
    assert fired(spikes) == {0: [2]}
    # Spikes of steps 0 and 1 arrived in steps 1 and 2, before the variables of those steps were updated.
    near(proj.w[0][0], 1.0 + np.exp(-0.1) + np.exp(-0.2))
    sums = sl.magic_network()._running().sums
    assert [s.tolist() for (_, field), s in sums.items() if field == "g_exc"] == [[0.0]]  # it does not grow


def test_random_trains_arrive_whole() -> None:
    rng = np.random.default_rng(3)
    trains = [np.flatnonzero(rng.random(200) < 0.1).astype(float) for _ in range(300)]
    pop = sl.SpikeSourceArray(trains)
    spikes = sl.Monitor(pop, "spike")
    part = sl.Monitor(pop[10:20], "spike")
    sl.compile()
    sl.simulate(200.0)
    assert fired(spikes) == {rank: train.astype(int).tolist() for rank, train in enumerate(trains)}
    assert sum(map(len, fired(part).values())) == sum(len(t) for t in trains[10:20])


def test_times_beyond_32_bits() -> None:
    sl.setup(dt=0.001)
    pop = sl.SpikeSourceArray([[1e7]])
    sl.compile()
    assert pop.spike_times == [[1e7]]

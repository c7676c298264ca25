"""Worked numbers of spec 05, sections 1 to 3: values by hand and by schedule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.worked.near import connected, near, relay

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

RATES = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])


def recorded(population: Any, steps: int) -> list[float]:
    """Run and read the rates of the first neuron."""
    monitor = sl.Monitor(population, "r")
    sl.simulate(steps * sl.dt())
    rates: list[float] = monitor.get("r")[:, 0].tolist()
    monitor.stop()
    return rates


def test_each_schedule() -> None:
    rows: list[tuple[dict[str, Any], str]] = [
        ({}, "1 2 3 3 3 3 3 3 3 3 3 3 3 3"),
        ({"schedule": 3.0}, "1 1 1 2 2 2 3 3 3 3 3 3 3 3"),
        ({"schedule": [2.0, 4.0, 5.0]}, "0 0 1 1 2 3 3 3 3 3 3 3 3 3"),
        ({"schedule": [1.0, 3.0]}, "0 1 1 2 2 2 2 2 2 2 2 2 2 2"),
        ({"schedule": 2.0, "period": 6.0}, "1 1 2 2 3 3 1 1 2 2 3 3 1 1"),
        ({"schedule": 2.0, "period": 5.0}, "1 1 2 2 3 1 1 2 2 3 1 1 2 2"),
        ({"schedule": 2.0, "period": 8.0}, "1 1 2 2 3 3 3 3 1 1 2 2 3 3"),
        # After the period the last block stays in force until the first is due again.
        ({"schedule": [1.0, 2.0, 3.0], "period": 5.0}, "0 1 2 3 3 3 1 2 3 3 3 1 2 3"),
    ]
    populations = [sl.TimedArray(RATES, **options) for options, _ in rows]
    monitors = [sl.Monitor(p, "r") for p in populations]
    sl.compile()
    for population in populations:
        near(population.r, [0, 0])
    sl.simulate(14.0)
    for monitor, (options, expected) in zip(monitors, rows, strict=True):
        found = monitor.get("r")
        assert found[:, 0].tolist() == [float(n) for n in expected.split()], options
        near(found[:, 1], 10 * found[:, 0])
    sl.reset()
    near(populations[0].r, [0, 0])
    sl.simulate(6.0)
    assert monitors[0].get("r")[:, 0].tolist() == [1, 2, 3, 3, 3, 3]


def test_a_step_that_decimals_do_not_hit() -> None:
    sl.setup(dt=0.1)
    slow = sl.TimedArray(RATES, schedule=0.3, period=1.2)
    many = sl.TimedArray(np.arange(100.0)[:, None])
    listed = sl.TimedArray(np.arange(100.0)[:, None], schedule=list(np.arange(100) * 0.1))
    monitors = [sl.Monitor(p, "r") for p in (slow, many, listed)]
    sl.compile()
    near(slow.schedule, [0.0, 0.3, 0.6])
    assert slow.schedule.tolist() == [0.0, 0.3, 0.6] and slow.period == 1.2
    sl.simulate(15.0)
    found = monitors[0].get("r")[:, 0]
    assert found[:24].tolist() == ([1.0] * 3 + [2.0] * 3 + [3.0] * 6) * 2
    for monitor in monitors[1:]:
        assert monitor.get("r")[:, 0].tolist() == [*range(100), *[99] * 50]


def test_what_others_receive_is_one_step_late() -> None:
    source, post = sl.TimedArray(RATES[:, :1]), relay("post")
    connected(source, post, [[1.0]])
    shown = [sl.Monitor(p, "r") for p in (source, post)]
    sl.compile()
    sl.simulate(5.0)
    near(shown[0].get("r"), [1, 2, 3, 3, 3])
    near(shown[1].get("r"), [0, 1, 2, 3, 3])


def test_new_values_take_effect_by_the_clock_as_it_is() -> None:
    pop = sl.TimedArray(RATES, schedule=2.0)
    sl.compile()
    assert recorded(pop, 3) == [1, 1, 2]
    pop.rates = (10 * RATES).tolist()  # any sequence
    assert recorded(pop, 3) == [20, 30, 30]
    pop.schedule = [0.0, 7.0, 8.0]
    assert recorded(pop, 3) == [10, 20, 30]  # steps 6, 7, 8
    pop.period = 10.0
    assert recorded(pop, 3) == [30, 10, 10]
    pop.period = 3.0  # the clock stands at 2; blocks at 7 and 8 are never shown now
    assert recorded(pop, 4) == [10, 10, 10, 10]
    near(pop.rates, 10 * RATES)
    pop.reset()
    assert (pop.schedule.tolist(), pop.period, pop.r.tolist()) == ([0, 7, 8], 3.0, [0, 0])
    assert recorded(pop, 2) == [10, 10]  # the values set last, not those of the constructor


def test_a_schedule_that_was_passed_never_gets_stuck() -> None:
    pop = sl.TimedArray(RATES, schedule=[20.0, 30.0, 40.0])
    sl.compile()
    assert recorded(pop, 10) == [0] * 10
    pop.schedule = [2.0, 4.0, 12.0]
    assert recorded(pop, 4) == [2, 2, 3, 3]


def test_update() -> None:
    pop = sl.TimedArray(RATES, schedule=2.0, period=6.0)
    pop.update(RATES + 0.5, schedule=None, period=None)  # before compile()
    sl.compile()
    assert recorded(pop, 3) == [1.5, 1.5, 2.5]
    pop.update(RATES)
    assert pop.r.tolist() == [0, 0] and pop.period == -1.0 and pop.schedule.tolist() == [0, 1, 2]
    assert recorded(pop, 4) == [1, 2, 3, 3]
    pop.update([[7.0, 7.0]] * 9, reset=False)
    assert pop.r.tolist() == [3, 30]
    assert recorded(pop, 1) == [7]
    pop.reset()
    assert recorded(pop, 1) == [7]


def test_a_disabled_population_stands_still() -> None:
    pop = sl.TimedArray(RATES)
    sl.compile()
    assert recorded(pop, 1) == [1]
    pop.disable()
    sl.set_time(100.0)
    assert recorded(pop, 3) == [1, 1, 1]
    pop.enable()
    sl.set_time(0.0)  # the network's clock is not that of the population
    assert recorded(pop, 3) == [2, 3, 3]


def test_geometry_views_and_no_data() -> None:
    rates = np.arange(12.0).reshape(2, 2, 3)
    grid = sl.TimedArray(rates, schedule=[0.0, 1.0], name="grid")
    flat = sl.TimedArray(rates.reshape(2, 6).tolist(), geometry=(2, 3))
    silent = sl.TimedArray(geometry=(2, 2))
    view = sl.Monitor(grid[0, :], "r")
    sl.compile()
    sl.simulate(2.0)
    near(grid.r, rates[1])
    near(flat.r, rates[1])
    near(view.get("r"), rates[:, 0])
    assert grid.geometry == flat.geometry == (2, 3) and grid.rates.shape == (2, 2, 3)
    assert silent.rates is None and silent.schedule.tolist() == [] and silent.r.tolist() == [[0, 0], [0, 0]]
    assert (grid.parameters, grid.variables, grid.init["r"].tolist()) == ([], ["r"], [[0] * 3] * 2)
    silent.update(np.ones((4, 2, 2)), schedule=[2.0, 3.0, 4.0, 9.0], reset=False)
    sl.simulate(1.0)
    near(silent.r, np.ones((2, 2)))  # its clock had gone on


def test_input_array() -> None:
    pop, post = sl.InputArray((2, 2), name="given"), relay("post", 4)
    sl.Projection(pop, post, "exc").connect_one_to_one(2.0)
    pop.r = [[1.0, 2.0], [3.0, 4.0]]
    shown = sl.Monitor(pop, "r")
    build = sl.compile()
    assert not any(
        "InputArray" in text for text in build.sources.values()
    )  # nothing to compute, nothing to compile
    sl.simulate(2.0)
    near(post.r, [2, 4, 6, 8])
    pop.r = 7.0
    pop[0, :].r = [5.0, 6.0]
    sl.simulate(2.0)
    near(post.r, [10, 12, 14, 14])
    near(shown.get("r"), [[1, 2, 3, 4]] * 2 + [[5, 6, 7, 7]] * 2)
    pop.r = sl.Uniform(0.0, 1.0)
    assert 0 < pop.r.min() < pop.r.max() < 1 and pop.variables == ["r"] and pop.parameters == []
    pop.reset()
    near(pop.r, [[1, 2], [3, 4]])


def test_sizes_and_schedules_are_data() -> None:
    def network(size: int, schedule: Any, period: float) -> dict[str, str]:
        net = sl.Network(dt=1.0, seed=1)
        net.create(sl.TimedArray(np.ones((3, size)), schedule=schedule, period=period))
        net.create(sl.SpikeSourceArray([[1.0]] * size))
        return net.sources()

    assert network(2, 1.0, -1.0) == network(5, [0.0, 3.0, 4.0], 7.0)


def test_two_networks() -> None:
    nets = [sl.Network(dt=dt, seed=1) for dt in (1.0, 0.5)]
    pops = [net.create(sl.TimedArray(RATES, schedule=1.0)) for net in nets]
    assert [p.name for p in pops] == ["pop0", "pop0"] and sl.populations() == []
    shown = [net.monitor(p, "r") for net, p in zip(nets, pops, strict=True)]
    for net in nets:
        net.compile()
        net.simulate(2.0)
    assert shown[0].get("r")[:, 0].tolist() == [1, 2]
    assert shown[1].get("r")[:, 0].tolist() == [1, 1, 2, 2]


def test_single_precision() -> None:
    sl.setup(precision="float")
    pop = sl.TimedArray(RATES / 3)
    sl.compile()
    sl.simulate(2.0)
    np.testing.assert_allclose(pop.r, RATES[1] / 3, rtol=1e-6)

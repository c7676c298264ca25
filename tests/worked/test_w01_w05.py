"""Worked cases of spec 02 on time and delays: W01 to W05."""

from __future__ import annotations

import pytest

import synloom as sl
from synloom.errors import SynloomError
from tests.worked.near import connected, counting, near, relay, step_by_step

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def test_w01_clock() -> None:
    clock = sl.Population(1, sl.Neuron(equations="r = t ; q = dt"))
    shown = sl.Monitor(clock, ["r", "q"])
    sl.compile()
    assert (sl.get_time(), sl.get_current_step()) == (0.0, 0)
    sl.simulate(6.0)
    assert (sl.get_time(), sl.get_current_step()) == (6.0, 6)
    recorded = shown.get()
    near(recorded["r"], [0, 1, 2, 3, 4, 5])
    near(recorded["q"], [1] * 6)
    assert shown.times("r")["r"] == {"start": [0], "stop": [6]}


def test_w01_clock_with_half_millisecond_steps() -> None:
    sl.setup(dt=0.5)
    clock = sl.Population(1, sl.Neuron(equations="r = t ; q = dt"))
    shown = sl.Monitor(clock, ["r", "q"])
    sl.compile()
    sl.simulate(1.5)
    assert (sl.get_time(), sl.get_current_step()) == (1.5, 3)
    near(shown.get("r"), [0, 0.5, 1.0])


def test_w02_to_w04_delays() -> None:
    src = counting("src")
    direct, late, mixed = relay("direct"), relay("late"), relay("mixed")
    connected(src, direct, [[1, 1]])
    connected(src, late, [[1, 1]], delays=3.0)
    connected(src, mixed, [[1, 1]], delays=[[1.0, 3.0]])
    monitors = {pop.name: sl.Monitor(pop, ["r", "sum(exc)"]) for pop in (direct, late, mixed)}
    emitted = sl.Monitor(src, "r")
    sl.compile()
    sl.simulate(6.0)
    near(emitted.get("r"), [[1, 11], [2, 12], [3, 13], [4, 14], [5, 15], [6, 16]])
    expected = {
        "direct": [0, 12, 14, 16, 18, 20],
        "late": [0, 0, 0, 12, 14, 16],
        "mixed": [0, 1, 2, 14, 16, 18],
    }
    for name, monitor in monitors.items():
        recorded = monitor.get()
        near(recorded["r"], expected[name])
        near(recorded["sum(exc)"], expected[name])


def test_w05_initial_queue_and_rounding() -> None:
    a = sl.Population(1, sl.Neuron(equations="r = 7.0 + t : init = 5.0"), name="a")
    expected = {
        0.0: [5, 7, 8, 9, 10],
        0.3: [5, 7, 8, 9, 10],
        1.4: [5, 7, 8, 9, 10],
        1.5: [5, 5, 7, 8, 9],
        2.5: [5, 5, 5, 7, 8],
        2.6: [5, 5, 5, 7, 8],
        3.0: [5, 5, 5, 7, 8],
    }
    monitors = {}
    for i, delay in enumerate(expected):
        post = relay(f"post{i}")
        sl.Projection(a, post, "exc").connect_one_to_one(1.0, delays=delay)
        monitors[delay] = sl.Monitor(post, "r")
    sl.compile()
    sl.simulate(5.0)
    for delay, values in expected.items():
        near(monitors[delay].get("r"), values)


def test_w05_rounding_per_synapse() -> None:
    a = sl.Population(2, sl.Neuron(equations="r = 7.0 + t : init = 5.0"), name="a")
    post = relay("post", 2)
    each = connected(a, post, [[1.0, None], [None, 1.0]], delays=[[0.3, 1.0], [1.0, 3.5]])
    shown = sl.Monitor(post, "r")
    sl.compile()
    assert each.delay == [[1.0], [4.0]]
    sl.simulate(5.0)
    near(shown.get("r"), [[5, 5], [7, 5], [8, 5], [9, 5], [10, 7]])


def test_w05_value_changed_from_python_enters_the_queue_when_pushed() -> None:
    a = sl.Population(1, sl.Neuron(parameters="x = 1.0", equations="r = x"), name="a")
    post = relay("post")
    sl.Projection(a, post, "exc").connect_one_to_one(1.0, delays=3.0)
    shown = sl.Monitor(post, "r")
    sl.compile()
    sl.simulate(3.0)
    a.x = 5.0
    sl.simulate(5.0)
    near(shown.get("r"), [0, 0, 0, 1, 1, 1, 5, 5])


def test_delays_in_steps_of_a_tenth_of_a_millisecond() -> None:
    """Section 4.1: 0.3/0.1 and 0.7/0.1 are a little below three and seven, 0.25/0.1 is half way and goes up."""
    sl.setup(dt=0.1)
    a = sl.Population(1, sl.Neuron(equations="c += 1.0 ; r = c"), name="a")
    steps = {0.1: 1, 0.3: 3, 0.7: 7, 0.25: 3, 0.24: 2, 0.04: 1}
    received = {}
    for i, delay in enumerate(steps):
        received[delay] = relay(f"post{i}")
        projection = sl.Projection(a, received[delay], "exc")
        projection.connect_one_to_one(1.0, delays=delay)
    sl.compile()
    sl.simulate(1.0)
    assert {delay: 10 - post.r[0] for delay, post in received.items()} == steps


def test_negative_delays_are_an_error() -> None:
    a, post = counting("a"), relay("post")
    with pytest.raises(SynloomError, match="delay"):
        sl.Projection(a, post, "exc").connect_all_to_all(1.0, delays=-1.0)


def test_delayed_values_of_a_population_that_also_sends_directly() -> None:
    """One population feeds projections of every kind of delay; after ``reset()`` all start again."""
    src, post = counting("src"), relay("post")
    connected(src, post, [[1, 0]])
    connected(src, post, [[100, 0]], delays=2.0)
    connected(src, post, [[10000, 1000000]], delays=[[3.0, 4.0]])
    sl.compile()
    expected = [0, 1, 102, 10203, 11020304, 12030405]
    first = step_by_step(6, lambda: float(post.r[0]))
    # initial values are 0 for r, so what is not yet there counts nothing
    near(first, expected)
    sl.reset()
    near(step_by_step(6, lambda: float(post.r[0])), expected)

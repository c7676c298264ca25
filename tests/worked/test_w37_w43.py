"""Worked cases of spec 02 on learning, recording times and reset, rate-coded: W37, W38, W42, W43, W47."""

from __future__ import annotations

from typing import Any

import pytest

import synloom as sl
from synloom.errors import SynloomError
from tests.worked.near import connected, counting, near, relay, step_by_step

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

COUNTER = "k += 1.0 ; m = t ; dq/dt = 1.0"


def flags(projection: Any) -> tuple[bool, bool, bool]:
    return projection.transmission, projection.update, projection.plasticity


def learner(name: str = "learner", equations: str = COUNTER) -> Any:
    """One synapse that changes in every step, between two neurons."""
    pre, post = counting(f"pre of {name}", [0.0]), relay(f"post of {name}")
    return connected(pre, post, [[1.0]], synapse=sl.Synapse(equations=equations), name=name)


def test_w37_flags_of_learning() -> None:
    projection = learner()
    sl.compile()
    assert flags(projection) == (True, True, True)
    projection.disable_learning()
    assert flags(projection) == (True, False, True)
    projection.enable_learning()
    assert flags(projection) == (True, True, True)
    sl.disable_learning()
    assert flags(projection) == (True, False, True)
    sl.enable_learning([projection])
    assert flags(projection) == (True, True, True)


def test_w37_what_the_flags_freeze() -> None:
    pre, post = counting("pre", [0.0]), relay("post")
    rule = sl.Synapse(equations="k += 1.0 ; dw/dt = 1.0 ; after = w")
    default, no_update, no_plasticity, silent = (
        connected(pre, post, [[1.0]], synapse=rule, name=name)
        for name in ("default", "no_update", "no_plasticity", "silent")
    )
    sl.compile()
    no_update.update = False
    no_plasticity.plasticity = False
    silent.transmission = False
    near(step_by_step(3, lambda: post.r[0]), [0, 1 * 2 + 1 + 1, 2 * 3 + 2 + 2])
    near([p.w[0][0] for p in (default, no_update, no_plasticity, silent)], [4, 1, 1, 1])
    near([p.k[0][0] for p in (default, no_update, no_plasticity, silent)], [3, 0, 3, 0])
    near([p.after[0][0] for p in (default, no_update, no_plasticity, silent)], [4, 0, 1, 0])
    silent.transmission = True
    near(step_by_step(1, lambda: post.r[0]), [3 * 4 + 3 + 3 + 3])


def test_w38_periodic_learning() -> None:
    whole, late = learner("whole"), learner("late")
    sl.compile()
    whole.enable_learning(period=3.0)
    late.enable_learning(period=3.0, offset=1.0)
    read = ("k", "q", "m")
    steps = step_by_step(8, lambda: [getattr(whole, name)[0][0] for name in read] + [late.k[0][0]])
    near([s[0] for s in steps], [1, 1, 1, 2, 2, 2, 3, 3])
    near([s[1] for s in steps], [3, 3, 3, 6, 6, 6, 9, 9])
    near([s[2] for s in steps], [0, 0, 0, 3, 3, 3, 6, 6])
    near([s[3] for s in steps], [0, 1, 1, 1, 2, 2, 2, 3])


def test_w38_offsets_count_from_the_call() -> None:
    sl.setup(dt=0.5)
    options: dict[str, dict[str, float]] = {
        "later": {"offset": 2.5},
        "at once": {},
        "before the end": {"offset": -0.5},
    }
    learners = {name: learner(name) for name in options}
    sl.compile()
    sl.simulate(6.0)
    for name, option in options.items():
        learners[name].enable_learning(period=5.0, **option)

    def updated() -> dict[str, float]:
        return {name: p.k[0][0] for name, p in learners.items()}

    times: dict[str, list[float]] = {name: [] for name in options}
    before = updated()
    while sl.get_time() <= 17.5:
        now = sl.get_time()
        sl.step()
        for name, count in updated().items():
            if count != before[name]:
                times[name].append(now)
        before = updated()
    assert times == {
        "later": [8.5, 13.5],
        "at once": [6.0, 11.0, 16.0],
        "before the end": [10.5, 15.5],
    }


def test_learning_periods_that_make_no_sense_are_errors() -> None:
    projection = learner()
    sl.compile()
    with pytest.raises(SynloomError, match="offset"):
        projection.enable_learning(period=3.0, offset=3.0)
    with pytest.raises(SynloomError, match="period"):
        projection.enable_learning(offset=1.0)


def test_inside_a_learning_period_dt_stays_the_step() -> None:
    projection = learner(equations="a = dt ; dq/dt = dt ; dw/dt = 1.0 - w : exponential")
    sl.compile()
    projection.enable_learning(period=4.0)
    sl.step()
    near([projection.a[0][0], projection.q[0][0], projection.w[0][0]], [1.0, 4.0, 1.0])
    projection.w = 0.0
    sl.simulate(4.0)
    near(projection.w[0][0], 1 - 0.01831563888873418)


def test_w42_recording_times() -> None:
    sl.setup(dt=0.5)
    clock = sl.Population(1, sl.Neuron(equations="q = t ; r = q"), name="clock")
    plain = sl.Monitor(clock, "q", period=1.5)
    shifted = sl.Monitor(clock, "q", period=1.5, period_offset=1.0)
    paused = sl.Monitor(clock, "q", start=False)
    sl.compile()
    sl.simulate(4.0)
    near(plain.get("q"), [0, 1.5, 3.0])
    near(shifted.get("q"), [1.0, 2.5])
    paused.start()
    sl.simulate(1.0)
    paused.pause()
    sl.simulate(1.0)
    paused.resume()
    sl.step()
    near(paused.get("q"), [4.0, 4.5, 6.0])
    assert paused.times("q")["q"] == {"start": [8, 12], "stop": [10, 13]}


def test_w42_monitor_made_while_running_counts_from_then() -> None:
    sl.setup(dt=0.1)
    clock = sl.Population(1, sl.Neuron(equations="q = t ; r = q"), name="clock")
    sl.compile()
    sl.simulate(0.5)
    late = sl.Monitor(clock, "q", period=0.2)
    sl.simulate(0.6)
    near(late.get("q"), [0.5, 0.7, 0.9])
    assert late.times("q")["q"] == {"start": [5], "stop": [11]}


def test_w47_conversions_of_monitor_period_and_durations() -> None:
    sl.setup(dt=0.1)
    clock = sl.Population(1, sl.Neuron(equations="q = t ; r = q"), name="clock")
    shown = sl.Monitor(clock, "q", period=0.3)
    sl.compile()
    sl.simulate(0.3)
    assert sl.get_current_step() == 3
    sl.simulate(0.65)
    assert sl.get_current_step() == 10
    near(shown.get("q"), [0, 0.3, 0.6, 0.9])
    sl.set_time(0.3)
    assert sl.get_current_step() == 3
    sl.simulate(0.0)
    assert sl.get_current_step() == 3


def test_w43_reset() -> None:
    pop = sl.Population(2, sl.Neuron(parameters="k = 1.0", equations="c += k : init=3.0 ; r = c"), name="pop")
    projection = sl.Projection(pop, pop, "exc", sl.Synapse(equations="n += 1.0 : init=2.0 ; w += 1.0"))
    projection.connect_all_to_all(1.0)
    shown = sl.Monitor(pop, "c")
    sl.compile()
    sl.simulate(13.0)
    near(pop.c, [16, 16])
    near(projection.n, [[15], [15]])
    near(projection.w, [[14], [14]])
    sl.reset()
    assert sl.get_time() == 0.0
    near(pop.c, [3, 3])
    near(pop.r, [0, 0])
    near(projection.n, [[15], [15]])
    near(projection.w, [[14], [14]])
    assert shown.get("c").shape == (0, 2)
    sl.simulate(4.0)
    near(shown.get("c"), [[4, 4], [5, 5], [6, 6], [7, 7]])
    near(projection.w, [[18], [18]])
    sl.reset(projections=True)
    near(projection.n, [[2], [2]])
    near(projection.w, [[18], [18]])
    sl.reset(projections=True, synapses=True)
    near(projection.w, [[1], [1]])
    sl.simulate(1.0)
    near(projection.w, [[2], [2]])


def test_disabled_population_stands_still_and_is_still_heard() -> None:
    """Section 10.3, rate-coded: its last ``r`` is sent on; with a delay, the frozen queue."""
    src = counting("src", [0.0])
    direct, late = relay("direct"), relay("late")
    connected(src, direct, [[1.0]])
    connected(src, late, [[1.0]], delays=3.0)
    receiver = counting("receiver", [0.0])
    learned = connected(src, receiver, [[1.0]], synapse=sl.Synapse(equations="k += 1.0"))
    shown = [sl.Monitor(pop, "r") for pop in (src, direct, late)]
    sl.compile()
    sl.simulate(4.0)
    src.disable()
    receiver.disable()
    assert not src.enabled
    sl.simulate(3.0)
    near([receiver.c[0], learned.k[0][0]], [4, 4])
    src.enable()
    receiver.enable()
    sl.simulate(4.0)
    near(shown[0].get("r"), [1, 2, 3, 4, 4, 4, 4, 5, 6, 7, 8])
    near(shown[1].get("r"), [0, 1, 2, 3, 4, 4, 4, 4, 5, 6, 7])
    near(shown[2].get("r"), [0, 0, 0, 1, 2, 2, 2, 2, 3, 4, 5])
    near([receiver.c[0], learned.k[0][0]], [8, 8])

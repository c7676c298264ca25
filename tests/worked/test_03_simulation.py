"""Spec 03, section 2: one step, runs, the clock, learning."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from typing import Any

import pytest

import synloom as sl

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

CLOCK = sl.Neuron(equations="r = t + 100.0 : init = 0.0")
SUM = sl.Neuron(equations="r = sum(exc)")


# -- 2.1: one step


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        (0.0, [0, 100, 101, 102, 103, 104]),
        (1.0, [0, 100, 101, 102, 103, 104]),
        (2.0, [0, 0, 100, 101, 102, 103]),
        (4.0, [0, 0, 0, 0, 100, 101]),
        ([[3.0]], [0, 0, 0, 100, 101, 102]),
    ],
)
def test_sums_are_those_of_the_delay(delays: Any, expected: list[int]) -> None:
    pre, post = sl.Population(1, CLOCK, name="pre"), sl.Population(1, SUM, name="post")
    link = sl.Projection(pre, post, "exc")
    if isinstance(delays, list):
        link.connect_from_matrix([[1.0]], delays=delays)
    else:
        link.connect_one_to_one(weights=1.0, delays=delays)
    recorded = sl.Monitor(post, "sum(exc)")
    sl.compile(silent=True)
    sl.simulate(6.0)
    assert recorded.get("sum(exc)")[:, 0].tolist() == expected


def test_conductances_are_recorded_before_the_neurons_change_them() -> None:
    sl.setup(dt=0.1)
    cell = sl.Neuron(
        equations="dg_exc/dt = -g_exc : explicit\nv = g_exc", spike="v > 1000.0", reset="v = 0.0"
    )
    source = sl.SpikeSourceArray([[0.1]], name="source")
    post = sl.Population(1, cell, name="post")
    sl.Projection(source, post, "exc").connect_one_to_one(weights=1.0)
    monitor = sl.Monitor(post, "g_exc")
    sl.compile(silent=True)
    seen = []
    for _ in range(5):
        sl.step()
        seen.append(round(float(post.g_exc[0]), 6))
    recorded = [round(float(g), 6) for g in monitor.get("g_exc")[:, 0]]
    assert recorded == [0.0, 0.0, 1.0, 0.9, 0.81]
    assert seen == [0.0, 0.0, 0.9, 0.81, 0.729]


def test_the_first_sample_of_the_time_is_zero() -> None:
    pop = sl.Population(1, sl.Neuron(equations="r = t"), name="p")
    monitor = sl.Monitor(pop, "r")
    sl.compile(silent=True)
    sl.simulate(3.0)
    assert monitor.get("r")[:, 0].tolist() == [0.0, 1.0, 2.0]


# -- 2.2: simulate


def test_time_is_measured_and_the_network_named(capsys: pytest.CaptureFixture[str]) -> None:
    pop = sl.Population(1, CLOCK)
    net = sl.Network()
    net.add(pop)
    for one in (sl.magic_network(), net):
        one.compile(silent=True)
        one.simulate(20.0, measure_time=True)
    first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Simulating 0\.02 s took \d+\.\d{4} s\.", first)
    assert re.fullmatch(rf"Simulating 0\.02 s \(network {net.id}\) took \d+\.\d{{4}} s\.", second)


def test_a_bar_is_shown_from_1000_steps_on(capsys: pytest.CaptureFixture[str]) -> None:
    sl.Population(1, CLOCK)
    sl.compile(silent=True)
    sl.simulate(999.0, progress_bar=True)
    assert capsys.readouterr().err == ""
    sl.simulate(1000.0, progress_bar=True)
    assert "1000" in capsys.readouterr().err
    assert sl.get_current_step() == 1999


def test_both_ways_to_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pop = sl.Population(100, CLOCK)
    sl.Monitor(pop, "r")
    sl.compile(silent=True)
    sl.simulate(5.0, False, False, True, 0)
    sl.simulate(duration=5.0, show_monitor_memory_estimate=True)
    assert "Monitors will record" in capsys.readouterr().out
    assert sl.get_time() == 10.0


@pytest.mark.parametrize("duration", [float("nan"), float("inf")])
def test_durations_are_finite(duration: float) -> None:
    sl.Population(1, CLOCK)
    sl.compile(silent=True)
    with pytest.raises(sl.ConfigurationError, match="A duration must be a finite number of ms"):
        sl.simulate(duration)
    assert sl.get_current_step() == 0


INTERRUPTED = """
import os, signal, threading, time
import synloom as sl
sl.setup(suppress_warnings=True)
sl.Population(1000, sl.Neuron(equations="r = r + cos(t)"))
sl.Monitor(sl.populations()[0], "r", period=1e6)
sl.compile(silent=True)
threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
try:
    {call}
except KeyboardInterrupt:
    step = sl.get_current_step()
    sl.step()
    print("interrupted", 0 < step, sl.get_current_step() - step)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("call", ["sl.simulate(1e12)", "sl.simulate_until(1e12, [])"])
def test_ctrl_c_stops_between_batches(call: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(call=call)], capture_output=True, text=True, timeout=120
    )
    assert done.stdout == "interrupted True 1\n", done.stderr


def test_other_threads_run_meanwhile() -> None:
    """The lock of the interpreter is released while the network runs."""
    pop = sl.Population(200_000, sl.Neuron(equations="r = r + cos(r + t) * sin(t + r)"))
    sl.compile(silent=True)
    ticks, end = [], threading.Event()

    def tick() -> None:
        while not end.wait(0.001):
            ticks.append(sl.get_current_step())

    thread = threading.Thread(target=tick)
    thread.start()
    sl.simulate(100.0)
    end.set()
    thread.join()
    assert len(set(ticks)) > 5 and pop.r.size == 200_000


# -- 2.3: simulate_until (the rest is in test_w44.py)


def test_the_time_that_passed_is_in_ms() -> None:
    sl.setup(dt=0.5)
    sl.Population(1, sl.Neuron(equations="r = t"), name="p", stop_condition="r >= 2.0")
    sl.compile(silent=True)
    assert sl.simulate_until(100.0, sl.get_population("p")) == 2.5
    assert sl.simulate_until(max_duration=1.0, populations=[sl.get_population("p")]) == 0.5


def test_originals_are_taken_for_their_copies() -> None:
    pop = sl.Population(1, sl.Neuron(equations="r = t"), name="p", stop_condition="r >= 2.0")
    net = sl.Network(everything=True)
    net.compile(silent=True)
    assert net.simulate_until(100.0, pop) == 3.0
    net.reset()
    assert net.simulate_until(100.0, [net.get(pop)]) == 3.0
    other = sl.Network()
    stranger = sl.Population(1, CLOCK, network=other, stop_condition="r > 1.0")
    with pytest.raises(sl.ConfigurationError):
        net.simulate_until(100.0, stranger)


# -- 2.4, 2.5: step and clock


def test_before_compile_the_clock_stands(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False, dt=0.5)
    sl.Population(1, CLOCK)
    assert (sl.dt(), sl.get_time(), sl.get_current_step()) == (0.5, 0.0, 0)
    sl.set_time(3.0)
    sl.set_current_step(3)
    assert (sl.get_time(), sl.get_current_step()) == (0.0, 0)
    assert capsys.readouterr().out.count("WARNING: the clock can only be set after compile().") == 2
    for call in (sl.step, lambda: sl.simulate(1.0), lambda: sl.simulate_until(1.0, []), sl.reset):
        with pytest.raises(sl.NotCompiledError):
            call()


def test_the_clock_moves_and_nothing_else() -> None:
    sl.setup(dt=0.5)
    pop = sl.Population(1, sl.Neuron(equations="r = t"))
    sl.compile(silent=True)
    sl.step()
    sl.set_time(10.0)
    assert (pop.r.tolist(), sl.get_time(), sl.get_current_step()) == ([0.0], 10.0, 20)
    sl.step()
    assert pop.r.tolist() == [10.0]
    sl.set_current_step(7)
    assert sl.get_time() == 3.5


@pytest.mark.parametrize(
    "call",
    [
        lambda: sl.get_time(net_id=99),
        lambda: sl.set_time(1.0, net_id=99),
        lambda: sl.get_current_step(net_id=99),
        lambda: sl.simulate(1.0, net_id=99),
        lambda: sl.populations(net_id=99),
        lambda: sl.compile(net_id=99),
    ],
)
def test_numbers_of_networks_that_there_are_not(call: Any) -> None:
    with pytest.raises(sl.ConfigurationError, match="There is no network with id 99"):
        call()


# -- 2.6: learning


def learning() -> tuple[sl.Projection, sl.Projection]:
    pop = sl.Population(1, CLOCK, name="p")
    grow = sl.Synapse(equations="w += 1.0")
    links = [sl.Projection(pop, pop, target, grow, name=target) for target in ("exc", "inh")]
    for link in links:
        link.connect_one_to_one(weights=0.0)
    return links[0], links[1]


def weight(link: sl.Projection) -> float:
    return float(link.dendrite(0).w[0])


def test_learning_of_all_or_of_some() -> None:
    one, two = learning()
    sl.compile(silent=True)
    sl.simulate(2.0)
    assert (weight(one), weight(two)) == (2.0, 2.0)
    sl.disable_learning([one])
    sl.simulate(2.0)
    assert (weight(one), weight(two)) == (2.0, 4.0)
    sl.disable_learning()
    sl.simulate(2.0)
    assert (weight(one), weight(two)) == (2.0, 4.0)
    sl.enable_learning([])  # all
    sl.simulate(1.0)
    assert (weight(one), weight(two)) == (3.0, 5.0)
    sl.enable_learning(period=3.0, offset=1.0)
    sl.simulate(6.0)
    assert (weight(one), weight(two)) == (5.0, 7.0)


@pytest.mark.parametrize(
    "arguments", [{"offset": 1.0}, {"period": 2.0, "offset": 2.0}, {"period": 2.0, "offset": 5.0}]
)
def test_offsets_are_within_their_period(arguments: dict[str, float]) -> None:
    learning()
    sl.compile(silent=True)
    with pytest.raises(sl.ConfigurationError, match="offset"):
        sl.enable_learning(**arguments)


def test_learning_before_compile_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    one, _ = learning()
    sl.disable_learning()
    assert "WARNING: learning can only be switched after compile()." in capsys.readouterr().out
    sl.compile(silent=True)
    sl.step()
    assert weight(one) == 1.0


def test_offset_beyond_the_period_is_modulo() -> None:
    """1500 with a period of 1000 is 500."""
    sl.Population(1, CLOCK)
    sl.compile(silent=True)
    calls: list[float] = []
    sl.every(10.0, offset=15.0)(lambda n: calls.append(sl.get_time()))
    sl.simulate(30.0)
    assert calls == [5.0, 15.0, 25.0]

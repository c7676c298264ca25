"""Functions that are called while a network runs (spec 02, W41; spec 03, section 2.7)."""

from __future__ import annotations

from typing import Any

import pytest

import synloom as sl

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def network(dt: float = 0.5) -> sl.Network:
    sl.clear()
    sl.setup(dt=dt)
    sl.Population(1, sl.Neuron(equations="c += 1.0 : init = 3.0 ; r = c"), name="pop")
    sl.compile()
    return sl.magic_network()


def called(**times: float) -> list[tuple[int, float]]:
    calls: list[tuple[int, float]] = []

    @sl.every(**times)
    def note(n: int) -> None:
        calls.append((n, sl.get_time()))

    return calls


W41 = {
    "period": ({"period": 2.0}, [(0, 0.0), (1, 2.0)]),
    "negative": ({"period": 2.0, "offset": -0.5}, [(0, 1.5), (1, 3.5)]),
    "wait": ({"period": 2.0, "wait": 1.0}, [(0, 1.0), (1, 3.0)]),
    "beyond": ({"period": 2.0, "offset": 3.0}, [(0, 1.0), (1, 3.0)]),
    "no wait": ({"period": 2.0, "wait": -4.0}, [(0, 0.0), (1, 2.0)]),
    "each step": ({"period": 0.1}, [(n, n * 0.5) for n in range(8)]),
    "never": ({"period": 2.0, "wait": 4.0}, []),
}


@pytest.mark.parametrize("case", W41)
def test_w41(case: str) -> None:
    network()
    times, expected = W41[case]
    calls = called(**times)
    sl.simulate(4.0)
    assert calls == expected
    assert sl.get_time() == 4.0


def test_w41_what_is_read_and_where_times_begin() -> None:
    net = network()
    seen = []

    @sl.every(2.0)
    def note(n: int) -> None:
        seen.append((n, sl.get_time(), net.populations[0].c[0]))

    sl.simulate(4.0)
    assert seen == [(0, 0.0, 3.0), (1, 2.0, 7.0)]
    sl.set_time(5.0)
    sl.simulate(1.0)
    assert seen[2][:2] == (0, 5.0)


def test_the_times_of_the_manual() -> None:
    network()
    calls = [
        called(period=10.0),
        called(period=10.0, offset=-2.0),
        called(period=10.0, offset=3.0, wait=20.0),
    ]
    sl.simulate(31.0)
    assert [[t for _, t in c] for c in calls] == [[0.0, 10.0, 20.0, 30.0], [8.0, 18.0, 28.0], [23.0]]
    sl.simulate(31.0)
    assert [t for _, t in calls[0][4:]] == [31.0, 41.0, 51.0, 61.0]


def test_the_number_of_steps_is_the_same_with_and_without() -> None:
    network()
    sl.simulate(2.3)
    assert sl.get_time() == 2.5
    called(period=1.0)
    sl.simulate(2.3)
    assert sl.get_time() == 5.0


def test_order_is_that_of_registration() -> None:
    network()
    calls: list[str] = []
    for name, period in (("a", 2.0), ("b", 1.0), ("c", 2.0)):
        sl.every(period)(lambda n, name=name: calls.append(name))
    sl.simulate(3.0)
    assert calls == ["a", "b", "c", "b", "a", "b", "c"]


def test_switches() -> None:
    net = network()
    calls = called(period=2.0)
    assert sl.callbacks_enabled()
    sl.disable_callbacks()
    assert not net.callbacks_enabled()
    sl.simulate(4.0)
    sl.enable_callbacks()
    sl.simulate(4.0, callbacks=False)
    assert calls == []
    sl.step()
    assert calls == []
    sl.clear_all_callbacks()
    sl.simulate(4.0)
    assert calls == []


def test_the_handle_of_one_function() -> None:
    network()
    calls: list[str] = []

    @sl.every(period=2.0)
    def a(n: int) -> None:
        calls.append(f"a{n}")
        if n == 1:
            b.callback.disable()  # type: ignore[attr-defined]

    @sl.every(period=2.0)
    def b(n: int) -> None:
        calls.append(f"b{n}")

    sl.simulate(6.0)
    assert calls == ["a0", "b0", "a1", "a2"]
    b.callback.enable()  # type: ignore[attr-defined]
    a.callback.remove()  # type: ignore[attr-defined]
    calls.clear()
    sl.simulate(2.0)
    assert calls == ["b0"]
    assert a(7) is None  # still the function itself


def test_an_error_stops_the_run_at_its_step() -> None:
    net = network()

    @sl.every(period=2.0, wait=2.0)
    def fail(n: int) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        sl.simulate(9.0)
    assert sl.get_time() == 2.0
    assert net.populations[0].c[0] == 7.0
    fail.callback.remove()  # type: ignore[attr-defined]
    sl.simulate(1.0)
    assert sl.get_time() == 3.0


def test_simulate_inside_is_refused_and_steps_are_not() -> None:
    network()

    @sl.every(period=2.0)
    def more(n: int) -> None:
        sl.step()

    sl.simulate(2.0)
    assert sl.get_time() == 2.5
    more.callback.remove()  # type: ignore[attr-defined]
    sl.every(period=2.0)(lambda n: sl.simulate(1.0))
    with pytest.raises(sl.ConfigurationError, match="called by a callback of the same network"):
        sl.simulate(2.0)


def test_both_styles_of_arguments() -> None:
    network()
    net = sl.Network(dt=1.0)
    net.create(1, sl.Neuron(equations="r = t"))
    net.compile()
    calls: list[str] = []
    sl.every(net, 2.0)(lambda n: calls.append("first"))
    sl.every(network=net, period=3.0, wait=1.0)(lambda n: calls.append("named"))
    sl.every(net)(lambda n: calls.append("each"))
    sl.every(2.0, 0.0, 0.0, net.id)(lambda n: calls.append("number"))
    net.simulate(2.0)
    assert calls == ["first", "each", "number", "named", "each"]
    sl.simulate(2.0)
    assert len(calls) == 5


WRONG: dict[str, tuple[tuple[Any, ...], dict[str, Any], str]] = {
    "nothing": ((), {}, "every\\(\\) needs a period in ms"),
    "zero": ((0.0,), {}, "the period must be positive, not 0.0"),
    "text": (("2",), {}, "period must be a number of ms, not '2'"),
    "infinite": ((float("inf"),), {}, "period must be a number of ms, not inf"),
    "twice": ((2.0,), {"period": 3.0}, "got its argument 'period' twice"),
    "unknown": ((2.0,), {"delay": 3.0}, "has no argument 'delay'"),
    "many": ((2.0, 0.0, 0.0, 0, 5), {}, "at most 4 arguments, not 5"),
    "no network": ((), {"network": 7, "period": 1.0}, "network must be a Network, not 7"),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistakes(case: str) -> None:
    args, kwargs, message = WRONG[case]
    with pytest.raises(sl.ConfigurationError, match=message):
        sl.every(*args, **kwargs)


def test_periods_between_steps_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    network()
    sl.setup(suppress_warnings=False)
    calls = called(period=1.2)
    assert "WARNING: every(): period 1.2 ms is no multiple of dt, 1.0 ms is used." in capsys.readouterr().out
    sl.simulate(2.0)
    assert [t for _, t in calls] == [0.0, 1.0]


def test_clear_forgets_them() -> None:
    network()
    calls = called(period=1.0)
    network()
    sl.simulate(2.0)
    assert calls == []


@pytest.mark.parametrize("asked", [False, True])
def test_on_the_way_to_a_stop_condition(asked: bool) -> None:
    sl.clear()
    sl.setup(dt=0.5)
    neuron = sl.Neuron(equations="r += 1.0")
    pop = sl.Population(1, neuron, stop_condition="r >= 5.0", name="pop")
    sl.compile()
    calls = called(period=1.0)
    assert sl.simulate_until(10.0, pop, callbacks=asked) == 2.5
    assert calls == ([(0, 0.0), (1, 1.0), (2, 2.0)] if asked else [])

"""Worked case W44 of spec 02: simulate_until; and what spec 03, section 2.3 says of it."""

from __future__ import annotations

from typing import Any

import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from tests.worked.spiking import target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

COUNTER = sl.Neuron(parameters="k = 1.0", equations="c += k : init = 3.0 ; r = c")


def counter(condition: str | None, name: str | None = None, size: int = 1, k: Any = 1.0) -> Any:
    pop = sl.Population(size, COUNTER, name=name, stop_condition=condition)
    pop.k = k
    return pop


def test_w44_it_stops_after_the_step_in_which_the_condition_holds() -> None:
    sl.setup(dt=0.5)
    pop = counter("c > 8.0")
    sl.compile()
    assert sl.simulate_until(100.0, pop) == 3.0
    assert sl.get_time() == 3.0
    assert pop.c.tolist() == [9.0]
    assert sl.simulate_until(100.0, pop) == 0.5  # it holds still: after one more step


@pytest.mark.parametrize(
    ("condition", "expected"), [("spiked : any", 4.0), ("spiked", 4.0), ("spiked : all", 8.0)]
)
def test_w44_spikes(condition: str, expected: float) -> None:
    pop = sl.Population(
        2,
        sl.Neuron(parameters="k = 1.0", equations="v += k", spike="v >= 4.0", reset="v = 0.0"),
        stop_condition=condition,
    )
    pop.k = [1.0, 0.5]
    sl.compile()
    assert sl.simulate_until(100.0, pop) == expected


def test_w44_all_neurons() -> None:
    neuron = sl.Neuron(parameters="k = 1.0", equations="r += k")
    pop = sl.Population(2, neuron, stop_condition="(r > 4.0) and (r < 100) : all")
    pop.k = [1.0, 0.5]
    sl.compile()
    assert sl.simulate_until(100.0, pop) == 9.0


def test_without_success_it_lasts_as_long_as_allowed() -> None:
    sl.setup(dt=0.1)
    pop = counter("c > 1000")
    sl.compile()
    assert sl.simulate_until(0.3, pop) == pytest.approx(0.3, rel=1e-15)
    assert sl.simulate_until(0.25, [pop]) == pytest.approx(0.3, rel=1e-15)  # rounded up, as in simulate()
    assert sl.simulate_until(0.0, pop) == 0.0
    assert sl.get_current_step() == 6


def test_several_populations() -> None:
    slow, fast = counter("c >= 6", k=0.5), counter("c >= 6")
    once = counter("c == 5.0")
    sl.compile()
    assert sl.simulate_until(100.0, [slow, fast]) == 6.0
    sl.reset()
    assert sl.simulate_until(100.0, [slow, fast], operator="or") == 3.0
    sl.reset()
    assert sl.simulate_until(20.0, populations=[once, fast], operator="and") == 20.0  # never in the same step
    sl.reset()
    assert sl.simulate_until(20.0, population=[once, fast], operator="or") == 2.0
    assert sl.simulate_until(2.0, []) == 2.0


def test_a_condition_may_use_all_that_has_a_value() -> None:
    sl.Constant("K", 2.0)
    neuron = sl.Neuron(
        parameters="limit = 3.0 : population",
        equations="v += 1.0 ; n += 1 : int ; b = v > 1.5 : bool",
        spike="v >= 3.0",
        reset="v = 0.0",
        functions="twice(x) = K*x",
    )
    conditions = {
        "twice(v) >= 2*limit - K": 2.0,
        "n == 4": 4.0,
        "b": 2.0,
        "not b and n > 2": 4.0,
        "t >= 5": 5.0,
        "t - t_last > 2 and t_last > 0": 5.0,
        "spiked and n > 3": 6.0,
        "limit > 2 : all": 1.0,
        "ite(n > 6, True, False)": 7.0,
    }
    pops = {text: sl.Population(1, neuron, stop_condition=text) for text in conditions}
    sl.compile()
    found = {}
    for text, pop in pops.items():
        sl.reset()
        found[text] = sl.simulate_until(20.0, pop)
    assert found == conditions


def test_a_constant_may_change_meanwhile() -> None:
    k = sl.Constant("K", 8.0)
    pop = counter("c > K")
    sl.compile()
    k.set(4.0)
    assert sl.simulate_until(100.0, pop) == 2.0


def test_explicit_networks_and_recording(capsys: pytest.CaptureFixture[str]) -> None:
    net = sl.Network(dt=0.5)
    pop = net.create(2, COUNTER, "c >= 6 : all")
    shown = net.monitor(pop, "c")
    net.compile()
    assert net.simulate_until(10.0, pop, measure_time=True) == 1.5
    assert capsys.readouterr().out.startswith(f"Simulating 0.0015 s (network {net.id}) took ")
    assert shown.get("c").tolist() == [[4, 4], [5, 5], [6, 6]]
    assert pop.stop_condition == "c >= 6 : all"


def test_what_is_refused() -> None:
    pop, without = counter("c > 1"), counter(None, "without")
    with pytest.raises(NotCompiledError):
        sl.simulate_until(1.0, pop)
    sl.compile()
    with pytest.raises(ConfigurationError, match='Population "without" has no stop condition'):
        sl.simulate_until(1.0, [pop, without])
    with pytest.raises(ConfigurationError, match="is 'and' or 'or', not 'xor'"):
        sl.simulate_until(1.0, pop, operator="xor")
    for wrong in (None, "pop0", [pop, "x"], 3):
        with pytest.raises(ConfigurationError, match="takes a population or a list of populations"):
            sl.simulate_until(1.0, wrong)  # type: ignore[arg-type]
    other = sl.Network().create(1, COUNTER, "c > 1", name="far")
    with pytest.raises(ConfigurationError, match='Population "far" belongs to another network'):
        sl.simulate_until(1.0, other)
    assert sl.get_current_step() == 0


def test_disabled_populations_have_not_spiked() -> None:
    pop = sl.Population(1, sl.Neuron(equations="v = 1.0", spike="v > 0.0"), stop_condition="spiked")
    target("other")
    sl.compile()
    pop.disable()
    assert sl.simulate_until(5.0, pop) == 5.0
    pop.enable()
    assert sl.simulate_until(5.0, pop) == 1.0

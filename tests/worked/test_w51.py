"""Worked case of spec 02 on constants and functions: W51; and the expression table of spec 01 section 15."""

from __future__ import annotations

import pytest

import synloom as sl
from tests.worked.near import near
from tests.worked.numbers import CONDITIONS, EXPRESSIONS, B, V

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def test_w51_constants_and_functions() -> None:
    k = sl.Constant("K", 3.0)
    k2 = sl.Constant("K2", k * 2)
    adding = sl.Population(1, sl.Neuron(equations="r += K"), name="adding")
    calling = sl.Population(
        1, sl.Neuron(functions="f(x, y) = x*y + K", equations="r += K ; z = f(r, 2.0)"), name="calling"
    )
    hiding = sl.Population(1, sl.Neuron(parameters="K = 10.0", equations="r = K + K2"), name="hiding")
    shown = sl.Monitor(adding, "r"), sl.Monitor(calling, "z"), sl.Monitor(hiding, "r")
    sl.compile()
    sl.simulate(3.0)
    near(shown[0].get("r"), [3, 6, 9])
    near(shown[1].get("z"), [9, 15, 21])
    near(shown[2].get("r"), [16, 16, 16])
    near(calling.f([1, 2], [3, 4]), [6, 11])
    assert k2.value == 6.0


def test_w51_constants_set_before_and_after_compiling() -> None:
    k = sl.Constant("K", 3.0)
    k2 = sl.Constant("K2", k * 2)
    pop = sl.Population(1, sl.Neuron(equations="r += K ; x = K2"), name="pop")
    k.set(4.0)
    sl.compile()
    sl.simulate(2.0)
    near(pop.r, [8])
    k.set(5.0)
    sl.step()
    near(pop.r, [13])
    near(pop.x, [6])
    assert (k.value, k2.value) == (5.0, 6.0)


def test_expressions_of_spec_01_section_15() -> None:
    """Printed there to six decimals."""
    sl.Constant("K", 3.0)
    sl.add_function("logis(x) = 1/(1+exp(-x))")
    texts = [f"e{i} = {expr}" for i, expr in enumerate(EXPRESSIONS)]
    texts += [f"c{i} = if {c}: 1.0 else: 2.0" for i, c in enumerate(CONDITIONS)]
    neuron = sl.Neuron(parameters="v = 0.0 ; b = True", equations="\n".join([*texts, "r = e0"]))
    pop = sl.Population(8, neuron, name="pop")
    pop.v, pop.b = V, B
    sl.compile()
    sl.step()
    found = {expr: pop.get(f"e{i}").tolist() for i, expr in enumerate(EXPRESSIONS)}
    for expr, values in EXPRESSIONS.items():
        assert found[expr] == pytest.approx(values, rel=5e-7, abs=1e-6), expr
    for i, (condition, values) in enumerate(CONDITIONS.items()):
        assert pop.get(f"c{i}").tolist() == [float(v) for v in values.split()], condition

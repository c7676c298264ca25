"""Worked case of spec 02 on constants and functions: W51; and the expression table of spec 01 section 15."""

from __future__ import annotations

import pytest

import synloom as sl
from tests.worked.near import near

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

V = [-2.7, -1.0, -0.3, 0.0, 0.3, 1.0, 2.5, 7.0]
B = [True, False] * 4

EXPRESSIONS = {
    "pos(v)": [0, 0, 0, 0, 0.3, 1, 2.5, 7],
    "neg(v)": [-2.7, -1, -0.3, 0, 0, 0, 0, 0],
    "pos(v-1) + 2*neg(v+1)": [-3.4, 0, 0, 0, 0, 0, 1.5, 6],
    "clip(v,-1.0,1.0)": [-1, -1, -0.3, 0, 0.3, 1, 1, 1],
    "clip(v, 1.0, -1.0)": [1, 1, 1, 1, 1, -1, -1, -1],
    "modulo(v,2)": [0, -1, 0, 0, 0, 1, 0, 1],
    "1+modulo(v,4)": [-1, 0, 1, 1, 1, 2, 3, 4],
    "2*modulo(v,4)": [-4, -2, 0, 0, 0, 2, 4, 6],
    "power(v,3)": [-19.683, -1, -0.027, 0, 0.027, 1, 15.625, 343],
    "v^3": [-19.683, -1, -0.027, 0, 0.027, 1, 15.625, 343],
    "-v^2": [-7.29, -1, -0.09, 0, -0.09, -1, -6.25, -49],
    "2^v^2": [156.497956, 2, 1.06437, 1, 1.06437, 2, 76.109255, 562949953421312],
    "1/2": [0.5] * 8,
    "1/2*v": [x / 2 for x in V],
    "3/4*v": [0.75 * x for x in V],
    "v*3/4": [0.75 * x for x in V],
    "7/2+v": [0.8, 2.5, 3.2, 3.5, 3.8, 4.5, 6, 10.5],
    "2^(-1)": [0.5] * 8,
    "round(v)": [-3, -1, 0, 0, 0, 1, 3, 7],
    "floor(v)": [-3, -1, -1, 0, 0, 1, 2, 7],
    "ceil(v)": [-2, -1, 0, 0, 1, 1, 3, 7],
    "v // 2": [-2, -1, -1, 0, 0, 0, 1, 3],
    "v % 2": [-0.7, -1, -0.3, 0, 0.3, 1, 0.5, 1],
    "sign(v)": [-1, -1, -1, 0, 1, 1, 1, 1],
    "Heaviside(v)": [0, 0, 0, 0.5, 1, 1, 1, 1],
    "log(fabs(v)+1.0)": [1.308333, 0.693147, 0.262364, 0, 0.262364, 0.693147, 1.252763, 2.079442],
    "log10(100.0)": [2] * 8,
    "ln(2.0)": [0.693147] * 8,
    "E": [2.718282] * 8,
    "pi": [3.141593] * 8,
    "max(v,0.5)": [0.5, 0.5, 0.5, 0.5, 0.5, 1, 2.5, 7],
    "min(v,0.5)": [-2.7, -1, -0.3, 0, 0.3, 0.5, 0.5, 0.5],
    "v > 0": [0, 0, 0, 0, 1, 1, 1, 1],
    "logis(v)": [0.062973, 0.268941, 0.425557, 0.5, 0.574443, 0.731059, 0.924142, 0.999089],
    "K*v": [3 * x for x in V],
    "ite(v>0,1.0,ite(v<-1,2.0,3.0))": [2, 3, 3, 3, 1, 1, 1, 1],
    "cos(pi*v)": [-0.587785, -1, 0.587785, 1, 0.587785, -1, 0, -1],
    "atan2(v,1.0)": [-1.216091, -0.785398, -0.291457, 0, 0.291457, 0.785398, 1.19029, 1.428899],
    "if v > 1: if v > 3: 3.0 else: 2.0 else: if v > 0: 1.0 else: 0.0": [0, 0, 0, 0, 1, 1, 2, 3],
}

CONDITIONS = {
    "v > 0": "2 2 2 2 1 1 1 1",
    "(v > 0) and (v < 2)": "2 2 2 2 1 1 2 2",
    "(v < 0) or (v > 2)": "1 1 1 2 2 2 1 1",
    "not(v > 0)": "1 1 1 1 2 2 2 2",
    "not (v > 0)": "1 1 1 1 2 2 2 2",
    "not(b)": "2 1 2 1 2 1 2 1",
    "b": "1 2 1 2 1 2 1 2",
    "b == True": "1 2 1 2 1 2 1 2",
    "(v > 0) and (not(b))": "2 2 2 2 2 1 2 1",
    "v > 0 and v < 2": "2 2 2 2 1 1 2 2",
    "v > 0 or v < -1": "1 2 2 2 1 1 1 1",
    "0 < v < 2": "2 2 2 2 1 1 2 2",
    "v == 1": "2 2 2 2 2 1 2 2",
    "v is 1": "2 2 2 2 2 1 2 2",
    "v != 1": "1 1 1 1 1 2 1 1",
    "v is not 1": "1 1 1 1 1 2 1 1",
    "(v == 1) or (v == 7)": "2 2 2 2 2 1 2 1",
    "(v >= 1) and ((v <= 2) or (v > 5))": "2 2 2 2 2 1 2 1",
}


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

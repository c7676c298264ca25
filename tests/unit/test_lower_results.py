"""What expressions are worth (spec 01, sections 7.1, 8 and 15)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from synloom.codegen.evaluate import evaluate
from synloom.codegen.ir.expr import Expr, Var
from tests.unit.lang_texts import neuron, shared_functions, value

V = [-2.7, -1.0, -0.3, 0.0, 0.3, 1.0, 2.5, 7.0]
B = [True, False, True, False, True, False, True, False]
VALUES: dict[str, Any] = {
    "v": np.array(V),
    "b": np.array(B),
    "K": 3.0,
    "n": np.arange(8),
    "t": 2.0,
    "dt": 0.5,
}
SHARED = shared_functions("logis(x) = 1/(1+exp(-x))")


def lookup(leaf: Expr) -> Any:
    assert isinstance(leaf, Var)
    return VALUES[leaf.name]


def result(text: str) -> list[float]:
    model = neuron(f"r = {text}", "v = 0.0 ; b = False ; n = 0 : int", shared=SHARED, constants={"K"})
    found = evaluate(value(model, "r"), lookup, SHARED)
    return [float(x) for x in np.broadcast_to(found, 8)]


EXPRESSIONS: dict[str, list[float]] = {
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
    "sign(v)": [-1, -1, -1, 0, 1, 1, 1, 1],
    "Heaviside(v)": [0, 0, 0, 0.5, 1, 1, 1, 1],
    "log(fabs(v)+1.0)": [1.308333, 0.693147, 0.262364, 0, 0.262364, 0.693147, 1.252763, 2.079442],
    "log10(100.0)": [2] * 8,
    "ln(2.0)": [0.693147] * 8,
    "E": [2.718282] * 8,
    "pi": [3.141593] * 8,
    "max(v,0.5)": [0.5] * 5 + [1, 2.5, 7],
    "min(v,0.5)": [-2.7, -1, -0.3, 0, 0.3, 0.5, 0.5, 0.5],
    "v > 0": [0, 0, 0, 0, 1, 1, 1, 1],
    "logis(v)": [0.062973, 0.268941, 0.425557, 0.5, 0.574443, 0.731059, 0.924142, 0.999089],
    "K*v": [3 * x for x in V],
    "ite(v>0,1.0,ite(v<-1,2.0,3.0))": [2, 3, 3, 3, 1, 1, 1, 1],
    "cos(pi*v)": [-0.587785, -1, 0.587785, 1, 0.587785, -1, 0, -1],
    "atan2(v,1.0)": [-1.216091, -0.785398, -0.291457, 0, 0.291457, 0.785398, 1.19029, 1.428899],
    # sections 5.3, 7.1 and 8
    "n/2": [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5],
    "-2.7 // 2": [-2] * 8,
    "v % 2": [-0.7, -1, -0.3, 0, 0.3, 1, 0.5, 1],
    "2*modulo(7, 4)": [6] * 8,
    "power(v, 0)": [1] * 8,
    "power(v + 10, -1)": [1 / (x + 10) for x in V],
    "pow(n, 0.5)": [x**0.5 for x in range(8)],
    "(v > 0) + b": [1, 0, 1, 0, 2, 1, 2, 1],
    "True": [1] * 8,
    "max(v, 0, n, 3)": [3, 3, 3, 3, 4, 5, 6, 7],
    "isfinite(1/v) + 2*isnan(0/v)": [1, 1, 1, 2, 1, 1, 1, 1],
    "ite(t >= 1.0, v, b)": V,
    "t - 2*dt": [1] * 8,
    "if v > 1: if v > 3: 3.0 else: 2.0 else: if v > 0: 1.0 else: 0.0": [0, 0, 0, 0, 1, 1, 2, 3],
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expression(text: str) -> None:
    np.testing.assert_allclose(result(text), EXPRESSIONS[text], rtol=2e-6, atol=1e-6)


CONDITIONS: dict[str, str] = {
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
    "v > 0 & v < 2 | b": "1 2 1 2 1 1 1 2",
    "(not (v > 1))": "1 1 1 1 1 1 2 2",
    "True": "1 1 1 1 1 1 1 1",
    "v": "1 1 1 2 1 1 1 1",
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_condition(condition: str) -> None:
    expected = [float(x) for x in CONDITIONS[condition].split()]
    assert result(f"if {condition}: 1.0 else: 2.0") == expected
    assert result(f"ite({condition}, 1.0, 2.0)") == expected

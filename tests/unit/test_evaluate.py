"""Expressions in NumPy: the table of spec 01, section 15, and the rules of section 8."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from synloom.codegen.errors import CodegenError
from synloom.codegen.evaluate import BUILTINS, evaluate
from synloom.codegen.ir.expr import Binary, Call, Cast, Const, Draw, Expr, Gradient, Name, Reduction, Var
from synloom.codegen.ir.types import DType, Scope
from tests.unit.ode_helpers import expr, function

NAN, INF = math.nan, math.inf
V = np.array([-2.7, -1.0, -0.3, 0.0, 0.3, 1.0, 2.5, 7.0])
B = np.array([True, False] * 4)
TYPES = {"b": DType.BOOL, "n": DType.INT}
VALUES = {"v": V, "b": B, "n": np.array([3, 4]), "K": 3.0, "pi": math.pi, "E": math.e}


def lookup(leaf: Expr) -> object:
    assert isinstance(leaf, Var)
    return VALUES[leaf.name]


TABLE: dict[str, Any] = {
    "pos(v)": [0, 0, 0, 0, 0.3, 1, 2.5, 7],
    "neg(v)": [-2.7, -1, -0.3, 0, 0, 0, 0, 0],
    "pos(v-1) + 2*neg(v+1)": [-3.4, 0, 0, 0, 0, 0, 1.5, 6],
    "clip(v,-1.0,1.0)": [-1, -1, -0.3, 0, 0.3, 1, 1, 1],
    "clip(v, 1.0, -1.0)": [1, 1, 1, 1, 1, -1, -1, -1],
    "modulo(v,2)": [0, -1, 0, 0, 0, 1, 0, 1],
    "1+modulo(v,4)": [-1, 0, 1, 1, 1, 2, 3, 4],
    "2*modulo(v,4)": [-4, -2, 0, 0, 0, 2, 4, 6],
    "power(v,3)": [-19.683, -1, -0.027, 0, 0.027, 1, 15.625, 343],
    "v**3": [-19.683, -1, -0.027, 0, 0.027, 1, 15.625, 343],
    "-v**2": [-7.29, -1, -0.09, 0, -0.09, -1, -6.25, -49],
    "2**v**2": [156.497956, 2, 1.06437, 1, 1.06437, 2, 76.109255, 562949953421312],
    "1/2": 0.5,
    "1/2*v": V / 2,
    "3/4*v": 0.75 * V,
    "v*3/4": 0.75 * V,
    "7/2+v": [0.8, 2.5, 3.2, 3.5, 3.8, 4.5, 6, 10.5],
    "2**(-1)": 0.5,
    "round(v)": [-3, -1, 0, 0, 0, 1, 3, 7],
    "floor(v)": [-3, -1, -1, 0, 0, 1, 2, 7],
    "ceil(v)": [-2, -1, 0, 0, 1, 1, 3, 7],
    "v // 2": [-2, -1, -1, 0, 0, 0, 1, 3],
    "sign(v)": [-1, -1, -1, 0, 1, 1, 1, 1],
    "Heaviside(v)": [0, 0, 0, 0.5, 1, 1, 1, 1],
    "ln(abs(v)+1.0)": [1.308333, 0.693147, 0.262364, 0, 0.262364, 0.693147, 1.252763, 2.079442],
    "log10(100.0)": 2,
    "ln(2.0)": 0.693147,
    "E": 2.718282,
    "pi": 3.141593,
    "max(v,0.5)": [0.5] * 5 + [1, 2.5, 7],
    "min(v,0.5)": [-2.7, -1, -0.3, 0, 0.3, 0.5, 0.5, 0.5],
    "v > 0": [0, 0, 0, 0, 1, 1, 1, 1],
    "K*v": 3 * V,
    "1.0 if v>0 else (2.0 if v<-1 else 3.0)": [2, 3, 3, 3, 1, 1, 1, 1],
    "cos(pi*v)": [-0.587785, -1, 0.587785, 1, 0.587785, -1, 0, -1],
    "atan2(v,1.0)": [-1.216091, -0.785398, -0.291457, 0, 0.291457, 0.785398, 1.19029, 1.428899],
    "(3.0 if v > 3 else 2.0) if v > 1 else (1.0 if v > 0 else 0.0)": [0, 0, 0, 0, 1, 1, 2, 3],
    "n/2": [1.5, 2],
}

CONDITIONS = {
    "v > 0": "2 2 2 2 1 1 1 1",
    "(v > 0) and (v < 2)": "2 2 2 2 1 1 2 2",
    "(v < 0) or (v > 2)": "1 1 1 2 2 2 1 1",
    "not (v > 0)": "1 1 1 1 2 2 2 2",
    "not b": "2 1 2 1 2 1 2 1",
    "b": "1 2 1 2 1 2 1 2",
    "b == True": "1 2 1 2 1 2 1 2",
    "(v > 0) and (not b)": "2 2 2 2 2 1 2 1",
    "v > 0 or v < -1": "1 2 2 2 1 1 1 1",
    "0 < v < 2": "2 2 2 2 1 1 2 2",
    "v == 1": "2 2 2 2 2 1 2 2",
    "v != 1": "1 1 1 1 1 2 1 1",
    "(v >= 1) and ((v <= 2) or (v > 5))": "2 2 2 2 2 1 2 1",
}


@pytest.mark.parametrize("text", TABLE)
def test_expressions_give_the_specified_results(text: str) -> None:
    found = evaluate(expr(text, TYPES), lookup)
    np.testing.assert_allclose(found, TABLE[text], rtol=2e-6, atol=1e-12)
    assert np.shape(found) == np.shape(TABLE[text])


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions_give_the_specified_results(text: str) -> None:
    found = evaluate(expr(f"1.0 if {text} else 2.0", TYPES), lookup)
    assert " ".join(f"{x:g}" for x in found) == CONDITIONS[text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("power(2, 0)", 1.0),
        ("power(0, 0)", 1.0),
        ("power(2, -3)", 0.125),
        ("power(2, 0.5)", math.sqrt(2)),
        ("power(0, -1)", INF),
        ("-7.5 % 2", -1.5),
        ("7.5 % -2", 1.5),
        ("modulo(-2.7, 2)", 0.0),
        ("modulo(-1, 2)", -1.0),
        ("modulo(7, -4)", 3.0),
        ("modulo(2.0**53, 3)", 2.0),
        ("1 // 0.1", 10.0),
        ("round(0.5)", 1.0),
        ("round(-0.5)", -1.0),
        ("round(2.5)", 3.0),
        ("round(0.49999999999999994)", 0.0),
        ("round(1.0e300)", 1.0e300),
        ("min(3, 1, 2)", 1.0),
        ("max(3, 1, 4, 2)", 4.0),
        ("isfinite(1/0)", 0.0),
        ("isnan(0/0)", 1.0),
        ("1/0", INF),
        ("-1/0", -INF),
        ("log2(8)", 3.0),
        ("exp(1000)", INF),
        ("asinh(sinh(0.3)) + acosh(cosh(0.3)) + atanh(tanh(0.3))", 0.9),
        ("asin(sin(0.3)) + acos(cos(0.3)) + atan(tan(0.3))", 0.9),
        ("sqrt(abs(-4))", 2.0),
    ],
)
def test_scalars_give_python_numbers(text: str, expected: float) -> None:
    found = evaluate(expr(text), lookup)
    assert type(found) is float
    assert found == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("pos(0/0)", 0.0), ("neg(0/0)", 0.0), ("sign(0/0)", 0.0), ("clip(0/0, 1, 2)", NAN), ("ln(-1)", NAN)],
)
def test_nan_follows_the_comparisons_of_the_definition(text: str, expected: float) -> None:
    assert evaluate(expr(text), lookup) == pytest.approx(expected, nan_ok=True)


def test_casts_convert_as_assignments_do() -> None:
    reals = Var(Scope.SELF, "v")
    assert evaluate(Cast(reals, DType.INT), lookup).tolist() == [-2, -1, 0, 0, 0, 1, 2, 7]
    assert evaluate(Cast(reals, DType.BOOL), lookup).tolist() == [1, 1, 1, 0, 1, 1, 1, 1]
    flags = evaluate(Cast(Var(Scope.SELF, "b", dtype=DType.BOOL), DType.REAL), lookup)
    assert flags.dtype == np.float64
    assert flags.tolist() == [1, 0] * 4
    assert evaluate(Cast(Const(-2.7), DType.INT), lookup) == -2


def test_every_kind_of_leaf_is_looked_up_and_converted() -> None:
    asked: list[Expr] = []

    def one(leaf: Expr) -> int:
        asked.append(leaf)
        return 1

    draw = Draw("Uniform", (Var(Scope.SELF, "low"), Const(2.0)))
    reduction = Reduction("mean", Scope.SELF, "r")
    found = evaluate(Binary("+", Binary("+", expr("sum(exc) / 2 + a"), draw), reduction), one)
    assert (found, type(found)) == (3.5, float)
    # the arguments of a draw are the business of who draws
    assert asked == [expr("sum(exc)"), expr("a"), draw, reduction]


def test_single_precision_is_kept() -> None:
    x = np.ones(2, np.float32)
    found = evaluate(expr("pos(x)/3 + clip(x, 0, 2)**2 + (x if x > 0 else 1.0)"), lambda _: x)
    assert found.dtype == np.float32


def test_shapes_broadcast() -> None:
    values = {"w": np.ones((2, 1)), "r": np.arange(3.0)}
    found = evaluate(expr("w * r + 1"), lambda leaf: values[leaf.name])  # type: ignore[union-attr]
    assert found.tolist() == [[1, 2, 3], [1, 2, 3]]


LOGISTIC = function("logis", {"x": DType.REAL}, "1/(1+exp(-x))")
PLUS_K = function("f", {"x": DType.REAL, "y": DType.REAL}, "x*y + K")
NESTED = function("g", {"x": DType.REAL}, "f(x, 2) + f(2*x, 1) - x")
TYPED = function("half", {"n": DType.INT}, "n/2", DType.INT)
FUNCTIONS = {f.name: f for f in (LOGISTIC, PLUS_K, NESTED, TYPED)}


def test_user_functions() -> None:
    expected = [0.062973, 0.268941, 0.425557, 0.5, 0.574443, 0.731059, 0.924142, 0.999089]
    np.testing.assert_allclose(evaluate(expr("logis(v)"), lookup, FUNCTIONS), expected, atol=5e-7)
    assert [evaluate(expr(f"f({r}, 2.0)"), lookup, FUNCTIONS) for r in (3, 6, 9)] == [9, 15, 21]
    # arguments of the inner call do not leak into the outer one: 2x+3 + 2x+3 - x
    np.testing.assert_allclose(evaluate(expr("g(v)"), lookup, FUNCTIONS), 3 * V + 6)


def test_argument_and_return_types_convert() -> None:
    call = Call("half", (Const(7.9),), DType.INT)
    found = evaluate(call, lookup, FUNCTIONS)  # 7.9 -> 7 -> 3.5 -> 3
    assert (found, type(found)) == (3, int)


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (Name("pre", "x"), '"x" was not resolved.'),
        (Gradient("v"), '"v" was not resolved.'),
        (Call("foo", (Const(1.0),)), 'Unknown function "foo".'),
    ],
)
def test_what_only_a_bug_can_bring_here_is_called_one(node: Expr, message: str) -> None:
    with pytest.raises(CodegenError) as caught:
        evaluate(Binary("+", Const(1.0), node), lookup)
    assert caught.value.message == message


def test_the_names_are_the_canonical_ones() -> None:
    names = """pos neg clip modulo power exp ln log10 log2 sqrt abs floor ceil round sign Heaviside sin cos
               tan asin acos atan sinh cosh tanh asinh acosh atanh atan2 min max isnan isfinite"""
    assert sorted(BUILTINS) == sorted(names.split())

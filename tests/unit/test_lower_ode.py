"""The normal form of ODEs (spec 01, 5.2): ``coefficient * dx/dt = rhs``."""

from __future__ import annotations

import pytest

from synloom.codegen.errors import ModelError
from synloom.codegen.ir.expr import ONE, Binary, Cast, Const, Expr, Gradient, Select, Unary, Var, walk
from synloom.codegen.ir.model import NeuronModel, Ode
from synloom.codegen.ir.text import show
from synloom.codegen.ir.types import DType, Locality, Method, Scope
from tests.unit.lang_texts import mistake, neuron, ode, place

TAU = Var(Scope.SELF, "tau", Locality.GLOBAL)
A = Var(Scope.SELF, "a", Locality.LOCAL)
V = Var(Scope.SELF, "v", Locality.LOCAL)
A_MINUS_V = Binary("-", A, V)


def model(equation: str) -> NeuronModel:
    return neuron(f"{equation}\nr = v", "tau = 10.0 : population ; a = 1.0 ; n = 2 : int")


def form(equation: str) -> tuple[Expr, Expr]:
    found = ode(model(equation), "v")
    return found.coefficient, found.rhs


FORMS: dict[str, tuple[Expr, Expr]] = {
    "tau*dv/dt + v = a": (TAU, A_MINUS_V),
    "v + tau*dv/dt = a": (TAU, A_MINUS_V),
    "tau*dv/dt = a - v": (TAU, A_MINUS_V),
    "tau * d v / dt = a - v": (TAU, A_MINUS_V),
    "tau*dv/dt + v - a = 0": (TAU, A_MINUS_V),
    "tau*dv/dt - (a - v) = 0": (TAU, A_MINUS_V),
    "dv/dt = (a - v)/tau": (ONE, Binary("/", A_MINUS_V, TAU)),
    "dv/dt * tau = a - v": (TAU, A_MINUS_V),
    "-dv/dt = (v - a)/tau": (ONE, Unary("-", Binary("/", Binary("-", V, A), TAU))),
    "-tau*dv/dt = v - a": (TAU, A_MINUS_V),
    "a - tau*dv/dt = v": (TAU, A_MINUS_V),
    "+dv/dt = a": (ONE, A),
    "(dv/dt) = a": (ONE, A),
    "dv/dt/a = tau": (Binary("/", ONE, A), TAU),
    "2*dv/dt = a": (Const(2.0), A),
    "tau*(dv/dt + v) = a": (TAU, Binary("-", A, Binary("*", TAU, V))),
    "(dv/dt + v)*tau/a = 0": (Binary("/", TAU, A), Unary("-", Binary("/", Binary("*", V, TAU), A))),
    "tau*dv/dt = if a > 0: a else: v": (TAU, Select(Binary(">", A, Const(0.0), DType.BOOL), A, V)),
    "tau*dv/dt + v = if a > 0: a else: 1": (
        TAU,
        Binary("-", Select(Binary(">", A, Const(0.0), DType.BOOL), A, ONE), V),
    ),
    "n*dv/dt = a > v": (
        Cast(Var(Scope.SELF, "n", Locality.LOCAL, DType.INT), DType.REAL),
        Cast(Binary(">", A, V, DType.BOOL), DType.REAL),
    ),
}


@pytest.mark.parametrize("equation", FORMS)
def test_normal_form(equation: str) -> None:
    assert form(equation) == FORMS[equation]


@pytest.mark.parametrize("equation", FORMS)
def test_no_gradient_is_left(equation: str) -> None:
    assert not any(isinstance(n, Gradient) for side in form(equation) for n in walk(side))


def test_the_text_is_kept_as_written() -> None:
    found = ode(model("tau * dv/dt + v =  # leak\n   a : init = 1.0"), "v")
    assert found.text == "tau * dv/dt + v = a"
    assert found.origin is not None
    assert found.origin.text == "tau * dv/dt + v =  # leak\n   a"
    assert found.target.origin is not None
    assert found.target.origin.text == "dv/dt"


def test_the_sum_of_the_guide() -> None:
    found = ode(neuron("tau*dr/dt + r = sum(exc)", "tau = 10.0"), "r")
    assert (show(found.coefficient), show(found.rhs)) == ("tau", "sum(exc) - r")


@pytest.mark.parametrize(
    ("flag", "method"),
    [
        ("", Method.MIDPOINT),
        (": explicit", Method.EXPLICIT),
        (": implicit", Method.IMPLICIT),
        (": semiimplicit", Method.SEMIIMPLICIT),
        (": exponential", Method.EXPONENTIAL),
        (": midpoint", Method.MIDPOINT),
        (": rk4", Method.RK4),
        (": runge-kutta4", Method.RK4),
        (": init = 1.0, rk4, max = 2.0", Method.RK4),
    ],
)
def test_method(flag: str, method: Method) -> None:
    found = neuron(f"dr/dt = -r {flag}", method=Method.MIDPOINT).equations[0]
    assert isinstance(found, Ode)
    assert found.method is method


NONLINEAR = {
    "(dv/dt)^2 = a": ("(dv/dt)^2", 0),
    "a/(dv/dt) = 1": ("a/(dv/dt)", 0),
    "exp(dv/dt) = a": ("exp(dv/dt)", 0),
    "tau*(v + abs(dv/dt)) = a": ("abs(dv/dt)", 9),
    "(dv/dt > 0) = a": ("dv/dt > 0", 1),
    "a + ite(v > 0, dv/dt, 0) = 1": ("ite(v > 0, dv/dt, 0)", 4),
}


@pytest.mark.parametrize("equation", NONLINEAR)
def test_must_be_linear_in_the_gradient(equation: str) -> None:
    error = mistake(lambda: model(equation))
    assert error.message == "The equation must be linear in dv/dt."
    expected = NONLINEAR[equation]
    assert expected is not None
    assert place(error) == (expected[0], 1, expected[1])


def test_a_factor_of_zero_is_refused() -> None:
    error = mistake(lambda: model("0*dv/dt + v = a"))
    assert error.message == "The gradient is multiplied by zero."
    assert isinstance(error, ModelError)

"""User functions (spec 01, sections 9.2 and 9.3)."""

from __future__ import annotations

import pytest

from synloom.codegen.evaluate import evaluate
from synloom.codegen.ir.expr import ZERO, Binary, Call, Cast, Const, Expr, Select, Unary, Var
from synloom.codegen.ir.model import Function
from synloom.codegen.ir.types import DType, Locality, Scope
from tests.unit.lang_texts import neuron, shared_functions, value

REAL, INT, BOOL = DType.REAL, DType.INT, DType.BOOL
ONE = Const(1.0)


def arg(name: str, dtype: DType = REAL) -> Var:
    return Var(Scope.ARGUMENT, name, dtype=dtype)


X, A = arg("x"), arg("a")


def only(text: str) -> Function:
    (found,) = shared_functions(text, {"K", "x"}).values()
    return found


def test_a_function() -> None:
    found = only("logis(x, k) = 1.0 / (1.0 + exp(-k*x))")
    exponent = Binary("*", Unary("-", arg("k")), X)
    assert found == Function(
        "logis",
        (("x", REAL), ("k", REAL)),
        Binary("/", ONE, Binary("+", ONE, Call("exp", (exponent,)))),
        REAL,
        "logis(x, k) = 1.0 / (1.0 + exp(-k*x))",
    )


def test_a_conditional_over_several_lines() -> None:
    found = only(
        """
        hat(x, a) = if fabs(x) < a:
                        a - fabs(x)   # inside
                    else:
                        0.0
        """
    )
    size = Call("abs", (X,))
    assert found.body == Select(Binary("<", size, A, BOOL), Binary("-", A, size), ZERO)
    assert found.text == "hat(x, a) = if fabs(x) < a: a - fabs(x) else: 0.0"


def test_types() -> None:
    found = only("bump(c, v, th) = if v > th : c + 1 else: c : int, int, float, float")
    c = Cast(arg("c", INT), REAL)
    assert found.arguments == (("c", INT), ("v", REAL), ("th", REAL))
    assert found.dtype is INT
    assert found.body == Cast(Select(Binary(">", arg("v"), arg("th"), BOOL), Binary("+", c, ONE), c), INT)
    assert found.text == "bump(c, v, th) = if v > th : c + 1 else: c"


BODIES: dict[str, tuple[tuple[tuple[str, DType], ...], Expr]] = {
    "f() = 2.0": ((), Const(2.0)),
    "f(x) = x": ((("x", REAL),), X),
    "f ( x ) = 1/2": ((("x", REAL),), Binary("/", ONE, Const(2.0))),
    "f(x) = K*x + pi": (
        (("x", REAL),),
        Binary("+", Binary("*", Var(Scope.CONSTANT, "K"), X), Const(3.141592653589793)),
    ),
    "f(t, dt) = t + dt": ((("t", REAL), ("dt", REAL)), Binary("+", arg("t"), arg("dt"))),
    "f(K) = K": ((("K", REAL),), arg("K")),
    "f(x) = x > 0": ((("x", REAL),), Cast(Binary(">", X, ZERO, BOOL), REAL)),
    "f(x) = x > 0 : bool, float": ((("x", REAL),), Binary(">", X, ZERO, BOOL)),
    "f(x) = not x : bool, bool": ((("x", BOOL),), Unary("not", arg("x", BOOL), BOOL)),
    "f(x) = max(x, 0)": ((("x", REAL),), Call("max", (X, ZERO))),
}


@pytest.mark.parametrize("text", BODIES)
def test_body(text: str) -> None:
    found = only(text)
    assert (found.arguments, found.body) == BODIES[text]


def test_functions_call_those_before_them() -> None:
    found = shared_functions("f(x) = x + 1 ; g(x) = f(x)*2\nh(x) = g(f(x))")
    assert list(found) == ["f", "g", "h"]
    assert found["h"].body == Call("g", (Call("f", (X,)),))


def test_arguments_and_results_are_converted() -> None:
    shared = shared_functions("f(n, b) = n : int, int, bool")
    model = neuron("r = f(x, x > 1) + 1\nc = f(c, 1) : int", "x = 1.0", shared=shared)
    x = Var(Scope.SELF, "x", Locality.LOCAL)
    call = Call("f", (Cast(x, INT), Binary(">", x, ONE, BOOL)), INT)
    assert value(model, "r") == Binary("+", Cast(call, REAL), ONE)
    c = Var(Scope.SELF, "c", Locality.LOCAL, INT)
    assert value(model, "c") == Call("f", (c, Const(True, BOOL)), INT)


def test_a_model_keeps_what_it_reaches_callees_first() -> None:
    shared = shared_functions("a(x) = x ; b(x) = a(x) ; c(x) = x")
    model = neuron(
        "r = d(1)\nx = 2 : max = e(1)", "", "d(x) = b(x) ; e(x) = x ; unused(x) = c(x)", shared=shared
    )
    assert [f.name for f in model.functions] == ["a", "b", "d", "e"]


def test_a_model_without_calls_keeps_none() -> None:
    assert neuron("r = 1", "", "f(x) = x", shared=shared_functions("g(x) = x")).functions == ()


def test_an_attribute_may_be_called_like_a_global_function() -> None:
    model = neuron("r = f + f(2)", "f = 1.0", shared=shared_functions("f(x) = x"))
    assert value(model, "r") == Binary("+", Var(Scope.SELF, "f", Locality.LOCAL), Call("f", (Const(2.0),)))


def run(model_text: str, functions: str, shared: dict[str, Function]) -> float:
    model = neuron(f"r = {model_text}", "", functions, shared=shared)
    return float(evaluate(value(model, "r"), lambda leaf: 0.0, {f.name: f for f in model.functions}))


def test_a_local_function_hides_a_global_one() -> None:
    shared = shared_functions("f(x) = 10*x ; g(x) = f(x) + 1 ; f_global(x) = 1000*x")
    assert run("f(1)", "f(x) = 2*x", shared) == 2
    # g still means the global f, whatever the model calls f
    assert run("g(1)", "f(x) = 2*x", shared) == 11
    assert run("f(1) + g(1)", "f(x) = 2*x", shared) == 13
    assert run("h(1)", "f(x) = 2*x\nh(x) = f(x) + g(x)", shared) == 13
    assert run("f(1) + g(1) + f_global(1)", "f(x) = 2*x", shared) == 1013

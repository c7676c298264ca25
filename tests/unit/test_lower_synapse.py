"""Synapses and psp texts (spec 01, sections 2, 7.2 and 10; spec 06, 5.1)."""

from __future__ import annotations

import pytest

from synloom.codegen.ir.expr import (
    Binary,
    Call,
    Cast,
    Const,
    Draw,
    Expr,
    Reduction,
    Select,
    Var,
    WeightedSum,
    walk,
)
from synloom.codegen.ir.model import DEFAULT_PSP_TEXT, W_PARAMETER, Attribute
from synloom.codegen.ir.types import DType, Kind, Locality, Operation, Scope
from tests.unit.lang_texts import PRE, equation, neuron, ode, other_psp, shared_functions, synapse, value

REAL, INT, BOOL = DType.REAL, DType.INT, DType.BOOL
GLOBAL, SEMIGLOBAL, LOCAL = Locality
W = Var(Scope.SELF, "w", LOCAL)
PRE_R, POST_R = Var(Scope.PRE, "r", LOCAL), Var(Scope.POST, "r", LOCAL)


def own(name: str, locality: Locality = LOCAL, dtype: DType = REAL) -> Var:
    return Var(Scope.SELF, name, locality, dtype)


def test_the_default_synapse() -> None:
    model = synapse()
    assert model.attributes == (W_PARAMETER,)
    assert model.psp == Binary("*", W, PRE_R)
    assert model.psp_text == DEFAULT_PSP_TEXT
    assert (model.operation, model.equations, model.functions, model.plastic) == (
        Operation.SUM,
        (),
        (),
        False,
    )


@pytest.mark.parametrize("text", ["", "  \n", "# nothing", ";"])
def test_an_empty_psp_is_the_default(text: str) -> None:
    assert synapse(psp=text).psp == Binary("*", W, PRE_R)


def test_w_is_the_last_parameter_if_it_is_not_declared() -> None:
    model = synapse("x = w ; y = x", "b = 1.0 ; a = 1.0 : projection")
    assert [a.name for a in model.attributes] == ["b", "a", "w", "x", "y"]
    assert model.attribute("w") == W_PARAMETER
    assert not model.plastic


def test_a_declared_w_keeps_its_place_and_value() -> None:
    model = synapse(parameters="w = 2.0 : projection ; a = 1.0")
    assert model.attributes[0] == Attribute("w", Kind.PARAMETER, GLOBAL)
    assert model.attributes[0].init == Const(2.0)
    assert model.psp == Binary("*", own("w", GLOBAL), PRE_R)


def test_an_equation_for_w_makes_it_plastic() -> None:
    model = synapse(
        "dw/dt = eta * pre.r * (post.r - 0.1) : min = 0.0, max = top",
        "eta = 0.05 : projection ; top = 2.0 : projection",
    )
    assert model.plastic
    assert model.attribute("w") == Attribute("w", Kind.VARIABLE, LOCAL)
    found = ode(model, "w")
    assert found.target == W
    assert found.rhs == Binary("*", Binary("*", own("eta", GLOBAL), PRE_R), Binary("-", POST_R, Const(0.1)))
    assert [(b.kind, b.value) for b in found.bounds] == [("min", Const(0.0)), ("max", own("top", GLOBAL))]


PSPS: dict[str, Expr] = {
    "w * pre.r": Binary("*", W, PRE_R),
    "w": W,
    "pre . n": Cast(Var(Scope.PRE, "n", LOCAL, INT), REAL),
    "pre.g * post.g": Binary("*", Var(Scope.PRE, "g", GLOBAL), Var(Scope.POST, "g", GLOBAL)),
    "pre.a": Var(Scope.PRE, "a", LOCAL),
    "if post.on: w else: 0": Select(Var(Scope.POST, "on", LOCAL, BOOL), W, Const(0.0)),
    "pre.sum(exc)": WeightedSum(Scope.PRE, "exc"),
    "post.sum(inh)": WeightedSum(Scope.POST, "inh"),
    "mean(pre.r)": Reduction("mean", Scope.PRE, "r"),
    "max(post.mp)": Reduction("max", Scope.POST, "mp"),
    "max(pre.r, post.r)": Call("max", (PRE_R, POST_R)),
    "K * t": Binary("*", Var(Scope.CONSTANT, "K"), Var(Scope.CLOCK, "t")),
    "Uniform(0, 1)": Draw("Uniform", (Const(0.0), Const(1.0)), 1),
    "s > 0": Cast(Binary(">", own("s", SEMIGLOBAL), Const(0.0), BOOL), REAL),
    "flag": Cast(own("flag", GLOBAL, BOOL), REAL),
}


@pytest.mark.parametrize("text", PSPS)
def test_psp(text: str) -> None:
    model = synapse(
        "x = Normal(0, 1)", "s = 1.0 : postsynaptic ; flag = True : projection", text, constants={"K"}
    )
    assert model.psp == PSPS[text]


def test_the_psp_is_kept_as_one_line() -> None:
    model = synapse(psp="\n  w  *   # weight\n  pre.r ;\n")
    assert model.psp_text == "w * pre.r"
    assert [n.origin.text for n in walk(model.psp) if n.origin] == ["w", "pre.r", "w  *   # weight\n  pre.r"]


@pytest.mark.parametrize("word", ["sum", "max", "min", "mean"])
def test_operation(word: str) -> None:
    assert synapse(operation=word).operation is Operation(word)


def test_localities() -> None:
    model = synapse(
        """
        g += 1.0 + mean(pre.r) + max(post.r) : projection
        tau*dth/dt + th = post.r + g + post.sum(exc) : postsynaptic, init = tau
        l = g + th + pre.r + w
        """,
        "tau = 2.0 : postsynaptic",
    )
    assert [(a.name, a.locality) for a in model.attributes] == [
        ("tau", SEMIGLOBAL), ("w", LOCAL), ("g", GLOBAL), ("th", SEMIGLOBAL), ("l", LOCAL),
    ]  # fmt: skip
    assert [e.target.locality for e in model.equations] == [GLOBAL, SEMIGLOBAL, LOCAL]
    found = model.attribute("th")
    assert found is not None
    assert found.init == own("tau", SEMIGLOBAL)


def test_random_numbers_in_shared_variables() -> None:
    model = synapse("g = Uniform(0, 1) : projection\ns = Normal(0, a) : postsynaptic", "a = 1.0 : projection")
    assert [n.site for e in ("g", "s") for n in walk(value(model, e)) if isinstance(n, Draw)] == [0, 1]


def test_names_of_the_synapse_hide_constants_only() -> None:
    model = synapse("x = r + K", "r = 1.0 ; K = 2.0", constants={"K"})
    assert value(model, "x") == Binary("+", own("r"), own("K"))


def test_int_and_bool_weights() -> None:
    model = synapse("w = pre.r : int, max = post.r")
    assert value(model, "w") == Cast(PRE_R, INT)
    assert model.psp == Binary("*", Cast(own("w", LOCAL, INT), REAL), PRE_R)
    assert equation(model, "w").bounds[0].value == POST_R


def test_one_lowering_serves_neurons_with_the_same_attributes() -> None:
    twin = neuron("r = 2*sum(exc) ; x = r ; n += 2 : int", "a = 5.0 ; g = 7.0 : population")
    assert twin != PRE
    assert synapse("x = pre.r", pre=twin) is synapse("x = pre.r")
    other = neuron("r = 1 : int")
    assert synapse("x = pre.r", pre=other) is not synapse("x = pre.r")
    assert value(synapse("x = pre.r", pre=other), "x") == Cast(Var(Scope.PRE, "r", LOCAL, INT), REAL)


# -- psp of a transpose --------------------------------------------------------------------------------------

FORWARD = synapse(
    "theta = post.r : postsynaptic ; dw/dt = f(pre.r)", "alpha = 1.0 : projection", functions="f(x) = 2*x"
)

OTHER_PSPS: dict[str, Expr] = {
    "": Binary("*", W, Var(Scope.PRE, "r", LOCAL)),
    "w * pre.mp": Binary("*", W, Var(Scope.PRE, "mp", LOCAL)),
    "w * (pre.base - post.x)": Binary(
        "*", W, Binary("-", Var(Scope.PRE, "base", LOCAL), Var(Scope.POST, "x", LOCAL))
    ),
    "theta + alpha": Binary("+", own("theta", SEMIGLOBAL), own("alpha", GLOBAL)),
    "f(w)": Call("f", (W,)),
    "w > 0": Cast(Binary(">", W, Const(0.0), BOOL), REAL),
    "Uniform(0,1)": Draw("Uniform", (Const(0.0), Const(1.0)), 0),
}


@pytest.mark.parametrize("text", OTHER_PSPS)
def test_psp_of_a_transpose(text: str) -> None:
    assert other_psp(text, FORWARD) == OTHER_PSPS[text]


# -- functions -----------------------------------------------------------------------------------------------


def test_functions_of_equations_and_psp() -> None:
    model = synapse(
        "x = g(pre.r)",
        psp="w * h(pre.r)",
        functions="f(x) = x + 1\ng(x) = f(x)*2\nunused(x) = x",
        shared=shared_functions("h(x) = x^2 ; also(x) = x"),
    )
    assert [f.name for f in model.functions] == ["h", "f", "g"]

"""Neurons: attributes, types and resolved names (spec 01, sections 4, 5, 7 and 10)."""

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
    Unary,
    Var,
    WeightedSum,
    walk,
)
from synloom.codegen.ir.model import Assignment, Attribute, Bound
from synloom.codegen.ir.types import DType, Kind, Locality, Scope
from synloom.codegen.lang.builtins import FUNCTIONS, SPELLINGS
from tests.unit.lang_texts import equation, neuron, shared_functions, value

REAL, INT, BOOL = DType.REAL, DType.INT, DType.BOOL
GLOBAL, LOCAL = Locality.GLOBAL, Locality.LOCAL


def own(name: str, locality: Locality = LOCAL, dtype: DType = REAL) -> Var:
    return Var(Scope.SELF, name, locality, dtype)


def constant(name: str) -> Var:
    return Var(Scope.CONSTANT, name)


def attribute(text: str, *, variable: bool = False) -> Attribute:
    if variable:
        model = neuron(f"{text} ; r = 0", "p = 2.0 : population ; q = 1.0", constants={"K"})
    else:
        model = neuron("r = 0", text, constants={"K"})
    found = model.attribute("a")
    assert found is not None
    return found


# -- parameters ----------------------------------------------------------------------------------------------

PARAMETERS: dict[str, tuple[Locality, DType, Expr]] = {
    "a = 1.5": (LOCAL, REAL, Const(1.5)),
    "a = 1.5 : population": (GLOBAL, REAL, Const(1.5)),
    "a = 2": (LOCAL, REAL, Const(2.0)),
    "a = 2 : int": (LOCAL, INT, Const(2, INT)),
    "a = 2.7 : int": (LOCAL, INT, Const(2, INT)),
    "a = -2.7 : int, population": (GLOBAL, INT, Const(-2, INT)),
    "a = 1/2": (LOCAL, REAL, Const(0.5)),
    "a = 2*3.5": (LOCAL, REAL, Const(7.0)),
    "a = -2.5e-3": (LOCAL, REAL, Const(-0.0025)),
    "a = -(1 + 2)^2 // 2": (LOCAL, REAL, Const(-5.0)),
    "a = 7 % 4": (LOCAL, REAL, Const(3.0)),
    "a = True": (LOCAL, BOOL, Const(True, BOOL)),
    "a = false": (LOCAL, BOOL, Const(False, BOOL)),
    "a = true : population": (GLOBAL, BOOL, Const(True, BOOL)),
    "a = True : float": (LOCAL, REAL, Const(1.0)),
    "a = 1 : bool": (LOCAL, BOOL, Const(True, BOOL)),
    "a = 0.0 : float": (LOCAL, REAL, Const(0.0)),
    "a": (LOCAL, REAL, Const(0.0)),
    "a : int": (LOCAL, INT, Const(0, INT)),
    "a : bool": (LOCAL, BOOL, Const(False, BOOL)),
    "a : init=3.0": (LOCAL, REAL, Const(3.0)),
    "a : init=True": (LOCAL, BOOL, Const(True, BOOL)),
    "a : population, init=3, int": (GLOBAL, INT, Const(3, INT)),
    "a = K": (LOCAL, REAL, constant("K")),
    "a = 2*K": (LOCAL, REAL, Binary("*", Const(2.0), constant("K"))),
    "a = K : int": (LOCAL, INT, Cast(constant("K"), INT)),
    "a = 2*pi": (LOCAL, REAL, Const(6.283185307179586)),
    "a = E": (LOCAL, REAL, Const(2.718281828459045)),
    "a = sqrt(2)": (LOCAL, REAL, Call("sqrt", (Const(2.0),))),
    "a = Uniform(0, 2)": (LOCAL, REAL, Draw("Uniform", (Const(0.0), Const(2.0)))),
    "a = Normal(K, 1/4)": (LOCAL, REAL, Draw("Normal", (constant("K"), Const(0.25)))),
}


@pytest.mark.parametrize("text", PARAMETERS)
def test_parameter(text: str) -> None:
    found = attribute(text)
    assert (found.locality, found.dtype, found.init) == PARAMETERS[text]
    assert (found.name, found.kind) == ("a", Kind.PARAMETER)


def test_attributes_come_in_order_of_declaration() -> None:
    model = neuron("y = 1 ; dx/dt = -x ; r = x", "b ; a = 1\nc = 2.0 : population")
    assert [a.name for a in model.attributes] == ["b", "a", "c", "y", "x", "r"]
    assert [a.kind for a in model.attributes] == [Kind.PARAMETER] * 3 + [Kind.VARIABLE] * 3
    assert [e.target.name for e in model.equations] == ["y", "x", "r"]


def test_attributes_know_where_they_were_declared() -> None:
    model = neuron("x = 1\n tau*dr/dt = x", "a = 1 ; tau = 2.0")
    origins = [a.origin for a in model.attributes]
    assert [(o.text, o.line, o.column) for o in origins if o] == [
        ("a", 1, 0), ("tau", 1, 8), ("x", 1, 0), ("dr/dt", 2, 5),
    ]  # fmt: skip


def test_r_may_be_a_parameter() -> None:
    model = neuron("", "r = 0.5")
    assert model.equations == ()
    assert model.attribute("r") == Attribute("r", Kind.PARAMETER, LOCAL)


@pytest.mark.parametrize(
    "name", ["beta", "gamma", "zeta", "E", "I", "N", "S", "Q", "pi", "w", "τ", "_x", "d", "e1"]
)
def test_legal_names(name: str) -> None:
    model = neuron(f"r = 2*{name}", f"{name} = 1.0")
    assert value(model, "r") == Binary("*", Const(2.0), own(name))


# -- variables -----------------------------------------------------------------------------------------------

VARIABLES: dict[str, tuple[Locality, DType, Expr]] = {
    "a = 1": (LOCAL, REAL, Const(0.0)),
    "a = 1 : init=2": (LOCAL, REAL, Const(2.0)),
    "a = 1 : init=-2.5, population": (GLOBAL, REAL, Const(-2.5)),
    "a = 1 : int": (LOCAL, INT, Const(0, INT)),
    "a = 1 : int, init=3": (LOCAL, INT, Const(3, INT)),
    "a = 1 : int, init=3.0": (LOCAL, INT, Const(3, INT)),
    "a = 1 : int, init=6/2": (LOCAL, INT, Const(3, INT)),
    "a = 1 : bool": (LOCAL, BOOL, Const(False, BOOL)),
    "a = 1 : bool, init=True": (LOCAL, BOOL, Const(True, BOOL)),
    "a = 1 : bool, init=true": (LOCAL, BOOL, Const(True, BOOL)),
    "a = 1 : bool, init=1": (LOCAL, BOOL, Const(True, BOOL)),
    "a = 1 : float, init=False": (LOCAL, REAL, Const(0.0)),
    "a = 1 : init=1/2": (LOCAL, REAL, Const(0.5)),
    "a = 1 : init=-K": (LOCAL, REAL, Unary("-", constant("K"))),
    "a = 1 : init=K": (LOCAL, REAL, constant("K")),
    "a = 1 : init=q": (LOCAL, REAL, own("q")),
    "a = 1 : init=2*q + p": (LOCAL, REAL, Binary("+", Binary("*", Const(2.0), own("q")), own("p", GLOBAL))),
    "a = 1 : init=p, population": (GLOBAL, REAL, own("p", GLOBAL)),
    "a = 1 : init=Uniform(0, 1)": (LOCAL, REAL, Draw("Uniform", (Const(0.0), Const(1.0)))),
    "a = 1 : init=Normal(p, 0.1), max=2": (LOCAL, REAL, Draw("Normal", (own("p", GLOBAL), Const(0.1)))),
    "da/dt = 1 : init=3.0": (LOCAL, REAL, Const(3.0)),
    "a += 1 : init=3, int": (LOCAL, INT, Const(3, INT)),
    "a = 1 : unless_refractory, init=4": (LOCAL, REAL, Const(4.0)),
}


@pytest.mark.parametrize("text", VARIABLES)
def test_variable(text: str) -> None:
    found = attribute(text, variable=True)
    assert (found.locality, found.dtype, found.init) == VARIABLES[text]
    assert (found.name, found.kind) == ("a", Kind.VARIABLE)


def test_initial_draws_have_numbers_of_their_own() -> None:
    model = neuron("r = Uniform(0,1) : init=Uniform(0,1)\nx = Normal(0,1)", "a = Uniform(0,1)")
    inits = [a.init for a in model.attributes]
    assert [d.site for d in inits if isinstance(d, Draw)] == [0, 1]
    assert [
        d.site
        for e in model.equations
        if isinstance(e, Assignment)
        for d in walk(e.value)
        if isinstance(d, Draw)
    ] == [0, 1]


def test_initial_values_take_no_part_in_equality() -> None:
    assert neuron("r = a : init = 1", "a = 2.0") == neuron("r = a : init = Uniform(0,1)", "a = 3.0")


BOUNDS: dict[str, tuple[Bound, ...]] = {
    "min=0": (Bound("min", Const(0.0)),),
    "max=a, min=-a": (Bound("max", own("a")), Bound("min", Unary("-", own("a")))),
    "min=clip(a, 0.0, 1.0)": (Bound("min", Call("clip", (own("a"), Const(0.0), Const(1.0)))),),
    "max=a+x": (Bound("max", Binary("+", own("a"), own("x"))),),
    "max=max(x)": (Bound("max", Reduction("max", Scope.SELF, "x")),),
    "max=max(x, a)": (Bound("max", Call("max", (own("x"), own("a")))),),
    "max=n": (Bound("max", Cast(own("n", LOCAL, INT), REAL)),),
    "max=K*t": (Bound("max", Binary("*", constant("K"), Var(Scope.CLOCK, "t"))),),
}


@pytest.mark.parametrize("flags", BOUNDS)
def test_bounds(flags: str) -> None:
    model = neuron(f"r = x : {flags}\nx = 1", "a = 1.0 ; n = 1 : int", constants={"K"})
    assert equation(model, "r").bounds == BOUNDS[flags]


# -- types and names -----------------------------------------------------------------------------------------

X, N, B, G = own("x"), own("n", LOCAL, INT), own("b", LOCAL, BOOL), own("g", GLOBAL)
N_REAL, B_REAL = Cast(N, REAL), Cast(B, REAL)
ZERO, ONE, TWO = Const(0.0), Const(1.0), Const(2.0)


def above(lhs: Expr, rhs: Expr) -> Binary:
    return Binary(">", lhs, rhs, BOOL)


TYPED: dict[str, Expr] = {
    "x": X,
    "2": TWO,
    "-2": Const(-2.0),
    "--2": TWO,
    "n": N_REAL,
    "b": B_REAL,
    "True": ONE,
    "n/2": Binary("/", N_REAL, TWO),
    "1/2": Binary("/", ONE, TWO),
    "b + 1": Binary("+", B_REAL, ONE),
    "-b": Unary("-", B_REAL),
    "x > 0": Cast(above(X, ZERO), REAL),
    "(x > 0) * 2": Binary("*", Cast(above(X, ZERO), REAL), TWO),
    "b == True": Cast(Binary("==", B_REAL, ONE, BOOL), REAL),
    "not b": Cast(Unary("not", B, BOOL), REAL),
    "not x": Cast(Unary("not", Cast(X, BOOL), BOOL), REAL),
    "n and x": Cast(Binary("and", Cast(N, BOOL), Cast(X, BOOL), BOOL), REAL),
    "1 or b": Cast(Binary("or", Const(True, BOOL), B, BOOL), REAL),
    "ite(x, n, b)": Select(Cast(X, BOOL), N_REAL, B_REAL),
    "ite(b, b, x > 0)": Cast(Select(B, B, above(X, ZERO), BOOL), REAL),
    "if n: 1 else: x": Select(Cast(N, BOOL), ONE, X),
    "x // 2": Binary("//", X, TWO),
    "x % n": Binary("%", X, N_REAL),
    "x^2": Binary("**", X, TWO),
    "pow(x, n)": Binary("**", X, N_REAL),
    "power(x, 3)": Binary("**", X, Const(3.0)),
    "power(x, -2)": Binary("**", X, Const(-2.0)),
    "power(x, n)": Call("power", (X, N_REAL)),
    "positive(x) + pos(x)": Binary("+", Call("pos", (X,)), Call("pos", (X,))),
    "negative(x)": Call("neg", (X,)),
    "fabs(x)": Call("abs", (X,)),
    "log(x)": Call("ln", (X,)),
    "clip(n, b, 1)": Call("clip", (N_REAL, B_REAL, ONE)),
    "max(x, n, 1)": Call("max", (X, N_REAL, ONE)),
    "isnan(x)": Cast(Call("isnan", (X,), BOOL), REAL),
    "t + dt": Binary("+", Var(Scope.CLOCK, "t"), Var(Scope.CLOCK, "dt")),
    "K": constant("K"),
    "x + K*pi": Binary("+", X, Binary("*", constant("K"), Const(3.141592653589793))),
    "hidden": own("hidden"),
    "sum(exc)": WeightedSum(Scope.SELF, "exc"),
    "sum()": WeightedSum(Scope.SELF, ""),
    "mean(x)": Reduction("mean", Scope.SELF, "x"),
    "min(n) + norm1(a)": Binary("+", Reduction("min", Scope.SELF, "n"), Reduction("norm1", Scope.SELF, "a")),
    "max(x) - norm2(r)": Binary("-", Reduction("max", Scope.SELF, "x"), Reduction("norm2", Scope.SELF, "r")),
    "Uniform(0, g)": Draw("Uniform", (ZERO, G)),
    "Normal(-(1), K/2)": Draw("Normal", (Const(-1.0), Binary("/", constant("K"), TWO))),
    "Exponential(dt)": Draw("Exponential", (Var(Scope.CLOCK, "dt"),)),
    "r": own("r"),
    "later": own("later"),
}


@pytest.mark.parametrize("text", TYPED)
def test_typed_and_resolved(text: str) -> None:
    model = neuron(
        f"r = {text}\nx = 1 ; n = 1 : int\nb = 1 : bool ; later = 1",
        "g = 1.0 : population ; a = 1.0 ; hidden = 1.0",
        constants={"K", "hidden", "t", "pi2"},
    )
    assert value(model, "r") == TYPED[text]


@pytest.mark.parametrize("spelling", sorted(set(SPELLINGS) - {"power", "min", "max"}))
def test_every_builtin_has_one_canonical_name(spelling: str) -> None:
    builtin = FUNCTIONS[SPELLINGS[spelling]]
    found = value(neuron(f"r = {spelling}({', '.join(['x'] * builtin.arity)})", "x = 1.0"), "r")
    called = found.arg if isinstance(found, Cast) else found
    assert called == Call(builtin.name, (X,) * builtin.arity, builtin.dtype)


TARGETS: dict[str, Expr] = {
    "c = x : int": Cast(X, INT),
    "c = 2.7 : int": Const(2, INT),
    "c = n : int": N,
    "c = x : bool": Cast(X, BOOL),
    "c = x > 1 : bool": above(X, ONE),
    "c = 2 : bool": Const(True, BOOL),
    "c = ite(b, b, True) : bool": Select(B, B, Const(True, BOOL), BOOL),
    "c = b": B_REAL,
    "c += 0.6 : int": Cast(Binary("+", Cast(own("c", LOCAL, INT), REAL), Const(0.6)), INT),
    "c -= b": Binary("-", own("c"), B_REAL),
    "c *= x + 1": Binary("*", own("c"), Binary("+", X, ONE)),
    "c /= 2": Binary("/", own("c"), TWO),
    "c += if b: 1 else: 2": Binary("+", own("c"), Select(B, ONE, TWO)),
}


@pytest.mark.parametrize("text", TARGETS)
def test_values_have_the_type_of_their_target(text: str) -> None:
    model = neuron(f"{text}\nr = 1", "x = 1.0 ; n = 1 : int ; b = True")
    assert value(model, "c") == TARGETS[text]


def test_every_occurrence_of_a_distribution_is_a_draw_of_its_own() -> None:
    model = neuron(
        "r = Uniform(0,1) + Uniform(0,1)\nx = Normal(0,1) ; tau*dy/dt + Uniform(0,1) = Uniform(1,2)",
        "tau=1.0",
    )
    found = [
        n
        for e in model.equations
        for p in (getattr(e, "value", None) or getattr(e, "rhs", None),)
        for n in walk(p)
    ]
    draws = sorted((d for d in found if isinstance(d, Draw)), key=lambda d: d.site)
    assert [(d.site, d.distribution) for d in draws] == [
        (0, "Uniform"), (1, "Uniform"), (2, "Normal"), (3, "Uniform"), (4, "Uniform"),
    ]  # fmt: skip
    assert [d.origin.column for d in draws if d.origin] == [4, 19, 4, 30, 45]


def test_the_middle_of_a_chain_is_drawn_once() -> None:
    found = value(neuron("r = 0 < Uniform(0,1) < 0.5"), "r")
    assert [n.site for n in walk(found) if isinstance(n, Draw)] == [0, 0]


def test_population_variables_use_what_there_is_one_of() -> None:
    model = neuron(
        "m = mean(r) + g*K + t + m + Uniform(0, g) : population, max=g\nr = m",
        "g = 1.0 : population",
        constants={"K"},
    )
    target = equation(model, "m").target
    assert (target.locality, target.dtype) == (GLOBAL, REAL)


def test_not_errors() -> None:
    model = neuron(
        "x = later ; later = later + 1 ; r = r ; y = sum(nobody)", "unused = 1.0 ; K = 2.0", constants={"K"}
    )
    assert [e.target.name for e in model.equations] == ["x", "later", "r", "y"]


@pytest.mark.parametrize(
    "flags", ["midpoint|midpoint", "midpoint|exponential|midpoint", "rk4|explicit", "implicit"]
)
def test_methods_that_go_together(flags: str) -> None:
    text = "\n".join(f"dx{i}/dt = -x{i} : {flag}" for i, flag in enumerate(flags.split("|")))
    assert len(neuron(f"{text}\nr = 1").equations) == flags.count("|") + 2


def test_other_methods_in_other_runs() -> None:
    neuron("dx/dt = -x : midpoint\nr = x\ndy/dt = -y : rk4")
    neuron("dx/dt = -x : midpoint\ndg/dt = -g : rk4, population\nr = x")


# -- what is shared ------------------------------------------------------------------------------------------


def test_the_same_description_is_lowered_once() -> None:
    assert neuron("r = 1.25") is neuron("r = 1.25")
    assert neuron("r = K", constants={"K"}) is neuron("r = K", constants=["K"])


def test_what_a_model_sees_is_part_of_what_it_is() -> None:
    first, second = shared_functions("f(x) = 2*x"), shared_functions("f(x) = 3*x")
    assert neuron("r = f(1)", shared=first) != neuron("r = f(1)", shared=second)
    assert neuron("r = f(1)", shared=first) is neuron("r = f(1)", shared=first)
    assert value(neuron("r = pi", constants=["pi"]), "r") == constant("pi")
    assert value(neuron("r = pi"), "r") == Const(3.141592653589793)

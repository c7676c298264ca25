"""The small algebra: polynomials, their printed form, and linear systems."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synloom.codegen.evaluate import evaluate
from synloom.codegen.ir.expr import ZERO, Const, Expr, Var
from synloom.codegen.ir.text import show
from synloom.codegen.ir.types import Scope
from synloom.codegen.methods.algebra import expand, hidden, number, solve, total
from synloom.codegen.methods.step import Names, Scratch, minus, normal, plus
from tests.unit.ode_helpers import Interpreter, expr, ode, var

X, Y = var("x"), var("y")


def coefficients(text: str, *unknowns: Var) -> dict[tuple[int, ...], str]:
    terms = expand(expr(text), unknowns or (X,))
    powers = dict.fromkeys(t.powers for t in terms)
    return {p: show(total([t for t in terms if t.powers == p])) for p in powers}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", {(0,): "a + b"}),
        ("x", {(1,): "1.0"}),
        ("a - x", {(0,): "a", (1,): "-1.0"}),
        ("E - x + a*(b - x)", {(0,): "E + a * b", (1,): "-(1.0 + a)"}),
        ("-1 - x + 2*(3 - x)", {(0,): "5.0", (1,): "-3.0"}),
        ("a/tau - x/tau - x*g", {(0,): "a / tau", (1,): "-(1.0 / tau + g)"}),
        ("x/2 - x*a/4", {(1,): "0.5 - 0.25 * a"}),
        ("b*x - a*x + c*x", {(1,): "b - a + c"}),
        ("-a*x + b*x", {(1,): "b - a"}),
        ("(x + a)**2", {(2,): "1.0", (1,): "2.0 * a", (0,): "a * a"}),
        ("x**0 + x**1", {(0,): "1.0", (1,): "1.0"}),
        ("(g1 + g2)*(V - x)", {(0,): "(g1 + g2) * V", (1,): "-(g1 + g2)"}),
        ("sin(x)*x + pos(x)", {(1,): "sin(x)", (0,): "pos(x)"}),
        ("x/(1 + x)", {(1,): "1.0 / (1.0 + x)"}),
        ("a*x - x*a + 3*b - 3*b", {}),
        ("0*x + 0", {}),
        ("(a*x)*(b/c)", {(1,): "a * (b / c)"}),
        ("3*(x/c)*a", {(1,): "3.0 * (a / c)"}),
    ],
)
def test_expand_collects_by_power(text: str, expected: Mapping[tuple[int, ...], str]) -> None:
    assert coefficients(text) == expected


def test_expand_in_two_unknowns() -> None:
    assert coefficients("(x - a)*(y + 2) + y", X, Y) == {
        (1, 1): "1.0",
        (1, 0): "2.0",
        (0, 1): "1.0 - a",
        (0, 0): "-(2.0 * a)",
    }


LEAVES = st.sampled_from(["x", "y", "a", "b", "0", "1", "2", "0.5", "sin(x)", "(1/(3 + y*y))"])
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"(-{t})"),
        inner.map(lambda t: f"({t}/(2 + a))"),
        inner.map(lambda t: f"({t}/4)"),
        inner.map(lambda t: f"({t}**2)"),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_expanded_polynomials_keep_the_value(text: str) -> None:
    values = {"x": 0.7, "y": -1.3, "a": 0.4, "b": 2.1}

    def lookup(leaf: Expr) -> float:
        assert isinstance(leaf, Var)
        return values[leaf.name]

    terms = expand(expr(text), (X, Y))
    found = sum(evaluate(total([t]), lookup) * 0.7 ** t.powers[0] * (-1.3) ** t.powers[1] for t in terms)
    assert found == pytest.approx(evaluate(expr(text), lookup), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a - 2*x + x/a", None),
        ("a - pos(exp(x) - a)", "exp(x)"),
        ("1/x", "1.0 / x"),
        ("x**2", "x ** 2.0"),
        ("a if b > 0 else x", "ite(b > 0.0, a, x)"),
    ],
)
def test_hidden_finds_the_innermost_place(text: str, place: str | None) -> None:
    found = hidden(expr(text), (X,))
    assert (show(found) if found is not None else None) == place


def test_number_reads_literals_with_their_sign() -> None:
    assert [number(expr(t)) for t in ("2", "-2", "--2", "a", "1 + 1")] == [2, -2, 2, None, None]


@pytest.mark.parametrize(
    ("coefficient", "rhs", "expected"),
    [
        ("tau", "a - x", "tau | a - x"),
        ("", "(a - x)/tau", "tau | a - x"),
        ("", "-((x - a)/tau)", "tau | a - x"),
        ("c", "x/2/tau", "c * tau * 2.0 | x"),
        ("-1", "x - a", "1.0 | a - x"),
        ("-tau", "x - a", "tau | a - x"),
        ("", "a - x/tau", "1.0 | a - x / tau"),
    ],
)
def test_normal_draws_divisors_into_the_coefficient(coefficient: str, rhs: str, expected: str) -> None:
    assert " | ".join(map(show, normal(ode("x", rhs, coefficient=coefficient)))) == expected


def test_signs_are_drawn_to_the_front() -> None:
    a, h = expr("a"), expr("h")
    assert show(plus(a, h, expr("-b"))) == "a - h * b"
    assert show(plus(a, h, Const(-3.0))) == "a - h * 3.0"
    assert show(minus(a, h, expr("-b"))) == "a + h * b"
    assert show(minus(ZERO, h, expr("b"))) == "-(h * b)"
    assert minus(ZERO, h, ZERO) == ZERO


def solved(matrix: list[list[str]], right: list[str], values: Mapping[str, float]) -> tuple[list[float], int]:
    """The solution by running the statements, and their number."""
    scratch = Scratch(Names(set(values)))
    labels = [f"q{i}" for i in range(len(right))]
    rows = [[ZERO if e == "0" else expr(e) for e in row] for row in matrix]
    found = solve(rows, [expr(e) for e in right], labels, scratch)
    machine = Interpreter(values)
    machine.run(scratch.lets)
    return [evaluate(e, machine.lookup) for e in found], len(scratch.lets)


def test_two_coupled_unknowns_follow_cramer() -> None:
    values = {"a": 2.0, "b": 1.0, "c": -1.0, "d": 3.0, "e": 5.0, "f": 8.0}
    found, lets = solved([["a", "b"], ["c", "d"]], ["e", "f"], values)
    assert found == pytest.approx([1.0, 3.0])
    assert lets == 1  # the determinant; plain names need no temporary


def test_zeros_of_a_system_cost_nothing() -> None:
    diagonal = [["a", "0", "0"], ["0", "b", "0"], ["0", "0", "c"]]
    found, lets = solved(diagonal, ["1", "1", "1"], {"a": 2.0, "b": 4.0, "c": 8.0})
    assert found == [0.5, 0.25, 0.125]
    assert lets == 3


def test_names_of_temporaries_are_unique() -> None:
    names = Names.beside([ode("v", "k_v + f(k_v_2)", max="v_new")], ["decay_v"])
    wanted = ("k_v", "k_v", "v_new", "decay_v", "f", "free", "free")
    assert [names.fresh(n) for n in wanted] == [
        "k_v_3", "k_v_4", "v_new_2", "decay_v_2", "f_2", "free", "free_2",
    ]  # fmt: skip


def test_temporaries_are_read_as_such() -> None:
    scratch = Scratch(Names())
    read = scratch.let("k", Const(1.0))
    assert (read.scope, read.name) == (Scope.TEMP, "k")

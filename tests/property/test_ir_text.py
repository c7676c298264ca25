"""The printed IR says all there is: expressions and statements are read back, models that differ print differently."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
)
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.text import say, show
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.lang.builtins import DISTRIBUTIONS, FUNCTIONS, REDUCTIONS

from .ir_parser import parse_expr, parse_stmt

REAL, INT, BOOL = DType.REAL, DType.INT, DType.BOOL
LOCAL = Locality.LOCAL
NAMES = {
    "x": Var(Scope.SELF, "x", LOCAL),
    "tau_2": Var(Scope.SELF, "tau_2"),
    "e1": Var(Scope.SELF, "e1", LOCAL),
    "n": Var(Scope.SELF, "n", LOCAL, INT),
    "b": Var(Scope.SELF, "b", LOCAL, BOOL),
    "notary": Var(Scope.CONSTANT, "notary"),
    "t": Var(Scope.CLOCK, "t"),
    "t_last": Var(Scope.TIME, "t_last", LOCAL),
    "k0": Var(Scope.TEMP, "k0", LOCAL),
    "pre.r": Var(Scope.PRE, "r", LOCAL),
    "post.n": Var(Scope.POST, "n", LOCAL, INT),
    "g_target": Var(Scope.TARGET, "", LOCAL),
}
USERS = {"squash": REAL, "isodd": BOOL, "half": INT}  # functions of two reals
OF_TYPE = {dtype: [v for v in NAMES.values() if v.dtype is dtype] for dtype in (REAL, INT, BOOL)}


def reals(depth: int) -> st.SearchStrategy[Expr]:
    numbers = st.floats(allow_nan=False, allow_infinity=False).map(lambda v: Const(v + 0.0))
    sums = st.builds(
        WeightedSum, st.sampled_from([Scope.SELF, Scope.PRE, Scope.POST]), st.sampled_from(["exc", ""])
    )
    scopes = st.sampled_from([Scope.SELF, Scope.PRE, Scope.POST])
    reductions = st.builds(Reduction, st.sampled_from(sorted(REDUCTIONS)), scopes, st.just("x"))
    leaf = numbers | st.sampled_from(OF_TYPE[REAL]) | sums | reductions
    if depth == 0:
        return leaf
    inner = reals(depth - 1)
    binary = st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner, inner)
    unary = st.builds(Unary, st.just("-"), inner)
    functions = [b for b in FUNCTIONS.values() if b.dtype is REAL]
    calls = st.sampled_from(functions).flatmap(
        lambda b: st.tuples(*[inner] * b.arity).map(lambda args: Call(b.name, args))
    )
    users = st.tuples(inner, inner).map(lambda args: Call("squash", args))
    draws = st.sampled_from(sorted(DISTRIBUTIONS.values(), key=lambda d: d.name)).flatmap(
        lambda d: st.builds(Draw, st.just(d.name), st.tuples(*[inner] * d.arity), st.integers(0, 12))
    )
    casts = st.builds(Cast, integers(depth - 1) | booleans(depth - 1), st.just(REAL))
    choices = st.builds(Select, booleans(depth - 1), inner, inner)
    return leaf | binary | binary | unary | calls | users | draws | casts | choices


def integers(depth: int) -> st.SearchStrategy[Expr]:
    leaf = st.integers(-(2**62), 2**62).map(lambda v: Const(v, INT)) | st.sampled_from(OF_TYPE[INT])
    if depth == 0:
        return leaf
    casts = st.builds(Cast, reals(depth - 1) | booleans(depth - 1), st.just(INT))
    users = st.tuples(reals(depth - 1), reals(depth - 1)).map(lambda args: Call("half", args, INT))
    return leaf | casts | users


def booleans(depth: int) -> st.SearchStrategy[Expr]:
    leaf = st.booleans().map(lambda v: Const(v, BOOL)) | st.sampled_from(OF_TYPE[BOOL])
    if depth == 0:
        return leaf
    inner, numbers = booleans(depth - 1), reals(depth - 1)
    logic = st.builds(Binary, st.sampled_from(["and", "or"]), inner, inner, st.just(BOOL))
    compared = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    comparisons = st.builds(Binary, compared, numbers, numbers, st.just(BOOL))
    negated = st.builds(Unary, st.just("not"), inner, st.just(BOOL))
    calls = numbers.map(lambda arg: Call("isnan", (arg,), BOOL))
    users = st.tuples(numbers, numbers).map(lambda args: Call("isodd", args, BOOL))
    casts = st.builds(Cast, numbers | integers(depth - 1), st.just(BOOL))
    choices = st.builds(Select, inner, inner, inner, st.just(BOOL))
    return leaf | logic | comparisons | negated | calls | users | casts | choices


EXPRESSIONS = reals(3) | integers(3) | booleans(3)
# Equations of users: no line breaks, and no two blanks in front of a #.
COMMENTS = st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), max_size=12)
GUARDS = st.sampled_from([(), ("learn",), ("apart",), ("apart", "learn")])
TARGETS = st.sampled_from([v for v in NAMES.values() if v.scope in (Scope.SELF, Scope.TARGET)])
STATEMENTS: st.SearchStrategy[Stmt] = (
    st.builds(Let, st.just("k1"), EXPRESSIONS, st.sampled_from([REAL, INT, BOOL]), COMMENTS)
    | st.builds(Set, TARGETS, EXPRESSIONS, COMMENTS, GUARDS)
    | st.builds(Clamp, TARGETS, st.sampled_from(["min", "max"]), reals(2), GUARDS)
)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_an_expression_is_read_back(expr: Expr) -> None:
    assert parse_expr(show(expr, exact=True), NAMES, USERS) == expr


@settings(max_examples=200, deadline=None)
@given(STATEMENTS)
def test_a_statement_is_read_back(stmt: Stmt) -> None:
    assert parse_stmt(say(stmt, exact=True), NAMES, USERS) == stmt


X, N, B = NAMES["x"], NAMES["n"], NAMES["b"]
TRICKY: list[tuple[Any, str]] = [
    (Const(-1.0), "-1.0"),
    (Unary("-", Const(1.0)), "-(1.0)"),
    (Unary("-", Unary("-", X)), "-(-x)"),
    (Binary("-", X, Const(-1.0)), "x - -1.0"),
    (Binary("**", Const(-1.0), X), "(-1.0) ** x"),
    (Binary("**", Unary("-", X), X), "(-x) ** x"),
    (Unary("-", Binary("**", X, X)), "-x ** x"),
    (Unary("-", Binary("**", Const(2.0), X)), "-2.0 ** x"),
    (Binary("**", X, Binary("**", X, X)), "x ** x ** x"),
    (Binary("**", Binary("**", X, X), X), "(x ** x) ** x"),
    (Binary("-", X, Binary("-", X, X)), "x - (x - x)"),
    (Cast(N, REAL), "(n: real)"),
    (Cast(Cast(N, REAL), BOOL), "((n: real): bool)"),
    (Unary("not", Binary("and", B, B, BOOL), BOOL), "not (b and b)"),
    (Binary("and", Unary("not", B, BOOL), B, BOOL), "not b and b"),
    (Draw("Uniform", (Const(0.0), X), 3), "Uniform#3(0.0, x)"),
    (Call("min", (X, X)), "min(x, x)"),
    (Reduction("min", Scope.PRE, "x"), "min(pre.x)"),
    (Set(N, X, "n += x", ("apart", "learn")), "when apart and learn: n = x  # n += x"),
    (Set(NAMES["g_target"], X), "g_target = x"),
    (Let("k", B, BOOL), "let k: bool = b"),
    (Clamp(X, "max", Const(2.0)), "x at most 2.0"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "text"), TRICKY, ids=[text for _, text in TRICKY])
def test_how_it_is_printed(node: Any, text: str) -> None:
    if isinstance(node, Let | Set | Clamp):
        assert say(node, exact=True) == text
        assert parse_stmt(text, NAMES, USERS) == node
    else:
        assert show(node, exact=True) == text
        assert parse_expr(text, NAMES, USERS) == node

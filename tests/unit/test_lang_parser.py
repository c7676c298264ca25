"""The grammar of expressions (spec 01, section 7.1), node by node and place by place."""

from __future__ import annotations

import pytest

from synloom.codegen.errors import ModelError, Origin, SourceText
from synloom.codegen.ir.expr import (
    Binary,
    Call,
    Const,
    Draw,
    Expr,
    Gradient,
    Name,
    Select,
    Unary,
    WeightedSum,
    walk,
)
from synloom.codegen.ir.types import DType, Scope
from synloom.codegen.lang.expression import MAX_DEPTH, ONE_ASSIGNMENT, WHOLE_SIDE, WRITE_IF
from synloom.codegen.lang.parser import parse_expression

BOOL = DType.BOOL
A, B, C, D, V = (Name("", n) for n in "abcdv")


def parse(text: str) -> Expr:
    return parse_expression(SourceText(text), 0, len(text))


def num(value: float) -> Const:
    return Const(float(value))


def b(op: str, lhs: Expr, rhs: Expr) -> Binary:
    logical = op in ("==", "!=", "<", "<=", ">", ">=", "and", "or")
    return Binary(op, lhs, rhs, BOOL if logical else DType.REAL)


TREES: dict[str, Expr] = {
    "a": A,
    "1": num(1),
    ".5": num(0.5),
    "1.": num(1),
    "2e-3": num(0.002),
    "True": Const(True, BOOL),
    "False": Const(False, BOOL),
    "a + b*c": b("+", A, b("*", B, C)),
    "(a + b)*c": b("*", b("+", A, B), C),
    "a - b - c": b("-", b("-", A, B), C),
    "a/b/c": b("/", b("/", A, B), C),
    "a // b % c": b("%", b("//", A, B), C),
    "-v^2": Unary("-", b("**", V, num(2))),
    "-v**2": Unary("-", b("**", V, num(2))),
    "2^v^2": b("**", num(2), b("**", V, num(2))),
    "2^-v": b("**", num(2), Unary("-", V)),
    "-a*b": b("*", Unary("-", A), B),
    "+a": A,
    "--a": Unary("-", Unary("-", A)),
    "a < b": b("<", A, B),
    "0 < v < 2": b("and", b("<", num(0), V), b("<", V, num(2))),
    "a < b <= c == d": b("and", b("and", b("<", A, B), b("<=", B, C)), b("==", C, D)),
    "a is 1": b("==", A, num(1)),
    "a is not 1": b("!=", A, num(1)),
    "not a > 1": Unary("not", b(">", A, num(1)), BOOL),
    "not not a": Unary("not", Unary("not", A, BOOL), BOOL),
    "not(a) and b": b("and", Unary("not", A, BOOL), B),
    "a or b and c": b("or", A, b("and", B, C)),
    "a | b & c": b("or", A, b("and", B, C)),
    "a & b | c": b("or", b("and", A, B), C),
    "a > 0 and a < 2": b("and", b(">", A, num(0)), b("<", A, num(2))),
    "a > 0 & a < 2": b("and", b(">", A, num(0)), b("<", A, num(2))),
    "a and b and c": b("and", b("and", A, B), C),
    "(not (v > 1))": Unary("not", b(">", V, num(1)), BOOL),
    "a == (not b)": b("==", A, Unary("not", B, BOOL)),
    "(a > 0) * b": b("*", b(">", A, num(0)), B),
    "pre.x": Name("pre", "x"),
    "post . x": Name("post", "x"),
    "pre.\nx": Name("pre", "x"),
    "sum(exc)": WeightedSum(Scope.SELF, "exc"),
    "sum ( exc )": WeightedSum(Scope.SELF, "exc"),
    "sum()": WeightedSum(Scope.SELF, ""),
    "pre.sum(exc)": WeightedSum(Scope.PRE, "exc"),
    "post . sum( inh )": WeightedSum(Scope.POST, "inh"),
    "dv/dt": Gradient("v"),
    "d v / dt": Gradient("v"),
    "dv / \n dt": Gradient("v"),
    "a*dv/dt": b("*", A, Gradient("v")),
    "dv/dt*a": b("*", Gradient("v"), A),
    "dt": Name("", "dt"),
    "a/dt": b("/", A, Name("", "dt")),
    "dv": Name("", "dv"),
    "dt/dt": b("/", Name("", "dt"), Name("", "dt")),
    "d/dt": b("/", D, Name("", "dt")),
    "f()": Call("f", ()),
    "f(a)": Call("f", (A,)),
    "f(a, not b, c > 1)": Call("f", (A, Unary("not", B, BOOL), b(">", C, num(1)))),
    "f(g(a), -b)": Call("f", (Call("g", (A,)), Unary("-", B))),
    "pow(a, b)": b("**", A, B),
    "ite(a, b, c)": Select(A, B, C),
    "ite(a >= 1.0, b, c)": Select(b(">=", A, num(1)), B, C),
    "ite(not(v > 0), 1, 0)": Select(Unary("not", b(">", V, num(0)), BOOL), num(1), num(0)),
    "ite(a, b)": Call("ite", (A, B)),
    "Uniform(0, a)": Draw("Uniform", (num(0), A)),
    "max(v)": Call("max", (V,)),
    "if a: b else: c": Select(A, B, C),
    "if a > 1 :\n b\nelse :\n c": Select(b(">", A, num(1)), B, C),
    "if a: if b: 1 else: 2 else: 3": Select(A, Select(B, num(1), num(2)), num(3)),
    "if a: 1 else: if b: 2 else: 3": Select(A, num(1), Select(B, num(2), num(3))),
    "if True: a else: b": Select(Const(True, BOOL), A, B),
    "specif + elsewhere": b("+", Name("", "specif"), Name("", "elsewhere")),
    "notable and orbit": b("and", Name("", "notable"), Name("", "orbit")),
    "τ*θ_1": b("*", Name("", "τ"), Name("", "θ_1")),
    "_x": Name("", "_x"),
    "a # + b": A,
}


@pytest.mark.parametrize("text", TREES)
def test_tree(text: str) -> None:
    assert parse(text) == TREES[text]


def spans(expr: Expr) -> list[str]:
    texts = []
    for node in walk(expr):
        assert node.origin is not None
        texts.append(node.origin.text)
    return texts


def test_every_node_knows_its_span() -> None:
    text = "x = if ( a+b ) < 2 :\n f( -c^2 , d v/dt ) else : pre . x  # end\n"
    source = SourceText(text)
    expr = parse_expression(source, 4, len(text))
    assert spans(expr) == [
        *("a", "b", "a+b", "2", "( a+b ) < 2"),
        *("c", "2", "c^2", "-c^2", "d v/dt", "f( -c^2 , d v/dt )"),
        *("pre . x", "if ( a+b ) < 2 :\n f( -c^2 , d v/dt ) else : pre . x"),
    ]
    assert expr.origin == Origin(source, 4, text.index("  #"))


def test_both_halves_of_a_chain_span_it() -> None:
    assert spans(parse("0 < v < 2")) == ["0", "v", "0 < v < 2", "v", "2", "0 < v < 2", "0 < v < 2"]


def test_unicode_does_not_shift_spans() -> None:
    text = "λ*\u00b5 + µ*(β - 1)"
    assert spans(parse(text)) == ["λ", "\u00b5", "λ*\u00b5", "µ", "β", "1", "β - 1", "µ*(β - 1)", text]


FAILURES = {
    # text: (message start, underlined text, column)
    "1 +* 2": ("Cannot parse", "*", 3),
    "5 r": ("Cannot parse", "r", 2),
    "2x": ("Cannot parse", "x", 1),
    "a b": ("Cannot parse", "b", 2),
    "2 (b)": ("Cannot parse", "(", 2),
    "a[0]": ("Cannot parse", "[", 1),
    "a && b": ("Cannot parse", "&&", 2),
    "a || b": ("Cannot parse", "||", 2),
    "v.x": ("Cannot parse", ".", 1),
    "v.pos(x)": ("Cannot parse", ".", 1),
    "'abc'": ("Cannot parse", "'abc'", 0),
    '"abc"': ("Cannot parse", '"abc"', 0),
    "a @ b": ("Cannot parse", "@", 2),
    "a!": ("Cannot parse", "!", 1),
    "!a": ("Cannot parse", "!", 0),
    "1 +": ("Cannot parse", "+", 2),
    "not": ("Cannot parse", "not", 0),
    "a and": ("Cannot parse", "and", 2),
    "a + not b": ("Cannot parse", "not", 4),
    "a == not b": ("Cannot parse", "not", 5),
    "- not b": ("Cannot parse", "not", 2),
    "a not in b": ("Cannot parse", "not", 2),
    "()": ("Cannot parse", ")", 1),
    "(a,b)": ("Cannot parse", ",", 2),
    "f(a,)": ("Cannot parse", ")", 4),
    "f(,a)": ("Cannot parse", ",", 2),
    "f(a b)": ("Cannot parse", "b", 4),
    "f(x=1)": (ONE_ASSIGNMENT, "=", 3),
    "a = b": (ONE_ASSIGNMENT, "=", 2),
    "lambda x: x": ("Cannot parse", "lambda", 0),
    "is a": ("Cannot parse", "is", 0),
    "pre": ("Cannot parse", "pre", 0),
    "pre + 1": ("Cannot parse", "pre", 0),
    "pre.": ("Cannot parse", ".", 3),
    "pre.1": ("Cannot parse", "pre", 0),
    "pre.pos(x)": ("Cannot parse", "pos", 4),
    "sum": ("Cannot parse", "sum", 0),
    "pre.sum": ("Cannot parse", "sum", 4),
    "sum(a + b)": ("Cannot parse", "+", 6),
    "sum(1)": ("Cannot parse", "1", 4),
    "pre.sum()": ("pre.sum() needs the name of a target.", "pre.sum()", 0),
    "(a": ("Unbalanced parentheses.", "(", 0),
    "a)": ("Unbalanced parentheses.", ")", 1),
    "1e999": ("The number 1e999 is too large.", "1e999", 0),
    "a : b": ("Cannot parse", ":", 2),
    "if a: b": (WRITE_IF, "if", 0),
    "if a b else: c": (WRITE_IF, "else", 7),
    "if a: b else c": (WRITE_IF, "c", 13),
    "if a: b else:": (WRITE_IF, ":", 12),
    "if : b else: c": (WRITE_IF, "if", 0),
    "if a: else: c": (WRITE_IF, ":", 4),
    "if a: b elif c: d else: e": (WRITE_IF, "elif", 8),
    "a if b else c": (WRITE_IF, "if", 2),
    "else: c": (WRITE_IF, "else", 0),
    "a else: c": (WRITE_IF, "else", 2),
    "1.0 + if a: b else: c": (WHOLE_SIDE, "if", 6),
    "(if a: b else: c)": (WHOLE_SIDE, "if", 1),
    "f(if a: b else: c)": (WHOLE_SIDE, "if", 2),
    "": ("Cannot parse", "", 0),
}


@pytest.mark.parametrize("text", FAILURES)
def test_failure(text: str) -> None:
    message, underlined, column = FAILURES[text]
    with pytest.raises(ModelError) as caught:
        parse(text)
    error = caught.value
    assert error.message.startswith(message)
    assert error.origin is not None
    assert (error.origin.text, error.origin.column) == (underlined, column)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a && b", 'use "and"/"or"'),
        ("a || b", 'use "and"/"or"'),
        ("!a", 'use "not"'),
        ("5 r", "an operator is missing; a product needs *"),
        ("2x", "a name cannot begin with a digit; a product needs *"),
        ("v.x", "only pre. and post. have attributes"),
        ("a\nb", 'a line without "=" goes on with the statement before it'),
        ("a = b", 'a comparison is written "=="'),
        ("1 +", "the expression ends too early"),
    ],
)
def test_hint(text: str, hint: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse(text)
    assert caught.value.hint == hint


DEEP = {
    "sum": "+".join(["a"] * (MAX_DEPTH + 2)),
    "and": " and ".join(["a"] * (MAX_DEPTH + 2)),
    "chain": " < ".join(["a"] * (MAX_DEPTH + 3)),
    "signs": "-" * (MAX_DEPTH + 2) + "a",
    "powers": "^".join(["a"] * (MAX_DEPTH + 2)),
    "calls": "f(" * (MAX_DEPTH + 2) + "a" + ")" * (MAX_DEPTH + 2),
    "parentheses": "(" * 300 + "a" + ")" * 300,
    "conditionals": "if a: b else: " * (MAX_DEPTH + 2) + "c",
    "very long": "+".join(["a"] * 20_000),
    "very many signs": "-" * 20_000 + "a",
}


@pytest.mark.parametrize("kind", DEEP)
def test_depth_is_limited(kind: str) -> None:
    with pytest.raises(ModelError, match=f"nested more than {MAX_DEPTH} deep"):
        parse(DEEP[kind])


def test_long_sums_within_the_limit_are_fine() -> None:
    assert sum(isinstance(n, Binary) for n in walk(parse("+".join(["a"] * MAX_DEPTH)))) == MAX_DEPTH - 1

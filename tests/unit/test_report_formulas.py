"""From expressions of the language to LaTeX and MathML."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from synloom.codegen.errors import SourceText
from synloom.codegen.ir.expr import Binary, Call, Cast, Const, Draw, Expr, Name, Reduction, Select, Unary, Var
from synloom.codegen.ir.expr import WeightedSum as Sum
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.lang.builtins import FUNCTIONS
from synloom.codegen.lang.parser import parse_expression
from synloom.random import DISTRIBUTIONS as CLASSES
from synloom.report.equations import Names, formula
from synloom.report.formula import Letter, Line, Word
from synloom.report.inline import parsed
from synloom.report.latex import latex
from synloom.report.mathml import math
from synloom.report.symbols import DISTRIBUTIONS, GLYPHS, number, symbol

NAMES = Names(frozenset({"x", "v"}), pre=frozenset({"r", "x_a"}), post=frozenset({"r"}), delayed=True)


def tree(text: str) -> Expr:
    return parse_expression(SourceText(text), 0, len(text))


def shown(text: str, names: Names = NAMES) -> str:
    return latex(formula(tree(text), names))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("v", "v"),
        ("tau", r"\tau"),
        ("Omega", r"\Omega"),
        ("Alpha", r"\mathrm{A}"),
        ("τ", r"\tau"),
        ("rate", r"\text{rate}"),
        ("tau_m", r"\tau_{m}"),
        ("g_exc", r"g_{\text{exc}}"),
        ("x_1", "x_{1}"),
        ("tau_syn_E", r"\text{tau-syn-E}"),
        ("x_", r"\text{x-}"),
        ("_x", r"\text{-x}"),
        ("é", r"\text{é}"),
    ],
)
def test_names_become_symbols(name: str, expected: str) -> None:
    assert latex(symbol(name)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (10.0, "10"),
        (0.5, "0.5"),
        (-2.5, "-2.5"),
        (3, "3"),
        (True, r"\text{true}"),
        (1e-9, r"1 \times 10^{-9}"),
        (1.5e300, r"1.5 \times 10^{300}"),
    ],
)
def test_numbers(value: float, expected: str) -> None:
    assert latex(number(value)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x + a", "x(t) + a"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - b - c", "a - b - c"),
        ("a - (-b)", "a - (-b)"),
        ("a + -b", "a + (-b)"),
        ("a * (b + c)", r"a \cdot (b + c)"),
        ("-a*b", r"-a \cdot b"),
        ("-(a + b)", "-(a + b)"),
        ("a * -b", r"a \cdot (-b)"),
        ("a/b/c", r"\frac{\frac{a}{b}}{c}"),
        ("-a/b", r"-\frac{a}{b}"),
        ("a//b", r"\left\lfloor \frac{a}{b} \right\rfloor"),
        ("a % b", r"a \bmod b"),
        ("x^2", "{x(t)}^{2}"),
        ("(a + b)^2", "(a + b)^{2}"),
        ("pre.r^2", r"(r^{\text{pre}}(t - d))^{2}"),
        ("exp(a)^2", r"(\exp (a))^{2}"),
        ("2^-x", "2^{-x(t)}"),
        ("pow(a, b)", "a^{b}"),
        ("power(a, 3)", "a^{3}"),
        ("1e-9^2", r"(1 \times 10^{-9})^{2}"),
        ("a == b", "a = b"),
        ("a != b", r"a \neq b"),
        ("a <= b", r"a \leq b"),
        ("a >= b and c < d", r"a \geq b \land c < d"),
        ("not (a or b)", r"\lnot (a \lor b)"),
        ("(a or b) and c", r"(a \lor b) \land c"),
        ("(a < b) == c", "(a < b) = c"),
        ("(a > b) * c", r"(a > b) \cdot c"),
    ],
)
def test_operators_keep_their_meaning(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pos(x)", "(x(t))^{+}"),
        ("positive(a - b)", "(a - b)^{+}"),
        ("neg(x)", "(x(t))^{-}"),
        ("sqrt(a)", r"\sqrt{a}"),
        ("abs(a)", r"\left| a \right|"),
        ("floor(a)", r"\left\lfloor a \right\rfloor"),
        ("ceil(a)", r"\left\lceil a \right\rceil"),
        ("exp(-x/tau)", r"\exp \left( -\frac{x(t)}{\tau} \right)"),
        ("log(a)", r"\ln (a)"),
        ("log10(a)", r"\log_{10} (a)"),
        ("log2(a)", r"\log_{2} (a)"),
        ("asin(a)", r"\arcsin (a)"),
        ("acosh(a)", r"\text{arcosh} (a)"),
        ("tanh(a)", r"\tanh (a)"),
        ("Heaviside(x)", r"\text{H} (x(t))"),
        ("clip(x, 0, 1)", r"\text{clip} (x(t), 0, 1)"),
        ("max(a, b, c)", r"\max (a, b, c)"),
        ("modulo(a, b)", r"(a \bmod b)"),
        ("mean(x)", r"\text{mean} (x(t))"),
        ("max(pre.r)", r"\max (r^{\text{pre}}(t))"),
        ("norm2(x)", r"\left\Vert x(t) \right\Vert_{2}"),
        ("my_f(a, 1)", r"\text{my}_{f} (a, 1)"),
        ("times(a)", r"\text{times} (a)"),  # the name of a glyph of ours means nothing in an equation
        ("sum(exc)", r"\sum_{\text{exc}} w \cdot r^{\text{pre}}(t - d)"),
        ("a - sum(exc)", r"a - \sum_{\text{exc}} w \cdot r^{\text{pre}}(t - d)"),
        ("sum(exc) * a", r"\left( \sum_{\text{exc}} w \cdot r^{\text{pre}}(t - d) \right) \cdot a"),
        ("a * sum(exc)", r"a \cdot \left( \sum_{\text{exc}} w \cdot r^{\text{pre}}(t - d) \right)"),
        ("sum()", r"\sum w \cdot r^{\text{pre}}(t - d)"),
        ("post.sum(e)", r"\left( \sum_{e} w \cdot r^{\text{pre}}(t - d) \right)^{\text{post}}"),
        ("Normal(0.0, sigma)", r"\mathcal{N} (0, \sigma)"),
        ("LogNormal(0.0, 1.0)", r"\ln \mathcal{N} (0, 1)"),
        ("2*pi*E", r"2 \cdot \pi \cdot e"),
        ("dt * t", r"\Delta t \cdot t"),
        ("t_last", r"t_{\text{last}}"),
        ("post.r - pre.x_a", r"r^{\text{post}}(t) - x_{a}^{\text{pre}}(t - d)"),
        ("pre.b", r"b^{\text{pre}}"),
        ("True", r"\text{true}"),
    ],
)
def test_functions_and_names(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_conditionals_are_cases() -> None:
    assert shown("if x > 1: a else: b") == (
        r"\begin{cases} a & \text{if } x(t) > 1 \\ b & \text{otherwise} \end{cases}"
    )
    assert shown("if a: 1 else: if b: 2 else: 3") == (
        r"\begin{cases} 1 & \text{if } a \\ 2 & \text{if } b \\ 3 & \text{otherwise} \end{cases}"
    )
    assert shown("2 * ite(a, b, c)") == (
        r"2 \cdot \left( \begin{cases} b & \text{if } a \\ c & \text{otherwise} \end{cases} \right)"
    )


def test_attributes_hide_pi_and_e() -> None:
    assert shown("pi + E", Names(declared=frozenset({"E"}))) == r"\pi + E"


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (Const(3, DType.INT), "3"),
        (Const(1.0, DType.BOOL), r"\text{true}"),
        (Const(3.141592653589793), r"\pi"),
        (Const(-1.0), "-1"),
        (Binary("+", Name("", "a"), Const(-1.0)), "a + (-1)"),
        (Binary("*", Const(-1.0), Name("", "a")), r"(-1) \cdot a"),
        (Var(Scope.SELF, "x", Locality.LOCAL), "x(t)"),
        (Var(Scope.PRE, "r"), r"r^{\text{pre}}(t - d)"),
        (Var(Scope.ARGUMENT, "x"), "x"),
        (Var(Scope.CONSTANT, "tau"), r"\tau"),
        (Var(Scope.CLOCK, "dt"), r"\Delta t"),
        (Var(Scope.TIME, "t_pre"), r"t_{\text{pre}}"),
        (Var(Scope.TARGET, ""), r"g_{\text{target}}(t)"),
        (Var(Scope.TARGET, "exc"), r"g_{\text{exc}}(t)"),
        (Reduction("norm1", Scope.POST, "r"), r"\left\Vert r^{\text{post}}(t) \right\Vert_{1}"),
        (Cast(Var(Scope.SELF, "x"), DType.BOOL), r"x(t) \neq 0"),
        (Cast(Var(Scope.SELF, "x"), DType.INT), r"\text{trunc} (x(t))"),
        (Cast(Const(2.7), DType.INT), "2"),
        (Cast(Binary(">", Name("", "a"), Name("", "b"), DType.BOOL), DType.REAL), "a > b"),
    ],
)
def test_resolved_nodes(expr: Expr, expected: str) -> None:
    assert latex(formula(expr, NAMES)) == expected


def everything() -> list[Expr]:
    """One of each node, each function, each distribution."""
    a = Name("", "a")
    calls: list[Expr] = [Call(f.name, (a,) * f.arity) for f in FUNCTIONS.values() if f.name != "power"]
    draws: list[Expr] = [Draw(name, (a, Const(2.0))) for name in CLASSES]
    return [
        *calls,
        *draws,
        Binary("**", a, Const(0.5)),
        Select(Unary("not", a, DType.BOOL), a, Unary("-", a)),
        Sum(Scope.PRE, "exc"),
        tree("a // b + c % d"),
    ]


@pytest.mark.parametrize("expr", everything(), ids=str)
def test_mathml_is_well_formed_and_says_the_same(expr: Expr) -> None:
    page = ElementTree.fromstring(math(formula(expr, NAMES), display=True))
    assert page.tag == "math" and page.get("display") == "block"
    assert "a" in "".join(page.itertext()) or isinstance(expr, Sum)
    allowed = {"mi", "mn", "mo", "mtext", "mrow", "mfrac", "msub", "msup", "msubsup", "munder", "msqrt"}
    assert {e.tag for e in page.iter()} <= allowed | {"math", "mtable", "mtr", "mtd"}


def test_mathml_in_detail() -> None:
    assert math(formula(tree("x < 1"), NAMES)) == (
        '<math display="inline"><mrow><mrow><mi>x</mi><mo stretchy="false" form="prefix">(</mo><mi>t</mi>'
        '<mo stretchy="false" form="postfix">)</mo></mrow><mo>&lt;</mo><mn>1</mn></mrow></math>'
    )
    assert "<mfrac><mi>a</mi><mi>b</mi></mfrac>" in math(formula(tree("a/b"), NAMES))
    assert "<munder><mo>∑</mo><mtext>exc</mtext></munder>" in math(formula(tree("sum(exc)"), NAMES))
    assert "<mtext>otherwise</mtext>" in math(formula(tree("ite(a, b, c)"), NAMES))


def test_distributions_look_as_they_say() -> None:
    """The glyph in a formula is the one of ``RandomDistribution.latex()``."""
    for name, kind in CLASSES.items():
        assert latex(DISTRIBUTIONS[name]).replace(" ", "") == kind.symbol
        assert parsed(f"weights ${kind.symbol}$(0, 1)") == ("weights ", DISTRIBUTIONS[name], "(0, 1)")


def test_other_dollar_signs_stay() -> None:
    def text(line: Line) -> str:
        return "".join(p if isinstance(p, str) else "?" for p in line)

    assert text(parsed("a $5 note")) == "a $5 note"
    assert text(parsed(r"$x$ and $\rightarrow$")) == "$x$ and ?"
    assert text(parsed("$")) == "$"
    assert parsed("") == ()


def test_every_glyph_can_be_written() -> None:
    assert all(n.latex and n.text and n.element in ("mo", "mi") for n in GLYPHS.values())
    assert symbol("ab") == Word("ab") and symbol("a") == Letter("a")

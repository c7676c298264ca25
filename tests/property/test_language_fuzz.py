"""Whatever text a user writes, the outcome is a model or an error of ours, at a place in that text."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synloom.codegen.description import NeuronDescription, SynapseDescription
from synloom.codegen.errors import ModelError, ModelErrors, Origin, SourceText
from synloom.codegen.ir.expr import Call, Cast, Const, Expr, Gradient, Name, Var, children, walk
from synloom.codegen.ir.model import (
    Assignment,
    Equation,
    Function,
    NeuronModel,
    SynapseModel,
    model_expressions,
)
from synloom.codegen.ir.text import show
from synloom.codegen.ir.types import DType, Scope
from synloom.codegen.lang.builtins import DISTRIBUTIONS, FUNCTION_NAMES, FUNCTIONS
from synloom.codegen.lang.tokens import Kind, tokenize
from synloom.codegen.lower.function import lower_functions
from synloom.codegen.lower.neuron import lower_neuron
from synloom.codegen.lower.synapse import lower_psp, lower_synapse
from tests.unit.lang_texts import POST, PRE, SPIKING, neuron, shared_functions, synapse

SHARED = shared_functions("logis(x) = 1/(1 + exp(-x)) ; f(n, c) = n : int, int, bool")
CONSTANTS = ("K", "tau")

NEURONS: list[tuple[str, ...]] = [
    (
        "tau = 20.0 : population ; leak = 0.1",
        "tau * dm/dt = sum(exc) - leak*m : init = 0.2, max = 5.0\nr = pos(m)",
        "",
    ),
    ("a = 1/2 ; b = True\nn : int", "r = if a > 1 and not b: 2.0 else: if n: 1 else: 0 : min=0", ""),
    (
        "",
        "c += 1 : int, init=3\nr = Uniform(0, 1) + mean(c) ; x /= 2 : bool",
        "f(x) = x^2 ; g(x, y) = f(x)*y + K",
    ),
    (
        "v0 = -65.0",
        "dv/dt = (v0 - v)/tau : exponential, init = v0 # x\n;; r = clip(v, 0, 1)*g(v, t)",
        "g(a, b) = a",
    ),
]
SPIKING_NEURONS: list[tuple[str, ...]] = [
    (
        "tau = 20.0 : population ; th = 1.0",
        "tau*dv/dt = g_exc - v + t_last : exponential ; 5.0*dg_exc/dt = -g_exc",
        "v >= th",
        "v = 0.0 ; th += 0.1 : max = 2.0",
        "",
        "",
        "th",
    ),
    (
        "on = True",
        "v += g_inh : min = 0\nu = u",
        "(v > 1) and not on # now",
        "v = if u > 1: Normal(0, 1) else: v - 1\n; u *= 2 : unless_refractory",
        "v > 2 or t - t_last > 5",
        "g_inh = 0 ; on = v",
        "",
    ),
]
SYNAPSES: list[tuple[str, ...]] = [
    ("eta = 0.05 : projection", "dw/dt = eta*pre.r*(post.r - 0.1) : min = 0.0, max = 2", "w * pre.r"),
    (
        "s = 1.0 : postsynaptic",
        "th = post.r + s : postsynaptic\nx = w - th + Normal(0, 1)",
        "if x > 0: pre.r else: 0",
    ),
    ("", "g = mean(pre.r) : projection ; x *= g", "max(w, pre.sum(exc)) - pre . x"),
]

SPIKING_SYNAPSES: list[tuple[str, ...]] = [
    (
        "taup = 10.0 : projection ; s = 1.0",
        "taup*dx/dt = -x : event-driven\ndy/dt = (s - y)/tau : exact, init = 2\nz = pre.v : postsynaptic",
        "",
        "g_target += w ; x += 1.0\nw -= 0.1*y : min = 0, unless_post",
        "y += 1.0 ; w = if w > 1: 1.0 else: w + x : max = 2.0",
        "",
        "pre.v * post.v > 0.9 : proba = 0.5, w = Uniform(0, 1), d = 2*dt",
        "w < 0.1 : proba = 0.1",
    ),
    (
        "",
        "x = t_pre - t_post",
        "w * pre.v",
        "n += 1 : int, init=3 ; b = Uniform(0, 1) > 0.5 : bool",
        "",
        "g_target *= 2 : max = 4 ; n = 0",
        "",
        "n > 3",
    ),
]

TEXT = """\
t_last t_pre t_post g_exc g_inh g_target post.v pre.v proba unless_refractory \
tau a b r v dr dv d dt t w K x n pi E f g logis new \u00b5 \u00e9 \u00b2 if else elif and or not is \
True False true lambda in None sum exc pre post init min max int bool float population projection \
postsynaptic rk4 midpoint implicit exponential event-driven runge-kutta4 unless_post foo \
0 1 2.5 1e3 .5 1. 1e999 1e-999 007 2x 0x1f 1_000 1j 'key' \
+ - * / // % ^ ** ( ) , : . = += -= *= /= ^= //= == != < <= > >= & | && || ! @ [ ] { } $ ' \" \\ ; #"""
BLANKS = ["\n", "\n  ", " ", "  ", "\t", "# c", "\r\n", "\x00", "\u2028"]
WORDS = [*TEXT.split(" "), *BLANKS, *sorted(FUNCTION_NAMES), *sorted(DISTRIBUTIONS)]

words = st.lists(st.sampled_from(WORDS), max_size=40)
soup = st.builds("".join, words) | st.builds(" ".join, words)
anything = st.text(max_size=60)


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """A valid text with some tokens dropped, doubled, exchanged or replaced."""
    starts = [0, *(t.start for t in tokenize(text)[1:]), len(text)]
    pieces = [text[begin:end] for begin, end in pairwise(starts)]
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(pieces) - 1, 0)))
        other = draw(st.integers(0, max(len(pieces) - 1, 0)))
        match draw(st.sampled_from(["drop", "double", "exchange", "replace", "insert"])):
            case "drop":
                del pieces[at : at + 1]
            case "double":
                pieces[at:at] = pieces[at : at + 1]
            case "exchange" if pieces:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case "replace":
                pieces[at : at + 1] = [draw(st.sampled_from(WORDS))]
            case _:
                pieces.insert(at, f" {draw(st.sampled_from(WORDS))} ")
    return "".join(pieces)


@st.composite
def spoilt(draw: st.DrawFn, models: list[tuple[str, ...]]) -> list[str]:
    """The texts of a valid model, one of them mutated, or replaced by anything at all."""
    texts = list(draw(st.sampled_from(models)))
    at = draw(st.integers(0, len(texts) - 1))
    texts[at] = draw(mutated(texts[at]) | mutated(texts[at]) | soup | anything)
    return texts


def source(text: str, argument: str) -> SourceText:
    return SourceText(text, "Model 'X'", argument)


def check_errors(error: ModelError, *sources: SourceText) -> None:
    """Every mistake has a message and, but for texts of nothing, a place inside one of the texts."""
    for one in error.errors if isinstance(error, ModelErrors) else [error]:
        assert one.message
        assert str(one).startswith(one.message)
        if one.origin is None:
            assert "is rate-coded and must define" in one.message
            continue
        assert any(one.origin.source.argument == s.argument for s in sources)
        assert 0 <= one.origin.start <= one.origin.end <= len(one.origin.source.content)
        assert one.origin.line >= 1
        assert one.origin.column >= 0
        assert "^" in str(one)


ARITHMETIC = ("+", "-", "*", "/", "//", "%", "**")


def check_typed(expr: Expr, functions: tuple[Function, ...]) -> None:
    """Names are resolved, and each node has operands of the types it asks for (ir/expr.py)."""
    called = {f.name: f for f in functions}
    for node in walk(expr):
        assert not isinstance(node, Name | Gradient)
        types = [part.dtype for part in children(node)]
        op: Any = getattr(node, "op", None)
        if op in ("and", "or", "not"):
            assert node.dtype is DType.BOOL
            assert set(types) == {DType.BOOL}
        elif type(node).__name__ in ("Unary", "Binary"):
            assert set(types) == {DType.REAL}
            assert node.dtype is (DType.REAL if op in ARITHMETIC else DType.BOOL)
        elif type(node).__name__ == "Select":
            assert types == [DType.BOOL, node.dtype, node.dtype]
        elif isinstance(node, Call) and node.function in called:
            assert types == [dtype for _, dtype in called[node.function].arguments]
        elif isinstance(node, Call):
            assert node.function in FUNCTIONS
            assert set(types) == {DType.REAL}
        elif isinstance(node, Cast):
            assert types != [node.dtype]
        elif isinstance(node, Var):
            assert node.scope is not Scope.TEMP
        assert show(node)


def check_equation(equation: Equation, names: list[str], functions: tuple[Function, ...]) -> None:
    assert equation.target.name in names or equation.target.scope is Scope.TARGET
    for bound in equation.bounds:
        assert bound.value.dtype is DType.REAL
        check_typed(bound.value, functions)
    if isinstance(equation, Assignment):
        assert equation.value.dtype is equation.target.dtype
        check_typed(equation.value, functions)
    else:
        assert equation.coefficient.dtype is equation.rhs.dtype is DType.REAL
        check_typed(equation.coefficient, functions)
        check_typed(equation.rhs, functions)


def check_model(model: NeuronModel | SynapseModel) -> None:
    names = [a.name for a in model.attributes]
    assert len(names) == len(set(names))
    for attribute in model.attributes:
        assert attribute.init.dtype is attribute.dtype
        check_typed(attribute.init, ())
    for equation in (*model.equations, *executed(model)):
        check_equation(equation, names, model.functions)
    for function in model.functions:
        assert function.body.dtype is function.dtype
        check_typed(function.body, model.functions)
    hash(model)


def executed(model: NeuronModel | SynapseModel) -> list[Assignment]:
    """The statements of resets and events."""
    if isinstance(model, NeuronModel):
        return [s for spike in (model.spike, model.axon_spike) if spike for s in spike.reset]
    return [*model.pre_spike, *model.post_spike, *model.pre_axon_spike]


many = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(spoilt(NEURONS))
def test_neurons(written: list[str]) -> None:
    texts = [source(t, a) for t, a in zip(written, ("parameters", "equations", "functions"), strict=True)]
    try:
        model = lower_neuron(NeuronDescription(*texts, name="X"), functions=SHARED, constants=CONSTANTS)
    except ModelError as error:
        check_errors(error, *texts)
    else:
        check_model(model)


@many
@given(spoilt(SYNAPSES))
def test_synapses(written: list[str]) -> None:
    texts = [source(t, a) for t, a in zip(written, ("parameters", "equations", "psp"), strict=True)]
    sides: dict[str, Any] = {"pre": PRE, "post": POST, "pre_name": "p1", "post_name": "p2"}
    try:
        model = lower_synapse(SynapseDescription(*texts), **sides, functions=SHARED, constants=CONSTANTS)
        assert model.attribute("w") is not None
        check_model(model)
        check_typed(model.psp, model.functions)
        assert model.psp.dtype is DType.REAL
    except ModelError as error:
        check_errors(error, *texts)


NEURON_ARGUMENTS = ("parameters", "equations", "spike", "reset", "axon_spike", "axon_reset", "refractory")


@many
@given(spoilt(SPIKING_NEURONS))
def test_spiking_neurons(written: list[str]) -> None:
    texts = {a: source(t, a) for a, t in zip(NEURON_ARGUMENTS, written, strict=True)}
    try:
        model = lower_neuron(NeuronDescription(**texts, name="X"), functions=SHARED, constants=CONSTANTS)
    except ModelError as error:
        check_errors(error, *texts.values())
        return
    check_model(model)
    for spike in (model.spike, model.axon_spike):
        if spike is not None:
            assert spike.condition.dtype is DType.BOOL
            check_typed(spike.condition, model.functions)
    if model.spiking:
        assert [a.name for a in model.attributes].count("r") == 1


SYNAPSE_ARGUMENTS = (
    *("parameters", "equations", "psp", "pre_spike", "post_spike", "pre_axon_spike"),
    *("creating", "pruning"),
)


@many
@given(spoilt(SPIKING_SYNAPSES), st.booleans())
def test_spiking_synapses(written: list[str], spiking: bool) -> None:
    texts = {a: source(t, a) for a, t in zip(SYNAPSE_ARGUMENTS, written, strict=True)}
    sides: dict[str, Any] = {"pre": SPIKING, "post": SPIKING, "pre_name": "p1", "post_name": "p2"}
    more: dict[str, Any] = {"spiking": spiking, "targets": ("exc",)}
    description = SynapseDescription(**texts)
    try:
        model = lower_synapse(description, **sides, **more, functions=SHARED, constants=CONSTANTS)
    except ModelError as error:
        check_errors(error, *texts.values())
        return
    check_model(model)
    assert model.spiking is spiking
    assert model.pre_spike.transmit or model.psp is not None
    for expr in model_expressions(model):
        check_typed(expr, model.functions)
    for rule in (model.creating, model.pruning):
        assert rule is None or rule.condition.dtype is DType.BOOL


FORWARD = synapse("th = post.r : postsynaptic", "a = 1.0")


@many
@given(spoilt([(s[2],) for s in SYNAPSES]))
def test_psps(written: list[str]) -> None:
    text = source(written[0], "psp")
    sides: dict[str, Any] = {"pre": POST, "post": PRE, "pre_name": "p2", "post_name": "p1"}
    try:
        found = lower_psp(text, synapse=FORWARD, **sides, functions=SHARED, constants=CONSTANTS)
        check_typed(found, tuple(SHARED.values()))
    except ModelError as error:
        check_errors(error, text)


@many
@given(spoilt([(n[2],) for n in NEURONS if n[2]]))
def test_functions(written: list[str]) -> None:
    text = source(written[0], "functions")
    try:
        found = lower_functions(text, functions=SHARED, constants=CONSTANTS)
    except ModelError as error:
        check_errors(error, text)
    else:
        for function in found:
            check_typed(function.body, (*SHARED.values(), *found))


@many
@given(soup | anything)
def test_tokens_cover_the_text(text: str) -> None:
    tokens = tokenize(text)
    ends = [0, *(t.end for t in tokens)]
    assert all(token.start >= end for token, end in zip(tokens, ends, strict=False))
    assert all(t.text == text[t.start : t.end] for t in tokens if t.kind is not Kind.NAME)
    gaps = [text[end : token.start] for token, end in zip(tokens, ends, strict=False)]
    assert all(not gap.strip() or gap.lstrip().startswith("#") for gap in gaps)


# -- a random tree, written out and read again ---------------------------------------------------------------

LEAVES = st.sampled_from(["x", "n", "b", "2", "0.5", "True", "K", "t", "sum(exc)", "mean(x)"])


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.sampled_from(["+", "-", "*", "/", "//", "%", "^", "<", ">=", "==", "and", "or", "is not"])
    return (
        st.builds("({} {} {})".format, inner, binary, inner)
        | st.builds("-{}".format, st.builds("({})".format, inner))
        | st.builds("(not {})".format, inner)
        | st.builds("{}({}, {})".format, st.sampled_from(["max", "atan2", "pow"]), inner, inner)
        | st.builds("ite({}, {}, {})".format, inner, inner, inner)
    )


@settings(max_examples=200, deadline=None)
@given(st.recursive(LEAVES, grow, max_leaves=12))
def test_every_well_formed_expression_is_understood(text: str) -> None:
    model = neuron(f"r = {text}", "x = 1.0 ; n = 1 : int ; b = True", constants=["K"])
    check_model(model)
    (equation,) = model.equations
    assert isinstance(equation, Assignment)
    assert equation.text == f"r = {text}"
    for node in walk(equation.value):
        origin = node.origin
        assert isinstance(origin, Origin)
        assert origin.text.count("(") == origin.text.count(")")
    # Written out and read again it is the same, but for conversions and signs, which stay open in writing.
    if not any(isinstance(n, Cast) or (isinstance(n, Const) and n.value < 0) for n in walk(equation.value)):
        again = neuron(f"r = {show(equation.value)}", "x = 1.0 ; n = 1 : int ; b = True", constants=["K"])
        assert again.equations == (replace(equation, text=again.equations[0].text),)

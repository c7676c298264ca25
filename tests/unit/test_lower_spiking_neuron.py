"""Spiking neurons: attributes nobody declares, conditions, resets (spec 01, sections 1, 7.3, 10.3 and 13)."""

from __future__ import annotations

import pytest

from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import SourceText
from synloom.codegen.ir.expr import ZERO, Binary, Call, Cast, Const, Draw, Expr, Reduction, Select, Unary, Var
from synloom.codegen.ir.model import Assignment, Attribute, Bound, NeuronModel, Spike
from synloom.codegen.ir.types import DType, Kind, Locality, Method, Scope
from synloom.codegen.lower.neuron import lower_neuron
from tests.unit.lang_texts import mistake, neuron, ode, place, shared_functions, value

REAL, INT, BOOL = DType.REAL, DType.INT, DType.BOOL
GLOBAL, LOCAL = Locality.GLOBAL, Locality.LOCAL
T_LAST = Var(Scope.TIME, "t_last", LOCAL)


def own(name: str, locality: Locality = LOCAL, dtype: DType = REAL) -> Var:
    return Var(Scope.SELF, name, locality, dtype)


def spike_of(model: NeuronModel) -> Spike:
    assert model.spike is not None
    return model.spike


def reset_of(text: str, equations: str = "v = 1.0", parameters: str = "") -> tuple[Assignment, ...]:
    return spike_of(neuron(equations, parameters, spike="v > 1", reset=text)).reset


# -- what makes a neuron spiking -----------------------------------------------------------------------------


def test_a_spike_condition_makes_a_neuron_spiking() -> None:
    model = neuron("v = 1.0", spike="v > 1")
    assert model.spiking
    assert spike_of(model) == Spike(Binary(">", own("v"), Const(1.0), BOOL), "v > 1")
    assert (model.axon_spike, model.refractory) == (None, None)


@pytest.mark.parametrize("text", ["", "  \n", "# never", ";"])
def test_an_empty_condition_does_not(text: str) -> None:
    model = neuron("r = 1.0", spike=text)
    assert not model.spiking
    assert [a.name for a in model.attributes] == ["r"]


# -- attributes ----------------------------------------------------------------------------------------------


def test_the_order_of_attributes() -> None:
    model = neuron("x = g_exc + g_ampa", "p = 1.0", spike="x > 1")
    assert model.attributes == (
        Attribute("p", Kind.PARAMETER, LOCAL),
        Attribute("x", Kind.VARIABLE, LOCAL),
        Attribute("r", Kind.VARIABLE, LOCAL),
        Attribute("g_ampa", Kind.VARIABLE, LOCAL),
        Attribute("g_exc", Kind.VARIABLE, LOCAL),
    )
    assert [a.init for a in model.attributes[2:]] == [ZERO] * 3


def test_implicit_conductances_are_erased_last() -> None:
    model = neuron("x = g_exc + g_ampa ; y = x", spike="x > 1")
    assert [e.target.name for e in model.equations] == ["x", "y", "g_ampa", "g_exc"]
    assert model.equations[2:] == (
        Assignment(own("g_ampa"), ZERO, text="g_ampa = 0.0"),
        Assignment(own("g_exc"), ZERO, text="g_exc = 0.0"),
    )


@pytest.mark.parametrize("argument", ["equations", "spike", "reset", "axon_spike", "axon_reset"])
def test_any_text_makes_a_conductance(argument: str) -> None:
    texts = {"equations": "v = 1", "spike": "v > 1", "axon_spike": "v > 2"}
    more = {
        "equations": "v = g_inh",
        "spike": "v > g_inh",
        "reset": "v = g_inh",
        "axon_spike": "v > g_inh",
        "axon_reset": "g_inh = 0",
    }
    model = neuron(**{**texts, argument: more[argument]})
    assert [a.name for a in model.attributes] == ["v", "r", "g_inh"]
    assert model.equations[-1].text == "g_inh = 0.0"


@pytest.mark.parametrize(
    ("equations", "parameters"),
    [
        ("v = g_exc\n5.0*dg_exc/dt = -g_exc", ""),
        ("g_exc *= 0.9 ; v = g_exc", ""),
        ("v = g_exc", "g_exc = 3.0"),
        ("v = g_exc*v", "g_exc = 3.0 : population"),
    ],
)
def test_a_declared_one_is_left_alone(equations: str, parameters: str) -> None:
    model = neuron(equations, parameters, spike="v > 1")
    assert sorted(a.name for a in model.attributes) == ["g_exc", "r", "v"]
    assert all(e.text != "g_exc = 0.0" or "g_exc = 0.0" in equations for e in model.equations)


def test_a_gradient_with_a_blank_declares_its_conductance() -> None:
    model = neuron("v = 1 ; 5.0 * d g_exc/dt = -g_exc", spike="v > 1")
    assert ode(model, "g_exc").coefficient == Const(5.0)
    assert [a.name for a in model.attributes] == ["v", "g_exc", "r"]


def test_constants_functions_and_comments_are_no_conductances() -> None:
    model = neuron(
        "v = g_K + g_f(1) + g_h(2) # g_x",
        functions="g_f(g_y) = g_y",
        spike="v > 1",
        constants={"g_K"},
        shared=shared_functions("g_h(x) = x"),
    )
    assert [a.name for a in model.attributes] == ["v", "r"]
    assert [f.name for f in model.functions] == ["g_h", "g_f"]


def test_r_can_be_read() -> None:
    model = neuron("v = r", spike="v > 1", reset="v = r")
    assert value(model, "v") == own("r")
    assert spike_of(model).reset[0].value == own("r")


# -- times ---------------------------------------------------------------------------------------------------


def test_t_last() -> None:
    model = neuron(
        "v = t - t_last : max = t_last\ntau*du/dt = t_last - u",
        "tau = 5.0",
        spike="t_last < 5",
        reset="v = t_last : min = t_last",
        axon_spike="t > t_last",
        axon_reset="v = t_last",
    )
    assert value(model, "v") == Binary("-", Var(Scope.CLOCK, "t"), T_LAST)
    assert model.equations[0].bounds == (Bound("max", T_LAST),)
    assert ode(model, "u").rhs == Binary("-", T_LAST, own("u"))
    spike, axonal = spike_of(model), model.axon_spike
    assert axonal is not None
    assert spike.condition == Binary("<", T_LAST, Const(5.0), BOOL)
    assert spike.reset == (Assignment(own("v"), T_LAST, (Bound("min", T_LAST),), "v = t_last"),)
    assert axonal.condition == Binary(">", Var(Scope.CLOCK, "t"), T_LAST, BOOL)
    assert axonal.reset == (Assignment(own("v"), T_LAST, (), "v = t_last"),)


def test_a_constant_does_not_hide_t_last() -> None:
    assert value(neuron("v = t_last", spike="v > 1", constants={"t_last"}), "v") == T_LAST


# -- conditions ----------------------------------------------------------------------------------------------

CONDITIONS: dict[str, Expr] = {
    "v > 1 ;": Binary(">", own("v"), Const(1.0), BOOL),
    "\n v   > # comment\n 1": Binary(">", own("v"), Const(1.0), BOOL),
    "on": own("on", dtype=BOOL),
    "v": Cast(own("v"), BOOL),
    "ite(on, v > 1, v > 2)": Select(
        own("on", dtype=BOOL),
        Binary(">", own("v"), Const(1.0), BOOL),
        Binary(">", own("v"), Const(2.0), BOOL),
        BOOL,
    ),
    "max(v) > th": Binary(">", Reduction("max", Scope.SELF, "v"), own("th", GLOBAL), BOOL),
    "logis(v) > K": Binary(">", Call("logis", (own("v"),)), Var(Scope.CONSTANT, "K"), BOOL),
    "(v > 1) and not on": Binary(
        "and",
        Binary(">", own("v"), Const(1.0), BOOL),
        Unary("not", own("on", dtype=BOOL), BOOL),
        BOOL,
    ),
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_condition(text: str) -> None:
    model = neuron(
        "v = 1.0 ; on = True : bool",
        "th = 1.0 : population",
        spike=text,
        axon_spike=text,
        constants={"K"},
        shared=shared_functions("logis(x) = 1/(1 + exp(-x))"),
    )
    assert spike_of(model).condition == CONDITIONS[text]
    assert model.axon_spike == Spike(CONDITIONS[text], spike_of(model).text)


def test_the_text_of_a_condition_is_one_line() -> None:
    model = neuron("v = 1.0", spike="\n  (v  >\n 1) # now\n")
    assert spike_of(model).text == "(v > 1)"


def test_functions_of_conditions_and_resets_are_kept() -> None:
    model = neuron(
        "v = 1.0",
        functions="f(x) = x ; g(x) = x ; h(x) = f(x) ; k(x) = x",
        spike="g(v) > 1",
        reset="v = h(v)",
    )
    assert [f.name for f in model.functions] == ["f", "g", "h"]


# -- resets --------------------------------------------------------------------------------------------------


def test_statements_keep_their_order() -> None:
    found = reset_of("v = c ; u += d ; v *= 2", "v = u ; u = 1.0", "c = -65.0 ; d = 2.0 : population")
    assert found == (
        Assignment(own("v"), own("c"), text="v = c"),
        Assignment(own("u"), Binary("+", own("u"), own("d", GLOBAL)), text="u += d"),
        Assignment(own("v"), Binary("*", own("v"), Const(2.0)), text="v *= 2"),
    )


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("a = 1", own("a")),
        ("b = 1", own("b", GLOBAL)),
        ("m = v", own("m", GLOBAL)),
        ("g_exc = 1", own("g_exc")),
    ],
)
def test_any_attribute_may_be_changed(text: str, target: Var) -> None:
    (found,) = reset_of(text, "v = 1.0 ; m = m : population", "a = 1.0 ; b = 2.0 : population")
    assert found.target == target


def test_reset_converts_to_the_type_of_its_target() -> None:
    first, second = reset_of("n += 0.5 ; on = v", "v = 1.0 ; n = 0 : int ; on = True : bool")
    count = own("n", dtype=INT)
    assert first.value == Cast(Binary("+", Cast(count, REAL), Const(0.5)), INT)
    assert second.value == Cast(own("v"), BOOL)


def test_a_conditional_in_reset() -> None:
    (found,) = reset_of("v = if v > 2: 0.0 else: v - 1")
    assert found.value == Select(
        Binary(">", own("v"), Const(2.0), BOOL), Const(0.0), Binary("-", own("v"), Const(1.0))
    )


def test_bounds_and_silent_flags_of_reset() -> None:
    first, second = reset_of("v = 2 : max = a, min = 0\nv += 1 : unless_refractory", parameters="a = 1.0")
    assert first.bounds == (Bound("max", own("a")), Bound("min", Const(0.0)))
    assert (second.bounds, second.unless_post) == ((), False)


def test_random_numbers_in_reset_are_numbered_after_those_of_equations() -> None:
    model = neuron("v = Uniform(0, 1)", spike="v > 1", reset="v = Normal(0, 1) + Normal(0, 1)")
    drawn = spike_of(model).reset[0].value
    pair = (Const(0.0), Const(1.0))
    assert drawn == Binary("+", Draw("Normal", pair, 1), Draw("Normal", pair, 2))


# -- refractory period ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ref", own("ref")),
        (" rest # ms", own("rest", GLOBAL)),
        ("v", own("v")),
        ("", None),
    ],
)
def test_refractory(text: str, expected: Var | None) -> None:
    model = neuron("v = 1", "ref = 2.0 ; rest = 1.0 : population", spike="v > 1", refractory=text)
    assert model.refractory == expected


# -- memory --------------------------------------------------------------------------------------------------


def test_equal_texts_give_the_same_model() -> None:
    first, second = (neuron("v = 1.0", spike="v > 1", reset="v = 0") for _ in range(2))
    assert first is second
    assert neuron("v = 1.0", spike="v > 1", reset="v = 1") is not first


def test_texts_need_no_argument_names() -> None:
    """As the compiler's other clients write them."""
    description = NeuronDescription(
        SourceText(""), SourceText("v = 1"), spike=SourceText("v > 1"), reset=SourceText("v = 0")
    )
    model = lower_neuron(description, functions={}, constants=())
    assert len(spike_of(model).reset) == 1


def test_a_default_method_of_events_is_refused() -> None:
    error = mistake(
        lambda: neuron("du/dt = -u ; dv/dt = -v : rk4", spike="v > 1", method=Method.EVENT_DRIVEN)
    )
    assert error.message == 'The default method "event-driven" is only available in spiking synapses.'
    assert place(error) == ("du/dt = -u", 1, 0)
    assert error.hint == "give this equation a method flag, such as explicit"

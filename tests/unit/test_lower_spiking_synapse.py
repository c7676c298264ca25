"""Spiking synapses: transmission, event-driven equations, structural plasticity (spec 01, 2, 12.6 and 13)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synloom.codegen.ir.expr import ONE, ZERO, Binary, Call, Cast, Const, Draw, Expr, Unary, Var
from synloom.codegen.ir.model import W_PARAMETER, Assignment, Bound, Creating, Event, Pruning
from synloom.codegen.ir.types import DType, Kind, Locality, Method, Operation, Scope
from tests.unit.lang_texts import (
    SPIKING,
    mistake,
    neuron,
    ode,
    other_psp,
    place,
    shared_functions,
    spiking_synapse,
    synapse,
    value,
)

REAL, INT, BOOL = DType.REAL, DType.INT, DType.BOOL
GLOBAL, SEMIGLOBAL, LOCAL = Locality
TARGET = Var(Scope.TARGET, "", LOCAL)
W = Var(Scope.SELF, "w", LOCAL)
T_PRE, T_POST = Var(Scope.TIME, "t_pre", LOCAL), Var(Scope.TIME, "t_post", LOCAL)
DEFAULT = Assignment(TARGET, Binary("+", TARGET, W), text="g_target += w")


def own(name: str, locality: Locality = LOCAL, dtype: DType = REAL) -> Var:
    return Var(Scope.SELF, name, locality, dtype)


# -- transmission --------------------------------------------------------------------------------------------


def test_the_default_synapse() -> None:
    model = spiking_synapse()
    assert model.spiking
    assert model.attributes == (W_PARAMETER,)
    assert (model.psp, model.psp_text, model.operation) == (None, "", Operation.SUM)
    assert model.pre_spike == Event((DEFAULT,))
    assert (model.post_spike, model.pre_axon_spike) == (Event(), Event())
    assert not model.plastic


@pytest.mark.parametrize("texts", [{"post_spike": "w += 1"}, {"pre_axon_spike": "g_target += 1"}])
def test_the_default_is_there_without_pre_spike(texts: dict[str, str]) -> None:
    assert spiking_synapse(**texts).pre_spike == Event((DEFAULT,))


def test_the_default_is_there_where_pre_spike_only_changes_variables() -> None:
    event = spiking_synapse(pre_spike="u += 1.0").pre_spike
    assert event.transmit == (DEFAULT,)
    assert [s.text for s in event.statements] == ["u += 1.0"]


def test_the_default_uses_w_as_it_is_declared() -> None:
    (found,) = spiking_synapse(parameters="w = 3 : int, projection").pre_spike.transmit
    assert found.value == Binary("+", TARGET, Cast(own("w", GLOBAL, INT), REAL))


def test_a_psp_is_continuous_transmission() -> None:
    model = spiking_synapse(psp="w * pre.v * post.m + t_pre", pre_spike="u += 1.0")
    product = Binary("*", Binary("*", W, Var(Scope.PRE, "v", LOCAL)), Var(Scope.POST, "m", GLOBAL))
    assert model.psp == Binary("+", product, T_PRE)
    assert model.psp_text == "w * pre.v * post.m + t_pre"
    assert model.pre_spike.transmit == ()


def test_a_psp_beside_g_target() -> None:
    event = spiking_synapse(psp="w", pre_spike="g_target += 2").pre_spike
    assert [s.text for s in event.transmit] == ["g_target += 2"]


def test_a_rate_coded_synapse_is_as_before() -> None:
    model = synapse()
    assert (model.spiking, model.psp_text) == (False, "w * pre.r")
    assert tuple(model.pre_spike) == ()


def test_the_rate_of_a_spiking_neuron_can_be_read() -> None:
    assert spiking_synapse("x = pre.r").equations[0].value == Var(Scope.PRE, "r", LOCAL)  # type: ignore[union-attr]


# -- times ---------------------------------------------------------------------------------------------------


def test_times_of_spikes() -> None:
    model = spiking_synapse(
        "x = t_pre : max = t_post\ntau*dy/dt = t_post - y",
        "tau = 1.0",
        pre_spike="w += t - t_post : min = t_pre ; g_target += t_pre : max = t_post",
        post_spike="x = t_pre",
    )
    assert value(model, "x") == T_PRE
    assert model.equations[0].bounds == (Bound("max", T_POST),)
    assert ode(model, "y").rhs == Binary("-", T_POST, own("y"))
    (sent,), (changed,) = model.pre_spike.transmit, model.pre_spike.statements
    assert (sent.value, sent.bounds) == (Binary("+", TARGET, T_PRE), (Bound("max", T_POST),))
    assert changed.value == Binary("+", W, Binary("-", Var(Scope.CLOCK, "t"), T_POST))
    assert changed.bounds == (Bound("min", T_PRE),)
    assert model.post_spike.statements[0].value == T_PRE


# -- plasticity ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", ["pre_spike", "post_spike", "pre_axon_spike"])
def test_an_event_on_w_makes_it_plastic(argument: str) -> None:
    model = spiking_synapse(**{argument: "w += 1"})
    assert model.plastic
    assert model.attributes == (replace(W_PARAMETER, kind=Kind.VARIABLE),)


def test_a_weight_that_events_change_is_the_first_variable() -> None:
    """Spec 04, 4.1: it is listed once; what never changes is a parameter."""
    events = {"pre_spike": "g_target += w ; x += 1", "post_spike": "w += x"}
    model = spiking_synapse("tau*dx/dt = -x : event-driven", "tau = 10.0", **events)
    assert [(a.name, str(a.kind)) for a in model.attributes] == [
        ("tau", "parameter"),
        ("w", "variable"),
        ("x", "variable"),
    ]


def test_an_event_on_others_does_not() -> None:
    assert not spiking_synapse(pre_spike="x += w").plastic


# -- event-driven equations ----------------------------------------------------------------------------------

TRACES = "taup*dx/dt = -x : event-driven\ndy/dt = (s - y)/taum : exact, init = 2, max = s"
TAUS = "taup = 10.0 : projection ; taum = 20.0 : postsynaptic ; s = 1.0"


def test_event_driven_equations_stay_in_their_place() -> None:
    model = spiking_synapse(f"z = w\n{TRACES}", TAUS, pre_spike="g_target += w ; x += 1", post_spike="y += 1")
    assert [e.target.name for e in model.equations] == ["z", "x", "y"]
    assert [o.target.name for o in model.event_driven] == ["x", "y"]
    x, y = ode(model, "x"), ode(model, "y")
    assert (x.method, x.coefficient, x.rhs) == (
        Method.EVENT_DRIVEN,
        own("taup", GLOBAL),
        Unary("-", own("x")),
    )
    assert (y.method, y.bounds) == (Method.EVENT_DRIVEN, (Bound("max", own("s")),))


@pytest.mark.parametrize(
    "equation",
    [
        "tau*dx/dt = w - x",
        "tau*dx/dt = pre.v + post.m - 2*x",
        "dx/dt = -x*(a + post.v)",
        "tau*dx/dt = K - x + t",
        "tau*dx/dt + x = if post.v > 1: a else: 0",
        "tau*dx/dt = mean(post.v) - x",
        "tau*dx/dt = t_post - x",
    ],
)
def test_what_they_may_depend_on(equation: str) -> None:
    model = spiking_synapse(f"{equation} : event-driven", "tau = 1.0 ; a = 1.0", constants={"K"})
    assert [o.target.name for o in model.event_driven] == ["x"]


def test_the_default_method_may_be_event_driven() -> None:
    model = spiking_synapse("tau*dx/dt = -x\ndz/dt = 1 : explicit", "tau = 1.0", method=Method.EVENT_DRIVEN)
    assert [o.target.name for o in model.event_driven] == ["x"]


def test_but_not_of_a_rate_coded_synapse() -> None:
    error = mistake(lambda: synapse("dx/dt = -x", method=Method.EVENT_DRIVEN))
    assert error.message == 'The default method "event-driven" is only available in spiking synapses.'
    assert place(error) == ("dx/dt = -x", 1, 0)


def test_they_do_not_separate_coupled_equations() -> None:
    """Event-driven ODEs take no part in the runs of spec 01, 12.1."""
    text = "da/dt = -a : rk4\ndx/dt = -x : event-driven\ndb/dt = -b : midpoint"
    error = mistake(lambda: spiking_synapse(text))
    assert error.message == "Coupled equations must use one method; found rk4 and midpoint."


# -- structural plasticity -----------------------------------------------------------------------------------


def test_creating() -> None:
    model = spiking_synapse(
        "th = post.v : postsynaptic",
        "p = 0.5 : projection",
        creating="pre.r * post.r > th : proba = p, w = Uniform(0, 0.1), d = 2*dt",
    )
    rates = Binary("*", Var(Scope.PRE, "r", LOCAL), Var(Scope.POST, "r", LOCAL))
    assert model.creating == Creating(
        Binary(">", rates, own("th", SEMIGLOBAL), BOOL),
        "pre.r * post.r > th",
        own("p", GLOBAL),
        Draw("Uniform", (Const(0.0), Const(0.1)), 0),
        Binary("*", Const(2.0), Var(Scope.CLOCK, "dt")),
    )


def test_pruning() -> None:
    model = spiking_synapse(parameters="age = 0.0", pruning="(w < 0.1) and\n (age > pre.a) : proba = 0.1")
    young = Binary("<", W, Const(0.1), BOOL)
    old = Binary(">", own("age"), Var(Scope.PRE, "a", LOCAL), BOOL)
    assert model.pruning == Pruning(
        Binary("and", young, old, BOOL), "(w < 0.1) and (age > pre.a)", Const(0.1)
    )


def test_defaults_of_structural_plasticity() -> None:
    model = spiking_synapse(creating="post.v > 1", pruning="w")
    assert model.creating is not None and model.pruning is not None
    assert (model.creating.proba, model.creating.w, model.creating.d) == (ONE, ZERO, None)
    assert (model.pruning.condition, model.pruning.proba) == (Cast(W, BOOL), ONE)


@pytest.mark.parametrize("text", ["", "\n", "# nothing"])
def test_empty_conditions(text: str) -> None:
    model = spiking_synapse(creating=text, pruning=text)
    assert (model.creating, model.pruning) == (None, None)


def test_rate_coded_synapses_have_structural_plasticity_too() -> None:
    model = synapse(creating="pre.r > 1 : w = 0.5", pruning="Uniform(0, 1) > w")
    assert model.creating is not None and model.pruning is not None
    assert model.creating.w == Const(0.5)
    assert model.pruning.condition == Binary(">", Draw("Uniform", (ZERO, ONE), 0), W, BOOL)


def test_functions_of_all_texts_are_kept() -> None:
    model = spiking_synapse(
        functions="a(x) = x ; b(x) = x ; c(x) = x ; d(x) = x ; e(x) = x",
        pre_spike="w = a(w)",
        post_spike="w = b(w)",
        creating="c(post.v) > 1",
        pruning="w > 1 : proba = d(0.5)",
    )
    assert [f.name for f in model.functions] == ["a", "b", "c", "d"]


# -- transposes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "\n", "# nothing"])
def test_an_empty_psp_of_a_transpose_is_none(text: str) -> None:
    assert other_psp(text, spiking_synapse()) is None


def test_a_psp_of_a_transpose() -> None:
    forward = spiking_synapse("s = post.v : postsynaptic", functions="f(x) = x", psp="f(w)")
    found: Expr | None = other_psp("f(w) * pre.v + s", forward)
    product = Binary("*", Call("f", (W,)), Var(Scope.PRE, "v", LOCAL))
    assert found == Binary("+", product, own("s", SEMIGLOBAL))


# -- memory --------------------------------------------------------------------------------------------------


def test_equal_texts_give_the_same_model() -> None:
    make = lambda **more: spiking_synapse(pre_spike="w += 1", **more)  # noqa: E731
    assert make() is make()
    assert make(targets=("inh",)) is not make()
    assert make(post=neuron("v = g_x", spike="v > 2")) is not make()
    assert spiking_synapse(psp="w") is not synapse(psp="w", pre=SPIKING, post=SPIKING)
    assert spiking_synapse(functions="f(x) = x", shared=shared_functions("k(x) = x")).functions == ()

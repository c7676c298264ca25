"""Texts of events in synapses: order, implicit variables, flags (spec 01, section 2 rules 6 to 8, and 13)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from synloom.codegen.ir.expr import ZERO, Binary, Cast, Const, Draw, Select, Var
from synloom.codegen.ir.model import W_PARAMETER, Assignment, Attribute, Bound
from synloom.codegen.ir.types import DType, Kind, Locality, Scope
from tests.unit.lang_texts import spiking_synapse

REAL, INT, BOOL = DType.REAL, DType.INT, DType.BOOL
GLOBAL, SEMIGLOBAL, LOCAL = Locality
TARGET = Var(Scope.TARGET, "", LOCAL)
W = Var(Scope.SELF, "w", LOCAL)


def own(name: str, locality: Locality = LOCAL, dtype: DType = REAL) -> Var:
    return Var(Scope.SELF, name, locality, dtype)


def texts(statements: tuple[Assignment, ...]) -> list[str]:
    return [s.text for s in statements]


# -- statements ----------------------------------------------------------------------------------------------


def test_what_is_transmitted_comes_first_in_written_order() -> None:
    event = spiking_synapse(pre_spike="w += 100 ; g_target += w ; x = w ; g_target *= 2\nw -= x").pre_spike
    assert texts(event.transmit) == ["g_target += w", "g_target *= 2"]
    assert texts(event.statements) == ["w += 100", "x = w", "w -= x"]
    assert [s.value for s in event.transmit] == [
        Binary("+", TARGET, W),
        Binary("*", TARGET, Const(2.0)),
    ]
    assert all(s.target == TARGET for s in event.transmit)


@pytest.mark.parametrize("argument", ["pre_spike", "pre_axon_spike"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("g_target = w", W),
        ("g_target -= w", Binary("-", TARGET, W)),
        ("g_target *= w", Binary("*", TARGET, W)),
        ("g_target /= w", Binary("/", TARGET, W)),
        ("g_target = g_target + w", Binary("+", TARGET, W)),
        (
            "g_target = if w > 1: w else: 0",
            Select(Binary(">", W, Const(1.0), BOOL), W, ZERO),
        ),
    ],
)
def test_operators_on_g_target(argument: str, text: str, expected: object) -> None:
    model = spiking_synapse(**{argument: text})
    (found,) = getattr(model, argument).transmit
    assert (found.value, found.text) == (expected, text)


def test_bounds_of_g_target() -> None:
    (found,) = spiking_synapse(
        parameters="top = 1.0", pre_spike="g_target += w : max = top, min = 0"
    ).pre_spike.transmit
    assert found.bounds == (Bound("max", own("top")), Bound("min", ZERO))


def test_post_and_axonal_events() -> None:
    post = spiking_synapse(post_spike="w += pre.a*post.v : max = 2").post_spike
    assert texts(post.statements) == ["w += pre.a*post.v"]
    assert post.statements[0].bounds == (Bound("max", Const(2.0)),)
    axonal = spiking_synapse(pre_axon_spike="x = 1 ; g_target += x").pre_axon_spike
    assert (texts(axonal.transmit), texts(axonal.statements)) == (["g_target += x"], ["x = 1"])


def test_unless_post() -> None:
    event = spiking_synapse(pre_spike="g_target += w ; w -= 1 : unless_post ; x = 1 : unless_post, min = 0")
    assert [s.unless_post for s in event.pre_spike] == [False, True, True]
    assert event.pre_spike.statements[1].bounds == (Bound("min", ZERO),)


def test_random_numbers_are_numbered_through_all_texts() -> None:
    model = spiking_synapse(
        "y = Uniform(0, 1)", pre_spike="x = Uniform(0, 1)", post_spike="x = Uniform(0, 1)"
    )
    pair = (ZERO, Const(1.0))
    assert model.pre_spike.statements[0].value == Draw("Uniform", pair, 1)
    assert model.post_spike.statements[0].value == Draw("Uniform", pair, 2)


def test_targets_of_any_locality() -> None:
    model = spiking_synapse(
        "s = 1.0 : postsynaptic", "n = 0.0 : projection", pre_spike="n += w ; s += pre.v", post_spike="s = 0"
    )
    assert [s.target for s in model.pre_spike.statements] == [own("n", GLOBAL), own("s", SEMIGLOBAL)]
    assert model.post_spike.statements[0].target == own("s", SEMIGLOBAL)


# -- variables that only events define -----------------------------------------------------------------------


def test_implicit_variables_stand_last_in_order_of_appearance() -> None:
    model = spiking_synapse(
        "k = 1.0",
        "p = 1.0",
        pre_spike="z += b ; a = 1 ; w += 1",
        post_spike="b = z ; a = 2",
    )
    assert model.attributes == (
        Attribute("p", Kind.PARAMETER, LOCAL),
        replace(W_PARAMETER, kind=Kind.VARIABLE),
        Attribute("k", Kind.VARIABLE, LOCAL),
        Attribute("z", Kind.VARIABLE, LOCAL),
        Attribute("a", Kind.VARIABLE, LOCAL),
        Attribute("b", Kind.VARIABLE, LOCAL),
    )
    assert [e.target.name for e in model.equations] == ["k"]


def test_an_axonal_event_defines_variables_too() -> None:
    model = spiking_synapse(pre_spike="x = 1", pre_axon_spike="y = x")
    assert [a.name for a in model.attributes] == ["w", "x", "y"]


def test_equations_and_psp_see_them() -> None:
    model = spiking_synapse("y = x", psp="w*x", pre_spike="x += 1")
    assert model.equations[0].value == own("x")  # type: ignore[union-attr]
    assert model.psp == Binary("*", W, own("x"))


@pytest.mark.parametrize(
    ("flags", "dtype", "init"),
    [
        ("init = 7.0", REAL, Const(7.0)),
        ("int", INT, Const(0, INT)),
        ("init = 2, int", INT, Const(2, INT)),
        ("bool, init = True", BOOL, Const(True, BOOL)),
        ("float", REAL, ZERO),
        ("init = p", REAL, own("p")),
        ("init = K", REAL, Var(Scope.CONSTANT, "K")),
        ("init = Uniform(0, 1)", REAL, Draw("Uniform", (ZERO, Const(1.0)), 0)),
    ],
)
@pytest.mark.parametrize("argument", ["pre_spike", "post_spike", "pre_axon_spike"])
def test_flags_of_implicit_variables(argument: str, flags: str, dtype: DType, init: object) -> None:
    model = spiking_synapse(parameters="p = 1.0", constants={"K"}, **{argument: f"z += 1.0 : {flags}"})
    found = model.attribute("z")
    assert found == Attribute("z", Kind.VARIABLE, LOCAL, dtype)
    assert found is not None and found.init == init


def test_flags_may_stand_in_any_of_the_statements() -> None:
    model = spiking_synapse(pre_spike="z += 1.5", post_spike="z = 0 : int, init = 3 ; z = 1 : int")
    found = model.attribute("z")
    assert found is not None and (found.dtype, found.init) == (INT, Const(3, INT))
    assert model.pre_spike.statements[0].value == Cast(
        Binary("+", Cast(own("z", dtype=INT), REAL), Const(1.5)), INT
    )


def test_bounds_belong_to_their_statement() -> None:
    event = spiking_synapse(pre_spike="z += 1 : max = 2", post_spike="z += 1 : min = 0, max = w")
    assert event.pre_spike.statements[0].bounds == (Bound("max", Const(2.0)),)
    assert event.post_spike.statements[0].bounds == (Bound("min", ZERO), Bound("max", W))


@pytest.mark.parametrize("statement", ["x += 1.0", "x += 1.0 : float", "x += 1.0 : max = 9"])
def test_a_parameter_keeps_its_value(statement: str) -> None:
    """Rule 8, W52: the other simulator starts from 0."""
    model = spiking_synapse(parameters="x = 3.0", pre_spike=statement)
    found = model.attribute("x")
    assert found == Attribute("x", Kind.PARAMETER, LOCAL)
    assert found is not None and found.init == Const(3.0)
    assert [a.name for a in model.attributes] == ["x", "w"]


def test_a_variable_keeps_its_declaration() -> None:
    model = spiking_synapse("n = n : int, init = 4, projection", pre_spike="n += 1 : int", post_spike="n = 0")
    found = model.attribute("n")
    assert found == Attribute("n", Kind.VARIABLE, GLOBAL, INT)
    assert found is not None and found.init == Const(4, INT)
    assert model.pre_spike.statements[0].target == own("n", GLOBAL, INT)


def test_w_is_never_doubled() -> None:
    model = spiking_synapse("dw/dt = -w : init = 1", pre_spike="w += 1", post_spike="w -= 1 : min = 0")
    assert [(a.name, a.kind) for a in model.attributes] == [("w", Kind.VARIABLE)]
    assert spiking_synapse(parameters="w = 1.0 : projection", pre_spike="w += 1").attributes[0] == Attribute(
        "w", Kind.PARAMETER, GLOBAL
    )


def test_other_conductances_are_variables_of_the_synapse() -> None:
    """Unless the projection has that target."""
    model = spiking_synapse(pre_spike="g_inh += w", targets=("exc",))
    assert [a.name for a in model.attributes] == ["w", "g_inh"]

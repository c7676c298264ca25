"""Mistakes in event-driven equations (spec 01, 12.6; 14.3 rows 21, 22, 28 and 31)."""

from __future__ import annotations

import pytest

from tests.unit.lang_texts import mistake, place, spiking_synapse

METHODS = "explicit, implicit, semiimplicit, exponential, midpoint, rk4"
VARIABLE = (
    f"allowed here: init, min, max, postsynaptic, projection, int, bool, float, {METHODS}, event-driven."
)
PARAMETERS_ONLY = "only parameters, pre. and post. stand in its equation; or make it clock-driven"
DEPENDS = 'The event-driven "x" cannot depend on the synaptic variable "{}".'
CLOCK_DRIVEN = '"{}" is updated in every step and cannot depend on "x", which is event-driven.'
IN_EVENTS = 'use "x" in events only, or make it clock-driven, as with exponential'
DRIVEN: dict[tuple[str, str], tuple[str, str, int, str]] = {
    # equations and pre_spike: (message, underlined, column, hint)
    ("tau*dx/dt = 1 : event-driven", ""): (
        '"event-driven" needs a linear term in "x"; found none.',
        "tau*dx/dt = 1",
        0,
        'add a term that makes "x" decay, or use explicit, midpoint or rk4.',
    ),
    ("tau*dx/dt = 1 - x^2 : event-driven", ""): (
        '"event-driven" needs a linear term in "x"; found x^2.',
        "x^2",
        16,
        "use explicit, midpoint or rk4 for this equation.",
    ),
    ("tau*dx/dt = y - x : exact ; y = 1", ""): (DEPENDS.format("y"), "y", 12, PARAMETERS_ONLY),
    ("y*dx/dt = -x : event-driven ; y = 1", ""): (DEPENDS.format("y"), "y", 0, PARAMETERS_ONLY),
    ("dx/dt = y - x : event-driven", "y = 1"): (DEPENDS.format("y"), "y", 8, PARAMETERS_ONLY),
    ("dx/dt = w - x : event-driven", "w += 1"): (DEPENDS.format("w"), "w", 8, PARAMETERS_ONLY),
    ("dx/dt = w - x : event-driven ; dw/dt = 1", ""): (DEPENDS.format("w"), "w", 8, PARAMETERS_ONLY),
    ("dx/dt = tau - x : event-driven", "tau = 1"): (DEPENDS.format("tau"), "tau", 8, PARAMETERS_ONLY),
    ("dx/dt = y - x : event-driven ; dy/dt = -y : exact", ""): (
        DEPENDS.format("y"),
        "y",
        8,
        PARAMETERS_ONLY,
    ),
    ("dx/dt = exp(-x) - x : event-driven", ""): (
        'The event-driven "x" cannot depend on itself in a function or a divisor: it changes between events.',
        "x",
        13,
        PARAMETERS_ONLY,
    ),
    ("dx/dt = Uniform(0, 1) - x : event-driven", ""): (
        'Random distributions are not allowed in the event-driven equation of "x".',
        "Uniform(0, 1)",
        8,
        "make it clock-driven, as with exponential",
    ),
    ("dx/dt = -x : event-driven, projection", ""): (
        '"event-driven" needs a local variable; "x" is not.',
        "dx/dt",
        0,
        "events reach single synapses: drop the flag postsynaptic or projection",
    ),
    ("dx/dt = -x : event-driven ; z = x", ""): (CLOCK_DRIVEN.format("z"), "x", 32, IN_EVENTS),
    ("dx/dt = -x : exact ; dz/dt = x - z", ""): (CLOCK_DRIVEN.format("z"), "x", 29, IN_EVENTS),
    ("dx/dt = -x : exact ; z = 1 : max = x", ""): (CLOCK_DRIVEN.format("z"), "x", 35, IN_EVENTS),
    ("x = 1 : event-driven", ""): (
        '"event-driven" needs an ODE.',
        "event-driven",
        8,
        'write it as "d<name>/dt = ..."',
    ),
    ("dx/dt = -x : event-driven, rk4", ""): ('Conflicting flags "event-driven" and "rk4".', "rk4", 27, ""),
    ("dx/dt = -x : event-driven, exact", ""): (f'Repeated flag "exact"; {VARIABLE}', "exact", 27, ""),
    ("dx/dt = -x : unless_post", ""): (
        f'Flag "unless_post" is not allowed for a synapse\'s variable; {VARIABLE}',
        "unless_post",
        13,
        "",
    ),
}


@pytest.mark.parametrize("texts", DRIVEN)
def test_event_driven(texts: tuple[str, str]) -> None:
    message, underlined, column, hint = DRIVEN[texts]
    equations, pre_spike = texts
    error = mistake(lambda: spiking_synapse(equations, "tau = 10.0", pre_spike=pre_spike))
    assert error.message == message
    assert place(error) == (underlined, 1, column)
    assert error.hint == hint


def test_event_driven_with_psp() -> None:
    error = mistake(lambda: spiking_synapse("y = 1\ndx/dt = -x : event-driven", psp="w*y"))
    assert error.message == '"x" is event-driven, which cannot be combined with psp.'
    assert place(error) == ("dx/dt", 2, 0)
    assert error.hint == "psp is computed in every step: make the equation clock-driven, as with exponential"

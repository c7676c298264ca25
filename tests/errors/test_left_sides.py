"""What may stand left of the assignment, and gradients anywhere (spec 01, 5.2; 14.3 rows 4 to 9)."""

from __future__ import annotations

import pytest

from tests.unit.lang_texts import mistake, neuron, place

LEFT_SIDE = "The left side must be a single variable, or contain one gradient d<name>/dt."
ON_THE_LEFT = "Gradients are only allowed on the left side."
ONE_ASSIGNMENT = "Only one assignment per statement."

SIDES = {
    # equation: (message, underlined, column)
    "r + v = 1": (LEFT_SIDE, "r + v", 0),
    "2*r = 1": (LEFT_SIDE, "2*r", 0),
    "2 = r": (LEFT_SIDE, "2", 0),
    "(r) = 1": (LEFT_SIDE, "(r)", 0),
    "sum(exc) = 1": (LEFT_SIDE, "sum(exc)", 0),
    "pre.r = 1": (LEFT_SIDE, "pre.r", 0),
    "dr/dt + dv/dt = 1": ("Only one gradient may appear; found dr/dt and dv/dt.", "dv/dt", 8),
    "dr/dt + d r/dt = 1": ("Only one gradient may appear; found dr/dt and dr/dt.", "d r/dt", 8),
    "0 = tau*dr/dt + r": ("The gradient must be on the left side.", "dr/dt", 8),
    "0 = if tau: dr/dt else: 1": ("The gradient must be on the left side.", "dr/dt", 12),
    "d2r/dt2 = 1": ("Not a first-order gradient: d2r/dt2", "d2r/dt2", 0),
    "tau*d2r/dt = 1": ("Not a first-order gradient: d2r/dt", "d2r/dt", 4),
    "d^2 r/dt^2 = 1": ("Not a first-order gradient: d^2 r/dt^2", "d^2 r/dt^2", 0),
    "d**2r/dt**2 = 1": ("Not a first-order gradient: d**2r/dt**2", "d**2r/dt**2", 0),
    "dr/dtau = 1": ("Not a first-order gradient: dr/dtau", "dr/dtau", 0),
    "tau * dr / dx = 1": ("Not a first-order gradient: dr / dx", "dr / dx", 6),
    "Dr/dt = 1": ("Not a first-order gradient: Dr/dt", "Dr/dt", 0),
    "dr/dt += 1": ('An ODE is written with "=", not "+=".', "+=", 6),
    "r ^= 2": ('"^=" is not an assignment; use =, +=, -=, *= or /=.', "^=", 2),
    "r **= 2": ('"**=" is not an assignment; use =, +=, -=, *= or /=.', "**=", 2),
    "r //= 2": ('"//=" is not an assignment; use =, +=, -=, *= or /=.', "//=", 2),
    "r = v = 2": (ONE_ASSIGNMENT, "=", 6),
    "r = v += 2": (ONE_ASSIGNMENT, "+=", 6),
    "r = (v = 2)": (ONE_ASSIGNMENT, "=", 7),
    "r = 2 : init = max = 3": (ONE_ASSIGNMENT, "=", 19),
    "r = if v = 2: 1 else: 2": (ONE_ASSIGNMENT, "=", 9),
}


@pytest.mark.parametrize("equation", SIDES)
def test_left_side(equation: str) -> None:
    message, underlined, column = SIDES[equation]
    error = mistake(lambda: neuron(f"v = 1\n{equation}", "tau = 10.0"))
    assert error.message == message
    assert place(error) == (underlined, 2, column)


def test_a_name_begins_with_a_letter() -> None:
    error = mistake(lambda: neuron("1x = 2"))
    assert error.message == "Cannot parse the expression."
    assert place(error) == ("x", 1, 1)


ON_THE_RIGHT = {
    "r = dr/dt": ("dr/dt", 4),
    "tau*dv/dt = dr/dt": ("dr/dt", 12),
    "v = 2*d x / dt": ("d x / dt", 6),
    "v = if r > 0: dr/dt else: 0": ("dr/dt", 14),
    "v = 1 : max = dr/dt": ("dr/dt", 14),
}


@pytest.mark.parametrize("equation", ON_THE_RIGHT)
def test_gradients_on_the_right(equation: str) -> None:
    other = "v = 1" if equation.startswith("r") else "r = v"
    error = mistake(lambda: neuron(f"{equation}\n{other}", "tau = 10.0"))
    assert error.message == ON_THE_LEFT
    assert place(error) == (ON_THE_RIGHT[equation][0], 1, ON_THE_RIGHT[equation][1])


def test_an_attribute_that_looks_like_a_gradient() -> None:
    error = mistake(lambda: neuron("r = dx/dt", "dx = 1.0"))
    assert error.message == ON_THE_LEFT
    assert error.hint == "write (dx)/dt to divide by the step"
    neuron("r = (dx)/dt", "dx = 1.0")


@pytest.mark.parametrize("text", ["0)=", "(v = 1", "v) = 1", "(v ="])
def test_unbalanced(text: str) -> None:
    error = mistake(lambda: neuron(f"r = 1\n{text}"))
    assert error.message == "Unbalanced parentheses."
    assert place(error) == ("(", 2, 0) if "(" in text else (")", 2, 1)

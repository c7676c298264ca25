"""Unknown names and functions, wrong numbers of arguments (spec 01, 14.3 rows 13 to 15)."""

from __future__ import annotations

import pytest

from tests.unit.lang_texts import mistake, neuron, place, shared_functions, synapse

NAMES = {
    # right side of r: (name, column, hint)
    "a + vt": ("vt", 4, 'Did you mean "vth"?'),
    "2*tua": ("tua", 2, 'Did you mean "tau"?'),
    "Vth": ("Vth", 0, 'Did you mean "vth"?'),
    "kapa": ("kapa", 0, 'Did you mean "kappa"?'),
    "true": ("true", 0, 'Did you mean "True"?'),
    "PI": ("PI", 0, 'Did you mean "pi"?'),
    "g_exc": ("g_exc", 0, ""),
    "zzz": ("zzz", 0, ""),
    "t_last": ("t_last", 0, '"t_last" exists in spiking models only.'),
    "exp + 1": ("exp", 0, '"exp" is a function; its arguments follow in parentheses.'),
    "f*2": ("f", 0, '"f" is a function; its arguments follow in parentheses.'),
    "if a > vt: 1 else: 2": ("vt", 7, 'Did you mean "vth"?'),
    "0 < vt < 1": ("vt", 4, 'Did you mean "vth"?'),
    "clip(a, vt, vth)": ("vt", 8, 'Did you mean "vth"?'),
}


@pytest.mark.parametrize("text", NAMES)
def test_unknown_name(text: str) -> None:
    name, column, hint = NAMES[text]
    error = mistake(
        lambda: neuron(f"r = {text}", "vth = 1.0 ; tau = 2.0 ; a = 1.0", "f(x) = x", constants={"kappa"})
    )
    assert error.message == f'Unknown name "{name}" in the equation of "r".'
    assert place(error) == (name, 1, 4 + column)
    assert error.hint == hint


def test_in_bounds() -> None:
    error = mistake(lambda: neuron("r = 1 : max = rr"))
    assert error.message == 'Unknown name "rr" in max of "r".'
    assert place(error) == ("rr", 1, 14)


def test_on_the_left_of_an_ode() -> None:
    error = mistake(lambda: neuron("tua*dr/dt = -r", "tau = 10.0"))
    assert error.message == 'Unknown name "tua" in the equation of "r".'
    assert place(error) == ("tua", 1, 0)


def test_in_a_psp() -> None:
    error = mistake(lambda: synapse(psp="w * prer"))
    assert error.message == 'Unknown name "prer" in psp.'
    assert place(error) == ("prer", 1, 4)


def test_a_bare_name_in_a_synapse_is_its_own() -> None:
    error = mistake(lambda: synapse("x = r"))
    assert error.message == 'Unknown name "r" in the equation of "x".'
    assert error.hint == "Did you mean pre.r or post.r? A bare name is the synapse's own."
    assert (
        mistake(lambda: synapse("x = mp")).hint == "Did you mean post.mp? A bare name is the synapse's own."
    )


FUNCTIONS = {
    "zzz(a)": ("zzz", 0, ""),
    "1 + sine(a)": ("sine", 4, 'Did you mean "sin"?'),
    "fabz(a)": ("fabz", 0, 'Did you mean "fabs"?'),
    "Unifrom(0, 1)": ("Unifrom", 0, 'Did you mean "Uniform"?'),
    "Logis(a)": ("Logis", 0, 'Did you mean "logis"?'),
    "a(2)": ("a", 0, '"a" is a value; a product needs *'),
    "Normal2(0, 1, 3)": ("Normal2", 0, 'Did you mean "Normal"?'),
}


@pytest.mark.parametrize("text", FUNCTIONS)
def test_unknown_function(text: str) -> None:
    name, column, hint = FUNCTIONS[text]
    shared = shared_functions("logis(x) = 1/(1 + exp(-x))")
    error = mistake(lambda: neuron(f"r = {text}", "a = 1.0", shared=shared))
    assert error.message == f'Unknown function "{name}".'
    assert place(error) == (name, 1, 4 + column)
    assert error.hint == hint


ARITIES = {
    "clip(a, 1)": "clip() takes 3 arguments, 2 given.",
    "sin(a, 1)": "sin() takes 1 argument, 2 given.",
    "sin()": "sin() takes 1 argument, 0 given.",
    "positive(a, 1)": "positive() takes 1 argument, 2 given.",
    "pow(a)": "pow() takes 2 arguments, 1 given.",
    "power(a, 1, 2)": "power() takes 2 arguments, 3 given.",
    "ite(a, 1)": "ite() takes 3 arguments, 2 given.",
    "atan2(a)": "atan2() takes 2 arguments, 1 given.",
    "logis(a, 1)": "logis() takes 1 argument, 2 given.",
    "g(1)": "g() takes 0 arguments, 1 given.",
}


@pytest.mark.parametrize("text", ARITIES)
def test_wrong_number_of_arguments(text: str) -> None:
    shared = shared_functions("logis(x) = 1/(1 + exp(-x)) ; g() = 1")
    error = mistake(lambda: neuron(f"r = 2*{text}", "a = 1.0", shared=shared))
    assert error.message == ARITIES[text]
    assert place(error) == (text, 1, 6)


@pytest.mark.parametrize("exponent", ["0.5", "-2.5", "pi", "-1/2"])
def test_power_takes_a_whole_exponent(exponent: str) -> None:
    error = mistake(lambda: neuron(f"r = power(r, {exponent})"))
    assert error.message == "The second argument of power() must be an integer."
    assert place(error) == (exponent, 1, 13)
    assert error.hint == "use x^y for other exponents"

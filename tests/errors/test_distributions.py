"""Random numbers in equations (spec 01, section 11; 14.3 rows 16 to 18)."""

from __future__ import annotations

import pytest

from tests.unit.lang_texts import mistake, neuron, place, shared_functions, synapse

ARITIES = {
    "Uniform(0, 1, 2)": "Uniform() takes 2 arguments, 3 given.",
    "Uniform()": "Uniform() takes 2 arguments, 0 given.",
    "DiscreteUniform(1)": "DiscreteUniform() takes 2 arguments, 1 given.",
    "Normal(0)": "Normal() takes 2 arguments, 1 given.",
    "LogNormal(0, 1, 2)": "LogNormal() takes 2 arguments, 3 given.",
    "Exponential(1, 2)": "Exponential() takes 1 argument, 2 given.",
    "Gamma(1)": "Gamma() takes 2 arguments, 1 given.",
    "Binomial(1, 0.5, 1)": "Binomial() takes 2 arguments, 3 given.",
}


@pytest.mark.parametrize("text", ARITIES)
def test_wrong_number_of_arguments(text: str) -> None:
    error = mistake(lambda: neuron(f"v = 1\nr = 1 + {text}"))
    assert error.message == ARITIES[text]
    assert place(error) == (text, 2, 8)


ARGUMENTS = {
    # call: (underlined, column, end of the message)
    "Normal(a, 1)": ("a", 7, '"a" is local.'),
    "Normal(0, 2*a + 1)": ("a", 12, '"a" is local.'),
    "Normal(r, 1)": ("r", 7, '"r" is local.'),
    "Normal(sum(exc), 1)": ("sum(exc)", 7, '"sum(exc)" is none of them.'),
    "Normal(mean(a), 1)": ("mean(a)", 7, '"mean(a)" is none of them.'),
    "Normal(Normal(0, 1), 1)": ("Normal(0, 1)", 7, '"Normal(0, 1)" is none of them.'),
}


@pytest.mark.parametrize("text", ARGUMENTS)
def test_arguments_are_the_same_for_all(text: str) -> None:
    underlined, column, end = ARGUMENTS[text]
    error = mistake(lambda: neuron(f"r = {text}", "a = 1.0 ; g = 1.0 : population"))
    assert error.message == f"Arguments of Normal() must be numbers, constants or global attributes; {end}"
    assert place(error) == (underlined, 1, 4 + column)


def test_arguments_in_a_synapse() -> None:
    rule = "Arguments of Normal() must be numbers, constants or global attributes; "
    assert mistake(lambda: synapse("x = Normal(w, 1)")).message == f'{rule}"w" is local.'
    assert mistake(lambda: synapse("x = Normal(pre.g, 1)")).message == f'{rule}"pre.g" is none of them.'
    error = mistake(lambda: synapse(psp="Normal(0, s)", parameters="s = 1.0 : postsynaptic"))
    assert error.message == f'{rule}"s" is semiglobal.'
    assert place(error) == ("s", 1, 10)


def test_arguments_of_an_initial_value() -> None:
    error = mistake(lambda: neuron("r = 1 : init = Normal(a, 1)", "a = 1.0"))
    assert error.message.endswith('"a" is local.')
    assert place(error) == ("a", 1, 22)


NEGATIVE = {
    "Normal(0, -1)": "sigma of Normal() must not be negative.",
    "LogNormal(0, -(2))": "sigma of LogNormal() must not be negative.",
    "Exponential(-0.5)": "Lambda of Exponential() must not be negative.",
}


@pytest.mark.parametrize("text", NEGATIVE)
def test_negative_arguments(text: str) -> None:
    assert mistake(lambda: neuron(f"r = {text}")).message == NEGATIVE[text]


PLACES = {
    "r = 1 : min = Uniform(0, 1)": 'min of "r"',
    "r = 1 : max = 2*Uniform(0, 1)": 'max of "r"',
}


@pytest.mark.parametrize("text", PLACES)
def test_not_in_bounds(text: str) -> None:
    error = mistake(lambda: neuron(text))
    assert error.message == f"Random distributions are not allowed in {PLACES[text]}."
    assert place(error) == ("Uniform(0, 1)", 1, text.index("Uniform"))


def test_not_in_functions() -> None:
    error = mistake(lambda: shared_functions("f(x) = x + Normal(0, 1)"))
    assert error.message == "Random distributions are not allowed in functions."
    assert place(error) == ("Normal(0, 1)", 1, 11)

"""Values of parameters and initial values (spec 01, sections 4 and 5.4; 14.3 rows 23 and 24)."""

from __future__ import annotations

import pytest

from tests.unit.lang_texts import mistake, neuron, place, synapse

VALUES = {
    # value: (underlined, column, hint)
    "b": ("b", 0, '"b" is not a constant.'),
    "2*b": ("b", 2, '"b" is not a constant.'),
    "kapa": ("kapa", 0, '"kapa" is not a constant. Did you mean "kappa"?'),
    "sum(exc)": ("sum(exc)", 0, '"sum(exc)" is not a constant.'),
    "mean(b)": ("mean(b)", 0, '"mean()" is not a constant.'),
    "pre.x": ("pre.x", 0, '"pre.x" is not a constant.'),
    "dt": ("dt", 0, '"dt" is not a constant.'),
    "t": ("t", 0, '"t" is not a constant.'),
    "f(2)": ("f", 0, None),
    "'key'": ("'key'", 0, "a quoted key needs an entry in extra_values"),
}


@pytest.mark.parametrize("text", VALUES)
def test_value_of_a_parameter(text: str) -> None:
    underlined, column, hint = VALUES[text]
    error = mistake(lambda: neuron("r = b", f"b = 1.0\n  a = {text}", constants={"kappa"}))
    if text == "f(2)":
        assert error.message == 'Unknown function "f".'
    else:
        assert error.message == 'The value of "a" must be a constant expression.'
        assert hint is not None
        assert error.hint.startswith(hint)
    assert place(error) == (underlined, 2, 6 + column)


NO_PARAMETER = {
    "2 = 3": ("2", 0),
    "a + b = 3": ("a + b", 0),
    "da/dt = 3": ("da/dt", 0),
    "a += 3": ("+=", 2),
}


@pytest.mark.parametrize("text", NO_PARAMETER)
def test_no_parameter(text: str) -> None:
    error = mistake(lambda: neuron("r = 1", text))
    assert error.message == 'Expected "name = value".'
    underlined, column = NO_PARAMETER[text]
    assert place(error) == (underlined, 1, column)


INITS = {
    # flags: (message, underlined)
    "init=1.5, int": ('init of "x" must be an int.', "1.5"),
    "init=1/2, int": ('init of "x" must be an int.', "1/2"),
    "init=foo, int": ('init of "x" must be an int.', "foo"),
    "init=foo, bool": ('init of "x" must be a bool.', "foo"),
    "init=2, bool": ('init of "x" must be a bool.', "2"),
    "init=-1, bool": ('init of "x" must be a bool.', "-1"),
    "init=foo": ('init of "x" must be a constant expression.', "foo"),
    "init=r": ('init of "x" must be a constant expression.', "r"),
    "init=x": ('init of "x" must be a constant expression.', "x"),
    "init=1 + sum(exc)": ('init of "x" must be a constant expression.', "sum(exc)"),
    "init=t": ('init of "x" must be a constant expression.', "t"),
    "population, init=a": ('Global variable "x" cannot depend on local "a".', "a"),
}


@pytest.mark.parametrize("flags", INITS)
def test_init(flags: str) -> None:
    message, underlined = INITS[flags]
    error = mistake(lambda: neuron(f"r = 1\nx = 2 : {flags}", "a = 1.0"))
    assert error.message == message
    assert place(error) == (underlined, 2, 8 + flags.rindex(underlined))


def test_init_in_a_synapse() -> None:
    error = mistake(lambda: synapse("x = 2 : init = pre.r"))
    assert error.message == 'init of "x" must be a constant expression.'
    assert place(error) == ("pre.r", 1, 15)
    error = mistake(lambda: synapse("x = 2 : init = w, postsynaptic"))
    assert error.message == 'init of "x" must be a constant expression.'

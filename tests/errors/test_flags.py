"""Flags (spec 01, section 3 and 5.4; 14.3 rows 19 to 22, 30, 31)."""

from __future__ import annotations

import pytest

from synloom.codegen.ir.types import Method
from tests.unit.lang_texts import mistake, mistakes, neuron, place, synapse

METHODS = "explicit, implicit, semiimplicit, exponential, midpoint, rk4"
NEURON = f"allowed here: init, min, max, population, int, bool, float, {METHODS}."
SYNAPSE = f"allowed here: init, min, max, postsynaptic, projection, int, bool, float, {METHODS}."
NEURON_PARAMETER = "allowed here: population, int, bool, float."
SYNAPSE_PARAMETER = "allowed here: postsynaptic, projection, int, bool, float."
FOR_NEURONS = 'Flag "population" is for neurons; use "projection" or "postsynaptic".'

VARIABLES = {
    # flags: (message, underlined, column, hint)
    "foo": (f'Unknown flag "foo"; {NEURON}', "foo", 0, ""),
    "init=1, foo": (f'Unknown flag "foo"; {NEURON}', "foo", 8, ""),
    "innit=1": (f'Unknown flag "innit"; {NEURON}', "innit", 0, 'Did you mean "init"?'),
    "Max = 2": (f'Unknown flag "Max"; {NEURON}', "Max", 0, 'Did you mean "max"?'),
    "2": (f'Unknown flag "2"; {NEURON}', "2", 0, ""),
    "max 2": (f'Unknown flag "max2"; {NEURON}', "max 2", 0, 'Did you mean "max"?'),
    "max += 2": (f'Unknown flag "max+=2"; {NEURON}', "max += 2", 0, 'Did you mean "max"?'),
    "= 2": (f'Unknown flag "=2"; {NEURON}', "= 2", 0, ""),
    "post-synaptic": (f'Unknown flag "post-synaptic"; {NEURON}', "post-synaptic", 0, ""),
    "min=0, min=1": (f'Repeated flag "min"; {NEURON}', "min", 7, ""),
    "int, int": (f'Repeated flag "int"; {NEURON}', "int", 5, ""),
    "init=1,": ("A flag is missing.", ",", 6, None),
    "init=1,,max=2": ("A flag is missing.", ",", 6, None),
    "": ("A flag is missing.", ":", -2, None),
    "min=0 : max=2": ("Flags are given once, at the end, separated by commas.", ":", 6, ""),
    "init": (f'Flag "init" needs a value; {NEURON}', "init", 0, ""),
    "init=": (f'Flag "init" needs a value; {NEURON}', "init", 0, ""),
    "min, max=2": (f'Flag "min" needs a value; {NEURON}', "min", 0, ""),
    "int=1": (f'Flag "int" takes no value; {NEURON}', "int", 0, ""),
    "population=": (f'Flag "population" takes no value; {NEURON}', "population", 0, ""),
    "projection": ('Flag "projection" is for synapses; use "population".', "projection", 0, ""),
    "postsynaptic": ('Flag "postsynaptic" is for synapses; use "population".', "postsynaptic", 0, ""),
    "unless_post": (
        f'Flag "unless_post" is not allowed for a neuron\'s variable; {NEURON}',
        "unless_post",
        0,
        "",
    ),
    "exponential": ('"exponential" needs an ODE.', "exponential", 0, 'write it as "d<name>/dt = ..."'),
    "init=1, rk4": ('"rk4" needs an ODE.', "rk4", 8, 'write it as "d<name>/dt = ..."'),
    "event-driven": (
        f'"event-driven" is only available in spiking synapses; {NEURON}',
        "event-driven",
        0,
        "",
    ),
    "exact": (f'"exact" is only available in spiking synapses; {NEURON}', "exact", 0, ""),
    "int, bool": ('Conflicting flags "int" and "bool".', "bool", 5, ""),
    "float, max=1, int": ('Conflicting flags "float" and "int".', "int", 14, ""),
}


@pytest.mark.parametrize("flags", VARIABLES)
def test_of_a_variable(flags: str) -> None:
    message, underlined, column, hint = VARIABLES[flags]
    error = mistake(lambda: neuron(f"v = 1\nr = 1 : {flags}"))
    assert error.message == message
    assert place(error) == (underlined, 2, 8 + column)
    assert hint is None or error.hint == hint


ODES = {
    "midpoint, rk4": ('Conflicting flags "midpoint" and "rk4".', "rk4", 10),
    "explicit, init=1, implicit": ('Conflicting flags "explicit" and "implicit".', "implicit", 18),
    "rk4, runge-kutta4": (f'Repeated flag "runge-kutta4"; {NEURON}', "runge-kutta4", 5),
    "rk4, rk4": (f'Repeated flag "rk4"; {NEURON}', "rk4", 5),
    "event-driven": (f'"event-driven" is only available in spiking synapses; {NEURON}', "event-driven", 0),
    "euler": (f'Unknown flag "euler"; {NEURON}', "euler", 0),
}


@pytest.mark.parametrize("flags", ODES)
def test_of_an_ode(flags: str) -> None:
    message, underlined, column = ODES[flags]
    error = mistake(lambda: neuron(f"dr/dt = 1 : {flags}"))
    assert error.message == message
    assert place(error) == (underlined, 1, 12 + column)


PARAMETERS = {
    "a = 1 : min = 0": (f'Flag "min" is not allowed for a parameter; {NEURON_PARAMETER}', "min", 8),
    "a = 1 : int, max = 0": (f'Flag "max" is not allowed for a parameter; {NEURON_PARAMETER}', "max", 13),
    "a = 1 : init = 0": (f'Flag "init" is not allowed for a parameter; {NEURON_PARAMETER}', "init", 8),
    "a = 1 : rk4": (f'Flag "rk4" is not allowed for a parameter; {NEURON_PARAMETER}', "rk4", 8),
    "a = 1 : event-driven": (
        f'Flag "event-driven" is not allowed for a parameter; {NEURON_PARAMETER}', "event-driven", 8,
    ),
    "a = 1 : popluation": (f'Unknown flag "popluation"; {NEURON_PARAMETER}', "popluation", 8),
    "a : foo": ('Unknown flag "foo"; allowed here: init, population, int, bool, float.', "foo", 4),
    "a = 1 : projection": ('Flag "projection" is for synapses; use "population".', "projection", 8),
    "a = 1 : int, float": ('Conflicting flags "int" and "float".', "float", 13),
}  # fmt: skip


@pytest.mark.parametrize("text", PARAMETERS)
def test_of_a_parameter(text: str) -> None:
    message, underlined, column = PARAMETERS[text]
    error = mistake(lambda: neuron("r = 1", text))
    assert error.message == message
    assert place(error) == (underlined, 1, column)


SYNAPSES = {
    "x = 1 : population": (FOR_NEURONS, "population", 8),
    "x = 1 : foo": (f'Unknown flag "foo"; {SYNAPSE}', "foo", 8),
    "x = 1 : post-synaptic": (f'Unknown flag "post-synaptic"; {SYNAPSE}', "post-synaptic", 8),
    "x = 1 : projection, postsynaptic": (
        'Conflicting flags "projection" and "postsynaptic".', "postsynaptic", 20,
    ),
    "dx/dt = -x : event-driven": (
        f'"event-driven" is only available in spiking synapses; {SYNAPSE}', "event-driven", 13,
    ),
    "x = 1 : unless_post": (
        f'Flag "unless_post" is not allowed for a synapse\'s variable; {SYNAPSE}', "unless_post", 8,
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", SYNAPSES)
def test_in_a_synapse(text: str) -> None:
    message, underlined, column = SYNAPSES[text]
    error = mistake(lambda: synapse(text))
    assert error.message == message
    assert place(error) == (underlined, 1, column)


def test_in_parameters_of_a_synapse() -> None:
    assert mistake(lambda: synapse("", "a = 1 : population")).message == FOR_NEURONS
    error = mistake(lambda: synapse("", "a = 1 : min = 0"))
    assert error.message == f'Flag "min" is not allowed for a parameter; {SYNAPSE_PARAMETER}'


def test_the_nearest_flag_is_offered() -> None:
    assert mistake(lambda: synapse("x = 1 : post-synaptic")).hint == 'Did you mean "postsynaptic"?'


def test_several_mistakes_in_one_list() -> None:
    found = mistakes(lambda: neuron("r = 1 : foo, population, bar=2, projection"))
    assert [place(f)[0] for f in found] == ["foo", "bar", "projection"]


COUPLED = {
    "dx/dt = -x : midpoint\ndr/dt = -r : rk4": ("midpoint", "rk4", "rk4", 2, 13),
    "dx/dt = -x : implicit\ndy/dt = x : explicit\ndr/dt = -r : midpoint": (
        "implicit",
        "midpoint",
        "midpoint",
        3,
        13,
    ),
    "dx/dt = -x : rk4\ng = 1 : population\ndr/dt = -r : implicit": ("rk4", "implicit", "implicit", 3, 13),
}


@pytest.mark.parametrize("text", COUPLED)
def test_coupled_equations_use_one_method(text: str) -> None:
    first, second, underlined, line, column = COUPLED[text]
    error = mistake(lambda: neuron(text))
    assert error.message == f"Coupled equations must use one method; found {first} and {second}."
    assert place(error) == (underlined, line, column)


def test_the_default_method_counts() -> None:
    error = mistake(lambda: neuron("dx/dt = -x : rk4\ndr/dt = -r", method=Method.MIDPOINT))
    assert error.message == "Coupled equations must use one method; found rk4 and midpoint."
    assert place(error) == ("dr/dt = -r", 2, 0)

"""Mistakes in spiking neurons (spec 01, sections 5.4 and 13; 14.3 rows 2, 10, 18, 19, 31 to 37)."""

from __future__ import annotations

import pytest

from tests.unit.lang_texts import mistake, mistakes, neuron, place

ONE = "must be one boolean expression."
JOIN = 'join conditions with "and" or "or"'
RESERVED_RATE = '"r" is reserved in spiking neurons for the mean firing rate'
CANNOT_PARSE = "Cannot parse the expression."
IN_SYNAPSES = "pre./post. are only available in synapses."


# -- r -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("equations", "parameters", "line", "column"),
    [("v = 1\n  r = v", "", 2, 2), ("v = 1", "a = 1 ; r = 2.0", 1, 8), ("v = 1\ndr/dt = -r", "", 2, 0)],
)
def test_r_is_reserved(equations: str, parameters: str, line: int, column: int) -> None:
    error = mistake(lambda: neuron(equations, parameters, spike="v > 1"))
    assert error.message == f"{RESERVED_RATE}; choose another name."
    assert place(error)[1:] == (line, column)


# -- arguments that need a spike condition -------------------------------------------------------------------


@pytest.mark.parametrize("argument", ["reset", "axon_spike", "axon_reset", "refractory"])
def test_arguments_of_spiking_neurons(argument: str) -> None:
    error = mistake(lambda: neuron("r = 1", **{argument: "\n  r = 0 # all\n"}))
    assert error.message == f"{argument} is for spiking neurons, and this one has no spike condition."
    assert place(error) == ("r = 0 # all", 2, 2)
    assert error.hint == "give spike a condition: spike='v > 1.0'"


def test_an_axon_reset_without_its_condition() -> None:
    error = mistake(lambda: neuron("v = 1", spike="v > 1", axon_reset="v = 0"))
    assert error.message == "axon_reset is never executed: there is no axon_spike."
    assert place(error) == ("v = 0", 1, 0)
    assert error.hint == "give axon_spike a condition"


# -- conditions ----------------------------------------------------------------------------------------------

CONDITIONS = {
    # text: (message, underlined, column, hint); {} is the name of the argument
    "v > 1, u > 2": (f"{{}} {ONE}", ",", 5, JOIN),
    "v > 1 ; u > 2": (f"{{}} {ONE}", ";", 6, JOIN),
    "v = 1": (f"{{}} {ONE}", "=", 2, 'a comparison is written "=="'),
    "v += 1": (f"{{}} {ONE}", "+=", 2, ""),
    "u > 1 or v = 1": (f"{{}} {ONE}", "=", 11, 'a comparison is written "=="'),
    "= 1": (f"{{}} {ONE}", "=", 0, 'a comparison is written "=="'),
    "dv/dt > 1": (f"{{}} {ONE}", "dv/dt", 0, "write the right side of its equation instead"),
    "u > d v/dt": (f"{{}} {ONE}", "d v/dt", 4, "write the right side of its equation instead"),
    "if v > 1: u > 1 else: u > 2": (f"{{}} {ONE}", "if", 0, "use ite(c, a, b)"),
    "v > 1 : init = 1": (f"{{}} {ONE}", ":", 6, "flags have no meaning here"),
    "v > 1 :": (f"{{}} {ONE}", ":", 6, "flags have no meaning here"),
    ":": (f"{{}} {ONE}", ":", 0, "flags have no meaning here"),
    "Uniform(0, 1) < v": ("Random distributions are not allowed in {}.", "Uniform(0, 1)", 0, ""),
    "vv > 1": ('Unknown name "vv" in {}.', "vv", 0, 'Did you mean "v"?'),
    "t_pre > 1": (
        'Unknown name "t_pre" in {}.',
        "t_pre",
        0,
        '"t_pre" exists in spiking synapses only; here there is t_last.',
    ),
    "v > g_target": (
        'Unknown name "g_target" in {}.',
        "g_target",
        4,
        "g_target is for synapses; write g_exc",
    ),
    "sum(exc) > 1": ("sum() is only available in rate-coded neurons.", "sum(exc)", 0, "write g_exc"),
    "sum() > 1": ("sum() is only available in rate-coded neurons.", "sum()", 0, "write g_<target>"),
    "pre.v > 1": (IN_SYNAPSES, "pre.v", 0, ""),
    "post.sum(exc) > 1": (IN_SYNAPSES, "post.sum(exc)", 0, ""),
    "g_exc (v - 1) > 1": ('Unknown function "g_exc".', "g_exc", 0, '"g_exc" is a value; a product needs *'),
    "v >": (CANNOT_PARSE, ">", 2, "the expression ends too early"),
    "v > 1 && u > 1": (CANNOT_PARSE, "&&", 6, 'use "and"/"or"'),
    "(v > 1": ("Unbalanced parentheses.", "(", 0, ""),
    "mean(m) > 1": ("mean() takes one local attribute name.", "m", 5, '"m" is global.'),
}


@pytest.mark.parametrize("text", CONDITIONS)
@pytest.mark.parametrize("argument", ["spike", "axon_spike"])
def test_condition(argument: str, text: str) -> None:
    message, underlined, column, hint = CONDITIONS[text]
    texts = {"spike": "v > 1", argument: f"\n  {text}"}
    error = mistake(lambda: neuron("v = 1 ; u = 1 ; m = 1 : population", **texts))
    assert error.message == message.format(argument)
    assert place(error) == (underlined, 2, 2 + column)
    assert error.hint == hint


def test_a_second_line_is_not_a_second_condition() -> None:
    error = mistake(lambda: neuron("v = 1", spike="v > 1\nv > 2"))
    assert error.message == CANNOT_PARSE
    assert place(error) == ("v", 2, 0)


# -- resets --------------------------------------------------------------------------------------------------

ALLOWED = "allowed here: min, max."
RESETS = {
    "dv/dt = 1": ("ODEs are not allowed in {}.", "dv/dt", 0, "give the model this equation in equations"),
    "2*d v/dt = 1": ("ODEs are not allowed in {}.", "d v/dt", 2, "give the model this equation in equations"),
    "v = du/dt": ("ODEs are not allowed in {}.", "du/dt", 4, ""),
    "uu = 1": ('{} assigns "uu", which is not an attribute.', "uu", 0, 'Did you mean "u"?'),
    "foo = 1": (
        '{} assigns "foo", which is not an attribute.',
        "foo",
        0,
        'declare it in parameters: "foo = 0.0"',
    ),
    "r = 1": (f"{RESERVED_RATE}; {{}} cannot change it.", "r", 0, ""),
    "t = 1": ('"t" is reserved.', "t", 0, "{} changes attributes of the neuron"),
    "t_last = 1": ('"t_last" is reserved.', "t_last", 0, "{} changes attributes of the neuron"),
    "g_target += 1": ('"g_target" is reserved.', "g_target", 0, "{} changes attributes of the neuron"),
    "v": ('Expected "name = expression".', "v", 0, ""),
    "v == 1": ('Expected "name = expression".', "v == 1", 0, ""),
    "v =": ('Expected "name = expression".', "=", 2, ""),
    "if v > 1: v = 0": (
        'Expected "name = expression".',
        "if v > 1",
        0,
        "a conditional is a right side: name = if <condition>: <a> else: <b>",
    ),
    "v = if v > 1: 0": ("Write: if <condition>: <a> else: <b>; nest instead of elif.", "if", 4, ""),
    "v + u = 1": ("The left side must be a single variable.", "v + u", 0, ""),
    "pre.v = 1": ("The left side must be a single variable.", "pre.v", 0, ""),
    "v = u = 1": ("Only one assignment per statement.", "=", 6, 'a comparison is written "=="'),
    "v ^= 2": ('"^=" is not an assignment; use =, +=, -=, *= or /=.', "^=", 2, ""),
    "v = x": ('Unknown name "x" in {}.', "x", 4, ""),
    "v = pre.v": (IN_SYNAPSES, "pre.v", 4, ""),
    "v = sum(inh)": ("sum() is only available in rate-coded neurons.", "sum(inh)", 4, "write g_inh"),
    "v = 1 : max = Uniform(0, 1)": (
        'Random distributions are not allowed in max of "v".',
        "Uniform(0, 1)",
        14,
        "",
    ),
    "v = 1 : min = x": ('Unknown name "x" in min of "v".', "x", 14, ""),
    "v = Normal(0, t_last)": (
        'Arguments of Normal() must be numbers, constants or global attributes; "t_last" is local.',
        "t_last",
        14,
        "",
    ),
    "v = 1 : foo": (f'Unknown flag "foo"; {ALLOWED}', "foo", 8, ""),
    "v = 1 : min": (f'Flag "min" needs a value; {ALLOWED}', "min", 8, ""),
    "v = 1 : min = 1, min = 2": (f'Repeated flag "min"; {ALLOWED}', "min", 17, ""),
}
FLAGS = [
    *("init = 1", "int", "bool", "float", "population", "projection", "postsynaptic", "exponential"),
    *("event-driven", "unless_post"),
]


@pytest.mark.parametrize("argument", ["reset", "axon_reset"])
@pytest.mark.parametrize("text", RESETS)
def test_reset(argument: str, text: str) -> None:
    message, underlined, column, hint = RESETS[text]
    texts = {"spike": "v > 1", "axon_spike": "v > 2", argument: f"\n  {text}\nu = 1"}
    error = mistake(lambda: neuron("v = 1 ; u = 1", **texts))
    assert error.message == message.format(argument)
    assert place(error) == (underlined, 2, 2 + column)
    assert error.hint == hint.format(argument)


@pytest.mark.parametrize("flag", FLAGS)
def test_flags_of_reset(flag: str) -> None:
    error = mistake(lambda: neuron("v = 1", spike="v > 1", reset=f"v = 1 : {flag}"))
    word = flag.split(" ")[0]
    assert error.message == f'Flag "{word}" is not allowed for a statement of reset; {ALLOWED}'
    assert place(error) == (word, 1, 8)


# -- refractory period ---------------------------------------------------------------------------------------

NAMED = "refractory must be a number of ms or the name of an attribute."
PERIODS = {
    "reff": ('refractory refers to unknown "reff".', "reff", 'Did you mean "ref"?'),
    "t": ('refractory refers to unknown "t".', "t", ""),
    "2*ref": (NAMED, "2*ref", "give an expression a name in equations"),
    "5.0": (NAMED, "5.0", "give an expression a name in equations"),
    "ref = 1": (NAMED, "ref = 1", "give an expression a name in equations"),
}


@pytest.mark.parametrize("text", PERIODS)
def test_refractory(text: str) -> None:
    message, underlined, hint = PERIODS[text]
    error = mistake(lambda: neuron("v = 1", "ref = 2.0", spike="v > 1", refractory=f" {text}"))
    assert error.message == message
    assert place(error) == (underlined, 1, 1)
    assert error.hint == hint


# -- equations -----------------------------------------------------------------------------------------------

EQUATIONS = {
    "v = sum(exc)": ("sum() is only available in rate-coded neurons.", "sum(exc)", 4, "write g_exc"),
    "v = t_post": (
        'Unknown name "t_post" in the equation of "v".',
        "t_post",
        4,
        '"t_post" exists in spiking synapses only; here there is t_last.',
    ),
    "m = g_exc : population": ('Global variable "m" cannot depend on local "g_exc".', "g_exc", 4, None),
    "m = t_last : population": ('Global variable "m" cannot depend on local "t_last".', "t_last", 4, None),
    "v = 1 : init = t_last": (
        'init of "v" must be a constant expression.',
        "t_last",
        15,
        '"t_last" is not a constant.',
    ),
}


@pytest.mark.parametrize("text", EQUATIONS)
def test_equations(text: str) -> None:
    message, underlined, column, hint = EQUATIONS[text]
    error = mistake(lambda: neuron(f"u = 1\n{text}", spike="u > 1"))
    assert error.message == message
    assert place(error) == (underlined, 2, column)
    assert hint is None or error.hint == hint


@pytest.mark.parametrize("flag", ["event-driven", "exact"])
def test_event_driven_is_for_synapses(flag: str) -> None:
    error = mistake(lambda: neuron(f"dv/dt = -v : {flag}", spike="v > 1"))
    assert error.message.startswith(f'"{flag}" is only available in spiking synapses; allowed here: ')
    assert place(error) == (flag, 1, 13)


def test_functions_know_no_times() -> None:
    error = mistake(lambda: neuron("v = f(1)", functions="f(x) = x + t_last", spike="v > 1"))
    assert error.message == 'Functions only see their arguments and constants; unknown "t_last".'
    assert place(error) == ("t_last", 1, 11)


def test_all_mistakes_are_told_in_the_order_of_the_arguments() -> None:
    found = mistakes(
        lambda: neuron(
            "v = a",
            "b = c",
            "f(x) = d",
            spike="v > e",
            reset="v = g",
            axon_spike="v > h",
            axon_reset="v = k",
            refractory="l",
        )
    )
    assert [place(f)[0] for f in found] == ["c", "a", "e", "g", "h", "k", "l", "d"]

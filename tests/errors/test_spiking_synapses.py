"""Mistakes in spiking synapses (spec 01, 2, 5.4 and 13; 14.3 rows 13, 18, 19, 33, 36, 39, 41, 42)."""

from __future__ import annotations

import pytest

from tests.unit.lang_texts import mistake, mistakes, neuron, place, spiking_synapse, synapse

ARGUMENTS = ("pre_spike", "post_spike", "pre_axon_spike")
PARAMETERS = "tau = 10.0 ; s = 1.0 : postsynaptic ; p = 1.0 : projection"
ELSEWHERE = "give the model this equation in equations"
FLAGS = {
    "pre_spike": "allowed here: init, min, max, int, bool, float, unless_post.",
    "post_spike": "allowed here: init, min, max, int, bool, float.",
    "pre_axon_spike": "allowed here: init, min, max, int, bool, float.",
}

# -- any event -----------------------------------------------------------------------------------------------

EVENTS = {
    # statement: (message, underlined, column, hint); {} is the name of the argument
    "dw/dt = 1": ("ODEs are not allowed in {}.", "dw/dt", 0, ELSEWHERE),
    "tau*d w/dt = 1": ("ODEs are not allowed in {}.", "d w/dt", 4, ELSEWHERE),
    "w = dw/dt": ("ODEs are not allowed in {}.", "dw/dt", 4, ""),
    "g_exc += w": (
        '"g_exc" belongs to the post-synaptic neuron; a synapse changes it as g_target.',
        "g_exc",
        0,
        "write it in pre_spike: g_target += w",
    ),
    "x = g_target": (
        'Unknown name "g_target" in {}.',
        "g_target",
        4,
        "g_target is changed in pre_spike and pre_axon_spike",
    ),
    "w = t_last": (
        'Unknown name "t_last" in {}.',
        "t_last",
        4,
        '"t_last" exists in spiking neurons only; here there is t_pre and t_post.',
    ),
    "w = n": (
        'Unknown name "n" in {}.',
        "n",
        4,
        "Did you mean pre.n or post.n? A bare name is the synapse's own.",
    ),
    "w = ttau": ('Unknown name "ttau" in {}.', "ttau", 4, 'Did you mean "tau"?'),
    "w = pre.q": ('Population "p1" (pre) has no attribute "q".', "pre.q", 4, ""),
    "w = post.nn": ('Population "p2" (post) has no attribute "nn".', "post.nn", 4, 'Did you mean "n"?'),
    "w = pre.sum(exc)": (
        "pre.sum() is only available in rate-coded synapses.",
        "pre.sum(exc)",
        4,
        "write pre.g_exc",
    ),
    "w = sum(exc)": (
        "sum() is only available in neurons.",
        "sum(exc)",
        4,
        "write pre.g_exc or post.g_exc",
    ),
    "size = 1": ('"size" is reserved.', "size", 0, "choose another name"),
    "t_pre = 1": ('"t_pre" is reserved.', "t_pre", 0, "choose another name"),
    "delay += 1": ('"delay" is reserved.', "delay", 0, "choose another name"),
    "pre.v = 1": ("The left side must be a single variable.", "pre.v", 0, ""),
    "2*w = 1": ("The left side must be a single variable.", "2*w", 0, ""),
    "w": ('Expected "name = expression".', "w", 0, ""),
    "if w > 1: w = 0": (
        'Expected "name = expression".',
        "if w > 1",
        0,
        "a conditional is a right side: name = if <condition>: <a> else: <b>",
    ),
    "w **= 2": ('"**=" is not an assignment; use =, +=, -=, *= or /=.', "**=", 2, ""),
    "w = (1": ("Unbalanced parentheses.", "(", 4, ""),
    "x = 1 : init = foo": (
        'init of "x" must be a constant expression.',
        "foo",
        15,
        '"foo" is not a constant.',
    ),
    "x = 1 : init = w": (
        'init of "x" must be a constant expression.',
        "w",
        15,
        '"w" is not a constant.',
    ),
    "x = 1 : int, init = 1.5": ('init of "x" must be an int.', "1.5", 20, ""),
    "w += 1 : init = 2": (
        '"w" is a parameter of every synapse: "init" has no effect here.',
        "init",
        9,
        "the connector gives weights their values",
    ),
    "tau += 1 : init = 2": (
        '"tau" is declared elsewhere: "init" has no effect here.',
        "init",
        11,
        "give tau its value there",
    ),
    "w += 1 : int": ('"w" is declared as float, not int.', "int", 9, ""),
    "p += 1 : max = 1, bool": ('"p" is declared as float, not bool.', "bool", 18, ""),
    "w = 1 : max = Uniform(0, 1)": (
        'Random distributions are not allowed in max of "w".',
        "Uniform(0, 1)",
        14,
        "",
    ),
    "w = Normal(0, tau)": (
        'Arguments of Normal() must be numbers, constants or global attributes; "tau" is local.',
        "tau",
        14,
        "",
    ),
    "w = 1 : min = k": ('Unknown name "k" in min of "w".', "k", 14, ""),
    "x = 1 : int, bool": ('Conflicting flags "int" and "bool".', "bool", 13, ""),
}


@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize("text", EVENTS)
def test_events(argument: str, text: str) -> None:
    message, underlined, column, hint = EVENTS[text]
    error = mistake(lambda: spiking_synapse("", PARAMETERS, **{argument: f"\n  {text}\nw = 1"}))
    assert error.message == message.format(argument)
    assert place(error) == (underlined, 2, 2 + column)
    assert error.hint == hint


WRONG_FLAGS = ["projection", "postsynaptic", "population", "exponential", "event-driven", "unless_refractory"]


@pytest.mark.parametrize("argument", ARGUMENTS)
@pytest.mark.parametrize("flag", WRONG_FLAGS)
def test_flags_of_events(argument: str, flag: str) -> None:
    error = mistake(lambda: spiking_synapse(**{argument: f"w = 1 : {flag}"}))
    assert error.message == f'Flag "{flag}" is not allowed for a statement of {argument}; {FLAGS[argument]}'
    assert place(error) == (flag, 1, 8)


@pytest.mark.parametrize("argument", ["post_spike", "pre_axon_spike"])
def test_unless_post_is_for_pre_spike(argument: str) -> None:
    error = mistake(lambda: spiking_synapse(**{argument: "w = 1 : unless_post"}))
    assert error.message.startswith(f'Flag "unless_post" is not allowed for a statement of {argument}; ')
    assert place(error) == ("unless_post", 1, 8)


@pytest.mark.parametrize("argument", ["pre_spike", "pre_axon_spike"])
@pytest.mark.parametrize("flag", ["init", "int", "unless_post", "projection", "rk4"])
def test_flags_of_g_target(argument: str, flag: str) -> None:
    text = f"g_target += w : {flag}" + (" = 1" if flag == "init" else "")
    error = mistake(lambda: spiking_synapse(**{argument: text}))
    message = f'Flag "{flag}" is not allowed for a statement on g_target; allowed here: min, max.'
    assert error.message == message
    assert place(error) == (flag, 1, 16)


def test_g_target_in_post_spike() -> None:
    error = mistake(lambda: spiking_synapse(post_spike="w = 1\ng_target += w"))
    assert error.message == "g_target cannot be changed in post_spike: no spike arrives there."
    assert place(error) == ("g_target", 2, 0)
    assert error.hint == "write it in pre_spike or pre_axon_spike"


def test_axonal_events_with_post_spike() -> None:
    error = mistake(lambda: spiking_synapse(post_spike="w = 1", pre_axon_spike="\n g_target += w"))
    assert error.message == "Axonal events cannot be combined with post_spike."
    assert place(error) == ("g_target += w", 2, 1)


CONFLICTS = [
    ("x += 1 : init = 1", "x = 0 : init = 2", '"init=1" and "init=2"', "init"),
    ("x += 1 : int", "x = 0 : bool", '"int" and "bool"', "bool"),
    ("x += 1 : int\nx = 0 : float", "", '"int" and "float"', "float"),
]


@pytest.mark.parametrize(("first", "second", "shown", "underlined"), CONFLICTS)
def test_conflicting_flags(first: str, second: str, shown: str, underlined: str) -> None:
    error = mistake(lambda: spiking_synapse(pre_spike=first, post_spike=second))
    assert error.message == f'Conflicting flags for "x": {shown}.'
    assert place(error) == (underlined, 1 if second else 2, 8)
    assert error.hint == "give it once"


def test_a_variable_of_events_named_like_a_function() -> None:
    error = mistake(lambda: spiking_synapse(functions="f(x) = x", pre_spike="f = 1"))
    assert error.message == '"f" is both an attribute and a function.'
    assert place(error) == ("f", 1, 0)


# -- conductances --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "underlined"), [("g_exc = w", "g_exc"), ("dg_exc/dt = -g_exc", "dg_exc/dt")]
)
def test_conductances_in_equations(text: str, underlined: str) -> None:
    error = mistake(lambda: spiking_synapse(text))
    assert error.message.startswith('"g_exc" belongs to the post-synaptic neuron;')
    assert place(error) == (underlined, 1, 0)


def test_every_target_counts() -> None:
    found = mistakes(lambda: spiking_synapse(pre_spike="g_a = w ; g_b = w ; g_c = w", targets=("a", "b")))
    assert [place(f) for f in found] == [("g_a", 1, 0), ("g_b", 1, 10)]


@pytest.mark.parametrize("flag", ["population", "int", "bool"])
def test_a_conductance_is_local_and_real(flag: str) -> None:
    post = neuron(f"v = g_exc\ng_exc = 0 : {flag}", spike="v > 1")
    error = mistake(lambda: spiking_synapse(post=post))
    assert error.message == '"g_exc" of population "p2" receives spikes: it must be local and real.'
    assert error.hint == "drop its flags population, int or bool"


# -- rate-coded ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_events_need_spikes(argument: str) -> None:
    error = mistake(lambda: synapse(**{argument: "\n  w += 1 # more"}))
    assert error.message == f'{argument} needs spikes, but population "p1" (pre) is rate-coded.'
    assert place(error) == ("w += 1 # more", 2, 2)
    assert error.hint == "a rate-coded synapse has equations and a psp"


def test_event_driven_in_a_rate_coded_synapse() -> None:
    error = mistake(lambda: synapse("dx/dt = -x : event-driven"))
    assert error.message.startswith('"event-driven" is only available in spiking synapses; ')
    assert place(error) == ("event-driven", 1, 13)


@pytest.mark.parametrize("word", ["max", "min", "mean"])
def test_operations(word: str) -> None:
    error = mistake(lambda: spiking_synapse(operation=word))
    assert error.message == f"operation must be sum in a spiking synapse, not {word}."
    assert error.hint == "conductances add up: drop operation, or change g_target in pre_spike"
    assert mistake(lambda: spiking_synapse(operation="foo")).message == (
        "operation must be sum, max, min or mean."
    )


# -- psp and equations ---------------------------------------------------------------------------------------

OUTSIDE = {
    "pre.sum(exc)": ("pre.sum() is only available in rate-coded synapses.", "write pre.g_exc"),
    "post.sum(inh)": ("post.sum() is only available in rate-coded synapses.", "write post.g_inh"),
    "g_target": ('Unknown name "g_target" in {}.', "g_target is changed in pre_spike and pre_axon_spike"),
    "t_last": (
        'Unknown name "t_last" in {}.',
        '"t_last" exists in spiking neurons only; here there is t_pre and t_post.',
    ),
}


@pytest.mark.parametrize("text", OUTSIDE)
def test_psp_and_equations(text: str) -> None:
    message, hint = OUTSIDE[text]
    in_psp = mistake(lambda: spiking_synapse(psp=text))
    assert (in_psp.message, in_psp.hint) == (message.format("psp"), hint)
    assert place(in_psp) == (text, 1, 0)
    in_equation = mistake(lambda: spiking_synapse(f"x = {text}"))
    assert (in_equation.message, in_equation.hint) == (message.format('the equation of "x"'), hint)
    assert place(in_equation) == (text, 1, 4)


def test_times_in_a_rate_coded_synapse() -> None:
    error = mistake(lambda: synapse("x = t_pre"))
    assert (error.message, error.hint) == (
        'Unknown name "t_pre" in the equation of "x".',
        '"t_pre" exists in spiking models only.',
    )


@pytest.mark.parametrize("flag", ["projection", "postsynaptic"])
def test_times_are_local(flag: str) -> None:
    error = mistake(lambda: spiking_synapse(f"m = t_post : {flag}"))
    word = {"projection": "Global", "postsynaptic": "Semiglobal"}[flag]
    assert error.message == f'{word} variable "m" cannot depend on local "t_post".'
    assert place(error) == ("t_post", 1, 4)


@pytest.mark.parametrize("name", ["t_pre", "t_post", "t_last", "g_target"])
def test_reserved_names(name: str) -> None:
    error = mistake(lambda: spiking_synapse(parameters=f"{name} = 1.0"))
    assert error.message == f'"{name}" is reserved.'
    assert place(error) == (name, 1, 0)


# -- several -------------------------------------------------------------------------------------------------


def test_all_mistakes_are_told_in_the_order_of_the_arguments() -> None:
    found = mistakes(
        lambda: spiking_synapse(
            "x = b1",
            "c = a1",
            "c1",
            functions="f(x) = g1",
            pre_spike="w = d1",
            post_spike="w = e1",
            creating="i1",
            pruning="h1",
        )
    )
    assert [place(f)[0] for f in found] == ["a1", "b1", "c1", "d1", "e1", "g1", "h1", "i1"]

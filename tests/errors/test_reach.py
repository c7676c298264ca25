"""What lies outside a model: pre., post., sums, global operations, localities (spec 01, section 10).

Rows 36 to 41 of 14.3.
"""

from __future__ import annotations

import pytest

from synloom.codegen.errors import ModelError
from synloom.codegen.ir.model import Attribute, NeuronModel
from synloom.codegen.ir.types import Kind, Locality
from tests.unit.lang_texts import mistake, neuron, other_psp, place, synapse

ONLY_IN_SYNAPSES = "pre./post. are only available in synapses."

MISSING = {
    "pre.foo": ('Population "p1" (pre) has no attribute "foo".', ""),
    "post.foo": ('Population "p2" (post) has no attribute "foo".', ""),
    "pre.mp": ('Population "p1" (pre) has no attribute "mp".', ""),
    "post . bas": ('Population "p2" (post) has no attribute "bas".', 'Did you mean "base"?'),
    "mean(pre.foo)": ('Population "p1" (pre) has no attribute "foo".', ""),
}


@pytest.mark.parametrize("text", MISSING)
def test_missing_in_the_neuron_model(text: str) -> None:
    message, hint = MISSING[text]
    for error in (
        mistake(lambda: synapse(f"x = 2*{text}")),
        mistake(lambda: synapse(f"x = 2 : max={text}")),
        mistake(lambda: synapse(psp=f"w * {text}")),
    ):
        assert error.message == message
        assert error.hint == hint
        assert place(error)[0] == text.removeprefix("mean(").removesuffix(")")


def test_the_default_psp_needs_r() -> None:
    silent = NeuronModel("silent", (Attribute("v", Kind.PARAMETER, Locality.LOCAL),), ())
    error = mistake(lambda: synapse(pre=silent))
    assert error.message == 'Population "p1" (pre) has no attribute "r".'
    assert place(error) == ("pre.r", 1, 4)


@pytest.mark.parametrize("text", ["pre.x", "post . x", "pre.sum(exc)", "post.sum(exc)"])
def test_only_in_synapses(text: str) -> None:
    error = mistake(lambda: neuron(f"x = 1\nr = 2*{text}"))
    assert error.message == ONLY_IN_SYNAPSES
    assert place(error) == (text, 2, 6)


def test_operations_on_other_populations_only_in_synapses() -> None:
    error = mistake(lambda: neuron("x = 1\nr = mean(pre.x)"))
    assert error.message == ONLY_IN_SYNAPSES
    assert place(error) == ("pre.x", 2, 9)


def test_sums_need_a_target_in_synapses() -> None:
    error = mistake(lambda: synapse("x = 1 + pre.sum()"))
    assert error.message == "pre.sum() needs the name of a target."
    assert place(error) == ("pre.sum()", 1, 8)


def test_sums_of_neither_side() -> None:
    error = mistake(lambda: synapse("x = sum(exc)"))
    assert error.message == "sum() is only available in neurons."
    assert error.hint == "write pre.sum(exc) or post.sum(exc)"
    assert place(error) == ("sum(exc)", 1, 4)


# -- localities ----------------------------------------------------------------------------------------------

NEURONS = {
    "b = a : population": ('Global variable "b" cannot depend on local "a".', "a", 4),
    "b = 1 : max = a, population": ('Global variable "b" cannot depend on local "a".', "a", 14),
    "b += g + r : population": ('Global variable "b" cannot depend on local "r".', "r", 9),
    "a*db/dt = 1 : population": ('Global variable "b" cannot depend on local "a".', "a", 0),
    "b = sum(exc) : population": ('Global variable "b" cannot depend on local "sum(exc)".', "sum(exc)", 4),
    "b = if g > a: 1 else: 2 : population": ('Global variable "b" cannot depend on local "a".', "a", 11),
}


@pytest.mark.parametrize("text", NEURONS)
def test_localities_in_neurons(text: str) -> None:
    message, underlined, column = NEURONS[text]
    error = mistake(lambda: neuron(f"r = 1\n{text}", "a = 1.0 ; g = 2.0 : population"))
    assert error.message == message
    assert place(error) == (underlined, 2, column)
    assert error.hint == '"b" is global: drop that flag to have one for each'


SYNAPSES = {
    "x = l : projection": 'Global variable "x" cannot depend on local "l".',
    "x = w : projection": 'Global variable "x" cannot depend on local "w".',
    "x = s : projection": 'Global variable "x" cannot depend on semiglobal "s".',
    "x = pre.r : projection": 'Global variable "x" cannot depend on local "pre.r".',
    "x = post.r : projection": 'Global variable "x" cannot depend on local "post.r".',
    "x = pre.g : projection": 'Global variable "x" cannot depend on "pre.g".',
    "x = post.sum(exc) : projection": 'Global variable "x" cannot depend on local "post.sum(exc)".',
    "x = l : postsynaptic": 'Semiglobal variable "x" cannot depend on local "l".',
    "x = w : postsynaptic": 'Semiglobal variable "x" cannot depend on local "w".',
    "x = pre.r : postsynaptic": 'Semiglobal variable "x" cannot depend on local "pre.r".',
    "x = pre.g : postsynaptic": 'Semiglobal variable "x" cannot depend on "pre.g".',
    "x = pre.sum(exc) : postsynaptic": 'Semiglobal variable "x" cannot depend on local "pre.sum(exc)".',
    "x = 1 : min = w, postsynaptic": 'Semiglobal variable "x" cannot depend on local "w".',
    "dx/dt = -x*w : postsynaptic": 'Semiglobal variable "x" cannot depend on local "w".',
}


@pytest.mark.parametrize("text", SYNAPSES)
def test_localities_in_synapses(text: str) -> None:
    error = mistake(lambda: synapse(text, "l = 1.0 ; s = 1.0 : postsynaptic ; p = 1.0 : projection"))
    assert error.message == SYNAPSES[text]
    underlined = SYNAPSES[text].rsplit('"', 2)[1]
    assert place(error) == (underlined, 1, text.index(underlined))


def test_what_is_local_in_the_neuron_can_be_averaged() -> None:
    error = mistake(lambda: synapse("x = pre.r : projection"))
    assert error.hint == "a global operation may be used: mean(pre.r)"


# -- global operations ---------------------------------------------------------------------------------------

OPERATIONS = {
    # right side of r: (underlined, column, hint)
    "mean(2*a)": ("mean(2*a)", 0, "give the expression a name"),
    "max(2*a)": ("max(2*a)", 0, "or two arguments and more: max(a, b)"),
    "min()": ("min()", 0, "or two arguments and more: min(a, b)"),
    "mean(a, a)": ("mean(a, a)", 0, "give the expression a name"),
    "mean()": ("mean()", 0, "give the expression a name"),
    "norm1(sum(exc))": ("norm1(sum(exc))", 0, "give the expression a name"),
    "mean(g)": ("g", 5, '"g" is global.'),
    "mean(K)": ("K", 5, ""),
    "mean(bb)": ("bb", 5, 'Did you mean "b"?'),
    "norm2(t)": ("t", 6, ""),
}


@pytest.mark.parametrize("text", OPERATIONS)
def test_global_operations(text: str) -> None:
    underlined, column, hint = OPERATIONS[text]
    error = mistake(
        lambda: neuron(f"r = {text}", "a = 1.0 ; b = 1.0 ; g = 1.0 : population", constants={"K"})
    )
    assert error.message == f"{text.split('(')[0]}() takes one local attribute name."
    assert place(error) == (underlined, 1, 4 + column)
    assert error.hint == hint


SYNAPTIC_OPERATIONS = {
    "mean(w)": ("w", "in a synapse write mean(pre.x) or mean(post.x)"),
    "mean(foo)": ("foo", "in a synapse write mean(pre.x) or mean(post.x)"),
    "mean(pre.g)": ("pre.g", '"g" is global.'),
    "mean(2*pre.r)": ("mean(2*pre.r)", "give the expression a name"),
}


@pytest.mark.parametrize("text", SYNAPTIC_OPERATIONS)
def test_global_operations_in_synapses(text: str) -> None:
    underlined, hint = SYNAPTIC_OPERATIONS[text]
    error = mistake(lambda: synapse(f"x = {text}"))
    assert error.message == "mean() takes one local attribute name."
    assert place(error) == (underlined, 1, 4 + text.index(underlined))
    assert error.hint == hint


# -- psp and operation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["foo", "", "SUM", "product"])
def test_operation(word: str) -> None:
    error = mistake(lambda: synapse(operation=word))
    assert error.message == "operation must be sum, max, min or mean."
    assert error.origin is None


PSPS = {
    "w = 1": ("psp must be one expression.", "=", 2),
    "w * pre.r : init = 1": ("psp must be one expression.", ":", 10),
    "w += pre.r": ("psp must be one expression.", "+=", 2),
    "dw/dt": ("Gradients are only allowed on the left side.", "dw/dt", 0),
    "w pre.r": ("Cannot parse the expression.", "pre", 2),
    "w * foo": ('Unknown name "foo" in psp.', "foo", 4),
}


@pytest.mark.parametrize("text", PSPS)
def test_psp(text: str) -> None:
    message, underlined, column = PSPS[text]
    error = mistake(lambda: synapse(psp=text))
    assert error.message == message
    assert place(error) == (underlined, 1, column)


FORWARD = synapse("theta = post.r : postsynaptic", "alpha = 1.0 : projection", functions="f(x) = x")

OTHER_PSPS = {
    "w * thetta": ('Unknown name "thetta" in psp.', "thetta", 'Did you mean "theta"?'),
    "pre.x": ('Population "p2" (pre) has no attribute "x".', "pre.x", ""),
    "post.mp": ('Population "p1" (post) has no attribute "mp".', "post.mp", ""),
    "f(w)": ('Unknown function "f".', "f", None),
}


@pytest.mark.parametrize("text", OTHER_PSPS)
def test_psp_of_a_transpose(text: str) -> None:
    message, underlined, hint = OTHER_PSPS[text]
    with pytest.raises(ModelError) as caught:
        other_psp(text, FORWARD)
    assert caught.value.message == message
    assert place(caught.value)[0] == underlined
    assert hint is None or caught.value.hint == hint

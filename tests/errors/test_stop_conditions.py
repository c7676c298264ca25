"""Mistakes in ``Population(stop_condition=...)`` (spec 01, section 13; spec 03, section 2.3)."""

from __future__ import annotations

import pytest

import synloom as sl
from synloom.codegen.errors import ModelError, ModelErrors

pytestmark = pytest.mark.usefixtures("fresh")

RULE = "stop_condition must be one boolean expression, and a flag."
SPIKING = sl.Neuron(parameters="tau = 10.0", equations="v += 1.0", spike="v > 3.0")
RATE = sl.Neuron(parameters="tau = 10.0", equations="v = sum(exc) ; r = v")

CASES = {
    # text: (message, underlined, hint)
    "v > vt": ('Unknown name "vt" in stop_condition.', "vt", None),
    "v = 1": (RULE, "=", 'a comparison is written "=="'),
    "v > 1 ; v < 3": (RULE, ";", None),
    "dv/dt > 1": (RULE, "dv/dt", "write the right side of its equation instead"),
    "if v > 1: True else: False": (RULE, "if", "use ite(c, a, b)"),
    "v > mean(v)": (
        "Global operations such as mean() are not allowed in stop_condition.",
        "mean(v)",
        'give it a name in equations: "m = mean(v) : population"',
    ),
    "v > 1 : some": ('Unknown flag "some"; allowed here: any, all.', "some", ""),
    "v > 1 : alll": ('Unknown flag "alll"; allowed here: any, all.', "alll", 'Did you mean "all"?'),
    "v > 1 : any, all": ('Conflicting flags "any" and "all".', "all", ""),
    "v > 1 : all = 3": ('Flag "all" takes no value; allowed here: any, all.', "all", ""),
    "v > 1 : init = 3": (
        'Flag "init" is not allowed for stop_condition; allowed here: any, all.',
        "init",
        "",
    ),
    "v > Uniform(0, 1)": (
        "Random distributions are not allowed in stop_condition.",
        "Uniform(0, 1)",
        "",
    ),
    "pre.r > 1": ("pre./post. are only available in synapses.", "pre.r", ""),
    "(v > 1": ("Unbalanced parentheses.", "(", None),
    "v > foo(1)": ('Unknown function "foo".', "foo", None),
}


@pytest.mark.parametrize("text", CASES)
def test_mistakes_are_told_when_the_population_is_made(text: str) -> None:
    message, underlined, hint = CASES[text]
    with pytest.raises(ModelError) as caught:
        sl.Population(1, SPIKING, stop_condition=text)
    error = caught.value
    assert error.message == message
    assert error.origin is not None
    assert error.origin.text == underlined
    assert error.origin.source.owner == "Population 'pop0'"
    assert hint is None or error.hint == hint
    assert sl.populations() == []


def test_an_empty_condition() -> None:
    with pytest.raises(ModelError) as caught:
        sl.Population(1, SPIKING, stop_condition=" ")
    assert caught.value.message == RULE
    assert caught.value.hint == "a condition is missing"


def test_sums_and_spikes_of_rate_coded_neurons() -> None:
    with pytest.raises(ModelError) as caught:
        sl.Population(1, RATE, stop_condition="sum(exc) > 1")
    assert caught.value.message == "sum() is not allowed in stop_condition."
    assert caught.value.hint == 'give it a name in equations: "s = sum(exc)"'
    with pytest.raises(ModelError) as caught:
        sl.Population(1, RATE, stop_condition="spiked : any")
    assert caught.value.message == 'Unknown name "spiked" in stop_condition.'


def test_several_mistakes_at_once() -> None:
    with pytest.raises(ModelErrors) as caught:
        sl.Population(1, SPIKING, stop_condition="x > y : none")
    assert [e.message for e in caught.value.errors] == [
        'Unknown name "x" in stop_condition.',
        'Unknown name "y" in stop_condition.',
        'Unknown flag "none"; allowed here: any, all.',
    ]


def _shown(error: ModelError) -> tuple[str, str]:
    """File name and column, and the lines below them."""
    place, *lines = str(error).split("\n")[1:4]
    file, _, column = place.split(",")[0].rsplit(":", 2)
    return f"{file.rsplit('/', 1)[-1]}:{column}", "\n".join(lines)


def test_the_caret_stands_in_the_users_script() -> None:
    expected = "      v > x\n          ^"
    with pytest.raises(ModelError) as caught:
        sl.Population(1, SPIKING, stop_condition="v > x")
    assert _shown(caught.value) == ("test_stop_conditions.py:55", expected)
    with pytest.raises(ModelError) as caught:
        sl.Population(1, SPIKING, "name", "v > x")
    assert _shown(caught.value) == ("test_stop_conditions.py:48", expected)
    with pytest.raises(ModelError) as caught:
        sl.Network().create(1, SPIKING, "v > x")
    assert _shown(caught.value) == ("test_stop_conditions.py:46", expected)


class Own(sl.Population):
    """A population with arguments of its own."""

    def __init__(self, condition: str) -> None:
        super().__init__(1, SPIKING, stop_condition=condition)


def test_the_condition_of_a_subclass_is_shown_as_far_as_it_is_known() -> None:
    with pytest.raises(ModelError) as caught:
        Own("v > x")
    assert "argument 'stop_condition'" in str(caught.value)
    assert str(caught.value).endswith("v > x\n          ^")

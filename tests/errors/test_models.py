"""Mistakes in arguments of ready-made models: the user's own argument under the caret, in the user's own call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.errors.test_forms import mistakes
from tests.unit.fake_network import fake_default


@pytest.fixture(autouse=True)
def registries() -> Iterator[None]:
    with fake_default():
        yield


TERMS = """\
sl.LeakyIntegrator(
    20.0, B=0.1,
    sum="sum(exc) - foo",
    noise="Norml(0.0, 1.0)",
).check()
"""


def test_terms(tmp_path: Path) -> None:
    assert mistakes(TERMS, tmp_path) == [
        'Unknown name "foo" in the equation of "v".\n'
        "  net.py:4:21, Neuron 'LeakyIntegrator', argument 'sum'\n"
        "      sum=sum(exc) - foo\n"
        "                     ^^^",
        'Unknown function "Norml".\n'
        "  net.py:5:12, Neuron 'LeakyIntegrator', argument 'noise'\n"
        "      noise=Norml(0.0, 1.0)\n"
        "            ^^^^^\n"
        'hint: Did you mean "Normal"?',
    ]


def test_terms_that_cannot_be_parsed(tmp_path: Path) -> None:
    script = 'sl.Izhikevich(conductance="g_exc + (g_nmda - 1").check()\n'
    assert mistakes(script, tmp_path) == [
        "Unbalanced parentheses.\n"
        "  net.py:2:36, Neuron 'Izhikevich', argument 'conductance'\n"
        "      g_exc + (g_nmda - 1\n"
        "              ^"
    ]


def test_a_term_is_one_expression(tmp_path: Path) -> None:
    script = 'sl.GIF_curr(current="I = g_exc").check()\n'
    assert mistakes(script, tmp_path) == [
        "This must be one expression.\n"
        "  net.py:2:24, Neuron 'GIF_curr', argument 'current'\n"
        "      I = g_exc\n"
        "        ^"
    ]


def test_values_by_position_and_by_keyword(tmp_path: Path) -> None:
    script = 'sl.IF_curr_exp(-60.0, "capacity", v_thresh="2*top").check()\n'
    assert mistakes(script, tmp_path) == [
        'The value of "cm" must be a constant expression.\n'
        "  net.py:2:24, Neuron 'IF_curr_exp', argument 'cm'\n"
        "      cm=capacity\n"
        "         ^^^^^^^^\n"
        'hint: "capacity" is not a constant.',
        'The value of "v_thresh" must be a constant expression.\n'
        "  net.py:2:47, Neuron 'IF_curr_exp', argument 'v_thresh'\n"
        "      v_thresh=2*top\n"
        "                 ^^^\n"
        'hint: "top" is not a constant.',
    ]


SUBCLASS = """\
class Mine(sl.STP):
    def __init__(self):
        super().__init__(tau_rec="slow", U=0.3)
pre = sl.Population(1, sl.Izhikevich)
sl.Projection(pre, pre, "exc", synapse=Mine())
"""


def test_synapses_and_a_subclass_of_the_user(tmp_path: Path) -> None:
    (told,) = mistakes(SUBCLASS, tmp_path)
    assert told == (
        'The value of "tau_rec" must be a constant expression.\n'
        "  net.py:4:35, Synapse 'Mine' of projection 'proj0', argument 'tau_rec'\n"
        "      tau_rec=slow\n"
        "              ^^^^\n"
        'hint: "slow" is not a constant.'
    )

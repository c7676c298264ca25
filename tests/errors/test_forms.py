"""Mistakes in the 5.0 forms: the user's own string under the caret, at its own line and column."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from synloom.codegen.errors import ModelError, ModelErrors
from tests.unit.fake_network import fake_default


@pytest.fixture(autouse=True)
def registries() -> Iterator[None]:
    with fake_default():
        yield


def mistakes(script: str, where: Path) -> list[str]:
    """What is told about a script: one text for each mistake, its path without the folder."""
    file = where / "net.py"
    file.write_text(f"import synloom as sl\n{script}")
    with pytest.raises(ModelError) as caught:
        exec(compile(file.read_text(), str(file), "exec"), {"__name__": "net"})
    error = caught.value
    errors = error.errors if isinstance(error, ModelErrors) else (error,)
    return [str(e).replace(f"{where}/", "") for e in errors]


IN_A_DICTIONARY = """\
sl.Constant("K", 3.0)
sl.Neuron(
    parameters={
        "size": 1.0, "a": sl.Parameter("K + k"),
        "b": "q",
    },
    equations="r = a",
    name="X",
).check()
"""


def test_dictionaries(tmp_path: Path) -> None:
    assert mistakes(IN_A_DICTIONARY, tmp_path) == [
        '"size" is reserved.\n'
        "  net.py:5:10, Neuron 'X', argument 'parameters'\n"
        "      size\n"
        "      ^^^^\n"
        "hint: choose another name",
        'The value of "a" must be a constant expression.\n'
        "  net.py:5:45, Neuron 'X', argument 'parameters'\n"
        "      a = K + k\n"
        "              ^\n"
        'hint: "k" is not a constant. Did you mean "K"?',
        'The value of "b" must be a constant expression.\n'
        "  net.py:6:15, Neuron 'X', argument 'parameters'\n"
        "      b = q\n"
        "          ^\n"
        'hint: "q" is not a constant.',
    ]


def test_dict_with_keywords(tmp_path: Path) -> None:
    script = 'sl.Neuron(dict(a=1.0,\n  size=2.0, b=sl.Parameter(value="a")), "r = a").check()\n'
    assert mistakes(script, tmp_path) == [
        '"size" is reserved.\n'
        "  net.py:3:3, Neuron, argument 'parameters'\n"
        "      size\n"
        "      ^^^^\n"
        "hint: choose another name",
        'The value of "b" must be a constant expression.\n'
        "  net.py:3:35, Neuron, argument 'parameters'\n"
        "      b = a\n"
        "          ^\n"
        'hint: "a" is not a constant.',
    ]


IN_A_LIST = """\
leaky = sl.Variable('''
    10*dv/dt = -v +
         u
''', init="v0", method="exponential")
sl.Neuron("", [
    "r = s", "r = s",
    leaky,
    sl.Variable("n = 1", min="low", type=int,
                init=1.5, method="rk4"),
], name="X").check()
"""


def test_lists_and_keywords(tmp_path: Path) -> None:
    assert mistakes(IN_A_LIST, tmp_path) == [
        'Unknown name "s" in the equation of "r".\n'
        "  net.py:7:10, Neuron 'X', argument 'equations'\n"
        "      r = s\n"
        "          ^",
        '"r" is declared more than once (lines 1, 2).\n'
        "  net.py:7:15, Neuron 'X', argument 'equations'\n"
        "      r = s\n"
        "      ^",
        'Unknown name "s" in the equation of "r".\n'
        "  net.py:7:19, Neuron 'X', argument 'equations'\n"
        "      r = s\n"
        "          ^",
        'Unknown name "u" in the equation of "v".\n'
        "  net.py:4:10, Neuron 'X', argument 'equations'\n"
        "      u\n"
        "      ^",
        'init of "v" must be a constant expression.\n'
        "  net.py:5:12, Neuron 'X', argument 'equations'\n"
        "      init=v0\n"
        "           ^^\n"
        'hint: "v0" is not a constant.',
        'init of "n" must be an int.\n'
        "  net.py:10:22, Neuron 'X', argument 'equations'\n"
        "      init=1.5\n"
        "           ^^^",
        'Unknown name "low" in min of "n".\n'
        "  net.py:9:31, Neuron 'X', argument 'equations'\n"
        "      min=low\n"
        "          ^^^",
        '"rk4" needs an ODE.\n'
        "  net.py:10:35, Neuron 'X', argument 'equations'\n"
        "      method=rk4\n"
        "             ^^^\n"
        'hint: write it as "d<name>/dt = ..."',
    ]


SEMIGLOBAL = 'locality must be one of local or global; "semiglobal" is for synapses.'
CASES: dict[str, tuple[str, str, str]] = {
    # script: message, place, line and caret
    'sl.Neuron({"a": sl.Parameter(1, "semiglobal")}, "r = a")': (
        SEMIGLOBAL,
        "net.py:2:13, Neuron, argument 'parameters'",
        "a\n^",
    ),
    'sl.Neuron("", [sl.Variable(" r = 1", locality="postsynaptic")])': (
        SEMIGLOBAL,
        "net.py:2:30, Neuron, argument 'equations'",
        "r = 1\n^^^^^",
    ),
    'sl.Neuron("", ["r = 1", sl.Variable("v = r : min=0", max=1)])': (
        "The equation of a Variable with keyword values must not have flags of its own.",
        "net.py:2:46, Neuron, argument 'equations'",
        "v = r : min=0\n        ^^^",
    ),
    'sl.Neuron("", sl.Variable("r = 1 ; v = r", max=1))': (
        "A Variable with keyword values is a single equation.",
        "net.py:2:36, Neuron, argument 'equations'",
        "r = 1 ; v = r\n        ^^^^^",
    ),
    'sl.Neuron("", sl.Variable("r = (1", max=1)).check()': (
        "Unbalanced parentheses.",
        "net.py:2:32, Neuron, argument 'equations'",
        "r = (1\n    ^",
    ),
    'sl.Neuron("", ["r = 1", "+ 2"]).check()': (
        'Expected "name = expression".',
        "net.py:2:26, Neuron, argument 'equations'",
        "+ 2\n^^^",
    ),
    'sl.Neuron("", sl.Variable("r")).check()': (
        'Expected "name = expression".',
        "net.py:2:28, Neuron, argument 'equations'",
        "r\n^",
    ),
    'sl.Neuron({"a": "1 : bool"}, "r = a")': (
        "This must be one expression.",
        "net.py:2:20, Neuron, argument 'parameters'",
        "1 : bool\n  ^",
    ),
    'sl.Neuron({"a": "1\\nb = 2"}, "r = a")': (
        "This must be one expression.",
        "net.py:3:3, Neuron, argument 'parameters'",
        "b = 2\n  ^",
    ),
    'sl.Neuron({"a": "\'key\'"}, "r = a").check()': (
        'The value of "a" must be a constant expression.',
        "net.py:2:18, Neuron, argument 'parameters'",
        "a = 'key'\n    ^^^^^",
    ),
    'sl.Neuron({"a": ""}, "r = a")': (
        "Cannot parse the expression.",
        "net.py:2:18, Neuron, argument 'parameters'",
        "\n^",
    ),
    'sl.Neuron("", sl.Variable("r = 1", max="if r > 1: 2 else: 3"))': (
        "A conditional must be the whole right side; use ite(c, a, b).",
        "net.py:2:41, Neuron, argument 'equations'",
        "if r > 1: 2 else: 3\n^^^^^^^^^^^^^^^^^^^",
    ),
    'sl.Neuron("", sl.Variable("dr/dt = 1", method="event-driven")).check()': (
        '"event-driven" is only available in spiking synapses; allowed here: init, min, max, population, int, '
        "bool, float, explicit, implicit, semiimplicit, exponential, midpoint, rk4.",
        "net.py:2:48, Neuron, argument 'equations'",
        "method=event-driven\n       ^^^^^^^^^^^^",
    ),
    'e = "r = q"\nsl.Neuron("", [e]).check()': (
        'Unknown name "q" in the equation of "r".',
        "net.py:3, Neuron, argument 'equations'",
        "r = q\n    ^",
    ),
}


@pytest.mark.parametrize("script", CASES)
def test_one_mistake(script: str, tmp_path: Path) -> None:
    message, place, shown = CASES[script]
    (told,) = mistakes(script, tmp_path)
    line, caret = shown.split("\n")
    assert told.split("\nhint: ")[0] == f"{message}\n  {place}\n      {line}\n      {caret}"


TAKE = "from synloom.written import ModelTexts\ntexts = ModelTexts('Synapse', 'S', None)\n"
EVENTS: dict[str, tuple[str, str]] = {
    'texts.take("reset", 4, sl.Variable("v = 1", init=2, method="rk4", locality="global"))': (
        "A Variable in reset takes no init and no method and no locality.",
        "allowed here: min, max",
    ),
    'texts.take("post_spike", 5, ["w += 1", sl.Variable("v = 1", method="rk4")])': (
        "A Variable in post_spike takes no method.",
        "allowed here: init, min, max, type",
    ),
    'texts.take("creating", 9, sl.Creating("post.r > 1 : proba=1", w=1))': (
        "The equation of a Creating with keyword values must not have flags of its own.",
        "put them all in one place",
    ),
}


@pytest.mark.parametrize("script", EVENTS)
def test_keywords_without_meaning(script: str, tmp_path: Path) -> None:
    message, hint = EVENTS[script]
    (told,) = mistakes(TAKE + script, tmp_path)
    assert told.split("\n")[0] == message
    assert told.endswith(f"hint: {hint}")
    assert "net.py:4:" in told and "Synapse 'S'" in told

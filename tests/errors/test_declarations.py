"""Names that are missing, taken, or given twice (spec 01, 14.2; 14.3 rows 1, 3, 10, 25, 50)."""

from __future__ import annotations

import pytest

from synloom.codegen.lang.builtins import DISTRIBUTIONS, FUNCTION_NAMES, KEYWORDS, SYMBOLS
from tests.unit.lang_texts import mistake, mistakes, neuron, place, synapse


def test_a_rate_coded_neuron_needs_r() -> None:
    error = mistake(lambda: neuron("\n  tau*dv/dt = -v  # decay\n  x = 1", "tau = 10.0"))
    assert error.message == "Neuron 'X' is rate-coded and must define \"r\" (or give a spike condition)."
    assert place(error) == ("tau*dv/dt = -v  # decay", 2, 2)


def test_r_is_missed_in_parameters_if_there_are_no_equations() -> None:
    error = mistake(lambda: neuron("", "a = 1.0"))
    assert error.message.endswith('must define "r" (or give a spike condition).')
    assert place(error) == ("a = 1.0", 1, 0)


def test_nothing_at_all_has_no_place() -> None:
    error = mistake(lambda: neuron("", ""))
    assert error.message == "Neuron 'X' is rate-coded and must define \"r\" (or give a spike condition)."
    assert error.origin is None


def test_two_equations_for_one_name() -> None:
    error = mistake(lambda: neuron("v = 1\nr = v\n  v += 2"))
    assert error.message == '"v" is declared more than once (lines 1, 3).'
    assert place(error) == ("v", 3, 2)


def test_an_equation_and_an_ode_for_one_name() -> None:
    error = mistake(lambda: neuron("r = 1\ndr/dt = 1\nr = 2"))
    assert error.message == '"r" is declared more than once (lines 1, 2, 3).'
    assert place(error) == ("dr/dt", 2, 0)


def test_two_parameters_of_one_name() -> None:
    error = mistake(lambda: neuron("r = a", "a = 1.0 ; a = 2.0"))
    assert error.message == '"a" is declared more than once (lines 1, 1).'
    assert place(error) == ("a", 1, 10)


@pytest.mark.parametrize("equation", ["a = 2", "a += 1", "da/dt = -a"])
def test_an_equation_for_a_parameter(equation: str) -> None:
    error = mistake(lambda: neuron(f"r = a\n{equation}", "a = 1.0"))
    assert error.message == '"a" is a parameter; remove it from parameters to give it an equation.'
    assert place(error) == ("da/dt" if "/" in equation else "a", 2, 0)


RESERVED = sorted(
    (KEYWORDS | SYMBOLS | FUNCTION_NAMES | set(DISTRIBUTIONS) | {"__x"}) - {"if", "else", "elif"}
)


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_names(name: str) -> None:
    error = mistake(lambda: neuron(f"r = 1\n  {name} = 2"))
    assert error.message == f'"{name}" is reserved.'
    assert place(error) == (name, 2, 2)


@pytest.mark.parametrize(
    "name", ["if", "else", "size", "i", "double", "lambda", "sin", "Uniform", "pre", "t"]
)
def test_reserved_names_of_parameters_and_synapses(name: str) -> None:
    assert mistake(lambda: neuron("r = 1", f"{name} = 2")).message == f'"{name}" is reserved.'
    assert mistake(lambda: synapse("", f"{name} = 2")).message == f'"{name}" is reserved.'


COMMON = ["name", "geometry", "ranks", "init", "targets", "delay", "plasticity", "update", "transmission"]


@pytest.mark.parametrize("name", [*COMMON, "neuron", "width", "stop_condition"])
def test_members_of_populations(name: str) -> None:
    error = mistake(lambda: neuron(f"d{name}/dt = 1\nr = 1"))
    assert error.message == f'"{name}" is reserved.'
    assert place(error) == (f"d{name}/dt", 1, 0)


@pytest.mark.parametrize("name", [*COMMON, "dendrite", "connectivity_matrix", "post_ranks"])
def test_members_of_projections(name: str) -> None:
    error = mistake(lambda: synapse(f"{name} = 1"))
    assert error.message == f'"{name}" is reserved.'


def test_what_is_reserved_for_projections_is_free_in_neurons() -> None:
    assert neuron("r = dendrite", "dendrite = 1.0").attribute("dendrite") is not None
    assert synapse("", "width = 1.0").attribute("width") is not None


NO_STATEMENT = {
    "r": ("r", 0),
    "  r == 1": ("r == 1", 2),
    "= 1": ("=", 0),
    "r =": ("=", 2),
    "r = ": ("=", 2),
    "r = : init = 1": ("=", 2),
    "r += # nothing": ("+=", 2),
    ": init = 1": (":", 0),
    "r : init = 1": ("r", 0),
}


@pytest.mark.parametrize("text", NO_STATEMENT)
def test_no_statement(text: str) -> None:
    error = mistake(lambda: neuron(text))
    assert error.message == 'Expected "name = expression".'
    underlined, column = NO_STATEMENT[text]
    assert place(error) == (underlined, 1, column)


def test_a_first_line_without_assignment() -> None:
    error = mistake(lambda: neuron("r\nv = 1"))
    assert error.message == 'Expected "name = expression".'
    assert place(error) == ("r", 1, 0)


def test_all_mistakes_are_told_at_once_from_top_to_bottom() -> None:
    found = mistakes(
        lambda: neuron(
            "tua*dv/dt = -v + I\nr = foo(v)\nx = 3 : innit=2\ny = 1 +", "tau = b ; tau2 = 1e", "f(x) = y"
        )
    )
    assert [(f.message.split(";")[0], *place(f)[1:]) for f in found] == [
        ('The value of "tau" must be a constant expression.', 1, 6),
        ("Cannot parse the expression.", 1, 18),
        ('Unknown name "tua" in the equation of "v".', 1, 0),
        ('Unknown name "I" in the equation of "v".', 1, 17),
        ('Unknown function "foo".', 2, 4),
        ('Unknown flag "innit"', 3, 8),
        ("Cannot parse the expression.", 4, 6),
        ("Functions only see their arguments and constants", 1, 7),
    ]


def test_the_whole_message() -> None:
    found = mistakes(lambda: neuron("\n    tau*dv/dt = -v\n    r = vv", "tua = 10.0"))
    assert [str(f) for f in found] == [
        'Unknown name "tau" in the equation of "v".\n'
        "  Neuron 'X', argument 'equations', line 2\n"
        "      tau*dv/dt = -v\n"
        "      ^^^\n"
        'hint: Did you mean "tua"?',
        'Unknown name "vv" in the equation of "r".\n'
        "  Neuron 'X', argument 'equations', line 3\n"
        "      r = vv\n"
        "          ^^\n"
        'hint: Did you mean "v"?',
    ]

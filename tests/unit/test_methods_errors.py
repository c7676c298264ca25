"""What a method cannot treat is refused at the offending term (spec 01, 12.2, 12.4 and 14.3)."""

from __future__ import annotations

import pytest

from synloom.codegen.errors import ModelError, ModelErrors
from synloom.codegen.ir.model import Equation
from synloom.codegen.ir.types import Locality, Method
from synloom.codegen.passes.discretize import discretize
from tests.unit.ode_helpers import H, assign, ode

EXPLICIT, IMPLICIT, SEMIIMPLICIT = Method.EXPLICIT, Method.IMPLICIT, Method.SEMIIMPLICIT
EXPONENTIAL, MIDPOINT, RK4 = Method.EXPONENTIAL, Method.MIDPOINT, Method.RK4


def refused(*equations: Equation) -> ModelError:
    with pytest.raises(ModelError) as caught:
        discretize(equations, Locality.LOCAL, H)
    return caught.value


def caret(error: ModelError) -> tuple[str, int, int]:
    """The underlined text, its line from 1, its column from 0."""
    assert error.origin is not None
    return error.origin.text, error.origin.line, error.origin.column


HIGHER = {
    "1 - r**2": ("r^2", "r**2", 4),
    "a - r*r": ("r^2", "r*r", 4),
    "a*r*(1 - r)": ("r^2", "a*r*(1 - r)", 0),
    "r*(a - r)*r - r": ("r^2", "r*(a - r)*r", 0),
    "a - (2*r + a)**3": ("r^3", "(2*r + a)**3", 4),
    "a - r - r**100": ("r^100", "r**100", 8),
    "(a - r**2)/tau": ("r^2", "r**2", 5),
    "-(r*r)*a + exp(r)": ("r^2", "r*r", 2),
}


@pytest.mark.parametrize("method", [EXPONENTIAL, SEMIIMPLICIT])
@pytest.mark.parametrize("rhs", HIGHER)
def test_higher_powers_have_no_canonical_form(rhs: str, method: Method) -> None:
    found, underlined, column = HIGHER[rhs]
    error = refused(ode("r", rhs, method))
    assert error.message == f'"{method}" needs a linear term in "r"; found {found}.'
    assert caret(error) == (underlined, 1, column)
    assert error.hint == "use explicit, midpoint or rk4 for this equation."


@pytest.mark.parametrize("method", [EXPONENTIAL, SEMIIMPLICIT])
@pytest.mark.parametrize(
    "rhs", ["a", "a - v", "exp(-r)", "a*r - r*a", "1 if r > 2 else 3", "1/r", "r**0.5", "r % 2"]
)
def test_without_a_linear_term_there_is_no_canonical_form(rhs: str, method: Method) -> None:
    error = refused(ode("r", rhs, method, "tau"))
    assert error.message == f'"{method}" needs a linear term in "r"; found none.'
    assert caret(error) == (rhs, 1, 0)
    assert error.hint == 'add a term that makes "r" decay, or use explicit, midpoint or rk4.'


IMPLICIT_HINT = "use midpoint or rk4, or semiimplicit where a linear term remains."
NOT_LINEAR = {
    "1 - r**2": ("r^2", "r**2", 4),
    "a - sqrt(r)": ("sqrt(r)", "sqrt(r)", 4),
    "sin(2*r + 1)": ("sin(2*r + 1)", "sin(2*r + 1)", 0),
    "exp(a*sin(r)) - r": ("sin(r)", "sin(r)", 6),
    "pos(r) - r": ("pos(r)", "pos(r)", 0),
    "a - r/(1 + r)": ("r/(1 + r)", "r/(1 + r)", 4),
    "a - r**k": ("r**k", "r**k", 4),
    "r % 2 - r": ("r % 2", "r % 2", 0),
    "(a - r)/(r + 1)": ("r + 1", "r + 1", 9),
    "f(r)*a": ("f(r)", "f(r)", 0),
}


@pytest.mark.parametrize("rhs", NOT_LINEAR)
def test_implicit_needs_linear_equations(rhs: str) -> None:
    found, underlined, column = NOT_LINEAR[rhs]
    error = refused(ode("r", rhs, IMPLICIT))
    assert error.message == f'"implicit" needs equations that are linear in "r"; found {found}.'
    assert caret(error) == (underlined, 1, column)
    assert error.hint == IMPLICIT_HINT


def test_implicit_needs_conditions_without_the_unknown() -> None:
    error = refused(ode("r", "(a if r > 1 else b) - r", IMPLICIT))
    assert error.message == '"implicit" needs equations that are linear in "r"; found r > 1.'
    assert caret(error) == ("r > 1", 1, 6)


def test_implicit_refuses_products_of_coupled_unknowns() -> None:
    error = refused(ode("v", "1 - v*u", IMPLICIT), ode("u", "v - u", IMPLICIT))
    assert error.message == '"implicit" needs equations that are linear in "v" and "u"; found v*u.'
    assert caret(error) == ("v*u", 1, 4)
    assert error.hint == IMPLICIT_HINT


@pytest.mark.parametrize("rhs", ["1 - v", "(1 - v)/tau"])
def test_implicit_refuses_a_coefficient_with_an_unknown(rhs: str) -> None:
    error = refused(ode("v", rhs, IMPLICIT, coefficient="2*v + 1"))
    assert error.message == '"implicit" needs equations that are linear in "v"; found 2*v + 1.'
    assert caret(error) == ("2*v + 1", 1, 0)


def test_mixing_coupled_methods_in_one_run_is_refused_once() -> None:
    equations = [ode("v", "-v", MIDPOINT), ode("w", "-w"), ode("u", "v - u", RK4), ode("z", "-z", IMPLICIT)]
    error = refused(*equations)
    assert error.message == "Coupled equations must use one method; found midpoint and rk4."
    assert caret(error) == ("v - u", 1, 0)
    assert "same method" in error.hint


def test_coupled_methods_in_separate_runs_may_differ() -> None:
    block = discretize(
        (ode("v", "-v", MIDPOINT), assign("a", "v"), ode("u", "v - u", RK4)), Locality.LOCAL, H
    )
    assert len(block) > 3


def test_all_mistakes_are_told_at_once() -> None:
    error = refused(
        ode("a", "1 - a*b", IMPLICIT),
        ode("b", "sin(b)", IMPLICIT),
        ode("c", "1 - c**2", EXPONENTIAL),
        ode("d", "-d", MIDPOINT),
        assign("x", "c"),
        ode("e", "1", SEMIIMPLICIT),
    )
    assert isinstance(error, ModelErrors)
    assert [e.message for e in error.errors] == [
        "Coupled equations must use one method; found implicit and midpoint.",
        '"implicit" needs equations that are linear in "a" and "b"; found a*b.',
        '"implicit" needs equations that are linear in "a" and "b"; found sin(b).',
        '"exponential" needs a linear term in "c"; found c^2.',
        '"semiimplicit" needs a linear term in "e"; found none.',
    ]
    assert str(error).startswith("5 mistakes in the model:")

"""The user's functions (spec 01, section 9; 14.3 rows 44 to 46)."""

from __future__ import annotations

import pytest

from synloom.codegen.errors import SourceText
from synloom.codegen.lower.function import lower_functions
from tests.unit.lang_texts import mistake, mistakes, neuron, place, shared_functions

HEADER = 'Expected "name(arguments) = expression".'
TYPES = "Give the return type and one type per argument."


def sees(name: str) -> str:
    return f'Functions only see their arguments and constants; unknown "{name}".'


TEXTS = {
    # text: (message, underlined, column)
    "sin(x) = x": ('"sin" is a built-in function.', "sin", 0),
    "fabs(x) = x": ('"fabs" is a built-in function.', "fabs", 0),
    "ite(x) = x": ('"ite" is a built-in function.', "ite", 0),
    "mean(x) = x": ('"mean" is a built-in function.', "mean", 0),
    "Normal(x) = x": ('"Normal" is a built-in function.', "Normal", 0),
    "new(x) = x": ('"new" is reserved.', "new", 0),
    "sum(x) = x": ('"sum" is reserved.', "sum", 0),
    "__f(x) = x": ('"__f" is reserved.', "__f", 0),
    "f(x) = x + y": (sees("y"), "y", 11),
    "f(x) = t": (sees("t"), "t", 7),
    "f(x) = x*dt": (sees("dt"), "dt", 9),
    "f(x) = pre.x": (sees("pre.x"), "pre.x", 7),
    "f(x) = sum(exc)": (sees("sum(exc)"), "sum(exc)", 7),
    "f(x) = mean(x)": (sees("mean()"), "mean(x)", 7),
    "f(x) = max(x)": (sees("max()"), "max(x)", 7),
    "f(x) = dx/dt": ("Gradients are only allowed on the left side.", "dx/dt", 7),
    "f(x) = f(x - 1)": ('"f" calls itself; functions cannot be recursive.', "f", 7),
    "f(x) = g(x) ; g(x) = x": (
        '"g" is defined further down; functions can only call those defined before them.', "g", 7,
    ),
    "f(x) = g(x)": ('Unknown function "g".', "g", 7),
    "f(x) = x + ": ("Cannot parse the expression.", "+", 9),
    "f(x) =": ('Expected "name = expression".', "=", 5),
    "f = 2": (HEADER, "f", 0),
    "f x = 2": (HEADER, "f x", 0),
    "f(x = 2": ("Unbalanced parentheses.", "(", 1),
    "f(x) + 1 = 2": (HEADER, "f(x) + 1", 0),
    "f(x,) = 2": (HEADER, "f(x,)", 0),
    "f(x y) = 2": (HEADER, "f(x y)", 0),
    "f(,) = 2": (HEADER, "f(,)", 0),
    "f(2) = 2": (HEADER, "2", 2),
    "f(x) += 2": (HEADER, "f(x)", 0),
    "f(x, x) = x": ('"x" is an argument twice.', "x", 5),
    "f(new) = 1": ('"new" is reserved.', "new", 2),
    "f(exp) = 1": ('"exp" is reserved.', "exp", 2),
    "f(x) = x : int": (TYPES, "int", 11),
    "f(x) = x : int, float, float": (TYPES, "int, float, float", 11),
    "f(x) = x : int, double": (TYPES, "double", 16),
    "f(x) = x : int=1, float": (TYPES, "int", 11),
    "f(x) = x ; f(x) = 2*x": ('"f" is declared more than once (lines 1, 1).', "f", 11),
    "f(x)": ('Expected "name = expression".', "f(x)", 0),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_global_function(text: str) -> None:
    message, underlined, column = TEXTS[text]
    error = mistake(lambda: shared_functions(text))
    assert error.message == message
    assert place(error) == (underlined, 1, column)


@pytest.mark.parametrize("text", sorted(set(TEXTS) - {"f(x)"}))
def test_local_function(text: str) -> None:
    message, underlined, column = TEXTS[text]
    error = mistake(lambda: neuron("r = 1 ; y = 2", "", f"a(x) = x\n {text}"))
    assert error.message == message.replace("(lines 1, 1)", "(lines 2, 2)")
    assert place(error) == (underlined, 2, column + 1)


def test_time_has_to_be_passed() -> None:
    assert mistake(lambda: shared_functions("f(x) = t")).hint == "pass it as an argument"
    assert mistake(lambda: shared_functions("f(tau) = tua")).hint == 'Did you mean "tau"?'


def test_mutual_recursion() -> None:
    error = mistake(lambda: shared_functions("f(x) = g(x) ; g(x) = f(x)"))
    assert error.message == '"g" is defined further down; functions can only call those defined before them.'


def test_a_global_function_is_not_defined_again() -> None:
    known = shared_functions("f(x) = x")
    text = SourceText("g(x) = x\nf(x) = 2*x", "add_function()", "function")
    error = mistake(lambda: lower_functions(text, functions=known, constants=()))
    assert error.message == 'Function "f" already exists.'
    assert place(error) == ("f", 2, 0)


def test_recursion_is_no_call_of_the_hidden_function() -> None:
    error = mistake(lambda: neuron("r = f(1)", "", "f(x) = f(x) + 1", shared=shared_functions("f(x) = x")))
    assert error.message == '"f" calls itself; functions cannot be recursive.'


def test_a_function_called_like_an_attribute() -> None:
    error = mistake(lambda: neuron("r = f(1)", "f = 1.0", "f(x) = x"))
    assert error.message == '"f" is both an attribute and a function.'
    assert place(error) == ("f", 1, 0)


def test_members_of_populations_are_reserved() -> None:
    error = mistake(lambda: neuron("r = reset(1)", "", "reset(x) = x"))
    assert error.message == '"reset" is reserved.'


def test_a_broken_function_is_still_known() -> None:
    found = mistakes(lambda: neuron("r = f(1) + f(1, 2)", "", "f(x) = x + yy"))
    assert [f.message for f in found] == ["f() takes 1 argument, 2 given.", sees("yy")]

"""What cannot be parsed (spec 01, 14.3 rows 11, 12, 26, 27)."""

from __future__ import annotations

import pytest

from tests.unit.lang_texts import mistake, mistakes, neuron, place, synapse

CANNOT_PARSE = "Cannot parse the expression."
UNBALANCED = "Unbalanced parentheses."
WRITE_IF = "Write: if <condition>: <a> else: <b>; nest instead of elif."
WHOLE_SIDE = "A conditional must be the whole right side; use ite(c, a, b)."

EXPRESSIONS = {
    # right side: (message, underlined, column in it, hint or None)
    "(v + 1": (UNBALANCED, "(", 0, ""),
    "v + 1)": (UNBALANCED, ")", 5, ""),
    "clip(v, (0, 1)": (UNBALANCED, "(", 4, ""),
    "1 +* 2": (CANNOT_PARSE, "*", 3, None),
    "5 v": (CANNOT_PARSE, "v", 2, "an operator is missing; a product needs *"),
    "v[0]": (CANNOT_PARSE, "[", 1, None),
    "v && 1": (CANNOT_PARSE, "&&", 2, 'use "and"/"or"'),
    "v || 1": (CANNOT_PARSE, "||", 2, 'use "and"/"or"'),
    "v.x": (CANNOT_PARSE, ".", 1, "only pre. and post. have attributes"),
    "'abc'": (CANNOT_PARSE, "'abc'", 0, None),
    "v!": (CANNOT_PARSE, "!", 1, 'use "not"'),
    "v @ v": (CANNOT_PARSE, "@", 2, None),
    "lambda x: x": (CANNOT_PARSE, "lambda", 0, "declare a function instead"),
    "v +": (CANNOT_PARSE, "+", 2, "the expression ends too early"),
    "(v, v)": (CANNOT_PARSE, ",", 2, None),
    "if v: 1": (WRITE_IF, "if", 0, None),
    "if v > 1 1 else: 2": (WRITE_IF, "else", 11, None),
    "if v: 1 else 2": (WRITE_IF, "2", 13, None),
    "if v: 1 elif v > 1: 2 else: 3": (WRITE_IF, "elif", 8, None),
    "1 if v else 2": (WRITE_IF, "if", 2, None),
    "(1 if v else 2)": (WRITE_IF, "if", 3, None),
    "1 else: 2": (WRITE_IF, "else", 2, None),
    "if v: if v: 1 else: 2": (WRITE_IF, "if", 0, None),
    "1.0 + if v: 1 else: 2": (WHOLE_SIDE, "if", 6, None),
    "(if v: 1 else: 2)": (WHOLE_SIDE, "if", 1, None),
    "if v: 1 else: 2 + if v: 1 else: 2": (WHOLE_SIDE, "if", 18, None),
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_in_an_equation(text: str) -> None:
    message, underlined, column, hint = EXPRESSIONS[text]
    error = mistake(lambda: neuron(f"v = 1 ;\n  r = {text}"))
    assert error.message == message
    assert place(error) == (underlined, 2, 6 + column)
    assert hint is None or error.hint == hint


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_in_a_psp(text: str) -> None:
    message, underlined, column, _ = EXPRESSIONS[text]
    error = mistake(lambda: synapse(parameters="v = 1.0", psp=f"\n {text}"))
    assert error.message == message
    assert place(error) == (underlined, 2, 1 + column)


def test_on_the_left() -> None:
    error = mistake(lambda: neuron("r = 1\n  tau*dv/dt + (v = 1"))
    assert error.message == UNBALANCED
    assert place(error) == ("(", 2, 14)


def test_in_flags() -> None:
    error = mistake(lambda: neuron("r = 1 : max = clip(r, 0"))
    assert error.message == UNBALANCED
    assert place(error) == ("(", 1, 18)
    error = mistake(lambda: neuron("r = 1 : max = 2*, min = 0"))
    assert error.message == CANNOT_PARSE
    assert place(error) == ("*", 1, 15)


def test_a_statement_that_lost_its_sign() -> None:
    error = mistake(lambda: neuron("r = 1\nv == 2"))
    assert error.message == CANNOT_PARSE
    assert place(error) == ("v", 2, 0)
    assert error.hint == 'a line without "=" goes on with the statement before it'


def test_a_broken_statement_still_declares_its_name() -> None:
    found = mistakes(lambda: neuron("tau*dv/dt = 1 + * 2\nr = v + x\nx = (v", "tau = 1.0"))
    assert [(f.message, *place(f)) for f in found] == [(CANNOT_PARSE, "*", 1, 16), (UNBALANCED, "(", 3, 4)]


def test_too_deep() -> None:
    error = mistake(lambda: neuron(f"r = {'(' * 500}1{')' * 500}"))
    assert error.message == "The expression is nested more than 150 deep."
    assert error.hint == "give parts of it names of their own"

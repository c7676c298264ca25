"""Texts cut into statements with exact offsets (spec 01, section 3)."""

from __future__ import annotations

import pytest

from synloom.codegen.errors import ModelError, SourceText
from synloom.codegen.lang.tokens import Kind, check_balance, cut, one_line, tokenize


def statements(text: str, *, bare_names: bool = False) -> list[str]:
    source = SourceText(text)
    return [one_line(source, c.tokens) for c in cut(source, bare_names=bare_names)]


def test_tokens_know_their_place() -> None:
    text = "tau*dr/dt  # decay\n + r = .5e-1"
    tokens = tokenize(text)
    assert [t.text for t in tokens] == ["tau", "*", "dr", "/", "dt", "\n", "+", "r", "=", ".5e-1"]
    assert all(text[t.start : t.end] == t.text for t in tokens)


@pytest.mark.parametrize("text", ["0", "12", "1.", ".5", "1.5", "2e-3", "2E+3", "1.e3", "007"])
def test_numbers_are_one_token(text: str) -> None:
    assert [(t.kind, t.text) for t in tokenize(text)] == [(Kind.NUMBER, text)]


@pytest.mark.parametrize("text", ["=", "+=", "-=", "*=", "/=", "//=", "**=", "^=", "%=", "|=", "&="])
def test_assignments_are_one_token(text: str) -> None:
    assert [(t.kind, t.text) for t in tokenize(f"x {text} 1")][1] == (Kind.ASSIGN, text)


@pytest.mark.parametrize("text", ["==", "!=", "<=", ">=", "<", ">", "**", "//"])
def test_operators_are_one_token(text: str) -> None:
    assert [(t.kind, t.text) for t in tokenize(f"x{text}1")][1] == (Kind.OPERATOR, text)


@pytest.mark.parametrize("text", ["&&", "||", "!", "@", "[", "]", "{", "$", "?", "~", "`", "\\", "<>", "²"])
def test_foreign_characters_are_bad(text: str) -> None:
    assert [(t.kind, t.text) for t in tokenize(text)] == [(Kind.BAD, text)]


def test_names_are_normalized_as_python_does() -> None:
    micro, greek = "\u00b5", "\u03bc"
    assert [t.text for t in tokenize(micro)] == [greek]
    assert [t.text for t in tokenize("r\u0307")] == ["\u1e59"]  # r and a combining dot


@pytest.mark.parametrize("text", ["", "  \n\n", ";;", "# nothing\n", " ; # a = 1"])
def test_nothing_is_no_statement(text: str) -> None:
    assert statements(text) == []


def test_semicolons_are_line_breaks() -> None:
    assert statements("a = 1 ; b = 2\nc = 3;") == ["a = 1", "b = 2", "c = 3"]


def test_a_line_without_assignment_goes_on() -> None:
    text = """
        tau * dr/dt = sum(exc)   # inputs
                      - r
        x =
            if a >= 1 :
                2.0
            else:
                3.0 : init = 1.0, min = 0
        y = a == b
    """
    assert statements(text) == [
        "tau * dr/dt = sum(exc) - r",
        "x = if a >= 1 : 2.0 else: 3.0 : init = 1.0, min = 0",
        "y = a == b",
    ]


def test_flags_may_stand_on_lines_of_their_own() -> None:
    assert statements("r = a\n : init = 1,\n   max = 2\nv = 3") == ["r = a : init = 1, max = 2", "v = 3"]
    assert statements("r = a :\n init = 1\nv = 3") == ["r = a : init = 1", "v = 3"]


def test_an_open_parenthesis_does_not_swallow_the_next_statement() -> None:
    assert statements("r = clip(a,0\nv = 2") == ["r = clip(a,0", "v = 2"]


def test_increments_begin_statements() -> None:
    assert statements("a += 1\nb -= 1\nc *= 2\nd /= 2\ne <= 2") == [
        "a += 1",
        "b -= 1",
        "c *= 2",
        "d /= 2 e <= 2",
    ]


def test_parameters_may_be_bare() -> None:
    text = "a\nb : int\nc = 1.0 +\n2.0\nd\n: population\ne; f"
    assert statements(text, bare_names=True) == ["a", "b : int", "c = 1.0 + 2.0", "d : population", "e", "f"]


def test_a_comment_hides_flags() -> None:
    assert statements("r = 1 # : init = 2") == ["r = 1"]


def test_text_of_an_equation_keeps_its_spelling() -> None:
    assert statements("v  =  a  +\t( b*c )   # sum\n   - 1.50") == ["v = a + ( b*c ) - 1.50"]


@pytest.mark.parametrize(("text", "column"), [("a)", 1), ("(a", 0), ("((a)", 0), ("(a))(", 3), ("(a)(", 3)])
def test_unbalanced_parentheses_are_pointed_at(text: str, column: int) -> None:
    source = SourceText(text)
    with pytest.raises(ModelError) as caught:
        check_balance(source, tokenize(text))
    assert caught.value.message == "Unbalanced parentheses."
    assert caught.value.origin is not None
    assert caught.value.origin.column == column

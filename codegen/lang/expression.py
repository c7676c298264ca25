"""One expression: tokens to a tree of unresolved nodes, by the grammar of spec 01, section 7.1.

Tokens are checked one by one, with the user's text at hand for errors. What is left for Python's own parser
is precedence: it sees operators in Python's spelling and numbered placeholders, ``_0 ** -_1``, never a word
of the user.
"""

from __future__ import annotations

import ast
import math
from typing import Final, NoReturn

from synloom.codegen.errors import ModelError, Origin, SourceText
from synloom.codegen.ir.expr import (
    Binary,
    Call,
    Const,
    Draw,
    Expr,
    Gradient,
    Name,
    Select,
    Unary,
    WeightedSum,
)
from synloom.codegen.ir.types import DType, Scope
from synloom.codegen.lang.builtins import DISTRIBUTIONS, OPERATORS, PYTHON_KEYWORDS
from synloom.codegen.lang.tokens import Kind, Token, Tokens

# Trees are walked recursively, with Python's limit of a thousand calls.
MAX_DEPTH: Final = 150

CANNOT_PARSE: Final = "Cannot parse the expression."
WRITE_IF: Final = "Write: if <condition>: <a> else: <b>; nest instead of elif."
WHOLE_SIDE: Final = "A conditional must be the whole right side; use ite(c, a, b)."
ONE_ASSIGNMENT: Final = "Only one assignment per statement."

# Binary operators as Python spells them. ``is not`` is two tokens.
_PYTHON: Final[dict[str, str]] = {
    "and": " and ", "&": " and ", "or": " or ", "|": " or ",
    "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "is": "==",
    "+": "+", "-": "-", "*": "*", "/": "/", "//": "//", "%": "%", "^": "**", "**": "**",
}  # fmt: skip
_TIGHT: Final = frozenset(_PYTHON) - {"and", "&", "or", "|"}
_BINARY: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
}  # fmt: skip
_COMPARE: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip

_HINTS: Final[dict[str, str]] = {
    "&&": 'use "and"/"or"',
    "||": 'use "and"/"or"',
    "!": 'use "not"',
    "~": 'use "not"',
    "<>": 'use "!="',
    "=>": 'use ">="',
    "=<": 'use "<="',
    "[": "attributes have no index: an equation is written for one neuron or synapse",
    ".": "only pre. and post. have attributes",
    "lambda": "declare a function instead",
}


Leaf = Expr | Token  # a Token is the name of a function in front of its arguments


class ExpressionParser:
    """One expression: tokens are checked and rewritten for ``ast.parse``, its tree is rebuilt as ours."""

    def __init__(self, source: SourceText, tokens: Tokens) -> None:
        self.source = source
        self.tokens = tokens
        self.at = 0
        self.text: list[str] = []
        self.width = 0
        self.leaves: list[Leaf] = []
        self.starts: dict[int, int] = {}  # column of the rewritten text -> offset in the source
        self.ends: dict[int, int] = {}
        self.calls: list[bool] = []  # for each open parenthesis: is it a call's?
        self.tight = False  # after an operator that binds tighter than ``not``

    def parse(self, depth: int) -> Expr:
        while self.at < len(self.tokens):
            self._operand()
            if self.at < len(self.tokens):
                self._operator()
        if len(self.leaves) == 1 and len(self.text) == 1 and not isinstance(self.leaves[0], Token):
            return self.leaves[0]
        try:
            tree = ast.parse("".join(self.text), mode="eval")
        except (SyntaxError, RecursionError, MemoryError):
            raise too_deep(self.source, self.tokens[0]) from None
        return self._build(tree.body, depth)

    # -- tokens ----------------------------------------------------------------------------------------------

    def _emit(self, text: str, start: int, end: int) -> None:
        self.starts[self.width] = start
        self.width += len(text)
        self.ends[self.width] = end
        self.text.append(text)

    def _leaf(self, leaf: Leaf, start: int, end: int) -> None:
        self._emit(f"_{len(self.leaves)}", start, end)
        self.leaves.append(leaf)

    def _next(self, ahead: int = 0) -> str:
        index = self.at + ahead
        return self.tokens[index].text if index < len(self.tokens) else ""

    def _kind(self, ahead: int = 0) -> Kind | None:
        index = self.at + ahead
        return self.tokens[index].kind if index < len(self.tokens) else None

    def _origin(self, first: Token, last: Token) -> Origin:
        return Origin(self.source, first.start, last.end)

    def _fail(self, token: Token, message: str = CANNOT_PARSE, hint: str = "") -> NoReturn:
        raise ModelError(message, self._origin(token, token), hint or _HINTS.get(token.text, ""))

    def _operand(self) -> None:
        """Signs, ``not``, opening parentheses, then one leaf."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            match token:
                case Token(Kind.OPERATOR, "+" | "-"):
                    self.tight = True
                    self._emit(token.text, token.start, token.end)
                case Token(Kind.NAME, "not") if not self.tight:
                    self._emit("not ", token.start, token.end)
                case Token(Kind.OPERATOR, "("):
                    self.tight = False
                    self.calls.append(False)
                    self._emit("(", token.start, token.end)
                case Token(Kind.OPERATOR, ")") if self._closes_empty_call():
                    return
                case Token(Kind.NUMBER):
                    return self._number(token)
                case Token(Kind.NAME):
                    if not self._name(token):
                        return
                    continue
                case _:
                    self._wrong_operand(token)
            self.at += 1
        self._fail(self.tokens[-1], hint="the expression ends too early")

    def _closes_empty_call(self) -> bool:
        return bool(self.calls) and self.calls[-1] and self.tokens[self.at - 1].text == "("

    def _number(self, token: Token) -> None:
        value = float(token.text)
        if math.isinf(value):
            self._fail(token, f"The number {token.text} is too large.")
        self._take(Const(value, origin=self._ahead(1)), 1)

    def _name(self, token: Token) -> bool:
        """Read what begins with a name. True if it is a function whose arguments follow."""
        match token.text:
            case "True" | "False":
                self._take(Const(token.text == "True", DType.BOOL, self._ahead(1)), 1)
            case "if":
                self._fail(token, WHOLE_SIDE)
            case "elif" | "else":
                self._fail(token, WRITE_IF)
            case "pre" | "post":
                self._neighbour(token)
            case "sum":
                self._weighted_sum(token, "", 0)
            case word if word in PYTHON_KEYWORDS:
                self._wrong_operand(token)
            case _ if gradient := read_gradient(self.tokens, self.at):
                name, length = gradient
                self._take(Gradient(name, self._ahead(length)), length)
            case _ if self._next(1) == "(":
                self._function(token)
                return True
            case word:
                self._take(Name("", word, self._ahead(1)), 1)
        return False

    def _function(self, token: Token) -> None:
        opening = self.tokens[self.at + 1]
        self._leaf(token, token.start, token.end)
        self._emit("(", opening.start, opening.end)
        self.calls.append(True)
        self.tight = False
        self.at += 2

    def _ahead(self, length: int) -> Origin:
        """The span of the next ``length`` tokens."""
        return self._origin(self.tokens[self.at], self.tokens[self.at + length - 1])

    def _take(self, leaf: Expr, length: int) -> None:
        """Make a leaf of the next ``length`` tokens."""
        self._leaf(leaf, self.tokens[self.at].start, self.tokens[self.at + length - 1].end)
        self.at += length

    def _neighbour(self, token: Token) -> None:
        if self._next(1) != "." or self._kind(2) is not Kind.NAME:
            after = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
            self._fail(after if after.text == "." else token, hint=f"write {token.text}.<attribute>")
        if self._next(2) == "sum":
            self._weighted_sum(token, token.text, 2)
        elif self._next(3) == "(":
            self._fail(self.tokens[self.at + 2], hint="only sum(target) can be called on pre. and post.")
        else:
            self._take(Name(token.text, self._next(2), self._ahead(3)), 3)

    def _weighted_sum(self, token: Token, owner: str, ahead: int) -> None:
        written = f"{owner}.sum" if owner else "sum"
        if self._next(ahead + 1) != "(":
            self._fail(self.tokens[self.at + ahead], hint=f"write {written}(target)")
        named = self._kind(ahead + 2) is Kind.NAME
        closing = ahead + 3 if named else ahead + 2
        if self._next(closing) != ")":
            wrong = self.tokens[self.at + closing]
            self._fail(wrong, hint=f"{written}() takes the bare name of one target")
        if owner and not named:
            origin = self._origin(token, self.tokens[self.at + closing])
            raise ModelError(f"{written}() needs the name of a target.", origin)
        scope = Scope(owner) if owner else Scope.SELF
        target = self._next(ahead + 2) if named else ""
        self._take(WeightedSum(scope, target, self._ahead(closing + 1)), closing + 1)

    def _operator(self) -> None:
        """Closing parentheses, then one binary operator or comma."""
        while self.at < len(self.tokens) and self._next() == ")":
            token = self.tokens[self.at]
            self.calls.pop()
            self._emit(")", token.start, token.end)
            self.at += 1
        if self.at == len(self.tokens):
            return
        token = self.tokens[self.at]
        if token.text in _PYTHON and token.kind in (Kind.OPERATOR, Kind.NAME):
            text = _PYTHON[token.text]
            if token.text == "is" and self._next(1) == "not":
                self.at += 1
                text = "!="
            self._emit(text, token.start, token.end)
            self.tight = token.text in _TIGHT
        elif token.text == "," and self.calls and self.calls[-1]:
            self._emit(",", token.start, token.end)
            self.tight = False
        else:
            self._wrong_operator(token)
        self.at += 1
        if self.at == len(self.tokens):
            self._fail(token, hint="the expression ends too early")

    # -- mistakes --------------------------------------------------------------------------------------------

    def _wrong_operand(self, token: Token) -> NoReturn:
        if token.kind is Kind.ASSIGN:
            self._wrong_assignment(token)
        self._fail(token, hint=_HINTS.get(token.text) or "a number, a name or a parenthesis is expected here")

    def _wrong_operator(self, token: Token) -> NoReturn:
        before = self.tokens[self.at - 1]
        if token.kind is Kind.ASSIGN:
            self._wrong_assignment(token)
        if token.text in ("if", "elif", "else"):
            self._fail(token, WRITE_IF)
        if "\n" in self.source.content[before.end : token.start]:
            self._fail(token, hint='a line without "=" goes on with the statement before it')
        if before.kind is Kind.NUMBER and token.start == before.end and token.kind is Kind.NAME:
            self._fail(token, hint="a name cannot begin with a digit; a product needs *")
        if token.kind in (Kind.NAME, Kind.NUMBER) or token.text == "(":
            self._fail(token, hint="an operator is missing; a product needs *")
        self._fail(token)

    def _wrong_assignment(self, token: Token) -> NoReturn:
        self._fail(token, ONE_ASSIGNMENT, 'a comparison is written "=="' if token.text == "=" else "")

    # -- tree ------------------------------------------------------------------------------------------------

    def _span(self, node: ast.expr) -> Origin:
        assert node.end_col_offset is not None
        return Origin(self.source, self.starts[node.col_offset], self.ends[node.end_col_offset])

    def _build(self, node: ast.expr, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            raise too_deep(self.source, self.tokens[0])
        match node:
            case ast.Name(id=name):
                leaf = self.leaves[int(name[1:])]
                assert not isinstance(leaf, Token)
                return leaf
            case ast.BinOp(left=left, op=op, right=right):
                lhs, rhs = self._build(left, depth + 1), self._build(right, depth + 1)
                return Binary(_BINARY[type(op)], lhs, rhs, origin=self._span(node))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._build(operand, depth + 1)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Unary("not", self._build(operand, depth + 1), DType.BOOL, self._span(node))
            case ast.UnaryOp(operand=operand):
                return Unary("-", self._build(operand, depth + 1), origin=self._span(node))
            case ast.BoolOp(op=op, values=values):
                word = "and" if isinstance(op, ast.And) else "or"
                return self._chain(word, [self._build(v, depth + 1) for v in values], node, depth)
            case ast.Compare():
                return self._comparison(node, depth)
            case ast.Call():
                return self._call(node, depth)
            case _:
                raise too_deep(self.source, self.tokens[0])

    def _chain(self, word: str, parts: list[Expr], node: ast.expr, depth: int) -> Expr:
        if depth + len(parts) > MAX_DEPTH:
            raise too_deep(self.source, self.tokens[0])
        origin = self._span(node)
        result = parts[0]
        for part in parts[1:]:
            result = Binary(word, result, part, DType.BOOL, origin)
        return result

    def _comparison(self, node: ast.Compare, depth: int) -> Expr:
        """``a < b < c`` is ``a < b and b < c``."""
        operands = [self._build(e, depth + 1) for e in (node.left, *node.comparators)]
        pairs: list[Expr] = [
            Binary(_COMPARE[type(op)], lhs, rhs, DType.BOOL, self._span(node))
            for lhs, op, rhs in zip(operands, node.ops, operands[1:], strict=False)
        ]
        return self._chain("and", pairs, node, depth)

    def _call(self, node: ast.Call, depth: int) -> Expr:
        assert isinstance(node.func, ast.Name)
        head = self.leaves[int(node.func.id[1:])]
        assert isinstance(head, Token)
        args = tuple(self._build(a, depth + 1) for a in node.args)
        origin = self._span(node)
        if head.text in DISTRIBUTIONS:
            return Draw(head.text, args, origin=origin)
        if head.text in OPERATORS and len(args) == OPERATORS[head.text]:
            if head.text == "ite":
                return Select(args[0], args[1], args[2], origin=origin)
            return Binary("**", args[0], args[1], origin=origin)
        return Call(head.text, args, origin=origin)


def read_gradient(tokens: Tokens, at: int) -> tuple[str, int] | None:
    """Name and number of tokens of the gradient that begins at ``at``: ``dv/dt`` or ``d v/dt``."""
    word = tokens[at].text
    if not word.startswith("d") or word == "dt":
        return None
    length = 4 if word == "d" else 3
    if at + length > len(tokens):
        return None
    name = tokens[at + 1].text if word == "d" else word[1:]
    if not name.isidentifier() or tokens[at + length - 2].text != "/" or tokens[at + length - 1].text != "dt":
        return None
    return name, length


def too_deep(source: SourceText, token: Token) -> ModelError:
    origin = Origin(source, token.start, token.end)
    return ModelError(
        f"The expression is nested more than {MAX_DEPTH} deep.", origin, "give parts of it names of their own"
    )

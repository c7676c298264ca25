"""The printed form of expressions and statements, read back: the other half of ``codegen/ir/text.py``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from synloom.codegen.ir.expr import (
    Binary,
    Call,
    Cast,
    Const,
    Draw,
    Expr,
    Reduction,
    Select,
    Unary,
    Var,
    WeightedSum,
)
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.text import PRECEDENCE
from synloom.codegen.ir.types import DType, Scope
from synloom.codegen.lang.builtins import FUNCTIONS, REDUCTIONS

# A minus that touches a number belongs to it; operators stand between blanks.
DIGITS = r"\d+(?:\.\d+)?(?:e[-+]?\d+)?"
NUMBER = rf"{DIGITS}|-{DIGITS}(?! \*\* )(?![\d.e])"  # but -2.0 ** x is the negative of a power
COMPARED = ("==", "!=", "<", "<=", ">", ">=")


@dataclass
class Reader:
    """Reads one expression. ``names`` says what a printed name stands for, ``functions`` the users' result types."""

    text: str
    names: Mapping[str, Var]
    functions: Mapping[str, DType] = field(default_factory=dict)
    at: int = 0

    def whole(self) -> Expr:
        expr = self.expr(0)
        assert self.at == len(self.text), f"{self.text[self.at :]!r} is left of {self.text!r}"
        return expr

    def expr(self, outer: int) -> Expr:
        lhs = self.operand()
        while (op := self.operator()) is not None and PRECEDENCE[op] >= outer:
            self.at += len(op) + 2
            mine = PRECEDENCE[op]
            rhs = self.expr(mine if op == "**" else mine + 1)
            lhs = Binary(op, lhs, rhs, DType.BOOL if op in (*COMPARED, "and", "or") else DType.REAL)
        return lhs

    def operator(self) -> str | None:
        found = re.compile(r" (\*\*|//|[=!<>]=|[-+*/%<>]|and|or) ").match(self.text, self.at)
        return found[1] if found else None

    def operand(self) -> Expr:
        if self.take("not "):
            return Unary("not", self.expr(PRECEDENCE["not"]), DType.BOOL)
        if number := self.match(NUMBER):
            return Const(float(number)) if re.search(r"[.e]", number) else Const(int(number), DType.INT)
        if self.take("-"):
            return Unary("-", self.expr(PRECEDENCE["neg"] + 1))
        if self.take("("):
            inner = self.expr(0)
            if self.take(": "):
                inner = Cast(inner, DType(self.word()))
            self.expect(")")
            return inner
        return self.named(self.word())

    def named(self, word: str) -> Expr:
        if word in ("True", "False"):
            return Const(word == "True", DType.BOOL)
        if not self.text.startswith("(", self.at):
            return self.names[word]
        owner, _, plain = word.rpartition(".")
        scope = Scope(owner) if owner else Scope.SELF
        if plain == "sum":
            target = self.match(r"\((\w*)\)")
            return WeightedSum(scope, target)
        bare = re.compile(r"\((?:(pre|post)\.)?(\w+)\)").match(self.text, self.at)
        if word in REDUCTIONS and bare:
            self.at = bare.end()
            return Reduction(word, Scope(bare[1]) if bare[1] else Scope.SELF, bare[2])
        args = self.arguments()
        if "#" in word:
            distribution, _, site = word.partition("#")
            return Draw(distribution, args, int(site))
        if word == "ite":
            return Select(*args, dtype=args[1].dtype)
        builtin = FUNCTIONS.get(word)
        return Call(word, args, builtin.dtype if builtin else self.functions[word])

    def arguments(self) -> tuple[Expr, ...]:
        args: list[Expr] = []
        self.expect("(")
        while not self.take(")"):
            if args:
                self.expect(", ")
            args.append(self.expr(0))
        return tuple(args)

    def word(self) -> str:
        word = self.match(r"[^\W\d][\w.#]*")
        assert word, f"a word is expected at {self.text[self.at :]!r}"
        return word

    def match(self, pattern: str) -> str:
        found = re.compile(pattern).match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[found.re.groups]

    def take(self, text: str) -> bool:
        found = self.text.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def expect(self, text: str) -> None:
        assert self.take(text), f"{text!r} is expected at {self.text[self.at :]!r}"


def parse_expr(text: str, names: Mapping[str, Var], functions: Mapping[str, DType] | None = None) -> Expr:
    """The expression that prints as ``text``."""
    return Reader(text, names, functions or {}).whole()


def parse_stmt(text: str, names: Mapping[str, Var], functions: Mapping[str, DType] | None = None) -> Stmt:
    """The statement that prints as ``text``."""
    found = re.fullmatch(
        r"(?:when (?P<guards>[\w ]+): )?(?:let (?P<let>\w+)(?:: (?P<dtype>\w+))? = |(?P<target>\w+) "
        r"(?P<how>=|at least|at most) )(?P<value>[^#]*(?:#\d[^#]*)*?)(?:  # (?P<comment>.*))?",
        text,
    )
    assert found is not None, text
    value = parse_expr(found["value"], names, functions)
    comment, guards = found["comment"] or "", tuple((found["guards"] or "").split(" and "))
    guards = guards if found["guards"] else ()
    if found["let"]:
        return Let(found["let"], value, DType(found["dtype"] or "real"), comment)
    target = names[found["target"]]
    if found["how"] == "=":
        return Set(target, value, comment, guards)
    return Clamp(target, "min" if found["how"] == "at least" else "max", value, guards)

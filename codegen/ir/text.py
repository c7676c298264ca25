"""Printed form of every level of IR: what ``synloom dump`` writes and golden files hold."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import assert_never

from synloom.codegen.ir.expr import (
    Binary,
    Call,
    Cast,
    Const,
    Draw,
    Expr,
    Gradient,
    Name,
    Reduction,
    Select,
    Unary,
    Var,
    WeightedSum,
)
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.types import DType, Scope

PRECEDENCE = {
    "or": 1,
    "and": 2,
    "not": 3,
    "==": 4,
    "!=": 4,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "//": 6,
    "%": 6,
    "neg": 7,
    "**": 8,
}


def show(expr: Expr, outer: int = 0, exact: bool = False) -> str:
    """An expression as its user would write it, with the fewest parentheses.

    ``exact``: such that no other expression looks the same, given what its names stand for. Conversions are written
    ``(n: real)``, the site of a random number behind ``#``.
    """

    def part(e: Expr, around: int = 0) -> str:
        return show(e, around, exact)

    def listed(args: tuple[Expr, ...]) -> str:
        return f"({', '.join(part(a) for a in args)})"

    match expr:
        case Const(value=value, dtype=dtype):
            text = repr(float(value) if dtype is DType.REAL else value)
            return f"({text})" if text.startswith("-") and outer >= PRECEDENCE["**"] else text
        case Name(owner=owner, name=name):
            return f"{owner}.{name}" if owner else name
        case Gradient(name=name):
            return f"d{name}/dt"
        case Var(scope=Scope.PRE | Scope.POST as scope, name=name):
            return f"{scope}.{name}"
        case Var(scope=Scope.TARGET, name=name):
            return name or "g_target"
        case Var(name=name):
            return name
        case WeightedSum(scope=scope, target=target):
            return f"sum({target})" if scope is Scope.SELF else f"{scope}.sum({target})"
        case Reduction(op=op, scope=scope, name=name):
            return f"{op}({name})" if scope is Scope.SELF else f"{op}({scope}.{name})"
        case Draw(distribution=distribution, args=args, site=site):
            return f"{distribution}#{site}{listed(args)}" if exact else distribution + listed(args)
        case Call(function=function, args=args):
            return function + listed(args)
        case Select(condition=condition, then=then, other=other):
            return f"ite{listed((condition, then, other))}"
        case Cast(arg=arg, dtype=dtype):
            if exact:
                return f"({part(arg)}: {dtype})"
            return part(arg, outer) if dtype is DType.REAL else f"{dtype}({part(arg)})"
        case Unary(op="-", arg=arg):
            mine = PRECEDENCE["neg"]
            literal = isinstance(arg, Const)  # -1.0 is a number, -(1.0) the negative of one
            text = f"-({part(arg)})" if literal else f"-{part(arg, mine + 1)}"
            return f"({text})" if mine < outer else text
        case Unary(arg=arg):
            mine = PRECEDENCE["not"]
            text = f"not {part(arg, mine)}"
            return f"({text})" if mine < outer else text
        case Binary(op=op, lhs=lhs, rhs=rhs):
            mine = PRECEDENCE[op]
            left, right = (mine + 1, mine) if op == "**" else (mine, mine + 1)
            text = f"{part(lhs, left)} {op} {part(rhs, right)}"
            return f"({text})" if mine < outer else text
        case _:
            assert_never(expr)


EXPRESSIONS = (
    Const, Name, Gradient, Var, WeightedSum, Reduction, Draw, Call, Select, Cast, Unary, Binary,
)  # fmt: skip

STATEMENTS = (Let, Set, Clamp)


def say(stmt: Stmt, exact: bool = False) -> str:
    """A statement: ``v = v + dt * x``, ``let k = v > 1.0``, ``when learn: w at least 0.0``.

    ``exact``: with types and with the equation it came from, ``let k: bool = v > 1.0  # v += ite(v > 1.0, a, b)``.
    """
    match stmt:
        case Let(name=name, value=value, dtype=dtype):
            kind = f": {dtype}" if exact and dtype is not DType.REAL else ""
            text = f"let {name}{kind} = {show(value, exact=exact)}"
        case Set(target=target, value=value):
            text = f"{show(target)} = {show(value, exact=exact)}"
        case Clamp(target=target, kind=kind, limit=limit):
            text = f"{show(target)} at {'least' if kind == 'min' else 'most'} {show(limit, exact=exact)}"
        case _:
            assert_never(stmt)
    guards = () if isinstance(stmt, Let) else stmt.guards
    when = f"when {' and '.join(guards)}: " if guards else ""
    comment = "" if isinstance(stmt, Clamp) or not exact else stmt.comment
    return when + text + (f"  # {comment}" if comment else "")


def print_ir(node: object) -> str:
    """Any IR object as indented text: one line a field, expressions and statements inline.

    Objects that hold expressions or statements and are well-formed (``verify.py``) print differently if they differ.
    """
    if isinstance(node, EXPRESSIONS):
        return show(node)
    return say(node) if isinstance(node, STATEMENTS) else _exact(node, 0)


def _exact(node: object, indent: int) -> str:
    pad = "  " * indent
    if isinstance(node, EXPRESSIONS):
        return show(node, exact=True)
    if isinstance(node, STATEMENTS):
        return say(node, exact=True)
    if isinstance(node, tuple):
        if all(not is_dataclass(n) and not isinstance(n, tuple) for n in node):
            return "(" + ", ".join(_exact(n, 0) for n in node) + ")"
        return "".join(f"\n{pad}- {_exact(n, indent + 1)}" for n in node)
    if isinstance(node, Enum):
        return node.name.lower()
    if not is_dataclass(node):
        return repr(node)
    kind = type(node).__name__
    shown = [
        (f.name, value)
        for f in fields(node)
        if f.compare and (value := getattr(node, f.name)) not in ((), "", None) and value is not False
    ]
    if all(not is_dataclass(v) and not isinstance(v, tuple) for _, v in shown) and len(shown) <= 8:
        return f"{kind} {', '.join(f'{n}={_exact(v, 0)}' for n, v in shown)}".rstrip()
    lines = [f"\n{pad}  {n}: {_exact(v, indent + 2)}".replace(": \n", ":\n", 1) for n, v in shown]
    return kind + "".join(lines)

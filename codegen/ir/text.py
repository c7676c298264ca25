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
from synloom.codegen.ir.stmt import Clamp, Let, Set
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


def show(expr: Expr, outer: int = 0) -> str:
    """An expression as its user would write it, with the fewest parentheses."""
    match expr:
        case Const(value=value):
            text = repr(value)
            return f"({text})" if text.startswith("-") and outer >= PRECEDENCE["**"] else text
        case Name(owner=owner, name=name):
            return f"{owner}.{name}" if owner else name
        case Gradient(name=name):
            return f"d{name}/dt"
        case Var(scope=Scope.PRE | Scope.POST as scope, name=name):
            return f"{scope}.{name}"
        case Var(scope=Scope.TARGET, name=name):
            return f"g_{name or 'target'}"
        case Var(name=name):
            return name
        case WeightedSum(scope=scope, target=target):
            return f"sum({target})" if scope is Scope.SELF else f"{scope}.sum({target})"
        case Reduction(op=op, scope=scope, name=name):
            return f"{op}({name})" if scope is Scope.SELF else f"{op}({scope}.{name})"
        case Draw(distribution=distribution, args=args):
            return f"{distribution}({', '.join(show(a) for a in args)})"
        case Call(function=function, args=args):
            return f"{function}({', '.join(show(a) for a in args)})"
        case Select(condition=condition, then=then, other=other):
            return f"ite({show(condition)}, {show(then)}, {show(other)})"
        case Cast(arg=arg, dtype=dtype):
            return show(arg, outer) if dtype is DType.REAL else f"{dtype}({show(arg)})"
        case Unary(op=op, arg=arg):
            mine = PRECEDENCE["neg" if op == "-" else "not"]
            text = f"-{show(arg, mine)}" if op == "-" else f"not {show(arg, mine)}"
            return f"({text})" if mine < outer else text
        case Binary(op=op, lhs=lhs, rhs=rhs):
            mine = PRECEDENCE[op]
            left, right = (mine + 1, mine) if op == "**" else (mine, mine + 1)
            text = f"{show(lhs, left)} {op} {show(rhs, right)}"
            return f"({text})" if mine < outer else text
        case _:
            assert_never(expr)


EXPRESSIONS = (
    Const, Name, Gradient, Var, WeightedSum, Reduction, Draw, Call, Select, Cast, Unary, Binary,
)  # fmt: skip


def print_ir(node: object, indent: int = 0) -> str:
    """Any IR object as indented text: one line a field, expressions and statements inline."""
    pad = "  " * indent
    if isinstance(node, EXPRESSIONS):
        return show(node)
    if isinstance(node, Let):
        return f"let {node.name} = {show(node.value)}"
    if isinstance(node, Set):
        return f"{node.target.name} = {show(node.value)}"
    if isinstance(node, Clamp):
        return f"{node.target.name} at {'least' if node.kind == 'min' else 'most'} {show(node.limit)}"
    if isinstance(node, tuple):
        if not node:
            return "()"
        if all(not is_dataclass(n) and not isinstance(n, tuple) for n in node):
            return "(" + ", ".join(print_ir(n) for n in node) + ")"
        return "".join(f"\n{pad}- {print_ir(n, indent + 1)}" for n in node)
    if isinstance(node, Enum):
        return node.name.lower()
    if is_dataclass(node):
        shown = [
            (f.name, value)
            for f in fields(node)
            if f.compare and (value := getattr(node, f.name)) not in ((), "", None) and value is not False
        ]
        if all(not is_dataclass(v) and not isinstance(v, tuple) for _, v in shown) and len(shown) <= 8:
            return type(node).__name__ + " " + ", ".join(f"{n}={print_ir(v)}" for n, v in shown)
        lines = [f"\n{pad}  {n}: {print_ir(v, indent + 2)}" for n, v in shown]
        return type(node).__name__ + "".join(lines)
    return repr(node) if isinstance(node, str) else str(node)

"""Expressions, equations and statements of models as formulas."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, assert_never

from synloom.codegen.errors import Mistakes, SourceText
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
    walk,
)
from synloom.codegen.ir.model import Assignment, Equation, Function, Ode
from synloom.codegen.ir.types import DType, Scope
from synloom.codegen.lang.builtins import REDUCTIONS, SPELLINGS
from synloom.codegen.lang.parser import parse_tokens
from synloom.codegen.lang.statements import parse_statement
from synloom.codegen.lang.tokens import cut
from synloom.codegen.record import record
from synloom.report.formula import (
    Cases,
    Fenced,
    Formula,
    Fraction,
    Glyph,
    Letter,
    Root,
    Row,
    Script,
    Timed,
    Word,
    listed,
    row,
)
from synloom.report.symbols import DISTRIBUTIONS, GLYPHS, number, symbol

OR, AND, NOT, COMPARE, SUM, PRODUCT, POWER = range(1, 8)
_PRECEDENCE: Final[dict[str, int]] = {
    "or": OR, "and": AND, "==": COMPARE, "!=": COMPARE, "<": COMPARE, "<=": COMPARE, ">": COMPARE,
    ">=": COMPARE, "+": SUM, "-": SUM, "*": PRODUCT, "%": PRODUCT,
}  # fmt: skip
_SIGNS: Final = {"%": "mod"}
# Functions of the language that mathematics calls otherwise; the rest keep their names.
_CALLED: Final[dict[str, Formula]] = {
    "log10": Script(Glyph("log"), sub=number(10)),
    "log2": Script(Glyph("log"), sub=number(2)),
    "asin": Glyph("arcsin"),
    "acos": Glyph("arccos"),
    "atan": Glyph("arctan"),
    "asinh": Word("arsinh"),
    "acosh": Word("arcosh"),
    "atanh": Word("artanh"),
    "sign": Word("sgn"),
    "Heaviside": Word("H"),
}
_AROUND: Final[dict[str, tuple[str, str]]] = {
    "abs": ("|", "|"),
    "floor": ("floor", "/floor"),
    "ceil": ("ceil", "/ceil"),
}
_FIXED: Final[dict[str, Formula]] = {
    "pi": Glyph("pi"),
    "E": Letter("e"),
    "dt": Row((Glyph("Delta"), Letter("t"))),
}


@record
class Names:
    """What a printer must know of the names in a model: which of them change with time.

    ``declared`` are all attributes of the model and its constants: they hide ``pi`` and ``E``. ``delayed``: values
    of the pre-synaptic neuron arrive with the delay of the synapse.
    """

    variables: frozenset[str] = frozenset()
    pre: frozenset[str] = frozenset()
    post: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()
    delayed: bool = False

    def name(self, owner: str, name: str) -> Formula:
        """An attribute by the name it has in the text; ``owner`` is ``""``, ``"pre"`` or ``"post"``."""
        if owner:
            changing = name in (self.pre if owner == "pre" else self.post)
            base = _of(symbol(name), owner)
            return Timed(base, self.delayed and owner == "pre") if changing else base
        if name in _FIXED and name not in self.declared:
            return _FIXED[name]
        return Timed(symbol(name)) if name in self.variables else symbol(name)


def _of(base: Formula, owner: str) -> Formula:
    """``r`` of the neuron before or behind a synapse: the name of the side stands above."""
    if isinstance(base, Script) and base.sup is None:
        return Script(base.base, base.sub, Word(owner))
    return Script(base, sup=Word(owner))


# -- expressions ---------------------------------------------------------------------------------------------


def formula(expr: Expr, names: Names, outer: int = 0) -> Formula:
    """An expression, with the parentheses that ``outer``, the precedence around it, asks for."""
    match expr:
        case Const(value=value, dtype=dtype):
            return _number(bool(value) if dtype is DType.BOOL else value, outer)
        case Name(owner=owner, name=name):
            return names.name(owner, name)
        case Gradient(name=name):
            return Fraction(Row((Letter("d"), names.name("", name))), Glyph("dt"))
        case Var():
            return _variable(expr, names)
        case WeightedSum(scope=scope, target=target):
            return _weighted_sum(scope, target, outer)
        case Reduction(op=op, scope=scope, name=name):
            return _reduction(op, _variable(Var(scope, name), _now(names)))
        case Draw(distribution=distribution, args=args):
            return row(DISTRIBUTIONS[distribution], _arguments(args, names))
        case Call(function=function, args=args):
            return _call(function, args, names)
        case Select():
            return _parenthesised(_cases(expr, names), outer > 0)
        case Cast():
            return _cast(expr, names, outer)
        case Unary(op="-", arg=arg):
            return _parenthesised(row(Glyph("-"), formula(arg, names, PRODUCT)), outer > SUM)
        case Unary(arg=arg):
            return _parenthesised(row(Glyph("not"), formula(arg, names, NOT)), outer > NOT)
        case Binary():
            return _binary(expr, names, outer)
        case _:
            assert_never(expr)


def _parenthesised(inner: Formula, needed: bool) -> Formula:
    return Fenced(inner) if needed else inner


def _number(value: float | int | bool, outer: int) -> Formula:
    if value in (math.pi, math.e):
        return _FIXED["pi" if value == math.pi else "E"]
    made = number(value)
    loosest = SUM if isinstance(made, Row) and made.parts[0] == Glyph("-") else PRODUCT
    return _parenthesised(made, isinstance(made, Row) and outer > loosest)


def _variable(var: Var, names: Names) -> Formula:
    match var.scope:
        case Scope.PRE | Scope.POST:
            return names.name(str(var.scope), var.name)
        case Scope.TARGET:
            return Timed(Script(Letter("g"), sub=symbol(var.name or "target")))
        case Scope.ARGUMENT | Scope.CONSTANT | Scope.TEMP:
            return symbol(var.name)
        case Scope.SELF | Scope.CLOCK | Scope.TIME:
            return names.name("", var.name)
        case _:
            assert_never(var.scope)


def _weighted_sum(scope: Scope, target: str, outer: int) -> Formula:
    """What arrives: a sum over the synapses of one target."""
    sign: Formula = Script(Glyph("sum"), sub=symbol(target)) if target else Glyph("sum")
    arriving = Timed(Script(Letter("r"), sup=Word("pre")), delayed=True)
    total = row(sign, Letter("w"), Glyph("*"), arriving)
    if scope is not Scope.SELF:
        return Script(Fenced(total), sup=Word(str(scope)))
    return _parenthesised(total, outer > PRODUCT)


def _now(names: Names) -> Names:
    """What is computed of a whole population is never delayed."""
    return replace(names, delayed=False)


def _reduction(op: str, over: Formula) -> Formula:
    """One number for a whole population."""
    if op in ("norm1", "norm2"):
        return Script(Fenced(over, "||", "||"), sub=number(int(op[-1])))
    return row(_called(op), Fenced(over))


def _arguments(args: Iterable[Expr], names: Names) -> Formula:
    return Fenced(listed(tuple(formula(a, names) for a in args)))


def _call(function: str, args: tuple[Expr, ...], names: Names) -> Formula:
    name = SPELLINGS.get(function, function)
    if name in REDUCTIONS and len(args) == 1:
        return _reduction(name, formula(args[0], _now(names)))
    if name in ("pos", "neg") and len(args) == 1:
        return Script(Fenced(formula(args[0], names)), sup=Glyph("+" if name == "pos" else "-"))
    if name == "sqrt":
        return Root(formula(args[0], names))
    if name in _AROUND:
        return Fenced(formula(args[0], names), *_AROUND[name])
    if name == "power":
        return _power(args[0], args[1], names)
    if name == "modulo":
        return Fenced(_infix("%", args[0], args[1], names))
    return row(_called(name), _arguments(args, names))


def _called(name: str) -> Formula:
    """The head of a call."""
    if name in _CALLED:
        return _CALLED[name]
    return Glyph(name) if name in SPELLINGS and name in GLYPHS else symbol(name)


def _cases(expr: Select, names: Names) -> Formula:
    """Conditions in the order in which they are tried; those of the other branch follow."""
    rows: list[tuple[Formula, Formula | None]] = []
    rest: Expr = expr
    while isinstance(rest, Select):
        rows.append((formula(rest.then, names), formula(rest.condition, names)))
        rest = rest.other
    return Cases((*rows, (formula(rest, names), None)))


def _cast(expr: Cast, names: Names, outer: int) -> Formula:
    """Truth values count as 0 and 1, as everywhere; other conversions change the value and are shown."""
    arg, dtype = expr.arg, expr.dtype
    if arg.dtype is dtype or dtype is DType.REAL or (dtype is DType.INT and arg.dtype is DType.BOOL):
        return formula(arg, names, outer)
    if dtype is DType.BOOL:
        return _binary(Binary("!=", arg, Const(0.0), DType.BOOL), names, outer)
    if isinstance(arg, Const):
        return _number(int(arg.value), outer)
    return row(Word("trunc"), _arguments((arg,), names))


def _binary(expr: Binary, names: Names, outer: int) -> Formula:
    op, lhs, rhs = expr.op, expr.lhs, expr.rhs
    if op == "**":
        return _power(lhs, rhs, names)
    if op in ("*", "/") and isinstance(lhs, Unary) and lhs.op == "-":  # (-a)*b is -(a*b), and looks like it
        positive = Binary(op, lhs.arg, rhs, expr.dtype)
        return _parenthesised(row(Glyph("-"), formula(positive, names, PRODUCT)), outer > SUM)
    if op in ("/", "//"):
        quotient = Fraction(formula(lhs, names), formula(rhs, names))
        return Fenced(quotient, "floor", "/floor") if op == "//" else quotient
    return _parenthesised(_infix(op, lhs, rhs, names), _PRECEDENCE[op] < outer)


def _infix(op: str, lhs: Expr, rhs: Expr, names: Names) -> Formula:
    mine = _PRECEDENCE[op]
    # What follows a sum sign would seem to be under it; comparisons are no operands of each other.
    tighter = mine + (mine == COMPARE or (isinstance(lhs, WeightedSum) and mine == PRODUCT))
    left, right = formula(lhs, names, tighter), formula(rhs, names, mine + (op not in ("+", "and", "or")))
    if op == "+" and _is_negative(right):
        right = Fenced(right)
    return row(left, Glyph(_SIGNS.get(op, op)), right)


def _is_negative(shown: Formula) -> bool:
    """Whether it begins with a minus sign."""
    return shown == Glyph("-") or (
        isinstance(shown, Row) and bool(shown.parts) and _is_negative(shown.parts[0])
    )


def _power(base: Expr, exponent: Expr, names: Names) -> Formula:
    """Only a lone name or number carries an exponent without parentheses."""
    alone = isinstance(base, Name) and not base.owner
    alone = alone or (isinstance(base, Var) and base.scope not in (Scope.PRE, Scope.POST))
    below = formula(base, names, POWER)
    if not (alone or isinstance(base, Const) or isinstance(below, Fenced)):
        below = Fenced(below)
    return Script(below, sup=formula(exponent, names))


# -- equations and statements --------------------------------------------------------------------------------


def equation(given: Equation, names: Names) -> Formula:
    """An equation of a model, an ODE with the left side that its author gave it."""
    match given:
        case Ode():
            left, right = _sides(given.text)
            return row(formula(left, names), Glyph("="), formula(right, names))
        case Assignment():
            itself = any(node == given.target for node in walk(given.value))
            return assignment(given, names, "becomes" if itself else "=")
        case _:
            assert_never(given)


def assignment(given: Assignment, names: Names, sign: str = "becomes") -> Formula:
    """A statement that gives a variable a new value, computed from the present ones.

    What the type of the variable does to the value is said by the type.
    """
    converts = isinstance(given.value, Cast) and given.value.dtype is given.target.dtype
    value = given.value.arg if converts and isinstance(given.value, Cast) else given.value
    return row(formula(given.target, names), Glyph(sign), formula(value, names))


def function(given: Function) -> Formula:
    """``f(x, a) = ...``."""
    head = Fenced(listed(tuple(symbol(name) for name, _ in given.arguments)))
    return row(symbol(given.name), head, Glyph("="), formula(given.body, Names()))


def _sides(text: str) -> tuple[Expr, Expr]:
    """Both sides of an ODE, parsed as they were written. The text was analysed before: it has no mistakes."""
    (piece,) = cut(SourceText(text))
    statement = parse_statement(piece, Mistakes())
    assert statement is not None and statement.right is not None
    return parse_tokens(statement.source, statement.left), statement.right

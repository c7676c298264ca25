"""Texts of spiking models as Model IR, resolved here and not by the compiler's front end.

Good enough for what the tests of the oracle write: no mistake is looked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synloom.codegen.errors import Mistakes, SourceText
from synloom.codegen.ir.expr import ZERO, Binary, Const, Expr, Gradient, Var, walk
from synloom.codegen.ir.model import Assignment, Attribute, Bound, Equation, NeuronModel, Ode
from synloom.codegen.ir.types import DType, Kind, Locality, Method, Scope
from synloom.codegen.lang.parser import parse_tokens
from synloom.codegen.lang.statements import Flag, Statement, parse_statement
from synloom.codegen.lang.tokens import cut
from synloom.codegen.lower.ode import normal_form
from synloom.codegen.lower.resolve import Neighbour, Place, Resolver
from synloom.codegen.lower.typing import as_bool, as_real, convert

LOCALITIES = {
    "population": Locality.GLOBAL,
    "projection": Locality.GLOBAL,
    "postsynaptic": Locality.SEMIGLOBAL,
}
TYPES = {"int": DType.INT, "bool": DType.BOOL}
TIMES = {name: Var(Scope.TIME, name, Locality.LOCAL) for name in ("t_last", "t_pre", "t_post")}
G_TARGET = {"g_target": Var(Scope.TARGET, "", Locality.LOCAL)}


@dataclass
class Written:
    """A statement: what it is about, its left side if that holds a gradient, and its flags by word."""

    name: str
    left: Expr | None
    statement: Statement
    flags: Mapping[str, Flag]

    @property
    def var(self) -> Var:
        locality = next((at for word, at in LOCALITIES.items() if word in self.flags), Locality.LOCAL)
        dtype = next((t for word, t in TYPES.items() if word in self.flags), DType.REAL)
        return Var(Scope.SELF, self.name, locality, dtype)

    def attribute(self, kind: Kind) -> Attribute:
        """Initial values are numbers; a parameter's is its right side."""
        flag = self.flags.get("init")
        given = self.statement.right if kind is Kind.PARAMETER else flag.value if flag else None
        start = ZERO if given is None else _Names({}, {}).expression(given)
        return Attribute(self.name, kind, self.var.locality, self.var.dtype, convert(start, self.var.dtype))


def written(text: str) -> list[Written]:
    """Cut a text into statements."""
    mistakes, found = Mistakes(), []
    for piece in cut(SourceText(text)):
        statement = parse_statement(piece, mistakes)
        mistakes.check()
        assert statement is not None
        left = None
        name = statement.left[0].text
        if len(statement.left) > 1:
            left = parse_tokens(statement.source, statement.left)
            name = next(node.name for node in walk(left) if isinstance(node, Gradient))
        found.append(Written(name, left, statement, {flag.word: flag for flag in statement.flags}))
    return found


class _Names:
    def __init__(self, own: Mapping[str, Var], sides: Mapping[str, NeuronModel]) -> None:
        self.mistakes = Mistakes()
        scopes = {"pre": Scope.PRE, "post": Scope.POST}
        neighbours = {side: Neighbour(scopes[side], m.attributes, side) for side, m in sides.items()}
        self.resolver = Resolver(own, (), {}, self.mistakes, neighbours)

    def expression(self, expr: Expr) -> Expr:
        found = self.resolver.resolve(expr, Place("a test", gradient=True))
        self.mistakes.check()
        return found


class Texts:
    """Lower the texts of one model; ``own`` are its names, ``sides`` the neurons of a synapse."""

    def __init__(self, own: Mapping[str, Var], sides: Mapping[str, NeuronModel] | None = None) -> None:
        self.names = _Names({**own, **TIMES, **G_TARGET}, sides or {})

    def equation(self, part: Written) -> Equation:
        """One statement, with its bounds."""
        statement, target = part.statement, self.names.resolver.own[part.name]
        assert statement.right is not None and statement.operator is not None
        value = self.names.expression(statement.right)
        bounds = tuple(
            Bound(word, as_real(self.names.expression(flag.value)))
            for word, flag in part.flags.items()
            if word in ("min", "max") and flag.value is not None
        )
        if part.left is not None:
            coefficient, rhs = normal_form(as_real(self.names.expression(part.left)), as_real(value))
            method = next((m for m in Method if m.value in part.flags), Method.EXPLICIT)
            return Ode(target, coefficient, rhs, method, bounds, statement.text)
        if statement.operator.text != "=":
            value = Binary(statement.operator.text[0], as_real(target), as_real(value))
        skipped = "unless_post" in part.flags
        value = convert(value, target.dtype)
        return Assignment(target, value, bounds, statement.text, unless_post=skipped)

    def assignments(self, text: str) -> tuple[Assignment, ...]:
        found = (self.equation(part) for part in written(text))
        return tuple(e for e in found if isinstance(e, Assignment))

    def expression(self, text: str) -> Expr:
        """An expression, as the right side of an assignment."""
        (part,) = written(f"x = {text}")
        assert part.statement.right is not None
        return self.names.expression(part.statement.right)

    def condition(self, text: str) -> Expr:
        return as_bool(self.expression(text))


def zero(conductance: str) -> Assignment:
    """Make the equation of a conductance that the neuron mentions and does not define."""
    return Assignment(Var(Scope.SELF, conductance, Locality.LOCAL), Const(0.0), (), f"{conductance} = 0.0")

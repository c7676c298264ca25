"""Structural plasticity: ``creating`` and ``pruning`` (spec 01, section 13; spec 02, section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from synloom.codegen.errors import SourceText
from synloom.codegen.ir.expr import ONE, ZERO, Const, Draw, Expr, Var, walk
from synloom.codegen.ir.model import Creating, Pruning
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.lang.flags import CREATING, PRUNING, FlagRules, legal_flags
from synloom.codegen.lang.statements import parse_condition
from synloom.codegen.lower.events import is_written
from synloom.codegen.lower.resolve import Place, Resolver
from synloom.codegen.lower.typing import as_bool, as_real
from synloom.codegen.record import record


@record
class _Rule:
    condition: Expr
    text: str
    values: Mapping[str, Expr]


def lower_creating(source: SourceText, resolver: Resolver) -> Creating | None:
    """Where synapses come to be; None if nothing is written."""
    if not is_written(source):
        return None
    rule = _rule(source, "creating", CREATING, resolver)
    for node in _nodes((rule.condition, *rule.values.values())):
        if isinstance(node, Var) and node.scope is Scope.SELF and node.locality is Locality.LOCAL:
            message = f'creating cannot use "{node.name}": the synapse that would have it does not exist.'
            hint = "use pre. and post., and attributes with the flag postsynaptic or projection"
            resolver.wrong(message, node.origin, hint)
    values = rule.values
    return Creating(
        rule.condition, rule.text, values.get("proba", ONE), values.get("w", ZERO), values.get("d")
    )


def lower_pruning(source: SourceText, resolver: Resolver) -> Pruning | None:
    """Which synapses go; None if nothing is written."""
    if not is_written(source):
        return None
    rule = _rule(source, "pruning", PRUNING, resolver)
    return Pruning(rule.condition, rule.text, rule.values.get("proba", ONE))


def _rule(source: SourceText, argument: str, rules: FlagRules, resolver: Resolver) -> _Rule:
    message = f"{argument} must be one boolean expression, and flags."
    parsed = parse_condition(source, resolver.mistakes, message, flagged=True)
    if parsed is None:
        return _Rule(Const(True, DType.BOOL), "", {})
    condition = as_bool(resolver.resolve(parsed.expr, Place(argument, times=False)))
    values = {
        flag.word: as_real(resolver.resolve(flag.value, Place(f"{flag.word} of {argument}", times=False)))
        for flag in legal_flags(parsed.flags, rules, resolver.mistakes)
        if flag.value is not None
    }
    rule = _Rule(condition, parsed.text, values)
    _check_draws(rule, argument, resolver)
    return rule


def _check_draws(rule: _Rule, argument: str, resolver: Resolver) -> None:
    """One random distribution, of literals."""
    draws = {n.site: n for n in _nodes((rule.condition, *rule.values.values())) if isinstance(n, Draw)}
    for draw in list(draws.values())[1:]:
        resolver.wrong(f"Only one random distribution is allowed in {argument}.", draw.origin)
    for draw in draws.values():
        for arg in draw.args:
            if not isinstance(arg, Const):
                message = f"In {argument}, the arguments of {draw.distribution}() must be numbers."
                resolver.wrong(message, arg.origin or draw.origin)


def _nodes(exprs: Iterable[Expr]) -> Iterable[Expr]:
    for expr in exprs:
        yield from walk(expr)

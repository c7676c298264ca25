"""What a variable may depend on: nothing there is more of than of itself (spec 01, 10.1)."""

from __future__ import annotations

from collections.abc import Iterable

from synloom.codegen.ir.expr import Expr, Var, WeightedSum, walk
from synloom.codegen.ir.types import Locality, Scope
from synloom.codegen.lower.resolve import LOCALITY_WORDS, Resolver

# Values of the neurons are taken for what they are read as: one per synapse, one per post-synaptic neuron.
_SEEN_AS = {Scope.PRE: Locality.LOCAL, Scope.POST: Locality.SEMIGLOBAL}


def check_locality(target: Var, used: Iterable[Expr], resolver: Resolver) -> None:
    """Note a mistake for each value that ``target`` must not depend on."""
    if target.locality is Locality.LOCAL:
        return
    for expr in used:
        for node in walk(expr):
            if isinstance(node, Var | WeightedSum) and _finer(node, target.locality):
                text = node.origin.text if node.origin else ""
                variable = f'{LOCALITY_WORDS[target.locality].capitalize()} variable "{target.name}"'
                message = f'{variable} cannot depend on {_word(node)}"{text}".'
                resolver.wrong(message, node.origin, _hint(node, target))


def _finer(node: Var | WeightedSum, locality: Locality) -> bool:
    own = node.locality if isinstance(node, Var) else Locality.LOCAL
    return _SEEN_AS.get(node.scope, own).value > locality.value


def _word(node: Var | WeightedSum) -> str:
    if isinstance(node, WeightedSum):
        return "local "
    return "" if node.locality is Locality.GLOBAL else f"{LOCALITY_WORDS[node.locality]} "


def _hint(node: Var | WeightedSum, target: Var) -> str:
    if node.scope in (Scope.PRE, Scope.POST) and isinstance(node, Var) and node.locality is Locality.LOCAL:
        return f"a global operation may be used: mean({node.scope}.{node.name})"
    return f'"{target.name}" is {LOCALITY_WORDS[target.locality]}: drop that flag to have one for each'

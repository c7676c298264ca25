"""When ``simulate_until`` stops: ``Population(stop_condition=...)`` (spec 01, section 13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from synloom.codegen.errors import Mistakes, SourceText
from synloom.codegen.ir.expr import Expr, Reduction, Var, WeightedSum, walk
from synloom.codegen.ir.model import Function, NeuronModel
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.lang.flags import FlagRules, legal_flags
from synloom.codegen.lang.statements import parse_condition
from synloom.codegen.lower.mistakes import tell
from synloom.codegen.lower.resolve import Place, Resolver
from synloom.codegen.lower.typing import as_bool
from synloom.codegen.record import record

SPIKED: Final = "spiked"  # whether a neuron fired in the last step
RULES: Final = FlagRules("stop_condition", {}, valued=(), methods=(), types=(), switches=("any", "all"))


@record
class Stop:
    """A condition on each neuron; ``every`` neuron must fulfil it, or else one is enough."""

    condition: Expr  # BOOL
    every: bool


def lower_stop(
    source: SourceText,
    model: NeuronModel,
    *,
    functions: Mapping[str, Function],
    constants: Collection[str],
) -> Stop:
    """Analyse a stop condition: ``expression``, ``expression : any`` or ``expression : all``.

    Parameters
    ----------
    source : SourceText
    model : NeuronModel
        Whose attributes the expression may use. Of spiking neurons, ``spiked`` and ``t_last`` as well.
    functions, constants
        What it may use besides.

    Raises
    ------
    ModelError
        All mistakes at once, each at its place in the text.
    """
    mistakes = Mistakes()
    own = {a.name: Var(Scope.SELF, a.name, a.locality, a.dtype) for a in model.attributes}
    if model.spiking:
        own.setdefault(SPIKED, Var(Scope.SELF, SPIKED, Locality.LOCAL, DType.BOOL))
    resolver = Resolver(own, constants, functions, mistakes, spiking=model.spiking)
    message = "stop_condition must be one boolean expression, and a flag."
    parsed = parse_condition(source, mistakes, message, flagged=True)
    tell(mistakes)
    assert parsed is not None
    condition = as_bool(resolver.resolve(parsed.expr, Place("stop_condition", draws=False)))
    _refuse_global(condition, resolver)
    flags = legal_flags(parsed.flags, RULES, mistakes)
    for flag in flags[1:]:
        mistakes.add(f'Conflicting flags "{flags[0].word}" and "{flag.word}".', flag.origin)
    tell(mistakes)
    return Stop(condition, bool(flags) and flags[0].word == "all")


def _refuse_global(condition: Expr, resolver: Resolver) -> None:
    """What is computed within a step has no value after it, unless it has a name."""
    for node in walk(condition):
        if isinstance(node, Reduction):
            message = f"Global operations such as {node.op}() are not allowed in stop_condition."
            hint = f'give it a name in equations: "m = {node.op}({node.name}) : population"'
            resolver.wrong(message, node.origin, hint)
        elif isinstance(node, WeightedSum):
            hint = f'give it a name in equations: "s = sum({node.target})"'
            resolver.wrong("sum() is not allowed in stop_condition.", node.origin, hint)

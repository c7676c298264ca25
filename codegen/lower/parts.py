"""What neurons and synapses have in common: parameters, equations, local functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from synloom.codegen.description import NeuronDescription, SynapseDescription
from synloom.codegen.errors import Mistakes
from synloom.codegen.ir.expr import Expr, Var
from synloom.codegen.ir.model import W_PARAMETER, Attribute, Equation, Function, equation_expressions
from synloom.codegen.ir.types import Kind, Method, Scope
from synloom.codegen.lower.declare import Declarations, Dialect, declare
from synloom.codegen.lower.equations import lower_attributes, lower_equations, own_names
from synloom.codegen.lower.function import lower_local_functions, reachable, visible_functions
from synloom.codegen.lower.resolve import NO_NEIGHBOURS, Neighbour, Resolver
from synloom.codegen.record import record


@record
class Parts:
    """A model's parts; with mistakes noted they are not to be used. ``resolver`` goes on to other texts."""

    declared: Declarations
    attributes: tuple[Attribute, ...]
    equations: tuple[Equation, ...]
    functions: Mapping[str, Function]
    resolver: Resolver


def lower_parts(
    description: NeuronDescription | SynapseDescription,
    dialect: Dialect,
    functions: Mapping[str, Function],
    constants: Collection[str],
    default_method: Method,
    mistakes: Mistakes,
    neighbours: Mapping[str, Neighbour] = NO_NEIGHBOURS,
) -> Parts:
    """Lower what descriptions of both kinds have. ``neighbours`` make it a synapse: it gets its ``w``."""
    declared = declare(description.parameters, description.equations, dialect, mistakes)
    local = lower_local_functions(
        description.functions,
        functions=functions,
        constants=constants,
        mistakes=mistakes,
        members=dialect.members,
    )
    names = own_names(declared)
    for f in local:
        if f.function.name in names:
            mistakes.add(f'"{f.function.name}" is both an attribute and a function.', f.origin)
    attributes = lower_attributes(declared, constants, mistakes)
    if neighbours and "w" not in names:
        names["w"] = Var(Scope.SELF, "w", W_PARAMETER.locality, W_PARAMETER.dtype)
        attributes = _with_weight(attributes)
    visible = visible_functions(local, functions)
    resolver = Resolver(names, constants, visible, mistakes, neighbours)
    equations = lower_equations(declared, resolver, default_method)
    return Parts(declared, attributes, equations, visible, resolver)


def _with_weight(attributes: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """``w`` becomes the last parameter."""
    parameters = [a for a in attributes if a.kind is Kind.PARAMETER]
    variables = [a for a in attributes if a.kind is Kind.VARIABLE]
    return (*parameters, W_PARAMETER, *variables)


def functions_of(equations: Iterable[Equation], parts: Parts, *further: Expr) -> tuple[Function, ...]:
    """The functions that equations and ``further`` expressions reach, callees first."""
    return reachable((*(x for e in equations for x in equation_expressions(e)), *further), parts.functions)

"""What neurons and synapses have in common: parameters, equations, local functions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import Final

from synloom.codegen.errors import Mistakes, SourceText
from synloom.codegen.ir.expr import Var
from synloom.codegen.ir.model import W_PARAMETER, Attribute, Equation, Function, Ode
from synloom.codegen.ir.types import Kind, Method, Scope
from synloom.codegen.lower.declare import Declarations, Dialect
from synloom.codegen.lower.equations import lower_attributes, lower_equations, own_names
from synloom.codegen.lower.function import lower_local_functions, visible_functions
from synloom.codegen.lower.resolve import Neighbour, Resolver
from synloom.codegen.record import record

NO_ATTRIBUTES: Final[tuple[Attribute, ...]] = ()


@record
class Surroundings:
    """What a model can use without declaring it."""

    functions: Mapping[str, Function]
    constants: Collection[str]
    method: Method = Method.EXPLICIT
    neighbours: Mapping[str, Neighbour] = field(default_factory=dict)
    spiking: bool = False
    sums: bool = False


@record
class Parts:
    """A model's parts; with mistakes noted they are not to be used. ``resolver`` goes on to other texts."""

    declared: Declarations
    attributes: tuple[Attribute, ...]
    equations: tuple[Equation, ...]
    functions: Mapping[str, Function]
    resolver: Resolver


def lower_parts(
    declared: Declarations,
    functions: SourceText,
    dialect: Dialect,
    around: Surroundings,
    mistakes: Mistakes,
    implicit: tuple[Attribute, ...] = NO_ATTRIBUTES,
    weight: Attribute = W_PARAMETER,
) -> Parts:
    """Lower what models of both kinds have.

    A model with neighbours is a synapse: it gets its ``w``, as ``weight`` says. ``implicit`` are attributes that
    come to be without a statement; they stand last.
    """
    local = lower_local_functions(
        functions,
        functions=around.functions,
        constants=around.constants,
        mistakes=mistakes,
        members=dialect.members,
    )
    names = own_names(declared)
    for f in local:
        if f.function.name in names:
            mistakes.add(f'"{f.function.name}" is both an attribute and a function.', f.origin)
    attributes = lower_attributes(declared, around.constants, mistakes)
    if around.neighbours and "w" not in names:
        names["w"] = Var(Scope.SELF, "w", weight.locality, weight.dtype)
        attributes = _with_weight(attributes, weight)
    for a in implicit:
        names[a.name] = Var(Scope.SELF, a.name, a.locality, a.dtype)
    visible = visible_functions(local, around.functions)
    resolver = Resolver(
        names,
        around.constants,
        visible,
        mistakes,
        around.neighbours,
        spiking=around.spiking,
        sums=around.sums,
    )
    equations = lower_equations(declared, resolver, around.method)
    if Method.EVENT_DRIVEN not in dialect.variable.methods:
        _refuse_event_driven(equations, resolver)
    return Parts(declared, (*attributes, *implicit), equations, visible, resolver)


def _with_weight(attributes: tuple[Attribute, ...], weight: Attribute) -> tuple[Attribute, ...]:
    """``w`` becomes the last parameter, or the first variable."""
    parameters = [a for a in attributes if a.kind is Kind.PARAMETER]
    variables = [a for a in attributes if a.kind is Kind.VARIABLE]
    return (*parameters, weight, *variables)


def _refuse_event_driven(equations: Iterable[Equation], resolver: Resolver) -> None:
    """As a flag it was refused already; it may still be the default method."""
    for equation in equations:
        if isinstance(equation, Ode) and equation.method is Method.EVENT_DRIVEN:
            resolver.wrong(
                'The default method "event-driven" is only available in spiking synapses.',
                equation.origin,
                "give this equation a method flag, such as explicit",
            )

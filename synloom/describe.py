"""From the objects a user made to Model IR: what is compiled, without sizes and values."""

from __future__ import annotations

from collections.abc import Iterable

from synloom.codegen.errors import Mistakes
from synloom.codegen.ir.expr import Binary, Cast, Expr, Var, WeightedSum, walk
from synloom.codegen.ir.model import (
    DEFAULT_PSP_TEXT,
    Equation,
    NetworkIR,
    Ode,
    PopulationIR,
    ProjectionIR,
    TransposeIR,
)
from synloom.codegen.ir.types import DType, Operation, Precision, Scope
from synloom.population import Population
from synloom.projection import Projection
from synloom.transpose import Transpose


def describe(
    populations: Iterable[Population], projections: Iterable[Projection | Transpose], precision: Precision
) -> NetworkIR:
    """The network as Model IR. Every projection has its synapses already.

    Raises
    ------
    ModelError
        If a synapse reads a weighted sum that nothing is connected to.
    """
    linked = tuple(projections)
    mistakes = Mistakes()
    for projection in linked:
        if isinstance(projection, Projection):
            _check_sums(projection, mistakes)
    mistakes.check()
    return NetworkIR(
        populations=tuple(PopulationIR(p.name, p.model) for p in populations),
        projections=tuple(_transpose(p) if isinstance(p, Transpose) else _projection(p) for p in linked),
        precision=precision,
    )


def _projection(projection: Projection) -> ProjectionIR:
    store = projection.store
    assert store is not None
    return ProjectionIR(
        name=projection.name,
        pre=projection.pre_population.name,
        post=projection.post_population.name,
        target=projection.target,
        synapse=projection.model,
        store=store.kind,
        single_weight=projection.single_weight,
        delay=projection.delay_kind,
    )


def _transpose(transpose: Transpose) -> TransposeIR:
    root = transpose.forward
    default = transpose.psp is None
    return TransposeIR(
        name=transpose.name,
        forward=root.name,
        target=transpose.target,
        psp=_default_psp(transpose) if transpose.psp is None else transpose.psp,
        psp_text=DEFAULT_PSP_TEXT if default else transpose.psp_text,
        operation=Operation(transpose.operation),
        delay=transpose.delay_kind,
        delay_of_forward=transpose.delay_of_forward,
        backward=transpose.backward,
        functions=root.model.functions,
    )


def _default_psp(transpose: Transpose) -> Expr:
    """``w * pre.r``, where ``pre`` is the forward post population."""
    rate = transpose.pre_population.model.attribute("r")
    weight = transpose.forward.model.attribute("w")
    assert rate is not None and weight is not None
    w: Expr = Var(Scope.SELF, "w", weight.locality, weight.dtype)
    r: Expr = Var(Scope.PRE, "r", rate.locality, rate.dtype)
    return Binary("*", as_real(w), as_real(r))


def as_real(expr: Expr) -> Expr:
    """The value as an operand of arithmetic."""
    return expr if expr.dtype is DType.REAL else Cast(expr, DType.REAL)


def expressions_of(equations: Iterable[Equation]) -> Iterable[Expr]:
    """Every expression of the equations, bounds included."""
    for equation in equations:
        if isinstance(equation, Ode):
            yield from (equation.coefficient, equation.rhs)
        else:
            yield equation.value
        yield from (b.value for b in equation.bounds)


def _check_sums(projection: Projection, mistakes: Mistakes) -> None:
    """``pre.sum(x)`` and ``post.sum(x)`` need a projection with that target."""
    sides = {Scope.PRE: projection.pre_population, Scope.POST: projection.post_population}
    for expr in (*expressions_of(projection.model.equations), projection.model.psp):
        for node in walk(expr):
            if isinstance(node, WeightedSum) and node.scope in sides:
                population = sides[node.scope]
                if node.target not in population.targets:
                    reached = ", ".join(dict.fromkeys(population.targets)) or "none"
                    mistakes.add(
                        f'No projection with target "{node.target}" reaches population "{population.name}".',
                        node.origin,
                        f"targets of {population.name}: {reached}",
                    )

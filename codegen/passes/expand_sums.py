"""``sum()`` of a neuron becomes the sum over all targets that reach its population."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from synloom.codegen.ir.expr import ZERO, Expr, WeightedSum, add, transform
from synloom.codegen.ir.model import (
    Assignment,
    Bound,
    Equation,
    NetworkIR,
    NeuronModel,
    Ode,
    ProjectionIR,
    TransposeIR,
)


def targets_reaching(network: NetworkIR) -> dict[str, tuple[str, ...]]:
    """Targets of the projections onto each population, in order of creation, each once."""
    forward = {p.name: p for p in network.projections}
    reaching: dict[str, dict[str, None]] = {p.name: {} for p in network.populations}
    for projection in network.projections:
        for target in targets_of(projection):
            reaching[receiver(projection.name, forward)][target] = None
    return {name: tuple(targets) for name, targets in reaching.items()}


def targets_of(projection: ProjectionIR | TransposeIR) -> tuple[str, ...]:
    """What a projection or transpose adds to."""
    return projection.targets if isinstance(projection, ProjectionIR) else (projection.target,)


def receiver(name: str, projections: Mapping[str, ProjectionIR | TransposeIR]) -> str:
    """Population that a projection or transpose adds its sums to."""
    node = projections[name]
    if isinstance(node, TransposeIR):
        root = projections[node.forward]
        assert isinstance(root, ProjectionIR)
        return root.pre if node.backward else root.post
    return node.post


def expand_sums(network: NetworkIR) -> NetworkIR:
    """Spell ``sum()`` out:  ``r = sum()``  ->  ``r = sum(exc) + sum(inh)``."""
    reaching = targets_reaching(network)
    return replace(
        network,
        populations=tuple(
            replace(p, neuron=_expand(p.neuron, reaching[p.name])) for p in network.populations
        ),
    )


def _expand(neuron: NeuronModel, targets: tuple[str, ...]) -> NeuronModel:
    def change(expr: Expr) -> Expr:
        if not isinstance(expr, WeightedSum) or expr.target:
            return expr
        total: Expr = ZERO
        for target in targets:
            total = add(total, replace(expr, target=target))
        return total

    return replace(neuron, equations=tuple(map_equation(e, change) for e in neuron.equations))


def map_equation(equation: Equation, change: Callable[[Expr], Expr]) -> Equation:
    """The equation with ``change`` applied to each node of its expressions."""
    bounds = tuple(Bound(b.kind, transform(b.value, change)) for b in equation.bounds)
    match equation:
        case Assignment():
            return replace(equation, value=transform(equation.value, change), bounds=bounds)
        case Ode():
            return replace(
                equation,
                coefficient=transform(equation.coefficient, change),
                rhs=transform(equation.rhs, change),
                bounds=bounds,
            )

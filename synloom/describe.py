"""From the objects a user made to Model IR: what is compiled, without sizes and values."""

from __future__ import annotations

from collections.abc import Iterable

from synloom.codegen.errors import Mistakes
from synloom.codegen.ir.expr import Var, WeightedSum, walk
from synloom.codegen.ir.model import (
    NetworkIR,
    PopulationIR,
    ProjectionIR,
    TransposeIR,
    model_expressions,
)
from synloom.codegen.ir.types import DelayKind, Locality, Operation, Precision, Scope
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
            _check_post_spikes(projection, mistakes)
        _check_delays(projection, mistakes)
    mistakes.check()
    return NetworkIR(
        populations=tuple(PopulationIR(p.name, p.model, p._input) for p in populations),
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
        targets=projection.targets,
        synapse=projection.model,
        store=store.kind,
        single_weight=projection.single_weight,
        delay=projection.delay_kind,
        by_source=store.by_source,
        decodes=projection._decodes,
    )


def _transpose(transpose: Transpose) -> TransposeIR:
    root = transpose.forward
    return TransposeIR(
        name=transpose.name,
        forward=root.name,
        target=transpose.target,
        psp=transpose.psp,
        psp_text=transpose.psp_text,
        operation=Operation(transpose.operation),
        delay=transpose.delay_kind,
        delay_of_forward=transpose.delay_of_forward,
        backward=transpose.backward,
        functions=transpose.psp_functions,
    )


def _check_delays(projection: Projection | Transpose, mistakes: Mistakes) -> None:
    """Synapses with delays of their own cannot read what a population has only one of (spec 02, section 4.2)."""
    if projection.delay_kind is not DelayKind.PER_SYNAPSE:
        return
    psp = projection.psp if isinstance(projection, Transpose) else projection.model.psp
    for node in walk(psp) if psp is not None else ():
        if isinstance(node, Var) and node.scope is Scope.PRE and node.locality is Locality.GLOBAL:
            mistakes.add(
                f'"pre.{node.name}" is one value of the whole population '
                f'"{projection.pre_population.name}": a delay per synapse has no meaning for it.',
                node.origin,
                f"give '{projection.name}' one delay for all synapses, or make \"{node.name}\" local",
            )


def _check_post_spikes(projection: Projection, mistakes: Mistakes) -> None:
    """Rate-coded neurons emit no spikes that a synapse could ask for."""
    model, post = projection.model, projection.post_population
    if not model.spiking or post.model.spiking:
        return
    times = [
        n for e in model_expressions(model) for n in walk(e) if isinstance(n, Var) and n.name == "t_post"
    ]
    asked = [("t_post", n.origin) for n in times if n.scope is Scope.TIME]
    asked += [("post_spike", s.origin) for s in model.post_spike.statements[:1]]
    asked += [("unless_post", s.origin) for s in model.pre_spike if s.unless_post]
    for what, origin in asked:
        mistakes.add(
            f'{what} needs spikes of population "{post.name}" (post), which is rate-coded.',
            origin,
            "leave it out, or give the neurons a spike condition",
        )


def _check_sums(projection: Projection, mistakes: Mistakes) -> None:
    """``pre.sum(x)`` and ``post.sum(x)`` need a projection with that target."""
    sides = {Scope.PRE: projection.pre_population, Scope.POST: projection.post_population}
    for expr in model_expressions(projection.model):
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

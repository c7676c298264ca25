"""Which targets neurons read, and which are connected: what does not fit is probably a mistake."""

from __future__ import annotations

from collections.abc import Iterable

from synloom import messages
from synloom.codegen.ir.expr import WeightedSum, walk
from synloom.codegen.ir.model import model_expressions
from synloom.population import Population


def sum_targets(population: Population) -> set[str]:
    """Targets whose sums the neurons of a population read; ``""`` for ``sum()``."""
    exprs = model_expressions(population.model)
    return {n.target for e in exprs for n in walk(e) if isinstance(n, WeightedSum)}


def _conductances(population: Population) -> set[str]:
    """Targets whose conductances a spiking neuron has."""
    return {a.name.removeprefix("g_") for a in population.model.attributes if a.name.startswith("g_")}


def warn_of_targets(populations: Iterable[Population]) -> None:
    """Warn of sums that nothing is connected to, and of inputs that nobody reads.

    Sources of given spikes are silent: they are documented to ignore their inputs (spec 05, section 6), and
    rules of learning between given spikes need projections that lead to them.
    """
    for population in populations:
        spiking = population.model.spiking
        used = sum_targets(population)
        mentioned = used | _conductances(population) if spiking else used
        connected = set(population.targets)
        unknown = sorted(used - connected - {""})
        if unknown:
            listed = ", ".join(f"sum({t})" for t in unknown)
            messages.warning(f"population '{population.name}' uses {listed}, but nothing is connected to it.")
        unread = sorted(connected - mentioned) if "" not in used and not population._ignores_inputs else []
        if unread:
            listed = ", ".join(unread)
            messages.warning(f"population '{population.name}' never uses its inputs on target {listed}.")

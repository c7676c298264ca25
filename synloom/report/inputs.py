"""What drives a population from outside, in words."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import getdoc
from typing import Any

import numpy as np

from synloom.codegen.ir.types import Kind
from synloom.inputs import (
    HomogeneousCorrelatedSpikeTrains,
    InputArray,
    PoissonPopulation,
    SpikeSourceArray,
    TimedArray,
    TimedPoissonPopulation,
)
from synloom.inputs.schedule import Schedule
from synloom.population import Population
from synloom.report.equations import Names, equation
from synloom.report.formula import Line
from synloom.report.records import InputItem
from synloom.report.values import ranged, shown


def is_input(population: Population) -> bool:
    """Whether this is one of the ready-made populations that bring data into a network."""
    return type(population) is not Population and type(population).__module__.startswith("synloom.")


def input_item(population: Population) -> InputItem:
    """A ready-made population; one that is not known here is told by its class."""
    facts: Iterable[Line]
    match population:
        case PoissonPopulation():
            facts = _poisson(population)
        case TimedPoissonPopulation():
            facts = _timed_poisson(population)
        case TimedArray():
            facts = _timed(population)
        case InputArray():
            facts = [("The rates are assigned by the script.",)]
        case SpikeSourceArray():
            facts = [_trains(population)]
        case HomogeneousCorrelatedSpikeTrains():
            facts = _correlated(population)
        case _:
            facts = [((getdoc(type(population)) or "").partition("\n")[0],)]
    return InputItem(population.name, type(population).__name__, tuple(facts))


def _poisson(population: PoissonPopulation) -> Iterable[Line]:
    """Rates that are numbers, or the equation that gives them; ``p`` is how they become spikes."""
    yield ("Spikes at random, as a Poisson process.",)
    model = population.model
    names = Names(
        frozenset(a.name for a in model.attributes if a.kind is Kind.VARIABLE),
        declared=frozenset(a.name for a in model.attributes),
    )
    rates = next((e for e in model.equations if e.target.name == "rates"), None)
    if rates is None:
        yield ("Rates: ", *ranged(population.array("rates")), " Hz.")
    else:
        yield ("Rates in Hz: ", equation(rates, names))


def _timed_poisson(population: TimedPoissonPopulation) -> Iterable[Line]:
    yield ("Spikes at random, as a Poisson process.",)
    yield ("Rates: ", *ranged(population.rates), " Hz.")
    yield from _schedule(population._plan, len(population.rates))


def _timed(population: TimedArray) -> Iterable[Line]:
    if population.rates is None:
        yield ("No rates are given yet.",)
        return
    yield ("Rates: ", *ranged(population.rates), ".")
    yield from _schedule(population._plan, len(population.rates))


def _correlated(population: HomogeneousCorrelatedSpikeTrains) -> Iterable[Line]:
    yield ("Spikes at random, all with one fluctuating rate (an Ornstein-Uhlenbeck process).",)
    yield (
        "Mean rate ", *ranged(population.rates), " Hz, correlation ", *ranged(population.corr),
        f", time constant {shown(population.get('tau'))} ms.",
    )  # fmt: skip
    blocks = np.atleast_1d(population.rates)
    if len(blocks) > 1:
        yield from _schedule(population._plan, len(blocks))


def _schedule(plan: Schedule, blocks: int) -> Iterable[Line]:
    if blocks == 1 and plan.period < 0:
        return
    counted = f"{blocks} block{'s' * (blocks != 1)}"
    if isinstance(plan.times, float):
        when = f"one every {shown(plan.times)} ms" if plan.times > 0 else "one in each step"
    else:
        when = f"at {_listed(plan.times)} ms"
    again = f", again every {shown(plan.period)} ms" if plan.period >= 0 else ""
    yield (f"Schedule: {counted}, {when}{again}.",)


def _listed(times: Any) -> str:
    """The first times, and the last one where there are many."""
    words = [shown(t) for t in times]
    return ", ".join(words) if len(words) <= 6 else f"{', '.join(words[:4])}, ..., {words[-1]}"


def _trains(population: SpikeSourceArray) -> Line:
    times = [t for train in population.spike_times for t in train]
    if not times:
        return ("No spikes.",)
    count = f"{len(times)} spike{'s' * (len(times) != 1)}"
    return (f"{count} at given times, from {shown(min(times))} to {shown(max(times))} ms.",)

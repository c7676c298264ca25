"""What is said of an equation, a rule, a value: the same words in every format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from synloom.report.formula import Formula, Line
from synloom.report.records import (
    EquationItem,
    MonitorItem,
    NetworkReport,
    NeuronItem,
    ProjectionItem,
    RuleItem,
    SynapseItem,
)

LEAST_AND_MOST = {"min": "at least", "max": "at most"}
POPULATIONS = ("Name", "Size", "Neuron type")
PROJECTIONS = ("Source", "Destination", "Target", "Synapse type", "Pattern")
MONITORS = ("Object", "Variables", "Period (ms)")
PARAMETERS = ("Name", "Default value", "Locality", "Type")
VALUES = ("Name", "Value")


def properties(item: EquationItem) -> Line:
    """Locality, initial value, bounds and method, separated by commas."""
    parts: list[Line] = [(item.locality,)]
    parts += [(item.type,)] if item.type != "float" else []
    parts += [("initial value: ", *item.init)] if item.init else []
    parts += [(f"{LEAST_AND_MOST[kind]} ", value) for kind, value in item.bounds]
    parts += [(f"method: {item.method}",)] if item.method else []
    parts += [(item.note,)] if item.note else []
    return joined(parts)


def joined(parts: Sequence[Line], separator: str = ", ") -> Line:
    """Lines one after the other."""
    line: list[str | Formula] = []
    for part in parts:
        line += [separator, *part] if line else part
    return tuple(line)


def rule(item: RuleItem) -> Line:
    """A condition and its settings."""
    return joined([(item.condition,), *((f"{what} ", value) for what, value in item.settings)])


def parameter_rows(item: NeuronItem | SynapseItem) -> tuple[tuple[Line, ...], ...]:
    """One row for each parameter of a model."""
    return tuple(((p.symbol,), p.default, (p.locality,), (p.type,)) for p in item.parameters)


def projection_rows(projections: Iterable[ProjectionItem]) -> tuple[tuple[Line, ...], ...]:
    """One row for each projection."""
    return tuple(((p.source,), (p.destination,), (p.target,), (p.synapse,), p.pattern) for p in projections)


def monitor_rows(monitors: Iterable[MonitorItem]) -> tuple[tuple[Line, ...], ...]:
    """One row for each monitor."""
    return tuple(((m.object,), (", ".join(m.variables),), (m.period,)) for m in monitors)


def population_rows(report: NetworkReport) -> tuple[tuple[Line, ...], ...]:
    """One row for each population."""
    return tuple(((p.name,), (p.size,), (p.neuron,)) for p in report.populations)


def transmission(item: SynapseItem) -> tuple[str, Line]:
    """What a synapse transmits in every step, and what that is called."""
    assert item.transmission is not None
    name = "Continuous transmission" if item.kind == "spiking" else "Weighted sum"
    over = () if item.operation == "sum" else (f"{item.operation} of ",)
    return name, (*over, item.transmission)

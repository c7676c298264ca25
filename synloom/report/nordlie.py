"""The order of a report in tables: the scheme of Nordlie, Gewaltig & Plesser (2009), PLoS Comput Biol 5(8): e1000456.

Tables A to H: summary, populations, connectivity, neuron models, synapse models, parameters, input, measurements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from synloom.report import wording
from synloom.report.blocks import EMPTY, EVENTS, Block, Table
from synloom.report.formula import Formula, Line
from synloom.report.records import NetworkReport, NeuronItem, SpikeItem, SynapseItem, ValueItem

Rows = tuple[tuple[Line, ...], ...]
LABELLED: Final = (0.25, 0.75)  # of the page: a label, and what belongs under it
CONNECTIVITY: Final = (0.12, 0.13, 0.15, 0.1, 0.18, 0.32)
NONE: Final[Line] = ("-",)


def tables(report: NetworkReport) -> tuple[Block, ...]:
    """The whole report."""
    return (
        Table("A: Model summary", (), _summary(report), LABELLED),
        *_listed("B: Populations", wording.POPULATIONS, wording.population_rows(report), (0.35, 0.25, 0.4)),
        *_listed("C: Connectivity", ("Name", *wording.PROJECTIONS), _connectivity(report), CONNECTIVITY),
        *(Table(f"D: Neuron model {n.name}", (), _neuron(n), LABELLED) for n in report.neurons),
        *(Table(f"E: Synapse model {s.name}", (), _synapse(s), LABELLED) for s in report.synapses),
        *_parameters(report),
        *_listed("G: Input", ("Population", "Type", "Description"), _inputs(report), (0.2, 0.25, 0.55)),
        *_listed("H: Measurements", wording.MONITORS, wording.monitor_rows(report.monitors), (0.4, 0.4, 0.2)),
    )


def _listed(title: str, header: tuple[str, ...], rows: Rows, widths: tuple[float, ...]) -> Iterator[Block]:
    """A table, or one that says there is nothing."""
    yield Table(title, header, rows, widths) if rows else Table(title, (), ((NONE,),), (1.0,))


def _words(words: Iterable[str]) -> Line:
    return (", ".join(dict.fromkeys(w for w in words if w)) or "-",)


def _summary(report: NetworkReport) -> Rows:
    plastic = [s.name for s in report.synapses if s.plastic]
    geometries = [f"{p.name}: {p.size}" for p in report.populations if p.size.startswith("(")]
    return (
        (("Populations",), _words(p.name for p in report.populations)),
        (("Topology",), _words(geometries)),
        (("Connectivity",), _words(p.connector for p in report.projections)),
        (("Neuron models",), _words(n.name for n in report.neurons)),
        (("Channel models",), NONE),
        (("Synapse models",), _words(s.name for s in report.synapses)),
        (("Plasticity",), _words(plastic)),
        (("Input",), _words(i.kind for i in report.inputs)),
        (("Measurements",), _words(v for m in report.monitors for v in m.variables)),
        (("Simulation",), (f"synloom {report.version}, backend {report.backend}, step size {report.dt} ms",)),
    )


def _connectivity(report: NetworkReport) -> Rows:
    rows = wording.projection_rows(report.projections)
    return tuple(((p.name,), *row) for p, row in zip(report.projections, rows, strict=True))


def _labelled(label: str, lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    """Rows under one label, which stands beside the first."""
    for number, line in enumerate(lines):
        yield ((label if number == 0 else "",), line)


def _model(item: NeuronItem | SynapseItem) -> Iterator[tuple[Line, ...]]:
    yield ("Name",), (item.name,)
    yield ("Type",), (item.kind,)
    yield ("Description",), (item.description,)
    parameters: list[Line] = [
        (p.symbol, ", default ", *p.default, f", {p.locality}, {p.type}") for p in item.parameters
    ]
    yield from _labelled("Parameters", parameters or [(EMPTY,)])
    for equation in item.equations:
        label = "Dynamics" if equation is item.equations[0] else ""
        shown: Line = (equation.formula,) if equation.formula is not None else (equation.symbol,)
        yield (label,), shown
        yield ("",), wording.properties(equation)


def _neuron(item: NeuronItem) -> Rows:
    rows = [*_model(item), *_spike(item.spike, "Spike if", "Reset")]
    rows += _spike(item.axon_spike, "Axonal spike if", "Axonal reset")
    rows += _labelled("Refractory period", [item.refractory] if item.refractory else [])
    return (*rows, *_labelled("Functions", _formulas(item.functions)))


def _formulas(formulas: Iterable[Formula]) -> Iterator[Line]:
    return ((f,) for f in formulas)


def _spike(item: SpikeItem | None, title: str, reset: str) -> Iterator[tuple[Line, ...]]:
    if item is not None:
        yield (title,), (item.condition,)
        yield from _labelled(reset, _formulas(item.reset))


def _synapse(item: SynapseItem) -> Rows:
    rows = list(_model(item))
    if item.transmission is not None:
        name, shown = wording.transmission(item)
        rows.append(((name,), shown))
    for field, title in EVENTS:
        rows += _labelled(title, _formulas(getattr(item, field)))
    for title, rule in (("Creation", item.creating), ("Pruning", item.pruning)):
        rows += _labelled(title, [] if rule is None else [wording.rule(rule)])
    return (*rows, *_labelled("Functions", _formulas(item.functions)))


def _parameters(report: NetworkReport) -> Iterator[Block]:
    if report.constants:
        yield _values("F: Constants", report.constants)
    if report.functions:
        yield Table("F: Functions", (), tuple(((f,),) for f in report.functions), (1.0,))
    for population in report.populations:
        if population.values:
            yield _values(f"F: Parameters of population {population.name}", population.values)
    for projection in report.projections:
        if projection.values:
            yield _values(f"F: Parameters of projection {projection.name}", projection.values)


def _values(title: str, values: Iterable[ValueItem]) -> Block:
    return Table(title, wording.VALUES, tuple(((v.symbol,), v.value) for v in values), (0.5, 0.5))


def _inputs(report: NetworkReport) -> Rows:
    return tuple(((i.population,), (i.kind,), wording.joined(i.facts, " ")) for i in report.inputs)

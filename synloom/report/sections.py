"""The order of a report in running text: structure, neuron models, synapse models, parameters, input (spec 03, 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from synloom.report import wording
from synloom.report.blocks import EMPTY, EVENTS, Block, Bullets, Display, Heading, Paragraph, Table
from synloom.report.formula import Formula, Line
from synloom.report.records import (
    EquationItem,
    NetworkReport,
    NeuronItem,
    SpikeItem,
    SynapseItem,
    ValueItem,
)


def sections(report: NetworkReport) -> tuple[Block, ...]:
    """The whole report."""
    return (
        *_structure(report),
        *_neurons(report),
        *_synapses(report),
        *_parameters(report),
        *_inputs(report),
    )


def _structure(report: NetworkReport) -> Iterator[Block]:
    yield Heading(1, "Structure of the network")
    yield Bullets(
        (
            (f"synloom {report.version}, backend: {report.backend}",),
            (f"Numerical step size: {report.dt} ms, precision: {report.precision}",),
        )
    )
    yield Heading(2, "Populations")
    yield _table(wording.POPULATIONS, wording.population_rows(report), (0.4, 0.2, 0.4))
    if report.projections:
        yield Heading(2, "Projections")
        yield _table(wording.PROJECTIONS, wording.projection_rows(report.projections), (0.15,) * 4 + (0.4,))
    if report.monitors:
        yield Heading(2, "Monitors")
        yield _table(wording.MONITORS, wording.monitor_rows(report.monitors), (0.4, 0.4, 0.2))
    if report.functions:
        yield Heading(2, "Functions")
        yield from map(Display, report.functions)


def _table(header: tuple[str, ...], rows: tuple[tuple[Line, ...], ...], widths: tuple[float, ...]) -> Block:
    return Table("", header, rows, widths) if rows else Paragraph((EMPTY,))


def _neurons(report: NetworkReport) -> Iterator[Block]:
    if report.neurons:
        yield Heading(1, "Neuron models")
    for item in report.neurons:
        yield Heading(2, item.name)
        yield from _model(item)
        yield from _spike(item.spike, "Spike emission", "Reset", item.refractory)
        yield from _spike(item.axon_spike, "Axonal spike emission", "Axonal reset", ())
        yield from _formulas("Functions", item.functions)


def _model(item: NeuronItem | SynapseItem) -> Iterator[Block]:
    """Description, parameters and equations."""
    yield Paragraph((item.description,))
    yield Heading(3, "Parameters")
    yield _table(wording.PARAMETERS, wording.parameter_rows(item), (0.25, 0.25, 0.3, 0.2))
    yield Heading(3, "Equations")
    if not item.equations:
        yield Paragraph((EMPTY,))
    for equation in item.equations:
        yield from _equation(equation)


def _equation(item: EquationItem) -> Iterator[Block]:
    said: Line = ("Variable ", item.symbol, ": ", *wording.properties(item))
    yield Bullets((said,)) if item.formula is None else Display(item.formula, said)


def _spike(item: SpikeItem | None, title: str, reset: str, refractory: Line) -> Iterator[Block]:
    if item is None:
        return
    yield Heading(3, title)
    yield Display(item.condition, ("The neuron emits a spike if",))
    yield from _formulas(reset, item.reset)
    if refractory:
        yield Paragraph(("Refractory period: ", *refractory))


def _formulas(title: str, formulas: Iterable[Formula]) -> Iterator[Block]:
    shown = tuple(formulas)
    if shown:
        yield Heading(3, title)
        yield from map(Display, shown)


def _synapses(report: NetworkReport) -> Iterator[Block]:
    if report.synapses:
        yield Heading(1, "Synapse models")
    for item in report.synapses:
        yield Heading(2, item.name)
        yield from _model(item)
        yield from _transmission(item)
        for field, title in EVENTS:
            yield from _formulas(title, getattr(item, field))
        for title, rule in (("Creation of synapses", item.creating), ("Pruning of synapses", item.pruning)):
            if rule is not None:
                yield Heading(3, title)
                yield Paragraph(wording.rule(rule))
        yield from _formulas("Functions", item.functions)


def _transmission(item: SynapseItem) -> Iterator[Block]:
    if item.transmission is None:
        return
    name, _ = wording.transmission(item)
    over: Line = () if item.operation == "sum" else (f"{item.operation.capitalize()} over the synapses of",)
    yield Heading(3, name)
    yield Display(item.transmission, over)


def _parameters(report: NetworkReport) -> Iterator[Block]:
    yield Heading(1, "Parameters")
    parts: list[tuple[str, tuple[ValueItem, ...]]] = [("Constants", report.constants)]
    parts += [(f"Population {p.name}", p.values) for p in report.populations]
    parts += [(f"Projection {p.name}: {p.source} to {p.destination}", p.values) for p in report.projections]
    if not any(values for _, values in parts):
        yield Paragraph((EMPTY,))
    for title, values in parts:
        if values:
            yield Heading(2, title)
            yield _table(wording.VALUES, tuple(((v.symbol,), v.value) for v in values), (0.5, 0.5))


def _inputs(report: NetworkReport) -> Iterator[Block]:
    if report.inputs:
        yield Heading(1, "Input")
    for item in report.inputs:
        yield Heading(2, f"{item.population} ({item.kind})")
        yield Bullets(item.facts)

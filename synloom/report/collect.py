"""From a network to its description: everything that any of the formats shows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from synloom import registry
from synloom.codegen.ir.model import DEFAULT_PSP_TEXT
from synloom.codegen.ir.types import DelayKind
from synloom.dendrite import Dendrite
from synloom.inputs import DecodingProjection
from synloom.monitor import Monitor
from synloom.neuron import Neuron
from synloom.population import Population
from synloom.projection import Projection
from synloom.report.equations import formula, function
from synloom.report.formula import Formula, Line
from synloom.report.inline import parsed
from synloom.report.inputs import input_item, is_input
from synloom.report.models import is_default, neuron_item, synapse_item, synapse_names
from synloom.report.records import (
    MonitorItem,
    NetworkReport,
    NeuronItem,
    PopulationItem,
    ProjectionItem,
    SynapseItem,
)
from synloom.report.values import constant_values, population_values, projection_values, shown
from synloom.synapse import Synapse
from synloom.transpose import Transpose
from synloom.version import __version__
from synloom.view import PopulationView

if TYPE_CHECKING:
    from synloom.network import Network

Link = Projection | Transpose
NO_MODEL = "-"


def collect(
    network: Network,
    *,
    gather_subprojections: bool = False,
    title: str | None = None,
    author: str | None = None,
    date: str | None = None,
) -> NetworkReport:
    """Describe a network as it is now, compiled or not."""
    links = _gathered(network.projections) if gather_subprojections else list(network.projections)
    neurons, synapses = _Called("Neuron"), _Called("Synapse")
    populations = tuple(_population(p, neurons) for p in network.populations)
    return NetworkReport(
        title="Network description" if title is None else title,
        author=f"Written by synloom {__version__}" if author is None else author,
        date="" if date is None else date,
        version=__version__,
        backend=_backend(network),
        dt=shown(network.dt),
        precision=str(network.precision),
        compiled=network.compiled,
        populations=populations,
        projections=tuple(_link(p, synapses) for p in links),
        monitors=tuple(_monitor(m) for m in network.monitors),
        functions=tuple(function(f) for f in registry.functions.values()),
        neurons=_neurons(network.populations, neurons),
        synapses=_synapses(network.projections, synapses),
        constants=constant_values(network),
        inputs=tuple(input_item(p) for p in network.populations if is_input(p)),
    )


def _backend(network: Network) -> str:
    if network.options.paradigm == "cuda":
        return "CUDA"
    return "OpenMP" if network.options.num_threads > 1 else "default"


def _gathered(links: Iterable[Link]) -> list[Link]:
    """The first of all projections between the same populations with the same target."""
    first: dict[tuple[str, str, str], Link] = {}
    for link in links:
        first.setdefault((link.pre.name, link.post.name, target_of(link)), link)
    return list(first.values())


class _Called:
    """Names of models: the user's, else a number in the order in which the network first uses them."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.names: dict[Hashable, str] = {}

    def name(self, key: Hashable, given: str) -> str:
        """The name of the model with this key."""
        if key not in self.names:
            taken, wanted = set(self.names.values()), given or f"{self.word} {len(self.names) + 1}"
            again = (f"{wanted} ({n})" for n in range(2, len(taken) + 3))
            self.names[key] = wanted if wanted not in taken else next(n for n in again if n not in taken)
        return self.names[key]


# -- models --------------------------------------------------------------------------------------------------


def _neuron_key(neuron: Neuron) -> Hashable:
    return neuron.description, neuron.short_description, neuron.refractory


def _synapse_key(synapse: Synapse, spiking: bool) -> Hashable:
    return synapse.description, synapse.short_description, spiking


def _neurons(populations: Iterable[Population], called: _Called) -> tuple[NeuronItem, ...]:
    """Each neuron model once; those of inputs are told elsewhere."""
    found: dict[str, NeuronItem] = {}
    for p in populations:
        if not is_input(p):
            name = _neuron_name(p, called)
            if name not in found:
                found[name] = neuron_item(name, p.neuron_type, p.model, p.functions)
    return tuple(found.values())


def _neuron_name(population: Population, called: _Called) -> str:
    neuron = population.neuron_type
    return (
        type(population).__name__
        if is_input(population)
        else called.name(_neuron_key(neuron), neuron.description.name)
    )


def _synapses(links: Iterable[Link], called: _Called) -> tuple[SynapseItem, ...]:
    """Each synapse model once; those that do the usual are left out."""
    found: dict[str, SynapseItem] = {}
    for p in links:
        name = _synapse_name(p, called)
        if isinstance(p, Projection) and not is_default(p.model) and name not in found:
            ends = p.pre_population.model, p.post_population.model
            found[name] = synapse_item(name, p.synapse_type, p.model, ends, p.functions)
    return tuple(found.values())


def _synapse_name(link: Link, called: _Called) -> str:
    if isinstance(link, Transpose):
        return NO_MODEL
    if is_default(link.model):
        special = type(link) is not Projection and type(link).__module__.startswith("synloom.")
        return type(link).__name__ if special else NO_MODEL
    synapse = link.synapse_type
    return called.name(_synapse_key(synapse, link.model.spiking), synapse.description.name)


# -- objects -------------------------------------------------------------------------------------------------


def _population(population: Population, called: _Called) -> PopulationItem:
    geometry = population.geometry
    return PopulationItem(
        name=population.name,
        size=str(population.size if len(geometry) == 1 else geometry),
        neuron=_neuron_name(population, called),
        values=population_values(population),
    )


def target_of(link: Link) -> str:
    """The targets of a projection."""
    return " / ".join([link.target] if isinstance(link.target, str) else link.target)


def _link(link: Link, called: _Called) -> ProjectionItem:
    plain = ProjectionItem(
        name=link.name,
        source=link.pre.name,
        destination=link.post.name,
        target=target_of(link),
        synapse=_synapse_name(link, called),
        connector="Transpose",
        pattern=(),
    )
    if isinstance(link, Transpose):
        return replace(plain, pattern=_transposed(link), shares=link.forward.name)
    return replace(
        plain,
        connector=link.connector_name or "",
        pattern=_pattern(link),
        values=projection_values(link),
    )


def _pattern(projection: Projection) -> Line:
    """The connector's own words; a dollar sign in a name of the user is one."""
    described = projection.connector_description
    if described is None:
        return ("not connected yet",)
    of_user = projection.connector_name in ("MatrixMarket", "User-defined")
    decodes = isinstance(projection, DecodingProjection)
    decoded: Line = (f", rates over {shown(projection.window)} ms",) if decodes else ()
    return (*((described,) if of_user else parsed(described)), *decoded)


def _transposed(transpose: Transpose) -> Line:
    """Whose weights are read, and how."""
    forward = transpose.forward
    again = "Transpose" if transpose.backward else "Transpose of the transpose"
    whose = f"{forward.name} ({forward.pre.name} to {forward.post.name})"
    parts: list[str | Formula] = [f"{again} of {whose}, shares its weights"]
    usual = transpose.psp_text == DEFAULT_PSP_TEXT and transpose.operation == "sum"
    if transpose.psp is not None and not usual:
        ends = transpose.pre_population.model, transpose.post_population.model
        names = synapse_names(forward.model, *ends, delayed=True)
        parts += [f", {transpose.operation} of ", formula(transpose.psp, names)]
    return (*parts, f", delays {_delay(transpose)}")


def _delay(transpose: Transpose) -> str:
    if transpose.delay_of_forward:
        return f"of {transpose.forward.name}"
    own = transpose._own_delays
    return "0.0" if own.kind is DelayKind.NONE else str(round(int(own.steps[0]) * transpose.network.dt, 10))


def _monitor(monitor: Monitor) -> MonitorItem:
    return MonitorItem(monitored(monitor), tuple(monitor.variables), shown(monitor.period))


def monitored(monitor: Monitor) -> str:
    """What a monitor records, by name."""
    match monitor.object:
        case PopulationView() as view:
            return f"{view.name} (subset)"
        case Dendrite() as dendrite:
            return f"{dendrite.proj.name} (dendrite of neuron {dendrite.post_rank})"
        case whole:
            return whole.name

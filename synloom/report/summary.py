"""Short forms for interactive sessions: ``print(net)``, and what notebooks show of a network and its objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from synloom.codegen.record import record
from synloom.monitor import Monitor
from synloom.network import Network
from synloom.population import Population
from synloom.projection import Projection
from synloom.report.collect import monitored, target_of
from synloom.report.html import table
from synloom.report.mathml import escape
from synloom.report.models import NEURON_LOCALITIES, SYNAPSE_LOCALITIES
from synloom.report.values import range_text, shown
from synloom.transpose import Transpose

if TYPE_CHECKING:
    from synloom.attributes import Array
    from synloom.codegen.ir.model import Attribute

Cells = tuple[str, ...]


@record
class Listing:
    """Rows of plain cells under a title."""

    title: str
    header: Cells
    rows: tuple[Cells, ...]


def network_text(network: Network) -> str:
    """A line for the network, one for each of its objects."""
    lines = [_headline(network)]
    for listing in _listings(network):
        lines.append(f"  {listing.title}")
        lines += (f"    {line}" for line in _aligned(listing.rows))
    return "\n".join(lines)


def html(told: object) -> str:
    """A network or one of its objects."""
    match told:
        case Network():
            parts = [f"<p>{escape(_headline(told))}</p>"]
            for listing in _listings(told):
                parts.append(f"<p>{escape(listing.title)}</p>\n{_table(listing.header, listing.rows)}")
            return "\n".join(parts)
        case Population():
            said = f"Population {told.name}: {_size(told)} neurons, {_neuron(told)}"
            return _object(said, _attributes(told.model.attributes, told.state, told.attributes))
        case Projection():
            said = f"Projection {_said(told)}"
            return _object(
                said, _attributes(told.model.attributes, told.state, told.attributes, synaptic=True)
            )
        case Transpose():
            return _object(f"Transpose {_said(told)}", ())
        case Monitor():
            running = "recording" if told._wants_start else "paused"
            return _object(f"Monitor of {', '.join(filter(None, _monitor(told)))}, {running}", ())
        case _:
            return f"<p>{escape(repr(told))}</p>"


# -- a network -----------------------------------------------------------------------------------------------


def _headline(network: Network) -> str:
    neurons = sum(p.size for p in network.populations)
    stores = [p.store for p in network.projections if isinstance(p, Projection) and p.store is not None]
    counts = [
        _counted(len(network.populations), "population"),
        _counted(len(network.projections), "projection"),
        _counted(len(network.monitors), "monitor"),
        _counted(neurons, "neuron"),
    ]
    counts += [_counted(sum(s.nnz for s in stores), "synapse")] if stores else []
    state = "cleared" if network.cleared else "compiled" if network.compiled else "not compiled"
    return f"{type(network).__name__} {network.id}: {', '.join(counts)}; dt = {shown(network.dt)} ms, {state}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _listings(network: Network) -> Iterable[Listing]:
    """What the network has, kinds of which there is nothing left out."""
    rows = tuple((p.name, _size(p), _neuron(p)) for p in network.populations)
    links = tuple(_link(p) for p in network.projections)
    monitors = tuple(_monitor(m) for m in network.monitors)
    listings = (
        Listing("populations", ("Name", "Size", "Neuron"), rows),
        Listing("projections", ("Name", "From and to", "Target", "Pattern", "Synapses"), links),
        Listing("monitors", ("Object", "Variables", "Period"), monitors),
    )
    return (listing for listing in listings if listing.rows)


def _size(population: Population) -> str:
    geometry = population.geometry
    return str(population.size) if len(geometry) == 1 else f"{' x '.join(map(str, geometry))}"


def _link(link: Projection | Transpose) -> Cells:
    if isinstance(link, Transpose):
        pattern, count = f"transpose of {link.forward.name}", "shared"
    else:
        pattern = link.connector_name or "not connected yet"
        count = _counted(link.store.nnz, "synapse") if link.store is not None else ""
    return link.name, f"{link.pre.name} -> {link.post.name}", target_of(link), pattern, count


def _said(link: Projection | Transpose) -> str:
    name, ends, target, pattern, count = _link(link)
    counted = {"": "", "shared": ", its weights are shared"}.get(count, f", {count}")
    return f"{name}: {ends}, target {target}, {pattern}{counted}"


def _neuron(population: Population) -> str:
    """The name of the model, if it has one, and its type."""
    kind = "spiking" if population.model.spiking else "rate-coded"
    name = population.neuron_type.description.name
    return f"{name} ({kind})" if name else f"{kind}"


def _monitor(monitor: Monitor) -> Cells:
    return monitored(monitor), ", ".join(monitor.variables), f"every {shown(monitor.period)} ms"


def _aligned(rows: Sequence[Cells]) -> Iterable[str]:
    """Cells under each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


# -- objects -------------------------------------------------------------------------------------------------


def _attributes(
    attributes: Iterable[Attribute], state: dict[str, Array], visible: Sequence[str], synaptic: bool = False
) -> tuple[Cells, ...]:
    localities = SYNAPSE_LOCALITIES if synaptic else NEURON_LOCALITIES
    known = {a.name: a for a in attributes}
    return tuple(
        (name, str(known[name].kind), localities[known[name].locality], _range(state.get(name)))
        for name in visible
    )


def _range(values: Array | None) -> str:
    return "" if values is None else range_text(values)


def _object(said: str, attributes: tuple[Cells, ...]) -> str:
    header = ("Attribute", "Kind", "Locality", "Value")
    return f"<p>{escape(said)}</p>" + (f"\n{_table(header, attributes)}" if attributes else "")


def _table(header: Cells, rows: Iterable[Cells]) -> str:
    return table(map(escape, header), (map(escape, row) for row in rows))

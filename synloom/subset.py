"""Compiling a part of a network: ``compile(populations=..., projections=...)`` (spec 03, section 1.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from synloom.codegen.errors import ConfigurationError
from synloom.dendrite import Dendrite
from synloom.population import Population
from synloom.projection import Projection
from synloom.transpose import Transpose
from synloom.view import PopulationView

if TYPE_CHECKING:
    from synloom.network import Network

Chosen = TypeVar("Chosen", Population, "Projection | Transpose")


@contextmanager
def only(
    network: Network, populations: Sequence[Any] | None, projections: Sequence[Any] | None
) -> Iterator[None]:
    """Take out of the network what is not to be compiled, and put it back if the block fails.

    What is left out goes into a network of its own, ``network._left_out``, which is never compiled.

    Raises
    ------
    ConfigurationError
        Something that is no object of the network, or an object that needs another one that is left out.
    """
    if populations is None and projections is None:
        yield
        return
    pops = _chosen(network, "populations", populations, network.populations)
    links = _chosen(network, "projections", projections, network.projections)
    _check(network, pops, links)
    before = list(network.populations), list(network.projections)
    rest = _rest(before[0], pops), _rest(before[1], links)
    if not rest[0] and not rest[1]:
        yield
        return
    shelf = network._shelf()
    network._left_out = shelf
    undo = _move(network, shelf, *rest)
    try:
        yield
    except BaseException:
        undo()
        network.populations[:], network.projections[:] = before
        network._left_out = None
        raise


def _rest(all_of: Sequence[Any], kept: Sequence[Any]) -> list[Any]:
    return [obj for obj in all_of if not any(obj is other for other in kept)]


def _move(network: Network, shelf: Network, pops: list[Any], links: list[Any]) -> Callable[[], None]:
    """Make the objects those of ``shelf``; what is returned makes them those of the network again."""
    targets = {id(p): list(p.targets) for p in network.populations}
    owners = list(network.populations)
    network.populations[:], network.projections[:] = (
        _rest(network.populations, pops),
        _rest(network.projections, links),
    )
    shelf.populations[:], shelf.projections[:] = pops, links
    for obj in (*pops, *links):
        obj.network = shelf
    for link in links:
        for target in link.targets if isinstance(link, Projection) else [link.target]:
            link.post_population.targets.remove(target)

    def undo() -> None:
        for obj in (*pops, *links):
            obj.network = network
        for population in owners:
            population.targets[:] = targets[id(population)]

    return undo


def _chosen(
    network: Network, what: str, given: Sequence[Any] | None, known: Sequence[Chosen]
) -> Sequence[Chosen]:
    if given is None:
        return known
    if not isinstance(given, list | tuple):
        raise ConfigurationError(f"compile({what}=...) takes a list, not {given!r}.")
    chosen = []
    for obj in given:
        found = next((o for o in known if o is obj or o.name == obj or network._copy_of(obj) is o), None)
        if found is None:
            shown = f"'{obj.name}'" if hasattr(obj, "name") else repr(obj)
            raise ConfigurationError(f"compile({what}=...): {shown} is none of the {what} of this network.")
        chosen.append(found)
    return chosen


def _check(network: Network, pops: Sequence[Population], links: Sequence[Projection | Transpose]) -> None:
    """Refuse, all at once, what needs an object that is left out."""
    wrong = [
        f"projection '{link.name}' needs population '{end.name}'"
        for link in links
        for end in dict.fromkeys((link.pre_population, link.post_population))
        if not _has(pops, end)
    ]
    wrong += [
        f"transpose '{link.name}' needs projection '{link.forward.name}'"
        for link in links
        if isinstance(link, Transpose) and not _has(links, link.forward)
    ]
    for monitor in network.monitors:
        owner = _owner(monitor.object)
        if not _has((*pops, *links), owner):
            wrong.append(f"monitor '{monitor.name}' needs '{owner.name}'")
    if wrong:
        raise ConfigurationError(
            f"compile() leaves out what the rest needs: {'; '.join(wrong)}.",
            hint="name these objects too, or leave out those that need them",
        )


def _has(objects: Iterable[Any], wanted: Any) -> bool:
    return any(obj is wanted for obj in objects)


def _owner(recorded: Any) -> Any:
    if isinstance(recorded, PopulationView):
        return recorded.population
    return recorded.proj if isinstance(recorded, Dendrite) else recorded

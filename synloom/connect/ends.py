"""The two ends of a projection: what a user may give, and what a connector needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from synloom import registry
from synloom.codegen.errors import ConfigurationError
from synloom.geometry import check_rank, whole
from synloom.individual import IndividualNeuron
from synloom.population import Population
from synloom.view import PopulationView

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.network import Network
    from synloom.store import Pattern

End = Population | PopulationView | IndividualNeuron | str


class Connector(Protocol):
    """A connectivity rule with its arguments: data that can be built any number of times."""

    def build(self, rng: np.random.Generator, by_source: bool = False) -> Pattern:
        """The synapses; a random rule draws from ``rng``.

        ``by_source`` asks for rows of pre neurons. A rule that is made the other way round may ignore it, and
        those that draw one pair after the other do it in that order: other synapses, equally distributed.
        """
        ...


@dataclass(frozen=True, eq=False)
class Ends:
    """Ranks of pre and post neurons in the user's order; ``recurrent`` if they are of one population."""

    pre: NDArray[np.int32]
    post: NDArray[np.int32]
    recurrent: bool
    projection: str

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """Post ranks, ascending."""
        return np.sort(self.post).astype(np.int32)

    @cached_property
    def columns(self) -> NDArray[np.int32]:
        """Pre ranks, ascending."""
        return np.sort(self.pre).astype(np.int32)

    def error(self, text: str, hint: str = "") -> ConfigurationError:
        """An error that names the projection."""
        return ConfigurationError(f"Projection '{self.projection}': {text}", hint=hint)

    def exchanged(self) -> Ends:
        """The same with pre and post exchanged."""
        return Ends(self.post, self.pre, self.recurrent, self.projection)

    def seen(self, by_source: bool) -> Ends:
        """With the neurons whose synapses make a row as ``post``."""
        return self.exchanged() if by_source else self

    def own_column(self) -> NDArray[np.int64]:
        """For each row the place of its own neuron among the columns; -1 where that is none of them."""
        if not self.recurrent:
            return np.full(len(self.rows), -1)
        place = np.searchsorted(self.columns, self.rows)
        found = self.columns[np.minimum(place, len(self.columns) - 1)] == self.rows
        return np.where(found, place, -1)


def network_of(pre: Any, post: Any, net_id: int, network: Network | None) -> Network:
    """The network that the ends belong to, which must be the one asked for."""
    asked = network if network is not None or net_id == 0 else registry.network(net_id)
    for end in (pre, post):
        if isinstance(end, PopulationView | IndividualNeuron):
            end = end.population
        if isinstance(end, Population):
            if asked is not None and end.network is not asked:
                raise ConfigurationError(
                    f"Population '{end.name}' belongs to another network.",
                    hint="a projection connects populations of one network",
                )
            asked = end.network
    return registry.default_network() if asked is None else asked


def end_of(network: Network, end: Any, side: str) -> Population | PopulationView:
    """The neurons a user gave as ``pre`` or ``post``: a name is looked up, a single neuron becomes a view."""
    if isinstance(end, Population | PopulationView):
        return end
    if isinstance(end, IndividualNeuron):
        return PopulationView(end.population, [end.rank])
    if not isinstance(end, str):
        raise ConfigurationError(f"Projection: {side} must be a population, a view or a name, not {end!r}.")
    for population in network.populations:
        if population.name == end:
            return population
    known = ", ".join(population.name for population in network.populations) or "none"
    raise ConfigurationError(
        f"Projection: there is no population named '{end}'.", hint=f"populations: {known}"
    )


def population_of(end: Population | PopulationView) -> Population:
    """The population itself, or the one behind a view."""
    return end.population if isinstance(end, PopulationView) else end


def rank_in(population: Population, place: tuple[Any, ...]) -> int:
    """The rank that a user gave as ``rank``, ``coordinates`` or ``(coordinates,)``."""
    given = place[0] if len(place) == 1 else place
    if isinstance(given, tuple | list):
        return population.rank_from_coordinates(tuple(given))
    rank = whole(given, "A rank")
    check_rank(rank, population.size)
    return rank


def own_name(name: object, kind: str) -> str | None:
    """A name given by the user."""
    if not isinstance(name, str | None):
        raise ConfigurationError(f"{kind}: name must be a text, not {name!r}.")
    return name


def targets_of(target: object, kind: str) -> tuple[str, ...]:
    """The targets of a projection: one or several names."""
    if isinstance(target, list | tuple) and target:
        return tuple(dict.fromkeys(one_target(t, kind) for t in target))
    return (one_target(target, kind),)


def one_target(target: object, kind: str) -> str:
    """The target of what has only one: a name, or a list of one."""
    if isinstance(target, list | tuple) and len(target) == 1:
        target = target[0]
    if isinstance(target, list | tuple) and target:
        raise ConfigurationError(
            f"{kind}: it has one target, not {list(target)}.", hint="make one of them for each target"
        )
    if not isinstance(target, str) or not target.isidentifier():
        raise ConfigurationError(f"{kind}: target must be a name such as 'exc', not {target!r}.")
    return target

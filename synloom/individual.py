"""One neuron of a population."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.attributes import one_value, unknown
from synloom.geometry import check_rank, whole

if TYPE_CHECKING:
    from synloom.population import Population
    from synloom.view import PopulationView


class IndividualNeuron:
    """One neuron, from ``pop.neuron(rank)`` or ``pop[i, j]``: every attribute of the model as a number.

    Writing a global attribute changes the whole population.

    Attributes
    ----------
    population : Population
    rank : int
    """

    population: Population
    rank: int

    def __init__(self, population: Population, rank: int) -> None:
        number = whole(rank, "A rank")
        check_rank(number, population.size)
        object.__setattr__(self, "population", population)
        object.__setattr__(self, "rank", number)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("population", "rank"):  # asked by copy and pickle
            raise AttributeError(name)
        self._check(name)
        return self._stored(name).item()

    def __setattr__(self, name: str, value: object) -> None:
        self._check(name)
        self.population._check_writable(name)
        stored = self._stored(name)
        what = f'"{name}" of one neuron of population "{self.population.name}"'
        stored[...] = one_value(value, stored, self.population.network, what)

    def _check(self, name: str) -> None:
        known = self.population.attributes
        if name not in known:
            raise unknown(name, f'A neuron of population "{self.population.name}"', known)

    def _stored(self, name: str) -> Any:
        values = self.population._stored(name)
        k = self.rank if self.population._is_local(name) else 0
        return values[k : k + 1]

    def __add__(self, other: IndividualNeuron | PopulationView) -> PopulationView:
        from synloom.view import union

        return union(self, other)

    @property
    def ranks(self) -> Any:
        """The rank, as the array that a view has."""
        return np.array([self.rank], np.int32)

    def __iter__(self) -> Iterator[IndividualNeuron]:
        yield self

    def __str__(self) -> str:
        pop = self.population
        where = ", ".join(map(str, pop.coordinates_from_rank(self.rank)))
        lines = [f"Neuron of population {pop.name}: rank {self.rank}, coordinates ({where})"]
        for kind, names in (("Parameters", pop.parameters), ("Variables", pop.variables)):
            lines += [f"{kind}:"] * bool(names) + [f"    {name} = {getattr(self, name)}" for name in names]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<neuron {self.rank} of {self.population.name!r}>"

"""A part of a population."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from synloom.attributes import many_values, pairs, snapshot, unknown
from synloom.codegen.errors import ConfigurationError
from synloom.geometry import check_rank, coordinates_of, parse_geometry, rank_of, select, whole
from synloom.individual import IndividualNeuron

if TYPE_CHECKING:
    from synloom.neuron import Neuron
    from synloom.population import Population


class PopulationView:
    """Some neurons of a population, in the order given. ``pop[...]`` makes them.

    Reading a local attribute gives an array of length ``size`` in the order of ``ranks``; writing takes a
    number, ``size`` numbers, an array of the view's geometry, or a random distribution. Global attributes can
    be read, and written only through the population.

    Parameters
    ----------
    population : Population
    ranks : list or array of int
        Each neuron once.
    geometry : tuple of int, optional

    Attributes
    ----------
    population : Population
    ranks : numpy.ndarray
        Shape (size,), int32.
    size : int
    geometry : tuple of int or None
    offsets : list of int
        Lowest rank, and highest rank + 1.

    Raises
    ------
    ConfigurationError
        No ranks, ranks outside the population or twice the same, or a geometry of another size.
    """

    population: Population
    ranks: npt.NDArray[np.int32]
    size: int
    geometry: tuple[int, ...] | None

    def __init__(self, population: Population, ranks: Any, geometry: Any = None) -> None:
        from synloom.population import Population

        if not isinstance(population, Population):
            raise ConfigurationError(f"A view is made of a population, not of {population!r}.")
        given = np.asarray(ranks)
        if given.ndim != 1 or given.size == 0 or given.dtype.kind not in "iu":
            raise ConfigurationError(
                "The ranks of a view must be a list or array of at least one integer."
                if given.size
                else f'The index selects no neuron of population "{population.name}".'
            )
        for extreme in (given.min(), given.max()):
            check_rank(int(extreme), population.size)
        ordered = np.sort(given)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if twice.size:
            raise ConfigurationError(f"The rank {twice[0]} is given twice; a view has each neuron once.")
        self.population = population
        self.ranks = given.astype(np.int32)
        self.size = len(given)
        self.geometry = None if geometry is None else parse_geometry(geometry)
        if self.geometry is not None and math.prod(self.geometry) != self.size:
            raise ConfigurationError(f"The geometry {self.geometry} does not hold {self.size} neurons.")

    @property
    def offsets(self) -> list[int]:
        return [int(self.ranks.min()), int(self.ranks.max()) + 1]

    @property
    def id(self) -> int:
        return self.population.id

    @property
    def name(self) -> str:
        return self.population.name

    @property
    def neuron_type(self) -> Neuron:
        return self.population.neuron_type

    @property
    def targets(self) -> list[str]:
        return self.population.targets

    @property
    def max_delay(self) -> int:
        return self.population.max_delay

    @property
    def attributes(self) -> list[str]:
        return self.population.attributes

    @property
    def parameters(self) -> list[str]:
        return self.population.parameters

    @property
    def variables(self) -> list[str]:
        return self.population.variables

    def __getattr__(self, name: str) -> Any:
        if "population" not in self.__dict__ or name.startswith("__"):  # asked by copy and pickle
            raise AttributeError(name)
        return self.get(name)

    def __setattr__(self, name: str, value: object) -> None:
        if "population" in self.__dict__ and name in self.population.attributes:
            self.set({name: value})
        else:
            object.__setattr__(self, name, value)

    def get(self, name: str) -> Any:
        """The values of an attribute: an array of length ``size``, or a number for a global one."""
        if name not in self.population.attributes:
            raise unknown(name, self._called, self.population.attributes)
        if self.population._is_local(name):
            return snapshot(self.population._stored(name)[self.ranks])
        return self.population.get(name)

    def set(self, values: Mapping[str, Any]) -> None:
        """Set attributes, all or none of them: ``{'v': 0.0, 'r': [1.0, 2.0]}``."""
        converted = {name: self._converted(name, value) for name, value in pairs(values).items()}
        for name, array in converted.items():
            self.population._stored(name)[self.ranks] = array

    def _converted(self, name: str, value: object) -> npt.NDArray[Any]:
        if name not in self.population.attributes:
            raise unknown(name, self._called, self.population.attributes)
        if not self.population._is_local(name):
            raise ConfigurationError(
                f'"{name}" has one value for all of population "{self.name}".',
                hint="Set it through the population, not through a part of it.",
            )
        shapes = {(self.size,)} if self.geometry is None else {(self.size,), self.geometry}
        self.population._check_writable(name)
        stored = self.population._stored(name)
        what = f'"{name}" of {self._called[0].lower()}{self._called[1:]}'
        return many_values(value, self.size, stored, self.population.network, what, sorted(shapes))

    @property
    def _called(self) -> str:
        return f'A view on population "{self.name}"'

    def sum(self, target: str) -> npt.NDArray[np.float64]:
        """The weighted sums of the last step, of these neurons."""
        sums: npt.NDArray[np.float64] = self.population.sum(target).reshape(-1)[self.ranks]
        return sums

    @property
    def spike(self) -> list[int]:
        """Ranks in the population of the view's neurons that fired in the last step, ascending."""
        fired = self.population.spike
        found: list[int] = fired[np.isin(fired, self.ranks)].tolist()
        return found

    def rank_from_coordinates(self, coord: Any, local: bool = False) -> int:
        """The rank in the population of the neuron at these coordinates.

        Parameters
        ----------
        coord : tuple of int
            Coordinates in the population, or with ``local`` in the view's own geometry.
        local : bool, default False
        """
        if local:
            return int(self.ranks[rank_of(coord, self.geometry or (self.size,))])
        rank = self.population.rank_from_coordinates(coord)
        self._position(rank)
        return rank

    def coordinates_from_rank(self, rank: int, local: bool = False) -> tuple[int, ...]:
        """The coordinates of a rank of the population; with ``local`` those in the view's own geometry."""
        position = self._position(whole(rank, "A rank"))
        if local:
            return coordinates_of(position, self.geometry or (self.size,))
        return self.population.coordinates_from_rank(rank)

    def _position(self, rank: int) -> int:
        found = np.flatnonzero(self.ranks == rank)
        if not found.size:
            raise ConfigurationError(f'The neuron of rank {rank} is not in this view of "{self.name}".')
        return int(found[0])

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[IndividualNeuron]:
        for rank in self.ranks:
            yield IndividualNeuron(self.population, int(rank))

    def __getitem__(self, index: Any) -> PopulationView | IndividualNeuron:
        """Part of the view, indexed as a population of its geometry would be."""
        selected = select(index, self.geometry or (self.size,))
        if isinstance(selected, int):
            return IndividualNeuron(self.population, int(self.ranks[selected]))
        positions, geometry = selected
        return PopulationView(self.population, self.ranks[positions], geometry)

    def __add__(self, other: PopulationView | IndividualNeuron) -> PopulationView:
        """All neurons of both, each once, by rank."""
        return union(self, other)

    def __repr__(self) -> str:
        return f"<view on {self.size} of {self.population.size} neurons of {self.name!r}>"


def union(one: PopulationView | IndividualNeuron, other: PopulationView | IndividualNeuron) -> PopulationView:
    """The neurons of both, each once, by rank."""
    if not isinstance(other, PopulationView | IndividualNeuron):
        raise ConfigurationError(
            f"Only views and neurons can be added to each other, not {type(other).__name__}."
        )
    if one.population is not other.population:
        raise ConfigurationError(
            f'The neurons belong to different populations: "{one.population.name}" and '
            f'"{other.population.name}".'
        )
    return PopulationView(one.population, np.union1d(one.ranks, other.ranks))

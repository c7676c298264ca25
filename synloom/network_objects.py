"""The objects of a network: made by it, or taken as they are."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from synloom.codegen.errors import ConfigurationError
from synloom.monitor import Monitor
from synloom.network_part import NetworkPart
from synloom.neuron import Neuron
from synloom.population import Population
from synloom.projection import Projection
from synloom.synapse import Synapse
from synloom.transpose import Transpose
from synloom.version import __version__
from synloom.view import PopulationView


class NetworkObjects(NetworkPart):
    """The part of a network that makes its objects (spec 03, section 6.3)."""

    def create(
        self,
        geometry: int | tuple[int, ...] | None = None,
        neuron: Neuron | None = None,
        stop_condition: str | None = None,
        name: str | None = None,
        population: Population | None = None,
    ) -> Population:
        """A population of this network (spec 03, section 6.3)."""
        self._reseeds = True
        if population is not None or isinstance(geometry, Population):
            given = population if population is not None else geometry
            assert isinstance(given, Population)
            return self._take(given)
        if geometry is None or neuron is None:
            raise ConfigurationError("create() needs a geometry and a neuron.")
        return Population(geometry, neuron, name=name, stop_condition=stop_condition, network=self._whole)

    def connect(
        self,
        pre: Population | PopulationView | Projection | Transpose | str | None = None,
        post: Population | PopulationView | str | None = None,
        target: str = "",
        synapse: Synapse | None = None,
        name: str | None = None,
        projection: Projection | Transpose | None = None,
        disable_omp: bool = True,
    ) -> Projection | Transpose:
        """A projection of this network; a ready-made one such as ``Transpose`` is taken as it is."""
        self._reseeds = True
        special = pre if projection is None else projection
        if isinstance(special, Transpose):
            return special.connect()
        if isinstance(special, Projection):
            return special
        pre = special
        if pre is None or post is None or not target:
            raise ConfigurationError("connect() needs pre, post and a target.")
        return Projection(pre, post, target, synapse, name=name, disable_omp=disable_omp, network=self._whole)

    def monitor(
        self,
        obj: Any,
        variables: str | Sequence[str] = (),
        period: float | None = None,
        period_offset: float | None = None,
        start: bool = True,
        name: str | None = None,
        **file: Any,
    ) -> Monitor:
        """A monitor of this network; its data take the geometry of the population. ``store``: see ``Monitor``."""
        self._reseeds = True
        monitor = Monitor(
            obj, variables, period, period_offset, start, name=name, network=self._whole, **file
        )
        monitor._reshape_default = True
        return monitor

    def boldmonitor(self, populations: Any, *args: Any, **kwargs: Any) -> Any:
        """A BOLD monitor of this network: ``synloom.extensions.bold.BoldMonitor(populations, ...)``.

        Raises
        ------
        ConfigurationError
            This synloom has no BOLD monitors.
        """
        try:
            bold = import_module("synloom.extensions.bold")
        except ModuleNotFoundError as error:
            if not (error.name or "").startswith("synloom.extensions"):
                raise
            raise ConfigurationError(
                f"boldmonitor(): this version of synloom ({__version__}) has no BOLD monitors.",
                hint="Record the input of the BOLD model with monitor(), and compute the signal from that.",
            ) from None
        self._reseeds = True
        return bold.BoldMonitor(populations, *args, net_id=self.id, **kwargs)

    def _add_extension(self, extension: Any) -> int:
        """Make an object of ``synloom.extensions`` one of this network; by its ``name`` it is found."""
        self.extensions.append(extension)
        return len(self.extensions) - 1

    def _take(self, population: Population) -> Population:
        """Make a population that was described elsewhere, in the default network, one of this."""
        home = population.network
        if home is self:
            return population
        if home.compiled or any(population in _ends(p) for p in home.projections):
            raise ConfigurationError(
                f"Population '{population.name}' belongs to another network already.",
                hint="hand it to create() before anything else is made of it",
            )
        before = population.id
        if population.name == f"pop{before}":
            population.name = f"pop{len(self.populations)}"
        population.id = self._add_population(population)
        population.network = self._whole
        home.populations.remove(population)
        for number, other in enumerate(home.populations):
            other.id = number
        return population

    def _add_population(self, population: Population) -> int:
        self._check_open("population", population.name, self.populations)
        self.populations.append(population)
        return len(self.populations) - 1

    def _add_projection(self, projection: Projection | Transpose) -> int:
        self._check_open("projection", projection.name, self.projections)
        self.projections.append(projection)
        return len(self.projections) - 1

    def _add_monitor(self, monitor: Monitor) -> int:
        self.monitors.append(monitor)
        return len(self.monitors) - 1

    def _check_open(self, kind: str, name: str | None, existing: Sequence[Any]) -> None:
        if self.compiled:
            raise ConfigurationError(
                f"The network is compiled: no {kind} can be added any more.",
                hint=f"create every {kind} before compile(), or call clear() and start anew",
            )
        if name is not None and any(o.name == name for o in existing):
            raise ConfigurationError(f"A {kind} named '{name}' exists already.", hint="names must be unique")


def _ends(projection: Projection | Transpose) -> tuple[Population, Population]:
    return projection.pre_population, projection.post_population

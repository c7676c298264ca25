"""Poisson neurons whose rates follow a schedule (spec 05, section 5)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.model import NeuronModel
from synloom.geometry import parse_geometry
from synloom.inputs.blocks import BlockPopulation
from synloom.inputs.given import input_neuron, numbers, shown_as_variables
from synloom.inputs.poisson import SAMPLE
from synloom.inputs.schedule import Schedule

WHO = "TimedPoissonPopulation"


class TimedPoissonPopulation(BlockPopulation):
    """Spiking neurons that fire at random, with rates that follow a table: each block from its time on.

    Parameters
    ----------
    geometry : int or tuple of int
        Number of neurons, or extent of each axis.
    rates : array
        Rates in Hz: ``(blocks,)``, one for all neurons, or ``(blocks, *geometry)``.
    schedule : list of float or float
        The time of each block in ms, or the interval between them. Before the first there are no spikes.
    period : float, default -1.0
        After how many ms the clock begins anew; -1 for never.
    name : str, optional
        Unique in the network.
    refractory : float, optional
        In ms.
    net_id, network
        The network, by number or itself.

    Attributes
    ----------
    proba, rate : numpy.ndarray
        The present rates in Hz.

    Raises
    ------
    ConfigurationError
        Rates that do not fit the geometry, a schedule of another length, times that are not increasing in steps, or
        a period that ends before the first block.
    """

    _rates: NDArray[np.float64]
    _hidden = frozenset({"p"})

    def __init__(
        self,
        geometry: Any,
        rates: Any,
        schedule: Any,
        period: float = -1.0,
        name: str | None = None,
        copied: bool = False,
        *,
        refractory: float | None = None,
        **place: Any,
    ) -> None:
        del copied
        who = WHO if name is None else f'Population "{name}"'
        self.geometry = parse_geometry(geometry)
        self.size = int(np.prod(self.geometry))
        self._rates = self._table(who, rates)
        plan = Schedule.of(who, schedule, period)
        neuron = input_neuron(
            WHO, parameters="proba = 0.0", equations=SAMPLE, spike="p < proba", refractory=refractory
        )
        self._make(geometry, neuron, ("proba",), plan, name=name, **place)

    def _lower(self, written: NeuronDescription) -> NeuronModel:
        return shown_as_variables(super()._lower(written), {"proba"})

    def _table(self, who: str, rates: Any) -> NDArray[np.float64]:
        """Rates as (blocks, 1) or (blocks, size)."""
        table = numbers(who, "rates", rates)
        blocks = table.shape[:1]
        if table.ndim == 1 or table.shape == (*blocks, 1):
            return table.reshape(-1, 1)
        if table.shape not in ((*blocks, *self.geometry), (*blocks, self.size)) or not table.ndim:
            shape = ", ".join(("blocks", *map(str, self.geometry)))
            raise ConfigurationError(
                f"{who}: rates must have the shape (blocks,) or ({shape}), not {table.shape}."
            )
        return table.reshape(-1, self.size)

    @property
    def _blocks(self) -> int:
        return len(self._rates)

    def _tables(self) -> dict[str, NDArray[np.float64]]:
        return {"proba": self._rates}

    @property
    def rates(self) -> NDArray[np.float64]:
        """The rates of all blocks in Hz, ``(blocks, *geometry)``. Assigning takes effect by the present clock."""
        all_rates = np.broadcast_to(self._rates, (len(self._rates), self.size))
        return all_rates.reshape(-1, *self.geometry).copy()

    @rates.setter
    def rates(self, rates: Any) -> None:
        table = self._table(self._title, rates)
        self._check_plan(self._plan, len(table))
        self._rates = table
        self._exchange()

    def update(self, rates: Any, schedule: Any = None, period: Any = None, reset: bool = True) -> None:
        """Exchange rates, schedule and period, before or after ``compile()``; None keeps the present one.

        ``reset``: begin anew in the next step, else the clock goes on.
        """
        table = self._table(self._title, rates)
        plan = self._changed_plan(schedule, period)
        self._check_plan(plan, len(table))
        self._rates, self._plan = table, plan
        if reset:
            self.state["proba"][...] = 0.0
            self._rewind()
        self._exchange()

    @property
    def rate(self) -> Any:
        """The present rates in Hz, as ``proba``."""
        return self.get("proba")

    def _check_writable(self, name: str) -> None:
        if name == "proba":
            raise ConfigurationError(
                f"{self._title}: {name} follows the schedule and cannot be set.",
                hint="use rates, or update()",
            )

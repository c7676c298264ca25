"""Rate-coded populations whose rates are given: by hand, or by a schedule (spec 05, sections 2 and 3)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.model import NeuronModel
from synloom.geometry import parse_geometry
from synloom.inputs.blocks import BlockPopulation
from synloom.inputs.given import input_neuron, numbers, shown_as_variables
from synloom.inputs.schedule import Schedule
from synloom.population import Population

RATE = "r = 0.0"


class InputArray(Population):
    """Rate-coded neurons whose ``r`` is what was assigned to it: no equation changes it.

    Parameters
    ----------
    geometry : int or tuple of int
        Number of neurons, or extent of each axis.
    name : str, optional
        Unique in the network.
    net_id, network
        The network, by number or itself.

    Raises
    ------
    ConfigurationError
        There is no geometry.
    """

    def __init__(
        self, geometry: Any = None, name: str | None = None, copied: bool = False, **place: Any
    ) -> None:
        del copied
        if geometry is None:
            raise ConfigurationError(
                "InputArray: geometry is missing.", hint="give the number of neurons: InputArray(geometry=10)"
            )
        super().__init__(geometry, input_neuron("InputArray", parameters=RATE), name, **place)

    def _lower(self, written: NeuronDescription) -> NeuronModel:
        return shown_as_variables(super()._lower(written), {"r"})


class TimedArray(BlockPopulation):
    """Rate-coded neurons whose ``r`` follows a table: block by block, each from its time on.

    Parameters
    ----------
    rates : array, optional
        ``(blocks, *geometry)``, as any nested sequence. Without, ``r`` is 0.
    geometry : int or tuple of int, optional
        Needed without ``rates``.
    schedule : float or list of float, default 0.0
        The interval between blocks in ms, 0 for every step; or the time of each block in ms.
    period : float, default -1.0
        After how many ms everything begins anew; -1 for never.
    name : str, optional
        Unique in the network.
    net_id, network
        The network, by number or itself.

    Raises
    ------
    ConfigurationError
        Rates that do not fit the geometry, more times than blocks, times that are not increasing in steps, or a
        period that ends before the first block.
    """

    _exact = False
    _rates: NDArray[np.float64] | None

    def __init__(
        self,
        rates: Any = None,
        geometry: Any = None,
        schedule: Any = 0.0,
        period: float = -1.0,
        name: str | None = None,
        copied: bool = False,
        **place: Any,
    ) -> None:
        del copied
        who = "TimedArray" if name is None else f'Population "{name}"'
        if rates is None and geometry is None:
            raise ConfigurationError("TimedArray: give rates, or a geometry.")
        table = None if rates is None else numbers(who, "rates", rates)
        if geometry is None:
            assert table is not None
            if table.ndim < 2:
                raise ConfigurationError(
                    f"{who}: rates must have the shape (blocks, neurons), not {table.shape}.",
                    hint="a single neuron: rates=[[1.0], [2.0]]",
                )
            geometry = table.shape[1:]
        self._rates = None
        self.geometry = parse_geometry(geometry)
        self.size = int(np.prod(self.geometry))
        if table is not None:
            self._rates = self._table(who, table)
        plan = Schedule.of(who, schedule, period)
        neuron = input_neuron("TimedArray", parameters=RATE)
        self._make(geometry, neuron, ("r",), plan, name=name, **place)

    def _lower(self, written: NeuronDescription) -> NeuronModel:
        return shown_as_variables(super()._lower(written), {"r"})

    def _table(self, who: str, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rates as (blocks, size)."""
        expected = (*table.shape[:1], *self.geometry)
        if table.shape not in (expected, (*table.shape[:1], self.size)):
            shape = ", ".join(("blocks", *map(str, self.geometry)))
            raise ConfigurationError(f"{who}: rates must have the shape ({shape}), not {table.shape}.")
        return table.reshape(len(table), self.size)

    @property
    def _blocks(self) -> int:
        if self._rates is None:
            return 0
        return len(self._rates)

    def _tables(self) -> dict[str, NDArray[np.float64]]:
        rates = np.zeros((0, self.size)) if self._rates is None else self._rates
        return {"r": rates}

    @property
    def rates(self) -> NDArray[np.float64] | None:
        """The rates of all blocks, ``(blocks, *geometry)``. Assigning takes effect by the present clock."""
        return None if self._rates is None else self._rates.reshape(-1, *self.geometry).copy()

    @rates.setter
    def rates(self, rates: Any) -> None:
        table = self._table(self._title, numbers(self._title, "rates", rates))
        self._check_plan(self._plan, len(table))
        self._rates = table
        self._exchange()

    def update(self, rates: Any, schedule: Any = 0.0, period: Any = -1.0, reset: bool = True) -> None:
        """Exchange rates, schedule and period, before or after ``compile()``.

        Parameters
        ----------
        rates : array
            ``(blocks, *geometry)``.
        schedule : float, list of float or None, default 0.0
            As of the constructor; None keeps the present one.
        period : float or None, default -1.0
            As of the constructor; None keeps the present one.
        reset : bool, default True
            Begin with the first block in the next step; else the clock goes on.
        """
        table = self._table(self._title, numbers(self._title, "rates", rates))
        plan = self._changed_plan(schedule, period)
        self._check_plan(plan, len(table))
        self._rates, self._plan = table, plan
        if reset:
            self.state["r"][...] = 0.0
            self._rewind()
        self._exchange()

    @property
    def init(self) -> dict[str, Any]:
        """What ``reset()`` restores: no rates."""
        return {"r": np.zeros(self.geometry)}

    def _stored(self, name: str) -> NDArray[Any]:
        stored = super()._stored(name)
        if name == "r" and not self.network.compiled:
            raise NotCompiledError(
                f"{self._title}: r is known after compile() only.", hint="rates holds the blocks"
            )
        return stored

    def _check_writable(self, name: str) -> None:
        if name == "r":
            raise ConfigurationError(
                f"{self._title}: r follows the schedule and cannot be set.", hint="use rates, or update()"
            )

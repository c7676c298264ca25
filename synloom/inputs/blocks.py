"""Populations that show values block by block, by a clock of their own (spec 05, 1.2 to 1.4)."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.ir.input_fields import CLOCK, COUNT, PERIOD, SCHEDULE, VALUES, WIDTH
from synloom.codegen.ir.model import InputIR
from synloom.codegen.ir.types import InputKind
from synloom.inputs.given import in_ms, network_of_place
from synloom.inputs.schedule import Schedule
from synloom.neuron import Neuron
from synloom.population import Population
from synloom.runtime.buffers import aligned_copy, aligned_zeros

NOTHING_SHOWN = -1


class BlockPopulation(Population):
    """What populations with a schedule have in common.

    The clock counts the steps in which the population was enabled, from the last ``reset()`` on. A block is shown from
    its time on; blocks, schedule and period may be exchanged while the network runs.
    """

    _exact = True  # whether there must be a time for each block
    _plan: Schedule
    _checked_for = 0.0

    def _make(
        self, geometry: Any, neuron: Neuron, into: tuple[str, ...], plan: Schedule, **place: Any
    ) -> None:
        """Become a population; ``into`` are the attributes that blocks set."""
        self._plan, self._input = plan, InputIR(InputKind.BLOCKS, into)
        self._check_plan(plan, self._blocks, network_of_place(place).dt)
        super().__init__(geometry, neuron, **place)
        self._inputs = {CLOCK: aligned_zeros(2, np.int64)}
        self._rewind()

    @property
    @abstractmethod
    def _blocks(self) -> int:
        """Number of blocks."""

    @abstractmethod
    def _tables(self) -> dict[str, NDArray[np.float64]]:
        """The values of all blocks for each attribute that they set: (blocks, 1) or (blocks, size)."""

    # -- what the network calls -------------------------------------------------------------------------

    def _check_ready(self) -> None:
        """The step size may have changed since the schedule was given."""
        if self.network.dt != self._checked_for:
            self._check_plan(self._plan, self._blocks)

    def _capture_init(self) -> None:
        super()._capture_init()
        self._write_inputs()

    def _write_inputs(self) -> None:
        """Blocks as the running network reads them: those that are due before the period ends."""
        dt, tables = self.network.dt, self._tables()
        steps, period = self._plan.steps(self._blocks, dt), self._plan.period_steps(dt)
        self._inputs |= {
            SCHEDULE: aligned_copy(steps, np.int64),
            COUNT: int(np.searchsorted(steps, period)) if period else len(steps),
            PERIOD: period,
            WIDTH: max(table.shape[1] for table in tables.values()),
        }
        self._inputs |= {VALUES + n: aligned_copy(t, self.network.real) for n, t in tables.items()}

    def _exchange(self) -> None:
        """Blocks or times are new: what is due by the present clock is shown in the next step."""
        self._inputs[CLOCK][1] = NOTHING_SHOWN
        if self.network.compiled:
            self._write_inputs()
            self.network._inputs_changed(self)

    @property
    def _step(self) -> int:
        """What the clock says."""
        return int(self._inputs[CLOCK][0])

    def _rewind(self) -> None:
        self._inputs[CLOCK][:] = 0, NOTHING_SHOWN

    # -- what a user calls ------------------------------------------------------------------------------

    @property
    def schedule(self) -> NDArray[np.float64]:
        """The time in ms at which each block is shown. Assigning takes times, or an interval."""
        times: NDArray[np.float64] = in_ms(self._plan.steps(self._blocks, self.network.dt), self.network.dt)
        return times

    @schedule.setter
    def schedule(self, times: Any) -> None:
        self._follow(Schedule.of(self._title, times, self._plan.period))

    @property
    def period(self) -> float:
        """After how many ms the blocks begin anew; -1.0 if they do not. May be assigned."""
        steps = self._plan.period_steps(self.network.dt)
        return float(in_ms(steps, self.network.dt)) if steps else -1.0

    @period.setter
    def period(self, value: float) -> None:
        self._follow(Schedule.of(self._title, self._plan.times, value))

    def _follow(self, plan: Schedule) -> None:
        self._check_plan(plan, self._blocks)
        self._plan = plan
        self._exchange()

    def _check_plan(self, plan: Schedule, blocks: int, dt: float | None = None) -> None:
        """Whether a schedule has a meaning for so many blocks and this step size."""
        dt = self.network.dt if dt is None else dt
        plan.check_length(blocks, self._exact)
        plan.check(blocks if plan.length is None else plan.length, dt)
        self._checked_for = dt

    def _changed_plan(self, schedule: Any, period: Any) -> Schedule:
        """The present schedule with what is not None in the place of its parts."""
        times = self._plan.times if schedule is None else schedule
        return Schedule.of(self._title, times, self._plan.period if period is None else period)

    def reset(self, attributes: list[str] | None = None) -> None:
        """Rewind the clock; attributes get the values they had when the network was compiled.

        The blocks, schedule and period set last stay.
        """
        super().reset(attributes)
        self._rewind()

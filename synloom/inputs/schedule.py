"""When the blocks of a timed population are due (spec 05, 1.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom import messages
from synloom.clock import nearest_steps
from synloom.codegen.errors import ConfigurationError
from synloom.connect.values import is_number
from synloom.inputs.given import in_ms, numbers


@dataclass(frozen=True, eq=False)
class Schedule:
    """An interval, or the time of each block, and a period: all in ms as they were given.

    Attributes
    ----------
    owner : str
        Who it belongs to, for messages.
    times : float or numpy.ndarray
        The interval between blocks, or the time of each.
    period : float
        Negative for none.
    """

    owner: str
    times: float | NDArray[np.float64]
    period: float

    @classmethod
    def of(cls, owner: str, times: Any, period: Any) -> Schedule:
        """Check what a user gave."""
        if period is None:
            period = -1.0
        if not is_number(period) or not np.isfinite(float(period)):
            raise ConfigurationError(
                f"{owner}: period must be a number of ms, not {period!r}.", hint="-1 is for no period"
            )
        given = numbers(owner, "schedule", times)
        if given.ndim > 1 or not np.all(np.isfinite(given)):
            raise ConfigurationError(
                f"{owner}: schedule must be a number of ms or a list of times in ms, not {times!r}."
            )
        if given.ndim and np.any(given < 0):
            raise ConfigurationError(
                f"{owner}: a time of schedule is negative: {given[given < 0][0]} ms.",
                hint="times count from the first step of the population",
            )
        return cls(owner, given if given.ndim else float(given), float(period))

    @property
    def length(self) -> int | None:
        """Number of times; None for an interval, which has as many as there are blocks."""
        return None if isinstance(self.times, float) else len(self.times)

    def check_length(self, blocks: int, exact: bool) -> None:
        """Whether the times fit so many blocks: not more, and not less where they must be ``exact``."""
        length = self.length
        if length is None or length == blocks:
            return
        if length > blocks or exact:
            raise ConfigurationError(
                f"{self.owner}: schedule has {length} times, but there are {blocks} blocks of rates.",
                hint="give one time for each block; update() changes rates and schedule together",
            )
        messages.warning(
            f"{self.owner}: schedule has {length} times, but there are {blocks} blocks of rates: "
            "the rest is never shown."
        )

    def steps(self, blocks: int, dt: float) -> NDArray[np.int64]:
        """The step at which each block begins to be shown.

        Raises
        ------
        ConfigurationError
            Two of them are the same, or not in order.
        """
        if isinstance(self.times, float):
            interval = max(1, int(nearest_steps(self.times, dt)))
            return np.arange(blocks, dtype=np.int64) * interval
        steps = nearest_steps(self.times, dt).astype(np.int64)
        wrong = np.flatnonzero(np.diff(steps) <= 0)
        if wrong.size:
            first, second = self.times[wrong[0]], self.times[wrong[0] + 1]
            if second > first:
                rule, hint = (
                    f"fall into one step of dt={dt} ms",
                    "choose times further apart, or a smaller dt",
                )
            else:
                rule, hint = f"must be increasing (dt={dt} ms)", "put the blocks in order of their times"
            raise ConfigurationError(
                f"{self.owner}: the times {first} ms and {second} ms of schedule {rule}.", hint=hint
            )
        return steps

    def period_steps(self, dt: float) -> int:
        """The period in steps, 0 for none."""
        if self.period < 0:
            return 0
        return int(nearest_steps(self.period, dt))

    def check(self, blocks: int, dt: float) -> None:
        """Whether all of it has a meaning for this step size."""
        steps, period = self.steps(blocks, dt), self.period_steps(dt)
        if self.period < 0:
            return
        if period < 1:
            raise ConfigurationError(
                f"{self.owner}: a period of {self.period} ms is shorter than one step of dt={dt} ms.",
                hint="-1 is for no period",
            )
        if len(steps) and period < steps[0]:
            raise ConfigurationError(
                f"{self.owner}: the period of {self.period} ms ends before the first block, "
                f"at {in_ms(steps[0], dt)} ms."
            )
        late = np.flatnonzero(steps >= period)
        if late.size:
            listed = ", ".join(str(block) for block in late[:5]) + (", ..." if late.size > 5 else "")
            messages.warning(
                f"{self.owner}: {late.size} blocks at or beyond the period of {self.period} ms "
                f"are never shown: {listed}."
            )

"""The clock of a network: time in ms and in steps (spec 03, sections 0.2 and 2.5)."""

from __future__ import annotations

import math
from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synloom import messages
from synloom.codegen.errors import ConfigurationError


def nearest_steps(ms: ArrayLike, dt: float) -> NDArray[np.float64]:
    """Times in ms as whole numbers of steps: the nearest, halves up (spec 03, section 0.2)."""
    steps: NDArray[np.float64] = np.floor(np.asarray(ms, np.float64) / dt + 0.5 + 1e-9)
    return steps


class Clock:
    """What a network has of time. Its step counter is the buffer that the running network counts in."""

    _clock: NDArray[np.int64]

    @property
    @abstractmethod
    def dt(self) -> float:
        """Step size in ms."""

    @property
    @abstractmethod
    def compiled(self) -> bool:
        """Whether the network can run."""

    @property
    def current_step(self) -> int:
        """Number of steps run."""
        return int(self._clock[0])

    @current_step.setter
    def current_step(self, step: int) -> None:
        self._clock[0] = int(step)

    @property
    def time(self) -> float:
        """Time in ms."""
        return self.current_step * self.dt

    @time.setter
    def time(self, t: float) -> None:
        self.current_step = self.to_steps(t)

    def get_time(self) -> float:
        """Time in ms; 0 before ``compile()``."""
        return self.time

    def set_time(self, t: float) -> None:
        """Set the clock to the step nearest to ``t`` ms."""
        if not self.compiled:
            messages.warning("the clock can only be set after compile().")
            return
        self.time = t

    def get_current_step(self) -> int:
        """Number of steps run."""
        return self.current_step

    def set_current_step(self, step: int) -> None:
        """Set the clock to this step."""
        if not self.compiled:
            messages.warning("the clock can only be set after compile().")
            return
        self.current_step = step

    def to_steps(self, ms: float) -> int:
        """The nearest number of steps, halves up (spec 03, section 0.2)."""
        return int(nearest_steps(ms, self.dt))

    def duration_steps(self, ms: float) -> int:
        """Steps of a duration: exact multiples of ``dt`` as they are, anything else rounded up."""
        if not math.isfinite(ms):
            raise ConfigurationError(f"A duration must be a finite number of ms, not {ms}.")
        quotient = ms / self.dt
        nearest = round(quotient)
        exact = abs(quotient - nearest) <= 1e-6 * max(1.0, abs(quotient))
        return max(0, nearest if exact else math.ceil(quotient))

"""When the synapses of a projection change: learning control, and structural plasticity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.connect.values import is_number
from synloom.structural import Structural
from synloom.structure import check_rules
from synloom.synapses import Flag


@dataclass(frozen=True, slots=True)
class Schedule:
    """The steps in which a condition is evaluated: every ``period`` steps, ``start`` is one of them."""

    start: int
    period: int

    def next(self, step: int) -> int:
        """The first of them from ``step`` on."""
        return step + (self.start - step) % self.period


class Learning(Structural):
    """Flags and methods of a projection whose synapses may change (spec 03, sections 4.10 and 4.12)."""

    update = Flag()
    plasticity = Flag()
    axon_transmission = Flag()
    _schedules: dict[str, Schedule]

    def enable_learning(self, period: float | None = None, offset: float | None = None) -> None:
        """Update the synaptic variables: in each step, or every ``period`` ms.

        Parameters
        ----------
        period : float, optional
            Interval in ms; ODEs then advance by it at once.
        offset : float, optional
            When the first update takes place after this call, in ms, less than ``period``. Negative numbers
            count from the end of the period.
        """
        if offset is not None and period is None:
            raise ConfigurationError(f"{self._label}: an offset of learning needs a period.")
        every = 1 if period is None else max(1, self._steps("period", period))
        first = 0 if offset is None else self._steps("offset", offset)
        if period is not None and (not period > 0 or first >= every):
            raise ConfigurationError(
                f"{self._label}: the period must be positive, the offset less; not {period}, {offset} ms."
            )
        self.flags["period"][0] = every
        self.flags["offset"][0] = (self.network.current_step + first) % every
        self.update = self.plasticity = True

    def _steps(self, what: str, ms: Any, of: str = "learning") -> int:
        if not is_number(ms) or not np.isfinite(ms):
            raise ConfigurationError(f"{self._label}: the {what} of {of} must be a number of ms, not {ms!r}.")
        steps = self.network.to_steps(float(ms))
        if abs(steps * self.network.dt - ms) > 1e-6 * self.network.dt:
            used = max(1, steps) if what == "period" else steps
            messages.warning(
                f"{self._label}: {what} {ms} ms is no multiple of dt, {used * self.network.dt} ms is used."
            )
        return steps

    def disable_learning(self, update: object = None) -> None:
        """Stop learning. ``update`` has no effect.

        Rate-coded synaptic variables are not updated any more; between spiking neurons only the weights stand still.
        """
        if self._spiking:
            self.plasticity = False
        else:
            self.update = False

    def start_creating(self, period: float | None = None) -> None:
        """Evaluate ``creating`` in the next step, and every ``period`` ms from then on; by default in each step.

        Raises
        ------
        ConfigurationError
            Without ``setup(structural_plasticity=True)``, before ``compile()``, or if the synapse says nothing of
            ``creating``.
        """
        self._start("creating", period)

    def stop_creating(self) -> None:
        """Make no more synapses by themselves."""
        self._changeable()
        self._schedules.pop("creating", None)

    def start_pruning(self, period: float | None = None) -> None:
        """Evaluate ``pruning`` in the next step, and every ``period`` ms from then on; by default in each step.

        Raises
        ------
        ConfigurationError
            As ``start_creating()``.
        """
        self._start("pruning", period)

    def stop_pruning(self) -> None:
        """Remove no more synapses by themselves."""
        self._changeable()
        self._schedules.pop("pruning", None)

    def _start(self, argument: str, period: float | None) -> None:
        self._changeable()
        if getattr(self.model, argument) is None:
            raise ConfigurationError(
                f"{self._label}: its synapse does not say when {argument} takes place.",
                hint=f"give the synapse {argument}=",
            )
        check_rules(self, argument)
        steps = 1 if period is None else self._steps("period", period, argument)
        if period is not None and not period > 0:
            raise ConfigurationError(f"{self._label}: the period must be positive, not {period} ms.")
        self._schedules[argument] = Schedule(self.network.current_step, max(1, steps))

    def update_launch_config(self, nb_blocks: int = -1, threads_per_block: int = 32) -> None:
        """Of GPUs only: warns."""
        self._built()
        messages.warning(f"{self._label}: update_launch_config() has no effect on a CPU.")

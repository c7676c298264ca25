"""Delays of a projection or a transpose: how they are stored, read and set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import DelayKind
from synloom.connect.values import Delays, delay_steps, is_number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synloom.network import Network
    from synloom.store import Reading


class Delayed(ABC):
    """Base of :class:`Synapses`: the delays that count."""

    network: Network

    @property
    @abstractmethod
    def _label(self) -> str:
        """What errors call it."""

    @abstractmethod
    def _built(self) -> Reading:
        """The store as this object reads it, which there must be."""

    @abstractmethod
    def _check_writable(self, name: str) -> None:
        """Refuse to write an attribute that does not exist or belongs to another projection."""

    @property
    @abstractmethod
    def _delays(self) -> Delays:
        """The delays that count."""

    @property
    def delay_kind(self) -> DelayKind:
        """How delays are stored."""
        return self._delays.kind

    @property
    def delay_steps(self) -> NDArray[np.int32]:
        """The buffer of delays in steps: (1,), or (nnz,) in store order; at least 1."""
        return self._delays.steps

    @property
    def max_delay(self) -> int:
        """Largest delay in steps."""
        return int(self.delay_steps.max(initial=1))

    @property
    def uniform_delay(self) -> int:
        """Delay in steps that all synapses share, or -1."""
        return -1 if self.delay_kind is DelayKind.PER_SYNAPSE else int(self.delay_steps[0])

    def _read_delay(self) -> Any:
        dt = self.network.dt
        if self.delay_kind is DelayKind.PER_SYNAPSE:
            return self._built().split(self.delay_steps * dt)
        return float(self.delay_steps[0]) * dt

    def _new_delays(self, value: Any, lengths: NDArray[np.int64], shared: bool = True) -> NDArray[np.int32]:
        """Delays (ms) for dendrites of these lengths, as steps; ``shared``: one number may be for all."""
        what, dt = f"{self._label}.delay", self.network.dt
        self._check_writable("delay")
        if self.delay_kind is not DelayKind.PER_SYNAPSE and not (shared and is_number(value)):
            raise ConfigurationError(
                f"{what}: all synapses share one delay.",
                hint="give the connector one delay per synapse, or a distribution, before compile()",
            )
        steps = delay_steps(what, value, lengths, self.network)
        if self.delay_kind is DelayKind.NONE and self.network.compiled and (steps > 1).any():
            raise ConfigurationError(
                f"{what}: the network was compiled for a delay of one step ({dt} ms).",
                hint="give a delay before compile()",
            )
        return steps

    def _write_delay(self, value: Any) -> None:
        reading = self._built()
        self.delay_steps[...] = reading.place(self._new_delays(value, reading.lengths()))
        self.network._delays_changed()

"""Delays of a projection or a transpose: how they are stored, read and set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.codegen.ir.types import DelayKind
from synloom.connect.values import Delays, delay_steps
from synloom.store import aligned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.network import Network
    from synloom.store import Index, Reading


class Delayed(ABC):
    """Base of :class:`Synapses`: the delays that count."""

    network: Network
    _own_delays: Delays  # these count, unless they are those of another projection

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

    def _write_delay(self, value: Any) -> None:
        """Delays in ms for all synapses, in any form that local attributes take."""
        reading = self._built()
        self._put_delays(self._all_delays(reading.place(self._new_delays(value, reading.lengths()))))

    def _write_delay_at(self, places: Index, steps: NDArray[np.int32]) -> None:
        """Delays in steps for the synapses at these places of the store."""
        own = self._own_delays
        if own.kind is DelayKind.PER_SYNAPSE:
            own.steps[places] = steps
            self.network._delays_changed()
            return
        every = np.full(self._built().store.nnz, own.steps[0])
        every[places] = steps
        self._put_delays(self._all_delays(every))

    def _new_delays(self, value: Any, lengths: NDArray[np.int64]) -> NDArray[np.int32]:
        """Delays (ms) for dendrites of these lengths, as steps: 0-d, or one per synapse."""
        self._check_writable("delay")
        return delay_steps(f"{self._label}.delay", value, lengths, self.network)

    def _all_delays(self, steps: NDArray[np.int32]) -> Delays:
        """Steps of all synapses in store order as they are stored: one for all, if nothing else was ever asked for."""
        own, flat = self._own_delays, np.ravel(steps)
        equal = flat.size == 0 or bool((flat == flat[0]).all())
        if own.kind is DelayKind.PER_SYNAPSE or not equal:
            every = np.broadcast_to(flat, self._built().store.nnz).copy() if flat.size else flat
            return Delays(DelayKind.PER_SYNAPSE, aligned(every, np.int32))
        common = flat[:1] if flat.size else own.steps
        kind = DelayKind.NONE if own.kind is DelayKind.NONE and common[0] == 1 else DelayKind.UNIFORM
        return Delays(kind, aligned(common.copy(), np.int32))

    def _delay_as(self, kind: DelayKind) -> None:
        """Be able to have other delays, none of which is changed."""
        own = self._own_delays
        if self.delay_kind is kind or kind is DelayKind.NONE or own.kind is DelayKind.PER_SYNAPSE:
            return
        count = self._built().store.nnz if kind is DelayKind.PER_SYNAPSE else 1
        self._put_delays(Delays(kind, aligned(np.full(count, own.steps[0]), np.int32)))

    def _put_delays(self, new: Delays) -> None:
        """Put delays in force; a running network may have to be compiled again for them."""
        before, self._own_delays = self._own_delays, new
        try:
            self.network._delays_changed()
        except BaseException:
            self._own_delays = before
            raise

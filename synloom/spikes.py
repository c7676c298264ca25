"""What a spiking population has besides its attributes: spike lists, refractory periods, firing rates."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synloom.runtime.buffers import aligned_zeros

Array = NDArray[Any]

NEVER: Final = (
    -10_000
)  # the step of a neuron's last spike, or a synapse's last event, if there was none (spec 02, 1)
LISTS: Final = ("spike", "axon")


class SpikeState:
    """Buffers of a spiking population, by the names that generated code has for them.

    Attributes
    ----------
    buffers : dict of numpy.ndarray
        ``spike_ranks`` (length, size) and ``spike_counts`` (length,): the ranks that fired in each of the last steps,
        in the row ``spike_head`` those of the last one; ``axon_ranks``, ``axon_counts`` likewise. ``last_spike``
        (size,): steps. ``refractory_left``, ``refractory_steps`` (size,): steps. ``rate_window`` (1,): steps, 0 if no
        rates are computed.
    """

    def __init__(self, size: int, axonal: bool) -> None:
        self.size, self.lists = size, LISTS if axonal else LISTS[:1]
        zeros = aligned_zeros
        self.buffers: dict[str, Array] = {
            "spike_head": zeros(1, np.int64),
            "last_spike": zeros(size, np.int64),
            "refractory_left": zeros(size, np.int32),
            "refractory_steps": zeros(size, np.int32),
            "rate_window": zeros(1, np.int64),
            "rate_counts": zeros(size, np.int32),
        }
        for name in self.lists:
            self.buffers[f"{name}_flags"] = zeros(size, np.bool_)
            self.buffers[f"{name}_ranks"] = zeros((1, size), np.int32)
            self.buffers[f"{name}_counts"] = zeros(1, np.int32)
        self.buffers["last_spike"][...] = NEVER

    @property
    def length(self) -> int:
        """Number of steps that are remembered."""
        return len(self.buffers["spike_counts"])

    def row(self, age: int) -> int:
        """Where the list of a step lies: age 0 is the last step."""
        return int(self.buffers["spike_head"][0] - age) % self.length

    def list(self, name: str, age: int = 0) -> NDArray[np.int32]:
        """The ranks of the ``spike`` or ``axon`` list of an age (a view)."""
        row = self.row(age)
        ranks: NDArray[np.int32] = self.buffers[f"{name}_ranks"][row]
        return ranks[: self.buffers[f"{name}_counts"][row]]

    def grow(self, length: int) -> None:
        """Remember at least ``length`` steps; what is under way is kept."""
        old = self.length
        if length <= old:
            return
        rows = [self.row(age) for age in range(old)]
        for name in self.lists:
            # Pages that no list reaches into are never touched: a long ring costs little memory.
            ranks, counts = aligned_zeros((length, self.size), np.int32), aligned_zeros(length, np.int32)
            for age, row in enumerate(rows):
                count = self.buffers[f"{name}_counts"][row]
                counts[-age % length] = count
                ranks[-age % length, :count] = self.buffers[f"{name}_ranks"][row, :count]
            self.buffers[f"{name}_ranks"], self.buffers[f"{name}_counts"] = ranks, counts
        self.buffers["spike_head"][0] = 0

    def clear(self) -> None:
        """Forget all spikes and refractory periods."""
        for name in self.lists:
            self.buffers[f"{name}_counts"][...] = 0
            self.buffers[f"{name}_flags"][...] = False
        self.buffers["last_spike"][...] = NEVER
        for name in ("spike_head", "refractory_left", "rate_counts"):
            self.buffers[name][...] = 0
        self.count_anew()

    def count_anew(self) -> None:
        """Let the next step count the spikes of all neurons within the window."""
        self.buffers["rate_counts"][0] = -1

    @property
    def nbytes(self) -> int:
        """Memory, as far as it may be used."""
        return sum(buffer.nbytes for buffer in self.buffers.values())

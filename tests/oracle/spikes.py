"""Who fired when: what the oracle keeps of the spikes of one population (spec 02, 6.2 to 6.4 and 6.7)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

# The step of the last spike of a neuron that has not fired, and of the last event of a synapse.
NEVER = -10000


@dataclass
class Emission:
    """The spikes of one step, each kind in ascending order of ranks."""

    step: int
    fired: Sequence[int] = ()
    axonal: Sequence[int] = ()


@dataclass
class Spikes:
    """``refractory``: steps of each neuron; ``window``: steps of the firing rate, 0 for none."""

    size: int
    refractory: list[int] = field(default_factory=list)
    window: int = 0
    fired: list[int] = field(default_factory=list)
    axonal: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    frozen: list[int] = field(default_factory=list)  # steps that each neuron still stands still
    recent: list[list[int]] = field(default_factory=list)  # of each neuron, spikes that count for its rate
    past: list[Emission] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.refractory = self.refractory or [0] * self.size
        self.last = [NEVER] * self.size
        self.frozen = [0] * self.size
        self.recent = [[] for _ in range(self.size)]

    def push(self, step: int) -> None:
        """P6: the spikes of this step set out. A disabled population takes part: what is under way arrives."""
        self.past.append(Emission(step, tuple(self.fired), tuple(self.axonal)))

    def emitted(self, delay: int) -> Emission:
        """Look up what set out ``delay`` steps ago."""
        return self.past[-delay] if delay <= len(self.past) else Emission(NEVER - 1)

    def fire(self, rank: int, step: int) -> None:
        self.fired.append(rank)
        self.last[rank] = step
        self.recent[rank].append(step)

    def rate(self, rank: int, step: int, dt: float) -> float:
        """Spikes of the window that ends with this step, in Hz."""
        self.recent[rank] = [s for s in self.recent[rank] if s > step - self.window]
        return 1000.0 / (self.window * dt) * len(self.recent[rank])


def steps(time: float, dt: float) -> int:
    """Convert ms to steps: the nearest number, halves up (10.1)."""
    return math.floor(time / dt + 0.5 + 1e-9)

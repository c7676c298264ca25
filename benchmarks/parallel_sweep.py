"""A sweep of 200 parameter values on one process and on two: seconds, and seconds of the processors.

    python benchmarks/parallel_sweep.py

On a machine with other work, the seconds of the processors tell what the gain would be without it.
"""

from __future__ import annotations

import resource
import time
from typing import Any

import synloom as sl

GAINS = [0.01 * n for n in range(200)]
RATE = sl.Neuron(
    parameters="gain = 1.0 : population ; tau = 10.0 : population",
    equations="tau*dr/dt = -r + tanh(gain*sum(exc)) + 0.1*Normal(0.0, 1.0)",
)


class Sweep(sl.Network):
    """200 neurons, all connected."""

    def __init__(self, size: int, gain: float = 1.0) -> None:
        self.pop = self.create(size, RATE, name="pop")
        self.pop.gain = gain
        self.connect(self.pop, self.pop, "exc").connect_all_to_all(weights=sl.Normal(0.0, 0.05))


def spread(net: Any) -> float:
    """What is measured of each network."""
    net.simulate(10_000.0)
    return float(net.pop.r.std())


def processors(who: int) -> float:
    """Seconds that processors have worked."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Run both and print."""
    net = Sweep(200, seed=1)
    net.compile()
    walls, own, theirs = [], [], []
    for count in (1, 2):
        start = time.perf_counter()
        before = processors(resource.RUSAGE_SELF), processors(resource.RUSAGE_CHILDREN)
        net.parallel_run(spread, len(GAINS), max_processes=count, gain=GAINS)
        walls.append(time.perf_counter() - start)
        own.append(processors(resource.RUSAGE_SELF) - before[0])
        theirs.append(processors(resource.RUSAGE_CHILDREN) - before[1])
        print(f"{count} process(es): {walls[-1]:.2f} s, processors {own[-1] + theirs[-1]:.2f} s")
    print(
        f"gain {walls[0] / walls[1]:.2f}, by the processors {(own[0] + theirs[0]) / (own[1] + theirs[1] / 2):.2f}"
    )


if __name__ == "__main__":
    main()

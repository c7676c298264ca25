"""What the worked cases of spiking networks share: neurons that fire when told, and how recordings are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import synloom as sl
from tests.worked.near import near

LONG_AGO = -1.0e6


def source(*trains: Sequence[int], name: str = "source", equations: str = "now = t") -> Any:
    """Make a population of which neuron ``k`` fires in the steps ``trains[k]``.

    Each time is a parameter of its own; half a step to spare keeps rounding out of it.
    """
    times = [f"s{i}" for i in range(max(1, *map(len, trains)))]
    neuron = sl.Neuron(
        parameters="\n".join(f"{time} = {LONG_AGO}" for time in times),
        equations=equations,
        spike=" or ".join(f"(fabs(t - {time}) < 0.5*dt)" for time in times),
    )
    population = sl.Population(len(trains), neuron, name=name)
    for i, time in enumerate(times):
        setattr(population, time, [t[i] * sl.dt() if i < len(t) else LONG_AGO for t in trains])
    return population


def target(name: str, equations: str = "x = g_exc", size: int = 1, **options: Any) -> Any:
    """Make a population that never fires unless ``spike`` is given."""
    neuron = sl.Neuron(equations=equations, **{"spike": "t < -1.0", **options})
    return sl.Population(size, neuron, name=name)


def fired(monitor: Any, kind: str = "spike") -> dict[int, list[int]]:
    """Read recorded spikes as plain numbers."""
    return {int(rank): [int(step) for step in steps] for rank, steps in monitor.get(kind).items()}


def values(projection: Any, names: Sequence[str]) -> list[float]:
    """Read attributes of a projection's only synapse."""
    return [float(getattr(projection, name)[0][0]) for name in names]


def only_at(recorded: object, expected: Mapping[int, float]) -> None:
    """Compare a recorded row with the steps in which it is not zero."""
    found = np.squeeze(np.asarray(recorded, float))
    near(found, [expected.get(n, 0.0) for n in range(len(found))])

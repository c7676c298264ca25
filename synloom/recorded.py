"""Recorded data before it takes the shape that somebody asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom.columns import Columns, arranged, arranged_dendrite
from synloom.spike_track import by_neuron

Interval = tuple[int, int]  # first step, step after the last


class Axes(StrEnum):
    """What the values of one sample belong to."""

    WHOLE = "whole"  # to all of the object: one value
    NEURONS = "neurons"
    SYNAPSES = "synapses"  # or dendrites, of a projection
    DENDRITE = "dendrite"  # the synapses of one dendrite
    SPIKES = "spikes"  # no samples: ranks and steps


@dataclass(frozen=True, eq=False)
class About:
    """What was recorded, and by whom. ``kind`` is the class of the object in lower case."""

    monitor: str
    object: str
    kind: str
    dt: float
    geometry: tuple[int, ...] | None
    ranks: NDArray[np.int32] | None  # of the neurons, or of the post neuron of a dendrite


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples of one variable, in order. ``parts`` are those of the same synapses; of neurons there is one."""

    name: str
    axes: Axes
    parts: Sequence[tuple[Columns | None, NDArray[Any]]]
    steps: NDArray[np.int64]
    intervals: list[Interval]

    @property
    def flat(self) -> NDArray[Any]:
        """Samples of neurons (samples, neurons), or (samples,)."""
        (_, values) = self.parts[-1]
        return values[:, 0] if self.axes is Axes.WHOLE else values

    @property
    def synaptic(self) -> list[tuple[Columns, NDArray[Any]]]:
        """Samples of synapses, with what they belong to."""
        return [(columns, values) for columns, values in self.parts if columns is not None]

    def shaped(self, geometry: tuple[int, ...] | None) -> Any:
        """As ``Monitor.get`` gives them, neurons in this geometry unless it is None."""
        match self.axes:
            case Axes.SYNAPSES:
                return arranged(self.synaptic)
            case Axes.DENDRITE:
                return arranged_dendrite(self.synaptic)
            case Axes.NEURONS if geometry is not None:
                return self.flat.reshape(len(self.flat), *geometry)
            case _:
                return self.flat


@dataclass(frozen=True, eq=False)
class Spikes:
    """Spikes in order of time; ``neurons`` are the ranks of all that were recorded."""

    name: str
    ranks: NDArray[np.int32]
    steps: NDArray[np.int64]
    neurons: NDArray[np.int32]
    intervals: list[Interval]

    def shaped(self, geometry: tuple[int, ...] | None) -> dict[int, Any]:
        """Steps by rank, whatever the geometry."""
        return by_neuron(self.ranks, self.steps, self.neurons)


Recorded = Samples | Spikes


def doubles(samples: NDArray[Any]) -> NDArray[Any]:
    """Reals in double precision, all else as it is."""
    return samples.astype(np.float64) if samples.dtype == np.float32 else samples

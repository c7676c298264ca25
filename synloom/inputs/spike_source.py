"""Spikes given by their times (spec 05, section 6)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom.clock import nearest_steps
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.input_fields import CLOCK, COUNT, RANKS, SCHEDULE
from synloom.codegen.ir.model import InputIR
from synloom.codegen.ir.types import InputKind
from synloom.connect.values import is_number, is_table
from synloom.inputs.given import in_ms, input_neuron
from synloom.population import Population
from synloom.runtime.buffers import aligned_copy, aligned_zeros

WHO = "SpikeSourceArray"
FURTHEST = 2.0**62  # steps
Trains = list[NDArray[np.float64]]


class SpikeSourceArray(Population):
    """Spiking neurons that fire at given times, by a clock that ``reset()`` and ``clear()`` rewind.

    Parameters
    ----------
    spike_times : sequence
        Times in ms of one neuron, or a sequence of times for each neuron. In any order; several in one step are one.
    name : str, optional
        Unique in the network.
    net_id, network
        The network, by number or itself.

    Raises
    ------
    ConfigurationError
        Something that is no sequence of times, or a negative time.
    """

    _times: Trains
    _ignores_inputs = True

    def __init__(self, spike_times: Any, name: str | None = None, copied: bool = False, **place: Any) -> None:
        del copied
        self._times = _trains(WHO if name is None else f'Population "{name}"', spike_times)
        self._input = InputIR(InputKind.SPIKES)
        # The condition is never tested: spikes come from the list.
        super().__init__(len(self._times), input_neuron(WHO, spike="False"), name, **place)
        self._inputs = {CLOCK: aligned_zeros(2, np.int64)}

    @property
    def spike_times(self) -> list[list[float]]:
        """The times in ms of each neuron, sorted, as they are emitted. Before ``compile()`` as given.

        Assigning takes the same forms for the same number of neurons; the clock goes on.
        """
        if not self.network.compiled:
            return [train.tolist() for train in self._times]
        return [in_ms(steps, self.network.dt).tolist() for steps in self._steps()]

    @spike_times.setter
    def spike_times(self, spike_times: Any) -> None:
        given = _trains(self._title, spike_times)
        if len(given) != self.size:
            raise ConfigurationError(
                f"{self._title}: spike_times must have {self.size} lists, one for each neuron, not {len(given)}."
            )
        self._times = given
        if self.network.compiled:
            self._write_inputs()
            self.network._inputs_changed(self)

    def _steps(self) -> list[NDArray[np.int64]]:
        """Steps of each neuron, ascending, each once."""
        return [np.unique(nearest_steps(train, self.network.dt).astype(np.int64)) for train in self._times]

    def _check_ready(self) -> None:
        for rank, train in enumerate(self._times):
            if np.any(train / self.network.dt >= FURTHEST):
                raise ConfigurationError(
                    f"{self._title}: a spike time of neuron {rank} is too large: {train.max()} ms."
                )

    def _capture_init(self) -> None:
        super()._capture_init()
        self._write_inputs()

    def _write_inputs(self) -> None:
        """All spikes in the order in which they are emitted."""
        self._check_ready()
        trains = self._steps()
        steps = np.concatenate(trains)
        ranks = np.repeat(np.arange(self.size), [len(t) for t in trains])
        order = np.argsort(steps, kind="stable")  # by rank within a step
        self._inputs |= {
            SCHEDULE: aligned_copy(steps[order], np.int64),
            RANKS: aligned_copy(ranks[order], np.int32),
            COUNT: len(steps),
        }
        self._seek(int(self._inputs[CLOCK][0]))

    def _seek(self, step: int) -> None:
        """Set the clock: times before ``step`` are past."""
        self._inputs[CLOCK][:] = step, np.searchsorted(self._inputs[SCHEDULE], step)

    def clear(self) -> None:
        """Forget the spikes under way, and begin anew: all times count from now."""
        super().clear()
        if self.network.compiled:
            self._seek(0)


def _trains(owner: str, given: Any) -> Trains:
    """The times of each neuron."""
    if not is_table(given):
        raise ConfigurationError(
            f"{owner}: spike_times must be a list of times in ms, or one list for each neuron, not {given!r}."
        )
    rows = [is_table(element) for element in given]
    if any(rows) and not all(rows):
        raise ConfigurationError(
            f"{owner}: spike_times mixes times and lists of times.",
            hint="give one list for each neuron: [[1.0], [2.0]]",
        )
    if any(rows):
        return [_train(owner, train, rank) for rank, train in enumerate(given)]
    return [_train(owner, given, 0)]


def _train(owner: str, given: Any, rank: int) -> NDArray[np.float64]:
    if not all(is_number(time) for time in given):
        raise ConfigurationError(f"{owner}: the spike times of neuron {rank} must be numbers, not {given!r}.")
    train = np.array([float(time) for time in given], np.float64)
    wrong = train[~(np.isfinite(train) & (train >= 0))]
    if wrong.size:
        raise ConfigurationError(
            f"{owner}: neuron {rank} has a spike time of {wrong[0]} ms; times must be finite and not negative."
        )
    return train

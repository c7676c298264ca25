"""What recorded spikes tell: raster plots, histograms, intervals, rates (spec 03, section 5.7).

Each statistic is a function of a dict of spikes and a method of monitors. Functions look at the time from the first to
the last spike, methods at the time that was recorded. Where there are no spikes, zeros or empty arrays come out.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synloom import config, registry
from synloom.clock import nearest_steps
from synloom.codegen.errors import ConfigurationError

if TYPE_CHECKING:
    from synloom.network import Network

Spikes = Mapping[Any, Any]
Reals = NDArray[np.float64]
Integers = NDArray[np.int64]

FILTER_BLOCK = 128  # steps that the low-pass computes at once


class Train(NamedTuple):
    """Spikes of some neurons in one list: neuron by neuron in the order of the dict, each in order of time."""

    names: list[int]  # ranks of all neurons
    neurons: Integers  # for each spike, which of them fired
    steps: Integers

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last step with a spike; (0, 0) without."""
        return (int(self.steps.min()), int(self.steps.max())) if len(self.steps) else (0, 0)


def _train(spikes: Any, also: Collection[str] = ()) -> Train:
    """Spikes as ``Monitor.get`` gives them: a dict of ranks, or a dict that has one under ``'spike'``."""
    for key in ("spike", *also):
        if isinstance(spikes, Mapping) and key in spikes:
            spikes = spikes[key]
    if not isinstance(spikes, Mapping):
        raise ConfigurationError(
            f"Spikes are a dict of ranks, each with its list of steps, not {type(spikes).__name__}.",
            hint="pass what Monitor.get('spike') gives",
        )
    lists = [np.asarray(steps) for steps in spikes.values()]
    try:
        names = [int(rank) for rank in spikes]
        right = all(steps.ndim == 1 and (steps.dtype.kind in "iu" or not steps.size) for steps in lists)
    except (TypeError, ValueError):
        right = False
    if not right:
        raise ConfigurationError(
            "Spikes are a dict of ranks (int), each with a list of steps (int).",
            hint="pass what Monitor.get('spike') gives",
        )
    neurons = np.repeat(np.arange(len(lists)), [len(steps) for steps in lists])
    steps = np.concatenate([np.empty(0, np.int64), *lists]).astype(np.int64)
    if np.any((np.diff(steps) < 0) & (np.diff(neurons) == 0)):
        steps = steps[np.lexsort((steps, neurons))]
    return Train(names, neurons, steps)


def _step_size(dt: float | None) -> float:
    if dt is not None:
        return float(dt)
    return registry.default_network().dt if 0 in registry.networks else config.options.dt


# -- functions -----------------------------------------------------------------------------------------------


def raster_plot(spikes: Spikes, dt: float | None = None) -> tuple[Reals, Integers]:
    """Times (ms) and ranks of all spikes, neuron by neuron.

    Parameters
    ----------
    spikes : dict
        Steps of the spikes of each neuron, by rank; or a dict that has such a one under ``'spike'`` or
        ``'axon_spike'``.
    dt : float, optional
        Step size in ms, by default that of the default network.
    """
    train = _train(spikes, also=("axon_spike",))
    times: Reals = np.multiply(train.steps, _step_size(dt), dtype=np.float64)
    return times, np.array(train.names, np.int64)[train.neurons]


def histogram(
    spikes: Spikes,
    bins: float | None = None,
    per_neuron: bool = False,
    recording_window: Sequence[int] | None = None,
    dt: float | None = None,
) -> Integers:
    """Number of spikes in each interval of ``bins`` ms, ``dt`` by default.

    Parameters
    ----------
    spikes : dict
        As for ``raster_plot``.
    bins : float, optional
        Length of an interval in ms, taken as the nearest number of steps.
    per_neuron : bool
        Count for each neuron.
    recording_window : pair of int, optional
        First and last step to look at, both included; by default those of the first and the last spike.
    dt : float, optional
        Step size in ms.

    Returns
    -------
    numpy.ndarray of int
        Shape (intervals,); with ``per_neuron`` (highest rank + 1, intervals), indexed by rank.

    Raises
    ------
    ConfigurationError
        An interval shorter than ``dt``, or a window that ends before it begins.
    """
    train = _train(spikes)
    width = _bin_steps(bins, _step_size(dt))
    first, last = train.span if recording_window is None else map(int, recording_window)
    if last < first:
        raise ConfigurationError(f"The recording window ends before it begins: {first}, {last}.")
    known = len(train.steps) or recording_window is not None
    count = (last - first) // width + 1 if known else 0
    inside = (train.steps >= first) & (train.steps <= last)
    place = (train.steps[inside] - first) // width
    if not per_neuron:
        return np.bincount(place, minlength=count).astype(np.int64)
    ranks = np.array(train.names, np.int64)
    rows = int(ranks.max(initial=-1)) + 1
    flat = ranks[train.neurons[inside]] * count + place
    return np.bincount(flat, minlength=rows * count).astype(np.int64).reshape(rows, count)


def _bin_steps(bins: float | None, dt: float) -> int:
    width = 1 if bins is None else int(nearest_steps(bins, dt))
    if bins is not None and (width < 1 or bins < dt * (1 - 1e-9)):
        raise ConfigurationError(
            f"The intervals of a histogram must be at least one step ({dt} ms) long, not {bins} ms."
        )
    return width


def inter_spike_interval(
    spikes: Spikes, ranks: Collection[int] | None = None, per_neuron: bool = False, dt: float | None = None
) -> Any:
    """Times between successive spikes in ms.

    Parameters
    ----------
    spikes : dict
        As for ``raster_plot``.
    ranks : collection of int, optional
        Neurons to look at.
    per_neuron : bool
        A dict of lists by rank instead of one list. Neurons with less than two spikes are left out.
    dt : float, optional
        Step size in ms.
    """
    intervals = _intervals(_train(spikes), ranks, _step_size(dt))
    return intervals if per_neuron else [ms for each in intervals.values() for ms in each]


def _intervals(train: Train, ranks: Collection[int] | None, dt: float) -> dict[int, list[float]]:
    within = np.diff(train.neurons) == 0
    intervals = (dt * np.diff(train.steps))[within]
    ends = np.searchsorted(train.neurons[1:][within], np.arange(len(train.names) + 1))
    wanted = None if ranks is None else {int(rank) for rank in ranks}
    return {
        rank: intervals[first:stop].tolist()
        for rank, first, stop in zip(train.names, ends[:-1], ends[1:], strict=True)
        if stop > first and (wanted is None or rank in wanted)
    }


def coefficient_of_variation(
    spikes: Spikes, ranks: Collection[int] | None = None, per_neuron: bool = False, dt: float | None = None
) -> Any:
    """Standard deviation of the times between spikes over their mean.

    Parameters
    ----------
    spikes : dict
        As for ``raster_plot``.
    ranks : collection of int, optional
        Neurons to look at.
    per_neuron : bool
        A dict by rank instead of a list. Neurons with less than three spikes are left out.
    dt : float, optional
        Step size in ms; it does not change the result.
    """
    intervals = _intervals(_train(spikes), ranks, _step_size(dt))
    found = {rank: float(np.std(ms) / np.mean(ms)) for rank, ms in intervals.items() if len(ms) >= 2}
    return found if per_neuron else list(found.values())


def population_rate(spikes: Spikes, smooth: float = 0.0, dt: float | None = None) -> Reals:
    """Mean rate of all neurons in each step, in Hz.

    Parameters
    ----------
    spikes : dict
        As for ``raster_plot``.
    smooth : float
        Time constant in ms of a low-pass filter, if it is longer than a step.
    dt : float, optional
        Step size in ms.
    """
    train = _train(spikes)
    return _population_rate(train, train.span if len(train.steps) else None, smooth, _step_size(dt))


def _population_rate(train: Train, window: tuple[int, int] | None, smooth: float, dt: float) -> Reals:
    """From the first to the last step of the window, both included."""
    if window is None or not train.names:
        return np.zeros(0 if window is None else window[1] - window[0] + 1)
    first, last = window
    inside = train.steps[(train.steps >= first) & (train.steps <= last)]
    rate = np.bincount(inside - first, minlength=last - first + 1) / (dt * len(train.names)) * 1000.0
    return _low_pass(rate[np.newaxis], dt / smooth)[0] if smooth > dt else rate


def smoothed_rate(spikes: Spikes, smooth: float = 0.0, dt: float | None = None) -> Reals:
    """Rate of each neuron in each step, in Hz: one over the time between the spikes before and after.

    Parameters
    ----------
    spikes : dict
        As for ``raster_plot``.
    smooth : float
        Time constant in ms of a low-pass filter, unless it is 0.
    dt : float, optional
        Step size in ms.

    Returns
    -------
    numpy.ndarray
        Shape (neurons, steps), neurons in the order of the dict. 0 before the first spike of a neuron and from its last
        one on.
    """
    train = _train(spikes)
    return _smoothed_rate(train, train.span, smooth, _step_size(dt))


def _smoothed_rate(train: Train, window: tuple[int, int], smooth: float, dt: float) -> Reals:
    first, stop = window
    rates = np.zeros((len(train.names), stop - first))
    pair = (np.diff(train.neurons) == 0) & (np.diff(train.steps) > 0)
    begin, end = train.steps[:-1][pair], train.steps[1:][pair]
    rate = 1000.0 / (dt * (end - begin))
    begin, end = np.clip(begin, first, stop) - first, np.clip(end, first, stop) - first
    length = end - begin
    # All steps between the two spikes of all pairs, as places in the flat array.
    start = train.neurons[:-1][pair] * (stop - first) + begin - (np.cumsum(length) - length)
    rates.reshape(-1)[np.repeat(start, length) + np.arange(length.sum())] = np.repeat(rate, length)
    if smooth < 0:
        raise ConfigurationError(f"The time constant of a low-pass must not be negative, {smooth} ms is.")
    return _low_pass(rates, dt / smooth) if smooth else rates


def mean_fr(spikes: Spikes, duration: float | None = None, dt: float | None = None) -> float:
    """Mean rate of all neurons, in Hz.

    Parameters
    ----------
    spikes : dict
        As for ``raster_plot``.
    duration : float, optional
        In steps; by default from the first to the last spike.
    dt : float, optional
        Step size in ms.
    """
    train = _train(spikes)
    first, last = train.span
    return _mean_rate(train, last - first if duration is None else duration, _step_size(dt))


def _mean_rate(train: Train, duration: float, dt: float) -> float:
    if not train.names or duration <= 0:
        return 0.0
    return len(train.steps) / len(train.names) / (duration * dt) * 1000.0


def _low_pass(rates: Reals, gain: float) -> Reals:
    """``y[0] = x[0]``, ``y[i+1] = y[i] + (x[i+1] - y[i]) * gain`` along the second axis."""
    steps = rates.shape[1]
    smooth = rates.copy()
    age = np.arange(FILTER_BLOCK)
    kept = (1.0 - gain) ** (age + 1.0)
    # What the values of a block contribute to its later ones: a whole block at once, one after the other.
    weights = np.triu(
        gain * (1.0 - gain) ** np.maximum(age[np.newaxis] - age[:, np.newaxis], 0).astype(float)
    )
    for first in range(1, steps, FILTER_BLOCK):
        new = rates[:, first : first + FILTER_BLOCK]
        n = new.shape[1]
        smooth[:, first : first + n] = new @ weights[:n, :n] + smooth[:, first - 1 : first] * kept[:n]
    return smooth


# -- methods of monitors -------------------------------------------------------------------------------------


class SpikeStatistics:
    """Statistics as methods of a monitor, on its own spikes.

    ``spikes`` is what ``get('spike')`` gave; without, the methods call it, which removes the spikes from the monitor.
    """

    network: Network

    @abstractmethod
    def get(self, variables: str) -> Any:
        """Recorded data, which is removed from the monitor."""

    @abstractmethod
    def _recorded(self, variable: str) -> tuple[list[int], list[int]]:
        """Steps at which recording the data of the last ``get`` began and ended."""

    def _train(self, spikes: Spikes | None) -> Train:
        return _train(self.get("spike") if spikes is None else spikes)

    def _window(self) -> tuple[int, int]:
        starts, stops = self._recorded("spike")
        return (starts[0], stops[-1]) if starts else (0, 0)

    def _ask(self, function: Callable[..., Any], spikes: Spikes | None, *arguments: Any) -> Any:
        return function(self.get("spike") if spikes is None else spikes, *arguments, dt=self.network.dt)

    def raster_plot(self, spikes: Spikes | None = None) -> tuple[Reals, Integers]:
        """Times (ms) and ranks of all spikes; see the function of this name."""
        times, ranks = self._ask(raster_plot, spikes)
        return times, ranks

    def histogram(
        self,
        spikes: Spikes | None = None,
        bins: float | None = None,
        per_neuron: bool = False,
        recording_window: Sequence[int] | None = None,
    ) -> Any:
        """Number of spikes in each interval of ``bins`` ms; see the function of this name."""
        return self._ask(histogram, spikes, bins, per_neuron, recording_window)

    def inter_spike_interval(
        self,
        spikes: Spikes | None = None,
        ranks: Collection[int] | None = None,
        per_neuron: bool = False,
    ) -> Any:
        """Times between successive spikes in ms; see the function of this name."""
        return self._ask(inter_spike_interval, spikes, ranks, per_neuron)

    def coefficient_of_variation(
        self,
        spikes: Spikes | None = None,
        ranks: Collection[int] | None = None,
        per_neuron: bool = False,
    ) -> Any:
        """Standard deviation of the times between spikes over their mean; see the function of this name."""
        return self._ask(coefficient_of_variation, spikes, ranks, per_neuron)

    def population_rate(self, spikes: Spikes | None = None, smooth: float = 0.0) -> Reals:
        """Mean rate in Hz in each step, from the first recorded one; one value more than there are steps."""
        return _population_rate(self._train(spikes), self._window(), smooth, self.network.dt)

    def smoothed_rate(self, spikes: Spikes | None = None, smooth: float = 0.0) -> Reals:
        """Rate of each neuron in each recorded step, in Hz; see the function of this name."""
        return _smoothed_rate(self._train(spikes), self._window(), smooth, self.network.dt)

    def mean_fr(self, spikes: Spikes | None = None) -> float:
        """Mean rate of all recorded neurons over the recorded time, pauses left out, in Hz."""
        train = self._train(spikes)
        starts, stops = self._recorded("spike")
        return _mean_rate(train, sum(stops) - sum(starts), self.network.dt)

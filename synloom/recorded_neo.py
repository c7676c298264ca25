"""Recorded data as a neo.Segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from synloom.codegen.errors import ConfigurationError
from synloom.columns import NONE, table
from synloom.recorded import About, Axes, Recorded, Samples, Spikes


def package() -> Any:
    """The package neo."""
    try:
        return import_module("neo")
    except ImportError:
        raise ConfigurationError(
            "to_neo() needs the package neo.", hint="pip install 'synloom[io]'"
        ) from None


def segment(about: About, items: Sequence[Recorded], units: Mapping[str, str]) -> Any:
    """Spike trains and analog signals; see ``Monitor.to_neo``."""
    made = package().Segment(name=about.monitor, object=about.object, kind=about.kind)
    for item in items:
        if isinstance(item, Spikes):
            made.spiketrains.extend(list(_trains(about, item)))
        else:
            made.analogsignals.extend(list(_signals(about, item, units.get(item.name, "dimensionless"))))
    return made


def _trains(about: About, item: Spikes) -> Iterator[Any]:
    """Neuron by neuron, for each recorded interval."""
    train, dt = package().SpikeTrain, about.dt
    item_of = item.shaped(None)
    for number, (first, stop) in enumerate(item.intervals):
        for rank, steps in item_of.items():
            found = np.array([s for s in steps if first <= s < stop], float)
            yield train(
                found * dt,
                units="ms",
                t_start=first * dt,
                t_stop=stop * dt,
                name=f"{about.object}[{rank}]",
                rank=rank,
                kind=item.name,
                interval=number,
            )


def _signals(about: About, item: Samples, unit: str) -> Iterator[Any]:
    """One for each stretch of samples at the same distance."""
    signal, dt = package().AnalogSignal, about.dt
    values, noted = _channels(about, item)
    for first, stop, period in stretches(item):
        yield signal(
            values[first:stop],
            units=unit,
            sampling_period=_ms(period * dt),
            t_start=_ms(float(item.steps[first]) * dt),
            name=item.name,
            array_annotations=noted,
        )


def _ms(value: float) -> Any:
    return value * import_module("quantities").ms


def _channels(about: About, item: Samples) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Values (samples, channels), and what each channel is."""
    if item.axes is Axes.WHOLE:
        return item.flat[:, np.newaxis], {}
    if item.axes is Axes.NEURONS:
        assert about.ranks is not None
        return item.flat, {"rank": about.ranks}
    columns, values = table(item.synaptic)
    pre = {} if len(columns) and columns.pre[0] == NONE else {"pre": columns.pre}
    return values, {"post": columns.post, **pre}


def stretches(item: Samples) -> Iterator[tuple[int, int, int]]:
    """First sample, sample after the last, and steps between: cut at pauses and where the period changes."""
    steps, ends = item.steps, np.sort([stop for _, stop in item.intervals])
    gaps = np.diff(steps)
    ended = np.diff(np.searchsorted(ends, steps, "right")) != 0
    usable = (gaps > 0) & ~ended
    shortest = int(gaps[usable].min()) if usable.any() else 1
    first = 0
    while first < len(steps):
        period = int(gaps[first]) if first < len(gaps) and usable[first] else shortest
        same = (gaps[first:] == period) & usable[first:]
        stop = first + 1 + (len(same) if same.all() else int(np.argmin(same)))
        yield first, stop, period
        first = stop

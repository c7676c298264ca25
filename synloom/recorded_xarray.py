"""Recorded data as an xarray.Dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.codegen.errors import ConfigurationError
from synloom.columns import NONE, table
from synloom.recorded import About, Axes, Recorded, Samples, Spikes

if TYPE_CHECKING:
    import xarray


def package() -> Any:
    """The package xarray."""
    try:
        import xarray
    except ImportError:
        raise ConfigurationError(
            "to_xarray() needs the package xarray.", hint="pip install 'synloom[io]'"
        ) from None
    return xarray


def dataset(about: About, items: Sequence[Recorded], units: Mapping[str, str]) -> xarray.Dataset:
    """All variables, each along its own axes; see ``Monitor.to_xarray``."""
    made = _Dataset(about, units)
    for item in items:
        if isinstance(item, Spikes):
            made.add_spikes(item)
        else:
            made.add_samples(item)
    attributes = {"monitor": about.monitor, "object": about.object, "kind": about.kind, "dt": about.dt}
    found: xarray.Dataset = package().Dataset(made.variables, made.coordinates, attributes)
    return found


class _Dataset:
    """Variables and coordinates as they come together."""

    def __init__(self, about: About, units: Mapping[str, str]) -> None:
        self.about, self.units = about, units
        self.variables: dict[str, Any] = {}
        self.coordinates: dict[str, Any] = {}
        self.synapses: dict[str, Any] = {}  # by axis: what tells them apart

    def add_samples(self, item: Samples) -> None:
        times = item.steps * self.about.dt
        shown = {axis: values for axis, (_, values, *_) in self.coordinates.items()}
        time = _axis(shown, "time", item.name, times)
        self.coordinates[time] = (time, times, {"units": "ms"})
        dims, values = self._placed(item)
        named = {"units": self.units[item.name]} if item.name in self.units else {}
        self.variables[item.name] = ((time, *dims), values, named)

    def _placed(self, item: Samples) -> tuple[tuple[str, ...], np.ndarray]:
        """Names of the axes after that of time, and the values."""
        if item.axes is Axes.WHOLE:
            return (), item.flat
        if item.axes is Axes.NEURONS:
            return self._neurons(item)
        columns, values = table(item.synaptic)
        shared = len(columns) and columns.pre[0] == NONE
        kind = "dendrite" if shared else "synapse"
        ranks = columns.post.astype(np.int64) << 32 | columns.pre.view(np.uint32)
        axis = _axis(self.synapses, kind, item.name, ranks)
        if shared:
            self.coordinates[axis] = (axis, columns.post)
        else:
            for end, of_end in (("post", columns.post), ("pre", columns.pre)):
                self.coordinates[axis.replace(kind, end)] = (axis, of_end)
        return (axis,), values

    def _neurons(self, item: Samples) -> tuple[tuple[str, ...], np.ndarray]:
        geometry = self.about.geometry
        if geometry is None or len(geometry) == 1:
            self.coordinates["rank"] = ("rank", self.about.ranks)
            return ("rank",), item.flat
        axes = tuple(f"axis_{n}" for n in range(len(geometry)))
        for axis, length in zip(axes, geometry, strict=True):
            self.coordinates[axis] = (axis, np.arange(length))
        return axes, item.shaped(geometry)

    def add_spikes(self, item: Spikes) -> None:
        """A contiguous ragged array: the times of the first neuron, then of the second, and how many each has."""
        name, order = item.name, np.argsort(item.ranks, kind="stable")
        ranks = item.ranks[order]
        counts = np.searchsorted(ranks, item.neurons, "right") - np.searchsorted(ranks, item.neurons, "left")
        each, along = f"{name}_rank", f"{name}_index"
        self.coordinates[each] = (each, item.neurons)
        self.variables[f"{name}_count"] = (each, counts, {"sample_dimension": along})
        self.variables[f"{name}_time"] = (along, item.steps[order] * self.about.dt, {"units": "ms"})
        starts, stops = (np.array([i[n] for i in item.intervals], float) for n in (0, 1))
        when = f"{name}_interval"
        self.variables[f"{name}_start"] = (when, starts * self.about.dt, {"units": "ms"})
        self.variables[f"{name}_stop"] = (when, stops * self.about.dt, {"units": "ms"})


def _axis(known: dict[str, Any], axis: str, name: str, values: np.ndarray) -> str:
    """An axis that variables share where their values along it are the same, else one of its own."""
    if axis in known and not np.array_equal(known[axis], values):
        axis = f"{axis}_{name}"
    known[axis] = values
    return axis

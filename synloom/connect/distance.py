"""Connectors whose weights follow from the distance between neurons: Gaussian, difference of Gaussians."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.connect.ends import Ends, population_of
from synloom.connect.regular import Given
from synloom.connect.values import is_number
from synloom.population import Population
from synloom.store import Pattern, joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.view import PopulationView

BLOCK = 1 << 17  # pairs looked at together: they stay in the cache
SLACK = 1.0 + 1e-9  # pairs at the very limit are left to the exact criterion


@dataclass(frozen=True, slots=True)
class Kernel:
    """A sum of Gaussians of the squared distance: (amplitude, width) each; weights up to ``limit`` are left out."""

    terms: tuple[tuple[float, float], ...]
    limit: float

    def weights(self, squares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weight at each squared distance."""
        found = np.zeros_like(squares)
        for amplitude, width in self.terms:
            found += amplitude * np.exp(-squares / (2.0 * width * width))
        return found

    def reach(self) -> float:
        """A squared distance beyond which all weights are below the limit."""
        total = math.fsum(abs(amplitude) for amplitude, _ in self.terms)
        widest = max(width for _, width in self.terms)
        if total <= self.limit:
            return 0.0
        return 2.0 * widest * widest * math.log(total / self.limit) if self.limit else math.inf


def gaussian(
    ends: Ends, pair: tuple[Any, Any], amp: Any, sigma: Any, limit: Any, self_connections: bool
) -> tuple[Given, NDArray[np.float64]]:
    """``amp * exp(-D2 / (2 sigma^2))`` where that is more than ``limit * amp``, without their signs."""
    amplitude, width = _number(ends, "amp", amp), _width(ends, "sigma", sigma)
    kernel = Kernel(((amplitude, width),), _limit(ends, limit) * abs(amplitude))
    return _connected(ends, _positions(ends, pair), kernel, self_connections)


def dog(
    ends: Ends,
    pair: tuple[Any, Any],
    amplitudes: tuple[Any, Any],
    sigmas: tuple[Any, Any],
    limit: Any,
    self_connections: bool,
) -> tuple[Given, NDArray[np.float64]]:
    """The difference of two Gaussians where it is more than ``limit`` of that of their amplitudes."""
    positive, negative = (
        _number(ends, name, amp) for name, amp in zip(("amp_pos", "amp_neg"), amplitudes, strict=True)
    )
    widths = [_width(ends, name, s) for name, s in zip(("sigma_pos", "sigma_neg"), sigmas, strict=True)]
    kernel = Kernel(
        ((positive, widths[0]), (-negative, widths[1])), _limit(ends, limit) * abs(positive - negative)
    )
    return _connected(ends, _positions(ends, pair), kernel, self_connections)


def _connected(
    ends: Ends,
    positions: tuple[NDArray[np.float64], NDArray[np.float64]],
    kernel: Kernel,
    self_connections: bool,
) -> tuple[Given, NDArray[np.float64]]:
    pre, post = positions
    reach = kernel.reach() * SLACK
    lengths = np.zeros(len(post), np.int64)
    columns: list[NDArray[np.int32]] = []
    values: list[NDArray[np.float64]] = []
    for first, last, start, stop in _blocks(pre[:, 0], post[:, 0], math.sqrt(reach)):
        squares = _squares(post[first:last], pre[start:stop])
        row, column = np.divmod(np.flatnonzero(squares.ravel() <= reach), stop - start)
        weight = kernel.weights(squares[row, column])
        kept = np.abs(weight) > kernel.limit
        if ends.recurrent and not self_connections:
            kept &= row + first != column + start
        lengths[first:last] = np.bincount(row[kept], minlength=last - first)
        columns.append((column[kept] + start).astype(np.int32))
        values.append(weight[kept])
    pattern = Pattern.of(ends.rows, ends.columns, lengths, joined(columns))
    return Given(pattern), np.concatenate([np.empty(0), *values])


def _blocks(
    pre: NDArray[np.float64], post: NDArray[np.float64], reach: float
) -> list[tuple[int, int, int, int]]:
    """Post neurons first:last and the pre neurons start:stop that they reach along the first axis.

    Along it, positions of both sides ascend with the rank.
    """
    starts = np.searchsorted(pre, post - reach * SLACK, "left")
    stops = np.searchsorted(pre, post + reach * SLACK, "right")
    blocks, first = [], 0
    while first < len(post):
        # As many post neurons as see about the same pre neurons.
        seen = max(1, int(stops[first] - starts[first]))
        last = int(np.searchsorted(starts, starts[first] + seen // 2 + 1))
        last = max(first + 1, min(last, first + max(1, BLOCK // seen)))
        blocks.append((first, last, int(starts[first]), int(stops[last - 1])))
        first = last
    return blocks


def _squares(post: NDArray[np.float64], pre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distances, one row for each post neuron; axes are added up in order."""
    found = np.zeros((len(post), len(pre)))
    for axis in range(post.shape[1]):
        part = post[:, axis, None] - pre[None, :, axis]
        part *= part
        found += part
    return found


def _positions(
    ends: Ends, pair: tuple[Population | PopulationView, Population | PopulationView]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Normalised coordinates of all pre and all post neurons."""
    for side, end in zip(("pre", "post"), pair, strict=True):
        if not isinstance(end, Population):
            raise ends.error(
                f"{side} is a view; distances are those between whole populations.",
                hint="use connect_with_func() for views",
            )
    pre, post = (population_of(end).geometry for end in pair)
    if len(pre) != len(post):
        raise ends.error(
            f"pre has {len(pre)} and post {len(post)} dimensions; distances need the same number.",
            hint="give the populations geometries such as (10, 1)",
        )
    return _normalized(pre), _normalized(post)


def _normalized(geometry: tuple[int, ...]) -> NDArray[np.float64]:
    """Coordinates of all neurons by rank, from 0 to 1 along each axis; 0 where there is only one."""
    coordinates = np.indices(geometry).reshape(len(geometry), -1).T
    found: NDArray[np.float64] = coordinates / np.maximum(np.array(geometry) - 1, 1)
    return found


def _number(ends: Ends, name: str, value: Any) -> float:
    if not is_number(value) or isinstance(value, bool) or not math.isfinite(value):
        raise ends.error(f"{name} must be a finite number, not {value!r}.")
    return float(value)


def _width(ends: Ends, name: str, value: Any) -> float:
    width = _number(ends, name, value)
    if width <= 0.0:
        raise ends.error(f"{name} must be greater than 0; it is {width}.")
    return width


def _limit(ends: Ends, value: Any) -> float:
    limit = _number(ends, "limit", value)
    if limit < 0.0:
        raise ends.error(f"limit must not be negative; it is {limit}.")
    return limit

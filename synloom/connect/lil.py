"""Patterns that users put together row by row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import signature
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from synloom.codegen.errors import ConfigurationError
from synloom.connect.ends import Ends
from synloom.connect.regular import Given
from synloom.connect.values import steps
from synloom.geometry import whole
from synloom.messages import warning
from synloom.registry import default_network
from synloom.store import Pattern, aligned, stable_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Triplets = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


class _Row(NamedTuple):
    """One dendrite."""

    post: int
    pre: NDArray[np.int64]
    w: NDArray[np.float64]
    delay: NDArray[np.float64]  # ms


@dataclass(frozen=True, slots=True)
class _Rows:
    """Several dendrites, sorted by post rank."""

    post: NDArray[np.int64]  # of each synapse
    pre: NDArray[np.int64]
    w: NDArray[np.float64]
    delay: NDArray[np.float64]

    def split(self) -> list[_Row]:
        cuts = [0, *(np.flatnonzero(np.diff(self.post)) + 1).tolist(), len(self.post)]
        return [
            _Row(int(self.post[a]), self.pre[a:b], self.w[a:b], self.delay[a:b]) for a, b in pairwise(cuts)
        ]


class LILConnectivity:
    """A list of dendrites, filled by a connector function of the user; ``CSR`` is another name for it.

    Parameters
    ----------
    dt : float, optional
        Step in ms that :attr:`delay` is counted in; that of the default network if not given.
    """

    def __init__(self, dt: float | None = None) -> None:
        self.dt = dt
        self.requires_sorting = False
        self._parts: list[_Row | _Rows] = []
        self._last = 0

    def add(self, post_rank: int, ranks: Iterable[int], weights: Any, delays: Any) -> None:
        """Append a dendrite; ``weights`` and ``delays`` (ms) have one value per rank, or one for all."""
        post = whole(post_rank, "A post rank")
        what = f"Dendrite {post}"
        pre = _ranks(ranks, what, "pre")
        if pre.size == 0:
            return
        self._append(_Row(post, pre, *_values(weights, delays, len(pre), what)), post, post)

    def add_synapses(
        self, post_ranks: Iterable[int], pre_ranks: Iterable[int], weights: Any, delays: Any
    ) -> None:
        """Append synapses of any number of dendrites, in any order, each given by the ranks of both its ends.

        ``weights`` and ``delays`` (ms) have one value per synapse, or one for all.
        """
        post, pre = (
            _ranks(ranks, "Synapses", side) for side, ranks in (("post", post_ranks), ("pre", pre_ranks))
        )
        if len(post) != len(pre):
            raise ConfigurationError(f"Synapses: there are {len(post)} post ranks and {len(pre)} pre ranks.")
        if pre.size == 0:
            return
        w, delay = _values(weights, delays, len(pre), "Synapses")
        if (np.diff(post) < 0).any():
            order = stable_order(post, int(post.max()) + 1)
            post, pre, w, delay = post[order], pre[order], w[order], delay[order]
        self._append(_Rows(post, pre, w, delay), int(post[0]), int(post[-1]))

    def _append(self, part: _Row | _Rows, first: int, last: int) -> None:
        if first < self._last:
            if isinstance(part, _Row) and not self.requires_sorting:
                warning("LILConnectivity: dendrites were added out of order; they are sorted by post rank.")
            self.requires_sorting = True
        self._parts.append(part)
        self._last = last

    push_back = add

    def _step(self) -> float:
        return default_network().dt if self.dt is None else self.dt

    @property
    def _rows(self) -> list[_Row]:
        return [row for part in self._parts for row in (part.split() if isinstance(part, _Rows) else (part,))]

    @property
    def post_rank(self) -> list[int]:
        return [row.post for row in self._rows]

    @property
    def pre_rank(self) -> list[list[int]]:
        return [row.pre.tolist() for row in self._rows]

    @property
    def w(self) -> list[list[float]]:
        return [row.w.tolist() for row in self._rows]

    @property
    def delay(self) -> list[list[int]]:
        """Delays in steps."""
        return [steps(row.delay, self._step()).tolist() for row in self._rows]

    @property
    def size(self) -> int:
        """Number of dendrites."""
        return len(self._rows)

    @property
    def nb_synapses(self) -> int:
        return sum(len(part.pre) for part in self._parts)

    @property
    def max_delay(self) -> int:
        """Largest delay in steps."""
        return max((max(row) for row in self.delay), default=1)

    @property
    def uniform_delay(self) -> int:
        """Delay in steps that all synapses share, or -1."""
        found = {delay for row in self.delay for delay in row}
        return found.pop() if len(found) == 1 else -1

    def get_max_delay(self) -> int:
        """The same as :attr:`max_delay`."""
        return self.max_delay

    def get_uniform_delay(self) -> int:
        """The same as :attr:`uniform_delay`."""
        return self.uniform_delay

    def compute_average_row_length(self) -> tuple[float, float, int, int]:
        """Mean, standard deviation, minimum and maximum of synapses per dendrite."""
        lengths = np.array([len(row.pre) for row in self._rows] or [0])
        return float(lengths.mean()), float(lengths.std()), int(lengths.min()), int(lengths.max())

    def compute_average_col_idx_gap(self) -> tuple[float, float]:
        """Mean and standard deviation of the distances between neighbouring pre ranks of a dendrite."""
        gaps = np.concatenate([np.empty(0), *(np.diff(np.sort(row.pre)) for row in self._rows)])
        return (float(gaps.mean()), float(gaps.std())) if gaps.size else (0.0, 0.0)

    def validate(self) -> None:
        """Sort the dendrites and merge those of one post neuron; an error if a synapse appears twice."""
        post, pre, w, delay = self.triplets()
        order = _sorted(post, pre, "")
        if order is not None:
            post, pre, w, delay = post[order], pre[order], w[order], delay[order]
        self._parts = [_Rows(post, pre, w, delay)] if len(post) else []
        self._last = int(post[-1]) if len(post) else 0

    def triplets(self) -> Triplets:
        """Post rank, pre rank, weight and delay (ms) of each synapse, in the order they were added."""
        parts = self._parts
        if len(parts) == 1 and isinstance(parts[0], _Rows):
            return parts[0].post, parts[0].pre, parts[0].w, parts[0].delay
        if any(isinstance(part, _Rows) for part in parts):
            post = np.concatenate([np.broadcast_to(part.post, len(part.pre)) for part in parts])
        else:
            post = np.repeat(np.array([part.post for part in parts], np.int64), [len(p.pre) for p in parts])
        pre = np.concatenate([np.empty(0, np.int64), *(part.pre for part in parts)])
        w = np.concatenate([np.empty(0), *(part.w for part in parts)])
        return post, pre, w, np.concatenate([np.empty(0), *(part.delay for part in parts)])


CSR = LILConnectivity


def _ranks(ranks: Any, what: str, side: str) -> NDArray[np.int64]:
    """Ranks as an array of their own."""
    try:
        found = np.array(ranks if isinstance(ranks, np.ndarray | list) else list(ranks))
    except (TypeError, ValueError):
        raise ConfigurationError(f"{what}: {side} ranks must be a list of integers.") from None
    if found.size and (found.ndim != 1 or found.dtype.kind not in "iu" or np.minimum.reduce(found) < 0):
        raise ConfigurationError(f"{what}: {side} ranks must be integers of at least 0.")
    return found.astype(np.int64, copy=False)


def _values(
    weights: Any, delays: Any, size: int, what: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and delays, one for each synapse."""
    w, delay = _numbers(weights, size, f"{what}: weights"), _numbers(delays, size, f"{what}: delays")
    if math.isnan(w.dot(w)):  # no sum of squares is NaN unless one of them is
        raise ConfigurationError(f"{what}: weights must not be NaN.")
    low, high = (delay[0],) * 2 if len(delay) == 1 else (np.minimum.reduce(delay), np.maximum.reduce(delay))
    if not 0.0 <= low <= high < math.inf:
        raise ConfigurationError(f"{what}: delays must be finite and not negative.")
    return _spread(w, size), _spread(delay, size)


def _numbers(values: Any, size: int, what: str) -> NDArray[np.float64]:
    """One number, or ``size`` of them."""
    try:
        flat = np.array(values, dtype=np.float64, ndmin=1)
    except (TypeError, ValueError):
        raise ConfigurationError(f"{what} must be numbers.") from None
    if flat.ndim != 1 or len(flat) not in (1, size):
        raise ConfigurationError(f"{what} must have 1 or {size} values, not {flat.size}.")
    return flat


def _spread(values: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    if len(values) == size:
        return values
    if size > 1000:  # worth the call: it takes no memory
        return np.broadcast_to(values, size)
    spread = np.empty(size)
    spread.fill(values[0])
    return spread


def _sorted(post: NDArray[np.int64], pre: NDArray[np.int64], where: str) -> NDArray[np.int64] | None:
    """The order by post, then by pre rank, None if it is that already; an error if a synapse appears twice."""
    if len(post) == 0:
        return None
    height, width = int(post.max()) + 1, int(pre.max()) + 1
    if height * width < 2**62:
        keys = post * width
        keys += pre
        if np.diff(keys).min(initial=1) > 0:
            return None
        order = stable_order(keys, height * width)
    else:
        order = np.lexsort((pre, post))
    post, pre = post[order], pre[order]
    twice = np.flatnonzero((np.diff(post) == 0) & (np.diff(pre) == 0))
    if twice.size:
        first = twice[0]
        raise ConfigurationError(
            f"{where}the synapse from pre neuron {pre[first]} to post neuron {post[first]} appears twice."
        )
    return order


def from_lists(
    ends: Ends, given: LILConnectivity
) -> tuple[Given, NDArray[np.float64], NDArray[np.float64] | float]:
    """The pattern, weights and delays (ms) of a :class:`LILConnectivity`, checked and in store order."""
    return from_triplets(ends, *given.triplets())


def from_triplets(
    ends: Ends,
    post: NDArray[np.int64],
    pre: NDArray[np.int64],
    weights: NDArray[np.float64],
    delays: NDArray[np.float64],
) -> tuple[Given, NDArray[np.float64], NDArray[np.float64] | float]:
    """The pattern of these synapses (ranks in the whole populations), weights and delays in store order."""
    row, column = (
        _places(ends, side, ranks, known)
        for side, ranks, known in (("post", post, ends.rows), ("pre", pre, ends.columns))
    )
    order = _sorted(post, pre, f"Projection '{ends.projection}': ")
    lengths = np.bincount(row, minlength=len(ends.rows)).astype(np.int64)
    equal = delays.size == 0 or bool((delays == delays[0]).all())
    spread = (float(delays[0]) if delays.size else 0.0) if equal else delays
    if order is not None:
        column, weights = column[order], weights[order]
        spread = spread if isinstance(spread, float) else spread[order]
    return Given(Pattern.of(ends.rows, ends.columns, lengths, aligned(column, np.int32))), weights, spread


def _places(ends: Ends, side: str, ranks: NDArray[np.int64], known: NDArray[np.int32]) -> NDArray[np.int64]:
    """The place of each rank among the neurons of one end."""
    places = np.full(int(known[-1]) + 1 if len(known) else 0, -1)
    places[known] = np.arange(len(known))
    if ranks.size and not 0 <= int(ranks.min()) <= int(ranks.max()) < len(places):
        wrong = ranks[(ranks < 0) | (ranks >= len(places))]
    else:
        found = places[ranks]
        if not ranks.size or found.min() >= 0:
            return found
        wrong = ranks[found < 0]
    raise ends.error(f"{side} rank {int(wrong[0])} is not a neuron of the {side} side.")


def call_method(
    ends: Ends, method: Callable[..., Any], pre: Any, post: Any, dt: float, args: dict[str, Any]
) -> Any:
    """Call the user's function; a third parameter named ``dt`` that was not given receives the step."""
    if not callable(method):
        raise ends.error(f"method must be a function, not {type(method).__name__}.")
    try:
        names = list(signature(method).parameters)
    except (TypeError, ValueError):  # some built-in callables have none
        names = []
    if names[2:3] == ["dt"]:
        args = {"dt": dt, **args}
    made = method(pre, post, **args)
    if not isinstance(made, LILConnectivity):
        name = getattr(method, "__name__", "the function")
        raise ends.error(f"{name}() must return a LILConnectivity, not {type(made).__name__}.")
    return made

"""Patterns that users put together row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.codegen.errors import ConfigurationError
from synloom.connect.ends import Ends
from synloom.connect.regular import Given
from synloom.connect.values import steps
from synloom.geometry import whole
from synloom.messages import warning
from synloom.registry import default_network
from synloom.store import Pattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Triplets = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class _Row:
    post: int
    pre: NDArray[np.int64]
    w: NDArray[np.float64]
    delay: NDArray[np.float64]  # ms


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
        self._rows: list[_Row] = []

    def add(self, post_rank: int, ranks: Iterable[int], weights: Any, delays: Any) -> None:
        """Append a dendrite; ``weights`` and ``delays`` (ms) have one value per rank, or one for all."""
        post = whole(post_rank, "A post rank")
        try:
            pre = np.asarray(list(ranks))
        except (TypeError, ValueError):
            raise ConfigurationError(f"Dendrite {post}: pre ranks must be a list of integers.") from None
        if pre.size == 0:
            return
        if pre.ndim != 1 or pre.dtype.kind not in "iu" or (pre < 0).any():
            raise ConfigurationError(f"Dendrite {post}: pre ranks must be integers of at least 0.")
        row = _Row(
            post,
            pre.astype(np.int64),
            _spread(weights, len(pre), f"Dendrite {post}: weights"),
            _spread(delays, len(pre), f"Dendrite {post}: delays"),
        )
        if not (np.isfinite(row.delay) & (row.delay >= 0.0)).all():
            raise ConfigurationError(f"Dendrite {post}: delays must be finite and not negative.")
        if self._rows and row.post < self._rows[-1].post and not self.requires_sorting:
            warning("LILConnectivity: dendrites were added out of order; they are sorted by post rank.")
            self.requires_sorting = True
        self._rows.append(row)

    push_back = add

    def _step(self) -> float:
        return default_network().dt if self.dt is None else self.dt

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
        return sum(len(row.pre) for row in self._rows)

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
        groups = np.split(order, np.flatnonzero(np.diff(post[order])) + 1)
        self._rows = [_Row(int(post[g[0]]), pre[g], w[g], delay[g]) for g in groups if g.size]

    def triplets(self) -> Triplets:
        """Post rank, pre rank, weight and delay (ms) of each synapse, in the order they were added."""
        rows = self._rows
        post = np.repeat(np.array(self.post_rank, np.int64), [len(row.pre) for row in rows])
        pre = np.concatenate([np.empty(0, np.int64), *(row.pre for row in rows)])
        w = np.concatenate([np.empty(0), *(row.w for row in rows)])
        return post, pre, w, np.concatenate([np.empty(0), *(row.delay for row in rows)])


CSR = LILConnectivity


def _spread(values: Any, size: int, what: str) -> NDArray[np.float64]:
    try:
        flat = np.atleast_1d(np.array(values, dtype=np.float64))
    except (TypeError, ValueError):
        raise ConfigurationError(f"{what} must be numbers.") from None
    if flat.ndim != 1 or len(flat) not in (1, size):
        raise ConfigurationError(f"{what} must have 1 or {size} values, not {flat.size}.")
    return flat if len(flat) == size else np.full(size, flat[0])


def _sorted(post: NDArray[np.int64], pre: NDArray[np.int64], where: str) -> NDArray[np.int64]:
    """The order by post, then by pre rank; an error if a synapse appears twice."""
    order = np.lexsort((pre, post))
    twice = np.flatnonzero((np.diff(post[order]) == 0) & (np.diff(pre[order]) == 0))
    if twice.size:
        first = order[twice[0]]
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
    for side, ranks, known in (("post", post, ends.rows), ("pre", pre, ends.columns)):
        wrong = ranks[~np.isin(ranks, known)]
        if wrong.size:
            raise ends.error(f"{side} rank {int(wrong[0])} is not a neuron of the {side} side.")
    order = _sorted(post, pre, f"Projection '{ends.projection}': ")
    lengths = np.bincount(np.searchsorted(ends.rows, post), minlength=len(ends.rows)).astype(np.int64)
    column = np.searchsorted(ends.columns, pre[order]).astype(np.int32)
    pattern = Pattern.of(ends.rows, ends.columns, lengths, column)
    equal = delays.size == 0 or bool((delays == delays[0]).all())
    spread = (float(delays[0]) if delays.size else 0.0) if equal else delays[order]
    return Given(pattern), weights[order], spread


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

"""Patterns that users put together row by row."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.codegen.errors import ConfigurationError
from synloom.connect.ends import Ends
from synloom.connect.triplets import Rows, merged
from synloom.connect.values import steps
from synloom.geometry import whole
from synloom.messages import warning
from synloom.registry import default_network
from synloom.runtime.buffers import aligned_empty
from synloom.store import stable_order

if TYPE_CHECKING:
    from numpy.typing import NDArray


class _Dendrites:
    """Dendrites as they come. Each is packed at once: that converts a million numbers of Python without a detour.

    What all have in common is checked when they are put together.
    """

    def __init__(self) -> None:
        self.heads: list[tuple[int, int, float | None, float | None]] = []
        self.pre, self.w, self.delay = bytearray(), bytearray(), bytearray()

    def add(self, post: int, size: int, pre: bytes, w: bytes | float, delay: bytes | float) -> None:
        """One with ``size`` synapses; values are packed, or one number for all of them."""
        self.pre += pre
        one_weight = one_delay = None
        if isinstance(w, float):
            one_weight = w
        else:
            self.w += w
        if isinstance(delay, float):
            one_delay = delay
        else:
            self.delay += delay
        self.heads.append((post, size, one_weight, one_delay))

    def rows(self) -> Rows:
        """All of them put together."""
        posts, sizes, weights, delays = zip(*self.heads, strict=True)
        lengths = np.array(sizes, np.int64)
        w = _together(weights, self.w, lengths)
        if math.isnan(w[0]) or (w.strides[0] and math.isnan(w.dot(w))):
            wrong = int(np.searchsorted(np.cumsum(lengths), np.flatnonzero(np.isnan(w))[0], "right"))
            raise ConfigurationError(f"Dendrite {posts[wrong]}: weights must not be NaN.")
        delay = _together(delays, self.delay, lengths)
        return Rows(np.array(posts, np.int64), lengths, np.frombuffer(self.pre, np.uint32), w, delay)


def _together(
    alone: Sequence[float | None], packed: bytearray, lengths: NDArray[np.int64]
) -> NDArray[np.float64]:
    """One value for each synapse: one for all of a dendrite, or the next of those packed.

    They have no memory of their own if all are the same.
    """
    if not packed:
        values = np.array(alone, np.float64)
        if (values == values[0]).all():
            return np.broadcast_to(values[:1], int(lengths.sum()))
        return np.repeat(values, lengths)
    flat = np.frombuffer(packed)
    if len(flat) == lengths.sum():
        return flat
    listed = np.array([value is None for value in alone])
    together = np.repeat(np.array(alone, np.float64), lengths)
    together[np.repeat(listed, lengths)] = flat
    return together


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
        self._parts: list[Rows] = []
        self._new = _Dendrites()  # after all parts
        self._last = 0

    def add(self, post_rank: int, ranks: Iterable[int], weights: Any, delays: Any) -> None:
        """Append a dendrite; ``weights`` and ``delays`` (ms) have one value per rank, or one for all."""
        post = post_rank if type(post_rank) is int else whole(post_rank, "A post rank")
        size, pre = _packed_ranks(ranks, post)
        if not size:
            return
        w, delay = _packed(weights, size, post), _packed_delays(delays, size, post)
        if post < self._last:
            if not self.requires_sorting:
                warning("LILConnectivity: dendrites were added out of order; they are sorted by post rank.")
            self.requires_sorting = True
        self._last = post
        self._new.add(post, size, pre, w, delay)

    def add_synapses(
        self, post_ranks: Iterable[int], pre_ranks: Iterable[int], weights: Any, delays: Any
    ) -> None:
        """Append synapses of any number of dendrites, in any order, each given by the ranks of both its ends.

        ``weights`` and ``delays`` (ms) have one value per synapse, or one for all.
        """
        post, pre = _integers(post_ranks, "Synapses", "post"), _ranks(pre_ranks, "Synapses", "pre")
        if len(post) != len(pre):
            raise ConfigurationError(f"Synapses: there are {len(post)} post ranks and {len(pre)} pre ranks.")
        if pre.size == 0:
            return
        w, delay = _values(weights, delays, len(pre), "Synapses")
        first = _changes(post)
        if (np.diff(post[first].astype(np.int64)) < 0).any():
            _check_range(post, "Synapses", "post")
            order = stable_order(post, int(post.max()) + 1)
            post, pre, w, delay = post[order], pre[order], w[order], delay[order]
            first = _changes(post)
        rows = post[first]  # all there are, once or more often: the others need not be looked at, nor kept
        _check_range(rows, "Synapses", "post")
        if rows[0] < self._last:
            self.requires_sorting = True
        self._take_new()
        lengths = np.diff(first, append=len(post))
        self._parts.append(Rows(rows.astype(np.int64), lengths, pre, w, delay))
        self._last = int(rows[-1])

    push_back = add

    def _step(self) -> float:
        return default_network().dt if self.dt is None else self.dt

    def rows(self) -> Rows:
        """All dendrites, in the order they were added."""
        self._take_new()
        if len(self._parts) != 1:
            self._parts = [_joined(self._parts)]
        return self._parts[0]

    def _take_new(self) -> None:
        if self._new.heads:
            self._parts.append(self._new.rows())
            self._new = _Dendrites()

    @property
    def post_rank(self) -> list[int]:
        ranks: list[int] = self.rows().post.tolist()
        return ranks

    @property
    def pre_rank(self) -> list[list[int]]:
        rows = self.rows()
        return rows.split(rows.pre)

    @property
    def w(self) -> list[list[float]]:
        rows = self.rows()
        return rows.split(rows.w)

    @property
    def delay(self) -> list[list[int]]:
        """Delays in steps."""
        return self.rows().split(self._steps())

    def _steps(self) -> NDArray[np.int32]:
        return steps(self.rows().delay, self._step())

    @property
    def size(self) -> int:
        """Number of dendrites."""
        return len(self.rows().post)

    @property
    def nb_synapses(self) -> int:
        return len(self.rows().pre)

    @property
    def max_delay(self) -> int:
        """Largest delay in steps."""
        return int(self._steps().max(initial=1))

    @property
    def uniform_delay(self) -> int:
        """Delay in steps that all synapses share, or -1."""
        found = np.unique(self._steps())
        return int(found[0]) if len(found) == 1 else -1

    def get_max_delay(self) -> int:
        """The same as :attr:`max_delay`."""
        return self.max_delay

    def get_uniform_delay(self) -> int:
        """The same as :attr:`uniform_delay`."""
        return self.uniform_delay

    def compute_average_row_length(self) -> tuple[float, float, int, int]:
        """Mean, standard deviation, minimum and maximum of synapses per dendrite."""
        lengths = self.rows().lengths if self.size else np.zeros(1, np.int64)
        return float(lengths.mean()), float(lengths.std()), int(lengths.min()), int(lengths.max())

    def compute_average_col_idx_gap(self) -> tuple[float, float]:
        """Mean and standard deviation of the distances between neighbouring pre ranks of a dendrite."""
        gaps = np.concatenate([np.empty(0), *(np.diff(np.sort(row)) for row in self.pre_rank)])
        return (float(gaps.mean()), float(gaps.std())) if gaps.size else (0.0, 0.0)

    def validate(self) -> None:
        """Sort the dendrites and merge those of one post neuron; an error if a synapse appears twice."""
        self._parts, self._last = [merged(self.rows(), "")], max(self.post_rank, default=0)


CSR = LILConnectivity


def _integers(ranks: Any, what: str, side: str) -> NDArray[np.integer[Any]]:
    """Ranks as an array of any integers, which may be the one that was given."""
    try:
        given = np.asarray(ranks if isinstance(ranks, np.ndarray | list) else list(ranks))
    except (TypeError, ValueError):
        raise ConfigurationError(f"{what}: {side} ranks must be a list of integers.") from None
    if given.size == 0:
        return np.empty(0, np.int32)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise _no_ranks(what, side)
    return given


def _no_ranks(what: str, side: str) -> ConfigurationError:
    return ConfigurationError(f"{what}: {side} ranks must be integers of at least 0.")


def _check_range(ranks: NDArray[np.integer[Any]], what: str, side: str) -> int:
    """Refuse what no population has; the highest of these ranks, of which there is one at least."""
    if np.minimum.reduce(ranks) < 0:
        raise _no_ranks(what, side)
    highest = int(np.maximum.reduce(ranks))
    if highest >= 2**32:
        raise ConfigurationError(f"{what}: there is no {side} neuron of rank {highest}.")
    return highest


def _ranks(ranks: Any, what: str, side: str) -> NDArray[np.integer[Any]]:
    """Ranks in a buffer of their own, which a store can keep where they fit into its 32 bits."""
    given = _integers(ranks, what, side)
    if not given.size:
        return given
    small = _check_range(given, what, side) < 2**31
    found = aligned_empty(given.shape, np.dtype(np.int32 if small else np.int64))
    found[...] = given
    return found


def _changes(post: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Where another post rank than before begins."""
    return np.concatenate(([0], np.flatnonzero(post[1:] != post[:-1]) + 1))


@lru_cache(maxsize=1024)
def _packer(code: str, size: int) -> Callable[..., bytes]:
    return struct.Struct(f"{size}{code}").pack


def _packed_ranks(ranks: Any, post: int) -> tuple[int, bytes]:
    """Number and 32-bit numbers of the pre ranks of one dendrite."""
    if type(ranks) is list and ranks and type(ranks[0]) is int:
        try:
            return len(ranks), _packer("I", len(ranks))(*ranks)
        except struct.error:
            pass  # the longer way knows why
    found = _ranks(ranks, f"Dendrite {post}", "pre")
    return len(found), found.astype(np.uint32).tobytes()


def _packed(values: Any, size: int, post: int) -> bytes | float:
    """Weights of one dendrite: one for all of it, or packed doubles."""
    if type(values) is list and values and type(values[0]) in (int, float):
        if len(values) == 1:
            return float(values[0])
        if len(values) == size:
            try:
                return _packer("d", size)(*values)
            except (struct.error, TypeError, OverflowError):
                pass
    flat = _numbers(values, size, f"Dendrite {post}: weights")
    return float(flat[0]) if len(flat) == 1 else flat.tobytes()


def _packed_delays(values: Any, size: int, post: int) -> bytes | float:
    """The same for delays in ms, which are checked."""
    alone = type(values) is list and len(values) == 1 and type(values[0]) in (int, float)
    if alone and 0 <= values[0] < math.inf:
        return float(values[0])
    flat = _numbers(values, size, f"Dendrite {post}: delays")
    _check_delays(flat, f"Dendrite {post}")
    return float(flat[0]) if len(flat) == 1 else flat.tobytes()


def _joined(parts: list[Rows]) -> Rows:
    """All dendrites of all parts."""
    if len(parts) == 1:
        return parts[0]

    def put(field: str, dtype: type[np.generic]) -> np.ndarray:
        return np.concatenate([np.empty(0, dtype), *(getattr(part, field) for part in parts)])

    return Rows(
        put("post", np.int32),
        put("lengths", np.int64),
        put("pre", np.int32),
        put("w", np.float64),
        put("delay", np.float64),
    )


def _values(
    weights: Any, delays: Any, size: int, what: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and delays, one for each synapse."""
    w, delay = _numbers(weights, size, f"{what}: weights"), _numbers(delays, size, f"{what}: delays")
    if math.isnan(w.dot(w)):  # no sum of squares is NaN unless one of them is
        raise ConfigurationError(f"{what}: weights must not be NaN.")
    _check_delays(delay, what)
    return np.broadcast_to(w, size), np.broadcast_to(delay, size)


def _check_delays(delay: NDArray[np.float64], what: str) -> None:
    if not 0.0 <= np.minimum.reduce(delay) <= np.maximum.reduce(delay) < math.inf:
        raise ConfigurationError(f"{what}: delays must be finite and not negative.")


def _numbers(values: Any, size: int, what: str) -> NDArray[np.float64]:
    """One number, or ``size`` of them."""
    try:
        given = np.asarray(values)
        if given.dtype.kind in "US":  # NumPy would read numbers in texts
            raise TypeError
        flat = np.array(given, dtype=np.float64, ndmin=1)
    except (TypeError, ValueError):
        raise ConfigurationError(f"{what} must be numbers.") from None
    if flat.ndim != 1 or len(flat) not in (1, size):
        raise ConfigurationError(f"{what} must have 1 or {size} values, not {flat.size}.")
    return flat


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

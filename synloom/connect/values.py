"""Weights and delays of connectors: what may be given, and how it fills an array."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from synloom.attributes import draw
from synloom.clock import nearest_steps
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import DelayKind
from synloom.random import RandomDistribution
from synloom.runtime.buffers import aligned_empty
from synloom.store import aligned

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from synloom.connect.ends import Connector, Ends
    from synloom.network import Network

# A value for all, one drawn per synapse, or one per synapse in store order.
Values = float | RandomDistribution | np.ndarray
BLOCK: Final = 1 << 16  # values drawn at a time: a random matrix is never held twice
LONGEST: Final = 2**31 - 1  # delays are 32-bit numbers of steps


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """The arguments of one connector call, checked. Delays are in ms.

    ``text`` is how reports write the rule, with ``<w>`` and ``<d>`` for weights and delays. ``one_weight`` says
    whether a single number may stand for all weights.
    """

    name: str
    text: str
    connector: Connector
    weights: Values
    delays: Values
    format: str
    order: str
    one_weight: bool

    @property
    def description(self) -> str:
        """One line for reports."""
        return self.text.replace("<w>", _shown(self.weights)).replace("<d>", _shown(self.delays))


def _shown(value: Values) -> str:
    if isinstance(value, np.ndarray):
        return "per synapse"
    return value.latex() if isinstance(value, RandomDistribution) else str(value)


class Delays(NamedTuple):
    """How delays are stored, and the buffer of steps: (1,), or (nnz,) in store order."""

    kind: DelayKind
    steps: NDArray[np.int32]


def is_number(value: Any) -> bool:
    """Whether this is one real number, of whatever type; NumPy's scalars and 0-d arrays are."""
    if isinstance(value, np.ndarray | np.generic):
        return value.ndim == 0 and value.dtype.kind in "buif"
    return isinstance(value, Real)


def is_table(value: Any) -> bool:
    """Whether this is a list, tuple or array: something with one value for each of several synapses."""
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim > 0)


def weights(ends: Ends, value: Any) -> Values:
    """Check the ``weights`` of a pattern connector: a number or a distribution."""
    if isinstance(value, RandomDistribution):
        return value
    if is_number(value):
        if math.isnan(float(value)):
            raise ends.error("weights must not be NaN.")
        return float(value)
    raise ends.error(
        f"weights must be a number or a random distribution, not {type(value).__name__}.",
        hint="connect_from_matrix() takes one weight per synapse" if is_table(value) else "",
    )


def delays(owner: str, value: Any, dt: float) -> Values:
    """Check delays in ms: a number, a distribution with an upper bound, or one number per synapse."""
    if isinstance(value, RandomDistribution):
        highest = getattr(value, "max", getattr(value, "n", None))
        if highest is None:
            raise ConfigurationError(
                f"{owner}: delays drawn from {value!r} have no upper bound.",
                hint="give the distribution a max=",
            )
        limit = np.array([highest], np.float64)
    elif is_number(value) or (isinstance(value, np.ndarray) and value.dtype.kind in "buif"):
        limit = np.atleast_1d(np.asarray(value, np.float64))
        if (limit < 0.0).any():
            raise ConfigurationError(
                f"{owner}: delays must not be negative.", hint="0.0 is a delay of one step"
            )
    else:
        raise ConfigurationError(
            f"{owner}: delays must be a number of ms or a random distribution, not {type(value).__name__}."
        )
    if not np.isfinite(limit).all() or (limit / dt > LONGEST).any():
        raise ConfigurationError(f"{owner}: delays must be finite and at most {LONGEST} steps.")
    if isinstance(value, RandomDistribution):
        return value
    return float(value) if is_number(value) else limit


def steps(ms: ArrayLike, dt: float) -> NDArray[np.int32]:
    """Delays in ms as steps: to the nearest, halves up, at least one."""
    return np.maximum(nearest_steps(ms, dt), 1.0).astype(np.int32)


def flatten(what: str, value: Any, lengths: NDArray[np.int64]) -> Any:
    """What a user assigns to a local attribute, as a number, a distribution or a flat array.

    Accepted are one value for all, one per dendrite, a list of rows with exactly these lengths, and a 2-D
    array if all rows are equally long. Whether they are numbers is checked by whoever stores them.
    """
    if isinstance(value, RandomDistribution) or is_number(value):
        return value
    if not is_table(value) or len(value) != len(lengths):
        raise _misfit(what, value, lengths)
    if isinstance(value, np.ndarray) and value.ndim > 1:
        if value.ndim > 2 or (lengths != value.shape[1]).any():
            raise _misfit(what, value, lengths)
        return value.ravel()
    if all(is_number(v) for v in value):
        return np.repeat(np.asarray(value), lengths)
    if any(not is_table(row) or len(row) != n for row, n in zip(value, lengths, strict=True)):
        raise _misfit(what, value, lengths)
    try:
        return np.concatenate([np.empty(0), *map(np.asarray, value)])
    except ValueError:
        raise _misfit(what, value, lengths) from None


def _misfit(what: str, value: Any, lengths: NDArray[np.int64]) -> ConfigurationError:
    shown = f"{lengths.tolist()}" if len(lengths) <= 8 else f"{lengths[:8].tolist()[:-1]}..."
    if isinstance(value, np.ndarray):
        given = f"an array of shape {value.shape}"
    elif is_table(value):
        given = f"{len(value)} rows of lengths {[len(v) if is_table(v) else 1 for v in value[:8]]}"
    else:
        given = f"{value!r} ({type(value).__name__})"
    return ConfigurationError(
        f"{what}: {len(lengths)} rows of lengths {shown} were expected, not {given}.",
        hint="give a number, a random distribution, one number per dendrite, or one row per dendrite",
    )


def fill(out: np.ndarray, values: Values, network: Network, order: NDArray[np.int64] | None = None) -> None:
    """Put ``values`` into the flat array ``out``; a distribution is drawn in order, block by block.

    ``order``: the place in ``out`` of each value, if they do not follow one another.
    """
    if not isinstance(values, RandomDistribution):
        out[slice(None) if order is None or is_number(values) else order] = values
        return
    for first in range(0, len(out), BLOCK):
        block = slice(first, min(first + BLOCK, len(out)))
        out[block if order is None else order[block]] = draw(values, block.stop - first, network)


def changeable(delays: Delays) -> Delays:
    """Delays of spikes, which may become longer while the network runs, also where one step is the first."""
    return delays._replace(kind=DelayKind.UNIFORM) if delays.kind is DelayKind.NONE else delays


def delay_array(values: Values, nnz: int, network: Network) -> Delays:
    """The buffer of delays: one number of steps, or one per synapse."""
    if isinstance(values, RandomDistribution):
        found = aligned_empty((nnz,), np.dtype(np.int32))
        for first in range(0, nnz, BLOCK):
            part = found[first : first + BLOCK]
            part[...] = steps(draw(values, len(part), network), network.dt)
        return Delays(DelayKind.PER_SYNAPSE, found)
    given = np.atleast_1d(steps(values, network.dt))
    if given.size == 0 or (given == given[0]).all():
        common = int(given[0]) if given.size else 1
        kind = DelayKind.NONE if common == 1 else DelayKind.UNIFORM
        return Delays(kind, aligned(np.array([common]), np.int32))
    return Delays(DelayKind.PER_SYNAPSE, aligned(given, np.int32))


def delay_steps(what: str, value: Any, lengths: NDArray[np.int64], network: Network) -> NDArray[np.int32]:
    """Delays (ms) that a user assigns to dendrites of these lengths, as steps: 0-d, or one per synapse."""
    given = delays(what, flatten(what, value, lengths), network.dt)
    if isinstance(given, RandomDistribution):
        given = draw(given, int(lengths.sum()), network)
    return steps(given, network.dt)

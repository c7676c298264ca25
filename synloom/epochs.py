"""What was recorded of synapses, put together where they were not the same ones all the time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synloom.dendrite import Dendrite

if TYPE_CHECKING:
    from synloom.projection import Projection
    from synloom.store import Reading
    from synloom.transpose import Transpose


@dataclass(frozen=True, eq=False)
class Epoch:
    """Samples (samples, count) taken while the synapses were those of ``reading``; of a dendrite it is None."""

    reading: Reading | None
    samples: NDArray[Any]
    sources: NDArray[np.int32] | None = None  # of a dendrite: the ranks of its pre neurons


def shaped(owner: Projection | Transpose | Dendrite, name: str, epochs: Sequence[Epoch]) -> Any:
    """All samples, time first.

    Dendrites of a projection are those that there ever were: before it came, a dendrite has no synapses, and its
    semiglobal values are NaN. Lists where the number of synapses differs.
    """
    taken = [e for e in epochs if len(e.samples)] or list(epochs[-1:])
    if isinstance(owner, Dendrite):
        return of_dendrite([e.samples for e in taken])
    parts = [(e.reading, owner._rows_of_samples(name, e.samples, e.reading)) for e in taken]
    if len(parts) == 1 or parts[0][1].ndim == 1:
        return np.concatenate([values for _, values in parts]) if len(parts) > 1 else parts[0][1]
    return joined([(reading.rows if reading else np.empty(0, np.int32), values) for reading, values in parts])


def of_dendrite(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Samples (samples, synapses) of one dendrite; lists where the number of synapses differs."""
    if len({values.shape[1] for values in parts}) == 1:
        return np.concatenate(parts)
    return _objects([row for values in parts for row in values.tolist()])


def joined(parts: Sequence[tuple[NDArray[np.int32], NDArray[Any]]]) -> NDArray[Any]:
    """Samples (samples, dendrites) or (samples, dendrites, synapses) with the dendrites of all of them."""
    rows = np.unique(np.concatenate([r for r, _ in parts]))
    shapes = {values.shape[1:] for _, values in parts}
    same = all(len(r) == len(rows) for r, _ in parts) and len(shapes) == 1
    if same and all(values.dtype != object for _, values in parts):
        return np.concatenate([values for _, values in parts])
    if all(values.ndim == 2 and values.dtype != object for _, values in parts):  # one value per dendrite
        return np.concatenate([_widened(r, values, rows) for r, values in parts])
    lists = np.empty((sum(len(values) for _, values in parts), len(rows)), object)
    lists[...] = _objects([[] for _ in range(lists.size)]).reshape(lists.shape)
    first = 0
    for present, values in parts:
        places = np.searchsorted(rows, present)
        for sample, recorded in zip(lists[first : first + len(values)], values.tolist(), strict=True):
            sample[places] = _objects(recorded)
        first += len(values)
    return lists


def _widened(present: NDArray[np.int32], values: NDArray[Any], rows: NDArray[np.int32]) -> NDArray[Any]:
    if len(present) == len(rows):
        return values
    wide = np.full((len(values), len(rows)), np.nan)
    wide[:, np.searchsorted(rows, present)] = values
    return wide


def _objects(lists: Sequence[list[Any]]) -> NDArray[Any]:
    """An array of lists, also where all are equally long."""
    array = np.empty(len(lists), object)
    for place, values in enumerate(lists):
        array[place] = values
    return array

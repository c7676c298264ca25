"""Where the inputs of a population and what a projection decodes stand between two steps, as a tree, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from synloom.codegen.ir.input_fields import ARRIVED, CLOCK, COUNT, HISTORY, NEWER, PLACE, WINDOW
from synloom.codegen.ir.types import InputKind
from synloom.population import Population
from synloom.projection import Projection
from synloom.saved import Part, Tree

MOVING = (PLACE, ARRIVED, HISTORY, NEWER)


def of_population(population: Population) -> Tree:
    """What is given to it, and its clock."""
    return {field: _copied(value) for field, value in population._inputs.items()}


def of_projection(projection: Projection) -> Tree:
    """The spikes within the window."""
    return {field: _copied(projection._buffers[field]) for field in MOVING if field in projection._buffers}


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else int(value)


def prepare_population(population: Population, part: Part) -> list[Callable[[], object]]:
    """Check that it is given the same here; what is returned sets the clock.

    Raises
    ------
    SavedFileError
        Times or values differ, or the clock is impossible.
    """
    given = population._inputs
    if not given:
        return []
    for field, here in given.items():
        if field == CLOCK:
            continue
        same = (
            np.array_equal(part.array(field, here.dtype, here.shape), here)
            if isinstance(here, np.ndarray)
            else part.integer(field) == here
        )
        if not same:
            raise part.error(
                f"other inputs were given to population '{population.name}' when it was saved",
                hint="Assign the same times and values first.",
            )
    clock = part.array(CLOCK, np.int64, (2,))
    assert population._input is not None
    first = 0 if population._input.kind is InputKind.SPIKES else -1
    if clock[0] < 0 or not first <= clock[1] <= given[COUNT]:
        raise part.error("the clock of its inputs is impossible")
    return [lambda: given[CLOCK].__setitem__(..., clock)]


def prepare_projection(projection: Projection, part: Part) -> list[Callable[[], object]]:
    """Check the spikes within the window; what is returned puts them in place.

    Raises
    ------
    SavedFileError
        The window is another one, or anything is damaged.
    """
    buffers = projection._buffers
    if not buffers:
        return []
    new = {field: part.array(field, buffers[field].dtype, buffers[field].shape) for field in MOVING}
    if not 0 <= new[PLACE][0] < buffers[WINDOW]:
        raise part.error("its window is impossible")
    return [lambda: [buffers[field].__setitem__(..., values) for field, values in new.items()]]

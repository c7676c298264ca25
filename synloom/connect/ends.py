"""The two ends of a projection, as a connector needs to know them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from synloom.codegen.errors import ConfigurationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.store import Pattern


class Connector(Protocol):
    """A connectivity rule with its arguments: data that can be built any number of times."""

    def build(self, rng: np.random.Generator) -> Pattern:
        """The synapses; a random rule draws from ``rng``."""
        ...


@dataclass(frozen=True, eq=False)
class Ends:
    """Ranks of the pre and post neurons in the user's order; ``recurrent`` if both are of one population."""

    pre: NDArray[np.int64]
    post: NDArray[np.int64]
    recurrent: bool
    projection: str

    def __post_init__(self) -> None:
        for side, ranks in (("pre", self.pre), ("post", self.post)):
            if len(np.unique(ranks)) != len(ranks):
                raise ConfigurationError(
                    f"Projection '{self.projection}': its {side} view names a neuron more than once.",
                    hint="give each rank of the view once",
                )

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """Post ranks, ascending."""
        return np.sort(self.post).astype(np.int32)

    @cached_property
    def columns(self) -> NDArray[np.int32]:
        """Pre ranks, ascending."""
        return np.sort(self.pre).astype(np.int32)

    def error(self, text: str, hint: str = "") -> ConfigurationError:
        """An error that names the projection."""
        return ConfigurationError(f"Projection '{self.projection}': {text}", hint=hint)

    def own_column(self) -> NDArray[np.int64]:
        """For each row the place of its own neuron among the columns; -1 where that is none of them."""
        if not self.recurrent:
            return np.full(len(self.rows), -1)
        place = np.searchsorted(self.columns, self.rows)
        found = self.columns[np.minimum(place, len(self.columns) - 1)] == self.rows
        return np.where(found, place, -1)

"""One post neuron's synapses, and single synapses: handles on live values, made by projections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import messages
from synloom.attributes import many_values, one_value, unknown
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import DelayKind, Locality
from synloom.connect import values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.population import Population
    from synloom.store import Index, Reading
    from synloom.synapses import Synapses


class Handle:
    """Attributes of some synapses of one dendrite, read and written by name; ``delay`` is one of them."""

    __slots__ = ("_index", "_row", "proj")

    proj: Synapses
    _row: int
    _index: Index

    def _count(self) -> int:
        return len(range(*self._index.indices(self.proj._root.store.nnz))) if isinstance(self._index, slice) else len(self._index)

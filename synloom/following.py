"""Parameters that were declared as a constant, and nothing else, go on following it."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.codegen.ir.expr import Cast, Var
from synloom.codegen.ir.model import Attribute
from synloom.codegen.ir.types import Kind, Scope

if TYPE_CHECKING:
    from synloom.network import Network


def follow(network: Network, constant: str, old: float, new: float) -> None:
    """Let the parameters of a network know of a constant's new value.

    What the user has set to something else stays. What ``reset()`` restores changes with the present values.
    """
    for population in network.populations:
        kept: list[MutableMapping[str, Any]] = [population.state]
        kept += [population._init] if population._init is not None else []
        for name in _declared_as(population.model.attributes, constant):
            _replace(kept, name, old, new)
    for projection in network.projections:
        state = getattr(projection, "_values", None)  # a transpose has none of its own
        if state is not None:
            for name in _declared_as(state.model.attributes, constant):
                _replace([state.buffers, state._initial], name, old, new)


def _declared_as(attributes: Iterable[Attribute], constant: str) -> list[str]:
    found = []
    for attribute in attributes:
        init = attribute.init.arg if isinstance(attribute.init, Cast) else attribute.init
        is_constant = isinstance(init, Var) and init.scope is Scope.CONSTANT and init.name == constant
        if is_constant and attribute.kind is Kind.PARAMETER:
            found.append(attribute.name)
    return found


def _replace(kept: Iterable[MutableMapping[str, Any]], name: str, old: float, new: float) -> None:
    """``new`` for ``old`` in each array; a scalar is replaced as a whole. Live memory keeps its place."""
    for values in kept:
        if name not in values:
            continue
        stored = np.asarray(values[name])
        changed = np.where(
            stored == np.asarray(old).astype(stored.dtype), np.asarray(new).astype(stored.dtype), stored
        )
        if isinstance(values[name], np.ndarray):
            values[name][...] = changed
        else:
            values[name] = changed[()]

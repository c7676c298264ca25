"""Values of a projection's attributes: buffers, what was given before them, what reset restores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import messages
from synloom.attributes import Array, Given, draw, initial_values, many_values, numpy_type, one_value
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.expr import Draw, Var, walk
from synloom.codegen.ir.model import Attribute, SynapseModel
from synloom.codegen.ir.types import Locality, Scope
from synloom.connect.values import Values, fill, flatten, is_number, is_table
from synloom.constant import constant_value
from synloom.random import RandomDistribution
from synloom.revision import Revision, carried
from synloom.runtime.buffers import aligned_empty

if TYPE_CHECKING:
    from synloom.network import Network
    from synloom.store import Store

Spawn = Callable[[], np.random.Generator]
Buffers = dict[str, Array]


class SynapseState:
    """One buffer for each attribute of a synapse model; none until there is a store.

    Attributes
    ----------
    buffers : dict of numpy.ndarray
        (nnz,) in store order, (rows,) or (1,), by locality; w is (1,) with a single weight.
    single_weight : bool
    """

    def __init__(self, label: str, model: SynapseModel, network: Network, given: Given) -> None:
        self.label, self.model, self.network = label, model, network
        self._distributions = given
        self.buffers: dict[str, Array] = {}
        self.single_weight = False
        self._given: dict[str, Any] = {}
        self._initial: dict[str, Any] = {}

    def locality(self, name: str) -> Locality:
        """What there is one value for in the buffer; a single weight counts as global."""
        return Locality.GLOBAL if name == "w" and self.single_weight else self._attribute(name).locality

    def _attribute(self, name: str) -> Attribute:
        attribute = self.model.attribute(name)
        assert attribute is not None
        return attribute

    # -- with buffers -----------------------------------------------------------------------------------

    def allocate(self, store: Store, weights: Values, single_weight: bool) -> None:
        """Make all buffers and give them their initial values; nothing changes if one of these is wrong."""
        before = self.buffers, self.single_weight
        self.buffers, self.single_weight = {}, single_weight
        initial: dict[str, Any] = {}
        try:
            for attribute in self.model.attributes:
                name = attribute.name
                size = {Locality.GLOBAL: 1, Locality.SEMIGLOBAL: len(store.rows), Locality.LOCAL: store.nnz}
                shape = (size[self.locality(name)],)
                buffer = aligned_empty(shape, numpy_type(attribute.dtype, self.network.real))
                if name == "w":
                    self._fill_weights(buffer, weights, store)
                elif name in self._given:
                    self._fill(name, buffer, self.converted(name, self._given[name], buffer, store), store)
                    initial[name] = self._given[name] if is_number(self._given[name]) else buffer.copy()
                else:
                    initial[name] = self._declared(attribute, len(buffer), store)
                    buffer[...] = initial[name]
                self.buffers[name] = buffer
        except Exception:
            self.buffers, self.single_weight = before
            raise
        self._initial = initial

    def _fill(self, name: str, buffer: Array, values: Values, store: Store) -> None:
        """Values into a buffer in store order: whatever the store, each synapse gets the same."""
        by_source = self.drawn_by_source(values)
        if store.by_source == by_source or self.locality(name) is not Locality.LOCAL or is_number(values):
            fill(buffer, values, self.network)
            return
        reading = store.reading(by_source)
        if store.column is not None:
            fill(buffer, values, self.network, reading.order)
            return
        ordered = np.empty_like(buffer)
        fill(ordered, values, self.network)
        buffer[...] = reading.place(ordered)

    def drawn_by_source(self, values: Values) -> bool:
        """Whether these values are in the order of sources, not of dendrites.

        A stream that the user chose is read dendrite by dendrite. What any other is read by is not seen, so it
        is the order that synapses of the model are stored in where nobody asks for another.
        """
        return isinstance(values, RandomDistribution) and not values.chosen and kept_by_source(self.model)

    def _fill_weights(self, buffer: Array, weights: Values, store: Store) -> None:
        locality = self._attribute("w").locality
        if isinstance(weights, np.ndarray) and locality is not Locality.LOCAL:
            raise ConfigurationError(
                f"{self.label}: the connector gives one weight per synapse, but the model declares one w per "
                f"{'dendrite' if locality is Locality.SEMIGLOBAL else 'projection'}.",
                hint="give the connector a number or a distribution, or declare w without that flag",
            )
        self._fill("w", buffer, weights, store)

    def _declared(self, attribute: Attribute, size: int, store: Store) -> Any:
        """The declared initial value: one value where all are the same, else one for each element."""
        if not _varies(attribute):
            return self._evaluated(attribute, 1, {}, self.network.spawn_rng)[0]
        known, reading = dict(self.buffers), store.forward()
        if attribute.locality is not Locality.LOCAL:
            return self._evaluated(attribute, size, known, self.network.spawn_rng)
        for name, values in known.items():
            if self.locality(name) is Locality.SEMIGLOBAL:
                known[name] = np.repeat(values, np.diff(store.row_ptr))
            elif self.locality(name) is Locality.LOCAL:
                known[name] = reading.gather(values)
        return reading.place(self._evaluated(attribute, size, known, self.network.spawn_rng))

    def _evaluated(
        self,
        attribute: Attribute,
        size: int,
        known: Mapping[str, Array],
        spawn: Callable[[], np.random.Generator],
    ) -> Array:
        constant = partial(constant_value, self.network)
        return initial_values(attribute, size, known, self.network.real, spawn, constant, self._distributions)

    def converted(self, name: str, value: Any, buffer: Array, store: Store) -> Any:
        """What a user assigns, checked and in the type of the buffer; distributions are left to be drawn."""
        what, locality = f"{self.label}.{name}", self.locality(name)
        if locality is Locality.GLOBAL:
            if is_table(value) and name == "w" and self.single_weight:
                raise ConfigurationError(
                    f"{what}: all synapses share one weight.",
                    hint="connect with force_multiple_weights=True to have one weight per synapse",
                )
            return one_value(value, buffer, self.network, what)
        if isinstance(value, RandomDistribution):
            return value
        if locality is Locality.LOCAL:
            value = flatten(what, value, store.forward().lengths())
        return many_values(value, len(buffer), buffer, self.network, what)

    def assign(self, given: Mapping[str, Any], store: Store) -> None:
        """Set attributes, all or none."""
        changes = {name: self.converted(name, v, self.buffers[name], store) for name, v in given.items()}
        for name, value in changes.items():
            self._fill(name, self.buffers[name], value, store)
            if not self.network.compiled and name != "w":
                self._given[name] = given[name]
                self._initial[name] = self.buffers[name].copy()

    def assign_stored(self, name: str, values: Array, store: Store) -> None:
        """Set a local attribute from values in store order."""
        buffer = self.buffers[name]
        buffer[...] = many_values(values, len(buffer), buffer, self.network, f"{self.label}.{name}")
        if not self.network.compiled and name != "w":
            self._given[name], self._initial[name] = store.forward().split(values), buffer.copy()

    def restore(self, names: Iterable[str]) -> None:
        """Give attributes their initial values again."""
        for name in names:
            self.buffers[name][...] = self._initial[name]

    # -- synapses come and go ---------------------------------------------------------------------------

    def revised(
        self, revision: Revision, weights: Any, spawn: Spawn, rows: Mapping[str, Array]
    ) -> tuple[Buffers, dict[str, Any]]:
        """Buffers and initial values for other synapses; ``replace()`` puts them in force.

        New synapses have these ``weights``, and initial values else; ``rows`` are values of new rows if known.
        """
        buffers: Buffers = {}
        initial = dict(self._initial)
        for attribute in self.model.attributes:
            name, old = attribute.name, self.buffers[attribute.name]
            if attribute.locality is Locality.GLOBAL:
                buffers[name] = old
                continue
            local = attribute.locality is Locality.LOCAL
            origin = revision.synapses if local else revision.rows
            new = revision.new_synapses if local else revision.new_rows
            if name == "w" and local:
                fresh = weights
            elif name in rows:
                fresh = rows[name]
            else:
                fresh = self._fresh(attribute, len(new), self._beside(buffers, revision, local), spawn)
            buffers[name] = carried(old, origin, fresh)
            if isinstance(initial.get(name), np.ndarray):
                initial[name] = carried(initial[name], origin, buffers[name][new])
        return buffers, initial

    def replace(self, revised: tuple[Buffers, dict[str, Any]]) -> None:
        """Take what ``revised()`` made."""
        self.buffers, self._initial = revised

    def fresh_rows(self, count: int, spawn: Spawn) -> dict[str, Array]:
        """Initial values of semiglobal attributes, for rows that may come."""
        known: dict[str, Array] = {}
        for attribute in self.model.attributes:
            if attribute.locality is Locality.SEMIGLOBAL:
                known[attribute.name] = self._fresh(attribute, count, self._globals() | known, spawn)
        return known

    def _globals(self) -> dict[str, Array]:
        names = (a.name for a in self.model.attributes if a.locality is Locality.GLOBAL)
        return {name: self.buffers[name] for name in names}

    def _beside(self, buffers: Buffers, revision: Revision, local: bool) -> dict[str, Array]:
        """Values that the new elements have already."""
        known = self._globals()
        for name, values in buffers.items():
            match self._attribute(name).locality:
                case Locality.LOCAL if local:
                    known[name] = values[revision.new_synapses]
                case Locality.SEMIGLOBAL:
                    known[name] = values[revision.row_of_new_synapses() if local else revision.new_rows]
                case _:
                    pass
        return known

    def _fresh(self, attribute: Attribute, count: int, known: Mapping[str, Array], spawn: Spawn) -> Array:
        """What new elements start with: what the user gave before ``compile()``, else what is declared."""
        given, dtype = self._given.get(attribute.name), self.buffers[attribute.name].dtype
        if count == 0:
            return np.empty(0, dtype)
        if isinstance(given, RandomDistribution):
            return draw(given, count, self.network).astype(dtype)
        if is_number(given):
            return np.full(count, given).astype(dtype)
        return self._evaluated(attribute, count, known, spawn)

    # -- before there are buffers -----------------------------------------------------------------------

    def forget(self) -> None:
        """The structure is not valid any more."""
        self.buffers, self.single_weight = {}, False

    def keep(self, name: str, value: Any) -> None:
        """Remember a value until there are synapses; only then its shape can be checked."""
        if name == "w":
            messages.warning(
                f"{self.label}: the connector sets w; a value given before compile() has no effect."
            )
            return
        several = is_table(value) and self.locality(name) is not Locality.GLOBAL
        if not (is_number(value) or isinstance(value, RandomDistribution) or several):
            raise ConfigurationError(
                f"{self.label}.{name} can not be set to {value!r} before compile().",
                hint="give a number or a random distribution",
            )
        self._given[name] = value

    def initial(self, name: str) -> Any:
        """The value an attribute starts with, unless ``compile()`` draws it."""
        if name in self._given:
            return self._given[name]
        return self._declared_number(name)[0].item()

    def _declared_number(self, name: str) -> Array:
        attribute = self._attribute(name)
        used = {p.name for p in walk(attribute.init) if isinstance(p, Var) and p.scope is Scope.SELF}
        known = {other: self._declared_number(other) for other in used}

        def refuse() -> np.random.Generator:
            raise NotCompiledError(f"{self.label}.{name} is drawn by compile().", hint="call compile() first")

        return self._evaluated(attribute, 1, known, refuse)


def kept_by_source(model: SynapseModel) -> bool:
    """Whether all that a synapse needs is to be found from its pre neuron."""
    alone = model.spiking and model.psp is None and not model.post_spike.statements
    driven = len(model.event_driven) == len(model.equations)
    dendritic = any(a.locality is Locality.SEMIGLOBAL for a in model.attributes)
    structural = model.creating is not None or model.pruning is not None
    return alone and driven and not dendritic and not structural


def _varies(attribute: Attribute) -> bool:
    """Whether the declared value may differ from element to element."""
    parts = walk(attribute.init)
    return any(isinstance(p, Draw) or (isinstance(p, Var) and p.scope is Scope.SELF) for p in parts)

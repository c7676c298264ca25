"""Synapses that come and go by hand: what a projection does when some are made or removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.attributes import Array, many_values
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.types import DelayKind, Locality
from synloom.connect.ends import rank_in
from synloom.connect.values import delay_steps, is_number
from synloom.random import RandomDistribution
from synloom.revision import Revision, carried, grown, pruned
from synloom.spikes import NEVER
from synloom.synapses import Synapses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.codegen.ir.model import SynapseModel
    from synloom.connect.values import Connection
    from synloom.store import Places, Store
    from synloom.synapse_state import Spawn, SynapseState

ENABLE = "Enable it with setup(structural_plasticity=True)."
NO_ROWS: Mapping[str, Array] = {}


class Structural(Synapses):
    """Methods of a projection whose synapses may be made and removed (spec 03, sections 4.12 and 4.13).

    All of them change everything or nothing, and work between steps only.
    """

    store: Store | None
    model: SynapseModel
    event_step: NDArray[np.int32]
    _values: SynapseState
    _connection: Connection | None

    def create_synapse(self, pre: Any, post: Any, w: float = 0.0, delay: float = 0.0) -> None:
        """Make the synapse between two neurons, given by rank or coordinates, which need not have a dendrite yet.

        Parameters
        ----------
        pre, post : int or tuple of int
        w : float
            Its weight; its other attributes have their initial values.
        delay : float
            In ms. 0 is the delay that all synapses share, else one step. With another one each synapse has its own
            from now on.
        """
        self._create(rank_in(self.post_population, (post,)), [pre], w, delay)

    def prune_synapse(self, pre: Any, post: Any) -> None:
        """Remove the synapse between two neurons, given by rank or coordinates."""
        self._prune(rank_in(self.post_population, (post,)), [pre])

    @property
    def _store_in_use(self) -> Store:
        """The store of a compiled network."""
        assert self.store is not None
        return self.store

    def _changeable(self) -> Store:
        """The store, if its synapses may be changed."""
        if not self.network.options.structural_plasticity:
            raise ConfigurationError("Synapses are made and removed by structural plasticity.", hint=ENABLE)
        store = self._built().store
        if not self.network.compiled:
            raise NotCompiledError(
                f"{self._label}: synapses are made and removed after compile() only.",
                hint="call compile() first",
            )
        return store

    def _create(self, post: int, ranks: Sequence[Any], weights: Any, delays: Any) -> None:
        store = self._changeable()
        if post not in self.post.ranks:
            raise ConfigurationError(
                f"{self._label}: the neuron {post} is not among its post neurons.",
                hint=f"it reaches a part of population '{self.post_population.name}' only",
            )
        columns = self._columns(store, ranks)
        held = np.isin(columns, _columns_of(store, post))
        if held.any():
            rank = int(store.columns[columns[held][0]])
            raise ConfigurationError(f"{self._label}: there is a synapse {rank} -> {post} already.")
        order = np.argsort(columns)
        w = self._new_weights(weights, len(columns))[order]
        steps = self._new_steps(delays, len(columns))[order]
        if len(columns):
            if (steps != self._usual_delay).any():
                self._delay_as(DelayKind.PER_SYNAPSE)
            posts = np.full(len(columns), post, np.int32)
            self._revise(grown(store, posts, columns[order]), w, steps, self.network.spawn_rng)

    def _prune(self, post: int, ranks: Sequence[Any]) -> None:
        store = self._changeable()
        columns, held = self._columns(store, ranks), _columns_of(store, post)
        missing = ~np.isin(columns, held)
        if missing.any():
            rank = int(store.columns[columns[missing][0]])
            raise ConfigurationError(f"{self._label}: there is no synapse {rank} -> {post}.")
        row = store.forward().find(post)
        if row is None or not len(columns):
            return
        gone = np.zeros(store.nnz, np.bool_)
        gone[int(store.row_ptr[row]) + np.searchsorted(held, columns)] = True
        self._revise(pruned(store, gone), 0.0, 1, self.network.spawn_rng)

    def _columns(self, store: Store, ranks: Sequence[Any]) -> NDArray[np.int32]:
        """Places of pre neurons among the columns."""
        if not isinstance(ranks, Sequence | np.ndarray | range) or isinstance(ranks, str):
            raise ConfigurationError(f"{self._label}: ranks must be a list of ranks, not {ranks!r}.")
        given = np.array([rank_in(self.pre_population, (rank,)) for rank in ranks], np.int32)
        ordered = np.sort(given)
        twice = ordered[1:][ordered[1:] == ordered[:-1]]
        if twice.size:
            raise ConfigurationError(f"{self._label}: the rank {twice[0]} is given twice.")
        strange = given[~np.isin(given, store.columns)]
        if strange.size:
            raise ConfigurationError(
                f"{self._label}: the neuron {strange[0]} is not among its pre neurons.",
                hint=f"it comes from a part of population '{self.pre_population.name}' only",
            )
        return np.searchsorted(store.columns, given).astype(np.int32)

    def _new_weights(self, weights: Any, count: int) -> Array:
        what, given = f"{self._label}.w", 0.0 if weights is None else weights
        locality = self._locality("w")
        if locality is not Locality.LOCAL:
            if is_number(given) and given == 0.0:
                return np.zeros(count)
            several = "dendrite" if locality is Locality.SEMIGLOBAL else "projection"
            raise ConfigurationError(
                f"{what}: a new synapse has no weight of its own, there is one per {several}."
            )
        flat = np.broadcast_to(
            many_values(given, count, self._values.buffers["w"], self.network, what), count
        )
        if flat.dtype.kind == "f" and np.isnan(flat).any():
            raise ConfigurationError(f"{what}: weights must not be NaN.")
        return flat

    def _new_steps(self, given: Any, count: int) -> NDArray[np.int32]:
        """Delays of new synapses; where 0 is given, the usual one."""
        given = 0.0 if given is None else given
        what = f"{self._label}.delay"
        steps = np.broadcast_to(delay_steps(what, given, np.ones(count, np.int64), self.network), count)
        if not isinstance(given, RandomDistribution):
            steps = np.where(np.asarray(given, np.float64) == 0.0, self._usual_delay, steps)
        return steps.astype(np.int32)

    @property
    def _usual_delay(self) -> int:
        """Steps: what all synapses share, else one."""
        return 1 if self.delay_kind is DelayKind.PER_SYNAPSE else int(self.delay_steps[0])

    def _revise(
        self,
        revision: Revision,
        weights: Any,
        steps: Any,
        spawn: Spawn,
        rows: Mapping[str, Array] = NO_ROWS,
    ) -> None:
        """Put other synapses in force, with everything that is kept for each of them, everywhere."""
        values = self._values.revised(revision, weights, spawn, rows)
        delays = self._own_delays
        if delays.kind is DelayKind.PER_SYNAPSE:
            delays = delays._replace(steps=carried(delays.steps, revision.synapses, steps))
        if self.model.event_driven:
            self.event_step = carried(self.event_step, revision.synapses, NEVER)
        self._values.replace(values)
        self._own_delays, self.store = delays, revision.store
        self._root._synapses_replaced()
        self.network._structure_changed(self._root)


def _columns_of(store: Store, post: int) -> Places:
    """Places among the columns of the synapses of one post neuron."""
    row = store.forward().find(post)
    assert store.column is not None
    return store.column[:0] if row is None else store.column[store.row_ptr[row] : store.row_ptr[row + 1]]

"""Projections: the synapses between two populations, their store, their values and how they learn."""

from __future__ import annotations

import copy
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import messages, registry
from synloom.attributes import given_values
from synloom.codegen.description import SynapseDescription
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.model import SynapseModel
from synloom.codegen.ir.types import DelayKind, Kind, Locality
from synloom.codegen.lower.synapse import lower_synapse
from synloom.codegen.lower.synapse_events import DEFAULT_TRANSMISSION, adds_transmission
from synloom.connect.ends import End, Ends, end_of, network_of, own_name, targets_of
from synloom.connect.methods import ConnectMethods
from synloom.connect.values import Connection, Delays, changeable, delay_array, delay_steps
from synloom.constant import visible_constants
from synloom.function import FunctionCaller, own_functions
from synloom.lowering import lowered, refuse_reserved
from synloom.projection_values import ProjectionValues
from synloom.spikes import NEVER
from synloom.store import Pattern, Reading, Store, aligned, format_for, pack
from synloom.synapse import Synapse
from synloom.synapse_state import SynapseState, kept_by_source
from synloom.synapses import Synapses

if TYPE_CHECKING:
    from synloom.network import Network


class Projection(ConnectMethods, ProjectionValues):
    """Synapses of one model between two populations, or views of them.

    Every parameter and variable of the synapse is an attribute. Reading one gives a number if the projection
    has one of it, a list in ``post_ranks`` order if each dendrite has, a list of lists if each synapse has.
    Writing takes a number, a random distribution, lists or arrays of these shapes, one number per dendrite.

    Parameters
    ----------
    pre, post : Population, PopulationView, IndividualNeuron or str
        Where synapses come from and lead to; a str is the name of a population.
    target : str or list of str
        What the post neurons read as ``sum(target)``, or ``g_target`` if they are spiking; several share the weights.
    synapse : Synapse or class, optional
        The model; without, ``psp = w * pre.r``.
    name : str, optional
        Unique in the network; default ``'proj<id>'``.
    disable_omp : bool
        Of spiking networks; no effect.
    net_id, network
        The network, by number or itself; by default that of the populations.

    Attributes
    ----------
    id : int
        Creation index in the network.
    pre_population, post_population : Population
        The whole populations behind ``pre`` and ``post``.
    synapse_type : Synapse
    model : SynapseModel
        The analysed synapse.
    store : Store or None
        Where the synapses are; None until the network is compiled.
    state : dict of numpy.ndarray
        The live memory of each attribute: (nnz,) in store order, (dendrites,) or (1,).
    flags : dict of numpy.ndarray
        Switches, and ``period`` and ``offset`` of learning in steps; (1,).
    delay_kind, delay_steps
        How delays are stored, and their buffer: (1,) or (nnz,) int32, at least 1.
    transmission, update, plasticity, axon_transmission : bool
        What the projection does in a step (spec 03, section 4.10).

    Raises
    ------
    ConfigurationError
        Ends that do not belong together, a name that is taken, a network that is compiled.
    ModelError
        A mistake in the text of the synapse.
    """

    disable_omp: bool
    synapse_type: Synapse
    model: SynapseModel
    store: Store | None
    _decodes = False  # whether it turns spikes into rates ...
    _buffers: dict[str, Any]  # ... and what that takes, by field of the manifest

    def __init__(
        self,
        pre: End,
        post: End,
        target: str | list[str],
        synapse: Synapse | type[Synapse] | None = None,
        name: str | None = None,
        disable_omp: bool = True,
        *,
        net_id: int = 0,
        network: Network | None = None,
    ) -> None:
        self.network = network_of(pre, post, net_id, network)
        self.pre, self.post = end_of(self.network, pre, "pre"), end_of(self.network, post, "post")
        self.name = own_name(name, "Projection") or f"proj{len(self.network.projections)}"
        self.targets = targets_of(target, "Projection")
        self.target = self.targets[0] if len(self.targets) == 1 else list(self.targets)
        self.post_population._check_targets(self.targets, self._label)
        self.disable_omp, self._buffers = disable_omp, {}
        self.synapse_type = _instance(synapse)
        self._analyse()
        switches = ("transmission", "update", "plasticity", "axon_transmission")
        self.flags = {name: np.ones(1, np.bool_) for name in switches}
        self.flags |= {"period": np.ones(1, np.int64), "offset": np.zeros(1, np.int64)}
        self.store = None
        self._own_delays = delay_array(0.0, 0, self.network)
        self._values = SynapseState(
            self._label, self.model, self.network, given_values(self.synapse_type.description)
        )
        self._connection: Connection | None = None
        self._built_for: tuple[Any, ...] = ()
        self._schedules = {}
        self.id = self.network._add_projection(self)
        self.post_population.targets += self.targets
        self._ready = True

    def _analyse(self) -> None:
        written = self.synapse_type.description
        self.model = lowered(written, f"projection '{self.name}'", self._lower)
        if adds_transmission(written, self.model):
            messages.warning(
                f"Projection '{self.name}': pre_spike of its synapse does not mention g_target; each spike"
                f" transmits {DEFAULT_TRANSMISSION} all the same. To be silent, write g_target += 0.0."
            )
        self._functions, self._callable = own_functions(written.functions, self.network)

    def _lower(self, written: SynapseDescription) -> SynapseModel:
        pre, post = self.pre_population, self.post_population
        model = lower_synapse(
            written,
            pre=pre.model,
            post=post.model,
            pre_name=pre.name,
            post_name=post.name,
            functions=registry.functions,
            constants=visible_constants(self.network).keys(),
            default_method=self.network.options.method,
            spiking=pre.model.spiking,
            targets=self.targets,
        )
        refuse_reserved(model.attributes, Projection, RESERVED, "projection")
        return model

    @property
    def _root(self) -> Projection:
        return self

    def _reading(self) -> Reading | None:
        return None if self.store is None else self.store.forward()

    @property
    def _delays(self) -> Delays:
        return changeable(self._own_delays) if self._spiking else self._own_delays

    @property
    def attributes(self) -> list[str]:
        """Parameters, then variables."""
        kinds = (Kind.PARAMETER, Kind.VARIABLE)
        return [a.name for kind in kinds for a in self.model.attributes if a.kind is kind]

    @property
    def functions(self) -> list[str]:
        """Names of the synapse's own functions, which are methods of the projection."""
        return list(self._functions)

    def __getattr__(self, name: str) -> Any:
        if name not in self.__dict__.get("_functions", ()):
            return super().__getattr__(name)
        if not self.network.compiled:
            raise NotCompiledError(f"{self._label}.{name}() can be called after compile().")
        return FunctionCaller(self._callable[name], self._callable, self.network)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.attributes, *self.functions]

    # -- connecting -------------------------------------------------------------------------------------

    @property
    def connector_name(self) -> str | None:
        """Which connector was called; None before."""
        return None if self._connection is None else self._connection.name

    @property
    def connector_description(self) -> str | None:
        """The connector and its arguments, for reports; None before it was called."""
        return None if self._connection is None else self._connection.description

    @property
    def _spiking(self) -> bool:
        return self.pre_population.model.spiking

    def _ends(self) -> Ends:
        same = self.pre_population is self.post_population
        return Ends(np.asarray(self.pre.ranks), np.asarray(self.post.ranks), same, self.name)

    def _connected(self, connection: Connection) -> None:
        self._connection = connection
        self.store, self._delay_table = None, None
        self._values.forget()
        if isinstance(connection.delays, float):
            self._own_delays = delay_array(connection.delays, 0, self.network)

    def _check_ready(self) -> None:
        """Refuse to be compiled without synapses."""
        if self._connection is None:
            raise ConfigurationError(
                f"{self._label} was never connected.",
                hint="call one of its connect methods, for instance connect_all_to_all(weights=1.0)",
            )

    def _build(self, again: bool = False) -> None:
        """Make the synapses and the buffers of their values, unless they are there."""
        self._check_ready()
        changing = self.network.options.structural_plasticity
        setting = (self.network.real, self.network.dt, changing)
        if self.store is not None and not again and self._built_for == setting:
            return
        connection = self._connection
        assert connection is not None
        if changing and connection.format == "dense":
            messages.info(f"{self._label}: stored as csr, not dense: its synapses may come and go.")
        pattern = connection.connector.build(self.network.spawn_rng(), kept_by_source(self.model))
        store = pack(
            pattern,
            "csr" if changing else self._format(connection.format, pattern),
            self.name,
            not changing and self._stored_by_source(connection.order),
            self.post_population.size,
            swept=not self.model.spiking,
        )
        del pattern
        if again and self.store is not None and self.store.kind is not store.kind:
            from synloom.rebuilding import prepare_store

            prepare_store(self, store.kind)
        table = None if self._delay_table is None else self._table_of(self._delay_table, store)
        weight = self.model.attribute("w")
        single = connection.one_weight and weight is not None and weight.locality is Locality.LOCAL
        single = single and not self.model.plastic and not changing
        self._values.allocate(store, connection.weights, single)
        delays = delay_array(connection.delays, store.nnz, self.network)
        if delays.kind is DelayKind.PER_SYNAPSE:
            drawn = store.reading(self._values.drawn_by_source(connection.delays))
            delays = delays._replace(steps=aligned(drawn.place(delays.steps), np.int32))
        delays = delays if table is None else table
        self._own_delays = delays
        if self.model.event_driven:
            self.event_step = aligned(np.full(store.nnz, NEVER), np.int32)
        self.store, self._built_for = store, setting

    def _table_of(self, given: Any, store: Store) -> Delays:
        """Delays that were given for single synapses before there were any."""
        reading = store.forward()
        steps = np.ravel(delay_steps(f"{self._label}.delay", given, reading.lengths(), self.network))
        return delay_array(reading.place(steps) * self.network.dt, store.nnz, self.network)

    def _stored_by_source(self, order: str) -> bool:
        """Whether a row holds the synapses of a pre neuron: where only pre-synaptic spikes ask for them."""
        model, links = self.model, self.network.projections
        swept = any(p is not self and p._root is self and p._is_continuous for p in links)
        by_rows = not kept_by_source(model) or swept
        if by_rows and order == "pre_to_post":
            messages.info(f"{self._label} is stored as post_to_pre: its synapse asks for dendrites.")
        return model.spiking and order != "post_to_pre" and not by_rows

    def _format(self, asked: str, pattern: Pattern) -> str:
        """The storage asked for, or, in a running network, the one it has if that can hold the pattern."""
        if self.store is None or not self.network.compiled:
            return asked
        return format_for(self.store.kind, pattern)

    def load(self, filename: str | PathLike[str], pickle_encoding: str | None = None) -> None:
        """Take over synapses, delays and attributes from a file of ``save()``: all or nothing.

        Raises
        ------
        NotCompiledError
            Before ``compile()``.
        SavedFileError
            No such file, a damaged one, or one that does not fit the projection.
        """
        from synloom.saving import load_projection

        load_projection(self, filename, pickle_encoding)

    def __getstate__(self) -> dict[str, Any]:
        from synloom.copying import bare_projection

        return bare_projection(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)


RESERVED = {*Projection.__annotations__, *Synapses.__annotations__, *ConnectMethods.__annotations__}


def _instance(synapse: object) -> Synapse:
    made = synapse() if isinstance(synapse, type) and issubclass(synapse, Synapse) else synapse
    if made is None:
        return Synapse()
    if not isinstance(made, Synapse):
        raise ConfigurationError(
            f"Projection: synapse must be a Synapse, or a class of synapses, not {synapse!r}."
        )
    return copy.copy(made)

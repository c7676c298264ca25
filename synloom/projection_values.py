"""What a projection is while it runs: the values of its attributes and its delays, read, written and reset."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from synloom import messages
from synloom.attributes import Array, unknown
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.types import Locality
from synloom.connect.values import delay_array, delays, is_number, is_table
from synloom.learning import Learning
from synloom.spikes import NEVER


class ProjectionValues(Learning):
    """Base of :class:`Projection`: its running state."""

    _delay_table: Any = None  # delays of single synapses, given before compile()

    @abstractmethod
    def _build(self, again: bool = False) -> None:
        """Make the synapses and the buffers of their values, unless they are there."""

    @property
    def state(self) -> dict[str, Array]:
        """The live memory of each attribute; empty until the network is compiled."""
        return self._values.buffers

    @property
    def single_weight(self) -> bool:
        """Whether one value is kept for the weights of all synapses."""
        return self._values.single_weight

    def _check_writable(self, name: str) -> None:
        if name not in self.attributes and name != "delay":
            raise unknown(str(name), self._label, self.attributes)

    def _write(self, given: Mapping[str, Any]) -> None:
        if self.store is not None:
            self._built()
            self._values.assign(given, self.store)
            return
        for name, value in given.items():
            self._values.keep(name, value)

    def _read(self, name: str) -> Any:
        early = self.store is None and name in self.attributes
        return self._first_value(name) if early else super()._read(name)

    def _first_value(self, name: str) -> Any:
        """The value an attribute starts with, where that is known before it is drawn."""
        if name == "w" and self._connection is not None and isinstance(self._connection.weights, float):
            return self._connection.weights
        return self._values.initial(name)

    @property
    def init(self) -> dict[str, Any]:
        """Initial values by name, and the flags; None for what ``compile()`` draws."""
        values: dict[str, Any] = {}
        for name in self.attributes:
            try:
                values[name] = self._first_value(name)
            except NotCompiledError:
                values[name] = None
        return values | {name: bool(flag[0]) for name, flag in self.flags.items() if flag.dtype == np.bool_}

    def set_matrix(self, name: str, matrix: Any) -> None:
        """Set a local attribute from a (post size, pre size) matrix of whole populations.

        Entries where there is no synapse are ignored.
        """
        store, given = self._built().store, np.asarray(matrix)
        expected = (self.post_population.size, self.pre_population.size)
        if given.shape != expected:
            raise ConfigurationError(
                f"{self._label}.{name}: the matrix must have the shape {expected}, not {given.shape}."
            )
        self._check_writable(name)
        if self._locality(name) is not Locality.LOCAL:
            raise ConfigurationError(f"{self._label}.{name}: there is not one value per synapse.")
        turned = not given.flags.c_contiguous  # such as get_matrix() gives of a store by source: not copied
        flat = (given.T if turned else given).reshape(-1)
        post_step, pre_step = (1, expected[0]) if turned else (expected[1], 1)
        entries = np.empty(store.nnz, given.dtype)
        for synapses, places in store.cells(
            *((pre_step, post_step) if store.by_source else (post_step, pre_step))
        ):
            entries[synapses] = flat[places]
        self._values.assign_stored(name, entries, store)

    def reset(self, attributes: Iterable[str] | int | None = -1, synapses: bool = False) -> None:
        """Give all attributes but ``w``, or those listed, their initial values.

        ``synapses``: run the connector again, which makes new synapses, weights and delays.
        """
        self._built()
        if synapses:
            self._build(again=True)
            self._rebound()
            return
        names = self.attributes if attributes is None or isinstance(attributes, int) else list(attributes)
        for name in names:
            if name not in self.attributes:
                messages.warning(f"reset(): {unknown(str(name), self._label, self.attributes).message}")
        self._values.restore(name for name in self.attributes if name in names and name != "w")
        if self.model.event_driven and attributes in (-1, None):
            self.event_step[...] = NEVER

    def _forget_events(self) -> None:
        """Traces mean nothing without the events that they come from: back to their initial values."""
        if self.model.event_driven:
            self.event_step[...] = NEVER
            self._values.restore(o.target.name for o in self.model.event_driven)

    def _synapses_replaced(self) -> None:
        """What depends on the number of synapses is to be calculated anew."""

    def _rebound(self) -> None:
        """All buffers are new: whoever holds the old ones takes these."""
        self.network._delays_changed()
        for monitor in self.network.monitors:
            monitor._rebind()
        self.network._recorders_changed()

    def size_in_bytes(self) -> int:
        """Memory of synapses and values; 0 before ``compile()``."""
        if self._peek("size_in_bytes") is None:
            return 0
        assert self.store is not None
        buffers = [*self.state.values(), *self.flags.values(), self.delay_steps]
        return self.store.nbytes + sum(buffer.nbytes for buffer in buffers)

    _size_in_bytes = size_in_bytes

    @property
    def delay(self) -> Any:
        """Delays in ms: a number, or a list of lists if each synapse has its own; None before ``compile()``.

        Assigning takes the same forms, one number per dendrite, and a distribution with an upper bound, at any
        time; less than one step becomes one step. Delays of another kind than before (the first longer than a
        step, the first that differ from synapse to synapse) make a running network compile again: its state stays.
        """
        return None if self.store is None else self._read_delay()

    @delay.setter
    def delay(self, value: Any) -> None:
        if self.network.compiled:
            self._write_delay(value)
            return
        if self._connection is None:
            raise ConfigurationError(f"{self._label}: connect it before its delays are set.")
        if is_table(value):
            self._delay_table = copy.deepcopy(value)  # its shape is checked once there are synapses
            if self.store is not None:
                self._write_delay(value)
            return
        self._delay_table = None
        self._connection = replace(
            self._connection, delays=delays(f"{self._label}.delay", value, self.network.dt)
        )
        nnz = 0 if self.store is None else self.store.nnz
        if self.store is not None or is_number(value):
            self._own_delays = delay_array(self._connection.delays, nnz, self.network)

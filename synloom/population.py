"""Populations: neurons of one model, their state, and the ways to reach it."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from synloom import messages, registry
from synloom.attributes import given_values, initial_values, numpy_type, snapshot, unknown
from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.model import Attribute, InputIR, NeuronModel
from synloom.codegen.ir.types import DType, Locality
from synloom.codegen.lower.neuron import lower_neuron
from synloom.constant import constant_value, visible_constants
from synloom.function import own_functions
from synloom.geometry import Grid, parse_geometry, rank_of, select
from synloom.individual import IndividualNeuron
from synloom.lowering import lowered, refuse_reserved
from synloom.neuron import Neuron
from synloom.population_values import PopulationValues
from synloom.report import html_of
from synloom.runtime.buffers import aligned_empty
from synloom.spiking import Spiking
from synloom.stop_condition import StopCondition, stop_text
from synloom.view import PopulationView

if TYPE_CHECKING:
    from synloom.network import Network

Array = npt.NDArray[Any]


class Population(PopulationValues, Spiking, Grid):
    """Neurons of one model.

    Every parameter and variable of the model is an attribute: reading a local one gives a copy in the shape
    of the geometry, a global one a number; writing takes a number, ``size`` numbers in any shape, or a random
    distribution. The same holds before and after ``compile()``. ``array(name)`` is the live memory itself.

    Parameters
    ----------
    geometry : int or tuple of int
        Number of neurons, or extent of each axis.
    neuron : Neuron or class
        The model; a class is instantiated without arguments.
    name : str, optional
        Unique in the network; default ``'pop<id>'``.
    stop_condition : str, optional
        When ``simulate_until`` stops: a boolean expression over attributes, and ``: any`` (the default) or ``: all``.
        ``spiked : any`` is true once a neuron fires.
    net_id : int, default 0
        The network it belongs to, by number ...
    network : Network, optional
        ... or itself.

    Attributes
    ----------
    name : str
    id : int
        Creation index in the network.
    geometry, size : tuple of int, int
    neuron_type : Neuron
    model : NeuronModel
        The analysed neuron.
    targets : list of str
        One entry for each incoming projection.
    state : dict of numpy.ndarray
        The live memory of each attribute: shape (size,) if local, (1,) if global.
    flags, sums : dict of numpy.ndarray
        Switches; the weighted sums of the last step by target, shape (size,), once compiled.

    Raises
    ------
    ConfigurationError
        A wrong geometry or argument, a name that is taken, or a network that is compiled already.
    ModelError
        A mistake in the text of the neuron.
    """

    network: Network
    name: str
    id: int
    neuron_type: Neuron
    stop_condition: str | None
    model: NeuronModel
    targets: list[str]
    state: dict[str, Array]
    flags: dict[str, Array]
    sums: dict[str, Array]
    _input: InputIR | None = None  # what drives the population beside its equations ...
    _inputs: dict[str, Any]  # ... and its buffers and sizes, by field of the manifest
    _ignores_inputs = False  # whether it is no mistake that projections lead to it which it does not hear

    def __init__(
        self,
        geometry: Any,
        neuron: Neuron | type[Neuron],
        name: str | None = None,
        stop_condition: str | None = None,
        *,
        net_id: int = 0,
        network: Network | None = None,
    ) -> None:
        self.network = network if network is not None else registry.network(net_id)
        self.geometry = parse_geometry(geometry)
        self.size = math.prod(self.geometry)
        for argument, text in (("name", name), ("stop_condition", stop_condition)):
            if not isinstance(text, str | None):
                raise ConfigurationError(f"Population: {argument} must be a text, not {text!r}.")
        self.name = name or f"pop{len(self.network.populations)}"
        self.neuron_type = _instance(neuron)
        self.stop_condition = stop_condition
        self.targets = []
        self.flags = {"enabled": np.ones(1, np.bool_)}
        self.sums = {}
        self._inputs = {}
        self._init: dict[str, Array] | None = None
        self._analyse()
        self._stop = self._stop_condition(stop_condition)
        self.id = self.network._add_population(self)

    def _analyse(self) -> None:
        self.model = lowered(self.neuron_type.description, f"population '{self.name}'", self._lower)
        self._functions, self._callable = own_functions(self.neuron_type.description.functions, self.network)
        self._make_spikes(self.neuron_type.refractory)
        self._attributes: dict[str, Attribute] = {a.name: a for a in self.model.attributes}

    def _stop_condition(self, text: str | None) -> StopCondition | None:
        if text is None:
            return None
        return StopCondition(self, stop_text(text, f"Population '{self.name}'"))

    def _lower(self, written: NeuronDescription) -> NeuronModel:
        model = lower_neuron(
            written,
            functions=registry.functions,
            constants=visible_constants(self.network).keys(),
            default_method=self.network.options.method,
        )
        refuse_reserved(model.attributes, Population, RESERVED, "population")
        self.state = self._allocate(model)
        return model

    def _allocate(self, model: NeuronModel) -> dict[str, Array]:
        state: dict[str, Array] = {}
        real, spawn = self.network.real, self.network.spawn_rng
        constant = partial(constant_value, self.network)
        given = given_values(self.neuron_type.description)
        for attribute in model.attributes:
            count = self.size if attribute.locality is Locality.LOCAL else 1
            values = initial_values(attribute, count, state, real, spawn, constant, given)
            state[attribute.name] = aligned_empty((count,), numpy_type(attribute.dtype, real))
            state[attribute.name][...] = values
        return state

    # What the network calls

    def _check_ready(self) -> None:
        """Refuse to be compiled."""

    def _check_targets(self, targets: Sequence[str], projection: str) -> None:
        """Refuse a projection whose targets the neurons do not know."""

    def _capture_init(self) -> None:
        """Remember the present values as those that ``reset()`` restores. Called by ``compile()``."""
        real = self.network.real
        for name, attribute in self._attributes.items():
            if attribute.dtype is DType.REAL and self.state[name].dtype != real:  # precision set late
                given = self.state[name]
                self.state[name] = aligned_empty(given.shape, real)
                self.state[name][...] = given
        self._init = {name: values.copy() for name, values in self.state.items()}
        self._fix_steps()

    def __getstate__(self) -> dict[str, Any]:
        from synloom.copying import bare_population

        return bare_population(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        from synloom.copying import dress_population

        self.__dict__.update(state)
        dress_population(self)

    # State as a whole

    @property
    def initialized(self) -> bool:
        """Whether the network is compiled."""
        return self.network.compiled

    @property
    def init(self) -> dict[str, Any]:
        """What ``reset()`` restores, by name: the present values until ``compile()``, then those it found."""
        if self._init is None:
            return {name: self.get(name) for name in self.attributes}
        return {
            name: snapshot(values).reshape(self.geometry) if self._is_local(name) else values[0].item()
            for name, values in self._init.items()
        }

    def reset(self, attributes: list[str] | None = None) -> None:
        """Give all attributes, or those listed, the values they had when the network was compiled; then ``clear``."""
        for name in self.attributes if attributes is None else attributes:
            if name not in self._attributes:
                messages.warning(f"reset(): {unknown(name, self._title, self.attributes).message}")
            elif self._init is not None:
                self._stored(name)[...] = self._init[name]
        self.clear()

    def clear(self) -> None:
        """Forget what is under way: spikes, and values in delay queues, which become the initial ones."""
        if self._spikes is not None:
            self._spikes.clear()
        self.network._clear_delays(self)

    def save(self, filename: str | PathLike[str]) -> None:
        """Write the attributes to a file: ``.npz``, ``.hdf5``, ``.mat`` or ``.gz``."""
        from synloom.saving import save_population

        save_population(self, filename)

    def load(self, filename: str | PathLike[str], pickle_encoding: str | None = None) -> None:
        """Set the attributes that a file of ``save()`` holds, all or none of them."""
        from synloom.saving import load_population

        load_population(self, filename, pickle_encoding)

    def size_in_bytes(self) -> int:
        """Memory of the running population; 0 before ``compile()``."""
        if not self.network.compiled:
            return 0
        buffers = {} if self._spikes is None else self._spikes.buffers
        parts = (self.state, self.sums, self.flags, buffers, self._inputs)
        return sum(a.nbytes for part in parts for a in part.values() if isinstance(a, np.ndarray))

    _size_in_bytes = size_in_bytes

    @property
    def enabled(self) -> bool:
        """Whether the population and the projections that lead to it are updated."""
        return bool(self.flags["enabled"][0])

    def enable(self) -> None:
        """Update the population again."""
        self.flags["enabled"][0] = True

    def disable(self) -> None:
        """Stop updating the population. Its values stay, and are still transmitted to others."""
        self.flags["enabled"][0] = False

    def explain(self) -> str:
        """Each equation as written, its discretised form, and the C++ it becomes."""
        from synloom.explain import explain_neuron

        return explain_neuron(self.model, self.network.precision)

    def sum(self, target: str) -> npt.NDArray[np.float64]:
        """The weighted sums of a target in the last step, in the shape of the geometry."""
        self._refuse_cleared()
        if self._spikes is not None and f"g_{target}" in self._attributes:
            return np.asarray(self.get(f"g_{target}"), np.float64)
        if target not in self.sums:
            reason = (
                f'no projection has the target "{target}"' if self.network.compiled else "it is not compiled"
            )
            messages.warning(f"{self._title}: sum({target}) is zero, {reason}.")
            return np.zeros(self.geometry)
        return snapshot(self.sums[target]).reshape(self.geometry)

    @property
    def max_delay(self) -> int:
        """The largest delay of the projections that leave the population, in steps."""
        return max((p.max_delay for p in self.network.projections if p.pre_population is self), default=1)

    # Single neurons and parts

    def neuron(self, *coord: Any) -> IndividualNeuron:
        """One neuron: ``neuron(rank)``, ``neuron(i, j)`` or ``neuron((i, j))``."""
        if len(coord) == 1 and not isinstance(coord[0], tuple | list):
            return IndividualNeuron(self, coord[0])
        return IndividualNeuron(self, rank_of(coord[0] if len(coord) == 1 else coord, self.geometry))

    @property
    def neurons(self) -> Iterator[IndividualNeuron]:
        """All neurons, by rank."""
        return iter(self)

    def __iter__(self) -> Iterator[IndividualNeuron]:
        for rank in range(self.size):
            yield IndividualNeuron(self, rank)

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: tuple[Any, ...]) -> PopulationView | IndividualNeuron: ...
    @overload
    def __getitem__(self, index: int | slice | list[Any] | npt.NDArray[Any]) -> PopulationView: ...
    def __getitem__(self, index: Any) -> PopulationView | IndividualNeuron:
        """A view of the neurons selected; one neuron for a tuple of as many ints as there are axes."""
        selected = select(index, self.geometry)
        if isinstance(selected, int):
            return IndividualNeuron(self, selected)
        return PopulationView(self, *selected)

    _repr_html_ = html_of

    def __repr__(self) -> str:
        return f"<Population {self.name!r} {self.geometry}>"


RESERVED = {*Population.__annotations__, *PopulationValues.__annotations__, *Grid.__annotations__}


def _instance(neuron: object) -> Neuron:
    made = neuron() if isinstance(neuron, type) and issubclass(neuron, Neuron) else neuron
    if not isinstance(made, Neuron):
        raise ConfigurationError(
            f"The second argument of Population is a Neuron, or a class of neurons, not {neuron!r}."
        )
    return copy.copy(made)

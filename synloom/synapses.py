"""What a projection and its transpose share: both are synapses read by dendrites, out of one store."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import connectivity_file, messages
from synloom.attributes import unknown
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.types import Kind, Locality
from synloom.connect.ends import population_of, rank_in
from synloom.delays import Delayed
from synloom.dendrite import Dendrite, IndividualSynapse
from synloom.receptive_fields import tile
from synloom.report import html_of
from synloom.store import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.population import Population
    from synloom.projection import Projection
    from synloom.view import PopulationView


class Counts(list[int]):
    """A list that may also be called, which gives the list: scripts of both generations read it."""

    def __call__(self) -> Counts:
        return self


class Flag:
    """A switch of a projection, kept where the running network reads it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, synapses: Synapses | None, owner: type) -> Any:
        return self if synapses is None else bool(synapses.flags[self.name][0])

    def __set__(self, synapses: Synapses, value: object) -> None:
        if not isinstance(value, bool | np.bool_):
            raise ConfigurationError(f"{synapses._label}.{self.name} is True or False, not {value!r}.")
        synapses.flags[self.name][0] = value


class Synapses(Delayed):
    """Base of :class:`Projection` and :class:`Transpose`: inspection, values of attributes, delays.

    All of it is read from the store and the buffers of the forward projection at each call; nothing is kept.
    """

    name: str
    id: int
    pre: Population | PopulationView
    post: Population | PopulationView
    target: str | list[str]
    flags: dict[str, np.ndarray]

    transmission = Flag()
    _repr_html_ = html_of

    @property
    @abstractmethod
    def _root(self) -> Projection:
        """The projection that owns the store."""

    @abstractmethod
    def _reading(self) -> Reading | None:
        """The store as this object reads it; None before it is built."""

    @property
    def _is_continuous(self) -> bool:
        """Whether it transmits in every step, through a psp."""
        return self._root.model.psp is not None

    @abstractmethod
    def _write(self, given: Mapping[str, Any]) -> None:
        """Set attributes, all or none."""

    @property
    @abstractmethod
    def attributes(self) -> list[str]:
        """Names of the attributes that can be read."""

    @property
    def _label(self) -> str:
        return f"{type(self).__name__} '{self.name}'"

    @property
    def pre_population(self) -> Population:
        """The whole population behind ``pre``."""
        return population_of(self.pre)

    @property
    def post_population(self) -> Population:
        """The whole population behind ``post``."""
        return population_of(self.post)

    @property
    def parameters(self) -> list[str]:
        """Names of the attributes that no equation changes."""
        return [name for name in self.attributes if self._kind(name) is Kind.PARAMETER]

    @property
    def variables(self) -> list[str]:
        """Names of the attributes that equations change."""
        return [name for name in self.attributes if self._kind(name) is Kind.VARIABLE]

    @property
    def initialized(self) -> bool:
        """Whether the network is compiled."""
        return self.network.compiled

    def _kind(self, name: str) -> Kind:
        attribute = self._root.model.attribute(name)
        assert attribute is not None
        return attribute.kind

    # -- structure --------------------------------------------------------------------------------------

    def _built(self) -> Reading:
        reading = self._reading()
        if self.network.cleared:
            raise NotCompiledError(f"{self._label} belongs to a network that was cleared.")
        if reading is None:
            raise NotCompiledError(
                f"{self._label} has no synapses before compile().", hint="call compile() first"
            )
        return reading

    def _peek(self, what: str) -> Reading | None:
        reading = self._reading()
        if reading is None:
            messages.warning(f"{self._label}: {what} is known after compile() only.")
        return reading

    @property
    def size(self) -> int:
        """Number of post neurons with at least one synapse."""
        reading = self._peek("size")
        return 0 if reading is None else len(reading.rows)

    def __len__(self) -> int:
        return self.size

    def __bool__(self) -> bool:
        return True  # also without synapses

    @property
    def nb_synapses(self) -> int:
        """Number of synapses."""
        reading = self._peek("nb_synapses")
        return 0 if reading is None else reading.store.nnz

    @property
    def nb_synapses_per_dendrite(self) -> Counts:
        """Number of synapses of each dendrite, in ``post_ranks`` order."""
        reading = self._peek("nb_synapses_per_dendrite")
        return Counts() if reading is None else Counts(reading.lengths().tolist())

    def nb_efferent_synapses(self) -> dict[int, int]:
        """Number of synapses of each pre neuron that has any, by rank; of spiking projections only."""
        if not self._root.model.spiking:
            raise ConfigurationError(f"{self._label}: nb_efferent_synapses() is for spiking projections.")
        reading = self._peek("nb_efferent_synapses")
        if reading is None:
            return {}
        sources = Reading(reading.store, not reading.transposed)
        return dict(zip(sources.rows.tolist(), sources.lengths().tolist(), strict=True))

    @property
    def post_ranks(self) -> list[int] | None:
        """Ranks of the post neurons that have a dendrite, ascending; None before ``compile()``."""
        reading = self._peek("post_ranks")
        return None if reading is None else reading.rows.tolist()

    @property
    def pre_ranks(self) -> list[list[int]] | None:
        """For each dendrite the ranks of its pre neurons, ascending; None before ``compile()``."""
        reading = self._peek("pre_ranks")
        if reading is None:
            return None
        return [sources.tolist() for _, sources in reading.dendrites()]

    def dendrite(self, *post: int | tuple[int, ...]) -> Dendrite:
        """The synapses of one post neuron, given by rank or coordinates.

        Raises
        ------
        ConfigurationError
            If it receives no synapse.
        """
        reading = self._built()
        rank = rank_in(self.post_population, post)
        row = reading.find(rank)
        if row is None:
            raise ConfigurationError(f"{self._label}: the post neuron {rank} receives no synapse.")
        return Dendrite(self, rank, row, reading)

    def __getitem__(self, post: int | tuple[int, ...]) -> Dendrite:
        return self.dendrite(post)

    def __iter__(self) -> Iterator[Dendrite]:
        reading = self._built()
        for row, _ in reading.dendrites():
            yield Dendrite(self, int(reading.rows[row]), row, reading)

    @property
    def dendrites(self) -> list[Dendrite]:
        """All dendrites, in ``post_ranks`` order."""
        return list(self)

    def synapse(self, pre: int, post: int) -> IndividualSynapse:
        """The synapse between two neurons given by their ranks."""
        return self.dendrite(post).synapse(pre)

    # -- values -----------------------------------------------------------------------------------------

    def _locality(self, name: str) -> Locality:
        """What there is one value for in the buffer of an attribute; a single weight counts as global."""
        attribute = self._root.model.attribute(name) if name in self.attributes else None
        if attribute is None:
            raise unknown(str(name), self._label, self.attributes)
        return Locality.GLOBAL if self._is_single(name) else attribute.locality

    def _is_single(self, name: str) -> bool:
        return name == "w" and self._root.single_weight

    def _find(self, name: str) -> tuple[np.ndarray, Locality]:
        """The values of an attribute and what there is one for, as this object sees it.

        The buffer itself, unless a transpose reads what the forward projection has one of per dendrite.
        """
        locality, reading = self._locality(name), self._built()
        found = self._root.state[name]
        if locality is Locality.SEMIGLOBAL and reading.transposed:
            return np.repeat(found, np.diff(reading.store.row_ptr)), Locality.LOCAL
        return found, locality

    def _places(self, name: str, synapses: np.ndarray) -> np.ndarray:
        """Where in the buffer of an attribute the values of these synapses lie."""
        if self._locality(name) is Locality.SEMIGLOBAL:
            return np.searchsorted(self._built().store.row_ptr, synapses, side="right") - 1
        return synapses

    def _per_synapse(self, name: str) -> np.ndarray:
        """One value for each synapse, in store order, whatever the locality."""
        found, locality = self._find(name)
        store = self._built().store
        if locality is Locality.GLOBAL:
            return np.broadcast_to(found, store.nnz)
        return found if locality is Locality.LOCAL else np.repeat(found, np.diff(store.row_ptr))

    def _read(self, name: str) -> Any:
        found, locality = self._find(name)
        match locality:
            case Locality.GLOBAL:
                return found[0].item()
            case Locality.SEMIGLOBAL:
                return found.tolist()
            case Locality.LOCAL:
                return self._built().split(found)

    def get(self, name: str) -> Any:
        """The value of an attribute: a number, one per dendrite, or a list of lists, by post rank."""
        return self._read(name)

    def explain(self) -> str:
        """How the weights are read, how synapses learn, and the C++ that both become."""
        from synloom.explain import explain_projection

        return explain_projection(self.network.plan, self.name)

    def set(self, value: Mapping[str, Any]) -> None:
        """Set attributes, all or none of them: ``{'tau': 10.0, 'w': 0.5}``."""
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"set() takes a dictionary of names and values, not {value!r}.")
        for name in value:
            self._check_writable(name)
        self._write(value)

    def __getattr__(self, name: str) -> Any:
        # Asked only for what Python does not find itself. Names of models never begin with an underscore.
        if name.startswith("_") or "_ready" not in self.__dict__:
            raise AttributeError(name)
        return self._read(name)

    def __setattr__(self, name: str, value: Any) -> None:
        mine = "_ready" not in self.__dict__ or name in self.__dict__ or hasattr(type(self), name)
        if mine or name not in self.attributes:
            object.__setattr__(self, name, value)
        else:
            self.set({name: value})

    def array(self, name: str = "w") -> np.ndarray:
        """The live values in memory order, no copy: writing to it changes the running network.

        Local attributes have shape (rows, columns) in a dense store, else (nnz,); others (rows,) or (1,). A
        transpose gives the memory of its forward projection.
        """
        self._find(name)
        store, buffer = self._built().store, self._root.state[name]
        if store.column is None and self._locality(name) is Locality.LOCAL:
            return buffer.reshape(len(store.rows), len(store.columns))
        return buffer

    def get_matrix(self, name: str, fill: float = 0.0) -> NDArray[np.float64]:
        """An attribute as a (post size, pre size) matrix of whole populations, ``fill`` without synapse."""
        entries = self._per_synapse(name)
        reading, root = self._built(), self._root
        store = reading.store
        shape = (root.post_population.size, root.pre_population.size)
        made = shape[::-1] if store.by_source else shape
        # Memory of zeros is not touched before something is put there.
        matrix = np.zeros(made) if fill == 0 else np.full(made, fill, np.float64)
        if store.column is None:
            matrix[np.ix_(store.rows, store.columns)] = entries.reshape(len(store.rows), len(store.columns))
        else:
            flat = matrix.reshape(-1)
            for synapses, places in store.cells(made[1], 1):
                flat[places] = entries[synapses]
        return matrix.T if reading.transposed else matrix

    def connectivity_matrix(self, fill: float = 0.0) -> NDArray[np.float64]:
        """The weights as a (post size, pre size) matrix of whole populations, ``fill`` without synapse."""
        return self.get_matrix("w", fill)

    def receptive_fields(
        self, variable: str = "w", in_post_geometry: bool = True, legacy: bool = False
    ) -> NDArray[np.float64]:
        """All receptive fields: a tile of the pre geometry for each post neuron, 0 without synapse.

        Parameters
        ----------
        variable : str
            Which attribute to show.
        in_post_geometry : bool
            Tiles lie as the post neurons do; else in a nearly square grid, by rank.
        legacy : bool
            Put a row of zeros on top, as scripts of the 4.8 style expect.
        """
        matrix = self.get_matrix(variable)
        post, pre = self.post_population.geometry, self.pre_population.geometry
        image = tile(matrix, post if in_post_geometry else None, pre, self._label)
        return np.vstack([np.zeros((1, image.shape[1])), image]) if legacy else image

    def _rows_of_samples(self, name: str, flat: np.ndarray, reading: Reading | None = None) -> np.ndarray:
        """Recorded rows (samples, store order) as (samples, dendrites, synapses); lists where ragged.

        ``reading`` is what the synapses were when they were recorded; by default as they are.
        """
        reading = self._built() if reading is None else reading
        locality = self._locality(name)
        if locality is Locality.GLOBAL:
            return flat[:, 0]
        if locality is Locality.SEMIGLOBAL and not reading.transposed:
            return flat
        if locality is Locality.SEMIGLOBAL:  # recorded once per forward dendrite
            flat = np.repeat(flat, np.diff(reading.store.row_ptr), axis=1)
        lengths = reading.lengths()
        if len(lengths) == 0 or (lengths == lengths[0]).all():
            shape = (len(flat), len(lengths), int(lengths[0]) if len(lengths) else 0)
            return np.array([reading.gather(row) for row in flat], flat.dtype).reshape(shape)
        ragged = np.empty((len(flat), len(lengths)), object)
        for sample, row in zip(ragged, flat, strict=True):
            sample[:] = reading.split(row)
        return ragged

    def save_connectivity(self, filename: str | PathLike[str]) -> None:
        """Write ranks, weights and delays to an ``.npz`` file, for ``connect_from_file()``."""
        connectivity_file.write(filename, self)

    def save(self, filename: str | PathLike[str]) -> None:
        """Write ranks, delays and attributes to a file: ``.npz``, ``.hdf5``, ``.mat`` or ``.gz``."""
        from synloom.saving import save_synapses

        save_synapses(self, filename)

    # -- structural plasticity --------------------------------------------------------------------------

    @abstractmethod
    def _create(self, post: int, ranks: Sequence[Any], weights: Any, delays: Any) -> None:
        """Make synapses to one post neuron, all or none; weights and delays as the user gave them."""

    @abstractmethod
    def _prune(self, post: int, ranks: Sequence[Any]) -> None:
        """Remove synapses to one post neuron, all or none."""

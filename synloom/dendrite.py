"""One post neuron's synapses, and single synapses: handles on live values, made by projections."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from synloom import messages
from synloom.attributes import many_values, one_value, unknown
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import DelayKind, Locality
from synloom.connect.values import flatten, is_table
from synloom.geometry import check_rank, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.population import Population
    from synloom.projection import Projection
    from synloom.store import Index, Reading, Store
    from synloom.synapses import Synapses
    from synloom.transpose import Transpose


@dataclass(frozen=True, slots=True, eq=False)
class Where:
    """Some synapses of one dendrite: row of a reading, places in the store, ranks of the pre neurons."""

    store: Store
    row: int
    places: Index
    ranks: NDArray[np.int32]

    @classmethod
    def of(cls, reading: Reading, row: int) -> Where:
        """All synapses of a dendrite."""
        return cls(reading.store, row, reading.index(row), reading.sources(row))

    def pick(self, k: int) -> Where:
        """The k-th of these synapses."""
        if isinstance(self.places, slice):
            first = self.places.start + k * (self.places.step or 1)
            places: Index = slice(first, first + 1)
        else:
            places = self.places[k : k + 1]
        return Where(self.store, self.row, places, self.ranks[k : k + 1])


class Handle(ABC):
    """Reads and writes the attributes of some synapses of one dendrite; ``delay`` is one of them."""

    proj: Projection | Transpose
    _several: ClassVar[bool]  # a list of values, or one

    def _keep(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    @abstractmethod
    def _look(self) -> Where:
        """Where the synapses are now."""

    @property
    @abstractmethod
    def _label(self) -> str:
        """What errors call it."""

    @property
    def attributes(self) -> list[str]:
        """Names of all attributes."""
        return self.proj.attributes

    @property
    def parameters(self) -> list[str]:
        """Names of the attributes that no equation changes."""
        return self.proj.parameters

    @property
    def variables(self) -> list[str]:
        """Names of the attributes that equations change."""
        return self.proj.variables

    def get(self, name: str) -> Any:
        """The value of an attribute."""
        if name == "delay":
            return self._delay()
        found, locality = self.proj._find(name)
        where = self._look()
        match locality:
            case Locality.GLOBAL if self.proj._is_single(name):
                return self._shown(np.broadcast_to(found, len(where.ranks)))
            case Locality.GLOBAL:
                return found[0].item()
            case Locality.SEMIGLOBAL:
                return found[where.row].item()
            case Locality.LOCAL:
                return self._shown(found[where.places])

    def set(self, value: Mapping[str, Any]) -> None:
        """Set attributes, all or none of them, by name."""
        late = self._late(value["delay"]) if "delay" in value else None
        changes = [self._change(name, given) for name, given in value.items() if name != "delay"]
        if late is not None:  # may fail: nothing is written yet
            self.proj._write_delay_at(self._look().places, late)
        for buffer, index, values in changes:
            buffer[index] = values

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "proj" not in self.__dict__:  # asked by copy and pickle
            raise AttributeError(name)
        return self.get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.set({name: value})

    def _late(self, value: Any) -> NDArray[np.int32]:
        """New delays in steps."""
        self._check_single("delay", value)
        lengths = np.ones(len(self._look().ranks), np.int64)
        if is_table(value):
            self._fitting("delay", lambda: flatten("delay", value, lengths), value)
        return self.proj._new_delays(value, lengths)

    def _fitting(self, name: str, flat: Callable[[], Any], value: Any) -> Any:
        """Values in the shape of the synapses; errors of a projection would speak of dendrites."""
        try:
            return flat()
        except ConfigurationError:
            count = len(self._look().ranks)
            wanted = (
                f"a number, or {count} of them, one for each synapse" if self._several else "a single number"
            )
            given = f"a {type(value).__name__} of length {len(value)}" if is_table(value) else repr(value)
            raise ConfigurationError(
                f"{self._label}: {name} takes {wanted}; not {given}.",
                hint="a random distribution is taken, too",
            ) from None

    def _check_single(self, name: str, value: Any) -> None:
        if is_table(value) and not self._several:
            raise ConfigurationError(
                f"{self._label}: {name} takes a single number, not a {type(value).__name__}."
            )

    def _change(self, name: str, value: Any) -> tuple[np.ndarray, Any, Any]:
        """The buffer to write to, where, and what; nothing is written yet."""
        what, where = f"{self._label}: {name}", self._look()
        lengths = np.ones(len(where.ranks), np.int64)
        self._check_single(name, value)
        if name not in self.attributes:
            raise unknown(name, self._label, [*self.attributes, "delay"])
        self.proj._check_writable(name)
        found, locality = self.proj._find(name)
        if locality is Locality.LOCAL:
            flat = self._fitting(name, lambda: flatten(what, value, lengths), value)
            return found, where.places, many_values(flat, len(lengths), found, self.proj.network, what)
        if locality is Locality.GLOBAL:
            self._check_global(name, what)
        row = where.row if locality is Locality.SEMIGLOBAL else 0
        return found, row, one_value(value, found, self.proj.network, what)

    def _check_global(self, name: str, what: str) -> None:
        if self.proj._is_single(name):
            raise ConfigurationError(
                f"{what}: all synapses share one weight.",
                hint="connect with force_multiple_weights=True to change single weights",
            )
        if self._several:
            raise ConfigurationError(
                f"{what} belongs to the whole projection.", hint=f"set it there: projection.{name} = ..."
            )

    def _delay(self) -> Any:
        proj = self.proj
        if proj.delay_kind is DelayKind.PER_SYNAPSE:
            return self._shown(proj.delay_steps[self._look().places] * proj.network.dt)
        return float(proj.delay_steps[0]) * proj.network.dt

    def _shown(self, found: np.ndarray) -> Any:
        return found.tolist() if self._several else found[0].item()


class Dendrite(Handle):
    """All synapses of one projection that reach one post neuron; ``projection.dendrite(post)`` makes it.

    Reading a local attribute gives a list in ``pre_ranks`` order, a semiglobal or global one a number.
    Writing takes a number, a list of ``size`` numbers or a random distribution; global attributes are set
    through the projection. ``delay`` is in ms.

    Attributes
    ----------
    proj : Projection or Transpose
    post_rank : int
        Rank of the post neuron.
    """

    _several = True

    post_rank: int
    _where: Where

    def __init__(self, proj: Synapses, post_rank: int, row: int, reading: Reading) -> None:
        self._keep(proj=proj, post_rank=post_rank, _where=Where.of(reading, row))

    def _look(self) -> Where:
        if self._where.store is not self.proj._root.store:  # the connector was run again
            self._keep(_where=self.proj.dendrite(self.post_rank)._where)
        return self._where

    @property
    def idx(self) -> int:
        """Its place in ``proj.post_ranks``."""
        return self._look().row

    @property
    def _label(self) -> str:
        return f"Dendrite {self.post_rank} of {self.proj._label}"

    @property
    def pre(self) -> Population:
        """The whole population of the pre neurons."""
        return self.proj.pre_population

    @property
    def target(self) -> str | list[str]:
        """Target of the projection."""
        return self.proj.target

    @property
    def size(self) -> int:
        """Number of synapses."""
        return len(self._look().ranks)

    def __len__(self) -> int:
        return self.size

    @property
    def pre_ranks(self) -> list[int]:
        """Ranks of the pre neurons, ascending."""
        ranks: list[int] = self._look().ranks.tolist()
        return ranks

    pre_rank = pre_ranks

    @property
    def rank(self) -> list[int]:
        """The same as ``pre_ranks``; deprecated."""
        messages.warning("Dendrite.rank is deprecated; use pre_ranks.")
        return self.pre_ranks

    def synapse(self, pos: int | tuple[int, ...]) -> IndividualSynapse:
        """The synapse from one pre neuron, given by rank or coordinates; an error if there is none."""
        if isinstance(pos, tuple | list):
            rank = self.pre.rank_from_coordinates(tuple(pos))
        else:
            rank = whole(pos, "A rank")
            check_rank(rank, self.pre.size)
        return IndividualSynapse(self, rank)

    def __getitem__(self, pos: int | tuple[int, ...]) -> IndividualSynapse:
        return self.synapse(pos)

    def __iter__(self) -> Iterator[IndividualSynapse]:
        return (IndividualSynapse(self, rank) for rank in self.pre_ranks)

    @property
    def synapses(self) -> list[IndividualSynapse]:
        """All synapses, in ``pre_ranks`` order."""
        return list(self)

    def receptive_field(self, variable: str = "w", fill: float = 0.0) -> NDArray[np.float64]:
        """An attribute in the geometry of the pre population, ``fill`` without synapse."""
        field = np.full(self.pre.size, fill, np.float64)
        field[self._look().ranks] = self.get(variable)
        return field.reshape(self.pre.geometry)

    def create_synapse(self, rank: int, w: float = 0.0, delay: float = 0.0) -> None:
        """Make the synapse from one pre neuron; needs structural plasticity.

        Parameters
        ----------
        rank : int
        w : float
            Its weight; its other attributes have their initial values.
        delay : float
            In ms. 0 is the delay that all synapses share, else one step. With another one each synapse has its own
            from now on.

        Raises
        ------
        ConfigurationError
            The synapse exists, or the pre neuron is none of this projection's.
        """
        self.proj._create(self.post_rank, [rank], w, delay)

    def create_synapses(self, ranks: Any, weights: Any = None, delays: Any = None) -> None:
        """Make synapses from several pre neurons, all or none; one value for all of them, or one for each."""
        self.proj._create(self.post_rank, ranks, weights, delays)

    def prune_synapse(self, rank: int) -> None:
        """Remove the synapse from one pre neuron; an error if there is none. Needs structural plasticity."""
        self.proj._prune(self.post_rank, [rank])

    def prune_synapses(self, ranks: Any) -> None:
        """Remove the synapses from several pre neurons, all or none."""
        self.proj._prune(self.post_rank, ranks)

    def _is_local(self, name: str) -> bool:
        return self.proj._find(name)[1] is Locality.LOCAL

    def _positions(self, name: str) -> NDArray[np.int32]:
        """Where in the buffer of an attribute this dendrite's values lie; nowhere if its last synapse went."""
        found, locality = self.proj._find(name)
        if locality is Locality.LOCAL and self.proj._built().find(self.post_rank) is None:
            return np.empty(0, np.int32)
        where = self._look()
        match locality:
            case Locality.LOCAL:
                places = np.arange(len(found))[where.places]
                return self.proj._places(name, places).astype(np.int32)
            case Locality.SEMIGLOBAL:
                return np.array([where.row], np.int32)
            case Locality.GLOBAL:
                return np.zeros(1, np.int32)

    def __repr__(self) -> str:
        return f"<{self._label}, {self.size} synapses>"


class IndividualSynapse(Handle):
    """One synapse: every attribute, and ``delay`` (ms), as a number.

    Writing a semiglobal or global attribute changes the whole dendrite or projection.

    Attributes
    ----------
    dendrite : Dendrite
    rank, pre_rank, post_rank : int
        Rank of the pre neuron (twice), and of the post neuron.
    """

    _several = False

    dendrite: Dendrite
    rank: int
    pre_rank: int
    post_rank: int

    def __init__(self, dendrite: Dendrite, rank: int) -> None:
        self._keep(proj=dendrite.proj, dendrite=dendrite, rank=rank)
        self._keep(pre_rank=rank, post_rank=dendrite.post_rank)
        self._look()

    def _look(self) -> Where:
        where = self.dendrite._look()
        place = int(np.searchsorted(where.ranks, self.rank))
        if place == len(where.ranks) or where.ranks[place] != self.rank:
            raise ConfigurationError(f"{self.dendrite._label} has no synapse from pre neuron {self.rank}.")
        return where.pick(place)

    @property
    def _label(self) -> str:
        return f"Synapse {self.pre_rank} -> {self.post_rank} of {self.proj._label}"

    def __repr__(self) -> str:
        return f"<{self._label}>"

"""Looking for NaN and infinity while a network runs: ``compile(check_numerics=True)``.

After each step all real values are looked at, in the order in which a step computes them: weighted sums and
conductances as they arrive, then neurons, then synapses, each equation by equation. The first that is not finite, and
was when the run began, is told; so a run that goes on after an error tells what becomes wrong anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.errors import Origin
from synloom.codegen.ir.model import Assignment, Equation, NeuronModel, SynapseModel
from synloom.codegen.ir.types import DType, Locality
from synloom.errors import NumericsError
from synloom.projection import Projection
from synloom.spike_track import SpikeTrack
from synloom.track import INPUTS, Track

if TYPE_CHECKING:
    from synloom.network import Network
    from synloom.population import Population
    from synloom.transpose import Transpose

Values = NDArray[np.floating]
T = TypeVar("T")

MORE = 3  # neurons or synapses that are named besides the first


@dataclass(frozen=True)
class Writer:
    """A text that gives a value: ``argument`` names it where the user wrote none."""

    text: str
    origin: Origin | None
    argument: str = ""


@dataclass
class Quantity:
    """Values of one name, and how to tell of them.

    ``now`` gives the values after a step, ``place`` names one of them, and ``writers`` are asked for what may have
    changed the one at an index: the likeliest first.
    """

    name: str
    owner: str
    now: Callable[[], Values]
    place: Callable[[int], str]
    ranks: Callable[[int], tuple[int, ...]]
    writers: Callable[[int], list[Writer]]
    before: NDArray[np.bool_] | None = None  # what was not finite when the run began
    synaptic: bool = False

    def begin(self, values: Values) -> None:
        finite = np.isfinite(values)
        self.before = None if finite.all() else ~finite

    def wrong(self) -> NDArray[np.intp]:
        """Where values are not finite that were."""
        finite = np.isfinite(self.now())
        if finite.all():
            return np.empty(0, np.intp)
        return np.flatnonzero(~finite if self.before is None else ~finite & ~self.before)


@dataclass
class Watch:
    """Looks at all values of a network. To the binding it is a monitor of the conductances as they arrive."""

    network: Network
    _tracks: dict[str, Track] = field(default_factory=dict)
    _spike_tracks: dict[str, SpikeTrack] = field(default_factory=dict)
    _origin: int = 0

    def __post_init__(self) -> None:
        self.quantities: list[Quantity] = []
        for population in self.network.populations:
            for name in _conductances(population):
                track = Track(name, population.state[name], None, INPUTS, whole=False, active=True)
                self._tracks[f"{population.name}.{name}"] = track

    def _steps(self) -> tuple[int, int]:
        return 1, 0

    def begin(self) -> None:
        """A run begins: what is not finite now is not told."""
        self.quantities = [*self._arriving(), *self._neurons(), *self._synapses()]
        for quantity in self.quantities:
            quantity.begin(quantity.now())
        for population, name, track in self._conductance_tracks():
            track.drop()
            quantity = self._conductance(population, name, track)
            quantity.begin(population.state[name])
            self.quantities.insert(0, quantity)

    def _rebind(self) -> None:
        """Synapses came or went: all their values are looked at anew."""
        kept = [q for q in self.quantities if not q.synaptic]
        self.quantities = [*kept, *self._synapses()]

    def check(self, step: int) -> None:
        """Raise if a value became NaN or infinite in this step."""
        for quantity in self.quantities:
            wrong = quantity.wrong()
            if len(wrong):
                raise self._error(quantity, wrong, step)
        for track in self._tracks.values():
            track.drop()

    # -- what is looked at ------------------------------------------------------------------------------

    def _conductance_tracks(self) -> Iterator[tuple[Population, str, Track]]:
        # In reverse: each is put in front of all others.
        for population in reversed(self.network.populations):
            for name in reversed(_conductances(population)):
                yield population, name, self._tracks[f"{population.name}.{name}"]

    def _conductance(self, population: Population, name: str, track: Track) -> Quantity:
        def now() -> Values:
            return track.blocks[-1][track.filled - 1] if track.filled else population.state[name]

        return _of_neurons(population, name, now, lambda _: self._transmitters(population, name[2:]))

    def _arriving(self) -> Iterator[Quantity]:
        """Weighted sums of rate-coded populations."""
        for population in self.network.populations:
            for target, sums in population.sums.items():
                writers = self._transmitters(population, target)
                yield _of_neurons(population, f"sum({target})", partial(_same, sums), partial(_same, writers))

    def _neurons(self) -> Iterator[Quantity]:
        for population in self.network.populations:
            for name in _real_names(population.model, population.model.equations):
                yield _of_neurons(
                    population,
                    name,
                    partial(_state, population, name),
                    partial(_neuron_writers, population, name),
                    single=not population._is_local(name),
                )

    def _synapses(self) -> Iterator[Quantity]:
        for projection in self.network.projections:
            if isinstance(projection, Projection):
                for name in _real_names(projection.model, projection.model.equations):
                    yield replace(_of_synapses(projection, name), synaptic=True)

    def _transmitters(self, population: Population, target: str) -> list[Writer]:
        """How values reach a conductance or weighted sum."""
        found: list[Writer] = []
        for link in self.network.projections:
            if link.post_population is population and target in getattr(link, "targets", (link.target,)):
                found += _transmission(link)
        return found

    # -- how it is told ---------------------------------------------------------------------------------

    def _error(self, quantity: Quantity, wrong: NDArray[np.intp], step: int) -> NumericsError:
        first, value = int(wrong[0]), float(quantity.now().reshape(-1)[wrong[0]])
        place = quantity.place(first)
        others = [quantity.place(int(k)) for k in wrong[1 : 1 + MORE]]
        message = (
            f"{quantity.name} of {quantity.owner}{place and f', {place}'}, became {value} in step {step}"
        )
        message += f" (t = {step * self.network.dt:g} ms)."
        if others:
            rest = len(wrong) - 1 - len(others)
            listed = "; ".join(others) + (f"; and {rest} more" if rest else "")
            message += f"\n  Likewise: {listed}."
        writers = quantity.writers(first)
        origin = next((w.origin for w in writers if w.origin is not None), None)
        for writer in writers:
            if origin is None or writer.origin is not origin:
                message += f"\n  It is changed by: {writer.argument and f'{writer.argument}: '}{writer.text}"
        return NumericsError(
            message,
            origin,
            "The network stands after this step: look at its values, or record them.",
            owner=quantity.owner,
            attribute=quantity.name,
            ranks=quantity.ranks(first),
            step=step,
        )


def _same(value: T, _index: int = 0) -> T:
    return value


def _state(owner: Population | Projection, name: str) -> Values:
    return owner.state[name]


def _conductances(population: Population) -> list[str]:
    if population._spikes is None:
        return []
    return [name for name in population.state if name.startswith("g_") and population._is_local(name)]


def _real_names(model: NeuronModel | SynapseModel, equations: Sequence[Equation]) -> list[str]:
    """Real attributes in the order in which a step computes them; then those that have no equation."""
    order = [e.target.name for locality in Locality for e in equations if e.target.locality is locality]
    real = [a.name for a in model.attributes if a.dtype is DType.REAL]
    return [*(name for name in dict.fromkeys(order) if name in real), *(n for n in real if n not in order)]


def _of_neurons(
    population: Population,
    name: str,
    now: Callable[[], Values],
    writers: Callable[[int], list[Writer]],
    single: bool = False,
) -> Quantity:
    return Quantity(
        name,
        f"population '{population.name}'",
        now,
        lambda k: "" if single else f"neuron of rank {k}",
        lambda k: () if single else (k,),
        writers,
    )


def _of_synapses(projection: Projection, name: str) -> Quantity:
    locality = projection._locality(name)

    def ranks(k: int) -> tuple[int, ...]:
        store = projection.store
        assert store is not None
        match locality:
            case Locality.GLOBAL:
                return ()
            case Locality.SEMIGLOBAL:
                return (int(store.rows[k]),)
            case Locality.LOCAL:
                return int(store.pre_of_synapses()[k]), int(store.post_of_synapses()[k])

    def place(k: int) -> str:
        found = ranks(k)
        names = {0: "", 1: "post neuron of rank {}", 2: "synapse from neuron {} to neuron {}"}
        return names[len(found)].format(*found)

    owner, writers = f"projection '{projection.name}'", _synapse_writers(projection.model, name)
    return Quantity(name, owner, partial(_state, projection, name), place, ranks, partial(_same, writers))


def _written(statements: Iterable[Equation], name: str, argument: str) -> list[Writer]:
    return [Writer(s.text, s.origin, argument) for s in statements if s.target.name == name]


def _neuron_writers(population: Population, name: str, rank: int) -> list[Writer]:
    """Its equation; the reset first where the neuron fired."""
    model = population.model
    found: list[Writer] = []
    for spike, fired, argument in (
        (model.spike, population._fired if model.spiking else (), "reset"),
        (model.axon_spike, population._axonal if model.spiking else (), "axon_reset"),
    ):
        if spike is not None and rank in fired:
            found = [*reversed(_written(spike.reset, name, argument)), *found]
    return [*found, *_written(model.equations, name, "equations")]


def _synapse_writers(model: SynapseModel, name: str) -> list[Writer]:
    return [
        *_written(model.equations, name, "equations"),
        *_written(model.pre_spike.statements, name, "pre_spike"),
        *_written(model.pre_axon_spike.statements, name, "pre_axon_spike"),
        *_written(model.post_spike.statements, name, "post_spike"),
    ]


def _transmission(link: Projection | Transpose) -> list[Writer]:
    if not isinstance(link, Projection):
        return [Writer(link.psp_text or "g_target += w", None, f"transpose '{link.name}'")]
    model, who = link.model, f"projection '{link.name}'"
    events: tuple[tuple[str, tuple[Assignment, ...]], ...] = (
        ("pre_spike", model.pre_spike.transmit),
        ("pre_axon_spike", model.pre_axon_spike.transmit),
    )
    found = [
        Writer(s.text, _shown(s.origin), f"{who}, {argument}") for argument, sent in events for s in sent
    ]
    if model.psp is not None:
        found.append(Writer(model.psp_text, _shown(model.psp.origin), f"{who}, psp"))
    return found


def _shown(origin: Origin | None) -> Origin | None:
    """The origin of what a user wrote: that of defaults is in our own files, or nowhere."""
    site = None if origin is None else origin.source.site
    return None if site is None or Path(site.file).parent == Path(__file__).parent else origin

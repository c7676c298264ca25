"""Everything that a network is between two steps, as a tree, and back: all of it or nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import messages, monitor_state, population_state, projection_state
from synloom.archive import Array
from synloom.binding import Binding
from synloom.constant import visible_constants
from synloom.monitor import Monitor
from synloom.population_state import Step
from synloom.projection import Projection
from synloom.rebuilding import as_before
from synloom.saved import Part, Tree
from synloom.transpose import Transpose

if TYPE_CHECKING:
    from synloom.network import Network

STATE = "synloom_state"
LARGEST_SEED = 2**1024
LATEST = 2**62  # steps


def capture(network: Network, populations: bool = True, projections: bool = True) -> Tree:
    """The tree of a compiled network: what spec 03, section 7.2, names, and what else it takes to go on."""
    binding = network._running()
    pops = network.populations if populations else []
    links = network.projections if projections else []
    projs = [p for p in links if isinstance(p, Projection)]
    transposes = [p for p in links if isinstance(p, Transpose)]
    state: Tree = {
        "dt": network.dt,
        "precision": str(network.precision),
        "populations": {p.name: population_state.hidden(p, binding) for p in pops},
        "projections": {p.name: projection_state.hidden(p) for p in links},
    }
    if populations and projections:
        state |= _whole(network)
    return {
        "time_step": network.current_step,
        "net_id": network.id,
        "obj_names": {"populations": [p.name for p in pops], "projections": [p.name for p in projs]},
        "populations": {p.name: population_state.contents(p) for p in pops},
        "projections": {p.name: projection_state.contents(p) for p in projs},
        "transposes": {p.name: projection_state.reference(p) for p in transposes},
        STATE: state,
    }


def _whole(network: Network) -> Tree:
    """What belongs to no object in particular, or needs all of them."""
    return {
        "seed": network._some_seed(),
        "draws": network._draw_state.words.copy(),
        "rng": _rng(network._rng),
        "callbacks": network._callbacks.enabled,
        "constants": {name: c.value_in(network) for name, c in visible_constants(network).items()},
        "monitors": {str(m.id): monitor_state.capture(m) for m in network.monitors},
    }


def _rng(rng: np.random.Generator | None) -> Tree | None:
    if rng is None:
        return None
    sequence: Any = rng.bit_generator.seed_seq
    return {
        "entropy": sequence.entropy,
        "spawned": sequence.n_children_spawned,
        "state": rng.bit_generator.state,
    }


class Loading:
    """A file being put into a network: first everything is checked, then it is put in place.

    Parameters
    ----------
    network : Network
    part : Part
        The contents of the file.
    strict : bool
        Whether the network must be the one that was saved; else what both have is loaded.
    populations, projections : bool
        What is loaded.
    """

    def __init__(
        self,
        network: Network,
        part: Part,
        *,
        strict: bool,
        populations: bool = True,
        projections: bool = True,
    ) -> None:
        self.network, self.part, self.strict = network, part, strict
        self.populations, self.projections = populations, projections
        self.state = self._usable_state()
        self.steps: list[Step] = []
        self.changed: dict[Projection, projection_state.Structure] = {}
        self.longest: dict[str, int] = {}  # delays that the file asks for, by pre population

    @property
    def binding(self) -> Binding:
        """What runs the network: another one, once delays of another kind were asked for."""
        return self.network._running()

    def _usable_state(self) -> Part | None:
        if STATE not in self.part:
            if self.strict:
                raise self.part.error("it is no checkpoint")
            return None
        state = self.part.part(STATE, "the state")
        same = state.real("dt") == self.network.dt
        if same and (not self.strict or state.text("precision") == self.network.precision):
            return state
        if self.strict:
            raise self.part.error(
                f"it was written with dt={state.real('dt')} and {state.text('precision')} precision, the network"
                f" here has dt={self.network.dt} and {self.network.precision}"
            )
        messages.info(f"'{self.part.path}' was saved with another dt: what is under way is not loaded.")
        return None

    def run(self) -> None:
        """Check all, then change all.

        Raises
        ------
        SavedFileError
            Something does not fit; the network is as it was.
        """
        try:
            with as_before(self.network):
                clock, whole = self._check()
        except MemoryError:
            raise self.part.error("it asks for more memory than there is") from None
        for step in self.steps:
            step()
        self.network._clock[0] = clock
        self._rebind(whole)

    def _check(self) -> tuple[int, bool]:
        """Look at everything; the clock, and whether the rest of the state is there."""
        clock = self.part.integer("time_step", -LATEST, LATEST)
        if self.strict:
            self._check_names()
        if self.projections:
            self._prepare_delays()
        if self.populations:
            self._prepare_populations()
        if self.projections:
            self._prepare_projections()
        self._check_lengths()
        return clock, self._prepare_whole() if self.populations and self.projections else False

    def _rebind(self, whole: bool) -> None:
        self.network._delays_changed()
        if self.changed:
            for monitor in self.network.monitors:
                monitor._rebind()
        self.network._recorders_changed()
        if not whole:
            self.binding.refresh()

    # -- checking ---------------------------------------------------------------------------------------

    def _check_names(self) -> None:
        """A checkpoint belongs to one network."""
        links = self.network.projections
        here = {
            "populations": {p.name for p in self.network.populations},
            "projections": {p.name for p in links if isinstance(p, Projection)},
            "transposes": {p.name for p in links if isinstance(p, Transpose)},
        }
        for kind, names in here.items():
            found = set(self.part.part(kind).names())
            if found != names:
                odd = sorted(found ^ names)[0]
                owner = "the checkpoint" if odd in found else "the network"
                raise self.part.error(
                    f"only {owner} has '{odd}' among its {kind}",
                    hint="Restore it into the network that wrote it.",
                )

    def _prepare_populations(self) -> None:
        known = {p.name: p for p in self.network.populations}
        for name, part in self.part.parts("populations", "population"):
            population = known.get(name)
            if population is None:
                messages.warning(f"There is no population '{name}' to load from '{part.path}'.")
                continue
            population_state.check(population, part)
            if self.strict:
                self._check_attributes(population.attributes, part)
            names = population_state.common(population, part)
            values = population_state.values(population, part, names, "values")
            self.steps.append(partial(population_state.put, population.state, values))
            hidden = self._hidden("populations", name, population.attributes, part)
            if hidden is not None:
                self.steps += population_state.prepare(population, self.binding, hidden)

    def _check_attributes(self, here: list[str], part: Part) -> None:
        """A checkpoint has the attributes that the network has."""
        odd = sorted(set(here) ^ set(part.part("values").names()))
        if odd:
            where = "here" if odd[0] in here else "in the file"
            raise part.error(f"it has an attribute '{odd[0]}' only {where}")

    def _hidden(self, kind: str, name: str, here: list[str], part: Part) -> Part | None:
        """The hidden state of an object, if its model is the one that was saved."""
        if self.state is None or (name not in self.state.part(kind) and not self.strict):
            return None
        if not self.strict and part.texts("attributes") != here:
            return None
        return self.state.part(kind).part(name, f"{kind[:-1]} '{name}'")

    def _prepare_delays(self) -> None:
        """Let the network have delays of the kinds in the file; those that it has stay."""
        known = {p.name: p for p in self.network.projections}
        for kind, which in (("projections", Projection), ("transposes", Transpose)):
            for name, part in self.part.parts(kind, kind[:-1]):
                here = known.get(name)
                if isinstance(here, which):
                    projection_state.delay_as(here, part if which is Projection else self._timing(name))

    def _timing(self, transpose: str) -> Part | None:
        """The hidden state of a transpose, where its delay is."""
        if self.state is None or transpose not in self.state.part("projections"):
            return None
        return self.state.part("projections").part(transpose, f"transpose '{transpose}'")

    def _prepare_projections(self) -> None:
        known = {p.name: p for p in self.network.projections}
        for name, part in self.part.parts("projections", "projection"):
            projection = known.get(name)
            if not isinstance(projection, Projection):
                messages.warning(f"There is no projection '{name}' to load from '{part.path}'.")
                continue
            if self.strict:
                self._check_attributes(projection.attributes, part)
            hidden = self._hidden("projections", name, projection.attributes, part)
            found = projection_state.structure(projection, part)
            self._needs(projection, found.delays.steps)
            if not found.same:
                self.changed[projection] = found
                if not self.strict:
                    self.steps.append(partial(projection_state.tell, projection))
            self.steps += projection_state.prepare(projection, part, hidden, found)
        for name, part in self.part.parts("transposes", "transpose"):
            self._prepare_transpose(known.get(name), name, part)

    def _prepare_transpose(self, here: object, name: str, part: Part) -> None:
        if not isinstance(here, Transpose):
            messages.warning(f"There is no transpose '{name}' to load from '{part.path}'.")
            return
        if part.text("forward") != here.forward.name or part.text("target") != here.target:
            raise part.error(
                f"it reads projection '{part.text('forward')}' for target '{part.text('target')}', the one here "
                f"'{here.forward.name}' for '{here.target}'"
            )
        hidden = self._timing(name)
        if hidden is not None:
            self._needs(here, hidden.array("delay", np.int32, here._own_delays.steps.shape))
            self.steps += projection_state.prepare_hidden(here, hidden, None)

    def _needs(self, link: Projection | Transpose, steps: Array) -> None:
        name = link.pre_population.name
        self.longest[name] = max(self.longest.get(name, 1), int(steps.max(initial=1)))

    def _check_lengths(self) -> None:
        """Refuse delays beyond what a checkpoint remembers, or what memory can hold."""
        for population in self.network.populations:
            needed = self.longest.get(population.name, 1)
            if self.strict and self.state is not None:
                part = self.state.part("populations").part(population.name)
                if needed > population_state.remembered(part):
                    raise part.error(f"population '{population.name}' remembers less than {needed} steps")
            np.empty((needed, population.size))

    def _prepare_whole(self) -> bool:
        """The rest of the state; whether there is one."""
        if self.state is None or "draws" not in self.state:
            if self.strict:
                raise self.part.error("it is no checkpoint of a whole network")
            return False
        network, state = self.network, self.state
        words = state.array("draws", np.int64, (2,))
        seed = state.integer("seed", 0, LARGEST_SEED)
        rng, enabled = _new_rng(state), state.flag("callbacks")
        self.steps += [
            lambda: network._draw_state.words.__setitem__(..., words),
            lambda: setattr(network, "_seed", seed),
            lambda: setattr(network, "_rng", rng),
            lambda: setattr(network._callbacks, "enabled", enabled),
        ]
        self._prepare_constants(state.part("constants"))
        self._prepare_monitors(state)
        return True

    def _prepare_constants(self, part: Part) -> None:
        known = visible_constants(self.network)
        for name in part.names():
            value = part.real(name)
            if name in known:
                buffer = known[name].buffer(self.network)
                self.steps.append(partial(buffer.fill, value))
            elif self.strict:
                raise part.error(f"there is no constant '{name}' in this network")

    def _prepare_monitors(self, state: Part) -> None:
        there = dict(state.parts("monitors", "monitor"))
        here = {str(m.id): m for m in self.network.monitors}
        if self.strict and there.keys() != here.keys():
            raise state.error(f"it has {len(there)} monitors, the network here {len(here)}")
        for number, part in there.items():
            monitor = here.get(number)
            if monitor is None or not monitor_state.fits(monitor, part):
                if self.strict:
                    raise part.error("it records something else than the monitor here")
                continue
            monitor_state.check_widths(monitor, part, self._sizes(monitor))
            self.steps += monitor_state.prepare(monitor, part, self.strict)

    def _sizes(self, monitor: Monitor) -> projection_state.Structure | None:
        root = getattr(monitor.object, "_root", getattr(getattr(monitor.object, "proj", None), "_root", None))
        return None if root is None else self.changed.get(root)


def _new_rng(state: Part) -> np.random.Generator | None:
    if state.tree.get("rng") is None:
        return None
    part = state.part("rng")
    entropy, spawned = part.integer("entropy", 0, LARGEST_SEED), part.integer("spawned", 0, 2**31)
    try:
        bits = np.random.PCG64(np.random.SeedSequence(entropy, n_children_spawned=spawned))
        bits.state = part.tree["state"]
    except (KeyError, TypeError, ValueError, OverflowError):
        raise part.error("its random generator is damaged") from None
    return np.random.Generator(bits)

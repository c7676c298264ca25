"""Networks: what belongs together, is compiled together and shares a clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synloom import messages, registry
from synloom.binding import Binding
from synloom.callbacks import Callbacks
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.model import NetworkIR
from synloom.codegen.ir.plan import Plan
from synloom.codegen.ir.types import Precision
from synloom.compiler import Build, compile_network, render_sources
from synloom.config import Options, options
from synloom.describe import describe
from synloom.draw_state import DrawState, checked_seed, child_seed, fresh_seed
from synloom.lookup import NetworkLookup
from synloom.monitor import Monitor
from synloom.network_constants import NetworkConstants
from synloom.network_copies import NetworkCopies
from synloom.neuron import Neuron
from synloom.numerics import Watch
from synloom.population import Population
from synloom.profiling import Profile
from synloom.projection import Projection
from synloom.running import Running
from synloom.runtime.options import BuildOptions
from synloom.saved import Tree
from synloom.saving import NetworkSaving
from synloom.synapse import Synapse
from synloom.targets import sum_targets, warn_of_targets
from synloom.transpose import Transpose
from synloom.view import PopulationView

DUMP_HOOK: Callable[[Network], None] | None = None


class _NetworkType(type):
    """Sets a network up before ``__init__`` of a subclass runs, which then need not call its parent's."""

    def __call__(cls, *args: Any, dt: float | None = None, seed: int | None = None, **kwargs: Any) -> Any:
        network: Any = cls.__new__(cls)  # type: ignore[call-overload]
        network._prepare(dt, seed)
        network._arguments = (args, kwargs)
        network.__init__(*args, **kwargs)
        return network


class Network(NetworkConstants, NetworkCopies, NetworkLookup, NetworkSaving, Running, metaclass=_NetworkType):
    """A network of populations and projections with a clock of its own.

    Parameters
    ----------
    everything : bool
        Take copies of all objects of the default network; see ``add``.
    dt : float, keyword only
        Step size in ms; by default that of ``setup()``.
    seed : int, keyword only
        Seed of all random numbers; by default that of ``setup()``, else drawn from the system.

    Notes
    -----
    Spec 03, section 6. Module-level functions (``synloom.simulate`` and so on) drive a default network.
    """

    id: int
    _number: int  # of networks made before, and this one

    def __init__(self, everything: bool = False) -> None:
        self.everything = everything
        if everything:
            default = registry.default_network()
            self.add([*default.populations, *default.projections, *default.monitors])

    def _prepare(self, dt: float | None, seed: int | None) -> None:
        self.id, self._number = registry.networks.free(), registry.networks.next_made()
        self._setup(dt, seed)
        registry.networks[self.id] = self

    @classmethod
    def _make_default(cls) -> Network:
        network = cls.__new__(cls)
        network.id = network._number = 0
        network._setup(None, None)
        return network

    def _setup(self, dt: float | None, seed: int | None) -> None:
        self._dt, self._seed = dt, seed
        self._options: Options | None = None
        self._rng: np.random.Generator | None = None
        self._drawn_seed: int | None = None  # where nobody gave one
        self._draw_state = DrawState()
        self._reseeds = False  # whether reset() restarts random numbers: it does in the 5.0 style
        self.populations: list[Population] = []
        self.projections: list[Projection | Transpose] = []
        self.monitors: list[Monitor] = []
        self.cleared = False
        self._callbacks = Callbacks()
        self._arguments: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})  # of the constructor
        self._copies: dict[int, tuple[Any, Any]] = {}  # originals and copies, by id() of the original
        self._by_name = False  # whether originals are in another process
        self._describing = False
        self._profile = Profile()
        self._pending: Tree | None = None  # what it becomes once it is compiled
        self._binding: Binding | None = None
        self._build: Build | None = None
        self._clock = np.zeros(1, np.int64)
        self._batch = 1
        self._watch = None

    # -- configuration ----------------------------------------------------------------------------------

    @property
    def options(self) -> Options:
        """Options of ``setup()``; a network keeps those that held when it was compiled."""
        return options if self._options is None else self._options

    @property
    def dt(self) -> float:
        """Step size in ms."""
        return float(self.options.dt if self._dt is None else self._dt)

    @property
    def precision(self) -> Precision:
        return Precision(self.options.precision)

    @property
    def real(self) -> np.dtype[Any]:
        """NumPy type of real buffers."""
        return np.dtype(np.float64 if self.precision is Precision.DOUBLE else np.float32)

    @property
    def seed(self) -> int | None:
        """Seed of the random streams. Without one, it is drawn when first needed, at the latest by ``compile()``.

        A seed of ``setup()`` is that of the default network; other networks get children of it.
        """
        if self._seed is not None:
            return self._seed
        if self.options.seed is not None:
            return self.options.seed if self.id == 0 else child_seed(self.options.seed, self._number)
        return self._drawn_seed

    def _some_seed(self) -> int:
        if self.seed is None:
            self._drawn_seed = fresh_seed()
        assert self.seed is not None
        return self.seed

    @property
    def rng(self) -> np.random.Generator:
        """Generator of this network; its children feed connectors and distributions."""
        if self._rng is None:
            self._rng = np.random.default_rng(self._some_seed())
        return self._rng

    def spawn_rng(self) -> np.random.Generator:
        """An independent child stream, the same from run to run for the same seed and order of calls."""
        return self.rng.spawn(1)[0]

    def set_seed(self, seed: int, use_seed_seq: bool = True) -> None:
        """Restart the random streams of this network, and of its equations if it is compiled, from ``seed``."""
        del use_seed_seq
        self._seed = checked_seed(seed)
        self._rng = None
        self._draw_state.restart(self._seed)

    @property
    def compiled(self) -> bool:
        """Whether the network can run."""
        return self._binding is not None

    @property
    def build(self) -> Build | None:
        """What ``compile()`` returned."""
        return self._build

    # -- objects ----------------------------------------------------------------------------------------

    def create(
        self,
        geometry: int | tuple[int, ...] | None = None,
        neuron: Neuron | None = None,
        stop_condition: str | None = None,
        name: str | None = None,
        population: Population | None = None,
    ) -> Population:
        """A population of this network (spec 03, section 6.3)."""
        self._reseeds = True
        if population is not None or isinstance(geometry, Population):
            given = population if population is not None else geometry
            assert isinstance(given, Population)
            return self._take(given)
        if geometry is None or neuron is None:
            raise ConfigurationError("create() needs a geometry and a neuron.")
        return Population(geometry, neuron, name=name, stop_condition=stop_condition, network=self)

    def connect(
        self,
        pre: Population | PopulationView | Projection | Transpose | str | None = None,
        post: Population | PopulationView | str | None = None,
        target: str = "",
        synapse: Synapse | None = None,
        name: str | None = None,
        projection: Projection | Transpose | None = None,
        disable_omp: bool = True,
    ) -> Projection | Transpose:
        """A projection of this network; a ready-made one such as ``Transpose`` is taken as it is."""
        self._reseeds = True
        special = pre if projection is None else projection
        if isinstance(special, Transpose):
            return special.connect()
        if isinstance(special, Projection):
            return special
        pre = special
        if pre is None or post is None or not target:
            raise ConfigurationError("connect() needs pre, post and a target.")
        return Projection(pre, post, target, synapse, name=name, disable_omp=disable_omp, network=self)

    def monitor(
        self,
        obj: Any,
        variables: str | Sequence[str] = (),
        period: float | None = None,
        period_offset: float | None = None,
        start: bool = True,
        name: str | None = None,
        **file: Any,
    ) -> Monitor:
        """A monitor of this network; its data take the geometry of the population. ``store``: see ``Monitor``."""
        self._reseeds = True
        monitor = Monitor(obj, variables, period, period_offset, start, name=name, network=self, **file)
        monitor._reshape_default = True
        return monitor

    def _take(self, population: Population) -> Population:
        """Make a population that was described elsewhere, in the default network, one of this."""
        home = population.network
        if home is self:
            return population
        if home.compiled or any(population in _ends(p) for p in home.projections):
            raise ConfigurationError(
                f"Population '{population.name}' belongs to another network already.",
                hint="hand it to create() before anything else is made of it",
            )
        before = population.id
        if population.name == f"pop{before}":
            population.name = f"pop{len(self.populations)}"
        population.id = self._add_population(population)
        population.network = self
        home.populations.remove(population)
        for number, other in enumerate(home.populations):
            other.id = number
        return population

    def _add_population(self, population: Population) -> int:
        self._check_open("population", population.name, self.populations)
        self.populations.append(population)
        return len(self.populations) - 1

    def _add_projection(self, projection: Projection | Transpose) -> int:
        self._check_open("projection", projection.name, self.projections)
        self.projections.append(projection)
        return len(self.projections) - 1

    def _add_monitor(self, monitor: Monitor) -> int:
        self.monitors.append(monitor)
        return len(self.monitors) - 1

    def _check_open(self, kind: str, name: str | None, existing: Sequence[Any]) -> None:
        if self.compiled:
            raise ConfigurationError(
                f"The network is compiled: no {kind} can be added any more.",
                hint=f"create every {kind} before compile(), or call clear() and start anew",
            )
        if name is not None and any(o.name == name for o in existing):
            raise ConfigurationError(f"A {kind} named '{name}' exists already.", hint="names must be unique")

    # -- compiling --------------------------------------------------------------------------------------

    def compile(
        self,
        directory: str | Path | None = None,
        clean: bool = False,
        *,
        silent: bool = False,
        debug_build: bool = False,
        fast_math: bool = False,
        compiler: str = "default",
        compiler_flags: str = "default",
        extra_libs: str = "",
        check_numerics: bool = False,
        **ignored: Any,
    ) -> Build:
        """Build the network, or take it from the cache, and make it ready to run.

        Parameters
        ----------
        directory : path, optional
            Folder that also receives the generated sources. By default nothing is written outside the cache.
        clean : bool
            Build again even where the cache has the result.
        debug_build : bool
            Compile with debugging information and without optimisation.
        fast_math : bool
            Let the C++ compiler ignore NaN and infinity and reorder all sums.
        compiler, compiler_flags, extra_libs : str
            Command of the C++ compiler, flags that replace the optimisation flags, more arguments for the linker.
        check_numerics : bool
            Look at all values after each step, and raise a ``NumericsError`` as soon as one becomes NaN or infinite.
            The network then runs step by step, so more slowly; what is compiled is the same.

        Returns
        -------
        Build
            Its sources, timings, and whether it came from the cache.

        Raises
        ------
        SynloomError
            For objects that are not connected or do not fit each other, and for a missing compiler.
        """
        if self.compiled:
            messages.info("The network is compiled already.")
            assert self._build is not None
            return self._build
        for name, value in ignored.items():
            if value not in (None, "", "default", False) and name not in IGNORED_BY_COMPILE:
                raise ConfigurationError(f"compile() has no option '{name}'.")
        start = time.perf_counter()
        self._connect_all()
        warn_of_targets(self.populations)
        if DUMP_HOOK is not None:
            DUMP_HOOK(self)
        connected = time.perf_counter()
        build_options = BuildOptions(
            compiler=compiler,
            compiler_flags=compiler_flags,
            extra_libs=extra_libs,
            fast_math=fast_math,
            debug=debug_build,
            clean=clean,
        )
        build = compile_network(self.ir, build_options, None if directory is None else Path(directory))
        built = time.perf_counter()
        self._options = self.options.copy()
        for population in self.populations:
            population._capture_init()
        self._build = build
        self._profile.enabled = self.options.profiling or bool(ignored.get("profile_enabled"))
        self._draw_state.restart(self._some_seed())
        self._binding = Binding(self, build.plan, build.extension)
        for population in self.populations:
            population._start_rates()
        self._watch = Watch(self) if check_numerics else None
        for monitor in self.monitors:
            monitor._begin()
        self._recorders_changed()
        self._go_on()
        build.seconds.update(connect=connected - start, bind=time.perf_counter() - built)
        build.seconds["total"] = time.perf_counter() - start
        if not silent and self.options.verbose:
            messages.info(f"Compiling ... OK ({build.reason}, {build.seconds['total']:.2f} s)")
        return build

    def _connect_all(self) -> None:
        """Make the synapses of all projections; fails before anything else happens."""
        for described in (*self.populations, *self.projections):
            described._check_ready()
        for projection in self.projections:
            if isinstance(projection, Projection):
                projection._build()

    @property
    def ir(self) -> NetworkIR:
        """The network as Model IR: no sizes, no values."""
        return describe(self.populations, self.projections, self.precision)

    @property
    def plan(self) -> Plan:
        """The network as Plan IR: the kernels of a step over named buffers."""
        from synloom.codegen.passes import lower_to_plan

        if self._build is not None:
            return self._build.plan
        self._connect_all()
        return lower_to_plan(self.ir)

    def sources(self) -> dict[str, str]:
        """The generated files, name to text. Needs no C++ compiler."""
        return render_sources(self.plan)

    def _running(self) -> Binding:
        if self._binding is None:
            self._refuse()
        assert self._binding is not None
        return self._binding

    def _refuse(self) -> None:
        if self.cleared:
            raise NotCompiledError("The network was cleared.", hint="describe it anew and call compile()")
        raise NotCompiledError("The network is not compiled.", hint="call compile() first")

    def reset(
        self,
        populations: bool = True,
        projections: bool = False,
        synapses: bool = False,
        monitors: bool = True,
        reseed_rng: bool | None = None,
    ) -> None:
        """Set the clock to 0 and restore what is asked for (spec 03, section 1.7).

        ``populations``: attributes as they were at ``compile()``. ``projections``: synaptic attributes except ``w``.
        ``synapses``: connectivity and weights are made anew. ``monitors``: recordings are dropped.
        ``reseed_rng``: random numbers start again, too, instead of going on; by default in networks made with
        ``create()``, ``connect()`` and ``monitor()``.
        """
        binding = self._running()
        if self._reseeds if reseed_rng is None else reseed_rng:
            self._rng = None
            self._draw_state.restart(self._some_seed())
        if synapses and not projections:
            messages.warning("reset(synapses=True) implies projections=True.")
            projections = True
        self._clock[0] = 0
        if populations:
            for population in self.populations:
                population.reset()
            for projection in self.projections:
                if isinstance(projection, Projection):
                    projection._forget_events()
        if projections:
            for projection in self.projections:
                if isinstance(projection, Projection):
                    projection.reset(synapses=synapses)
        if synapses:
            binding.delays_changed()
            for monitor in self.monitors:
                monitor._rebind()
        if populations:
            binding.clear_sums()
        binding.refresh()
        if monitors:
            for monitor in self.monitors:
                monitor.reset()

    # -- the objects' own needs -------------------------------------------------------------------------

    def _uses_sum(self, population: Population, target: str) -> bool:
        return target in sum_targets(population)

    def _sum_buffer(self, population: Population, target: str) -> NDArray[Any]:
        return self._running().sum_buffer(population, target)

    @property
    def _recording(self) -> list[Monitor | Watch]:
        """All that takes samples while the network runs."""
        return [*self.monitors] if self._watch is None else [*self.monitors, self._watch]

    def _recorders_changed(self) -> None:
        if self._binding is not None:
            self._binding.recorders_changed()

    def _clear_delays(self, population: Population) -> None:
        if self._binding is not None:
            self._binding.fill_delay_lines(population)

    def _inputs_changed(self, population: Population) -> None:
        if self._binding is not None:
            self._binding.inputs_changed(population)

    def _delays_changed(self) -> None:
        if self._binding is not None:
            self._binding.delays_changed()

    def _structure_changed(self, projection: Projection) -> None:
        """Synapses came or went: whoever holds the buffers of ``projection`` takes the new ones."""
        if self._binding is not None:
            self._binding.structure_changed(projection)
        for monitor in self._recording:
            monitor._rebind()
        self._recorders_changed()

    def _spikes_changed(self) -> None:
        if self._binding is not None:
            self._binding.spikes_changed()

    def clear(self) -> None:
        """Forget all objects. What is left of them refuses to be used."""
        self._profile.flush(self)
        for monitor in self.monitors:
            monitor._close()
        self._binding = None
        self._build = None
        self.cleared = True
        for objects in (self.populations, self.projections, self.monitors):
            objects.clear()
        self._callbacks, self._copies = Callbacks(), {}
        if registry.networks.get(self.id) is self:
            del registry.networks[self.id]


# Options of the 4.8 interface that have no meaning here: accepted, without effect.
IGNORED_BY_COMPILE = {
    "populations",
    "projections",
    "add_sources",
    "cuda_config",
    "annarchy_json",
    "profile_enabled",
    "trace_calls",
}


def _ends(projection: Projection | Transpose) -> tuple[Population, Population]:
    return projection.pre_population, projection.post_population

"""Networks: what belongs together, is compiled together and shares a clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from synloom import messages, registry
from synloom.added_sources import read_sources
from synloom.binding import Binding
from synloom.callbacks import Callbacks
from synloom.codegen.errors import NotCompiledError
from synloom.codegen.ir.model import NetworkIR
from synloom.codegen.ir.plan import Plan
from synloom.command_line import asked_of_compile
from synloom.compile_request import Request, build_options, refuse_unknown, write_report
from synloom.compiler import Build, compile_network, render_sources
from synloom.cores import check_cores
from synloom.describe import describe
from synloom.lookup import NetworkLookup
from synloom.memory import Weighed
from synloom.network_changes import NetworkChanges
from synloom.network_constants import NetworkConstants
from synloom.network_copies import NetworkCopies
from synloom.network_objects import NetworkObjects
from synloom.network_settings import NetworkSettings
from synloom.numerics import Watch
from synloom.profiling import Profile, Profiled
from synloom.projection import Projection
from synloom.report import Told
from synloom.running import Running
from synloom.saved import Tree
from synloom.saving import NetworkSaving
from synloom.subset import only
from synloom.targets import warn_of_targets
from synloom.trace import Trace, checked_moment

DUMP_HOOK: Callable[[Network], None] | None = None


class _NetworkType(type):
    """Sets a network up before ``__init__`` of a subclass runs, which then need not call its parent's."""

    def __call__(cls, *args: Any, dt: float | None = None, seed: int | None = None, **kwargs: Any) -> Any:
        network: Any = cls.__new__(cls)  # type: ignore[call-overload]
        network._prepare(dt, seed)
        network._arguments = (args, kwargs)
        network.__init__(*args, **kwargs)
        return network


class Network(
    NetworkSettings,
    NetworkChanges,
    NetworkObjects,
    NetworkConstants,
    NetworkCopies,
    NetworkLookup,
    NetworkSaving,
    Profiled,
    Weighed,
    Running,
    Told,
    metaclass=_NetworkType,
):
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

    _asked_directory: Path | None

    def __init__(self, everything: bool = False) -> None:
        self.everything = everything
        if everything:
            default = registry.default_network()
            self.add([*default.populations, *default.projections, *default.monitors])

    def _prepare(self, dt: float | None, seed: int | None) -> None:
        registry.networks.let_go()
        self.id, self._number = registry.networks.free(), registry.networks.next_made()
        self._setup(dt, seed)
        registry.networks[self.id] = self

    def _shelf(self) -> Network:
        """A network for what ``compile()`` leaves out: it has this one's options, and nobody finds it."""
        shelf = Network.__new__(Network)
        shelf.id, shelf._number = self.id, self._number
        shelf._setup(self._dt, self._seed)
        shelf._options = self._options
        return shelf

    @classmethod
    def _make_default(cls) -> Network:
        network = cls.__new__(cls)
        network.id = network._number = 0
        network._setup(None, None)
        return network

    def _setup(self, dt: float | None, seed: int | None) -> None:
        self._set_options(dt, seed)
        self._reseeds = False
        self.populations, self.projections, self.monitors, self.extensions = [], [], [], []
        self.cleared = False
        self._callbacks = Callbacks()
        self._arguments: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})  # of the constructor
        self._copies = {}
        self._by_name = self._describing = False
        self._profile = Profile()
        self._compiled_with: dict[str, Any] = {}  # options of compile() that copies have, too
        self._pending: Tree | None = None  # what it becomes once it is compiled
        self._binding, self._build = None, None
        self._request: Request | None = None  # how it was compiled
        self._clock = np.zeros(1, np.int64)
        self._batch = 1
        self._watch, self._trace, self._asked_directory = None, None, None
        self._left_out: Network | None = None

    @property
    def _whole(self) -> Network:
        return self

    @property
    def compiled(self) -> bool:
        """Whether the network can run."""
        return self._binding is not None

    @property
    def build(self) -> Build | None:
        """What ``compile()`` returned."""
        return self._build

    @property
    def directory(self) -> Path | None:
        """Folder of the generated sources: that of ``compile(directory=...)``, else in the cache; None before."""
        if self._build is None:
            return None
        return self._build.directory if self._asked_directory is None else self._asked_directory.absolute()

    # -- compiling --------------------------------------------------------------------------------------

    def compile(
        self,
        directory: str | Path | None = None,
        clean: bool = False,
        compiler: str = "default",
        compiler_flags: str = "default",
        add_sources: str | Sequence[str] = "",
        extra_libs: str = "",
        cuda_config: Mapping[Any, Any] | None = None,
        annarchy_json: str | PathLike[str] = "",
        silent: bool = False,
        debug_build: bool = False,
        profile_enabled: bool = False,
        trace_calls: str | None = None,
        *,
        populations: Sequence[Any] | None = None,
        projections: Sequence[Any] | None = None,
        fast_math: bool = False,
        check_numerics: bool = False,
        **unknown: Any,
    ) -> Build:
        """Build the network, or take it from the cache, and make it ready to run.

        Options that the script was started with (``--clean``, ``--debug``, ``--profile``, ``--trace``, ``--report``)
        count as if they were given here.

        Parameters
        ----------
        directory : path, optional
            Folder that also receives the generated sources. By default nothing is written outside the cache.
        clean : bool
            Build again even where the cache has the result.
        compiler, compiler_flags : str
            Command of the C++ compiler, flags that replace the optimisation flags. By default those of the user's
            configuration file, else the compiler that is found, and flags chosen for it.
        add_sources : str or list of str
            More C++ files, which are compiled and linked with the network.
        extra_libs : str
            More arguments for the linker.
        cuda_config : dict, optional
            Of networks on a GPU; no effect.
        annarchy_json : path, optional
            A configuration file instead of the user's.
        silent : bool
            No line that tells of success, which ``setup(verbose=True)`` asks for.
        debug_build : bool
            Compile with debugging information and without optimisation.
        trace_calls : {'init', 'simulate', 'both'}, optional
            Print what is bound, and each call of the kernels.
        populations, projections : list, optional
            What to compile, by default all. What is left out stays uncompiled.
        fast_math : bool
            Let the C++ compiler ignore NaN and infinity and reorder all sums.
        check_numerics : bool
            Look at all values after each step, and raise a ``NumericsError`` as soon as one becomes NaN or infinite.
            The network then runs step by step, so more slowly; what is compiled is the same.
        profile_enabled : bool
            Time each part of each step; see ``profile()``. ``setup(profiling=True)`` does it for all networks.

        Returns
        -------
        Build
            Its sources, timings, and whether it came from the cache.

        Raises
        ------
        SynloomError
            For objects that are not connected or do not fit each other, for a missing compiler, and for options that
            do not exist. The network is then as it was.
        """
        if self.compiled:
            messages.info("The network is compiled already.")
            assert self._build is not None
            return self._build
        if self.cleared:
            self._refuse()
        asked = asked_of_compile()
        given = Request(
            directory=None if directory is None else Path(directory),
            build=build_options(
                compiler,
                compiler_flags,
                extra_libs,
                fast_math,
                debug_build,
                clean,
                annarchy_json,
                asked,
                self.options,
            ),
            added=read_sources(add_sources),
            trace=checked_moment(trace_calls or asked.trace),
            profile=bool(profile_enabled or asked.profile or self.options.profiling),
            watch=check_numerics,
        )
        refuse_unknown(unknown)
        check_cores(self.options.visible_cores, self.options.num_threads)
        with only(self, populations, projections), self._nothing_by_halves():
            build = self._compile(given)
        self._compiled_with = {
            "compiler": compiler,
            "compiler_flags": compiler_flags,
            "add_sources": add_sources,
            "extra_libs": extra_libs,
            "annarchy_json": annarchy_json,
            "fast_math": fast_math,
            "debug_build": debug_build,
            "check_numerics": check_numerics,
            "profile_enabled": profile_enabled,
        }
        if not silent and self.options.verbose:
            named = f"network {self.id}" if self.id else ""
            messages.info(f"Compiling {named}... OK ({build.reason}, {build.seconds['total']:.2f} s)")
        write_report(self, asked)
        return build

    def _compile(self, given: Request) -> Build:
        start = time.perf_counter()
        self._connect_all()
        warn_of_targets(self.populations)
        if DUMP_HOOK is not None:
            DUMP_HOOK(self)
        connected = time.perf_counter()
        build = compile_network(self.ir, given.build, given.directory, given.profile, given.added)
        built = time.perf_counter()
        self._options = self.options.copy()
        for population in self.populations:
            with self._profile.instantiating(population.name):
                population._capture_init()
        self._build, self._asked_directory, self._request = build, given.directory, given
        if given.profile:
            self._profile.begin(build.plan, self.id, self._options)
        self._draw_state.restart(self._some_seed())
        self._binding = Binding(self, build.plan, build.extension)
        for population in self.populations:
            population._start_rates()
        self._watch = Watch(self) if given.watch else None
        for monitor in self.monitors:
            monitor._begin()
        self._recorders_changed()
        self._go_on()
        self._trace = None if given.trace is None else Trace(given.trace, self, build.plan)
        build.seconds.update(connect=connected - start, bind=time.perf_counter() - built)
        build.seconds["total"] = time.perf_counter() - start
        return build

    @contextmanager
    def _nothing_by_halves(self) -> Iterator[None]:
        """A network that could not be compiled to the end is one that is not compiled."""
        options = self._options
        try:
            yield
        except BaseException:
            self._options, self._binding, self._build, self._watch = options, None, None, None
            for population in self.populations:
                population._init = None
            raise

    def _connect_all(self) -> None:
        """Make the synapses of all projections; fails before anything else happens."""
        for described in (*self.populations, *self.projections):
            described._check_ready()
        for projection in self.projections:
            if isinstance(projection, Projection):
                with self._profile.instantiating(projection.name):
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
        return lower_to_plan(self.ir, self.options.profiling)

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
        self._running()
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
        binding = self._running()  # another one, if the new delays are of another kind
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

    def clear(self) -> None:
        """Forget all objects. What is left of them refuses to be used."""
        self._profile.close()
        for monitor in self.monitors:
            monitor._close()
        self._binding = None
        self._build = None
        self.cleared = True
        for objects in (self.populations, self.projections, self.monitors):
            objects.clear()
        self._callbacks, self._copies = Callbacks(), {}
        self.extensions.clear()
        if self._left_out is not None:
            self._left_out.clear()
            self._left_out = None
        if registry.networks.get(self.id) is self:
            del registry.networks[self.id]

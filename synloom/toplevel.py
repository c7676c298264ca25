"""Module-level functions: the default network driven by name, as scripts of the 4.8 style do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from synloom import config, messages, registry
from synloom.compiler import Build
from synloom.monitor import Monitor
from synloom.network import Network
from synloom.population import Population
from synloom.projection import Projection
from synloom.transpose import Transpose
from synloom.view import PopulationView


def magic_network() -> Network:
    """The default network as an object."""
    return registry.default_network()


def compile(
    directory: str | Path | None = None,
    clean: bool = False,
    populations: Sequence[Any] | None = None,
    projections: Sequence[Any] | None = None,
    compiler: str = "default",
    compiler_flags: str = "default",
    add_sources: str | Sequence[str] = "",
    extra_libs: str = "",
    cuda_config: Mapping[Any, Any] | None = None,
    annarchy_json: str | PathLike[str] = "",
    silent: bool = False,
    debug_build: bool = False,
    profile_enabled: bool = False,
    net_id: int = 0,
    **kwargs: Any,
) -> Build:
    """Build the network and make it ready to run; see ``Network.compile`` for the arguments."""
    return registry.network(net_id).compile(
        directory,
        clean,
        compiler,
        compiler_flags,
        add_sources,
        extra_libs,
        cuda_config,
        annarchy_json,
        silent,
        debug_build,
        profile_enabled,
        populations=populations,
        projections=projections,
        **kwargs,
    )


def sources(net_id: int = 0) -> dict[str, str]:
    """The generated files of the network; needs no C++ compiler."""
    return registry.network(net_id).sources()


def simulate(
    duration: float,
    measure_time: bool = False,
    progress_bar: bool = False,
    callbacks: bool = True,
    net_id: int = 0,
    *,
    show_monitor_memory_estimate: bool = False,
) -> None:
    """Run the network for ``duration`` ms."""
    registry.network(net_id).simulate(
        duration, measure_time, progress_bar, callbacks, show_monitor_memory_estimate
    )


def simulate_until(
    max_duration: float,
    population: Population | Sequence[Population] | None = None,
    operator: str = "and",
    measure_time: bool = False,
    net_id: int = 0,
    *,
    populations: Population | Sequence[Population] | None = None,
    callbacks: bool = False,
) -> float:
    """Run until stop conditions of populations hold, for ``max_duration`` ms at most; returns the ms simulated."""
    return registry.network(net_id).simulate_until(
        max_duration, population, operator, measure_time, populations=populations, callbacks=callbacks
    )


def step(net_id: int = 0) -> None:
    """Run one step."""
    registry.network(net_id).step()


def reset(
    populations: bool = True,
    projections: bool = False,
    synapses: bool = False,
    monitors: bool = True,
    net_id: int = 0,
    *,
    reseed_rng: bool = False,
) -> None:
    """Set the clock to 0 and restore initial values; see ``Network.reset``. Random numbers go on by default."""
    registry.network(net_id).reset(populations, projections, synapses, monitors, reseed_rng)


def clear(
    functions: bool = True, neurons: bool = True, synapses: bool = True, constants: bool = True
) -> None:
    """Forget the default network and, as the flags say, global functions and constants.

    Parameters
    ----------
    functions, constants : bool
        Whether functions of ``add_function`` and ``Constant`` objects are forgotten too.
    neurons, synapses : bool
        Accepted for compatibility: models belong to no registry.
    """
    del neurons, synapses
    if 0 in registry.networks:
        registry.networks[0].clear()
    registry.networks.forget_made()
    if functions:
        registry.functions.clear()
    if constants:
        registry.constants.clear()


def dt() -> float:
    """Step size in ms."""
    return registry.default_network().dt if 0 in registry.networks else config.options.dt


def get_time(net_id: int = 0) -> float:
    """Time in ms."""
    return registry.network(net_id).get_time()


def set_time(t: float, net_id: int = 0) -> None:
    """Set the clock to ``t`` ms."""
    registry.network(net_id).set_time(t)


def get_current_step(net_id: int = 0) -> int:
    """Number of steps run."""
    return registry.network(net_id).get_current_step()


def set_current_step(t: int, net_id: int = 0) -> None:
    """Set the clock to step ``t``."""
    registry.network(net_id).set_current_step(t)


def set_seed(seed: int, use_seed_seq: bool = True, net_id: int = 0) -> None:
    """Restart the random streams from ``seed``, those of ``numpy.random`` included."""
    network = registry.network(net_id)
    network.set_seed(seed, use_seed_seq)
    config.setup(seed=int(seed))
    if not network.compiled:
        messages.warning("set_seed(): the network is not compiled; the seed is used from compile() on.")


def enable_learning(
    projections: Sequence[Projection] | None = None,
    period: float | None = None,
    offset: float | None = None,
    net_id: int = 0,
) -> None:
    """Enable learning in the given, or in all projections."""
    registry.network(net_id).enable_learning(projections, period, offset)


def disable_learning(projections: Sequence[Projection] | None = None, net_id: int = 0) -> None:
    """Disable learning in the given, or in all projections."""
    registry.network(net_id).disable_learning(projections)


def get_population(name: str, net_id: int = 0) -> Population | None:
    """The population of this name, or None after a warning."""
    return registry.network(net_id).get_population(name)


def get_projection(name: str, net_id: int = 0) -> Projection | Transpose | None:
    """The projection of this name, or None after a warning."""
    return registry.network(net_id).get_projection(name)


def populations(net_id: int = 0) -> list[Population]:
    """All populations, in order of creation."""
    return registry.network(net_id).get_populations()


def projections(
    net_id: int = 0,
    post: Population | PopulationView | str | None = None,
    pre: Population | PopulationView | str | None = None,
    target: str | None = None,
    suppress_error: bool = False,
) -> list[Projection | Transpose]:
    """All projections, or those that match every given criterion; see ``Network.get_projections``."""
    return registry.network(net_id).get_projections(post, pre, target, suppress_error)


def monitors(net_id: int = 0, obj: Any = None) -> list[Monitor]:
    """All monitors, or those of ``obj``."""
    return registry.network(net_id).get_monitors(obj)


def callbacks_enabled(net_id: int = 0) -> bool:
    """Whether ``simulate()`` calls the functions declared with ``every``."""
    return registry.network(net_id).callbacks_enabled()


def enable_callbacks(net_id: int = 0) -> None:
    """Let ``simulate()`` call the functions declared with ``every``."""
    registry.network(net_id).enable_callbacks()


def disable_callbacks(net_id: int = 0) -> None:
    """Let ``simulate()`` pass over the functions declared with ``every``."""
    registry.network(net_id).disable_callbacks()


def clear_all_callbacks(net_id: int = 0) -> None:
    """Forget all functions declared with ``every``."""
    registry.network(net_id).clear_all_callbacks()


def save(
    filename: str | PathLike[str], populations: bool = True, projections: bool = True, net_id: int = 0
) -> None:
    """Write the state of the network to a file; see ``Network.save``."""
    registry.network(net_id).save(filename, populations, projections)


def load(
    filename: str | PathLike[str],
    populations: bool = True,
    projections: bool = True,
    pickle_encoding: str | None = None,
    net_id: int = 0,
) -> None:
    """Take over what ``save()`` wrote; see ``Network.load``."""
    registry.network(net_id).load(filename, populations, projections, pickle_encoding)


def save_parameters(filename: str | PathLike[str], net_id: int = 0, *, initial: bool = False) -> None:
    """Write global parameters and constants as JSON; see ``Network.save_parameters``."""
    registry.network(net_id).save_parameters(filename, initial)


def load_parameters(
    filename: str | PathLike[str], global_only: bool = True, verbose: bool = False, net_id: int = 0
) -> dict[str, Any]:
    """Set parameters and constants from a JSON file; see ``Network.load_parameters``."""
    return registry.network(net_id).load_parameters(filename, global_only, verbose)

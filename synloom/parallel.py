"""``parallel_run`` in both styles (spec 03, sections 2.8 and 6.3)."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from synloom import messages, registry
from synloom.codegen.errors import ConfigurationError
from synloom.draw_state import checked_seed, child_seed
from synloom.network_copies import description
from synloom.parallel_jobs import FromClass, FromDescription, Itself, Job, Recipe

if TYPE_CHECKING:
    from synloom.compiler import Build
    from synloom.executors import Place
    from synloom.network import Network


def per_network(what: str, values: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Arguments of each network: a list has one entry for each, anything else is for all."""
    for name, value in values.items():
        if isinstance(value, list) and len(value) != count:
            raise ConfigurationError(
                f"{what}: the list '{name}' has {len(value)} entries for {count} networks.",
                hint="give one value for each network, or one that is no list for all of them",
            )
    return [{k: v[n] if isinstance(v, list) else v for k, v in values.items()} for n in range(count)]


def _count(number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ConfigurationError(f"parallel_run(): number must be a positive integer, not {number!r}.")
    return number


def _check_method(method: object) -> None:
    if not callable(method):
        raise ConfigurationError(f"parallel_run(): the method must be a function, not {method!r}.")


# -- the 5.0 style --------------------------------------------------------------------------------------------


def run_method(
    network: Network,
    method: Callable[..., Any],
    number: int,
    max_processes: int,
    seeds: str | Sequence[int] | None,
    measure_time: bool,
    sequential: bool,
    executor: Place,
    given: dict[str, Any],
) -> list[Any]:
    """``Network.parallel_run``."""
    network._running()
    _check_method(method)
    count = _count(number)
    each = _seeds(network, seeds, count)
    recipe, routed = _recipe(network)
    making = per_network("parallel_run()", {k: v for k, v in given.items() if k in routed}, count)
    rest = per_network("parallel_run()", {k: v for k, v in given.items() if k not in routed}, count)
    jobs = [Job(n, recipe, each[n], making[n], (), rest[n]) for n in range(count)]
    from synloom.parallel_calls import run_jobs  # brings the processes of Python along

    return run_jobs(
        method,
        jobs,
        _builds([network]),
        max_processes=max_processes,
        sequential=sequential,
        executor=executor,
        measure_time=measure_time,
    )


def _builds(networks: Sequence[Network]) -> list[Build]:
    return [network._build for network in networks if network._build is not None]


def _recipe(network: Network) -> tuple[Recipe, set[str]]:
    """How it is made once more, and which arguments its constructor takes."""
    from synloom.network import Network

    cls = type(network)
    if cls is Network:
        return FromDescription(description(network)), set()
    args, kwargs = network._arguments
    signature = inspect.signature(cls.__init__)
    names = [n for n, p in signature.parameters.items() if p.kind is not inspect.Parameter.VAR_KEYWORD][1:]
    bound = dict(zip(names, args, strict=False)) | kwargs  # by name: any of them may be given anew
    if len(args) > len(names):  # *args
        return FromClass(cls, args, kwargs, network.dt, network._compiled_with), set(kwargs)
    return FromClass(cls, (), bound, network.dt, network._compiled_with), set(names)


def _seeds(network: Network, seeds: str | Sequence[int] | None, count: int) -> list[int]:
    base = network._some_seed()
    if seeds is None:
        return [child_seed(base, n) for n in range(count)]
    if isinstance(seeds, str):
        if seeds not in ("same", "sequential"):
            raise ConfigurationError(f"parallel_run(): seeds must be 'same' or 'sequential', not {seeds!r}.")
        return [base + (n + 1 if seeds == "sequential" else 0) for n in range(count)]
    if len(seeds) != count:
        raise ConfigurationError(f"parallel_run(): there are {len(seeds)} seeds for {count} networks.")
    return [checked_seed(seed) for seed in seeds]


# -- the 4.8 style --------------------------------------------------------------------------------------------


def parallel_run(
    method: Callable[..., Any],
    networks: list[Network] | None = None,
    number: int = 0,
    max_processes: int = -1,
    measure_time: bool = False,
    sequential: bool = False,
    same_seed: bool = False,
    annarchy_json: str = "",
    visible_cores: Sequence[int] = (),
    *,
    executor: Place = None,
    **args: Any,
) -> list[Any]:
    """Call ``method(index, net, ...)`` on several networks, in other processes.

    Parameters
    ----------
    method : callable
        A function of a module, unless ``sequential``.
    networks : list of Network, optional
        Compiled networks. In other processes copies of them go on from where they stand, and the ones here stay as
        they are; with ``sequential``, or threads, they themselves run.
    number : int
        Instead, how many copies of the default network are made, as by ``Network(everything=True)``, each with a
        seed of its own. It is compiled first if it is not.
    max_processes : int
        By default as many as there are processor cores.
    measure_time : bool
        Print how long it took.
    sequential : bool
        Run one after the other in this process.
    same_seed : bool
        With ``number``: all have the seed of the default network.
    annarchy_json : str
        No effect.
    visible_cores : list of int
        A processor core for each process.
    executor : concurrent.futures.Executor, distributed.Client or the module ray, optional
        Where to run; by default processes of this machine, which are started for the purpose. See ``docs/parallel.md``.
    **args
        Further arguments of ``method``. A list has one entry for each network, anything else is for all.

    Returns
    -------
    list
        What ``method`` returned, in order.

    Raises
    ------
    ConfigurationError
        Arguments that do not fit, or something that cannot be sent to another process.
    Exception
        What ``method`` raised first, with a note which network it was.
    """
    del annarchy_json
    _check_method(method)
    if networks is not None and not isinstance(networks, list):
        raise ConfigurationError("parallel_run(): networks must be a list of networks.")
    if not networks and not number:
        raise ConfigurationError("parallel_run() needs networks, or their number.")
    if len(visible_cores) and max_processes != len(visible_cores):
        raise ConfigurationError(
            f"parallel_run(): visible_cores has {len(visible_cores)} entries, max_processes is {max_processes}.",
            hint="give one core for each process",
        )
    count = len(networks) if networks else _count(number)
    rest = per_network("parallel_run()", args, count)
    _check_arguments(method, args)
    here = sequential or isinstance(executor, ThreadPoolExecutor)
    if networks:
        jobs = [Job(n, Itself(net), None, {}, (n,), rest[n], not here) for n, net in enumerate(networks)]
        for network in networks:
            network._running()
    else:
        jobs = _copies(count, same_seed, rest)
    from synloom.parallel_calls import run_jobs  # brings the processes of Python along

    return run_jobs(
        method,
        jobs,
        _builds(networks or [registry.default_network()]),
        max_processes=max_processes,
        sequential=sequential,
        executor=executor,
        cores=visible_cores,
        measure_time=measure_time,
    )


def _copies(count: int, same_seed: bool, rest: list[dict[str, Any]]) -> list[Job]:
    from synloom.network import Network

    default = registry.default_network()
    if not default.compiled:
        messages.warning("parallel_run(): the network is compiled first.")
        default.compile(silent=True)
    base = default._some_seed()
    template = Network(everything=True)
    template._compiled_with = default._compiled_with
    recipe = FromDescription(description(template))
    template.clear()
    seeds = [base if same_seed else child_seed(base, n) for n in range(count)]
    return [Job(n, recipe, seeds[n], {}, (n,), rest[n]) for n in range(count)]


def _check_arguments(method: Callable[..., Any], args: dict[str, Any]) -> None:
    try:
        inspect.signature(method).bind(0, None, **args)
    except TypeError as error:
        raise ConfigurationError(
            f"parallel_run(): the method can not be called as method(index, network, ...): {error}."
        ) from None
    except ValueError:  # of a built-in function the signature is not known
        return

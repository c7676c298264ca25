"""Where ``parallel_run`` may send its networks: processes, Dask, Ray, MPI, or any other executor.

Dask, Ray and mpi4py are imported by who uses them; ``pip install 'synloom[distributed]'`` brings all three.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

from synloom.codegen.errors import ConfigurationError

LONELY = 30.0  # s without any worker before a call gives up
EXTRA = "pip install 'synloom[distributed]'"


@runtime_checkable
class HasExecutor(Protocol):
    """What ``distributed.Client`` is."""

    def get_executor(self, **kwargs: Any) -> Executor:
        """Its executor."""
        ...


Place = Executor | HasExecutor | ModuleType | None


@dataclass(frozen=True)
class Route:
    """An executor, and what is known of it.

    Attributes
    ----------
    executor : Executor
    workers : int
        How many jobs run at once.
    pickler : str
        The module that methods and arguments are pickled with: one that sends functions of the script by value where
        workers do not read the script.
    processes : bool
        Whether it runs processes of this machine that this process started.
    complaint : callable
        Why nothing can run; empty while something can.
    close : callable
        Called at the end.
    """

    executor: Executor
    workers: int
    pickler: str = "pickle"
    processes: bool = False
    complaint: Callable[[], str] = lambda: ""
    close: Callable[[], None] = lambda: None


def route_to(place: Executor | HasExecutor | ModuleType) -> Route:
    """What is known of an executor, a ``distributed.Client``, or the module ``ray``.

    Raises
    ------
    ConfigurationError
        It is none of these, or has no workers.
    """
    kind = _library(place)
    if kind == "ray" and isinstance(place, ModuleType):
        own = RayExecutor()
        return _of_ray(own, own.shutdown)
    if isinstance(place, RayExecutor):
        return _of_ray(place, lambda: None)
    if kind == "distributed":
        return _of_dask(place)
    if not isinstance(place, Executor):
        raise ConfigurationError(
            f"parallel_run(): executor can not be {place!r}.",
            hint="give an executor of concurrent.futures or mpi4py.futures, a distributed.Client, or the module ray",
        )
    if kind == "mpi4py":
        return _of_mpi(place)
    workers = getattr(place, "_max_workers", None) or os.cpu_count() or 1
    return Route(place, workers, processes=isinstance(place, ProcessPoolExecutor))


def _library(place: object) -> str:
    """The library that a class or module comes from."""
    name = place.__name__ if isinstance(place, ModuleType) else type(place).__module__
    return name.partition(".")[0]


def _of_dask(place: Any) -> Route:
    """A Dask cluster. Its scheduler gives a network up once it has ended several workers."""
    given = isinstance(place, HasExecutor)
    client: Any = place if given else place._client
    executor = client.get_executor(pure=False) if given else place
    seen = time.monotonic()

    def complaint() -> str:
        nonlocal seen
        if client.nthreads():
            seen = time.monotonic()
        lonely = time.monotonic() - seen
        return f"The Dask cluster has had no workers for {lonely:.0f} s." if lonely > LONELY else ""

    return Route(executor, max(1, sum(client.nthreads().values())), "cloudpickle", complaint=complaint)


def _of_ray(executor: RayExecutor, close: Callable[[], None]) -> Route:
    return Route(executor, executor.workers, "ray.cloudpickle", close=close)


def _of_mpi(executor: Any) -> Route:
    workers = executor.num_workers
    if workers < 1:
        raise ConfigurationError(
            "parallel_run(): there are no MPI workers.",
            hint="start the script as `mpiexec -n 3 python -m mpi4py.futures SCRIPT`: one leads, two work",
        )
    return Route(executor, workers)


class RayExecutor(Executor):
    """Runs functions as tasks of Ray.

    Uses the cluster that ``ray.init()`` connected to; without one, it starts Ray on this machine, and stops it in
    ``shutdown()``.

    Parameters
    ----------
    num_cpus : float
        Processor cores that each task takes.
    **options
        Further options of ``ray.remote``, such as ``runtime_env`` or ``scheduling_strategy``.

    Attributes
    ----------
    workers : int
        How many tasks run at once.

    Raises
    ------
    ConfigurationError
        Ray is not installed, or the cluster has too few cores for a single task.

    Examples
    --------
    ::

        import ray
        ray.init(address="auto")
        with synloom.executors.RayExecutor() as executor:
            net.parallel_run(method, 100, executor=executor)
    """

    def __init__(self, *, num_cpus: float = 1.0, **options: Any) -> None:
        self._ray: Any = _needed("ray")
        self._owns = not self._ray.is_initialized()
        if self._owns:
            self._ray.init(include_dashboard=False, log_to_driver=False)
        cores = self._ray.cluster_resources().get("CPU", 0.0)
        self.workers = int(cores // num_cpus) if num_cpus > 0.0 else int(cores)
        if self.workers < 1:
            raise ConfigurationError(
                f"A task is to take {num_cpus:g} processor cores, but Ray has {cores:g}.",
                hint="give RayExecutor a smaller num_cpus, or ray.init() a larger one",
            )
        # Ray starts a task anew where its worker died; a network that ends one would end all.
        remote = self._ray.remote(**{"max_retries": 0, "num_cpus": num_cpus, **options})
        self._call = remote(_call)
        self._running: dict[Future[Any], Any] = {}
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start ``fn(*args, **kwargs)`` as a task."""
        if self._closed:
            raise RuntimeError("The executor has been shut down.")
        reference = self._call.remote(fn, args, kwargs)
        future: Future[Any] = reference.future()
        self._running[future] = reference
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: Future[Any]) -> None:
        reference = self._running.pop(future, None)
        if future.cancelled() and reference is not None:
            self._ray.cancel(reference, force=True)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Wait for what runs, and stop Ray if it was started here."""
        self._closed = True
        for future in list(self._running):
            if cancel_futures:
                future.cancel()
            elif wait:
                future.exception()
        if self._owns:
            self._owns = False
            self._ray.shutdown()


def _call(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return fn(*args, **kwargs)


def _needed(package: str) -> ModuleType:
    try:
        return importlib.import_module(package)
    except ImportError:
        raise ConfigurationError(f"The package {package} is not installed.", hint=EXTRA) from None

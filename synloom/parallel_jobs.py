"""Jobs of many networks, here or in other processes: how each network is made, run and thrown away."""

from __future__ import annotations

import contextlib
import copy
import multiprocessing
import os
import pickle
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol

from synloom import config, messages, registry
from synloom.codegen.errors import ConfigurationError
from synloom.constant import Constant

if TYPE_CHECKING:
    from synloom.network import Network

CHUNKS = 4  # for each process: few enough to send little, enough to even out
_making = threading.Lock()  # networks are made one at a time: registries belong to the whole process


class Recipe(Protocol):
    """How a network is made, here or in another process."""

    def make(self, seed: int | None, arguments: dict[str, Any]) -> Network:
        """A compiled network."""
        ...


@dataclass(frozen=True)
class FromClass:
    """An instance of a subclass, by calling it once more."""

    cls: type[Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    dt: float

    def make(self, seed: int | None, arguments: dict[str, Any]) -> Network:
        network: Network = self.cls(*self.args, dt=self.dt, seed=seed, **{**self.kwargs, **arguments})
        if not network.compiled:
            network.compile(silent=True)
        return network


@dataclass(frozen=True)
class FromDescription:
    """A copy of an uncompiled network."""

    network: Network

    def make(self, seed: int | None, arguments: dict[str, Any]) -> Network:
        del arguments
        network = copy.deepcopy(self.network)
        if seed is not None:
            network.set_seed(seed)
        network.compile(silent=True)
        return network


@dataclass(frozen=True)
class Itself:
    """A network that is there already: in this process the very one, in another a copy that goes on."""

    network: Network

    def make(self, seed: int | None, arguments: dict[str, Any]) -> Network:
        del seed, arguments
        if not self.network.compiled:
            self.network.compile(silent=True)
        return self.network


@dataclass(frozen=True)
class Job:
    """One network and what is done with it."""

    index: int
    recipe: Recipe
    seed: int | None
    making: dict[str, Any]  # arguments of the constructor
    leading: tuple[Any, ...]  # arguments of the method before the network
    kwargs: dict[str, Any]  # and after
    disposable: bool = True  # cleared once it is done


@dataclass(frozen=True)
class World:
    """What networks take from the process they are made in."""

    options: dict[str, Any] = field(default_factory=lambda: _options())
    functions: dict[str, Any] = field(default_factory=lambda: dict(registry.functions))
    constants: dict[str, float] = field(
        default_factory=lambda: {name: c.value for name, c in registry.constants.items()}
    )

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Make another process, for a while, what this one is."""
        before = _options()
        _set_options(self.options)
        for name, function in self.functions.items():
            registry.functions.setdefault(name, function)
        for name, value in self.constants.items():
            if name not in registry.constants:
                Constant(name, value)
            elif registry.constants[name].value != value:
                registry.constants[name].set(value)
        try:
            yield
        finally:
            _set_options(before)


def _options() -> dict[str, Any]:
    copied = config.options.copy()
    return {f.name: getattr(copied, f.name) for f in fields(copied)}


def _set_options(values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(config.options, name, value)
    messages.configure(suppress_warnings=values["suppress_warnings"], verbose=values["verbose"])


@dataclass(frozen=True)
class Failure:
    """What a method raised."""

    index: int
    error: BaseException
    text: str


class RemoteTraceback(Exception):
    """Where in the other process an error came from."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


# -- in whatever process --------------------------------------------------------------------------------------


def run_packed(packed: bytes) -> list[Any]:
    """Run jobs in another process."""
    world, method, jobs = pickle.loads(packed)
    with world.entered():
        return [_sendable(run_job(method, job)) for job in jobs]


def run_job(method: Callable[..., Any], job: Job) -> Any:
    """Make a network and call the method on it; its errors are returned."""
    network = None
    try:
        with _making:
            network = job.recipe.make(job.seed, job.making)
        return method(*job.leading, network, **job.kwargs)
    except Exception as error:
        return Failure(job.index, error, traceback.format_exc())
    finally:
        if network is not None and job.disposable:
            network.clear()


def _sendable(result: Any) -> Any:
    """A result that can be sent back, or the error that it cannot."""
    if isinstance(result, Failure):
        try:
            pickle.loads(pickle.dumps(result))
        except Exception:
            return Failure(
                result.index, RuntimeError(f"{type(result.error).__name__}: {result.error}"), result.text
            )
        return result
    try:
        pickle.dumps(result)
    except Exception as error:
        told = ConfigurationError(
            f"What the method returned can not be sent back: {error}.", hint="return numbers, arrays, lists"
        )
        return Failure(-1, told, "")
    return result


# -- in the process that asks ---------------------------------------------------------------------------------


def run_jobs(
    method: Callable[..., Any],
    jobs: Sequence[Job],
    *,
    max_processes: int = -1,
    sequential: bool = False,
    executor: Executor | None = None,
    cores: Sequence[int] = (),
    measure_time: bool = False,
) -> list[Any]:
    """The results of all jobs, in order."""
    start = time.perf_counter()
    if sequential:
        results = [run_job(method, job) for job in jobs]
    elif isinstance(executor, ThreadPoolExecutor):
        results = [f.result() for f in [executor.submit(run_job, method, job) for job in jobs]]
    elif executor is not None:
        workers = getattr(executor, "_max_workers", None) or os.cpu_count() or 1
        results = _in_processes(method, jobs, executor, workers)
    else:
        workers = max(1, min(len(jobs), max_processes if max_processes > 0 else _cores_here()))
        with _pool(workers, cores) as own:
            results = _in_processes(method, jobs, own, workers)
    failed = next((r for r in results if isinstance(r, Failure)), None)
    if failed is not None:
        _raise(failed)
    if measure_time:
        print(f"Running {len(jobs)} networks took {time.perf_counter() - start:.4f} s.")
    return results


def _cores_here() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pool(workers: int, cores: Sequence[int]) -> ProcessPoolExecutor:
    """Processes that begin empty: nothing of this one, such as its threads or random states, is in them."""
    context = multiprocessing.get_context("spawn")
    if not cores:
        return ProcessPoolExecutor(workers, context)
    queue = context.SimpleQueue()
    for core in cores:
        queue.put(core)
    return ProcessPoolExecutor(workers, context, initializer=_pin, initargs=(queue,))


def _pin(queue: Any) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {queue.get()})


def _in_processes(
    method: Callable[..., Any], jobs: Sequence[Job], executor: Executor, workers: int
) -> list[Any]:
    size = max(1, -(-len(jobs) // (CHUNKS * workers)))
    chunks = [list(jobs[first : first + size]) for first in range(0, len(jobs), size)]
    world = World()
    packed = [_packed((world, method, chunk)) for chunk in chunks]
    futures = [executor.submit(run_packed, part) for part in packed]
    results: list[Any] = []
    try:
        for future in futures:
            results += future.result()
    except BrokenProcessPool:
        raise ConfigurationError(
            "A process that ran networks has died.",
            hint='The script is read once more in each process: begin what it does with `if __name__ == "__main__":`.',
        ) from None
    finally:
        for future in futures:
            future.cancel()
    return results


def _packed(parts: Any) -> bytes:
    try:
        return pickle.dumps(parts)
    except Exception as error:
        raise ConfigurationError(
            f"This can not be sent to another process: {error}.",
            hint="The method, the class of the network and all arguments must be of a module, not made in a function "
            "or at a prompt; or pass sequential=True, or a ThreadPoolExecutor.",
        ) from None


def _raise(failure: Failure) -> None:
    error = failure.error
    where = f"in network {failure.index} of parallel_run()" if failure.index >= 0 else "in parallel_run()"
    error.add_note(where)
    if error.__traceback__ is None and failure.text:  # it came from another process
        raise error from RemoteTraceback(failure.text)
    raise error

"""The near end of ``parallel_run``: jobs go out to wherever they run, and results come back in order."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from synloom.codegen.errors import ConfigurationError
from synloom.compiler import Build
from synloom.executors import Place, Route, route_to
from synloom.parallel_jobs import Failure, Job, run_job
from synloom.parallel_worker import Answer, Packet, dumps, process, run_packet, version
from synloom.parallel_world import World
from synloom.runtime import ship

SMALL = 1 << 16  # bytes; so much goes along with each job without being asked for
PATIENCE = 0.1  # s between two looks at what has arrived
LOOK = 2.0  # s between two looks at whether anybody is at work
TRIES = 5  # times that a worker may say that it lacks something
# How Dask and Ray say that a worker ended; a BrokenExecutor says it, too.
DEATHS = frozenset(
    {
        *("KilledWorker", "WorkerCrashedError", "NodeDiedError", "OutOfMemoryError", "LocalRayletDiedError"),
        *("ObjectLostError", "OwnerDiedError", "ActorDiedError", "FutureCancelledError", "ClosedClientError"),
    }
)
GUARD = 'The script is read once more in each process: begin what it does with `if __name__ == "__main__":`.'


class RemoteTraceback(Exception):
    """Where in the other process an error came from."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


def run_jobs(
    method: Callable[..., Any],
    jobs: Sequence[Job],
    builds: Sequence[Build],
    *,
    max_processes: int = -1,
    sequential: bool = False,
    executor: Place = None,
    cores: Sequence[int] = (),
    measure_time: bool = False,
) -> list[Any]:
    """The results of all jobs, in order. ``builds`` are of the networks that they are like: one, or one for each."""
    start = time.perf_counter()
    if sequential:
        results = [run_job(method, job) for job in jobs]
    elif isinstance(executor, ThreadPoolExecutor):
        results = [f.result() for f in [executor.submit(run_job, method, job) for job in jobs]]
    elif executor is not None:
        route = route_to(executor)
        try:
            results = _sent(method, jobs, builds, route)
        finally:
            route.close()
    else:
        workers = max(1, min(len(jobs), max_processes if max_processes > 0 else _cores_here()))
        with _pool(workers, cores) as own:
            results = _sent(method, jobs, builds, Route(own, workers, processes=True))
    failed = next((r for r in results if isinstance(r, Failure)), None)
    if failed is not None:
        _raise(failed)
    if measure_time:
        print(f"Running {len(jobs)} networks took {time.perf_counter() - start:.4f} s.")
    return results


def _cores_here() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _pool(workers: int, cores: Sequence[int]) -> ProcessPoolExecutor:
    """Processes that begin empty: nothing of this one, such as its threads or random states, is in them.

    But those of a script that never asks for its name, as many of ANNarchy do on Linux, are copies of this one: an
    empty process reads the script once more, and would run all of it.
    """
    context = multiprocessing.get_context("fork" if _is_unguarded() else "spawn")
    if not cores:
        return ProcessPoolExecutor(workers, context)
    queue = context.SimpleQueue()
    for core in cores:
        queue.put(core)
    return ProcessPoolExecutor(workers, context, initializer=_pin, initargs=(queue,))


def _is_unguarded() -> bool:
    """Whether the script would run once more in each process, and can be copied instead."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if file is None or sys.platform != "linux" or multiprocessing.parent_process() is not None:
        return False
    try:
        return "__name__" not in Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _pin(queue: Any) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {queue.get()})


# -- sending --------------------------------------------------------------------------------------------------


def _sent(
    method: Callable[..., Any], jobs: Sequence[Job], builds: Sequence[Build], route: Route
) -> list[Any]:
    """The results of jobs that run elsewhere."""
    folder = tempfile.TemporaryDirectory(prefix="synloom-") if route.processes else contextlib.nullcontext("")
    with folder as marks:
        mail = _Mail(method, jobs, builds, route, marks)
        try:
            return mail.deliver()
        finally:
            mail.cancel()


@dataclass(frozen=True)
class _Letter:
    """A job on its way: where it was handed in, and how often before."""

    future: Future[Answer]
    packet: Packet
    tries: int = 1


class _Mail:
    """All jobs of one call, packed and under way."""

    def __init__(
        self,
        method: Callable[..., Any],
        jobs: Sequence[Job],
        builds: Sequence[Build],
        route: Route,
        marks: str,
    ) -> None:
        self.route, self.marks = route, marks
        shared = jobs[0].recipe if all(j.recipe is jobs[0].recipe for j in jobs) else None
        common = _packed("pickle", (World(), _packed(route.pickler, (method, shared))))
        self.common = sha256(common).hexdigest()
        self.blobs = {self.common: common}
        self.libraries = {build.result.key: build.result.library for build in builds}
        self.children: dict[int, Any] = {}
        parcels = [build.parcel for build in builds]
        each = [parcels] * len(jobs) if len(parcels) == 1 else [[parcel] for parcel in parcels]
        sent = jobs if shared is None else [replace(job, recipe=None) for job in jobs]
        packets = [self._packet(job, some) for job, some in zip(sent, each, strict=True)]
        for packet in packets if len(common) < SMALL else packets[: route.workers]:
            packet["blobs"][self.common] = common
        self.letters: dict[int, _Letter] = {}
        for n, packet in enumerate(packets):
            self.letters[n] = self._hand_in(n, packet)

    def _packet(self, job: Job, parcels: list[ship.Parcel]) -> Packet:
        return {
            "version": version(self.route.pickler),
            "caller": process(),
            "pickler": self.route.pickler,
            "common": self.common,
            "parcels": pickle.dumps(parcels),
            "job": _packed(self.route.pickler, job),
            "blobs": {},
            "marks": self.marks,
        }

    def _hand_in(self, n: int, packet: Packet, tries: int = 1) -> _Letter:
        try:
            future = self.route.executor.submit(run_packet, packet)
        except BrokenExecutor as error:
            raise self._died(n, error) from None
        if self.route.processes:
            self.children |= {child.pid: child for child in multiprocessing.active_children() if child.pid}
        return _Letter(future, packet, tries)

    def deliver(self) -> list[Any]:
        """The results, once all are there."""
        results: dict[int, Any] = {}
        while self.letters:
            for n in self._arrived():
                letter = self.letters.pop(n)
                answer = self._answer(n, letter)
                if answer["refused"]:
                    raise _not_run(n, answer["refused"])
                if answer["lacks"]:
                    self._send_more(n, letter, answer["lacks"])
                else:
                    results[n] = _unpacked(answer["result"])
        return [results[n] for n in sorted(results)]

    def _arrived(self) -> list[int]:
        """Jobs that are done; waits for one. Some executors do nothing until they are asked for a result."""
        looked = time.monotonic()
        while True:
            done = [n for n, letter in self.letters.items() if letter.future.done()]
            if done:
                return done
            with contextlib.suppress(Exception):  # it is looked at by who takes what is done
                next(iter(self.letters.values())).future.result(PATIENCE)
            if time.monotonic() - looked > LOOK:
                looked = time.monotonic()
                self._complain(self.route.complaint())

    def _complain(self, complaint: str) -> None:
        if complaint:
            waiting = ", ".join(map(str, self.letters))
            raise ConfigurationError(f"{complaint} These networks of parallel_run() are not done: {waiting}.")

    def _answer(self, n: int, letter: _Letter) -> Answer:
        try:
            return letter.future.result()
        except Exception as error:
            name = type(error).__name__
            if isinstance(error, BrokenExecutor | CancelledError) or name in DEATHS:
                raise self._died(n, error) from None
            raise _not_run(n, f"{name}: {error}") from error

    def _send_more(self, n: int, letter: _Letter, lacks: list[str]) -> None:
        """Hand a job in once more, with what the worker lacks; another one may get it now."""
        if letter.tries == TRIES:
            raise ConfigurationError(f"Network {n} of parallel_run(): workers lose what they are sent.")
        for name in lacks:
            if name not in self.blobs:
                self.blobs[name] = pickle.dumps(ship.pack(self.libraries[name]))
        blobs = {name: self.blobs[name] for name in (self.common, *letter.packet["blobs"], *lacks)}
        self.letters[n] = self._hand_in(n, {**letter.packet, "blobs": blobs}, letter.tries + 1)

    def _died(self, n: int, error: BaseException) -> ConfigurationError:
        """The error for a worker that came to an end."""
        at, reason = f"network {n}", f" ({type(error).__name__})"
        hint = "Its memory may have run out, or what the method calls ended it."
        if self.route.processes:
            guilty = _at_work(Path(self.marks), self.children)
            at, reason = " or ".join(guilty), ""
            hint = hint if guilty else GUARD
        where = f": it was at {at} of parallel_run()" if at else ""
        return ConfigurationError(f"A process that ran networks has died{where}{reason}.", hint=hint)

    def cancel(self) -> None:
        """Let nothing begin any more."""
        for letter in self.letters.values():
            letter.future.cancel()


def _at_work(marks: Path, children: dict[int, Any]) -> list[str]:
    """What the process was at that ended by itself; the pool ends all others."""
    running = {int(mark.name): int(mark.read_text() or 0) for mark in marks.iterdir()}
    codes = {}
    for n, pid in sorted(running.items()):
        if pid in children:
            children[pid].join(LOOK)
            codes[n] = children[pid].exitcode
    guilty = {n: code for n, code in codes.items() if code not in (None, 0, -signal.SIGTERM)}
    if guilty:
        return [f"network {n} (exit code {code})" for n, code in guilty.items()]
    return [f"network {n}" for n in sorted(running)]


def _not_run(n: int, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"Network {n} of parallel_run() can not be run: {why}",
        hint="A worker needs the same version of synloom, and the modules that your script imports.",
    )


def _packed(pickler: str, parts: Any) -> bytes:
    try:
        return dumps(pickler, parts)
    except Exception as error:
        raise ConfigurationError(
            f"This can not be sent to another process: {error}.",
            hint="The method, the class of the network and all arguments must be of a module, not made in a function "
            "or at a prompt; or pass sequential=True, or a ThreadPoolExecutor.",
        ) from None


def _unpacked(result: bytes) -> Any:
    unpacked = pickle.loads(result)
    if isinstance(
        unpacked, Failure
    ):  # where a package lets tracebacks travel, they lack the lines of the source
        unpacked.error.__traceback__ = None
    return unpacked


def _raise(failure: Failure) -> None:
    error = failure.error
    error.add_note(f"in network {failure.index} of parallel_run()")
    if error.__traceback__ is None and failure.text:  # it came from another process
        raise error from RemoteTraceback(failure.text)
    raise error

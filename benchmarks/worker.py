"""The worker's side of a benchmark: one process, one workload, one simulator.

The runner starts it with a JSON specification in ``BENCH_SPEC`` and talks to it line by line, so that blocks
of several workers can take turns. Answers are JSON lines on standard output; what the simulator itself prints
goes to standard error.

    (start)   -> {"import": .., "build": .., "compile": .., "check": .., ...}    seconds of each stage, facts
    run N     -> {"cpu": seconds, "wall": seconds, "helpers": seconds}
    quit
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import IO, Any

Parameters = dict[str, Any]


class Workload(ABC):
    """What a worker runs. Each stage is timed on its own."""

    first_steps = 20  # run before anything is measured; their outcome is compared between simulators

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters

    @abstractmethod
    def load(self) -> None:
        """Import the simulator."""

    @abstractmethod
    def build(self) -> None:
        """Describe and connect the network."""

    @abstractmethod
    def compile(self) -> None:
        """Generate, compile and load code."""

    def rewind(self) -> None:  # noqa: B027  (most have nothing to give back)
        """Before each block of steps, not timed: give back what a block wears out."""

    @abstractmethod
    def run(self, steps: int) -> float | None:
        """Advance by ``steps``. Returns the CPU seconds of the steps where the simulator knows them better than we."""

    @abstractmethod
    def check(self) -> dict[str, float]:
        """Numbers that tell whether the work was done."""

    @abstractmethod
    def version(self) -> str:
        """Version of the simulator."""

    def facts(self) -> dict[str, Any]:
        """What else the runner should know once the network is compiled."""
        return {}


def serve(workloads: dict[str, type[Workload]]) -> None:
    """Run the workload that ``BENCH_SPEC`` names until the runner says ``quit``."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    specification = json.loads(os.environ["BENCH_SPEC"])
    workload = workloads[specification["workload"]](specification["parameters"])
    _say(answers, _prepare(workload))
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "run":
            workload.rewind()
            _say(answers, _timed(partial(workload.run, int(rest[0]))))
        else:
            break
    answers.flush()
    os._exit(0)  # a simulator's clean-up at exit is not what is measured


def _prepare(workload: Workload) -> dict[str, Any]:
    ready: dict[str, Any] = {"import": _timed(workload.load)}
    before = _now_mb()
    ready["build"] = _timed(workload.build)
    ready["compile"] = _timed(workload.compile)
    workload.run(workload.first_steps)
    ready |= {"version": workload.version(), "grown_mb": _peak_mb() - before}
    ready |= {"resident_mb": _now_mb() - before, "used_mb": _used_mb() - before, "check": workload.check()}
    return ready | workload.facts()


def _timed(stage: Callable[[], float | None]) -> dict[str, float]:
    wall, cpu, children = time.perf_counter(), _cpu(resource.RUSAGE_SELF), _cpu(resource.RUSAGE_CHILDREN)
    own = stage()
    helpers = _cpu(resource.RUSAGE_CHILDREN) - children
    return {
        "wall": time.perf_counter() - wall,
        "cpu": _cpu(resource.RUSAGE_SELF) - cpu + helpers if own is None else own,
        "helpers": helpers,  # of it: compilers and other processes
    }


def _cpu(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _now_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _used_mb() -> float:
    """Resident memory once the C library has returned what it keeps for later (where it is glibc)."""
    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)
    return _now_mb()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def _say(answers: IO[str], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer, default=float) + "\n")
    answers.flush()

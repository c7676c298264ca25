"""Workers and their races: blocks of steps in turn (A B C A B C ...), so that the machine's drift cancels."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from envs import HERE, environment, interpreter

# Which file under workloads/ runs a family of workloads in which simulator.
SCRIPTS = {
    "rates": {"annarchy": "networks.py", "synloom": "networks.py", "numpy": "arrays.py"},
    "spikes": {"annarchy": "spiking.py", "synloom": "spiking.py", "brian2": "clocked.py"},
    "exact": {"annarchy": "exact.py", "synloom": "exact.py"},
}
MODULES = {"annarchy": "ANNarchy", "synloom": "synloom"}


class WorkerError(Exception):
    """A worker died; the message is the end of what it printed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One simulator's part in a race. ``variant`` tells two entries of one simulator apart."""

    simulator: str
    workload: str
    parameters: Mapping[str, Any]
    family: str = "rates"
    variant: str = ""

    @property
    def name(self) -> str:
        return f"{self.simulator}-{self.variant}" if self.variant else self.simulator

    @property
    def script(self) -> Path:
        return HERE / "workloads" / SCRIPTS[self.family][self.simulator]

    @property
    def specification(self) -> str:
        module = {"module": MODULES[self.simulator]} if self.simulator in MODULES else {}
        return json.dumps({"workload": self.workload, "parameters": {**self.parameters, **module}})


class Worker:
    """One running worker process; ``ready`` is what it told about its start."""

    def __init__(self, entry: Entry, scratch: Path) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self.log = scratch / "log.txt"
        variables = environment(entry.simulator, scratch) | {"BENCH_SPEC": entry.specification}
        self.process = subprocess.Popen(
            [str(interpreter(entry.simulator)), str(entry.script)],
            cwd=scratch,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("a"),
            text=True,
        )
        self.ready = self._answer()

    def ask(self, question: str) -> dict[str, Any]:
        """Send one line, wait for the answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise WorkerError(self.log.read_text(encoding="utf-8")[-2000:])
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Say goodbye, and do not wait for long."""
        try:
            self.process.communicate("quit\n", timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for builds and caches that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="synloom-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(slots=True)
class Outcome:
    """What one entry reached: what it said at its start, and the CPU seconds of each block of steps."""

    name: str
    steps: int
    ready: dict[str, Any]
    blocks: list[float] = field(default_factory=list)

    @property
    def step_us(self) -> float:
        """Median CPU time of a step in microseconds."""
        return statistics.median(self.blocks) / self.steps * 1e6

    @property
    def range_us(self) -> tuple[float, float]:
        """CPU time of a step in microseconds, in the fastest and in the slowest block."""
        return min(self.blocks) / self.steps * 1e6, max(self.blocks) / self.steps * 1e6


def race(entries: list[Entry], steps: Mapping[str, int], rounds: int) -> dict[str, Outcome]:
    """Let all entries take turns; ``steps`` a block for each of their names."""
    with scratch_folder() as scratch:
        workers = {}
        try:
            for entry in entries:
                print(f"    starting {entry.name}", file=sys.stderr, flush=True)
                workers[entry.name] = Worker(entry, scratch / entry.name)
            outcomes = {name: Outcome(name, steps[name], worker.ready) for name, worker in workers.items()}
            for _ in range(rounds):
                for name, worker in workers.items():
                    outcomes[name].blocks.append(worker.ask(f"run {steps[name]}")["cpu"])
        finally:
            for worker in workers.values():
                worker.close()
    return outcomes


def start(entry: Entry, scratch: Path) -> dict[str, Any]:
    """Start a worker in ``scratch``, note how long its stages took, and stop it."""
    worker = Worker(entry, scratch)
    worker.close()
    return worker.ready

"""Compiler processes: run in parallel, logged, and never left behind."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType

from synloom.codegen.errors import CompilationError


@dataclass(frozen=True, slots=True)
class Outcome:
    """One command that ran to its end. ``returncode`` is negative if a signal ended it."""

    command: tuple[str, ...]
    returncode: int
    output: str

    @property
    def text(self) -> str:
        """The command, as a shell takes it."""
        return shlex.join(self.command)


def parallelism() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def wants_log(topic: str) -> bool:
    """Whether the variable ``SYNLOOM_LOG``, a list of topics, names this one."""
    return topic in os.environ.get("SYNLOOM_LOG", "").replace(",", " ").split()


class Crew:
    """Runs commands side by side in one folder.

    Leaving the ``with`` block by an exception, Ctrl-C included, ends the commands that still run.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        # English messages; intermediate files where they are swept away with the folder
        self.environment = {**os.environ, **environment, "LC_ALL": "C", "TMPDIR": str(folder)}
        self.outcomes: list[Outcome] = []
        self._pool = ThreadPoolExecutor(parallelism(), thread_name_prefix="synloom-build")
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = Lock()
        self._closed = False

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            with self._lock:
                self._closed = True
                for process in self._running:
                    _end(process)
        self._pool.shutdown(cancel_futures=True)

    def submit(self, command: Sequence[str]) -> Future[Outcome]:
        """Start a command as soon as a processor is free."""
        return self._pool.submit(self._run, tuple(command))

    def run(self, command: Sequence[str]) -> Outcome:
        """Start a command and wait for it."""
        return self.submit(command).result()

    def _run(self, command: tuple[str, ...]) -> Outcome:
        loud = wants_log("build")
        if loud:
            print(f"synloom: {shlex.join(command)}", file=sys.stderr, flush=True)
        process = self._start(command)
        try:
            output, _ = process.communicate()
        finally:
            with self._lock:
                self._running.discard(process)
        if loud and output:
            print(output, file=sys.stderr, flush=True)
        outcome = Outcome(command, process.returncode, output)
        self.outcomes.append(outcome)
        return outcome

    def _start(self, command: tuple[str, ...]) -> subprocess.Popen[str]:
        with self._lock:
            if self._closed:
                raise CompilationError("The build was interrupted.")
            try:
                process = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    process_group=0 if os.name == "posix" else None,
                )
            except OSError as error:
                raise CompilationError(
                    f"The compiler {command[0]} cannot be started: {error.strerror}.",
                    hint="`synloom doctor` checks the compiler.",
                ) from error
            self._running.add(process)
        return process


def _end(process: subprocess.Popen[str]) -> None:
    """End a compiler together with the programs that it called."""
    if os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()

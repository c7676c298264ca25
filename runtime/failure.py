"""What to tell a user whose build failed. The compiler's own words go into a log file, never to the user."""

from __future__ import annotations

import re
import signal
from pathlib import Path

from synloom.codegen.errors import CompilationError
from synloom.runtime.cache import disk_full
from synloom.runtime.options import DEFAULT, BuildOptions
from synloom.runtime.process import Outcome
from synloom.runtime.toolchain import INSTALL_HINT, Toolchain

_PARTLY = "The C++ compiler is not completely installed"
_KILLED = re.compile(r"Killed signal terminated|terminated by signal|: Killed\b")
_CRASHED = re.compile(r"internal compiler error|PLEASE submit a bug report")
_MEMORY = re.compile(r"out of memory|virtual memory exhausted|Cannot allocate memory", re.IGNORECASE)
_FULL = re.compile(r"No space left on device|Disk quota exceeded")
_OLD = re.compile(r"unrecognized command[- ]line option '-std=|invalid value '?c\+\+20'? in")
_HEADER = re.compile(r"fatal error: '?([\w./+-]+)'?(?:: No such file| file not found)")
_PROGRAM = re.compile(r"cannot execute '?(\w+)'?|unable to execute command|cannot find '?(ld|as)\b")


class BuildError(CompilationError):
    """A compiler that ran and failed.

    Attributes
    ----------
    log : Path
        All commands and what the compiler said; it lies beside the generated sources.
    command : str
        The command that failed.
    output : str
        What the compiler said.
    """

    def __init__(self, message: str, hint: str, log: Path, outcome: Outcome) -> None:
        super().__init__(message, hint=hint)
        self.log, self.command, self.output = log, outcome.text, outcome.output


def explain(
    outcome: Outcome, tools: Toolchain, options: BuildOptions, log: Path, root: Path
) -> CompilationError:
    """The error for a command that failed, as told in the file ``log``; ``root`` is the cache."""
    if _FULL.search(outcome.output):
        return disk_full(root)
    message, hint = _ended(outcome) or _installation(outcome.output, tools) or _refused(options)
    see = f"The sources, the commands and the compiler's messages ({log.name}) are kept in {log.parent}"
    return BuildError(message, f"{hint}\n{see}", log, outcome)


def _ended(outcome: Outcome) -> tuple[str, str] | None:
    """The compiler did not come to its end."""
    code = outcome.returncode
    number = -code if code < 0 else code - 128 if code > 128 else 0  # a shell adds 128
    killed = number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    if killed or _KILLED.search(outcome.output) or _MEMORY.search(outcome.output):
        return (
            "The C++ compiler was killed before it was done; most often the memory was full.",
            "Try again when less is running.",
        )
    if number or _CRASHED.search(outcome.output):
        return "The C++ compiler crashed.", "Try again; if it happens again, name another compiler with CXX."
    return None


def _installation(said: str, tools: Toolchain) -> tuple[str, str] | None:
    """Something is missing around the compiler."""
    if _OLD.search(said):
        return (
            f"The C++ compiler does not know C++20: {tools.version}.",
            "g++ 10, clang++ 12 or newer is needed; CXX names another one.",
        )
    header = _HEADER.search(said)
    if header is not None and "/" not in header[1] and not header[1].endswith(".hpp"):
        return f"{_PARTLY}: the header <{header[1]}> is missing.", INSTALL_HINT
    if _PROGRAM.search(said):
        return f"{_PARTLY}: a program that it calls is missing.", INSTALL_HINT
    return None


def _refused(options: BuildOptions) -> tuple[str, str]:
    chosen = [
        f"{name}={value!r}"
        for name, value, usual in (
            ("compiler_flags", options.compiler_flags, DEFAULT),
            ("extra_libs", options.extra_libs, ""),
        )
        if value != usual
    ]
    if chosen:
        return f"The C++ compiler failed with {' and '.join(chosen)}.", "Try without."
    return (
        "The C++ compiler refused what synloom generated. This is a bug of synloom, not of your model.",
        "Please report it, with the folder below.",
    )

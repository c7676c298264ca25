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

LOG = "log.txt"

_KILLED = re.compile(r"Killed signal terminated|terminated by signal|internal compiler error: Killed|: Killed\b")
_MEMORY = re.compile(r"out of memory|virtual memory exhausted|Cannot allocate memory", re.IGNORECASE)
_FULL = re.compile(r"No space left on device|Disk quota exceeded")
_OLD = re.compile(r"unrecognized command[- ]line option '-std=|invalid value '?c\+\+20'? in")
_HEADER = re.compile(r"fatal error: '?([\w./+-]+)'?(?:: No such file| file not found)")
_PROGRAM = re.compile(r"cannot execute '?(\w+)'?|unable to execute command|cannot find '?(ld|as)\b")


class BuildError(CompilationError):
    """A compiler that ran and failed.

    Attributes
    ----------
    folder : Path
        The generated sources, and ``log.txt`` with all commands and what the compiler said.
    command : str
        The command that failed.
    output : str
        What the compiler said.
    """

    def __init__(self, message: str, hint: str, folder: Path, outcome: Outcome) -> None:
        super().__init__(message, hint=hint)
        self.folder, self.command, self.output = folder, outcome.text, outcome.output


def explain(outcome: Outcome, tools: Toolchain, options: BuildOptions, folder: Path, root: Path) -> CompilationError:
    """The error for a command that failed, whose folder was kept at ``folder``; ``root`` is the cache."""
    said = outcome.output
    if _FULL.search(said):
        return disk_full(root)
    message, hint = _ended(outcome) or _installation(said, tools) or _refused(options)
    see = f"The sources, the command and the compiler's messages ({LOG}) are in {folder}"
    return BuildError(message, f"{hint}\n{see}", folder, outcome)


def _ended(outcome: Outcome) -> tuple[str, str] | None:
    """The compiler did not come to its end."""
    code = outcome.returncode
    number = -code if code < 0 else code - 128 if code > 128 else 0
    if not number and not _KILLED.search(outcome.output) and not _MEMORY.search(outcome.output):
        return None
    if number and number not in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
        return f"The C++ compiler crashed ({name}).", "Try again; if it happens again, try another compiler with CXX."
    return (
        "The C++ compiler was killed before it was done; most often the memory was full.",
        "Try again when less is running.",
    )


def _installation(said: str, tools: Toolchain) -> tuple[str, str] | None:
    """Something is missing around the compiler."""
    if _OLD.search(said):
        return (
            f"The C++ compiler does not know C++20: {tools.version}.",
            "g++ 10, clang++ 12 or newer is needed; CXX names another one.",
        )
    header = _HEADER.search(said)
    if header is not None and "/" not in header[1] and not header[1].endswith(".hpp"):
        return (f"The C++ compiler is not completely installed: the header <{header[1]}> is missing.", INSTALL_HINT)
    if _PROGRAM.search(said):
        return ("The C++ compiler is not completely installed: a program that it calls is missing.", INSTALL_HINT)
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

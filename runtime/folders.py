"""Folders of the cache: their checksums, their size, and who is at work in them."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

CHECKSUMS: Final = "checksums"
TEMPORARY_AGE: Final = 24 * 3600.0


def verify(path: Path) -> str:
    """What is wrong with the files of an entry; empty if nothing is."""
    try:
        lines = (path / CHECKSUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return "its checksums are missing"
    if not lines or lines[-1] != "end":
        return "its checksums are incomplete"
    for line in lines[:-1]:
        checksum, _, name = line.partition("  ")
        try:
            content = (path / name).read_bytes()
        except OSError:
            return f"{name} is missing"
        if sha256(content).hexdigest() != checksum:
            return f"{name} has changed"
    return ""


def seal(folder: Path) -> None:
    """Write down the checksums of all files below ``folder``."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != CHECKSUMS)
    lines = [f"{sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder).as_posix()}" for p in files]
    (folder / CHECKSUMS).write_text("\n".join([*lines, "end"]), "utf-8")


def owner() -> str:
    """First part of the names of this process's temporary folders."""
    return f"{_node()}-{os.getpid()}"


def _node() -> str:
    """Where a process id means something: the machine and, in a container, its process namespace."""
    name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
    with suppress(OSError):
        name += os.readlink("/proc/self/ns/pid").removeprefix("pid:")
    return re.sub(r"[^A-Za-z0-9.]", "_", name) or "host"


def children(folder: Path) -> list[Path]:
    """What lies in a folder; nothing, if there is none."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def modified(path: Path) -> float:
    """Time of the last change in s since 1970; 0 for what another process removed."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def folder_size(folder: Path) -> int:
    """Bytes in all files below a folder."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += 0 if path.is_dir() else path.stat().st_size
    return total


def abandoned(path: Path, now: float) -> bool:
    """Whether the process that made a temporary folder is gone, or the folder older than a day."""
    node, _, rest = path.name.rpartition("-")[0].rpartition("-")
    if node == _node() and rest.isdigit() and not _alive(int(rest)):
        return True
    return now - modified(path) > TEMPORARY_AGE


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # signal 0 would end the process there; age decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True

"""Compilers that are shell scripts, and a cache that already holds the wrapper."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from synloom.runtime.buffers import BindingTable, aligned_zeros
from synloom.runtime.cache import Cache
from synloom.runtime.load import load
from synloom.selftest import MANIFEST

GCC_BANNER = "g++ (Test 12.2.0) 12.2.0\nCopyright (C) 2022 Free Software Foundation, Inc."
CLANG_BANNER = "Test clang version 15.0.6\nTarget: {target}\nThread model: posix"


def script(path: Path, text: str) -> Path:
    """An executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def fake_gcc(path: Path, target: str = "x86_64-linux-gnu", then: str = "exit 1") -> Path:
    """Says that it is gcc, and logs each call to ``<path>.calls``; ``then`` is what it does with a source."""
    return script(
        path,
        f'echo "$@" >> "{path}.calls"\n'
        f'case "$1" in --version) echo "{GCC_BANNER}"; exit 0;; -dumpmachine) echo {target}; exit 0;; esac\n'
        f"{then}",
    )


def fake_clang(path: Path, target: str = "x86_64-pc-linux-gnu") -> Path:
    """Says that it is clang."""
    banner = CLANG_BANNER.format(target=target)
    return script(path, f'case "$1" in --version) echo "{banner}"; exit 0;; esac\nexit 1')


def calls(compiler: Path) -> list[str]:
    """Arguments of each call of a fake compiler."""
    log = Path(f"{compiler}.calls")
    return log.read_text().splitlines() if log.exists() else []


def run_tiny(library: Path, key: str, steps: int = 3) -> float:
    """Load the extension of ``tiny_sources`` and let it add its gain to zero ``steps`` times."""
    extension = load(library, key)
    values = aligned_zeros(5, np.float64)
    table = BindingTable(MANIFEST, {("pop", "v"): values, ("pop", "size"): 5})
    table.check_words(extension.words())
    assert extension.run(table.address, steps) == steps
    assert (values == values[0]).all()
    return float(values[0])


def seed(cache: Cache, source: Cache) -> Cache:
    """Give ``cache`` the objects that ``source`` has, so that Cython need not run."""
    shutil.copytree(source.root / "objects", cache.root / "objects")
    return cache

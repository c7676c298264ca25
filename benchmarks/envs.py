"""Environments of the peers, made under ``benchmarks/.envs`` when they are missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    # ANNarchy calls cmake and cython by name. Since Python 3.12 a new environment has no setuptools.
    "annarchy": ("ANNarchy==4.8.2.7", "setuptools"),
    "numpy": ("numpy>=2", "scipy>=1.11"),
    "brian2": ("brian2==2.9.0", "numpy<2", "setuptools"),
}

# Set on some machines to steer OpenBLAS, and not to its advantage.
_BLAS_STEERING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# What belongs to the environment that started the benchmark. Without bytecode every import compiles its sources.
_FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")


class Unavailable(Exception):
    """A simulator cannot be installed here."""


def interpreter(simulator: str) -> Path:
    """The Python that runs ``simulator``: the current one for synloom, one of its own for a peer."""
    if simulator == "synloom":
        return Path(sys.executable)
    folder = HERE / ".envs" / simulator
    python = folder / "bin" / "python"
    stamp = folder / "installed"
    packages = [*ENVIRONMENTS[simulator], *_missing_tools(simulator)]
    if not stamp.exists() or stamp.read_text(encoding="utf-8").split() != packages:
        print(f"making {folder.relative_to(HERE.parent)}: {', '.join(packages)}", file=sys.stderr, flush=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            subprocess.run([*pip, *packages], check=True)
        except subprocess.CalledProcessError as error:
            raise Unavailable(f"{simulator} cannot be installed: {error}") from error
        stamp.write_text("\n".join(packages), encoding="utf-8")
    return python


def _missing_tools(simulator: str) -> list[str]:
    return ["cmake"] if simulator == "annarchy" and shutil.which("cmake") is None else []


def environment(simulator: str, scratch: Path) -> dict[str, str]:
    """Variables for a worker: one thread, no foreign settings, ``scratch`` for whatever it caches.

    ANNarchy and Brian2 read settings from the home folder; with an empty one, only those of the workload count.
    """
    variables = {k: v for k, v in os.environ.items() if k not in _BLAS_STEERING + _FOREIGN}
    variables.update(dict.fromkeys(_THREADS, "1"))
    variables["PATH"] = f"{interpreter(simulator).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    variables["PYTHONPATH"] = str(HERE)
    variables["SYNLOOM_CACHE"] = str(scratch / "cache")
    if simulator in ("annarchy", "brian2"):
        variables["HOME"] = str(scratch)
    return variables

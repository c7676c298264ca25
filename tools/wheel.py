"""Builds the project's wheel from a copy of its sources, so that nothing of an earlier build slips in."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class WheelError(Exception):
    """The wheel could not be built; the message is what the build printed."""


def package_folders(root: Path = ROOT) -> list[str]:
    """Top folders that ``package-dir`` maps into the package."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return sorted(set(project["tool"]["setuptools"]["package-dir"].values()))


def build_wheel(into: Path, root: Path = ROOT) -> Path:
    """Build the wheel with the running interpreter's setuptools, without the network.

    Parameters
    ----------
    into : Path
        Folder that receives the wheel.
    root : Path
        Top of the repository.

    Returns
    -------
    Path
        The wheel.

    Raises
    ------
    WheelError
        If the build fails.
    """
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="synloom-wheel-") as scratch:
        copy = Path(scratch) / "source"
        copy.mkdir()
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(root / name, copy)
        for name in package_folders(root):
            leave = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(root / name, copy / name, ignore=leave)
        command = [sys.executable, "-m", "pip", "wheel", str(copy), "--wheel-dir", str(into)]
        command += ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise WheelError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return max(into.glob("*.whl"), key=lambda path: path.stat().st_mtime)

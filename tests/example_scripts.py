"""Runs an example as a user does, in its short form, and reads the numbers that it prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "build" / "examples"  # kept: continuous integration hands them out


def run_example(name: str, folder: Path, *options: str) -> str:
    """What ``examples/NAME.py --quick`` prints; its picture is kept as ``build/examples/NAME.png``.

    Parameters
    ----------
    name : str
        Of the script, without suffix.
    folder : Path
        The working directory, an empty one: an example leaves nothing in it.
    options : str
        Further options, after ``--quick``.
    """
    picture = folder / "deeper" / f"{name}.png"
    command = [
        sys.executable,
        str(ROOT / "examples" / f"{name}.py"),
        "--quick",
        "--out",
        str(picture),
        *options,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert list(folder.rglob("*")) == [picture.parent, picture], "an example leaves nothing but its picture"
    keep(picture)
    return done.stdout


def keep(picture: Path) -> None:
    """Copy a picture to where people look for it; tests that run at the same time may keep the same one."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    copy = PICTURES / f".{picture.stem}-{os.getpid()}"
    shutil.copyfile(picture, copy)
    copy.replace(PICTURES / picture.name)


def number(printed: str, name: str) -> float:
    """The first number of the line that begins with `name`."""
    found = re.search(rf"^{re.escape(name)} +(-?[0-9.]+(?:e[+-]?[0-9]+)?)", printed, re.MULTILINE)
    assert found is not None, f"{name!r} is not in\n{printed}"
    return float(found[1])

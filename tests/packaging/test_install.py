"""The wheel in an environment of its own, used from a folder that has nothing to do with the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs_compiler

SCRIPT = """
import sys
import numpy as np
import synloom as sl
from synloom.extensions.convolution import Transpose

a = sl.Population(3, sl.Neuron(parameters="base = 0.0", equations="r = base - 0.0 * sum(fb)"))
b = sl.Population(2, sl.Neuron(parameters="base = 0.0", equations="r = base + 0.0 * sum(exc)"))
a.base, b.base = [1.0, 10.0, 100.0], [1.0, 10.0]
ff = sl.Projection(a, b, "exc")
ff.connect_from_matrix(np.array([[1.0, 2.0, 3.0], [0.0, -4.0, 0.5]]))
fb = Transpose(ff, "fb")
sl.compile()
sl.simulate(2.0)
print(sl.__file__)
print(b.sum("exc").tolist(), a.sum("fb").tolist())
"""


def _environment(cache: Path) -> dict[str, str]:
    """A shell in which nothing of the running environment is active."""
    bare = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    own = os.path.dirname(sys.executable)
    bare["PATH"] = os.pathsep.join(p for p in bare.get("PATH", os.defpath).split(os.pathsep) if p != own)
    return bare | {"SYNLOOM_CACHE": str(cache)}


def _run(command: list[str], where: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_installed_wheel_compiles_and_runs(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "an environment"  # the space is meant
    environment = _environment(tmp_path / "the cache")
    _run([sys.executable, "-m", "venv", str(place)], tmp_path, environment)
    python = str(place / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, str(wheel)], tmp_path, environment)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "network.py").write_text(SCRIPT, encoding="utf-8")

    where, sums = _run([python, "network.py"], elsewhere, environment).strip().splitlines()[-2:]

    assert Path(where).is_relative_to(place)
    assert sums == "[321.0, 10.0] [1.0, -38.0, 8.0]"  # spec 06, case T1
    assert [p.name for p in elsewhere.iterdir()] == ["network.py"]  # nothing is left in the working directory

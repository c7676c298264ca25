"""The spiking example, in its short form: the network goes on by itself, and is irregular."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs_compiler

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "coba.py"


def number(printed: str, name: str) -> float:
    found = re.search(rf"^{name} +([0-9.]+)", printed, re.MULTILINE)
    assert found is not None, f"{name!r} is not in\n{printed}"
    return float(found[1])


@pytest.mark.parametrize("seed", ["1", "2"])
def test_activity_sustains_itself(seed: str, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--quick", "--seed", seed, "--out", "deeper/coba.png"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 15.0 < number(done.stdout, "mean rate") < 27.0
    assert 15.0 < number(done.stdout, "in the last 100 ms") < 27.0
    assert number(done.stdout, "CV of the intervals") > 1.0
    assert (tmp_path / "deeper" / "coba.png").read_bytes().startswith(b"\x89PNG")

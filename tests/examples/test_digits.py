"""The main example, in its short form: what it prints, and the picture it draws."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

pytestmark = pytest.mark.needs_compiler

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("digits") / "deeper" / "digits.png"


@pytest.fixture(scope="module")
def printed(picture: Path) -> str:
    script = ROOT / "examples" / "digits.py"
    command = [sys.executable, str(script), "--quick", "--out", str(picture)]
    done = subprocess.run(command, cwd=picture.parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def number(printed: str, name: str) -> float:
    found = re.search(rf"^{name} +([0-9.]+)", printed, re.MULTILINE)
    assert found is not None, f"{name!r} is not in\n{printed}"
    return float(found[1])


def test_the_network_learns(printed: str) -> None:
    assert number(printed, "ratio") >= 0.97
    assert number(printed, "explained variance") < number(printed, "PCA optimum")


def test_the_optimum_is_that_of_16_principal_components(printed: str) -> None:
    digits = load_digits().data
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(digits.T)))
    optimum = eigenvalues[-16:].sum() / eigenvalues.sum()
    assert number(printed, "PCA optimum") == pytest.approx(optimum, abs=1e-4)


def test_the_ratio_is_that_of_the_two_shares(printed: str) -> None:
    share = number(printed, "explained variance") / number(printed, "PCA optimum")
    assert number(printed, "ratio") == pytest.approx(share, abs=2e-4)


def test_it_tells_build_time_and_speed(printed: str) -> None:
    assert re.search(r"^build time +[0-9.]+ s +\((generated|taken)", printed, re.MULTILINE)
    assert len(re.findall(r"^steps per second +[0-9]+ ", printed, re.MULTILINE)) == 2


def test_the_picture_is_a_png_of_some_size(printed: str, picture: Path) -> None:
    data = picture.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (1440, 744)
    assert len(data) > 20_000
    assert str(picture) in printed

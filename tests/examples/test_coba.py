"""The balanced network, in its short form: it goes on by itself, and is irregular."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_activity_sustains_itself(seed: str, tmp_path: Path) -> None:
    printed = run_example("coba", tmp_path, "--seed", seed)
    assert 15.0 < number(printed, "mean rate") < 27.0
    assert 15.0 < number(printed, "in the last 100 ms") < 27.0
    assert number(printed, "CV of the intervals") > 1.0

"""The bidirectional memory, in its short form: two theorems, and recall rates that are known exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_it_recalls_as_often_as_it_should(seed: str, tmp_path: Path) -> None:
    printed = run_example("bam", tmp_path, "--seed", seed)
    assert number(printed, "copies of the weights") == 0
    assert number(printed, "weights off by") == 0.0
    assert number(printed, "fixed points") == 3
    assert number(printed, "energy rises") == 0
    # 300 trials: a standard error of 0.027 where the exact rate is 0.68, of 0.029 at most.
    assert number(printed, "recalled at 40 %") == pytest.approx(0.6817, abs=4 * 0.027)
    assert number(printed, "largest deviation") < 4 * 0.029

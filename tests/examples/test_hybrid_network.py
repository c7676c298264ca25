"""Rates to spikes and back, in the short form: errors and rates are those of closed forms."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_what_is_read_is_as_wrong_as_theory_says(seed: str, tmp_path: Path) -> None:
    printed = run_example("hybrid_network", tmp_path, "--seed", seed)
    assert "WARNING" not in printed
    # 30 s hold 600 windows of 50 ms: a standard deviation of 3 % of the estimate. mean(rate (1 - p)) = 39.1 Hz.
    assert number(printed, "noise of counting") == pytest.approx((39.064 / (100 * 0.05)) ** 0.5, rel=0.1)
    # The longest window fits 150 times: 6 %, and this is the worst of 18.
    assert number(printed, "largest deviation") < 0.2
    assert number(printed, "largest deviation too") < 0.1
    assert number(printed, "best window") == 20.0
    # A count of one second is off by less than one spike, when intervals are known exactly.
    assert number(printed, "error of rates") < 1.0

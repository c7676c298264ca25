"""Brunel's network, in the short form: rates are those of the mean field, companions those of its assumptions."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_rates_are_those_of_the_mean_field(seed: str, tmp_path: Path) -> None:
    printed = run_example("brunel", tmp_path, "--seed", seed)
    # The paper's figure 8C: 38.0 Hz in theory. The network's rate fluctuates by 1 Hz in a window of 100 ms.
    assert number(printed, "rate at g =  5.0") == pytest.approx(38.0, abs=2.0)
    # Steps of 0.1 ms see the threshold 0.6 sigma sqrt(dt/tau) = 0.3 mV late, which costs some percent.
    assert number(printed, "rate at g =  8.0") == pytest.approx(12.99, rel=0.12)
    # 200 neurons with some 36 intervals each: a standard error of 1 %.
    assert number(printed, "CV of companions") == pytest.approx(0.675, abs=0.03)
    assert number(printed, "CV in the network") < 0.5
    # The same late threshold leaves neurons 0.2 mV higher.
    assert number(printed, "mean potential") == pytest.approx(12.6, abs=0.4)

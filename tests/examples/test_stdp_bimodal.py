"""Synapses that compete by the timing of spikes, in short: two kinds remain, and the neuron fires irregularly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler

RATES = ("15 Hz", "25 Hz", "40 Hz")


@pytest.mark.parametrize("seed", ["1", "2"])
def test_weights_become_bimodal_and_drift_as_the_window_says(seed: str, tmp_path: Path) -> None:
    printed = run_example("stdp_bimodal", tmp_path, "--seed", seed)
    outputs = []
    for rate in RATES:
        low, middle, high = (
            number(printed, f"{rate}: {where}") for where in ("near 0", "in the middle", "near 1")
        )
        # Each was 0.2; a share of 1000 synapses has a standard error of 0.01.
        assert low > 0.4
        assert middle < 0.14
        assert high > middle + 0.02
        # It fires regularly at first, and as irregularly as the paper's neuron in the end.
        assert number(printed, f"{rate}: CV") > 0.65
        outputs.append(number(printed, f"{rate}: output"))
    # Inputs differ by 2.7, outputs at the start by 2, in the end by less.
    assert max(outputs) / min(outputs) < 1.8
    assert all(10.0 < rate < 25.0 for rate in outputs)
    found = re.search(r"^drift without effect +(-[0-9.]+) +\(closed form (-[0-9.]+)\)", printed, re.MULTILINE)
    assert found is not None
    # 10000 synapses that each take some 8000 random steps of 0.0002: a standard error of 0.0002 on 0.049.
    assert float(found[1]) == pytest.approx(float(found[2]), abs=0.001)
    assert number(printed, "drift without effect") < 0.0

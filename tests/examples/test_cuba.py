"""The current-based benchmark, in its short form: closed forms of its membranes, and an irregular network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_membranes_follow_theory_in_an_irregular_network(seed: str, tmp_path: Path) -> None:
    printed = run_example("cuba", tmp_path, "--seed", seed)
    # w (tau_s/tau)^(tau / (tau - tau_s)); a step of 0.1 ms misses the exact time of the peak by 4e-6 of it at most.
    assert number(printed, "peak after one exc") == pytest.approx(1.62 * 0.25 ** (4.0 / 3.0), abs=1e-4)
    assert number(printed, "peak after one inh") == pytest.approx(-9.0 * 0.5**2, abs=1e-4)
    # The linear equations are solved by rk4: its error after n steps is about n (dt/tau_s)^5 / 120 of the potential.
    assert number(printed, "error of the course") < 1e-8
    # A mean over 2.8 s misses what lies across its ends: tau_s/T of single weights, a few hundredths of a mV each.
    found = re.search(
        r"^mean potential +(-[0-9.]+) mV +\(Campbell's theorem (-[0-9.]+)\)", printed, re.MULTILINE
    )
    assert found is not None
    assert float(found[1]) == pytest.approx(float(found[2]), abs=0.03)
    assert number(printed, "error, each neuron") < 0.1
    # The rate differs between networks by 0.2 Hz (standard deviation over ten seeds).
    assert 4.8 < number(printed, "mean rate") < 6.8
    assert number(printed, "CV of the intervals") > 0.5
    # Inhibition that follows excitation takes from the variance that independent spikes would cause.
    independent = re.search(r"independent Poisson spikes ([0-9.]+)", printed)
    assert independent is not None
    assert number(printed, "standard deviation") < 0.9 * float(independent[1])

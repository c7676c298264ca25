"""The Hopfield network, in its short form: what is left of patterns, and how many neurons are wrong at first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from example_scripts import number, run_example
from scipy.special import erfc

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_its_capacity_is_that_of_the_theory(seed: str, tmp_path: Path) -> None:
    printed = run_example("hopfield", tmp_path, "--seed", seed)
    assert number(printed, "capacity") == pytest.approx(0.138, abs=5e-4)  # as published
    # Each of 20 patterns has 0.8 of 1000 neurons wrong at first, and some more at rest: 0.998, with 20 means of about
    # 0.003 each; a network beyond its capacity has less than 0.6.
    assert number(printed, "overlap at 0.10") == pytest.approx(0.998, abs=0.01)
    assert number(printed, "overlap at 0.20") < 0.6
    assert number(printed, "largest deviation") < 0.01

    chance = erfc(1.0 / np.sqrt(0.4)) / 2.0
    four_errors = 4.0 * np.sqrt(chance / 20_000)
    assert number(printed, "wrong at first, 0.20") == pytest.approx(chance, abs=four_errors)
    assert number(printed, "deviation of these") < 5.0

"""The Boltzmann machine, in its short form: the likelihood, which is exact, and means that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from example_scripts import number, run_example
from sklearn.datasets import load_digits

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_it_learns_the_distribution_of_digits(seed: str, tmp_path: Path) -> None:
    printed = run_example("rbm", tmp_path, "--seed", seed)
    assert number(printed, "copies of the weights") == 0

    # Weights of 0.1 are nearly none: the machine begins with independent pixels, of the right means.
    independent = number(printed, "independent pixels")
    assert number(printed, "untrained") == pytest.approx(independent, abs=0.5)
    # Of all digits, whose means are known here; a part of 297 differs by about 5.0 / sqrt(297) = 0.3.
    images = load_digits().data > 7.5
    means = np.clip(images.mean(axis=0), 1e-4, 1.0 - 1e-4)
    entropy = -(means * np.log(means) + (1.0 - means) * np.log(1.0 - means)).sum()
    assert independent == pytest.approx(-entropy, abs=4 * 0.3)
    # Fifteen rounds brought 4.7 to 5.9 nats with each of three seeds; there is no number but to be well above 0.
    assert number(printed, "gain") > 4.0
    assert number(printed, "trained") - independent == pytest.approx(number(printed, "gain"), abs=2e-3)

    assert number(printed, "error, 12 numbers (PCA)") < number(printed, "error, 12 bits")
    assert number(printed, "error, 12 bits") < 0.75 * number(printed, "error, untrained")
    # 20,000 rounds, alike for some hundred: a hundred samples or more of means with a deviation of 0.5 at most, most
    # of them less. That makes 0.03, and 0.005 to 0.015 were found.
    assert number(printed, "deviation of dreams") < 0.03

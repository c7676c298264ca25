"""Predictive coding, in its short form: the variance that the closed form promises, and fields with a direction."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_it_comes_to_what_theory_says(seed: str, tmp_path: Path) -> None:
    printed = run_example("predictive_coding", tmp_path, "--seed", seed)
    assert number(printed, "copies of the weights") == 0

    # alpha lambda = 0.01 is lost in each of 32 directions, of a total of 256 pixels with 0.25 each.
    promised = number(printed, "PCA optimum") - 32 * 0.01 / 64.0
    assert number(printed, "closed form") == pytest.approx(promised, abs=1e-4)
    # 8,000 patches leave about 0.002 of the variance unlearned; a faulty sign or factor leaves far more.
    assert number(printed, "explained, Gaussian") == pytest.approx(promised, rel=0.02)
    assert number(printed, "explained, Gaussian") < number(printed, "PCA optimum")
    assert number(printed, "singular values") < 0.1

    # Priors make the difference: with log(1 + r^2) causes are sparse, and fields begin to have a direction.
    assert number(printed, "kurtosis, Gaussian") < 3.2
    assert number(printed, "kurtosis, kurtotic") > 4.0
    assert number(printed, "orientation, kurtotic") > number(printed, "orientation, Gaussian")
    assert number(printed, "explained, kurtotic") > 0.8

"""Bars found by anti-Hebbian learning, in its short form: all sixteen, each by a unit of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.fixture(scope="module", params=["1", "2"])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("bars")
    return run_example("bars", folder, "--seed", request.param)


def test_each_bar_has_a_unit(printed: str) -> None:
    assert number(printed, "bars represented") == 16
    assert number(printed, "bits that are right") > 0.99


def test_thresholds_hold_the_activity_at_its_target(printed: str) -> None:
    # An identity: what a threshold moved is gamma times the sum of r - p
    assert number(printed, "threshold balance") < 1e-9
    # 32 000 bars that are there with 1/8: standard deviation 0.0018
    assert number(printed, "mean activity") == pytest.approx(1 / 8, abs=4 * 0.0018)


def test_units_fire_together_as_independent_ones(printed: str) -> None:
    # 120 pairs in 2000 pictures, 1/64 each: 0.0004 for the pairs, and 3 % for the activity of the units
    assert number(printed, "fire together") == pytest.approx(1 / 64, abs=0.002)


def test_weights_are_the_probabilities_of_pixels(printed: str) -> None:
    # Means over 1 / beta = 50 pictures with the bar and over all units: 0.42 / sqrt(100 * 16), times 2 as 7 rows
    # and 8 columns share their chance. A unit that fires by mistake, 1 in 50 times, leaves its part of the bar out.
    assert number(printed, "weights elsewhere") == pytest.approx(1 - (7 / 8) ** 2, abs=0.03)
    assert 0.95 < number(printed, "weights on the bar") <= 1.0

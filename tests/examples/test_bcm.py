"""The rule of Bienenstock, Cooper and Munro, in its short form: one response of 1/p, all others 0."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.fixture(scope="module", params=["1", "2"])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("bcm")
    return run_example("bcm", folder, "--seed", request.param)


def test_each_cell_ends_at_the_fixed_point(printed: str) -> None:
    # In steps of 1 ms the fixed point is 1 / (1/6 + 5/6 / 1000) = 5.970. The threshold is a mean over tau = 1000 random
    # patterns, which vary it by sqrt((1/p - 1) / (2 tau)) = 5 %; the weights average that over 5000 patterns, to 2 %.
    # All cells of one pattern share the fluctuation, so that the mean over six patterns has 1 %.
    assert number(printed, "chosen pattern") == pytest.approx(5.970, rel=0.03)
    assert number(printed, "other patterns") < 0.1
    assert number(printed, "second largest") < 0.3


def test_selectivity_is_the_largest_there_is(printed: str) -> None:
    # 1 - 1/K; other responses of 0.1 of either sign change their mean by 0.002 of 6
    assert number(printed, "selectivity") == pytest.approx(5 / 6, abs=0.01)


def test_all_patterns_are_chosen_by_some(printed: str) -> None:
    # 120 cells with random weights: each pattern is that of 20 on the average
    assert number(printed, "patterns chosen") == 6


def test_two_patterns_have_their_own_fixed_point(printed: str) -> None:
    # 1 / (1/2 + 1/2 / 200) = 1.990, and fluctuations as above: 0.05 of theta, 0.02 of the response
    assert number(printed, "two patterns") == pytest.approx(1.990, rel=0.04)

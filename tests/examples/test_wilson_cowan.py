"""Two populations of Wilson and Cowan, in short form: where states vanish, and how fast the oscillation is."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("wilson_cowan")
    return run_example("wilson_cowan", folder)


def test_states_vanish_where_two_of_them_meet(printed: str) -> None:
    # Pairs are 0.02 (and 0.0175) apart; just beyond the end a state takes longer and longer to leave
    assert number(printed, "switches on at P") == pytest.approx(0.3048, abs=0.03)
    assert number(printed, "switches off below P") == pytest.approx(-0.3996, abs=0.03)
    assert number(printed, "oscillates from P") == pytest.approx(1.0873, abs=0.03)


def test_the_oscillation_ends_at_the_hopf_point(printed: str) -> None:
    # At P = 1.8793 for a continuous pair; |1 + z dt| = 1 at 1.8900 for steps of 0.005 ms. The square of the amplitude
    # is a straight line to some percent of the 0.07 by which it is extended.
    assert number(printed, "oscillates up to P") == pytest.approx(1.8900, abs=0.003)


def test_its_frequency_there_is_that_of_the_linearised_pair(printed: str) -> None:
    # 53.001 Hz, and 30 Hz per unit of P for the 0.011 that the step adds
    assert number(printed, "frequency there") == pytest.approx(53.0, abs=0.4)

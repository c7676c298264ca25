"""The axon of Hodgkin and Huxley, in its short form: where firing begins and ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("hodgkin_huxley")
    return run_example("hodgkin_huxley", folder)


def test_gates_rest_where_their_rates_balance(printed: str) -> None:
    # The leak potential is the rounded one of table 3, so that rest is not exactly at 0.
    assert number(printed, "rest ") == pytest.approx(0.0, abs=0.01)
    assert number(printed, "gates at rest") < 1e-9


def test_a_shock_of_7_mv_fires_and_one_of_6_mv_does_not(printed: str) -> None:
    assert 6.0 < number(printed, "critical shock") < 7.0
    assert 90.0 < number(printed, "peak after 15 mV") < 115.0


def test_firing_begins_where_the_literature_says(printed: str) -> None:
    # The cycle is born at 6.26 uA/cm2; the currents of the script are 0.01 apart
    assert number(printed, "firing exists from") == pytest.approx(6.265, abs=0.011)
    assert 6.2 < number(printed, "rheobase") < 6.3
    assert 50.0 < number(printed, "frequency at onset") < 70.0


def test_rest_loses_and_regains_stability_at_the_hopf_points(printed: str) -> None:
    # With the leak potential 10.613 mV of table 3 the Hopf points are at 9.775438 and 154.522434 uA/cm2. The lower one
    # is subcritical: a kick takes the axon past the small unstable cycle just below it. Kicks of 0.1 to 0.6 mV gave
    # 9.79 to 9.755, so that 0.03 is what the choice of 0.3 mV is worth.
    assert number(printed, "rest fires from") == pytest.approx(9.775438, abs=0.03)
    # Extrapolated from 0.1 to 1 below, where the square of the amplitude is linear up to about 1 %
    assert number(printed, "firing ends at") == pytest.approx(154.522434, abs=0.02)


def test_the_last_oscillation_has_the_frequency_of_the_linearised_axon(printed: str) -> None:
    # Half a second holds 84 periods, counted to a step of 0.02 ms in 500 ms
    assert number(printed, "frequency at the end") == pytest.approx(169.17, rel=1e-3)

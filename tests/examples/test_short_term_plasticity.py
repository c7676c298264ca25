"""Depressing and facilitating synapses, in their short form: the closed forms of the stationary state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.fixture(scope="module", params=["1", "2"])
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("short_term_plasticity")
    return run_example("short_term_plasticity", folder, "--seed", request.param)


def stationary(tau_rec: float, tau_facil: float, use: float, rate: float) -> float:
    """The recursion from spike to spike, carried on until nothing changes."""
    p, q = np.exp(-1e3 / rate / tau_rec), np.exp(-1e3 / rate / tau_facil)
    x, u = 1.0, use
    for _ in range(2000):
        x, u = 1.0 - (1.0 - x * (1.0 - u)) * p, use + (u + use * (1.0 - u) - use) * q
    return float(u * x)


def test_regular_trains_reach_the_closed_form(printed: str) -> None:
    # What is left of the start after 6 s decays with 800 ms at most, exp(-6/0.8) = 6e-4, and faster at most rates.
    assert number(printed, "depressing   differs") < 1e-3
    assert number(printed, "facilitating differs") < 1e-3


def test_the_closed_form_is_that_of_the_recursion(printed: str) -> None:
    depressing = number(printed, "depressing   at 20 Hz")
    facilitating = number(printed, "facilitating at 20 Hz")
    assert depressing == pytest.approx(stationary(800.0, 0.01, 0.67, 20.0), abs=1e-5)
    assert facilitating == pytest.approx(stationary(130.0, 530.0, 0.03, 20.0), abs=1e-5)


def test_the_sum_of_all_effects_does_not_depend_on_a_high_rate(printed: str) -> None:
    # U T / (tau (U + (1 - U) T / tau)) with T = 5 ms and tau = 800 ms is 0.9938 / (f tau)
    assert number(printed, "1/f law") == pytest.approx(0.9938, abs=2e-4)


def test_facilitation_is_best_at_the_peak_frequency(printed: str) -> None:
    # The formula is that of mean rates, and the rates of the script are 11 % apart.
    assert number(printed, "peak frequency") == pytest.approx(22.0, rel=0.15)


def test_poisson_neurons_are_heard_as_the_mean_says(printed: str) -> None:
    # 5000 spikes or more in each of four means: 1.4 % if they were independent, which refractory synapses make smaller
    assert number(printed, "Poisson ratio") == pytest.approx(1.0, abs=0.02)
    assert number(printed, "Poisson at  80 Hz") == pytest.approx(0.67 * 80 / (1 + 0.67 * 80 * 0.8), rel=0.02)

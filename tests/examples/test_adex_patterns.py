"""The adaptive exponential neuron, in its short form: the eight patterns of the paper, and its rheobase."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("adex_patterns")
    return run_example("adex_patterns", folder)


@pytest.mark.parametrize(
    ("pattern", "cycle"),
    [
        ("tonic", 1),
        ("adaptation", 1),
        ("initial burst", 1),
        ("regular bursting", 2),
        ("delayed accelerating", 1),
        ("delayed bursting", 4),
        ("transient", 0),
        ("irregular", -1),
    ],
)
def test_intervals_settle_in_the_cycle_of_the_pattern(pattern: str, cycle: int, printed: str) -> None:
    assert number(printed, pattern) == cycle


def test_transients_are_those_of_the_names(printed: str) -> None:
    lines = {line[:20].strip(): line for line in printed.splitlines()}
    ratio = {name: float(lines[name].split()[-1]) for name in ("tonic", "adaptation", "delayed accelerating")}
    first = {
        name: float(line.split("after ")[1].split()[0]) for name, line in lines.items() if "after" in line
    }
    assert 1.0 <= ratio["tonic"] < 1.1 < 3.0 < ratio["adaptation"]
    assert ratio["delayed accelerating"] < 0.7
    assert min(first["delayed accelerating"], first["delayed bursting"]) > 2 * first["tonic"]


def test_only_the_irregular_pattern_forgets_where_it_began(printed: str) -> None:
    # Twins begin a millionth of a mV apart; steps of 0.005 ms are the least difference that there can be.
    assert number(printed, "chaos") > 0.1
    assert number(printed, "no chaos") <= 0.01


def test_the_rheobase_has_its_closed_form(printed: str) -> None:
    # The time to pass where a resting state just vanished grows as 1 / sqrt(I - rheobase): after 22 s it is
    # found to some tenths of a pA, of the natural unit gL DT = 20 pA and more.
    assert number(printed, "rheobase error") < 0.5
    # Equations of the paper with C = 200, gL = 12, a = 2, tau_w = 300 (Hopf) and with the tonic set (saddle-node)
    times, ratio = 200 / 12 / 300, 2 / 12
    hopf = 14 * (18 + 2 * np.log(1 + times)) + 24 * (ratio - times)
    assert number(printed, "I adaptation") == pytest.approx(hopf, abs=0.2)
    assert number(printed, "I tonic") == pytest.approx(12 * (18 + 2 * np.log(1.2)), abs=0.2)

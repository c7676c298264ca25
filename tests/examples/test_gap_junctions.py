"""Gap junctions, in the short form: passive pairs follow closed forms, interneurons fall into step."""

from __future__ import annotations

from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("seed", ["1", "2"])
def test_coupling_is_that_of_the_closed_form_and_synchronises(seed: str, tmp_path: Path) -> None:
    printed = run_example("gap_junctions", tmp_path, "--seed", seed)
    assert number(printed, "coupling coefficient") == 0.5  # g_c/(g_c + gL), as it is printed: to four digits
    assert number(printed, "error, all pairs") < 1e-9  # it has settled for 100 time constants
    # A step behind in the coupling: first order, dt g_c of the potential, 0.05 * 0.1 * 6.7 mV, at most.
    assert number(printed, "error of the course") < 0.03
    # 50 neurons of nearly constant frequency: their phases give 1/sqrt(50) = 0.14, but for how they happen to lie.
    assert number(printed, "chi, not coupled") == pytest.approx(50**-0.5, abs=0.07)
    assert number(printed, "chi, coupled by  20") < 0.3
    assert number(printed, "chi, coupled by 160") > 0.85

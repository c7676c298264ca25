"""The map of a balanced network, in its short form: the same on each cluster, and as theory says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from example_scripts import number, run_example

pytestmark = [pytest.mark.needs_compiler, pytest.mark.xdist_group("clusters")]

PLACES = ("here", "dask", "ray", "mpi")


def test_the_map_is_the_same_everywhere(tmp_path: Path) -> None:
    fingerprints = set()
    for place in PLACES:
        (tmp_path / place).mkdir()
        printed = run_example("cluster", tmp_path / place, "--on", place)
        assert f"({place}, 2 workers)" in printed
        assert number(printed, "networks") == 12
        # weak inhibition: as fast as the refractory period and the delay allow; strong inhibition: slower, irregular
        assert 250.0 < number(printed, "rate at g = 2") < 500.0
        assert 5.0 < number(printed, "rate at g = 8") < 120.0
        irregular = [float(x) for x in re.findall(r"irregularity ([0-9.]+)", printed)]
        assert irregular[0] < 0.2 < 0.5 < irregular[1]
        found = re.search(r"^fingerprint +([0-9a-f]{16}) ", printed, re.MULTILINE)
        assert found is not None, printed
        fingerprints.add(found[1])
    assert len(fingerprints) == 1

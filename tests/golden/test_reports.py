"""Reports of two networks are the reviewed ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import synloom as sl
from synloom.report.collect import collect
from synloom.report.markdown import render_markdown
from synloom.report.tex import render_latex
from tests.unit.report_networks import rate_coded, spiking


@pytest.mark.parametrize("describe", [rate_coded, spiking])
def test_reports_are_the_reviewed_ones(
    describe: Callable[[], sl.Network], golden: Callable[[str, str], None]
) -> None:
    report = collect(describe())
    for suffix, text in (("md", render_markdown(report)), ("tex", render_latex(report, standalone=True))):
        golden(
            f"reports/{describe.__name__}.{suffix}",
            text.replace(f"synloom {sl.__version__}", "synloom X.Y.Z"),
        )

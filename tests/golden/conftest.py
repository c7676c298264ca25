"""Golden files: generated sources of small networks, read by people in review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "expected"


@pytest.fixture(autouse=True)
def clean(fresh: None) -> None:
    """Nothing of one network reaches the next."""


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with its reviewed form."""

    def compare(name: str, text: str) -> None:
        path = FOLDER / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{name} has no golden file; run `make golden` and read it"
        assert text == path.read_text(encoding="utf-8"), (
            f"{name} changed; run `make golden` and read the difference"
        )

    return compare

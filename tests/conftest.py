"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

DEFAULTS = {
    "dt": 1.0,
    "precision": "double",
    "method": "explicit",
    "seed": None,
    "structural_plasticity": False,
    "suppress_warnings": True,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make golden` passes this; CI never does."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


@pytest.fixture(scope="session", autouse=True)
def shared_cache() -> Iterator[None]:
    """Keep one build cache for all workers and runs, apart from the user's; SYNLOOM_CACHE moves it."""
    if "SYNLOOM_CACHE" in os.environ:
        yield
        return
    home = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    os.environ["SYNLOOM_CACHE"] = str(home / "synloom-tests")
    yield
    del os.environ["SYNLOOM_CACHE"]


@pytest.fixture(scope="session", autouse=True)
def no_user_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Builds do not depend on the configuration files of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        yield


@pytest.fixture
def structural(fresh: None) -> None:
    """The same, with structural plasticity."""
    import synloom

    synloom.setup(structural_plasticity=True)


@pytest.fixture
def fresh() -> Iterator[None]:
    """Start from an empty default network with default options, and leave nothing behind."""
    import synloom

    synloom.clear()
    synloom.setup(**DEFAULTS)
    yield
    synloom.clear()
    synloom.setup(**DEFAULTS)

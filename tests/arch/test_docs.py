"""The pages are true of the tree: links lead somewhere, environment variables are in the one table."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def check_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_docs", ROOT / "tools" / "check_docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_to_complain_about(check_docs: ModuleType) -> None:
    assert check_docs.complaints() == []


def test_there_is_something_to_look_at(check_docs: ModuleType) -> None:
    names = {page.name for page in check_docs.pages()}
    assert names >= {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "index.md", "0001-folder-names.md"}
    assert "SYNLOOM_CACHE" in check_docs.variables_in_sources()


def test_a_broken_link_and_a_forgotten_variable_are_found(check_docs: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "runtime").mkdir()
    (tmp_path / "README.md").write_text(
        "[here](docs/caching-and-builds.md) [there](gone.md) [web](https://x.y)\n"
    )
    (tmp_path / "docs" / "caching-and-builds.md").write_text("| `SYNLOOM_OLD` | unused |\n")
    (tmp_path / "runtime" / "a.py").write_text('os.environ["SYNLOOM_NEW"]\n')
    assert check_docs.complaints(tmp_path) == [
        "README.md: no such file: gone.md",
        "docs/caching-and-builds.md: SYNLOOM_NEW is missing from the table",
        "docs/caching-and-builds.md: nothing uses SYNLOOM_OLD",
    ]

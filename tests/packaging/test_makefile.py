"""The commands that the pages promise exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {"setup", "demo", "check", "test", "test-fast", "golden", "bench", "docs", "clean", "help"}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def commands(page: Path) -> list[str]:
    """The ``make`` targets that a page shows in its code blocks, in order."""
    blocks = re.findall(r"```(?:sh|console)?\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return re.findall(r"^make ([a-z-]+)", "\n".join(blocks), re.MULTILINE)


def test_the_promised_commands_exist() -> None:
    assert targets() >= PROMISED


def test_readme_shows_the_two_commands_first() -> None:
    assert commands(ROOT / "README.md")[:2] == ["demo", "test"]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "benchmarks/README.md"])
def test_every_command_of_a_page_exists(page: str) -> None:
    assert set(commands(ROOT / page)) <= targets()


def test_help_lists_every_command() -> None:
    make = shutil.which("make")
    assert make is not None
    listed = subprocess.run([make, "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^  make ([a-z-]+) ", listed, re.MULTILINE)) == targets()


def test_commands_need_no_activated_environment() -> None:
    """Every Python that the Makefile calls is named by its place, relative to the checkout."""
    recipes = re.findall(r"^\t@?(\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(recipes) <= {"sed", "sh", "$(RUN)", "$(PYTEST)", "rm", "find"}
    assert "RUN := .venv/bin/python" in (ROOT / "Makefile").read_text(encoding="utf-8")

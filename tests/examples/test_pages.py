"""The Python on the README and on the pages under docs/ runs, and prints what the page says it prints."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs_compiler

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = "--- end of block ---"


@dataclass(frozen=True)
class Example:
    """One ``python`` block, and the ``text`` block that follows it at once, if there is one."""

    code: str
    shown: str | None


def examples(page: Path) -> list[Example]:
    text = page.read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    found = []
    for block, following in zip_longest(blocks, blocks[1:]):
        if block[1] != "python":
            continue
        output = None
        if following is not None and following[1] == "text":
            at_once = not text[block.end() : following.start()].strip()
            output = following[2] if at_once else None
        found.append(Example(block[2], output))
    return found


def run(page: Path, where: Path) -> list[tuple[str, str]]:
    """What each block that has a text under it shows there, and what it prints; a page is one script."""
    blocks = examples(page)
    script = "\n".join(f"{e.code}\nprint({MARK!r})" for e in blocks)
    (where / "page.py").write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, "page.py"], cwd=where, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.split(f"{MARK}\n")
    return [(e.shown, text) for e, text in zip(blocks, printed, strict=False) if e.shown is not None]


def agree(shown: str, printed: str) -> bool:
    """Whether the page is right; ``...`` on the page stands for anything."""
    pattern = re.escape(shown.strip()).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


PAGES = [ROOT / "README.md", *(p for p in sorted((ROOT / "docs").glob("*.md")) if examples(p))]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_page_runs_and_prints_what_it_shows(page: Path, tmp_path: Path) -> None:
    outputs = run(page, tmp_path)
    assert outputs
    for shown, printed in outputs:
        assert agree(shown, printed), f"{page.name} shows\n{shown}\nbut the code prints\n{printed}"


def test_the_comparison_itself() -> None:
    assert agree("a ... z\n", "a b\nc z\n")
    assert not agree("a ... z\n", "a b\nc y\n")
    assert not agree("1.5\n", "1x5\n")

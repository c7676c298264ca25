"""Checks the pages: links lead somewhere, and the environment variables of the sources are in their table.

python tools/check_docs.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = "docs/caching-and-builds.md"
SOURCES = ("synloom", "codegen", "runtime")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"\bSYNLOOM_[A-Z_]+\b")


def pages(root: Path = ROOT) -> list[Path]:
    """All Markdown pages of the project."""
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "benchmarks").glob("*.md")])


def broken_links(page: Path) -> list[str]:
    """Relative links of a page whose target does not exist."""
    links = LINK.findall(re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL))
    local = [link.split("#")[0] for link in links if not re.match(r"[a-z]+:", link)]
    return [link for link in local if link and not (page.parent / link).exists()]


def variables_in_sources(root: Path = ROOT) -> set[str]:
    """Environment variables of ours that the Python sources mention."""
    files = (path for folder in SOURCES for path in (root / folder).rglob("*.py"))
    return {name for path in files for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}


def variables_in_table(root: Path = ROOT) -> set[str]:
    """Environment variables of ours that the table lists."""
    rows = re.findall(r"^\| `(SYNLOOM_[A-Z_]+)`", (root / TABLE).read_text(encoding="utf-8"), re.MULTILINE)
    return set(rows)


def complaints(root: Path = ROOT) -> list[str]:
    """Everything that is wrong, one line each."""
    found = []
    for page in pages(root):
        found += [f"{page.relative_to(root)}: no such file: {link}" for link in broken_links(page)]
    used, listed = variables_in_sources(root), variables_in_table(root)
    found += [f"{TABLE}: {name} is missing from the table" for name in sorted(used - listed)]
    found += [f"{TABLE}: nothing uses {name}" for name in sorted(listed - used)]
    return found


def main() -> int:
    """Print the complaints; the exit code is 1 if there are any."""
    found = complaints()
    print("\n".join(found) or f"{len(pages())} pages, no complaints")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

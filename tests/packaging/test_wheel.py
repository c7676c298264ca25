"""What is in the wheel, and what is not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Folder of the checkout, its place in the package, the files that belong to it.
SHIPPED = [
    ("synloom", "synloom", "**/*.py"),
    ("synloom", "synloom", "py.typed"),
    ("codegen", "synloom/codegen", "**/*.py"),
    ("runtime", "synloom/runtime", "**/*.py"),
    ("runtime/include", "synloom/runtime/include", "**/*.hpp"),
    ("templates", "synloom/templates", "**/*.j2"),
]


@pytest.fixture(scope="session")
def names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def test_it_is_pure_python(wheel: Path, names: list[str]) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    assert {Path(n).suffix for n in names} <= {".py", ".typed", ".hpp", ".j2", ".txt", ""}
    metadata = next(n for n in names if n.endswith(".dist-info/WHEEL"))
    assert "Root-Is-Purelib: true" in zipfile.ZipFile(wheel).read(metadata).decode()


def test_only_the_package_lands_in_site_packages(names: list[str]) -> None:
    roots = {n.split("/")[0] for n in names}
    (info,) = (r for r in roots if r.endswith(".dist-info"))
    assert roots == {"synloom", info}


@pytest.mark.parametrize(("folder", "place", "pattern"), SHIPPED, ids=lambda v: v)
def test_every_file_is_shipped(names: list[str], folder: str, place: str, pattern: str) -> None:
    files = [p.relative_to(ROOT / folder) for p in (ROOT / folder).glob(pattern)]
    assert files
    assert [f.as_posix() for f in files if f"{place}/{f.as_posix()}" not in names] == []


def test_the_licence_is_in_it(wheel: Path, names: list[str]) -> None:
    (licence,) = (n for n in names if n.endswith("/LICENSE"))
    assert zipfile.ZipFile(wheel).read(licence) == (ROOT / "LICENSE").read_bytes()

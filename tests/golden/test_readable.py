"""Generated sources as their reader wants them: short lines, sections, nothing that is not used."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .networks import NETWORKS

INCLUDE = Path(__file__).parents[2] / "runtime" / "include"
WARNINGS = ("-Wall", "-Wextra", "-Wshadow", "-Wunused", "-Werror")
FIELD = re.compile(r"^    .*?(\w+);$", re.MULTILINE)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_lines_are_short_and_sections_apart(name: str) -> None:
    for path, text in NETWORKS[name]().sources().items():
        for number, line in enumerate(text.splitlines(), start=1):
            assert len(line) <= 120, f"{path}:{number} has {len(line)} characters"
            assert line == line.rstrip(), f"{path}:{number} ends with blanks"
        assert path.endswith(".pyx") or "\n\n\n" not in text, path
        assert not re.search(r"\{\n\n +|\n\n +\}", text), path


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_includes_are_grouped_and_sorted(name: str) -> None:
    for path, text in NETWORKS[name]().sources().items():
        for group in re.findall(r"(?:^#include .*\n)+", text, re.MULTILINE):
            lines = group.splitlines()
            assert lines == sorted(set(lines)), path
            assert len({"synloom/" in line for line in lines}) == 1, path


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_every_field_of_a_kernel_is_used(name: str) -> None:
    sources = NETWORKS[name]().sources()
    for path in (p for p in sources if p.endswith(".hpp")):
        unit = sources[path.replace(".hpp", ".cpp")]
        struct = sources[path].partition("struct Buffers {")[2].partition("};")[0]
        fields = FIELD.findall(struct)
        assert fields, path
        for field in fields:
            assert re.search(rf"\bself\.{field}\b", unit), f"{path}: {field}"


@pytest.mark.needs_compiler
@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_compilers_have_nothing_to_say(name: str, tmp_path: Path) -> None:
    compiler = shutil.which("g++") or shutil.which("clang++")
    assert compiler is not None, "a C++ compiler is needed"
    sources = NETWORKS[name]().sources()
    for path, text in sources.items():
        (tmp_path / path).write_text(text)
    units = [str(tmp_path / path) for path in sources if path.endswith(".cpp")]
    command = [compiler, "-std=c++20", "-fsyntax-only", "-fopenmp-simd", *WARNINGS, f"-I{INCLUDE}"]
    built = subprocess.run([*command, *units], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr

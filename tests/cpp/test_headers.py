"""The runtime's headers on their own: with sanitizers, and as real builds compile them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
INCLUDE = HERE.parents[1] / "runtime" / "include"
SANITIZED = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
REAL = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math")

pytestmark = pytest.mark.needs_compiler


@pytest.mark.parametrize("flags", [SANITIZED, REAL], ids=["sanitized", "real"])
@pytest.mark.parametrize("program", sorted(p.name for p in HERE.glob("*.cpp")))
def test_program(program: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    compiler = shutil.which("g++") or shutil.which("clang++")
    assert compiler is not None, "a C++ compiler is needed to test the headers"
    binary = tmp_path / "program"
    warnings = ("-Wall", "-Wextra", "-Werror")
    command = [
        compiler,
        "-std=c++20",
        *flags,
        "-fopenmp-simd",
        *warnings,
        f"-I{INCLUDE}",
        str(HERE / program),
    ]
    built = subprocess.run([*command, "-o", str(binary), "-lm"], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    run = subprocess.run([str(binary)], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.strip().endswith("checks, 0 failed")


@pytest.mark.parametrize("header", sorted(p.name for p in (INCLUDE / "synloom").glob("*.hpp")))
def test_header_stands_alone(header: str, tmp_path: Path) -> None:
    unit = tmp_path / "alone.cpp"
    unit.write_text(f'#include "synloom/{header}"\n#include "synloom/{header}"\n')
    compiler = shutil.which("g++") or shutil.which("clang++")
    assert compiler is not None, "a C++ compiler is needed to test the headers"
    command = [
        compiler,
        "-std=c++20",
        "-fsyntax-only",
        "-fopenmp-simd",
        "-Wall",
        "-Wextra",
        "-Werror",
        f"-I{INCLUDE}",
        str(unit),
    ]
    built = subprocess.run(command, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr

"""Imports go one way, and `import synloom` stays fast.

import-linter checks the layers on the built wheel (`make check`); this reads the files as they stand in the
checkout, where a mistake is found in a second.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What each folder may import of ours.
ALLOWED = {
    "codegen": ("synloom.codegen",),
    "runtime": ("synloom.runtime", "synloom.codegen.artifact", "synloom.codegen.errors"),
    "templates": (),
}
# Slow to import, or needed by few: only inside functions.
SLOW = {"Cython", "h5py", "jinja2", "matplotlib", "platformdirs", "scipy", "setuptools", "sympy", "tqdm"}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names that the import statements below ``tree`` bring in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import_time(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported: not those of functions or ``if TYPE_CHECKING``."""
    for node in tree.body:
        typing_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if not typing_only and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node


@pytest.mark.parametrize("folder", sorted(ALLOWED))
def test_imports_go_one_way(folder: str) -> None:
    wrong = []
    for path in modules(folder):
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            ours = name == "synloom" or name.startswith("synloom.")
            if ours and not any(f"{name}.".startswith(f"{root}.") for root in ALLOWED[folder]):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("folder", ["synloom", *sorted(ALLOWED)])
def test_nothing_slow_is_imported_at_module_level(folder: str) -> None:
    wrong = []
    for path in modules(folder):
        for statement in at_import_time(ast.parse(path.read_text(encoding="utf-8"))):
            slow = {name.split(".")[0] for name in imported(statement)} & SLOW
            wrong += [f"{path.relative_to(ROOT)}:{statement.lineno} imports {name}" for name in sorted(slow)]
    assert wrong == []


def test_the_folders_are_where_they_are_looked_for() -> None:
    assert all(len(modules(folder)) >= 1 for folder in ("synloom", *ALLOWED))
    assert len(modules("codegen")) > 10

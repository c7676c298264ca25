"""Cython, called as a library, and only where the wrapper has to be made: it takes a second to start."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Final

from synloom.codegen.errors import CodegenError, CompilationError
from synloom.runtime.load import CYTHON_NAME

# Each of these makes less C; nobody introspects a module of three functions.
DIRECTIVES: Final = {
    "language_level": 3,
    "binding": False,
    "embedsignature": False,
    "always_allow_keywords": False,
    "auto_pickle": False,
    "emit_code_comments": False,
}

_lock = Lock()  # the compiler keeps global state


def version() -> str:
    """Version of the installed Cython, and all that we ask of it."""
    if find_spec("Cython") is None:
        raise CompilationError("The Python package Cython is missing.", hint="pip install cython")
    return f"{import_module('Cython').__version__} {DIRECTIVES}"


def translate(module: Path) -> Path:
    """Write the C text of a Cython module beside it.

    Raises
    ------
    CodegenError
        Cython refused the text.
    """
    cython = import_module("Cython.Compiler.Main")
    target, listing = module.with_suffix(".c"), module.with_suffix(".lis")
    options = cython.CompilationOptions(
        cython.default_options,
        output_file=str(target),
        cplus=False,
        compiler_directives=dict(DIRECTIVES),
        use_listing_file=1,
        errors_to_stderr=0,
    )
    try:
        with _lock:
            failed = cython.compile(str(module), options, full_module_name=CYTHON_NAME).num_errors > 0
    except import_module("Cython.Compiler.Errors").CompileError:
        failed = True
    if failed or not target.is_file():
        said = listing.read_text("utf-8", errors="replace") if listing.is_file() else ""
        raise CodegenError(f"Cython refused the generated module. {said}".strip())
    return target

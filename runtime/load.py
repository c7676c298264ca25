"""Import of a built extension, under a name of its own."""

from __future__ import annotations

import sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from threading import Lock
from types import ModuleType

from synloom.codegen.errors import CompilationError

MODULE = "network"  # the init function of every extension is PyInit_network
CYTHON_NAME = f"synloom_ext.{MODULE}"  # the name the Cython module was compiled under

_lock = Lock()


def load(library: Path, key: str) -> ModuleType:
    """Import the extension in the file ``library``.

    Many extensions live side by side in one process: the module is named after ``key`` and not entered in
    ``sys.modules``, so the caller's reference is the only one.

    Raises
    ------
    CompilationError
        The library cannot be loaded.
    """
    name = f"synloom_ext_{key}.{MODULE}"
    loader = ExtensionFileLoader(name, str(library))
    with _lock:
        try:
            module = module_from_spec(ModuleSpec(name, loader, origin=str(library)))
            loader.exec_module(module)
        except ImportError as error:
            raise CompilationError(*_told(library, str(error))) from error
        finally:
            # Cython enters the name it was given at compile time; the next extension has the same one
            sys.modules.pop(CYTHON_NAME, None)
    return module


def _told(library: Path, reason: str) -> tuple[str, None, str]:
    if "failed to map segment" in reason or "Operation not permitted" in reason:
        return (
            f"The folder {library.parent} does not allow programs to be run from it.",
            None,
            "Its file system is mounted 'noexec'. Move the cache with SYNLOOM_CACHE=/another/folder.",
        )
    return (
        f"The built network cannot be loaded: {reason}",
        None,
        "`synloom cache clear` removes all that was built; `synloom doctor` checks the compiler.",
    )

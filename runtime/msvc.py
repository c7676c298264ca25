"""Microsoft's compiler, found by the machinery of setuptools."""

from __future__ import annotations

import os
import sysconfig
from importlib import import_module

from synloom.runtime.toolchain import Family, Toolchain


def find_msvc(features: str) -> Toolchain | None:
    """``cl.exe`` with the environment that it needs, or None."""
    msvc = import_module("setuptools._distutils.compilers.C.msvc")
    compiler = msvc.Compiler()
    try:
        compiler.initialize(sysconfig.get_platform())
    except msvc.PlatformError:
        return None
    environment = (
        ("INCLUDE", os.pathsep.join(compiler.include_dirs)),
        ("LIB", os.pathsep.join(compiler.library_dirs)),
        ("PATH", compiler._paths),
    )
    target = sysconfig.get_platform()
    # the path names the version: ...\VC\Tools\MSVC\14.41.34120\bin\...
    return Toolchain((compiler.cc,), Family.MSVC, compiler.cc, target, "setuptools", features, environment)

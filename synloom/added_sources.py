"""C++ files of the user that are compiled into a network: ``compile(add_sources=...)``."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from synloom.codegen.artifact import SourceFile, SourceSet
from synloom.codegen.errors import CompilationError, ConfigurationError

UNITS: Final = frozenset({".cpp", ".cc", ".cxx"})
HEADERS: Final = frozenset({".h", ".hpp", ".hh", ".hxx", ".inc"})
MARK: Final = "added_"  # before the names of units, which are not those of generated files


def read_sources(given: str | Sequence[str]) -> tuple[SourceFile, ...]:
    """The files that were named, as words of a text or as a list, with the names they have in the build.

    Units are compiled and linked with the network; headers lie beside them, so that ``#include "name.h"`` finds them
    by their own names. Their text is a part of the key in the cache.

    Raises
    ------
    ConfigurationError
        A file that is missing, of another kind, or of the same name as another one.
    """
    words = shlex.split(given) if isinstance(given, str) else [str(word) for word in given]
    files: dict[str, SourceFile] = {}
    for path in map(Path, words):
        if path.suffix not in UNITS | HEADERS:
            kinds = ", ".join(sorted(UNITS | HEADERS))
            raise ConfigurationError(f"add_sources: '{path}' is no C++ source ({kinds}).", hint=_LIBRARY)
        name = f"{MARK}{path.stem}.cpp" if path.suffix in UNITS else path.name
        if name in files:
            raise ConfigurationError(f"add_sources: two files are named '{path.name}'.")
        try:
            files[name] = SourceFile(name, path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"add_sources: '{path}' can not be read: {error}.") from None
    return tuple(files.values())


_LIBRARY: Final = "Libraries are given to the linker: compile(extra_libs='-L/folder -lmine')."


def with_sources(generated: SourceSet, added: Sequence[SourceFile]) -> SourceSet:
    """All files of a build.

    Raises
    ------
    ConfigurationError
        A file of the user has the name of a generated one.
    """
    taken = {file.path for file in generated.files} & {file.path for file in added}
    if taken:
        raise ConfigurationError(f"add_sources: the network has a file '{min(taken)}' of its own.")
    return replace(generated, files=(*generated.files, *added))


def blamed(error: CompilationError, added: Sequence[SourceFile]) -> CompilationError:
    """The error of a build; what a compiler says of the user's own file is for the user."""
    command, output = getattr(error, "command", ""), getattr(error, "output", "")
    file = next((file for file in added if file.path.startswith(MARK) and file.path in command), None)
    if file is None:
        return error
    name = file.path.removeprefix(MARK)
    return CompilationError(f"add_sources: '{name}' does not compile.\n{output.strip()}", hint=error.hint)

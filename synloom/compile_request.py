"""What a call of ``compile()`` asks for, together with the user's file and the command line."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synloom import config
from synloom.codegen.artifact import SourceFile
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.lang.names import suggestion
from synloom.codegen.record import record
from synloom.command_line import CommandLine
from synloom.runtime.options import DEFAULT, BuildOptions
from synloom.user_file import user_file

if TYPE_CHECKING:
    from synloom.config import Options
    from synloom.network import Network


@record
class Request:
    """All that decides what ``compile()`` does."""

    directory: Path | None
    build: BuildOptions
    added: tuple[SourceFile, ...]
    trace: str | None
    profile: bool
    watch: bool


def build_options(
    compiler: str,
    flags: str,
    extra_libs: str,
    fast_math: bool,
    debug: bool,
    clean: bool,
    annarchy_json: str | os.PathLike[str],
    asked: CommandLine,
    options: Options,
) -> BuildOptions:
    """The build that arguments, environment, user's file and command line ask for, in this order.

    Raises
    ------
    ConfigurationError
        The user's file is damaged, or an argument is no text.
    """
    for name, text in (("compiler", compiler), ("compiler_flags", flags), ("extra_libs", extra_libs)):
        if not isinstance(text, str):
            raise ConfigurationError(f"compile(): {name} must be a text, not {text!r}.")
    file = user_file(annarchy_json)
    named_by = "the option 'compiler'"
    # What is set for this shell is nearer to the user than a file.
    if compiler in (DEFAULT, "") and file.compiler != DEFAULT and not os.environ.get("CXX", "").strip():
        compiler, named_by = file.compiler, f"the file {file.path}"
    flags = file.flags if flags in (DEFAULT, "") else flags
    if asked.profile_out is not None:
        config.pin({"profile_out": asked.profile_out})
    return BuildOptions(
        compiler=compiler,
        compiler_flags=flags,
        extra_libs=extra_libs,
        fast_math=bool(fast_math),
        debug=bool(debug or asked.debug or options.debug),
        clean=bool(clean or asked.clean),
        named_by=named_by,
    )


KNOWN = (
    *("directory", "clean", "compiler", "compiler_flags", "add_sources", "extra_libs", "cuda_config"),
    *(
        "annarchy_json",
        "silent",
        "debug_build",
        "profile_enabled",
        "trace_calls",
        "populations",
        "projections",
    ),
    *("fast_math", "check_numerics"),
)


def refuse_unknown(given: Mapping[str, Any]) -> None:
    """Refuse options that ``compile()`` does not have.

    Raises
    ------
    ConfigurationError
        There is one.
    """
    for name in given:
        raise ConfigurationError(f"compile() has no option '{name}'.", hint=suggestion(name, KNOWN))


_reported: list[str] = []  # files that --report has written


def write_report(network: Network, asked: CommandLine) -> None:
    """What ``--report FILE`` asks for, once: a description of the first network that is compiled."""
    if asked.report is None or asked.report in _reported:
        return
    _reported.append(asked.report)
    import_module("synloom.report").report(asked.report, network=network)

"""The command ``synloom``: check the tools, look after the cache, show what a script compiles to."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from synloom.codegen.errors import CodegenError, ConfigurationError, SynloomError
from synloom.runtime.cache import EXTENSIONS, Cache, Entry
from synloom.runtime.options import BuildOptions

if TYPE_CHECKING:
    from synloom.network import Network

STAGES: Final = ("model", "plan", "cpp", "cython")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (default: the process's own); returns the exit code."""
    parser = _parser()
    arguments, rest = parser.parse_known_args(argv)
    command: Callable[[argparse.Namespace], int] = arguments.command
    if command is _dump:
        arguments.words = rest  # the script and its own arguments, in their order
    elif rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        return command(arguments)
    except SynloomError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("synloom", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    doctor = commands.add_parser("doctor", help="what was found to compile with, and whether it works")
    doctor.set_defaults(command=_doctor)

    cache = commands.add_parser("cache", help="the folder that keeps compiled networks")
    cache.add_argument("action", choices=("list", "path", "clear"))
    cache.set_defaults(command=_cache)

    dump = commands.add_parser(
        "dump",
        usage="synloom dump SCRIPT [ARGS...] [--out DIR] [--stage A,B]",
        help="run a script up to its compile() and show the stages of the compiler",
        allow_abbrev=False,
    )
    dump.add_argument("--out", type=Path, metavar="DIR", help="write files into this folder (default: print)")
    dump.add_argument("--stage", type=_stages, default=STAGES, metavar="A,B", help=f"of {', '.join(STAGES)}")
    dump.set_defaults(command=_dump)
    return parser


def _stages(text: str) -> tuple[str, ...]:
    chosen = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [part for part in chosen if part not in STAGES]
    if unknown or not chosen:
        raise argparse.ArgumentTypeError(f"choose from {', '.join(STAGES)}")
    return chosen


# -- doctor


def _doctor(_: argparse.Namespace) -> int:
    from synloom import __version__
    from synloom.runtime.toolchain import find_toolchain

    cache, options = Cache.default(), BuildOptions()
    _line("synloom", __version__)
    _line("Python", f"{sys.version.split()[0]}, {sys.executable}")
    _line("packages", ", ".join(f"{name} {_version(name)}" for name in ("numpy", "cython", "jinja2")))
    _line("cache", str(cache.root))
    _line("", _summary(cache, cache.entries()))
    tools = find_toolchain(options, cache)
    _line("compiler", " ".join(tools.command))
    _line("", f"{tools.version}; found by {tools.found_by}")
    _line("target", f"{tools.target}, processor {tools.features}")
    _line("flags", " ".join(tools.flags(options)))
    _line("", " ".join(tools.link_flags(options)))
    _try_build(cache)
    print("All is well: networks can be compiled.")
    return 0


def _try_build(cache: Cache) -> None:
    """Build, import and run the smallest network."""
    import numpy as np

    from synloom.runtime.buffers import BindingTable, aligned_zeros
    from synloom.runtime.build import build
    from synloom.runtime.load import load
    from synloom.selftest import tiny_sources

    sources = tiny_sources()
    result = build("doctor", lambda: sources, BuildOptions(clean=True), cache=cache)
    stages = (f"{name} {seconds:.2f} s" for name, seconds in result.seconds.items() if name != "render")
    _line("test build", ", ".join(stages))
    start = time.perf_counter()
    extension = load(result.library, result.key)
    values = aligned_zeros(8, np.float64)
    table = BindingTable(sources.manifest, {("pop", "v"): values, ("pop", "size"): 8})
    table.check_words(extension.words())
    done = extension.run(table.address, 1000)
    _line("test run", f"import and 1000 steps {1e3 * (time.perf_counter() - start):.2f} ms")
    if done != 1000 or not (values == 1000.0).all():
        raise CodegenError(f"The test network computed {values[0]} in {done} steps, and not 1000.0 in 1000.")


def _line(name: str, text: str) -> None:
    print(f"{name:<12}{text}", flush=True)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(missing)"


def _bytes(number: int) -> str:
    for unit, size in (("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10)):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{number} bytes"


# -- cache


def _cache(arguments: argparse.Namespace) -> int:
    cache = Cache.default()
    match arguments.action:
        case "path":
            print(cache.root)
        case "clear":
            print(f"{_bytes(cache.clear())} removed from {cache.root}")
        case _:
            _list(cache)
    return 0


def _list(cache: Cache) -> None:
    entries = cache.entries()
    for entry in entries:
        used = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.used))
        kind = "network" if entry.kind == EXTENSIONS else "object"
        print(f"{used}  {kind:<8}{_bytes(entry.size):>10}  {entry.key}")
    print(f"{_summary(cache, entries)}, in {cache.root}")


def _summary(cache: Cache, entries: Sequence[Entry]) -> str:
    return f"{len(entries)} entries, {_bytes(sum(e.size for e in entries))} of {_bytes(cache.limit)}"


# -- dump


class _Reached(BaseException):
    """Ends the script at its compile(); no ``except Exception`` of the script may catch it."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self.texts = texts


def _dump(arguments: argparse.Namespace) -> int:
    words = arguments.words[1:] if arguments.words[:1] == ["--"] else arguments.words
    if not words:
        raise ConfigurationError(
            "No script was named.", hint="synloom dump SCRIPT [ARGS...] [--out DIR] [--stage A,B]"
        )
    script = Path(words[0])
    if not script.is_file():
        raise ConfigurationError(f"There is no script {script}.")
    texts = _run_to_compile(script, words[1:], arguments.stage)
    if texts is None:
        raise ConfigurationError(f"{script} ended without a call of compile().")
    if arguments.out is None:
        for name, text in texts.items():
            print(f"==> {name} <==\n{text.rstrip()}\n")
    else:
        _write(arguments.out, texts)
    return 0


def _run_to_compile(script: Path, args: Sequence[str], stages: Sequence[str]) -> Mapping[str, str] | None:
    """The chosen stages of the first network that ``script`` compiles; None if it compiles none."""
    import runpy

    network = import_module("synloom.network")

    def reached(compiled: Network) -> None:
        raise _Reached(_texts(compiled, stages))

    before = sys.argv, list(sys.path)
    sys.argv = [str(script), *args]
    sys.path.insert(0, str(script.resolve().parent))
    vars(network)["DUMP_HOOK"] = reached
    try:
        runpy.run_path(str(script), run_name="__main__")
    except _Reached as end:
        return end.texts
    finally:
        vars(network)["DUMP_HOOK"] = None
        sys.argv, sys.path[:] = before
    return None


def _texts(network: Network, stages: Sequence[str]) -> dict[str, str]:
    """File name to text."""
    from synloom.codegen.ir.text import print_ir

    texts = {}
    if "model" in stages:
        texts["model.txt"] = print_ir(network.ir)
    if "plan" in stages:
        texts["plan.txt"] = print_ir(network.plan)
    suffixes = ((".hpp", ".cpp") if "cpp" in stages else ()) + ((".pyx",) if "cython" in stages else ())
    if suffixes:
        texts |= {name: text for name, text in network.sources().items() if name.endswith(suffixes)}
    return texts


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    try:
        for name, text in texts.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text.rstrip() + "\n", "utf-8", newline="\n")
            print(target)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be written: {os.strerror(error.errno or 0)}.") from error

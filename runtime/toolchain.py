"""The C++ compiler of this machine: which one, what it is, and how it is called."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from synloom.codegen.errors import CompilationError
from synloom.runtime.cache import Cache
from synloom.runtime.options import DEFAULT, BuildOptions

INCLUDE: Final = Path(__file__).parent / "include"
INSTALL_HINT: Final = (
    "Install g++ (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select "
    '--install), or a compiler from PyPI: pip install "synloom[compiler]".'
)

_GCC: Final = "gcc: "  # before the version of a compiler that is gcc

# Variables that change what a compiler of the GNU kind finds.
_SEARCH_PATHS: Final = (
    "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX",
    "SDKROOT", "MACOSX_DEPLOYMENT_TARGET", "CCC_OVERRIDE_OPTIONS",
)  # fmt: skip


# Lines of /proc/cpuinfo that tell one kind of processor from another: x86, ARM, RISC-V.
_CPU_LINES: Final = (
    "vendor_id", "cpu family", "model\t", "flags", "Features", "CPU impl", "CPU arch", "CPU part", "isa"
)  # fmt: skip


class Family(StrEnum):
    GCC = "gcc"
    CLANG = "clang"
    ZIG = "zig"
    MSVC = "msvc"


# gcc: statics of templates stay with their extension; a loop whose condition does not change in it becomes two, also
# where it is long, since only those are vectorised. zig: no traps on undefined behaviour below -O2.
_SPECIAL: Final[Mapping[Family, tuple[str, ...]]] = {
    Family.GCC: ("-fno-gnu-unique", "--param=max-unswitch-insns=400"),
    Family.ZIG: ("-fno-sanitize=undefined",),
}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A C++ compiler that was found.

    ``command`` are the words it is called with, ``found_by`` says where it was found, ``features`` is a
    fingerprint of this machine's processor, ``environment`` what has to be set for it.
    """

    command: tuple[str, ...]
    family: Family
    version: str
    target: str
    found_by: str
    features: str
    environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def identity(self) -> str:
        """What decides the machine code made from a source and flags."""
        paths = (f"{name}={os.environ[name]}" for name in _SEARCH_PATHS if name in os.environ)
        return "\n".join([*self.command, self.version, self.target, self.features, *paths])

    def flags(self, options: BuildOptions) -> tuple[str, ...]:
        """Flags of the generated units."""
        if self.family is Family.MSVC:
            return _msvc_flags(options)
        return (
            "-std=c++20",
            *self._optimisation(options),
            *(("-ffast-math",) if options.fast_math else ()),
            "-fopenmp-simd",
            "-fPIC",
            "-fvisibility=hidden",
            *_SPECIAL.get(self.family, ()),
            "-Wall",
        )

    def wrapper_flags(self) -> tuple[str, ...]:
        """Flags of the Cython module, which is C: a third of the time of C++. The same for all options."""
        if self.family is Family.MSVC:
            return ("/nologo", "/MD", "/O1", "/DCYTHON_CLINE_IN_TRACEBACK=0")
        special = _SPECIAL.get(self.family, ())
        return (
            "-x",
            "c",
            "-O1",
            "-fPIC",
            "-fvisibility=hidden",
            *special,
            "-w",
            "-DCYTHON_CLINE_IN_TRACEBACK=0",
        )

    def link_flags(self, options: BuildOptions) -> tuple[str, ...]:
        """What stands behind the object files."""
        extra = tuple(split_words(options.extra_libs))
        if self.family is Family.MSVC:
            return extra
        if "darwin" in self.target or "macos" in self.target:
            return ("-undefined", "dynamic_lookup", *extra)
        if self.family is Family.GCC and self.target.startswith("x86_64") and "linux-gnu" in self.target:
            return (*extra, "-Wl,--as-needed", "-lmvec", "-lm")
        return extra

    def compile_command(self, source: str, target: str, options: BuildOptions) -> tuple[str, ...]:
        """How to make the object file ``target`` from a generated unit."""
        include = (f"-I{INCLUDE}", "-I.")
        return (*self.command, *self.flags(options), *include, *self._compile_only(source, target))

    def wrapper_command(self, source: str, target: str) -> tuple[str, ...]:
        """How to make the object file ``target`` from the C text of the Cython module."""
        include = tuple(f"-I{folder}" for folder in python_includes())
        return (*self.command, *self.wrapper_flags(), *include, *self._compile_only(source, target))

    def link_command(self, objects: Sequence[str], library: str, options: BuildOptions) -> tuple[str, ...]:
        """How to make the extension from its object files."""
        if self.family is Family.MSVC:
            libraries = f"/LIBPATH:{Path(sys.base_prefix) / 'libs'}"
            return (*self.command, "/nologo", "/LD", "/MD", *objects, f"/Fe{library}", "/link", libraries,
                    *self.link_flags(options))  # fmt: skip
        return (*self.command, "-shared", "-o", library, *objects, *self.link_flags(options))

    def _compile_only(self, source: str, target: str) -> tuple[str, ...]:
        if self.family is Family.MSVC:
            return ("/c", source, f"/Fo{target}")
        return ("-c", source, "-o", target)

    def _optimisation(self, options: BuildOptions) -> tuple[str, ...]:
        # clang takes the processor of an ARM from -mcpu
        arm = self.family is not Family.GCC and self.target.startswith(("arm64", "aarch64"))
        native = "-mcpu=native" if arm else "-march=native"
        if options.debug:
            return ("-O0", "-g", "-D_DEBUG", native)
        if options.compiler_flags != DEFAULT:
            return tuple(split_words(options.compiler_flags))
        return ("-O3", native, "-fno-math-errno", "-fno-trapping-math")


def _msvc_flags(options: BuildOptions) -> tuple[str, ...]:
    if options.debug:
        chosen: tuple[str, ...] = ("/Od", "/Z7")
    elif options.compiler_flags != DEFAULT:
        chosen = tuple(split_words(options.compiler_flags))
    else:
        chosen = ("/O2",)
    fast = ("/fp:fast",) if options.fast_math else ()
    return ("/nologo", "/MD", "/std:c++20", "/EHsc", "/openmp:experimental", *chosen, *fast)


def abi() -> str:
    """The binary interface of this Python: extensions built for another one cannot be imported."""
    return f"{sys.implementation.cache_tag} {EXTENSION_SUFFIXES[0]}"


def library_name() -> str:
    """File name of an extension."""
    return f"network{EXTENSION_SUFFIXES[0]}"


def python_includes() -> tuple[str, ...]:
    """Folders of Python's headers.

    Raises
    ------
    CompilationError
        ``Python.h`` is not installed.
    """
    import sysconfig

    folders = tuple(dict.fromkeys(sysconfig.get_path(name) for name in ("include", "platinclude")))
    if not any((Path(folder) / "Python.h").is_file() for folder in folders):
        raise CompilationError(
            f"Python's header Python.h is not in {' or '.join(folders)}.",
            hint="Install the headers of this Python (Debian, Ubuntu: apt install python3-dev; Fedora: "
            "dnf install python3-devel).",
        )
    return folders


def find_toolchain(options: BuildOptions, cache: Cache) -> Toolchain:
    """The compiler that ``options`` or ``CXX`` name; else g++, clang++ (Windows: MSVC), ziglang.

    What a compiler says of itself is remembered in the cache, so that none is started when all is built.

    Raises
    ------
    CompilationError
        There is none, or the one that was asked for does not work.
    """
    asked = _asked_for(options)
    if asked is not None:
        command, found_by = asked
        tools = _examine(command, found_by, cache)
        if tools is None:
            raise CompilationError(
                f"The C++ compiler {shlex.join(command)!r}, named by {found_by}, does not work.",
                hint=f"Correct {found_by}, or leave it out. {INSTALL_HINT}",
            )
        return tools
    tried = []
    for command, found_by in _candidates():
        tools = _examine(command, found_by, cache)
        if tools is not None:
            return tools
        tried.append(f"{command[0]} (does not run)")
    if os.name == "nt":
        from synloom.runtime.msvc import find_msvc

        tools = find_msvc(cpu_features())
        if tools is not None:
            return tools
    looked = f"CXX is not set; g++, clang++ are not in PATH={os.environ.get('PATH', '')!r}"
    if tried:
        looked = f"CXX is not set; {', '.join(tried)}"
    raise CompilationError(
        f"There is no C++ compiler. Looked for: {looked}; the Python package ziglang is not installed.",
        hint=INSTALL_HINT,
    )


def _asked_for(options: BuildOptions) -> tuple[tuple[str, ...], str] | None:
    if options.compiler not in (DEFAULT, ""):
        return _words(options.compiler), options.named_by
    if os.environ.get("CXX", "").strip():
        return _words(os.environ["CXX"]), "the environment variable CXX"
    return None


def _candidates() -> Iterator[tuple[tuple[str, ...], str]]:
    for name in ("g++", "clang++"):
        path = which(name)
        if path is not None:
            yield (path,), "PATH"
    if find_spec("ziglang") is not None:
        yield (sys.executable, "-m", "ziglang", "c++"), "the Python package ziglang"


def _words(text: str) -> tuple[str, ...]:
    """A command as words, the first made absolute. The whole may be one path with spaces in it."""
    whole = which(text.strip())
    if whole is not None:
        return (whole,)
    first, *rest = split_words(text)
    return (which(first) or first, *rest)


def split_words(text: str) -> list[str]:
    """A command line as a shell splits it."""
    try:
        return shlex.split(text, posix=os.name != "nt")
    except ValueError as error:
        raise CompilationError(f"{text!r} is not a command line: {error}.") from None


def which(name: str) -> str | None:
    """Absolute path of a program, or None."""
    if os.name == "nt":
        from shutil import which as find

        return find(name)
    folders = [""] if os.path.dirname(name) else os.get_exec_path()
    for folder in folders:
        path = os.path.abspath(os.path.join(folder, name))
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


def cpu_features() -> str:
    """Fingerprint of the processor: everything ``-march=native`` may look at."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            first = file.read(8192).partition("\n\n")[0]  # all cores are alike, and reading them takes time
        lines = [line for line in first.splitlines() if line.startswith(_CPU_LINES)]
    except OSError:
        lines = []
    if not lines:  # no such file here: the machine itself, so that unlike ones never share
        machine = os.uname() if hasattr(os, "uname") else ()
        lines = [*machine, os.environ.get("PROCESSOR_IDENTIFIER", "")]
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


def _examine(command: tuple[str, ...], found_by: str, cache: Cache) -> Toolchain | None:
    """Ask a compiler, or the cache, for its version and target; None if it does not run."""
    stamp = _stamp(command)
    if stamp is None:
        return None
    remembered = (cache.note(stamp) or "").split("\n")
    if len(remembered) != 2:
        asked = _ask(command)
        if asked is None:
            return None
        remembered = list(asked)
        cache.remember(stamp, "\n".join(remembered))
    version, target = remembered
    return Toolchain(command, _family(command, version), version, target, found_by, cpu_features())


def _stamp(command: tuple[str, ...]) -> str | None:
    """A name for this very compiler: its path, and date and size of the programs in its command."""
    parts = []
    for n, word in enumerate(command):
        parts.append(word)
        path = None if word.startswith("-") else which(word)
        if path is not None:
            status = os.stat(path)
            parts.append(f"{path} {status.st_mtime_ns} {status.st_size} {status.st_ino}")
        elif n == 0:
            return None
    if "ziglang" in command:
        spec = find_spec("ziglang")
        parts.append(str(os.stat(spec.origin).st_mtime_ns) if spec is not None and spec.origin else "")
    return sha256("\n".join(parts).encode()).hexdigest()[:20]


def _ask(command: tuple[str, ...]) -> tuple[str, str] | None:
    told = _output([*command, "--version"])
    if told is None or not told.strip():
        return None
    lines = told.strip().splitlines()
    targets = [line.partition(":")[2].strip() for line in lines if line.startswith("Target:")]
    target = targets[0] if targets else (_output([*command, "-dumpmachine"]) or "unknown").strip()
    # the banner of gcc names the program as it was called: g++, c++, x86_64-conda-linux-gnu-c++ ...
    version = _GCC + lines[0] if "Free Software Foundation" in told else lines[0]
    return version, target.replace("\n", " ")


def _output(command: Sequence[str]) -> str | None:
    import subprocess

    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, "LC_ALL": "C"},
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def _family(command: tuple[str, ...], version: str) -> Family:
    if "ziglang" in command or Path(command[0]).stem == "zig":
        return Family.ZIG
    return Family.GCC if version.startswith(_GCC) else Family.CLANG

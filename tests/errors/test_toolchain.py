"""What a user is told when a network cannot be compiled, and what is left behind."""

from __future__ import annotations

import errno
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from toolbox import fake_clang, fake_gcc, run_tiny, script, seed

from synloom.codegen.artifact import SourceFile, SourceSet
from synloom.codegen.errors import CodegenError, CompilationError, SynloomError
from synloom.runtime import cache as cache_module
from synloom.runtime.build import build
from synloom.runtime.cache import Cache
from synloom.runtime.failure import BuildError, explain
from synloom.runtime.options import BuildOptions
from synloom.runtime.process import Outcome
from synloom.runtime.toolchain import Family, Toolchain, find_toolchain
from synloom.selftest import tiny_sources

USUAL = BuildOptions()
INSTALL = (
    "Install g++ (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++; macOS: xcode-select "
    '--install), or a compiler from PyPI: pip install "synloom[compiler]".'
)


@pytest.fixture
def empty(tmp_path, monkeypatch) -> Cache:
    """An empty cache, and an environment that names no compiler."""
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(cache_module, "_private", {})
    return Cache(tmp_path / "cache")


@pytest.fixture(scope="session")
def objects(tmp_path_factory) -> Cache:
    cache = Cache(tmp_path_factory.mktemp("objects"))
    build("tiny", tiny_sources, USUAL, cache=cache)
    return cache


@pytest.fixture
def cache(empty, objects) -> Cache:
    """A cache that has the wrapper, and the objects of the tiny network with gain 1."""
    return seed(empty, objects)


def other() -> SourceSet:
    """The tiny network with gain 2: its kernel has to be compiled."""
    return tiny_sources(2.0)


def left(cache: Cache) -> list[Path]:
    return list((cache.root / "tmp").iterdir())


def wrapped_compiler(path: Path, before: str) -> Path:
    """The real compiler behind a script that first runs ``before`` (with the source in ``$source``)."""
    real = find_toolchain(USUAL, Cache(path.parent / "probe")).command
    return script(
        path,
        'source=""; for word in "$@"; do case "$word" in *.cpp) source=$word;; esac; done\n'
        f'{before}\nexec {shlex.join(real)} "$@"',
    )


# -- no compiler


def test_without_any_compiler_the_cure_is_told(empty, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("synloom.runtime.toolchain.find_spec", lambda _name: None)
    with pytest.raises(CompilationError) as told:
        build("tiny", tiny_sources, USUAL, cache=empty)
    assert str(told.value) == (
        "There is no C++ compiler. Looked for: CXX is not set; g++, clang++ are not in "
        f"PATH={str(tmp_path)!r}; the Python package ziglang is not installed.\nhint: {INSTALL}"
    )


def test_compilers_that_do_not_run_are_named(empty, tmp_path, monkeypatch):
    for name in ("g++", "clang++"):
        script(tmp_path / "bin" / name, "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("synloom.runtime.toolchain.find_spec", lambda _name: None)
    with pytest.raises(CompilationError) as told:
        find_toolchain(USUAL, empty)
    one, two = tmp_path / "bin" / "g++", tmp_path / "bin" / "clang++"
    assert f"CXX is not set; {one} (does not run), {two} (does not run);" in told.value.message
    assert told.value.hint == INSTALL


@pytest.mark.parametrize("named", ["/no/such/g++", "no-such-compiler --fast", "{broken}", "{text}"])
def test_a_compiler_named_by_cxx_must_work(empty, tmp_path, monkeypatch, named):
    (tmp_path / "text").write_text("not a program")
    named = named.format(broken=script(tmp_path / "broken", "exit 1"), text=tmp_path / "text")
    monkeypatch.setenv("CXX", named)
    with pytest.raises(CompilationError) as told:
        find_toolchain(USUAL, empty)
    assert str(told.value) == (
        f"The C++ compiler {named!r}, named by the environment variable CXX, does not work.\n"
        f"hint: Correct the environment variable CXX, or leave it out. {INSTALL}"
    )


def test_a_compiler_named_by_the_option_must_work(empty):
    with pytest.raises(
        CompilationError, match=r"^The C\+\+ compiler 'icc', named by the option 'compiler', does not"
    ):
        find_toolchain(BuildOptions(compiler="icc"), empty)


def test_a_compiler_that_vanished_is_told(empty, tmp_path, monkeypatch):
    compiler = fake_gcc(tmp_path / "g++")
    monkeypatch.setenv("CXX", str(compiler))
    find_toolchain(USUAL, empty)

    def sources() -> SourceSet:
        compiler.unlink()
        return other()

    with pytest.raises(CompilationError) as told:
        build("tiny", sources, USUAL, cache=empty)
    assert str(told.value) == (
        f"The compiler {compiler} cannot be started: No such file or directory.\n"
        "hint: `synloom doctor` checks the compiler."
    )
    assert left(empty) == []


def test_without_cython_the_cure_is_told(empty, tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", str(fake_gcc(tmp_path / "g++")))
    monkeypatch.setattr("synloom.runtime.cython.find_spec", lambda _name: None)
    with pytest.raises(CompilationError) as told:
        build("tiny", tiny_sources, USUAL, cache=empty)
    assert str(told.value) == "The Python package Cython is missing.\nhint: pip install cython"
    assert left(empty) == []


def test_without_pythons_headers_the_cure_is_told(empty, tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", str(fake_gcc(tmp_path / "g++", then="exit 0")))
    monkeypatch.setattr("sysconfig.get_path", lambda _name: "/usr/include/python")
    with pytest.raises(CompilationError) as told:
        build("tiny", tiny_sources, USUAL, cache=empty)
    assert told.value.message == "Python's header Python.h is not in /usr/include/python."
    assert "apt install python3-dev" in told.value.hint


# -- the compiler refuses


@pytest.mark.needs_compiler
def test_refused_code_is_a_bug_of_ours_and_kept(cache):
    tiny = tiny_sources()
    files = (
        SourceFile("kernel.cpp", "int nonsense = ;\n") if f.path == "kernel.cpp" else f for f in tiny.files
    )
    sources = SourceSet(tuple(files), tiny.manifest)
    with pytest.raises(BuildError) as told:
        build("tiny", lambda: sources, USUAL, cache=cache)
    error = told.value
    folder = error.log.parent
    assert str(error) == (
        "The C++ compiler refused what synloom generated. This is a bug of synloom, not of your model.\n"
        "hint: Please report it, with the folder below.\n"
        f"The sources, the commands and the compiler's messages (log.txt) are kept in {folder}"
    )
    assert folder.parent == cache.root / "failed"
    assert (folder / "kernel.cpp").read_text() == "int nonsense = ;\n"
    assert {f.path for f in tiny.files} <= {p.name for p in folder.iterdir()}
    log = error.log.read_text()
    assert log.startswith(error.command) and " -c kernel.cpp " in error.command
    assert "nonsense = ;" in error.output and error.output in log
    assert left(cache) == []
    assert not (cache.root / "extensions").exists()
    # the next one starts clean
    result = build("tiny", tiny_sources, USUAL, cache=cache)
    assert run_tiny(result.library, result.key) == 3.0


@pytest.mark.needs_compiler
def test_what_was_compiled_before_a_failure_is_not_lost(cache):
    tiny = tiny_sources(5.0)
    files = (SourceFile(f.path, f.text + "#error no\n") if f.path == "network.cpp" else f for f in tiny.files)
    with pytest.raises(BuildError):
        build("bad", lambda: SourceSet(tuple(files), tiny.manifest), BuildOptions(debug=True), cache=cache)
    result = build("good", lambda: tiny, BuildOptions(debug=True), cache=cache)
    assert "network.cpp" in result.compiled_units
    assert run_tiny(result.library, result.key) == 15.0


@pytest.mark.needs_compiler
@pytest.mark.parametrize(
    ("options", "named"),
    [
        (BuildOptions(compiler_flags="--no-such-flag"), "compiler_flags='--no-such-flag'"),
        (BuildOptions(extra_libs="-lno_such_library"), "extra_libs='-lno_such_library'"),
    ],
)
def test_the_users_own_flags_are_named(cache, options, named):
    with pytest.raises(BuildError) as told:
        build("tiny", tiny_sources, options, cache=cache)
    assert told.value.message == f"The C++ compiler failed with {named}."
    assert told.value.hint.startswith("Try without.\n")


def test_flags_that_are_no_command_line_are_told(empty, tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", str(fake_gcc(tmp_path / "g++")))
    with pytest.raises(CompilationError, match=r"^\"-O2 'x\" is not a command line: No closing quotation\.$"):
        build("tiny", tiny_sources, BuildOptions(compiler_flags="-O2 'x"), cache=empty)


@pytest.mark.needs_compiler
def test_cython_refusing_is_a_bug_of_ours(cache):
    tiny = tiny_sources()
    files = (SourceFile(f.path, "def run(:\n") if f.path == "network.pyx" else f for f in tiny.files)
    with pytest.raises(CodegenError, match=r"^Cython refused the generated module\. "):
        build("tiny", lambda: SourceSet(tuple(files), tiny.manifest), USUAL, cache=cache)
    assert left(cache) == []


# -- what a compiler says, and what the user is told

GCC = Toolchain(("g++",), Family.GCC, "gcc: g++ 8.3.0", "x86_64-linux-gnu", "PATH", "cpu")
KILLED = (
    "The C++ compiler was killed before it was done; most often the memory was full.",
    "Try again when less is",
)
CRASHED = ("The C++ compiler crashed.", "Try again; if it happens again, name another compiler with CXX.")
OURS = "The C++ compiler refused what synloom generated. This is a bug of synloom, not of your model."
PARTLY = "The C++ compiler is not completely installed"


@pytest.mark.parametrize(
    ("code", "output", "message", "hint"),
    [
        (-9, "", *KILLED),
        (-15, "", *KILLED),
        (137, "", *KILLED),
        (1, "g++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.", *KILLED),
        (1, "cc1plus: out of memory allocating 65536 bytes after a total of 1 bytes", *KILLED),
        (-11, "", *CRASHED),
        (139, "", *CRASHED),
        (4, "kernel.cpp:1:1: internal compiler error: Segmentation fault", *CRASHED),
        (1, "PLEASE submit a bug report to https://github.com/llvm/", *CRASHED),
        (1, "g++: error: unrecognized command line option '-std=c++20'; did you mean '-std=c++2a'?",
         "The C++ compiler does not know C++20: gcc: g++ 8.3.0.", "g++ 10, clang++ 12 or newer is needed"),
        (1, "error: invalid value 'c++20' in '-std=c++20'",
         "The C++ compiler does not know C++20: gcc: g++ 8.3.0.", "g++ 10, clang++ 12 or newer is needed"),
        (1, "a.cpp:1:10: fatal error: cstdint: No such file or directory",
         f"{PARTLY}: the header <cstdint> is missing.", INSTALL),
        (1, "a.cpp:1:10: fatal error: 'cstdint' file not found",
         f"{PARTLY}: the header <cstdint> is missing.", INSTALL),
        (1, "g++: fatal error: cannot execute 'cc1plus': execvp: No such file or directory",
         f"{PARTLY}: a program that it calls is missing.", INSTALL),
        (1, "collect2: fatal error: cannot find 'ld'",
         f"{PARTLY}: a program that it calls is missing.", INSTALL),
        (1, "a.cpp:1:10: fatal error: synloom/entry.hpp: No such file or directory",
         OURS, "Please report it"),
        (1, "a.cpp:1:10: fatal error: kernel.hpp: No such file or directory",
         OURS, "Please report it"),
    ],
)  # fmt: skip
def test_reasons_are_told_in_our_words(code, output, message, hint):
    outcome = Outcome(("g++", "-c", "a.cpp"), code, output)
    error = explain(outcome, GCC, USUAL, Path("/failed/k/log.txt"), Path("/cache"))
    assert isinstance(error, BuildError)
    assert error.message == message
    assert error.hint.startswith(hint)
    assert error.hint.endswith("are kept in /failed/k")
    assert (error.command, error.output) == ("g++ -c a.cpp", output)


@pytest.mark.parametrize("output", ["as: kernel.o: No space left on device", "error: Disk quota exceeded"])
def test_a_compiler_without_room_is_told(output):
    error = explain(Outcome(("g++",), 1, output), GCC, USUAL, Path("log.txt"), Path("/the/cache"))
    assert error.message == "The disk is full: the network cannot be compiled in /the/cache."
    assert "SYNLOOM_CACHE=/another/folder" in error.hint


# -- ends of all kinds


@pytest.mark.needs_compiler
@pytest.mark.parametrize(("number", "told"), [(signal.SIGKILL, KILLED), (signal.SIGSEGV, CRASHED)])
def test_a_compiler_that_is_killed_half_way(cache, tmp_path, monkeypatch, number, told):
    switch = tmp_path / "kill"
    switch.write_text("")
    die = f'[ -e "{switch}" ] && [ "$source" = kernel.cpp ] && echo half > 0.o && kill -{int(number)} $$'
    monkeypatch.setenv("CXX", str(wrapped_compiler(tmp_path / "compiler dir" / "g++", die)))
    with pytest.raises(BuildError) as error:
        build("tiny", other, USUAL, cache=cache)
    assert error.value.message == told[0] and error.value.hint.startswith(told[1])
    assert left(cache) == []
    switch.unlink()
    result = build("tiny", other, USUAL, cache=cache)
    assert result.reason == "not in the cache" and "kernel.cpp" in result.compiled_units
    assert run_tiny(result.library, result.key) == 6.0


PROGRAM = """
from synloom.runtime.build import build
from synloom.runtime.options import BuildOptions
from synloom.selftest import tiny_sources
build("tiny", lambda: tiny_sources(2.0), BuildOptions())
"""


def start_and_wait(cache: Cache, compiler: Path, begun: Path) -> subprocess.Popen[str]:
    """A process whose compiler hangs."""
    environment = os.environ | {"SYNLOOM_CACHE": str(cache.root), "CXX": str(compiler)}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not (begun.exists() and begun.read_text().strip()):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def running(pid: int) -> bool:
    """Whether a process runs; one that ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.needs_compiler
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_python_is_ended_half_way(cache, tmp_path, monkeypatch, number):
    switch, begun = tmp_path / "hang", tmp_path / "begun"
    switch.write_text("")
    hang = f'[ -e "{switch}" ] && [ "$source" = kernel.cpp ] && echo $$ > "{begun}" && exec sleep 100'
    compiler = wrapped_compiler(tmp_path / "bin" / "g++", hang)
    process = start_and_wait(cache, compiler, begun)
    sleeper = int(begun.read_text())
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    if number == signal.SIGINT:
        assert said.rstrip().endswith("KeyboardInterrupt")
        assert not running(sleeper)
        assert left(cache) == []
    else:
        assert len(left(cache)) == 1
        os.kill(sleeper, signal.SIGKILL)
    switch.unlink()
    monkeypatch.setenv("CXX", str(compiler))
    result = build("tiny", other, USUAL, cache=cache)
    assert run_tiny(result.library, result.key) == 6.0
    assert left(cache) == []


# -- folders that refuse


@pytest.mark.needs_compiler
def test_a_cache_that_cannot_be_written_costs_one_warning(objects, tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "_private", {})
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    with pytest.warns(RuntimeWarning) as warned:
        result = build("tiny", other, USUAL, cache=cache)
        again = build("tiny", other, USUAL, cache=cache)
    assert [str(w.message).partition(" (")[0] for w in warned] == [
        f"The cache folder {cache.root} cannot be written"
    ]
    assert run_tiny(result.library, result.key) == 6.0
    assert again.cached and again.library == result.library
    private = cache_module._private[cache.root]
    assert result.library.is_relative_to(private)


@pytest.mark.needs_compiler
def test_a_read_only_cache_still_gives_its_objects(cache, monkeypatch):
    real = Path.mkdir

    def mkdir(path, *args, **kwargs):
        if path.is_relative_to(cache.root):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        real(path, *args, **kwargs)

    before = sorted(cache.root.rglob("*"))
    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.warns(RuntimeWarning, match="Read-only file system"):
        result = build("tiny", other, USUAL, cache=cache)
    assert result.compiled_units == ("kernel.cpp",)
    assert run_tiny(result.library, result.key) == 6.0
    assert sorted(cache.root.rglob("*")) == before


@pytest.mark.needs_compiler
@pytest.mark.parametrize("stage", ["mkdir", "write", "publish"])
def test_a_full_disk_is_told_and_nothing_is_half_written(cache, monkeypatch, stage):
    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        if stage == "publish":
            patch.setattr(os, "replace", full)
        else:
            patch.setattr(Path, {"mkdir": "mkdir", "write": "write_text"}[stage], full)
        with pytest.raises(CompilationError) as told:
            build("tiny", other, USUAL, cache=cache)
    assert told.value.message == f"The disk is full: the network cannot be compiled in {cache.root}."
    assert "SYNLOOM_CACHE=/another/folder" in told.value.hint
    assert cache_module._private == {}
    assert not (cache.root / "tmp").exists() or left(cache) == []
    assert not (cache.root / "extensions").exists()
    result = build("tiny", other, USUAL, cache=cache)
    assert run_tiny(result.library, result.key) == 6.0


def test_a_full_disk_under_the_compiler(empty, tmp_path, monkeypatch):
    full = 'echo "as: kernel.o: No space left on device" >&2; exit 1'
    monkeypatch.setenv("CXX", str(fake_gcc(tmp_path / "g++", then=full)))
    with pytest.raises(
        CompilationError, match=r"^The disk is full: the network cannot be compiled in "
    ) as told:
        build("tiny", tiny_sources, USUAL, cache=empty)
    assert not isinstance(told.value, BuildError)
    assert left(empty) == []


# -- what holds for all of them


@pytest.mark.parametrize("family", [fake_gcc, fake_clang])
def test_no_user_sees_the_compilers_own_words(empty, tmp_path, monkeypatch, family):
    monkeypatch.setenv("CXX", str(family(tmp_path / "c++")))
    with pytest.raises(SynloomError) as told:
        build("tiny", other, USUAL, cache=empty)
    assert not re.search(r"error:|\.cpp|-std=", str(told.value))

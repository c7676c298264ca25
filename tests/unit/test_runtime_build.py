"""From a SourceSet to numbers: compile, cache, load, run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from toolbox import run_tiny, seed

from synloom.codegen.artifact import SourceFile, SourceSet
from synloom.codegen.errors import CompilationError, ConfigurationError
from synloom.runtime.build import BuildResult, build, extension_key, included
from synloom.runtime.cache import EXTENSIONS, OBJECTS, Cache
from synloom.runtime.load import load
from synloom.runtime.options import BuildOptions
from synloom.runtime.toolchain import Family, Toolchain
from synloom.selftest import tiny_sources

pytestmark = pytest.mark.needs_compiler
USUAL = BuildOptions()
STAGES = ["lookup", "render", "cython", "compile", "link"]
UNITS = ("kernel.cpp", "network.cpp", "network.pyx")


def never() -> SourceSet:
    raise AssertionError("the generator was called, though the extension is in the cache")


def edited(path: str, old: str, new: str) -> SourceSet:
    """The tiny network with one generated file changed."""
    tiny = tiny_sources()
    assert old in tiny.texts()[path]
    files = (SourceFile(f.path, f.text.replace(old, new)) if f.path == path else f for f in tiny.files)
    return replace(tiny, files=tuple(files))


@pytest.fixture(scope="session")
def warm(tmp_path_factory) -> Cache:
    """A cache with the tiny network in it."""
    cache = Cache(tmp_path_factory.mktemp("warm cache"))
    result = build("tiny", tiny_sources, USUAL, cache=cache)
    assert not result.cached and result.compiled_units == UNITS
    return cache


@pytest.fixture
def cache(warm, tmp_path) -> Cache:
    """A cache without networks, but with the objects of the tiny one."""
    return seed(Cache(tmp_path / "cache"), warm)


# -- the way there


def test_from_text_to_numbers(tmp_path, warm):
    cache = Cache(tmp_path / "a cache with spaces")
    result = build("tiny", tiny_sources, USUAL, cache=cache)
    assert (result.cached, result.reason) == (False, "not in the cache")
    assert result.compiled_units == UNITS
    assert list(result.seconds) == STAGES
    assert all(result.seconds[stage] > 0 for stage in STAGES)
    assert result.library == cache.root / "extensions" / result.key / f"network{EXTENSION_SUFFIXES[0]}"
    assert len(result.commands) == 4 and " -shared " in result.commands[-1]
    assert run_tiny(result.library, result.key, 7) == 7.0
    assert list((cache.root / "tmp").iterdir()) == []


def test_the_wrapper_passes_counts_and_addresses_only(warm):
    result = build("tiny", never, USUAL, cache=warm)
    extension = load(result.library, result.key)
    assert {name for name in vars(extension) if not name.startswith("__")} == {"words", "run", "refresh"}
    assert extension.words() == 2
    assert extension.__name__ == f"synloom_ext_{result.key}.network"
    for wrong in (("x", 1), (1,), (1.5, 1)):
        with pytest.raises(TypeError):
            extension.run(*wrong)


def test_a_second_build_takes_the_first(warm):
    result = build("tiny", never, USUAL, cache=warm)
    assert (result.cached, result.reason) == (True, "in the cache")
    assert (result.compiled_units, result.commands) == ((), ())
    assert list(result.seconds) == STAGES
    assert [result.seconds[stage] for stage in STAGES[1:]] == [0.0] * 4
    assert run_tiny(result.library, result.key) == 3.0


def test_a_cached_build_starts_no_process_and_imports_no_generator(warm):
    program = """
import json, subprocess, sys
import numpy
from synloom.runtime import build, load, options
from synloom.selftest import tiny_sources
def started(*_args, **_kwargs):
    raise AssertionError("a process was started")
subprocess.Popen.__init__ = started
before = set(sys.modules)
result = build.build("tiny", None, options.BuildOptions())
load.load(result.library, result.key)
print(json.dumps([result.cached, sorted(set(sys.modules) - before)]))
"""
    environment = os.environ | {"SYNLOOM_CACHE": str(warm.root)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    cached, imported = json.loads(done.stdout)
    assert cached
    heavy = (
        "Cython",
        "jinja2",
        "filelock",
        "platformdirs",
        "setuptools",
        "concurrent",
        "sysconfig",
        "synloom",
    )
    assert [name for name in imported if name.startswith(heavy)] == []


# -- what is made anew


def test_only_the_changed_unit_is_compiled(cache):
    result = build("x", lambda: edited("kernel.cpp", "1.0", "2.5"), USUAL, cache=cache)
    assert (result.cached, result.compiled_units) == (False, ("kernel.cpp",))
    assert result.seconds["cython"] == 0.0
    assert run_tiny(result.library, result.key, 2) == 5.0


def test_a_changed_header_reaches_the_units_that_include_it(cache):
    result = build(
        "x", lambda: edited("kernel.hpp", "#pragma once", "#pragma once\n// more"), USUAL, cache=cache
    )
    assert result.compiled_units == ("kernel.cpp", "network.cpp")


def test_new_text_with_the_old_objects_is_only_linked(cache):
    result = build("y", tiny_sources, USUAL, cache=cache)
    assert result.compiled_units == ()
    assert len(result.commands) == 1
    assert run_tiny(result.library, result.key) == 3.0


def test_included_headers_are_followed_by_name():
    texts = {"a.hpp": '#include "b.hpp"\n', "b.hpp": '# include "a.hpp"\n', "c.hpp": "", "d.hpp": ""}
    unit = '#include "synloom/entry.hpp"\n  #  include "a.hpp"\n#include <c.hpp>\n// see "d.hpp"\n'
    assert included(unit, texts) == ("a.hpp", "b.hpp")
    assert included("", texts) == ()


def test_options_rebuild_units_but_not_the_wrapper(cache):
    for options in (
        BuildOptions(fast_math=True),
        BuildOptions(debug=True),
        BuildOptions(compiler_flags="-O1"),
    ):
        result = build("tiny", tiny_sources, options, cache=cache)
        assert result.compiled_units == ("kernel.cpp", "network.cpp")
        assert run_tiny(result.library, result.key) == 3.0


def test_clean_makes_all_anew(cache):
    first = build("tiny", tiny_sources, USUAL, cache=cache)
    result = build("tiny", tiny_sources, BuildOptions(clean=True), cache=cache)
    assert result.key == first.key
    assert (result.cached, result.reason) == (False, "a clean build was asked for")
    assert result.compiled_units == UNITS
    assert build("tiny", never, USUAL, cache=cache).cached


def test_the_key_has_all_that_changes_the_binary(monkeypatch):
    gcc = Toolchain(("g++",), Family.GCC, "12", "x86_64-linux-gnu", "PATH", "cpu")
    key = extension_key("plan", gcc, USUAL)
    assert key == extension_key("plan", replace(gcc, found_by="CXX"), BuildOptions(clean=True))
    others = [
        extension_key("other plan", gcc, USUAL),
        extension_key("plan", gcc, BuildOptions(fast_math=True)),
        extension_key("plan", gcc, BuildOptions(extra_libs="-lm")),
        extension_key("plan", replace(gcc, version="13"), USUAL),
        extension_key("plan", replace(gcc, command=("/opt/g++",)), USUAL),
        extension_key("plan", replace(gcc, features="another cpu"), USUAL),
        extension_key("plan", replace(gcc, target="aarch64-linux-gnu"), USUAL),
    ]
    monkeypatch.setattr("synloom.runtime.build.abi", lambda: "another Python")
    others.append(extension_key("plan", gcc, USUAL))
    assert len({key, *others}) == 1 + len(others)


def test_a_header_of_the_runtime_changes_all_keys(tmp_path, monkeypatch):
    gcc = Toolchain(("g++",), Family.GCC, "12", "x86_64-linux-gnu", "PATH", "cpu")
    keys = []
    for text in ("// one", "// two"):
        (tmp_path / "synloom").mkdir(exist_ok=True)
        (tmp_path / "synloom" / "dense.hpp").write_text(text)
        monkeypatch.setattr("synloom.runtime.build.INCLUDE", tmp_path)
        keys.append(extension_key("plan", gcc, USUAL))
    assert keys[0] != keys[1]


# -- damage


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize("harm", [flip, truncate, Path.unlink])
@pytest.mark.parametrize("what", ["library", "checksums", "sources/kernel.cpp"])
def test_a_damaged_extension_is_rebuilt(cache, harm, what):
    first = build("tiny", tiny_sources, USUAL, cache=cache)
    entry = first.library.parent
    harm(first.library if what == "library" else entry / what)
    result = build("tiny", tiny_sources, USUAL, cache=cache)
    assert not result.cached and result.key == first.key
    assert result.reason.startswith("the cached one was damaged: ")
    assert run_tiny(result.library, result.key) == 3.0
    assert build("tiny", never, USUAL, cache=cache).cached


@pytest.mark.parametrize("harm", [flip, truncate, Path.unlink])
def test_a_damaged_object_is_compiled_again(cache, harm):
    for entry in cache.entries():
        harm(entry.path / "unit.o")
    result = build("x", tiny_sources, USUAL, cache=cache)
    assert result.compiled_units == UNITS
    assert run_tiny(result.library, result.key) == 3.0
    again = build("y", tiny_sources, USUAL, cache=cache)
    assert again.compiled_units == ()


def test_a_folder_half_written_by_hand_is_not_taken(cache):
    (cache.root / EXTENSIONS).mkdir()
    key = build("tiny", tiny_sources, USUAL, cache=cache).key
    cache.discard(cache.root / EXTENSIONS / key)
    (cache.root / EXTENSIONS / key).mkdir()
    result = build("tiny", tiny_sources, USUAL, cache=cache)
    assert result.reason == "the cached one was damaged: its checksums are missing"
    assert run_tiny(result.library, result.key) == 3.0


def test_the_bound_holds_and_what_was_built_is_not_evicted(warm, tmp_path):
    cache = seed(Cache(tmp_path / "cache", limit=1), warm)
    for entry in cache.entries():
        os.utime(entry.path / "checksums", (1, 1))
    result = build("tiny", tiny_sources, USUAL, cache=cache)
    assert run_tiny(result.library, result.key) == 3.0
    cache.tidy(now=cache.entries()[0].used + 3600)
    assert cache.entries() == []


# -- copies for the user


@pytest.mark.parametrize("cached", [False, True])
def test_a_directory_gets_sources_log_and_library(cache, tmp_path, cached):
    folder = tmp_path / "out" / "here"
    if cached:
        build("tiny", tiny_sources, USUAL, cache=cache)
    result = build("tiny", tiny_sources, USUAL, folder, cache=cache)
    assert result.cached == cached
    names = {*tiny_sources().texts(), "log.txt", result.library.name}
    assert {p.name for p in folder.iterdir()} == names
    for path, text in tiny_sources().texts().items():
        assert (folder / path).read_text() == text
    assert (folder / result.library.name).read_bytes() == result.library.read_bytes()
    assert " -shared " in (folder / "log.txt").read_text()


def test_files_that_did_not_change_keep_their_date(cache, tmp_path):
    build("tiny", tiny_sources, USUAL, tmp_path / "out", cache=cache)
    for path in (tmp_path / "out").iterdir():
        os.utime(path, (1, 1))
    build("x", lambda: edited("kernel.cpp", "1.0", "2.0"), USUAL, tmp_path / "out", cache=cache)
    touched = {p.name for p in (tmp_path / "out").iterdir() if p.stat().st_mtime != 1}
    assert touched == {"kernel.cpp", "log.txt", f"network{EXTENSION_SUFFIXES[0]}"}


def test_a_directory_that_cannot_be_written_is_told(cache, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError) as told:
        build("tiny", tiny_sources, USUAL, tmp_path / "file" / "out", cache=cache)
    assert str(told.value) == (
        f"The sources cannot be written to the directory {tmp_path / 'file' / 'out'}: Not a directory.\n"
        "hint: Give compile(directory=...) a folder that can be written."
    )


def test_nothing_is_written_where_the_user_works(cache, tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    build("tiny", tiny_sources, BuildOptions(clean=True), cache=cache)
    assert list((tmp_path / "work").iterdir()) == []


def test_commands_are_shown_on_request(cache, monkeypatch, capfd):
    build("x", lambda: edited("kernel.cpp", "1.0", "2.0"), USUAL, cache=cache)
    assert capfd.readouterr() == ("", "")
    monkeypatch.setenv("SYNLOOM_LOG", "other,build")
    result = build("x", lambda: edited("kernel.cpp", "1.0", "3.0"), BuildOptions(clean=True), cache=cache)
    out, err = capfd.readouterr()
    assert out == ""
    assert sorted(err.splitlines()) == sorted(f"synloom: {command}" for command in result.commands)


# -- many at once


def test_fifty_networks_live_side_by_side(cache):
    options = BuildOptions(compiler_flags="-O0")
    modules: list[tuple[BuildResult, float]] = []
    for n in range(50):
        result = build(f"n{n}", lambda gain=1.0 + n: tiny_sources(gain), options, cache=cache)
        modules.append((result, 1.0 + n))
    assert len({result.key for result, _ in modules}) == 50
    for result, gain in [*modules, *reversed(modules)]:
        assert run_tiny(result.library, result.key) == 3 * gain
    assert "network" not in sys.modules
    assert not [name for name in sys.modules if name.startswith("synloom_ext")]


def test_a_module_of_the_user_called_network_is_left_alone(warm, monkeypatch):
    monkeypatch.setitem(sys.modules, "network", json)
    result = build("tiny", never, USUAL, cache=warm)
    load(result.library, result.key)
    assert sys.modules["network"] is json


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from toolbox import run_tiny
from synloom.runtime.build import build
from synloom.runtime.options import BuildOptions
from synloom.selftest import tiny_sources
print("ready", flush=True)
sys.stdin.readline()
result = build("race", lambda: tiny_sources({gain}), BuildOptions())
print(run_tiny(result.library, result.key), result.cached)
"""


def racer(gain: float, environment: dict[str, str]) -> subprocess.Popen[str]:
    tests = next(path for path in sys.path if (Path(path) / "toolbox.py").is_file())
    program = PROGRAM.format(tests=tests, gain=gain)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", program], env=environment, text=True, **pipes)


@pytest.mark.parametrize("locks", [True, False])
def test_processes_that_race_all_succeed(cache, locks):
    environment = os.environ | {"SYNLOOM_CACHE": str(cache.root)}
    if not locks:
        (cache.root / "locks").write_text("a file, so that no lock can be made")
    racers = [racer(4.0, environment) for _ in range(3)]
    for process in racers:
        assert process.stdout.readline() == "ready\n"
    for process in racers:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120) for process in racers]
    assert [err for _, err in answers] == [""] * 3
    assert {out.split()[0] for out, _ in answers} == {"12.0"}
    if locks:
        assert sorted(out.split()[1] for out, _ in answers) == ["False", "True", "True"]
    assert list((cache.root / "tmp").iterdir()) == []


def test_a_venv_that_was_never_activated_works(tmp_path):
    # neither the venv's programs nor its variables: just the interpreter, by its path
    environment = {
        "PATH": os.pathsep.join(p for p in os.get_exec_path() if "venv" not in p),
        "SYNLOOM_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    process = racer(2.0, environment)
    out, err = process.communicate("go\n", timeout=120)
    assert (out, err) == ("ready\n6.0 False\n", "")


# -- loading


def test_a_library_that_is_none_is_told(tmp_path):
    library = tmp_path / f"network{EXTENSION_SUFFIXES[0]}"
    library.write_bytes(b"no library")
    with pytest.raises(CompilationError) as told:
        load(library, "k")
    assert told.value.message.startswith("The built network cannot be loaded: ")
    assert "synloom cache clear" in told.value.hint


def test_a_folder_without_programs_is_told(warm, monkeypatch):
    def refuse(_loader, spec):
        raise ImportError(f"{spec.origin}: failed to map segment from shared object")

    monkeypatch.setattr("importlib.machinery.ExtensionFileLoader.create_module", refuse)
    result = build("tiny", never, USUAL, cache=warm)
    with pytest.raises(CompilationError) as told:
        load(result.library, result.key)
    assert str(told.value) == (
        f"The folder {result.library.parent} does not allow programs to be run from it.\nhint: Its file "
        "system is mounted 'noexec'. Move the cache with SYNLOOM_CACHE=/another/folder."
    )


def test_objects_are_shared_by_networks(cache):
    build("x", lambda: tiny_sources(2.0), USUAL, cache=cache)
    build("y", lambda: tiny_sources(3.0), USUAL, cache=cache)
    kinds = [entry.kind for entry in cache.entries()]
    assert (kinds.count(OBJECTS), kinds.count(EXTENSIONS)) == (5, 2)

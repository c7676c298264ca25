"""The command ``synloom``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from toolbox import fake_gcc

import synloom
from synloom import cli
from synloom.runtime import cache as cache_module
from synloom.runtime.cache import EXTENSIONS, OBJECTS, Cache


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Cache:
    """The user's cache, moved and empty."""
    monkeypatch.setenv("SYNLOOM_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SYNLOOM_CACHE_SIZE", raising=False)
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(cache_module, "_private", {})
    return Cache.default()


def put(cache: Cache, kind: str, key: str, size: int, used: float) -> None:
    folder = cache.scratch()
    (folder / "unit.o").write_bytes(b"x" * size)
    path = cache.publish(kind, key, folder)
    os.utime(path / "checksums", (used, used))


# -- doctor


@pytest.mark.needs_compiler
def test_the_doctor_finds_a_compiler_and_tries_it(cache, capsys):
    assert cli.main(["doctor"]) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line[0] != " ")
    assert lines["synloom"] == synloom.__version__
    assert lines["Python"].endswith(sys.executable)
    assert lines["cache"] == str(cache.root)
    assert Path(lines["compiler"].split()[0]).is_file()
    assert lines["flags"].startswith("-std=c++20 -O3 ")
    assert lines["test"].startswith("run ") or lines["test"].startswith("build ")
    assert lines["All"] == "is well: networks can be compiled."
    assert [e.kind for e in cache.entries()].count(EXTENSIONS) == 1


@pytest.mark.needs_compiler
def test_the_doctor_tries_the_compiler_each_time(cache, capsys):
    for _ in range(2):
        assert cli.main(["doctor"]) == 0
        (build,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("test build"))
        compiled = float(build.partition("compile ")[2].partition(" s")[0])
        assert compiled > 0


def test_the_doctor_says_what_is_missing(cache, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert cli.main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert f"cache       {cache.root}" in out.splitlines()
    assert "All is well" not in out
    assert err.startswith(
        "error: The C++ compiler 'no-such-compiler', named by the environment variable CXX, does"
    )
    assert "\nhint: Correct the environment variable CXX" in err


def test_the_doctor_says_that_the_compiler_fails(cache, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CXX", str(fake_gcc(tmp_path / "g++")))
    assert cli.main(["doctor"]) == 1
    out, err = capsys.readouterr()
    assert f"compiler    {tmp_path / 'g++'}" in out.splitlines()
    assert "g++ (Test 12.2.0) 12.2.0; found by the environment variable CXX" in out
    assert err.startswith("error: The C++ compiler refused what synloom generated.")


def test_the_doctor_notices_wrong_numbers(cache, monkeypatch, capsys):
    wrong = SimpleNamespace(words=lambda: 2, run=lambda _address, steps: steps)
    done = SimpleNamespace(library=Path("network.so"), key="k", seconds={"compile": 1.0})
    monkeypatch.setattr("synloom.runtime.build.build", lambda *_args, **_kwargs: done)
    monkeypatch.setattr("synloom.runtime.load.load", lambda _library, _key: wrong)
    monkeypatch.setattr(
        "synloom.runtime.toolchain.find_toolchain",
        lambda _options, _cache: cli_toolchain(),
    )
    assert cli.main(["doctor"]) == 1
    assert "The test network computed 0.0 in 1000 steps, and not 1000.0 in 1000." in capsys.readouterr().err


def cli_toolchain():
    from synloom.runtime.toolchain import Family, Toolchain

    return Toolchain(("g++",), Family.GCC, "12", "x86_64-linux-gnu", "PATH", "cpu")


# -- cache


def test_the_cache_path_is_one_line(cache, capsys):
    assert cli.main(["cache", "path"]) == 0
    assert capsys.readouterr().out == f"{cache.root}\n"


def test_the_cache_is_listed_by_last_use(cache, capsys):
    old = time.mktime((2024, 3, 1, 8, 30, 0, 0, 0, -1))
    put(cache, OBJECTS, "aaa", 3000, old)
    put(cache, EXTENSIONS, "bbb", 5 << 20, old + 3600)
    assert cli.main(["cache", "list"]) == 0
    one, two, total = capsys.readouterr().out.splitlines()
    assert one.split() == ["2024-03-01", "09:30", "network", "5.0", "MB", "bbb"]
    assert two.split() == ["2024-03-01", "08:30", "object", "3.0", "kB", "aaa"]
    assert total == f"2 entries, 5.0 MB of 1.0 GB, in {cache.root}"


def test_an_empty_cache_is_listed(cache, capsys):
    assert cli.main(["cache", "list"]) == 0
    assert capsys.readouterr().out == f"0 entries, 0 bytes of 1.0 GB, in {cache.root}\n"


def test_the_cache_is_cleared(cache, capsys):
    put(cache, OBJECTS, "aaa", 3000, time.time())
    assert cli.main(["cache", "clear"]) == 0
    assert capsys.readouterr().out == f"3.0 kB removed from {cache.root}\n"
    assert cache.entries() == []


def test_a_wrong_variable_is_told_and_no_traceback_shown(cache, monkeypatch, capsys):
    monkeypatch.setenv("SYNLOOM_CACHE_SIZE", "much")
    assert cli.main(["cache", "path"]) == 1
    assert capsys.readouterr().err == (
        "error: SYNLOOM_CACHE_SIZE='much' is not a size.\nhint: Write for example 500M or 2G.\n"
    )


@pytest.mark.parametrize("words", [[], ["cache"], ["cache", "empty"], ["cache", "path", "x"], ["unknown"]])
def test_wrong_commands_show_the_usage(words, capsys):
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 2
    assert capsys.readouterr().err.startswith("usage: synloom")


def test_the_package_is_a_command(cache):
    done = subprocess.run([sys.executable, "-m", "synloom", "cache", "path"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, f"{cache.root}\n"), done.stderr


# -- dump


SOURCES = {
    "kernel.hpp": "#pragma once\n",
    "kernel.cpp": '#include "kernel.hpp"\n',
    "network.cpp": "int x;\n\n\n",
    "network.pyx": "def run(): pass\n",
}

SCRIPT = """
import sys
import synloom.network
import beside
print("arguments", sys.argv[1:], __name__, beside.NAME)
try:
    synloom.network.compile("a network")
except Exception:
    print("caught")
print("not reached")
"""


@pytest.fixture
def script(tmp_path, monkeypatch) -> Path:
    """A script that compiles, and a network module that it compiles with."""
    network = SimpleNamespace(ir=("the model",), plan=("the plan",), sources=lambda: SOURCES)
    module = ModuleType("synloom.network")
    vars(module).update(DUMP_HOOK=None, compile=lambda _: module.DUMP_HOOK(network))
    monkeypatch.setitem(sys.modules, "synloom.network", module)
    monkeypatch.setattr(synloom, "network", module, raising=False)
    monkeypatch.setattr("synloom.codegen.ir.text.print_ir", lambda node: f"printed {node[0]}\n")
    folder = tmp_path / "scripts"
    folder.mkdir()
    (folder / "beside.py").write_text("NAME = 'a module beside the script'\n")
    monkeypatch.delitem(sys.modules, "beside", raising=False)
    path = folder / "net.py"
    path.write_text(SCRIPT)
    return path


def test_dump_prints_all_stages(script, capsys):
    before = list(sys.argv), list(sys.path)
    assert cli.main(["dump", str(script), "-n", "3", "--fast", "x y"]) == 0
    assert capsys.readouterr().out == (
        "arguments ['-n', '3', '--fast', 'x y'] __main__ a module beside the script\n"
        "==> model.txt <==\nprinted the model\n\n"
        "==> plan.txt <==\nprinted the plan\n\n"
        "==> kernel.hpp <==\n#pragma once\n\n"
        '==> kernel.cpp <==\n#include "kernel.hpp"\n\n'
        "==> network.cpp <==\nint x;\n\n"
        "==> network.pyx <==\ndef run(): pass\n\n"
    )
    assert (sys.argv, sys.path) == before
    assert sys.modules["synloom.network"].DUMP_HOOK is None


@pytest.mark.parametrize(
    ("stage", "files"),
    [
        ("model", ["model.txt"]),
        ("plan,model", ["model.txt", "plan.txt"]),
        ("cpp", ["kernel.cpp", "kernel.hpp", "network.cpp"]),
        ("cython, plan", ["network.pyx", "plan.txt"]),
    ],
)
def test_dump_writes_the_chosen_stages(script, tmp_path, capsys, stage, files):
    out = tmp_path / "out" / "here"
    assert cli.main(["dump", str(script), "--out", str(out), "--stage", stage]) == 0
    assert sorted(p.name for p in out.iterdir()) == files
    assert sorted(capsys.readouterr().out.splitlines()[1:]) == [str(out / name) for name in files]
    assert (out / files[0]).read_text().endswith("\n")


def test_options_of_dump_may_stand_before_the_script(script, tmp_path):
    assert cli.main(["dump", "--stage=plan", "--out", str(tmp_path / "out"), str(script)]) == 0
    assert (tmp_path / "out" / "plan.txt").read_text() == "printed the plan\n"


def test_an_unknown_stage_is_told(script, capsys):
    with pytest.raises(SystemExit):
        cli.main(["dump", str(script), "--stage", "cpp,llvm"])
    assert "choose from model, plan, cpp, cython" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no_such.py"], "error: There is no script no_such.py.\n"),
        ([], "error: No script was named.\nhint: synloom dump SCRIPT [ARGS...] [--out DIR] [--stage A,B]\n"),
    ],
)
def test_dump_needs_a_script(words, message, capsys):
    assert cli.main(["dump", *words]) == 1
    assert capsys.readouterr().err == message


def test_a_script_that_does_not_compile_is_told(script, capsys):
    script.write_text("print('nothing here')\n")
    assert cli.main(["dump", str(script)]) == 1
    assert capsys.readouterr().err == f"error: {script} ended without a call of compile().\n"
    assert sys.modules["synloom.network"].DUMP_HOOK is None


def test_an_error_of_the_script_is_its_own(script):
    script.write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        cli.main(["dump", str(script)])
    assert sys.modules["synloom.network"].DUMP_HOOK is None


def test_an_error_about_the_network_is_told_without_traceback(script, capsys):
    script.write_text(
        "from synloom.codegen.errors import ModelError\nraise ModelError('Unknown name', hint='Define it.')\n"
    )
    assert cli.main(["dump", str(script)]) == 1
    assert capsys.readouterr().err == "error: Unknown name\nhint: Define it.\n"


def test_a_folder_that_cannot_be_written_is_told(script, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["dump", str(script), "--out", str(tmp_path / "file" / "out")]) == 1
    assert (
        capsys.readouterr().err == f"error: {tmp_path / 'file' / 'out'} cannot be written: Not a directory.\n"
    )

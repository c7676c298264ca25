"""The command line of scripts (spec 03, section 1.5), in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import synloom as sl
from synloom.command_line import OF_COMPILE, SETTINGS, help_text

TELL = """
import sys
import synloom as sl
options = sl.magic_network().options
print(options.num_threads, str(options.precision), options.visible_cores, options.verbose)
print(options.sparse_matrix_format, options.sparse_matrix_storage_order)
print(sys.argv[1:])
"""
BUILD = """
import synloom as sl
{before}
sl.Population(3, sl.Neuron(equations="r = t + 1.0"), name="cells")
build = sl.compile(silent=True)
sl.simulate(2.0)
print("cached", build.cached, "debug", any(" -O0 " in c for c in build.result.commands))
print("profile", len(sl.profile()["simulate"]), sl.magic_network().options.profile_out)
"""


def run(script: Path, *words: str, text: str = TELL, **environment: str) -> subprocess.CompletedProcess[str]:
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(text)
    return start([str(script), *words], script.parent, **environment)


def start(words: list[str], where: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("SYNLOOM_NO_ARGPARSE", "CXX")}
    return subprocess.run(
        [sys.executable, *words],
        cwd=where,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_settings_are_read_at_import_and_the_rest_is_the_scripts(tmp_path: Path) -> None:
    words = [
        "-j",
        "4",
        "--prec=float",
        "--visible-cores",
        "0,1",
        "-v",
        "--auto-tuning",
        "-dt",
        "0.1",
        "x",
        "-k7",
    ]
    done = run(tmp_path / "script.py", *words)
    lines = done.stdout.splitlines()
    assert lines[-3:] == ["4 float [0, 1] True", "auto auto", repr(words)]
    assert "Arguments left to the script: -dt 0.1 x -k7" in lines  # said with --verbose only


def test_numbers_may_stand_behind_their_option_and_what_follows_two_dashes_is_the_scripts(
    tmp_path: Path,
) -> None:
    done = run(tmp_path / "script.py", "-j3", "--", "--prec", "float", "--help")
    assert "3 double [] False" in done.stdout


def test_the_command_line_wins_over_setup_and_config(tmp_path: Path) -> None:
    text = """
import synloom as sl
sl.setup(num_threads=2, precision="double", dt=0.5)
net = sl.Network()
net.config(precision="double", num_threads=3)
print(sl.magic_network().options.num_threads, str(sl.magic_network().precision), sl.dt())
print(net.options.num_threads, str(net.precision))
"""
    done = run(tmp_path / "script.py", "--num-threads", "1", "--prec", "float", text=text)
    assert done.stdout.splitlines() == ["1 float 0.5", "1 float"]


def test_help_lists_every_option_and_ends(tmp_path: Path) -> None:
    done = run(tmp_path / "script.py", "--own", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == help_text() + "\n"
    for option in (*SETTINGS, *OF_COMPILE):
        assert all(word in done.stdout for word in option.words)
        assert option.about in done.stdout


def test_short_help_is_the_scripts(tmp_path: Path) -> None:
    done = run(tmp_path / "script.py", "-h")
    assert done.stdout.splitlines()[-1] == "['-h']"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--visible-cores", "0,a"], "Command line: --visible-cores: 'a' is no integer."),
        (["-j"], "Command line: -j needs a value (N: number of threads)."),
        (["-j", "--clean"], "Command line: -j needs a value (N: number of threads)."),
        (["-j", "0"], "Command line: --num-threads: it must be an integer of at least 1."),
        (["--prec", "half"], "Command line: --prec: choose one of double, float."),
        (["--gpu"], "Command line: --gpu: networks run on the CPU, leave it out."),
        (["-j", "2", "--gpu=1"], "Command line: --gpu: networks run on the CPU, leave it out."),
        (["--clean=yes"], "Command line: --clean takes no value."),
        (["--trace", "all"], "Command line: --trace: choose init, simulate or both, not 'all'."),
    ],
)
def test_mistakes_are_told(tmp_path: Path, words: list[str], message: str) -> None:
    done = run(tmp_path / "script.py", *words, text="import synloom")
    assert done.returncode == 1
    assert f"ConfigurationError: {message}\nhint: --help lists" in done.stderr


def test_nothing_is_read_where_the_program_is_another(tmp_path: Path) -> None:
    words = ["--help", "-j", "0"]
    told = run(tmp_path / "script.py", *words, SYNLOOM_NO_ARGPARSE="1")
    assert told.stdout.splitlines()[0] == "1 double [] False"
    installed = run(tmp_path / "site-packages" / "tool.py", *words)
    assert installed.stdout.splitlines()[0] == "1 double [] False"
    inline = start(["-c", TELL, *words], tmp_path)
    assert inline.stdout.splitlines()[0] == "1 double [] False"
    ours = start(["-m", "synloom", "--help"], tmp_path)
    assert ours.stdout.startswith("usage: synloom")
    tests = tmp_path / "test_it.py"
    tests.write_text("import synloom\n\ndef test_it():\n    assert synloom.dt() == 1.0\n")
    others = start(["-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "test_it.py"], tmp_path)
    assert "1 passed" in others.stdout


def test_a_module_of_the_user_is_a_script(tmp_path: Path) -> None:
    (tmp_path / "experiment.py").write_text(TELL)
    done = start(["-m", "experiment", "--prec", "float"], tmp_path)
    assert done.stdout.splitlines()[0] == "1 float [] False"


def test_without_options_nothing_is_imported_for_them(tmp_path: Path) -> None:
    heavy = "{'argparse', 'sysconfig', 'jinja2', 'synloom.report.collect'}"
    text = f"import sys, synloom; print(sorted({heavy} & set(sys.modules)))"
    done = run(tmp_path / "script.py", "words", "only", text=text)
    bare = run(
        tmp_path / "script.py",
        text="import sys, numpy; print(sorted({'argparse', 'sysconfig'} & set(sys.modules)))",
    )
    assert done.stdout == bare.stdout


@pytest.mark.needs_compiler
def test_compile_does_what_was_asked(tmp_path: Path) -> None:
    cache = {"SYNLOOM_CACHE": str(tmp_path / "cache")}
    text = BUILD.format(before="")
    first = run(tmp_path / "script.py", text=text, **cache)
    assert "cached False debug False" in first.stdout, first.stderr
    again = run(tmp_path / "script.py", "--profile", "--profile-out", "times", text=text, **cache)
    assert "profile 1 times" in again.stdout
    assert "cached True" in run(tmp_path / "script.py", text=text, **cache).stdout
    assert list((tmp_path / "times").glob("profile_*.csv"))
    clean = run(tmp_path / "script.py", "-c", "-d", text=text, **cache)
    assert "cached False debug True" in clean.stdout


@pytest.mark.needs_compiler
def test_a_script_may_change_its_arguments_before_compile(tmp_path: Path) -> None:
    before = 'import sys; sys.argv += ["--trace", "both"]'
    done = run(tmp_path / "script.py", text=BUILD.format(before=before))
    lines = done.stderr.splitlines()
    assert "TRACE init: population 'cells', 3 neurons" in lines
    calls = [line for line in lines if line.startswith("TRACE simulate: steps ")]
    assert calls[0].startswith("TRACE simulate: steps 0 to ") and "(cells)" in calls[0]
    assert " to 1: " in calls[-1]


@pytest.mark.needs_compiler
def test_a_report_is_written_once_the_network_is_compiled(tmp_path: Path) -> None:
    before = """
import sys, types
module = types.ModuleType("synloom.report")
def report(filename, *, network):
    print("report", filename, network.compiled, network.populations[0].name)
module.report = report
sys.modules["synloom.report"] = module
"""
    after = """
other = sl.Network(everything=True)
other.compile(silent=True)
"""
    text = BUILD.format(before=before) + after
    done = run(tmp_path / "script.py", "--report", "all.md", text=text)
    assert done.stdout.count("report") == 1, done.stderr
    assert "report all.md True cells" in done.stdout


WORKERS = """
import synloom as sl

class Cells(sl.Network):
    def __init__(self):
        self.pop = self.create(2, sl.Neuron(equations="r = t"))

def tell(net):
    return str(net.precision), net.build.cached

if __name__ == "__main__":
    net = Cells()
    net.compile()
    print(net.parallel_run(tell, 2, max_processes=1))
"""


@pytest.mark.needs_compiler
def test_processes_of_a_parallel_run_have_the_settings_and_do_not_build_again(tmp_path: Path) -> None:
    done = run(tmp_path / "script.py", "--prec", "float", "--clean", text=WORKERS)
    assert done.stdout.splitlines()[-1] == "[('float', True), ('float', True)]", done.stderr


def test_import_without_options_takes_no_longer_for_reading_them() -> None:
    start_ = time.perf_counter()
    for _ in range(1000):
        sl.command_line.read_at_import()
    assert time.perf_counter() - start_ < 0.5

"""Options of ``compile()`` that reach beyond the network: files, folders, cores (spec 03, sections 1.1 to 1.4)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

import synloom as sl
from synloom.user_file import OUR_FLAGS, UserFile, user_file

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without any file, without CXX."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CXX", raising=False)
    return tmp_path / "config"


def describe(name: str = "a") -> sl.Population:
    return sl.Population(2, sl.Neuron(equations="r = t + 1.0"), name=name)


def write(path: Path, tree: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree))
    return path


# -- 1.3


def test_directories_may_be_absolute_or_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    describe()
    net = sl.magic_network()
    assert net.directory is None
    sl.compile(tmp_path / "far" / "away", silent=True)
    assert (tmp_path / "far" / "away" / "network.cpp").is_file()
    assert net.directory == tmp_path / "far" / "away"
    sl.clear()
    describe()
    sl.compile("near", silent=True)
    assert (tmp_path / "near" / "network.cpp").is_file()
    assert sl.magic_network().directory == tmp_path / "near"
    sl.clear()
    describe()
    assert sl.magic_network().compile().directory == sl.magic_network().directory


def test_arguments_have_their_places(tmp_path: Path) -> None:
    a, b = describe("a"), describe("b")
    link = sl.Projection(a, b, "exc").connect_one_to_one(weights=1.0)
    sl.compile(
        tmp_path, False, [a, b], [link], "default", "-O1", "", "", {"device": 0}, "", True, False, True, 0
    )
    assert "-O1" in "".join(sl.magic_network().build.result.commands) or sl.magic_network().build.cached
    net = sl.Network(everything=True)
    net.compile(tmp_path, False, "default", "-O1", "", "", {"device": 0}, "", True, False, True)
    net.simulate(3.0)
    assert sl.profile(net.id)["simulate"][0]["steps"] == 3


SOURCE = '#include "mine.h"\nextern "C" int synloom_test_answer() { return ANSWER; }\n'


def test_sources_of_the_user_are_compiled_in(tmp_path: Path) -> None:
    source, header = write(tmp_path / "mine.cpp", SOURCE), write(tmp_path / "mine.h", "#define ANSWER 41\n")
    keys = []
    for answer in (41, 42):
        write(header, f"#define ANSWER {answer}\n")
        describe()
        build = sl.compile(tmp_path / "out", add_sources=f"'{source}' '{header}'", silent=True)
        assert "added_mine.cpp" in build.result.compiled_units or build.cached
        names = subprocess.run(["nm", str(build.result.library)], capture_output=True, text=True).stdout
        assert "synloom_test_answer" in names
        assert (tmp_path / "out" / "added_mine.cpp").read_text() == SOURCE
        keys.append(build.result.key)
        sl.clear()
    assert keys[0] != keys[1]
    describe()
    assert sl.compile(silent=True).result.key not in keys


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("mine.o", "add_sources: 'mine.o' is no C++ source"),
        (["missing.cpp"], "add_sources: 'missing.cpp' can not be read: "),
        ("twice.cpp also/twice.cpp", "add_sources: two files are named 'twice.cpp'."),
    ],
)
def test_sources_that_cannot_be_used_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str | list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("twice.cpp", "also/twice.cpp"):
        write(tmp_path / name, "// nothing\n")
    describe()
    with pytest.raises(sl.ConfigurationError) as caught:
        sl.compile(add_sources=given)
    assert str(caught.value).startswith(message)
    assert not sl.magic_network().compiled
    sl.compile(silent=True)


def test_a_header_may_not_take_the_place_of_a_generated_one(tmp_path: Path) -> None:
    describe()
    name = next(name for name in sl.sources() if name.endswith(".hpp"))
    with pytest.raises(
        sl.ConfigurationError, match=f"add_sources: the network has a file '{name}' of its own"
    ):
        sl.compile(add_sources=[write(tmp_path / name, "// nothing")])


def test_what_a_compiler_says_of_the_users_own_file_is_told(tmp_path: Path) -> None:
    source = write(tmp_path / "wrong.cpp", "int f() { return no_such_name; }\n")
    describe()
    with pytest.raises(sl.CompilationError) as caught:
        sl.compile(add_sources=[source])
    assert str(caught.value).startswith("add_sources: 'wrong.cpp' does not compile.\n")
    assert "no_such_name" in str(caught.value)


def test_libraries_reach_the_linker() -> None:
    describe()
    with pytest.raises(sl.CompilationError, match="extra_libs='-lno_such_library'"):
        sl.compile(extra_libs="-lno_such_library")
    sl.compile(extra_libs="-lm", silent=True)


def test_a_second_compile_is_a_notice(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    describe()
    first = sl.compile(silent=True)
    assert sl.compile() is first
    assert capsys.readouterr().out == "INFO: The network is compiled already.\n"


def test_success_is_told_where_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False, verbose=True)
    describe()
    net = sl.Network(everything=True)
    sl.compile(silent=True)
    assert "OK" not in capsys.readouterr().out
    net.compile()
    assert f"Compiling network {net.id}... OK" in capsys.readouterr().out
    sl.setup(verbose=False)


def test_only_structure_builds_again() -> None:
    """Values, sizes and seeds are data."""
    keys = set()
    for size, seed in ((2, 1), (200, 2)):
        sl.clear()
        sl.setup(seed=seed)
        pop = sl.Population(
            size, sl.Neuron(parameters="a = 1.0", equations="r = a * Uniform(0.0, 1.0)"), name="p"
        )
        pop.a = float(size)
        sl.Projection(pop, pop, "exc", name="q").connect_all_to_all(weights=sl.Uniform(0.0, float(size)))
        keys.add(sl.compile(silent=True).result.key)
    assert len(keys) == 1


def test_a_compiled_network_takes_no_more_but_monitors() -> None:
    pop = describe()
    sl.compile(silent=True)
    with pytest.raises(sl.ConfigurationError, match="no population can be added"):
        describe("b")
    with pytest.raises(sl.ConfigurationError, match="no projection can be added"):
        sl.Projection(pop, pop, "exc")
    monitor = sl.Monitor(pop, "r")
    sl.simulate(2.0)
    assert monitor.get("r")[:, 0].tolist() == [1.0, 2.0]


def test_a_failure_at_the_very_end_leaves_an_uncompiled_network(monkeypatch: pytest.MonkeyPatch) -> None:
    pop = describe()
    monitor = sl.Monitor(pop, "r")
    monkeypatch.setattr(sl.Monitor, "_begin", lambda _: (_ for _ in ()).throw(MemoryError("no room")))
    with pytest.raises(MemoryError):
        sl.compile(silent=True)
    net = sl.magic_network()
    assert (net.compiled, net.build, net._watch) == (False, None, None)
    with pytest.raises(sl.NotCompiledError):
        sl.step()
    monkeypatch.undo()
    sl.setup(dt=0.5)
    pop.r = 7.0
    sl.compile(silent=True)
    sl.step()
    pop.reset()
    assert (pop.r.tolist(), sl.get_time(), monitor.get("r").shape) == ([7.0, 7.0], 0.5, (1, 2))


# -- 1.4


def test_the_users_file_says_what_to_call_and_how(home: Path) -> None:
    assert user_file() == UserFile()
    peer = write(
        home / "ANNarchy" / "annarchy.json", {"openmp": {"compiler": "g++-12", "flags": "-O0"}, "cuda": {}}
    )
    assert user_file() == ("g++-12", f"{OUR_FLAGS} -O0", peer)
    write(peer, {"openmp": {"compiler": "g++", "flags": "-march=native -O2"}})  # as it is installed
    assert user_file() == ("default", "default", peer)
    own = write(home / "synloom" / "synloom.json", {"openmp": {"flags": "-march=native -O1"}})
    assert user_file() == ("default", "-march=native -O1", own)
    write(own, {"openmp": {"compiler": "g++", "flags": "-march=native -O2"}})
    assert user_file()[:2] == ("g++", "-march=native -O2")
    write(own, {"cuda": {"path": "/usr/local/cuda"}})
    assert user_file()[:2] == ("default", "default")


def test_the_users_file_reaches_the_compiler(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / "synloom" / "synloom.json", {"openmp": {"compiler": "no-such-compiler", "flags": "-O1"}})
    describe()
    with pytest.raises(sl.CompilationError, match="'no-such-compiler', named by the file .*synloom.json"):
        sl.compile()
    monkeypatch.setenv("CXX", "g++")
    assert sl.compile(silent=True, clean=True).result.commands
    assert all("-O1" in c for c in sl.magic_network().build.result.commands if "network.cpp" in c)


def test_another_file_may_be_named(home: Path, tmp_path: Path) -> None:
    write(home / "synloom" / "synloom.json", "nonsense")
    describe()
    with pytest.raises(sl.ConfigurationError, match="configuration file '.*synloom.json' can not be read"):
        sl.compile()
    other = write(tmp_path / "other.json", {"openmp": {"flags": "-O1 -DOTHER"}})
    sl.compile(annarchy_json=other, clean=True, silent=True)
    assert any("-DOTHER" in c for c in sl.magic_network().build.result.commands)


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ([1], "has another form"),
        ({"openmp": 3}, "has another form"),
        ({"openmp": {"compiler": 3}}, "compiler must be a text, not 3"),
        ("[" * 10_000, "can not be read"),
    ],
)
def test_files_of_another_form_are_refused(tmp_path: Path, tree: object, message: str) -> None:
    with pytest.raises(sl.ConfigurationError, match=message):
        user_file(write(tmp_path / "c.json", tree))


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(sl.ConfigurationError, match="There is no configuration file"):
        user_file(tmp_path / "none.json")


# -- 1.1


@pytest.mark.parametrize(
    ("cores", "threads", "message"),
    [
        (list(range(4096)), 1, "this machine has"),
        ([4096], 1, "this machine has"),
        ([0], 2, "2 threads need as many cores"),
    ],
)
def test_cores_that_there_are_not_are_refused(cores: list[int], threads: int, message: str) -> None:
    describe()
    try:
        sl.setup(visible_cores=cores, num_threads=threads)
        with pytest.raises(sl.ConfigurationError, match=message):
            sl.compile()
    finally:
        sl.setup(visible_cores=[], num_threads=1)
    assert not sl.magic_network().compiled


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system pins no threads")
def test_networks_run_on_their_cores(capsys: pytest.CaptureFixture[str]) -> None:
    before = os.sched_getaffinity(0)
    core = min(before)
    seen: list[set[int]] = []
    sl.setup(suppress_warnings=False, visible_cores=[core, core] if (os.cpu_count() or 1) > 1 else [core])
    try:
        describe()
        sl.compile(silent=True)
        network = sl.magic_network()
        run = network._binding.run
        network._binding.run = lambda steps: (seen.append(os.sched_getaffinity(0)), run(steps))
        sl.simulate(2.0)
    finally:
        sl.setup(visible_cores=[])
    assert seen and all(cores == {core} for cores in seen)
    assert os.sched_getaffinity(0) == before
    if (os.cpu_count() or 1) > 1:
        assert "a core is named twice" in capsys.readouterr().out

"""Which compiler is found, what is remembered of it, and how it is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from toolbox import CLANG_BANNER, calls, fake_clang, fake_gcc, script

from synloom.codegen.errors import CompilationError
from synloom.runtime import toolchain
from synloom.runtime.cache import Cache
from synloom.runtime.msvc import find_msvc
from synloom.runtime.options import BuildOptions
from synloom.runtime.toolchain import Family, Toolchain, find_toolchain, split_words, which

USUAL = BuildOptions()


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Cache:
    """A cache of its own, and an environment that names no compiler."""
    monkeypatch.delenv("CXX", raising=False)
    return Cache(tmp_path / "cache")


def tools(family: Family, target: str) -> Toolchain:
    return Toolchain(("c++",), family, "1.0", target, "PATH", "cpu")


# -- finding


def test_gcc_comes_before_clang(cache, tmp_path, monkeypatch):
    fake_clang(tmp_path / "bin" / "clang++")
    gcc = fake_gcc(tmp_path / "bin" / "g++")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/bin")
    found = find_toolchain(USUAL, cache)
    assert found.command == (str(gcc),)
    assert (found.family, found.target, found.found_by) == (Family.GCC, "x86_64-linux-gnu", "PATH")
    assert found.version == "gcc: g++ (Test 12.2.0) 12.2.0"


def test_a_compiler_that_does_not_run_is_passed_over(cache, tmp_path, monkeypatch):
    script(tmp_path / "bin" / "g++", "echo 'xcode-select: no developer tools were found' >&2; exit 1")
    clang = fake_clang(tmp_path / "bin" / "clang++", "aarch64-linux-gnu")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = find_toolchain(USUAL, cache)
    assert found.command == (str(clang),)
    assert (found.family, found.target) == (Family.CLANG, "aarch64-linux-gnu")


def test_ziglang_is_the_last_resort(cache, tmp_path, monkeypatch):
    package = tmp_path / "site" / "ziglang"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    banner = CLANG_BANNER.format(target="x86_64-unknown-linux-musl")
    (package / "__main__.py").write_text(
        f"import sys; assert sys.argv[1:] == ['c++', '--version']\nprint({banner!r})"
    )
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    found = find_toolchain(USUAL, cache)
    assert found.command[1:] == ("-m", "ziglang", "c++")
    assert (found.family, found.target) == (Family.ZIG, "x86_64-unknown-linux-musl")


@pytest.mark.parametrize("folder", ["plain", "with a space"])
def test_cxx_is_a_path(cache, tmp_path, monkeypatch, folder):
    compiler = fake_gcc(tmp_path / folder / "my-g++")
    monkeypatch.setenv("CXX", str(compiler))
    found = find_toolchain(USUAL, cache)
    assert found.command == (str(compiler),)
    assert found.found_by == "the environment variable CXX"


def test_cxx_is_a_name_with_arguments(cache, tmp_path, monkeypatch):
    compiler = script(
        tmp_path / "bin" / "wrap", f'[ "$1" = real ] && shift\nexec "{fake_gcc(tmp_path / "g++")}" "$@"'
    )
    monkeypatch.setenv("PATH", f"{compiler.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CXX", "wrap real")
    assert find_toolchain(USUAL, cache).command == (str(compiler), "real")


def test_cxx_may_quote_a_path_with_arguments(cache, tmp_path, monkeypatch):
    compiler = fake_gcc(tmp_path / "a b" / "g++")
    monkeypatch.setenv("CXX", f"'{compiler}' --version")
    assert find_toolchain(USUAL, cache).command == (str(compiler), "--version")


def test_the_option_comes_before_cxx(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", str(fake_gcc(tmp_path / "one")))
    other = fake_clang(tmp_path / "two")
    found = find_toolchain(BuildOptions(compiler=str(other)), cache)
    assert found.command == (str(other),)
    assert found.found_by == "the option 'compiler'"


def test_an_empty_cxx_is_none(cache, tmp_path, monkeypatch):
    gcc = fake_gcc(tmp_path / "bin" / "g++")
    monkeypatch.setenv("PATH", str(gcc.parent))
    monkeypatch.setenv("CXX", " ")
    assert find_toolchain(USUAL, cache).command == (str(gcc),)


def test_which_takes_executable_files_only(tmp_path, monkeypatch):
    (tmp_path / "one" / "tool").mkdir(parents=True)
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "tool").write_text("no program")
    program = script(tmp_path / "three" / "tool", "")
    folders = [tmp_path / name for name in ("none", "one", "two", "three")]
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, folders)))
    assert which("tool") == str(program)
    assert which("other") is None
    monkeypatch.chdir(tmp_path)
    assert which("three/tool") == str(program)


def test_microsofts_compiler_is_not_on_this_machine():
    assert find_msvc("cpu") is None


# -- what is remembered


def test_a_compiler_is_asked_once(cache, tmp_path, monkeypatch):
    compiler = fake_gcc(tmp_path / "g++")
    monkeypatch.setenv("CXX", str(compiler))
    first = find_toolchain(USUAL, cache)
    asked = calls(compiler)
    assert asked == ["--version", "-dumpmachine"]
    assert find_toolchain(USUAL, cache) == first
    assert calls(compiler) == asked


def test_a_compiler_that_was_replaced_is_asked_again(cache, tmp_path, monkeypatch):
    compiler = fake_gcc(tmp_path / "g++")
    monkeypatch.setenv("CXX", str(compiler))
    first = find_toolchain(USUAL, cache)
    compiler.write_text(compiler.read_text().replace("12.2.0", "13.1.0"))
    os.utime(compiler, ns=(10**18, 10**18))
    second = find_toolchain(USUAL, cache)
    assert second.version == "gcc: g++ (Test 13.1.0) 13.1.0"
    assert second.identity != first.identity


def test_a_damaged_note_is_asked_for_again(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", str(fake_gcc(tmp_path / "g++")))
    first = find_toolchain(USUAL, cache)
    (note,) = (cache.root / "compilers").iterdir()
    note.write_text("half")
    assert find_toolchain(USUAL, cache) == first


def test_without_a_writable_cache_nothing_is_remembered(tmp_path, monkeypatch):
    monkeypatch.setattr("synloom.runtime.cache._private", {})
    (tmp_path / "file").write_text("")
    compiler = fake_gcc(tmp_path / "g++")
    monkeypatch.setenv("CXX", str(compiler))
    with pytest.warns(RuntimeWarning, match="cannot be written"):
        find_toolchain(USUAL, Cache(tmp_path / "file" / "cache"))
    find_toolchain(USUAL, Cache(tmp_path / "file" / "cache"))
    assert calls(compiler) == ["--version", "-dumpmachine"]  # the private cache of the process remembers


def test_identity_has_processor_and_search_paths(monkeypatch):
    one = tools(Family.GCC, "x86_64-linux-gnu")
    other_cpu = Toolchain(one.command, one.family, one.version, one.target, one.found_by, "other cpu")
    assert one.identity != other_cpu.identity
    before = one.identity
    monkeypatch.setenv("CPATH", "/opt/include")
    assert one.identity != before


def test_processors_are_told_apart(tmp_path, monkeypatch):
    real_open = open
    texts = iter(
        [
            "processor\t: 0\nvendor_id\t: A\nflags\t\t: sse avx\ncpu MHz\t: 2000\n\nprocessor\t: 1",
            "processor\t: 0\nvendor_id\t: A\nflags\t\t: sse avx\ncpu MHz\t: 3100\n\nprocessor\t: 1",
            "processor\t: 0\nvendor_id\t: A\nflags\t\t: sse avx avx512f\ncpu MHz\t: 2000\n\nprocessor\t: 1",
        ]
    )

    def cpuinfo(path, *args, **kwargs):
        assert path == "/proc/cpuinfo"
        copy = tmp_path / "cpuinfo"
        copy.write_text(next(texts))
        return real_open(copy, *args, **kwargs)

    monkeypatch.setattr("builtins.open", cpuinfo)
    one, other_clock, other_flags = (toolchain.cpu_features() for _ in range(3))
    assert one == other_clock != other_flags


def test_without_cpuinfo_the_machine_is_the_processor(monkeypatch):
    def missing(*_args, **_kwargs):
        raise FileNotFoundError

    here = toolchain.cpu_features()
    monkeypatch.setattr("builtins.open", missing)
    assert toolchain.cpu_features() not in (here, "")
    assert toolchain.cpu_features() == toolchain.cpu_features()


# -- calling

NATIVE = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math")


def test_usual_flags_of_gcc():
    assert tools(Family.GCC, "x86_64-linux-gnu").flags(USUAL) == (
        "-std=c++20", *NATIVE, "-fopenmp-simd", "-fPIC", "-fvisibility=hidden", "-fno-gnu-unique",
        "--param=max-unswitch-insns=400", "-Wall",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("family", "special"), [(Family.CLANG, ()), (Family.ZIG, ("-fno-sanitize=undefined",))]
)
def test_only_gcc_is_told_of_gnu_unique(family, special):
    flags = tools(family, "x86_64-linux-gnu").flags(USUAL)
    assert flags == (
        "-std=c++20",
        *NATIVE,
        "-fopenmp-simd",
        "-fPIC",
        "-fvisibility=hidden",
        *special,
        "-Wall",
    )


@pytest.mark.parametrize(
    ("family", "target", "native"),
    [
        (Family.GCC, "aarch64-linux-gnu", "-march=native"),
        (Family.CLANG, "aarch64-linux-gnu", "-mcpu=native"),
        (Family.CLANG, "arm64-apple-darwin23.1.0", "-mcpu=native"),
        (Family.CLANG, "x86_64-apple-darwin23.1.0", "-march=native"),
    ],
)
def test_this_processor_is_spelled_by_compiler_and_target(family, target, native):
    assert [f for f in tools(family, target).flags(USUAL) if f.endswith("=native")] == [native]


def test_options_change_the_flags():
    gcc = tools(Family.GCC, "x86_64-linux-gnu")
    assert "-ffast-math" not in gcc.flags(USUAL)
    assert "-ffast-math" in gcc.flags(BuildOptions(fast_math=True))
    debug = gcc.flags(BuildOptions(debug=True))
    assert "-O0" in debug and "-g" in debug and "-O3" not in debug
    chosen = gcc.flags(BuildOptions(compiler_flags="-O1 -DNAME='a b'"))
    assert chosen[:3] == ("-std=c++20", "-O1", "-DNAME=a b") and "-O3" not in chosen and "-fPIC" in chosen


def test_fast_math_does_not_reach_the_linker():
    # gcc would link a start-up file that makes the whole process flush denormal numbers to zero
    gcc = tools(Family.GCC, "x86_64-linux-gnu")
    assert "-ffast-math" not in gcc.link_command(["a.o"], "a.so", BuildOptions(fast_math=True))


@pytest.mark.parametrize(
    ("family", "target", "flags"),
    [
        (Family.GCC, "x86_64-linux-gnu", ("-Wl,--as-needed", "-lmvec", "-lm")),
        (Family.GCC, "x86_64-conda-linux-gnu", ("-Wl,--as-needed", "-lmvec", "-lm")),
        (Family.GCC, "x86_64-alpine-linux-musl", ()),
        (Family.GCC, "aarch64-linux-gnu", ()),
        (Family.CLANG, "x86_64-pc-linux-gnu", ()),
        (Family.CLANG, "arm64-apple-darwin23.1.0", ("-undefined", "dynamic_lookup")),
        (Family.ZIG, "aarch64-unknown-macos.13-none", ("-undefined", "dynamic_lookup")),
    ],
)
def test_link_flags_of_each_system(family, target, flags):
    assert tools(family, target).link_flags(USUAL) == flags


def test_more_libraries_come_before_the_systems():
    flags = tools(Family.GCC, "x86_64-linux-gnu").link_flags(BuildOptions(extra_libs="-L/opt/lib -lfftw3"))
    assert flags == ("-L/opt/lib", "-lfftw3", "-Wl,--as-needed", "-lmvec", "-lm")


def test_commands_of_the_gnu_kind():
    gcc = tools(Family.GCC, "x86_64-linux-gnu")
    compiled = gcc.compile_command("a.cpp", "0.o", USUAL)
    assert compiled[0] == "c++" and compiled[-4:] == ("-c", "a.cpp", "-o", "0.o")
    assert f"-I{Path(toolchain.__file__).parent / 'include'}" in compiled
    wrapped = gcc.wrapper_command("network.c", "1.o")
    assert wrapped[1:3] == ("-x", "c") and wrapped[-4:] == ("-c", "network.c", "-o", "1.o")
    assert "-march=native" not in gcc.wrapper_flags()
    assert gcc.link_command(["0.o", "1.o"], "n.so", USUAL)[:6] == (
        "c++",
        "-shared",
        "-o",
        "n.so",
        "0.o",
        "1.o",
    )


def test_commands_of_microsofts_compiler():
    cl = tools(Family.MSVC, "win-amd64")
    assert cl.compile_command("a.cpp", "0.o", USUAL)[-3:] == ("/c", "a.cpp", "/Fo0.o")
    assert "/std:c++20" in cl.flags(USUAL) and "/O2" in cl.flags(USUAL)
    assert "/fp:fast" in cl.flags(BuildOptions(fast_math=True)) and "/Od" in cl.flags(
        BuildOptions(debug=True)
    )
    linked = cl.link_command(["0.o"], "n.pyd", BuildOptions(extra_libs="fftw3.lib"))
    assert linked[:6] == ("c++", "/nologo", "/LD", "/MD", "0.o", "/Fen.pyd") and linked[-1] == "fftw3.lib"


def test_flags_that_cannot_be_split_are_told():
    with pytest.raises(CompilationError, match=r"^'-DA=\"x' is not a command line: No closing quotation\.$"):
        split_words('-DA="x')


def test_pythons_headers_are_found():
    assert any((Path(folder) / "Python.h").is_file() for folder in toolchain.python_includes())
    assert toolchain.library_name().startswith("network.")

"""Options of ``compile()`` reach the compiler, or are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import synloom as sl

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def describe() -> None:
    sl.Population(2, sl.Neuron(equations="r = t + 1.0"), name="a")


def test_flags_reach_the_compiler_and_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNLOOM_CACHE", str(tmp_path))
    describe()
    build = sl.compile(compiler_flags="-O1")
    assert not build.cached
    compiled = [c for c in build.result.commands if "network.cpp" in c]
    assert compiled and all("-O1" in c and "-O3" not in c for c in compiled)
    plain = build.result.key
    sl.clear()
    describe()
    assert sl.compile().result.key != plain


def test_a_compiler_that_does_not_exist_is_named() -> None:
    describe()
    with pytest.raises(sl.CompilationError, match="no-such-compiler"):
        sl.compile(compiler="no-such-compiler")
    assert not sl.magic_network().compiled


def test_unknown_options_are_refused() -> None:
    describe()
    with pytest.raises(sl.ConfigurationError, match="no option 'fast_maths'"):
        sl.compile(fast_maths=True)


def test_looking_at_sources_warns_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    sl.Population(2, sl.Neuron(equations="r = sum(exc)"), name="alone")
    sl.sources()
    assert capsys.readouterr().out == ""
    sl.compile(silent=True)
    assert capsys.readouterr().out.count("WARNING") == 1

"""Options: spec 03, sections 1.1, 1.2 and 1.5."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
import pytest

from synloom import command_line, config, messages
from synloom.codegen.errors import ConfigurationError
from synloom.command_line import read_command_line
from synloom.config import options, setup
from tests.unit.fake_network import FakeNetwork, fake_default


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeNetwork]:
    with fake_default() as fake:
        yield fake


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a script: the command line belongs to us."""
    monkeypatch.setattr(command_line, "command_line_is_ours", lambda: True)


def test_defaults() -> None:
    expected = {
        "dt": 1.0,
        "seed": None,
        "method": "explicit",
        "precision": "double",
        "num_threads": 1,
        "visible_cores": [],
        "paradigm": "openmp",
        "structural_plasticity": False,
        "sparse_matrix_format": "default",
        "sparse_matrix_storage_order": "post_to_pre",
        "only_int_idx_type": True,
        "verbose": False,
        "suppress_warnings": False,
        "show_time": False,
        "profiling": False,
        "profile_out": None,
        "debug": False,
        "disable_shared_library_time_offset": False,
        "legacy_rng": False,
    }
    assert {key: getattr(options, key) for key in expected} == expected
    assert set(config.CHECKS) == set(expected)


def test_setup_stores_every_value() -> None:
    setup(
        dt=0.1, method="rk4", precision="float", visible_cores=[0, 2], sparse_matrix_format="csr", debug=True
    )
    assert (options.dt, options.method, options.precision) == (0.1, "rk4", "float")
    assert (options.visible_cores, options.sparse_matrix_format, options.debug) == ([0, 2], "csr", True)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dt", 0.0),
        ("dt", -1.0),
        ("dt", float("nan")),
        ("dt", "1"),
        ("dt", True),
        ("seed", -1),
        ("seed", 1.5),
        ("method", "euler"),
        ("precision", "half"),
        ("num_threads", 0),
        ("num_threads", 2.0),
        ("visible_cores", 3),
        ("visible_cores", [0, "1"]),
        ("paradigm", "mpi"),
        ("sparse_matrix_format", "sparse"),
        ("sparse_matrix_format", "dia"),
        ("sparse_matrix_storage_order", "row"),
        ("verbose", 1),
        ("profile_out", 3),
    ],
)
def test_wrong_values_are_told_and_nothing_is_stored(key: str, value: object) -> None:
    before = options.copy()
    with pytest.raises(ConfigurationError, match=rf"^setup\({key}="):
        setup(**{"structural_plasticity": True, key: value, "debug": True})
    assert options == before


def test_default_format_can_be_restored() -> None:
    setup(sparse_matrix_format="csr")
    setup(sparse_matrix_format="default")
    assert options.sparse_matrix_format == "default"


@pytest.mark.parametrize(
    ("dtype", "precision"), [(np.float32, "float"), (np.float64, "double"), ("float32", "float")]
)
def test_dtype_is_another_word_for_precision(dtype: object, precision: str) -> None:
    setup(dtype=dtype)
    assert options.precision == precision


def test_cuda_is_refused_with_the_alternative() -> None:
    with pytest.raises(ConfigurationError) as caught:
        setup(paradigm="cuda")
    assert "openmp" in caught.value.hint


def test_threads_are_accepted_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    setup(num_threads=4)
    assert capsys.readouterr().out == "INFO: num_threads=4: this version runs on one thread.\n"
    assert options.num_threads == 4


def test_unknown_key_is_ignored_with_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    setup(num_thread=4, dt=0.5)
    assert capsys.readouterr().out == (
        'WARNING: setup(): there is no option "num_thread"; it is ignored. Did you mean "num_threads"?\n'
    )
    assert options.dt == 0.5


def test_performance_flags_are_refused_by_setup_and_taken_by_their_own_function(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(ConfigurationError, match='"disable_SIMD_Eq" is a performance flag'):
        setup(dt=0.1, disable_SIMD_Eq=True)
    assert options.dt == 1.0
    config.optimization_flags(disable_SIMD_Eq=True, speed=True)
    assert options.performance["disable_SIMD_Eq"] is True
    assert options.performance["use_seed_seq"] is True
    assert '"speed"' in capsys.readouterr().out
    with pytest.raises(ConfigurationError):
        config.optimization_flags(use_seed_seq=2)  # type: ignore[arg-type]


def test_seed_also_seeds_the_legacy_generator() -> None:
    setup(seed=3)
    first = np.random.random()
    assert first == np.random.RandomState(3).random_sample()
    setup(seed=2**40 + 3)
    assert np.random.random() == first


def test_warnings_can_be_silenced(capsys: pytest.CaptureFixture[str]) -> None:
    messages.warning("a")
    messages.info("b")
    messages.debug("c")
    setup(suppress_warnings=True, verbose=True)
    messages.warning("d")
    messages.info("e")
    messages.debug("f")
    assert capsys.readouterr().out == "WARNING: a\nINFO: b\nf\n"


def test_late_dt_warns_and_is_applied(network: FakeNetwork, capsys: pytest.CaptureFixture[str]) -> None:
    setup(dt=0.5)
    assert capsys.readouterr().out == ""
    network.populations.append(object())
    setup(dt=0.25, precision="float")
    assert capsys.readouterr().out == (
        "WARNING: setup(): dt and precision should be set before the first object is made.\n"
    )
    assert (options.dt, options.precision) == (0.25, "float")


def test_a_copy_is_independent() -> None:
    copy = options.copy()
    copy.visible_cores.append(1)
    copy.performance["use_seed_seq"] = False
    assert options.visible_cores == []
    assert options.performance["use_seed_seq"] is True


@pytest.mark.usefixtures("script")
def test_command_line_sets_options_and_wins_over_setup() -> None:
    line = read_command_line(
        [
            "-j",
            "2",
            "--prec",
            "float",
            "--visible-cores",
            "0,3",
            "-v",
            "-c",
            "--report",
            "r.md",
            "mine",
            "--own=1",
        ]
    )
    setup(num_threads=8, precision="double", dt=0.5)
    assert (options.num_threads, options.precision, options.visible_cores) == (2, "float", [0, 3])
    assert (options.verbose, options.dt) == (True, 0.5)
    assert line == command_line.CommandLine(clean=True, report="r.md")


@pytest.mark.usefixtures("script")
def test_compile_options_and_auto_tuning() -> None:
    line = read_command_line(["-d", "--profile", "--profile-out", "p", "--trace", "init", "--auto-tuning"])
    assert line == command_line.CommandLine(debug=True, profile=True, profile_out="p", trace="init")
    assert (options.sparse_matrix_format, options.sparse_matrix_storage_order) == ("auto", "auto")


@pytest.mark.usefixtures("script")
@pytest.mark.parametrize(
    "argv", [["--visible-cores", "0,a"], ["-j"], ["-j", "0"], ["--prec", "half"], ["--gpu"], ["--gpu=1"]]
)
def test_wrong_command_lines_raise(argv: list[str]) -> None:
    with pytest.raises(ConfigurationError):
        read_command_line(argv)


@pytest.mark.usefixtures("script")
def test_help_prints_the_list_and_exits(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        read_command_line(["--help"])
    assert caught.value.code == 0
    assert "--num-threads" in capsys.readouterr().out


def test_command_line_is_left_alone_in_tests_and_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_command_line(["-j", "2", "--help"]) == command_line.CommandLine()
    assert options.num_threads == 1
    hosts = ("pytest", "ipykernel", "IPython")
    hidden = {name: module for name, module in sys.modules.items() if name not in hosts}
    monkeypatch.setattr(sys, "modules", hidden)
    monkeypatch.setattr(sys, "argv", ["script.py"])
    monkeypatch.delenv("SYNLOOM_NO_ARGPARSE", raising=False)
    assert command_line.command_line_is_ours()
    monkeypatch.setenv("SYNLOOM_NO_ARGPARSE", "1")
    assert not command_line.command_line_is_ours()

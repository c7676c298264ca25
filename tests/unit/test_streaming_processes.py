"""Files of processes that were killed, and runs that go on from a checkpoint with the same file."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.unit.test_streaming import RULE, SUFFIXES, both, same

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

WRITER = """
import sys
import synloom as sl
from synloom import stream

stream.BLOCK_ROWS, stream.SPIKES, stream.FLUSH_SECONDS = 64, 64, 0.02
sl.setup(suppress_warnings=True)
pop = sl.Population(20, sl.Neuron(equations="v = t", spike="v > -1.0"))
shown = sl.Monitor(pop, ["v", "spike"], store=sys.argv[1], if_exists="append")
sl.compile()
print("ready", flush=True)
while True:
    sl.simulate(37.0)
    if sl.get_current_step() % 370 == 0:
        shown.flush()
        print(sl.get_current_step(), flush=True)
"""


def killed(path: Path, seconds: float) -> int:
    """Let a process record until it is killed; the last step that it knew to be in the file."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        first = process.stdout.readline()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        told = process.stdout.read().split("\n")[:-1]
    return int(told[-1] if told else first)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_killed_process_leaves_what_was_flushed(suffix: str, tmp_path: Path) -> None:
    rng = random.Random(3)
    for number in range(4):
        path = tmp_path / f"{number}{suffix}"
        steps = killed(path, rng.uniform(0.3, 0.7))
        recording = sl.read_recording(path)
        v = recording.get("v")
        assert len(v) >= steps > 0
        np.testing.assert_array_equal(v, np.arange(len(v))[:, None] * np.ones(20))
        assert recording.steps("v").tolist() == list(range(len(v)))
        fired = recording.get("spike")
        assert min(map(len, fired.values())) >= steps
        assert all(train == list(range(len(train))) for train in fired.values())
        assert recording.times("v") == {"v": {"start": [0], "stop": [len(v)]}}
    killed(path, 0.3)  # goes on with the same file
    more = sl.read_recording(path)
    assert more.runs == 2 and more.get("v", run=0).shape == v.shape and len(more.get("v", run=1)) > 0


def test_a_killed_process_leaves_a_file_for_h5py(tmp_path: Path) -> None:
    import h5py

    path = tmp_path / "run.hdf5"
    steps = killed(path, 0.5)
    with h5py.File(path, "r", swmr=True) as file:
        assert file["data/v"].shape[0] >= steps > 0
        assert file["data/v"][:steps, 3].tolist() == list(range(steps))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("end", ["", "raise SystemExit(0)", "del shown, pop; sl.clear()"])
def test_a_process_that_ends_writes_the_rest(end: str, suffix: str, tmp_path: Path) -> None:
    script = WRITER.split("print")[0] + f"sl.simulate(5.0)\n{end}"
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / f"run{suffix}")], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(sl.read_recording(tmp_path / f"run{suffix}").get("v")) == 5


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_two_processes_do_not_write_one_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"run{suffix}"
    pop = sl.Population(20, sl.Neuron(equations="v = t", spike="v > -1.0"))
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        assert process.stdout.readline() == b"370\n"  # so much is in the file
        for how in ("append", "overwrite"):
            with pytest.raises(sl.ConfigurationError, match="is being written by another process"):
                sl.Monitor(pop, "v", store=path, if_exists=how)
        assert process.poll() is None
        process.kill()
        process.stdout.read()
    sl.Monitor(pop, "v", store=path, if_exists="append")
    sl.compile()
    assert sl.read_recording(path).runs == 1


def test_a_file_can_be_read_while_it_grows(tmp_path: Path) -> None:
    shown = sl.Monitor(
        sl.Population(2, sl.Neuron(equations="v = t", spike="v > 1e9")), "v", store=tmp_path / "run.h5"
    )
    sl.compile()
    sl.simulate(5.0)
    shown.flush()
    reader = "import sys, synloom as sl; print(sl.read_recording(sys.argv[1]).get('v')[:, 1].tolist())"
    command = [sys.executable, "-c", reader, str(tmp_path / "run.h5")]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == "[0.0, 1.0, 2.0, 3.0, 4.0]\n"
    sl.simulate(5.0)
    assert len(shown.get("v")) == 10


# -- checkpoints ----------------------------------------------------------------------------------------------


def network(path: Path | None, **options: Any) -> tuple[Any, Any]:
    """Describe a network with noise anew; its monitors of a population and of synapses."""
    sl.clear()
    neuron = sl.Neuron(equations="v += Uniform(0.0, 1.0) + g_exc", spike="v > 2.0", reset="v = 0.0")
    pop = sl.Population(4, neuron, name="pop")
    proj = sl.Projection(pop, pop, "exc", sl.Synapse(pre_spike="g_target += w ; w += 0.01"), name="ff")
    proj.connect_fixed_probability(0.5, 0.1)
    stores = [None, None] if path is None else [path, path.with_stem("w")]
    monitors = (
        sl.Monitor(pop, ["v", "spike"], store=stores[0], **options),
        sl.Monitor(proj, "w", period=3.0, store=stores[1], **options),
    )
    sl.compile()
    return monitors


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_checkpoint_goes_on_with_the_same_file(suffix: str, tmp_path: Path) -> None:
    sl.setup(seed=5)
    path, file = tmp_path / f"v{suffix}", tmp_path / "state.npz"
    plain = network(None)
    sl.simulate(50.0)
    expected = [monitor.get() for monitor in plain]
    first = network(path)
    sl.simulate(10.0)
    first[0].get("v")
    sl.simulate(10.0)
    sl.magic_network().checkpoint(file)
    sl.simulate(17.0)  # lost
    again = network(path, if_exists="append")
    sl.simulate(4.0)  # lost, too
    sl.magic_network().restore(file)
    sl.simulate(30.0)
    same(again[0].get("v", keep=True), expected[0]["v"][10:])
    same(again[0].get("spike", keep=True), expected[0]["spike"])
    same(again[1].get(), expected[1])
    assert again[0].times("v") == {"v": {"start": [10], "stop": [50]}}
    for monitor, data in zip(again, expected, strict=True):
        recording = sl.read_recording(monitor.store)
        same(recording.get(), data)
        assert recording.runs == 1
    assert sl.read_recording(path).times() == {n: {"start": [0], "stop": [50]} for n in ("v", "spike")}


def test_going_back_within_a_process(tmp_path: Path) -> None:
    sl.setup(seed=5)
    stored, _ = network(tmp_path / "v.h5")
    sl.simulate(8.0)
    sl.magic_network().checkpoint(tmp_path / "state.npz")
    sl.simulate(5.0)
    before = stored.get(keep=True)
    for _ in range(2):
        sl.magic_network().restore(tmp_path / "state.npz")
        assert len(stored.get("v", keep=True)) == 8
        sl.simulate(5.0)
        same(stored.get(keep=True), before)
    same(sl.read_recording(stored.store).get(), before)


def test_a_checkpoint_beside_another_file_or_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(seed=5, suppress_warnings=False)
    network(tmp_path / "v.h5")
    sl.simulate(20.0)
    sl.magic_network().checkpoint(tmp_path / "state.npz")
    sl.simulate(3.0)
    for where, told in ((None, "in memory"), (tmp_path / "x" / "other.h5", "to another file")):
        (tmp_path / "x").mkdir(exist_ok=True)
        shown, _ = network(where)
        capsys.readouterr()
        sl.magic_network().restore(tmp_path / "state.npz")
        assert (
            f"INFO: Monitor_pop goes on {told}: what was recorded before the checkpoint is not there.\n"
            in capsys.readouterr().out
        )
        sl.simulate(3.0)
        assert shown.get("v").shape == (3, 4)
    assert len(sl.read_recording(tmp_path / "v.h5").get("v")) == 23


def test_what_was_in_memory_goes_to_the_file(tmp_path: Path) -> None:
    sl.setup(seed=5)
    plain = network(None)
    sl.simulate(20.0)
    sl.magic_network().checkpoint(tmp_path / "state.npz")
    sl.simulate(20.0)
    expected = [monitor.get() for monitor in plain]
    stored = network(tmp_path / "v.zarr")
    sl.magic_network().restore(tmp_path / "state.npz")
    sl.simulate(20.0)
    for monitor, data in zip(stored, expected, strict=True):
        same(monitor.get(keep=True), data)
        same(sl.read_recording(monitor.store).get(), data)


def test_a_file_that_is_shorter_than_the_checkpoint(tmp_path: Path) -> None:
    import shutil

    sl.setup(seed=5)
    stored, _ = network(tmp_path / "v.h5")
    sl.simulate(5.0)
    stored.stop()
    shutil.copy(tmp_path / "v.h5", tmp_path / "short.h5")
    _, weights = network(tmp_path / "v.h5", if_exists="append")
    sl.simulate(30.0)
    sl.magic_network().checkpoint(tmp_path / "state.npz")
    sl.clear()
    shutil.copy(tmp_path / "short.h5", tmp_path / "v.h5")
    network(tmp_path / "v.h5", if_exists="append")
    with pytest.raises(sl.SavedFileError, match=r"'v\.h5' holds less of it than the checkpoint"):
        sl.magic_network().restore(tmp_path / "state.npz")


def test_loading_a_state_keeps_the_file(tmp_path: Path) -> None:
    sl.setup(seed=5)
    stored, _ = network(tmp_path / "v.zarr")
    sl.simulate(5.0)
    sl.save(tmp_path / "state.npz")
    for _ in range(3):
        sl.load(tmp_path / "state.npz")
        sl.simulate(4.0)
        assert stored.get("v").shape == (4, 4)
    recording = sl.read_recording(stored.store)
    assert len(recording.get("v")) == 17 and recording.runs == 4
    assert recording.steps("v", run=-1).tolist() == [5, 6, 7, 8]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_synapses_that_differ_at_the_checkpoint(suffix: str, tmp_path: Path, structural: None) -> None:
    def described(number: int, **options: Any) -> tuple[Any, Any, Any]:
        sl.clear()
        a, b = (
            sl.Population(2, sl.Neuron(parameters="base = 0.0", equations="r = base"), name=n) for n in "ab"
        )
        proj = sl.Projection(a, b, "exc", sl.Synapse(**RULE), name="ff")
        proj.connect_from_matrix([[1, 2], [3, 4]])
        pair = both(tmp_path / f"{number}{suffix}", proj, ["k", "w", "s"], **options)
        sl.compile()
        return proj, *pair

    proj, stored, plain = described(0)
    sl.simulate(3.0)
    proj.prune_synapse(0, 1)
    sl.simulate(3.0)
    plain.get()
    sl.magic_network().checkpoint(tmp_path / "state.npz")
    sl.simulate(2.0)
    expected = stored.get(keep=True)
    proj, stored, plain = described(0, if_exists="append")
    sl.magic_network().restore(tmp_path / "state.npz")
    sl.simulate(2.0)
    same(stored.get(), expected)
    same(plain.get("w"), expected["w"][-2:])

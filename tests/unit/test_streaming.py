"""Recording to files while a network runs: ``Monitor(..., store=path)`` and ``read_recording``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from synloom.recording_store import Store
from tests.unit.built import RELAY
from tests.worked.spiking import source

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

SUFFIXES = (".h5", ".zarr")


@pytest.fixture(params=SUFFIXES)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"run{request.param}"


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of a few samples and spikes, so that short runs fill many."""
    monkeypatch.setattr("synloom.stream.BLOCK_ROWS", 7)
    monkeypatch.setattr("synloom.stream.SPIKES", 5)


def same(found: Any, expected: Any) -> None:
    """Compare what two monitors give."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            same(found[name], value)
    elif isinstance(expected, np.ndarray) and expected.dtype != object:
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    elif isinstance(expected, np.ndarray):
        assert found.dtype == object and found.tolist() == expected.tolist()
    else:
        assert found == expected


def both(path: Path, obj: Any, names: Any, **options: Any) -> tuple[Any, Any]:
    """Make two monitors of the same, one of which records to a file."""
    return sl.Monitor(obj, names, store=path, **options), sl.Monitor(obj, names, **options)


NEURON = {
    "parameters": "tau = 10.0 : population",
    "equations": "v += rate ; count += 1 : int ; big = v > 2.0 : bool ; total = mean(v) : population ; rate = 0.5",
    "spike": "v >= 3.0",
    "reset": "v = 0.0",
}


def test_the_same_data_as_in_memory(path: Path, small_blocks: None) -> None:
    pop = sl.Population((2, 3), sl.Neuron(**NEURON))
    pop.rate = [[0.5, 0.25, 1.0], [0.0, 3.0, 0.7]]
    names = ["v", "spike", "count", "big", "total", "tau"]
    stored, plain = both(path, pop, names, period=2.0)
    sl.compile()
    assert stored.store == path
    for duration in (0.0, 5.0, 100.0, 1.0, 3.0):
        sl.simulate(duration)
        same(stored.get(keep=True), plain.get(keep=True))
        same(stored.times(), plain.times())
    same(stored.get(reshape=True), plain.get(reshape=True))
    same(stored.get(), plain.get())  # nothing
    sl.simulate(9.0)
    same(stored.get(["v", "spike"]), plain.get(["v", "spike"]))
    same(stored.get("count"), plain.get("count"))
    recording = sl.read_recording(path)
    assert recording.variables == names
    assert recording["v"].shape == (59, 6) and recording.get("v", reshape=True).shape == (59, 2, 3)
    assert recording.steps("v").tolist() == list(range(0, 118, 2))
    assert recording.times("v") == {"v": {"start": [0], "stop": [118]}}
    assert recording.times("spike", unit="ms") == {"spike": {"start": [0.0], "stop": [118.0]}}


def test_pauses_resets_and_periods(path: Path, small_blocks: None) -> None:
    sl.setup(dt=0.5)
    stored, plain = both(path, source([1, 30, 70]), ["now", "spike"], period=1.5, period_offset=0.5)
    sl.compile()

    def check() -> None:
        same(stored.get(keep=True), plain.get(keep=True))
        same(stored.times(), plain.times())

    sl.simulate(10.0)
    for monitor in (stored, plain):
        monitor.pause()
    sl.simulate(3.0)
    for monitor in (stored, plain):
        monitor.resume()
    sl.simulate(8.0)
    check()
    for monitor in (stored, plain):
        monitor.start(period=1.0)
    sl.simulate(7.0)
    check()
    sl.reset()
    sl.simulate(16.0)
    check()
    recording = sl.read_recording(path)
    assert recording.runs == 2
    assert recording.times("now") == {"now": {"start": [0, 26, 0], "stop": [20, 56, 32]}}
    now = recording.get("now")[:, 0]
    np.testing.assert_array_equal(now, recording.steps("now") * 0.5)
    assert recording.steps("now", run=0).tolist() == [*range(1, 20, 3), *range(28, 42, 3), *range(43, 56, 2)]
    same(recording.get(run=-1), plain.get(keep=True))
    assert recording.get("spike") == {0: [1, 30, 1, 30]} and recording.get("spike", run=0) == {0: [1, 30]}


RULE = {
    "equations": "k += 1.0 ; s += 1.0 : postsynaptic ; n += 1 : postsynaptic, int ; g += 1.0 : projection",
    "pruning": "k > 3.0",
    "creating": "pre.base > post.base : w = pre.base",
}


def synaptic(path: Path, weights: Any) -> tuple[Any, list[tuple[Any, Any]]]:
    """A projection, and pairs of monitors of all that synapses are recorded of."""
    a, b = sl.Population(2, RELAY, name="a"), sl.Population(3, RELAY, name="b")
    proj = sl.Projection(a, b, "exc", sl.Synapse(**RULE), name="ff").connect_from_matrix(weights)
    fb = Transpose(proj, "fb", name="back")
    sl.compile()

    def pair(name: str, obj: Any, names: Any) -> tuple[Any, Any]:
        return both(path.with_name(f"{name}{path.suffix}"), obj, names)

    return proj, [
        pair("ff", proj, ["k", "w", "s", "n", "g"]),
        pair("back", fb, "w"),
        pair("dendrite", proj.dendrite(1), ["k", "w", "s", "g"]),
        pair("column", fb.dendrite(0), "w"),
        pair("post", b, ["r", "sum(exc)"]),
    ]


@pytest.mark.parametrize("weights", [((1, 2), (3, 4), (5, 6)), ((1, 2), (3, None), (None, None))])
def test_synapses(path: Path, small_blocks: None, structural: None, weights: Any) -> None:
    _, pairs = synaptic(path, weights)
    for duration in (3.0, 20.0):
        sl.simulate(duration)
        for stored, plain in pairs:
            same(stored.get(keep=True), plain.get(keep=True))
    for stored, plain in pairs:
        same(sl.read_recording(stored.store).get(), plain.get())


def test_synapses_that_come_and_go(path: Path, small_blocks: None, structural: None) -> None:
    proj, pairs = synaptic(path, ((1, 2), (3, 4), (None, None)))
    proj.pre.base, proj.post.base = [5.0, 1.0], [9.0, 9.0, 2.0]
    changes: list[Callable[[], Any]] = [
        lambda: proj.start_pruning(),
        lambda: proj.start_creating(3.0),
        lambda: proj.stop_pruning(),
        lambda: proj.create_synapse(1, 2, 7.0),
    ]
    for change in changes:
        change()
        sl.simulate(9.0)
        for stored, plain in pairs:
            same(stored.get(keep=True), plain.get(keep=True))
    for stored, plain in pairs:
        same(sl.read_recording(stored.store).get(), plain.get())
        stored.get()
    sl.simulate(2.0)
    for stored, plain in pairs:
        same(stored.get(), plain.get())


# -- memory ---------------------------------------------------------------------------------------------------


def test_memory_stays_at_one_block(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size, steps = 500, 4200
    pop = sl.Population(size, sl.Neuron(equations="v = t", spike="v > -1.0"))
    monkeypatch.setattr("synloom.stream.BLOCK_BYTES", 1 << 16)
    monkeypatch.setattr("synloom.stream.SPIKES", 1 << 12)
    stored = sl.Monitor(pop, ["v", "spike"], store=path)
    sl.compile()
    held = set()
    for _ in range(3):
        sl.simulate(steps / 3)
        held.add(stored.size_in_bytes())
    rows = (1 << 16) // (8 * size)
    assert held == {rows * size * 8 + (1 << 12) * (4 + 16)}
    assert size * steps * 8 > 100 * max(held)
    assert sl.read_recording(path).get("v")[:, 7].tolist() == list(range(steps))
    assert stored.get("spike")[499] == list(range(steps))


def test_no_warning_of_what_goes_to_a_file(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sl.setup(suppress_warnings=False)
    pop = sl.Population(1000, sl.Neuron(equations="r = t"))
    sl.Monitor(pop, "r", store=path)
    sl.compile()
    monkeypatch.setattr("synloom.running.free_memory", lambda: 1e6)
    sl.simulate(300.0, show_monitor_memory_estimate=True)
    assert capsys.readouterr().out == "INFO: Monitors will record 0.0 MB in this run.\n"


# -- files ----------------------------------------------------------------------------------------------------


def test_the_layout_for_other_programs(tmp_path: Path) -> None:
    import h5py
    import zarr

    sl.setup(dt=0.5)
    pop = sl.Population((2, 2), sl.Neuron(**NEURON), name="pop")
    kept = [sl.Monitor(pop[1:, :], ["v", "spike"], store=tmp_path / f"a{s}", name="mine") for s in SUFFIXES]
    sl.compile()
    sl.simulate(5.0)
    with pytest.raises(sl.ConfigurationError, match="written by another monitor"):
        sl.Monitor(pop, "v", store=tmp_path / "a.h5", if_exists="overwrite")
    kept[0].stop()
    kept[1].flush()
    with h5py.File(tmp_path / "a.h5") as file:
        for root in (file, zarr.open_group(tmp_path / "a.zarr", mode="r")):
            assert root["data/v"].shape == (10, 2) and root["data/v"][3].tolist() == [1.5, 1.5]
            assert root["steps/v"][:].tolist() == list(range(10))
            assert root["data/spike/ranks"][:].tolist() == [2, 3]
            assert root["data/spike/steps"][:].tolist() == [6, 6]
            assert root["intervals/spike"][:].tolist() == [[0, 10, 0, 2, 0]]
            assert root["ranks"][:].tolist() == [2, 3]
            found = {key: root.attrs[key] for key in ("monitor", "object", "kind", "dt", "synloom")}
            assert found == {
                "monitor": "mine",
                "object": "pop",
                "kind": "populationview",
                "dt": 0.5,
                "synloom": sl.__version__,
            }
            assert root["data/v"].attrs["period"] == 0.5 and root["data/v"].attrs["axes"] == "neurons"


def test_variables_that_are_added_later(path: Path) -> None:
    pop = sl.Population(2, sl.Neuron(**NEURON))
    shown = sl.Monitor(pop, store=path)
    sl.compile()
    sl.simulate(3.0)
    shown.start("count")
    sl.simulate(2.0)
    shown.start("v")
    sl.simulate(1.0)
    recording = sl.read_recording(path)
    assert recording.variables == ["count", "v"]
    assert recording.steps("count").tolist() == [3, 4, 5] and recording.steps("v").tolist() == [5]
    assert recording.get("count")[:, 0].tolist() == [4, 5, 6]


def test_other_networks_and_monitors_close_their_files(path: Path) -> None:
    network = sl.Network()
    pop = network.create(3, sl.Neuron(**NEURON))
    shown = network.monitor(pop, "v", store=path)
    network.compile()
    network.simulate(4.0)
    assert shown.get("v", keep=True).shape == (4, 3)
    del shown, pop
    network.clear()
    assert sl.read_recording(path).get("v").shape == (4, 3)
    sl.Monitor(sl.Population(3, sl.Neuron(**NEURON)), "v", store=path, if_exists="overwrite")
    sl.compile()
    assert sl.read_recording(path).get("v").shape == (0, 3)


def test_appending(path: Path) -> None:
    def run(names: Any, size: int = 2, **options: Any) -> None:
        sl.clear()
        shown = sl.Monitor(sl.Population(size, sl.Neuron(**NEURON)), names, store=path, **options)
        sl.compile()
        sl.simulate(4.0)
        assert len(shown.get("v")) == 4  # of this process
        sl.clear()

    run(["v", "spike"], if_exists="append")
    run(["v", "spike", "total"], if_exists="append")
    recording = sl.read_recording(path)
    assert recording.runs == 2
    assert recording.get("v").shape == (8, 2) and recording.get("v", run=1).shape == (4, 2)
    assert recording.times("v") == {"v": {"start": [0, 0], "stop": [4, 4]}}
    with pytest.raises(sl.ConfigurationError, match="holds 2 runs of 'v', there is no 2"):
        recording.get("v", run=2)
    with pytest.raises(sl.ConfigurationError, match=r"something else: geometry is \[2\] there, \[3\] here"):
        run("v", 3, if_exists="append")
    sl.clear()
    sl.setup(precision="float")
    with pytest.raises(sl.ConfigurationError, match="holds 'v' of another type or size"):
        run("v", if_exists="append")


def test_what_is_refused_before_anything_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pop = sl.Population(2, sl.Neuron(**NEURON))

    def refused(message: str, where: Any = path, **options: Any) -> None:
        with pytest.raises(sl.ConfigurationError, match=message):
            sl.Monitor(pop, "v", store=where, **options)

    refused(
        r"'run\.txt' is no file for recordings\.\nhint: names of these end in \.h5", path.with_suffix(".txt")
    )
    refused("There is no folder '.*nowhere' to record into", path.parent / "nowhere" / path.name)
    refused("if_exists is 'error', 'overwrite' or 'append', not 'yes'", if_exists="yes")
    if path.suffix == ".zarr":
        path.mkdir()
        (path / "thesis.txt").write_text("precious")
    else:
        path.write_text("precious")
    refused("exists, and recording would overwrite it.\nhint: choose another name, or if_exists='overwrite'")
    refused(r"can not be read|is no recording", if_exists="overwrite")
    assert path.exists()
    monkeypatch.setitem(__import__("sys").modules, {".h5": "h5py", ".zarr": "zarr"}[path.suffix], None)
    refused(r"needs the package (h5py|zarr)\.\nhint: pip install 'synloom\[io\]'", path.with_stem("other"))
    assert sl.monitors() == []


def test_what_cannot_be_read(path: Path) -> None:
    with pytest.raises(sl.SavedFileError, match="There is no recording"):
        sl.read_recording(path)
    shown = sl.Monitor(sl.Population(2, sl.Neuron(**NEURON)), "v", store=path)
    sl.compile()
    with pytest.raises(sl.ConfigurationError, match=r"'x' is not in 'run\..*'\.\nhint: recorded: v"):
        sl.read_recording(path).get("x")
    with pytest.raises(sl.ConfigurationError, match="'step' or 'ms', not 's'"):
        sl.read_recording(path).times(unit="s")
    assert repr(sl.read_recording(path)) == "<Recording of population 'pop0': v>"
    shown.stop()
    assert shown.store is None and shown.variables == []


def test_copies_must_not_write_the_same_file(path: Path) -> None:
    shown = sl.Monitor(sl.Population(2, sl.Neuron(**NEURON)), "v", store=path)
    with pytest.raises(sl.ConfigurationError, match="which a copy must not write as well"):
        sl.Network(everything=True)
    with pytest.raises(sl.ConfigurationError, match="make the monitor of the copy, with a file of its own"):
        __import__("pickle").dumps(shown)


@pytest.mark.parametrize("failing", ["data/r", "intervals/r"])
def test_what_could_not_be_written_is_written_later(
    path: Path, failing: str, small_blocks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, plain = both(path, sl.Population(2, sl.Neuron(equations="r = t")), "r")
    sl.compile()
    sl.simulate(9.0)
    write, full = Store.write, True

    def refuse(self: Any, name: str, first: int, rows: Any) -> None:
        if full and name == failing:
            raise OSError(28, "No space left on device")
        write(self, name, first, rows)

    monkeypatch.setattr(Store, "write", refuse)
    with pytest.raises(sl.SavedFileError, match=r"run\..*' can not be written: .*No space left on device"):
        sl.simulate(40.0)
    full = False
    sl.simulate(5.0)
    same(stored.get(), plain.get())
    recording = sl.read_recording(path)
    assert recording.steps("r").tolist() == list(range(sl.get_current_step()))
    assert recording.times("r") == {"r": {"start": [0], "stop": [sl.get_current_step()]}}

"""Monitors on networks that run: spikes, life cycle, statistics as methods, files (spec 03, section 5)."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom import running
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.spike_track import LEAST
from tests.worked.near import connected, near, step_by_step
from tests.worked.spiking import fired, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

AXONAL = {"spike": "v >= 3.0", "reset": "v = 0.0", "axon_spike": "v >= 2.0"}


def always(size: int = 1, name: str = "always") -> Any:
    """Make neurons that fire in each step."""
    return target(name, "v = 1.0", size, spike="v > 0.0")


# -- spikes ---------------------------------------------------------------------------------------------------


def test_each_recorded_neuron_has_its_list_of_steps() -> None:
    pop = source([2, 5], [], [5])
    shown, part = sl.Monitor(pop, "spike"), sl.Monitor(pop[[2, 1]], "spike")
    sl.compile()
    sl.simulate(9.0)
    data = shown.get("spike")
    assert data == {0: [2, 5], 1: [], 2: [5]}
    assert all(type(step) is int for steps in data.values() for step in steps)
    assert part.get("spike") == {1: [], 2: [5]}
    assert shown.get("spike") == {0: [], 1: [], 2: []}


def test_spikes_beside_variables_and_in_a_geometry() -> None:
    pop = sl.Population((2, 2), sl.Neuron(equations="v += 1.0", spike="v >= 3.0", reset="v = 0.0"))
    shown = sl.Monitor(pop, ["v", "spike", "r"], period=2.0)
    sl.compile()
    sl.simulate(6.0)
    data = shown.get(reshape=True)
    assert data["v"].shape == (3, 2, 2)
    assert data["spike"] == {rank: [2, 5] for rank in range(4)}  # regardless of the period
    assert shown.get(["spike"], force_dict=True) == {"spike": {rank: [] for rank in range(4)}}


def test_kept_data_are_there_again() -> None:
    shown = sl.Monitor(source([2, 5, 12]), ["spike"])
    sl.compile()
    sl.simulate(4.0)
    assert shown.get("spike", keep=True) == {0: [2]}
    sl.simulate(4.0)
    assert shown.get("spike", keep=True) == shown.get("spike") == {0: [2, 5]}
    sl.simulate(8.0)
    assert shown.get("spike") == {0: [12]}


def test_pause_resume_and_times() -> None:
    shown = sl.Monitor(always(), ["v", "spike"])
    sl.compile()
    assert shown.times() == {name: {"start": [0], "stop": [None]} for name in ("v", "spike")}
    sl.simulate(3.0)
    shown.pause()
    sl.simulate(4.0)
    shown.resume()
    sl.simulate(2.0)
    assert shown.get("spike") == {0: [0, 1, 2, 7, 8]}
    assert len(shown.get("v")) == 5
    expected = {"start": [0, 7], "stop": [3, 9]}
    assert shown.times() == {"v": expected, "spike": expected}
    sl.setup(dt=1.0)
    assert shown.times("spike", unit="ms") == {"spike": {"start": [0.0, 7.0], "stop": [3.0, 9.0]}}
    with pytest.raises(ConfigurationError, match="'step' or 'ms', not 's'"):
        shown.times(unit="s")


def test_reset_discards_spikes() -> None:
    shown = sl.Monitor(always(), "spike")
    sl.compile()
    sl.simulate(3.0)
    shown.reset()
    sl.simulate(2.0)
    assert shown.get("spike") == {0: [3, 4]}
    sl.simulate(1.0)
    sl.reset()
    sl.simulate(1.0)
    assert shown.get("spike") == {0: [0]}
    assert shown.times() == {"spike": {"start": [0], "stop": [1]}}


def test_monitors_do_not_disturb_each_other() -> None:
    pop = always(3)
    first, late = sl.Monitor(pop, "spike"), sl.Monitor(pop[1:], "spike", start=False)
    sl.compile()
    sl.simulate(2.0)
    late.start()
    made_late = sl.Monitor(pop[0], ["spike", "v"])
    sl.simulate(2.0)
    first.pause()
    sl.simulate(1.0)
    assert fired(first) == {n: [0, 1, 2, 3] for n in range(3)}
    assert fired(late) == {n: [2, 3, 4] for n in (1, 2)}
    assert fired(made_late) == {0: [2, 3, 4]}
    made_late.stop()
    assert made_late.get() == {} and made_late.variables == []
    sl.simulate(1.0)
    assert fired(late) == {n: [5] for n in (1, 2)}


def test_axonal_spikes_are_recorded_by_their_own_name() -> None:
    pop = target("pop", "v += 1.0", **AXONAL)
    shown = sl.Monitor(pop, ["spike", "axon_spike"])
    sl.compile()
    sl.simulate(6.0)
    assert shown.get("axon_spike", keep=True) == {0: [1, 4]}
    assert shown.get("spike") == {0: [2, 5]}
    times, ranks = sl.raster_plot(shown.get())
    assert (times.tolist(), ranks.tolist()) == ([], [])  # the spikes were taken
    assert sl.raster_plot({"axon_spike": {0: [1, 4]}})[0].tolist() == [1.0, 4.0]


def test_blocks_of_spikes_grow() -> None:
    size, steps = 50, 500
    pop = always(size)
    shown, part = sl.Monitor(pop, "spike"), sl.Monitor(pop[::7], "spike")
    sl.compile()
    sl.simulate(float(steps // 2))
    sl.simulate(float(steps - steps // 2))
    assert shown.size_in_bytes() >= size * steps * 12 > LEAST * 12
    assert shown.get("spike") == {n: list(range(steps)) for n in range(size)}
    assert part.get("spike") == {n: list(range(steps)) for n in range(0, size, 7)}


def test_recording_goes_on_where_more_steps_are_remembered() -> None:
    """Another window, or a longer delay, moves the lists of spikes in memory."""
    size = 300
    pop, post = always(size), target("post")
    ff = sl.Projection(pop, post, "exc").connect_all_to_all(1.0, delays=2.0)
    shown = sl.Monitor(pop, "spike")
    sl.compile()
    sl.simulate(2.0)
    pop.compute_firing_rate(500.0)
    sl.simulate(2.0)
    ff.delay = 900.0
    other = [np.full((1, size), 7, np.int32) for _ in range(200)]  # where the lists were
    sl.simulate(2.0)
    assert len(other) == 200
    assert fired(shown) == {n: list(range(6)) for n in range(size)}


def test_a_disabled_population_records_no_spikes_but_its_values() -> None:
    pop = always()
    shown = sl.Monitor(pop, ["spike", "v"])
    sl.compile()
    sl.simulate(2.0)
    pop.disable()
    sl.simulate(2.0)
    pop.enable()
    sl.simulate(1.0)
    assert fired(shown) == {0: [0, 1, 4]}
    near(shown.get("v"), [1.0] * 5)


# -- life cycle -----------------------------------------------------------------------------------------------


def test_period_can_change_and_start_again() -> None:
    sl.setup(dt=0.5)
    pop = sl.Population(1, sl.Neuron(equations="r = t"))
    shown = sl.Monitor(pop, "r", period=2.0, period_offset=1.0)
    assert (shown.period, shown.period_offset) == (2.0, 1.0)
    sl.compile()
    sl.simulate(4.0)
    near(shown.get("r"), [1, 3])
    shown.period_offset = 0.0
    sl.simulate(4.0)
    near(shown.get("r"), [4, 6])
    sl.simulate(0.5)
    shown.start(period=1.5)  # the phase begins here
    sl.simulate(4.0)
    near(shown.get("r"), [8, 8.5, 10, 11.5])
    with pytest.raises(ConfigurationError, match=r"must lie in \[0, 1\.5\), not be 2\.0"):
        shown.period_offset = 2.0
    assert shown.period_offset == 0.0
    shown.start()  # and does not without a period
    sl.simulate(2.5)
    near(shown.get("r"), [13, 14.5])


def test_periods_that_are_no_multiple_of_a_step_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(dt=0.5, suppress_warnings=False)
    pop = sl.Population(1, sl.Neuron(equations="r = t"))
    sl.Monitor(pop, "r", period=1.6, period_offset=0.2)
    sl.compile()
    assert capsys.readouterr().out == (
        "WARNING: Monitor_pop0: period 1.6 ms is no multiple of dt, 1.5 ms is used.\n"
        "WARNING: Monitor_pop0: offset 0.2 ms is no multiple of dt, 0.0 ms is used.\n"
    )


def test_a_whole_projection_in_each_step_is_much(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    ff = connected(source([1]), target("post"), [[1]])
    sl.Monitor(ff, "w", period=10.0)
    assert capsys.readouterr().out == ""
    sl.Monitor(ff, "w")
    assert (
        "Monitor_proj0 records a whole projection in every step: give it a period." in capsys.readouterr().out
    )


def test_before_compile_start_and_pause_say_how_it_begins() -> None:
    pop = always()
    paused, started = sl.Monitor(pop, "spike"), sl.Monitor(pop, "spike", start=False)
    paused.pause()
    started.start()
    started.start("v")
    with pytest.raises(NotCompiledError):
        started.get()
    sl.compile()
    sl.simulate(2.0)
    paused.resume()
    sl.simulate(1.0)
    assert fired(paused) == {0: [2]}
    assert fired(started) == {0: [0, 1, 2]}
    near(started.get("v"), [1, 1, 1])
    assert started.net_id == 0


def test_large_recordings_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sl.setup(suppress_warnings=False)
    sl.Monitor(always(1000), ["v", "spike"], period=2.0)
    sl.compile()
    monkeypatch.setattr("synloom.running.free_memory", lambda: 81e6)
    sl.simulate(2000.0)
    assert capsys.readouterr().out == ""
    sl.simulate(2000.0, show_monitor_memory_estimate=True)
    assert capsys.readouterr().out == "INFO: Monitors will record 8.0 MB in this run.\n"
    sl.simulate(2100.0)
    told = "WARNING: Monitors will record 8.4 MB in this run, 81.0 MB are free.\n"
    assert capsys.readouterr().out == told


def test_free_memory_is_known_or_endless(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "meminfo"
    told.write_text("MemTotal: 9 kB\nMemAvailable:   12 kB\n")
    monkeypatch.setattr(running, "MEMORY", told)
    assert running.free_memory() == 12288.0
    monkeypatch.setattr(running, "MEMORY", tmp_path / "nothing")
    monkeypatch.setattr(running.os, "sysconf", lambda name: {"SC_AVPHYS_PAGES": 3, "SC_PAGE_SIZE": 100}[name])
    assert running.free_memory() == 300.0
    monkeypatch.delattr(running.os, "sysconf")
    assert running.free_memory() == np.inf


def test_what_cannot_be_recorded_is_refused() -> None:
    rate = sl.Population(1, sl.Neuron(equations="r = 1.0"), name="rate")
    spiking = always()
    with pytest.raises(ConfigurationError, match="'spike' is recorded of spiking populations, rate is none"):
        sl.Monitor(rate, "spike")
    with pytest.raises(ConfigurationError, match="The neurons of 'always' emit no axonal spikes"):
        sl.Monitor(spiking, "axon_spike")
    with pytest.raises(ConfigurationError, match="'x' is no attribute of always"):
        sl.Monitor(spiking[:1], "x")
    shown = sl.Monitor(spiking, "v")
    with pytest.raises(ConfigurationError):
        shown.start(["spike", "nothing"], period=3.0)
    assert shown.variables == ["v"] and shown.period == 1.0


def test_conductances_are_recorded_as_inputs_under_both_names() -> None:
    post = target("post", "v += g_exc")
    connected(source([1]), post, [[2.0]])
    shown = sl.Monitor(post, ["sum(exc)", "g_exc"])
    sl.compile()
    sl.simulate(4.0)
    near(shown.get("g_exc"), [0, 0, 2, 0])
    near(shown.get("sum(exc)"), [0, 0, 2, 0])


# -- statistics -----------------------------------------------------------------------------------------------

SPIKES = {0: [2, 6, 8, 20], 1: [5], 2: [], 3: [3, 10, 17]}


def recorded(start: float = 0.0) -> Any:
    """Make a monitor, with dt = 0.5, of which the last 24 steps were recorded."""
    sl.setup(dt=0.5)
    pop = source(*([step + int(start / 0.5) for step in SPIKES[n]] for n in range(4)))
    shown = sl.Monitor(pop, ["spike", "now"])
    sl.compile()
    if start:
        sl.simulate(start)
        shown.get()
    sl.simulate(12.0)
    return shown


def test_methods_take_what_was_recorded() -> None:
    shown = recorded()
    spikes = shown.get("spike", keep=True)
    assert spikes == SPIKES
    assert shown.inter_spike_interval(spikes) == [2, 1, 6, 3.5, 3.5]
    assert shown.inter_spike_interval(spikes, ranks=[3], per_neuron=True) == {3: [3.5, 3.5]}
    np.testing.assert_allclose(shown.coefficient_of_variation(spikes), [0.72008, 0.0], atol=5e-6)
    assert list(shown.coefficient_of_variation(spikes, per_neuron=True)) == [0, 3]
    assert shown.histogram(spikes, bins=2.0).tolist() == [3, 2, 1, 1, 1]
    assert shown.histogram(spikes, 2.0, per_neuron=True, recording_window=(0, 24)).shape == (4, 7)
    assert shown.raster_plot(spikes)[0].tolist() == [1.0, 3.0, 4.0, 10.0, 2.5, 1.5, 5.0, 8.5]
    assert shown.mean_fr(spikes) == pytest.approx(8 / 4 / 12.0 * 1000)
    assert shown.mean_fr() == pytest.approx(8 / 4 / 12.0 * 1000)  # takes them from the monitor
    assert shown.mean_fr() == 0.0
    assert shown.mean_fr({}) == 0.0  # an empty dict is what was given


@pytest.mark.parametrize("start", [0.0, 30.0])
def test_rates_cover_the_time_recorded(start: float) -> None:
    shown = recorded(start)
    spikes = shown.get("spike")
    rate = shown.population_rate(spikes)
    assert rate.shape == (25,)
    assert np.flatnonzero(rate).tolist() == [2, 3, 5, 6, 8, 10, 17, 20]
    each = shown.smoothed_rate({"spike": spikes})
    assert each.shape == (4, 24)
    expected = np.zeros((4, 24))
    expected[0, 2:6], expected[0, 6:8], expected[0, 8:20] = 500.0, 1000.0, 1000.0 / 6.0
    expected[3, 3:17] = 2000.0 / 7.0
    np.testing.assert_allclose(each, expected, rtol=1e-14)
    smooth = shown.population_rate(spikes, smooth=5.0)
    np.testing.assert_allclose(smooth[:4], [0.0, 0.0, 50.0, 95.0], rtol=1e-14)


def test_a_spike_in_the_first_step_counts() -> None:
    shown = sl.Monitor(source([0, 2]), "spike")
    sl.compile()
    sl.simulate(4.0)
    near(shown.smoothed_rate(), [[500, 500, 0, 0]])


def test_windows_cover_all_recorded_intervals() -> None:
    shown = sl.Monitor(always(), "spike")
    sl.compile()
    sl.simulate(2.0)
    shown.pause()
    sl.simulate(3.0)
    shown.resume()
    sl.simulate(2.0)
    spikes = shown.get("spike")
    assert shown.mean_fr(spikes) == pytest.approx(1000.0)
    near(shown.population_rate(spikes), [1000, 1000, 0, 0, 0, 1000, 1000, 0])
    near(shown.smoothed_rate(spikes), [[1000, 250, 250, 250, 250, 1000, 0]])


def test_without_spikes_there_are_zeros() -> None:
    shown = sl.Monitor(source([], []), "spike")
    sl.compile()
    sl.simulate(3.0)
    spikes = shown.get("spike")
    assert shown.population_rate(spikes).tolist() == [0.0] * 4
    assert shown.smoothed_rate(spikes).tolist() == [[0.0] * 3] * 2
    assert shown.mean_fr(spikes) == 0.0
    assert shown.histogram(spikes).tolist() == shown.inter_spike_interval(spikes) == []


def test_statistics_need_recorded_spikes() -> None:
    shown = sl.Monitor(always(), "v")
    sl.compile()
    for name in (
        *("raster_plot", "histogram", "inter_spike_interval", "coefficient_of_variation"),
        *("population_rate", "smoothed_rate", "mean_fr"),
    ):
        with pytest.raises(ConfigurationError, match="'spike' is not recorded by Monitor_always"):
            getattr(shown, name)()


# -- files ----------------------------------------------------------------------------------------------------


def test_one_variable_in_a_npy_file(tmp_path: Path) -> None:
    shown = sl.Monitor(always(2), ["v", "spike"])
    sl.compile()
    sl.simulate(3.0)
    with pytest.raises(ConfigurationError, match=r"A \.npy file holds one variable, not v, spike"):
        shown.save(tmp_path / "all.npy")
    with pytest.raises(ConfigurationError, match=r"not to 'all\.txt'"):
        shown.save(tmp_path / "all.txt")
    shown.save(tmp_path / "v.npy", "v", keep=True)
    assert np.load(tmp_path / "v.npy").tolist() == shown.get("v").tolist() == [[1, 1]] * 3
    shown.save(tmp_path / "spike.npy", "spike")
    assert np.load(tmp_path / "spike.npy", allow_pickle=True).item() == {0: [0, 1, 2], 1: [0, 1, 2]}
    assert shown.get("spike") == {0: [], 1: []}


def test_several_variables_in_a_npz_file(tmp_path: Path) -> None:
    pre, post = source([1], [2]), target("post", size=2)
    learned = connected(
        pre, post, [[1, 2], [3, None]], synapse=sl.Synapse(pre_spike="g_target += w ; n += 1.0")
    )
    shown, synapses = sl.Monitor(pre, ["spike", "now"]), sl.Monitor(learned, "n", period=2.0)
    sl.compile()
    sl.simulate(4.0)
    shown.save(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as file:
        assert sorted(file) == ["now", "spike/counts", "spike/ranks", "spike/steps"]
        assert file["now"].shape == (4, 2)
        assert [file[f"spike/{part}"].tolist() for part in ("ranks", "counts", "steps")] == [
            [0, 1],
            [1, 1],
            [1, 2],
        ]
    synapses.save(tmp_path / "b.npz")
    with np.load(tmp_path / "b.npz") as file:
        assert file["n/lengths"].tolist() == [[2, 1], [2, 1]]
        assert file["n/values"].tolist() == [0, 0, 0, 1, 0, 1]


class FakeFile(dict):
    """What is used of h5py: files and groups, by name."""

    made: dict[str, Any] = {}

    def __init__(self, path: Any = "", mode: str = "w") -> None:
        assert mode == "w"
        FakeFile.made[str(path)] = self

    def create_dataset(self, name: str, data: Any) -> None:
        assert name not in self
        self[name] = data.tolist()

    def create_group(self, name: str) -> FakeFile:
        assert name not in self
        self[name] = FakeFile()
        return self[name]

    def __enter__(self) -> FakeFile:
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""


@pytest.fixture
def h5py(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    module = types.ModuleType("h5py")
    module.File = FakeFile  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "h5py", module)
    FakeFile.made = {}
    return FakeFile.made


def test_hdf5_files(h5py: dict[str, Any]) -> None:
    pop = always(2)
    shown, again = sl.Monitor(pop, ["v", "spike"]), sl.Monitor(pop[1], "spike")
    sl.compile()
    sl.simulate(2.0)
    spikes = {"0": [0, 1], "1": [0, 1]}
    shown.save("one.hdf5", keep=True)
    assert h5py["one.hdf5"] == {"v": [[1, 1]] * 2, "spike": spikes}
    both = sl.MonitorList([shown, again])
    both.save_all("all.hdf5", keep=True)
    assert h5py["all.hdf5"] == {
        "always": {"v": [[1, 1]] * 2, "spike": spikes},
        "always_1": {"spike": {"1": [0, 1]}},
    }
    both.save_all("flat.hdf5", flat_keys=True)
    assert sorted(h5py["flat.hdf5"]) == ["always_1_spike", "always_spike", "always_v"]
    with pytest.raises(ConfigurationError, match=r"not to 'all\.npz'"):
        both.save_all("all.npz")


def test_hdf5_files_need_h5py(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    shown = sl.Monitor(always(), "spike")
    sl.compile()
    sl.simulate(1.0)
    with pytest.raises(
        ConfigurationError, match=r"needs the package h5py\.\nhint: pip install 'synloom\[io\]'"
    ):
        shown.save("a.hdf5")
    assert fired(shown) == {0: [0]}  # nothing was taken


# -- what the last step left ----------------------------------------------------------------------------------


def test_spikes_of_the_last_step() -> None:
    pop = source([1], [0, 1], [], [1])
    with pytest.raises(NotCompiledError):
        _ = pop.spike
    sl.compile()
    found = step_by_step(3, lambda: (pop.spike, pop[[3, 0, 2]].spike))
    assert [spike.tolist() for spike, _ in found] == [[1], [0, 1, 3], []]
    assert [spike for _, spike in found] == [[], [0, 3], []]
    assert all(spike.dtype == np.int64 for spike, _ in found)

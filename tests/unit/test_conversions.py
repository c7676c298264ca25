"""Recorded data as ``xarray.Dataset`` and ``neo.Segment``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.unit.test_streaming import RULE
from tests.worked.spiking import source

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def test_a_dataset_of_a_geometry() -> None:
    sl.setup(dt=0.5)
    neuron = sl.Neuron(equations="v += 0.5 ; total = mean(v) : population", spike="v >= 1.5", reset="v = 0.0")
    shown = sl.Monitor(sl.Population((2, 3), neuron, name="pop"), ["v", "total", "spike"], period=1.0)
    sl.compile()
    sl.simulate(4.0)
    kept = shown.to_xarray(keep=True, units={"v": "mV"})
    data = shown.to_xarray()
    assert kept.identical(shown.to_xarray()) is False  # the data were removed
    assert data.sizes == {
        "time": 4, "axis_0": 2, "axis_1": 3, "spike_rank": 6, "spike_index": 12, "spike_interval": 1,
    }  # fmt: skip
    assert data.v.dims == ("time", "axis_0", "axis_1") and data.total.dims == ("time",)
    assert data.time.values.tolist() == [0.0, 1.0, 2.0, 3.0] and data.time.attrs["units"] == "ms"
    assert kept.v.attrs == {"units": "mV"} and data.v.attrs == {}
    assert data.v.sel(time=1.0, axis_0=1, axis_1=2) == 0.0 and data.v.sel(time=2.0).values.max() == 1.0
    assert data.attrs == {"monitor": "Monitor_pop", "object": "pop", "kind": "population", "dt": 0.5}
    assert data.spike_count.values.tolist() == [2] * 6
    assert data.spike_count.attrs == {"sample_dimension": "spike_index"}
    assert data.spike_time.values.tolist() == [1.0, 2.5] * 6 and data.spike_time.attrs["units"] == "ms"
    assert (data.spike_start.values.tolist(), data.spike_stop.values.tolist()) == ([0.0], [4.0])
    assert shown.get("v").shape == (0, 6) and shown.get("spike") == {rank: [] for rank in range(6)}


def test_a_dataset_of_a_view_and_of_other_times() -> None:
    pop = sl.Population(5, sl.Neuron(equations="r = t ; x = 2.0*t"))
    shown = sl.Monitor(pop[[4, 1]], "r", period=2.0)
    sl.compile()
    sl.simulate(4.0)
    shown.start("x")
    sl.simulate(3.0)
    shown.pause()
    sl.simulate(5.0)
    shown.resume()
    sl.simulate(3.0)
    data = shown.to_xarray()
    assert data["rank"].values.tolist() == [4, 1] and data.r.dims == ("time", "rank")
    assert data.time.values.tolist() == [0, 2, 4, 6, 12, 14]
    assert data.x.dims == ("time_x", "rank") and data.time_x.values.tolist() == [4, 6, 12, 14]
    np.testing.assert_array_equal(data.r.isel(rank=0), data.time)
    np.testing.assert_array_equal(data.x.isel(rank=0), 2 * data.time_x)


def synapses() -> tuple[Any, dict[str, Any]]:
    neuron = sl.Neuron(parameters="base = 0.0", equations="r = base + sum(exc) + sum(fb)")
    a, b = sl.Population(2, neuron, name="a"), sl.Population(3, neuron, name="b")
    proj = sl.Projection(a, b, "exc", sl.Synapse(**RULE), name="ff")
    proj.connect_from_matrix([[1, 2], [None, 4], [None, None]])
    fb = Transpose(proj, "fb", name="back")
    sl.compile()
    return proj, {
        "ff": sl.Monitor(proj, ["k", "w", "s", "g"]),
        "back": sl.Monitor(fb, "w"),
        "one": sl.Monitor(proj.dendrite(1), ["w", "s"]),
    }


def test_a_dataset_of_synapses(structural: None) -> None:
    proj, monitors = synapses()
    sl.simulate(2.0)
    proj.prune_synapse(0, 0)
    proj.create_synapse(0, 2, 9.0)
    sl.simulate(1.0)
    data = monitors["ff"].to_xarray(keep=True)
    pairs = list(zip(data.post.values.tolist(), data.pre.values.tolist(), strict=True))
    assert pairs == [(0, 0), (0, 1), (1, 1), (2, 0)] and data.w.dims == ("time", "synapse")
    nan = np.nan
    np.testing.assert_array_equal(data.w, [[1, 2, 4, nan], [1, 2, 4, nan], [nan, 2, 4, 9]])
    np.testing.assert_array_equal(data.k, [[1, 1, 1, nan], [2, 2, 2, nan], [nan, 3, 3, 1]])
    assert data.s.dims == ("time", "dendrite") and data.g.dims == ("time",)
    back = monitors["back"].to_xarray()
    assert list(zip(back.post.values.tolist(), back.pre.values.tolist(), strict=True)) == [
        (0, 0), (0, 2), (1, 0), (1, 1),
    ]  # fmt: skip
    np.testing.assert_array_equal(back.w, [[1, nan, 2, 4], [1, nan, 2, 4], [nan, 9, 2, 4]])
    one = monitors["one"].to_xarray()
    assert one.w.values.tolist() == [[4.0]] * 3 and one.post.values.tolist() == [1]
    assert one.s.dims == ("time",) and one.attrs["kind"] == "dendrite"


def test_a_segment() -> None:
    sl.setup(dt=0.5)
    pop = source([1, 5, 30], [2], name="pop")
    shown = sl.Monitor(pop, ["now", "spike"], period=1.0)
    sl.compile()
    sl.simulate(5.0)
    shown.pause()
    sl.simulate(5.0)
    shown.resume()
    sl.simulate(6.0)
    made = shown.to_neo(keep=True, units={"now": "ms"})
    trains = [
        (t.annotations["rank"], t.annotations["interval"], t.times.magnitude.tolist())
        for t in made.spiketrains
    ]
    assert trains == [(0, 0, [0.5, 2.5]), (1, 0, [1.0]), (0, 1, [15.0]), (1, 1, [])]
    limits = {(float(t.t_start), float(t.t_stop), str(t.units.dimensionality)) for t in made.spiketrains}
    assert limits == {(0.0, 5.0, "ms"), (10.0, 16.0, "ms")}
    first, second = made.analogsignals
    assert (float(first.t_start), float(second.t_start)) == (0.0, 10.0)
    assert float(first.sampling_period) == 1.0 and str(first.sampling_period.dimensionality) == "ms"
    assert first.name == "now" and first.array_annotations["rank"].tolist() == [0, 1]
    assert first.magnitude[:, 0].tolist() == [0, 1, 2, 3, 4] and str(first.units.dimensionality) == "ms"
    assert second.magnitude[:, 1].tolist() == [10, 11, 12, 13, 14, 15]
    assert shown.to_neo().analogsignals[0].units.dimensionality.string == "dimensionless"
    assert len(shown.to_neo().spiketrains) == len(shown.to_neo().analogsignals) == 0


def test_signals_where_the_period_changes() -> None:
    shown = sl.Monitor(sl.Population(1, sl.Neuron(equations="r = t")), "r")
    sl.compile()
    sl.simulate(1.0)
    shown.pause()
    sl.simulate(9.0)
    shown.resume()
    sl.simulate(4.0)
    shown.start(period=5.0)
    sl.simulate(15.0)
    found = [
        (float(s.t_start), float(s.sampling_period), s.magnitude[:, 0].tolist())
        for s in shown.to_neo().analogsignals
    ]
    assert found == [(0.0, 1.0, [0.0]), (10.0, 1.0, [10, 11, 12, 13, 14]), (19.0, 5.0, [19.0, 24.0])]


@pytest.mark.parametrize("suffix", [".h5", ".zarr"])
def test_files_convert_as_monitors_do(suffix: str, tmp_path: Path) -> None:
    pop = source([1, 5, 30], [2], name="pop")
    stored = sl.Monitor(pop, ["now", "spike"], period=2.0, store=tmp_path / f"run{suffix}")
    plain = sl.Monitor(pop, ["now", "spike"], period=2.0)
    sl.compile()
    sl.simulate(5.0)
    for monitor in (stored, plain):
        monitor.pause()
    sl.simulate(5.0)
    for monitor in (stored, plain):
        monitor.resume()
    sl.simulate(30.0)
    recording = sl.read_recording(stored.store)
    expected = plain.to_xarray(keep=True)
    assert stored.to_xarray(keep=True).identical(expected) and recording.to_xarray().identical(expected)
    assert recording.to_xarray("now").identical(expected[["now"]])
    segments = [stored.to_neo(), recording.to_neo(), plain.to_neo()]
    told = [[(t.annotations, t.times.magnitude.tolist()) for t in s.spiketrains] for s in segments]
    assert told[0] == told[1] == told[2] and len(told[0]) == 4
    assert stored.to_xarray().sizes["time"] == 0
    sl.reset()
    sl.simulate(1.0)
    with pytest.raises(
        sl.ConfigurationError, match=r"holds 2 runs\.\nhint: say which one: run=0 is the first"
    ):
        recording.to_xarray()
    assert recording.to_xarray(run=0).identical(expected)


def test_packages_are_asked_for_when_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = sl.Monitor(source([1]), "spike")
    sl.compile()
    sl.simulate(2.0)
    for package in ("xarray", "neo"):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(
            sl.ConfigurationError,
            match=rf"to_{package}\(\) needs the package {package}\.\nhint: pip install 'synloom\[io\]'",
        ):
            getattr(shown, f"to_{package}")()
    assert shown.get("spike") == {0: [1]}  # nothing was taken
    monkeypatch.undo()
    with pytest.raises(sl.ConfigurationError, match="'v' is not recorded by Monitor_source"):
        shown.to_xarray("v")


def test_importing_synloom_imports_none_of_them() -> None:
    import subprocess

    code = "import sys, synloom; print([m for m in ('h5py', 'zarr', 'xarray', 'neo') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"

"""Spec 03, section 5, rule by rule: what is recorded, when samples are taken, which shapes come out, which files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.extensions.convolution import Transpose
from tests.worked.near import connected, near
from tests.worked.spiking import source

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

RATE = sl.Neuron(
    parameters="base = 0.0 ; gain = 2.0 : population",
    equations="r = base + t + sum(exc) + sum(fb) ; n += 1 : int ; on = t > 1.0 : bool ; total = mean(r) : population",
)
RULE = sl.Synapse(
    parameters="eta = 0.5",
    equations="k += eta ; s += 1.0 : postsynaptic ; g += 1.0 : projection",
)


def sparse() -> tuple[Any, Any, Any]:
    """W of 2 of 4 post neurons: ranks 1 and 3 have dendrites, with 2 and 1 synapses; and its transpose."""
    pre, post = sl.Population(3, RATE, name="pre"), sl.Population((2, 2), RATE, name="post")
    weights = [[None] * 3, [1, None, 2], [None] * 3, [None, 3, None]]
    proj = connected(pre, post, weights, synapse=RULE, name="ff")
    return proj, Transpose(proj, "fb", name="back"), post


# -- 5.1 what is recorded -------------------------------------------------------------------------------------


def test_only_objects_with_data_can_be_recorded() -> None:
    pop = sl.Population(2, RATE)
    for wrong in (pop.neuron(0), RATE, "pop0", None):
        with pytest.raises(ConfigurationError, match=f"A {type(wrong).__name__} cannot be recorded"):
            sl.Monitor(wrong, "r")
    assert sl.monitors() == []


def test_what_does_not_exist_is_refused_when_the_monitor_is_made() -> None:
    proj, back, post = sparse()
    with pytest.raises(
        ConfigurationError, match=r"No projection with target 'inh' reaches population 'post'"
    ):
        sl.Monitor(post, "sum(inh)")
    with pytest.raises(ConfigurationError, match="'spike' is recorded of spiking populations, post is none"):
        sl.Monitor(post[0, :], "spike")
    for obj, name in ((proj, "x"), (back, "k")):
        with pytest.raises(ConfigurationError, match=f"'{name}' is no attribute of {obj.name}"):
            sl.Monitor(obj, name, period=5.0)
    assert sl.monitors() == []


def test_parameters_are_recorded() -> None:
    pop = sl.Population(2, RATE)
    shown = sl.Monitor(pop, ["base", "gain"])
    sl.compile()
    sl.simulate(2.0)
    pop.base, pop.gain = [3.0, 4.0], 5.0
    sl.simulate(1.0)
    assert shown.get("base").tolist() == [[0, 0], [0, 0], [3, 4]]
    assert shown.get("gain").tolist() == [2, 2, 5]


def test_weights_of_synapses_that_do_not_learn_are_recorded() -> None:
    proj = connected(sl.Population(2, RATE), sl.Population(1, RATE), [[1, 2]])
    shown = sl.Monitor(proj, "w", period=2.0)
    sl.compile()
    sl.simulate(2.0)
    proj.w = [[5.0, 6.0]]
    sl.simulate(2.0)
    assert shown.get("w").tolist() == [[[1, 2]], [[5, 6]]]


def test_attributes_of_a_monitor() -> None:
    pop = sl.Population(2, RATE, name="pop")
    shown = sl.Monitor(pop, ["r", "r", "n"])
    assert (shown.object, shown.name, shown.id, shown.net_id) == (pop, "Monitor_pop", 0, 0)
    shown.variables.append("on")  # of a copy
    assert shown.variables == ["r", "n"]
    with pytest.raises(AttributeError):
        shown.variables = ["on"]  # type: ignore[misc]
    sl.setup(dt=0.5)
    assert (shown.period, shown.period_offset) == (0.5, 0.0)  # before compile
    assert sl.monitors(obj=pop) == [shown]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"period_offset": 1.0}, r"must lie in \[0, 1\.0\), not be 1\.0"),  # the period is dt
        ({"period": 2.0, "period_offset": 2.0}, r"must lie in \[0, 2\.0\), not be 2\.0"),
        ({"period": 2.0, "period_offset": -1.0}, r"must lie in \[0, 2\.0\), not be -1\.0"),
        ({"period": 0.0}, "period of a monitor must be positive, not 0"),
        ({"period": float("nan")}, "period of a monitor must be positive, not nan"),
    ],
)
def test_periods_and_offsets_that_are_refused(options: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        sl.Monitor(sl.Population(2, RATE), "r", **options)


# -- 5.2 when samples are taken -------------------------------------------------------------------------------


def test_sampling_is_relative_to_when_the_monitor_was_made() -> None:
    sl.setup(dt=0.5)
    pop = sl.Population(1, sl.Neuron(equations="r = t"))
    early, shifted = sl.Monitor(pop, "r", period=2.0), sl.Monitor(pop, "r", period=2.0, period_offset=1.0)
    sl.compile()
    sl.simulate(5.0)
    near(early.get("r"), [0, 2, 4])
    near(shifted.get("r"), [1, 3])
    sl.simulate(17.5)
    late = sl.Monitor(pop, "r", period=2.0)
    sl.simulate(6.0)
    near(late.get("r"), [22.5, 24.5, 26.5])
    later = sl.Monitor(pop, "r", period=2.0, period_offset=0.5)
    sl.simulate(6.0)
    near(later.get("r"), [29, 31, 33])
    sl.reset()  # and the phase begins at step 0 again
    sl.simulate(5.0)
    near(late.get("r"), [0, 2, 4])
    near(later.get("r"), [0.5, 2.5, 4.5])


def test_sums_are_recorded_before_neurons_all_else_after() -> None:
    pre, post = (sl.Population(1, sl.Neuron(equations=text)) for text in ("r = t + 100.0", "r = sum(exc)"))
    connected(pre, post, [[1.0]])
    shown = sl.Monitor(post, ["r", "sum(exc)"])
    sl.compile()
    sl.simulate(4.0)
    near(shown.get("sum(exc)"), [0, 100, 101, 102])
    near(shown.get("r"), [0, 100, 101, 102])


# -- 5.3 life cycle -------------------------------------------------------------------------------------------


def test_calls_before_compile() -> None:
    pop = sl.Population(1, sl.Neuron(equations="r = t"))
    shown = sl.Monitor(pop, "r", start=False)
    shown.start(period=2.0)
    shown.resume()
    shown.reset()
    assert shown.size_in_bytes() == 0
    with pytest.raises(NotCompiledError, match=r"Nothing is recorded before compile\(\)"):
        shown.get("r")
    with pytest.raises(NotCompiledError):
        shown.to_xarray()
    sl.compile()
    sl.simulate(4.0)
    near(shown.get("r"), [0, 2])
    shown.pause()
    shown.pause()
    sl.simulate(2.0)
    shown.resume()
    shown.resume()
    sl.simulate(2.0)
    near(shown.get("r"), [6])
    assert shown.times() == {"r": {"start": [4, 6], "stop": [4, 8]}}


def test_stop_frees_everything() -> None:
    proj, back, post = sparse()
    sl.compile()
    for obj, name in ((proj, "k"), (back, "w"), (post, "r"), (proj.dendrite(1), "k")):
        shown = sl.Monitor(obj, name)
        sl.simulate(3.0)
        assert shown.size_in_bytes() > 0
        shown.stop()
        assert (shown.get(), shown.variables, shown.size_in_bytes()) == ({}, [], 0)
        with pytest.raises(ConfigurationError, match=f"'{name}' is not recorded by {shown.name}"):
            shown.get(name)
        sl.simulate(1.0)


def test_unknown_variables_are_not_added(capsys: pytest.CaptureFixture[str]) -> None:
    shown = sl.Monitor(sl.Population(1, RATE, name="pop"), "r")
    sl.compile()
    sl.setup(suppress_warnings=False)
    with pytest.raises(ConfigurationError, match="'nothing' is no attribute of pop"):
        shown.start("nothing")
    assert shown.variables == ["r"]
    assert shown.times("nothing") == {}
    assert capsys.readouterr().out == "WARNING: 'nothing' is not recorded by Monitor_pop.\n"


# -- 5.4 shapes -----------------------------------------------------------------------------------------------


def test_shapes_of_populations_and_views() -> None:
    pop = sl.Population((2, 3), RATE)
    names = ["r", "n", "on", "total"]
    whole, part = sl.Monitor(pop, names), sl.Monitor(pop[[4, 1]], names)
    square = sl.Monitor(pop[:, 1:], names)
    sl.compile()
    for shown, size in ((whole, 6), (part, 2), (square, 4)):
        assert shown.get("r").shape == (0, size) and shown.get("total").shape == (0,)  # empty
    pop.base = [[0.0, 10.0, 20.0], [30.0, 40.0, 50.0]]
    sl.simulate(3.0)
    data = whole.get(keep=True, reshape=True)
    assert {name: values.shape for name, values in data.items()} == {
        "r": (3, 2, 3),
        "n": (3, 2, 3),
        "on": (3, 2, 3),
        "total": (3,),
    }
    assert [data[name].dtype for name in names] == [np.float64, np.int64, np.bool_, np.float64]
    assert part.get(reshape=True)["r"].tolist() == [[40, 10], [41, 11], [42, 12]]  # in the order of the view
    assert square.get("r", reshape=True)[0].tolist() == [[10, 20], [40, 50]]
    assert list(whole.get("r", keep=True, force_dict=True)) == ["r"]
    assert whole.get(["r"], keep=True).shape == (3, 6)
    assert list(whole.get(["r", "n"])) == ["r", "n"] and whole.get("total").shape == (3,)


def test_the_default_of_reshape_depends_on_how_a_monitor_was_made() -> None:
    network = sl.Network()
    pop = network.create((2, 2), RATE)
    new, old = network.monitor(pop, ["r", "total"]), sl.Monitor(pop, ["r", "total"], network=network)
    network.compile()
    network.simulate(3.0)
    assert new.get("r", keep=True).shape == (3, 2, 2) and new.get("r", reshape=False).shape == (3, 4)
    assert old.get("r", keep=True).shape == (3, 4) and old.get("r", reshape=True).shape == (3, 2, 2)
    assert new.get("total").shape == old.get("total").shape == (3,)


def test_shapes_of_sparse_projections_and_transposes() -> None:
    proj, back, _ = sparse()
    shown, turned = sl.Monitor(proj, ["k", "s", "g", "w"]), sl.Monitor(back, "w")
    sl.compile()
    assert proj.post_ranks == [1, 3] and back.post_ranks == [0, 1, 2]
    sl.simulate(2.0)
    data = shown.get()
    assert data["k"].tolist() == [[[0.5, 0.5], [0.5]], [[1, 1], [1]]] and data["k"].dtype == object
    assert data["s"].tolist() == [[1, 1], [2, 2]] and data["g"].tolist() == [1, 2]
    assert data["w"].shape == (2, 2)
    w = turned.get("w")
    assert w.tolist() == [[[1], [3], [2]]] * 2 and w.dtype == np.float64  # as all have one synapse


def test_dendrites_of_sparse_projections_record_their_own_synapses() -> None:
    proj, back, _ = sparse()
    sl.compile()
    monitors = {rank: sl.Monitor(proj.dendrite(rank), ["w", "k", "s", "g"]) for rank in (1, 3)}
    columns = {rank: sl.Monitor(back.dendrite(rank), "w") for rank in (0, 1, 2)}
    sl.simulate(1.0)
    assert {rank: m.get("w").tolist() for rank, m in monitors.items()} == {1: [[1, 2]], 3: [[3]]}
    assert {rank: m.get("w").tolist() for rank, m in columns.items()} == {0: [[1]], 1: [[3]], 2: [[2]]}
    assert monitors[3].get("k").shape == (1, 1)  # one sample of one synapse keeps both axes
    assert monitors[3].get("s").tolist() == monitors[3].get("g").tolist() == [1]
    assert monitors[3].get("k").shape == (0, 1) and monitors[1].get("k", keep=True).shape == (1, 2)


def test_projections_with_equally_many_synapses_give_numbers() -> None:
    proj = connected(sl.Population(2, RATE), sl.Population(2, RATE), [[1, 2], [3, 4]], synapse=RULE)
    shown = sl.Monitor(proj, ["w", "k"])
    sl.compile()
    assert shown.get("w").shape == (0, 2, 2)
    sl.simulate(3.0)
    assert shown.get("w").shape == (3, 2, 2) and shown.get("k").dtype == np.float64


# -- 5.6, 5.8 files -------------------------------------------------------------------------------------------


def test_hdf5_files_hold_spikes_and_ragged_samples(tmp_path: Path) -> None:
    import h5py

    pre, post = source([1], [2]), sl.Population(2, sl.Neuron(equations="v = g_exc", spike="v > 9.0"))
    rule = sl.Synapse(pre_spike="g_target += w ; n += 1.0")
    proj = connected(pre, post, [[1, 2], [3, None]], synapse=rule)
    spikes, sums = sl.Monitor(pre, ["spike", "now"]), sl.Monitor(post, "sum(exc)")
    again, synapses = sl.Monitor(pre[1], "spike"), sl.Monitor(proj, ["n", "w"], period=2.0)
    sl.compile()
    sl.simulate(4.0)
    synapses.save(tmp_path / "ragged.hdf5", keep=True)
    with h5py.File(tmp_path / "ragged.hdf5") as file:
        assert file["n/lengths"][:].tolist() == [[2, 1]] * 2
        assert file["n/values"][:].tolist() == [0, 0, 0, 1, 0, 1]
    sl.MonitorList([spikes, sums, again, synapses]).save_all(tmp_path / "all.hdf5", keep=True)
    with h5py.File(tmp_path / "all.hdf5") as file:
        assert sorted(file) == sorted(["source", "source_1", post.name, proj.name])
        assert {rank: file[f"source/spike/{rank}"][:].tolist() for rank in file["source/spike"]} == {
            "0": [1],
            "1": [2],
        }
        assert list(file["source_1/spike"]) == ["1"] and file[f"{post.name}/sum(exc)"].shape == (4, 2)
    flat = [spikes, again]
    sl.MonitorList(flat).save_all(tmp_path / "flat.hdf5", flat_keys=True)
    with h5py.File(tmp_path / "flat.hdf5") as file:
        assert sorted(file) == ["source_1_spike", "source_now", "source_spike"]
    assert spikes.get("spike") == {0: [], 1: []} and len(sums.get("sum(exc)")) == 4


def test_reshaped_data_are_saved_so(tmp_path: Path) -> None:
    shown = sl.Monitor(sl.Population((2, 3), RATE), ["r", "total"])
    sl.compile()
    sl.simulate(2.0)
    shown.save(tmp_path / "r.npy", "r", keep=True, reshape=True)
    assert np.load(tmp_path / "r.npy").shape == (2, 2, 3)
    shown.save(tmp_path / "all.npz", reshape=True)
    with np.load(tmp_path / "all.npz") as file:
        assert file["r"].shape == (2, 2, 3) and file["total"].shape == (2,)
    assert shown.get("r").shape == (0, 6)

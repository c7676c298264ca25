"""Spec 03, section 7: what is saved, what is loaded, parameters, pickles."""

from __future__ import annotations

import copy
import json
import os
import pickle
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

CELL = sl.Neuron(
    parameters="tau = 10.0 : population ; n = 3 : population, int ; on = True : population, bool ; a = 0.5",
    equations="x = x + a + Uniform(0.0, 1.0) ; r = x + sum(exc) ; m = 2.0 : population",
)
FIRE = sl.Neuron(
    parameters="tau = 10.0 : population",
    equations="tau*dv/dt = -v + 1.5 + Normal(0.0, 0.5) + g_exc",
    spike="v > 1.0",
    reset="v = 0.0",
    refractory=2.0,
)
FORMATS = ["s.npz", "s.txt.gz", "s.data", "s.hdf5", "s.mat"]


def needs(name: str) -> None:
    if name.endswith(".hdf5"):
        pytest.importorskip("h5py")
    if name.endswith(".mat"):
        pytest.importorskip("scipy")


def spiking(seed: int = 2) -> sl.Network:
    sl.clear()
    sl.setup(seed=seed)
    pop = sl.Population((2, 5), FIRE, name="cells")
    stdp = sl.Projection(pop, pop, "exc", sl.STDP(tau_plus=20.0, tau_minus=20.0), name="stdp")
    stdp.connect_fixed_probability(0.4, weights=sl.Uniform(0.0, 0.1), delays=sl.Uniform(1.0, 6.0))
    net = sl.magic_network()
    net.compile(silent=True)
    pop.compute_firing_rate(10.0)
    return net


def evidence(net: sl.Network) -> list[Any]:
    pop, link = net.get_population("cells"), net.get_projection("stdp")
    return [net.get_current_step(), pop.v.tolist(), pop.r.tolist(), link.w, link.pre_ranks, link.delay]


# -- 7.1, 7.2


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_that_was_saved_goes_on_bit_for_bit(tmp_path: Path, name: str) -> None:
    needs(name)
    net = spiking()
    net.simulate(37.0)
    net.save(tmp_path / "deep" / "er" / name)
    net.simulate(50.0)
    expected = evidence(net)
    other = spiking(seed=9)  # another connectivity, other numbers
    other.load(tmp_path / "deep" / "er" / name)
    other.simulate(50.0)
    assert evidence(other) == expected


def test_the_dictionary_has_the_names_of_the_table(tmp_path: Path) -> None:
    net = spiking()
    net.save(tmp_path / "s.npz")
    with np.load(tmp_path / "s.npz", allow_pickle=False) as file:  # nothing in it is pickled
        head = json.loads(file["synloom"].tobytes())["contents"]
        assert file["populations/cells/values/v"].shape == (2, 5)
        lengths = file["projections/stdp/pre_ranks/lengths"]
        assert lengths.sum() == len(file["projections/stdp/values/w"]) == len(file["projections/stdp/delays"])
    assert head.keys() >= {"time_step", "net_id", "obj_names", "populations", "projections", "synloom_state"}
    assert head["obj_names"] == {"populations": ["cells"], "projections": ["stdp"]}
    common = {"name", "attributes", "parameters", "variables"}
    assert head["populations"]["cells"].keys() >= common | {"geometry", "size"}
    assert head["projections"]["stdp"].keys() >= common | {
        "pre",
        "post",
        "target",
        "post_ranks",
        "pre_ranks",
        "delays",
    }


@pytest.mark.parametrize(("populations", "projections"), [(True, False), (False, True), (False, False)])
def test_parts_are_left_out(tmp_path: Path, populations: bool, projections: bool) -> None:
    net = spiking()
    net.save(tmp_path / "part.npz", populations, projections)
    net.save(tmp_path / "whole.npz")
    before = evidence(net)
    net.simulate(20.0)
    after = evidence(net)
    net.load(tmp_path / "part.npz")
    expected = [0, *(before[1:3] if populations else after[1:3]), *(before[3:] if projections else after[3:])]
    assert evidence(net)[:2] + evidence(net)[3:] == expected[:2] + expected[3:]
    net.simulate(20.0)
    now = evidence(net)
    net.load(tmp_path / "whole.npz", populations, projections)
    assert evidence(net)[1] == (before[1] if populations else now[1])
    assert evidence(net)[3:] == (before[3:] if projections else now[3:])


def test_a_failed_load_changes_nothing(tmp_path: Path) -> None:
    sl.Population((3, 3), FIRE, name="cells")
    sl.compile(silent=True)
    sl.save(tmp_path / "other.npz")
    net = spiking()
    net.simulate(9.0)
    before = evidence(net)
    with pytest.raises(sl.SavedFileError, match=r"geometry \(3, 3\), the population here \(2, 5\)"):
        net.load(tmp_path / "other.npz")
    with pytest.raises(sl.SavedFileError, match="There is no file"):
        net.load(tmp_path / "none.npz")
    (tmp_path / "bad.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(sl.SavedFileError, match="can not be loaded"):
        net.load(tmp_path / "bad.npz")
    assert evidence(net) == before


@pytest.mark.parametrize("name", ["s.npz", "s.data"])
def test_all_structures_load_after_structural_plasticity(tmp_path: Path, name: str) -> None:
    sl.setup(structural_plasticity=True)
    pop = sl.Population(4, CELL, name="p")
    link = sl.Projection(pop, pop, "exc", name="l").connect_one_to_one(weights=1.0)
    sl.compile(silent=True)
    link.create_synapse(0, 3, w=5.0)
    link.dendrite(1).prune_synapse(1)
    sl.save(tmp_path / name)
    expected = link.post_ranks, link.pre_ranks, link.w
    link.dendrite(2).prune_synapse(2)
    sl.load(tmp_path / name)
    assert (link.post_ranks, link.pre_ranks, link.w) == expected
    sl.simulate(2.0)
    sl.setup(structural_plasticity=False)


def test_before_compile_saving_and_loading_is_refused(tmp_path: Path) -> None:
    pop = sl.Population(2, CELL, name="p")
    link = sl.Projection(pop, pop, "exc", name="l").connect_one_to_one(1.0)
    for call in (sl.save, sl.load):
        with pytest.raises(sl.NotCompiledError):
            call(tmp_path / "s.npz")
    with pytest.raises(sl.NotCompiledError):
        link.save(tmp_path / "l.npz")
    assert not list(tmp_path.iterdir())
    pop.a = 0.75
    pop.save(tmp_path / "p.npz")
    pop.a = 0.0
    pop.load(tmp_path / "p.npz")
    assert pop.a.tolist() == [0.75, 0.75]


# -- 7.3


@pytest.mark.parametrize("name", FORMATS)
def test_single_objects(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    needs(name)
    net = spiking()
    pop, link = net.get_population("cells"), net.get_projection("stdp")
    net.simulate(20.0)
    pop.save(tmp_path / f"pop-{name}")
    link.save(tmp_path / f"link-{name}")
    expected = pop.v.tolist(), link.w, link.pre_ranks, link.delay
    other = spiking(seed=8)
    pop, link = other.get_population("cells"), other.get_projection("stdp")
    sl.setup(suppress_warnings=False)
    pop.load(tmp_path / f"pop-{name}")
    link.load(tmp_path / f"link-{name}")
    assert (pop.v.tolist(), link.w, link.pre_ranks, link.delay) == expected
    assert (
        "INFO: Projection 'stdp': its synapses are replaced by those of the file." in capsys.readouterr().out
    )
    link.load(tmp_path / f"link-{name}")
    assert "replaced" not in capsys.readouterr().out
    for obj in (pop, link):
        with pytest.raises(sl.SavedFileError, match="There is no file"):
            obj.load(tmp_path / "none.npz")


# -- 7.5


def parameters() -> sl.Network:
    pop = sl.Population(2, CELL, name="p")
    synapse = sl.Synapse(
        parameters="eta = 0.1 : projection ; limit = 1.0 : postsynaptic", equations="w += 0.0"
    )
    sl.Projection(pop, pop, "exc", synapse, name="l").connect_one_to_one(weights=1.0)
    sl.Constant("K", 2.0)
    return sl.magic_network()


def test_only_global_parameters_are_written_as_they_are(tmp_path: Path) -> None:
    net = parameters()
    net.compile(silent=True)
    net.get_population("p").tau = 25.0
    sl.save_parameters(tmp_path / "p.json")
    text = (tmp_path / "p.json").read_text()
    assert json.loads(text) == {
        "populations": {"p": {"tau": 25.0, "n": 3, "on": True}},
        "projections": {"l": {"eta": 0.1}},
        "constants": {"K": 2.0},
        "network": {},
    }
    assert '\n    "populations"' in text
    sl.save_parameters(tmp_path / "p.json", initial=True)
    assert json.loads((tmp_path / "p.json").read_text())["populations"]["p"]["tau"] == 10.0


def test_parameters_are_set_by_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = parameters()
    net.compile(silent=True)
    sl.setup(suppress_warnings=False)
    tree = {
        "populations": {"p": {"tau": 30, "n": 7, "on": False, "a": 9.0, "x": 1.0}, "ghost": {"tau": 99.0}},
        "projections": {"l": {"eta": 0.5, "limit": 4.0}},
        "constants": {"K": 5.0, "NEW": 1.5},
        "network": {"runs": 3, "label": "night", "rate": 0.5},
    }
    (tmp_path / "p.json").write_text(json.dumps(tree))
    found = sl.load_parameters(tmp_path / "p.json")
    pop, link = net.get_population("p"), net.get_projection("l")
    assert (pop.tau, pop.n, pop.on, pop.a.tolist()) == (30.0, 7, False, [0.5, 0.5])
    assert (type(pop.n), type(pop.on)) == (int, bool)
    assert (link.eta, link.limit) == (0.5, [1.0, 1.0])
    assert (sl.get_constant("K").value, sl.get_constant("NEW").value) == (5.0, 1.5)
    assert found == {"runs": 3, "label": "night", "rate": 0.5}
    told = capsys.readouterr().out
    assert "There is no population 'ghost'" in told and "a is no global parameter" not in told
    sl.load_parameters(tmp_path / "p.json", global_only=False, verbose=True)
    assert (pop.a.tolist(), link.limit) == ([9.0, 9.0], [4.0, 4.0])
    told = capsys.readouterr().out
    assert "Population 'p'.a: [0.5 0.5] -> [9. 9.]" in told
    assert "Population 'p'.x is no parameter. It is passed over." in told
    with pytest.raises(sl.SavedFileError, match="There is no file"):
        sl.load_parameters(tmp_path / "none.json")


# -- 7.6


def test_neurons_and_synapses_are_pickled_and_copied() -> None:
    for model in (CELL, sl.STDP()):
        for made in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
            assert type(made) is type(model)
    assert sl.Population(2, pickle.loads(pickle.dumps(CELL)), name="p").tau == 10.0


@pytest.mark.parametrize("what", ["network", "population", "projection"])
def test_unpickled_objects_are_described_and_stand_where_they_stood(what: str) -> None:
    net = spiking()
    net.simulate(30.0)
    obj = {"network": net, "population": net.populations[0], "projection": net.projections[0]}[what]
    made = pickle.loads(pickle.dumps(obj))
    other = made if what == "network" else made.network
    assert not other.compiled and other is not net
    assert re.search(rb" at 0x[0-9a-f]+", pickle.dumps(obj)) is None
    other.compile(silent=True)
    for one in (net, other):
        one.simulate(20.0)
    assert evidence(other) == evidence(net)


def test_monitors_are_pickled_without_handles() -> None:
    net = spiking()
    monitor = sl.Monitor(net.populations[0], "v")
    net.simulate(3.0)
    made = pickle.loads(pickle.dumps(monitor))
    assert made.object.name == "cells" and not made.object.network.compiled


@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    net = spiking()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(sl.ConfigurationError, match="can not be written"):
        net.save(tmp_path / "file" / "s.npz")

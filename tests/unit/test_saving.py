"""save and load of networks, populations and projections, in all formats; parameters as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import CompilationError
from synloom.extensions.convolution import Transpose
from tests.unit.test_checkpoint import MIXED, evidence, rates, same

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

FORMATS = ["state.npz", "state.hdf5", "state.mat", "state.txt.gz", "state.data", "deep/er/state.npz"]


def half_way(build: Any = rates, seed: int = 3) -> Any:
    sl.clear()
    sl.setup(seed=seed)
    net = build()
    net.compile()
    return net


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("delay", [3.0, MIXED], ids=["uniform", "mixed"])
def test_a_loaded_network_goes_on(name: str, delay: Any, tmp_path: Path) -> None:
    net = half_way(lambda: rates("csr", delay))
    net.simulate(13.0)
    sl.save(tmp_path / name)
    net.simulate(9.0)
    end = evidence(net)
    net = half_way(lambda: rates("csr", delay), seed=4)
    sl.load(tmp_path / name)
    assert sl.get_time() == 13.0
    net.simulate(9.0)
    same(evidence(net), end)


def test_numpy_reads_what_save_wrote(tmp_path: Path) -> None:
    net = half_way()
    net.simulate(4.0)
    net.save(tmp_path / "state.npz")
    a, ff = net.populations[0], net.projections[0]
    with np.load(tmp_path / "state.npz", allow_pickle=False) as file:
        assert (file["populations/a/values/r"] == a.r).all()
        assert (file["projections/ff/values/w"] == np.concatenate(ff.w)).all()
        assert file["projections/ff/post_ranks"].tolist() == ff.post_ranks


def test_parts_are_left_out(tmp_path: Path) -> None:
    net = half_way()
    net.simulate(4.0)
    net.save(tmp_path / "pops.npz", projections=False)
    net.save(tmp_path / "all.npz")
    a, ff = net.populations[0], net.projections[0]
    r, w = a.r, ff.w
    net.simulate(3.0)
    later = ff.w
    net.load(tmp_path / "pops.npz")
    assert (a.r == r).all()
    assert ff.w == later
    net.simulate(3.0)
    later = a.r
    net.load(tmp_path / "all.npz", populations=False)
    assert (a.r == later).all()
    assert ff.w == w
    assert net.current_step == 4


def test_what_only_one_side_has_is_passed_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)

    def build(names: str, equations: str) -> Any:
        net = sl.magic_network()
        for name in names:
            sl.Population(2, sl.Neuron(equations=equations), name=name)
        return net

    net = half_way(lambda: build("xy", "r = t ; old += 1.0"))
    net.simulate(3.0)
    net.save(tmp_path / "state.npz")
    net = half_way(lambda: build("yz", "r = t ; fresh += 1.0"))
    capsys.readouterr()
    net.load(tmp_path / "state.npz")
    shown = capsys.readouterr().out
    assert "WARNING: There is no population 'x' to load from" in shown
    assert "WARNING: Population 'y' has no attribute 'old', which" in shown
    y, z = net.populations
    assert (y.r == 2.0).all() and (y.fresh == 0.0).all() and (z.r == 0.0).all()


def test_another_geometry_is_refused(tmp_path: Path) -> None:
    def build(size: int) -> Any:
        sl.Population(size, sl.Neuron(equations="r = t"), name="x")
        return sl.magic_network()

    net = half_way(lambda: build(3))
    net.save(tmp_path / "state.npz")
    net = half_way(lambda: build(4))
    with pytest.raises(
        sl.SavedFileError, match=r"'x': it has the geometry \(3,\), the population here \(4,\)"
    ):
        net.load(tmp_path / "state.npz")


def test_one_weight_is_loaded_where_there_are_many(tmp_path: Path) -> None:
    def build(many: bool) -> Any:
        pop = sl.Population(2, sl.Neuron(equations="r = sum(exc)"), name="x")
        proj = sl.Projection(pop, pop, "exc", name="p")
        proj.connect_all_to_all(0.5 if not many else 0.25, force_multiple_weights=many)
        return sl.magic_network()

    net = half_way(lambda: build(False))
    net.save(tmp_path / "one.npz")
    net = half_way(lambda: build(True))
    net.save(tmp_path / "many.npz")
    net.load(tmp_path / "one.npz")
    assert net.projections[0].w == [[0.5], [0.5]]
    net = half_way(lambda: build(False))
    with pytest.raises(sl.SavedFileError, match=r"projection 'p' values: w has the shape \(2,\), not \(1\)"):
        net.load(tmp_path / "many.npz")
    assert net.projections[0].w == 0.5


@pytest.mark.parametrize("name", FORMATS)
def test_single_objects(name: str, tmp_path: Path) -> None:
    net = half_way(lambda: rates("csr", MIXED))
    net.simulate(4.0)
    a, ff = net.populations[0], net.projections[0]
    r, w, delay = a.r, ff.w, ff.delay
    a.save(tmp_path / "a" / name)
    ff.save(tmp_path / "ff" / name)
    net = half_way(lambda: rates("csr", MIXED[::-1].copy()), seed=4)
    a, ff = net.populations[0], net.projections[0]
    a.load(tmp_path / "a" / name)
    ff.load(tmp_path / "ff" / name)
    assert (a.r == r).all()
    assert ff.w == w
    assert ff.delay == delay
    assert net.current_step == 0
    net.simulate(2.0)


def test_populations_are_saved_before_compile(tmp_path: Path) -> None:
    pop = sl.Population(2, sl.Neuron(parameters="a = 1.0", equations="r = a"))
    pop.a = [3.0, 4.0]
    pop.save(tmp_path / "pop.npz")
    pop.a = 0.0
    pop.load(tmp_path / "pop.npz")
    assert pop.a.tolist() == [3.0, 4.0]


def test_projections_are_not_saved_before_compile(tmp_path: Path) -> None:
    rates()
    with pytest.raises(sl.NotCompiledError, match="has no synapses before compile"):
        sl.projections()[0].save(tmp_path / "proj.npz")
    with pytest.raises(sl.NotCompiledError, match="not compiled"):
        sl.save(tmp_path / "net.npz")
    with pytest.raises(sl.NotCompiledError, match="not compiled"):
        sl.load(tmp_path / "net.npz")


def test_a_transpose_is_a_reference(tmp_path: Path) -> None:
    net = half_way()
    net.save(tmp_path / "state.npz")
    ff, fb = net.projections
    fb.save(tmp_path / "fb.npz")
    with pytest.raises(sl.ConfigurationError, match="has no weights of its own to load"):
        fb.load(tmp_path / "fb.npz")
    with pytest.raises(sl.SavedFileError, match="it was saved of a transpose"):
        ff.load(tmp_path / "fb.npz")
    with np.load(tmp_path / "state.npz", allow_pickle=False) as file:
        assert not [key for key in file.files if key.startswith("projections/fb")]

    def other() -> Any:
        net = sl.magic_network()
        pop = sl.Population(3, sl.Neuron(equations="r = sum(one) + sum(two)"), name="a")
        names = ("ff", "gg")
        made = [sl.Projection(pop, pop, "one", name=n).connect_all_to_all(1.0) for n in names]
        Transpose(made[len(net.monitors)], "two", name="fb")
        return net

    half_way(other).save(tmp_path / "other.npz")
    net = half_way(
        lambda: (sl.Monitor(sl.Population(1, sl.Neuron(equations="r = t"), name="z"), "r"), other())[1]
    )
    with pytest.raises(
        sl.SavedFileError, match="it reads projection 'ff' for target 'two', the one here 'gg'"
    ):
        net.load(tmp_path / "other.npz")


@pytest.mark.parametrize("without", ["compiler", "nothing"])
def test_a_dense_projection_takes_missing_synapses(
    tmp_path: Path, without: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(weights: Any) -> Any:
        pop = sl.Population(2, sl.Neuron(equations="r = sum(exc)"), name="x")
        sl.Projection(pop, pop, "exc", name="p").connect_from_matrix(weights)
        return sl.magic_network()

    half_way(lambda: build([[1.0, None], [2.0, 3.0]])).save(tmp_path / "state.npz")
    net = half_way(lambda: build([[1.0, 4.0], [2.0, 3.0]]))
    if without == "compiler":
        monkeypatch.setattr("synloom.rebuilding.compile_network", _no_compiler)
        with pytest.raises(CompilationError):
            net.load(tmp_path / "state.npz")
        assert net.projections[0].w == [[1.0, 4.0], [2.0, 3.0]]
        net.simulate(2.0)
        return
    net.load(tmp_path / "state.npz")
    assert net.projections[0].w == [[1.0], [2.0, 3.0]]
    assert net.build.ir.projections[0].store == "csr16"
    pop = net.get_population("x")
    pop.r = [10.0, 100.0]
    net.step()
    assert pop.r.tolist() == [10.0, 320.0]


def _no_compiler(*_: Any) -> None:
    raise CompilationError("There is no compiler.")


def test_pickles_never_run(tmp_path: Path) -> None:
    import pickle

    class Bomb:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "boom",))

    net = half_way()
    (tmp_path / "state.data").write_bytes(pickle.dumps({"a": Bomb()}))
    np.savez(tmp_path / "state.npz", a=np.array([Bomb()], object))
    for name in ("state.data", "state.npz"):
        with pytest.raises(sl.SavedFileError, match="can not be loaded"):
            net.load(tmp_path / name)
        with pytest.raises(sl.SavedFileError, match="can not be loaded: it asks for 'pathlib.Path.touch'"):
            net.load(tmp_path / name, pickle_encoding="latin1")
    with pytest.raises(
        sl.ConfigurationError, match="pickle_encoding='utf-9': it is 'ASCII', 'latin1' or 'bytes'"
    ):
        net.load(tmp_path / "state.data", pickle_encoding="utf-9")
    assert not (tmp_path / "boom").exists()


# -- parameters -----------------------------------------------------------------------------------------------


def parameters() -> Any:
    neuron = sl.Neuron(
        parameters="tau = 10.0 : population ; n = 3 : population, int ; a = 0.5",
        equations="r = a + K ; m = 2.0 : population",
    )
    pop = sl.Population(2, neuron, name="pop")
    synapse = sl.Synapse(parameters="eta = 0.1 : projection ; theta = 1.0 : postsynaptic")
    sl.Projection(pop, pop, "exc", synapse, name="proj").connect_all_to_all(1.0)
    return sl.magic_network()


def test_parameters_as_json(tmp_path: Path) -> None:
    sl.Constant("K", 0.25)
    net = parameters()
    net.compile()
    pop, proj = net.populations[0], net.projections[0]
    pop.tau = 20.0
    sl.save_parameters(tmp_path / "p.json")
    text = (tmp_path / "p.json").read_text()
    assert json.loads(text) == {
        "populations": {"pop": {"tau": 20.0, "n": 3}},
        "projections": {"proj": {"eta": 0.1}},
        "constants": {"K": 0.25},
        "network": {},
    }
    assert text.startswith('{\n    "populations"')
    sl.save_parameters(tmp_path / "p.json", initial=True)
    assert json.loads((tmp_path / "p.json").read_text())["populations"]["pop"]["tau"] == 10.0
    changed = {
        "populations": {"pop": {"tau": 5.0, "n": 7, "a": 0.75, "m": 3.0}, "nobody": {"tau": 1.0}},
        "projections": {"proj": {"eta": 0.5, "theta": 4.0}},
        "constants": {"K": 2.0, "L": 3.0},
        "network": {"rate": 1, "name": "x"},
    }
    (tmp_path / "p.json").write_text(json.dumps(changed))
    assert sl.load_parameters(tmp_path / "p.json") == {"rate": 1, "name": "x"}
    assert (pop.tau, pop.n, proj.eta) == (5.0, 7, 0.5)
    assert pop.m != 3.0
    assert pop.a.tolist() == [0.5, 0.5]
    assert proj.theta == [1.0, 1.0]
    sl.simulate(1.0)
    assert pop.r.tolist() == [2.5, 2.5]
    assert float(sl.get_constant("L")) == 3.0
    sl.load_parameters(tmp_path / "p.json", global_only=False)
    assert pop.a.tolist() == [0.75, 0.75]
    assert proj.theta == [4.0, 4.0]


def test_all_parameters_or_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sl.Constant("K", 0.25)
    net = parameters()
    file = tmp_path / "p.json"
    file.write_text(json.dumps({"populations": {"pop": {"tau": 5.0, "n": "many"}}}))
    with pytest.raises(sl.SavedFileError, match=r"Population 'pop'.n must be a number, not 'many'"):
        net.load_parameters(file)
    assert net.populations[0].tau == 10.0
    for text in ("[", "[1]", '{"populations": 3}'):
        file.write_text(text)
        with pytest.raises(sl.SavedFileError, match="p.json"):
            net.load_parameters(file)
    with pytest.raises(sl.SavedFileError, match="There is no file"):
        net.load_parameters(tmp_path / "none.json")
    file.write_text(json.dumps({"populations": {"pop": {"tau": 5.0, "r": 1.0}}}))
    net.load_parameters(file, verbose=True)
    shown = capsys.readouterr().out
    assert "Population 'pop'.r is no parameter. It is passed over." in shown
    assert "Population 'pop'.tau: 10.0 -> 5.0" in shown

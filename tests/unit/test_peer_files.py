"""Files of ANNarchy 4.8, in each of its formats (spec 03, sections 7.1 to 7.4)."""

from __future__ import annotations

import gzip
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

CELL = sl.Neuron(
    parameters="tau = 10.0 : population ; gain = 1.0 ; n = 2 : int",
    equations="r = r + gain * sum(exc)",
)
LEARNING = sl.Synapse(
    parameters="eta = 0.5 : projection ; limit = 2.0 : postsynaptic",
    equations="w += 0.0 ; trace = pre.r",
)


def network(delays: Any = 2.0) -> sl.Network:
    a, b = sl.Population((2, 2), CELL, name="a"), sl.Population(3, CELL, name="b")
    link = sl.Projection(a, b, "exc", LEARNING, name="ab")
    link.connect_from_matrix([[1, None, 2, None], [None] * 4, [3, 4, None, None]], delays=delays)
    net = sl.magic_network()
    net.compile(silent=True)
    return net


def objects(rows: list[list[Any]]) -> Any:
    found = np.empty(len(rows), object)
    found[:] = rows
    return found


def population(name: str, geometry: tuple[int, ...]) -> dict[str, Any]:
    size = int(np.prod(geometry))
    return {
        "name": name,
        "geometry": geometry,
        "size": size,
        "attributes": ["tau", "gain", "n", "r"],
        "parameters": ["tau", "gain", "n"],
        "variables": ["r"],
        "tau": 20.0,
        "gain": np.full(geometry, 0.5),
        "n": np.full(geometry, 5, np.int32),
        "r": np.arange(float(size)).reshape(geometry),
    }


def projection(ragged: bool = True, delays: Any = 2.0) -> dict[str, Any]:
    """As the peer writes it: rows as lists of lists, or as an array of objects where they differ in length."""
    pre, w = ([[0, 2], [1]], [[1.5, 2.5], [4.5]]) if ragged else ([[0, 2], [0, 1]], [[1.5, 2.5], [3.5, 4.5]])
    rows: Callable[[Any], Any] = objects if ragged else lambda given: given
    return {
        "name": "ab",
        "pre": "a",
        "post": "b",
        "target": "exc",
        "post_ranks": [0, 2],
        "pre_ranks": rows(pre) if ragged else np.array(pre),
        "attributes": ["eta", "limit", "w", "trace"],
        "parameters": ["eta", "limit"],
        "variables": ["w", "trace"],
        "delays": delays,
        "eta": 0.25,
        "limit": [7.0, 8.0],
        "w": rows(w),
        "trace": rows([[0.1] * len(row) for row in w]),
    }


def state(**kwargs: Any) -> dict[str, Any]:
    return {
        "time_step": 12,
        "net_id": 0,
        "a": population("a", (2, 2)),
        "b": population("b", (3,)),
        "ab": projection(**kwargs),
        "obj_names": {"populations": ["a", "b"], "projections": ["ab"]},
    }


def write(path: Path, found: dict[str, Any], protocol: int = pickle.HIGHEST_PROTOCOL) -> Path:
    """As the peer does: by the end of the name."""
    if path.suffix == ".npz":
        np.savez_compressed(path, **found)
    elif path.suffix == ".gz":
        with gzip.open(path, "wb") as stream:
            pickle.dump(found, stream, protocol)
    elif path.suffix == ".mat":
        import scipy.io

        scipy.io.savemat(path, found)
    else:
        path.write_bytes(pickle.dumps(found, protocol))
    return path


FORMATS = ["state.npz", "state.txt.gz", "state.data", "state", "state.pkl", "state.mat"]


def check(net: sl.Network, ragged: bool = True) -> None:
    a, b = net.get_population("a"), net.get_population("b")
    ab = net.get_projection("ab")
    assert (a.tau, a.gain.tolist(), a.n.tolist()) == (20.0, [[0.5, 0.5]] * 2, [[5, 5]] * 2)
    assert (a.r.tolist(), b.r.tolist()) == ([[0.0, 1.0], [2.0, 3.0]], [0.0, 1.0, 2.0])
    assert ab.post_ranks == [0, 2]
    assert ab.pre_ranks == ([[0, 2], [1]] if ragged else [[0, 2], [0, 1]])
    assert ab.w == ([[1.5, 2.5], [4.5]] if ragged else [[1.5, 2.5], [3.5, 4.5]])
    assert (ab.eta, ab.limit, ab.delay) == (0.25, [7.0, 8.0], 2.0)


@pytest.mark.parametrize("ragged", [True, False])
@pytest.mark.parametrize("name", FORMATS)
def test_networks_are_read_in_every_format(tmp_path: Path, name: str, ragged: bool) -> None:
    net = network()
    net.load(write(tmp_path / name, state(ragged=ragged)))
    assert net.get_current_step() == 12
    check(net, ragged)
    net.step()
    assert net.get_current_step() == 13


@pytest.mark.parametrize("name", FORMATS)
def test_single_objects_are_read_in_every_format(tmp_path: Path, name: str) -> None:
    net = network()
    net.get_population("a").load(write(tmp_path / f"a-{name}", population("a", (2, 2))))
    net.get_population("b").load(write(tmp_path / f"b-{name}", population("b", (3,))))
    net.get_projection("ab").load(write(tmp_path / f"ab-{name}", projection()))
    check(net)


@pytest.mark.parametrize("name", ["state.npz", "state.data", "state.mat"])
def test_delays_of_their_own_come_back(tmp_path: Path, name: str) -> None:
    net = network([[1.0, None, 3.0, None], [None] * 4, [2.0, 1.0, None, None]])
    net.load(write(tmp_path / name, state(delays=objects([[4.0, 5.0], [1.0]]))))
    assert net.get_projection("ab").delay == [[4, 5], [1]]


@pytest.mark.parametrize("name", FORMATS)
def test_truth_values_come_back(tmp_path: Path, name: str) -> None:
    """MATLAB has bytes for them."""
    switch = sl.Neuron(parameters="on = False : population, bool ; each = False : bool", equations="r = t")
    pop = sl.Population(3, switch, name="p")
    found = population("p", (3,)) | {
        "attributes": ["on", "each"],
        "on": True,
        "each": np.array([True, False, True]),
    }
    pop.load(write(tmp_path / name, found))
    assert pop.on is True and pop.each.tolist() == [True, False, True]
    with pytest.raises(sl.SavedFileError, match="each holds numbers other than 0 and 1"):
        pop.load(write(tmp_path / name, found | {"each": np.array([0, 1, 2])}))
    assert pop.each.tolist() == [True, False, True]


def test_one_weight_for_all_and_missing_attributes(tmp_path: Path) -> None:
    pop = sl.Population(2, sl.Neuron(equations="r = sum(exc)"), name="p")
    link = sl.Projection(pop, pop, "exc", name="pp").connect_all_to_all(weights=3.0)
    sl.compile(silent=True)
    found = {
        **projection(False),
        **{"name": "pp", "pre": "p", "post": "p", "post_ranks": [0, 1], "delays": 0.0},
        **{"pre_ranks": [[0, 1], [0, 1]], "w": 0.25, "attributes": ["w"]},
    }
    link.load(write(tmp_path / "pp.data", found))
    assert link.w == 0.25


def test_delays_of_single_synapses_are_taken(tmp_path: Path) -> None:
    net = network()
    found = projection() | {"delays": objects([[1.0, 2.0], [3.0]])}
    net.get_projection("ab").load(write(tmp_path / "ab.data", found))
    assert net.get_projection("ab").delay == [[1.0, 2.0], [3.0]]
    net.simulate(5.0)


def test_synapses_in_another_order_are_sorted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    net = network()
    found = projection() | {
        "post_ranks": [2, 0],
        "pre_ranks": objects([[1], [2, 0]]),
        "w": objects([[4.5], [2.5, 1.5]]),
        "trace": objects([[0.1], [0.1, 0.1]]),
        "limit": [8.0, 7.0],
    }
    net.get_projection("ab").load(write(tmp_path / "ab.data", found))
    ab = net.get_projection("ab")
    assert (ab.post_ranks, ab.pre_ranks, ab.w) == ([0, 2], [[0, 2], [1]], [[1.5, 2.5], [4.5]])
    assert ab.limit == [7.0, 8.0]
    told = capsys.readouterr().out
    assert "dendrites are not in the order of their neurons" in told
    assert "its synapses are replaced by those of the file" in told


def test_files_of_python_2_are_read(tmp_path: Path) -> None:
    net = network()
    path = write(tmp_path / "old.data", state(), protocol=2)
    for encoding in (None, "ASCII", "latin1", "bytes"):
        net.load(path, pickle_encoding=encoding)
        check(net)


def test_what_the_network_does_not_have_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = network()
    sl.setup(suppress_warnings=False)
    found = state()
    found["c"] = population("c", (5,))
    found["a"]["attributes"].append("extra")
    found["a"]["extra"] = np.zeros((2, 2))
    net.load(write(tmp_path / "state.data", found))
    told = capsys.readouterr().out
    assert "There is no population 'c'" in told and "has no attribute 'extra'" in told
    check(net)


def wrong(**changes: Any) -> dict[str, Any]:
    found = state()
    found["ab"] |= changes
    return found


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({**state(), "a": population("a", (3, 3))}, r"geometry \(3, 3\), the population here \(2, 2\)"),
        ({**state(), "a": {**population("a", (2, 2)), "r": np.zeros(5)}}, r"r has the shape \(5,\)"),
        ({**state(), "time_step": "soon"}, "its time_step holds no numbers"),
        (
            {**state(), "a": {**population("a", (2, 2)), "n": np.full((2, 2), 0.5)}},
            "n is of type float64, not int",
        ),
        (wrong(pre="b"), "it has pre='b', the projection here 'a'"),
        (wrong(post_ranks=[0, 1, 2]), "its pre_ranks has 2 rows for 3 dendrites"),
        (wrong(post_ranks=[0, 7]), "neurons that the projection does not connect"),
        (wrong(post_ranks=[0.5, 2.0]), "its post_ranks is no list of integers"),
        (wrong(pre_ranks=objects([[0, 2], [4]])), "neurons that the projection does not connect"),
        (wrong(pre_ranks=objects([[0, 0], [1]])), "its synapses are not in order"),
        (wrong(w=objects([[1.0], [2.0, 3.0]])), "its w is not one for each synapse"),
        (wrong(w=objects([["a", "b"], ["c"]])), "its w holds no numbers"),
        (wrong(limit=[1.0, 2.0, 3.0]), "its limit has 3 rows for 2 dendrites"),
        (wrong(delays=-1.0), "its delays are no positive times"),
        (wrong(attributes=[3]), "its attributes are no list of names"),
        ({"nothing": 1}, "it is no state of a network, a population or a projection"),
        ([1, 2], "it holds no table of values"),
        (population("a", (2, 2)), "holds a population, not a network"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(tmp_path: Path, found: Any, message: str) -> None:
    net = network()
    net.simulate(3.0)
    before = {p.name: p.r.tolist() for p in net.populations}, net.projections[0].w
    (tmp_path / "state.data").write_bytes(pickle.dumps(found))
    with pytest.raises(sl.SavedFileError, match=message):
        net.load(tmp_path / "state.data")
    assert ({p.name: p.r.tolist() for p in net.populations}, net.projections[0].w) == before
    assert net.get_current_step() == 3


class Bomb:
    def __reduce__(self) -> Any:
        return (os.system, ("touch boom",))


@pytest.mark.parametrize("name", [n for n in FORMATS if not n.endswith(".mat")])
def test_no_file_runs_code(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    net = network()
    path = write(tmp_path / name, {**state(), "a": {**population("a", (2, 2)), "r": Bomb()}})
    hint = "Of pickles only dictionaries of numbers are read; anything else could run any code."
    loads: list[Callable[[], object]] = [
        lambda: net.load(path),
        lambda: net.restore(path),
        lambda: net.get_population("a").load(path),
        lambda: net.get_projection("ab").load(path, "latin1"),
    ]
    for load in loads:
        with pytest.raises(sl.SavedFileError, match="it asks for 'posix.system'|'nt.system'") as caught:
            load()
        assert caught.value.hint == hint
    with pytest.raises(sl.ConfigurationError, match="asks for 'posix.system'|'nt.system'"):
        other = sl.Network()
        a = sl.Population(4, CELL, network=other)
        sl.Projection(a, a, "exc").connect_from_file(path)
    assert not (tmp_path / "boom").exists()


@pytest.mark.parametrize("name", ["x.data", "x.txt.gz", "x", "deep/er/x.npz"])
def test_what_a_script_saves_it_can_load(tmp_path: Path, name: str) -> None:
    net = network()
    net.simulate(2.0)
    net.save(tmp_path / name)
    net.get_projection("ab").w = 0.0
    net.simulate(2.0)
    net.load(tmp_path / name)
    assert (net.get_current_step(), net.get_projection("ab").w) == (2, [[1.0, 2.0], [3.0, 4.0]])


# -- connectivity


def connectivity(**changes: Any) -> dict[str, Any]:
    return {
        "name": "ab",
        "post_ranks": [0, 2],
        "pre_ranks": objects([[0, 2], [1]]),
        "w": objects([[1.5, 2.5], [4.5]]),
        "delay": None,
        "max_delay": 1,
        "uniform_delay": 1,
        "size": 2,
        "nb_synapses": 3,
        **changes,
    }


def connected(path: Path, dt: float = 1.0) -> sl.Projection:
    net = sl.Network(dt=dt)
    a, b = sl.Population(4, CELL, network=net), sl.Population(3, CELL, network=net)
    link = sl.Projection(a, b, "exc").connect_from_file(path)
    net.compile(silent=True)
    return link


@pytest.mark.parametrize("name", ["ab.npz", "ab.data", "ab.txt.gz"])
@pytest.mark.parametrize(
    ("delay", "expected"), [(None, 0.5), (4, 2.0), (objects([[1, 2], [3]]), [[0.5, 1.0], [1.5]])]
)
def test_connectivity_is_read(tmp_path: Path, name: str, delay: Any, expected: Any) -> None:
    """Delays are steps of the network that reads them: the file does not say of which it was."""
    link = connected(write(tmp_path / name, connectivity(delay=delay)), dt=0.5)
    assert (link.post_ranks, link.pre_ranks, link.w) == ([0, 2], [[0, 2], [1]], [[1.5, 2.5], [4.5]])
    assert link.delay == expected


def test_one_weight_stays_one(tmp_path: Path) -> None:
    link = connected(write(tmp_path / "ab.data", connectivity(w=0.75)))
    assert link.w == 0.75 and link.single_weight


@pytest.mark.parametrize("name", ["ab.data", "ab.txt.gz", "ab"])
def test_connectivity_in_other_names_comes_back(tmp_path: Path, name: str) -> None:
    net = network()
    net.get_projection("ab").save_connectivity(tmp_path / name)
    link = connected(tmp_path / name)
    assert (link.w, link.delay) == ([[1.0, 2.0], [3.0, 4.0]], 2.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"post_ranks": [0, 3]}, "post rank 3"),
        ({"pre_ranks": objects([[0, 4], [1]])}, "pre rank 4"),
        ({"w": objects([[1.0], [2.0]])}, "its w is not one for each synapse"),
        ({"pre_ranks": 3}, "its pre_ranks has 1 rows for 2 dendrites"),
        ({"w": "heavy"}, "its w holds no numbers"),
    ],
)
def test_connectivity_that_does_not_fit_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(sl.ConfigurationError, match=message):
        connected(write(tmp_path / "ab.data", connectivity(**changes)))


# -- files that the peer itself wrote: ANNarchy 4.8.2, after five steps of the network below

WRITTEN = Path(__file__).parent / "peer_files"
WEIGHTS, SOURCES = [[1.0, 2.0], [3.0, 4.0, 5.0]], [[0, 2], [0, 1, 2]]


@pytest.mark.parametrize("path", sorted(WRITTEN.glob("network.*")), ids=lambda path: path.name)
def test_what_the_peer_wrote_is_read(path: Path) -> None:
    unit = sl.Neuron(parameters="tau = 10.0 : population\n a = 1.0", equations="r = a*t + sum(exc)")
    synapse = sl.Synapse(parameters="eta = 0.5 : projection", equations="w = w + 0.0\n tr = pre.r")
    a, b = sl.Population((2, 2), unit, name="a"), sl.Population(3, unit, name="b")
    there = sl.Projection(a, b, "exc", synapse, name="ab")
    there.connect_from_matrix([[9, None, 9, None], [None] * 4, [9, 9, 9, None]], delays=2.0)
    back = sl.Projection(b, a, "exc", name="ba").connect_all_to_all(weights=7.0)
    sl.compile(silent=True)
    sl.load(path)
    assert sl.get_current_step() == 5
    assert (a.r.tolist(), b.r.tolist(), a.tau) == ([[10.0, 10.0]] * 2, [12.25, 4.0, 37.0], 10.0)
    assert (there.w, there.pre_ranks, there.post_ranks, back.w) == (WEIGHTS, SOURCES, [0, 2], 0.25)
    assert (there.tr, there.eta, there.delay) == ([[4.5] * 2, [4.5] * 3], 0.5, 2.0)


@pytest.mark.parametrize("path", sorted(WRITTEN.glob("connectivity.*")), ids=lambda path: path.name)
def test_connectivity_that_the_peer_wrote_is_read(path: Path) -> None:
    link = connected(path)
    assert (link.w, link.pre_ranks, link.post_ranks, link.delay) == (WEIGHTS, SOURCES, [0, 2], 2.0)


def test_no_file_of_the_peer_is_missing() -> None:
    assert len(list(WRITTEN.iterdir())) == 7

"""Synapses in files: what is written, what is read, and files that are not what they should be."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.built import RELAY, built, projection, sparse

import synloom as sl
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.codegen.ir.types import StoreKind

STRIDE = 13  # not every byte, for speed
DELAYS = [[1, 2, 9], [9, 3, 4]]


def saved(proj: Any, folder: Path) -> Path:
    path = folder / "ff.npz"
    proj.save_connectivity(path)
    return path


def test_what_is_written(tmp_path: Path) -> None:
    with np.load(saved(sparse(), tmp_path), allow_pickle=False) as file:
        found = {key: file[key].tolist() for key in file}
    assert found == {
        "format": 1,
        "name": "ff",
        "post_ranks": [0, 1],
        "row_lengths": [2, 2],
        "pre_ranks": [0, 1, 1, 2],
        "w": [1.0, 2.0, -4.0, 0.5],
        "delay": 1,
        "dt": 1.0,
        "size": 2,
        "nb_synapses": 4,
        "max_delay": 1,
        "uniform_delay": 1,
    }
    assert [p.name for p in tmp_path.iterdir()] == ["ff.npz"], "no temporary file is left"


def test_ranks_weights_and_delays_come_back(tmp_path: Path) -> None:
    proj = built(projection().connect_from_matrix([[1, 2, None], [None, -4, 0.5]], delays=DELAYS))
    proj.w = [[5, 6], [7, 8]]
    again = built(projection().connect_from_file(saved(proj, tmp_path)))
    assert (again.w, again.pre_ranks, again.delay) == ([[5, 6], [7, 8]], [[0, 1], [1, 2]], [[1, 2], [3, 4]])
    assert again.connector_name == "From File"


def test_a_single_weight_stays_one(tmp_path: Path) -> None:
    path = saved(built(projection().connect_all_to_all(0.5, delays=3.0)), tmp_path)
    again = built(projection().connect_from_file(str(path)))
    assert again.single_weight and again.w == 0.5 and again.delay == 3.0
    assert again.store.kind is StoreKind.DENSE
    plastic = sl.Synapse(equations="w += pre.r")
    assert built(projection(synapse=plastic).connect_from_file(path)).w == [[0.5] * 3] * 2


def test_no_synapses(tmp_path: Path) -> None:
    path = saved(built(projection().connect_fixed_probability(0.0, sl.Uniform(0, 1))), tmp_path)
    assert built(projection().connect_from_file(path)).nb_synapses == 0


def test_delays_are_times_not_steps(tmp_path: Path) -> None:
    def pair(dt: float) -> Any:
        network = sl.Network(dt=dt)
        a, b = (sl.Population(2, RELAY, network=network) for _ in range(2))
        return sl.Projection(a, b, "exc")

    path = saved(built(pair(0.5).connect_all_to_all(1.0, delays=2.0)), tmp_path)
    again = built(pair(0.25).connect_from_file(path))
    assert again.delay == 2.0 and again.uniform_delay == 8


def test_views_and_formats(tmp_path: Path) -> None:
    path = saved(sparse(), tmp_path)
    network = sl.Network()
    a, b = (sl.Population(5, RELAY, network=network) for _ in range(2))
    proj = built(sl.Projection(a[[2, 0, 1]], b[:2], "exc").connect_from_file(path, storage_format="csr"))
    assert proj.pre_ranks == [[0, 1], [1, 2]] and proj.w == [[1.0, 2.0], [-4.0, 0.5]]
    with pytest.raises(ConfigurationError, match="pre rank 2 is not a neuron of the pre side"):
        sl.Projection(a[:2], b[:2], "exc").connect_from_file(path)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(sparse(), tmp_path)
    before = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(ConfigurationError, match="can not be written: disk full"):
        sparse().save_connectivity(path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_folders_are_made(tmp_path: Path) -> None:
    sparse().save_connectivity(tmp_path / "new" / "deep" / "ff.npz")
    assert (tmp_path / "new" / "deep" / "ff.npz").is_file()


def test_names_of_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="connectivity is kept in .npz files") as error:
        sparse().save_connectivity(tmp_path / "ff.mat")
    assert error.value.hint == "use 'ff.npz'"
    with pytest.raises(ConfigurationError, match="there is no file"):
        projection().connect_from_file(tmp_path / "none.npz")
    with pytest.raises(ConfigurationError, match="A file name was expected, not 3"):
        projection().connect_from_file(3)
    with pytest.raises(NotCompiledError):
        projection().save_connectivity(tmp_path / "ff.npz")


def damaged(path: Path, **changes: Any) -> Path:
    with np.load(path, allow_pickle=False) as file:
        entries = {key: file[key] for key in file}
    entries.update(changes)
    np.savez(path, **{key: value for key, value in entries.items() if value is not None})
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"w": None}, "can not be read: .*w"),
        ({"w": np.ones(3)}, "w has 3 values for 4 synapses"),
        ({"w": np.ones((2, 2))}, r"w is of type float64 and shape \(2, 2\)"),
        ({"w": np.array(["a"] * 4)}, "w is of type <U1"),
        ({"w": np.ones(4, object)}, "can not be read: .*allow_pickle"),
        ({"pre_ranks": np.array([0, 1, 1, 3])}, "pre rank 3 is not a neuron of the pre side"),
        ({"pre_ranks": np.array([0, -1, 1, 2])}, "pre rank -1 is not a neuron"),
        ({"pre_ranks": np.array([0, 0, 1, 2])}, "from pre neuron 0 to post neuron 0 appears twice"),
        ({"pre_ranks": np.array([0, 1])}, "the lengths of its dendrites do not add up"),
        ({"pre_ranks": np.array(1)}, "its ranks are no lists"),
        ({"post_ranks": np.array([0, 2**40])}, "post rank 1099511627776 is not a neuron"),
        ({"post_ranks": np.array([0, 2**64 - 1], np.uint64)}, "post rank -1 is not a neuron"),
        ({"row_lengths": np.array([5, -1])}, "the lengths of its dendrites do not add up"),
        ({"row_lengths": np.array([4])}, "the lengths of its dendrites do not add up"),
        ({"row_lengths": np.array([2**62, 2**62])}, "the lengths of its dendrites do not add up"),
        ({"row_lengths": np.array([2.0, 2.0])}, "row_lengths is of type float64"),
        ({"delay": np.array([1, 2, 3])}, "delay has 3 values for 4 synapses"),
        ({"delay": 0}, "its delays are no positive times"),
        ({"delay": np.array([1, -1, 1, 1])}, "its delays are no positive times"),
        ({"delay": 2**62}, "delays must be finite and at most"),
        ({"dt": 0.0}, "its delays are no positive times"),
        ({"dt": np.nan}, "its delays are no positive times"),
        ({"dt": np.ones(2)}, "dt is no number"),
        ({"extra": np.zeros(100_000)}, "more synapses than can be between these populations"),
    ],
)
def test_damaged_files(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    path = damaged(saved(sparse(), tmp_path), **changes)
    proj = projection()
    with pytest.raises(ConfigurationError, match=said):
        proj.connect_from_file(path)
    assert proj.connector_name is None


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.9])
def test_truncated_files(keep: float, tmp_path: Path) -> None:
    path = saved(sparse(), tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(keep if keep >= 1 else keep * len(content))])
    with pytest.raises(ConfigurationError, match="can not be read"):
        projection().connect_from_file(path)


def test_every_flipped_byte_is_noticed_or_harmless(tmp_path: Path) -> None:
    path = saved(sparse(), tmp_path)
    content = path.read_bytes()
    refused = 0
    for place in range(0, len(content), STRIDE):
        changed = bytearray(content)
        changed[place] ^= 0xFF
        path.write_bytes(changed)
        proj = projection()
        try:
            built(proj.connect_from_file(path))
        except ConfigurationError:
            refused += 1
        else:
            assert (proj.pre_ranks, proj.w) == ([[0, 1], [1, 2]], [[1.0, 2.0], [-4.0, 0.5]])
    assert refused > len(content) // STRIDE // 4


def test_a_header_that_promises_too_much(tmp_path: Path) -> None:
    path = saved(sparse(), tmp_path)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2**50,)})
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    entries["w.npy"] = header.getvalue()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in entries.items():
            new.writestr(name, content)
    with pytest.raises(ConfigurationError, match="can not be read"):
        projection().connect_from_file(path)


def test_text_is_no_connectivity(tmp_path: Path) -> None:
    path = tmp_path / "ff.npz"
    path.write_text("not a zip file")
    with pytest.raises(ConfigurationError, match="can not be read") as error:
        projection().connect_from_file(path)
    assert "save_connectivity() of synloom" in error.value.hint

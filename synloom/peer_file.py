"""States that ANNarchy wrote, as the trees that this synloom reads (spec 03, sections 7.1 to 7.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from synloom import messages
from synloom.archive import RATIO, Array, Leaf
from synloom.peer_pickle import read_npy, read_pickle
from synloom.saved import Tree

ENTRIES: Final = 100_000  # of an archive


# -- the contents of a file -----------------------------------------------------------------------------------


def of_archive(archive: ZipFile, size: int) -> dict[str, Any]:
    """The entries of an ``.npz`` file.

    Raises
    ------
    Exception
        It is damaged, or holds anything but numbers, texts, lists and dictionaries of these.
    """
    entries = archive.infolist()
    if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > RATIO * size:
        raise ValueError("its entries claim to be larger than they can be")
    found: dict[str, Any] = {}
    for entry in entries:
        with archive.open(entry) as stream:
            found[entry.filename.removesuffix(".npy")] = read_npy(stream, entry.file_size)
    return _table(found)


def of_pickle(stream: IO[bytes], size: int, encoding: str) -> dict[str, Any]:
    """The dictionary in a pickle; see ``synloom.peer_pickle`` for what it may hold.

    Raises
    ------
    Exception
        It is damaged, or asks for anything else.
    """
    return _table(read_pickle(stream, size, encoding))


def of_mat(path: Path) -> dict[str, Any]:
    """The variables of a ``.mat`` file."""
    import scipy.io

    found = scipy.io.loadmat(path, simplify_cells=True)
    return _table({key: _unpadded(value) for key, value in found.items() if not key.startswith("__")})


def _unpadded(value: Any) -> Any:
    """Texts of one length are a table of letters for MATLAB, and lists are arrays of objects."""
    if isinstance(value, dict):
        return {key: _unpadded(inner) for key, inner in value.items()}
    if isinstance(value, str):
        return value.rstrip()
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return [text.rstrip() for text in value.reshape(-1).tolist()]
    if isinstance(value, np.ndarray) and value.dtype.hasobject:
        return [_unpadded(inner) for inner in value.reshape(-1)]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray | int | float):
        return value
    raise ValueError(f"it holds {type(value).__name__}, which is no data")


def _table(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise ValueError("it holds no table of values")
    return {str(key): value for key, value in found.items()}


# -- as a tree ------------------------------------------------------------------------------------------------


def as_tree(found: Mapping[str, Any]) -> tuple[str, Tree]:
    """What kind of state it is, and its tree.

    Raises
    ------
    ValueError
        It is none, or its parts do not fit each other.
    """
    if "post_ranks" in found and "attributes" in found:
        return "projection", _projection(found)
    if "geometry" in found:
        return "population", _population(found)
    if "time_step" in found:
        return "network", _network(found)
    raise ValueError("it is no state of a network, a population or a projection")


def _network(found: Mapping[str, Any]) -> Tree:
    populations, projections = {}, {}
    for name, inner in found.items():
        if not isinstance(inner, dict):
            continue
        if "post_ranks" in inner:
            projections[name] = _projection(inner)
        elif "geometry" in inner:
            populations[name] = _population(inner)
    step = _number(found["time_step"], "time_step")
    return {"time_step": int(step), "populations": populations, "projections": projections}


def _population(found: Mapping[str, Any]) -> Tree:
    geometry = [int(n) for n in _ranks(found["geometry"], "geometry").tolist()]
    values = {}
    for name in _names(found):
        value = _array(found[name], name)
        if value.size == np.prod(geometry, dtype=np.int64) and value.ndim:
            value = value.reshape(geometry)  # MATLAB has no arrays of one axis
        values[name] = _leaf(value)
    return {**_head(found), "geometry": geometry, "values": values}


def _head(found: Mapping[str, Any]) -> Tree:
    texts = {key: found[key] for key in ("name", "pre", "post", "target") if isinstance(found.get(key), str)}
    return {**texts, "attributes": _listed(found.get("attributes", []))}


def _names(found: Mapping[str, Any]) -> list[str]:
    return [name for name in _listed(found.get("attributes", [])) if name in found]


def _listed(names: Any) -> list[str]:
    given = [names] if isinstance(names, str) else names
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise ValueError("its attributes are no list of names")
    return given


class Rows:
    """Synapses of a file in the order that we keep: dendrites by post rank, in each by pre rank."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        post = _ranks(found["post_ranks"], "post_ranks")
        rows = _rows(found["pre_ranks"], len(post), "pre_ranks")
        self.given = np.array([len(row) for row in rows], np.int64)
        flat = _joined(rows, "pre_ranks")
        if flat.size and flat.dtype.kind not in "iu":
            raise ValueError("its pre_ranks are no integers")
        if (np.diff(post) < 0).any():
            messages.warning("The file's dendrites are not in the order of their neurons; they are sorted.")
        self.dendrites = np.argsort(post, kind="stable")
        self.synapses = np.lexsort((flat, np.repeat(post, self.given)))
        self.post, self.lengths = post[self.dendrites], self.given[self.dendrites]
        self.pre = flat.astype(np.int64)[self.synapses]

    def values(self, given: Any, name: str) -> Any:
        """A number, or one for each dendrite or synapse, in our order."""
        nested = _is_nested(given)
        if not nested:
            plain = _array(given, name)
            if plain.ndim == 0:
                return _leaf(plain)
            if plain.shape == self.post.shape and not (len(self.post) == 1 and self.lengths[0] > 1):
                return _leaf(plain[self.dendrites])
        rows = _rows(given, len(self.post), name)
        if [len(row) for row in rows] != self.given.tolist():
            raise ValueError(f"its {name} is not one for each synapse")
        return _leaf(_joined(rows, name)[self.synapses])


def _projection(found: Mapping[str, Any]) -> Tree:
    rows = Rows(found)
    delays = found.get("delays", 0.0)
    return {
        **_head(found),
        "post_ranks": _leaf(rows.post),
        "pre_ranks": {"flat": _leaf(rows.pre), "lengths": _leaf(rows.lengths)},
        "delays": rows.values(0.0 if delays is None else delays, "delays"),
        "values": {name: rows.values(found[name], name) for name in _names(found)},
    }


def connectivity(found: Mapping[str, Any], dt: float) -> dict[str, Array]:
    """The arrays of a file of ``save_connectivity()``, as ``synloom.connectivity_file`` knows them.

    Delays in it are steps; the step is that of the network which reads it.

    Raises
    ------
    ValueError
        It is no such file.
    """
    if not {"post_ranks", "pre_ranks", "w"} <= found.keys():
        raise ValueError("it holds no connectivity")
    rows = Rows(found)
    delay = found.get("delay")
    arrays = {"w": rows.values(found["w"], "w"), "delay": rows.values(1 if delay is None else delay, "delay")}
    flat = {
        name: value.read() if isinstance(value, Leaf) else np.asarray(value) for name, value in arrays.items()
    }
    flat["delay"] = np.maximum(flat["delay"].astype(np.int64), 1)  # no delay is one step
    return {
        "post_ranks": rows.post,
        "row_lengths": rows.lengths,
        "pre_ranks": rows.pre,
        "dt": np.array(dt),
        **flat,
    }


# -- pieces ---------------------------------------------------------------------------------------------------


def _leaf(array: Array) -> Any:
    return array.item() if array.ndim == 0 else Leaf.of(np.ascontiguousarray(array))


def _number(value: Any, name: str) -> float:
    found = _array(value, name)
    if found.size != 1:
        raise ValueError(f"its {name} is no number")
    return float(found.reshape(()).item())


def _array(value: Any, name: str) -> Array:
    """An array of numbers; a list of one element for a scalar stays an array."""
    try:
        found = np.asarray(value)
    except ValueError:  # rows of different lengths
        found = np.empty(0, object)
    if found.dtype.kind not in "biuf":
        if found.size == 0 and found.ndim == 1 and isinstance(value, list) and not value:
            return np.zeros(0)
        raise ValueError(f"its {name} holds no numbers")
    return found


def _ranks(value: Any, name: str) -> NDArray[np.int64]:
    found = np.atleast_1d(_array(value, name))
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise ValueError(f"its {name} is no list of integers")
    return found.astype(np.int64)


def _is_nested(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim == 2
    return isinstance(value, list) and any(isinstance(row, list | np.ndarray) for row in value)


def _rows(value: Any, count: int, name: str) -> Sequence[Array]:
    """One array for each dendrite; MATLAB writes one dendrite, or one synapse each, with an axis less."""
    if _is_nested(value):
        rows = [np.atleast_1d(_array(row, name)) for row in value]
    else:
        flat = np.atleast_1d(_array(value, name))
        rows = [flat] if count == 1 else list(flat.reshape(-1, 1))
    if len(rows) != count or any(row.ndim != 1 for row in rows):
        raise ValueError(f"its {name} has {len(rows)} rows for {count} dendrites")
    return rows


def _joined(rows: Sequence[Array], name: str) -> Array:
    found = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    if not found.size:
        return np.zeros(0, np.int64)
    if found.dtype.kind not in "biuf":
        raise ValueError(f"its {name} holds no numbers")
    return found

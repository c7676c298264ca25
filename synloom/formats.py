"""Saved states as files: ``.npz``, ``.hdf5`` and ``.mat``, with numbers, texts and nothing that runs."""

from __future__ import annotations

import gzip
import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZipFile

import numpy as np

from synloom.archive import (
    RATIO,
    TREE,
    Array,
    Leaf,
    Refused,
    SavedFileError,
    publish,
    read_archive,
    write_archive,
)
from synloom.codegen.errors import ConfigurationError
from synloom.saved import Part, Ragged, Tree

VERSION: Final = 1
MARK: Final = "$array"  # the key of a table that stands for an array
HDF5: Final = frozenset({".hdf5", ".h5"})
ENCODINGS: Final = ("ASCII", "latin1", "bytes")
LONGEST_NAME: Final = 63  # of a variable of MATLAB


def write(filename: str | os.PathLike[str], kind: str, tree: Tree, pack: bool = True) -> None:
    """Write a tree in the format that the name of the file asks for. The file appears whole or not at all.

    ``.npz``: as ``numpy.load`` reads it. ``.hdf5``, ``.h5``: needs h5py. ``.mat``: needs scipy. ``.gz``: the
    first, once more compressed. Anything else: the first.

    Raises
    ------
    ConfigurationError
        The file cannot be written, or the package that its format needs is missing.
    """
    path = _path(filename)
    arrays: dict[str, Array] = {}
    head = {"synloom": kind, "version": VERSION, "contents": _split(tree, "", arrays)}
    if path.suffix in HDF5:
        publish(path, lambda stream: _write_hdf5(stream, head, arrays))
    elif path.suffix == ".mat":
        publish(path, lambda stream: _write_mat(stream, head, arrays))
    elif path.suffix == ".gz":
        publish(path, lambda stream: _write_gz(stream, head, arrays))
    else:
        publish(path, lambda stream: write_archive(stream, head, arrays, pack))


def read(filename: str | os.PathLike[str], kind: str, pickle_encoding: str | None = None) -> Part:
    """The contents of a file of this kind, not yet believed. It may be one of ANNarchy.

    Raises
    ------
    SavedFileError
        No such file, another kind of file, one that is damaged, or one of a later version.
    """
    path, encoding = _path(filename), checked_encoding(pickle_encoding)
    if not path.is_file():
        raise SavedFileError(f"There is no file '{path}'.")
    try:
        head, leaves = _open(path, encoding)
        contents = _join(head.get("contents"), leaves)
    except Refused as error:
        raise SavedFileError(
            f"'{path}' can not be loaded: {error.message}.",
            hint="Of pickles only dictionaries of numbers are read; anything else could run any code.",
        ) from None
    except ConfigurationError:
        raise
    except Exception as error:  # a damaged archive makes its readers raise errors of many kinds
        shown = str(error).strip("'") or type(error).__name__
        raise SavedFileError(f"'{path}' can not be loaded: {shown}.") from None
    version, found = head.get("version"), head.get("synloom")
    if not isinstance(version, int) or version > VERSION:
        raise SavedFileError(
            f"'{path}' is of version {version!r:.20}; this synloom reads versions up to {VERSION}.",
            hint="Load it with a newer synloom.",
        )
    if found != kind:
        raise SavedFileError(f"'{path}' holds a {found!s:.40}, not a {kind}.")
    return Part(contents, path)


def checked_encoding(given: str | None) -> str:
    """How texts of Python 2 are to be read.

    Raises
    ------
    ConfigurationError
        It is not one of the three ways that there are.
    """
    encoding = "ASCII" if given is None else given
    if encoding not in ENCODINGS:
        raise ConfigurationError(
            f"pickle_encoding={given!r}: it is 'ASCII', 'latin1' or 'bytes', for files of Python 2."
        )
    return "latin1" if encoding == "bytes" else encoding  # names are texts in any case


def _path(filename: str | os.PathLike[str]) -> Path:
    try:
        return Path(filename)
    except TypeError:
        raise ConfigurationError(f"A file name was expected, not {filename!r}.") from None


def _split(value: Any, key: str, arrays: dict[str, Array]) -> Any:
    """The tree as JSON; arrays are put aside under readable names."""
    match value:
        case np.ndarray():
            while key in arrays:
                key += "_"
            arrays[key] = value
            return {MARK: key}
        case Ragged():
            return _split({"flat": value.flat, "lengths": value.lengths}, key, arrays)
        case dict():
            return {str(k): _split(v, f"{key}/{k}" if key else str(k), arrays) for k, v in value.items()}
        case list() | tuple():
            return [_split(v, f"{key}/{n}", arrays) for n, v in enumerate(value)]
        case np.generic():
            return value.item()
        case _:
            return value


def as_read(tree: Tree) -> Any:
    """The tree as :func:`read` would give it, out of memory."""
    arrays: dict[str, Array] = {}
    contents = _split(tree, "", arrays)
    return _join(contents, {key: Leaf.of(array) for key, array in arrays.items()})


def _join(value: Any, leaves: Mapping[str, Leaf]) -> Any:
    if isinstance(value, dict):
        if MARK in value:
            if value[MARK] not in leaves:
                raise ValueError(f"{value[MARK]!s:.60} is missing")
            return leaves[value[MARK]]
        return {k: _join(v, leaves) for k, v in value.items()}
    if isinstance(value, list):
        return [_join(v, leaves) for v in value]
    return value


Opened = tuple[dict[str, Any], Mapping[str, Leaf]]


def _open(path: Path, encoding: str) -> Opened:
    with path.open("rb") as stream:
        first = stream.read(8)
    if first == b"\x89HDF\r\n\x1a\n":
        return _read_hdf5(path)
    if path.suffix == ".mat":
        return _read_mat(path)
    size = path.stat().st_size
    if first[:2] != b"\x1f\x8b":
        # The file stays open: arrays are read from it once their shape is known to be right.
        return _read_stream(path.open("rb"), size, encoding)
    return _read_stream(*unpacked(path, size), encoding)


def unpacked(path: Path, size: int) -> tuple[IO[bytes], int]:
    """What a file of gzip holds, in a temporary file, and how much it is."""
    plain = tempfile.TemporaryFile()  # noqa: SIM115
    with gzip.open(path) as packed:
        while part := packed.read(1 << 20):
            plain.write(part)
            if plain.tell() > RATIO * size:
                raise ValueError("it unpacks to more than it can hold")
    length = plain.tell()
    plain.seek(0)
    return plain, length


def _read_stream(stream: IO[bytes], size: int, encoding: str) -> Opened:
    """An archive of ours or of ANNarchy, or a pickle."""
    from synloom.peer_file import of_archive, of_pickle

    first = stream.read(4)
    stream.seek(0)
    if first != b"PK\x03\x04":
        return _translated(of_pickle(stream, size, encoding))
    archive = ZipFile(stream)
    if f"{TREE}.npy" in archive.namelist():
        return read_archive(archive, size)
    return _translated(of_archive(archive, size))


def _translated(found: Mapping[str, Any]) -> Opened:
    from synloom.peer_file import as_tree

    kind, tree = as_tree(found)
    return {"synloom": kind, "version": VERSION, "contents": tree}, {}


def _write_gz(stream: IO[bytes], head: Tree, arrays: Mapping[str, Array]) -> None:
    with tempfile.TemporaryFile() as plain:
        write_archive(plain, head, arrays, False)
        plain.seek(0)
        with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=6, mtime=0) as packed:
            while part := plain.read(1 << 20):
                packed.write(part)


# -- HDF5 -----------------------------------------------------------------------------------------------------


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise ConfigurationError(
            "Files of the type .hdf5 need h5py, which is not installed.", hint="pip install synloom[io]"
        ) from None
    return h5py


def _write_hdf5(stream: IO[bytes], head: Tree, arrays: Mapping[str, Array]) -> None:
    text = np.frombuffer(json.dumps(head).encode(), np.uint8)
    with _h5py().File(stream, "w") as file:
        for key, array in {TREE: text, **arrays}.items():
            file.create_dataset(key, data=array)


def _read_hdf5(path: Path) -> Opened:
    h5py, leaves = _h5py(), {}
    file = h5py.File(path, "r")

    def visit(name: str, found: Any) -> None:
        if isinstance(found, h5py.Dataset) and found.dtype.kind in "biuf" and found.external is None:
            leaves[name] = Leaf(found.dtype, found.shape, lambda: found[...])

    file.visititems(visit)
    text = leaves.pop(TREE).read()
    return json.loads(text.tobytes().decode()), leaves


# -- MATLAB ---------------------------------------------------------------------------------------------------


def _scipy_io() -> Any:
    try:
        import scipy.io
    except ImportError:
        raise ConfigurationError(
            "Files of the type .mat need scipy, which is not installed.", hint="pip install synloom[io]"
        ) from None
    return scipy.io


def _write_mat(stream: IO[bytes], head: Tree, arrays: Mapping[str, Array]) -> None:
    """Arrays have at least two axes in MATLAB, and names are short: a table says what they were."""
    contents: dict[str, Array] = {}
    table: dict[str, Any] = {}
    for key, array in arrays.items():
        name = re.sub(r"\W", "_", key)
        name = name if name[0].isalpha() else f"x{name}"
        if len(name) > LONGEST_NAME or name in contents or name == TREE:
            name = f"{name[: LONGEST_NAME - 12]}_{len(contents)}"
        contents[name] = array
        table[key] = [name, array.dtype.str, list(array.shape)]
    text = np.frombuffer(json.dumps({"head": head, "arrays": table}).encode(), np.uint8)
    _scipy_io().savemat(stream, {TREE: text, **contents}, do_compression=True, long_field_names=True)


def _read_mat(path: Path) -> Opened:
    found = _scipy_io().loadmat(path, chars_as_strings=False, mat_dtype=False)
    if TREE not in found:
        from synloom.peer_file import of_mat

        return _translated(of_mat(path))
    text = json.loads(np.asarray(found[TREE], np.uint8).tobytes().decode())
    leaves = {}
    for key, (name, dtype, shape) in text["arrays"].items():
        array, wanted = np.asarray(found[name]), np.dtype(dtype)
        if array.dtype.kind not in "biuf" or wanted.kind not in "biuf":
            raise ValueError(f"{key} holds {array.dtype}, not numbers")
        leaves[key] = Leaf.of(array.reshape(tuple(map(int, shape))).astype(wanted))
    head = text["head"]
    if not isinstance(head, dict):
        raise ValueError("its table of contents is damaged")
    return head, leaves

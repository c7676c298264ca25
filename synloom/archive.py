"""Files that appear whole or not at all, and archives of plain arrays, which can run no code."""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.errors import ConfigurationError

Array = NDArray[Any]

KINDS: Final = "biuf"  # of NumPy types: numbers, nothing that could hold an object
RATIO: Final = 1100  # no file of zlib grows more than 1032 times when it is unpacked
LARGEST_TEXT: Final = 1 << 28
CHUNK: Final = 1 << 24
TREE: Final = "synloom"  # the entry that says what the others are


class SavedFileError(ConfigurationError):
    """A file that cannot be read: missing, cut short, of a newer version, or of contents that do not fit."""


class Refused(SavedFileError):
    """A pickle that asks for more than plain data."""


def publish(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write beside the file and rename: whoever reads ``path`` finds the old file or the new one, at any moment.

    Raises
    ------
    ConfigurationError
        The file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "x+b") as stream:
            write(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ConfigurationError(f"'{path}' can not be written: {error}.") from None
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Let the new name survive a power cut, where a folder can be synchronised."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)


def write_archive(
    stream: IO[bytes], tree: Mapping[str, Any], arrays: Mapping[str, Array], pack: bool
) -> None:
    """A zip of ``.npy`` entries, as ``numpy.load`` reads it; ``tree`` becomes JSON in one of them."""
    text = np.frombuffer(json.dumps(tree).encode(), np.uint8)
    with ZipFile(
        stream, "w", ZIP_DEFLATED if pack else ZIP_STORED, allowZip64=True, compresslevel=1
    ) as archive:
        for key, array in {TREE: text, **arrays}.items():
            with archive.open(f"{key}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(
                    entry, np.ascontiguousarray(array).reshape(array.shape), allow_pickle=False
                )


class Leaf:
    """An array of a file, which is read when its type and shape are what was expected."""

    def __init__(self, dtype: np.dtype[Any], shape: tuple[int, ...], read: Callable[[], Array]) -> None:
        self.dtype, self.shape, self.read = dtype, shape, read

    @classmethod
    def of(cls, array: Array) -> Leaf:
        """One that is in memory already."""
        return cls(array.dtype, array.shape, lambda: array)


def read_archive(archive: ZipFile, size: int) -> tuple[dict[str, Any], dict[str, Leaf]]:
    """The tree and the entries of an archive of ``size`` bytes.

    Raises
    ------
    ValueError, OSError, BadZipFile and others
        It is damaged. Nothing is allocated by what the file claims alone.
    """
    entries = archive.infolist()
    if sum(entry.file_size for entry in entries) > RATIO * size:
        raise ValueError("its entries claim to be larger than they can be")
    leaves: dict[str, Leaf] = {}
    for entry in entries:
        name = entry.filename.removesuffix(".npy")
        if name in leaves or name == entry.filename:
            raise ValueError(f"it has an unexpected entry {entry.filename!r}")
        leaves[name] = _leaf(archive, entry)
    if TREE not in leaves:
        raise ValueError("it was not written by synloom")
    text = leaves.pop(TREE)
    if text.dtype != np.uint8 or len(text.shape) != 1 or text.shape[0] > LARGEST_TEXT:
        raise ValueError("its table of contents is damaged")
    tree = json.loads(text.read().tobytes().decode())
    if not isinstance(tree, dict):
        raise ValueError("its table of contents is damaged")
    return tree, leaves


def _leaf(archive: ZipFile, entry: ZipInfo) -> Leaf:
    with archive.open(entry) as stream:
        dtype, shape, _ = _header(stream, entry)

    def read() -> Array:
        with archive.open(entry) as stream:
            _, _, fortran = _header(stream, entry)
            array = np.empty(shape[::-1] if fortran else shape, dtype)
            bytes_ = array.reshape(-1).view(np.uint8).data
            done = 0
            while done < len(bytes_):
                part = stream.read(min(CHUNK, len(bytes_) - done))
                if not part:
                    raise ValueError(f"{entry.filename} is cut short")
                bytes_[done : done + len(part)] = part
                done += len(part)
            if stream.read(1):  # makes zipfile compare the checksum, too
                raise ValueError(f"{entry.filename} is longer than it says")
        return array.T if fortran else array

    return Leaf(dtype, shape, read)


def _header(stream: IO[bytes], entry: ZipInfo) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    elif version == (2, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream)
    else:
        raise ValueError(f"{entry.filename} is of an unknown version")
    if dtype.kind not in KINDS or not dtype.isnative:
        raise ValueError(f"{entry.filename} holds {dtype}, not numbers")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != entry.file_size - stream.tell():
        raise ValueError(f"{entry.filename} is not as long as it says")
    return dtype, shape, fortran

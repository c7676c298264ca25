"""Synapses in a file: flat arrays without pickled objects, and files of ANNarchy. Spec 03, section 7.4."""

from __future__ import annotations

import contextlib
import math
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np

from synloom.archive import Refused, publish
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import DelayKind
from synloom.connect.regular import Given
from synloom.connect.triplets import from_triplets
from synloom.connect.values import Values
from synloom.formats import checked_encoding, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.connect.ends import Ends
    from synloom.synapses import Synapses

VERSION: Final = 1
ROOM: Final = 1 << 12  # bytes of header that an entry of the file may have
# What a file must hold, and which kinds of number it may be.
KEYS: Final = {
    "post_ranks": "iu",
    "row_lengths": "iu",
    "pre_ranks": "iu",
    "w": "biuf",
    "delay": "iu",
    "dt": "f",
}


def write(filename: str | os.PathLike[str], synapses: Synapses) -> None:
    """Write ranks, weights and delays. The file appears whole or not at all.

    Keys: ``post_ranks``, ``row_lengths`` (dendrites,), ``pre_ranks`` (synapses,), ``w`` (synapses,)
    or one number, ``delay`` in steps likewise, ``dt`` in ms, and for readers ``name``, ``size``,
    ``nb_synapses``, ``max_delay``, ``uniform_delay``.
    """
    path = _path(filename)
    reading = synapses._built()
    single = synapses._is_single("w")
    weights = synapses._find("w")[0] if single else reading.gather(synapses._per_synapse("w"))
    per_synapse = synapses.delay_kind is DelayKind.PER_SYNAPSE
    steps = reading.gather(synapses.delay_steps) if per_synapse else synapses.delay_steps[0]
    sources = [ranks for _, ranks in reading.dendrites()]
    entries: dict[str, Any] = {
        "format": VERSION,
        "name": synapses.name,
        "post_ranks": reading.rows,
        "row_lengths": reading.lengths(),
        "pre_ranks": np.concatenate([np.empty(0, np.int32), *sources]),
        "w": weights[0] if single else weights,
        "delay": steps,
        "dt": synapses.network.dt,
        "size": len(reading.rows),
        "nb_synapses": reading.store.nnz,
        "max_delay": synapses.max_delay,
        "uniform_delay": synapses.uniform_delay,
    }
    if path.suffix == ".gz":
        publish(path, lambda stream: _write_packed(stream, entries))
    else:
        publish(path, lambda stream: np.savez_compressed(stream, allow_pickle=False, **entries))


def _write_packed(stream: IO[bytes], entries: dict[str, Any]) -> None:
    from gzip import GzipFile
    from io import BytesIO

    plain = BytesIO()  # archives are not written from the first byte to the last
    np.savez(plain, allow_pickle=False, **entries)
    with GzipFile(fileobj=stream, mode="wb", compresslevel=6, mtime=0) as packed:
        packed.write(plain.getbuffer())


def read(
    filename: str | os.PathLike[str], ends: Ends, dt: float, pickle_encoding: str | None = None
) -> tuple[Given, Values, Any]:
    """The pattern, weights and delays (ms) of a file, checked against the two ends of a projection.

    ``dt`` is the step of the delays in files of ANNarchy, which do not say theirs.

    Raises
    ------
    ConfigurationError
        No such file, another kind of file, one that is cut short or does not fit the populations.
    """
    path, encoding = _path(filename), checked_encoding(pickle_encoding)
    if not path.is_file():
        raise ends.error(f"there is no file '{path}'.")
    most = ROOM + 8 * len(ends.post) * len(ends.pre)
    try:
        found = _entries(path, most, dt, encoding)
    except Refused as error:
        raise ends.error(
            f"'{path}' can not be read: {error.message}.",
            hint="of pickles only dictionaries of numbers are read; anything else could run any code",
        ) from None
    except Exception as error:  # a damaged archive makes its readers raise errors of many kinds
        raise ends.error(
            f"'{path}' can not be read: {str(error).strip(chr(39)) or type(error).__name__}.",
            hint="connect_from_file() reads files that save_connectivity() of synloom or ANNarchy wrote",
        ) from None
    return _checked(ends, path, found)


def _entries(path: Path, most: int, dt: float, encoding: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file; no entry may hold more than ``most`` bytes."""
    from zipfile import ZipFile

    from synloom import peer_file

    with contextlib.ExitStack() as stack:
        stream: IO[bytes] = stack.enter_context(path.open("rb"))
        size = path.stat().st_size
        if stream.read(2) == b"\x1f\x8b":
            plain, size = unpacked(path, size)
            stream = stack.enter_context(plain)
        stream.seek(0)
        if stream.read(4) != b"PK\x03\x04":
            stream.seek(0)
            return peer_file.connectivity(peer_file.of_pickle(stream, size, encoding), dt)
        stream.seek(0)
        archive = stack.enter_context(ZipFile(stream))
        if max((entry.file_size for entry in archive.infolist()), default=0) > most:
            raise ValueError("it holds more synapses than can be between these populations")
        if "row_lengths.npy" not in archive.namelist():
            return peer_file.connectivity(peer_file.of_archive(archive, size), dt)
        stream.seek(0)
        with np.load(stream, allow_pickle=False) as entries:
            return {key: np.asarray(entries[key]) for key in KEYS}


def _checked(ends: Ends, path: Path, found: dict[str, NDArray[Any]]) -> tuple[Given, Values, Any]:
    def refuse(reason: str) -> ConfigurationError:
        return ends.error(f"'{path}' is damaged: {reason}.", hint="write it again with save_connectivity()")

    for key, kinds in KEYS.items():
        if found[key].dtype.kind not in kinds or found[key].ndim > 1:
            raise refuse(f"{key} is of type {found[key].dtype} and shape {found[key].shape}")
    post, lengths, pre = (found[key].astype(np.int64) for key in ("post_ranks", "row_lengths", "pre_ranks"))
    if not post.ndim == lengths.ndim == pre.ndim == 1:
        raise refuse("its ranks are no lists")
    if len(post) != len(lengths) or (lengths < 0).any() or int(lengths.sum()) != len(pre):
        raise refuse("the lengths of its dendrites do not add up")
    for key in ("w", "delay"):
        if found[key].ndim == 1 and len(found[key]) != len(pre):
            raise refuse(f"{key} has {len(found[key])} values for {len(pre)} synapses")
    if found["dt"].ndim:
        raise refuse("dt is no number")
    dt = float(found["dt"])
    if not math.isfinite(dt) or dt <= 0.0 or (found["delay"] < 1).any():
        raise refuse("its delays are no positive times")
    targets = np.repeat(post, lengths)
    delays = np.broadcast_to(found["delay"] * dt, pre.shape)
    weights = np.broadcast_to(found["w"].astype(np.float64), pre.shape)
    given, flat, times = from_triplets(ends, targets, pre, weights, delays)
    single = found["w"].ndim == 0
    return given, float(found["w"]) if single else flat, times


def _path(filename: str | os.PathLike[str]) -> Path:
    try:
        path = Path(filename)
    except TypeError:
        raise ConfigurationError(f"A file name was expected, not {filename!r}.") from None
    if path.suffix in (".mat", ".hdf5", ".h5"):
        raise ConfigurationError(
            f"'{path}': connectivity is kept in .npz files.", hint=f"use '{path.stem}.npz'"
        )
    return path

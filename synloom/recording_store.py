"""Files that grow while a network runs: HDF5 with h5py, or a folder of Zarr 3.

A file is a tree of arrays whose first axis grows. A new file is made under another name and then renamed, so whoever
reads ``path`` finds a whole one. While it grows, an HDF5 file is written in SWMR mode, and the arrays of Zarr are files
that are replaced as a whole: whatever was flushed can be read, also while the process runs and after it was killed.
"""

from __future__ import annotations

import importlib
import os
import secrets
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from synloom.archive import SavedFileError
from synloom.codegen.errors import ConfigurationError

try:
    import fcntl
except ImportError:  # not a system with flock
    fcntl = None  # type: ignore[assignment]

Attributes = Mapping[str, Any]

CHUNK_BYTES: Final = 1 << 20
CHUNK_ROWS: Final = 1 << 16
FILL: Final = -(2**63)  # of integers that were not written


class Store(ABC):
    """An open file. ``writing`` says whether it may grow; one process only may let it."""

    PACKAGE: str

    def __init__(self, path: Path, writing: bool) -> None:
        self.path, self.writing = path, writing
        self.root: Any = None
        self._nodes: dict[str, Any] = {}
        self._lock: IO[bytes] | None = None
        if writing and self.is_written(path):
            raise ConfigurationError(f"'{path.name}' is being written by another process.")
        self._open("a" if writing else "r")
        if writing:
            self._lock = _shared_lock(self.lock_of(path))

    @classmethod
    @abstractmethod
    def lock_of(cls, path: Path) -> Path:
        """A file that is there as long as the recording is."""

    @classmethod
    def is_written(cls, path: Path) -> bool:
        """Whether a process that lives writes it, as far as the system tells."""
        if fcntl is None:
            return False
        try:
            with open(cls.lock_of(path), "rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # a file system without locks
            return False
        return False

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @classmethod
    def package(cls) -> Any:
        """The package it takes."""
        try:
            return importlib.import_module(cls.PACKAGE)
        except ImportError:
            raise ConfigurationError(
                f"Recording to this file needs the package {cls.PACKAGE}.", hint="pip install 'synloom[io]'"
            ) from None

    @classmethod
    @abstractmethod
    def make(cls, path: Path) -> Any:
        """The root of a new file."""

    @abstractmethod
    def _open(self, mode: str) -> None:
        """Set ``root``; mode "r", or "a" to let it grow."""

    @abstractmethod
    def flush(self) -> None:
        """Let others see what was written."""

    @abstractmethod
    def close(self) -> None:
        """Write the rest."""

    @contextmanager
    @abstractmethod
    def changing(self) -> Iterator[None]:
        """While arrays are added, or lose rows."""

    def node(self, path: str) -> Any:
        """An array or a group."""
        if path not in self._nodes:
            self._nodes[path] = self.root[path]
        return self._nodes[path]

    def names(self, path: str) -> list[str]:
        """What there is in a group."""
        return list(self.node(path))

    def __contains__(self, path: str) -> bool:
        return path in self.root

    def length(self, path: str) -> int:
        """Number of rows."""
        return int(self.node(path).shape[0])

    def append(self, path: str, rows: NDArray[Any]) -> None:
        """Let an array grow by these rows, also in width if they are wider."""
        self.write(path, self.length(path), rows)

    def write(self, path: str, first: int, rows: NDArray[Any]) -> None:
        """Write rows from ``first`` on; the array grows where it ends."""
        node = self.node(path)
        shape = [max(node.shape[0], first + len(rows))]
        shape += [max(m, n) for m, n in zip(node.shape[1:], rows.shape[1:], strict=True)]
        if tuple(shape) != tuple(node.shape):
            node.resize(tuple(shape))
        if len(rows):
            node[(slice(first, first + len(rows)), *(slice(0, n) for n in rows.shape[1:]))] = rows

    def read(self, path: str, first: int = 0, stop: int | None = None) -> NDArray[Any]:
        """Some rows."""
        found: NDArray[Any] = np.asarray(self.node(path)[first:stop])
        return found

    def cut(self, path: str, rows: int) -> None:
        """Forget the rows after these; only while the file is ``changing``."""
        node = self.node(path)
        if node.shape[0] > rows:
            node.resize((rows, *node.shape[1:]))

    def attributes(self, path: str = "/") -> dict[str, Any]:
        """What is noted about an array, a group, or the whole file."""
        return dict(self.root.attrs if path == "/" else self.node(path).attrs)


class Hdf5(Store):
    PACKAGE = "h5py"

    @classmethod
    def lock_of(cls, path: Path) -> Path:
        return path

    @classmethod
    def make(cls, path: Path) -> Any:
        return cls.package().File(path, "x", libver="latest")

    def _open(self, mode: str) -> None:
        h5py = self.package()
        if mode == "r":
            try:
                self.root = h5py.File(self.path, "r")
            except OSError:  # somebody writes it, or was killed while writing it
                self.root = h5py.File(self.path, "r", libver="latest", swmr=True)
            return
        try:
            self.root = h5py.File(self.path, "r+", libver="latest")
        except OSError:
            self._mend()
            self.root = h5py.File(self.path, "r+", libver="latest")
        self.root.swmr_mode = True

    def _mend(self) -> None:
        """A file whose writer was killed is marked as being written: a copy is not."""
        h5py = self.package()
        with (
            h5py.File(self.path, "r", libver="latest", swmr=True) as old,
            new_file(type(self), self.path) as new,
        ):
            new.attrs.update(old.attrs)
            for name in old:
                old.copy(name, new)

    def flush(self) -> None:
        self.root.flush()

    def close(self) -> None:
        self._unlock()
        self._nodes = {}
        self.root.close()

    @contextmanager
    def changing(self) -> Iterator[None]:
        self.close()
        self.root = self.package().File(self.path, "r+", libver="latest")
        yield
        self._nodes = {}
        self.root.flush()
        self.root.swmr_mode = True
        self._lock = _shared_lock(self.path)


class Zarr(Store):
    PACKAGE = "zarr"

    @classmethod
    def lock_of(cls, path: Path) -> Path:
        return path / "zarr.json"

    @classmethod
    def make(cls, path: Path) -> Any:
        return cls.package().open_group(path, mode="w-", zarr_format=3)

    def _open(self, mode: str) -> None:
        self.root = self.package().open_group(self.path, mode="r" if mode == "r" else "r+")

    def flush(self) -> None:
        """Every write is seen at once."""

    def close(self) -> None:
        self._unlock()
        self._nodes = {}

    @contextmanager
    def changing(self) -> Iterator[None]:
        yield
        self._nodes = {}


def _shared_lock(path: Path) -> IO[bytes] | None:
    """Held while a file grows: others may read it, as HDF5 locks files when it opens them, but not write it."""
    if fcntl is None:
        return None
    file = open(path, "rb")  # noqa: SIM115  (it stays open)
    with suppress(OSError):
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return file


KINDS: Final[dict[str, type[Store]]] = {".h5": Hdf5, ".hdf5": Hdf5, ".zarr": Zarr}


def kind_of(path: Path) -> type[Store]:
    """What writes and reads a file of this name; its package is there.

    Raises
    ------
    ConfigurationError
        Another suffix, or a package that is missing.
    """
    kind = KINDS.get(path.suffix)
    if kind is None:
        raise ConfigurationError(
            f"'{path.name}' is no file for recordings.", hint="names of these end in .h5, .hdf5 or .zarr"
        )
    kind.package()
    return kind


@contextmanager
def new_file(kind: type[Store], path: Path) -> Iterator[Any]:
    """The root of a file that takes the name ``path`` once it is complete; what had the name before is gone then."""
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(6)}{path.suffix}")
    try:
        root = kind.make(temporary)
        yield root
        if hasattr(root, "close"):
            root.close()
        if temporary.is_dir():
            remove(path)  # folders cannot be exchanged
        os.replace(temporary, path)
    finally:
        remove(temporary)


def remove(path: Path) -> None:
    """Remove a recording, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def create(
    root: Any,
    path: str,
    dtype: DTypeLike,
    width: int | None = None,
    chunk_rows: int = CHUNK_ROWS,
    attributes: Attributes | None = None,
) -> None:
    """Make an empty array (0,) or (0, width) that can grow.

    Parameters
    ----------
    root : h5py.File or zarr.Group
    chunk_rows : int
        Rows that are stored together, at most.
    """
    kind = np.dtype(dtype)
    fill: Any = np.nan if kind.kind == "f" else FILL if kind == np.int64 else 0
    tail = () if width is None else (width,)
    files = hasattr(root, "create_array")  # Zarr: each chunk is a file
    most = CHUNK_BYTES * 4 if files else CHUNK_BYTES
    columns = min(max(1, width or 1), most // kind.itemsize)
    rows = max(1, min(chunk_rows, most // (columns * kind.itemsize)))
    chunks = (rows,) if width is None else (rows, columns)
    if files:
        group, _, name = path.rpartition("/")
        parent = root.require_group(group) if group else root
        node = parent.create_array(
            name, shape=(0, *tail), chunks=chunks, dtype=kind, fill_value=fill, compressors=None
        )
    else:
        node = root.create_dataset(
            path,
            shape=(0, *tail),
            maxshape=(None,) * (1 + len(tail)),
            chunks=chunks,
            dtype=kind,
            fillvalue=fill if kind.kind == "f" or fill else None,
        )
    node.attrs.update(dict(attributes or {}))


@contextmanager
def told(path: Path, what: str) -> Iterator[None]:
    """Turn errors of the packages into ours."""
    try:
        yield
    except ConfigurationError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise SavedFileError(f"'{path}' can not be {what}: {error}.") from error

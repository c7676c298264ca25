"""Recording to a file while the network runs: memory holds one block of each variable."""

from __future__ import annotations

import atexit
import os
import secrets
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal
from weakref import WeakValueDictionary

import numpy as np

from synloom.archive import SavedFileError
from synloom.codegen.errors import ConfigurationError
from synloom.recorded import About, Axes
from synloom.recording_store import Store, create, kind_of, new_file, told
from synloom.sink import INTERVAL, Described, Sink
from synloom.spike_track import SpikeTrack
from synloom.track import Track
from synloom.version import __version__

FORMAT: Final = "synloom recording"
VERSION: Final = 1
BLOCK_BYTES: Final = 1 << 22  # of samples that are held back
BLOCK_ROWS: Final = 1 << 16
SPIKES: Final = 1 << 18  # that are held back
FLUSH_SECONDS: Final = 1.0

IfExists = Literal["error", "overwrite", "append"]

open_streams: WeakValueDictionary[Path, Stream] = WeakValueDictionary()


@cache
def close_at_exit() -> None:
    """Write the rest when the interpreter ends. Zarr needs threads, which are gone already when ``atexit`` calls."""
    import concurrent.futures.thread  # noqa: F401  (what registers later is called earlier)

    getattr(threading, "_register_atexit", atexit.register)(_close_all)


def _close_all() -> None:
    for stream in list(open_streams.values()):
        try:
            stream.close()
        except SavedFileError as error:
            print(f"ERROR: {error}", file=sys.stderr)


class Stream:
    """The file of one monitor.

    Raises
    ------
    ConfigurationError
        A name of another kind, a missing package or folder, a file that exists, or is written by another monitor.
    """

    def __init__(self, path: str | os.PathLike[str], if_exists: str, about: About) -> None:
        self.path = Path(path).absolute()
        self.if_exists, self.kind = if_exists, kind_of(self.path)
        self.sinks: dict[str, Sink] = {}
        self.tracks: dict[str, Track | SpikeTrack] = {}
        self.id = ""
        self._store: Store | None = None
        self._flushed, self._process = time.monotonic(), os.getpid()
        self._check()
        if if_exists == "append" and self.path.exists():
            self._check_content(about)
        open_streams[self.path] = self
        close_at_exit()

    def _check(self) -> None:
        name = self.path.name
        if self.if_exists not in ("error", "overwrite", "append"):
            raise ConfigurationError(
                f"if_exists is 'error', 'overwrite' or 'append', not {self.if_exists!r}."
            )
        if open_streams.get(self.path, self) is not self:
            raise ConfigurationError(
                f"'{name}' is written by another monitor.", hint="give each monitor a file of its own"
            )
        folder = self.path.parent
        if not folder.is_dir():
            raise ConfigurationError(f"There is no folder '{folder}' to record into.", hint="make it first")
        if not os.access(folder, os.W_OK):
            raise ConfigurationError(f"The folder '{folder}' must not be written to.")
        if not self.path.exists():
            return
        if self.if_exists == "error":
            raise ConfigurationError(
                f"'{name}' exists, and recording would overwrite it.",
                hint="choose another name, or if_exists='overwrite' or 'append'",
            )
        self._check_content()

    def _check_content(self, about: About | None = None) -> None:
        """What is overwritten or appended to must be a recording, as a name may be wrong: of the same if ``about``."""
        if self.kind.is_written(self.path):
            raise ConfigurationError(
                f"'{self.path.name}' is being written by another process.", hint="choose another name"
            )
        with told(self.path, "read"):
            store = self.kind(self.path, writing=False)
            try:
                known = store.attributes().get("format") == FORMAT
                if known and about is not None:
                    check_same(self.path, replace(about, dt=float(store.attributes()["dt"])), store)
            finally:
                store.close()
        if not known:
            raise ConfigurationError(
                f"'{self.path.name}' exists and is no recording: it is left alone.",
                hint="choose another name",
            )

    @property
    def store(self) -> Store:
        """The open file."""
        if self._store is None:
            raise SavedFileError(f"'{self.path}' is not being recorded to.")
        return self._store

    @property
    def is_open(self) -> bool:
        """Whether the file can be written and read."""
        return self._store is not None

    # -- making it ------------------------------------------------------------------------------------------

    def attach(self, about: About, described: Sequence[Described]) -> None:
        """Let tracks go to the file; it is made, or opened, with the first of them."""
        with told(self.path, "written"):
            if self._store is None:
                self._begin(about, described)
            self._add([d for d in described if f"data/{d.track.name}" not in self.store])
            new = [d for d in described if d.track.name not in self.sinks]
            for each in new:
                self.sinks[each.track.name] = self._sink(each)
            if self.if_exists == "append" and new:
                with self.store.changing():
                    for each in new:
                        self.sinks[each.track.name].load()
        for each in described:
            self._connect(each, each in new)

    def _begin(self, about: About, described: Sequence[Described]) -> None:
        try:
            self._open(about, described)
        except BaseException:
            open_streams.pop(self.path, None)  # whoever mends it may use the name
            raise

    def _open(self, about: About, described: Sequence[Described]) -> None:
        if self.if_exists == "append" and self.path.exists():
            store = self.kind(self.path, writing=True)
            try:
                check_same(self.path, about, store)
            except BaseException:
                store.close()
                raise
        else:
            self._check()  # again: time has passed
            with new_file(self.kind, self.path) as root:
                _describe(root, about, secrets.token_hex(8))
                for number, each in enumerate(described):
                    _make(root, each, number)
            store = self.kind(self.path, writing=True)
        self._store, self.id = store, str(store.attributes()["id"])

    def _add(self, described: Sequence[Described]) -> None:
        if described:
            with self.store.changing():
                for number, each in enumerate(described, len(self.store.names("data"))):
                    _make(self.store.root, each, number)

    def _sink(self, each: Described) -> Sink:
        rows = block_rows(each.track) if isinstance(each.track, Track) else SPIKES
        sink = Sink(self, each.track.name, each.axes, rows)
        node = self.store.node(f"data/{each.track.name}")
        found = node.attrs["axes"]
        fits = found == each.axes
        if isinstance(each.track, Track):
            fits = fits and node.dtype == each.track.source.dtype
            if each.axes in (Axes.SYNAPSES, Axes.DENDRITE):
                sink.columns = each.columns
            elif each.axes is Axes.NEURONS:
                fits = fits and node.shape[1] == each.track.count
        if not fits:
            raise ConfigurationError(
                f"'{self.path.name}' holds '{each.track.name}' of another type or size.",
                hint="record to another file",
            )
        return sink

    def _connect(self, each: Described, new: bool) -> None:
        track, sink = each.track, self.sinks[each.track.name]
        track.sink = sink
        self.tracks[track.name] = track
        if isinstance(track, Track) and (new or not sink.epochs):
            sink.change(track)

    # -- while the network runs -----------------------------------------------------------------------------

    def flush(self) -> None:
        """Write all there is."""
        if self._store is None or self._process != os.getpid():
            return
        for track in self.tracks.values():
            track.flush()
        self._flushed = time.monotonic()

    def tick(self) -> bool:
        """Write all there is if some time has passed; whether it has."""
        if time.monotonic() - self._flushed < FLUSH_SECONDS:
            return False
        self.flush()
        return True

    def close(self) -> None:
        """Write all there is, and let go of the file."""
        if self._store is None or self._process != os.getpid():
            return
        try:
            self.flush()
        finally:
            with told(self.path, "written"):
                self._store.close()
            self._store = None
            open_streams.pop(self.path, None)

    # -- checkpoints ----------------------------------------------------------------------------------------

    def marks(self) -> dict[str, Any]:
        """How much of each variable there is."""
        self.flush()
        return {name: sink.mark() for name, sink in self.sinks.items()}

    def go_back(self, marks: dict[str, dict[str, Any]]) -> None:
        """Forget what was recorded after a checkpoint."""
        with told(self.path, "written"), self.store.changing():
            for name, mark in marks.items():
                self.sinks[name].go_back(mark)


def block_rows(track: Track) -> int:
    """Samples of a block."""
    return max(1, min(BLOCK_ROWS, BLOCK_BYTES // max(1, track.count * track.source.dtype.itemsize)))


def _describe(root: Any, about: About, number: str) -> None:
    root.attrs.update(
        {
            "format": FORMAT,
            "version": VERSION,
            "synloom": __version__,
            "id": number,
            "monitor": about.monitor,
            "object": about.object,
            "kind": about.kind,
            "dt": about.dt,
            "geometry": [] if about.geometry is None else list(about.geometry),
        }
    )
    root.require_group("data")
    create(root, "ranks", np.int32)
    if about.ranks is not None:
        root["ranks"].resize((len(about.ranks),))
        root["ranks"][:] = about.ranks


def check_same(path: Path, about: About, store: Store) -> None:
    """Refuse to append the recording of something else."""
    found = store.attributes()
    ranks = np.empty(0, np.int32) if about.ranks is None else about.ranks
    here: dict[str, Any] = {"object": about.object, "kind": about.kind, "dt": about.dt}
    here["geometry"] = [] if about.geometry is None else list(about.geometry)
    there = {key: found.get(key) for key in here} | {"geometry": [int(n) for n in found["geometry"]]}
    odd = [key for key in here if here[key] != there[key]]
    if not odd and not np.array_equal(ranks, store.read("ranks")):
        odd, here["ranks"], there["ranks"] = ["ranks"], "others", "of some neurons"
    if odd:
        raise ConfigurationError(
            f"'{path.name}' is the recording of something else: {odd[0]} is {there[odd[0]]!r} there,"
            f" {here[odd[0]]!r} here.",
            hint="record to another file, or with if_exists='overwrite'",
        )


def _make(root: Any, each: Described, number: int) -> None:
    """The arrays of one variable."""
    track, name = each.track, each.track.name
    attributes = {"axes": str(each.axes), "number": number, **each.attributes}
    if isinstance(track, SpikeTrack):
        create(root, f"data/{name}/ranks", np.int32)
        create(root, f"data/{name}/steps", np.int64)
        root[f"data/{name}"].attrs.update(attributes)
    else:
        width = None if each.axes is Axes.WHOLE else track.count
        create(root, f"data/{name}", track.source.dtype, width, block_rows(track), attributes)
        create(root, f"steps/{name}", np.int64, None, 1 << 14)
    create(root, f"intervals/{name}", np.int64, INTERVAL, 1 << 8)
    if each.axes in (Axes.SYNAPSES, Axes.DENDRITE):
        create(root, f"synapses/{name}/epochs", np.int64, 3, 1 << 8)
        for part in ("post", "pre", "dendrites"):
            create(root, f"synapses/{name}/{part}", np.int32)

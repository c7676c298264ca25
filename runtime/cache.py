"""The build cache: folders named by what they were made from, published whole or not at all.

    objects/<key>/      one compiled unit
    extensions/<key>/   one network: library, generated sources, log
    compilers/          what each compiler said of itself
    failed/<key>/       sources and log of a build that failed
    tmp/ locks/         work in progress

An entry is built in ``tmp`` and moved into place by one rename, together with the checksums of its files,
which are compared whenever the entry is used. So processes may race, be killed or share the folder.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from synloom.codegen.errors import CompilationError, ConfigurationError
from synloom.runtime.folders import (
    CHECKSUMS,
    TEMPORARY_AGE,
    abandoned,
    children,
    folder_size,
    modified,
    owner,
    seal,
    verify,
)

FORMAT: Final = "1"  # of the entries; part of every key
OBJECTS: Final = "objects"
EXTENSIONS: Final = "extensions"
DEFAULT_LIMIT: Final = 1 << 30

_GRACE: Final = 60.0  # s; an entry used that recently is about to be loaded by someone
_TIDY_AGE: Final = 300.0  # s; to look at all entries takes seconds when there are many
_FAILED_AGE: Final = 7 * 24 * 3600.0
_FAILED_KEPT: Final = 10
_LOCK_TIMEOUT: Final = 600.0
_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
_UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}

_private: dict[Path, Path] = {}  # a cache that cannot be written -> the folder used instead in this process


@dataclass(frozen=True, slots=True)
class Found:
    """Outcome of a lookup: the entry's folder, or why there is none."""

    path: Path | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of ``synloom cache list``. ``used`` is in s since 1970, ``size`` in bytes."""

    kind: str
    key: str
    path: Path = field(compare=False)
    size: int
    used: float


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache folder. Making the object touches nothing on disk.

    Parameters
    ----------
    root : Path
        The folder; made when first written to.
    limit : int, default 1 GiB
        Size in bytes above which the least recently used entries are removed.
    """

    root: Path
    limit: int = DEFAULT_LIMIT

    @classmethod
    def default(cls) -> Cache:
        """The user's cache; ``SYNLOOM_CACHE`` moves it, ``SYNLOOM_CACHE_SIZE`` bounds it."""
        return cls(_default_root(), _parse_size(os.environ.get("SYNLOOM_CACHE_SIZE", "")))

    # -- reading

    def lookup(self, kind: str, key: str) -> Found:
        """The folder of an entry whose files are all as they were published."""
        reason = "not in the cache"
        for root in self._roots():
            path = root / kind / key
            broken = verify(path)
            if not broken:
                with suppress(OSError):  # a read-only cache serves, but keeps no order of use
                    os.utime(path / CHECKSUMS)
                return Found(path)
            if path.is_dir():
                reason = f"the cached one was damaged: {broken}"
        return Found(None, reason)

    def note(self, name: str) -> str | None:
        """A short remembered text, or None."""
        for root in self._roots():
            with suppress(OSError, UnicodeDecodeError):
                return (root / "compilers" / name).read_text("utf-8")
        return None

    def entries(self) -> list[Entry]:
        """All entries, the most recently used first."""
        found = []
        for kind in (EXTENSIONS, OBJECTS):
            for path in children(self.root / kind):
                with suppress(OSError):  # another process removed it
                    used = (path / CHECKSUMS).stat().st_mtime
                    found.append(Entry(kind, path.name, path, folder_size(path), used))
        return sorted(found, key=lambda entry: -entry.used)

    # -- writing

    def scratch(self) -> Path:
        """Make an empty temporary folder; ``publish`` or ``discard`` it.

        Where the cache cannot be written, this and all later writing of the process goes to a private
        temporary folder instead, with one warning.

        Raises
        ------
        CompilationError
            The disk is full.
        """
        name = f"{owner()}-{os.urandom(6).hex()}"
        with storing(self.root):
            try:
                return _make(self._writable() / "tmp" / name)
            except OSError as error:
                return _make(self._retreat(error) / "tmp" / name)

    def publish(self, kind: str, key: str, folder: Path, replace: bool = False) -> Path:
        """Move ``folder`` into place as an entry, and return where it is now.

        An intact entry of another process that was faster is kept, unless ``replace`` says otherwise.
        """
        with storing(self.root):
            seal(folder)
            try:
                return self._move(folder, self._writable() / kind / key, replace)
            except OSError as error:
                return self._move(folder, self._retreat(error) / kind / key, replace)

    def keep_failed(self, key: str, folder: Path) -> Path:
        """Keep the folder of a failed build for a look at it, and return where it is now."""
        root = self._writable()
        target = root / "failed" / key
        with suppress(OSError):
            target.parent.mkdir(parents=True, exist_ok=True)
            self.discard(target)
            os.replace(folder, target)
            return target
        return folder

    def remember(self, name: str, text: str) -> None:
        """Keep a short text for :meth:`note`. Where it cannot be kept, it is not."""
        with suppress(OSError, CompilationError):
            folder = self.scratch()
            try:
                (folder / name).write_text(text, "utf-8")
                target = self._writable() / "compilers" / name
                target.parent.mkdir(exist_ok=True)
                os.replace(folder / name, target)
            finally:
                self.discard(folder)

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Let one process at a time build ``key``. Only saves work: without a lock, the rename decides."""
        from filelock import FileLock, Timeout

        path = self._writable() / "locks" / f"{key}.lock"
        held = None
        with suppress(OSError, NotImplementedError, Timeout):  # some network file systems have no locks
            path.parent.mkdir(parents=True, exist_ok=True)
            held = FileLock(path, timeout=_LOCK_TIMEOUT)
            held.acquire()
        try:
            yield
        finally:
            if held is not None:
                held.release()

    def discard(self, path: Path) -> None:
        """Remove an entry or temporary folder so that nobody ever sees half of it."""
        from shutil import rmtree

        if path.is_file():
            with suppress(OSError):
                path.unlink()
            return
        trash = self._writable() / "tmp" / f"{owner()}-{os.urandom(6).hex()}"
        if path.parent.name != "tmp":
            try:
                trash.parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, trash)
                path = trash
            except OSError:
                pass
        rmtree(path, ignore_errors=True)

    def tidy(self, now: float | None = None) -> None:
        """Remove leftovers of dead processes, old failures, and the least recently used above the limit."""
        now = time.time() if now is None else now
        for path in children(self.root / "tmp"):
            if abandoned(path, now):
                self.discard(path)
        failed = sorted(children(self.root / "failed"), key=modified, reverse=True)
        for rank, path in enumerate(failed):
            if rank >= _FAILED_KEPT or now - modified(path) > _FAILED_AGE:
                self.discard(path)
        for path in children(self.root / "locks"):
            if now - modified(path) > TEMPORARY_AGE:
                with suppress(OSError):
                    path.unlink()
        self._evict(now)

    def tidy_sometimes(self, now: float | None = None) -> None:
        """The same, unless that was done within the last minutes, by any process."""
        now = time.time() if now is None else now
        mark = self._writable() / "tidied"
        if 0.0 <= now - modified(mark) < _TIDY_AGE:
            return
        with suppress(OSError):
            mark.touch()
        self.tidy(now)

    def clear(self) -> int:
        """Remove all entries, and return how many bytes that freed. Builds that are running go on."""
        before = folder_size(self.root)
        for name in (EXTENSIONS, OBJECTS, "compilers", "failed"):
            for path in children(self.root / name):
                self.discard(path)
        self.tidy()
        return before - folder_size(self.root)

    # -- inside

    def _evict(self, now: float) -> None:
        entries = self.entries()
        total = sum(entry.size for entry in entries)
        for entry in reversed(entries):
            if total <= self.limit or now - entry.used < _GRACE:
                return
            self.discard(entry.path)
            total -= entry.size

    def _roots(self) -> Sequence[Path]:
        private = _private.get(self.root)
        return (self.root,) if private is None else (self.root, private)

    def _writable(self) -> Path:
        return _private.get(self.root, self.root)

    def _retreat(self, error: OSError) -> Path:
        """The private folder to write to, now that the cache refused; a full disk is no reason to retreat."""
        if error.errno in _FULL or self.root in _private:
            raise error
        import atexit
        from shutil import rmtree
        from tempfile import mkdtemp

        private = Path(mkdtemp(prefix="synloom-"))
        atexit.register(rmtree, private, ignore_errors=True)
        _private[self.root] = private
        warnings.warn(
            f"The cache folder {self.root} cannot be written ({error.strerror}). Networks are compiled "
            "anew in each process; SYNLOOM_CACHE=/another/folder moves the cache.",
            RuntimeWarning,
            stacklevel=2,
        )
        return private

    def _move(self, folder: Path, target: Path, replace: bool) -> Path:
        target.parent.mkdir(parents=True, exist_ok=True)
        root = target.parent.parent
        if not folder.is_relative_to(root):  # retreated after the folder was made
            from shutil import copytree

            folder = Path(copytree(folder, root / "tmp" / f"{owner()}-{os.urandom(6).hex()}"))
        for attempt in range(3):
            if replace and attempt == 0 and target.exists():
                self.discard(target)
            try:
                os.replace(folder, target)
                return target
            except OSError:
                if not target.exists():
                    raise
            if not verify(target):
                self.discard(folder)
                return target
            self.discard(target)
        os.replace(folder, target)
        return target


@contextmanager
def storing(root: Path) -> Iterator[None]:
    """Tell what to do when writing below ``root`` fails."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise disk_full(root) from error
        raise CompilationError(
            f"The compiled network cannot be stored: {error.strerror}: {error.filename}",
            hint="SYNLOOM_CACHE=/another/folder moves the cache.",
        ) from error


def disk_full(root: Path) -> CompilationError:
    """The error for a disk without room."""
    return CompilationError(
        f"The disk is full: the network cannot be compiled in {root}.",
        hint="Make room (`synloom cache clear` removes what was built before), or move the cache: "
        "SYNLOOM_CACHE=/another/folder.",
    )


def _default_root() -> Path:
    moved = os.environ.get("SYNLOOM_CACHE")
    if moved:
        return Path(moved).expanduser().absolute()
    system: str = sys.platform
    if system == "linux":
        # platformdirs says the same; to import it takes longer than a whole cached build
        home = os.environ.get("XDG_CACHE_HOME", "").strip()
        if not os.path.isabs(home):
            home = os.path.expanduser("~/.cache")  # stays as it is for a user without a home
        return Path(home if os.path.isabs(home) else "/.cache") / "synloom"
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("synloom", appauthor=False))


def _parse_size(text: str) -> int:
    """``500M``, ``2 GiB`` or a number of bytes."""
    if not text.strip():
        return DEFAULT_LIMIT
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", text, re.IGNORECASE)
    if match is None:
        raise ConfigurationError(
            f"SYNLOOM_CACHE_SIZE={text!r} is not a size.", hint="Write for example 500M or 2G."
        )
    return int(float(match[1]) * _UNITS[match[2].upper()])


def _make(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder

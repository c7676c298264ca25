"""The build cache: whole entries or none, whatever happens around them."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import platformdirs
import pytest

from synloom.codegen.errors import CompilationError, ConfigurationError
from synloom.runtime import cache as cache_module
from synloom.runtime.cache import EXTENSIONS, OBJECTS, Cache, storing
from synloom.runtime.folders import verify

HOUR, DAY = 3600.0, 24 * 3600.0


@pytest.fixture
def cache(tmp_path, monkeypatch) -> Cache:
    """An empty cache, in a process that has not retreated from any."""
    monkeypatch.setattr(cache_module, "_private", {})
    return Cache(tmp_path / "cache")


def put(
    cache: Cache, key: str, text: str = "content", kind: str = OBJECTS, used: float | None = None
) -> Path:
    folder = cache.scratch()
    (folder / "unit.o").write_text(text)
    (folder / "inner").mkdir()
    (folder / "inner" / "note").write_text("inside")
    path = cache.publish(kind, key, folder)
    if used is not None:
        os.utime(path / "checksums", (used, used))
    return path


def temporary(cache: Cache) -> list[Path]:
    return list((cache.root / "tmp").iterdir())


# -- entries


def test_an_entry_is_found_as_it_was_published(cache):
    assert cache.lookup(OBJECTS, "k") == cache_module.Found(None, "not in the cache")
    path = put(cache, "k")
    assert path == cache.root / "objects" / "k"
    assert cache.lookup(OBJECTS, "k").path == path
    assert (path / "unit.o").read_text() == "content"
    assert temporary(cache) == []
    assert cache.lookup(EXTENSIONS, "k").path is None


def test_making_a_cache_touches_nothing(cache):
    cache.lookup(OBJECTS, "k")
    cache.note("n")
    assert cache.entries() == []
    assert not cache.root.exists()


DAMAGES = {
    "unit.o has changed": lambda path: (path / "unit.o").write_text("Content"),
    "unit.o is missing": lambda path: (path / "unit.o").unlink(),
    "inner/note has changed": lambda path: (path / "inner" / "note").write_bytes(b""),
    "its checksums are missing": lambda path: (path / "checksums").unlink(),
    "its checksums are incomplete": lambda path: (path / "checksums").write_bytes(
        (path / "checksums").read_bytes()[:-5]
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damaged_entry_is_not_served_and_can_be_replaced(cache, what):
    path = put(cache, "k")
    DAMAGES[what](path)
    found = cache.lookup(OBJECTS, "k")
    assert (found.path, found.reason) == (None, f"the cached one was damaged: {what}")
    assert put(cache, "k", "new") == path
    assert cache.lookup(OBJECTS, "k").path == path
    assert (path / "unit.o").read_text() == "new"
    assert temporary(cache) == []


def test_empty_checksums_are_damage(cache):
    path = put(cache, "k")
    (path / "checksums").write_bytes(b"")
    assert verify(path) == "its checksums are incomplete"
    (path / "checksums").write_bytes(b"\xff\xfe")
    assert verify(path) == "its checksums are missing"


def test_the_first_of_two_publishers_wins(cache):
    put(cache, "k", "first")
    put(cache, "k", "second")
    assert (cache.root / "objects" / "k" / "unit.o").read_text() == "first"
    assert temporary(cache) == []


def test_a_publisher_may_insist(cache):
    put(cache, "k", "first")
    folder = cache.scratch()
    (folder / "unit.o").write_text("second")
    assert (cache.publish(OBJECTS, "k", folder, replace=True) / "unit.o").read_text() == "second"


def test_many_threads_publish_one_key(cache):
    errors = []

    def publish(n: int) -> None:
        try:
            path = put(cache, "k", f"{n}" * 1000)
            assert verify(path) == ""
        except Exception as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=publish, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert cache.lookup(OBJECTS, "k").path is not None
    assert temporary(cache) == []


def test_entries_are_listed_by_last_use(cache):
    now = time.time()
    put(cache, "old", used=now - 3 * HOUR)
    put(cache, "new", "x" * 100, EXTENSIONS, used=now - HOUR)
    listed = cache.entries()
    assert [(e.kind, e.key) for e in listed] == [(EXTENSIONS, "new"), (OBJECTS, "old")]
    assert listed[0].size == 100 + len("inside") + (listed[0].path / "checksums").stat().st_size
    assert listed[0].used == pytest.approx(now - HOUR, abs=1)
    cache.lookup(OBJECTS, "old")
    assert [e.key for e in cache.entries()] == ["old", "new"]


# -- bounds and leftovers


def test_the_least_recently_used_entries_go_first(tmp_path):
    now = time.time()
    size = Cache(tmp_path / "probe")
    put(size, "k", "x" * 1000)
    one = size.entries()[0].size
    cache = Cache(tmp_path / "cache", limit=2 * one + 10)
    for n, age in enumerate((4, 1, 3, 2)):
        put(cache, f"k{n}", "x" * 1000, used=now - age * HOUR)
    cache.tidy()
    assert sorted(e.key for e in cache.entries()) == ["k1", "k3"]
    assert temporary(cache) == []


def test_what_was_used_just_now_stays(tmp_path):
    cache = Cache(tmp_path / "cache", limit=0)
    put(cache, "now")
    put(cache, "before", used=time.time() - HOUR)
    cache.tidy()
    assert [e.key for e in cache.entries()] == ["now"]
    cache.tidy(now=time.time() + HOUR)
    assert cache.entries() == []


def test_builds_tidy_now_and_then(tmp_path):
    """To look at all entries of a large cache takes seconds."""
    now = time.time()
    cache = Cache(tmp_path / "cache", limit=0)
    put(cache, "a", used=now - HOUR)
    cache.tidy_sometimes(now)
    assert cache.entries() == []
    put(cache, "b", used=now - HOUR)
    cache.tidy_sometimes(now + 60)
    assert [e.key for e in cache.entries()] == ["b"]
    Cache(tmp_path / "cache", limit=0).tidy_sometimes(now + 400)
    assert cache.entries() == []


def test_temporary_folders_of_dead_processes_are_swept(cache):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    mine = cache.scratch()
    node = mine.name.split("-")[0]
    dead = mine.with_name(f"{node}-{process.pid}-abc")
    elsewhere = mine.with_name(f"another.host-{process.pid}-abc")
    stale = mine.with_name("another.host-1-def")
    for folder in (dead, elsewhere, stale):
        (folder / "sources").mkdir(parents=True)
    os.utime(stale, (time.time() - 2 * DAY,) * 2)
    cache.tidy()
    assert sorted(temporary(cache)) == sorted([mine, elsewhere])


def test_failed_builds_are_kept_for_a_week_and_ten_at_most(cache):
    now = time.time()
    for n in range(12):
        folder = cache.scratch()
        (folder / "log.txt").write_text("failed")
        kept = cache.keep_failed(f"f{n:02}", folder)
        assert kept == cache.root / "failed" / f"f{n:02}"
        os.utime(kept, (now - n * DAY,) * 2)
    cache.tidy()
    assert sorted(p.name for p in (cache.root / "failed").iterdir()) == [f"f{n:02}" for n in range(7)]
    for n in range(7):
        os.utime(cache.root / "failed" / f"f{n:02}", (now - n,) * 2)
    for n in range(5):
        cache.keep_failed(f"g{n}", cache.scratch())
    cache.tidy()
    assert len(list((cache.root / "failed").iterdir())) == 10
    assert not (cache.root / "failed" / "f06").exists()


def test_a_second_failure_of_a_build_replaces_the_first(cache):
    for text in ("first", "second"):
        folder = cache.scratch()
        (folder / "log.txt").write_text(text)
        kept = cache.keep_failed("k", folder)
    assert (kept / "log.txt").read_text() == "second"
    assert temporary(cache) == []


def test_clear_removes_everything_but_work_in_progress(cache):
    path = put(cache, "k", "x" * 5000)
    running = cache.scratch()
    cache.remember("gcc", "12")
    cache.keep_failed("f", cache.scratch())
    assert cache.clear() >= 5000
    assert not path.exists() and cache.note("gcc") is None
    assert cache.entries() == [] and not (cache.root / "failed" / "f").exists()
    assert temporary(cache) == [running]


def test_clearing_no_cache_is_fine(cache):
    assert cache.clear() == 0


def test_notes_are_remembered(cache):
    assert cache.note("gcc") is None
    cache.remember("gcc", "12.2")
    cache.remember("gcc", "13.1")
    assert cache.note("gcc") == "13.1"
    assert temporary(cache) == []


def test_the_lock_lets_one_at_a_time(cache):
    inside, most = 0, 0
    guard = threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with cache.lock("k"):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.02)
            with guard:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_where_locks_do_not_work_the_build_goes_on(cache, monkeypatch):
    def broken(*_args, **_kwargs):
        raise NotImplementedError("no locks here")

    monkeypatch.setattr("filelock.FileLock.acquire", broken)
    with cache.lock("k"):
        pass


# -- where it lies


def test_the_default_place_is_the_users_cache_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("SYNLOOM_CACHE", raising=False)
    for home in (str(tmp_path / "xdg"), "relative", "", None):
        if home is None:
            monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        else:
            monkeypatch.setenv("XDG_CACHE_HOME", home)
        assert Cache.default().root == Path(platformdirs.user_cache_dir("synloom", appauthor=False))


def test_a_user_without_a_home_gets_no_folder_called_tilde(monkeypatch):
    monkeypatch.delenv("SYNLOOM_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert Cache.default().root == Path("/.cache/synloom")


def test_a_variable_moves_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNLOOM_CACHE", str(tmp_path / "a b"))
    assert Cache.default().root == tmp_path / "a b"
    monkeypatch.setenv("SYNLOOM_CACHE", "~/x")
    assert Cache.default().root == Path.home() / "x"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SYNLOOM_CACHE", "here")
    assert Cache.default().root == tmp_path / "here"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 1 << 30),
        ("500", 500),
        ("2K", 2048),
        ("1.5m", 3 << 19),
        ("2 GiB", 2 << 30),
        ("1GB", 1 << 30),
        ("0", 0),
    ],
)
def test_a_variable_bounds_it(monkeypatch, text, size):
    monkeypatch.setenv("SYNLOOM_CACHE_SIZE", text)
    assert Cache.default().limit == size


@pytest.mark.parametrize("text", ["much", "-1", "1 X", "G", "1e9"])
def test_a_wrong_bound_is_told(monkeypatch, text):
    monkeypatch.setenv("SYNLOOM_CACHE_SIZE", text)
    with pytest.raises(ConfigurationError) as told:
        Cache.default()
    assert (
        str(told.value) == f"SYNLOOM_CACHE_SIZE={text!r} is not a size.\nhint: Write for example 500M or 2G."
    )


# -- folders that refuse


def test_below_a_file_the_process_keeps_a_cache_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(cache_module, "_private", {})
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    with pytest.warns(RuntimeWarning) as warned:
        path = put(cache, "k")
        put(cache, "other")
        cache.remember("gcc", "12")
        cache.tidy()
    assert [str(w.message) for w in warned] == [
        f"The cache folder {cache.root} cannot be written (Not a directory). Networks are compiled anew in "
        "each process; SYNLOOM_CACHE=/another/folder moves the cache."
    ]
    assert Cache(cache.root).lookup(OBJECTS, "k").path == path
    assert Cache(cache.root).note("gcc") == "12"
    assert cache.root not in path.parents


def test_a_cache_that_becomes_read_only_still_serves(cache, monkeypatch):
    old = put(cache, "old")
    folder = cache.scratch()
    (folder / "unit.o").write_text("new")
    real_replace, real_mkdir = os.replace, Path.mkdir

    def replace(source, target):
        if str(target).startswith(str(cache.root)):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(target))
        real_replace(source, target)

    def mkdir(path, *args, **kwargs):
        if path.is_relative_to(cache.root) and not path.exists():
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        real_mkdir(path, *args, **kwargs)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.warns(RuntimeWarning, match="Read-only file system"):
        new = cache.publish(OBJECTS, "new", folder)
    assert cache.lookup(OBJECTS, "new").path == new and not new.is_relative_to(cache.root)
    assert cache.lookup(OBJECTS, "old").path == old
    assert cache.scratch().is_relative_to(new.parent.parent)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_and_nothing_is_half_written(cache, monkeypatch, code):
    folder = cache.scratch()
    (folder / "unit.o").write_text("new")

    def full(*_args):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(CompilationError) as told:
        cache.publish(OBJECTS, "k", folder)
    assert str(told.value) == (
        f"The disk is full: the network cannot be compiled in {cache.root}.\nhint: Make room (`synloom cache "
        "clear` removes what was built before), or move the cache: SYNLOOM_CACHE=/another/folder."
    )
    assert cache.lookup(OBJECTS, "k").path is None
    assert cache_module._private == {}


def test_any_other_trouble_with_files_is_told_too(tmp_path):
    with pytest.raises(CompilationError) as told, storing(tmp_path):
        (tmp_path / "none" / "file").write_text("")
    assert told.value.message == (
        f"The compiled network cannot be stored: No such file or directory: {tmp_path / 'none' / 'file'}"
    )
    assert told.value.hint == "SYNLOOM_CACHE=/another/folder moves the cache."

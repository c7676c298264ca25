"""Files that are cut short, forged, or too new are refused, and change nothing; killed writers leave whole files."""

from __future__ import annotations

import io
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom import formats
from synloom.archive import publish
from tests.oracle.test_spiking_control import network as spiking
from tests.unit.test_checkpoint import evidence, rates, same

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

Entries = dict[str, Any]


def npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def header(shape: tuple[int, ...], dtype: str = "<f8") -> bytes:
    """An entry that declares more than it holds."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": dtype, "fortran_order": False, "shape": shape})
    return stream.getvalue() + bytes(64)


def unpack(path: Path) -> tuple[Entries, Entries]:
    with zipfile.ZipFile(path) as archive:
        entries = {n.removesuffix(".npy"): archive.read(n) for n in archive.namelist()}
    return json.loads(np.load(io.BytesIO(entries.pop("synloom"))).tobytes()), entries


def pack(path: Path, tree: Entries, entries: Entries) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {
            "synloom": npy(np.frombuffer(json.dumps(tree).encode(), np.uint8)),
            **entries,
        }.items():
            archive.writestr(f"{name}.npy", data)


def spikes() -> Any:
    ff, _ = spiking("csr", 3.0, "forward")
    sl.Monitor(ff.pre, ["spike", "v"])
    return sl.magic_network()


def saved(build: Callable[[], Any], path: Path) -> Any:
    net = build()
    net.compile()
    net.simulate(9.0)
    net.checkpoint(path)
    net.simulate(2.0)
    return net


def refused(net: Any, path: Path, message: str) -> None:
    before = evidence(net)
    with pytest.raises(sl.SavedFileError, match=message):
        net.restore(path)
    same(evidence(net), before)


def test_every_prefix_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    net = saved(spikes, path)
    whole = path.read_bytes()
    before = evidence(net)
    for length in [0, 1, 7, 8, 100, *range(200, len(whole), len(whole) // 40), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(sl.SavedFileError, match="can not be loaded"):
            net.restore(path)
    same(evidence(net), before)


def test_flipped_bits_never_get_in(tmp_path: Path) -> None:
    path = tmp_path / "state"
    net = saved(spikes, path)
    whole = path.read_bytes()
    before = evidence(net)
    generator = random.Random(1)
    for _ in range(150):
        damaged = bytearray(whole)
        damaged[generator.randrange(len(whole))] ^= 1 << generator.randrange(8)
        path.write_bytes(damaged)
        try:
            net.restore(path)
        except sl.SavedFileError:
            same(evidence(net), before)
        else:  # a bit that means nothing, such as that of a date
            path.write_bytes(whole)
            after = evidence(net)
            net.restore(path)
            same(evidence(net), after)
            before = after


def state(tree: Entries) -> Entries:
    found: Entries = tree["contents"]["synloom_state"]
    return found


V = "populations/a/values/v"
SPIKES = "synloom_state/populations/a/spikes/"
EVENTS = "synloom_state/projections/ff/event_step"
SYNAPSES = "projections/ff/"
RECORDED = "synloom_state/monitors/0/tracks/"

# What is put in the place of an entry, and what the error says.
ENTRIES: dict[str, tuple[str, bytes, str]] = {
    "wrong shape": (V, npy(np.zeros(5)), r"v has the shape \(5,\), not \(4\)"),
    "complex": (V, npy(np.zeros(4, "c16")), "complex128, not numbers"),
    "text": (V, npy(np.array(["x"] * 4)), "not numbers"),
    "bools": (V, npy(np.zeros(4, bool)), "v is of type bool, not float64"),
    "objects": (V, npy(np.array([None] * 4)), "holds object, not numbers"),
    "huge shape": (V, header((2**50,)), "is not as long as it says"),
    "huge product": ("x", header((2**40, 2**40)), "is not as long as it says"),
    "negative shape": ("x", header((-1, -8)), "is not as long as it says"),
    "no array": (V, b"7", "can not be loaded"),
    "too many spikes": (SPIKES + "spike/counts", npy(np.full(4, 99, np.int32)), "impossible"),
    "long window": (SPIKES + "rate_window", npy(np.array([10**9])), "need more spikes than it holds"),
    "events cut": (EVENTS, npy(np.zeros(1, np.int32)), "event_step has the shape"),
    "ranks outside": (SYNAPSES + "pre_ranks/flat", npy(np.full(12, 7, np.int32)), "does not connect"),
    "ranks negative": (SYNAPSES + "post_ranks", npy(np.array([-1, 0, 1])), "does not connect"),
    "synapses twice": (SYNAPSES + "pre_ranks/flat", npy(np.zeros(12, np.int32)), "not in order"),
    "lengths": (SYNAPSES + "pre_ranks/lengths", npy(np.array([2**62, 2**62, 4])), "impossible sizes"),
    "recorded width": (RECORDED + "v/samples", npy(np.zeros((3, 9))), "samples has the shape"),
    "recorded ranks": (RECORDED + "spike/ranks", npy(np.array([77], np.int32)), "neurons that do not exist"),
}


def generator(tree: Entries) -> None:
    state(tree)["rng"] = {"entropy": 1, "spawned": 0, "state": {"bit_generator": "PCG64"}}


# What is done to the table of contents, and what the error says.
TREES: dict[str, tuple[Callable[[Entries], Any], str]] = {
    "later version": (lambda t: t.update(version=99), "is of version 99; this synloom reads versions up to"),
    "no version": (lambda t: t.pop("version"), "is of version None"),
    "other kind": (lambda t: t.update(synloom="recipe"), "holds a recipe, not a checkpoint"),
    "no contents": (lambda t: t.pop("contents"), "a table is missing"),
    "wrong contents": (lambda t: t.update(contents={"synloom_state": 7}), "a table is missing"),
    "no clock": (lambda t: t["contents"].pop("time_step"), "time_step is missing"),
    "clock of text": (lambda t: t["contents"].update(time_step="7"), "time_step is '7'"),
    "head": (lambda t: state(t)["populations"]["a"]["spikes"].update(head=10**6), "head is 1000000"),
    "period": (lambda t: state(t)["projections"]["ff"]["flags"].update(period=0), "period is 0"),
    "delay": (lambda t: t["contents"]["projections"]["ff"].update(delays=-3.0), "no positive times"),
    "long delay": (
        lambda t: t["contents"]["projections"]["ff"].update(delays=9e8),
        "remembers less than 900000000 st",
    ),
    "monitor": (lambda t: state(t)["monitors"]["0"].update(period=1e300), "its period is no positive time"),
    "clock": (lambda t: t["contents"].update(time_step=2**63 - 1), "time_step is 9223372036854775807"),
    "nan": (lambda t: t["contents"]["projections"]["ff"].update(delays=math.nan), "no positive times"),
    "generator": (generator, "its random generator is damaged"),
    "times": (lambda t: state(t)["monitors"]["0"]["tracks"]["v"].update(started="now"), "no lists of steps"),
}


@pytest.mark.parametrize("what", [*ENTRIES, *TREES, "missing entry", "spikes of nobody"])
def test_forged_files_are_refused(what: str, tmp_path: Path) -> None:
    path = tmp_path / "state"
    net = saved(spikes, path)
    tree, entries = unpack(path)
    if what in ENTRIES:
        key, data, message = ENTRIES[what]
        entries[key] = data
    elif what in TREES:
        forge, message = TREES[what]
        forge(tree)
    elif what == "missing entry":
        del entries[V]
        message = f"{V} is missing"
    else:
        key = SPIKES + "spike/ranks"
        entries[key] = npy(np.full_like(np.load(io.BytesIO(entries[key])), 99))
        message = "not those of this population"
    pack(path, tree, entries)
    refused(net, path, message)


def test_untouched_contents_pack_again(tmp_path: Path) -> None:
    path = tmp_path / "state"
    net = saved(spikes, path)
    pack(path, *unpack(path))
    net.restore(path)
    assert net.current_step == 9


def test_cut_lines_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    net = saved(rates, path)
    tree, entries = unpack(path)
    name = next(n for n in entries if n.endswith("r_line_head"))
    entries[name] = npy(np.array([50]))
    pack(path, tree, entries)
    refused(net, path, "r_line is cut short")


def test_deeply_nested_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    net = saved(rates, path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("synloom.npy", npy(np.frombuffer(b"[" * 1_000_000, np.uint8)))
    refused(net, path, "can not be loaded")


def test_an_unpacked_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    net = saved(rates, path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("synloom.npy", npy(np.zeros(10, np.uint8)))
        archive.getinfo("synloom.npy").file_size = 2**50
    refused(net, path, "claim to be larger than they can be")


def test_no_file_and_no_name(tmp_path: Path) -> None:
    net = saved(rates, tmp_path / "state")
    refused(net, tmp_path / "none", "There is no file")
    refused(net, tmp_path, "There is no file")
    with pytest.raises(sl.ConfigurationError, match="A file name was expected, not 3"):
        net.restore(3)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_text("old")

    def fail(stream: Any) -> None:
        stream.write(b"new")
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        publish(path, fail)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["state"]
    with pytest.raises(sl.ConfigurationError, match="can not be written"):
        publish(path / "below", lambda stream: stream.write(b"x"))


WRITER = """
import sys
import numpy as np
from synloom import formats
for n in range(10**9):
    tree = {"n": n, "data": np.full(200_000, n), "more": {str(k): np.full(50, n) for k in range(20)}}
    formats.write(sys.argv[1], "test", tree, pack=False)
    if n == 0:
        print("ready", flush=True)
"""


def test_a_killed_writer_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    path, generator = tmp_path / "state.npz", random.Random(2)
    for _ in range(25):
        with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(generator.random() * 0.05)
            process.send_signal(signal.SIGKILL)
            process.wait()
        part = formats.read(path, "test")
        n = part.integer("n")
        assert (part.array("data", np.int64, (200_000,)) == n).all()
        for name in part.part("more").names():
            assert (part.part("more").array(name, np.int64, (50,)) == n).all()


ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    2**70,
    -1e308,
    1e308,
    math.inf,
    math.nan,
    "x",
    [],
    [1, "y"],
    {},
    {"$array": "x"},
]


def leaves(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values of a tree, tables included."""
    if isinstance(tree, dict | list) and tree:
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        return [path, *(leaf for key, value in items for leaf in leaves(value, (*path, key)))]
    return [path]


@pytest.mark.parametrize("build", [spikes, rates], ids=["spikes", "rates"])
def test_odd_values_anywhere_are_refused_or_harmless(build: Callable[[], Any], tmp_path: Path) -> None:
    path = tmp_path / "state"
    net = saved(build, path)
    tree, entries = unpack(path)
    kept = tmp_path / "kept"
    net.checkpoint(kept)
    generator, before = random.Random(5), evidence(net)
    places = [p for p in leaves(tree) if p]
    refusals = 0
    for _ in range(400):
        forged = json.loads(json.dumps(tree))
        place = generator.choice(places)
        inner = forged
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = generator.choice(ODD)
        pack(path, forged, entries)
        try:
            net.restore(path)
        except sl.SavedFileError:
            refusals += 1
            same(evidence(net), before)
        else:
            net.simulate(3.0)
            net.restore(kept)
    assert refusals > 100

"""Pickles of strangers: dictionaries of numbers are read, and nothing a file asks for is run."""

from __future__ import annotations

import collections
import io
import os
import pickle
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synloom.archive import Refused, SavedFileError
from synloom.peer_pickle import NAMES, read_npy, read_pickle

VALUES: dict[str, Any] = {
    "step": 3,
    "time": 2.5,
    "flag": True,
    "nothing": None,
    "text": "cells",
    "doubles": np.arange(6.0).reshape(2, 3),
    "floats": np.arange(3, dtype=np.float32),
    "ints": np.arange(4, dtype=np.int32),
    "bools": np.array([True, False]),
    "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "big endian": np.arange(3, dtype=">f8"),
    "none": np.zeros((0, 3)),
    "scalar": np.float64(0.25),
    "whole": np.int64(-7),
    "lists": [[1, 2], [3], []],
    "tuple": (2, 3),
    "bytes": b"cells",
}


def read(data: bytes, encoding: str = "ASCII") -> Any:
    return read_pickle(io.BytesIO(data), len(data), encoding)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_numbers_come_back(protocol: int) -> None:
    found = read(pickle.dumps(VALUES, protocol))
    for name, value in VALUES.items():
        match value:
            case np.ndarray():
                np.testing.assert_array_equal(found[name], value)
                assert found[name].dtype == value.dtype.newbyteorder("=") and found[name].dtype.isnative
            case tuple():
                assert found[name] == list(value)
            case bytes():
                assert found[name] == "cells"
            case np.generic():
                assert found[name] == value and type(found[name]) is type(value.item())
            case _:
                assert found[name] == value and type(found[name]) is type(value)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_of_lists_are_lists(protocol: int) -> None:
    rows = np.empty(2, object)
    rows[:] = [[1, 2], [3]]
    table = np.array([[1, 2], [3, 4]], object)
    single = np.array({"r": 1.0}, object)
    found = read(pickle.dumps({"rows": rows, "table": table, "single": single}, protocol))
    assert found == {"rows": [[1, 2], [3]], "table": [[1, 2], [3, 4]], "single": {"r": 1.0}}


def test_ordered_dictionaries_are_dictionaries() -> None:
    assert read(pickle.dumps(collections.OrderedDict(a=1, b=2))) == {"a": 1, "b": 2}


def test_files_of_python_2() -> None:
    """An array and a text with an accent, of protocol 2, as NumPy of Python 2 wrote them."""
    raw = struct.pack("<2d", 1.0, 2.0)
    data = (
        b"\x80\x02}(U\x01acnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        b"(K\x01K\x02\x85cnumpy\ndtype\nU\x02f8K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xff"
        b"K\x00tb\x89U" + bytes([len(raw)]) + raw + b"tbU\x01bU\x04caf\xe9u."
    )
    found = read(data, "latin1")
    assert found["a"].tolist() == [1.0, 2.0] and found["b"] == "caf\xe9"
    with pytest.raises(UnicodeDecodeError):
        read(data)


def test_no_name_stands_for_anything_but_our_own() -> None:
    for module, names in NAMES.items():
        for name, found in names.items():
            real = getattr(sys.modules.get(module), name, None)
            assert found is not real and not isinstance(found, type), (module, name)
            assert not hasattr(found, "__dict__")


# -- hostile files


class Call:
    """Pickles as a call of anything."""

    def __init__(self, function: Any, *arguments: Any, state: Any = None) -> None:
        self.call = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self) -> Any:
        return self.call


def _global(module: str, name: str) -> bytes:
    return b"c" + module.encode() + b"\n" + name.encode() + b"\n"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    ("made", "asked"),
    [
        (lambda: Call(os.system, "touch boom"), "(posix|nt).system'"),
        (lambda: Call(eval, "open('boom', 'w')"), "(builtins|__builtin__).eval'"),
        (lambda: Call(exec, "open('boom', 'w')"), "(builtins|__builtin__).exec'"),
        (lambda: Call(getattr, "a", "upper"), "getattr'"),
        (lambda: Call(open, "boom", "w"), "_?io.open'"),
        (lambda: Call(subprocess.Popen, ["touch", "boom"]), "(subprocess|commands).Popen'"),
        (lambda: Call(collections.Counter, "aab"), "collections.Counter'"),
        (lambda: Call(np.load, "boom.npy"), "numpy.load'"),
        (lambda: Call(np.fromfile, "/etc/passwd"), "fromfile'"),
        (lambda: {"deep": [{"er": (1, Call(os.getcwd))}]}, "getcwd'"),
        (lambda: np.array([Call(os.getcwd)], object), "getcwd'"),
        (lambda: np.ma.masked_array([1.0]), "numpy.ma"),
        (lambda: np.random.default_rng(1), "numpy.random"),
        (lambda: Path("x"), "pathlib"),
    ],
)
def test_what_a_file_asks_for_is_named_and_not_done(
    protocol: int, made: Callable[[], Any], asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = pickle.dumps({"pop": made()}, protocol)
    with pytest.raises(Refused, match=f"it asks for '.*{asked}"):
        read(data)
    assert not list(tmp_path.iterdir())


ARRAY = _global("numpy", "ndarray")
RECONSTRUCT = _global("numpy.core.multiarray", "_reconstruct")
DTYPE = _global("numpy", "dtype")


def array(shape: bytes, dtype: bytes, data: bytes) -> bytes:
    """An array of protocol 2 with a state of any kind."""
    state = b"(K\x01" + shape + dtype + b"\x89" + data + b"tb"
    return RECONSTRUCT + b"(" + ARRAY + b"(K\x00tC\x01btR" + state


SCALAR = _global("numpy.core.multiarray", "scalar")
F8 = DTYPE + b"(X\x02\x00\x00\x00f8\x89\x88tR"
OBJECT = DTYPE + b"(X\x01\x00\x00\x00O\x89\x88tR"
HUGE = b"\x8a\x08" + (2**62).to_bytes(8, "little")

HOSTILE = {
    "an array that is longer than its data": array(b"(K\x64t", F8, b"C\x08" + bytes(8)),
    "an array of all memory": array(b"(" + HUGE + b"t", F8, b"C\x08" + bytes(8)),
    "an array made with a shape": RECONSTRUCT + b"(" + ARRAY + b"(" + HUGE + b"tC\x01btR",
    "an array called as a class": ARRAY + b"(" + HUGE + b"tR",
    "an array made by its class": ARRAY + b"(K\x64t\x81",
    "a negative axis": array(b"(J\xff\xff\xff\xfft", F8, b"C\x00"),
    "a shape that is no tuple": array(F8, F8, b"C\x00"),
    "an array of pointers": array(b"(K\x01t", OBJECT, b"C\x08" + bytes(8)),
    "objects that are fewer than it says": array(b"(K\x02t", OBJECT, b"](K\x01e"),
    "a type that is none": array(b"(K\x01t", b"K\x05", b"C\x08" + bytes(8)),
    "a structured type": array(b"(K\x01t", DTYPE + b"(X\x02\x00\x00\x00V8\x89\x88tR", b"C\x08" + bytes(8)),
    "a type with fields": F8 + b"(K\x03X\x01\x00\x00\x00<NX\x01\x00\x00\x00a}J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
    "a type of a list": DTYPE + b"(](X\x01\x00\x00\x00a\x85et\x52",
    "a scalar that is an object": SCALAR + b"(" + OBJECT + b"C\x08" + bytes(8) + b"tR",
    "a scalar cut short": SCALAR + b"(" + F8 + b"C\x04" + bytes(4) + b"tR",
    "truth values of 255": array(b"(K\x01t", DTYPE + b"(X\x02\x00\x00\x00b1\x89\x88tR", b"C\x01\xff"),
    "a change of one of our functions": RECONSTRUCT + b"}X\x04\x00\x00\x00nameX\x01\x00\x00\x00xsb",
    "a change of a function by slots": RECONSTRUCT + b"(N}X\x08\x00\x00\x00functionK\x01stb",
    "a change of a name": ARRAY + b"}X\x04\x00\x00\x00nameX\x01\x00\x00\x00xsb",
    "a name with dots": b"\x8c\x05numpy\x8c\x10ndarray.__init__\x93",
    "a class of its own": b"(inumpy\nndarray\n",
    "an object": b"(" + ARRAY + b"o",
    "an extension": b"\x82\x01",
    "a persistent name": b"Pname\n",
    "a buffer outside": b"\x97",
    "a name instead of a value": ARRAY,
    "a call with too much": _global("_codecs", "encode") + b"(X\x01\x00\x00\x00ax\x01\x00\x00\x00atR",
    "an encoding that is code": _global("_codecs", "encode") + b"(X\x01\x00\x00\x00aX\x03\x00\x00\x00hextR",
    "a dictionary with contents": _global("collections", "OrderedDict") + b"(](K\x01K\x02\x86etR",
    "names that are numbers": b"}K\x01K\x02s",
    "lists that hold themselves": b"]q\x00h\x00a",
    "lists in lists": b"]" * 100_000 + b"a" * 99_999,
    "lists that double": b"](K\x01K\x01e" + b"".join(b"q%c0](h%ch%ce" % (n, n, n) for n in range(40)),
    "a long name for an object": b"]r\xff\xff\xff\x7f",
    "bytes that there are not": b"\x8e" + (2**40).to_bytes(8, "little") + b"abc",
    "more bytes that there are not": b"\x96" + (2**60).to_bytes(8, "little") + b"abc",
    "a frame that there is not": b"\x95" + (2**60).to_bytes(8, "little") + b"abc",
    "a number that there is not": b"\x8b\xff\xff\xff\x7f" + b"abc",
    "a text that there is not": b"\x8d" + (2**50).to_bytes(8, "little") + b"abc",
    "a number of many digits": b"I" + b"9" * 100_000 + b"\n",
    "nothing on the stack": b"0",
    "no mark": b"e",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_files_are_refused_and_take_no_memory(name: str) -> None:
    data = b"\x80\x02" + HOSTILE[name] + b"."
    tracemalloc.start()
    try:
        # "a long name" is harmless here: the object is a list, which is data
        if name == "a long name for an object":
            assert read(data) == []
        else:
            with pytest.raises(Exception) as caught:
                read(data)
            assert not isinstance(caught.value, MemoryError | RecursionError | AssertionError), caught.value
        assert tracemalloc.get_traced_memory()[1] < 200 * len(data) + 2_000_000
    finally:
        tracemalloc.stop()
    assert read(pickle.dumps(VALUES))["step"] == 3  # and nothing was changed for the next one
    assert NAMES["numpy"]["ndarray"].name == "numpy.ndarray"


def test_flipped_bytes_never_get_further_than_an_error(tmp_path: Path) -> None:
    whole = pickle.dumps({k: v for k, v in VALUES.items() if k != "lists"}, 4)
    for place in range(len(whole)):
        for bit in (1, 16, 64):
            damaged = bytearray(whole)
            damaged[place] ^= bit
            try:
                read(bytes(damaged))
            except (MemoryError, RecursionError, AssertionError) as error:  # pragma: no cover
                raise AssertionError(f"byte {place}, bit {bit}") from error
            except Exception:
                continue


def npy(value: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, value)
    return stream.getvalue()


def test_entries_of_archives() -> None:
    for value in (np.arange(3.0), np.array(3), np.asfortranarray(np.ones((2, 3)))):
        data = npy(value)
        np.testing.assert_array_equal(read_npy(io.BytesIO(data), len(data)), value)
    data = npy(np.array(["a", "bc"]))
    assert read_npy(io.BytesIO(data), len(data)) == ["a", "bc"]
    data = npy(np.array({"a": 1.0}, object))
    assert read_npy(io.BytesIO(data), len(data)) == {"a": 1.0}


@pytest.mark.parametrize(
    "data",
    [
        npy(np.array([Call(os.getcwd)], object)),
        npy(np.zeros(2, "M8[s]")),
        npy(np.zeros(2, [("a", "f8")])),
        npy(np.arange(9.0))[:-1],
        npy(np.arange(9.0)).replace(b"(9,), }        ", b"(9999999999,), }"),
    ],
)
def test_hostile_entries_are_refused(data: bytes) -> None:
    with pytest.raises((SavedFileError, ValueError)):
        read_npy(io.BytesIO(data), len(data))

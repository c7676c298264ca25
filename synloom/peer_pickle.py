"""Pickled dictionaries of numbers, read without running anything that a file asks for.

Other simulators keep their states in pickles. A pickle is a program: it may call whatever it names. Here it runs on a
machine that knows eight names, which stand for functions of this module and not for those of NumPy, so that what a
file says is data until it has been checked. Everything else it names is refused, and told.

The machine is the one of the standard library that is written in Python. The faster one in C makes a table as long as
the largest number by which a file calls an object, which a file of ten bytes can let fill the memory.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Mapping
from typing import IO, Any, ClassVar, Final

import numpy as np

from synloom.archive import Array, Refused

DEPTH: Final = 24  # of lists in lists: a state has six
SLACK: Final = 10_000  # objects that even a short file may have
KINDS: Final = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8)}
REFUSED: Final = (  # what no dictionary of numbers needs
    *(pickle.EXT1, pickle.EXT2, pickle.EXT4, pickle.PERSID, pickle.BINPERSID, pickle.INST, pickle.OBJ),
    *(pickle.NEWOBJ_EX, pickle.NEXT_BUFFER, pickle.READONLY_BUFFER),
)


class _Marker:
    """What a name stands for that is only handed on: nothing can be done with it."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __setstate__(self, state: object) -> None:
        raise Refused(f"it wants to change {self.name}")


class _Function(_Marker):
    """A name that a pickle may call, with a function of ours behind it."""

    __slots__ = ("function",)

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        super().__init__(name)
        self.function = function

    def __call__(self, *arguments: Any) -> Any:
        try:
            return self.function(*arguments)
        except TypeError:
            raise Refused(f"it calls {self.name} in an unknown way") from None


class _Type:
    """A NumPy type by its letters, such as ``f8``; ``O`` for a list."""

    __slots__ = ("order", "text")

    def __init__(self, text: object, *_: object) -> None:
        plain = text.lstrip("<>|=") if isinstance(text, str) else ""
        plain = "O" if plain in ("O", "O4", "O8") else plain
        if plain != "O" and (plain[:1] not in KINDS or plain[1:] not in map(str, KINDS[plain[:1]])):
            raise Refused(f"it holds an array of type {text!r:.40}")
        assert isinstance(text, str)
        self.text, self.order = plain, ">" if text.startswith(">") else "<"

    def __setstate__(self, state: object) -> None:
        """``(version, byte order, subtype, names, fields, itemsize, alignment, flags)``."""
        if not isinstance(state, tuple) or len(state) < 5 or any(part is not None for part in state[2:5]):
            raise Refused("it holds an array of a structured type")
        self.order = ">" if state[1] in (">", b">") else "<"

    def numpy(self) -> np.dtype[Any]:
        return np.dtype(self.order + self.text)


class _Array:
    """An array that is being put together; nothing is allocated before its parts are known to fit."""

    __slots__ = ("data", "dtype", "fortran", "shape")

    def __init__(self) -> None:
        self.shape: tuple[int, ...] = ()
        self.dtype: Any = None
        self.data: Any = None
        self.fortran = False

    def __setstate__(self, state: object) -> None:
        """``(version, shape, type, whether it is Fortran's order, bytes or list)``."""
        if not isinstance(state, tuple) or len(state) != 5:
            raise Refused("an array in it is damaged")
        _, self.shape, self.dtype, self.fortran, self.data = state

    def value(self) -> Array | list[Any]:
        """The array of numbers; of objects, the list of them, in rows if there are two axes."""
        shape, data = self.shape, self.data
        fine = isinstance(shape, tuple) and len(shape) <= 8 and all(type(n) is int and n >= 0 for n in shape)
        if not fine or not isinstance(self.dtype, _Type):
            raise Refused("an array in it is damaged")
        count = math.prod(shape)
        if self.dtype.text == "O":
            if not isinstance(data, list) or len(data) != count or len(shape) > 2:
                raise Refused("an array in it is damaged")
            if not shape:
                return [data[0]]
            columns = shape[1] if len(shape) == 2 else 0
            return (
                data if len(shape) == 1 else [data[k * columns : (k + 1) * columns] for k in range(shape[0])]
            )
        dtype = self.dtype.numpy()
        if isinstance(data, str):  # bytes of Python 2, read as latin1
            data = data.encode("latin1")
        if not isinstance(data, bytes | bytearray) or len(data) != count * dtype.itemsize:
            raise Refused("an array in it is not as long as it says")
        if dtype.kind == "b" and any(byte > 1 for byte in bytes(data)):
            raise Refused("an array in it holds no truth values")
        array = np.frombuffer(data, dtype).reshape(shape, order="F" if self.fortran else "C")
        return array.astype(dtype.newbyteorder("="))


def _reconstruct(kind: object, *_: object) -> _Array:
    if not isinstance(kind, _Marker) or not kind.name.endswith("ndarray"):
        raise Refused("it holds an array of an unknown kind")
    return _Array()


def _frombuffer(data: object, dtype: object, shape: object, order: object) -> _Array:
    made = _Array()
    made.__setstate__((1, shape, dtype, order == "F", data))
    return made


def _scalar(dtype: object, data: object = None) -> Any:
    if isinstance(dtype, _Type) and dtype.text == "O":
        raise Refused("it holds an object of Python")
    made = _Array()
    made.__setstate__((1, (), dtype, False, data))
    value = made.value()
    assert isinstance(value, np.ndarray)
    return value.item()


def _encode(text: object, encoding: object = "latin1") -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise Refused("it encodes a text in an unknown way")
    return text.encode("latin1")


def _ordered(*pairs: object) -> dict[Any, Any]:
    if pairs:
        raise Refused("it holds a dictionary of an unknown kind")
    return {}


def _empty(*given: object) -> bytes:
    if given:
        raise Refused("it makes bytes in an unknown way")
    return b""


_BYTES: Final[Mapping[str, Any]] = {"bytes": _Function("bytes", _empty)}
_ARRAYS: Final[Mapping[str, Any]] = {
    "_reconstruct": _Function("numpy._reconstruct", _reconstruct),
    "scalar": _Function("numpy.scalar", _scalar),
}
_BUFFERS: Final[Mapping[str, Any]] = {"_frombuffer": _Function("numpy._frombuffer", _frombuffer)}
NAMES: Final[Mapping[str, Mapping[str, Any]]] = {
    "numpy": {"ndarray": _Marker("numpy.ndarray"), "dtype": _Function("numpy.dtype", _Type)},
    "numpy.core.multiarray": _ARRAYS,
    "numpy._core.multiarray": _ARRAYS,
    "numpy.core.numeric": _BUFFERS,
    "numpy._core.numeric": _BUFFERS,
    "collections": {"OrderedDict": _Function("collections.OrderedDict", _ordered)},
    "builtins": _BYTES,
    "__builtin__": _BYTES,  # the same for Python 2
    "_codecs": {"encode": _Function("_codecs.encode", _encode)},
}


class _Stream:
    """A file that is never asked for more than it has: readers make room for what they ask for."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self.stream, self.size = stream, size

    def read(self, count: int) -> bytes:
        if count > self.size:
            raise EOFError("it is cut short")
        return self.stream.read(count)

    def readline(self) -> bytes:
        return self.stream.readline(self.size)


class _Machine(pickle._Unpickler):
    """Runs a pickle that can name nothing but what :data:`NAMES` holds."""

    read: Callable[[int], bytes]
    append: Callable[[object], None]
    dispatch: ClassVar[dict[int, Any]] = {
        code: do for code, do in pickle._Unpickler.dispatch.items() if bytes([code]) not in REFUSED
    }

    def find_class(self, module: str, name: str) -> Any:
        """What stands for a name.

        Raises
        ------
        Refused
            It stands for nothing.
        """
        known = NAMES.get(module, {})
        if name not in known:
            raise Refused(f"it asks for '{module!s:.60}.{name!s:.60}', which is not needed for numbers")
        return known[name]

    def get_extension(self, code: int) -> None:
        """Names that a process gave numbers to."""
        raise Refused(f"it asks for extension {code}")

    def load_bytearray8(self) -> None:
        """Bytes, of which there must be as many as it says before room is made for them."""
        size = int.from_bytes(self.read(8), "little")
        self.append(self.read(size))

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8


def read_pickle(stream: IO[bytes], size: int, encoding: str = "ASCII") -> Any:
    """The numbers, texts, lists, dictionaries and arrays of a pickle of ``size`` bytes.

    Raises
    ------
    Refused
        It asks for anything else; the message says for what.
    Exception
        It is damaged.
    """
    machine: Any = _Machine(_Stream(stream, size), encoding=encoding)
    try:
        found = machine.load()
    except KeyError as error:  # an instruction that the machine does not have
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        if bytes([code]) in REFUSED:
            text = f"it holds the instruction {bytes([code])!r}, which is not needed for numbers"
            raise Refused(text) from None
        raise ValueError("it is of no known kind, or damaged") from None
    return _Plain(size + SLACK).of(found, DEPTH)


class _Plain:
    """Turns what the machine left into plain values, and refuses to do more than a file of this size can ask for."""

    def __init__(self, budget: int) -> None:
        self.budget = budget

    def of(self, value: Any, depth: int) -> Any:
        """A copy with arrays in place of what stood for them."""
        self.budget -= 1
        if self.budget < 0 or depth < 0:
            raise Refused("its lists hold each other")
        kind = type(value)
        if kind in (int, float, bool, str, type(None)):
            return value
        if kind is bytes:
            return value.decode("latin1")
        if kind in (list, tuple):
            return [self.of(item, depth - 1) for item in value]
        if kind is dict:
            return {self._key(key): self.of(item, depth - 1) for key, item in value.items()}
        if kind is _Array:
            array = value.value()
            if isinstance(array, list):
                return self.of(array[0] if value.shape == () else array, depth - 1)
            self.budget -= array.nbytes
            return array
        name = value.name if isinstance(value, _Marker) else kind.__name__
        raise Refused(f"it holds {name}, which is no data")

    def _key(self, key: Any) -> str:
        if type(key) is bytes:
            return key.decode("latin1")
        if type(key) is not str:
            raise Refused("its names are no texts")
        return key


def read_npy(stream: IO[bytes], size: int) -> Any:
    """One entry of an ``.npz`` file: an array of numbers, or of objects in a pickle.

    Raises
    ------
    Refused
        As for :func:`read_pickle`.
    Exception
        It is damaged.
    """
    version = np.lib.format.read_magic(stream)
    read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, fortran, dtype = read[version](stream)
    if dtype.hasobject:
        return read_pickle(stream, size)
    if dtype.kind == "U" and len(shape) <= 1 and math.prod(shape) * dtype.itemsize <= size:
        text = np.frombuffer(stream.read(math.prod(shape) * dtype.itemsize), dtype).reshape(shape)
        return text.tolist()
    if dtype.kind not in KINDS or math.prod(shape) * dtype.itemsize > size or min(shape, default=0) < 0:
        raise Refused(f"it holds an array of type {dtype!s:.40}")
    made = _Array()
    made.__setstate__((1, shape, _Type(dtype.str), fortran, stream.read()))
    return made.value()

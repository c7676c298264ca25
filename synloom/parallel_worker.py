"""The far end of ``parallel_run``: what a worker does with a packet that it is handed.

A packet is small: it holds one job. What is common to all jobs, and the built extension, are sent to a worker only if
it says that it lacks them, and stay there.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import sys
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypedDict

from synloom.codegen.errors import ConfigurationError
from synloom.parallel_jobs import Failure, Job, run_job
from synloom.parallel_world import Entrance
from synloom.runtime import ship
from synloom.version import __version__

ME: Final = (
    uuid.uuid4().hex
)  # a process that reads this module once more, or was forked, is told by its number
KEPT: Final = 2  # calls of parallel_run whose common part a worker keeps


class Packet(TypedDict):
    """What is handed to a worker. Of built-in types, so that any version of synloom can look at it."""

    version: str
    caller: str
    pickler: str
    common: str  # name of the blob with what is common to all jobs
    parcels: bytes
    job: bytes
    blobs: dict[str, bytes]  # what the worker lacked, by name
    marks: str  # folder in which workers note what they are at; empty if there is none


class Answer(TypedDict):
    """What comes back: a result, or what the worker lacks, or why it cannot."""

    result: bytes
    lacks: list[str]
    refused: str


def version(pickler: str) -> str:
    """What has to be the same here and there. Functions that are sent by value only run in the same Python."""
    python = "" if pickler == "pickle" else f" with Python {sys.version_info[0]}.{sys.version_info[1]}"
    return f"synloom {__version__}{python}"


def process() -> str:
    """The name of the process we are in."""
    return f"{ME}-{os.getpid()}"


_blobs: OrderedDict[str, bytes] = OrderedDict()
_entrance = Entrance()


def run_packet(packet: Packet) -> Answer:
    """Run the job of a packet, unless something is missing."""
    pickler = packet["pickler"]
    if packet["version"] != version(pickler):
        return _answer(refused=f"here is {packet['version']}, but at the worker {version(pickler)}.")
    try:
        common = _common(packet)
        lacks = [] if common is not None else [packet["common"]]
        if packet["caller"] != process():
            lacks += _lacking(packet)
        if common is None or lacks:
            return _answer(lacks=lacks)
        world, rest = pickle.loads(common)
    except Exception as error:
        return _answer(refused=f"{type(error).__name__}: {error}")
    with _entrance.entered(packet["common"], world):
        try:  # networks are unpacked anew for each job: none sees what another did to them
            method, recipe = pickle.loads(rest)
            job: Job = pickle.loads(packet["job"])
        except Exception as error:
            return _answer(refused=f"it can not be unpacked there: {type(error).__name__}: {error}")
        with _marked(packet["marks"], job.index):
            result = run_job(method, job if recipe is None else replace(job, recipe=recipe))
        return _answer(result=_sendable(result, job.index, pickler))


def _answer(result: bytes = b"", lacks: list[str] | None = None, refused: str = "") -> Answer:
    return {"result": result, "lacks": lacks or [], "refused": refused}


def _common(packet: Packet) -> bytes | None:
    """What is common to all jobs; None if it never came here, or was thrown away since."""
    name = packet["common"]
    found = packet["blobs"].get(name) or _blobs.get(name)
    if found is not None:
        _blobs[name] = found
        with contextlib.suppress(KeyError):  # another thread was faster
            _blobs.move_to_end(name)
            while len(_blobs) > KEPT:
                _blobs.popitem(last=False)
    return found


def _lacking(packet: Packet) -> list[str]:
    """Extensions that have to be sent; those that were are put into the cache."""
    parcels: list[ship.Parcel] = pickle.loads(packet["parcels"])
    lacking = []
    for parcel in parcels:
        if not ship.announce(parcel):
            continue
        if parcel.key in packet["blobs"]:
            ship.unpack(parcel, pickle.loads(packet["blobs"][parcel.key]))
        else:
            lacking.append(parcel.key)
    return lacking


@contextlib.contextmanager
def _marked(folder: str, index: int) -> Iterator[None]:
    """Note that this process is at a job, for the case that it dies."""
    if not folder:
        yield
        return
    mark = Path(folder) / str(index)
    mark.write_text(str(os.getpid()))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            mark.unlink()


def dumps(pickler: str, value: Any) -> bytes:
    """Pickled by the module of this name."""
    packed: bytes = importlib.import_module(pickler).dumps(value)
    return packed


def _sendable(result: Any, index: int, pickler: str) -> bytes:
    """A result as it is sent back, or the error that it cannot be."""
    try:
        packed = dumps(pickler, result)
        if isinstance(result, Failure):
            pickle.loads(packed)  # some errors cannot be made anew
        return packed
    except Exception as error:
        if isinstance(result, Failure):
            told = RuntimeError(f"{type(result.error).__name__}: {result.error}")
            return pickle.dumps(Failure(index, told, result.text))
        wrong = ConfigurationError(
            f"What the method returned can not be sent back: {error}.", hint="return numbers, arrays, lists"
        )
        return pickle.dumps(Failure(index, wrong, ""))

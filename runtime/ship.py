"""Built extensions on their way to machines that have another cache, and perhaps no compiler.

The caller knows its extension as a :class:`Parcel`: by which plan and options it was made, and for which kind of
machine. A process that was told of a parcel takes the extension from it wherever it is of that kind; its files are
sent only if they are not in its cache already. On another kind of machine the same plan is built as always.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from synloom.codegen.errors import CompilationError, ConfigurationError
from synloom.runtime.cache import EXTENSIONS, Cache, storing
from synloom.runtime.folders import CHECKSUMS
from synloom.runtime.options import BuildOptions
from synloom.runtime.toolchain import abi, cpu_features, library_name

SHIPPED: Final = "shipped by the caller"

Files = dict[str, bytes]  # of a folder of the cache, by relative name


@dataclass(frozen=True, slots=True)
class Parcel:
    """An extension that was built, and what it was built from and for.

    ``digest`` is of its library; ``kind`` what :func:`kind_of_machine` says where it can run.
    """

    plan_digest: str
    options: str
    key: str
    library: str
    digest: str
    kind: str

    @property
    def names(self) -> tuple[str, str]:
        """By which it is found."""
        return self.plan_digest, self.options


_announced: dict[tuple[str, str], Parcel] = {}


def kind_of_machine() -> str:
    """What has to be the same for an extension to run: interface of Python, features of the processor."""
    return f"{abi()}, processor {cpu_features()}"


def parcel_of(plan_digest: str, options: BuildOptions, key: str, library: Path) -> Parcel:
    """The parcel of an extension of this machine."""
    digest = sha256(library.read_bytes()).hexdigest()
    return Parcel(plan_digest, options.fingerprint(), key, library.name, digest, kind_of_machine())


def pack(library: Path) -> Files:
    """All files of an extension, as they go to another machine."""
    folder = library.parent
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


# -- where they arrive ----------------------------------------------------------------------------------------


def announce(parcel: Parcel) -> bool:
    """Take note of an extension; whether its files have to be sent."""
    _announced[parcel.names] = parcel
    return parcel.kind == kind_of_machine() and Cache.default().lookup(EXTENSIONS, parcel.key).path is None


def unpack(parcel: Parcel, files: Files) -> None:
    """Put the files of an extension into this machine's cache.

    Raises
    ------
    ConfigurationError
        They are not what was sent.
    CompilationError
        They cannot be stored.
    """
    if sha256(files.get(parcel.library, b"")).hexdigest() != parcel.digest:
        raise ConfigurationError(f"The extension {parcel.key} was damaged on its way.")
    cache = Cache.default()
    folder = cache.scratch()
    try:
        with storing(cache.root):
            for name, content in files.items():
                path = folder / name
                if not path.resolve().is_relative_to(folder.resolve()):
                    raise ConfigurationError(f"The extension {parcel.key} was damaged on its way: {name!r}.")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        cache.publish(EXTENSIONS, parcel.key, folder)
    finally:
        cache.discard(folder)


def delivered(plan_digest: str, options: BuildOptions, cache: Cache) -> tuple[str, Path] | None:
    """Key and library of an extension that was shipped, if there is one that can run here."""
    parcel = _announced.get((plan_digest, options.fingerprint()))
    if parcel is None or options.clean or parcel.kind != kind_of_machine():
        return None
    found = cache.lookup(EXTENSIONS, parcel.key)
    return None if found.path is None else (parcel.key, found.path / library_name())


def refuse(plan_digest: str, options: BuildOptions) -> None:
    """Forget a parcel whose extension cannot be loaded here: for one, the C library may be older."""
    _announced.pop((plan_digest, options.fingerprint()), None)


def told_why(error: CompilationError, plan_digest: str, options: BuildOptions) -> CompilationError:
    """The error of a build where something had been shipped, with the reason why that was of no use."""
    if not _announced:
        return error
    parcel = _announced.get((plan_digest, options.fingerprint()))
    if parcel is None:
        error.add_note(
            "What the caller built is of no use here: this network has other equations or objects."
        )
    elif parcel.kind != kind_of_machine():
        error.add_note(
            f"What the caller built is of no use here: it is for {parcel.kind}, and this is {kind_of_machine()}."
        )
    return error

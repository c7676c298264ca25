"""From generated text to a library: compile what is new, in parallel, link, publish."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from synloom.codegen.artifact import SourceSet
from synloom.codegen.errors import CompilationError, ConfigurationError
from synloom.runtime.cache import EXTENSIONS, FORMAT, OBJECTS, Cache, storing
from synloom.runtime.options import BuildOptions
from synloom.runtime.ship import SHIPPED, delivered, told_why
from synloom.runtime.toolchain import INCLUDE, Toolchain, abi, find_toolchain, library_name

if TYPE_CHECKING:
    from synloom.runtime.process import Crew, Outcome

OBJECT: Final = "unit.o"
ABOUT: Final = "about.txt"
LOG: Final = "log.txt"
SOURCES: Final = "sources"

_INCLUDED = re.compile(r'^\s*#\s*include\s*"([^"\n]+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What a build did.

    Attributes
    ----------
    key : str
        Names the extension in the cache.
    library : Path
        The extension.
    cached : bool
        Whether it was in the cache, so that neither the generator nor a compiler ran.
    seconds : dict of str to float
        Time in s of each stage: ``lookup``, ``render``, ``cython``, ``compile``, ``link``.
    compiled_units : tuple of str
        Generated files that were compiled; all others came as objects from the cache.
    reason : str
        Why it was built; ``'in the cache'`` if it was not.
    commands : tuple of str
        Commands that were run.
    """

    key: str
    library: Path
    cached: bool
    seconds: dict[str, float] = field(compare=False)
    compiled_units: tuple[str, ...] = ()
    reason: str = "in the cache"
    commands: tuple[str, ...] = ()


def extension_key(plan_digest: str, tools: Toolchain, options: BuildOptions) -> str:
    """Names an extension by everything that can change it."""
    flags = (*tools.flags(options), *tools.wrapper_flags(), *tools.link_flags(options))
    return _digest(plan_digest, *_machinery(tools), abi(), options.fingerprint(), *flags)


def build(
    plan_digest: str,
    sources: Callable[[], SourceSet],
    options: BuildOptions,
    directory: Path | None = None,
    *,
    cache: Cache | None = None,
) -> BuildResult:
    """Take the extension from the cache, or make it.

    Parameters
    ----------
    plan_digest : str
        Identifies all generated text.
    sources : callable
        Makes that text; only called if the extension is not in the cache.
    options : BuildOptions
        The user's choices.
    directory : Path, optional
        Folder that gets a copy of the generated sources, the log and the library.
    cache : Cache, optional
        Default: the user's.

    Raises
    ------
    CompilationError
        There is no compiler, it failed, or the result cannot be stored.
    ConfigurationError
        ``directory`` cannot be written.
    """
    clock = _Stopwatch()
    cache = cache or Cache.default()
    with clock.stage("lookup"):
        shipped = delivered(plan_digest, options, cache)
    if shipped is not None:
        key, library = shipped
        result = BuildResult(key, library, True, clock.seconds, reason=SHIPPED)
    else:
        try:
            result = _found_or_built(plan_digest, sources, options, cache, clock)
        except CompilationError as error:
            raise told_why(error, plan_digest, options) from error.__cause__
    if directory is not None:
        _copy_out(result.library.parent, directory)
    return result


def _found_or_built(
    plan_digest: str,
    sources: Callable[[], SourceSet],
    options: BuildOptions,
    cache: Cache,
    clock: _Stopwatch,
) -> BuildResult:
    with clock.stage("lookup"):
        tools = find_toolchain(options, cache)
        key = extension_key(plan_digest, tools, options)
        found = cache.lookup(EXTENSIONS, key)
    if found.path is not None and not options.clean:
        return BuildResult(key, found.path / library_name(), True, clock.seconds)
    reason = "a clean build was asked for" if options.clean else found.reason
    return _build_alone(key, sources, _Context(cache, tools, options, clock), reason)


class _Stopwatch:
    def __init__(self) -> None:
        self.seconds = dict.fromkeys(("lookup", "render", "cython", "compile", "link"), 0.0)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += perf_counter() - start


@dataclass(frozen=True, slots=True)
class _Context:
    cache: Cache
    tools: Toolchain
    options: BuildOptions
    clock: _Stopwatch


def _build_alone(key: str, sources: Callable[[], SourceSet], context: _Context, reason: str) -> BuildResult:
    """Build, unless another process does so right now and we get its result."""
    with context.cache.lock(key):
        if not context.options.clean:
            with context.clock.stage("lookup"):
                found = context.cache.lookup(EXTENSIONS, key)
            if found.path is not None:
                return BuildResult(key, found.path / library_name(), True, context.clock.seconds)
        with context.clock.stage("render"):
            texts = sources().texts()
        result = _Workshop(key, texts, context).make(reason)
        with suppress(OSError):
            context.cache.tidy_sometimes()
        return result


class _Failed(Exception):
    """Ends the crew before the folder is kept."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class _Workshop:
    """One build in its temporary folder."""

    def __init__(self, key: str, texts: Mapping[str, str], context: _Context) -> None:
        self.key, self.texts, self.context = key, texts, context
        self.cache, self.tools, self.options = context.cache, context.tools, context.options
        self.folder = self.cache.scratch()
        self.sources = self.folder / SOURCES
        self.compiled: list[str] = []

    def make(self, reason: str) -> BuildResult:
        from synloom.runtime.process import Crew

        crew = Crew(self.sources, dict(self.tools.environment))
        try:
            with storing(self.cache.root):
                _write_files(self.sources, self.texts)
                with crew:
                    self._link(self._compile(crew), crew)
                entry = self._publish(crew.outcomes)
        except _Failed as failed:
            raise self._explain(failed.outcome, crew.outcomes) from None
        finally:
            self.cache.discard(self.folder)
        return BuildResult(
            self.key,
            entry / library_name(),
            False,
            self.context.clock.seconds,
            tuple(sorted(self.compiled)),
            reason,
            tuple(outcome.text for outcome in crew.outcomes),
        )

    def _compile(self, crew: Crew) -> list[str]:
        """Object files of all units, taken from the cache or made; names relative to the sources."""
        keys = self._object_keys()
        objects = {path: f"{n}.o" for n, path in enumerate(keys)}
        missing = [path for path, key in keys.items() if not self._reuse(key, objects[path])]
        start, before = perf_counter(), self.context.clock.seconds["cython"]
        jobs = {}
        for path in sorted(missing, key=self._rank):
            if path.endswith(".pyx"):
                command = self.tools.wrapper_command(self._cythonize(path), objects[path])
            else:
                command = self.tools.compile_command(path, objects[path], self.options)
            jobs[path] = crew.submit(command)
        for path, job in jobs.items():
            _succeed(job.result())
            self._keep_object(keys[path], objects[path])
            self.compiled.append(path)
        seconds = self.context.clock.seconds
        seconds["compile"] = perf_counter() - start - (seconds["cython"] - before)
        return list(objects.values())

    def _rank(self, path: str) -> tuple[bool, int]:
        """Long units first; Cython runs here, while compilers run beside us."""
        return path.endswith(".pyx"), -len(self.texts[path])

    def _object_keys(self) -> dict[str, str]:
        """The key of each unit's object file: its text, the generated headers it includes, and the tools."""
        keys = {}
        for path, text in self.texts.items():
            if path.endswith(".cpp"):
                headers = (f"{name}\n{self.texts[name]}" for name in included(text, self.texts))
                keys[path] = _digest(text, *headers, *_machinery(self.tools), *self.tools.flags(self.options))
            elif path.endswith(".pyx"):
                from synloom.runtime.cython import version

                made_by = (version(), abi(), self.tools.identity, *self.tools.wrapper_flags())
                keys[path] = _digest(text, *made_by)
        return keys

    def _reuse(self, key: str, name: str) -> bool:
        if self.options.clean:
            return False
        found = self.cache.lookup(OBJECTS, key)
        return found.path is not None and _link_or_copy(found.path / OBJECT, self.sources / name)

    def _keep_object(self, key: str, name: str) -> None:
        entry = self.folder / name
        entry.mkdir()
        _link_or_copy(self.sources / name, entry / OBJECT)
        self.cache.publish(OBJECTS, key, entry, self.options.clean)

    def _cythonize(self, path: str) -> str:
        from synloom.runtime.cython import translate

        with self.context.clock.stage("cython"):
            return translate(self.sources / path).relative_to(self.sources).as_posix()

    def _link(self, objects: Sequence[str], crew: Crew) -> None:
        with self.context.clock.stage("link"):
            _succeed(crew.run(self.tools.link_command(objects, library_name(), self.options)))

    def _publish(self, outcomes: Sequence[Outcome]) -> Path:
        entry = self.folder / "entry"
        _write_files(entry / SOURCES, self.texts)
        about = (f"python: {abi()}", self.tools.identity, self.options.fingerprint())
        _write_files(entry, {LOG: _log(outcomes), ABOUT: "\n".join(about)})
        _link_or_copy(self.sources / library_name(), entry / library_name())
        return self.cache.publish(EXTENSIONS, self.key, entry, self.options.clean)

    def _explain(self, outcome: Outcome, outcomes: Sequence[Outcome]) -> CompilationError:
        from synloom.runtime.failure import explain

        others = (other for other in outcomes if other is not outcome)
        with suppress(OSError):  # then without a log; what failed is more important
            _write_files(self.sources, {LOG: _log((outcome, *others))})
        kept = self.cache.keep_failed(self.key, self.sources)
        return explain(outcome, self.tools, self.options, kept / LOG, self.cache.root)


def included(text: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    """Generated headers that a unit includes, directly or through others, in order of name."""
    found: set[str] = set()
    waiting = [text]
    while waiting:
        names = {name for name in _INCLUDED.findall(waiting.pop()) if name in texts} - found
        found |= names
        waiting.extend(texts[name] for name in names)
    return tuple(sorted(found))


def _succeed(outcome: Outcome) -> None:
    if outcome.returncode != 0:
        raise _Failed(outcome)


def _digest(*parts: str) -> str:
    digest = sha256(FORMAT.encode())
    for part in parts:
        digest.update(b"\0" + part.encode())
    return digest.hexdigest()[:24]


def _machinery(tools: Toolchain) -> tuple[str, str]:
    """What every unit depends on: the compiler, and the headers of the runtime."""
    digest = sha256()
    for header in sorted((INCLUDE / "synloom").glob("*.hpp")):
        content = header.read_bytes()
        digest.update(f"{header.name}\0{len(content)}\0".encode() + content)
    return tools.identity, digest.hexdigest()


def _write_files(folder: Path, texts: Mapping[str, str]) -> None:
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="\n")


def _log(outcomes: Sequence[Outcome]) -> str:
    return "\n".join(f"{o.text}\n{o.output}exit status {o.returncode}\n" for o in outcomes)


def _link_or_copy(source: Path, target: Path) -> bool:
    """Whether ``target`` now holds the content of ``source``, which another process may have removed."""
    from shutil import copyfile

    try:
        os.link(source, target)
    except OSError:
        try:
            copyfile(source, target)
        except FileNotFoundError:
            return False
    return True


def _copy_out(entry: Path, directory: Path) -> None:
    """Copy sources, log and library for the user; files that are there already keep their date."""
    sources = entry / SOURCES
    files = {path.relative_to(sources): path for path in sources.rglob("*") if path.is_file()}
    files |= {Path(name): entry / name for name in (LOG, library_name())}
    try:
        for name, path in files.items():
            target, content = directory / name, path.read_bytes()
            if not target.is_file() or target.read_bytes() != content:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(
            f"The sources cannot be written to the directory {directory}: {error.strerror}.",
            hint="Give compile(directory=...) a folder that can be written.",
        ) from error

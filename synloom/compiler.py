"""Drives the compiler: Model IR to a loaded extension, and what a user may look at afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from synloom.added_sources import blamed, with_sources
from synloom.codegen.artifact import SourceFile, SourceSet
from synloom.codegen.errors import CompilationError
from synloom.codegen.ir.model import NetworkIR
from synloom.codegen.ir.plan import Plan
from synloom.codegen.passes import lower_to_plan
from synloom.runtime.build import BuildResult, build
from synloom.runtime.load import load
from synloom.runtime.options import BuildOptions
from synloom.runtime.ship import SHIPPED, Parcel, parcel_of, refuse


@dataclass(frozen=True)
class Build:
    """What ``compile()`` did.

    Attributes
    ----------
    cached : bool
        Whether the extension was in the cache already, so that no compiler ran.
    seconds : dict of str to float
        Time of each stage in s.
    reason : str
        Why it was built, or that it was not.
    directory : Path
        Folder of the built library.
    ir, plan
        The two levels of the compiler's own representation; ``str()`` of ``synloom.codegen.ir.text.print_ir``.
    """

    ir: NetworkIR
    plan: Plan
    result: BuildResult
    extension: ModuleType = field(repr=False)
    options: BuildOptions = field(default=BuildOptions(), repr=False)

    @property
    def cached(self) -> bool:
        return self.result.cached

    @property
    def seconds(self) -> dict[str, float]:
        return self.result.seconds

    @property
    def reason(self) -> str:
        return self.result.reason

    @property
    def directory(self) -> Path:
        return self.result.library.parent

    @property
    def sources(self) -> Mapping[str, str]:
        """Generated files: name to text."""
        return render_sources(self.plan)

    @property
    def parcel(self) -> Parcel:
        """How the extension is known to other machines."""
        return parcel_of(plan_digest(self.plan), self.options, self.result.key, self.result.library)


def render_sources(plan: Plan) -> dict[str, str]:
    """All generated files of a plan. Needs no compiler."""
    from synloom.codegen.emit.render import render_plan

    return dict(render_plan(plan).texts())


@cache
def generator_digest() -> str:
    """Fingerprint of everything that turns a Plan into text: a changed template makes old extensions stale."""
    import synloom.codegen
    import synloom.templates

    digest = sha256()
    for package, pattern in ((synloom.codegen, "*.py"), (synloom.templates, "*.j2")):
        for folder in package.__path__:
            for path in sorted(Path(folder).rglob(pattern)):
                digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def plan_digest(plan: Plan) -> str:
    """Identifies all generated text without rendering it: the text is a function of the Plan and the generator."""
    return sha256(f"{generator_digest()}\0{plan!r}".encode()).hexdigest()


def compile_network(
    ir: NetworkIR,
    options: BuildOptions,
    directory: Path | None = None,
    profiled: bool = False,
    added: tuple[SourceFile, ...] = (),
) -> Build:
    """Model IR to a loaded extension, through the cache. ``added`` are files of the user to be compiled in."""
    plan = lower_to_plan(ir, profiled)

    def sources() -> SourceSet:
        from synloom.codegen.emit.render import render_plan

        return with_sources(render_plan(plan), added)

    digest = plan_digest(plan)
    if added:
        digest = sha256(f"{digest}\0{added!r}".encode()).hexdigest()
    try:
        result = build(digest, sources, options, directory)
    except CompilationError as error:
        told = blamed(error, added)
        if told is error:
            raise
        raise told from None
    try:
        extension = load(result.library, result.key)
    except CompilationError:
        if result.reason != SHIPPED:
            raise
        refuse(digest, options)
        result = build(digest, sources, options, directory)
        extension = load(result.library, result.key)
    return Build(ir, plan, result, extension, options)

"""A running network takes another extension: delays and synapses may come to be stored in another way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from synloom import messages
from synloom.binding import Binding
from synloom.codegen.ir.model import ProjectionIR, TransposeIR
from synloom.codegen.ir.types import DelayKind, StoreKind
from synloom.compiler import compile_network

if TYPE_CHECKING:
    from synloom.network import Network
    from synloom.projection import Projection
    from synloom.transpose import Transpose


def follow_kinds(network: Network) -> None:
    """Compile the network again if its delays or stores are of another kind than it was compiled for.

    All buffers stay, with what is under way in them. An exception leaves the network as it was.
    """
    given = network._request
    if network._binding is None or network._build is None or given is None:
        return
    pairs = zip(network._build.ir.projections, network.projections, strict=True)
    other = [link.name for compiled, link in pairs if not _serves(compiled, link)]
    if not other:
        return
    messages.info(
        f"Delays or synapses of {', '.join(map(repr, other))} are of another kind: compiling again."
    )
    start = time.perf_counter()
    build = compile_network(
        network.ir, replace(given.build, clean=False), given.directory, given.profile, given.added
    )
    built = time.perf_counter()
    if given.profile:
        network._profile.follow(build.plan)
    binding = Binding(network, build.plan, build.extension, network._binding)
    bound = time.perf_counter()
    build.seconds.update(connect=0.0, bind=bound - built, total=bound - start)
    network._build, network._binding = build, binding
    for monitor in network._recording:
        monitor._rebind()
    network._recorders_changed()


@contextmanager
def as_before(network: Network) -> Iterator[None]:
    """Delays of another kind are taken back if what follows fails."""
    build, binding = network._build, network._binding
    delays = [(link, link._own_delays) for link in network.projections]
    try:
        yield
    except BaseException:
        if network._binding is not binding and binding is not None:
            for link, own in delays:
                link._own_delays = own
            network._build, network._binding = build, binding
            if build is not None and network._profile.enabled:
                network._profile.follow(build.plan)
                binding.rebind()
            binding.delays_changed()
            network._recorders_changed()
        raise


def prepare_store(projection: Projection, kind: StoreKind) -> None:
    """Build what a running network needs for another store of a projection, before anything of it changes.

    Raises
    ------
    CompilationError
        It can not be built.
    """
    network, given = projection.network, projection.network._request
    if network._binding is None or given is None:
        return
    ir = network.ir
    links = tuple(
        replace(link, store=kind) if isinstance(link, ProjectionIR) and link.name == projection.name else link
        for link in ir.projections
    )
    compile_network(
        replace(ir, projections=links),
        replace(given.build, clean=False),
        given.directory,
        given.profile,
        given.added,
    )


def _serves(compiled: ProjectionIR | TransposeIR, now: Projection | Transpose) -> bool:
    """Whether a network that was compiled so can run with the projection as it is now."""
    if isinstance(compiled, ProjectionIR) and now.store is not None and compiled.store is not now.store.kind:
        return False
    kind = now.delay_kind
    return kind is compiled.delay or (compiled.delay is DelayKind.UNIFORM and kind is DelayKind.NONE)

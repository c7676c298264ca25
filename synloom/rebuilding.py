"""A running network takes another extension: what is compiled is how delays are stored, and that may change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from synloom import messages
from synloom.binding import Binding
from synloom.codegen.ir.types import DelayKind
from synloom.compiler import compile_network

if TYPE_CHECKING:
    from synloom.network import Network


def follow_delays(network: Network) -> None:
    """Compile the network again if its delays are of another kind than it was compiled for.

    All buffers stay, with what is under way in them. An exception leaves the network as it was.
    """
    given = network._request
    if network._binding is None or network._build is None or given is None:
        return
    pairs = zip(network._build.ir.projections, network.projections, strict=True)
    other = [link.name for compiled, link in pairs if not _serves(compiled.delay, link.delay_kind)]
    if not other:
        return
    messages.info(f"Delays of {', '.join(map(repr, other))} are of another kind now: compiling again.")
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


def _serves(compiled: DelayKind, now: DelayKind) -> bool:
    """Whether what was compiled for one kind of delays can run with the other."""
    return now is compiled or (compiled is DelayKind.UNIFORM and now is DelayKind.NONE)

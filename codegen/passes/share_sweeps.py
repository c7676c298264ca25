"""Which readings of one weight store are served by one sweep (D4)."""

from __future__ import annotations

from synloom.codegen.ir.model import NetworkIR, ProjectionIR, TransposeIR
from synloom.codegen.passes.plan_synapses import Reading, reading_of


def share_sweeps(network: NetworkIR) -> list[tuple[ProjectionIR, list[Reading]]]:
    """``ff: a -> b``, ``fb = Transpose(ff)``  ->  one sweep over ``ff``'s weights with two readers.

    What transmits by spikes alone reads nothing. All readings are of values of earlier steps, so they may always
    share a pass. A walk carries one forward reader; a further one (the transpose of a transpose) starts a sweep of
    its own.
    """
    sweeps: list[tuple[ProjectionIR, list[Reading]]] = []
    for root in network.projections:
        if not isinstance(root, ProjectionIR):
            continue
        mine: list[ProjectionIR | TransposeIR] = [root] if root.synapse.psp is not None else []
        mine += [
            p
            for p in network.projections
            if isinstance(p, TransposeIR) and p.forward == root.name and p.psp is not None
        ]
        readings = [reading_of(p) for p in mine]
        forward = [r for r in readings if not r.backward]
        first = [*forward[:1], *(r for r in readings if r.backward)]
        sweeps += [(root, group) for group in (first, *([r] for r in forward[1:])) if group]
    return sweeps

"""Which readings of one weight store are served by one sweep (D4)."""

from __future__ import annotations

from synloom.codegen.ir.model import NetworkIR, ProjectionIR, TransposeIR
from synloom.codegen.passes.plan_synapses import Reading, reading_of


def share_sweeps(network: NetworkIR) -> list[tuple[ProjectionIR, list[Reading]]]:
    """``ff: a -> b``, ``fb = Transpose(ff)``  ->  one sweep over ``ff``'s weights with two readers.

    All readings are of rates of earlier steps, so they may always share a pass. A walk carries one forward
    reader; a further one (the transpose of a transpose) starts a sweep of its own.
    """
    sweeps: list[tuple[ProjectionIR, list[Reading]]] = []
    for root in network.projections:
        if not isinstance(root, ProjectionIR):
            continue
        mine = [
            p
            for p in network.projections
            if p is root or (isinstance(p, TransposeIR) and p.forward == root.name)
        ]
        readings = [reading_of(p) for p in mine]
        forward = [r for r in readings if not r.backward]
        sweeps.append((root, [forward[0], *(r for r in readings if r.backward)]))
        sweeps.extend((root, [r]) for r in forward[1:])
    return sweeps

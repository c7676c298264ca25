"""What ``compile(trace_calls=...)`` and ``--trace`` print: what is bound, and each call of the kernels."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from synloom.codegen.errors import ConfigurationError
from synloom.projection import Projection

if TYPE_CHECKING:
    from synloom.codegen.ir.plan import Plan
    from synloom.network import Network

MOMENTS: Final = ("init", "simulate", "both")


class Trace:
    """Prints lines to standard error: ``TRACE init: ...`` and ``TRACE simulate: ...``."""

    def __init__(self, moment: str, network: Network, plan: Plan) -> None:
        self.simulates = moment in ("simulate", "both")
        phases = (plan.sweeps, plan.neurons, plan.synapses, plan.events)
        self.launches = [f"{n.kernel}({', '.join(n.objects)})" for phase in phases for n in phase]
        if moment in ("init", "both"):
            self._objects(network, plan)

    def _objects(self, network: Network, plan: Plan) -> None:
        for population in network.populations:
            _say(f"init: population '{population.name}', {population.size} neurons")
        for link in network.projections:
            kind = "projection" if isinstance(link, Projection) else "transpose"
            _say(f"init: {kind} '{link.name}', {link._built().store.nnz} synapses")
        for monitor in network.monitors:
            _say(f"init: monitor '{monitor.name}'")
        _say(f"init: {len(plan.manifest.slots)} buffers and sizes are bound")

    def called(self, first: int, steps: int) -> None:
        """The extension was called for some steps."""
        if self.simulates and steps:
            _say(f"simulate: steps {first} to {first + steps - 1}: {', '.join(self.launches)}")


def checked_moment(moment: str | None) -> str | None:
    """``None``, or when to trace.

    Raises
    ------
    ConfigurationError
        Anything else.
    """
    if moment is not None and moment not in MOMENTS:
        raise ConfigurationError(f"trace_calls is None, 'init', 'simulate' or 'both', not {moment!r}.")
    return moment


def _say(text: str) -> None:
    print(f"TRACE {text}", file=sys.stderr)

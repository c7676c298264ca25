"""Which parts of a step are timed in a network that is compiled with ``profile_enabled=True`` (spec 03, section 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from synloom.codegen.artifact import Manifest, Slot, SlotKind
from synloom.codegen.ir.plan import Lap, Launch, Phase, Plan
from synloom.codegen.names import unique_names

NANOSECONDS, CALLS = "nanoseconds", "calls"


def time_steps(plan: Plan, populations: int) -> Plan:
    """The same plan with a lap behind each of its parts, and two counters for each, and for the whole step.

    The first ``populations`` objects of the plan are populations.
    """
    taken = {slot.object for slot in plan.manifest.slots}
    (owner,) = unique_names(["profile"], reserved=taken).values()
    counters = tuple(Slot(owner, name, SlotKind.ARRAY, "int64", "profile") for name in (NANOSECONDS, CALLS))
    return replace(
        plan,
        laps=tuple(_laps(plan, _Labels(plan, populations))),
        manifest=Manifest((*plan.manifest.slots, *counters)),
        profile=owner,
    )


def _laps(plan: Plan, label: _Labels) -> Iterator[Lap]:
    """In the order in which a step runs them."""
    for n, clear in enumerate(plan.clears):
        yield label.part(Phase.CLEARS, n, (clear.population,), "clear")
    yield from label.launches(Phase.SWEEPS, plan.sweeps, "psp")
    for n, decode in enumerate(plan.decodings):
        yield label.part(Phase.DECODINGS, n, (decode.projection,), "psp")
    yield Lap(Phase.RECORD_INPUTS, 0, "record")
    for n, ring in enumerate(plan.rings):
        yield label.part(Phase.RINGS, n, (ring.population,), "spike")
    for n, given in enumerate(plan.inputs):
        yield label.part(Phase.INPUTS, n, (given.population,), "step")
    yield from label.launches(Phase.NEURONS, plan.neurons, "step")
    for n, ring in enumerate(plan.rings):
        yield label.part(Phase.RATES, n, (ring.population,), "spike")
    for n, delay in enumerate(plan.delays):
        yield label.part(Phase.DELAYS, n, (delay.population,), "delay")
    for n, reduction in enumerate(plan.reductions):
        yield label.part(Phase.REDUCTIONS, n, (reduction.population,), "reduce")
    yield from label.launches(Phase.SYNAPSES, plan.synapses, "step")
    yield from label.launches(Phase.EVENTS, plan.events, "post_event")
    yield Lap(Phase.RECORD_STATES, 0, "record")


class _Labels:
    """``pop0_step``, ``proj1_psp``; a sweep that serves two projections is ``proj0_proj1_psp``."""

    def __init__(self, plan: Plan, populations: int) -> None:
        self.names = {owner: name for name, owner in plan.objects}
        # a population and a projection of one name are told apart by the phase
        self.populations = {name: f"pop{n}" for n, (name, _) in enumerate(plan.objects[:populations])}
        self.projections = {name: f"proj{n}" for n, (name, _) in enumerate(plan.objects[populations:])}

    def part(self, phase: Phase, number: int, owners: tuple[str, ...], what: str) -> Lap:
        """Of objects by their names in the manifest."""
        known = self.projections if phase is Phase.DECODINGS else self.populations
        return self._lap(phase, number, tuple(self.names[owner] for owner in owners), what, "", known)

    def launches(self, phase: Phase, launches: tuple[Launch, ...], what: str) -> Iterator[Lap]:
        known = self.populations if phase is Phase.NEURONS else self.projections
        for n, launch in enumerate(launches):
            yield self._lap(phase, n, launch.objects, what, launch.kernel, known)

    def _lap(
        self, phase: Phase, n: int, names: tuple[str, ...], what: str, kernel: str, known: dict[str, str]
    ) -> Lap:
        return Lap(phase, n, "_".join([*(known[name] for name in names), what]), kernel, names)

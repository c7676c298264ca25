"""Rows of spiking networks: steps per second against the fastest of several peers, and memory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from envs import Unavailable, interpreter
from race import Entry, Outcome, race, scratch_folder, start
from results import Effort, Result, compare_checks

NAMES = {"annarchy": "ANNarchy", "brian2": "Brian2"}
BY_SPIKE = {"format": "csr", "order": "pre_to_post"}  # how ANNarchy delivers spikes fastest


@dataclass(frozen=True, slots=True)
class Peer:
    """A simulator to compare with. ``options`` are parameters of its own."""

    simulator: str
    variant: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


ANNARCHY = Peer("annarchy", "csr", BY_SPIKE)
BRIAN = Peer("brian2")


@dataclass(frozen=True, slots=True)
class Spikes:
    """A race of steps of a spiking network. Must reach ``required`` times the speed of the fastest peer."""

    title: str
    workload: str
    parameters: dict[str, Any]
    peers: tuple[Peer, ...]
    first_steps: int  # not timed, their mean rates are compared
    steps: int  # a block
    required: float
    slow_steps: int = 0  # a block of ANNarchy's, if not the same
    tolerance: float = 0.15  # of the mean rates: each simulator draws a network of its own

    def __call__(self, effort: Effort) -> list[Result]:
        peers = [peer for peer in self.peers if _available(peer)]
        if not peers:
            raise RuntimeError("no peer can be installed")
        entries = [self._entry(Peer("synloom")), *(self._entry(peer) for peer in peers)]
        steps = {entry.name: self._steps(entry) for entry in entries}
        outcomes = race(entries, steps, effort.rounds)
        ours = outcomes.pop("synloom")
        for theirs in outcomes.values():
            compare_checks(ours, theirs, self.tolerance)
        best = min(outcomes, key=lambda name: outcomes[name].step_us)
        fastest = _name(best, outcomes[best])
        texts = [_times("synloom", ours), *(_times(_name(n, o), o) for n, o in outcomes.items())]
        rate = ours.ready["check"]["rate_hz"]
        return [
            Result(
                f"{self.title}, against {fastest}",
                self.required,
                outcomes[best].step_us / ours.step_us,
                "x",
                f"us a step: {'; '.join(texts)}; {rate:.3g} Hz",
            )
        ]

    def _entry(self, peer: Peer) -> Entry:
        parameters = {**self.parameters, "first_steps": self.first_steps, "block": self.steps, **peer.options}
        return Entry(peer.simulator, self.workload, parameters, "spikes", peer.variant)

    def _steps(self, entry: Entry) -> int:
        return self.slow_steps if self.slow_steps and entry.simulator == "annarchy" else self.steps


def _available(peer: Peer) -> bool:
    try:
        interpreter(peer.simulator)
    except Unavailable as error:
        print(f"    without {NAMES[peer.simulator]}: {error}", file=sys.stderr, flush=True)
        return False
    return True


def _name(entry: str, outcome: Outcome) -> str:
    simulator, _, variant = entry.partition("-")
    return f"{NAMES[simulator]} {outcome.ready['version']}{f' ({variant})' if variant else ''}"


def _times(name: str, outcome: Outcome) -> str:
    low, high = outcome.range_us
    return f"{name} {outcome.step_us:.4g} [{low:.4g}..{high:.4g}]"


SYNAPSE_BYTES = 4 + 8  # an index and a weight


def memory(effort: Effort) -> list[Result]:
    """What static projections without delays hold, and how much the process has grown by them.

    The same populations almost without synapses are taken off the growth.
    """
    with scratch_folder() as scratch:
        parameters = {"size": 64_000, "model": "coba", "first_steps": 100}
        full = Entry("synloom", "Balanced", parameters, "spikes")
        bare = Entry("synloom", "Balanced", parameters | {"degree": 0.01}, "spikes")
        start(bare, scratch)  # the extension is built
        starts = [(start(full, scratch), start(bare, scratch)) for _ in range(effort.builds)]
    held = starts[0][0]["projections"]
    needed = held["synapses"] * SYNAPSE_BYTES + held["pointers"]
    grown = sorted((a["resident_mb"] - b["resident_mb"]) * 2**20 / needed for a, b in starts)
    title = f"memory of {held['synapses']:,} static synapses"
    plain = f"row pointers and {SYNAPSE_BYTES} bytes a synapse are {needed / 2**20:.1f} MB"
    whole = [round(a["resident_mb"]) for a, _ in starts]
    used = max((a["used_mb"] - b["used_mb"]) * 2**20 / needed for a, b in starts)
    return [
        Result(
            f"{title}: buffers",
            1.15,
            held["bytes"] / needed,
            "x",
            f"{held['bytes'] / 2**20:.1f} MB; {plain}",
            False,
        ),
        Result(
            f"{title}: resident growth",
            1.15,
            grown[len(grown) // 2],
            "x",
            f"[{grown[0]:.3f}..{grown[-1]:.3f}]; {used:.3f} without what the C library keeps free for later; "
            f"populations included: {min(whole)}..{max(whole)} MB",
            False,
        ),
    ]


def _balanced(model: str, size: int) -> dict[str, Any]:
    return {"model": model, "size": size}


def _stdp(outputs: int) -> Spikes:
    return Spikes(
        f"STDP, 1000 Poisson inputs to {outputs} neurons",
        "Stdp",
        {"inputs": 1000, "outputs": outputs},
        (Peer("annarchy", "lil", {"format": "lil"}), Peer("annarchy", "csr", {"format": "csr"}), BRIAN),
        first_steps=1000,
        steps=5000 if outputs < 100 else 2000,
        required=2.5,
        tolerance=0.25,
    )


def _alone(model: str, title: str, first_steps: int) -> Spikes:
    return Spikes(
        f"100,000 neurons without synapses, {title}",
        "Alone",
        {"model": model, "size": 100_000},
        (Peer("annarchy"),),
        first_steps,
        steps=200,
        required=2.5,
        slow_steps=60,
        tolerance=0.02,
    )


def _inputs(model: str, peers: tuple[Peer, ...], tolerance: float) -> Spikes:
    return Spikes(
        f"100,000 {'Poisson' if model == 'poisson' else 'correlated'} inputs",
        "Inputs",
        {"model": model, "size": 100_000},
        peers,
        # The rate that correlated trains share wanders: 4 % of its mean in 4 s.
        first_steps=4000,
        steps=500,
        required=1.5,
        tolerance=tolerance,
    )


SPIKING_ROWS = {
    "coba4000": Spikes(
        "COBA, 4000 neurons", "Balanced", _balanced("coba", 4000), (ANNARCHY, BRIAN), 10_000, 10_000, 1.8
    ),
    "coba64000": Spikes(
        "COBA, 64,000 neurons", "Balanced", _balanced("coba", 64_000), (ANNARCHY, BRIAN), 2000, 1000, 2.0
    ),
    "cuba4000": Spikes(
        "CUBA, 4000 neurons", "Balanced", _balanced("cuba", 4000), (ANNARCHY, BRIAN), 10_000, 10_000, 2.0
    ),
    "izhikevich": Spikes(
        "Izhikevich 2003, 1000 neurons, all to all",
        "Izhikevich",
        {"size": 1000},
        (ANNARCHY, BRIAN),
        2000,
        3000,
        2.0,
    ),
    "stdp10": _stdp(10),
    "stdp100": _stdp(100),
    "hh": _alone("hh", "Hodgkin-Huxley", 1000),
    "adex": _alone("adex", "adaptive exponential", 1000),
    "poisson": _inputs("poisson", (Peer("annarchy"), BRIAN), 0.02),
    "correlated": _inputs("correlated", (Peer("annarchy"),), 0.15),
    "memory": memory,
}

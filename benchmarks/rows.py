"""The rows of the table: what is measured, against whom, and what must be reached."""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass
from typing import Any

from agreement import agreement
from race import Entry, Outcome, race, scratch_folder, start
from recording_rows import recording
from results import Effort, Result, Row, compare_checks
from spiking_rows import SPIKING_ROWS

# ---- Steps per second ----


@dataclass(frozen=True, slots=True)
class Speed:
    """A race of steps against ANNarchy and NumPy. ``format`` is the fastest that ANNarchy compiles for it."""

    title: str
    workload: str
    parameters: dict[str, Any]
    format: str
    steps: int  # a block, for synloom and NumPy
    slow_steps: int  # a block, for ANNarchy
    against_annarchy: float
    against_numpy: float
    memory_mb: float = 0.0  # if given: what synloom may take for building and running the network

    def __call__(self, effort: Effort) -> list[Result]:
        entries = [
            Entry("synloom", self.workload, self.parameters),
            Entry("numpy", self.workload, self.parameters),
            Entry("annarchy", self.workload, self.parameters | {"format": self.format}),
        ]
        steps = {"synloom": self.steps, "numpy": self.steps, "annarchy": self.slow_steps}
        outcomes = race(entries, steps, effort.rounds)
        results = [
            self._result(outcomes, "annarchy", f"ANNarchy ({self.format})", self.against_annarchy),
            self._result(outcomes, "numpy", "NumPy", self.against_numpy),
        ]
        if self.memory_mb:
            results.append(self._memory(entries[0]))
        return results

    def _memory(self, entry: Entry) -> Result:
        """Peak memory above that after the import, of a start that finds its extension in the cache."""
        with scratch_folder() as scratch:
            start(entry, scratch)
            grown = start(entry, scratch)["grown_mb"]
        what = f"{self.title}: peak memory above import"
        return Result(what, self.memory_mb, grown, "MB", "cached build", at_least=False)

    def _result(self, outcomes: dict[str, Outcome], peer: str, name: str, required: float) -> Result:
        ours, theirs = outcomes["synloom"], outcomes[peer]
        # Weights are drawn anew by each simulator, so means agree to a few per mille only.
        compare_checks(ours, theirs, 0.01)
        detail = f"{ours.step_us:.4g} us a step, {name} {theirs.ready['version']} {theirs.step_us:.4g}"
        return Result(f"{self.title}, against {name}", required, theirs.step_us / ours.step_us, "x", detail)


# ---- Build time ----

Starts = list[dict[str, Any]]  # what workers told about their starts

TINY = {"populations": 2, "projections": 1}
MEDIUM = {"populations": 20, "projections": 40}


def _median(starts: Starts, stage: str, clock: str) -> float:
    return statistics.median(float(ready[stage][clock]) for ready in starts)


def _against_annarchy(title: str, required: float, ours: Starts, theirs: Starts) -> Result:
    mine, other = _median(ours, "compile", "cpu"), _median(theirs, "compile", "cpu")
    walls = f"wall {_median(ours, 'compile', 'wall'):.2f} and {_median(theirs, 'compile', 'wall'):.1f} s"
    return Result(title, required, other / mine, "x", f"CPU {mine:.2f} s, ANNarchy {other:.1f} s; {walls}")


def cold_build(effort: Effort) -> list[Result]:
    """``compile()`` with an empty cache, and with nothing but the wrapper object in it."""
    empty, wrapped, theirs = [], [], []
    with scratch_folder() as scratch:
        for n in range(effort.builds):
            print(f"    build {n + 1} of {effort.builds}", file=sys.stderr, flush=True)
            theirs.append(start(Entry("annarchy", "Chain", TINY), scratch / f"annarchy{n}"))
            empty.append(start(Entry("synloom", "Chain", TINY), scratch / f"empty{n}"))
            start(Entry("synloom", "Stranger", {}), scratch / f"wrapped{n}")
            wrapped.append(start(Entry("synloom", "Chain", TINY), scratch / f"wrapped{n}"))
    title = "compile(), 2 populations and 1 projection"
    return [
        _against_annarchy(f"{title}, empty cache", 5.0, empty, theirs),
        _against_annarchy(f"{title}, wrapper cached", 15.0, wrapped, theirs),
    ]


def medium_build(effort: Effort) -> list[Result]:
    """Twenty populations and forty projections of few models. Minutes for ANNarchy, so it builds once."""
    with scratch_folder() as scratch:
        theirs = [start(Entry("annarchy", "Chain", MEDIUM), scratch / "annarchy")]
        ours = [start(Entry("synloom", "Chain", MEDIUM), scratch / f"{n}") for n in range(effort.builds)]
    title = "compile(), 20 populations and 40 projections, empty cache"
    return [_against_annarchy(title, 25.0, ours, theirs)]


def warm_start(effort: Effort) -> list[Result]:
    """The same script again, and a script that differs in data only."""
    with scratch_folder() as scratch:
        folder = scratch / "synloom"
        again = Entry("synloom", "Chain", TINY)
        start(again, folder)
        starts = [start(again, folder) for _ in range(max(5, effort.builds))]
        changed = start(Entry("synloom", "Chain", TINY | {"scale": 3}), folder)
    import_ms, compile_ms = (1e3 * _median(starts, stage, "cpu") for stage in ("import", "compile"))
    walls = [f"wall {1e3 * _median(starts, stage, 'wall'):.0f} ms" for stage in ("import", "compile")]
    return [
        Result("compile(), the same script again", 60.0, compile_ms, "ms", walls[1], at_least=False),
        Result("import synloom", 250.0, import_ms, "ms", walls[0], at_least=False),
        _no_compiler(changed),
    ]


def _no_compiler(ready: dict[str, Any]) -> Result:
    built = 0.0 if ready["cached"] else 1.0
    helpers = 1e3 * ready["compile"]["helpers"]
    detail = f"Build.cached is {ready['cached']}; {helpers:.0f} ms CPU in other processes"
    what = "extensions built when only sizes, weights and values change"
    return Result(what, 0.0, built, "", detail, at_least=False)


# ---- Synapses ----

# Rule, title, how many times as fast as ANNarchy, and CPU seconds at most (0: no bound of its own).
CONSTRUCTIONS = (
    ("spiking", "10,000 x 10,000 at 10 %, spiking, weights drawn", 10.0, 0.4),
    ("rate", "10,000 x 10,000 at 10 %, rate-coded, weights drawn", 10.0, 0.4),
    ("gaussian", "Gaussian, 100 x 100 to 100 x 100", 10.0, 0.0),
    ("sparse", "a million synapses of a sparse matrix", 10.0, 0.0),
    ("function", "a million synapses of a function, dendrite by dendrite", 2.0, 0.0),
    ("arrays", "a million synapses of a function, at once", 10.0, 0.0),
)
SYNAPSE_BYTES = 12.1  # a double and a 32-bit index, and what there is of rows


def construct(effort: Effort) -> list[Result]:
    """Making synapses: CPU time against ANNarchy, memory kept, and memory at the peak."""
    results = []
    for rule, what, required, seconds in CONSTRUCTIONS:
        entries = [Entry(s, "Construct", {"rule": rule}) for s in ("synloom", "annarchy")]
        outcomes = race(entries, {"synloom": 1, "annarchy": 1}, min(3, effort.rounds))
        ours, theirs = outcomes["synloom"], outcomes["annarchy"]
        compare_checks(ours, theirs, 0.01)
        mine, other = ours.step_us / 1e6, theirs.step_us / 1e6
        detail = f"CPU {mine:.3f} s, ANNarchy {theirs.ready['version']} {other:.2f} s"
        results.append(Result(f"{what}, against ANNarchy", required, other / mine, "x", detail))
        if seconds:
            results.append(Result(what, seconds, mine, "s CPU", "", at_least=False))
            results += _construction_memory(what, ours.ready)
    return results


def _construction_memory(what: str, ready: dict[str, Any]) -> list[Result]:
    kept = ready["bytes"]
    peak = ready["grown_mb"] * 2**20 / ready["check"]["synapses"]
    return [
        Result(f"{what}: memory kept", SYNAPSE_BYTES, kept, "bytes a synapse", "", at_least=False),
        Result(f"{what}: peak memory", 2.5 * kept, peak, "bytes a synapse", "", at_least=False),
    ]


def _rate(size: int, feedback: bool, density: float = 1.0) -> dict[str, Any]:
    return {"size": size, "feedback": feedback, "density": density}


# A 4000 x 4000 array of doubles is 122 MB; the pair may hold it once, and one 32-bit index a synapse.
PAIR_MB = 4000 * 4000 * (8 + 4) / 2**20

ROWS: dict[str, Row] = {
    "cold": cold_build,
    "medium": medium_build,
    "warm": warm_start,
    "construct": construct,
    "dense1000": Speed(
        "dense 1000 x 1000, forward + transposed", "Rate", _rate(1000, True), "lil", 200, 40, 10.0, 1.6
    ),
    "dense4000": Speed(
        "dense 4000 x 4000, forward + transposed", "Rate", _rate(4000, True), "lil", 12, 4, 10.0, 1.6, PAIR_MB
    ),
    "csr4000": Speed(
        "CSR 4000 x 4000 at 10 %, forward + transposed",
        "Rate",
        _rate(4000, True, 0.1),
        "lil",
        40,
        12,
        7.0,
        1.6,
    ),
    "forward1000": Speed(
        "dense 1000 x 1000, forward only", "Rate", _rate(1000, False), "dense", 300, 150, 4.0, 1.0
    ),
    "oja1000": Speed("dense Oja 1000 x 1000", "Oja", {"size": 1000}, "dense", 120, 60, 4.0, 4.0),
    **SPIKING_ROWS,
    "recording": recording,
    "agreement": agreement,
}

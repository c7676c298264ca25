"""Do synloom and ANNarchy agree? Statistics of noisy networks over several seeds, traces of noise-free ones."""

from __future__ import annotations

import statistics
import sys
from typing import Any

import numpy as np
from race import Entry, scratch_folder, start
from results import Effort, Result
from spiking_rows import BY_SPIKE

SEEDS = range(1, 9)
SPREAD = 1.0
EXACT = 1e-10

NOISY: dict[str, tuple[str, dict[str, Any]]] = {
    "COBA 4000": ("Balanced", {"model": "coba", "size": 4000, "first_steps": 5000, "statistics": 20_000}),
    "Izhikevich 2003": ("Izhikevich", {"size": 1000, "first_steps": 500, "statistics": 4000}),
}
EXACT_ONES = {
    "Coba": "COBA, 100 neurons, 200 ms",
    "HodgkinHuxley": "a Hodgkin-Huxley neuron, 50 ms",
    "Stdp": "STDP, spikes at given times, 1 s",
}


def agreement(effort: Effort) -> list[Result]:
    """The spread of a difference is that of both simulators together, over the seeds."""
    with scratch_folder() as scratch:
        results = []
        for title, (workload, parameters) in NOISY.items():
            found: dict[str, list[dict[str, float]]] = {"synloom": [], "annarchy": []}
            for seed in SEEDS:
                print(f"    {title}, seed {seed} of {len(SEEDS)}", file=sys.stderr, flush=True)
                for simulator, made in found.items():
                    options = BY_SPIKE if simulator == "annarchy" else {}
                    entry = Entry(simulator, workload, {**parameters, **options, "seed": seed}, "spikes")
                    made.append(start(entry, scratch / workload / simulator)["statistics"])
            results += [_spread(title, name, found) for name in found["synloom"][0]]
        for workload, title in EXACT_ONES.items():
            print(f"    {title}", file=sys.stderr, flush=True)
            ours, theirs = (
                start(Entry(simulator, workload, {}, "exact"), scratch / "exact" / workload / simulator)
                for simulator in ("synloom", "annarchy")
            )
            results.append(_difference(title, ours["traces"], theirs["traces"]))
    return results


def _spread(title: str, name: str, found: dict[str, list[dict[str, float]]]) -> Result:
    mine, other = ([values[name] for values in found[simulator]] for simulator in ("synloom", "annarchy"))
    spread = float(np.hypot(statistics.stdev(mine), statistics.stdev(other)))
    distance = abs(statistics.mean(mine) - statistics.mean(other)) / spread
    detail = f"synloom {_summary(mine)}, ANNarchy {_summary(other)}, {len(mine)} seeds"
    return Result(f"{title}: {name}", SPREAD, distance, "spreads", detail, at_least=False)


def _summary(values: list[float]) -> str:
    return f"{statistics.mean(values):.4g} [{min(values):.4g}..{max(values):.4g}]"


def _difference(title: str, ours: dict[str, Any], theirs: dict[str, Any]) -> Result:
    """Largest difference of a trace relative to its largest value; spikes have to be the same."""
    worst, where = 0.0, ""
    for name, mine in ours.items():
        if name == "spikes":
            if mine != theirs[name]:
                raise RuntimeError(f"{title}: the spikes differ")
            continue
        a, b = np.asarray(mine), np.asarray(theirs[name])
        if a.shape != b.shape:
            raise RuntimeError(f"{title}: {name} has the shapes {a.shape} and {b.shape}")
        difference = float(np.abs(a - b).max() / np.abs(b).max())
        if difference >= worst:
            worst, where = difference, name
    count = sum(len(times) for times in ours["spikes"].values())
    detail = f"largest in {where}, relative to its largest value; all {count} spikes the same"
    return Result(f"{title}: difference", EXACT, worst, "", detail, at_least=False)

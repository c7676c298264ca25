"""How much fits into a Hopfield network: patterns are added, and each is a little less safe than those before.

1000 neurons, each joined to all others. Patterns of random signs are stored by Hebb's rule and are stable as long as
there are not too many of them:

    dw_ij = xi_i xi_j / N  (i != j)          s_i = sgn(sum_j w_ij s_j), one half of the neurons at a time

With P = alpha N patterns a neuron of a stored one begins on the wrong side with the probability
erfc(1/sqrt(2 alpha)) / 2. What is left of a pattern when all has come to rest is its overlap m = erf(y), where y is
the largest solution of

    y (sqrt(2 alpha) + 2/sqrt(pi) exp(-y^2)) = erf(y)

At alpha = 0.138 that solution, and with it the memory, is gone. A schedule shows the patterns; storing and recall are
the network's.

    python examples/hopfield.py [--quick] [--out hopfield.png] [--seed 1]

Source: Hopfield 1982, Proc. Natl. Acad. Sci. 79, 2554-2558; Amit, Gutfreund and Sompolinsky 1985, Storing infinite
numbers of patterns in a spin-glass model of neural networks, Phys. Rev. Lett. 55, 1530-1533, at zero temperature.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf, erfc

import synloom as sl

Array = NDArray[np.float64]

SIZE = 1000
LOADS = np.array([0.02, 0.04, 0.06, 0.08, 0.1, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.18, 0.2])
SAFE = 0.115  # up to here a network of this size is as good as an infinite one
PROBES, QUICK_PROBES = 100, 20  # patterns that are recalled at each load
REST = 80  # steps until all has come to rest
STARTS = (0.8, 0.6, 0.4, 0.3, 0.2, 0.1)  # overlaps to begin with
DRAWN = 0.08  # the load for that

# All pairs have a synapse, so that weights are stored as a matrix; what a neuron sends to itself is taken away again.
Cell = sl.Neuron(
    name="Cell",
    parameters="eta = 0.0 : population",
    equations="""
        cue = sum(cue)
        field = sum(field) - own * r
        own += eta * cue^2
        decided = ite(Uniform(0.0, 1.0) < 0.5, ite(field > 0.0, 1.0, -1.0), r)
        r = ite(cue != 0.0, cue, decided)
    """,
)
Hebbian = sl.Synapse(
    name="Hebbian", parameters="eta = 0.0 : projection", equations="w += eta * pre.cue * post.cue"
)


class Memory:
    """The network, and the patterns that it has been shown."""

    def __init__(self, seed: int) -> None:
        sl.setup(dt=1.0, seed=seed, precision="float")
        self.rng = np.random.default_rng(seed)
        self.patterns = np.zeros((0, SIZE))
        self.cues = sl.TimedArray(rates=np.zeros((1, SIZE)), schedule=1.0, name="cues")
        self.cells = sl.Population(SIZE, Cell, name="cells")
        sl.Projection(self.cues, self.cells, "cue").connect_one_to_one(1.0)
        self.weights = sl.Projection(self.cells, self.cells, "field", Hebbian, name="weights")
        self.weights.connect_all_to_all(0.0, allow_self_connections=True)
        self.weights.eta = self.cells.eta = 1.0 / SIZE
        self.states = sl.Monitor(self.cells, "r", start=False)
        self.build = sl.compile(silent=True)
        self.weights.disable_learning()

    def store(self, load: float) -> None:
        """Show new patterns, a step each, until there are ``load * SIZE``."""
        new = self.rng.choice([-1.0, 1.0], (round(load * SIZE) - len(self.patterns), SIZE))
        self.patterns = np.concatenate([self.patterns, new])
        self.cues.update(np.concatenate([new, np.zeros((1, SIZE))]), schedule=1.0)
        self.weights.enable_learning()
        sl.simulate(len(new) + 1.0)  # what is shown arrives a step later
        self.weights.disable_learning()

    def probe(self, pattern: Array) -> tuple[float, float]:
        """Begin with a pattern: the share of neurons whose input is of the wrong sign, and the overlap at rest."""
        self.cells.r = pattern
        sl.step()
        wrong = float((self.cells.field * pattern <= 0.0).mean())
        sl.simulate(REST - 1.0)
        return wrong, float((self.cells.r * pattern).mean())

    def recall(self, pattern: Array, overlap: float) -> Array:
        """Begin with a bad copy of a pattern: the overlap with the pattern in each step."""
        flipped = self.rng.permutation(SIZE) < round(SIZE * (1.0 - overlap) / 2.0)
        self.cells.r = np.where(flipped, -pattern, pattern)
        self.states.start()
        sl.simulate(float(REST))
        self.states.pause()
        return np.concatenate([[overlap], (self.states.get("r") * pattern).mean(axis=1)])


def wrong_at_first(load: Array | float) -> Array:
    """The probability that the input of a neuron has the wrong sign in a stored pattern."""
    return np.asarray(erfc(1.0 / np.sqrt(2.0 * np.asarray(load))) / 2.0)


def load_of(y: float) -> float:
    """The load at which y solves the equation; all loads below its maximum have a solution."""
    rest = erf(y) / y - 2.0 / np.sqrt(np.pi) * np.exp(-y * y)
    return float(rest**2 / 2.0)


def capacity() -> tuple[float, float]:
    """The load beyond which there is no memory, and y there."""
    best = minimize_scalar(lambda y: -load_of(y), bounds=(0.5, 4.0), method="bounded")
    return load_of(best.x), float(best.x)


def overlap_at_rest(load: float) -> float:
    """The overlap of Amit, Gutfreund and Sompolinsky; 0 beyond the capacity."""
    most, least_y = capacity()
    if load >= most:
        return 0.0
    return float(erf(brentq(lambda y: load_of(y) - load, least_y, 20.0)))


@dataclass(frozen=True)
class Results:
    """Mean over the patterns probed, one per load; and recalls by step."""

    wrong: Array
    overlaps: Array
    spread: Array  # (2, load): quartiles of the overlaps
    recalls: list[Array]


def measure(memory: Memory, probes: int) -> Results:
    """Store more and more, and recall some at each load."""
    wrong, overlaps, spread, recalls = [], [], [], []
    for load in LOADS:
        memory.store(float(load))
        chosen = memory.patterns[memory.rng.permutation(len(memory.patterns))[:probes]]
        found = np.array([memory.probe(pattern) for pattern in chosen])
        wrong.append(found[:, 0].mean())
        overlaps.append(found[:, 1].mean())
        spread.append(np.quantile(found[:, 1], (0.25, 0.75)))
        if load == DRAWN:
            recalls = [memory.recall(chosen[0], start) for start in STARTS]
    return Results(np.array(wrong), np.array(overlaps), np.array(spread).T, recalls)


def draw(path: Path, results: Results) -> None:
    """What is left of patterns, how many neurons are wrong at first, and recalls from bad copies."""
    figure = Figure(figsize=(12, 4.2), dpi=100, layout="constrained")
    rest, first, recall = figure.subplots(1, 3)
    _draw_rest(rest, results)
    _draw_first(first, results)
    _draw_recalls(recall, results)
    for axes in (rest, first, recall):
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize="small")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_rest(axes: Axes, results: Results) -> None:
    loads = np.linspace(0.005, capacity()[0] - 1e-6, 200)
    axes.plot(
        loads, [overlap_at_rest(load) for load in loads], color="0.5", label="Amit et al. 1985, infinite N"
    )
    axes.axvline(capacity()[0], color="0.5", linestyle=":", linewidth=1.0)
    axes.fill_between(LOADS, *results.spread, color="#d1e5f0", linewidth=0.0, label="quartiles of patterns")
    axes.plot(LOADS, results.overlaps, "o", color="#2166ac", label=f"network of {SIZE}")
    axes.set(xlabel="load P / N", ylabel="overlap at rest", ylim=(0, 1.03), title="What is left of a pattern")


def _draw_first(axes: Axes, results: Results) -> None:
    loads = np.linspace(0.03, LOADS[-1], 200)
    axes.semilogy(loads, wrong_at_first(loads), color="0.5", label="erfc(1/sqrt(2 P/N)) / 2")
    some = results.wrong > 0.0
    axes.semilogy(LOADS[some], results.wrong[some], "o", color="#b2182b", label=f"network of {SIZE}")
    axes.set(
        xlabel="load P / N", ylabel="share of neurons", title="Wrong in the first step", ylim=(1e-6, 0.03)
    )


def _draw_recalls(axes: Axes, results: Results) -> None:
    labels = {"#2166ac": "recalled", "#b2182b": "lost"}
    for overlaps in results.recalls:
        colour = "#2166ac" if overlaps[-1] > 0.9 else "#b2182b"
        axes.plot(overlaps, color=colour, label=labels.pop(colour, None))
    axes.set(
        xlabel="step",
        ylabel="overlap",
        xlim=(0, 30),
        ylim=(0.0, 1.03),
        title=f"Bad copies at P / N = {DRAWN}",
    )


def report(results: Results, probes: int) -> bool:
    """The numbers; whether they are those of the theory."""
    print("load    overlap (theory)    wrong at first (theory)")
    for load, overlap, wrong in zip(LOADS, results.overlaps, results.wrong, strict=True):
        print(
            f"{load:.2f}    {overlap:.4f} ({overlap_at_rest(load):.4f})"
            f"    {wrong:.5f} ({wrong_at_first(load):.5f})"
        )
    safe = LOADS < SAFE
    exact = np.array([overlap_at_rest(load) for load in LOADS])
    off = float(np.abs(results.overlaps - exact)[safe].max())
    chance = wrong_at_first(LOADS)
    # Neurons of a pattern and patterns of a network are nearly independent here.
    sigmas = float((np.abs(results.wrong - chance) / np.sqrt(chance / (probes * SIZE) + 1e-9)).max())
    print(
        f"overlap at 0.10       {results.overlaps[LOADS == 0.1][0]:8.4f}    theory: {overlap_at_rest(0.1):.4f}"
    )
    print(
        f"overlap at 0.20       {results.overlaps[LOADS == 0.2][0]:8.4f}    theory: 0, and about 0.3 for finite N"
    )
    print(f"largest deviation     {off:8.4f}    of overlaps below a load of {SAFE}")
    print(f"wrong at first, 0.20  {results.wrong[-1]:8.5f}    theory: {chance[-1]:.5f}")
    print(f"deviation of these    {sigmas:8.2f}    standard errors, at most")
    print(f"capacity              {capacity()[0]:8.4f}    theory")
    return off < 0.01 and sigmas < 5.0 and results.overlaps[-1] < 0.6


def main() -> int:
    """Store, recall, report, draw. The exit code is 1 if theory and network disagree."""
    parser = argparse.ArgumentParser(description="The capacity of a Hopfield network.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_PROBES} patterns at each load")
    parser.add_argument("--out", type=Path, default=Path("hopfield.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    memory = Memory(arguments.seed)
    how = "taken from the cache" if memory.build.cached else "generated, compiled and loaded"
    print(f"build time            {memory.build.seconds['total']:8.3f} s  ({how})")
    probes = QUICK_PROBES if arguments.quick else PROBES
    start = time.perf_counter()
    results = measure(memory, probes)
    seconds = time.perf_counter() - start
    good = report(results, probes)
    print(f"steps per second      {sl.get_current_step() / seconds:8.0f}")
    draw(arguments.out, results)
    print(f"picture               {arguments.out}")
    if not good:
        print("The network is not as good a memory as theory says.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A memory that is looked up by a part of what it holds, until it holds too much.

1024 neurons r = +1 or -1, all connected. A pattern is stored by being shown once; then a cue is left to itself, and in
each step half of the neurons, drawn at random, take the sign of their input:

    w_ij += r_i r_j / N        r_i = sign(h_i),   h_i = sum_j w_ij r_j

When P patterns are stored, the input to a neuron in one of them is its own sign and a noise of variance alpha = P/N, so
that erfc(1 / sqrt(2 alpha)) / 2 of the neurons disagree. From there the state drifts to an overlap m = erf(y) with the
pattern, which Amit, Gutfreund and Sompolinsky found for N -> infinity,

    y = m / (sqrt(2 alpha) + 2 exp(-y^2) / sqrt(pi))

and which vanishes at alpha = 0.138: all patterns are lost at once. (With 1024 neurons that is not quite as sudden.)

    python examples/hopfield.py [--quick] [--out hopfield.png] [--seed 1]

Sources: Hopfield 1982, Proc. Natl. Acad. Sci. 79, 2554-2558 (the model; about 0.15 N patterns); Amit, Gutfreund and
Sompolinsky 1987, Ann. Phys. 173, 30-67 (the overlap at zero temperature, and 0.138).
"""

from __future__ import annotations

import argparse
import sys
from math import erf, erfc, exp, pi, sqrt
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

import synloom as sl

Array = NDArray[np.float64]

SIDE = 32
SIZE = SIDE * SIDE
LOADS = np.array(
    [0.02, 0.04, 0.06, 0.08, 0.1, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.2, 0.22, 0.24]
)
EXAMPLE = 0.1  # the load at which pictures are recalled
TESTS, QUICK_TESTS = 15, 6  # patterns that are recalled at each load
STEPS = 40  # until a state has settled
FLIPPED = 0.25  # part of a picture that is wrong in its cue
CAPACITY = 0.138

Cell = sl.Neuron(
    name="Cell",
    parameters="shown = 0.0 ; clamped = False : population, bool",
    equations="""
        h = sum(exc)
        free = ite(Uniform(0.0, 1.0) < 0.5, ite(h >= 0.0, 1.0, -1.0), r)
        r = ite(clamped, shown, free)
        agrees = r * shown
        overlap = mean(agrees) : population
    """,
)
Store = sl.Synapse(name="Store", parameters="eta = 0.0 : projection", equations="w += eta * pre.r * post.r")


def images() -> Array:
    """Five pictures of +1 and -1, nearly orthogonal to each other."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    radius, angle = np.hypot(x - SIDE / 2, y - SIDE / 2), np.arctan2(y - SIDE / 2, x - SIDE / 2)
    waves = (
        np.cos(radius * 2 * np.pi / 9.0),
        np.sin(3 * angle + radius * np.pi / 8.0),
        np.sin(x * np.pi / 4.0) * np.cos(y * np.pi / 32.0),
        np.sin(x * np.pi / 8.0) * np.sin(y * np.pi / 8.0),
        np.sin(x * np.pi / 16.0) * np.sin(y * np.pi / 4.0),
    )
    return np.array([np.where(wave >= 0.0, 1.0, -1.0).ravel() for wave in waves])


class Memory:
    """The network, and the patterns it was shown: first five pictures, then random ones."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.network = sl.Network(dt=1.0, seed=seed)
        self.cells = self.network.create((SIDE, SIDE), Cell, name="cells")
        self.synapses = self.network.connect(self.cells, self.cells, "exc", Store)
        self.synapses.connect_all_to_all(weights=0.0, force_multiple_weights=True)
        self.course = self.network.monitor(self.cells, "overlap")
        self.states = self.network.monitor(self.cells, "r", start=False)
        self.build = self.network.compile(silent=True)
        self.synapses.eta = 1.0 / SIZE
        self.synapses.disable_learning()
        count = round(LOADS[-1] * SIZE)
        self.patterns = np.concatenate([images(), self.rng.choice([-1.0, 1.0], (count - 5, SIZE))])
        self.stored = 0

    def store(self, count: int) -> None:
        """Show further patterns, until there are so many."""
        self.synapses.enable_learning()
        while self.stored < count:
            self.show(self.patterns[self.stored], steps=1)
            self.stored += 1
        self.synapses.disable_learning()

    def show(self, pattern: Array, steps: int) -> None:
        self.cells.shown = pattern.reshape(SIDE, SIDE)
        self.cells.clamped = True
        self.network.simulate(steps)
        self.cells.clamped = False

    def recall(self, pattern: Array, cue: Array, steps: int = STEPS) -> Array:
        """The overlap with the pattern in each step, the cue being the first."""
        self.show(cue, steps=1)
        self.cells.shown = pattern.reshape(SIDE, SIDE)
        self.course.get("overlap")
        self.network.simulate(steps)
        # A mean is taken at the end of a step: what the network sees of it is that of the step before
        return np.asarray(self.course.get("overlap")).ravel()[1:]

    def inputs(self, pattern: Array) -> Array:
        """What each neuron receives in a pattern, times its sign."""
        self.show(pattern, steps=2)
        return np.asarray(self.cells.h).ravel() * pattern

    def some(self, count: int) -> Array:
        """Stored patterns, drawn at random, other than the pictures."""
        return self.patterns[self.rng.choice(np.arange(5, self.stored), count, replace=False)]

    def worse(self, pattern: Array, part: float) -> Array:
        """The pattern with a part of its signs flipped."""
        flipped = self.rng.permutation(SIZE) < round(part * SIZE)
        return np.where(flipped, -pattern, pattern)


def theory(alpha: float) -> float:
    """The overlap of a recalled pattern for N -> infinity; 0 above the capacity."""
    y = 1.0 / sqrt(2.0 * alpha)
    for _ in range(5000):
        y = erf(y) / (sqrt(2.0 * alpha) + 2.0 / sqrt(pi) * exp(-y * y))
    return erf(y)


class Results:
    """All measurements of one run."""

    def __init__(self, memory: Memory, tests: int) -> None:
        self.overlaps, self.inputs, self.basins = [], np.empty(0), {}
        for load in LOADS:
            memory.store(round(load * SIZE))
            chosen = memory.some(tests)
            self.overlaps.append([memory.recall(pattern, pattern)[-1] for pattern in chosen])
            if load == EXAMPLE:
                self.inputs = np.concatenate([memory.inputs(pattern) for pattern in chosen])
                self._recall_pictures(memory)
        self.means = np.mean(self.overlaps, axis=1)

    def _recall_pictures(self, memory: Memory) -> None:
        memory.states.start()
        picture = memory.patterns[1]
        self.cue = memory.worse(picture, FLIPPED)
        memory.recall(picture, self.cue)
        self.states = np.asarray(memory.states.get("r"))
        memory.states.pause()
        self.basins = {
            part: [memory.recall(p, memory.worse(p, part), 20) for p in memory.some(3)]
            for part in (0.1, 0.2, 0.3, 0.35, 0.4, 0.45)
        }

    def capacity(self) -> float:
        """The load at which the mean overlap falls below 0.85, between two of the loads."""
        after = int(np.argmax(self.means < 0.85))
        high, low = self.means[after - 1], self.means[after]
        return float(LOADS[after - 1] + (LOADS[after] - LOADS[after - 1]) * (high - 0.85) / (high - low))


def draw(path: Path, results: Results) -> None:
    """A picture being recalled; overlaps from different cues; the noise; and the overlap against the load."""
    figure = Figure(figsize=(11, 6.2), dpi=100, layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[0.72, 1.0]).flat
    _draw_recall(above, results)
    basins, noise, capacity = below.subplots(1, 3)
    for part, courses in results.basins.items():
        colour = str(0.15 + 1.3 * part)
        for course in courses:
            basins.plot(course, color="#2166ac" if course[-1] > 0.9 else colour, linewidth=1.0)
    basins.set(xlabel="step", ylabel="overlap with the pattern", xlim=(0, 15), ylim=(-0.1, 1.05))
    basins.set_title("cues of which 10 to 45 % are wrong", fontsize=10)
    _draw_noise(noise, results)
    _draw_capacity(capacity, results)
    for axes in (basins, noise, capacity):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_recall(figure: SubFigure, results: Results) -> None:
    figure.suptitle(
        f"{FLIPPED:.0%} of a picture are wrong, and {round(EXAMPLE * SIZE)} patterns are stored", fontsize=11
    )
    steps = (0, 1, 2, 3, 5, 8)
    for axes, step in zip(figure.subplots(1, len(steps)), steps, strict=True):
        axes.imshow(results.states[step], cmap="gray_r", interpolation="nearest")
        axes.set(xticks=[], yticks=[], title=f"step {step}" if step else "cue")
        axes.title.set_fontsize(10)


def _draw_noise(axes: Axes, results: Results) -> None:
    x = np.linspace(-0.6, 2.6, 200)
    axes.hist(results.inputs, np.linspace(-0.6, 2.6, 65), density=True, color="#92c5de", label="network")
    axes.plot(
        x, np.exp(-((x - 1.0) ** 2) / 2.0 / EXAMPLE) / sqrt(2.0 * pi * EXAMPLE), "k", label="variance P/N"
    )
    axes.axvline(0.0, color="#b2182b", linewidth=1.0)
    axes.set(xlabel="input times the right sign", ylabel="density", xlim=(-0.6, 2.6), ylim=(0, 1.6))
    axes.set_title(f"noise of the other patterns, P/N = {EXAMPLE}", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def _draw_capacity(axes: Axes, results: Results) -> None:
    loads = np.repeat(LOADS, len(results.overlaps[0]))
    axes.plot(loads, np.ravel(results.overlaps), ".", color="#92c5de", markersize=4, label="one pattern")
    axes.plot(LOADS, results.means, "o-", color="#2166ac", markersize=4, label=f"mean, N = {SIZE}")
    fine = np.linspace(0.005, CAPACITY - 1e-4, 100)
    axes.plot(fine, [theory(a) for a in fine], "k", linewidth=1.4, label="theory, N → ∞")
    axes.plot([CAPACITY, CAPACITY], [theory(fine[-1]), 0.0], "k--", linewidth=1.0)
    axes.set(xlabel="patterns per neuron, P/N", ylabel="overlap after recall", xlim=(0, 0.25), ylim=(0, 1.05))
    axes.set_title("all patterns are lost at once", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="lower left")


def main() -> int:
    """Store, recall, report, draw. The exit code is 1 if the overlaps are not those of the theory."""
    parser = argparse.ArgumentParser(description="An associative memory and its capacity.")
    parser.add_argument("--quick", action="store_true", help="recall 6 patterns at each load instead of 15")
    parser.add_argument("--out", type=Path, default=Path("hopfield.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1, help="of the patterns and the updates")
    arguments = parser.parse_args()

    memory = Memory(arguments.seed)
    print(f"build time            {memory.build.seconds['total']:9.3f} s")
    results = Results(memory, QUICK_TESTS if arguments.quick else TESTS)
    error, expected = float(np.mean(results.inputs < 0.0)), erfc(1.0 / sqrt(2.0 * EXAMPLE)) / 2.0
    print(f"noise variance        {results.inputs.var():9.4f}    (at P/N = {EXAMPLE}; closed form {EXAMPLE})")
    print(f"wrong signs           {error:9.5f}    (closed form {expected:.5f})")
    last = float(results.states[-1].ravel() @ memory.patterns[1]) / SIZE
    print(f"picture recalled      {last:9.4f}    (overlap, from {1 - 2 * FLIPPED:.1f})")
    for load, mean in zip(LOADS, results.means, strict=True):
        if load in (0.06, 0.1, 0.12):
            print(f"overlap at {load:.2f}       {mean:9.4f}    (theory for N -> infinity {theory(load):.4f})")
    print(f"overlap at {LOADS[-1]:.2f}       {results.means[-1]:9.4f}    (what is left of a lost pattern)")
    capacity = results.capacity()
    print(
        f"capacity              {capacity:9.4f}    (theory for N -> infinity {CAPACITY}; Hopfield: about 0.15)"
    )
    draw(arguments.out, results)
    print(f"picture               {arguments.out}")
    at = int(np.argmax(LOADS == EXAMPLE))
    if abs(results.means[at] - theory(EXAMPLE)) > 0.02 or not 0.13 < capacity < 0.19:
        print("Patterns are not recalled as the theory says.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

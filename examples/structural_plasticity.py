"""Synapses that come and go: how many there are, and how a map repairs itself after a lesion.

Two rings of 60 neurons lie on top of each other. In each step every pair of neurons at a distance d that has no
synapse gets one with the probability c(d), and every synapse goes with the probability p:

    c(d) = pc exp(-d^2 / (2 width^2))        so that a pair is joined with   f = c (1 - p) / (c (1 - p) + p)

The pairs are independent: the number of synapses has the mean sum f and the variance sum f (1 - f), and of a
fluctuation 1 - c (1 - p) - p is left after a step. (What is made in a step can go in the same step.)

In the second network a neuron makes synapses only as far as its activity r, the number of active neurons it hears, is
below a target T: c(d) (1 - r/T). Synapses of silent neurons go six times as fast. A fifth of the sources falls
silent; the neurons that listened to them reach out to their neighbours, and become active again.

    python examples/structural_plasticity.py [--quick] [--out structural_plasticity.png] [--seed 1]

Source of the second: Butz and van Ooyen 2013, A simple rule for dendritic spine and axonal bouton formation can account
for cortical reorganization after focal retinal lesions, PLoS Comput. Biol. 9, e1003259, reduced to its rule: grow
synapses below a target activity. The activity that keeps itself up is r = sum of f(d, r) over active sources.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

import synloom as sl

Array = NDArray[np.float64]

SIZE, WIDTH = 60, 0.08  # neurons, and part of the ring
MADE, GONE, GONE_SILENT = 0.12, 0.1, 0.6  # probabilities in a step: at d = 0, of any synapse, of a silent one
TARGET, EAGER = 12.0, 0.6  # and the probability to make one at d = 0 and r = 0
SETTLED = 120  # steps until nothing is left of the start: 0.9^120 = 3e-6
STEPS, QUICK_STEPS, EVERY = 3000, 600, 10
GROWTH, REPAIR, LESION = 250, 250, slice(24, 36)  # steps before and after sources fall silent, and which

D2 = "min(abs(pre.x - post.x), 1.0 - abs(pre.x - post.x))^2"
Source = sl.Neuron(name="Source", parameters="x = 0.0 ; r = 1.0")
Sink = sl.Neuron(name="Sink", parameters="x = 0.0", equations="r = sum(exc)")


def rules(made: str, gone: str) -> sl.Synapse:
    """Synapses of weight 1 that are made and go with these probabilities."""
    return sl.Synapse(
        parameters="width = 0.08 : projection",
        creating=f"pre.r >= 0.0 : proba = {made} * exp(-{D2} / (2.0 * width^2)), w = 1.0",
        pruning=f"w > 0.0 : proba = {gone}",
    )


class Rings:
    """Two rings of neurons without any synapse, and rules by which they get some."""

    def __init__(self, synapse: sl.Synapse, seed: int) -> None:
        self.network = sl.Network(dt=1.0, seed=seed)
        self.sources = self.network.create(SIZE, Source, name="sources")
        self.sinks = self.network.create(SIZE, Sink, name="sinks")
        self.synapses = self.network.connect(self.sources, self.sinks, "exc", synapse)
        self.synapses.connect_fixed_probability(0.0, weights=1.0, force_multiple_weights=True)
        self.heard = self.network.monitor(self.sinks, "r")
        self.build = self.network.compile(silent=True)
        self.sources.x = self.sinks.x = np.arange(SIZE) / SIZE
        self.synapses.width = WIDTH
        self.synapses.start_creating()
        self.synapses.start_pruning()

    def run(self, steps: int) -> Array:
        """The number of synapses of active neurons that each neuron has, in each step."""
        self.network.simulate(steps)
        return np.asarray(self.heard.get("r"))

    def matrix(self) -> Array:
        return np.nan_to_num(np.asarray(self.synapses.connectivity_matrix(fill=0.0)))


def distances() -> Array:
    """From one neuron to all of the other ring."""
    d = np.arange(SIZE) / SIZE
    return np.minimum(d, 1.0 - d)


def joined(made: Array, gone: Array | float) -> Array:
    """The probability that a pair is joined."""
    return made * (1.0 - gone) / (made * (1.0 - gone) + gone)


class Turnover:
    """The first network: numbers of synapses in each step, and how often pairs at a distance are joined."""

    def __init__(self, seed: int, steps: int) -> None:
        rings = Rings(rules(str(MADE), str(GONE)), seed)
        self.build = rings.build
        self.start = rings.run(SETTLED)
        parts, profile = [], np.zeros(SIZE)
        for _ in range(steps // EVERY):
            parts.append(rings.run(EVERY))
            matrix = rings.matrix()
            profile += np.mean([np.roll(row, -rank) for rank, row in enumerate(matrix)], axis=0)
        self.counts = np.concatenate(parts)
        self.profile = profile / len(parts)
        made = MADE * np.exp(-(distances() ** 2) / (2.0 * WIDTH**2))
        self.expected = joined(made, GONE)
        self.left = 1.0 - made * (1.0 - GONE) - GONE
        variances = self.expected * (1.0 - self.expected)
        self.mean, self.variance = SIZE * self.expected.sum(), variances.sum()  # of all, of one neuron

    def correlation(self, lags: Array) -> tuple[Array, Array]:
        """The autocorrelation of the number of synapses of a neuron: measured, and in closed form."""
        x = self.counts - self.mean / SIZE
        measured = [np.mean(x[: len(x) - k] * x[k:]) for k in lags.astype(int)]
        weights = self.expected * (1.0 - self.expected)
        closed = [(weights * self.left**k).sum() / weights.sum() for k in lags]
        return np.array(measured) / np.mean(x * x), np.array(closed)


class Repair:
    """The second network: the activity in each step, and its synapses at three times."""

    def __init__(self, seed: int) -> None:
        made, gone = f"{EAGER} * pos(1.0 - post.r / {TARGET})", f"ite(pre.r > 0.5, {GONE}, {GONE_SILENT})"
        rings = Rings(rules(made, gone), seed)
        grown = rings.run(GROWTH)
        self.matrices = [("before the lesion", rings.matrix(), np.ones(SIZE, bool))]
        rings.sources[LESION].r = 0.0
        self.active = np.asarray(rings.sources.r) > 0.5
        first = rings.run(1)
        self.matrices.append(("right after it", rings.matrix(), self.active))
        repaired = rings.run(REPAIR - 1)
        self.matrices.append((f"{REPAIR} steps later", rings.matrix(), self.active))
        self.activity = np.concatenate([grown, first, repaired])

    def expected(self, active: NDArray[np.bool_]) -> Array:
        """The activity of each neuron that keeps itself up, if it did not fluctuate: found by bisection."""
        kernel = np.array(
            [np.roll(np.exp(-(distances() ** 2) / (2.0 * WIDTH**2)), rank) for rank in range(SIZE)]
        )
        low, high = np.zeros((SIZE, 1)), np.full((SIZE, 1), TARGET)
        for _ in range(60):
            middle = (low + high) / 2.0
            heard = joined(EAGER * kernel * (1.0 - middle / TARGET), GONE)[:, active].sum(
                axis=1, keepdims=True
            )
            low, high = np.where(heard > middle, middle, low), np.where(heard > middle, high, middle)
        return low[:, 0]


def draw(path: Path, turnover: Turnover, repair: Repair) -> None:
    """The map before and after the lesion and its activity; numbers of synapses against their closed forms."""
    figure = Figure(figsize=(12.4, 6.6), dpi=92, layout="constrained")
    above, below = figure.subplots(2, 4)
    colours = ListedColormap(["white", "#d6604d", "#053061"])
    for axes, (name, matrix, active) in zip(above[:3], repair.matrices, strict=True):
        axes.imshow(
            (matrix > 0) * np.where(active, 2, 1), cmap=colours, vmin=0, vmax=2, interpolation="nearest"
        )
        axes.set(xlabel="source", title=f"synapses {name}", xticks=[0, 20, 40, 60], yticks=[0, 20, 40, 60])
        axes.title.set_fontsize(10)
    above[0].set_ylabel("neuron")
    above[1].plot([], [], "s", color="#053061", markersize=5, label="active")
    above[1].plot([], [], "s", color="#d6604d", markersize=5, label="silent")
    above[1].legend(loc="upper right", fontsize=8, handlelength=0.8)
    _draw_activity(above[3], repair)
    _draw_counts(below[0], below[1], turnover)
    _draw_profile(below[2], turnover)
    _draw_correlation(below[3], turnover)
    for axes in [above[3], *below]:
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_activity(axes: Axes, repair: Repair) -> None:
    time = np.arange(len(repair.activity)) - GROWTH
    before, after = repair.expected(np.ones(SIZE, bool)), repair.expected(repair.active)
    parts = (
        ("far from it", np.r_[0:10, 50:60], "#2166ac"),
        ("border", np.r_[18:23, 37:42], "#1b7837"),
        ("middle", np.r_[26:34], "#b2182b"),
    )
    for name, ranks, colour in parts:
        axes.plot(time, repair.activity[:, ranks].mean(axis=1), color=colour, linewidth=0.9, label=name)
        axes.plot([-150, 0], [before[ranks].mean()] * 2, "--", color=colour, linewidth=0.9)
        axes.plot([100, REPAIR], [after[ranks].mean()] * 2, "--", color=colour, linewidth=1.4)
    axes.axvline(0.0, color="0.6", linewidth=0.8)
    axes.set(xlabel="steps after the lesion", ylabel="activity", xlim=(-GROWTH, REPAIR), ylim=(0, 10.5))
    axes.set_title("activity, and where it stays (dashed)", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0.02, 0.0))


def _draw_counts(course: Axes, histogram: Axes, turnover: Turnover) -> None:
    total = np.concatenate([turnover.start, turnover.counts]).sum(axis=1)[:600]
    spread = np.sqrt(SIZE * turnover.variance)
    course.axhspan(turnover.mean - 2 * spread, turnover.mean + 2 * spread, color="0.88", label="mean ± 2 sd")
    course.axhline(turnover.mean, color="0.4", linewidth=0.9)
    course.plot(total, color="#2166ac", linewidth=0.9)
    course.set(xlabel="step", ylabel="synapses", xlim=(0, len(total)), ylim=(0, None))
    course.set_title("without a target: all synapses", fontsize=10)
    course.legend(frameon=False, fontsize=8, loc="lower right")
    counts = np.bincount(turnover.counts.astype(int).ravel()) / turnover.counts.size
    exact = np.ones(1)
    for f in turnover.expected:
        exact = np.convolve(exact, [1.0 - f, f])
    histogram.bar(np.arange(len(counts)), counts, color="#92c5de", width=0.9, label="network")
    histogram.plot(exact, "ko-", markersize=3.0, linewidth=0.9, label="closed form")
    histogram.set(xlabel="synapses of a neuron", ylabel="probability", xlim=(-0.5, 15.5), ylim=(0, 0.23))
    histogram.set_title("independent pairs", fontsize=10)
    histogram.legend(frameon=False, fontsize=8, loc="upper right")


def _draw_profile(axes: Axes, turnover: Turnover) -> None:
    place = np.arange(SIZE) - SIZE // 2
    axes.plot(
        place, np.roll(turnover.profile, SIZE // 2), "o", color="#2166ac", markersize=3.2, label="network"
    )
    axes.plot(place, np.roll(turnover.expected, SIZE // 2), color="k", linewidth=0.9, label="closed form")
    axes.set(xlabel="source - neuron", ylabel="part of the pairs joined", xlim=(-20, 20), ylim=(0, 0.68))
    axes.set_title("f(d)", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper right")


def _draw_correlation(axes: Axes, turnover: Turnover) -> None:
    lags = np.arange(31.0)
    measured, closed = turnover.correlation(lags)
    axes.plot(lags, measured, "o", color="#2166ac", markersize=3.2, label="network")
    axes.plot(lags, closed, color="k", linewidth=0.9, label="closed form")
    axes.set(xlabel="lag (steps)", ylabel="autocorrelation", xlim=(0, 30), ylim=(-0.05, 1.02))
    axes.set_title("memory of a number of synapses", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper right")


def main() -> int:
    """Run, report, draw. The exit code is 1 if there are not as many synapses as there should be."""
    parser = argparse.ArgumentParser(
        description="Synapses that are made and go, and a map that repairs itself."
    )
    parser.add_argument("--quick", action="store_true", help="600 steps of the first network instead of 3000")
    parser.add_argument("--out", type=Path, default=Path("structural_plasticity.png"), help="the picture")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    sl.setup(structural_plasticity=True)
    turnover = Turnover(arguments.seed, QUICK_STEPS if arguments.quick else STEPS)
    print(f"build time            {turnover.build.seconds['total']:8.3f} s")
    mean, variance = turnover.counts.sum(axis=1).mean(), turnover.counts.var()
    measured, closed = turnover.correlation(np.array([5.0]))
    print(f"synapses              {mean:8.1f}    (closed form {turnover.mean:.1f})")
    print(f"variance per neuron   {variance:8.3f}    (closed form {turnover.variance:.3f})")
    print(f"correlation           {measured[0]:8.3f}    (after 5 steps; closed form {closed[0]:.3f})")
    print(f"joined at d = 0       {turnover.profile[0]:8.3f}    (closed form {turnover.expected[0]:.3f})")
    repair = Repair(arguments.seed)
    middle = np.r_[26:34]
    far = np.r_[0:10, 50:60]
    before, after = repair.expected(np.ones(SIZE, bool)), repair.expected(repair.active)
    late = repair.activity[GROWTH + 80 :]
    grown = repair.activity[GROWTH // 2 : GROWTH].mean()
    print(f"activity before       {grown:8.2f}    (that keeps itself up: {before.mean():.2f})")
    print(f"middle, right after   {repair.activity[GROWTH + 1, middle].mean():8.2f}    (the lesion)")
    print(
        f"middle, repaired      {late[:, middle].mean():8.2f}    (that keeps itself up: {after[middle].mean():.2f})"
    )
    print(f"far from it           {late[:, far].mean():8.2f}    (as before: {before[far].mean():.2f})")
    draw(arguments.out, turnover, repair)
    print(f"picture               {arguments.out}")
    if abs(mean / turnover.mean - 1.0) > 0.03 or abs(variance / turnover.variance - 1.0) > 0.15:
        print("The number of synapses is not that of the closed form.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

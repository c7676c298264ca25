"""Neurons that choose one of six patterns: the rule of Bienenstock, Cooper and Munro.

A neuron sums what 36 inputs send, c = w x. Each step one of six overlapping bumps of activity is drawn at random and
sent. Where the neuron's response is above a threshold theta its synapses grow, where it is below they shrink, and
theta follows the square of the response, so that it overtakes any response that grows too large:

    dw/dt = eta c (c - theta) x         tau dtheta/dt = c^2 - theta

If K linearly independent patterns come equally often, p = 1/K, the only stable states are those in which one pattern
has the response c = 1/p = K and all others have 0: theta = p c^2 = c. So the selectivity of the 1982 paper, 1 - (mean
response) / (largest response), is 1 - 1/K. To which pattern a neuron falls depends on its first weights.

In steps of 1 ms theta already has a part 1/tau of the response it is compared with: c = 1 / (p + (1 - p) / tau).

    python examples/bcm.py [--quick] [--out bcm.png] [--seed 1]

Sources: Bienenstock, Cooper and Munro 1982, J. Neurosci. 2, 32-48 (the rule, selectivity); Intrator and Cooper 1992,
Neural Networks 5, 3-17 (this form, and its fixed points: 1/p and 0).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import synloom as sl

Array = NDArray[np.float64]

INPUTS, PATTERNS, CELLS, WIDTH = 36, 6, 120, 4.0
PHASES = (
    (120_000, 1e-3, 300.0),
    (60_000, 2e-4, 1000.0),
)  # steps, learning rate, time constant of the threshold
QUICK_PHASES = ((90_000, 1e-3, 300.0), (30_000, 2e-4, 1000.0))
PLANE = ((40_000, 5e-4, 200.0),)  # for two patterns

# One pattern is drawn in each step, the same for all: the neuron of its index is 1
Chooser = sl.Neuron(
    name="Chooser",
    parameters="index = 0.0 ; count = 1.0 : population",
    equations="""
        drawn = floor(count * Uniform(0.0, 1.0)) : population
        r = ite(drawn == index, 1.0, 0.0)
    """,
)
# A cell sees its inputs a step later; `seen` keeps what its response of this step belongs to
Input = sl.Neuron(name="Input", equations="seen = r ; r = sum(pattern)")
Cell = sl.Neuron(name="Cell", equations="r = sum(exc)")
BCM = sl.Synapse(
    name="BCM",
    parameters="eta = 0.001 : projection ; tau = 300.0 : projection",
    equations="""
        tau * dtheta/dt = post.r^2 - theta : postsynaptic, exponential
        dw/dt = eta * post.r * (post.r - theta) * pre.seen
    """,
    psp="w * pre.r",
)


def bumps(count: int, centres: Array) -> Array:
    """Bumps of activity of length 1 over the inputs, which lie on a circle. Shape (bumps, count)."""
    angles = np.arange(count) * 2.0 * np.pi / count
    shape = np.exp(WIDTH * (np.cos(angles - centres[:, None]) - 1.0))
    return np.asarray(shape / np.linalg.norm(shape, axis=1, keepdims=True))


class Learners:
    """Cells that learn from random patterns; `first` are their first weights, shape (cells, inputs)."""

    def __init__(self, patterns: Array, first: Array, seed: int, recorded: int) -> None:
        self.patterns = patterns
        network = self.network = sl.Network(dt=1.0, seed=seed)
        self.chooser = network.create(len(patterns), Chooser, name="chooser")
        inputs = network.create(patterns.shape[1], Input, name="inputs")
        self.cells = network.create(len(first), Cell, name="cells")
        network.connect(self.chooser, inputs, "pattern").connect_from_matrix(patterns.T)
        self.learned = network.connect(inputs, self.cells, "exc", BCM)
        self.learned.connect_from_matrix(first)
        self.period = 100.0
        self.build = network.compile(silent=True)
        self.records = [
            network.monitor(self.learned.dendrite(rank), "w", period=self.period) for rank in range(recorded)
        ]
        self.chooser.index, self.chooser.count = np.arange(len(patterns)), len(patterns)

    def learn(self, phases: tuple[tuple[int, float, float], ...]) -> None:
        for steps, eta, tau in phases:
            self.learned.eta, self.learned.tau = eta, tau
            self.network.simulate(steps)
        weights = np.array([record.get("w") for record in self.records])
        self.courses = (
            weights @ self.patterns.T
        )  # responses of the recorded cells: (cells, samples, patterns)

    def responses(self) -> Array:
        """What the cells answer to each pattern, learning being off. Shape (cells, patterns)."""
        self.learned.disable_learning()
        drawn, answers = self.network.monitor(self.chooser, "r"), self.network.monitor(self.cells, "r")
        self.network.simulate(60 * len(self.patterns))
        # From the chooser to the inputs and on to the cells: two steps
        which, answer = np.asarray(drawn.get("r"))[:-2].argmax(axis=1), np.asarray(answers.get("r"))[2:]
        return np.stack([answer[which == k].mean(axis=0) for k in range(len(self.patterns))], axis=1)


def six_patterns(seed: int) -> Learners:
    patterns = bumps(INPUTS, np.arange(PATTERNS) * 2.0 * np.pi / PATTERNS)
    first = np.random.default_rng(seed).uniform(0.0, 0.4, (CELLS, INPUTS))
    return Learners(patterns, first, seed, recorded=1)


def two_patterns(seed: int) -> Learners:
    """Cells whose first responses to two overlapping patterns lie on a grid."""
    patterns = bumps(INPUTS, np.array([1.0, 2.0]))
    grid = np.linspace(0.15, 2.6, 6)
    responses = np.array([(one, other) for one in grid for other in grid if one != other])
    return Learners(patterns, responses @ np.linalg.pinv(patterns).T, seed, recorded=len(responses))


def draw(path: Path, learners: Learners, responses: Array, plane: Learners) -> None:
    """Responses of all cells, one cell while it learns, tuning curves, and the plane of two patterns."""
    figure = Figure(figsize=(10.4, 7.0), dpi=86, layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=[1.0, 1.25])
    _draw_matrix(figure.add_subplot(grid[0, 0]), responses)
    _draw_course(figure.add_subplot(grid[0, 1]), learners)
    _draw_plane(figure.add_subplot(grid[1, 0]), plane)
    _draw_tuning(figure.add_subplot(grid[1, 1]), learners, responses)
    for axes in figure.axes[1:]:
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _colour(pattern: int) -> tuple[float, ...]:
    return colormaps["turbo"]((pattern + 0.5) / PATTERNS)


def _draw_matrix(axes: Axes, responses: Array) -> None:
    order = np.argsort(responses.argmax(axis=1), kind="stable")
    image = axes.imshow(
        responses[order], cmap="magma", aspect="auto", vmin=0.0, vmax=PATTERNS, interpolation="nearest"
    )
    axes.figure.colorbar(image, ax=axes, label="response")
    axes.set(
        xlabel="pattern",
        ylabel="cell, by its choice",
        xticks=range(PATTERNS),
        xticklabels=range(1, PATTERNS + 1),
    )
    axes.set_title(f"{len(responses)} cells, each with one pattern", fontsize=10)


def _draw_course(axes: Axes, learners: Learners) -> None:
    course = learners.courses[0]
    time = np.arange(len(course)) * learners.period / 1e3
    for k in range(PATTERNS):
        axes.plot(time, course[:, k], color=_colour(k), linewidth=1.3, label=f"pattern {k + 1}")
    for level in (0.0, float(PATTERNS)):
        axes.axhline(level, color="0.6", linestyle="--", linewidth=0.9)
    axes.set(
        xlabel="time (s)", ylabel="response", xlim=(0.0, min(60.0, time[-1])), ylim=(-0.5, PATTERNS + 1.3)
    )
    axes.set_title("one of them while it learns", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="center right")


def _draw_plane(axes: Axes, plane: Learners) -> None:
    for course in plane.courses:
        colour = "#2166ac" if course[-1, 0] > course[-1, 1] else "#b2182b"
        axes.plot(*course[::4].T, color=colour, linewidth=0.9)
        axes.plot(*course[0], "o", color=colour, markersize=3.0)
    axes.plot([0, 2], [2, 0], "k*", markersize=13, zorder=3)
    axes.set(
        xlabel="response to pattern 1", ylabel="response to pattern 2", xlim=(-0.2, 2.9), ylim=(-0.2, 2.9)
    )
    axes.set_title("two patterns: stable at (2, 0) and (0, 2)", fontsize=10)
    axes.set_aspect("equal")


def _draw_tuning(axes: Axes, learners: Learners, responses: Array) -> None:
    places = np.linspace(0.0, 2.0 * np.pi, 241)
    weights = learners.learned.connectivity_matrix()
    choice = responses.argmax(axis=1)
    for k in range(PATTERNS):
        if (choice == k).any():
            curve = weights[choice == k].mean(axis=0) @ bumps(INPUTS, places).T
            axes.plot(np.degrees(places), curve, color=_colour(k), linewidth=1.3)
    at = np.arange(PATTERNS) * 360.0 / PATTERNS
    axes.plot(at, np.zeros(PATTERNS), "ko", at, np.full(PATTERNS, PATTERNS), "ko", markersize=4.0)
    axes.set(xlabel="place of a bump (degrees)", ylabel="response", xlim=(0, 360), xticks=range(0, 361, 60))
    axes.set_title("any bump: the six that were learned have 6 or 0", fontsize=10)


def main() -> int:
    """Learn, report, draw. The exit code is 1 if the responses are not those of the fixed point."""
    parser = argparse.ArgumentParser(description="Selectivity by the rule of Bienenstock, Cooper and Munro.")
    parser.add_argument("--quick", action="store_true", help="120 000 patterns instead of 180 000")
    parser.add_argument("--out", type=Path, default=Path("bcm.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1, help="of the first weights and the patterns")
    arguments = parser.parse_args()

    learners = six_patterns(arguments.seed)
    print(f"build time            {learners.build.seconds['total']:8.3f} s")
    phases = QUICK_PHASES if arguments.quick else PHASES
    learners.learn(phases)
    responses = learners.responses()
    ordered = np.sort(responses, axis=1)
    selectivity = 1.0 - responses.mean(axis=1) / responses.max(axis=1)
    p, tau = 1.0 / PATTERNS, phases[-1][2]
    expected = 1.0 / (p + (1.0 - p) / tau)
    chosen, others = ordered[:, -1].mean(), np.abs(ordered[:, :-1]).mean()
    print(
        f"chosen pattern        {chosen:8.3f}    (mean response; 1/p = {1 / p:.3f}, in steps {expected:.3f})"
    )
    print(f"other patterns        {others:8.3f}    (mean of the absolute responses; 0)")
    print(f"second largest        {ordered[:, -2].max():8.3f}    (of all cells; 0)")
    print(f"selectivity           {selectivity.mean():8.4f}    (1 - 1/K = {1 - 1 / PATTERNS:.4f})")
    print(f"patterns chosen       {len(np.unique(responses.argmax(axis=1))):8d}    (of {PATTERNS})")
    plane = two_patterns(arguments.seed)
    plane.learn(PLANE)
    final = np.sort(plane.courses[:, -1], axis=1)
    print(f"two patterns          {final[:, 1].mean():8.3f}    (mean response to the chosen one; 1/p = 2)")
    draw(arguments.out, learners, responses, plane)
    print(f"picture               {arguments.out}")
    if abs(chosen / expected - 1.0) > 0.03 or ordered[:, -2].max() > 0.5:
        print("The responses are not those of the fixed point.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

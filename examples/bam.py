"""Two layers remember pairs of letters: show a bad copy of one, and both come back.

117 pixels and 63 pixels are joined by one array of weights that is read in both directions, x -> y through the
projection ``ff`` and y -> x through its transpose. Hebb's rule stores pairs of bipolar patterns (a_k, b_k), and
activity that bounces between the layers settles on the pair that is nearest to where it began:

    W = sum_k b_k a_k^T          y = sgn(W x)          x = sgn(W^T y)          sgn(0): as before
    E(x, y) = -y^T W x           never increases: the bouncing must end

A second transpose reads the same weights with another psp, -w x y, and brings the energy. A schedule shows the pairs,
the synapses learn them, and the network itself spoils what it is shown; NumPy keeps the score.

    python examples/bam.py [--quick] [--out bam.png] [--seed 1]

Source: Kosko 1988, Bidirectional associative memories, IEEE Trans. Syst. Man Cybern. 18, 49-60; the rule, the
energy, and the pairs of letters (S, E), (M, V), (G, N) of his figures, here in odd numbers of pixels so that no
sum is 0. Then what becomes of a noisy letter depends on its overlaps with the three stored ones alone, and the
recall rate can be computed exactly, by going through all of them.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import reduce
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray
from scipy.stats import binom

import synloom as sl

Array = NDArray[np.float64]

PAIRS = "SE", "MV", "GN"
# In x, drawn to differ in about half of their pixels; and their partners in y.
BELOW = """
    ..######.   ##.....##   ..#####..
    .########   ###...###   .#.....#.
    ####..###   ###...###   #.......#
    ####.....   ####.####   #........
    ####.....   ####.####   #........
    #######..   ##.###.##   #........
    .#######.   ##.###.##   #........
    ..#######   ##..#..##   #....####
    .....####   ##..#..##   #.......#
    .....####   ##.....##   #.......#
    ###..####   ##.....##   #.......#
    ########.   ##.....##   .#.....#.
    .######..   ##.....##   ..#####..
"""
ABOVE = """
    #######   #.....#   #.....#
    #......   #.....#   ##....#
    #......   #.....#   #.#...#
    #......   .#...#.   #.#...#
    #####..   .#...#.   #..#..#
    #......   .#...#.   #...#.#
    #......   ..#.#..   #...#.#
    #......   ..#.#..   #....##
    #######   ...#...   #.....#
"""
TRIAL = 10  # steps: shown in the first, held in the second, then bouncing
LEVELS = np.round(np.arange(0.0, 1.01, 0.05), 2)  # share of the pixels of x that are flipped
TRIALS, QUICK_TRIALS = 1500, 300  # per level, a multiple of the number of pairs
DRAWN = 0.4  # the level of which the picture shows a trial

Above = sl.Neuron(
    name="Above",
    equations="""
        cue = sum(cue)
        r = ite(cue != 0.0, cue, ite(sum(forward) > 0.0, 1.0, ite(sum(forward) < 0.0, -1.0, r)))
    """,
)
# A cue of 2 or -2 is taken over, spoilt; one of 1 or -1 means to hold it, as it was spoilt.
Below = sl.Neuron(
    name="Below",
    parameters="noise = 0.0 : population",
    equations="""
        energy = sum(energy)
        cue = sum(cue)
        shown = sign(cue) * ite(Uniform(0.0, 1.0) < noise, -1.0, 1.0)
        bounced = ite(sum(back) > 0.0, 1.0, ite(sum(back) < 0.0, -1.0, r))
        r = ite(abs(cue) > 1.5, shown, ite(cue != 0.0, r, bounced))
    """,
)
Outer = sl.Synapse(name="Outer", equations="w += pre.r * post.r")


def letters(drawn: str) -> Array:
    """Letters drawn side by side as arrays of ones and minus ones. Shape (letters, rows, columns)."""
    rows = [line.split() for line in drawn.split("\n") if line.strip()]
    figures = zip(*rows, strict=True)
    return np.array([[[1.0 if dot == "#" else -1.0 for dot in row] for row in figure] for figure in figures])


class Memory:
    """Both layers, the weights between them, and what shows patterns to them."""

    def __init__(self, seed: int) -> None:
        below, above = letters(BELOW), letters(ABOVE)
        self.a, self.b = (stored.reshape(len(PAIRS), -1) for stored in (below, above))
        sl.setup(dt=1.0, seed=seed)
        self.cue_x = sl.TimedArray(rates=2.0 * self.a, schedule=1.0, name="cue_x")
        self.cue_y = sl.TimedArray(rates=self.b, schedule=1.0, name="cue_y")
        self.x = sl.Population(below.shape[1:], Below, name="x")
        self.y = sl.Population(above.shape[1:], Above, name="y")
        sl.Projection(self.cue_x, self.x, "cue").connect_one_to_one(1.0)
        sl.Projection(self.cue_y, self.y, "cue").connect_one_to_one(1.0)
        self.ff = sl.Projection(self.x, self.y, "forward", Outer, name="ff").connect_all_to_all(0.0)
        self.fb = sl.Transpose(self.ff, "back", name="fb")
        self.fb.connect()
        self.energy = sl.Transpose(self.ff, "energy", psp="-w * pre.r * post.r", name="energy")
        self.energy.connect()
        self.layers = sl.Monitor(self.x, ["r", "energy"]), sl.Monitor(self.y, "r")
        self.build = sl.compile(silent=True)

    def learn(self) -> None:
        """Show each pair for one step. It arrives a step later, which makes one step more than there are pairs."""
        sl.simulate(len(PAIRS) + 1.0)
        self.ff.disable_learning()
        self.cue_y.rates = np.zeros_like(self.b)
        moments = np.kron(
            np.eye(len(PAIRS)), np.array([[2.0], [1.0], [0.0]])
        )  # to take over, to hold, nothing
        starts = [float(k * TRIAL + moment) for k in range(len(PAIRS)) for moment in range(3)]
        self.cue_x.update(moments @ self.a, schedule=starts, period=float(len(PAIRS) * TRIAL))
        sl.simulate(1.0)  # the first cue is on its way
        for monitor in self.layers:
            monitor.reset()


class Recalls:
    """What became of `count` letters, shown in turns with a share `noise` of their pixels flipped.

    ``x`` and ``y`` have the shape (trial, step, neuron), ``energy`` has (trial, step).
    """

    def __init__(self, memory: Memory, noise: float, count: int) -> None:
        self.memory = memory
        memory.x.noise = noise
        sl.simulate(float(count * TRIAL))
        below, above = (monitor.get() for monitor in memory.layers)
        self.x = below["r"].reshape(count, TRIAL, -1)
        self.y = above["r"].reshape(count, TRIAL, -1)
        # What comes in a step is the energy of the step before; from the second on, x and y belong together.
        self.energy = below["energy"].reshape(count, TRIAL, -1).sum(axis=2)[:, 2:]
        self.letters = np.arange(count) % len(PAIRS)

    def successes(self, sign: float) -> NDArray[np.bool_]:
        """Which trials ended with the stored pair, or with its negative."""
        a, b = (sign * stored[self.letters] for stored in (self.memory.a, self.memory.b))
        same: NDArray[np.bool_] = (self.x[:, -1] == a).all(axis=1) & (self.y[:, -1] == b).all(axis=1)
        return same

    def rate(self, sign: float) -> float:
        """The share of successes."""
        return float(self.successes(sign).mean())

    def longest(self) -> int:
        """The trial that came to its end last, of those with success."""
        changes = np.count_nonzero(np.diff(self.energy, axis=1), axis=1)
        return int(np.argmax(np.where(self.successes(1.0), changes, -1)))


def exact_rates(a: Array, b: Array, levels: Array) -> Array:
    """The probability that a letter comes back as stored, at each level of noise, by going through all it can do.

    ``sgn(W x) = sgn(sum_k b_k (a_k . x))`` depends on the overlaps ``a_k . x`` alone, and so does all that follows.
    Pixels that are alike in all letters, but for a common sign, do the same to them, so that what counts is how
    many of each kind are flipped: some 100,000 cases, each with its binomial probability.
    """
    total = np.zeros(len(levels))
    columns = np.unique(b.T, axis=0).T
    for own_a, own_b in zip(a, b, strict=True):
        kinds, sizes = np.unique((a * own_a).T, axis=0, return_counts=True)
        flipped = np.stack(np.meshgrid(*(np.arange(n + 1) for n in sizes), indexing="ij"), axis=-1)
        overlaps = (sizes - 2 * flipped.reshape(-1, len(sizes))) @ kinds
        codes = (np.sign(overlaps @ columns) + 1.0) @ 3.0 ** np.arange(columns.shape[1])
        _, first, case = np.unique(codes, return_index=True, return_inverse=True)
        y = np.sign(overlaps[first] @ b)
        for _ in range(TRIAL // 2 - 1):
            x = np.sign(y @ b.T @ a)
            y = np.sign(x @ a.T @ b)
        stored = ((x == own_a).all(axis=1) & (y == own_b).all(axis=1))[case.ravel()]
        for n, level in enumerate(levels):
            chance = reduce(np.multiply.outer, [binom.pmf(np.arange(n + 1), n, level) for n in sizes])
            total[n] += chance.ravel()[stored].sum()
    return total / len(a)


def draw(path: Path, memory: Memory, trial: tuple[Array, Array], energies: Array, rates: Array) -> None:
    """What is stored, one recall step by step, the way of the energy, and how often recall succeeds."""
    figure = Figure(figsize=(11, 7.6), dpi=110, layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[1.1, 1]).flat
    stored, bouncing = above.subfigures(1, 2, squeeze=False, width_ratios=[1, 1.9]).flat
    stored.suptitle("The stored pairs")
    for k, places in enumerate(stored.subplots(2, len(PAIRS), height_ratios=[13, 9]).T):
        for place, image, letter, layer in zip(
            places, (memory.a[k], memory.b[k]), PAIRS[k], "xy", strict=True
        ):
            _show(place, image, f"{letter}, in {layer}")
    _draw_recall(bouncing, *trial)
    left, right = below.subplots(1, 2)
    _draw_energies(left, energies)
    _draw_rates(right, rates)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _show(axes: Axes, image: Array, title: str) -> None:
    shape = (13, 9) if image.size == 117 else (9, 7)
    axes.imshow(image.reshape(shape), cmap="gray_r", vmin=-1, vmax=1)
    axes.set_title(title, fontsize="medium")
    axes.set(xticks=[], yticks=[])


def _draw_recall(figure: SubFigure, x: Array, y: Array) -> None:
    figure.suptitle(f"A recall, {DRAWN:.0%} of the pixels flipped")
    moments = range(1, 6)
    for moment, (above, below) in zip(moments, figure.subplots(2, 5, height_ratios=[13, 9]).T, strict=True):
        _show(above, x[moment - 1], f"step {moment}")
        _show(below, y[moment - 1] if moment > 1 else np.zeros_like(y[0]), "")


def _draw_energies(axes: Axes, energies: Array) -> None:
    steps = np.arange(2, TRIAL)
    axes.plot(steps, energies.T / 1000.0, color="#2166ac", alpha=0.35, linewidth=1.0)
    axes.set(
        xlabel="step", ylabel="energy -y W x (thousands)", title=f"{len(energies)} recalls at {DRAWN:.0%}"
    )
    axes.spines[["top", "right"]].set_visible(False)


def _draw_rates(axes: Axes, rates: Array) -> None:
    exact, pairs, complements = rates
    axes.plot(LEVELS * 100.0, exact * 100.0, color="0.6", label="exact", zorder=0)
    axes.plot(LEVELS * 100.0, exact[::-1] * 100.0, color="0.6", zorder=0)
    axes.plot(LEVELS * 100.0, pairs * 100.0, "o", color="#2166ac", markersize=5, label="the pair")
    axes.plot(LEVELS * 100.0, complements * 100.0, "s", color="#b2182b", markersize=4, label="its negative")
    axes.set(xlabel="flipped pixels (%)", ylabel="recalled (%)", title="Recall")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center left")


def rates_of(found: dict[float, Recalls]) -> tuple[Array, Array]:
    """How often the pair came back at each level, and how often its negative."""
    pairs, negatives = ([recalls.rate(sign) for recalls in found.values()] for sign in (1.0, -1.0))
    return np.array(pairs), np.array(negatives)


def report_memory(memory: Memory) -> bool:
    """Build time, and what was learned; whether it is the sum of outer products, in one array."""
    how = "taken from the cache" if memory.build.cached else "generated, compiled and loaded"
    print(f"build time            {memory.build.seconds['total']:8.3f} s  ({how})")
    weights = memory.ff.array("w")
    copies = sum(not np.shares_memory(weights, other.array("w")) for other in (memory.fb, memory.energy))
    print(f"copies of the weights {copies:8d}    (three projections, one array)")
    difference = np.abs(memory.ff.connectivity_matrix() - memory.b.T @ memory.a).max()
    print(f"weights off by        {difference:8.1f}    from the sum of outer products")
    return copies == 0 and difference == 0.0


def report_recalls(found: dict[float, Recalls], exact: Array) -> bool:
    """What came back; whether the energy behaved, and all rates are near the exact ones."""
    pairs, negatives = rates_of(found)
    count = len(found[0.0].x)
    rises = sum(int((np.diff(recalls.energy, axis=1) > 0).sum()) for recalls in found.values())
    deviation = max(np.abs(pairs - exact).max(), np.abs(negatives - exact[::-1]).max())
    tolerance = 4.0 * 0.5 / count**0.5  # four standard errors of a rate of 1/2
    kept = round(pairs[0] * len(PAIRS))
    print(f"fixed points          {kept:8d}    of {len(PAIRS)} stored pairs")
    print(f"energy rises          {rises:8d}    in {count * len(found)} recalls")
    print("flipped (%)   recalled (%)   exact (%)")
    for level, pair, right in zip(LEVELS[::2], pairs[::2], exact[::2], strict=True):
        print(f"{level * 100:11.0f}{pair * 100:15.1f}{right * 100:12.1f}")
    at = LEVELS == DRAWN
    print(f"recalled at 40 %      {pairs[at][0]:8.4f}    exact: {exact[at][0]:.4f}")
    print(f"largest deviation     {deviation:8.4f}    of all levels; four standard errors: {tolerance:.4f}")
    return kept == len(PAIRS) and rises == 0 and bool(deviation <= tolerance)


def main() -> int:
    """Store, recall, report, draw. The exit code is 1 if a theorem or an exact number is missed."""
    parser = argparse.ArgumentParser(description="A bidirectional associative memory.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_TRIALS} recalls per level of noise")
    parser.add_argument("--out", type=Path, default=Path("bam.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    memory = Memory(arguments.seed)
    memory.learn()
    good = report_memory(memory)
    count = QUICK_TRIALS if arguments.quick else TRIALS
    start = time.perf_counter()
    found = {float(level): Recalls(memory, float(level), count) for level in LEVELS}
    seconds = time.perf_counter() - start
    exact = exact_rates(memory.a, memory.b, LEVELS)
    good = report_recalls(found, exact) and good
    print(f"steps per second      {count * len(LEVELS) * TRIAL / seconds:8.0f}")

    drawn = found[DRAWN]
    trial = drawn.x[drawn.longest()], drawn.y[drawn.longest()]
    draw(arguments.out, memory, trial, drawn.energy[:60], np.array([exact, *rates_of(found)]))
    print(f"picture               {arguments.out}")
    if not good:
        print("The memory does not do what the theory says.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

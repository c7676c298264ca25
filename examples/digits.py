"""Sixteen neurons learn to describe handwritten digits.

64 pixels send a digit through the projection ``ff`` to 16 features. ``fb``, the transpose of ``ff``, reads
the same weights backwards and brings to each pixel what the features make of it. A pixel's residual is the
difference, and the weights follow Oja's subspace rule

    dW = eta * y (x - W^T y)^T          x: the digit, y = W x: the features, W^T y: the reconstruction

until the features span the same space as the first 16 principal components of the data. NumPy hands over the
digits and keeps the score; everything else happens in the network.

    python examples/digits.py [--quick] [--out digits.png]

Source of the rule: Oja 1989, Int. J. Neural Systems 1, 61-68.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray
from sklearn.datasets import load_digits

import synloom as sl
from synloom.extensions.convolution import Transpose

Array = NDArray[np.float64]

RATE, DECAY = 0.025, 0.7  # learning rate per ms, and the part of it that is left after each round
ROUNDS, QUICK_ROUNDS = 6, 2  # how often all digits are shown
STEPS_PER_DIGIT = 2  # one step to the features, one back
REQUIRED = 0.97  # of the variance that PCA explains

Pixel = sl.Neuron(name="Pixel", parameters="r = 0.0", equations="residual = r - sum(reconstruction)")
Feature = sl.Neuron(name="Feature", equations="r = sum(image)")
Subspace = sl.Synapse(
    name="Subspace",
    parameters="eta = 0.0 : projection",
    equations="dw/dt = eta * post.r * pre.residual",
)


class DigitNetwork:
    """64 pixels, 16 features, and one array of weights between them, read in both directions."""

    def __init__(self) -> None:
        sl.setup(dt=1.0, seed=1)
        self.pixels = sl.Population(geometry=(8, 8), neuron=Pixel, name="pixels")
        self.features = sl.Population(geometry=(4, 4), neuron=Feature, name="features")
        self.ff = sl.Projection(self.pixels, self.features, target="image", synapse=Subspace, name="ff")
        self.ff.connect_all_to_all(weights=sl.Uniform(-0.1, 0.1))
        self.fb = Transpose(self.ff, target="reconstruction", name="fb")
        self.fb.connect()
        self.build = sl.compile(silent=True)

    def learn(self, digits: Array, rate: float) -> None:
        """Show each digit once. The weights change in its second step, when its reconstruction is back."""
        self.ff.eta = rate
        self.ff.enable_learning(period=STEPS_PER_DIGIT, offset=STEPS_PER_DIGIT - 1)
        for _ in self._show(digits):
            pass

    def reconstruct(self, digits: Array) -> Array:
        """What the transpose brings back for each digit while the weights rest. Shape (digits, 64)."""
        self.ff.disable_learning()
        residual = self.pixels.array("residual")
        return np.array([digit - residual.ravel() for digit in self._show(digits)])

    def _show(self, digits: Array) -> Iterator[Array]:
        image = self.pixels.array("r")  # live: writing here is all it takes to present a digit
        for digit in digits:
            image[...] = digit.reshape(image.shape)
            sl.simulate(STEPS_PER_DIGIT)
            yield digit


def explained_variance(digits: Array, reconstructions: Array) -> float:
    """Share of the variance of centred ``digits`` that their reconstructions explain."""
    return 1.0 - float(((digits - reconstructions) ** 2).sum() / (digits**2).sum())


def pca_optimum(digits: Array, components: int) -> float:
    """The best share that any linear code of so many numbers can reach (Eckart and Young 1936)."""
    energy = np.linalg.svd(digits, compute_uv=False) ** 2
    return float(energy[:components].sum() / energy.sum())


def draw(
    path: Path, network: DigitNetwork, digits: Array, mean: Array, scores: list[float], optimum: float
) -> None:
    """The learned fields, eight digits with their reconstructions, and the way there, as one PNG."""
    figure = Figure(figsize=(12, 6.2), dpi=120, layout="constrained")
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[1, 1.12]).flat
    _draw_fields(left, network)
    above, below = right.subfigures(2, 1, squeeze=False, height_ratios=[1.25, 1]).flat
    _draw_digits(above, network, digits, mean)
    _draw_scores(below, scores, optimum)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_fields(figure: SubFigure, network: DigitNetwork) -> None:
    figure.suptitle("16 learned fields: the weights of ff, and of its transpose")
    limit = np.abs(network.ff.array("w")).max()
    for axes, dendrite in zip(figure.subplots(4, 4).flat, network.ff.dendrites, strict=True):
        axes.imshow(dendrite.receptive_field(), cmap="RdBu_r", vmin=-limit, vmax=limit)
        axes.set_axis_off()


def _draw_digits(figure: SubFigure, network: DigitNetwork, digits: Array, mean: Array) -> None:
    figure.suptitle("What 16 numbers keep of 64 pixels")
    returned = network.reconstruct(digits)
    rows = {"digit": digits + mean, "returned": returned + mean, "residual": digits - returned}
    for axes, (name, images) in zip(figure.subplots(3, len(digits)), rows.items(), strict=True):
        signed = name == "residual"
        for place, image in zip(axes, images, strict=True):
            colours = "RdBu_r" if signed else "gray_r"
            place.imshow(image.reshape(8, 8), cmap=colours, vmin=-1.0 if signed else 0.0, vmax=1.0)
            place.set(xticks=[], yticks=[])
            place.spines[:].set_visible(False)
        axes[0].set_ylabel(name)


def _draw_scores(figure: SubFigure, scores: list[float], optimum: float) -> None:
    axes = figure.subplots()
    axes.axhline(optimum, color="0.4", linestyle="--", label=f"best possible (PCA): {optimum:.4f}")
    rounds = range(1, len(scores) + 1)
    axes.plot(rounds, scores, "o-", color="#b2182b", label=f"the network: {scores[-1]:.4f}")
    axes.set(xlabel="times all digits were shown", ylabel="explained variance", xticks=rounds)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False)


def steps_per_second(steps: int) -> float:
    """Speed of the network on its own, without a new digit from Python every other step."""
    start = time.perf_counter()
    sl.simulate(steps)
    return steps / (time.perf_counter() - start)


def report_build(build: sl.Build) -> None:
    """One line: was the compiler needed, and how long did it take."""
    seconds = build.seconds["total"]
    how = "taken from the cache" if build.cached else "generated, compiled and loaded"
    print(f"build time            {seconds:8.3f} s  ({how})")


def main() -> int:
    """Train, report, draw. The exit code is 1 if the network stayed below what it has to reach."""
    parser = argparse.ArgumentParser(description="Learn digits with a projection and its transpose.")
    parser.add_argument("--quick", action="store_true", help="show all digits twice instead of six times")
    parser.add_argument("--out", type=Path, default=Path("digits.png"), help="the picture to draw")
    arguments = parser.parse_args()

    raw = load_digits().data / 16.0
    mean = raw.mean(axis=0)
    digits = raw - mean
    optimum = pca_optimum(digits, components=16)

    network = DigitNetwork()
    report_build(network.build)

    rounds = QUICK_ROUNDS if arguments.quick else ROUNDS
    order = np.random.default_rng(1)
    scores: list[float] = []
    learning = 0.0
    for n in range(rounds):
        start = time.perf_counter()
        network.learn(order.permutation(digits), RATE * DECAY**n)
        learning += time.perf_counter() - start
        scores.append(explained_variance(digits, network.reconstruct(digits)))
        print(f"round {n + 1}               {scores[-1]:8.4f}    of the variance explained")
    ratio = scores[-1] / optimum

    steps = rounds * len(digits) * STEPS_PER_DIGIT
    print(f"explained variance    {scores[-1]:8.4f}")
    print(f"PCA optimum           {optimum:8.4f}")
    print(f"ratio                 {ratio:8.4f}")
    print(
        f"steps per second      {steps / learning:8.0f}    (learning, with a digit from Python every 2 steps)"
    )
    print(f"steps per second      {steps_per_second(100_000):8.0f}    (the network on its own)")
    draw(arguments.out, network, digits[:8], mean, scores, optimum)
    print(f"picture               {arguments.out}")

    if not arguments.quick and ratio < REQUIRED:
        print(f"The ratio is below {REQUIRED}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

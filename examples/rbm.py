"""A restricted Boltzmann machine learns digits, and dreams of some.

64 pixels and 12 hidden units, all stochastic and binary, with one array of weights between them: upwards it
is read by the projection ``ff``, downwards by its transpose ``fb``. A round takes four steps of the network:

    0   pixels take over a digit v0             (or keep what they have, when the network dreams)
    1   hidden units    h0 ~ p(h=1) = sigmoid(c + W v0)
    2   pixels          v1 ~ p(v=1) = sigmoid(b + W^T h0)
    3   hidden units    p1 = sigmoid(c + W v1), and all learn: contrastive divergence with one step back, CD-1

    dW = eta (h0 v0^T - p1 v1^T)        db = eta (v0 - v1)        dc = eta (h0 - p1)

With 12 hidden units the partition function is a sum over 4096 states, so the likelihood that learning is to raise is
a number that can be known exactly. Random numbers, phases and the rule are the network's; NumPy keeps the score.

    python examples/rbm.py [--quick] [--out rbm.png] [--seed 3]

Source: Hinton 2002, Training products of experts by minimizing contrastive divergence, Neural Comput. 14, 1771-1800,
with one step of alternating Gibbs sampling; here with one digit at a time and a rate that falls.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray
from scipy.special import expit, logsumexp
from sklearn.datasets import load_digits

import synloom as sl

Array = NDArray[np.float64]

HIDDEN = 12
ROUND = 4  # steps
TRAINED = 1500  # digits; those that follow are for the test
EPOCHS, QUICK_EPOCHS = 150, 15
RATE, LAST_RATE = 0.03, 0.002  # the learning rate falls from one to the other, by the same factor each time
DREAMS, QUICK_DREAMS = 50_000, 20_000  # rounds
GAIN, QUICK_GAIN = 5.0, 4.0  # nats per digit that the likelihood has to rise by

# The image of a round is there from its first step on, so that it arrives in the second: that one has phase 0.
Pixel = sl.Neuron(
    name="Pixel",
    parameters="dreaming = False : population, bool",
    equations="""
        phase = modulo(t + 3.0, 4) : population
        data = ite(phase == 0.0, ite(dreaming, r, sum(image)), data)
        p = 1.0 / (1.0 + exp(-b - sum(down)))
        sample = ite(Uniform(0.0, 1.0) < p, 1.0, 0.0)
        r = ite(phase == 0.0, data, ite(phase == 2.0, sample, r))
        b = ite(phase == 2.0, b + eta * (data - r), b)
    """,
)
Hidden = sl.Neuron(
    name="Hidden",
    equations="""
        phase = modulo(t + 3.0, 4) : population
        p = 1.0 / (1.0 + exp(-c - sum(up)))
        sample = ite(Uniform(0.0, 1.0) < p, 1.0, 0.0)
        r = ite(phase == 1.0, sample, r)
        c = ite(phase == 3.0, c + eta * (r - p), c)
    """,
)
Contrastive = sl.Synapse(name="Contrastive", equations="w += eta * (pre.data * post.r - pre.r * post.p)")


@dataclass(frozen=True)
class Machine:
    """The parameters of a machine, with its likelihood as a sum over all states of its hidden units."""

    w: Array  # (hidden, pixels)
    b: Array
    c: Array

    def states(self) -> Array:
        """All states of the hidden units. Shape (2^hidden, hidden)."""
        bits = np.arange(2 ** len(self.c))[:, None] >> np.arange(len(self.c))
        return (bits & 1).astype(float)

    def log_weights(self) -> Array:
        """The logarithm of the unnormalised probability of each hidden state, pixels summed out."""
        states = self.states()
        result: Array = states @ self.c + np.logaddexp(0.0, self.b + states @ self.w).sum(axis=1)
        return result

    def log_likelihood(self, images: Array) -> float:
        """The mean of log p(image), in nats."""
        free = images @ self.b + np.logaddexp(0.0, self.c + images @ self.w.T).sum(axis=1)
        return float(free.mean() - logsumexp(self.log_weights()))

    def pixel_means(self) -> Array:
        """The exact mean of each pixel under the model."""
        logs = self.log_weights()
        result: Array = np.exp(logs - logsumexp(logs)) @ expit(self.b + self.states() @ self.w)
        return result


class Network:
    """Pixels and hidden units around one array of weights."""

    def __init__(self, means: Array, seed: int) -> None:
        sl.setup(dt=1.0, seed=seed)
        self.eta = sl.Constant("eta", 0.0)
        self.images = sl.TimedArray(rates=np.zeros((1, 64)), schedule=float(ROUND), name="images")
        self.pixels = sl.Population((8, 8), Pixel, name="pixels")
        self.hidden = sl.Population(HIDDEN, Hidden, name="hidden")
        sl.Projection(self.images, self.pixels, "image").connect_one_to_one(1.0)
        self.ff = sl.Projection(self.pixels, self.hidden, "up", Contrastive, name="ff")
        self.ff.connect_all_to_all(sl.Normal(0.0, 0.1))
        self.fb = sl.Transpose(self.ff, "down", name="fb")
        self.fb.connect()
        self.pixels.b = np.log(means / (1.0 - means)).reshape(8, 8)
        self.seen = sl.Monitor(self.pixels, "p", period=ROUND, period_offset=ROUND - 1.0, start=False)
        self.build = sl.compile(silent=True)
        self.ff.enable_learning(period=ROUND, offset=0)

    def show(self, images: Array, eta: float) -> None:
        """One round with each image."""
        self.eta.set(eta)
        self.images.update(images, schedule=float(ROUND))
        sl.simulate(float(ROUND * len(images)))

    def reconstruct(self, images: Array) -> Array:
        """What comes back for each image, as probabilities."""
        self.seen.start()
        self.show(images, 0.0)
        self.seen.pause()
        return self._seen()

    def dream(self, rounds: int) -> Array:
        """Go on from the last image without any. The probabilities of all pixels in each round."""
        self.pixels.dreaming = True
        self.eta.set(0.0)
        self.seen.start()
        sl.simulate(float(ROUND * rounds))
        self.seen.pause()
        self.pixels.dreaming = False
        return self._seen()

    def _seen(self) -> Array:
        seen: Array = self.seen.get("p").reshape(-1, 64)
        return seen

    def machine(self) -> Machine:
        """The parameters as they are now."""
        return Machine(np.array(self.ff.connectivity_matrix()), self.pixels.b.ravel(), self.hidden.c)


@dataclass(frozen=True)
class Scores:
    """What is reported: likelihoods on the way, squared errors per pixel, and pixel means."""

    epochs: list[int]
    likelihoods: list[float]  # of the digits for the test
    independent: float  # the same of independent pixels
    errors: dict[str, float]
    exact_means: Array
    dreamt_means: Array

    @property
    def gain(self) -> float:
        """What learning brought, in nats per digit."""
        return self.likelihoods[-1] - self.independent

    @property
    def deviation(self) -> float:
        """Of the pixel means of dreams from the exact ones, root mean square."""
        return float(np.sqrt(((self.dreamt_means - self.exact_means) ** 2).mean()))


def digits(seed: int) -> tuple[Array, Array]:
    """Black and white digits to learn from, and for the test."""
    images = (load_digits().data > 7.5).astype(float)
    shuffled = np.random.default_rng(seed).permutation(images)
    return shuffled[:TRAINED], shuffled[TRAINED:]


def pca_error(train: Array, test: Array) -> float:
    """Squared error per pixel that as many principal components leave as there are hidden units."""
    mean = train.mean(axis=0)
    components = np.linalg.svd(train - mean, full_matrices=False)[2][:HIDDEN]
    left = (test - mean) - (test - mean) @ components.T @ components
    return float((left**2).mean())


def learn(
    network: Network, train: Array, test: Array, epochs: int, seed: int
) -> tuple[list[int], list[float]]:
    """Show all digits `epochs` times; the likelihood of those for the test, at thirty moments."""
    rng = np.random.default_rng(seed)
    moments, likelihoods = [0], [network.machine().log_likelihood(test)]
    for epoch in range(epochs):
        network.show(rng.permutation(train), RATE * (LAST_RATE / RATE) ** (epoch / (epochs - 1)))
        if (epoch + 1) % max(1, epochs // 30) == 0:
            moments.append(epoch + 1)
            likelihoods.append(network.machine().log_likelihood(test))
    return moments, likelihoods


def draw(path: Path, network: Network, test: Array, dreams: Array, scores: Scores) -> None:
    """Filters, digits with what comes back, dreams, the likelihood, and how well dreams keep to the model."""
    figure = Figure(figsize=(12, 7.0), dpi=100, layout="constrained")
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[1, 1.25]).flat
    filters, likelihood = left.subfigures(2, 1, squeeze=False, height_ratios=[1.15, 1]).flat
    images, means = right.subfigures(2, 1, squeeze=False, height_ratios=[1.15, 1]).flat
    _draw_filters(filters, network)
    _draw_likelihood(likelihood.subplots(), scores)
    _draw_images(images, network, test, dreams)
    _draw_means(means.subplots(1, 2, width_ratios=[1, 1]), scores)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_filters(figure: SubFigure, network: Network) -> None:
    figure.suptitle("Weights of the 12 hidden units, read in both directions")
    limit = np.abs(network.ff.array("w")).max() * 0.8
    for axes, dendrite in zip(figure.subplots(3, 4).flat, network.ff.dendrites, strict=True):
        axes.imshow(dendrite.receptive_field(), cmap="RdBu_r", vmin=-limit, vmax=limit)
        axes.set_axis_off()


def _draw_likelihood(axes: Axes, scores: Scores) -> None:
    axes.axhline(
        scores.independent, color="0.4", linestyle="--", label=f"independent pixels: {scores.independent:.2f}"
    )
    axes.plot(
        scores.epochs,
        scores.likelihoods,
        ".-",
        color="#b2182b",
        label=f"the machine: {scores.likelihoods[-1]:.2f}",
    )
    axes.set(xlabel="times all digits were shown", ylabel="log-likelihood (nats per digit)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center right", frameon=False)


def _draw_images(figure: SubFigure, network: Network, test: Array, dreams: Array) -> None:
    figure.suptitle("New digits, what comes back from 12 bits, and dreams")
    count = 7
    apart = len(dreams) // (count + 1)
    rows = {
        "digit": test[:count],
        "returned": network.reconstruct(test[:count]),
        "dream": dreams[apart::apart][:count],
    }
    for places, (name, images) in zip(figure.subplots(3, count), rows.items(), strict=True):
        for place, image in zip(places, images, strict=True):
            place.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0.0, vmax=1.0)
            place.set(xticks=[], yticks=[])
        places[0].set_ylabel(name)


def _draw_means(places: NDArray[np.object_], scores: Scores) -> None:
    bars, means = places
    names = list(scores.errors)
    bars.barh(names, list(scores.errors.values()), color=["0.75", "#b2182b", "#2166ac"])
    bars.invert_yaxis()
    bars.set(xlabel="squared error per pixel", title="Reconstruction")
    means.plot([0, 1], [0, 1], color="0.7", linewidth=1.0)
    means.plot(scores.exact_means, scores.dreamt_means, ".", color="#b2182b")
    means.set(xlabel="exact mean of a pixel", ylabel="mean of dreams", aspect="equal", title="64 pixels")
    for axes in (bars, means):
        axes.spines[["top", "right"]].set_visible(False)


def report(network: Network, scores: Scores, required: float) -> bool:
    """The numbers; whether learning brought what it had to."""
    shared = np.shares_memory(network.ff.array("w"), network.fb.array("w"))
    print(f"copies of the weights {0 if shared else 1:8d}    (two projections, one array)")
    print(f"independent pixels    {scores.independent:8.3f}    log-likelihood of new digits, nats per digit")
    print(f"untrained             {scores.likelihoods[0]:8.3f}")
    print(f"trained               {scores.likelihoods[-1]:8.3f}    exact: a sum over {2**HIDDEN} states")
    print(f"gain                  {scores.gain:8.3f}    required: {required}")
    for name, error in scores.errors.items():
        print(f"{'error, ' + name:<22}{error:8.4f}    per pixel")
    print(
        f"deviation of dreams   {scores.deviation:8.4f}    of pixel means from the exact ones, root mean square"
    )
    return bool(shared and scores.gain > required and scores.deviation < 0.03)


def main() -> int:
    """Train, report, draw. The exit code is 1 if the likelihood did not rise as it must."""
    parser = argparse.ArgumentParser(
        description="A restricted Boltzmann machine with contrastive divergence."
    )
    parser.add_argument("--quick", action="store_true", help=f"show all digits {QUICK_EPOCHS} times")
    parser.add_argument("--out", type=Path, default=Path("rbm.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=3)
    arguments = parser.parse_args()

    train, test = digits(arguments.seed)
    means = (train.sum(axis=0) + 0.5) / (len(train) + 1.0)
    network = Network(means, arguments.seed)
    how = "taken from the cache" if network.build.cached else "generated, compiled and loaded"
    print(f"build time            {network.build.seconds['total']:8.3f} s  ({how})")
    untrained = float(((test - network.reconstruct(test)) ** 2).mean())
    epochs = QUICK_EPOCHS if arguments.quick else EPOCHS
    start = time.perf_counter()
    moments, likelihoods = learn(network, train, test, epochs, arguments.seed)
    seconds = time.perf_counter() - start
    trained = float(((test - network.reconstruct(test)) ** 2).mean())
    dreams = network.dream(QUICK_DREAMS if arguments.quick else DREAMS)
    scores = Scores(
        epochs=moments,
        likelihoods=likelihoods,
        independent=float((test @ np.log(means) + (1.0 - test) @ np.log(1.0 - means)).mean()),
        errors={"untrained": untrained, "12 bits": trained, "12 numbers (PCA)": pca_error(train, test)},
        exact_means=network.machine().pixel_means(),
        dreamt_means=dreams.mean(axis=0),
    )
    good = report(network, scores, QUICK_GAIN if arguments.quick else GAIN)
    print(f"steps per second      {epochs * len(train) * ROUND / seconds:8.0f}")
    draw(arguments.out, network, test, dreams, scores)
    print(f"picture               {arguments.out}")
    if not good:
        print("The machine did not learn what it should.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

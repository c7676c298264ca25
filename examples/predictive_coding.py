"""A network explains photographs by what it expects, and learns from what it did not.

256 error units receive a patch of a photograph through a model of the retina, minus the prediction U r of 32
causes. The causes settle where the errors U^T e balance what is expected of them, and then U learns:

    e      = I - U r                              U r: through the transpose; U^T e: through the projection
    r     <- r + k (U^T e - g'(r))                g' = alpha r (Gaussian prior) or alpha r / (1 + r^2) (kurtotic)
    dU     = eta (e r^T - lambda U)               once per patch

One array holds U, which is all there is between the two layers. With a Gaussian prior everything is known: a
direction in which patches vary with deviation s is kept if s^2 > alpha lambda, at the cost of the variance
alpha lambda, and U has the singular value sqrt(s sqrt(alpha/lambda) - alpha). So the explained variance comes to
that of PCA minus a little. Fields have no form of their own then; with a kurtotic prior they become local and oriented.

    python examples/predictive_coding.py [--quick] [--out predictive_coding.png] [--seed 1]

Source: Rao and Ballard 1999, Predictive coding in the visual cortex, Nature Neurosci. 2, 79-87: dynamics and learning
of their methods for one level, with f(x) = x, 32 causes and patches of 16 x 16 pixels as there, and their two priors,
r^2 and log(1 + r^2). The closed form follows from the same equations with all derivatives set to 0.
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
from scipy.ndimage import gaussian_filter
from skimage import data

import synloom as sl

Array = NDArray[np.float64]

SIDE, CAUSES = 16, 32
SETTLE = 60  # steps per patch
PATCHES, QUICK_PATCHES = 80_000, 8_000  # shown
DISTINCT = 8_000  # patches that there are
TESTED = 300  # of them
PARTS = 10  # of the learning; the rate falls from one to the next
REQUIRED, QUICK_REQUIRED = 0.995, 0.98  # of the variance that the closed form promises
ORIENTED, QUICK_ORIENTED = 0.5, 0.2  # how oriented fields are to be with a kurtotic prior

Error = sl.Neuron(name="Error", equations="r = sum(image) - sum(prediction)")
Cause = sl.Neuron(
    name="Cause",
    parameters="k = 0.1 : population ; alpha = 0.1 : population ; kurtotic = False : population, bool",
    equations="r += k * (sum(error) - ite(kurtotic, alpha * r / (1.0 + r^2), alpha * r))",
)
Explained = sl.Synapse(
    name="Explained",
    parameters="eta = 0.0 : projection ; decay = 0.0 : projection",
    equations="w += eta * (pre.r * post.r - decay * w)",
)


@dataclass(frozen=True)
class Prior:
    """What is expected of causes, and with it the constants of the network."""

    name: str
    kurtotic: bool
    alpha: float
    decay: float
    k: float
    eta: float


GAUSSIAN = Prior("Gaussian", kurtotic=False, alpha=0.1, decay=0.1, k=0.1, eta=0.02)
KURTOTIC = Prior("kurtotic", kurtotic=True, alpha=2.0, decay=0.05, k=0.05, eta=0.03)


def patches(rng: np.random.Generator) -> Array:
    """Patches of a photograph as ganglion cells would send them. Shape (patch, pixel).

    The logarithm, a difference of Gaussians, a window, and the same contrast for all; those with least of it go.
    """
    light = np.log(data.camera() / 255.0 + 0.05)
    seen = (gaussian_filter(light, 0.8) - gaussian_filter(light, 2.4))[SIDE:-SIDE, SIDE:-SIDE]
    rows, columns = rng.integers(0, np.array([seen.shape]).T - SIDE, (2, 3 * DISTINCT))
    offsets = np.arange(SIDE)
    cut = seen[rows[:, None, None] + offsets[:, None], columns[:, None, None] + offsets]
    window = np.exp(-0.5 * ((offsets - (SIDE - 1) / 2.0) / 4.0) ** 2)
    cut = (cut * np.outer(window, window)).reshape(len(cut), -1)
    contrast = np.sqrt((cut**2).mean(axis=1))
    kept = np.flatnonzero(contrast > np.percentile(contrast, 30))[:DISTINCT]
    return 0.5 * cut[kept] / contrast[kept, None]


class Cortex:
    """Error units, causes, and one array of weights between them."""

    def __init__(self, prior: Prior, seed: int) -> None:
        sl.clear()
        sl.setup(dt=1.0, seed=seed)
        self.prior = prior
        self.images = sl.TimedArray(np.zeros((1, SIDE**2)), schedule=float(SETTLE), name="images")
        self.errors = sl.Population((SIDE, SIDE), Error, name="errors")
        self.causes = sl.Population(CAUSES, Cause, name="causes")
        self.causes.set({"k": prior.k, "alpha": prior.alpha, "kurtotic": prior.kurtotic})
        sl.Projection(self.images, self.errors, "image").connect_one_to_one(1.0)
        self.ff = sl.Projection(self.errors, self.causes, "error", Explained, name="ff")
        self.ff.connect_all_to_all(sl.Normal(0.0, 0.1))
        self.fb = sl.Transpose(self.ff, "prediction", name="fb")
        self.fb.connect()
        last = {"period": float(SETTLE), "period_offset": SETTLE - 1.0, "start": False}
        self.settled = sl.Monitor(self.errors, "r", **last), sl.Monitor(self.causes, "r", **last)
        self.settling = sl.Monitor(self.errors, "r", start=False)
        self.build = sl.compile(silent=True)
        self.ff.decay = prior.decay
        self.ff.enable_learning(period=float(SETTLE), offset=SETTLE - 1.0)

    def show(self, images: Array, eta: float) -> None:
        """Each image until the causes have settled, which is when the weights change."""
        self.ff.eta = eta
        self.images.update(images, schedule=float(SETTLE))
        sl.simulate(float(SETTLE * len(images)))

    def explain(self, images: Array) -> tuple[Array, Array]:
        """The errors that stay, shape (image, pixel), and the causes found, shape (image, cause)."""
        for monitor in self.settled:
            monitor.start()
        self.show(images, 0.0)
        for monitor in self.settled:
            monitor.pause()
        errors, causes = (monitor.get("r").reshape(len(images), -1) for monitor in self.settled)
        return errors, causes

    def settle(self, images: Array) -> Array:
        """The mean square of the errors in each step after an image appears, as a share of that of the images."""
        self.settling.start()
        self.show(images, 0.0)
        self.settling.pause()
        errors = self.settling.get("r").reshape(len(images), SETTLE, -1)
        # An image arrives in its second step.
        shares: Array = (errors**2).sum(axis=(0, 2))[1:] / (images**2).sum()
        return shares

    def fields(self) -> Array:
        """The columns of U as pictures. Shape (cause, row, column)."""
        return np.array(self.ff.connectivity_matrix()).reshape(CAUSES, SIDE, SIDE)


@dataclass(frozen=True)
class Result:
    """What a cortex came to."""

    prior: Prior
    build: sl.Build
    shared: bool  # one array for both directions
    fields: Array
    shown: list[int]  # patches until then
    explained: list[float]  # share of the variance of those tested
    total: float  # the same of all patches
    reconstructions: Array
    causes: Array
    settling: Array

    def kurtosis(self) -> float:
        """Of the activity of the causes; 3 if it is normal."""
        centred = self.causes - self.causes.mean(axis=0)
        return float(((centred**4).mean(axis=0) / (centred**2).mean(axis=0) ** 2).mean())

    def orientation(self) -> float:
        """How oriented the fields are, the median: 0 if their spectrum has no direction, 1 if it has but one."""
        power = np.abs(np.fft.fft2(self.fields, (64, 64))) ** 2
        frequency = np.fft.fftfreq(64)
        angle = np.arctan2(frequency[:, None], frequency)
        vector = (power * np.exp(2j * angle)).sum(axis=(1, 2)) / power.sum(axis=(1, 2))
        return float(np.median(np.abs(vector)))

    def extent(self) -> float:
        """The share of the pixels that a field covers, the median; all of the window would be 0.4."""
        squares = self.fields.reshape(CAUSES, -1) ** 2
        return float(np.median(squares.sum(axis=1) ** 2 / (squares**2).sum(axis=1) / squares.shape[1]))


@dataclass(frozen=True)
class Theory:
    """What the Gaussian prior leads to, from the deviations of the patches along their principal components."""

    deviations: Array

    def pca(self) -> float:
        """The best share of the variance that any linear code of so many numbers explains."""
        return float((self.deviations[:CAUSES] ** 2).sum() / (self.deviations**2).sum())

    def explained(self) -> float:
        """The share where all derivatives are 0."""
        kept = np.maximum(self.deviations[:CAUSES] ** 2 - GAUSSIAN.alpha * GAUSSIAN.decay, 0.0)
        return float(kept.sum() / (self.deviations**2).sum())

    def singular_values(self) -> Array:
        """Of the weights, there."""
        squares = self.deviations[:CAUSES] * np.sqrt(GAUSSIAN.alpha / GAUSSIAN.decay) - GAUSSIAN.alpha
        return np.sqrt(np.maximum(squares, 0.0))


def theory(images: Array) -> Theory:
    """The theory for these patches."""
    moments = np.linalg.eigvalsh(images.T @ images / len(images))[::-1]
    return Theory(np.sqrt(np.maximum(moments, 0.0)))


def explained_variance(images: Array, errors: Array) -> float:
    """The share of the squares of `images` that is not in `errors`."""
    return 1.0 - float((errors**2).sum() / (images**2).sum())


def train(prior: Prior, images: Array, count: int, seed: int) -> Result:
    """Show `count` patches, in random order, while the rate falls; then see what was learned."""
    cortex = Cortex(prior, seed)
    rng = np.random.default_rng(seed)
    order = np.concatenate([rng.permutation(len(images)) for _ in range(-(-count // len(images)))])[:count]
    shown, explained = [0], [explained_variance(images[:TESTED], cortex.explain(images[:TESTED])[0])]
    for part, ranks in enumerate(np.array_split(order, PARTS)):
        cortex.show(images[ranks], prior.eta * (1.0 - part / PARTS) ** 2)
        shown.append(shown[-1] + len(ranks))
        explained.append(explained_variance(images[:TESTED], cortex.explain(images[:TESTED])[0]))
    errors, causes = cortex.explain(images)
    return Result(
        prior=prior,
        build=cortex.build,
        shared=np.shares_memory(cortex.ff.array("w"), cortex.fb.array("w")),
        fields=cortex.fields(),
        shown=shown,
        explained=explained,
        total=explained_variance(images, errors),
        reconstructions=images - errors,
        causes=causes,
        settling=cortex.settle(images[:100]),
    )


def draw(path: Path, images: Array, gaussian: Result, kurtotic: Result, expected: Theory) -> None:
    """The fields of both cortices, patches and what is made of them, and three curves."""
    figure = Figure(figsize=(12, 7.6), dpi=90, layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[1.0, 0.9]).flat
    fields = above.subfigures(1, 2, squeeze=False, wspace=0.04).flat
    for part, result in zip(fields, (gaussian, kurtotic), strict=True):
        _draw_fields(part, result)
    patches_part, curves = below.subfigures(1, 2, squeeze=False, width_ratios=[1, 1.5]).flat
    _draw_patches(patches_part, images, kurtotic)
    learning, settling, spectrum = curves.subplots(1, 3)
    _draw_learning(learning, gaussian, kurtotic, expected)
    _draw_settling(settling, gaussian, kurtotic)
    _draw_spectrum(spectrum, gaussian, expected)
    for axes in (learning, settling, spectrum):
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize="small", loc="lower right" if axes is learning else "upper right")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_fields(figure: SubFigure, result: Result) -> None:
    figure.suptitle(f"32 fields, {result.prior.name} prior")
    for axes, field in zip(figure.subplots(4, 8).flat, result.fields, strict=True):
        limit = np.abs(field).max()
        axes.imshow(field, cmap="RdBu_r", vmin=-limit, vmax=limit)
        axes.set_axis_off()


def _draw_patches(figure: SubFigure, images: Array, result: Result) -> None:
    count = 6
    figure.suptitle("Patches, as explained with the kurtotic prior")
    returned = result.reconstructions[:count]
    rows = {"patch": images[:count], "expected": returned, "error": images[:count] - returned}
    for places, (name, pictures) in zip(figure.subplots(3, count), rows.items(), strict=True):
        for place, picture in zip(places, pictures, strict=True):
            place.imshow(picture.reshape(SIDE, SIDE), cmap="gray", vmin=-1.5, vmax=1.5)
            place.set(xticks=[], yticks=[])
        places[0].set_ylabel(name)


def _draw_learning(axes: Axes, gaussian: Result, kurtotic: Result, expected: Theory) -> None:
    axes.axhline(expected.pca(), color="0.3", linestyle="--", linewidth=1.0, label="PCA")
    for result, colour in ((gaussian, "#2166ac"), (kurtotic, "#b2182b")):
        shown = np.array(result.shown[1:]) / 1000.0
        axes.plot(shown, result.explained[1:], ".-", color=colour, label=result.prior.name)
    axes.set(xlabel="patches shown (thousands)", ylabel="explained variance", title="Learning")


def _draw_settling(axes: Axes, gaussian: Result, kurtotic: Result) -> None:
    for result, colour in ((gaussian, "#2166ac"), (kurtotic, "#b2182b")):
        axes.plot(np.arange(1, SETTLE), result.settling, color=colour, label=result.prior.name)
    axes.set(
        xlabel="step after a new patch", ylabel="error / patch (squares)", title="Settling", ylim=(0, None)
    )


def _draw_spectrum(axes: Axes, gaussian: Result, expected: Theory) -> None:
    ranks = np.arange(1, CAUSES + 1)
    found = np.linalg.svd(gaussian.fields.reshape(CAUSES, -1), compute_uv=False)
    axes.plot(ranks, expected.singular_values(), color="0.5", label="closed form")
    axes.plot(ranks, found, ".", color="#2166ac", label="learned")
    axes.set(xlabel="rank", ylabel="singular value of U", title="Gaussian prior", ylim=(0, None))


def report(gaussian: Result, kurtotic: Result, expected: Theory, required: tuple[float, float]) -> bool:
    """The numbers; whether they are what theory and paper say."""
    copies = sum(not result.shared for result in (gaussian, kurtotic))
    ratio = gaussian.total / expected.explained()
    found = np.linalg.svd(gaussian.fields.reshape(CAUSES, -1), compute_uv=False)
    deviation = float(np.abs(found / expected.singular_values() - 1.0).mean())
    print(f"copies of the weights {copies:8d}    (two projections, one array)")
    print(f"explained, Gaussian   {gaussian.total:8.4f}    of the variance of all patches")
    print(f"closed form           {expected.explained():8.4f}")
    print(f"PCA optimum           {expected.pca():8.4f}    for {CAUSES} components")
    print(f"ratio                 {ratio:8.4f}    to the closed form")
    print(f"singular values       {deviation:8.4f}    mean relative deviation from the closed form")
    print(f"explained, kurtotic   {kurtotic.total:8.4f}")
    for result in (gaussian, kurtotic):
        name = result.prior.name
        print(
            f"{'orientation, ' + name:<22}{result.orientation():8.4f}    of fields, median; 1: all of one direction"
        )
        print(f"{'extent, ' + name:<22}{result.extent():8.4f}    of fields, median share of the patch")
        print(f"{'kurtosis, ' + name:<22}{result.kurtosis():8.4f}    of the causes; normal: 3")
    sparse = kurtotic.kurtosis() > max(3.0, gaussian.kurtosis()) and kurtotic.orientation() > required[1]
    return copies == 0 and required[0] < ratio < 1.01 and deviation < 0.1 and sparse


def main() -> int:
    """Train, report, draw. The exit code is 1 if theory and network disagree."""
    parser = argparse.ArgumentParser(description="Predictive coding of photographs.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_PATCHES} patches for each prior")
    parser.add_argument("--out", type=Path, default=Path("predictive_coding.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    images = patches(np.random.default_rng(arguments.seed))
    expected = theory(images)
    count = QUICK_PATCHES if arguments.quick else PATCHES
    start = time.perf_counter()
    gaussian, kurtotic = (train(prior, images, count, arguments.seed) for prior in (GAUSSIAN, KURTOTIC))
    seconds = time.perf_counter() - start
    build = gaussian.build
    how = "taken from the cache" if build.cached else "generated, compiled and loaded"
    print(f"build time            {build.seconds['total']:8.3f} s  ({how})")
    required = (QUICK_REQUIRED, QUICK_ORIENTED) if arguments.quick else (REQUIRED, ORIENTED)
    good = report(gaussian, kurtotic, expected, required)
    steps = 2 * SETTLE * (count + (PARTS + 1) * TESTED + DISTINCT)
    print(f"steps per second      {steps / seconds:8.0f}")
    draw(arguments.out, images, gaussian, kurtotic, expected)
    print(f"picture               {arguments.out}")
    if not good:
        print("The network did not come to what theory says.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

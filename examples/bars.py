"""Sixteen units find the sixteen bars that all pictures are made of.

Each picture, 8 by 8 pixels, holds each of 8 horizontal and 8 vertical bars with a probability of 1/8; where
they cross nothing is added. Units y settle with an input q x, inhibition w between each other and a threshold s, and
learn from the outputs r = (y > 1/2) that they reach:

    tau dy_i/dt = f(sum_j q_ij x_j + sum_j w_ij y_j - s_i) - y_i        f(u) = 1 / (1 + exp(-10 u))
    q_ij += beta r_i (x_j - q_ij)              Hebbian
    w_ij -= alpha (r_i r_j - p^2),  w <= 0     anti-Hebbian: what fires together is torn apart
    s_i  += gamma (r_i - p)                    each unit is to fire for one picture in eight

In the end each unit stands for a bar of its own, though it never sees one alone. Its weights are the probabilities
of each pixel given the bar: 1 on it, and 1 - (1 - p)^2 = 0.234 elsewhere, where one parallel and one crossing bar may
be. The mean activity of a unit is p but for what its threshold moved, exactly; two units fire together with p^2.

    python examples/bars.py [--quick] [--out bars.png] [--seed 1]

Source: Foldiak 1990, Forming sparse representations by local anti-Hebbian learning, Biol. Cybern. 64, 165-170:
equations 1 to 4 and the experiment on lines (p = 1/8, alpha = 0.1, beta = gamma = 0.02; thresholds first learn alone
with gamma = 0.1, for 100 pictures).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray

import synloom as sl

Array = NDArray[np.float64]

SIDE, P = 8, 1 / 8
BARS = np.zeros((2 * SIDE, SIDE, SIDE))
BARS[np.arange(SIDE), np.arange(SIDE), :] = 1.0
BARS[SIDE + np.arange(SIDE), :, np.arange(SIDE)] = 1.0
UNITS = len(BARS)
STEPS = 60  # of 1 ms for each picture
ROUND = 100  # pictures between two counts of the bars that are represented
PICTURES, QUICK_PICTURES = 10_000, 3_000
STAGES = (0, 400, 1200)  # after so many pictures the fields are kept for the picture

Bar = sl.Neuron(
    name="Bar",
    parameters="p = 0.125 : population ; steps = 60 : population",
    equations="r = ite(modulo(t, steps) == 0, ite(Uniform(0.0, 1.0) < p, 1.0, 0.0), r)",
)
Pixel = sl.Neuron(name="Pixel", equations="r = min(sum(bars), 1.0)")
Unit = sl.Neuron(
    name="Unit",
    parameters="""
        p = 0.125 : population ; steps = 60 : population
        gamma = 0.1 : population ; tau = 5.0 : population
    """,
    equations="""
        tau * dy/dt = 1.0 / (1.0 + exp(-10.0 * (sum(retina) + sum(lateral) - s))) - y
        r = ite(y > 0.5, 1.0, 0.0)
        s += ite(modulo(t, steps) == steps - 1, gamma * (r - p), 0.0)
    """,
)
Hebbian = sl.Synapse(
    name="Hebbian",
    parameters="beta = 0.02 : projection",
    equations="w += beta * post.r * (pre.r - w)",
)
AntiHebbian = sl.Synapse(
    name="AntiHebbian",
    parameters="alpha = 0.1 : projection ; p = 0.125 : projection",
    equations="w -= alpha * (pre.r * post.r - p^2) : max = 0.0",
    psp="w * pre.y",
)


class Retina:
    """Bars, pixels and units, and what they were at the end of each picture."""

    def __init__(self, seed: int) -> None:
        network = self.network = sl.Network(dt=1.0, seed=seed)
        bars = network.create(UNITS, Bar, name="bars")
        pixels = network.create((SIDE, SIDE), Pixel, name="pixels")
        self.units = network.create(UNITS, Unit, name="units")
        network.connect(bars, pixels, "bars").connect_from_matrix(BARS.reshape(UNITS, -1).T)
        first = np.random.default_rng(seed).uniform(0.0, 1.0, (UNITS, SIDE * SIDE))
        self.q = network.connect(pixels, self.units, "retina", Hebbian)
        self.q.connect_from_matrix(first / np.linalg.norm(first, axis=1, keepdims=True))
        self.w = network.connect(self.units, self.units, "lateral", AntiHebbian)
        self.w.connect_all_to_all(weights=0.0, force_multiple_weights=True)
        last = {"period": float(STEPS), "period_offset": float(STEPS - 1)}
        self.records = [network.monitor(population, "r", **last) for population in (bars, self.units)]
        self.build = network.compile(silent=True)
        self.stages: dict[int, Array] = {}
        self.found: list[int] = []

    def settle(self) -> None:
        """Thresholds alone find a place for the first weights."""
        self.q.disable_learning()
        self.w.disable_learning()
        self.show(100)
        self.units.gamma = 0.02
        for projection in (self.q, self.w):
            projection.enable_learning(period=STEPS, offset=STEPS - 1)

    def show(self, pictures: int) -> tuple[Array, Array]:
        """Show so many pictures. Which bars they had, and which units fired: (pictures, 16) each."""
        self.network.simulate(pictures * STEPS)
        bars, units = (np.asarray(record.get("r")) for record in self.records)
        return bars, units

    def learn(self, pictures: int) -> Array:
        """Show pictures, keep stages, and count. The mean activity of the units in each round."""
        activity = []
        self.found.append(len(set(self.choice().tolist()) - {-1}))
        for shown in range(0, pictures, ROUND):
            if shown in STAGES:
                self.stages[shown] = self.fields()
            activity.append(self.show(ROUND)[1].mean(axis=0))
            self.found.append(len(set(self.choice().tolist()) - {-1}))
        self.stages[pictures] = self.fields()
        return np.array(activity)

    def fields(self) -> Array:
        return np.asarray(self.q.connectivity_matrix()).reshape(UNITS, SIDE, SIDE)

    def choice(self) -> NDArray[np.int64]:
        """The bar of each unit: where weights are larger by 1/2 than elsewhere; -1 if there is none."""
        fields = self.fields().reshape(UNITS, -1)
        masks = BARS.reshape(UNITS, -1)
        contrast = fields @ (masks / SIDE - (1.0 - masks) / (SIDE * (SIDE - 1))).T
        return np.where(contrast.max(axis=1) > 0.5, contrast.argmax(axis=1), -1)


def draw(path: Path, retina: Retina, activity: Array, sample: tuple[Array, Array]) -> None:
    """The fields at four stages; pictures and what the units say; bars found, activity, and lateral weights."""
    figure = Figure(figsize=(11, 7.2), dpi=100, layout="constrained")
    above, middle, below = figure.subfigures(3, 1, squeeze=False, height_ratios=[1.25, 0.85, 1.2]).flat
    parts = above.subfigures(1, len(retina.stages), squeeze=False, wspace=0.06).flat
    for part, (pictures, fields) in zip(parts, sorted(retina.stages.items()), strict=True):
        part.suptitle(f"fields after {pictures} pictures", fontsize=10)
        for axes, field in zip(part.subplots(4, 4, gridspec_kw={"wspace": 0.05}).flat, fields, strict=True):
            axes.imshow(field, cmap="gray_r", vmin=0.0, vmax=1.0)
            axes.set(xticks=[], yticks=[])
    _draw_sample(middle, retina, *sample)
    found, active, lateral = below.subplots(1, 3, width_ratios=[1.2, 1.2, 1.0])
    shown = np.arange(len(retina.found)) * ROUND
    found.step(shown, retina.found, where="post", color="#2166ac", linewidth=1.6)
    found.axhline(UNITS, color="0.6", linestyle="--", linewidth=0.9)
    found.set(
        xlabel="pictures",
        ylabel="bars represented",
        xlim=(0, 3000),
        ylim=(0, UNITS + 1),
        yticks=range(0, 17, 4),
    )
    active.plot(shown[1:], activity, color="#92c5de", linewidth=0.5)
    active.plot(shown[1:], activity.mean(axis=1), color="#2166ac", linewidth=1.6, label="mean of all units")
    active.axhline(P, color="k", linestyle="--", linewidth=0.9, label="p = 1/8")
    active.set(xlabel="pictures", ylabel="activity per 100 pictures", xlim=(0, 3000), ylim=(0, 0.3))
    active.legend(frameon=False, fontsize=9, loc="lower right")
    for axes in (found, active):
        axes.spines[["top", "right"]].set_visible(False)
    _draw_lateral(lateral, retina)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_sample(figure: SubFigure, retina: Retina, bars: Array, units: Array) -> None:
    figure.suptitle("pictures, and the bars of the units that fire", fontsize=10)
    choice = retina.choice()
    busy = np.flatnonzero(bars.sum(axis=1) >= 2)[:12]
    places = figure.subplots(2, len(busy))
    for column, index in zip(places.T, busy, strict=True):
        said = BARS[choice[units[index] > 0]]
        for axes, parts in zip(column, (BARS[bars[index] > 0], said), strict=True):
            axes.imshow(np.minimum(parts.sum(axis=0), 1.0), cmap="gray_r", vmin=0.0, vmax=1.2)
            axes.set(xticks=[], yticks=[])
    places[0, 0].set_ylabel("shown")
    places[1, 0].set_ylabel("said")


def _draw_lateral(axes: Axes, retina: Retina) -> None:
    order = np.argsort(retina.choice())
    weights = np.asarray(retina.w.connectivity_matrix())[np.ix_(order, order)]
    image = axes.imshow(weights, cmap="magma", vmax=0.0)
    axes.figure.colorbar(image, ax=axes, label="lateral weight")
    axes.set(xlabel="unit, by its bar", ylabel="unit", xticks=[0, 8], yticks=[0, 8])


def main() -> int:
    """Learn, report, draw. The exit code is 1 if a bar has no unit or units are not active as they should be."""
    parser = argparse.ArgumentParser(description="Sparse codes by anti-Hebbian learning.")
    parser.add_argument("--quick", action="store_true", help="3000 pictures instead of 10 000")
    parser.add_argument("--out", type=Path, default=Path("bars.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1, help="of the pictures and the first weights")
    arguments = parser.parse_args()

    retina = Retina(arguments.seed)
    print(f"build time            {retina.build.seconds['total']:8.3f} s")
    retina.settle()
    thresholds, pictures = np.array(retina.units.s), QUICK_PICTURES if arguments.quick else PICTURES
    activity = retina.learn(pictures)
    moved = (np.array(retina.units.s) - thresholds) / retina.units.gamma / pictures
    balance = float(np.abs(activity.mean(axis=0) - P - moved).max())
    bars, units = retina.show(2000)
    choice, masks = retina.choice(), BARS.astype(bool)
    fields = retina.fields()
    on = np.mean([field[masks[bar]].mean() for field, bar in zip(fields, choice, strict=True)])
    off = np.mean([field[~masks[bar]].mean() for field, bar in zip(fields, choice, strict=True)])
    together = (units.T @ units / len(units))[~np.eye(UNITS, dtype=bool)].mean()
    print(f"bars represented      {retina.found[-1]:8d}    (of {UNITS})")
    print(f"all found after       {retina.found.index(max(retina.found)) * ROUND:8d}    pictures")
    print(f"mean activity         {units.mean():8.4f}    (target {P})")
    print(f"threshold balance     {balance:8.1e}    (activity - p - what the thresholds moved; 0)")
    print(f"fire together         {together:8.4f}    (mean of all pairs; p^2 = {P * P:.4f})")
    print(f"weights on the bar    {on:8.4f}    (probability of such a pixel given the bar: 1)")
    print(f"weights elsewhere     {off:8.4f}    (1 - (1 - p)^2 = {1 - (1 - P) ** 2:.4f})")
    print(
        f"bits that are right   {(units == bars[:, choice]).mean():8.4f}    (of 2000 pictures with 16 bars each)"
    )
    draw(arguments.out, retina, activity, (bars, units))
    print(f"picture               {arguments.out}")
    if retina.found[-1] < UNITS or abs(units.mean() - P) > 0.01 or balance > 1e-9:
        print("Some bars are not represented, or the activity is not p.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

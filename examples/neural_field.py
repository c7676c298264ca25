"""A neural field keeps its eye on one moving spot among others that look the same; and a field that is understood.

A field is a sheet of neurons with a state u(x, t), which excite their neighbours and inhibit everybody else:

    tau du/dt = -u + h + integral w(x - y) f(u(y)) dy + input        w: a difference of two Gaussians

First, in two dimensions: a spot goes round in a circle. Noise hides it, and three distractors of its size and
brightness jump about. The brightest pixel is rarely it, but the bump of activity that it once started stays with it.
Stimuli, field and the neuron that reads the centre of the bump are all equations of one network.

Second, in one dimension and without input, for a step function f, where the width a of a bump is known: with
W(a) = integral of w from 0 to a it solves W(a) = -h. Of two solutions, the wide bump is stable, and
the narrow one decides which bumps grow and which die.

    python examples/neural_field.py [--quick] [--out neural_field.png] [--seed 1]

Source: Amari 1977, Dynamics of pattern formation in lateral-inhibition type neural fields, Biol. Cybern. 27, 77-87, for
W(a) + h = 0 and the stability; the task is that of Rougier and Vitay 2006, Emergence of attention within a neural
population, Neural Networks 19, 573-581, with other constants.
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
from scipy.optimize import brentq, minimize_scalar
from scipy.special import erf

import synloom as sl

Array = NDArray[np.float64]

SIDE = 40  # cells of the field; coordinates go from 0 to 1
SPREAD = 0.08  # of a spot, its standard deviation
PERIOD = 3000.0  # ms once round the circle
ONSET = 200.0  # ms that the field has to find the spot before the distractors come
ROUNDS, QUICK_ROUNDS = 2, 1
EVERY = 20.0  # ms between two pictures
ON_TARGET = 0.9  # the share of the time that the bump has to be on the spot

CELLS = 801  # of the field in one dimension
EXCITATION, INHIBITION = (20.0, 0.05), (8.0, 0.12)  # amplitude and standard deviation
RESTS = np.linspace(-0.45, -0.15, 7)  # values of h
DRAWN = -0.3

DISTRACTORS = "\n".join(
    f"""
        x{k} = ite(modulo(t, 90) == {30 * k}, Uniform(0.1, 0.9), x{k}) : population
        y{k} = ite(modulo(t, 90) == {30 * k}, Uniform(0.1, 0.9), y{k}) : population
    """
    for k in range(3)
)
SPOTS = " + ".join(f"spot(x - x{k}, y - y{k}, spread)" for k in range(3))
Retina = sl.Neuron(
    name="Retina",
    parameters="""
        x = 0.0
        y = 0.0
        spread = 0.08 : population
        period = 3000.0 : population    # ms
        onset = 200.0 : population      # ms
        noise = 0.5 : population
    """,
    equations=f"""
        cx = 0.5 + 0.3 * cos(2 * pi * t / period) : population
        cy = 0.5 + 0.3 * sin(2 * pi * t / period) : population
        {DISTRACTORS}
        distractors = ite(t > onset, {SPOTS}, 0.0)
        r = min(1.0, spot(x - cx, y - cy, spread) + distractors) + Normal(0.0, noise)
    """,
    functions="spot(dx, dy, s) = exp(-(dx^2 + dy^2) / (2 * s^2))",
)
Field = sl.Neuron(
    name="Field",
    parameters="tau = 10.0 : population ; h = -0.1 : population",
    equations="tau * du/dt = -u + h + sum(lateral) + sum(input) : explicit ; r = clip(u, 0.0, 1.0)",
)
Centre = sl.Neuron(
    name="Centre",
    equations="""
        r = sum(mass)
        x = ite(r > 0.1, sum(x) / r, 0.5)
        y = ite(r > 0.1, sum(y) / r, 0.5)
    """,
)
Amari = sl.Neuron(
    name="Amari",
    parameters="tau = 10.0 : population ; h = -0.3 : population",
    equations="tau * du/dt = -u + h + sum(lateral) : exponential ; r = ite(u > 0.0, 1.0, 0.0)",
)


@dataclass(frozen=True)
class Tracking:
    """A run of the field in two dimensions. One row per ms, or one per picture."""

    goal: Array  # (ms, 2)
    found: Array  # (ms, 2)
    inputs: Array  # (picture, row, column)
    field: Array
    build: sl.Build

    @property
    def errors(self) -> Array:
        """The distance from the bump to the spot, once there are distractors."""
        return np.hypot(*(self.found - self.goal).T)[int(ONSET) :]

    @property
    def brightest_errors(self) -> Array:
        """The distance from the brightest pixel to the spot, in the same time."""
        rows, columns = np.unravel_index(
            self.inputs.reshape(len(self.inputs), -1).argmax(axis=1), (SIDE, SIDE)
        )
        goal = self.goal[:: int(EVERY)]
        distance = np.hypot(columns / (SIDE - 1.0) - goal[:, 0], rows / (SIDE - 1.0) - goal[:, 1])
        return distance[int(ONSET / EVERY) :]


def track(duration: float, seed: int) -> Tracking:
    """Let the field follow the spot."""
    sl.setup(dt=1.0, seed=seed, precision="float")
    retina = sl.Population((SIDE, SIDE), Retina, name="retina")
    field = sl.Population((SIDE, SIDE), Field, name="field")
    centre = sl.Population(1, Centre, name="centre")
    places = np.linspace(0.0, 1.0, SIDE)
    x, y = np.meshgrid(places, places)
    retina.set({"x": x, "y": y, "spread": SPREAD, "period": PERIOD, "onset": ONSET})
    sl.Projection(retina, field, "input").connect_one_to_one(1.0)
    lateral = sl.Projection(field, field, "lateral")
    lateral.connect_dog(0.1, SPREAD, 0.06, 1.0, limit=0.0, allow_self_connections=True)
    for target, weights in (("mass", np.ones_like(x)), ("x", x), ("y", y)):
        sl.Projection(field, centre, target).connect_from_matrix(weights.reshape(1, -1))
    goal, found = sl.Monitor(retina, ["cx", "cy"]), sl.Monitor(centre, ["x", "y"])
    pictures = [sl.Monitor(layer, "r", period=EVERY) for layer in (retina, field)]
    build = sl.compile(silent=True)
    sl.simulate(duration)
    inputs, activity = (monitor.get("r").reshape(-1, SIDE, SIDE) for monitor in pictures)
    return Tracking(
        goal=np.column_stack([np.ravel(values) for values in goal.get().values()]),
        found=np.column_stack([np.ravel(values) for values in found.get().values()]),
        inputs=inputs,
        field=activity,
        build=build,
    )


def integral(a: Array | float) -> Array | float:
    """W(a), the integral of the lateral weights from 0 to a."""
    return sum(
        sign * amplitude * sigma * np.sqrt(np.pi / 2.0) * erf(a / sigma / np.sqrt(2.0))
        for sign, (amplitude, sigma) in ((1.0, EXCITATION), (-1.0, INHIBITION))
    )


def bump(x: Array, a: Array | float, h: Array | float) -> Array:
    """The state of a bump of width a at 0.5 that drives itself."""
    return integral(x - 0.5 + a / 2.0) - integral(x - 0.5 - a / 2.0) + h


def widest_narrow() -> float:
    """Where W is largest: narrow solutions are below, wide ones above."""
    return float(minimize_scalar(lambda a: -integral(a), bounds=(0.0, 0.4), method="bounded").x)


def solutions(h: float) -> tuple[float, float]:
    """The two widths with W(a) = -h: that of the unstable bump, and that of the stable one."""
    top = widest_narrow()
    narrow = brentq(lambda a: integral(a) + h, 0.0, top)
    return float(narrow), float(brentq(lambda a: integral(a) + h, top, 1.0))


class Line:
    """The field in one dimension, with a step function."""

    def __init__(self) -> None:
        sl.clear()
        sl.setup(dt=1.0, precision="double")
        self.x = np.linspace(0.0, 1.0, CELLS)
        self.field = sl.Population(CELLS, Amari, name="line")
        between = self.x[1]
        (plus, near), (minus, far) = EXCITATION, INHIBITION
        lateral = sl.Projection(self.field, self.field, "lateral")
        lateral.connect_dog(
            plus * between, near, minus * between, far, limit=0.0, allow_self_connections=True
        )
        sl.compile(silent=True)

    def develop(self, width: float, h: float, duration: float) -> float:
        """The width that a bump has after `duration` ms."""
        self.field.h = h
        self.field.u = bump(self.x, width, -integral(width))
        self.field.r = (self.field.u > 0.0).astype(float)
        sl.simulate(duration)
        return self.width()

    def width(self) -> float:
        """The distance between the places where u is 0, between cells by interpolation; 0 if there are none."""
        u = self.field.u
        active = np.flatnonzero(u > 0.0)
        if not active.size:
            return 0.0
        left, right = active[0], active[-1]
        before, after = u[left] / (u[left] - u[left - 1]), u[right] / (u[right] - u[right + 1])
        return float((right - left + before + after) * self.x[1])

    def threshold(self, h: float) -> float:
        """The width below which bumps die, to half a cell."""
        low, high = 0.0, widest_narrow()
        while high - low > 0.5 * self.x[1]:
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.develop(middle, h, 300.0) == 0.0 else (low, middle)
        return (low + high) / 2.0


@dataclass(frozen=True)
class Widths:
    """Widths of bumps on the line, as found and as they should be, one per value of h; and one state u(x)."""

    stable: Array
    thresholds: Array
    exact: Array  # (h, 2): narrow, wide
    x: Array
    state: Array

    def bounds(self) -> Array:
        """How far off widths may be because there are cells. Same shape as ``exact``.

        An edge stays between two cells as long as what drives it is less than what u changes by from one to the
        next: ``|da w(a)| < dx (w(0) - w(a)) / 2``. A symmetric bump has an odd number of cells, which makes a cell
        more on either side, and the threshold is found to half a cell.
        """
        inside, at_edge = lateral_weight(np.zeros_like(self.exact)), lateral_weight(self.exact)
        cell = self.x[1]
        bounds: Array = cell * (1.5 + np.abs((inside - at_edge) / at_edge) / 2.0)
        return bounds


def lateral_weight(distance: Array) -> Array:
    """w, as a density."""
    (plus, near), (minus, far) = EXCITATION, INHIBITION
    weight: Array = plus * np.exp(-0.5 * (distance / near) ** 2) - minus * np.exp(
        -0.5 * (distance / far) ** 2
    )
    return weight


def measure() -> Widths:
    """Widths of bumps for all resting levels."""
    line = Line()
    exact = np.array([solutions(h) for h in RESTS])
    stable = np.array([line.develop(a * 1.3, h, 1000.0) for (_, a), h in zip(exact, RESTS, strict=True)])
    thresholds = np.array([line.threshold(h) for h in RESTS])
    line.develop(solutions(DRAWN)[1], DRAWN, 1000.0)
    return Widths(stable, thresholds, exact, line.x, line.field.u)


def draw(path: Path, tracking: Tracking, widths: Widths) -> None:
    """Inputs and field at some moments, the path, the errors, and the widths of bumps with their theory."""
    figure = Figure(figsize=(12, 7.6), dpi=85, layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[1.15, 1]).flat
    moments, way = above.subfigures(1, 2, squeeze=False, width_ratios=[1.75, 1]).flat
    _draw_moments(moments, tracking)
    _draw_path(way.subplots(), tracking)
    errors, states, branches = below.subplots(1, 3, width_ratios=[1.2, 1, 1])
    _draw_errors(errors, tracking)
    _draw_state(states, widths)
    _draw_branches(branches, widths)
    for axes in (errors, states, branches):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_moments(figure: SubFigure, tracking: Tracking) -> None:
    figure.suptitle("What there is to see (spot: circle), and the field")
    chosen = np.array([0.04, 0.3, 0.5, 0.7, 0.9]) * PERIOD / EVERY
    for (above, below), picture in zip(figure.subplots(2, len(chosen)).T, chosen.astype(int), strict=True):
        extent = (-0.5 / (SIDE - 1), 1.0 + 0.5 / (SIDE - 1)) * 2
        above.imshow(
            tracking.inputs[picture], cmap="gray", vmin=-1.0, vmax=2.0, origin="lower", extent=extent
        )
        below.imshow(tracking.field[picture], cmap="magma", vmin=0.0, vmax=1.0, origin="lower", extent=extent)
        for axes in (above, below):
            axes.plot(
                *tracking.goal[int(picture * EVERY)], "o", color="#67a9cf", fillstyle="none", markersize=13
            )
            axes.set(xticks=[], yticks=[])
        above.set_title(f"{picture * EVERY:.0f} ms", fontsize="medium")


def _draw_path(axes: Axes, tracking: Tracking) -> None:
    axes.plot(*tracking.goal.T, color="0.6", linewidth=5.0, alpha=0.6, label="spot")
    axes.plot(*tracking.found[int(ONSET) :].T, color="#b2182b", linewidth=0.9, label="centre of the bump")
    axes.set(
        xlim=(0, 1), ylim=(0, 1), aspect="equal", xlabel="x (of the field)", ylabel="y", title="The path"
    )
    axes.legend(frameon=False, loc="upper left", fontsize="small")


def _draw_errors(axes: Axes, tracking: Tracking) -> None:
    times = np.arange(len(tracking.errors)) + ONSET
    axes.plot(
        times[:: int(EVERY)],
        tracking.brightest_errors,
        ".",
        color="0.6",
        markersize=4,
        label="brightest pixel",
    )
    axes.plot(times, tracking.errors, color="#b2182b", linewidth=1.0, label="bump")
    axes.axhline(SPREAD, color="0.3", linestyle="--", linewidth=1.0, label="size of the spot")
    axes.set(xlabel="time (ms)", ylabel="distance from the spot", title="Tracking", ylim=(0, 1.0))
    axes.legend(frameon=False, loc="upper right", fontsize="small")


def _draw_state(axes: Axes, widths: Widths) -> None:
    narrow, wide = solutions(DRAWN)
    axes.axhline(0.0, color="0.8", linewidth=1.0)
    axes.plot(widths.x, bump(widths.x, wide, DRAWN), color="0.6", linewidth=4.0, label="stable, closed form")
    axes.plot(widths.x, widths.state, color="#2166ac", linewidth=1.2, label="field")
    axes.plot(widths.x, bump(widths.x, narrow, DRAWN), "--", color="0.5", linewidth=1.0, label="unstable")
    axes.set(
        xlabel="x (of the field)",
        ylabel="u",
        title=f"A bump that lasts, h = {DRAWN}",
        xlim=(0.2, 0.8),
        ylim=(-0.75, 1.15),
    )
    axes.legend(frameon=False, loc="upper left", fontsize="small")


def _draw_branches(axes: Axes, widths: Widths) -> None:
    levels = np.linspace(RESTS[0] - 0.02, RESTS[-1] + 0.03, 100)
    narrow, wide = np.array([solutions(h) for h in levels]).T
    axes.plot(levels, wide, color="0.5", label="W(a) = -h, stable")
    axes.plot(levels, narrow, "--", color="0.5", label="W(a) = -h, unstable")
    axes.plot(RESTS, widths.stable, "o", color="#2166ac", markersize=5, label="width of a bump")
    axes.plot(RESTS, widths.thresholds, "s", color="#b2182b", markersize=4, label="least width that lasts")
    axes.set(xlabel="resting level h", ylabel="width a (of the field)", title="Amari 1977", ylim=(0, 0.36))
    axes.legend(frameon=False, loc="upper left", fontsize="small")


def report_tracking(tracking: Tracking) -> bool:
    """How well the bump followed; whether that is well enough."""
    cell = 1.0 / (SIDE - 1)
    error, share = float(np.median(tracking.errors)), float((tracking.errors < SPREAD).mean())
    brightest = float((tracking.brightest_errors < SPREAD).mean())
    how = "taken from the cache" if tracking.build.cached else "generated, compiled and loaded"
    print(f"build time            {tracking.build.seconds['total']:8.3f} s  ({how})")
    print(
        f"tracking error        {error:8.4f}    of the field, median; a cell: {cell:.4f}, the spot: {SPREAD}"
    )
    print(f"on the spot           {share:8.3f}    of the time; required: {ON_TARGET}")
    print(f"brightest pixel       {brightest:8.3f}    of the time is on the spot")
    return share > ON_TARGET and error < 2.0 * cell


def report_widths(widths: Widths) -> bool:
    """Widths, and whether they are as near to theory as cells allow."""
    print("h         stable (theory)      threshold (theory)")
    rows = zip(RESTS, widths.stable, widths.thresholds, widths.exact, strict=True)
    for h, stable, threshold, (narrow, wide) in rows:
        print(f"{h:5.2f}    {stable:7.4f} ({wide:.4f})       {threshold:7.4f} ({narrow:.4f})")
    found = np.column_stack([widths.thresholds, widths.stable])
    relative = np.abs(found - widths.exact) / widths.bounds()
    drawn = int(np.argmin(np.abs(RESTS - DRAWN)))
    print(f"width at h = {DRAWN}     {widths.stable[drawn]:8.4f}    Amari: {widths.exact[drawn, 1]:.4f}")
    print(f"threshold there       {widths.thresholds[drawn]:8.4f}    Amari: {widths.exact[drawn, 0]:.4f}")
    print(f"largest deviation     {relative.max():8.3f}    of what cells of {widths.x[1]:.5f} allow")
    return bool(relative.max() < 1.0)


def main() -> int:
    """Track, measure, report, draw. The exit code is 1 if the field loses the spot, or theory and widths disagree."""
    parser = argparse.ArgumentParser(description="Dynamic neural fields.")
    parser.add_argument("--quick", action="store_true", help="one round instead of two")
    parser.add_argument("--out", type=Path, default=Path("neural_field.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    duration = (QUICK_ROUNDS if arguments.quick else ROUNDS) * PERIOD
    start = time.perf_counter()
    tracking = track(duration, arguments.seed)
    seconds = time.perf_counter() - start - tracking.build.seconds["total"]
    good = report_tracking(tracking)
    print(f"steps per second      {duration / seconds:8.0f}")
    widths = measure()
    good = report_widths(widths) and good
    draw(arguments.out, tracking, widths)
    print(f"picture               {arguments.out}")
    if not good:
        print("The field did not do what it should.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

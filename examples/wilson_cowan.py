"""Two populations that excite and inhibit each other: switches with a memory, and oscillations.

    tau dE/dt = -E + (k_e - E) S_e(c1 E - c2 I + P)        S(x) = 1 / (1 + exp(-a (x - theta))) - 1 / (1 + exp(a theta))
    tau dI/dt = -I + (k_i - I) S_i(c3 E - c4 I)            k = 1 - 1 / (1 + exp(a theta)), the largest S

E and I are the parts of both populations that fire, P is the drive from outside. With the numbers of figure 4 of the
paper the pair has two stable states for some P, and remembers which it was in; with those of figure 11 it oscillates.
Each P is a pair of neurons; 241 pairs run side by side. The linearised equations say at which P states vanish or lose
their stability, and how fast the oscillation is where it ends: NumPy solves them for comparison. In steps of dt a
deviation with the eigenvalue z grows by |1 + z dt|, so that the network oscillates up to a slightly larger P.

    python examples/wilson_cowan.py [--quick] [--out wilson_cowan.png]

Source: Wilson and Cowan 1972, Excitatory and inhibitory interactions in localized populations of model neurons,
Biophys. J. 12, 1-24: equations 11, 12 and 15, figures 4, 5 and 11, with refractory periods of 1. The unit of time is
tau, 8 ms here.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import synloom as sl

Array = NDArray[np.float64]

DT, TAU = 0.005, 8.0  # ms
PAIRS, QUICK_PAIRS = 241, 81

Part = sl.Neuron(
    name="Part",
    parameters="""
        tau = 8.0 : population ; a = 1.0 : population ; theta = 1.0 : population
        P = 0.0                      # reached after `ramp` ms from P + extra
        extra = 0.0
        ramp = 1.0 : population
        since = 0.0 : population     # ms, from when on maxima are counted
    """,
    functions="S(x, a, theta) = 1.0 / (1.0 + exp(-a * (x - theta))) - 1.0 / (1.0 + exp(a * theta))",
    equations="""
        k = 1.0 - 1.0 / (1.0 + exp(a * theta)) : population
        x = sum(exc) - sum(inh) + P + extra * (1.0 - min(t / ramp, 1.0))^2
        was = slope
        before = r
        tau * dr/dt = -r + (k - r) * S(x, a, theta)
        slope = r - before
        peak = t >= since and was > 0.0 and slope <= 0.0 : bool
        peaks += peak : int
        first = ite(peak and peaks == 1, t, first)
        last = ite(peak, t, last)
        top = ite(t < since, r, max(top, r))
        bottom = ite(t < since, r, min(bottom, r))
    """,
)


@dataclass(frozen=True)
class Case:
    """The numbers of one figure: couplings, and slope and threshold of both populations."""

    c1: float
    c2: float
    c3: float
    c4: float
    a_e: float
    theta_e: float
    a_i: float
    theta_i: float

    def fixed_points(self) -> tuple[Array, Array, Array, Array]:
        """P, E, I of all states of rest, in order of E, and the eigenvalue of largest real part, in 1/ms."""
        k_e, k_i = (
            1.0 - 1.0 / (1.0 + np.exp(a * b)) for a, b in ((self.a_e, self.theta_e), (self.a_i, self.theta_i))
        )
        E = np.linspace(2e-4, k_e**2 / (1.0 + k_e) - 1e-6, 20_000)  # below the largest E there is
        low, high = np.full_like(E, -0.5), np.full_like(E, 0.5)
        for _ in range(80):  # the nullcline of I, by bisection
            inhibition = (low + high) / 2.0
            y = self.c3 * E - self.c4 * inhibition
            rises = (k_i - inhibition) * sigmoid(y, self.a_i, self.theta_i) > inhibition
            low, high = np.where(rises, inhibition, low), np.where(rises, high, inhibition)
        part = E / (k_e - E) + 1.0 / (1.0 + np.exp(self.a_e * self.theta_e))
        x = self.theta_e - np.log(1.0 / part - 1.0) / self.a_e
        s_e, s_i = sigmoid(x, self.a_e, self.theta_e), sigmoid(y, self.a_i, self.theta_i)
        d_e, d_i = (
            (k_e - E) * steepness(x, self.a_e, self.theta_e),
            (k_i - inhibition) * steepness(y, self.a_i, self.theta_i),
        )
        A, B = -1.0 - s_e + self.c1 * d_e, -self.c2 * d_e
        C, D = self.c3 * d_i, -1.0 - s_i - self.c4 * d_i
        root = np.sqrt(((A - D) ** 2 / 4.0 + B * C).astype(complex))
        return x - self.c1 * E + self.c2 * inhibition, E, inhibition, ((A + D) / 2.0 + root) / TAU


FIGURE_4 = Case(12.0, 4.0, 13.0, 11.0, 1.2, 2.8, 1.0, 4.0)
FIGURE_11 = Case(16.0, 12.0, 15.0, 3.0, 1.3, 4.0, 2.0, 3.7)
SHOWN = 1.25  # P of the oscillation in figure 11


def sigmoid(x: Array, a: float, theta: float) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-a * (x - theta))) - 1.0 / (1.0 + np.exp(a * theta)))


def steepness(x: Array, a: float, theta: float) -> Array:
    s = 1.0 / (1.0 + np.exp(-a * (x - theta)))
    return np.asarray(a * s * (1.0 - s))


def folds(case: Case) -> tuple[float, float]:
    """Where P has a maximum and a minimum along the states of rest: two of them meet there."""
    P, *_ = case.fixed_points()
    turns = np.flatnonzero(np.diff(np.sign(np.diff(P)))) + 1
    return float(P[turns[0]]), float(P[turns[1]])


def hopf(case: Case, dt: float = 0.0) -> tuple[float, float]:
    """The P up to which the uppermost state of rest is unstable, and the frequency there in Hz; also in steps of dt."""
    P, _, _, value = case.fixed_points()
    growth = value.real if dt == 0.0 else np.log(np.abs(1.0 + value * dt)) / dt
    turning = value.imag if dt == 0.0 else np.angle(1.0 + value * dt) / dt
    at = np.flatnonzero((growth[:-1] > 0.0) & (growth[1:] <= 0.0) & (value.imag[:-1] > 0.0))[-1]
    part = growth[at] / (growth[at] - growth[at + 1])
    return float(P[at] + part * (P[at + 1] - P[at])), float(1e3 * turning[at] / (2.0 * np.pi))


class Pairs:
    """Pairs of neurons E and I with the numbers of a case, one pair for each P."""

    def __init__(self, case: Case, P: Array, extra: float = 0.0, ramp: float = 1.0, name: str = "") -> None:
        self.P = P
        network = self.network = sl.Network(dt=DT, seed=1)
        self.E = network.create(len(P), Part, name="E")
        self.I = network.create(len(P), Part, name="I")
        links = (
            (self.E, self.E, "exc"),
            (self.I, self.E, "inh"),
            (self.E, self.I, "exc"),
            (self.I, self.I, "inh"),
        )
        for (pre, post, target), weight in zip(links, (case.c1, case.c2, case.c3, case.c4), strict=True):
            projection = network.connect(pre, post, target)
            projection.connect_one_to_one(weights=weight, force_multiple_weights=True)
        self.build = network.compile(silent=True)
        self.E.a, self.E.theta, self.I.a, self.I.theta = case.a_e, case.theta_e, case.a_i, case.theta_i
        self.E.P, self.E.extra, self.E.ramp = P, extra, ramp

    def run(self, duration: float, counted: float) -> None:
        """Maxima and extremes are those of the last `counted` ms."""
        self.E.since = duration - counted
        self.network.simulate(duration)
        self.top, self.bottom = np.asarray(self.E.top), np.asarray(self.E.bottom)
        self.amplitude = self.top - self.bottom
        peaks, first, last = (np.asarray(getattr(self.E, name)) for name in ("peaks", "first", "last"))
        moving = (peaks > 2) & (self.amplitude > 1e-3)
        self.frequency = np.where(moving, 1e3 * (peaks - 1) / np.maximum(last - first, DT), 0.0)


def traces(P: float) -> tuple[Array, ...]:
    """E and I of one pair over 200 ms, each 0.05 ms."""
    pair = Pairs(FIGURE_11, np.array([P]))
    records = [pair.network.monitor(part, "r", period=0.05) for part in (pair.E, pair.I)]
    pair.network.simulate(200.0)
    return tuple(np.asarray(record.get("r"))[:, 0] for record in records)


def end_of_oscillation(pairs: Pairs) -> tuple[float, float]:
    """The P at which the square of the amplitude, linear near the end, reaches 0, and the frequency there in Hz."""
    slope, offset = np.polyfit(pairs.P, pairs.amplitude**2, 1)
    return float(-offset / slope), float(np.polyval(np.polyfit(pairs.P, pairs.frequency, 1), -offset / slope))


def draw(path: Path, up: Pairs, down: Pairs, wide: Pairs, shown: tuple[Array, ...]) -> None:
    """Hysteresis; the oscillation in time and in the plane; its extremes and its frequency by P."""
    figure = Figure(figsize=(11.4, 6.8), dpi=100, layout="constrained")
    above, below = figure.subplots(2, 3)
    _draw_hysteresis(above[0], up, down)
    e, i = shown
    time = np.arange(len(e)) * 0.05
    above[1].plot(time, e, color="#b2182b", label="E")
    above[1].plot(time, i, color="#2166ac", label="I")
    above[1].set(xlabel="time (ms)", ylabel="part that fires", xlim=(0, 150), ylim=(0, 0.35))
    above[1].set_title(f"figure 11: P = {SHOWN}", fontsize=10)
    above[1].legend(frameon=False, fontsize=9, loc="upper right", ncols=2)
    _draw_plane(above[2], e, i)
    _draw_extremes(below[0], wide)
    below[1].plot(wide.P, wide.frequency, ".", color="#762a83", markersize=3.0)
    at, frequency = hopf(FIGURE_11)
    below[1].plot(at, frequency, "k*", markersize=11, label="linearised")
    below[1].set(xlabel="P", ylabel="frequency (Hz)", xlim=(0.8, 2.2), ylim=(-2, 65))
    below[1].set_title("frequency", fontsize=10)
    below[1].legend(frameon=False, fontsize=9, loc="upper left")
    _draw_eigenvalue(below[2], at)
    for axes in (*above, *below):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_hysteresis(axes: Axes, up: Pairs, down: Pairs) -> None:
    P, E, _, value = FIGURE_4.fixed_points()
    axes.plot(np.where(value.real < 0.0, P, np.nan), E, color="0.6", linewidth=4.0, label="stable")
    axes.plot(np.where(value.real < 0.0, np.nan, P), E, "--", color="0.6", linewidth=1.2, label="unstable")
    axes.plot(up.P, up.top, color="#1b7837", linewidth=1.3, label="P rising")
    axes.plot(down.P, down.top, color="#b2182b", linewidth=1.3, label="P falling")
    axes.set(xlabel="P", ylabel="E", xlim=(-0.8, 0.8), ylim=(0, 0.55))
    axes.set_title("figure 4: two states, and a memory", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def _draw_plane(axes: Axes, e: Array, i: Array) -> None:
    P, E, inhibition, _ = FIGURE_11.fixed_points()
    # At the same E another P is made up for by I: c2 (I - I0) = P - P0 on the nullcline of E
    other = inhibition + (SHOWN - P) / FIGURE_11.c2
    axes.plot(E, other, "--", color="#b2182b", linewidth=1.0, label="dE/dt = 0")
    axes.plot(E, inhibition, "--", color="#2166ac", linewidth=1.0, label="dI/dt = 0")
    axes.plot(e, i, color="k", linewidth=1.2)
    axes.set(xlabel="E", ylabel="I", xlim=(0, 0.5), ylim=(0, 0.5))
    axes.set_title("the same in the plane", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def _draw_extremes(axes: Axes, wide: Pairs) -> None:
    P, E, _, value = FIGURE_11.fixed_points()
    axes.plot(np.where(value.real < 0.0, P, np.nan), E, color="k", linewidth=1.4, label="rest, stable")
    axes.plot(np.where(value.real < 0.0, np.nan, P), E, "k--", linewidth=0.9, label="rest, unstable")
    moving = wide.amplitude > 1e-3
    for extreme in (wide.top, wide.bottom):
        axes.plot(wide.P[moving], extreme[moving], ".", color="#762a83", markersize=3.0)
    axes.plot([], [], ".", color="#762a83", label="extremes of E")
    axes.set(xlabel="P", ylabel="E", xlim=(0.8, 2.2), ylim=(0, 0.42))
    axes.set_title("rest and oscillation", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def _draw_eigenvalue(axes: Axes, at: float) -> None:
    P, E, _, value = FIGURE_11.fixed_points()
    upper = np.argmin(P[E > 0.08]) + np.flatnonzero(E > 0.08)[0]
    axes.axhline(0.0, color="0.7", linewidth=0.8)
    axes.axvline(at, color="0.7", linewidth=0.8)
    axes.plot(P[upper:], value.real[upper:], color="k", label="growth (1/ms)")
    axes.plot(P[upper:], value.imag[upper:] / (2.0 * np.pi), color="#762a83", label="frequency (kHz)")
    axes.set(xlabel="P", ylabel="of small deviations", xlim=(0.8, 2.2), ylim=(-0.02, 0.085))
    axes.set_title("the linearised pair near its upper state", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="center right")


def main() -> int:
    """Run, report, draw. The exit code is 1 if states do not change where the linearised equations say so."""
    parser = argparse.ArgumentParser(description="Hysteresis and oscillations of two populations.")
    parser.add_argument("--quick", action="store_true", help="81 pairs instead of 241")
    parser.add_argument("--out", type=Path, default=Path("wilson_cowan.png"), help="the picture to draw")
    arguments = parser.parse_args()
    pairs = QUICK_PAIRS if arguments.quick else PAIRS

    up = Pairs(FIGURE_4, np.linspace(-0.8, 0.8, pairs), extra=-3.0, ramp=200.0)
    print(f"build time            {up.build.seconds['total']:8.3f} s")
    up.run(600.0, counted=50.0)
    down = Pairs(FIGURE_4, np.linspace(-0.8, 0.8, pairs), extra=3.0, ramp=200.0)
    down.run(600.0, counted=50.0)
    fold = folds(FIGURE_4)
    rises, falls = (float(p.P[np.argmax(p.top > 0.25)]) for p in (up, down))
    apart = f"pairs are {1.6 / (pairs - 1):.3f} apart"
    print(f"switches on at P      {rises:8.4f}    (state vanishes at {fold[0]:.4f}; {apart})")
    print(f"switches off below P  {falls:8.4f}    (state vanishes at {fold[1]:.4f})")
    wide = Pairs(FIGURE_11, np.linspace(0.8, 2.2, pairs), extra=-1.0, ramp=200.0)
    wide.run(2500.0, counted=500.0)
    begins = float(wide.P[np.argmax(wide.amplitude > 0.1)])
    print(f"oscillates from P     {begins:8.4f}    (state vanishes at {folds(FIGURE_11)[0]:.4f})")
    near = Pairs(FIGURE_11, np.linspace(1.82, 1.86, 9), extra=-0.3, ramp=100.0)
    near.run(4000.0, counted=500.0)
    (at, frequency), (in_steps, _) = hopf(FIGURE_11), hopf(FIGURE_11, DT)
    ends, fastest = end_of_oscillation(near)
    print(f"oscillates up to P    {ends:8.4f}    (Hopf point {at:.4f}, in steps of {DT} ms {in_steps:.4f})")
    print(f"frequency there       {fastest:8.3f} Hz (linearised {frequency:.3f} Hz)")
    draw(arguments.out, up, down, wide, traces(SHOWN))
    print(f"picture               {arguments.out}")
    if abs(ends - in_steps) > 0.005 or abs(fastest / frequency - 1.0) > 0.01 or abs(rises - fold[0]) > 0.03:
        print("States do not change where the linearised equations say so.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

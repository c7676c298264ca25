"""Eight ways to fire, by one neuron of two equations: the adaptive exponential integrate-and-fire neuron.

    C dv/dt = -gL (v - EL) + gL DT exp((v - VT) / DT) - w + I        a spike at v > 0 mV:  v = Vr,  w += b
    tau_w dw/dt = a (v - EL) - w

Nine numbers decide how it answers a step of current. Each pattern is verified by the length of the cycle that its
intervals settle in: 1 for regular firing, the number of spikes in a burst, 0 where firing stops, and none at all
for the irregular one, which is chaotic. There a start that differs by a millionth of a mV ends elsewhere.

The smallest current that makes the neuron fire for ever, if it is approached slowly, has a closed form: the resting
state vanishes (saddle-node) where a/gL < tau_m/tau_w, and else loses its stability before that (Hopf),

    I = (gL + a) (VT - EL - DT + DT ln(1 + a/gL))                                        saddle-node
    I = (gL + a) (VT - EL - DT + DT ln(1 + tau_m/tau_w)) + DT gL (a/gL - tau_m/tau_w)    Hopf

It is compared with that of 121 neurons for each set, whose currents are 0.05 pA apart. (At a = -gL there is none.)

    python examples/adex_patterns.py [--quick] [--out adex_patterns.png]

Source: Naud, Marcille, Clopath and Gerstner 2008, Firing patterns in the adaptive exponential integrate-and-fire
model, Biol. Cybern. 99, 335-347: equations 1 to 3, table 1 and figure 4, the rheobase of section 2. The exponential is
bounded above VT + 10 DT, where a spike is 10 us from its end.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import synloom as sl

Array = NDArray[np.float64]

NAMES = ("C", "gL", "EL", "VT", "DT", "a", "tau_w", "b", "Vr", "I")  # pF, nS, mV, mV, mV, nS, ms, pA, mV, pA
PATTERNS: dict[str, tuple[float, ...]] = {
    "tonic": (200, 10, -70, -50, 2, 2, 30, 0, -58, 500),
    "adaptation": (200, 12, -70, -50, 2, 2, 300, 60, -58, 500),
    "initial burst": (130, 18, -58, -50, 2, 4, 150, 120, -50, 400),
    "regular bursting": (200, 10, -58, -50, 2, 2, 120, 100, -46, 210),
    "delayed accelerating": (200, 12, -70, -50, 2, -10, 300, 0, -58, 300),
    "delayed bursting": (100, 10, -65, -50, 2, -10, 90, 30, -47, 110),
    "transient": (100, 10, -65, -50, 2, 10, 90, 100, -47, 180),
    "irregular": (100, 12, -60, -50, 2, -11, 130, 30, -48, 160),
}
# Spikes in the cycle that is reached at last: 0 for silence, -1 for no cycle of up to 20
CYCLES = dict(zip(PATTERNS, (1, 1, 1, 2, 1, 4, 0, -1), strict=True))
DT, ONSET, TWIN = 0.005, 50.0, 1e-6  # ms, ms, mV
SECONDS, QUICK_SECONDS = 10.0, 4.0
SHOWN = 450.0  # ms in the picture
RESETS = (-49.2, -46.8)  # mV, for the bifurcation diagram
RAMP, HOLD, GRID = 8000.0, 22000.0, np.linspace(-3.0, 3.0, 121)  # ms, ms, pA around the closed form

AdEx = sl.Neuron(
    name="AdEx",
    parameters="\n".join(f"{name} = 1.0" for name in NAMES)
    + "\nonset = 0.0 : population\nramp = 0.0 : population",
    equations="""
        step = ite(ramp > 0.0, 1.0 - (1.0 - min(t / max(ramp, dt), 1.0))^3, t >= onset) : population
        C * dv/dt = -gL * (v - EL) + gL * DT * exp(min((v - VT) / DT, 10.0)) - w + I * step : rk4
        tau_w * dw/dt = a * (v - EL) - w : rk4
        count = count : int
    """,
    spike="v > 0.0",
    reset="v = Vr ; w += b ; count += 1",
)


def equip(neurons: sl.Population, copies: int) -> None:
    """Give each set of the table to `copies` neurons, one set after the other; they start from rest."""
    for name, column in zip(NAMES, np.array(list(PATTERNS.values())).T, strict=True):
        setattr(neurons, name, np.repeat(column, copies))
    neurons.v = neurons.EL


class Steps:
    """Two neurons for each pattern answer a step of current; the second one starts a millionth of a mV above."""

    def __init__(self, seconds: float) -> None:
        network = sl.Network(dt=DT, seed=1)
        self.neurons = network.create(2 * len(PATTERNS), AdEx, name="neurons")
        spikes = network.monitor(self.neurons, "spike")
        states = network.monitor(self.neurons, ["v", "w"], period=0.05)
        self.build = network.compile(silent=True)
        equip(self.neurons, copies=2)
        self.neurons.onset = ONSET
        self.neurons[1::2].v += TWIN
        network.simulate(ONSET + SHOWN)
        states.pause()
        network.simulate(1e3 * seconds - SHOWN)
        self.seconds = seconds
        of_rank = spikes.get("spike")
        self.times = [np.asarray(of_rank[rank]) * DT - ONSET for rank in range(len(of_rank))]
        self.v, self.w = (np.asarray(states.get(name)) for name in ("v", "w"))

    def spikes(self, pattern: str, twin: bool = False) -> Array:
        """Times in ms from the onset of the step."""
        return self.times[2 * list(PATTERNS).index(pattern) + twin]

    def cycle(self, pattern: str) -> int:
        """After how many intervals they repeat, to 1 % of the mean; 0 if there are none late, -1 if never."""
        times = self.spikes(pattern)
        intervals = np.diff(times[times > 500.0 * self.seconds])
        if not len(intervals):
            return 0
        for period in range(1, min(21, len(intervals) // 2)):
            if np.abs(intervals[period:] - intervals[:-period]).max() < 0.01 * intervals.mean():
                return period
        return -1

    def apart(self, pattern: str) -> float:
        """By how many ms the last spikes of both neurons of a pattern differ."""
        one, other = self.spikes(pattern), self.spikes(pattern, twin=True)
        common = min(len(one), len(other))
        return float(np.abs(one[:common] - other[:common])[-20:].max())


def rheobase(values: tuple[float, ...]) -> float:
    """The closed form, in pA; NaN where there is none."""
    C, gL, EL, VT, width, a, tau_w, *_ = values
    ratio, times = a / gL, C / gL / tau_w
    if gL + a <= 0.0:
        return float("nan")
    if ratio < times:
        return float((gL + a) * (VT - EL - width + width * np.log1p(ratio)))
    return float((gL + a) * (VT - EL - width + width * np.log1p(times)) + width * gL * (ratio - times))


def measured_rheobases() -> Array:
    """The smallest current of each set that made a neuron fire; it is approached in 8 s and then held."""
    network = sl.Network(dt=0.2, seed=1)
    neurons = network.create(len(PATTERNS) * len(GRID), AdEx)
    network.compile(silent=True)
    equip(neurons, copies=len(GRID))
    currents = np.array([rheobase(values) for values in PATTERNS.values()])[:, None] + GRID
    neurons.I = np.nan_to_num(currents).ravel()
    neurons.ramp = RAMP
    network.simulate(RAMP + HOLD)
    fired = neurons.count.reshape(currents.shape) > 0
    return np.where(fired.any(axis=1), currents[np.arange(len(fired)), fired.argmax(axis=1)], np.nan)


def intervals_by_reset(copies: int) -> list[tuple[float, Array]]:
    """Late intervals of neurons of the irregular set that are reset to different potentials."""
    resets = np.linspace(*RESETS, copies)
    network = sl.Network(dt=2 * DT, seed=1)
    neurons = network.create(copies, AdEx)
    spikes = network.monitor(neurons, "spike")
    network.compile(silent=True)
    for name, value in zip(NAMES, PATTERNS["irregular"], strict=True):
        setattr(neurons, name, value)
    neurons.v, neurons.Vr = neurons.EL, resets
    network.simulate(2500.0)
    times = (np.asarray(steps) * 2 * DT for _, steps in sorted(spikes.get("spike").items()))
    return [(reset, np.diff(t[t > 1000.0])) for reset, t in zip(resets, times, strict=True)]


def draw(path: Path, steps: Steps, chaos: list[tuple[float, Array]], closed: Array, measured: Array) -> None:
    """The eight answers; the plane of bursting, the chaos of the irregular pattern, and the rheobase."""
    figure = Figure(figsize=(11.2, 7.4), dpi=96, layout="constrained")
    left, right = figure.subfigures(1, 2, squeeze=False, width_ratios=[1.9, 1.0]).flat
    for axes, pattern in zip(left.subplots(4, 2, sharex=True, sharey=True).T.flat, PATTERNS, strict=True):
        _draw_answer(axes, steps, pattern)
    left.supxlabel("time (ms)")
    left.supylabel("membrane potential (mV)")
    plane, resets, table = right.subplots(3, 1)
    _draw_plane(plane, steps, "regular bursting")
    _draw_resets(resets, chaos)
    table.axline((0, 0), slope=1, color="0.6", linewidth=0.8)
    table.plot(closed, measured, "o", color="#1b7837", markersize=5)
    table.set(xlabel="rheobase, closed form (pA)", ylabel="network (pA)", xlim=(-15, 310), ylim=(-15, 310))
    table.set_title("the smallest current, approached slowly", fontsize=10)
    for axes in (plane, resets, table):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_answer(axes: Axes, steps: Steps, pattern: str) -> None:
    index = list(PATTERNS).index(pattern)
    potential = steps.v[:, 2 * index]
    time = np.arange(len(potential)) * 0.05 - ONSET
    spikes = steps.spikes(pattern)
    axes.plot(time, potential, color="#2166ac", linewidth=0.8)
    axes.vlines(
        spikes[spikes < SHOWN], np.minimum(-40.0, PATTERNS[pattern][8]), 0.0, color="#2166ac", linewidth=0.8
    )
    axes.plot([0.0, SHOWN], [-80.0, -80.0], color="0.3", linewidth=2.0, solid_capstyle="butt")
    axes.set(xlim=(-ONSET, SHOWN), ylim=(-84.0, 12.0), yticks=[-70, -50, 0])
    axes.set_title(f"{pattern}, {PATTERNS[pattern][9]:.0f} pA", fontsize=10, loc="left")
    axes.spines[["top", "right"]].set_visible(False)


def _draw_plane(axes: Axes, steps: Steps, pattern: str) -> None:
    index = 2 * list(PATTERNS).index(pattern)
    _, gL, EL, VT, width, a, _, _, Vr, current = PATTERNS[pattern]
    v = np.linspace(-62.0, -38.0, 300)
    axes.plot(
        v, -gL * (v - EL) + gL * width * np.exp((v - VT) / width) + current, "--", color="0.4", linewidth=1.0
    )
    axes.plot(v, a * (v - EL), "--", color="0.7", linewidth=1.0)
    axes.axvline(Vr, color="#b2182b", linewidth=0.8)
    path_v, path_w = (x[round(ONSET / 0.05) :, index].copy() for x in (steps.v, steps.w))
    path_v[1:][np.diff(path_v) < -1.0] = np.nan  # a reset
    axes.plot(path_v, path_w, color="#2166ac", linewidth=1.0)
    axes.text(Vr - 2.9, 405.0, "reset", color="#b2182b", fontsize=9)
    axes.text(-61.5, 262.0, "dv/dt = 0", color="0.4", fontsize=9)
    axes.text(-61.5, 12.0, "dw/dt = 0", color="0.5", fontsize=9)
    axes.set(xlabel="v (mV)", ylabel="w (pA)", xlim=(-62.0, -38.0), ylim=(-30.0, 450.0))
    axes.set_title(f"{pattern}: on both sides of dv/dt = 0", fontsize=10)


def _draw_resets(axes: Axes, chaos: list[tuple[float, Array]]) -> None:
    for reset, intervals in chaos:
        axes.plot(np.full(len(intervals), reset), intervals, ".", color="#762a83", markersize=1.0, alpha=0.35)
    axes.axvline(PATTERNS["irregular"][8], color="0.6", linewidth=0.8)
    axes.set(xlabel="reset Vr (mV)", ylabel="interval (ms)", xlim=RESETS, ylim=(0.0, 75.0))
    axes.set_title("irregular: all intervals, by the reset", fontsize=10)


def main() -> int:
    """Run, report, draw. The exit code is 1 if a pattern is not as in the paper, or a current not as computed."""
    parser = argparse.ArgumentParser(description="Firing patterns of the adaptive exponential neuron.")
    parser.add_argument("--quick", action="store_true", help="4 s of each pattern instead of 10 s")
    parser.add_argument("--out", type=Path, default=Path("adex_patterns.png"), help="the picture to draw")
    arguments = parser.parse_args()

    steps = Steps(QUICK_SECONDS if arguments.quick else SECONDS)
    print(f"build time              {steps.build.seconds['total']:8.3f} s")
    for pattern in PATTERNS:
        times, cycle = steps.spikes(pattern), steps.cycle(pattern)
        intervals = np.diff(times[times < SHOWN])
        ratio = f"{intervals[-1] / intervals[0]:6.2f}" if len(intervals) else "     -"
        print(
            f"{pattern:20}    {cycle:8d}    (cycle; expected {CYCLES[pattern]:2d}); {len(times):4d} spikes, "
            f"first after {times[0]:4.1f} ms, last / first interval {ratio}"
        )
    print(
        f"chaos                   {steps.apart('irregular'):8.2f} ms (twins of the irregular pattern differ)"
    )
    print(
        f"no chaos                {steps.apart('adaptation'):8.2f} ms (twins of the pattern with adaptation)"
    )
    closed, measured = np.array([rheobase(values) for values in PATTERNS.values()]), measured_rheobases()
    for pattern, current, expected in zip(PATTERNS, measured, closed, strict=True):
        if np.isfinite(expected):
            print(f"I {pattern:20}  {current:8.2f} pA (closed form {expected:.2f} pA)")
    error = float(np.nanmax(np.abs(measured - closed)))
    print(f"rheobase error          {error:8.2f} pA (the largest; neurons are 0.05 pA apart)")
    chaos = intervals_by_reset(100 if arguments.quick else 320)
    draw(arguments.out, steps, chaos, closed, measured)
    print(f"picture                 {arguments.out}")
    wrong = [pattern for pattern in PATTERNS if steps.cycle(pattern) != CYCLES[pattern]]
    if wrong or not error < 0.5:
        print(f"Not as in the paper: {', '.join(wrong) or 'the rheobase'}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

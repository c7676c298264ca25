"""Neurons joined by gap junctions: passive cells share a current, fast-spiking ones fall into step.

A gap junction lets a current through that is proportional to the difference of two potentials, all the time. In
synloom this is a `psp` of a spiking projection: what it gives is added to a conductance in each step.

    C dv/dt = gL (EL - v) + ... + I + sum over neighbours of g_c (v_neighbour - v)

Pairs of passive cells: a steady current into one of them moves both, and the ratio is the coupling coefficient

    (v2 - EL) / (v1 - EL) = g_c / (g_c + gL)

The sum of both potentials follows with the time constant C/gL, their difference with C / (gL + 2 g_c).

Groups of 50 interneurons with currents that differ by some percent, each group with a coupling of its own: they fire
independently if it is weak, and together if it is strong. The measure is chi, the standard deviation of the mean
potential over that of a neuron (root mean square): 1 in perfect synchrony, 1/sqrt(50) if they are independent.

    python examples/gap_junctions.py [--quick] [--out gap_junctions.png] [--seed 1]

Source: coupling coefficient: Bennett 1966, Ann. N.Y. Acad. Sci. 137, 509. Interneurons: Wang & Buzsaki 1996, J.
Neurosci. 16, 6402-6413, equations 1 to 6. chi: Golomb & Rinzel 1993, Phys. Rev. E 48, 4810. That such cells are coupled
in the cortex: Galarreta & Hestrin 1999, Nature 402, 72; Gibson, Beierlein & Connors 1999, Nature 402, 75.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import synloom as sl

STEP = 0.05  # ms
LEAK = 0.1  # mS/cm^2; the capacitance is 1 uF/cm^2
PASSIVE = np.array([0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4])  # mS/cm^2, between the cells of a pair
COUPLINGS = np.array([0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2])
GROUP = 50
WEAK, STRONG = 2, 10  # the couplings whose spikes are drawn
SETTLED = 300.0  # ms before synchrony is measured
BLUE, RED, GREY = "#2166ac", "#b2182b", "#555555"

CELL = sl.Neuron(
    name="passive cell",
    parameters="gL = 0.1 : population ; EL = -65.0 : population ; I = 0.0",
    equations="dv/dt = gL*(EL - v) + g_gap + I : init = -65.0, exponential",
    spike="v > 1000.0",
    reset="v = EL",
)
WANG_BUZSAKI = sl.Neuron(
    name="Wang-Buzsaki",
    parameters="""
        gL = 0.1 : population       # mS/cm^2
        gNa = 35.0 : population
        gK = 9.0 : population
        EL = -65.0 : population     # mV
        ENa = 55.0 : population
        EK = -90.0 : population
        phi = 5.0 : population
        I = 1.0                     # uA/cm^2
    """,
    functions="""
        ratio(x) = if abs(x) < 1e-6: 10.0 - 5.0*x else: 10.0*x / (1 - exp(-x))
    """,
    equations="""
        before = v
        am = 0.1 * ratio(0.1*(v + 35.0))
        m = am / (am + 4.0*exp(-(v + 60.0)/18.0))
        dh/dt = phi * (0.07*exp(-(v + 58.0)/20.0)*(1 - h) - h/(1 + exp(-0.1*(v + 28.0))))      : exponential, init = 0.8
        dn/dt = phi * (0.01*ratio(0.1*(v + 34.0))*(1 - n) - 0.125*exp(-(v + 44.0)/80.0)*n)     : exponential, init = 0.1
        open_Na = gNa * m^3 * h
        open_K = gK * n^4
        dv/dt = gL*(EL - v) + open_Na*(ENa - v) + open_K*(EK - v) + g_gap + I    : exponential, init = -65.0
    """,
    spike="v > 0.0 and before <= 0.0",
    reset="",
)
GAP = sl.Synapse(name="gap junction", psp="w * (pre.v - post.v)")


@dataclass(frozen=True)
class Recorded:
    """What is looked at after the run."""

    pairs: sl.Population
    course: sl.Monitor
    spikes: sl.Monitor
    potentials: sl.Monitor
    build: sl.Build


def partners(pre: sl.Population, post: sl.Population) -> sl.LILConnectivity:
    """The other cell of each pair, with the coupling of the pair."""
    synapses = sl.LILConnectivity()
    for rank in range(post.size):
        synapses.add(rank, [rank ^ 1], PASSIVE[rank // 2], 0.0)
    return synapses


def groups(pre: sl.Population, post: sl.Population) -> sl.LILConnectivity:
    """All to all within each group, with the coupling of the group divided by its size."""
    synapses = sl.LILConnectivity()
    for rank in range(post.size):
        first = rank - rank % GROUP
        others = [other for other in range(first, first + GROUP) if other != rank]
        synapses.add(rank, others, COUPLINGS[rank // GROUP] / GROUP, 0.0)
    return synapses


def network(seed: int) -> Recorded:
    """Pairs of passive cells, with a current into the first of each, and groups of interneurons."""
    sl.setup(dt=STEP, seed=seed)
    pairs = sl.Population((len(PASSIVE), 2), CELL, name="pairs")
    sl.Projection(pairs, pairs, "gap", GAP, name="between pairs").connect_with_func(partners)
    cells = sl.Population(GROUP * len(COUPLINGS), WANG_BUZSAKI, name="cells")
    sl.Projection(cells, cells, "gap", GAP, name="in groups").connect_with_func(groups)
    course, spikes = sl.Monitor(pairs, "v"), sl.Monitor(cells, "spike")
    potentials = sl.Monitor(cells, "v", period=0.5)
    build = sl.compile(silent=True)
    rng = np.random.default_rng(seed)
    cells.I = np.tile(1.0 + 0.03 * rng.standard_normal(GROUP), len(COUPLINGS))
    cells.v = rng.uniform(-65.0, -50.0, cells.size)
    pairs.I = np.tile([1.0, 0.0], (len(PASSIVE), 1))
    return Recorded(pairs, course, spikes, potentials, build)


def expected_course(times: np.ndarray, conductance: float) -> np.ndarray:
    """Both potentials of a passive pair after a current of 1 uA/cm^2 sets in, as (times, 2)."""
    together = (1.0 - np.exp(-times * LEAK)) / LEAK
    apart = (1.0 - np.exp(-times * (LEAK + 2.0 * conductance))) / (LEAK + 2.0 * conductance)
    return np.stack([0.5 * (together + apart), 0.5 * (together - apart)], axis=1)


def synchrony(potentials: np.ndarray) -> np.ndarray:
    """Synchrony chi of each group, from potentials of shape (samples, groups, members)."""
    fluctuation = potentials.mean(axis=2).var(axis=0)
    return np.asarray(np.sqrt(fluctuation / potentials.var(axis=0).mean(axis=1)))


def raster(axes: Axes, spikes: dict[int, list[int]], group: int, span: tuple[float, float]) -> None:
    """The spikes of one group."""
    for place in range(GROUP):
        times = np.array(spikes[group * GROUP + place]) * STEP
        times = times[(times >= span[0]) & (times < span[1])]
        axes.plot(times, np.full(len(times), place), ".", color=BLUE if group == WEAK else RED, markersize=3)
    axes.set(ylabel="neuron", ylim=(-1, GROUP), xlim=span)
    axes.set_title(f"$g_c$ = {1000 * COUPLINGS[group]:.0f} $\\mu$S/cm$^2$", fontsize=10)


def passive_panels(course: Axes, coefficient: Axes, v: np.ndarray, found: np.ndarray) -> None:
    """A pair over time, and the coefficients of all, against closed forms."""
    pair = 4
    times = np.arange(1, len(v) + 1) * STEP
    expected = expected_course(times, PASSIVE[pair])
    for cell, colour in enumerate((BLUE, RED)):
        course.plot(times, v[:, pair, cell] + 65.0, color=colour, linewidth=3.5, alpha=0.35)
        course.plot(times, expected[:, cell], "--", color="black", linewidth=0.8)
    course.text(60, 5.9, "with the current", color=BLUE, ha="right")
    course.text(60, 2.6, "its neighbour", color=RED, ha="right")
    course.set(
        xlabel="time (ms)", ylabel="$v - E_L$ (mV)", xlim=(0, 60), ylim=(0, None), title="a passive pair"
    )
    line = np.logspace(-2.5, -0.2, 100)
    coefficient.semilogx(
        1000 * line, line / (line + LEAK), "--", color="black", linewidth=0.8, label="$g_c/(g_c+g_L)$"
    )
    coefficient.semilogx(1000 * PASSIVE, found, "o", color=GREY, markersize=5, label="network")
    coefficient.set(
        xlabel="$g_c$ ($\\mu$S/cm$^2$)", ylabel="coupling coefficient", ylim=(0, 1), title="passive pairs"
    )
    coefficient.legend(frameon=False, fontsize=8)


def draw(path: Path, recorded: Recorded, found: np.ndarray, chi: np.ndarray, end: float) -> None:
    """Two groups above; below, the passive pairs and synchrony over coupling."""
    spikes = recorded.spikes.get("spike", keep=True)
    figure = Figure(figsize=(10, 8), dpi=100, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.6, 1])
    weak, strong, mean = upper.subplots(3, 1, sharex=True, height_ratios=[1, 1, 0.9])
    span = (end - 300.0, end)
    raster(weak, spikes, WEAK, span)
    raster(strong, spikes, STRONG, span)
    potentials = grouped(recorded)[-600:].mean(axis=2)
    for group, colour in ((STRONG, RED), (WEAK, BLUE)):
        mean.plot(np.linspace(*span, 600, endpoint=False), potentials[:, group], color=colour, linewidth=1.0)
    mean.set(xlabel="time (ms)", ylabel="mean $v$ (mV)")
    course, coefficient, curve = lower.subplots(1, 3)
    passive_panels(course, coefficient, paired(recorded), found)
    curve.axhline(1.0 / np.sqrt(GROUP), color="black", linestyle="--", linewidth=0.8)
    curve.text(195, 0.1, "independent", ha="right", va="top", fontsize=8)
    curve.plot(1000 * COUPLINGS, chi, "o-", color=GREY, linewidth=1.0, markersize=4)
    for group, colour in ((STRONG, RED), (WEAK, BLUE)):
        curve.plot(1000 * COUPLINGS[group], chi[group], "o", color=colour, markersize=7)
    curve.set(
        xlabel="$g_c$ ($\\mu$S/cm$^2$)", ylabel="synchrony $\\chi$", ylim=(0, 1), title="50 interneurons"
    )
    for axes in (weak, strong, mean, course, coefficient, curve):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def paired(recorded: Recorded) -> np.ndarray:
    """Potentials of the passive cells in the first 60 ms as (samples, pairs, 2)."""
    v = recorded.course.get("v", keep=True)[: round(60.0 / STEP)]
    return np.asarray(v.reshape(len(v), len(PASSIVE), 2))


def grouped(recorded: Recorded) -> np.ndarray:
    """Potentials of the interneurons as (samples, groups, members)."""
    v = recorded.potentials.get("v", keep=True)
    return np.asarray(v.reshape(len(v), len(COUPLINGS), GROUP))


def main() -> int:
    """Run, report, draw. The exit code is 1 if a coefficient is wrong, or coupling does not synchronise."""
    parser = argparse.ArgumentParser(description="Neurons that are coupled by gap junctions.")
    parser.add_argument("--quick", action="store_true", help="1 s instead of 4 s")
    parser.add_argument("--out", type=Path, default=Path("gap_junctions.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    recorded = network(arguments.seed)
    print(f"build time             {recorded.build.seconds['total']:8.3f} s")
    duration = 1000.0 if arguments.quick else 4000.0
    start = time.perf_counter()
    sl.simulate(duration)
    seconds = time.perf_counter() - start
    moved = recorded.pairs.v + 65.0
    found, expected = moved[:, 1] / moved[:, 0], PASSIVE / (PASSIVE + LEAK)
    print(f"coupling coefficient   {found[4]:8.4f}   (g_c = gL; closed form {expected[4]:.4f})")
    error = float(np.abs(found - expected).max())
    print(f"error, all pairs       {error:8.1e}")
    v = paired(recorded) + 65.0
    course = expected_course(np.arange(1, len(v) + 1) * STEP, PASSIVE[4])
    print(
        f"error of the course    {np.abs(v[:, 4] - course).max():8.4f} mV   (of 5 and more, in steps of {STEP} ms)"
    )
    chi = synchrony(grouped(recorded)[int(max(SETTLED, duration / 2) / 0.5) :])
    print(
        f"chi, not coupled       {chi[0]:8.3f}   (independent: 1/sqrt({GROUP}) = {1.0 / np.sqrt(GROUP):.3f})"
    )
    print(f"chi, coupled by {1000 * COUPLINGS[WEAK]:3.0f}    {chi[WEAK]:8.3f}   (uS/cm^2)")
    print(f"chi, coupled by {1000 * COUPLINGS[STRONG]:3.0f}    {chi[STRONG]:8.3f}")
    print(f"steps per second       {duration / sl.dt() / seconds:8.0f}")
    draw(arguments.out, recorded, found, chi, duration)
    print(f"picture                {arguments.out}")
    if error > 1e-9 or not 0.05 < chi[0] < 0.3 or chi[STRONG] < 0.7:
        print("The coupling is not that of the closed form, or it does not synchronise.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""4000 Hodgkin-Huxley neurons that keep each other firing: the third benchmark of Brette et al.

3200 excitatory and 800 inhibitory neurons with the sodium and potassium channels of Traub and Miles, joined at random,
2 % of all pairs. Synapses are conductances that decay exponentially. Nothing drives the network but an excitation
that it starts with and that is gone after some ms.

    C dv/dt = gL (EL - v) + gNa m^3 h (ENa - v) + gK n^4 (EK - v) + g_exc (Ee - v) + g_inh (Ei - v)
    dx/dt = a_x(v) (1 - x) - b_x(v) x                                                 for the gates x = m, h, n

Beside the network sit neurons without synapses that get constant currents. They rest where the sum of their currents,
with all gates in equilibrium, is zero, if there is such a potential; else they fire. With the published numbers
there is none without a current: each neuron alone would fire at 13 Hz. The network makes bursts of that.

    python examples/hh_benchmark.py [--quick] [--out hh_benchmark.png] [--seed 1]

Source: Brette et al. 2007, Simulation of networks of spiking neurons, J. Comput. Neurosci. 23, 349-398, appendix B,
benchmark 3; channels: Traub & Miles 1991, Neuronal Networks of the Hippocampus; another start. Conductances are in nS,
capacitances in pF, currents in pA. Each step solves the gates exactly for the old potential, then the potential exactly
for the new gates. As both alternate, this is a method of second order: steps of 0.05 ms change a period by 0.2 %.
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

SIZE, EXCITATORY = 4000, 3200
STEP, SAMPLED = 0.05, 0.1  # ms
CURRENTS = np.linspace(-100.0, 400.0, 126)  # pA, of the neurons without synapses
STANDARD = 75  # which of these is drawn
PERIOD = 21.759  # ms between its spikes, by an adaptive method with a tolerance of 1e-8
START = -60.0  # mV
BLUE, RED, GREY = "#2166ac", "#b2182b", "#555555"

HH = sl.Neuron(
    name="Traub-Miles",
    parameters="""
        C = 200.0 : population      # pF
        gL = 10.0 : population      # nS
        gNa = 20000.0 : population
        gK = 6000.0 : population
        EL = -60.0 : population     # mV
        ENa = 50.0 : population
        EK = -90.0 : population
        Ee = 0.0 : population
        Ei = -80.0 : population
        VT = -63.0 : population
        tau_exc = 5.0 : population  # ms
        tau_inh = 10.0 : population
        I = 0.0                     # pA
    """,
    functions="""
        ratio(x, y) = if abs(x/y) < 1e-6: y - x/2 else: x / (exp(x/y) - 1)
    """,
    equations="""
        before = v
        V = v - VT
        dm/dt = 0.32 * ratio(13.0 - V, 4.0) * (1 - m) - 0.28 * ratio(V - 40.0, 5.0) * m          : exponential
        dh/dt = 0.128 * exp((17.0 - V)/18.0) * (1 - h) - 4.0 / (1 + exp((40.0 - V)/5.0)) * h     : exponential
        dn/dt = 0.032 * ratio(15.0 - V, 5.0) * (1 - n) - 0.5 * exp((10.0 - V)/40.0) * n          : exponential
        open_Na = gNa * m^3 * h
        open_K = gK * n^4
        C * dv/dt = gL*(EL - v) + open_Na*(ENa - v) + open_K*(EK - v)
            + g_exc*(Ee - v) + g_inh*(Ei - v) + I                                  : exponential, init = -60.0
        tau_exc * dg_exc/dt = -g_exc                                                             : exponential
        tau_inh * dg_inh/dt = -g_inh                                                             : exponential
    """,
    spike="v > -20.0 and before <= -20.0",
    reset="",
)


@dataclass(frozen=True)
class Recorded:
    """The monitors of a network that is ready to run."""

    spikes: sl.Monitor
    traces: sl.Monitor
    lone_spikes: sl.Monitor
    lone: sl.Population
    one: sl.Monitor
    build: sl.Build


def network(seed: int) -> Recorded:
    """The network in its initial state, neurons without synapses, and what is recorded."""
    sl.setup(dt=STEP, seed=seed)
    cells = sl.Population(SIZE, HH, name="cells")
    for name, part, weight in (("exc", cells[:EXCITATORY], 6.0), ("inh", cells[EXCITATORY:], 67.0)):
        sl.Projection(part, cells, name, name=name).connect_fixed_probability(0.02, weights=weight)
    lone = sl.Population(len(CURRENTS), HH, name="lone")
    lone.I = CURRENTS
    spikes, lone_spikes = sl.Monitor(cells, "spike"), sl.Monitor(lone, "spike")
    traces = sl.Monitor(cells[[0, 1, EXCITATORY + 20]], "v", period=SAMPLED)
    one = sl.Monitor(lone[STANDARD], ["v", "m", "h", "n"])
    build = sl.compile(silent=True)
    rng = np.random.default_rng(seed)
    cells.v = START - 5.0 + 5.0 * rng.standard_normal(SIZE)
    cells.g_exc = np.maximum(0.0, 40.0 + 15.0 * rng.standard_normal(SIZE))
    cells.g_inh = np.maximum(0.0, 200.0 + 120.0 * rng.standard_normal(SIZE))
    for gate, value in zip("mhn", gates(np.array(START)), strict=True):
        cells.set({gate: float(value)})
        lone.set({gate: float(value)})
    return Recorded(spikes, traces, lone_spikes, lone, one, build)


def gates(v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """m, h and n after a long time at a potential: a / (a + b)."""
    u = v + 63.0
    rates = (
        (0.32 * (13.0 - u) / np.expm1((13.0 - u) / 4.0), 0.28 * (u - 40.0) / np.expm1((u - 40.0) / 5.0)),
        (0.128 * np.exp((17.0 - u) / 18.0), 4.0 / (1.0 + np.exp((40.0 - u) / 5.0))),
        (0.032 * (15.0 - u) / np.expm1((15.0 - u) / 5.0), 0.5 * np.exp((10.0 - u) / 40.0)),
    )
    m, h, n = (a / (a + b) for a, b in rates)
    return m, h, n


def resting_potentials() -> tuple[np.ndarray, float]:
    """Where currents cancel, for each of CURRENTS (NaN if nowhere), and the current from which on they do not."""
    v = np.linspace(-80.0, -55.0, 25001)
    m, h, n = gates(v)
    inward = 10.0 * (-60.0 - v) + 20000.0 * m**3 * h * (50.0 - v) + 6000.0 * n**4 * (-90.0 - v)
    knee = int(inward.argmin())
    rest = np.interp(-CURRENTS, inward[knee::-1], v[knee::-1], left=np.nan)
    return rest, float(-inward[knee])


def intervals(data: dict[int, list[int]], least: int, after: float = 0.0) -> list[np.ndarray]:
    """Times between the spikes of each neuron that has more than `least` of them `after` some ms."""
    late = [np.array([s for s in steps if s * STEP >= after]) for steps in data.values()]
    return [np.diff(steps) * STEP for steps in late if len(steps) > least]


def raster(axes: Axes, rates: Axes, times: np.ndarray, ranks: np.ndarray, shown: float) -> None:
    """Every twentieth neuron, and the mean rate of each kind."""
    edges = np.arange(0.0, shown + 2.0, 2.0)
    kinds = (("excitatory", 0, EXCITATORY, BLUE), ("inhibitory", EXCITATORY, SIZE, RED))
    for kind, first, last, colour in kinds:
        of_kind = (ranks >= first) & (ranks < last) & (times < shown)
        drawn = of_kind & (ranks % 20 == 0)
        axes.plot(times[drawn], ranks[drawn], "s", color=colour, markersize=1.2, antialiased=False)
        counts, _ = np.histogram(times[of_kind], edges)
        rates.plot(edges[:-1] + 1.0, counts / (last - first) / 2e-3, color=colour, label=kind, linewidth=1.0)
    axes.set(ylabel="neuron", ylim=(0, SIZE), title="every twentieth of 4000 Hodgkin-Huxley neurons")
    rates.set(ylabel="mean rate (Hz)", ylim=(0, 100))
    rates.legend(frameon=False, loc="upper right", ncols=2)


def potentials(axes: Axes, traces: np.ndarray, shown: float) -> None:
    """Three neurons of the network, one above the other."""
    steps = int(shown / SAMPLED)
    for place, (trace, colour) in enumerate(zip(traces.T, (BLUE, BLUE, RED), strict=True)):
        axes.plot(np.arange(steps) * SAMPLED, trace[:steps] + 150.0 * place, color=colour, linewidth=0.7)
    axes.plot([1.008 * shown] * 2, [0.0, 100.0], color="black", linewidth=2, clip_on=False)
    axes.text(1.014 * shown, 50.0, "100 mV", rotation=90, va="center")
    axes.set(xlabel="time (ms)", ylabel="$v$ of three neurons", yticks=[], xlim=(0, shown))


def action_potential(axes: Axes, one: dict[str, np.ndarray]) -> None:
    """One spike of a neuron without synapses, and its gates."""
    v = one["v"][:, 0]
    top = int(np.flatnonzero((v[:-1] <= 0.0) & (v[1:] > 0.0))[2])
    span = slice(top - int(4.0 / STEP), top + int(8.0 / STEP))
    times = (np.arange(span.start, span.stop) - top) * STEP
    axes.plot(times, v[span], color="black", label="$v$")
    axes.set(xlabel="time (ms)", ylabel="$v$ (mV)", title="an action potential")
    opened = axes.twinx()
    for gate, colour in (("m", "#d95f02"), ("h", "#1b9e77"), ("n", "#7570b3")):
        opened.plot(times, one[gate][span, 0], color=colour, linewidth=1.0, label=f"${gate}$")
    opened.set(ylabel="gates", ylim=(0, 1.02))
    opened.legend(frameon=False, fontsize=8, loc="upper right")


def draw(
    path: Path,
    times: np.ndarray,
    ranks: np.ndarray,
    found: tuple[np.ndarray, np.ndarray, float],
    recorded: Recorded,
) -> None:
    """The network above; below, the neurons it is made of, and how irregular they are in it."""
    rates_alone, between, threshold = found
    shown = 300.0
    figure = Figure(figsize=(10, 9), dpi=100, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[2.1, 1])
    spikes, rates, three = upper.subplots(3, 1, sharex=True, height_ratios=[2, 1, 1.3])
    raster(spikes, rates, times, ranks, shown)
    potentials(three, recorded.traces.get("v"), shown)
    shape, curve, spread = lower.subplots(1, 3)
    action_potential(shape, recorded.one.get(["v", "m", "h", "n"]))
    curve.axvline(threshold, color=GREY, linestyle="--", linewidth=0.9, label="nowhere to rest\nfrom here on")
    curve.plot(CURRENTS, rates_alone, ".-", color="black", markersize=3, linewidth=0.8)
    curve.legend(frameon=False, fontsize=8, loc="lower right")
    curve.set(xlabel="current (pA)", ylabel="rate (Hz)", title="neurons without synapses")
    bins = np.logspace(0.0, 3.0, 61)
    spread.hist(between, bins, weights=np.full(len(between), 1.0 / len(between)), color="0.75")
    poisson = -np.diff(np.exp(-bins / between.mean()))
    spread.plot(np.sqrt(bins[1:] * bins[:-1]), poisson, "--", color="black", linewidth=0.9)
    spread.set(
        xlabel="time between spikes (ms)", ylabel="share", xscale="log", title="network (dashed: Poisson)"
    )
    for axes in (spikes, rates, three, curve, spread):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Run, report, draw. The exit code is 1 if the network fell silent, or a neuron rests elsewhere."""
    parser = argparse.ArgumentParser(description="A network of Hodgkin-Huxley neurons.")
    parser.add_argument("--quick", action="store_true", help="500 ms instead of 3 s")
    parser.add_argument("--out", type=Path, default=Path("hh_benchmark.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    recorded = network(arguments.seed)
    print(f"build time             {recorded.build.seconds['total']:8.3f} s")
    duration = 500.0 if arguments.quick else 3000.0
    start = time.perf_counter()
    sl.simulate(duration)
    seconds = time.perf_counter() - start
    data = recorded.spikes.get("spike")
    times, ranks = recorded.spikes.raster_plot(data)
    late = float(np.count_nonzero(times >= duration - 100.0)) / SIZE / 0.1
    cells = intervals(data, least=5, after=100.0)
    irregular = float(np.mean([i.std() / i.mean() for i in cells])) if cells else 0.0
    alone = recorded.lone_spikes.get("spike")
    periods = {n: i[0][-1] for n in alone if (i := intervals({n: alone[n]}, least=2))}
    rates_alone = np.array([1000.0 / periods[n] if n in periods else 0.0 for n in alone])
    expected, threshold = resting_potentials()
    lowest = float(CURRENTS[rates_alone > 0.0].min())
    resting = (threshold - 4.0 > CURRENTS) & (rates_alone == 0.0)  # closer to it they take their time
    error = float(np.abs(recorded.lone.v - expected)[resting].max())
    print(f"mean rate              {len(times) / SIZE / duration * 1000:8.2f} Hz")
    print(f"in the last 100 ms     {late:8.2f} Hz")
    print(f"CV of the intervals    {irregular:8.2f}")
    print(
        f"error of the rest      {error:8.1e} mV   (potentials of {resting.sum()} neurons against the roots)"
    )
    print(f"fire from              {lowest:8.1f} pA   (no root from {threshold:.1f} pA on)")
    period = periods.get(STANDARD, 0.0)
    print(f"period at {CURRENTS[STANDARD]:.0f} pA       {period:8.2f} ms   (solved accurately {PERIOD:.2f})")
    print(f"steps per second       {duration / sl.dt() / seconds:8.0f}")
    between = np.concatenate(cells) if cells else np.ones(1)
    draw(arguments.out, times, ranks, (rates_alone, between, threshold), recorded)
    print(f"picture                {arguments.out}")
    if late == 0.0 or error > 1e-3 or abs(lowest - threshold) > 8.0 or abs(period / PERIOD - 1.0) > 0.01:
        print("The network fell silent, or its neurons are not those of the equations.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""4000 neurons with currents instead of conductances: the benchmark CUBA, and what theory says of its membranes.

3200 excitatory and 800 inhibitory integrate-and-fire neurons are connected at random, 2 % of all pairs. Spikes change
currents (here in mV, as the leak sees them) that decay exponentially. The resting potential lies above the threshold,
so the network drives itself; inhibition keeps it irregular.

    tau dv/dt = (El - v) + g_exc + g_inh
    tau_exc dg_exc/dt = -g_exc,    tau_inh dg_inh/dt = -g_inh

Beside the network sit neurons that cannot fire. Two of them receive a single spike: the potential that follows is

    v(t) - El = w tau_s / (tau - tau_s) (exp(-t/tau) - exp(-t/tau_s)),    at most  w (tau_s/tau)^(tau / (tau - tau_s))

The others receive what a neuron of the network receives. Their mean potential is that of Campbell's theorem, for any
statistics of the spikes: El + sum over all synapses of (rate of the source) w tau_s. Were the spikes independent and
Poisson, the variance would be the sum of rate w^2 tau_s^2 / (2 (tau + tau_s)).

    python examples/cuba.py [--quick] [--out cuba.png] [--seed 1]

Source: Brette et al. 2007, Simulation of networks of spiking neurons, J. Comput. Neurosci. 23, 349-398, appendix B,
benchmark 2: weights of 0.27 nS (60 mV) and 4.5 nS (-20 mV) with a leak of 10 nS are 1.62 mV and -9 mV. The network is
that of Vogels & Abbott 2005, J. Neurosci. 25, 10786. Campbell's theorem: Campbell 1909, Proc. Camb. Phil. Soc. 15, 117.
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

SIZE, EXCITATORY, DEAF = 4000, 3200, 200
PROBABILITY = 0.02
REST, THRESHOLD, TAU = -49.0, -50.0, 20.0
WEIGHT = {"exc": 1.62, "inh": -9.0}  # mV
DECAY = {"exc": 5.0, "inh": 10.0}  # ms
COLOUR = {"exc": "#2166ac", "inh": "#b2182b"}
GREY = "#555555"
SETTLED = 200.0  # ms before anything is counted

EQUATIONS = """
    tau * dv/dt = (El - v) + g_exc + g_inh       : init = -60.0, rk4
    tau_exc * dg_exc/dt = -g_exc                 : rk4
    tau_inh * dg_inh/dt = -g_inh                 : rk4
"""
PARAMETERS = """
    tau = 20.0 : population     # ms
    El = -49.0 : population     # mV
    Vt = -50.0 : population
    Vr = -60.0 : population
    tau_exc = 5.0 : population
    tau_inh = 10.0 : population
"""
CUBA = sl.Neuron(PARAMETERS, EQUATIONS, spike="v > Vt", reset="v = Vr", refractory=5.0, name="CUBA")
SILENT = sl.Neuron(PARAMETERS, EQUATIONS, spike="v > 1000.0", reset="v = Vr", name="CUBA that cannot fire")


@dataclass(frozen=True)
class Recorded:
    """The monitors of a network that is ready to run."""

    spikes: sl.Monitor
    deaf: sl.Monitor
    single: sl.Monitor
    into_deaf: dict[str, sl.Projection]
    build: sl.Build


def network(seed: int) -> Recorded:
    """The network, its silent companions, and all that is recorded of them."""
    sl.setup(dt=0.1, seed=seed)
    cells = sl.Population(SIZE, CUBA, name="cells")
    deaf = sl.Population(DEAF, SILENT, name="deaf")
    single = sl.Population(2, SILENT, name="single")
    single.El, single.v = 0.0, 0.0
    once = sl.SpikeSourceArray([10.0], name="once")
    into_deaf = {}
    for number, (kind, part) in enumerate((("exc", cells[:EXCITATORY]), ("inh", cells[EXCITATORY:]))):
        sl.Projection(part, cells, kind, name=kind).connect_fixed_probability(PROBABILITY, WEIGHT[kind])
        into_deaf[kind] = sl.Projection(part, deaf, kind, name=f"{kind} to deaf")
        into_deaf[kind].connect_fixed_probability(PROBABILITY, WEIGHT[kind])
        sl.Projection(once, single[number], kind, name=f"once {kind}").connect_all_to_all(WEIGHT[kind])
    spikes = sl.Monitor(cells, "spike")
    voltages = sl.Monitor(deaf, "v", period=1.0)
    psp = sl.Monitor(single, "v")
    build = sl.compile(silent=True)
    rng = np.random.default_rng(seed)
    cells.v = rng.uniform(-60.0, -50.0, SIZE)
    return Recorded(spikes, voltages, psp, into_deaf, build)


def psp(kind: str, after: np.ndarray) -> np.ndarray:
    """The potential, `after` ms from the arrival of a single spike: the closed form."""
    decay = DECAY[kind]
    return np.asarray(WEIGHT[kind] * decay / (TAU - decay) * (np.exp(-after / TAU) - np.exp(-after / decay)))


def peak(kind: str) -> float:
    """The largest of these, with its sign."""
    decay = DECAY[kind]
    return float(WEIGHT[kind] * (decay / TAU) ** (TAU / (TAU - decay)))


def campbell(
    counts: np.ndarray, seconds: float, into: dict[str, sl.Projection]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean of each silent neuron by Campbell's theorem, and its standard deviation if the spikes were Poisson."""
    mean, variance = np.full(DEAF, REST), np.zeros(DEAF)
    for kind, projection in into.items():
        weight, decay = WEIGHT[kind], DECAY[kind]
        for post, sources in zip(projection.post_ranks, projection.pre_ranks, strict=True):
            rate = counts[sources].sum() / seconds / 1000.0  # per ms
            mean[post] += rate * weight * decay
            variance[post] += rate * weight**2 * decay**2 / (2.0 * (TAU + decay))
    return mean, np.sqrt(variance)


def irregularity(data: dict[int, list[int]], least: int = 10) -> float:
    """Mean coefficient of variation of the intervals, over neurons with `least` of them."""
    intervals = [np.diff(steps) for steps in data.values() if len(steps) > least]
    return float(np.mean([i.std() / i.mean() for i in intervals])) if intervals else 0.0


def raster(axes: Axes, rates: Axes, times: np.ndarray, ranks: np.ndarray, shown: float) -> None:
    """Every tenth neuron, and the mean rate of each kind."""
    kinds = {"excitatory": (0, EXCITATORY, COLOUR["exc"]), "inhibitory": (EXCITATORY, SIZE, COLOUR["inh"])}
    edges = np.arange(0.0, shown + 5.0, 5.0)
    for kind, (first, last, colour) in kinds.items():
        of_kind = (ranks >= first) & (ranks < last) & (times < shown)
        drawn = of_kind & (ranks % 10 == 0)
        axes.plot(times[drawn], ranks[drawn], "s", color=colour, markersize=0.9, antialiased=False)
        counts, _ = np.histogram(times[of_kind], edges)
        rates.plot(edges[:-1] + 2.5, counts / (last - first) / 5e-3, color=colour, label=kind, linewidth=1.0)
    axes.set(ylabel="neuron", ylim=(0, SIZE), title="CUBA: every tenth of 4000 neurons")
    rates.set(xlabel="time (ms)", ylabel="mean rate (Hz)", xlim=(0, shown), ylim=(0, 16))
    rates.legend(frameon=False, loc="upper right", ncols=2)


def single_spikes(axes: Axes, potentials: np.ndarray) -> None:
    """What a spike does, and what it should."""
    after = np.arange(0.0, 100.0, 0.1)
    for column, kind in enumerate(WEIGHT):
        scaled = potentials[100 : 100 + len(after), column] / abs(peak(kind))
        axes.plot(
            after,
            scaled,
            color=COLOUR[kind],
            linewidth=3.5,
            alpha=0.35,
            label=f"{peak(kind):+.3f} mV at most",
        )
        axes.plot(after, psp(kind, after) / abs(peak(kind)), "--", color="black", linewidth=0.8)
    axes.set(
        xlabel="time after the spike (ms)",
        ylabel="$v$ / largest $|v|$",
        title="one spike (dashed: closed form)",
    )
    axes.legend(frameon=False, loc="lower right", fontsize=8)


def means(axes: Axes, expected: np.ndarray, found: np.ndarray) -> None:
    """Mean potentials against Campbell's theorem."""
    ends = [expected.min() - 0.2, expected.max() + 0.2]
    axes.plot(ends, ends, color=GREY, linewidth=0.8)
    axes.plot(expected, found, ".", color="black", markersize=3)
    axes.set(
        xlabel="Campbell's theorem (mV)", ylabel="network (mV)", title="mean potential of 200 silent neurons"
    )
    axes.set_aspect("equal")


def potentials_panel(axes: Axes, v: np.ndarray, found: np.ndarray, spread: float) -> None:
    """How the potential of a silent neuron is distributed, about its mean."""
    bins = np.linspace(-12.0, 12.0, 97)
    axes.hist((v - found).ravel(), bins, density=True, color="0.75", label="network")
    gauss = np.exp(-0.5 * (bins / spread) ** 2) / spread / np.sqrt(2.0 * np.pi)
    axes.plot(bins, gauss, "--", color="black", linewidth=0.9, label="if spikes were\nindependent")
    axes.set(xlabel="$v$ - mean (mV)", ylabel="density (1/mV)", xlim=(-12, 12), title="fluctuations")
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    axes.set_ylim(0, 1.25 * axes.get_ylim()[1])


def draw(
    path: Path, times: np.ndarray, ranks: np.ndarray, single: np.ndarray, deaf: tuple[np.ndarray, ...]
) -> None:
    """The network above, what it does to membranes below."""
    v, found, expected, spread = deaf
    figure = Figure(figsize=(10, 8), dpi=100, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.6, 1])
    spikes, rates = upper.subplots(2, 1, sharex=True, height_ratios=[2.4, 1])
    raster(spikes, rates, times, ranks, 1000.0)
    courses, scatter, spreads = lower.subplots(1, 3)
    single_spikes(courses, single)
    means(scatter, expected, found)
    potentials_panel(spreads, v, found, float(spread.mean()))
    for axes in (spikes, rates, courses, scatter, spreads):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Run, report, draw. The exit code is 1 if a closed form is not met."""
    parser = argparse.ArgumentParser(description="A balanced network of current-based neurons.")
    parser.add_argument("--quick", action="store_true", help="3 s of the network instead of 20")
    parser.add_argument("--out", type=Path, default=Path("cuba.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    recorded = network(arguments.seed)
    print(f"build time             {recorded.build.seconds['total']:8.3f} s")
    duration = 3000.0 if arguments.quick else 20000.0
    start = time.perf_counter()
    sl.simulate(duration)
    seconds = time.perf_counter() - start
    data = recorded.spikes.get("spike")
    times, ranks = recorded.spikes.raster_plot(data)
    counts, lasted = np.bincount(ranks[times >= SETTLED], minlength=SIZE), (duration - SETTLED) / 1000.0
    v = recorded.deaf.get("v")[int(SETTLED) :]
    found = v.mean(axis=0)
    expected, spread = campbell(counts, lasted, recorded.into_deaf)
    single = recorded.single.get("v")
    after = np.arange(len(single) - 100) * 0.1
    wrong = max(float(np.abs(single[100:, n] - psp(k, after)).max()) for n, k in enumerate(WEIGHT))
    print(f"mean rate              {counts.mean() / lasted:8.2f} Hz")
    print(f"CV of the intervals    {irregularity(data):8.2f}")
    for column, kind in enumerate(WEIGHT):
        print(
            f"peak after one {kind}     {single[np.abs(single[:, column]).argmax(), column]:8.4f} mV",
            end="   ",
        )
        print(f"(closed form {peak(kind):.4f})")
    print(f"error of the course    {wrong:8.1e} mV")
    print(f"mean potential         {found.mean():8.3f} mV   (Campbell's theorem {expected.mean():.3f})")
    error = float(np.sqrt(np.mean((found - expected) ** 2)))
    print(f"error, each neuron     {error:8.3f} mV   (root mean square)")
    print(
        f"standard deviation     {v.std(axis=0).mean():8.3f} mV   (independent Poisson spikes {spread.mean():.3f})"
    )
    print(f"steps per second       {duration / sl.dt() / seconds:8.0f}")
    draw(arguments.out, times, ranks, single, (v, found, expected, spread))
    print(f"picture                {arguments.out}")
    if wrong > 1e-6 or abs(found.mean() - expected.mean()) > 0.1:
        print("The potentials are not those of the closed forms.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A sparse network of 12500 neurons whose rate can be calculated: Brunel's asynchronous irregular state.

10000 excitatory and 2500 inhibitory integrate-and-fire neurons, each with 1000 excitatory and 250 inhibitory sources
in the network, and 1000 excitatory ones outside that fire like Poisson processes. Inhibition is g times as strong.

    tau dv/dt = -v + tau sum of J delta(t - spike - D)         v >= theta:  v = Vr, and rest for 2 ms

To a neuron, its input is white noise of a mean mu and a variance sigma^2 that depend on the rate nu of the network:

    mu = tau C_E J (nu_ext + (1 - g/4) nu),        sigma^2 = tau C_E J^2 (nu_ext + (1 + g^2/4) nu)
    1/nu = t_ref + tau sqrt(pi) integral from (Vr - mu)/sigma to (theta - mu)/sigma of exp(u^2) (1 + erf(u)) du

The solution is compared with the rate of the network, for several g. Companions of the network receive Poisson spikes
at the rates that the solution says: their potentials and intervals are those of the theory. The network itself
is more regular, since what its neurons send to each other is no white noise: each fires less irregularly than Poisson.

    python examples/brunel.py [--quick] [--out brunel.png] [--seed 1]

Source: Brunel 2000, Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons, J. Comput.
Neurosci. 8, 183-208: model A of section 2, stationary states of sections 3 and 4, coefficient of variation of the
appendix. Each external source fires at twice the rate that reaches the threshold, 20 Hz; with g = 5 this is the network
of figure 8C. External spikes are counted in steps of 0.1 ms, one at most from each source. On noise that is not white:
Dummer, Wieland & Lindner 2014, Front. Comput. Neurosci. 8, 104.
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
from scipy.special import dawsn, erfcx

import synloom as sl

STEP = 0.1  # ms
EXCITATORY, INHIBITORY = 10000, 2500
SIZE = EXCITATORY + INHIBITORY
SOURCES, JUMP = 1000, 0.1  # C_E; mV
TAU, REFRACTORY, DELAY = 20.0, 2.0, 1.5  # ms
THRESHOLD, RESET = 20.0, 10.0  # mV
EXTERNAL = 2.0 * THRESHOLD / (JUMP * SOURCES * TAU / 1000.0)  # Hz
DRAWN = 5.0  # the g that is looked at in detail
SETTLED = 50.0  # ms before anything is counted
SHOWN = 50  # neurons in the raster
COMPANIONS = 200
BLUE = "#2166ac"

CELL = sl.Neuron(
    name="Brunel2000",
    parameters=f"""
        tau = {TAU} : population
        theta = {THRESHOLD} : population
        Vr = {RESET} : population
        J = {JUMP} : population
        sources = {SOURCES} : population, int
        rate = {EXTERNAL} : population           # Hz, of each external source
    """,
    equations="""
        external = J * Binomial(sources, rate*dt/1000.0)
        v = exp(-dt/tau) * v + external + g_exc - g_inh
    """,
    spike="v >= theta",
    reset="v = Vr",
    refractory=REFRACTORY,
)
COMPANION = sl.Neuron(
    name="companion",
    parameters=f"""
        tau = {TAU} : population
        theta = {THRESHOLD} : population
        Vr = {RESET} : population
        J = {JUMP} : population
        sources = {SOURCES} : population, int
        sources_inh = {SOURCES // 4} : population, int
        rate = {EXTERNAL} : population           # Hz, of each external source
        nu = 0.0 : population                    # and of each source that stands for one in the network
        g = {DRAWN} : population
    """,
    equations="""
        external = Binomial(sources, rate*dt/1000.0)
        exc = Binomial(sources, nu*dt/1000.0)
        inh = Binomial(sources_inh, nu*dt/1000.0)
        v = exp(-dt/tau) * v + J * (external + exc - g*inh)
    """,
    spike="v >= theta",
    reset="v = Vr",
    refractory=REFRACTORY,
)


@dataclass(frozen=True)
class Theory:
    """What the mean-field equations say for a g."""

    rate: float  # Hz
    mu: float  # mV
    sigma: float

    def bounds(self) -> tuple[float, float]:
        """Reset and threshold in units of the noise."""
        return (RESET - self.mu) / self.sigma, (THRESHOLD - self.mu) / self.sigma

    def self_consistent(self) -> float:
        """The rate that such a mean and variance cause."""
        u = np.linspace(*self.bounds(), 4001)
        return 1000.0 / (REFRACTORY + TAU * np.sqrt(np.pi) * float(np.trapezoid(erfcx(-u), u)))

    def variation(self) -> float:
        """The coefficient of variation of the intervals."""
        low, high = self.bounds()
        u = np.linspace(-12.0, high, 40001)
        inner = np.cumsum(np.exp(-(u**2)) * erfcx(-u) ** 2) * (u[1] - u[0])
        outer = np.where(u >= low, np.exp(np.minimum(u**2, 700.0)) * inner, 0.0)
        return float(self.rate * TAU / 1000.0 * np.sqrt(2.0 * np.pi * np.trapezoid(outer, u)))

    def density(self, v: np.ndarray) -> np.ndarray:
        """Of the potential of neurons that do not rest, in 1/mV: the integral of exp(u^2) is one of Dawson's."""
        low, high = self.bounds()
        y = (v - self.mu) / self.sigma
        start = np.maximum(y, low)
        integral = np.exp(high**2 - y**2) * dawsn(high) - np.exp(start**2 - y**2) * dawsn(start)
        found = 2.0 * self.rate * TAU / 1000.0 / self.sigma * integral
        return np.asarray(np.where(v < THRESHOLD, found, 0.0))

    def mean_potential(self) -> float:
        """Of all neurons in mV, those that rest included."""
        v = np.linspace(-100.0, THRESHOLD, 12001)
        awake = float(np.trapezoid(v * self.density(v), v))
        return awake + RESET * self.rate * REFRACTORY / 1000.0


def inputs(g: float, rate: float) -> Theory:
    """The noise that the network causes if it fires at a rate."""
    drive = TAU / 1000.0 * SOURCES * JUMP
    mu = drive * (EXTERNAL + (1.0 - g / 4.0) * rate)
    return Theory(rate, mu, float(np.sqrt(drive * JUMP * (EXTERNAL + (1.0 + g * g / 4.0) * rate))))


def theory(g: float) -> Theory:
    """The self-consistent rate, by halving an interval: more activity causes less, for g > 4."""
    low, high = 0.1, 400.0
    while high - low > 1e-9:
        rate = 0.5 * (low + high)
        low, high = (rate, high) if inputs(g, rate).self_consistent() > rate else (low, rate)
    return inputs(g, low)


@dataclass(frozen=True)
class Network:
    """The network and its companions, ready to run."""

    cells: sl.Population
    companions: sl.Population
    inhibition: sl.Projection
    spikes: sl.Monitor
    lone_spikes: sl.Monitor
    potentials: sl.Monitor
    build: sl.Build


def network(seed: int) -> Network:
    """Random connections, and what is recorded."""
    sl.setup(dt=STEP, seed=seed)
    cells = sl.Population(SIZE, CELL, name="cells")
    companions = sl.Population(COMPANIONS, COMPANION, name="companions")
    companions.nu = theory(DRAWN).rate
    exc = sl.Projection(cells[:EXCITATORY], cells, "exc", name="exc")
    exc.connect_fixed_number_pre(SOURCES, JUMP, delays=DELAY)
    inh = sl.Projection(cells[EXCITATORY:], cells, "inh", name="inh")
    inh.connect_fixed_number_pre(SOURCES // 4, DRAWN * JUMP, delays=DELAY)
    spikes, lone_spikes = sl.Monitor(cells, "spike"), sl.Monitor(companions, "spike")
    potentials = sl.Monitor(companions, "v", period=5.0)
    return Network(cells, companions, inh, spikes, lone_spikes, potentials, sl.compile(silent=True))


def run(
    net: Network, g: float, duration: float, seed: int
) -> tuple[np.ndarray, np.ndarray, dict[int, list[int]]]:
    """Times and ranks of all spikes of the network with a strength of inhibition; its companions stand still."""
    sl.reset()
    net.cells.enable()
    net.companions.disable()
    net.inhibition.w = g * JUMP
    net.cells.v = np.random.default_rng(seed).uniform(0.0, THRESHOLD, SIZE)
    sl.simulate(duration)
    data = net.spikes.get("spike")
    times, ranks = net.spikes.raster_plot(data)
    return times, ranks, data


def run_companions(net: Network, duration: float) -> tuple[np.ndarray, np.ndarray]:
    """Intervals and potentials of the companions; now the network stands still."""
    sl.reset()
    net.cells.disable()
    net.companions.enable()
    sl.simulate(duration)
    v = net.potentials.get("v")[round(SETTLED / 5.0) :]
    return intervals(net.lone_spikes.get("spike")), v.ravel()


def rate_of(times: np.ndarray, duration: float) -> float:
    """Mean rate in Hz, once settled."""
    return float(np.count_nonzero(times >= SETTLED)) / SIZE / (duration - SETTLED) * 1000.0


def intervals(data: dict[int, list[int]]) -> np.ndarray:
    """Times between spikes of all neurons, once settled; in theory all are samples of one distribution."""
    late = [np.array([s for s in steps if s * STEP >= SETTLED]) * STEP for steps in data.values()]
    return np.concatenate([np.diff(times) for times in late])


def raster(
    axes: Axes, activity: Axes, times: np.ndarray, ranks: np.ndarray, span: tuple[float, float]
) -> None:
    """Some neurons, and the spikes of all."""
    shown = (times >= span[0]) & (times < span[1]) & (ranks % (SIZE // SHOWN) == 0)
    axes.plot(times[shown], ranks[shown] // (SIZE // SHOWN), "|", color="black", markersize=5)
    axes.set(ylabel="neuron", ylim=(-1, SHOWN), title=f"{SHOWN} of {SIZE} neurons, $g$ = {DRAWN:.0f}")
    edges = np.arange(span[0], span[1] + 0.25, 0.5)
    counts, _ = np.histogram(times, edges)
    activity.fill_between(edges[:-1], counts / SIZE / 0.5e-3, step="post", color=BLUE, linewidth=0)
    activity.axhline(theory(DRAWN).rate, color="black", linestyle="--", linewidth=0.8)
    activity.set(xlabel="time (ms)", ylabel="mean rate (Hz)", xlim=span, ylim=(0, None))


def rate_panel(axes: Axes, found: dict[float, float]) -> None:
    """Rates over the strength of inhibition."""
    line = np.linspace(4.3, 10.2, 60)
    axes.semilogy(
        line, [theory(g).rate for g in line], "--", color="black", linewidth=0.9, label="mean field"
    )
    axes.semilogy(list(found), list(found.values()), "o", color=BLUE, markersize=5, label="network")
    axes.set(xlabel="inhibition $g$", ylabel="rate (Hz)", title="rates", yticks=[10, 20, 50])
    axes.set_yticklabels(["10", "20", "50"])
    axes.minorticks_off()
    axes.legend(frameon=False)


def potential_panel(axes: Axes, v: np.ndarray) -> None:
    """How potentials are distributed."""
    bins = np.linspace(-20.0, 20.0, 81)
    awake = v[v != RESET]
    axes.hist(awake, bins, weights=np.full(len(awake), 2.0 / v.size), color="0.75", label="companions")
    line = np.linspace(-20.0, 20.0, 401)
    axes.plot(line, theory(DRAWN).density(line), "--", color="black", linewidth=0.9, label="mean field")
    axes.set(
        xlabel="$v$ (mV)", ylabel="density (1/mV)", xlim=(-20, 20), title=f"potentials, $g$ = {DRAWN:.0f}"
    )
    axes.legend(frameon=False, loc="upper left")


def interval_panel(axes: Axes, between: np.ndarray, alone: np.ndarray) -> None:
    """How long neurons are silent."""
    bins = np.linspace(0.0, 120.0, 61)
    axes.hist(alone, bins, density=True, color="0.75", label="companions")
    axes.hist(between, bins, density=True, color=BLUE, histtype="step", label="network")
    axes.set(
        xlabel="time between spikes (ms)", ylabel="density (1/ms)", title=f"intervals, $g$ = {DRAWN:.0f}"
    )
    axes.set_xlim(0, 120)
    axes.legend(frameon=False)


@dataclass(frozen=True)
class Results:
    """What is drawn."""

    times: np.ndarray
    ranks: np.ndarray
    between: np.ndarray
    alone: np.ndarray
    potentials: np.ndarray
    rates: dict[float, float]


def draw(path: Path, results: Results) -> None:
    """The network above, what theory says of it below."""
    figure = Figure(figsize=(10, 8), dpi=100, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.4, 1])
    some, activity = upper.subplots(2, 1, sharex=True, height_ratios=[1.8, 1])
    raster(some, activity, results.times, results.ranks, (SETTLED, SETTLED + 100.0))
    rates, potentials, silence = lower.subplots(1, 3)
    rate_panel(rates, results.rates)
    potential_panel(potentials, results.potentials)
    interval_panel(silence, results.between, results.alone)
    for axes in (some, activity, rates, potentials, silence):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Run, report, draw. The exit code is 1 if a rate is not that of the mean-field equations."""
    parser = argparse.ArgumentParser(description="A sparsely connected network and its mean-field theory.")
    parser.add_argument(
        "--quick", action="store_true", help="150 ms and two strengths of inhibition, not 500 and five"
    )
    parser.add_argument("--out", type=Path, default=Path("brunel.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    net = network(arguments.seed)
    print(f"build time             {net.build.seconds['total']:8.3f} s")
    duration, others = (150.0, (8.0,)) if arguments.quick else (500.0, (4.5, 6.0, 8.0, 10.0))
    start = time.perf_counter()
    times, ranks, data = run(net, DRAWN, duration, arguments.seed)
    seconds = time.perf_counter() - start
    rates = {DRAWN: rate_of(times, duration)}
    for g in others:
        rates[g] = rate_of(run(net, g, 150.0, arguments.seed)[0], 150.0)
    between = intervals(data)
    alone, v = run_companions(net, 1000.0 if arguments.quick else 4000.0)
    for g, rate in rates.items():
        print(f"rate at g = {g:4.1f}       {rate:8.2f} Hz   (mean field {theory(g).rate:.2f})")
    expected = theory(DRAWN)
    variation = float(alone.std() / alone.mean())
    print(f"CV of companions       {variation:8.3f}      (mean field {expected.variation():.3f})")
    print(f"CV in the network      {between.std() / between.mean():8.3f}")
    print(
        f"mean potential         {v.mean():8.3f} mV   (companions; mean field {expected.mean_potential():.3f})"
    )
    print(f"steps per second       {duration / STEP / seconds:8.0f}")
    draw(arguments.out, Results(times, ranks, between, alone, v, rates))
    print(f"picture                {arguments.out}")
    wrong = max(abs(rate / theory(g).rate - 1.0) for g, rate in rates.items())
    if wrong > 0.15 or abs(variation / expected.variation() - 1.0) > 0.1:
        print("The network or its companions are not what the mean-field equations say.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

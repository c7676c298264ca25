"""Synapses that tire, and synapses that warm up: the short-term plasticity of Tsodyks and Markram.

A synapse has resources x, of which a spike uses the share u; they recover within tau_rec. In facilitating synapses
u grows with each spike, and falls back to U within tau_facil.

    dx/dt = (1 - x)/tau_rec,   du/dt = (U - u)/tau_facil;      a spike:  g += w u x,   x -= u x,   u += U (1 - u)

A long regular train of interval T transmits w u x with

    u = U / (1 - (1 - U) exp(-T/tau_facil)),         x = (1 - exp(-T/tau_rec)) / (1 - (1 - u) exp(-T/tau_rec))

and a Poisson train of rate r, on average, u = U (1 + r tau_facil) / (1 + U r tau_facil), x = 1 / (1 + u r tau_rec).
This is exact without facilitation; with it, u and x are correlated, and a mean field. A depressing synapse transmits at
most 1/tau_rec per second, however fast it is driven: it tells changes of rates. A facilitating one prefers a
rate, which is about 1/sqrt(U tau_facil tau_rec).

    python examples/short_term_plasticity.py [--quick] [--out short_term_plasticity.png] [--seed 1]

Source: Tsodyks & Markram 1997, PNAS 94, 719-723 (depression); Markram, Wang & Tsodyks 1998, PNAS 95, 5323-5328
(facilitation); in the form of Tsodyks, Uziel & Markram 2000, J. Neurosci. 20, RC50, as in the library's `STP`: a spike
does not yet see the growth of u that it causes.
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

STEP = 0.5  # ms
INTERVALS = np.array(
    [1000.0, 500.0, 250.0, 160.0, 100.0, 80.0, 60.0, 50.0, 40.0, 30.0, 25.0, 20.0, 15.0, 12.5, 10.0]
)
RATES = 1000.0 / INTERVALS  # Hz
COPIES = 40  # Poisson trains of each rate
SETTLED = 5000.0  # ms until nothing is left of the start
PERIOD, TRAIN, PAUSE = 50.0, 10, 600.0  # ms between spikes, their number, and ms until one more
BLUE, RED, GREY = "#2166ac", "#b2182b", "#555555"


@dataclass(frozen=True)
class Kind:
    """Parameters of a kind of synapse: times in ms."""

    name: str
    colour: str
    use: float
    recovery: float
    facilitation: float

    def synapse(self) -> sl.Synapse:
        """The library's model."""
        return sl.STP(tau_rec=self.recovery, tau_facil=self.facilitation, U=self.use)

    def regular(self, interval: np.ndarray) -> np.ndarray:
        """What a spike of a long regular train transmits."""
        u = self.use / (1.0 - (1.0 - self.use) * np.exp(-interval / self.facilitation))
        left = np.exp(-interval / self.recovery)
        return np.asarray(u * (1.0 - left) / (1.0 - (1.0 - u) * left))

    def poisson(self, rate: np.ndarray) -> np.ndarray:
        """What a spike of a Poisson train transmits on average."""
        grown = rate * self.facilitation / 1000.0
        u = self.use * (1.0 + grown) / (1.0 + self.use * grown)
        return np.asarray(u / (1.0 + u * rate * self.recovery / 1000.0))


KINDS = (
    Kind("depressing", BLUE, use=0.5, recovery=800.0, facilitation=0.01),
    Kind("facilitating", RED, use=0.03, recovery=130.0, facilitation=530.0),
)
PULSE = sl.Neuron(name="pulse", equations="seen = g_exc", spike="seen > 1000.0", reset="")
CELL = sl.Neuron(
    name="cell",
    equations="""
        20.0 * dv/dt = g_exc - v     : exponential
        3.0 * dg_exc/dt = -g_exc     : exponential
    """,
    spike="v > 1000.0",
    reset="",
)


@dataclass(frozen=True)
class Recorded:
    """Monitors of what arrives, one for each kind of synapse; and the last step's ends."""

    regular: list[sl.Monitor]
    poisson: list[sl.Monitor]
    potentials: list[sl.Monitor]
    build: sl.Build


def network(seed: int, duration: float) -> Recorded:
    """Sources with regular, Poisson and given trains, and a target of its own for each synapse."""
    sl.setup(dt=STEP, seed=seed)
    trains = [np.arange(10.0, duration, interval).tolist() for interval in INTERVALS]
    given = [[100.0 + PERIOD * k for k in range(TRAIN)] + [100.0 + PERIOD * (TRAIN - 1) + PAUSE]]
    sources = {
        "regular": sl.SpikeSourceArray(trains, name="regular"),
        "poisson": sl.PoissonPopulation(COPIES * len(RATES), rates=np.repeat(RATES, COPIES), name="poisson"),
        "given": sl.SpikeSourceArray(given, name="given"),
    }
    monitors: dict[str, list[sl.Monitor]] = {name: [] for name in sources}
    for kind in KINDS:
        for name, source in sources.items():
            target = sl.Population(
                source.size, CELL if name == "given" else PULSE, name=f"{kind.name}, {name}"
            )
            projection = sl.Projection(source, target, "exc", kind.synapse(), name=f"{kind.name} {name}")
            projection.connect_one_to_one(1.0)
            monitors[name].append(sl.Monitor(target, "v" if name == "given" else "g_exc"))
    return Recorded(*monitors.values(), sl.compile(silent=True))


def last_pulses(monitor: sl.Monitor) -> np.ndarray:
    """The last that arrived from each regular train."""
    seen = monitor.get("g_exc")
    return np.array([column[np.flatnonzero(column)[-1]] for column in seen.T])


def mean_pulses(monitor: sl.Monitor) -> np.ndarray:
    """Means over what arrived, for each rate."""
    seen = monitor.get("g_exc")[round(SETTLED / STEP) :]
    grouped = seen.reshape(len(seen), len(RATES), COPIES)
    return np.asarray(grouped.sum(axis=(0, 2)) / np.count_nonzero(grouped, axis=(0, 2)))


def trace(axes: Axes, monitor: sl.Monitor, kind: Kind) -> None:
    """The potential of a cell that receives a train, and a spike more after a pause."""
    length = 100.0 + PERIOD * TRAIN + PAUSE + 100.0
    v = monitor.get("v")[: round(length / STEP), 0]
    axes.plot(np.arange(len(v)) * STEP, v / v.max(), color=kind.colour, linewidth=1.2)
    spikes = [100.0 + PERIOD * k for k in range(TRAIN)] + [100.0 + PERIOD * (TRAIN - 1) + PAUSE]
    axes.plot(spikes, np.full(len(spikes), -0.08), "|", color="black", markersize=7)
    axes.set(xlabel="time (ms)", xlim=(0, length), ylim=(-0.15, 1.05), title=f"a {kind.name} synapse")


def amplitudes(axes: Axes, kind: Kind, regular: np.ndarray, poisson: np.ndarray) -> None:
    """Amplitudes over rates, against closed forms."""
    line = np.logspace(0.0, 2.0, 200)
    axes.semilogx(
        line, kind.regular(1000.0 / line), color="black", linewidth=0.9, label="closed form, regular"
    )
    axes.semilogx(line, kind.poisson(line), "--", color="black", linewidth=0.9, label="mean field, Poisson")
    axes.semilogx(RATES, regular, "o", color=kind.colour, markersize=5, label="regular trains")
    axes.semilogx(
        RATES, poisson, "o", color=kind.colour, markersize=5, fillstyle="none", label="Poisson trains"
    )
    axes.set(
        xlabel="rate (Hz)",
        ylim=(0, None),
        xticks=[1, 10, 100],
        xticklabels=["1", "10", "100"],
        title=kind.name,
    )
    axes.legend(frameon=False, fontsize=8)


def draw(path: Path, recorded: Recorded, regular: list[np.ndarray], poisson: list[np.ndarray]) -> None:
    """Trains above; below, amplitudes over rates, and what they amount to in a second."""
    figure = Figure(figsize=(10, 7), dpi=100, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1, 1.3])
    traces, panels = upper.subplots(1, 2, sharey=True), lower.subplots(1, 3)
    for axes, monitor, kind in zip(traces, recorded.potentials, KINDS, strict=True):
        trace(axes, monitor, kind)
    traces[0].set_ylabel("$v$ / largest $v$")
    for axes, kind, found, average in zip(panels, KINDS, regular, poisson, strict=False):
        amplitudes(axes, kind, found, average)
    panels[0].set_ylabel("$u x$ of a spike")
    for kind, found in zip(KINDS, regular, strict=True):
        panels[2].loglog(
            RATES, RATES * found, "o-", color=kind.colour, markersize=4, linewidth=0.8, label=kind.name
        )
        panels[2].axhline(1000.0 / kind.recovery, color=kind.colour, linestyle="--", linewidth=0.8)
    panels[2].set(
        xlabel="rate (Hz)", ylabel="sum of $u x$ in a second", title="in all (dashed: 1/$\\tau_{rec}$)"
    )
    panels[2].set(xticks=[1, 10, 100], xticklabels=["1", "10", "100"])
    panels[2].legend(frameon=False, fontsize=8, loc="lower right")
    for axes in (*traces, *panels):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Run, report, draw. The exit code is 1 if a closed form is not met."""
    parser = argparse.ArgumentParser(description="Short-term plasticity under trains of all rates.")
    parser.add_argument("--quick", action="store_true", help="15 s of spike trains instead of 60")
    parser.add_argument(
        "--out", type=Path, default=Path("short_term_plasticity.png"), help="the picture to draw"
    )
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    duration = 15000.0 if arguments.quick else 60000.0
    recorded = network(arguments.seed, duration)
    print(f"build time             {recorded.build.seconds['total']:8.3f} s")
    start = time.perf_counter()
    sl.simulate(duration)
    seconds = time.perf_counter() - start
    regular = [last_pulses(monitor) for monitor in recorded.regular]
    poisson = [mean_pulses(monitor) for monitor in recorded.poisson]
    worst = max(
        float(np.abs(f / k.regular(INTERVALS) - 1.0).max()) for f, k in zip(regular, KINDS, strict=True)
    )
    print(f"error, regular         {worst:8.1e}   (relative; both synapses, {len(RATES)} rates)")
    tired, warm = (
        float(np.abs(f / k.poisson(RATES) - 1.0).max()) for f, k in zip(poisson, KINDS, strict=True)
    )
    print(f"error, Poisson         {tired:8.3f}   (relative; depressing, where the mean is exact)")
    print(f"mean field misses      {warm:8.3f}   (relative; facilitating)")
    best = float(RATES[regular[1].argmax()])
    preferred = 1000.0 / np.sqrt(KINDS[1].use * KINDS[1].facilitation * KINDS[1].recovery)
    print(
        f"preferred rate         {best:8.1f} Hz   (of those tried; 1/sqrt(U tau_facil tau_rec) = {preferred:.1f})"
    )
    most = float((RATES * regular[0]).max())
    print(
        f"most in a second       {most:8.3f}   (depressing; limit 1/tau_rec = {1000.0 / KINDS[0].recovery:.3f})"
    )
    print(f"steps per second       {duration / STEP / seconds:8.0f}")
    draw(arguments.out, recorded, regular, poisson)
    print(f"picture                {arguments.out}")
    if worst > 1e-6 or tired > 0.1:
        print("What is transmitted is not what the closed forms say.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

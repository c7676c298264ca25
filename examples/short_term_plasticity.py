"""Synapses that tire, and synapses that warm up: what a neuron hears of a regular spike train.

Each spike finds the fraction x of the resources available and uses the fraction u of these. In between both recover:

    dx/dt = (1 - x) / tau_rec      a spike:  g += A u x,  x -= u x,  then  u += U (1 - u)
    du/dt = (U - u) / tau_facil

which is the ready-made synapse STP. A depressing synapse has tau_rec = 800 ms, U = 0.67 and no facilitation; a
facilitating one tau_rec = 130 ms, tau_facil = 530 ms, U = 0.03. Regular trains of 60 rates reach both, for long
enough to be stationary. Then a spike has the effect A u x; with intervals T = 1/f, p = exp(-T/tau_rec) and
q = exp(-T/tau_facil) these are

    u = U / (1 - (1 - U) q)        x = (1 - p) / (1 - (1 - u) p)

At high rates u x is 1 / (f tau_rec) for either kind: the sum of all effects in a second no longer tells the rate, and
only its changes are felt. These are shown with 1000 Poisson neurons whose rate jumps. As a Poisson spike knows nothing
of those before it, the mean x that it finds is 1 / (1 + U f tau_rec) where u = U.

    python examples/short_term_plasticity.py [--quick] [--out short_term_plasticity.png] [--seed 1]

Sources: Tsodyks and Markram 1997, Proc. Natl. Acad. Sci. 94, 719-723 (depression, figure 1, the limiting frequency and
the 1/f law); Markram, Wang and Tsodyks 1998, Proc. Natl. Acad. Sci. 95, 5323-5328 (facilitation, the iterative
equations and their stationary state); Abbott et al. 1997, Science 275, 220-224 (the response to changes).
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

DT = 0.1  # ms
SECONDS, QUICK_SECONDS = 15.0, 6.0  # how long the regular trains last
LOWEST, HIGHEST, RATES = 0.5, 200.0, 60  # Hz, and how many rates there are
SHOWN = 20.0  # Hz, the train whose potentials are drawn
JUMPS, JUMP = (5.0, 20.0, 80.0, 20.0), 2000.0  # rates of the Poisson neurons in Hz, and for how many ms each
POISSON = 1000


@dataclass(frozen=True)
class Kind:
    """The numbers of one kind of synapse, times in ms, and its amplitude A in mV."""

    name: str
    tau_rec: float
    tau_facil: float
    U: float
    A: float  # the current of a synapse that gives all it has, in pA, times 100 MOhm
    colour: str

    def synapse(self) -> sl.Synapse:
        return sl.STP(tau_rec=self.tau_rec, tau_facil=self.tau_facil, U=self.U)

    def stationary(self, rates: Array) -> Array:
        """The closed form of u x at the spikes of regular trains."""
        p, q = np.exp(-1e3 / rates / self.tau_rec), np.exp(-1e3 / rates / self.tau_facil)
        u = self.U / (1.0 - (1.0 - self.U) * q)
        return u * (1.0 - p) / (1.0 - (1.0 - u) * p)


DEPRESSING = Kind("depressing", tau_rec=800.0, tau_facil=0.01, U=0.67, A=25.0, colour="#b2182b")
FACILITATING = Kind("facilitating", tau_rec=130.0, tau_facil=530.0, U=0.03, A=154.0, colour="#2166ac")
KINDS = (DEPRESSING, FACILITATING)


# `last` keeps the effect of the latest spike; v is a membrane, I its synaptic current; all in mV
Listener = sl.Neuron(
    name="Listener",
    parameters="tau_m = 50.0 : population ; tau_in = 3.0 : population",
    equations="""
        last = ite(g_exc > 0.0, g_exc, last)
        tau_in * dI/dt = g_exc * tau_in / dt - I : exponential
        tau_m * dv/dt = I - v : exponential
    """,
    spike="False",
)


class Trains:
    """Regular trains, and one with a gap, reach a neuron each: once through either kind of synapse."""

    def __init__(self, seconds: float) -> None:
        wanted = np.sort(np.append(np.geomspace(LOWEST, HIGHEST, RATES - 1), SHOWN))
        self.intervals = np.round(1e3 / wanted / DT) * DT
        self.rates = 1e3 / self.intervals
        self.duration = 1e3 * seconds
        regular = [np.arange(10.0, self.duration, interval).tolist() for interval in self.intervals]
        probe = [50.0 + k * 1e3 / SHOWN for k in range(10)]
        self.network = sl.Network(dt=DT, seed=1)
        source = sl.SpikeSourceArray([*regular, [*probe, probe[-1] + 500.0]], network=self.network)
        self.listeners: dict[str, sl.Population] = {}
        self.traces: dict[str, sl.Monitor] = {}
        for kind in KINDS:
            listener = self.network.create(RATES + 1, Listener, name=kind.name)
            projection = self.network.connect(source, listener, "exc", kind.synapse())
            projection.connect_one_to_one(weights=kind.A, force_multiple_weights=True)
            self.listeners[kind.name] = listener
            self.traces[kind.name] = self.network.monitor(listener[RATES:], "v")
        self.build = self.network.compile(silent=True)

    def run(self) -> None:
        self.network.simulate(1200.0)
        for trace in self.traces.values():
            trace.pause()
        self.network.simulate(self.duration - 1200.0)

    def effects(self, kind: Kind) -> Array:
        """The effect u x at the latest spike of each regular train."""
        return np.asarray(self.listeners[kind.name].last[:RATES]) / kind.A


class Jumps:
    """Poisson neurons whose rate jumps; what a neuron hears of them through depressing synapses."""

    def __init__(self, seed: int) -> None:
        self.network = sl.Network(dt=DT, seed=seed)
        source = sl.TimedPoissonPopulation(POISSON, JUMPS, schedule=JUMP, network=self.network)
        listener = self.network.create(1, Listener)
        projection = self.network.connect(source, listener, "exc", DEPRESSING.synapse())
        projection.connect_all_to_all(weights=1e3 / POISSON, force_multiple_weights=True)
        self.heard = self.network.monitor(listener, "g_exc")
        self.network.compile(silent=True)
        self.network.simulate(JUMP * len(JUMPS))
        self.drive = np.asarray(self.heard.get("g_exc"))[:, 0]  # of each step; in 1/s once divided by DT

    def means(self) -> Array:
        """The drive in the second half of each block, in 1/s."""
        blocks = self.drive.reshape(len(JUMPS), -1)
        return blocks[:, blocks.shape[1] // 2 :].mean(axis=1) / DT

    def expected(self) -> Array:
        rates = np.asarray(JUMPS)
        return rates * DEPRESSING.U / (1.0 + DEPRESSING.U * rates * DEPRESSING.tau_rec * 1e-3)


def draw(path: Path, trains: Trains, jumps: Jumps) -> None:
    """Two trains as the membrane sees them, the stationary effect against the rate, and the jumps."""
    figure = Figure(figsize=(10.5, 7.2), dpi=100, layout="constrained")
    grid = figure.add_gridspec(4, 2, height_ratios=[1.0, 1.0, 0.62, 1.38], width_ratios=[1.0, 1.12])
    for row, kind in enumerate(KINDS):
        _draw_train(figure.add_subplot(grid[row, 0]), trains, kind, last=row == 1)
    _draw_stationary(figure.add_subplot(grid[:2, 1]), trains)
    rate = figure.add_subplot(grid[2, :])
    _draw_jumps(rate, figure.add_subplot(grid[3, :], sharex=rate), jumps)
    figure.align_ylabels([figure.axes[0], figure.axes[1], rate, figure.axes[-1]])
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_train(axes: Axes, trains: Trains, kind: Kind, last: bool) -> None:
    potential = np.asarray(trains.traces[kind.name].get("v"))[:, 0]
    axes.plot(np.arange(len(potential)) * DT, potential, color=kind.colour, linewidth=1.3)
    axes.set_title(f"{kind.name}: ten spikes at {SHOWN:.0f} Hz, one 500 ms later", fontsize=10)
    axes.set(ylabel="EPSP (mV)", xlim=(0, len(potential) * DT), ylim=(0, None))
    if last:
        axes.set_xlabel("time (ms)")


def _draw_stationary(axes: Axes, trains: Trains) -> None:
    fine = np.geomspace(LOWEST, HIGHEST, 400)
    for kind in KINDS:
        limit = 1e3 / fine / kind.tau_rec
        axes.loglog(fine[limit < 1.2], limit[limit < 1.2], "--", color=kind.colour, linewidth=0.8)
        axes.loglog(
            fine, kind.stationary(fine), color=kind.colour, linewidth=1.2, label=f"{kind.name}, closed form"
        )
        axes.loglog(
            trains.rates, trains.effects(kind), "o", color=kind.colour, markersize=3.6, label="network"
        )
    axes.set(xlabel="rate of a regular train (Hz)", ylabel="stationary effect of a spike, $u x$")
    axes.set(xlim=(LOWEST, HIGHEST), ylim=(4e-3, 1.2))
    axes.text(60.0, 0.205, r"$1/(f\,\tau_{rec})$", color="0.3")
    axes.legend(frameon=False, fontsize=9, loc="lower left", bbox_to_anchor=(0.0, 0.03))
    axes.set_title("the effect of a spike falls as 1/f", fontsize=10)


def _draw_jumps(above: Axes, below: Axes, jumps: Jumps) -> None:
    edges = np.arange(len(JUMPS) + 1) * JUMP
    above.stairs(JUMPS, edges, color="0.2", linewidth=1.4)
    above.set(ylabel="rate (Hz)", ylim=(0, 1.15 * max(JUMPS)))
    above.set_title(
        f"{POISSON} Poisson neurons through depressing synapses: only changes are felt", fontsize=10
    )
    above.tick_params(labelbottom=False)
    width = 20.0
    binned = jumps.drive.reshape(-1, round(width / DT)).mean(axis=1) / DT
    middle = (np.arange(len(binned)) + 0.5) * width
    below.plot(
        middle,
        binned,
        color=DEPRESSING.colour,
        linewidth=1.0,
        label="network: effects per second and neuron, in bins of 20 ms",
    )
    for expected, first, last in zip(jumps.expected(), edges, edges[1:], strict=False):
        below.plot([first, last], [expected, expected], "k--", linewidth=1.0)
    below.plot([], [], "k--", linewidth=1.0, label="stationary, closed form")
    below.axhline(1e3 / DEPRESSING.tau_rec, color="0.6", linewidth=0.8, label=r"limit $1/\tau_{rec}$")
    below.set(xlabel="time (ms)", ylabel="drive (A/s)", xlim=(0, edges[-1]), ylim=(0, None))
    below.legend(frameon=False, fontsize=9, loc="upper left")


def main() -> int:
    """Run, report, draw. The exit code is 1 if an effect is not that of the closed form."""
    parser = argparse.ArgumentParser(description="Depressing and facilitating synapses.")
    parser.add_argument("--quick", action="store_true", help="regular trains of 6 s instead of 15 s")
    parser.add_argument("--out", type=Path, default=Path("short_term_plasticity.png"), help="the picture")
    parser.add_argument("--seed", type=int, default=1, help="of the Poisson neurons")
    arguments = parser.parse_args()

    trains = Trains(QUICK_SECONDS if arguments.quick else SECONDS)
    trains.run()
    print(f"build time            {trains.build.seconds['total']:10.3f} s")
    worst = 0.0
    for kind in KINDS:
        measured, expected = trains.effects(kind), kind.stationary(trains.rates)
        difference = float(np.abs(measured / expected - 1.0).max())
        worst = max(worst, difference)
        at = int(np.abs(trains.rates - SHOWN).argmin())
        print(f"{kind.name:12} at {SHOWN:.0f} Hz {measured[at]:10.5f}    (closed form {expected[at]:.5f})")
        print(
            f"{kind.name:12} differs {difference:10.2e}    (the largest relative difference over {RATES} rates)"
        )
    law = trains.effects(DEPRESSING)[-1] * trains.rates[-1] * DEPRESSING.tau_rec * 1e-3
    print(f"1/f law               {law:10.4f}    (u x f tau_rec at {HIGHEST:.0f} Hz; the limit is 1)")
    peak = trains.rates[int(trains.effects(FACILITATING).argmax())]
    theory = 1e3 / np.sqrt(FACILITATING.U * FACILITATING.tau_facil * FACILITATING.tau_rec)
    print(f"peak frequency        {peak:10.1f} Hz (about 1 / sqrt(U tau_facil tau_rec) = {theory:.1f} Hz)")
    jumps = Jumps(arguments.seed)
    for rate, heard, expected in zip(JUMPS, jumps.means(), jumps.expected(), strict=True):
        print(f"Poisson at {rate:3.0f} Hz      {heard:10.4f}    (closed form {expected:.4f})")
    ratio = jumps.means() / jumps.expected()
    print(f"Poisson ratio         {ratio.mean():10.4f}    (mean over the rates; 1)")
    draw(arguments.out, trains, jumps)
    print(f"picture               {arguments.out}")
    if worst > 1e-3 or abs(ratio.mean() - 1.0) > 0.03:
        print("The stationary effects are not those of the closed form.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

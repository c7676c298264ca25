"""4000 neurons that keep each other firing, irregularly and out of step: the benchmark COBA.

3200 excitatory and 800 inhibitory integrate-and-fire neurons are connected at random, 2 % of all pairs. Spikes change
conductances that decay exponentially. Nothing drives the network but an excitation that it starts with and
that is gone after some ms: it goes on by itself, at about 20 Hz.

    tau dv/dt = (El - v) + g_exc (Ee - v) + g_inh (Ei - v)

    python examples/coba.py [--quick] [--out coba.png]

Source: Brette et al. 2007, Simulation of networks of spiking neurons, J. Comput. Neurosci. 23, 349-398, appendix B,
benchmark 1; another start. Conductances are in units of the leak conductance, 10 nS.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import synloom as sl

SIZE, EXCITATORY = 4000, 3200
SHOWN = 400  # neurons in the picture

COBA = sl.Neuron(
    name="COBA",
    parameters="""
        tau = 20.0 : population     # ms
        El = -60.0 : population     # mV
        Ee = 0.0 : population
        Ei = -80.0 : population
        Vt = -50.0 : population
        tau_exc = 5.0 : population
        tau_inh = 10.0 : population
    """,
    equations="""
        tau * dv/dt = (El - v) + g_exc * (Ee - v) + g_inh * (Ei - v)
        tau_exc * dg_exc/dt = -g_exc
        tau_inh * dg_inh/dt = -g_inh
    """,
    spike="v > Vt",
    reset="v = El",
    refractory=5.0,
)


def network(seed: int) -> tuple[sl.Monitor, sl.Build]:
    """The network in its initial state, its spikes being recorded."""
    sl.setup(dt=0.1, seed=seed)
    cells = sl.Population(SIZE, COBA, name="cells")
    for name, part, weight in (("exc", cells[:EXCITATORY], 0.6), ("inh", cells[EXCITATORY:], 6.7)):
        projection = sl.Projection(part, cells, target=name, name=name)
        projection.connect_fixed_probability(0.02, weights=weight)
    spikes = sl.Monitor(cells, "spike")
    build = sl.compile(silent=True)
    rng = np.random.default_rng(seed)
    cells.v = -65.0 + 5.0 * rng.standard_normal(SIZE)
    cells.g_exc = np.maximum(0.0, 1.0 + 0.5 * rng.standard_normal(SIZE))
    return spikes, build


def draw(path: Path, times: np.ndarray, ranks: np.ndarray, duration: float) -> None:
    """A raster of every tenth neuron, and the mean rate of each kind."""
    figure = Figure(figsize=(10, 6), dpi=120, layout="constrained")
    raster, rates = figure.subplots(2, 1, sharex=True, height_ratios=[2.2, 1])
    kinds = {"excitatory": (0, EXCITATORY, "#2166ac"), "inhibitory": (EXCITATORY, SIZE, "#b2182b")}
    edges = np.arange(0.0, duration + 2.0, 2.0)
    for kind, (first, last, colour) in kinds.items():
        of_kind = (ranks >= first) & (ranks < last)
        drawn = of_kind & (ranks % (SIZE // SHOWN) == 0)
        raster.plot(times[drawn], ranks[drawn], ".", color=colour, markersize=2.0)
        counts, _ = np.histogram(times[of_kind], edges)
        rates.plot(edges[:-1] + 1.0, counts / (last - first) / 2e-3, color=colour, label=kind, linewidth=1.0)
    raster.set(ylabel="neuron", ylim=(0, SIZE), title="COBA: every tenth neuron")
    rates.set(xlabel="time (ms)", ylabel="mean rate (Hz)", xlim=(0, duration), ylim=(0, None))
    rates.legend(frameon=False, loc="upper right")
    for axes in (raster, rates):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Run, report, draw. The exit code is 1 if the network fell silent."""
    parser = argparse.ArgumentParser(description="A balanced network of conductance-based neurons.")
    parser.add_argument("--quick", action="store_true", help="300 ms instead of a second")
    parser.add_argument("--out", type=Path, default=Path("coba.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    spikes, build = network(arguments.seed)
    how = "taken from the cache" if build.cached else "generated, compiled and loaded"
    print(f"build time            {build.seconds['total']:8.3f} s   ({how})")
    duration = 300.0 if arguments.quick else 1000.0
    start = time.perf_counter()
    sl.simulate(duration)
    seconds = time.perf_counter() - start
    data = spikes.get("spike")
    times, ranks = spikes.raster_plot(data)
    late = np.count_nonzero(times >= duration - 100.0)
    intervals = [np.diff(steps) for steps in data.values() if len(steps) > 4]
    irregularity = float(np.mean([i.std() / i.mean() for i in intervals])) if intervals else 0.0
    print(f"mean rate             {len(times) / SIZE / duration * 1000:8.2f} Hz")
    print(f"in the last 100 ms    {late / SIZE / 0.1:8.2f} Hz")
    print(f"CV of the intervals   {irregularity:8.2f}")
    print(f"steps per second      {duration / sl.dt() / seconds:8.0f}")
    draw(arguments.out, times, ranks, duration)
    print(f"picture               {arguments.out}")
    if late == 0:
        print("The network fell silent.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Synapses compete for the time of a spike, and split into winners and losers: Song, Miller and Abbott's neuron.

An integrate-and-fire neuron gets 1000 excitatory Poisson inputs through synapses that learn from the order of spikes,
and 200 inhibitory ones that do not. Synapses whose spikes come just before those of the neuron grow, others shrink,
all by an amount that does not depend on their weight, until they reach a bound. The neuron itself ends where
excitation and inhibition balance: it fires irregularly, at a rate that hardly depends on that of its inputs. Three
such neurons, with inputs of 15, 25 and 40 Hz, run side by side.

    tau dv/dt = (El - v) + g_exc (Ee - v) + g_inh (Ei - v)
    dx/dt = -x / 20 ms,  dy/dt = -y / 20 ms
    input fires:   g_exc += g_max w,  x += A_plus,   w = max(w - y, 0)
    neuron fires:                     y += A_minus,  w = min(w + x, 1)

The window of the rule is cut into steps of dt: with q = exp(-dt / 20 ms), a pair of independent spike trains changes a
weight by p_pre p_post (A_plus q - A_minus) / (1 - q) in each step, p being the probability of a spike. A_minus is
1.05 q A_plus, so depression outweighs potentiation by 5 %, as in the paper. Neurons that fire at random,
whatever their inputs do, are there to compare this mean drift with.

    python examples/stdp_bimodal.py [--quick] [--out stdp_bimodal.png] [--seed 1]

Source: Song, Miller & Abbott 2000, Competitive Hebbian learning through spike-timing-dependent synaptic plasticity,
Nat. Neurosci. 3, 919-926: model and numbers (Methods), A_plus = 0.005; the short form learns 1.5 times as fast.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import synloom as sl

STEP, TAU = 0.5, 20.0  # ms
INPUTS, INHIBITORY, CONTROLS = 1000, 200, 10
RATES = (15.0, 25.0, 40.0)  # Hz
COLOURS = ("#4393c3", "#d6604d", "#67001f")
Q = float(np.exp(-STEP / TAU))
RATIO = 1.05 * Q  # of depression to potentiation
CONTROL_RATE, CONTROL_STEP = 20.0, 0.0005  # Hz, and A_plus of neurons that fire at random
NEAR = 0.2  # this close to a bound
WINDOW = 10.0  # s over which rates and CVs are taken
GREY = "#555555"

CELL = sl.Neuron(
    name="Song2000",
    parameters="""
        tau = 20.0 : population     # ms
        El = -70.0 : population     # mV
        Ee = 0.0 : population
        Ei = -70.0 : population
        Vt = -54.0 : population
        Vr = -60.0 : population
    """,
    equations="""
        tau * dv/dt = (El - v) + g_exc * (Ee - v) + g_inh * (Ei - v)   : init = -60.0, exponential
        5.0 * dg_exc/dt = -g_exc                                       : exponential
        5.0 * dg_inh/dt = -g_inh                                       : exponential
    """,
    spike="v > Vt",
    reset="v = Vr",
)
CONTROL = sl.Neuron(
    name="fires at random",
    parameters=f"rate = {CONTROL_RATE} : population",
    equations="p = Uniform(0.0, 1000.0/dt) ; unused = g_exc",
    spike="p < rate",
    reset="",
)
STDP = sl.Synapse(
    name="additive STDP",
    parameters="""
        A_plus = 0.005 : projection
        A_minus = 0.005 : projection
        g_max = 0.015 : projection
    """,
    equations="""
        20.0 * dx/dt = -x : event-driven
        20.0 * dy/dt = -y : event-driven
    """,
    pre_spike="""
        g_target += g_max * w
        x += A_plus
        w = max(w - y, 0.0)
    """,
    post_spike="""
        y += A_minus
        w = min(w + x, 1.0)
    """,
)


@dataclass(frozen=True)
class Recorded:
    """What is looked at after the run."""

    learning: list[sl.Projection]
    weights: list[sl.Monitor]
    spikes: sl.Monitor
    control: sl.Projection
    control_spikes: sl.Monitor
    inputs: sl.Monitor
    build: sl.Build


def learned(projection: sl.Projection, a_plus: float, weights: float | sl.Uniform) -> sl.Projection:
    """All to all, with a step of learning."""
    projection.connect_all_to_all(weights, force_multiple_weights=True)
    projection.A_plus, projection.A_minus = a_plus, RATIO * a_plus
    return projection


def network(seed: int, a_plus: float) -> Recorded:
    """A neuron for each rate of inputs, and those that fire at random."""
    sl.setup(dt=STEP, seed=seed)
    inputs = sl.PoissonPopulation(INPUTS * len(RATES), rates=np.repeat(RATES, INPUTS), name="inputs")
    others = sl.PoissonPopulation(INHIBITORY, rates=10.0, name="inhibitory inputs")
    cells = sl.Population(len(RATES), CELL, name="cells")
    controls = sl.Population(CONTROLS, CONTROL, name="controls")
    sl.Projection(others, cells, "inh", name="inhibition").connect_all_to_all(0.05)
    learning = []
    for k, rate in enumerate(RATES):
        part = inputs[k * INPUTS : (k + 1) * INPUTS]
        projection = sl.Projection(part, cells[k], "exc", STDP, name=f"{rate:.0f} Hz")
        learning.append(learned(projection, a_plus, sl.Uniform(0.0, 1.0)))
    chosen = inputs[INPUTS : 2 * INPUTS]
    control = learned(sl.Projection(chosen, controls, "exc", STDP, name="control"), CONTROL_STEP, 0.5)
    weights = [sl.Monitor(projection, "w", period=1000.0) for projection in learning]
    spikes, control_spikes = sl.Monitor(cells, "spike"), sl.Monitor(controls, "spike")
    of_inputs = sl.Monitor(chosen, "spike")
    build = sl.compile(silent=True)
    return Recorded(learning, weights, spikes, control, control_spikes, of_inputs, build)


def windows(steps: np.ndarray, seconds: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middle, rate and coefficient of variation of the intervals in each window."""
    times = steps * STEP / 1000.0
    starts = np.arange(0.0, seconds - WINDOW / 2, WINDOW)
    inside = [times[(times >= start) & (times < start + WINDOW)] for start in starts]
    gaps = [np.diff(spikes) for spikes in inside]
    irregular = np.array([g.std() / g.mean() if len(g) > 5 else np.nan for g in gaps])
    return starts + WINDOW / 2, np.array([len(spikes) / WINDOW for spikes in inside]), irregular


def drift(recorded: Recorded, steps: int) -> tuple[float, float]:
    """Mean change of weights that do not matter, and that of the closed form for the spikes that there were."""
    pre = np.mean([len(s) for s in recorded.inputs.get("spike").values()]) / steps
    post = np.mean([len(s) for s in recorded.control_spikes.get("spike").values()]) / steps
    expected = pre * post * CONTROL_STEP * (Q - RATIO) / (1.0 - Q) * steps
    return float(np.mean(recorded.control.w)) - 0.5, float(expected)


def distributions(axes: Sequence[Axes], finals: list[np.ndarray]) -> None:
    """Histograms of the weights, one for each rate."""
    for panel, weights, rate, colour in zip(axes, finals, RATES, COLOURS, strict=True):
        panel.hist(weights, np.linspace(0.0, 1.0, 21), weights=np.full(INPUTS, 1.0 / INPUTS), color=colour)
        panel.set(xlim=(0, 1), xlabel="$w$", title=f"inputs of {rate:.0f} Hz")
        panel.axhline(0.05, color=GREY, linestyle="--", linewidth=0.8)
    axes[0].set_ylabel("share of synapses")
    axes[0].text(0.5, 0.055, "at the start", ha="center", va="bottom", fontsize=8, color=GREY)


def courses(axes: Axes, weights: np.ndarray) -> None:
    """How some weights come to where they end."""
    chosen = weights[:, :: INPUTS // 40]
    for course in chosen.T:
        colour = "#b2182b" if course[-1] > 0.5 else "#2166ac"
        axes.plot(np.arange(len(course)), course, color=colour, linewidth=0.5, alpha=0.7)
    axes.set(
        ylabel="$w$", ylim=(0, 1), xlim=(0, len(weights)), title=f"40 synapses, inputs of {RATES[1]:.0f} Hz"
    )


def draw(
    path: Path, recorded: Recorded, finals: list[np.ndarray], seconds: float, data: dict[int, list[int]]
) -> None:
    """Final weights above; below, the way to them."""
    figure = Figure(figsize=(10, 8), dpi=100, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1, 1.8])
    distributions(upper.subplots(1, 3, sharey=True), finals)
    synapses, rates, irregular = lower.subplots(3, 1, sharex=True, height_ratios=[1.4, 1, 1])
    courses(synapses, recorded.weights[1].get("w")[:, 0, :])
    for k, (rate, colour) in enumerate(zip(RATES, COLOURS, strict=True)):
        middle, fired, spread = windows(np.array(data[k]), seconds)
        rates.plot(middle, fired, ".-", color=colour, label=f"{rate:.0f} Hz", linewidth=1.0)
        irregular.plot(middle, spread, ".-", color=colour, linewidth=1.0)
    rates.set(ylabel="output rate (Hz)", yscale="log")
    rates.legend(frameon=False, ncols=3, title="inputs", fontsize=8, title_fontsize=8, loc="upper right")
    irregular.set(xlabel="time (s)", ylabel="CV of intervals", ylim=(0, 1.3))
    irregular.axhline(1.0, color=GREY, linestyle="--", linewidth=0.8)
    irregular.text(0.995 * seconds, 1.03, "Poisson", ha="right", fontsize=8, color=GREY)
    for axes in (*upper.axes, *lower.axes):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Run, report, draw. The exit code is 1 if weights are not bimodal, or drift as they should not."""
    parser = argparse.ArgumentParser(description="Synapses that compete by the timing of spikes.")
    parser.add_argument(
        "--quick", action="store_true", help="200 s of learning at 1.5 times the speed, instead of 1000 s"
    )
    parser.add_argument("--out", type=Path, default=Path("stdp_bimodal.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    seconds, a_plus = (200.0, 0.0075) if arguments.quick else (1000.0, 0.005)
    recorded = network(arguments.seed, a_plus)
    print(f"build time           {recorded.build.seconds['total']:8.3f} s")
    start = time.perf_counter()
    sl.simulate(1000.0 * seconds)
    took = time.perf_counter() - start
    data = recorded.spikes.get("spike")
    finals = [np.array(projection.w[0]) for projection in recorded.learning]
    bimodal = True
    for k, (rate, weights) in enumerate(zip(RATES, finals, strict=True)):
        low, high = float(np.mean(weights < NEAR)), float(np.mean(weights > 1.0 - NEAR))
        middle = float(np.mean((weights > 0.4) & (weights < 0.6)))
        _, fired, spread = windows(np.array(data[k]), seconds)
        bimodal = bimodal and min(low, high) > middle
        print(f"{rate:.0f} Hz: near 0          {low:8.3f}   (at the start 0.2)")
        print(f"{rate:.0f} Hz: in the middle   {middle:8.3f}   (at the start 0.2)")
        print(f"{rate:.0f} Hz: near 1          {high:8.3f}   (at the start 0.2)")
        print(f"{rate:.0f} Hz: output          {fired[-4:].mean():8.2f} Hz   (at the start {fired[0]:.0f})")
        print(
            f"{rate:.0f} Hz: CV              {np.nanmean(spread[-4:]):8.2f}   (at the start {spread[0]:.2f})"
        )
    change, expected = drift(recorded, round(1000.0 * seconds / STEP))
    print(f"drift without effect {change:8.4f}   (closed form {expected:.4f})")
    print(f"steps per second     {1000.0 * seconds / STEP / took:8.0f}")
    draw(arguments.out, recorded, finals, seconds, data)
    print(f"picture              {arguments.out}")
    if not bimodal or abs(change / expected - 1.0) > 0.1:
        print("The weights are not bimodal, or drift in another way than the rule says.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

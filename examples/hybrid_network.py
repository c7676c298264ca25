"""From rates to spikes and back: what a number of noisy neurons can tell within a window of time.

A rate-coded neuron follows a signal. Populations of Poisson neurons fire at that rate, and rate-coded neurons read it
back by counting spikes in a sliding window. A short window counts few spikes, a long one is late. With N neurons, a
window of W steps and a signal of sines with amplitudes a_k and frequencies f_k, the mean square of (what is read - the
signal now) is, counts being binomial,

    mean(rate (1 - p)) / (N T)  +  sum over k of a_k^2 / 2 |1 - H_k|^2,   H_k = mean over W lags of exp(-2 pi i f_k lag)

where T = W dt and p = rate dt is the probability of a spike in a step. The first lag is two steps: rates reach the
Poisson neurons a step later, and their spikes the reader another step later.

Beside it, currents of rate-coded neurons reach integrate-and-fire neurons, whose rates are read back, too. They are
those of the textbook, 1 / (t_ref + tau ln((I - Vr)/(I - Vt))), with the logarithm's time rounded up to steps.

    python examples/hybrid_network.py [--quick] [--out hybrid_network.png] [--seed 1]

Source: counting of Poisson spikes and the rate of the integrate-and-fire neuron: Dayan & Abbott 2001, Theoretical
Neuroscience, chapters 1 and 5 (equation 5.11, here with a refractory period).
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
SIZES = (25, 100, 400)
WINDOWS = (5.0, 10.0, 20.0, 50.0, 100.0, 200.0)  # ms
SHOWN = (1, 3)  # size and window in the picture
AMPLITUDES, FREQUENCIES = np.array([20.0, 12.0]), np.array([1.0, 2.7])  # Hz
MEAN = 40.0
COLOURS = ("#fdae61", "#d7301f", "#7f0000")
BLUE, GREY = "#2166ac", "#555555"
CURRENTS = np.linspace(0.5, 4.0, 36)
TAU, REFRACTORY, COUNTED = 20.0, 2.0, 1000.0  # ms

SIGNAL = sl.Neuron(
    name="signal",
    equations=f"r = {MEAN} + 20.0 * sin(2*pi*t/1000.0) + 12.0 * sin(2*pi*2.7*t/1000.0)",
)
READER = sl.Neuron(name="reader", equations="r = sum(exc)")
LEVEL = sl.Neuron(name="level", parameters="r = 0.0")
FIRING = sl.Neuron(
    name="integrate-and-fire",
    parameters=f"tau = {TAU} : population",
    equations="tau * dv/dt = g_exc - v : exponential",
    spike="v > 1.0",
    reset="v = 0.0",
    refractory=REFRACTORY,
)


@dataclass(frozen=True)
class Recorded:
    """What is looked at after the run."""

    signal: sl.Monitor
    reading: sl.Monitor
    spikes: sl.Monitor
    curve: sl.Population
    build: sl.Build


def network(seed: int) -> Recorded:
    """Signal, Poisson neurons, readers; and levels, integrate-and-fire neurons, readers."""
    sl.setup(dt=STEP, seed=seed)
    signal = sl.Population(1, SIGNAL, name="signal")
    readers = sl.Population((len(SIZES), len(WINDOWS)), READER, name="readers")
    spikes = []
    for row, size in enumerate(SIZES):
        coding = sl.PoissonPopulation(size, name=f"{size} neurons", target="exc")
        sl.Projection(signal, coding, "exc", name=f"to {size} neurons").connect_all_to_all(1.0)
        for column, window in enumerate(WINDOWS):
            name = f"{size} neurons, {window:.0f} ms"
            decoding = sl.DecodingProjection(coding, readers[row, column], "exc", window=window, name=name)
            decoding.connect_all_to_all(1.0)
        spikes.append(sl.Monitor(coding, "spike"))
    levels = sl.Population(len(CURRENTS), LEVEL, name="levels")
    levels.r = CURRENTS
    firing = sl.Population(len(CURRENTS), FIRING, name="firing")
    sl.CurrentInjection(levels, firing, "exc", name="currents").connect_current()
    curve = sl.Population(len(CURRENTS), READER, name="curve")
    sl.DecodingProjection(firing, curve, "exc", window=COUNTED, name="rates").connect_one_to_one(1.0)
    monitors = sl.Monitor(signal, "r"), sl.Monitor(readers, "r")
    return Recorded(*monitors, spikes[SHOWN[0]], curve, sl.compile(silent=True))


def expected_errors() -> tuple[np.ndarray, np.ndarray]:
    """Root mean square of the noise of counting and of all, as (sizes, windows)."""
    steps = np.round(np.array(WINDOWS) / STEP).astype(int)
    power = MEAN**2 + (AMPLITUDES**2).sum() / 2.0
    noise = (MEAN - power * STEP / 1000.0) / np.outer(SIZES, np.array(WINDOWS) / 1000.0)
    lateness = np.zeros(len(WINDOWS))
    for column, width in enumerate(steps):
        lags = np.arange(2, width + 2) * STEP / 1000.0
        kept = np.exp(-2j * np.pi * np.outer(FREQUENCIES, lags)).mean(axis=1)
        lateness[column] = (AMPLITUDES**2 / 2.0 * np.abs(1.0 - kept) ** 2).sum()
    return np.sqrt(noise), np.sqrt(noise + lateness)


def found_errors(signal: np.ndarray, reading: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same of a run: against the mean of the signal in the very window, and against the signal now."""
    first = round(max(WINDOWS) / STEP) + 1
    noise, total = np.zeros(reading.shape[1:]), np.zeros(reading.shape[1:])
    sums = np.concatenate([[0.0], np.cumsum(signal)])
    ends = np.arange(first, len(signal)) - 1  # the window ends before two steps ago
    for column, window in enumerate(WINDOWS):
        width = round(window / STEP)
        mean = (sums[ends] - sums[ends - width]) / width
        late = reading[first:, :, column]
        noise[:, column] = np.sqrt(np.mean((late - mean[:, None]) ** 2, axis=0))
        total[:, column] = np.sqrt(np.mean((late - signal[first:, None]) ** 2, axis=0))
    return noise, total


def expected_rates() -> np.ndarray:
    """Of the integrate-and-fire neurons in Hz, which cross the threshold at the end of a step."""
    rates = np.zeros(len(CURRENTS))
    above = CURRENTS > 1.0
    charging = np.ceil(TAU * np.log(CURRENTS[above] / (CURRENTS[above] - 1.0)) / STEP) * STEP
    rates[above] = 1000.0 / (REFRACTORY + charging)
    return rates


def over_time(
    raster: Axes, course: Axes, spikes: dict[int, list[int]], signal: np.ndarray, read: np.ndarray
) -> None:
    """Two seconds of the signal, the spikes, and what is read from them."""
    steps = round(2000.0 / STEP)
    times = np.arange(steps) * STEP
    for rank, fired in spikes.items():
        shown = np.array([s for s in fired if s < steps]) * STEP
        raster.plot(shown, np.full(len(shown), rank), "s", color="black", markersize=0.9, antialiased=False)
    raster.set(
        ylabel="neuron", ylim=(-1, len(spikes)), title=f"{SIZES[SHOWN[0]]} Poisson neurons that follow a rate"
    )
    course.plot(
        times, read[:steps], color=COLOURS[1], linewidth=0.8, label=f"read in {WINDOWS[SHOWN[1]]:.0f} ms"
    )
    course.plot(times, signal[:steps], color=BLUE, label="signal")
    course.set(xlabel="time (ms)", ylabel="rate (Hz)", xlim=(0, 2000), ylim=(0, 95))
    course.legend(frameon=False, ncols=2, loc="upper right")


def error_panel(axes: Axes, found: np.ndarray, expected: np.ndarray, title: str) -> None:
    """Errors over windows, one curve for each number of neurons."""
    for row, (size, colour) in enumerate(zip(SIZES, COLOURS, strict=True)):
        axes.loglog(WINDOWS, expected[row], "--", color="black", linewidth=0.8)
        axes.loglog(WINDOWS, found[row], "o", color=colour, markersize=5, label=f"{size} neurons")
    axes.set(xlabel="window (ms)", title=title, xticks=WINDOWS, xticklabels=[f"{w:.0f}" for w in WINDOWS])
    axes.minorticks_off()


def draw(
    path: Path, recorded: Recorded, traces: tuple[np.ndarray, ...], errors: tuple[np.ndarray, ...]
) -> None:
    """Signal and spikes above; errors and the curve of rates below."""
    signal, reading = traces
    figure = Figure(figsize=(10, 8), dpi=100, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=[1.3, 1])
    raster, course = upper.subplots(2, 1, sharex=True)
    over_time(raster, course, recorded.spikes.get("spike"), signal, reading[:, SHOWN[0], SHOWN[1]])
    noise, total, curve = lower.subplots(1, 3)
    total.sharey(noise)
    error_panel(noise, errors[0], errors[2], "noise of counting")
    error_panel(total, errors[1], errors[3], "noise and lateness")
    noise.set(
        ylabel="root mean square error (Hz)",
        yticks=[1, 2, 5, 10, 20],
        yticklabels=["1", "2", "5", "10", "20"],
    )
    noise.minorticks_off()
    noise.legend(frameon=False, fontsize=8, loc="lower left")
    curve.plot(CURRENTS, expected_rates(), "--", color="black", linewidth=0.8, label="closed form")
    curve.plot(CURRENTS, recorded.curve.r, ".", color=GREY, label="network")
    curve.set(
        xlabel="injected rate (thresholds)", ylabel="rate read (Hz)", title="integrate-and-fire neurons"
    )
    curve.legend(frameon=False, fontsize=8, loc="upper left")
    for axes in (raster, course, noise, total, curve):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Run, report, draw. The exit code is 1 if errors are not those of the closed form."""
    parser = argparse.ArgumentParser(description="Rates become spikes, spikes become rates.")
    parser.add_argument("--quick", action="store_true", help="30 s of the signal instead of 300")
    parser.add_argument("--out", type=Path, default=Path("hybrid_network.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    recorded = network(arguments.seed)
    print(f"build time             {recorded.build.seconds['total']:8.3f} s")
    duration = 30000.0 if arguments.quick else 300000.0
    start = time.perf_counter()
    sl.simulate(duration)
    seconds = time.perf_counter() - start
    signal = recorded.signal.get("r")[:, 0]
    reading = recorded.reading.get("r").reshape(-1, len(SIZES), len(WINDOWS))
    found, expected = found_errors(signal, reading), expected_errors()
    row, column = SHOWN
    print(
        f"neurons                {SIZES[row]:8d}      (of the errors shown; window {WINDOWS[column]:.0f} ms)"
    )
    print(
        f"noise of counting      {found[0][row, column]:8.3f} Hz   (closed form {expected[0][row, column]:.3f})"
    )
    wrong = float(np.abs(found[0] / expected[0] - 1.0).max())
    print(f"largest deviation      {wrong:8.3f}      (relative, of {found[0].size})")
    print(
        f"noise and lateness     {found[1][row, column]:8.3f} Hz   (closed form {expected[1][row, column]:.3f})"
    )
    late = float(np.abs(found[1] / expected[1] - 1.0).max())
    print(f"largest deviation too  {late:8.3f}")
    best = int(found[1][row].argmin())
    print(f"best window            {WINDOWS[best]:8.0f} ms   (of those tried, {SIZES[row]} neurons)")
    off = float(np.abs(recorded.curve.r - expected_rates()).max())
    print(
        f"error of rates         {off:8.2f} Hz   (of up to {expected_rates()[-1]:.0f}; counts of 1 s are whole)"
    )
    print(f"steps per second       {duration / sl.dt() / seconds:8.0f}")
    draw(arguments.out, recorded, (signal, reading), (*found, *expected))
    print(f"picture                {arguments.out}")
    if max(wrong, late) > 0.25 or off > 1.0:
        print("What is read is not what the closed forms say.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

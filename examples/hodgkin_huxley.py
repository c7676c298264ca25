"""The squid's giant axon under a thousand currents: where firing begins, and where it ends.

    C dv/dt = I - gNa m^3 h (v - ENa) - gK n^4 (v - EK) - gL (v - EL)        v: mV above rest, I: uA/cm2
    dx/dt = alpha_x(v) (1 - x) - beta_x(v) x                                 for the gates x = m, h, n

with the rates and constants of the paper, at 6.3 degrees. The neurons of one population get a current each. At
6.27 uA/cm2 a current that is switched on starts a train that never ends, at 51 Hz from the beginning. Up to 9.78 an
axon at rest stays there, if the current comes slowly; above it cannot. Beyond 154.5 firing dies of too much current.
The last two are Hopf points of the resting state: the currents at which a pair of eigenvalues of its Jacobian
crosses the imaginary axis. NumPy computes them, to be compared with what the network does. (At the lower one a kick
asks whether rest is stable. A larger one, 0.6 mV, finds 9.755, a smaller one, 0.1 mV, in the same time 9.79.)

    python examples/hodgkin_huxley.py [--quick] [--out hodgkin_huxley.png]

Sources: Hodgkin and Huxley 1952, J. Physiol. 117, 500-544: equations 26 and 7, 12, 13, 15, 16, 20, 21, 23, 24; table 3;
figure 12 (a depolarisation of 7 mV fires, 6 mV does not). Rinzel and Miller 1980, Math. Biosci. 49, 27-59, and
Hassard 1978, J. Theor. Biol. 71, 401-420: rest loses its stability at 9.78 and regains it at 154.5 uA/cm2, firing
exists from about 6.26 on.
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

DT = 0.02  # ms
FIGURE_12 = (90.0, 15.0, 7.0, 6.0)  # mV
G = {"gNa": 120.0, "gK": 36.0, "gL": 0.3}  # mS/cm2; the capacity is 1 uF/cm2
E = {"ENa": 115.0, "EK": -12.0, "EL": 10.613}  # mV above rest

Axon = sl.Neuron(
    name="Axon",
    parameters="\n".join(f"{name} = {value} : population" for name, value in (G | E).items())
    + """
        I = 0.0                      # uA/cm2, reached after `ramp` ms from I + extra
        extra = 0.0
        ramp = 1.0 : population
        kick = 0.0 : population      # uA/cm2 for 1 ms after the ramp
        since = 0.0 : population     # ms, from when on the extremes of v are kept
    """,
    functions="ratio(x) = ite(abs(x) < 1e-6, 1.0, x / (exp(x) - 1.0))",
    equations="""
        was = slope
        before = v
        drive = I + extra * (1.0 - min(t / ramp, 1.0))^3 + ite(t >= ramp and t < ramp + 1.0, kick, 0.0)
        dv/dt = drive - gNa * m^3 * h * (v - ENa) - gK * n^4 * (v - EK) - gL * (v - EL) : rk4
        dm/dt = ratio((25.0 - v) / 10.0) * (1.0 - m) - 4.0 * exp(-v / 18.0) * m : init = 0.0529, rk4
        dh/dt = 0.07 * exp(-v / 20.0) * (1.0 - h) - h / (exp((30.0 - v) / 10.0) + 1.0) : init = 0.5961, rk4
        dn/dt = 0.1 * ratio((10.0 - v) / 10.0) * (1.0 - n) - 0.125 * exp(-v / 80.0) * n : init = 0.3177, rk4
        slope = v - before
        top = ite(t < since, v, max(top, v))
        bottom = ite(t < since, v, min(bottom, v))
    """,
    spike="was > 0.0 and slope <= 0.0",  # any maximum of v, as spikes near the upper end are small
)


@dataclass(frozen=True)
class Answer:
    """What axons did in the last half second: frequencies in Hz, 0 where they rest, and extremes of v in mV."""

    currents: Array
    frequency: Array
    top: Array
    bottom: Array

    @property
    def amplitude(self) -> Array:
        return self.top - self.bottom

    def first(self) -> int:
        """The axon of the smallest current that fires, with spikes of 20 mV at least."""
        return int(np.argmax(self.amplitude > 20.0))


def answer(currents: Array, extra: Array | float, ramp: float, duration: float, kick: float = 0.0) -> Answer:
    """Axons at rest get ``currents + extra``; the extra part vanishes within `ramp` ms."""
    network = sl.Network(dt=DT, seed=1)
    axons = network.create(len(currents), Axon)
    maxima = network.monitor(axons, "spike", start=False)
    network.compile(silent=True)
    axons.I, axons.extra, axons.ramp, axons.kick = currents, extra, ramp, kick
    axons.since = duration - 500.0
    network.simulate(duration - 500.0)
    maxima.start()
    network.simulate(500.0)
    times = maxima.get("spike")
    frequency = np.zeros(len(currents))
    for rank, steps in times.items():
        if len(steps) > 1:
            frequency[rank] = 1e3 * (len(steps) - 1) / (steps[-1] - steps[0]) / DT
    top, bottom = np.asarray(axons.top), np.asarray(axons.bottom)
    return Answer(currents, np.where(top - bottom > 1.0, frequency, 0.0), top, bottom)


class Shocks:
    """Axons that begin with a depolarisation instead of a current, as in figure 12."""

    def __init__(self) -> None:
        network = sl.Network(dt=DT / 2, seed=1)
        self.depolarisations = np.linspace(6.0, 7.0, 101)
        axons = network.create(len(self.depolarisations) + len(FIGURE_12), Axon)
        traces = network.monitor(axons[len(self.depolarisations) :], ["v", "m", "h", "n"])
        self.build = network.compile(silent=True)
        axons.v = np.concatenate([self.depolarisations, FIGURE_12])
        network.simulate(25.0)
        self.v, self.m, self.h, self.n = (np.asarray(traces.get(name)) for name in "vmhn")
        self.time = np.arange(1, len(self.v) + 1) * DT / 2
        self.critical = float(self.depolarisations[np.argmax(axons.top[: len(self.depolarisations)] > 50.0)])
        axons.v = 0.0
        network.simulate(200.0)
        self.rest = {name: float(np.asarray(getattr(axons, name))[0]) for name in "vmhn"}


def rates(v: float) -> dict[str, tuple[float, float]]:
    """The rates alpha and beta of each gate, in 1/ms."""

    def ratio(x: float) -> float:
        return x / np.expm1(x) if abs(x) > 1e-9 else 1.0

    return {
        "m": (ratio((25.0 - v) / 10.0), 4.0 * np.exp(-v / 18.0)),
        "h": (0.07 * np.exp(-v / 20.0), 1.0 / (np.exp((30.0 - v) / 10.0) + 1.0)),
        "n": (0.1 * ratio((10.0 - v) / 10.0), 0.125 * np.exp(-v / 80.0)),
    }


def resting(v: float) -> tuple[float, complex]:
    """The current that keeps the axon at rest at `v`, and the eigenvalue of largest real part there, in 1/ms."""
    gates = np.array([a / (a + b) for a, b in rates(v).values()])

    def field(state: Array) -> Array:
        u, m, h, n = state
        ionic = (
            G["gNa"] * m**3 * h * (u - E["ENa"]) + G["gK"] * n**4 * (u - E["EK"]) + G["gL"] * (u - E["EL"])
        )
        change = [a * (1.0 - x) - b * x for x, (a, b) in zip((m, h, n), rates(u).values(), strict=True)]
        return np.array([-ionic, *change])

    state = np.array([v, *gates])
    steps = 1e-6 * np.eye(4)
    jacobian = np.stack([(field(state + d) - field(state - d)) / 2e-6 for d in steps], axis=1)
    values = np.linalg.eigvals(jacobian)
    return float(-field(state)[0]), complex(values[values.real.argmax()])


def hopf(low: float, high: float) -> tuple[float, float]:
    """The current and the frequency in Hz at which rest changes its stability, between two potentials."""
    stable = resting(low)[1].real < 0.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if (resting(middle)[1].real < 0.0) == stable else (low, middle)
    current, value = resting(low)
    return current, 1e3 * abs(value.imag) / (2.0 * np.pi)


def upper_end(of: Answer) -> float:
    """Where the square of the amplitude, which is linear near the end, reaches 0."""
    near = (of.amplitude > 1.5) & (of.amplitude < 4.5)
    slope, offset = np.polyfit(of.currents[near], of.amplitude[near] ** 2, 1)
    return float(-offset / slope)


def draw(
    path: Path, shocks: Shocks, steps: Answer, down: Answer, up: Answer, points: tuple[float, float]
) -> None:
    """Figure 12 of the paper, the conductances of a spike, frequencies and extremes against the current."""
    figure = Figure(figsize=(11, 7.2), dpi=100, layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False).flat
    spikes, conductances = above.subplots(1, 2)
    frequency, extremes = below.subplots(1, 2)
    for column, (shock, colour) in enumerate(
        zip(FIGURE_12, ("#2166ac", "#1b7837", "#b2182b", "0.5"), strict=True)
    ):
        spikes.plot(shocks.time, shocks.v[:, column], color=colour, label=f"{shock:.0f} mV", linewidth=1.4)
    spikes.set(xlabel="time (ms)", ylabel="v - rest (mV)", xlim=(0, 14), ylim=(-16, 125))
    spikes.axhline(E["ENa"], color="0.7", linestyle=":", linewidth=1.0)
    spikes.text(11.0, E["ENa"] + 2.0, "$E_{Na}$", color="0.5")
    spikes.set_title("after a shock: 7 mV fire, 6 mV do not", fontsize=10)
    spikes.legend(frameon=False, loc="center right")
    _draw_conductances(conductances, shocks)
    _draw_frequency(frequency, steps, down, up)
    _draw_extremes(extremes, steps, down, points)
    for axes in (spikes, conductances, frequency, extremes):
        axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_conductances(axes: Axes, shocks: Shocks) -> None:
    column = FIGURE_12.index(15.0)
    m, h, n = (gate[:, column] for gate in (shocks.m, shocks.h, shocks.n))
    axes.plot(shocks.time, G["gNa"] * m**3 * h, color="#b2182b", label="sodium, $g_{Na} m^3 h$")
    axes.plot(shocks.time, G["gK"] * n**4, color="#2166ac", label="potassium, $g_K n^4$")
    axes.set(xlabel="time (ms)", ylabel="conductance (mS/cm²)", xlim=(0, 14), ylim=(0, None))
    axes.set_title("conductances after 15 mV", fontsize=10)
    axes.legend(frameon=False)


def _draw_frequency(axes: Axes, steps: Answer, down: Answer, up: Answer) -> None:
    axes.plot(steps.currents, steps.frequency, ".", color="#2166ac", markersize=3)
    axes.set(xlabel="current (µA/cm²)", ylabel="frequency (Hz)", xlim=(-5, 200), ylim=(-6, 180))
    axes.set_title(f"{len(steps.currents)} axons whose current is switched on", fontsize=10)
    inset = axes.inset_axes((0.32, 0.1, 0.43, 0.44))
    inset.plot(down.currents, down.frequency, color="#b2182b", linewidth=1.6, label="falling slowly")
    inset.plot(up.currents, up.frequency, color="#1b7837", linewidth=1.6, label="rising slowly")
    inset.set(xlim=(5.0, 11.0), ylim=(-5, 80))
    inset.tick_params(labelsize=8)
    inset.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(0.2, 0.4))


def _draw_extremes(axes: Axes, steps: Answer, down: Answer, points: tuple[float, float]) -> None:
    v = np.linspace(-3.0, 26.0, 400)
    currents, values = zip(*map(resting, v), strict=True)
    stable = np.real(values) < 0.0
    axes.plot(np.where(stable, currents, np.nan), v, color="k", linewidth=1.4, label="rest, stable")
    axes.plot(np.where(stable, np.nan, currents), v, "--", color="k", linewidth=1.0, label="rest, unstable")
    for of in (steps, down):
        moving = of.amplitude > 1.0
        for extreme in (of.top, of.bottom):
            axes.plot(of.currents[moving], extreme[moving], ".", color="#2166ac", markersize=2.0)
    axes.plot([], [], ".", color="#2166ac", label="extremes of firing")
    for point in points:
        axes.axvline(point, color="#b2182b", linewidth=0.8)
        axes.text(point + 2.0, 106.0, f"Hopf point\n{point:.2f}", color="#b2182b", fontsize=9)
    axes.set(xlabel="current (µA/cm²)", ylabel="v - rest (mV)", xlim=(-5, 200), ylim=(-16, 125))
    axes.set_title("rest and firing", fontsize=10)
    axes.legend(frameon=False, fontsize=9, loc="upper right", bbox_to_anchor=(0.76, 1.0))


def main() -> int:
    """Run, report, draw. The exit code is 1 if firing begins or ends elsewhere than it has to."""
    parser = argparse.ArgumentParser(description="The axon of Hodgkin and Huxley under many currents.")
    parser.add_argument("--quick", action="store_true", help="200 currents instead of 1000")
    parser.add_argument("--out", type=Path, default=Path("hodgkin_huxley.png"), help="the picture to draw")
    arguments = parser.parse_args()

    shocks = Shocks()
    print(f"build time            {shocks.build.seconds['total']:9.3f} s")
    error = max(abs(shocks.rest[x] - a / (a + b)) for x, (a, b) in rates(shocks.rest["v"]).items())
    print(f"rest                  {shocks.rest['v']:9.4f} mV     (by definition about 0)")
    print(f"gates at rest         {error:9.1e}        (largest difference from alpha / (alpha + beta))")
    print(f"critical shock        {shocks.critical:9.2f} mV     (paper: between 6 and 7)")
    print(f"peak after 15 mV      {shocks.v[:, 1].max():9.2f} mV     (sodium battery: 115)")
    steps = answer(np.linspace(0.0, 200.0, 201 if arguments.quick else 1001), 0.0, 1.0, 1000.0)
    fine = answer(np.linspace(6.0, 6.6, 61), 0.0, 1.0, 2500.0)
    coarse = np.arange(5.0, 11.0, 0.1)
    down = answer(np.union1d(coarse, np.linspace(6.0, 6.6, 61)), 10.0, 1000.0, 2500.0)
    low, high = hopf(2.0, 8.0), hopf(15.0, 26.0)
    print(
        f"rheobase              {fine.currents[fine.first()]:9.3f} uA/cm2 (switched on; literature: 6.2 to 6.3)"
    )
    print(
        f"firing exists from    {down.currents[down.first()]:9.3f} uA/cm2 (coming from above; literature: 6.26)"
    )
    print(f"frequency at onset    {down.frequency[down.first()]:9.2f} Hz     (literature: 50 to 70)")
    slow = np.union1d(coarse, np.linspace(9.6, 9.96, 73))
    up = answer(slow, -slow, 2000.0, 8000.0, kick=0.3)
    ending = answer(np.linspace(153.2, 155.0, 37), -50.0, 1000.0, 4000.0)
    print(f"rest fires from       {up.currents[up.first()]:9.3f} uA/cm2 (Hopf point {low[0]:.3f})")
    print(f"firing ends at        {upper_end(ending):9.3f} uA/cm2 (Hopf point {high[0]:.3f})")
    fastest = ending.frequency[np.flatnonzero(ending.frequency)[-1]]
    print(f"frequency at the end  {fastest:9.2f} Hz     (of the linearised axon {high[1]:.2f})")
    draw(arguments.out, shocks, steps, down, up, (low[0], high[0]))
    print(f"picture               {arguments.out}")
    begins = abs(up.currents[up.first()] - low[0]) < 0.05 and 6.2 < down.currents[down.first()] < 6.3
    if (
        not begins
        or abs(upper_end(ending) - high[0]) > 0.05
        or not 6.0 < shocks.critical < 7.0
        or error > 1e-6
    ):
        print("Firing does not begin and end where it has to.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

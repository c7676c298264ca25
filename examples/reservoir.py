"""A chaotic network learns to tell "same" from "different" from one number at the end of each trial.

200 neurons, all joined to all with random weights, receive two stimuli with a pause between them. 800 ms after
the first one the rate of one of them is to be +1 if the two differed and -1 if they did not: delayed non-match to
sample, a sequential XOR. Nobody tells the network how. Each neuron is kicked now and then, each synapse
notes what followed, and a reward that is better than expected makes it so:

    tau dx_i/dt = -x_i + sum_j J_ij r_j + inputs + kicks     r = tanh(x)
    e_ij       <- e_ij + (r_j (x_i - <x_i>))^3               eligibility; the cube lets large deviations win
    dJ_ij       = eta e_ij <E> (<E> - E), at most 3e-4       E: error of the trial, <E>: its running mean

The trials, the critic that computes E and <E>, and the rule are all parts of the network: a schedule drives it, and
no Python runs between the steps of the training.

    python examples/reservoir.py [--quick] [--out reservoir.png] [--seed 1]

Source: Miconi 2017, Biologically plausible learning in recurrent neural networks reproduces neural dynamics observed
during cognitive tasks, eLife 6:e20899; its methods, its figure 1, and the published parameters. There the median
run needs 843 trials until 95 of 100 are correct (E < 1), quartiles 692 and 1125.
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
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

import synloom as sl

Array = NDArray[np.float64]

SIZE, GAIN = 200, 1.5
TRIAL = 1000  # ms
WINDOW = 40  # trials that a curve is smoothed over
SAME, DIFFERENT = -0.98, 0.98  # the answers
TASK = {
    "AA": SAME,
    "AB": DIFFERENT,
    "BA": DIFFERENT,
    "BB": SAME,
}  # what is shown, and the answer it calls for
EASY_TASK = {"AA": -0.98, "AB": 0.98, "BA": -0.98, "BB": 0.98}  # which was the second?
CHANCE = 0.98  # the mean error of an answer that does not depend on what is shown
REQUIRED = 0.75  # the error at the end: runs differ much in how many trials they need
ETA = 0.1  # learning rate
LISTEN, QUICK_LISTEN = 100, 40  # trials at the beginning in which only the critic learns: what to expect
TRIALS, QUICK_TRIALS = 1600, 280  # in all
LAST, QUICK_LAST = 100, 40  # at the end, those that count
PAPER = (692, 843, 1125)  # trials to the criterion, 95 of 100 with an error below 1: quartiles of 20 runs
EVENTS = {0: "begin", 1: "first", 201: "", 400: "second", 600: "", 798: "listen", 998: "end", 999: ""}  # ms
CHANNELS = ("A", "B", "begin", "listen", "end")

Cell = sl.Neuron(
    name="Cell",
    parameters="""
        tau = 30.0 : population         # ms
        rate = 0.003 : population       # kicks per ms
        strength = 16.0 : population    # of a kick; divided by tau, x jumps by up to 0.53
        clamped = False : bool          # three neurons never change
        bias = 0.0
    """,
    equations="""
        r_before = r
        begin = sum(begin)
        dopamine = sum(dopamine)
        kick = ite(Uniform(0.0, 1.0) < rate, Uniform(-strength, strength), 0.0)
        free = x + dt / tau * (-x + sum(rec) + sum(stimulus) + kick)
        x = ite(clamped, bias, ite(begin > 0.0, Uniform(-0.1, 0.1), free))
        deviation = ite(begin > 0.0, 0.0, x - x_mean)
        x_mean = ite(begin > 0.0, x, 0.05 * x_mean + 0.95 * x)
        r = tanh(x)
    """,
)
Critic = sl.Neuron(
    name="Critic",
    parameters="answer = 0.0 ; keep = 0.75 : population",
    equations="""
        error = ite(sum(begin) > 0.0, 0.0, error + sum(listen) * abs(sum(output) - answer) / 200.0)
        now = sum(end) * sum(mine)
        r = now * expected * (expected - error)
        expected = expected + now * (1.0 - keep) * (error - expected)
    """,
)
Rewarded = sl.Synapse(
    name="Rewarded",
    parameters="eta = 0.0 : projection ; limit = 3e-4 : projection",
    equations="""
        e = ite(post.begin > 0.0, 0.0, e + (pre.r_before * post.deviation)^3)
        w += clip(eta * post.dopamine * e, -limit, limit)
    """,
)


def schedule(pairs: list[str]) -> tuple[Array, list[float]]:
    """One trial with each pair of stimuli as a table of inputs, and the times of its rows.

    Columns are the `CHANNELS`, and then one for each kind of trial.
    """
    rows, times = [], []
    for kind, (first, second) in enumerate(pairs):
        shown = {"first": first, "second": second}
        for moment, event in EVENTS.items():
            active = CHANNELS.index(shown.get(event, event)) if event else None
            rows.append(
                [float(n == active or n == len(CHANNELS) + kind) for n in range(len(CHANNELS) + len(pairs))]
            )
            times.append(float(kind * TRIAL + moment))
    return np.array(rows), times


class Reservoir:
    """The network, and the schedule that puts it through one trial after another.

    Parameters
    ----------
    answers : dict of str to float
        The pair of stimuli of each kind of trial, and the rate that it calls for.
    seed : int
        Of the weights, the kicks, and where the activity of each trial begins.
    """

    def __init__(self, answers: dict[str, float], seed: int) -> None:
        sl.setup(dt=1.0, seed=seed, precision="float")
        self.kinds = len(answers)
        table, times = schedule(list(answers))
        self.task = sl.TimedArray(table, schedule=times, period=float(self.kinds * TRIAL), name="task")
        self.cells = sl.Population(SIZE, Cell, name="cells")
        self.critic = sl.Population(self.kinds, Critic, name="critic")
        self.critic.answer = list(answers.values())
        for rank, bias in ((1, 1.0), (10, 1.0), (11, -1.0)):
            self.cells[rank].clamped, self.cells[rank].bias = True, bias
        self._connect()
        self.errors = sl.Monitor(self.critic, "error", period=TRIAL, period_offset=TRIAL - 1.0)
        self.rates = sl.Monitor(self.cells[0:8], "r", start=False)
        self.build = sl.compile(silent=True)
        self.trials = 0

    def _connect(self) -> None:
        cells, critic, task = self.cells, self.critic, self.task
        self.recurrent = sl.Projection(cells, cells, "rec", Rewarded, name="recurrent")
        self.recurrent.connect_all_to_all(sl.Normal(0.0, GAIN / SIZE**0.5), allow_self_connections=True)
        sl.Projection(task[0:2], cells, "stimulus").connect_all_to_all(sl.Uniform(-1.0, 1.0))
        for end, target in ((cells, "begin"), (critic, "begin"), (critic, "listen"), (critic, "end")):
            channel = CHANNELS.index(target)
            sl.Projection(task[channel : channel + 1], end, target).connect_all_to_all(1.0)
        sl.Projection(task[len(CHANNELS) :], critic, "mine").connect_one_to_one(1.0)
        sl.Projection(cells[0:1], critic, "output").connect_all_to_all(1.0)
        sl.Projection(critic, cells, "dopamine").connect_all_to_all(1.0)

    def run(self, count: int, eta: float) -> Array:
        """The error of each of the next `count` trials, with this learning rate."""
        self.recurrent.eta = eta
        sl.simulate(float(count * TRIAL))
        kinds = (self.trials + np.arange(count)) % self.kinds  # each critic answers for its kind
        self.trials += count
        errors: Array = self.errors.get("error")[np.arange(count), kinds]
        return errors

    def watch(self) -> Array:
        """Rates of the output and seven more, one trial of each kind, weights at rest. Shape (kind, ms, neuron)."""
        self.rates.start()
        self.run(self.kinds, 0.0)
        self.rates.pause()
        rates: Array = self.rates.get("r").reshape(self.kinds, TRIAL, -1)
        return rates

    def eigenvalues(self) -> NDArray[np.complex128]:
        """Of the recurrent weights."""
        values: NDArray[np.complex128] = np.linalg.eigvals(np.array(self.recurrent.connectivity_matrix()))
        return values


def trials_to_criterion(errors: Array) -> int | None:
    """After how many trials 95 of the last 100 were correct for the first time."""
    correct = np.convolve(errors < 1.0, np.ones(100), mode="valid")
    reached = np.flatnonzero(correct >= 95)
    return int(reached[0]) + 100 if reached.size else None


@dataclass(frozen=True)
class Run:
    """What is left of a training: errors, and rates and eigenvalues before and after it."""

    answers: dict[str, float]
    listened: int  # trials at the beginning without learning
    errors: Array
    rates: tuple[Array, Array]
    eigenvalues: tuple[NDArray[np.complex128], NDArray[np.complex128]]


def draw(path: Path, run: Run) -> None:
    """The errors of all trials, what the neurons do before and after, and the eigenvalues of the weights."""
    figure = Figure(figsize=(11, 6.8), dpi=75, layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=[1, 1.15]).flat
    errors, spectrum = above.subplots(1, 2, width_ratios=[2.1, 1])
    _draw_errors(errors, run)
    _draw_spectrum(spectrum, run)
    traces = below.subplots(2, 2, sharex=True, sharey="row", height_ratios=[1.2, 1])
    for column, when in enumerate(("before training", "after training")):
        _draw_outputs(traces[0, column], run, column, when)
        _draw_neurons(traces[1, column], run, column)
    for axes in traces[:, 0]:
        axes.set_ylabel("rate")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def _draw_errors(axes: Axes, run: Run) -> None:
    errors = run.errors
    windows = sliding_window_view(errors, WINDOW)
    trials = np.arange(len(windows)) + WINDOW
    low, high = np.quantile(windows, (0.25, 0.75), axis=1)
    axes.fill_between(
        trials, low, high, color="0.8", linewidth=0.0, label=f"quartiles of the last {WINDOW} trials"
    )
    axes.plot(trials, windows.mean(axis=1), color="#b2182b", label="their mean")
    axes.axhline(CHANCE, color="0.3", linestyle="--", linewidth=1.0, label="chance")
    axes.axvspan(0, run.listened, color="0.93", zorder=0)
    if run.answers == TASK:
        axes.axvspan(
            PAPER[0], PAPER[2], color="#d1e5f0", zorder=0, label="criterion in the paper (quartiles)"
        )
        reached = trials_to_criterion(errors)
        if reached is not None:
            axes.axvline(reached, color="#2166ac", label=f"criterion here: {reached}")
    axes.set(xlabel="trial", ylabel="error", xlim=(0, len(errors)), ylim=(0, 2), title="Learning")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper right", fontsize="small", framealpha=1.0, edgecolor="none")


def _draw_spectrum(axes: Axes, run: Run) -> None:
    circle = GAIN * np.exp(1j * np.linspace(0.0, 2.0 * np.pi, 200))
    axes.plot(circle.real, circle.imag, color="0.5", linewidth=1.0, label=f"radius {GAIN}")
    for values, colour, marker, when in zip(
        run.eigenvalues, ("0.6", "#b2182b"), "o.", ("before", "after"), strict=True
    ):
        axes.plot(
            values.real, values.imag, marker, color=colour, markersize=4.0, label=when, fillstyle="none"
        )
    axes.set(xlabel="real part", ylabel="imaginary part", aspect="equal", title="Eigenvalues of J")
    axes.legend(frameon=False, loc="upper left", fontsize="small", bbox_to_anchor=(1.0, 1.0))
    axes.spines[["top", "right"]].set_visible(False)


def _draw_outputs(axes: Axes, run: Run, column: int, when: str) -> None:
    colours = ("#2166ac", "#b2182b", "#f4a582", "#92c5de")
    for kind, (pair, answer) in enumerate(run.answers.items()):
        axes.plot(run.rates[column][kind, :, 0], color=colours[kind], label=pair)
        axes.plot([800, 1000], [answer, answer], color="0.2", linestyle=":", linewidth=1.5)
    for start in (1, 400):
        axes.axvspan(start, start + 200, color="0.93", zorder=0)
    axes.set(title=f"Output {when}", xlim=(0, TRIAL), ylim=(-1.08, 1.08))
    axes.spines[["top", "right"]].set_visible(False)
    if column:
        axes.legend(frameon=False, ncols=2, loc="lower left", fontsize="small")


def _draw_neurons(axes: Axes, run: Run, column: int) -> None:
    for kind, style in ((0, "-"), (1, "--")):
        for neuron, colour in ((2, "#1b7837"), (6, "#e08214")):
            axes.plot(run.rates[column][kind, :, neuron], style, color=colour, linewidth=1.0)
    for start in (1, 400):
        axes.axvspan(start, start + 200, color="0.93", zorder=0)
    pairs = list(run.answers)
    axes.set(
        xlabel="time (ms)",
        title=f"Two others, {pairs[0]} (solid) and {pairs[1]} (dashed)",
        ylim=(-1.08, 1.08),
    )
    axes.spines[["top", "right"]].set_visible(False)


def report(run: Run, last: int, seconds: float) -> bool:
    """The numbers; whether the network learned what it had to."""
    before, after = float(run.errors[: run.listened].mean()), float(run.errors[-last:].mean())
    correct = float((run.errors[-last:] < 1.0).mean())
    radius = float(np.abs(run.eigenvalues[0]).max())
    reached = trials_to_criterion(run.errors)
    print(f"spectral radius       {radius:8.3f}    g = {GAIN} for an infinite network (Girko's law)")
    print(f"error before          {before:8.3f}")
    print(f"error after           {after:8.3f}    chance: {CHANCE}")
    print(f"correct               {correct:8.3f}    of the last {last} trials; chance: 0.5")
    paper = (
        f"paper: {PAPER[1]}, quartiles {PAPER[0]} and {PAPER[2]}" if run.answers == TASK else "an easier task"
    )
    print(f"trials to criterion   {reached or '-':>8}    {paper}")
    print(f"steps per second      {len(run.errors) * TRIAL / seconds:8.0f}")
    return after < REQUIRED


def main() -> int:
    """Train, report, draw. The exit code is 1 if the error stayed near that of chance."""
    parser = argparse.ArgumentParser(description="Reward-modulated learning in a chaotic network.")
    parser.add_argument("--quick", action="store_true", help="an easier task: name the second stimulus")
    parser.add_argument("--out", type=Path, default=Path("reservoir.png"), help="the picture to draw")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    answers = EASY_TASK if arguments.quick else TASK
    listen, trials, last = (
        (QUICK_LISTEN, QUICK_TRIALS, QUICK_LAST) if arguments.quick else (LISTEN, TRIALS, LAST)
    )
    network = Reservoir(answers, arguments.seed)
    how = "taken from the cache" if network.build.cached else "generated, compiled and loaded"
    print(f"build time            {network.build.seconds['total']:8.3f} s  ({how})")
    rates, eigenvalues = network.watch(), network.eigenvalues()
    start = time.perf_counter()
    errors = np.concatenate([network.run(listen, 0.0), network.run(trials - listen, ETA)])
    seconds = time.perf_counter() - start
    run = Run(answers, listen, errors, (rates, network.watch()), (eigenvalues, network.eigenvalues()))
    good = report(run, last, seconds)
    draw(arguments.out, run)
    print(f"picture               {arguments.out}")
    if not good:
        print("The network did not learn its task.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

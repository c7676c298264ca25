"""A chaotic network learns to tell "same" from "different" from one number at the end of each trial.

200 neurons, all joined to all with random weights, receive two stimuli with a pause between them. 800 ms after
the first one the rate of one of them is to be +1 if the two differed and -1 if they did not: delayed non-match to
sample, a sequential XOR. Nobody tells the network how. Each neuron is kicked now and then, each synapse
notes what followed, and a reward that is better than expected makes it so:

    tau dx_i/dt = -x_i + sum_j J_ij r_j + inputs + kicks     r = tanh(x)
    e_ij       <- e_ij + (r_j (x_i - <x_i>))^3               eligibility; the cube lets large deviations win
    dJ_ij       = eta e_ij <E> (<E> - E), at most 3e-4       E: error of the trial, <E>: its running mean

The trials, the critic that computes E and <E>, and the rule are all parts of the network: a schedule drives it, and
the whole training is one call of simulate().

    python examples/reservoir.py [--quick] [--out reservoir.png] [--seed 1]

Source: Miconi 2017, Biologically plausible learning in recurrent neural networks reproduces neural dynamics observed
during cognitive tasks, eLife 6:e20899; equations 1 to 4, figure 1 and its published parameters. There the median
run needs 843 trials until 95 of 100 are correct (E < 1), quartiles 692 and 1125.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import synloom as sl

Array = NDArray[np.float64]

SIZE, GAIN = 200, 1.5
TRIAL = 1000  # ms
TYPES = {"AA": -0.98, "AB": 0.98, "BA": 0.98, "BB": -0.98}  # what is shown, and the answer it calls for
CHANCE = 0.98  # the mean error of any answer that does not depend on what is shown
LISTEN, TRAIN, QUICK_TRAIN, TEST = 100, 1500, 250, 20  # trials; while listening the critic learns what to expect
PAPER = (692, 843, 1125)  # trials to the criterion: quartiles of 20 runs

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
CHANNELS = {"A": 0, "B": 1, "begin": 2, "listen": 3, "end": 4, "type": 5}


def trials() -> tuple[Array, list[float]]:
    """One trial of each type as a table of inputs, and the times of its rows."""
    rows, times = [], []
    for kind, pair in enumerate(TYPES):
        moments = {0: "begin", 1: pair[0], 201: "", 400: pair[1], 600: "", 798: "listen", 998: "end", 999: ""}
        for moment, channel in moments.items():
            row = np.zeros(5 + len(TYPES))
            row[CHANNELS["type"] + kind] = 1.0
            if channel:
                row[CHANNELS[channel]] = 1.0
            rows.append(row)
            times.append(float(kind * TRIAL + moment))
    return np.array(rows), times


class Reservoir:
    """The network, and the schedule that puts it through one trial after another."""

    def __init__(self, seed: int) -> None:
        sl.setup(dt=1.0, seed=seed, precision="float")
        table, times = trials()
        task = sl.TimedArray(rates=table, schedule=times, period=float(len(TYPES) * TRIAL), name="task")
        self.cells = sl.Population(SIZE, Cell, name="cells")
        self.critic = sl.Population(len(TYPES), Critic, name="critic")
        for rank, bias in ((1, 1.0), (10, 1.0), (11, -1.0)):
            self.cells[rank].clamped, self.cells[rank].bias = True, bias
        self.critic.answer = list(TYPES.values())

        self.recurrent = sl.Projection(self.cells, self.cells, "rec", Rewarded, name="recurrent")
        self.recurrent.connect_all_to_all(sl.Normal(0.0, GAIN / SIZE**0.5), allow_self_connections=True)
        shown = sl.Projection(task[0:2], self.cells, "stimulus", name="shown")
        shown.connect_all_to_all(sl.Uniform(-1.0, 1.0))
        for target, ends in {
            "begin": (self.cells, self.critic),
            "listen": (self.critic,),
            "end": (self.critic,),
        }.items():
            channel = CHANNELS[target]
            for end in ends:
                sl.Projection(task[channel : channel + 1], end, target).connect_all_to_all(1.0)
        sl.Projection(task[CHANNELS["type"] :], self.critic, "mine").connect_one_to_one(1.0)
        sl.Projection(self.cells[0:1], self.critic, "output").connect_all_to_all(1.0)
        sl.Projection(self.critic, self.cells, "dopamine").connect_all_to_all(1.0)

        self.scores = sl.Monitor(self.critic, "error", period=TRIAL, period_offset=TRIAL - 1.0)
        self.rates = sl.Monitor(self.cells[0:8], "r", start=False)
        self.build = sl.compile(silent=True)

    def run(self, count: int) -> Array:
        """The error of each of `count` trials, which come in turns."""
        sl.simulate(float(count * TRIAL))
        errors = self.scores.get("error")  # (trials, critics): the error counts up in all, and each keeps its kind's
        return errors[np.arange(count), np.arange(count) % len(TYPES)]

    def watch(self) -> Array:
        """Rates of eight neurons in one trial of each type, without learning. Shape (types, ms, neurons)."""
        eta, self.recurrent.eta = self.recurrent.eta, 0.0
        self.rates.resume() if self.rates.times()["r"]["start"] else self.rates.start()
        self.run(len(TYPES))
        self.rates.pause()
        self.recurrent.eta = eta
        return self.rates.get("r").reshape(len(TYPES), TRIAL, -1)

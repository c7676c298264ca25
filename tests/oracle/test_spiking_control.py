"""Flags, disabled populations, periods, new values and reset while a spiking network runs, against the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.oracle.compare import agree, run_both, run_from_here
from tests.oracle.oracle import Oracle

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

NEURON = """
    3.3*dv/dt = drive - v + 0.4*g_exc + 0.3*g_fb
    z += 0.21 + 0.05*drive
    seen += g_exc - 0.5*g_fb
    rate = 0.9*rate + 0.1*r
"""
LEARNING = {
    "equations": "7.3*dx/dt = -x : event-driven ; 9.1*dy/dt = -y : event-driven ; k += 1.0 ; dw/dt = 0.01*(0.3 - w)",
    "pre_spike": "g_target += w ; x += 1.0 ; w = clip(w - 0.05*y, -1.0, 1.0)",
    "post_spike": "y += 1.0 ; w = clip(w + 0.06*x, -1.0, 1.0)",
}
AXONAL = {"pre_spike": "g_target += w ; c = 0.7*c + 0.1*pre.v", "pre_axon_spike": "g_target += 0.3*w"}
MIXED = np.arange(12).reshape(3, 4) % 4 + 1.0


def network(storage: str, delay: Any, back: Any) -> tuple[Any, Any]:
    """Two populations that excite each other; ``ff`` learns and is read by its transpose."""
    neuron = sl.Neuron(
        parameters="drive = 1.0",
        equations=NEURON,
        spike="v > 1.0",
        reset="v = -0.2",
        axon_spike="z > 1.0",
        axon_reset="z -= 0.97",
        refractory=1.0,
    )
    a, b = sl.Population(4, neuron, name="a"), sl.Population(3, neuron, name="b")
    a.drive, b.drive = [1.41, 2.03, 2.67, 3.11], [1.73, 2.29, 2.91]
    for pop in (a, b):
        pop.compute_firing_rate(5.0)
    ff = sl.Projection(a, b, "exc", sl.Synapse(**LEARNING), name="ff")
    ff.connect_from_matrix(np.linspace(-0.3, 0.9, 12).reshape(3, 4), delays=delay, storage_format=storage)
    fb = Transpose(ff, "fb", name="fb").connect(delays=back)
    other = sl.Projection(b, a, "exc", sl.Synapse(**AXONAL), name="other")
    other.connect_all_to_all(0.37, delays=2.0)
    return ff, fb


CASES = pytest.mark.parametrize(
    ("delay", "back"),
    [(0.0, 0.0), (3.0, "forward"), (MIXED, "forward"), (2.0, 4.0)],
    ids=["none", "uniform", "mixed", "own"],
)
STORES = pytest.mark.parametrize("storage", ["dense", "csr"])
SWITCHES = [
    ("ff", "plasticity"),
    ("ff", "update"),
    ("ff", "transmission"),
    ("fb", "transmission"),
    ("other", "transmission"),
    ("other", "axon_transmission"),
    ("a", "enabled"),
    ("b", "enabled"),
]


def switch(name: str, flag: str, oracle: Oracle) -> None:
    """Flip one flag on both sides."""
    running = sl.magic_network()
    if flag == "enabled":
        pop = running.get_population(name)
        oracle.pop[name].enabled = not pop.enabled
        (pop.disable if pop.enabled else pop.enable)()
    else:
        proj = running.get_projection(name)
        setattr(proj, flag, not getattr(proj, flag))
        setattr(oracle.proj[name], flag, getattr(proj, flag))


@STORES
@CASES
def test_flags_flip_at_any_time(storage: str, delay: Any, back: Any) -> None:
    network(storage, delay, back)
    # Each flag alone, off for three steps and on for two; then any of them in any order.
    alone = {5 * i + at: each for i, each in enumerate(SWITCHES) for at in (2, 5)}
    order = np.random.default_rng(11).integers(0, len(SWITCHES), 20)
    mixed = {5 * len(SWITCHES) + 3 + 2 * i: SWITCHES[k] for i, k in enumerate(order)}

    def change(n: int, oracle: Oracle) -> None:
        if n in alone:
            switch(*alone[n], oracle)
        if n in mixed:
            switch(*mixed[n], oracle)

    oracle, wrong = run_both(max(mixed) + 3, change)
    agree(wrong)
    for pop in oracle.pop.values():
        assert pop.spikes is not None
        assert sum(len(e.fired) for e in pop.spikes.past) > 20
        assert any(e.axonal for e in pop.spikes.past)


@STORES
@CASES
def test_after_a_reset_nothing_is_left_of_the_spikes_before(storage: str, delay: Any, back: Any) -> None:
    network(storage, delay, back)
    _, wrong = run_both(7)
    agree(wrong)
    for options in ({}, {"projections": True}):
        sl.reset(**options)
        oracle, wrong = run_from_here(11)
        agree(wrong)
        assert len(set(oracle.forward["ff"]["w"])) == 12


def test_clear_forgets_spikes_and_keeps_values() -> None:
    network("csr", 3.0, 0.0)
    _, wrong = run_both(6)
    agree(wrong)
    running = sl.magic_network()
    before = {name: running.get_population(name).v.copy() for name in ("a", "b")}
    for name in before:
        running.get_population(name).clear()
        assert np.array_equal(running.get_population(name).v, before[name])
        assert len(running.get_population(name).spike) == 0
    last = [running.get_population(name).v for name in before]
    sl.step()
    assert all(np.all(pop.v != was) for pop, was in zip(running.populations, last, strict=True))  # none rests


def test_periods_and_values_change_while_running() -> None:
    ff, _ = network("csr", 2.0, 0.0)
    running = sl.magic_network()

    def change(n: int, oracle: Oracle) -> None:
        learned = oracle.forward["ff"]
        a, spikes = running.get_population("a"), oracle.pop["a"].spikes
        assert spikes is not None
        if n == 3:
            ff.enable_learning(period=4.0)
            learned.period, learned.offset = 4, 3
        if n == 9:
            a.refractory = [0.0, 3.0, 1.0, 2.0]
            spikes.refractory[:] = [0, 3, 1, 2]
        if n == 12:
            ff.w = 0.5
            learned["w"] = 0.5
        if n == 14:
            a.compute_firing_rate(3.0)
            spikes.window = 3
        if n == 16:
            a.v = [0.1, 0.2, 0.3, 0.4]
            oracle.pop["a"]["v"] = [0.1, 0.2, 0.3, 0.4]
        if n == 18:
            ff.enable_learning()
            learned.period, learned.offset = 1, 0

    oracle, wrong = run_both(26, change)
    agree(wrong)
    assert oracle.forward["ff"]["k"][0] == 3 + 4 + 8

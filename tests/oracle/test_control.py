"""Flags, learning periods and disabled populations, switched while the network runs, against the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.oracle.compare import agree, run_both
from tests.oracle.oracle import Oracle
from tests.oracle.parts import Synapses

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

NEURON = """
    total = 0.5*sum() + 0.1*max(r)
    r = cos(0.7*t + phase) + 0.1*total : init=0.3
"""
SYNAPSE = """
    seen += 1.0
    th = 0.9*th + 0.1*post.r : postsynaptic
    dw/dt = 0.1*(pre.r*post.r - th*w) : midpoint
    both = pre.sum(exc) - post.sum(fb) + mean(post.r)
"""
STEPS = 30
MIXED = np.arange(12).reshape(3, 4) % 4 + 1.0


def network(storage: str, delay: Any, back: Any) -> tuple[Any, Any]:
    """Two populations with a learning projection and its transpose."""
    neuron = sl.Neuron(parameters="phase = 0.0", equations=NEURON)
    a, b = sl.Population(4, neuron, name="a"), sl.Population(3, neuron, name="b")
    a.phase, b.phase = [0.1, 2.0, 3.0, 5.0], [4.0, 1.0, 0.5]
    other = sl.Projection(b, a, "exc", name="other")
    other.connect_all_to_all(-0.3, delays=2.0)
    again = sl.Projection(a, b, "fb", name="again")
    again.connect_all_to_all(0.2)
    ff = sl.Projection(a, b, "exc", sl.Synapse(equations=SYNAPSE), name="ff")
    ff.connect_from_matrix(np.linspace(-1, 1, 12).reshape(3, 4), delays=delay, storage_format=storage)
    fb = Transpose(ff, "fb", name="fb").connect(delays=back)
    return ff, fb


SWITCHES = [
    ("ff", "plasticity"),
    ("ff", "update"),
    ("ff", "transmission"),
    ("fb", "transmission"),
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


@pytest.mark.parametrize("storage", ["dense", "csr"])
@pytest.mark.parametrize(
    ("delay", "back"),
    [(0.0, 0.0), (3.0, "forward"), (MIXED, "forward"), (2.0, 4.0)],
    ids=["none", "uniform", "mixed", "own"],
)
def test_flags_flip_at_any_time(storage: str, delay: Any, back: Any) -> None:
    network(storage, delay, back)
    # Each flag alone, off for three steps and on for two; then any of them in any order.
    alone = {5 * i + at: each for i, each in enumerate(SWITCHES) for at in (2, 5)}
    order = np.random.default_rng(11).integers(0, len(SWITCHES), 15)
    mixed = {5 * len(SWITCHES) + 3 + 2 * i: SWITCHES[k] for i, k in enumerate(order)}

    def change(n: int, oracle: Oracle) -> None:
        if n in alone:
            switch(*alone[n], oracle)
        if n in mixed:
            switch(*mixed[n], oracle)

    steps = max(mixed) + 3
    oracle, wrong = run_both(steps, change)
    agree(wrong)
    learned = oracle.proj["ff"]
    assert isinstance(learned, Synapses)
    assert 20 < learned["seen"][0] < steps - 9


def test_periods_change_while_running() -> None:
    ff, _ = network("csr", 2.0, 0.0)

    def change(n: int, oracle: Oracle) -> None:
        learned = oracle.forward["ff"]
        if n == 5:
            ff.enable_learning(period=4.0)
            learned.period, learned.offset = 4, 5
        if n == 15:
            ff.enable_learning(period=3.0, offset=-1.0)
            learned.period, learned.offset = 3, 17
        if n == 24:
            ff.enable_learning()
            learned.period, learned.offset = 1, 0

    oracle, wrong = run_both(STEPS, change)
    agree(wrong)
    assert oracle.forward["ff"]["seen"][0] == 5 + 3 + 3 + 6


def test_values_are_set_from_python_between_steps() -> None:
    ff, fb = network("dense", 3.0, 2.0)

    def change(n: int, oracle: Oracle) -> None:
        if n == 4:
            ff.w = 0.5
            oracle.proj["ff"]["w"] = 0.5
        if n == 6:
            a = sl.magic_network().get_population("a")
            a.r = [1.0, 2.0, 3.0, 4.0]
            oracle.pop["a"]["r"] = [1.0, 2.0, 3.0, 4.0]
        if n == 8:
            fb.forward.array("w")[...] = 0.25
            oracle.proj["ff"]["w"] = 0.25
        if n == 9:
            ff.delay = 2.0
            oracle.forward["ff"].delays = [2] * 12
            next(r for r in oracle.readings if r.name == "ff").delays = [2] * 12

    _, wrong = run_both(12, change)
    agree(wrong)


@pytest.mark.parametrize("storage", ["dense", "csr"])
@pytest.mark.parametrize("own", [2.0, "forward"], ids=["own", "forward"])
@pytest.mark.parametrize("kind", ["uniform", "mixed"])
def test_delays_change_while_running(storage: str, own: Any, kind: str) -> None:
    """Shorter, longer than any before, and back; a transpose with ``delays='forward'`` follows."""
    first: Any = 3.0 if kind == "uniform" else MIXED
    ff, _ = network(storage, first, own)
    later: dict[int, Any] = {5: 2.0, 8: 6.0, 11: 1.0, 12: 3.0}
    if kind == "mixed":
        rng = np.random.default_rng(2)
        later = {n: rng.integers(1, int(longest) + 3, (3, 4)) for n, longest in later.items()}
    # Steps that each population remembers: what is older was forgotten, and counts as the oldest value kept.
    room = {"a": int(np.max(first)), "b": int(np.max(first)) if own == "forward" else 2}

    def change(n: int, oracle: Oracle) -> None:
        if n not in later:
            return
        ff.delay = later[n]
        steps = np.broadcast_to(later[n], (3, 4)).ravel().astype(int).tolist()
        for reading in oracle.readings:
            if reading.name == "ff" or (reading.name == "fb" and own == "forward"):
                reading.delays = steps
        for name, pop in oracle.pop.items():
            kept = pop.past[-room[name] :]
            pop.past[:] = [kept[0]] * (len(pop.past) - len(kept)) + kept
            if name == "a" or own == "forward":
                room[name] = max(room[name], *steps)

    _, wrong = run_both(16, change)
    agree(wrong)


def test_many_projections_of_one_kind_share_a_kernel_and_nothing_else() -> None:
    neuron = sl.Neuron(parameters="phase = 0.0", equations=NEURON)
    populations = [sl.Population(3 + i, neuron, name=f"p{i}") for i in range(4)]
    rule = sl.Synapse(equations="dw/dt = 0.05*(pre.r*post.r - w)")
    rng = np.random.default_rng(5)
    for i, pre in enumerate(populations):
        pre.phase = rng.uniform(0, 6, pre.size)
        for j, post in enumerate(populations):
            ff = sl.Projection(pre, post, "exc", rule, name=f"ff{i}{j}")
            ff.connect_from_matrix(rng.uniform(-1, 1, (post.size, pre.size)), storage_format="csr")
            Transpose(ff, "fb", name=f"fb{i}{j}")
    _, wrong = run_both(6)
    agree(wrong)
    units = [name for name in sl.magic_network().build.sources if name.endswith(".cpp")]
    assert len(units) <= 6

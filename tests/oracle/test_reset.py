"""After ``reset()`` a network is one that was just compiled, held against an oracle taken anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.oracle.compare import agree, run_both, run_from_here
from tests.oracle.test_control import MIXED, NEURON, SYNAPSE, network

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


@pytest.mark.parametrize("storage", ["dense", "csr"])
@pytest.mark.parametrize(
    "what", [{}, {"projections": True}, {"synapses": True}], ids=["plain", "projections", "synapses"]
)
@pytest.mark.parametrize(
    ("delay", "back"), [(0.0, 0.0), (3.0, 2.0), (MIXED, "forward")], ids=["none", "uniform", "mixed"]
)
def test_reset(storage: str, what: dict[str, bool], delay: Any, back: Any) -> None:
    ff, fb = network(storage, delay, back)
    first, wrong = run_both(7)
    agree(wrong)
    before = {name: pop["r"] for name, pop in first.pop.items()}
    weights = ff.array("w").copy()
    sl.reset(**what)
    assert (sl.get_time(), sl.get_current_step()) == (0.0, 0)
    if "synapses" in what:
        np.testing.assert_array_equal(ff.array("w").ravel(), np.linspace(-1, 1, 12))
    else:
        np.testing.assert_array_equal(ff.array("w"), weights)
    assert np.shares_memory(ff.array("w"), fb.array("w"))
    second, wrong = run_from_here(7)
    agree(wrong)
    if "synapses" in what:
        for name, values in before.items():
            np.testing.assert_array_equal(second.pop[name]["r"], values)


@pytest.mark.parametrize("chance", [0.3, 0.7])
@pytest.mark.parametrize("weights", ["single", "drawn"])
def test_new_synapses_drawn_at_reset(weights: str, chance: float) -> None:
    """Their number changes, and with few neurons also whether all pairs or none have one."""
    sl.setup(seed=5)
    neuron = sl.Neuron(parameters="phase = 0.0", equations=NEURON)
    a, b = sl.Population(2, neuron, name="a"), sl.Population(2, neuron, name="b")
    a.phase, b.phase = [0.1, 2.0], [4.0, 1.0]
    rule = sl.Synapse(equations="" if weights == "single" else SYNAPSE)
    other = sl.Projection(b, a, "exc", name="other")
    other.connect_all_to_all(-0.3)
    again = sl.Projection(a, b, "fb", name="again")
    again.connect_all_to_all(0.2)
    ff = sl.Projection(a, b, "exc", rule, name="ff")
    given: Any = 0.7 if weights == "single" else sl.Uniform(-1.0, 1.0)
    ff.connect_fixed_probability(chance, given, delays=sl.DiscreteUniform(1, 4))
    Transpose(ff, "fb", name="fb").connect(delays="forward")
    _, wrong = run_both(6)
    agree(wrong)
    counts = {ff.nb_synapses}
    for _ in range(12):
        sl.reset(synapses=True)
        counts.add(ff.nb_synapses)
        _, wrong = run_from_here(6)
        agree(wrong)
    assert len(counts) >= 3


@pytest.mark.parametrize("how", ["reset", "clear"])
def test_the_queue_of_one_population_is_filled_again(how: str) -> None:
    """Spec 03, 3.9 and 3.11: ``pop.reset()`` and ``pop.clear()`` refill its queue, and touch no other."""
    network("csr", 3.0, 2.0)
    sl.compile()
    sl.simulate(5.0)
    running = sl.magic_network()
    a, b = running.get_population("a"), running.get_population("b")
    of_a, of_b = a.r.copy(), b.r.copy()
    getattr(a, how)()
    np.testing.assert_array_equal(a.r, [0.3] * 4 if how == "reset" else of_a)
    np.testing.assert_array_equal(b.r, of_b)
    assert sl.get_current_step() == 5
    weights = running.get_projection("ff").connectivity_matrix()
    sl.step()
    np.testing.assert_allclose(b.sum("exc"), weights @ np.full(4, 0.3), rtol=1e-12)

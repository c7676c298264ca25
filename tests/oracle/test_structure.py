"""Random networks whose synapses come and go, in the language and by hand, held against the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.oracle.compare import agree, run_both, run_from_here
from tests.oracle.oracle import Oracle

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("seeded")]

RATE = """
    total = 0.4*sum() + 0.1*max(r)
    r = cos(0.7*t + phase) + 0.1*total : init=0.3
"""
LEARNING = """
    age += 1.0
    trace = trace + pre.r : init=0.5
    th = 0.9*th + 0.1*post.r : postsynaptic, init=0.2
    dw/dt = 0.1*(pre.r*post.r - th*w) : midpoint
"""
MIXED = sl.DiscreteUniform(1, 4)
STDP = {
    "parameters": "tau = 8.0 : projection",
    "equations": "tau*dx/dt = -x : event-driven ; tau*dy/dt = -y : event-driven",
    "pre_spike": "g_target += w ; x += 1.0 ; w = clip(w - 0.1*y, 0.0, 2.0)",
    "post_spike": "y += 1.0 ; w = clip(w + 0.1*x, 0.0, 2.0)",
}


@pytest.fixture
def seeded(structural: None) -> None:
    """A seed for what connectors draw."""
    sl.setup(seed=3)


def start(proj: Any, oracle: Oracle, **periods: float) -> None:
    """Start conditions on both sides; a period of 0 stops one."""
    for what, period in periods.items():
        if period:
            getattr(proj, f"start_{what}")(period)
            oracle.forward[proj.name].started[what] = (oracle.n, round(period / sl.dt()))
        else:
            getattr(proj, f"stop_{what}")()
            del oracle.forward[proj.name].started[what]


def same_structure(proj: Any, oracle: Oracle) -> None:
    """Which synapses there are, as everything that shows them says."""
    s = oracle.forward[proj.name]
    links = [(link.post, link.pre) for link in s.links]
    assert proj.post_ranks == s.rows and proj.nb_synapses == len(links)
    assert proj.pre_ranks == [[pre for post, pre in links if post == row] for row in s.rows]
    matrix = np.full((proj.post_population.size, proj.pre_population.size), np.nan)
    for (post, pre), w in zip(links, s["w"], strict=True):
        matrix[post, pre] = w
    np.testing.assert_allclose(proj.connectivity_matrix(np.nan), matrix, rtol=1e-9, atol=1e-12)
    for fb in [p for p in sl.magic_network().projections if isinstance(p, Transpose) and p.forward is proj]:
        shown = matrix.T if fb.backward else matrix
        np.testing.assert_allclose(fb.connectivity_matrix(np.nan), shown, rtol=1e-9, atol=1e-12)
        present = ~np.isnan(shown)
        assert fb.nb_synapses == len(links)
        if fb.backward:
            assert fb.post_ranks == np.flatnonzero(present.any(axis=1)).tolist()
            assert fb.pre_ranks == [np.flatnonzero(row).tolist() for row in present if row.any()]


def by_hand(proj: Any, oracle: Oracle, rng: np.random.Generator) -> None:
    """Make or remove a random synapse on both sides."""
    s = oracle.forward[proj.name]
    pre, post = (int(rng.choice(ranks)) for ranks in s.ends)
    if any((link.pre, link.post) == (pre, post) for link in s.links):
        proj.prune_synapse(pre, post)
        oracle.prune(proj.name, pre, post)
        return
    weight = float(rng.normal())
    mixed = proj.delay_kind == "per-synapse"
    delay = int(rng.integers(1, 5)) if mixed else s.usual_delay  # as far back as is remembered
    if post in proj.post_ranks:
        proj.dendrite(post).create_synapse(pre, weight, delay * sl.dt())
    else:
        proj.create_synapse(pre, post, weight, delay * sl.dt())
    oracle.create(proj.name, pre, post, weight, delay)


def rate_coded(operation: str, delay: Any, back: Any, views: bool) -> Any:
    """Two populations, a projection that learns and changes, its transpose, and the transpose of that."""
    neuron = sl.Neuron(parameters="phase = 0.0", equations=RATE)
    a, b = sl.Population(6, neuron, name="a"), sl.Population(5, neuron, name="b")
    a.phase, b.phase = np.arange(6) * 1.3, np.arange(5) * 0.9 + 0.4
    rule = sl.Synapse(
        equations=LEARNING,
        psp="w*pre.r",
        operation=operation,
        creating=f"pre.r*post.r > 0.4 + 0.1*th : w = pre.r + 0.1, proba = ite(pre.r > 0.6, 1.0, 0.0){of(delay)}",
        pruning="(age > 3.0) and (w*pre.r < 0.1) : proba = 1.0",
    )
    ends = (a[[4, 1, 2, 5]], b[1:4]) if views else (a, b)
    ff = sl.Projection(*ends, "exc", rule, name="ff")
    ff.connect_fixed_probability(0.5, sl.Uniform(-1.0, 1.0), delays=delay)
    Transpose(ff, "fb", name="fb", operation=operation).connect(delays=back)
    Transpose(sl.magic_network().get_projection("fb"), "again", name="fbfb").connect(delays=back)
    return ff


def of(delay: Any) -> str:
    return ", d = 2.0 + pre.r" if delay is MIXED else ""


CASES = [(0.0, 0.0), (3.0, 2.0), (3.0, "forward"), (MIXED, "forward"), (MIXED, 0.0)]


@pytest.mark.parametrize("views", [False, True], ids=["whole", "views"])
@pytest.mark.parametrize("operation", ["sum", "max", "min", "mean"])
@pytest.mark.parametrize(("delay", "back"), CASES, ids=["none", "own", "uniform", "mixed", "mixed-own"])
def test_rate_coded(operation: str, delay: Any, back: Any, views: bool) -> None:
    ff = rate_coded(operation, delay, back, views)
    counts = set()

    def change(n: int, oracle: Oracle) -> None:
        same_structure(ff, oracle)
        counts.add(ff.nb_synapses)
        if n == 2:
            start(ff, oracle, creating=2.0)
        if n == 5:
            start(ff, oracle, pruning=3.0)
        if n == 24:
            start(ff, oracle, creating=0)

    oracle, wrong = run_both(30, change)
    agree(wrong)
    same_structure(ff, oracle)
    assert len(counts) > 3


@pytest.mark.parametrize(("delay", "back"), CASES, ids=["none", "own", "uniform", "mixed", "mixed-own"])
@pytest.mark.parametrize("operation", ["sum", "mean"])
def test_rate_coded_by_hand(operation: str, delay: Any, back: Any) -> None:
    ff = rate_coded(operation, delay, back, views=True)
    rng = np.random.default_rng(8)

    def change(_: int, oracle: Oracle) -> None:
        by_hand(ff, oracle, rng)
        same_structure(ff, oracle)

    _, wrong = run_both(40, change)
    agree(wrong)


def spiking(delay: Any, back: Any, **texts: str) -> Any:
    """Two populations that fire at times of their own, with synapses that learn, and the transposes of these."""
    neuron = sl.Neuron(
        parameters="phase = 0.0",
        equations="v = 0.6*v + g_exc + g_fb + cos(0.9*t + phase)",
        spike="v > 0.8",
        reset="v = 0.0",
    )
    a, b = sl.Population(6, neuron, name="a"), sl.Population(5, neuron, name="b")
    a.phase, b.phase = np.arange(6) * 1.3, np.arange(5) * 0.9 + 0.4
    ff = sl.Projection(a, b, "exc", sl.Synapse(**{**STDP, **texts}), name="ff")
    ff.connect_fixed_probability(0.5, sl.Uniform(0.0, 1.0), delays=delay)
    Transpose(ff, "fb", name="fb").connect(delays=back)
    Transpose(sl.magic_network().get_projection("fb"), "exc", name="fbfb").connect(delays=back)
    return ff


CONDITIONS = {
    "creating": "(pre.v > 0.3) and (post.v > 0.2) : w = 0.5 + 0.1*pre.v",
    "pruning": "(w < 0.45) or (x > 1.5)",
}


@pytest.mark.parametrize("texts", [{}, {"post_spike": ""}], ids=["stdp", "pre only"])
@pytest.mark.parametrize(("delay", "back"), CASES, ids=["none", "own", "uniform", "mixed", "mixed-own"])
def test_spiking(delay: Any, back: Any, texts: dict[str, str]) -> None:
    ff = spiking(delay, back, **CONDITIONS, **texts)
    counts = set()

    def change(n: int, oracle: Oracle) -> None:
        same_structure(ff, oracle)
        counts.add(ff.nb_synapses)
        if n == 3:
            start(ff, oracle, creating=3.0, pruning=2.0)

    _, wrong = run_both(40, change)
    agree(wrong)
    assert len(counts) > 3


@pytest.mark.parametrize(("delay", "back"), CASES, ids=["none", "own", "uniform", "mixed", "mixed-own"])
def test_spiking_by_hand(delay: Any, back: Any) -> None:
    ff = spiking(delay, back)
    rng = np.random.default_rng(5)

    def change(n: int, oracle: Oracle) -> None:
        if n % 2:
            by_hand(ff, oracle, rng)
            same_structure(ff, oracle)

    _, wrong = run_both(50, change)
    agree(wrong)


def test_two_projections_and_other_conditions() -> None:
    """Weighted sums, global operations, constants, drawn weights; all that is due in one step."""
    sl.Constant("bar", 0.3)
    neuron = sl.Neuron(parameters="phase = 0.0", equations=RATE)
    a, b = sl.Population(5, neuron, name="a"), sl.Population(4, neuron, name="b")
    a.phase, b.phase = np.arange(5) * 1.3, np.arange(4) * 0.9
    texts = [
        ("post.sum(exc) > mean(pre.r) : w = Normal(0.5, 0.0)", "bar*w > pre.r and t > 4"),
        ("pre.r < min(post.r) + bar", "Uniform(1, 1) < post.r + bar : proba = ite(w > 0.1, 1, 0)"),
    ]
    projs = []
    for number, (creating, pruning) in enumerate(texts):
        rule = sl.Synapse(creating=creating, pruning=pruning)
        proj = sl.Projection(a, b, "exc", rule, name=f"p{number}")
        projs.append(proj.connect_fixed_probability(0.3, 0.2))

    def change(n: int, oracle: Oracle) -> None:
        for proj in projs:
            same_structure(proj, oracle)
            if n == 1:
                start(proj, oracle, creating=2.0, pruning=1.0)

    _, wrong = run_both(25, change)
    agree(wrong)


def test_reset_makes_the_synapses_of_the_connector_again() -> None:
    ff = rate_coded("sum", 0.0, 0.0, views=False)
    rng = np.random.default_rng(1)

    def change(_: int, oracle: Oracle) -> None:
        by_hand(ff, oracle, rng)

    _, wrong = run_both(6, change)
    agree(wrong)
    for what in ({"projections": True}, {"synapses": True}, {}):
        sl.reset(**what)
        oracle, wrong = run_from_here(6, change)
        agree(wrong)
        same_structure(ff, oracle)


def test_rows_that_appear_and_stay_empty_go_on() -> None:
    """Semiglobal variables of dendrites without synapses are updated like all others."""
    ff = rate_coded("sum", 0.0, 0.0, views=False)

    def change(n: int, oracle: Oracle) -> None:
        if n == 1:
            for pre, post in [(link.pre, link.post) for link in oracle.forward["ff"].links]:
                ff.prune_synapse(pre, post)
                oracle.prune("ff", pre, post)
        if n == 6:
            ff.create_synapse(3, 2, 0.7)
            oracle.create("ff", 3, 2, 0.7)

    oracle, wrong = run_both(10, change)
    agree(wrong)
    assert ff.nb_synapses == 1 and len(oracle.forward["ff"].rows) > 1


@pytest.mark.parametrize("kind", [rate_coded, spiking])
def test_delays_that_are_longer_than_any_before(kind: Any) -> None:
    """The queue grows; before the first step it holds nothing that could be forgotten."""
    ff = kind("sum", MIXED, "forward", False) if kind is rate_coded else kind(MIXED, "forward")

    def change(n: int, oracle: Oracle) -> None:
        for number in range(2) if n == 0 else ():
            links = {(link.pre, link.post) for link in oracle.forward["ff"].links}
            pre, post = next((a, b) for b in ff.post_ranks for a in range(6) if (a, b) not in links)
            ff.dendrite(post).create_synapse(pre, 0.8, delay=7.0 + number)
            oracle.create("ff", pre, post, 0.8, 7 + number)
            assert ff.max_delay == 7 + number

    _, wrong = run_both(25, change)
    agree(wrong)


@pytest.mark.parametrize("ends", ["spikes", "to rates", "from rates"])
@pytest.mark.parametrize("delay", [0.0, 2.0, MIXED], ids=["none", "uniform", "mixed"])
def test_other_ways_to_transmit(ends: str, delay: Any) -> None:
    """Axonal spikes, several targets, continuous transmission, neurons of two kinds, both precisions."""
    sl.setup(precision="float" if delay == 2.0 else "double")
    fires = sl.Neuron(
        parameters="phase = 0.0",
        equations="v = 0.6*v + g_exc - g_inh + cos(0.9*t + phase)",
        spike="v > 0.8",
        reset="v = 0.0",
        axon_spike="v < -0.7",
    )
    rates = sl.Neuron("phase = 0.0", "v = 0.5*(sum(exc) - sum(inh)) + cos(0.9*t + phase) ; r = v")
    a = sl.Population(6, rates if ends == "from rates" else fires, name="a")
    b = sl.Population(5, rates if ends == "to rates" else fires, name="b")
    a.phase, b.phase = np.arange(6) * 1.3, np.arange(5) * 0.9 + 0.4
    texts = {
        "creating": "(pre.v > 0.3) and (post.v > 0.1) : w = 0.5",
        "pruning": "(pre.v < -0.5) or (t > 20.0)",
    }
    events = {"pre_spike": "g_target += w ; k += 1.0", "pre_axon_spike": "g_target += 0.5*w"}
    rule = sl.Synapse(**texts, **({"psp": "w*pre.v"} if ends == "from rates" else events))
    targets: Any = "exc" if ends == "from rates" else ["exc", "inh"]
    ff = sl.Projection(a, b, targets, rule, name="ff")
    ff.connect_fixed_probability(0.4, sl.Uniform(0.0, 1.0), delays=delay)
    counts = set()

    def change(n: int, oracle: Oracle) -> None:
        counts.add(ff.nb_synapses)
        if n == 3:
            start(ff, oracle, creating=3.0, pruning=4.0)

    _, wrong = run_both(30, change)
    agree(wrong)
    assert len(counts) > 3 and ff.nb_synapses < 20

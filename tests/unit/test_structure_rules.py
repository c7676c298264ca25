"""``creating`` and ``pruning`` in the language: when they are due, what they may say, what chance decides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom import structure
from synloom.codegen.errors import ConfigurationError, ModelError, NotCompiledError
from tests.unit.built import RELAY
from tests.unit.structural import changing

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("structural")]

ALL = "pre.r > -1.0"


def rule(creating: str | None = None, pruning: str | None = None, **texts: str) -> sl.Synapse:
    return sl.Synapse(creating=creating, pruning=pruning, **texts)


def test_starting_needs_the_option_a_compiled_network_and_a_condition() -> None:
    a, b = sl.Population(4, RELAY, name="a"), sl.Population(3, RELAY, name="b")
    proj = sl.Projection(a, b, "exc", rule(ALL), name="ff").connect_all_to_all(1.0)
    for call in (proj.start_creating, proj.stop_creating):
        with pytest.raises(NotCompiledError):
            call()
    sl.compile()
    with pytest.raises(ConfigurationError) as error:
        proj.start_pruning()
    assert error.value.message == "Projection 'ff': its synapse does not say when pruning takes place."
    assert error.value.hint == "give the synapse pruning="
    proj.stop_creating()  # it was not started: nothing happens
    proj.stop_pruning()


@pytest.mark.parametrize("period", [0.0, -1.0, float("nan"), "often"])
def test_periods_that_make_no_sense(period: Any) -> None:
    proj = changing(rule(ALL))
    with pytest.raises(ConfigurationError, match="period"):
        proj.start_creating(period)
    sl.step()
    assert proj.nb_synapses == 4


def test_when_conditions_are_due() -> None:
    """In the step after the start, and every period from there: also inside long runs, after the clock was set."""
    sl.setup(dt=0.5)
    proj = changing(rule(pruning=f"{ALL} and (w > t)"))
    proj.w = 100.0
    counts = []

    def run(steps: int) -> None:
        for _ in range(steps):
            sl.step()
            counts.append(proj.nb_synapses)
            if not proj.nb_synapses:
                proj.create_synapse(0, 0, 100.0)

    run(3)
    proj.start_pruning(period=1.5)
    run(7)
    assert counts == [4, 4, 4, 0, 1, 1, 0, 1, 1, 0]
    sl.set_time(0.0)
    run(3)
    assert counts[10:] == [0, 1, 1]  # 3 steps were the start: 0 is a multiple of the period away
    proj.stop_pruning()
    run(3)
    assert counts[13:] == [1, 1, 1]


def test_creating_comes_before_pruning() -> None:
    """What is made may go at once; of two projections all make theirs first."""
    proj = changing(rule(f"{ALL} : w = 1.0", "w < 2.0"))
    proj.w = 3.0
    proj.start_pruning()
    proj.start_creating()
    sl.step()
    assert proj.nb_synapses == 4
    proj.stop_pruning()
    sl.step()
    assert proj.nb_synapses == 12 and proj.pre_ranks == [[0, 1, 2, 3]] * 3


def test_only_between_neurons_of_the_views() -> None:
    proj = changing(rule(f"{ALL} : w = post.r + 10*pre.base"), pre=[3, 1], post=[2, 0])
    proj.pre.base = [3.0, 1.0]
    for post in (0, 2):
        proj.dendrite(post).prune_synapses([1, 3])
    proj.start_creating()
    sl.step()
    assert proj.post_ranks == [0, 2] and proj.pre_ranks == [[1, 3]] * 2 and proj.w == [[10, 30]] * 2


def test_blocks_of_post_neurons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of a block, the same synapses come: also what chance decides."""
    found = []
    for block in (1 << 20, 8, 1):
        sl.clear()
        sl.setup(seed=7)
        monkeypatch.setattr(structure, "BLOCK", block)
        proj = changing(rule("pre.r < post.r + 2.0 : proba = 0.6, w = Uniform(0.0, 1.0)"))
        proj.start_creating()
        sl.simulate(2.0)
        found.append((proj.pre_ranks, proj.w))
    assert found[0] == found[1] == found[2] and 4 < len(sum(found[0][0], [])) < 12


def chance(seed: int, runs: list[float], order: int = 0) -> tuple[Any, Any]:
    """Ranks and weights of two projections after random changes."""
    sl.clear()
    sl.setup(seed=seed)
    a, b = sl.Population(30, RELAY, name="a"), sl.Population(20, RELAY, name="b")
    text = rule(f"{ALL} : proba = 0.1, w = Normal(1.0, 0.5)", f"{ALL} : proba = 0.3")
    projs = [sl.Projection(a, b, t, text, name=t).connect_one_to_one(1.0) for t in ("exc", "fb")]
    sl.compile()
    for proj in projs[:: -1 if order else 1]:
        proj.start_creating(2.0)
        proj.start_pruning()
    for duration in runs:
        sl.simulate(duration)
    return [p.pre_ranks for p in projs], [p.w for p in projs]


def test_the_same_seed_gives_the_same_synapses() -> None:
    first = chance(5, [6.0])
    assert chance(5, [1.0, 2.0, 3.0], order=1) == first
    assert chance(6, [6.0]) != first
    assert first[0][0] != first[0][1]  # each projection has numbers of its own


def test_probabilities() -> None:
    sl.setup(seed=2)
    a, b = sl.Population(200, RELAY, name="a"), sl.Population(100, RELAY, name="b")
    proj = sl.Projection(
        a, b, "exc", rule(f"{ALL} : proba = 0.3, w = Uniform(2.0, 4.0)", "w > 3.0 : proba = 0.25"), name="ff"
    )
    proj.connect_one_to_one(0.0)
    sl.compile()
    proj.start_creating(1000.0)
    sl.step()
    made = proj.nb_synapses
    assert abs(made - (100 + 0.3 * 19900)) < 4 * np.sqrt(19900 * 0.3 * 0.7)
    weights = proj.array("w")[proj.array("w") > 0]
    assert weights.min() >= 2.0 and weights.max() < 4.0
    assert abs(weights.mean() - 3.0) < 4 * 2 / np.sqrt(12 * len(weights))
    strong = int((weights > 3.0).sum())
    proj.start_pruning(1000.0)
    sl.step()
    gone = made - proj.nb_synapses
    assert abs(gone - 0.25 * strong) < 4 * np.sqrt(strong * 0.25 * 0.75)
    rows = np.array([len(r) for r in proj.pre_ranks])
    assert rows.min() > 20 and rows.std() < 15  # rows differ, and none is special


def test_drawn_initial_values_of_synapses_that_come() -> None:
    sl.setup(seed=3)
    texts = {"parameters": "p = Uniform(1.0, 2.0) ; s = Uniform(5.0, 6.0) : postsynaptic"}
    proj = changing(rule("s < 5.5 : w = s", **texts))
    before, of_row = proj.p, proj.s
    proj.start_creating()
    sl.step()
    assert len({p for row in proj.p for p in row}) == proj.nb_synapses
    assert [row for row, s in zip(proj.p, proj.s, strict=True) if s >= 5.5] == [
        row for row, s in zip(before, of_row, strict=False) if s >= 5.5
    ]
    # A neuron that had no dendrite has the value that decided about it.
    assert all(s < 5.5 for rank, s in zip(proj.post_ranks, proj.s, strict=True) if rank == 2)
    assert all({*w[-1:]} <= {s} for w, s in zip(proj.w, proj.s, strict=True) if s < 5.5)


def test_delays_of_synapses_that_come() -> None:
    proj = changing(rule(f"{ALL} : d = 2.0*pre.base"), delays=sl.DiscreteUniform(1, 5))
    for d in proj:
        d.prune_synapses([0, 2])
    proj.pre.base = [1.0, 0.0, 2.4, 0.0]
    proj.start_creating()
    sl.step()
    assert [row[0] for row in proj.delay] == [2.0] * 3 and [row[2] for row in proj.delay] == [5.0] * 3


def place(error: ModelError) -> tuple[str, int, int]:
    assert error.origin is not None
    text = error.origin.source.content[error.origin.start : error.origin.end]
    return text, error.origin.line, error.origin.column


UNIFORM = "A new synapse would have a delay of {} ms, but all synapses of 'ff' share one, 1.0 ms."
LONGER = "A new synapse would have a delay of {} ms; the longest of 'ff' is 4.0 ms."
SHARED = "leave d out, or connect with one delay per synapse"


@pytest.mark.parametrize(
    ("written", "delays", "message", "hint"),
    [
        ("3.0", 0.0, UNIFORM.format(3.0), SHARED),
        ("pre.base", 0.0, UNIFORM.format(2.0), SHARED),
        ("6.0", sl.DiscreteUniform(1, 4), LONGER.format(6.0), "give the connector longer delays"),
        ("3*pre.base", sl.DiscreteUniform(1, 4), LONGER.format(6.0), "give the connector longer delays"),
        ("-pre.base", 0.0, "The delay of a new synapse must be finite and not negative.", ""),
    ],
)
def test_delays_that_are_not_possible(written: str, delays: Any, message: str, hint: str) -> None:
    """A number is refused when creating is started, all else when it is due; then the step ends as it is."""
    proj = changing(rule(f"\n  {ALL} : d = {written}", f"{ALL}"), weights=1.0, delays=delays)
    other = sl.Monitor(proj, "w")
    proj.dendrite(0).prune_synapse(0)
    proj.pre.base = 2.0
    before = proj.pre_ranks
    with pytest.raises(ModelError) as error:
        proj.start_creating()
        proj.start_pruning()
        sl.simulate(5.0)
    assert (error.value.message, error.value.hint) == (message, hint)
    text, line, column = place(error.value)
    assert text == written and (line, column) == (error.value.origin.line, 2 + len(f"{ALL} : d = "))
    assert proj.pre_ranks == before
    proj.stop_creating()
    proj.stop_pruning()
    steps = sl.get_current_step()
    sl.simulate(2.0)
    assert sl.get_current_step() == steps + 2 and len(other.get("w")) == steps + 2


def test_w_where_synapses_share_it() -> None:
    proj = changing(rule(f"{ALL} : w = 2.0", parameters="w = 0.5 : postsynaptic"), weights=1.0)
    with pytest.raises(ModelError) as error:
        proj.start_creating()
    assert error.value.message == "creating cannot set w: the model does not have one weight per synapse."
    assert place(error.value)[0] == "2.0"


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Uniform(-1, 1)", -1, 1),
        ("DiscreteUniform(2, 5)", 2, 5),
        ("Binomial(8, 0.5)", 0, 8),
        ("Gamma(2, 1)", 0, 99),
    ],
)
def test_distributions(text: str, low: float, high: float) -> None:
    proj = changing(rule(f"{ALL} : w = {text}", f"{text} > {high} or w == 7.5"))
    proj.w = 7.5
    proj.start_creating()
    sl.step()
    made = [w for row in proj.w for w in row if w != 7.5]
    assert len(made) == 8 and len(set(made)) > 1 and all(low <= w <= high for w in made)
    proj.stop_creating()
    proj.start_pruning()
    sl.step()
    assert [w for row in proj.w for w in row] == made


def test_an_argument_that_no_distribution_takes() -> None:
    proj = changing(rule(f"{ALL} : proba = Uniform(2.0, 1.0)"))
    proj.start_creating()
    with pytest.raises(ModelError, match="min must not be greater than max"):
        sl.step()
    assert proj.nb_synapses == 4 and sl.get_current_step() == 1


def test_constants_functions_and_precision() -> None:
    sl.setup(precision="float")
    sl.Constant("least", 0.25)
    text = rule(
        "near(pre.base, post.base) : w = near(pre.base, post.base)",
        functions="near(x, y) = ite(fabs(x - y) < least, 1.0, 0.0)",
    )
    proj = changing(text)
    proj.pre.base, proj.post.base = [1.0, 2.0, 3.0, 4.0], [3.2, 9.0, 3.8]
    proj.start_creating()
    sl.step()
    assert proj.pre_ranks == [[0, 1, 2], [1, 2], [3]] and proj.w[0][2] == 1.0
    sl.setup(precision="double")


def test_networks_that_never_change_by_themselves_are_compiled_as_before() -> None:
    changing()
    assert "pause" not in sl.magic_network().sources()["network.cpp"]
    sl.clear()
    changing(rule(ALL))
    assert "net.clock.pause" in sl.magic_network().sources()["network.cpp"]

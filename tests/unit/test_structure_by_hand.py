"""Synapses made and removed between steps: dendrites, projections, and everybody who looks at them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import synloom as sl
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.extensions.convolution import Transpose
from tests.unit.built import RELAY, sparse
from tests.unit.structural import changing

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("structural")]


def refused(call: Callable[[], object], message: str, hint: str = "") -> None:
    """Expect this error, and that nothing changed."""
    proj = sl.magic_network().get_projection("ff")
    before = (proj.post_ranks, proj.pre_ranks, proj.w, proj.store)
    with pytest.raises(ConfigurationError) as error:
        call()
    assert (error.value.message, error.value.hint) == (message, hint)
    assert (proj.post_ranks, proj.pre_ranks, proj.w, proj.store) == before


def test_creating() -> None:
    proj = changing()
    proj.n, proj.theta = [[1, 2], [3, 4]], [7.0, 8.0]
    d = proj.dendrite(0)
    d.create_synapse(3, w=5.0)
    assert proj.pre_ranks == [[0, 1, 3], [1, 2]] and proj.w == [[1, 2, 5], [-4, 0.5]]
    assert proj.n == [[1, 2, 3], [3, 4]] and proj.on == [[True] * 3, [True] * 2]  # 3 is declared
    assert proj.theta == [7.0, 8.0] and proj.m == [4.0, 4.0] and proj.eta == 0.5
    assert d.pre_ranks == [0, 1, 3] and d.w == [1, 2, 5] and d.size == 3 and d[3].w == 5.0
    d.create_synapse(2)
    assert proj.pre_ranks[0] == [0, 1, 2, 3] and d.w == [1, 2, 0, 5] and proj.nb_synapses == 6


def test_creating_several() -> None:
    proj = changing()
    proj.dendrite(1).create_synapses([3, 0], [6.0, 7.0])
    assert proj.pre_ranks == [[0, 1], [0, 1, 2, 3]] and proj.w[1] == [7, -4, 0.5, 6]
    proj.dendrite(0).create_synapses(np.array([2, 3]))
    assert proj.w[0] == [1, 2, 0, 0]
    proj.dendrite(0).create_synapses([])
    proj.dendrite(0).prune_synapses(range(3))
    proj.dendrite(0).create_synapses((1, 2), 3.0)
    assert proj.pre_ranks[0] == [1, 2, 3] and proj.w[0] == [3, 3, 0]


def test_a_neuron_without_dendrite_gains_one() -> None:
    proj = changing()
    assert proj.post_ranks == [0, 1]
    proj.theta = [7.0, 8.0]
    proj.create_synapse(2, 2, w=9.0)
    assert proj.post_ranks == [0, 1, 2] and proj.pre_ranks == [[0, 1], [1, 2], [2]]
    assert proj.theta == [7.0, 8.0, 2.0] and proj.synapse(2, 2).w == 9.0
    assert proj.dendrite(2).idx == 2 and proj.size == 3


def test_pruning() -> None:
    proj = changing()
    d = proj.dendrite(0)
    d.prune_synapse(0)
    assert proj.pre_ranks == [[1], [1, 2]] and proj.w == [[2], [-4, 0.5]]
    proj.prune_synapse(1, 0)
    assert proj.pre_ranks == [[], [1, 2]] and d.w == [] and d.size == 0 and proj.post_ranks == [0, 1]
    assert proj.nb_synapses_per_dendrite == [0, 2]
    proj.dendrite(1).prune_synapses([2, 1])
    assert proj.w == [[], []] and proj.nb_synapses == 0
    proj.theta = [1.0, 2.0]
    assert d.theta == 1.0
    assert not proj.connectivity_matrix().any() and proj.receptive_fields().shape[0]
    sl.simulate(3.0)
    assert proj.post.r.tolist() == [0, 0, 0]


def test_errors() -> None:
    proj = changing(transposed=True)
    d = proj.dendrite(0)
    label = "Projection 'ff'"
    refused(lambda: d.create_synapse(1), f"{label}: there is a synapse 1 -> 0 already.")
    refused(lambda: d.create_synapses([3, 2, 0]), f"{label}: there is a synapse 0 -> 0 already.")
    refused(lambda: d.prune_synapse(3), f"{label}: there is no synapse 3 -> 0.")
    refused(lambda: d.prune_synapses([0, 2]), f"{label}: there is no synapse 2 -> 0.")
    refused(lambda: proj.prune_synapse(0, 2), f"{label}: there is no synapse 0 -> 2.")
    refused(lambda: d.create_synapse(4), "The rank 4 does not exist; ranks are from 0 to 3.")
    refused(lambda: d.prune_synapse(-1), "The rank -1 does not exist; ranks are from 0 to 3.")
    refused(lambda: d.create_synapses([2, 3, 2]), f"{label}: the rank 2 is given twice.")
    refused(lambda: d.prune_synapses([0, 0]), f"{label}: the rank 0 is given twice.")
    refused(lambda: d.create_synapses(2), f"{label}: ranks must be a list of ranks, not 2.")
    refused(lambda: d.create_synapse(2, w=float("nan")), f"{label}.w: weights must not be NaN.")
    refused(
        lambda: d.create_synapses([2, 3], [1.0]),
        f"{label}.w: the value has the wrong size.",
        "Give a number or 2 numbers, not a list of length 1.",
    )
    refused(
        lambda: d.create_synapse(2, delay=-1.0),
        f"{label}.delay: delays must not be negative.",
        "0.0 is a delay of one step",
    )
    back = sl.magic_network().get_projection("back")
    message = "Transpose 'back': weights belong to projection 'ff'; change them there."
    for call in (
        lambda: back.dendrite(0).create_synapse(2, 1.0),
        lambda: back.dendrite(0).create_synapses([2]),
        lambda: back.dendrite(0).prune_synapse(0),
        lambda: back.dendrite(0).prune_synapses([0]),
        lambda: back.create_synapse(0, 0),
        lambda: back.prune_synapse(0, 0),
    ):
        refused(call, message)


def test_only_between_neurons_of_the_views() -> None:
    proj = changing(pre=[2, 0], post=[1])
    proj.prune_synapse(0, 1)
    proj.create_synapse(0, 1, 4.0)
    assert proj.pre_ranks == [[0, 2]] and proj.w == [[4, 1]]
    refused(
        lambda: proj.dendrite(1).create_synapse(1),
        "Projection 'ff': the neuron 1 is not among its pre neurons.",
        "it comes from a part of population 'a' only",
    )
    refused(
        lambda: proj.create_synapse(0, 0),
        "Projection 'ff': the neuron 0 is not among its post neurons.",
        "it reaches a part of population 'b' only",
    )


def test_not_enabled() -> None:
    sl.setup(structural_plasticity=False)
    proj = changing()
    sl.setup(structural_plasticity=True)  # too late
    message, hint = (
        "Synapses are made and removed by structural plasticity.",
        "Enable it with setup(structural_plasticity=True).",
    )
    d = proj.dendrite(0)
    for call in (
        lambda: d.create_synapse(2),
        lambda: d.create_synapses([2]),
        lambda: d.prune_synapse(0),
        lambda: d.prune_synapses([0]),
        lambda: proj.create_synapse(2, 0),
        lambda: proj.prune_synapse(0, 0),
        proj.start_creating,
        proj.stop_pruning,
    ):
        refused(call, message, hint)


def test_before_compile() -> None:
    proj = sparse()
    with pytest.raises(NotCompiledError, match="synapses are made and removed after compile"):
        proj.dendrite(0).create_synapse(2)


def test_handles_taken_before_a_change_find_their_synapses() -> None:
    proj = changing(transposed=True)
    back = sl.magic_network().get_projection("back")
    d, synapse, gone = proj.dendrite(1), proj.synapse(2, 1), proj.synapse(1, 1)
    column, lost = back.dendrite(2), back.dendrite(0)
    proj.create_synapse(0, 1, 3.0)
    proj.create_synapse(3, 0, 4.0)
    proj.prune_synapse(1, 1)
    assert (d.w, d.pre_ranks, d.idx) == ([3, 0.5], [0, 2], 1)
    d.w = [6.0, 7.0]
    assert synapse.w == 7.0 and column.w == [7.0] and column.pre_ranks == [1]
    synapse.w = 8.0
    assert proj.w == [[1, 2, 4], [6, 8]] and back.w == [[1, 6], [2], [8], [4]]
    with pytest.raises(ConfigurationError, match="has no synapse from pre neuron 1"):
        _ = gone.w
    proj.prune_synapse(0, 0)
    proj.prune_synapse(0, 1)
    with pytest.raises(ConfigurationError, match="the post neuron 0 receives no synapse"):
        _ = lost.w
    proj.create_synapse(0, 0, 2.5)
    assert lost.w == [2.5] and lost.pre_ranks == [0]


def test_pruning_while_going_through_all() -> None:
    proj = changing()
    for d in proj:
        for synapse in d:
            if synapse.w < 1.0:
                d.prune_synapse(synapse.rank)
    assert proj.w == [[1, 2], []]


def test_delays() -> None:
    proj = changing(sl.Synapse(), weights=1.0, delays=sl.DiscreteUniform(2, 3))
    d = proj.dendrite(0)
    kept = d.delay
    d.prune_synapses([1, 2])
    assert d.delay == [kept[0], kept[3]]
    d.create_synapses([2, 1], delays=[9.0, 0.0])
    assert d.delay == [kept[0], 1.0, 9.0, kept[3]] and proj.max_delay == 9
    proj.dendrite(1).prune_synapse(0)
    proj.dendrite(1).create_synapse(0, 1.0, delay=4.0)
    assert proj.dendrite(1)[0].delay == 4.0
    sl.simulate(20.0)


def test_the_delay_that_all_share() -> None:
    proj = changing(sl.Synapse(), weights=1.0, delays=3.0)
    d = proj.dendrite(0)
    d.prune_synapses([0, 1])
    d.create_synapse(0)
    d.create_synapse(1, delay=3.0)
    assert proj.delay == 3.0
    d.prune_synapse(1)
    d.create_synapse(1, delay=5.0)
    assert d.delay == [3.0, 5.0, *[3.0] * (len(d) - 2)] and proj.uniform_delay == -1
    sl.simulate(7.0)


@pytest.mark.parametrize(("flag", "several"), [("postsynaptic", "dendrite"), ("projection", "projection")])
def test_weights_that_synapses_share(flag: str, several: str) -> None:
    proj = changing(sl.Synapse(parameters=f"w = 0.5 : {flag}"), weights=2.0)
    proj.prune_synapse(1, 0)
    proj.create_synapse(1, 0)
    proj.prune_synapse(1, 0)
    refused(
        lambda: proj.create_synapse(1, 0, w=3.0),
        f"Projection 'ff'.w: a new synapse has no weight of its own, there is one per {several}.",
    )


def test_initial_values_that_are_drawn_or_given() -> None:
    sl.setup(seed=4)
    rule = sl.Synapse("p = Uniform(2.0, 3.0) ; q = 1.0 ; s = 2.0", "u = u : init=q")
    a, b = sl.Population(4, RELAY, name="a"), sl.Population(3, RELAY, name="b")
    proj = sl.Projection(a, b, "exc", rule, name="ff")
    proj.connect_from_matrix([[1, None, None, None], [1, 2, 3, None], [None] * 4])
    proj.q, proj.s = 5.0, sl.Uniform(10.0, 11.0)
    sl.compile()
    before = {name: proj.get(name) for name in ("p", "q", "s", "u")}
    for post, pre in ((0, 1), (0, 3), (2, 0)):
        proj.create_synapse(pre, post)
    assert len({*proj.p[0], *proj.p[2]}) == 4 and all(2 <= p < 3 for row in proj.p for p in row)
    assert proj.q == [[5.0] * 3, [5.0] * 3, [5.0]] and proj.u == proj.q
    assert all(10 <= s < 11 for row in proj.s for s in row)
    for name, values in before.items():
        assert [proj.get(name)[0][0], *proj.get(name)[1]] == [values[0][0], *values[1]]
    now = {name: proj.get(name) for name in before}
    proj.p, proj.q, proj.s, proj.u = 0.0, 0.0, 0.0, 0.0
    proj.reset()
    assert {name: proj.get(name) for name in before} == now


def test_reset_calls_the_connector_again() -> None:
    proj = changing()
    proj.prune_synapse(0, 0)
    proj.create_synapse(3, 2, 1.0)
    sl.reset(synapses=True)
    assert proj.pre_ranks == [[0, 1], [1, 2]] and proj.w == [[1, 2], [-4, 0.5]]
    proj.dendrite(0).create_synapse(2, 1.0)
    assert proj.pre_ranks == [[0, 1, 2], [1, 2]]


def test_dense_is_stored_as_rows() -> None:
    proj = changing(sl.Synapse(), weights=1.0, storage_format="dense")
    assert proj.store.kind == "csr16" and proj.nb_synapses == 12
    proj.prune_synapse(0, 0)
    assert proj.nb_synapses == 11


def test_connectivity_with_empty_dendrites_is_written_and_read(tmp_path: Any) -> None:
    proj = changing()
    proj.dendrite(0).prune_synapses([0, 1])
    proj.save_connectivity(tmp_path / "w.npz")
    again = sl.Network()
    a, b = sl.Population(4, RELAY, network=again), sl.Population(3, RELAY, network=again)
    other = sl.Projection(a, b, "exc").connect_from_file(tmp_path / "w.npz")
    other._build()
    assert (other.post_ranks, other.pre_ranks, other.w) == ([1], [[1, 2]], [[-4, 0.5]])


MOVES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=12)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_any_sequence_of_changes(moves: list[tuple[int, int, bool]]) -> None:
    sl.clear()
    rule = sl.Synapse(parameters="p = 0.5 ; s = 1.5 : postsynaptic", equations="k += 1.0")
    a, b = sl.Population(4, RELAY, name="a"), sl.Population(3, RELAY, name="b")
    proj = sl.Projection(a, b, "exc", rule, name="ff").connect_all_to_all(
        1.0, delays=sl.DiscreteUniform(1, 5)
    )
    fb = Transpose(proj, "fb").connect(delays="forward")
    a.base = [1.0, 2.0, 3.0, 4.0]
    sl.compile()
    proj.p = np.arange(12.0).reshape(3, 4)
    expected = {(d.post_rank, s.rank): (s.w, s.p, s.k, s.delay) for d in proj for s in d}
    for number, (pre, post, run) in enumerate(moves):
        if (post, pre) in expected:
            del expected[post, pre]
            proj.prune_synapse(pre, post)
        else:
            expected[post, pre] = (float(number), 0.5, 0.0, float(number % 5 + 1))
            proj.create_synapse(pre, post, float(number), number % 5 + 1)
        if run:
            sl.step()
            expected = {pair: (w, p, k + 1, d) for pair, (w, p, k, d) in expected.items()}
        found = {(d.post_rank, s.rank): (s.w, s.p, s.k, s.delay) for d in proj for s in d}
        assert found == expected
        assert {(s.rank, d.post_rank): s.w for d in fb for s in d} == {k: v[0] for k, v in expected.items()}

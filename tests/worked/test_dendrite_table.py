"""Spec 03, sections 4.9 to 4.15: delays, flags, reset, structure, dendrites and synapses, line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from tests.worked.near import connected, counting, near, relay, step_by_step
from tests.worked.spiking import source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

RULE = sl.Synapse(
    parameters="eta = 0.5 : projection ; theta = 2.0 : postsynaptic ; n = 3 : int",
    equations="z = w*pre.r : init=0.25 ; w += 0.0",
)
WEIGHTS = [[1, 2, None, 3], [None] * 4, [None, -4, 0.5, None]]


def refused(action: Callable[[], object], message: str, kind: type[Exception] = ConfigurationError) -> None:
    with pytest.raises(kind, match=message):
        action()


def ff(synapse: Any = RULE, weights: Any = WEIGHTS, **options: Any) -> Any:
    """Four neurons in a square to three; the one in the middle receives nothing."""
    a = sl.Population((2, 2), sl.Neuron(equations="c += 1.0 ; r = c"), name="a")
    b = sl.Population(3, sl.Neuron(equations="r = sum(exc)"), name="b")
    return connected(a, b, weights, synapse=synapse, name="ff", **options)


def changing(**options: Any) -> Any:
    sl.setup(structural_plasticity=True)
    rule = options.pop("synapse", RULE)
    return ff(sl.Synapse(**rule) if isinstance(rule, dict) else rule, **options)


# -- 4.9 Delays -----------------------------------------------------------------------------------------------


def test_4_9_no_delay_is_one_step_and_may_become_longer() -> None:
    sl.setup(dt=0.5)
    proj = ff()
    assert proj.delay is None
    sl.compile()
    assert proj.delay == 0.5 and proj.dendrite(0).delay == 0.5 and proj.synapse(1, 0).delay == 0.5
    proj.delay = 0.5
    proj.delay = 2.0
    assert (proj.delay, proj.max_delay, proj.pre.max_delay) == (2.0, 4, 4)
    assert proj.dendrite(0).delay == 2.0


def test_4_9_uniform_delays() -> None:
    proj = ff(delays=3.0)
    sl.compile()
    assert (proj.delay, type(proj.delay)) == (3.0, float)
    proj.delay = 2.6
    assert proj.delay == 3.0
    proj.delay = 0.2
    assert proj.delay == 1.0
    proj.delay = 9
    assert proj.delay == 9.0 and proj.pre.max_delay == 9
    sl.simulate(12.0)
    near(proj.post.r, [(1 + 2 + 3) * 3.0, 0.0, -3.5 * 3.0])  # step 11 shows r of step 2, the third value


def test_4_9_non_uniform_delays() -> None:
    proj = ff(delays=np.arange(12.0).reshape(3, 4) + 1)
    sl.compile()
    assert proj.delay == [[1.0, 2.0, 4.0], [10.0, 11.0]] and proj.uniform_delay == -1
    proj.delay = [[0.2, 20.0, 3.0], [4.0, 5.0]]
    assert proj.delay == [[1.0, 20.0, 3.0], [4.0, 5.0]] and proj.max_delay == 20
    proj.delay = 2.0
    assert proj.delay == [[2.0] * 3, [2.0] * 2]
    refused(lambda: setattr(proj, "delay", [[1.0, 2.0], [1.0, 2.0]]), "2 rows of lengths")
    refused(lambda: setattr(proj, "delay", -1.0), "must not be negative")


def test_4_9_writing_before_compile() -> None:
    proj = ff()
    proj.delay = [[1, 2, 3], [4, 5]]
    sl.compile()
    assert proj.delay == [[1.0, 2.0, 3.0], [4.0, 5.0]]


# -- 4.10 Flags and learning ----------------------------------------------------------------------------------

LEARNING = sl.Synapse(equations="n += 1.0 ; w += 1.0")


def learner(synapse: Any = LEARNING) -> Any:
    pre, post = counting("pre", (0.0,)), relay("post")
    return connected(pre, post, [[0.0]], synapse=synapse, name="ff")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("flag", "n", "w", "received"),
    [
        ("transmission", 0, 0, False),
        ("update", 0, 0, True),
        ("plasticity", 3, 0, True),
        ("axon_transmission", 3, 3, True),
    ],
)
def test_4_10_flags_of_rate_coded_projections(when: str, flag: str, n: int, w: int, received: bool) -> None:
    proj = learner(sl.Synapse(equations="n += 1.0 ; w += 1.0", psp="pre.r"))
    assert all(
        getattr(proj, name) is True for name in ("transmission", "update", "plasticity", "axon_transmission")
    )
    if when == "after":
        sl.compile()
    setattr(proj, flag, False)
    assert getattr(proj, flag) is False and proj.init[flag] is False
    sl.compile()
    sl.simulate(3.0)
    assert (proj.n[0][0], proj.w[0][0], bool(proj.post.r[0])) == (n, w, received)
    setattr(proj, flag, True)
    sl.simulate(1.0)
    assert (proj.n[0][0], proj.w[0][0]) == (n + 1, w + 1)
    refused(lambda: setattr(proj, flag, 1), "is True or False, not 1")


def test_4_10_events_go_on_without_update() -> None:
    pre, post = source([1, 3]), target("post", "v = g_exc")
    rule = sl.Synapse(equations="clock += 1.0", pre_spike="g_target += w ; n += 1.0 ; w += 1.0")
    proj = connected(pre, post, [[1.0]], synapse=rule, name="ff")
    sl.compile()
    proj.update = False
    sl.simulate(6.0)
    assert (proj.n, proj.w, proj.clock) == ([[2.0]], [[3.0]], [[0.0]])


def test_4_10_updates_stop_with_a_disabled_population() -> None:
    proj = learner()
    sl.compile()
    proj.post.disable()
    sl.simulate(3.0)
    assert proj.n == [[0.0]]


def updates(proj: Any, until: float) -> list[float]:
    """The times of the steps in which synaptic variables are updated, from now until a time."""
    found, before = [], proj.n[0][0]
    while sl.get_time() < until:
        now = sl.get_time()
        sl.step()
        if proj.n[0][0] != before:
            found.append(now)
            before = proj.n[0][0]
    return found


def test_4_10_periods_have_the_times_of_the_table() -> None:
    sl.setup(dt=0.5)
    proj = learner()
    sl.compile()
    proj.update = False
    sl.simulate(8.0)
    proj.enable_learning(period=5.0, offset=2.0)
    assert updates(proj, 21.0) == [10.0, 15.0, 20.0] and proj.update and proj.plasticity
    sl.simulate(32.0 - sl.get_time())
    proj.enable_learning(period=5.0, offset=-1.0)
    assert updates(proj, 45.0) == [36.0, 41.0]
    proj.enable_learning(period=3.0)
    assert updates(proj, 52.0) == [45.0, 48.0, 51.0], "without an offset from the call on"
    proj.enable_learning(period=2.0, offset=0.5)
    assert updates(proj, 57.0) == [52.5, 54.5, 56.5], "an offset is counted in steps, not in ms"
    proj.enable_learning()
    assert len(updates(proj, 60.0)) == 6


def test_4_10_learning_may_be_asked_for_before_compile() -> None:
    proj = learner()
    proj.disable_learning()
    sl.compile()
    sl.simulate(2.0)
    assert proj.n == [[0.0]]
    proj.enable_learning(period=2.0)
    assert updates(proj, 6.0) == [2.0, 4.0]


def test_4_10_what_disabling_means() -> None:
    rate = learner()
    pre, post = source([1]), target("spiking", "v = g_exc")
    spiking = connected(pre, post, [[1.0]], name="events")
    rate.disable_learning(update=None)
    spiking.disable_learning()
    assert (rate.update, rate.plasticity) == (False, True) and (spiking.update, spiking.plasticity) == (
        True,
        False,
    )


# -- 4.11 reset -----------------------------------------------------------------------------------------------


def test_4_11_reset(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False, seed=3)
    a = sl.Population(20, sl.Neuron(equations="r = 1.0"), name="a")
    proj = sl.Projection(a, a, "exc", RULE, name="ff")
    proj.connect_fixed_probability(0.5, sl.Uniform(0.0, 1.0), delays=sl.DiscreteUniform(1, 5))
    proj.theta = 4.0
    sl.compile()
    before, weights = proj.pre_ranks, proj.w
    proj.set({"eta": 9.0, "theta": 9.0, "n": 9, "z": 9.0, "w": 9.0})
    proj.update = False
    proj.reset(["eta", "foo"])
    assert "Projection 'ff' has no attribute \"foo\"" in capsys.readouterr().out
    assert (proj.eta, proj.theta[0], proj.n[0][0]) == (0.5, 9.0, 9)
    proj.reset()
    assert (proj.eta, proj.theta[0], proj.n[0][0], proj.z[0][0]) == (0.5, 4.0, 3, 0.25)
    assert proj.w[0][0] == 9.0 and not proj.update, "never w, and flags stay"
    proj.reset(synapses=True)
    assert proj.pre_ranks != before and proj.w != weights and max(map(max, proj.w)) <= 1.0
    assert [len(row) for row in proj.w] == [len(row) for row in proj.delay] == proj.nb_synapses_per_dendrite()
    sl.simulate(3.0)


# -- 4.12 Structural plasticity -------------------------------------------------------------------------------

GROWING = {"creating": "pre.r > 2.0 : w=0.5", "pruning": "w < 0.0 : proba=1.0"}


def test_4_12_needs_the_option_a_clause_and_compile() -> None:
    refused(lambda: sl.Synapse(**GROWING), "structural plasticity|structural_plasticity")
    proj = ff()
    sl.compile()
    for call in (
        lambda: proj.dendrite(0).create_synapse(2),
        lambda: proj.dendrite(0).prune_synapse(0),
        proj.start_creating,
        proj.start_pruning,
        proj.stop_creating,
        proj.stop_pruning,
    ):
        refused(call, "structural plasticity")
    sl.clear()
    proj = changing(synapse=sl.Synapse())
    refused(proj.start_pruning, "compile", NotCompiledError)
    sl.compile()
    refused(proj.start_pruning, "its synapse does not say when pruning takes place")
    refused(proj.start_creating, "its synapse does not say when creating takes place")


def test_4_12_creating_and_pruning() -> None:
    proj = changing(synapse=GROWING)
    sl.compile()
    sl.simulate(2.0)
    assert proj.nb_synapses == 5, "both are off initially"
    proj.start_pruning(period=2.0)
    proj.start_creating()
    sl.simulate(1.0)
    # r was 2.0 after step 1, 3.0 in step 2 where conditions are evaluated: all pairs exist but the pruned.
    assert proj.post_ranks == [0, 1, 2], "a dendrite appears where there was none"
    assert proj.pre_ranks == [[0, 1, 2, 3], [0, 1, 2, 3], [0, 2, 3]], "-4.0 was pruned, after creating"
    assert proj.dendrite(1).w == [0.5] * 4 and proj.dendrite(0).w == [1.0, 2.0, 0.5, 3.0]
    sl.simulate(1.0)
    assert proj.pre_ranks[2] == [0, 1, 2, 3]
    proj.stop_creating()
    proj.dendrite(0).w = -1.0
    sl.simulate(1.0)
    assert (proj.size, proj.post_ranks, len(proj.dendrite(0))) == (3, [0, 1, 2], 0), "an empty dendrite stays"
    proj.stop_pruning()
    proj.dendrite(1).w = -1.0
    sl.simulate(3.0)
    assert len(proj.dendrite(1)) == 4


def test_4_12_periods_count_from_the_call() -> None:
    proj = changing(synapse={"pruning": "w < 0.0"}, weights=[[1, 1, 1, 1]] * 3)
    sl.compile()
    sl.simulate(1.0)
    proj.start_pruning(period=3.0)
    proj.w = -1.0
    sl.simulate(1.0)
    assert proj.nb_synapses == 0, "in the step of the call"
    for rank in range(4):
        proj.create_synapse(rank, 0, w=-1.0)
    assert step_by_step(4, lambda: proj.nb_synapses) == [4, 4, 0, 0]


def test_4_12_parts_of_populations_stay_among_themselves() -> None:
    sl.setup(structural_plasticity=True)
    a = sl.Population(4, sl.Neuron(equations="r = 5.0"), name="a")
    b = sl.Population(4, sl.Neuron(equations="r = sum(exc)"), name="b")
    part = sl.Projection(a[1:3], b[2:], "exc", sl.Synapse(**GROWING), name="part").connect_from_matrix(
        [[1.0, None], [None, None]]
    )
    sl.compile()
    part.start_creating()
    sl.simulate(2.0)
    assert (part.post_ranks, part.pre_ranks) == ([2, 3], [[1, 2], [1, 2]])
    refused(lambda: part.dendrite(2).create_synapse(0), "the neuron 0 is not among its pre neurons")


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("pre.r > 0.0 : d=3.0", "all synapses of 'ff' share one, 1.0 ms"),
        ("pre.r > 0.0 : d=-1.0", "must be finite and not negative"),
    ],
)
def test_4_12_delays_of_the_clause(clause: str, message: str) -> None:
    proj = changing(synapse={"creating": clause})
    sl.compile()
    refused(proj.start_creating, message, sl.SynloomError)


def test_4_12_delays_of_the_clause_where_each_synapse_has_its_own() -> None:
    late = np.full((3, 4), 2.0) + np.eye(3, 4)
    proj = changing(synapse={"creating": "pre.r > 0.0 : d=3.0, w=1.0"}, delays=late)
    sl.compile()
    proj.start_creating()
    sl.simulate(1.0)
    assert proj.nb_synapses == 12 and proj.delay[1] == [3.0] * 4
    too_long = {"creating": "pre.r > 0.0 : d=30.0"}
    sl.clear()
    proj = changing(synapse=too_long, delays=late)
    sl.compile()
    refused(proj.start_creating, "the longest of 'ff' is 3.0 ms", sl.SynloomError)


# -- 4.13 Dendrites -------------------------------------------------------------------------------------------


def test_4_13_members(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    proj = ff(delays=np.arange(12.0).reshape(3, 4) + 1)
    sl.compile()
    d = proj.dendrite(2)
    assert (d.post_rank, d.idx, d.proj, d.pre, d.target) == (2, 1, proj, proj.pre, "exc")
    assert d.size == len(d) == 2 and d.pre_ranks == d.pre_rank == [1, 2]
    capsys.readouterr()
    assert d.rank == [1, 2] and "deprecated" in capsys.readouterr().out
    assert (d.attributes, d.parameters, d.variables) == (proj.attributes, proj.parameters, proj.variables)
    assert (d.w, d.get("w"), d.theta, d.eta, d.delay) == ([-4.0, 0.5], [-4.0, 0.5], 2.0, 0.5, [10.0, 11.0])
    assert (type(d.theta), type(d.eta), type(d.w[0]), type(d.n[0])) == (float, float, float, int)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("w", 7, [7.0, 7.0]),
        ("w", [7, 8], [7.0, 8.0]),
        ("w", np.array([7.0, 8.0]), [7.0, 8.0]),
        ("w", sl.Uniform(9.0, 9.0), [9.0, 9.0]),
        ("theta", 5, 5.0),
        ("theta", sl.Uniform(6.0, 6.0), 6.0),
        ("delay", 4.0, 4.0),
    ],
)
def test_4_13_writing(name: str, value: Any, expected: Any) -> None:
    proj = ff()
    sl.compile()
    d = proj.dendrite(2)
    if name == "delay":
        proj.delay = 4.0
        d.delay = value
        assert d.delay == expected
        return
    setattr(d, name, value)
    assert getattr(d, name) == expected
    d.set({name: value, "n": 4})
    assert d.get(name) == expected and proj.n == [[3] * 3, [4] * 2]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (
            "w",
            [1.0, 2.0, 3.0],
            "w takes a number, or 2 of them, one for each synapse; not a list of length 3",
        ),
        ("w", [[1.0, 2.0]], "w takes a number, or 2 of them, one for each synapse; not a list of length 1"),
        ("w", "x", "w takes a number, or 2 of them, one for each synapse; not 'x'"),
        ("theta", [1.0, 2.0], "takes a single number"),
        ("eta", 1.0, "belongs to the whole projection"),
        ("foo", 1.0, 'has no attribute "foo"'),
    ],
)
def test_4_13_what_is_refused(name: str, value: Any, message: str) -> None:
    proj = ff()
    sl.compile()
    d, before = proj.dendrite(2), proj.w
    refused(lambda: d.set({"n": 8, name: value}), message)
    assert proj.w == before and d.n == [3, 3]


def test_4_13_synapses_and_fields() -> None:
    proj = ff()
    sl.compile()
    d = proj.dendrite(0)
    assert d.synapse(1).w == d[1].w == d[(0, 1)].w == d.synapse((0, 1)).w == 2.0
    refused(lambda: d.synapse(2), "has no synapse from pre neuron 2")
    refused(lambda: d.synapse(4), "The rank 4 does not exist")
    assert [s.rank for s in d.synapses] == [s.rank for s in d] == [0, 1, 3]
    assert d.receptive_field().tolist() == [[1.0, 2.0], [0.0, 3.0]]
    assert d.receptive_field("n", fill=-1.0).tolist() == [[3.0, 3.0], [-1.0, 3.0]]


def test_4_13_synapses_of_single_weights() -> None:
    a, b = counting("a"), relay("b")
    proj = sl.Projection(a, b, "exc").connect_all_to_all(2.0)
    sl.compile()
    assert proj.dendrite(0).synapse(1).w == 2.0 and proj.dendrite(0).w == [2.0, 2.0]


def test_4_13_creating_and_pruning_by_hand() -> None:
    proj = changing()
    sl.compile()
    d = proj.dendrite(2)  # its place in post_ranks is 1: ranks and places differ
    d.create_synapse(3, w=7.0)
    d.create_synapse((0, 0))
    assert (d.pre_ranks, d.w, d.z, d.n) == ([0, 1, 2, 3], [0.0, -4.0, 0.5, 7.0], [0.25] * 4, [3] * 4)
    assert proj.pre_ranks == [[0, 1, 3], [0, 1, 2, 3]]
    refused(lambda: d.create_synapse(3), "there is a synapse 3 -> 2 already")
    d.prune_synapse(1)
    d.prune_synapses([0, 3])
    assert d.pre_ranks == [2] and proj.dendrite(0).pre_ranks == [0, 1, 3]
    refused(lambda: d.prune_synapse(1), "there is no synapse 1 -> 2")
    refused(lambda: d.prune_synapses([2, 1]), "there is no synapse 1 -> 2")
    assert d.pre_ranks == [2], "all or none"
    d.create_synapses([3, 0])
    d.create_synapses([1], weights=[5.0], delays=[1.0])
    assert (d.pre_ranks, d.w, d.delay) == ([0, 1, 2, 3], [0.0, 5.0, 0.5, 0.0], 1.0)
    sl.simulate(2.0)


def test_4_13_new_synapses_enlarge_the_queue() -> None:
    proj = changing(synapse=sl.Synapse(), weights=[[1.0, None, None, None], [None] * 4, [1.0] * 4])
    sl.compile()
    sl.simulate(2.0)
    proj.dendrite(0).create_synapse(1, w=10.0, delay=4.0)
    assert proj.dendrite(0).delay == [1.0, 4.0] and proj.pre.max_delay == 4
    proj.dendrite(0).create_synapse(2, w=100.0, delay=6.0)
    # c is 2 after two steps, and nothing older is remembered: it counts as having been 2.
    assert step_by_step(7, lambda: proj.post.r[0]) == [222.0, 223.0, 224.0, 225.0, 236.0, 247.0, 358.0]
    assert proj.dendrite(0).delay == [1.0, 4.0, 6.0] and proj.dendrite(2).delay == [1.0] * 4


# -- 4.14 Single synapses -------------------------------------------------------------------------------------


def test_4_14_single_synapses() -> None:
    proj = ff(delays=np.arange(12.0).reshape(3, 4) + 1)
    sl.compile()
    s = proj.synapse(1, 2)
    assert (s.dendrite.post_rank, s.rank, s.pre_rank, s.post_rank) == (2, 1, 1, 2)
    assert (s.w, s.theta, s.eta, s.n, s.delay) == (-4.0, 2.0, 0.5, 3, 10.0)
    assert (type(s.w), type(s.n), type(s.delay)) == (float, int, float)
    s.w, s.theta, s.eta, s.delay = 5, 6.0, 7.0, 3.0
    assert (
        proj.w[1] == [5.0, 0.5]
        and proj.theta == [2.0, 6.0]
        and proj.eta == 7.0
        and proj.delay[1] == [3.0, 11.0]
    )
    s.delay = 40.0
    assert proj.max_delay == 40
    s.w = sl.Uniform(8.0, 8.0)
    assert s.w == 8.0
    refused(lambda: setattr(s, "w", [1.0]), "takes a single number")
    refused(lambda: setattr(s, "foo", 1.0), 'has no attribute "foo"')
    sl.simulate(45.0)


# -- 4.15 The rest --------------------------------------------------------------------------------------------


def test_4_15_launch_configurations_are_of_gpus(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    proj = ff()
    refused(proj.update_launch_config, "compile", NotCompiledError)
    sl.compile()
    capsys.readouterr()
    proj.update_launch_config(nb_blocks=2, threads_per_block=64)
    assert capsys.readouterr().out == (
        "WARNING: Projection 'ff': update_launch_config() has no effect on a CPU.\n"
    )


def test_4_15_saving_and_loading(tmp_path: Any) -> None:
    proj = ff()
    sl.compile()
    proj.w = [[1, 2, 3], [4, 5]]
    proj.save(tmp_path / "ff.npz")
    proj.w = 0.0
    proj.load(tmp_path / "ff.npz")
    assert proj.w == [[1.0, 2.0, 3.0], [4.0, 5.0]]
    proj.w = 0.0
    proj.load(tmp_path / "ff.npz", pickle_encoding="latin1")
    assert proj.w == [[1.0, 2.0, 3.0], [4.0, 5.0]]

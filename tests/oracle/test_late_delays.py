"""Delays that appear while the network runs: another kernel takes over all that is under way, as the oracle has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.oracle import test_control, test_spiking_control
from tests.oracle.compare import agree, run_both, run_from_here
from tests.oracle.oracle import Oracle
from tests.oracle.spikes import NEVER, Emission
from tests.worked.spiking import only_at, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

LATER = np.array([[3, 1, 5, 2], [1, 1, 4, 6], [2, 2, 2, 7]])


class Remembered:
    """What each rate-coded population remembers: older values count as the oldest that was kept."""

    def __init__(self, **room: int) -> None:
        self.room = room

    def need(self, oracle: Oracle, name: str, steps: int) -> None:
        pop, room = oracle.pop[name], self.room[name]
        if pop.spikes is not None:
            past = pop.spikes.past
            past[:-room] = [Emission(NEVER) for _ in past[:-room]]
        else:
            kept = pop.past[-room:]
            pop.past[:] = [kept[0]] * (len(pop.past) - len(kept)) + kept
        self.room[name] = max(room, steps)


def late(oracle: Oracle, name: str, steps: Sequence[int]) -> None:
    """Give the synapses of one projection, or of all that read it alike, these delays."""
    for ir, reading in zip(oracle.ir.projections, oracle.readings, strict=True):
        if reading.name == name or (getattr(ir, "delay_of_forward", False) and ir.forward == name):
            reading.delays = list(steps)
    if name in oracle.forward:
        oracle.forward[name].delays = list(steps)


def whole(ff: Any, steps: Any) -> None:
    ff.delay = steps if np.ndim(steps) == 0 else steps.tolist()


def by_dendrite(ff: Any, steps: Any) -> None:
    for d, row in zip(ff.dendrites, np.broadcast_to(steps, (3, 4)), strict=True):
        d.delay = row.tolist()


def by_synapse(ff: Any, steps: Any) -> None:
    for d, row in zip(ff.dendrites, np.broadcast_to(steps, (3, 4)), strict=True):
        for synapse, delay in zip(d, row, strict=True):
            synapse.delay = float(delay)


KINDS = [(0.0, 4.0), (0.0, LATER), (2.0, LATER), (0.0, LATER * 0 + 3)]
NAMES = ["none-uniform", "none-mixed", "uniform-mixed", "none-equal"]


@pytest.mark.parametrize("storage", ["dense", "csr"])
@pytest.mark.parametrize("own", [0.0, "forward"], ids=["own", "forward"])
@pytest.mark.parametrize(("first", "steps"), KINDS, ids=NAMES)
@pytest.mark.parametrize("module", [test_control, test_spiking_control], ids=["rate", "spiking"])
def test_delays_of_another_kind_while_running(
    module: Any, storage: str, own: Any, first: float, steps: Any
) -> None:
    ff, _ = module.network(storage, first, own)
    begin = max(1, int(first))
    memory = Remembered(a=begin, b=max(2, begin if own == "forward" else 1))  # "other" leads back in 2 steps
    if module is test_spiking_control:  # and rates are counted over 5 steps
        memory = Remembered(a=6, b=6)

    def change(n: int, oracle: Oracle) -> None:
        if n not in (5, 11):
            return
        asked = steps if n == 5 else steps * 2
        whole(ff, asked)
        late(oracle, "ff", np.broadcast_to(asked, (3, 4)).ravel().astype(int).tolist())
        longest = int(np.max(asked))
        memory.need(oracle, "a", longest)
        memory.need(oracle, "b", longest if own == "forward" else 1)

    _, wrong = run_both(20, change)
    agree(wrong)
    assert ff.uniform_delay == (-1 if np.ptp(steps) else int(np.max(steps)) * 2)


@pytest.mark.parametrize("write", [by_dendrite, by_synapse])
@pytest.mark.parametrize("steps", [3, LATER], ids=["equal", "mixed"])
def test_delays_of_parts_while_running(write: Callable[[Any, Any], None], steps: Any) -> None:
    ff, _ = test_control.network("csr", 0.0, 0.0)
    memory = Remembered(a=1, b=2)

    def change(n: int, oracle: Oracle) -> None:
        if n == 4:
            write(ff, steps)
            late(oracle, "ff", np.broadcast_to(steps, (3, 4)).ravel().tolist())
            memory.need(oracle, "a", int(np.max(steps)))

    _, wrong = run_both(14, change)
    agree(wrong)


def test_a_transpose_is_delayed_later() -> None:
    _, fb = test_control.network("dense", 0.0, 0.0)
    memory = Remembered(a=1, b=2)

    def change(n: int, oracle: Oracle) -> None:
        if n == 4:
            fb.delay = 5.0
            late(oracle, "fb", [5] * 12)
            memory.need(oracle, "b", 5)

    _, wrong = run_both(14, change)
    agree(wrong)


@pytest.mark.parametrize("module", [test_control, test_spiking_control], ids=["rate", "spiking"])
def test_a_synapse_that_comes_with_a_delay_of_its_own(module: Any, structural: None) -> None:
    ff, _ = module.network("csr", 0.0, 0.0)
    memory = Remembered(a=1, b=2) if module is test_control else Remembered(a=6, b=6)

    def change(n: int, oracle: Oracle) -> None:
        if n == 4:
            ff.dendrite(1).prune_synapse(2)
            oracle.prune("ff", 2, 1)
        if n == 6:
            ff.dendrite(1).create_synapse(2, w=0.7, delay=8.0)
            late(oracle, "ff", [1] * 11)
            memory.need(oracle, "a", 8)
            oracle.create("ff", 2, 1, 0.7, 8)

    _, wrong = run_both(18, change)
    agree(wrong)
    assert ff.delay == [[1.0] * 4, [1.0, 1.0, 8.0, 1.0], [1.0] * 4] and ff.max_delay == 8


@pytest.mark.parametrize("storage", ["dense", "csr"])
@pytest.mark.parametrize("order", ["post_to_pre", "pre_to_post"])
def test_spikes_under_way_arrive_as_they_are_told_by_then(storage: str, order: str) -> None:
    pre, post = source([3], [3, 5]), target("post", "v = g_exc", 2)
    ff = sl.Projection(pre, post, "exc", name="ff")
    ff.connect_from_matrix([[1.0, 2.0], [4.0, 8.0]], storage_format=storage, storage_order=order)
    other = sl.Projection(pre, post, "exc", name="other").connect_from_matrix([[0.25, 0.5], [0.0, 0.0]])
    shown = sl.Monitor(post, "v")
    sl.compile()
    assert ff.store.by_source is (order == "pre_to_post")
    sl.simulate(4.0)  # what fired in step 3 is on its way
    ff.delay = [[2.0, 4.0], [1.0, 3.0]]
    sl.simulate(6.0)
    found = shown.get("v")
    only_at(found[:, 0], {4: 0.75, 5: 1.0, 6: 0.5, 7: 2.0, 9: 2.0})
    only_at(found[:, 1], {4: 4.0, 6: 8.0, 8: 8.0})
    assert other.delay == 1.0


NOISE = sl.Neuron(equations="x = Normal(0.0, 1.0)\nr = 0.5*r + x + 0.1*sum(exc)")
DRIFT = sl.Synapse(equations="w += Uniform(-0.1, 0.1)")


def noisy(delayed: bool) -> dict[str, Any]:
    """What does not hear of the delay, of a network that gets one in step 7 or never."""
    sl.clear()
    sl.setup(seed=11)
    a, b = (sl.Population(5, NOISE, name=name) for name in "ab")
    ff = sl.Projection(a, b, "exc", DRIFT, name="ff").connect_all_to_all(sl.Uniform(0.0, 1.0))
    spiking = sl.Population(
        20, sl.Neuron(equations="v += Uniform(0.0, 0.3)", spike="v > 1.0", reset="v = 0.0"), name="s"
    )
    shown = sl.Monitor(a, "r"), sl.Monitor(spiking, ["spike", "v"]), sl.Monitor(ff, "w")
    sl.compile()
    sl.simulate(7.0)
    if delayed:
        ff.delay = [[1.0, 2.0, 3.0, 4.0, 5.0]] * 5
    sl.simulate(9.0)
    found = {"r": shown[0].get("r"), "v": shown[1].get("v"), "w": shown[2].get("w")}
    return found | {
        "spikes": shown[1].get("spike"),
        "next": sl.magic_network().rng.random(),
        "t": sl.get_time(),
    }


def test_random_numbers_and_recordings_go_on_bit_for_bit() -> None:
    never, later = noisy(False), noisy(True)
    assert never["spikes"] == later["spikes"] and len(never["spikes"]) == 20
    for name in ("r", "v", "w"):
        assert np.shape(never[name])[0] == 16 and np.array_equal(never[name], later[name]), name
    assert (never["next"], never["t"]) == (later["next"], later["t"])


def test_values_kept_to_the_bit_by_a_change_that_changes_nothing() -> None:
    """The other kernel with the same delays computes the same bits."""

    def run(change: bool) -> Any:
        sl.clear()
        ff, _ = test_control.network("csr", 0.0, 0.0)
        sl.compile()
        sl.simulate(6.0)
        if change:
            ff.delay = LATER.tolist()
            ff.delay = 1.0
            assert ff.delay == [[1.0] * 4] * 3
        sl.simulate(9.0)
        net = sl.magic_network()
        return [p.r.copy() for p in net.populations] + [ff.array("w").copy()]

    for one, other in zip(run(False), run(True), strict=True):
        assert np.array_equal(one, other)


def test_a_failure_to_compile_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ff, fb = test_control.network("csr", 0.0, "forward")
    sl.compile()
    sl.simulate(3.0)
    build = sl.magic_network().build

    def no_compiler(*_: Any) -> Any:
        raise sl.CompilationError("no compiler")

    with monkeypatch.context() as patched:
        patched.setattr("synloom.rebuilding.compile_network", no_compiler)
        for change in (
            lambda: setattr(ff, "delay", 3.0),
            lambda: setattr(ff.dendrite(0), "delay", 3.0),
            lambda: ff.synapse(0, 0).set({"w": 9.0, "delay": 3.0}),
        ):
            with pytest.raises(sl.CompilationError, match="no compiler"):
                change()
        assert ff.delay == 1.0 and fb.delay == 1.0 and ff.synapse(0, 0).w != 9.0
        assert sl.magic_network().build is build
        sl.simulate(2.0)
    ff.delay = 3.0
    assert (ff.delay, fb.delay) == (3.0, 3.0)
    again = sl.magic_network().build
    assert build is not None and again is not None and again is not build
    assert again.seconds.keys() >= {"connect", "bind", "total"} and again.plan != build.plan


def test_the_mistakes_that_delays_of_synapses_can_be() -> None:
    a = sl.Population(2, sl.Neuron(equations="g = t : population\nr = g"), name="a")
    b = sl.Population(2, sl.Neuron(equations="r = sum(exc)"), name="b")
    ff = sl.Projection(a, b, "exc", sl.Synapse(psp="w * pre.g"), name="ff").connect_all_to_all(1.0)
    sl.compile()
    with pytest.raises(sl.SynloomError, match='"pre.g" is one value of the whole population'):
        ff.delay = [[1.0, 2.0], [1.0, 1.0]]
    assert ff.delay == 1.0
    ff.delay = 2.0
    sl.simulate(4.0)
    assert b.r.tolist() == [2.0, 2.0]
    with pytest.raises(sl.SynloomError, match="2 rows of lengths"):
        ff.delay = [[1.0, 2.0]]


@pytest.mark.parametrize("first", [0.0, 2.0])
def test_reset_goes_back_to_the_delays_of_the_connector(first: float) -> None:
    ff, _ = test_control.network("csr", first, "forward")
    _, wrong = run_both(3)
    agree(wrong)
    for change in (4.0, LATER.tolist()):
        ff.delay = change
        sl.simulate(3.0)
        sl.reset(synapses=True)
        assert ff.delay == max(first, 1.0)
        _, wrong = run_from_here(7)
        agree(wrong)

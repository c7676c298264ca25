"""Networks of copies, copies of networks, looking objects up, clear and reset, pickles, profiles."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.oracle.test_spiking_control import network as spiking
from tests.unit.test_checkpoint import evidence, rates, same

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

NEURON = sl.Neuron(parameters="a = 1.0 : population ; b = 0.5", equations="r = a + b + sum(exc)")


class Pair(sl.Network):
    """Made by its constructor, which does not call its parent's."""

    def __init__(self, size: int, gain: float = 1.0) -> None:
        self.pop = self.create(size, NEURON, name="pop")
        self.pop.a = gain
        self.proj = self.connect(self.pop, self.pop, "exc", name="proj")
        self.proj.connect_fixed_probability(0.5, weights=sl.Uniform(0.0, 0.1))
        self.m = self.monitor(self.pop, "r")


def declared() -> tuple[Any, Any, Any]:
    pop = sl.Population((2, 3), NEURON, name="pop")
    proj = sl.Projection(pop, pop, "exc", name="proj")
    proj.connect_fixed_probability(0.5, weights=sl.Uniform(0.0, 0.1))
    return pop, proj, sl.Monitor(pop, "r")


# -- add and get ----------------------------------------------------------------------------------------------


def test_large_networks_that_nobody_has_are_freed_by_the_next() -> None:
    def made(size: int) -> weakref.ref[Any]:
        net = sl.Network()
        pop = net.create(size, sl.Neuron(equations="r = sum(exc)"))
        net.connect(pop, pop, "exc").connect_all_to_all(sl.Uniform(0.0, 1.0))
        net._connect_all()
        return weakref.ref(net)

    gc.collect()
    gc.disable()
    try:
        small, large = made(10), made(2100)
        assert small() is not None and large() is not None
        kept = sl.Network()
        assert small() is None and large() is None and kept.id == 1
    finally:
        gc.enable()


def test_everything_is_copied() -> None:
    pop, proj, monitor = declared()
    pop.b = np.arange(6.0)
    net = sl.Network(everything=True)
    assert net.everything
    mine = net.get(pop)
    assert (mine.name, mine.geometry, mine.id) == ("pop", (2, 3), 0)
    assert (mine.b == pop.b).all()
    assert net.get([pop, proj, monitor]) == [mine, net.projections[0], net.monitors[0]]
    assert net.get(mine) is mine
    view = net.get(pop[1, :])
    assert view.population is mine and view.ranks.tolist() == [3, 4, 5]
    assert net.get(pop.neuron(4)).rank == 4
    assert net.get("proj") is net.projections[0]
    net.compile()
    net.simulate(3.0)
    assert not sl.magic_network().compiled
    assert net.get(monitor).get("r").shape == (3, 6)


def test_copies_share_nothing() -> None:
    pop, proj, _ = declared()
    one, two = sl.Network(everything=True), sl.Network(everything=True)
    one.get(pop).a = 5.0
    assert (pop.a, two.get(pop).a) == (1.0, 1.0)
    for net in (one, two):
        net.compile()
    assert one.get(proj).pre_ranks != two.get(proj).pre_ranks or one.get(proj).w != two.get(proj).w
    assert not np.shares_memory(one.get(pop).array("b"), two.get(pop).array("b"))
    one.simulate(2.0)
    assert (one.get_time(), two.get_time()) == (2.0, 0.0)


def test_copies_start_as_the_original_did() -> None:
    pop, proj, _ = declared()
    pop.a = 2.0
    pop.disable()
    sl.compile()
    pop.a = 3.0
    net = sl.Network(everything=True)
    mine = net.get(pop)
    assert mine.a == 2.0
    assert not mine.enabled
    assert net.get(proj).connector_name == proj.connector_name


def test_recording_moves_to_the_copy() -> None:
    pop, _, monitor = declared()
    nets = [sl.Network(everything=True), sl.Network(everything=True)]
    sl.compile()
    sl.simulate(3.0)
    assert len(monitor.get("r")) == 0
    for net in nets:
        net.compile()
        net.simulate(3.0)
        assert len(net.get(monitor).get("r")) == 3


def test_what_is_needed_is_added(capsys: pytest.CaptureFixture[str]) -> None:
    pop, proj, monitor = declared()
    sl.setup(suppress_warnings=False)
    net = sl.Network()
    net.add(proj)
    assert "INFO: Population 'pop' is added, too: Projection 'proj' needs it." in capsys.readouterr().out
    net.add([monitor])
    assert net.get(monitor).object is net.get(pop)


def test_spiking_networks_and_transposes_are_copied() -> None:
    sl.setup(seed=4)
    ff, fb = spiking("csr", 3.0, "forward")
    sl.Monitor(ff.pre, ["spike", "v"])
    net = sl.Network(everything=True)
    sl.compile()
    net.compile()
    assert net.get(fb).forward is net.get(ff)
    sl.magic_network().monitors[0].resume()
    sl.simulate(20.0)
    net.simulate(20.0)
    same(evidence(net), evidence(sl.magic_network()))


def test_constants_of_a_network_come_along() -> None:
    sl.magic_network().constant("K", 3.0)
    pop = sl.Population(1, sl.Neuron(equations="r = K"))
    net = sl.Network(everything=True)
    net.compile()
    net.step()
    assert net.get(pop).r[0] == 3.0


def test_mistakes_of_add_and_get() -> None:
    pop, _, monitor = declared()
    net = sl.Network()
    with pytest.raises(sl.ConfigurationError, match="Population 'pop' was not added to this network"):
        net.get(pop)
    net.add(pop)
    with pytest.raises(sl.ConfigurationError, match="Population 'pop' was added to this network before"):
        net.add(pop)
    with pytest.raises(sl.ConfigurationError, match="Population 'pop' belongs to this network already"):
        net.add(net.populations)
    with pytest.raises(sl.ConfigurationError, match="A int can not be added"):
        net.add([3])
    with pytest.raises(sl.ConfigurationError, match="A int has no copy"):
        net.get(3)
    with pytest.raises(sl.ConfigurationError, match="Nothing in this network is named 'x'"):
        net.get("x")
    net.compile()
    with pytest.raises(sl.ConfigurationError, match="The network is compiled"):
        net.add(sl.Population(1, NEURON))
    net.add(monitor)


# -- copy -----------------------------------------------------------------------------------------------------


def test_copies_of_a_subclass() -> None:
    net = Pair(4, gain=2.0, seed=1, dt=0.5)
    with pytest.raises(sl.NotCompiledError):
        net.copy()
    net.compile()
    same_again, other = net.copy(), net.copy(6, gain=3.0, seed=9)
    assert (same_again.pop.size, same_again.pop.a, same_again.dt) == (4, 2.0, 0.5)
    assert same_again.seed != 1
    assert (other.pop.size, other.pop.a, other.seed) == (6, 3.0, 9)
    assert same_again.compiled and other.compiled
    assert type(other) is Pair


def test_copies_of_a_plain_network() -> None:
    net = sl.Network(seed=1)
    pop = net.create(3, NEURON, name="pop")
    pop.b = [1.0, 2.0, 3.0]
    net.compile()
    pop.b = 0.0
    made = net.copy(seed=5)
    assert made.get("pop").b.tolist() == [1.0, 2.0, 3.0]
    assert made.get(pop) is made.populations[0]
    assert (made.seed, made.compiled, made.current_step) == (5, True, 0)
    with pytest.raises(sl.ConfigurationError, match="copied without arguments"):
        net.copy(3)


# -- pickles --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [rates, lambda: spiking("csr", 3.0, "forward")], ids=["rates", "spikes"])
def test_a_pickled_network_goes_on(build: Any) -> None:
    sl.setup(seed=2)
    build()
    net = sl.magic_network()
    net.compile()
    net.simulate(9.0)
    made = pickle.loads(pickle.dumps(net))
    assert not made.compiled
    assert made.id != net.id
    made.compile()
    same(evidence(made), evidence(net))
    for each in (made, net):
        each.simulate(7.0)
    same(evidence(made), evidence(net))


def test_a_pickled_subclass_keeps_its_attributes() -> None:
    net = Pair(3, seed=1)
    made = pickle.loads(pickle.dumps(net))
    assert type(made) is Pair
    assert made.pop is made.populations[0]
    assert made.m.object is made.pop
    made.compile()
    net.compile()
    assert made.proj.w == net.proj.w


def test_objects_carry_their_network() -> None:
    pop, proj, _ = declared()
    sl.compile()
    sl.simulate(2.0)
    made = pickle.loads(pickle.dumps(pop))
    assert made.network is not pop.network
    made.network.compile()
    assert (made.r == pop.r).all()
    assert copy.deepcopy(proj).network.projections[0].name == "proj"


# -- several networks -----------------------------------------------------------------------------------------


def test_numbers_of_networks_are_used_again() -> None:
    gc.collect()
    first, second = sl.Network(), sl.Network()
    assert second.id > first.id > 0
    freed = first.id
    del first
    gc.collect()
    assert sl.Network().id == freed


def test_seeds_depend_on_the_order_of_creation_alone() -> None:
    seeds = []
    for kept in (True, False):
        sl.clear()
        sl.setup(seed=6)
        alive = []
        made = []
        for _ in range(4):
            net = sl.Network()
            made.append(net.seed)
            if kept:
                alive.append(net)
            del net
            gc.collect()
        seeds.append(made)
    assert seeds[0] == seeds[1]
    assert len(set(seeds[0])) == 4


def test_unknown_numbers_are_refused() -> None:
    for call in (sl.get_time, sl.populations, sl.callbacks_enabled):
        with pytest.raises(sl.ConfigurationError, match="There is no network with id 99"):
            call(net_id=99)


# -- looking up -----------------------------------------------------------------------------------------------


def test_looking_up(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    a, b = (sl.Population(4, sl.Neuron(equations="r = sum(exc) + sum(inh)"), name=n) for n in "ab")
    one = sl.Projection(a[:2], b, "exc", name="one").connect_all_to_all(1.0)
    two = sl.Projection(b, a, "inh", name="two").connect_all_to_all(1.0)
    monitor = sl.Monitor(a, "r")
    assert sl.get_population("a") is a
    assert sl.get_projection("two") is two
    assert sl.populations() == [a, b]
    assert sl.populations() is not sl.populations()
    assert sl.projections() == [one, two]
    assert sl.projections(pre=a) == sl.projections(pre="a") == sl.projections(pre=one.pre) == [one]
    assert sl.projections(post=a, target="inh") == [two]
    assert sl.projections(target="none", suppress_error=True) == []
    with pytest.raises(sl.ConfigurationError, match="No projection matches"):
        sl.projections(pre=a, target="inh")
    assert sl.monitors() == sl.monitors(obj=a) == [monitor]
    assert sl.monitors(obj=b) == []
    net = sl.magic_network()
    assert net.get_monitor(monitor.name) is monitor
    assert sl.Network().get_projections() == []
    capsys.readouterr()
    assert sl.get_population("c") is None
    assert sl.get_projection("c") is None
    shown = capsys.readouterr().out
    assert "WARNING: There is no population named 'c'." in shown
    assert "WARNING: There is no projection named 'c'." in shown
    with pytest.raises(sl.ConfigurationError, match="A projection named 'one' exists already"):
        sl.Projection(a, b, "exc", name="one")


# -- clear and reset ------------------------------------------------------------------------------------------


def test_clear_in_all_its_forms() -> None:
    for flags in ({}, {"functions": False}, {"constants": False}, {"neurons": False, "synapses": False}):
        sl.clear()
        sl.setup(dt=0.5)
        sl.add_function("f(x) = 2 * x")
        sl.Constant("K", 1.0)
        pop = sl.Population(1, NEURON, name="pop")
        sl.compile()
        sl.simulate(1.0)
        sl.clear(**flags)
        with pytest.raises(sl.NotCompiledError, match="belongs to a network that was cleared"):
            _ = pop.r
        assert sl.populations() == []
        assert sl.get_time() == 0.0
        assert sl.dt() == 0.5
        assert (sl.get_constant("K") is not None) is (flags.get("constants") is False)
        assert sl.Population(1, NEURON, name="pop").id == 0
        if flags.get("functions") is False:
            assert sl.functions("f")(2.0) == 4.0
        else:
            with pytest.raises(sl.ConfigurationError, match="f"):
                sl.functions("f")
    sl.setup(dt=1.0)


def test_reset_in_all_its_forms(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(sl.NotCompiledError, match="not compiled"):
        sl.reset()
    pop = sl.Population(
        5, sl.Neuron(parameters="b = 0.5", equations="c += 1.0 ; r = c + sum(exc)"), name="pop"
    )
    synapse = sl.Synapse(parameters="eta = 0.1 : projection", equations="w += 0.5")
    proj = sl.Projection(pop, pop, "exc", synapse, name="proj")
    proj.connect_fixed_probability(0.5, weights=1.0)
    monitor = sl.Monitor(pop, "c")
    sl.compile()
    pop.b, proj.eta = 7.0, 9.0
    sl.simulate(3.0)
    ranks = proj.pre_ranks
    sl.reset(populations=False, monitors=False)
    assert sl.get_current_step() == 0
    assert (pop.c == 3.0).all() and (pop.b == 7.0).all() and proj.eta == 9.0
    assert len(monitor.get("c", keep=True)) == 3
    sl.reset()
    assert (pop.c == 0.0).all() and (pop.b == 0.5).all()
    assert len(monitor.get("c")) == 0
    assert proj.w[0][0] == 2.5 and proj.eta == 9.0
    sl.reset(projections=True)
    assert proj.w[0][0] == 2.5 and proj.eta == 0.1
    sl.setup(suppress_warnings=False)
    sl.reset(synapses=True)
    assert "WARNING: reset(synapses=True) implies projections=True." in capsys.readouterr().out
    assert proj.w[0][0] == 1.0
    assert proj.pre_ranks != ranks
    proj.transmission = False
    sl.reset(projections=True)
    assert proj.transmission is False


# -- learning, profiles ---------------------------------------------------------------------------------------


def test_learning_before_compile_has_no_effect(capsys: pytest.CaptureFixture[str]) -> None:
    _, proj, _ = declared()
    sl.setup(suppress_warnings=False)
    sl.disable_learning()
    assert "WARNING: learning can only be switched after compile()." in capsys.readouterr().out
    assert proj.update


def test_profiles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(profile_out=str(tmp_path / "out"))
    declared()
    sl.compile(profile_enabled=True)
    sl.simulate(3.0)
    sl.every(1.0)(lambda n: None)
    sl.simulate(4.0)
    found = sl.profile()
    assert [run["steps"] for run in found["simulate"]] == [3, 4]
    assert found["compile"]["total"] > 0.0
    sl.check_profile_results()
    lines = (tmp_path / "out" / "profile_omp_1threads.csv").read_text().splitlines()
    label, seconds, percent = lines[0].split(",")
    assert (label, percent) == ("overall", "100.0")
    assert len(lines) > 1
    assert float(seconds) > 0.0
    assert "(7 steps)" in capsys.readouterr().out
    sl.simulate(1.0)
    sl.clear()
    assert "(8 steps)" in capsys.readouterr().out
    sl.setup(profile_out=None)


def test_without_profiling_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    declared()
    sl.compile()
    sl.simulate(3.0)
    assert sl.profile()["simulate"] == []
    sl.clear()
    assert not list(tmp_path.iterdir())


def test_timeit(capsys: pytest.CaptureFixture[str]) -> None:
    @sl.timeit
    def double(x: int, *, y: int = 0) -> int:
        """Twice."""
        return 2 * x + y

    assert double(3, y=1) == 7
    assert capsys.readouterr().out.startswith("double(3, y=1) took 0.0")
    assert double.__doc__ == "Twice."

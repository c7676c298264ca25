"""Spec 03, section 6: networks of copies, networks that make their own objects, and both in one class."""

from __future__ import annotations

import gc
import inspect
import sys
import types
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

UNIT = sl.Neuron(parameters="gain = 1.0", equations="x += gain ; r = x + sum(exc)")
STEP = sl.Neuron(equations="x += 1.0 ; r = x")

# Every method of the two tables, with the names of its arguments in their order.
TABLE = {
    "add": "objects",
    "get": "obj",
    "compile": "directory clean compiler compiler_flags add_sources extra_libs cuda_config annarchy_json silent "
    "debug_build profile_enabled trace_calls",
    "simulate": "duration measure_time",
    "simulate_until": "max_duration population operator measure_time",
    "step": "",
    "get_time": "",
    "set_time": "t",
    "get_current_step": "",
    "set_seed": "seed use_seed_seq",
    "enable_learning": "projections period offset",
    "disable_learning": "projections",
    "get_population": "name",
    "get_projection": "name",
    "get_monitor": "name",
    "get_extension": "name",
    "get_constant": "name",
    "get_populations": "",
    "get_projections": "post pre target suppress_error",
    "get_monitors": "obj",
    "get_extensions": "",
    "get_constants": "",
    "save": "filename populations projections",
    "load": "filename populations projections pickle_encoding",
    "create": "geometry neuron stop_condition name population",
    "connect": "pre post target synapse name projection disable_omp",
    "monitor": "obj variables period period_offset start name",
    "boldmonitor": "populations",
    "constant": "name value",
    "config": "",
    "callbacks_enabled": "",
    "disable_callbacks": "",
    "enable_callbacks": "",
    "clear_all_callbacks": "",
    "copy": "",
    "parallel_run": "method number max_processes seeds measure_time",
    "clear": "",
}


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_method_of_the_tables_is_there(name: str) -> None:
    method = getattr(sl.Network, name)
    assert inspect.getdoc(method), "it says what it does"
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD,)
    found = [p.name for p in inspect.signature(method).parameters.values() if p.kind in kinds][1:]
    assert found[: len(TABLE[name].split())] == TABLE[name].split()


def test_every_attribute_of_the_tables_is_there() -> None:
    net = sl.Network(dt=0.5, seed=3)
    assert net.id >= 1 and net.everything is False
    assert (net.populations, net.projections, net.monitors, net.extensions) == ([], [], [], [])
    assert (net.dt, net.seed, net.compiled, net.directory, net.time, net.current_step) == (
        0.5,
        3,
        False,
        None,
        0.0,
        0,
    )
    assert net.default_rng.uniform() == np.random.default_rng(3).uniform()
    with pytest.raises(AttributeError):
        net.seed = 4
    net.create(2, STEP)
    net.compile(silent=True)
    assert net.compiled and isinstance(net.directory, Path)
    net.time = 5.0
    assert (net.current_step, net.get_time()) == (10, 5.0)
    net.current_step = 4
    assert net.time == 2.0


# -- 6.1


def test_the_magic_network_is_that_of_the_top_level() -> None:
    pop = sl.Population(2, STEP, name="p")
    net = sl.magic_network()
    assert isinstance(net, sl.Network) and net.id == 0 and net.populations == [pop] and pop.network is net
    net.compile(silent=True)
    sl.simulate(3.0)
    assert net.get_time() == 3.0
    sl.clear()
    assert sl.magic_network() is not net and sl.magic_network().populations == []


# -- 6.2


def test_networks_run_in_any_order_and_never_meet() -> None:
    pop = sl.Population(2, UNIT, name="p")
    link = sl.Projection(pop, pop, "exc", name="l").connect_one_to_one(weights=1.0)
    nets = [sl.Network(everything=True) for _ in range(2)]
    own = sl.Network(dt=0.5)
    cells = own.create(3, STEP, name="p")
    for gain, net in enumerate(nets, 2):
        net.get(pop).gain = float(gain)
        net.get(link).w = 0.0
    nets[1].compile(silent=True)
    nets[1].simulate(2.0)
    own.compile(silent=True)
    nets[0].compile(silent=True)
    for _ in range(3):
        for net in (nets[0], own, nets[1]):
            net.step()
    assert nets[0].get(pop).x.tolist() == [6.0, 6.0]
    assert nets[1].get(pop).x.tolist() == [15.0, 15.0]
    assert cells.x.tolist() == [3.0] * 3 and own.time == 1.5
    assert (
        not sl.magic_network().compiled and pop.gain.tolist() == [1.0, 1.0] and pop.x.tolist() == [0.0, 0.0]
    )
    sl.compile(silent=True)
    sl.simulate(4.0)
    assert pop.x.tolist() == [4.0, 4.0]
    assert [net.get_current_step() for net in (*nets, own, sl.magic_network())] == [3, 5, 3, 4]
    nets[0].reset()
    assert (nets[0].get(pop).x.tolist(), nets[1].get(pop).x.tolist()) == ([0.0, 0.0], [15.0, 15.0])


def test_a_network_that_is_gone_leaves_no_memory_behind() -> None:
    pop = sl.Population(200_000, UNIT, name="p")
    net = sl.Network(everything=True)
    net.compile(silent=True)
    net.step()
    kept = [weakref.ref(net), weakref.ref(net.get(pop)), weakref.ref(net._binding)]
    number = net.id
    del net
    gc.collect()
    assert [reference() for reference in kept] == [None] * 3
    assert sl.Network().id <= number  # the least that is free


def test_views_and_lists_are_found_and_strangers_are_refused() -> None:
    pop, other = sl.Population(4, STEP, name="p"), sl.Population(4, STEP, name="q")
    net = sl.Network()
    net.add([pop])
    view = net.get(pop[1:3])
    assert view.population is net.get(pop) and list(view.ranks) == [1, 2]
    assert net.get([pop, pop[:2]])[0] is net.get(pop)
    with pytest.raises(sl.ConfigurationError, match="Population 'q' was not added to this network"):
        net.get(other)
    with pytest.raises(sl.ConfigurationError, match="Population 'p' was added to this network before"):
        net.add(pop)


def test_random_streams_of_networks_are_their_own() -> None:
    """In the peer all networks of a process have the same numbers."""
    sl.setup(seed=9)
    pop = sl.Population(3, sl.Neuron(equations="r = Uniform(0.0, 1.0)"), name="p")
    nets = [sl.magic_network(), sl.Network(everything=True), sl.Network(everything=True)]
    found = []
    for net in nets:
        net.compile(silent=True)
        net.step()
        found.append(tuple(net.get(pop).r))
    assert len(set(found)) == 3


# -- 6.3


class Pair(sl.Network):
    """Does not call its parent's constructor, and need not."""

    def __init__(self, size: int, *, gain: float = 1.0) -> None:
        self.pop = self.create(geometry=size, neuron=UNIT, name="pop")
        self.pop.gain = gain
        self.link = self.connect(self.pop, self.pop, "exc", name="link")
        self.link.connect_one_to_one(weights=0.0)
        self.m = self.monitor(self.pop, ["x"])


def test_a_subclass_needs_no_call_of_its_parent() -> None:
    net = Pair(3, gain=2.0, dt=0.5, seed=4)
    assert (net.dt, net.seed) == (0.5, 4)
    net.compile(silent=True)
    net.simulate(1.0)
    assert net.pop.x.tolist() == [4.0] * 3
    other = net.copy(5)
    assert (other.pop.size, other.dt, other.compiled) == (5, 0.5, True)
    assert other.seed != net.seed
    with pytest.raises(sl.NotCompiledError):
        Pair(2).copy()


def test_data_of_such_monitors_take_the_geometry() -> None:
    net = sl.Network()
    pop = net.create((2, 3), STEP)
    m = net.monitor(pop, "x", name="rec")
    net.compile(silent=True)
    net.simulate(4.0)
    assert m["x"].shape == (4, 2, 3)
    assert net.get_monitor("rec") is m


def test_ready_made_objects_are_taken_as_they_are() -> None:
    net = sl.Network()
    source = net.create(sl.SpikeSourceArray([[1.0], [2.0]], name="source"))
    again = net.create(population=sl.InputArray(3, name="inputs")) if hasattr(sl, "InputArray") else source
    pop = net.create(2, STEP, name="pop")
    assert source.network is net and again.network is net
    link = net.connect(pop, pop, "exc", name="fwd")
    link.connect_one_to_one(weights=1.0)
    back = net.connect(sl.Transpose(link, target="exc", name="back"))
    assert net.get_projections() == [link, back]
    for arguments in ({}, {"geometry": 3}, {"neuron": STEP}):
        with pytest.raises(sl.ConfigurationError, match="create\\(\\) needs a geometry and a neuron"):
            net.create(**arguments)
    with pytest.raises(sl.ConfigurationError, match="connect\\(\\) needs pre, post and a target"):
        net.connect(pop, pop)


def test_options_of_one_network(capsys: pytest.CaptureFixture[str]) -> None:
    net, other = sl.Network(), sl.Network()
    net.config(dt=0.25, method="rk4", dtype=np.float32)
    assert (net.dt, str(net.precision), net.options.method) == (0.25, "float", "rk4")
    assert (other.dt, str(other.precision), sl.dt()) == (1.0, "double", 1.0)
    sl.setup(dt=0.5)
    assert (net.dt, other.dt) == (0.25, 0.5)
    before = net.options.copy()
    with pytest.raises(sl.ConfigurationError, match=r"config\(num_threads=0\)"):
        net.config(method="explicit", num_threads=0)
    with pytest.raises(sl.ConfigurationError, match="config\\(\\) takes no seed"):
        net.config(seed=3)
    assert net.options == before
    sl.setup(suppress_warnings=False)
    net.config(metod="explicit")
    assert (
        'config(): there is no option "metod"; it is ignored. Did you mean "method"?'
        in capsys.readouterr().out
    )
    pop = net.create(2, sl.Neuron(equations="dr/dt = -r : init = 1.0"), name="pop")
    net.compile(silent=True)
    net.step()
    h = 0.25
    assert pop.array("r").dtype == np.float32
    assert pop.r[0] == pytest.approx(1 - h + h**2 / 2 - h**3 / 6 + h**4 / 24, rel=1e-6)
    with pytest.raises(
        sl.ConfigurationError, match="config\\(\\) can not be set any more: the network is compiled"
    ):
        net.config(dt=1.0)
    with pytest.raises(sl.ConfigurationError, match="dt can not be set any more"):
        net.dt = 1.0
    with pytest.raises(sl.ConfigurationError, match=r"Network\(dt=-1.0\): the step must be"):
        other.dt = -1.0
    other.dt = 0.125
    assert other.dt == 0.125


def test_what_is_found_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    net = Pair(2)
    constant = net.constant("K", 3.0)
    assert (net.get_population("pop"), net.get_projection("link")) == (net.pop, net.link)
    assert net.get_constant("K") is constant and net.get_constants() == [constant]
    assert net.get_extensions() == [] and net.get_extension("none") is None
    assert net.get_monitor("none") is None and net.get_constant("none") is None
    told = capsys.readouterr().out
    assert all(f"There is no {kind} named 'none'." in told for kind in ("extension", "monitor", "constant"))
    thing = types.SimpleNamespace(name="thing")
    net._add_extension(thing)
    assert net.get_extension("thing") is thing and net.get_extensions() == [thing]
    net.clear()
    assert net.get_extensions() == []


def test_bold_monitors_are_those_of_the_extension_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    net = sl.Network()
    pop = net.create(2, STEP)
    monkeypatch.setitem(sys.modules, "synloom.extensions.bold", None)
    with pytest.raises((sl.ConfigurationError, ImportError), match="BOLD monitors|synloom.extensions.bold"):
        net.boldmonitor(pop)
    bold = types.ModuleType("synloom.extensions.bold")
    given: list[Any] = []
    bold.BoldMonitor = lambda *args, **kwargs: given.append((args, kwargs)) or "monitor"
    monkeypatch.setitem(sys.modules, "synloom.extensions", types.ModuleType("synloom.extensions"))
    monkeypatch.setitem(sys.modules, "synloom.extensions.bold", bold)
    assert net.boldmonitor(pop, start=True) == "monitor"
    assert given == [((pop,), {"start": True, "net_id": net.id})]


# -- 6.4


def test_both_styles_in_one_network() -> None:
    outside = sl.Population(2, STEP, name="outside")
    net = sl.Network(False, dt=0.5, seed=2)
    inside = net.create(2, STEP, name="inside")
    net.add(outside)
    assert net.get(inside) is inside and net.get(outside) is not outside
    link = net.connect(inside, net.get(outside), "exc", name="l")
    link.connect_one_to_one(weights=1.0)
    net.compile(silent=True)
    net.simulate(1.0)
    assert net.get(outside).sum("exc").tolist() == [1.0, 1.0]


# -- many edits in one process


def test_two_hundred_edits_of_a_model_in_one_process() -> None:
    for number in range(200):
        sl.clear()
        pop = sl.Population(2, sl.Neuron(equations=f"r = {number}.25 * (t + 1.0)"), name="p")
        sl.compile(compiler_flags="-O0 -g0", silent=True)
        sl.simulate(2.0)
        assert pop.r.tolist() == [2 * (number + 0.25)] * 2, number
    assert len(sl.populations()) == 1

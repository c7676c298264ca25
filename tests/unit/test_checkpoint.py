"""Checkpoints: a network that is restored goes on bit for bit, and one that cannot be restored stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.oracle.test_spiking_control import CASES, STORES
from tests.oracle.test_spiking_control import network as spiking

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

MIXED = np.arange(12).reshape(3, 4) % 4 + 1.0


def rates(storage: str = "csr", delay: Any = 3.0) -> sl.Network:
    """A rate-coded network that draws, learns, delays, and is recorded."""
    net = sl.magic_network()
    neuron = sl.Neuron(
        parameters="tau = 7.3 : population ; base = Uniform(0.0, 1.0)",
        equations="""
            noise = Normal(0.0, 1.0)
            tau*dr/dt = base - r + 0.1*noise + 0.2*sum(exc) - 0.3*sum(fb) + 0.01*mean(r) + K
            seen = t + 0.5*sum(exc)
        """,
    )
    sl.Constant("K", 0.25)
    a, b = sl.Population((2, 2), neuron, name="a"), sl.Population(3, neuron, name="b")
    synapse = sl.Synapse(
        parameters="eta = 0.013 : projection ; theta = 0.3 : postsynaptic",
        equations="z = 0.9*z + pre.r ; dw/dt = eta*(z*post.r - theta*w)",
    )
    ff = sl.Projection(a, b, "exc", synapse, name="ff")
    weights = np.linspace(-0.3, 0.9, 12).reshape(3, 4)
    ff.connect_from_matrix(weights, delays=delay, storage_format=storage)
    back = "forward" if isinstance(delay, np.ndarray) else 2.0
    Transpose(ff, "fb", name="fb").connect(delays=back)
    sl.Monitor(a, ["r", "sum(fb)"], period=2.0)
    sl.Monitor(b[1:], "seen")
    sl.Monitor(ff, "w", period=3.0)
    return net


def evidence(net: Any) -> dict[str, Any]:
    """All numbers that a user can see."""
    found: dict[str, Any] = {"t": net.current_step}
    for pop in net.populations:
        found |= {f"{pop.name}.{name}": pop.get(name) for name in pop.attributes}
        found |= {f"{pop.name}.sum({target})": pop.sum(target) for target in pop.sums}
    for proj in net.projections:
        found |= {f"{proj.name}.{name}": np.array(proj.array(name)) for name in proj.attributes}
        found[f"{proj.name}.delay"] = proj.delay
        found |= {f"{proj.name}.{name}": flag.copy() for name, flag in proj.flags.items()}
    for monitor in net.monitors:
        found |= {f"{monitor.name}.{name}": v for name, v in monitor.get(keep=True, force_dict=True).items()}
    return found


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        np.testing.assert_equal(value, other[name], err_msg=name)


def goes_on(build: Any, tmp_path: Path, before: int = 13, after: int = 17) -> None:
    """Run, write, run on; then do the second half once more in a network made anew, and in the first one."""
    path = tmp_path / "state.npz"
    sl.setup(seed=3)
    build()
    net = sl.magic_network()
    sl.compile()
    sl.simulate(before)
    net.checkpoint(path)
    there = evidence(net)
    sl.simulate(after)
    end = evidence(net)
    net.restore(path)
    same(evidence(net), there)
    sl.simulate(after)
    same(evidence(net), end)
    sl.clear()
    sl.setup(seed=4)
    build()
    net = sl.magic_network()
    sl.compile()
    sl.simulate(5.0)
    net.restore(path)
    same(evidence(net), there)
    sl.simulate(after)
    same(evidence(net), end)


@pytest.mark.parametrize("delay", [0.0, 3.0, MIXED], ids=["none", "uniform", "mixed"])
@pytest.mark.parametrize("storage", ["dense", "csr"])
def test_rate_coded_networks_go_on(storage: str, delay: Any, tmp_path: Path) -> None:
    goes_on(lambda: rates(storage, delay), tmp_path)


@CASES
@STORES
def test_spiking_networks_go_on(storage: str, delay: Any, back: Any, tmp_path: Path) -> None:
    def build() -> None:
        ff, _ = spiking(storage, delay, back)
        sl.Monitor(ff.pre, ["spike", "v", "g_exc"])
        sl.Monitor(ff.post[1:], "spike")

    goes_on(build, tmp_path)


def test_single_precision_goes_on(tmp_path: Path) -> None:
    sl.setup(precision="float")
    goes_on(rates, tmp_path)


def test_switches_schedules_and_constants_come_back(tmp_path: Path) -> None:
    net = rates()
    net.compile()
    a, ff = net.populations[0], net.projections[0]
    ff.enable_learning(period=5.0, offset=2.0)
    ff.transmission = False
    a.disable()
    net.get_constant("K").set(0.75)
    net.disable_callbacks()
    net.simulate(4.0)
    net.checkpoint(tmp_path / "state")
    schedule = {name: flag.copy() for name, flag in ff.flags.items()}
    ff.disable_learning()
    ff.enable_learning()
    ff.transmission = True
    a.enable()
    net.get_constant("K").set(1.0)
    net.enable_callbacks()
    net.restore(tmp_path / "state")
    assert {name: flag.tolist() for name, flag in ff.flags.items()} == {
        name: flag.tolist() for name, flag in schedule.items()
    }
    assert not a.enabled
    assert not net.callbacks_enabled()
    assert net.get_constant("K").value_in(net) == 0.75


def test_what_reset_restores_comes_back(tmp_path: Path) -> None:
    net = rates()
    net.populations[0].base = 0.5
    net.compile()
    net.checkpoint(tmp_path / "state")
    sl.clear()
    net = rates()
    net.populations[0].base = 0.25
    net.compile()
    net.restore(tmp_path / "state")
    net.reset()
    assert (net.populations[0].base == 0.5).all()


def test_restored_weights_are_still_shared_with_the_transpose(tmp_path: Path) -> None:
    net = rates()
    net.compile()
    ff, fb = net.projections
    live = ff.array("w")
    net.checkpoint(tmp_path / "state")
    net.simulate(3.0)
    net.restore(tmp_path / "state")
    assert np.shares_memory(ff.array("w"), fb.array("w"))
    assert np.shares_memory(live, ff.array("w"))


def test_synapses_that_differ_are_replaced(tmp_path: Path) -> None:
    def build(seed: int) -> Any:
        sl.clear()
        sl.setup(seed=seed)
        pop = sl.Population(20, sl.Neuron(equations="r = 0.1*t + sum(exc) : max = 2.0"), name="pop")
        proj = sl.Projection(pop, pop, "exc", sl.Synapse(equations="w += 0.001*pre.r"), name="proj")
        proj.connect_fixed_probability(0.3, weights=sl.Uniform(0.0, 0.1), delays=sl.Uniform(1.0, 4.0))
        sl.Monitor(proj, "w", period=4.0)
        sl.compile()
        return sl.magic_network()

    net = build(1)
    net.simulate(9.0)
    net.checkpoint(tmp_path / "state")
    net.simulate(9.0)
    end, ranks = evidence(net), net.projections[0].pre_ranks
    net = build(2)
    assert net.projections[0].pre_ranks != ranks
    net.simulate(3.0)
    net.restore(tmp_path / "state")
    net.simulate(9.0)
    assert net.projections[0].pre_ranks == ranks
    same(evidence(net), end)


def test_random_connectors_go_on_too(tmp_path: Path) -> None:
    def build(seed: int) -> None:
        pop = sl.Population(20, sl.Neuron(equations="r = sum(exc)"), name="pop")
        proj = sl.Projection(pop, pop, "exc", name="proj")
        mine = np.random.Generator(np.random.MT19937(seed))
        weights, delays = sl.Uniform(0.0, 1.0, rng=mine), sl.Uniform(1.0, 9.0)
        proj.connect_fixed_probability(0.3, weights=weights, delays=delays)

    sl.setup(seed=5)
    build(5)
    sl.compile()
    net = sl.magic_network()
    net.checkpoint(tmp_path / "state")
    net.reset(synapses=True)
    proj = net.projections[0]
    made = (proj.pre_ranks, proj.w, proj.delay)
    sl.clear()
    sl.setup(seed=6)
    build(6)
    sl.compile()
    net = sl.magic_network()
    net.restore(tmp_path / "state")
    net.reset(synapses=True)
    proj = net.projections[0]
    assert (proj.pre_ranks, proj.w, proj.delay) == made


def test_a_callback_may_write_a_checkpoint(tmp_path: Path) -> None:
    net = rates()
    net.compile()

    @sl.every(period=6.0, wait=6.0)
    def keep(n: int) -> None:
        net.checkpoint(tmp_path / f"{n}")

    net.simulate(15.0)
    end = evidence(net)
    net.restore(tmp_path / "0")
    assert net.current_step == 6
    net.simulate(9.0, callbacks=False)
    same(evidence(net), end)


def test_before_compile_it_is_refused(tmp_path: Path) -> None:
    net = rates()
    for call in (net.checkpoint, net.restore):
        with pytest.raises(sl.NotCompiledError, match="The network is not compiled"):
            call(tmp_path / "state")
    assert not list(tmp_path.iterdir())


OTHERS = {
    "population": (
        lambda: sl.Population(3, sl.Neuron(equations="r = t"), name="more"),
        "has 'more' among its popul",
    ),
    "monitor": (lambda: sl.Monitor(sl.populations()[0], "r"), "it has 3 monitors, the network here 4"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_network_is_refused(kind: str, tmp_path: Path) -> None:
    net = rates()
    net.compile()
    net.simulate(3.0)
    net.checkpoint(tmp_path / "state")
    sl.clear()
    net = rates()
    OTHERS[kind][0]()
    net.compile()
    net.simulate(2.0)
    before = evidence(net)
    with pytest.raises(sl.SavedFileError, match=OTHERS[kind][1]):
        net.restore(tmp_path / "state")
    same(evidence(net), before)


@pytest.mark.parametrize(("option", "value"), [("dt", 0.5), ("precision", "float")])
def test_another_step_or_precision_is_refused(option: str, value: Any, tmp_path: Path) -> None:
    net = rates()
    net.compile()
    net.checkpoint(tmp_path / "state")
    sl.clear()
    sl.setup(**{option: value})
    net = rates()
    net.compile()
    with pytest.raises(
        sl.SavedFileError, match=r"written with dt=1.0 and double precision, the network here"
    ):
        net.restore(tmp_path / "state")


@pytest.mark.parametrize("later", [4.0, MIXED], ids=["uniform", "mixed"])
@pytest.mark.parametrize("model", ["rates", "spiking"])
def test_delays_of_another_kind_go_with_a_checkpoint(model: str, later: Any, tmp_path: Path) -> None:
    """Into a network that was compiled without, and back into one that has them by now."""

    def make() -> sl.Network:
        if model == "rates":
            return rates("csr", 0.0)
        spiking("csr", 0.0, 0.0)
        return sl.magic_network()

    net = make()
    net.compile()
    net.simulate(5.0)
    net.checkpoint(tmp_path / "without")
    first = evidence(net)
    net.get_projection("ff").delay = later
    net.simulate(6.0)
    net.checkpoint(tmp_path / "with")
    there = evidence(net)
    net.simulate(7.0)
    end = evidence(net)
    sl.clear()
    other = make()
    other.compile()
    other.restore(tmp_path / "with")
    same(evidence(other), there)
    other.simulate(7.0)
    same(evidence(other), end)
    other.restore(tmp_path / "without")
    if np.ndim(later) == 0:
        same(evidence(other), first)
    other.get_projection("ff").delay = later
    other.simulate(6.0)
    same(evidence(other), there)
    other.simulate(7.0)
    same(evidence(other), end)

"""Populations, constants and distributions on a network that really runs."""

from __future__ import annotations

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import NotCompiledError

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

NEURON = sl.Neuron(
    parameters="a = Uniform(0, 1)",
    equations="""
        v = a + K*t : init = a
        count += 1 : int
        r = f(v)
    """,
    functions="f(x) = x + K",
)


def test_values_flow_both_ways_while_the_network_runs() -> None:
    k = sl.Constant("K", 2.0)
    pop = sl.Population((2, 3), NEURON)
    np.testing.assert_array_equal(pop.v, pop.a)
    sl.compile()
    live = pop.array("r")
    sl.simulate(2.0)
    np.testing.assert_allclose(pop.v, pop.a + 2.0, rtol=1e-15)
    np.testing.assert_allclose(live, pop.v + 2.0, rtol=1e-15)
    assert pop.count.tolist() == [[2] * 3] * 2

    k.set(5.0)
    pop.a = sl.Uniform(0, 1, seed=3)
    pop[0, 1].a = 7.0
    pop[1, :].a = [1, 2, 3]
    sl.step()
    expected = np.random.default_rng(3).uniform(0, 1, 6).reshape(2, 3)
    expected[0, 1], expected[1] = 7.0, (1.0, 2.0, 3.0)
    np.testing.assert_allclose(pop.v, expected + 10.0, rtol=1e-15)
    np.testing.assert_allclose(pop.r, pop.f(pop.v), rtol=1e-15)

    pop.disable()
    sl.step()
    assert pop.count.tolist() == [[3] * 3] * 2
    pop.enable()
    sl.step()
    assert pop.count.tolist() == [[4] * 3] * 2

    pop.reset()
    np.testing.assert_array_equal(pop.v, pop.a)
    assert not pop.count.any()
    sl.clear()
    with pytest.raises(NotCompiledError, match="cleared"):
        _ = pop.v


def test_a_constant_changes_in_one_network_or_in_all() -> None:
    k = sl.Constant("K", 2.0)
    networks = [sl.Network(seed=4), sl.Network(seed=4)]
    pops = [network.create(3, NEURON) for network in networks]
    np.testing.assert_array_equal(pops[0].a, pops[1].a)
    with pytest.raises(NotCompiledError):
        k.set(3.0, network=networks[0])
    for network in networks:
        network.compile()
    k.set(3.0, network=networks[0])
    for network, pop, value in zip(networks, pops, (3.0, 2.0), strict=True):
        network.step()
        np.testing.assert_allclose(pop.r - pop.v, value, rtol=1e-14)
        assert pop.f(0) == value
    k.set(4.0)
    for network, pop in zip(networks, pops, strict=True):
        network.step()
        np.testing.assert_allclose(pop.r - pop.v, 4.0, rtol=1e-14)
        network.clear()

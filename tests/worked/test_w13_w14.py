"""Worked cases of spec 02 on bounds and the order of evaluation: W13 and W14."""

from __future__ import annotations

import pytest

import synloom as sl
from tests.worked.near import connected, counting, near, step_by_step

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def test_w13_bounds() -> None:
    sl.setup(dt=0.5)
    neuron = sl.Neuron(
        equations="""
            v += 1.0 : min=0.0, max=3.0
            u -= 1.0 : min=-v
            dw/dt = 10.0 : max=v
            x = w : min=1.0
            r = x
        """
    )
    pop = sl.Population(1, neuron, name="pop")
    shown = sl.Monitor(pop, ["v", "u", "w", "x"])
    sl.compile()
    sl.simulate(2.0)
    recorded = shown.get()
    near(recorded["v"], [1, 2, 3, 3])
    near(recorded["u"], [-1, -2, -3, -3])
    near(recorded["w"], [1, 2, 3, 3])
    near(recorded["x"], [1, 2, 3, 3])


def test_w13_initial_values_are_not_clamped() -> None:
    pop = sl.Population(1, sl.Neuron(equations="r = r : init=5.0, max=2.0"), name="pop")
    sl.compile()
    near(pop.r, [5.0])
    sl.step()
    near(pop.r, [2.0])


def test_w13_learning_with_bounds() -> None:
    src = counting("src")
    post = sl.Population(1, sl.Neuron(equations="r = sum(exc)"), name="post")
    rule = sl.Synapse(
        parameters="eta = 0.1 : projection",
        equations="dw/dt = eta*(pre.r - mean(pre.r)) : min=0.5, max=3.0",
    )
    learned = connected(src, post, [[1, 2]], synapse=rule)
    sl.compile()
    steps = step_by_step(5, lambda: (learned.w, float(post.r[0])))
    near([s[0] for s in steps], [[0.5, 2.5], [0.5, 3.0], [0.5, 3.0], [0.5, 3.0], [0.5, 3.0]])
    near([s[1] for s in steps], [0, 28, 37, 40.5, 44])


def test_w14_assignments_and_population_equations() -> None:
    chain = sl.Population(1, sl.Neuron(equations="b = a ; a += 1.0 ; c = a + b ; r = c"), name="chain")
    first = sl.Population(
        1,
        sl.Neuron(parameters="g = 1.0 : population", equations="l = gg ; gg += g : population ; r = l"),
        name="first",
    )
    shown, locals_ = sl.Monitor(chain, ["a", "b", "c"]), sl.Monitor(first, ["l", "gg"])
    sl.compile()
    sl.simulate(4.0)
    recorded = shown.get()
    near(recorded["b"], [0, 1, 2, 3])
    near(recorded["a"], [1, 2, 3, 4])
    near(recorded["c"], [1, 3, 5, 7])
    recorded = locals_.get()
    near(recorded["l"], [1, 2, 3, 4])
    near(recorded["gg"], [1, 2, 3, 4])


def test_w14_runs_of_differential_equations() -> None:
    sl.setup(dt=0.5)
    neuron = sl.Neuron(
        parameters="tau = 10.0",
        equations="""
            tau*du/dt = v - u : init=1.0
            I = 2.0 - u
            tau*dk/dt = v - k : init=0.5
            tau*dv/dt = I - v - u + k : init=2.0
            r = pos(v)
        """,
    )
    pop = sl.Population(1, neuron, name="pop")
    shown = sl.Monitor(pop, ["u", "I", "k", "v", "r"])
    sl.compile()
    sl.simulate(2.0)
    recorded = shown.get()
    near(recorded["u"], [1.05, 1.0935, 1.130995, 1.1629574])
    near(recorded["I"], [0.95, 0.9065, 0.869005, 0.8370426])
    near(recorded["k"], [0.575, 0.64225, 0.7023075, 0.755704275])
    near(recorded["v"], [1.92, 1.8434, 1.770243, 1.700550485])
    near(recorded["r"], [1.92, 1.8434, 1.770243, 1.700550485])


def test_w14_localities_of_a_synapse() -> None:
    src = counting("src")
    post = sl.Population(1, sl.Neuron(equations="v = t ; r = v"), name="post")
    synapse = sl.Synapse(
        parameters="tau = 2.0 : projection",
        equations="""
            g += 1.0 : projection
            tau*dth/dt + th = post.v : postsynaptic
            l = g + th
        """,
    )
    proj = connected(src, post, [[1, 1]], synapse=synapse)
    sl.compile()
    steps = step_by_step(4, lambda: (proj.g, proj.th, proj.l))
    near([s[0] for s in steps], [1, 2, 3, 4])
    near([s[1] for s in steps], [0, 0.5, 1.25, 2.125])
    near([s[2] for s in steps], [[1, 1], [2.5, 2.5], [4.25, 4.25], [6.125, 6.125]])

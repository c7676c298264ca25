"""Worked cases of spec 02 on sums, operations, psp, what learning sees and global operations: W06 to W12."""

from __future__ import annotations

from typing import Any

import pytest

import synloom as sl
from tests.worked.near import connected, counting, near, relay, step_by_step

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def test_w06_several_targets_and_the_sum_of_all() -> None:
    src = counting("src")
    post = sl.Population(
        1, sl.Neuron(equations="r = sum() ; s = sum(exc) - sum(inh) ; z = sum(nobody)"), name="post"
    )
    connected(src, post, [[1, 1]], "exc")
    connected(src, post, [[2, 2]], "inh", delays=2.0)
    shown = sl.Monitor(post, ["r", "s", "z", "sum(exc)", "sum(inh)"])
    sl.compile()
    sl.simulate(6.0)
    recorded = shown.get()
    near(recorded["sum(exc)"], [0, 12, 14, 16, 18, 20])
    near(recorded["sum(inh)"], [0, 0, 24, 28, 32, 36])
    near(recorded["s"], [0, 12, -10, -12, -14, -16])
    near(recorded["z"], [0] * 6)
    near(recorded["r"], [0, 12, 38, 44, 50, 56])
    near(post.sum("exc"), [20])
    near(post.sum("inh"), [36])


def test_w07_operations() -> None:
    src = counting("src")
    expected = {
        "sum": [0, 23, 26, 29],
        "max": [0, 22, 24, 26],
        "min": [0, 1, 2, 3],
        "mean": [0, 11.5, 13, 14.5],
        "two": [0, 22, 24, 26],
    }
    neuron = sl.Neuron(equations="s = sum(exc) ; r = s")
    monitors = {}
    for name in expected:
        post = sl.Population(1, neuron, name=name)
        if name == "two":
            for _ in range(2):
                connected(src, post, [[1, 1]], synapse=sl.Synapse(operation="max"))
        else:
            connected(src, post, [[1, 2]], synapse=sl.Synapse(operation=name))
        monitors[name] = sl.Monitor(post, "s")
    sl.compile()
    sl.simulate(4.0)
    for name, values in expected.items():
        near(monitors[name].get("s"), values)


def test_w08_w09_custom_psp() -> None:
    src = counting("src")
    expected = {
        "w*pre.r^2": [0, 243, 292, 347, 408],
        "if pre.r > 11: w*pre.r else: 0.0": [0, 0, 24, 26, 28],
        "w*pre.r*post.v": [0, 0, 26, 58, 96],
        "w*(pre.r - mean(pre.r))": [0, 5, 5, 5, 5],
        "late": [0, 0, 0, 46, 78],
    }
    neuron = sl.Neuron(equations="v = t ; r = sum(exc)")
    monitors = {}
    for i, psp in enumerate(expected):
        post = sl.Population(1, neuron, name=f"post{i}")
        if psp == "late":
            connected(src, post, [[1, 2]], synapse=sl.Synapse(psp="w*pre.r*post.v"), delays=3.0)
        else:
            connected(src, post, [[1, 2]], synapse=sl.Synapse(psp=psp))
        monitors[psp] = sl.Monitor(post, "r")
    sl.compile()
    sl.simulate(5.0)
    for psp, values in expected.items():
        near(monitors[psp].get("r"), values)


def test_w10_what_learning_sees() -> None:
    src = counting("src")
    post = sl.Population(1, sl.Neuron(equations="v = t ; r = sum(exc)"), name="post")
    seen = sl.Synapse(equations="x = pre.r ; y = post.v")
    options: dict[str, dict[str, Any]] = {
        "direct": {},
        "late": {"delays": 3.0},
        "mixed": {"delays": [[1.0, 3.0]]},
    }
    expected = {
        "direct": [[1, 11], [2, 12], [3, 13], [4, 14], [5, 15]],
        "late": [[0, 0], [0, 0], [1, 11], [2, 12], [3, 13]],
        "mixed": [[1, 0], [2, 0], [3, 11], [4, 12], [5, 13]],
    }
    projections = {
        name: connected(src, post, [[1, 1]], synapse=seen, name=name, **option)
        for name, option in options.items()
    }
    sl.compile()
    steps = step_by_step(5, lambda: {name: (p.x, p.y) for name, p in projections.items()})
    for name, values in expected.items():
        near([step[name][0] for step in steps], values)
        near([step[name][1] for step in steps], [[n, n] for n in range(5)])


def test_w10_sums_of_the_two_neurons() -> None:
    s = sl.Population(2, sl.Neuron(parameters="x = 0.0", equations="r = x + t"), name="S")
    s.x = [1.0, 2.0]
    p = relay("P", 2)
    sl.Projection(s, p, "exc").connect_one_to_one(1.0)
    both = sl.Synapse(equations="s = pre.sum(exc) + 100*post.sum(exc)")
    again = sl.Projection(p, p, "again", both)
    again.connect_all_to_all(1.0, allow_self_connections=False)
    sl.compile()
    near(step_by_step(4, lambda: again.s), [[0, 0], [102, 201], [203, 302], [304, 403]])


def test_w11_global_operations_in_neurons() -> None:
    neuron = sl.Neuron(
        equations="""
            m1 = max(v) ; m2 = min(v) ; m3 = mean(v) ; m4 = norm1(v) ; m5 = norm2(v)
            v += 1.0
            r = m3
        """
    )
    pop = sl.Population(3, neuron, name="pop")
    pop.v = [-4.0, 1.0, 3.0]
    names = ["v", "m1", "m2", "m3", "m4", "m5"]
    shown = sl.Monitor(pop, names)
    sl.compile()
    sl.simulate(4.0)
    recorded = shown.get()
    near(recorded["v"], [[-3, 2, 4], [-2, 3, 5], [-1, 4, 6], [0, 5, 7]])
    expected = {
        "m1": [3, 4, 5, 6],
        "m2": [-4, -3, -2, -1],
        "m3": [0, 1, 2, 3],
        "m4": [8, 9, 10, 11],
        "m5": [5.099019514, 5.385164807, 6.164414003, 7.280109889],
    }
    for name, values in expected.items():
        near(recorded[name], [[value] * 3 for value in values])


def test_w11_global_operations_after_reset_and_as_population_variables() -> None:
    pop = sl.Population(3, sl.Neuron(equations="m = max(v) : population ; v += 1.0 ; r = m"), name="pop")
    pop.v = [1.0, 2.0, 3.0]
    shown = sl.Monitor(pop, "m")
    sl.compile()
    sl.simulate(8.0)
    near(shown.get("m"), [3, 4, 5, 6, 7, 8, 9, 10])
    sl.reset()
    sl.simulate(3.0)
    near(shown.get("m"), [3, 4, 5])


def test_w11_lag_in_a_chain_of_assignments() -> None:
    source = sl.Population(2, sl.Neuron(parameters="b = 0.0", equations="r = b"), name="source")
    source.b = [1.0, 3.0]
    pop = sl.Population(2, sl.Neuron(equations="inp = sum(exc) ; r = pos(inp - mean(inp))"), name="pop")
    sl.Projection(source, pop, "exc").connect_one_to_one(1.0)
    shown = sl.Monitor(pop, ["inp", "r"])
    sl.compile()
    sl.simulate(4.0)
    recorded = shown.get()
    near(recorded["inp"], [[0, 0], [1, 3], [1, 3], [1, 3]])
    near(recorded["r"], [[0, 0], [1, 3], [0, 1], [0, 1]])


def test_w12_global_operations_in_synapses() -> None:
    src = counting("src")
    large = counting("large", (0.0, 10.0, 20.0, 30.0))
    post = relay("post")
    synapse = sl.Synapse(equations="z = mean(pre.r) ; zm = max(pre.r)")
    whole = connected(src, post, [[1, 1]], synapse=synapse)
    view = connected(large[:2], post, [[1, 1]], synapse=synapse, delays=3.0)
    sl.compile()
    steps = step_by_step(4, lambda: (whole.z, whole.zm, view.z, view.zm))
    near([s[0] for s in steps], [[6, 6], [7, 7], [8, 8], [9, 9]])
    near([s[1] for s in steps], [[11, 11], [12, 12], [13, 13], [14, 14]])
    near([s[2] for s in steps], [[16, 16], [17, 17], [18, 18], [19, 19]])
    near([s[3] for s in steps], [[31, 31], [32, 32], [33, 33], [34, 34]])

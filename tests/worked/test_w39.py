"""Structural plasticity: W39 of spec 02, T18 of spec 06."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.worked.near import connected, near, step_by_step

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("structural")]

POST = [(0, 0), (10, 10), (12, 11), (14, 12), (0, 0), (0, 0), (0, 0), (210, 210), (220, 220), (230, 230)]


def w39() -> tuple[Any, Any]:
    """The post population and the projection of W39."""
    pre = sl.Population(3, sl.Neuron(parameters="k = 0.0", equations="r = t + k"), name="pre")
    pre.k = [0.0, 10.0, 20.0]
    post = sl.Population(2, sl.Neuron(equations="r = sum(exc)"), name="post")
    rule = sl.Synapse(
        parameters="T = 3.0 : projection",
        equations="age += 1.0 ; z = 7.0 : init=4.0",
        pruning="age > T",
        creating="pre.r > 15.0 : w = 5.0",
    )
    return post, connected(pre, post, [[1, 1, None], [None, 1, None]], synapse=rule)


def test_w39_step_by_step() -> None:
    post, proj = w39()
    sl.compile()
    seen: dict[int, Any] = {}

    def look() -> Any:
        seen[sl.get_current_step()] = (proj.pre_ranks, proj.w, proj.age, proj.z)
        return post.r

    rates = step_by_step(2, look)
    proj.start_pruning(period=1.0)
    rates += step_by_step(4, look)
    proj.stop_pruning()
    proj.start_creating(period=3.0)
    rates += step_by_step(7, look)
    near(rates[:10], POST)
    assert seen[3] == ([[0, 1], [1]], [[1, 1], [1]], [[3, 3], [3]], [[7, 7], [7]])
    assert seen[4] == seen[5] == seen[6] == ([[], []], [[], []], [[], []], [[], []])
    assert seen[7] == ([[1, 2]] * 2, [[5, 5]] * 2, [[0, 0]] * 2, [[4, 4]] * 2)
    assert seen[8] == ([[1, 2]] * 2, [[5, 5]] * 2, [[1, 1]] * 2, [[7, 7]] * 2)
    assert seen[13][0] == [[1, 2]] * 2 and proj.post_ranks == [0, 1]


def test_w39_in_long_runs_and_recorded() -> None:
    """The steps in which a condition is due lie inside a run; every sample shows what the step left behind."""
    post, proj = w39()
    rates, synapses = sl.Monitor(post, "r"), sl.Monitor(proj, ["w", "age"])
    one = sl.Monitor(post, "r", period=3.0)
    sl.compile()
    sl.simulate(2.0)
    proj.start_pruning(period=1.0)
    sl.simulate(4.0)
    proj.stop_pruning()
    proj.start_creating(period=3.0)
    sl.simulate(7.0)
    near(rates.get("r")[:10], POST)
    near(one.get("r"), np.array([*POST, (240, 240), (250, 250), (260, 260)])[::3])
    data = synapses.get()
    empty, full = [[], []], [[5.0, 5.0], [5.0, 5.0]]
    assert data["w"].shape == (13, 2) and data["w"].dtype == object
    assert data["w"].tolist() == [[[1.0, 1.0], [1.0]]] * 3 + [empty] * 3 + [full] * 7
    ages = [[[k, k], [k]] for k in (1.0, 2.0, 3.0)] + [empty] * 3 + [[[k, k]] * 2 for k in range(7)]
    assert data["age"].tolist() == ages


def test_t18_a_transpose_follows_synapses_made_by_hand() -> None:
    constant = sl.Neuron(parameters="base = 0.0", equations="r = base")
    receiver = sl.Neuron(parameters="base = 0.0", equations="r = base ; got = sum(fb)")
    a, b = sl.Population(3, receiver, name="a"), sl.Population(2, constant, name="b")
    a.base, b.base = [1.0, 10.0, 100.0], [1.0, 10.0]
    ff = connected(a, b, [[1, 2, 3], [0, -4, 0.5]])
    fb = Transpose(ff, "fb")
    again = Transpose(fb, "exc2")
    sl.compile()
    sl.step()

    def received() -> Any:
        sl.step()
        forward = ff.connectivity_matrix()
        assert (fb.connectivity_matrix() == forward.T).all()
        assert (again.connectivity_matrix() == forward).all()
        near(b.sum("exc"), forward @ [1, 10, 100])
        near(b.sum("exc2"), forward @ [1, 10, 100])
        return a.got

    ff.dendrite(0).prune_synapse(2)
    near(received(), [1, -38, 5])
    ff.dendrite(0).create_synapse(2, w=7.0)
    near(received(), [1, -38, 12])
    ff.dendrite(0).prune_synapse(0)
    near(received(), [0, -38, 12])
    assert np.shares_memory(fb.array("w"), ff.array("w"))

"""Monitors go on while synapses come and go: each sample shows the synapses that there were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.extensions.convolution import Transpose
from tests.unit.built import RELAY

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("structural")]

RULE = {
    "equations": "k += 1.0 ; s += 1.0 : postsynaptic ; n += 1 : postsynaptic, int ; g += 1.0 : projection",
    "pruning": "k > 3.0",
    "creating": "pre.base > post.base : w = pre.base",
}


def recorded(weights: Any = ((1, 2), (3, 4), (None, None))) -> tuple[Any, dict[str, Any]]:
    a, b = sl.Population(2, RELAY, name="a"), sl.Population(3, RELAY, name="b")
    proj = sl.Projection(a, b, "exc", sl.Synapse(**RULE), name="ff").connect_from_matrix(weights)
    fb = Transpose(proj, "fb", name="back")
    sl.compile()
    monitors = {
        "ff": sl.Monitor(proj, ["k", "w", "s", "n", "g"]),
        "back": sl.Monitor(fb, "w"),
        "dendrite": sl.Monitor(proj.dendrite(1), ["k", "w", "s", "g"]),
        "column": sl.Monitor(fb.dendrite(0), "w"),
        "post": sl.Monitor(b, ["r", "sum(exc)"]),
    }
    return proj, monitors


def test_dendrites_grow_and_shrink() -> None:
    proj, monitors = recorded()
    sl.step()
    proj.prune_synapse(0, 0)
    sl.step()
    proj.create_synapse(0, 2, 9.0)
    sl.step()
    data = monitors["ff"].get()
    assert data["k"].tolist() == [[[1, 1], [1, 1], []], [[2], [2, 2], []], [[3], [3, 3], [1]]]
    assert data["w"].tolist() == [[[1, 2], [3, 4], []], [[2], [3, 4], []], [[2], [3, 4], [9]]]
    np.testing.assert_array_equal(data["s"], [[1, 1, np.nan], [2, 2, np.nan], [3, 3, 1]])
    np.testing.assert_array_equal(data["n"], data["s"])
    assert data["g"].tolist() == [1, 2, 3]
    assert monitors["back"].get("w").tolist() == [[[1, 3], [2, 4]], [[3], [2, 4]], [[3, 9], [2, 4]]]
    assert monitors["column"].get("w").tolist() == [[1, 3], [3], [3, 9]]
    one = monitors["dendrite"].get()
    assert one["k"].tolist() == [[1, 1], [2, 2], [3, 3]] and one["k"].dtype == np.float64
    assert one["w"].tolist() == [[3, 4]] * 3 and one["s"].tolist() == one["g"].tolist() == [1, 2, 3]
    assert monitors["post"].get("r").shape == (3, 3)


def test_columns_that_lose_all_synapses_are_recorded_as_empty() -> None:
    proj, monitors = recorded()
    sl.step()
    proj.dendrite(0).prune_synapse(0)
    proj.dendrite(1).prune_synapses([0, 1])
    sl.step()
    assert monitors["back"].get("w").tolist() == [[[1, 3], [2, 4]], [[], [2]]]
    assert monitors["column"].get("w").tolist() == [[1, 3], []]
    assert monitors["dendrite"].get("k").tolist() == [[1, 1], []]
    sl.step()
    assert monitors["column"].get("w").shape == (1, 0)
    proj.create_synapse(0, 2, 7.0)
    sl.step()
    assert monitors["column"].get("w").tolist() == [[7.0]]
    assert monitors["back"].get("w").tolist() == [[[], [2]], [[7], [2]]]


def test_within_one_run() -> None:
    proj, monitors = recorded()
    proj.pre.base, proj.post.base = [5.0, 1.0], [9.0, 9.0, 2.0]
    proj.start_pruning()
    proj.start_creating(3.0)
    sl.simulate(6.0)
    k = monitors["ff"].get("k", keep=True).tolist()
    none: list[float] = []
    assert k == [
        [[1, 1], [1, 1], [0]],
        [[2, 2], [2, 2], [1]],
        [[3, 3], [3, 3], [2]],
        [none, none, [3]],
        [none, none, none],
        [none, none, none],
    ]
    assert monitors["ff"].get("k").tolist() == k
    assert monitors["ff"].get("k").shape[0] == 0
    sl.simulate(2.0)
    assert monitors["ff"].get("w").tolist()[-2:] == [[[], [], [5]], [[], [], [5]]]
    assert monitors["dendrite"].get("k").tolist() == [[1, 1], [2, 2], [3, 3], *[[]] * 5]


def test_the_same_numbers_step_by_step_and_at_once() -> None:
    data = []
    for runs in ([20.0], [1.0] * 20, [7.0, 13.0]):
        sl.clear()
        proj, monitors = recorded()
        proj.pre.base, proj.post.base = [5.0, 1.0], [0.0, 2.0, 9.0]
        every = sl.Monitor(proj, "k", period=3.0, period_offset=1.0)
        proj.start_pruning()
        proj.start_creating(2.0)
        for duration in runs:
            sl.simulate(duration)
        found = [m.get() for m in (monitors["ff"], monitors["back"], monitors["dendrite"], every)]
        data.append(
            [{name: values.tolist() for name, values in each.items() if name not in "sn"} for each in found]
        )
        np.testing.assert_array_equal(found[0]["s"], np.arange(1.0, 21)[:, None] * [1, 1])
    assert data[0] == data[1] == data[2]
    assert len(data[0][0]["k"]) == 20 and len(data[0][3]["k"]) == 7


def test_rows_of_equal_length_are_numbers() -> None:
    proj, monitors = recorded(((1, 2), (3, 4), (5, 6)))
    sl.step()
    proj.prune_synapse(0, 0)
    proj.create_synapse(0, 0, 8.0)
    sl.step()
    w = monitors["ff"].get("w")
    assert w.dtype == np.float64 and w.tolist() == [[[1, 2], [3, 4], [5, 6]], [[8, 2], [3, 4], [5, 6]]]


def test_pause_resume_and_reset() -> None:
    proj, monitors = recorded()
    ff = monitors["ff"]
    sl.step()
    ff.pause()
    proj.prune_synapse(0, 0)
    sl.step()
    ff.resume()
    sl.step()
    assert ff.size_in_bytes() > 0
    assert ff.get("k").tolist() == [[[1, 1], [1, 1]], [[3], [3, 3]]]
    proj.prune_synapse(1, 0)
    sl.step()
    proj.prune_synapse(1, 1)
    sl.reset()
    sl.step()
    assert ff.get("k").tolist() == [[[], [5]]]


def test_synapses_made_again_by_the_connector() -> None:
    proj, monitors = recorded()
    sl.step()
    proj.create_synapse(0, 2, 9.0)
    sl.step()
    proj.reset(synapses=True)
    sl.step()
    assert monitors["ff"].get("w").tolist() == [
        [[1, 2], [3, 4], []],
        [[1, 2], [3, 4], [9]],
        [[1, 2], [3, 4], []],
    ]


def test_spikes_are_recorded_beside() -> None:
    """A step that stops for synapses records its spikes once."""
    neuron = sl.Neuron(equations="v += 1.0 + g_exc", spike="v > 1.5", reset="v = 0.0")
    a, b = sl.Population(3, neuron, name="a"), sl.Population(3, neuron, name="b")
    rule = sl.Synapse(creating="pre.v > -1.0 : w = 0.25", pruning="w > 0.0")
    proj = sl.Projection(a, b, "exc", rule, name="ff").connect_one_to_one(0.25)
    spikes = sl.Monitor(a, "spike")
    sl.compile()
    proj.start_creating(2.0)
    proj.start_pruning(3.0)
    sl.simulate(5000.0)
    assert spikes.get("spike") == {rank: list(range(1, 5000, 2)) for rank in range(3)}

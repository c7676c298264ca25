"""What projections and transposes do in a compiled network: delays, learning periods, reset, functions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError
from synloom.extensions.convolution import Transpose

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

SOURCE = sl.Neuron(equations="c += 1.0 ; r = c ; x = sum(fb)")  # r(n) = n + 1
RELAY = sl.Neuron(equations="r = sum(exc)")
COUNTING = sl.Synapse(
    parameters="k = 2.0 : postsynaptic ; d = Uniform(0, 1)",
    equations="n += 1.0 ; m = t ; w += 0.0",
    functions="f(x, y) = x * y + 1",
)


def network(delays: Any = 0.0, back: Any = 0.0, connect: Any = None) -> tuple[Any, Any]:
    """A compiled network: three counting neurons, two that show what they receive, a projection and back."""
    a, b = sl.Population(3, SOURCE, name="a"), sl.Population(2, RELAY, name="b")
    ff = sl.Projection(a, b, "exc", COUNTING, name="ff")
    if connect is None:
        ff.connect_from_matrix([[1, 1, 1], [1, 1, 1]], delays=delays)
    else:
        connect(ff)
    fb = Transpose(ff, "fb", name="fb").connect(delays=back)
    sl.compile()
    return ff, fb


def received(steps: int) -> list[float]:
    """What the first neuron of b received in each of the next steps."""
    found = []
    for _ in range(steps):
        sl.step()
        found.append(float(sl.get_population("b").r[0]))  # type: ignore[union-attr]
    return found


def test_nothing_can_be_added_or_connected_after_compile() -> None:
    ff, fb = network()
    for change in (
        lambda: ff.connect_all_to_all(1.0),
        lambda: fb.connect(),
        lambda: sl.Projection("a", "b", "exc"),
        lambda: Transpose(ff, "fb"),
    ):
        with pytest.raises(ConfigurationError):
            change()
    assert ff.initialized and fb.initialized and ff.size_in_bytes() > 6 * 8


def test_uniform_delays_change_while_running() -> None:
    ff, _ = network(delays=2.0)
    assert received(4) == [0.0, 0.0, 3.0, 6.0]
    ff.delay = 4.0
    assert ff.delay == 4.0 and ff.pre.max_delay == 4
    # What is older than the queue was long is its oldest value, r(2) = 3.
    assert received(5) == [9.0, 9.0, 9.0, 12.0, 15.0]
    ff.delay = 0.1
    assert ff.delay == 1.0 and received(1) == [27.0]
    with pytest.raises(ConfigurationError, match="must not be negative"):
        ff.delay = -1.0


def test_delays_of_each_synapse_change_while_running() -> None:
    ff, fb = network(delays=[[1, 2, 3], [1, 1, 1]], back="forward")
    assert received(5) == [0.0, 1.0, 3.0, 6.0, 9.0]
    ff.delay = [[6, 6, 6], [1, 1, 1]]
    assert ff.pre.max_delay == 6 and fb.delay == [[6, 1]] * 3
    assert received(5) == [9.0, 9.0, 9.0, 9.0, 12.0]
    ff.dendrite(0).delay = 1.0
    assert received(1) == [30.0]


def test_a_delay_can_be_introduced_later() -> None:
    ff, fb = network()
    assert received(3) == [0.0, 3.0, 6.0]
    for proj in (ff, fb):
        assert proj.delay == 1.0
        proj.delay = 1.4
        assert proj.delay == 1.0
    ff.delay = 3.0
    assert ff.delay == 3.0 and ff.pre.max_delay == 3
    # What was before is not remembered: it counts as the value of the last step, r(2) = 3.
    assert received(4) == [9.0, 9.0, 9.0, 12.0]
    fb.delay = 2.0
    assert (ff.delay, fb.delay) == (3.0, 2.0)
    with pytest.raises(ConfigurationError, match="Transpose 'fb'.delay: all synapses share one delay"):
        fb.delay = [[1.0, 2.0]] * 3
    with pytest.raises(ConfigurationError, match="Transpose 'fb'.delay: all synapses share one delay"):
        fb.dendrite(0).delay = 3.0


def test_a_transpose_has_its_own_delay() -> None:
    _, fb = network(back=2.0)
    fb.delay = 5.0
    assert fb.delay == 5.0 and fb.pre.max_delay == 5


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        ({"period": 3.0}, [1, 1, 1, 2, 2, 2, 3, 3]),
        ({"period": 3.0, "offset": 1.0}, [0, 1, 1, 1, 2, 2, 2, 3]),
        ({"period": 3.0, "offset": -1.0}, [0, 0, 1, 1, 1, 2, 2, 2]),
        ({}, [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
@pytest.mark.parametrize("first", [0, 2])
def test_learning_periods_count_from_the_call(arguments: Any, counts: list[int], first: int) -> None:
    ff, _ = network()
    ff.disable_learning()
    sl.simulate(first)
    assert ff.n[0][0] == 0.0
    ff.enable_learning(**arguments)
    found = []
    for _ in range(8):
        sl.step()
        found.append(ff.n[1][2])
    assert found == counts


def test_learning_is_switched_off_before_compile() -> None:
    a, b = sl.Population(1, SOURCE, name="a"), sl.Population(1, RELAY, name="b")
    ff = sl.Projection(a, b, "exc", COUNTING).connect_one_to_one(force_multiple_weights=True)
    ff.disable_learning()
    Transpose(ff, "fb")
    sl.compile()
    sl.simulate(3)
    assert ff.n == [[0.0]]


def test_functions_of_the_synapse() -> None:
    ff, _ = network()
    assert ff.f([1, 2], [3, 4]).tolist() == [4.0, 9.0] and ff.f(2, 5) == 11.0
    with pytest.raises(ConfigurationError, match="different lengths"):
        ff.f([1, 2], [1, 2, 3])


def test_reset_restores_all_but_the_weights() -> None:
    ff, _ = network()
    drawn = ff.d
    sl.simulate(3)
    ff.set({"w": 5.0, "k": [7, 8], "d": 0.0})
    ff.reset(["n", "nobody", "w"])
    assert (ff.n, ff.k, ff.w) == ([[0.0] * 3] * 2, [7.0, 8.0], [[5.0] * 3] * 2)
    assert ff.m[0] == [2.0] * 3
    ff.transmission = False
    ff.reset()
    assert (ff.m, ff.k, ff.d, ff.w) == ([[0.0] * 3] * 2, [2.0, 2.0], drawn, [[5.0] * 3] * 2)
    assert ff.transmission is False


def test_reset_of_the_synapses_runs_the_connector_again() -> None:
    ff, fb = network(
        connect=lambda p: p.connect_fixed_number_pre(2, sl.Uniform(1, 2), delays=sl.Uniform(1, 9))
    )
    monitor = sl.Monitor(ff, "w")
    sl.simulate(2)
    before, dendrite, column = (ff.w, ff.delay), ff.dendrite(0), fb.dendrite(fb.post_ranks[0])
    ff.reset(synapses=True)
    assert (dendrite.w, dendrite.pre_ranks) == (ff.w[0], ff.pre_ranks[0]), "handles follow"
    assert column.post_rank not in fb.post_ranks or column.w == fb.dendrite(column.post_rank).w
    assert ff.w != before[0] and ff.delay != before[1] and ff.nb_synapses == 4
    assert np.array_equal(fb.connectivity_matrix(), ff.connectivity_matrix().T)
    rates = sl.get_population("b").r  # type: ignore[union-attr]
    monitor.get("w")
    sl.step()
    assert np.allclose(sl.get_population("a").sum("fb"), rates @ ff.connectivity_matrix())  # type: ignore[union-attr]
    assert monitor.get("w")[0].tolist() == ff.w


def test_a_store_stays_what_was_compiled() -> None:
    dense, _ = network(connect=lambda p: p.connect_fixed_probability(1.0, sl.Uniform(1, 2)))
    dense.reset(synapses=True)
    assert dense.store.kind == "dense"


def test_values_are_live() -> None:
    ff, fb = network()
    live = ff.array("w")
    assert np.shares_memory(live, fb.array("w"))
    sl.simulate(2)
    live[0, :] = [1, 2, 3]
    assert received(1) == [12.0] and ff.w[0] == [1.0, 2.0, 3.0] and fb.w[2] == [3.0, 1.0]
    ff.w = 10.0
    assert received(1) == [90.0]


def test_transmission_of_both_is_independent() -> None:
    ff, fb = network()
    sl.simulate(3)
    ff.transmission = False
    sl.simulate(1)
    assert sl.get_population("b").r.tolist() == [0.0, 0.0]  # type: ignore[union-attr]
    assert sl.get_population("a").sum("fb").tolist() == [12.0] * 3  # type: ignore[union-attr]
    fb.transmission = False
    sl.simulate(1)
    assert sl.get_population("a").sum("fb").tolist() == [0.0] * 3  # type: ignore[union-attr]


def test_monitors_of_dendrites_and_transposes() -> None:
    a, b = sl.Population(3, SOURCE, name="a"), sl.Population(2, RELAY, name="b")
    learns = sl.Synapse(equations="w += 1.0")
    ff = sl.Projection(a, b, "exc", learns).connect_from_matrix([[1, 2, None], [None, -4, 0.5]])
    fb = Transpose(ff, "fb")
    sl.compile()
    whole, back = sl.Monitor(ff, "w"), sl.Monitor(fb, "w")
    one, column = sl.Monitor(ff.dendrite(1), "w"), sl.Monitor(fb.dendrite(1), "w")
    sl.simulate(2)
    assert whole.get("w").tolist() == [[[2, 3], [-3, 1.5]], [[3, 4], [-2, 2.5]]]
    assert one.get("w").tolist() == [[-3, 1.5], [-2, 2.5]]
    assert column.get("w").tolist() == [[3, -3], [4, -2]]
    assert back.get("w")[1].tolist() == [[3.0], [4.0, -2.0], [2.5]]


def test_a_local_function_hides_a_global_one() -> None:
    sl.add_function("f(x) = 2.0*x")
    neuron = sl.Neuron(equations="r = 1.0 ; s = f(sum(exc))", functions="f(x) = 3.0*x")
    a = sl.Population(2, neuron, name="a")
    own = sl.Synapse(psp="f(w*pre.r)", functions="f(x) = 5.0*x")
    p = sl.Projection(a, a, "exc", own, name="p").connect_one_to_one(1.0)
    sl.compile()
    assert (p.f([1.0]).tolist(), a.f([1.0]).tolist()) == ([5.0], [3.0])
    sl.simulate(2.0)
    assert a.s.tolist() == [15.0, 15.0]

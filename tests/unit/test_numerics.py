"""``compile(check_numerics=True)``: the run stops where a value becomes NaN or infinite, and says which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.errors import NumericsError
from tests.worked.near import connected, near, relay
from tests.worked.spiking import fired, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def fails(duration: float = 20.0) -> NumericsError:
    with pytest.raises(NumericsError) as caught:
        sl.simulate(duration)
    return caught.value


def underlined(error: NumericsError) -> tuple[str, str]:
    """Argument and text that the caret stands under."""
    assert error.origin is not None
    return error.origin.source.argument, error.origin.text


def test_an_equation_of_a_neuron() -> None:
    sl.setup(dt=0.5)
    neuron = sl.Neuron(
        parameters="zero = 5.0",
        equations="""
            before = 1.0
            u = 1.0/(zero - t)
            after = u - u
            r = after
        """,
    )
    pop = sl.Population(4, neuron, name="pop")
    pop.zero = [9.0, 3.0, 5.0, 3.0]
    shown = sl.Monitor(pop, ["before", "u"])
    sl.compile(check_numerics=True)
    error = fails()
    assert (error.owner, error.attribute, error.ranks, error.step) == ("population 'pop'", "u", (1,), 6)
    assert underlined(error) == ("equations", "u = 1.0/(zero - t)")
    text = str(error).split("\n")
    assert text[0] == "u of population 'pop', neuron of rank 1, became inf in step 6 (t = 3 ms)."
    assert text[1] == "  Likewise: neuron of rank 3."
    assert text[2].rsplit("/", 1)[-1].startswith("test_numerics.py:")
    assert text[3:5] == ["      u = 1.0/(zero - t)", "      ^^^^^^^^^^^^^^^^^^"]
    # All is as it was after that step.
    assert sl.get_current_step() == 7
    assert np.isinf(pop.u).tolist() == [False, True, False, True]
    assert shown.get("before").shape == (7, 4)


def test_a_run_that_goes_on_tells_what_becomes_wrong_anew() -> None:
    pop = sl.Population(2, sl.Neuron(parameters="k = 1.0", equations="v += k ; r = v"), name="pop")
    sl.compile(check_numerics=True)
    sl.simulate(1.0)
    pop.k = [np.inf, 1.0]  # what the user sets is not told, but what comes of it
    error = fails()
    assert (error.attribute, error.ranks, error.step) == ("v", (0,), 1)
    sl.simulate(3.0)
    pop.k = [1.0, -np.inf]
    with pytest.raises(NumericsError) as caught:
        sl.step()
    assert caught.value.ranks == (1,)
    assert "became -inf" in str(caught.value)


def test_values_for_all_neurons_come_first() -> None:
    neuron = sl.Neuron(equations="v = s ; s = ln(2.0 - t) : population ; n = 1 : int ; r = v")
    sl.Population(2, neuron, name="pop")
    sl.compile(check_numerics=True)
    error = fails()
    assert (error.attribute, error.ranks, error.step) == ("s", (), 2)
    assert str(error).startswith("s of population 'pop', became -inf in step 2 (t = 2 ms).\n")
    assert "Likewise" not in str(error)


def test_a_reset() -> None:
    pop = target("pop", "v += 1.0", 2, spike="v >= 3.0", reset="v = 1.0/(v - 3.0)")
    pop.v = [-4.0, 0.0]
    sl.compile(check_numerics=True)
    error = fails()
    assert (error.attribute, error.ranks, error.step) == ("v", (1,), 2)
    assert underlined(error) == ("reset", "v = 1.0/(v - 3.0)")
    assert "It is changed by: equations: v += 1.0" in str(error)


def test_a_weighted_sum() -> None:
    pre = sl.Population(3, sl.Neuron(equations="r = 2.0 - t"), name="pre")
    post = relay("post", 2)
    division = sl.Synapse(psp="w / (pre.r - 1.0)")
    connected(pre, post, [[None, None, None], [1, None, 2]], synapse=division, name="divide")
    sl.compile(check_numerics=True)
    error = fails()
    assert (error.owner, error.attribute, error.ranks) == ("population 'post'", "sum(exc)", (1,))
    assert error.step == 2  # what was computed in step 1
    assert underlined(error) == ("psp", "w / (pre.r - 1.0)")


def test_the_default_psp_is_named_without_a_place() -> None:
    pre = sl.Population(1, sl.Neuron(equations="r = 1.0e300"), name="pre")
    connected(pre, relay("post"), [[1.0e300]], name="large")
    sl.compile(check_numerics=True)
    error = fails()
    assert (error.attribute, error.step, error.origin) == ("sum(exc)", 1, None)
    assert "It is changed by: projection 'large', psp: w * pre.r" in str(error)


@pytest.mark.parametrize("equations", ["v += g_exc", "v += g_exc ; tau*dg_exc/dt = -g_exc"])
def test_a_conductance_that_a_spike_hits(equations: str) -> None:
    """The implicit conductance is zero again at the end of the step: the neuron is not to blame."""
    pre, post = source([1, 4], [4]), target("post", equations, 3, parameters="tau = 10.0")
    rule = sl.Synapse(parameters="x = 1.0", pre_spike="g_target += w/x ; x -= 1.0")
    connected(pre, post, [[None, None], [1, None], [None, 1]], synapse=rule, name="hit")
    shown = sl.Monitor(pre, "spike")
    sl.compile(check_numerics=True)
    sl.simulate(5.0)
    error = fails()
    assert (error.owner, error.attribute, error.ranks) == ("population 'post'", "g_exc", (1,))
    assert error.step == 5
    assert underlined(error) == ("pre_spike", "g_target += w/x")
    assert fired(shown) == {0: [1, 4], 1: [4]}
    assert sl.get_current_step() == 6
    sl.simulate(3.0)


def test_the_default_of_spikes_through_several_projections() -> None:
    post = target("post")
    for name in ("one", "two"):
        connected(source([1], name=f"source of {name}"), post, [[np.inf]], name=name)
    sl.compile(check_numerics=True)
    error = fails()
    assert (error.attribute, error.step) == ("g_exc", 2)
    for name in ("one", "two"):
        assert f"It is changed by: projection '{name}', pre_spike: g_target += w" in str(error)


def test_an_equation_of_a_synapse() -> None:
    pre = sl.Population(3, sl.Neuron(equations="r = 1.0"), name="pre")
    rule = sl.Synapse(parameters="zero = 5.0", equations="u = 1.0/(zero - t) ; w += u")
    ff = connected(
        pre, relay("post", 3), [[1, None, None], [None] * 3, [None, 1, 1]], synapse=rule, name="ff"
    )
    sl.compile(check_numerics=True)
    ff.zero = [[9.0], [9.0, 2.0]]
    error = fails()
    assert (error.owner, error.attribute, error.ranks, error.step) == ("projection 'ff'", "u", (2, 2), 2)
    assert underlined(error) == ("equations", "u = 1.0/(zero - t)")
    assert "u of projection 'ff', synapse from neuron 2 to neuron 2, became inf in step 2" in str(error)


def test_values_of_dendrites_and_of_a_projection() -> None:
    pre = sl.Population(2, sl.Neuron(equations="r = 1.0"), name="pre")
    weights = [[None, None], [1, 1], [1, None]]
    whole = sl.Synapse(equations="u = 1.0/(2.0 - t) : projection ; v = u")
    each = sl.Synapse(equations="d = ln(post.n - t) : postsynaptic ; v = d")
    post = sl.Population(3, sl.Neuron(parameters="n = 9.0", equations="r = sum(exc)"), name="post")
    post.n = [1.0, 9.0, 4.0]
    connected(pre, post, weights, synapse=whole, name="whole")
    connected(pre, post, weights, synapse=each, name="each")
    sl.compile(check_numerics=True)
    error = fails()
    assert (error.owner, error.attribute, error.ranks, error.step) == ("projection 'whole'", "u", (), 2)
    error = fails()
    assert (error.owner, error.attribute, error.ranks, error.step) == ("projection 'each'", "d", (2,), 4)
    assert "d of projection 'each', post neuron of rank 2, became -inf in step 4" in str(error)


def test_events_of_a_synapse() -> None:
    pre, post = source([1, 3]), source([5], name="post", equations="x = g_exc")
    rule = sl.Synapse(
        parameters="x = 2.0", pre_spike="g_target += w ; x -= 1.0 ; y = 1.0/x", post_spike="z = ln(x)"
    )
    connected(pre, post, [[1]], synapse=rule, name="ff")
    sl.compile(check_numerics=True)
    error = fails()
    assert (error.attribute, error.ranks, error.step) == ("y", (0, 0), 4)
    assert underlined(error) == ("pre_spike", "y = 1.0/x")
    error = fails()
    assert (error.attribute, error.step) == ("z", 5)
    assert underlined(error) == ("post_spike", "z = ln(x)")


def test_one_weight_for_all_synapses() -> None:
    ff = sl.Projection(source([1]), target("post", size=2), "exc").connect_all_to_all(1.0)
    sl.compile(check_numerics=True)
    ff.w = np.inf
    assert fails().attribute == "g_exc"


def test_step_and_simulate_until_look_as_well() -> None:
    neuron = sl.Neuron(equations="r = 1.0/(1.0 - t)")
    pop = sl.Population(1, neuron, stop_condition="t > 5")
    sl.compile(check_numerics=True)
    with pytest.raises(NumericsError):
        sl.simulate_until(9.0, pop)
    assert sl.get_current_step() == 2
    sl.reset()
    sl.step()
    with pytest.raises(NumericsError):
        sl.step()


def test_nothing_is_looked_at_unless_asked_and_results_are_the_same() -> None:
    found: list[Any] = []
    for check in (False, True):
        sl.clear()
        pre, post = source([1, 2, 5], [2]), target("post", "v += g_exc")
        connected(pre, post, [[1, 2]], delays=[[1, 2]])
        shown = sl.Monitor(post, ["v", "g_exc"])
        sl.compile(check_numerics=check)
        assert sl.monitors() == [shown]
        sl.simulate(4.0)
        sl.simulate(4.0)
        found.append(shown.get())
    for name in ("v", "g_exc"):
        near(found[1][name], found[0][name])
    sl.clear()
    sl.Population(1, sl.Neuron(equations="r = 1.0/(1.0 - t)"))
    sl.compile()
    sl.simulate(3.0)


def test_synapses_made_anew_are_looked_at() -> None:
    sl.setup(seed=1)
    pre = sl.Population(2, sl.Neuron(equations="r = 1.0"), name="pre")
    ff = sl.Projection(pre, relay("post", 3), "exc", sl.Synapse(equations="w += 1.0/(3.0 - t)"))
    ff.connect_fixed_probability(0.7, sl.Uniform(0, 1), storage_format="csr")
    sl.compile(check_numerics=True)
    assert fails().attribute == "w"
    sl.reset(synapses=True, projections=True)
    error = fails()
    assert (error.attribute, error.step) == ("w", 3)


@pytest.mark.usefixtures("structural")
def test_synapses_that_came_while_running_are_looked_at() -> None:
    pre = sl.Population(2, sl.Neuron(parameters="r = 1.0"), name="pre")
    post = sl.Population(2, sl.Neuron(equations="r = sum(exc)"), name="post")
    rule = sl.Synapse(equations="x = 1.0/(t - 4.0) ; y = x", creating="pre.r > 0.5 : w = 1.0")
    ff = sl.Projection(pre, post, "exc", rule, name="ff")
    ff.connect_from_matrix([[1.0, None], [None, None]])
    sl.compile(check_numerics=True)
    ff.start_creating(period=1.0)
    with pytest.raises(NumericsError, match=r'x of projection "?\'?ff'):
        sl.simulate(10.0)
    assert ff.nb_synapses == 4
    assert sl.get_time() == 5.0

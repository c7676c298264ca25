"""Attributes called as generated code calls its own: they are the user's all the same."""

from __future__ import annotations

import numpy as np
import pytest

import synloom as sl

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def test_names_that_kernels_use_themselves() -> None:
    net = sl.Network(dt=1.0)
    neuron = sl.Neuron(
        parameters="floor_div = 2.0 ; collect = 1.0",
        equations="now = now + 1.0 ; v = now ** 3 - 2.0 ; element = v + collect",
        spike="v > 5.0",
        reset="now = 0.0",
        refractory="floor_div",
        name="Awkward",
    )
    synapse = sl.Synapse(
        parameters="steps_between = 2.0 ; apart = 0.5 : projection",
        equations="10.0 * delapsed/dt = -elapsed : event-driven",
        pre_spike="elapsed += 1.0 ; now += apart * steps_between : unless_post ; g_target += w",
        post_spike="spikes += elapsed",
        name="Awkward too",
    )
    pop = net.create(3, neuron, name="now")
    proj = net.connect(pop, pop, "exc", synapse, name="count\\")
    assert isinstance(proj, sl.Projection)
    proj.connect_all_to_all(weights=0.0, allow_self_connections=True)
    net.compile(silent=True)
    net.simulate(6.0)
    # now: 1, 2 (8 - 2 > 5: fires, frozen for two steps at 0), 0, 0, 1, 2 (fires again)
    np.testing.assert_array_equal(pop.element, [7.0] * 3)
    np.testing.assert_array_equal(pop.now, [0.0] * 3)
    # Spikes of step 1, which count as its end, and post-synaptic ones of step 5; all neurons fire together.
    np.testing.assert_allclose(proj.array("elapsed"), np.exp(-0.4))
    np.testing.assert_allclose(proj.array("spikes"), np.exp(-0.4))
    np.testing.assert_array_equal(proj.array("now"), 0.0)

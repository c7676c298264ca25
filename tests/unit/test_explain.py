"""``explain()`` of projections between spiking neurons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import synloom as sl


@pytest.fixture
def net() -> Iterator[sl.Network]:
    network = sl.Network()
    yield network
    network.clear()


def explained(net: sl.Network, synapse: sl.Synapse) -> str:
    neuron = sl.Neuron(equations="v = g_exc", spike="v > 1.0", axon_spike="v > 0.5")
    pop = sl.Population(2, neuron, network=net)
    other = sl.Projection(pop, pop, "exc", name="other", network=net)
    proj = sl.Projection(pop, pop, "exc", synapse, name="proj", network=net)
    for each in (other, proj):
        each.connect_all_to_all(1.0)
    return str(proj.explain())


def test_events_are_explained_statement_by_statement(net: sl.Network) -> None:
    text = explained(net, sl.STDP())
    headings = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert headings == [
        "tau_plus*dx/dt = -x",
        "tau_minus*dy/dt = -y",
        "g_target += w",
        "x += A_plus*w_max",
        "w = clip(w + y, w_min, w_max)",
        "tau_plus*dx/dt = -x",
        "tau_minus*dy/dt = -y",
        "y -= A_minus*w_max",
        "w = clip(w + x, w_min, w_max)",
    ]
    assert "if (learn) w = clip(w + y, w_min, w_max);" in text


def test_axonal_events_and_updates_are_explained(net: sl.Network) -> None:
    synapse = sl.Synapse(
        equations="k += 1.0", pre_spike="g_target += 2.0*w", pre_axon_spike="g_target += 3.0*w"
    )
    text = explained(net, synapse)
    assert [line for line in text.splitlines() if line and not line.startswith(" ")] == [
        "g_target += 2.0*w",
        "g_target += 3.0*w",
        "k += 1.0",
    ]

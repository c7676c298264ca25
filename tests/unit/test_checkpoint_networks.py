"""Checkpoints of all networks with golden sources: each goes on bit for bit, here and described anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.golden.networks import NETWORKS

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def described(name: str) -> sl.Network:
    sl.clear()
    network = NETWORKS[name]()
    network.compile(silent=True)
    return network


def goes_on(network: sl.Network) -> dict[tuple[str, str], Any]:
    """Everything that users can read after some more steps."""
    network.simulate(30.0)
    found: dict[tuple[str, str], Any] = {}
    for population in network.populations:
        for name in population.attributes:
            found[population.name, name] = np.array(population.get(name)).tolist()
        if population.model.spiking:
            found[population.name, "spike"] = population.spike.tolist()
    for projection in network.projections:
        found[projection.name, "pre_ranks"] = projection.pre_ranks
        for name in projection.attributes:
            found[projection.name, name] = np.array(projection.get(name), object).tolist()
    return found


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_goes_on(name: str, tmp_path: Path) -> None:
    network = described(name)
    if name == "growth":
        growing = network.get_projection("ff")
        assert isinstance(growing, sl.Projection)
        growing.start_creating(period=3.0)
        growing.start_pruning(period=5.0)
    network.simulate(37.0)
    network.checkpoint(tmp_path / "state")
    wanted = goes_on(network)
    network.restore(tmp_path / "state")
    assert goes_on(network) == wanted
    again = described(name)
    again.restore(tmp_path / "state")
    assert goes_on(again) == wanted


def test_other_inputs_are_refused(tmp_path: Path) -> None:
    described("inputs").checkpoint(tmp_path / "state")
    other = described("inputs")
    given = other.get_population("given")
    assert isinstance(given, sl.SpikeSourceArray)
    given.spike_times = [[1.0], [3.0]]
    with pytest.raises(sl.SavedFileError, match="other inputs were given to population 'given'"):
        other.restore(tmp_path / "state")


def test_samples_of_synapses_that_went_are_not_lost(tmp_path: Path) -> None:
    network = described("growth")
    growing = network.get_projection("ff")
    assert isinstance(growing, sl.Projection)
    monitor = sl.Monitor(growing, "w", period=1.0, network=network)
    network.simulate(3.0)
    growing.dendrites[0].prune_synapse(growing.dendrites[0].pre_ranks[0])
    network.simulate(3.0)
    with pytest.raises(sl.ConfigurationError, match="synapses that have come or gone"):
        network.checkpoint(tmp_path / "state")
    assert list(tmp_path.iterdir()) == []
    assert len(monitor.get("w")) == 6
    network.checkpoint(tmp_path / "state")

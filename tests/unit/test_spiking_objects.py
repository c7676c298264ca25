"""Populations, projections and transposes of spiking models: what of the model they show (spec 01, 1 and 2)."""

from __future__ import annotations

from typing import Any

import pytest

import synloom as sl
from synloom import messages
from synloom.codegen.errors import ModelError
from synloom.codegen.ir.text import show
from synloom.extensions.convolution import Transpose

LIF = sl.Neuron("p = 1.0", "x = g_exc", spike="x > p", reset="x = 0.0", name="LIF")
RATE = sl.Neuron(equations="r = 1.0")


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "quiet", False)


def link(synapse: sl.Synapse | None = None, neuron: sl.Neuron = LIF, **names: str) -> Any:
    network = sl.Network()
    a, b = (sl.Population(2, neuron, name=name, network=network) for name in "ab")
    return sl.Projection(a, b, "exc", synapse, network=network, **names)


def test_attributes_of_a_population() -> None:
    """As observed in spec 01, section 1, rule 7."""
    population = sl.Population(2, LIF, network=sl.Network())
    assert (population.parameters, population.variables) == (["p"], ["x", "r", "g_exc"])
    assert population.model.spiking
    assert population.get("r").tolist() == [0.0, 0.0]


def test_the_type_of_a_projection_is_that_of_its_pre_population() -> None:
    spiking, rate = link(), link(neuron=RATE)
    assert spiking.model.spiking and not rate.model.spiking
    assert [s.text for s in spiking.model.pre_spike.transmit] == ["g_target += w"]
    assert rate.model.psp_text == "w * pre.r"
    assert link(sl.Synapse(post_spike="w += 1")).model.plastic


def test_variables_of_events_are_attributes() -> None:
    projection = link(sl.Synapse("k = 1.0", pre_spike="z += k : init = 7.0", psp="w"))
    assert (projection.parameters, projection.variables) == (["k", "w"], ["z"])


def test_the_target_of_the_projection_is_known_to_its_synapse() -> None:
    with pytest.raises(ModelError) as caught:
        link(sl.Synapse(pre_spike="g_exc += w"))
    assert caught.value.message.startswith('"g_exc" belongs to the post-synaptic neuron;')
    assert "projection 'proj0'" in str(caught.value)


def test_events_between_rate_coded_populations() -> None:
    with pytest.raises(ModelError) as caught:
        link(sl.Synapse(pre_spike="w += 1"), RATE)
    assert caught.value.message == 'pre_spike needs spikes, but population "a" (pre) is rate-coded.'


SILENT = [None, sl.Synapse(psp="w", pre_spike="u += 1"), sl.Synapse(pre_spike="u += 1 ; g_target += 0.0")]


@pytest.mark.usefixtures("loud")
def test_transmission_that_was_not_written_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    link(sl.Synapse(pre_spike="u += 1"), name="quiet")
    told = "".join(capsys.readouterr())
    assert "Projection 'quiet': pre_spike of its synapse does not mention g_target" in told
    assert "g_target += w" in told


@pytest.mark.usefixtures("loud")
@pytest.mark.parametrize("synapse", [*SILENT, sl.Synapse(post_spike="w += 1")])
def test_and_nothing_else_is(synapse: sl.Synapse | None, capsys: pytest.CaptureFixture[str]) -> None:
    link(synapse)
    assert "".join(capsys.readouterr()) == ""


def test_a_transpose_transmits_each_spike() -> None:
    transpose = Transpose(link(), "fb")
    assert (transpose.psp, transpose.psp_text, transpose.psp_functions) == (None, "g_target += w", ())


def test_a_transpose_with_a_psp() -> None:
    transpose = Transpose(link(), "fb", "w * pre.x")
    assert transpose.psp is not None
    assert (show(transpose.psp), transpose.psp_text) == ("w * pre.x", "w * pre.x")

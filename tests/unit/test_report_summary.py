"""``print(net)`` and what notebooks show."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import synloom as sl
from tests.unit.report_networks import HOSTILE, hostile, rate_coded, spiking

pytestmark = pytest.mark.usefixtures("fresh")


def cells(html: str) -> list[list[str]]:
    """The rows of all tables; fails if the text is not well-formed."""
    page = ElementTree.fromstring(f"<div>{html}</div>")
    return [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]


def test_a_network_in_a_few_lines() -> None:
    net = rate_coded()
    assert str(net) == (
        f"Network {net.id}: 2 populations, 2 projections, 2 monitors, 10 neurons; dt = 0.5 ms, not compiled\n"
        "  populations\n"
        "    pixels    2 x 3  Pixel (rate-coded)\n"
        "    features  4      Feature (rate-coded)\n"
        "  projections\n"
        "    ff  pixels -> features  exc  All-to-All\n"
        "    fb  features -> pixels  fb   transpose of ff  shared\n"
        "  monitors\n"
        "    pixels (subset)  r     every 10 ms\n"
        "    features         r, v  every 0.5 ms"
    )


def test_what_is_not_there_is_not_listed() -> None:
    net = sl.Network(dt=0.1)
    assert str(net) == (
        f"Network {net.id}: 0 populations, 0 projections, 0 monitors, 0 neurons; dt = 0.1 ms, not compiled"
    )
    net.create(1, sl.Neuron(equations="r = 1.0"), name="one")
    assert str(net).splitlines()[1:] == ["  populations", "    one  1  rate-coded"]
    assert "1 population, " in str(net) and "1 neuron; " in str(net)


def test_a_class_of_the_user_and_a_cleared_network() -> None:
    class Vision(sl.Network):
        def __init__(self) -> None:
            self.create(2, sl.Neuron(equations="r = 1.0"))

    net = Vision()
    assert str(net).startswith(f"Vision {net.id}: 1 population, ")
    net.clear()
    assert str(net).endswith("dt = 1 ms, cleared")


@pytest.mark.needs_compiler
def test_synapses_are_counted_once_they_are_made() -> None:
    net = rate_coded()
    net.compile()
    lines = str(net).splitlines()
    assert lines[0].endswith("10 neurons, 24 synapses; dt = 0.5 ms, compiled")
    assert lines[5:7] == [
        "    ff  pixels -> features  exc  All-to-All       24 synapses",
        "    fb  features -> pixels  fb   transpose of ff  shared",
    ]


def test_a_network_in_a_notebook() -> None:
    rows = cells(rate_coded()._repr_html_())
    assert ["pixels", "2 x 3", "Pixel (rate-coded)"] in rows
    assert ["fb", "features -> pixels", "fb", "transpose of ff", "shared"] in rows
    assert ["features", "r, v", "every 0.5 ms"] in rows


def test_objects_in_a_notebook() -> None:
    net = rate_coded()
    pixels, ff, fb = net.populations[0], *net.projections
    shown = pixels._repr_html_()
    assert "Population pixels: 2 x 3 neurons, Pixel (rate-coded)" in shown
    assert cells(shown)[1:] == [
        ["x", "parameter", "per neuron", "[0, 0.5]"],
        ["r", "variable", "per neuron", "0"],
    ]
    assert "Projection ff: pixels -&gt; features, target exc, All-to-All" in ff._repr_html_()
    assert ["eta", "parameter", "per projection", ""] in cells(ff._repr_html_())
    net._connect_all()
    assert ["eta", "parameter", "per projection", "0.01"] in cells(ff._repr_html_())
    assert "target exc, All-to-All, 24 synapses" in ff._repr_html_()
    assert fb._repr_html_() == (
        "<p>Transpose fb: features -&gt; pixels, target fb, transpose of ff, its weights are shared</p>"
    )
    assert net.monitors[0]._repr_html_() == "<p>Monitor of pixels (subset), r, every 10 ms, recording</p>"
    net.monitors[0].pause()
    assert net.monitors[0]._repr_html_().endswith("paused</p>")


def test_inputs_in_a_notebook_hide_what_users_do_not_see() -> None:
    made = sl.TimedPoissonPopulation(2, rates=[5.0], schedule=[0.0])
    assert [row[0] for row in cells(made._repr_html_())[1:]] == made.attributes
    assert "TimedPoissonPopulation (spiking)" in made._repr_html_()
    assert cells(sl.TimedArray([[1.0]])._repr_html_())[1] == ["r", "variable", "per neuron", "0"]


def test_spiking_objects_in_a_notebook() -> None:
    for told in (net := spiking(), *net.populations, *net.projections, *net.monitors):
        assert cells(told._repr_html_()) is not None


def test_names_are_escaped() -> None:
    net = hostile()
    for told in (net, net.populations[0], *net.projections, *net.monitors):
        shown = told._repr_html_()
        assert "<script" not in shown
        assert HOSTILE in "".join(ElementTree.fromstring(f"<div>{shown}</div>").itertext())

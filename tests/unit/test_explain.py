"""``explain()``: each equation with the statements and the lines of C++ it became."""

from __future__ import annotations

import gc
import re

import pytest

import synloom as sl
from synloom.codegen.errors import ModelError
from tests.golden.networks import NETWORKS

pytestmark = pytest.mark.usefixtures("fresh")
LINE = re.compile(r"^ *(\w+\.cpp):(\d+): *(.+)$", re.MULTILINE)


def paragraphs(text: str) -> dict[str, tuple[list[str], list[str]]]:
    """What became of each equation: statements, and C++ without the places."""
    found = {}
    for part in text.split("\n\n"):
        title, _, rest = part.partition("\n  becomes\n")
        steps, _, code = rest.partition("\n  in C++\n")
        found[title] = (steps.replace("    ", "").splitlines(), [m[3] for m in LINE.finditer(code)])
    return found


def check_places(text: str, sources: dict[str, str]) -> None:
    """Every line that is named stands in the file, where it is said to stand."""
    named = LINE.findall(text)
    assert named
    for file, number, line in named:
        assert sources[file].splitlines()[int(number) - 1].strip() == line


def projection(network: sl.Network, name: str) -> sl.Projection:
    found = next(p for p in network.projections if p.name == name)
    assert isinstance(found, sl.Projection)
    return found


def test_a_neuron_that_fires() -> None:
    network = NETWORKS["stdp"]()
    text = network.populations[0].explain()
    check_places(text, network.sources())
    said = paragraphs(text)
    assert list(said) == [
        "tau * dv/dt = -v + g_exc + g_fb (exponential)",
        "rest = t - t_last",
        "g_exc = 0.0",
        "g_fb = 0.0",
        "spike: v > 1.0",
        "v = 0.0 (reset)",
        "period += 0.5 (reset)",
        "refractory: period",
        "axon_spike: v > 0.8 and rest > 5.0",
        "v -= 0.1 (axon_reset)",
    ]
    assert said["tau * dv/dt = -v + g_exc + g_fb (exponential)"] == (
        [
            "let decay_v = 1.0 - exp(-dt / tau)",
            "v = ite(refractory, v, v + decay_v * (g_exc + g_fb - v))",
            "v at least -1.0",
        ],
        [
            "const double decay_v = 1.0 - exp(-clock.dt / tau);",
            "v = refractory ? v : v + decay_v * (g_exc + g_fb - v);",
            "if (v < -1.0) v = -1.0;",
        ],
    )
    assert said["spike: v > 1.0"] == (
        ["fires if not refractory and v > 1.0"],
        ["!refractory && v > 1.0,"],
    )
    assert said["v = 0.0 (reset)"] == (["v = 0.0"], ["double v = 0.0;"])
    assert said["period += 0.5 (reset)"][0] == ["period = period + 0.5", "period at most 5.0"]
    assert said["refractory: period"] == (
        ["refractory for period ms"],
        ["self.refractory_left[i] = steps_of(period, clock.dt);"],
    )
    steps, code = said["axon_spike: v > 0.8 and rest > 5.0"]
    assert steps == ["fires if v > 0.8 and rest > 5.0 and not (v > 1.0)"]
    fires = "v > 0.8 && rest > 5.0 && !(v > 1.0)"
    assert code == [f"{fires},", f"self.axon_flags[i] = {fires};"]  # and once more after a reset
    assert said["v -= 0.1 (axon_reset)"] == (["v = v - 0.1"], ["v -= 0.1;"])


def test_the_period_of_a_population() -> None:
    network = NETWORKS["coba"]()
    text = network.populations[0].explain()
    check_places(text, network.sources())
    said = paragraphs(text)
    assert said["refractory"] == (
        ["refractory for as long as the population says"],
        ["self.refractory_left[i] = self.refractory_steps[i];"],
    )
    assert "axon_spike" not in text


def test_the_same_text_as_an_equation_and_as_a_reset() -> None:
    net = sl.Network()
    neuron = sl.Neuron(
        equations="v = v + 1.0 ; u = 0.0", spike="v > 3.0 or u > 1.0", reset="u = 0.0 ; v = 0.0"
    )
    text = net.create(1, neuron).explain()
    said = paragraphs(text)
    assert said["u = 0.0"][1] == ["u = refractory ? u : 0.0;"]
    assert said["u = 0.0 (reset)"][1] == ["double u = 0.0;"]
    assert said["spike: v > 3.0 or u > 1.0"][0] == ["fires if not refractory and (v > 3.0 or u > 1.0)"]


def test_what_spikes_do_to_synapses() -> None:
    network = NETWORKS["stdp"]()
    text = projection(network, "ff").explain()
    check_places(text, network.sources())
    before, arriving, emitted = re.split(
        r"^-- ff: (?:spikes of 'a'|post-synaptic spikes of 'b')\n\n", text, flags=re.M
    )
    assert before == ""
    said = paragraphs(arriving.rstrip())
    assert list(said) == [
        "tau_pre * dx/dt = -x",
        "tau_post * dy/dt = -y",
        "g_target += w",
        "x += A",
        "w -= y",
    ]
    assert said["w -= y"] == (
        ["when apart and learn: w = w - y", "when apart and learn: w at least 0.0"],
        ["if (apart && learn) w -= y;", "if (apart && learn && w < 0.0) w = 0.0;"],
    )
    assert said["g_target += w"][0] == ["g_target = g_target + w"]
    assert paragraphs(emitted)["w += x"][0] == ["when learn: w = w + x", "when learn: w at most w_max"]


def test_a_transpose_and_axonal_spikes() -> None:
    network = NETWORKS["stdp"]()
    assert network.projections[1].explain().startswith("-- fb: spikes of 'b'\n\ng_target += w\n")
    side = projection(network, "side").explain()
    assert re.findall(r"^-- .*", side, re.M) == ["-- side: spikes of 'a'", "-- side: axonal spikes of 'a'"]


def test_rates_and_spikes() -> None:
    network = NETWORKS["hybrid"]()
    within = projection(network, "within").explain()
    check_places(within, network.sources())
    assert re.findall(r"^-- .*", within, re.M) == [
        "-- within: spikes of 'b'",
        "-- within: exc",
        "-- within: mod",
        "-- within",
    ]
    down = projection(network, "down").explain()
    assert down.startswith("-- down\n\nsum of w * pre.r\nsweep_dense_")
    assert "tau * ds/dt = -s\n  becomes\n" in within


def test_an_explanation_shows_itself() -> None:
    text = NETWORKS["feedback"]().populations[1].explain()
    assert repr(text) == str(text)
    assert list(paragraphs(text)) == ["tau*dr/dt + r = sum(exc) (explicit)"]


# -- synapse models without a projection ----------------------------------------------------------------------


@pytest.mark.parametrize("model", sl.list_standard_synapses(), ids=lambda model: model.__name__)
def test_ready_made_synapses(model: type[sl.Synapse]) -> None:
    synapse = model()
    text = synapse.explain()
    written = [line.split(":")[0].strip() for line in str(synapse).splitlines()]
    for title, (steps, code) in paragraphs(text).items():
        if steps:
            assert code, title
            assert any(title in line or line in title for line in written if line), title


def test_a_synapse_that_reads_sums_and_attributes() -> None:
    text = sl.Synapse(
        psp="w * pre.mp * post.sum(inh) * pre.sum(exc)", equations="dw/dt = post.theta"
    ).explain()
    assert "sum of w * pre.mp * post.sum(inh) * pre.sum(exc)" in text
    assert paragraphs(text)["dw/dt = post.theta"][0] == ["when learn: w = w + h * row_theta"]


def test_the_same_as_in_a_network() -> None:
    network = sl.Network()
    neuron = sl.Neuron(equations="r = sum(exc)")
    found = network.connect(
        network.create(3, neuron), network.create(4, neuron), "exc", sl.Oja, name="synapse"
    )
    found.connect_all_to_all(weights=sl.Uniform(0.0, 1.0))
    shown = sl.Oja().explain()
    assert paragraphs(shown) == paragraphs(found.explain())
    assert LINE.findall(shown) == LINE.findall(found.explain())


def test_explaining_leaves_no_network_behind() -> None:
    gc.collect()
    before = sl.Network().id
    sl.STDP().explain()
    gc.collect()
    assert sl.Network().id == before and sl.populations() == []


def test_mistakes_of_a_synapse_are_shown_in_its_text() -> None:
    with pytest.raises(ModelError) as caught:
        sl.Synapse(equations="dw/dt = preceding * 2").explain()
    origin = caught.value.origin
    assert origin is not None and (origin.text, origin.line) == ("preceding", 1)

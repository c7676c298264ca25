"""Neuron, Synapse, and user functions: spec 01, sections 1, 2 and 9; spec 03, section 8.1."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from synloom import config, registry
from synloom.codegen.errors import ConfigurationError, ModelError, ModelErrors
from synloom.constant import Constant
from synloom.function import add_function, functions
from synloom.neuron import Neuron
from synloom.synapse import Synapse
from tests.unit.fake_network import FakeNetwork, fake_default


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeNetwork]:
    with fake_default() as fake:
        yield fake


def line_of(text: str) -> int:
    """The line of this file that holds ``text``; the first, not counting this function's calls."""
    with open(__file__, encoding="utf-8") as file:
        return next(n for n, line in enumerate(file, 1) if text in line)


# Signatures


def test_positional_order() -> None:
    assert list(inspect.signature(Neuron).parameters) == [
        "parameters",
        "equations",
        "spike",
        "axon_spike",
        "reset",
        "axon_reset",
        "refractory",
        "functions",
        "name",
        "description",
        "extra_values",
    ]
    assert list(inspect.signature(Synapse).parameters) == [
        "parameters",
        "equations",
        "psp",
        "operation",
        "pre_spike",
        "post_spike",
        "pre_axon_spike",
        "functions",
        "pruning",
        "creating",
        "name",
        "description",
        "extra_values",
    ]


# Neuron


def test_texts_are_kept() -> None:
    neuron = Neuron("a = 1.0", "r = a", functions="f(x) = x", name="Relay", description="Relays.")
    assert (neuron.type, neuron.name, neuron.short_description) == ("rate", "Relay", "Relays.")
    written = neuron.description
    assert (written.parameters.content, written.equations.content) == ("a = 1.0", "r = a")
    assert (written.functions.content, written.name) == ("f(x) = x", "Relay")
    assert (written.parameters.owner, written.parameters.argument) == ("Neuron 'Relay'", "parameters")


def test_default_names() -> None:
    neuron = Neuron(equations="r = 1")
    assert neuron.name == "Rate-coded neuron"
    assert neuron.short_description == "User-defined model of a rate-coded neuron."
    assert (neuron.description.name, neuron.description.equations.owner) == ("", "Neuron")


def test_lists_are_lines() -> None:
    neuron = Neuron(["a = 1.0", "b = 2.0"], ["v = a", "r = v"])
    assert neuron.description.parameters.content == "a = 1.0\nb = 2.0"
    assert neuron.description.equations.content == "v = a\nr = v"


def test_extra_values_replace_quoted_keys() -> None:
    neuron = Neuron("a = 'gain'; b = \"gain\"; c = 2", "r = a", extra_values={"gain": 0.5})
    assert neuron.description.parameters.content == "a = 0.5; b = 0.5; c = 2"


def test_print() -> None:
    text = str(Neuron("a = 1.0; b = 2.0", "r = a", functions="f(x) = x", name="Relay"))
    assert text == (
        "Relay (rate-coded)\nParameters:\n    a = 1.0\n    b = 2.0\nEquations:\n    r = a\n"
        "Functions:\n    f(x) = x"
    )


def test_copies() -> None:
    neuron = Neuron("a = 1.0", "r = a", name="Relay")
    for twin in (copy.deepcopy(neuron), pickle.loads(pickle.dumps(neuron))):
        assert twin.description == neuron.description
        assert twin.name == "Relay"


def test_spiking_texts_are_kept() -> None:
    neuron = Neuron("v0 = 1.0", "v = v0", "v > 1", "v > 2", ["v = 0", "v += v0"], "v = 1", "v0")
    assert (neuron.type, neuron.name, neuron.refractory) == ("spike", "Spiking neuron", "v0")
    assert neuron.short_description == "User-defined model of a spiking neuron."
    written = neuron.description
    texts = (written.spike, written.axon_spike, written.reset, written.axon_reset, written.refractory)
    assert [t.content for t in texts] == ["v > 1", "v > 2", "v = 0\nv += v0", "v = 1", "v0"]
    assert [t.argument for t in texts] == ["spike", "axon_spike", "reset", "axon_reset", "refractory"]
    assert [t.position for t in texts] == [2, 3, 4, 5, 6]
    neuron.check()


def test_print_of_a_spiking_neuron() -> None:
    neuron = Neuron(
        equations="v += 1", spike="v > 3", axon_spike="v > 2", reset="v = 0; v += 1", axon_reset="v = 1"
    )
    assert str(neuron) == (
        "Spiking neuron (spiking)\nEquations:\n    v += 1\nSpike:\n    v > 3\nAxon spike:\n    v > 2\n"
        "Reset:\n    v = 0\n    v += 1\nAxon reset:\n    v = 1"
    )
    named = Neuron(equations="v += 1", spike="v > 3", refractory="v", functions="f(x) = x")
    assert str(named).endswith("Refractory:\n    v\nFunctions:\n    f(x) = x")
    assert str(Neuron(equations="v += 1", spike="v > 3", refractory=2)).endswith("Refractory:\n    2.0 ms")


@pytest.mark.parametrize(("given", "kept"), [(0, 0.0), (2.5, 2.5), (np.float32(1.5), 1.5), ("", None)])
def test_a_refractory_period(given: Any, kept: float | None) -> None:
    neuron = Neuron(equations="v = 1", spike="v > 1", refractory=given)
    assert neuron.refractory == kept
    assert neuron.description.refractory.content == ""


@pytest.mark.parametrize("given", [-0.1, True, float("nan"), float("inf"), [2.0]])
def test_wrong_refractory_periods(given: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Neuron(equations="v = 1", spike="v > 1", refractory=given, name="LIF")
    assert caught.value.message == (
        "Neuron 'LIF': refractory must be a number of ms, not negative, or the name of an attribute,"
        f" not {given!r}."
    )


def test_a_refractory_period_needs_a_spike_condition() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Neuron(equations="r = 1", refractory=0)
    assert caught.value.message == (
        "Neuron: refractory is for spiking neurons, and this one has no spike condition."
    )
    assert caught.value.hint == "give spike a condition: spike='v > 1.0'"


@pytest.mark.parametrize("argument", ["spike", "axon_spike"])
def test_a_condition_is_no_list(argument: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Neuron(equations="v = 1", **{argument: ["v > 1"]})
    assert caught.value.message == f"Neuron: {argument} must be a string, not list."


def test_check_tells_the_mistakes_of_all_texts_at_their_places() -> None:
    neuron = Neuron(
        equations="v = x",
        spike="v > thr",
        reset="u = 0",
    )
    with pytest.raises(ModelErrors) as caught:
        neuron.check()
    assert [e.message for e in caught.value.errors] == [
        'Unknown name "x" in the equation of "v".',
        'Unknown name "thr" in spike.',
        'reset assigns "u", which is not an attribute.',
    ]
    line = line_of('spike="v > thr",')
    assert f"test_neuron_class.py:{line}:20" in str(caught.value)


def test_empty_spiking_arguments_are_not_given() -> None:
    assert Neuron(equations="r = 1", spike="", reset=[], refractory=None).type == "rate"


@pytest.mark.parametrize("value", [3, ("a = 1",), ["a = 1", 2]])
def test_texts_must_be_texts(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="parameters must be a string or a list of strings"):
        Neuron(value, "r = 1")
    with pytest.raises(ConfigurationError, match="Synapse: equations must be a string or a list of strings"):
        Synapse(equations=value)


def test_check_finds_mistakes_where_they_are_written() -> None:
    neuron = Neuron(
        parameters="tau = 10.0",
        equations="""
            tau * dv/dt = -v
            r = vv
        """,
        name="Leaky",
    )
    with pytest.raises(ModelError) as caught:
        neuron.check()
    shown = str(caught.value)
    row = line_of("r = vv")
    assert '"vv"' in caught.value.message
    assert f"test_neuron_class.py:{row}:17, Neuron 'Leaky', argument 'equations'" in shown
    assert shown.splitlines()[2:4] == ["      r = vv", "          ^^"]


def test_check_accepts_a_good_model_and_uses_global_functions_and_constants() -> None:
    Constant("K", 2.0)
    add_function("twice(x) = 2*x")
    Neuron("a = K", "r = twice(a) + K").check()
    with pytest.raises(ModelError, match='"thrice"'):
        Neuron("a = K", "r = thrice(a)").check()


def test_a_model_without_r_is_refused() -> None:
    with pytest.raises(ModelError, match="must define"):
        Neuron(equations="v = 1").check()


class Ramp(Neuron):
    """A user's own class of neurons."""

    def __init__(self, slope: float) -> None:
        super().__init__(parameters=f"slope = {slope}", equations="r += slope * unknown_ramp_name")


def test_a_users_subclass_points_to_its_own_text() -> None:
    ramp = Ramp(2.0)
    assert ramp.description.name == "Ramp"
    with pytest.raises(ModelError) as caught:
        ramp.check()
    assert f"test_neuron_class.py:{line_of('* unknown_ramp_name')}:" in str(caught.value)


def test_a_ready_made_subclass_points_to_the_users_call() -> None:
    source = (
        "from synloom.neuron import Neuron\n"
        "class Ready(Neuron):\n"
        "    def __init__(self, gain):\n"
        "        super().__init__(equations='r = gain_')\n"
    )
    module: dict[str, Any] = {"__name__": "synloom.models.rate"}
    exec(compile(source, "rate.py", "exec"), module)
    ready = module["Ready"](gain=1.0)
    site = ready.description.site
    assert (site.file, site.line) == (__file__, line_of("(gain=1.0)"))


# Synapse


def test_synapse_texts_are_kept() -> None:
    synapse = Synapse("eta = 0.1", "dw/dt = eta", "w * pre.r", "max", name="Hebb")
    written = synapse.description
    assert (written.parameters.content, written.equations.content) == ("eta = 0.1", "dw/dt = eta")
    assert (written.psp.content, written.operation, synapse.operation) == ("w * pre.r", "max", "max")
    assert (synapse.type, synapse.name, written.psp.owner) == ("rate", "Hebb", "Synapse 'Hebb'")
    assert str(synapse).endswith("Psp:\n    w * pre.r\nOperation:\n    max")


def test_default_synapse() -> None:
    synapse = Synapse()
    assert (synapse.description.psp.content, synapse.operation) == ("", "sum")
    assert (synapse.name, synapse.short_description) == (
        "Rate-coded synapse",
        "User-defined rate-coded synapse.",
    )


@pytest.mark.parametrize("operation", ["median", "", None, ["sum"]])
def test_unknown_operations(operation: Any) -> None:
    with pytest.raises(ConfigurationError, match="operation must be sum, max, min or mean"):
        Synapse(operation=operation)


def test_spiking_synapse_texts_are_kept() -> None:
    synapse = Synapse(pre_spike=["g_target += w", "x += 1"], post_spike="w += x", pre_axon_spike="x = 0")
    assert (synapse.type, synapse.name) == ("spike", "Spiking synapse")
    assert synapse.short_description == "User-defined spiking synapse."
    written = synapse.description
    texts = (written.pre_spike, written.post_spike, written.pre_axon_spike)
    assert [t.content for t in texts] == ["g_target += w\nx += 1", "w += x", "x = 0"]
    assert [(t.argument, t.position) for t in texts] == [
        ("pre_spike", 4),
        ("post_spike", 5),
        ("pre_axon_spike", 6),
    ]
    assert str(synapse) == (
        "Spiking synapse (spiking)\nPre spike:\n    g_target += w\n    x += 1\nPost spike:\n    w += x\n"
        "Pre axon spike:\n    x = 0"
    )


def test_the_type_of_a_synapse_alone_is_told_from_pre_spike() -> None:
    assert Synapse(post_spike="w += 1").type == "rate"
    assert Synapse(pre_axon_spike="g_target += w").type == "rate"
    assert Synapse(pre_spike="# nothing").type == "rate"


def test_spikes_are_summed() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Synapse(pre_spike="x += 1", operation="max", name="S")
    assert caught.value.message == "Synapse 'S': operation must be sum in a spiking synapse, not max."


def test_a_psp_is_no_list() -> None:
    with pytest.raises(ConfigurationError, match="Synapse: psp must be a string, not list"):
        Synapse(psp=["w"])  # type: ignore[arg-type]


@pytest.mark.parametrize("argument", ["pruning", "creating"])
def test_structural_plasticity_must_be_enabled(argument: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Synapse(**{argument: "pre.r > 1 : proba = 0.5"})  # type: ignore[arg-type]
    assert caught.value.message == f"Synapse: {argument} needs structural plasticity, which is off."
    assert caught.value.hint == "Enable it with setup(structural_plasticity=True)."
    monkeypatch.setattr(config.options, "structural_plasticity", True)
    synapse = Synapse(**{argument: "pre.r > 1 : proba = 0.5"})  # type: ignore[arg-type]
    assert getattr(synapse.description, argument).content == "pre.r > 1 : proba = 0.5"
    assert str(synapse).endswith(f"{argument.capitalize()}:\n    pre.r > 1 : proba = 0.5")


def test_synapses_cannot_be_added() -> None:
    with pytest.raises(ConfigurationError, match="cannot be added"):
        Synapse() + Synapse()


# Functions


def test_functions_take_scalars_lists_and_arrays() -> None:
    add_function("logis(x, k) = 1.0 / (1.0 + exp(-k*x))")
    logis = functions("logis")
    expected = 1.0 / (1.0 + np.exp(-2.0 * np.array([0.0, 1.0])))
    values = logis([0.0, 1.0], [2.0, 2.0])
    assert isinstance(values, np.ndarray) and values.dtype == np.float64
    np.testing.assert_allclose(values, expected, rtol=1e-15)
    np.testing.assert_allclose(logis([0.0, 1.0], 2), expected, rtol=1e-15)
    result = logis(0, 1)
    assert isinstance(result, float) and result == 0.5
    grid = logis(np.zeros((2, 3)), np.ones(3))
    assert isinstance(grid, np.ndarray) and grid.shape == (2, 3)


def test_function_with_a_conditional_and_an_earlier_function() -> None:
    add_function(
        """
        hat(x, a) = if fabs(x) < a:
                        a - fabs(x)
                    else:
                        0.0
        """
    )
    add_function("tall(x) = 3.0 * hat(x, 1.0)")
    np.testing.assert_array_equal(functions("tall")([0.0, 0.5, -2.0]), [3.0, 1.5, 0.0])


def test_function_types_and_constants() -> None:
    add_function("bump(c, v, th) = if v > th : c + 1 else: c : int, int, float, float")
    np.testing.assert_array_equal(functions("bump")([1.9, 1.0], [2.0, 0.0], 1.0), [2.0, 1.0])
    k = Constant("K", 3.0)
    add_function("scaled(x) = K * x")
    assert functions("scaled")(2) == 6.0
    k.set(5.0)
    scaled = functions("scaled")
    assert scaled(2) == 10.0
    registry.constants.clear()
    with pytest.raises(ConfigurationError, match='uses the constant "K", which was cleared'):
        scaled(2)


def test_function_without_arguments_or_of_none_of_them() -> None:
    add_function("two() = 2.0")
    add_function("one(x) = 1.0")
    assert functions("two")() == 2.0
    np.testing.assert_array_equal(functions("one")([4, 5]), [1.0, 1.0])


def test_wrong_calls() -> None:
    add_function("twice(x) = 2*x")
    add_function("plus(x, y) = x + y")
    with pytest.raises(ConfigurationError, match=r"twice\(x\) takes 1 argument, 2 given"):
        functions("twice")(1, 2)
    with pytest.raises(ConfigurationError, match=r"different lengths \(x: \(2,\), y: \(3,\)\)"):
        functions("plus")([1, 2], [1, 2, 3])
    with pytest.raises(ConfigurationError, match="must be a number or an array of numbers"):
        functions("twice")("a")
    with pytest.raises(ConfigurationError, match="must be a number or an array of numbers"):
        functions("twice")([[1], [1, 2]])
    with pytest.raises(ConfigurationError, match='There is no function "thrice"') as caught:
        functions("thrice")
    assert "twice, plus" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sin(x) = x", '"sin"'),
        ("twice(x) = x", '"twice"'),
        ("other(x) = x + y", '"y"'),
        ("other(x) = other(x)", "other"),
        ("other(x) = t * x", '"t"'),
        ("other(x) = x : int", "return type and one type per argument"),
    ],
)
def test_wrong_functions(text: str, message: str) -> None:
    add_function("twice(x) = 2*x")
    with pytest.raises(ModelError) as caught:
        add_function(text)
    assert message in caught.value.message
    assert "test_neuron_class.py" in str(caught.value)
    assert list(registry.functions) == ["twice"]


def test_add_function_takes_a_text() -> None:
    with pytest.raises(ConfigurationError, match="takes a text, not int"):
        add_function(3)  # type: ignore[arg-type]

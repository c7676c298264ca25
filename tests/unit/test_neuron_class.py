"""Neuron, Synapse, and user functions: spec 01, sections 1, 2 and 9; spec 03, section 8.1."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from synloom import registry
from synloom.codegen.errors import ConfigurationError, ModelError
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


@pytest.mark.parametrize(
    "argument",
    [
        {"spike": "v > 1"},
        {"axon_spike": "v > 1"},
        {"reset": "v = 0"},
        {"axon_reset": ["v = 0"]},
        {"refractory": 0},
    ],
)
def test_spiking_arguments_are_refused(argument: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Neuron(equations="v = 1", **argument)
    (name,) = argument
    assert caught.value.message == (
        f"{name}= describes a spiking neuron; spiking models are not part of this version."
    )
    assert "rate-coded" in caught.value.hint


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


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("pre_spike", "spiking models are not part of this version"),
        ("post_spike", "spiking models are not part of this version"),
        ("pre_axon_spike", "spiking models are not part of this version"),
        ("pruning", "structural plasticity, which is not part of this version"),
        ("creating", "structural plasticity, which is not part of this version"),
    ],
)
def test_later_arguments_are_refused(argument: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        Synapse(**{argument: "w > 1"})  # type: ignore[arg-type]
    assert caught.value.message.startswith(f"{argument}=")


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

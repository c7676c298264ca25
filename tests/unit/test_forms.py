"""The 5.0 forms of models: spec 01, section 6."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import CallSite, ConfigurationError, NotCompiledError
from synloom.codegen.ir.types import DType, Locality
from synloom.written import ModelTexts, value_text
from tests.unit.fake_network import FakeNetwork, fake_default


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeNetwork]:
    with fake_default() as fake:
        yield fake


@pytest.fixture
def net() -> Iterator[sl.Network]:
    network = sl.Network(seed=5)
    yield network
    network.clear()


def population(parameters: Any, equations: Any = "r = 1", size: int = 4, seed: int = 3) -> sl.Population:
    return sl.Population(size, sl.Neuron(parameters, equations), network=sl.Network(seed=seed))


def taken(argument: str, value: Any, kind: str = "Synapse") -> str:
    return ModelTexts(kind, "", CallSite("nowhere", 1, 1, 0, 0)).take(argument, 0, value).content


# Parameters


def test_localities_and_types_of_a_dictionary() -> None:
    sl.Constant("K", 3.0)
    made = population(
        {
            "tau": 15.0,
            "whole": 3,
            "on": True,
            "off": np.bool_(False),
            "bias": sl.Parameter(0.2, locality="local"),
            "k": sl.Parameter(3.9, type=int),
            "real": sl.Parameter(True),
            "named": sl.Parameter("K", "population", "int"),
            "flag": sl.Parameter(True, "local", bool),
            "lam": "K",
            "twice": "2*K + 1",
        }
    )
    described = {
        a.name: (a.locality, a.dtype, made.get(a.name)) for a in made.model.attributes if a.name != "r"
    }
    one, each = Locality.GLOBAL, Locality.LOCAL
    np.testing.assert_array_equal(described.pop("bias")[2], [0.2] * 4)
    np.testing.assert_array_equal(described.pop("flag")[2], [True] * 4)
    assert described == {
        "tau": (one, DType.REAL, 15.0),
        "whole": (one, DType.REAL, 3.0),
        "on": (one, DType.BOOL, True),
        "off": (one, DType.BOOL, False),
        "k": (one, DType.INT, 3),
        "real": (one, DType.REAL, 1.0),
        "named": (one, DType.INT, 3),
        "lam": (one, DType.REAL, 3.0),
        "twice": (one, DType.REAL, 7.0),
    }
    assert made.model.attribute("bias").locality is each  # type: ignore[union-attr]
    assert made.parameters[:3] == ["tau", "whole", "on"]


def test_a_list_of_strings_follows_the_rules_of_strings() -> None:
    made = population(["a = 1.0 ; b = 2 : population", "c = 3.0 # three", "d"], ["r = a", "v = c"])
    assert [a.locality for a in made.model.attributes[:4]] == [
        Locality.LOCAL,
        Locality.GLOBAL,
        Locality.LOCAL,
        Locality.LOCAL,
    ]
    assert (made.b, made.c[0], made.d[0]) == (2.0, 3.0, 0.0)


def test_synapse_parameters_and_the_weight(net: sl.Network) -> None:
    pre = sl.Population(3, sl.Neuron(equations="r = 1"), network=net)
    synapse = sl.Synapse(
        {
            "eta": 0.1,
            "th": sl.Parameter(2.0, "semiglobal"),
            "s": sl.Parameter(1.5, "local"),
            "u": sl.Parameter(sl.Uniform(0, 1), "postsynaptic"),
            "w": 0.0,
        },
        sl.Variable("x = eta", init=sl.Normal(0.0, 1.0, min=0.5)),
    )
    made = sl.Projection(pre, pre, "exc", synapse, network=net).connect_all_to_all(0.25)
    with pytest.raises(NotCompiledError, match="drawn by compile"):
        made._values.initial("u")
    net._connect_all()
    buffers = made._values.buffers
    assert {n: b.shape for n, b in buffers.items()} == {
        "eta": (1,),
        "th": (3,),
        "s": (6,),
        "u": (3,),
        "w": (1,),
        "x": (6,),
    }
    assert buffers["w"][0] == 0.25
    assert len(set(buffers["u"])) == 3
    assert buffers["x"].min() == 0.5 < buffers["x"].max()


# Values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (-2, "-2"),
        (1e-300, "1e-300"),
        (np.float64(0.25), "0.25"),
        (np.int32(7), "7"),
        (np.bool_(True), "True"),
        (float("inf"), "1/0"),
        (float("-inf"), "-1/0"),
        (sl.Uniform(-1, 2.5), "Uniform(-1, 2.5)"),
        (sl.Normal(0.0, 1.0, min=0.0), "Normal(0.0, 1.0)"),
        (sl.Exponential(scale=0.0), "Exponential(1/0)"),
    ],
)
def test_values_as_text(value: Any, text: str) -> None:
    assert value_text(value) == text


def test_infinite_parameters() -> None:
    made = population({"up": float("inf"), "down": -np.inf})
    assert (made.up, made.down) == (np.inf, -np.inf)


def test_distributions_with_bounds_and_shapes() -> None:
    made = population(
        {
            "one": sl.Uniform(5.0, 6.0),
            "many": sl.Parameter(sl.Normal(0.0, 10.0, min=-1.0, max=1.0), "local"),
            "n": sl.Parameter(sl.DiscreteUniform(1, 3), "local", int),
        },
        ["r = 1", sl.Variable("v = r", init=sl.Normal(0.0, 1.0, max=0.0))],
        size=200,
    )
    assert 5.0 <= made.one < 6.0
    assert set(made.many) >= {-1.0, 1.0} and np.abs(made.many).max() == 1.0
    assert set(made.n) == {1, 2, 3} and made.n.dtype == np.int64
    assert made.v.max() == 0.0 > made.v.min()


def test_a_distribution_as_an_object_gives_the_values_of_the_text() -> None:
    as_text = population("a = Uniform(0, 1) : population ; b = Normal(0, 1) ; c = Gamma(2, 1)")
    parameters = {
        "a": sl.Uniform(0, 1),
        "b": sl.Parameter(sl.Normal(0, 1), "local"),
        "c": sl.Parameter(sl.Gamma(2, 1), "local"),
    }
    as_objects = population(parameters)
    for name in "abc":
        np.testing.assert_array_equal(getattr(as_objects, name), getattr(as_text, name))
    assert not parameters["a"].bound  # type: ignore[attr-defined]  # it serves other networks as well


def test_a_distribution_with_a_seed_of_its_own() -> None:
    made = population({"a": sl.Parameter(sl.Uniform(0, 1, seed=9), "local"), "b": sl.Uniform(0, 1)})
    np.testing.assert_array_equal(made.a, np.random.default_rng(9).uniform(0, 1, 4))
    assert made.b == population({"a": sl.Parameter(sl.Uniform(0, 1), "local"), "b": sl.Uniform(0, 1)}).b


def test_equal_texts_with_different_objects() -> None:
    def one(high: float) -> float:
        return float(population({"a": sl.Normal(50.0, 1.0, max=high)}).a)

    assert (one(1.0), one(2.0)) == (1.0, 2.0)


def test_initial_values_of_variables() -> None:
    k = sl.Constant("K", 3.0)
    made = population(
        {"a": 2.5, "b": sl.Parameter(1.0, "local")},
        [
            sl.Variable("r = 1", init="K"),
            sl.Variable("u = 1", init=k),
            sl.Variable("v = 1", init="a"),
            sl.Variable("w = 1", init="b + K"),
            sl.Variable("x += 1", init=2, type=int, locality="global"),
            sl.Variable("y = y", init=True, type="bool"),
        ],
    )
    assert [made.get(n)[0] for n in "ruvw"] == [3.0, 3.0, 2.5, 4.0]
    assert made.x == 2 and made.y.tolist() == [True] * 4


# Equations


def test_an_equation_that_is_a_variable_alone() -> None:
    made = population("", sl.Variable("5*dr/dt = -r", init=1.0, method="exponential", min=0, max="2*r"))
    (ode,) = made.model.equations
    assert (ode.method.value, [b.kind for b in ode.bounds]) == ("exponential", ["min", "max"])  # type: ignore[union-attr]


def test_elements_of_a_list_do_not_run_into_each_other() -> None:
    texts = ["u = 1 : min = 0,", "r = 2"]
    neuron = sl.Neuron(equations=texts)
    with pytest.raises(sl.ModelError, match="A flag is missing"):
        neuron.check()
    comment = sl.Variable("v = r # not a flag: min=3", max=2.0)
    made = population("", ["r = 2 # two", comment, "x = v"])
    assert [e.text for e in made.model.equations] == ["r = 2", "v = r", "x = v"]
    assert [b.kind for b in made.model.equations[1].bounds] == ["max"]


def test_text_of_values_on_one_line() -> None:
    made = population({"a": "1 + # one\n 2"}, ["r = 1", sl.Variable("v = 1", max="r\n + 1 # more", min=0)])
    assert made.a == 3.0
    assert [b.kind for b in made.model.equations[1].bounds] == ["min", "max"]


def test_extra_values_in_all_forms() -> None:
    values = {"key": 0.5}
    assert sl.Neuron({"a": "'key'"}, "r = 1", extra_values=values).description.parameters.content == (
        "a = 0.5 : population"
    )
    assert sl.Neuron(["a = 'key'"], "r = 1", extra_values=values).description.parameters.content == "a = 0.5"


def test_other_arguments_take_the_same_forms() -> None:
    assert taken("reset", ["v = 0", sl.Variable("u += d", max=3)], "Neuron") == "v = 0\nu += d : max=3"
    assert (
        taken("pre_spike", sl.Variable("x += 1", init=2, min="y", type=int)) == "x += 1 : init=2, min=y, int"
    )
    assert taken("post_spike", ["y += 1 : init=2", "w += x"]) == "y += 1 : init=2\nw += x"
    assert taken("psp", None) == taken("reset", None) == ""
    assert taken("psp", "w * pre.r") == "w * pre.r"


# Structural plasticity


def test_creating_and_pruning() -> None:
    k = sl.Constant("K", 1.0)
    assert taken("creating", "post.r > 1 : proba=0.5") == "post.r > 1 : proba=0.5"
    assert taken("creating", sl.Creating("post.r > 1")) == "post.r > 1"
    assert taken("creating", sl.Creating("post.r > 1", proba=0.5, w=1, d=2.0)) == (
        "post.r > 1 : proba=0.5, w=1, d=2.0"
    )
    assert taken("creating", sl.Creating("a > 1 # some", k, sl.Uniform(0, 1))) == (
        "a > 1 # some\n: proba=K, w=Uniform(0, 1)"
    )
    assert taken("pruning", sl.Pruning("w < 0.1", proba="2*K")) == "w < 0.1 : proba=2*K"


# The classes themselves


def test_values_are_kept_in_one_spelling() -> None:
    parameter = sl.Parameter(1, "projection", int)
    assert (parameter.value, parameter.locality, parameter.type) == (1, "global", "int")
    assert sl.Parameter(1) == sl.Parameter(1, "population", float) != sl.Parameter(1, "local")
    variable = sl.Variable("x = 1", locality="postsynaptic", type=bool)
    assert (variable.locality, variable.type, variable.init) == ("semiglobal", "bool", None)
    assert repr(sl.Pruning("w < 1")) == "Pruning(equation='w < 1', proba=1.0)"


def test_frozen_copied_pickled_replaced() -> None:
    for made in (sl.Parameter(1.0), sl.Variable("x = 1", min=2), sl.Creating("a > 1"), sl.Pruning("a > 1")):
        with pytest.raises(FrozenInstanceError):
            made.equation = 3  # type: ignore[union-attr]
        for twin in (copy.deepcopy(made), pickle.loads(pickle.dumps(made)), replace(made)):
            assert twin == made and twin is not made
    assert replace(sl.Parameter(1.0), value=2.0) == sl.Parameter(2.0)


LOCALITY = "locality must be one of global, semiglobal, local, population, projection or postsynaptic, not"


@pytest.mark.parametrize(
    ("make", "message", "hint"),
    [
        (lambda: sl.Parameter(1, "globl"), f"Parameter: {LOCALITY} 'globl'.", 'Did you mean "global"?'),
        (lambda: sl.Variable("x = 1", locality=None), f"Variable: {LOCALITY} None.", ""),  # type: ignore[arg-type]
        (
            lambda: sl.Parameter(1, type="double"),
            "Parameter: type must be one of float, int or bool, not 'double'.",
            "",
        ),
        (
            lambda: sl.Variable("x = 1", type=[]),  # type: ignore[arg-type]
            "Variable: type must be one of float, int or bool, not [].",
            "",
        ),
        (
            lambda: sl.Variable("x = 1", method="rk5"),
            "Variable: method must be one of explicit, implicit, semiimplicit, exponential, midpoint, rk4 or "
            "event-driven, not 'rk5'.",
            'Did you mean "rk4"?',
        ),
        (lambda: sl.Variable(3), "Variable: the equation must be a text, not 3.", ""),  # type: ignore[arg-type]
        (
            lambda: sl.Parameter([1, 2]),  # type: ignore[arg-type]
            "Parameter: the value must be a number, a Constant, the name of one, an expression or a random "
            "distribution, not [1, 2].",
            "",
        ),
        (
            lambda: sl.Variable("x = 1", min=sl.Uniform(0, 1)),  # type: ignore[arg-type]
            "Variable: min must be a number, a Constant, the name of one or an expression, not Uniform(0, 1).",
            "",
        ),
        (
            lambda: sl.Variable("x = 1", max=float("inf")),
            "Variable: max must be a finite number, not inf.",
            "",
        ),
        (lambda: sl.Parameter(float("nan")), "Parameter: the value must be a number, not nan.", ""),
        (lambda: sl.Creating("a", d=float("inf")), "Creating: d must be a finite number, not inf.", ""),
        (
            lambda: sl.Pruning("a", proba=None),  # type: ignore[arg-type]
            "Pruning: proba must be a number, a Constant, the name of one or an expression, not None.",
            "",
        ),
    ],
)
def test_what_the_classes_refuse(make: Any, message: str, hint: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()
    assert (caught.value.message, caught.value.hint) == (message, hint)


class Odd(sl.RandomDistribution):
    """A distribution of the user's own, which text has no call for."""

    def _draw(self, shape: tuple[int, ...]) -> Any:
        return np.zeros(shape)

    def _arguments(self) -> tuple[float, ...]:
        return ()


STATEMENTS = "must be a string or a list of strings/Variables"
PARAMETERS = "parameters must be a string or a list of strings, or a dictionary"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: sl.Neuron((), "r = 1"), f"Neuron: {PARAMETERS}, not tuple."),  # type: ignore[arg-type]
        (lambda: sl.Neuron(None, "r = 1"), f"Neuron: {PARAMETERS}, not None."),  # type: ignore[arg-type]
        (
            lambda: sl.Neuron(["a = 1", sl.Parameter(1)], "r = 1"),  # type: ignore[list-item]
            f"Neuron: {PARAMETERS}; element 2 is Parameter.",
        ),
        (lambda: sl.Neuron("", ("r = 1",)), f"Neuron: equations {STATEMENTS}, not tuple."),  # type: ignore[arg-type]
        (lambda: sl.Neuron("", None), f"Neuron: equations {STATEMENTS}, not None."),  # type: ignore[arg-type]
        (
            lambda: sl.Neuron("", {"r": 1}, name="X"),  # type: ignore[arg-type]
            f"Neuron 'X': equations {STATEMENTS}, not dict.",
        ),
        (
            lambda: sl.Synapse("", ["x = 1", None]),  # type: ignore[list-item]
            f"Synapse: equations {STATEMENTS}; element 2 is None.",
        ),
        (lambda: taken("reset", 3), f"Synapse: reset {STATEMENTS}, not int."),
        (lambda: taken("psp", ["w"]), "Synapse: psp must be a string, not list."),
        (
            lambda: taken("creating", sl.Pruning("a")),
            "Synapse: creating must be a string or a Creating, not Pruning.",
        ),
        (
            lambda: sl.Neuron({3: 1.0}, "r = 1"),  # type: ignore[dict-item]
            "Neuron: the name of a parameter must be an identifier, not 3.",
        ),
        (
            lambda: sl.Neuron({"a : bool": 1.0}, "r = 1"),
            "Neuron: the name of a parameter must be an identifier, not 'a : bool'.",
        ),
        (
            lambda: sl.Neuron({"a": None}, "r = 1"),  # type: ignore[dict-item]
            'Neuron: the value of "a" must be a number, a Constant, the name of one, an expression or a random '
            "distribution, not None.",
        ),
        (lambda: sl.Neuron({"a": Odd(None, None)}, "r = 1"), "Odd cannot be used in a model."),
    ],
)
def test_what_models_refuse(make: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make()
    assert caught.value.message == message

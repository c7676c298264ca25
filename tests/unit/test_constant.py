"""Constants: spec 01, section 9.1 and spec 03, section 8.2."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from synloom import registry
from synloom.codegen.errors import ConfigurationError, ModelError, NotCompiledError
from synloom.config import setup
from synloom.constant import Constant, get_constant
from synloom.forms import Parameter
from synloom.network import Network
from synloom.neuron import Neuron
from synloom.population import Population
from synloom.projection import Projection
from synloom.synapse import Synapse
from tests.unit.fake_network import FakeNetwork, fake_default


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeNetwork]:
    with fake_default() as fake:
        yield fake


def test_name_value_and_registry() -> None:
    k = Constant("K", 3.0)
    assert isinstance(k, float)
    assert (k.name, k.value, repr(k), str(k)) == ("K", 3.0, "3.0", "3.0")
    assert get_constant("K") is k is registry.constants["K"]
    assert get_constant("L") is None


def test_arithmetic_uses_the_current_value_and_gives_floats() -> None:
    k = Constant("K", 3.0)
    derived = Constant("K2", k * 2)
    k.set(5.0)
    assert (k.value, float(k), repr(k), int(k), bool(k)) == (5.0, 5.0, "5.0", 5, True)
    assert (k + 1, 1 + k, 2.0 - k, k - 2, 2 * k, k / 2, 1 / k, k**2, 2**k) == (
        6,
        6,
        -3,
        3,
        10,
        2.5,
        0.2,
        25,
        32,
    )
    assert (-k, +k, abs(-k), k // 2, k % 3, divmod(k, 2), divmod(11, k)) == (-5, 5, 5, 2, 2, (2, 1), (2, 1))
    assert type(k + 1) is type(k * k) is float
    assert k == 5.0 and k != 3.0 and 4 < k <= 5 and hash(k) == hash(5.0)
    assert (round(k / 2), math.floor(k), f"{k:.2f}") == (2, 5, "5.00")
    assert derived.value == 6.0


def test_numpy_uses_the_current_value() -> None:
    k = Constant("K", 3.0)
    k.set(5.0)
    np.testing.assert_array_equal(np.ones(2) * k, [5.0, 5.0])
    np.testing.assert_array_equal(np.array([k, 1.0]), [5.0, 1.0])
    assert np.float64(2.0) * k == 10.0
    assert np.sqrt(k) == math.sqrt(5.0)


def test_set_reaches_the_arrays_of_all_networks(network: FakeNetwork) -> None:
    k = Constant("K", 3.0)
    double = k.buffer(network)  # type: ignore[arg-type]
    setup(precision="float")
    other = FakeNetwork(1)
    single = k.buffer(other)  # type: ignore[arg-type]
    assert single is k.buffer(other)  # type: ignore[arg-type]
    assert (double.shape, double.dtype, single.dtype) == ((1,), np.float64, np.float32)
    assert (double[0], single[0], k.array[0]) == (3.0, 3.0, 3.0)
    k.set(0.1)
    assert (double[0], single[0], k.array[0]) == (0.1, np.float32(0.1), 0.1)


def test_set_for_one_network_only(network: FakeNetwork) -> None:
    k, other = Constant("K", 3.0), FakeNetwork(1)
    with pytest.raises(NotCompiledError) as caught:
        k.set(4.0, network=other)  # type: ignore[arg-type]
    assert isinstance(caught.value, ValueError)
    network.compiled = other.compiled = True
    buffers = [k.buffer(n) for n in (network, other)]  # type: ignore[arg-type]
    k.set(4.0, network=other)  # type: ignore[arg-type]
    assert [b[0] for b in buffers] == [3.0, 4.0]
    assert (k.value, k.value_in(network), k.value_in(other)) == (3.0, 3.0, 4.0)  # type: ignore[arg-type]
    k.set(5.0)
    assert [b[0] for b in buffers] == [5.0, 5.0]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("K", 1.0, 'Constant "K" already exists.'),
        ("2a", 1.0, "must be an identifier"),
        (3, 1.0, "must be an identifier"),
        ("lambda", 1.0, "has a meaning of its own"),
        ("dt", 1.0, "has a meaning of its own"),
        ("a", "1", "must be a number"),
        ("a", True, "must be a number"),
        ("a", float("nan"), "must be a number"),
    ],
)
def test_mistakes(name: Any, value: Any, message: str) -> None:
    Constant("K", 3.0)
    with pytest.raises(ConfigurationError, match=message):
        Constant(name, value)
    assert list(registry.constants) == ["K"]


def test_set_checks_the_value() -> None:
    k = Constant("K", 3.0)
    with pytest.raises(ConfigurationError, match='constant "K" must be a number'):
        k.set("4")  # type: ignore[arg-type]
    assert k.value == 3.0


def test_copies_are_numbers() -> None:
    k = Constant("K", 3.0)
    k.set(5.0)
    for twin in (copy.copy(k), copy.deepcopy(k), pickle.loads(pickle.dumps(k))):
        assert type(twin) is float and twin == 5.0


# Parameters that were declared as a constant


def as_declared(parameters: Any, network: Any) -> Population:
    return Population(3, Neuron(parameters, "r = 1"), network=network)


def test_parameters_declared_as_a_constant_follow_it(network: FakeNetwork) -> None:
    k = Constant("K", 3.0)
    parameters = {
        "named": "K",
        "itself": k,
        "each": Parameter(k, "local"),
        "n": Parameter("K", type=int),
        "derived": "2*K",
    }
    made = as_declared(parameters, network)
    text = as_declared("a = K : population", network)
    live = made.array("each")
    k.set(5.5)
    assert (made.named, made.itself, made.n, made.derived, text.a) == (5.5, 5.5, 5, 6.0, 5.5)
    assert live.tolist() == [5.5] * 3
    network.compile()
    k.set(7.0)
    assert (made.named, made.n, made.init["named"], live.tolist()) == (7.0, 7, 7.0, [7.0] * 3)
    made.reset()
    assert made.named == 7.0


def test_values_that_the_user_set_stay(network: FakeNetwork) -> None:
    k = Constant("K", 3.0)
    made = as_declared({"a": "K", "b": Parameter("K", "local")}, network)
    made.a = 4.0
    made.b = [3.0, 9.0, 3.0]
    k.set(5.0)
    assert (made.a, made.b.tolist()) == (4.0, [5.0, 9.0, 5.0])


def test_only_parameters_follow(network: FakeNetwork) -> None:
    k = Constant("K", 3.0)
    made = Population(2, Neuron("", "r = r : init = K"), network=network)  # type: ignore[arg-type]
    k.set(5.0)
    assert made.r.tolist() == [3.0, 3.0]


def test_projections_follow_too() -> None:
    k = Constant("K", 3.0)
    real = Network(seed=1)
    try:
        pre = Population(2, Neuron(equations="r = 1"), network=real)
        synapse = Synapse({"a": k, "s": Parameter("K", "semiglobal"), "b": k})
        made = Projection(pre, pre, "exc", synapse, network=real).connect_all_to_all(
            1.0, force_multiple_weights=True
        )
        made.b = 8.0
        assert made.a == 3.0
        k.set(4.0)
        assert made.a == 4.0
        real._connect_all()
        k.set(5.0)
        assert (made.a, made.b, made.s) == (5.0, 8.0, [5.0, 5.0])
        made._values.restore(["a", "s"])
        assert (made.a, made.s) == (5.0, [5.0, 5.0])
    finally:
        real.clear()


def test_parameters_of_one_network_follow(network: FakeNetwork) -> None:
    k, other = Constant("K", 3.0), FakeNetwork(1)
    registry.networks[1] = other  # type: ignore[assignment]
    here, there = as_declared("a = K", network), as_declared("a = K", other)
    network.compile()
    other.compile()
    k.set(4.0, network=other)  # type: ignore[arg-type]
    assert (here.a[0], there.a[0]) == (3.0, 4.0)
    k.set(5.0)
    assert (here.a[0], there.a[0]) == (5.0, 5.0)


# Constants of one network


def test_a_constant_of_one_network() -> None:
    Constant("K", 3.0)
    one, two = Network(), Network()
    try:
        own, far = one.constant("L", 2.0), two.constant("L", 4.0)
        hiding = two.constant("K", 9.0)
        assert (isinstance(own, Constant), own.name, own.value, get_constant("L")) == (True, "L", 2.0, None)
        assert (one.get_constant("L"), two.get_constant("L")) == (own, far)
        assert [c.value for c in one.get_constants()] == [3.0, 2.0]
        assert two.get_constant("K") is hiding
        model = Neuron({"a": "K + L"}, "r = f(1) + L", functions="f(x) = L * x")
        made = [as_population(model, n) for n in (one, two)]
        assert [p.a for p in made] == [5.0, 13.0]
        assert [p.f(10) for p in made] == [20.0, 40.0]
        own.set(7.0)
        assert [p.f(10) for p in made] == [70.0, 40.0]
        with pytest.raises(ModelError, match='Unknown name "L"'):
            as_population(Neuron(equations="r = L"), Network())
        with pytest.raises(ConfigurationError, match='Constant "L" already exists') as caught:
            one.constant("L", 1.0)
        assert caught.value.hint == "Change it with net.get_constant('L').set(value)."
        with pytest.raises(ConfigurationError, match='Constant "L" is not one of this network'):
            own.set(1.0, network=two)
    finally:
        for n in list(registry.networks.values()):
            if isinstance(n, Network):
                n.clear()


def as_population(model: Neuron, network: Network) -> Population:
    return Population(1, model, network=network)


def test_an_unknown_constant_of_a_network(capsys: pytest.CaptureFixture[str]) -> None:
    one = Network()
    assert one.get_constant("Q") is None
    assert "There is no constant named 'Q'" in "".join(capsys.readouterr())
    one.clear()


@pytest.mark.needs_compiler
def test_running_networks_use_their_own_constants() -> None:
    k = Constant("K", 3.0)
    nets = [Network(), Network()]
    try:
        own = [net.constant("L", float(i)) for i, net in enumerate(nets)]
        model = Neuron({"a": k}, ["r += a", "x += K + L"])
        made = [as_population(model, net) for net in nets]
        for net in nets:
            net.compile(silent=True)
            net.simulate(1.0)
        assert [(p.r[0], p.x[0]) for p in made] == [(3.0, 3.0), (3.0, 4.0)]
        k.set(5.0)
        own[1].set(10.0)
        k.set(6.0, network=nets[0])
        for net in nets:
            net.simulate(1.0)
        assert [(p.r[0], p.x[0]) for p in made] == [(9.0, 9.0), (8.0, 19.0)]
    finally:
        for net in nets:
            net.clear()

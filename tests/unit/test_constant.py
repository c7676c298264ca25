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
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.config import setup
from synloom.constant import Constant, get_constant
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

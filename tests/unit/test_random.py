"""Random distributions: spec 03, section 8.3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from synloom.codegen.errors import ConfigurationError
from synloom.random import (
    Binomial,
    DiscreteUniform,
    Exponential,
    Gamma,
    LogNormal,
    Normal,
    RandomDistribution,
    Uniform,
)
from tests.unit.fake_network import FakeNetwork, fake_default


@pytest.fixture(autouse=True)
def network() -> Iterator[FakeNetwork]:
    with fake_default() as fake:
        yield fake


SEEDED = [
    (Uniform(-1.0, 2.0, 7), lambda g, n: g.uniform(-1.0, 2.0, n)),
    (DiscreteUniform(2, 5, 7), lambda g, n: g.integers(2, 6, n)),
    (Normal(1.0, 2.0, seed=7), lambda g, n: g.normal(1.0, 2.0, n)),
    (Normal(1.0, 2.0, 0.0, 1.5, 7), lambda g, n: np.clip(g.normal(1.0, 2.0, n), 0.0, 1.5)),
    (LogNormal(0.5, 0.2, seed=7), lambda g, n: g.lognormal(0.5, 0.2, n)),
    (Exponential(4.0, seed=7), lambda g, n: g.exponential(0.25, n)),
    (Exponential(scale=4.0, seed=7), lambda g, n: g.exponential(4.0, n)),
    (Gamma(2.0, 3.0, seed=7), lambda g, n: g.gamma(2.0, 3.0, n)),
    (Gamma(2.0, max=1.0, seed=7), lambda g, n: np.minimum(g.gamma(2.0, 1.0, n), 1.0)),
    (Binomial(10, 0.3, 7), lambda g, n: g.binomial(10, 0.3, n)),
]


@pytest.mark.parametrize(("distribution", "numpy"), SEEDED, ids=lambda v: "" if callable(v) else str(v))
def test_an_explicit_seed_gives_the_stream_of_numpy(distribution: RandomDistribution, numpy: Any) -> None:
    generator = np.random.default_rng(7)
    for shape in (5, (2, 3), ()):
        np.testing.assert_array_equal(distribution.get_values(shape), numpy(generator, shape))
    assert distribution.get_list_values(3) == numpy(generator, 3).tolist()
    assert distribution.get_value() == numpy(generator, 1)[0]


def test_rng_wins_over_seed() -> None:
    values = Uniform(0, 1, seed=3, rng=np.random.default_rng(5)).get_values(4)
    np.testing.assert_array_equal(values, np.random.default_rng(5).uniform(0, 1, 4))


def test_what_was_chosen_is_known() -> None:
    rng = np.random.default_rng(3)
    assert (Uniform(0, 1, seed=3).seed, Uniform(0, 1, rng=rng).seed, Uniform(0, 1).seed) == (3, None, None)
    assert Uniform(0, 1, seed=3).chosen and Uniform(0, 1, rng=rng).chosen
    used = Uniform(0, 1)
    used.bind(rng)
    assert used.bound and not used.chosen, "a stream of the network is not one of the user"


def test_without_seed_each_object_has_its_own_child_stream(network: FakeNetwork) -> None:
    one, other = Uniform(0, 1), Uniform(0, 1)
    assert not one.bound
    first, second = one.get_values(4), other.get_values(4)
    children = np.random.default_rng(1).spawn(2)
    np.testing.assert_array_equal(first, children[0].uniform(0, 1, 4))
    np.testing.assert_array_equal(second, children[1].uniform(0, 1, 4))
    np.testing.assert_array_equal(one.get_values(2), children[0].uniform(0, 1, 2))


def test_a_network_hands_its_own_stream_once() -> None:
    distribution = Normal(0.0, 1.0)
    distribution.bind(np.random.default_rng(11))
    distribution.bind(np.random.default_rng(12))
    np.testing.assert_array_equal(distribution.get_values(3), np.random.default_rng(11).normal(0.0, 1.0, 3))
    seeded = Normal(0.0, 1.0, seed=2)
    seeded.bind(np.random.default_rng(12))
    np.testing.assert_array_equal(seeded.get_values(3), np.random.default_rng(2).normal(0.0, 1.0, 3))


def test_types_of_values() -> None:
    assert DiscreteUniform(1, 3, 1).get_values(4).dtype == np.int64
    assert isinstance(DiscreteUniform(1, 3, 1).get_value(), int)
    assert isinstance(Normal(0, 1, seed=1).get_value(), float)
    assert set(DiscreteUniform(1, 3, 1).get_list_values(100)) == {1, 2, 3}


def test_exponential_takes_a_rate() -> None:
    assert np.mean(Exponential(2.0, seed=1).get_values(200_000)) == pytest.approx(0.5, rel=0.01)
    assert Exponential(scale=4.0).Lambda == 0.25


def test_attributes_and_latex() -> None:
    normal = Normal(0.5, 2, min=0.0)
    assert (normal.mu, normal.sigma, normal.min, normal.max) == (0.5, 2, 0.0, None)
    assert normal.latex() == r"$\mathcal{N}$(0.5, 2)"
    assert Uniform(0, 1).latex() == DiscreteUniform(0, 1).latex() == r"$\mathcal{U}$(0, 1)"
    assert LogNormal(0, 1).latex() == r"$\ln\mathcal{N}$(0, 1)"
    assert Exponential(2.0).latex() == r"$\exp$(2.0)"
    assert Gamma(2.0, 1.5).latex() == r"$\Gamma$(2.0, 1.5)"
    assert Binomial(4, 0.5).latex() == r"$\mathcal{B}$(4, 0.5)"
    assert (Uniform(0, 1).get_cpp_args(), Binomial(4, 0.5).get_cpp_args()) == ((0, 1), (4, 0.5))
    assert (
        normal.keywords()
        == RandomDistribution.keywords()
        == [
            "Uniform",
            "DiscreteUniform",
            "Normal",
            "LogNormal",
            "Exponential",
            "Gamma",
            "Binomial",
        ]
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Uniform(2, 1), "min must not be greater than max"),
        (lambda: DiscreteUniform(2, 1), "min must not be greater than max"),
        (lambda: DiscreteUniform(0, 1.5), "max must be a 64-bit integer"),
        (lambda: Normal(0.0, -1.0), "sigma must not be negative"),
        (lambda: LogNormal(0.0, -1.0), "sigma must not be negative"),
        (lambda: Normal(0.0, 1.0, min=2.0, max=1.0), "min must not be greater than max"),
        (lambda: Exponential(-1.0), "Lambda must not be negative"),
        (lambda: Exponential(), "either Lambda"),
        (lambda: Exponential(1.0, scale=1.0), "either Lambda"),
        (lambda: Gamma(-1.0), "alpha must not be negative"),
        (lambda: Binomial(-1, 0.5), "n must not be negative"),
        (lambda: Binomial(5, 1.5), "p must be from 0 to 1"),
        (lambda: Uniform("0", 1), "min must be a finite number"),
        (lambda: Uniform(0, float("inf")), "max must be a finite number"),
        (lambda: Normal(float("nan"), 1.0), "mu must be a finite number"),
        (lambda: Uniform(0, 1, seed="a"), "seed must be a non-negative integer"),
        (lambda: Uniform(0, 1, seed=-1), "seed must be a non-negative integer"),
        (lambda: Uniform(0, 1, rng=3), "rng must be a numpy.random.Generator"),
        (lambda: Uniform(0, 1).get_values("3"), "a shape is an int or a tuple of ints"),
        (lambda: Uniform(0, 1).get_values((2, -1)), "a shape is an int or a tuple of ints"),
    ],
)
def test_mistakes(make: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make()

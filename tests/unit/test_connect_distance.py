"""Connectors by distance against loops over all pairs."""

from __future__ import annotations

import math
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.built import RELAY, built, projection

import synloom as sl
from synloom.codegen.errors import ConfigurationError
from synloom.connect import distance

Kernel = Callable[[float], float]

GEOMETRIES = st.integers(1, 3).flatmap(
    lambda d: st.tuples(*[st.lists(st.integers(1, 4), min_size=d, max_size=d).map(tuple)] * 2)
)
AMPLITUDES = st.one_of(st.just(0.0), st.floats(0.1, 3.0), st.floats(-3.0, -0.1))
WIDTHS, LIMITS = st.floats(0.05, 2.0), st.sampled_from([0.0, 0.01, 0.3, 1.0, 2.0])


def place(rank: int, geometry: tuple[int, ...]) -> list[float]:
    """Coordinates of a rank from 0 to 1 along each axis."""
    found = np.unravel_index(rank, geometry)
    return [int(c) / (n - 1) if n > 1 else 0.0 for c, n in zip(found, geometry, strict=True)]


def loop(pre: tuple[int, ...], post: tuple[int, ...], kernel: Kernel, threshold: float) -> np.ndarray:
    """The matrix of weights, NaN where there is no synapse, pair by pair."""
    weights = np.full((math.prod(post), math.prod(pre)), np.nan)
    targets, sources = ([place(rank, g) for rank in range(math.prod(g))] for g in (post, pre))
    for i, j in np.ndindex(weights.shape):
        weight = kernel(sum((a - b) ** 2 for a, b in zip(targets[i], sources[j], strict=True)))
        if abs(weight) > threshold:
            weights[i, j] = weight
    return weights


def same(proj: Any, expected: np.ndarray, threshold: float, rounding: float = 0.0) -> bool:
    """Whether the synapses are those expected; those within rounding of the threshold do not count.

    ``rounding``: that of a difference, which cancellation leaves where the difference itself is small.
    """
    found = built(proj).connectivity_matrix(np.nan)
    settled = np.abs(np.abs(np.where(np.isnan(found), expected, found)) - threshold) > 1e-12
    settled |= np.isnan(found) & np.isnan(expected)
    return bool(np.allclose(found[settled], expected[settled], rtol=1e-13, atol=rounding, equal_nan=True))


@given(GEOMETRIES, AMPLITUDES, WIDTHS, LIMITS)
def test_gaussian(geometries: Any, amp: float, sigma: float, limit: float) -> None:
    pre, post = geometries
    threshold = limit * abs(amp)
    expected = loop(pre, post, lambda d: amp * math.exp(-d / (2 * sigma**2)), threshold)
    assert same(projection(pre, post).connect_gaussian(amp, sigma, limit=limit), expected, threshold)


@given(GEOMETRIES, AMPLITUDES, WIDTHS, AMPLITUDES, WIDTHS, LIMITS)
def test_dog(geometries: Any, plus: float, near: float, minus: float, far: float, limit: float) -> None:
    pre, post = geometries
    threshold = limit * abs(plus - minus)

    def kernel(d: float) -> float:
        return plus * math.exp(-d / (2 * near**2)) - minus * math.exp(-d / (2 * far**2))

    proj = projection(pre, post).connect_dog(plus, near, minus, far, limit=limit)
    rounding = 4 * np.finfo(float).eps * (abs(plus) + abs(minus))
    assert same(proj, loop(pre, post, kernel, threshold), threshold, rounding)


def test_the_numbers_of_the_specification() -> None:
    gaussian = built(projection(5, 3).connect_gaussian(2.0, 0.3))
    assert gaussian.dendrite(0).pre_ranks == [0, 1, 2, 3]
    assert gaussian.dendrite(0).w == pytest.approx([2.0, 1.41330, 0.49870, 0.08787], abs=5e-6)
    dog = built(projection(5, 3).connect_dog(1.0, 0.2, 0.3, 0.7))
    assert dog.dendrite(0).w == pytest.approx([0.7, 0.17637, -0.18851, -0.16810, -0.10813], abs=5e-6)


@pytest.mark.parametrize("geometry", [(300,), (40, 40), (2, 700), (700, 2), (9, 8, 7)])
@pytest.mark.parametrize("sigma", [0.004, 0.05, 0.7])
def test_blocks_leave_nothing_out(geometry: tuple[int, ...], sigma: float) -> None:
    found = built(projection(geometry, geometry).connect_gaussian(1.0, sigma)).connectivity_matrix()
    places = np.array([place(rank, geometry) for rank in range(math.prod(geometry))])
    squares = sum((places[:, None, axis] - places[None, :, axis]) ** 2 for axis in range(len(geometry)))
    weights = np.exp(-squares / (2 * sigma**2))
    assert np.allclose(found, np.where(weights > 0.01, weights, 0.0), rtol=1e-13, atol=0.0)


def test_a_negative_amplitude_keeps_the_near_synapses() -> None:
    up, down = (built(projection(9, 9).connect_gaussian(a, 0.2)).connectivity_matrix() for a in (1.5, -1.5))
    assert np.array_equal(up, -down) and (up > 0).any() and (up == 0).any()


def test_equal_amplitudes_keep_all_that_is_not_zero() -> None:
    proj = built(projection(5, 5).connect_dog(1.0, 0.2, 1.0, 0.7))
    assert proj.nb_synapses == 20, "the difference is zero for the neuron opposite only"


@pytest.mark.parametrize("selves", [False, True])
def test_self_connections(selves: bool) -> None:
    population = sl.Population((4, 3), RELAY, network=sl.Network(seed=1))
    for rule, arguments in (("gaussian", (1.0, 0.5)), ("dog", (1.0, 0.5, 0.2, 0.9))):
        proj = sl.Projection(population, population, "exc")
        getattr(proj, rule)(*arguments, allow_self_connections=selves, limit=0.0)
        assert built(proj).nb_synapses == (144 if selves else 132)


def test_delays_and_a_format() -> None:
    proj = projection((3, 3), (3, 3)).connect_gaussian(
        1.0, 0.4, delays=sl.Uniform(1, 6), storage_format="csr"
    )
    assert built(proj).uniform_delay == -1 and proj.max_delay <= 6
    assert built(projection(3, 3).connect_dog(1.0, 0.4, 0.5, 1.0, delays=3.0)).delay == 3.0


def test_names_and_descriptions() -> None:
    proj = projection(3, 3).connect_gaussian(1.0, 0.5, limit=0.1)
    assert proj.connector_name == "Gaussian"
    assert proj.connector_description == "Gaussian, amplitude 1.0, sigma 0.5, delays 0.0"
    proj = projection(3, 3).connect_dog(1.0, 0.5, 0.3, 0.7, delays=2.0)
    assert proj.connector_name == "Difference-of-Gaussian"
    assert (
        proj.connector_description
        == "Difference-of-Gaussian, A+ 1.0, sigma+ 0.5, A- 0.3, sigma- 0.7, delays 2.0"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"sigma": 0.0}, "sigma must be greater than 0; it is 0.0"),
        ({"sigma": -1}, "sigma must be greater than 0; it is -1.0"),
        ({"amp": "1"}, "amp must be a finite number, not '1'"),
        ({"amp": float("nan")}, "amp must be a finite number, not nan"),
        ({"amp": sl.Uniform(0, 1)}, "amp must be a finite number"),
        ({"limit": -0.1}, "limit must not be negative; it is -0.1"),
        ({"delays": -1.0}, "delays must not be negative"),
    ],
)
def test_mistakes_in_arguments(arguments: dict[str, Any], said: str) -> None:
    proj = projection(3, 3)
    with pytest.raises(ConfigurationError, match=f"'ff': {said}"):
        proj.connect_gaussian(**({"amp": 1.0, "sigma": 1.0} | arguments))
    assert proj.connector_name is None


def test_dog_names_the_argument_that_is_wrong() -> None:
    with pytest.raises(ConfigurationError, match="'ff': sigma_neg must be greater than 0; it is 0.0"):
        projection(3, 3).connect_dog(1.0, 1.0, 1.0, 0.0)
    with pytest.raises(ConfigurationError, match="'ff': amp_neg must be a finite number, not None"):
        projection(3, 3).connect_dog(1.0, 1.0, None, 1.0)


def test_dimensions_must_agree() -> None:
    said = "'ff': pre has 1 and post 2 dimensions; distances need the same number"
    with pytest.raises(ConfigurationError, match=said) as caught:
        projection(9, (3, 3)).connect_gaussian(1.0, 1.0)
    assert caught.value.hint == "give the populations geometries such as (10, 1)"


def test_views_are_refused() -> None:
    network = sl.Network(seed=1)
    a, b = sl.Population(4, RELAY, network=network), sl.Population(4, RELAY, network=network)
    with pytest.raises(ConfigurationError, match="'ff': post is a view") as caught:
        sl.Projection(a, b[:2], "exc", name="ff").connect_gaussian(1.0, 1.0)
    assert caught.value.hint == "use connect_with_func() for views"


def test_memory_grows_with_synapses_not_with_pairs() -> None:
    proj = projection((90, 90), (90, 90))
    tracemalloc.start()
    proj.connect_gaussian(1.0, 0.02)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    built(proj)
    assert proj.nb_synapses < 90**4 / 80
    assert peak < 2.5 * (proj.store.nbytes + proj.state["w"].nbytes) + 6 * 8 * distance.BLOCK

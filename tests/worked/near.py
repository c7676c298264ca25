"""How worked numbers are compared: the specification prints ten significant digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import synloom as sl


def near(actual: object, expected: object) -> None:
    """Compare with numbers printed to ten digits; shapes must agree up to axes of length one."""
    found, wanted = np.squeeze(np.asarray(actual, float)), np.squeeze(np.asarray(expected, float))
    assert found.shape == wanted.shape, f"shape {found.shape}, expected {wanted.shape}"
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-10)


def step_by_step(steps: int, read: Callable[[], Any]) -> list[Any]:
    """Call ``read`` after each of ``steps`` single steps."""
    found = []
    for _ in range(steps):
        sl.step()
        found.append(read())
    return found


def counting(name: str, start: Sequence[float] = (0.0, 10.0)) -> Any:
    """SRC of the worked cases: ``r(n) = n + 1 + start``."""
    source = sl.Population(len(start), sl.Neuron(equations="c += 1.0 ; r = c"), name=name)
    source.c = list(start)
    return source


def relay(name: str, size: int = 1) -> Any:
    """Make a population that shows what it receives: ``r = sum(exc)``."""
    return sl.Population(size, sl.Neuron(equations="r = sum(exc)"), name=name)


def connected(pre: Any, post: Any, weights: object, target: str = "exc", **options: Any) -> Any:
    """Make a projection with these weights: rows are post neurons, None is no synapse.

    ``delays`` goes to the connector, all else to the projection.
    """
    connector = {key: options.pop(key) for key in ("delays", "storage_format") if key in options}
    projection = sl.Projection(pre, post, target, **options)
    projection.connect_from_matrix(weights, **connector)
    return projection

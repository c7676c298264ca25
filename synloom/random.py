"""Random distributions for initial values, weights, delays and assignments.

The same names inside the text of equations are drawn by the running network, not by these classes.
"""

from __future__ import annotations

import math
import numbers
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from synloom import registry
from synloom.codegen.errors import ConfigurationError

Shape = int | tuple[int, ...]


class RandomDistribution(ABC):
    """Common base of the distributions.

    With ``seed`` (or ``rng``, which wins) values are those of ``numpy.random.default_rng(seed)`` exactly.
    Without, the object gets a stream of its own at its first draw: a child of the seed of the network it is
    used in, of the default network if it is used in none.

    Attributes
    ----------
    seed : int or None
        As it was given.
    rng : numpy.random.Generator
        The stream that values come from.
    chosen : bool
        Whether the user gave the stream, by ``seed`` or ``rng``.
    """

    symbol = ""  # LaTeX

    def __init__(self, seed: int | None, rng: np.random.Generator | None) -> None:
        if rng is not None and not isinstance(rng, np.random.Generator):
            raise ConfigurationError(
                f"{self._kind}: rng must be a numpy.random.Generator, not {type(rng).__name__}.",
                hint="Make one with numpy.random.default_rng(seed).",
            )
        if seed is not None and (not isinstance(seed, numbers.Integral) or seed < 0):
            raise ConfigurationError(f"{self._kind}: the seed must be a non-negative integer, not {seed!r}.")
        self.seed = seed
        self._rng = rng if rng is not None or seed is None else np.random.default_rng(int(seed))
        self.chosen = self._rng is not None  # by the user

    def __getstate__(self) -> dict[str, Any]:
        """A copy in another network draws from a stream of that one, unless the user gave one."""
        return self.__dict__ if self.chosen else {**self.__dict__, "_rng": None}

    @property
    def _kind(self) -> str:
        return f"{type(self).__name__}()"

    @property
    def bound(self) -> bool:
        """Whether the stream is decided already: by ``seed``, by ``rng``, or by a first use."""
        return self._rng is not None

    def bind(self, rng: np.random.Generator) -> None:
        """Draw from ``rng``, unless the stream is decided already."""
        if self._rng is None:
            self._rng = rng

    @property
    def rng(self) -> np.random.Generator:
        if self._rng is None:
            self._rng = registry.default_network().spawn_rng()
        return self._rng

    @abstractmethod
    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        """Values before clipping."""

    @abstractmethod
    def _arguments(self) -> tuple[float, ...]:
        """What LaTeX shows in parentheses."""

    def get_values(self, shape: Shape) -> npt.NDArray[Any]:
        """An array of values, of a length or a shape."""
        lengths = shape if isinstance(shape, tuple | list) else (shape,)
        if not all(isinstance(n, numbers.Integral) and n >= 0 for n in lengths):
            raise ConfigurationError(f"{self._kind}: a shape is an int or a tuple of ints, not {shape!r}.")
        return self._draw(tuple(int(n) for n in lengths))

    def get_list_values(self, size: int) -> list[Any]:
        """A list of ``size`` values."""
        values: list[Any] = self.get_values(size).tolist()
        return values

    def get_value(self) -> Any:
        """One value."""
        return self.get_values(1)[0].item()

    @staticmethod
    def keywords() -> list[str]:
        """The names of all distributions."""
        return list(DISTRIBUTIONS)

    def latex(self) -> str:
        """How reports write the distribution."""
        return f"${self.symbol}$({', '.join(map(str, self._arguments()))})"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(str, self._arguments()))})"

    def _number(self, name: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
            raise ConfigurationError(f"{self._kind}: {name} must be a finite number, not {value!r}.")
        return int(value) if isinstance(value, numbers.Integral) else float(value)

    def _integer(self, name: str, value: object) -> int:
        number = self._number(name, value)
        if number != int(number) or not -(2**63) <= number < 2**63:
            raise ConfigurationError(f"{self._kind}: {name} must be a 64-bit integer, not {value!r}.")
        return int(number)

    def _positive(self, name: str, value: object) -> float:
        number = self._number(name, value)
        if number < 0:
            raise ConfigurationError(f"{self._kind}: {name} must not be negative; it is {number}.")
        return number

    def _ordered(self, low: float, high: float) -> None:
        if low > high:
            raise ConfigurationError(
                f"{self._kind}: min must not be greater than max; they are {low} and {high}."
            )


class _Clipped(RandomDistribution):
    """A distribution whose values outside ``min`` and ``max`` are set to the bound, not drawn again."""

    def __init__(
        self, min: float | None, max: float | None, seed: int | None, rng: np.random.Generator | None
    ) -> None:
        super().__init__(seed, rng)
        self.min = self._bound("min", min)
        self.max = self._bound("max", max)
        if self.min is not None and self.max is not None:
            self._ordered(self.min, self.max)

    def _bound(self, name: str, value: float | None) -> float | None:
        unbounded = isinstance(value, numbers.Real) and math.isinf(value)
        return None if value is None or unbounded else self._number(name, value)

    def get_values(self, shape: Shape) -> npt.NDArray[Any]:
        values = super().get_values(shape)
        if self.min is None and self.max is None:
            return values
        clipped: npt.NDArray[Any] = np.clip(values, self.min, self.max)
        return clipped


class Uniform(RandomDistribution):
    """Reals in [min, max), all alike.

    Parameters
    ----------
    min, max : float
    seed : int, optional
    rng : numpy.random.Generator, optional
    """

    symbol = r"\mathcal{U}"

    def __init__(
        self, min: float, max: float, seed: int | None = None, *, rng: np.random.Generator | None = None
    ) -> None:
        super().__init__(seed, rng)
        self.min, self.max = self._number("min", min), self._number("max", max)
        self._ordered(self.min, self.max)

    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        return self.rng.uniform(self.min, self.max, shape)

    def _arguments(self) -> tuple[float, ...]:
        return self.min, self.max

    get_cpp_args = _arguments


class DiscreteUniform(RandomDistribution):
    """Integers from ``min`` to ``max``, both included, all alike.

    Parameters
    ----------
    min, max : int
    seed : int, optional
    rng : numpy.random.Generator, optional
    """

    symbol = r"\mathcal{U}"

    def __init__(
        self, min: int, max: int, seed: int | None = None, *, rng: np.random.Generator | None = None
    ) -> None:
        super().__init__(seed, rng)
        self.min, self.max = self._integer("min", min), self._integer("max", max)
        self._ordered(self.min, self.max)

    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        return self.rng.integers(self.min, self.max + 1, shape)

    def _arguments(self) -> tuple[float, ...]:
        return self.min, self.max


class _Gaussian(_Clipped):
    """Parameters of a normal distribution, and what both that are made of one do with them."""

    def __init__(
        self,
        mu: float,
        sigma: float,
        min: float | None = None,
        max: float | None = None,
        seed: int | None = None,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(min, max, seed, rng)
        self.mu, self.sigma = self._number("mu", mu), self._positive("sigma", sigma)

    def _arguments(self) -> tuple[float, ...]:
        return self.mu, self.sigma

    get_cpp_args = _arguments


class Normal(_Gaussian):
    """The normal distribution.

    Parameters
    ----------
    mu, sigma : float
        Mean and standard deviation.
    min, max : float, optional
        Values outside are set to the bound.
    seed : int, optional
    rng : numpy.random.Generator, optional
    """

    symbol = r"\mathcal{N}"

    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        return self.rng.normal(self.mu, self.sigma, shape)


class LogNormal(_Gaussian):
    """The exponential of a normal distribution.

    Parameters
    ----------
    mu, sigma : float
        Mean and standard deviation of the underlying normal distribution.
    min, max : float, optional
        Values outside are set to the bound.
    seed : int, optional
    rng : numpy.random.Generator, optional
    """

    symbol = r"\ln\mathcal{N}"

    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        return self.rng.lognormal(self.mu, self.sigma, shape)


class Exponential(_Clipped):
    """Density ``Lambda * exp(-Lambda * x)``: ``Lambda`` is a rate and the mean is ``1 / Lambda``.

    Parameters
    ----------
    Lambda : float
        Rate, as in equations. Some simulators take the argument of this class as the mean.
    min, max : float, optional
        Values outside are set to the bound.
    seed : int, optional
    rng : numpy.random.Generator, optional
    scale : float, optional
        The mean, instead of ``Lambda``.
    """

    symbol = r"\exp"

    def __init__(
        self,
        Lambda: float | None = None,
        min: float | None = None,
        max: float | None = None,
        seed: int | None = None,
        *,
        rng: np.random.Generator | None = None,
        scale: float | None = None,
    ) -> None:
        super().__init__(min, max, seed, rng)
        if (Lambda is None) == (scale is None):
            raise ConfigurationError("Exponential(): give either Lambda, the rate, or scale, the mean.")
        if scale is None:
            self.Lambda = self._positive("Lambda", Lambda)
            self.scale = 1.0 / self.Lambda if self.Lambda else math.inf
        else:
            self.scale = self._positive("scale", scale)
            self.Lambda = 1.0 / self.scale if self.scale else math.inf

    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        return self.rng.exponential(self.scale, shape)

    def _arguments(self) -> tuple[float, ...]:
        return (self.Lambda,)


class Gamma(_Clipped):
    """The gamma distribution with mean ``alpha * beta``.

    Parameters
    ----------
    alpha : float
        Shape.
    beta : float, default 1.0
        Scale.
    min, max : float, optional
        Values outside are set to the bound.
    seed : int, optional
    rng : numpy.random.Generator, optional
    """

    symbol = r"\Gamma"

    def __init__(
        self,
        alpha: float,
        beta: float = 1.0,
        min: float | None = None,
        max: float | None = None,
        seed: int | None = None,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        super().__init__(min, max, seed, rng)
        self.alpha, self.beta = self._positive("alpha", alpha), self._positive("beta", beta)

    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        return self.rng.gamma(self.alpha, self.beta, shape)

    def _arguments(self) -> tuple[float, ...]:
        return self.alpha, self.beta


class Binomial(RandomDistribution):
    """Number of successes in ``n`` trials of probability ``p``.

    Parameters
    ----------
    n : int
    p : float
        From 0 to 1.
    seed : int, optional
    rng : numpy.random.Generator, optional
    """

    symbol = r"\mathcal{B}"

    def __init__(
        self, n: int, p: float, seed: int | None = None, *, rng: np.random.Generator | None = None
    ) -> None:
        super().__init__(seed, rng)
        self.n, self.p = self._integer("n", n), self._positive("p", p)
        self._positive("n", n)
        if self.p > 1:
            raise ConfigurationError(f"Binomial(): p must be from 0 to 1; it is {self.p}.")

    def _draw(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        return self.rng.binomial(self.n, self.p, shape)

    def _arguments(self) -> tuple[float, ...]:
        return self.n, self.p

    get_cpp_args = _arguments


DISTRIBUTIONS: Mapping[str, Callable[..., RandomDistribution]] = {
    c.__name__: c for c in (Uniform, DiscreteUniform, Normal, LogNormal, Exponential, Gamma, Binomial)
}

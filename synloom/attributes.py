"""What populations, views and single neurons share: values of attributes in and out, and initial values."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, assert_never

import numpy as np
import numpy.typing as npt

from synloom import registry
from synloom.codegen.description import NeuronDescription, SynapseDescription
from synloom.codegen.errors import ConfigurationError, ModelError, SourceText
from synloom.codegen.evaluate import evaluate
from synloom.codegen.ir.expr import Cast, Draw, Expr, Var
from synloom.codegen.ir.model import Attribute
from synloom.codegen.ir.types import DType, Scope
from synloom.codegen.lang.names import suggestion
from synloom.random import DISTRIBUTIONS, RandomDistribution

if TYPE_CHECKING:
    from synloom.network import Network

Array = npt.NDArray[Any]
Given = Mapping[tuple[str, int], RandomDistribution]  # argument and offset of the call that stands for it
SIZE_OF_INT = 2.0**63


class UnknownAttributeError(ConfigurationError, AttributeError):
    """A name that is neither an attribute of the model nor of the Python object."""


def unknown(name: str, owner: str, known: Iterable[str]) -> UnknownAttributeError:
    """The error for a wrong name, with the nearest right ones."""
    names = list(known)
    hint = suggestion(name, names) or f"Its attributes are: {', '.join(names) or 'none'}."
    return UnknownAttributeError(f'{owner} has no attribute "{name}".', hint=hint)


def pairs(values: object) -> Mapping[str, Any]:
    """What ``set()`` was given, if it is a dictionary."""
    if not isinstance(values, Mapping):
        raise ConfigurationError(f"set() takes a dictionary of names and values, not {values!r}.")
    return values


def numpy_type(dtype: DType, real: npt.DTypeLike) -> np.dtype[Any]:
    """How values of a type are stored; ``real`` is the network's precision."""
    match dtype:
        case DType.REAL:
            return np.dtype(real)
        case DType.INT:
            return np.dtype(np.int64)
        case DType.BOOL:
            return np.dtype(np.bool_)
        case DType.INT32:
            return np.dtype(np.int32)
        case DType.UINT16:
            return np.dtype(np.uint16)
        case _:
            assert_never(dtype)


def snapshot(stored: Array) -> Array:
    """A copy for the user: reals always in double precision."""
    return stored.astype(np.float64) if stored.dtype.kind == "f" else stored.copy()


def one_value(value: object, stored: Array, network: Network, what: str) -> Any:
    """A scalar given by the user, as ``stored`` keeps it. A distribution gives one draw."""
    if isinstance(value, RandomDistribution):
        value = draw(value, (), network)
    array = _numbers(value, what)
    if array.ndim:
        raise ConfigurationError(f"{what} takes a single number, not {_describe(value)}.")
    return _cast(array, stored.dtype, what)[()]


def many_values(
    value: object,
    size: int,
    stored: Array,
    network: Network,
    what: str,
    shapes: Collection[tuple[int, ...]] | None = None,
) -> Array:
    """Values given by the user for ``size`` elements, as ``stored`` keeps them: a scalar or a flat array.

    Accepted are a number, a distribution (one draw per element) and whatever has ``size`` numbers, of one of
    the ``shapes`` if these are given.
    """
    if isinstance(value, RandomDistribution):
        value = draw(value, size, network)
    array = _numbers(value, what)
    if array.ndim and (array.size != size or (shapes is not None and array.shape not in shapes)):
        expected = " or ".join(map(str, shapes)) if shapes else f"{size} numbers"
        raise ConfigurationError(
            f"{what}: the value has the wrong size.",
            hint=f"Give a number or {expected}, not {_describe(value)}.",
        )
    return _cast(array.reshape(-1) if array.ndim else array, stored.dtype, what)


def draw(distribution: RandomDistribution, shape: int | tuple[int, ...], network: Network) -> Array:
    """Values of a distribution; its stream is the network's unless it has one."""
    if not distribution.bound:
        distribution.bind(network.spawn_rng())
    return distribution.get_values(shape)


def as_numbers(value: object) -> Array | None:
    """An array of numbers or truth values; None for anything else, and for rows of different lengths."""
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biuf" else None


def _numbers(value: object, what: str) -> Array:
    array = as_numbers(value)
    if array is None:
        raise ConfigurationError(
            f"{what} cannot be set to {_describe(value)}.",
            hint="Give a number, a list or array of numbers, or a random distribution.",
        )
    return array


def _cast(array: Array, dtype: np.dtype[Any], what: str) -> Array:
    if dtype.kind == "b":
        return np.not_equal(array, 0)
    if dtype.kind == "i" and array.dtype.kind in "fu" and not np.all(np.abs(array) < SIZE_OF_INT):
        raise ConfigurationError(f"{what} is an int and cannot hold NaN, infinity or a number that large.")
    with np.errstate(over="ignore"):  # beyond single precision is infinity
        return array.astype(dtype)  # truncates toward zero from float to int


def _describe(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and type {value.dtype}"
    if isinstance(value, list | tuple):
        return f"a {type(value).__name__} of length {len(value)}"
    return f"{value!r} ({type(value).__name__})"


def given_values(description: NeuronDescription | SynapseDescription) -> Given:
    """The distributions that a model was given as objects."""
    texts = (getattr(description, f.name) for f in fields(description))
    return {
        (text.argument, offset): value
        for text in texts
        if isinstance(text, SourceText)
        for offset, value in text.given
        if isinstance(value, RandomDistribution)
    }


def initial_values(
    attribute: Attribute,
    count: int,
    known: Mapping[str, Array],
    real: npt.DTypeLike,
    spawn: Callable[[], np.random.Generator],
    constant: Callable[[str], float],
    given: Given,
) -> Array:
    """The declared value of an attribute, evaluated: shape (count,), cast to its type.

    Parameters
    ----------
    attribute : Attribute
    count : int
        Number of values: 1 for a global attribute. A random distribution is drawn once for each.
    known : mapping
        Attributes of the same model that have their values already.
    real : dtype
        The network's precision.
    spawn : callable
        Gives the random stream of one distribution in the text.
    constant : callable
        Gives the value of a constant by name.
    given : mapping
        Distributions that stand for calls in the text.

    Raises
    ------
    ModelError
        The value depends on one that is not known, or does not fit its type.
    """

    def lookup(leaf: Expr) -> Any:
        match leaf:
            case Var(scope=Scope.CONSTANT, name=name):
                return constant(name)
            case Var(scope=Scope.SELF, name=name) if name in known and known[name].size in (1, count):
                return known[name] if known[name].size > 1 else known[name][0]
            case Draw():
                arguments = [evaluate(argument, lookup) for argument in leaf.args]
                place = (leaf.origin.source.argument, leaf.origin.start) if leaf.origin else ("", -1)
                if place in given:
                    return _sample_object(given[place], count, spawn())
                return _sample(leaf, arguments, count, spawn())
            case _:
                raise ModelError(
                    f'The initial value of "{attribute.name}" depends on something that has no value yet.',
                    leaf.origin or attribute.origin,
                    "Use numbers, constants, parameters declared before, or random distributions.",
                )

    init = attribute.init
    if isinstance(init, Cast):  # cast here, where a value that does not fit is refused
        init = init.arg
    values = np.asarray(evaluate(init, lookup, registry.functions))
    try:
        cast = _cast(values, numpy_type(attribute.dtype, real), f'"{attribute.name}"')
    except ConfigurationError as error:
        raise ModelError(error.message, attribute.origin) from None
    return np.broadcast_to(cast, count)


def _sample_object(distribution: RandomDistribution, count: int, rng: np.random.Generator) -> Array:
    """Values of an object that a model keeps: many populations may use it, each with a stream of its own."""
    if not distribution.bound:
        distribution = copy.copy(distribution)
        distribution.bind(rng)
    return distribution.get_values(count)


def _sample(draw: Draw, arguments: list[Any], count: int, rng: np.random.Generator) -> Array:
    if any(np.ndim(argument) for argument in arguments):
        raise ModelError(
            f"The arguments of {draw.distribution}() must be single numbers.",
            draw.origin,
            "Use numbers, constants and global attributes.",
        )
    try:
        return DISTRIBUTIONS[draw.distribution](*arguments, rng=rng).get_values(count)
    except ConfigurationError as error:
        raise ModelError(error.message, draw.origin, error.hint) from None

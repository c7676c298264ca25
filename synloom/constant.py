"""Constants: named numbers that every equation can use and that may change while a network runs."""

from __future__ import annotations

import keyword
import math
import numbers
import operator
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from synloom import registry
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.following import follow

if TYPE_CHECKING:
    from synloom.network import Network

RESERVED = ("t", "dt", "t_pre", "t_post", "t_last", "pre", "post")


class _NotCompiledValueError(NotCompiledError, ValueError):
    """Both: scripts of other simulators catch ``ValueError`` here."""


class Constant(float):
    """A number with a name, usable in the equations of all models.

    Arithmetic, comparisons, ``float()`` and NumPy use the current value and give plain floats, so a constant
    computed from another does not follow its later changes. Functions of the ``math`` module and ``"%g" % K``
    read the memory of a Python float, which cannot change: they see the value at construction. Write
    ``K.value`` there.

    Parameters
    ----------
    name : str
        Unique in the process. A parameter or variable of the same name hides it inside a model. For a constant of
        one network only, see ``Network.constant``.
    value : float

    Attributes
    ----------
    name : str
    value : float
        The current value.
    array : numpy.ndarray
        Shape (1,), float64: the current value. Running networks read a copy, see ``buffer``.

    Raises
    ------
    ConfigurationError
        The name is taken or cannot be used in equations, or the value is not a number.
    """

    name: str
    array: npt.NDArray[np.float64]

    def __new__(cls, name: str, value: float) -> Constant:
        """Check, make and register."""
        _check_name(name, registry.constants)
        constant = registry.constants[name] = cls._make(name, value)
        return constant

    @classmethod
    def _make(cls, name: str, value: float) -> Constant:
        number = _number(name, value)
        constant = super().__new__(cls, number)
        constant.name = name
        constant.array = np.full(1, number)
        constant._buffers = WeakKeyDictionary()
        return constant

    _buffers: WeakKeyDictionary[Network, npt.NDArray[Any]]

    @property
    def value(self) -> float:
        return float(self.array[0])

    def set(self, value: float, network: Network | None = None) -> None:
        """Change the value: in all networks, or in one compiled network only.

        A running network sees it from its next step on. Parameters that were declared as this very constant
        (``a = K``) follow, wherever their value is still the constant's. ``value`` follows only a change for all.

        Raises
        ------
        ConfigurationError
            Not a number, or ``network`` does not know this constant.
        NotCompiledError
            ``network`` is not compiled yet. (It is a ``ValueError``, too.)
        """
        number = _number(self.name, value)
        if network is None:
            for seeing in registry.networks.values():
                if visible_constants(seeing).get(self.name) is self:
                    follow(seeing, self.name, self.value_in(seeing), number)
            self.array[0] = number
            for own in self._buffers.values():
                own[0] = number
        elif visible_constants(network).get(self.name) is not self:
            raise ConfigurationError(f'Constant "{self.name}" is not one of this network.')
        elif network.compiled:
            follow(network, self.name, self.value_in(network), number)
            self.buffer(network)[0] = number
        else:
            raise _NotCompiledValueError(
                f'Constant "{self.name}" can be set for one network only after its compilation.',
                hint="Call set(value) without network to set it for all.",
            )

    def buffer(self, network: Network) -> npt.NDArray[Any]:
        """The (1,) array, of the network's precision, that ``network`` reads this constant from."""
        if network not in self._buffers:
            self._buffers[network] = np.full(1, self.value, network.real)
        return self._buffers[network]

    def value_in(self, network: Network | None) -> float:
        """The value that ``network`` computes with; the common one if it has none of its own."""
        own = None if network is None else self._buffers.get(network)
        return self.value if own is None else float(own[0])

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return repr(self.value)

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)

    def __int__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __hash__(self) -> int:
        return hash(self.value)

    def __round__(self, ndigits: Any = None) -> Any:
        return round(self.value, ndigits)

    def __reduce__(self) -> tuple[type[float], tuple[float]]:
        """A copy or an unpickled constant is a plain number."""
        return float, (self.value,)

    def __reduce_ex__(self, _protocol: Any) -> tuple[type[float], tuple[float]]:
        return self.__reduce__()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        plain = (x.value if isinstance(x, Constant) else x for x in inputs)
        return getattr(ufunc, method)(*plain, **options)


def get_constant(name: str) -> Constant | None:
    """The constant of this name, or None."""
    return registry.constants.get(name)


_local: WeakKeyDictionary[Network, dict[str, Constant]] = WeakKeyDictionary()


def local_constant(network: Network, name: str, value: float) -> Constant:
    """A constant that only ``network`` sees; it hides a global one of the same name."""
    own = _local.setdefault(network, {})
    _check_name(name, own, "net.get_constant")
    own[name] = Constant._make(name, value)
    return own[name]


def own_constants(network: Network) -> Mapping[str, Constant]:
    """The constants that only this network sees."""
    return _local.get(network, {})


def visible_constants(network: Network | None) -> Mapping[str, Constant]:
    """All that the models of a network may use: its own, and the global ones that these do not hide."""
    own = None if network is None else _local.get(network)
    return {**registry.constants, **own} if own else registry.constants


def constant_value(network: Network, name: str) -> float:
    """The value that ``network`` computes with."""
    return visible_constants(network)[name].value_in(network)


def _check_name(name: object, taken: Collection[str], getter: str = "get_constant") -> None:
    if not isinstance(name, str) or not name.isidentifier():
        raise ConfigurationError(f"The name of a constant must be an identifier, not {name!r}.")
    if keyword.iskeyword(name) or name in RESERVED:
        raise ConfigurationError(f'"{name}" has a meaning of its own in equations; choose another name.')
    if name in taken:
        raise ConfigurationError(
            f'Constant "{name}" already exists.', hint=f"Change it with {getter}({name!r}).set(value)."
        )


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or math.isnan(value):
        raise ConfigurationError(f'The value of constant "{name}" must be a number, not {value!r}.')
    return float(value)


def _unary(function: Callable[[Any], Any]) -> Callable[[Constant], Any]:
    return lambda self: function(self.value)


def _binary(function: Callable[[Any, Any], Any]) -> Callable[[Constant, Any], Any]:
    return lambda self, other: function(self.value, other.value if isinstance(other, Constant) else other)


def _reflected(function: Callable[[Any, Any], Any]) -> Callable[[Constant, Any], Any]:
    return lambda self, other: function(other, self.value)


ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
    "divmod": divmod,
}
UNARY: Mapping[str, Callable[[Any], Any]] = {
    "neg": operator.neg,
    "pos": operator.pos,
    "abs": operator.abs,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
}
COMPARISONS = (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge)

for _name, _function in ARITHMETIC.items():
    setattr(Constant, f"__{_name}__", _binary(_function))
    setattr(Constant, f"__r{_name}__", _reflected(_function))
for _name, _operation in UNARY.items():
    setattr(Constant, f"__{_name}__", _unary(_operation))
for _comparison in COMPARISONS:
    setattr(Constant, f"__{_comparison.__name__}__", _binary(_comparison))

"""The parts of models in the 5.0 forms: parameters and equations with their properties as keyword values."""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Final

import numpy as np

from synloom.callsite import call_site
from synloom.codegen.errors import CallSite, ConfigurationError
from synloom.codegen.lang.flags import METHODS
from synloom.codegen.lang.names import suggestion
from synloom.codegen.record import record
from synloom.constant import Constant
from synloom.filled import Filled
from synloom.random import RandomDistribution

Value = float | str | RandomDistribution
DataType = str | type[float]  # bool and int pass for float

LOCALITIES: Final[Mapping[str, str]] = {
    "global": "global",
    "semiglobal": "semiglobal",
    "local": "local",
    "population": "global",
    "projection": "global",
    "postsynaptic": "semiglobal",
}
TYPES: Final[Mapping[object, str]] = {
    **{word: word for word in ("float", "int", "bool")},
    float: "float",
    int: "int",
    bool: "bool",
}
METHOD_WORDS: Final = tuple(METHODS)


@record
class Parameter:
    """A parameter of a model, as a value of the dictionary ``parameters``.

    Parameters
    ----------
    value : number, str, Constant or RandomDistribution
        A text is the name of a constant, or an expression over constants. A distribution is drawn once for each
        neuron or synapse, or once if the parameter is global, when the population or the synapses are made.
    locality : {'global', 'semiglobal', 'local'}
        One value for the population or projection, for each post-synaptic neuron (synapses only), or for each
        neuron or synapse. ``'population'``, ``'projection'`` and ``'postsynaptic'`` say the same.
    type : {'float', 'int', 'bool'} or the Python type
        What it holds.

    Raises
    ------
    ConfigurationError
        A value, locality or type that does not exist.
    """

    value: Value
    locality: str = "global"
    type: str = "float"
    site: CallSite | None = field(default=None, init=False, compare=False, repr=False)

    def __init__(self, value: Value, locality: str = "global", type: DataType = "float") -> None:
        who = "Parameter"
        check_value(value, f"{who}: the value")
        _keep(
            self,
            value=value,
            locality=_locality(who, locality),
            type=_type(who, type),
            site=call_site(sys._getframe(1), self),
        )


@record
class Variable:
    """An equation with its properties, as an element of a list of equations.

    Parameters
    ----------
    equation : str
        ``"tau*dv/dt = -v"``. With any of the other arguments it must not have flags of its own.
    init : number, str, Constant or RandomDistribution, optional
        The initial value. A text is the name of a constant or of a parameter, or an expression over them.
    min, max : number, str or Constant, optional
        Bounds: numbers or expressions, evaluated after each assignment.
    method : {'explicit', 'implicit', 'semiimplicit', 'exponential', 'midpoint', 'rk4', 'event-driven'}, optional
        How an ODE is integrated.
    locality : {'local', 'semiglobal', 'global'}
        As for :class:`Parameter`.
    type : {'float', 'int', 'bool'} or the Python type
        What it holds.

    Raises
    ------
    ConfigurationError
        A value, method, locality or type that does not exist.
    """

    equation: str
    init: Value | None = None
    min: float | str | None = None
    max: float | str | None = None
    method: str | None = None
    locality: str = "local"
    type: str = "float"
    site: CallSite | None = field(default=None, init=False, compare=False, repr=False)

    def __init__(
        self,
        equation: str,
        init: Value | None = None,
        min: float | str | None = None,
        max: float | str | None = None,
        method: str | None = None,
        locality: str = "local",
        type: DataType = "float",
    ) -> None:
        who = "Variable"
        _check_equation(who, equation)
        if init is not None:
            check_value(init, f"{who}: init")
        for word, bound in (("min", min), ("max", max)):
            if bound is not None:
                _check_number(bound, f"{who}: {word}", finite=True)
        if method is not None and method not in METHOD_WORDS:
            raise _not_one_of(f"{who}: method", method, METHOD_WORDS)
        _keep(
            self,
            equation=equation,
            init=init,
            min=min,
            max=max,
            method=method,
            locality=_locality(who, locality),
            type=_type(who, type),
            site=call_site(sys._getframe(1), self),
        )


@record
class Creating:
    """The condition under which synapses come to be: ``Synapse(creating=...)``.

    Parameters
    ----------
    equation : str
        A condition over ``pre.`` and ``post.`` and global parameters of the synapse.
    proba : number, str or Constant
        Probability with which a synapse is added where the condition holds.
    w : number, str, Constant or RandomDistribution
        Weight of a new synapse.
    d : number, str or Constant, optional
        Its delay in ms; by default that of the projection.

    Raises
    ------
    ConfigurationError
        A value of the wrong type.
    """

    equation: str
    proba: float | str = 1.0
    w: Value = 0.0
    d: float | str | None = None
    site: CallSite | None = field(default=None, init=False, compare=False, repr=False)

    def __init__(
        self, equation: str, proba: float | str = 1.0, w: Value = 0.0, d: float | str | None = None
    ) -> None:
        who = "Creating"
        _check_equation(who, equation)
        _check_number(proba, f"{who}: proba", finite=True)
        check_value(w, f"{who}: w")
        if d is not None:
            _check_number(d, f"{who}: d", finite=True)
        _keep(self, equation=equation, proba=proba, w=w, d=d, site=call_site(sys._getframe(1), self))


@record
class Pruning:
    """The condition under which synapses go: ``Synapse(pruning=...)``.

    Parameters
    ----------
    equation : str
        A condition over attributes of the synapse, ``pre.`` and ``post.``.
    proba : number, str or Constant
        Probability with which a synapse is removed where the condition holds.

    Raises
    ------
    ConfigurationError
        A value of the wrong type.
    """

    equation: str
    proba: float | str = 1.0
    site: CallSite | None = field(default=None, init=False, compare=False, repr=False)

    def __init__(self, equation: str, proba: float | str = 1.0) -> None:
        _check_equation("Pruning", equation)
        _check_number(proba, "Pruning: proba", finite=True)
        _keep(self, equation=equation, proba=proba, site=call_site(sys._getframe(1), self))


Parameters = str | list[str] | Mapping[str, "Value | Parameter"] | Filled
Statements = str | Variable | list[str] | list[Variable] | list[str | Variable] | Filled


def _keep(made: object, **values: object) -> None:
    for name, value in values.items():
        object.__setattr__(made, name, value)


# -- checks --------------------------------------------------------------------------------------------------


def check_value(value: object, what: str) -> None:
    """Refuse what can be no declared value."""
    if not isinstance(value, RandomDistribution):
        _check_number(value, what, distribution=True)


def _check_number(value: object, what: str, distribution: bool = False, finite: bool = False) -> None:
    if isinstance(value, str | Constant):
        return
    if not isinstance(value, numbers.Real | np.bool_):
        last = ", an expression or a random distribution" if distribution else " or an expression"
        raise ConfigurationError(
            f"{what} must be a number, a Constant, the name of one{last}, not {value!r}."
        )
    if math.isnan(value) or (finite and math.isinf(value)):
        raise ConfigurationError(f"{what} must be a {'finite ' if finite else ''}number, not {value!r}.")


def _check_equation(who: str, equation: object) -> None:
    if not isinstance(equation, str):
        raise ConfigurationError(f"{who}: the equation must be a text, not {equation!r}.")


def _locality(who: str, word: object) -> str:
    if not isinstance(word, str) or word not in LOCALITIES:
        raise _not_one_of(f"{who}: locality", word, LOCALITIES)
    return LOCALITIES[word]


def _type(who: str, given: object) -> str:
    try:
        return TYPES[given]
    except (KeyError, TypeError):
        raise _not_one_of(f"{who}: type", given, ("float", "int", "bool")) from None


def _not_one_of(what: str, given: object, words: Iterable[str]) -> ConfigurationError:
    *others, last = words
    message = f"{what} must be one of {', '.join(others)} or {last}, not {given!r}."
    return ConfigurationError(
        message, hint=suggestion(given, [*others, last]) if isinstance(given, str) else ""
    )

"""The values that parameters have now: a number, or the range of many."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from synloom.codegen.ir.expr import Draw, Var, walk
from synloom.codegen.ir.model import Attribute, SynapseModel
from synloom.codegen.ir.types import Kind
from synloom.constant import visible_constants
from synloom.network import Network
from synloom.population import Population
from synloom.projection import Projection
from synloom.random import RandomDistribution
from synloom.report.formula import Fenced, Formula, Line, listed
from synloom.report.inline import parsed
from synloom.report.models import initial
from synloom.report.records import ValueItem
from synloom.report.symbols import number, symbol

DIGITS: Final = ".6g"


def shown(value: Any) -> str:
    """One number, to six digits."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return format(float(value), DIGITS)


def ranged(values: Any) -> Line:
    """``0.5`` if all are the same, else ``[0, 1]``: the smallest and the largest."""
    ends = _ends(values)
    if len(ends) < 2:
        return tuple(map(_number, ends)) or ("none",)
    return (Fenced(listed(tuple(map(_number, ends))), "[", "]"),)


def range_text(values: Any) -> str:
    """The same as plain text."""
    ends = [shown(value) for value in _ends(values)]
    return f"[{', '.join(ends)}]" if len(ends) > 1 else "".join(ends)


def _ends(values: Any) -> list[Any]:
    """The smallest and the largest, one number if they are the same, none if there are none."""
    array = np.asarray(values)
    if not array.size:
        return []
    low, high = array.min(), array.max()
    return [low] if low == high or (low != low and high != high) else [low, high]


def _number(value: Any) -> Formula:
    is_bool = isinstance(value, bool | np.bool_)
    return number(bool(value) if is_bool else float(format(float(value), DIGITS)))


def population_values(population: Population) -> tuple[ValueItem, ...]:
    """The parameters of a population."""
    return tuple(
        ValueItem(name, symbol(name), ranged(population.array(name))) for name in population.parameters
    )


def projection_values(projection: Projection) -> tuple[ValueItem, ...]:
    """The parameters of a projection, ``w`` excepted. What ``compile()`` will draw is shown as the distribution."""
    return tuple(
        ValueItem(a.name, symbol(a.name), _projection_value(projection, a))
        for a in projection.model.attributes
        if a.kind is Kind.PARAMETER and a.name != "w"
    )


def _projection_value(projection: Projection, attribute: Attribute) -> Line:
    name = attribute.name
    if projection.store is not None:
        return ranged(projection.state[name])
    given = projection._values._given.get(name)
    if isinstance(given, RandomDistribution):
        return parsed(given.latex())
    if given is None and _is_drawn(attribute, projection.model):
        return initial(attribute.init)
    return ranged(_flat(projection.init[name] if given is None else given))


def _is_drawn(attribute: Attribute, model: SynapseModel) -> bool:
    """Whether a declared value is random, by itself or through another; asking for it now might draw it."""
    for node in walk(attribute.init):
        other = model.attribute(node.name) if isinstance(node, Var) else None
        if isinstance(node, Draw) or (other is not None and _is_drawn(other, model)):
            return True
    return False


def _flat(value: Any) -> Any:
    """Numbers of lists that may differ in length."""
    if isinstance(value, list | tuple):
        return np.concatenate([np.atleast_1d(_flat(v)) for v in value]) if value else np.empty(0)
    return np.asarray(value).reshape(-1)


def constant_values(network: Network) -> tuple[ValueItem, ...]:
    """The constants that the models of a network may use."""
    return tuple(
        ValueItem(name, symbol(name), ranged(constant.value_in(network)))
        for name, constant in visible_constants(network).items()
    )

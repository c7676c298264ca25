"""Texts of ready-made models with arguments of their constructors in them.

A mistake in an argument is shown where the user wrote it, in the call of that constructor.
"""

from __future__ import annotations

import inspect
from collections.abc import Collection
from string import Formatter

from synloom.codegen.record import record


@record
class Argument:
    """What the user gave a constructor as ``name``, its argument number ``position``.

    A ``term`` is a text that becomes part of an equation; all else is the value of a parameter. Of a ``shared``
    one there is one for the whole population or projection.
    """

    name: str
    value: object
    position: int = -1
    term: bool = False
    shared: bool = False


@record
class Filled:
    """One text argument of a model, in parts: what the library wrote, and what the user gave."""

    parts: tuple[str | Argument, ...]


def parameters(model: type, shared: Collection[str] = (), **values: object) -> Filled:
    """Declare parameters, one a line, in the order given.

    Parameters
    ----------
    model : type
        The class whose constructor was called: says which of its arguments a value came as.
    shared : collection of str
        The global ones among them; the others are local.
    **values
        By name. One that the constructor does not have as an argument was computed by it.
    """
    parts: list[str | Argument] = []
    for name, value in values.items():
        parts += [f"{name} = ", Argument(name, value, _position(model, name), shared=name in shared), "\n"]
    return Filled(tuple(parts))


def fill(model: type, template: str, **terms: object) -> Filled:
    """Put terms of equations in the places that ``template`` keeps for them, ``{name}``."""
    parts: list[str | Argument] = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            parts.append(Argument(name, terms[name], _position(model, name), term=True))
    return Filled(tuple(parts))


def _position(model: type, name: str) -> int:
    names = list(inspect.signature(model).parameters)
    return names.index(name) if name in names else -1

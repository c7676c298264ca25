"""Frozen dataclasses that are cheap to define.

``dataclass(frozen=True, slots=True)`` compiles six methods for each class, over a millisecond of import time. A
compiler has a hundred small node types, and its users wait for the import. These classes share one generic form
of each method; fields, ``replace``, ``fields`` and pattern matching are those of the standard library.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, TypeVar, cast, dataclass_transform

T = TypeVar("T", bound=type)


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field))
def record(cls: T) -> T:
    """Class decorator: an immutable value with slots, compared, hashed and printed by its fields."""
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    all_fields = fields(made)
    defaults = tuple((f.name, f.default, f.default_factory) for f in all_fields)
    names = tuple(f.name for f in all_fields)
    compared = tuple(f.name for f in all_fields if f.compare)
    shown = tuple(f.name for f in all_fields if f.repr)
    place = object.__setattr__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) > len(names):
            raise TypeError(f"{cls.__name__} takes {len(names)} values, {len(args)} given")
        for name, value in zip(names, args, strict=False):
            place(self, name, value)
        for name, default, factory in defaults[len(args) :]:
            if name in kwargs:
                place(self, name, kwargs.pop(name))
            elif default is not MISSING:
                place(self, name, default)
            elif factory is not MISSING:
                place(self, name, factory())
            else:
                raise TypeError(f"{cls.__name__} lacks {name}")
        if kwargs:
            raise TypeError(f"{cls.__name__} has no field {', '.join(kwargs)}, or it was given twice")

    def values(self: Any) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in compared])

    def equal(self: Any, other: Any) -> bool:
        if other.__class__ is not self.__class__:
            return False
        return self is other or bool(values(self) == values(other))

    def refuse(self: Any, name: str, *_: Any) -> None:
        raise FrozenInstanceError(f"{name} of {cls.__name__} cannot be changed")

    methods: dict[str, Any] = {
        "__init__": init,
        "__eq__": equal,
        "__hash__": lambda self: hash(values(self)),
        "__repr__": lambda self: f"{cls.__name__}({', '.join([f'{n}={getattr(self, n)!r}' for n in shown])})",
        "__setattr__": refuse,
        "__delattr__": refuse,
        "__getstate__": lambda self: [getattr(self, name) for name in names],
        "__setstate__": lambda self, state: (
            [place(self, n, v) for n, v in zip(names, state, strict=True)] and None
        ),
    }
    for name, method in methods.items():
        if name not in cls.__dict__ or name == "__hash__":
            setattr(made, name, method)
    return cast(T, made)

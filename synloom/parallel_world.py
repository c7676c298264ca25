"""What networks take from the process they are made in, and how another process comes to be like it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from synloom import config, messages, registry
from synloom.constant import Constant


@dataclass(frozen=True)
class World:
    """Options, functions and constants."""

    options: dict[str, Any] = field(default_factory=lambda: _options())
    functions: dict[str, Any] = field(default_factory=lambda: dict(registry.functions))
    constants: dict[str, float] = field(
        default_factory=lambda: {name: c.value for name, c in registry.constants.items()}
    )

    def take_over(self) -> None:
        """Make this process what that one is. Constants that are there already are the same objects afterwards."""
        _set_options(self.options)
        registry.functions.clear()
        registry.functions.update(self.functions)
        for name in registry.constants.keys() - self.constants.keys():
            del registry.constants[name]
        for name, value in self.constants.items():
            if name not in registry.constants:
                Constant(name, value)
            elif registry.constants[name].value != value:
                registry.constants[name].set(value)


def _options() -> dict[str, Any]:
    copied = config.options.copy()
    return {f.name: getattr(copied, f.name) for f in fields(copied)}


def _set_options(values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(config.options, name, value)
    messages.configure(suppress_warnings=values["suppress_warnings"], verbose=values["verbose"])


class Entrance:
    """Lets jobs of one world run side by side in the threads of this process; those of another wait outside."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._name, self._inside = "", 0
        self._before: World | None = None
        self._thread = threading.local()

    @contextlib.contextmanager
    def entered(self, name: str, world: World) -> Iterator[None]:
        """Make this process, for a while, what the one is that ``name`` stands for."""
        if getattr(self._thread, "inside", False):  # a job that runs jobs: their world is the same
            yield
            return
        with self._changed:
            self._changed.wait_for(lambda: self._inside == 0 or self._name == name)
            if self._inside == 0:
                self._name, self._before = name, World()
                world.take_over()
            self._inside += 1
        self._thread.inside = True
        try:
            yield
        finally:
            self._thread.inside = False
            with self._changed:
                self._inside -= 1
                if self._inside == 0:
                    assert self._before is not None
                    self._before.take_over()
                    self._changed.notify_all()

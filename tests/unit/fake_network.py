"""A stand-in for the network: what populations, constants and distributions ask of it, and no compiler."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from synloom import config, messages, registry
from synloom.codegen.errors import ConfigurationError


class FakeNetwork:
    def __init__(self, id: int = 0, seed: int | None = 1) -> None:
        self.id = id
        self.rng = np.random.default_rng(seed)
        self.compiled = self.cleared = False
        self.populations: list[Any] = []
        self.projections: list[Any] = []
        self.monitors: list[Any] = []

    @property
    def options(self) -> config.Options:
        return config.options

    @property
    def real(self) -> np.dtype[Any]:
        return np.dtype(np.float64 if self.options.precision == "double" else np.float32)

    def spawn_rng(self) -> np.random.Generator:
        return self.rng.spawn(1)[0]

    def _add_population(self, population: Any) -> int:
        if self.compiled:
            raise ConfigurationError("The network is compiled.")
        if any(p.name == population.name for p in self.populations):
            raise ConfigurationError(f"A population named '{population.name}' exists already.")
        self.populations.append(population)
        return len(self.populations) - 1

    def _clear_delays(self, population: Any) -> None:
        """Nothing is under way in a network that does not run."""

    def compile(self) -> None:
        """What compiling does to populations."""
        for population in self.populations:
            population._capture_init()
        self.compiled = True


@contextmanager
def fake_default() -> Iterator[FakeNetwork]:
    """Make a stand-in the default network, with default options and empty registries; put all back after."""
    saved = [dict(r) for r in (registry.constants, registry.functions, registry.networks)]
    kept = config.options.copy()
    pinned = set(config._pinned)
    for shared in (registry.constants, registry.functions, registry.networks):
        shared.clear()
    _set(config.Options())
    config._pinned.clear()
    network = registry.networks[0] = FakeNetwork()  # type: ignore[assignment]
    try:
        yield network  # type: ignore[misc]
    finally:
        for shared, before in zip(
            (registry.constants, registry.functions, registry.networks), saved, strict=True
        ):
            shared.clear()
            shared.update(before)  # type: ignore[attr-defined]
        _set(kept)
        config._pinned.clear()
        config._pinned.update(pinned)


def _set(options: config.Options) -> None:
    for name in config.Options.__slots__:
        setattr(config.options, name, getattr(options, name))
    messages.configure(suppress_warnings=options.suppress_warnings, verbose=options.verbose)

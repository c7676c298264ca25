"""Where the random numbers of running equations stand: a seed, and how many steps were drawn with it."""

from __future__ import annotations

import numbers
import secrets
from typing import Any

import numpy as np

from synloom.codegen.errors import ConfigurationError
from synloom.runtime.buffers import aligned_zeros


class DrawState:
    """The words that kernels draw with.

    The number of steps is not that of the clock: numbers go on where they were when the clock is set, by ``reset()``
    or by ``set_time()``.
    """

    def __init__(self) -> None:
        self.words = aligned_zeros(2, np.int64)  # seed, steps drawn

    def restart(self, seed: int) -> None:
        """Draw the numbers of ``seed`` from the first on."""
        self.words[:] = np.array([seed % 2**64, 0], np.uint64).view(np.int64)


def fresh_seed() -> int:
    """A seed from the operating system, short enough to be noted down."""
    return secrets.randbits(32)


def child_seed(seed: int, number: int) -> int:
    """The seed of one of several networks that share ``seed``."""
    sequence = np.random.SeedSequence(seed, spawn_key=(number,))
    return int(sequence.generate_state(1, np.uint64)[0])


def checked_seed(seed: Any) -> int:
    """A seed as an int, or an error."""
    if isinstance(seed, bool) or not isinstance(seed, numbers.Integral) or seed < 0:
        raise ConfigurationError(f"The seed must be a non-negative integer, not {seed!r}.")
    return int(seed)

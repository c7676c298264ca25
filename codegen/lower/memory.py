"""What was lowered before is not lowered again: many populations share one model."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """The last ``size`` results, by key. Objects whose identity is in the key are ``kept`` alive with it."""

    def __init__(self, size: int = 256) -> None:
        self.size = size
        self._results: dict[Hashable, tuple[T, object]] = {}

    def recall(self, key: Hashable, make: Callable[[], T], kept: object = None) -> T:
        """The result for ``key``; made if it is new. A failure is not remembered."""
        found = self._results.get(key)
        if found is None:
            found = (make(), kept)
            if len(self._results) >= self.size:
                del self._results[next(iter(self._results))]
            self._results[key] = found
        return found[0]

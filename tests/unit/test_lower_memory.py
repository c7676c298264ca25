"""The memory of what was lowered already."""

from __future__ import annotations

from functools import partial

import pytest

from synloom.codegen.lower.memory import Memory


def test_made_once_and_forgotten_in_order() -> None:
    memory: Memory[str] = Memory(size=2)
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name.upper()

    asked = ["a", "a", "b", "a", "c", "a", "c"]
    assert [memory.recall(n, partial(make, n)) for n in asked] == [n.upper() for n in asked]
    assert made == ["a", "b", "c", "a"]


def test_failures_are_not_remembered() -> None:
    memory: Memory[int] = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.recall("key", lambda: 1 // 0)
    assert memory.recall("key", lambda: 7) == 7

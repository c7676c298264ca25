"""What a row gives: lines of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from race import Outcome


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. Both numbers are in ``unit``; ``at_least`` says which way is better."""

    what: str
    required: float
    reached: float
    unit: str
    detail: str
    at_least: bool = True

    @property
    def passed(self) -> bool:
        return self.reached >= self.required if self.at_least else self.reached <= self.required


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure."""

    rounds: int
    builds: int


Row = Callable[[Effort], list[Result]]


def compare_checks(ours: Outcome, theirs: Outcome, tolerance: float) -> None:
    """Refuse simulators that do not the same work."""
    for name, mine in ours.ready["check"].items():
        other = theirs.ready["check"][name]
        if abs(mine - other) > tolerance * abs(other):
            raise RuntimeError(f"the simulators do not agree on {name}: {mine}, but {theirs.name} {other}")

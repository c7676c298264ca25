"""What rate-coded populations remember for projections with delays: a line of past values for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom.codegen.ir.types import DelayKind
from synloom.runtime.buffers import aligned_zeros

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.codegen.ir.plan import PushDelay
    from synloom.network import Network
    from synloom.population import Population


class DelayLines:
    """The lines of a running network.

    Attributes
    ----------
    lines : dict of numpy.ndarray
        By population and field: the line (length, neurons), and where its newest element is (1,).
    lengths : dict of str to int
        Steps that each population remembers.
    """

    def __init__(
        self, network: Network, pushes: Sequence[PushDelay], populations: Mapping[str, Population]
    ) -> None:
        self.network, self.pushes, self.populations = network, pushes, populations
        self.lines: dict[tuple[str, str], NDArray[Any]] = {}
        self.lengths: dict[str, int] = {}

    def take_over(self, before: DelayLines) -> None:
        """Lines of the network as it ran until now, and those that nothing read until now."""
        self.lengths = dict(before.lengths)
        for push in self.pushes:
            line, head = (push.population, push.line), (push.population, f"{push.line}_head")
            if line in before.lines:
                self.lines |= {line: before.lines[line], head: before.lines[head]}
            else:
                self.begin(push.population, [push.line], 1)
        self.grow()

    def begin(self, owner: str, fields: Iterable[str], length: int) -> None:
        """Lines of what was not remembered: it counts as having always been what it is."""
        for field in fields:
            values = self.populations[owner].state[self._push(owner, field).source]
            self.lines[owner, field] = aligned_zeros((length, len(values)), self.network.real)
            self.lines[owner, field][...] = values
            self.lines[owner, f"{field}_head"] = np.zeros(1, np.int64)

    def length(self, population: Population) -> int:
        """Largest delay, in steps, with which values of this population are read. Lines never shrink."""
        longest = self.lengths.get(population.name, 1)
        for projection in self.network.projections:
            reads_of = projection.pre_population
            if (
                reads_of is population
                and projection.delay_kind is not DelayKind.NONE
                and projection.delay_steps.size
            ):
                longest = max(longest, int(projection.delay_steps.max()))
        self.lengths[population.name] = longest
        return longest

    def line(self, owner: str, field: str) -> NDArray[Any]:
        """The line of a population, new where its size is another."""
        push = self._push(owner, field)
        neurons = 1 if push.single else self.populations[owner].size
        length = self.length(self.populations[owner])
        line = self.lines.get((owner, field))
        if line is None or line.shape != (length, neurons):
            line = self.lines[owner, field] = aligned_zeros((length, neurons), self.network.real)
        return line

    def head(self, owner: str, field: str) -> NDArray[Any]:
        """Where the newest element of a line is."""
        return self.lines.setdefault((owner, field), np.zeros(1, np.int64))

    def _push(self, owner: str, field: str) -> PushDelay:
        return next(d for d in self.pushes if (d.population, d.line) == (owner, field))

    def fill(self, population: Population) -> None:
        """Every element of a population's lines becomes the initial value (spec 02, section 4.2)."""
        for push in self.pushes:
            if self.populations[push.population] is not population:
                continue
            initial = np.asarray(population.init[push.source]).reshape(-1)
            self.lines[push.population, push.line][...] = initial
            self.lines[push.population, f"{push.line}_head"][0] = 0

    def grow(self) -> None:
        """Lines become longer where delays need it, and keep what is under way."""
        for push in self.pushes:
            key = (push.population, push.line)
            length = self.length(self.populations[push.population])
            old = self.lines[key]
            if length <= old.shape[0]:
                continue
            head = self.lines[push.population, f"{push.line}_head"]
            by_age = np.stack([old[(int(head[0]) - age) % len(old)] for age in range(len(old))])
            line = aligned_zeros((length, old.shape[1]), old.dtype)
            # Element 0 is the newest; what is older than the line remembers stays at its oldest value.
            for age in range(length):
                line[(-age) % length] = by_age[min(age, len(old) - 1)]
            head[0] = 0
            self.lines[key] = line

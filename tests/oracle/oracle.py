"""A network of Model IR, run slowly and obviously: the phases of spec 02 section 2 in plain loops.

Nothing here is shared with the compiler beyond the Model IR itself. Delays read the whole history, sums visit
one synapse after the other, and every number is a Python number.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from synloom.codegen.ir.model import Equation, Ode
from synloom.codegen.ir.types import Locality, Method, Operation
from tests.oracle.expressions import Number, evaluate
from tests.oracle.machine import certain, functions_of, sides
from tests.oracle.parts import Array, Neurons, Reading, Synapses
from tests.oracle.structure import Structural

__all__ = ["Oracle", "certain"]


class Oracle(Structural):
    """Runs one network, a step at a time."""

    @property
    def sums(self) -> dict[tuple[str, str], Array]:
        """``sum(target)`` of each population, as P2 of the last step left it."""
        return {
            (name, target): np.array(values)
            for name, pop in self.pop.items()
            for target, values in pop.sums.items()
        }

    def step(self) -> None:
        """One step: P1 to P12."""
        active = [(name, pop) for name, pop in self.pop.items() if pop.enabled]
        for _, pop in active:
            pop.sums = {target: [0.0] * pop.size for target in pop.sums}
        for reading in self.readings:
            if self._transmits(reading):
                self._deliver(reading)
                self._transmit(reading)
        for pop in self.pop.values():
            pop.keep_input()
        self._draw_numbers(active)
        for name, pop in self.pop.items():
            if pop.enabled:
                self._update_neurons(name, pop)
            elif pop.spikes is not None:
                pop.spikes.fired, pop.spikes.axonal = [], []
        for pop in self.pop.values():
            if pop.spikes is not None:
                pop.spikes.push(self.n)
        for _, pop in active:
            pop.push()
        for _, pop in active:
            pop.reduce()
        for reading in self.readings:
            if self._learns(reading):
                self._learn(reading)
        for reading in self.readings:
            if isinstance(self.proj[reading.name], Synapses) and self._transmits(reading):
                self._post_spikes(reading)
        self._restructure()
        self.n += 1

    def _transmits(self, reading: Reading) -> bool:
        return self.proj[reading.name].transmission and reading.post.enabled

    # P2

    def _transmit(self, reading: Reading) -> None:
        """Add the reduction over each dendrite to what its neuron receives (sections 3 and 6.1)."""
        if reading.psp is None:
            return
        dendrites: dict[int, list[float]] = {}
        for synapse, (_, post) in enumerate(reading.ends):
            lookup = self._synaptic(reading, synapse)
            self._draw_all(reading.name, [reading.psp], synapse, lookup, reading.functions)
            psp = float(evaluate(reading.psp, lookup, reading.functions))
            dendrites.setdefault(post, []).append(psp)
        for target in reading.targets:
            received = reading.post.reached(target)
            for post, values in dendrites.items():
                received[post] = self._rounded(received[post] + _reduced(reading.operation, values))

    # P4

    def _draw_numbers(self, active: Iterable[tuple[str, Neurons]]) -> None:
        """One number per element and textual call, whether it will be used or not (spec 01, 11)."""
        self.drawn.clear()
        for name, pop in active:
            for equation in pop.model.equations:
                for rank in range(len(pop.values[equation.target.name])):
                    lookup = self._neuronal(name, pop, rank)
                    self._draw_all(name, sides(equation), rank, lookup, functions_of(pop.model))
        for reading in self.readings:
            if isinstance(self.proj[reading.name], Synapses):
                for equation in reading.synapses.model.equations:
                    for element in range(len(reading.synapses.values[equation.target.name])):
                        lookup = self._synaptic(reading, 0)
                        self._draw_all(reading.name, sides(equation), element, lookup, reading.functions)

    # P5

    def _update_neurons(self, name: str, pop: Neurons) -> None:
        """Run population equations first, then neuron by neuron the local ones (7.1); then spikes are made."""
        spikes = pop.spikes
        frozen = [False] * pop.size if spikes is None else [left > 0 for left in spikes.frozen]
        for locality, count in ((Locality.GLOBAL, 1), (Locality.LOCAL, pop.size)):
            block = [e for e in pop.model.equations if e.target.locality is locality]
            for rank in range(count):

                def assign(target: str, value: Number, rank: int = rank) -> None:
                    self._store(pop.model, pop.values, target, rank, value)

                lookup, functions = self._neuronal(name, pop, rank), functions_of(pop.model)
                still = frozen[rank] and locality is Locality.LOCAL
                self._execute(block, lookup, assign, self.dt, functions, still)
        if spikes is not None:
            spikes.frozen = [max(left - 1, 0) for left in spikes.frozen]
            self._fire(name, pop, spikes, frozen)

    # P8

    def _learns(self, reading: Reading) -> bool:
        synapses = self.proj[reading.name]
        if not isinstance(synapses, Synapses) or not synapses.post.enabled:
            return False
        due = (self.n - synapses.offset) % synapses.period == 0
        return synapses.transmission and synapses.update and due

    def _learn(self, reading: Reading) -> None:
        """Run projection, then per dendrite semiglobal, then per synapse local equations (7.2)."""
        synapses = reading.synapses
        rows = {link.row: synapse for synapse, link in reversed(list(enumerate(synapses.links)))}
        elements = {  # of each block, its elements and a synapse that belongs to each
            Locality.GLOBAL: [(0, 0)],
            Locality.SEMIGLOBAL: sorted(rows.items()),
            Locality.LOCAL: [(synapse, synapse) for synapse in range(len(synapses.links))],
        }
        clocked = [
            e
            for e in synapses.model.equations
            if not (isinstance(e, Ode) and e.method is Method.EVENT_DRIVEN)
        ]
        for locality in Locality:
            block = [e for e in clocked if e.target.locality is locality]
            for element, synapse in elements[locality] if block else []:
                assign = self._synaptic_assign(synapses, synapse)
                lookup = self._synaptic(reading, synapse, element)
                self._execute(block, lookup, assign, self.dt * synapses.period, reading.functions)
            if locality is Locality.SEMIGLOBAL:
                for row in set(range(len(synapses.rows))) - set(rows):
                    self._learn_empty(reading, row, block)

    def _learn_empty(self, reading: Reading, row: int, block: list[Equation]) -> None:
        """A dendrite that lost all its synapses goes on as if it had some."""
        s = reading.synapses

        def assign(name: str, value: Number) -> None:
            self._store(s.model, s.values, name, row, value)

        lookup = self._pair(s, -1, s.rows[row])
        self._execute(block, lookup, assign, self.dt * s.period, reading.functions)


def _reduced(operation: Operation, values: list[float]) -> float:
    match operation:
        case Operation.SUM:
            return sum(values)
        case Operation.MEAN:
            return sum(values) / len(values)
        case Operation.MAX:
            return max(values)
        case Operation.MIN:
            return min(values)

"""What spikes do in a step: P2 delivers them, P5 makes them, P9 tells the synapses of who fired (spec 02, 6)."""

from __future__ import annotations

from collections.abc import Sequence

from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import Assignment, Event, Spike
from tests.oracle.expressions import Number, evaluate
from tests.oracle.machine import Machine, functions_of
from tests.oracle.parts import Neurons, Reading
from tests.oracle.spikes import Spikes, steps


class Spiking(Machine):
    """The phases of spiking networks."""

    # P2

    def _deliver(self, reading: Reading) -> None:
        """Let every spike that is due do its work, ordinary ones before axonal ones (6.1, 6.7)."""
        for axonal, event in ((False, reading.pre_spike), (True, reading.axon_spike)):
            if event is None or (axonal and not reading.synapses.axon_transmission):
                continue
            for _, _, _, synapse in sorted(self._due(reading, axonal)):
                self._pre_spike(reading, synapse, event)

    def _due(self, reading: Reading, axonal: bool) -> list[tuple[int, int, int, int]]:
        """List what arrives now: the step it set out in, ranks of the two neurons, synapse."""
        spikes, found = reading.pre.spikes, []
        if spikes is None:
            return []
        for synapse, (pre, post) in enumerate(reading.ends):
            delay = reading.delay(synapse)
            emission = spikes.emitted(delay)
            if pre in (emission.axonal if axonal else emission.fired):
                found.append((-delay, pre, post, synapse))
        return found

    def _pre_spike(self, reading: Reading, synapse: int, event: Event) -> None:
        """Integrate, then transmit, then do all else: ``g_target`` sees what was before the event."""
        spikes = reading.pre.spikes
        assert spikes is not None
        _, post = reading.ends[synapse]
        together = spikes.emitted(reading.delay(synapse)).step == reading.post.last_spike(post)
        if event is reading.synapses.model.pre_spike:
            self._integrate(reading, synapse, self.n - 1)
        for target in reading.targets:

            def transmit(_: str, value: Number, target: str = target) -> None:
                reading.post.reached(target)[post] = self._rounded(float(value))

            lookup = self._synaptic(reading, synapse, reached=target)
            self._draw_all(reading.name, _texts(event.transmit), synapse, lookup, reading.functions)
            self._execute(event.transmit, lookup, transmit, self.dt, reading.functions)
        self._change(reading, synapse, [s for s in event.statements if not (s.unless_post and together)])

    def _change(self, reading: Reading, synapse: int, statements: Sequence[Assignment]) -> None:
        """Execute statements of an event that change the synapse; ``w`` only if it is plastic."""
        lookup = self._synaptic(reading, synapse)
        self._draw_all(reading.name, _texts(statements), synapse, lookup, reading.functions)
        assign = self._synaptic_assign(reading.synapses, synapse)
        self._execute(statements, lookup, assign, self.dt, reading.functions)

    def _integrate(self, reading: Reading, synapse: int, until: int) -> None:
        """Bring event-driven variables to the end of step ``until`` (6.5).

        P2 comes before this step's share of time has passed, P9 after it.
        """
        synapses = reading.synapses
        elapsed = until - synapses.last_event[synapse]
        synapses.last_event[synapse] = until
        lookup = self._synaptic(reading, synapse)
        assign = self._synaptic_assign(synapses, synapse)
        self._execute(synapses.model.event_driven, lookup, assign, elapsed * self.dt, reading.functions)

    # P5

    def _fire(self, name: str, pop: Neurons, spikes: Spikes, frozen: Sequence[bool]) -> None:
        """Test the conditions of every neuron, in order (6.2, 6.7); then measure rates (6.4)."""
        model, functions = pop.model, functions_of(pop.model)
        assert model.spike is not None
        spikes.fired, spikes.axonal = [], []
        for rank in range(pop.size):
            lookup = self._neuronal(name, pop, rank)
            if not frozen[rank] and self._holds(name, model.spike.condition, pop, rank):
                self._reset(name, model.spike, pop, rank)
                spikes.fire(rank, self.n)
                period = spikes.refractory[rank]
                if model.refractory is not None:
                    period = steps(float(lookup(model.refractory)), self.dt)
                spikes.frozen[rank] = max(period, 0)
            axon = model.axon_spike
            if (
                axon is not None
                and evaluate(axon.condition, lookup, functions)
                and not evaluate(model.spike.condition, lookup, functions)
            ):
                spikes.axonal.append(rank)
                self._reset(name, axon, pop, rank)
            if spikes.window:
                rate = spikes.rate(rank, self.n, self.dt)
                self._store(model, pop.values, "r", rank, rate)

    def _holds(self, name: str, condition: Expr, pop: Neurons, rank: int) -> bool:
        lookup, functions = self._neuronal(name, pop, rank), functions_of(pop.model)
        self._draw_all(name, [condition], rank, lookup, functions)
        return bool(evaluate(condition, lookup, functions))

    def _reset(self, name: str, spike: Spike, pop: Neurons, rank: int) -> None:
        lookup, functions = self._neuronal(name, pop, rank), functions_of(pop.model)
        self._draw_all(name, _texts(spike.reset), rank, lookup, functions)

        def assign(target: str, value: Number) -> None:
            self._store(pop.model, pop.values, target, pop.index(target, rank), value)

        self._execute(spike.reset, lookup, assign, self.dt, functions)

    # P9

    def _post_spikes(self, reading: Reading) -> None:
        """Tell every synapse of a neuron that fired (6.6)."""
        spikes, event = reading.post.spikes, reading.synapses.model.post_spike
        if spikes is None or not list(event):
            return
        for rank in spikes.fired:
            for synapse, (_, post) in enumerate(reading.ends):
                if post == rank:
                    self._integrate(reading, synapse, self.n)
                    self._change(reading, synapse, list(event))


def _texts(statements: Sequence[Assignment]) -> list[Expr]:
    return [s.value for s in statements]

"""What all phases of a step share: the parts of the network, what each text sees, how equations are executed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import numpy as np

from synloom.codegen.ir.expr import Binary, Draw, Expr, Reduction, Var, WeightedSum, walk
from synloom.codegen.ir.model import (
    Assignment,
    Equation,
    Event,
    Function,
    NetworkIR,
    NeuronModel,
    Ode,
    ProjectionIR,
    SynapseModel,
    TransposeIR,
)
from synloom.codegen.ir.types import DType, Locality, Precision, Scope
from tests.oracle.expressions import Functions, Leaf, Lookup, Number, convert, evaluate
from tests.oracle.methods import advance, runs
from tests.oracle.parts import (
    Neurons,
    Reading,
    Synapses,
    Values,
    declared,
    delays_of,
    neurons_of,
    synapses_of,
)

DrawFrom = Callable[[str, Sequence[float]], float]
Assign = Callable[[str, Number], None]

# What a transpose does at a spike (spec 06, 4.1).
G_TARGET = Var(Scope.TARGET, "", Locality.LOCAL)
ADD_W = Event((Assignment(G_TARGET, Binary("+", G_TARGET, Var(Scope.SELF, "w", Locality.LOCAL))),))


def certain(distribution: str, args: Sequence[float]) -> float:
    """Draw from a distribution that leaves no choice: all that can be compared between two generators."""
    match distribution, *args:
        case ("Normal", mean, 0.0):
            return mean
        case ("LogNormal", mean, 0.0):
            return math.exp(mean)
        case ("Uniform" | "DiscreteUniform", low, high) if low == high:
            return low
        case ("Binomial", n, (0.0 | 1.0) as p):
            return n * p
        case _:
            raise AssertionError(f"{distribution}{tuple(args)} is not certain")


class Machine:
    """One network. ``pop[name][attribute]`` and ``proj[name][attribute]`` are arrays of current values.

    Take it right after ``compile()``: values and delay queues start from what the network holds then.
    """

    def __init__(
        self,
        ir: NetworkIR,
        dt: float,
        populations: Mapping[str, Neurons],
        projections: Mapping[str, Synapses],
        constants: Mapping[str, float] | None = None,
        delays: Mapping[str, list[int] | None] | None = None,
        draw: DrawFrom = certain,
    ) -> None:
        """``delays``: steps of each synapse, for transposes that do not read the last step directly."""
        self.ir, self.dt, self.n = ir, dt, 0
        self.pop, self.constants, self.draw = dict(populations), dict(constants or {}), draw
        self.forward = dict(projections)
        self.readings = [self._reading(p, delays or {}) for p in ir.projections]
        self.proj: dict[str, Synapses | Reading] = {
            r.name: self.forward.get(r.name, r) for r in self.readings
        }
        self.own_delay = {r.name: r.delays[0] for r in self.readings if r.delays}  # of transposes
        self.drawn: dict[tuple[str, int, int], float] = {}
        for reading in self.readings:
            for target in reading.targets:
                reading.post.reached(target)

    @classmethod
    def of(cls, network: Any, draw: DrawFrom = certain) -> Self:
        """Copy everything that a compiled network which has not run yet consists of."""
        from synloom import registry

        ir: NetworkIR = network.ir
        objects = {p.name: p for p in [*network.populations, *network.projections]}
        populations = {p.name: neurons_of(p.neuron, objects[p.name]) for p in ir.populations}
        forward, delays = {}, {}
        for p in ir.projections:
            if isinstance(p, ProjectionIR):
                forward[p.name] = synapses_of(p, objects[p.name], populations)
            else:
                timing = objects[p.forward if p.delay_of_forward else p.name]
                delays[p.name] = delays_of(timing, len(forward[p.forward].links))
        constants = {name: float(constant.value) for name, constant in registry.constants.items()}
        oracle = cls(ir, network.dt, populations, forward, constants, delays, draw)
        for name in delays:
            oracle.proj[name].transmission = bool(objects[name].flags["transmission"][0])
        return oracle

    def _reading(self, ir: ProjectionIR | TransposeIR, delays: Mapping[str, list[int] | None]) -> Reading:
        s = self.forward[ir.forward if isinstance(ir, TransposeIR) else ir.name]
        ends = [(link.pre, link.post) for link in s.links]
        if isinstance(ir, ProjectionIR):
            model = ir.synapse
            known = functions_of(model)
            reading = Reading(
                ir.name, s, ir.targets, model.psp, model.operation, known, s.pre, s.post, ends, s.delays
            )
            if model.spiking:
                reading.pre_spike, reading.axon_spike = model.pre_spike, _axon_event(model)
            return reading
        pre, post = (s.post, s.pre) if ir.backward else (s.pre, s.post)
        ends = [(b, a) for a, b in ends] if ir.backward else ends
        known = {function.name: function for function in ir.functions}
        late = delays.get(ir.name)
        event = ADD_W if ir.psp is None else None
        return Reading(ir.name, s, (ir.target,), ir.psp, ir.operation, known, pre, post, ends, late, event)

    # what texts see

    def _neuronal(self, name: str, pop: Neurons, rank: int) -> Lookup:
        """Look up what the texts of one neuron see."""

        def lookup(leaf: Leaf) -> Number:
            match leaf:
                case Var(scope=Scope.SELF, name=attribute):
                    return pop.value(attribute, rank)
                case Var(scope=Scope.TIME, name="t_last"):
                    return pop.last_spike(rank) * self.dt
                case WeightedSum(target=target):
                    return pop.input(target, rank)
                case Reduction(op=op, name=attribute):
                    return pop.over_all(op, attribute)
                case Draw(site=site):
                    return self.drawn[name, site, rank]
                case _:
                    return self._global(leaf)

        return lookup

    def _synaptic(
        self, reading: Reading, synapse: int, element: int | None = None, reached: str = ""
    ) -> Lookup:
        """Look up what one synapse sees: until P6 values of the last step, then those of this one (4.2, 5).

        ``reached`` is the target for which ``g_target`` stands.
        """
        element = synapse if element is None else element
        a, b = reading.ends[synapse] if reading.ends else (0, 0)

        def lookup(leaf: Leaf) -> Number:
            match leaf:
                case Var(scope=Scope.SELF, name=name):
                    return reading.synapses.values[name][reading.synapses.index(name, synapse)]
                case Var(scope=Scope.PRE, name=name):
                    delay = None if reading.delays is None else reading.delays[synapse]
                    return reading.pre.value(name, a, delay)
                case Var(scope=Scope.POST, name=name):
                    return reading.post.value(name, b)
                case Var(scope=Scope.TARGET, name=name):
                    return float(reading.post.reached(name or reached)[b])
                case Var(scope=Scope.TIME, name="t_pre"):
                    return reading.pre.last_spike(a) * self.dt
                case Var(scope=Scope.TIME, name="t_post"):
                    return reading.post.last_spike(b) * self.dt
                case WeightedSum(scope=Scope.PRE, target=target):
                    return reading.pre.input(target, a)
                case WeightedSum(scope=Scope.POST, target=target):
                    return reading.post.input(target, b)
                case Reduction(op=op, scope=scope, name=name):
                    return (reading.pre if scope is Scope.PRE else reading.post).over_all(op, name)
                case Draw(site=site):
                    return self.drawn[reading.name, site, element]
                case _:
                    return self._global(leaf)

        return lookup

    def _global(self, leaf: Leaf) -> Number:
        match leaf:
            case Var(scope=Scope.CLOCK, name="t"):
                return self.n * self.dt
            case Var(scope=Scope.CLOCK, name="dt"):
                return self.dt
            case Var(scope=Scope.CONSTANT, name=name):
                return self.constants[name]
            case _:
                raise AssertionError(f"{leaf} has no value here")

    def _draw_all(
        self, owner: str, texts: Iterable[Expr], element: int, lookup: Lookup, functions: Functions
    ) -> None:
        for leaf in (node for text in texts for node in walk(text) if isinstance(node, Draw)):
            args = [float(evaluate(arg, lookup, functions)) for arg in leaf.args]
            self.drawn[owner, leaf.site, element] = self.draw(leaf.distribution, args)

    # how equations are executed

    def _execute(
        self,
        block: Sequence[Equation],
        lookup: Lookup,
        assign: Assign,
        h: float,
        functions: Functions,
        frozen: bool = False,
    ) -> None:
        """Execute the equations of one locality for one element, each followed by its bounds (12.1).

        Of a ``frozen`` neuron only conductances move; all bounds hold (6.2).
        """
        for run in runs(block):
            new = advance([e for e in run if isinstance(e, Ode)], lookup, h, functions)
            for i, equation in enumerate(run):
                name = equation.target.name
                if not frozen or name.startswith("g_"):
                    is_ode = isinstance(equation, Ode)
                    assign(name, new[i] if is_ode else evaluate(equation.value, lookup, functions))
                for bound in equation.bounds:
                    limit = float(evaluate(bound.value, lookup, functions))
                    value = float(lookup(equation.target))
                    if value < limit if bound.kind == "min" else value > limit:
                        assign(name, limit)

    def _synaptic_assign(self, synapses: Synapses, synapse: int) -> Assign:
        """Write what one synapse has or shares; ``w`` only where it is plastic (7.3)."""

        def assign(name: str, value: Number) -> None:
            if name != "w" or synapses.plasticity:
                index = synapses.index(name, synapse)
                self._store(synapses.model, synapses.values, name, index, value)

        return assign

    def _store(
        self, model: NeuronModel | SynapseModel, values: Values, name: str, index: int, value: Number
    ) -> None:
        dtype = declared(model, name).dtype
        kept = convert(value, dtype)
        values[name][index] = self._rounded(float(kept)) if dtype is DType.REAL else kept

    def _rounded(self, value: float) -> float:
        return value if self.ir.precision is Precision.DOUBLE else float(np.float32(value))


def _axon_event(model: SynapseModel) -> Event | None:
    """What an axonal spike does (6.7): the whole of ``pre_spike`` if the texts are equal, else transmit once."""
    event = model.pre_axon_spike
    if not list(event):
        return None
    return model.pre_spike if event == model.pre_spike else Event(event.transmit[:1])


def functions_of(model: NeuronModel | SynapseModel) -> dict[str, Function]:
    return {function.name: function for function in model.functions}


def sides(equation: Equation) -> tuple[Expr, ...]:
    return (equation.coefficient, equation.rhs) if isinstance(equation, Ode) else (equation.value,)

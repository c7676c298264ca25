"""A network of Model IR, run slowly and obviously: the phases of spec 02 section 2 in plain loops.

Nothing here is shared with the compiler beyond the Model IR itself. Delays read the whole history, sums visit
one synapse after the other, and every number is a Python number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from synloom.codegen.ir.expr import Draw, Expr, Reduction, Var, WeightedSum, walk
from synloom.codegen.ir.model import (
    Equation,
    Function,
    NetworkIR,
    NeuronModel,
    Ode,
    ProjectionIR,
    SynapseModel,
    TransposeIR,
)
from synloom.codegen.ir.types import DType, Locality, Operation, Precision, Scope
from tests.oracle.expressions import Functions, Leaf, Lookup, Number, convert, evaluate
from tests.oracle.methods import advance, runs
from tests.oracle.parts import (
    Array,
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


class Oracle:
    """Runs one network. ``pop[name][attribute]`` and ``proj[name][attribute]`` are arrays of current values.

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
        self.drawn: dict[tuple[str, int, int], float] = {}
        for reading in self.readings:
            reading.post.sums.setdefault(reading.target, [0.0] * reading.post.size)

    @classmethod
    def of(cls, network: Any, draw: DrawFrom = certain) -> Oracle:
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

    @property
    def sums(self) -> dict[tuple[str, str], Array]:
        """``sum(target)`` of each population, as P2 of the last step left it."""
        return {
            (name, target): np.array(values)
            for name, pop in self.pop.items()
            for target, values in pop.sums.items()
        }

    def step(self) -> None:
        """One step: P1 to P12 as far as rate-coded networks have them."""
        active = [(name, pop) for name, pop in self.pop.items() if pop.enabled]
        for _, pop in active:
            pop.sums = {target: [0.0] * pop.size for target in pop.sums}
        for reading in self.readings:
            if self.proj[reading.name].transmission and reading.post.enabled:
                self._transmit(reading)
        self._draw_numbers(active)
        for name, pop in active:
            self._update_neurons(name, pop)
        for _, pop in active:
            pop.push()
        for _, pop in active:
            pop.reduce()
        for reading in self.readings:
            if self._learns(reading):
                self._learn(reading)
        self.n += 1

    # P2

    def _transmit(self, reading: Reading) -> None:
        """Add the reduction over each dendrite to ``sum(target)`` of its neuron (section 3)."""
        dendrites: dict[int, list[float]] = {}
        for synapse, (_, post) in enumerate(reading.ends):
            lookup = self._synaptic(reading, synapse)
            self._draw_all(reading.name, [reading.psp], synapse, lookup, reading.functions)
            psp = float(evaluate(reading.psp, lookup, reading.functions))
            dendrites.setdefault(post, []).append(psp)
        for post, values in dendrites.items():
            total = reading.post.sums[reading.target][post] + _reduced(reading.operation, values)
            reading.post.sums[reading.target][post] = self._rounded(total)

    # P4

    def _draw_numbers(self, active: Iterable[tuple[str, Neurons]]) -> None:
        """One number per element and textual call, whether it will be used or not (spec 01, 11)."""
        self.drawn.clear()
        for name, pop in active:
            for equation in pop.model.equations:
                for rank in range(len(pop.values[equation.target.name])):
                    lookup = self._neuronal(name, pop, rank)
                    self._draw_all(name, _sides(equation), rank, lookup, _functions(pop.model))
        for reading in self.readings:
            if isinstance(self.proj[reading.name], Synapses):
                for equation in reading.synapses.model.equations:
                    for element in range(len(reading.synapses.values[equation.target.name])):
                        lookup = self._synaptic(reading, 0)
                        self._draw_all(reading.name, _sides(equation), element, lookup, reading.functions)

    def _draw_all(
        self, owner: str, texts: Iterable[Expr], element: int, lookup: Lookup, functions: Functions
    ) -> None:
        for leaf in (node for text in texts for node in walk(text) if isinstance(node, Draw)):
            args = [float(evaluate(arg, lookup, functions)) for arg in leaf.args]
            self.drawn[owner, leaf.site, element] = self.draw(leaf.distribution, args)

    # P5

    def _update_neurons(self, name: str, pop: Neurons) -> None:
        """Run population equations first, then neuron by neuron the local ones (7.1)."""
        for locality, count in ((Locality.GLOBAL, 1), (Locality.LOCAL, pop.size)):
            block = [e for e in pop.model.equations if e.target.locality is locality]
            for rank in range(count):

                def assign(target: str, value: Number, rank: int = rank) -> None:
                    self._store(pop.model, pop.values, target, rank, value)

                lookup = self._neuronal(name, pop, rank)
                self._execute(block, lookup, assign, self.dt, _functions(pop.model))

    def _neuronal(self, name: str, pop: Neurons, rank: int) -> Lookup:
        """Look up what the equations of one neuron see."""

        def lookup(leaf: Leaf) -> Number:
            match leaf:
                case Var(scope=Scope.SELF, name=attribute):
                    return pop.value(attribute, rank)
                case WeightedSum(target=target):
                    return pop.input(target, rank)
                case Reduction(op=op, name=attribute):
                    return pop.over_all(op, attribute)
                case Draw(site=site):
                    return self.drawn[name, site, rank]
                case _:
                    return self._global(leaf)

        return lookup

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
        for locality in Locality:
            block = [e for e in synapses.model.equations if e.target.locality is locality]
            for element, synapse in elements[locality] if block else []:

                def assign(target: str, value: Number, element: int = element) -> None:
                    if target != "w" or synapses.plasticity:
                        self._store(synapses.model, synapses.values, target, element, value)

                lookup = self._synaptic(reading, synapse, element)
                self._execute(block, lookup, assign, self.dt * synapses.period, reading.functions)

    def _synaptic(self, reading: Reading, synapse: int, element: int | None = None) -> Lookup:
        """Look up what one synapse sees: in P2 values of the last step, in P8 those of this one (4.2, 5)."""
        element = synapse if element is None else element

        def lookup(leaf: Leaf) -> Number:
            match leaf:
                case Var(scope=Scope.SELF, name=name):
                    return reading.synapses.values[name][reading.synapses.index(name, synapse)]
                case Var(scope=Scope.PRE, name=name):
                    delay = None if reading.delays is None else reading.delays[synapse]
                    return reading.pre.value(name, reading.ends[synapse][0], delay)
                case Var(scope=Scope.POST, name=name):
                    return reading.post.value(name, reading.ends[synapse][1])
                case WeightedSum(scope=Scope.PRE, target=target):
                    return reading.pre.input(target, reading.ends[synapse][0])
                case WeightedSum(scope=Scope.POST, target=target):
                    return reading.post.input(target, reading.ends[synapse][1])
                case Reduction(op=op, scope=scope, name=name):
                    return (reading.pre if scope is Scope.PRE else reading.post).over_all(op, name)
                case Draw(site=site):
                    return self.drawn[reading.name, site, element]
                case _:
                    return self._global(leaf)

        return lookup

    # any phase

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

    def _execute(
        self, block: Sequence[Equation], lookup: Lookup, assign: Assign, h: float, functions: Functions
    ) -> None:
        """Execute the equations of one locality for one element, each followed by its bounds (12.1)."""
        for run in runs(block):
            new = advance([e for e in run if isinstance(e, Ode)], lookup, h, functions)
            for i, equation in enumerate(run):
                name = equation.target.name
                is_ode = isinstance(equation, Ode)
                assign(name, new[i] if is_ode else evaluate(equation.value, lookup, functions))
                for bound in equation.bounds:
                    limit = float(evaluate(bound.value, lookup, functions))
                    value = float(lookup(equation.target))
                    if value < limit if bound.kind == "min" else value > limit:
                        assign(name, limit)

    def _store(
        self, model: NeuronModel | SynapseModel, values: Values, name: str, index: int, value: Number
    ) -> None:
        dtype = declared(model, name).dtype
        kept = convert(value, dtype)
        values[name][index] = self._rounded(float(kept)) if dtype is DType.REAL else kept

    def _rounded(self, value: float) -> float:
        return value if self.ir.precision is Precision.DOUBLE else float(np.float32(value))

    def _reading(self, ir: ProjectionIR | TransposeIR, delays: Mapping[str, list[int] | None]) -> Reading:
        s = self.forward[ir.forward if isinstance(ir, TransposeIR) else ir.name]
        ends = [(link.pre, link.post) for link in s.links]
        if isinstance(ir, ProjectionIR):
            model, known = ir.synapse, _functions(ir.synapse)
            return Reading(
                ir.name, s, ir.target, model.psp, model.operation, known, s.pre, s.post, ends, s.delays
            )
        pre, post = (s.post, s.pre) if ir.backward else (s.pre, s.post)
        ends = [(b, a) for a, b in ends] if ir.backward else ends
        known = {function.name: function for function in ir.functions}
        late = delays.get(ir.name)
        return Reading(ir.name, s, ir.target, ir.psp, ir.operation, known, pre, post, ends, late)


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


def _functions(model: NeuronModel | SynapseModel) -> dict[str, Function]:
    return {function.name: function for function in model.functions}


def _sides(equation: Equation) -> tuple[Expr, ...]:
    return (equation.coefficient, equation.rhs) if isinstance(equation, Ode) else (equation.value,)

"""Networks put together by hand for the oracle, from model texts, with no compiler and no user's objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synloom.codegen.description import NeuronDescription, SynapseDescription
from synloom.codegen.errors import SourceText
from synloom.codegen.ir.expr import Var
from synloom.codegen.ir.model import (
    NetworkIR,
    NeuronModel,
    PopulationIR,
    ProjectionIR,
    SynapseModel,
    TransposeIR,
)
from synloom.codegen.ir.types import DelayKind, Locality, Operation, StoreKind
from synloom.codegen.lower.neuron import lower_neuron
from synloom.codegen.lower.synapse import lower_psp, lower_synapse
from tests.oracle.expressions import Leaf, convert, evaluate
from tests.oracle.oracle import Oracle
from tests.oracle.parts import Link, Neurons, Synapses, Values


@dataclass
class Sketch:
    """A network to be: add populations, projections and transposes, then ask for its oracle."""

    dt: float = 1.0
    constants: dict[str, float] = field(default_factory=dict)
    populations: dict[str, Neurons] = field(default_factory=dict)
    projections: dict[str, Synapses] = field(default_factory=dict)
    readers: list[ProjectionIR | TransposeIR] = field(default_factory=list)
    delays: dict[str, list[int] | None] = field(default_factory=dict)

    def population(self, name: str, size: int, parameters: str, equations: str, **values: Any) -> Neurons:
        texts = NeuronDescription(SourceText(parameters), SourceText(equations))
        model = lower_neuron(texts, functions={}, constants=self.constants)
        neurons = Neurons(initial(model, {Locality.LOCAL: size}), model, size)
        for attribute, value in values.items():
            neurons[attribute] = value
        neurons.past.clear()
        neurons.push()
        neurons.reduce()
        self.populations[name] = neurons
        return neurons

    def projection(
        self,
        pre: str,
        post: str,
        target: str,
        weights: Sequence[Sequence[float | None]],
        delays: Sequence[Sequence[int]] | None = None,
        *,
        parameters: str = "",
        equations: str = "",
        psp: str = "",
        operation: str = "sum",
    ) -> Synapses:
        """Add projection ``pre-post-target``; rows of ``weights`` are post neurons, None is no synapse."""
        name, (a, b) = f"{pre}-{post}-{target}", (self.populations[pre], self.populations[post])
        texts = SynapseDescription(SourceText(parameters), SourceText(equations), SourceText(psp), operation)
        model = lower_synapse(
            texts,
            pre=a.model,
            post=b.model,
            pre_name=pre,
            post_name=post,
            functions={},
            constants=self.constants,
        )
        ends = [(i, j) for i, row in enumerate(weights) for j, w in enumerate(row) if w is not None]
        rows = sorted({i for i, _ in ends})
        values = initial(model, {Locality.LOCAL: len(ends), Locality.SEMIGLOBAL: len(rows)})
        values["w"] = [float(weights[i][j] or 0.0) for i, j in ends]
        late = None if delays is None else [delays[i][j] for i, j in ends]
        links = [Link(j, i, rows.index(i)) for i, j in ends]
        self.projections[name] = Synapses(values, name, model, (target,), a, b, links, delays=late)
        kind = DelayKind.NONE if delays is None else DelayKind.PER_SYNAPSE
        self.readers.append(ProjectionIR(name, pre, post, (target,), model, StoreKind.CSR, False, kind))
        return self.projections[name]

    def transpose(
        self,
        forward: str,
        target: str,
        psp: str = "",
        operation: str = "sum",
        delays: list[int] | None = None,
        backward: bool = True,
    ) -> None:
        """Add a transpose named ``back-forward-target``."""
        ff = next(r for r in self.readers if isinstance(r, ProjectionIR) and r.name == forward)
        first, last = (ff.post, ff.pre) if backward else (ff.pre, ff.post)
        expr = lower_psp(
            SourceText(psp),
            synapse=ff.synapse,
            pre=self.populations[first].model,
            post=self.populations[last].model,
            pre_name=first,
            post_name=last,
            functions={},
            constants=self.constants,
        )
        name = f"back-{forward}-{target}"
        kind = DelayKind.NONE if delays is None else DelayKind.PER_SYNAPSE
        reader = TransposeIR(name, forward, target, expr, psp, Operation(operation), kind, False, backward)
        self.readers.append(reader)
        self.delays[name] = delays

    def oracle(self) -> Oracle:
        populations = tuple(PopulationIR(name, p.model) for name, p in self.populations.items())
        ir = NetworkIR(populations, tuple(self.readers))
        return Oracle(ir, self.dt, self.populations, self.projections, self.constants, self.delays)


def initial(model: NeuronModel | SynapseModel, counts: Mapping[Locality, int]) -> Values:
    values: Values = {}

    def declared_before(leaf: Leaf) -> float | int | bool:
        assert isinstance(leaf, Var)
        return values[leaf.name][0]

    for attribute in model.attributes:
        start = convert(evaluate(attribute.init, declared_before, {}), attribute.dtype)
        values[attribute.name] = [start] * counts.get(attribute.locality, 1)
    return values

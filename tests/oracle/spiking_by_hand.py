"""Spiking networks put together by hand for the oracle, with no compiler and no user's objects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from synloom.codegen.ir.expr import Var
from synloom.codegen.ir.model import (
    W_PARAMETER,
    Attribute,
    Event,
    NeuronModel,
    ProjectionIR,
    Spike,
    SynapseModel,
    TransposeIR,
)
from synloom.codegen.ir.types import DelayKind, Kind, Locality, Operation, Scope, StoreKind
from tests.oracle.by_hand import Sketch, initial
from tests.oracle.machine import ADD_W
from tests.oracle.parts import Link, Neurons, Synapses
from tests.oracle.spikes import Spikes, steps
from tests.oracle.texts import Texts, Written, written, zero


@dataclass
class SpikingSketch(Sketch):
    """A network to be, with spiking populations and the synapses that spikes reach."""

    def spiking(
        self,
        name: str,
        size: int = 1,
        parameters: str = "",
        equations: str = "",
        spike: str = "t < 0",
        reset: str = "",
        *,
        axon_spike: str = "",
        axon_reset: str = "",
        refractory: Any = 0.0,
        rate_window: float = 0.0,
        **values: Any,
    ) -> Neurons:
        """Add a population. ``refractory`` is a period, one for each neuron, or a name."""
        model = neuron_model(
            parameters,
            equations,
            spike=spike,
            reset=reset,
            axon_spike=axon_spike,
            axon_reset=axon_reset,
            refractory=refractory,
        )
        periods = [0.0] * size if isinstance(refractory, str) else refractory
        periods = list(periods) if isinstance(periods, Sequence) else [periods] * size
        spikes = Spikes(size, [steps(p, self.dt) for p in periods], steps(rate_window, self.dt))
        start = initial(model, {Locality.LOCAL: size})
        for attribute, value in values.items():
            start[attribute] = list(value)
        self.populations[name] = Neurons(start, model, size, spikes=spikes)
        return self.populations[name]

    def source(self, *trains: Sequence[int], name: str = "source") -> Neurons:
        """Add neurons that fire in the given steps: trains of the worked cases."""
        return self.spiking(name, len(trains), spike=train_condition(trains), rank=range(len(trains)))

    def synapses(
        self,
        pre: str,
        post: str,
        targets: str | tuple[str, ...] = "exc",
        weights: Sequence[Sequence[float | None]] = ((1.0,),),
        delays: Any = None,
        *,
        parameters: str = "",
        equations: str = "",
        psp: str = "",
        pre_spike: str = "",
        post_spike: str = "",
        pre_axon_spike: str = "",
        name: str = "",
    ) -> Synapses:
        """Add a projection from a spiking population; rows of ``weights`` are post neurons."""
        name, (a, b) = name or f"{pre}-{post}", (self.populations[pre], self.populations[post])
        texts = (parameters, equations, psp, pre_spike, post_spike, pre_axon_spike)
        model = synapse_model(a.model, b.model, *texts)
        ends = [(i, j) for i, row in enumerate(weights) for j, w in enumerate(row) if w is not None]
        rows = sorted({i for i, _ in ends})
        values = initial(model, {Locality.LOCAL: len(ends), Locality.SEMIGLOBAL: len(rows)})
        values["w"] = [float(weights[i][j] or 0.0) for i, j in ends]
        late = [delays] * len(ends) if isinstance(delays, int) else delays
        late = late if late is None or isinstance(late[0], int) else [late[i][j] for i, j in ends]
        links = [Link(j, i, rows.index(i)) for i, j in ends]
        targets = (targets,) if isinstance(targets, str) else targets
        self.projections[name] = Synapses(values, name, model, targets, a, b, links, delays=late)
        kind = DelayKind.NONE if delays is None else DelayKind.PER_SYNAPSE
        self.readers.append(ProjectionIR(name, pre, post, targets, model, StoreKind.CSR, False, kind))
        return self.projections[name]

    def spike_transpose(self, forward: str, target: str, delays: list[int] | None = None) -> None:
        """Add a transpose that is read at spikes."""
        name = f"back-{forward}-{target}"
        kind = DelayKind.NONE if delays is None else DelayKind.PER_SYNAPSE
        self.readers.append(TransposeIR(name, forward, target, None, "", Operation.SUM, kind, False))
        self.delays[name] = delays


def train_condition(trains: Sequence[Sequence[int]]) -> str:
    """Whether neuron ``rank`` fires in the current step; ``t`` is compared with half a step to spare."""
    terms = [
        f"((rank == {rank}) and (fabs(t - {step}*dt) < 0.5*dt))"
        for rank, train in enumerate(trains)
        for step in train
    ]
    return " or ".join(terms) or "t < 0"


def neuron_model(
    parameters: str,
    equations: str,
    *,
    spike: str,
    reset: str,
    axon_spike: str,
    axon_reset: str,
    refractory: Any,
) -> NeuronModel:
    """``r`` and implicit conductances are added, as lowering will."""
    if "rank" in spike:
        parameters = f"rank = 0.0\n{parameters}"
    known, parts = written(parameters), written(equations)
    defined = {part.name for part in [*known, *parts]}
    implicit = sorted(set(re.findall(r"\bg_\w+", f"{equations} {spike} {reset}")) - defined)
    added = [Attribute(n, Kind.VARIABLE, Locality.LOCAL) for n in ["r", *implicit]]
    own = {part.name: part.var for part in [*known, *parts]}
    own |= {a.name: Var(Scope.SELF, a.name, a.locality) for a in added}
    texts = Texts(own)
    axon = (
        Spike(texts.condition(axon_spike), axon_spike, texts.assignments(axon_reset)) if axon_spike else None
    )
    return NeuronModel(
        "by hand",
        (*_attributes(known, parts), *added),
        (*(texts.equation(part) for part in parts), *map(zero, implicit)),
        spike=Spike(texts.condition(spike), spike, texts.assignments(reset)),
        axon_spike=axon,
        refractory=own[refractory] if isinstance(refractory, str) else None,
    )


def synapse_model(
    pre: NeuronModel,
    post: NeuronModel,
    parameters: str,
    equations: str,
    psp: str,
    pre_spike: str,
    post_spike: str,
    pre_axon_spike: str,
) -> SynapseModel:
    """``g_target += w`` is added, as lowering will, where nothing else transmits."""
    known, parts = written(parameters), written(equations)
    own = {part.name: part.var for part in [*known, *parts]}
    own.setdefault("w", Var(Scope.SELF, "w", Locality.LOCAL))
    added: dict[str, Attribute] = {}
    for part in (p for text in (pre_spike, post_spike, pre_axon_spike) for p in written(text)):
        if part.name not in own and part.name != "g_target":
            own[part.name], added[part.name] = part.var, part.attribute(Kind.VARIABLE)
    texts = Texts(own, {"pre": pre, "post": post})
    attributes = _attributes(known, parts)
    if "w" not in {a.name for a in attributes}:
        attributes = (W_PARAMETER, *attributes)
    event = _event(texts, pre_spike)
    if not event.transmit and not psp:
        event = Event(ADD_W.transmit, event.statements)
    return SynapseModel(
        "by hand",
        (*attributes, *added.values()),
        tuple(texts.equation(part) for part in parts),
        texts.expression(psp) if psp else None,
        psp,
        spiking=True,
        pre_spike=event,
        post_spike=_event(texts, post_spike),
        pre_axon_spike=_event(texts, pre_axon_spike),
    )


def _attributes(known: list[Written], parts: list[Written]) -> tuple[Attribute, ...]:
    return (
        *(part.attribute(Kind.PARAMETER) for part in known),
        *(part.attribute(Kind.VARIABLE) for part in parts),
    )


def _event(texts: Texts, text: str) -> Event:
    found = texts.assignments(text)
    transmit = tuple(s for s in found if s.target.scope is Scope.TARGET)
    return Event(transmit, tuple(s for s in found if s.target.scope is not Scope.TARGET))

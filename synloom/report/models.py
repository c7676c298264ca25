"""Neuron and synapse models as records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from synloom.codegen.ir.expr import ONE, Expr
from synloom.codegen.ir.model import (
    DEFAULT_PSP_TEXT,
    Assignment,
    Attribute,
    Creating,
    Equation,
    Event,
    Function,
    NeuronModel,
    Ode,
    Pruning,
    Spike,
    SynapseModel,
)
from synloom.codegen.ir.types import DType, Kind, Locality, Operation
from synloom.codegen.lower.spikes import RATE
from synloom.neuron import Neuron
from synloom.report.equations import Names, assignment, equation, formula, function
from synloom.report.formula import Formula, Line
from synloom.report.records import (
    EquationItem,
    NeuronItem,
    ParameterItem,
    RuleItem,
    SpikeItem,
    SynapseItem,
)
from synloom.report.symbols import symbol
from synloom.synapse import Synapse

NEURON_LOCALITIES: Final = {Locality.LOCAL: "per neuron", Locality.GLOBAL: "per population"}
SYNAPSE_LOCALITIES: Final = {
    Locality.LOCAL: "per synapse",
    Locality.SEMIGLOBAL: "per post-synaptic neuron",
    Locality.GLOBAL: "per projection",
}
TYPES: Final = {DType.REAL: "float", DType.INT: "int", DType.BOOL: "bool", DType.INT32: "int"}
ERASED: Final = "incoming spikes add to it, and it is set back once it was read"
BY_EVENTS: Final = "changed by events only"
Models = NeuronModel | SynapseModel


def neuron_item(name: str, neuron: Neuron, model: NeuronModel, own: Collection[str]) -> NeuronItem:
    """A neuron model; ``own`` are the names of the functions that its text declares."""
    names = Names(variables=_variables(model), declared=_declared(model))
    return NeuronItem(
        name=name,
        kind="spiking" if model.spiking else "rate-coded",
        description=neuron.short_description,
        parameters=_parameters(model, names, NEURON_LOCALITIES),
        equations=_equations(model, names, NEURON_LOCALITIES),
        functions=_functions(model.functions, own),
        spike=_spike(model.spike, names),
        axon_spike=_spike(model.axon_spike, names),
        refractory=_refractory(neuron.refractory),
    )


def synapse_item(
    name: str,
    synapse: Synapse,
    model: SynapseModel,
    ends: tuple[NeuronModel, NeuronModel],
    own: Collection[str],
) -> SynapseItem:
    """A synapse model between neurons of two models."""
    names, delayed = synapse_names(model, *ends), synapse_names(model, *ends, delayed=True)
    return SynapseItem(
        name=name,
        kind="spiking" if model.spiking else "rate-coded",
        description=synapse.short_description,
        parameters=_parameters(model, names, SYNAPSE_LOCALITIES),
        equations=_equations(model, delayed, SYNAPSE_LOCALITIES),
        functions=_functions(model.functions, own),
        transmission=None if model.psp is None else formula(model.psp, delayed),
        operation=str(model.operation),
        pre_event=_event(model.pre_spike, names),
        axon_event=_event(model.pre_axon_spike, names),
        post_event=_event(model.post_spike, names),
        creating=_rule(model.creating, names),
        pruning=_rule(model.pruning, names),
        plastic=model.plastic or model.restructures,
    )


def synapse_names(
    model: SynapseModel, pre: NeuronModel, post: NeuronModel, *, delayed: bool = False
) -> Names:
    """Names as a synapse sees them: ``delayed`` in its psp and its equations, but not in events (spec 02, 4.2)."""
    return Names(_variables(model), _variables(pre), _variables(post), _declared(model), delayed)


def is_default(model: SynapseModel) -> bool:
    """Whether a synapse does no more than the one that a projection without a model has."""
    plain = [a.name for a in model.attributes] == ["w"] and not model.equations and not model.restructures
    events = (*model.pre_spike.statements, *model.post_spike, *model.pre_axon_spike)
    if not plain or events or model.operation is not Operation.SUM:
        return False
    if model.spiking:
        return model.psp is None and all(s.origin is None for s in model.pre_spike.transmit)
    return model.psp_text == DEFAULT_PSP_TEXT


def initial(expr: Expr) -> Line:
    """A declared value: a number, a constant, a distribution, an expression over these."""
    return (formula(expr, Names()),)


def _variables(model: Models) -> frozenset[str]:
    return frozenset(a.name for a in model.attributes if a.kind is Kind.VARIABLE)


def _declared(model: Models) -> frozenset[str]:
    return frozenset(a.name for a in model.attributes)


def _parameters(model: Models, names: Names, localities: Mapping[Locality, str]) -> tuple[ParameterItem, ...]:
    """All but a weight that nothing declares: the connector gives it its values."""
    return tuple(
        ParameterItem(a.name, names.name("", a.name), initial(a.init), localities[a.locality], TYPES[a.dtype])
        for a in model.attributes
        if a.kind is Kind.PARAMETER and (a.name != "w" or a.origin is not None)
    )


def _equations(model: Models, names: Names, localities: Mapping[Locality, str]) -> tuple[EquationItem, ...]:
    """Every variable: those with an equation in the order of execution, then those that events change."""
    attributes = {a.name: a for a in model.attributes}
    items = []
    for given in model.equations:
        attribute = attributes[given.target.name]
        value = _first_value(attribute, model)
        items.append(_equation(given, attribute, value, names, localities[attribute.locality]))
    done = {item.name for item in items}
    for a in model.attributes:
        if a.kind is Kind.VARIABLE and a.name not in done and not (model.spiking and a == RATE):
            shown = names.name("", a.name)
            where, kind, value = localities[a.locality], TYPES[a.dtype], _first_value(a, model)
            items.append(EquationItem(a.name, shown, None, where, kind, value, note=BY_EVENTS))
    return tuple(items)


def _first_value(attribute: Attribute, model: Models) -> Line:
    """The declared initial value; that of a weight comes from the connector."""
    is_weight = attribute.name == "w" and isinstance(model, SynapseModel)
    return () if is_weight else initial(attribute.init)


def _equation(given: Equation, attribute: Attribute, init: Line, names: Names, locality: str) -> EquationItem:
    return EquationItem(
        name=attribute.name,
        symbol=symbol(attribute.name),
        formula=equation(given, names),
        locality=locality,
        type=TYPES[attribute.dtype],
        init=init,
        bounds=tuple((b.kind, formula(b.value, names)) for b in given.bounds),
        method=str(given.method) if isinstance(given, Ode) else "",
        note=ERASED if given.origin is None else "",
    )


def _functions(functions: Iterable[Function], own: Collection[str]) -> tuple[Formula, ...]:
    return tuple(function(f) for f in functions if f.name in own)


def _spike(spike: Spike | None, names: Names) -> SpikeItem | None:
    if spike is None:
        return None
    return SpikeItem(formula(spike.condition, names), _statements(spike.reset, names))


def _statements(statements: Iterable[Assignment], names: Names) -> tuple[Formula, ...]:
    return tuple(assignment(s, names) for s in statements)


def _event(event: Event, names: Names) -> tuple[Formula, ...]:
    return _statements(event, names)


def _refractory(given: float | str | None) -> Line:
    if given is None:
        return ()
    return (symbol(given),) if isinstance(given, str) else (f"{given} ms",)


def _rule(rule: Creating | Pruning | None, names: Names) -> RuleItem | None:
    if rule is None:
        return None
    settings = [("probability", rule.proba)] if rule.proba != ONE else []
    if isinstance(rule, Creating):
        settings.append(("weight", rule.w))
        settings += [("delay in ms", rule.d)] if rule.d is not None else []
    shown = tuple((what, formula(value, names)) for what, value in settings)
    return RuleItem(formula(rule.condition, names), shown)

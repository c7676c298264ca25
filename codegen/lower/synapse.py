"""A synapse's texts become a :class:`SynapseModel`, psp texts an expression (spec 01, sections 2, 10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from synloom.codegen.description import SynapseDescription
from synloom.codegen.errors import Mistakes, SourceText
from synloom.codegen.ir.expr import Expr, Var
from synloom.codegen.ir.model import (
    DEFAULT_PSP_TEXT,
    W_PARAMETER,
    Function,
    NeuronModel,
    SynapseModel,
    model_expressions,
)
from synloom.codegen.ir.types import Kind, Method, Operation, Scope
from synloom.codegen.lang.names import suggestion
from synloom.codegen.lang.statements import parse_only_expression
from synloom.codegen.lower.declare import SPIKING_SYNAPSE, SYNAPSE, declare
from synloom.codegen.lower.event_driven import check_event_driven
from synloom.codegen.lower.events import all_texts, is_written
from synloom.codegen.lower.function import reachable
from synloom.codegen.lower.memory import Memory
from synloom.codegen.lower.mistakes import tell
from synloom.codegen.lower.parts import Surroundings, lower_parts
from synloom.codegen.lower.resolve import Neighbour, Place, Resolver
from synloom.codegen.lower.structure import lower_creating, lower_pruning
from synloom.codegen.lower.synapse_events import (
    EventTexts,
    check_conductances,
    declare_implicit,
    default_transmission,
    lower_events,
    read_events,
    refuse_conductances,
    refuse_events,
)
from synloom.codegen.lower.typing import as_real

ONE_EXPRESSION: Final = "psp must be one expression."
_MEMORY: Final[Memory[SynapseModel]] = Memory()


def lower_synapse(
    description: SynapseDescription,
    *,
    pre: NeuronModel,
    post: NeuronModel,
    pre_name: str,
    post_name: str,
    functions: Mapping[str, Function],
    constants: Collection[str],
    default_method: Method = Method.EXPLICIT,
    spiking: bool = False,
    targets: tuple[str, ...] = (),
) -> SynapseModel:
    """Analyse a synapse between two neuron models.

    Parameters
    ----------
    description : SynapseDescription
        The texts and the operation. Equal ones from one place of the script, between neurons with the same
        attributes, give the same object.
    pre, post : NeuronModel
        What ``pre.x`` and ``post.x`` refer to.
    pre_name, post_name : str
        The populations, for messages.
    functions : mapping
        Global functions by name, in order of definition.
    constants : collection of str
        Names of the constants.
    default_method : Method, default explicit
        For ODEs without a method flag.
    spiking : bool, default False
        Whether spikes or rates reach the synapse: the type of the pre-synaptic neuron decides.
    targets : tuple of str, default empty
        The targets of the projection; the conductances of these names are changed as ``g_target`` only.

    Raises
    ------
    ModelError
        All mistakes of the model at once, each at its place in the text.
    """
    kept = tuple(functions.values())
    key = (
        description,
        tuple(text.site for text in all_texts(description)),
        pre.attributes,
        post.attributes,
        tuple(map(id, kept)),
        frozenset(constants),
        default_method,
        spiking,
        targets,
    )
    neighbours = _neighbours(pre, post, pre_name, post_name)
    around = Surroundings(functions, constants, default_method, neighbours, spiking)
    return _MEMORY.recall(key, lambda: _lower(description, around, targets), kept)


def lower_psp(
    text: SourceText,
    *,
    synapse: SynapseModel,
    pre: NeuronModel,
    post: NeuronModel,
    pre_name: str,
    post_name: str,
    functions: Mapping[str, Function],
    constants: Collection[str],
) -> Expr | None:
    """A psp of another reader of ``synapse``: bare names are its attributes.

    Between spiking populations an empty text is None: each spike then transmits ``w``.

    Parameters
    ----------
    text : SourceText
        One expression or conditional; empty for ``w * pre.r``, or for no psp if ``synapse`` is spiking.
    synapse : SynapseModel
        The forward synapse. Besides the global ``functions``, those it uses may be called.
    pre, post : NeuronModel
        Of this reader: for a transpose, ``pre`` is the forward post-synaptic neuron.

    Raises
    ------
    ModelError
        All mistakes of the text at once.
    """
    if synapse.spiking and not is_written(text):
        return None
    mistakes = Mistakes()
    resolver = Resolver(
        {a.name: Var(Scope.SELF, a.name, a.locality, a.dtype) for a in synapse.attributes},
        constants,
        {**functions, **{f.name: f for f in synapse.functions}},
        mistakes,
        _neighbours(pre, post, pre_name, post_name),
        spiking=synapse.spiking,
    )
    expr, _ = _psp(text, resolver)
    tell(mistakes)
    return expr


def _neighbours(pre: NeuronModel, post: NeuronModel, pre_name: str, post_name: str) -> dict[str, Neighbour]:
    return {
        "pre": Neighbour(Scope.PRE, pre.attributes, pre_name),
        "post": Neighbour(Scope.POST, post.attributes, post_name),
    }


def _lower(description: SynapseDescription, around: Surroundings, targets: tuple[str, ...]) -> SynapseModel:
    mistakes = Mistakes()
    dialect = SPIKING_SYNAPSE if around.spiking else SYNAPSE
    declared = declare(description.parameters, description.equations, dialect, mistakes)
    events = EventTexts({})
    if around.spiking:
        events = read_events(description, mistakes)
        refuse_conductances(declared, events, targets, mistakes)
        declare_implicit(events, declared, dialect.members, mistakes)
        check_conductances(around.neighbours["post"], targets, mistakes)
    else:
        refuse_events(description, around.neighbours["pre"].population, mistakes)
    changed = any(s.name == "w" for s in events)
    weight = replace(W_PARAMETER, kind=Kind.VARIABLE) if changed else W_PARAMETER
    parts = lower_parts(declared, description.functions, dialect, around, mistakes, weight=weight)
    operation = _operation(description.operation, around.spiking, mistakes)
    model = SynapseModel(
        description.name, parts.attributes, parts.equations, None, "", operation, spiking=around.spiking
    )
    model = _with_transmission(model, description, events, parts.resolver)
    model = replace(
        model,
        creating=lower_creating(description.creating, parts.resolver),
        pruning=lower_pruning(description.pruning, parts.resolver),
    )
    tell(mistakes)
    return replace(model, functions=reachable(model_expressions(model), parts.functions))


def _with_transmission(
    model: SynapseModel, description: SynapseDescription, events: EventTexts, resolver: Resolver
) -> SynapseModel:
    """Add the psp and the events."""
    source = description.psp
    if not source.argument:
        source = replace(source, argument="psp", owner=source.owner or description.equations.owner)
    if not model.spiking or is_written(source):
        psp, psp_text = _psp(source, resolver)
        model = replace(model, psp=psp, psp_text=psp_text)
    if not model.spiking:
        return model
    found = lower_events(events, resolver)
    statements = [s for event in found.values() for s in event]
    has_psp = model.psp is not None
    check_event_driven(model.equations, statements, model.attributes, has_psp=has_psp, resolver=resolver)
    pre_spike = found["pre_spike"]
    if not has_psp and not pre_spike.transmit:
        pre_spike = replace(pre_spike, transmit=(default_transmission(resolver.own["w"]),))
    return replace(
        model,
        pre_spike=pre_spike,
        post_spike=found["post_spike"],
        pre_axon_spike=found["pre_axon_spike"],
    )


def _psp(source: SourceText, resolver: Resolver) -> tuple[Expr, str]:
    """The psp and its text; the default where nothing is written."""
    if not is_written(source):
        source = replace(source, content=DEFAULT_PSP_TEXT)
    parsed = parse_only_expression(source, resolver.mistakes, ONE_EXPRESSION)
    if parsed is None:
        return resolver.own["w"], source.content
    expr, text = parsed
    return as_real(resolver.resolve(expr, Place("psp"))), text


def _operation(word: str, spiking: bool, mistakes: Mistakes) -> Operation:
    words = [o.value for o in Operation]
    if word not in words:
        mistakes.add("operation must be sum, max, min or mean.", None, suggestion(str(word), words))
        return Operation.SUM
    if spiking and word != Operation.SUM:
        hint = "conductances add up: drop operation, or change g_target in pre_spike"
        mistakes.add(f"operation must be sum in a spiking synapse, not {word}.", None, hint)
    return Operation(word)

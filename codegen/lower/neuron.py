"""A neuron's texts become a :class:`NeuronModel` (spec 01, sections 1, 3 to 8, 10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import Mistakes
from synloom.codegen.ir.model import Function, NeuronModel, model_expressions
from synloom.codegen.ir.types import Method
from synloom.codegen.lower.declare import NEURON, Declarations, declare
from synloom.codegen.lower.events import all_texts, first_line, is_written
from synloom.codegen.lower.function import reachable
from synloom.codegen.lower.memory import Memory
from synloom.codegen.lower.mistakes import tell
from synloom.codegen.lower.parts import Parts, Surroundings, lower_parts
from synloom.codegen.lower.spikes import (
    check_spiking_names,
    erased,
    implicit_attributes,
    lower_refractory,
    lower_spike,
)

_MEMORY: Final[Memory[NeuronModel]] = Memory()


def lower_neuron(
    description: NeuronDescription,
    *,
    functions: Mapping[str, Function],
    constants: Collection[str],
    default_method: Method = Method.EXPLICIT,
) -> NeuronModel:
    """Analyse a neuron; it is spiking if its ``spike`` is not empty.

    Parameters
    ----------
    description : NeuronDescription
        The texts. Equal descriptions from one place of the script give the same object.
    functions : mapping
        Global functions by name, in order of definition.
    constants : collection of str
        Names of the constants.
    default_method : Method, default explicit
        For ODEs without a method flag.

    Raises
    ------
    ModelError
        All mistakes of the model at once, each at its place in the text.
    """
    kept = tuple(functions.values())
    key = (
        description,
        tuple(text.site for text in all_texts(description)),
        tuple(map(id, kept)),
        frozenset(constants),
        default_method,
    )
    around = Surroundings(
        functions,
        constants,
        default_method,
        spiking=is_written(description.spike),
        sums=description.sums,
    )
    return _MEMORY.recall(key, lambda: _lower(description, around), kept)


def _lower(description: NeuronDescription, around: Surroundings) -> NeuronModel:
    mistakes = Mistakes()
    declared = declare(description.parameters, description.equations, NEURON, mistakes)
    implicit = implicit_attributes(description, declared, around) if around.spiking else ()
    parts = lower_parts(declared, description.functions, NEURON, around, mistakes, implicit)
    if around.spiking:
        check_spiking_names(declared, mistakes)
        equations = (*parts.equations, *erased(implicit))
        model = _spiking(description, replace(parts, equations=equations))
    else:
        _check_rate(description, declared, mistakes)
        _refuse_spiking(description, mistakes)
        model = NeuronModel(description.name, parts.attributes, parts.equations)
    tell(mistakes)
    return replace(model, functions=reachable(model_expressions(model), parts.functions))


def _spiking(description: NeuronDescription, parts: Parts) -> NeuronModel:
    resolver = parts.resolver
    spike = lower_spike(description.spike, description.reset, resolver)
    axonal = lower_spike(description.axon_spike, description.axon_reset, resolver)
    return NeuronModel(
        description.name,
        parts.attributes,
        parts.equations,
        spike=spike,
        axon_spike=axonal,
        refractory=lower_refractory(description.refractory, resolver),
    )


def _refuse_spiking(description: NeuronDescription, mistakes: Mistakes) -> None:
    """Arguments that have a meaning only beside a spike condition."""
    texts = {
        "reset": description.reset,
        "axon_spike": description.axon_spike,
        "axon_reset": description.axon_reset,
        "refractory": description.refractory,
    }
    for argument, text in texts.items():
        if is_written(text):
            message = f"{argument} is for spiking neurons, and this one has no spike condition."
            mistakes.add(message, first_line(text), "give spike a condition: spike='v > 1.0'")


def _check_rate(description: NeuronDescription, declared: Declarations, mistakes: Mistakes) -> None:
    if not declared.complete or any(d.name == "r" for d in declared):
        return
    source = description.equations if description.equations.content.strip() else description.parameters
    who = source.owner or (f'Neuron "{description.name}"' if description.name else "The neuron")
    message = f'{who} is rate-coded and must define "r" (or give a spike condition).'
    mistakes.add(message, first_line(source), "r is what other neurons read: r = ...")

"""A neuron's texts become a :class:`NeuronModel` (spec 01, sections 1, 3 to 8, 10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import Mistakes, Origin, SourceText
from synloom.codegen.ir.model import Function, NeuronModel
from synloom.codegen.ir.types import Method
from synloom.codegen.lower.declare import NEURON, Declarations
from synloom.codegen.lower.memory import Memory
from synloom.codegen.lower.mistakes import tell
from synloom.codegen.lower.parts import functions_of, lower_parts

_MEMORY: Final[Memory[NeuronModel]] = Memory()


def lower_neuron(
    description: NeuronDescription,
    *,
    functions: Mapping[str, Function],
    constants: Collection[str],
    default_method: Method = Method.EXPLICIT,
) -> NeuronModel:
    """Analyse a rate-coded neuron.

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
        description.parameters.site,
        description.equations.site,
        description.functions.site,
        tuple(map(id, kept)),
        frozenset(constants),
        default_method,
    )
    return _MEMORY.recall(key, lambda: _lower(description, functions, constants, default_method), kept)


def _lower(
    description: NeuronDescription,
    functions: Mapping[str, Function],
    constants: Collection[str],
    default_method: Method,
) -> NeuronModel:
    mistakes = Mistakes()
    parts = lower_parts(description, NEURON, functions, constants, default_method, mistakes)
    _check_rate(description, parts.declared, mistakes)
    tell(mistakes)
    return NeuronModel(
        description.name, parts.attributes, parts.equations, functions_of(parts.equations, parts)
    )


def _check_rate(description: NeuronDescription, declared: Declarations, mistakes: Mistakes) -> None:
    if not declared.complete or any(d.name == "r" for d in declared):
        return
    source = description.equations if description.equations.content.strip() else description.parameters
    who = source.owner or (f'Neuron "{description.name}"' if description.name else "The neuron")
    message = f'{who} is rate-coded and must define "r" (or give a spike condition).'
    mistakes.add(message, _first_line(source), "r is what other neurons read: r = ...")


def _first_line(source: SourceText) -> Origin | None:
    """The first line with something on it."""
    text = source.content
    if not text.strip():
        return None
    start = len(text) - len(text.lstrip())
    stop = text.find("\n", start)
    return Origin(source, start, len(text[: stop if stop >= 0 else len(text)].rstrip()))

"""A synapse's texts become a :class:`SynapseModel`, psp texts an expression (spec 01, sections 2, 10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from synloom.codegen.description import SynapseDescription
from synloom.codegen.errors import Mistakes, SourceText
from synloom.codegen.ir.expr import Expr, Var
from synloom.codegen.ir.model import DEFAULT_PSP_TEXT, Function, NeuronModel, SynapseModel
from synloom.codegen.ir.types import Method, Operation, Scope
from synloom.codegen.lang.names import suggestion
from synloom.codegen.lang.statements import parse_only_expression
from synloom.codegen.lang.tokens import Kind, tokenize
from synloom.codegen.lower.declare import SYNAPSE
from synloom.codegen.lower.memory import Memory
from synloom.codegen.lower.mistakes import tell
from synloom.codegen.lower.parts import functions_of, lower_parts
from synloom.codegen.lower.resolve import Neighbour, Place, Resolver
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
) -> SynapseModel:
    """Analyse a rate-coded synapse between two neuron models.

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

    Raises
    ------
    ModelError
        All mistakes of the model at once, each at its place in the text.
    """
    kept = tuple(functions.values())
    texts = (description.parameters, description.equations, description.psp, description.functions)
    key = (
        description,
        tuple(text.site for text in texts),
        pre.attributes,
        post.attributes,
        tuple(map(id, kept)),
        frozenset(constants),
        default_method,
    )
    neighbours = _neighbours(pre, post, pre_name, post_name)
    return _MEMORY.recall(
        key, lambda: _lower(description, neighbours, functions, constants, default_method), kept
    )


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
) -> Expr:
    """A psp of another reader of ``synapse``: bare names are its attributes.

    Parameters
    ----------
    text : SourceText
        One expression or conditional; empty for ``w * pre.r``.
    synapse : SynapseModel
        The forward synapse. Besides the global ``functions``, those it uses may be called.
    pre, post : NeuronModel
        Of this reader: for a transpose, ``pre`` is the forward post-synaptic neuron.

    Raises
    ------
    ModelError
        All mistakes of the text at once.
    """
    mistakes = Mistakes()
    resolver = Resolver(
        {a.name: Var(Scope.SELF, a.name, a.locality, a.dtype) for a in synapse.attributes},
        constants,
        {**functions, **{f.name: f for f in synapse.functions}},
        mistakes,
        _neighbours(pre, post, pre_name, post_name),
    )
    expr, _ = _psp(text, resolver)
    tell(mistakes)
    return expr


def _neighbours(pre: NeuronModel, post: NeuronModel, pre_name: str, post_name: str) -> dict[str, Neighbour]:
    return {
        "pre": Neighbour(Scope.PRE, pre.attributes, pre_name),
        "post": Neighbour(Scope.POST, post.attributes, post_name),
    }


def _lower(
    description: SynapseDescription,
    neighbours: Mapping[str, Neighbour],
    functions: Mapping[str, Function],
    constants: Collection[str],
    default_method: Method,
) -> SynapseModel:
    mistakes = Mistakes()
    parts = lower_parts(description, SYNAPSE, functions, constants, default_method, mistakes, neighbours)
    source = description.psp
    if not source.argument:
        source = replace(source, argument="psp", owner=source.owner or description.equations.owner)
    psp, psp_text = _psp(source, parts.resolver)
    operation = _operation(description.operation, mistakes)
    tell(mistakes)
    used = functions_of(parts.equations, parts, psp)
    return SynapseModel(description.name, parts.attributes, parts.equations, psp, psp_text, operation, used)


def _psp(source: SourceText, resolver: Resolver) -> tuple[Expr, str]:
    """The psp and its text; the default where nothing is written."""
    if all(t.kind is Kind.BREAK for t in tokenize(source.content)):
        source = replace(source, content=DEFAULT_PSP_TEXT)
    parsed = parse_only_expression(source, resolver.mistakes, ONE_EXPRESSION)
    if parsed is None:
        return resolver.own["w"], source.content
    expr, text = parsed
    return as_real(resolver.resolve(expr, Place("psp"))), text


def _operation(word: str, mistakes: Mistakes) -> Operation:
    words = [o.value for o in Operation]
    if word not in words:
        mistakes.add("operation must be sum, max, min or mean.", None, suggestion(str(word), words))
        return Operation.SUM
    return Operation(word)

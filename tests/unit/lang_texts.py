"""Models from short texts, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import pytest

from synloom.codegen.description import NeuronDescription, SynapseDescription
from synloom.codegen.errors import ModelError, ModelErrors, SourceText
from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import Assignment, Equation, Function, NeuronModel, Ode, SynapseModel
from synloom.codegen.ir.types import Method
from synloom.codegen.lower.function import lower_functions
from synloom.codegen.lower.neuron import lower_neuron
from synloom.codegen.lower.synapse import lower_psp, lower_synapse

NO_FUNCTIONS: Mapping[str, Function] = {}


def neuron(
    equations: str = "",
    parameters: str = "",
    functions: str = "",
    *,
    shared: Mapping[str, Function] = NO_FUNCTIONS,
    constants: Collection[str] = (),
    method: Method = Method.EXPLICIT,
) -> NeuronModel:
    owner = "Neuron 'X'"
    description = NeuronDescription(
        SourceText(parameters, owner, "parameters"),
        SourceText(equations, owner, "equations"),
        SourceText(functions, owner, "functions"),
        "X",
    )
    return lower_neuron(description, functions=shared, constants=constants, default_method=method)


PRE = neuron("r = sum(exc) ; x = r ; n += 1 : int", "a = 1.0 ; g = 2.0 : population")
POST = neuron("r = sum(exc) ; mp = r ; on = True : bool", "base = 0.0 ; g = 2.0 : population")


def synapse(
    equations: str = "",
    parameters: str = "",
    psp: str = "",
    functions: str = "",
    *,
    operation: str = "sum",
    pre: NeuronModel = PRE,
    post: NeuronModel = POST,
    shared: Mapping[str, Function] = NO_FUNCTIONS,
    constants: Collection[str] = (),
    method: Method = Method.EXPLICIT,
) -> SynapseModel:
    owner = "Synapse 'S'"
    description = SynapseDescription(
        SourceText(parameters, owner, "parameters"),
        SourceText(equations, owner, "equations"),
        SourceText(psp, owner, "psp"),
        operation,
        SourceText(functions, owner, "functions"),
        "S",
    )
    return lower_synapse(
        description,
        pre=pre,
        post=post,
        pre_name="p1",
        post_name="p2",
        functions=shared,
        constants=constants,
        default_method=method,
    )


def other_psp(text: str, forward: SynapseModel) -> Expr:
    """A psp of a transpose of ``forward``: pre and post exchanged."""
    return lower_psp(
        SourceText(text, "Transpose", "psp"),
        synapse=forward,
        pre=POST,
        post=PRE,
        pre_name="p2",
        post_name="p1",
        functions={},
        constants=(),
    )


def shared_functions(text: str, constants: Collection[str] = ()) -> dict[str, Function]:
    source = SourceText(text, "add_function()", "function")
    return {f.name: f for f in lower_functions(source, functions={}, constants=constants)}


def value(model: NeuronModel | SynapseModel, name: str) -> Expr:
    """Right side of an assignment."""
    found = equation(model, name)
    assert isinstance(found, Assignment)
    return found.value


def ode(model: NeuronModel | SynapseModel, name: str) -> Ode:
    found = equation(model, name)
    assert isinstance(found, Ode)
    return found


def equation(model: NeuronModel | SynapseModel, name: str) -> Equation:
    return next(e for e in model.equations if e.target.name == name)


def mistakes(make: Callable[[], object]) -> list[ModelError]:
    """All mistakes that ``make`` raises, in the order in which they are told."""
    with pytest.raises(ModelError) as caught:
        make()
    error = caught.value
    found = list(error.errors) if isinstance(error, ModelErrors) else [error]
    for one in found:
        if one.origin is not None:
            assert_shape(one)
    return found


def mistake(make: Callable[[], object]) -> ModelError:
    """The only mistake that ``make`` raises."""
    found = mistakes(make)
    assert len(found) == 1, [f.message for f in found]
    return found[0]


def assert_shape(error: ModelError) -> None:
    """Rule, place, the line as written, carets under the span, and the cure if there is one."""
    assert error.origin is not None
    source, origin = error.origin.source, error.origin
    rule, where, line, caret, *hint = str(error).split("\n")
    assert rule == error.message
    assert where == f"  {source.owner}, argument '{source.argument}', line {origin.line}"
    written = source.content.split("\n")[origin.line - 1]
    assert line == f"      {written.strip()}"
    first_line = origin.text.split("\n")[0].rstrip()
    under = line[caret.index("^") :][: caret.count("^")]
    assert under == first_line
    assert hint == ([f"hint: {error.hint}"] if error.hint else [])


def place(error: ModelError) -> tuple[str, int, int]:
    """The underlined text, its line from 1, its column from 0."""
    assert error.origin is not None
    return error.origin.text, error.origin.line, error.origin.column

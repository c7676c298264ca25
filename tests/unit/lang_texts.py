"""Models from short texts, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

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
    **spiking: str,
) -> NeuronModel:
    """``spiking`` are the texts ``spike``, ``reset`` and so on."""
    owner = "Neuron 'X'"
    description = NeuronDescription(
        SourceText(parameters, owner, "parameters"),
        SourceText(equations, owner, "equations"),
        SourceText(functions, owner, "functions"),
        "X",
        **{name: SourceText(text, owner, name) for name, text in spiking.items()},
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
    spiking: bool = False,
    targets: tuple[str, ...] = (),
    **events: str,
) -> SynapseModel:
    """``events`` are the texts ``pre_spike``, ``creating`` and so on."""
    owner = "Synapse 'S'"
    description = SynapseDescription(
        SourceText(parameters, owner, "parameters"),
        SourceText(equations, owner, "equations"),
        SourceText(psp, owner, "psp"),
        operation,
        SourceText(functions, owner, "functions"),
        "S",
        **{name: SourceText(text, owner, name) for name, text in events.items()},
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
        spiking=spiking,
        targets=targets,
    )


SPIKING = neuron(
    "dv/dt = g_exc - v ; n += 1 : int ; m = 1.0 : population", "a = 1.0 ; g = 2.0 : population", spike="v > 1"
)


def spiking_synapse(equations: str = "", parameters: str = "", psp: str = "", **more: Any) -> SynapseModel:
    """A synapse between two populations of ``SPIKING`` neurons, with target ``exc``."""
    sides = {"pre": SPIKING, "post": SPIKING, "spiking": True, "targets": ("exc",)}
    return synapse(equations, parameters, psp, **{**sides, **more})


def other_psp(text: str, forward: SynapseModel) -> Expr | None:
    """A psp of a transpose of ``forward``: pre and post exchanged."""
    return lower_psp(
        SourceText(text, "Transpose", "psp"),
        synapse=forward,
        pre=SPIKING if forward.spiking else POST,
        post=SPIKING if forward.spiking else PRE,
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

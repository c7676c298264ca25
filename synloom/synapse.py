"""Synapse models as the user writes them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from synloom.callsite import call_site
from synloom.codegen.description import SynapseDescription
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import Operation
from synloom.forms import Creating, Parameters, Pruning, Statements
from synloom.neuron import own_name, refuse_spiking, show_model
from synloom.written import ModelTexts

CURE = "Write a rate-coded synapse: parameters, equations, psp, operation, functions."


class Synapse:
    """A rate-coded synapse model. Its text is analysed when a projection is built from it.

    Parameters
    ----------
    parameters : str, dict or list of str
        Quantities that no equation changes: ``eta = 0.1 : projection``, one for each synapse by default, or
        ``{"eta": 0.1}``, one for all by default.
    equations : str, Variable, or list of both
        Synaptic variables and how they change, often the weight ``w``.
    psp : str, optional
        What one synapse contributes, recomputed every step; default ``w * pre.r``.
    operation : {'sum', 'max', 'min', 'mean'}
        How the contributions to one neuron are put together.
    pre_spike, post_spike, pre_axon_spike
        Of spiking synapses; not part of this version.
    functions : str, optional
        Functions that only this model sees.
    pruning, creating
        Structural plasticity; not part of this version.
    name, description : str, optional
        For reports and messages.
    extra_values : dict, optional
        Obsolete. ``a = 'key'`` in ``parameters`` takes the value of that key.

    Attributes
    ----------
    type : str
        ``'rate'``.
    description : SynapseDescription
        The texts as the compiler takes them.
    name, short_description : str

    Raises
    ------
    ConfigurationError
        An argument of the wrong type, an unknown operation, or an argument of spiking synapses.
    """

    type = "rate"

    def __init__(
        self,
        parameters: Parameters = "",
        equations: Statements = "",
        psp: str | None = None,
        operation: str = "sum",
        pre_spike: Statements | None = None,
        post_spike: Statements | None = None,
        pre_axon_spike: Statements | None = None,
        functions: str | None = None,
        pruning: str | Pruning | None = None,
        creating: str | Creating | None = None,
        name: str | None = None,
        description: str | None = None,
        extra_values: Mapping[str, Any] | None = None,
    ) -> None:
        refuse_spiking(
            "synapse", CURE, pre_spike=pre_spike, post_spike=post_spike, pre_axon_spike=pre_axon_spike
        )
        _refuse_structural(pruning=pruning, creating=creating)
        if operation not in tuple(Operation):
            raise ConfigurationError(f"operation must be sum, max, min or mean, not {operation!r}.")
        site = call_site(sys._getframe(1), self)
        called = name or own_name(self, Synapse)
        texts = ModelTexts("Synapse", called, site)
        self.description = SynapseDescription(
            parameters=texts.take("parameters", 0, parameters, extra_values or {}),
            equations=texts.take("equations", 1, equations),
            psp=texts.take("psp", 2, psp),
            operation=str(operation),
            functions=texts.take("functions", 7, functions),
            name=called,
            site=site,
        )
        self.name = called or "Rate-coded synapse"
        self.short_description = description or "User-defined rate-coded synapse."

    @property
    def operation(self) -> str:
        """How the contributions to one neuron are put together."""
        return self.description.operation

    def __add__(self, _other: object) -> NoReturn:
        raise ConfigurationError(
            "Synapse models cannot be added.", hint="Write one model with the equations of both."
        )

    def __str__(self) -> str:
        written = self.description
        texts = (written.parameters, written.equations, written.psp, written.functions)
        shown = show_model(f"{self.name} (rate-coded)", texts)
        return shown if self.operation == "sum" else f"{shown}\nOperation:\n    {self.operation}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


def _refuse_structural(**arguments: object) -> None:
    given = [name for name, value in arguments.items() if value is not None and value != ""]
    if given:
        raise ConfigurationError(
            f"{given[0]}= describes structural plasticity, which is not part of this version.", hint=CURE
        )

"""Synapse models as the user writes them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, NoReturn

from synloom import config
from synloom.callsite import call_site
from synloom.codegen.description import SynapseDescription
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import Operation
from synloom.codegen.lower.events import all_texts, is_written
from synloom.forms import Creating, Parameters, Pruning, Statements
from synloom.neuron import own_name, show_model
from synloom.written import ModelTexts


class Synapse:
    """A synapse model. Its text is analysed when a projection is built from it.

    Whether it is spiking is decided by the pre-synaptic neurons of that projection.

    Parameters
    ----------
    parameters : str, dict or list of str
        Quantities that no equation changes: ``eta = 0.1 : projection``, one for each synapse by default, or
        ``{"eta": 0.1}``, one for all by default.
    equations : str, Variable, or list of both
        Synaptic variables and how they change, often the weight ``w``.
    psp : str, optional
        What one synapse contributes, recomputed every step; between rate-coded neurons ``w * pre.r`` by default.
    operation : {'sum', 'max', 'min', 'mean'}
        How the contributions to one neuron are put together; ``'sum'`` between spiking neurons.
    pre_spike : str or list of str, optional
        Assignments carried out when a spike arrives, among them what it does to the post-synaptic conductance,
        ``g_target``. Without a statement on ``g_target`` and a psp, ``g_target += w`` is added.
    post_spike : str or list of str, optional
        Assignments carried out when the post-synaptic neuron fires.
    pre_axon_spike : str or list of str, optional
        Assignments carried out when an axonal spike arrives.
    functions : str, optional
        Functions that only this model sees.
    pruning, creating : str, optional
        Conditions under which synapses go and come, with flags ``proba``, and ``w`` and ``d`` of new ones:
        ``pre.r * post.r > 0.9 : proba = 0.5, w = 0.1``.
    name, description : str, optional
        For reports and messages.
    extra_values : dict, optional
        Obsolete. ``a = 'key'`` in ``parameters`` takes the value of that key.

    Attributes
    ----------
    type : str
        ``'spike'`` if the model has a ``pre_spike``, else ``'rate'``.
    description : SynapseDescription
        The texts as the compiler takes them.
    name, short_description : str

    Raises
    ------
    ConfigurationError
        An argument of the wrong type, an unknown operation or one other than ``'sum'`` beside ``pre_spike``, or
        structural plasticity that ``setup()`` did not allow.
    """

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
            pre_spike=texts.take("pre_spike", 4, pre_spike),
            post_spike=texts.take("post_spike", 5, post_spike),
            pre_axon_spike=texts.take("pre_axon_spike", 6, pre_axon_spike),
            functions=texts.take("functions", 7, functions),
            pruning=texts.take("pruning", 8, pruning),
            creating=texts.take("creating", 9, creating),
            name=called,
            site=site,
        )
        _refuse_structural(self.description)
        spiking = is_written(self.description.pre_spike)
        if spiking and operation != Operation.SUM:
            raise ConfigurationError(
                f"{texts.owner}: operation must be sum in a spiking synapse, not {operation}."
            )
        self.type = "spike" if spiking else "rate"
        kind = "spiking" if spiking else "rate-coded"
        self.name = called or f"{kind.capitalize()} synapse"
        self.short_description = description or f"User-defined {kind} synapse."

    @property
    def operation(self) -> str:
        """How the contributions to one neuron are put together."""
        return self.description.operation

    def explain(self) -> str:
        """Each equation as written, its discretised form, and the C++ it becomes.

        It is shown between two neurons that have what the model reads, each synapse with a weight of its own. Between
        other neurons, with one weight for all, or in another storage, the lines of :meth:`Projection.explain` differ.

        Raises
        ------
        ModelError
            The mistakes in the text.
        """
        from synloom.specimen import explain_synapse

        return explain_synapse(self)

    def __add__(self, _other: object) -> NoReturn:
        raise ConfigurationError(
            "Synapse models cannot be added.", hint="Write one model with the equations of both."
        )

    def __str__(self) -> str:
        kind = "spiking" if self.type == "spike" else "rate-coded"
        shown = show_model(f"{self.name} ({kind})", all_texts(self.description))
        return shown if self.operation == "sum" else f"{shown}\nOperation:\n    {self.operation}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


def _refuse_structural(description: SynapseDescription) -> None:
    for text in (description.pruning, description.creating):
        if is_written(text) and not config.options.structural_plasticity:
            raise ConfigurationError(
                f"{text.owner}: {text.argument} needs structural plasticity, which is off.",
                hint="Enable it with setup(structural_plasticity=True).",
            )

"""Neuron models as the user writes them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from synloom import config, registry
from synloom.callsite import call_site
from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import ConfigurationError, SourceText
from synloom.codegen.lower.neuron import lower_neuron
from synloom.forms import Parameters, Statements
from synloom.written import ModelTexts


class Neuron:
    """A rate-coded neuron model. Its text is analysed when a population is built from it, or by ``check()``.

    Parameters
    ----------
    parameters : str, dict or list of str
        Quantities that no equation changes: ``tau = 10.0 : population ; a = 0.3``, one for each neuron by
        default, or ``{"tau": 10.0, "a": Parameter(0.3, "local")}``, one for all by default.
    equations : str, Variable, or list of both
        Variables and how they change. One attribute must be called ``r``.
    spike, axon_spike, reset, axon_reset, refractory
        Of spiking neurons; not part of this version.
    functions : str, optional
        Functions that only this model sees.
    name, description : str, optional
        For reports and messages.
    extra_values : dict, optional
        Obsolete. ``a = 'key'`` in ``parameters`` takes the value of that key.

    Attributes
    ----------
    type : str
        ``'rate'``.
    description : NeuronDescription
        The texts as the compiler takes them.
    name, short_description : str

    Raises
    ------
    ConfigurationError
        An argument of the wrong type, or one of spiking neurons.
    """

    type = "rate"

    def __init__(
        self,
        parameters: Parameters = "",
        equations: Statements = "",
        spike: str | None = None,
        axon_spike: str | None = None,
        reset: Statements | None = None,
        axon_reset: Statements | None = None,
        refractory: float | str | None = None,
        functions: str | None = None,
        name: str = "",
        description: str = "",
        extra_values: Mapping[str, Any] | None = None,
    ) -> None:
        refuse_spiking(
            "neuron",
            "Write a rate-coded neuron: parameters, equations that define r, functions.",
            spike=spike,
            axon_spike=axon_spike,
            reset=reset,
            axon_reset=axon_reset,
            refractory=refractory,
        )
        site = call_site(sys._getframe(1), self)
        called = name or own_name(self, Neuron)
        texts = ModelTexts("Neuron", called, site)
        self.description = NeuronDescription(
            parameters=texts.take("parameters", 0, parameters, extra_values or {}),
            equations=texts.take("equations", 1, equations),
            functions=texts.take("functions", 7, functions),
            name=called,
            site=site,
        )
        self.name = called or "Rate-coded neuron"
        self.short_description = description or "User-defined model of a rate-coded neuron."

    def check(self) -> None:
        """Analyse the text now, as a population would.

        Raises
        ------
        ModelError
            The mistakes in it.
        """
        lower_neuron(
            self.description,
            functions=registry.functions,
            constants=registry.constants.keys(),
            default_method=config.options.method,
        )

    def __str__(self) -> str:
        texts = (self.description.parameters, self.description.equations, self.description.functions)
        return show_model(f"{self.name} (rate-coded)", texts)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


def own_name(model: object, base: type) -> str:
    """The class of a ready-made or a user's own model; empty for ``base`` itself."""
    return "" if type(model) is base else type(model).__name__


def refuse_spiking(kind: str, cure: str, **arguments: object) -> None:
    """Raise if any of the arguments, which only spiking models have, is given."""
    given = [name for name, value in arguments.items() if value is not None and value != "" and value != []]
    if given:
        raise ConfigurationError(
            f"{given[0]}= describes a spiking {kind}; spiking models are not part of this version.", hint=cure
        )


def show_model(title: str, texts: tuple[SourceText, ...]) -> str:
    """A title, then each text that is not empty under the name of its argument."""
    parts = [title]
    for text in texts:
        lines = [line.strip() for line in text.content.replace(";", "\n").split("\n")]
        if any(lines):
            parts.append(f"{text.argument.capitalize()}:")
            parts.extend(f"    {line}" for line in lines if line)
    return "\n".join(parts)

"""Neuron models as the user writes them."""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from synloom import config, registry
from synloom.callsite import call_site
from synloom.codegen.description import NeuronDescription
from synloom.codegen.errors import ConfigurationError, SourceText
from synloom.codegen.ir.model import NeuronModel
from synloom.codegen.ir.types import Precision
from synloom.codegen.lower.events import all_texts, is_written
from synloom.codegen.lower.neuron import lower_neuron
from synloom.forms import Parameters, Statements
from synloom.written import ModelTexts


class Neuron:
    """A neuron model. Its text is analysed when a population is built from it, or by ``check()``.

    A model with a ``spike`` condition is spiking, any other rate-coded.

    Parameters
    ----------
    parameters : str, dict or list of str
        Quantities that no equation changes: ``tau = 10.0 : population ; a = 0.3``, one for each neuron by
        default, or ``{"tau": 10.0, "a": Parameter(0.3, "local")}``, one for all by default.
    equations : str, Variable, or list of both
        Variables and how they change. In a rate-coded neuron one attribute must be called ``r``; a spiking one
        must not define it, and reads its input as conductances, ``g_exc`` for the target ``exc``.
    spike : str, optional
        The condition under which the neuron fires: ``v > threshold``.
    axon_spike : str, optional
        The condition for a second, axonal kind of spike.
    reset, axon_reset : str, Variable, or list of both, optional
        Assignments carried out when the neuron fires: ``v = 0.0 ; u += d``.
    refractory : float or str, optional
        How long the neuron rests after a spike, in ms, or the attribute that says so.
    functions : str, optional
        Functions that only this model sees.
    name, description : str, optional
        For reports and messages.
    extra_values : dict, optional
        Obsolete. ``a = 'key'`` in ``parameters`` takes the value of that key.

    Attributes
    ----------
    type : str
        ``'spike'`` or ``'rate'``.
    refractory : float, str or None
        As given.
    description : NeuronDescription
        The texts as the compiler takes them.
    name, short_description : str

    Raises
    ------
    ConfigurationError
        An argument of the wrong type, or a refractory period without a spike condition.
    """

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
        site = call_site(sys._getframe(1), self)
        called = name or own_name(self, Neuron)
        texts = ModelTexts("Neuron", called, site)
        self.description = NeuronDescription(
            parameters=texts.take("parameters", 0, parameters, extra_values or {}),
            equations=texts.take("equations", 1, equations),
            spike=texts.take("spike", 2, spike),
            axon_spike=texts.take("axon_spike", 3, axon_spike),
            reset=texts.take("reset", 4, reset),
            axon_reset=texts.take("axon_reset", 5, axon_reset),
            refractory=texts.take("refractory", 6, refractory if isinstance(refractory, str) else None),
            functions=texts.take("functions", 7, functions),
            name=called,
            site=site,
        )
        spiking = is_written(self.description.spike)
        self.type = "spike" if spiking else "rate"
        self.refractory = _period(texts.owner, refractory, spiking)
        self.name = called or ("Spiking neuron" if spiking else "Rate-coded neuron")
        self.short_description = description or (
            f"User-defined model of a {'spiking' if spiking else 'rate-coded'} neuron."
        )

    def check(self) -> None:
        """Analyse the text now, as a population would.

        Raises
        ------
        ModelError
            The mistakes in it.
        """
        self._lower()

    def explain(self) -> str:
        """Each equation as written, its discretised form, and the C++ it becomes.

        Raises
        ------
        ModelError
            The mistakes in the text.
        """
        from synloom.explain import explain_neuron

        return explain_neuron(self._lower(), Precision(config.options.precision))

    def _lower(self) -> NeuronModel:
        return lower_neuron(
            self.description,
            functions=registry.functions,
            constants=registry.constants.keys(),
            default_method=config.options.method,
        )

    def __str__(self) -> str:
        spiking = self.type == "spike"
        shown = show_model(
            f"{self.name} ({'spiking' if spiking else 'rate-coded'})", all_texts(self.description)
        )
        period = self.refractory
        number = (
            f"\nRefractory:\n    {period} ms" if period is not None and not isinstance(period, str) else ""
        )
        return f"{shown}{number}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


def own_name(model: object, base: type) -> str:
    """The class of a ready-made or a user's own model; empty for ``base`` itself."""
    return "" if type(model) is base else type(model).__name__


def _period(owner: str, given: object, spiking: bool) -> float | str | None:
    """The refractory period as given: a number of ms that is not negative, or a name."""
    if given is None or given == "":
        return None
    if isinstance(given, str):
        return given
    if isinstance(given, bool) or not isinstance(given, numbers.Real) or not 0 <= float(given) < math.inf:
        raise ConfigurationError(
            f"{owner}: refractory must be a number of ms, not negative, or the name of an attribute,"
            f" not {given!r}."
        )
    if not spiking:
        raise ConfigurationError(
            f"{owner}: refractory is for spiking neurons, and this one has no spike condition.",
            hint="give spike a condition: spike='v > 1.0'",
        )
    return float(given)


def show_model(title: str, texts: Iterable[SourceText]) -> str:
    """A title, then each text that is not empty under the name of its argument; functions come last."""
    parts = [title]
    for text in sorted(texts, key=lambda t: t.argument == "functions"):
        lines = [line.strip() for line in text.content.replace(";", "\n").split("\n")]
        if any(lines):
            parts.append(f"{text.argument.replace('_', ' ').capitalize()}:")
            parts.extend(f"    {line}" for line in lines if line)
    return "\n".join(parts)

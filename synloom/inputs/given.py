"""What a user gives to an input: numbers in whatever sequence, times in ms, models put together from texts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synloom import registry
from synloom.attributes import as_numbers
from synloom.codegen.errors import ConfigurationError, SourceText
from synloom.codegen.ir.model import NeuronModel
from synloom.codegen.ir.types import Kind
from synloom.neuron import Neuron

if TYPE_CHECKING:
    from synloom.network import Network


def numbers(owner: str, what: str, given: Any) -> NDArray[np.float64]:
    """A number or nested sequence of numbers as an array.

    Raises
    ------
    ConfigurationError
        It holds something else, or rows of different lengths.
    """
    array = as_numbers(given)
    if array is None:
        raise ConfigurationError(
            f"{owner}: {what} must be numbers, not {given!r}.",
            hint="give a list or an array; rows must be equally long",
        )
    return array.astype(np.float64)


def in_ms(steps: Any, dt: float) -> Any:
    """Numbers of steps as times in ms, free of rounding: 3 steps of 0.1 are 0.3."""
    return np.round(np.asarray(steps, np.float64) * dt, 10)


def network_of_place(place: Mapping[str, Any]) -> Network:
    """The network that ``net_id=`` or ``network=`` of a constructor names."""
    network: Network | None = place.get("network")
    return registry.network(place.get("net_id", 0)) if network is None else network


def input_neuron(
    called: str,
    *,
    equations: str | SourceText = "",
    parameters: str | SourceText = "",
    spike: str = "",
    refractory: float | None = None,
    sums: bool = False,
) -> Neuron:
    """The neuron of an input population, written in the language of models.

    Parameters
    ----------
    called : str
        Name of the class of the population.
    equations, parameters, spike, refractory
        As of :class:`Neuron`; texts of the user keep their places in the script.
    sums : bool, default False
        Whether a spiking neuron reads weighted sums of rates.
    """
    neuron = Neuron(spike=spike or None, refractory=refractory, name=called)
    neuron.short_description = f"Neurons of a {called}."
    neuron.description = replace(
        neuron.description,
        equations=_text(equations, called, "equations"),
        parameters=_text(parameters, called, "parameters"),
        sums=sums,
    )
    return neuron


def _text(given: str | SourceText, owner: str, argument: str) -> SourceText:
    return given if isinstance(given, SourceText) else SourceText(given, owner, argument)


def shown_as_variables(model: NeuronModel, names: Collection[str]) -> NeuronModel:
    """The model with parameters that an input sets called variables."""
    attributes = tuple(replace(a, kind=Kind.VARIABLE) if a.name in names else a for a in model.attributes)
    return replace(model, attributes=attributes)

"""Poisson neurons: rates given as numbers, as an equation or by other populations (spec 05, section 4)."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import messages
from synloom.attributes import many_values
from synloom.callsite import call_site
from synloom.codegen.errors import CallSite, ConfigurationError, Piece, SourceText
from synloom.connect.ends import one_target
from synloom.connect.values import is_number, is_table
from synloom.geometry import parse_geometry
from synloom.inputs.given import input_neuron, network_of_place
from synloom.neuron import Neuron
from synloom.population import Population
from synloom.random import RandomDistribution
from synloom.written import ModelTexts

if TYPE_CHECKING:
    from synloom.network import Network

WHO = "PoissonPopulation"
SAMPLE = "p = Uniform(0.0, 1000.0/dt)"  # a neuron fires if p is below its rate
RATES, TARGET, PARAMETERS = 2, 3, 4  # positions of arguments


class PoissonPopulation(Population):
    """Spiking neurons that fire at random: in each step with the probability ``rates * dt / 1000``.

    Parameters
    ----------
    geometry : int or tuple of int
        Number of neurons, or extent of each axis.
    name : str, optional
        Unique in the network. Note its place.
    rates : float, array or str
        Rates in Hz: a number, one number per neuron, or a text, the right side of an equation.
    target : str
        Instead of ``rates``: the rate is ``sum(target)``, in Hz, of rate-coded populations.
    parameters : str, dict or list of str, optional
        Of the text, as of a Neuron.
    refractory : float, optional
        In ms.
    net_id, network
        The network, by number or itself.

    Raises
    ------
    ConfigurationError
        Neither rates nor a target, or rates of a wrong form or size.
    ModelError
        A mistake in the text.
    """

    def __init__(
        self,
        geometry: Any,
        name: str | None = None,
        rates: Any = None,
        target: str | None = None,
        parameters: Any = None,
        refractory: float | None = None,
        copied: bool = False,
        **place: Any,
    ) -> None:
        del copied
        self._target = None if target is None else one_target(target, WHO)
        self._follows = isinstance(rates, str) or target is not None
        site = call_site(sys._getframe(1), self)
        if target is None and rates is None:
            raise ConfigurationError(f"{WHO}: give rates, or a target.", hint="rates=20.0")
        if self._target is not None:
            neuron = self._by_target(self._target, parameters, refractory, site)
        elif isinstance(rates, str):
            neuron = self._by_text(rates, parameters, refractory, site)
        else:
            neuron = self._by_numbers(rates, parameters, refractory)
            _check_size(name, rates, parse_geometry(geometry), network_of_place(place))
        super().__init__(geometry, neuron, name, **place)
        if not self._follows:
            self.set({"rates": rates})

    def _by_numbers(self, rates: Any, parameters: Any, refractory: float | None) -> Neuron:
        if not (is_number(rates) or is_table(rates) or isinstance(rates, RandomDistribution | Sequence)):
            raise ConfigurationError(
                f"{WHO}: rates must be a number, one number per neuron, or a text, not {type(rates).__name__}."
            )
        if parameters:
            messages.warning(f"{WHO}: parameters are for rates that are a text; they have no effect.")
        return input_neuron(
            WHO, parameters="rates = 0.0", equations=SAMPLE, spike="p < rates", refractory=refractory
        )

    def _by_text(self, rates: str, parameters: Any, refractory: float | None, site: CallSite) -> Neuron:
        written = SourceText(rates, WHO, "rates", RATES, site)
        begin = "rates = "
        pieces = (Piece(len(begin), len(begin) + len(rates), written, "rates = "),)
        equations = SourceText(f"{begin}{rates}\n{SAMPLE}", WHO, "rates", RATES, site, pieces)
        return input_neuron(
            WHO,
            parameters=_parameters(parameters, site),
            equations=equations,
            spike="p < rates",
            refractory=refractory,
        )

    def _by_target(self, target: str, parameters: Any, refractory: float | None, site: CallSite) -> Neuron:
        return input_neuron(
            WHO,
            parameters=_parameters(parameters, site),
            equations=f"rates = sum({target})\n{SAMPLE}",
            spike="p < rates",
            refractory=refractory,
            sums=True,
        )

    def _check_writable(self, name: str) -> None:
        if name == "rates" and self._follows:
            messages.warning(
                f"{self._title}: rates follow an equation; what is assigned lasts until the next step."
            )

    def _check_targets(self, targets: Sequence[str], projection: str) -> None:
        wrong = [] if self._target is None else [t for t in targets if t != self._target]
        if wrong:
            raise ConfigurationError(
                f'{projection}: {self._title} reads the target "{self._target}" only; '
                f'"{wrong[0]}" would have no effect.',
                hint=f'use target="{self._target}"',
            )


def _check_size(name: str | None, rates: Any, geometry: tuple[int, ...], network: Network) -> None:
    """Refuse rates before anything is made of them."""
    if not isinstance(rates, RandomDistribution):
        size = math.prod(geometry)
        who = WHO if name is None else f'population "{name}"'
        many_values(rates, size, np.empty(0), network, f'"rates" of {who}')


def _parameters(given: Any, site: CallSite) -> SourceText:
    texts = ModelTexts("Neuron", "", site)
    texts.owner = WHO
    return texts.take("parameters", PARAMETERS, "" if given is None else given)

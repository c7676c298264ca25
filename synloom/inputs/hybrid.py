"""Projections between rate-coded and spiking populations (spec 05, sections 8 and 9)."""

from __future__ import annotations

import math
from typing import Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from synloom import messages
from synloom.clock import nearest_steps
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.input_fields import ARRIVED, HISTORY, NEWER, PLACE, SCALE, WINDOW
from synloom.connect.ends import End, end_of, network_of, one_target, population_of
from synloom.connect.values import Connection, is_number
from synloom.inputs.given import in_ms
from synloom.population import Population
from synloom.projection import Projection
from synloom.runtime.buffers import aligned_zeros
from synloom.store import Store
from synloom.view import PopulationView

Ends = tuple[Population | PopulationView, Population | PopulationView]


class CurrentInjection(Projection):
    """Adds the rates of a population to a conductance of a spiking one of the same size, neuron by neuron.

    Parameters
    ----------
    pre : Population or PopulationView
        Rate-coded.
    post : Population or PopulationView
        Spiking, and of the same size.
    target : str
        The neurons read the rate as ``g_target``.
    name : str, optional
        Unique in the network.
    net_id, network
        The network, by number or itself.

    Raises
    ------
    ConfigurationError
        Populations of the wrong kind, or of different sizes.
    """

    def __init__(
        self, pre: End, post: End, target: str, name: str | None = None, copied: bool = False, **place: Any
    ) -> None:
        del copied
        ends = _check_kinds("CurrentInjection", pre, post, False, place)
        if ends[0].size != ends[1].size:
            raise ConfigurationError(
                f"CurrentInjection: pre has {ends[0].size} neurons, but post has {ends[1].size}.",
                hint="use views of equal size",
            )
        super().__init__(pre, post, one_target(target, "CurrentInjection"), name=name, **place)

    def connect_current(self, scale: float = 1.0, delays: float = 0.0) -> Self:
        """Join neurons of equal position.

        Parameters
        ----------
        scale : float, default 1.0
            What rates are multiplied with.
        delays : float, default 0.0
            In ms; at least one step is applied.
        """
        if not is_number(scale) or not math.isfinite(float(scale)):
            raise ConfigurationError(f"{self._label}: scale must be a finite number, not {scale!r}.")
        self._joins = True
        try:
            return self.connect_one_to_one(weights=float(scale), delays=delays)
        finally:
            self._joins = False

    current = connect_current
    _joins = False

    def _connected(self, connection: Connection) -> None:
        if not self._joins:
            raise ConfigurationError(
                f"{self._label} cannot be connected by the rule {connection.name}.",
                hint="call connect_current()",
            )
        super()._connected(connection)

    def _check_ready(self) -> None:
        if self._connection is None:
            raise ConfigurationError(f"{self._label} was never connected.", hint="call connect_current()")


class DecodingProjection(Projection):
    """Delivers the mean firing rate of spiking neurons, in Hz, as the weighted sum of rate-coded ones.

    With weights of 1, the sum is the mean rate of the pre neurons over the window. Any connector may be used.

    Parameters
    ----------
    pre : Population or PopulationView
        Spiking.
    post : Population or PopulationView
        Rate-coded.
    target : str
        The neurons read the rate as ``sum(target)``.
    window : float, default 0.0
        Over which spikes are counted, in ms; 0 for one step.
    name : str, optional
        Unique in the network.
    net_id, network
        The network, by number or itself.

    Raises
    ------
    ConfigurationError
        Populations of the wrong kind, or a window that is negative.
    """

    _decodes = True

    def __init__(
        self,
        pre: End,
        post: End,
        target: str,
        window: float = 0.0,
        name: str | None = None,
        copied: bool = False,
        **place: Any,
    ) -> None:
        del copied
        if not is_number(window) or not 0 <= float(window) < math.inf:
            raise ConfigurationError(
                f"DecodingProjection: window must be a number of ms, not negative, not {window!r}."
            )
        _check_kinds("DecodingProjection", pre, post, True, place)
        self._window = float(window)
        self._decoded_for: tuple[Store | None, Any] = (None, None)
        super().__init__(pre, post, one_target(target, "DecodingProjection"), name=name, **place)

    @property
    def window(self) -> float:
        """The time over which spikes are counted, in ms: a multiple of ``dt``."""
        return float(in_ms(self._window_steps(), self.network.dt))

    def _window_steps(self) -> int:
        return max(1, int(nearest_steps(self._window, self.network.dt)))

    def _build(self, again: bool = False) -> None:
        super()._build(again)
        setting = (self.network.real, self.network.dt)
        if self._decoded_for == (self.store, setting):
            return
        self._decoded_for = (self.store, setting)
        steps, size = self._window_steps(), self.post_population.size
        if self._window > 0 and not math.isclose(self.window, self._window, rel_tol=1e-6):
            messages.warning(
                f"{self._label}: the window of {self._window} ms is no multiple of dt={self.network.dt} ms; "
                f"it is {self.window} ms."
            )
        real = self.network.real
        self._buffers = {
            WINDOW: steps,
            PLACE: aligned_zeros(1, np.int64),
            ARRIVED: aligned_zeros(size, real),
            HISTORY: aligned_zeros((steps + 1, size), real),
            NEWER: aligned_zeros(size, real),
            SCALE: aligned_zeros(size, real),
        }
        self._synapses_replaced()

    def _synapses_replaced(self) -> None:
        self._scale()[...] = self._rate_of_one_spike(self._window_steps())

    def _scale(self) -> NDArray[Any]:
        scale = self._buffers[SCALE]
        assert isinstance(scale, np.ndarray)
        return scale

    def _rate_of_one_spike(self, steps: int) -> NDArray[np.float64]:
        """1000 / (dt * steps * synapses) for each post neuron, 0 without synapses."""
        reading, scale = self._built(), np.zeros(self.post_population.size)
        scale[reading.rows] = 1000.0 / (self.network.dt * steps * np.maximum(1, reading.lengths()))
        return scale

    def _forget_events(self) -> None:
        """No spike was ever decoded."""
        super()._forget_events()
        for name in (PLACE, ARRIVED, HISTORY, NEWER):
            buffer = self._buffers[name]
            assert isinstance(buffer, np.ndarray)
            buffer[...] = 0

    def reset(self, attributes: Any = -1, synapses: bool = False) -> None:
        """Give attributes their initial values, and forget the spikes within the window."""
        super().reset(attributes, synapses)
        self._forget_events()


def _check_kinds(kind: str, pre: Any, post: Any, decoding: bool, place: dict[str, Any]) -> Ends:
    """Spikes on one side, rates on the other; returns the two."""
    network = network_of(pre, post, place.get("net_id", 0), place.get("network"))
    ends = end_of(network, pre, "pre"), end_of(network, post, "post")
    for side, end, spiking in (("pre", ends[0], decoding), ("post", ends[1], not decoding)):
        population = population_of(end)
        if population.model.spiking is not spiking:
            _refuse(kind, side, population.name, spiking, decoding)

    return ends


def _refuse(kind: str, side: str, name: str, spiking: bool, decoding: bool) -> NoReturn:
    wanted, found = ("spiking", "rate-coded") if spiking else ("rate-coded", "spiking")
    other = "CurrentInjection" if decoding else "DecodingProjection"
    way = "rate-coded to spiking" if decoding else "spiking to rate-coded"
    raise ConfigurationError(
        f'{kind}: {side} must be {wanted}, but population "{name}" is {found}.',
        hint=f"{other} leads from {way} neurons",
    )

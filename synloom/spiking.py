"""Methods of populations that only spiking ones answer."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synloom import messages
from synloom.attributes import many_values
from synloom.clock import nearest_steps
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.connect.values import is_number
from synloom.spikes import SpikeState

if TYPE_CHECKING:
    from synloom.codegen.ir.model import NeuronModel
    from synloom.network import Network


class Spiking:
    """Spikes, refractory periods and firing rates of a population (spec 03, section 3.9)."""

    name: str
    size: int
    geometry: tuple[int, ...]
    model: NeuronModel
    network: Network
    state: dict[str, NDArray[Any]]
    _spikes: SpikeState | None
    _refractory_ms: NDArray[np.float64]
    _refractory_set: bool

    @abstractmethod
    def get(self, name: str) -> Any:
        """The values of an attribute."""

    @property
    def _title(self) -> str:
        return f'Population "{self.name}"'

    def _make_spikes(self, refractory: float | str | None) -> None:
        """Called once the model is known; ``refractory`` in ms as given with the neuron."""
        period = 0.0 if refractory is None or isinstance(refractory, str) else float(refractory)
        self._refractory_ms, self._refractory_set = np.full(self.size, period), False
        self._spikes = (
            SpikeState(self.size, self.model.axon_spike is not None) if self.model.spiking else None
        )

    def _fix_steps(self) -> None:
        """Convert periods to steps: ``dt`` is known once the network is compiled."""
        if self._spikes is not None:
            self._spikes.buffers["refractory_steps"][...] = nearest_steps(
                self._refractory_ms, self.network.dt
            )

    def _of_spikes(self, cure: str) -> SpikeState:
        if self._spikes is None:
            raise ConfigurationError(f"{self._title} is rate-coded: it emits no spikes.", hint=cure)
        return self._spikes

    @property
    def spike(self) -> NDArray[np.int64]:
        """Ranks of the neurons that fired in the last step, ascending.

        Raises
        ------
        NotCompiledError
            Before ``compile()``.
        """
        fired = self._fired
        if not self.network.compiled:
            raise NotCompiledError(f"{self._title}: no neuron fires before compile().")
        return fired.astype(np.int64)

    @property
    def _fired(self) -> NDArray[np.int32]:
        """Ranks of the neurons that fired in the last step, ascending (a copy)."""
        return self._of_spikes("Read its rate: pop.r.").list("spike").copy()

    @property
    def _axonal(self) -> NDArray[np.int32]:
        """Ranks of the neurons that emitted an axonal spike in the last step, ascending (a copy)."""
        spikes = self._of_spikes("Read its rate: pop.r.")
        return spikes.list("axon").copy() if "axon" in spikes.lists else np.empty(0, np.int32)

    @property
    def refractory(self) -> Any:
        """The refractory period in ms, in the shape of the geometry; whole steps, once compiled.

        Before ``compile()`` and unless it was set, the number that the neuron gives. The attribute that holds it, where
        the neuron names one. None, with a warning, for rate-coded neurons. Assigning takes a number, one number per
        neuron or a random distribution, at any time.
        """
        if self._spikes is None:
            messages.warning(f"{self._title} is rate-coded: it has no refractory period.")
            return None
        if self.model.refractory is not None:
            return self.get(self.model.refractory.name)
        if not self.network.compiled and not self._refractory_set:
            return float(self._refractory_ms[0])
        return self._effective(self._refractory_ms).reshape(self.geometry)

    @refractory.setter
    def refractory(self, value: Any) -> None:
        if self._spikes is None:
            messages.warning(f"{self._title} is rate-coded: its refractory period cannot be set.")
        elif self.model.refractory is not None:
            name = self.model.refractory.name
            messages.warning(f'{self._title}: the refractory period is its attribute "{name}"; set that one.')
        else:
            self._set_refractory(value)

    def _effective(self, ms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Times as they are counted in steps; multiples of ``dt`` keep their digits."""
        if not self.network.compiled:
            return ms.copy()
        whole = nearest_steps(ms, self.network.dt) * self.network.dt
        return np.where(np.isclose(whole, ms, rtol=1e-9, atol=0.0), ms, whole)

    def _set_refractory(self, value: Any) -> None:
        what = f"{self._title}: refractory"
        given = many_values(value, self.size, self._refractory_ms, self.network, what)
        if not np.all(np.isfinite(given)) or np.any(np.asarray(given) < 0):
            raise ConfigurationError(f"{what} must be finite and not negative.", hint="it is a time in ms")
        self._refractory_ms[...] = given
        self._refractory_set = True
        self._fix_steps()

    def compute_firing_rate(self, window: float) -> None:
        """Keep the mean firing rate of each neuron, over the last ``window`` ms, in ``r`` (Hz).

        Raises
        ------
        ConfigurationError
            The population is rate-coded, or the window is not positive.
        """
        if self._spikes is None:
            raise ConfigurationError(
                f"{self._title} is rate-coded: compute_firing_rate({window!r}) is for spiking populations.",
                hint="Read its rate: pop.r.",
            )
        if not is_number(window) or not 0 < window < np.inf:
            raise ConfigurationError(
                f"{self._title}: the window of a firing rate must be positive, not {window!r}.",
                hint="give a time in ms",
            )
        self._window_ms = float(window)
        if self.network.compiled:
            self._start_rates()

    _window_ms: float = 0.0

    def _start_rates(self) -> None:
        """Give the window to the running network."""
        if self._spikes is None or not self._window_ms:
            return
        steps, dt = max(1, self.network.to_steps(self._window_ms)), self.network.dt
        if abs(self._window_ms / dt - steps) > 1e-6:
            messages.warning(
                f"{self._title}: window {self._window_ms} ms is no multiple of dt, {steps * dt} ms is used."
            )
        self._spikes.buffers["rate_window"][0] = steps
        self.network._spikes_changed()
        self._spikes.count_anew()

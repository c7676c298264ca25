"""What objects tell their network when their buffers change while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from synloom.network_part import NetworkPart
from synloom.rebuilding import follow_kinds
from synloom.targets import sum_targets

if TYPE_CHECKING:
    from synloom.monitor import Monitor
    from synloom.numerics import Watch
    from synloom.population import Population
    from synloom.projection import Projection


class NetworkChanges(NetworkPart):
    """The part of a network that hands on changes of its objects to what runs, if it runs."""

    _watch: Watch | None  # looks at all values after each step

    def _uses_sum(self, population: Population, target: str) -> bool:
        return target in sum_targets(population)

    def _sum_buffer(self, population: Population, target: str) -> NDArray[Any]:
        return self._running().sum_buffer(population, target)

    @property
    def _recording(self) -> list[Monitor | Watch]:
        """All that takes samples while the network runs."""
        return [*self.monitors] if self._watch is None else [*self.monitors, self._watch]

    def _recorders_changed(self) -> None:
        if self._binding is not None:
            self._binding.recorders_changed()

    def _clear_delays(self, population: Population) -> None:
        if self._binding is not None:
            self._binding.fill_delay_lines(population)

    def _inputs_changed(self, population: Population) -> None:
        if self._binding is not None:
            self._binding.inputs_changed(population)

    def _delays_changed(self) -> None:
        follow_kinds(self._whole)
        if self._binding is not None:
            self._binding.delays_changed()

    def _structure_changed(self, projection: Projection) -> None:
        """Synapses came or went: whoever holds the buffers of ``projection`` takes the new ones."""
        if self._binding is not None:
            self._binding.structure_changed(projection)
        for monitor in self._recording:
            monitor._rebind()
        self._recorders_changed()

    def _spikes_changed(self) -> None:
        if self._binding is not None:
            self._binding.spikes_changed()

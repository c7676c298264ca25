"""How much memory a network takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from synloom import registry
from synloom.network_part import NetworkPart

if TYPE_CHECKING:
    from synloom.network import Network

UNITS = ("B", "KB", "MB", "GB", "TB")
OTHERS = "clock, constants and random numbers"


def readable(size: int) -> str:
    """A number of bytes in the largest unit that leaves at least 1: a KB has 1024 bytes."""
    value, step = float(size), 0
    while value >= 1024.0 and step < len(UNITS) - 1:
        value, step = value / 1024.0, step + 1
    return f"{value:.1f} {UNITS[step]}" if step else f"{size} B"


@dataclass(frozen=True, repr=False)
class MemoryFootprint:
    """Bytes by object.

    Attributes
    ----------
    network : int
        Id of the network.
    populations, projections, monitors : dict of str to int
        Bytes by name. Memory that objects share, as a transpose does the weights, counts once, for the first.
    others : int
        Bytes that belong to no object.
    """

    network: int
    populations: dict[str, int]
    projections: dict[str, int]
    monitors: dict[str, int]
    others: int = 0

    @property
    def total(self) -> int:
        """All bytes."""
        parts = (self.populations, self.projections, self.monitors)
        return sum(sum(part.values()) for part in parts) + self.others

    def __repr__(self) -> str:
        return f"<MemoryFootprint of network {self.network}: {readable(self.total)}>"

    def __str__(self) -> str:
        kinds = {"population": self.populations, "projection": self.projections, "monitor": self.monitors}
        rows = [(kind, name, size) for kind, sizes in kinds.items() for name, size in sizes.items()]
        rows += [("", OTHERS, self.others)] if self.others else []
        width = max([len(name) for _, name, _ in rows], default=0)
        lines = [f"  {kind:10} {name:{width}} {readable(size):>10}" for kind, name, size in rows]
        return "\n".join([f"Memory of network {self.network}: {readable(self.total)}", *lines])


def footprint(network: Network) -> MemoryFootprint:
    """What the buffers of a network take, as they are now; nothing before ``compile()``."""
    binding = network._binding
    populations = {p.name: 0 for p in network.populations}
    projections = {p.name: 0 for p in network.projections}
    monitors: dict[str, int] = {}
    for monitor in network.monitors:
        monitors[monitor.name] = monitors.get(monitor.name, 0) + monitor.size_in_bytes()
    others, seen = 0, set()
    if binding is not None:
        named = {owner: p.name for owner, p in binding.populations.items()}
        linked = {owner: p.name for owner, p in binding.projections.items()}
        for slot in binding.plan.manifest.slots:
            array = binding.table[slot.key]
            if slot.object == "recorders" or isinstance(array, int) or not array.nbytes:
                continue
            if array.ctypes.data in seen:
                continue
            seen.add(array.ctypes.data)
            if slot.object in named:
                populations[named[slot.object]] += array.nbytes
            elif slot.object in linked:
                projections[linked[slot.object]] += array.nbytes
            else:
                others += array.nbytes
    return MemoryFootprint(network.id, populations, projections, monitors, others)


class Weighed(NetworkPart):
    """The part of a network that tells how much memory it takes."""

    def memory_footprint(self) -> MemoryFootprint:
        """Print how much memory each object takes, and return it; see ``MemoryFootprint``."""
        found = footprint(self._whole)
        print(found)
        return found


def memory_footprint(net_id: int = 0) -> MemoryFootprint:
    """Print how much memory each object of a network takes, and return it; see ``MemoryFootprint``."""
    return registry.network(net_id).memory_footprint()


def _cpp_memory_footprint(net_id: int = 0) -> None:
    """The name of :func:`memory_footprint` in the 4.8 interface; prints only."""
    memory_footprint(net_id)

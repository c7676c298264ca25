"""What the parts that make up a network know of each other."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from synloom.clock import Clock

if TYPE_CHECKING:
    from synloom.binding import Binding
    from synloom.callbacks import Callbacks
    from synloom.compiler import Build
    from synloom.monitor import Monitor
    from synloom.network import Network
    from synloom.population import Population
    from synloom.projection import Projection
    from synloom.transpose import Transpose


class NetworkPart(Clock):
    """Base of the classes that a ``Network`` is made of: what all of them may use."""

    id: int
    populations: list[Population]
    projections: list[Projection | Transpose]
    monitors: list[Monitor]
    extensions: list[Any]  # BOLD monitors and other objects of synloom.extensions
    cleared: bool
    _binding: Binding | None
    _build: Build | None
    _callbacks: Callbacks
    _copies: dict[int, tuple[Any, Any]]  # originals and copies, by id() of the original
    _by_name: bool  # whether originals are in another process
    _describing: bool
    _left_out: Network | None  # what compile(populations=..., projections=...) did not take
    _reseeds: bool  # whether reset() restarts random numbers: it does in the 5.0 style

    @property
    @abstractmethod
    def _whole(self) -> Network:
        """The network that the parts make up: the very object."""

    @abstractmethod
    def _running(self) -> Binding:
        """What runs; raises unless the network is compiled."""

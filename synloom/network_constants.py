"""Constants that belong to one network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synloom import messages
from synloom.constant import Constant, local_constant, visible_constants

if TYPE_CHECKING:
    from synloom.network import Network


class NetworkConstants:
    """The part of a network that makes and finds its constants."""

    def constant(self: Network, name: str, value: float) -> Constant:  # type: ignore[misc]
        """A constant that only the models of this network see. It hides a global one of the same name.

        Raises
        ------
        ConfigurationError
            The network has one of this name, the name cannot be used in equations, or the value is no number.
        """
        return local_constant(self, name, value)

    def get_constant(self: Network, name: str) -> Constant | None:  # type: ignore[misc]
        """The constant that this name means in this network, or None after a warning."""
        found = visible_constants(self).get(name)
        if found is None:
            messages.warning(f"There is no constant named '{name}'.")
        return found

    def get_constants(self: Network) -> list[Constant]:  # type: ignore[misc]
        """All constants that the models of this network may use."""
        return list(visible_constants(self).values())

"""Constants that belong to one network."""

from __future__ import annotations

from synloom import messages
from synloom.constant import Constant, local_constant, visible_constants
from synloom.network_part import NetworkPart


class NetworkConstants(NetworkPart):
    """The part of a network that makes and finds its constants."""

    def constant(self, name: str, value: float) -> Constant:
        """A constant that only the models of this network see. It hides a global one of the same name.

        Raises
        ------
        ConfigurationError
            The network has one of this name, the name cannot be used in equations, or the value is no number.
        """
        return local_constant(self._whole, name, value)

    def get_constant(self, name: str) -> Constant | None:
        """The constant that this name means in this network, or None after a warning."""
        found = visible_constants(self._whole).get(name)
        if found is None:
            messages.warning(f"There is no constant named '{name}'.")
        return found

    def get_constants(self) -> list[Constant]:
        """All constants that the models of this network may use."""
        return list(visible_constants(self._whole).values())

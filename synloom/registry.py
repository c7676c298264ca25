"""What is shared by all networks of a process: options, constants, functions, and the default network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.model import Function

if TYPE_CHECKING:
    from synloom.constant import Constant
    from synloom.network import Network

constants: dict[str, Constant] = {}
functions: dict[str, Function] = {}  # added with add_function, in order
networks: dict[int, Network] = {}


def default_network() -> Network:
    """The network that module-level functions and objects belong to; made when first needed."""
    if 0 not in networks:
        from synloom.network import Network

        networks[0] = Network._make_default()
    return networks[0]


def network(net_id: int) -> Network:
    """The network with this id."""
    if net_id == 0:
        return default_network()
    if net_id not in networks:
        raise ConfigurationError(f"There is no network with id {net_id}.")
    return networks[net_id]

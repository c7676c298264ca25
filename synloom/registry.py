"""What is shared by all networks of a process: options, constants, functions, and the default network."""

from __future__ import annotations

import gc
from collections.abc import Iterator, MutableMapping
from itertools import count
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.model import Function

if TYPE_CHECKING:
    from synloom.constant import Constant
    from synloom.network import Network

constants: dict[str, Constant] = {}
functions: dict[str, Function] = {}  # added with add_function, in order


MANY: Final = 1 << 22  # synapses of networks that may be garbage: about 50 MB


class Networks(MutableMapping[int, "Network"]):
    """Networks by number. Only the default one, 0, is kept alive by being here."""

    def __init__(self) -> None:
        self._default: dict[int, Network] = {}
        self._others: WeakValueDictionary[int, Network] = WeakValueDictionary()
        self._made = 0

    def _of(self, number: int) -> MutableMapping[int, Network]:
        return self._others if number else self._default

    def __getitem__(self, number: int) -> Network:
        return self._of(number)[number]

    def __setitem__(self, number: int, network: Network) -> None:
        self._of(number)[number] = network

    def __delitem__(self, number: int) -> None:
        del self._of(number)[number]

    def __iter__(self) -> Iterator[int]:
        return iter([*self._default, *self._others])

    def __len__(self) -> int:
        return len(self._default) + len(self._others)

    def let_go(self) -> None:
        """Free networks that nobody has any more, if they hold much memory.

        Objects of a network know each other, and Python looks for such circles by the number of objects alone.
        """
        stores = (getattr(p, "store", None) for network in self._others.values() for p in network.projections)
        if sum(store.nnz for store in stores if store is not None) > MANY:
            gc.collect()

    def free(self) -> int:
        """The least number, from 1 on, that no network has."""
        return next(n for n in count(1) if n not in self._others)

    def next_made(self) -> int:
        """How many networks were made, this one included: what tells their seeds apart."""
        self._made += 1
        return self._made

    def forget_made(self) -> None:
        """Count from 1 again."""
        self._made = 0


networks = Networks()


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

"""Networks as copies: of objects declared elsewhere, of another network, and for other processes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from synloom import copying, formats, network_state, registry
from synloom.codegen.errors import ConfigurationError
from synloom.constant import local_constant, visible_constants
from synloom.network_part import NetworkPart
from synloom.network_state import Loading
from synloom.saved import Part, Tree

if TYPE_CHECKING:
    from synloom.executors import Place
    from synloom.network import Network

Result = TypeVar("Result")

# What a network is made of that belongs to this process, or is made anew.
OWN: Final = frozenset(
    {
        *("id", "_number", "_rng", "_draw_state", "_clock", "_batch", "cleared"),
        *("_binding", "_build", "_callbacks", "_copies", "_pending", "_profile", "_watch"),
        *("_trace", "_left_out", "_asked_directory", "extensions"),
    }
)


class NetworkCopies(NetworkPart):
    """The part of a network that makes and finds copies."""

    everything: bool = False
    _compiled_with: dict[str, Any]  # options of compile() that copies have, too

    def add(self, objects: Any) -> None:
        """Take copies of objects of another network, usually of the default one (spec 03, section 6.2).

        Parameters
        ----------
        objects : Population, Projection, Transpose, Monitor, or a list of these
            Populations and projections that these need are added, too. A monitor of the original stops recording.

        Raises
        ------
        ConfigurationError
            This network is compiled, has the object already, or cannot have it.
        """
        copying.add(self._whole, objects if isinstance(objects, list | tuple) else [objects])

    def get(self, obj: Any) -> Any:
        """What stands in this network for an object that was added; for a list, a list.

        Objects of this network stand for themselves. A view gives a view of the copy, a name the object of that name.

        Raises
        ------
        ConfigurationError
            It was not added.
        """
        return copying.counterpart(self._whole, obj)

    def _copy_of(self, obj: Any) -> Any:
        original, copied = self._copies.get(id(obj), (None, None))
        if original is obj:
            return copied
        return copying.by_name(self._whole, obj) if self._by_name else None

    def copy(self, *args: Any, **kwargs: Any) -> Network:
        """Another network like this one, compiled.

        Parameters
        ----------
        *args, **kwargs
            Of the constructor of a subclass; by default those that this network was made with. ``seed`` is not taken
            over.

        Raises
        ------
        NotCompiledError
            This network is not compiled.
        """
        self._running()
        made = _again(self._whole, args, kwargs)
        if not made.compiled:
            made.compile(silent=True, **self._compiled_with)
        return made

    def parallel_run(
        self,
        method: Callable[..., Result],
        number: int,
        max_processes: int = -1,
        seeds: str | Sequence[int] | None = None,
        measure_time: bool = False,
        *,
        sequential: bool = False,
        executor: Place = None,
        **kwargs: Any,
    ) -> list[Result]:
        """Call ``method(net, ...)`` on ``number`` networks like this one, in other processes.

        Parameters
        ----------
        method : callable
            A function of a module, unless ``sequential``. Takes the network, compiled, and what is in ``kwargs``.
        number : int
        max_processes : int
            By default as many as there are processor cores.
        seeds : None, 'same', 'sequential' or list of int, optional
            Each network gets a stream of its own, by default derived from the seed of this network and its place in the
            list, whoever runs it; ``'same'``: the seed of this network; ``'sequential'``: one more for each.
        measure_time : bool
            Print how long it took.
        sequential : bool
            Run one after the other in this process.
        executor : concurrent.futures.Executor, distributed.Client or the module ray, optional
            Where to run; by default processes of this machine, which are started for the purpose. See
            ``docs/parallel.md``.
        **kwargs
            Arguments of the constructor, if it has one of that name, else of ``method``. A list has one entry for each
            network, anything else is for all.

        Returns
        -------
        list
            What ``method`` returned, in order.

        Raises
        ------
        NotCompiledError
            This network is not compiled.
        ConfigurationError
            Arguments that do not fit, or something that cannot be sent to another process.
        Exception
            What ``method`` raised first, with a note which network it was.
        """
        from synloom.parallel import run_method

        return run_method(
            self._whole, method, number, max_processes, seeds, measure_time, sequential, executor, kwargs
        )

    # -- for other processes ----------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        """The description, and where it stands if it runs; no handles of this process."""
        kept = {name: value for name, value in self.__dict__.items() if name not in OWN}
        constants = {name: c.value_in(self._whole) for name, c in visible_constants(self._whole).items()}
        state = network_state.capture(self._whole) if self.compiled and not self._describing else None
        # In this process functions are there already.
        functions = {} if self._describing else dict(registry.functions)
        return {"kept": kept, "functions": functions, "constants": constants, "state": state}

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        copying.share(memo, [*self.populations, *self.projections])
        made = type(self._whole).__new__(type(self._whole))
        memo[id(self)] = made
        made.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return made

    def __setstate__(self, pickled: dict[str, Any]) -> None:
        kept = pickled["kept"]
        self.id, self._number = registry.networks.free(), registry.networks.next_made()
        self._whole._setup(kept["_dt"], kept["_seed"])
        self.__dict__.update(kept)
        registry.networks[self.id] = self._whole
        for name, function in pickled["functions"].items():
            registry.functions.setdefault(name, function)
        for name, value in pickled["constants"].items():
            if name not in registry.constants or registry.constants[name].value != value:
                local_constant(self._whole, name, value)
        self._by_name, self._describing = True, False
        self._pending = pickled["state"]

    def _go_on(self) -> None:
        """Once compiled, stand where the network stood that this one was made from."""
        tree, self._pending = self._pending, None
        if tree is not None:
            Loading(self._whole, in_memory(tree), strict=True).run()


def in_memory(tree: Tree) -> Part:
    """A tree as if it had been read from a file."""
    return Part(formats.as_read(tree), Path("a copy of the network"))


def description(network: Network) -> Network:
    """An uncompiled network that is described as this one: same objects, initial values and connectors."""
    network._describing = True
    try:
        return copy.deepcopy(network)
    finally:
        network._describing = False


def _again(network: Network, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Network:
    from synloom.network import Network

    cls = type(network)
    if cls is Network:
        if args or kwargs.keys() - {"dt", "seed"}:
            raise ConfigurationError("A plain Network is copied without arguments.")
        made = description(network)
        made._seed, made._drawn_seed = kwargs.get("seed"), None
        made._dt = kwargs.get("dt", network.dt)
        return made
    if not args and not kwargs.keys() - {"dt", "seed"}:
        args, kwargs = network._arguments[0], {**network._arguments[1], **kwargs}
    made = cls(*args, **{"dt": network.dt, **kwargs})
    return made

"""Jobs of many networks: how each network is made, run and thrown away, in whatever process."""

from __future__ import annotations

import copy
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from synloom.network import Network

_making = threading.Lock()  # networks are made one at a time: registries belong to the whole process


class Recipe(Protocol):
    """How a network is made, here or in another process."""

    def make(self, seed: int | None, arguments: dict[str, Any]) -> Network:
        """A compiled network."""
        ...


@dataclass(frozen=True)
class FromClass:
    """An instance of a subclass, by calling it once more."""

    cls: type[Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    dt: float
    options: dict[str, Any]  # of compile()

    def make(self, seed: int | None, arguments: dict[str, Any]) -> Network:
        network: Network = self.cls(*self.args, dt=self.dt, seed=seed, **{**self.kwargs, **arguments})
        if not network.compiled:
            network.compile(silent=True, **self.options)
        return network


@dataclass(frozen=True)
class FromDescription:
    """A copy of an uncompiled network."""

    network: Network

    def make(self, seed: int | None, arguments: dict[str, Any]) -> Network:
        del arguments
        network = copy.deepcopy(self.network)
        if seed is not None:
            network.set_seed(seed)
        network.compile(silent=True, **network._compiled_with)
        return network


@dataclass(frozen=True)
class Itself:
    """A network that is there already: in this process the very one, in another a copy that goes on."""

    network: Network

    def make(self, seed: int | None, arguments: dict[str, Any]) -> Network:
        del seed, arguments
        if not self.network.compiled:
            self.network.compile(silent=True, **self.network._compiled_with)
        return self.network


@dataclass(frozen=True)
class Job:
    """One network and what is done with it."""

    index: int
    recipe: Recipe | None  # None while it is under way and all jobs have the same
    seed: int | None
    making: dict[str, Any]  # arguments of the constructor
    leading: tuple[Any, ...]  # arguments of the method before the network
    kwargs: dict[str, Any]  # and after
    disposable: bool = True  # cleared once it is done


@dataclass(frozen=True)
class Failure:
    """What a method raised."""

    index: int
    error: BaseException
    text: str


def run_job(method: Callable[..., Any], job: Job) -> Any:
    """Make a network and call the method on it; its errors are returned."""
    network = None
    assert job.recipe is not None
    try:
        with _making:
            network = job.recipe.make(job.seed, job.making)
            network._profile.silent = job.disposable
        return method(*job.leading, network, **job.kwargs)
    except Exception as error:
        return Failure(job.index, error, traceback.format_exc())
    finally:
        if network is not None and job.disposable:
            network.clear()

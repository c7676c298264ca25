"""Functions of the user that are called while a network runs (spec 03, section 2.7)."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from synloom import messages, registry
from synloom.codegen.errors import ConfigurationError
from synloom.connect.values import is_number

if TYPE_CHECKING:
    from synloom.clock import Clock
    from synloom.network import Network

Function = TypeVar("Function", bound=Callable[..., Any])


class Callback:
    """One function that a network calls; ``f.callback`` of a decorated function ``f``.

    Attributes
    ----------
    function : callable
        Takes the number of its calls in the present ``simulate()``: 0, 1, 2 ...
    period, offset, wait : float
        In ms.
    enabled : bool
    """

    def __init__(
        self, network: Network, function: Callable[[int], Any], period: float, offset: float, wait: float
    ) -> None:
        self.network, self.function = network, function
        self.period, self.offset, self.wait = period, offset, wait
        self.enabled = True

    def enable(self) -> None:
        """Call the function again."""
        self.enabled = True

    def disable(self) -> None:
        """Leave the function out until ``enable()``."""
        self.enabled = False

    def remove(self) -> None:
        """Forget the function."""
        callbacks = self.network._callbacks
        callbacks.all = [callback for callback in callbacks.all if callback is not self]

    def steps(self, network: Clock) -> tuple[int, int]:
        """The first step of a run at which the function is due, and after how many it is due again."""
        period = max(1, network.to_steps(self.period))
        return max(0, network.to_steps(self.wait)) + network.to_steps(self.offset) % period, period


class Callbacks:
    """All callbacks of one network, in the order of registration."""

    def __init__(self) -> None:
        self.all: list[Callback] = []
        self.enabled = True
        self.running = False

    def due(self, network: Clock, steps: int) -> Iterator[tuple[int, Callback]]:
        """The calls of a run of so many steps: before which of its steps, and which callback."""
        queue = []
        for order, callback in enumerate(self.all):
            first, period = callback.steps(network)
            if first < steps:
                queue.append((first, order, period, callback))
        heapq.heapify(queue)
        while queue:
            step, order, period, callback = queue[0]
            yield step, callback
            if step + period < steps:
                heapq.heapreplace(queue, (step + period, order, period, callback))
            else:
                heapq.heappop(queue)

    def run(self, network: Clock, steps: int, run: Callable[[int], object]) -> None:
        """Run so many steps with ``run``, and call what is due before its step, until ``run`` returns true."""
        if self.running:
            raise ConfigurationError(
                "simulate() was called by a callback of the same network.",
                hint="Call step(), or simulate(duration, callbacks=False).",
            )
        done = 0
        calls: dict[Callback, int] = {}
        self.running = True
        try:
            for step, callback in self.due(network, steps):
                if not (self.enabled and callback.enabled and callback in self.all):
                    continue
                if run(step - done):
                    return
                done = step
                number = calls.get(callback, 0)
                calls[callback] = number + 1
                callback.function(number)
            run(steps - done)
        finally:
            self.running = False


def every(*args: Any, **kwargs: Any) -> Callable[[Function], Function]:
    """Decorate a function that a network calls while it runs: ``every(period, offset=0.0, wait=0.0, net_id=0)``.

    Parameters
    ----------
    network : Network, optional
        Whose; may come first, as in 5.0. By default that of ``net_id``.
    period : float
        Interval in ms; at least one step is used. Optional where a network is given: 1.0.
    offset : float
        When within the period, in ms, modulo the period: negative numbers count from its end.
    wait : float
        Time in ms without calls at the beginning of each ``simulate()``.
    net_id : int

    Returns
    -------
    callable
        It registers a function ``f(n)``, ``n = 0, 1, 2 ...`` in each ``simulate()``, and returns it unchanged;
        ``f.callback`` is its handle. Times count from the beginning of each ``simulate()``. The function is called
        before the step; what it raises stops ``simulate()`` there.

    Raises
    ------
    ConfigurationError
        No period, one that is not positive, or times that are no numbers.
    """
    network, period, offset, wait = _arguments(args, dict(kwargs))

    def register(function: Function) -> Function:
        callback = Callback(network, function, period, offset, wait)
        network._callbacks.all.append(callback)
        with contextlib.suppress(
            AttributeError, TypeError
        ):  # methods and built-in functions take no attributes
            function.callback = callback  # type: ignore[attr-defined]
        return function

    return register


def _arguments(args: tuple[Any, ...], given: dict[str, Any]) -> tuple[Network, float, float, float]:
    from synloom.network import Network

    first = args[0] if args else given.get("network")
    styled = (
        ("network", "period", "offset", "wait")
        if isinstance(first, Network) or first is None and args
        else None
    )
    names = styled or ("period", "offset", "wait", "net_id")
    if len(args) > len(names):
        raise ConfigurationError(f"every() takes at most {len(names)} arguments, not {len(args)}.")
    for name, value in zip(names, args, strict=False):
        if name in given:
            raise ConfigurationError(f"every() got its argument '{name}' twice.")
        given[name] = value
    unknown = sorted(given.keys() - {"network", "period", "offset", "wait", "net_id"})
    if unknown:
        raise ConfigurationError(f"every() has no argument '{unknown[0]}'.")
    network = given.get("network")
    if network is None:
        network = registry.network(given.get("net_id", 0))
        if "period" not in given and not styled:
            raise ConfigurationError("every() needs a period in ms.", hint="@every(period=10.0)")
    elif not isinstance(network, Network):
        raise ConfigurationError(f"every(): network must be a Network, not {network!r}.")
    times = [given.get("period", 1.0), given.get("offset", 0.0), given.get("wait", 0.0)]
    for name, value in zip(("period", "offset", "wait"), times, strict=True):
        if not is_number(value) or not abs(float(value)) < float("inf"):
            raise ConfigurationError(f"every(): {name} must be a number of ms, not {value!r}.")
    if not times[0] > 0:
        raise ConfigurationError(f"every(): the period must be positive, not {times[0]}.")
    for name, value in zip(("period", "offset"), times, strict=False):
        _warn(network, name, float(value))
    return network, float(times[0]), float(times[1]), float(times[2])


def _warn(network: Network, name: str, ms: float) -> None:
    """Of a time that is no multiple of a step."""
    steps = network.to_steps(ms)
    used = (max(1, steps) if name == "period" else steps) * network.dt
    if abs(used - ms) > 1e-6 * network.dt:
        messages.warning(f"every(): {name} {ms} ms is no multiple of dt, {used} ms is used.")

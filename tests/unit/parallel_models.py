"""What other processes import: networks and methods of the tests of ``parallel_run``."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

import synloom as sl

NOISY = sl.Neuron(
    parameters="gain = 1.0 : population", equations="x = Normal(0.0, 1.0) ; r = gain*x + 0.1*sum(exc)"
)


class Noisy(sl.Network):
    """Noise, weights that are drawn, and a random pattern."""

    def __init__(self, size: int, gain: float = 1.0) -> None:
        self.pop = self.create(size, NOISY, name="pop")
        self.pop.gain = gain
        self.proj = self.connect(self.pop, self.pop, "exc", name="proj")
        self.proj.connect_fixed_probability(0.5, weights=sl.Uniform(0.0, 0.1))
        self.m = self.monitor(self.pop, "r")


def everything(net: Any, duration: float = 5.0) -> dict[str, Any]:
    """All that randomness touches."""
    net.simulate(duration)
    pop, proj = net.get("pop"), net.get("proj")
    return {
        "r": pop.r.tolist(),
        "gain": pop.gain,
        "w": proj.w,
        "ranks": proj.pre_ranks,
        "drawn": np.asarray(sl.Uniform(0.0, 1.0).get_values(0)).tolist(),
        "recorded": net.monitors[0].get("r").sum().item(),
    }


def indexed(index: int, net: Any, gain: float = 1.0, duration: float = 5.0) -> dict[str, Any]:
    """The 4.8 way of calling."""
    net.get("pop").gain = gain
    return {"index": index, **everything(net, duration)}


def on(index: int, net: Any) -> int:
    """Run on, and tell when it is."""
    net.simulate(3.0)
    return int(net.current_step)


def failing(index: int, net: Any) -> int:
    """The third one fails."""
    if index == 2:
        raise ValueError(f"nothing for {index}")
    return index


def failing_oddly(index: int, net: Any) -> int:
    """With an error that cannot be sent."""

    class OddError(Exception):
        pass

    raise OddError("odd")


def unsendable(index: int, net: Any) -> Any:
    """A result that cannot be sent."""
    return lambda: index


def dying(index: int, net: Any) -> None:
    """End the process."""
    os._exit(3)


def core(index: int, net: Any) -> list[int]:
    """Where the process may run."""
    return sorted(os.sched_getaffinity(0))


def with_function(index: int, net: Any) -> float:
    """A constant and a function of the other process."""
    net.simulate(1.0)
    return float(net.get("pop").r[0])


class Chosen(sl.Network):
    """Equations by argument."""

    def __init__(self, equation: str) -> None:
        self.create(1, sl.Neuron(equations=equation), name="pop")


def built(net: Any) -> list[Any]:
    """Whether it was in the cache, and why."""
    return [net.build.cached, net.build.reason]


def options(net: Any) -> Any:
    """What it was built with."""
    return net.build.options


def rate_after_three(index: int, net: Any) -> float:
    """Where a network stands after three more steps."""
    net.simulate(3.0)
    return float(net.get_population("pop").r[0])


def dying_at(net: Any, number_: int, dies: int) -> None:
    """End the process in one of the networks."""
    if number_ == dies:
        os._exit(3)


def known(index: int, net: Any) -> list[list[str]]:
    """Functions and constants of the process."""
    from synloom import registry

    return [list(registry.functions), list(registry.constants)]


def after_four(net: Any) -> float:
    """The rate after four steps."""
    net.simulate(4.0)
    return float(net.get_population("pop").r[0])


def profiled(net: Any) -> list[dict[str, Any]]:
    """The records of one run."""
    net.simulate(5.0)
    return list(net.profile()["simulate"])

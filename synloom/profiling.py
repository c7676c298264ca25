"""Where the time goes: stages of ``compile()``, and each run (spec 03, section 10)."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from synloom import registry

if TYPE_CHECKING:
    from synloom.network import Network

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Profile:
    """The runs of one network.

    Attributes
    ----------
    enabled : bool
        Whether they are kept: ``setup(profiling=True)`` or ``compile(profile_enabled=True)``.
    runs : list of dict
        ``steps`` and ``seconds`` of each call of ``simulate()``.
    """

    def __init__(self) -> None:
        self.enabled = self.silent = False
        self.runs: list[dict[str, Any]] = []

    def ran(self, steps: int, seconds: float) -> None:
        """Keep what a run took."""
        if self.enabled:
            self.runs.append({"steps": steps, "seconds": seconds})

    def rows(self) -> list[tuple[str, float, float]]:
        """What took how long, in s and in percent of all runs."""
        total = sum(run["seconds"] for run in self.runs)
        return [("overall", total, 100.0)] if total > 0.0 else []

    def flush(self, network: Network) -> None:
        """Print the table and write it as ``profile_omp_<n>threads.csv``; then forget it."""
        rows, options = self.rows(), network.options
        if rows:
            steps = sum(run["steps"] for run in self.runs)
            print(f"{'':20} {'seconds':>12} {'percent':>8}   ({steps} steps)")
            for label, seconds, percent in rows:
                print(f"{label:20} {seconds:12.6f} {percent:8.1f}")
            folder = Path(options.profile_out or ".")
            folder.mkdir(parents=True, exist_ok=True)
            lines = [f"{label},{seconds:.7f},{percent:.1f}\n" for label, seconds, percent in rows]
            (folder / f"profile_omp_{options.num_threads}threads.csv").write_text("".join(lines))
        self.enabled, self.runs = False, []


def profile(net_id: int = 0) -> dict[str, Any]:
    """What took how long, for programs to read.

    Returns
    -------
    dict
        ``compile``: seconds of each stage. ``simulate``: a dict with ``steps`` and ``seconds`` for each call, if
        profiling is on.
    """
    network = registry.network(net_id)
    stages = {} if network.build is None else dict(network.build.seconds)
    return {"compile": stages, "simulate": [dict(run) for run in network._profile.runs]}


def check_profile_results(net_id: int = 0) -> None:
    """Print what was measured and write it to the folder ``profile_out``, now instead of at ``clear()``."""
    network = registry.network(net_id)
    enabled = network._profile.enabled
    network._profile.flush(network)
    network._profile.enabled = enabled


def timeit(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Decorate a function to print its name, its arguments and the seconds that each call took."""

    @functools.wraps(function)
    def timed(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        start = time.perf_counter()
        result = function(*args, **kwargs)
        seconds = time.perf_counter() - start
        shown = ", ".join([*map(repr, args), *(f"{k}={v!r}" for k, v in kwargs.items())])
        print(f"{function.__name__}({shown}) took {seconds:.4f} s.")
        return result

    return timed

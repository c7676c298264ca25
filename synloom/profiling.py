"""Where the time goes: stages of ``compile()``, and the parts of each step (spec 03, section 10)."""

from __future__ import annotations

import atexit
import functools
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from synloom import registry
from synloom.codegen.ir.plan import Lap, Plan
from synloom.network_part import NetworkPart

if TYPE_CHECKING:
    from synloom.config import Options

Given = ParamSpec("Given")
Result = TypeVar("Result")

OVERALL = "overall"

_open: list[Profile] = []  # those that have something to tell at the end
_written: dict[Path, Profile] = {}


class Profile:
    """What one network took.

    Attributes
    ----------
    enabled : bool
        Whether its steps are timed.
    silent : bool
        Whether nothing is printed or written at the end: so it is where many networks run at once.
    counters : dict of str to ndarray
        Nanoseconds and calls of each lap, and of the whole step, as the extension counts them.
    runs : list of dict
        A record for each call of ``simulate()`` or ``simulate_until()``, and for calls of ``step()`` in a row.
    instantiated : dict of str to float
        Seconds that it took to make each object.
    """

    def __init__(self) -> None:
        self.enabled = self.silent = False
        self.laps: tuple[Lap, ...] = ()
        self.counters: dict[str, NDArray[np.int64]] = {}
        self.runs: list[dict[str, Any]] = []
        self.instantiated: dict[str, float] = {}
        self.network, self.threads, self.folder = 0, 1, Path(".")
        self._told = 0  # runs that were in the last output
        self._call: str | None = None  # under way
        self._started, self._before = 0.0, self.counters

    def begin(self, plan: Plan, network: int, options: Options) -> None:
        """Time the steps of a plan from now on."""
        self.enabled = True
        self.follow(plan)
        self.network, self.threads = network, options.num_threads
        self.folder = Path(options.profile_out or ".")
        _open.append(self)

    def follow(self, plan: Plan) -> None:
        """Time the steps of another plan; a call under way is kept in two records."""
        if self._call is not None:
            self._end()
        self.laps = plan.laps
        self.counters = {name: np.zeros(len(plan.laps) + 1, np.int64) for name in ("nanoseconds", "calls")}
        if self._call is not None:
            self._start(self._call)

    @contextmanager
    def instantiating(self, name: str) -> Iterator[None]:
        """Time how an object is made."""
        start = time.perf_counter()
        yield
        seconds = time.perf_counter() - start
        self.instantiated[name] = self.instantiated.get(name, 0.0) + seconds

    @contextmanager
    def call(self, kind: str) -> Iterator[None]:
        """Keep what a call took, also if it fails. Calls within a call belong to it."""
        if not self.enabled or self._call is not None:
            yield
            return
        self._start(kind)
        try:
            yield
        finally:
            self._end()
            self._call = None

    def _start(self, kind: str) -> None:
        self._call, self._started = kind, time.perf_counter()
        self._before = {name: counter.copy() for name, counter in self.counters.items()}

    def _end(self) -> None:
        assert self._call is not None
        counted = {name: now - self._before[name] for name, now in self.counters.items()}
        self._keep(self._call, time.perf_counter() - self._started, counted)

    def _keep(self, kind: str, seconds: float, counted: dict[str, NDArray[np.int64]]) -> None:
        times, calls = (counted["nanoseconds"] * 1e-9).tolist(), counted["calls"].tolist()
        run = {
            "call": kind,
            "steps": calls[-1],
            "seconds": seconds,
            OVERALL: times[-1],
            "parts": [
                {
                    "label": lap.label,
                    "objects": list(lap.objects),
                    "kernel": lap.kernel,
                    "seconds": seconds,
                    "calls": called,
                }
                for lap, seconds, called in zip(self.laps, times, calls, strict=False)
            ],
        }
        if kind == "step" and len(self.runs) > self._told and self.runs[-1]["call"] == kind:
            run = _sum([self.runs.pop(), run])
        self.runs.append(run)

    # -- output -----------------------------------------------------------------------------------------

    def total(self) -> dict[str, Any]:
        """All calls as one."""
        return {**_sum(self.runs), "call": "all"} if self.runs else {}

    def rows(self) -> list[tuple[str, float, float]]:
        """Label, seconds and percent of the whole step, of all calls; what took no time is left out."""
        total = self.total()
        if not total or total[OVERALL] <= 0.0:
            return []
        times = {OVERALL: total[OVERALL]}
        for part in total["parts"]:
            times[part["label"]] = times.get(part["label"], 0.0) + part["seconds"]
        return [(name, s, 100.0 * s / total[OVERALL]) for name, s in times.items() if s > 0.0]

    def tell(self) -> None:
        """Print the table and write it as ``profile_omp_<n>threads.csv``."""
        rows = self.rows()
        self._told = len(self.runs)
        if not rows:
            return
        steps = sum(run["steps"] for run in self.runs)
        named = f", network {self.network}" if self.network else ""
        width = max(20, *(len(label) for label, *_ in rows))
        print(f"{'':{width}} {'seconds':>12} {'percent':>8} {'us/step':>10}   ({steps} steps{named})")
        for label, seconds, percent in rows:
            print(f"{label:{width}} {seconds:12.6f} {percent:8.1f} {seconds / steps * 1e6:10.3f}")
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{label},{seconds:.7f},{percent:.1f}\n" for label, seconds, percent in rows]
        self._file().write_text("".join(lines))

    def _file(self) -> Path:
        """Each network of a process writes a file of its own, the first one that of the plain name."""
        name = f"profile_omp_{self.threads}threads"
        for number in range(len(_written) + 1):
            path = (self.folder / (f"{name}_{number + 1}.csv" if number else f"{name}.csv")).absolute()
            if _written.setdefault(path, self) is self:
                return path
        raise AssertionError("there are more names than files")

    def close(self) -> None:
        """Tell what was not told yet; then forget it."""
        if self in _open:
            _open.remove(self)
            if not self.silent and len(self.runs) > self._told:
                self.tell()
        self.enabled, self.runs, self._told = False, [], 0


def _sum(runs: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Runs as one. They may differ in their parts: a network that is compiled again has others."""
    first, *rest = runs
    total = {**first, "parts": [dict(part) for part in first["parts"]]}
    for run in rest:
        for key in ("steps", "seconds", OVERALL):
            total[key] += run[key]
        parts = _numbered(total["parts"])
        for place, more in _numbered(run["parts"]).items():
            if (part := parts.get(place)) is None:
                total["parts"].append(dict(more))
            else:
                part["seconds"] += more["seconds"]
                part["calls"] += more["calls"]
    return total


def _numbered(parts: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The parts of a run by what they are; several may be the same, such as the two launches of one kernel."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for part in parts:
        names = part["label"], part["kernel"], *part["objects"]
        found[names, sum(1 for known in found if known[0] == names)] = part
    return found


@atexit.register
def _close_all() -> None:
    for profile in list(_open):
        profile.close()


class Profiled(NetworkPart):
    """The part of a network that tells what it takes."""

    _profile: Profile

    def profile(self) -> dict[str, Any]:
        """What took how long, for programs to read; see ``docs/profiling.md``.

        Returns
        -------
        dict
            ``network``: its id. ``threads``: their number. ``compile``: seconds of each stage, of ``generate`` and
            ``compilation``. ``instantiate``: seconds for each object. ``simulate``: a record for each call, and
            ``total``: all of them as one; empty unless the network is profiled.

            A record has ``call``, ``steps``, ``seconds`` (of the call), ``overall`` (seconds in the steps alone) and
            ``parts``: dicts with ``label``, ``objects``, ``kernel``, ``seconds`` and ``calls``.
        """
        stages = {} if self._build is None else dict(self._build.seconds)
        if stages:
            stages["generate"] = stages["render"] + stages["cython"]
            stages["compilation"] = stages["compile"] + stages["link"]
        kept = self._profile
        return {
            "network": self.id,
            "threads": self._whole.options.num_threads,
            "compile": stages,
            "instantiate": dict(kept.instantiated),
            "simulate": [_sum([run]) for run in kept.runs],
            "total": kept.total(),
        }

    def check_profile_results(self) -> None:
        """Print what was measured and write it to the folder ``profile_out``, now instead of at ``clear()``."""
        self._profile.tell()


def profile(net_id: int = 0) -> dict[str, Any]:
    """What took how long, for programs to read; see ``Network.profile``."""
    return registry.network(net_id).profile()


def check_profile_results(net_id: int = 0) -> None:
    """Print what was measured and write it to the folder ``profile_out``, now instead of at ``clear()``."""
    registry.network(net_id).check_profile_results()


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

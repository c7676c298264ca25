"""Running a network: batches of steps, and when to stop."""

from __future__ import annotations

import os
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.cores import pinned
from synloom.network_part import NetworkPart

if TYPE_CHECKING:
    from synloom.binding import Binding
    from synloom.config import Options
    from synloom.numerics import Watch
    from synloom.population import Population
    from synloom.profiling import Profile
    from synloom.stop_condition import StopCondition
    from synloom.trace import Trace

BATCH_SECONDS = 0.1  # Ctrl-C is honoured between batches of steps
BATCH_BYTES = 1 << 28  # what recordings may grow by within one batch
LARGE_PART = 0.1  # of the free memory: recordings beyond that are told
SMALL_BYTES = 1 << 20  # recordings that need no look at the memory
MEMORY = Path("/proc/meminfo")


def free_memory() -> float:
    """Bytes that are free; infinitely many where the system does not tell."""
    try:
        for line in MEMORY.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024.0
    except OSError:
        pass  # not Linux
    try:
        return float(os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return float("inf")


def _tell_memory(recorded: int, always: bool) -> None:
    """Warn of recordings of so many bytes if that is much."""
    megabytes = f"Monitors will record {recorded / 1e6:.1f} MB in this run"
    if recorded > SMALL_BYTES and recorded > LARGE_PART * (free := free_memory()):
        messages.warning(f"{megabytes}, {free / 1e6:.1f} MB are free.")
    elif always:
        messages.info(f"{megabytes}.")


class Running(NetworkPart):
    """How a network that is compiled runs."""

    _profile: Profile
    _batch: int  # steps that take about BATCH_SECONDS
    _watch: Watch | None  # looks at all values after each step
    _trace: Trace | None  # tells of each call

    @property
    @abstractmethod
    def options(self) -> Options:
        """Options of the network."""

    def simulate(
        self,
        duration: float,
        measure_time: bool = False,
        progress_bar: bool = False,
        callbacks: bool = True,
        show_monitor_memory_estimate: bool = False,
    ) -> None:
        """Run for ``duration`` ms: the nearest number of steps, or the next larger if it is none (spec 03, 0.2).

        A warning tells if what monitors record of variables will take more than a tenth of the free memory;
        ``show_monitor_memory_estimate`` tells it in any case.

        Raises
        ------
        NumericsError
            A value became NaN or infinite in a network compiled with ``check_numerics=True``.
        """
        recorded = self._running().bytes_of_samples(steps := self.duration_steps(duration))
        _tell_memory(recorded, show_monitor_memory_estimate)
        start = time.perf_counter()
        with self._profile.call("simulate"), self._bar(steps if progress_bar else 0) as report:
            self._with_callbacks(callbacks, steps, lambda some: self._run(some, report))
        self._tell_time(steps, start, measure_time)

    def simulate_until(
        self,
        max_duration: float,
        population: Population | Sequence[Population] | None = None,
        operator: str = "and",
        measure_time: bool = False,
        *,
        populations: Population | Sequence[Population] | None = None,
        callbacks: bool = False,
    ) -> float:
        """Run until stop conditions hold, for ``max_duration`` ms at most.

        Parameters
        ----------
        max_duration : float
        population : Population or list of Population
            Whose stop conditions count, or originals of these; they are looked at after each complete step.
        operator : {'and', 'or'}
            Whether all of them must hold in the same step, or one is enough.
        measure_time : bool
            Print how long it took.
        callbacks : bool
            Whether functions declared with ``every`` are called.
        populations : Population or list of Population
            Another name of ``population``.

        Returns
        -------
        float
            The time that was simulated, in ms.

        Raises
        ------
        ConfigurationError
            A population without a stop condition, or of another network; an unknown operator.
        """
        self._running()
        conditions = self._stop_conditions(population if populations is None else populations)
        if operator not in ("and", "or"):
            raise ConfigurationError(f"The operator of simulate_until() is 'and' or 'or', not {operator!r}.")
        together = all if operator == "and" else any
        steps = self.duration_steps(max_duration)
        start, done = time.perf_counter(), 0

        def until(some: int) -> bool:
            """Run some steps, or fewer; whether the conditions hold."""
            nonlocal done
            for _ in range(some):
                self._run(1)
                done += 1
                if conditions and together(condition.holds() for condition in conditions):
                    return True
            return False

        with self._profile.call("simulate_until"):
            self._with_callbacks(callbacks, steps, until)
        self._tell_time(done, start, measure_time)
        return done * self.dt

    def _stop_conditions(self, given: Population | Sequence[Population] | None) -> list[StopCondition]:
        from synloom.population import Population

        listed = [given] if isinstance(given, Population) else given
        if not isinstance(listed, Sequence):
            raise ConfigurationError(
                f"simulate_until() takes a population or a list of populations, not {given!r}."
            )
        found = []
        for population in listed:
            if not isinstance(population, Population):
                raise ConfigurationError(
                    f"simulate_until() takes a population or a list of populations, not {population!r}."
                )
            if population.network is not self:
                population = self._own(population)
            if population.network is not self:
                raise ConfigurationError(f'Population "{population.name}" belongs to another network.')
            if population._stop is None:
                raise ConfigurationError(
                    f'Population "{population.name}" has no stop condition.',
                    hint="give it one: Population(..., stop_condition='v > 1.0 : any')",
                )
            found.append(population._stop)
        return found

    def _own(self, population: Population) -> Population:
        """The copy in this network, if there is one."""
        copied = self._whole._copy_of(population)
        return population if copied is None else copied

    def _with_callbacks(self, wanted: bool, steps: int, run: Callable[[int], object]) -> None:
        if wanted and self._callbacks.all and self._callbacks.enabled:
            self._callbacks.run(self, steps, run)
        else:
            run(steps)

    def _tell_time(self, steps: int, start: float, measure_time: bool) -> None:
        if measure_time:
            seconds = time.perf_counter() - start
            named = f" (network {self.id})" if self.id else ""
            print(f"Simulating {steps * self.dt / 1000.0} s{named} took {seconds:.4f} s.")

    @contextmanager
    def _bar(self, steps: int) -> Iterator[Callable[[int], object]]:
        """What takes note of steps that were run: a bar, unless they are few."""
        if steps < 1000:
            yield lambda done: None
            return
        from tqdm import tqdm

        with tqdm(total=steps * self.dt, unit="ms") as bar:
            yield lambda done: bar.update(done * self.dt)

    def _run(self, steps: int, report: Callable[[int], object] = lambda _: None) -> None:
        """``steps`` steps in batches: short enough for Ctrl-C, and with room for what is recorded."""
        binding = self._running()
        if self._watch is not None:
            self._run_watched(binding, self._watch, steps, report)
            return
        with pinned(self.options.visible_cores):
            self._run_batches(binding, steps, report)

    def _run_batches(self, binding: Binding, steps: int, report: Callable[[int], object]) -> None:
        done = 0
        while done < steps:
            batch = min(steps - done, self._batch)
            bytes_per_step = binding.bytes_per_step()
            if bytes_per_step:
                batch = max(1, min(batch, BATCH_BYTES // bytes_per_step))
            batch = min(batch, binding.most_steps(batch))
            binding.reserve(batch if bytes_per_step * (steps - done) > BATCH_BYTES else steps - done, batch)
            start = time.perf_counter()
            binding.run(batch)
            seconds = time.perf_counter() - start
            if self._trace is not None:
                self._trace.called(self.current_step - batch, batch)
            done += batch
            report(batch)
            if batch == self._batch:
                # Aim at the same time per batch, whatever a step costs.
                factor = min(16.0, BATCH_SECONDS / max(seconds, 1e-6))
                self._batch = max(1, min(1_000_000, int(batch * factor)))

    def _run_watched(
        self, binding: Binding, watch: Watch, steps: int, report: Callable[[int], object]
    ) -> None:
        """Step by step, with a look at all values after each."""
        watch.begin()
        for _ in range(steps):
            binding.reserve(1)
            binding.run(1)
            if self._trace is not None:
                self._trace.called(self.current_step - 1, 1)
            watch.check(self.current_step - 1)
            report(1)

    def step(self) -> None:
        """Run one step."""
        with self._profile.call("step"):
            self._run(1)

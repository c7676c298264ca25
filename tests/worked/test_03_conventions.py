"""Spec 03, section 0: times, errors, and what never ends the interpreter."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import synloom as sl

pytestmark = pytest.mark.usefixtures("fresh")

CLOCK = sl.Neuron(equations="r = t")
compiled = pytest.mark.needs_compiler


# -- 0.2: milliseconds to steps


@compiled
@pytest.mark.parametrize(("ms", "step"), [(0.3, 3), (1.2, 12), (0.25, 3), (0.24, 2), (0.7, 7)])
def test_set_time_takes_the_nearest_step(ms: float, step: int) -> None:
    sl.setup(dt=0.1)
    sl.Population(1, CLOCK)
    sl.compile(silent=True)
    sl.set_time(ms)
    assert sl.get_current_step() == step


@compiled
@pytest.mark.parametrize(
    ("dt", "duration", "steps"),
    [
        (1.0, 2.5, 3),
        (0.01, 0.07, 7),
        (0.1, 0.3, 3),
        (1.0, 0.0, 0),
        (1.0, -3.0, 0),
        (0.5, 2.3, 5),
        (1.0, 2.0001, 3),
    ],
)
@pytest.mark.parametrize("callbacks", [True, False])
def test_a_run_has_as_many_steps_with_callbacks_as_without(
    dt: float, duration: float, steps: int, callbacks: bool
) -> None:
    sl.setup(dt=dt)
    sl.Population(1, CLOCK)
    sl.compile(silent=True)
    sl.every(10 * dt)(lambda n: None)
    sl.simulate(duration, callbacks=callbacks)
    assert sl.get_current_step() == steps


@compiled
def test_periods_are_the_nearest_number_of_steps_everywhere() -> None:
    """The peer truncates: with ``dt=0.1`` a period of 0.3 becomes 0.2."""
    sl.setup(dt=0.1)
    fire = sl.Neuron(equations="v = v + 1.0", spike="v > 0.5", reset="v = 0.0", refractory=0.3)
    pop = sl.Population(1, CLOCK, name="p")
    spiking = sl.Population(1, fire, name="s")
    monitor, spikes = sl.Monitor(pop, "r", period=0.3), sl.Monitor(spiking, "spike")
    learned = sl.Synapse(equations="w += 1.0")
    link = sl.Projection(pop, pop, "exc", learned, name="l").connect_one_to_one(weights=0.0)
    calls: list[float] = []
    sl.every(0.3)(lambda n: calls.append(round(sl.get_time(), 6)))
    sl.compile(silent=True)
    link.enable_learning(period=0.3)
    sl.simulate(1.2)
    assert [round(float(r), 6) for r in monitor.get("r")[:, 0]] == [0.0, 0.3, 0.6, 0.9]
    assert calls == [0.0, 0.3, 0.6, 0.9]
    assert spikes.get("spike")[0] == [0, 4, 8]  # a spike, then three steps without one
    assert link.w == [[4.0]] * 1 or link.w == 4.0


@compiled
def test_delays_are_the_nearest_number_of_steps_halves_up() -> None:
    pop = sl.Population(1, CLOCK, name="p")
    for delay, steps in ((2.5, 3), (3.5, 4), (2.4, 2), (0.0, 1)):
        link = sl.Projection(pop, pop, "exc", name=f"d{delay}").connect_one_to_one(1.0, delays=delay)
        assert link.max_delay == steps


@compiled
def test_times_between_steps_are_told_with_the_time_that_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pop = sl.Population(1, CLOCK, name="p")
    sl.Monitor(pop, "r", period=2.4)
    sl.compile(silent=True)
    sl.every(3.3)(print)
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("WARNING: ")]
    assert len(told) == 2
    assert "2.4" in told[0] and "2.0 ms" in told[0]
    assert "3.3" in told[1] and "3.0 ms" in told[1]


# -- 0.3: errors


def test_every_error_is_one_of_the_family() -> None:
    errors = (sl.ConfigurationError, sl.CodegenError, sl.CompilationError, sl.NotCompiledError, sl.ModelError)
    assert all(issubclass(error, sl.SynloomError) for error in errors)
    assert sl.ANNarchyException is sl.SynloomError and issubclass(sl.SynloomError, Exception)
    with pytest.raises(sl.ANNarchyException) as caught:
        sl.setup(dt=-1.0)
    assert "the step must be a positive number" in str(caught.value)


def test_an_error_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    for error in (sl.ConfigurationError, sl.CodegenError, sl.NotCompiledError):
        error("as it is made")
    with pytest.raises(sl.NotCompiledError):
        sl.simulate(1.0)
    assert capsys.readouterr().out == ""


def test_import_is_silent() -> None:
    done = subprocess.run([sys.executable, "-c", "import synloom"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def two(**kwargs: Any) -> tuple[sl.Population, sl.Population]:
    unit = sl.Neuron(equations="r = sum(exc)")
    return sl.Population(3, unit, name="a", **kwargs), sl.Population(3, unit, name="b", **kwargs)


@compiled
def test_a_row_of_the_wrong_length_raises() -> None:
    a, b = two()
    link = sl.Projection(a, b, "exc").connect_all_to_all(sl.Uniform(0.0, 1.0))
    sl.compile(silent=True)
    before = link.w
    with pytest.raises(sl.SynloomError, match="2 values|3 values|length|3 synapses"):
        link.dendrite(0).w = [1.0, 2.0]
    assert link.w == before
    sl.step()


def test_weights_of_other_types_work_or_raise() -> None:
    a, b = two()
    link = sl.Projection(a, b, "exc")
    with pytest.raises(sl.SynloomError):
        link.connect_all_to_all(weights=[1.0, 2.0])
    link.connect_all_to_all(weights=np.float32(0.5))


@compiled
def test_a_projection_without_synapses_is_one() -> None:
    a, b = two()
    link = sl.Projection(a, b, "exc").connect_fixed_probability(0.0, weights=1.0)
    sl.compile(silent=True)
    sl.simulate(3.0)
    assert (link.size, link.post_ranks, link.pre_ranks, link.nb_synapses) == (0, [], [], 0)
    assert b.r.tolist() == [0.0] * 3 and b.sum("exc").tolist() == [0.0] * 3


@compiled
def test_a_delay_beyond_the_maximum_raises_or_fits() -> None:
    sl.setup(structural_plasticity=True)
    a, b = two()
    link = sl.Projection(a, b, "exc").connect_from_matrix(
        [[1, None, 1], [None] * 3, [1, 1, None]], delays=2.0
    )
    sl.compile(silent=True)
    link.dendrite(0).create_synapse(1, w=1.0, delay=50.0)
    assert link.dendrite(0).delay == [2.0, 50.0, 2.0]
    sl.simulate(60.0)
    with pytest.raises(sl.SynloomError, match="delay"):
        link.dendrite(0).prune_synapse(1)
        link.dendrite(0).create_synapse(1, w=1.0, delay=-1.0)
    sl.simulate(3.0)


@compiled
def test_pruning_where_neurons_have_no_dendrite() -> None:
    sl.setup(structural_plasticity=True)
    synapse = sl.Synapse(equations="age = age + 1.0", pruning="age > 2.0")
    a, b = two()
    link = sl.Projection(a, b, "exc", synapse).connect_from_matrix([[1, None, 1], [None] * 3, [1, 1, None]])
    sl.compile(silent=True)
    link.start_pruning(1.0)
    sl.simulate(5.0)
    assert link.nb_synapses == 0


@pytest.mark.parametrize("storage", ["dia"])
def test_diagonals_with_empty_rows_are_refused_or_work(storage: str) -> None:
    a, b = two()
    link = sl.Projection(a, b, "exc")
    try:
        link.connect_from_matrix([[1, None, None], [None] * 3, [None, None, 1]], storage_format=storage)
        sl.sources()
    except sl.SynloomError as error:
        assert storage in str(error)

"""Worked numbers of spec 05, sections 4 and 5: Poisson neurons. Distributions at fixed seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.worked.near import near

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def counts(monitor: Any, size: int, steps: int) -> np.ndarray:
    """Spikes of each neuron in each step, (size, steps)."""
    found = np.zeros((size, steps), int)
    for rank, times in monitor.get("spike").items():
        found[rank, times] += 1
    return found


def test_rates_given_as_numbers() -> None:
    sl.setup(dt=0.1, seed=1)
    one = sl.PoissonPopulation(200, rates=100.0)
    each = sl.PoissonPopulation(3, "each", [0.0, 50.0, 20_000.0])
    grid = sl.PoissonPopulation((2, 2), rates=np.full((2, 2), 30.0))
    odd = sl.PoissonPopulation(2, rates=[-5.0, np.nan])
    scalar = sl.PoissonPopulation(4, rates=np.float32(10.0))
    drawn = sl.PoissonPopulation(50, rates=sl.Uniform(10.0, 20.0))
    shown = {p.name: sl.Monitor(p, "spike") for p in (one, each, odd)}
    sl.compile()
    sl.simulate(1000.0)
    found = counts(shown[one.name], 200, 10_000)
    # Bernoulli trials with p = 0.01: 200 neurons of 10 000 steps.
    assert abs(found.sum() - 20_000) < 4 * np.sqrt(20_000 * 0.99)
    per_neuron = found.sum(axis=1)
    assert 0.8 < per_neuron.var() / 99.0 < 1.2
    steps = found.sum(axis=0)
    assert abs(np.corrcoef(steps[1:], steps[:-1])[0, 1]) < 0.04  # no memory
    found = counts(shown["each"], 3, 10_000)
    assert found[0].sum() == 0 and found[2].sum() == 10_000 and abs(found[1].sum() - 50) < 30
    assert counts(shown[odd.name], 2, 10_000).sum() == 0
    assert (
        each.name == "each"
        and grid.rates.tolist() == [[30.0, 30.0]] * 2
        and scalar.rates.tolist() == [10.0] * 4
    )
    assert 10 < drawn.rates.min() < drawn.rates.max() < 20
    assert (one.parameters, one.variables, one.r.max()) == (["rates"], ["p", "r"], 0.0)
    assert one.p.min() >= 0 and one.p.max() < 10_000


def test_rates_change_while_it_runs() -> None:
    sl.setup(seed=4)
    pop = sl.PoissonPopulation(100, rates=50.0)
    shown = sl.Monitor(pop, "spike")
    sl.compile()
    sl.simulate(10.0)
    pop.rates = 1000.0
    sl.step()
    assert pop.spike.tolist() == list(range(100))
    pop[:10].rates = 0.0
    sl.step()
    assert pop.spike.tolist() == list(range(10, 100))
    pop.reset()
    assert pop.rates.tolist() == [50.0] * 100
    pop.disable()
    sl.simulate(5.0)
    assert counts(shown, 100, 17)[:, 12:].sum() == 0


def test_rates_given_by_a_text() -> None:
    sl.setup(dt=0.1, seed=2)
    texts: list[Any] = ["amp = 100.0 \n f = 1.0", {"amp": 100.0, "f": sl.Parameter(1.0, "local")}]
    pops = [sl.PoissonPopulation(3, rates="amp*(1+sin(2*pi*f*t/1000))/2", parameters=p) for p in texts]
    shown = [sl.Monitor(p, ["rates", "p"]) for p in pops]
    fast = sl.PoissonPopulation(50, rates="if t < 50.0: 0.0 else: 5000.0")
    spikes = sl.Monitor(fast, "spike")
    sl.compile()
    sl.simulate(100.0)
    for monitor in shown:
        found = monitor.get("rates")
        near(found[:3], [[50.0] * 3, [50.0314159245] * 3, [50.0628318352] * 3])
    assert pops[0].attributes == ["amp", "f", "rates", "p", "r"]
    assert pops[1].amp == 100.0 and pops[1].f.shape == (3,)
    found = counts(spikes, 50, 1000)
    assert found[:, :500].sum() == 0
    assert abs(found[:, 500:].mean() - 0.5) < 4 * 0.5 / np.sqrt(25_000)


def test_an_assigned_rate_of_a_text_lasts_one_step(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pop = sl.PoissonPopulation(1, "text", rates="10.0")
    sl.compile(silent=True)
    pop.rates = 1000.0
    told = 'WARNING: Population "text": rates follow an equation; what is assigned lasts until the next step.'
    assert told in capsys.readouterr().out
    sl.step()
    assert pop.rates.tolist() == [10.0]


def test_inputs_that_are_read_as_rates_are_not_told_to_be_unused(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    pop = sl.PoissonPopulation(4, target="exc")
    sl.Projection(sl.InputArray(1), pop, "exc").connect_all_to_all(1.0)
    sl.compile()
    assert "WARNING" not in capsys.readouterr().out


def test_rates_given_by_other_populations() -> None:
    sl.setup(seed=1)
    a, b = sl.TimedArray([[100.0], [1000.0], [0.0]]), sl.InputArray(1)
    pop = sl.PoissonPopulation(400, target="exc", rates=3.0)
    first = sl.Projection(a, pop, "exc").connect_all_to_all(0.5)
    sl.Projection(b, pop, "exc").connect_all_to_all(1.0)
    shown, spikes = sl.Monitor(pop, ["rates", "sum(exc)"]), sl.Monitor(pop, "spike")
    b.r = 20.0
    sl.compile()
    sl.simulate(4.0)
    near(shown.get("rates")[:, 0], [20, 70, 520, 20])
    near(shown.get("sum(exc)")[:, 0], [20, 70, 520, 20])
    found = counts(spikes, 400, 4).sum(axis=0)
    assert abs(found[2] - 208) < 4 * np.sqrt(400 * 0.52 * 0.48) and found[3] < 25
    assert pop.attributes == ["rates", "p", "r"]
    first.transmission = False
    pop.rates = 3.0
    sl.step()
    near(pop.rates, [20.0] * 400)


def test_refractory_periods() -> None:
    sl.setup(dt=0.1, seed=3)
    pop = sl.PoissonPopulation(100, rates=1000.0, refractory=5.0)
    shown = sl.Monitor(pop, "spike")
    sl.compile()
    sl.simulate(2000.0)
    intervals = np.concatenate([np.diff(t) for t in shown.get("spike").values()])
    assert intervals.min() == 51
    # R + 1/p = 50 + 10 steps; the second part is geometric.
    assert abs(intervals.mean() - 60.0) < 4 * 9.5 / np.sqrt(len(intervals))
    assert pop.refractory.tolist() == [5.0] * 100
    pop.refractory = 0.0
    assert pop.refractory.max() == 0.0


def test_the_same_seed_gives_the_same_spikes() -> None:
    def run(seed: int, size: int, text: bool = False) -> np.ndarray:
        net = sl.Network(dt=1.0, seed=seed)
        pop = net.create(sl.PoissonPopulation(size, rates="200.0" if text else 200.0))
        shown = net.monitor(pop, "spike")
        net.compile()
        net.simulate(50.0)
        return counts(shown, size, 50)

    assert (run(5, 30) == run(5, 30)).all() and (run(5, 30) != run(6, 30)).any()
    assert (run(5, 70)[:30] == run(5, 30)).all()  # whatever the size, and the form of the rates
    assert (run(5, 30, text=True) == run(5, 30)).all()


# -- section 5 -------------------------------------------------------------------------------------------------


def windows(spikes: np.ndarray, steps: int, dt: float) -> np.ndarray:
    """Mean rates in Hz of successive windows of steps."""
    size, total = spikes.shape
    return spikes.sum(axis=0).reshape(total // steps, steps).sum(axis=1) / (size * steps * dt / 1000.0)


@pytest.mark.parametrize(
    ("rates", "schedule", "period", "expected"),
    [
        ([10.0, 200.0, 50.0], [0.0, 100.0, 200.0], -1.0, [10, 10, 200, 200, 50, 50]),
        ([100.0, 20.0], [50.0, 100.0], 150.0, [0, 100, 20, 20, 100, 20, 20, 100]),
        ([10.0, 200.0, 50.0], 100.0, -1.0, [10, 10, 200, 200, 50, 50]),
    ],
)
def test_rates_by_a_schedule(rates: list[float], schedule: Any, period: float, expected: list[float]) -> None:
    sl.setup(dt=0.1, seed=1)
    pop = sl.TimedPoissonPopulation(200, rates, schedule, period)
    shown, proba = sl.Monitor(pop, "spike"), sl.Monitor(pop, "proba")
    sl.compile()
    near(pop.proba, [0.0] * 200)
    sl.simulate(50.0 * len(expected))
    found = windows(counts(shown, 200, 500 * len(expected)), 500, 0.1)
    # Each number is the mean of 200 neurons over 50 ms: n spikes in 10 s.
    for got, wanted in zip(found, expected, strict=True):
        assert abs(got - wanted) <= 4 * np.sqrt(wanted / 10.0)
    recorded = proba.get("proba")
    assert recorded.shape == (500 * len(expected), 200)
    near(recorded[::500, 7], expected)


def test_timed_rates_of_each_neuron() -> None:
    sl.setup(seed=1)
    rates = np.zeros((2, 2, 2))
    rates[0, 0, 1] = rates[1, 1, 0] = 1000.0
    pop = sl.TimedPoissonPopulation((2, 2), rates.tolist(), [0.0, 1.0])
    late = sl.TimedPoissonPopulation(4, np.zeros((2, 1)), [0.0, 1.0], refractory=2.0)
    shown = sl.Monitor(pop, "spike")
    sl.compile()
    sl.simulate(3.0)
    assert {k: [int(s) for s in v] for k, v in shown.get("spike").items()} == {
        0: [],
        1: [0],
        2: [1, 2],
        3: [],
    }
    near(pop.rate, rates[1])
    near(pop.rates, rates)
    assert (pop.parameters, pop.variables) == ([], ["proba", "r"]) and pop.refractory.max() == 0.0
    late.rates = [1000.0, 500.0]
    assert late.rates.shape == (2, 4)
    sl.step()
    near(late.proba, [500.0] * 4)
    late.reset()
    near(late.proba, [0.0] * 4)
    sl.step()
    near(late.proba, [1000.0] * 4)
    assert len(late.spike) == 4 and late.refractory.tolist() == [2.0] * 4
    late.update([5.0, 6.0, 7.0], schedule=[0.0, 1.0, 2.0], period=3.0)
    shown = sl.Monitor(late, "proba")
    sl.simulate(5.0)
    near(shown.get("proba")[:, 0], [5, 6, 7, 5, 6])

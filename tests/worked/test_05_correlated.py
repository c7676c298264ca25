"""Worked numbers of spec 05, section 7: neurons that fire with one fluctuating rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.inputs.rectified import gaussian_of, rectified_moments
from tests.worked.near import near

ROWS = [
    (10, 0.3, 10, 4.982389574392, 18.141883085473),
    (30, 0.5, 10, 25.698499718455, 33.620669996860),
    (30, 0.3, 10, 28.767797792645, 23.381895555636),
    (10, 0, 5, 10, 0),
    (10, 1, 10, -34.357629636820, 58.283846894542),
    (50, 0.1, 20, 49.999991106850, 11.180381420776),
    (10, 0.3, 1, -233.371707243554, 189.701595833027),
]


@pytest.mark.parametrize(("rates", "corr", "tau", "mu", "sigma"), ROWS)
def test_parameters_of_the_process(rates: float, corr: float, tau: float, mu: float, sigma: float) -> None:
    near(gaussian_of("", rates, math.sqrt(corr * rates / (2 * tau / 1000))), (mu, sigma))


@pytest.mark.parametrize("ratio", [1e-9, 1e-6, 1e-3, 0.1, 1.0, 10.0, 1e3, 1e6])
def test_any_ratio_is_solved(ratio: float) -> None:
    mu, sigma = gaussian_of("", ratio, 1.0)
    mean, deviation = rectified_moments(mu / sigma)
    np.testing.assert_allclose([sigma * mean, sigma * deviation], [ratio, 1.0], rtol=1e-9)


def spike_counts(monitor: Any, size: int, steps: int, bin_steps: int) -> np.ndarray:
    """Spikes of each neuron in each bin, (size, bins)."""
    found = np.zeros((size, steps // bin_steps))
    for rank, times in monitor.get("spike").items():
        np.add.at(found[rank], np.asarray(times) // bin_steps, 1)
    return found


@pytest.mark.needs_compiler
@pytest.mark.usefixtures("fresh")
def test_rate_correlation_and_time_constant() -> None:
    sl.setup(dt=0.1, seed=7)
    size, tau, duration, rate, corr = 100, 10.0, 200_000.0, 10.0, 0.3
    pop = sl.HomogeneousCorrelatedSpikeTrains(size, rate, corr, tau)
    spikes, x = sl.Monitor(pop, "spike"), sl.Monitor(pop, "x", period=1.0)
    sl.compile()
    near([pop.mu, pop.sigma], ROWS[0][3:])
    sl.simulate(duration)
    steps = round(duration / 0.1)
    process = x.get("x")
    assert process.shape == (round(duration),)
    # n samples in duration/(2 tau) independent pieces.
    pieces = duration / (2 * tau)
    assert abs(process.mean() - pop.mu) < 4 * pop.sigma / np.sqrt(pieces)
    assert abs(process.std() - pop.sigma) < 4 * pop.sigma / np.sqrt(pieces)
    lag = np.corrcoef(process[10:], process[:-10])[0, 1]  # one time constant
    assert abs(lag - np.exp(-1)) < 4 / np.sqrt(pieces)
    found = spike_counts(spikes, size, steps, round(10 * tau / 0.1))
    bins = found.shape[1]
    seconds = 10 * tau / 1000
    # The mean rate, with the standard error of bins that are all but independent.
    means = found.mean(axis=0) / seconds
    assert abs(means.mean() - rate) < 3 * means.std() / np.sqrt(bins)
    # Covariance of two counts: corr * rate * T, less what the edges of a bin cut off (time constant of max(x, 0)).
    total = found.sum(axis=0)
    pairs = (total.var() - found.var(axis=1).sum()) / (size * (size - 1))
    assert 0.75 * corr < pairs / (rate * seconds) < 1.1 * corr


@pytest.mark.needs_compiler
@pytest.mark.usefixtures("fresh")
def test_the_old_recursion_on_request() -> None:
    sl.setup(dt=0.1, seed=7)
    pop = sl.HomogeneousCorrelatedSpikeTrains(1, 10.0, 0.3, 10.0, legacy=True)
    assert pop.x == pop.mu
    x = sl.Monitor(pop, "x", period=1.0)
    sl.compile()
    sl.simulate(150_000.0)
    assert abs(x.get("x").std() - 12.87) < 0.5


@pytest.mark.needs_compiler
@pytest.mark.usefixtures("fresh")
def test_schedule_and_changes() -> None:
    sl.setup(dt=0.1, seed=1)
    pop = sl.HomogeneousCorrelatedSpikeTrains((2, 2), [10.0, 30.0], [0.3, 0.5], 10.0, [0.0, 50.0], 100.0)
    shown = [sl.Monitor(pop, name, period=50.0) for name in ("mu", "sigma")]
    sl.compile()
    start = pop.x
    near((pop.mu, pop.sigma), ROWS[0][3:])
    sl.simulate(200.0)
    near(shown[0].get("mu"), [ROWS[0][3], ROWS[1][3]] * 2)
    near(shown[1].get("sigma"), [ROWS[0][4], ROWS[1][4]] * 2)
    pop.corr = 0.3  # one for both blocks, at once
    sl.simulate(50.0)
    near((pop.mu, pop.sigma), ROWS[0][3:])
    sl.simulate(0.1)
    near((pop.mu, pop.sigma), ROWS[2][3:])
    pop.tau = 1.0
    assert pop.tau == 1.0 and pop.sigma > 100
    pop.rates = [10.0, 10.0]
    near((pop.mu, pop.sigma), ROWS[6][3:])
    sl.step()
    near((pop.mu, pop.sigma), ROWS[6][3:])
    assert pop.rates.tolist() == [10, 10] and pop.corr == 0.3
    pop.reset()
    near((pop.mu, pop.sigma), ROWS[6][3:])  # what was set last stays
    assert pop.tau == 1.0 and pop.schedule.tolist() == [0.0, 50.0] and pop.period == 100.0
    pop.update([30.0, 10.0, 5.0], 0.3, schedule=[0.0, 1.0, 2.0], tau=10.0)
    near((pop.mu, pop.sigma), ROWS[2][3:])
    sl.simulate(1.1)
    near((pop.mu, pop.sigma), ROWS[0][3:])
    assert (start - ROWS[0][3]) / ROWS[0][4] != 0  # drawn from the stationary distribution


@pytest.mark.needs_compiler
@pytest.mark.usefixtures("fresh")
def test_one_block_and_attributes() -> None:
    sl.setup(seed=1)
    pop = sl.HomogeneousCorrelatedSpikeTrains(3, 10.0, 0.0, 10.0, refractory=2.0)
    assert pop.parameters == ["tau", "mu", "sigma"] and pop.variables == ["x", "p", "r"]
    assert (pop.schedule.tolist(), pop.period, pop.rates, pop.corr) == ([0.0], -1.0, 10.0, 0.0)
    assert pop.refractory == 2.0
    pop.rates = 20.0
    assert (pop.mu, pop.sigma, pop.x) == (20.0, 0.0, 20.0)
    sl.compile()
    sl.simulate(3.0)
    near(pop.x, 20.0)
    first, second = sl.Network(dt=1.0, seed=3), sl.Network(dt=1.0, seed=3)
    found = []
    for net in (first, second):
        made = net.create(sl.HomogeneousCorrelatedSpikeTrains(5, 10.0, 0.3, 10.0, network=net))
        shown = net.monitor(made, "x")
        net.compile()
        net.simulate(5.0)
        found.append(shown.get("x").tolist())
        net.reset()
        net.simulate(5.0)
        assert shown.get("x").tolist() == found[-1]  # a network of create() draws the same again
    assert found[0] == found[1]

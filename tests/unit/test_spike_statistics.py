"""Statistics of recorded spikes as functions (spec 03, section 5.7), with its check values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError

SPIKES = {0: [2, 6, 8, 20], 1: [5], 2: [], 5: [3, 10, 17]}
DT = 0.5
NONE: dict[int, list[int]] = {0: [], 3: []}


def test_raster_plot_lists_spikes_neuron_by_neuron() -> None:
    times, ranks = sl.raster_plot(SPIKES, dt=DT)
    assert times.tolist() == [1.0, 3.0, 4.0, 10.0, 2.5, 1.5, 5.0, 8.5]
    assert ranks.tolist() == [0, 0, 0, 0, 1, 5, 5, 5]
    assert ranks.dtype == np.int64
    for times in sl.raster_plot(NONE):
        assert times.shape == (0,)


@pytest.mark.parametrize("wrapped", [{"spike": SPIKES}, {"spike": SPIKES, "v": np.zeros((3, 4))}])
def test_a_dict_of_variables_will_do(wrapped: Any) -> None:
    assert sl.inter_spike_interval(wrapped, dt=DT) == [2, 1, 6, 3.5, 3.5]
    assert sl.raster_plot({"axon_spike": {4: [2]}}, dt=DT)[1].tolist() == [4]


def test_times_need_not_be_in_order() -> None:
    jumbled = {0: [20, 6, 2, 8], 1: np.array([5]), 2: (), 5: [17, 3, 10]}
    assert sl.inter_spike_interval(jumbled, dt=DT) == [2, 1, 6, 3.5, 3.5]
    np.testing.assert_array_equal(sl.smoothed_rate(jumbled, dt=DT), sl.smoothed_rate(SPIKES, dt=DT))


def test_histogram() -> None:
    assert sl.histogram(SPIKES, bins=2.0, dt=DT).tolist() == [3, 2, 1, 1, 1]
    each = sl.histogram(SPIKES, dt=DT)
    assert each.shape == (19,)
    assert np.flatnonzero(each).tolist() == [0, 1, 3, 4, 6, 8, 15, 18]
    by_rank = sl.histogram(SPIKES, bins=2.0, per_neuron=True, dt=DT)
    assert by_rank.tolist() == [
        [1, 2, 0, 0, 1],
        [1, 0, 0, 0, 0],
        [0] * 5,
        [0] * 5,
        [0] * 5,
        [1, 0, 1, 1, 0],
    ]


def test_histogram_of_a_window_leaves_out_what_is_beyond() -> None:
    assert sl.histogram(SPIKES, bins=2.0, recording_window=(4, 11), dt=DT).tolist() == [2, 2]
    assert sl.histogram(SPIKES, bins=2.0, recording_window=(0, 40), dt=DT).tolist() == [
        *(2, 2, 2, 0, 1, 1),
        *(0,) * 5,
    ]
    assert sl.histogram(NONE, recording_window=(3, 5), dt=DT).tolist() == [0, 0, 0]
    with pytest.raises(ConfigurationError, match=r"The recording window ends before it begins: 5, 3\."):
        sl.histogram(SPIKES, recording_window=(5, 3))


def test_intervals_of_a_histogram_are_the_nearest_number_of_steps() -> None:
    """0.3 / 0.1 is a little less than 3."""
    assert sl.histogram({0: list(range(6))}, bins=0.3, dt=0.1).tolist() == [3, 3]
    with pytest.raises(ConfigurationError, match=r"at least one step \(0\.5 ms\) long, not 0\.4 ms"):
        sl.histogram(SPIKES, bins=0.4, dt=DT)


def test_inter_spike_interval() -> None:
    assert sl.inter_spike_interval(SPIKES, dt=DT) == [2, 1, 6, 3.5, 3.5]
    assert sl.inter_spike_interval(SPIKES, per_neuron=True, dt=DT) == {0: [2, 1, 6], 5: [3.5, 3.5]}
    assert sl.inter_spike_interval(SPIKES, ranks=[5, 1], dt=DT) == [3.5, 3.5]
    assert sl.inter_spike_interval(NONE) == []


def test_coefficient_of_variation() -> None:
    np.testing.assert_allclose(sl.coefficient_of_variation(SPIKES, dt=DT), [0.72008, 0.0], atol=5e-6)
    by_rank = sl.coefficient_of_variation(SPIKES, ranks=np.array([0]), per_neuron=True, dt=DT)
    assert by_rank == {0: pytest.approx(np.sqrt(14 / 3) / 3, rel=1e-14)}
    assert sl.coefficient_of_variation({0: [1, 2]}) == []  # one interval does not vary
    assert sl.coefficient_of_variation(NONE, per_neuron=True) == {}


def test_mean_rate() -> None:
    assert sl.mean_fr(SPIKES, dt=DT) == pytest.approx(222.2222222222, rel=1e-12)
    assert sl.mean_fr(SPIKES, duration=40, dt=DT) == pytest.approx(100.0)
    assert sl.mean_fr(NONE) == sl.mean_fr({}) == sl.mean_fr({0: [4]}) == 0.0


def test_population_rate() -> None:
    rate = sl.population_rate(SPIKES, dt=DT)
    assert rate.shape == (19,)
    assert np.flatnonzero(rate).tolist() == [0, 1, 3, 4, 6, 8, 15, 18]
    assert set(rate.tolist()) == {0.0, 500.0}
    smooth = sl.population_rate(SPIKES, smooth=5.0, dt=DT)
    np.testing.assert_allclose(smooth[:5], [500, 500, 450, 455, 459.5], rtol=1e-14)
    np.testing.assert_array_equal(sl.population_rate(SPIKES, smooth=0.5, dt=DT), rate)
    assert sl.population_rate(NONE).shape == (0,)


def test_smoothed_rate() -> None:
    rate = sl.smoothed_rate(SPIKES, dt=DT)
    assert rate.shape == (4, 18)
    expected = np.zeros((4, 18))
    expected[0, 0:4], expected[0, 4:6], expected[0, 6:18] = 500.0, 1000.0, 1000.0 / 6.0
    expected[3, 1:15] = 2000.0 / 7.0
    np.testing.assert_allclose(rate, expected, rtol=1e-14)
    assert sl.smoothed_rate(NONE).shape == (2, 0)
    with pytest.raises(ConfigurationError, match=r"must not be negative, -1\.0 ms is"):
        sl.smoothed_rate(SPIKES, smooth=-1.0)


@pytest.mark.parametrize("smooth", [0.5, 0.7, 5.0, 300.0])
def test_low_pass_is_the_recursion(smooth: float) -> None:
    rng = np.random.default_rng(1)
    spikes = {n: np.flatnonzero(rng.random(1000) < 0.1).tolist() for n in range(3)}
    raw, smoothed = sl.smoothed_rate(spikes, dt=DT), sl.smoothed_rate(spikes, smooth, dt=DT)
    expected = raw.copy()
    for i in range(raw.shape[1] - 1):
        expected[:, i + 1] = expected[:, i] + (raw[:, i + 1] - expected[:, i]) * DT / smooth
    np.testing.assert_allclose(smoothed, expected, rtol=1e-11, atol=1e-9)


def test_without_dt_it_is_that_of_the_network(fresh: None) -> None:
    sl.setup(dt=0.1)
    assert sl.inter_spike_interval({0: [10, 20]}) == [pytest.approx(1.0)]


@pytest.mark.parametrize(
    "wrong", [[1, 2, 3], {"v": [1]}, {0: [0.5]}, {0: [[1, 2]]}, {0: 3}, {0: ["a"]}], ids=str
)
def test_what_are_no_spikes_is_refused(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="Spikes are a dict of ranks"):
        sl.mean_fr(wrong)

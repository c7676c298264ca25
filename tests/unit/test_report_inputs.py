"""What a report says of ready-made inputs."""

from __future__ import annotations

import pytest

import synloom as sl
from synloom.report.collect import collect
from synloom.report.markdown import line
from synloom.report.models import is_default

pytestmark = pytest.mark.usefixtures("fresh")


def facts(population: sl.Population) -> list[str]:
    """The lines about the only input of the default network."""
    (item,) = collect(sl.magic_network()).inputs
    assert (item.population, item.kind) == (population.name, type(population).__name__)
    return [line(fact) for fact in item.facts]


def test_poisson_rates_that_are_numbers() -> None:
    assert facts(sl.PoissonPopulation(3, rates=20.0)) == [
        "Spikes at random, as a Poisson process.",
        "Rates: $20$ Hz.",
    ]
    sl.clear()
    assert facts(sl.PoissonPopulation(3, rates=[10.0, 20.0, 30.0]))[1] == "Rates: $[10, 30]$ Hz."


def test_poisson_rates_that_follow_an_equation() -> None:
    given = sl.PoissonPopulation(3, rates="top * pos(sin(t/period))", parameters="top = 10.0 ; period = 50.0")
    assert facts(given)[1] == (
        r"Rates in Hz: $\text{rates}(t) = \text{top} \cdot \left( \sin \left( \frac{t}{\text{period}} \right) "
        r"\right)^{+}$"
    )


def test_poisson_rates_that_others_give() -> None:
    assert facts(sl.PoissonPopulation(3, target="exc"))[1] == (
        r"Rates in Hz: $\text{rates}(t) = \sum_{\text{exc}} w \cdot r^{\text{pre}}(t - d)$"
    )


def test_timed_arrays() -> None:
    given = sl.TimedArray([[0.0, 1.0], [2.0, 3.0]], schedule=[0.0, 100.0], period=500.0)
    assert facts(given) == ["Rates: $[0, 3]$.", "Schedule: 2 blocks, at 0, 100 ms, again every 500 ms."]
    sl.clear()
    assert facts(sl.TimedArray([[1.0], [1.0]], schedule=10.0)) == [
        "Rates: $1$.",
        "Schedule: 2 blocks, one every 10 ms.",
    ]
    sl.clear()
    assert facts(sl.TimedArray([[1.0], [1.0]]))[1] == "Schedule: 2 blocks, one in each step."
    sl.clear()
    assert facts(sl.TimedArray(geometry=3)) == ["No rates are given yet."]


def test_many_times_are_shortened() -> None:
    given = sl.TimedArray([[0.0]] * 9, schedule=[10.0 * n for n in range(9)])
    assert facts(given)[1] == "Schedule: 9 blocks, at 0, 10, 20, 30, ..., 80 ms."


def test_timed_poisson_neurons() -> None:
    assert facts(sl.TimedPoissonPopulation(2, rates=[5.0, 10.0], schedule=[0.0, 50.0])) == [
        "Spikes at random, as a Poisson process.",
        "Rates: $[5, 10]$ Hz.",
        "Schedule: 2 blocks, at 0, 50 ms.",
    ]


def test_given_spikes() -> None:
    assert facts(sl.SpikeSourceArray([[1.0, 5.0], [3.0]])) == ["3 spikes at given times, from 1 to 5 ms."]
    sl.clear()
    assert facts(sl.SpikeSourceArray([[2.5]])) == ["1 spike at given times, from 2.5 to 2.5 ms."]
    sl.clear()
    assert facts(sl.SpikeSourceArray([[], []])) == ["No spikes."]


def test_correlated_spikes() -> None:
    sl.setup(seed=1)
    made = sl.HomogeneousCorrelatedSpikeTrains(
        4, rates=[10.0, 30.0], corr=0.3, tau=10.0, schedule=[0.0, 100.0]
    )
    assert facts(made) == [
        "Spikes at random, all with one fluctuating rate (an Ornstein-Uhlenbeck process).",
        "Mean rate $[10, 30]$ Hz, correlation $0.3$, time constant 10 ms.",
        "Schedule: 2 blocks, at 0, 100 ms.",
    ]


def test_rates_assigned_by_hand() -> None:
    assert facts(sl.InputArray(3)) == ["The rates are assigned by the script."]


def test_an_input_that_is_not_known_is_told_by_its_class() -> None:
    class Camera(sl.Population):
        """Pictures, one in each step.

        More of it.
        """

        __module__ = "synloom.extensions.camera"

    assert facts(Camera(3, sl.Neuron(equations="r = 1.0"))) == ["Pictures, one in each step."]


def test_classes_of_the_user_are_no_inputs() -> None:
    class Mine(sl.Population):
        pass

    Mine(3, sl.Neuron(equations="r = 1.0", name="Own"))
    report = collect(sl.magic_network())
    assert report.inputs == ()
    assert [n.name for n in report.neurons] == ["Own"]


def test_between_rates_and_spikes() -> None:
    rates, spikes = sl.InputArray(3), sl.Population(3, sl.IF_curr_exp)
    reader = sl.Population(2, sl.Neuron(equations="r = sum(exc)"))
    into = sl.CurrentInjection(rates, spikes, "exc")
    into.connect_current(scale=2.0)
    out = sl.DecodingProjection(spikes, reader, "exc", window=10.0)
    out.connect_all_to_all(1.0)
    assert is_default(into.model) and is_default(out.model)
    shown = [(p.synapse, line(p.pattern)) for p in collect(sl.magic_network()).projections]
    assert shown == [
        ("CurrentInjection", "One-to-One, weights 2.0, delays 0.0"),
        ("DecodingProjection", "All-to-All, weights 1.0, delays 0.0, rates over 10 ms"),
    ]

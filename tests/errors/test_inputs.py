"""What inputs refuse, and what they say (spec 05)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import synloom as sl

pytestmark = pytest.mark.usefixtures("fresh")

THREE = [[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]
Make = Callable[[], Any]


def timed(**options: Any) -> Any:
    return sl.TimedArray(THREE, name="stim", **options)


def changed(name: str, value: object, **options: Any) -> Any:
    """Assign to a timed array."""
    setattr(timed(**options), name, value)


def poisson(*options: Any) -> Any:
    return sl.TimedPoissonPopulation(4, *options, name="stim")


def trains(rates: Any = 10.0, corr: Any = 0.3, tau: Any = 10.0, *more: Any) -> Any:
    return sl.HomogeneousCorrelatedSpikeTrains(4, rates, corr, tau, *more, name="stim")


def assigned(population: Any, name: str, value: object) -> None:
    setattr(population, name, value)


CASES: list[tuple[Make, str, str]] = [
    (lambda: sl.InputArray(), "InputArray: geometry is missing.", "InputArray(geometry=10)"),
    (lambda: sl.TimedArray(), "TimedArray: give rates, or a geometry.", ""),
    (
        lambda: sl.TimedArray([1.0, 2.0]),
        "TimedArray: rates must have the shape (blocks, neurons), not (2,).",
        "a single neuron: rates=[[1.0], [2.0]]",
    ),
    (
        lambda: timed(geometry=3),
        'Population "stim": rates must have the shape (blocks, 3), not (3, 2).',
        "",
    ),
    (
        lambda: sl.TimedArray([[1.0], [2.0, 3.0]]),
        "TimedArray: rates must be numbers, not [[1.0], [2.0, 3.0]].",
        "rows must be equally long",
    ),
    (
        lambda: timed(schedule=[1.0, 2.0, 3.0, 4.0]),
        'Population "stim": schedule has 4 times, but there are 3 blocks of rates.',
        "one time for each block",
    ),
    (
        lambda: timed(schedule=[0.0, 1.0, 1.2]),
        'Population "stim": the times 1.0 ms and 1.2 ms of schedule fall into one step of dt=1.0 ms.',
        "a smaller dt",
    ),
    (
        lambda: timed(schedule=[0.0, 5.0, 3.0]),
        'Population "stim": the times 5.0 ms and 3.0 ms of schedule must be increasing (dt=1.0 ms).',
        "in order of their times",
    ),
    (
        lambda: timed(schedule=[-1.0, 0.0, 1.0]),
        'Population "stim": a time of schedule is negative: -1.0 ms.',
        "from the first step",
    ),
    (
        lambda: timed(schedule="often"),
        "Population \"stim\": schedule must be numbers, not 'often'.",
        "",
    ),
    (
        lambda: timed(schedule=[0.0, float("nan"), 2.0]),
        'Population "stim": schedule must be a number of ms or a list of times in ms, not [0.0, nan, 2.0].',
        "",
    ),
    (
        lambda: timed(period=0.2),
        'Population "stim": a period of 0.2 ms is shorter than one step of dt=1.0 ms.',
        "-1 is for no period",
    ),
    (
        lambda: timed(schedule=[5.0, 6.0, 7.0], period=4.0),
        'Population "stim": the period of 4.0 ms ends before the first block, at 5.0 ms.',
        "",
    ),
    (lambda: timed(period="long"), "Population \"stim\": period must be a number of ms, not 'long'.", ""),
    (
        lambda: changed("rates", np.ones((3, 4))),
        'Population "stim": rates must have the shape (blocks, 2), not (3, 4).',
        "",
    ),
    (
        lambda: changed("rates", THREE[:2], schedule=[0.0, 1.0, 2.0]),
        'Population "stim": schedule has 3 times, but there are 2 blocks of rates.',
        "update() changes rates and schedule together",
    ),
    (
        lambda: changed("schedule", [0.0, 1.0, 2.0, 3.0]),
        'Population "stim": schedule has 4 times, but there are 3 blocks of rates.',
        "",
    ),
    (
        lambda: timed().update(THREE, schedule=[0.0] * 4),
        'Population "stim": schedule has 4 times, but there are 3 blocks of rates.',
        "",
    ),
    (
        lambda: timed().update([[1.0] * 5]),
        'Population "stim": rates must have the shape (blocks, 2), not (1, 5).',
        "",
    ),
    (
        lambda: changed("r", 1.0),
        'Population "stim": r follows the schedule and cannot be set.',
        "use rates, or update()",
    ),
    (
        lambda: assigned(timed()[0:1], "r", 1.0),
        'Population "stim": r follows the schedule and cannot be set.',
        "",
    ),
    (
        lambda: assigned(timed().neuron(0), "r", 1.0),
        'Population "stim": r follows the schedule and cannot be set.',
        "",
    ),
    (lambda: timed().r, 'Population "stim": r is known after compile() only.', "rates holds the blocks"),
    (lambda: sl.PoissonPopulation(3), "PoissonPopulation: give rates, or a target.", "rates=20.0"),
    (
        lambda: sl.PoissonPopulation(3, rates=object),
        "PoissonPopulation: rates must be a number, one number per neuron, or a text, not type.",
        "",
    ),
    (
        lambda: sl.PoissonPopulation(3, "noise", [1.0, 2.0]),
        '"rates" of population "noise": the value has the wrong size.',
        "Give a number or 3 numbers, not a list of length 2.",
    ),
    (
        lambda: sl.PoissonPopulation(3, target="no name"),
        "PoissonPopulation: target must be a name such as 'exc', not 'no name'.",
        "",
    ),
    (
        lambda: sl.Projection(
            sl.InputArray(1), sl.PoissonPopulation(3, "noise", target="exc"), "inh", name="in"
        ),
        'Projection \'in\': Population "noise" reads the target "exc" only; "inh" would have no effect.',
        'use target="exc"',
    ),
    (
        lambda: poisson([1.0, 2.0], [0.0]),
        'Population "stim": schedule has 1 times, but there are 2 blocks of rates.',
        "",
    ),
    (
        lambda: poisson(np.ones((2, 3)), [0.0, 1.0]),
        'Population "stim": rates must have the shape (blocks,) or (blocks, 4), not (2, 3).',
        "",
    ),
    (
        lambda: assigned(poisson([1.0, 2.0], [0.0, 1.0]), "rates", [1.0]),
        'Population "stim": schedule has 2 times, but there are 1 blocks of rates.',
        "",
    ),
    (
        lambda: assigned(poisson([1.0, 2.0], [0.0, 1.0]), "proba", 1.0),
        'Population "stim": proba follows the schedule and cannot be set.',
        "use rates, or update()",
    ),
    (
        lambda: poisson([1.0, 2.0], [0.0, 1.0]).p,
        'Population "stim" has no attribute "p".',
        "",
    ),
    (
        lambda: sl.SpikeSourceArray(5.0),
        "SpikeSourceArray: spike_times must be a list of times in ms, or one list for each neuron, not 5.0.",
        "",
    ),
    (
        lambda: sl.SpikeSourceArray([[1.0], 2.0]),
        "SpikeSourceArray: spike_times mixes times and lists of times.",
        "[[1.0], [2.0]]",
    ),
    (
        lambda: sl.SpikeSourceArray([[1.0], [3.0, -2.0]]),
        "SpikeSourceArray: neuron 1 has a spike time of -2.0 ms; times must be finite and not negative.",
        "",
    ),
    (
        lambda: sl.SpikeSourceArray(["a"], name="src"),
        "Population \"src\": the spike times of neuron 0 must be numbers, not ['a'].",
        "",
    ),
    (
        lambda: assigned(sl.SpikeSourceArray([[1.0], [2.0]], name="src"), "spike_times", [1.0, 2.0]),
        'Population "src": spike_times must have 2 lists, one for each neuron, not 1.',
        "",
    ),
    (
        lambda: sl.SpikeSourceArray([1e30], name="src")._check_ready(),
        'Population "src": a spike time of neuron 0 is too large: 1e+30 ms.',
        "",
    ),
    (lambda: trains(rates=-1.0), 'Population "stim": rates must be finite and not negative, not -1.0.', ""),
    (lambda: trains(corr=1.5), 'Population "stim": corr must be between 0 and 1, not 1.5.', ""),
    (lambda: trains(tau=0.0), 'Population "stim": tau must be a positive number of ms, not 0.0.', ""),
    (
        lambda: assigned(trains(), "tau", -1.0),
        'Population "stim": tau must be a positive number of ms, not -1.0.',
        "",
    ),
    (
        lambda: trains([1.0, 2.0], 0.3, 10.0, [1.0, 2.0]),
        'Population "stim": the first time of schedule must be 0, not 1.0 ms.',
        "from the first step on",
    ),
    (
        lambda: trains([1.0, 2.0, 3.0], [0.1, 0.2], 10.0, [0.0, 1.0, 2.0]),
        'Population "stim": there are 2 values of corr for 3 blocks of rates.',
        "",
    ),
    (
        lambda: trains([1.0, 2.0]),
        'Population "stim": schedule has 1 times, but there are 2 blocks of rates.',
        "",
    ),
    (
        lambda: trains([[1.0]]),
        'Population "stim": rates must be a number, or one number for each block, not [[1.0]].',
        "",
    ),
    (
        lambda: trains(1e-200, 1.0, 1e-3),
        'Population "stim": a rate of 1e-200 Hz cannot vary by',
        "choose a smaller corr, or a larger tau",
    ),
    (
        lambda: sl.CurrentInjection(sl.SpikeSourceArray([1.0], "src"), sl.SpikeSourceArray([1.0]), "exc"),
        'CurrentInjection: pre must be rate-coded, but population "src" is spiking.',
        "DecodingProjection leads from spiking to rate-coded neurons",
    ),
    (
        lambda: sl.CurrentInjection(sl.InputArray(2), sl.InputArray(2, "post"), "exc"),
        'CurrentInjection: post must be spiking, but population "post" is rate-coded.',
        "",
    ),
    (
        lambda: sl.CurrentInjection(
            sl.InputArray(2), sl.SpikeSourceArray([1.0]), "exc", "in"
        ).connect_current(),
        "CurrentInjection: pre has 2 neurons, but post has 1.",
        "use views of equal size",
    ),
    (
        lambda: sl.CurrentInjection(
            sl.InputArray(1), sl.SpikeSourceArray([1.0]), "exc", "in"
        ).connect_all_to_all(1.0),
        "CurrentInjection 'in' cannot be connected by the rule All-to-All.",
        "call connect_current()",
    ),
    (
        lambda: sl.CurrentInjection(sl.InputArray(1), sl.SpikeSourceArray([1.0]), "exc", "in").current(
            "much"
        ),
        "CurrentInjection 'in': scale must be a finite number, not 'much'.",
        "",
    ),
    (
        lambda: sl.CurrentInjection(sl.InputArray(1), sl.SpikeSourceArray([1.0]), "exc", "in")._check_ready(),
        "CurrentInjection 'in' was never connected.",
        "call connect_current()",
    ),
    (
        lambda: sl.DecodingProjection(sl.InputArray(2, "pre"), sl.InputArray(2), "exc"),
        'DecodingProjection: pre must be spiking, but population "pre" is rate-coded.',
        "CurrentInjection leads from rate-coded to spiking neurons",
    ),
    (
        lambda: sl.DecodingProjection(sl.SpikeSourceArray([]), sl.SpikeSourceArray([], "post"), "exc"),
        'DecodingProjection: post must be rate-coded, but population "post" is spiking.',
        "",
    ),
    (
        lambda: sl.DecodingProjection(sl.SpikeSourceArray([]), sl.InputArray(1), "exc", window=-1.0),
        "DecodingProjection: window must be a number of ms, not negative, not -1.0.",
        "",
    ),
]


@pytest.mark.parametrize(("make", "message", "hint"), CASES, ids=[m[:60] for _, m, _ in CASES])
def test_refused(make: Make, message: str, hint: str) -> None:
    with pytest.raises(sl.SynloomError) as caught:
        make()
    assert caught.value.message.startswith(message), caught.value.message
    assert hint in caught.value.hint


def test_what_was_refused_is_no_part_of_the_network() -> None:
    for make, _, _ in CASES[:14] + CASES[23:27]:
        with pytest.raises(sl.SynloomError):
            make()
    assert sl.populations() == []


def test_a_refused_change_changes_nothing() -> None:
    pop = timed(schedule=2.0, period=9.0)
    for name, value in (("rates", np.ones((2, 3))), ("schedule", [3.0, 1.0, 2.0]), ("period", 0.1)):
        with pytest.raises(sl.ConfigurationError):
            setattr(pop, name, value)
    assert (pop.rates.tolist(), pop.schedule.tolist(), pop.period) == (THREE, [0, 2, 4], 9.0)
    same = sl.HomogeneousCorrelatedSpikeTrains(4, 10.0, 0.3, 10.0)
    with pytest.raises(sl.ConfigurationError):
        same.set({"tau": 5.0, "nothing": 1.0})
    assert same.tau == 10.0


def test_a_smaller_step_is_checked_by_compile() -> None:
    sl.setup(dt=0.1)
    pop = timed(schedule=[0.0, 0.1, 0.2])
    sl.setup(dt=1.0)
    with pytest.raises(sl.ConfigurationError, match="fall into one step of dt=1.0 ms"):
        sl.compile()
    assert not pop.initialized


def test_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    timed(schedule=[1.0, 3.0])
    sl.TimedArray(THREE, geometry=2, schedule=2.0, period=4.0, name="late")
    sl.PoissonPopulation(1, rates=1.0, parameters="a = 1.0")
    assert capsys.readouterr().out.splitlines() == [
        'WARNING: Population "stim": schedule has 2 times, but there are 3 blocks of rates: the rest is never shown.',
        'WARNING: Population "late": 1 blocks at or beyond the period of 4.0 ms are never shown: 2.',
        "WARNING: PoissonPopulation: parameters are for rates that are a text; they have no effect.",
    ]


def test_mistakes_in_the_text_of_rates_are_shown_where_they_stand() -> None:
    with pytest.raises(sl.ModelError) as caught:
        sl.PoissonPopulation(2, name="noise", rates="10.0 + amplitud", parameters="amplitude = 1.0")
    error = caught.value
    assert error.message == 'unknown "amplitud".' or "amplitud" in error.message
    shown = str(error).splitlines()
    assert "test_inputs.py" in shown[1] and "PoissonPopulation" in shown[1] and "argument 'rates'" in shown[1]
    assert shown[2].strip() == "rates = 10.0 + amplitud"
    assert shown[3].index("^") == shown[2].index("amplitud") and shown[3].count("^") == len("amplitud")


def test_mistakes_in_parameters_are_shown_where_they_stand() -> None:
    with pytest.raises(sl.ModelError) as caught:
        sl.PoissonPopulation(2, rates="a", parameters="a = 1.0 : everywhere")
    shown = str(caught.value)
    assert "argument 'parameters'" in shown and "everywhere" in shown and "test_inputs.py" in shown


def test_a_population_of_another_network_is_not_taken() -> None:
    pop = sl.InputArray(2, name="mine")
    sl.Projection(pop, sl.Population(2, sl.Neuron(equations="r = sum(exc)")), "exc")
    with pytest.raises(sl.ConfigurationError, match="Population 'mine' belongs to another network already."):
        sl.Network(dt=1.0).create(pop)


def test_spiking_neurons_of_the_user_read_no_sums() -> None:
    with pytest.raises(sl.ModelError, match=r"sum\(\) is only available in rate-coded neurons."):
        sl.Population(1, sl.Neuron(equations="v = sum(exc)", spike="v > 1.0"))

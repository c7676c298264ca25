"""Ready-made neurons against the traces of spec 04, sections 5.1 and 5.2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.worked.near import connected
from tests.worked.spiking import fired, source

pytestmark = pytest.mark.needs_compiler

# Name: constant current, weight of the input, v in steps 0, 11, 100 and 499, spikes, and numbers of other variables.
TRACES: Mapping[str, tuple[float, float, list[float], list[int], dict[str, dict[int, float]]]] = {
    "Izhikevich": (
        10.0,
        10.0,
        [-64.3, -55.553193699626, -66.422346398519, -68.742990111690],
        [31, 266],
        {"u": {0: -13.0, 1: -12.99972, 2: -12.999165376, 3: -12.9983398938}},
    ),
    "IF_curr_exp": (
        1.0,
        1.0,
        [-64.900249583854, -63.735540255539, -51.122644927795, -55.329356147946],
        [116, 367],
        {"g_exc": {10: 0.0, 11: 1.0, 12: 0.980198673307, 13: 0.960789439152}},
    ),
    "IF_cond_exp": (
        1.0,
        0.05,
        [-64.900249583854, -63.517470526904, -52.404603066358, -52.674272115742],
        [59, 117, 309],
        {},
    ),
    "IF_curr_alpha": (
        1.0,
        1.0,
        [-64.900249583854, -63.835290671685, -62.231104258307, -52.911161915880],
        [90, 162, 321],
        {
            "alpha_exc": {11: 0.053290013, 12: 0.1044696001, 13: 0.1536014451},
            "gmax_exc": {0: 2.69123447},
        },
    ),
    "IF_cond_alpha": (
        1.0,
        0.05,
        [-64.900249583854, -63.835290671685, -57.292993101042, -50.393931035711],
        [61, 88, 115, 147, 193, 284],
        {},
    ),
    "HH_cond_exp": (
        0.5,
        0.05,
        [-64.750623959634, -60.532343641603, -56.482750964068, -49.761411974593],
        [],
        {"n": {0: 0.0018145218}, "m": {0: 0.006765153}, "h": {0: 0.999997587}},
    ),
    "EIF_cond_exp_isfa_ista": (
        1.0,
        0.05,
        [-70.244127236739, -65.381447970660, -64.049544402644, -50.468401657588],
        [35, 63, 92, 145, 296],
        {"w": {1: 9.8853545350e-07}, "I": {11: 4.344392535}},
    ),
    "EIF_cond_alpha_isfa_ista": (
        1.0,
        0.05,
        [-70.244127236739, -66.571623250020, -70.6, -55.077701125143],
        [43, 66, 83, 99, 116, 136, 160, 192, 246],
        {},
    ),
}
V_STEPS = [0, 11, 100, 499]
FRESH = {"dt": 0.1, "precision": "double", "method": "explicit", "seed": 4, "suppress_warnings": True}
Recorded = Mapping[str, Any]


@pytest.fixture(scope="module")
def recorded() -> Iterator[Recorded]:
    """Monitors of one neuron of each model after 500 steps; one network, so one compilation."""
    sl.clear()
    sl.setup(**FRESH)
    src, monitors = source([10, 50]), {}
    for name, (current, weight, _, _, others) in TRACES.items():
        pop = sl.Population(1, getattr(sl, name)(i_offset=current), name=name)
        connected(src, pop, [[weight]])
        monitors[name] = sl.Monitor(pop, ["v", "spike", *others])
    sl.compile()
    sl.simulate(50.0)
    yield monitors
    sl.clear()
    sl.setup(**{**FRESH, "dt": 1.0, "seed": None})


@pytest.mark.parametrize("name", TRACES)
def test_v(recorded: Recorded, name: str) -> None:
    v = recorded[name].get("v", keep=True)[:, 0]
    np.testing.assert_allclose(v[V_STEPS], TRACES[name][2], rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", TRACES)
def test_spikes(recorded: Recorded, name: str) -> None:
    spikes = recorded[name].get("spike", keep=True)
    assert {int(rank): [int(n) for n in steps] for rank, steps in spikes.items()}.get(0, []) == TRACES[name][
        3
    ]


OTHERS = [(name, variable) for name, (*_, others) in TRACES.items() for variable in others]


@pytest.mark.parametrize(("name", "variable"), OTHERS)
def test_other_variables(recorded: Recorded, name: str, variable: str) -> None:
    expected = TRACES[name][4][variable]
    found = recorded[name].get(variable, keep=True)[list(expected), 0]
    np.testing.assert_allclose(found, list(expected.values()), rtol=1e-9, atol=1e-10)


# Refractory periods, section 5.1


@pytest.mark.usefixtures("fresh")
def test_refractory_periods() -> None:
    sl.setup(dt=0.1)
    periods = {0.0: 1, 0.3: 4, 0.5: 6}
    pops = {p: sl.Population(1, sl.IF_curr_exp(tau_refrac=p, i_offset=1000.0)) for p in periods}
    alpha = sl.Population(1, sl.IF_curr_alpha(tau_refrac=2.0, i_offset=1000.0))
    spikes = {period: sl.Monitor(pop, "spike") for period, pop in pops.items()}
    late = sl.Monitor(alpha, "spike")
    sl.compile()
    sl.simulate(50.0)
    for period, every in periods.items():
        assert fired(spikes[period]) == {0: list(range(0, 500, every))}
    assert fired(late) == {0: list(range(0, 500, 21))}


@pytest.mark.usefixtures("fresh")
def test_alpha_and_adaptation_freeze_with_the_voltage_unless_told_otherwise() -> None:
    """Section 1.3: the neurons fire in step 0, an input of weight 1 arrives in step 1."""
    sl.setup(dt=0.1)
    src, pops, shown = source([0]), {}, {}
    for freeze in ("all", "voltage"):
        one = sl.IF_curr_alpha(tau_refrac=2.0, i_offset=1000.0, freeze=freeze)
        two = sl.EIF_cond_alpha_isfa_ista(tau_refrac=2.0, i_offset=1000.0, freeze=freeze)
        for name, neuron in (("alpha", one), ("eif", two)):
            pops[name, freeze] = sl.Population(1, neuron)
            connected(src, pops[name, freeze], [[1.0]])
            variables = ["v", "spike", "g_exc", "alpha_exc", *(["w"] if name == "eif" else [])]
            shown[name, freeze] = sl.Monitor(pops[name, freeze], variables)
    sl.compile()
    sl.simulate(2.1)
    data = {key: monitor.get() for key, monitor in shown.items()}
    for key, found in data.items():
        assert found["spike"] == {0: [0]}, key
        assert (found["v"] == pops[key].v_reset).all(), key
        np.testing.assert_allclose(found["g_exc"][[1, 20], 0], [1.0, np.exp(-0.02 * 19)], rtol=1e-12)
    alpha = [0.0, *_alpha(np.exp(-0.02), np.exp((5.0 - 0.05) / 5.0), 20)]
    for name in ("alpha", "eif"):
        assert not data[name, "all"]["alpha_exc"].any()
        np.testing.assert_allclose(data[name, "voltage"]["alpha_exc"][:, 0], alpha, rtol=1e-10)
    w = data["eif", "all"]["w"][:, 0]
    assert w[0] > 0 and (w == w[0]).all()
    np.testing.assert_allclose(data["eif", "voltage"]["w"][:, 0], w[0] * (1 - 0.1 / 144.0) ** np.arange(21))


def _alpha(q: float, gmax: float, steps: int) -> Iterator[float]:
    """Values after an input of weight 1 in the first of the steps."""
    alpha = 0.0
    for n in range(steps):
        alpha += (1 - q) * (gmax * q**n - alpha)
        yield alpha


@pytest.mark.usefixtures("fresh")
def test_neurons_that_freeze_the_voltage_only_fire_as_often() -> None:
    sl.setup(dt=0.1)
    shown = {}
    for freeze in ("all", "voltage"):
        for name in ("IF_curr_alpha", "IF_cond_alpha", "EIF_cond_exp_isfa_ista", "EIF_cond_alpha_isfa_ista"):
            for period in (0.0, 0.3, 2.0):
                neuron = getattr(sl, name)(tau_refrac=period, i_offset=1000.0, freeze=freeze)
                shown[name, period, freeze] = sl.Monitor(sl.Population(1, neuron), "spike")
    sl.compile()
    sl.simulate(20.0)
    for (name, period, freeze), monitor in shown.items():
        every = round(10 * period) + 1
        assert fired(monitor) == {0: list(range(0, 200, every))}, (name, period, freeze)


# The leaky integrator, section 5.2


@pytest.mark.usefixtures("fresh")
def test_leaky_integrator() -> None:
    sl.setup(dt=0.1)
    one = sl.Population(1, sl.Neuron(parameters="r = 1.0"))
    pop = sl.Population(1, sl.LeakyIntegrator(tau="10.0", B=0.5, T=0.2))
    other = sl.Population(1, sl.LeakyIntegrator(sum="2.0*sum(exc) - sum(inh) > 3.0", noise="0.25"))
    for post in (pop, other):
        connected(one, post, [[2.0]])
        connected(one, post, [[0.5]], "inh")
    shown, true = sl.Monitor(pop, ["v", "r"]), sl.Monitor(other, "v")
    sl.compile()
    sl.simulate(50.0)
    v, r = shown.get("v")[:, 0], shown.get("r")[:, 0]
    expected = [0.019900332502, 0.039602653386, 0.059108932903, 1.98652410600]
    np.testing.assert_allclose(v[[0, 1, 2, 499]], expected, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(r, np.maximum(v - 0.2, 0.0))
    assert r[0] == 0 < r[-1]
    # A comparison as the input counts 1, whatever is added to it.
    np.testing.assert_allclose(
        true.get("v")[:, 0], 1.25 * (1 - np.exp(-0.01 * np.arange(1, 501))), rtol=1e-10
    )


# Random terms


@pytest.mark.usefixtures("fresh")
def test_variances_of_noise() -> None:
    """Section 2.1: the variance of the leaky integrator depends on dt; Izhikevich draws one sample a step."""
    sl.setup(dt=0.5, seed=11)
    leaky = sl.Population(20_000, sl.LeakyIntegrator(tau=2.0, noise="Normal(0.0, 3.0)"))
    quadratic = sl.Population(20_000, sl.Izhikevich(noise=2.0, i_offset=0.5))
    sl.compile()
    sl.simulate(40.0)
    q = np.exp(-0.25)
    variance, spread = 9.0 * (1 - q) / (1 + q), np.sqrt(2.0 / 20_000)
    assert abs(np.var(leaky.v) / variance - 1) < 4 * spread
    assert abs(np.mean(leaky.v)) < 4 * np.sqrt(variance / 20_000)
    assert abs(np.var(quadratic.I) / 4.0 - 1) < 4 * spread
    assert abs(np.mean(quadratic.I) - 0.5) < 4 * 2.0 / np.sqrt(20_000)

"""What the library asks beyond the traces: numbers that stay finite, one kernel a model, the oracle (spec 04)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.oracle.compare import agree, differences
from tests.oracle.oracle import Oracle
from tests.worked.near import connected
from tests.worked.spiking import fired, source

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

NEURONS = [*(m.__name__ for m in sl.list_standard_neurons()), "GIF_curr", "GIF_curr_exp"]
SPIKING = [name for name in NEURONS if name != "LeakyIntegrator"]
FREEZING = ("IF_curr_alpha", "IF_cond_alpha", "EIF_cond_exp_isfa_ista", "EIF_cond_alpha_isfa_ista")
STRONG = {"Izhikevich": 15.0, "HH_cond_exp": 2.0, "GIF_curr": 1000.0, "GIF_curr_exp": 1000.0}


def neuron(name: str, **arguments: Any) -> Any:
    """One that fires."""
    current = "I_ext" if name.startswith("GIF") else "i_offset"
    return getattr(sl, name)(**{current: STRONG.get(name, 1.5), **arguments})


# Numbers


def test_exponential_neurons_stay_finite() -> None:
    """Section 3.3: from any v, and the same numbers below v_spike + 10 delta_T."""
    sl.setup(dt=0.1)
    v = np.array([1e4, 1e300, -1e300, -20.0, -20.5, -39.0, -70.0])
    names = ("EIF_cond_exp_isfa_ista", "EIF_cond_alpha_isfa_ista")
    pops = [sl.Population(len(v), getattr(sl, name)) for name in names]
    pops += [sl.Population(len(v), getattr(sl, name)(delta_T=0.01, v_spike=-30.0)) for name in names]
    # One that never fires, so that the value itself can be seen.
    texts = pops[0].neuron_type.description
    free = sl.Population(
        len(v), sl.Neuron(texts.parameters.content, texts.equations.content, spike="t < -1.0")
    )
    for pop in (*pops, free):
        pop.v = v
    sl.compile()
    sl.step()
    assert [list(pop.spike) for pop in pops[:2]] == [[0, 1, 3, 4, 5]] * 2
    inside = (v > -80.0) & (v < -20.0)
    rise = 2.0 * np.exp((v[inside] + 50.4) / 2.0)
    drift = (-70.6 - v[inside] + rise) / 9.3667 * 0.1
    np.testing.assert_allclose(free.v[inside], v[inside] + drift, rtol=1e-12)
    sl.simulate(5.0)
    for pop in (*pops, free):
        for name in ("v", "w", "I"):
            assert np.isfinite(getattr(pop, name)).all(), (pop, name)


def test_rates_of_channels_have_no_holes() -> None:
    """Section 3.4: an, am and bm are 0/0 where V is 15, 13 and 40."""
    offset = -63.0
    V = np.array([15.0, 13.0, 40.0, 15.0 + 3e-6, 13.0 - 3e-6, 40.0 + 3e-6, 15.0 + 1e-4, 0.0, -30.0, 90.0])
    pop = sl.Population(len(V), sl.HH_cond_exp(v_offset=offset))
    pop.v = V + offset
    sl.compile()
    sl.step()
    V = (V + offset) - offset  # as the neuron computes it, rounding included

    def vtrap(x: Any, k: float) -> Any:
        return np.where(x == 0, k, x / np.where(x == 0, 1.0, np.expm1(x / k)))

    expected = {
        "an": 0.032 * vtrap(15.0 - V, 5.0),
        "am": 0.32 * vtrap(13.0 - V, 4.0),
        "ah": 0.128 * np.exp((17.0 - V) / 18.0),
        "bn": 0.5 * np.exp((10.0 - V) / 40.0),
        "bm": 0.28 * vtrap(V - 40.0, 5.0),
        "bh": 4.0 / (1.0 + np.exp(10.0 - V)),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(getattr(pop, name), values, rtol=1e-9, err_msg=name)
    sl.simulate(20.0)
    for name in ("v", "n", "m", "h"):
        assert np.isfinite(getattr(pop, name)).all()


def test_rates_of_generalised_neurons() -> None:
    """Section 3.5: a neuron fires with the rate Lambda (Hz), and its threshold rises by J_v/tau_v."""
    sl.setup(dt=0.5, seed=5)
    size, steps = 2000, 400
    steady = {"I_ext": 0.0, "J_v": 0.0, "u_r": -50.0, "u_th": -50.0, "c": 20.0}
    pops = [sl.Population(size, getattr(sl, n)(**steady)) for n in ("GIF_curr", "GIF_curr_exp")]
    pops.append(sl.Population(size, sl.GIF_curr(**{**steady, "u_r": -55.0})))
    resting = sl.Population(size, sl.GIF_curr(**{**steady, "c": 1e9, "refractory_period": 1.0}))
    rising = sl.Population(1, sl.GIF_curr(**{**steady, "c": 1e30, "J_v": 2000.0, "tau_v": 1000.0}))
    shown = [sl.Monitor(pop, "spike") for pop in (*pops, resting)]
    v = sl.Monitor(rising, "v")
    sl.compile()
    sl.simulate(steps * 0.5)
    for monitor, rate in zip(shown, (20.0, 20.0, 20.0 / np.e), strict=False):
        expected = size * steps * rate * 0.5e-3
        count = sum(map(len, monitor.get("spike").values()))
        assert abs(count - expected) < 4 * np.sqrt(expected)
    assert fired(shown[3])[0] == list(range(0, steps, 3))
    expected_v, value = [], -50.0
    for _ in range(5):
        value = value - 0.5 * (value + 50.0) / 1000.0 + 2.0
        expected_v.append(value)
    np.testing.assert_allclose(v.get("v")[:5, 0], expected_v, rtol=1e-12)


def test_currents_of_generalised_neurons() -> None:
    """One step of input in GIF_curr, a decaying one in GIF_curr_exp."""
    sl.setup(dt=0.5)
    src = source([1])
    pops = [sl.Population(1, getattr(sl, n)(c=0.0, C_m=100.0)) for n in ("GIF_curr", "GIF_curr_exp")]
    for pop in pops:
        connected(src, pop, [[30.0]])
    shown = [sl.Monitor(pop, ["u", "g_exc"]) for pop in pops]
    sl.compile()
    sl.simulate(3.0)
    u, direct, decaying = np.full(2, -65.0), [0.0, 0.0, 30.0, 0.0, 0.0, 0.0], 0.0
    for n in range(6):
        decaying += 30.0 if n == 2 else 0.0
        g = np.array([direct[n], decaying])
        u = u + 0.5 * (-u - 65.0 + 0.1 * 375.0 + 0.1 * g) / 10.0
        decaying -= 0.5 * decaying / 5.0
        for monitor, value in zip(shown, u, strict=True):
            np.testing.assert_allclose(monitor.get("u", keep=True)[n, 0], value, rtol=1e-12)
    np.testing.assert_allclose(shown[1].get("g_exc")[2:, 0], 30.0 * 0.9 ** np.arange(4), rtol=1e-12)


# One kernel for each model


def test_other_parameters_are_no_other_kernel() -> None:
    for name in NEURONS:
        sl.Population(2, getattr(sl, name), name=name)
    src, first = source([1]), sl.Population(2, sl.IF_curr_exp, name="first")
    rates = sl.Population(2, sl.LeakyIntegrator, name="rates")
    for name in ("STP", "STDP"):
        connected(src, first, [[0.5], [0.5]], name, synapse=getattr(sl, name))
    for name in ("Hebb", "Oja", "IBCM"):
        connected(rates, rates, [[0.5, 0.5], [0.5, 0.5]], name, synapse=getattr(sl, name))
    before = sl.sources()
    for name in NEURONS:
        arguments = {"c": -50.0} if name == "Izhikevich" else {"tau_m": 7.0} if "tau" not in name else {}
        if name == "LeakyIntegrator":
            arguments = {"tau": sl.Uniform(1.0, 2.0), "B": 3}
        elif name == "HH_cond_exp":
            arguments = {"e_rev_leak": -70.0}
        sl.Population(3, getattr(sl, name)(**arguments), name=f"other {name}")
    connected(src, first, [[0.5], [0.5]], "STP", synapse=sl.STP(U=0.1, tau_rec=3.0))
    connected(src, first, [[0.5], [0.5]], "STDP", synapse=sl.STDP(w_max=2.0))
    connected(rates, rates, [[0.5, 0.5], [0.5, 0.5]], "IBCM", synapse=sl.IBCM(tau=20.0))
    after = sl.sources()
    assert {n: t for n, t in before.items() if not n.startswith("network.")} == {
        n: t for n, t in after.items() if not n.startswith("network.")
    }


# Beside the oracle

RULES = ("Hebb", "Oja", "IBCM")
CERTAIN = [name for name in SPIKING if not name.startswith("GIF")]  # the others fire at random
HEARERS = [*CERTAIN, *(f"{name}, voltage" for name in FREEZING)]
OBJECTS = [
    "pre",
    "rate",
    *RULES,
    *HEARERS,
    *(f"{rule} of {name}" for name in HEARERS for rule in ("STP", "STDP")),
]


@cache
def beside_the_oracle() -> dict[str, list[str]]:
    """Run all models in one network; gives the differences by object, and who ``fired``."""
    sl.setup(dt=0.5)
    pre = sl.Population(3, sl.Izhikevich(conductance="0.0"), name="pre")
    pre.i_offset, pre.v = [20.0, 30.0, 40.0], [-65.0, -40.0, 20.0]
    for name in HEARERS:
        model, _, freeze = name.partition(", ")
        post = sl.Population(2, neuron(model, **({"freeze": freeze} if freeze else {})), name=name)
        if model == "HH_cond_exp":
            post.v_thresh = -60.0
        elif "alpha" in model:
            post.tau_refrac = 1.0
        weights = [[0.02, None, 0.01], [0.01, 0.03, None]]
        for rule, goal in ((sl.STP(tau_facil=20.0), "exc"), (sl.STDP(w_max=0.03), "inh")):
            rule_of = f"{type(rule).__name__} of {name}"
            connected(pre, post, weights, goal, synapse=rule, name=rule_of, delays=1.0)
    rate = sl.Population(3, sl.LeakyIntegrator(tau=3.0, T=0.1), name="rate")
    rate.B = [0.2, 0.4, 0.8]
    for name in RULES:
        weights = [[0.1, 0.2, 0.3]] * 3
        connected(rate, rate, weights, "inh", synapse=getattr(sl, name), name=name)
    sl.compile()
    network = sl.magic_network()
    # Noise is off: what is drawn counts nothing.
    oracle = Oracle.of(network, draw=lambda _distribution, _args: 0.0)
    assert {p.name for p in (*network.populations, *network.projections)} == set(OBJECTS)
    wrong: dict[str, list[str]] = {"fired": []}
    for n in range(60):
        sl.step()
        oracle.step()
        wrong["fired"] += [name for name in HEARERS if len(sl.get_population(name).spike)]
        for owner, texts in differences(network, oracle, f"after step {n}").items():
            wrong.setdefault(owner, []).extend(texts)
    return wrong


@pytest.mark.parametrize("name", OBJECTS)
def test_beside_the_oracle(name: str) -> None:
    agree(beside_the_oracle(), [name])


def test_all_fired_beside_the_oracle() -> None:
    assert set(beside_the_oracle()["fired"]) == set(HEARERS)

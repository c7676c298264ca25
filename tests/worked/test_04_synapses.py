"""Ready-made synapses against the numbers of spec 04, sections 5.3 and 5.4."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.worked.near import connected, near, step_by_step
from tests.worked.spiking import source, target, values

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

WEIGHTS = {
    "Hebb": [[0.52, 0.51], [0.54, 0.52], [0.56, 0.53]],
    "Oja": [[0.5, 0.49], [0.5, 0.4804], [0.5, 0.471184]],
    "IBCM": [
        [0.539960009998, 0.519980004999],
        [0.579880049985, 0.539940024993],
        [0.619760139940, 0.559880069970],
    ],
}
THETA = [0.001999500083323, 0.003998000666500, 0.005995502249156]
AFTER = {
    "Hebb": [0.0, 0.23],
    "Oja": [0.0, 0.031389776584],
    "IBCM": [1.232361562434, 0.866180781217],
}


def test_learning_rules() -> None:
    rate = sl.Neuron(parameters="r = 0.0")
    pre, post = sl.Population(2, rate, name="pre"), sl.Population(1, rate, name="post")
    pre.r, post.r = [1.0, 0.5], 2.0
    rules = {n: connected(pre, post, [[0.5, 0.5]], synapse=getattr(sl, n), name=n) for n in WEIGHTS}
    sl.compile()

    def now() -> list[Any]:
        return [*(p.w[0] for p in rules.values()), rules["IBCM"].theta[0]]

    steps = step_by_step(3, now)
    for i, expected in enumerate(WEIGHTS.values()):
        np.testing.assert_allclose([s[i] for s in steps], expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose([s[3] for s in steps], THETA, rtol=0, atol=1e-15)
    post.r = -1.0
    sl.simulate(60.0)
    *weights, theta = now()
    for found, expected in zip(weights, AFTER.values(), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(theta, 0.035372774831, rtol=0, atol=1e-12)


def test_learning_rules_between_neurons_that_hear_them() -> None:
    """They transmit the weighted sum, and stand still while learning is disabled."""
    rate = sl.Neuron(parameters="r = 0.0")
    pre, post = sl.Population(2, rate, name="pre"), sl.Population(1, sl.Neuron(equations="r = sum(exc)"))
    pre.r = [1.0, 0.5]
    learned = connected(pre, post, [[0.5, 0.5]], synapse=sl.IBCM(eta=0.1, tau=50.0))
    sl.compile()
    learned.disable_learning()
    sl.simulate(2.0)
    near(post.r, [0.75])
    near(learned.w, [[0.5, 0.5]])
    near(learned.theta, [0.0])
    learned.enable_learning()
    sl.step()
    theta = (1 - np.exp(-1 / 50.0)) * 0.75**2
    near(learned.theta, [theta])
    change = 0.1 * 0.75 * (0.75 - theta)
    near(learned.w, [[0.5 + change, 0.5 + 0.5 * change]])


def test_short_term_plasticity() -> None:
    src = source([2, 10, 12, 40])
    post, plain = target("post"), target("plain")
    tired = connected(src, post, [[1.0]], synapse=sl.STP(tau_rec=100.0, tau_facil=50.0, U=0.2))
    default = connected(src, plain, [[1.0]], synapse=sl.STP)
    shown, other = sl.Monitor(post, "g_exc"), sl.Monitor(plain, "g_exc")
    sl.compile()
    near(values(tired, "xu"), [1.0, 0.2])
    sl.simulate(3.0)
    near(values(default, "xu"), [1.0, 0.5])
    sl.simulate(42.0)
    g = shown.get("g_exc")[:, 0]
    steps = [3, 11, 13, 41]
    expected = [0.2, 0.274246260825, 0.252287475658, 0.192227958377]
    np.testing.assert_allclose(g[steps], expected, rtol=0, atol=1e-12)
    assert np.flatnonzero(g).tolist() == steps
    # With the default tau_facil, u is back at U at every event, and 0.75 after it.
    assert values(default, "u") == [0.75]
    x, last, heard = 1.0, None, []
    for n in steps:
        x = x if last is None else 1.0 + (x - 1.0) * np.exp(-(n - last) / 100.0)
        heard.append(0.5 * x)
        x, last = 0.5 * x, n
    np.testing.assert_allclose(other.get("g_exc")[steps, 0], heard, rtol=1e-12)


STDP_STEPS = [5, 11, 12, 13, 30, 41]
STDP_WEIGHTS = [
    0.508607079764,
    0.516707647695,
    0.531821328472,
    0.505262153330,
    0.515472613979,
    0.502857895427,
]


def test_spike_timing_dependent_plasticity() -> None:
    src = source([2, 10, 12, 40])
    post = source([5, 11, 12, 30], name="post", equations="now = t + 0.0*g_exc")
    learned = connected(src, post, [[0.5]], synapse=sl.STDP)
    held = connected(src, post, [[0.5]], synapse=sl.STDP())
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    held.disable_learning()
    steps = step_by_step(42, lambda: (values(learned, "wxy"), values(held, "wxy")))
    weights = [s[0][0] for s in steps]
    np.testing.assert_allclose([weights[n] for n in STDP_STEPS], STDP_WEIGHTS, rtol=0, atol=1e-12)
    changes = [n for n in range(1, 42) if weights[n] != weights[n - 1]]
    assert changes == STDP_STEPS
    assert all(w == 0.5 for _, (w, _, _) in steps)
    assert all(one[1:] == other[1:] for one, other in steps)
    assert steps[-1][0][1] > 0 > steps[-1][0][2]
    # The transmitted weight is the one before the event.
    g = shown.get("g_exc")[:, 0]
    np.testing.assert_allclose(
        g[[3, 11, 13, 41]] - 0.5, [weights[n - 1] for n in (3, 11, 13, 41)], rtol=1e-12
    )


def test_stdp_traces_read_as_one_value_for_each_synapse() -> None:
    src, post = source([1], [3], name="pre"), source([2], [4], name="post", equations="now = t + 0.0*g_exc")
    learned = connected(src, post, [[0.5, 0.5], [0.5, None]], synapse=sl.STDP(A_minus=0.012, w_max=2.0))
    sl.compile()
    sl.simulate(5.0)
    assert [len(row) for row in learned.x] == [len(row) for row in learned.y] == [2, 1]
    assert learned.w[0][0] > 0.5  # the source first
    assert learned.w[0][1] < 0.5  # the target first


def test_defaults_are_what_projections_have_if_nothing_is_said() -> None:
    rate = sl.Population(2, sl.Neuron(parameters="r = 1.0"))
    rated = {s: sl.Population(1, sl.Neuron(equations="r = sum(exc)")) for s in ("said", "unsaid")}
    src, spiking = source([1, 3], [2]), {s: target(s) for s in ("said", "unsaid")}
    connected(rate, rated["said"], [[0.5, 2.0]], synapse=sl.DefaultRateCodedSynapse)
    connected(rate, rated["unsaid"], [[0.5, 2.0]])
    connected(src, spiking["said"], [[0.5, 2.0]], synapse=sl.DefaultSpikingSynapse)
    connected(src, spiking["unsaid"], [[0.5, 2.0]])
    shown = {s: sl.Monitor(pop, "g_exc") for s, pop in spiking.items()}
    build = sl.compile()
    kernels = [file.removesuffix(".cpp") for file in build.sources if file.endswith(".cpp")]
    signatures = {kind: {k[-8:] for k in kernels if k.startswith(kind)} for kind in ("sweep", "events")}
    assert [len(found) for found in signatures.values()] == [1, 1]
    sl.simulate(6.0)
    near(rated["said"].r, [2.5])
    near(rated["unsaid"].r, [2.5])
    for monitor in shown.values():
        near(monitor.get("g_exc"), [0, 0, 0.5, 2.0, 0.5, 0])

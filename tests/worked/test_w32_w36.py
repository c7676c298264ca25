"""Worked cases of spec 02 on what spikes do to synapses: W32 to W36, W48 and W52."""

from __future__ import annotations

from typing import Any

import pytest

import synloom as sl
from tests.worked.near import connected, near, step_by_step
from tests.worked.spiking import fired, only_at, source, target, values

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

TWO = ([2, 3, 6], [2, 3])
PRE, POST = [2, 10, 20], [5, 10, 11]


def pair(pre: list[int] = PRE, post: list[int] = POST, conductances: str = "exc") -> tuple[Any, Any]:
    """Two neurons that fire in given steps; the second takes in some conductances."""
    taken = " ; ".join(f"x_{name} = g_{name}" for name in conductances.split())
    return source(pre, name="pre"), source(post, name="post", equations=taken)


def test_w32_statements_on_g_target() -> None:
    src = source(*TWO)
    cases = {
        "w += 100.0 ; g_target += w": [11, 211, 0, 0, 201, 0],
        "g_target = w": [10, 10, 0, 0, 1, 0],
        "g_target += w : max=5.0": [5, 5, 0, 0, 1, 0],
        "u += 1.0": [11, 11, 0, 0, 1, 0],
        "g_target += w ; g_target += 1000.0": [2011, 2011, 0, 0, 1001, 0],
    }
    shown, learned = [], []
    for i, text in enumerate(cases):
        post = target(f"post{i}")
        learned.append(connected(src, post, [[1, 10]], synapse=sl.Synapse(pre_spike=text)))
        shown.append(sl.Monitor(post, ["x", "g_exc"]))
    twice = target("twice")
    for _ in range(2):
        connected(src, twice, [[1, 10]])
    shown.append(sl.Monitor(twice, ["x", "g_exc"]))
    sl.compile()
    weights = step_by_step(9, lambda: list(learned[0].w[0]))
    for monitor, expected in zip(shown, [*cases.values(), [22, 22, 0, 0, 2, 0]], strict=True):
        near(monitor.get("x")[3:], expected)
        near(monitor.get("g_exc")[3:], expected)
    near([weights[n] for n in (2, 3, 4, 7)], [[1, 10], [101, 110], [201, 210], [301, 210]])
    near(learned[3].u[0], [3, 2])


def test_w33_continuous_transmission() -> None:
    src = source(*TWO)
    decaying = sl.Synapse(parameters="tau = 10.0", equations="tau*dg/dt = -g", psp="g", pre_spike="g += w")
    both = sl.Synapse(equations="g = g", pre_spike="g_target += w ; g += 1.0", psp="g")
    plain, third = target("plain"), target("third")
    keeping = target("keeping", "tau*dg_n/dt = -g_n", parameters="tau = 10.0")
    learned = connected(src, plain, [[1, 10]], synapse=decaying)
    connected(src, keeping, [[1, 10]], "n", synapse=decaying)
    connected(src, third, [[1, 10]], synapse=both)
    shown = [sl.Monitor(pop, "x") for pop in (plain, third)]
    shown.append(sl.Monitor(keeping, "g_n"))
    g = sl.Monitor(learned, "g")
    sl.compile()
    sl.simulate(9.0)
    near(shown[0].get("x")[3:], [11, 20.9, 18.81, 16.929, 16.2361, 14.61249])
    near(shown[1].get("x")[3:], [13, 15, 4, 4, 6, 5])
    near(shown[2].get("g_n")[3:8], [11, 30.8, 46.53, 58.806, 69.1615])
    near(g.get("g")[3:6], [[0.9, 9], [1.71, 17.1], [1.539, 15.39]])


def test_w33_continuous_transmission_of_the_neuron_after() -> None:
    src, post = source(*TWO), target("post", "x = g_exc ; xa = g_a")
    first = sl.Synapse(pre_spike="w += 100.0 ; g_target += w")
    connected(src, post, [[1, 10]], "a", synapse=first)
    connected(src, post, [[1, 10]], synapse=sl.Synapse(psp="w*(2.0 - post.xa)"))
    shown = sl.Monitor(post, "x")
    sl.compile()
    sl.simulate(9.0)
    near(shown.get("x"), [22, 22, 22, 22, -99, -2299, 22, 22, -2189])


def stdp(method: str = "event-driven") -> Any:
    return sl.Synapse(
        parameters="taup = 10.0 : projection ; taum = 20.0 : projection",
        equations=f"taup*dx/dt = -x : {method}\ntaum*dy/dt = -y : {method}",
        pre_spike="g_target += w ; x += 1.0 ; w = clip(w - 0.1*y, 0.0, 2.0)",
        post_spike="y += 1.0 ; w = clip(w + 0.1*x, 0.0, 2.0)",
    )


def test_w34_event_driven_traces() -> None:
    pre, post = pair(conductances="now late clocked")
    now = connected(pre, post, [[0.5]], "now", synapse=stdp())
    late = connected(pre, post, [[0.5]], "late", synapse=stdp(), delays=3.0)
    clocked = connected(pre, post, [[0.5]], "clocked", synapse=stdp("exponential"))
    shown = sl.Monitor(post, ["g_now", "g_late", "spike"])
    sl.compile()
    steps = step_by_step(24, lambda: [values(p, "xyw") for p in (now, late, clocked)])
    expected = {
        3: [1, 0, 0.5],
        5: [0.7408182207, 1, 0.5740818221],
        10: [0.4493289641, 1.7788007831, 0.6190147185],
        11: [1.3114070778, 2.6920476452, 0.572275348],
        21: [1.5331783294, 1.7165253641, 0.4006228115],
    }
    for n in range(3, 24):  # unchanged between events
        near(steps[n][0], expected[max(at for at in expected if at <= n)])
    near(
        [steps[n][1][2] for n in (5, 10, 11, 13, 23)],
        [0.5904837418, 0.6453649054, 0.6950234358, 0.4389479426, 0.2836303047],
    )
    near([steps[n][2][0] for n in (3, 4, 5)], [0.904837418, 0.8187307531, 0.7408182207])
    near(
        [steps[n][2][2] for n in (5, 10, 11, 21)],
        [0.5740818221, 0.6190147185, 0.572275348, 0.4006228115],
    )
    only_at(shown.get("g_now"), {3: 0.5, 11: 0.6190147185, 21: 0.572275348})
    only_at(shown.get("g_late"), {5: 0.5, 13: 0.6950234358, 23: 0.4389479426})
    assert fired(shown) == {0: POST}


def test_w34_consecutive_events_and_steady_state() -> None:
    pre, post = pair([2, 3, 6, 7], [5, 8])
    trace = sl.Synapse(
        parameters="tau = 10.0",
        equations="tau*dx/dt = -x : event-driven",
        pre_spike="x += 1.0",
        post_spike="m += 1.0",
    )
    steady = sl.Synapse(
        parameters="tau = 10.0",
        equations="tau*dx/dt = 2.0 - x : event-driven, init=1.0",
        pre_spike="x += 0.0",
    )
    both = [connected(pre, post, [[1]], synapse=synapse) for synapse in (trace, steady)]
    sl.compile()
    steps = step_by_step(9, lambda: [values(p, "x")[0] for p in both])
    near(
        [s[0] for s in steps],
        [0, 0, 0, 1, 1.904837418, 1.5595489738, 1.5595489738, 2.4111382667, 2.8789104669],
    )
    near([s[1] for s in steps], [1] * 3 + [2] * 6)


def test_w34_consecutive_events_before_the_post_spike_of_the_same_step() -> None:
    pre, post = pair([2, 3, 6, 7], [5])
    trace = sl.Synapse(
        equations="10.0*dx/dt = -x : event-driven", pre_spike="x += 1.0", post_spike="m += 1.0"
    )
    learned = connected(pre, post, [[1]], synapse=trace)
    sl.compile()
    sl.simulate(9.0)
    near(values(learned, "x"), [3.1816881238])


def test_w35_times_inside_events() -> None:
    times = sl.Synapse(
        pre_spike="g_target += w ; a = t ; b = t_pre ; c = t_post",
        post_spike="d = t ; e = t_pre ; f = t_post",
    )
    pre, post = pair()
    now = connected(pre, post, [[1]], synapse=times)
    late = connected(pre, post, [[1]], synapse=times, delays=3.0)
    again = connected(source([2, 3, 6, 7], name="again"), post, [[1]], synapse=times, delays=3.0)
    sl.compile()
    steps = step_by_step(24, lambda: (values(now, "abcdef"), values(late, "abc"), values(again, "ab")))
    arrived = {3: [3, 2, -10000], 11: [11, 10, 10], 21: [21, 20, 11]}
    reacted = {5: [5, 2, 5], 10: [10, 10, 10], 11: [11, 10, 11]}
    for n in range(24):
        near(steps[n][0][:3], arrived.get(max([at for at in arrived if at <= n], default=-1), [0] * 3))
        near(steps[n][0][3:], reacted.get(max([at for at in reacted if at <= n], default=-1), [0] * 3))
    near([steps[n][1] for n in (5, 13, 23)], [[5, 2, -10000], [13, 10, 11], [23, 20, 11]])
    near([steps[n][2] for n in (5, 6, 9, 10)], [[5, 3], [6, 3], [9, 7], [10, 7]])


def test_w36_order_within_a_step() -> None:
    order = sl.Synapse(
        equations="k += 1.0 ; dz/dt = 1.0",
        pre_spike="g_target += w ; p = k ; q = z",
        post_spike="p2 = k ; q2 = z",
    )
    pre, post = pair()
    learned = connected(pre, post, [[1]], synapse=order)
    twins = target("twins", "v += 1.0", 2, spike="v >= 2", reset="v = 0.0")
    sequence = sl.Synapse(pre_spike="g_target += w ; seq = 10*seq + 1", post_spike="seq = 10*seq + 2")
    recurrent = connected(twins, twins, [[None, 1], [1, None]], synapse=sequence)
    sl.compile()
    steps = step_by_step(22, lambda: (values(learned, ["p", "q", "p2", "q2"]), recurrent.seq))
    assert [n for n in range(1, 22) if steps[n][0][0] != steps[n - 1][0][0]] == [3, 11, 21]
    near([steps[n][0][:2] for n in (3, 11, 21)], [[3, 3], [11, 11], [21, 21]])
    near([steps[n][0][2:] for n in (5, 10, 11)], [[6, 6], [11, 11], [12, 12]])
    for n, expected in enumerate([0, 2, 21, 212, 2121, 21212]):
        near(steps[n][1], [expected] * 2)


def test_w48_unless_post() -> None:
    rule = sl.Synapse(pre_spike="g_target += w ; a += 1.0 ; k += 1.0 : unless_post")
    pre, post = pair()
    now = connected(pre, post, [[1]], synapse=rule)
    late = connected(pre, post, [[1]], synapse=rule, delays=3.0)
    early = source([3, 4, 5], name="early")
    under_way = connected(early, source([4], name="four"), [[1]], synapse=rule, delays=3.0)
    shown = sl.Monitor(post, "g_exc")
    sl.compile()
    steps = step_by_step(24, lambda: [values(p, "ak") for p in (now, late, under_way)])
    near([steps[n][0] for n in (2, 3, 10, 11, 20, 21)], [[0, 0], [1, 1], [1, 1], [2, 1], [2, 1], [3, 2]])
    # The spike of step 10 arrives in 13; by then the neuron has fired again, in 11.
    near([steps[n][1] for n in (4, 5, 12, 13, 22, 23)], [[0, 0], [1, 1], [1, 1], [2, 2], [2, 2], [3, 3]])
    # What counts is when the spike set out: that of step 4 arrives in 7, with others under way.
    near([steps[n][2] for n in (6, 7, 8)], [[1, 1], [2, 1], [3, 2]])
    only_at(shown.get("g_exc"), {3: 1, 11: 1, 21: 1, 5: 1, 13: 1, 23: 1})


def test_w52_parameters_changed_by_events() -> None:
    text = "g_target += w ; x += 1.0 ; z += y : init=7.0 ; k = x : int"
    rule = sl.Synapse(parameters="x = 3.0 ; y = 5.0", pre_spike=text)
    learned = connected(source([2, 3]), target("post"), [[1]], synapse=rule)
    pop = target("pop", "v = 1.0", parameters="a = 1.0", spike="v > 0", reset="a += 1.0")
    sl.compile()
    sl.simulate(5.0)
    near(values(learned, "xzk"), [5, 17, 5])
    near(pop.a, [6])

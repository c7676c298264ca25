"""What spikes do to synapses, in the oracle, against the worked numbers of the specification. No compiler."""

from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.spiking_by_hand import SpikingSketch
from tests.oracle.test_oracle import near, trace

TWO = ([2, 3, 6], [2, 3])
PRE, POST = [2, 10, 20], [5, 10, 11]


def one_synapse(pre: list[int], post: list[int], delays: Any = None, **texts: str) -> tuple[Any, Any]:
    """A synapse between two neurons that fire in given steps; the second shows what it receives."""
    sketch = SpikingSketch()
    sketch.source(pre, name="pre")
    sketch.source(post, name="post")
    proj = sketch.synapses("pre", "post", weights=[[0.5]], delays=delays, **texts)
    return sketch.oracle(), proj


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["w += 100.0 ; g_target += w"], [11, 211, 0, 0, 201, 0]),
        (["g_target = w"], [10, 10, 0, 0, 1, 0]),
        (["g_target += w : max=5.0"], [5, 5, 0, 0, 1, 0]),
        (["u += 1.0"], [11, 11, 0, 0, 1, 0]),
        (["g_target += w ; g_target += 1000.0"], [2011, 2011, 0, 0, 1001, 0]),
        (["", ""], [22, 22, 0, 0, 2, 0]),
    ],
)
def test_w32_statements_on_g_target(texts: list[str], expected: list[float]) -> None:
    sketch = SpikingSketch()
    sketch.source(*TWO)
    post = sketch.spiking("post", equations="x = g_exc")
    projs = [
        sketch.synapses("source", "post", weights=[[1, 10]], pre_spike=text, name=f"p{i}")
        for i, text in enumerate(texts)
    ]
    steps = trace(sketch.oracle(), 9, lambda: (post["x"], projs[0]["w"]))
    near([s[0] for s in steps[3:]], expected)
    if texts[0].startswith("w +="):
        near([steps[n][1] for n in (3, 4, 7)], [[101, 110], [201, 210], [301, 210]])


@pytest.mark.parametrize(
    ("neuron", "texts", "expected"),
    [
        (
            "x = g_exc",
            {"parameters": "tau = 10.0", "equations": "tau*dg/dt = -g", "psp": "g", "pre_spike": "g += w"},
            [0, 0, 0, 11, 20.9, 18.81, 16.929, 16.2361, 14.61249],
        ),
        (
            "10.0*dg_exc/dt = -g_exc ; x = g_exc",
            {"parameters": "tau = 10.0", "equations": "tau*dg/dt = -g", "psp": "g", "pre_spike": "g += w"},
            [0, 0, 0, 11, 30.8, 46.53, 58.806, 69.1615],
        ),
        (
            "x = g_exc",
            {"equations": "g = g", "pre_spike": "g_target += w ; g += 1.0", "psp": "g"},
            [0, 0, 0, 13, 15, 4, 4, 6, 5],
        ),
    ],
)
def test_w33_continuous_transmission(neuron: str, texts: dict[str, str], expected: list[float]) -> None:
    sketch = SpikingSketch()
    sketch.source(*TWO)
    post = sketch.spiking("post", equations=neuron)
    proj = sketch.synapses("source", "post", weights=[[1, 10]], **texts)
    steps = trace(sketch.oracle(), len(expected), lambda: (post.received["exc"], proj["g"]))
    near([s[0] for s in steps], expected)
    if "tau" in texts["equations"]:
        near([s[1] for s in steps[3:6]], [[0.9, 9], [1.71, 17.1], [1.539, 15.39]])


def test_w33_psp_of_the_neuron_after() -> None:
    sketch = SpikingSketch()
    sketch.source(*TWO)
    post = sketch.spiking("post", equations="x = g_exc ; xa = g_a")
    sketch.synapses("source", "post", "a", [[1, 10]], pre_spike="w += 100.0 ; g_target += w", name="a")
    sketch.synapses("source", "post", weights=[[1, 10]], psp="w*(2.0 - post.xa)")
    near(trace(sketch.oracle(), 9, lambda: post["x"]), [22, 22, 22, 22, -99, -2299, 22, 22, -2189])


def stdp(kind: str = "event-driven") -> dict[str, str]:
    return {
        "equations": f"10.0*dx/dt = -x : {kind} ; 20.0*dy/dt = -y : {kind}",
        "pre_spike": "g_target += w ; x += 1.0 ; w = clip(w - 0.1*y, 0.0, 2.0)",
        "post_spike": "y += 1.0 ; w = clip(w + 0.1*x, 0.0, 2.0)",
    }


def test_w34_event_driven_traces() -> None:
    oracle, proj = one_synapse(PRE, POST, **stdp())
    steps = trace(
        oracle, 22, lambda: [*(proj[name][0] for name in "xyw"), oracle.pop["post"].unread["exc"][0]]
    )
    expected = {
        3: [1, 0, 0.5],
        5: [0.7408182207, 1, 0.5740818221],
        10: [0.4493289641, 1.7788007831, 0.6190147185],
        11: [1.3114070778, 2.6920476452, 0.572275348],
        21: [1.5331783294, 1.7165253641, 0.4006228115],
    }
    for n in range(3, 22):
        last = max(at for at in expected if at <= n)
        near(steps[n][:3], expected[last])
    received = [b[3] - a[3] for a, b in zip(steps, steps[1:], strict=False)]
    near([received[n - 1] for n in (3, 11, 21)], [0.5, 0.6190147185, 0.572275348])
    assert sum(change != 0 for change in received) == 3


def test_w34_with_a_delay() -> None:
    oracle, proj = one_synapse(PRE, POST, 3, **stdp())
    steps = trace(oracle, 24, lambda: proj["w"][0])
    expected = [0.5904837418, 0.6453649054, 0.6950234358, 0.4389479426, 0.2836303047]
    near([steps[n] for n in (5, 10, 11, 13, 23)], expected)


def test_w34_is_the_clock_driven_solution() -> None:
    oracle, proj = one_synapse(PRE, POST, **stdp("exponential"))
    steps = trace(oracle, 22, lambda: [proj["x"][0], proj["w"][0]])
    near([steps[n][0] for n in (3, 4, 5)], [0.904837418, 0.8187307531, 0.7408182207])
    near([steps[n][1] for n in (5, 10, 11, 21)], [0.5740818221, 0.6190147185, 0.572275348, 0.4006228115])


def test_w34_consecutive_events_and_steady_state() -> None:
    texts = {"equations": "10.0*dx/dt = -x : event-driven", "pre_spike": "x += 1.0", "post_spike": "m += 1.0"}
    oracle, proj = one_synapse([2, 3, 6, 7], [5, 8], **texts)
    steps = trace(oracle, 9, lambda: proj["x"][0])
    expected = [1, 1.904837418, 1.5595489738, 1.5595489738, 2.4111382667, 2.8789104669]
    near(steps[3:], expected)

    text = "10.0*dx/dt = 2.0 - x : event-driven, init=1.0"
    oracle, proj = one_synapse([2], [], equations=text, pre_spike="x += 0.0")
    near(trace(oracle, 5, lambda: proj["x"][0]), [1, 1, 1, 2, 2])


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (None, {3: [3, 2, -10000], 11: [11, 10, 10], 21: [21, 20, 11]}),
        (3, {5: [5, 2, -10000], 13: [13, 10, 11], 23: [23, 20, 11]}),
    ],
)
def test_w35_times_inside_events(delay: int | None, expected: dict[int, list[float]]) -> None:
    texts = {
        "pre_spike": "g_target += w ; a = t ; b = t_pre ; c = t_post",
        "post_spike": "d = t ; e = t_pre ; f = t_post",
    }
    oracle, proj = one_synapse(PRE, POST, delay, **texts)
    steps = trace(oracle, 24, lambda: [proj[name][0] for name in "abcdef"])
    for n, values in expected.items():
        near(steps[n][:3], values)
        assert steps[n][:3] != steps[n - 1][:3]
    near([steps[n][3:] for n in (5, 10, 11)], [[5, 2, 5], [10, 10, 10], [11, 10, 11]])


def test_w35_last_emission_with_a_delay() -> None:
    oracle, proj = one_synapse([2, 3, 6, 7], [], 3, pre_spike="b = t_pre")
    steps = trace(oracle, 11, lambda: proj["b"][0])
    near([steps[n] for n in (5, 6, 9, 10)], [3, 3, 7, 7])


def test_w36_order_within_a_step() -> None:
    texts = {
        "equations": "k += 1.0 ; dz/dt = 1.0",
        "pre_spike": "g_target += w ; p = k ; q = z",
        "post_spike": "p2 = k ; q2 = z",
    }
    oracle, proj = one_synapse(PRE, POST, **texts)
    steps = trace(oracle, 22, lambda: [proj[name][0] for name in ("p", "q", "p2", "q2")])
    near([steps[n][:2] for n in (3, 11, 21)], [[3, 3], [11, 11], [21, 21]])
    near([steps[n][2:] for n in (5, 10, 11)], [[6, 6], [11, 11], [12, 12]])

    sketch = SpikingSketch()
    sketch.spiking("pair", 2, "", "v += 1.0", "v >= 2.0", "v = 0.0")
    texts = {"pre_spike": "g_target += w ; seq = 10*seq + 1", "post_spike": "seq = 10*seq + 2"}
    proj = sketch.synapses("pair", "pair", weights=[[None, 1], [1, None]], **texts)
    near(trace(sketch.oracle(), 6, lambda: proj["seq"][0]), [0, 2, 21, 212, 2121, 21212])


W37 = {
    "default": ([0.51, 0.52, 0.53, 0.64, 0.75, 1.76, 1.77, 1.88, 2.99], 9, 4, 2),
    "plasticity": ([0.5] * 9, 9, 4, 2),
    "update": ([0.5, 0.5, 0.5, 0.6, 0.7, 1.7, 1.7, 1.8, 2.9], 0, 4, 2),
    "transmission": ([0.5] * 9, 0, 0, 0),
    "period": ([0.54, 0.54, 0.54, 0.64, 0.78, 1.78, 1.78, 1.88, 3.02], 3, 4, 2),
}


@pytest.mark.parametrize("setting", W37)
def test_w37_learning_flags(setting: str) -> None:
    texts = {
        "equations": "10.0*dx/dt = -x : event-driven ; k += 1.0 ; dw/dt = 0.01",
        "pre_spike": "w += 0.1 ; c += 1.0",
        "post_spike": "w += 1.0 ; m += 1.0",
    }
    oracle, proj = one_synapse([2, 3, 6, 7], [5, 8], **texts)
    if setting == "period":
        proj.period = 4
    elif setting != "default":
        setattr(proj, setting, False)
    proj["w"] = 0.5
    near(trace(oracle, 9, lambda: proj["w"][0]), W37[setting][0])
    near([proj[name][0] for name in "kcm"], W37[setting][1:])


@pytest.mark.parametrize(
    ("axon", "delay", "expected"),
    [
        ("g_target += 10.0*w", None, {3: 10, 4: 1, 8: 10, 10: 1, 13: 10}),
        ("g_target += w", None, {3: 1, 4: 1, 8: 1, 10: 1, 13: 1}),
        ("", None, {4: 1, 10: 1}),
        ("g_target += 10.0*w", 3, {5: 10, 6: 1, 10: 10, 12: 1}),
    ],
)
def test_w40_axonal_spikes(axon: str, delay: int | None, expected: dict[int, float]) -> None:
    sketch = SpikingSketch()
    text = {"axon_spike": "z >= 3.0", "axon_reset": "z = 0.0", "refractory": 2.0}
    sketch.spiking("pre", 1, "", "v += 1.0 ; z += 1.0", "v >= 4.0", "v = 0.0", **text)
    post = sketch.spiking("post", equations="x = g_exc")
    sketch.synapses("pre", "post", delays=delay, pre_spike="g_target += w", pre_axon_spike=axon)
    steps = trace(sketch.oracle(), 14, lambda: post["x"][0])
    assert {n: x for n, x in enumerate(steps) if x} == expected


def test_w40_delays_of_both_kinds() -> None:
    sketch = SpikingSketch()
    text = {"axon_spike": "t > 0.5", "axon_reset": "c += 1.0", "refractory": 2.0}
    sketch.spiking("pre", 1, "", "v += 1.0 ; c = c", "v >= 3.0", "v = 0.0", **text)
    post = sketch.spiking("post", equations="x = g_exc")
    sketch.synapses("pre", "post", delays=3, pre_axon_spike="g_target += 10.0*w")
    near(trace(sketch.oracle(), 8, lambda: post["x"][0]), [0, 0, 0, 0, 10, 11, 10, 10])


@pytest.mark.parametrize(
    ("delay", "a", "k"),
    [(None, [3, 11, 21], [3, 21]), (3, [5, 13, 23], [5, 13, 23])],
)
def test_w48_unless_post(delay: int | None, a: list[int], k: list[int]) -> None:
    """With a delay the spike of step 10 arrives in 13, when the last post spike is that of step 11."""
    text = "g_target += w ; a += 1.0 ; k += 1.0 : unless_post"
    oracle, proj = one_synapse(PRE, POST, delay, pre_spike=text)
    steps = trace(oracle, 24, lambda: (proj["a"][0], proj["k"][0]))
    for at, which in ((a, 0), (k, 1)):
        values = [0, *(s[which] for s in steps)]
        assert [n for n in range(24) if values[n + 1] != values[n]] == at


def test_w48_compares_the_step_in_which_the_spike_set_out() -> None:
    """Both fire in step 4; the spike arrives in step 7, and others are under way."""
    oracle, proj = one_synapse([3, 4, 5], [4], 3, pre_spike="a += 1.0 ; k += 1.0 : unless_post")
    steps = trace(oracle, 9, lambda: (proj["a"][0], proj["k"][0]))
    near(steps[6:], [[1, 1], [2, 1], [3, 2]])


def test_w52_parameters_changed_by_events() -> None:
    texts = {
        "parameters": "x = 3.0 ; y = 5.0",
        "pre_spike": "g_target += w ; x += 1.0 ; z += y : init=7.0 ; k = x : int",
    }
    oracle, proj = one_synapse([2, 3], [], **texts)
    trace(oracle, 5, lambda: None)
    near([proj[name][0] for name in "xzk"], [5, 17, 5])


W = [[1, 2, 3], [0, -4, 0.5]]


@pytest.mark.parametrize(("delay", "late"), [(None, 0), ([2] * 6, 1)], ids=["T23", "T25"])
def test_t23_transpose_read_at_spikes(delay: list[int] | None, late: int) -> None:
    sketch = SpikingSketch()
    a = sketch.spiking("a", 3, "s = 0.0", "x = g_fb", "fabs(t - s) < 0.5*dt", s=[1.0, 2.0, 3.0])
    b = sketch.spiking("b", 2, "s = 0.0", "x = g_exc", "fabs(t - s) < 0.5*dt", s=[2.0, 4.0])
    sketch.synapses("a", "b", "exc", W)
    sketch.spike_transpose("a-b", "fb", delay)
    steps = trace(sketch.oracle(), 7, lambda: (a["x"], b["x"]))
    back, forward = [[0.0] * 3 for _ in range(7)], [[0.0] * 2 for _ in range(7)]
    back[3 + late], back[5 + late] = [1, 2, 3], [0, -4, 0.5]
    forward[2], forward[3], forward[4] = [1, 0], [2, -4], [3, 0.5]
    near([s[0] for s in steps], back)
    near([s[1] for s in steps], forward)


def test_t24_transpose_of_a_learning_projection() -> None:
    sketch = SpikingSketch()
    a = sketch.spiking("a", 3, "s = 0.0", "x = g_fb", "fabs(t - s) < 0.5*dt", s=[1.0, 2.0, 3.0])
    sketch.spiking("b", 2, "s = 0.0", "x = g_exc", "fabs(t - s) < 0.5*dt", s=[2.0, 4.0])
    texts = {
        "equations": "20.0*dx/dt = -x : event-driven ; 20.0*dy/dt = -y : event-driven",
        "pre_spike": "g_target += w ; x += 0.01 ; w = clip(w - y, 0.0, 1.0)",
        "post_spike": "y += 0.01 ; w = clip(w + x, 0.0, 1.0)",
    }
    sketch.synapses("a", "b", "exc", [[0.5] * 3] * 2, **texts)
    sketch.spike_transpose("a-b", "fb")
    steps = trace(sketch.oracle(), 6, lambda: a["x"])
    near(steps[3], [0.5095122942, 0.49, 0.5])
    near(steps[5], [0.5086070798, 0.5090483742, 0.5095122942])


# Networks of both kinds


def test_spikes_reach_rate_coded_neurons_and_rates_spiking_ones() -> None:
    sketch = SpikingSketch()
    sketch.source([1, 2])
    rate = sketch.population("rate", 1, "", "r = sum(exc) + 0.5")
    post = sketch.spiking("post", equations="x = g_inh")
    sketch.synapses("source", "rate", weights=[[3.0]], pre_spike="g_target += w ; w += 1.0")
    sketch.projection("rate", "post", "inh", [[2.0]])
    steps = trace(sketch.oracle(), 5, lambda: (rate["r"][0], post["x"][0]))
    near(steps, [[0.5, 0], [0.5, 1], [3.5, 1], [4.5, 7], [0.5, 9]])

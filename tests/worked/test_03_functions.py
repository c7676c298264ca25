"""Spec 03, sections 8 and 11: functions, constants, random values, sparse helpers, and where 4.8 and 5.0 differ."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest

import synloom as sl

pytestmark = pytest.mark.usefixtures("fresh")
compiled = pytest.mark.needs_compiler


# -- 8.1


@compiled
def test_functions_are_used_in_models_and_called_from_python() -> None:
    sl.add_function("f(x, a) = a*x + 1")
    sl.add_function("""
        g(x) = if x > 2.0:
                   f(x, 2.0)
               else:
                   0.0
    """)
    pop = sl.Population(3, sl.Neuron(parameters="k = 2.0", equations="r = f(t, k) + g(3.0)"), name="p")
    net = sl.Network(everything=True)
    assert sl.functions("f")([0.0, 1.0], [2.0, 3.0]).tolist() == [1.0, 4.0]  # before compile()
    for one in (sl.magic_network(), net):
        one.compile(silent=True)
        one.step()
        found = sl.functions("f", network=one)
        values = found([0.0, 1.0, 2.0], [2.0] * 3)
        assert values.dtype == np.float64 and values.tolist() == [1.0, 3.0, 5.0]
        assert one.get(pop).r.tolist() == [8.0] * 3
    f = sl.functions("f")
    assert f(2.0, 3.0) == 7.0 and isinstance(f(2, 3), float)
    assert f(np.ones((2, 3)), 1.0).shape == (2, 3)
    assert f(np.ones((2, 1)), np.ones(3)).shape == (2, 3)
    with pytest.raises(sl.ConfigurationError, match="have different lengths"):
        f([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(sl.ConfigurationError, match="takes 2 arguments, 1 given"):
        f(1.0)
    with pytest.raises(sl.ConfigurationError, match='There is no function "h"'):
        sl.functions("h")


@compiled
def test_functions_of_a_population_give_arrays() -> None:
    cell = sl.Neuron(equations="r = twice(t)", functions="twice(x) = 2 * x")
    pop = sl.Population(2, cell, name="p")
    sl.compile(silent=True)
    assert isinstance(pop.twice([1.0, 2.0]), np.ndarray) and pop.twice([1.0, 2.0]).tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f(x) = y * x", 'unknown|Unknown|"y"'),
        ("f(x) = x +", "f\\(x\\) = x \\+|expected|end"),
        ("f x = 3", "f x = 3"),
        ("sin(x) = x", "sin"),
    ],
)
def test_mistakes_of_functions_show_their_line(text: str, message: str) -> None:
    with pytest.raises(sl.ModelError, match=message) as caught:
        sl.add_function(text)
    assert text in str(caught.value) and "^" in str(caught.value)


# -- 8.2


@compiled
def test_a_constant_is_changed_in_all_networks_or_in_one() -> None:
    tau = sl.Constant("tau", 2.0)
    pop = sl.Population(1, sl.Neuron(equations="r = tau"), name="p")
    nets = [sl.magic_network(), sl.Network(everything=True)]
    with pytest.raises(ValueError, match="only after its compilation"):
        tau.set(3.0, network=nets[1])

    def now() -> list[float]:
        for net in nets:
            net.step()
        return [float(net.get(pop).r[0]) for net in nets]

    for net in nets:
        net.compile(silent=True)
    assert now() == [2.0, 2.0]
    tau.set(5.0)
    assert now() == [5.0, 5.0]
    tau.set(7.0, network=nets[0])
    assert now() == [7.0, 5.0]
    assert (float(tau), tau.value, repr(tau), str(tau), tau + 1.0, 2 * tau) == (
        5.0,
        5.0,
        "5.0",
        "5.0",
        6.0,
        10.0,
    )
    assert type(2 * tau) is float and isinstance(tau, float)
    twice = sl.Constant("twice", 2 * tau)
    tau.set(1.0)
    assert (twice.value, sl.get_constant("twice")) == (10.0, twice)
    assert sl.get_constant("none") is None
    with pytest.raises(sl.ConfigurationError, match='Constant "tau" already exists'):
        sl.Constant("tau", 1.0)
    with pytest.raises(sl.ConfigurationError, match="must be a number"):
        tau.set("fast")
    assert tau.value == 1.0


@compiled
def test_a_parameter_of_the_same_name_hides_it() -> None:
    sl.Constant("K", 3.0)
    pops = [
        sl.Population(1, sl.Neuron(equations="r = K"), name="a"),
        sl.Population(1, sl.Neuron(parameters="K = 4.0", equations="r = K"), name="b"),
    ]
    sl.compile(silent=True)
    sl.step()
    assert [float(p.r[0]) for p in pops] == [3.0, 4.0]


# -- 8.3


STREAMS: list[tuple[Any, Any]] = [
    (lambda **k: sl.Uniform(-1.0, 2.0, **k), lambda rng: rng.uniform(-1.0, 2.0, 5)),
    (lambda **k: sl.DiscreteUniform(1, 4, **k), lambda rng: rng.integers(1, 5, 5)),
    (lambda **k: sl.Normal(1.0, 2.0, **k), lambda rng: rng.normal(1.0, 2.0, 5)),
    (
        lambda **k: sl.Normal(1.0, 2.0, min=0.0, max=2.0, **k),
        lambda rng: rng.normal(1.0, 2.0, 5).clip(0.0, 2.0),
    ),
    (lambda **k: sl.LogNormal(0.1, 0.5, **k), lambda rng: rng.lognormal(0.1, 0.5, 5)),
    (
        lambda **k: sl.LogNormal(0.1, 0.5, max=1.0, **k),
        lambda rng: rng.lognormal(0.1, 0.5, 5).clip(None, 1.0),
    ),
    (lambda **k: sl.Exponential(4.0, **k), lambda rng: rng.exponential(0.25, 5)),
    (lambda **k: sl.Exponential(scale=4.0, **k), lambda rng: rng.exponential(4.0, 5)),
    (lambda **k: sl.Gamma(2.0, 3.0, **k), lambda rng: rng.gamma(2.0, 3.0, 5)),
    (lambda **k: sl.Gamma(2.0, **k), lambda rng: rng.gamma(2.0, 1.0, 5)),
    (lambda **k: sl.Binomial(10, 0.3, **k), lambda rng: rng.binomial(10, 0.3, 5)),
]


@pytest.mark.parametrize(("make", "draw"), STREAMS)
def test_an_explicit_seed_gives_the_stream_of_numpy(make: Any, draw: Any) -> None:
    expected = draw(np.random.default_rng(42))
    for made in (
        make(seed=42),
        make(rng=np.random.default_rng(42)),
        make(seed=1, rng=np.random.default_rng(42)),
    ):
        found = made.get_values(5)
        assert found.tolist() == expected.tolist() and found.dtype.kind == expected.dtype.kind
    assert make(seed=42).get_list_values(5) == expected.tolist()
    assert make(seed=42).get_value() == draw(np.random.default_rng(42))[0]
    assert make(seed=42).get_values((5, 1)).shape == (5, 1)


def test_texts_for_reports() -> None:
    found = [
        sl.Uniform(0.0, 1.0), sl.DiscreteUniform(0, 1), sl.Normal(0.0, 1.0), sl.LogNormal(0.0, 1.0),
        sl.Exponential(2.0), sl.Gamma(1.0, 2.0), sl.Binomial(3, 0.5),
    ]  # fmt: skip
    assert [d.latex() for d in found] == [
        r"$\mathcal{U}$(0.0, 1.0)", r"$\mathcal{U}$(0, 1)", r"$\mathcal{N}$(0.0, 1.0)", r"$\ln\mathcal{N}$(0.0, 1.0)",
        r"$\exp$(2.0)", r"$\Gamma$(1.0, 2.0)", r"$\mathcal{B}$(3, 0.5)",
    ]  # fmt: skip
    assert found[0].keywords() == [
        "Uniform",
        "DiscreteUniform",
        "Normal",
        "LogNormal",
        "Exponential",
        "Gamma",
        "Binomial",
    ]
    assert [hasattr(d, "get_cpp_args") for d in found] == [True, False, True, True, False, False, True]
    assert sl.Normal(1.0, 2.0).get_cpp_args()[:2] == (1.0, 2.0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: sl.Normal(0.0, -1.0),
        lambda: sl.LogNormal(0.0, -1.0),
        lambda: sl.Exponential(-1.0),
        lambda: sl.Uniform(2.0, 1.0),
        lambda: sl.DiscreteUniform(2, 1),
        lambda: sl.Binomial(3, 1.5),
        lambda: sl.Normal(0.0, 1.0, min=2.0, max=1.0),
        lambda: sl.Uniform(0.0, math.inf),
        lambda: sl.Uniform(0.0, 1.0, seed=-1),
    ],
)
def test_what_cannot_be_drawn_is_refused_at_once(make: Any) -> None:
    with pytest.raises(sl.ConfigurationError):
        make()


@compiled
def test_the_rate_of_exponentials_is_the_same_in_python_and_in_equations() -> None:
    """The peer's Python draws have the mean ``Lambda``, its equations ``1/Lambda``."""
    sl.setup(seed=1)
    pop = sl.Population(20_000, sl.Neuron(parameters="a = 0.0", equations="r = Exponential(4.0)"), name="p")
    pop.a = sl.Exponential(4.0)
    sl.compile(silent=True)
    sl.step()
    assert pop.r.mean() == pytest.approx(0.25, rel=0.05) and pop.a.mean() == pytest.approx(0.25, rel=0.05)
    pop.a = sl.Exponential(scale=4.0)  # and they may be assigned after compile()
    assert pop.a.mean() == pytest.approx(4.0, rel=0.05)


# -- 8.4


def test_sparse_helpers_take_sizes_populations_and_all_names() -> None:
    pop = sl.Population(6, sl.Neuron(equations="r = t"), name="p")
    for made in (
        sl.sparse_random_matrix(6, 4, 0.5, 2.0),
        sl.sparse_random_matrix(pre=pop, post=4, p=0.5, weight=2.0),
        sl.sparse_random_matrix(pre=pop, post=4, proba=0.5, weights=2.0),
    ):
        assert made.shape == (6, 4) and made.format == "lil" and set(made.tocoo().data) <= {2.0}
        delays = sl.sparse_delays_from_weights(made, sl.DiscreteUniform(2, 5))
        assert (delays.toarray() > 0).tolist() == (made.toarray() != 0).tolist()
    with pytest.raises(ValueError, match="weight must be a number or a random distribution"):
        sl.sparse_random_matrix(6, 4, 0.5, "heavy")


# -- 11


@compiled
def test_the_first_argument_of_every_tells_the_style() -> None:
    net = sl.Network()
    net.create(1, sl.Neuron(equations="r = t"))
    sl.Population(1, sl.Neuron(equations="r = t"))
    calls: list[str] = []
    sl.every(2.0)(lambda n: calls.append("4.8"))
    sl.every(net, 2.0)(lambda n: calls.append("5.0"))
    sl.every(network=net, period=2.0, offset=1.0)(lambda n: calls.append("5.0 by name"))
    for one in (sl.magic_network(), net):
        one.compile(silent=True)
        one.simulate(4.0)
    assert calls == ["4.8", "4.8", "5.0", "5.0 by name", "5.0", "5.0 by name"]


@compiled
def test_the_shape_of_data_is_that_of_the_style() -> None:
    pop = sl.Population((2, 3), sl.Neuron(equations="r = t"), name="p")
    old, new = sl.Monitor(pop, "r"), sl.magic_network().monitor(pop, "r")
    sl.compile(silent=True)
    sl.simulate(2.0)
    assert old.get("r", keep=True).shape == (2, 6) and new.get("r", keep=True).shape == (2, 2, 3)
    assert old.get("r", reshape=True).shape == (2, 2, 3) and new.get("r", reshape=False).shape == (2, 6)


@compiled
def test_numbers_of_synapses_are_called_or_read() -> None:
    pop = sl.Population(3, sl.Neuron(equations="r = sum(exc)"), name="p")
    link = sl.Projection(pop, pop, "exc").connect_from_matrix([[1, 1, None], [1, None, None], [1, 1, 1]])
    sl.compile(silent=True)
    assert link.nb_synapses_per_dendrite == link.nb_synapses_per_dendrite() == [2, 1, 3]
    assert isinstance(link.nb_synapses_per_dendrite, list)
    for name in ("size_in_bytes", "_size_in_bytes"):
        assert all(getattr(obj, name)() > 0 for obj in (pop, link)), name


def test_types_are_precisions() -> None:
    sl.setup(dtype=sl.float32)
    assert str(sl.magic_network().precision) == "float"
    sl.setup(precision="double")
    sl.setup(dtype=sl.float64)
    assert str(sl.magic_network().precision) == "double"


@compiled
def test_connectors_of_the_user_take_the_step_or_not() -> None:
    seen: list[Any] = []

    def old(pre: Any, post: Any, w: float) -> sl.LILConnectivity:
        seen.append(("old", w))
        made = sl.LILConnectivity()
        made.add(0, [0], [w], [1.0])
        return made

    def new(pre: Any, post: Any, dt: float, w: float) -> sl.LILConnectivity:
        seen.append(("new", dt, w))
        made = sl.LILConnectivity(dt=dt)
        made.add(0, [0], [w], [1.0])
        return made

    sl.setup(dt=0.5)
    pop = sl.Population(1, sl.Neuron(equations="r = sum(exc)"), name="p")
    for function in (old, new):
        sl.Projection(pop, pop, "exc").connect_with_func(method=function, w=2.0)
    sl.compile(silent=True)
    assert sorted(seen, key=str) == [("new", 0.5, 2.0), ("old", 2.0)]


def test_the_old_style_warns_of_nothing(
    capsys: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    sl.setup(suppress_warnings=False)
    sl.Population(1, sl.Neuron(equations="r = t"), name="p")
    sl.sources()
    sl.clear(functions=True, neurons=True, synapses=True, constants=True)
    assert capsys.readouterr().out == "" and not list(recwarn)


def test_statistics_are_at_the_top_level() -> None:
    spikes = {0: [1, 3], 1: [2]}
    assert sl.raster_plot(spikes)[0].tolist() == [1, 3, 2] or len(sl.raster_plot(spikes)[0]) == 3
    for name in (
        "histogram",
        "inter_spike_interval",
        "coefficient_of_variation",
        "population_rate",
        "smoothed_rate",
    ):
        assert callable(getattr(sl, name)) and "dt" in inspect.signature(getattr(sl, name)).parameters, name

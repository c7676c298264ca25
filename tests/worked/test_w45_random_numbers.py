"""Case W45 of spec 02, and what a number in an equation may depend on (spec 01, section 11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import synloom as sl
from synloom.extensions.convolution import Transpose

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

SIZE = 20000
Values = NDArray[np.float64]


def noisy(equations: str, size: int = SIZE, parameters: str = "", **options: Any) -> Any:
    """A population of the default network."""
    return sl.Population(size, sl.Neuron(parameters=parameters, equations=equations), **options)


def correlated(a: Values, b: Values) -> bool:
    return bool(abs(np.corrcoef(np.ravel(a), np.ravel(b))[0, 1]) > 4 / np.sqrt(np.size(a)))


def first_step(equations: str, read: str = "r", size: int = 50, seed: int = 11, **options: Any) -> Values:
    """What one step of a network of its own gives."""
    net = sl.Network(seed=seed)
    pop = net.create(size, sl.Neuron(equations=equations, **options))
    net.compile(silent=True)
    net.step()
    return np.array(getattr(pop, read))


# -- W45 -----------------------------------------------------------------------------------------------------

E = float(np.exp(0.25))
TABLE: dict[str, tuple[float, float, float, Callable[[Values], Values | bool]]] = {
    # equation: mean, variance, kurtosis, what each number must be
    "Uniform(-1.0, 3.0)": (1.0, 4 / 3, 1.8, lambda v: (v >= -1) & (v < 3)),
    "Normal(2.0, 0.5)": (2.0, 0.25, 3.0, np.isfinite),
    "LogNormal(0.0, 0.5)": (E**0.5, (E - 1) * E, E**4 + 2 * E**3 + 3 * E**2 - 3, lambda v: v > 0),
    "Exponential(2.0)": (0.5, 0.25, 9.0, lambda v: v >= 0),
    "Gamma(2.0, 3.0)": (6.0, 18.0, 6.0, lambda v: v > 0),
    "Binomial(10, 0.3)": (3.0, 2.1, 2.876, lambda v: np.isin(v, range(11))),
    "DiscreteUniform(1, 6)": (3.5, 35 / 12, 1.7314, lambda v: np.isin(v, range(1, 7))),
}


@pytest.mark.parametrize("precision", ["double", "float"])
def test_w45_moments_and_ranges(precision: str) -> None:
    sl.setup(precision=precision, seed=20)
    lines = [f"x{n} = {call}" for n, call in enumerate(TABLE)]
    pop = noisy("\n".join([*lines, "r = x0"]))
    sl.compile()
    sl.step()
    for n, (mean, variance, kurtosis, allowed) in enumerate(TABLE.values()):
        v = np.asarray(pop.array(f"x{n}"), float)
        assert np.all(allowed(v))
        assert abs(v.mean() - mean) < 4 * np.sqrt(variance / SIZE)
        assert abs(v.var() - variance) < 4 * variance * np.sqrt((kurtosis - 1) / SIZE)
        assert not correlated(v[:-1], v[1:])
    before = np.array(pop.x1)
    sl.step()
    assert not correlated(before, pop.x1)


def test_w45_a_population_variable_has_one_number_for_all() -> None:
    sl.setup(seed=4)
    pop = noisy("g = Uniform(0, 1) : population ; r = g ; own = Uniform(0, 1)", size=20)
    sl.compile()
    seen = []
    for _ in range(5):
        sl.step()
        assert set(pop.r) == {pop.g}
        assert len(set(pop.own)) == 20
        seen.append(pop.g)
    assert len(set(seen)) == 5


def test_each_occurrence_is_a_number_of_its_own() -> None:
    sl.setup(seed=4)
    pop = noisy("a = Uniform(0, 1) ; b = Uniform(0, 1) ; s = Uniform(0, 1) + Uniform(0, 1) ; r = a")
    other = noisy("a = Uniform(0, 1) ; b = Uniform(0, 1) ; s = Uniform(0, 1) + Uniform(0, 1) ; r = a")
    build = sl.compile()
    assert build.plan is not None and len(build.plan.kernels) == 1  # the object is data
    sl.step()
    assert not correlated(pop.a, pop.b)
    assert not correlated(pop.a, other.a)
    assert abs(np.var(pop.s) - 1 / 6) < 4 / 6 * np.sqrt(1.4 / SIZE)  # twice one number: 1/3


def test_the_middle_of_a_chain_is_one_number() -> None:
    """With two, 0.49 < a and b < 0.51 would hold 0.51^2 of the time."""
    sl.setup(seed=4)
    pop = noisy("r = if 0.49 < Uniform(0, 1) < 0.51: 1.0 else: 0.0")
    sl.compile()
    sl.step()
    assert abs(np.mean(pop.r) - 0.02) < 4 * np.sqrt(0.02 / SIZE)


# -- arguments -----------------------------------------------------------------------------------------------


def test_arguments_are_the_current_values() -> None:
    sl.setup(seed=4)
    sl.Constant("K", 3.0)
    pop = noisy("r = Normal(2*mu + K, sigma)", 30, "mu = 1.0 : population ; sigma = 0.0 : population")
    sl.compile()
    sl.step()
    assert np.all(pop.r == 5.0)
    pop.mu = 100.0
    sl.step()
    assert np.all(pop.r == 203.0)
    pop.sigma = 1.0
    sl.step()
    assert len(set(pop.r)) == 30 and abs(np.mean(pop.r) - 203) < 1


def test_arguments_are_read_before_the_equations_run() -> None:
    pop = noisy("g += 1.0 : population ; r = Normal(g, 0.0) ; p = Normal(g, 0.0) : population", 2)
    late = sl.Synapse(
        equations="k += 1.0 : projection ; x = Normal(k, 0.0) ; s = Uniform(k, k) : postsynaptic"
    )
    proj = sl.Projection(pop, pop, "exc", late).connect_all_to_all(1.0, allow_self_connections=True)
    sl.compile()
    for n in range(3):
        sl.step()
        assert (pop.g, pop.p, list(pop.r)) == (n + 1, n, [n, n])
        assert (proj.k, proj.s[0], proj.x[0]) == (n + 1, n, [n, n])


# -- methods and conditions ----------------------------------------------------------------------------------

METHODS = {
    "explicit": 0.1,
    "exponential": 1 - np.exp(-0.1),
    "implicit": 0.1 / 1.1,
    "semiimplicit": 0.1 / 1.1,
    "midpoint": 0.1 - 0.1**2 / 2,
    "rk4": 0.1 - 0.1**2 / 2 + 0.1**3 / 6 - 0.1**4 / 24,
}


@pytest.mark.parametrize("method", METHODS)
def test_all_stages_of_a_method_see_one_number(method: str) -> None:
    equations = f"x = Normal(0, 1) ; 10.0*dv/dt = -v + Normal(0, 1) : {method} ; r = v"
    numbers = first_step("x = Normal(0, 1) ; r = Normal(0, 1)")
    np.testing.assert_allclose(first_step(equations), METHODS[method] * numbers, rtol=1e-12)


def test_a_number_is_drawn_whether_it_is_used_or_not() -> None:
    """Branches do not shift the numbers of neurons or of later draws."""
    net = sl.Network(seed=11)
    rare = "x = if t > 1.0: Normal(0, 1) else: 0.0 ; r = Normal(0, 1)"
    always = "x = Normal(0, 1) ; r = Normal(0, 1)"
    pops = [net.create(50, sl.Neuron(equations=equations)) for equations in (rare, always)]
    net.compile(silent=True)
    net.simulate(2)
    assert np.all(pops[0].x == 0)
    net.step()
    shown = [np.array(p.x) for p in pops] + [np.array(p.r) for p in pops]
    again = sl.Network(seed=11)
    pop = again.create(50, sl.Neuron(equations=always))
    again.compile(silent=True)
    again.simulate(3)
    np.testing.assert_array_equal(shown[0], pop.x)  # as if drawn in every step
    np.testing.assert_array_equal(shown[2], pop.r)
    assert not np.any(shown[1] == pop.x)  # another object of one network


def test_size_and_precision_change_no_number() -> None:
    """A number is that of its rank: more neurons are more numbers."""
    equations = "a = Gamma(0.5, 1.0) ; b = Exponential(2.0) ; c = LogNormal(0, 1) ; r = Normal(0, 1)"
    for read in ("a", "b", "c", "r"):
        few, many = (first_step(equations, read, size) for size in (7, 1003))
        np.testing.assert_array_equal(few, many[:7])


def test_float_networks_hold_floats_in_range() -> None:
    sl.setup(precision="float", seed=3)
    pop = noisy("r = Uniform(1.0, 2.0)", size=200_000)
    sl.compile()
    sl.step()
    assert pop.array("r").dtype == np.float32
    assert pop.array("r").min() >= 1 and pop.array("r").max() < 2


# -- synapses ------------------------------------------------------------------------------------------------

RULE = """
    g = Normal(0, 1) : projection
    s = Normal(0, 1) : postsynaptic
    x = Normal(0, 1)
    y = Gamma(2.0, 1.0)
    e = Exponential(1.0)
"""


def learning(storage: str, post: Any = None) -> tuple[Any, Any]:
    """A network of one projection, 12 x 9 in this storage, and the projection after two steps."""
    net = sl.Network(seed=8)
    neuron = sl.Neuron(equations="r = sum(exc)")
    a, b = net.create(12, neuron), net.create(9, neuron)
    proj: Any = net.connect(a, b if post is None else b[post], "exc", sl.Synapse(equations=RULE))
    proj.connect_all_to_all(sl.Uniform(0, 1), storage_format=storage)
    net.compile(silent=True)
    net.simulate(2)
    return net, proj


def matrix(proj: Any, name: str) -> Values:
    return np.array(list(getattr(proj, name)), float)


def test_storage_formats_give_the_same_bits() -> None:
    (_, dense), (_, sparse) = learning("dense"), learning("csr")
    for name in ("s", "x", "y", "e"):
        np.testing.assert_array_equal(matrix(dense, name), matrix(sparse, name))
    assert dense.g == sparse.g
    assert len(set(dense.s)) == 9
    assert len(set(matrix(dense, "x").ravel())) == 108


def test_a_number_belongs_to_a_pair_of_neurons_of_whole_populations() -> None:
    (_, whole), (_, part) = learning("dense"), learning("csr", slice(4, 7))
    for name in ("x", "y", "e"):
        np.testing.assert_array_equal(matrix(whole, name)[4:7], matrix(part, name))
    np.testing.assert_array_equal(np.array(whole.s)[4:7], part.s)


def transmitted(storage: str) -> tuple[Values, Values]:
    """Largest draw per row and column of a 40 x 50 projection whose psp is a number, and of its transpose."""
    net = sl.Network(seed=8)
    neuron = sl.Neuron(equations="r = sum(exc) + sum(fb)")
    a, b = net.create(50, neuron), net.create(40, neuron)
    synapse = sl.Synapse(psp="Normal(0, 1) + 0*w", operation="max")
    proj: Any = net.connect(a, b, "exc", synapse).connect_all_to_all(sl.Uniform(0, 1), storage_format=storage)
    net.connect(Transpose(proj, "fb", psp="Normal(0, 1) + 0*w", operation="max"))
    net.compile(silent=True)
    net.step()
    return np.array(b.r), np.array(a.r)


def test_a_psp_draws_for_each_synapse_in_any_storage() -> None:
    for dense, sparse in zip(transmitted("dense"), transmitted("csr"), strict=True):
        np.testing.assert_array_equal(dense, sparse)
        assert len(set(dense)) == len(dense) and 1.0 < dense.min() < dense.max() < 5.0


def test_a_transpose_draws_for_itself() -> None:
    net = sl.Network(seed=8)
    neuron = sl.Neuron(equations="r = sum(exc) + sum(fb) ; q = sum(again)")
    a, b = net.create(3000, neuron), net.create(3000, neuron)
    synapse = sl.Synapse(psp="Normal(0, 1)", equations="x = Normal(0, 1)")
    proj: Any = net.connect(a, b, "exc", synapse).connect_one_to_one(1.0)
    fb: Any = net.connect(Transpose(proj, "fb", psp="Normal(0, 1)"))
    net.connect(Transpose(fb, "again", psp="Normal(0, 1)"))
    net.compile(silent=True)
    samples: list[Values] = []
    for _ in range(2):
        net.step()
        samples += np.array(b.r), np.array(a.r), np.array(b.q), np.array(proj.x).ravel()
    for n, one in enumerate(samples):
        assert abs(one.var() - 1) < 4 * np.sqrt(2 / 3000)
        assert not any(correlated(one, other) for other in samples[n + 1 :])


# -- the seed ------------------------------------------------------------------------------------------------


def run(net: Any, pop: Any, steps: int = 3) -> Values:
    numbers = []
    for _ in range(steps):
        net.step()
        numbers.append(np.array(pop.r))
    return np.array(numbers)


def seeded(seed: int | None) -> tuple[Any, Any]:
    net = sl.Network(seed=seed)
    pop = net.create(5, sl.Neuron(equations="r = Normal(0, 1)"), name="noise")
    return net, pop


def test_the_same_seed_gives_the_same_numbers() -> None:
    found = []
    for seed in (3, 3, 4):
        net, pop = seeded(seed)
        net.compile(silent=True)
        found.append(run(net, pop))
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.any(found[0] == found[2])


def test_monitors_change_no_number() -> None:
    found = []
    for first in (True, False):
        net, pop = seeded(3)
        if first:
            net.monitor(pop, "r")
        net.compile(silent=True)
        if not first:
            net.monitor(pop, "r")
        found.append(run(net, pop))
    np.testing.assert_array_equal(*found)


def test_without_a_seed_one_is_drawn_that_can_be_used_again() -> None:
    (one, a), (other, b) = seeded(None), seeded(None)
    for net in (one, other):
        net.compile(silent=True)
    numbers = run(one, a)
    assert not np.any(numbers == run(other, b))
    again, c = seeded(one.seed)
    again.compile(silent=True)
    np.testing.assert_array_equal(numbers, run(again, c))


def test_networks_that_share_the_seed_of_setup_differ() -> None:
    sl.setup(seed=6)
    (one, a), (other, b) = seeded(None), seeded(None)
    for net in (one, other):
        net.compile(silent=True)
    assert not np.any(run(one, a) == run(other, b))
    mine = sl.Population(5, sl.Neuron(equations="r = Normal(0, 1)"))
    sl.compile()
    assert sl.magic_network().seed == 6
    numbers = run(sl.magic_network(), mine)
    explicit, c = seeded(6)
    explicit.compile(silent=True)
    np.testing.assert_array_equal(numbers, run(explicit, c))


def test_set_seed_starts_the_numbers_again_at_any_time() -> None:
    pop = noisy("r = Normal(0, 1)", 5)
    sl.compile()
    net = sl.magic_network()
    sl.simulate(4)
    sl.set_seed(7)
    first = run(net, pop, 2)
    sl.set_seed(7)
    np.testing.assert_array_equal(first, run(net, pop, 2))
    assert not np.any(first == run(net, pop, 2))
    large, small = 2**64 - 1, 2**63 - 1
    sl.set_seed(large)
    most = run(net, pop, 1)
    sl.set_seed(small)
    assert not np.any(most == run(net, pop, 1))


def test_reset_and_the_clock_leave_the_numbers_alone() -> None:
    sl.setup(seed=5)
    pop = noisy("r = Normal(0, 1)", 5)
    sl.compile()
    net = sl.magic_network()
    going_on = run(net, pop, 9)
    sl.reset(reseed_rng=True)
    parts = [run(net, pop, 3)]
    sl.reset()
    parts.append(run(net, pop, 3))
    sl.set_time(0.0)
    parts.append(run(net, pop, 3))
    np.testing.assert_array_equal(np.concatenate(parts), going_on)


def test_networks_of_the_new_style_reseed_at_reset() -> None:
    net, pop = seeded(5)
    net.compile(silent=True)
    first = run(net, pop)
    net.reset()
    np.testing.assert_array_equal(first, run(net, pop))
    net.reset(reseed_rng=False)
    assert not np.any(first == run(net, pop))


def test_a_seed_is_no_reason_to_build() -> None:
    builds = []
    for seed in (21, 22):
        net, _ = seeded(seed)
        builds.append(net.compile(silent=True))
    assert builds[0].sources == builds[1].sources
    assert builds[1].cached


def test_objects_may_be_called_as_the_generators_own() -> None:
    net = sl.Network(seed=1)
    neuron = sl.Neuron(
        parameters="draw = 1.0 : population ; block = 0.0 : population",
        equations="drawn = Normal(block, draw) ; draws = Gamma(draw, draw) ; r = drawn",
    )
    pops = [net.create(4, neuron, name=name) for name in ("random", "streams", "state")]
    net.compile(silent=True)
    net.step()
    assert len({v for p in pops for v in p.r}) == 12

"""Spec 03, sections 4.1 to 4.8: what a projection is and how it is connected, line by line."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.errors import ConfigurationError, NotCompiledError
from synloom.connect.lil import CSR, LILConnectivity
from tests.worked.near import connected, counting, near, relay
from tests.worked.spiking import only_at, source, target

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

SYNAPSE = sl.Synapse(
    parameters="eta = 0.5 : projection ; theta = 2.0 : postsynaptic ; n = 3 : int ; on = True",
    equations="z = w*pre.r ; w += 0.0",
    functions="twice(x, y) = 2*x + y",
)


def refused(action: Callable[[], object], message: str, kind: type[Exception] = ConfigurationError) -> None:
    with pytest.raises(kind, match=message):
        action()


def two(pre: Any = 3, post: Any = 2, synapse: Any = None, **options: Any) -> Any:
    """An unconnected projection 'ff' between populations 'a' and 'b'."""
    a = sl.Population(pre, sl.Neuron(equations="r = t + 1.0"), name="a")
    b = sl.Population(post, sl.Neuron(equations="r = sum(exc)"), name="b")
    return sl.Projection(a, b, "exc", synapse, name="ff", **options)


def sparse(synapse: Any = SYNAPSE, **options: Any) -> Any:
    """Three to three neurons; the one in the middle receives nothing."""
    ff = two(3, 3, synapse)
    return ff.connect_from_matrix([[1, 2, None], [None] * 3, [None, -4, 0.5]], **options)


# -- 4.1 Projection -------------------------------------------------------------------------------------------


def test_4_1_ends_may_be_populations_views_names_and_single_neurons() -> None:
    a, b = counting("a", (0.0, 10.0)), relay("b", 3)
    ends = [
        sl.Projection(a, b, "exc"),
        sl.Projection("a", "b", "exc"),
        sl.Projection(a[:1], b[1:], "exc"),
        sl.Projection(a.neuron(1), b.neuron(2), "exc"),
    ]
    for proj in ends:
        proj.connect_all_to_all(1.0)
    refused(lambda: sl.Projection("c", b, "exc"), "there is no population named 'c'")
    refused(lambda: sl.Projection(3, b, "exc"), "pre must be a population, a view or a name")  # type: ignore[arg-type]
    sl.compile()
    assert [p.nb_synapses for p in ends] == [6, 6, 2, 1]
    assert ends[3].pre_ranks == [[1]] and ends[3].post_ranks == [2]
    refused(lambda: sl.Projection(a, b, "exc"), "The network is compiled: no projection can be added")


def test_4_1_targets() -> None:
    a, b = counting("a"), sl.Population(1, sl.Neuron(equations="r = sum(x) + 10.0*sum(y)"), name="b")
    one = sl.Projection(a, b, ["x"]).connect_all_to_all(1.0)
    assert one.target == "x"
    both = sl.Projection(a, b, ["x", "y"]).connect_all_to_all(2.0)
    assert both.target == ["x", "y"] and b.targets == ["x", "x", "y"]
    refused(lambda: sl.Projection(a, b, 3), "target must be a name")  # type: ignore[arg-type]
    refused(lambda: sl.Projection(a, b, "not a name"), "target must be a name")
    sl.compile()
    sl.simulate(2.0)
    total = 1.0 + 11.0
    assert b.sum("x").tolist() == [3.0 * total] and b.sum("y").tolist() == [2.0 * total]
    assert b.r[0] == 3.0 * total + 20.0 * total
    both.transmission = False
    sl.simulate(1.0)
    assert b.sum("y").tolist() == [0.0]


@pytest.mark.parametrize("storage", ["dense", "csr"])
@pytest.mark.parametrize("delays", [0.0, 2.0, [[1.0, 2.0], [2.0, 3.0]]], ids=["none", "uniform", "mixed"])
def test_4_1_several_targets_of_rates(storage: str, delays: Any) -> None:
    a = counting("a")
    for operation in ("sum", "max", "min", "mean"):
        rule = sl.Synapse(psp="w*pre.r", operation=operation)
        b, alone = (
            sl.Population(2, sl.Neuron(equations=f"r = sum(x) - {read}"), name=f"{read} {operation}")
            for read in ("sum(y)", "0.0")
        )
        for post, targets in ((b, ["x", "y"]), (alone, "x")):
            connected(a, post, [[1, 2], [3, 4]], targets, synapse=rule, delays=delays, storage_format=storage)  # type: ignore[arg-type]
    sl.compile()
    sl.simulate(5.0)
    for b, alone in zip(sl.populations()[1::2], sl.populations()[2::2], strict=True):
        assert b.sum("x").tolist() == b.sum("y").tolist() == alone.sum("x").tolist() != [0.0, 0.0], b.name
        assert b.r.tolist() == [0.0, 0.0]


def test_4_1_synapses_and_public_attributes() -> None:
    class Rule(sl.Synapse):
        def __init__(self) -> None:
            super().__init__(equations="w += pre.r")

    a, b = counting("a"), relay("b")
    plain, made = sl.Projection(a, b, "exc"), sl.Projection(a, b, "exc", Rule, name="made")
    for proj in (plain, made):
        proj.connect_all_to_all(1.0, delays=3.0)
    assert (plain.name, plain.id, made.id, plain.pre, plain.post) == ("proj0", 0, 1, a, b)
    assert plain.parameters == ["w"] and plain.variables == [] and made.variables == ["w"]
    assert (plain.connector_name, plain.max_delay, plain.uniform_delay) == ("All-to-All", 3, 3)
    assert plain.connector_description == "All-to-All, weights 1.0, delays 3.0"
    flags = {"transmission": True, "update": True, "plasticity": True, "axon_transmission": True}
    assert made.init == {"w": 1.0, **flags} and not made.initialized
    assert isinstance(made.synapse_type, Rule) and made.synapse_type is not Rule
    sl.compile()
    assert made.initialized
    refused(lambda: sl.Projection(a, b, "exc"), "The network is compiled")


def test_4_1_stdp_lists_w_once() -> None:
    pre, post = source([1]), target("post", "v = g_exc")
    proj = sl.Projection(pre, post, "exc", sl.STDP()).connect_all_to_all(1.0)
    assert proj.attributes.count("w") == 1


def test_4_1_a_connector_is_needed() -> None:
    two()
    refused(sl.compile, "Projection 'ff' was never connected")


# -- 4.2 Arguments of connectors ------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [1, 0.5, np.float32(0.5), np.int8(2), np.float64(0.25), True])
def test_4_2_every_real_number_is_a_weight(weight: Any) -> None:
    ff = two().connect_all_to_all(weight)
    sl.compile()
    assert ff.w == float(weight) and type(ff.w) is float


@pytest.mark.parametrize("weight", [[1.0], np.ones(3), "1", None, 1j])
def test_4_2_nothing_else_is(weight: Any) -> None:
    refused(lambda: two().connect_all_to_all(weight), "weights must be a number or a random distribution")


def test_4_2_single_weights() -> None:
    ff = two().connect_all_to_all(0.5)
    sl.compile()
    assert ff.w == 0.5 and ff.single_weight
    ff.w = 2.0
    assert ff.w == 2.0 and ff.dendrite(0).w == [2.0] * 3 and ff.synapse(1, 1).w == 2.0
    refused(lambda: setattr(ff, "w", [[1.0] * 3] * 2), "all synapses share one weight")
    refused(lambda: setattr(ff.dendrite(0), "w", 1.0), "all synapses share one weight")


@pytest.mark.parametrize("options", [{"force_multiple_weights": True}, {"storage_format": "dense"}])
def test_4_2_many_weights_on_demand(options: dict[str, Any]) -> None:
    ff = two().connect_all_to_all(0.5, **options)
    sl.compile()
    ff.synapse(1, 0).w = 3.0
    assert ff.w == [[0.5, 3.0, 0.5], [0.5] * 3]


def test_4_2_plastic_synapses_and_other_connectors_have_many_weights() -> None:
    a, b = counting("a"), relay("b")
    made = [
        sl.Projection(a, b, "exc", sl.Synapse(equations="w += 0.0")).connect_all_to_all(1.0),
        sl.Projection(a, b, "exc").connect_from_matrix([[1.0, 1.0]]),
    ]
    sl.compile()
    assert [proj.w for proj in made] == [[[1.0, 1.0]]] * 2


def test_4_2_weights_are_drawn_dendrite_by_dendrite_in_the_order_of_ranks() -> None:
    ff = two(4, 3).connect_all_to_all(sl.Uniform(0.0, 1.0, rng=np.random.default_rng(3)))
    sl.compile()
    assert ff.w == np.random.default_rng(3).uniform(0.0, 1.0, (3, 4)).tolist()


@pytest.mark.parametrize(
    ("given", "steps"), [(0.0, 1), (0.3, 1), (1.0, 1), (1.5, 2), (2.5, 3), (2.4, 2), (np.float32(4), 4)]
)
def test_4_2_delays(given: Any, steps: int) -> None:
    ff = two().connect_all_to_all(1.0, delays=given)
    sl.compile()
    assert (ff.max_delay, ff.uniform_delay, ff.delay) == (steps, steps, float(steps))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (-1.0, "delays must not be negative"),
        (sl.Normal(3.0, 1.0), "have no upper bound"),
        ("2", "delays must be a number of ms or a random distribution"),
        (float("inf"), "delays must be finite"),
    ],
)
def test_4_2_delays_that_are_refused(given: Any, message: str) -> None:
    refused(lambda: two().connect_all_to_all(1.0, delays=given), message)


@pytest.mark.parametrize(
    "given",
    [sl.DiscreteUniform(0, 3), sl.Uniform(0.0, 3.0), sl.Binomial(3, 0.4), sl.Normal(1.0, 2.0, max=3.0)],
)
def test_4_2_drawn_delays_are_clipped(given: Any) -> None:
    ff = two(20, 20).connect_all_to_all(1.0, delays=given)
    sl.compile()
    drawn = np.array(ff.delay)
    assert drawn.min() == 1.0 and drawn.max() <= 3.0 and ff.uniform_delay == -1
    sl.simulate(5.0)


CONNECT: dict[str, Callable[[Any], Any]] = {
    "all": lambda p: p.connect_all_to_all(1.0),
    "probability": lambda p: p.connect_fixed_probability(1.0, 1.0),
    "pre": lambda p: p.connect_fixed_number_pre(3, 1.0),
    "post": lambda p: p.connect_fixed_number_post(3, 1.0),
    "gaussian": lambda p: p.connect_gaussian(1.0, 5.0),
    "dog": lambda p: p.connect_dog(1.0, 5.0, 0.1, 6.0),
}


@pytest.mark.parametrize("rule", CONNECT)
@pytest.mark.parametrize("views", [False, True])
def test_4_2_recurrent_means_of_one_population(rule: str, views: bool) -> None:
    pop = sl.Population(4, sl.Neuron(equations="r = sum(exc)"), name="pop")
    if views and rule in ("gaussian", "dog"):
        refused(lambda: CONNECT[rule](sl.Projection(pop[:], pop, "exc")), "whole populations")
        return
    proj = CONNECT[rule](sl.Projection(pop[:] if views else pop, pop, "exc"))
    sl.compile()
    assert proj.pre_ranks == [[k for k in range(4) if k != n] for n in range(4)]


def test_4_2_a_second_connector_replaces_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    ff = two()
    assert ff.connect_all_to_all(1.0) is ff
    ff.connect_one_to_one(2.0)
    assert "One-to-One replaces All-to-All" in capsys.readouterr().out
    sl.compile()
    assert ff.nb_synapses == 2 and ff.w == 2.0


# -- 4.3, 4.4 Connectors --------------------------------------------------------------------------------------


def test_4_3_one_to_one(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    ff = two(3, 2).connect_one_to_one()
    assert "one-to-one between 3 pre and 2 post neurons" in capsys.readouterr().out
    again = sl.Projection(ff.post, ff.post, "exc").connect_one_to_one(2.0)
    refused(lambda: sl.Projection(ff.pre, ff.post, "exc").connect_one_to_one(storage_format="dense"), "dense")
    sl.projections()[-1].connect_one_to_one()
    sl.compile()
    assert ff.pre_ranks == [[0], [1]] and again.pre_ranks == [[0], [1]], "the diagonal"


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), "0.5"])
def test_4_3_probabilities(value: Any) -> None:
    refused(lambda: two().connect_fixed_probability(value, 1.0), r"probability must be a number in \[0, 1\]")


def test_4_3_fixed_numbers() -> None:
    pop = sl.Population(5, sl.Neuron(equations="r = sum(exc)"), name="pop")
    refused(
        lambda: sl.Projection(pop, pop, "exc").connect_fixed_number_pre(5, 1.0),
        "number = 5, but a neuron has only 4",
    )
    refused(
        lambda: sl.Projection(pop, pop, "exc").connect_fixed_number_post(6, 1.0),
        "number = 6, but a neuron has only 4",
    )
    none, all_but = sl.projections()
    none.connect_fixed_number_pre(0, 1.0)
    all_but.connect_fixed_number_post(4, 1.0)
    sl.compile()
    assert none.nb_synapses == 0 and none.size == 0
    assert all_but.pre_ranks == [[k for k in range(5) if k != n] for n in range(5)]
    sl.simulate(2.0)


def test_4_3_gaussian_and_dog_have_the_numbers_of_the_table() -> None:
    ff = two(5, 3)
    dog = sl.Projection(ff.pre, ff.post, "exc", name="dog").connect_dog(1.0, 0.2, 0.3, 0.7)
    ff.connect_gaussian(2.0, 0.3)
    sl.compile()
    np.testing.assert_allclose(ff.w[0], [2.0, 1.41330, 0.49870, 0.08787], atol=5e-6)
    np.testing.assert_allclose(dog.w[0], [0.7, 0.17637, -0.18851, -0.16810, -0.10813], atol=5e-6)


def test_4_3_negative_amplitudes_equal_amplitudes_and_single_neurons() -> None:
    a, b = (sl.Population((5, 1), sl.Neuron(equations="r = sum(exc)"), name=name) for name in "ab")
    one = sl.Population(1, sl.Neuron(equations="r = sum(exc)"), name="one")
    gauss = sl.Projection(a, b, "exc").connect_gaussian(-1.0, 0.1)
    dog = sl.Projection(a, b, "exc").connect_dog(1.0, 0.1, 1.0, 0.3)
    alone = sl.Projection(one, one, "exc").connect_gaussian(1.0, 0.1, allow_self_connections=True)
    refused(lambda: sl.Projection(one, b, "exc").connect_gaussian(1.0, 0.1), "dimension")
    sl.projections()[-1].connect_all_to_all(1.0)
    sl.compile()
    assert gauss.pre_ranks == [[k for k in range(5) if abs(k - n) <= 1] for n in range(5)]
    assert dog.nb_synapses == 5 * 4, "all that are not zero"
    assert alone.w == [[1.0]]


def test_4_3_functions() -> None:
    seen: list[Any] = []

    def with_dt(pre: Any, post: Any, dt: Any, factor: float) -> Any:
        seen.append((pre, post, dt, factor))
        lil = LILConnectivity()
        lil.add(post.ranks[0], [0, 2], [factor], [2.0])
        return lil

    sl.setup(dt=0.5)
    ff = two().from_function(with_dt, factor=3.0)
    assert seen == [(ff.pre, ff.post, 0.5, 3.0)] and "with_dt" in str(ff.connector_description)
    refused(
        lambda: ff.connect_with_func(lambda pre, post: None), "must return a LILConnectivity, not NoneType"
    )
    sl.compile()
    assert (ff.pre_ranks, ff.w, ff.uniform_delay) == ([[0, 2]], [[3.0, 3.0]], 4)


def test_4_3_matrices(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    ff = two(3, 2)
    ff.connect_from_matrix([[1, None, 0], [float("nan"), 2, 3]], delays=[[1, 2, 3], [4, 5, 6]])
    assert "2 entries are None or NaN and make no synapse" in capsys.readouterr().out
    turned = sl.Projection(ff.pre, ff.post, "exc")
    turned.connect_from_matrix(
        np.arange(6.0).reshape(3, 2), delays=np.arange(6.0).reshape(3, 2) + 1, pre_post=True
    )
    drawn = sl.Projection(ff.pre[1:], ff.post, "exc").connect_from_matrix(
        np.ones((2, 2)), delays=sl.Uniform(2, 2)
    )
    for wrong, shape in ((np.ones((3, 2)), r"\(3, 2\)"), (np.ones((2, 4)), r"\(2, 4\)")):
        refused(
            lambda w=wrong: ff.connect_from_matrix(w), rf"weights must have the shape \(2, 3\) .* not {shape}"
        )
    refused(lambda: ff.connect_from_matrix(np.ones((2, 3)), delays=np.ones(3)), "delays must have the shape")
    sl.compile()
    assert (ff.w, ff.delay) == ([[1.0, 0.0], [2.0, 3.0]], [[1.0, 3.0], [5.0, 6.0]])
    assert (turned.w, turned.delay) == (
        [[0.0, 2.0, 4.0], [1.0, 3.0, 5.0]],
        [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]],
    )
    assert drawn.pre_ranks == [[1, 2]] * 2 and drawn.max_delay == 2


def test_4_3_sparse_matrices() -> None:
    sparse_module = pytest.importorskip("scipy.sparse")
    dense = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 4.0]])
    kinds = [
        sparse_module.lil_matrix,
        sparse_module.csr_matrix,
        sparse_module.csc_matrix,
        sparse_module.coo_matrix,
    ]
    kinds += [
        sparse_module.csr_array,
        sparse_module.coo_array,
        sparse_module.csc_array,
        sparse_module.lil_array,
    ]
    ff = two(3, 2)
    made = [sl.Projection(ff.pre, ff.post, "exc").connect_from_sparse(kind(dense)) for kind in kinds]
    weights = sparse_module.csr_matrix(dense)
    late = sl.sparse_delays_from_weights(weights, 2.0)
    ff.connect_from_sparse(weights, delays=late)
    drawn = sl.Projection(ff.pre, ff.post, "exc").connect_from_sparse(weights, delays=sl.Uniform(3, 3))
    zero = sparse_module.csr_matrix((np.zeros(1), ([0], [1])), shape=(3, 2))
    zeros = sl.Projection(ff.pre, ff.post, "exc").connect_from_sparse(zero)
    refused(lambda: ff.connect_from_sparse(weights.T), r"must have the shape \(3, 2\) \(pre, post\)")
    sl.compile()
    for proj in made:
        assert (proj.pre_ranks, proj.w) == ([[0, 2], [1, 2]], [[1.0, 3.0], [2.0, 4.0]])
    assert ff.delay == 2.0 and np.unique(drawn.delay).tolist() == [3.0]
    assert zeros.w == [[0.0]] and zeros.post_ranks == [1]


def test_4_3_files(tmp_path: Any) -> None:
    ff = sparse(delays=[[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    sl.compile()
    ff.save_connectivity(tmp_path / "ff.npz")
    sl.clear()
    (tmp_path / "w.mtx").write_text(
        "%%MatrixMarket matrix coordinate real general\n2 3 2\n1 3 0.5\n2 1 -1.0\n", encoding="utf-8"
    )
    again = two(3, 3)
    again.connect_from_file(tmp_path / "ff.npz")
    market = sl.Projection(again.pre, again.post[:2], "exc").connect_from_matrix_market(tmp_path / "w.mtx")
    refused(
        lambda: market.connect_from_matrix_market(tmp_path / "w.txt"), "mtx", (ConfigurationError, ValueError)
    )  # type: ignore[arg-type]
    sl.compile()
    assert (again.w, again.delay) == ([[1.0, 2.0], [-4.0, 0.5]], [[1.0, 2.0], [8.0, 9.0]])
    assert (market.pre_ranks, market.w) == ([[2], [0]], [[0.5], [-1.0]])


def test_4_4_both_generations_of_names() -> None:
    names = (
        "all_to_all one_to_one fixed_probability fixed_number_pre fixed_number_post gaussian dog from_matrix"
    )
    names += " from_matrix_market from_sparse from_file"
    for name in names.split():
        assert getattr(sl.Projection, name) is getattr(sl.Projection, f"connect_{name}")
    assert sl.Projection.from_function is sl.Projection.connect_with_func


# -- 4.5 LILConnectivity --------------------------------------------------------------------------------------


def test_4_5_members() -> None:
    lil = LILConnectivity(dt=0.5)
    lil.push_back(0, [0, 3], [0.1, 0.2], [1.0])
    lil.add(2, [1], [0.3], [1.0])
    lil.add(1, [], [], [])
    assert (lil.post_rank, lil.pre_rank, lil.w, lil.delay) == (
        [0, 2],
        [[0, 3], [1]],
        [[0.1, 0.2], [0.3]],
        [[2, 2], [2]],
    )
    assert (lil.size, lil.nb_synapses, lil.max_delay, lil.uniform_delay) == (2, 3, 2, 2)
    assert (lil.get_max_delay(), lil.get_uniform_delay(), lil.requires_sorting) == (2, 2, False)
    assert lil.compute_average_row_length() == (1.5, 0.5, 1, 2) and lil.compute_average_col_idx_gap() == (
        3.0,
        0.0,
    )
    lil.add(1, [4, 2], [0.4], [1.0, 2.0])
    assert lil.requires_sorting and lil.uniform_delay == -1
    lil.add(0, [1], [0.5], [1.0])
    lil.validate()
    assert (lil.post_rank, lil.pre_rank) == ([0, 1, 2], [[0, 1, 3], [2, 4], [1]])
    lil.add(2, [1], [0.6], [1.0])
    refused(lil.validate, "the synapse from pre neuron 1 to post neuron 2 appears twice")
    assert CSR is sl.CSR is sl.LILConnectivity


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((0, [0, 1], [1.0, 2.0, 3.0], [0.0]), "Dendrite 0: weights must have 1 or 2 values, not 3"),
        ((0, [0, 1], [1.0], []), "Dendrite 0: delays must have 1 or 2 values, not 0"),
        ((0, [3], [1.0], [0.0]), "pre rank 3 is not a neuron of the pre side"),
        ((2, [0], [1.0], [0.0]), "post rank 2 is not a neuron of the post side"),
    ],
)
def test_4_5_lengths_and_ranks_are_checked(row: Any, message: str) -> None:
    def method(pre: Any, post: Any) -> LILConnectivity:
        lil = LILConnectivity()
        lil.add(*row)
        return lil

    refused(lambda: two().connect_with_func(method), message)


def test_4_5_rows_are_sorted_and_equal_delays_are_uniform(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)

    def method(pre: Any, post: Any) -> LILConnectivity:
        lil = LILConnectivity()
        lil.add(1, [2, 0], [0.2, 0.1], [3.0, 3.0])
        lil.add(0, [1], [0.3], [3.0])
        return lil

    ff = two().connect_with_func(method)
    assert capsys.readouterr().out.count("out of order") == 1
    sl.compile()
    assert (ff.pre_ranks, ff.w, ff.delay) == ([[1], [0, 2]], [[0.3], [0.1, 0.2]], 3.0)


# -- 4.6 Storage ----------------------------------------------------------------------------------------------

FORMATS = [
    "lil",
    "csr",
    "csr_vector",
    "csr_scalar",
    "dense",
    "ell",
    "ellr",
    "sell",
    "coo",
    "bsr",
    "hyb",
    "dia",
    "auto",
]
DELAYS = {"none": 0.0, "uniform": 2.0, "mixed": [[1, 2, 3], [2, 1, 1], [3, 3, 2]]}
RATE = {
    "default": sl.Synapse(),
    "user": sl.Synapse(equations="w += 0.1*pre.r*post.r", psp="w*pre.r*0.5"),
    **{op: sl.Synapse(operation=op) for op in ("max", "min", "mean")},
}
SPIKING = {
    "default": None,
    "psp": sl.Synapse(psp="w*post.v"),
    "stdp": sl.Synapse(
        equations="5.0*dx/dt = -x : event-driven",
        pre_spike="g_target += w ; x += 1.0",
        post_spike="w += 0.1*x",
    ),
}
WEIGHTS = [[1.0, None, 0.5], [None] * 3, [-1.0, 2.0, 0.25]]


def everything(proj: Any) -> dict[str, Any]:
    """All calls that read, write and select."""
    found = {
        "size": (proj.size, proj.nb_synapses, proj.post_ranks, proj.pre_ranks, proj.nb_synapses_per_dendrite),
        "w": proj.w,
        "delay": proj.delay,
        "matrix": proj.connectivity_matrix(-9.0).tolist(),
        "fields": proj.receptive_fields().tolist(),
        "synapses": [[(s.pre_rank, s.w, s.delay) for s in d] for d in proj],
    }
    proj.synapse(2, 2).w = 7.0
    proj.dendrite(0).w = [3.0, 4.0]
    return found | {"written": proj.w}


@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("synapse", RATE)
def test_4_6_formats_of_rate_coded_projections(delay: str, synapse: str) -> None:
    a, found = counting("a", (0.0, 5.0, 2.0)), {}
    posts = {form: sl.Population(3, sl.Neuron(equations="r = sum(exc)"), name=form) for form in FORMATS}
    for form, post in posts.items():
        connected(
            a,
            post,
            WEIGHTS,
            synapse=RATE[synapse],
            delays=DELAYS[delay],
            storage_format=form,
            name=f"to {form}",
        )
    shown = {form: sl.Monitor(sl.get_projection(f"to {form}"), "w") for form in ("csr", "coo", "dense")}
    sl.compile()
    sl.simulate(6.0)
    for form, post in posts.items():
        found[form] = (post.r.tolist(), everything(sl.get_projection(f"to {form}")))
        assert found[form] == found["lil"], form
    recorded = [[list(map(list, row)) for row in monitor.get("w")] for monitor in shown.values()]
    assert recorded[0] == recorded[1] == recorded[2] and len(recorded[0]) == 6


@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("synapse", SPIKING)
def test_4_6_formats_and_orders_of_spiking_projections(delay: str, synapse: str) -> None:
    pre, found = source([1, 4], [2], [1, 2, 3]), {}
    kinds = [*itertools.product(FORMATS, ["post_to_pre", "pre_to_post", "auto"])]
    for form, order in kinds:
        name = f"{form} {order}"
        post = target(name, "v += g_exc", 3, spike="v > 1.5", reset="v = 0.0")
        proj = sl.Projection(pre, post, "exc", SPIKING[synapse], name=name)
        proj.connect_from_matrix(WEIGHTS, delays=DELAYS[delay], storage_format=form, storage_order=order)
    sl.compile()
    sl.simulate(8.0)
    for form, order in kinds:
        name = f"{form} {order}"
        found[name] = (sl.get_population(name).v.tolist(), everything(sl.get_projection(name)))
        assert found[name] == found["lil post_to_pre"], name
        assert sl.get_projection(name).nb_efferent_synapses() == {0: 2, 1: 1, 2: 2}


def test_4_6_what_is_impossible_is_refused_at_the_call() -> None:
    ff = two()
    for connect in (
        lambda **o: ff.connect_all_to_all(1.0, **o),
        lambda **o: ff.connect_from_matrix(np.ones((2, 3)), **o),
        lambda **o: ff.connect_fixed_probability(0.5, 1.0, **o),
    ):
        with pytest.raises(ConfigurationError) as caught:
            connect(storage_order="pre_to_post")
        assert caught.value.message == "Projection 'ff': storage_order='pre_to_post' needs spiking neurons."
        assert caught.value.hint == "use storage_order='post_to_pre'"
        refused(lambda c=connect: c(storage_format="rows"), "Projection 'ff': unknown storage_format 'rows'")
        refused(lambda c=connect: c(storage_order="rows"), "Projection 'ff': unknown storage_order 'rows'")


def test_4_6_choices_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    two().connect_from_matrix(np.ones((2, 3)), storage_format="auto")
    a, b = sl.populations()
    sl.Projection(a, b, "exc", name="some").connect_from_matrix([[1, None, 1]] * 2, storage_format="auto")
    sl.Projection(a, b, "exc", name="ell").connect_from_matrix([[1, None, 1]] * 2, storage_format="ell")
    capsys.readouterr()
    sl.compile()
    told = capsys.readouterr().out
    assert "INFO: Projection 'ff': stored as dense.\n" in told
    assert "INFO: Projection 'some': stored as csr.\n" in told
    assert "INFO: Projection 'ell': ell is stored as csr: results do not depend on the format.\n" in told


# -- 4.7 Inspecting -------------------------------------------------------------------------------------------


def test_4_7_before_compile(capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(suppress_warnings=False)
    ff = sparse()
    capsys.readouterr()
    assert (ff.size, ff.nb_synapses, ff.size_in_bytes(), ff.post_ranks) == (0, 0, 0, None)
    assert ff.nb_synapses_per_dendrite() == [] and capsys.readouterr().out.count("WARNING") == 5
    for use in (lambda: ff.dendrite(0), ff.connectivity_matrix, lambda: list(ff), lambda: ff.dendrites):
        refused(use, "has no synapses before compile", NotCompiledError)


def test_4_7_after_compile() -> None:
    ff = sparse()
    sl.compile()
    assert (ff.size, len(ff), ff.post_ranks, ff.pre_ranks) == (2, 2, [0, 2], [[0, 1], [1, 2]])
    assert (
        ff.nb_synapses == 4
        and ff.nb_synapses_per_dendrite == [2, 2]
        and ff.nb_synapses_per_dendrite() == [2, 2]
    )
    refused(ff.nb_efferent_synapses, "is for spiking projections")
    assert [d.post_rank for d in ff.dendrites] == [d.post_rank for d in ff] == [0, 2]
    assert ff.dendrite(2).pre_ranks == ff[2].pre_ranks == [1, 2] and ff.dendrite((2,)).idx == 1
    refused(lambda: ff.dendrite(1), "the post neuron 1 receives no synapse")
    assert ff.synapse(1, 2).w == -4.0
    refused(lambda: ff.synapse(0, 2), "has no synapse from pre neuron 0")
    assert ff.connectivity_matrix().tolist() == [[1.0, 2.0, 0.0], [0.0] * 3, [0.0, -4.0, 0.5]]
    assert np.isnan(ff.connectivity_matrix(np.nan)).sum() == 5
    assert ff.size_in_bytes() > 4 * 8 and ff.connectivity_matrix().dtype == np.float64


def test_4_7_matrices_have_the_size_of_whole_populations_and_dendrites_have_coordinates() -> None:
    a = sl.Population((2, 3), sl.Neuron(equations="r = 1.0"), name="a")
    b = sl.Population((2, 2), sl.Neuron(equations="r = sum(exc)"), name="b")
    part = sl.Projection(a[0, :], b[1, :], "exc").connect_all_to_all(2.0, force_multiple_weights=True)
    sl.compile()
    assert part.connectivity_matrix().shape == (4, 6) and part.post_ranks == [2, 3]
    assert part.dendrite(1, 0).post_rank == part.dendrite((1, 0)).post_rank == part[1, 0].post_rank == 2
    assert part.dendrite(1, 1).synapse((0, 2)).pre_rank == 2


def test_4_7_receptive_fields() -> None:
    a = sl.Population((2, 3), sl.Neuron(equations="r = 1.0"), name="a")
    b = sl.Population((2, 2), sl.Neuron(equations="r = sum(exc)"), name="b")
    weights = np.arange(24.0).reshape(4, 6)
    ff = connected(a, b, weights)
    line = connected(
        a,
        sl.Population(5, sl.Neuron(equations="r = sum(exc)"), name="c"),
        [[1.0] * 6, [None] * 6] * 2 + [[2.0] * 6],
    )
    sl.compile()
    image = ff.receptive_fields()
    assert image.shape == (4, 6) and ff.receptive_fields(legacy=True).shape == (5, 6)
    for n, (y, x) in enumerate(itertools.product(range(2), range(2))):
        assert image[2 * y : 2 * y + 2, 3 * x : 3 * x + 3].tolist() == weights[n].reshape(2, 3).tolist()
    assert line.receptive_fields().shape == (2, 15), "one dimension is a row"
    square = line.receptive_fields(in_post_geometry=False)
    assert square.shape == (3 * 2, 2 * 3)
    tiles = [square[2 * y : 2 * y + 2, 3 * x : 3 * x + 3].max() for y in range(3) for x in range(2)]
    assert tiles == [1.0, 0.0, 1.0, 0.0, 2.0, 0.0]
    assert ff.receptive_fields("w", False).shape == (4, 6)


# -- 4.8 Reading and writing ----------------------------------------------------------------------------------


def test_4_8_reading() -> None:
    ff = sparse()
    assert (ff.eta, ff.theta, ff.n, ff.on) == (0.5, 2.0, 3, True), "initial numbers before compile"
    sl.compile()
    assert (
        (ff.eta, type(ff.eta)) == (0.5, float)
        and ff.theta == [2.0, 2.0]
        and ff.w == [[1.0, 2.0], [-4.0, 0.5]]
    )
    assert (
        ff.n == [[3, 3]] * 2 and type(ff.n[0][0]) is int and ff.on[0][0] is True and type(ff.w[0][0]) is float
    )
    assert ff.get("theta") == ff.theta
    with pytest.raises(AttributeError, match='has no attribute "thet"'):
        _ = ff.thet
    refused(lambda: ff.set({"thet": 1.0}), 'has no attribute "thet"')


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("eta", 3, 3.0),
        ("eta", sl.Uniform(4.0, 4.0), 4.0),
        ("theta", 3, [3.0, 3.0]),
        ("theta", [3, 4], [3.0, 4.0]),
        ("theta", np.array([5.0, 6.0]), [5.0, 6.0]),
        ("theta", sl.Uniform(7.0, 7.0), [7.0, 7.0]),
        ("w", 3, [[3.0, 3.0]] * 2),
        ("w", [[1, 2], [3, 4]], [[1.0, 2.0], [3.0, 4.0]]),
        ("w", np.array([[1, 2], [3, 4]]), [[1.0, 2.0], [3.0, 4.0]]),
        ("w", [5, 6], [[5.0, 5.0], [6.0, 6.0]]),
        ("w", sl.Uniform(8.0, 8.0), [[8.0, 8.0]] * 2),
        ("n", [[1.9, -1.9], [0, 3]], [[1, -1], [0, 3]]),
    ],
)
def test_4_8_writing(name: str, value: Any, expected: Any) -> None:
    ff = sparse()
    sl.compile()
    setattr(ff, name, value)
    assert getattr(ff, name) == expected
    ff.set({name: value, "on": False})
    assert ff.get(name) == expected and ff.on == [[False, False]] * 2


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("eta", [1.0, 2.0], "takes a single number"),
        ("theta", [1.0, 2.0, 3.0], "wrong size"),
        ("w", [[1.0, 2.0], [3.0]], "2 rows of lengths"),
        ("w", [1.0, 2.0, 3.0], "2 rows of lengths"),
        ("w", np.ones((2, 3)), "2 rows of lengths"),
        ("w", "1", "2 rows of lengths"),
    ],
)
def test_4_8_what_does_not_fit(name: str, value: Any, message: str) -> None:
    ff = sparse()
    sl.compile()
    before = ff.w
    refused(lambda: ff.set({"n": 9, name: value}), message)
    assert ff.w == before and ff.n == [[3, 3]] * 2


def test_4_8_before_compile_values_are_kept() -> None:
    ff = sparse()
    ff.eta, ff.theta = 4.0, [5.0, 6.0]
    ff.n = 7
    ff.w = 9.0
    assert ff.init["eta"] == 4.0 and ff.init["n"] == 7
    sl.compile()
    assert (ff.eta, ff.theta, ff.n, ff.w) == (4.0, [5.0, 6.0], [[7, 7]] * 2, [[1.0, 2.0], [-4.0, 0.5]])


def test_4_8_matrices_of_attributes() -> None:
    ff = sparse()
    sl.compile()
    ff.set_matrix("w", np.arange(9.0).reshape(3, 3))
    assert ff.w == [[0.0, 1.0], [7.0, 8.0]]
    assert ff.get_matrix("w", -1.0).tolist() == [[0.0, 1.0, -1.0], [-1.0] * 3, [-1.0, 7.0, 8.0]]
    assert ff.get_matrix("n")[0].tolist() == [3.0, 3.0, 0.0]
    refused(
        lambda: ff.set_matrix("w", np.ones((2, 3))), r"the matrix must have the shape \(3, 3\), not \(2, 3\)"
    )
    refused(lambda: ff.set_matrix("theta", np.ones((3, 3))), "there is not one value per synapse")


def test_4_8_functions_of_the_synapse() -> None:
    ff = sparse()
    refused(lambda: ff.twice(1, 2), "can be called after compile", NotCompiledError)
    sl.compile()
    assert ff.functions == ["twice"] and ff.twice([1, 2], 3).tolist() == [5.0, 7.0] and ff.twice(1, 2) == 4.0


def test_views_of_what_spikes_find() -> None:
    pre, post = source([1], [1]), target("post", "v = g_exc", 2)
    part = sl.Projection(pre[1:], post[:1], "exc").connect_all_to_all(3.0)
    shown = sl.Monitor(post, "v")
    sl.compile()
    assert part.nb_efferent_synapses() == {1: 1}
    sl.simulate(4.0)
    found = shown.get("v")
    only_at(found[:, 0], {2: 3.0})
    near(found[:, 1], [0.0] * 4)

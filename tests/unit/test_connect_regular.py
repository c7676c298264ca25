"""All-to-all and one-to-one: which synapses, in which store, with which weights."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from unit.built import RELAY, built, projection

import synloom as sl
from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import DelayKind, StoreKind


def test_all_to_all_is_dense_with_one_weight() -> None:
    proj = built(projection().connect_all_to_all(0.5))
    assert proj.store.kind is StoreKind.DENSE
    assert proj.single_weight and proj.w == 0.5 and isinstance(proj.w, float)
    assert proj.pre_ranks == [[0, 1, 2], [0, 1, 2]] and proj.post_ranks == [0, 1]
    assert proj.connector_name == "All-to-All"
    assert proj.connector_description == "All-to-All, weights 0.5, delays 0.0"


@pytest.mark.parametrize(
    "options",
    [{"force_multiple_weights": True}, {"storage_format": "dense"}, {"weights": sl.Uniform(0.5, 0.5)}],
)
def test_what_keeps_one_weight_per_synapse(options: dict[str, object]) -> None:
    proj = built(projection().connect_all_to_all(**{"weights": 0.5, **options}))
    assert not proj.single_weight and proj.w == [[0.5] * 3] * 2


def test_a_plastic_synapse_has_many_weights() -> None:
    plastic = sl.Synapse(equations="w += 0.1 * pre.r")
    proj = built(projection(synapse=plastic).connect_all_to_all(0.5))
    assert not proj.single_weight and proj.w == [[0.5] * 3] * 2


def test_self_connections_are_left_out_in_recurrent_projections() -> None:
    network = sl.Network()
    pop = sl.Population(3, RELAY, network=network)
    proj = built(sl.Projection(pop, pop, "exc").connect_all_to_all(1.0))
    assert proj.store.kind is StoreKind.HOLLOW
    assert proj.pre_ranks == [[1, 2], [0, 2], [0, 1]]
    again = built(sl.Projection(pop, pop, "exc").connect_all_to_all(1.0, allow_self_connections=True))
    assert again.store.kind is StoreKind.DENSE and again.nb_synapses == 9


@pytest.mark.parametrize("connect", ["connect_all_to_all", "connect_fixed_probability"])
def test_views_of_one_population_are_recurrent_too(connect: str) -> None:
    pop = sl.Population(6, RELAY, network=sl.Network())
    proj = sl.Projection(pop[[4, 1, 2]], pop[2:5], "exc")
    arguments = (1.0, 1.0) if connect.endswith("probability") else (1.0,)
    built(getattr(proj, connect)(*arguments))
    assert proj.post_ranks == [2, 3, 4]
    assert proj.pre_ranks == [[1, 4], [1, 2, 4], [1, 2]]
    assert proj.store.columns.tolist() == [1, 2, 4] and proj.store.column.tolist() == [0, 2, 0, 1, 2, 0, 1]


def test_a_projection_of_one_neuron_to_itself_has_no_synapses() -> None:
    pop = sl.Population(1, RELAY, network=sl.Network())
    proj = built(sl.Projection(pop, pop, "exc").connect_all_to_all(1.0))
    assert (proj.nb_synapses, proj.size, proj.post_ranks, proj.w) == (0, 0, [], 1.0)
    assert proj.connectivity_matrix().tolist() == [[0.0]]


def test_weights_are_drawn_dendrite_by_dendrite() -> None:
    proj = built(projection((40, 50), 60).connect_all_to_all(sl.Uniform(0, 1, seed=3)))
    expected = np.random.default_rng(3).uniform(0, 1, (60, 2000))
    assert np.array_equal(proj.array("w"), expected)


@pytest.mark.parametrize("distribution", [sl.DiscreteUniform, sl.Normal, sl.Gamma], ids=lambda d: d.__name__)
def test_blocks_do_not_show_in_the_stream(distribution: type) -> None:
    proj = built(projection(300, 400).connect_all_to_all(distribution(2, 9, seed=5)))
    assert np.array_equal(proj.state["w"], distribution(2, 9, seed=5).get_values(120_000))


def test_dense_weights_are_not_held_twice() -> None:
    proj = projection(2000, 2000).connect_all_to_all(sl.Uniform(0, 1))
    tracemalloc.start()
    built(proj)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.1 * proj.state["w"].nbytes


def test_one_to_one() -> None:
    proj = built(projection(3, 3).connect_one_to_one(2.0))
    assert proj.pre_ranks == [[0], [1], [2]] and proj.w == 2.0
    assert proj.store.kind is StoreKind.CSR16


def test_one_to_one_of_views_pairs_them_in_their_order() -> None:
    network = sl.Network()
    a, b = (sl.Population(6, RELAY, network=network) for _ in range(2))
    proj = built(sl.Projection(a[[5, 0, 2]], b[[3, 4, 1]], "exc").connect_one_to_one())
    assert proj.post_ranks == [1, 3, 4] and proj.pre_ranks == [[2], [5], [0]]


def test_one_to_one_of_a_population_with_itself_is_the_diagonal() -> None:
    pop = sl.Population(2, RELAY, network=sl.Network())
    assert built(sl.Projection(pop, pop, "exc").one_to_one()).pre_ranks == [[0], [1]]


def test_one_to_one_of_different_sizes_warns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "quiet", False)
    proj = built(projection(3, 2).connect_one_to_one())
    assert (
        "one-to-one between 3 pre and 2 post neurons connects the first 2 of each" in capsys.readouterr().out
    )
    assert proj.pre_ranks == [[0], [1]]


def test_one_to_one_refuses_dense() -> None:
    with pytest.raises(ConfigurationError, match="storage_format='dense' has no meaning"):
        projection(2, 2).connect_one_to_one(storage_format="dense")


@pytest.mark.parametrize("weight", [1, True, np.float32(0.5), np.int8(3), np.array(2.5)])
def test_every_real_number_is_a_weight(weight: object) -> None:
    assert built(projection().connect_all_to_all(weight)).w == float(weight)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        ([0.1, 0.2], "not list"),
        (np.ones((2, 3)), "not ndarray"),
        ("1.0", "not str"),
        (1j, "not complex"),
        (None, "not NoneType"),
        (float("nan"), "must not be NaN"),
    ],
)
def test_what_is_no_weight(weight: object, said: str) -> None:
    with pytest.raises(ConfigurationError, match=f"Projection 'ff': weights must .*{said}|{said}") as error:
        projection().connect_all_to_all(weight)
    assert ("connect_from_matrix" in error.value.hint) == isinstance(weight, list | np.ndarray)


@pytest.mark.parametrize(
    ("delay", "kind", "steps"),
    [
        (0.0, DelayKind.NONE, 1),
        (0.3, DelayKind.NONE, 1),
        (1.4, DelayKind.NONE, 1),
        (1.5, DelayKind.UNIFORM, 2),
        (2.5, DelayKind.UNIFORM, 3),
        (2.6, DelayKind.UNIFORM, 3),
        (np.float32(4), DelayKind.UNIFORM, 4),
    ],
)
def test_delays_are_rounded_half_up(delay: float, kind: DelayKind, steps: int) -> None:
    proj = built(projection().connect_all_to_all(1.0, delays=delay))
    assert (proj.delay_kind, proj.delay_steps.tolist()) == (kind, [steps])
    assert (proj.max_delay, proj.uniform_delay, proj.delay) == (steps, steps, float(steps))


def test_delays_in_steps_of_a_tenth() -> None:
    network = sl.Network(dt=0.1)
    a = sl.Population(1, RELAY, network=network)
    proj = built(sl.Projection(a, a, "exc").connect_one_to_one(delays=0.3))
    assert proj.uniform_delay == 3 and proj.delay == pytest.approx(0.3)


def test_drawn_delays_are_at_least_one_step() -> None:
    proj = built(projection(50, 40).connect_all_to_all(1.0, delays=sl.DiscreteUniform(0, 3, seed=1)))
    assert proj.delay_kind is DelayKind.PER_SYNAPSE and proj.delay_steps.dtype == np.int32
    drawn = np.random.default_rng(1).integers(0, 4, 2000)
    assert np.array_equal(proj.delay_steps, np.maximum(drawn, 1))
    assert (proj.max_delay, proj.uniform_delay) == (3, -1)


def test_binomial_delays_are_bounded_by_their_trials() -> None:
    assert projection().connect_all_to_all(1.0, delays=sl.Binomial(4, 0.5)).connector_name == "All-to-All"


@pytest.mark.parametrize(
    ("delay", "said"),
    [
        (-1.0, "must not be negative"),
        (float("inf"), "must be finite"),
        (float("nan"), "must be finite"),
        (1e12, "at most 2147483647 steps"),
        (sl.Normal(1, 1), "no upper bound"),
        (sl.Exponential(1.0), "no upper bound"),
        ("forward", "not str"),
        (None, "not NoneType"),
    ],
)
def test_what_is_no_delay(delay: object, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        projection().connect_all_to_all(1.0, delays=delay)


def test_a_refused_connector_changes_nothing() -> None:
    proj = projection().connect_all_to_all(0.5)
    with pytest.raises(ConfigurationError):
        proj.connect_one_to_one(1.0, delays=-1.0)
    with pytest.raises(ConfigurationError):
        proj.connect_one_to_one(1.0, storage_format="unknown")
    with pytest.raises(ConfigurationError):
        proj.connect_one_to_one(1.0, storage_order="pre_to_post")
    assert proj.connector_name == "All-to-All"


def test_a_second_connector_warns_and_replaces(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "quiet", False)
    proj = projection(2, 2).connect_all_to_all(0.5)
    proj._build()
    proj.connect_one_to_one(0.25)
    assert (
        "WARNING: Projection 'ff' was connected already: One-to-One replaces All-to-All."
        in capsys.readouterr().out
    )
    assert built(proj).nb_synapses == 2 and proj.w == 0.25


def test_both_generations_of_names() -> None:
    for old, new in [
        ("all_to_all", "all_to_all"),
        ("one_to_one", "one_to_one"),
        ("fixed_probability", "fixed_probability"),
        ("fixed_number_pre", "fixed_number_pre"),
        ("fixed_number_post", "fixed_number_post"),
        ("with_func", "from_function"),
        ("from_matrix", "from_matrix"),
        ("from_sparse", "from_sparse"),
        ("from_file", "from_file"),
    ]:
        assert getattr(sl.Projection, f"connect_{old}") is getattr(sl.Projection, new)


def test_the_global_format_holds_for_connectors_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from synloom.config import options

    monkeypatch.setattr(options, "sparse_matrix_format", "csr")
    assert built(projection().connect_all_to_all(0.5)).store.kind is StoreKind.CSR16
    monkeypatch.setattr(options, "sparse_matrix_storage_order", "pre_to_post")
    with pytest.raises(ConfigurationError, match="needs spiking neurons"):
        projection().connect_all_to_all(0.5)

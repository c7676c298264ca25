"""One seed, one set of synapses: whatever the order they are stored in, and however they were drawn."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.built import built

import synloom as sl
from synloom.store import Pattern, pack

SPIKING = sl.Neuron(parameters="a = 1.0", equations="dv/dt = a - v + g_exc", spike="v > 1.0", reset="v = 0.0")
DENDRITIC = sl.Synapse(parameters="b = 1.0 : postsynaptic", pre_spike="g_target += b*w")
LEARNING = sl.Synapse(pre_spike="g_target += w", post_spike="w += 0.1")
STORAGE = [
    (form, order) for form in ("auto", "csr", "dense") for order in ("auto", "post_to_pre", "pre_to_post")
]
RULES: dict[str, Callable[..., Any]] = {
    "all": lambda p, w, **o: p.connect_all_to_all(w, **o),
    "probability": lambda p, w, **o: p.connect_fixed_probability(0.4, w, **o),
    "likely": lambda p, w, **o: p.connect_fixed_probability(0.97, w, **o),
    "pre": lambda p, w, **o: p.connect_fixed_number_pre(2, w, **o),
    "post": lambda p, w, **o: p.connect_fixed_number_post(2, w, **o),
}


def connected(
    rule: str, ends: str, weights: Any, form: str, order: str, synapse: Any = None, delays: Any = 0.0
) -> Any:
    network = sl.Network(seed=5)
    a, b = sl.Population(11, SPIKING, network=network), sl.Population(9, SPIKING, network=network)
    pre, post = {
        "whole": (a, b),
        "recurrent": (a, a),
        "views": (a[[7, 2, 5, 3]], b[[8, 1, 4]]),
        "overlap": (a[2:8], a[[9, 4, 6, 5]]),
    }[ends]
    proj = sl.Projection(pre, post, "exc", synapse)
    RULES[rule](proj, weights, delays=delays, storage_format=form, storage_order=order)
    return built(proj)


def seen(proj: Any) -> list[Any]:
    """All that a user can read of a projection."""
    return [proj.post_ranks, proj.pre_ranks, proj.delay, proj.connectivity_matrix(-1.0).tolist()]


@pytest.mark.parametrize("ends", ["whole", "recurrent", "views", "overlap"])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("synapse", [None, DENDRITIC, LEARNING], ids=["default", "dendritic", "learning"])
def test_storage_changes_no_synapse(rule: str, ends: str, synapse: Any) -> None:
    for weights in (lambda: sl.Normal(0, 1), lambda: sl.Uniform(0, 1, seed=3), lambda: 0.5):
        for delays in (lambda: 2.0, lambda: sl.DiscreteUniform(1, 6), lambda: sl.Uniform(1, 6, seed=4)):
            found = [
                seen(connected(rule, ends, weights(), form, order, synapse, delays()))
                for form, order in STORAGE
            ]
            assert all(other == found[0] for other in found)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("form", ["csr", "dense"])
def test_a_stream_of_the_user_is_read_dendrite_by_dendrite(rule: str, form: str) -> None:
    for order in ("post_to_pre", "pre_to_post"):
        given = [sl.Uniform(0.0, 2.0, seed=9), sl.Uniform(0.0, 2.0, rng=np.random.default_rng(9))]
        for weights in given:
            proj = connected(rule, "whole", weights, form, order)
            expected = np.random.default_rng(9).uniform(0.0, 2.0, proj.nb_synapses)
            assert np.concatenate(proj.w).tolist() == expected.tolist()
    proj = connected(rule, "whole", 1.0, form, "pre_to_post", delays=sl.DiscreteUniform(1, 6, seed=9))
    assert proj.store.by_source
    drawn = np.random.default_rng(9).integers(1, 7, proj.nb_synapses)
    assert np.concatenate(proj.delay).tolist() == drawn.tolist()


def test_assigned_distributions_too() -> None:
    for weights in (lambda: sl.Normal(0, 1), lambda: sl.Normal(0, 1, seed=3)):
        found = []
        for form, order in STORAGE:
            proj = connected("probability", "whole", sl.Uniform(0, 1), form, order)
            proj.w = weights()
            found.append(proj.w)
        assert all(other == found[0] for other in found)
    assert (
        np.concatenate(found[0]).tolist() == np.random.default_rng(3).normal(0, 1, proj.nb_synapses).tolist()
    )


def test_matrices_in_and_out() -> None:
    for form, order in STORAGE:
        proj = connected("likely", "views", sl.Uniform(0, 1), form, order)
        values = np.arange(99.0).reshape(9, 11)
        proj.set_matrix("w", values)
        there = ~np.isnan(proj.get_matrix("w", np.nan))
        assert there.sum() == proj.nb_synapses
        assert np.array_equal(proj.get_matrix("w"), np.where(there, values, 0.0))
        proj.set_matrix("w", np.asfortranarray(-values))
        assert np.array_equal(proj.get_matrix("w", 7.0), np.where(there, -values, 7.0))


def test_efferent_synapses() -> None:
    for form, order in STORAGE:
        proj = connected("probability", "views", 1.0, form, order)
        ranks = [rank for row in proj.pre_ranks for rank in row]
        assert proj.nb_efferent_synapses() == {rank: ranks.count(rank) for rank in sorted(set(ranks))}
        assert sum(proj.nb_efferent_synapses().values()) == proj.nb_synapses
    network = sl.Network(seed=5)
    a = sl.Population(3, SPIKING, network=network)
    assert sl.Projection(a, a, "exc").connect_all_to_all(1.0).nb_efferent_synapses() == {}


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    rows, columns = (
        np.array(sorted(draw(st.sets(st.integers(0, 20), min_size=1, max_size=8))), np.int32) for _ in "rc"
    )
    kept = np.array(
        draw(st.lists(st.booleans(), min_size=len(rows) * len(columns), max_size=len(rows) * len(columns)))
    ).reshape(len(rows), len(columns))
    column = np.nonzero(kept)[1].astype(np.int32)
    return Pattern.of(rows, columns, kept.sum(axis=1), column, draw(st.booleans()))


def pairs(pattern: Pattern) -> list[tuple[int, int]]:
    row = np.repeat(pattern.rows, np.diff(pattern.row_ptr)).tolist()
    assert pattern.column is not None
    column = pattern.columns[pattern.column].tolist()
    return list(zip(row, column, strict=True))


@given(patterns())
def test_turning_a_pattern_keeps_its_pairs_and_sorts_them(pattern: Pattern) -> None:
    turned = pattern.turned()
    assert pairs(turned) == sorted((b, a) for a, b in pairs(pattern))
    assert turned.by_source != pattern.by_source and turned.targets == pattern.targets
    assert turned.lines is pattern.columns and turned.columns is pattern.lines
    assert (np.diff(turned.row_ptr) > 0).all() and turned.complete == pattern.complete
    assert pairs(turned.turned()) == pairs(pattern)


@given(patterns(), st.sampled_from(["auto", "csr", "dense"]), st.booleans())
def test_packing_either_way(pattern: Pattern, name: str, by_source: bool) -> None:
    store = pack(pattern, name, "ff", by_source, 21)
    found = zip(store.post_of_synapses().tolist(), store.pre_of_synapses().tolist(), strict=True)
    expected = [(b, a) for a, b in pairs(pattern)] if pattern.by_source else pairs(pattern)
    assert sorted(found) == sorted(expected) and store.by_source == by_source


def test_a_pattern_too_large_for_words_of_32_bits() -> None:
    lines = np.arange(70000, dtype=np.int32)
    rng = np.random.default_rng(2)
    column = np.sort(rng.integers(0, 70000, (70000, 2), dtype=np.int32), axis=1).ravel()
    turned = Pattern.of(lines, lines, np.full(70000, 2), column).turned()
    order = np.argsort(column, kind="stable")
    assert np.array_equal(turned.column, np.repeat(lines, 2)[order])


@pytest.mark.parametrize(
    ("order", "weights"),
    [
        ("auto", sl.Uniform(0, 1)),
        ("post_to_pre", sl.Uniform(0, 1)),
        ("auto", sl.Uniform(0, 1, seed=1)),
        ("pre_to_post", sl.Normal(0, 1)),
    ],
)
def test_memory_of_connecting(order: str, weights: Any) -> None:
    network = sl.Network(seed=5)
    a, b = sl.Population(3000, SPIKING, network=network), sl.Population(4000, SPIKING, network=network)
    proj = sl.Projection(a, b, "exc")
    proj.connect_fixed_probability(0.1, weights, storage_order=order)
    tracemalloc.start()
    built(proj)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert proj.size_in_bytes() < 12.1 * proj.nb_synapses
    assert peak < 2.5 * proj.size_in_bytes() + 16 * 2**16

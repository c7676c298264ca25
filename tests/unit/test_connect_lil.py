"""Patterns put together by a user's function."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.built import built, projection

import synloom as sl
from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.connect.lil import CSR, LILConnectivity


def made(*rows: tuple[Any, ...], dt: float | None = 1.0) -> LILConnectivity:
    lil = LILConnectivity(dt=dt)
    for row in rows:
        lil.add(*row)
    return lil


def connect(*rows: tuple[Any, ...]) -> Any:
    return built(projection().connect_with_func(lambda pre, post: made(*rows)))


def test_what_was_added_can_be_read() -> None:
    lil = made((0, [0, 2], [0.1, 0.2], [3.0]), (1, [1], [0.3], [3.0]))
    assert (lil.post_rank, lil.pre_rank, lil.w) == ([0, 1], [[0, 2], [1]], [[0.1, 0.2], [0.3]])
    assert (lil.delay, lil.max_delay, lil.uniform_delay) == ([[3, 3], [3]], 3, 3)
    assert (lil.size, lil.nb_synapses, lil.get_max_delay(), lil.get_uniform_delay()) == (2, 3, 3, 3)
    assert lil.compute_average_row_length() == (1.5, 0.5, 1, 2)
    assert lil.compute_average_col_idx_gap() == (2.0, 0.0)
    assert CSR is LILConnectivity


def test_an_empty_list() -> None:
    lil = made((0, [], [], []))
    assert (lil.size, lil.nb_synapses, lil.max_delay, lil.uniform_delay) == (0, 0, 1, -1)
    assert lil.compute_average_row_length() == (0.0, 0.0, 0, 0)
    assert lil.compute_average_col_idx_gap() == (0.0, 0.0)


def test_delays_are_counted_in_steps_of_dt() -> None:
    lil = made((0, [0, 1], [1.0], [0.5, 1.0]), dt=0.5)
    assert (lil.delay, lil.w, lil.uniform_delay) == ([[1, 2]], [[1.0, 1.0]], -1)


def test_rows_and_ranks_are_sorted() -> None:
    proj = connect((1, [2, 0], [0.2, 0.1], [1.0]), (0, [1], [0.3], [1.0]))
    assert (proj.post_ranks, proj.pre_ranks, proj.w) == ([0, 1], [[1], [0, 2]], [[0.3], [0.1, 0.2]])


def test_rows_out_of_order_are_told_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "quiet", False)
    lil = made((2, [0], [1.0], [0.0]), (1, [0], [1.0], [0.0]), (0, [0], [1.0], [0.0]))
    assert lil.requires_sorting and capsys.readouterr().out.count("out of order") == 1


def test_equal_delays_are_uniform_even_when_listed() -> None:
    proj = connect((0, [0, 1], [1.0], [2.0, 2.0]), (1, [2], [1.0], [2.0]))
    assert proj.uniform_delay == 2 and proj.delay == 2.0
    proj = connect((0, [1, 0], [1.0], [2.0, 3.0]))
    assert proj.uniform_delay == -1 and proj.delay == [[3.0, 2.0]]


def test_validate_merges_and_refuses_doubles() -> None:
    lil = made((1, [0], [1.0], [0.0]), (0, [2], [2.0], [0.0]), (1, [1], [3.0], [0.0]))
    lil.validate()
    assert (lil.post_rank, lil.pre_rank, lil.w) == ([0, 1], [[2], [0, 1]], [[2.0], [1.0, 3.0]])
    lil.add(1, [1], [4.0], [0.0])
    with pytest.raises(ConfigurationError, match="from pre neuron 1 to post neuron 1 appears twice"):
        lil.validate()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((0, [0, 1], [1.0, 2.0, 3.0], [0.0]), "weights must have 1 or 2 values, not 3"),
        ((0, [0, 1], [1.0], []), "delays must have 1 or 2 values, not 0"),
        ((0, [0, 1], ["a", "b"], [0.0]), "weights must be numbers"),
        ((0, [0.5], [1.0], [0.0]), "pre ranks must be integers of at least 0"),
        ((0, [-1], [1.0], [0.0]), "pre ranks must be integers of at least 0"),
        ((0, 3, [1.0], [0.0]), "pre ranks must be a list of integers"),
        (("x", [0], [1.0], [0.0]), "A post rank must be made of integers"),
        ((0, [0], [1.0], [-1.0]), "delays must be finite and not negative"),
        ((0, [0], [1.0], [float("nan")]), "delays must be finite and not negative"),
    ],
)
def test_mistakes_in_a_row(row: tuple[Any, ...], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        made(row)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((2, [0], [1.0], [0.0]), "post rank 2 is not a neuron of the post side"),
        ((0, [3], [1.0], [0.0]), "pre rank 3 is not a neuron of the pre side"),
        (
            (0, [1, 1], [1.0], [0.0]),
            "'ff': the synapse from pre neuron 1 to post neuron 0 appears twice",
        ),
    ],
)
def test_mistakes_against_the_populations(row: tuple[Any, ...], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        connect(row)


def test_the_function_gets_ends_and_arguments() -> None:
    seen: list[Any] = []

    def ring(pre: Any, post: Any, dt: float, weight: float) -> LILConnectivity:
        seen.append((pre, post, dt, weight))
        return made((0, [0], [weight], [0.0]))

    proj = projection()
    proj.from_function(ring, weight=0.5)
    assert seen == [(proj.pre, proj.post, 1.0, 0.5)], "called at once"
    assert proj.connector_name == "User-defined"
    assert proj.connector_description == "User-defined, function ring()"
    assert built(proj).w == [[0.5]]
    proj.from_function(ring, weight=0.5, dt=0.1)
    assert seen[1][2] == 0.1, "what the user gives for dt is passed on"


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (lambda pre, post: [1], "must return a LILConnectivity, not list"),
        ("ring", "must be a function, not str"),
    ],
)
def test_what_is_no_connector_function(method: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        projection().connect_with_func(method)


TRIPLETS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6), st.floats(-2, 2), st.floats(0, 9)),
    unique_by=lambda synapse: synapse[:2],
)


@given(TRIPLETS)
def test_synapses_added_at_once_are_those_added_one_by_one(
    synapses: list[tuple[int, int, float, float]],
) -> None:
    together, alone = LILConnectivity(), LILConnectivity()
    with contextlib.redirect_stdout(io.StringIO()):
        together.add_synapses(*([s[n] for s in synapses] for n in range(4)))
        for post, pre, w, delay in sorted(synapses, key=lambda s: s[0]):
            alone.add(post, [pre], [w], [delay])
        alone.validate()
        together.validate()
    for name in ("post_rank", "pre_rank", "w", "delay", "nb_synapses", "max_delay"):
        assert getattr(together, name) == getattr(alone, name)


@given(TRIPLETS)
def test_a_projection_of_triplets(synapses: list[tuple[int, int, float, float]]) -> None:
    lil = LILConnectivity()
    lil.add_synapses(*(np.array([s[n] for s in synapses], t) for n, t in enumerate((int, int, float, float))))
    proj = built(projection(7, 6).connect_with_func(lambda pre, post: lil))
    expected = np.full((6, 7), -9.0)
    for post, pre, w, _ in synapses:
        expected[post, pre] = w
    assert np.array_equal(proj.connectivity_matrix(-9.0), expected)


def test_arrays_ranges_and_numbers_for_all() -> None:
    lil = LILConnectivity()
    lil.add(np.int64(1), np.arange(3, dtype=np.uint16), 0.5, np.float32(2.0))
    lil.add_synapses(np.array([4, 4, 2]), range(3), 1.0, 0.0)
    lil.add_synapses([], [], 1.0, 0.0)
    assert (lil.post_rank, lil.pre_rank) == ([1, 2, 4], [[0, 1, 2], [2], [0, 1]])
    assert lil.w == [[0.5] * 3, [1.0], [1.0] * 2] and lil.delay == [[2] * 3, [1], [1] * 2]


def test_synapses_in_any_order_are_no_reason_to_warn(capsys: pytest.CaptureFixture[str]) -> None:
    lil = LILConnectivity()
    lil.add_synapses([3, 1], [0, 0], 1.0, 0.0)
    lil.add_synapses([0, 2], [0, 0], 1.0, 0.0)
    assert lil.requires_sorting and capsys.readouterr().out == ""


def test_what_was_given_may_be_changed_afterwards() -> None:
    post, pre, w = np.array([0, 1]), np.array([1, 0]), np.array([1.0, 2.0])
    lil = LILConnectivity()
    lil.add_synapses(post, pre, w, 0.0)
    post[:], pre[:], w[:] = 7, 7, 7
    assert (lil.post_rank, lil.pre_rank, lil.w) == ([0, 1], [[1], [0]], [[1.0], [2.0]])


@pytest.mark.parametrize(
    ("synapses", "said"),
    [
        (([0, 1], [0], 1.0, 0.0), "Synapses: there are 2 post ranks and 1 pre ranks"),
        (([0, -1], [0, 1], 1.0, 0.0), "Synapses: post ranks must be integers of at least 0"),
        (([0], [[0]], 1.0, 0.0), "Synapses: pre ranks must be integers of at least 0"),
        (([0, 1], [0, 1], [1.0, 2.0, 3.0], 0.0), "Synapses: weights must have 1 or 2 values, not 3"),
        (([0], [0], float("nan"), 0.0), "Synapses: weights must not be NaN"),
        (([0], [0], 1.0, float("inf")), "Synapses: delays must be finite and not negative"),
    ],
)
def test_mistakes_in_synapses_leave_nothing_behind(synapses: Any, said: str) -> None:
    lil = made((0, [2], [1.0], [0.0]))
    with pytest.raises(ConfigurationError, match=said):
        lil.add_synapses(*synapses)
    assert lil.nb_synapses == 1


def test_weights_that_are_nan_are_found_in_bulk_and_name_their_dendrite() -> None:
    for rows in (
        [(0, [1, 2], [1.0, 2.0], [0.0]), (3, [0, 1], [1.0, float("nan")], [0.0])],
        [(0, [1, 2], [1.0], [0.0]), (3, [0, 1], [float("nan")], [0.0])],
        [(3, [0, 1], float("nan"), [0.0])],
    ):
        with pytest.raises(ConfigurationError, match=r"^Dendrite 3: weights must not be NaN\.$"):
            connect(*rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((0, [True, False], [1.0], [0.0]), "Dendrite 0: pre ranks must be integers of at least 0"),
        ((7, [0, 2**40], [1.0], [0.0]), f"Dendrite 7: there is no pre neuron of rank {2**40}"),
        ((7, [0, 1], [1.0, "2"], [0.0]), "Dendrite 7: weights must be numbers"),
        ((7, [0, 1], [1.0], [0.0, -1.0]), "Dendrite 7: delays must be finite and not negative"),
    ],
)
def test_mistakes_that_packing_finds(row: tuple[Any, ...], said: str) -> None:
    lil = made((0, [2], [1.0], [0.0]))
    with pytest.raises(ConfigurationError, match=said):
        lil.add(*row)
    assert lil.nb_synapses == 1, "nothing is left behind"


FORMS: list[Any] = [list, tuple, np.array, lambda values: values[0]]


@given(
    st.lists(
        st.tuples(
            st.integers(1, 4), st.sampled_from(FORMS), st.sampled_from(FORMS), st.sampled_from(FORMS[:3])
        ),
        min_size=1,
        max_size=5,
    )
)
def test_values_may_come_in_any_form_from_dendrite_to_dendrite(rows: list[tuple[int, Any, Any, Any]]) -> None:
    lil, expected = LILConnectivity(dt=1.0), []
    for post, (size, weights, delays, ranks) in enumerate(rows):
        w = [0.5 * post + k for k in range(size)]
        late = [float(post + k + 1) for k in range(size)]
        lil.add(post, ranks(list(range(size))), weights(w), delays(late))
        alone = [FORMS[3]]
        expected.append(
            (
                [w[0]] * size if weights in alone else w,
                [int(late[0])] * size if delays in alone else [int(v) for v in late],
            )
        )
    assert lil.w == [w for w, _ in expected] and lil.delay == [late for _, late in expected]
    assert lil.pre_rank == [list(range(size)) for size, *_ in rows]


def test_lists_may_be_changed_after_they_were_added() -> None:
    lil, ranks, weights, delays = LILConnectivity(dt=1.0), [0, 1], [0.1, 0.2], [1.0, 2.0]
    lil.add(0, ranks, weights, delays)
    ranks[:], weights[:], delays[:] = [5, 6], [7.0, 8.0], [9.0, 9.0]
    assert (lil.pre_rank, lil.w, lil.delay) == ([[0, 1]], [[0.1, 0.2]], [[1, 2]])
    lil.add(1, ranks, weights, delays)
    assert lil.post_rank == [0, 1], "reading does not end it"


def test_dendrites_and_arrays_in_turn_keep_their_order() -> None:
    lil = made((0, [1], [1.0], [0.0]), (0, [2], [2.0], [0.0]))
    lil.add_synapses([2, 1, 2], [0, 0, 1], [3.0, 4.0, 5.0], 0.0)
    lil.add(2, [2], [6.0], [0.0])
    assert lil.post_rank == [0, 0, 1, 2, 2]
    assert lil.w == [[1.0], [2.0], [4.0], [3.0, 5.0], [6.0]]
    lil.validate()
    assert (lil.post_rank, lil.w) == ([0, 1, 2], [[1.0, 2.0], [4.0], [3.0, 5.0, 6.0]])


@pytest.mark.parametrize("ranks", [[2, 4, 5], [1, 2, 3, 4]], ids=["any", "run"])
def test_parts_of_populations_are_given_by_ranks_in_the_whole(ranks: list[int]) -> None:
    whole = projection(6, 6)
    a, b = whole.pre, whole.post

    def method(pre: Any, post: Any) -> LILConnectivity:
        return made((ranks[1], [ranks[2], ranks[0]], [1.0, 2.0], [0.0]))

    part = sl.Projection(a[ranks], b[ranks], "exc", name="part").connect_with_func(method)
    built(part)
    assert (part.post_ranks, part.pre_ranks) == ([ranks[1]], [[ranks[0], ranks[2]]])
    assert part.w == [[2.0, 1.0]]
    for outside in (0, 3 if len(ranks) == 3 else 5):
        with pytest.raises(ConfigurationError, match=f"pre rank {outside} is not a neuron of the pre side"):
            part.connect_with_func(lambda pre, post, r=outside: made((ranks[0], [r], [1.0], [0.0])))

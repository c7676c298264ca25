"""Patterns put together by a user's function."""

from __future__ import annotations

from typing import Any

import pytest
from unit.built import built, projection

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
    assert proj.connector_name == "User-defined: ring()"
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

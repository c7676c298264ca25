"""Dendrites and single synapses: handles on the live values of a projection."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from unit.built import MODEL, W, built, projection, sparse

import synloom as sl
from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.dendrite import Dendrite, IndividualSynapse


def delayed() -> Any:
    """The sparse projection with delays of its own for each synapse."""
    delays = [[1, 2, 9], [9, 3, 4]]
    return built(projection(synapse=MODEL).connect_from_matrix(W, delays=delays))


def test_what_a_dendrite_knows() -> None:
    proj = sparse()
    d = proj.dendrite(1)
    assert (d.post_rank, d.idx, d.proj, d.pre, d.target) == (1, 1, proj, proj.pre, "exc")
    assert (d.size, len(d), d.pre_ranks, d.pre_rank) == (2, 2, [1, 2], [1, 2])
    assert (d.attributes, d.parameters, d.variables) == (proj.attributes, proj.parameters, proj.variables)
    assert (d.w, d.get("w"), d.theta, d.eta, d.n, d.on) == (
        [-4.0, 0.5],
        [-4.0, 0.5],
        2.0,
        0.5,
        [3, 3],
        [True, True],
    )
    assert d.delay == 1.0 and repr(d) == "<Dendrite 1 of Projection 'ff', 2 synapses>"


def test_the_index_is_the_place_among_dendrites() -> None:
    proj = built(projection(2, 3).connect_from_matrix([[1, 2], [None, None], [5, 6]]))
    d = proj.dendrite(2)
    assert (d.idx, d.w) == (1, [5.0, 6.0])


def test_rank_is_deprecated(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    d = sparse().dendrite(0)
    capsys.readouterr()
    monkeypatch.setattr(messages, "quiet", False)
    assert d.rank == [0, 1]
    assert capsys.readouterr().out == "WARNING: Dendrite.rank is deprecated; use pre_ranks.\n"


def test_writing_changes_the_projection() -> None:
    proj = sparse()
    d = proj.dendrite(1)
    d.w = [7, 8]
    assert proj.w == [[1.0, 2.0], [7.0, 8.0]] and d.w == [7.0, 8.0]
    d.w = 3
    assert proj.w == [[1.0, 2.0], [3.0, 3.0]]
    d.w = np.array([4, 5])
    assert proj.w == [[1.0, 2.0], [4.0, 5.0]]
    d.w = sl.Uniform(6, 6)
    assert proj.w == [[1.0, 2.0], [6.0, 6.0]]
    d.theta = 9
    assert proj.theta == [2.0, 9.0]
    d.set({"n": [1.9, -1.9], "on": False})
    assert proj.n == [[3, 3], [1, -1]] and proj.on == [[True, True], [False, False]]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "w",
            [1, 2, 3],
            "^Dendrite 0 of Projection 'ff': w takes a number, or 2 of them, one for each synapse; not a list",
        ),
        (
            "w",
            [[1, 2], [3, 4]],
            "w takes a number, or 2 of them, one for each synapse; not a list of length 2",
        ),
        ("w", "x", "w takes a number, or 2 of them, one for each synapse; not 'x'"),
        ("w", None, "w takes a number, or 2 of them, one for each synapse; not None"),
        ("theta", [1, 2], "takes a single number"),
        ("eta", 1.0, "belongs to the whole projection"),
        ("thet", 1.0, 'has no attribute "thet"'),
        ("size", 1.0, 'has no attribute "size"'),
        ("delay", -2.0, "must not be negative"),
        ("delay", [1.0], "delay takes a number, or 2 of them, one for each synapse; not a list of length 1"),
    ],
)
def test_what_a_dendrite_refuses(name: str, value: object, said: str) -> None:
    proj = sparse()
    before = {attribute: proj.get(attribute) for attribute in proj.attributes}
    with pytest.raises(ConfigurationError, match=said):
        proj.dendrite(0).set({"m": 8.0, name: value})
    assert {attribute: proj.get(attribute) for attribute in proj.attributes} == before


def test_delays_of_a_dendrite() -> None:
    proj = delayed()
    d = proj.dendrite(1)
    assert d.delay == [3.0, 4.0]
    d.delay = [5, 0.1]
    assert proj.delay == [[1.0, 2.0], [5.0, 1.0]]
    d.delay = 2.0
    assert proj.delay == [[1.0, 2.0], [2.0, 2.0]]
    with pytest.raises(ConfigurationError, match="must not be negative"):
        d.delay = -1.0
    assert d.delay == [2.0, 2.0]


def test_single_synapses() -> None:
    proj = sparse()
    d = proj.dendrite(1)
    s = d.synapse(2)
    assert isinstance(s, IndividualSynapse) and d[2].pre_rank == 2
    assert (s.dendrite, s.rank, s.pre_rank, s.post_rank) == (d, 2, 2, 1)
    assert (s.w, s.theta, s.eta, s.n, s.on, s.delay) == (0.5, 2.0, 0.5, 3, True, 1.0)
    s.w = 7
    s.theta = 8
    s.eta = 9
    assert (proj.w, proj.theta, proj.eta) == ([[1.0, 2.0], [-4.0, 7.0]], [2.0, 8.0], 9.0)
    s.set({"w": sl.Uniform(3, 3)})
    assert s.w == 3.0
    assert [x.w for x in d] == [x.w for x in d.synapses] == d.w
    assert repr(s) == "<Synapse 2 -> 1 of Projection 'ff'>"


def test_the_delay_of_a_synapse() -> None:
    proj = delayed()
    s = proj.synapse(1, 0)
    assert s.delay == 2.0
    s.delay = 6.0
    assert proj.delay == [[1.0, 6.0], [3.0, 4.0]]


def test_delays_of_parts_where_all_shared_one() -> None:
    proj = sparse()
    proj.synapse(0, 0).delay = 1.0
    assert proj.delay == 1.0 and proj.uniform_delay == 1
    proj.synapse(0, 0).set({"delay": 3.0, "w": 8.0})
    assert proj.delay == [[3.0, 1.0], [1.0, 1.0]] and proj.synapse(0, 0).w == 8.0
    proj.dendrite(1).delay = [2.0, 5.0]
    assert proj.delay == [[3.0, 1.0], [2.0, 5.0]]
    proj.delay = 4.0
    assert proj.delay == 4.0, "one number for all of them, before compile()"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("w", [1.0], "takes a single number, not a list"),
        ("theta", np.ones(2), "takes a single number, not a ndarray"),
        ("weight", 1.0, 'has no attribute "weight"'),
        ("delay", [2.0], "takes a single number, not a list"),
        ("delay", -2.0, "must not be negative"),
    ],
)
def test_what_a_synapse_refuses(name: str, value: object, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        setattr(sparse().synapse(0, 0), name, value)


def test_unknown_names_are_told() -> None:
    for handle in (sparse().dendrite(0), sparse().synapse(0, 0)):
        with pytest.raises(AttributeError, match='has no attribute "weight"'):
            _ = handle.weight
        assert not hasattr(handle, "__array__")


def test_no_such_synapse() -> None:
    d = sparse().dendrite(0)
    with pytest.raises(ConfigurationError, match="Dendrite 0 of .* has no synapse from pre neuron 2"):
        d.synapse(2)
    with pytest.raises(ConfigurationError, match="The rank 3 does not exist"):
        d.synapse(3)
    with pytest.raises(ConfigurationError, match="must be made of integers"):
        d.synapse(1.5)


def test_synapses_by_coordinates() -> None:
    proj = built(projection((2, 3), 1).connect_from_matrix([[1, 2, 3, 4, 5, 6]]))
    assert proj.dendrite(0).synapse((1, 2)).w == 6.0


def test_receptive_field() -> None:
    proj = built(projection((2, 2), 1, MODEL).connect_from_matrix([[1, None, 3, 4]]))
    d = proj.dendrite(0)
    assert d.receptive_field().tolist() == [[1, 0], [3, 4]]
    assert d.receptive_field("theta", fill=-1.0).tolist() == [[2, -1], [2, 2]]


def test_a_single_weight_is_read_but_not_written() -> None:
    proj = built(projection().connect_all_to_all(0.5))
    d = proj.dendrite(1)
    assert d.w == [0.5, 0.5, 0.5] and d.synapse(0).w == 0.5
    assert d.receptive_field().tolist() == [0.5, 0.5, 0.5]
    for handle in (d, d.synapse(0)):
        with pytest.raises(ConfigurationError, match="all synapses share one weight") as error:
            handle.w = 1.0
        assert "force_multiple_weights=True" in error.value.hint
    assert proj.w == 0.5


def test_synapses_are_not_made_or_removed() -> None:
    d = sparse().dendrite(0)
    for call in (
        lambda: d.create_synapse(2, 1.0),
        lambda: d.create_synapses([2]),
        lambda: d.prune_synapse(0),
        lambda: d.prune_synapses([0]),
    ):
        with pytest.raises(ConfigurationError) as error:
            call()
        assert error.value.hint == "Enable it with setup(structural_plasticity=True)."


@pytest.mark.parametrize(("name", "places"), [("w", [2, 3]), ("theta", [1]), ("eta", [0])])
def test_where_the_values_of_a_dendrite_lie(name: str, places: list[int]) -> None:
    proj = sparse()
    d = proj.dendrite(1)
    found = d._positions(name)
    assert isinstance(d, Dendrite) and found.dtype == np.int32 and found.tolist() == places
    assert d._is_local(name) == (name == "w")

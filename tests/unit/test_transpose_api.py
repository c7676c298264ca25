"""The transpose as an object: signature, inspection, refusals (spec 06, sections 5.1 to 5.4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.built import MODEL, RELAY, W, built, projection, sparse

import synloom as sl
from synloom import messages
from synloom.codegen.errors import ConfigurationError, ModelError, NotCompiledError
from synloom.codegen.ir.types import DelayKind
from synloom.extensions.convolution import Transpose


def pair(storage: str = "csr", **options: Any) -> tuple[Any, Transpose]:
    """W of spec 06, section 5.3, and its transpose."""
    ff = projection(**options)
    fb = Transpose(ff, "fb", name="fb")
    return built(ff.connect_from_matrix(W, storage_format=storage)), fb


# -- construction -----------------------------------------------------------------------------------------


def test_pre_and_post_are_exchanged() -> None:
    ff, fb = pair()
    assert fb.forward is ff and fb.fwd_proj is ff and fb.backward
    assert fb.pre is ff.post and fb.post is ff.pre and fb.network is ff.network
    assert fb.pre_population is ff.post_population
    assert (fb.name, fb.id, fb.target, fb.operation) == ("fb", 1, "fb", "sum")
    assert ff.network.projections == [ff, fb] and ff.pre.targets == ["fb"]
    assert (fb.attributes, fb.parameters, fb.variables) == (["w"], ["w"], [])
    assert fb.psp_text == "w * pre.r" and fb.transmission is True


def test_both_names_of_the_argument() -> None:
    ff = projection()
    assert Transpose(projection=ff, target="fb").forward is ff
    assert Transpose(ff, ["fb"]).name == "proj2"


def test_w_is_listed_as_in_the_forward_projection() -> None:
    ff = projection(synapse=sl.Synapse(equations="w += pre.r"))
    fb = Transpose(ff, "fb")
    assert (fb.parameters, fb.variables) == ([], ["w"])


def test_the_transpose_of_a_transpose_reads_forward() -> None:
    ff, fb = pair()
    again = Transpose(fb, "exc2")
    assert again.forward is ff and not again.backward
    assert again.pre is ff.pre and again.post is ff.post
    assert (again.post_ranks, again.pre_ranks, again.w) == (ff.post_ranks, ff.pre_ranks, ff.w)
    third = Transpose(again, "fb2")
    assert third.forward is ff and third.backward and third.w == fb.w


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "proj must be one Projection or Transpose, not NoneType"),
        (("ff", "fb"), "proj must be one Projection or Transpose, not str"),
        ((None, None), "not NoneType"),
    ],
)
def test_what_has_no_transpose(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        Transpose(*arguments)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "target must be a name such as 'exc', not None"),
        ({"target": ["a", "b"]}, "has one target"),
        ({"target": "fb", "operation": "median"}, "operation must be sum, max, min or mean, not 'median'"),
        ({"target": "fb", "psp": 3}, "psp must be a text, not 3"),
        ({"target": "fb", "name": 3}, "name must be a text, not 3"),
        ({"target": "fb", "name": "ff"}, "A projection named 'ff' exists already"),
    ],
)
def test_what_is_no_transpose(options: dict[str, Any], said: str) -> None:
    ff = projection()
    with pytest.raises(ConfigurationError, match=said):
        Transpose(ff, **options)
    assert ff.network.projections == [ff] and ff.pre.targets == []
    with pytest.raises(ConfigurationError, match="not two projections"):
        Transpose(ff, "fb", projection=ff)


def test_an_own_psp() -> None:
    ff = projection(synapse=MODEL)
    fb = Transpose(ff, "fb", "theta * w * (pre.r - post.base)", "max")
    assert fb.psp_text == "theta * w * (pre.r - post.base)" and fb.operation == "max"


@pytest.mark.parametrize(
    ("psp", "said"),
    [("w * pre.v", '"v"'), ("w * eps", "eps"), ("w *", ""), ("w = 1", ""), ("w * pre.r)", "")],
)
def test_mistakes_in_the_psp_are_shown_where_they_are(psp: str, said: str) -> None:
    with pytest.raises(ModelError) as error:
        Transpose(projection(), "fb", psp=psp, name="fb")
    text = str(error.value)
    assert "Transpose 'fb'" in text and f"    {psp}" in text and "^" in text and said in text


# -- inspection -------------------------------------------------------------------------------------------


def test_the_table_of_the_specification() -> None:
    ff, fb = pair()
    assert fb.post_ranks == [0, 1, 2] and fb.pre_ranks == [[0], [0, 1], [1]]
    assert fb.w == [[1.0], [2.0, -4.0], [0.5]]
    d = fb.dendrite(1)
    assert (d.pre_ranks, d.w, d.size) == ([0, 1], [2.0, -4.0], 2)
    assert fb.synapse(pre=1, post=2).w == 0.5
    assert fb.connectivity_matrix().tolist() == [[1, 0], [2, -4], [0, 0.5]]
    assert np.array_equal(fb.connectivity_matrix(7.0), ff.connectivity_matrix(7.0).T)
    assert (fb.nb_synapses, fb.nb_synapses_per_dendrite(), fb.size, len(fb)) == (4, [1, 2, 1], 3, 3)
    assert fb.delay == 1.0 and d.delay == 1.0
    assert [x.post_rank for x in fb] == [0, 1, 2] and [x.w for x in fb.dendrites] == fb.w
    assert fb.receptive_fields().tolist() == [[1, 0, 2, -4, 0, 0.5]]


@pytest.mark.parametrize("storage", ["dense", "csr"])
def test_values_are_never_kept(storage: str) -> None:
    ff = projection().connect_from_matrix([[1, 2, 3], [4, 5, 6]], storage_format=storage)
    fb = Transpose(ff, "fb")
    built(ff)
    d, s = fb.dendrite(2), fb.synapse(1, 0)
    ff.w = [[10, 20, 30], [40, 50, 60]]
    assert (fb.w, d.w, s.w) == ([[10, 40], [20, 50], [30, 60]], [30, 60], 40)
    ff.dendrite(1).w = 7
    assert (d.w, s.w, fb.get("w")[1]) == ([30, 7], 7, [20, 7])
    assert np.shares_memory(fb.array("w"), ff.array("w"))
    fb.array("w")[...] = 3.0
    assert ff.w == [[3, 3, 3], [3, 3, 3]], "the memory itself is writable"
    assert fb.array("w").shape == ff.array("w").shape


def test_a_single_weight() -> None:
    ff = projection().connect_all_to_all(0.5)
    fb = Transpose(ff, "fb")
    assert fb.delay is None
    built(ff)
    assert fb.w == 0.5 and fb.dendrite(0).w == [0.5, 0.5] and fb.synapse(1, 2).w == 0.5
    ff.w = 2.0
    assert fb.w == 2.0 and np.shares_memory(fb.array("w"), ff.array("w"))


def test_neurons_without_synapses_have_no_dendrite() -> None:
    ff = built(projection().connect_from_matrix([[1, None, 3], [None, None, 0.5]]))
    fb = Transpose(ff, "fb")
    assert (fb.post_ranks, fb.nb_synapses, fb.w) == ([0, 2], 3, [[1.0], [3.0, 0.5]])
    with pytest.raises(ConfigurationError, match="the post neuron 1 receives no synapse"):
        fb.dendrite(1)


def test_views_on_both_sides() -> None:
    network = sl.Network()
    a, b = sl.Population(4, RELAY, network=network), sl.Population(3, RELAY, network=network)
    ff = built(sl.Projection(a[[2, 1]], b[[2, 1]], "exc").connect_from_matrix([[4, 3], [2, 1]]))
    fb = Transpose(ff, "fb")
    assert (fb.post_ranks, fb.pre_ranks, fb.w) == ([1, 2], [[1, 2], [1, 2]], [[1.0, 3.0], [2.0, 4.0]])
    assert fb.connectivity_matrix().shape == (4, 3)


def test_weights_per_dendrite_are_read_per_synapse() -> None:
    ff = built(projection(synapse=sl.Synapse(parameters="w = 0.0 : postsynaptic")).connect_all_to_all(1.0))
    fb = Transpose(ff, "fb")
    ff.w = [5, 6]
    assert fb.w == [[5, 6]] * 3 and fb.dendrite(1).w == [5, 6] and fb.synapse(1, 0).w == 6
    assert fb.dendrite(1)._positions("w").tolist() == [0, 1]
    assert fb._rows_of_samples("w", np.array([[5.0, 6.0]])).tolist() == [[[5, 6]] * 3]
    assert fb.array("w").shape == (2,) and np.shares_memory(fb.array("w"), ff.array("w"))


@pytest.mark.parametrize("storage", ["dense", "csr"])
def test_where_the_weights_of_a_dendrite_lie(storage: str) -> None:
    ff = projection().connect_from_matrix([[1, 2, 3], [4, 5, 6]], storage_format=storage)
    fb = Transpose(built(ff), "fb")
    assert fb.dendrite(1)._positions("w").tolist() == [1, 4]
    assert fb._rows_of_samples("w", np.arange(6.0).reshape(1, 6)).tolist() == [[[0, 3], [1, 4], [2, 5]]]


def test_before_there_are_synapses(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "quiet", False)
    fb = Transpose(projection(), "fb", name="fb")
    assert (fb.size, fb.nb_synapses, fb.post_ranks, fb.pre_ranks) == (0, 0, None, None)
    assert capsys.readouterr().out.count("WARNING: Transpose 'fb': ") == 4
    for ask in (lambda: fb.w, lambda: fb.dendrite(0), fb.connectivity_matrix, fb.array):
        with pytest.raises(NotCompiledError):
            ask()


# -- delays -----------------------------------------------------------------------------------------------


def test_delays_are_its_own() -> None:
    ff = projection().connect_all_to_all(1.0, delays=3.0)
    fb = Transpose(ff, "fb")
    assert (fb.delay_kind, fb.delay_steps.tolist()) == (DelayKind.NONE, [1])
    assert fb.connect() is fb and fb.transpose(delays=4.4) is fb
    built(ff)
    assert (fb.delay_kind, fb.delay, fb.max_delay, fb.uniform_delay) == (DelayKind.UNIFORM, 4.0, 4, 4)
    assert ff.delay == 3.0 and not fb.delay_of_forward


def test_delays_of_the_forward_synapses() -> None:
    ff = built(projection().connect_from_matrix(W, delays=[[1, 2, 9], [9, 3, 4]]))
    fb = Transpose(ff, "fb").connect(delays="forward")
    assert fb.delay_of_forward and fb.delay_steps is ff.delay_steps
    assert fb.delay == [[1.0], [2.0, 3.0], [4.0]] and fb.dendrite(1).delay == [2.0, 3.0]
    assert fb.synapse(1, 2).delay == 4.0
    ff.delay = [[5, 6], [7, 8]]
    assert fb.delay == [[5.0], [6.0, 7.0], [8.0]]
    for write in (
        lambda: setattr(fb.dendrite(1), "delay", 1.0),
        lambda: setattr(fb.synapse(1, 2), "delay", 1.0),
    ):
        with pytest.raises(ConfigurationError, match="delays belong to projection 'ff'; change them there"):
            write()
    assert fb.connect(delays=2.0).delay == 2.0


@pytest.mark.parametrize(
    ("delays", "said"),
    [
        ("backward", "delays must be a number of ms or 'forward', not 'backward'"),
        ([[1.0]], "delays must be a number of ms or 'forward'"),
        (sl.Uniform(1, 2), "delays must be a number of ms or 'forward'"),
        (None, "delays must be a number of ms or 'forward', not None"),
        (-1.0, "delays must not be negative"),
        (float("inf"), "delays must be finite"),
    ],
)
def test_what_is_no_delay_of_a_transpose(delays: object, said: str) -> None:
    fb = Transpose(projection(), "fb")
    with pytest.raises(ConfigurationError, match=said):
        fb.connect(delays=delays)  # type: ignore[arg-type]
    assert fb.uniform_delay == 1


# -- what a transpose does not do -------------------------------------------------------------------------

OWNER = "weights belong to projection 'ff'; change them there"


def test_weights_are_changed_in_the_forward_projection() -> None:
    ff, fb = pair()
    d = fb.dendrite(1)
    for write in (
        lambda: setattr(fb, "w", 1.0),
        lambda: fb.set({"w": 1.0}),
        lambda: fb.set_matrix("w", np.ones((3, 2))),
        lambda: setattr(d, "w", [1.0, 2.0]),
        lambda: d.set({"w": 1.0}),
        lambda: setattr(d.synapse(0), "w", 1.0),
        lambda: d.prune_synapse(0),
        lambda: d.create_synapse(0),
    ):
        with pytest.raises(ConfigurationError, match=OWNER):
            write()
    assert ff.w == [[1.0, 2.0], [-4.0, 0.5]]


def test_other_attributes_belong_to_the_forward_projection() -> None:
    fb = Transpose(sparse(), "fb")
    for ask in (lambda: fb.get("theta"), lambda: fb.theta, lambda: fb.set({"theta": 1.0})):
        with pytest.raises(ConfigurationError, match='has no attribute "theta"'):
            ask()


def test_it_never_learns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    ff, fb = pair()
    capsys.readouterr()
    monkeypatch.setattr(messages, "quiet", False)
    fb.enable_learning(period=3.0)
    fb.disable_learning()
    assert capsys.readouterr().out == "WARNING: Transpose 'fb' never learns; projection 'ff' does.\n"
    assert ff.update and int(ff.flags["period"][0]) == 1


def test_it_loads_nothing() -> None:
    _, fb = pair()
    with pytest.raises(ConfigurationError, match="no weights of its own to load") as error:
        fb.load("fb.npz")
    assert error.value.hint == "load projection 'ff'"
    assert not hasattr(fb, "connect_from_file")


def test_the_flag_is_its_own() -> None:
    ff, fb = pair()
    fb.transmission = False
    assert ff.transmission is True and fb.transmission is False
    assert list(fb.flags) == ["transmission"] and fb.size_in_bytes() == 5


def test_saved_connectivity_is_that_of_an_ordinary_projection(tmp_path: Path) -> None:
    ff = built(projection().connect_from_matrix(W, delays=[[1, 2, 9], [9, 3, 4]]))
    fb = Transpose(ff, "fb").connect(delays="forward")
    fb.save_connectivity(tmp_path / "fb.npz")
    explicit = sl.Projection(ff.post, ff.pre, "fb").connect_from_file(tmp_path / "fb.npz")
    built(explicit)
    assert (explicit.post_ranks, explicit.pre_ranks) == (fb.post_ranks, fb.pre_ranks)
    assert (explicit.w, explicit.delay) == (fb.w, fb.delay)


# -- before compile() -------------------------------------------------------------------------------------


def test_the_forward_projection_must_be_connected() -> None:
    fb = Transpose(projection(), "fb", name="fb")
    with pytest.raises(ConfigurationError) as error:
        fb._check_ready()
    assert error.value.message == "Transpose 'fb': its forward projection 'ff' was never connected."
    with pytest.raises(ConfigurationError, match="'ff' was never connected"):
        fb.network.compile()


def test_the_forward_projection_must_be_there() -> None:
    ff, fb = pair()
    fb._check_ready()
    ff.network.projections.remove(ff)
    with pytest.raises(ConfigurationError, match="'ff' is not part of the network"):
        fb._check_ready()


def test_a_cleared_network() -> None:
    _, fb = pair()
    fb.network.clear()
    with pytest.raises(NotCompiledError, match="Transpose 'fb' belongs to a network that was cleared"):
        _ = fb.w

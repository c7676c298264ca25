"""Values of a projection's attributes: reading, writing, before and after there are synapses."""

from __future__ import annotations

import numpy as np
import pytest
from unit.built import MODEL, W, built, projection, sparse

import synloom as sl
from synloom import messages
from synloom.codegen.errors import ConfigurationError, NotCompiledError


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "quiet", False)


def test_reading_by_locality() -> None:
    proj = sparse()
    assert proj.w == [[1.0, 2.0], [-4.0, 0.5]]
    assert (proj.eta, proj.theta, proj.m) == (0.5, [2.0, 2.0], [4.0, 4.0])
    assert proj.n == [[3, 3], [3, 3]] and type(proj.n[0][0]) is int
    assert proj.on == [[True, True], [True, True]] and type(proj.on[0][0]) is bool
    assert proj.attributes == ["eta", "theta", "n", "on", "w", "m", "z"]
    assert proj.parameters == ["eta", "theta", "n", "on", "w"] and proj.variables == ["m", "z"]
    assert proj.functions == ["twice"] and "theta" in dir(proj) and "twice" in dir(proj)
    assert proj.get("theta") == [2.0, 2.0]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (7, [[7.0, 7.0], [7.0, 7.0]]),
        ([[1, 2], [3, 4]], [[1.0, 2.0], [3.0, 4.0]]),
        (np.array([[1, 2], [3, 4]]), [[1.0, 2.0], [3.0, 4.0]]),
        ([np.array([1, 2]), (3, 4)], [[1.0, 2.0], [3.0, 4.0]]),
        ([5.0, 6.0], [[5.0, 5.0], [6.0, 6.0]]),
        (np.array([5.0, 6.0]), [[5.0, 5.0], [6.0, 6.0]]),
        (sl.Uniform(2, 2), [[2.0, 2.0], [2.0, 2.0]]),
    ],
)
def test_what_a_local_attribute_takes(value: object, read: object) -> None:
    proj = sparse()
    proj.w = value
    assert proj.w == read


@pytest.mark.parametrize(
    "value",
    [
        [[1, 2, 3], [4]],
        [[1, 2]],
        [1.0, 2.0, 3.0],
        np.ones((2, 3)),
        np.ones((2, 2, 1)),
        [[1, 2], 3.0],
        [[1, [2]], [3, 4]],
        [["a", "b"], ["c", "d"]],
        [[1, None], [3, 4]],
        "all",
        None,
        {},
        1j,
    ],
)
def test_what_a_local_attribute_refuses(value: object) -> None:
    proj = sparse()
    with pytest.raises(ConfigurationError, match=r"Projection 'ff'\.w"):
        proj.w = value
    assert proj.w == [[1.0, 2.0], [-4.0, 0.5]], "nothing changed"


def test_a_wrong_shape_is_described() -> None:
    proj = built(projection().connect_from_matrix([[1, 2, 3], [None, -4, 0.5]]))
    with pytest.raises(ConfigurationError) as error:
        proj.w = [[1, 2], [3, 4]]
    assert error.value.message == (
        "Projection 'ff'.w: 2 rows of lengths [3, 2] were expected, not 2 rows of lengths [2, 2]."
    )
    assert "one number per dendrite" in error.value.hint


def test_semiglobal_and_global_attributes() -> None:
    proj = sparse()
    proj.theta = [1, 2]
    proj.eta = 3
    assert (proj.theta, proj.eta) == ([1.0, 2.0], 3.0)
    proj.theta = 5
    proj.eta = sl.Uniform(4, 4)
    assert (proj.theta, proj.eta) == ([5.0, 5.0], 4.0)
    proj.theta = sl.Uniform(6, 6)
    assert proj.theta == [6.0, 6.0]
    for name, value in [("theta", [1, 2, 3]), ("theta", [[1, 2], [3, 4]]), ("eta", [1, 2]), ("eta", "x")]:
        with pytest.raises(ConfigurationError, match=rf"Projection 'ff'\.{name}"):
            proj.set({name: value})
    assert (proj.theta, proj.eta) == ([6.0, 6.0], 4.0)


def test_conversion_to_the_declared_type() -> None:
    proj = sparse()
    proj.n = [[3.7, -3.7], [1, True]]
    proj.on = [[0.0, 0.5], [2, False]]
    assert proj.n == [[3, -3], [1, 1]] and proj.on == [[False, True], [True, False]]
    with pytest.raises(ConfigurationError, match="cannot hold NaN"):
        proj.n = float("nan")


def test_set_changes_all_or_nothing() -> None:
    proj = sparse()
    with pytest.raises(ConfigurationError):
        proj.set({"eta": 9.0, "w": [[1.0]]})
    assert proj.eta == 0.5
    proj.set({"eta": 9.0, "w": 1.0})
    assert proj.eta == 9.0 and proj.w == [[1.0, 1.0], [1.0, 1.0]]
    with pytest.raises(ConfigurationError, match="takes a dictionary"):
        proj.set([("eta", 1.0)])


def test_unknown_names() -> None:
    proj = sparse()
    for ask in (lambda: proj.get("thet"), lambda: proj.thet, lambda: proj.array("thet")):
        with pytest.raises(AttributeError, match='has no attribute "thet"'):
            ask()
    with pytest.raises(ConfigurationError, match="thet") as error:
        proj.set({"eta": 1.0, "thet": 1.0})
    assert "theta" in error.value.hint and proj.eta == 0.5
    proj.comment = "mine"
    assert proj.comment == "mine", "users attach their own data"


def test_a_single_weight_takes_a_number() -> None:
    proj = built(projection().connect_all_to_all(0.5))
    proj.w = 2
    assert proj.w == 2.0 and proj.connectivity_matrix().tolist() == [[2.0] * 3] * 2
    with pytest.raises(ConfigurationError, match="all synapses share one weight") as error:
        proj.w = [[1, 2, 3], [4, 5, 6]]
    assert "force_multiple_weights=True" in error.value.hint and proj.w == 2.0


def test_live_arrays() -> None:
    dense = built(projection().connect_from_matrix([[1, 2, 3], [4, 5, 6]]))
    live = dense.array("w")
    assert live.shape == (2, 3) and np.shares_memory(live, dense.state["w"])
    live[1, 2] = 9.0
    assert dense.w[1] == [4.0, 5.0, 9.0]
    proj = sparse()
    assert {name: proj.array(name).shape for name in ("w", "theta", "eta")} == {
        "w": (4,),
        "theta": (2,),
        "eta": (1,),
    }
    assert built(projection().connect_all_to_all(1.0)).array("w").shape == (1,)


def test_values_are_written_in_place() -> None:
    proj = sparse()
    before = {name: buffer.ctypes.data for name, buffer in proj.state.items()}
    proj.set({"w": 2.0, "theta": [1, 2], "eta": 1.0, "n": sl.DiscreteUniform(0, 3)})
    assert {name: buffer.ctypes.data for name, buffer in proj.state.items()} == before


def test_matrices_of_attributes() -> None:
    proj = sparse()
    proj.set_matrix("n", [[1, 2, 3], [4, 5, 6]])
    assert proj.n == [[1, 2], [5, 6]]
    assert proj.get_matrix("n", fill=-1).tolist() == [[1, 2, -1], [-1, 5, 6]]
    assert proj.get_matrix("theta").tolist() == [[2, 2, 0], [0, 2, 2]]
    for name, matrix, said in [
        ("n", np.ones((3, 2)), r"shape \(2, 3\), not \(3, 2\)"),
        ("theta", np.ones((2, 3)), "not one value per synapse"),
        ("x", np.ones((2, 3)), "has no attribute"),
    ]:
        with pytest.raises(ConfigurationError, match=said):
            proj.set_matrix(name, matrix)


def test_values_given_before_there_are_synapses() -> None:
    proj = projection(synapse=MODEL)
    proj.set({"eta": 9.0, "theta": [3.0, 4.0], "n": [[1, 2], [3, 4]], "on": False})
    proj.m = sl.Uniform(8, 8)
    assert (proj.eta, proj.theta, proj.n, proj.on) == (9.0, [3.0, 4.0], [[1, 2], [3, 4]], False)
    built(proj.connect_from_matrix(W))
    assert (proj.eta, proj.theta, proj.n, proj.m) == (9.0, [3.0, 4.0], [[1, 2], [3, 4]], [8.0, 8.0])
    assert proj.on == [[False, False], [False, False]]
    for name, value in [("eta", [1.0]), ("theta", "x"), ("n", None)]:
        with pytest.raises(ConfigurationError, match="can not be set to"):
            projection(synapse=MODEL).set({name: value})


def test_values_given_between_making_the_synapses_and_compile() -> None:
    proj = sparse()
    proj.eta = 9.0
    assert proj.init["eta"] == 9.0 and proj.init["w"] == 0.0
    proj.connect_all_to_all(0.25)
    assert built(proj).eta == 9.0 and proj.init["w"] == 0.25


def test_a_shape_that_does_not_fit_is_told_when_the_synapses_are_made() -> None:
    proj = projection(synapse=MODEL).connect_from_matrix(W)
    proj.n = [[1, 2, 3], [4, 5, 6]]
    with pytest.raises(ConfigurationError, match=r"'ff'\.n: 2 rows of lengths \[2, 2\] were expected"):
        built(proj)
    proj.n = 5
    assert built(proj).n == [[5, 5], [5, 5]]


def test_weights_given_too_early(capsys: pytest.CaptureFixture[str], loud: None) -> None:
    proj = projection()
    proj.w = 3.0
    assert "WARNING: Projection 'ff': the connector sets w" in capsys.readouterr().out
    assert built(proj.connect_all_to_all(0.5)).w == 0.5


def test_declared_initial_values() -> None:
    synapse = sl.Synapse(
        parameters="theta = Uniform(1, 2) : postsynaptic\n a = Uniform(0, 1)\n k = 3.0 : projection",
        equations="x += 1.0 : init=a\n y += 1.0 : init=k\n m += 1.0 : init=theta",
    )
    proj = projection(20, 10, synapse).connect_fixed_probability(0.5, 1.0)
    assert proj.y == 3.0 and proj.init["y"] == 3.0 and proj.init["a"] is None
    for name in ("a", "x"):
        with pytest.raises(NotCompiledError, match="is drawn by compile"):
            proj.get(name)
    built(proj)
    assert proj.x == proj.a and len(np.unique(proj.state["a"])) == proj.nb_synapses
    assert (proj.state["y"] == 3.0).all()
    assert proj.m == [[theta] * n for theta, n in zip(proj.theta, proj.nb_synapses_per_dendrite, strict=True)]


def test_weights_that_are_not_one_per_synapse() -> None:
    per_dendrite = sl.Synapse(parameters="w = 0.0 : postsynaptic")
    proj = built(projection(synapse=per_dendrite).connect_all_to_all(0.5))
    assert not proj.single_weight and proj.w == [0.5, 0.5]
    proj.w = [1, 2]
    assert proj.connectivity_matrix().tolist() == [[1, 1, 1], [2, 2, 2]]
    with pytest.raises(ConfigurationError, match="the model declares one w per dendrite"):
        built(projection(synapse=per_dendrite).connect_from_matrix(W))
    shared = built(
        projection(synapse=sl.Synapse(parameters="w = 0.0 : projection")).all_to_all(sl.Uniform(3, 3))
    )
    assert shared.w == 3.0 and shared.dendrite(0).w == 3.0


def test_single_precision() -> None:
    from synloom.config import options

    kept = options.precision
    try:
        sl.setup(precision="float")
        proj = sparse()
        assert proj.state["w"].dtype == np.float32 and proj.array("theta").dtype == np.float32
        proj.w = 0.1
        assert proj.w[0][0] == float(np.float32(0.1)) and type(proj.w[0][0]) is float
    finally:
        sl.setup(precision=kept)

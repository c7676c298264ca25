"""Projections: construction, attributes, inspection, delays, flags. Nothing here runs a network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from unit.built import MODEL, RELAY, W, built, projection, sparse

import synloom as sl
from synloom import messages
from synloom.codegen.errors import ConfigurationError, ModelError, NotCompiledError


@pytest.fixture
def loud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "quiet", False)


# -- construction -----------------------------------------------------------------------------------------


def test_defaults() -> None:
    network = sl.Network()
    a, b = (
        sl.Population(3, RELAY, name="a", network=network),
        sl.Population(2, RELAY, name="b", network=network),
    )
    proj = sl.Projection("a", "b", ["exc"], network=network)
    assert (proj.pre, proj.post, proj.target, proj.name, proj.id) == (a, b, "exc", "proj0", 0)
    assert b.targets == ["exc"] and a.targets == []
    assert network.projections == [proj] and proj.network is network
    assert (proj.parameters, proj.variables, proj.attributes, proj.functions) == (["w"], [], ["w"], [])
    assert proj.connector_name is None and proj.connector_description is None
    assert not proj.initialized and proj.init == {
        "w": 0.0,
        "transmission": True,
        "update": True,
        "plasticity": True,
        "axon_transmission": True,
    }


def test_a_single_neuron_is_a_view_of_one() -> None:
    network = sl.Network()
    a, b = (sl.Population((2, 3), RELAY, network=network) for _ in range(2))
    proj = built(sl.Projection(a.neuron(1, 2), b[4], "exc").connect_all_to_all(0.5))
    assert (proj.pre_ranks, proj.post_ranks) == ([[5]], [4])
    assert proj.pre_population is a and proj.post_population is b


def test_a_class_of_synapses_is_instantiated() -> None:
    class Learning(sl.Synapse):
        def __init__(self) -> None:
            super().__init__(equations="w += pre.r")

    proj = projection(synapse=Learning)
    assert proj.variables == ["w"] and proj.parameters == []
    assert isinstance(proj.synapse_type, Learning)


def test_the_model_of_a_projection_is_its_own() -> None:
    synapse = sl.Synapse()
    proj = projection(synapse=synapse)
    assert proj.synapse_type is not synapse


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "b", "exc"), "there is no population named 'nobody'"),
        ((7, "b", "exc"), "pre must be a population, a view or a name, not 7"),
        (("a", None, "exc"), "post must be a population, a view or a name, not None"),
        (("a", "b", ["exc", "a b"]), "target must be a name such as 'exc', not 'a b'"),
        (("a", "b", ""), "target must be a name such as 'exc', not ''"),
        (("a", "b", []), r"target must be a name such as 'exc', not \[\]"),
        (("a", "b", "a b"), "target must be a name"),
        (("a", "b", "exc", "w = 1"), "synapse must be a Synapse"),
        (("a", "b", "exc", None, 3), "name must be a text"),
        (("a", "b", "exc", None, "taken"), "A projection named 'taken' exists already"),
    ],
)
def test_what_can_not_be_a_projection(arguments: tuple[Any, ...], said: str) -> None:
    network = sl.Network()
    for name in ("a", "b"):
        sl.Population(2, RELAY, name=name, network=network)
    sl.Projection("a", "b", "exc", name="taken", network=network)
    with pytest.raises(ConfigurationError, match=said):
        sl.Projection(*arguments, network=network)
    assert len(network.projections) == 1 and network.populations[1].targets == ["exc"]


def test_unknown_names_list_the_known() -> None:
    with pytest.raises(ConfigurationError) as error:
        sl.Projection("x", "y", "exc", network=projection().network)
    assert error.value.hint == "populations: a, b"


def test_populations_of_two_networks() -> None:
    one, two = (sl.Population(2, RELAY, name=f"p{k}", network=sl.Network()) for k in range(2))
    with pytest.raises(ConfigurationError, match="Population 'p1' belongs to another network"):
        sl.Projection(one, two[:1], "exc")
    with pytest.raises(ConfigurationError, match="Population 'p0' belongs to another network"):
        sl.Projection(one, one, "exc", network=two.network)
    assert sl.Projection(one, one, "exc", net_id=one.network.id).network is one.network


def test_names_of_python_attributes_are_reserved() -> None:
    with pytest.raises(ModelError, match='"delay" is reserved') as error:
        projection(synapse=sl.Synapse(parameters="delay = 1.0"))
    assert "delay = 1.0" in str(error.value)


def test_mistakes_in_the_text_name_the_projection() -> None:
    with pytest.raises(ModelError) as error:
        projection(synapse=sl.Synapse(equations="w += eta * pre.r"))
    assert "projection 'ff'" in str(error.value) and "^^^" in str(error.value)


def test_compile_demands_a_connector() -> None:
    with pytest.raises(ConfigurationError, match="Projection 'ff' was never connected") as error:
        projection().network.compile()
    assert "connect_all_to_all" in error.value.hint


# -- inspection -------------------------------------------------------------------------------------------


def test_inspection_of_a_sparse_projection() -> None:
    proj = sparse()
    assert (proj.size, len(proj), proj.nb_synapses) == (2, 2, 4)
    assert (proj.post_ranks, proj.pre_ranks) == ([0, 1], [[0, 1], [1, 2]])
    assert proj.nb_synapses_per_dendrite == proj.nb_synapses_per_dendrite() == [2, 2]
    assert proj.connectivity_matrix().tolist() == [[1, 2, 0], [0, -4, 0.5]]
    assert proj.connectivity_matrix(fill=9.0).tolist() == [[1, 2, 9], [9, -4, 0.5]]
    assert [d.post_rank for d in proj] == [d.post_rank for d in proj.dendrites] == [0, 1]
    assert proj.dendrite(1).pre_ranks == proj[1].pre_ranks == [1, 2]
    assert proj.synapse(pre=2, post=1).w == 0.5
    with pytest.raises(ConfigurationError, match="for spiking projections"):
        proj.nb_efferent_synapses()


def test_matrices_have_the_size_of_whole_populations() -> None:
    network = sl.Network()
    a, b = sl.Population(4, RELAY, network=network), sl.Population(3, RELAY, network=network)
    proj = built(sl.Projection(a[1:3], b[1:], "exc").connect_from_matrix([[1, 2], [3, 4]]))
    assert proj.connectivity_matrix().tolist() == [[0, 0, 0, 0], [0, 1, 2, 0], [0, 3, 4, 0]]


def test_before_there_are_synapses(capsys: pytest.CaptureFixture[str], loud: None) -> None:
    proj = projection(synapse=MODEL).connect_all_to_all(0.25)
    assert (proj.size, len(proj), proj.nb_synapses, proj.size_in_bytes()) == (0, 0, 0, 0)
    assert (proj.post_ranks, proj.pre_ranks, proj.nb_synapses_per_dendrite()) == (None, None, [])
    assert capsys.readouterr().out.count("WARNING: Projection 'ff': ") == 7
    assert bool(proj), "a projection without synapses is still a projection"
    assert (proj.w, proj.eta, proj.theta, proj.n, proj.on, proj.m) == (0.25, 0.5, 2.0, 3, True, 4.0)
    assert proj.delay is None and proj.init["m"] == 4.0
    for ask in (
        lambda: proj.dendrite(0),
        lambda: list(proj),
        lambda: proj.connectivity_matrix(),
        lambda: proj.array("w"),
        lambda: proj.reset(),
        lambda: proj.twice([1.0]),
        lambda: proj.update_launch_config(),
    ):
        with pytest.raises(NotCompiledError):
            ask()


def test_no_dendrite() -> None:
    proj = built(projection().connect_from_matrix([[1, 2, 3], [None] * 3]))
    with pytest.raises(ConfigurationError, match="Projection 'ff': the post neuron 1 receives no synapse"):
        proj.dendrite(1)
    with pytest.raises(ConfigurationError, match=r"ranks are from 0 to 1"):
        proj.dendrite(2)
    with pytest.raises(ConfigurationError, match="must be made of integers"):
        proj.dendrite("first")


def test_a_dendrite_by_coordinates() -> None:
    proj = built(projection(2, (2, 3)).connect_all_to_all(1.0))
    assert proj.dendrite(1, 2).post_rank == proj.dendrite((1, 2)).post_rank == proj[1, 2].post_rank == 5


def test_receptive_fields_of_the_specification() -> None:
    proj = built(projection((2, 3), (2, 2)).connect_from_matrix(np.arange(24).reshape(4, 6)))
    expected = [[0, 1, 2, 6, 7, 8], [3, 4, 5, 9, 10, 11], [12, 13, 14, 18, 19, 20], [15, 16, 17, 21, 22, 23]]
    assert proj.receptive_fields().tolist() == expected
    assert proj.receptive_fields(in_post_geometry=False).tolist() == expected
    legacy = proj.receptive_fields(legacy=True)
    assert legacy.shape == (5, 6) and legacy.tolist() == [[0] * 6, *expected]


def test_receptive_fields_in_a_square() -> None:
    weights = [[1, 2], [None, None], [None, 6]]
    proj = built(projection(2, 3).connect_from_matrix(weights))
    assert proj.receptive_fields().tolist() == [[1, 2, 0, 0, 0, 6]], "1-D populations are rows"
    assert proj.receptive_fields(in_post_geometry=False).tolist() == [[1, 2], [0, 0], [0, 6]]
    five = built(projection(1, 5).connect_from_matrix(np.arange(1, 6).reshape(5, 1)))
    assert five.receptive_fields(in_post_geometry=False).tolist() == [[1, 2], [3, 4], [5, 0]]


def test_receptive_fields_of_other_variables_and_shapes() -> None:
    proj = sparse()
    assert proj.receptive_fields("theta").tolist() == [[2, 2, 0, 0, 2, 2]]
    assert proj.receptive_fields("eta").tolist() == [[0.5, 0.5, 0, 0, 0.5, 0.5]]
    deep = built(projection((2, 2, 2), 2).connect_all_to_all(1.0))
    with pytest.raises(ConfigurationError, match="one or two dimensions"):
        deep.receptive_fields()


# -- delays -----------------------------------------------------------------------------------------------


def test_delays_of_each_synapse() -> None:
    proj = built(projection().connect_from_matrix(W, delays=[[1, 2, 9], [9, 3, 4]]))
    assert proj.delay == [[1.0, 2.0], [3.0, 4.0]] and (proj.max_delay, proj.uniform_delay) == (4, -1)
    steps = proj.delay_steps.ctypes.data
    proj.delay = [[4, 0.2], [2.5, 1]]
    assert proj.delay == [[4.0, 1.0], [3.0, 1.0]]
    proj.delay = [2.0, 7.0]
    assert proj.delay == [[2.0, 2.0], [7.0, 7.0]] and proj.max_delay == 7
    assert proj.delay_steps.ctypes.data == steps
    for wrong in ([[1, 2, 3], [4, 5]], [[1, -1], [1, 1]], [["a", 1], [1, 1]], np.ones((3, 3))):
        with pytest.raises(ConfigurationError):
            proj.delay = wrong
    assert proj.delay == [[2.0, 2.0], [7.0, 7.0]]


def test_delays_set_before_compile() -> None:
    proj = projection()
    with pytest.raises(ConfigurationError, match="connect it before its delays are set"):
        proj.delay = 2.0
    proj.connect_all_to_all(1.0, delays=3.0)
    assert proj.delay is None and proj.max_delay == 3
    proj.delay = 5.0
    assert proj.uniform_delay == 5
    assert built(proj).delay == 5.0
    proj.delay = sl.DiscreteUniform(2, 2)
    assert proj.delay == [[2.0] * 3] * 2
    with pytest.raises(ConfigurationError, match="must not be negative"):
        proj.delay = -2.0


def test_delays_of_single_synapses_set_before_compile() -> None:
    proj = projection().connect_all_to_all(1.0)
    table = [[1, 2, 3], [4, 0.1, 6]]
    proj.delay = table
    table[0][0] = 9
    assert proj.delay is None
    assert built(proj).delay == [[1.0, 2.0, 3.0], [4.0, 1.0, 6.0]]
    proj.delay = [2.0, 3.0]
    assert proj.delay == [[2.0] * 3, [3.0] * 3], "one for each dendrite"
    proj._build(again=True)
    assert proj.delay == [[2.0] * 3, [3.0] * 3]
    proj.delay = 4.0
    assert built(proj).delay == 4.0
    proj.delay = [[5.0] * 3] * 2
    assert built(proj.connect_all_to_all(1.0)).delay == 1.0, "another connector, other delays"
    proj = projection().connect_all_to_all(1.0)
    proj.delay = [[1, 2, 3]]
    with pytest.raises(ConfigurationError, match=r"'ff'\.delay: 2 rows of lengths \[3, 3\] were expected"):
        built(proj)


# -- flags and structural plasticity ----------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["transmission", "update", "plasticity", "axon_transmission"])
def test_flags(flag: str) -> None:
    proj = projection()
    assert getattr(proj, flag) is True
    setattr(proj, flag, False)
    assert getattr(proj, flag) is False and proj.flags[flag].tolist() == [False]
    assert proj.init[flag] is False
    with pytest.raises(ConfigurationError, match=f"Projection 'ff'.{flag} is True or False, not 1"):
        setattr(proj, flag, 1)


def learning(proj: Any) -> tuple[int, int]:
    return int(proj.flags["period"][0]), int(proj.flags["offset"][0])


@pytest.mark.parametrize(
    ("dt", "step", "arguments", "expected"),
    [
        (1.0, 0, {}, (1, 0)),
        (1.0, 0, {"period": 3.0}, (3, 0)),
        (1.0, 0, {"period": 3.0, "offset": 1.0}, (3, 1)),
        # dt = 0.5, called at t = 6 with period 5: updates at 8.5, 13.5 / 6, 11 / 10.5, 15.5 (spec 02, W38)
        (0.5, 12, {"period": 5.0, "offset": 2.5}, (10, 17 % 10)),
        (0.5, 12, {"period": 5.0}, (10, 12 % 10)),
        (0.5, 12, {"period": 5.0, "offset": -0.5}, (10, 21 % 10)),
        (1.0, 5, {"period": 0.2}, (1, 0)),
    ],
)
def test_learning_periods(
    dt: float, step: int, arguments: dict[str, float], expected: tuple[int, int]
) -> None:
    network = sl.Network(dt=dt)
    pop = sl.Population(1, RELAY, network=network)
    proj = sl.Projection(pop, pop, "exc")
    proj.disable_learning()
    assert (proj.update, proj.plasticity, proj.transmission) == (False, True, True)
    network.current_step = step
    proj.enable_learning(**arguments)
    assert learning(proj) == expected and proj.update and proj.plasticity


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"offset": 1.0}, "an offset of learning needs a period"),
        ({"period": 3.0, "offset": 3.0}, "the period must be positive, the offset less"),
        ({"period": 0.0}, "the period must be positive"),
        ({"period": -2.0}, "the period must be positive"),
        ({"period": "3"}, "the period of learning must be a number of ms, not '3'"),
        ({"period": float("inf")}, "the period of learning must be a number of ms"),
        ({"period": 3.0, "offset": [1]}, "the offset of learning must be a number of ms"),
    ],
)
def test_periods_that_have_no_meaning(arguments: dict[str, Any], said: str) -> None:
    proj = projection()
    with pytest.raises(ConfigurationError, match=said):
        proj.enable_learning(**arguments)
    assert learning(proj) == (1, 0)


def test_periods_that_are_no_multiple_of_dt(capsys: pytest.CaptureFixture[str], loud: None) -> None:
    proj = projection()
    proj.enable_learning(period=2.4)
    assert (
        "WARNING: Projection 'ff': period 2.4 ms is no multiple of dt, 2.0 ms is used."
        in capsys.readouterr().out
    )
    assert learning(proj) == (2, 0)


def test_structural_plasticity_is_refused() -> None:
    proj = sparse()
    for call in (proj.start_creating, proj.stop_creating, proj.start_pruning, proj.stop_pruning):
        with pytest.raises(ConfigurationError) as error:
            call()
        assert error.value.hint == "Enable it with setup(structural_plasticity=True)."
    sl.setup(structural_plasticity=True)
    try:
        with pytest.raises(
            NotCompiledError, match=r"'ff': synapses are made and removed after compile\(\) only"
        ):
            proj.start_pruning()
    finally:
        sl.setup(structural_plasticity=False)


def test_structural_plasticity_keeps_one_weight_per_synapse() -> None:
    sl.setup(structural_plasticity=True)
    try:
        assert built(projection().connect_all_to_all(0.5)).w == [[0.5] * 3] * 2
    finally:
        sl.setup(structural_plasticity=False)


def test_precision_and_dt_set_after_the_synapses_were_made() -> None:
    proj = built(projection().connect_all_to_all(1.0, delays=2.0, force_multiple_weights=True))
    try:
        sl.setup(precision="float", dt=0.5)
        assert built(proj).state["w"].dtype == np.float32 and proj.uniform_delay == 4
    finally:
        sl.setup(precision="double", dt=1.0)


def test_making_synapses_twice_is_making_them_once() -> None:
    proj = built(projection(20, 20).connect_fixed_probability(0.5, sl.Uniform(0, 1)))
    store, w = proj.store, proj.w
    built(proj)
    assert proj.store is store and proj.w == w


def test_a_cleared_network() -> None:
    proj = sparse()
    proj.network.clear()
    for ask in (lambda: proj.w, lambda: proj.dendrite(0), lambda: setattr(proj, "w", 1.0)):
        with pytest.raises(NotCompiledError, match="belongs to a network that was cleared"):
            ask()


def test_samples_of_monitors_as_dendrites() -> None:
    ragged = built(projection(synapse=MODEL).connect_from_matrix([[1, 2, 3], [None, -4, 0.5]]))
    found = ragged._rows_of_samples("w", np.arange(10.0).reshape(2, 5))
    assert found.shape == (2, 2) and found[1].tolist() == [[5.0, 6.0, 7.0], [8.0, 9.0]]
    even = sparse()
    assert even._rows_of_samples("w", np.arange(8.0).reshape(2, 4)).tolist() == [
        [[0, 1], [2, 3]],
        [[4, 5], [6, 7]],
    ]
    assert even._rows_of_samples("theta", np.arange(4.0).reshape(2, 2)).tolist() == [[0, 1], [2, 3]]
    assert even._rows_of_samples("eta", np.arange(2.0).reshape(2, 1)).tolist() == [0, 1]
    assert even._rows_of_samples("w", np.empty((0, 4))).shape == (0, 2, 2)

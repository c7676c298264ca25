"""What kernels need to draw with, how draws are spelled, and the seed as data."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.emit import draws as spelled
from synloom.codegen.emit.printer import Printer
from synloom.codegen.errors import CodegenError, ConfigurationError
from synloom.codegen.ir.expr import Draw
from synloom.codegen.ir.model import Assignment
from synloom.codegen.ir.text import print_ir
from synloom.codegen.ir.types import Precision
from synloom.codegen.passes.draws import OBJECT, STATE, draw_fields, draws_in
from synloom.codegen.passes.plan_neurons import plan_neuron
from synloom.draw_state import DrawState, child_seed
from synloom.extensions.convolution import Transpose
from tests.unit.lang_texts import neuron


@pytest.fixture(autouse=True)
def clean(fresh: None) -> Iterator[None]:
    """Nothing of one network reaches the next."""
    yield


def drawing(text: str) -> tuple[Draw, ...]:
    model = neuron(text)
    return draws_in(e.value for e in model.equations if isinstance(e, Assignment))


# -- kernels -------------------------------------------------------------------------------------------------


def test_only_kernels_that_draw_have_fields_for_it() -> None:
    assert draw_fields([]) == ()
    assert [f.name for f in plan_neuron(neuron("r = 1.0")).fields] == ["size", "r"]
    noisy = plan_neuron(neuron("r = Uniform(0, 1)"))
    assert [f.name for f in noisy.fields] == ["size", STATE, OBJECT, "r"]


def test_a_draw_counts_once_however_often_it_is_mentioned() -> None:
    assert [d.site for d in drawing("r = if 0 < Uniform(0, 1) < 1: Normal(0, 1) else: 0.0")] == [0, 1]


def test_arguments_that_population_equations_change_are_kept() -> None:
    kernel = plan_neuron(
        neuron(
            "g += 1 : population ; r = Normal(g, s) ; q = Normal(g, g)",
            "s = 1.0 : population",
            constants=("g_before",),
        )
    )
    assert [print_ir(s) for s in kernel.global_block] == ["let g_before = g", "g = g + 1.0"]
    assert [print_ir(s) for s in kernel.local_block] == [
        "r = Normal(g_before, s)",
        "q = Normal(g_before, g_before)",
    ]


def test_names_of_kept_arguments_are_free() -> None:
    kernel = plan_neuron(neuron("g += 1 : population ; g_before = Normal(g, 1) ; r = g_before"))
    assert print_ir(kernel.global_block[0]) == "let g_before_2 = g"
    assert print_ir(kernel.local_block[0]) == "g_before = Normal(g_before_2, 1.0)"


def test_what_nobody_changes_is_read_where_it_is_drawn() -> None:
    kernel = plan_neuron(neuron("k += g : population ; r = Normal(g, 1)", "g = 1.0 : population"))
    assert [print_ir(s) for s in (*kernel.global_block, *kernel.local_block)] == [
        "k = k + g",
        "r = Normal(g, 1.0)",
    ]


# -- text ----------------------------------------------------------------------------------------------------


def test_how_a_draw_is_spelled() -> None:
    (draw,) = drawing("r = Normal(0, 0.25)")
    printer = Printer(Precision.FLOAT)
    one = spelled.one_by_one(printer, spelled.synapse("post[j]", "pre[i]"), "mine")
    assert one.expr(draw) == "mine(0, synapse_element(post[j], pre[i]), Normal<float>{0.0f, 0.25f})"
    assert spelled.drawn_ahead(printer, (draw,)).expr(draw) == "drawn(0)"
    assert spelled.ahead(printer, (draw,)) == [
        "const auto draw = [=](const Block<float>& block) {",
        "    draws.fill(0, block, 0, Normal<float>{0.0f, 0.25f});",
        "};",
    ]
    with pytest.raises(CodegenError, match="Draw reached the printer"):
        printer.expr(draw)


# -- networks ------------------------------------------------------------------------------------------------


def noisy_network(seed: int | None = 1, size: int = 3) -> sl.Network:
    net = sl.Network(seed=seed)
    noise = sl.Neuron(equations="r = Normal(0, 1)")
    a, b = net.create(size, noise, name="a"), net.create(size, noise, name="b")
    proj = sl.Projection(a, b, "exc", sl.Synapse(psp="w * Uniform(0, 1)"), name="ff", network=net)
    proj.connect_all_to_all(1.0)
    net.connect(Transpose(proj, "exc", psp="Uniform(0, 1)", name="fb"))
    return net


def test_objects_of_a_model_share_a_kernel_and_differ_in_data() -> None:
    plan = noisy_network().plan
    assert [type(k).__name__ for k in plan.kernels] == ["NeuronKernel", "SweepKernel"]
    streams = {s.field for s in plan.manifest.slots if s.object == "streams"}
    assert streams == {"a", "b", "ff", "fb"}
    bound = {a.field: a.buffers for launch in plan.sweeps for a in launch.arguments}
    assert bound["forward_draws"] == (("streams", "ff"),)
    assert bound["back_draws"] == (("streams", "fb"),)
    assert bound[STATE] == (("random", "state"),)


def test_seeds_and_sizes_are_not_in_the_text() -> None:
    assert noisy_network(1, 3).sources() == noisy_network(2, 4).sources()


def test_networks_that_do_not_draw_have_no_generator() -> None:
    net = sl.Network(seed=1)
    net.create(3, sl.Neuron(equations="r = 1.0"))
    assert "random" not in net.sources()["network.cpp"]
    assert not any(s.object in ("random", "streams") for s in net.plan.manifest.slots)


# -- the seed ------------------------------------------------------------------------------------------------


def test_a_state_is_a_seed_and_a_count() -> None:
    state = DrawState()
    state.words[1] = 17
    state.restart(2**64 - 1)
    assert state.words.tolist() == [-1, 0]
    state.restart(2**64 + 5)
    assert state.words.tolist() == [5, 0]


def test_where_a_network_has_its_seed_from() -> None:
    assert sl.Network(seed=4).seed == 4
    unseeded = sl.Network()
    assert unseeded.seed is None
    assert unseeded.rng is unseeded.rng
    drawn = unseeded.seed
    assert isinstance(drawn, int) and 0 <= drawn < 2**32
    children = unseeded.spawn_rng().random(3)
    again = sl.Network(seed=drawn)
    np.testing.assert_array_equal(children, again.spawn_rng().random(3))
    sl.setup(seed=9)
    assert sl.magic_network().seed == 9
    one, other = sl.Network(), sl.Network()
    # The fourth and fifth network that was made; numbers of networks are used again, this count is not.
    assert (one.seed, other.seed) == (child_seed(9, 4), child_seed(9, 5))
    one.set_seed(12)
    assert one.seed == 12


def test_set_seed_seeds_numpy_too() -> None:
    sl.set_seed(5)
    assert np.random.random() == np.random.RandomState(5).random()
    assert sl.magic_network().seed == 5


@pytest.mark.parametrize("seed", [-1, 1.5, "a", True, None])
def test_seeds_are_whole_numbers(seed: object) -> None:
    with pytest.raises(ConfigurationError, match=r"The seed must be a non-negative integer, not "):
        sl.set_seed(seed)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="seed"):
        sl.Network().set_seed(seed)  # type: ignore[arg-type]

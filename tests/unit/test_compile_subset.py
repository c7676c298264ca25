"""``compile(populations=..., projections=...)``: a part of a network (spec 03, section 1.3)."""

from __future__ import annotations

import pytest

import synloom as sl

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

UNIT = sl.Neuron(parameters="gain = 1.0", equations="r = gain * (t + 1.0) + sum(exc)")


def three() -> tuple[list[sl.Population], list[sl.Projection]]:
    pops = [sl.Population(2, UNIT, name=name) for name in "abc"]
    links = []
    for pre, post in ((pops[0], pops[1]), (pops[1], pops[2])):
        link = sl.Projection(pre, post, "exc", name=f"{pre.name}{post.name}")
        links.append(link.connect_one_to_one(weights=1.0))
    return pops, links


def test_what_is_left_out_stays_uncompiled() -> None:
    (a, b, c), (ab, bc) = three()
    sl.compile(populations=[a, b], projections=[ab], silent=True)
    sl.simulate(2.0)
    assert b.r.tolist() == [3.0, 3.0]  # 2 of its own, 1 of the first step of a
    assert (b.network.compiled, c.network.compiled, bc.network.compiled) == (True, False, False)
    c.gain = 3.0
    assert c.gain.tolist() == [3.0, 3.0]
    with pytest.raises(sl.NotCompiledError):
        bc.connectivity_matrix()
    assert bc.w == 1.0 or bc.w is None  # what its connector was given
    assert sl.populations() == [a, b, c]
    assert sl.get_population("c") is c and sl.get_projection("bc") is bc
    assert sl.projections(post=c) == [bc]
    assert sl.magic_network().get([a, c, bc]) == [a, c, bc]
    assert b.targets == ["exc"] and c.targets == []
    sl.clear()
    with pytest.raises(sl.NotCompiledError):
        bc.connectivity_matrix()


def test_names_count_as_objects_and_copies_for_their_originals() -> None:
    (a, *_), _ = three()
    net = sl.Network(everything=True)
    net.compile(populations=[a, "b"], projections=["ab"], silent=True)
    net.step()
    assert net.get(a).r.tolist() == [1.0, 1.0]
    assert [p.name for p in net.get_populations()] == ["a", "b", "c"]


def test_all_that_needs_what_is_left_out_is_named() -> None:
    (a, b, _c), (ab, _) = three()
    sl.Transpose(ab, target="exc", name="back").connect()
    sl.Monitor(ab, "w", period=10.0, name="weights")
    with pytest.raises(sl.ConfigurationError) as caught:
        sl.compile(populations=[a, b], projections=["bc", "back"])
    assert str(caught.value).startswith(
        "compile() leaves out what the rest needs: projection 'bc' needs population 'c'; "
        "transpose 'back' needs projection 'ab'; monitor 'weights' needs 'ab'.\n"
    )
    with pytest.raises(sl.ConfigurationError, match="projection 'ab' needs population 'b'"):
        sl.compile(populations=[a])
    with pytest.raises(sl.ConfigurationError, match="'d' is none of the populations"):
        sl.compile(populations=["d"])
    with pytest.raises(sl.ConfigurationError, match="takes a list, not <"):
        sl.compile(projections=ab)
    sl.compile(silent=True)
    assert len(sl.magic_network().populations) == 3


def test_a_failed_compile_puts_all_back() -> None:
    (a, b, c), (ab, bc) = three()
    with pytest.raises(sl.CompilationError):
        sl.compile(populations=[a, b], projections=[ab], compiler="no-such-compiler")
    network = sl.magic_network()
    assert (network.populations, network.projections) == ([a, b, c], [ab, bc])
    assert {o.network for o in (a, b, c, ab, bc)} == {network}
    assert (b.targets, c.targets) == (["exc"], ["exc"])
    sl.compile(silent=True)
    sl.step()
    assert c.r.tolist() == [1.0, 1.0]


def test_empty_lists_leave_out_everything_of_their_kind() -> None:
    (a, b, c), _ = three()
    sl.compile(projections=[], silent=True)
    sl.simulate(3.0)
    assert [p.r.tolist() for p in (a, b, c)] == [[3.0, 3.0]] * 3


def test_a_part_that_runs_is_saved_and_copied_as_a_part(tmp_path: object) -> None:
    (a, b, _), (ab, _) = three()
    sl.compile(populations=[a, b], projections=[ab], silent=True)
    sl.step()
    sl.save(f"{tmp_path}/part.npz")
    sl.step()
    sl.load(f"{tmp_path}/part.npz")
    assert sl.get_current_step() == 1 and a.r.tolist() == [1.0, 1.0]
    net = sl.Network(everything=True)
    assert [p.name for p in net.populations] == ["a", "b"]

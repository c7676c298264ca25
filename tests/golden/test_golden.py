"""Generated sources and both levels of IR are the reviewed ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import synloom as sl
from synloom.codegen.ir.text import print_ir

from .networks import NETWORKS


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_sources_are_the_reviewed_ones(name: str, golden: Callable[[str, str], None]) -> None:
    network = NETWORKS[name]()
    for path, text in network.sources().items():
        golden(f"{name}/{path}", text)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_ir_is_the_reviewed_one(name: str, golden: Callable[[str, str], None]) -> None:
    network = NETWORKS[name]()
    plan = network.plan
    golden(f"{name}/model.txt", print_ir(network.ir) + "\n")
    golden(f"{name}/plan.txt", print_ir(plan) + "\n")


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_generation_is_deterministic(name: str) -> None:
    first = NETWORKS[name]().sources()
    sl.clear()
    assert NETWORKS[name]().sources() == first


def test_forward_and_transposed_sums_are_one_sweep() -> None:
    plan = NETWORKS["feedback"]().plan
    assert [launch.title for launch in plan.sweeps] == ["ff and fb"]

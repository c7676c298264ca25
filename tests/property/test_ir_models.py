"""Well-formed models print the same if, and only if, they are the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import synloom as sl
from synloom.codegen.errors import CodegenError
from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import NetworkIR
from synloom.codegen.ir.text import EXPRESSIONS, print_ir
from synloom.codegen.ir.verify import verify_network
from tests.golden.networks import NETWORKS

Path = tuple[str | int, ...]


@cache
def written(name: str) -> NetworkIR:
    """The IR of a network that people wrote."""
    sl.clear()
    network = NETWORKS[name]()
    assert network.plan
    ir = network.ir
    sl.clear()
    return ir


def places(node: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Everything inside of a node that takes part in its equality, and where it is."""
    if is_dataclass(node):
        inner = [(f.name, getattr(node, f.name)) for f in fields(node) if f.compare]
    elif isinstance(node, tuple):
        inner = list(enumerate(node))
    else:
        return
    for key, value in inner:
        yield (*path, key), value
        yield from places(value, (*path, key))


def put(node: Any, path: Path, value: object) -> Any:
    """The node with something else at a place."""
    if not path:
        return value
    key, *rest = path
    if isinstance(key, int):
        return (*node[:key], put(node[key], tuple(rest), value), *node[key + 1 :])
    return replace(node, **{key: put(getattr(node, key), tuple(rest), value)})


def others(value: object, all_of_it: list[tuple[Path, object]]) -> st.SearchStrategy[Any]:
    """What might stand in the place of a value."""
    match value:
        case Enum():
            return st.sampled_from(list(type(value)))
        case bool():
            return st.just(not value)
        case int() | float():
            return st.sampled_from([value + 1, value + 2])
        case str():
            texts = sorted({v for _, v in all_of_it if isinstance(v, str) and not isinstance(v, Enum)})
            return st.sampled_from([*texts, f"{value}_"])
        case tuple():
            return st.sampled_from([value[:-1], (*value, *value[:1]), value[::-1]])
        case _ if isinstance(value, EXPRESSIONS):
            alike: list[Expr] = [
                v for _, v in all_of_it if isinstance(v, EXPRESSIONS) and v.dtype is value.dtype
            ]
            return st.sampled_from(alike)
        case _:
            same = [v for _, v in all_of_it if type(v) is type(value)]
            return st.sampled_from([*same, None])


def well_formed(network: NetworkIR) -> bool:
    try:
        verify_network(network)
    except (
        CodegenError,
        AttributeError,
        TypeError,
        ValueError,
    ):  # None where a record belongs, too short a pair
        return False
    return True


def changed(data: st.DataObject, network: NetworkIR) -> NetworkIR:
    """The network with one thing replaced by another of its kind, if that leaves it well-formed."""
    everything = list(places(network))
    path, value = data.draw(st.sampled_from(everything), label="place")
    other = put(network, path, data.draw(others(value, everything), label="other"))
    return other if well_formed(other) else network


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(NETWORKS)), st.data())
def test_printing_tells_models_apart(name: str, data: st.DataObject) -> None:
    one = written(name)
    for _ in range(data.draw(st.integers(0, 4), label="steps away from what was written")):
        one = changed(data, one)
    other = one
    for _ in range(data.draw(st.integers(1, 3), label="steps between the two")):
        other = changed(data, other)
    assert (print_ir(one) == print_ir(other)) == (one == other)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_no_single_change_goes_unseen(name: str) -> None:
    """Each flag, name, type and number of a model is somewhere in its text."""
    network = written(name)
    text = print_ir(network)
    tried = 0
    for path, value in places(network):
        for other in _neighbours(value):
            candidate = put(network, path, other)
            if candidate != network and well_formed(candidate):
                tried += 1
                assert print_ir(candidate) != text, f"{path}: {value!r} and {other!r} print the same"
    assert tried > 20


def _neighbours(value: object) -> list[object]:
    match value:
        case Enum():
            return [m for m in type(value) if m is not value]
        case bool():
            return [not value]
        case int() | float():
            return [value + 1]
        case str():
            return [f"{value}_", ""]
        case tuple():
            return [value[:-1], (*value, *value[:1])]
        case _:
            return []

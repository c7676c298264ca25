"""Names of objects in generated C++."""

from __future__ import annotations

import pytest

from synloom.codegen.names import unique_names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("input layer", "input_layer"),
        ("new", "new_"),
        ("0 exc", "object_0_exc"),
        ("2", "object_2"),
        ("_3d", "object_3d"),
        ("--", "object"),
    ],
)
def test_names_of_objects_are_identifiers(name: str, expected: str) -> None:
    (found,) = unique_names([name]).values()
    assert found == expected
    assert found.isidentifier()


def test_different_objects_have_different_names() -> None:
    assert list(unique_names(["a b", "a_b", "a__b"], reserved=["a_b_2"]).values()) == [
        "a_b",
        "a_b_3",
        "a_b_4",
    ]

"""Which options make another binary."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from synloom.runtime.options import BuildOptions

OTHER = {
    "compiler": "clang++",
    "compiler_flags": "-O1",
    "extra_libs": "-lfftw3",
    "fast_math": True,
    "debug": True,
    "clean": True,
    "named_by": "the file synloom.json",
}


def test_each_option_says_whether_it_changes_the_binary():
    assert {f.name for f in fields(BuildOptions)} == set(OTHER)
    assert all(isinstance(f.metadata["affects_binary"], bool) for f in fields(BuildOptions))


@pytest.mark.parametrize("name", sorted(OTHER))
def test_the_fingerprint_changes_with_the_options_that_change_the_binary(name):
    usual = BuildOptions()
    changed = replace(usual, **{name: OTHER[name]})
    assert (changed.fingerprint() != usual.fingerprint()) == (name not in ("compiler", "clean", "named_by"))

"""The smallest network there is, written by hand: each step adds ``gain`` to one number."""

from __future__ import annotations

from importlib.resources import files

from synloom.codegen.artifact import Manifest, Slot, SlotKind, SourceFile, SourceSet

MANIFEST = Manifest(
    (
        Slot("pop", "v", SlotKind.ARRAY, "float64", "state"),
        Slot("pop", "size", SlotKind.SIZE, "int64", "structure"),
    )
)

_HEADER = """#pragma once
#include <cstdint>

struct Network {
    double* v;
    std::int64_t size;
};

void step(Network& net);
"""

_KERNEL = """#include "kernel.hpp"

void step(Network& net) {
    for (std::int64_t i = 0; i < net.size; ++i) net.v[i] += GAIN;
}
"""

_NETWORK = """#include "synloom/entry.hpp"
#include "kernel.hpp"

std::int64_t synloom_words() { return sizeof(Network) / sizeof(std::int64_t); }

std::int64_t synloom_run(void* table, std::int64_t steps) {
    for (std::int64_t n = 0; n < steps; ++n) step(*static_cast<Network*>(table));
    return steps;
}

std::int64_t synloom_refresh(void* table) { return static_cast<Network*>(table)->size; }
"""


def tiny_sources(gain: float = 1.0) -> SourceSet:
    """Generated files of that network, with the Cython module of all networks."""
    module = files("synloom.templates").joinpath("cython/network.pyx.j2").read_text("utf-8")
    return SourceSet(
        (
            SourceFile("kernel.hpp", _HEADER),
            SourceFile("kernel.cpp", _KERNEL.replace("GAIN", repr(gain))),
            SourceFile("network.cpp", _NETWORK),
            SourceFile("network.pyx", module),
        ),
        MANIFEST,
    )

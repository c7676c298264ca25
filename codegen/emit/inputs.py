"""Inputs and decodings as text of ``network.cpp``: calls of hand-written loops (inputs.hpp)."""

from __future__ import annotations

from typing import assert_never

from synloom.codegen.ir.input_fields import (
    ARRIVED,
    CLOCK,
    COUNT,
    HISTORY,
    NEWER,
    PERIOD,
    PLACE,
    RANKS,
    SCALE,
    SCHEDULE,
    VALUES,
    WIDTH,
    WINDOW,
)
from synloom.codegen.ir.plan import Decode, EmitSpikes, ShowBlock
from synloom.codegen.names import cpp_name


def input_text(node: ShowBlock | EmitSpikes) -> str:
    """One step of a population's input."""
    p = f"net.{node.population}"
    times = f"{p}.{SCHEDULE}, {p}.{COUNT}"
    match node:
        case ShowBlock():
            lines = [f"const Index block = next_block(\n            {times}, {p}.{PERIOD}, {p}.{CLOCK});"]
            for name in node.into:
                size = "1" if name in node.single else f"{p}.size"
                values = f"{p}.{cpp_name(VALUES + name)}"
                lines.append(f"show(block, {p}.{WIDTH}, {values}, {size}, {p}.{cpp_name(name)});")
            body = "\n        ".join(lines)
            return f"if (*{p}.enabled) {{\n        {body}\n    }}"
        case EmitSpikes():
            ranks = f"{p}.spike_ranks + *{p}.spike_head * {p}.size"
            return (
                f"if (*{p}.enabled) {p}.spike_counts[*{p}.spike_head] = emit_due(\n"
                f"        {times}, {p}.{RANKS}, {p}.{CLOCK},\n        {ranks}, {p}.last_spike, now);"
            )
        case _:
            assert_never(node)


def decode_text(node: Decode) -> str:
    """One step of a decoding projection."""
    link, into = f"net.{node.projection}", f"net.{node.population}"
    on = " && ".join(f"*net.{owner}.{field}" for owner, field in node.guards)
    counts = ", ".join(f"{link}.{name}" for name in (WINDOW, PLACE))
    buffers = ", ".join(f"{link}.{name}" for name in (ARRIVED, HISTORY, NEWER, SCALE))
    return (
        f"decode(\n        {into}.size, {counts},\n        {buffers},\n"
        f"        {on}, {into}.{cpp_name(node.field)});"
    )

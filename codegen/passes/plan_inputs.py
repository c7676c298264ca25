"""What drives a network from outside, and what decodes its spikes: hand-written loops over buffers (spec 05)."""

from __future__ import annotations

from collections.abc import Iterator
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
from synloom.codegen.ir.model import InputIR, PopulationIR, ProjectionIR
from synloom.codegen.ir.plan import ClearSum, Decode, EmitSpikes, ShowBlock
from synloom.codegen.ir.types import DType, InputKind, Locality
from synloom.codegen.passes.builder import Builder


def plan_inputs(build: Builder) -> tuple[ShowBlock | EmitSpikes, ...]:
    """The inputs of a network, population by population."""
    given = ((p, p.input) for p in build.network.populations)
    return tuple(_plan_input(build, p, source) for p, source in given if source is not None)


def _plan_input(build: Builder, population: PopulationIR, source: InputIR) -> ShowBlock | EmitSpikes:
    owner = build.names[population.name]
    build.of_population(population, "size")
    build.slot(owner, "enabled", DType.BOOL, "flag")
    build.slot(owner, CLOCK, DType.INT, "state")
    build.slot(owner, SCHEDULE, DType.INT, "structure")
    build.slot(owner, COUNT, DType.INT, "structure", size=True)
    match source.kind:
        case InputKind.BLOCKS:
            build.slot(owner, PERIOD, DType.INT, "structure", size=True)
            build.slot(owner, WIDTH, DType.INT, "structure", size=True)
            for name in source.into:
                build.of_population(population, name)
                build.slot(owner, VALUES + name, DType.REAL, "structure")
            single = tuple(name for name in source.into if _is_single(population, name))
            return ShowBlock(owner, source.into, single)
        case InputKind.SPIKES:
            build.slot(owner, RANKS, DType.INT32, "structure")
            build.of_population(population, "last_spike")
            return EmitSpikes(owner)
        case _:
            assert_never(source.kind)


def _is_single(population: PopulationIR, name: str) -> bool:
    attribute = population.neuron.attribute(name)
    return attribute is not None and attribute.locality is Locality.GLOBAL


def ignored_inputs(build: Builder) -> tuple[ClearSum, ...]:
    """What projections add to populations that are given their spikes: nobody reads it, and it must not grow."""
    given = {
        build.names[p.name]
        for p in build.network.populations
        if p.input is not None and p.input.kind is InputKind.SPIKES
    }
    return tuple(ClearSum(o, name) for o, name in build.slots if o in given and name.startswith("g_"))


def plan_decodings(build: Builder) -> Iterator[Decode]:
    """Projections that turn spikes into rates."""
    populations = {p.name: p for p in build.network.populations}
    for link in build.network.projections:
        if not isinstance(link, ProjectionIR) or not link.decodes:
            continue
        owner, post = build.links[link.name], populations[link.post]
        receiver = build.names[post.name]
        field = f"sum_{link.targets[0]}"
        build.of_population(post, field)
        build.of_population(post, "size")
        build.slot(owner, WINDOW, DType.INT, "structure", size=True)
        build.slot(owner, SCALE, DType.REAL, "structure")
        for name, dtype in (
            (PLACE, DType.INT),
            (ARRIVED, DType.REAL),
            (HISTORY, DType.REAL),
            (NEWER, DType.REAL),
        ):
            build.slot(owner, name, dtype, "state")
        guards = (
            build.slot(owner, "transmission", DType.BOOL, "flag"),
            build.slot(receiver, "enabled", DType.BOOL, "flag"),
        )
        yield Decode(owner, receiver, field, guards)

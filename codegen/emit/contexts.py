"""Contexts of the templates: every value is printed text already, so that a template only places it."""

from __future__ import annotations

from typing import ClassVar

from synloom.codegen.record import record


@record
class FunctionText:
    """A user's function: its text as written, its C++ head and the returned expression."""

    comment: str
    head: str
    value: str


@record
class KernelHeader:
    """``<kernel>.hpp``: the argument struct of a kernel and its declaration."""

    TEMPLATE: ClassVar[str] = "cpp/kernel.hpp.j2"
    name: str
    real: str
    includes: tuple[str, ...]
    summary: tuple[str, ...]
    fields: tuple[str, ...]


@record
class FiringText:
    """What happens to the neurons that a condition finds."""

    title: str
    flags: str
    list: str
    lines: tuple[str, ...]


@record
class NeuronUnit:
    """``<kernel>.cpp`` of a neuron update."""

    TEMPLATE: ClassVar[str] = "cpp/neurons.cpp.j2"
    name: str
    real: str
    clock: str
    includes: tuple[str, ...]
    functions: tuple[FunctionText, ...]
    whole: tuple[str, ...]  # once per population
    loop: str  # head of the loop over neurons
    load: tuple[str, ...]
    body: tuple[str, ...]
    store: tuple[str, ...]
    firings: tuple[FiringText, ...]


@record
class ReaderText:
    """One reader of a sweep."""

    title: str
    backward: bool
    op: str
    into_argument: str
    into: str
    row_argument: str
    row: tuple[str, ...]
    weighted: str  # the whole of a synapse's value, where it is the product that sweeps know; else empty
    synapse_arguments: str
    synapse: tuple[str, ...]
    block: bool  # the value stands on a line of its own
    value: str
    leave_arguments: str
    leave: tuple[str, ...]
    last: bool


@record
class SweepUnit:
    """``<kernel>.cpp`` of a sweep over a weight store."""

    TEMPLATE: ClassVar[str] = "cpp/sweep.cpp.j2"
    name: str
    real: str
    clock: str
    includes: tuple[str, ...]
    functions: tuple[FunctionText, ...]
    column_struct: tuple[str, ...]
    whole: tuple[str, ...]
    stage: tuple[str, ...]
    store: str
    method: str
    arguments: tuple[str, ...]
    readers: tuple[ReaderText, ...]
    totals: tuple[str, ...]


@record
class UpdateUnit:
    """``<kernel>.cpp`` of a synapse update."""

    TEMPLATE: ClassVar[str] = "cpp/update.cpp.j2"
    name: str
    real: str
    clock: str
    includes: tuple[str, ...]
    functions: tuple[FunctionText, ...]
    column_struct: tuple[str, ...]
    whole: tuple[str, ...]
    stage: tuple[str, ...]
    store: str
    row_argument: str
    row: tuple[str, ...]
    walks: bool
    synapse_arguments: str
    load: tuple[str, ...]
    body: tuple[str, ...]
    save: tuple[str, ...]
    rows_only: bool


@record
class EventUnit:
    """``<kernel>.cpp`` of what spikes do to synapses."""

    TEMPLATE: ClassVar[str] = "cpp/events.cpp.j2"
    name: str
    real: str
    clock: str
    includes: tuple[str, ...]
    functions: tuple[FunctionText, ...]
    whole: tuple[str, ...]
    walk: str  # the call of the walk, up to its visitor
    values: tuple[str, ...]  # arrays fetched early, behind the visitor
    line_argument: str
    line: tuple[str, ...]
    synapse_arguments: str
    load: tuple[str, ...]
    body: tuple[str, ...]
    save: tuple[str, ...]


@record
class ObjectText:
    """The buffers of one object in ``struct Network``."""

    name: str
    members: tuple[str, ...]


@record
class LaunchText:
    """One call of a kernel, with the condition under which it happens."""

    title: str
    condition: str
    kernel: str
    arguments: tuple[str, ...]
    clock: str
    lap: str  # behind it, in a profiled network


@record
class NetworkUnit:
    """``network.cpp``: the binding table and the phases of a step."""

    TEMPLATE: ClassVar[str] = "cpp/network.cpp.j2"
    real: str
    headers: tuple[str, ...]
    includes: tuple[str, ...]
    objects: tuple[ObjectText, ...]
    words: int
    launches: bool  # whether there is any kernel
    learns: bool
    clears: tuple[str, ...]
    sweeps: tuple[LaunchText, ...]
    neurons: tuple[LaunchText, ...]
    delays: tuple[str, ...]
    reductions: tuple[str, ...]
    refreshes: tuple[str, ...]
    synapses: tuple[LaunchText, ...]
    rings: tuple[str, ...]
    rates: tuple[str, ...]
    events: tuple[LaunchText, ...]
    decodings: tuple[str, ...]
    inputs: tuple[str, ...]
    draws: bool
    pauses: bool
    laps: str  # at the beginning of each part of a step, in a profiled network
    laps_of_whole: str
    lap_of_inputs: str
    lap_of_states: str


@record
class CythonModule:
    """``network.pyx``: the same text for every network."""

    TEMPLATE: ClassVar[str] = "cython/network.pyx.j2"


CONTEXTS = (KernelHeader, NeuronUnit, SweepUnit, UpdateUnit, EventUnit, NetworkUnit, CythonModule)
Context = KernelHeader | NeuronUnit | SweepUnit | UpdateUnit | EventUnit | NetworkUnit | CythonModule

"""Plan IR: the kernels of one step, in order, over named buffers.

A *kernel* is compiled once per signature; an *launch* binds it to the buffers of actual objects, so forty
projections of one kind are forty launches of one kernel (D13). A launch is data for ``network.cpp``, the only
generated file that knows the names of the user's objects.
"""

from __future__ import annotations

from dataclasses import dataclass

from synloom.codegen.artifact import Manifest
from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import Function
from synloom.codegen.ir.stmt import Stmt
from synloom.codegen.ir.types import DelayKind, DType, Operation, Precision, StoreKind


@dataclass(frozen=True, slots=True)
class Field:
    """One member of a kernel's struct: a pointer to a buffer, or a size passed by value."""

    name: str
    dtype: DType
    array: bool = True  # False: a std::int64_t by value
    mutable: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class NeuronKernel:
    """Update of one population: the global block once, then the local block for each neuron."""

    name: str
    summary: str
    fields: tuple[Field, ...]
    global_block: tuple[Stmt, ...]
    local_block: tuple[Stmt, ...]
    functions: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True)
class Staged:
    """A value of the column population, copied beside the column before a walk: one per column.

    ``field`` is the buffer it is copied from. ``delay`` UNIFORM reads it from a delay line instead.
    """

    name: str
    field: str
    dtype: DType
    locality_global: bool = False
    delay: DelayKind = DelayKind.NONE


@dataclass(frozen=True, slots=True)
class Reader:
    """One reading of a weight store in a sweep.

    ``psp`` is written in terms of the store: PRE and POST were replaced by ROW and COLUMN values. ``backward``
    readers add up per column, forward ones per row.
    """

    name: str
    summary: str
    backward: bool
    psp: Expr
    operation: Operation
    psp_text: str


@dataclass(frozen=True, slots=True)
class SweepKernel:
    """One pass over a store's weights that serves all its ``readers`` (D4)."""

    name: str
    summary: str
    store: StoreKind
    fields: tuple[Field, ...]
    readers: tuple[Reader, ...]
    functions: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True)
class SynapseKernel:
    """Update of the synaptic variables of one projection."""

    name: str
    summary: str
    store: StoreKind
    fields: tuple[Field, ...]
    global_block: tuple[Stmt, ...]
    row_block: tuple[Stmt, ...]
    local_block: tuple[Stmt, ...]
    functions: tuple[Function, ...] = ()


Kernel = NeuronKernel | SweepKernel | SynapseKernel


@dataclass(frozen=True, slots=True)
class Launch:
    """A kernel bound to objects: for each field, in order, the ``object.field`` of the manifest."""

    kernel: str
    title: str
    arguments: tuple[tuple[str, str], ...]
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    precision: Precision
    kernels: tuple[Kernel, ...]
    launches: tuple[Launch, ...]
    manifest: Manifest

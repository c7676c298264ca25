"""Plan IR: the kernels of one step, in order, over named buffers.

A *kernel* is compiled once per signature; a *launch* binds it to the buffers of actual objects, so forty
projections of one kind are forty launches of one kernel (D13). Launches are text of ``network.cpp``, the only
generated file that knows the names of the user's objects.
"""

from __future__ import annotations

from enum import StrEnum

from synloom.codegen.artifact import Manifest
from synloom.codegen.ir.expr import Expr
from synloom.codegen.ir.model import Function
from synloom.codegen.ir.stmt import Stmt
from synloom.codegen.ir.types import DelayKind, DType, Locality, Operation, Precision, Side, StoreKind
from synloom.codegen.record import record


class FieldKind(StrEnum):
    ARRAY = "array"  # a pointer to a buffer
    SIZE = "size"  # a 64-bit integer by value
    FLAG = "flag"  # a bool by value, worked out where the kernel is launched
    SPIKES = "spikes"  # the last spike lists of a population; mutable: the list of this step


@record
class Field:
    """One member of a kernel's argument struct."""

    name: str
    dtype: DType
    kind: FieldKind = FieldKind.ARRAY
    mutable: bool = False


@record
class Member:
    """An attribute of the model that a kernel reads or writes, in a field of the same name.

    ``single``: one value stands for all synapses, whatever the locality says.
    """

    name: str
    locality: Locality
    dtype: DType
    assigned: bool = False
    single: bool = False


@record
class Value:
    """A value of a neuron population that synapses read, known to the kernel's expressions as ``TEMP name``.

    It is loaded from ``field``, or with a delay from the delay line in ``field``: then ``{field}_length`` and
    ``{field}_head`` describe the ring, ``{side}_size`` is the number of neurons, ``delay_field`` the delay.
    """

    name: str
    field: str
    side: Side
    dtype: DType
    delay: DelayKind = DelayKind.NONE
    delay_field: str = ""


def staged(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Values that are copied beside their column before a walk."""
    return tuple(v for v in values if v.side is Side.COLUMN and v.delay is not DelayKind.PER_SYNAPSE)


@record
class Firing:
    """When a neuron fires, and what then happens to it, spike by spike."""

    condition: Expr  # BOOL
    text: str
    reset: tuple[Stmt, ...] = ()


@record
class NeuronKernel:
    """Update of one population: the global block once, then the local block for each neuron.

    A spiking one then tests ``spike`` and ``axon``. In the local block ``TEMP refractory`` says whether the neuron
    is in its refractory period, which lasts ``refractory`` ms after a spike, or as long as the population says.
    """

    name: str
    summary: str
    fields: tuple[Field, ...]
    members: tuple[Member, ...]
    inputs: tuple[str, ...]  # fields with one real per neuron: weighted sums
    wholes: tuple[str, ...]  # fields with one real per population: global operations, constants
    global_block: tuple[Stmt, ...]
    local_block: tuple[Stmt, ...]
    functions: tuple[Function, ...] = ()
    spike: Firing | None = None
    axon: Firing | None = None
    refractory: Expr | None = None

    @property
    def firings(self) -> tuple[Firing, ...]:
        return tuple(f for f in (self.spike, self.axon) if f is not None)


@record
class Reader:
    """One reading of a weight store: sums per row, or per column when ``backward``.

    The result is added to the buffer ``sum_field`` if the flag ``on_field`` is set.
    """

    backward: bool
    psp: Expr
    psp_text: str
    operation: Operation
    sum_field: str
    on_field: str
    total: str  # name of the accumulator of a column; empty for forward readers


@record
class SweepKernel:
    """One pass over a store's weights that serves all its ``readers`` (D4)."""

    name: str
    summary: str
    store: StoreKind
    fields: tuple[Field, ...]
    members: tuple[Member, ...]
    values: tuple[Value, ...]
    wholes: tuple[str, ...]
    readers: tuple[Reader, ...]
    functions: tuple[Function, ...] = ()

    @property
    def width(self) -> int:
        """Reals staged per column: values read of it, and totals added to it."""
        return len(staged(self.values)) + sum(r.backward for r in self.readers)


@record
class SynapseKernel:
    """Update of the synaptic variables of one projection: global, per row, per synapse."""

    name: str
    summary: str
    store: StoreKind
    fields: tuple[Field, ...]
    members: tuple[Member, ...]
    values: tuple[Value, ...]
    wholes: tuple[str, ...]
    global_block: tuple[Stmt, ...]
    row_block: tuple[Stmt, ...]
    local_block: tuple[Stmt, ...]
    functions: tuple[Function, ...] = ()

    @property
    def width(self) -> int:
        """Reals staged per column: values read of it."""
        return len(staged(self.values))


@record
class EventKernel:
    """What the spikes of one population do to the synapses they reach: lines ``along`` rows or columns of a store.

    ``targets`` are fields with one real for each neuron at the other end: conductances. Columns that are
    ``contiguous`` ranks begin at ``first_column``. ``TEMP elapsed`` is the time in ms since the synapse's last event;
    the guard ``apart`` holds unless its neurons fired in the same step. ``age`` is the number of steps that the
    synapse's variables lag behind.
    """

    name: str
    summary: str
    store: StoreKind
    along: Side
    contiguous: bool
    delay: DelayKind
    fields: tuple[Field, ...]
    members: tuple[Member, ...]
    values: tuple[Value, ...]
    wholes: tuple[str, ...]
    targets: tuple[str, ...]
    block: tuple[Stmt, ...]
    age: int
    functions: tuple[Function, ...] = ()

    @property
    def width(self) -> int:
        """Reals staged per column: none."""
        return 0


Kernel = NeuronKernel | SweepKernel | SynapseKernel | EventKernel

BufferRef = tuple[str, str]  # object, field of the manifest


@record
class Argument:
    """What a kernel's field is bound to.

    A FLAG is the conjunction of bool buffers. SPIKES are ranks, counts, head and size of a ring, and its length.
    """

    field: str
    buffers: tuple[BufferRef, ...]


@record
class Launch:
    """A kernel bound to objects. Skipped unless all ``guards`` hold, or any of its FLAG arguments if it has some."""

    kernel: str
    title: str
    arguments: tuple[Argument, ...]
    guards: tuple[BufferRef, ...] = ()
    schedule: str = ""  # object whose learning period decides whether the launch is due
    objects: tuple[str, ...] = ()  # names of the population, or of the projections, that it works for


@record
class ClearSum:
    """Phase 1: one weighted sum of one population is set to zero."""

    population: str
    field: str


@record
class PushDelay:
    """Phase 6: the current values enter a population's delay line."""

    population: str
    source: str
    line: str
    single: bool  # a value of the whole population


@record
class Reduce:
    """Phase 7: a global operation over a population."""

    population: str
    op: str
    source: str
    into: str


@record
class Ring:
    """The spike lists of a population; ``axonal``: it has two of them."""

    population: str
    axonal: bool


@record
class ShowBlock:
    """Phase 5, before the neurons: a population's clock goes on, and a block that is due is copied ``into`` attributes.

    Those in ``single`` are values of the whole population.
    """

    population: str
    into: tuple[str, ...]
    single: tuple[str, ...]


@record
class EmitSpikes:
    """Phase 5: a population's clock goes on, and the spikes that are due enter its list."""

    population: str


@record
class Decode:
    """Phase 2, behind the deliveries: what reached the neurons of a population becomes a mean rate."""

    projection: str
    population: str
    field: str
    guards: tuple[BufferRef, ...]


class Phase(StrEnum):
    """Parts of a step that are timed; within one, they are told apart by their place in the Plan."""

    CLEARS = "clears"
    SWEEPS = "sweeps"
    DECODINGS = "decodings"
    RECORD_INPUTS = "record_inputs"
    RINGS = "rings"
    INPUTS = "inputs"
    NEURONS = "neurons"
    RATES = "rates"
    DELAYS = "delays"
    REDUCTIONS = "reductions"
    SYNAPSES = "synapses"
    EVENTS = "events"
    RECORD_STATES = "record_states"


@record
class Lap:
    """What is timed of a step: its part ``number`` of a phase. ``objects`` are the user's names."""

    phase: Phase
    number: int
    label: str
    kernel: str = ""
    objects: tuple[str, ...] = ()


@record
class Plan:
    """One step, phase by phase (spec 02, section 2). ``sweeps`` hold the deliveries of spikes as well."""

    precision: Precision
    kernels: tuple[Kernel, ...]
    clears: tuple[ClearSum, ...]
    sweeps: tuple[Launch, ...]
    neurons: tuple[Launch, ...]
    delays: tuple[PushDelay, ...]
    reductions: tuple[Reduce, ...]
    synapses: tuple[Launch, ...]
    rings: tuple[Ring, ...]
    events: tuple[Launch, ...]  # phase 9: of post-synaptic spikes
    decodings: tuple[Decode, ...]
    inputs: tuple[ShowBlock | EmitSpikes, ...]
    scratch: tuple[tuple[str, int], ...]  # object, reals per column of its store
    objects: tuple[
        tuple[str, str], ...
    ]  # the user's name, the name in the manifest: populations, then projections
    manifest: Manifest
    pauses: bool = False  # phase 10: whether a step may stop there for synapses to come and go
    laps: tuple[Lap, ...] = ()  # what is timed, in the order in which it runs
    profile: str = ""  # object that has the counters of laps

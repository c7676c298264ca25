"""The small closed vocabularies of the IR."""

from __future__ import annotations

from enum import Enum, StrEnum


class DType(StrEnum):
    """Type of a value. ``REAL`` is ``double`` or ``float``, whichever precision the network has."""

    REAL = "real"
    INT = "int"
    BOOL = "bool"
    INT32 = "int32"  # ranks and indices in stores; never the type of an expression
    UINT16 = "uint16"  # indices in stores, where all of them fit; never the type of an expression


class Precision(StrEnum):
    DOUBLE = "double"
    FLOAT = "float"


class Locality(Enum):
    """How many values an attribute has. The order is one of dependence: GLOBAL may not use LOCAL."""

    GLOBAL = 0  # one per population or projection
    SEMIGLOBAL = 1  # one per post-synaptic neuron of a projection
    LOCAL = 2  # one per neuron or synapse


class Scope(StrEnum):
    """Whose value a :class:`~synloom.codegen.ir.expr.Var` is."""

    SELF = "self"  # the neuron's or synapse's own attribute
    PRE = "pre"
    POST = "post"
    CONSTANT = "constant"  # a Constant, by name
    CLOCK = "clock"  # t, dt; and h, the step of an ODE
    ARGUMENT = "argument"  # argument of a user's function
    TEMP = "temp"  # made by a pass
    TARGET = (
        "target"  # a conductance of the neuron that an event reaches, by target; "" is each of the projection
    )
    TIME = "time"  # t_last, t_pre, t_post: when a neuron last fired, in ms


class Side(StrEnum):
    """Where a value read by a synapse stands, seen from the weight store."""

    ROW = "row"  # one per row: of the forward post-synaptic population
    COLUMN = "column"  # one per column: of the forward pre-synaptic population
    WHOLE = "whole"  # one for the whole store


class InputKind(StrEnum):
    """What drives a population beside its equations (spec 05)."""

    BLOCKS = "blocks"  # values given block by block, shown when they are due
    SPIKES = "spikes"  # spikes given by their times


class Operation(StrEnum):
    """Reduction of the psp of one dendrite."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"
    MEAN = "mean"


class Method(StrEnum):
    """Numerical method of an ODE."""

    EXPLICIT = "explicit"
    IMPLICIT = "implicit"
    SEMIIMPLICIT = "semiimplicit"
    EXPONENTIAL = "exponential"
    MIDPOINT = "midpoint"
    RK4 = "rk4"
    EVENT_DRIVEN = "event-driven"


# Methods that integrate all ODEs of a run as one system (spec 01, section 12.3).
COUPLED = frozenset({Method.IMPLICIT, Method.MIDPOINT, Method.RK4})


class StoreKind(StrEnum):
    """Storage format of a projection's synapses."""

    DENSE = "dense"  # every (row, column) of the two views has a synapse
    CSR = "csr"  # compressed rows
    HOLLOW = "hollow"  # every (row, column) of a square but the diagonal has a synapse
    CSR16 = "csr16"  # compressed rows of at most 65,536 columns: a synapse takes two bytes less


class DelayKind(StrEnum):
    NONE = "none"  # one step
    UNIFORM = "uniform"  # one number of steps for all synapses
    PER_SYNAPSE = "per-synapse"


class Kind(StrEnum):
    """What an attribute is."""

    PARAMETER = "parameter"
    VARIABLE = "variable"

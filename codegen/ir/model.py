"""Model IR: what a network *is*, names resolved and types known, nothing yet about loops or memory.

Sizes, weights, parameter values and seeds are data and do not appear here: two networks that differ only
in them have equal Model IR.
"""

from __future__ import annotations

from dataclasses import field

from synloom.codegen.errors import Origin
from synloom.codegen.ir.expr import ZERO, Expr, Var
from synloom.codegen.ir.types import (
    DelayKind,
    DType,
    Kind,
    Locality,
    Method,
    Operation,
    Precision,
    StoreKind,
)
from synloom.codegen.record import record


@record
class Attribute:
    """A parameter or variable of a model.

    ``init`` is the declared value (of a parameter) or ``init=`` (of a variable): an expression over literals,
    constants, parameters of the same model and random distributions, evaluated once when the object is made.
    It is data: it takes no part in equality.
    """

    name: str
    kind: Kind
    locality: Locality
    dtype: DType = DType.REAL
    init: Expr = field(default=ZERO, compare=False)
    origin: Origin | None = field(default=None, compare=False, repr=False)


@record
class Bound:
    """``min=`` or ``max=`` of an equation, applied right after its variable was assigned."""

    kind: str  # "min" | "max"
    value: Expr


@record
class Assignment:
    """``x = e``; an increment ``x op= e`` is ``x = x op (e)``. ``text`` is the equation as written, for comments."""

    target: Var
    value: Expr
    bounds: tuple[Bound, ...] = ()
    text: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)


@record
class Ode:
    """``coefficient * dx/dt = rhs``: the normal form of spec 01, 5.2, gradient-free on both sides."""

    target: Var
    coefficient: Expr
    rhs: Expr
    method: Method
    bounds: tuple[Bound, ...] = ()
    text: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)


Equation = Assignment | Ode


@record
class Function:
    """A user's function. ``dtype`` and the argument types are REAL unless declared."""

    name: str
    arguments: tuple[tuple[str, DType], ...]
    body: Expr
    dtype: DType = DType.REAL
    text: str = ""


@record
class NeuronModel:
    """A rate-coded neuron. Equations in declaration order; blocks by locality are cut by ``discretize``."""

    name: str
    attributes: tuple[Attribute, ...]
    equations: tuple[Equation, ...]
    functions: tuple[Function, ...] = ()  # all that the equations call, callees first

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)


@record
class SynapseModel:
    """A rate-coded synapse. ``w`` is always among the attributes."""

    name: str
    attributes: tuple[Attribute, ...]
    equations: tuple[Equation, ...]
    psp: Expr
    psp_text: str
    operation: Operation = Operation.SUM
    functions: tuple[Function, ...] = ()

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)

    @property
    def plastic(self) -> bool:
        """Whether an equation changes ``w``."""
        return any(e.target.name == "w" for e in self.equations)


@record
class PopulationIR:
    name: str
    neuron: NeuronModel


@record
class ProjectionIR:
    """A forward projection. ``single_weight``: one value of ``w`` for all synapses."""

    name: str
    pre: str
    post: str
    target: str
    synapse: SynapseModel
    store: StoreKind
    single_weight: bool
    delay: DelayKind


@record
class TransposeIR:
    """A second reader of ``forward``'s store, from the forward post population to the forward pre one.

    In ``psp``, PRE is the forward post population, POST the forward pre one, SELF the forward synapse.
    ``backward`` is False for the transpose of a transpose, which reads forward again.
    """

    name: str
    forward: str
    target: str
    psp: Expr
    psp_text: str
    operation: Operation
    delay: DelayKind
    delay_of_forward: bool  # delays='forward'
    backward: bool = True
    functions: tuple[Function, ...] = ()


@record
class NetworkIR:
    """One network. Projections and transposes in creation order, which is the order of transmission."""

    populations: tuple[PopulationIR, ...]
    projections: tuple[ProjectionIR | TransposeIR, ...]
    precision: Precision = Precision.DOUBLE


DEFAULT_PSP_TEXT = "w * pre.r"
W_PARAMETER = Attribute("w", Kind.PARAMETER, Locality.LOCAL, DType.REAL)

__all__ = [
    "DEFAULT_PSP_TEXT",
    "W_PARAMETER",
    "Assignment",
    "Attribute",
    "Bound",
    "Equation",
    "Function",
    "NetworkIR",
    "NeuronModel",
    "Ode",
    "PopulationIR",
    "ProjectionIR",
    "SynapseModel",
    "TransposeIR",
]

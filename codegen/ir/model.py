"""Model IR: what a network *is*, names resolved and types known, nothing yet about loops or memory.

Sizes, weights, parameter values and seeds are data and do not appear here: two networks that differ only
in them have equal Model IR.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from synloom.codegen.errors import Origin
from synloom.codegen.ir.expr import ZERO, Expr, Var
from synloom.codegen.ir.types import (
    DelayKind,
    DType,
    InputKind,
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
    """``x = e``; an increment ``x op= e`` is ``x = x op (e)``. ``text`` is the equation as written, for comments.

    ``unless_post``, of statements of ``pre_spike``: skipped where both neurons fired in the same step.
    """

    target: Var
    value: Expr
    bounds: tuple[Bound, ...] = ()
    text: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)
    unless_post: bool = False


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
class Spike:
    """When a neuron fires and what then happens to it: ``reset`` in order, targets are attributes of the neuron."""

    condition: Expr  # BOOL
    text: str
    reset: tuple[Assignment, ...] = ()


@record
class NeuronModel:
    """A neuron. Equations in declaration order; blocks by locality are cut by ``discretize``.

    A spiking neuron has a ``spike``. Its attributes end with ``r``, its mean firing rate, and with one conductance
    ``g_X`` for each that its texts mention without defining it; those have the equation ``g_X = 0.0``, last.
    ``refractory`` is the attribute that holds the refractory period in ms; None if it is a number of each
    population (data, 0 if nothing was said).
    """

    name: str
    attributes: tuple[Attribute, ...]
    equations: tuple[Equation, ...]
    functions: tuple[Function, ...] = ()  # all that the texts call, callees first
    spike: Spike | None = None
    axon_spike: Spike | None = None
    refractory: Var | None = None

    @property
    def spiking(self) -> bool:
        return self.spike is not None

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)


@record
class Event:
    """What a spike does to a synapse: first what it transmits, then the other statements (spec 02, 6.1).

    ``transmit`` are statements on ``g_target``: their target is ``Var(TARGET, "")``.
    """

    transmit: tuple[Assignment, ...] = ()
    statements: tuple[Assignment, ...] = ()

    def __iter__(self) -> Iterator[Assignment]:
        yield from self.transmit
        yield from self.statements


@record
class Creating:
    """Where synapses come to be (spec 02, section 8): condition, probability, weight, delay in ms (None: the usual)."""

    condition: Expr  # BOOL
    text: str
    proba: Expr
    w: Expr
    d: Expr | None = None


@record
class Pruning:
    """Which synapses go."""

    condition: Expr  # BOOL
    text: str
    proba: Expr


@record
class SynapseModel:
    """A synapse. ``w`` is always among the attributes.

    In a rate-coded one there are no events and always a ``psp``. In a spiking one ``pre_spike`` transmits
    ``g_target += w`` unless the texts say otherwise, and a ``psp`` is continuous transmission. Event-driven ODEs
    stand among the equations, in declaration order.
    """

    name: str
    attributes: tuple[Attribute, ...]
    equations: tuple[Equation, ...]
    psp: Expr | None
    psp_text: str
    operation: Operation = Operation.SUM
    functions: tuple[Function, ...] = ()
    spiking: bool = False
    pre_spike: Event = Event()
    post_spike: Event = Event()
    pre_axon_spike: Event = Event()
    creating: Creating | None = None
    pruning: Pruning | None = None

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)

    @property
    def plastic(self) -> bool:
        """Whether an equation or an event changes ``w``."""
        events = (self.pre_spike, self.post_spike, self.pre_axon_spike)
        changed = [e.target for e in self.equations] + [s.target for e in events for s in e.statements]
        return any(target.name == "w" for target in changed)

    @property
    def restructures(self) -> bool:
        """Whether synapses may come and go by themselves while the network runs."""
        return self.creating is not None or self.pruning is not None

    @property
    def event_driven(self) -> tuple[Ode, ...]:
        """ODEs that are integrated when an event reaches the synapse."""
        return tuple(e for e in self.equations if isinstance(e, Ode) and e.method is Method.EVENT_DRIVEN)


def equation_expressions(equation: Equation) -> Iterator[Expr]:
    """Every expression of an equation, its bounds first."""
    yield from (b.value for b in equation.bounds)
    if isinstance(equation, Ode):
        yield equation.coefficient
        yield equation.rhs
    else:
        yield equation.value


def model_expressions(model: NeuronModel | SynapseModel) -> Iterator[Expr]:
    """Every expression of a model, initial values left out."""
    yield from (e for equation in model.equations for e in equation_expressions(equation))
    if isinstance(model, NeuronModel):
        for spike in (model.spike, model.axon_spike):
            if spike is not None:
                yield spike.condition
                yield from (e for s in spike.reset for e in equation_expressions(s))
        return
    if model.psp is not None:
        yield model.psp
    for event in (model.pre_spike, model.post_spike, model.pre_axon_spike):
        yield from (e for s in event for e in equation_expressions(s))
    if model.creating is not None:
        made = model.creating
        yield from (e for e in (made.condition, made.proba, made.w, made.d) if e is not None)
    if model.pruning is not None:
        yield model.pruning.condition
        yield model.pruning.proba


@record
class InputIR:
    """What drives a population from outside, before its neurons are updated. Values, times and periods are data.

    ``into``, of blocks: the attributes that are set. A population that is given spikes has no equations.
    """

    kind: InputKind
    into: tuple[str, ...] = ()


@record
class PopulationIR:
    name: str
    neuron: NeuronModel
    input: InputIR | None = None


@record
class ProjectionIR:
    """A forward projection. ``single_weight``: one value of ``w`` for all synapses.

    Between spiking populations there may be several ``targets``: an event reaches each of them. ``by_source``: the
    rows of the store are the pre-synaptic neurons, its columns the post-synaptic ones; else the other way round.
    ``decodes``: the weighted sums of spiking neurons are rates, means over a window (spec 05, 9).
    """

    name: str
    pre: str
    post: str
    targets: tuple[str, ...]
    synapse: SynapseModel
    store: StoreKind
    single_weight: bool
    delay: DelayKind
    by_source: bool = False
    decodes: bool = False


@record
class TransposeIR:
    """A second reader of ``forward``'s store, from the forward post population to the forward pre one.

    In ``psp``, PRE is the forward post population, POST the forward pre one, SELF the forward synapse. Between
    spiking populations ``psp`` is None: a spike of PRE adds ``w`` to ``g_target`` of POST.
    ``backward`` is False for the transpose of a transpose, which reads forward again.
    """

    name: str
    forward: str
    target: str
    psp: Expr | None
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
    "Creating",
    "Equation",
    "Event",
    "Function",
    "InputIR",
    "NetworkIR",
    "NeuronModel",
    "Ode",
    "PopulationIR",
    "ProjectionIR",
    "Pruning",
    "Spike",
    "SynapseModel",
    "TransposeIR",
    "equation_expressions",
    "model_expressions",
]

"""One kernel per neuron model and set of inputs: a global block, then a block for each neuron."""

from __future__ import annotations

from dataclasses import replace

from synloom.codegen.ir.expr import Binary, Cast, Expr, Reduction, Select, Var, WeightedSum, transform
from synloom.codegen.ir.model import NeuronModel, Spike
from synloom.codegen.ir.plan import Field, FieldKind, Firing, Member, NeuronKernel
from synloom.codegen.ir.stmt import Clamp, Set, Stmt
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.lower.function import reachable
from synloom.codegen.passes import gather
from synloom.codegen.passes.discretize import discretize
from synloom.codegen.passes.draws import draw_fields, settle_arguments

DT = Var(Scope.CLOCK, "dt")


# What the kernel of a spiking population is given.
SPIKING = (
    Field("refractory_left", DType.INT32, mutable=True),
    Field("last_spike", DType.INT, mutable=True),
    Field("spike_flags", DType.BOOL, mutable=True),
    Field("spike_list", DType.INT32, FieldKind.SPIKES, mutable=True),
)
AXONAL = (
    Field("axon_flags", DType.BOOL, mutable=True),
    Field("axon_list", DType.INT32, FieldKind.SPIKES, mutable=True),
)
REFRACTORY_STEPS = Field("refractory_steps", DType.INT32)
LAST_SPIKE = Var(Scope.SELF, "last_spike", Locality.LOCAL, DType.INT)


def plan_neuron(neuron: NeuronModel) -> NeuronKernel:
    """``tau*dr/dt + r = sum(exc)``  ->  a kernel over the fields ``size, tau, r, sum_exc``."""
    taken = (*gather.constants(gather.nodes((), neuron.functions)), "refractory")
    global_block = discretize(neuron.equations, Locality.GLOBAL, DT, taken)
    local_block = discretize(neuron.equations, Locality.LOCAL, DT, taken)
    global_block, local_block = settle_arguments((global_block, local_block), neuron.equations, taken)
    spike, axon = _firing(neuron.spike), _firing(neuron.axon_spike)
    if spike is not None:
        local_block = _frozen(local_block)
    firings = [f for f in (spike, axon) if f is not None]
    exprs = [*gather.expressions(global_block), *gather.expressions(local_block)]
    exprs += [e for f in firings for e in (f.condition, *gather.expressions(f.reset))]
    if neuron.refractory is not None:
        exprs.append(neuron.refractory)
    functions = reachable(exprs, {f.name: f for f in neuron.functions})
    used = list(gather.nodes(exprs, functions))

    sums = {gather.sum_field(n): None for n in used if isinstance(n, WeightedSum)}
    reductions = {gather.reduction_field(n): None for n in used if isinstance(n, Reduction)}
    constants = gather.constants(used)
    changed = gather.assigned(global_block) | gather.assigned(local_block)
    changed = changed.union(*(gather.assigned(f.reset) for f in firings))
    members = gather.members(neuron.attributes, used, changed)

    fields = (
        Field("size", DType.INT, FieldKind.SIZE),
        *draw_fields(exprs),
        *(Field(m.name, m.dtype, mutable=m.assigned) for m in members),
        *(Field(name, DType.REAL) for name in (*sums, *reductions, *constants)),
        *_spiking_fields(neuron),
    )
    gather.refuse_clashes(fields, neuron.attributes)
    if any(n == LAST_SPIKE or (isinstance(n, Var) and n.scope is Scope.TIME) for n in used):
        members = (*members, Member(LAST_SPIKE.name, LAST_SPIKE.locality, LAST_SPIKE.dtype))
    kernel = NeuronKernel(
        name="",
        summary=f"Update of the neurons of one population: {neuron.name or _kind(neuron)}.",
        fields=fields,
        members=members,
        inputs=tuple(sums),
        wholes=(*reductions, *constants),
        global_block=gather.map_block(global_block, _to_fields),
        local_block=gather.map_block(local_block, _to_fields),
        functions=functions,
        spike=spike,
        axon=axon,
        refractory=neuron.refractory,
    )
    return gather.signed(kernel, "update_" + gather.slug(neuron.name, "neurons"))


def _kind(neuron: NeuronModel) -> str:
    return "spiking" if neuron.spiking else "rate-coded"


def _spiking_fields(neuron: NeuronModel) -> tuple[Field, ...]:
    if not neuron.spiking:
        return ()
    period = () if neuron.refractory is not None else (REFRACTORY_STEPS,)
    return (*SPIKING, *period, *(AXONAL if neuron.axon_spike is not None else ()))


def _firing(spike: Spike | None) -> Firing | None:
    """A spike condition and its reset as statements."""
    if spike is None:
        return None
    reset: list[Stmt] = []
    for a in spike.reset:
        reset += [Set(a.target, a.value, a.text), *(Clamp(a.target, b.kind, b.value) for b in a.bounds)]
    return Firing(
        transform(spike.condition, _to_fields), spike.text, gather.map_block(tuple(reset), _to_fields)
    )


def _frozen(block: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """In its refractory period a neuron keeps all but its conductances; bounds hold all the same (spec 02, 6.2)."""
    refractory = Var(Scope.TEMP, "refractory", Locality.LOCAL, DType.BOOL)
    return tuple(
        replace(s, value=Select(refractory, s.target, s.value, s.target.dtype))
        if isinstance(s, Set) and not s.target.name.startswith("g_")
        else s
        for s in block
    )


def _to_fields(expr: Expr) -> Expr:
    match expr:
        case WeightedSum():
            return Var(Scope.TEMP, gather.sum_field(expr), Locality.LOCAL, DType.REAL, expr.origin)
        case Reduction():
            return Var(Scope.TEMP, gather.reduction_field(expr), Locality.GLOBAL, DType.REAL, expr.origin)
        case Var(scope=Scope.TIME):
            return in_ms(LAST_SPIKE)
        case _:
            return expr


def in_ms(step: Expr) -> Expr:
    """A number of steps as a time."""
    return Binary("*", Cast(step, DType.REAL) if step.dtype is not DType.REAL else step, DT)

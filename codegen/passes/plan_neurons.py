"""One kernel per neuron model and set of inputs: a global block, then a block for each neuron."""

from __future__ import annotations

from synloom.codegen.ir.expr import Expr, Reduction, Var, WeightedSum
from synloom.codegen.ir.model import NeuronModel
from synloom.codegen.ir.plan import Field, FieldKind, NeuronKernel
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.lower.function import reachable
from synloom.codegen.passes import gather
from synloom.codegen.passes.discretize import discretize
from synloom.codegen.passes.draws import draw_fields, settle_arguments

DT = Var(Scope.CLOCK, "dt")


def plan_neuron(neuron: NeuronModel) -> NeuronKernel:
    """``tau*dr/dt + r = sum(exc)``  ->  a kernel over the fields ``size, tau, r, sum_exc``."""
    taken = gather.constants(gather.nodes((), neuron.functions))
    global_block = discretize(neuron.equations, Locality.GLOBAL, DT, taken)
    local_block = discretize(neuron.equations, Locality.LOCAL, DT, taken)
    global_block, local_block = settle_arguments((global_block, local_block), neuron.equations, taken)
    exprs = [*gather.expressions(global_block), *gather.expressions(local_block)]
    functions = reachable(exprs, {f.name: f for f in neuron.functions})
    used = list(gather.nodes(exprs, functions))

    sums = {gather.sum_field(n): None for n in used if isinstance(n, WeightedSum)}
    reductions = {gather.reduction_field(n): None for n in used if isinstance(n, Reduction)}
    constants = gather.constants(used)
    changed = gather.assigned(global_block) | gather.assigned(local_block)
    members = gather.members(neuron.attributes, used, changed)

    fields = (
        Field("size", DType.INT, FieldKind.SIZE),
        *draw_fields(exprs),
        *(Field(m.name, m.dtype, mutable=m.assigned) for m in members),
        *(Field(name, DType.REAL) for name in (*sums, *reductions, *constants)),
    )
    gather.refuse_clashes(fields, neuron.attributes)
    kernel = NeuronKernel(
        name="",
        summary=f"Update of the neurons of one population: {neuron.name or 'rate-coded'}.",
        fields=fields,
        members=members,
        inputs=tuple(sums),
        wholes=(*reductions, *constants),
        global_block=gather.map_block(global_block, _to_fields),
        local_block=gather.map_block(local_block, _to_fields),
        functions=functions,
    )
    return gather.signed(kernel, "update_" + gather.slug(neuron.name, "neurons"))


def _to_fields(expr: Expr) -> Expr:
    match expr:
        case WeightedSum():
            return Var(Scope.TEMP, gather.sum_field(expr), Locality.LOCAL, DType.REAL, expr.origin)
        case Reduction():
            return Var(Scope.TEMP, gather.reduction_field(expr), Locality.GLOBAL, DType.REAL, expr.origin)
        case _:
            return expr

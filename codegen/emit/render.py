"""Contexts into text. The only module that knows Jinja, which is imported when first needed."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, assert_never

from synloom.codegen.artifact import SourceFile, SourceSet
from synloom.codegen.emit.contexts import Context, CythonModule
from synloom.codegen.emit.events import event_unit
from synloom.codegen.emit.kernels import kernel_header, neuron_unit, sweep_unit, update_unit
from synloom.codegen.emit.network import network_unit
from synloom.codegen.ir.plan import EventKernel, Kernel, NeuronKernel, Plan, SweepKernel, SynapseKernel
from synloom.codegen.ir.types import Precision

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment() -> Environment:
    """Templates fail on a name they do not know instead of printing nothing."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("synloom.templates", ""),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def render(context: Context) -> str:
    """The template of a context, filled with its fields."""
    values = {f.name: getattr(context, f.name) for f in fields(context)}
    return environment().get_template(context.TEMPLATE).render(values)


def unit_of(kernel: Kernel, precision: Precision) -> Context:
    """The context of a kernel's translation unit."""
    match kernel:
        case NeuronKernel():
            return neuron_unit(kernel, precision)
        case SweepKernel():
            return sweep_unit(kernel, precision)
        case SynapseKernel():
            return update_unit(kernel, precision)
        case EventKernel():
            return event_unit(kernel, precision)
        case _:
            assert_never(kernel)


def render_plan(plan: Plan) -> SourceSet:
    """All files of a network: a header and a unit per kernel, the network, the Cython module."""
    files = []
    for kernel in plan.kernels:
        files.append(SourceFile(f"{kernel.name}.hpp", render(kernel_header(kernel, plan.precision))))
        files.append(SourceFile(f"{kernel.name}.cpp", render(unit_of(kernel, plan.precision))))
    files.append(SourceFile("network.cpp", render(network_unit(plan))))
    files.append(SourceFile("network.pyx", render(CythonModule())))
    return SourceSet(tuple(files), plan.manifest)

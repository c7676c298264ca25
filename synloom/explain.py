"""``explain()``: each equation as written, its discretised form, and the C++ it became."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from synloom.codegen.emit.render import render, unit_of
from synloom.codegen.ir.model import NeuronModel, Ode
from synloom.codegen.ir.plan import EventKernel, Kernel, NeuronKernel, Plan, SweepKernel, SynapseKernel
from synloom.codegen.ir.stmt import Clamp, Stmt
from synloom.codegen.ir.text import print_ir
from synloom.codegen.ir.types import Precision
from synloom.codegen.passes.plan_neurons import plan_neuron


class Explanation(str):
    """A text that an interactive session shows as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def explain_neuron(model: NeuronModel, precision: Precision) -> Explanation:
    """The equations of a neuron model and the kernel they become."""
    methods = {e.text: f" ({e.method})" for e in model.equations if isinstance(e, Ode)}
    return Explanation(_kernel(plan_neuron(model), precision, methods))


def explain_projection(plan: Plan, name: str) -> Explanation:
    """The sweep or the events that transmit for a projection or transpose, and the updates that learn."""
    kernels = {k.name: k for k in plan.kernels}
    launches = [x for x in (*plan.sweeps, *plan.synapses, *plan.events) if name in x.objects]
    parts = [_kernel(kernels[x.kernel], plan.precision, {}) for x in launches]
    return Explanation("\n\n".join(parts))


def _is_of(name: str, title: str) -> bool:
    """Whether a launch is of one kind of spikes: ``proj0, post-synaptic spikes``."""
    return title.startswith(f"{name}, ") and title.endswith(" spikes")


def _kernel(kernel: Kernel, precision: Precision, methods: dict[str, str]) -> str:
    file = f"{kernel.name}.cpp"
    lines = render(unit_of(kernel, precision)).splitlines()
    if isinstance(kernel, SweepKernel):
        shown = [f"{r.operation} of {r.psp_text}" for r in kernel.readers]
        body = "\n".join(f"{file}:{n + 1:<4} {line}" for n, line in enumerate(lines) if line.strip())
        return "\n".join([*shown, body])
    return "\n\n".join(_equation(text, block, lines, file, methods) for text, block in _equations(kernel))


def _equations(kernel: NeuronKernel | SynapseKernel | EventKernel) -> Iterable[tuple[str, list[Stmt]]]:
    """Statements by the equation they came from, in order of execution."""
    blocks: tuple[tuple[Stmt, ...], ...]
    match kernel:
        case NeuronKernel():
            blocks = (kernel.global_block, kernel.local_block)
        case SynapseKernel():
            blocks = (kernel.global_block, kernel.row_block, kernel.local_block)
        case EventKernel():
            blocks = (kernel.block,)
        case _:
            assert_never(kernel)
    for block in blocks:
        grouped: dict[str, list[Stmt]] = {}
        last = ""
        for stmt in block:
            last = last if isinstance(stmt, Clamp) else (stmt.comment or last)
            grouped.setdefault(last, []).append(stmt)
        yield from grouped.items()


def _equation(text: str, block: list[Stmt], lines: list[str], file: str, methods: dict[str, str]) -> str:
    steps = "\n".join(f"    {print_ir(s)}" for s in block)
    code = "\n".join(f"    {file}:{n + 1}: {lines[n].strip()}" for n in _lines_after(text, lines))
    return f"{text}{methods.get(text, '')}\n  becomes\n{steps}\n  in C++\n{code}"


def _lines_after(text: str, lines: list[str]) -> list[int]:
    """Numbers of the lines under the comment that repeats the equation."""
    found: list[int] = []
    inside = False
    for number, line in enumerate(lines):
        stripped = line.strip()
        if stripped.startswith("//"):
            inside = stripped == f"// {text}"
        elif not stripped or stripped.startswith("}"):
            inside = False
        elif inside:
            found.append(number)
    return found

"""``explain()``: each equation as written, its discretised form, and the C++ it became."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from synloom.codegen.emit.render import render, unit_of
from synloom.codegen.ir.model import NeuronModel, Ode
from synloom.codegen.ir.plan import (
    EventKernel,
    Firing,
    Kernel,
    NeuronKernel,
    Plan,
    SweepKernel,
    SynapseKernel,
)
from synloom.codegen.ir.stmt import Clamp, Stmt
from synloom.codegen.ir.text import print_ir, show
from synloom.codegen.ir.types import Precision
from synloom.codegen.passes.plan_neurons import plan_neuron
from synloom.codegen.record import record

FIRE = "// Neurons that fire."
AXONAL = "// Neurons with an axonal spike."


class Explanation(str):
    """A text that an interactive session shows as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@record
class Code:
    """Lines of a generated file, numbered."""

    file: str
    lines: tuple[tuple[int, str], ...]

    def before(self, comment: str) -> Code:
        return Code(self.file, self.lines[: self._at(comment)])

    def behind(self, comment: str) -> Code:
        return Code(self.file, self.lines[self._at(comment) + 1 :])

    def _at(self, comment: str) -> int:
        return next((n for n, (_, line) in enumerate(self.lines) if line.strip() == comment), len(self.lines))

    def under(self, text: str) -> Iterator[str]:
        """The lines under the comment that repeats an equation."""
        inside = False
        for number, line in self.lines:
            stripped = line.strip()
            if stripped.startswith("//"):
                inside = stripped == f"// {text}"
            elif not stripped or stripped.startswith("}"):
                inside = False
            elif inside:
                yield f"{self.file}:{number}: {stripped}"


def explain_neuron(model: NeuronModel, precision: Precision) -> Explanation:
    """The equations of a neuron model, what happens when it fires, and the kernel they become."""
    methods = {e.text: f" ({e.method})" for e in model.equations if isinstance(e, Ode)}
    return Explanation("\n\n".join(_kernel(plan_neuron(model), precision, methods)))


def explain_projection(plan: Plan, name: str) -> Explanation:
    """What transmits for a projection or transpose, what learns, and what spikes do to its synapses."""
    kernels = {k.name: k for k in plan.kernels}
    parts: list[str] = []
    for launch in (*plan.sweeps, *plan.synapses, *plan.events):
        if name in launch.objects:
            parts += [f"-- {launch.title}", *_kernel(kernels[launch.kernel], plan.precision, {})]
    return Explanation("\n\n".join(parts))


def _kernel(kernel: Kernel, precision: Precision, methods: dict[str, str]) -> Iterator[str]:
    """A paragraph for each equation."""
    lines = render(unit_of(kernel, precision)).splitlines()
    code = Code(f"{kernel.name}.cpp", tuple(enumerate(lines, start=1)))
    match kernel:
        case SweepKernel():
            shown = [f"{r.operation} of {r.psp_text}" for r in kernel.readers]
            body = [f"{code.file}:{n:<4} {line}" for n, line in code.lines if line.strip()]
            yield "\n".join([*shown, *body])
        case NeuronKernel():
            update, fire = code.before(FIRE), code.behind(FIRE)
            yield from _equations((kernel.global_block, kernel.local_block), update, methods)
            yield from _spikes(kernel, update, fire.before(AXONAL), fire.behind(AXONAL))
        case SynapseKernel():
            yield from _equations((kernel.global_block, kernel.row_block, kernel.local_block), code, methods)
        case EventKernel():
            yield from _equations((kernel.block,), code, methods)
        case _:
            assert_never(kernel)


def _equations(blocks: Iterable[tuple[Stmt, ...]], code: Code, methods: dict[str, str]) -> Iterator[str]:
    """Statements by the equation they came from, in order of execution."""
    for block in blocks:
        grouped: dict[str, list[Stmt]] = {}
        last = ""
        for stmt in block:
            last = last if isinstance(stmt, Clamp) else (stmt.comment or last)
            grouped.setdefault(last, []).append(stmt)
        for text, statements in grouped.items():
            yield _paragraph(text + methods.get(text, ""), map(print_ir, statements), code.under(text))


def _spikes(kernel: NeuronKernel, update: Code, fire: Code, axonal: Code) -> Iterator[str]:
    """When a neuron fires, its resets, how long it is refractory."""
    if kernel.spike is None:
        return
    yield from _firing("spike", kernel.spike, "not refractory and ", "", update, fire)
    period = (
        "as long as the population says" if kernel.refractory is None else f"{show(kernel.refractory)} ms"
    )
    comment = "refractory" if kernel.refractory is None else f"refractory: {show(kernel.refractory)}"
    yield _paragraph(comment, [f"refractory for {period}"], fire.under(comment))
    if kernel.axon is not None:
        otherwise = f" and not ({show(kernel.spike.condition)})"
        both = Code(update.file, (*update.lines, *fire.lines))
        yield from _firing("axon_spike", kernel.axon, "", otherwise, both, axonal)


def _firing(name: str, firing: Firing, before: str, behind: str, test: Code, reset: Code) -> Iterator[str]:
    text = f"{name}: {firing.text}"
    condition = show(firing.condition, 2)  # as an operand of `and`
    yield _paragraph(text, [f"fires if {before}{condition}{behind}"], test.under(text))
    what = {"spike": " (reset)", "axon_spike": " (axon_reset)"}[name]
    yield from _equations(
        (firing.reset,), reset, {s.comment: what for s in firing.reset if not isinstance(s, Clamp)}
    )


def _paragraph(text: str, steps: Iterable[str], code: Iterable[str]) -> str:
    lines = [text, "  becomes", *(f"    {s}" for s in steps), "  in C++", *(f"    {c}" for c in code)]
    return "\n".join(lines)

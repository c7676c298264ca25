"""Spike conditions and resets of a neuron kernel as text."""

from __future__ import annotations

from synloom.codegen.emit.contexts import FiringText
from synloom.codegen.emit.draws import one_by_one
from synloom.codegen.emit.layout import comment, fold, indented
from synloom.codegen.emit.loads import element_loads, element_stores, loaded, those
from synloom.codegen.emit.printer import OPERATORS, Printer
from synloom.codegen.ir.expr import Call, Expr, Var
from synloom.codegen.ir.plan import Firing, NeuronKernel
from synloom.codegen.ir.text import show
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.names import cpp_name
from synloom.codegen.passes import gather


def names_of_ours(var: Var) -> str | None:
    """The local of a neuron's kernel that no attribute of the user is mistaken for."""
    return "refractory" if var == Var(Scope.TEMP, "refractory", var.locality, DType.BOOL) else None


def tested(kernel: NeuronKernel) -> list[Expr]:
    """What is read behind the local block: conditions, and globals of the resets."""
    exprs = [f.condition for f in kernel.firings]
    exprs += [e for f in kernel.firings for e in gather.expressions(f.reset)]
    return exprs if kernel.refractory is None else [*exprs, kernel.refractory]


def firing_buffers(kernel: NeuronKernel) -> list[str]:
    """The local that says where counters and flags of the neurons are; none for neurons that do not fire."""
    if kernel.spike is None:
        return []
    axons = "" if kernel.axon is None else ", self.axon_flags"
    return [f"const Firing firing{{self.refractory_left, self.spike_flags{axons}}};"]


def neuron_way(kernel: NeuronKernel, real: str) -> str:
    """How the loop goes over counters and flags: much is computed where functions are called."""
    nodes = gather.nodes(gather.expressions(kernel.local_block), kernel.functions)
    heavy = any(isinstance(n, Call) for n in nodes)
    return f"{'InLanes' if heavy else 'AsTheyAre'}<{real}>"


def neuron_loop(kernel: NeuronKernel, way: str) -> str:
    """The head of the loop over neurons, up to the parameters of its body."""
    if kernel.spike is None:
        return "each(self.size, [=](Index i)"
    return f"each_neuron<{way}>(self.size, firing, [=](Index i, bool refractory)"


def tests(kernel: NeuronKernel, printer: Printer) -> list[str]:
    """Behind the update of a neuron: whether it fires."""
    assert kernel.spike is not None
    spike = fold(f"!refractory && {_operand(kernel.spike, printer)}")
    said = f"// spike: {comment(kernel.spike.text)}"
    if kernel.axon is None:
        return ["", said, f"return {spike};"]
    axonal = fold(_axonal(kernel.spike, kernel.axon, printer))
    return [
        "",
        "return Fires{",
        *indented(said, f"{spike},", f"// axon_spike: {comment(kernel.axon.text)}", f"{axonal},"),
        "};",
    ]


def _operand(firing: Firing, printer: Printer) -> str:
    return printer.expr(firing.condition, OPERATORS["and"][1])


def _axonal(spike: Firing, axon: Firing, printer: Printer) -> str:
    return f"{_operand(axon, printer)} && !({printer.expr(spike.condition)})"


def firings(kernel: NeuronKernel, printer: Printer) -> tuple[FiringText, ...]:
    """The neurons that fire, one after the other."""
    if kernel.spike is None:
        return ()
    texts = [_spike(kernel, kernel.spike, printer)]
    if kernel.axon is not None:
        texts.append(_firing(kernel, kernel.axon, "axon", "Neurons with an axonal spike.", printer, [], []))
    return tuple(texts)


def _spike(kernel: NeuronKernel, spike: Firing, printer: Printer) -> FiringText:
    period = "self.refractory_steps[i]"
    after: list[Expr] = []
    said = ["// refractory"]
    if kernel.refractory is not None:
        period = f"steps_of({printer.expr(kernel.refractory)}, clock.dt)"
        after.append(kernel.refractory)
        said = [f"// refractory: {show(kernel.refractory)}"]
    store = ["self.last_spike[i] = clock.step;", *said, f"self.refractory_left[i] = {period};"]
    if kernel.axon is not None:
        after += [spike.condition, kernel.axon.condition]
        store.append(f"// axon_spike: {comment(kernel.axon.text)}")
        store.append(fold(f"self.axon_flags[i] = {_axonal(spike, kernel.axon, printer)};"))
    return _firing(kernel, spike, "spike", "Neurons that fire.", printer, after, store)


def _firing(
    kernel: NeuronKernel,
    firing: Firing,
    buffers: str,
    title: str,
    printer: Printer,
    after: list[Expr],
    more: list[str],
) -> FiringText:
    """One list of spikes; ``after`` the reset, ``more`` is done."""
    changed = gather.assigned(firing.reset)
    read = loaded(firing.reset, after)
    load = element_loads(those(kernel.members, read), "i", Locality.LOCAL, printer)
    body = one_by_one(printer, "i").block(firing.reset, declared=read)
    store = element_stores(those(kernel.members, changed), "i", Locality.LOCAL)
    wholes = [m for m in kernel.members if m.locality is Locality.GLOBAL and m.name in changed]
    load += [f"{printer.type(m.dtype)} {cpp_name(m.name)} = *self.{cpp_name(m.name)};" for m in wholes]
    store += [f"*self.{cpp_name(m.name)} = {cpp_name(m.name)};" for m in wholes]
    sections = [s for s in (load, body, [*store, *more]) if s]
    return FiringText(
        title=title,
        flags=f"self.{buffers}_flags",
        list=f"self.{buffers}_list",
        lines=tuple(line for n, s in enumerate(sections) for line in ([""] if n else []) + list(s)),
    )

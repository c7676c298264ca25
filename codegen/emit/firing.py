"""Spike conditions and resets of a neuron kernel as text."""

from __future__ import annotations

from synloom.codegen.emit.contexts import FiringText
from synloom.codegen.emit.draws import one_by_one
from synloom.codegen.emit.loads import element_loads, element_stores, loaded, those
from synloom.codegen.emit.printer import Printer
from synloom.codegen.ir.expr import Call, Expr
from synloom.codegen.ir.plan import Firing, NeuronKernel
from synloom.codegen.ir.types import Locality
from synloom.codegen.names import cpp_name
from synloom.codegen.passes import gather


def tested(kernel: NeuronKernel) -> list[Expr]:
    """What is read behind the local block: conditions, and globals of the resets."""
    exprs = [f.condition for f in kernel.firings]
    exprs += [e for f in kernel.firings for e in gather.expressions(f.reset)]
    return exprs if kernel.refractory is None else [*exprs, kernel.refractory]


def firing_buffers(kernel: NeuronKernel) -> str:
    """Where counters and flags of the neurons are; empty for neurons that do not fire."""
    if kernel.spike is None:
        return ""
    axons = "nullptr" if kernel.axon is None else "self.axon_flags"
    return f"{{self.refractory_left, self.spike_flags, {axons}}}"


def neuron_way(kernel: NeuronKernel, real: str) -> str:
    """How the loop goes over counters and flags: much is computed where functions are called."""
    nodes = gather.nodes(gather.expressions(kernel.local_block), kernel.functions)
    heavy = any(isinstance(n, Call) for n in nodes)
    return f"{'InLanes' if heavy else 'AsTheyAre'}<{real}>"


def neuron_loop(way: str, firing: str) -> str:
    """The head of the loop over neurons, up to the parameters of its body."""
    if not firing:
        return "each(self.size, [=](Index i)"
    return f"each_neuron<{way}>(self.size, {firing}, [=](Index i, bool refractory)"


def tests(kernel: NeuronKernel, printer: Printer) -> list[str]:
    """Behind the update of a neuron: whether it fires."""
    assert kernel.spike is not None
    lines = ["", f"// spike: {kernel.spike.text}"]
    spike = f"!refractory && {printer.expr(kernel.spike.condition, 3)}"
    if kernel.axon is None:
        return [*lines, f"return {spike};"]
    lines += [f"// axon_spike: {kernel.axon.text}"]
    return [*lines, f"return Fires{{{spike}, {_axonal(kernel.spike, kernel.axon, printer)}}};"]


def _axonal(spike: Firing, axon: Firing, printer: Printer) -> str:
    return f"{printer.expr(axon.condition, 3)} && !({printer.expr(spike.condition)})"


def firings(kernel: NeuronKernel, printer: Printer) -> tuple[FiringText, ...]:
    """The neurons that fire, one after the other."""
    if kernel.spike is None:
        return ()
    texts = [_spike(kernel, kernel.spike, printer)]
    if kernel.axon is not None:
        texts.append(_firing(kernel, kernel.axon, "axon", "axonal spikes", printer, [], []))
    return tuple(texts)


def _spike(kernel: NeuronKernel, spike: Firing, printer: Printer) -> FiringText:
    period = "self.refractory_steps[i]"
    after: list[Expr] = []
    if kernel.refractory is not None:
        period = f"steps_of({printer.expr(kernel.refractory)}, clock.dt)"
        after.append(kernel.refractory)
    store = ["self.last_spike[i] = clock.step;", f"self.refractory_left[i] = {period};"]
    if kernel.axon is not None:
        after += [spike.condition, kernel.axon.condition]
        store.append(f"self.axon_flags[i] = {_axonal(spike, kernel.axon, printer)};")
    return _firing(kernel, spike, "spike", "spikes", printer, after, store)


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
    return FiringText(
        title=title,
        count=f"self.{buffers}_counts[*self.spike_head]",
        flags=f"self.{buffers}_flags",
        ranks=f"self.{buffers}_ranks + *self.spike_head * self.size",
        load=tuple(load),
        body=body,
        store=(*store, *more),
    )

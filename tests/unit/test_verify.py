"""IR that the compiler must never make is refused, with the rule it breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

import synloom as sl
from synloom.codegen.errors import CodegenError
from synloom.codegen.ir.expr import (
    Binary,
    Call,
    Cast,
    Const,
    Draw,
    Expr,
    Name,
    Reduction,
    Select,
    Unary,
    Var,
    WeightedSum,
)
from synloom.codegen.ir.model import (
    Assignment,
    Bound,
    Creating,
    Event,
    Function,
    NetworkIR,
    Ode,
    Pruning,
    Spike,
)
from synloom.codegen.ir.plan import (
    EmitSpikes,
    EventKernel,
    Field,
    FieldKind,
    Kernel,
    NeuronKernel,
    Plan,
    ShowBlock,
    SweepKernel,
)
from synloom.codegen.ir.stmt import Clamp, Let, Set, Stmt
from synloom.codegen.ir.types import DType, Locality, Method, Scope
from synloom.codegen.ir.verify import verify_expr, verify_network
from synloom.codegen.ir.verify_plan import verify_plan
from tests.golden.networks import NETWORKS

REAL, INT, BOOL = DType.REAL, DType.INT, DType.BOOL
LOCAL = Locality.LOCAL
ONE = Const(1.0)
TRUE = Const(True, BOOL)
V = Var(Scope.SELF, "v", LOCAL)
G_TARGET = Var(Scope.TARGET, "", LOCAL)


@cache
def compiled(name: str) -> tuple[NetworkIR, Plan]:
    sl.clear()
    network = NETWORKS[name]()
    plan = network.plan
    ir = network.ir
    sl.clear()
    return ir, plan


def refused(check: Callable[[Any], None], broken: object, rule: str) -> None:
    with pytest.raises(CodegenError, match=f"^Broken IR: {re.escape(rule)}"):
        check(broken)


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_what_the_compiler_makes_is_well_formed(name: str) -> None:
    ir, plan = compiled(name)
    verify_network(ir)
    verify_plan(plan)


EXPRESSIONS: list[tuple[Expr, str]] = [
    (Name("", "x"), "Name was not resolved"),
    (Const(1), "1 is no literal of type real"),
    (Const(1.0, INT), "1.0 is no literal of type int"),
    (Binary("^", ONE, ONE), "there is no operator '^'"),
    (Binary("not", ONE, ONE), "there is no operator 'not'"),
    (Binary("+", ONE, TRUE), "+ over real and bool gives real"),
    (Binary("<", ONE, ONE), "< over real and real gives real"),
    (Binary("and", ONE, ONE, BOOL), "and over real and real gives bool"),
    (Unary("+", ONE), "there is no operator '+' of one operand"),
    (Unary("not", ONE, BOOL), "not of real gives bool"),
    (Select(ONE, ONE, ONE), "a choice between different types"),
    (Select(TRUE, ONE, TRUE), "a choice between different types"),
    (Cast(ONE, DType.INT32), "a cast of an index"),
    (Draw("Uniform", (ONE, ONE), dtype=INT), "Draw of type int"),
    (Call("", (ONE,)), "there is no function ''"),
    (Reduction("median", Scope.SELF, "v"), "there is no median of self"),
    (WeightedSum(Scope.CLOCK, "exc"), "there is no sum of clock"),
]


@pytest.mark.parametrize(("expr", "rule"), EXPRESSIONS, ids=[rule for _, rule in EXPRESSIONS])
def test_expressions(expr: Expr, rule: str) -> None:
    refused(verify_expr, expr, rule)
    refused(verify_expr, Unary("-", Cast(expr, REAL)), rule)


# -- models --------------------------------------------------------------------------------------------------


def neuron(**changes: Any) -> NetworkIR:
    """The network ``stdp`` with another first population."""
    ir, _ = compiled("stdp")
    first = ir.populations[0]
    return replace(
        ir, populations=(replace(first, neuron=replace(first.neuron, **changes)), *ir.populations[1:])
    )


def reading(expr: Expr) -> NetworkIR:
    """A neuron that reads something in its equations."""
    return neuron(equations=(Assignment(V, expr),))


def synapse(**changes: Any) -> NetworkIR:
    """The network ``stdp`` with another rule."""
    ir, _ = compiled("stdp")
    first = ir.projections[0]
    return replace(
        ir, projections=(replace(first, synapse=replace(first.synapse, **changes)), *ir.projections[1:])
    )


def projection(number: int, **changes: Any) -> NetworkIR:
    ir, _ = compiled("stdp")
    links = list(ir.projections)
    links[number] = replace(links[number], **changes)
    return replace(ir, projections=tuple(links))


def test_a_network_is_one_to_begin_with() -> None:
    for ir in (neuron(), synapse(), projection(0), reading(V)):
        verify_network(ir)


def pruning(condition: Expr) -> NetworkIR:
    return synapse(pruning=Pruning(condition, "", ONE))


def test_rules_of_structural_plasticity() -> None:
    lost = Var(Scope.SELF, "missing", LOCAL)

    verify_network(pruning(TRUE))
    refused(verify_network, pruning(Const(1.0, REAL)), "a condition of type real")
    refused(verify_network, pruning(Cast(lost, BOOL)), "unknown attribute missing")

    verify_network(synapse(creating=Creating(TRUE, "", ONE, ONE, None)))
    refused(verify_network, synapse(creating=Creating(TRUE, "", ONE, ONE, lost)), "unknown attribute missing")


NEURONS: list[tuple[Callable[[], NetworkIR], str]] = [
    (lambda: reading(Var(Scope.SELF, "missing", LOCAL)), "unknown attribute missing"),
    (lambda: reading(Var(Scope.SELF, "v")), "v is read as what it is not"),
    (lambda: reading(Cast(Var(Scope.SELF, "v", LOCAL, INT), REAL)), "v is read as what it is not"),
    (lambda: reading(Var(Scope.PRE, "v", LOCAL)), "unknown attribute v"),
    (lambda: reading(Var(Scope.TEMP, "k", LOCAL)), "k of a scope that models do not have"),
    (lambda: reading(Var(Scope.CLOCK, "h")), "there is no h here"),
    (lambda: reading(Var(Scope.TIME, "t_pre", LOCAL)), "there is no t_pre here"),
    (lambda: reading(Var(Scope.CONSTANT, "v")), "there is no v here"),
    (lambda: reading(G_TARGET), "there is no g_target here"),
    (lambda: reading(Reduction("mean", Scope.SELF, "missing")), "unknown attribute missing"),
    (lambda: neuron(equations=(Assignment(Var(Scope.SELF, "u", LOCAL), ONE),)), "assignment to unknown u"),
    (lambda: neuron(equations=(Assignment(Var(Scope.PRE, "v", LOCAL), ONE),)), "assignment to unknown v"),
    (lambda: neuron(equations=(Assignment(G_TARGET, ONE),)), "there is no g_target here"),
    (lambda: neuron(equations=(Assignment(V, TRUE),)), "v is assigned a value of type bool"),
    (
        lambda: neuron(equations=(Ode(V, ONE, ONE, Method.EXPLICIT, (Bound("min", Var(Scope.SELF, "u", LOCAL)),)),)),
        "unknown attribute u",
    ),
    (lambda: neuron(spike=Spike(V, "v")), "a spike condition of type real"),
    (lambda: neuron(spike=Spike(TRUE, "True", (Assignment(Var(Scope.SELF, "u"), ONE),))), "assignment to unknown u"),
    (lambda: neuron(spike=None), "axonal spikes of neurons that do not fire"),
    (lambda: neuron(refractory=Var(Scope.SELF, "u", LOCAL)), "unknown attribute u"),
    (lambda: neuron(attributes=2 * compiled("stdp")[0].populations[0].neuron.attributes), "two attributes of one"),
]  # fmt: skip
X_ARGUMENT = Var(Scope.ARGUMENT, "x")
FUNCTIONS: list[tuple[Callable[[], NetworkIR], str]] = [
    (lambda: neuron(functions=(Function("f", (("x", REAL),), V),)), "there is no v here"),
    (lambda: neuron(functions=(Function("f", (("y", REAL),), X_ARGUMENT),)), "there is no x here"),
    (lambda: neuron(functions=(Function("f", (("x", BOOL),), X_ARGUMENT),)), "there is no x here"),
    (lambda: neuron(functions=(Function("f", (("x", REAL),), Var(Scope.CONSTANT, "x")),)), "there is no x here"),
    (lambda: neuron(functions=(Function("f", (), ONE, BOOL),)), "the function f gives real"),
    (
        lambda: neuron(
            functions=(Function("f", (("x", REAL),), X_ARGUMENT),), equations=(Assignment(V, Call("f", ())),)
        ),
        "f is called with other types than its own",
    ),
]  # fmt: skip
SYNAPSES: list[tuple[Callable[[], NetworkIR], str]] = [
    (lambda: synapse(psp=Var(Scope.PRE, "missing", LOCAL)), "unknown attribute missing"),
    (lambda: synapse(pre_spike=Event((Assignment(V, ONE),))), "what an event transmits goes to g_target, always"),
    (lambda: synapse(pre_spike=Event((Assignment(G_TARGET, ONE, unless_post=True),))), "what an event transmits goes"),
    (lambda: synapse(pre_spike=Event((), (Assignment(G_TARGET, ONE),))), "there is no g_target here"),
    (lambda: synapse(pre_spike=Event((), (Assignment(V, ONE),))), "assignment to unknown v"),
    (lambda: synapse(post_spike=Event((Assignment(G_TARGET, ONE),))), "a post-synaptic spike that transmits"),
    (lambda: synapse(post_spike=Event((), (Assignment(Var(Scope.SELF, "w"), ONE),))), "w is read as what it is not"),
    (lambda: synapse(spiking=False), "a rate-coded synapse without psp"),
    (lambda: synapse(spiking=False, psp=ONE), "events in a rate-coded synapse"),
    (lambda: projection(0, pre="nobody"), "ff connects unknown populations"),
    (lambda: projection(0, targets=()), "ff has no targets, or one of them twice"),
    (lambda: projection(0, targets=("exc", "exc")), "ff has no targets, or one of them twice"),
    (lambda: projection(1, forward="nothing"), "fb is the transpose of nothing"),
    (lambda: projection(1, forward="fb"), "fb is the transpose of nothing"),
    (lambda: projection(1, psp=Var(Scope.PRE, "missing", LOCAL)), "unknown attribute missing"),
    (lambda: projection(1, name="ff"), "two objects of one name"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "rule"), [*NEURONS, *FUNCTIONS, *SYNAPSES])
def test_models(broken: Callable[[], NetworkIR], rule: str) -> None:
    refused(verify_network, broken(), rule)


# -- plans ---------------------------------------------------------------------------------------------------


def with_kernel(plan: Plan, old: Kernel, new: Kernel) -> Plan:
    return replace(plan, kernels=tuple(new if k is old else k for k in plan.kernels))


def event(name: str = "stdp", number: int = 0, **changes: Any) -> Plan:
    """A plan with another kernel of events; by default the first, of spikes with delays of their own."""
    plan = compiled(name)[1]
    kernel = [k for k in plan.kernels if isinstance(k, EventKernel)][number]
    return with_kernel(plan, kernel, replace(kernel, **changes))


def events_without(field: str, name: str = "stdp", number: int = 0) -> Plan:
    plan = compiled(name)[1]
    kernel = [k for k in plan.kernels if isinstance(k, EventKernel)][number]
    return event(name, number, fields=tuple(f for f in kernel.fields if f.name != field))


def event_block(*block: Stmt) -> Plan:
    return event(block=block)


def neurons(**changes: Any) -> Plan:
    plan = compiled("stdp")[1]
    kernel = next(k for k in plan.kernels if isinstance(k, NeuronKernel))
    return with_kernel(plan, kernel, replace(kernel, **changes))


def neurons_without(field: str) -> Plan:
    kernel = next(k for k in compiled("stdp")[1].kernels if isinstance(k, NeuronKernel))
    return neurons(fields=tuple(f for f in kernel.fields if f.name != field))


def firing(**changes: Any) -> Plan:
    kernel = next(k for k in compiled("stdp")[1].kernels if isinstance(k, NeuronKernel))
    assert kernel.spike is not None
    return neurons(spike=replace(kernel.spike, **changes))


W, X = Var(Scope.SELF, "w", LOCAL), Var(Scope.SELF, "x", LOCAL)
TO = Var(Scope.TARGET, "g_target", LOCAL)
TEMP = Var(Scope.TEMP, "k", LOCAL)

KERNELS: list[tuple[Callable[[], Plan], str]] = [
    (lambda: event_block(Set(Var(Scope.TARGET, "g_other", LOCAL), ONE)), "g_other is no target of the kernel"),
    (lambda: event_block(Set(G_TARGET, ONE)), "g_target is no target of the kernel"),
    (lambda: event_block(Set(X, Var(Scope.TARGET, "g_other", LOCAL))), "g_other is no target of the kernel"),
    (lambda: event_block(Set(V, ONE)), "v is nothing that the kernel may change"),
    (lambda: event_block(Set(Var(Scope.SELF, "A", LOCAL), ONE)), "A is nothing that the kernel may change"),
    (lambda: event_block(Set(W, ONE, "", ("awake",))), "the guard awake is not known here"),
    (lambda: event_block(Clamp(W, "min", ONE, ("awake",))), "the guard awake is not known here"),
    (lambda: event_block(Set(X, TEMP)), "k is read before it is set"),
    (lambda: event_block(Let("k", ONE), Let("k", ONE)), "k is made twice"),
    (lambda: event_block(Let("k", ONE, BOOL)), "k is made of a value of type real"),
    (lambda: event_block(Set(X, Var(Scope.PRE, "v", LOCAL))), "pre v is bound to no buffer"),
    (lambda: event_block(Set(X, Var(Scope.TIME, "t_pre", LOCAL))), "time t_pre is bound to no buffer"),
    (lambda: event_block(Set(X, Var(Scope.CONSTANT, "K"))), "the constant K is no field of the kernel"),
    (lambda: event_block(Set(X, WeightedSum(Scope.PRE, "exc"))), "an input that is bound to no buffer"),
    (lambda: event("coba", block=(Set(TO, Var(Scope.TEMP, "elapsed", LOCAL)),)), "elapsed is read before it is set"),
    (lambda: event("coba", block=(Set(TO, ONE, "", ("learn",)),)), "the guard learn is not known here"),
    (lambda: events_without("post_last_spike"), "the guard apart is not known here"),
    (lambda: events_without("plasticity"), "the guard learn is not known here"),
    (lambda: events_without("cursor"), "events_csr_stdp_"),
    (lambda: events_without("segment_delay"), "events_csr_stdp_"),
    (lambda: events_without("spike_ring"), "events_csr_stdp_"),
    (lambda: events_without("g_target"), "events_csr_stdp_"),
    (lambda: events_without("tau_pre"), "events_csr_stdp_"),
    (lambda: events_without("delay"), "events_csr_stdp_"),
    (lambda: event(age=2), "events_csr_stdp_"),
    (lambda: events_without("delay", "coba"), "events_csr_synapses_"),
    (lambda: firing(condition=V), "a spike condition of type real"),
    (lambda: firing(condition=Cast(TEMP, BOOL)), "k is read before it is set"),
    (lambda: firing(reset=(Set(Var(Scope.SELF, "tau", LOCAL), ONE),)), "tau is nothing that the kernel may change"),
    (lambda: firing(reset=(Set(V, ONE, "", ("learn",)),)), "the guard learn is not known here"),
    (lambda: neurons(spike=None), "refractory is read before it is set"),
    (lambda: neurons(spike=None, local_block=()), "update_tired_"),
    (lambda: neurons(refractory=None), "update_tired_"),
    (lambda: neurons_without("spike_list"), "update_tired_"),
    (lambda: neurons_without("axon_flags"), "update_tired_"),
    (lambda: neurons(fields=()), "update_tired_"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "rule"), KERNELS)
def test_kernels(broken: Callable[[], Plan], rule: str) -> None:
    refused(verify_plan, broken(), rule)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (lambda: events_without("cursor"), r"lacks the field cursor\.$"),
        (lambda: events_without("segment_delay"), r"lacks the field segment_delay\.$"),
        (lambda: events_without("spike_ring"), r"lacks the field spike_ring\.$"),
        (lambda: events_without("g_target"), r"lacks the field g_target\.$"),
        (lambda: events_without("tau_pre"), r"lacks the field tau_pre\.$"),
        (lambda: events_without("delay"), r"lacks the field delay\.$"),
        (lambda: events_without("delay", number=3), r"lacks the field delay\.$"),
        (lambda: events_without("delay", "coba"), r"lacks the field delay\.$"),
        (lambda: event(age=2), r"lags 2 steps behind\.$"),
        (lambda: neurons(spike=None, local_block=()), r"has no spikes and what belongs to them\.$"),
        (lambda: neurons(refractory=None), r"lacks the field refractory_steps\.$"),
        (lambda: neurons_without("spike_list"), r"lacks the field spike_list\.$"),
        (lambda: neurons_without("axon_flags"), r"lacks the field axon_flags\.$"),
    ],
)
def test_which_field_a_kernel_lacks(broken: Callable[[], Plan], message: str) -> None:
    with pytest.raises(CodegenError, match=message):
        verify_plan(broken())


def test_members_that_change_are_mutable() -> None:
    kernel = next(k for k in compiled("stdp")[1].kernels if isinstance(k, EventKernel))
    fields = tuple(replace(f, mutable=False) if f.name == "x" else f for f in kernel.fields)
    with pytest.raises(CodegenError, match=r"x of events_csr_stdp_\w+ is assigned and not mutable\.$"):
        verify_plan(event(fields=fields))


def test_fields_have_names_of_their_own() -> None:
    kernel = next(k for k in compiled("stdp")[1].kernels if isinstance(k, EventKernel))
    with pytest.raises(CodegenError, match=r"has two fields of one name\.$"):
        verify_plan(event(fields=(*kernel.fields, kernel.fields[0])))


def test_values_of_neurons_are_bound() -> None:
    plan = compiled("learning")[1]
    for kind, field in ((SweepKernel, "column_r_line_head"), (SweepKernel, "forward_delay")):
        kernel = next(k for k in plan.kernels if isinstance(k, kind))
        fields = tuple(f for f in kernel.fields if f.name != field)
        assert len(fields) < len(kernel.fields)
        with pytest.raises(CodegenError, match=rf"lacks the field {field}\.$"):
            verify_plan(with_kernel(plan, kernel, replace(kernel, fields=fields)))


def launched(**changes: Any) -> Plan:
    """The plan ``coba`` with another first delivery."""
    plan = compiled("coba")[1]
    return replace(plan, sweeps=(replace(plan.sweeps[0], **changes), *plan.sweeps[1:]))


def bound_to(field: str, *buffers: tuple[str, str]) -> Plan:
    arguments = compiled("coba")[1].sweeps[0].arguments
    return launched(
        arguments=tuple(replace(a, buffers=buffers) if a.field == field else a for a in arguments)
    )


def without_slot(object: str, field: str) -> Plan:
    plan = compiled("coba")[1]
    slots = tuple(s for s in plan.manifest.slots if s.key != (object, field))
    return replace(plan, manifest=replace(plan.manifest, slots=slots))


RING = [("cells", f) for f in ("spike_ranks", "spike_counts", "spike_head", "size", "spike_rows")]
LAUNCHES: list[tuple[Callable[[], Plan], str]] = [
    (lambda: launched(kernel="nothing"), "exc: spikes of 'cells' launches no kernel"),
    (lambda: launched(arguments=()), "exc: spikes of 'cells' binds the wrong fields"),
    (lambda: launched(guards=(("exc", "nothing"),)), "exc: spikes of 'cells' is guarded by nothing"),
    (lambda: bound_to("w"), "exc: spikes of 'cells'.w is bound to nothing"),
    (lambda: bound_to("w", ("exc", "nothing")), "exc: spikes of 'cells'.w is bound to nothing"),
    (lambda: bound_to("w", ("exc", "w"), ("inh", "w")), "exc: spikes of 'cells'.w is bound to 2 buffers"),
    (lambda: bound_to("spike_ring", *RING[:4]), "exc: spikes of 'cells'.spike_ring is not the ring of a population"),
    (lambda: bound_to("spike_ring", *RING[:4], ("exc", "w")), "exc: spikes of 'cells'.spike_ring is not the ring"),
    (lambda: without_slot("cells", "rate_window"), "the spike lists of cells are bound to nothing"),
    (lambda: replace(compiled("coba")[1], kernels=2 * compiled("coba")[1].kernels), "two kernels of one name"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "rule"), LAUNCHES)
def test_launches(broken: Callable[[], Plan], rule: str) -> None:
    refused(verify_plan, broken(), rule)


def inputs_without(object: str, field: str) -> Plan:
    plan = compiled("inputs")[1]
    slots = tuple(s for s in plan.manifest.slots if s.key != (object, field))
    assert len(slots) == len(plan.manifest.slots) - 1
    return replace(plan, manifest=replace(plan.manifest, slots=slots))


def shown(**changes: Any) -> Plan:
    """The plan ``inputs`` with other blocks."""
    plan = compiled("inputs")[1]
    return replace(
        plan, inputs=tuple(replace(i, **changes) if isinstance(i, ShowBlock) else i for i in plan.inputs)
    )


def decoded(**changes: Any) -> Plan:
    plan = compiled("inputs")[1]
    return replace(plan, decodings=tuple(replace(d, **changes) for d in plan.decodings))


def owner(kind: type[ShowBlock | EmitSpikes]) -> str:
    return next(i.population for i in compiled("inputs")[1].inputs if isinstance(i, kind))


def decoder() -> str:
    return compiled("inputs")[1].decodings[0].projection


@pytest.mark.parametrize("field", ["enabled", "input_clock", "input_schedule", "input_period", "input_width"])
def test_blocks_need_their_clock_and_schedule(field: str) -> None:
    name = owner(ShowBlock)
    refused(verify_plan, inputs_without(name, field), f"the input of {name} lacks {field}")


@pytest.mark.parametrize("field", ["input_count", "input_ranks", "spike_ranks", "last_spike"])
def test_given_spikes_need_a_list_to_go_to(field: str) -> None:
    name = owner(EmitSpikes)
    refused(verify_plan, inputs_without(name, field), f"the input of {name} lacks {field}")


@pytest.mark.parametrize("field", ["arrived", "window", "history", "place", "newer", "scale"])
def test_a_decoding_needs_its_window(field: str) -> None:
    name = decoder()
    refused(verify_plan, inputs_without(name, field), f"the decoding of {name} lacks {name}.{field}")


def test_blocks_go_somewhere() -> None:
    name = owner(ShowBlock)
    refused(verify_plan, shown(into=()), f"the blocks of {name} go nowhere")
    refused(verify_plan, shown(single=("nothing",)), f"the blocks of {name} go nowhere")
    refused(verify_plan, shown(into=("nothing",), single=()), f"the input of {name} lacks nothing")


def test_a_decoding_has_guards_and_a_sum() -> None:
    name = decoder()
    refused(verify_plan, decoded(guards=()), f"the decoding of {name} is guarded by nothing")
    refused(
        verify_plan, decoded(guards=((name, "nothing"),)), f"the decoding of {name} is guarded by nothing"
    )
    refused(verify_plan, decoded(field="sum_nothing"), f"the decoding of {name} lacks reader.sum_nothing")


def test_a_field_of_spikes_is_declared_as_one() -> None:
    kernel = next(k for k in compiled("coba")[1].kernels if isinstance(k, EventKernel))
    assert Field("spike_ring", DType.INT32, FieldKind.SPIKES) in kernel.fields

"""The compiler's input: models as text, frozen. ``synloom`` makes these, ``lower`` reads them."""

from __future__ import annotations

from dataclasses import field

from synloom.codegen.errors import CallSite, SourceText
from synloom.codegen.record import record


@record
class NeuronDescription:
    """The text arguments of ``Neuron(...)``; an argument that was not given is an empty text."""

    parameters: SourceText
    equations: SourceText
    functions: SourceText = SourceText("")
    name: str = ""
    site: CallSite | None = field(default=None, compare=False)
    spike: SourceText = SourceText("")
    axon_spike: SourceText = SourceText("")
    reset: SourceText = SourceText("")
    axon_reset: SourceText = SourceText("")
    refractory: SourceText = SourceText("")  # the name of an attribute; a number is data of the population
    sums: bool = False  # of a spiking neuron: may read the weighted sums of rate-coded projections, too


@record
class SynapseDescription:
    """The text arguments of ``Synapse(...)``. An empty ``psp`` is the default."""

    parameters: SourceText
    equations: SourceText
    psp: SourceText = SourceText("")
    operation: str = "sum"
    functions: SourceText = SourceText("")
    name: str = ""
    site: CallSite | None = field(default=None, compare=False)
    pre_spike: SourceText = SourceText("")
    post_spike: SourceText = SourceText("")
    pre_axon_spike: SourceText = SourceText("")
    creating: SourceText = SourceText("")
    pruning: SourceText = SourceText("")

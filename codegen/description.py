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


@record
class SynapseDescription:
    """The text arguments of ``Synapse(...)``. An empty ``psp`` is the default ``w * pre.r``."""

    parameters: SourceText
    equations: SourceText
    psp: SourceText = SourceText("")
    operation: str = "sum"
    functions: SourceText = SourceText("")
    name: str = ""
    site: CallSite | None = field(default=None, compare=False)

"""A synapse model shown without a network of the user's: between neurons that have what it reads, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from synloom.codegen.lower.events import all_texts
from synloom.network import Network
from synloom.neuron import Neuron
from synloom.projection import Projection
from synloom.random import Uniform

if TYPE_CHECKING:
    from synloom.synapse import Synapse

READ = re.compile(r"\b(pre|post)\s*\.\s*(?:sum\s*\(\s*(\w+)\s*\)|(\w+))")
TARGET = "exc"


def explain_synapse(synapse: Synapse) -> str:
    """What :meth:`Projection.explain` says of it where all neurons are connected and each synapse has its weight."""
    text = "\n".join(source.content for source in all_texts(synapse.description))
    network = Network()
    pre, post = (
        network.create(2, _neuron(synapse, text, side), name=side, stop_condition=None)
        for side in ("pre", "post")
    )
    for side, population in (("pre", pre), ("post", post)):
        for target in sorted(_sums(text, side) - ({TARGET} if side == "post" else set())):
            Projection(population, population, target, network=network).connect_one_to_one()
    shown = Projection(pre, post, TARGET, synapse, name="synapse", network=network)
    shown.connect_all_to_all(weights=Uniform(0.0, 1.0), force_multiple_weights=True)
    return shown.explain()


def _sums(text: str, side: str) -> set[str]:
    """Targets whose weighted sums the synapse reads on one side."""
    return {found[2] for found in READ.finditer(text) if found[1] == side and found[3] is None}


def _neuron(synapse: Synapse, text: str, side: str) -> Neuron:
    read = {found[3] for found in READ.finditer(text) if found[1] == side and found[3]}
    sums = {*_sums(text, side), *({TARGET} if side == "post" else ())}
    if synapse.type == "spike":
        implied = {"r", "v", f"g_{TARGET}", "g_target"}
        conductances = " + ".join(["0.0", *(f"g_{target}" for target in sorted(sums))])
        variables = [f"{name} = 0.0" for name in sorted(read - implied)]
        return Neuron(
            equations="\n".join([*variables, f"v = {conductances}"]), spike="v > 1.0", reset="v = 0.0"
        )
    total = " + ".join(["0.0", *(f"sum({target})" for target in sorted(sums))])
    variables = [f"{name} = 0.0" for name in sorted(read - {"r"})]
    return Neuron(equations="\n".join([*variables, f"r = {total}"]))

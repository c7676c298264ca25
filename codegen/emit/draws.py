"""How random numbers are spelled: one by one for an element, or in blocks before the loop over neurons.

An element of a kernel is a text: ``0`` where there is one for all, ``i`` or ``self.row_ranks[i]`` for a neuron, and
``synapse(post, pre)`` for a synapse, which kernels keep in a local. Ranks are those of whole populations, never places
in a store.
"""

from __future__ import annotations

from dataclasses import replace

from synloom.codegen.emit.printer import Printer
from synloom.codegen.ir.expr import Draw
from synloom.codegen.passes.draws import OBJECT, STATE

HEADER = "draws.hpp"
NAME = "draws"  # what an object draws, as a local of its kernel
ELEMENT = "element"  # a synapse, as a local of its kernel
ONLY = "0"  # the element of what there is one of


def synapse(post: str, pre: str) -> str:
    """The element of a synapse between neurons of these ranks."""
    return f"synapse_element({post}, {pre})"


def synapse_local(post: str, pre: str) -> str:
    """The local that holds it."""
    return f"const Index {ELEMENT} = {synapse(post, pre)};"


def local(real: str, name: str = NAME, field: str = OBJECT) -> str:
    """The local that draws with; ``field`` holds the number of the object that draws."""
    return f"const Draws<{real}> {name}(self.{STATE}, self.{field});"


def one_by_one(printer: Printer, element: str, name: str = NAME) -> Printer:
    """The printer for statements on one element: each draw is a call."""

    def draw(node: Draw, args: list[str]) -> str:
        return f"{name}({node.site}, {element}, {_distribution(printer, node, args)})"

    return replace(printer, draw=draw)


def drawn_ahead(printer: Printer, draws: tuple[Draw, ...]) -> Printer:
    """The printer for statements within ``loop(draws)``: each draw reads its number."""
    place = {draw.site: n for n, draw in enumerate(draws)}
    return replace(printer, draw=lambda node, _: f"drawn({place[node.site]})")


def ahead(printer: Printer, draws: tuple[Draw, ...]) -> list[str]:
    """The local ``draw``, which draws for a block of neurons."""
    fills = [
        f"    {NAME}.fill({d.site}, block, {n}, {_distribution(printer, d, [printer.expr(a) for a in d.args])});"
        for n, d in enumerate(draws)
    ]
    return [f"const auto draw = [=](const Block<{printer.real}>& block) {{", *fills, "};"]


def loop(real: str, draws: tuple[Draw, ...], way: str) -> str:
    """The head of a loop over neurons, up to the parameters of its body; ``way``: how, where they may fire."""
    drawn = f"const Drawn<{real}>& drawn"
    if not way:
        return f"each_drawn<{len(draws)}, {real}>(self.size, draw, [=](Index i, {drawn})"
    head = f"each_drawn_neuron<{len(draws)}, {real}, {way}>(self.size, firing, draw,"
    return f"{head}\n        [=](Index i, bool refractory, {drawn})"


def _distribution(printer: Printer, draw: Draw, args: list[str]) -> str:
    return f"{draw.distribution}<{printer.real}>{{{', '.join(args)}}}"

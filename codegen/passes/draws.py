"""Random numbers in kernels: which fields they ask for, and when their arguments are read (spec 01, section 11).

A number is a function of the network's seed and count of steps (``draw_state``), the object that draws (its number,
``draw_object``), the place in the equations (``Draw.site``) and the element. All but the place are data, so objects of
one model share a kernel.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from synloom.codegen.ir.expr import Draw, Expr, Var, transform
from synloom.codegen.ir.model import Equation
from synloom.codegen.ir.plan import BufferRef, Field, FieldKind, Kernel
from synloom.codegen.ir.stmt import Let, Stmt
from synloom.codegen.ir.types import DType, Scope
from synloom.codegen.methods import Names
from synloom.codegen.methods.step import temporary
from synloom.codegen.passes import gather

STATE = "draw_state"
OBJECT = "draw_object"
# Objects of the manifest. Each object that draws has its number in a field of STREAMS that is called as the object is.
RANDOM = ("random", "state")
STREAMS = "streams"

Block = tuple[Stmt, ...]


def draws_in(exprs: Iterable[Expr]) -> tuple[Draw, ...]:
    """The draws of some expressions, each once: a chained comparison holds its middle twice."""
    found: dict[int, Draw] = {}
    for node in gather.nodes(exprs):
        if isinstance(node, Draw):
            found.setdefault(node.site, node)
    return tuple(found.values())


def draw_fields(exprs: Iterable[Expr]) -> tuple[Field, ...]:
    """What a kernel over these expressions needs to draw."""
    return (state_field(), object_field(OBJECT)) if draws_in(exprs) else ()


def state_field() -> Field:
    """Seed, and number of steps drawn."""
    return Field(STATE, DType.INT)


def object_field(name: str) -> Field:
    """Number of the object that draws."""
    return Field(name, DType.INT, FieldKind.SIZE)


class Slots(Protocol):
    """Hands out slots of the binding table."""

    def slot(self, object: str, name: str, dtype: DType, role: str, size: bool = False) -> BufferRef:
        """The slot of this name, new or not."""
        ...


def draw_buffers(slots: Slots, kernel: Kernel, owners: Mapping[str, str]) -> dict[str, tuple[BufferRef, ...]]:
    """Buffers of the fields that a kernel draws with; ``owners`` maps fields to the objects that draw."""
    bound: dict[str, tuple[BufferRef, ...]] = {}
    for field in kernel.fields:
        if field.name == STATE:
            bound[STATE] = (slots.slot(*RANDOM, DType.INT, "state"),)
        elif field.name in owners:
            number = slots.slot(STREAMS, owners[field.name], DType.INT, "structure", size=True)
            bound[field.name] = (number,)
    return bound


def settle_arguments(
    blocks: tuple[Block, ...], equations: Iterable[Equation], reserved: Collection[str]
) -> tuple[Block, ...]:
    """Arguments of draws as they were before the first block, which may change them: numbers come before equations.

    ``g += 1.0 : population ; r = Normal(g, 1.0)``  ->  ``g_before = g ; g += 1.0`` and ``r = Normal(g_before, 1.0)``
    """
    changed = {s.target.name: s.target for s in blocks[0] if not isinstance(s, Let)}
    names = Names.beside(equations, reserved)
    lets: dict[str, Let] = {}

    def before(expr: Expr) -> Expr:
        if not (isinstance(expr, Var) and expr.scope is Scope.SELF and expr.name in changed):
            return expr
        if expr.name not in lets:
            value = replace(changed[expr.name], origin=None)
            lets[expr.name] = Let(names.fresh(f"{expr.name}_before"), value, value.dtype)
        return temporary(lets[expr.name].name, expr.dtype)

    def change(expr: Expr) -> Expr:
        if not isinstance(expr, Draw):
            return expr
        return replace(expr, args=tuple(transform(arg, before) for arg in expr.args))

    settled = [gather.map_block(block, change) for block in blocks]
    return (*lets.values(), *settled[0]), *settled[1:]

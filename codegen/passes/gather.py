"""What the statements of a kernel read and assign: shared by the passes that plan kernels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from typing import TypeVar

from synloom.codegen.errors import ModelError
from synloom.codegen.ir.expr import Call, Expr, Reduction, Var, WeightedSum, transform, walk
from synloom.codegen.ir.model import Attribute, Function
from synloom.codegen.ir.plan import Field, Kernel, Member
from synloom.codegen.ir.stmt import Clamp, Let, Stmt
from synloom.codegen.ir.types import Scope

KernelT = TypeVar("KernelT", bound=Kernel)


def expressions(block: Iterable[Stmt]) -> Iterator[Expr]:
    """Every expression of a block, in order."""
    for stmt in block:
        yield stmt.limit if isinstance(stmt, Clamp) else stmt.value


def map_block(block: Iterable[Stmt], change: Callable[[Expr], Expr]) -> tuple[Stmt, ...]:
    """The block with ``change`` applied to each node of its expressions; targets stay."""
    return tuple(
        replace(s, limit=transform(s.limit, change))
        if isinstance(s, Clamp)
        else replace(s, value=transform(s.value, change))
        for s in block
    )


def assigned(block: Iterable[Stmt]) -> set[str]:
    """Names of the attributes a block changes."""
    return {s.target.name for s in block if not isinstance(s, Let)}


def nodes(exprs: Iterable[Expr], functions: Iterable[Function] = ()) -> Iterator[Expr]:
    """Every node of the expressions and of the functions' bodies."""
    for expr in exprs:
        yield from walk(expr)
    for function in functions:
        yield from walk(function.body)


def members(
    attributes: tuple[Attribute, ...],
    used: Iterable[Expr],
    changed: set[str],
    single: frozenset[str] = frozenset(),
) -> tuple[Member, ...]:
    """The attributes that are read or assigned, in order of declaration."""
    read = {n.name for n in used if isinstance(n, Var) and n.scope is Scope.SELF}
    return tuple(
        Member(a.name, a.locality, a.dtype, a.name in changed, a.name in single)
        for a in attributes
        if a.name in read or a.name in changed
    )


def constants(used: Iterable[Expr]) -> tuple[str, ...]:
    """Names of the constants read, sorted."""
    return tuple(sorted({n.name for n in used if isinstance(n, Var) and n.scope is Scope.CONSTANT}))


def function_constants(function: Function, known: tuple[Function, ...]) -> tuple[str, ...]:
    """Constants a user's function needs, itself or through the functions it calls: passed as further arguments."""
    reached = {function.name: function}
    for node in walk(function.body):
        callee = next((f for f in known if isinstance(node, Call) and f.name == node.function), None)
        if callee is not None and callee.name not in reached:
            reached[callee.name] = callee
    return tuple(
        dict.fromkeys(
            name
            for f in reached.values()
            for name in (constants(walk(f.body)) if f is function else function_constants(f, known))
        )
    )


def refuse_clashes(fields: Iterable[Field], attributes: tuple[Attribute, ...]) -> None:
    """A field of a kernel must not be asked for under a name the user gave to something else."""
    seen: set[str] = set()
    for f in fields:
        if f.name in seen:
            origin = next((a.origin for a in attributes if a.name == f.name), None)
            raise ModelError(
                f'"{f.name}" is a name the generated code needs for itself.', origin, "choose another name"
            )
        seen.add(f.name)


def sum_field(node: WeightedSum) -> str:
    return f"sum_{node.target}"


def reduction_field(node: Reduction) -> str:
    return f"{node.op}_{node.name}"


def slug(name: str, default: str) -> str:
    """``"My neuron 2"`` -> ``my_neuron_2``: a name for files and C++, ASCII only."""
    text = re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")
    return default if not text or text[0].isdigit() else text


def signed(kernel: KernelT, stem: str) -> KernelT:
    """The kernel named by its content: equal kernels of any two networks share a name and an object file."""
    digest = sha256(repr(kernel).encode()).hexdigest()[:8]
    return replace(kernel, name=f"{stem}_{digest}")

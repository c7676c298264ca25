"""What the units of all kernels have: users' functions, the header of mathematical functions, the clock."""

from __future__ import annotations

from synloom.codegen.emit import draws
from synloom.codegen.emit.contexts import FunctionText
from synloom.codegen.emit.printer import AS_FUNCTIONS, Printer
from synloom.codegen.ir.expr import Binary, Call, Expr, Var, walk
from synloom.codegen.ir.model import Function
from synloom.codegen.ir.types import Precision, Scope
from synloom.codegen.names import cpp_name
from synloom.codegen.passes import gather
from synloom.codegen.passes.draws import draws_in


def function_texts(functions: tuple[Function, ...], precision: Precision) -> tuple[FunctionText, ...]:
    """The functions that a unit defines."""
    printer = Printer(precision, functions=functions)
    texts = []
    for f in functions:
        arguments = [f"{printer.type(dtype)} {cpp_name(name)}" for name, dtype in f.arguments]
        arguments += [f"{printer.real} {cpp_name(c)}" for c in gather.function_constants(f, functions)]
        head = f"{printer.type(f.dtype)} {cpp_name(f.name)}({', '.join(arguments)})"
        texts.append(FunctionText(f.text, head, printer.expr(f.body)))
    return tuple(texts)


def math_header(exprs: list[Expr], functions: tuple[Function, ...]) -> tuple[str, ...]:
    """The headers of mathematical functions and of random numbers, where one is called."""
    nodes = gather.nodes(exprs, functions)
    used = any(isinstance(n, Call) or (isinstance(n, Binary) and n.op in AS_FUNCTIONS) for n in nodes)
    drawn = (draws.HEADER,) if draws_in(exprs) else ()
    return (*drawn, "math.hpp") if used else drawn


def uses_clock(exprs: list[Expr]) -> str:
    """The name of the argument, where it is used."""
    used = any(isinstance(n, Var) and n.scope is Scope.CLOCK for e in exprs for n in walk(e))
    return " clock" if used else ""

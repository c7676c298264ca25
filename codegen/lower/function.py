"""The user's functions (spec 01, 9.2 and 9.3): ``name(arguments) = body [: types]``."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from synloom.codegen.errors import Mistakes, Origin, SourceText
from synloom.codegen.ir.expr import ZERO, Call, Expr, Var, transform, walk
from synloom.codegen.ir.model import Function
from synloom.codegen.ir.types import DType, Scope
from synloom.codegen.lang.builtins import DISTRIBUTIONS, FUNCTION_NAMES
from synloom.codegen.lang.flags import TYPES
from synloom.codegen.lang.names import is_identifier, is_reserved
from synloom.codegen.lang.statements import Flag, Statement, parse_statement
from synloom.codegen.lang.tokens import Kind, Token, cut
from synloom.codegen.lower.mistakes import tell
from synloom.codegen.lower.resolve import Place, Resolver
from synloom.codegen.lower.typing import convert
from synloom.codegen.record import record

HEADER: Final = 'Expected "name(arguments) = expression".'
_ARGUMENT_WORDS: Final = frozenset({"pre", "post", "sum", "is", "elif"})


@record
class LocalFunction:
    """A function and where its name stands."""

    function: Function
    origin: Origin


@record
class _Header:
    name: str
    origin: Origin
    arguments: tuple[tuple[str, DType], ...]
    dtype: DType
    statement: Statement


def lower_functions(
    text: SourceText, *, functions: Mapping[str, Function], constants: Collection[str]
) -> tuple[Function, ...]:
    """Global functions, as ``add_function`` takes them.

    Parameters
    ----------
    text : SourceText
        One function or several; a body may call those before it.
    functions : mapping
        The functions that exist already, by name. They may be called, and not be defined again.
    constants : collection of str
        Names of the constants a body may use.

    Raises
    ------
    ModelError
        All mistakes of the text at once.
    """
    mistakes = Mistakes()
    found = lower_local_functions(text, functions=functions, constants=constants, mistakes=mistakes)
    for local in found:
        if local.function.name in functions:
            mistakes.add(f'Function "{local.function.name}" already exists.', local.origin)
    tell(mistakes)
    return tuple(local.function for local in found)


def lower_local_functions(
    text: SourceText,
    *,
    functions: Mapping[str, Function],
    constants: Collection[str],
    mistakes: Mistakes,
    members: Collection[str] = (),
) -> list[LocalFunction]:
    """The functions of a model. They hide global ones of the same name; ``members`` are reserved names."""
    headers = [h for piece in cut(text) if (h := _header(parse_statement(piece, mistakes), mistakes))]
    _check_names(headers, members, mistakes)
    names = [h.name for h in headers]
    known = {name: f for name, f in functions.items() if name not in names}
    found = []
    for i, header in enumerate(headers):
        resolver = Resolver(
            {name: Var(Scope.ARGUMENT, name, dtype=dtype) for name, dtype in header.arguments},
            constants,
            known,
            mistakes,
            function=header.name,
            later_functions=names[i + 1 :],
        )
        function = Function(
            header.name, header.arguments, _body(header, resolver), header.dtype, header.statement.text
        )
        known[header.name] = function
        found.append(LocalFunction(function, header.origin))
    return found


def _body(header: _Header, resolver: Resolver) -> Expr:
    right = header.statement.right
    if right is None:
        return convert(ZERO, header.dtype)
    return convert(resolver.resolve(right, Place("functions", draws=False)), header.dtype)


def visible_functions(
    local: Collection[LocalFunction], functions: Mapping[str, Function]
) -> dict[str, Function]:
    """Functions a model can call, callees first. A hidden global one lives on, renamed, for its callers."""
    own = {f.function.name: f.function for f in local}
    hidden = {name: _free_name(name, {*own, *functions}) for name in own if name in functions}
    if not hidden:
        return {**functions, **own}

    def rename(expr: Expr) -> Expr:
        if isinstance(expr, Call) and expr.function in hidden:
            return replace(expr, function=hidden[expr.function])
        return expr

    renamed = (
        replace(f, name=hidden.get(f.name, f.name), body=transform(f.body, rename))
        for f in functions.values()
    )
    return {f.name: f for f in (*renamed, *own.values())}


def reachable(exprs: Iterable[Expr], functions: Mapping[str, Function]) -> tuple[Function, ...]:
    """The functions that expressions call, themselves or through others; callees first, as they are given."""
    wanted = {n.function for e in exprs for n in walk(e) if isinstance(n, Call)}
    kept: list[Function] = []
    for name, function in reversed(list(functions.items())):
        if name in wanted:
            kept.append(function)
            wanted |= {n.function for n in walk(function.body) if isinstance(n, Call)}
    return tuple(reversed(kept))


def _free_name(name: str, taken: Collection[str]) -> str:
    candidate = f"{name}_global"
    while candidate in taken:
        candidate += "_"
    return candidate


# -- headers -------------------------------------------------------------------------------------------------


def _header(statement: Statement | None, mistakes: Mistakes) -> _Header | None:
    """Name, arguments and types of a function; None and a mistake if the left side is no header."""
    if statement is None:
        return None
    source, left = statement.source, statement.left
    span = Origin(source, left[0].start, left[-1].end)
    plain = statement.operator is not None and statement.operator.text == "="
    if (
        not plain
        or len(left) < 3
        or left[0].kind is not Kind.NAME
        or left[1].text != "("
        or left[-1].text != ")"
    ):
        mistakes.add(HEADER, span)
        return None
    inside = left[2:-1]
    commas_fit = all((t.text == ",") == (i % 2 == 1) for i, t in enumerate(inside))
    if not commas_fit or (inside and len(inside) % 2 == 0):
        mistakes.add(HEADER, span)
        return None
    arguments = inside[::2]
    _check_arguments(source, arguments, mistakes)
    dtype, types = _types(statement.flags, len(arguments), mistakes)
    named = tuple((a.text, t) for a, t in zip(arguments, types, strict=True))
    return _Header(left[0].text, Origin(source, left[0].start, left[0].end), named, dtype, statement)


def _check_arguments(source: SourceText, arguments: list[Token], mistakes: Mistakes) -> None:
    seen: set[str] = set()
    for token in arguments:
        origin, name = Origin(source, token.start, token.end), token.text
        if token.kind is not Kind.NAME:
            mistakes.add(HEADER, origin, "an argument is a name")
        elif not is_identifier(name) or name in FUNCTION_NAMES | _ARGUMENT_WORDS or name in DISTRIBUTIONS:
            mistakes.add(f'"{name}" is reserved.', origin, "choose another name")
        elif name in seen:
            mistakes.add(f'"{name}" is an argument twice.', origin)
        seen.add(name)


def _types(flags: tuple[Flag, ...], count: int, mistakes: Mistakes) -> tuple[DType, list[DType]]:
    if not flags:
        return DType.REAL, [DType.REAL] * count
    wrong = next((f for f in flags if f.word not in TYPES or f.equals), None)
    if wrong is not None or len(flags) != count + 1:
        at = wrong or flags[-1]
        start = at.origin.start if wrong else flags[0].origin.start
        origin = Origin(at.origin.source, start, at.origin.end)
        mistakes.add(
            "Give the return type and one type per argument.", origin, "types are int, bool and float"
        )
        return DType.REAL, [DType.REAL] * count
    first, *rest = (TYPES[f.word] for f in flags)
    return first, rest


def _check_names(headers: list[_Header], members: Collection[str], mistakes: Mistakes) -> None:
    for name in dict.fromkeys(h.name for h in headers):
        same = [h.origin for h in headers if h.name == name]
        if name in FUNCTION_NAMES or name in DISTRIBUTIONS:
            mistakes.add(f'"{name}" is a built-in function.', same[0], "choose another name")
        elif is_reserved(name, members):
            mistakes.add(f'"{name}" is reserved.', same[0], "choose another name")
        if len(same) > 1:
            lines = ", ".join(str(o.line) for o in same)
            mistakes.add(f'"{name}" is declared more than once (lines {lines}).', same[1])

"""Declarations become attributes and equations: names resolved, types known, ODEs in normal form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from synloom.codegen.errors import Mistakes, ModelError
from synloom.codegen.ir.expr import ZERO, Binary, Const, Expr, Name, Var
from synloom.codegen.ir.model import Assignment, Attribute, Bound, Equation, Ode
from synloom.codegen.ir.types import COUPLED, DType, Kind, Locality, Method, Scope
from synloom.codegen.lang.flags import Flags
from synloom.codegen.lower.declare import Declarations, Declared
from synloom.codegen.lower.fold import fold
from synloom.codegen.lower.locality import check_locality
from synloom.codegen.lower.ode import normal_form
from synloom.codegen.lower.resolve import Place, Resolver
from synloom.codegen.lower.typing import as_real, convert

_WANTED: Final = {DType.REAL: "a constant expression", DType.INT: "an int", DType.BOOL: "a bool"}


def own_names(declared: Declarations) -> dict[str, Var]:
    """The bare names of the model; where one is declared twice, the first counts."""
    names: dict[str, Var] = {}
    for d in declared:
        names.setdefault(d.name, Var(Scope.SELF, d.name, d.locality, d.dtype))
    return names


# -- attributes ----------------------------------------------------------------------------------------------


def lower_attributes(
    declared: Declarations, constants: Collection[str], mistakes: Mistakes
) -> tuple[Attribute, ...]:
    """Parameters with their values, then variables with their initial values."""
    parameters = {d.name: Var(Scope.SELF, d.name, d.locality, d.dtype) for d in declared.parameters}
    values = Resolver({}, constants, {}, mistakes)
    inits = Resolver(parameters, constants, {}, mistakes)
    inits.sites = values.sites
    return tuple(
        Attribute(d.name, d.kind, d.locality, d.dtype, _initial(d, values, inits), d.origin) for d in declared
    )


def _initial(declared: Declared, values: Resolver, inits: Resolver) -> Expr:
    """The declared value: an expression over constants, for a variable also over parameters."""
    init = declared.flags.init
    is_value = declared.kind is Kind.PARAMETER and init is None
    written = declared.statement.right if is_value else init.value if init else None
    if written is None:
        return convert(ZERO, declared.dtype)
    resolver = values if declared.kind is Kind.PARAMETER else inits
    subject = f'The value of "{declared.name}"' if is_value else f'init of "{declared.name}"'
    wanted = "a constant expression" if is_value else _WANTED[declared.dtype]
    place = Place(subject, constant=f"{subject} must be {wanted}.")
    expr = fold(resolver.resolve(_spell(written), place))
    if declared.kind is Kind.VARIABLE and isinstance(expr, Const) and not _fits(expr.value, declared.dtype):
        resolver.wrong(place.constant, expr.origin)
    check_locality(Var(Scope.SELF, declared.name, declared.locality), [expr], resolver)
    return convert(expr, declared.dtype)


def _fits(value: float, dtype: DType) -> bool:
    if dtype is DType.INT:
        return float(value).is_integer()
    return dtype is not DType.BOOL or value in (0, 1)


def _spell(expr: Expr) -> Expr:
    """``true`` and ``false`` are boolean values, too."""
    if isinstance(expr, Name) and expr.name in ("true", "false") and not expr.owner:
        return Const(expr.name == "true", DType.BOOL, expr.origin)
    return expr


# -- equations -----------------------------------------------------------------------------------------------


def lower_equations(
    declared: Declarations, resolver: Resolver, default_method: Method
) -> tuple[Equation, ...]:
    """One equation for each variable, in order; mistakes are noted with ``resolver``."""
    found = tuple(e for d in declared.variables if (e := _equation(d, resolver, default_method)) is not None)
    _check_runs(found, {d.name: d.flags for d in declared.variables}, resolver)
    return found


def _equation(declared: Declared, resolver: Resolver, default_method: Method) -> Equation | None:
    statement, name = declared.statement, declared.name
    target = Var(Scope.SELF, name, declared.locality, declared.dtype, declared.origin)
    place = Place(f'the equation of "{name}"')
    left = None
    if declared.left is not None:
        left = as_real(resolver.resolve(declared.left, Place(place.where, gradient=True)))
    right = resolver.resolve(statement.right, place) if statement.right is not None else None
    bounds = lower_bounds(name, declared.flags, resolver)
    check_locality(target, [e for e in (left, right, *(b.value for b in bounds)) if e is not None], resolver)
    if right is None:
        return None
    if left is None:
        value = assigned(target, statement.operator.text if statement.operator else "=", right)
        return Assignment(target, value, bounds, statement.text, statement.origin)
    try:
        coefficient, rhs = normal_form(left, as_real(right))
    except ModelError as error:
        resolver.mistakes.note(error)
        return None
    method = declared.flags.method or default_method
    return Ode(target, coefficient, rhs, method, bounds, statement.text, statement.origin)


def lower_bounds(name: str, flags: Flags, resolver: Resolver, *, target: bool = False) -> tuple[Bound, ...]:
    """``min=`` and ``max=`` of a statement on ``name``; with ``target`` they may read ``g_target``."""
    found = []
    for flag in flags.bounds:
        if flag.value is not None:
            place = Place(f'{flag.word} of "{name}"', draws=False, target=target)
            found.append(Bound(flag.word, as_real(resolver.resolve(flag.value, place))))
    return tuple(found)


def assigned(target: Var, operator: str, right: Expr) -> Expr:
    """``x op= e`` is ``x = x op (e)``."""
    if operator != "=":
        right = Binary(operator[0], as_real(target), as_real(right))
    return convert(right, target.dtype)


def _check_runs(equations: tuple[Equation, ...], flags: Mapping[str, Flags], resolver: Resolver) -> None:
    """The ODEs of one run that are solved together use one method (spec 01, 12.3)."""
    for locality in Locality:
        current: Method | None = None
        for equation in equations:
            if equation.target.locality is not locality:
                continue
            if not isinstance(equation, Ode):
                current = None
            elif equation.method in COUPLED:
                if current not in (None, equation.method):
                    flag = flags[equation.target.name].method_flag
                    message = f"Coupled equations must use one method; found {current} and {equation.method}."
                    resolver.wrong(message, flag.origin if flag else equation.origin)
                current = current or equation.method

"""Names get a meaning and expressions get types: parsed trees become trees the compiler can work with."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import Final, assert_never

from synloom.codegen.errors import Mistakes, Origin
from synloom.codegen.ir.expr import (
    Binary,
    Call,
    Cast,
    Const,
    Draw,
    Expr,
    Gradient,
    Name,
    Reduction,
    Select,
    Unary,
    Var,
    WeightedSum,
    walk,
)
from synloom.codegen.ir.model import Attribute, Function
from synloom.codegen.ir.types import DType, Locality, Scope
from synloom.codegen.lang.builtins import (
    DISTRIBUTIONS,
    FUNCTION_NAMES,
    FUNCTIONS,
    OPERATORS,
    REDUCTIONS,
    SPELLINGS,
)
from synloom.codegen.lang.names import suggestion
from synloom.codegen.lower.fold import fold
from synloom.codegen.lower.typing import as_bool, as_real, convert
from synloom.codegen.record import record

SYMBOLS: Final[dict[str, float]] = {"pi": math.pi, "E": math.e}
CLOCK: Final = ("t", "dt")
TIMES: Final = ("t_last", "t_pre", "t_post")
LOCALITY_WORDS: Final[dict[Locality, str]] = {
    Locality.GLOBAL: "global",
    Locality.SEMIGLOBAL: "semiglobal",
    Locality.LOCAL: "local",
}
_LOGIC: Final = ("and", "or")
_COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")


@record
class Neighbour:
    """The neuron model on one side of a synapse."""

    scope: Scope
    attributes: tuple[Attribute, ...]
    population: str

    def attribute(self, name: str) -> Attribute | None:
        return next((a for a in self.attributes if a.name == name), None)


NO_NEIGHBOURS: Final[Mapping[str, Neighbour]] = {}


@record
class Place:
    """Where an expression stands, for messages, and what it may use there.

    ``constant`` is the message for anything that is not a constant expression; empty where all is allowed.
    ``target``: ``g_target`` may be read.
    """

    where: str
    draws: bool = True
    gradient: bool = False
    constant: str = ""
    times: bool = True
    target: bool = False


class Resolver:
    """Resolves the expressions of one model. Mistakes are noted, and one stands in for what is wrong.

    ``own`` are the bare names: attributes of the model, or arguments inside a ``function``. A ``spiking`` model
    knows when its neurons last fired, and reads weighted sums only if it may (``sums``). Random draws are numbered in
    the order in which they are met.
    """

    def __init__(
        self,
        own: Mapping[str, Var],
        constants: Collection[str],
        functions: Mapping[str, Function],
        mistakes: Mistakes,
        neighbours: Mapping[str, Neighbour] = NO_NEIGHBOURS,
        *,
        function: str = "",
        later_functions: Collection[str] = (),
        spiking: bool = False,
        sums: bool = False,
    ) -> None:
        self.own = own
        self.constants = constants
        self.functions = functions
        self.mistakes = mistakes
        self.neighbours = neighbours
        self.function = function
        self.later_functions = later_functions
        self.spiking = spiking
        self.sums = sums
        self.sites: dict[tuple[str, int], int] = {}  # argument and offset of a draw -> its number
        self.reported: set[tuple[str, int]] = set()

    def resolve(self, expr: Expr, place: Place) -> Expr:
        """The typed form of ``expr``; its dtype is that of its value."""
        match expr:
            case Const():
                return expr
            case Name():
                return self._name(expr, place)
            case Gradient():
                return expr if place.gradient else self._stray_gradient(expr)
            case WeightedSum():
                return self._weighted_sum(expr, place)
            case Unary(op="not", arg=arg):
                return Unary("not", as_bool(self.resolve(arg, place)), DType.BOOL, expr.origin)
            case Unary(arg=arg):
                return self._minus(as_real(self.resolve(arg, place)), expr.origin)
            case Binary():
                return self._binary(expr, place)
            case Select():
                return self._select(expr, place)
            case Draw():
                return self._draw(expr, place)
            case Call():
                return self._call(expr, place)
            case Var() | Reduction() | Cast():
                return expr
            case _:
                assert_never(expr)

    def wrong(self, message: str, origin: Origin | None, hint: str = "") -> Expr:
        """Note a mistake, once for each place, and give something to go on with."""
        key = (message, origin.start if origin else -1)
        if key not in self.reported:
            self.reported.add(key)
            self.mistakes.add(message, origin, hint)
        return Const(1.0, origin=origin)

    # -- names -----------------------------------------------------------------------------------------------

    def _name(self, name: Name, place: Place) -> Expr:
        if name.owner:
            return self._neighbour(name, place)
        own = self.own.get(name.name)
        if own is not None:
            return Var(own.scope, own.name, own.locality, own.dtype, name.origin)
        if name.name in CLOCK and not self.function and not place.constant:
            return Var(Scope.CLOCK, name.name, origin=name.origin)
        if name.name in self._times(place):
            return Var(Scope.TIME, name.name, Locality.LOCAL, origin=name.origin)
        if name.name == "g_target" and place.target:
            return Var(Scope.TARGET, "", Locality.LOCAL, origin=name.origin)
        if name.name in self.constants:
            return Var(Scope.CONSTANT, name.name, origin=name.origin)
        if name.name in SYMBOLS:
            return Const(SYMBOLS[name.name], origin=name.origin)
        return self._unknown(name, place)

    def _times(self, place: Place) -> tuple[str, ...]:
        """The times of last spikes that may be read."""
        if not self.spiking or self.function or place.constant or not place.times:
            return ()
        return ("t_pre", "t_post") if self.neighbours else ("t_last",)

    def _unknown(self, name: Name, place: Place) -> Expr:
        if self.function:
            message = f'Functions only see their arguments and constants; unknown "{name.name}".'
            hint = "pass it as an argument" if name.name in CLOCK else suggestion(name.name, self._known())
            return self.wrong(message, name.origin, hint)
        if place.constant:
            return self.wrong(place.constant, name.origin, self._constant_hint(name.name))
        return self.wrong(
            f'Unknown name "{name.name}" in {place.where}.', name.origin, self._name_hint(name.name, place)
        )

    def _constant_hint(self, name: str) -> str:
        hint = suggestion(name, [*self.own, *self.constants, *SYMBOLS, "True", "False"])
        return f'"{name}" is not a constant. {hint}'.rstrip()

    def _name_hint(self, name: str, place: Place) -> str:
        sides = [f"{n.scope}.{name}" for n in self.neighbours.values() if n.attribute(name)]
        if sides:
            return f"Did you mean {' or '.join(sides)}? A bare name is the synapse's own."
        if name in TIMES:
            return self._time_hint(name, place)
        if name == "g_target":
            where = (
                "changed in pre_spike and pre_axon_spike" if self.neighbours else "for synapses; write g_exc"
            )
            return f"g_target is {where}"
        if name in FUNCTION_NAMES or name in self.functions:
            return f'"{name}" is a function; its arguments follow in parentheses.'
        return suggestion(name, [*self._known(), *self._times(place)])

    def _time_hint(self, name: str, place: Place) -> str:
        if not self.spiking:
            return f'"{name}" exists in spiking models only.'
        known = self._times(place)
        if not known:
            return f"{place.where} cannot use the times of spikes."
        whose = "synapses" if name in ("t_pre", "t_post") else "neurons"
        return f'"{name}" exists in spiking {whose} only; here there is {" and ".join(known)}.'

    def _known(self) -> Iterator[str]:
        yield from self.own
        yield from self.constants
        yield from (*SYMBOLS, "True", "False")
        if not self.function:
            yield from CLOCK

    def _neighbour(self, name: Name, place: Place) -> Expr:
        side = self.neighbours.get(name.owner)
        if side is None or place.constant:
            return self._outside(f"{name.owner}.{name.name}", name.origin, place)
        attribute = side.attribute(name.name)
        if attribute is None:
            message = f'Population "{side.population}" ({name.owner}) has no attribute "{name.name}".'
            return self.wrong(message, name.origin, suggestion(name.name, (a.name for a in side.attributes)))
        return Var(side.scope, attribute.name, attribute.locality, attribute.dtype, name.origin)

    def _outside(self, text: str, origin: Origin | None, place: Place) -> Expr:
        """Something outside the model where the model cannot see it."""
        if self.function:
            return self.wrong(f'Functions only see their arguments and constants; unknown "{text}".', origin)
        if place.constant:
            return self.wrong(place.constant, origin, f'"{text}" is not a constant.')
        return self.wrong("pre./post. are only available in synapses.", origin)

    def _weighted_sum(self, node: WeightedSum, place: Place) -> Expr:
        text = node.origin.text if node.origin else "sum"
        if self.function or place.constant:
            return self._outside(text, node.origin, place)
        if self.neighbours and node.scope is Scope.SELF:
            target = node.target or "target"
            read = f"g_{target}" if self.spiking else f"sum({target})"
            hint = f"write pre.{read} or post.{read}"
            return self.wrong("sum() is only available in neurons.", node.origin, hint)
        if not self.neighbours and node.scope is not Scope.SELF:
            return self._outside(text, node.origin, place)
        if self.spiking and not self.sums:
            owner = "" if node.scope is Scope.SELF else f"{node.scope}."
            what = "synapses" if self.neighbours else "neurons"
            hint = f"write {owner}g_{node.target or '<target>'}"
            return self.wrong(f"{owner}sum() is only available in rate-coded {what}.", node.origin, hint)
        return node

    def _stray_gradient(self, node: Gradient) -> Expr:
        hint = f"write (d{node.name})/dt to divide by the step" if f"d{node.name}" in self.own else ""
        return self.wrong("Gradients are only allowed on the left side.", node.origin, hint)

    # -- operators -------------------------------------------------------------------------------------------

    def _minus(self, value: Expr, origin: Origin | None) -> Expr:
        if isinstance(value, Const):
            return Const(-value.value, origin=origin)
        return Unary("-", value, origin=origin)

    def _binary(self, expr: Binary, place: Place) -> Expr:
        lhs, rhs = self.resolve(expr.lhs, place), self.resolve(expr.rhs, place)
        if expr.op in _LOGIC:
            return Binary(expr.op, as_bool(lhs), as_bool(rhs), DType.BOOL, expr.origin)
        dtype = DType.BOOL if expr.op in _COMPARISONS else DType.REAL
        return Binary(expr.op, as_real(lhs), as_real(rhs), dtype, expr.origin)

    def _select(self, expr: Select, place: Place) -> Expr:
        condition = as_bool(self.resolve(expr.condition, place))
        then, other = self.resolve(expr.then, place), self.resolve(expr.other, place)
        if then.dtype is DType.BOOL and other.dtype is DType.BOOL:
            return Select(condition, then, other, DType.BOOL, expr.origin)
        return Select(condition, as_real(then), as_real(other), DType.REAL, expr.origin)

    # -- calls -----------------------------------------------------------------------------------------------

    def _call(self, call: Call, place: Place) -> Expr:
        name, given = call.function, len(call.args)
        if name in self.functions:
            return self._user_call(call, self.functions[name], place)
        if name in REDUCTIONS and (given < 2 or name not in FUNCTIONS):
            return self._reduction(call, place)
        canonical = SPELLINGS.get(name)
        if canonical is None and name not in OPERATORS:
            return self._unknown_function(call, place)
        args = tuple(as_real(self.resolve(a, place)) for a in call.args)
        if canonical is None:
            return self._wrong_arity(call, OPERATORS[name])
        builtin = FUNCTIONS[canonical]
        if given != builtin.arity and not (builtin.variadic and given > builtin.arity):
            return self._wrong_arity(call, builtin.arity)
        if canonical == "power" and isinstance(exponent := fold(args[1]), Const):
            if not float(exponent.value).is_integer():
                hint = "use x^y for other exponents"
                return self.wrong("The second argument of power() must be an integer.", exponent.origin, hint)
            return Binary("**", args[0], exponent, origin=call.origin)
        return Call(canonical, args, builtin.dtype, call.origin)

    def _user_call(self, call: Call, function: Function, place: Place) -> Expr:
        args = tuple(self.resolve(a, place) for a in call.args)
        if place.constant:
            return self.wrong(place.constant, _head(call), f'"{call.function}" is a user-defined function.')
        if len(args) != len(function.arguments):
            return self._wrong_arity(call, len(function.arguments))
        typed = (convert(a, dtype) for a, (_, dtype) in zip(args, function.arguments, strict=True))
        return Call(function.name, tuple(typed), function.dtype, call.origin)

    def _wrong_arity(self, call: Call, arity: int) -> Expr:
        counted = "1 argument" if arity == 1 else f"{arity} arguments"
        return self.wrong(f"{call.function}() takes {counted}, {len(call.args)} given.", call.origin)

    def _unknown_function(self, call: Call, place: Place) -> Expr:
        name, origin = call.function, _head(call)
        for arg in call.args:
            self.resolve(arg, place)
        if name == self.function:
            return self.wrong(f'"{name}" calls itself; functions cannot be recursive.', origin)
        if name in self.later_functions:
            message = f'"{name}" is defined further down; functions can only call those defined before them.'
            return self.wrong(message, origin)
        conductance = self.spiking and not self.neighbours and name.startswith("g_")
        if name in self.own or name in self.constants or conductance:
            return self.wrong(
                f'Unknown function "{name}".', origin, f'"{name}" is a value; a product needs *'
            )
        hint = suggestion(name, [*FUNCTION_NAMES, *DISTRIBUTIONS, *self.functions])
        return self.wrong(f'Unknown function "{name}".', origin, hint)

    def _reduction(self, call: Call, place: Place) -> Expr:
        op = call.function
        message = f"{op}() takes one local attribute name."
        if self.function or place.constant:
            return self._outside(f"{op}()", call.origin, place)
        if len(call.args) != 1 or not isinstance(call.args[0], Name):
            more = f"or two arguments and more: {op}(a, b)"
            return self.wrong(message, call.origin, more if op in FUNCTIONS else "give the expression a name")
        name = call.args[0]
        if not name.owner and self.neighbours:
            return self.wrong(message, name.origin, f"in a synapse write {op}(pre.x) or {op}(post.x)")
        if not name.owner and name.name not in self.own:
            return self.wrong(message, name.origin, suggestion(name.name, self.own))
        found = self.resolve(name, place)
        if isinstance(found, Var) and found.locality is not Locality.LOCAL:
            return self.wrong(message, name.origin, f'"{name.name}" is {LOCALITY_WORDS[found.locality]}.')
        return Reduction(op, found.scope, found.name, call.origin) if isinstance(found, Var) else found

    # -- random numbers --------------------------------------------------------------------------------------

    def _draw(self, draw: Draw, place: Place) -> Expr:
        distribution = DISTRIBUTIONS[draw.distribution]
        if not place.draws:
            return self.wrong(f"Random distributions are not allowed in {place.where}.", draw.origin)
        if len(draw.args) != distribution.arity:
            return self._wrong_arity(
                Call(draw.distribution, draw.args, origin=draw.origin), distribution.arity
            )
        args = tuple(as_real(self.resolve(a, place)) for a in draw.args)
        for arg in args:
            self._check_draw_argument(draw.distribution, arg)
        for name, arg in zip(distribution.arguments, args, strict=True):
            if name in distribution.not_negative and isinstance(arg, Const) and arg.value < 0:
                self.wrong(f"{name} of {draw.distribution}() must not be negative.", arg.origin)
        # A chained comparison holds its middle twice: one draw all the same.
        key = (draw.origin.source.argument, draw.origin.start) if draw.origin else ("", len(self.sites))
        site = self.sites.setdefault(key, len(self.sites))
        return Draw(draw.distribution, args, site, draw.origin)

    def _check_draw_argument(self, distribution: str, arg: Expr) -> None:
        rule = f"Arguments of {distribution}() must be numbers, constants or global attributes"
        for node in walk(arg):
            text = node.origin.text if node.origin else ""
            match node:
                case Var(
                    scope=Scope.SELF | Scope.TIME | Scope.TARGET,
                    locality=Locality.SEMIGLOBAL | Locality.LOCAL as locality,
                ):
                    self.wrong(f'{rule}; "{text}" is {LOCALITY_WORDS[locality]}.', node.origin)
                case Var(scope=Scope.PRE | Scope.POST) | WeightedSum() | Reduction() | Draw():
                    self.wrong(f'{rule}; "{text}" is none of them.', node.origin)


def _head(call: Call) -> Origin | None:
    """The name in front of the parentheses."""
    origin = call.origin
    return Origin(origin.source, origin.start, origin.start + len(call.function)) if origin else None

"""What the flags of a statement mean, and which are allowed where (spec 01, 5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from synloom.codegen.errors import Mistakes
from synloom.codegen.ir.types import DType, Locality, Method
from synloom.codegen.lang.names import suggestion
from synloom.codegen.lang.statements import Flag
from synloom.codegen.record import record

TYPES: Final[dict[str, DType]] = {"int": DType.INT, "bool": DType.BOOL, "float": DType.REAL}
METHODS: Final[dict[str, Method]] = {
    "explicit": Method.EXPLICIT,
    "implicit": Method.IMPLICIT,
    "semiimplicit": Method.SEMIIMPLICIT,
    "exponential": Method.EXPONENTIAL,
    "midpoint": Method.MIDPOINT,
    "rk4": Method.RK4,
}
OLD_SPELLINGS: Final[dict[str, str]] = {"runge-kutta4": "rk4", "exact": "event-driven"}
NEURON_LOCALITIES: Final[dict[str, Locality]] = {"population": Locality.GLOBAL}
SYNAPSE_LOCALITIES: Final[dict[str, Locality]] = {
    "postsynaptic": Locality.SEMIGLOBAL,
    "projection": Locality.GLOBAL,
}
_VALUED: Final = ("init", "min", "max")
_EVERYWHERE: Final = frozenset(
    [*_VALUED, *TYPES, *METHODS, *OLD_SPELLINGS, *NEURON_LOCALITIES, *SYNAPSE_LOCALITIES]
    + ["event-driven", "unless_post", "unless_refractory"]
)


@record
class FlagRules:
    """The flags allowed on one kind of statement. ``silent`` ones have no effect and are not advertised."""

    what: str
    localities: dict[str, Locality]
    valued: tuple[str, ...] = _VALUED
    methods: tuple[str, ...] = tuple(METHODS)
    silent: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.valued, *self.localities, *TYPES, *self.methods)

    @property
    def allowed(self) -> str:
        return f"allowed here: {', '.join(self.words)}."


NEURON_VARIABLE: Final = FlagRules("a neuron's variable", NEURON_LOCALITIES, silent=("unless_refractory",))
SYNAPSE_VARIABLE: Final = FlagRules("a synapse's variable", SYNAPSE_LOCALITIES)
NEURON_PARAMETER: Final = FlagRules("a parameter", NEURON_LOCALITIES, valued=(), methods=())
SYNAPSE_PARAMETER: Final = FlagRules("a parameter", SYNAPSE_LOCALITIES, valued=(), methods=())
BARE_NEURON_PARAMETER: Final = FlagRules("a parameter", NEURON_LOCALITIES, valued=("init",), methods=())
BARE_SYNAPSE_PARAMETER: Final = FlagRules("a parameter", SYNAPSE_LOCALITIES, valued=("init",), methods=())


@record
class Flags:
    """The flags of one statement, read. ``method_flag`` is kept for its origin."""

    init: Flag | None = None
    bounds: tuple[Flag, ...] = ()
    locality: Locality = Locality.LOCAL
    dtype: DType | None = None
    method: Method | None = None
    method_flag: Flag | None = None


NO_FLAGS: Final = Flags()


def read_flags(flags: Sequence[Flag], rules: FlagRules, mistakes: Mistakes, *, ode: bool = False) -> Flags:
    """Check the flags of one statement and say what they mean; a method has a meaning for an ``ode`` only."""
    if not flags:
        return NO_FLAGS
    kept = [flag for flag in _without_repeats(flags, rules, mistakes) if _is_allowed(flag, rules, mistakes)]
    locality = _one_of(kept, rules.localities, mistakes)
    dtype = _one_of(kept, TYPES, mistakes)
    method = _one_of(kept, METHODS, mistakes)
    if method is not None and not ode:
        mistakes.add(f'"{method.word}" needs an ODE.', method.origin, 'write it as "d<name>/dt = ..."')
        method = None
    return Flags(
        init=next((f for f in kept if f.word == "init"), None),
        bounds=tuple(f for f in kept if f.word in ("min", "max")),
        locality=rules.localities[locality.word] if locality else Locality.LOCAL,
        dtype=TYPES[dtype.word] if dtype else None,
        method=METHODS[_canonical(method.word)] if method else None,
        method_flag=method,
    )


def _canonical(word: str) -> str:
    return OLD_SPELLINGS.get(word, word)


def _without_repeats(flags: Sequence[Flag], rules: FlagRules, mistakes: Mistakes) -> list[Flag]:
    seen: dict[str, Flag] = {}
    for flag in flags:
        word = _canonical(flag.word)
        if word in seen and word in _EVERYWHERE:
            mistakes.add(f'Repeated flag "{flag.word}"; {rules.allowed}', flag.origin)
        else:
            seen[word] = flag
    return list(seen.values())


def _is_allowed(flag: Flag, rules: FlagRules, mistakes: Mistakes) -> bool:
    """Whether the flag may stand here, with a value if and only if it takes one; notes the mistake if not."""
    word = _canonical(flag.word)
    message, hint = "", ""
    if word not in _EVERYWHERE:
        message, hint = f'Unknown flag "{flag.word}"; {rules.allowed}', suggestion(flag.word, rules.words)
    elif word in NEURON_LOCALITIES and word not in rules.localities:
        message = f'Flag "{word}" is for neurons; use "projection" or "postsynaptic".'
    elif word in SYNAPSE_LOCALITIES and word not in rules.localities:
        message = f'Flag "{word}" is for synapses; use "population".'
    elif word == "event-driven" and rules.methods:
        message = f'"{flag.word}" is only available in spiking synapses; {rules.allowed}'
    elif word not in rules.words and word not in rules.silent:
        message = f'Flag "{flag.word}" is not allowed for {rules.what}; {rules.allowed}'
    elif word in _VALUED and flag.value is None:
        message = f'Flag "{flag.word}" needs a value; {rules.allowed}'
    elif word not in _VALUED and flag.equals:
        message = f'Flag "{flag.word}" takes no value; {rules.allowed}'
    if message:
        mistakes.add(message, flag.origin, hint)
    return not message


def _one_of(
    flags: Sequence[Flag],
    words: dict[str, Locality] | dict[str, DType] | dict[str, Method],
    mistakes: Mistakes,
) -> Flag | None:
    """The only flag of its sort; a second one is a mistake."""
    found = [f for f in flags if _canonical(f.word) in words]
    for other in found[1:]:
        mistakes.add(f'Conflicting flags "{found[0].word}" and "{other.word}".', other.origin)
    return found[0] if found else None

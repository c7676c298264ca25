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
    "event-driven": Method.EVENT_DRIVEN,
}
_CLOCK_DRIVEN: Final = tuple(word for word in METHODS if word != "event-driven")
OLD_SPELLINGS: Final[dict[str, str]] = {"runge-kutta4": "rk4", "exact": "event-driven"}
NEURON_LOCALITIES: Final[dict[str, Locality]] = {"population": Locality.GLOBAL}
SYNAPSE_LOCALITIES: Final[dict[str, Locality]] = {
    "postsynaptic": Locality.SEMIGLOBAL,
    "projection": Locality.GLOBAL,
}
_VALUED: Final = ("init", "min", "max")
_EVERYWHERE: Final = frozenset(
    [*_VALUED, *TYPES, *METHODS, *OLD_SPELLINGS, *NEURON_LOCALITIES, *SYNAPSE_LOCALITIES]
    + ["unless_post", "unless_refractory"]
)


@record
class FlagRules:
    """The flags allowed on one kind of statement. ``silent`` ones have no effect and are not advertised."""

    what: str
    localities: dict[str, Locality]
    valued: tuple[str, ...] = _VALUED
    methods: tuple[str, ...] = _CLOCK_DRIVEN
    silent: tuple[str, ...] = ()
    types: tuple[str, ...] = tuple(TYPES)
    switches: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        return (*self.valued, *self.localities, *self.types, *self.methods, *self.switches)

    @property
    def allowed(self) -> str:
        return f"allowed here: {', '.join(self.words)}."

    def knows(self, word: str) -> bool:
        """Whether ``word`` is a flag, here or anywhere."""
        return word in _EVERYWHERE or word in self.words


NEURON_VARIABLE: Final = FlagRules("a neuron's variable", NEURON_LOCALITIES, silent=("unless_refractory",))
SYNAPSE_VARIABLE: Final = FlagRules("a synapse's variable", SYNAPSE_LOCALITIES)
SPIKING_SYNAPSE_VARIABLE: Final = FlagRules(
    "a synapse's variable", SYNAPSE_LOCALITIES, methods=tuple(METHODS)
)
NEURON_PARAMETER: Final = FlagRules("a parameter", NEURON_LOCALITIES, valued=(), methods=())
SYNAPSE_PARAMETER: Final = FlagRules("a parameter", SYNAPSE_LOCALITIES, valued=(), methods=())
BARE_NEURON_PARAMETER: Final = FlagRules("a parameter", NEURON_LOCALITIES, valued=("init",), methods=())
BARE_SYNAPSE_PARAMETER: Final = FlagRules("a parameter", SYNAPSE_LOCALITIES, valued=("init",), methods=())


def _event(
    what: str, valued: tuple[str, ...], *switches: str, silent: str = "", types: bool = False
) -> FlagRules:
    return FlagRules(
        what, {}, valued, (), (silent,) if silent else (), tuple(TYPES) if types else (), switches
    )


def reset_rules(argument: str) -> FlagRules:
    """Of statements in ``reset`` or ``axon_reset``."""
    return _event(f"a statement of {argument}", ("min", "max"), silent="unless_refractory")


PRE_SPIKE: Final = _event("a statement of pre_spike", _VALUED, "unless_post", types=True)
POST_SPIKE: Final = _event("a statement of post_spike", _VALUED, types=True)
PRE_AXON_SPIKE: Final = _event("a statement of pre_axon_spike", _VALUED, types=True)
CONDUCTANCE: Final = _event("a statement on g_target", ("min", "max"))
CREATING: Final = _event("creating", ("proba", "w", "d"))
PRUNING: Final = _event("pruning", ("proba",))


@record
class Flags:
    """The flags of one statement, read. ``method_flag`` is kept for its origin."""

    init: Flag | None = None
    bounds: tuple[Flag, ...] = ()
    locality: Locality = Locality.LOCAL
    dtype: DType | None = None
    method: Method | None = None
    method_flag: Flag | None = None
    dtype_flag: Flag | None = None
    unless_post: bool = False


NO_FLAGS: Final = Flags()


def read_flags(flags: Sequence[Flag], rules: FlagRules, mistakes: Mistakes, *, ode: bool = False) -> Flags:
    """Check the flags of one statement and say what they mean; a method has a meaning for an ``ode`` only."""
    if not flags:
        return NO_FLAGS
    kept = legal_flags(flags, rules, mistakes)
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
        dtype_flag=dtype,
        unless_post=any(f.word == "unless_post" for f in kept),
    )


def legal_flags(flags: Sequence[Flag], rules: FlagRules, mistakes: Mistakes) -> list[Flag]:
    """The flags that may stand on a statement, each once; the others are mistakes."""
    return [flag for flag in _without_repeats(flags, rules, mistakes) if _is_allowed(flag, rules, mistakes)]


def _canonical(word: str) -> str:
    return OLD_SPELLINGS.get(word, word)


def _without_repeats(flags: Sequence[Flag], rules: FlagRules, mistakes: Mistakes) -> list[Flag]:
    seen: dict[str, Flag] = {}
    for flag in flags:
        word = _canonical(flag.word)
        if word in seen and rules.knows(word):
            mistakes.add(f'Repeated flag "{flag.word}"; {rules.allowed}', flag.origin)
        else:
            seen[word] = flag
    return list(seen.values())


def _is_allowed(flag: Flag, rules: FlagRules, mistakes: Mistakes) -> bool:
    """Whether the flag may stand here, with a value if and only if it takes one; notes the mistake if not."""
    word = _canonical(flag.word)
    message, hint = "", ""
    if not rules.knows(word):
        message, hint = f'Unknown flag "{flag.word}"; {rules.allowed}', suggestion(flag.word, rules.words)
    elif word in NEURON_LOCALITIES and rules.localities and word not in rules.localities:
        message = f'Flag "{word}" is for neurons; use "projection" or "postsynaptic".'
    elif word in SYNAPSE_LOCALITIES and rules.localities and word not in rules.localities:
        message = f'Flag "{word}" is for synapses; use "population".'
    elif word == "event-driven" and rules.methods and word not in rules.methods:
        message = f'"{flag.word}" is only available in spiking synapses; {rules.allowed}'
    elif word not in rules.words and word not in rules.silent:
        message = f'Flag "{flag.word}" is not allowed for {rules.what}; {rules.allowed}'
    elif word in rules.valued and flag.value is None:
        message = f'Flag "{flag.word}" needs a value; {rules.allowed}'
    elif word not in rules.valued and flag.equals:
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

"""``pre_spike``, ``post_spike`` and ``pre_axon_spike`` of a synapse (spec 01, section 2, rules 3 to 8, and 13)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from synloom.codegen.description import SynapseDescription
from synloom.codegen.errors import Mistakes
from synloom.codegen.ir.expr import Binary, Var
from synloom.codegen.ir.model import Assignment, Event, SynapseModel
from synloom.codegen.ir.types import DType, Kind, Locality
from synloom.codegen.lang.flags import CONDUCTANCE, POST_SPIKE, PRE_AXON_SPIKE, PRE_SPIKE, FlagRules, Flags
from synloom.codegen.lang.names import is_reserved
from synloom.codegen.lang.statements import Flag
from synloom.codegen.lower.declare import Declarations, Declared
from synloom.codegen.lower.events import (
    TARGET,
    EventStatement,
    first_line,
    is_written,
    lower_statements,
    read_statements,
)
from synloom.codegen.lower.resolve import Neighbour, Resolver
from synloom.codegen.lower.typing import as_real
from synloom.codegen.record import record

DEFAULT_TRANSMISSION: Final = "g_target += w"
TRANSMITTING: Final = ("pre_spike", "pre_axon_spike")
_RULES: Final[dict[str, FlagRules]] = {
    "pre_spike": PRE_SPIKE,
    "post_spike": POST_SPIKE,
    "pre_axon_spike": PRE_AXON_SPIKE,
}


@record
class EventTexts:
    """The event texts of one synapse as parsed, by argument in the order of ``_RULES``."""

    statements: dict[str, tuple[EventStatement, ...]]

    def __iter__(self) -> Iterator[EventStatement]:
        for statements in self.statements.values():
            yield from statements


def read_events(description: SynapseDescription, mistakes: Mistakes) -> EventTexts:
    """Parse the three texts."""
    found = {}
    for argument, rules in _RULES.items():
        read = read_statements(getattr(description, argument), rules, mistakes, CONDUCTANCE)
        for s in read:
            if s.transmits and argument not in TRANSMITTING:
                message = f"g_target cannot be changed in {argument}: no spike arrives there."
                mistakes.add(message, s.origin, "write it in pre_spike or pre_axon_spike")
        found[argument] = read
    if is_written(description.pre_axon_spike) and is_written(description.post_spike):
        message = "Axonal events cannot be combined with post_spike."
        mistakes.add(message, first_line(description.pre_axon_spike))
    return EventTexts(found)


def refuse_events(description: SynapseDescription, pre_name: str, mistakes: Mistakes) -> None:
    """The argument of a rate-coded synapse must not speak of spikes."""
    for argument in _RULES:
        source = getattr(description, argument)
        if is_written(source):
            message = f'{argument} needs spikes, but population "{pre_name}" (pre) is rate-coded.'
            mistakes.add(message, first_line(source), "a rate-coded synapse has equations and a psp")


def refuse_conductances(
    declared: Declarations, events: EventTexts, targets: Collection[str], mistakes: Mistakes
) -> None:
    """``g_exc`` in a synapse is not the conductance of the neuron; ``g_target`` is."""
    conductances = {f"g_{target}" for target in targets}
    changed = [(d.name, d.origin) for d in declared.variables] + [(s.name, s.origin) for s in events]
    for name, origin in changed:
        if name in conductances:
            message = f'"{name}" belongs to the post-synaptic neuron; a synapse changes it as g_target.'
            mistakes.add(message, origin, "write it in pre_spike: g_target += w")


def check_conductances(post: Neighbour, targets: Collection[str], mistakes: Mistakes) -> None:
    """Each post-synaptic neuron has a conductance of its own that real numbers can be added to."""
    for target in targets:
        found = post.attribute(f"g_{target}")
        if found is not None and (found.locality is not Locality.LOCAL or found.dtype is not DType.REAL):
            message = f'"{found.name}" of population "{post.population}" receives spikes: it must be local and real.'
            mistakes.add(message, found.origin, "drop its flags population, int or bool")


# -- variables that only events define -----------------------------------------------------------------------


def declare_implicit(
    events: EventTexts, declared: Declarations, members: Collection[str], mistakes: Mistakes
) -> None:
    """Names that events assign and nothing declares become variables, in the order in which they appear."""
    known = {d.name: d for d in declared}
    for name in dict.fromkeys(s.name for s in events if not s.transmits):
        same = [s for s in events if s.name == name]
        if name in known or name == "w":
            _keep_declaration(name, known.get(name), same, mistakes)
            continue
        if is_reserved(name, members):
            mistakes.add(f'"{name}" is reserved.', same[0].origin, "choose another name")
        declared.implicit.append(_implicit(name, same, mistakes))


def _implicit(name: str, same: list[EventStatement], mistakes: Mistakes) -> Declared:
    first = same[0]
    init = _agreed([s.flags.init for s in same], name, mistakes)
    dtype = _agreed([s.flags.dtype_flag for s in same], name, mistakes)
    found = next((s.flags.dtype for s in same if s.flags.dtype_flag is dtype), None)
    flags = Flags(init=init, dtype=found)
    return Declared(name, first.origin, Kind.VARIABLE, first.statement, flags, found or DType.REAL)


def _agreed(flags: list[Flag | None], name: str, mistakes: Mistakes) -> Flag | None:
    """The one that is given; a second one must say the same."""
    given = [f for f in flags if f is not None]
    for other in given[1:]:
        if other.word != given[0].word or other.value != given[0].value:
            message = f'Conflicting flags for "{name}": "{_shown(given[0])}" and "{_shown(other)}".'
            mistakes.add(message, other.origin, "give it once")
    return given[0] if given else None


def _shown(flag: Flag) -> str:
    value = flag.value.origin.text if flag.value is not None and flag.value.origin is not None else ""
    return f"{flag.word}={value}" if flag.equals else flag.word


def _keep_declaration(
    name: str, declared: Declared | None, same: Iterable[EventStatement], mistakes: Mistakes
) -> None:
    """What is declared keeps its value and type: flags must not say otherwise."""
    for s in same:
        if s.flags.init is not None:
            hint = f"give {name} its value there" if declared else "the connector gives weights their values"
            what = "declared elsewhere" if declared else "a parameter of every synapse"
            mistakes.add(f'"{name}" is {what}: "init" has no effect here.', s.flags.init.origin, hint)
        flag, dtype = s.flags.dtype_flag, declared.dtype if declared else DType.REAL
        if flag is not None and s.flags.dtype is not dtype:
            word = "float" if dtype is DType.REAL else str(dtype)
            mistakes.add(f'"{name}" is declared as {word}, not {flag.word}.', flag.origin)


# -- events --------------------------------------------------------------------------------------------------


def lower_events(events: EventTexts, resolver: Resolver) -> dict[str, Event]:
    """The event of each argument, without the default transmission."""
    return {
        argument: Event(
            lower_statements([s for s in statements if s.transmits], argument, resolver),
            lower_statements([s for s in statements if not s.transmits], argument, resolver),
        )
        for argument, statements in events.statements.items()
    }


def default_transmission(weight: Var) -> Assignment:
    """``g_target += w``."""
    return Assignment(TARGET, Binary("+", TARGET, as_real(weight)), text=DEFAULT_TRANSMISSION)


def adds_transmission(description: SynapseDescription, model: SynapseModel) -> bool:
    """Whether ``pre_spike`` says something, but nothing about ``g_target``, which is changed all the same."""
    added = any(s.origin is None for s in model.pre_spike.transmit)
    return added and is_written(description.pre_spike)

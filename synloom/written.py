"""The arguments of models as texts: what the 5.0 forms say, as one would write it in the 4.8 form.

Texts of the user go in as they are, so that errors can show them; only flags are added. A distribution is
written as the call that text has for it. Text has no word for its bounds and its seed: the object stands in
``SourceText.given``, and initial values are drawn from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from synloom.codegen.errors import (
    CallSite,
    ConfigurationError,
    Mistakes,
    ModelError,
    Origin,
    Part,
    Piece,
    SourceText,
)
from synloom.codegen.ir.expr import Binary, Select, Unary
from synloom.codegen.lang.expression import CANNOT_PARSE, WHOLE_SIDE
from synloom.codegen.lang.parser import parse_right_side
from synloom.codegen.lang.statements import parse_only_expression, parse_statement
from synloom.codegen.lang.tokens import Kind, check_balance, cut, tokenize
from synloom.constant import Constant
from synloom.filled import Argument, Filled
from synloom.forms import Creating, Parameter, Pruning, Variable, check_value
from synloom.random import DISTRIBUTIONS, RandomDistribution

# The words of the 4.8 form for localities; an empty one needs no flag.
LOCALITY_FLAGS: Final[Mapping[str, Mapping[str, str]]] = {
    "Neuron": {"local": "", "global": "population"},
    "Synapse": {"local": "", "semiglobal": "postsynaptic", "global": "projection"},
}
VARIABLE: Final = ("init", "min", "max", "method", "locality", "type")
# Arguments that take statements, and the keyword values of a Variable that have a meaning there (spec 01, 5.4).
STATEMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "equations": VARIABLE,
    "reset": ("min", "max"),
    "axon_reset": ("min", "max"),
    "pre_spike": ("init", "min", "max", "type"),
    "post_spike": ("init", "min", "max", "type"),
    "pre_axon_spike": ("init", "min", "max", "type"),
}
CONDITIONS: Final[Mapping[str, type[Creating] | type[Pruning]]] = {"creating": Creating, "pruning": Pruning}
ARITHMETIC: Final = ("+", "-", "*", "/", "//", "%", "**")
ONE_EXPRESSION: Final = "This must be one expression."
OWN_FLAGS: Final = "The equation of a {} with keyword values must not have flags of its own."


class Writer:
    """Writes one argument of a model. What is wrong in it is raised by ``text``, all at once.

    ``kind`` is ``Neuron`` or ``Synapse``; ``values`` are those of ``extra_values``, for quoted keys.
    """

    def __init__(self, kind: str, whole: SourceText, values: Mapping[str, Any]) -> None:
        self.kind, self.whole, self.values = kind, whole, values
        self.mistakes = Mistakes()
        self._written: list[str] = []
        self._length = 0
        self._pieces: list[Piece] = []
        self._given: list[tuple[int, object]] = []

    def text(self) -> SourceText:
        """What was written."""
        self.mistakes.check()
        content = "".join(self._written)
        return replace(self.whole, content=content, pieces=tuple(self._pieces), given=tuple(self._given))

    def _add(self, text: str) -> None:
        self._written.append(text)
        self._length += len(text)

    def _piece(self, text: str, source: SourceText, label: str = "") -> None:
        self._pieces.append(Piece(self._length, self._length + len(text), source, label))
        self._add(text)

    def _statement(self, text: str, source: SourceText) -> None:
        if self._written:
            self._add("\n")
        self._piece(text, source)

    # -- parameters ---------------------------------------------------------------------------------------

    def parameters(self, given: Mapping[object, object]) -> None:
        """The entries of a dictionary: global unless they are a :class:`Parameter` that says otherwise."""
        for index, (name, value) in enumerate(given.items()):
            if not isinstance(name, str) or not name.isidentifier():
                raise ConfigurationError(
                    f"{self.whole.owner}: the name of a parameter must be an identifier, not {name!r}."
                )
            if not isinstance(value, Parameter):
                check_value(value, f'{self.whole.owner}: the value of "{name}"')
            self._parameter(name, value, index)

    def _parameter(self, name: str, value: object, index: int) -> None:
        named = replace(self.whole, content=name, part=Part(index, name=True))
        self._statement(name, named)
        self._add(" = ")
        if not isinstance(value, Parameter):
            source = replace(self.whole, part=Part(index))
            self._value(value, source, f"{name} = ")
            self._flags([self._locality("global", named)])
            return
        source = replace(self.whole, argument="value", position=0, site=value.site or self.whole.site)
        written = self._value(value.value, source, f"{name} = ")
        # Without a flag, True and False would make it a bool.
        typed = value.type != "float" or written in ("True", "False", "true", "false")
        self._flags([self._locality(value.locality, named), value.type if typed else ""])

    def _locality(self, word: str, source: SourceText) -> str:
        words = LOCALITY_FLAGS[self.kind]
        if word not in words:
            self.mistakes.add(
                f'locality must be one of {" or ".join(words)}; "{word}" is for synapses.',
                _all_of(self._own(source)),
            )
        return words.get(word, "")

    def _flags(self, flags: Iterable[str]) -> None:
        listed = ", ".join(flag for flag in flags if flag)
        self._add(f" : {listed}" if listed else "")

    # -- statements ---------------------------------------------------------------------------------------

    def statements(self, given: list[object], allowed: tuple[str, ...]) -> None:
        """The elements of a list."""
        for index, element in enumerate(given):
            if isinstance(element, Variable):
                self._variable(element, allowed)
            else:
                assert isinstance(element, str)
                self._statement(filled(element, self.values), self._element(element, index))

    def _element(self, text: str, index: int) -> SourceText:
        return replace(self.whole, content=text, part=Part(index))

    def _variable(self, variable: Variable, allowed: tuple[str, ...]) -> None:
        source = replace(
            self.whole, content=variable.equation, argument="equation", position=0, site=variable.site
        )
        self._statement(variable.equation, source)
        keywords = self._keywords(variable)
        self._refuse(keywords, allowed, source)
        if keywords and self._is_plain(source):
            self._add("\n: " if "#" in variable.equation else " : ")
            for index, (word, value) in enumerate(keywords.items()):
                self._add(", " if index else "")
                self._keyword(word, value, source)

    def _keywords(self, variable: Variable) -> dict[str, object]:
        defaults = {"locality": "local", "type": "float"}
        values = {word: getattr(variable, word) for word in VARIABLE}
        return {word: value for word, value in values.items() if value != defaults.get(word)}

    def _keyword(self, word: str, value: object, source: SourceText) -> None:
        own = replace(source, argument=word, position=1 + VARIABLE.index(word))
        if word == "locality":
            self._add(self._locality(str(value), source))
        elif word == "type":
            self._add(str(value))
        elif word == "method":
            self._piece(str(value), replace(own, content=str(value)), "method=")
        else:
            self._add(f"{word}=")
            self._value(value, own, f"{word}=")

    def _refuse(self, keywords: Iterable[str], allowed: tuple[str, ...], source: SourceText) -> None:
        """Note keyword values that have no meaning in this argument."""
        wrong = [word for word in keywords if word not in allowed]
        if wrong:
            argument = self.whole.argument
            message = f"A Variable in {argument} takes no {' and no '.join(wrong)}."
            self.mistakes.add(message, _all_of(self._own(source)), f"allowed here: {', '.join(allowed)}")

    def _is_plain(self, source: SourceText) -> bool:
        """Whether the equation is a single one without flags; if it is broken, its own mistake is told later."""
        pieces, scratch = cut(source), Mistakes()
        if len(pieces) > 1:
            start, stop = pieces[1].tokens[0].start, pieces[1].tokens[-1].end
            self.mistakes.add(
                "A Variable with keyword values is a single equation.", Origin(self._own(source), start, stop)
            )
            return False
        statement = parse_statement(pieces[0], scratch) if pieces else None
        if statement is not None and statement.flags:
            origin = replace(statement.flags[0].origin, source=self._own(source))
            self.mistakes.add(OWN_FLAGS.format("Variable"), origin, "put them all in one place")
        return statement is not None and not scratch.found

    # -- ready-made models --------------------------------------------------------------------------------

    def filled(self, given: Filled) -> None:
        """A text of the library with arguments of its constructor in it."""
        for part in given.parts:
            if isinstance(part, str):
                self._add(part)
            else:
                self._argument(part, f"{self.whole.owner}: {part.name}")

    def _argument(self, given: Argument, what: str) -> None:
        source, value = replace(self.whole, argument=given.name, position=given.position), given.value
        bracketed = False
        if not given.term:
            check_value(value, what)
            # As text, True would make the parameter a bool.
            value = float(value) if isinstance(value, bool | np.bool_) else value
        elif isinstance(value, str):
            bracketed = self._is_loose(value, source)
        else:
            raise ConfigurationError(f"{what} must be a text, not {value!r}.")
        self._add("(" * bracketed)
        self._value(value, source, f"{given.name}=")
        self._add(")" * bracketed)
        self._flags([LOCALITY_FLAGS[self.kind]["global"] if given.shared else ""])

    def _is_loose(self, text: str, source: SourceText) -> bool:
        """Whether a term binds less than the sum that it becomes part of: ``a > b``, ``a or b``."""
        parsed = parse_only_expression(self._own(source, text), Mistakes(), ONE_EXPRESSION)
        match parsed[0] if parsed else None:
            case Unary(op="not"):
                return True
            case Binary(op=op):
                return op not in ARITHMETIC
            case _:
                return False

    # -- structural plasticity ----------------------------------------------------------------------------

    def condition(self, given: Creating | Pruning) -> None:
        """``equation : proba = ..., w = ..., d = ...``, of values that differ from the default only."""
        who, site = type(given).__name__, given.site
        source = replace(self.whole, content=given.equation, argument="equation", position=0, site=site)
        defaults = {"proba": 1.0, "w": 0.0, "d": None}
        values = {word: getattr(given, word) for word in defaults if hasattr(given, word)}
        keywords = {w: v for w, v in values.items() if isinstance(v, Constant) or v != defaults[w]}
        self._statement(given.equation, source)
        if not keywords or not self._has_no_flags(source, who):
            return
        self._add("\n: " if "#" in given.equation else " : ")
        for index, (word, value) in enumerate(keywords.items()):
            self._add(f"{', ' if index else ''}{word}=")
            position = 1 + list(defaults).index(word)
            self._value(value, replace(source, argument=word, position=position), f"{word}=")

    def _has_no_flags(self, source: SourceText, who: str) -> bool:
        """As ``_is_plain``, for a condition."""
        tokens = [t for t in tokenize(source.content) if t.kind is not Kind.BREAK]
        try:
            check_balance(source, tokens)
            end = parse_right_side(source, tokens, 0)[1] if tokens else 0
        except ModelError:
            return False
        if end < len(tokens):
            flags = Origin(self._own(source), tokens[end].start, tokens[-1].end)
            self.mistakes.add(OWN_FLAGS.format(who), flags, "put them all in one place")
        return 0 < end == len(tokens)

    # -- values -------------------------------------------------------------------------------------------

    def _value(self, value: object, source: SourceText, label: str) -> str:
        """Write a value that the user gave as ``source``; gives its text."""
        if isinstance(value, str):
            source = replace(source, content=value)
            text = self._expression(filled(value, self.values), source)
        else:
            if isinstance(value, RandomDistribution):
                self._given.append((self._length, value))
            text = value_text(value)
            source = replace(source, content=text, part=replace(source.part or Part(), text=False))
        self._piece(text, source, label)
        return text

    def _expression(self, text: str, source: SourceText) -> str:
        """A text that must be one expression, on one line and without comments; its mistakes are noted."""
        own, kinds = self._own(source, text), {token.kind for token in tokenize(text)} - {Kind.BREAK}
        if not kinds:
            self.mistakes.add(CANNOT_PARSE, Origin(own, 0, len(text)), "an expression is missing")
        if (
            not kinds or Kind.STRING in kinds
        ):  # a quoted key without a value is told with the model's mistakes
            return text
        parsed = parse_only_expression(own, self.mistakes, ONE_EXPRESSION)
        if parsed is None:
            return text
        expr, line = parsed
        if isinstance(expr, Select) and re.match(r"if\b", line):
            self.mistakes.add(WHOLE_SIDE, _all_of(own))
        return line if set(text) & set("#\n;") else text

    def _own(self, source: SourceText, text: str | None = None) -> SourceText:
        """A part of the argument as the source of a mistake: shown alone, told as the model's."""
        content = source.content if text is None else text
        return replace(self.whole, content=content, pieces=(Piece(0, len(content), source),))


def _all_of(source: SourceText) -> Origin:
    """All of a text but the blanks around it."""
    content = source.content
    start = len(content) - len(content.lstrip())
    return Origin(source, start, max(len(content.rstrip()), start))


def value_text(value: object) -> str:
    """How text writes a number, a constant or a distribution, exactly; of a distribution's bounds it knows nothing."""
    match value:
        case Constant():
            return value.name
        case RandomDistribution():
            kind = next((c.__name__ for c in type(value).__mro__ if c.__name__ in DISTRIBUTIONS), None)
            if kind is None:
                raise ConfigurationError(
                    f"{type(value).__name__} cannot be used in a model.",
                    hint=f"Use one of {', '.join(DISTRIBUTIONS)}.",
                )
            return f"{kind}({', '.join(map(value_text, value._arguments()))})"
        case bool() | np.bool_():
            return str(bool(value))
        case int() | np.integer():
            return str(int(value))
        case _:
            number = float(value)  # type: ignore[arg-type]
            return repr(number) if math.isfinite(number) else f"{'-' * (number < 0)}1/0"


def filled(text: str, values: Mapping[str, Any]) -> str:
    """``text`` with quoted keys replaced by their ``values``."""
    if not values:
        return text
    return re.sub(r"'(\w+)'|\"(\w+)\"", lambda m: str(values.get(m[1] or m[2], m[0])), text)


class ModelTexts:
    """Takes the arguments of one model. ``kind`` is ``Neuron`` or ``Synapse``."""

    def __init__(self, kind: str, name: str, site: CallSite) -> None:
        self.kind, self.site = kind, site
        self.owner = f"{kind} '{name}'" if name else kind

    def take(
        self, argument: str, position: int, value: object, extra_values: Mapping[str, Any] | None = None
    ) -> SourceText:
        """One argument, in whatever form it may have, as a text. None is an empty text where nothing is required.

        Raises
        ------
        ConfigurationError
            It has a form that is not for this argument.
        ModelError
            A mistake in the way its parts are put together.
        """
        values = extra_values or {}
        whole = SourceText("", self.owner, argument, position, self.site)
        if isinstance(value, str):
            return replace(whole, content=filled(value, values))
        if value is None and argument not in ("parameters", "equations"):
            return whole
        writer = Writer(self.kind, whole, values)
        if isinstance(value, Filled):
            writer.filled(value)
        elif argument == "parameters":
            if isinstance(value, dict):
                writer.parameters(value)
            else:
                rule = "a string or a list of strings, or a dictionary"
                writer.statements(self._elements(argument, value, rule, str), ())
        elif argument in STATEMENTS:
            elements = [value] if isinstance(value, Variable) else value
            rule = "a string or a list of strings/Variables"
            writer.statements(self._elements(argument, elements, rule, str | Variable), STATEMENTS[argument])
        elif argument in CONDITIONS and isinstance(value, CONDITIONS[argument]):
            writer.condition(value)
        else:
            more = f" or a {CONDITIONS[argument].__name__}" if argument in CONDITIONS else ""
            raise self._wrong(argument, f"a string{more}", value)
        return writer.text()

    def _elements(self, argument: str, value: object, rule: str, allowed: Any) -> list[object]:
        if not isinstance(value, list):
            raise self._wrong(argument, rule, value)
        for index, element in enumerate(value):
            if not isinstance(element, allowed):
                raise self._wrong(argument, rule, element, f"; element {index + 1} is ")
        return value

    def _wrong(self, argument: str, rule: str, value: object, but: str = ", not ") -> ConfigurationError:
        given = "None" if value is None else type(value).__name__
        return ConfigurationError(f"{self.owner}: {argument} must be {rule}{but}{given}.")

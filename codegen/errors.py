"""Errors a user sees: the rule, the user's own line with a caret, the cure.

An :class:`Origin` is a span of a text the user wrote. Which file and line that text stands on is found
only when an error is printed, so describing a network costs nothing for it.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import FrameType

from synloom.codegen.record import record


@record
class CallSite:
    """Where in the user's script an object was created: file, and the span of the call expression."""

    file: str
    line: int
    end_line: int
    column: int
    end_column: int

    @classmethod
    def of(cls, frame: FrameType) -> CallSite:
        """The call that ``frame`` is executing right now."""
        positions = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None))
        line, end_line, column, end_column = (p or 0 for p in positions)
        return cls(frame.f_code.co_filename, line or frame.f_lineno, end_line, column, end_column)


@record
class Part:
    """Where in an argument a piece stands: an element of a list or the name or value of an entry of a dictionary.

    ``text``: it is a string there; else the text is how a Python value is written.
    """

    index: int = -1  # -1: it is the whole argument
    name: bool = False
    text: bool = True

    def of(self, node: ast.expr) -> ast.expr | ast.keyword | None:
        """The part of an argument's syntax tree; None if it is not written out there."""
        if self.index < 0:
            return node
        parts: Sequence[ast.expr | ast.keyword | None] = ()
        match node:
            case ast.List(elts=parts):
                pass
            case ast.Dict(keys=keys, values=values) if None not in keys:
                parts = keys if self.name else values
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
                parts = keywords if self.name else [k.value for k in keywords]
        return parts[self.index] if self.index < len(parts) else None


@record
class SourceText:
    """One text argument as the user wrote it.

    ``owner`` names the object for messages (``Neuron 'LIF'``), ``argument`` is the keyword it was passed as
    (``equations``), ``position`` its place when passed without keyword. What was passed as a list, a dictionary
    or keyword values is one text, put together from ``pieces``. ``given`` are values that text cannot express,
    each with the offset of what stands for it: data, which take no part in equality.
    """

    content: str
    owner: str = ""
    argument: str = ""
    position: int = -1
    site: CallSite | None = field(default=None, compare=False)
    pieces: tuple[Piece, ...] = ()
    given: tuple[tuple[int, object], ...] = field(default=(), compare=False, repr=False)
    part: Part | None = None

    def locate(self) -> tuple[str, int, int] | None:
        """File, line and column of the first character of ``content`` in the script, if it is a literal there."""
        if self.site is None:
            return None
        tree = _parsed(self.site.file)
        if tree is None:
            return None
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _spans(node, self.site):
                literal = self._literal(node)
                if literal is not None:
                    return self._start(literal)
        return None

    def _literal(self, call: ast.Call) -> ast.expr | None:
        for keyword in call.keywords:
            if keyword.arg == self.argument:
                return keyword.value
        if 0 <= self.position < len(call.args):
            return call.args[self.position]
        return None

    def _start(self, node: ast.expr) -> tuple[str, int, int] | None:
        assert self.site is not None
        part = self.part or Part()
        found = part.of(node)
        if isinstance(found, ast.keyword) or (found is not None and not part.text):
            return self.site.file, found.lineno, self._column(found)
        for literal in ast.walk(found or node):
            if part.text and isinstance(literal, ast.Constant) and literal.value == self.content:
                column = self._column(literal)
                opening = linecache.getline(self.site.file, literal.lineno)[column:]
                prefix = len(opening) - len(opening.lstrip("rRuUbBfF"))
                quotes = 3 if opening[prefix : prefix + 3] in ('"""', "'''") else 1
                return self.site.file, literal.lineno, column + prefix + quotes
        return None

    def _column(self, node: ast.expr | ast.keyword) -> int:
        """In characters; the syntax tree counts bytes of UTF-8."""
        assert self.site is not None
        line = linecache.getline(self.site.file, node.lineno)
        return len(line.encode()[: node.col_offset].decode(errors="ignore"))


@record
class Piece:
    """The stretch ``[start, end)`` of a text put together from several: one that the user wrote.

    ``source`` is it alone, which knows where it stands. ``label`` is shown before it (``init=``); where there is
    none a statement begins, whatever stood before.
    """

    start: int
    end: int
    source: SourceText
    label: str = ""


def _spans(node: ast.Call, site: CallSite) -> bool:
    if node.lineno != site.line:
        return False
    return not site.end_line or (node.end_lineno == site.end_line and node.col_offset == site.column)


def _parsed(file: str) -> ast.Module | None:
    source = "".join(linecache.getlines(file))
    try:
        return ast.parse(source) if source else None
    except SyntaxError:
        return None


@record
class Origin:
    """The span ``[start, end)`` of a user's text that an expression, statement or name came from."""

    source: SourceText
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.content[self.start : self.end]

    @property
    def line(self) -> int:
        """Line within the text, from 1."""
        return self.source.content.count("\n", 0, self.start) + 1

    @property
    def column(self) -> int:
        """Column within that line, from 0."""
        return self.start - (self.source.content.rfind("\n", 0, self.start) + 1)

    @property
    def piece(self) -> Piece | None:
        """Of a text put together from several, the one that the span begins in."""
        return next((p for p in self.source.pieces if p.start <= self.start < max(p.end, p.start + 1)), None)

    def show(self) -> str:
        """Location, the line as written, a caret under the span."""
        content, piece = self.source.content, self.piece
        first, last = (piece.start, piece.end) if piece else (0, len(content))
        begin = max(content.rfind("\n", 0, self.start) + 1, first)
        stop = content.find("\n", self.start, last)
        written = content[begin : stop if stop >= 0 else last]
        label = piece.label if piece and begin == first else ""
        indent = len(written) - len(written.lstrip())
        offset = len(label) + max(0, self.start - begin - indent)
        width = max(1, min(self.end, begin + len(written.rstrip())) - self.start)
        return f"{self.where()}\n    {label}{written.strip()}\n    {' ' * offset}{'^' * width}"

    def where(self) -> str:
        """``file.py:12:8, Neuron 'LIF', argument 'equations'``; without a file where none is known."""
        named = ", ".join(p for p in (self.source.owner, self._argument()) if p)
        piece, site = self.piece, self.source.site
        found = piece.source.locate() if piece else self.source.locate()
        if found is not None:
            file, line, column = found
            content, first = self.source.content, piece.start if piece else 0
            row = line + content.count("\n", first, self.start)
            begin = content.rfind("\n", first, self.start) + 1
            col = self.start - begin if begin else self.start - first + column
            return f"{file}:{row}:{col + 1}" + (f", {named}" if named else "")
        if site is not None:
            return f"{site.file}:{site.line}, {named}" + ("" if piece else f" (line {self.line})")
        return f"{named or 'text'}, line {self.line}"

    def _argument(self) -> str:
        source, piece = self.source, self.piece
        if piece and source.site is not None and piece.source.site == source.site:
            source = piece.source  # of a ready-made model: another argument of the same call
        return f"argument '{source.argument}'" if source.argument else ""


class SynloomError(Exception):
    """Base of every error synloom raises on purpose. ``str(error)`` is the whole message.

    Attributes
    ----------
    message : str
        The rule that was broken.
    origin : Origin or None
        The user's text it was broken in.
    hint : str
        What to do.
    """

    def __init__(self, message: str, origin: Origin | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.origin, self.hint = message, origin, hint

    def __str__(self) -> str:
        parts = [self.message]
        if self.origin is not None:
            parts.append(f"  {self.origin.show()}".replace("\n", "\n  "))
        if self.hint:
            parts.append(f"hint: {self.hint}")
        return "\n".join(parts)


class ConfigurationError(SynloomError):
    """A wrong option, or objects put together in a way that has no meaning."""


class ModelError(SynloomError):
    """A mistake in the text of a neuron or synapse model."""


class ModelErrors(ModelError):
    """Several mistakes of one model, reported at once."""

    def __init__(self, errors: Sequence[ModelError]) -> None:
        super().__init__(errors[0].message, errors[0].origin, errors[0].hint)
        self.errors = tuple(errors)

    def __str__(self) -> str:
        listed = "\n\n".join(str(e) for e in self.errors)
        return f"{len(self.errors)} mistakes in the model:\n\n{listed}"


class CodegenError(SynloomError):
    """The compiler broke one of its own rules. A bug of synloom, never of the user."""


class CompilationError(SynloomError):
    """The C++ compiler is missing or failed."""


class NotCompiledError(SynloomError):
    """The network has to be compiled for this."""


ANNarchyException = SynloomError


@dataclass
class Mistakes:
    """Collects the mistakes of one model, so that all are told at once."""

    found: list[ModelError] = field(default_factory=list)

    def add(self, message: str, origin: Origin | None = None, hint: str = "") -> None:
        self.found.append(ModelError(message, origin, hint))

    def note(self, error: ModelError) -> None:
        self.found.extend(error.errors if isinstance(error, ModelErrors) else [error])

    def check(self) -> None:
        """Raise what was found: one error as itself, several together."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise ModelErrors(self.found)

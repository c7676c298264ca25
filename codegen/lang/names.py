"""Names: which are free for the user, and which one was probably meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from synloom.codegen.lang.builtins import KEYWORDS, RESERVED


def is_identifier(name: str) -> bool:
    """Whether ``name`` can be written in an equation and in generated code: a Python name, no keyword."""
    return name.isidentifier() and name not in KEYWORDS


def is_reserved(name: str, members: Collection[str] = ()) -> bool:
    """Whether an attribute must not have this name (spec 01, 14.2).

    ``members`` are the attributes and methods of the object that will carry the model's attributes.
    """
    return name in RESERVED or name in members or name.startswith("__")


def suggestion(name: str, known: Iterable[str]) -> str:
    """``Did you mean "tau"?``, or nothing if no known name is close."""
    from difflib import get_close_matches  # needed for mistakes only

    candidates = sorted(set(known))
    close = get_close_matches(name, candidates, n=1)
    if not close:
        lowered = {c.lower(): c for c in candidates}
        close = [lowered[c] for c in get_close_matches(name.lower(), lowered, n=1)]
    return f'Did you mean "{close[0]}"?' if close else ""

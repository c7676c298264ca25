"""Which call of the user's script made an object: where its texts stand."""

from __future__ import annotations

from types import FrameType

from synloom.codegen.errors import CallSite


def call_site(frame: FrameType, made: object) -> CallSite:
    """The call in the user's script that makes ``made``, seen from ``frame``, the caller of its constructor.

    Constructors of our own subclasses are passed over: the user called those.
    """
    while (
        frame.f_code.co_name == "__init__"
        and frame.f_globals.get("__name__", "").startswith("synloom.")
        and frame.f_locals.get("self") is made
        and frame.f_back is not None
    ):
        frame = frame.f_back
    return CallSite.of(frame)

"""Cores that a running network is pinned to: ``setup(visible_cores=[...])``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from synloom import messages
from synloom.codegen.errors import ConfigurationError


def check_cores(cores: Sequence[int], threads: int) -> None:
    """Refuse cores that this machine does not have, and fewer than there are threads.

    Raises
    ------
    ConfigurationError
        They do not fit.
    """
    if not cores:
        return
    count = os.cpu_count() or 1
    shown = f"visible_cores={list(cores)}"
    if len(cores) > count or max(cores) >= count:
        raise ConfigurationError(
            f"{shown}: this machine has {count} cores, 0 to {count - 1}.",
            hint="Name cores that it has, or leave visible_cores empty.",
        )
    if len(set(cores)) < len(cores):
        messages.warning(f"{shown}: a core is named twice.")
    if len(cores) < threads:
        raise ConfigurationError(
            f"{shown}: {threads} threads need as many cores.", hint="Name one core for each thread."
        )


@contextmanager
def pinned(cores: Sequence[int]) -> Iterator[None]:
    """Stay on these cores, where the system can do that; afterwards on those of before."""
    if not cores or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, set(cores) & before or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)

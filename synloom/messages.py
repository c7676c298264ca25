"""Lines on standard output for the user: ``WARNING: ...`` and ``INFO: ...``, and debug lines on request.

``setup(suppress_warnings=True)`` silences the first two, ``setup(verbose=True)`` shows the last.
"""

from __future__ import annotations

quiet = False
talkative = False


def configure(*, suppress_warnings: bool, verbose: bool) -> None:
    """Set which lines are printed from now on, for the whole process."""
    global quiet, talkative
    quiet, talkative = suppress_warnings, verbose


def warning(text: str) -> None:
    """Something the user probably did not mean; the work goes on."""
    if not quiet:
        print(f"WARNING: {text}")


def info(text: str) -> None:
    """Something the user may want to know."""
    if not quiet:
        print(f"INFO: {text}")


def debug(text: str) -> None:
    """A step of the work, shown with ``verbose=True`` only."""
    if talkative:
        print(text)

"""The mistakes of a model, told in the order in which they stand in its texts."""

from __future__ import annotations

from typing import Final

from synloom.codegen.errors import Mistakes, ModelError

_ARGUMENTS: Final = (
    *("parameters", "equations", "psp", "spike", "reset", "axon_spike", "axon_reset", "refractory"),
    *("pre_spike", "post_spike", "pre_axon_spike", "functions", "pruning", "creating"),
)


def tell(mistakes: Mistakes) -> None:
    """Raise what was found, if anything: text by text, from top to bottom."""
    mistakes.found.sort(key=_place)
    mistakes.check()


def _place(error: ModelError) -> tuple[int, int]:
    if error.origin is None:
        return len(_ARGUMENTS), 0
    argument = error.origin.source.argument
    return _ARGUMENTS.index(argument) if argument in _ARGUMENTS else -1, error.origin.start

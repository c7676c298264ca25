"""When a population tells ``simulate_until`` to stop (spec 02, section 10.5)."""

from __future__ import annotations

import sys
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import registry
from synloom.callsite import call_site
from synloom.codegen.errors import ConfigurationError, SourceText
from synloom.codegen.evaluate import evaluate
from synloom.codegen.ir.expr import Expr, Var
from synloom.codegen.ir.types import Scope
from synloom.codegen.lower.stop import SPIKED, lower_stop

if TYPE_CHECKING:
    from synloom.population import Population


class StopCondition:
    """The stop condition of a population, evaluated in NumPy over its state.

    Parameters
    ----------
    population : Population
        Its model is known already.
    text : SourceText
        A boolean expression and perhaps ``: any`` or ``: all``. ``t`` is the time after the step.

    Raises
    ------
    ModelError
        A mistake in the text.
    """

    def __init__(self, population: Population, text: SourceText) -> None:
        self.population = population
        self.stop = lower_stop(
            text, population.model, functions=population._callable, constants=registry.constants.keys()
        )

    def holds(self) -> bool:
        """Whether the condition holds now: for one neuron, or for all of them."""
        found = np.asarray(evaluate(self.stop.condition, self._lookup, self.population._callable))
        return bool(found.all() if self.stop.every else found.any())

    def _lookup(self, leaf: Expr) -> Any:
        assert isinstance(leaf, Var)
        population = self.population
        match leaf.scope:
            case Scope.CONSTANT:
                constant = registry.constants.get(leaf.name)
                if constant is None:
                    raise ConfigurationError(
                        f'The stop condition of population "{population.name}" uses the constant "{leaf.name}",'
                        " which was cleared."
                    )
                return constant.value_in(population.network)
            case Scope.CLOCK:
                return population.network.time if leaf.name == "t" else population.network.dt
            case Scope.TIME:
                assert population._spikes is not None
                return population._spikes.buffers["last_spike"] * population.network.dt
        if leaf.name == SPIKED and SPIKED not in population.state:
            fired = np.zeros(population.size, np.bool_)
            fired[population._fired] = True
            return fired
        return population.state[leaf.name]


def stop_text(text: str, owner: str) -> SourceText:
    """The text of a condition and where it stands: called by the constructor of a population."""
    frame: FrameType | None = sys._getframe(1)
    position = 3
    while frame is not None and _ours(frame):
        if frame.f_code.co_name == "create":  # of Network: its arguments are in another order
            position = 2
        frame = frame.f_back
    if frame is None:
        return SourceText(text, owner, "stop_condition", position)
    return SourceText(text, owner, "stop_condition", position, call_site(frame, None))


def _ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith("synloom.")

"""What stands still while a neuron is refractory: everything but its conductances, or the voltage alone."""

from __future__ import annotations

from typing import Final, Literal

from synloom.codegen.errors import ConfigurationError
from synloom.codegen.record import record

Freeze = Literal["all", "voltage"]


@record
class Texts:
    """The parts of a model that differ.

    ``start`` goes before the equations, ``bounds`` are flags of ``v``, ``spike`` joins the condition, ``reset``
    the reset.
    """

    start: str = ""
    bounds: str = ""
    spike: str = ""
    reset: str = ""
    refractory: str | None = None


# The bounds of an equation hold v: `hold` counts the steps left, and at v_reset is where the spike put it.
TEXTS: Final[dict[str, Texts]] = {
    "all": Texts(refractory="tau_refrac"),
    "voltage": Texts(
        start="hold = max(hold - 1, 0) : int\n",
        bounds=", min = ite(hold > 0, v_reset, v), max = ite(hold > 0, v_reset, v)",
        spike=" and hold == 0",
        reset="\nhold = round(tau_refrac/dt) + 1",
    ),
}


def frozen(model: type, freeze: object) -> Texts:
    """Read a constructor's ``freeze``."""
    if not isinstance(freeze, str) or freeze not in TEXTS:
        raise ConfigurationError(
            f"Neuron '{model.__name__}': freeze must be 'all' or 'voltage', not {freeze!r}.",
            hint="'all' stops everything but g_exc and g_inh after a spike, 'voltage' only v",
        )
    return TEXTS[freeze]

"""Names of storage formats and orders: what they ask for, and which a projection does not have."""

from __future__ import annotations

from typing import Final

from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import StoreKind

# What a format name asks for. None: whatever fits the pattern.
FORMATS: Final[dict[str, StoreKind | None]] = {
    "default": None,
    "auto": None,
    "dense": StoreKind.DENSE,
    "csr": StoreKind.CSR,
    "lil": StoreKind.CSR,
}
# Known names without an implementation of their own: results never depend on the format.
SYNONYMS: Final = frozenset({"csr_vector", "csr_scalar", "coo", "bsr", "dia", "ell", "ellr", "sell", "hyb"})
ORDERS: Final = frozenset({"post_to_pre", "pre_to_post", "auto"})


def check_format(name: str, order: str, projection: str, spiking: bool = False) -> None:
    """Refuse unknown storage formats and orders, and those that a rate-coded projection does not have."""
    if name not in FORMATS and name not in SYNONYMS:
        known = ", ".join(sorted([*FORMATS, *SYNONYMS]))
        raise ConfigurationError(
            f"Projection '{projection}': unknown storage_format {name!r}.", hint=f"known formats: {known}"
        )
    if order == "pre_to_post" and not spiking:
        raise ConfigurationError(
            f"Projection '{projection}': storage_order='pre_to_post' needs spiking neurons.",
            hint="use storage_order='post_to_pre'",
        )
    if order not in ORDERS:
        raise ConfigurationError(
            f"Projection '{projection}': unknown storage_order {order!r}.",
            hint="known orders: 'post_to_pre', 'pre_to_post', 'auto'",
        )

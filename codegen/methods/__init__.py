"""Numerical methods: from the ODEs of a run to their new values. One file each, listed here."""

from __future__ import annotations

from collections.abc import Mapping

from synloom.codegen.ir.types import Method
from synloom.codegen.methods import event_driven, explicit, exponential, implicit, midpoint, rk4, semiimplicit
from synloom.codegen.methods.step import Names, Step, Stepper

METHODS: Mapping[Method, Stepper] = {
    Method.EVENT_DRIVEN: event_driven.step,
    Method.EXPLICIT: explicit.step,
    Method.EXPONENTIAL: exponential.step,
    Method.IMPLICIT: implicit.step,
    Method.MIDPOINT: midpoint.step,
    Method.RK4: rk4.step,
    Method.SEMIIMPLICIT: semiimplicit.step,
}

# All ODEs of a run with one of these are integrated as one system (spec 01, 12.3).

__all__ = ["METHODS", "Names", "Step", "Stepper"]

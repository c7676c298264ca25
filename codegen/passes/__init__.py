"""Model IR to Plan, checked before and after."""

from __future__ import annotations

from synloom.codegen.ir.model import NetworkIR
from synloom.codegen.ir.plan import Plan


def lower_to_plan(network: NetworkIR, profiled: bool = False) -> Plan:
    """The whole middle of the compiler: verify, plan, verify. ``profiled``: each part of a step is timed."""
    from synloom.codegen.ir.verify import verify_network
    from synloom.codegen.ir.verify_plan import verify_plan
    from synloom.codegen.passes.plan_network import plan_network

    verify_network(network)
    plan = plan_network(network)
    if profiled:
        from synloom.codegen.passes.time_steps import time_steps

        plan = time_steps(plan, len(network.populations))
    verify_plan(plan)
    return plan

"""Run the compiled network and the oracle side by side and hold every number of one against the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import synloom as sl
from synloom.codegen.ir.types import Precision
from tests.oracle.oracle import Oracle
from tests.oracle.parts import Synapses

TOLERANCE = {Precision.DOUBLE: (1e-10, 1e-12), Precision.FLOAT: (1e-4, 1e-5)}

Snapshot = dict[tuple[str, str], np.ndarray[Any, Any]]


def compiled_values(network: Any) -> Snapshot:
    """Collect all attributes, weighted sums and spikes of the compiled network, by object and name."""
    found: Snapshot = {}
    spiking = {p.name for p in network.ir.populations if p.neuron.spiking}
    for pop in network.populations:
        found.update({(pop.name, name): np.array(array).ravel() for name, array in pop.state.items()})
        if pop.name in spiking:
            found[pop.name, "spikes"] = np.array(pop._fired)
            found[pop.name, "axonal spikes"] = np.array(pop._axonal)
        else:
            found.update({(pop.name, f"sum({t})"): pop.sum(t).ravel() for t in dict.fromkeys(pop.targets)})
    for proj in network.projections:
        for name, array in getattr(proj, "state", {}).items():
            found[proj.name, name] = np.array(array).ravel()
    return found


def oracle_values(oracle: Oracle) -> Snapshot:
    """Collect the same of the oracle."""
    found: Snapshot = {}
    for name, pop in oracle.pop.items():
        found.update({(name, attribute): pop[attribute] for attribute in pop.values})
        found.update({(name, f"sum({t})"): np.array(values) for t, values in pop.sums.items()})
        if pop.spikes is not None:
            found[name, "spikes"] = np.array(pop.spikes.fired, int)
            found[name, "axonal spikes"] = np.array(pop.spikes.axonal, int)
    for name, proj in oracle.proj.items():
        if isinstance(proj, Synapses):
            found.update({(name, attribute): proj[attribute] for attribute in proj.values})
    return found


def differences(network: Any, oracle: Oracle, after: str) -> dict[str, list[str]]:
    """Name what differs, by object. Every value of the oracle must be there."""
    rtol, atol = TOLERANCE[network.precision]
    found, wanted = compiled_values(network), oracle_values(oracle)
    wrong: dict[str, list[str]] = {}
    for (owner, name), expected in wanted.items():
        actual = found[owner, name].astype(float)
        if actual.shape != expected.shape or not np.allclose(
            actual, expected.astype(float), rtol=rtol, atol=atol, equal_nan=True
        ):
            text = f"{after}: {owner}.{name} is {actual}, the oracle says {expected}"
            wrong.setdefault(owner, []).append(text)
    return wrong


def run_both(
    steps: int, change: Callable[[int, Oracle], object] = lambda _step, _oracle: None
) -> tuple[Oracle, dict[str, list[str]]]:
    """Compile the default network, run it and its oracle, and name all differences by object.

    ``change(n, oracle)`` is called before step ``n`` to change both sides alike.
    """
    sl.compile()
    return run_from_here(steps, change)


def run_from_here(
    steps: int, change: Callable[[int, Oracle], object] = lambda _step, _oracle: None
) -> tuple[Oracle, dict[str, list[str]]]:
    """As ``run_both``, for a network that was just compiled or reset."""
    network = sl.magic_network()
    oracle = Oracle.of(network)
    wrong = differences(network, oracle, "before the first step")
    for n in range(steps):
        change(n, oracle)
        sl.step()
        oracle.step()
        for owner, texts in differences(network, oracle, f"after step {n}").items():
            wrong.setdefault(owner, []).extend(texts)
    return oracle, wrong


def agree(wrong: dict[str, list[str]], owners: Iterable[str] | None = None) -> None:
    """Fail with the first differences of the given objects, or of all."""
    names = list(wrong) if owners is None else [name for name in owners if name in wrong]
    texts = [text for name in names for text in wrong[name]]
    assert not texts, "\n".join(texts[:6])

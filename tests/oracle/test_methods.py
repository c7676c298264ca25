"""Every numerical method in neurons and synapses, in each locality, alone and coupled, against the oracle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.codegen.ir.types import Method
from tests.oracle.compare import agree, run_both
from tests.oracle.oracle import Oracle

pytestmark = pytest.mark.needs_compiler

METHODS = ["explicit", "implicit", "semiimplicit", "exponential", "midpoint", "rk4"]
SYSTEMS = ["single", "coupled"]
CANONICAL = ["semiimplicit", "exponential"]
ANY_RIGHT_SIDE = ["explicit", "midpoint", "rk4"]

# One equation, or three that read each other: {x} {y} {z} are the variables, {in} is an input.
ALONE = "tau*d{x}/dt + {x} = 0.3 + {in} : {flags}, init=0.2"
TOGETHER = """
    tau*d{x}/dt = 1.0 - {x} - 0.5*{y} + {in} : {flags}, init=0.2
    2.0*tau*d{y}/dt + {y} = {x} - 0.3*{z} : {flags}, init=-0.1
    d{z}/dt = ({x} + {y} - {z}) / tau - k*{z} : {flags}, init=0.4
"""

PARTS = {"neuron": ["local", "population"], "synapse": ["local", "postsynaptic", "projection"]}
CASES = [
    (owner, method, system, locality)
    for owner, localities in PARTS.items()
    for method in METHODS
    for system in SYSTEMS
    for locality in localities
]


def written(system: str, locality: str, method: str, read: str) -> str:
    """Write the equations of one case; names carry the locality so that one model can hold several."""
    flags = method if locality == "local" else f"{method}, {locality}"
    names = {letter: f"{letter}_{locality}" for letter in "xyz"}
    text = ALONE if system == "single" else TOGETHER
    return text.format(flags=flags, **names, **{"in": read})


def neuron(method: str, system: str) -> Any:
    equations = [
        written(system, "population", method, "sin(t)"),
        written(system, "local", method, "sin(t + phase) + 0.1*x_population"),
        "r = x_local",
    ]
    parameters = "tau = 3.0 : population ; k = 0.2 : population ; phase = 0.0"
    return sl.Neuron(parameters=parameters, equations="\n".join(equations))


def synapse(method: str, system: str) -> Any:
    equations = [
        written(system, "projection", method, "0.1*mean(pre.r)"),
        written(system, "postsynaptic", method, "post.r + 0.1*x_projection"),
        written(system, "local", method, "pre.r*post.r + x_postsynaptic"),
        "w = 0.5*w + x_local",
    ]
    parameters = "tau = 3.0 : projection ; k = 0.2 : projection"
    return sl.Synapse(parameters=parameters, equations="\n".join(equations))


@cache
def outcome(owner: str) -> dict[str, list[str]]:
    """Run all cases of neurons, or of synapses, in one network; differences by object."""
    sl.clear()
    sl.setup(dt=0.5, suppress_warnings=True)
    rng = np.random.default_rng(3)
    drive = sl.Population(
        3, sl.Neuron(parameters="phase = 0.0", equations="r = cos(t + phase)"), name="drive"
    )
    drive.phase = rng.uniform(0, 6, 3)
    for method in METHODS:
        for system in SYSTEMS:
            if owner == "neuron":
                pop = sl.Population(3, neuron(method, system), name=f"{method} {system}")
                pop.phase = rng.uniform(0, 6, 3)
            else:
                proj = sl.Projection(drive, drive, "exc", synapse(method, system), name=f"{method} {system}")
                proj.connect_from_matrix(np.where(np.eye(3), np.nan, rng.uniform(size=(3, 3))))

    def longer(n: int, oracle: Oracle) -> None:
        """Halfway, learning goes on every third step only, with steps three times as long."""
        if owner == "synapse" and n == 4:
            for proj in sl.projections():
                proj.enable_learning(period=1.5)
                oracle.forward[proj.name].period, oracle.forward[proj.name].offset = 3, 4

    _, wrong = run_both(10, longer)
    sl.clear()
    return wrong


@pytest.fixture(autouse=True)
def defaults_afterwards() -> Iterator[None]:
    sl.clear()
    yield
    sl.clear()
    sl.setup(dt=1.0, method="explicit")


@pytest.mark.parametrize(("owner", "method", "system", "locality"), CASES, ids=map("/".join, CASES))
def test_method(owner: str, method: str, system: str, locality: str) -> None:
    wrong = outcome(owner)
    name = f"{method} {system}"
    agree({name: [text for text in wrong.get(name, []) if f"_{locality} " in text]})


def test_the_cases_are_all_there() -> None:
    assert set(METHODS) == {m.value for m in Method} - {"event-driven"}
    assert len(CASES) == 6 * 2 * (2 + 3)


SPECIAL = {
    # spec 01, 12.2: what counts as the linear term and what as the rest
    "canonical": [
        "tau*dx/dt = a - x + k*(b - x)",
        "dx/dt = a/tau - x/tau - x*b",
        "tau*dx/dt = a - x + 0.5*x",
        "dx/dt = a*exp(-x) - x",
        "tau*dx/dt + x = pos(x) + 0.1",
        "tau*dx/dt = x*(b - 1.0) + ite(x > 0.2, a, b)",
        "-dx/dt = (x - a)/tau",
        "dx/dt * (tau + t) = a - x",
        "tau*dx/dt = (a - x)*(1.0 + b) - x/2.0",
        "tau*dx/dt = a - 2*x - (1.0 + x) + pos(x)*x",
        "(1.0 + b)*dx/dt + x^1 = sin(x)",
        "tau*dx/dt + x = if x > 0.2: a else: -b",
    ],
    "any": [
        "tau*dx/dt = a - x^2",
        "tau*dx/dt = a*x*(1.0 - x) + 0.1",
        "dx/dt = sqrt(fabs(x)) - x^3",
        "tau*dx/dt = ite(x > 0.25, -a, a)",
        "dx/dt = 1/2",
    ],
}


@pytest.mark.parametrize("method", METHODS)
def test_forms_of_an_equation(method: str) -> None:
    """Each equation in a run of its own, all in one model."""
    texts = []
    if method in CANONICAL:
        texts += SPECIAL["canonical"]
    if method in ANY_RIGHT_SIDE:
        texts += SPECIAL["canonical"] + SPECIAL["any"]
    if method == "implicit":
        texts += [
            t
            for t in SPECIAL["canonical"]
            if not any(f in t for f in ("exp(", "pos(", "ite(", "sin(", "if "))
        ]
    sl.clear()
    sl.setup(dt=0.25, method=method, suppress_warnings=True)
    equations = []
    for i, text in enumerate(texts):
        own = text.replace("exp(", "EXP(").replace("x", f"x{i}").replace("EXP(", "exp(")
        equations += [f"{own} : init=0.2", f"after{i} = x{i}"]
    parameters = "tau = 3.0 : population ; k = 0.4 ; a = 0.7 ; b = 0.3"
    model = sl.Neuron(parameters=parameters, equations="\n".join([*equations, "r = after0"]))
    sl.Population(2, model, name="pop")
    oracle, wrong = run_both(8)
    agree(wrong)
    assert len({round(float(oracle.pop["pop"][f"x{i}"][0]), 9) for i in range(len(texts))}) > len(texts) / 2


@pytest.mark.parametrize("group", ["implicit", "midpoint", "rk4"])
def test_mixed_methods_bounds_and_types_in_one_run(group: str) -> None:
    """A coupled group among equations of other methods; bounds see what was assigned before them."""
    sl.clear()
    sl.setup(dt=0.5, suppress_warnings=True)
    equations = f"""
        tau*dx/dt = 1.0 - x - y + z : {group}, max=0.35
        tau*de/dt = x - e : explicit, min=x
        tau*dy/dt = x - y + q : {group}, init=0.3, min=-0.2, max=0.4 - x
        tau*dz/dt + z = x*y : exponential, init=0.5
        tau*dq/dt + q = z - 0.5 : semiimplicit
        dn/dt = 6.0*x : int, explicit
        on = n > 1 : bool
        r = x + 10.0*on
    """
    sl.Population(2, sl.Neuron(parameters="tau = 2.0", equations=equations), name="pop")
    oracle, wrong = run_both(10)
    agree(wrong)
    assert oracle.pop["pop"]["n"][0] >= 2
    assert oracle.pop["pop"]["x"][0] == 0.35

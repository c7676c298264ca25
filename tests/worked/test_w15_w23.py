"""Worked cases of spec 02 on numerical methods and types: W15 to W23."""

from __future__ import annotations

from typing import Any

import pytest

import synloom as sl
from synloom.errors import SynloomError
from tests.worked.near import near
from tests.worked.numbers import W15, W16_U, W16_V, W17_U, W17_V, W18, W19, all_systems

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

METHODS = list(W15)


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict[str, Any]]:
    """Four steps of every system with every method, by method and variable."""
    sl.clear()
    sl.setup(dt=0.5, suppress_warnings=True)
    monitors = {}
    for method in METHODS:
        neuron = sl.Neuron(parameters="tau = 10.0 : population", equations=all_systems(method))
        pop = sl.Population(2, neuron, name=method)
        monitors[method] = sl.Monitor(pop, pop.variables)
    sl.compile()
    sl.simulate(2.0)
    found = {method: monitor.get() for method, monitor in monitors.items()}
    sl.clear()
    sl.setup(dt=1.0)
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        pytest.param("a", W15, id="W15"),
        pytest.param("v", W16_V, id="W16 v"),
        pytest.param("u", W16_U, id="W16 u"),
        pytest.param("c", W19, id="W19"),
    ],
)
def test_linear(
    recorded: dict[str, dict[str, Any]], method: str, variable: str, expected: dict[str, list[float]]
) -> None:
    for neuron in (0, 1):
        near(recorded[method][variable][:, neuron], expected[method])


@pytest.mark.parametrize("method", W17_V)
def test_w17_oscillator(recorded: dict[str, dict[str, Any]], method: str) -> None:
    near(recorded[method]["p"][:, 0], W17_V[method])
    near(recorded[method]["q"][:, 0], W17_U[method])


@pytest.mark.parametrize("method", W18)
def test_w18_nonlinear(recorded: dict[str, dict[str, Any]], method: str) -> None:
    near(recorded[method]["x"][:, 0], W18[method])


@pytest.mark.parametrize("method", ["implicit", "semiimplicit", "exponential"])
def test_w18_nonlinear_is_refused(method: str) -> None:
    with pytest.raises(SynloomError) as caught:
        sl.Population(1, sl.Neuron(equations=f"dr/dt = 1 - r^2 : {method}"))
        sl.compile()
    assert f'"{method}"' in caught.value.message
    assert "r^2" in str(caught.value)
    assert caught.value.origin is not None
    assert "dr/dt = 1 - r^2" in str(caught.value)


def test_w20_quadratic_neuron_with_coupled_midpoint() -> None:
    sl.setup(dt=0.5)
    neuron = sl.Neuron(
        parameters="a = 0.02 ; b = 0.2",
        equations="""
            I = 10.0
            dv/dt = 0.04*v^2 + 5.0*v + 140.0 - u + I : init=-65.0, midpoint
            du/dt = a*(b*v - u) : init=-13.0, midpoint
            r = v
        """,
    )
    shown = sl.Monitor(sl.Population(1, neuron, name="pop"), ["v", "u"])
    sl.compile()
    sl.simulate(2.0)
    recorded = shown.get()
    near(recorded["v"], [-61.61375, -58.1089810912, -53.9584497772, -48.2059113038])
    near(recorded["u"], [-12.9965, -12.9864072287, -12.9690755246, -12.9425918388])


def test_w21_mixed_methods_in_one_run() -> None:
    sl.setup(dt=0.5)
    neuron = sl.Neuron(
        parameters="tau = 10.0",
        equations="tau*dv/dt = 1 - v - u : explicit ; tau*du/dt = v - u : exponential ; r = v",
    )
    shown = sl.Monitor(sl.Population(1, neuron, name="pop"), ["v", "u"])
    sl.compile()
    sl.simulate(2.0)
    recorded = shown.get()
    near(recorded["v"], [0.05, 0.0975, 0.1425030736, 0.1850241833])
    near(recorded["u"], [0, 0.0024385288, 0.0070747314, 0.0136796496])


def test_implicit_equations_in_two_runs_are_not_coupled() -> None:
    """The *Do better* of spec 01, 12.3."""
    neuron = sl.Neuron(
        parameters="tau = 10.0",
        equations="tau*dv/dt = 1 - v - u : implicit ; I = v ; tau*du/dt = v - u : implicit ; r = I",
    )
    shown = sl.Monitor(sl.Population(1, neuron, name="pop"), ["v", "u"])
    sl.compile()
    sl.simulate(2.0)
    recorded = shown.get()
    near(recorded["v"], [0.0909090909, 0.1728024042])
    near(recorded["u"], [0.0082644628, 0.0232224575])


@pytest.mark.parametrize(
    "right", ["if t >= 1.0: 5.0 else: 1.0", "ite(t > 0.9, 5.0, 1.0)"], ids=["conditional", "ite"]
)
def test_w22_conditional_right_side_keeps_the_method(right: str) -> None:
    sl.setup(dt=0.5)
    neuron = sl.Neuron(parameters="tau = 10.0", equations=f"tau*dr/dt + r = {right} : exponential")
    shown = sl.Monitor(sl.Population(1, neuron, name="pop"), "r")
    sl.compile()
    sl.simulate(2.0)
    near(shown.get("r"), [0.0487705755, 0.095162582, 0.3343743256, 0.5619195748])


def test_w23_types() -> None:
    typed = sl.Neuron(
        equations="""
            c += 1 : int
            d += 0.6 : int
            e = c/2
            f = modulo(c, 3) : int
            b = c > 2 : bool
            r = e
        """
    )
    divided = sl.Neuron(equations="r = 1/2 ; x = 1.0/2 ; y = 2*modulo(7,4) ; dz/dt = 1/2")
    first = sl.Monitor(sl.Population(1, typed, name="typed"), ["c", "d", "e", "f", "b"])
    second = sl.Monitor(sl.Population(1, divided, name="divided"), ["r", "x", "y", "z"])
    sl.compile()
    sl.simulate(4.0)
    recorded = first.get()
    near(recorded["c"], [1, 2, 3, 4])
    near(recorded["d"], [0, 0, 0, 0])
    near(recorded["e"], [0.5, 1, 1.5, 2])
    near(recorded["f"], [1, 2, 0, 1])
    near(recorded["b"], [0, 0, 1, 1])
    assert recorded["c"].dtype == "int64"
    assert recorded["b"].dtype == "bool"
    recorded = second.get()
    near(recorded["r"], [0.5] * 4)
    near(recorded["x"], [0.5] * 4)
    near(recorded["y"], [6.0] * 4)
    near(recorded["z"], [0.5, 1.0, 1.5, 2.0])

"""Numerical methods against the worked cases of spec 02, section 11, and the rules of spec 01, section 12."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from synloom.codegen.ir.model import Equation
from synloom.codegen.ir.types import DType, Locality, Method
from synloom.codegen.passes.discretize import discretize
from tests.unit.ode_helpers import H, Interpreter, assign, ode, simulate

EXPLICIT, IMPLICIT, SEMIIMPLICIT = Method.EXPLICIT, Method.IMPLICIT, Method.SEMIIMPLICIT
EXPONENTIAL, MIDPOINT, RK4 = Method.EXPONENTIAL, Method.MIDPOINT, Method.RK4


def same(found: Sequence[Sequence[float]], *columns: Sequence[float], rel: float = 1e-9) -> None:
    """Compare with numbers printed with ten decimals."""
    for i, column in enumerate(columns):
        assert [row[i] for row in found] == pytest.approx(list(column), rel=rel, abs=6e-11)


W15 = {
    EXPLICIT: (0.05, 0.0975, 0.142625, 0.18549375),
    IMPLICIT: (0.0476190476, 0.0929705215, 0.1361624015, 0.1772975252),
    SEMIIMPLICIT: (0.0476190476, 0.0929705215, 0.1361624015, 0.1772975252),
    EXPONENTIAL: (0.0487705755, 0.095162582, 0.1392920236, 0.1812692469),
    MIDPOINT: (0.04875, 0.0951234375, 0.1392361699, 0.1811984066),
    RK4: (0.0487705729, 0.0951625771, 0.1392920166, 0.181269238),
}


@pytest.mark.parametrize("method", W15)
@pytest.mark.parametrize(
    "rhs", ["tau | 1 - r", " | (1 - r)/tau", "-tau | r - 1", " | -(r - 1)/tau", " | 1/tau - r/tau"]
)
def test_w15_one_linear_ode_however_it_is_written(method: Method, rhs: str) -> None:
    coefficient, right = (part.strip() for part in rhs.split("|"))
    found = simulate([ode("r", right, method, coefficient)], {"r": 0.0, "tau": 10.0}, 0.5, 4, "r")
    same(found, W15[method])


W16 = {
    EXPLICIT: ((0.05, 0.0975, 0.1425, 0.1850125), (0, 0.0025, 0.00725, 0.0140125)),
    IMPLICIT: (
        (0.0475113122, 0.092555435, 0.1351629876, 0.1753727049),
        (0.0022624434, 0.0065621097, 0.012685961, 0.0204329488),
    ),
    SEMIIMPLICIT: (
        (0.0476190476, 0.0929705215, 0.1360544218, 0.1768810321),
        (0, 0.0022675737, 0.0065867617, 0.0127518884),
    ),
    EXPONENTIAL: (
        (0.0487705755, 0.095162582, 0.1391760194, 0.180822203),
        (0, 0.002378569, 0.0069036987, 0.0133546959),
    ),
    MIDPOINT: (
        (0.04875, 0.095003125, 0.1387771953, 0.180100125),
        (0.00125, 0.004753125, 0.0102781172, 0.0176061281),
    ),
    RK4: (
        (0.0487505208, 0.0950080252, 0.1387897474, 0.1801230569),
        (0.0012088542, 0.0046749957, 0.0101671299, 0.0174663365),
    ),
}


def pair(first: Method, second: Method) -> list[Equation]:
    return [ode("v", "1 - v - u", first, "tau"), ode("u", "v - u", second, "tau")]


@pytest.mark.parametrize("method", W16)
def test_w16_coupled_linear_system(method: Method) -> None:
    found = simulate(pair(method, method), {"v": 0.0, "u": 0.0, "tau": 10.0}, 0.5, 4, "v u")
    same(found, *W16[method])


W17 = {
    EXPLICIT: ((1, 0.75, 0.25, -0.4375), (-0.5, -1, -1.375, -1.5)),
    IMPLICIT: ((0.8, 0.48, 0.128, -0.1792), (-0.4, -0.64, -0.704, -0.6144)),
    MIDPOINT: ((0.875, 0.515625, 0.013671875, -0.4997558594), (-0.5, -0.875, -1.0234375, -0.90234375)),
    RK4: (
        (0.8776041667, 0.5405883789, 0.0714255616, -0.415107989),
        (-0.4791666667, -0.8410373264, -0.9971297935, -0.9093100097),
    ),
}


@pytest.mark.parametrize("method", W17)
def test_w17_oscillator(method: Method) -> None:
    found = simulate([ode("v", "u", method), ode("u", "-v", method)], {"v": 1.0, "u": 0.0}, 0.5, 4, "v u")
    same(found, *W17[method])


W18 = {
    EXPLICIT: (0.5, 0.875, 0.9921875, 0.9999694824),
    MIDPOINT: (0.46875, 0.7484225929, 0.8800071857, 0.9415809376),
    RK4: (0.4618206806, 0.7604223912, 0.9035924563, 0.9628433599),
}


@pytest.mark.parametrize("method", W18)
def test_w18_nonlinear(method: Method) -> None:
    same(simulate([ode("r", "1 - r**2", method)], {"r": 0.0}, 0.5, 4, "r"), W18[method])


W19 = {
    EXPLICIT: (0.25, 0.4625, 0.643125, 0.79665625),
    IMPLICIT: (0.2173913043, 0.4064272212, 0.5708062793, 0.7137445907),
    SEMIIMPLICIT: (0.2173913043, 0.4064272212, 0.5708062793, 0.7137445907),
    EXPONENTIAL: (0.2321533726, 0.4319696322, 0.6039530806, 0.7519806065),
    MIDPOINT: (0.23125, 0.4304140625, 0.6019441113, 0.7496743659),
    RK4: (0.2321523437, 0.4319678611, 0.603950794, 0.7519779823),
}


@pytest.mark.parametrize("method", W19)
def test_w19_canonical_form(method: Method) -> None:
    equation = ode("r", "-1 - r + 2*(3 - r)", method, "tau")
    same(simulate([equation], {"r": 0.0, "tau": 10.0}, 0.5, 4, "r"), W19[method])


def test_w20_quadratic_neuron_with_coupled_midpoint() -> None:
    equations: list[Equation] = [
        assign("I", "10.0"),
        ode("v", "0.04*v**2 + 5.0*v + 140.0 - u + I", MIDPOINT),
        ode("u", "a*(b*v - u)", MIDPOINT),
    ]
    state = {"I": 0.0, "v": -65.0, "u": -13.0, "a": 0.02, "b": 0.2}
    found = simulate(equations, state, 0.5, 4, "v u")
    same(
        found,
        (-61.61375, -58.1089810912, -53.9584497772, -48.2059113038),
        (-12.9965, -12.9864072287, -12.9690755246, -12.9425918388),
    )


def test_w21_mixed_methods_in_one_run() -> None:
    found = simulate(pair(EXPLICIT, EXPONENTIAL), {"v": 0.0, "u": 0.0, "tau": 10.0}, 0.5, 4, "v u")
    same(
        found,
        (0.05, 0.0975, 0.1425030736, 0.1850241833),
        (0, 0.0024385288, 0.0070747314, 0.0136796496),
    )


@pytest.mark.parametrize("source", ["(5.0 if t >= 1.0 else 1.0)", "(5.0 if t > 0.9 else 1.0)"])
def test_w22_a_conditional_keeps_the_method(source: str) -> None:
    equation = ode("r", f"{source} - r", EXPONENTIAL, "tau")
    found = simulate([equation], {"r": 0.0, "tau": 10.0}, 0.5, 4, "r")
    same(found, (0.0487705755, 0.095162582, 0.3343743256, 0.5619195748))


# Until the first spike: the steps before v is reset to -65.
W49 = {
    EXPLICIT: (-27.5, -8.75),
    IMPLICIT: (-40, -23.3333333333, -12.2222222222, -4.8148148148),
    SEMIIMPLICIT: (-40, -23.3333333333, -12.2222222222, -4.8148148148),
    EXPONENTIAL: (-35.4898, -17.591, -6.7348, -0.1501),
    MIDPOINT: (-36.875, -19.2969, -8.3105, -1.4441),
    RK4: (-35.5078, -17.6128, -6.7546, -0.1662),
}


@pytest.mark.parametrize("method", W49)
def test_w49_before_the_first_spike(method: Method) -> None:
    expected = W49[method]
    found = simulate(
        [ode("v", "10 - v", method, "tau")], {"v": -65.0, "tau": 2.0}, 1.0, len(expected) + 1, "v"
    )
    assert [v for (v,) in found[:-1]] == pytest.approx(expected, abs=5e-5)
    assert found[-1][0] >= 0.0


def test_implicit_runs_are_solved_apart() -> None:
    equations: list[Equation] = [
        ode("v", "1 - v - u", IMPLICIT, "tau"),
        assign("I", "v"),
        ode("u", "v - u", IMPLICIT, "tau"),
    ]
    found = simulate(equations, {"v": 0.0, "u": 0.0, "I": 0.0, "tau": 10.0}, 1.0, 2, "v u")
    same(found, (0.0909090909, 0.1728024042), (0.0082644628, 0.0232224575))


# 01, 12.2: rows of the table, with tau and S worked out there.
CANONICAL = {
    "tau | E - r + a*(b - r)": ("tau/(1+a)", "(E + a*b)/(1+a)"),
    " | a/tau - r/tau - r*g": ("1/(g + 1/tau)", "a/(g*tau + 1)"),
    "tau | a - r + 0.5*r": ("2*tau", "2*a"),
    " | a*exp(-r) - r": ("1", "a*exp(-r)"),
    "tau | pos(r) - r": ("tau", "pos(r)"),
    "tau | g*(a - r) - (r - b)/E": ("tau/(g + 1/E)", "(g*a + b/E)/(g + 1/E)"),
    " | (1 + r)**2 - r*r - 5*r": ("1/3", "1/3"),
    " | a*r**2 - r - r*a*r + b": ("1", "b"),
    " | -r/(1 + r) + a": ("1 + r", "a*(1 + r)"),
    "r | a - r": ("r", "a"),
    " | a - r*exp(r)": ("exp(-r)", "a*exp(-r)"),
    " | r + a": ("-1", "-a"),
}
POINT = {"r": 0.7, "tau": 10.0, "a": 0.3, "b": 2.0, "g": 0.8, "E": -1.5}


@pytest.mark.parametrize("equation", CANONICAL)
@pytest.mark.parametrize("method", [EXPONENTIAL, SEMIIMPLICIT])
def test_canonical_form(equation: str, method: Method) -> None:
    coefficient, rhs = (part.strip() for part in equation.split("|"))
    known = POINT | {"exp": math.exp, "pos": lambda x: max(x, 0.0)}
    tau, source = (eval(text, {}, known) for text in CANONICAL[equation])
    s = 0.5 / tau
    factor = 1 - math.exp(-s) if method is EXPONENTIAL else s / (1 + s)
    found = simulate([ode("r", rhs, method, coefficient)], POINT, 0.5, 1, "r")
    same(found, (0.7 + factor * (source - 0.7),), rel=1e-12)


def test_semiimplicit_stays_finite_where_the_decay_vanishes() -> None:
    equation = ode("r", "a - g*r", SEMIIMPLICIT)
    assert simulate([equation], {"r": 1.0, "a": 2.0, "g": 0.0}, 0.5, 2, "r") == [[2.0], [3.0]]


SYSTEMS = {
    2: [[-1.0, 0.4], [0.9, -0.5]],
    3: [[-1.0, 0.4, 0.3], [0.9, -0.5, -0.2], [0.1, 0.7, -2.0]],
    4: [[0.2, 1.0, 0.0, 0.0], [0.0, -0.5, 0.8, 0.0], [0.3, 0.0, -1.0, 0.6], [0.0, 0.9, 0.0, -0.1]],
    5: [[-1.0, 0, 0, 0, 0], [2.0, -1, 0, 0, 0], [0, 0, -3, 0, 0], [0, 0, 1.5, 0.5, 0], [1.0, 1, 1, 1, -1]],
}


@pytest.mark.parametrize("size", SYSTEMS)
@pytest.mark.parametrize("dt", [0.1, 0.5])
def test_implicit_systems_agree_with_numpy(size: int, dt: float) -> None:
    """``T dx/dt = J x + c`` with the entries of J and T as parameters."""
    jacobian = np.array(SYSTEMS[size])
    constant, tau, x = np.arange(size) - 1.0, np.arange(size) + 2.0, np.linspace(-1, 1, size)
    state: dict[str, float] = {}
    equations = []
    for i in range(size):
        state |= {f"x{i}": x[i], f"c{i}": constant[i], f"tau{i}": tau[i]}
        rhs = f"c{i}"
        for j in np.flatnonzero(jacobian[i]):
            state[f"j{i}{j}"] = jacobian[i, j]
            rhs += f" + j{i}{j}*x{j}"
        equations.append(ode(f"x{i}", rhs, IMPLICIT, f"tau{i}"))
    found = simulate(equations, state, dt, 3, " ".join(f"x{i}" for i in range(size)))
    for row in found:
        x[:] = np.linalg.solve(np.diag(tau) - dt * jacobian, tau * x + dt * constant)
        assert row == pytest.approx(x.tolist(), rel=1e-12)


def test_implicit_unknowns_may_meet_nonlinear_functions_of_others() -> None:
    equations = [ode("v", "sin(w) - w**2*v", IMPLICIT), ode("w", "-w", EXPLICIT)]
    found = simulate(equations, {"v": 1.0, "w": 2.0}, 0.1, 1, "v w")
    same(found, ((1.0 + 0.1 * math.sin(2.0)) / 1.4,), (1.8,), rel=1e-12)


@pytest.mark.parametrize("method", [MIDPOINT, RK4])
def test_stages_of_a_nonlinear_system_follow_the_textbook(method: Method) -> None:
    """State-dependent coefficients and functions are taken anew at each stage."""
    tau, h = 3.0, 0.4

    def f(x: np.ndarray) -> np.ndarray:
        v, u = x
        return np.array([(math.sin(u) - v) / (1 + v * v), (v * u + math.tanh(v) - u**3) / tau])

    x = np.array([0.5, -0.8])
    equations: list[Equation] = [
        ode("v", "(sin(u) - v)/(1 + v*v)", method),
        ode("u", "v*u + tanh(v) - u**3", method, "tau"),
    ]
    found = simulate(equations, {"v": 0.5, "u": -0.8, "tau": tau}, h, 3, "v u")
    for row in found:
        k1 = f(x)
        k2 = f(x + h / 2 * k1)
        k3 = f(x + h / 2 * k2)
        k4 = f(x + h * k3)
        x = x + h * k2 if method is MIDPOINT else x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        assert row == pytest.approx(x.tolist(), rel=1e-12)


def test_w14_order_of_evaluation() -> None:
    found = simulate(
        [assign("b", "a"), assign("a", "a + 1.0"), assign("c", "a + b")],
        {"a": 0.0, "b": 0.0, "c": 0.0}, 1.0, 4, "b a c",
    )  # fmt: skip
    same(found, (0, 1, 2, 3), (1, 2, 3, 4), (1, 3, 5, 7))

    found = simulate(
        [assign("l", "gg"), assign("gg", "gg + g", Locality.GLOBAL)],
        {"l": 0.0, "gg": 0.0, "g": 1.0},
        1.0,
        3,
        "l gg",
    )
    same(found, (1, 2, 3), (1, 2, 3))


def test_w14_runs_of_odes() -> None:
    equations: list[Equation] = [
        ode("u", "v - u", coefficient="tau"),
        assign("I", "2.0 - u"),
        ode("k", "v - k", coefficient="tau"),
        ode("v", "I - v - u + k", coefficient="tau"),
        assign("r", "pos(v)"),
    ]
    state = {"u": 1.0, "v": 2.0, "k": 0.5, "I": 0.0, "r": 0.0, "tau": 10.0}
    same(
        simulate(equations, state, 0.5, 4, "u I k v r"),
        (1.05, 1.0935, 1.130995, 1.1629574),
        (0.95, 0.9065, 0.869005, 0.8370426),
        (0.575, 0.64225, 0.7023075, 0.755704275),
        (1.92, 1.8434, 1.770243, 1.700550485),
        (1.92, 1.8434, 1.770243, 1.700550485),
    )


def test_w14_localities_of_a_synapse() -> None:
    post = Locality.SEMIGLOBAL
    equations: list[Equation] = [
        assign("l", "g + th"),
        assign("g", "g + 1.0", Locality.GLOBAL),
        ode("th", "p - th", coefficient="tau", locality=post),
    ]
    blocks = [discretize(tuple(equations), locality, H) for locality in Locality]
    synapse = Interpreter({"dt": 1.0, "tau": 2.0, "g": 0.0, "th": 0.0, "l": 0.0})
    found = []
    for p in range(4):
        synapse.state["p"] = float(p)
        for block in blocks:
            synapse.run(block)
        found.append([synapse.state[name] for name in ("g", "th", "l")])
    same(found, (1, 2, 3, 4), (0, 0.5, 1.25, 2.125), (1, 2.5, 4.25, 6.125))


def test_w13_bounds() -> None:
    equations: list[Equation] = [
        assign("v", "v + 1.0", min="0.0", max="3.0"),
        assign("u", "u - 1.0", min="-v"),
        ode("w", "10.0", max="v"),
        assign("x", "w", min="1.0"),
    ]
    found = simulate(equations, {"v": 0.0, "u": 0.0, "w": 0.0, "x": 0.0}, 0.5, 4, "v u w x")
    same(found, (1, 2, 3, 3), (-1, -2, -3, -3), (1, 2, 3, 3), (1, 2, 3, 3))


@pytest.mark.parametrize("method", W15)
def test_an_int_variable_is_truncated_only_when_it_is_assigned(method: Method) -> None:
    """dc/dt = 3 - c/10 from 10: every method moves by 1 (truncated from about 1), stages stay real."""
    types = {"c": DType.INT}
    found = simulate([ode("c", "3 - c/10", method, types=types)], {"c": 10}, 0.75, 1, "c")
    assert found == [[11.0]]

"""The statements that equations become, and their order (spec 01, 12.1)."""

from __future__ import annotations

from itertools import count

import pytest

from synloom.codegen.errors import ModelErrors
from synloom.codegen.ir.expr import Draw, Var, walk
from synloom.codegen.ir.model import Equation
from synloom.codegen.ir.stmt import Let, Set, Stmt
from synloom.codegen.ir.text import print_ir
from synloom.codegen.ir.types import Locality, Method, Scope
from synloom.codegen.methods import METHODS
from synloom.codegen.passes import gather
from synloom.codegen.passes.discretize import discretize
from tests.unit.ode_helpers import H, Interpreter, assign, ode

EXPLICIT, IMPLICIT, SEMIIMPLICIT = Method.EXPLICIT, Method.IMPLICIT, Method.SEMIIMPLICIT
EXPONENTIAL, MIDPOINT, RK4 = Method.EXPONENTIAL, Method.MIDPOINT, Method.RK4


def block(*equations: Equation, locality: Locality = Locality.LOCAL) -> tuple[Stmt, ...]:
    return discretize(equations, locality, H)


def lines(*equations: Equation) -> list[str]:
    return [print_ir(stmt) for stmt in block(*equations)]


def test_assignments_keep_their_order_each_with_its_bounds() -> None:
    assert lines(assign("a", "b + 1", min="0", max="c"), assign("b", "a", max="2", min="a")) == [
        "a = b + 1.0",
        "a at least 0.0",
        "a at most c",
        "b = a",
        "b at most 2.0",
        "b at least a",
    ]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (EXPLICIT, ["r = r + dt / tau * (sum(exc) - r)"]),
        (SEMIIMPLICIT, ["r = r + dt / (tau + dt) * (sum(exc) - r)"]),
        (IMPLICIT, ["r = r + dt / (tau + dt) * (sum(exc) - r)"]),
        (EXPONENTIAL, ["let decay_r = 1.0 - exp(-dt / tau)", "r = r + decay_r * (sum(exc) - r)"]),
        (
            MIDPOINT,
            [
                "let k_r = dt / tau * (sum(exc) - r)",
                "let r_mid = r + 0.5 * k_r",
                "r = r + dt / tau * (sum(exc) - r_mid)",
            ],
        ),
        (
            RK4,
            [
                "let k1_r = dt / tau * (sum(exc) - r)",
                "let r_mid1 = r + 0.5 * k1_r",
                "let k2_r = dt / tau * (sum(exc) - r_mid1)",
                "let r_mid2 = r + 0.5 * k2_r",
                "let k3_r = dt / tau * (sum(exc) - r_mid2)",
                "let r_end = r + k3_r",
                "let k4_r = dt / tau * (sum(exc) - r_end)",
                "r = r + (k1_r + 2.0 * k2_r + 2.0 * k3_r + k4_r) / 6.0",
            ],
        ),
    ],
)
def test_a_single_ode_reads_as_a_person_would_write_it(method: Method, expected: list[str]) -> None:
    assert lines(ode("r", "sum(exc) - r", method, "tau")) == expected


@pytest.mark.parametrize(
    ("rhs", "expected"),
    [
        ("-r", ["let decay_r = 1.0 - exp(-dt / tau)", "r = r - decay_r * r"]),
        ("a - 3*r", ["let decay_r = 1.0 - exp(-dt * 3.0 / tau)", "r = r + decay_r * (a / 3.0 - r)"]),
        ("r", ["let decay_r = 1.0 - exp(dt / tau)", "r = r - decay_r * r"]),
        (
            "E - r + a*(b - r)",
            [
                "let decay_r = 1.0 - exp(-dt * (1.0 + a) / tau)",
                "r = r + decay_r * ((E + a * b) / (1.0 + a) - r)",
            ],
        ),
    ],
)
def test_the_factor_of_exponential_stands_alone(rhs: str, expected: list[str]) -> None:
    assert lines(ode("r", rhs, EXPONENTIAL, "tau")) == expected


def test_a_run_of_odes_waits_only_where_it_must() -> None:
    """``u`` needs the old ``v``; ``v`` may be assigned at once, and so may ``w``."""
    found = lines(ode("v", "u - v", max="w"), ode("u", "v"), ode("w", "-w", min="v"))
    assert found == [
        "let u_new = u + dt * v",
        "v = v + dt * (u - v)",
        "v at most w",
        "u = u_new",
        "w = w - dt * w",
        "w at least v",
    ]


def test_an_assignment_ends_a_run() -> None:
    found = lines(ode("v", "u"), assign("x", "v"), ode("u", "v"))
    assert found == ["v = v + dt * u", "x = v", "u = u + dt * v"]


def test_equations_of_other_localities_do_not_end_a_run() -> None:
    equations = (ode("v", "u"), assign("g", "g + 1", Locality.GLOBAL), ode("u", "v"))
    assert [print_ir(s) for s in block(*equations)] == [
        "let u_new = u + dt * v",
        "v = v + dt * u",
        "u = u_new",
    ]
    assert [print_ir(s) for s in block(*equations, locality=Locality.GLOBAL)] == ["g = g + 1.0"]
    assert block(*equations, locality=Locality.SEMIGLOBAL) == ()


def test_coupled_methods_go_stage_by_stage_around_the_others() -> None:
    found = lines(ode("v", "u + w", MIDPOINT), ode("w", "v", EXPLICIT), ode("u", "-v", MIDPOINT))
    assert found == [
        "let k_v = dt * (u + w)",
        "let k_u = -(dt * v)",
        "let v_mid = v + 0.5 * k_v",
        "let u_mid = u + 0.5 * k_u",
        "let w_new = w + dt * v",
        "v = v + dt * (u_mid + w)",
        "w = w_new",
        "u = u - dt * v_mid",
    ]


def test_comments_are_the_equations() -> None:
    first, second, third = assign("a", "1"), ode("v", "-v", EXPONENTIAL), ode("u", "v")
    found = [(type(s).__name__, s.comment) for s in block(first, second, third) if isinstance(s, Let | Set)]
    assert found == [
        ("Set", "a = 1"),
        ("Let", "dv/dt = -v"),
        ("Let", "du/dt = v"),
        ("Set", "dv/dt = -v"),
        ("Set", "du/dt = v"),
    ]


def test_temporaries_avoid_all_names() -> None:
    equations = (ode("v", "-v + k_v + decay_u", EXPONENTIAL), ode("u", "v", MIDPOINT))
    found = discretize(equations, Locality.LOCAL, H, reserved=["decay_v", "u_new"])
    assert [s.name for s in found if isinstance(s, Let)] == ["decay_v_2", "k_u", "u_new_2"]
    two_runs = (ode("v", "-v", EXPONENTIAL), assign("a", "v"), ode("v", "v - a", EXPONENTIAL))
    names = [s.name for s in block(*two_runs) if isinstance(s, Let)]
    assert names == ["decay_v", "decay_v_2"]


def draws_in(statements: tuple[Stmt, ...]) -> list[Draw]:
    return [n for e in gather.expressions(statements) for n in walk(e) if isinstance(n, Draw)]


@pytest.mark.parametrize("method", METHODS)
def test_a_random_number_is_drawn_once(method: Method) -> None:
    found = block(ode("v", "Uniform(0.0, a) - v*Normal(1.0, 2.0)", method, "tau"))
    assert sorted(d.distribution for d in draws_in(found)) == ["Normal", "Uniform"]


def test_a_number_used_once_stays_in_its_place() -> None:
    assert lines(ode("v", "Uniform(0.0, 1.0) - v"), assign("x", "Normal(0.0, 1.0)")) == [
        "v = v + dt * (Uniform(0.0, 1.0) - v)",
        "x = Normal(0.0, 1.0)",
    ]


def test_all_stages_share_the_number() -> None:
    """rk4 of dv/dt = u - v with u drawn: exact textbook numbers with the first draw only."""
    statements = block(ode("v", "Uniform(0.0, 1.0) - v", RK4))
    assert print_ir(statements[0]) == "let uniform_v = Uniform(0.0, 1.0)"
    numbers = count(1.0)
    machine = Interpreter({"v": 0.0, "dt": 0.5}, lambda: next(numbers))
    machine.run(statements)
    taylor = 0.5 - 0.5**2 / 2 + 0.5**3 / 6 - 0.5**4 / 24
    assert machine.state["v"] == pytest.approx(taylor, rel=1e-12)
    assert next(numbers) == 2.0


def test_arguments_of_a_draw_are_taken_before_the_run() -> None:
    """The stages move ``s``, the draw does not; and ``v`` is drawn with the old ``s``."""
    found = lines(ode("s", "-s + Uniform(0.0, s)", MIDPOINT), ode("v", "Normal(0.0, s)"))
    assert found[:2] == ["let uniform_s = Uniform(0.0, s)", "let normal_v = Normal(0.0, s)"]
    assert sum("Uniform" in line or "Normal" in line for line in found) == 2


def test_two_calls_stay_independent() -> None:
    statements = block(ode("v", "Uniform(0.0, 1.0) + Uniform(0.0, 1.0)", MIDPOINT))
    assert [d.site for d in draws_in(statements)] == [1, 2]


def test_temporaries_are_computed_before_they_are_read() -> None:
    a_lot = [ode(name, f"{other} - 2*{name}", IMPLICIT) for name, other in zip("abcd", "bcda", strict=True)]
    known: set[str] = set()
    for stmt in block(*a_lot, ode("e", "a*e", EXPONENTIAL)):
        if isinstance(stmt, Let | Set):
            read = {n.name for n in walk(stmt.value) if isinstance(n, Var) and n.scope is Scope.TEMP}
            assert read <= known
        if isinstance(stmt, Let):
            known.add(stmt.name)
    assert len(known) > 10


def test_the_step_may_be_any_expression() -> None:
    period = Var(Scope.CLOCK, "h")
    (stmt,) = discretize((ode("w", "dt*pre_r"),), Locality.LOCAL, period)
    assert print_ir(stmt) == "w = w + h * (dt * pre_r)"


def test_mistakes_of_all_runs_are_collected() -> None:
    with pytest.raises(ModelErrors) as caught:
        block(ode("a", "a**2", EXPONENTIAL), assign("x", "a"), ode("b", "1", SEMIIMPLICIT))
    assert len(caught.value.errors) == 2

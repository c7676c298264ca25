"""The oracle itself, held against the worked numbers of the specification. Needs no compiler."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.oracle.by_hand import Sketch
from tests.oracle.oracle import Oracle, certain
from tests.worked.numbers import (
    CONDITIONS,
    EXPRESSIONS,
    W15,
    W16_U,
    W16_V,
    W17_U,
    W17_V,
    W18,
    W19,
    B,
    V,
    all_systems,
)

COUNT = ("", "c += 1.0 ; r = c")
RELAY = ("", "r = sum(exc)")


def near(actual: object, expected: object) -> None:
    np.testing.assert_allclose(np.squeeze(actual), np.squeeze(expected), rtol=1e-9, atol=1e-10)


def trace(oracle: Oracle, steps: int, read: Callable[[], Any]) -> list[Any]:
    found = []
    for _ in range(steps):
        oracle.step()
        found.append(read())
    return found


def source() -> Sketch:
    sketch = Sketch()
    sketch.population("src", 2, *COUNT, c=[0.0, 10.0])
    return sketch


def test_it_shares_nothing_with_the_compiler_but_the_model_ir() -> None:
    """Of ``codegen`` the oracle may know the IR; the hand-made networks also its lowering."""
    here = Path(__file__).parent
    allowed = {"synloom.codegen.ir", "synloom.registry"}
    for name in ("expressions", "methods", "parts", "spikes", "machine", "spiking", "oracle"):
        assert {m for m in imported(here / f"{name}.py") if m.startswith("synloom.")} <= {
            f"{a}.{m}" if m else a for a in allowed for m in ("", "expr", "model", "types")
        }


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module != "synloom":
            yield node.module or ""
        elif isinstance(node, ast.ImportFrom):
            yield from (f"synloom.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        (None, [0, 12, 14, 16, 18, 20]),
        ([[3, 3]], [0, 0, 0, 12, 14, 16]),
        ([[1, 3]], [0, 1, 2, 14, 16, 18]),
    ],
    ids=["W02", "W03", "W04"],
)
def test_delays(delays: list[list[int]] | None, expected: list[float]) -> None:
    sketch = source()
    post = sketch.population("post", 1, *RELAY)
    sketch.projection("src", "post", "exc", [[1, 1]], delays)
    near(trace(sketch.oracle(), 6, lambda: post["r"]), expected)


def test_w05_initial_queue() -> None:
    sketch = Sketch()
    sketch.population("a", 1, "", "r = 7.0 + t : init = 5.0")
    post = sketch.population("post", 1, *RELAY)
    sketch.projection("a", "post", "exc", [[1]], [[3]])
    near(trace(sketch.oracle(), 5, lambda: post["r"]), [5, 5, 5, 7, 8])


def test_w06_sums() -> None:
    sketch = source()
    post = sketch.population("post", 1, "", "r = sum() ; s = sum(exc) - sum(inh) ; z = sum(nobody)")
    sketch.projection("src", "post", "exc", [[1, 1]])
    sketch.projection("src", "post", "inh", [[2, 2]], [[2, 2]])
    steps = trace(sketch.oracle(), 6, lambda: (post["r"], post["s"], post["z"]))
    near([s[0] for s in steps], [0, 12, 38, 44, 50, 56])
    near([s[1] for s in steps], [0, 12, -10, -12, -14, -16])
    near([s[2] for s in steps], [0] * 6)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("sum", [0, 23, 26, 29]),
        ("max", [0, 22, 24, 26]),
        ("min", [0, 1, 2, 3]),
        ("mean", [0, 11.5, 13, 14.5]),
    ],
)
def test_w07_operations(operation: str, expected: list[float]) -> None:
    sketch = source()
    post = sketch.population("post", 1, *RELAY)
    sketch.projection("src", "post", "exc", [[1, 2]], operation=operation)
    near(trace(sketch.oracle(), 4, lambda: post["r"]), expected)


@pytest.mark.parametrize(
    ("psp", "delay", "expected"),
    [
        ("w*pre.r^2", 1, [0, 243, 292, 347, 408]),
        ("if pre.r > 11: w*pre.r else: 0.0", 1, [0, 0, 24, 26, 28]),
        ("w*pre.r*post.v", 1, [0, 0, 26, 58, 96]),
        ("w*(pre.r - mean(pre.r))", 1, [0, 5, 5, 5, 5]),
        ("w*pre.r*post.v", 3, [0, 0, 0, 46, 78]),
    ],
)
def test_w08_w09_psp(psp: str, delay: int, expected: list[float]) -> None:
    sketch = source()
    post = sketch.population("post", 1, "", "v = t ; r = sum(exc)")
    sketch.projection("src", "post", "exc", [[1, 2]], [[delay, delay]], psp=psp)
    near(trace(sketch.oracle(), 5, lambda: post["r"]), expected)


@pytest.mark.parametrize(
    ("delays", "expected"),
    [
        (None, [[1, 11], [2, 12], [3, 13], [4, 14]]),
        ([[3, 3]], [[0, 0], [0, 0], [1, 11], [2, 12]]),
        ([[1, 3]], [[1, 0], [2, 0], [3, 11], [4, 12]]),
    ],
)
def test_w10_what_learning_sees(delays: list[list[int]] | None, expected: list[list[float]]) -> None:
    sketch = source()
    sketch.population("post", 1, "", "v = t ; r = sum(exc)")
    proj = sketch.projection(
        "src", "post", "exc", [[1, 1]], delays, equations="x = pre.r ; y = post.v ; z = mean(pre.r)"
    )
    steps = trace(sketch.oracle(), 4, lambda: (proj["x"], proj["y"], proj["z"]))
    near([s[0] for s in steps], expected)
    near([s[1] for s in steps], [[n, n] for n in range(4)])
    near([s[2] for s in steps], [[6 + n, 6 + n] for n in range(4)])


def test_w10_sums_of_the_two_neurons() -> None:
    sketch = Sketch()
    sketch.population("S", 2, "x = 0.0", "r = x + t", x=[1.0, 2.0])
    sketch.population("P", 2, *RELAY)
    sketch.projection("S", "P", "exc", [[1, None], [None, 1]])
    again = sketch.projection(
        "P", "P", "again", [[None, 1], [1, None]], equations="s = pre.sum(exc) + 100*post.sum(exc)"
    )
    near(trace(sketch.oracle(), 4, lambda: again["s"]), [[0, 0], [102, 201], [203, 302], [304, 403]])


def test_w11_global_operations() -> None:
    sketch = Sketch()
    names = ["m1", "m2", "m3", "m4", "m5"]
    text = "m1 = max(v) ; m2 = min(v) ; m3 = mean(v) ; m4 = norm1(v) ; m5 = norm2(v) ; v += 1.0 ; r = m3"
    pop = sketch.population("pop", 3, "", text, v=[-4.0, 1.0, 3.0])
    steps = trace(sketch.oracle(), 4, lambda: [pop[name][0] for name in names])
    expected = [
        [3, -4, 0, 8, 5.099019514],
        [4, -3, 1, 9, 5.385164807],
        [5, -2, 2, 10, 6.164414003],
        [6, -1, 3, 11, 7.280109889],
    ]
    near(steps, expected)


def test_w13_bounds() -> None:
    sketch = Sketch(dt=0.5)
    text = "v += 1.0 : min=0.0, max=3.0 ; u -= 1.0 : min=-v ; dw/dt = 10.0 : max=v ; x = w : min=1.0 ; r = x"
    pop = sketch.population("pop", 1, "", text)
    steps = trace(sketch.oracle(), 4, lambda: [pop[name][0] for name in ("v", "u", "w", "x")])
    near(steps, [[1, -1, 1, 1], [2, -2, 2, 2], [3, -3, 3, 3], [3, -3, 3, 3]])


def test_w13_learning_with_bounds() -> None:
    sketch = source()
    post = sketch.population("post", 1, *RELAY)
    rule = "dw/dt = eta*(pre.r - mean(pre.r)) : min=0.5, max=3.0"
    ff = sketch.projection(
        "src", "post", "exc", [[1, 2]], parameters="eta = 0.1 : projection", equations=rule
    )
    steps = trace(sketch.oracle(), 5, lambda: (ff["w"], post["r"]))
    near([s[0] for s in steps], [[0.5, 2.5], [0.5, 3], [0.5, 3], [0.5, 3], [0.5, 3]])
    near([s[1] for s in steps], [0, 28, 37, 40.5, 44])


def test_w14_runs_and_localities() -> None:
    sketch = Sketch(dt=0.5)
    text = """
        tau*du/dt = v - u : init=1.0
        I = 2.0 - u
        tau*dk/dt = v - k : init=0.5
        tau*dv/dt = I - v - u + k : init=2.0
        r = pos(v)
    """
    pop = sketch.population("pop", 1, "tau = 10.0", text)
    steps = trace(sketch.oracle(), 4, lambda: [pop[name][0] for name in ("u", "I", "k", "v")])
    near([s[0] for s in steps], [1.05, 1.0935, 1.130995, 1.1629574])
    near([s[1] for s in steps], [0.95, 0.9065, 0.869005, 0.8370426])
    near([s[2] for s in steps], [0.575, 0.64225, 0.7023075, 0.755704275])
    near([s[3] for s in steps], [1.92, 1.8434, 1.770243, 1.700550485])

    sketch = source()
    sketch.population("post", 1, "", "v = t ; r = v")
    text = "g += 1.0 : projection ; tau*dth/dt + th = post.v : postsynaptic ; l = g + th"
    proj = sketch.projection(
        "src", "post", "exc", [[1, 1]], parameters="tau = 2.0 : projection", equations=text
    )
    steps = trace(sketch.oracle(), 4, lambda: [proj["g"][0], proj["th"][0], proj["l"][0]])
    near(steps, [[1, 0, 1], [2, 0.5, 2.5], [3, 1.25, 4.25], [4, 2.125, 6.125]])


@pytest.mark.parametrize("method", W15)
def test_w15_to_w19_methods(method: str) -> None:
    sketch = Sketch(dt=0.5)
    pop = sketch.population("pop", 1, "tau = 10.0 : population", all_systems(method))
    expected = {"a": W15[method], "v": W16_V[method], "u": W16_U[method], "c": W19[method]}
    if method in W17_V:
        expected |= {"p": W17_V[method], "q": W17_U[method]}
    if method in W18:
        expected["x"] = W18[method]
    steps = trace(sketch.oracle(), 4, lambda: {name: pop[name][0] for name in expected})
    for name, values in expected.items():
        near([step[name] for step in steps], values)


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (
            "I = 10.0 ; dv/dt = 0.04*v^2 + 5.0*v + 140.0 - u + I : init=-65.0, midpoint ;"
            "du/dt = 0.02*(0.2*v - u) : init=-13.0, midpoint ; r = v",
            "v",
            [-61.61375, -58.1089810912, -53.9584497772, -48.2059113038],
        ),
        (
            "10.0*dv/dt = 1 - v - u : explicit ; 10.0*du/dt = v - u : exponential ; r = v",
            "u",
            [0, 0.0024385288, 0.0070747314, 0.0136796496],
        ),
        (
            "10.0*dr/dt + r = if t >= 1.0: 5.0 else: 1.0 : exponential",
            "r",
            [0.0487705755, 0.095162582, 0.3343743256, 0.5619195748],
        ),
    ],
    ids=["W20", "W21", "W22"],
)
def test_w20_to_w22(text: str, name: str, expected: list[float]) -> None:
    sketch = Sketch(dt=0.5)
    pop = sketch.population("pop", 1, "", text)
    near(trace(sketch.oracle(), 4, lambda: pop[name][0]), expected)


def test_w23_types() -> None:
    sketch = Sketch()
    text = "c += 1 : int ; d += 0.6 : int ; e = c/2 ; f = modulo(c, 3) : int ; b = c > 2 : bool ; r = e"
    pop = sketch.population("pop", 1, "", text)
    steps = trace(sketch.oracle(), 4, lambda: [pop[name][0] for name in "cdefb"])
    near(steps, [[1, 0, 0.5, 1, 0], [2, 0, 1, 2, 0], [3, 0, 1.5, 0, 1], [4, 0, 2, 1, 1]])


def test_w38_periodic_learning() -> None:
    sketch = source()
    sketch.population("post", 1, *RELAY)
    proj = sketch.projection("src", "post", "exc", [[1, 1]], equations="k += 1.0 ; m = t ; dq/dt = 1.0")
    proj.period = 3
    steps = trace(sketch.oracle(), 8, lambda: [proj["k"][0], proj["q"][0], proj["m"][0]])
    near([s[0] for s in steps], [1, 1, 1, 2, 2, 2, 3, 3])
    near([s[1] for s in steps], [3, 3, 3, 6, 6, 6, 9, 9])
    near([s[2] for s in steps], [0, 0, 0, 3, 3, 3, 6, 6])


W = [[1, 2, 3], [0, -4, 0.5]]


@pytest.mark.parametrize(
    ("weights", "psp", "operation", "expected"),
    [
        (W, "", "sum", [1, -38, 8]),
        ([[1, None, 3], [None, None, 0.5]], "", "sum", [1, 0, 8]),
        (W, "", "max", [1, 2, 5]),
        (W, "", "min", [0, -40, 3]),
        (W, "", "mean", [0.5, -19, 4]),
        ([[1, None, 3], [None, None, 0.5]], "", "mean", [1, 0, 4]),
        (W, "w*pre.r^2", "sum", [1, -398, 53]),
        (W, "w*(pre.r - post.r)", "sum", [0, -18, -342]),
    ],
    ids=["T1", "T4", "T11 max", "T11 min", "T11 mean", "T12", "T13", "T14"],
)
def test_transposes(weights: Any, psp: str, operation: str, expected: list[float]) -> None:
    sketch = Sketch()
    sketch.population("a", 3, "base = 0.0", "r = base", base=[1.0, 10.0, 100.0])
    sketch.population("b", 2, "base = 0.0", "r = base", base=[1.0, 10.0])
    sketch.projection("a", "b", "exc", weights)
    sketch.transpose("a-b-exc", "fb", psp, operation)
    sketch.transpose("a-b-exc", "exc2", backward=False)
    oracle = sketch.oracle()
    oracle.step()
    near(oracle.sums["a", "fb"], [0, 0, 0])
    oracle.step()
    near(oracle.sums["a", "fb"], expected)
    near(oracle.sums["b", "exc2"], oracle.sums["b", "exc"])


def test_t8_learning_and_t17_delays_of_the_forward_projection() -> None:
    sketch = Sketch()
    sketch.population("a", 3, "base = 0.0", "r = base", base=[1.0, 10.0, 100.0])
    sketch.population("b", 2, "base = 0.0", "r = base", base=[1.0, 10.0])
    sketch.projection("a", "b", "exc", W, equations="dw/dt = 0.001*pre.r*post.r : min=0.0")
    sketch.transpose("a-b-exc", "fb")
    oracle = sketch.oracle()
    steps = trace(oracle, 4, lambda: oracle.sums["a", "fb"])
    near(steps, [[0, 0, 0], [1.101, 2.01, 18.1], [1.202, 3.02, 28.2], [1.303, 4.03, 38.3]])

    sketch = Sketch()
    sketch.population("a", 3, *COUNT)
    sketch.population("b", 2, *COUNT)
    sketch.projection("a", "b", "exc", [[1, 1, 1]] * 2, [[1] * 3, [2] * 3])
    sketch.transpose("a-b-exc", "fb", delays=[1, 1, 1, 2, 2, 2])
    oracle = sketch.oracle()
    steps = trace(oracle, 8, lambda: oracle.sums["a", "fb"])
    near(steps, [[v] * 3 for v in [0, 1] + [2 * n - 1 for n in range(2, 8)]])


def test_expressions() -> None:
    logis = "1/(1+exp(-v))"
    texts = [f"e{i} = {e.replace('logis(v)', logis)}" for i, e in enumerate(EXPRESSIONS)]
    texts += [f"c{i} = if {c}: 1.0 else: 2.0" for i, c in enumerate(CONDITIONS)]
    sketch = Sketch(constants={"K": 3.0})
    pop = sketch.population("pop", 8, "v = 0.0 ; b = True", "\n".join([*texts, "r = e0"]), v=V, b=B)
    sketch.oracle().step()
    for i, (expr, values) in enumerate(EXPRESSIONS.items()):
        assert pop[f"e{i}"].tolist() == pytest.approx(values, rel=5e-7, abs=1e-6), expr
    for i, (condition, expected) in enumerate(CONDITIONS.items()):
        assert pop[f"c{i}"].tolist() == [float(v) for v in expected.split()], condition


def test_only_certain_draws_can_be_compared() -> None:
    sketch = Sketch()
    text = "g += 1.0 : population ; r = Normal(g, 0.0) + Uniform(2.0, 2.0) ; x = r"
    pop = sketch.population("pop", 2, "", text)
    near(trace(sketch.oracle(), 2, lambda: pop["r"]), [[2, 2], [3, 3]])  # drawn before the neurons move
    with pytest.raises(AssertionError, match="not certain"):
        certain("Uniform", (0.0, 1.0))

"""Random expressions of every kind, compiled into kernels of neurons and synapses, against the oracle."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

import synloom as sl
from tests.oracle.compare import agree, run_both

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]

ONE = [
    "pos",
    "neg",
    "abs",
    "fabs",
    "floor",
    "ceil",
    "round",
    "sign",
    "Heaviside",
    "sin",
    "cos",
    "tanh",
    "atan",
]
WITHIN = {  # functions with a domain, and what keeps an argument in it
    "exp": "clip({}, -20.0, 5.0)",
    "ln": "1.5 + abs({})",
    "log10": "1.5 + abs({})",
    "log2": "1.5 + abs({})",
    "sqrt": "abs({})",
    "asin": "sin({})",
    "acos": "cos({})",
    "tan": "0.9*sin({})",
    "sinh": "clip({}, -4.0, 4.0)",
    "cosh": "clip({}, -4.0, 4.0)",
    "asinh": "clip({}, -99.0, 99.0)",
    "acosh": "1.5 + abs({})",
    "atanh": "0.9*sin({})",
}
COMPARISONS = ["<", "<=", ">", ">=", "==", "!=", "is", "is not"]


class Writer:
    """Writes expressions over the given numbers and conditions; the same seed writes the same ones."""

    def __init__(self, seed: int, numbers: list[str], conditions: list[str]) -> None:
        self.random, self.numbers, self.conditions = Random(seed), numbers, conditions

    def number(self, depth: int) -> str:
        pick = self.random.choice
        if depth == 0:
            return pick([*self.numbers, *self.numbers, "0.5", "2", "1.7", "3e-1", ".25", "pi"])
        inner = depth - 1
        a = self.number(inner)
        match self.random.randrange(14):
            case 0 | 1 | 2:
                return f"{a} {pick(['+', '-', '*'])} {self.number(inner)}"
            case 3:
                return f"({a} {pick(['+', '-'])} {self.number(inner)})*{self.number(0)}"
            case 4:
                return f"({a})/(1.5 + abs({self.number(inner)}))"
            case 5:
                return f"-{pick(self.numbers)}^2 - ({a})"
            case 6:
                return f"(0.3 + abs({a}))^{pick(['0.5', '1.5', '2', '3', '(-1)', '2^0.5'])}"
            case 7:
                return f"({a}) {pick(['//', '%'])} {pick(['2.3', '0.7', '(-1.9)'])}"
            case 8:
                return f"{pick(ONE)}({a})"
            case 9:
                name = pick(list(WITHIN))
                return f"{name}({WITHIN[name].format(a)})"
            case 10:
                return f"ite({self.condition(inner)}, {a}, {self.number(inner)})"
            case 11:
                return f"{pick(['min', 'max'])}({a}, {self.number(inner)}, {self.number(0)})"
            case 12:
                return f"clip({a}, -0.7, {self.number(0)}) + modulo({pick(self.numbers)}*5, 3)"
            case _:
                return f"{pick(['blend', 'power', 'atan2'])}({self.number(0)}, 2)*(({a}))"

    def condition(self, depth: int) -> str:
        pick = self.random.choice
        if depth == 0:
            return pick(self.conditions)
        inner = depth - 1
        match self.random.randrange(4):
            case 0:
                return f"({self.number(inner)} {pick(COMPARISONS)} {self.number(inner)})"
            case 1:
                return f"({self.condition(inner)} {pick(['and', 'or', '&', '|'])} {self.condition(inner)})"
            case 2:
                return f"(not {self.condition(inner)})"
            case _:
                return f"(-0.5 < {self.number(inner)} <= 1.5)"

    def statement(self, name: str, depth: int, *flags: str) -> str:
        """Write an assignment to a real, int or bool variable, some with bounds."""
        operator, value = "=", self.number(depth)
        match self.random.randrange(6):
            case 0:
                value, flags = f"clip({value}, -1e6, 1e6)", (*flags, "int")
            case 1:
                value, flags = self.condition(depth), (*flags, "bool")
            case 2:
                flags = (*flags, "min=-1.5", f"max={self.number(0)} + 1")
            case 3:
                value = f"if {self.condition(depth)}: {value} else: {self.number(depth)}"
            case _:
                operator = self.random.choice(["=", "+=", "-="])
        return f"{name} {operator} {value}" + (f" : {', '.join(flags)}" if flags else "")


def functions() -> None:
    sl.Constant("K", 1.3)
    sl.add_function("half(x) = x/2 + K")
    sl.add_function("blend(x, n) = if x > K: half(x)*n else: -x : float, float, int")


@pytest.mark.parametrize("seed", range(4))
def test_in_neurons(seed: int) -> None:
    functions()
    writer = Writer(seed, ["a", "g", "c", "t", "K", "v", "b"], ["b", "a > 0.2", "c == 2", "gb"])
    texts = [writer.statement(f"e{i}", 1 + i % 4) for i in range(40)]
    texts += [f"v = sin(t + a) + {writer.number(2)}*0.1", "r = v"]
    neuron = sl.Neuron(
        parameters="a = 0.0 ; c = 0 : int ; b = False ; g = 0.7 : population ; gb = True : population",
        equations="\n".join(texts),
    )
    pop = sl.Population(19, neuron, name="pop")
    rng = np.random.default_rng(seed)
    pop.a, pop.c, pop.b = rng.normal(size=19), rng.integers(-3, 6, 19), rng.uniform(size=19) < 0.5
    _, wrong = run_both(4)
    agree(wrong)


@pytest.mark.parametrize("seed", range(4))
def test_in_synapses(seed: int) -> None:
    functions()
    rng = np.random.default_rng(seed)
    neuron = sl.Neuron(
        parameters="p = 0.0 ; n = 0 : int ; q = 0.4 : population",
        equations="s = tanh(sum(exc)) ; on = s > 0.1 : bool ; r = sin(t + p)",
    )
    pre, post = sl.Population(11, neuron, name="pre"), sl.Population(6, neuron, name="post")
    for pop in (pre, post):
        pop.p, pop.n = rng.normal(size=pop.size), rng.integers(-3, 6, pop.size)
    numbers = [
        "pre.r",
        "post.r",
        "pre.n",
        "post.q",
        "pre.q",
        "post.on",
        "w",
        "a",
        "g",
        "d",
        "t",
        "K",
        "mean(pre.r)",
    ]
    writer = Writer(100 + seed, numbers, ["pre.on", "post.s > 0.0", "k", "pre.n == 1"])
    above = Writer(200 + seed, ["post.r", "post.n", "d", "g", "t"], ["post.on", "g > 0.1", "k"])
    texts = [f"glob += 0.1*mean(pre.r) + {Writer(seed, ['g', 't'], ['k']).number(2)} : projection"]
    texts += [above.statement(f"m{i}", 2).replace(" : ", " : postsynaptic, ", 1) for i in range(6)]
    texts = [
        t if " : " in t and "postsynaptic" in t or not t.startswith("m") else f"{t} : postsynaptic"
        for t in texts
    ]
    texts += [writer.statement(f"e{i}", 1 + i % 3) for i in range(20)]
    synapse = sl.Synapse(
        parameters="a = 0.3 ; d = 0.8 : postsynaptic ; g = -0.2 : projection ; k = True : projection",
        equations="\n".join(texts),
        psp=f"w*pre.r + 0.1*tanh({writer.number(2)})",
    )
    for storage in ("dense", "csr"):
        ff = sl.Projection(pre, post, "exc", synapse, name=storage)
        ff.connect_from_matrix(rng.normal(size=(6, 11)), storage_format=storage)
        ff.a = rng.normal(size=(6, 11))
        ff.d = rng.normal(size=6)
    _, wrong = run_both(4)
    agree(wrong)


def test_infinity_and_what_is_no_number_keep_their_meaning() -> None:
    texts = {
        "1/z": np.inf,
        "-1/z": -np.inf,
        "z/z": np.nan,
        "1/z - 1/z": np.nan,
        "ln(z)": -np.inf,
        "ln(z - 1)": np.nan,
        "sqrt(z - 1)": np.nan,
        "exp(1000*(z + 1))": np.inf,
        "exp(-1000*(z + 1))": 0.0,
        "acos(z + 2)": np.nan,
        "(z - 2)^0.5": np.nan,
        "1/(1/z)": 0.0,
        "(1/z > 5)": 1.0,
        "(z/z > 5)": 0.0,
        "(z/z == z/z)": 0.0,
        "(z/z != z/z)": 1.0,
        "isnan(z/z)": 1.0,
        "isnan(1/z)": 0.0,
        "isfinite(1/z)": 0.0,
        "isfinite(z)": 1.0,
        "ite(z/z > 0, 1, 2)": 2.0,
        "(z + 1) % z": np.nan,
    }
    equations = [f"e{i} = {text}" for i, text in enumerate(texts)]
    equations.append("kept = z/z : min=0.0, max=1.0")
    pop = sl.Population(
        9, sl.Neuron(parameters="z = 0.0", equations="\n".join([*equations, "r = z"])), name="pop"
    )
    _, wrong = run_both(1)
    agree(wrong)
    for i, (text, expected) in enumerate(texts.items()):
        np.testing.assert_array_equal(pop.get(f"e{i}"), np.full(9, expected), err_msg=text)
    assert np.isnan(pop.kept).all()

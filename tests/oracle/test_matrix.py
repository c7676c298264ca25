"""What is offered for a projection and its transposes, in all pairs, held against the oracle step by step.

What is not offered stands at the end, each with the error that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations, groupby, product
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom.errors import SynloomError
from synloom.extensions.convolution import Transpose
from tests.oracle.compare import agree, run_both
from tests.oracle.pairs import Row, all_pairs, pairs

pytestmark = pytest.mark.needs_compiler

FACTORS = {
    "store": ["dense", "csr"],
    "weights": ["constant", "single", "plastic", "plastic projection", "plastic postsynaptic"],
    "direction": ["forward", "both", "backward", "twice"],
    "operation": ["sum", "max", "min", "mean"],
    "back_operation": ["sum", "max", "min", "mean", "-"],
    "delay": ["none", "uniform", "mixed"],
    "back_delay": ["none", "uniform", "forward", "-"],
    "psp": ["default", "post", "function", "global"],
    "back_psp": ["default", "post", "function", "global", "-"],
    "views": ["whole", "contiguous", "unordered"],
    "precision": ["double", "float"],
}

NEURON = """
    s = 0.8*s + 0.2*(sum(exc) + sum(fb) + sum(again))
    u = sin(0.3*t + 2.0*phase)
    r = cos(0.7*t + phase) + 0.5*tanh(s) : init=0.3
"""
RULE = """
    trace = 0.8*trace + pre.r : init=0.1
    th = 0.9*th + 0.1*post.r : postsynaptic, init=0.2
    count += 1 : projection, int, init=3
"""
LEARNED = {
    "plastic": "dw/dt = 0.1*(trace*(post.r - th) - 0.1*w) : min=-2.0, max=2.0",
    "plastic projection": "dw/dt = 0.1*(mean(pre.r) - w) + 0.01*count : projection, max=0.6",
    "plastic postsynaptic": "dw/dt = 0.1*(post.r - w) : postsynaptic, exponential",
}
PSPS = {
    "default": None,
    "post": "w*(pre.r - 0.5*post.u)",
    "function": "w*bump(pre.r, 0.5) + 0.1*pre.u",
    "global": "w*(pre.r - mean(pre.r))",
}
# Connected with one number, sparse ones at random: they have fewer weights than synapses.
ONE_NUMBER = ("single", "plastic projection", "plastic postsynaptic")
# Neurons before and after: below, at and beyond the widths that kernels work in.
SIZES = [(7, 5), (18, 9), (35, 13)]
STEPS = 7
ROWS_PER_NETWORK = 6


def offered(row: Row) -> bool:
    """Say whether the choices mean something together: what is not read backward has no backward choices."""
    only_forward = row.get("direction") == "forward"
    for factor in ("back_operation", "back_delay", "back_psp"):
        if factor in row and "direction" in row and (row[factor] == "-") != only_forward:
            return False
    # Without forward transmission a forward operation or psp of its own would not be seen.
    silent = row.get("direction") == "backward"
    return not silent or (row.get("operation", "sum"), row.get("psp", "default")) == ("sum", "default")


def choices_fit(row: Row) -> bool:
    """As ``offered``, and backward choices that are absent are absent together."""
    absent = {row[f] == "-" for f in ("back_operation", "back_delay", "back_psp") if f in row}
    return len(absent) <= 1 and offered(row)


ROWS = sorted(all_pairs(FACTORS, choices_fit), key=lambda row: row["precision"])
GROUPS = [
    chunk[i : i + ROWS_PER_NETWORK]
    for _, rows in groupby(ROWS, key=lambda row: row["precision"])
    for chunk in [list(rows)]
    for i in range(0, len(chunk), ROWS_PER_NETWORK)
]
PLACES = [(g, i) for g, group in enumerate(GROUPS) for i in range(len(group))]


def describe(row: Row, name: str, seed: int) -> list[str]:
    """Add the populations, projection and transposes of one row; return their names."""
    rng = np.random.default_rng(seed)
    neuron = sl.Neuron(parameters="phase = 0.0", equations=NEURON)
    ends = []
    for size, side in zip(SIZES[seed % len(SIZES)], ("pre", "post"), strict=True):
        population = sl.Population(size, neuron, name=f"{name} {side}")
        population.phase = rng.uniform(0, 6, size)
        ends.append(seen(population, row["views"], rng))
    synapse = sl.Synapse(
        equations=f"{RULE}\n{LEARNED[row['weights']]}" if row["weights"] in LEARNED else "",
        psp=PSPS[row["psp"]],
        operation=row["operation"],
    )
    ff = sl.Projection(*ends, "exc", synapse, name=f"{name} ff")
    connect(ff, row, rng)
    names = [f"{name} pre", f"{name} post", ff.name]
    if row["direction"] != "forward":
        own = {"psp": PSPS[row["back_psp"]], "operation": row["back_operation"]}
        delays = {"none": 0.0, "uniform": 3.0, "forward": "forward"}[row["back_delay"]]
        fb = Transpose(ff, "fb", name=f"{name} fb", **own).connect(delays=delays)
        names.append(fb.name)
        if row["direction"] == "twice":
            again = Transpose(fb, "again", name=f"{name} again", **own).connect(delays=delays)
            names.append(again.name)
    if row["direction"] == "backward":
        ff.transmission = False
    return names


def seen(population: Any, views: str, rng: np.random.Generator) -> Any:
    """All of a population, its inner part, or two thirds of it in any order."""
    if views == "contiguous":
        return population[1:-1]
    if views == "unordered":
        return population[rng.permutation(population.size)[: 2 * population.size // 3].tolist()]
    return population


def connect(ff: Any, row: Row, rng: np.random.Generator) -> None:
    """Connect every pair for dense; for csr some, with a row and a column left empty."""
    shape = (ff.post.size, ff.pre.size)
    full = row["store"] == "dense"
    delays: Any = {"none": 0.0, "uniform": 2.0, "mixed": sl.DiscreteUniform(1, 4)}[row["delay"]]
    if row["weights"] in ONE_NUMBER:
        chance = 1.0 if full else 0.6
        ff.connect_fixed_probability(chance, 0.4, delays=delays, storage_format=row["store"])
        return
    weights = rng.uniform(-1, 1, shape)
    if not full:
        weights[rng.uniform(size=shape) < 0.3] = np.nan
        weights[1, :] = weights[:, 2] = np.nan
        weights[0, 0] = 0.25
    if row["delay"] == "mixed":
        delays = rng.integers(1, 5, shape).astype(float)
    ff.connect_from_matrix(weights, delays=delays, storage_format=row["store"])


@cache
def outcome(group: int) -> tuple[list[list[str]], dict[str, list[str]]]:
    """Run one network; the names that belong to each of its rows, and all differences by name."""
    sl.clear()
    sl.setup(precision=GROUPS[group][0]["precision"], seed=1234, suppress_warnings=True)
    sl.add_function("bump(x, k) = x / (1.0 + k*x^2)")
    names = [describe(row, f"row{group}x{i}", 100 * group + i) for i, row in enumerate(GROUPS[group])]
    _, wrong = run_both(STEPS)
    sl.clear()
    return names, wrong


@pytest.fixture(autouse=True)
def defaults_afterwards() -> Iterator[None]:
    sl.clear()
    yield
    sl.clear()
    sl.setup(precision="double", seed=None)


@pytest.mark.parametrize(("group", "index"), PLACES, ids=["/".join(GROUPS[g][i].values()) for g, i in PLACES])
def test_offered(group: int, index: int) -> None:
    names, wrong = outcome(group)
    agree(wrong, names[index])


def test_the_rows_cover_all_pairs_and_stay_few() -> None:
    met = set().union(*(pairs(row) for row in ROWS))
    for f, g in combinations(FACTORS, 2):
        for a, b in product(FACTORS[f], FACTORS[g]):
            if choices_fit({f: a, g: b}):
                assert frozenset({(f, a), (g, b)}) in met, (f, a, g, b)
    assert len(ROWS) <= 40


FORMATS = ["lil", "csr_vector", "csr_scalar", "coo", "ell", "ellr", "sell", "bsr", "hyb", "dia", "auto"]


@pytest.mark.usefixtures("fresh")
def test_every_other_format_name_gives_the_same_numbers() -> None:
    sl.add_function("bump(x, k) = x / (1.0 + k*x^2)")
    row = {**ROWS[0], "direction": "twice", "operation": "sum", "back_operation": "sum", "views": "whole"}
    row |= {"back_delay": "none", "back_psp": "default", "delay": "none", "psp": "default"}
    row["weights"] = "constant"
    names = []
    for storage in FORMATS:
        names.append(describe({**row, "store": storage}, storage, seed=7))
    _, wrong = run_both(STEPS)
    agree(wrong)
    network = sl.magic_network()
    received = {tuple(network.get_population(group[1]).sum("exc")) for group in names}
    assert len(received) == 1


# What is not offered


def two() -> tuple[Any, Any]:
    neuron = sl.Neuron(parameters="g = 1.0 : population", equations="r = sum(exc) + t")
    return sl.Population(3, neuron, name="a"), sl.Population(2, neuron, name="b")


def order_of_spikes() -> None:
    sl.Projection(*two(), "exc").connect_all_to_all(1.0, storage_order="pre_to_post")


def unknown_format() -> None:
    sl.Projection(*two(), "exc").connect_all_to_all(1.0, storage_format="rows")


def unknown_operation() -> None:
    sl.Projection(*two(), "exc", sl.Synapse(operation="median")).connect_all_to_all(1.0)
    sl.compile()


def unknown_operation_backward() -> None:
    ff = sl.Projection(*two(), "exc")
    ff.connect_all_to_all(1.0)
    Transpose(ff, "fb", operation="median")
    sl.compile()


def delay_of_a_population_variable() -> None:
    ff = sl.Projection(*two(), "exc", sl.Synapse(psp="w*pre.r*pre.g"))
    ff.connect_all_to_all(1.0, delays=sl.DiscreteUniform(1, 3))
    sl.compile()


def delays_neither_number_nor_forward() -> None:
    ff = sl.Projection(*two(), "exc")
    ff.connect_all_to_all(1.0)
    Transpose(ff, "fb").connect(delays="backward")
    sl.compile()


def transpose_without_synapses_to_read() -> None:
    Transpose(sl.Projection(*two(), "exc", name="ff"), "fb")
    sl.compile()


def weights_for_a_single_w() -> None:
    synapse = sl.Synapse(equations="dw/dt = 0.1 - w : projection")
    sl.Projection(*two(), "exc", synapse).connect_from_matrix([[1, 2, 3], [4, 5, 6]])
    sl.compile()


def weights_written_backward() -> None:
    ff = sl.Projection(*two(), "exc", name="ff")
    ff.connect_all_to_all(1.0)
    fb = Transpose(ff, "fb")
    sl.compile()
    fb.w = 2.0


def unknown_name_in_the_transposed_psp() -> None:
    ff = sl.Projection(*two(), "exc")
    ff.connect_all_to_all(1.0)
    Transpose(ff, "fb", psp="w * pre.x")
    sl.compile()


NOT_OFFERED: list[tuple[Callable[[], None], str]] = [
    (order_of_spikes, "pre_to_post.*spiking"),
    (unknown_format, "unknown storage_format 'rows'"),
    (unknown_operation, "sum, max, min or mean"),
    (unknown_operation_backward, "sum, max, min or mean"),
    (delay_of_a_population_variable, "delay"),
    (delays_neither_number_nor_forward, "forward"),
    (transpose_without_synapses_to_read, "'ff' was never connected"),
    (weights_for_a_single_w, "one weight per synapse.*one w per projection"),
    (weights_written_backward, "'ff'"),
    (unknown_name_in_the_transposed_psp, r"has no attribute .x"),
]


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(("describe_it", "message"), NOT_OFFERED, ids=lambda v: getattr(v, "__name__", ""))
def test_not_offered(describe_it: Callable[[], None], message: str) -> None:
    with pytest.raises(SynloomError, match=message):
        describe_it()

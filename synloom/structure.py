"""Structural plasticity in the language: phase 10 of a step, where ``creating`` and ``pruning`` are evaluated.

No code is generated for it. The running network stops between phases 9 and 11 of a step in which a condition is due
(spec 02, section 8), the conditions are evaluated here over arrays, and the step goes on with other synapses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from synloom import registry
from synloom.codegen.errors import ConfigurationError, ModelError
from synloom.codegen.evaluate import Lookup, evaluate
from synloom.codegen.ir.expr import Const, Draw, Expr, Reduction, Var, WeightedSum
from synloom.codegen.ir.types import DelayKind, Locality, Scope
from synloom.connect.values import steps as steps_of
from synloom.constant import constant_value
from synloom.random import DISTRIBUTIONS, RandomDistribution
from synloom.revision import grown, pruned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synloom.attributes import Array
    from synloom.network import Network
    from synloom.population import Population
    from synloom.projection import Projection
    from synloom.structural import Structural

BLOCK: Final = 1 << 20  # pairs of neurons that a creating condition is evaluated for at a time
NEVER: Final = -1  # no step has this number

# What random numbers decide, beside the sites of the distributions in the text.
CHANCE, DISTRIBUTION, INITIAL, INITIAL_ROWS = range(4)

REDUCTIONS: Final[dict[str, Callable[[Array], Any]]] = {
    "min": np.min,
    "max": np.max,
    "mean": lambda v: np.mean(v, dtype=np.float64),
    "norm1": lambda v: np.sum(np.abs(v), dtype=np.float64),
    "norm2": lambda v: np.sqrt(np.sum(np.square(v), dtype=np.float64)),
}


def next_due(network: Network, step: int) -> int:
    """The first step from ``step`` on in which a condition is due; NEVER if none is."""
    schedules = [s for p in network.projections for s in getattr(p, "_schedules", {}).values()]
    return min((schedule.next(step) for schedule in schedules), default=NEVER)


def change_structure(network: Network, numbers: Callable[[Projection], int]) -> None:
    """Phase 10 of this step: all that is due is created, then all that is due is pruned.

    ``numbers`` tells the random numbers of projections apart. Nothing changes if a condition cannot be evaluated.
    """
    made = [(p, d, _created(p, d)) for p, d in _due(network, "creating", numbers)]
    for projection, draws, new in made:
        if len(new.posts):
            revision = grown(projection._store_in_use, new.posts, new.columns)
            appear = np.isin(new.missing, new.posts)
            rows = {name: values[appear] for name, values in new.rows.items()}
            projection._revise(revision, new.weights, new.steps, draws.spawn(INITIAL), rows)
    gone = [(p, d, _pruned(p, d)) for p, d in _due(network, "pruning", numbers)]
    for projection, draws, mask in gone:
        if mask.any():
            projection._revise(pruned(projection._store_in_use, mask), 0.0, 1, draws.spawn(INITIAL))


def _due(
    network: Network, argument: str, numbers: Callable[[Projection], int]
) -> Iterator[tuple[Projection, Draws]]:
    """Projections with a condition that is due now, and what they draw from."""
    step = network.current_step
    seed, count = network._draw_state.words.view(np.uint64).tolist()
    for projection in network.projections:
        schedule = getattr(projection, "_schedules", {}).get(argument)
        if schedule is not None and schedule.next(step) == step:
            forward = projection._root
            yield forward, Draws(seed, 2 * numbers(forward) + (argument == "pruning"), count)


@dataclass(frozen=True)
class Draws:
    """Random numbers of one condition in one step. Those of a post neuron depend on nothing else."""

    seed: int
    stream: int
    step: int

    def of(self, purpose: int, post: int) -> np.random.Generator:
        """The numbers of one post neuron, in order of the pre neurons."""
        return np.random.Generator(self._philox(purpose, post))

    def each(self, purpose: int, posts: Iterable[int]) -> Iterator[np.random.Generator]:
        """The same for many post neurons; each is valid until the next is asked for."""
        philox = self._philox(purpose, 0)
        rng, start = np.random.Generator(philox), philox.state
        for post in posts:
            # To set the counter back takes half the time of a new generator.
            start["state"]["counter"] = np.array([0, post, self.step, 0], np.uint64)
            philox.state = start
            yield rng

    def _philox(self, purpose: int, post: int) -> np.random.Philox:
        key = np.array([self.seed, 4 * self.stream + purpose], np.uint64)
        return np.random.Philox(key=key, counter=np.array([0, post, self.step, 0], np.uint64))

    def spawn(self, purpose: int) -> Callable[[], np.random.Generator]:
        """A source of streams for initial values, one after the other."""
        calls = iter(range(1 << 30))
        return lambda: self.of(purpose, next(calls))


Sample = Callable[[np.random.Generator, int], Any]


def _uniform(rng: np.random.Generator, count: int) -> Array:
    return rng.random(count)


def _no_leaf(leaf: Expr) -> Any:
    raise AssertionError(f"{leaf} is no literal")


def _sampler(leaf: Draw) -> Sample:
    """Values of the distribution in a text; its arguments are literals."""
    arguments = [evaluate(argument, _no_leaf) for argument in leaf.args]

    def sample(rng: np.random.Generator, count: int) -> Array:
        try:
            values: Array = DISTRIBUTIONS[leaf.distribution](*arguments, rng=rng).get_values(count)
        except ConfigurationError as error:
            raise ModelError(error.message, leaf.origin, error.hint) from None
        return values

    return sample


# -- what a condition sees ----------------------------------------------------------------------------------


def _lookup(
    projection: Projection,
    pre: NDArray[np.int32],
    post: NDArray[np.int32],
    own: Callable[[Var], Any],
    drawn: Callable[[Sample, int], Any],
) -> Lookup:
    """Look up the values of pairs of neurons, whose ranks have any shapes that broadcast.

    ``own`` gives attributes of the synapses, ``drawn`` random numbers.
    """
    network = projection.network
    sides: dict[Scope, tuple[Population, NDArray[np.int32]]] = {
        Scope.PRE: (projection.pre_population, pre),
        Scope.POST: (projection.post_population, post),
    }

    def lookup(leaf: Expr) -> Any:
        match leaf:
            case Var(scope=Scope.SELF):
                return own(leaf)
            case Var(scope=Scope.PRE | Scope.POST as scope, name=name, locality=locality):
                population, ranks = sides[scope]
                values = population.state[name]
                return values[ranks] if locality is Locality.LOCAL else values[0]
            case Var(scope=Scope.CLOCK, name="t"):
                return network.current_step * network.dt
            case Var(scope=Scope.CLOCK):
                return network.dt
            case Var(scope=Scope.CONSTANT, name=name):
                return constant_value(network, name)
            case WeightedSum(scope=scope, target=target):
                population, ranks = sides[scope]
                return population.sums[target][ranks]
            case Reduction(op=op, scope=scope, name=name):
                return REDUCTIONS[op](sides[scope][0].state[name])
            case Draw():
                return drawn(_sampler(leaf), DISTRIBUTION)
            case _:
                raise AssertionError(leaf)

    return lookup


def _functions(projection: Projection) -> dict[str, Any]:
    return {**registry.functions, **{f.name: f for f in projection.model.functions}}


def _always(proba: Expr) -> bool:
    return isinstance(proba, Const) and proba.value >= 1.0


# -- creating -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class New:
    """Synapses to come, by post rank and place among the columns; and values of rows that are ``missing`` yet."""

    posts: NDArray[np.int32]
    columns: NDArray[np.int32]
    weights: Array
    steps: NDArray[np.int32]
    missing: NDArray[np.int32]
    rows: dict[str, Array]


def _created(projection: Projection, draws: Draws) -> New:
    """Which pairs of neurons get a synapse, block by block of post neurons."""
    store = projection._store_in_use
    posts = np.sort(projection.post.ranks).astype(np.int32)
    missing = np.setdiff1d(posts, store.rows).astype(np.int32)
    rows = projection._values.fresh_rows(len(missing), draws.spawn(INITIAL_ROWS)) if len(missing) else {}
    height = max(1, BLOCK // max(1, len(store.columns)))
    blocks = [posts[first : first + height] for first in range(0, len(posts), height)]
    parts = [_created_in(projection, draws, block, missing, rows) for block in blocks]
    post, column, weights, steps = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return New(post, column, weights, steps, missing, rows)


def _created_in(
    projection: Projection,
    draws: Draws,
    posts: NDArray[np.int32],
    missing: NDArray[np.int32],
    rows: dict[str, Array],
) -> tuple[NDArray[np.int32], NDArray[np.int32], Array, NDArray[np.int32]]:
    """Post ranks, columns, weights and delays of what is created among these post neurons."""
    creating, functions = projection.model.creating, _functions(projection)
    assert creating is not None
    columns = projection._store_in_use.columns

    def value(expr: Expr, of: NDArray[np.int32]) -> Array:
        def drawn(sample: Sample, purpose: int) -> Array:
            found = [sample(rng, len(columns)) for rng in draws.each(purpose, of.tolist())]
            return np.array(found).reshape(len(of), len(columns))

        def own(leaf: Var) -> Any:
            return _of_rows(projection, leaf, of, missing, rows)

        pairs = _lookup(projection, columns, of[:, np.newaxis], own, drawn)
        return np.broadcast_to(evaluate(expr, pairs, functions), (len(of), len(columns)))

    holds = value(creating.condition, posts) & ~_existing(projection, posts)
    posts, holds = posts[holds.any(axis=1)], holds[holds.any(axis=1)]
    if not _always(creating.proba):
        chance = [rng.random(len(columns)) for rng in draws.each(CHANCE, posts.tolist())]
        holds &= np.array(chance).reshape(holds.shape) < value(creating.proba, posts)
        posts, holds = posts[holds.any(axis=1)], holds[holds.any(axis=1)]
    row, column = np.nonzero(holds)
    weights = value(creating.w, posts)[row, column]
    steps = np.full(len(row), projection._usual_delay, np.int32)
    if creating.d is not None:
        steps = checked_delays(projection, creating.d, value(creating.d, posts)[row, column])
    return posts[row], column.astype(np.int32), weights, steps


def _existing(projection: Projection, posts: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which pairs of these post neurons and all columns have a synapse."""
    store = projection._store_in_use
    assert store.column is not None
    first, last = np.searchsorted(store.rows, [posts[0], posts[-1] + 1])
    begin, end = store.row_ptr[first], store.row_ptr[last]
    ranks = np.repeat(store.rows[first:last], np.diff(store.row_ptr[first : last + 1]))
    existing = np.zeros((len(posts), len(store.columns)), np.bool_)
    existing[np.searchsorted(posts, ranks), store.column[begin:end]] = True
    return existing


def _of_rows(
    projection: Projection,
    leaf: Var,
    posts: NDArray[np.int32],
    missing: NDArray[np.int32],
    rows: dict[str, Array],
) -> Any:
    """A semiglobal attribute of post neurons, also of those without a dendrite; or a global one."""
    buffer = projection.state[leaf.name]
    if leaf.locality is Locality.GLOBAL:
        return buffer[0]
    values = np.empty((len(posts), 1), buffer.dtype)
    new = np.isin(posts, missing)
    values[~new, 0] = buffer[np.searchsorted(projection._store_in_use.rows, posts[~new])]
    if new.any():
        values[new, 0] = rows[leaf.name][np.searchsorted(missing, posts[new])]
    return values


# -- pruning ------------------------------------------------------------------------------------------------


def _pruned(projection: Projection, draws: Draws) -> NDArray[np.bool_]:
    """Which synapses go."""
    pruning, store = projection.model.pruning, projection._store_in_use
    assert pruning is not None and store.column is not None
    lengths = np.diff(store.row_ptr)
    row, column = np.repeat(np.arange(len(lengths)), lengths), store.column

    def numbers(sample: Sample, purpose: int, wanted: NDArray[np.intp]) -> Array:
        """One number for each synapse of the ``wanted`` rows."""
        values = np.zeros(store.nnz)
        for r, rng in zip(wanted.tolist(), draws.each(purpose, store.rows[wanted].tolist()), strict=True):
            places = slice(int(store.row_ptr[r]), int(store.row_ptr[r + 1]))
            values[places] = sample(rng, len(store.columns))[column[places]]
        return values

    def drawn(sample: Sample, purpose: int) -> Array:
        return numbers(sample, purpose, np.flatnonzero(lengths))

    def own(leaf: Var) -> Any:
        buffer = projection.state[leaf.name]
        match leaf.locality:
            case Locality.GLOBAL:
                return buffer[0]
            case Locality.SEMIGLOBAL:
                return buffer[row]
            case Locality.LOCAL:
                return buffer

    lookup = _lookup(projection, store.columns[column], store.rows[row], own, drawn)
    functions = _functions(projection)
    holds = np.broadcast_to(evaluate(pruning.condition, lookup, functions), store.nnz)
    if _always(pruning.proba) or not holds.any():
        return holds
    proba = evaluate(pruning.proba, lookup, functions)
    gone: NDArray[np.bool_] = holds & (numbers(_uniform, CHANCE, np.unique(row[holds])) < proba)
    return gone


# -- what the flags may say ---------------------------------------------------------------------------------


def check_rules(projection: Structural, argument: str) -> None:
    """Refuse what can be seen to be wrong before a condition is evaluated for the first time."""
    creating = projection.model.creating
    if argument != "creating" or creating is None:
        return
    written = not (isinstance(creating.w, Const) and creating.w.value == 0.0)
    if written and projection._locality("w") is not Locality.LOCAL:
        raise ModelError(
            "creating cannot set w: the model does not have one weight per synapse.", creating.w.origin
        )
    if isinstance(creating.d, Const):
        checked_delays(projection, creating.d, np.array([creating.d.value], np.float64))


def checked_delays(projection: Structural, written: Expr, ms: Array) -> NDArray[np.int32]:
    """Delays (ms) of new synapses as steps: those that all share, or at most the longest of the connector."""
    network = projection.network
    if not (np.isfinite(ms) & (ms >= 0.0)).all():
        raise ModelError("The delay of a new synapse must be finite and not negative.", written.origin)
    steps = steps_of(ms, network.dt)
    if projection.delay_kind is not DelayKind.PER_SYNAPSE:
        wrong = steps[steps != projection._usual_delay]
        if wrong.size:
            raise ModelError(
                f"A new synapse would have a delay of {wrong[0] * network.dt} ms, but all synapses of "
                f"'{projection.name}' share one, {projection._usual_delay * network.dt} ms.",
                written.origin,
                "leave d out, or connect with one delay per synapse",
            )
        return steps
    longest = max(projection.max_delay, _longest(projection))
    wrong = steps[steps > longest]
    if wrong.size:
        raise ModelError(
            f"A new synapse would have a delay of {wrong[0] * network.dt} ms; the longest of "
            f"'{projection.name}' is {longest * network.dt} ms.",
            written.origin,
            "give the connector longer delays",
        )
    return steps


def _longest(projection: Structural) -> int:
    """The longest delay that the connector may give, in steps."""
    connection = projection._connection
    given: Any = 0.0 if connection is None else connection.delays
    if isinstance(given, RandomDistribution):
        given = getattr(given, "max", getattr(given, "n", 0.0))
    return int(steps_of(np.max(given, initial=0.0), projection.network.dt))

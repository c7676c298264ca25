"""Everything that a projection or a transpose is between two steps, as a tree, and back."""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from synloom import input_state, messages
from synloom.archive import Array, Leaf
from synloom.codegen.ir.types import DelayKind, Locality
from synloom.connect.values import LONGEST, Delays, steps
from synloom.lines import LARGEST
from synloom.population_state import Step
from synloom.projection import Projection
from synloom.random import RandomDistribution
from synloom.rebuilding import prepare_store
from synloom.saved import Part, Ragged, Tree
from synloom.spikes import NEVER
from synloom.store import Pattern, Reading, Store, aligned, format_for, pack, pointers
from synloom.synapses import Synapses
from synloom.transpose import Transpose

LARGEST_STREAM = 10_000  # numbers in the state of a bit generator
POSITIVE = frozenset({"period"})  # flags that a kernel divides by


def contents(synapses: Synapses) -> Tree:
    """What spec 03, section 7.2, puts into a file: ranks, delays in ms, attributes; in the order of dendrites."""
    reading, dt = synapses._built(), synapses.network.dt
    per_synapse = synapses.delay_kind is DelayKind.PER_SYNAPSE
    sources = [ranks for _, ranks in reading.dendrites()]
    delays = reading.gather(synapses.delay_steps) * dt if per_synapse else float(synapses.delay_steps[0]) * dt
    return {
        "name": synapses.name,
        "pre": synapses.pre_population.name,
        "post": synapses.post_population.name,
        "target": synapses.target,
        "transposed": isinstance(synapses, Transpose),
        "post_ranks": reading.rows.copy(),
        "pre_ranks": Ragged(np.concatenate([np.empty(0, np.int32), *sources]), reading.lengths()),
        "attributes": synapses.attributes,
        "parameters": synapses.parameters,
        "variables": synapses.variables,
        "delays": delays,
        "values": {name: _value(synapses, reading, name) for name in synapses.attributes},
    }


def _value(synapses: Synapses, reading: Reading, name: str) -> Any:
    found, locality = synapses._find(name)
    if locality is Locality.GLOBAL:
        return found[0].item()
    return reading.gather(found).copy() if locality is Locality.LOCAL else found.copy()


def reference(transpose: Transpose) -> Tree:
    """What a file of a network holds of a transpose: whose weights it reads, not these."""
    return {"name": transpose.name, "forward": transpose.forward.name, "target": transpose.target}


def hidden(synapses: Projection | Transpose) -> Tree:
    """What else it takes to go on as if nothing had happened."""
    tree: Tree = {"flags": {name: flag[0].item() for name, flag in synapses.flags.items()}}
    if isinstance(synapses, Transpose):
        return tree | {"delay": synapses._own_delays.steps.copy()}
    reading, initial = synapses._built(), synapses._values._initial
    tree["initial"] = {name: _initial(synapses, reading, name, v) for name, v in initial.items()}
    tree["streams"] = {
        what: distribution.rng.bit_generator.state for what, distribution in _drawing(synapses).items()
    }
    if synapses.model.event_driven:
        tree["event_step"] = reading.gather(synapses.event_step).copy()
    if synapses._buffers:
        tree["decoded"] = input_state.of_projection(synapses)
    return tree


def _drawing(projection: Projection) -> dict[str, RandomDistribution]:
    """Distributions of its connector that have begun to draw, and will go on in ``reset(synapses=True)``."""
    connection = projection._connection
    assert connection is not None
    given = {"weights": connection.weights, "delays": connection.delays}
    return {k: v for k, v in given.items() if isinstance(v, RandomDistribution) and v.bound}


def _initial(projection: Projection, reading: Reading, name: str, value: Any) -> Any:
    values = np.asarray(value)
    if values.ndim == 0:
        return values.item()
    return (reading.gather(values) if projection._locality(name) is Locality.LOCAL else values).copy()


# -- back -----------------------------------------------------------------------------------------------------


def tell(projection: Projection) -> None:
    """The user may want to know that the connectivity is another one now."""
    messages.info(f"{projection._label}: its synapses are replaced by those of the file.")


class Structure(NamedTuple):
    """The synapses that a file asks for; ``store`` is the present one if nothing changes."""

    store: Store
    delays: Delays
    same: bool

    @property
    def reading(self) -> Reading:
        return self.store.forward()


def prepare(projection: Projection, part: Part, state: Part | None, found: Structure) -> list[Step]:
    """Check the values of ``found`` synapses and, if given, the hidden state; what is returned puts all in place.

    Raises
    ------
    SavedFileError
        Anything is damaged, or does not fit what was compiled.
    """
    values = _values(projection, part, found)
    todo: list[Step] = []
    if not found.same:
        todo.append(lambda: _replace(projection, found, values))
    else:
        todo.append(lambda: [projection.state[name].__setitem__(..., v) for name, v in values.items()])
        todo.append(lambda: projection._own_delays.steps.__setitem__(..., found.delays.steps))
    return todo + ([] if state is None else prepare_hidden(projection, state, found))


def delay_as(synapses: Projection | Transpose, part: Part | None) -> None:
    """Let a network that was compiled for delays of another kind have those of a file; none changes yet."""
    if part is None:
        return
    if isinstance(synapses, Transpose):
        if int(part.array("delay", np.int32, (1,))[0]) > 1:
            synapses._delay_as(DelayKind.UNIFORM)
        return
    given = part.tree.get("delays")
    if not isinstance(given, int | float):
        synapses._delay_as(DelayKind.PER_SYNAPSE)
    elif given > 1.25 * synapses.network.dt:
        synapses._delay_as(DelayKind.UNIFORM)


def structure(projection: Projection, part: Part) -> Structure:
    """The synapses of a file, in the storage that the network was compiled for."""
    if "transposed" in part and part.flag("transposed"):
        raise part.error("it was saved of a transpose", hint="Load the weights of the forward projection.")
    for side, here in (("pre", projection.pre_population), ("post", projection.post_population)):
        if part.text(side) != here.name:
            raise part.error(f"it has {side}='{part.text(side)}', the projection here '{here.name}'")
    present = projection._built()
    rows = part.array("post_ranks", np.int32, (None,))
    ragged = part.part("pre_ranks")
    lengths = ragged.array("lengths", np.int64, (len(rows),))
    if (lengths < 0).any() or (lengths > projection.pre_population.size).any():
        raise part.error("its dendrites have impossible sizes")
    flat = ragged.array("flat", np.int32, (int(lengths.sum()),))
    same = (
        np.array_equal(rows, present.rows)
        and np.array_equal(lengths, present.lengths())
        and np.array_equal(
            flat, np.concatenate([np.empty(0, np.int32), *(s for _, s in present.dendrites())])
        )
    )
    store = present.store if same else _new_store(projection, part, rows, lengths, flat)
    return Structure(store, _new_delays(projection, part, store), same)


def _new_store(
    projection: Projection,
    part: Part,
    rows: NDArray[np.int32],
    lengths: NDArray[np.int64],
    flat: NDArray[np.int32],
) -> Store:
    ends, old = projection._ends(), projection.store
    assert old is not None
    keys = np.repeat(rows.astype(np.int64), lengths) * projection.pre_population.size + flat
    if not (np.isin(rows, ends.rows).all() and np.isin(flat, ends.columns).all()):
        raise part.error("it has synapses between neurons that the projection does not connect")
    if (np.diff(keys) <= 0).any():
        raise part.error("its synapses are not in order")
    if len(flat) > LARGEST:
        raise part.error("it has too many synapses")
    column = np.searchsorted(ends.columns, flat).astype(np.int32)
    pattern = Pattern(rows, ends.columns, pointers(lengths), column, ends.rows)
    store = pack(
        pattern,
        format_for(old.kind, pattern),
        projection.name,
        old.by_source,
        projection.post_population.size,
        swept=not projection.model.spiking,
    )
    if store.kind is not old.kind:
        prepare_store(projection, store.kind)
    return store


def _new_delays(projection: Projection, part: Part, store: Store) -> Delays:
    """Delays of the file in steps, in the form that the network was compiled for."""
    here, dt = projection._own_delays.kind, projection.network.dt
    uniform = isinstance(part.tree.get("delays"), int | float)
    shape = (1,) if uniform else (store.nnz,)
    ms = part.array("delays", np.float64, shape)
    if not np.isfinite(ms).all() or (ms < 0).any() or (ms / dt > LONGEST).any():
        raise part.error("its delays are no positive times")
    given = steps(ms, dt)
    if here is DelayKind.PER_SYNAPSE:
        placed = np.full(store.nnz, given[0]) if uniform else store.forward().place(given)
        return Delays(here, aligned(placed, np.int32))
    common = int(given[0]) if len(given) else 1
    return Delays(here, aligned(np.array([common]), np.int32))


def _values(projection: Projection, part: Part, found: Structure) -> dict[str, Array]:
    """New values of attributes, in store order. What the file does not have stays out."""
    inner, values = part.part("values"), {}
    for name in inner.names():
        if name not in projection.attributes:
            messages.warning(f"{projection._label} has no attribute '{name}', which '{part.path}' holds.")
    for name in projection.attributes:
        if name in inner:
            values[name] = _one_value(projection, inner, name, found)
        elif not found.same:
            raise inner.error(f"{name} is missing, and the synapses differ from those here")
    return values


def _one_value(projection: Projection, inner: Part, name: str, found: Structure) -> Array:
    dtype, locality = projection.state[name].dtype, projection._locality(name)
    if locality is Locality.GLOBAL:
        return inner.array(name, dtype, (1,))
    count = found.store.nnz if locality is Locality.LOCAL else len(found.reading.rows)
    if isinstance(inner.tree[name], bool | int | float):  # one weight for all when it was saved
        return aligned(np.full(count, inner.array(name, dtype, (1,))[0]), dtype.type)
    values = inner.array(name, dtype, (count,))
    placed = found.reading.place(values) if locality is Locality.LOCAL else values
    return aligned(placed, dtype.type)


def _replace(projection: Projection, found: Structure, values: dict[str, Array]) -> None:
    """Other synapses than before: new buffers for all that there is one of for each."""
    projection.store, projection._own_delays = found.store, found.delays
    projection._values.buffers.update(values)
    if projection.model.event_driven:
        projection.event_step = aligned(np.full(found.store.nnz, NEVER), np.int32)
    for name, value in list(projection._values._initial.items()):
        if np.ndim(value) and np.shape(value) != values[name].shape:
            projection._values._initial[name] = values[name].copy()
    projection._synapses_replaced()


def prepare_hidden(synapses: Projection | Transpose, part: Part, found: Structure | None) -> list[Step]:
    """Flags, learning schedule, times of events, and what ``reset()`` restores."""
    flags = _flags(synapses, part.part("flags"))
    todo: list[Step] = [lambda: [synapses.flags[name].__setitem__(0, v) for name, v in flags.items()]]
    if isinstance(synapses, Transpose):
        own = synapses._own_delays.steps
        delay = part.array("delay", np.int32, own.shape)
        if (delay < 1).any():
            raise part.error("its delay is no positive time")
        return [*todo, lambda: own.__setitem__(..., delay)]
    assert found is not None
    if synapses.model.event_driven:
        events = found.reading.place(part.array("event_step", np.int32, (found.store.nnz,)))
        todo.append(lambda: synapses.event_step.__setitem__(..., events))
    if synapses._buffers:
        todo += input_state.prepare_projection(synapses, part.part("decoded"))
    todo += _streams(synapses, part.part("streams"))
    initial = _initials(synapses, part.part("initial"), found)
    todo.append(lambda: synapses._values._initial.update(initial))
    return todo


def _streams(projection: Projection, part: Part) -> list[Step]:
    todo: list[Step] = []
    for what, distribution in _drawing(projection).items():
        bits = distribution.rng.bit_generator
        if what not in part:
            continue
        try:
            state = _plain(part.tree[what])
            type(bits)(0).state = state
        except (KeyError, TypeError, ValueError, OverflowError):
            raise part.error(f"the random stream of its {what} is damaged") from None
        todo.append(partial(setattr, bits, "state", state))
    return todo


def _plain(state: Any) -> Any:
    """The state of a bit generator; some have small arrays in it."""
    if isinstance(state, dict):
        return {key: _plain(value) for key, value in state.items()}
    if isinstance(state, Leaf):
        if math.prod(state.shape) > LARGEST_STREAM:
            raise ValueError
        return state.read()
    return state


def _flags(synapses: Projection | Transpose, part: Part) -> dict[str, int]:
    flags: dict[str, int] = {}
    for name, flag in synapses.flags.items():
        if flag.dtype == np.bool_:
            flags[name] = part.flag(name)
        else:
            flags[name] = part.integer(name, low=1 if name in POSITIVE else -(2**31), high=2**31)
    return flags


def _initials(projection: Projection, part: Part, found: Structure) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for name in projection._values._initial:
        value, dtype = part.tree.get(name), projection.state[name].dtype
        if isinstance(value, bool | int | float):
            initial[name] = part.array(name, dtype, (1,))[0]
            continue
        locality = projection._locality(name)
        count = {
            Locality.GLOBAL: 1,
            Locality.SEMIGLOBAL: len(found.reading.rows),
            Locality.LOCAL: found.store.nnz,
        }
        values = part.array(name, dtype, (count[locality],))
        initial[name] = found.reading.place(values) if locality is Locality.LOCAL else values
    return initial

"""Everything that a population is between two steps, as a tree, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from synloom import input_state, messages
from synloom.archive import Array
from synloom.binding import Binding
from synloom.codegen.ir.types import Locality
from synloom.population import Population
from synloom.runtime.buffers import aligned_copy, aligned_zeros
from synloom.saved import Part, Tree
from synloom.spikes import SpikeState
from synloom.store import pointers

if TYPE_CHECKING:
    from numpy.typing import NDArray

Step = Callable[[], object]  # what is left to do once all is known to be right

PLAIN = ("last_spike", "refractory_left", "rate_window", "rate_counts")


def contents(population: Population) -> Tree:
    """What spec 03, section 7.2, puts into a file."""
    values = {name: _geometric(population, name, population.state[name]) for name in population.attributes}
    return {
        "name": population.name,
        "geometry": list(population.geometry),
        "size": population.size,
        "attributes": population.attributes,
        "parameters": population.parameters,
        "variables": population.variables,
        "values": values,
    }


def _geometric(population: Population, name: str, values: Array) -> Any:
    return values.copy().reshape(population.geometry) if population._is_local(name) else values[0].item()


def hidden(population: Population, binding: Binding) -> Tree:
    """What else it takes to go on as if nothing had happened."""
    owner = next(name for name, p in binding.populations.items() if p is population)
    init = population._init or {}
    tree: Tree = {
        "enabled": population.enabled,
        "init": {name: _geometric(population, name, values) for name, values in init.items()},
        "sums": {field: total.copy() for (name, field), total in binding.sums.items() if name == owner},
        "lines": {
            field: line.copy() for (name, field), line in binding.delayed.lines.items() if name == owner
        },
    }
    if population._spikes is not None:
        tree["spikes"] = _spikes(population._spikes)
        tree["refractory_ms"] = population._refractory_ms.copy()
        tree["window_ms"] = population._window_ms
    if population._inputs:
        tree["inputs"] = input_state.of_population(population)
    return tree


def _spikes(spikes: SpikeState) -> Tree:
    tree: Tree = {name: spikes.buffers[name].copy() for name in PLAIN}
    tree["head"] = int(spikes.buffers["spike_head"][0])
    for name in spikes.lists:
        counts, ranks = spikes.buffers[f"{name}_counts"], spikes.buffers[f"{name}_ranks"]
        rows = [ranks[row, :count] for row, count in enumerate(counts.tolist())]
        tree[name] = {
            "counts": counts.copy(),
            "ranks": np.concatenate([np.empty(0, np.int32), *rows]),
            "flags": spikes.buffers[f"{name}_flags"].copy(),
        }
    return tree


# -- back -----------------------------------------------------------------------------------------------------


def remembered(part: Part) -> int:
    """How many steps back a hidden state that was checked reaches."""
    lines = [leaf.shape[0] for name, leaf in part.part("lines").tree.items() if not name.endswith("_head")]
    spikes = [part.part("spikes").part("spike").tree["counts"].shape[0]] if "spikes" in part else []
    return int(max([1, *lines, *spikes]))


def check(population: Population, part: Part) -> None:
    """Refuse the contents of another population.

    Raises
    ------
    SavedFileError
        The geometry differs.
    """
    if tuple(part.integers("geometry")) != population.geometry:
        raise part.error(
            f"it has the geometry {tuple(part.integers('geometry'))}, the population here {population.geometry}"
        )


def common(population: Population, part: Part) -> list[str]:
    """Attributes that both have; a warning for what only the file has."""
    there = part.part("values").names()
    for name in there:
        if name not in population.attributes:
            messages.warning(
                f"Population '{population.name}' has no attribute '{name}', which '{part.path}' holds."
            )
    return [name for name in population.attributes if name in there]


def values(population: Population, part: Part, names: list[str], under: str) -> dict[str, Array]:
    """The values of these attributes, checked."""
    found, inner = {}, part.part(under)
    for name in names:
        local = Locality.LOCAL if population._is_local(name) else Locality.GLOBAL
        found[name] = inner.value(name, population.state[name].dtype, local, 1, population.geometry)
    return found


def put(target: dict[str, Array], given: dict[str, Array]) -> None:
    """Copy into live arrays, which keep their place."""
    for name, array in given.items():
        target[name][...] = array


def prepare(population: Population, binding: Binding, part: Part) -> list[Step]:
    """Check the hidden state; what is returned puts it in place."""
    enabled, stored = part.flag("enabled"), population._init
    assert stored is not None  # it is compiled
    init = values(population, part, population.attributes, "init")
    owner = next(name for name, p in binding.populations.items() if p is population)
    sums = _sums(binding, owner, part.part("sums"))
    steps: list[Step] = [
        lambda: population.flags["enabled"].fill(enabled),
        lambda: put(stored, init),
        lambda: [binding.sums[key].__setitem__(..., total) for key, total in sums.items()],
        *_prepare_lines(binding, owner, part.part("lines")),
    ]
    if population._spikes is not None:
        steps += _prepare_spikes(population, population._spikes, part)
    if population._inputs:
        steps += input_state.prepare_population(population, part.part("inputs"))
    return steps


def _sums(binding: Binding, owner: str, part: Part) -> dict[tuple[str, str], Array]:
    return {
        key: part.array(key[1], total.dtype, total.shape)
        for key, total in binding.sums.items()
        if key[0] == owner
    }


def _prepare_lines(binding: Binding, owner: str, part: Part) -> list[Step]:
    """Delay lines as long as they are in the file: they hold what its delays reach back to."""
    fields = [field for name, field in binding.delayed.lines if name == owner and not field.endswith("_head")]
    if not fields:
        return []
    new: dict[tuple[str, str], Array] = {}
    for field in (field for field in fields if field in part):
        old = binding.delayed.lines[owner, field]
        line = aligned_copy(part.array(field, old.dtype, (None, old.shape[1])))
        head = part.array(f"{field}_head", np.int64, (1,))
        if not 0 <= head[0] < len(line):
            raise part.error(f"{field} is cut short")
        new[owner, field], new[owner, f"{field}_head"] = line, head.copy()
    lengths = {len(new[owner, field]) for field in fields if (owner, field) in new}
    if len(lengths) > 1:
        raise part.error("its lines differ in length")
    length = lengths.pop() if lengths else 1
    name = binding.populations[owner].name
    return [
        lambda: binding.delayed.lines.update(new),
        lambda: binding.delayed.lengths.update({name: length}),
        lambda: binding.delayed.begin(
            owner, [field for field in fields if (owner, field) not in new], length
        ),
    ]


def _prepare_spikes(population: Population, spikes: SpikeState, part: Part) -> list[Step]:
    refractory = part.array("refractory_ms", np.float64, (population.size,))
    window, inner = part.real("window_ms"), part.part("spikes")
    new = {name: _plain(spikes, inner, name) for name in PLAIN}
    length = None
    for name in spikes.lists:
        counts, ranks, flags = _list(spikes, inner.part(name), length)
        length = len(counts)
        new |= {f"{name}_counts": counts, f"{name}_ranks": ranks, f"{name}_flags": flags}
    assert length is not None
    if int(new["rate_window"][0]) >= length or new["rate_window"].min() < 0:
        raise inner.error("its firing rates need more spikes than it holds")
    if not (np.isfinite(refractory).all() and (refractory >= 0).all() and 0 <= window < np.inf):
        raise part.error("its times are not positive numbers")
    new["spike_head"] = np.array([inner.integer("head", 0, length - 1)], np.int64)
    return [
        lambda: _swap(spikes, new),
        lambda: population._refractory_ms.__setitem__(..., refractory),
        lambda: setattr(population, "_window_ms", window),
        population._fix_steps,
    ]


def _plain(spikes: SpikeState, part: Part, name: str) -> Array:
    buffer = spikes.buffers[name]
    return part.array(name, buffer.dtype, buffer.shape)


def _list(spikes: SpikeState, part: Part, length: int | None) -> tuple[Array, Array, Array]:
    """Rings of counts and ranks, and flags. What a kernel takes for an index must be one."""
    counts = part.array("counts", np.int32, (length,))
    flags = part.array("flags", np.bool_, (spikes.size,))
    if not len(counts) or counts.min() < 0 or counts.max() > spikes.size:
        raise part.error("its numbers of spikes are impossible")
    flat = part.array("ranks", np.int32, (int(counts.sum(dtype=np.int64)),))
    _check_ranks(part, flat, counts, spikes.size)
    ranks = aligned_zeros((len(counts), spikes.size), np.int32)
    ends = pointers(counts)
    for row, count in enumerate(counts.tolist()):
        ranks[row, :count] = flat[ends[row] : ends[row + 1]]
    return aligned_copy(counts), ranks, flags


def _check_ranks(part: Part, flat: NDArray[np.int32], counts: NDArray[np.int32], size: int) -> None:
    row = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    keys = row * size + flat
    if flat.size and (flat.min() < 0 or flat.max() >= size or (np.diff(keys) <= 0).any()):
        raise part.error("its spikes are not those of this population")


def _swap(spikes: SpikeState, new: dict[str, Array]) -> None:
    for name, array in new.items():
        if spikes.buffers[name].shape == array.shape:
            spikes.buffers[name][...] = array
        else:
            spikes.buffers[name] = array

"""A compiled network tied to its buffers: everything the extension may touch, owned by NumPy (D1)."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from synloom.codegen.artifact import Slot, SlotKind
from synloom.codegen.errors import CodegenError
from synloom.codegen.ir.plan import Plan
from synloom.codegen.ir.types import StoreKind
from synloom.codegen.passes.draws import RANDOM, STREAMS
from synloom.constant import visible_constants
from synloom.delay_lines import DelayLines
from synloom.lines import Lines
from synloom.population import Population
from synloom.projection import Projection
from synloom.runtime.buffers import BindingTable, aligned_empty, aligned_zeros
from synloom.spike_track import SpikeTrack
from synloom.structure import NEVER, change_structure, next_due
from synloom.track import INPUTS, Track
from synloom.transpose import Transpose

if TYPE_CHECKING:
    from synloom.network import Network
    from synloom.store import Places
    from synloom.stream import Stream

Buffer = NDArray[Any] | int

RECORDER_WORDS = 12  # the layout of struct Recorder in record.hpp
CURSOR = 6  # its word: samples taken
SPIKE_RECORDER_WORDS = 10  # the layout of struct SpikeRecorder
SPIKE_CURSOR = 8  # its words: spikes taken, and steps with spikes


class Binding:
    """Makes the buffers that only a running network needs, and fills the binding table.

    Parameters
    ----------
    network, plan, extension
    before : Binding, optional
        What the network ran with until now: its buffers are taken over, with all that is under way.
    """

    def __init__(
        self, network: Network, plan: Plan, extension: ModuleType, before: Binding | None = None
    ) -> None:
        self.network, self.plan, self.extension = network, plan, extension
        populations, projections = network.populations, network.projections
        named = dict(zip([m for _, m in plan.objects[: len(populations)]], populations, strict=True))
        linked = dict(zip([m for _, m in plan.objects[len(populations) :]], projections, strict=True))
        self.populations: dict[str, Population] = named
        self.projections: dict[str, Projection | Transpose] = linked
        # What tells the random numbers of objects apart, by order of creation. Even and odd: a further population
        # leaves the numbers of projections as they are.
        self.numbers = {owner: 2 * n for n, owner in enumerate(named)}
        self.numbers |= {owner: 2 * n + 1 for n, owner in enumerate(linked)}
        self.scratch_width = dict(plan.scratch)
        self.sums: dict[tuple[str, str], NDArray[Any]] = {}
        self.delayed = DelayLines(network, plan.delays, named)
        self.tracks: list[tuple[Track, int, int, int]] = []
        self.recorders = np.zeros((0, RECORDER_WORDS), np.int64)
        self.spike_tracks: list[SpikeTrack] = []
        self.spike_recorders = np.zeros((0, SPIKE_RECORDER_WORDS), np.int64)
        self.streams: list[Stream] = []
        self.noted, self.half = 0, False  # up to which step tracks know what was recorded
        self.cursors: dict[tuple[str, str], NDArray[np.int64]] = {}
        self.lines_of: dict[str, Lines] = {}
        # In which step to stop for synapses to come and go, and whether the network stands there.
        self.pause, self.phase = np.array([NEVER]), np.zeros(1, np.int64)
        if before is not None:
            self._take_over(before)
        self._remember_spikes()
        self.rebind()
        if extension.words() != len(plan.manifest.slots):
            raise CodegenError("The extension and its manifest disagree about the size of the binding table.")
        if before is None:
            for population in network.populations:
                self.fill_delay_lines(population)
            self.refresh()

    def _take_over(self, before: Binding) -> None:
        """Go on from where another binding of the same network stands, between two steps."""
        self.sums, self.cursors, self.phase = before.sums, before.cursors, before.phase
        self.tracks, self.recorders = before.tracks, before.recorders
        self.spike_tracks, self.spike_recorders = before.spike_tracks, before.spike_recorders
        self.streams, self.noted, self.half = before.streams, before.noted, before.half
        self.delayed.take_over(before.delayed)

    def rebind(self) -> None:
        """Fill the table with the buffers as they are now."""
        buffers = {slot.key: self._buffer(slot) for slot in self.plan.manifest.slots}
        self.table = BindingTable(self.plan.manifest, buffers)

    # -- running ----------------------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        done, self.noted, self.half = 0, self.network.current_step, False
        while done < steps:
            if self.plan.pauses:
                self.pause[0] = next_due(self.network, self.network.current_step + int(self.phase[0]))
            done += self.extension.run(self.table.address, steps - done)
            self._read_cursors()
            if self.phase[0]:
                self._change_structure(steps - done)
            self._store_spikes(done < steps)
        flushed = [stream.tick() for stream in self.streams]
        if any(flushed):
            self._store_spikes(False)

    def _change_structure(self, steps: int) -> None:
        """Phase 10 of the step in which the network stands; ``steps`` are still to be run, this one included."""
        try:
            change_structure(self.network, self._number)
        except BaseException:
            self.reserve(1)
            self.extension.run(self.table.address, 1)  # never leave a step half done
            self._read_cursors()
            raise
        self.reserve(steps)

    def _number(self, projection: Projection) -> int:
        return self.numbers[self._name(projection)]

    def _name(self, projection: Projection) -> str:
        return next(name for name, p in self.projections.items() if p is projection)

    def _read_cursors(self) -> None:
        """How many samples there are, and of which steps; in a step that stands, inputs are recorded already."""
        now, half = self.network.current_step, bool(self.phase[0])
        for row, (track, period, offset, origin) in zip(self.recorders, self.tracks, strict=True):
            track.filled = int(row[CURSOR])
            early = track.phase == INPUTS
            first, stop = self.noted + (self.half and early), now + (half and early)
            track.spans.ran(first, stop, period, (origin + offset) % period)
        for spikes in self.spike_tracks:
            spikes.spans.ran(self.noted, now)
        self.noted, self.half = now, half

    def refresh(self) -> None:
        """Compute the global operations from the current values."""
        self.extension.refresh(self.table.address)

    def clear_sums(self) -> None:
        for total in self.sums.values():
            total[...] = 0

    # -- buffers ----------------------------------------------------------------------------------------

    def _buffer(self, slot: Slot) -> Buffer:
        owner = slot.object
        if owner == "clock":
            words: dict[str, Buffer] = {"step": self.network._clock, "pause": self.pause, "phase": self.phase}
            return words.get(slot.field, np.array([self.network.dt]))
        if owner == "constants":
            return visible_constants(self.network)[slot.field].buffer(self.network)
        if owner == "recorders":
            table = self.spike_recorders if slot.field.startswith("spike") else self.recorders
            return len(table) if slot.kind is SlotKind.SIZE else table
        if owner == RANDOM[0]:
            return self.network._draw_state.words
        if owner == STREAMS:
            return self.numbers[slot.field]
        if slot.role == "profile":
            return self.network._profile.counters[slot.field]
        if owner in self.populations:
            return self._of_population(owner, slot)
        return self._of_projection(owner, self.projections[owner], slot)

    def _of_population(self, owner: str, slot: Slot) -> Buffer:
        population = self.populations[owner]
        field = slot.field
        if field == "size":
            return population.size
        if field == "line_length":
            return self.delayed.length(population)
        if field == "enabled":
            return population.flags["enabled"]
        if field in population._inputs:
            return cast(Buffer, population._inputs[field])
        if field in population.state and slot.role == "state":
            return population.state[field]
        spikes = population._spikes
        if spikes is not None and field == "spike_rows":
            return spikes.length
        if spikes is not None and field in spikes.buffers:
            return spikes.buffers[field]
        key = (owner, field)
        if field.endswith("_line"):
            return self.delayed.line(owner, field)
        if field.endswith("_line_head"):
            return self.delayed.head(owner, field)
        size = population.size if field.startswith(("sum_", "g_")) else 1
        total = self.sums.setdefault(key, aligned_zeros(size, self.network.real))
        if field.startswith("sum_"):
            population.sums[field.removeprefix("sum_")] = total
        return total

    def sum_buffer(self, population: Population, target: str) -> NDArray[Any]:
        """The weighted sums of one target."""
        return population.sums[target]

    def _of_projection(self, owner: str, projection: Projection | Transpose, slot: Slot) -> Buffer:
        field = slot.field
        if field == "delay":
            return projection.delay_steps
        if field in projection.flags:
            return projection.flags[field]
        if field.endswith("cursor"):
            return self._cursor(owner, projection, field)
        assert isinstance(projection, Projection)
        store = projection.store
        assert store is not None
        if field in projection._buffers:
            return cast(Buffer, projection._buffers[field])
        if field == "event_step":
            return projection.event_step
        if slot.role == "state":
            return projection.state[field]
        structure: dict[str, Callable[[], Buffer]] = {
            "rows": lambda: len(store.rows),
            "columns": lambda: len(store.columns),
            "row_ranks": lambda: store.rows,
            "column_ranks": lambda: store.columns,
            "row_ptr": lambda: store.row_ptr,
            "column": lambda: _filled(store.column),
            "column_counts": lambda: _column_counts(projection),
            "scratch": lambda: aligned_empty(
                max(1, self.scratch_width[owner] * len(store.columns)), self.network.real
            ),
        }
        if field in structure:
            return structure[field]()
        return self._lines(owner, projection).buffer(field)

    # -- spikes -----------------------------------------------------------------------------------------

    def _lines(self, owner: str, projection: Projection) -> Lines:
        """How spikes find their synapses in the store of a projection."""
        found = self.lines_of.get(owner)
        if found is None or found.store is not projection.store:
            assert projection.store is not None
            sizes = (projection.pre_population.size, projection.post_population.size)
            found = self.lines_of[owner] = Lines(projection.store, *sizes, projection.delay_steps)
        return found

    def _cursor(self, owner: str, link: Projection | Transpose, field: str) -> NDArray[np.int64]:
        """Where the spikes under way stand among the synapses of their neurons (per-synapse delays)."""
        source, root = link.pre_population._spikes, link._root
        assert source is not None and root.store is not None
        name = self._name(root)
        shape = (source.length, source.size)
        cursor = self.cursors.get((owner, field))
        if cursor is None or cursor.shape != shape:
            cursor = self.cursors[owner, field] = aligned_zeros(shape, np.int64)
        backward = isinstance(link, Transpose) and link.backward
        along = "row" if root.store.by_source is not backward else "column"
        self._lines(name, root).set_cursors(
            cursor, source, "axon" if field.startswith("axon") else "spike", along
        )
        return cursor

    def _remember_spikes(self) -> None:
        """Make room for all spikes that are still to be delivered, or counted."""
        for population in self.network.populations:
            if population._spikes is not None:
                window = int(population._spikes.buffers["rate_window"][0])
                population._spikes.grow(max(self.delayed.length(population), window + 1 if window else 1))

    def spikes_changed(self) -> None:
        """Delays, windows or synapses changed: rings grow where needed, and everything is bound anew."""
        self.lines_of.clear()
        self._remember_spikes()
        self._store_spikes(False)  # recorders read the rings
        self.rebind()

    # -- synapses come and go ---------------------------------------------------------------------------

    def structure_changed(self, projection: Projection) -> None:
        """The store of a projection and all that lies beside it were made anew."""
        owner = self._name(projection)
        readers = {name: link for name, link in self.projections.items() if link._root is projection}
        self.lines_of.pop(owner, None)
        if any(link.max_delay > self._line_room(link) for link in readers.values()):
            self.delays_changed()
            return
        for slot in self.plan.manifest.slots:
            if slot.object == owner or (slot.object in readers and slot.field.endswith("cursor")):
                self.table.rebind(slot.key, self._buffer(slot))

    def _line_room(self, link: Projection | Transpose) -> int:
        """The longest delay that what ``link`` reads is remembered for."""
        return self.delayed.lengths.get(link.pre_population.name, 1)

    def inputs_changed(self, population: Population) -> None:
        """What drives a population was exchanged."""
        owner = next(name for name, p in self.populations.items() if p is population)
        for field, value in population._inputs.items():
            self.table.rebind((owner, field), value)

    # -- delays -----------------------------------------------------------------------------------------

    def fill_delay_lines(self, population: Population) -> None:
        """Every element of a population's lines becomes the initial value (spec 02, section 4.2)."""
        self.delayed.fill(population)

    def delays_changed(self) -> None:
        """Delays were assigned: lines grow where needed and keep what is under way."""
        self.delayed.grow()
        self.spikes_changed()

    # -- recording --------------------------------------------------------------------------------------

    def recorders_changed(self) -> None:
        """The table of recorders follows the monitors."""
        self.tracks = [
            (track, *monitor._steps(), monitor._origin)
            for monitor in self.network._recording
            for track in monitor._tracks.values()
            if track.active
        ]
        self.spike_tracks = [
            track
            for monitor in self.network._recording
            for track in monitor._spike_tracks.values()
            if track.active
        ]
        streams = (getattr(monitor, "_stream", None) for monitor in self.network._recording)
        self.streams = [stream for stream in streams if stream is not None]
        self._store_spikes(False)
        self.reserve(0)

    def _store_spikes(self, more: bool) -> None:
        """Take what the recorders of spikes hold, and give them room: for ``more`` where it was too little."""
        rows = self.spike_recorders
        for track in self.spike_tracks:
            if track.row is not None and track.row < len(rows) and track.bound == rows.ctypes.data:
                track.filled, track.marked = rows[track.row, SPIKE_CURSOR:].tolist()
        if not self.spike_tracks and not len(rows):
            return
        rows = np.zeros((len(self.spike_tracks), SPIKE_RECORDER_WORDS), np.int64)
        for number, track in enumerate(self.spike_tracks):
            rows[number] = track.words(more)
            track.row, track.bound = number, rows.ctypes.data
        self.spike_recorders = rows
        self.table.rebind(("recorders", "spikes"), rows)
        self.table.rebind(("recorders", "spike_length"), len(rows))

    def bytes_per_step(self) -> int:
        return sum(t.count * t.source.dtype.itemsize for t, *_ in self.tracks if t.sink is None)

    def most_steps(self, steps: int) -> int:
        """As many of these steps as may be run at once: what goes to files is held back block by block."""
        return min((t.sink.block_rows * period for t, period, *_ in self.tracks if t.sink), default=steps)

    def bytes_of_samples(self, steps: int) -> int:
        """What the samples of so many steps take in memory."""
        return sum(
            (steps // period) * track.count * track.source.dtype.itemsize
            for track, period, *_ in self.tracks
            if track.sink is None
        )

    def reserve(self, steps: int, at_once: int | None = None) -> None:
        """Room for the samples of ``steps`` steps, then the table of recorders.

        Of what goes to files, room for the samples of the ``at_once`` steps that are run next.
        """
        if not self.tracks and not len(self.recorders):
            return
        rows = np.zeros((len(self.tracks), RECORDER_WORDS), np.int64)
        for row, (track, period, offset, origin) in zip(rows, self.tracks, strict=True):
            needed = steps if track.sink is None or at_once is None else at_once
            track.reserve(needed // period + 1 if needed else 0)
            block = track.blocks[-1] if track.blocks else None
            row[:] = (
                track.source.ctypes.data,
                track.source.dtype.itemsize,
                track.count,
                0 if track.ranks is None else track.ranks.ctypes.data,
                0 if block is None else block.ctypes.data,
                0 if block is None else len(block),
                track.filled,
                period,
                offset,
                origin,
                1,
                track.phase,
            )
        self.recorders = rows
        self.table.rebind(("recorders", "table"), rows)
        self.table.rebind(("recorders", "length"), len(rows))


def _filled(column: Places | None) -> Places:
    assert column is not None
    return column


def _column_counts(projection: Projection) -> NDArray[np.int32]:
    """Synapses per column."""
    store = projection.store
    assert store is not None
    columns = len(store.columns)
    if store.kind is StoreKind.DENSE:
        return np.full(columns, len(store.rows), np.int32)
    return np.bincount(_filled(store.column), minlength=columns).astype(np.int32)

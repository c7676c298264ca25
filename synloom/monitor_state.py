"""What monitors have recorded and how they go on, as a tree, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from synloom import messages
from synloom.codegen.errors import ConfigurationError
from synloom.codegen.ir.types import Locality
from synloom.dendrite import Dendrite
from synloom.monitor import Monitor
from synloom.population_state import Step
from synloom.projection import Projection
from synloom.projection_state import Structure
from synloom.recordable import SPIKE_LISTS, check_variable, owner_of, spike_track, variable_track
from synloom.runtime.buffers import aligned_copy
from synloom.saved import Part, Tree
from synloom.sink import INTERVAL
from synloom.spans import Span, Spans
from synloom.spike_track import SpikeTrack
from synloom.stream import Stream
from synloom.track import Track
from synloom.transpose import Transpose

Times = list[int]


def capture(monitor: Monitor) -> Tree:
    """Its settings and its data; recording goes on undisturbed. Of a file, how much there is in it."""
    marks = None if monitor._stream is None else monitor._stream.marks()
    monitor.network._recorders_changed()
    tracks: Tree = {}
    for name, track in monitor._all_tracks.items():
        if isinstance(track, Track) and track.earlier:
            raise ConfigurationError(
                f"{monitor.name} holds samples of synapses that have come or gone since, which no file can hold.",
                hint="take them with get() first",
            )
        tracks[name] = _spike_data(track) if isinstance(track, SpikeTrack) else {"samples": _samples(track)}
        tracks[name] |= {
            "started": list(track.started),
            "stopped": list(track.stopped),
            "active": track.active,
            "spans": [list(span) for span in track.spans.rows],
        }
    return {
        "object": owner_of(monitor.object).name,
        "variables": list(monitor._names),
        "period": monitor._period,
        "offset": monitor._offset,
        "origin": monitor._origin,
        "starts": monitor._wants_start,
        "tracks": tracks,
        "taken": {name: [list(a), list(b)] for name, (a, b) in monitor._taken.items()},
        **({} if monitor._stream is None else {"file": {"id": monitor._stream.id, "marks": marks}}),
    }


def _samples(track: Track) -> Any:
    blocks = [*track.blocks[:-1], track.blocks[-1][: track.filled]] if track.blocks else []
    return np.concatenate([np.empty((0, track.count), track.source.dtype), *blocks])


def _spike_data(track: SpikeTrack) -> Tree:
    ranks, steps = track.now
    return {"ranks": ranks, "steps": steps}


def fits(monitor: Monitor, part: Part) -> bool:
    """Whether these are the data of a monitor of the same object that records what this one can."""
    if part.text("object") != owner_of(monitor.object).name:
        return False
    try:
        for name in part.texts("variables"):
            check_variable(monitor.object, name, monitor.network)
    except ConfigurationError:
        return False
    return True


def prepare(monitor: Monitor, part: Part, strict: bool = True) -> list[Step]:
    """Check all of it; what is returned puts it in place. Synapses must have been replaced before.

    ``strict``: the file that a checkpoint tells of loses what was recorded since.
    """
    marks = _marks(monitor, part) if strict else None
    names = part.texts("variables")
    period, offset = _optional(part, "period"), _optional(part, "offset")
    longest = monitor.network.dt * 2**62  # steps are 64-bit numbers
    if not (0 < (1.0 if period is None else period) < longest and 0 <= (offset or 0.0) < longest):
        raise part.error("its period is no positive time")
    origin, starts = part.integer("origin"), part.flag("starts")
    inner = part.part("tracks")
    timed = monitor._stream is not None
    tracks = {name: _track(inner.part(name), timed) for name in names if name in inner}
    taken = {name: _taken(part, name) for name in part.part("taken").names()}

    def apply() -> None:
        stream = monitor._stream
        if stream is not None:
            stream.flush()
        monitor._names, monitor._period, monitor._offset = names, period, offset
        monitor._origin, monitor._wants_start, monitor._taken = origin, starts, taken
        monitor._tracks, monitor._spike_tracks = {}, {}
        for name, filled in tracks.items():
            if name in SPIKE_LISTS:
                monitor._spike_tracks[name] = filled(spike_track(monitor.object, name))
            else:
                monitor._tracks[name] = filled(variable_track(monitor.object, name, monitor.network))
        if stream is not None:
            _go_on(monitor, stream, marks)

    return [apply]


def _marks(monitor: Monitor, part: Part) -> Tree | None:
    """How much of the file a checkpoint knows, if it is the one that the monitor records to."""
    if "file" not in part:
        return None
    file, stream = part.part("file"), monitor._stream
    if stream is None or file.text("id") != stream.id:
        where = "in memory" if stream is None else "to another file"
        messages.info(
            f"{monitor.name} goes on {where}: what was recorded before the checkpoint is not there."
        )
        return None
    marks: Tree = {}
    for name, mark in file.parts("marks"):
        numbers = {key: mark.integer(key, 0) for key in ("items", "taken", "run", "intervals", "epochs")}
        last, sink = mark.integers("last"), stream.sinks.get(name)
        if sink is None or len(last) not in (0, INTERVAL) or (len(last) == 0) != (numbers["intervals"] == 0):
            raise mark.error("it does not fit the file that is recorded to")
        if not sink.reaches(numbers):
            raise mark.error(
                f"'{stream.path.name}' holds less of it than the checkpoint",
                hint="record to the file that the network recorded to, with if_exists='append'",
            )
        marks[name] = {**numbers, "last": last}
    return marks


def _go_on(monitor: Monitor, stream: Stream, marks: Tree | None) -> None:
    """Record to the file from now on; samples that were in memory go there, too."""
    if marks is not None:
        stream.go_back(marks)
    for sink in stream.sinks.values():
        if marks is None:
            sink.restart()
    tracks = [monitor._all_tracks[name] for name in monitor._names if name in monitor._all_tracks]
    monitor._attach(tracks)
    for track in tracks:
        track.flush()
        track.blocks = []


def check_widths(monitor: Monitor, part: Part, changed: Structure | None) -> None:
    """Refuse samples of another width than what is recorded; ``changed``: synapses that replace those recorded."""
    for name, track in part.parts("tracks", f"{part.where} variable"):
        if name in SPIKE_LISTS:
            size = spike_track(monitor.object, name).spikes.size
            ranks = track.array("ranks", np.int32, (None,))
            if ranks.size and (ranks.min() < 0 or ranks.max() >= size):
                raise track.error("it holds spikes of neurons that do not exist")
            track.array("steps", np.int64, ranks.shape)
            continue
        if changed is not None and isinstance(monitor.object, Dendrite):
            raise track.error("its dendrite has other synapses now")
        model = variable_track(monitor.object, name, monitor.network)
        count = model.count if changed is None else _count(monitor, name, changed)
        track.array("samples", model.source.dtype, (None, count))


def _count(monitor: Monitor, name: str, changed: Structure) -> int:
    """Values per sample once the synapses are replaced."""
    assert isinstance(monitor.object, Projection | Transpose)
    locality = monitor.object._root._locality(name)
    rows = len(changed.store.rows)
    return {Locality.GLOBAL: 1, Locality.SEMIGLOBAL: rows, Locality.LOCAL: changed.store.nnz}[locality]


def _track(part: Part, timed: bool) -> Any:
    """What puts the data of the file into a new track; ``timed``: the steps of samples must be known."""
    started, stopped = _times(part, part.tree.get("started")), _times(part, part.tree.get("stopped"))
    active, spans = part.flag("active"), _spans(part)
    spikes = "ranks" in part
    data: Any
    if spikes:
        ranks = part.array("ranks", np.int32, (None,))
        data = (aligned_copy(ranks), aligned_copy(part.array("steps", np.int64, ranks.shape)))
    else:
        leaf = part._get("samples")
        data = aligned_copy(part.array("samples", getattr(leaf, "dtype", np.float64), (None, None)))
        if (spans or timed) and Spans(spans).count != len(data):
            raise part.error("the times of its samples are not known")

    def fill(track: Any) -> Any:
        if spikes:
            track.put(*data)
        else:
            track.blocks, track.filled = ([data], len(data)) if len(data) else ([], 0)
        track.started, track.stopped, track.active = started, stopped, active
        track.spans.rows = list(spans)
        return track

    return fill


def _spans(part: Part) -> list[Span]:
    """In which steps it was recorded; files of earlier versions do not say."""
    given = part.tree.get("spans", [])
    if not isinstance(given, list):
        raise part.error("its times are no lists of steps")
    spans: list[Span] = []
    for span in given:
        first, stop, period, remainder = span if _is_times(span) and len(span) == 4 else (0, 0, 0, 0)
        if period < 1 or not 0 <= remainder < period or stop - first > 2**48:
            raise part.error("its times are no lists of steps")
        spans.append((first, stop, period, remainder))
    return spans


def _optional(part: Part, key: str) -> float | None:
    return None if part.tree.get(key) is None else part.real(key)


def _times(part: Part, given: Any) -> Any:
    if not _is_times(given):
        raise part.error("its times are no lists of steps")
    return given


def _is_times(given: Any) -> bool:
    return isinstance(given, list) and all(type(t) is int and abs(t) < 2**62 for t in given)


def _taken(part: Part, name: str) -> tuple[list[int], Times]:
    pair: Sequence[Any] = part.part("taken").tree[name]
    if not isinstance(pair, list) or len(pair) != 2:
        raise part.error("its times are no lists of steps")
    return _times(part, pair[0]), _times(part, pair[1])

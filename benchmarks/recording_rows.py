"""The row of recording: what monitors add to the steps of a spiking network."""

from __future__ import annotations

import statistics

from race import Entry, scratch_folder, start
from results import Effort, Result

STEPS = 10_000  # a block
SIZE = 4000


def recording(effort: Effort) -> list[Result]:
    """COBA without monitors and with them, in one process: the same steps again and again, in turn."""
    parameters = {
        "size": SIZE,
        "model": "coba",
        "first_steps": 1000,
        "rounds": 3 * effort.rounds,
        "block": STEPS,
    }
    with scratch_folder() as scratch:
        blocks = start(Entry("synloom", "Recorded", parameters, "spikes"), scratch)["blocks"]
    plain = blocks.pop("plain")
    bare = statistics.median(plain)
    added = {
        kind: [with_it - without for with_it, without in zip(cpu, plain, strict=True)]
        for kind, cpu in blocks.items()
    }
    step = {kind: statistics.median(more) / STEPS * 1e6 for kind, more in added.items()}
    percent = statistics.median(
        100.0 * more / without for more, without in zip(added["spikes"], plain, strict=True)
    )
    title = f"COBA, {SIZE} neurons, recording"
    detail = f"{bare / STEPS * 1e6:.4g} us a step without monitor, {step['spikes']:.3g} us more"
    return [
        Result(f"{title} all spikes", 3.0, percent, "% more", detail, at_least=False),
        Result(
            f"{title} v in each step",
            10.0,
            step["v"],
            "us a step",
            f"{SIZE * 8 / step['v'] / 1e3:.3g} GB/s; to HDF5 {step['h5']:.3g} us, to Zarr {step['zarr']:.3g} us",
            at_least=False,
        ),
    ]

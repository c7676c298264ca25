"""A map of a balanced network, one network for each point, on a cluster: Dask, Ray, MPI, or the cores of this machine.

1000 leaky integrate-and-fire neurons, four of five excitatory, are connected at random. Inhibition is `g` times as
strong as excitation, and noise drives each neuron with a mean of `drive` times what it needs to fire. Where inhibition
is weak (g < 4) all fire as fast as they can; where it dominates, they fire slowly and irregularly.

    tau dv/dt = -v + drive * theta + noise,   a spike of j adds +J or -g J to v after 1.5 ms

    python examples/cluster.py --on here [--quick] [--out cluster.png]
    python examples/cluster.py --on dask
    python examples/cluster.py --on ray
    python examples/cluster.py --on mpi

Each starts a small cluster on this machine and stops it again; the bits of the results do not depend on which. The last
starts itself once more, as `mpiexec -n 3 python -m mpi4py.futures examples/cluster.py --on mpi`. `pip install
'synloom[distributed,plot]'` brings all that is needed, except an MPI library; `pip install mpich` has one.

Source: N. Brunel 2000, Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons, J. Comput.
Neurosci. 8, 183-208, model A with fewer neurons and stronger synapses.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

import synloom as sl

SIZE, EXCITATORY = 1000, 800
WORKERS = 2

LIF = sl.Neuron(
    name="LIF",
    parameters="""
        tau = 20.0 : population     # ms
        theta = 20.0 : population   # mV
        J = 0.6 : population        # mV
        drive = 2.0 : population    # in units of what makes a neuron fire
    """,
    equations="""
        noise = sqrt(drive * theta * J * tau / dt) * Normal(0.0, 1.0)
        tau * dv/dt = -v + drive * theta + noise + tau / dt * (g_exc - g_inh)
    """,
    spike="v > theta",
    reset="v = 0.5 * theta",
    refractory=2.0,
)


class Balanced(sl.Network):
    """A network at one point of the map."""

    def __init__(self, g: float = 5.0, drive: float = 2.0) -> None:
        self.cells = self.create(SIZE, LIF, name="cells")
        self.cells.v = sl.Uniform(0.0, 20.0)
        self.cells.drive = drive
        for name, part, factor in (
            ("exc", self.cells[:EXCITATORY], 1.0),
            ("inh", self.cells[EXCITATORY:], g),
        ):
            projection = self.connect(part, self.cells, name, name=name)
            projection.connect_fixed_probability(0.15, weights=factor * self.cells.J, delays=1.5)
        self.spikes = self.monitor(self.cells, "spike")


def measure(net: Balanced, duration: float) -> dict[str, Any]:
    """Run a network: its mean rate in Hz, the irregularity of its spikes, and what 50 neurons did at the end."""
    net.simulate(100.0)
    net.spikes.get()
    net.simulate(duration)
    spikes = net.spikes.get("spike")
    count = sum(len(times) for times in spikes.values())
    intervals = [np.diff(times) for times in spikes.values() if len(times) > 4]
    last = round(100.0 / net.dt)
    return {
        "rate": count / SIZE / duration * 1000.0,
        "cv": float(np.mean([i.std() / i.mean() for i in intervals])) if intervals else float("nan"),
        "raster": [(t - net.current_step + last, n) for n in range(50) for t in spikes[n * 20]],
    }


# -- the places -----------------------------------------------------------------------------------------------


@contextmanager
def cluster(kind: str) -> Iterator[Any]:
    """What `parallel_run` takes as its executor, as long as it is there."""
    if kind == "dask":
        import distributed

        with (
            distributed.LocalCluster(
                n_workers=WORKERS, threads_per_worker=1, dashboard_address=":0"
            ) as started,
            distributed.Client(started) as client,
        ):
            yield client
    elif kind == "ray":
        import ray

        ray.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False, configure_logging=False)
        try:
            yield ray
        finally:
            ray.shutdown()
    elif kind == "mpi":
        from mpi4py.futures import MPIPoolExecutor

        with MPIPoolExecutor() as executor:
            yield executor
    else:
        yield None  # processes of this machine


def start_again_with_mpi() -> None:
    """Be one of several processes, unless mpiexec started us already."""
    if {"PMI_RANK", "PMIX_RANK", "OMPI_COMM_WORLD_RANK"} & os.environ.keys():
        return
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    mpiexec = shutil.which("mpiexec", path=path)
    if mpiexec is None:
        sys.exit("There is no mpiexec: install an MPI library, for example with pip install mpich.")
    command = [mpiexec, "-n", str(1 + WORKERS), sys.executable, "-m", "mpi4py.futures", *sys.argv]
    sys.stdout.flush()
    os.execv(mpiexec, command)


# -- the picture ----------------------------------------------------------------------------------------------


def draw(path: Path, gs: Sequence[float], drives: Sequence[float], found: list[dict[str, Any]]) -> None:
    """Rate and irregularity over the map, and the spikes at two of its points."""
    shape = (len(drives), len(gs))
    figure = Figure(figsize=(11, 7), dpi=120, layout="constrained")
    axes = figure.subplots(2, 2, height_ratios=[1.6, 1])
    rates = np.array([r["rate"] for r in found]).reshape(shape)
    cvs = np.array([r["cv"] for r in found]).reshape(shape)
    maps: list[tuple[Any, str, dict[str, Any]]] = [
        (np.maximum(rates, 0.1), "mean rate (Hz)", {"norm": LogNorm(1.0, 500.0), "cmap": "magma"}),
        (cvs, "irregularity: CV of the intervals", {"vmin": 0.0, "vmax": 1.2, "cmap": "viridis"}),
    ]
    corners = {"A": (shape[0] - 1, 0), "B": (shape[0] // 2, int(np.argmin(np.abs(np.array(gs) - 6.0))))}
    for at, (values, title, options) in zip(axes[0], maps, strict=True):
        image = at.pcolormesh(gs, drives, values, shading="nearest", **options)
        figure.colorbar(image, ax=at)
        at.axvline(EXCITATORY / (SIZE - EXCITATORY), color="white", linestyle=":", linewidth=1.0)
        at.set(xlabel="g, strength of inhibition", ylabel="drive / threshold", title=title)
        for name, (row, column) in corners.items():
            at.text(gs[column], drives[row], name, color="white", ha="center", va="center", weight="bold")
    for at, (name, (row, column)) in zip(axes[1], corners.items(), strict=True):
        points = np.array(found[row * shape[1] + column]["raster"]).reshape(-1, 2)
        at.plot(points[:, 0] * 0.1, points[:, 1], ".", color="#333333", markersize=2.0)
        title = f"{name}: g = {gs[column]:g}, drive = {drives[row]:g}, {rates[row, column]:.0f} Hz"
        at.set(xlabel="the last 100 ms", ylabel="50 neurons", xlim=(0, 100), ylim=(-1, 50), title=title)
        at.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path)


def main() -> int:
    """Start a cluster, run all networks on it, report, draw."""
    parser = argparse.ArgumentParser(description="A map of a balanced network, computed on a cluster.")
    parser.add_argument(
        "--on", choices=("here", "dask", "ray", "mpi"), default="here", help="what runs the networks"
    )
    parser.add_argument(
        "--quick", action="store_true", help="12 networks of 200 ms instead of 143 of a second"
    )
    parser.add_argument("--out", type=Path, default=Path("cluster.png"), help="the picture to draw")
    arguments = parser.parse_args()
    if arguments.on == "mpi":
        start_again_with_mpi()

    few = arguments.quick
    gs = np.linspace(2.0, 8.0, 4 if few else 13).tolist()
    drives = np.linspace(0.5, 3.5, 3 if few else 11).tolist()
    points = [(g, drive) for drive in drives for g in gs]
    sl.setup(dt=0.1)
    net = Balanced(seed=1)
    build = net.compile(silent=True)
    print(f"built in              {build.seconds['total']:8.3f} s   (once, for all workers)")
    start = time.perf_counter()
    with cluster(arguments.on) as executor:
        ready = time.perf_counter()
        found = net.parallel_run(
            measure,
            len(points),
            WORKERS,
            executor=executor,
            g=[g for g, _ in points],
            drive=[drive for _, drive in points],
            duration=200.0 if few else 1000.0,
        )
        done = time.perf_counter()
    rates = np.array([r["rate"] for r in found]).reshape(len(drives), len(gs))
    cvs = np.array([r["cv"] for r in found]).reshape(len(drives), len(gs))
    print(f"cluster started in    {ready - start:8.3f} s   ({arguments.on}, {WORKERS} workers)")
    print(f"networks              {len(points):8d}     (in {done - ready:.1f} s)")
    print(f"rate at g = 2         {rates[-1, 0]:8.2f} Hz  (irregularity {cvs[-1, 0]:.2f})")
    print(f"rate at g = {gs[-1]:g}         {rates[-1, -1]:8.2f} Hz  (irregularity {cvs[-1, -1]:.2f})")
    print(
        f"fingerprint           {hashlib.sha256(repr(found).encode()).hexdigest()[:16]}   (the same everywhere)"
    )
    draw(arguments.out, gs, drives, found)
    print(f"picture               {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

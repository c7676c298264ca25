"""parallel_run on real clusters of this machine: Dask, Ray and MPI give the bits of one process after the other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import synloom as sl
from synloom import executors
from tests.unit import parallel_models as models

pytestmark = [
    pytest.mark.needs_compiler,
    pytest.mark.usefixtures("fresh"),
    pytest.mark.xdist_group("clusters"),
]

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 240.0  # for one call on a machine under load: what takes longer hangs


@pytest.fixture(scope="module")
def dask_client() -> Iterator[Any]:
    import dask
    import distributed

    options = {"distributed.scheduler.allowed-failures": 0, "distributed.comm.timeouts.connect": "120s"}
    with (
        dask.config.set(options),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def ray_module() -> Iterator[Any]:
    import ray

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
    yield ray
    ray.shutdown()


@pytest.fixture(params=["dask", "ray"])
def place(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("dask_client" if request.param == "dask" else "ray_module")


def within(call: Any) -> Any:
    """What a call returns or raises, within a time."""
    with ThreadPoolExecutor(1) as waiting:
        return waiting.submit(call).result(SECONDS)


def noisy(**options: Any) -> Any:
    net = models.Noisy(6, gain=2.0, seed=5)
    net.compile(**options)
    return net


def test_the_same_bits_on_a_cluster(place: Any) -> None:
    net = noisy()
    gains = [1.0, 2.0, 3.0, 4.0, 5.0]
    here = net.parallel_run(models.everything, 5, gain=gains, duration=7.0, sequential=True)
    there = net.parallel_run(models.everything, 5, gain=gains, duration=7.0, executor=place)
    assert there == here
    with pytest.raises(sl.ConfigurationError, match="the list 'gain' has 2 entries for 3 networks"):
        net.parallel_run(models.everything, 3, gain=[1.0, 2.0], executor=place)


def test_the_old_style_on_a_cluster(place: Any) -> None:
    sl.setup(seed=3)
    pop = sl.Population(6, models.NOISY, name="pop")
    proj = sl.Projection(pop, pop, "exc", name="proj")
    proj.connect_fixed_probability(0.5, weights=sl.Uniform(0.0, 0.1))
    sl.Monitor(pop, "r")
    sl.compile()
    here = sl.parallel_run(models.indexed, number=3, gain=[1.0, 2.0, 3.0], sequential=True)
    assert sl.parallel_run(models.indexed, number=3, gain=[1.0, 2.0, 3.0], executor=place) == here


def test_functions_of_a_script_are_sent_by_value(place: Any) -> None:
    net = noisy()
    factor = 3
    assert net.parallel_run(lambda net, k: factor * k, 3, k=[1, 2, 3], executor=place) == [3, 6, 9]


def test_what_is_missing_at_the_workers_is_shipped(place: Any) -> None:
    """The library is gone from the only cache there is: what the workers lack can come from nowhere else."""
    net = models.Chosen(f"r = {len(type(place).__name__)}.125 * t")  # a library of its own for each place
    net.compile()
    here = net.parallel_run(models.after_four, 3, sequential=True)
    files = {path: path.read_bytes() for path in net.build.directory.iterdir() if path.is_file()}
    from synloom.runtime import ship

    packed = ship.pack(net.build.result.library)
    (net.build.directory / "checksums").unlink()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ship, "pack", lambda library: packed)
            assert net.parallel_run(models.after_four, 3, executor=place) == here
            reasons = {reason for _, reason in net.parallel_run(models.built, 3, executor=place)}
    finally:
        for path, content in files.items():
            if not path.exists():
                path.write_bytes(content)
    assert reasons == {"shipped by the caller"}


def test_errors_come_with_their_traceback(place: Any) -> None:
    net = noisy()
    with pytest.raises(ValueError, match="nothing for 2") as caught:
        sl.parallel_run(models.failing, networks=[net.copy() for _ in range(4)], executor=place)
    assert caught.value.__notes__ == ["in network 2 of parallel_run()"]
    shown = "".join(traceback.format_exception(caught.value))
    assert 'raise ValueError(f"nothing for {index}")' in shown


def test_a_worker_that_dies_does_not_hang(place: Any) -> None:
    net = noisy()
    with pytest.raises(
        sl.ConfigurationError, match="A process that ran networks has died: it was at network 1 "
    ):
        within(lambda: net.parallel_run(models.dying_at, 3, number_=[0, 1, 2], dies=1, executor=place))
    assert net.parallel_run(models.built, 1, executor=place)[0][0]  # the cluster goes on


# -- Dask -----------------------------------------------------------------------------------------------------


def test_an_executor_of_dask(dask_client: Any) -> None:
    net = noisy()
    here = net.parallel_run(models.everything, 3, sequential=True)
    assert net.parallel_run(models.everything, 3, executor=dask_client.get_executor()) == here


def test_a_cluster_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    import distributed

    monkeypatch.setattr(executors, "LONELY", 0.5)
    net = noisy()
    start = time.monotonic()
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as cluster,
        distributed.Client(cluster) as client,
        pytest.raises(
            sl.ConfigurationError, match=r"The Dask cluster has had no workers for \d+ s\."
        ) as caught,
    ):
        net.parallel_run(models.everything, 2, executor=client)
    assert caught.value.message.endswith("These networks of parallel_run() are not done: 0, 1.")
    assert time.monotonic() - start < SECONDS


# -- Ray ------------------------------------------------------------------------------------------------------


def test_the_executor_of_ray(ray_module: Any) -> None:
    with executors.RayExecutor() as executor:
        assert executor.workers == 2
        assert executor.submit(divmod, 7, 2).result(SECONDS) == (3, 1)
        assert list(executor.map(abs, [-1, 2, -3], timeout=SECONDS)) == [1, 2, 3]
        with pytest.raises(ZeroDivisionError):
            executor.submit(divmod, 7, 0).result(SECONDS)
        sleeping = executor.submit(time.sleep, 600.0)
        executor.shutdown(cancel_futures=True)
        assert sleeping.cancelled()
    with pytest.raises(RuntimeError, match="has been shut down"):
        executor.submit(abs, 1)
    assert ray_module.is_initialized()
    with pytest.raises(sl.ConfigurationError, match="A task is to take 64 processor cores, but Ray has 2"):
        executors.RayExecutor(num_cpus=64)


def test_without_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(sl.ConfigurationError, match="The package ray is not installed") as caught:
        executors.RayExecutor()
    assert caught.value.hint == "pip install 'synloom[distributed]'"


# -- MPI ------------------------------------------------------------------------------------------------------

MPI = """
import os, sys
from mpi4py import MPI
from mpi4py.futures import MPICommExecutor, MPIPoolExecutor
import synloom as sl

NOISY = sl.Neuron(parameters="gain = 1.0", equations="r = gain * Normal(0.0, 1.0) + 0.5 * sum(exc)")

class Noisy(sl.Network):
    def __init__(self, gain=1.0):
        self.pop = self.create(5, NOISY, name="pop")
        self.pop.gain = gain
        self.connect(self.pop, self.pop, "exc", name="p").connect_all_to_all(weights=sl.Uniform(0.0, 0.1))

def measure(net, where):
    net.simulate(6.0)
    if where == "exit":
        os._exit(3)
    if where == "raise":
        raise ValueError("no")
    return net.pop.r.tolist()

def compare(net, executor, gains):
    here = net.parallel_run(measure, 5, gain=gains, where="here", sequential=True)
    there = net.parallel_run(measure, 5, gain=gains, where="there", executor=executor)
    print("same", here == there, len({str(r) for r in here}), executor.num_workers)

if __name__ == "__main__":
    gains = [1.0, 2.0, 3.0, 4.0, 5.0]
    if sys.argv[1] == "comm":
        with MPICommExecutor(MPI.COMM_WORLD, root=0) as executor:
            if executor is not None:
                net = Noisy(seed=5)
                net.compile()
                compare(net, executor, gains)
        sys.exit()
    net = Noisy(seed=5)
    net.compile()
    with MPIPoolExecutor() as executor:
        compare(net, executor, gains)
        try:
            net.parallel_run(measure, 2, where=["", "raise"], executor=executor)
        except ValueError as error:
            print(error.__notes__)
        if sys.argv[1] == "exit":
            net.parallel_run(measure, 4, where=["", "", "exit", ""], executor=executor)
"""


def mpi(folder: Path, processes: int, mode: str) -> subprocess.CompletedProcess[str]:
    script = folder / "script.py"
    script.write_text(MPI)
    command = [str(Path(sys.executable).with_name("mpiexec")), "-n", str(processes), sys.executable]
    command += [str(script), mode] if mode == "comm" else ["-m", "mpi4py.futures", str(script), mode]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )


@pytest.mark.parametrize("processes", [1, 3])
def test_the_same_bits_with_mpi(processes: int, tmp_path: Path) -> None:
    done = mpi(tmp_path, processes, "pool")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines == [f"same True 5 {max(1, processes - 1)}", "['in network 1 of parallel_run()']"]


def test_a_communicator_as_executor(tmp_path: Path) -> None:
    done = mpi(tmp_path, 3, "comm")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["same True 5 2"]


def test_mpi_ends_all_when_a_worker_dies(tmp_path: Path) -> None:
    done = mpi(tmp_path, 3, "exit")
    assert done.returncode != 0
    assert done.stdout.startswith("same True 5 2\n")

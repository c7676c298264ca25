"""What parallel_run does with workers that are another machine, or end: the extension is shipped, and nothing hangs."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import synloom as sl
from synloom import parallel_calls, parallel_worker
from synloom.executors import Route
from synloom.parallel_calls import GUARD
from synloom.runtime import ship
from synloom.runtime.cache import EXTENSIONS, Cache
from tests.unit import parallel_models as models

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


def elsewhere(cache: str) -> None:
    """Make a worker what it is on another machine: a cache of its own, no compiler that works."""
    os.environ["SYNLOOM_CACHE"] = cache
    os.environ["CXX"] = "false"
    os.environ["PATH"] = ""


@pytest.fixture
def far(tmp_path: Path) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(
        2, get_context("spawn"), initializer=elsewhere, initargs=(str(tmp_path / "c"),)
    ) as pool:
        yield pool


def noisy(**options: Any) -> Any:
    net = models.Noisy(6, gain=2.0, seed=5)
    net.compile(**options)
    return net


def test_what_is_built_once_runs_where_there_is_no_compiler(far: ProcessPoolExecutor, tmp_path: Path) -> None:
    net = noisy()
    here = net.parallel_run(models.everything, 5, sequential=True)
    assert net.parallel_run(models.everything, 5, executor=far) == here
    (entry,) = Cache(tmp_path / "c").entries()
    assert (entry.kind, entry.key) == (EXTENSIONS, net.build.result.key)
    assert {p.name for p in entry.path.iterdir()} == {p.name for p in net.build.directory.iterdir()}
    assert net.parallel_run(models.built, 2, executor=far) == [[True, "shipped by the caller"]] * 2


def test_given_networks_are_shipped_each_with_its_own(far: ProcessPoolExecutor, tmp_path: Path) -> None:
    nets = []
    for equation in ("r = t", "r = 2*t", "r = 3*t"):
        net = sl.Network()
        net.create(1, sl.Neuron(equations=equation), name="pop")
        net.compile()
        net.simulate(2.0)
        nets.append(net)
    assert sl.parallel_run(models.rate_after_three, networks=nets, executor=far) == [4.0, 8.0, 12.0]
    assert len(Cache(tmp_path / "c").entries()) == 3


def test_options_of_compile_hold_there_too(far: ProcessPoolExecutor) -> None:
    net = noisy(fast_math=True)
    for found in (
        net.parallel_run(models.options, 2, executor=far),
        net.parallel_run(models.options, 2, sequential=True),
    ):
        assert [options.fast_math for options in found] == [True, True]
    assert net.copy().build.options.fast_math


def test_another_network_needs_a_compiler_there(far: ProcessPoolExecutor) -> None:
    net = models.Chosen("r = 1.0", seed=1)
    net.compile()
    assert net.parallel_run(models.built, 1, executor=far)[0][0]
    with pytest.raises(
        sl.CompilationError, match="named by the environment variable CXX, does not"
    ) as caught:
        net.parallel_run(models.built, 2, equation="r = 2.0", executor=far)
    assert caught.value.__notes__ == [
        "What the caller built is of no use here: this network has other equations or objects.",
        "in network 0 of parallel_run()",
    ]
    # where there is one, it is built
    assert net.parallel_run(models.built, 2, equation="r = 2.0", sequential=True)[0][0] in (True, False)


def packet_for(net: Any, monkeypatch: pytest.MonkeyPatch, **changes: str) -> parallel_worker.Packet:
    """A packet as another process gets it, whose parcel is changed."""
    from synloom.parallel_calls import _Mail
    from synloom.parallel_jobs import FromDescription, Job

    class Nowhere:
        def submit(self, function: Any, packet: parallel_worker.Packet) -> Any:
            packets.append(packet)

    packets: list[parallel_worker.Packet] = []
    from synloom.network_copies import description

    job = Job(0, FromDescription(description(net)), 3, {}, (), {})
    _Mail(models.built, [job], [net.build], Route(Nowhere(), 1), "")  # type: ignore[arg-type]
    packet = packets[0]
    parcel = replace(net.build.parcel, **changes)
    monkeypatch.setattr(parallel_worker, "ME", "another process")
    return {**packet, "parcels": pickle.dumps([parcel])}


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test announces is forgotten after it."""
    monkeypatch.setattr(ship, "_announced", {})


@pytest.mark.usefixtures("announced")
def test_another_kind_of_machine_builds_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    packet = packet_for(noisy(), monkeypatch, kind="cpython-399 .so, processor 0")
    answer = parallel_worker.run_packet(packet)
    cached, reason = pickle.loads(answer["result"])
    assert reason == "in the cache"  # that of this machine
    assert cached


@pytest.mark.usefixtures("announced")
def test_without_a_compiler_it_tells_what_it_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    packet = packet_for(noisy(), monkeypatch, kind="cpython-399 .so, processor 0")
    monkeypatch.setenv("CXX", "false")
    failure = pickle.loads(parallel_worker.run_packet(packet)["result"])
    assert isinstance(failure.error, sl.CompilationError)
    (note,) = failure.error.__notes__
    assert note.startswith(
        "What the caller built is of no use here: it is for cpython-399 .so, processor 0, and this is cpython-3"
    )


@pytest.mark.usefixtures("announced")
def test_what_lacks_is_asked_for_and_checked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    net = noisy()
    files = ship.pack(net.build.result.library)
    packet = packet_for(net, monkeypatch)
    monkeypatch.setenv("SYNLOOM_CACHE", str(tmp_path / "empty"))
    monkeypatch.setenv("CXX", "false")
    key = net.build.result.key
    blobs = packet["blobs"]
    assert parallel_worker.run_packet(packet)["lacks"] == [key]
    damaged = {**files, net.build.result.library.name: b"nothing"}
    answer = parallel_worker.run_packet({**packet, "blobs": {**blobs, key: pickle.dumps(damaged)}})
    assert answer["refused"] == f"ConfigurationError: The extension {key} was damaged on its way."
    outside = {**files, "../../outside": b"1"}
    answer = parallel_worker.run_packet({**packet, "blobs": {**blobs, key: pickle.dumps(outside)}})
    assert answer["refused"].startswith(
        f"ConfigurationError: The extension {key} was damaged on its way: '../"
    )
    assert not list(tmp_path.rglob("outside"))
    answer = parallel_worker.run_packet({**packet, "blobs": {**blobs, key: pickle.dumps(files)}})
    assert pickle.loads(answer["result"]) == [True, "shipped by the caller"]


@pytest.mark.usefixtures("announced")
def test_what_cannot_be_loaded_there_is_built_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from synloom import compiler

    packet = packet_for(noisy(), monkeypatch)
    real, calls = compiler.load, []

    def load(library: Path, key: str) -> Any:
        calls.append(key)
        if len(calls) == 1:
            raise sl.CompilationError("version `GLIBC_9' not found")
        return real(library, key)

    monkeypatch.setattr(compiler, "load", load)
    assert pickle.loads(parallel_worker.run_packet(packet)["result"]) == [True, "in the cache"]
    assert len(calls) == 2


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packet = packet_for(noisy(), monkeypatch)
    answer = parallel_worker.run_packet({**packet, "version": "synloom 0.0.1"})
    assert answer["refused"].startswith("here is synloom 0.0.1, but at the worker synloom ")


def test_what_is_large_is_sent_to_workers_that_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    net = noisy()
    here = net.parallel_run(models.everything, 6, sequential=True)
    monkeypatch.setattr(parallel_calls, "SMALL", 0)
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        monkeypatch.setattr(parallel_calls, "route_to", lambda place: Route(place, 0, processes=True))
        assert net.parallel_run(models.everything, 6, executor=pool) == here


class Answers(Executor):
    """Answers always the same, or fails."""

    def __init__(self, **answer: Any) -> None:
        self.answer = {"result": b"", "lacks": [], "refused": "", **answer}
        self.packets: list[parallel_worker.Packet] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.packets.append(args[0])
        future: Future[Any] = Future()
        if "error" in self.answer:
            future.set_exception(self.answer["error"])
        else:
            future.set_result(self.answer)
        return future


def test_workers_that_forget() -> None:
    net = noisy()
    forgetful = Answers(lacks=[net.build.result.key])
    with pytest.raises(
        sl.ConfigurationError, match="Network 0 of parallel_run.*: workers lose what they are sent"
    ):
        net.parallel_run(models.everything, 1, executor=forgetful)
    assert len(forgetful.packets) == parallel_calls.TRIES
    files = pickle.loads(forgetful.packets[1]["blobs"][net.build.result.key])
    assert files[net.build.result.library.name] == net.build.result.library.read_bytes()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            {"refused": "here is synloom 1, but at the worker synloom 2."},
            "here is synloom 1, but at the worker",
        ),
        (
            {"error": ModuleNotFoundError("No module named 'synloom'")},
            "ModuleNotFoundError: No module named 'syn",
        ),
    ],
    ids=["version", "error"],
)
def test_workers_that_cannot(answer: dict[str, Any], told: str) -> None:
    net = noisy()
    with pytest.raises(sl.ConfigurationError) as caught:
        net.parallel_run(models.everything, 2, executor=Answers(**answer))
    assert caught.value.message.startswith(f"Network 0 of parallel_run() can not be run: {told}")
    assert caught.value.hint.startswith("A worker needs the same version of synloom")


# -- workers that end -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [True, False], ids=["own processes", "given pool"])
def test_a_worker_that_dies_is_told_with_its_network(own: bool) -> None:
    net = noisy()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        where: dict[str, Any] = {"max_processes": 2} if own else {"executor": pool}
        with pytest.raises(sl.ConfigurationError) as caught:
            net.parallel_run(models.dying_at, 4, number_=[0, 1, 2, 3], dies=2, **where)
    assert caught.value.message == (
        "A process that ran networks has died: it was at network 2 (exit code 3) of parallel_run()."
    )
    assert caught.value.hint == "Its memory may have run out, or what the method calls ended it."


def test_workers_that_never_begin() -> None:
    net = noisy()
    with (
        ProcessPoolExecutor(1, get_context("spawn"), initializer=os._exit, initargs=(1,)) as pool,
        pytest.raises(sl.ConfigurationError, match="A process that ran networks has died\\.") as caught,
    ):
        net.parallel_run(models.everything, 2, executor=pool)
    assert caught.value.hint == GUARD


def test_what_is_no_executor() -> None:
    net = noisy()
    with pytest.raises(sl.ConfigurationError, match=r"parallel_run\(\): executor can not be 3\.") as caught:
        net.parallel_run(models.everything, 2, executor=3)
    assert "distributed.Client" in caught.value.hint


def test_functions_of_a_long_lived_worker_are_those_of_the_caller() -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        for factor in (2, 3):
            sl.clear()
            sl.add_function(f"times(x) = {factor} * x")
            sl.Constant("K", float(factor))
            sl.Population(1, sl.Neuron(equations="r = times(K)"), name="pop")
            found = sl.parallel_run(models.with_function, number=1, executor=pool)
            assert found == [float(factor * factor)]
        sl.clear()
        sl.Population(1, sl.Neuron(parameters="K = 7.0", equations="r = K"), name="pop")
        assert sl.parallel_run(models.known, number=1, executor=pool) == [[[], []]]

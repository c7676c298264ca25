"""parallel_run in both styles: any executor, the same results whoever runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from tests.unit import parallel_models as models

pytestmark = [pytest.mark.needs_compiler, pytest.mark.usefixtures("fresh")]


class Backwards(Executor):
    """Runs what it is given when it is asked for it, the last first: none of our business."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        executor = self

        class Late(Future):  # type: ignore[type-arg]
            def result(self, timeout: float | None = None) -> Any:
                while executor.calls:
                    future, call = executor.calls.pop()
                    future.set_result(call())
                return super().result(timeout)

        future = Late()
        self.calls.append((future, lambda: fn(*args, **kwargs)))
        return future


def noisy() -> Any:
    net = models.Noisy(6, gain=2.0, seed=5)
    net.compile()
    return net


def declared() -> None:
    pop = sl.Population(6, models.NOISY, name="pop")
    proj = sl.Projection(pop, pop, "exc", name="proj")
    proj.connect_fixed_probability(0.5, weights=sl.Uniform(0.0, 0.1))
    sl.Monitor(pop, "r")


WAYS: dict[str, Any] = {
    "sequential": lambda: {"sequential": True},
    "one process": lambda: {"max_processes": 1},
    "two processes": lambda: {"max_processes": 2},
    "threads": lambda: {"executor": ThreadPoolExecutor(3)},
    "pool": lambda: {"executor": ProcessPoolExecutor(2, get_context("spawn"))},
    "other": lambda: {"executor": Backwards()},
}


def test_results_do_not_depend_on_who_ran_them() -> None:
    sl.setup(seed=3)
    net = noisy()
    results = {way: net.parallel_run(models.everything, 5, **make()) for way, make in WAYS.items()}
    for way, found in results.items():
        assert found == results["sequential"], way
    found = results["sequential"]
    for name in ("r", "w", "ranks"):
        assert len({str(r[name]) for r in found}) == 5, name
    assert {r["gain"] for r in found} == {2.0}


def test_the_old_style_does_not_either() -> None:
    sl.setup(seed=3)
    declared()
    gains = [1.0, 2.0, 3.0, 4.0, 5.0]
    results = {
        way: sl.parallel_run(models.indexed, number=5, gain=gains, duration=4.0, **make())
        for way, make in WAYS.items()
    }
    for way, found in results.items():
        assert found == results["sequential"], way
    found = results["sequential"]
    assert [r["index"] for r in found] == [0, 1, 2, 3, 4]
    assert [r["gain"] for r in found] == gains
    for name in ("r", "w", "ranks"):
        assert len({str(r[name]) for r in found}) == 5, name
    assert sl.magic_network().compiled
    assert sl.get_time() == 0.0


def test_seeds() -> None:
    net = noisy()

    def run(**kwargs: Any) -> list[Any]:
        return net.parallel_run(models.everything, 2, sequential=True, **kwargs)

    one, two = run(seeds="same")
    assert one == two
    first, second = run(seeds="sequential")
    assert run(seeds=[6, 7]) == [first, second]
    assert first != second
    assert run() == run()
    assert run()[0] != first
    with pytest.raises(sl.ConfigurationError, match="seeds must be 'same' or 'sequential', not 'other'"):
        run(seeds="other")
    with pytest.raises(sl.ConfigurationError, match="there are 3 seeds for 2 networks"):
        run(seeds=[1, 2, 3])
    sl.setup(seed=3)
    declared()
    one, two = sl.parallel_run(models.indexed, number=2, same_seed=True, sequential=True)
    assert {**one, "index": 1} == two


def test_arguments_go_to_the_constructor_or_the_method() -> None:
    net = noisy()
    found = net.parallel_run(
        models.everything, 3, sequential=True, gain=[1.0, 2.0, 3.0], size=[2, 3, 4], duration=2.0
    )
    assert [r["gain"] for r in found] == [1.0, 2.0, 3.0]
    assert [len(r["r"]) for r in found] == [2, 3, 4]
    with pytest.raises(sl.ConfigurationError, match="the list 'gain' has 2 entries for 3 networks"):
        net.parallel_run(models.everything, 3, gain=[1.0, 2.0])


def test_plain_networks_are_described_again() -> None:
    net = sl.Network(seed=4)
    pop = net.create(6, models.NOISY, name="pop")
    proj = net.connect(pop, pop, "exc", name="proj").connect_fixed_probability(
        0.5, weights=sl.Uniform(0.0, 0.1)
    )
    net.monitor(pop, "r")
    net.compile()
    net.simulate(4.0)
    before = proj.w
    here = net.parallel_run(models.everything, 3, sequential=True)
    there = net.parallel_run(models.everything, 3, max_processes=2)
    assert here == there
    assert proj.w == before
    assert net.current_step == 4


def test_given_networks_go_on_from_where_they_stand() -> None:
    declared()
    nets = [sl.Network(everything=True) for _ in range(3)]
    for n, net in enumerate(nets):
        net.compile()
        net.simulate(n)
    assert sl.parallel_run(models.on, networks=nets, max_processes=2) == [3, 4, 5]
    assert [net.current_step for net in nets] == [0, 1, 2]
    values = [r["r"] for r in sl.parallel_run(models.indexed, networks=nets, max_processes=2)]
    assert sl.parallel_run(models.on, networks=nets, sequential=True) == [3, 4, 5]
    assert [net.current_step for net in nets] == [3, 4, 5]
    for net, r in zip(nets, values, strict=True):
        net.simulate(2.0)
        assert net.get("pop").r.tolist() == r


def test_functions_and_constants_go_along() -> None:
    sl.add_function("thrice(x) = 3 * x")
    sl.Constant("K", 2.0)
    sl.Population(1, sl.Neuron(equations="r = thrice(K) + dt"), name="pop")
    sl.setup(dt=0.5)
    sl.get_constant("K").set(4.0)
    assert sl.parallel_run(models.with_function, number=2, max_processes=1) == [12.5, 12.5]


@pytest.mark.parametrize("how", [{"sequential": True}, {"max_processes": 2}], ids=["here", "there"])
def test_errors_come_back_as_they_are(how: dict[str, Any]) -> None:
    declared()
    with pytest.raises(ValueError, match="nothing for 2") as caught:
        sl.parallel_run(models.failing, number=4, **how)
    assert caught.value.__notes__ == ["in network 2 of parallel_run()"]
    import traceback

    shown = "".join(traceback.format_exception(caught.value))
    assert "parallel_models.py" in shown
    assert "in failing" in shown


def test_what_cannot_be_sent_is_told() -> None:
    declared()
    with pytest.raises(RuntimeError, match="OddError: odd"):
        sl.parallel_run(models.failing_oddly, number=2, max_processes=1)
    with pytest.raises(sl.ConfigurationError, match="What the method returned can not be sent back"):
        sl.parallel_run(models.unsendable, number=2, max_processes=1)
    with pytest.raises(sl.ConfigurationError, match="This can not be sent to another process"):
        sl.parallel_run(lambda n, net: n, number=2, max_processes=1)
    assert sl.parallel_run(lambda n, net: n, number=2, sequential=True) == [0, 1]
    assert sl.parallel_run(lambda n, net: n, number=2, executor=ThreadPoolExecutor(2)) == [0, 1]
    with pytest.raises(sl.ConfigurationError, match="A process that ran networks has died"):
        sl.parallel_run(models.dying, number=2, max_processes=1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot tie processes to cores")
def test_processes_are_tied_to_cores() -> None:
    declared()
    mine = sorted(os.sched_getaffinity(0))[:2]
    found = sl.parallel_run(models.core, number=6, max_processes=len(mine), visible_cores=mine)
    assert {tuple(cores) for cores in found} <= {(core,) for core in mine}
    assert len(found) == 6


def test_time_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    declared()
    sl.parallel_run(models.failing, number=2, sequential=True, measure_time=True)
    assert capsys.readouterr().out.startswith("Running 2 networks took ")


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "needs networks, or their number"),
    "no list": ({"networks": 3}, "networks must be a list of networks"),
    "negative": ({"number": -1}, "number must be a positive integer, not -1"),
    "fraction": ({"number": 1.5}, "number must be a positive integer, not 1.5"),
    "cores": (
        {"number": 2, "visible_cores": [0, 1], "max_processes": 1},
        "visible_cores has 2 entries, max_pro",
    ),
    "length": ({"number": 2, "gain": [1.0]}, "the list 'gain' has 1 entries for 2 networks"),
    "unknown": ({"number": 2, "loss": 1.0}, "can not be called as method"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(case: str) -> None:
    given, message = MISTAKES[case]
    declared()
    with pytest.raises(sl.ConfigurationError, match=message):
        sl.parallel_run(models.indexed, **given)


def test_no_method() -> None:
    with pytest.raises(sl.ConfigurationError, match="the method must be a function, not 3"):
        sl.parallel_run(3, number=2)
    with pytest.raises(sl.NotCompiledError, match="The network is not compiled"):
        models.Noisy(2).parallel_run(models.everything, 2)


SCRIPT = """
import synloom as sl
pop = sl.Population(3, sl.Neuron(parameters="a = 1.0 : population", equations="r = a * t"), name="p")
def method(n, net, a):
    net.get(pop).a = a
    net.simulate(3.0)
    return float(net.get(pop).r[0])
if __name__ == "__main__":
    sl.compile()
    print(sl.parallel_run(method, number=3, max_processes=2, a=[1.0, 2.0, 3.0]))
"""


def test_scripts_of_the_old_style(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == str([2.0, 4.0, 6.0]).split()


def test_nothing_is_built_twice() -> None:
    net = noisy()
    cached = net.parallel_run(_cached, 2, sequential=True)
    assert cached == [True, True]
    assert np.isfinite(net.parallel_run(models.everything, 1, max_processes=1)[0]["recorded"])


def _cached(net: Any) -> bool:
    return bool(net.build.cached)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
def test_a_script_that_never_asks_for_its_name(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import synloom as ann\n"
        "ann.setup(seed=3, suppress_warnings=True)\n"
        'pop = ann.Population(5, ann.Neuron(equations="r = Uniform(0.0, 1.0) + t"))\n'
        "ann.compile()\n"
        'print("once")\n'
        "def run(index, net, gain):\n"
        "    net.simulate(10.0)\n"
        "    return index, float(net.get(pop).r.sum()) * gain\n"
        "there = ann.parallel_run(run, number=3, max_processes=2, gain=[1.0, 2.0, 3.0])\n"
        "here = ann.parallel_run(run, number=3, sequential=True, gain=[1.0, 2.0, 3.0])\n"
        "print(there == here, [index for index, _ in there])\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120)
    assert done.stdout == "once\nTrue [0, 1, 2]\n", done.stderr

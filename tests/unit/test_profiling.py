"""Profiles: what is timed, the records, the table and the file; and how much memory a network takes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import synloom as sl
from synloom import profiling
from synloom.codegen.ir.plan import Phase
from synloom.memory import readable
from tests.golden.networks import NETWORKS
from tests.unit import parallel_models as models

compiled = pytest.mark.needs_compiler


@pytest.fixture(autouse=True)
def folder(fresh: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Files go to an empty folder, the working directory; each test begins as a process does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(profiling, "_written", {})
    yield tmp_path
    for profile in list(profiling._open):
        profile.silent = True
        profile.close()
    sl.setup(profiling=False, profile_out=None)


def ring() -> tuple[sl.Population, sl.Projection]:
    pop = sl.Population(
        4, sl.Neuron(equations="r = 0.5 * sum(exc) + t"), name="ring", stop_condition="r > 3.0 : any"
    )
    proj = sl.Projection(pop, pop, "exc", sl.Synapse(equations="dw/dt = 0.0"), name="on")
    proj.connect_one_to_one(1.0, delays=2.0)
    return pop, proj


def consistent(record: dict[str, Any]) -> None:
    assert 0.0 <= sum(part["seconds"] for part in record["parts"]) <= record["overall"]
    assert record["overall"] <= record["seconds"]
    assert all(part["seconds"] >= 0.0 for part in record["parts"])


# -- what is generated ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_nothing_but_the_laps_is_added(name: str) -> None:
    plain = dict(NETWORKS[name]().sources())
    sl.clear()
    sl.setup(profiling=True)
    network = NETWORKS[name]()
    profiled, plan = dict(network.sources()), network.plan
    assert {path for path in plain if plain[path] != profiled[path]} == {"network.cpp"}
    text = profiled["network.cpp"]
    assert re.findall(r"laps\.end\((\d+)\);", text) == [str(n) for n in range(len(plan.laps))]
    without = re.sub(r" \{\n {8}(\S.*;)\n {8}laps\.end\(\d+\);\n {4}\}", r" \1", text)
    without = re.sub(r"\n *(laps\.end|Laps laps).*;", "", without).replace(
        '#include "synloom/profile.hpp"\n', ""
    )
    without = re.sub(r"\n    struct \{\n.*nanoseconds;\n.*calls;\n    \} profile;", "", without)
    words = len(plan.manifest.slots)
    assert without.replace(f"== {words} *", f"== {words - 2} *") == plain["network.cpp"]


def test_labels() -> None:
    sl.setup(profiling=True)
    plan = NETWORKS["feedback"]().plan
    assert [lap.label for lap in plan.laps if lap.phase is Phase.SWEEPS] == ["proj0_proj1_psp"]
    assert [lap.label for lap in plan.laps if lap.phase is Phase.NEURONS] == ["pop0_step", "pop1_step"]
    (sweep,) = (lap for lap in plan.laps if lap.phase is Phase.SWEEPS)
    assert sweep.objects == ("ff", "fb")
    assert sweep.kernel == plan.sweeps[0].kernel
    sl.clear()
    ring()
    labels = [lap.label for lap in sl.magic_network().plan.laps]
    assert labels == ["pop0_clear", "proj0_psp", "record", "pop0_step", "pop0_delay", "proj0_step", "record"]


@compiled
def test_a_population_may_be_called_profile() -> None:
    pop = sl.Population(2, sl.Neuron(equations="r = t"), name="profile")
    sl.compile(profile_enabled=True)
    sl.simulate(3.0)
    assert pop.r.tolist() == [2.0, 2.0]
    assert sl.profile()["simulate"][0]["steps"] == 3


@compiled
def test_kernels_are_not_compiled_again() -> None:
    ring()
    sl.compile()
    sl.clear()
    ring()
    build = sl.compile(profile_enabled=True, clean=False)
    assert set(build.result.compiled_units) <= {"network.cpp"}


# -- records --------------------------------------------------------------------------------------------------


@compiled
def test_a_record_for_each_call() -> None:
    ring()
    sl.compile(profile_enabled=True)
    sl.simulate(5.0)
    sl.reset()
    called = []
    sl.every(2.0)(called.append)
    sl.simulate(5.0)
    sl.clear_all_callbacks()
    sl.reset()
    assert sl.simulate_until(50.0, sl.get_population("ring")) == 4.0
    sl.step()
    sl.step()
    sl.simulate(2.0)
    sl.step()
    found = sl.profile()
    assert (found["network"], found["threads"]) == (0, 1)
    records = found["simulate"]
    kinds = ["simulate", "simulate", "simulate_until", "step", "simulate", "step"]
    assert [record["call"] for record in records] == kinds
    assert [record["steps"] for record in records] == [5, 5, 4, 2, 2, 1]
    assert called == [0, 1, 2]
    for record in [*records, found["total"]]:
        consistent(record)
        assert [part["calls"] for part in record["parts"]] == [record["steps"]] * 7
    total = found["total"]
    assert total["steps"] == 19
    assert total["overall"] == pytest.approx(sum(record["overall"] for record in records))
    parts = {part["label"]: part for part in total["parts"]}
    assert parts["pop0_step"]["objects"] == ["ring"]
    assert parts["proj0_psp"]["objects"] == parts["proj0_step"]["objects"] == ["on"]
    kernels = {kernel.name for kernel in sl.magic_network().plan.kernels}
    assert {part["kernel"] for part in parts.values()} == {"", *kernels}


@compiled
def test_parts_that_do_not_run_are_not_counted() -> None:
    pop, proj = ring()
    sl.compile(profile_enabled=True)
    proj.disable_learning()
    sl.simulate(3.0)
    proj.enable_learning(period=2.0)
    sl.simulate(4.0)
    pop.disable()
    sl.simulate(2.0)
    calls = [
        {part["label"]: part["calls"] for part in record["parts"]} for record in sl.profile()["simulate"]
    ]
    assert [c["proj0_step"] for c in calls] == [0, 2, 0]
    for label in ("pop0_step", "pop0_delay", "pop0_clear", "proj0_psp"):
        assert [c[label] for c in calls][:2] == [3, 4]
        assert label == "proj0_psp" or calls[2][label] == 0
    assert [c["record"] for c in calls] == [3, 4, 2]


@compiled
def test_calls_that_fail_are_kept_too() -> None:
    ring()
    sl.compile(profile_enabled=True)

    @sl.every(1.0)
    def fail(n: int) -> None:
        if n == 2:
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        sl.simulate(10.0)
    (record,) = sl.profile()["simulate"]
    assert record["steps"] == 2
    sl.clear_all_callbacks()

    @sl.every(1.0)
    def more(n: int) -> None:
        sl.step()

    sl.simulate(3.0)
    assert [r["steps"] for r in sl.profile()["simulate"]] == [
        2,
        6,
    ]  # what a callback runs belongs to the call


@compiled
@pytest.mark.parametrize("name", ["feedback", "growth", "hybrid", "learning", "stdp"])
def test_profiled_networks_do_the_same(name: str) -> None:
    def run(profiled: bool) -> list[list[float]]:
        sl.clear()
        sl.setup(structural_plasticity=name == "growth")
        network = NETWORKS[name]()
        network.compile(profile_enabled=profiled)
        network.simulate(40.0)
        network.simulate(7.0)
        if profiled:
            records = network.profile()["simulate"]
            assert [r["steps"] for r in records] == [round(t / network.dt) for t in (40.0, 7.0)]
            for record in records:
                consistent(record)
                assert all(part["calls"] <= record["steps"] for part in record["parts"])
        values = [np.asarray(p.get(a)).ravel().tolist() for p in network.populations for a in p.variables]
        network._profile.silent = True
        network.clear()
        return values

    assert run(True) == run(False)


@compiled
def test_stages_and_objects() -> None:
    ring()
    sl.compile(profile_enabled=True)
    found = sl.profile()
    stages = found["compile"]
    assert stages["generate"] == stages["render"] + stages["cython"]
    assert stages["compilation"] == stages["compile"] + stages["link"]
    assert set(found["instantiate"]) == {"ring", "on"}
    assert all(seconds > 0.0 for seconds in found["instantiate"].values())
    assert (found["simulate"], found["total"]) == ([], {})


@compiled
def test_nothing_is_wiped(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "mine.txt").write_text("keep")
    ring()
    sl.compile(directory="out", profile_enabled=True)
    assert (folder / "out" / "mine.txt").read_text() == "keep"


# -- output ---------------------------------------------------------------------------------------------------


def rows(path: Path) -> dict[str, tuple[float, float]]:
    lines = [line.split(",") for line in path.read_text().splitlines()]
    return {label: (float(seconds), float(percent)) for label, seconds, percent in lines}


@compiled
def test_table_and_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sl.setup(profiling=True, profile_out="deep/er")
    ring()
    sl.compile()
    sl.simulate(100.0)
    sl.simulate(200.0)
    capsys.readouterr()
    sl.check_profile_results()
    printed = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r" +seconds +percent +us/step +\(300 steps\)", printed[0])
    found = rows(folder / "deep" / "er" / "profile_omp_1threads.csv")
    labels = ["overall", "pop0_clear", "proj0_psp", "record", "pop0_step", "pop0_delay", "proj0_step"]
    assert list(found) == labels == [line.split()[0] for line in printed[1:]]
    assert found["overall"][1] == 100.0
    assert sum(seconds for seconds, _ in found.values()) <= 2.0 * found["overall"][0] + 1e-6
    assert sum(percent for _, percent in found.values()) <= 200.5
    total = sl.profile()["total"]
    assert found["overall"][0] == pytest.approx(total["overall"], abs=1e-7)
    sl.clear()
    assert capsys.readouterr().out == ""  # nothing ran since
    assert sl.profile()["simulate"] == []


@compiled
def test_clear_tells_everything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ring()
    sl.compile(profile_enabled=True)
    sl.simulate(3.0)
    sl.check_profile_results()
    sl.simulate(4.0)
    capsys.readouterr()
    sl.clear()
    assert "(7 steps)" in capsys.readouterr().out
    assert [p.name for p in folder.iterdir()] == ["profile_omp_1threads.csv"]
    ring()
    sl.compile()  # profiling is off again
    sl.simulate(3.0)
    sl.clear()
    assert capsys.readouterr().out == ""


@compiled
def test_each_network_has_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for equation in ("r = t", "r = t + 1"):
        net = sl.Network()
        net.create(1, sl.Neuron(equations=equation), name="p")
        net.compile(profile_enabled=True)
        net.simulate(3.0)
        net.clear()
    assert sorted(p.name for p in folder.iterdir()) == [
        "profile_omp_1threads.csv",
        "profile_omp_1threads_2.csv",
    ]
    assert f", network {net.id})" in capsys.readouterr().out


SCRIPT = """
import synloom as sl
def run():
    net = sl.Network()
    net.create(2, sl.Neuron(equations="r = t"), name="p")
    net.compile(profile_enabled=True)
    net.simulate(20.0)
run()
print("end")
"""


@compiled
def test_the_table_comes_at_exit(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.match(r"end\n +seconds +percent +us/step +\(20 steps, network 1\)\noverall ", done.stdout)
    assert list(rows(folder / "profile_omp_1threads.csv"))[:2] == ["overall", "record"]


@compiled
def test_many_networks_are_silent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = models.Noisy(6, gain=2.0, seed=5)
    net.compile(profile_enabled=True)
    for where in ({"sequential": True}, {"max_processes": 1}):
        found = net.parallel_run(models.profiled, 2, **where)
        assert [[record["steps"] for record in records] for records in found] == [[5], [5]]
    assert capsys.readouterr().out == ""
    assert not list(folder.iterdir())


# -- memory ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KB"),
        (1536, "1.5 KB"),
        (5 << 20, "5.0 MB"),
        (3 << 40, "3.0 TB"),
    ],
)
def test_sizes_for_people(size: int, text: str) -> None:
    assert readable(size) == text


@compiled
def test_memory_by_object(capsys: pytest.CaptureFixture[str]) -> None:
    net = NETWORKS["feedback"]()
    assert net.memory_footprint().total == 0
    net.monitor(net.get_population("pixels"), "r")
    net.compile()
    capsys.readouterr()
    net.simulate(100.0)
    found = net.memory_footprint()
    assert list(found.populations) == ["pixels", "features"]
    assert found.projections["ff"] >= 4 * 3 * 8  # the weights
    assert found.projections["fb"] < 4 * 3 * 8  # which are the same memory
    assert found.monitors == {"Monitor_pixels": net.monitors[0].size_in_bytes()}
    assert found.monitors["Monitor_pixels"] >= 100 * 4 * 8
    assert found.total == found.others + sum(
        sum(part.values()) for part in (found.populations, found.projections, found.monitors)
    )
    printed = capsys.readouterr().out
    assert printed == f"{found}\n"
    assert printed.startswith(f"Memory of network {net.id}: {readable(found.total)}\n")
    assert re.search(r"^  projection ff +\d+ B$", printed, re.MULTILINE)
    assert repr(found) == f"<MemoryFootprint of network {net.id}: {readable(found.total)}>"


@pytest.mark.parametrize("call", [sl.memory_footprint, sl._cpp_memory_footprint])
def test_memory_by_function(call: Callable[[int], object], capsys: pytest.CaptureFixture[str]) -> None:
    ring()
    call(0)
    assert capsys.readouterr().out == (
        "Memory of network 0: 0 B\n  population ring        0 B\n  projection on          0 B\n"
    )


@compiled
def test_a_delay_of_another_kind_within_a_call() -> None:
    sl.setup(dt=1.0)
    pop, proj = ring()
    late = sl.Projection(pop, pop, "exc", name="late").connect_one_to_one(0.1)
    sl.compile(profile_enabled=True)

    @sl.every(period=3.0, wait=3.0)
    def delayed(n: int) -> None:
        if n == 0:
            late.delay = [[1.0], [2.0], [3.0], [1.0]]

    sl.simulate(10.0)
    records = sl.profile()["simulate"]
    assert [record["steps"] for record in records] == [3, 7]
    for record in records:
        consistent(record)
    kernels = [
        {part["kernel"] for part in record["parts"] if part["label"] == "proj1_psp"} for record in records
    ]
    assert all(len(found) == 1 for found in kernels) and kernels[0] != kernels[1]
    sl.check_profile_results()

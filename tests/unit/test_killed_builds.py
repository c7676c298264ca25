"""Processes that are killed while they compile leave a cache that serves the next one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.needs_compiler,
    pytest.mark.skipif(os.name == "nt", reason="signals of POSIX"),
]

SCRIPT = """
import synloom as sl
pop = sl.Population(3, sl.Neuron(equations="r = 2.0 * (t + 1.0) + sum(exc)"), name="p")
sl.Projection(pop, pop, "exc", name="l").connect_one_to_one(weights=0.0)
print("begins", flush=True)
build = sl.compile(silent=True)
sl.simulate(3.0)
print(pop.r.tolist(), build.cached, flush=True)
"""


def start(cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "SYNLOOM_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that its compilers are killed with it
    )


def leftovers(cache: Path) -> list[str]:
    return [path.name for path in (cache / "tmp").iterdir()] if (cache / "tmp").is_dir() else []


def test_whenever_a_build_is_killed_the_next_one_works(tmp_path: Path) -> None:
    alone = start(tmp_path / "alone")
    begin = time.monotonic()
    assert alone.communicate(timeout=300)[0].splitlines() == ["begins", "[6.0, 6.0, 6.0] False"]
    whole = time.monotonic() - begin
    cache = tmp_path / "cache"
    for part in (0.02, 0.1, 0.2, 0.35, 0.5, 0.7):
        victim = start(cache)
        assert victim.stdout is not None and victim.stdout.readline() == "begins\n"
        time.sleep(part * whole)
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait(timeout=60)
        victim.communicate()
    last = start(cache)
    out, errors = last.communicate(timeout=300)
    assert out.splitlines()[1].startswith("[6.0, 6.0, 6.0]"), errors
    again = start(cache)
    assert again.communicate(timeout=300)[0].splitlines()[1] == "[6.0, 6.0, 6.0] True"
    assert not list(cache.rglob("*.lock.*"))


def test_a_build_that_is_killed_does_not_hold_up_one_that_waits_for_it(tmp_path: Path) -> None:
    """The lock of a process goes with the process."""
    cache = tmp_path / "cache"
    first = start(cache)
    assert first.stdout is not None and first.stdout.readline() == "begins\n"
    second = start(cache)
    assert second.stdout is not None and second.stdout.readline() == "begins\n"
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(timeout=60)
    out, errors = second.communicate(timeout=120)
    assert out.startswith("[6.0, 6.0, 6.0]"), errors


def test_interrupted_by_ctrl_c_it_leaves_nothing_behind(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    victim = start(cache)
    assert victim.stdout is not None and victim.stdout.readline() == "begins\n"
    time.sleep(0.15)
    victim.send_signal(signal.SIGINT)
    out, errors = victim.communicate(timeout=120)
    if victim.returncode:
        assert "KeyboardInterrupt" in errors
        assert leftovers(cache) == []
    else:  # it was faster
        assert out.startswith("[6.0, 6.0, 6.0]")

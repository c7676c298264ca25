"""A transpose costs no second matrix (spec 06, 5.2): the peak of a 4000 x 4000 pair in its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.needs_compiler

SIZE = 4000

SCRIPT = """
import json, pathlib, resource, sys
import synloom as sl
from synloom.extensions.convolution import Transpose

storage, size = sys.argv[1], int(sys.argv[2])

def peak():
    # ru_maxrss begins at the peak of the process that forked us; VmHWM is our own.
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

def run(n):
    sl.setup(suppress_warnings=True)
    neuron = sl.Neuron(equations="r = t + 1.0")
    a, b = sl.Population(n, neuron, name="a"), sl.Population(n, neuron, name="b")
    ff = sl.Projection(a, b, "exc", name="ff")
    ff.connect_all_to_all(sl.Uniform(0.0, 1.0), storage_format=storage)
    Transpose(ff, "fb", name="fb").connect()
    build = sl.compile()
    sl.simulate(3.0)
    found = dict(cached=build.cached, nnz=ff.nb_synapses, total=float(a.sum("fb").sum() + b.sum("exc").sum()))
    sl.clear()
    return found

run(10)
before = peak()
found = run(size)
print(json.dumps(dict(found, growth=peak() - before)))
"""


def measure(storage: str, size: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, storage, str(size)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("storage", ["dense", "csr"])
def test_peak_memory_of_a_pair(storage: str) -> None:
    measure(storage, 10)  # fills the cache: building would raise the peak that growth is counted from
    found = measure(storage, SIZE)
    assert found["nnz"] == SIZE * SIZE
    assert found["cached"], "sizes are data: the second network is the first one, compiled already"
    assert found["total"] == pytest.approx(2 * 2 * SIZE * SIZE * 0.5, rel=1e-3)
    weights, index, slack = 8 * SIZE * SIZE, 4 * SIZE * SIZE, 20_000_000
    assert weights <= found["growth"] <= weights + index + slack

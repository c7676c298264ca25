"""Measure synloom against its peers and print the table.

    python benchmarks/run.py [ROW ...] [--rounds 7] [--builds 3] [--write]

Rows are named in rows.py; without a name all are measured. ``--write`` puts the table into RESULTS.md.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from race import WorkerError  # noqa: E402  (the folder has to be on the path first)
from rows import ROWS, Effort, Result  # noqa: E402


def table(results: list[Result]) -> str:
    """The results as a Markdown table."""
    lines = ["| what | must reach | reached | | measured |", "|---|---|---|---|---|"]
    for result in results:
        bound = "at least" if result.at_least else "at most"
        verdict = "PASS" if result.passed else "miss"
        unit = f" {result.unit}" if result.unit else ""
        lines.append(
            f"| {result.what} | {bound} {result.required:.4g}{unit} | {result.reached:.4g}{unit} "
            f"| {verdict} | {result.detail} |"
        )
    return "\n".join(lines)


def machine() -> str:
    """Processor, compiler and Python, in one line."""
    cpu = next(
        (line.split(":", 1)[1].strip() for line in _cpuinfo() if line.startswith("model name")),
        platform.machine(),
    )
    compiler = subprocess.run(["g++", "-dumpfullversion"], capture_output=True, text=True).stdout.strip()
    return f"{cpu}, {platform.system()}, g++ {compiler}, Python {platform.python_version()}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def page(results: list[Result]) -> str:
    """RESULTS.md."""
    return (
        "# Measured\n\n"
        f"{machine()}. One thread, CPU seconds, medians of interleaved blocks; README.md says how.\n"
        "Written by `make bench BENCH_ARGS=--write`.\n\n"
        f"{table(results)}\n"
    )


def main() -> int:
    """Measure the rows asked for. The exit code is 1 if one could not be measured, whatever it reached."""
    parser = argparse.ArgumentParser(description="Measure synloom against ANNarchy, NumPy and SciPy.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"one of: {', '.join(ROWS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=7, help="blocks of steps of each simulator")
    parser.add_argument("--builds", type=int, default=3, help="cold builds of each simulator")
    parser.add_argument("--write", action="store_true", help="write benchmarks/RESULTS.md")
    arguments = parser.parse_args()
    unknown = set(arguments.rows) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")

    results: list[Result] = []
    failed = False
    for name in arguments.rows or ROWS:
        print(f"  {name}", file=sys.stderr, flush=True)
        try:
            results += ROWS[name](Effort(arguments.rounds, arguments.builds))
        except (WorkerError, RuntimeError) as error:
            failed = True
            print(f"  {name} failed: {error}", file=sys.stderr)
    print(table(results))
    if arguments.write:
        (HERE / "RESULTS.md").write_text(page(results), encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

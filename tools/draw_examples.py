"""Runs all examples and draws their pictures for the documentation: ``python tools/draw_examples.py [NAME...]``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 150_000  # bytes of a picture; above it, fewer colours do


def main() -> int:
    """The exit code is 1 if an example fails."""
    names = sys.argv[1:] or sorted(path.stem for path in (ROOT / "examples").glob("*.py"))
    failed = []
    for name in names:
        picture = ROOT / "docs" / "images" / f"{name}.png"
        command = [sys.executable, str(ROOT / "examples" / f"{name}.py"), "--out", str(picture)]
        print(f"== {name}", flush=True)
        if subprocess.run(command, cwd=ROOT).returncode != 0:
            failed.append(name)
        elif picture.stat().st_size > LARGEST:
            Image.open(picture).convert("RGB").quantize(128).save(picture, optimize=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())

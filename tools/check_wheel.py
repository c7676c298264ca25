"""Type and layer checks on the built wheel.

``codegen/``, ``templates/`` and ``runtime/`` become part of the package only when it is built, so mypy and
import-linter see the package as users do: unpacked from the wheel into a scratch folder.

    python tools/check_wheel.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from wheel import ROOT, build_wheel

LINT_IMPORTS = "from importlinter.cli import lint_imports_command as check; raise SystemExit(check())"


def main() -> int:
    """Run both checks, also the second when the first has failed."""
    with tempfile.TemporaryDirectory(prefix="synloom-check-") as scratch:
        unpacked = Path(scratch) / "site"
        zipfile.ZipFile(build_wheel(Path(scratch))).extractall(unpacked)
        config, cache = str(ROOT / "pyproject.toml"), str(ROOT / ".mypy_cache")
        checks = {
            "mypy --strict": ["-m", "mypy", "--config-file", config, "--cache-dir", cache, "-p", "synloom"],
            "import-linter": ["-c", LINT_IMPORTS, "--config", config, "--no-cache", "--no-logo"],
        }
        return max(_run(name, arguments, unpacked) for name, arguments in checks.items())


def _run(name: str, arguments: list[str], where: Path) -> int:
    print(f"{name} on the built wheel", flush=True)
    environment = {**os.environ, "PYTHONPATH": str(where)}
    return subprocess.run([sys.executable, *arguments], cwd=where, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())

#!/bin/sh
# Makes the virtual environment .venv, or brings it up to date with pyproject.toml.
# Usage: tools/setup.sh [PYTHON]    from the top of the repository.
set -eu

usable() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in "$@" python3 python3.13 python3.12 python3.11 python; do
        if [ -n "$candidate" ] && usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "synloom needs Python 3.11 or later. Give its name: make setup PYTHON=/path/to/python3.11" >&2
    exit 1
}

if ! usable .venv/bin/python; then
    python=$(find_python "$@")
    echo "making .venv with $("$python" --version)"
    if ! "$python" -m venv --clear .venv; then
        echo "$python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
fi
echo "installing synloom and what its tests and examples need (see pyproject.toml)"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev,examples]"
touch .venv/stamp
